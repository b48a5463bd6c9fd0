"""The command line: `formcheck analyze clip.mp4` and its sisters. The one place that catches the program's errors.

Each command imports what it needs: OpenCV, onnxruntime, scipy and FFmpeg take longer to load than `--help` to print.
"""

# ruff: noqa: PLC0415

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from formcheck.errors import FormcheckError, UsageError
from formcheck.findings import Rep
from formcheck.report import CAUTION, Report

if TYPE_CHECKING:
    from formcheck.batch.run import Result
    from formcheck.exercise import Cue, Exercise

FAILED_GATE, UNANALYSED, INTERRUPTED = 1, 3, 130
"""Exit codes besides 0, done, and 2, wrong usage."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Checks the form of psoas and hip exercises in a video, against the cues of the article that prescribes them.",
    epilog=CAUTION,
)
_out = Console()
_err = Console(stderr=True)

ExerciseOption = Annotated[
    str, typer.Option(help="auto, the name of an exercise, or the path of an exercise file.", metavar="auto|NAME|FILE")
]
HeightOption = Annotated[float | None, typer.Option(help="The person's height in cm, for lengths in cm.", metavar="CM")]
BackendOption = Annotated[str, typer.Option(help="Pose estimator: onnx or mediapipe.", metavar="onnx|mediapipe")]


def main() -> None:
    """Run the command line; every error the program knows becomes one sentence and the contract's exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop
    try:
        app()
    except FormcheckError as error:
        _fail(str(error))
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # what Typer makes of Ctrl-C
            _fail("stopped; no half-written file is left behind")
        raise


def _fail(sentence: str) -> None:
    _err.print(f"formcheck: {sentence}", style="red", markup=False, highlight=False, soft_wrap=True)


def _version(wanted: bool) -> None:
    if wanted:
        from formcheck import __version__

        _out.print(__version__, highlight=False)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the program itself."""


@app.command()
def analyze(
    video: Annotated[Path, typer.Argument(help="A recorded workout.")],
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    backend: BackendOption = "onnx",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default NAME.formcheck.", metavar="DIR")
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Leave out the annotated video.")] = False,
) -> None:
    """Analyse a recorded video: report.json, report.html, landmarks.npz and annotated.mp4."""
    from formcheck.analyze import Options, analyze_into

    options = Options.of(exercise, height, backend)
    folder = out or Path(f"{video.stem}.formcheck")
    with _progress() as tell:
        report = analyze_into(folder, video, options, video=not no_video, progress=tell)
    _show(report)
    _out.print(f"\nReport: {folder / 'report.html'}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def live(
    camera: Annotated[int, typer.Option(help="Number of the camera.", metavar="N")] = 0,
    source: Annotated[Path | None, typer.Option(help="A video file in place of the camera.", metavar="FILE")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Read the file as fast as it goes, not as recorded.")] = False,
    mirror: Annotated[bool, typer.Option("--mirror", help="Show the picture as a mirror does.")] = False,
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    backend: BackendOption = "onnx",
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON.", metavar="FILE")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Open no window; print reps as they come.")] = False,
) -> None:
    """Watch a camera and give feedback; end with q, Ctrl-C, or by closing the window."""
    from formcheck.analyze import Options
    from formcheck.live import live as watch
    from formcheck.live import window
    from formcheck.store import whole

    if fast and source is None:
        raise UsageError("--fast needs --source FILE: a camera cannot be read faster than it shows")
    options = Options.of(exercise, height, backend)
    _check_place(report)
    show = None if no_window else window()
    found = watch(options, source=source, camera=camera, fast=fast, mirror=mirror, show=show, on_rep=_say)
    if report is not None:
        with whole(report) as path:
            path.write_text(found.to_json(), "utf-8")
    _show(found)


@app.command()
def landmarks(
    video: Annotated[Path, typer.Argument(help="A video or a picture.", metavar="VIDEO|IMAGE")],
    out: Annotated[Path, typer.Option(help="Where to write the landmarks.", metavar="FILE.npz")],
    backend: BackendOption = "onnx",
) -> None:
    """Run the pose estimator alone and save its landmarks."""
    from formcheck.analyze import landmarks_into, prepare

    prepare(out.parent)
    with _progress() as tell:
        frames = landmarks_into(out, video, backend, tell)
    _out.print(f"Landmarks of {frames} frames: {out}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def score(
    landmarks: Annotated[Path, typer.Argument(help="Landmarks saved by analyze or landmarks.")],
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.", metavar="DIR")] = None,
) -> None:
    """Judge saved landmarks again, without a model."""
    from formcheck.analyze import Options, prepare, write_report
    from formcheck.analyze import score as scored

    options = Options.of(exercise, height)
    report = scored(landmarks, options)
    if out is not None:
        prepare(out)
        write_report(out, report, options, None)
    _show(report)


@app.command()
def batch(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            help="Videos or saved landmarks; folders of them; patterns in quotes; manifests (.csv, .jsonl).",
            metavar="INPUT...",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results, one folder a clip.", metavar="DIR")],
    jobs: Annotated[int | None, typer.Option(help="Processes; default one a core.", metavar="N", min=1)] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Work on the Dask cluster of this scheduler.", metavar="ADDRESS")
    ] = None,
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    backend: BackendOption = "onnx",
    landmarks: Annotated[bool, typer.Option("--landmarks", help="Keep the landmarks of videos.")] = False,
    time_limit: Annotated[
        float | None, typer.Option(help="Seconds for one clip; default: they grow with it.", metavar="S", min=0.1)
    ] = None,
    memory_limit: Annotated[
        float | None, typer.Option(help="Megabytes for one clip; default 2000.", metavar="MB", min=1)
    ] = None,
    log: Annotated[Path | None, typer.Option(help="Write what happens as lines of JSON.", metavar="FILE")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit file.", metavar="FILE")] = None,
    fail_under: Annotated[float | None, typer.Option(help="Fail when a recording scores less.", metavar="S")] = None,
) -> None:
    """Analyse many recordings; exit code 1 when the gate fails, 3 when a recording could not be analysed.

    A second run does only what is missing or out of date.
    """
    from formcheck.batch import gate
    from formcheck.batch.jobs import Settings
    from formcheck.batch.run import Result, run

    settings = Settings.of(out, exercise, height, backend)
    settings = replace(settings, landmarks=landmarks, time_limit_s=time_limit)
    if memory_limit is not None:
        settings = replace(settings, memory_limit_mb=memory_limit)
    _check_place(junit)
    running = run(inputs, settings, workers=jobs or os.cpu_count() or 1, scheduler=scheduler, log=log)
    told: list[Result] = []
    failed = refused = False
    with _clips() as tell, closing(running):
        for clips, result in running:
            failed = failed or result.error is not None
            refused = refused or (result.error is None and not result.passes(fail_under))
            if junit is not None:
                told.append(result)
            said = result.error or f"{result.reps} reps, {gate.verdict(result, fail_under)}"
            _out.print(f"{result.job.source}: {said}", markup=False, highlight=False, soft_wrap=True)
            tell(clips, result)
    if junit is not None:
        gate.write_junit(junit, told, fail_under)
    if refused:
        raise typer.Exit(FAILED_GATE)
    if failed:
        raise typer.Exit(UNANALYSED)


@app.command()
def exercises(
    name: Annotated[str | None, typer.Argument(help="One exercise, by name or file, to explain cue by cue.")] = None,
) -> None:
    """List the exercises, or explain every cue of one: its quote, how it is read, and where it comes from."""
    from formcheck.exercise import choose

    for exercise in choose(name or "auto"):
        counted = {"reps": "counted in reps", "hold": "held for a time"}[exercise.kind]
        _out.print(f"{exercise.name}: {exercise.title}, {counted}", style="bold", markup=False, highlight=False)
        _out.print(f"  {exercise.summary}", markup=False, highlight=False)
        if name is not None:
            _explain(exercise)


@app.command()
def doctor(
    camera: Annotated[int, typer.Option(help="Number of the camera to try.", metavar="N")] = 0,
) -> None:
    """Say what works on this machine: models, decoder, camera, threads."""
    from formcheck.doctor import examine

    findings = examine(camera)
    for finding in findings:
        mark, style = ("ok", "green") if finding.good else ("FAILS", "red") if finding.needed else ("absent", "yellow")
        _out.print(
            f"{mark:>6}  {finding.what}: {finding.said}", style=style, markup=False, highlight=False, soft_wrap=True
        )
    if any(finding.needed and not finding.good for finding in findings):
        raise typer.Exit(UNANALYSED)


def _check_place(file: Path | None) -> None:
    """Find out before the work, not after it, that a file cannot be written."""
    from formcheck.analyze import prepare
    from formcheck.store import Whole

    if file is not None:
        prepare(file.parent)
        Whole(file).discard()


def _explain(exercise: "Exercise") -> None:
    for cue in exercise.cues:
        _out.print(f"\n  {cue.id}", style="bold", markup=False, highlight=False)
        for label, text in _cue_lines(cue):
            _out.print(f"    {label:<8}{text}", markup=False, highlight=False, soft_wrap=True)


def _cue_lines(cue: "Cue") -> Iterator[tuple[str, str]]:
    yield "quote", f"“{cue.quote}”"
    yield "reading", cue.reading
    yield "view", {"side": "from the side", "front": "from the front or the feet", "any": "any"}[cue.view]
    yield "source", f"{cue.source.title}, {cue.source.section}"


def _show(report: Report) -> None:
    _out.print(report.table())
    _out.print(f"\n{CAUTION}", style="dim", markup=False, highlight=False)


def _say(rep: Rep) -> None:
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault"]
    kind = "cut off" if rep.partial else "done"
    line = f"{rep.end_s:6.1f} s  rep {kind} ({rep.side}), held {rep.hold_s:.1f} s. {' '.join(faults)}"
    _out.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on the terminal's error channel; it stays silent where that is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, expected: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=expected)
            bar.update(tasks[what], completed=done)

        yield tell


@contextmanager
def _clips() -> Iterator[Callable[[int, "Result"], None]]:
    """A bar over the clips of a batch, with how many a second, failures and the time left, on a terminal only."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    words = TextColumn("{task.fields[said]}")
    columns = (
        TextColumn("Clips"),
        BarColumn(),
        MofNCompleteColumn(),
        words,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("Clips", total=None, said="")
        failed = 0

        def tell(clips: int, result: "Result") -> None:
            nonlocal failed
            failed += result.error is not None
            said = f"{bar.tasks[0].speed or 0:.1f} a second, {failed} failed"
            bar.update(task, total=clips, advance=1, said=said)

        yield tell


if __name__ == "__main__":
    main()
