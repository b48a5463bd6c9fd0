"""The list of a run's clips, in the order of their names, and the lock on its results.

It is a database on the disk, so memory does not grow with the number of clips.
"""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from formcheck import files
from formcheck.batch import places
from formcheck.batch.inputs import find
from formcheck.batch.jobs import SCRATCH, SUFFIXES, Job
from formcheck.batch.names import text_of
from formcheck.errors import OutputError, UsageError


class Spool:
    """The clips of a run, sorted by name, on the disk. While it is open no other run may write to the same folder.

    Raises `UsageError` for what `inputs.find` does not take, for no clip at all, for two clips of one name, and for a
    link where results go, all before `out` is touched; and where another run writes to `out`. Raises `OutputError`
    where `out` cannot be written to.
    """

    def __init__(self, inputs: Sequence[Path], out: Path) -> None:
        self._out = out
        with ExitStack() as undone:
            self._clips = sqlite3.connect(
                "", isolation_level=None
            )  # a file of its own in the system's temporary folder
            undone.callback(self._clips.close)
            try:
                self._fill(inputs)
            except sqlite3.OperationalError as error:
                raise OutputError(f"the list of clips cannot be kept in {tempfile.gettempdir()}: {error}") from error
            self._lock = _locked(out)  # not earlier: a mistake in the inputs must leave the results as they are
            undone.pop_all()

    def _fill(self, inputs: Sequence[Path]) -> None:
        columns = "shown TEXT PRIMARY KEY, name BLOB, source BLOB, said TEXT"
        self._clips.execute(f"CREATE TABLE clips ({columns}) WITHOUT ROWID")
        self._clips.execute("BEGIN")
        for job in find(inputs, self._out):
            places.check_no_link(job.folder, self._out)
            said = json.dumps([job.exercise, job.height_cm, job.expected])
            try:
                row = (text_of(job.name), os.fsencode(job.name), os.fsencode(job.source), said)
                self._clips.execute("INSERT INTO clips VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError:
                raise UsageError(
                    f"two recordings would be written to {job.folder}; give their folder instead, or rename one"
                ) from None
        self._clips.execute("COMMIT")
        if not len(self):
            raise UsageError(
                f"no recordings found in {', '.join(map(str, inputs))}; taken are {', '.join(sorted(SUFFIXES))}"
            )

    def __len__(self) -> int:
        return int(self._clips.execute("SELECT count(*) FROM clips").fetchone()[0])

    def __iter__(self) -> Iterator[Job]:
        for name, source, said in self._clips.execute("SELECT name, source, said FROM clips ORDER BY shown"):
            exercise, height, expected = json.loads(said)
            text = os.fsdecode(name)
            yield Job(text, Path(os.fsdecode(source)), self._out / text, exercise, height, expected)

    def close(self) -> None:
        """Forget the clips and let other runs at the folder."""
        self._clips.close()
        shutil.rmtree(self._out / SCRATCH, ignore_errors=True)  # while locked: later it may be the next run's
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()


def _locked(out: Path) -> sqlite3.Connection:
    """A lock on a folder; the system releases it when the process dies, however it dies."""
    places.check_no_link(out / SCRATCH / "lock", out)
    files.prepare(out / SCRATCH)
    with files.writing(out):
        (out / SCRATCH / "lock").touch()
    lock = sqlite3.connect(out / SCRATCH / "lock", timeout=0.5, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise UsageError(f"another batch is writing to {out}; wait for its end, or choose another folder") from None
    for left in (out / SCRATCH).iterdir():  # left by a run that was killed
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    return lock
