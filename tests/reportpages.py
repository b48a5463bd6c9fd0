"""Reports as a person reads them: the page taken apart, the terminal's text; and odd reports to read."""

import io
import math
from dataclasses import replace
from html.parser import HTMLParser

import findings_example as example
from rich.console import Console

from formcheck.findings import Notice, NoticeCode
from formcheck.report.report import Report
from formcheck.report.terminal import overview


class Page(HTMLParser):
    """The tags and the words of a page; complains about tags that do not pair up."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def markers(self) -> list[dict[str, str | None]]:
        """The faults in the plots."""
        return [a for a in self.all("a") if "marker" in (a.get("class") or "").split()]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(report: Report, video: str | None = "annotated.mp4") -> Page:
    return Page(report.html(video, quotes=example.QUOTES))


def with_nan() -> Report:
    report = example.report()
    bout = report.bouts[0]
    cue = replace(bout.reps[0].cues[0], value=math.nan, interval=(math.nan, 1.0))
    first = replace(bout.reps[0], score=math.nan, cues=(cue, *bout.reps[0].cues[1:]))
    trace = replace(bout.traces[0], value=(math.nan, math.inf, *bout.traces[0].value[2:]))
    return Report(report.video, (replace(bout, reps=(first,), traces=(trace,)),), ())


def cut_short(path: str) -> Notice:
    return Notice(NoticeCode.CUT_SHORT, {"path": path, "promised_s": 9.0, "end_s": 4.0})


def close_call() -> Report:
    bout = example.ball_bridge()
    close = example.borderline("lower_slowly", 1.14, "s", "Too close to call: 1.1 s, give or take 0.3.", 34.0)
    cues = (close, example.unseen("hips_up", "trunk", example.TURN))
    reps = tuple(replace(rep, cues=cues, score=50.0) for rep in bout.reps[:2])
    return Report(example.video(), (replace(bout, reps=reps, score=50.0, assessed=0.5),), ())


def terminal(report: Report, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(overview(report))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
