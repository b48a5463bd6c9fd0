"""The report as one HTML page that needs no network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any, NamedTuple

import jinja2

from formcheck import demos, words
from formcheck.core.verdict import USUAL_HEIGHT_CM, Scale
from formcheck.findings import Bout, Quality, Verdict, VerdictName, VideoInfo
from formcheck.report.plot import plot
from formcheck.report.summary import ORDER, Finding, Quotes, findings, headed, slanted, unseen
from formcheck.units import Lengths, clock


def page(
    info: VideoInfo,
    bouts: Sequence[Bout],
    warnings: Sequence[str],
    *,
    video: str | None = None,
    quotes: Quotes | None = None,
    height_cm: float | None = None,
    quality: Quality | None = None,
    lengths: Lengths = Lengths.CM,
) -> str:
    """The page; `warnings` are sentences, the rest is as for `Report.html`. NaN and infinity are given as None.

    `demos.embedded` puts the demonstrations in it.
    """
    trunk_cm = Scale(1.0, height_cm).trunk_cm  # the one that the sentences' centimetres were made with
    pages = [_bout(b, n, (quotes or {}).get(b.exercise, {}), trunk_cm, lengths) for n, b in enumerate(bouts, 1)]
    return _template().render(
        info=info,
        name=PurePath(info.path).name,
        video=video,
        warnings=warnings,
        bouts=pages,
        demos=dict.fromkeys(demo.name for page in pages for shown in page["demos"].values() for demo in shown),
        trunk_cm=trunk_cm,
        lengths=lengths,
        quality=quality,
        usual_cm=None if height_cm else USUAL_HEIGHT_CM,
    )


def _bout(bout: Bout, number: int, quotes: Mapping[str, str], trunk_cm: float, lengths: Lengths) -> dict[str, Any]:
    """What the page says of a bout."""
    found = findings(bout, quotes)
    cut, tone = bool(bout.reps) and not bout.counted, headed(bout)
    faults = [f.label for f in _of(found, "fault")]
    return {
        "id": f"b{number}",
        "bout": bout,
        "headline": words.headline(bout),
        "tone": tone,
        "badge": words.COUNTED if bout.advice and not cut else words.badge(tone, len(faults), cut=cut),
        "lead": words.FILM_WHOLE if cut else _lead(bout, found, tone),
        "among": found[0].among if tone in ("fault", "borderline") else "",
        "dose": [dose for dose in bout.dose if dose.cue] if bout.counted else [],
        "breaths": dict.fromkeys(rep.breaths.message for rep in bout.counted if rep.breaths),
        "also": faults[1:],
        "findings": found,
        "unseen": unseen(bout),
        "rests_on": words.rests_on(bout, [finding.kind for finding in found]),
        "seen": words.seen_from(bout, slanted(bout)),
        "quotes": quotes,
        "demos": _demos(bout, _of(found, "fault")),
        "plot": plot(bout, trunk_cm, lengths),
    }


class Demo(NamedTuple):
    """A demonstration beside a fault, of the right way where `cue` is None."""

    exercise: str
    cue: str | None
    alt: str

    @property
    def name(self) -> str:
        """Its file's, without the ending."""
        return f"{self.exercise}-{self.cue}" if self.cue else self.exercise


def _demos(bout: Bout, faults: Sequence[Finding]) -> dict[str, list[Demo]]:
    """What is shown beside each fault, by its label: the right way and, where there is a loop of it, the fault. Beside
    a fault without one, the right way is shown only if it comes first.
    """
    right = [Demo(bout.exercise, None, words.shown(bout.title))] if demos.demo(bout.exercise) else []
    shown = {}
    for i, finding in enumerate(faults):
        cue = finding.hits[0].cue
        wrong = cue.fault == "high" and demos.demo(bout.exercise, cue.id) is not None
        own = [Demo(bout.exercise, cue.id, words.shown(bout.title, cue.id))] if wrong else []
        shown[finding.label] = [*right, *own] if own or i == 0 else []
    return shown


def _lead(bout: Bout, findings: Sequence[Finding], tone: VerdictName) -> str:
    """The one sentence on a bout: the sentence on its worst cue, or that nothing is wrong, or nothing clearly; of an
    exercise without cues its advice.
    """
    if not findings:
        return words.ADVISED.format(advice=bout.advice) if bout.advice else words.NO_CUE
    if tone != "met":
        return findings[0].message
    close = len(_of(findings, "borderline"))
    return words.NEARLY_ALL_MET.format(close=words.plural(close, "close call")) if close else words.ALL_MET


def _of(findings: Sequence[Finding], kind: VerdictName) -> list[Finding]:
    return [f for f in findings if f.kind == kind]


def _counts(cues: Sequence[Verdict]) -> list[tuple[VerdictName, int]]:
    """How many cues of a rep got each verdict, the faults first."""
    count = Counter(cue.verdict for cue in cues if not cue.dose)
    return [(kind, count[kind]) for kind in ORDER if count[kind]]


@cache
def _template() -> jinja2.Template:
    text = files("formcheck.report").joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clock"] = clock
    environment.globals |= {"words": words, "of": _of, "counts": _counts}
    return environment.from_string(text)
