"""The report as a short table for the terminal."""

from collections.abc import Iterator

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from formcheck import words
from formcheck.findings import Bout, Rep
from formcheck.report.report import Report
from formcheck.report.summary import findings, headed, scored, unseen


def overview(report: Report) -> Group:
    """A line per bout and rep, what to mend under each, then the warnings."""
    return Group(*_lines(report.clean()))


def _line(text: str, style: str = "", indent: int = 0) -> Padding:
    # Text and not markup: a message or a file name may hold brackets.
    return Padding(Text(words.printable(text), style), (0, 0, 0, indent))


def _lines(report: Report) -> Iterator[Padding]:
    if not report.bouts:
        yield _line(f"{words.NOTHING}.", "bold")
    for bout in report.bouts:
        yield from _of_bout(bout)
    yield from (_line(f"warning: {note}", "yellow") for note in report.notes)


def _of_bout(bout: Bout) -> Iterator[Padding]:
    found = findings(bout)
    faults = sum(finding.kind == "fault" for finding in found)
    badge = words.badge(headed(bout), faults, cut=not bout.counted)
    yield _line(f"{words.headline(bout)}  {bout.start_s:.1f}-{bout.end_s:.1f} s", "bold")
    advised = bout.advice and words.ADVISED.format(advice=bout.advice)
    yield _line(advised or f"{badge}. {scored(bout)}.", "bold", 2)
    yield from (_line(dose.message, "green", 2) for dose in bout.dose if bout.counted and dose.cue)
    for rep in bout.reps:
        yield _line(words.rep_row(rep), "dim" if rep.partial else "", 2)
        if not rep.partial:
            yield from _lost_points(rep)
            yield from (_line(breaths.message, "", 5) for breaths in [rep.breaths] if breaths)
    if well := [finding.message for finding in found if finding.kind == "met"]:
        yield _line(f"went well: {' '.join(well)}", "green", 2)
    if not bout.counted:
        yield _line(words.FILM_WHOLE, "yellow", 2)
    for reason, labels in unseen(bout).items():
        yield _line(f"not judged: {', '.join(labels)}: {reason}", "dim", 2)


def _lost_points(rep: Rep) -> Iterator[Padding]:
    """What took points from a rep: the faults, then what is too close to call."""
    form = [cue for cue in rep.cues if not cue.dose]
    for cue in form:
        if cue.verdict == "fault":
            yield _line(f"to improve: {words.sentence(cue)}", "red", 5)
    for cue in form:
        if cue.verdict == "borderline":
            yield _line(f"close call: {words.label(cue.id)}: {words.sentence(cue)}", "yellow", 5)
