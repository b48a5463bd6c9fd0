"""Live sets: pictures come in over a WebSocket, what the coach says of them goes out.

One picture is worked on at a time, and only the newest waits. A set outlives its connection: it waits a while for the
page to come back, then it is finished as it is.
"""

import asyncio
import json
import struct
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from formcheck.core.exercise import builtin
from formcheck.errors import FormcheckError, UsageError
from formcheck.findings import OneSide
from formcheck.live.programme import Course, programmes
from formcheck.live.speech import FASTEST, SLOWEST
from formcheck.recorded import Options
from formcheck.units import Lengths
from formcheck.web.guard import Bucket
from formcheck.web.history import MOST_NUMBER, History
from formcheck.web.liveset import PRESSES, LiveSet, Message, Picture
from formcheck.web.pictures import PictureError

MOST_SETS: Final = 2
"""Sets at one time (ours): each keeps a processor core busy."""

MOST_ENDED: Final = 8
"""Ended sets whose report is kept, to be sent again to a page that asks (ours)."""

MOST_CONNECTIONS: Final = 8
"""Connections at one time, with those that have not yet said what they want (ours)."""

FRAMES_PER_S: Final = 60.0
MESSAGE_BYTES: Final = 2 * 1024 * 1024
"""Of a picture; the page's own have about 60 kB."""

HELLO_S: Final = 10.0
"""Seconds within which a page has to say what it wants (ours)."""

IDLE_S: Final = 120.0
"""A page that sends nothing for so long has gone, whatever its connection says (ours)."""

RESUME_S: Final = 60.0
"""How long a set waits for its page."""

GOODBYE_S: Final = 2.0
"""How long a server that stops waits for its pages to close (ours)."""

BAD_MESSAGE, SLOW, MOVED, TOO_LARGE, TOO_MANY, FAILED = 4400, 4408, 4409, 4413, 4429, 1011
"""Codes a connection is closed with."""

MOST_LEVEL, MOST_PAIN = 99, 10
"""The most that a page may say: of a programme's level (its last stands for more), and of pain."""

_TALLEST_CM: Final = 1e6  # ours: a number that a float holds; `Options` knows which heights are allowed
_TEXT_CHARS: Final = 4096  # ours: the longest hello has about 100


class _RefusedError(Exception):
    """A connection that is closed with a code and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def options_of(exercise: str, height_cm: float | None, units: str = Lengths.CM, goal: str | None = None) -> Options:
    """The options a page asks for; it may name an exercise but never a file. Raises `UsageError`."""
    if exercise != "auto" and exercise not in (known := builtin()):
        raise UsageError(f"no exercise is called {exercise[:40]!r}; known: auto, {', '.join(known)}")
    return Options.of(exercise, height_cm, lengths=units, goal=goal)


@dataclass(frozen=True, slots=True)
class Hello:
    """What a page asks for first."""

    exercise: str
    side: OneSide | None
    height_cm: float | None
    units: str
    goal: str | None
    resume: str | None
    profile: int | None = None
    course: Course | None = None
    rate: float = 1.0
    filmed: bool = False


class LiveSets:
    """The sets under way and those that wait for their page.

    clock: seconds that never run backwards. resume_s: how long a set waits.
    """

    def __init__(
        self, history: History, *, clock: Callable[[], float] = time.monotonic, resume_s: float = RESUME_S
    ) -> None:
        self._history, self._clock, self._resume_s = history, clock, resume_s
        self._sets: dict[str, LiveSet] = {}
        self._talks: dict[str, WebSocket] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[Future[Message | None]] = set()
        self._reports: dict[str, Future[Message | None]] = {}
        self._connections = 0

    async def talk(self, socket: WebSocket) -> None:
        """One connection from its beginning to its end."""
        await socket.accept()
        self._connections += 1
        try:
            if self._connections > MOST_CONNECTIONS:
                raise _RefusedError(TOO_MANY, "Too many pages are connected; close one.")
            await self._talk(socket)
        except _RefusedError as refused:
            await self._refuse(socket, refused.code, str(refused))
        except FormcheckError as error:
            await self._refuse(socket, FAILED, str(error))
        except WebSocketDisconnect:
            pass
        finally:
            self._connections -= 1

    async def _refuse(self, socket: WebSocket, code: int, sentence: str) -> None:
        try:
            await _send(socket, {"type": "error", "text": sentence})
            await socket.close(code)
        except (WebSocketDisconnect, RuntimeError):  # the page closed it first
            return

    async def _talk(self, socket: WebSocket) -> None:
        hello = _hello(await _received(socket, HELLO_S))
        if hello.resume in self._reports:  # the connection was lost after the end, before the report arrived
            await _send(socket, await asyncio.wrap_future(self._reports[hello.resume]))
            await socket.close()
            return
        live, resumed = await self._enter(hello, socket)
        ended = False
        try:
            await _send(socket, {"type": "welcome", "id": live.id, "resumed": resumed, "count": live.count})
            await _Talk(socket, live, self._clock).until_the_end()
            ended = True
        finally:
            if self._talks.get(live.id) is socket:  # else another page has taken over the set
                self._leave(live, ended)
        self._reports[live.id] = self._end(live)
        for old in list(self._reports)[:-MOST_ENDED]:
            del self._reports[old]
        await _send(socket, await asyncio.wrap_future(self._reports[live.id]))
        await socket.close()

    async def _enter(self, hello: Hello, socket: WebSocket) -> tuple[LiveSet, bool]:
        """The set that a page asked for, and whether it was under way."""
        if hello.resume in self._sets:
            live = self._sets[hello.resume]
            if (timer := self._waiting.pop(live.id, None)) is not None:
                timer.cancel()
            before, self._talks[live.id] = self._talks.get(live.id), socket
            if before is not None:  # the server had not noticed yet that the old connection is dead
                await self._refuse(before, MOVED, "The set goes on in another page.")
            return live, True
        options = options_of(hello.exercise, hello.height_cm, hello.units, hello.goal)
        profile = await asyncio.to_thread(self._history.profile, hello.profile)
        self._make_room()
        live = LiveSet(options, hello.side, self._clock, hello.course, profile, rate=hello.rate, filmed=hello.filmed)
        self._sets[live.id], self._talks[live.id] = live, socket
        try:
            await asyncio.wrap_future(live.submit(live.prepare))
        except BaseException:
            self._forget(live)
            live.submit(live.finish, self._history)
            raise
        return live, False

    def _make_room(self) -> None:
        """If there are too many sets, end the one that waits longest; if none waits, refuse the new one."""
        if len(self._sets) < MOST_SETS:
            return
        if not self._waiting:
            raise _RefusedError(TOO_MANY, f"{MOST_SETS} sets are under way already; end one of them first.")
        self._end(self._sets[next(iter(self._waiting))])

    def _leave(self, live: LiveSet, ended: bool) -> None:
        """The connection is over: the set ends too, or waits."""
        if not ended:
            live.submit(live.lost)
            loop = asyncio.get_running_loop()
            self._waiting[live.id] = loop.call_later(self._resume_s, lambda: self._end(live))
            del self._talks[live.id]

    def _end(self, live: LiveSet) -> Future[Message | None]:
        self._forget(live)
        ending = live.submit(live.finish, self._history)
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        ending.add_done_callback(_complain)
        return ending

    def _forget(self, live: LiveSet) -> None:
        self._sets.pop(live.id, None)
        self._talks.pop(live.id, None)
        if (timer := self._waiting.pop(live.id, None)) is not None:
            timer.cancel()

    async def stop(self) -> None:
        """Tell every page that formcheck stops, and let the pages close their connections, those that do at once.

        A server that closes them itself is not always heard: what a page still sends resets the connection, and the
        reason is lost on the way.
        """
        for socket in list(self._talks.values()):
            with suppress(WebSocketDisconnect):
                await _send(socket, {"type": "stopped"})
        until = self._clock() + GOODBYE_S
        while self._talks and self._clock() < until:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Finish and keep every set; call it when no connection is left."""
        for live in list(self._sets.values()):
            self._end(live)
        wait(list(self._ending))


def _complain(ending: Future[Message | None]) -> None:
    """Say on the terminal that a set could not be kept; its page may be gone."""
    if (error := ending.exception()) is not None:
        print(f"formcheck: a set could not be kept: {error}", file=sys.stderr)


class _Talk:
    """One page and its set: one picture with the coach, at most one that waits, and the page's messages meanwhile."""

    def __init__(self, socket: WebSocket, live: LiveSet, clock: Callable[[], float]) -> None:
        self._socket, self._live, self._clock = socket, live, clock
        self._bucket = Bucket(FRAMES_PER_S, clock)
        self._newest: Picture | None = None
        self._over = False

    async def until_the_end(self) -> None:
        """Answer pictures until the page ends the set. Raises `WebSocketDisconnect`, `_RefusedError`."""
        reading: asyncio.Task[str | bytes] = asyncio.create_task(_received(self._socket, IDLE_S))
        looking: asyncio.Future[Message | None] | None = None
        try:
            while not (self._over and looking is None):
                waited = [each for each in (looking, None if self._over else reading) if each is not None]
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if looking is not None and looking.done():
                    await self._answer(looking)
                    looking = None
                if not self._over and reading.done():
                    self._take(reading.result())
                    if not self._over:
                        reading = asyncio.create_task(_received(self._socket, IDLE_S))
                if looking is None and self._newest is not None:
                    picture, self._newest = self._newest, None
                    looking = asyncio.wrap_future(self._live.submit(self._live.look, picture))
        finally:
            reading.cancel()
            if looking is not None:
                await asyncio.wait([looking])

    async def _answer(self, looked: "asyncio.Future[Message | None]") -> None:
        try:
            await _send(self._socket, looked.result())
        except PictureError as error:
            raise _RefusedError(TOO_LARGE if error.large else BAD_MESSAGE, str(error)) from error

    def _take(self, message: str | bytes) -> None:
        if not self._bucket.take():
            raise _RefusedError(TOO_MANY, f"More than {FRAMES_PER_S:.0f} pictures a second were sent.")
        if isinstance(message, str):
            said = _object(message)
            kind, place = said.get("type"), (said.get("x"), said.get("y"))
            if kind == "choose" and all(_is_between(value, 0, 1) for value in place):
                self._live.submit(self._live.choose, *place)
            elif kind in PRESSES:
                self._live.submit(self._live.press, kind)
            elif kind not in ("here", "end"):
                what = (
                    "Within a set a page says that it is here, whom to judge (x and y, 0 to 1), what was pressed "
                    f"({', '.join(PRESSES)}), and that the set ends."
                )
                raise _RefusedError(BAD_MESSAGE, what)
            self._over = kind == "end"
            return
        if len(message) <= 4:
            raise _RefusedError(BAD_MESSAGE, "A picture was sent that is empty.")
        if self._newest is not None:
            self._live.dropped += 1
        self._newest = Picture(struct.unpack_from("<I", message)[0], message[4:], self._clock())


async def _send(socket: WebSocket, message: Message | None) -> None:
    """Raises `WebSocketDisconnect` too where the connection was closed meanwhile, by either side."""
    try:
        await socket.send_text(json.dumps(message, allow_nan=False))
    except RuntimeError as error:
        raise WebSocketDisconnect(1006) from error


async def _received(socket: WebSocket, patience_s: float) -> str | bytes:
    """The next message. Raises `WebSocketDisconnect`, and `_RefusedError` for one that does not come or is too long."""
    try:
        async with asyncio.timeout(patience_s):
            message = await socket.receive()
    except TimeoutError:
        raise _RefusedError(SLOW, f"The page sent nothing for {patience_s:.0f} seconds.") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    content: str | bytes | None = message.get("text")
    if content is None:
        content = message["bytes"]
    if len(content) > (_TEXT_CHARS if isinstance(content, str) else MESSAGE_BYTES):
        raise _RefusedError(TOO_LARGE, "A message was sent that is too long.")
    return content


def _object(text: str) -> Message:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(BAD_MESSAGE, "A message was sent that is no JSON.") from error
    if not isinstance(message, dict):
        raise _RefusedError(BAD_MESSAGE, "A message was sent that is no JSON object.")
    return message


def _hello(message: str | bytes) -> Hello:
    asked = _object(message) if isinstance(message, str) else {}
    exercise, side = asked.get("exercise", "auto"), asked.get("side")
    height, units = asked.get("height_cm"), asked.get("units", Lengths.CM)
    goal, resume, profile = asked.get("goal"), asked.get("resume"), asked.get("profile")
    rate, filmed = asked.get("rate", 1.0), asked.get("filmed", False)
    known = (
        asked.get("type") == "hello"
        and isinstance(exercise, str)
        and side in (None, "left", "right")
        and (height is None or _is_height(height))
        and units in list(Lengths)
        and all(text is None or isinstance(text, str) for text in (goal, resume))
        and (profile is None or _is_number(profile))
        and _is_between(rate, SLOWEST, FASTEST)
        and isinstance(filmed, bool)
    )
    if not known:
        raise _RefusedError(
            BAD_MESSAGE,
            "The first message must be a hello: an exercise, a side, a height, a unit of lengths, a goal, a profile, "
            "the speed of the voice.",
        )
    return Hello(exercise, side, height, units, goal, resume, profile, _course(asked.get("lesson")), rate, filmed)


def _course(asked: object) -> Course | None:
    """The programme that a page asks for: its name, level, pain before it, and steps of one's own choice.

    Raises `FormcheckError` for a programme there is not, or a step that cannot be.
    """
    if asked is None:
        return None
    wanted: dict[str, Any] = asked if isinstance(asked, dict) else {}
    level, pain, steps = wanted.get("level"), wanted.get("pain"), wanted.get("steps")
    programme = programmes().get(str(wanted.get("programme")))
    whole = _is_whole(level, MOST_LEVEL) and (pain is None or _is_whole(pain, MOST_PAIN))
    if programme is None or not whole or not (steps is None or _is_list(steps)):
        raise _RefusedError(BAD_MESSAGE, "A session needs a programme that formcheck has, a level, and its steps.")
    return Course(programme if steps is None else programme.changed(steps), int(level or 0), pain)


def _is_list(value: object) -> bool:
    """Whether it is a list of objects."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _is_whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_between(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_number(value: object) -> bool:
    """Whether it may be the number of a profile."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < MOST_NUMBER


def _is_height(value: object) -> bool:
    """Whether it is a number that a float can hold."""
    return _is_between(value, -_TALLEST_CM, _TALLEST_CM)
