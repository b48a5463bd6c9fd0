"""Where a run may write: no file in the place of another, of the results, or of what is read."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from formcheck.batch.jobs import SCRATCH, SUFFIXES, SUMMARY, TABLE
from formcheck.batch.records import FILES, RECORD
from formcheck.errors import UsageError

OWN: Final = frozenset({TABLE, SUMMARY, RECORD, *FILES})
"""Names of the files that every run writes."""


def check(out: Path, inputs: Iterable[Path], baseline: Path | None, written: Mapping[str, Path | None]) -> None:
    """See that each file that a run writes has its own place, and that none overwrites the baseline.

    written: option -> the file that is asked for, or None. Raises `UsageError`.
    """
    taken = {_real(path): f"the input {path}" for path in inputs} | {_real(out): "the folder of the results"}
    if baseline is not None:
        if _is_result(baseline, out):
            raise UsageError(f"{baseline} is a baseline that this run would write over: copy it, or give another --out")
        taken[_real(baseline)] = "the baseline"
    for option, path in written.items():
        if path is None:
            continue
        if _is_result(path, out):
            raise UsageError(f"{option} {path} would write over a result of the run itself: give another name")
        if path.suffix.lower() in SUFFIXES:
            raise UsageError(f"{option} {path} has the name of a recording: give another one")
        if _real(path) in taken:
            raise UsageError(f"{option} {path} would write over {taken[_real(path)]}: give another file")
        taken[_real(path)] = f"the file of {option}"


def check_no_link(path: Path, out: Path) -> None:
    """See that no part of a path below `out` is a link: with one, a run would write or remove files elsewhere.

    `out` itself may be a link, because the user named it. Raises `UsageError`.
    """
    inside = path.relative_to(out)
    for part in (*reversed(inside.parents), inside):
        place = out / part
        if place != out and place.is_symlink():
            raise UsageError(
                f"{place} is a link to {place.readlink()}, and nothing outside {out} may be changed: "
                "remove the link, or give another --out"
            )


def _real(path: Path) -> Path:
    """A path with all links resolved."""
    return Path(os.path.realpath(path))


def _is_result(path: Path, out: Path) -> bool:
    """Whether a run that writes to `out` has, or may have, a file of its own there."""
    place, folder = _real(path), _real(out)
    return folder in place.parents and (place.name in OWN or SCRATCH in place.relative_to(folder).parts)
