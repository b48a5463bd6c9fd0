"""The page's door, kept from start to start in the user's own folder: its port, its key, and links that open it once.

A browser that has opened a link holds the key in a cookie, so a bookmark of the page works as long as the key and the
port stay the same. Whoever can write in the folder can make a link; nobody else can.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from formcheck.files import whole, writing

KEY_CHARS: Final = 40
"""The least letters of a key (ours); the door's own have 43."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work: its process, by number and time of birth (s since 1970), its address and its version."""

    pid: int
    born: float
    host: str
    port: int
    version: str

    @property
    def alive(self) -> bool:
        """Whether the process is there, and no other that has got its number since."""
        try:
            return bool(psutil.Process(self.pid).create_time() == self.born)
        except psutil.Error:
            return False


class Door:
    """The door of one folder: `door.json` with port and key, and `links` with a file for each link not yet opened.

    Both are the owner's alone (modes 600 and 700). A file that is absent or damaged is as none: then the key is new,
    and every browser needs a link again. Raises `OutputError` where the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        with writing(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, self._links = folder / "door.json", folder / "links"
        said = self._read()
        self.port: int | None = said.get("port")
        self.key: str = said.get("key") or secrets.token_urlsafe(32)

    def running(self) -> Running | None:
        """The server that uses this folder, None where there is none."""
        try:
            server = Running(**self._read()["server"])
        except (KeyError, TypeError):
            return None
        return server if server.alive else None

    @contextmanager
    def serving(self, host: str, port: int, version: str) -> Iterator[None]:
        """Within it others find this process as the server that runs. Links of earlier starts open nothing."""
        pid = os.getpid()
        self._forget_links()
        self.port = port
        self._write(Running(pid, psutil.Process(pid).create_time(), host, port, version))
        try:
            yield
        finally:
            self._write(None)
            self._forget_links()

    def link(self) -> str:
        """A token that `opens` the door once."""
        token = secrets.token_urlsafe(32)
        with writing(self._links):
            self._links.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(self._place(token), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return token

    def opens(self, token: str) -> bool:
        """Whether this token opens the door now. It never does again."""
        try:
            self._place(token).unlink()
        except OSError:
            return False
        return True

    def _place(self, token: str) -> Path:
        return self._links / hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

    def _forget_links(self) -> None:
        if self._links.is_dir():
            with suppress(OSError):  # what else lies there stays
                for one in self._links.iterdir():
                    one.unlink()
                self._links.rmdir()

    def _read(self) -> dict[str, Any]:
        try:
            said = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return said if isinstance(said, dict) and _is_door(said.get("port"), said.get("key")) else {}

    def _write(self, server: Running | None) -> None:
        said = {"port": self.port, "key": self.key, "server": server and asdict(server)}
        with whole(self._file) as path:
            path.chmod(0o600)  # while it is still empty
            path.write_text(json.dumps(said), "utf-8")


def _is_door(port: object, key: object) -> bool:
    return isinstance(port, int) and 0 < port < 65536 and isinstance(key, str) and len(key) >= KEY_CHARS
