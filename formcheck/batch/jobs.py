"""What is to be done, and how: one clip as a `Job`, and the `Settings` that hold for every clip of a run."""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from formcheck import files
from formcheck.filming import UNSAID, Filming
from formcheck.findings import Quality
from formcheck.pose.assets import SUMS, model_file, model_files
from formcheck.recorded import Options
from formcheck.units import Lengths

LANDMARKS: Final = ".npz"
SUFFIXES: Final = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", LANDMARKS})
"""Files that are taken from a folder or by a pattern."""
TABLE: Final = "results.parquet"
SUMMARY: Final = "summary.json"
SCRATCH: Final = ".formcheck"
"""The folder within the results for half-done files; it is gone when a run is over."""

MEMORY_MB: Final = 2000.0
"""Ours: most memory for one clip; the analysis of a small clip took 290 MB where it was measured."""


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
    """A hash of what a result depends on besides clip and options: version, the package's files, the models."""
    package = Path(__file__).parents[1]
    models = model_file(model_files()[0]).parent / SUMS
    digest = hashlib.sha256(version("formcheck").encode() + models.read_bytes())
    for path in sorted(p for p in package.rglob("*") if p.suffix in {".py", ".toml", ".json", ".npz", ".jinja"}):
        digest.update(f"{path.relative_to(package).as_posix()} {files.sha256(path)}\n".encode())
    return digest.hexdigest()


def _new_run() -> str:
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every clip of a run; it travels to every process that works on it.

    exercise, height_cm, backend, quality, lengths, goal, filming: as for `Options.of`. landmarks: whether to keep them.
    time_limit_s: for one clip; None: it grows with the clip. memory_limit_mb: of the process that works on a clip.
    program: the value of `program()` where the run began. run: the run's own name.
    """

    out: Path
    exercise: str = "auto"
    height_cm: float | None = None
    backend: str = "onnx"
    quality: str = Quality.STANDARD
    lengths: str = Lengths.CM
    goal: str | None = None
    filming: Filming = UNSAID
    landmarks: bool = False
    time_limit_s: float | None = None
    memory_limit_mb: float = MEMORY_MB
    program: str = field(default_factory=program)
    run: str = field(default_factory=_new_run)

    @classmethod
    def of(
        cls,
        out: Path,
        exercise: str = "auto",
        height_cm: float | None = None,
        backend: str = "onnx",
        quality: str = Quality.STANDARD,
        lengths: str = Lengths.CM,
        goal: str | None = None,
        filming: Filming = UNSAID,
        *,
        landmarks: bool = False,
        time_limit_s: float | None = None,
        memory_limit_mb: float | None = None,
    ) -> "Settings":
        """Settings from what a user gives, or None. Paths become absolute, for workers in another working folder.

        Raises what `Options.of` raises.
        """
        options(exercise, height_cm, backend, quality, lengths, goal, filming)
        where = absolute(exercise, Path())
        memory_mb = MEMORY_MB if memory_limit_mb is None else memory_limit_mb
        how = (where, height_cm, backend, quality, lengths, goal, filming)
        return cls(out.absolute(), *how, landmarks, time_limit_s, memory_mb)

    @property
    def scratch(self) -> Path:
        """The folder for this run's half-done files."""
        return self.out / SCRATCH / self.run


def absolute(exercise: str, beside: Path) -> str:
    """An exercise's name as it is; the path of an exercise file as an absolute one."""
    return str((beside / exercise).absolute()) if exercise.endswith(".toml") else exercise


@cache
def options(
    exercise: str,
    height_cm: float | None,
    backend: str,
    quality: str = Quality.STANDARD,
    lengths: str = Lengths.CM,
    goal: str | None = None,
    filming: Filming = UNSAID,
) -> Options:
    """`Options.of`, the exercise files read once a process."""
    return Options.of(exercise, height_cm, backend, quality, lengths=lengths, goal=goal, filming=filming)


def chosen(job: Job, settings: Settings) -> Options:
    """The options of one clip: the manifest's where it has them, else the run's."""
    height = settings.height_cm if job.height_cm is None else job.height_cm
    rest = settings.backend, settings.quality, settings.lengths, settings.goal, settings.filming
    return options(job.exercise or settings.exercise, height, *rest)
