"""The command line: `formcheck analyze clip.mp4` and its sisters; of an error it makes a sentence and an exit code.

Each command imports what it needs: OpenCV, onnxruntime, scipy and FFmpeg take longer to load than `--help` to print.
"""

# ruff: noqa: PLC0415

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from formcheck.batch.names import shown
from formcheck.errors import FormcheckError, UsageError
from formcheck.findings import Rep
from formcheck.report.report import Report
from formcheck.words import CAUTION

if TYPE_CHECKING:
    from formcheck.batch.gate import Gated
    from formcheck.batch.run import Result
    from formcheck.core.exercise import Cue, Exercise

FAILED_GATE, UNANALYSED, INTERRUPTED, UNREAD = 1, 3, 130, 141
"""Exit codes besides 0, done, and 2, wrong usage. 130 is Ctrl-C; 141 that nobody reads on, as after `| head -1`."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Checks the form of psoas and hip exercises in a video, against the cues of the articles that prescribe them.",
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
    with _one_interrupt():
        try:
            _run()
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):  # Rich and Typer make 1 of it, which is a failed gate here
                sys.exit(UNREAD)
            raise


def _run() -> None:
    try:
        app()
    except FormcheckError as error:
        _fail(str(error))
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # what Typer makes of Ctrl-C
            _fail("stopped; no half-written file is left behind")
        raise


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Within it the first Ctrl-C stops the program; later ones, to its end, do not stop what it then clears away."""
    before = signal.getsignal(signal.SIGINT)

    def first(_: int, __: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if before is signal.default_int_handler:  # else it is ignored already, as by nohup
        signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is first:
            signal.signal(signal.SIGINT, before)


def _fail(sentence: str) -> None:
    _err.print(shown(f"formcheck: {sentence}"), style="red", markup=False, highlight=False, soft_wrap=True)


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
    from formcheck.recorded import Options, analyze_into, check_own

    options = Options.of(exercise, height, backend)
    folder = out or Path(f"{video.stem}.formcheck")
    if out is None:
        check_own(folder, video)
    with _progress() as tell:
        report = analyze_into(folder, video, options, video=not no_video, progress=tell)
    _show(report)
    _out.print(f"\nReport: {folder / 'report.html'}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def live(
    camera: Annotated[int, typer.Option(help="Number of the camera.", metavar="N", min=0)] = 0,
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
    from formcheck.files import whole
    from formcheck.live.window import live as watch
    from formcheck.live.window import window
    from formcheck.recorded import Options

    if fast and source is None:
        raise UsageError("--fast needs --source FILE: a camera cannot be read faster than it shows")
    options = Options.of(exercise, height, backend)
    _check_place(report)
    show = None if no_window else window()
    found = watch(
        options, source=source, camera=camera, fast=fast, mirror=mirror, show=show, on_rep=_say, on_notice=_fail
    )
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
    from formcheck.recorded import landmarks_into, prepare

    prepare(out.parent)
    with _progress() as tell:
        frames = landmarks_into(out, video, backend, tell)
    _out.print(f"Landmarks of {frames} frames: {out}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def score(
    landmarks: Annotated[
        Path,
        typer.Argument(
            help="Landmarks saved by analyze or landmarks; or those of OpenPose (a folder or a file), COCO key points "
            "or MediaPipe as JSON, or a dataset of movement (.nc)."
        ),
    ],
    exercise: ExerciseOption = "auto",
    height: HeightOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.", metavar="DIR")] = None,
    fps: Annotated[
        float | None, typer.Option(help="Frames a second, where the file does not say it.", metavar="N")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="The picture's size, where the file does not say it.", metavar="WIDTHxHEIGHT")
    ] = None,
) -> None:
    """Judge saved landmarks again, without a model: formcheck's own or another pose estimator's."""
    from formcheck.recorded import Options, prepare, write_report
    from formcheck.recorded import score as scored

    options = Options.of(exercise, height)
    report = scored(landmarks, options, fps=fps, size=_size(size))
    if out is not None:
        prepare(out)
        write_report(out, report, options, None)
    _show(report)


@app.command()
def export(
    landmarks: Annotated[Path, typer.Argument(help="Landmarks saved by analyze or landmarks.")],
    to: Annotated[str, typer.Option(help="The format.", metavar="csv|parquet|trc|mot|openpose|mediapipe|movement")],
    out: Annotated[Path, typer.Option(help="The file to write; for openpose a folder.", metavar="PATH")],
) -> None:
    """Write landmarks and angles in the format of another program: tables, OpenSim, OpenPose, MediaPipe, movement."""
    from formcheck.formats.exports import export as exported
    from formcheck.recorded import prepare

    prepare(out.parent)
    exported(landmarks, to, out)
    _out.print(f"Written: {out}", markup=False, highlight=False, soft_wrap=True)


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
    fail_under: Annotated[
        float | None,
        typer.Option(help="Fail when a recording scores less, or has no score.", metavar="S", min=0, max=100),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(help="Fail when reps, holds, scores or verdicts differ from this results.parquet or .json."),
    ] = None,
    save_baseline: Annotated[
        Path | None, typer.Option(help="Write what was found as a baseline.", metavar="FILE.json")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option(help="Write a JUnit file, a case for each clip and cue.", metavar="FILE")
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(help="Write a summary in Markdown, for a job's page.", metavar="FILE.md")
    ] = None,
) -> None:
    """Analyse many recordings; exit code 1 when the gate fails, 3 when a recording could not be analysed.

    A second run does only what is missing or out of date.
    """
    from formcheck.batch import ci, gate, places
    from formcheck.batch.jobs import Settings
    from formcheck.batch.run import run

    settings = Settings.of(out, exercise, height, backend)
    settings = replace(settings, landmarks=landmarks, time_limit_s=time_limit)
    if memory_limit is not None:
        settings = replace(settings, memory_limit_mb=memory_limit)
    for name, number in (("--time-limit", time_limit), ("--memory-limit", memory_limit), ("--fail-under", fail_under)):
        if number is not None and not isfinite(number):
            raise UsageError(f"{name} is {number}: give a number")
    written = {"--junit": junit, "--summary": summary, "--save-baseline": save_baseline, "--log": log}
    places.check(out, inputs, baseline, written)
    if baseline is not None:
        gate.check(baseline)
    for file in (junit, summary, save_baseline):
        _check_place(file)
    running = run(inputs, settings, workers=jobs or os.cpu_count() or 1, scheduler=scheduler, log=log)
    with _clips() as tell, closing(running):
        for clips, result in running:
            said = result.error or f"{result.reps} reps, {gate.told_score(result.score, fail_under)}"
            _say_plainly(shown(f"{result.job.source}: {said}"))
            tell(clips, result)
    if save_baseline is not None:
        gate.save(out, save_baseline)
    gated = gate.gated(out, fail_under=fail_under, baseline=baseline)
    told = ci.tell(map(_told_gate, gated), junit=junit, summary=summary)
    if told.failed:
        raise typer.Exit(FAILED_GATE)
    if told.unanalysed:
        raise typer.Exit(UNANALYSED)


@app.command()
def exercises(
    name: Annotated[str | None, typer.Argument(help="One exercise, by name or file, to explain cue by cue.")] = None,
) -> None:
    """List the exercises, or explain every cue of one: its quote, how it is read, and where it comes from."""
    from formcheck.core.exercise import choose

    for exercise in choose(name or "auto"):
        counted = {"reps": "counted in reps", "hold": "held for a time"}[exercise.kind]
        _out.print(f"{exercise.name}: {exercise.title}, {counted}", style="bold", markup=False, highlight=False)
        _out.print(f"  {exercise.summary}", markup=False, highlight=False)
        if name is not None:
            _explain(exercise)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.", metavar="N", min=0, max=65535)] = (
        8642
    ),
    host: Annotated[
        str, typer.Option(help="Address to serve at; any but this machine's own shows the page to others.", metavar="H")
    ] = "127.0.0.1",
    data: Annotated[
        Path | None, typer.Option(help="Folder for the history; default the user's own.", metavar="DIR")
    ] = None,
) -> None:
    """Serve the local web page: live coach, recordings, history. Ctrl-C stops it."""
    from platformdirs import user_data_path

    from formcheck.web.server import serve as run

    run(host, port, data or user_data_path("formcheck", appauthor=False), _say_plainly, _warn)


@app.command()
def doctor(
    camera: Annotated[int, typer.Option(help="Number of the camera to try.", metavar="N", min=0)] = 0,
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


def _size(said: str | None) -> tuple[int, int] | None:
    """Width and height as 1280x720."""
    if said is None:
        return None
    width, _, height = said.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise UsageError(f"{said} is no size of a picture: give width and height in pixels, as --size 1280x720")
    return int(width), int(height)


def _told_gate(clip: "Gated") -> "Gated":
    """A clip, after a line for each of its failures."""
    for case in clip.cases:
        for text in case.failures:
            line = shown(f"FAILS {clip.source}, {case.name}: {text}")
            _out.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    return clip


def _check_place(file: Path | None) -> None:
    """Find out before the work, not after it, that a file cannot be written."""
    from formcheck.files import Whole
    from formcheck.recorded import prepare

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
    yield (
        "view",
        {
            "side": "from the side",
            "front": "from the front or the feet, where few sets are recognised yet",
            "any": "any",
        }[cue.view],
    )
    yield "source", f"{cue.source.title}, {cue.source.section}"


def _show(report: Report) -> None:
    from formcheck.report.terminal import overview

    _out.print(overview(report))
    _out.print(f"\n{CAUTION}", style="dim", markup=False, highlight=False)


def _say_plainly(text: str) -> None:
    _out.print(text, markup=False, highlight=False, soft_wrap=True)


def _warn(text: str) -> None:
    _err.print(f"formcheck: {text}", style="yellow", markup=False, highlight=False, soft_wrap=True)


def _say(rep: Rep) -> None:
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault" and not rep.partial]
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
