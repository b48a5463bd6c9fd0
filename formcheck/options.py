"""The options that commands of the command line share, and those of `batch`: their help and their checks."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formcheck.errors import UsageError
from formcheck.findings import Quality
from formcheck.units import Lengths

if TYPE_CHECKING:
    from formcheck.live.programme import Course

MOST = 1e6
"""No option is given a larger number: as many seconds are eleven days, as many megabytes a terabyte (ours)."""

ExerciseOption = Annotated[
    str, typer.Option(help="auto, the name of an exercise, or the path of an exercise file.", metavar="auto|NAME|FILE")
]
HeightOption = Annotated[float | None, typer.Option(help="The person's height in cm, for lengths in cm.", metavar="CM")]
ProgrammeOption = Annotated[
    str | None,
    typer.Option(
        help="A programme to be led through: psoas_daily, resting, release, or a .toml file.", metavar="NAME|FILE"
    ),
]
LevelOption = Annotated[
    int | None, typer.Option(help="How much of the programme, from 1; default its whole dose.", metavar="N", min=1)
]
UnitsOption = Annotated[Lengths, typer.Option(help="What lengths are told in.")]
GoalOption = Annotated[
    str | None,
    typer.Option(
        help="Your own goal in place of the exercise's: seconds of a hold, reps of each side, or both.",
        metavar="10s|12|10s,8-12",
    ),
]
PersonOption = Annotated[
    str | None,
    typer.Option(
        help="Whom to judge of several: left, right, largest, or a number counted from the left.",
        metavar="left|right|largest|N",
    ),
]
RotateOption = Annotated[
    int, typer.Option(help="Turn a picture that lies on its side, clockwise.", metavar="90|180|270")
]
SpeedOption = Annotated[
    float | None,
    typer.Option(
        help="How fast the video plays, 0.125 where it is eight times too slow; default: as the file says.",
        metavar="S",
        show_default=False,
    ),
]
BackendOption = Annotated[str, typer.Option(help="Pose estimator: onnx or mediapipe.", metavar="onnx|mediapipe")]

QualityOption = Annotated[
    Quality, typer.Option(help="How much the pose models of onnx do; best takes nearly three times as long.")
]


ResultsOption = Annotated[
    Path | None, typer.Option(help="Folder for the results; default NAME.formcheck.", metavar="DIR")
]
PdfOption = Annotated[
    bool, typer.Option("--pdf", help="Write report.pdf, by the Chromium, Chrome or Edge of this machine.")
]
AnnotatedOption = Annotated[
    bool, typer.Option("--annotated", help="Write annotated.mp4: the recording with what was seen drawn on it.")
]


def _finite(parameter: typer.CallbackParam, number: float | None) -> float | None:
    """The number of an option, checked to be one that can be meant: Typer's bounds let NaN and infinity through."""
    if number is not None and not (isfinite(number) and number <= MOST):
        raise UsageError(f"{parameter.opts[0]} is {number}: give a number, at most {MOST:.0f}")
    return number


InputsArgument = Annotated[
    list[Path],
    typer.Argument(
        help="Videos or saved landmarks; folders of them; patterns in quotes; manifests (.csv, .jsonl).",
        metavar="INPUT...",
    ),
]
ScoredArgument = Annotated[
    Path,
    typer.Argument(
        help="Landmarks saved by analyze or landmarks; or those of OpenPose (a folder or a file), COCO key points "
        "or MediaPipe as JSON, or a dataset of movement (.nc)."
    ),
]
OutOption = Annotated[Path, typer.Option(help="Folder for the results, one folder a clip.", metavar="DIR")]
JobsOption = Annotated[int | None, typer.Option(help="Processes; default one a core.", metavar="N", min=1, max=1024)]
SchedulerOption = Annotated[
    str | None, typer.Option(help="Work on the Dask cluster of this scheduler.", metavar="ADDRESS")
]
LandmarksOption = Annotated[bool, typer.Option("--landmarks", help="Keep the landmarks of videos.")]
TimeOption = Annotated[
    float | None,
    typer.Option(help="Seconds for one clip; default: they grow with it.", metavar="S", min=0.1, callback=_finite),
]
MemoryOption = Annotated[
    float | None,
    typer.Option(help="Megabytes for one clip; default 2000.", metavar="MB", min=1, callback=_finite),
]
LogOption = Annotated[Path | None, typer.Option(help="Write what happens as lines of JSON.", metavar="FILE")]
FailUnderOption = Annotated[
    float | None,
    typer.Option(
        help="Fail when a recording scores less, or has no score.", metavar="S", min=0, max=100, callback=_finite
    ),
]
BaselineOption = Annotated[
    Path | None,
    typer.Option(help="Fail when reps, holds, scores or verdicts differ from this results.parquet or .json."),
]
SaveBaselineOption = Annotated[
    Path | None, typer.Option(help="Write what was found as a baseline.", metavar="FILE.json")
]
JUnitOption = Annotated[
    Path | None, typer.Option(help="Write a JUnit file, a case for each clip and cue.", metavar="FILE")
]
SummaryOption = Annotated[
    Path | None, typer.Option(help="Write a summary in Markdown, for a job's page.", metavar="FILE.md")
]


def course_of(programme: str | None, level: int | None, exercise: str, goal: str | None) -> "Course | None":
    """The programme to be led through, at a level from 1. Raises `UsageError`, `ExerciseError`."""
    from formcheck.live.programme import Course  # noqa: PLC0415
    from formcheck.live.programme import programme as known  # noqa: PLC0415

    if programme is None:
        if level is not None:
            raise UsageError("--level is of a programme: give --programme too")
        return None
    if exercise != "auto" or goal is not None:
        raise UsageError("a programme has its own exercises and goals: leave out --exercise and --goal")
    found = known(programme)
    return Course(found, found.levels - 1 if level is None else level - 1)


def size_of(said: str | None) -> tuple[int, int] | None:
    """Width and height as 1280x720. Raises `UsageError`."""
    if said is None:
        return None
    width, _, height = said.partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(said) < 20):
        raise UsageError(f"{said[:40]} is no size of a picture: give width and height in pixels, as --size 1280x720")
    return int(width), int(height)
