"""Live sets: pictures in over a WebSocket, one at a time and the newest waiting; what the coach says of them out.

A set outlives its connection: for a while it waits for the page to come back, then it is finished as it is.
"""

import asyncio
import json
import math
import secrets
import struct
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from formcheck.core.exercise import builtin
from formcheck.errors import FormcheckError, NobodyFoundError, UsageError
from formcheck.findings import Bout, Notice, NoticeCode, Rep, VideoInfo
from formcheck.live.coach import GAP_S, Coach, Moment
from formcheck.media.video import Frame
from formcheck.recorded import Options
from formcheck.web.guard import Bucket
from formcheck.web.history import History
from formcheck.web.pictures import PictureError, decoded

MOST_SETS: Final = 2
"""At a time (ours): each keeps a processor core busy."""

MOST_ENDED: Final = 8
"""Sets that their page has ended, whose report is sent again to one that asks for it (ours)."""

MOST_CONNECTIONS: Final = 8
"""At a time, those included that have not yet said what they want (ours)."""

FRAMES_PER_S: Final = 60.0
MESSAGE_BYTES: Final = 2 * 1024 * 1024
"""Of a picture; the page's own have some 60 kB."""

HELLO_S: Final = 10.0
"""Seconds within which a page has to say what it wants (ours)."""

IDLE_S: Final = 120.0
"""A page that sends nothing for so long has gone, whatever its connection says (ours)."""

RESUME_S: Final = 60.0
"""How long a set waits for its page."""

BAD_MESSAGE, NOT_ALLOWED, SLOW, MOVED, TOO_LARGE, TOO_MANY, FAILED = 4400, 4403, 4408, 4409, 4413, 4429, 1011
"""Codes a connection is closed with."""

_TALLEST_CM: Final = 1e6  # ours: a number that a float holds; what a height may be `Options` knows
_TEXT_CHARS: Final = 4096  # ours: the longest hello has some 100
_RATE_S: Final = 2.0  # ours: the rate shown is that of the last seconds
_LEAST_STEP_S: Final = 1e-3  # ours: times must increase, and a clock may not have moved
_NOTHING: Final = (
    "No known exercise was recognised: place the camera at your side with your whole body in the picture, "
    "or choose the exercise."
)

Message = dict[str, Any]


class _RefusedError(Exception):
    """A connection that is closed with a code and a sentence."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code


def options_of(exercise: str, height_cm: float | None) -> Options:
    """What a page asks to be judged by. Raises `UsageError`; a page names an exercise and never a file."""
    if exercise != "auto" and exercise not in (known := builtin()):
        raise UsageError(f"no exercise is called {exercise[:40]!r}; known: auto, {', '.join(known)}")
    return Options.of(exercise, height_cm)


@dataclass(frozen=True, slots=True)
class Hello:
    """What a page asks for first."""

    exercise: str
    side: Literal["left", "right"] | None
    height_cm: float | None
    resume: str | None


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture as it came: its number, its bytes and the server's time of its arrival."""

    seq: int
    data: bytes
    at: float


class LiveSet:
    """One set: its coach, and the thread that it thinks in. But for `submit`, all of it belongs to that thread."""

    def __init__(self, options: Options, side: Literal["left", "right"] | None, clock: Callable[[], float]) -> None:
        self.id = secrets.token_urlsafe(16)
        self.began = datetime.now().astimezone()
        self.count = 0
        self.dropped = 0
        self._options, self._side, self._clock = options, side, clock
        self._coach: Coach | None = None
        self._thread = ThreadPoolExecutor(1, "set")
        self._first: float | None = None
        self._answered = math.inf
        self._end = 0.0
        self._frames = 0
        self._size = (0, 0)
        self._lately: deque[float] = deque()

    def submit(self, act: Callable[..., Message | None], *arguments: Any) -> Future[Message | None]:
        """Have the set's thread do one thing after another."""
        return self._thread.submit(act, *arguments)

    def prepare(self) -> None:
        """Load the models. Raises `FormcheckError` where that cannot be."""
        self._coach = Coach(self._options, side=self._side)

    def look(self, picture: _Picture) -> Message:
        """What the coach says of a picture. Raises `PictureError`."""
        assert self._coach is not None
        rgb = decoded(picture.data)
        now = self._now(picture.at)
        if picture.at - self._answered > GAP_S:  # from the answer on: a page waits for it
            self._coach.lost()
        moment = self._coach.feed(Frame(now, rgb))
        self._answered = self._clock()
        self._end, self._frames, self.count = now, self._frames + 1, moment.count
        self._size = (rgb.shape[1], rgb.shape[0]) if self._frames == 1 else self._size
        rest = {"seq": picture.seq, "fps": self._rate(now), "dropped": self.dropped}
        return _told(moment) | rest | {"server_ms": round(1000 * (self._clock() - picture.at), 1)}

    def lost(self) -> None:
        """The connection dropped."""
        if self._coach is not None:
            self._coach.lost()

    def finish(self, history: History) -> Message:
        """End the set and keep it; the thread ends with this. A set in which nothing was done is not kept."""
        try:
            return self._finished(history)
        finally:
            self._thread.shutdown(wait=False)

    def _finished(self, history: History) -> Message:
        if self._coach is None:
            return _reported(None, _NOTHING)
        name = f"Live set of {self.began:%d %B %Y, %H:%M}"
        fps = (self._frames - 1) / self._end if self._end else 0.0
        info = VideoInfo(name, "", self._end, fps, *self._size, frames=self._frames)
        try:
            report = self._coach.finish(info, self._remarks())
        except NobodyFoundError as error:
            return _reported(None, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        if not report.bouts:
            return _reported(None, _NOTHING)
        page = report.html(None, quotes=self._options.quotes)
        return _reported(history.add("live", name, report, page, self.began), done(report.bouts))

    def _remarks(self) -> list[Notice]:
        seen = self._frames + self.dropped
        if self.dropped <= 0.05 * seen:  # ours: fewer move no time by more than a frame
            return []
        return [Notice(NoticeCode.PICTURES_LEFT_OUT, {"dropped": self.dropped, "all": seen})]

    def _now(self, at: float) -> float:
        if self._first is None:
            self._first = at
            return 0.0
        return max(at - self._first, self._end + _LEAST_STEP_S)

    def _rate(self, now: float) -> float:
        """Pictures a second, of late."""
        self._lately.append(now)
        while now - self._lately[0] > _RATE_S:
            self._lately.popleft()
        span = now - self._lately[0]
        return round((len(self._lately) - 1) / span, 1) if span else 0.0


def _points(moment: Moment) -> list[list[float]] | None:
    """The landmarks in pixels of the picture, with their visibility; None where nobody is."""
    if not np.isfinite(moment.points).all():
        return None
    rows = np.column_stack([moment.points.astype(float).round(1), moment.visibility.astype(float).round(2)])
    found: list[list[float]] = rows.tolist()
    return found


def _told(moment: Moment) -> Message:
    same = ("stage", "exercise", "title", "count", "side", "moving", "hold_goal_s", "message", "tone", "say")
    return {"type": "moment", "t": round(moment.time, 3), "image": moment.image_size, "points": _points(moment)} | {
        "placement": [{"id": advice.id, "text": advice.text} for advice in moment.placement],
        "held_s": round(moment.held_s, 2),
        "reps": [_told_rep(rep) for rep in moment.reps],
        **{name: getattr(moment, name) for name in same},
    }


def _told_rep(rep: Rep) -> Message:
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault"]
    return {"index": rep.index, "side": rep.side, "partial": rep.partial, "faults": faults} | {
        "hold_s": round(rep.hold_s, 2) if np.isfinite(rep.hold_s) else None
    }


def done(bouts: Iterable[Bout]) -> str:
    """What was done in a set, each exercise once: `Glute bridge: 2 reps. Leg lift: 1 rep.`"""
    reps: Counter[str] = Counter()
    for bout in bouts:
        reps[bout.title] += len(bout.counted)
    return " ".join(f"{title}: {n} {'rep' if n == 1 else 'reps'}." for title, n in reps.items())


def _reported(session: str | None, said: str) -> Message:
    return {"type": "report", "session": session, "url": session and f"/reports/{session}", "text": said}


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

    async def _refuse(self, socket: WebSocket, code: int, said: str) -> None:
        try:
            await socket.send_text(json.dumps({"type": "error", "text": said}))
            await socket.close(code)
        except (WebSocketDisconnect, RuntimeError):  # it went first
            return

    async def _talk(self, socket: WebSocket) -> None:
        hello = _hello(await _received(socket, HELLO_S))
        if hello.resume in self._reports:  # its connection was lost after the end, and with it the report
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
            if self._talks.get(live.id) is socket:  # else another page has taken it up
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
            if before is not None:  # the server had not noticed yet that its connection is dead
                await self._refuse(before, MOVED, "The set goes on in another page.")
            return live, True
        options = options_of(hello.exercise, hello.height_cm)
        self._make_room()
        live = LiveSet(options, hello.side, self._clock)
        self._sets[live.id], self._talks[live.id] = live, socket
        try:
            await asyncio.wrap_future(live.submit(live.prepare))
        except BaseException:
            self._forget(live)
            live.submit(live.finish, self._history)
            raise
        return live, False

    def _make_room(self) -> None:
        """End the set that waits longest if there are too many, or refuse another."""
        if len(self._sets) < MOST_SETS:
            return
        if not self._waiting:
            raise _RefusedError(TOO_MANY, f"{MOST_SETS} sets are under way already; end one of them first.")
        self._end(self._sets[next(iter(self._waiting))])

    def _leave(self, live: LiveSet, ended: bool) -> None:
        """The connection is over; the set is, too, or waits."""
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

    def close(self) -> None:
        """Finish and keep every set, when no connection is left."""
        for live in list(self._sets.values()):
            self._end(live)
        wait(list(self._ending))


def _complain(ending: Future[Message | None]) -> None:
    """Say on the terminal that a set could not be kept: its page may have gone."""
    if (error := ending.exception()) is not None:
        print(f"formcheck: a set could not be kept: {error}", file=sys.stderr)


class _Talk:
    """One page and its set: a picture with the coach, at most one that waits, and what the page says meanwhile."""

    def __init__(self, socket: WebSocket, live: LiveSet, clock: Callable[[], float]) -> None:
        self._socket, self._live, self._clock = socket, live, clock
        self._bucket = Bucket(FRAMES_PER_S, clock)
        self._newest: _Picture | None = None
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
            said = _object(message).get("type")
            if said not in ("here", "end"):
                raise _RefusedError(BAD_MESSAGE, "Within a set a page says that it is here, and that the set ends.")
            self._over = said == "end"
            return
        if len(message) <= 4:
            raise _RefusedError(BAD_MESSAGE, "A picture was sent that is empty.")
        if self._newest is not None:
            self._live.dropped += 1
        self._newest = _Picture(struct.unpack_from("<I", message)[0], message[4:], self._clock())


async def _send(socket: WebSocket, message: Message | None) -> None:
    await socket.send_text(json.dumps(message, allow_nan=False))


async def _received(socket: WebSocket, patience_s: float) -> str | bytes:
    """The next message. Raises `WebSocketDisconnect`, and `_RefusedError` for one that does not come or is too long."""
    try:
        async with asyncio.timeout(patience_s):
            message = await socket.receive()
    except TimeoutError:
        raise _RefusedError(SLOW, f"The page sent nothing for {patience_s:.0f} seconds.") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    found: str | bytes | None = message.get("text")
    if found is None:
        found = message["bytes"]
    if len(found) > (_TEXT_CHARS if isinstance(found, str) else MESSAGE_BYTES):
        raise _RefusedError(TOO_LARGE, "A message was sent that is too long.")
    return found


def _object(text: str) -> Message:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(BAD_MESSAGE, "A message was sent that is no JSON.") from error
    if not isinstance(found, dict):
        raise _RefusedError(BAD_MESSAGE, "A message was sent that is no JSON object.")
    return found


def _is_number(said: object) -> bool:
    """Whether a page's word is a number that a float can hold."""
    return isinstance(said, int | float) and not isinstance(said, bool) and not abs(said) >= _TALLEST_CM


def _hello(message: str | bytes) -> Hello:
    said = _object(message) if isinstance(message, str) else {}
    exercise, height, resume = said.get("exercise", "auto"), said.get("height_cm"), said.get("resume")
    side = said.get("side")
    known = (
        said.get("type") == "hello"
        and isinstance(exercise, str)
        and side in (None, "left", "right")
        and (
            height is None
            or (isinstance(height, int | float) and abs(height) < _TALLEST_CM and not isinstance(height, bool))
        )
        and (resume is None or isinstance(resume, str))
    )
    if not known:
        raise _RefusedError(BAD_MESSAGE, "The first message must be a hello with an exercise, a side and a height.")
    return Hello(exercise, side, height, resume)
