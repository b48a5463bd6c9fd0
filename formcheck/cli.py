"""The command line: `formcheck analyze clip.mp4` and its sisters. An error becomes a sentence and an exit code.

Each command imports what it needs itself: OpenCV, onnxruntime, scipy and FFmpeg load slower than `--help` prints.
"""

# ruff: noqa: PLC0415

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formcheck import console, files, serving, words
from formcheck.errors import FormcheckError, UsageError
from formcheck.filming import Filming
from formcheck.findings import Quality
from formcheck.options import (
    AnnotatedOption,
    BackendOption,
    BaselineOption,
    ExerciseOption,
    FailUnderOption,
    GoalOption,
    HeightOption,
    InputsArgument,
    JobsOption,
    JUnitOption,
    LandmarksOption,
    LevelOption,
    LogOption,
    MemoryOption,
    OutOption,
    PdfOption,
    PersonOption,
    ProgrammeOption,
    QualityOption,
    ResultsOption,
    RotateOption,
    SaveBaselineOption,
    SchedulerOption,
    ScoredArgument,
    SpeedOption,
    SummaryOption,
    TimeOption,
    UnitsOption,
    course_of,
    size_of,
)
from formcheck.units import Lengths

if TYPE_CHECKING:
    from formcheck.batch.ci import Outcome

FAILED_GATE, UNANALYSED, INTERRUPTED, UNREAD = 1, 3, 130, 141
"""Exit codes besides 0, done, and 2, wrong usage. 130: Ctrl-C. 141: the reader is gone, as after `| head -1`."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Checks the form of psoas and hip exercises in a video, against the cues of the articles that prescribe them.",
    epilog=words.CAUTION,
)


def main() -> None:
    """Run the command line; every error the program knows becomes one sentence and the contract's exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop
    with _one_interrupt():
        try:
            _run()
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # Rich and Typer exit with 1, which means a failed gate
                sys.exit(UNREAD)
            raise


def _run() -> None:
    try:
        app()
    except FormcheckError as error:
        console.fail(str(error))
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # Typer's exit code after Ctrl-C
            console.fail("stopped; no half-written file is left behind")
        raise


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Within it the first Ctrl-C stops the program. Later ones are ignored, so that it can clean up."""
    before = signal.getsignal(signal.SIGINT)

    def first(_: int, __: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if before is signal.default_int_handler:  # else Ctrl-C is ignored already, as under nohup
        signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is first:
            signal.signal(signal.SIGINT, before)


def _version(wanted: bool) -> None:
    if wanted:
        from formcheck import __version__

        console.say(__version__)
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
    units: UnitsOption = Lengths.CM,
    goal: GoalOption = None,
    person: PersonOption = None,
    rotate: RotateOption = 0,
    speed: SpeedOption = None,
    backend: BackendOption = "onnx",
    quality: QualityOption = Quality.STANDARD,
    out: ResultsOption = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Put no recording beside the report.")] = False,
    annotated: AnnotatedOption = False,
) -> None:
    """Analyse a recorded video: report.json, landmarks.npz, and report.html, which plays the recording beside it."""
    from formcheck.recorded import Options, analyze_into, check_own

    filming = Filming.of(person, rotate, speed)
    options = Options.of(exercise, height, backend, quality, lengths=units, goal=goal, filming=filming)
    folder = out or Path(f"{video.stem}.formcheck")
    if out is None:
        check_own(folder, video)
    with console.frames() as tell:
        report = analyze_into(folder, video, options, video=not no_video, annotated=annotated, progress=tell)
    console.show(report)
    console.say(f"\nReport: {folder / 'report.html'}")


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A folder of results, as analyze makes it.", metavar="DIR")],
    annotated: AnnotatedOption = False,
    pdf: PdfOption = False,
    name: Annotated[str, typer.Option(help="Whose it is, for the print.")] = "",
    notes: Annotated[str, typer.Option(help="What else stands on the print.")] = "",
) -> None:
    """Make the page of a folder of results anew; with options also the annotated video and the print."""
    from formcheck.again import again

    with console.frames() as tell:
        for path in again(folder, annotated=annotated, pdf=pdf, who=name, remarks=notes, progress=tell):
            console.say(f"Written: {path}")


@app.command()
def live(
    camera: Annotated[int, typer.Option(help="Number of the camera.", metavar="N", min=0)] = 0,
    source: Annotated[Path | None, typer.Option(help="A video file in place of the camera.", metavar="FILE")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Read the file as fast as it goes, not as recorded.")] = False,
    mirror: Annotated[bool, typer.Option("--mirror", help="Show the picture as a mirror does.")] = False,
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    units: UnitsOption = Lengths.CM,
    goal: GoalOption = None,
    person: PersonOption = None,
    rotate: RotateOption = 0,
    backend: BackendOption = "onnx",
    quality: QualityOption = Quality.STANDARD,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON.", metavar="FILE")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Open no window; print reps as they come.")] = False,
    programme: ProgrammeOption = None,
    level: LevelOption = None,
) -> None:
    """Watch a camera and give feedback; end with q, Ctrl-C, or by closing the window."""
    from formcheck.live.window import Press, window
    from formcheck.live.window import live as watch
    from formcheck.recorded import Options

    if fast and source is None:
        raise UsageError("--fast needs --source FILE: a camera cannot be read faster than it shows")
    filming = Filming.of(person, rotate)
    options = Options.of(exercise, height, backend, quality, lengths=units, goal=goal, filming=filming)
    course, keys = course_of(programme, level, exercise, goal), list[Press]()
    _check_places(report)
    console.say(words.BEFORE, "dim", wrap=True)
    if course is not None:
        console.cautioned(course)
    found = watch(
        options,
        source=source,
        camera=camera,
        fast=fast,
        mirror=mirror,
        show=None if no_window else window(keys),
        on_rep=lambda rep: console.say(words.rep_ended(rep)),
        on_notice=console.fail,
        course=course,
        on_say=console.say if course else None,
        keys=keys,
    )
    if report is not None:
        with files.whole(report) as path:
            path.write_text(found.to_json(), "utf-8")
    console.show(found)


@app.command()
def landmarks(
    video: Annotated[Path, typer.Argument(help="A video or a picture.", metavar="VIDEO|IMAGE")],
    out: Annotated[Path, typer.Option(help="Where to write the landmarks.", metavar="FILE.npz")],
    person: PersonOption = None,
    rotate: RotateOption = 0,
    speed: SpeedOption = None,
    backend: BackendOption = "onnx",
    quality: QualityOption = Quality.STANDARD,
) -> None:
    """Run the pose estimator alone and save its landmarks."""
    from formcheck.recorded import Options, landmarks_into

    files.prepare(out.parent)
    with console.frames() as tell:
        filming = Filming.of(person, rotate, speed)
        frames = landmarks_into(out, video, Options.of(backend=backend, quality=quality, filming=filming), tell)
    console.say(f"Landmarks of {frames} frames: {out}")


@app.command()
def score(
    landmarks: ScoredArgument,
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    units: UnitsOption = Lengths.CM,
    goal: GoalOption = None,
    person: PersonOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.", metavar="DIR")] = None,
    fps: Annotated[
        float | None, typer.Option(help="Frames a second, where the file does not say it.", metavar="N")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="The picture's size, where the file does not say it.", metavar="WIDTHxHEIGHT")
    ] = None,
) -> None:
    """Judge saved landmarks again, without a model: formcheck's own or another pose estimator's."""
    from formcheck.recorded import Options, write_report
    from formcheck.recorded import score as scored

    options = Options.of(exercise, height, lengths=units, goal=goal, filming=Filming.of(person))
    report = scored(landmarks, options, fps=fps, size=size_of(size))
    if out is not None:
        files.prepare(out)
        write_report(out, report, options)
    console.show(report)


@app.command()
def export(
    landmarks: Annotated[Path, typer.Argument(help="Landmarks saved by analyze or landmarks.")],
    to: Annotated[str, typer.Option(help="The format.", metavar="csv|parquet|trc|mot|openpose|mediapipe|movement")],
    out: Annotated[Path, typer.Option(help="The file to write; for openpose a folder.", metavar="PATH")],
) -> None:
    """Write landmarks and angles in the format of another program: tables, OpenSim, OpenPose, MediaPipe, movement."""
    from formcheck.formats.exports import export as exported

    files.prepare(out.parent)
    exported(landmarks, to, out)
    console.say(f"Written: {out}")


@app.command()
def batch(
    inputs: InputsArgument,
    out: OutOption,
    jobs: JobsOption = None,
    scheduler: SchedulerOption = None,
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    units: UnitsOption = Lengths.CM,
    goal: GoalOption = None,
    person: PersonOption = None,
    rotate: RotateOption = 0,
    speed: SpeedOption = None,
    backend: BackendOption = "onnx",
    quality: QualityOption = Quality.STANDARD,
    landmarks: LandmarksOption = False,
    time_limit: TimeOption = None,
    memory_limit: MemoryOption = None,
    log: LogOption = None,
    fail_under: FailUnderOption = None,
    baseline: BaselineOption = None,
    save_baseline: SaveBaselineOption = None,
    junit: JUnitOption = None,
    summary: SummaryOption = None,
) -> None:
    """Analyse many recordings; exit code 1 when the gate fails, 3 when a recording could not be analysed.

    A second run does only what is missing or out of date.
    """
    from formcheck.batch import ci, gate, places
    from formcheck.batch.jobs import Settings
    from formcheck.batch.run import run

    filming = Filming.of(person, rotate, speed)
    how = (exercise, height, backend, quality, units, goal, filming)
    settings = Settings.of(out, *how, landmarks=landmarks, time_limit_s=time_limit, memory_limit_mb=memory_limit)
    written = {"--junit": junit, "--summary": summary, "--save-baseline": save_baseline}
    places.check(out, inputs, baseline, written | {"--log": log})
    if baseline is not None:
        gate.check(baseline)
    _check_places(*written.values())
    with closing(run(inputs, settings, workers=jobs or os.cpu_count() or 1, scheduler=scheduler, log=log)) as running:
        console.follow(running, fail_under)
    if save_baseline is not None:
        gate.save(out, save_baseline)
    clips = gate.gated(out, fail_under=fail_under, baseline=baseline)
    _end(ci.write(console.failing(clips), junit=junit, summary=summary))


def _end(outcome: "Outcome") -> None:
    """End with the exit code of the gate's outcome."""
    if outcome.failed or outcome.unanalysed:
        raise typer.Exit(FAILED_GATE if outcome.failed else UNANALYSED)


def _check_places(*asked: Path | None) -> None:
    """Fail before the work, not after it, if a file that is asked for cannot be written."""
    for file in asked:
        if file is not None:
            files.prepare(file.parent)
            files.Whole(file).discard()


@app.command()
def exercises(
    name: Annotated[str | None, typer.Argument(help="One exercise, by name or file, to explain cue by cue.")] = None,
) -> None:
    """List the exercises, or explain every cue of one: its quote, how it is read, and where it comes from."""
    from formcheck.core.exercise import choose

    for exercise in choose(name or "auto"):
        console.explain(exercise, cues=name is not None)


for _command in (serving.start, serving.serve, serving.shortcut):
    app.command()(_command)


@app.command()
def doctor(
    camera: Annotated[int, typer.Option(help="Number of the camera to try.", metavar="N", min=0)] = 0,
) -> None:
    """Say what works on this machine: models, decoder, camera, threads."""
    from formcheck.doctor import examine

    findings = examine(camera)
    for finding in findings:
        mark, style = ("ok", "green") if finding.good else ("FAILS", "red") if finding.needed else ("absent", "yellow")
        console.say(f"{mark:>6}  {finding.what}: {finding.said}", style)
    if any(finding.needed and not finding.good for finding in findings):
        raise typer.Exit(UNANALYSED)


if __name__ == "__main__":
    main()
