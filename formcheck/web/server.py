"""The local page's server: its routes, its start and its stop."""

import asyncio
import base64
import hashlib
import re
import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from formcheck import demos, words
from formcheck.body.landmarks import SIDES
from formcheck.core.exercise import Exercise, builtin
from formcheck.errors import FormcheckError, OutputError, UsageError
from formcheck.live.coach import goals, hold_goal_s
from formcheck.live.programme import Plan, Programme, programmes
from formcheck.units import Lengths
from formcheck.web.addresses import addresses
from formcheck.web.door import Door
from formcheck.web.guard import Connection, Guard, base, is_loopback, is_wildcard, refusal
from formcheck.web.history import History, NoProfileError
from formcheck.web.historydoors import BodyError, HistoryDoors, profile_of
from formcheck.web.live import MESSAGE_BYTES, LiveSets, options_of
from formcheck.web.recordings import MOST_BYTES, FullError, Recordings, StoppedError, TooLargeError, too_large

PORT: Final = 8642
"""The usual port (ours)."""

STOP_S: Final = 5
"""Seconds that connections get to end when the server stops (ours)."""

_BACKLOG: Final = 128  # ours: connections that wait to be accepted
_HEADER_BYTES: Final = 16 * 1024  # ours: all headers of one request together
_KINDS: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
_STATUS: Final[dict[type[FormcheckError], int]] = {
    FullError: 429,
    TooLargeError: 413,
    StoppedError: 408,
    BodyError: 413,
    NoProfileError: 404,
    OutputError: 507,
    UsageError: 400,
}


def app(history: History, recordings: Recordings, live: LiveSets) -> Starlette:
    """The application behind the guard; it answers every error with one sentence."""
    doors = _Doors(history, recordings)
    routes: list[BaseRoute] = [
        Route("/", doors.page),
        Route("/static/{name}", doors.static),
        Route("/static/demos/{name}", doors.demo),
        Route("/api/exercises", doors.exercises),
        Route("/api/programmes", doors.programmes),
        Route("/api/recordings", doors.send_recording, methods=["POST"]),
        Route("/api/recordings/{id}", doors.recording),
        Route("/api/recordings/{id}", doors.cancel_recording, methods=["DELETE"]),
        Route("/api/recordings/{id}/page", doors.recording_page),
        *HistoryDoors(history).routes(),
        Route("/reports/{id}", doors.report),
        WebSocketRoute("/live", live.talk),
    ]
    errors: dict[Any, Callable[[Request, Any], Response]] = {HTTPException: _http_error, FormcheckError: _known_error}
    return Starlette(routes=routes, exception_handlers=errors)


def _http_error(_: Request, error: HTTPException) -> Response:
    return refusal(error.status_code, {404: "There is no such thing here."}.get(error.status_code, error.detail))


def _known_error(_: Request, error: FormcheckError) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    answer = refusal(status, str(error))
    answer.headers["Connection"] = "close"  # do not wait for the rest of a body
    return answer


def _missing() -> HTTPException:
    return HTTPException(404)


class _Doors:
    """What each address answers."""

    def __init__(self, history: History, recordings: Recordings) -> None:
        self._history, self._recordings = history, recordings
        self._files = files()

    def page(self, _: Request) -> Response:
        return self._file("index.html")

    def static(self, request: Request) -> Response:
        return self._file(request.path_params["name"])

    def demo(self, request: Request) -> Response:
        return self._file(f"demos/{request.path_params['name']}")

    def _file(self, name: str) -> Response:
        if name not in self._files:
            raise _missing()
        return Response(self._files[name], media_type=_KINDS[Path(name).suffix], headers={"Cache-Control": "no-cache"})

    def exercises(self, _: Request) -> Response:
        return JSONResponse([_exercise(exercise) for exercise in builtin().values()])

    def programmes(self, request: Request) -> Response:
        done = Counter(lesson["programme"] for lesson in self._history.lessons(profile_of(request)) if lesson["did"])
        return JSONResponse([_programme(programme, done[name]) for name, programme in programmes().items()])

    async def send_recording(self, request: Request) -> Response:
        options = options_of(*_asked(request))
        if int(request.headers.get("content-length", 0)) > MOST_BYTES:
            raise too_large()
        name = unquote(request.headers.get("x-name", ""))
        whose = await run_in_threadpool(self._history.profile, profile_of(request))
        try:
            recording = await self._recordings.take(name, options, request.stream(), whose)
        except ClientDisconnect:
            raise StoppedError("The page went before its recording was sent.") from None
        return JSONResponse({"id": recording.id}, 201)

    def recording(self, request: Request) -> Response:
        try:
            return JSONResponse(self._recordings[request.path_params["id"]].for_page())
        except KeyError:
            raise _missing() from None

    def cancel_recording(self, request: Request) -> Response:
        try:
            self._recordings.cancel(request.path_params["id"])
        except KeyError:
            raise _missing() from None
        return Response(status_code=204)

    def recording_page(self, request: Request) -> Response:
        try:
            page = self._recordings.page(request.path_params["id"])
        except KeyError:
            raise _missing() from None
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": report_policy(page)})

    def report(self, request: Request) -> Response:
        page = self._history.page(request.path_params["id"])
        if page is None:
            raise _missing()
        policy = {"Content-Security-Policy": report_policy(page)}
        return Response(demos.embedded(page), media_type="text/html", headers=policy)


def report_policy(page: str) -> str:
    """What a report may do: run its own script, known by its hash, show the pictures that it holds, and be shown in our
    page. It gets no origin.
    """
    scripts = re.findall(r'<script(?: type="module")?>(.*?)</script>', page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
    )


def _asked(request: Request) -> tuple[str, float | None, str, str | None]:
    """The exercise, the height, the unit of lengths and the goal that a page asks for."""
    said = request.query_params
    exercise, height = said.get("exercise", "auto"), said.get("height_cm")
    try:
        return exercise, float(height) if height else None, said.get("units", Lengths.CM), said.get("goal")
    except ValueError:
        raise UsageError(f"a height of {height!r} cannot be: give it in centimetres") from None


def _exercise(exercise: Exercise) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "title": exercise.title,
        "summary": exercise.summary,
        "sides": _sides(exercise) if exercise.segment.legs == "each" else None,
        "goals": goals(exercise),
        "hold_goal_s": hold_goal_s(exercise),
        "demos": _demos(exercise),
        "cues": [{"id": cue.id, "quote": cue.quote} for cue in exercise.cues],
    }


def _demos(exercise: Exercise) -> list[dict[str, str]]:
    """The demonstrations of an exercise that there are, the right way first: what they show, and what to say of it."""
    said = {cue.id: check.say.high for cue in exercise.cues for check in cue.checks}
    shown: list[str | None] = [None, *demos.faults(exercise.name)]
    return [
        {"name": path.stem, "alt": words.shown(exercise.title, cue), "say": said.get(cue, "") if cue else ""}
        for cue in shown
        if (path := demos.demo(exercise.name, cue))
    ]


def _programme(programme: Programme, done: int) -> dict[str, Any]:
    """A programme for the page; done: how many of its sessions the person has done."""
    return {
        "name": programme.name,
        "title": programme.title,
        "summary": programme.summary,
        "levels": programme.levels,
        "grow_every": programme.grow_every,
        "level": programme.level(done),
        "cautions": [caution._asdict() for caution in programme.cautions],
        "steps": [_plan(plan) for plan in programme.plans],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    """A step for the page's editor; doses have a number for each level, or none."""
    doses = {"reps": plan.reps if plan.exercise else (), "hold_s": plan.hold_s, "seconds": plan.seconds}
    usual = hold_goal_s(plan.exercise) if plan.exercise else None
    return {
        "title": plan.title,
        "exercise": plan.exercise.name if plan.exercise else None,
        "each_side": plan.sides == "each",
        "rest_s": plan.rest_s,
        "usual_hold_s": usual,
        **doses,
    }


def _sides(exercise: Exercise) -> dict[str, str]:
    """What the sides of a set are called: `On the left`, `With the left knee down`."""
    return {side: words.capital(exercise.side.format(side=side)) for side in SIDES}


@cache
def files() -> dict[str, bytes]:
    """The page's own files by name, and the demonstrations: all that /static answers."""
    folder = resources.files("formcheck.web").joinpath("static")
    own = {file.name: file.read_bytes() for file in folder.iterdir() if Path(file.name).suffix in _KINDS}
    report = resources.files("formcheck.report").joinpath("static")  # what a report is made of, here and as a file
    own |= {file.name: file.read_bytes() for file in report.iterdir() if Path(file.name).suffix in _KINDS}
    return own | {f"demos/{path.name}": path.read_bytes() for path in demos.FOLDER.glob("*.webp")}


def serve(
    host: str,
    port: int | None,
    data: Path,
    say: Callable[[str], None],
    warn: Callable[[str], None],
    opened: Callable[[str], object] | None = None,
) -> None:
    """Serve the page until Ctrl-C; then finish and keep what is under way.

    port: None for the one kept from the last time, or the usual one; 0 for a free one. data: folder for the history and
    the door. `say` gets the link, `warn` gets what the user should think twice about; `opened` gets a link too, if
    given, in place of it.

    Raises `UsageError` where the address is taken or not available, or where another server uses `data`, and
    `OutputError` where `data` cannot be written. Call it from the main thread, which hears Ctrl-C.
    """
    elsewhere = addresses() if is_wildcard(host) else []
    if is_wildcard(host) and not elsewhere:
        raise UsageError(f"this machine is in no network, so a page served at {host} reaches nobody; leave out --host")
    with closing(_bound(host, _port(data) if port is None else port)) as bound:
        door = Door(data)
        with (
            closing(History(data / "history.sqlite3")) as history,
            closing(Recordings(data / ".formcheck-uploads", history)) as recordings,
            closing(LiveSets(history)) as live,
        ):
            port = bound.getsockname()[1]
            guard = Guard(app(history, recordings, live), host, port, door)
            if history.notice:
                warn(history.notice)
            if not is_loopback(host):
                warn(_exposed(host))
            with door.serving(host, port, version("formcheck")):
                if opened is not None:
                    opened(link(door, host, port))
                else:
                    say(f"Open {link(door, host, port)}")
                for address in elsewhere:
                    say(f"On other machines, open {link(door, address, port)}")
                say("Each link opens once, and its browser then keeps the key. Ctrl-C stops.")
                _run(guard, bound, live)


def link(door: Door, host: str, port: int) -> str:
    """A link that opens the page once."""
    return f"{base(host, port)}?token={door.link()}"


def _port(data: Path) -> int:
    """The port that was kept, so that bookmarks stay true."""
    return Door(data).port or PORT


def _exposed(host: str) -> str:
    return (
        f"the page is served at {host}: whoever gets hold of the link reaches it over the network, and what is sent is "
        "not encrypted. There it shows the history and takes recordings, but browsers give it no camera."
    )


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens at the address. Raises `UsageError` where that is not possible."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot serve at {host}, port {port}: {reason}; choose another by --port") from error


class _Server(uvicorn.Server):
    """A server whose pages hear that it stops before their connections are closed."""

    def __init__(self, config: uvicorn.Config, live: LiveSets) -> None:
        super().__init__(config)
        self._live = live

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # else nohup started us

            def closed() -> None:
                self.should_exit = True

            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, closed)  # its window was closed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._live.stop()
        await super().shutdown(sockets)


def _run(guard: ASGIApp, bound: socket.socket, live: LiveSets) -> None:
    server = _Server(
        uvicorn.Config(
            guard,
            loop="asyncio",
            http=Connection,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES,
            ws_per_message_deflate=False,  # pictures do not shrink, and a small message cannot become a large one
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=_BACKLOG,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_graceful_shutdown=STOP_S,
        ),
        live,
    )
    # uvicorn stops at either signal and then raises it again. After SIGTERM, too, there must be time to keep the work.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        return
