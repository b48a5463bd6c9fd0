"""The clips that files, folders, patterns and manifests name."""

import csv
import glob
import json
import os
import reprlib
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from pathlib import Path, PurePath
from typing import Any, Final

from formcheck.batch.jobs import SCRATCH, SUFFIXES, SUMMARY, TABLE, Job, absolute, options
from formcheck.core.exercise import builtin
from formcheck.errors import UsageError

MANIFESTS: Final = frozenset({".csv", ".jsonl"})
COLUMNS: Final = ("path", "exercise", "height", "expected")
"""What a manifest may say of a clip; only `path` is required."""
NAME_BYTES: Final = 255
"""Bytes that a name may have on the usual file systems."""

_OF_A_RESULT: Final = frozenset({"annotated.mp4", "landmarks.npz"})


def find(inputs: Iterable[Path], out: Path) -> Iterator[Job]:
    """The clips that the inputs name.

    Raises `UsageError` for an input that is not there or cannot be read, and for a manifest with a mistake in it. A
    missing clip that a manifest names is no such error: it fails at its turn, like a clip that vanishes before.
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
    """Recordings anywhere in a folder, in no order, without the results of earlier runs."""
    for folder in _folders(top, out):
        for path in folder.iterdir():
            if path.suffix.lower() in SUFFIXES and not path.is_dir() and not _is_result(path):
                yield path


def _folders(top: Path, out: Path) -> Iterator[Path]:
    """A folder and those in it at any depth, also through links, without results and half-done work.

    Each comes once: under its own name if it lies there, else under the first link to it. So a circle of links does no
    harm.
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
    """What identifies a folder, whatever path leads to it."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def _is_result(path: Path) -> bool:
    return path.name in _OF_A_RESULT and (path.parent / "report.json").exists()


def _matching(pattern: Path, out: Path) -> Iterator[tuple[PurePath, Path]]:
    """The recordings that a pattern matches, none in `out`. Names start at its first part with a `*`, `?` or `[`."""
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
        what = f"unknown column {reprlib.repr(unknown[0])}" if unknown else "no path"
        raise UsageError(f"{what}; a row has a path, and may have {', '.join(COLUMNS[1:])}")
    given = _path(row["path"])
    exercise = absolute(str(_path(str(row["exercise"]))), folder) if row.get("exercise") else None
    height = _height(row.get("height"))
    options(exercise or "auto", height, "onnx")  # reports a mistake in it before the work
    name = PurePath(*[part for part in given.parts if part not in (given.anchor, "..")])
    if not name.name:
        raise UsageError(f"the path {given} names no clip")
    return _job(name, folder / given, out, exercise, height, _expected(row.get("expected")))


def _path(said: str) -> PurePath:
    """A path that a file can have. Any other would fail wherever it is used, each time in another way."""
    path = PurePath(said)
    try:
        fits = all(len(os.fsencode(part)) <= NAME_BYTES for part in path.parts)
    except UnicodeEncodeError:
        fits = False
    if not fits or "\0" in said:
        raise UsageError(f"{reprlib.repr(said)} can be no file: it is too long, or holds what no name can")
    return path


def _expected(given: object) -> dict[str, Any] | None:
    """What a manifest expects of a clip: `reps`, a number, or `exercise`, a name, or both."""
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
    """A whole number of reps; None for anything else."""
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
    """Each row of a manifest, after its place in words."""
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            if manifest.suffix.lower() == ".csv":
                reader = csv.DictReader(file, restkey="a column without a name")
                yield from ((f"{manifest}, line {reader.line_num}", _filled(row)) for row in reader)
            else:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield f"{manifest}, line {number}", _parsed(f"{manifest}, line {number}", line)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the manifest {manifest} cannot be read: {error}") from error


def _filled(row: dict[str, Any]) -> dict[str, Any]:
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
