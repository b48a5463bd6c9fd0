"""Wards: each keeps a child process that works on one clip at a time, and watches its time and its memory.

A clip that crashes, hangs or takes too much memory ends its child, never the run. A child ends with its parent: it
reads its orders from a pipe, and the system closes that when the parent ends, also on `kill -9`.
"""

import os
import pickle
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import psutil

from formcheck.batch import records
from formcheck.batch.child import Done, Message, Order
from formcheck.batch.jobs import Job, Settings
from formcheck.batch.records import Record
from formcheck.errors import FormcheckError

LOOK_S: Final = 0.1
"""Ours: how often a child's time and memory are checked."""
TRIES: Final = 2
"""Ours: a clip fails when its children died so often while they worked on it."""
STARTS: Final = 5
"""Ours: if so many children die before they begin the clip, something else is wrong, and the run ends."""
START_S: Final = 120.0
"""Ours: how long a child may take to begin; 0.7 s where it was measured."""

_CHILD: Final = "from formcheck.batch.child import main; main()"  # with -m its pickles would be of `__main__`


class StoppedError(Exception):
    """The run was stopped while the clip was worked on."""


class _DiedError(Exception):
    """The child died without an answer; the message says why."""


class _NotBegunError(_DiedError):
    """The child died before it began with the clip, so the clip is not to blame."""


class _TooLongError(Exception):
    """The child was ended because the clip took too long."""


class Ward:
    """One child. It is started when there is something to do, and again after it died."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._child: subprocess.Popen[bytes] | None = None
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stopped = False

    def work(self, job: Job, settings: Settings) -> Done:
        """Have a clip worked on. Raises the errors that end a run, and `StoppedError` after `stop`.

        If the child dies, another one tries again: the first may have been killed from outside, or earlier clips may
        have filled its memory.
        """
        deaths = starts = 0
        while True:
            try:
                return self._tried(job, settings)
            except _NotBegunError as death:
                starts += 1
                if starts == STARTS:
                    told = f"no process can be started for the analysis: {death}; run formcheck doctor"
                    raise FormcheckError(told) from death
            except _TooLongError as death:
                return self._failed(job, death)
            except _DiedError as death:
                deaths += 1
                if deaths == TRIES:
                    return self._failed(job, death)

    def _failed(self, job: Job, death: Exception) -> Done:
        record = Record(None, str(death), lasting=False)
        records.keep(job.folder, record, self._scratch)
        return Done(record, False)

    def stop(self) -> None:
        """End the child, whatever it does, and take no more clips."""
        self._stopped = True
        self._end()

    def _tried(self, job: Job, settings: Settings) -> Done:
        child = self._living()
        try:
            with suppress(OSError):  # it died meanwhile; the empty answer will say so
                pickle.dump(Order(job, settings, self._scratch), _pipe(child.stdin))
                _pipe(child.stdin).flush()
            return self._awaited(child, settings)
        except BaseException:
            self._end()
            raise

    def _awaited(self, child: subprocess.Popen[bytes], settings: Settings) -> Done:
        begun = time.monotonic()
        allowed = START_S
        working = False
        while True:
            try:
                message = self._messages.get(timeout=LOOK_S)
            except queue.Empty:
                if time.monotonic() - begun > allowed:
                    long = f"it took longer than {allowed:.1f} s and was stopped"
                    raise _TooLongError(long) if working else _NotBegunError(long) from None
                _check_memory(child.pid, settings.memory_limit_mb)
                continue
            if isinstance(message, Done):
                return message
            if isinstance(message, FormcheckError):
                raise message
            if message is None:
                if self._stopped:
                    raise StoppedError
                raise _DiedError(_epitaph(child)) if working else _NotBegunError(_epitaph(child))
            if not working:
                begun, working = time.monotonic(), True
            allowed = message.seconds

    def _living(self) -> subprocess.Popen[bytes]:
        if self._stopped:
            raise StoppedError
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._messages = queue.SimpleQueue()
            self._child = _started()
            threading.Thread(target=_read, args=(_pipe(self._child.stdout), self._messages), daemon=True).start()
            if self._stopped:  # by another thread, which may have found no child yet
                self._end()
        return self._child

    def _end(self) -> None:
        """Make sure that the child and its half-done files are gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            with suppress(OSError):  # it did not take its last order
                _pipe(self._child.stdin).close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _started() -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that it does not hear the terminal's Ctrl-C."""
    home = str(Path(__file__).parents[2])  # where formcheck was found, if it is not installed
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )


def _read(channel: IO[bytes], messages: "queue.SimpleQueue[Message | None]") -> None:
    """Hand on a child's messages, and None at its end."""
    try:
        with channel, suppress(EOFError, OSError, pickle.UnpicklingError):  # it may die in the middle of a message
            while True:
                messages.put(pickle.load(channel))
    finally:
        messages.put(None)


def _check_memory(pid: int, limit_mb: float) -> None:
    with suppress(psutil.NoSuchProcess):
        used = psutil.Process(pid).memory_info().rss / 1e6
        if used > limit_mb:
            raise _DiedError(f"it took more than {limit_mb:.0f} MB of memory and was stopped")


def _epitaph(child: subprocess.Popen[bytes]) -> str:
    """How a child died, in a sentence."""
    code = child.wait()
    if code < 0:
        return f"the process that analysed it was ended by the system or crashed ({signal.Signals(-code).name})"
    return f"the process that analysed it ended by itself with exit status {code}"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # `Popen` was asked for it
    return pipe


@dataclass(slots=True)
class _Wards:
    """The wards of one run in this process."""

    idle: list[Ward] = field(default_factory=list)
    every: list[Ward] = field(default_factory=list)
    closed: bool = False


_WARDS: Final[defaultdict[str, _Wards]] = defaultdict(_Wards)
_LOCK: Final = threading.Lock()


@contextmanager
def ward(settings: Settings) -> Iterator[Ward]:
    """An idle ward of this process. Threads share the wards, so there are never more wards than threads."""
    with _LOCK:
        wards = _WARDS[settings.run]
        if wards.closed:
            raise StoppedError
        if not wards.idle:
            new = Ward(settings.scratch / secrets.token_hex(6))
            wards.every.append(new)
            wards.idle.append(new)
        mine = wards.idle.pop()
    try:
        yield mine
    finally:
        with _LOCK:
            wards.idle.append(mine)


def close(run: str) -> None:
    """End all wards of a run in this process; a caller that works in one gets `StoppedError`."""
    with _LOCK:
        _WARDS[run].closed = True
        every = list(_WARDS[run].every)
    for one in every:
        one.stop()
