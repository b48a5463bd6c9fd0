"""The gate's outcome in files: JUnit for continuous integration, a summary in Markdown for a job's page."""

import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from xml.sax.saxutils import escape

from formcheck import files, words
from formcheck.batch.gate import Case, Gated

LISTED: Final = 200
"""Failures that the summary for a job's page lists; it says how many there are (ours)."""

NEWLINE: Final = "\n"


@dataclass(slots=True)
class Outcome:
    """A gate's outcome in numbers: clips, those that could not be analysed, and those that failed."""

    clips: int = 0
    unanalysed: int = 0
    failed: int = 0

    def add(self, clip: Gated) -> None:
        """Count a clip."""
        self.clips += 1
        self.unanalysed += any(case.error is not None for case in clip.cases)
        self.failed += not clip.passes


def write(clips: Iterable[Gated], *, junit: Path | None = None, summary: Path | None = None) -> Outcome:
    """Go through the clips; write a JUnit file and a summary in Markdown, each if it is asked for.

    Raises `OutputError` where one cannot be written.
    """
    outcome, listed = Outcome(), _Listed()
    with ExitStack() as stack:
        suites = _opened(stack, junit) if junit is not None else None
        if suites is not None:
            suites.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="formcheck">\n')
        for clip in clips:
            outcome.add(clip)
            listed.add(clip)
            if suites is not None:
                suites.write(_suite(clip))
        if suites is not None:
            suites.write("</testsuites>\n")
        if summary is not None:
            _opened(stack, summary).write(_markdown(outcome, listed))
    return outcome


def _opened(stack: ExitStack, path: Path) -> IO[str]:
    """A file that appears once all of it is written."""
    files.prepare(path.parent)
    return stack.enter_context(stack.enter_context(files.whole(path)).open("w", encoding="utf-8", errors="replace"))


def _suite(clip: Gated) -> str:
    """A clip as a JUnit suite, with a JUnit case for each of its cases."""
    failed = sum(bool(case.failures) for case in clip.cases)
    errors = sum(case.error is not None for case in clip.cases)
    skipped = sum(map(_is_skipped, clip.cases))
    head = f'tests="{len(clip.cases)}" failures="{failed}" errors="{errors}" skipped="{skipped}"'
    cases = "".join(_case(clip, case) for case in clip.cases)
    return f"<testsuite name={_quoted(clip.source)} {head}>\n{cases}</testsuite>\n"


def _is_skipped(case: Case) -> bool:
    """Whether nothing could be judged; one that also fails, as where a baseline has a verdict, has failed."""
    return case.skipped is not None and not case.failures


def _case(clip: Gated, case: Case) -> str:
    inner = []
    if case.error is not None:
        inner.append(f"<error message={_quoted(case.error)}/>")
    if case.failures:
        inner.append(f"<failure message={_quoted(case.failures[0])}>{_xml(NEWLINE.join(case.failures))}</failure>")
    if _is_skipped(case):
        inner.append(f"<skipped message={_quoted(case.skipped or '')}/>")
    if case.said:
        inner.append(f"<system-out>{_xml(NEWLINE.join(case.said))}</system-out>")
    return f"<testcase classname={_quoted(clip.source)} name={_quoted(case.name)}>{''.join(inner)}</testcase>\n"


def _xml(text: str) -> str:
    """Text for XML, without the characters that it forbids."""
    return escape("".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF))))


def _quoted(text: str) -> str:
    return '"' + _xml(text).replace('"', "&quot;").replace("\n", "&#10;") + '"'


@dataclass(slots=True)
class _Listed:
    """The lines of the summary's table: the first failures and errors, up to a limit."""

    lines: list[str] = field(default_factory=list)
    all: int = 0

    def add(self, clip: Gated) -> None:
        for case in clip.cases:
            for text in (*case.failures, *([case.error] if case.error is not None else [])):
                self.all += 1
                if len(self.lines) < LISTED:
                    self.lines.append(f"| {_cell(clip.source)} | {_cell(case.name)} | {_cell(text)} |")


_STEERS: Final = r"[\\`*\[\]<&|~]|(?<![^\W_])_|_(?![^\W_])"
"""Letters with a meaning in Markdown; an underscore inside a cue's name has none."""


def _cell(text: str) -> str:
    return re.sub(_STEERS, r"\\\g<0>", words.printable(text))


def _markdown(outcome: Outcome, listed: _Listed) -> str:
    """The gate's outcome, for a job's page."""
    said = f"{outcome.clips} clips: {outcome.failed} failed the gate, {outcome.unanalysed} could not be analysed."
    lines = [f"## formcheck: {'failed' if outcome.failed or outcome.unanalysed else 'passed'}", "", said]
    if listed.lines:
        lines += ["", "| clip | case | what |", "| --- | --- | --- |", *listed.lines]
    if listed.all > len(listed.lines):
        lines += ["", f"And {listed.all - len(listed.lines)} more."]
    return "\n".join(lines) + "\n"
