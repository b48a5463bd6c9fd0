"""What is to be done: the clips that files, folders, patterns and manifests name, in the order of their names.

The list lies in a database on the disk, not in memory, which so does not grow with the number of clips.
"""

import csv
import glob
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Final, Self

from formcheck import store
from formcheck.analyze import Options, prepare
from formcheck.assets import SUMS, model_file, model_files
from formcheck.errors import OutputError, UsageError
from formcheck.exercise import builtin

LANDMARKS: Final = ".npz"
SUFFIXES: Final = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", LANDMARKS})
"""Files that are taken from a folder or by a pattern."""
MANIFESTS: Final = frozenset({".csv", ".jsonl"})
COLUMNS: Final = ("path", "exercise", "height", "expected")
"""What a manifest may say of a clip; only `path` must be there."""
SCRATCH: Final = ".formcheck"
"""The folder within the results for what is half done; gone when a run is over."""

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


def text_of(name: str) -> str:
    """A clip's name as it is written: what UTF-8 cannot hold is spelled out, so that no two become one."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


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

    Raises `UsageError` where another run does, where the inputs name no clip, or two clips of one name, and for a
    manifest with a mistake in it; `OutputError` where `out` cannot be written to.
    """

    def __init__(self, inputs: Sequence[Path], out: Path) -> None:
        self._out = out
        self._lock = _locked(out)
        self._clips = sqlite3.connect("", isolation_level=None)  # a file of its own in the system's temporary folder
        columns = "shown TEXT PRIMARY KEY, name BLOB, source BLOB, said TEXT"
        self._clips.execute(f"CREATE TABLE clips ({columns}) WITHOUT ROWID")
        try:
            self._fill(inputs)
        except sqlite3.OperationalError as error:
            self.close()
            raise OutputError(f"the list of clips cannot be kept in {tempfile.gettempdir()}: {error}") from error
        except BaseException:
            self.close()
            raise

    def _fill(self, inputs: Sequence[Path]) -> None:
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
    """The clips that the inputs name. Raises `UsageError` for a manifest with a mistake in it."""
    for given in inputs:
        try:
            yield from _named(given, out)
        except OSError as error:
            raise UsageError(f"{given} cannot be read: {error.strerror}") from error


def _named(given: Path, out: Path) -> Iterator[Job]:
    """The clips that one input names."""
    if given.is_dir():
        named: Iterable[tuple[PurePath, Path]] = ((path.relative_to(given), path) for path in _recordings(given, out))
    elif given.suffix.lower() in MANIFESTS:
        yield from _listed(given, out)
        return
    elif given.exists() or not glob.has_magic(str(given)):
        named = [(PurePath(given.name), given)]
    else:
        named = _matching(given, out)
    yield from (_job(name, path, out) for name, path in named)


def _job(name: PurePath, path: Path, out: Path, *said: Any) -> Job:
    return Job(name.as_posix(), path.absolute(), out / name, *said)


def _recordings(folder: Path, out: Path) -> Iterator[Path]:
    """Recordings anywhere in a folder, in no order; the results of earlier runs are none."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    if not (out.exists() and path.samefile(out)):
                        waiting.append(path)
                elif path.suffix.lower() in SUFFIXES and not path.is_dir() and not _is_result(path):
                    yield path


def _is_result(path: Path) -> bool:
    return path.name in _OF_A_RESULT and (path.parent / "report.json").exists()


def _matching(pattern: Path, out: Path) -> Iterator[tuple[PurePath, Path]]:
    """The recordings that a pattern matches, named from its first part with a `*`, `?` or `[`; none within `out`."""
    parts = pattern.parts
    plain = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    root = Path(*parts[:plain])
    try:
        for path in root.glob(str(PurePath(*parts[plain:]))):
            ours = out.absolute() in path.absolute().parents
            if path.suffix.lower() in SUFFIXES and not path.is_dir() and not ours:
                yield path.relative_to(root), path
    except ValueError as error:  # from the pattern itself
        raise UsageError(f"the pattern {pattern} cannot be taken: {error}") from None


def _listed(manifest: Path, out: Path) -> Iterator[Job]:
    """The clips of a manifest; their paths are relative to it."""
    for place, row in _rows(manifest):
        unknown = sorted(set(row) - set(COLUMNS))
        if unknown or not row.get("path"):
            what = f"unknown column {unknown[0]!r}" if unknown else "no path"
            raise UsageError(f"{place}: {what}; a row has a path, and may have {', '.join(COLUMNS[1:])}")
        given = PurePath(str(row["path"]))
        exercise = _absolute(str(row["exercise"]), manifest.parent) if row.get("exercise") else None
        height = _height(place, row.get("height"))
        options(exercise or "auto", height, "onnx")  # a mistake in it is told before the work
        name = PurePath(*[part for part in given.parts if part not in (given.anchor, "..")])
        if not name.name:
            raise UsageError(f"{place}: the path {given} names no clip")
        yield _job(name, manifest.parent / given, out, exercise, height, _expected(place, row.get("expected")))


def _expected(place: str, given: object) -> dict[str, Any] | None:
    """What a manifest expects of a clip: `reps`, a number, and `exercise`, a name; one of them may stand alone."""
    if given is None or given == "":
        return None
    said = given if isinstance(given, dict) else {"exercise" if str(given) in builtin() else "reps": given}
    found: dict[str, Any] = {}
    for name, value in said.items():
        if name == "reps":
            found[name] = _count(value)
        elif name == "exercise":
            found[name] = value if isinstance(value, str) and value in builtin() else None
    if not said or found.keys() != said.keys() or None in found.values():
        raise UsageError(
            f"{place}: expected is {given!r}; it may be a number of reps, one of {', '.join(builtin())}, or an object "
            "with reps and exercise"
        )
    return found


def _count(said: object) -> int | None:
    """A whole number of reps, None where it is none."""
    text = str(said).strip()
    return int(text) if text.isdecimal() else None


def _height(place: str, given: object) -> float | None:
    if given is None or given == "":
        return None
    try:
        return float(str(given))
    except ValueError:
        raise UsageError(f"{place}: the height must be a number of centimetres; it is {given!r}") from None


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
    except ValueError as error:
        raise UsageError(f"{place}: no JSON: {error}") from None
    if not isinstance(row, dict):
        raise UsageError(f"{place}: each line must be an object with a path; it is {line.strip()[:40]}")
    return row
