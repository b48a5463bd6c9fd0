"""What the command line prints: lines, reports, exercises, and progress bars on a terminal's error channel."""

# ruff: noqa: PLC0415  rich's bars and what a report needs load slowly, and `--help` needs neither

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

from formcheck import words

if TYPE_CHECKING:
    from rich.progress import Progress

    from formcheck.batch.gate import Gated
    from formcheck.batch.run import Result
    from formcheck.core.exercise import Cue, Exercise
    from formcheck.live.programme import Course
    from formcheck.report.report import Report

_out = Console()
_err = Console(stderr=True)


def say(text: str, style: str = "", *, wrap: bool = False) -> None:
    """Print a line of the result; `wrap` breaks it between words where it is too long for the terminal."""
    _out.print(
        "\n".join(map(words.printable, text.split("\n"))),
        style=style,
        markup=False,
        highlight=False,
        soft_wrap=not wrap,
    )


def warn(sentence: str) -> None:
    """Print a warning on the error channel."""
    _err.print(words.printable(f"formcheck: {sentence}"), style="yellow", markup=False, highlight=False, soft_wrap=True)


def fail(sentence: str) -> None:
    """Print an error on its channel."""
    _err.print(words.printable(f"formcheck: {sentence}"), style="red", markup=False, highlight=False, soft_wrap=True)


def show(report: "Report") -> None:
    """Print a report's table, and the caution."""
    from formcheck.report.terminal import overview

    _out.print(overview(report))
    say(f"\n{words.CAUTION}", "dim", wrap=True)


def cautioned(course: "Course") -> None:
    """Print what a programme warns of, and the keys."""
    from formcheck.words import lesson

    for caution in course.programme.cautions:
        say(f"“{caution.quote}” ({caution.source})", "dim", wrap=True)
    say(lesson.KEYS)


def explain(exercise: "Exercise", *, cues: bool) -> None:
    """Print what an exercise is, and, where asked for, each of its cues."""
    say(f"{exercise.name}: {exercise.title}", "bold", wrap=True)
    say(f"  {exercise.summary}", wrap=True)
    if exercise.advice and cues:
        say(f"\n  {words.ADVISED.format(advice=exercise.advice)}", wrap=True)
    for cue in exercise.cues if cues else ():
        say(f"\n  {cue.id}", "bold", wrap=True)
        for label, text in _lines(cue):
            say(f"    {label:<8}{text}")


def _lines(cue: "Cue") -> Iterator[tuple[str, str]]:
    yield "quote", f"“{cue.quote}”"
    yield "reading", cue.reading
    yield "view", words.VIEWS[cue.view]
    yield "source", f"{cue.source.title}, {cue.source.section}"


def follow(results: "Iterable[tuple[int, Result]]", fail_under: float | None) -> None:
    """Print a line for each clip of a batch as it is done, and show how far it is."""
    from formcheck.batch.gate import score_text

    with clips() as tell:
        for count, result in results:
            said = result.error or f"{result.reps} reps, {score_text(result.score, fail_under)}"
            say(words.printable(f"{result.job.source}: {said}"))
            tell(count, result)


def failing(gated: "Iterable[Gated]") -> "Iterator[Gated]":
    """Pass on the clips from the gate; before each, print a line for each of its failures."""
    for clip in gated:
        for case in clip.cases:
            for text in case.failures:
                say(words.printable(f"FAILS {clip.source}, {case.name}: {text}"), "red")
        yield clip


@contextmanager
def frames() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar over the frames of a recording, as a function to give to `analyze` as its `progress`."""
    from rich.progress import TextColumn, TimeRemainingColumn

    with _bar(TextColumn("{task.description}"), TimeRemainingColumn()) as bar:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, expected: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=expected)
            bar.update(tasks[what], completed=done)

        yield tell


@contextmanager
def clips() -> "Iterator[Callable[[int, Result], None]]":
    """A bar over the clips of a batch, with clips per second, failures and the time left.

    It is a function that takes the number of clips and the next result.
    """
    from rich.progress import TextColumn, TimeElapsedColumn, TimeRemainingColumn

    said = TextColumn("{task.fields[said]}")
    with _bar(TextColumn("{task.description}"), said, TimeElapsedColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("Clips", total=None, said="")
        failed = 0

        def tell(clips: int, result: "Result") -> None:
            nonlocal failed
            failed += result.error is not None
            bar.update(task, total=clips, advance=1, said=f"{bar.tasks[0].speed or 0:.1f} a second, {failed} failed")

        yield tell


def _bar(what: Any, *columns: Any) -> "Progress":
    """A bar with these columns before and after it, on the error channel; nothing where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress

    every = (what, BarColumn(), MofNCompleteColumn(), *columns)
    return Progress(*every, console=_err, transient=True, disable=not _err.is_terminal)
