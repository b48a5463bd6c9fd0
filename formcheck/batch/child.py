"""The process that works on clips, one after the other, for one `Ward`.

Orders come in on standard input, messages go out on the former standard output, both pickled. The process ends when its
parent ends.
"""

import hashlib
import os
import pickle
import queue
import signal
import stat
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from formcheck import files
from formcheck.batch import records
from formcheck.batch.jobs import LANDMARKS, Job, Settings, chosen, program
from formcheck.batch.records import Record
from formcheck.errors import FormcheckError, LandmarksError, NobodyFoundError, OutputError, UsageError, VideoError
from formcheck.filming import UNSAID
from formcheck.recorded import Options, analyze_into, score, write_report

BASE_S: Final = 60.0
BYTES_A_SECOND: Final = 2e6
FRAME_S: Final = 0.25
"""The time a clip may take: ours. A frame takes 0.015 s and reading 45 MB one second where they were measured."""
FRAME_BYTES: Final = 100
"""Ours: the least bytes a frame takes; a file that promises more frames is not believed. The samples take 800."""
USUAL_BYTES: Final = 1000
"""Ours: bytes a frame in a file that does not say how many frames it holds."""
GRACE_S: Final = 5

_OF_THE_CLIP: Final = (VideoError, LandmarksError, NobodyFoundError)
"""Errors that are about the clip. Any other error would hit all clips, so it ends the run."""


@dataclass(frozen=True, slots=True)
class Order:
    """A clip to be worked on; half-done files go to `scratch`."""

    job: Job
    settings: Settings
    scratch: Path


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many seconds the clip may take from its beginning."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """A clip's record, and whether an earlier run had made it already."""

    record: Record
    kept: bool


Message = Allowed | Done | FormcheckError
Tell = Callable[[Message], None]


def main() -> None:
    """Work on the clips that come in until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and decides
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library's prints must not mix with the messages
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()

    def tell(message: Message) -> None:
        pickle.dump(message, channel)
        channel.flush()

    while True:
        order = orders.get()
        tell(_answer(order, tell))
        _alarm(0)
        _emptied(order.scratch)


def _answer(order: Order, tell: Tell) -> Message:
    """The answer to an order; an error where every other clip would fail with it too."""
    try:
        try:
            return _worked(order, tell)
        except FormcheckError:
            raise
        except Exception as error:  # a fault of the program on one clip must not stop the rest
            record = Record(None, f"the program failed on it: {type(error).__name__}: {error}", lasting=False)
            records.keep(order.job.folder, record, order.scratch)
            return Done(record, False)
    except FormcheckError as error:
        text = str(error).replace(str(order.scratch), str(order.job.folder))
        return OutputError(text) if isinstance(error, OutputError) else error


def _emptied(folder: Path) -> None:
    """Remove one clip's files, so that no other clip gets them. The folder stays: making one is slow on some disks."""
    with suppress(FileNotFoundError):
        for path in folder.iterdir():
            path.unlink(missing_ok=True)


def _listen(orders_in: IO[bytes], orders: "queue.SimpleQueue[Order]") -> None:
    """Hand on orders. When the pipe ends, the parent is gone, for whatever reason; write nothing after that."""
    while True:
        try:
            orders.put(pickle.load(orders_in))
        except (EOFError, pickle.UnpicklingError):
            os._exit(1)


def _worked(order: Order, tell: Tell) -> Done:
    job, settings = order.job, order.settings
    if program() != settings.program:
        raise UsageError("a worker runs another formcheck than the one that began the batch; install the same on all")
    allow = _allowance(job, settings, tell)
    allow(0)
    options = chosen(job, settings)
    content = _content(job.source)
    key = content and _key(content, options, settings)
    there = records.read(job.folder)
    if there is not None and there.holds(key) and _has_landmarks(job, settings, there):
        return Done(there, True)
    record = _analyzed(order, options, key, allow)
    wanted = records.FILES if settings.landmarks else records.FILES[:2]
    made = [name for name in wanted if record.error is None and (order.scratch / name).exists()]
    records.keep(job.folder, record, order.scratch, made)
    return Done(record, False)


def _analyzed(order: Order, options: Options, key: str | None, allow: Callable[[int | None], None]) -> Record:
    source = order.job.source
    try:
        if source.suffix.lower() == LANDMARKS:
            report = score(source, replace(options, filming=UNSAID))  # what was filmed is in the landmarks
            files.prepare(order.scratch)
            write_report(order.scratch, report, options)
        else:
            report = analyze_into(
                order.scratch,
                source,
                options,
                video=False,
                alone=False,
                progress=lambda _, n, expected: allow(expected) if n == 1 else None,
            )
    except _OF_THE_CLIP as error:
        return Record(key, str(error), lasting=key is not None)
    return records.of(report, key)


def _content(source: Path) -> str | None:
    """The hash of a clip's bytes; None where it cannot be read, and then the analysis says why."""
    try:
        return files.sha256(source) if stat.S_ISREG(source.stat().st_mode) else None
    except OSError:
        return None


def _key(content: str, options: Options, settings: Settings) -> str:
    return hashlib.sha256(f"{content} {settings.program} {options!r}".encode()).hexdigest()


def _has_landmarks(job: Job, settings: Settings, record: Record) -> bool:
    """Whether the landmarks asked for are there; a clip that is itself landmarks needs none."""
    asked = settings.landmarks and record.error is None and job.source.suffix.lower() != LANDMARKS
    return not asked or (job.folder / "landmarks.npz").is_file()


def _allowance(job: Job, settings: Settings, tell: Tell) -> Callable[[int | None], None]:
    """A function that takes the frames the clip promises, or None, and sends how long the clip may take."""
    try:
        size = job.source.stat().st_size
    except OSError:
        size = 0

    def allow(frames: int | None) -> None:
        believed = min(size / USUAL_BYTES if frames is None else frames, size / FRAME_BYTES)
        seconds = settings.time_limit_s or BASE_S + size / BYTES_A_SECOND + FRAME_S * believed
        tell(Allowed(seconds))
        _alarm(seconds + GRACE_S)

    return allow


def _alarm(seconds: float) -> None:
    """Have the system end this process after so long, in case native code hangs and the parent is gone; 0: cancel."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
