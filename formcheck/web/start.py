"""The way in: the page opened in the browser, by a server that runs already or by one that begins now."""

import http.client
import os
import sys
import webbrowser
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Final

from formcheck.errors import UsageError
from formcheck.web.door import Door, Running
from formcheck.web.guard import base
from formcheck.web.server import link, serve

_HEALTHY_S: Final = 5.0  # ours: a server at work answers in milliseconds
_BROWSER_S: Final = 10.0  # ours: within it a browser has taken the link over

Say = Callable[[str], None]


def start(data: Path, say: Say, warn: Say) -> None:
    """Open the page in the browser. Where no server runs for `data`, be one until Ctrl-C.

    Raises `UsageError` where another version runs, or one that does not answer, and as `serve`.
    """
    failed: UsageError | None = None
    for port in (None, 0):  # the one kept, so that bookmarks stay true; a free one where another program has it
        if _reused(data, say):
            return
        try:
            serve("127.0.0.1", port, data, say, warn, opened=lambda one: _opened(one, say))
            return
        except UsageError as error:
            failed = error
    if failed is not None and not _reused(data, say):  # another start may have been quicker
        raise failed


def _reused(data: Path, say: Say) -> bool:
    """Whether a server runs already, whose page then opens. Raises `UsageError` for one that is not as it should be."""
    door = Door(data)
    if (server := door.running()) is None:
        return False
    if server.version != version("formcheck"):
        raise UsageError(
            f"formcheck {server.version} runs already (process {server.pid}), and this is {version('formcheck')}: end "
            "that one by Ctrl-C in its window, and start again"
        )
    if not _healthy(server):
        raise UsageError(
            f"formcheck runs already (process {server.pid}) but does not answer: end that process, and start again"
        )
    _opened(link(door, server.host, server.port), say).join(_BROWSER_S)
    return True


def _healthy(server: Running) -> bool:
    host = base(server.host, server.port).removeprefix("http://").rstrip("/")
    asking = http.client.HTTPConnection(host, timeout=_HEALTHY_S)
    try:
        asking.request("GET", "/static/icon.svg")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def _opened(where: str, say: Say) -> Thread:
    """The browser at work on opening a link; some return only when they are closed."""
    opening = Thread(target=_open, args=(where,), name="browser", daemon=True)
    opening.start()
    say(f"formcheck opens in your browser. If it does not, open {where}")
    return opening


def _open(where: str) -> None:
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & os.environ.keys():
        return  # a browser for terminals would take this one
    webbrowser.open(where)
