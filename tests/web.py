"""The page's side of the server, for tests: an honest client, in this process."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from clips import picture
from door import SIZE
from starlette.testclient import TestClient, WebSocketTestSession

from formcheck.core.exercise import builtin
from formcheck.web.door import Door
from formcheck.web.guard import Guard
from formcheck.web.history import History
from formcheck.web.live import LiveSets
from formcheck.web.recordings import Recordings
from formcheck.web.server import app, link

PORT = 8642
BASE = f"http://127.0.0.1:{PORT}"
SOCKET = f"ws://127.0.0.1:{PORT}/live"
ORIGIN = {"Origin": BASE}


class Clock:
    """Seconds as a test sets them."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Site:
    """The server's parts behind their guard, and a page that has opened the link."""

    client: TestClient
    guard: Guard
    history: History
    recordings: Recordings
    live: LiveSets
    clock: Clock
    door: Door

    def link(self) -> str:
        """A link that opens the page once."""
        return link(self.door, "127.0.0.1", PORT)

    def socket(self, headers: dict[str, str] | None = None) -> WebSocketTestSession:
        """A connection to the live coach."""
        return self.client.websocket_connect(SOCKET, headers=ORIGIN if headers is None else headers)

    def stranger(self, base: str = BASE) -> TestClient:
        """A client that has not opened the link."""
        return TestClient(self.guard, base_url=base, follow_redirects=False)

    def honest(self) -> None:
        """The page still gets its answers."""
        assert len(self.client.get("/api/exercises").json()) == len(builtin())


@contextmanager
def site(folder: Path, *, resume_s: float = 60.0, host: str = "127.0.0.1") -> Iterator[Site]:
    """A server without a network."""
    clock = Clock()
    with (
        closing(History(folder / "history.sqlite3")) as history,
        closing(Recordings(folder / "uploads", history)) as recordings,
        closing(LiveSets(history, clock=clock, resume_s=resume_s)) as live,
    ):
        door = Door(folder)
        guard = Guard(app(history, recordings, live), host, PORT, door)
        with TestClient(guard, base_url=BASE, follow_redirects=False) as client:
            assert client.get(link(door, "127.0.0.1", PORT)).status_code == 303
            yield Site(client, guard, history, recordings, live, clock, door)


def hello(exercise: str = "auto", resume: str | None = None, **changes: Any) -> dict[str, Any]:
    """A page's first message."""
    return {"type": "hello", "exercise": exercise, "side": None, "height_cm": None, "resume": resume} | changes


def sent(number: int, size: tuple[int, int] = SIZE) -> bytes:
    """A picture as the page sends it."""
    good, data = cv2.imencode(".jpg", picture(number, size))
    assert good
    return number.to_bytes(4, "little") + bytes(data)
