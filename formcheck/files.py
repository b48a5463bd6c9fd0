"""Files on the disk: written whole or not at all, and known by their hash."""

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from formcheck.errors import FormcheckError, OutputError

_REASONS: Final = {
    errno.ENOSPC: "the disk is full; make room, or choose another folder",
    errno.EDQUOT: "your share of the disk is used up; make room, or choose another folder",
    errno.EFBIG: "the file grew larger than this system allows",
    errno.EACCES: "the folder may not be written to; choose another, or change its permissions",
    errno.EPERM: "the folder may not be written to; choose another, or change its permissions",
    errno.EROFS: "the folder is read-only; choose another",
    errno.ENOENT: "the folder does not exist; make it first",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "a file of that name is in the way",
    errno.EISDIR: "a folder of that name is in the way",
    errno.ENAMETOOLONG: "the name is too long",
}


MOST_LETTERS: Final = 200
"""So many letters of a library's own message are told (ours)."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an `OSError` raised while `path` is written into an `OutputError` that says why and what to do."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise OutputError(f"cannot write {path}: {reason}") from error


@contextmanager
def reading(path: Path, what: str, wrong: Callable[[str], FormcheckError]) -> Iterator[None]:
    """Turn whatever a library raises while it reads `path` into `wrong`, with a sentence; `what` the file should be.

    Readers of damaged bytes raise anything: KeyError, struct.error, MemoryError. Our own errors pass.
    """
    try:
        yield
    except FormcheckError:
        raise
    except FileNotFoundError as error:
        raise wrong(f"there is no file {path}") from error
    except IsADirectoryError as error:
        raise wrong(f"{path} is a folder") from error
    except OSError as error:
        raise wrong(f"{path} cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise wrong(f"{path} is no {what}, or is damaged: it asks for more memory than there is") from error
    except Exception as error:
        found = (str(error).strip().partition("\n")[0] or type(error).__name__)[:MOST_LETTERS]
        raise wrong(f"{path} is no {what}, or is damaged or cut off ({found})") from error


class Whole:
    """A temporary file beside `path`. `keep` puts it in the place of `path`; `discard` removes it without a trace.

    Raises `OutputError` where `path` cannot be written, before any work is done for it.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        if self.path.is_dir():
            raise OutputError(f"cannot write {path}: {_REASONS[errno.EISDIR]}")
        if self.path.exists() and not self.path.is_file():  # renaming over /dev/null would destroy it
            raise OutputError(f"cannot write {path}: it is not an ordinary file")
        self.temporary = self.path.with_name(f".formcheck-{secrets.token_hex(6)}.part")
        with writing(self.path), self.temporary.open("xb"):
            pass

    def keep(self) -> None:
        """Flush the temporary file to the disk and rename it over `path`."""
        try:
            with writing(self.path):
                with self.temporary.open("rb+") as file:
                    os.fsync(file.fileno())
                self.temporary.replace(self.path)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Remove the temporary file; `path` stays as it was."""
        self.temporary.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepare(folder: Path) -> None:
    """Make a folder for results if it is absent. Raises `OutputError` where that fails."""
    with writing(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileNotFoundError as error:  # not for missing parents, which are made: no folder can be here
            raise OutputError(f"cannot write {folder}: no folder can be made there; choose another place") from error


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """The folder for results, made by `prepare`. If the block fails, a folder that is new is removed again."""
    there = folder.exists()
    prepare(folder)
    try:
        yield
    except BaseException:
        if not there:
            with suppress(OSError):  # the folder is not empty
                folder.rmdir()
        raise


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path in the folder of `path`. The end of the block renames it to `path`; a failure removes it.

    Raises `OutputError` when the folder cannot be written to or the disk is full, also from within the block.
    """
    file = Whole(path)
    try:
        with writing(file.path):
            yield file.temporary
    except BaseException:  # also Ctrl-C: no half-written file stays
        file.discard()
        raise
    file.keep()
