"""What is to be done: the clips that files, folders, patterns and manifests name, in the order of their names.

The list lies in a database on the disk, not in memory, which so does not grow with the number of clips.
"""

import csv
import glob
import hashlib
import json
import os
import reprlib
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from importlib.metadata import version
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Final, Self

from formcheck import store
from formcheck.analyze import Options, prepare
from formcheck.assets import SUMS, model_file, model_files
from formcheck.batch.names import text_of
from formcheck.errors import OutputError, UsageError
from formcheck.exercise import builtin

LANDMARKS: Final = ".npz"
SUFFIXES: Final = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", LANDMARKS})
"""Files that are taken from a folder or by a pattern."""
MANIFESTS: Final = frozenset({".csv", ".jsonl"})
COLUMNS: Final = ("path", "exercise", "height", "expected")
"""What a manifest may say of a clip; only `path` must be there."""
TABLE: Final = "results.parquet"
SUMMARY: Final = "summary.json"
SCRATCH: Final = ".formcheck"
"""The folder within the results for what is half done; gone when a run is over."""
NAME_BYTES: Final = 255
"""Bytes that a name may have on the usual systems of files."""

MEMORY_MB: Final = 2000.0
"""Ours: most memory for one clip; 290 MB were taken by the analysis of a small clip where it was measured."""

_OF_A_RESULT: Final = frozenset({"annotated.mp4", "landmarks.npz"})


@dataclass(frozen=True, slots=True)
class Job:
    """One clip: its name among the inputs, the file (absolute), the folder for its results, and what is said of it.

    exercise, height_cm: as for `Options.of`, in place of the run's own; None where the manifest does not say.
    expected: what the manifest expects of the clip, for the gate: `reps`, `exercise`, or both.
    """

    name: str
    source: Path
    folder: Path
    exercise: str | None = None
    height_cm: float | None = None
    expected: dict[str, Any] | None = None


@cache
def program() -> str:
    """What a result depends on besides clip and options: version, the package's files, the models; as a hash."""
    package = Path(__file__).parents[1]
    models = model_file(model_files()[0]).parent / SUMS
    digest = hashlib.sha256(version("formcheck").encode() + models.read_bytes())
    for path in sorted(p for p in package.rglob("*") if p.suffix in {".py", ".toml", ".json", ".npz", ".jinja"}):
        digest.update(f"{path.relative_to(package).as_posix()} {store.sha256(path)}\n".encode())
    return digest.hexdigest()


def _new_run() -> str:
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every clip of a run; it travels to every process that works on it.

    exercise, height_cm, backend: as for `Options.of`. landmarks: whether they are kept. time_limit_s: for one clip,
    None: it grows with the clip. memory_limit_mb: of the process that works on a clip.
    program: what `program` said where the run began. run: a name of the run's own.
    """

    out: Path
    exercise: str = "auto"
    height_cm: float | None = None
    backend: str = "onnx"
    landmarks: bool = False
    time_limit_s: float | None = None
    memory_limit_mb: float = MEMORY_MB
    program: str = field(default_factory=program)
    run: str = field(default_factory=_new_run)

    @classmethod
    def of(cls, out: Path, exercise: str = "auto", height_cm: float | None = None, backend: str = "onnx") -> "Settings":
        """Settings from what a user gives; paths become absolute, for workers that stand elsewhere.

        Raises what `Options.of` raises.
        """
        options(exercise, height_cm, backend)
        return cls(out.absolute(), _absolute(exercise, Path()), height_cm, backend)

    @property
    def scratch(self) -> Path:
        """The folder for this run's half-done files."""
        return self.out / SCRATCH / self.run


def _absolute(exercise: str, beside: Path) -> str:
    """An exercise's name as it is; the path of an exercise file as an absolute one."""
    return str((beside / exercise).absolute()) if exercise.endswith(".toml") else exercise


@cache
def options(exercise: str, height_cm: float | None, backend: str) -> Options:
    """`Options.of`, the exercise files read once a process."""
    return Options.of(exercise, height_cm, backend)


def chosen(job: Job, settings: Settings) -> Options:
    """The options of one clip: the manifest's word before the run's."""
    height = settings.height_cm if job.height_cm is None else job.height_cm
    return options(job.exercise or settings.exercise, height, settings.backend)


class Spool:
    """The clips of a run, sorted by name, on the disk. While it is open no other run may write to the same folder.

    Raises `UsageError` for what `found` does not take, where the inputs name no clip, or two clips of one name, all
    before `out` is touched, and where another run writes to it; `OutputError` where it cannot be written to.
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
            self._lock = _locked(out)  # not before: a mistake in the inputs must leave the results as they are
            undone.pop_all()

    def _fill(self, inputs: Sequence[Path]) -> None:
        columns = "shown TEXT PRIMARY KEY, name BLOB, source BLOB, said TEXT"
        self._clips.execute(f"CREATE TABLE clips ({columns}) WITHOUT ROWID")
        self._clips.execute("BEGIN")
        for job in found(inputs, self._out):
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
        shutil.rmtree(self._out / SCRATCH, ignore_errors=True)  # before the lock goes: it might be the next run's
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()


def _locked(out: Path) -> sqlite3.Connection:
    """A lock on a folder, which the system takes away when the process dies, however it dies."""
    prepare(out / SCRATCH)
    with store.writing(out):
        (out / SCRATCH / "lock").touch()
    lock = sqlite3.connect(out / SCRATCH / "lock", timeout=0.5, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise UsageError(f"another batch is writing to {out}; wait for its end, or choose another folder") from None
    for left in (out / SCRATCH).iterdir():  # by a run that was killed
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    return lock


def found(inputs: Iterable[Path], out: Path) -> Iterator[Job]:
    """The clips that the inputs name.

    Raises `UsageError` for an input that is not there or cannot be read, and for a manifest with a mistake in it. A
    clip that a manifest names need not be there: it fails at its turn, as one that vanishes before it.
    """
    for given in inputs:
        try:
            yield from _named(given, out)
        except OSError as error:
            raise UsageError(f"{error.filename or given} cannot be read: {error.strerror}") from error


def _named(given: Path, out: Path) -> Iterator[Job]:
    """The clips that one input names."""
    if given.is_dir():
        named: Iterable[tuple[PurePath, Path]] = ((path.relative_to(given), path) for path in _recordings(given, out))
    elif given.suffix.lower() in MANIFESTS:
        yield from _listed(given, out)
        return
    elif given.exists():
        named = [(PurePath(given.name), given)]
    elif glob.has_magic(str(given)):
        named = _matching(given, out)
    else:
        raise UsageError(f"there is no file or folder {given}; give recordings, folders, patterns or manifests")
    yield from (_job(name, path, out) for name, path in named)


def _job(name: PurePath, path: Path, out: Path, *said: Any) -> Job:
    if name.parts[0] in (TABLE, SUMMARY, SCRATCH):
        raise UsageError(f"{path} would be written to {out / name.parts[0]}, which the run itself needs; rename it")
    return Job(name.as_posix(), path.absolute(), out / name, *said)


def _recordings(top: Path, out: Path) -> Iterator[Path]:
    """Recordings anywhere in a folder, in no order; the results of earlier runs are none."""
    for folder in _folders(top, out):
        for path in folder.iterdir():
            if path.suffix.lower() in SUFFIXES and not path.is_dir() and not _is_result(path):
                yield path


def _folders(top: Path, out: Path) -> Iterator[Path]:
    """A folder and those in it at any depth, through links too, but for the results and what is half done.

    Each comes once: under its own name if it lies there, else under the first link that leads to it. So links that lead
    in a circle do no harm.
    """
    read = {_identity(out)} - {_identity(top)} if out.exists() else set()
    links = [top]
    while links:
        waiting = [heappop(links)]
        while waiting:
            folder = waiting.pop()
            if (identity := _identity(folder)) in read:
                continue
            read.add(identity)
            yield folder
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False) and entry.name != SCRATCH:
                        waiting.append(Path(entry.path))
                    elif entry.is_symlink() and Path(entry.path).is_dir():
                        heappush(links, Path(entry.path))


def _identity(folder: Path) -> tuple[int, int]:
    """What tells a folder from every other, whatever path leads to it."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def _is_result(path: Path) -> bool:
    return path.name in _OF_A_RESULT and (path.parent / "report.json").exists()


def _matching(pattern: Path, out: Path) -> Iterator[tuple[PurePath, Path]]:
    """The recordings that a pattern matches, named from its first part with a `*`, `?` or `[`; none within `out`."""
    parts = pattern.parts
    plain = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    root = Path(*parts[:plain])
    try:
        for path in dict.fromkeys(_expanded(root, parts[plain:], out)):
            within = path.relative_to(root).parts
            ours = SCRATCH in within or out.absolute() in path.absolute().parents
            if path.suffix.lower() in SUFFIXES and not path.is_dir() and not ours:
                yield PurePath(*[part for part in within if part != ".."]), path
    except ValueError as error:  # from the pattern itself
        raise UsageError(f"the pattern {pattern} cannot be taken: {error}") from None


def _expanded(root: Path, parts: Sequence[str], out: Path) -> Iterator[Path]:
    """What the parts of a pattern match within a folder; `**` goes through links, as `_folders` does."""
    if "**" not in parts:
        yield from root.glob(str(PurePath(*parts)))
        return
    place = parts.index("**")
    for top in root.glob(str(PurePath(*parts[:place]))) if place else [root]:
        if top.is_dir():
            for folder in _folders(top, out):
                yield from _expanded(folder, parts[place + 1 :] or ("*",), out)


def _listed(manifest: Path, out: Path) -> Iterator[Job]:
    """The clips of a manifest; their paths are relative to it."""
    for place, row in _rows(manifest):
        try:
            job = _of_row(row, manifest.parent, out)
        except UsageError as error:
            raise type(error)(f"{place}: {error}") from None
        yield job


def _of_row(row: dict[str, Any], folder: Path, out: Path) -> Job:
    """The clip of one row of a manifest that lies in a folder."""
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown or not row.get("path") or not isinstance(row["path"], str):
        what = f"unknown column {unknown[0]!r}" if unknown else "no path"
        raise UsageError(f"{what}; a row has a path, and may have {', '.join(COLUMNS[1:])}")
    given = _path(row["path"])
    exercise = _absolute(str(_path(str(row["exercise"]))), folder) if row.get("exercise") else None
    height = _height(row.get("height"))
    options(exercise or "auto", height, "onnx")  # a mistake in it is told before the work
    name = PurePath(*[part for part in given.parts if part not in (given.anchor, "..")])
    if not name.name:
        raise UsageError(f"the path {given} names no clip")
    return _job(name, folder / given, out, exercise, height, _expected(row.get("expected")))


def _path(said: str) -> PurePath:
    """A path that a file may have; one that none has would fail wherever it is used, and each time otherwise."""
    path = PurePath(said)
    try:
        fits = all(len(os.fsencode(part)) <= NAME_BYTES for part in path.parts)
    except UnicodeEncodeError:
        fits = False
    if not fits or "\0" in said:
        raise UsageError(f"{reprlib.repr(said)} can be no file: it is too long, or holds what no name can")
    return path


def _expected(given: object) -> dict[str, Any] | None:
    """What a manifest expects of a clip: `reps`, a number, and `exercise`, a name; one of them may stand alone."""
    if given is None or given == "":
        return None
    said = (
        given
        if isinstance(given, dict)
        else {"exercise" if isinstance(given, str) and given in builtin() else "reps": given}
    )
    found: dict[str, Any] = {}
    for name, value in said.items():
        if name == "reps":
            found[name] = _count(value)
        elif name == "exercise":
            found[name] = value if isinstance(value, str) and value in builtin() else None
    if not said or found.keys() != said.keys() or None in found.values():
        raise UsageError(
            f"expected is {reprlib.repr(given)}; it may be a number of reps, one of {', '.join(builtin())}, or an "
            "object with reps and exercise"
        )
    return found


def _count(said: object) -> int | None:
    """A whole number of reps, None where it is none."""
    text = str(said).strip() if isinstance(said, str | int) else ""
    return int(text) if text.isdecimal() and len(text) < 7 else None  # nobody does a million


def _height(given: Any) -> float | None:
    if given is None or given == "":
        return None
    try:
        return float(given)
    except (ValueError, TypeError, OverflowError):
        raise UsageError(f"the height must be a number of centimetres; it is {reprlib.repr(given)}") from None


def _rows(manifest: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of a manifest, and in words where it stands."""
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            if manifest.suffix.lower() == ".csv":
                reader = csv.DictReader(file, restkey="a column without a name")
                yield from ((f"{manifest}, line {reader.line_num}", _said(row)) for row in reader)
            else:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield f"{manifest}, line {number}", _parsed(f"{manifest}, line {number}", line)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the manifest {manifest} cannot be read: {error}") from error


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """A row of CSV without its empty cells, which say nothing."""
    return {name: cell for name, cell in row.items() if cell not in (None, "")}


def _parsed(place: str, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place}: no JSON: {error}") from None
    if not isinstance(row, dict):
        raise UsageError(f"{place}: each line must be an object with a path; it is {line.strip()[:40]}")
    return row
