"""Runs in turns, each in a process of its own, and what one run gives."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.pipeline.clips import Made
from benchmarks.pipeline.side import SIDES
from formcheck.errors import UsageError

ROOT: Final = Path(__file__).parents[2]
OURS, OURS_VIDEO, OLD, NEW, FAST, BEST = SIDES
BEFORE: Final = "formcheck before"
"""The side `formcheck` of another checkout."""


@dataclass(frozen=True, slots=True)
class Run:
    """One side's run over one clip. `seconds` and `cpu_s` leave out imports (`import_s`) and models (`load_s`).

    cpu_s: of all threads. stages: seconds by the clock and of the calling thread's CPU. report: formcheck's, as JSON;
    None of its rivals.
    """

    side: str
    clip: Made
    cores: int
    frames: int
    seconds: float
    cpu_s: float
    import_s: float
    load_s: float
    stages: Mapping[str, Sequence[float]]
    calls: Mapping[str, int]
    report: Mapping[str, Any] | None


def turns(
    clips: Iterable[Made],
    sides: Sequence[str],
    cores: Sequence[int],
    repeats: int,
    solutions: str | None,
    before: Path | None = None,
) -> Iterator[Run]:
    """Every side once, then every side again, `repeats` times, for each clip and number of cores.

    A first turn on each clip warms the caches and is dropped.
    """
    for clip in clips:
        for side in sides:
            run(side, clip, cores[0], solutions, before)
        for count in cores:
            for _ in range(repeats):
                for side in sides:
                    yield run(side, clip, count, solutions, before)


def run(side: str, clip: Made, cores: int, solutions: str | None, before: Path | None = None) -> Run:
    """One side over one clip on so many cores. Raises `UsageError` where it cannot be.

    before: the checkout of the side of that name.
    """
    python = sys.executable if side != OLD else str(solutions)
    root = before if side == BEFORE and before is not None else ROOT
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        name = OURS if side == BEFORE else side
        line = [python, "-m", "benchmarks.pipeline.side", name, str(clip.video), allowed(cores), str(out)]
        try:
            done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=root, env=_environment(root))
        except OSError as error:
            raise UsageError(f"{python} is no Python that can be started: {error.strerror}") from error
        if done.returncode:
            raise UsageError(f"{side} failed on {clip.video}: {done.stderr.strip()[-500:]}")
        return Run(side, clip, cores, **json.loads(out.read_text("utf-8")))


def allowed(cores: int) -> str:
    """The first `cores` of the cores this process may use, as `side` wants them."""
    free = sorted(os.sched_getaffinity(0))
    if not 1 <= cores <= len(free):
        raise UsageError(f"{cores} cores are asked for; this process may use {len(free)}")
    return ",".join(map(str, free[:cores]))


def help_cpu() -> float:
    """Seconds of CPU that `formcheck --help` takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "formcheck.cli", "--help"], capture_output=True, check=True, env=_environment()
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment(root: Path = ROOT) -> dict[str, str]:
    """The same for every side: a checkout's modules, and whatever threads a library takes by itself."""
    return os.environ | {"PYTHONPATH": str(root)}
