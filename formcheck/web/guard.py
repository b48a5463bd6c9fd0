"""The door before the page: who may ask, how much and how fast. Nothing behind it needs to check headers again.

The server listens on this machine alone, but every web page that the user opens runs here too. A foreign page can send
requests to 127.0.0.1, and if its owner points a name there ("DNS rebinding") it can read the answers. So the name asked
for must be ours, the page that asks must be ours, and the secret of the link must have been shown once.
"""

import asyncio
import ipaddress
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

REQUESTS_PER_S: Final = 100.0
"""Of those who hold the key; the page needs a few a second (ours)."""

CONNECTIONS: Final = 100
"""At a time; a browser opens six to one server (ours)."""

HEADERS_S: Final = 10.0
"""Seconds within which a connection has to send a request (ours)."""

_COOKIE_DAYS: Final = 400
"""The longest that browsers keep one."""

_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _PAGE_POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer that does not say otherwise itself."""

NO_KEY: Final = "This browser has no key to formcheck: click the formcheck icon, or type formcheck start in a terminal."
_ONCE: Final = "Each link opens formcheck once, while the formcheck that made it runs."
USED: Final = f"This link is used up. {_ONCE}"

_LOCKED: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The door is locked – formcheck</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/app.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p class="lead">Click the <strong>formcheck icon</strong> on your desktop, or type <code>formcheck start</code>
in a terminal.</p>
<p>{why} Either opens formcheck here with a key, which this browser then keeps: after that a bookmark works too.</p>
<p class="soft">No icon? <code>formcheck shortcut</code>, typed in a terminal, puts it on your desktop.</p>
</main>
</body>
</html>
"""


def refusal(status: int, said: str) -> Response:
    """An answer that refuses, with one sentence that the page shows."""
    return JSONResponse({"error": said}, status)


def _locked(headers: Headers, *, used: bool = False) -> Response:
    """The answer to a request without the key. A browser that opens an address shows it to a person.

    used: it came by a link that opens nothing any more.
    """
    if "text/html" in headers.get("accept", ""):
        title, why = ("This link is used up", _ONCE) if used else ("This browser has no key to formcheck", "")
        return HTMLResponse(_LOCKED.format(title=title, why=why), 403)
    return refusal(403, USED if used else NO_KEY)


@dataclass(slots=True)
class Bucket:
    """Lets through `rate` a second on average, and at most one second's worth at once."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._at = self.rate, self.clock()

    def take(self) -> bool:
        """Whether one more may pass."""
        now = self.clock()
        self._left = min(self.rate, self._left + (now - self._at) * self.rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Lock(Protocol):
    """What the guard asks about keys and tokens."""

    key: str

    def opens(self, token: str) -> bool:
        """Whether a link's token opens the door, which it does once."""


class Guard:
    """Lets a request through to `app` if it names us, comes from our page and holds the key.

    host: the address served on. port: its port. `lock` has the key, and knows the tokens of links. Whoever opens a link
    gets the key in a cookie.
    """

    def __init__(self, app: ASGIApp, host: str, port: int, lock: Lock) -> None:
        self._app, self._host, self._port, self._lock = app, host, port, lock
        self._cookie = f"formcheck-{port}"  # browsers share cookies between ports; so two servers keep theirs apart
        self._bucket = Bucket(REQUESTS_PER_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = self._answer(scope, Headers(scope=scope))
        protected = _with_headers(send)
        if answer is None:
            await self._app(scope, receive, protected)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        else:
            await answer(scope, receive, protected)

    def _answer(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer at the door; None lets the request in."""
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._is_ours(host):
            return refusal(403, "This name is not served here.")
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        origins = headers.getlist("origin")
        if (changes or origins) and origins != [f"http://{host}"]:
            return refusal(403, "Only formcheck's own page may ask this.")
        if scope["path"].startswith("/static/"):
            return None
        if scope["path"] == "/" and (token := _token(scope)) is not None:
            return self._welcome(token, headers)
        if not self._has_key(headers):
            return _locked(headers)
        return None if self._bucket.take() else refusal(429, "Too many requests at once; wait a moment.")

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server. If it serves on all addresses, any address will do, but no name."""
        name, port = _split(host)
        if port != self._port:
            return False
        if name in (*LOOPBACK, self._host.lower()):
            return True
        return is_wildcard(self._host) and _is_address(name)

    def _welcome(self, token: str, headers: Headers) -> Response:
        opened = self._lock.opens(token)  # whoever has the key already uses the link up too
        if not (opened or self._has_key(headers)):
            return _locked(headers, used=True)
        answer = RedirectResponse("/", 303)
        days = _COOKIE_DAYS * 86_400
        answer.set_cookie(self._cookie, self._lock.key, max_age=days, path="/", httponly=True, samesite="strict")
        return answer

    def _has_key(self, headers: Headers) -> bool:
        # Parsed by hand: Python's reader may refuse a cookie of another program on this machine.
        parts = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
        return any(
            n == self._cookie and secrets.compare_digest(v.encode(), self._lock.key.encode()) for n, _, v in parts
        )


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_wildcard(host: str) -> bool:
    """Whether it stands for all addresses of this machine."""
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def base(host: str, port: int) -> str:
    """The page's address for a browser: `http://127.0.0.1:8642/`; of all addresses, this machine's own."""
    if is_wildcard(host):
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _split(host: str) -> tuple[str, int | None]:
    """Name and port of a Host header. Without a port it is 80; None where it is no number."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else None
    return name.strip("[]").lower(), number


def _token(scope: Scope) -> str | None:
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    return asked["token"][0] if "token" in asked else None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


class Connection(H11Protocol):
    """uvicorn's connection with a time limit: who connects has to ask, and idle connections make room for others.

    uvicorn by itself waits for ever for the first request, and for headers that come drop by drop.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the clock. If there are too many, close the longest idle one, or else the one with most unread data."""
        super().connection_made(transport)
        _OPEN[self] = None
        self._watch()
        if len(_OPEN) > CONNECTIONS:
            idle = next((one for one in _OPEN if not one.at_work and one is not self), None)
            last = idle or max(_OPEN, key=lambda one: one.transport.get_write_buffer_size())  # reads no answers
            last.transport.abort()
            _OPEN.pop(last, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the data; a whole request stops the clock."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Start the clock for the next request."""
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection on; a WebSocket has limits of its own."""
        self._forget()
        super().handle_websocket_upgrade(event)

    @property
    def at_work(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        if self.at_work or self.transport.is_closing() or self not in _OPEN:
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADERS_S, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _forget(self) -> None:
        self._stop()
        _OPEN.pop(self, None)


_OPEN: Final[dict[Connection, None]] = {}
"""The connections that are no WebSocket, the oldest first."""
