"""Recordings that the page sends: kept in a private folder while they wait, analysed one at a time, and removed.

Each is analysed in a process of its own. So a file that hangs or breaks the decoder harms nothing else, and a live set
beside it keeps its pace.
"""

import asyncio
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Literal

from formcheck.errors import FormcheckError
from formcheck.files import writing
from formcheck.findings import Notice
from formcheck.formats import npz
from formcheck.recorded import Options, analyze_into
from formcheck.report.folder import LANDMARKS
from formcheck.report.page import Extras
from formcheck.report.player import played
from formcheck.report.report import Report
from formcheck.web.history import History

MOST_BYTES: Final = 2 * 1024**3
"""Of one recording."""

MOST_IN_LINE: Final = 8
"""Recordings that wait or are just being sent, besides the one that is analysed."""

KEPT: Final = 64
"""Recordings whose end is remembered (ours)."""

SILENCE_S: Final = 30.0
"""A page that sends nothing of its recording for so long has gone (ours)."""

_NAME_CHARS: Final = 120
_STEP: Final = 5  # frames between two messages on the progress (ours)
_BROKEN_OFF: Final = "It could not be analysed: the process at work on it broke off; perhaps the memory was full."

State = Literal["running", "done", "failed"]


class TooLargeError(FormcheckError):
    """A recording of too many bytes."""


class FullError(FormcheckError):
    """Too many recordings wait already."""


class StoppedError(FormcheckError):
    """The page stopped sending its recording."""


@dataclass(slots=True)
class Recording:
    """One recording: the folder it lies in, how it is judged, whose it is, and how far the work is.

    `page` is the report with what its player draws, for the page that has the recording; it is given once. `notice`
    says why it is not in the history, where it is not.
    """

    id: str
    name: str
    folder: Path
    options: Options
    profile: int | None = None
    state: State = "running"
    done: int = 0
    expected: int | None = None
    error: str | None = None
    session: str | None = None
    notice: str = ""
    page: str | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def video(self) -> Path:
        """The recording itself."""
        return self.folder / "video"

    def for_page(self) -> dict[str, Any]:
        """How far it is, in the form that the page takes."""
        return {name: getattr(self, name) for name in ("state", "done", "expected", "error", "session", "notice")}


class Recordings:
    """The recordings that wait, and the thread that has them analysed.

    folder: for uploads, private to the user; whatever is in it at the start is removed.
    """

    def __init__(self, folder: Path, history: History) -> None:
        self._folder, self._history = folder, history
        self._all: dict[str, Recording] = {}
        self._line: SimpleQueue[Recording | None] = SimpleQueue()
        self._closed = threading.Event()
        with writing(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700, parents=True)
        self._worker = threading.Thread(target=self._work, name="recordings", daemon=True)
        self._worker.start()

    async def take(
        self, name: str, options: Options, body: AsyncIterator[bytes], profile: int | None = None
    ) -> Recording:
        """Store what a page sends and put it in line. `profile`: whose it is, None for the first one's.

        Raises `FullError`, `TooLargeError`, `StoppedError`, and `OutputError` where it cannot be stored.
        """
        if sum(one.state == "running" for one in self._all.values()) > MOST_IN_LINE:
            raise FullError(f"{MOST_IN_LINE} recordings are waiting already; wait until one is done.")
        number = secrets.token_hex(8)
        recording = Recording(number, display_name(name), self._folder / number, options, profile)
        self._remember(recording)
        try:
            await _store(recording.video, body)
        except BaseException:
            shutil.rmtree(recording.folder, ignore_errors=True)
            self._all.pop(number, None)
            raise
        self._line.put(recording)
        return recording

    def __getitem__(self, number: str) -> Recording:
        return self._all[number]

    def page(self, number: str) -> str:
        """The report for the page that has the recording; then it is forgotten. Raises `KeyError` if there is none."""
        recording = self._all[number]
        page, recording.page = recording.page, None
        if page is None:
            raise KeyError(number)
        return page

    def cancel(self, number: str) -> None:
        """Stop the work on a recording and forget it. Raises `KeyError` for one that is not known."""
        self._all.pop(number).cancelled.set()

    def close(self) -> None:
        """Stop the work and remove what was sent."""
        self._closed.set()
        self._line.put(None)
        self._worker.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _remember(self, recording: Recording) -> None:
        self._all[recording.id] = recording
        over = [one.id for one in self._all.values() if one.state != "running"]
        for number in over[: max(0, len(over) - KEPT)]:
            del self._all[number]

    def _work(self) -> None:
        if sys.platform != "win32":
            # Processes inherit this. Ctrl-C is heard here, and the process is then told to stop.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        while (recording := self._line.get()) is not None and not self._closed.is_set():
            try:
                outcome = self._analysis(recording)
            except Exception as error:  # a bug on one recording must not stop the rest
                outcome = f"The program failed on it: {type(error).__name__}: {error}."
            shutil.rmtree(recording.folder, ignore_errors=True)
            self._keep(recording, outcome)

    def _analysis(self, recording: Recording) -> "Outcome":
        """The last message of its process; None if nobody waits for it any more."""
        if recording.cancelled.is_set():
            return None
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        arguments = (recording.video, recording.name, recording.options, theirs)
        process = context.Process(target=_analysed, args=arguments, daemon=True)
        process.start()
        theirs.close()
        try:
            return self._heard(recording, ours)
        finally:
            process.kill()
            process.join()
            ours.close()

    def _heard(self, recording: Recording, pipe: "Connection[Any, Any]") -> "Outcome":
        while not (self._closed.is_set() or recording.cancelled.is_set()):
            if not pipe.poll(0.1):
                continue
            try:
                message: Outcome | tuple[int, int | None] = pipe.recv()
            except EOFError:
                return _BROKEN_OFF
            if not isinstance(message, tuple):
                return message
            recording.done, recording.expected = message
        return None

    def _keep(self, recording: Recording, outcome: "Outcome") -> None:
        """Make the report, and keep it; where the history does not take it, the page gets it all the same."""
        if isinstance(outcome, Seen):
            told, quotes = outcome.report, recording.options.quotes
            recording.page = told.html("", quotes=quotes, embedded=False, extras=outcome.extras)
            page, at = told.html(None, quotes=quotes, embedded=False), datetime.now().astimezone()
            try:
                recording.session = self._history.add("recorded", recording.name, told, page, at, recording.profile)
            except FormcheckError as error:
                recording.notice = f"This report is not in the history: {error}"
        recording.error = outcome if isinstance(outcome, str) else None
        recording.state = "failed" if recording.error else "done"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a recording, and what a player of it draws."""

    report: Report
    extras: Extras


Outcome = Seen | str | None
"""Of the work on a recording: what was seen, why there is nothing, or None where nobody waits for it any more."""


async def _store(path: Path, body: AsyncIterator[bytes]) -> None:
    size = 0
    with writing(path):
        path.parent.mkdir(mode=0o700)
    with writing(path), path.open("xb") as file:
        while (part := await _next(body)) is not None:
            size += len(part)
            if size > MOST_BYTES:
                raise too_large()
            await asyncio.to_thread(file.write, part)


def too_large() -> TooLargeError:
    """The error for a recording of too many bytes."""
    return TooLargeError(f"A recording may have {MOST_BYTES / 1024**3:g} GB at most; cut it, or use formcheck analyze.")


async def _next(body: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(SILENCE_S):
            return await anext(body, None)
    except TimeoutError:
        raise StoppedError(f"Nothing of the recording came for {SILENCE_S:.0f} seconds.") from None


def display_name(name: str) -> str:
    """A page's name for a recording, made fit to be shown: its last part, on one line. Never used as a path."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable()).strip()[:_NAME_CHARS]
    return clean or "recording"


def _analysed(path: Path, name: str, options: Options, pipe: "Connection[Any, Any]") -> None:
    """In a process of its own: send the progress, and at last the report, or a sentence that says why there is none."""
    if sys.platform != "win32":
        os.nice(10)  # a live set beside it goes first

    def tell(_: str, done: int, expected: int | None) -> None:
        if done % _STEP == 0:
            pipe.send((done, expected))

    try:
        results = path.parent / "results"
        report = analyze_into(results, path, options, video=False, progress=tell)
        with closing(npz.read(results / LANDMARKS)) as poses:
            extras = played(poses, report).extras(report)
    except FormcheckError as error:
        pipe.send(f"{str(error).replace(str(path), name)}.")
        return
    warnings = tuple(_by_name(notice, name) for notice in report.warnings)
    pipe.send(Seen(replace(report, video=replace(report.video, path=name), warnings=warnings), extras))


def _by_name(notice: Notice, name: str) -> Notice:
    """The notice with the recording's own name in place of the name of the copy here."""
    return replace(notice, values={**notice.values, "path": name}) if "path" in notice.values else notice
