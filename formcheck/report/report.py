"""The report: what was found, as JSON, as a page and as a table for the terminal."""

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from formcheck import words
from formcheck.findings import (
    SLANTED,
    Bout,
    Dip,
    Notice,
    Reason,
    Rep,
    Side,
    Trace,
    Verdict,
    VerdictName,
    VideoInfo,
)
from formcheck.units import UNITS

if TYPE_CHECKING:
    import jinja2
    from rich.console import Group

SCHEMA: Final = "formcheck.report/1"

CAUTION: Final = (
    "For information, not medical advice. Stop where there is discomfort, and ask a professional (a doctor or "
    "physiotherapist) before you begin or when something hurts."
)
"""The caution of the articles the exercises come from; it stands in the report and on the page."""

Quotes = Mapping[str, Mapping[str, str]]
"""Exercise name -> cue id -> the words of the source."""

_DECIMALS: Final = {"score": 1, "assessed": 3, "yaw_deg": 1, "value": 4, "interval": 4}
"""Decimals per key of the JSON; everything else (times, rates, shares) has three. Ours."""

_MARKER_PX, _PHONE_PX, _SECOND_PX = 30, 300, 8
"""Plot layout, ours: a marker's width, the least width of a plot, and the least width of a second."""
_TICK_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True)
class Report:
    """What was found in one recording: the bouts in order of time, and warnings that concern all of it."""

    video: VideoInfo
    bouts: tuple[Bout, ...]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, schema `formcheck.report/1`; NaN and infinity become None."""
        return {"schema": SCHEMA} | _object(self) | self._after

    def to_json(self) -> str:
        """The report as JSON text ending in a newline; to be written as UTF-8."""
        return "".join(_json(self, "\n", {"schema": SCHEMA}, self._after)) + "\n"

    @property
    def _after(self) -> dict[str, Any]:
        """What the JSON says besides, after the fields."""
        return {"warning_codes": [notice.code for notice in self.warnings], "caution": CAUTION}

    def html(self, video: str | None = None, *, quotes: Quotes | None = None, height_cm: float | None = None) -> str:
        """The report as one page that needs no network; to be written as UTF-8.

        video: URL of the annotated video relative to the page, None when there is none.
        quotes: the source's words for the cues, shown with each cue that has some.
        height_cm: the person's height, by which lengths are told in centimetres; None for the usual one.
        """
        clean: Report = _clean(self)
        ruler = _ruler(height_cm)
        bouts = [_bout_page(b, n, (quotes or {}).get(b.exercise, {}), ruler) for n, b in enumerate(clean.bouts, 1)]
        content = {
            "info": clean.video,
            "name": PurePath(clean.video.path).name,
            "video": video,
            "warnings": clean.warnings,
            "caution": CAUTION,
            "usual_cm": None if height_cm else ruler.height_cm,
        }
        return _template().render(content, bouts=bouts, trunk_cm=ruler.trunk_cm)

    def table(self) -> "Group":
        """A short table for the terminal: a line per bout and rep, what to mend under each, then the warnings."""
        from rich.console import Group  # noqa: PLC0415  the library's users need no terminal

        return Group(*_table_rows(_clean(self)))


def _clean(item: Any, name: str = "") -> Any:
    """The findings with None for what is no number, and with text that UTF-8 can hold."""
    if isinstance(item, str):
        return _text(item)
    if item is None or isinstance(item, int | float):
        return None if isinstance(item, float) and not math.isfinite(item) else item
    if isinstance(item, Trace):  # long; who draws it skips what is no number
        return Trace(_text(item.label), _text(item.unit), item.time_s, item.value)
    if isinstance(item, Notice):
        return _text(words.notice(item))
    if isinstance(item, tuple):
        items = tuple(map(_clean, item))
        return None if name == "interval" and None in items else items
    return item.__class__(**{key: _clean(getattr(item, key), key) for key, _ in _keys(item.__class__)})


# JSON


def _plain(item: Any, decimals: int = 3) -> Any:
    """The findings as JSON values: dictionaries, lists, rounded numbers, text that UTF-8 can hold."""
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, float):
        # Adding zero turns -0.0 into 0.0.
        return round(float(item), decimals) + 0.0 if math.isfinite(item) else None
    if item is None or isinstance(item, int):
        return item
    if isinstance(item, Notice):
        return _text(words.notice(item))
    if isinstance(item, tuple):
        return [_plain(i, decimals) for i in item]
    return _object(item)


def _object(item: Any, without: Collection[str] = ()) -> dict[str, Any]:
    """What `_plain` makes of a finding's fields, but for some."""
    plain = _numbers if isinstance(item, Trace) else _plain
    kept = ((name, decimals) for name, decimals in _keys(item.__class__) if name not in without)
    found = {name: plain(getattr(item, name), decimals) for name, decimals in kept}
    if isinstance(item, Verdict) and None in (found["interval"] or ()):
        found["interval"] = None
    return found | {"hold_s": _plain(item.hold_s)} if isinstance(item, Rep) else found


def _numbers(item: Any, decimals: int) -> Any:
    """What `_plain` makes of a trace's fields, its long rows of numbers all at once."""
    import numpy as np  # noqa: PLC0415  slow to load, and `formcheck --help` reads the caution from here

    if not isinstance(item, tuple):
        return _plain(item)
    rounded = np.round(np.array(item, float), decimals) + 0.0
    found: list[float | None] = rounded.tolist()
    for at in np.flatnonzero(~np.isfinite(rounded)).tolist():
        found[at] = None
    return found


@cache
def _keys(kind: type) -> tuple[tuple[str, int], ...]:
    """The fields of a kind of finding, each with its decimals."""
    return tuple((field.name, _DECIMALS.get(field.name, 3)) for field in fields(kind))


_NOTHING: Final[Mapping[str, Any]] = {}


def _json(
    item: Any, start: str, before: Mapping[str, Any] = _NOTHING, after: Mapping[str, Any] = _NOTHING
) -> Iterator[str]:
    """A finding as JSON, in parts: a line for what it says itself, and one for each finding in it.

    Short to read and quick to write; the plain values of no more than a line are there at one time. start: the line
    break and indent that begin a line. `before` and `after` are what it says besides.
    """
    inner = start + "  "
    held = {name: found for name, _ in _keys(item.__class__) if _many(found := getattr(item, name))}
    yield "{" + inner + _line({**before, **_object(item, held), **after})[1:-1]
    for name, found in held.items():
        yield f",{inner}{_line(name)}: ["
        # Findings in one tuple are of one kind: the first tells for all whether they hold others.
        deep = any(_many(getattr(found[0], key)) for key, _ in _keys(found[0].__class__))
        for i, one in enumerate(found):
            yield ("," if i else "") + inner + "  "
            yield from _json(one, inner + "  ") if deep else (_line(_object(one)),)
        yield inner + "]"
    yield start + "}"


def _many(value: Any) -> bool:
    """Whether a field holds findings, each with fields of its own."""
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0]) and not isinstance(value[0], Notice)


_line: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _text(text: str) -> str:
    """The text with a question mark for what UTF-8 cannot hold: a file name that is not UTF-8 has surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


# Words


@dataclass(frozen=True, slots=True)
class _Ruler:
    """The height of the person's body, given or usual, and the trunk's length that goes with it."""

    height_cm: float
    trunk_cm: float


def _ruler(height_cm: float | None) -> _Ruler:
    """By what the sentences' centimetres were made too."""
    from formcheck.core.verdict import USUAL_HEIGHT_CM, Scale  # noqa: PLC0415  brings numpy, which `--help` does without

    return _Ruler(height_cm or USUAL_HEIGHT_CM, Scale(1.0, height_cm).trunk_cm)


def _clock(seconds: float) -> str:
    """A moment as a video player shows it: 75.25 -> 1:15.2, rounded as the terminal's `.1f` rounds."""
    tenths = max(0, round(10 * round(seconds, 1)))
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}:{minutes % 60:02}:{rest / 10:04.1f}" if minutes >= 60 else f"{minutes}:{rest / 10:04.1f}"


def _told(unit: str, trunk_cm: float, *values: float) -> tuple[str, ...]:
    """Numbers of one unit as a person uses them, and the unit: whole degrees and centimetres, tenths of seconds.

    Trunks become centimetres; lengths that are all under 1 have a decimal.
    """
    known = UNITS[unit]
    values = tuple(value * known.cm(trunk_cm) for value in values)
    decimals = int(max(map(abs, values)) < 1 if known.length else not known.whole)
    numbers = tuple(f"{round(value, decimals) + 0.0:.{decimals}f}" for value in values)
    return *numbers, " time" if unit == "" and numbers[-1] == "1" else known.shown


def _amount(verdict: Verdict, trunk_cm: float) -> str:
    """The measured value with its unit, empty when there is none."""
    return "" if verdict.value is None else "".join(_told(verdict.unit, trunk_cm, verdict.value))


def _fall(dip: Dip, trunk_cm: float) -> str:
    """How far a hold dipped."""
    value, unit = (dip.fall, dip.unit) if dip.fall_cm is None else (dip.fall_cm, "cm")
    return "".join(_told(unit, trunk_cm, value))


def _span(verdict: Verdict, trunk_cm: float) -> str:
    """The interval in words, empty where there is none or where rounding leaves nothing of it."""
    if verdict.interval is None:
        return ""
    low, high, unit = _told(verdict.unit, trunk_cm, *verdict.interval)
    return "" if low == high else f"between {low} and {high}{unit}"


def _done(bout: Bout) -> str:
    """How many reps count: `2 left, 0 right`, or `3 reps` where no side works alone."""
    if all(rep.side == "both" for rep in bout.counted):
        return _plural(len(bout.counted), "rep")
    return ", ".join(f"{sum(rep.side in (side, 'both') for rep in bout.counted)} {side}" for side in ("left", "right"))


def _label(cue_id: str) -> str:
    """A cue's id as words: `hold_3_to_5_s` -> Hold 3 to 5 s."""
    return _capital(cue_id.replace("_", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(verdict: Verdict) -> str:
    """The sentence for the user: the message, or why there is none."""
    text = verdict.reason if verdict.verdict == "not_assessed" else verdict.message
    words = _capital(text or verdict.message or "No reason was given")
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _plural(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _among(n: int, total: int) -> str:
    """In how many reps: `in both reps`, `in 2 of 5 reps`; empty when there is but one."""
    if total < 2:
        return ""
    if n == total:
        return "in both reps" if n == 2 else f"in all {n} reps"
    return f"in {n} of {total} reps"


def _sides(reps: Sequence[Rep]) -> str:
    count = Counter(rep.side for rep in reps)
    if len(count) == 1:
        side = next(iter(count))
        return "" if side == "both" else f" on the {side}"
    names: dict[Side, str] = {"left": "left", "right": "right", "both": "with both"}
    return f" ({', '.join(f'{count[s]} {name}' for s, name in names.items() if count[s])})" if count else ""


def _headline(bout: Bout) -> str:
    """What was done, in a few words: `Leg lift: 2 reps on the right`."""
    cut = len(bout.reps) - len(bout.counted)
    if not bout.counted:
        return f"{bout.title}: no whole rep" + (f", {cut} cut off by the clip" if cut else "")
    return f"{bout.title}: {_plural(len(bout.counted), 'rep')}{_sides(bout.counted)}"


def _view(bout: Bout) -> str:
    """From where the camera saw, with the reps that it saw at a slant all the same."""
    view, slanted = bout.view, _slanted(bout)
    names = {"side": "from the side", "oblique": "at a slant", "front": "from the front"}
    near = f", your {view.near_side} side nearer the camera" if view.near_side else ""
    but = f", but {_which(slanted, bout).lower()} at a slant" if slanted else ""
    return f"Seen {names[view.name]}{near}{but}"


def _slanted(bout: Bout) -> tuple[int, ...]:
    """Indices of the reps that were seen at a slant in a bout seen from the side."""
    if bout.view.name != "side":
        return ()
    return tuple(rep.index for rep in bout.counted if any(cue.reason_code in SLANTED for cue in rep.cues))


def _which(indices: Sequence[int], bout: Bout) -> str:
    """Some reps of a bout: `Rep 2`, `Reps 1 and 3`, `Both reps`, `The rep`."""
    n = len(indices)
    if n == len(bout.counted):
        return "The rep" if n == 1 else "Both reps" if n == 2 else f"All {n} reps"
    *most, last = map(str, indices)
    return f"Reps {', '.join(most)} and {last}" if most else f"Rep {last}"


def _scored(bout: Bout) -> str:
    """The score of a bout and what it rests on."""
    if bout.reps and not bout.counted:
        return "No score: no rep is whole"
    if bout.score is None:
        return "No score: nothing could be judged"
    return f"Score {bout.score:.0f} of 100, from {_rests_on([hit.cue for hit in _hits(bout)])}"


def _rests_on(cues: Sequence[Verdict]) -> str:
    """What a score rests on: `3 of 6 cues; 1 close call`."""
    names = [cue.verdict for cue in cues]
    judged = f"{len(names) - names.count('not_assessed')} of {_plural(len(names), 'cue')}"
    close = names.count("borderline")
    return f"{judged}; {_plural(close, 'close call')}" if close else judged


# What to say about a bout


@dataclass(frozen=True, slots=True)
class _Hit:
    """A verdict and the rep it belongs to; None for a cue of the set."""

    rep: Rep | None
    cue: Verdict

    @property
    def where(self) -> str:
        return f"Rep {self.rep.index}" if self.rep else "The set"


@dataclass(frozen=True, slots=True)
class _Finding:
    """One cue over all the reps of a bout: `hits` are the verdicts that decided, `reps` how many were looked at."""

    kind: VerdictName
    label: str
    hits: tuple[_Hit, ...]
    reps: int
    unseen: int
    quote: str

    @property
    def message(self) -> str:
        """The sentence; one that is too close to call does not say by itself what it is about."""
        said = _said(self.hits[0].cue)
        return f"{self.label}. {said}" if self.kind == "borderline" else said

    @property
    def note(self) -> str:
        """What stands under the sentence: the cue, where the sentence does not begin with it, and the reps."""
        return _capital(", ".join(filter(None, ("" if self.kind == "borderline" else self.label, self.among))))

    @property
    def among(self) -> str:
        """In how many reps, and in how many others that was not to be seen: they did not do otherwise."""
        words = _among(len(self.hits), self.reps)
        if not self.unseen:
            return words
        if len(self.hits) + self.unseen < self.reps:
            return f"{words}; {self.unseen} {'was' if self.unseen == 1 else 'were'} not judged"
        return f"{words}; the other{' was' if self.unseen == 1 else 's were'} not judged"


_FILM_WHOLE: Final = "The recording cuts every rep: film each one whole, with a moment of rest before and after it."

_ORDER: Final[tuple[VerdictName, ...]] = ("fault", "borderline", "met", "not_assessed")
"""What decides over several reps: one fault is worth mending whatever the others show."""


def _hits(bout: Bout) -> Iterator[_Hit]:
    """The verdicts that count, cue by cue: a rep that the clip cuts says nothing about form."""
    yield from (_Hit(rep, cue) for rep in bout.counted for cue in rep.cues)
    yield from (_Hit(None, cue) for cue in bout.cues)


def _findings(bout: Bout, quotes: Mapping[str, str]) -> list[_Finding]:
    """Every cue once, the most frequent faults first; ties in the exercise's own order, cues of the set last."""
    by_cue: dict[str, list[_Hit]] = {}
    for hit in _hits(bout):
        by_cue.setdefault(hit.cue.id, []).append(hit)
    found = [_finding(hits, quotes.get(cue_id, "")) for cue_id, hits in by_cue.items()]
    return sorted(found, key=lambda f: (_ORDER.index(f.kind), f.hits[0].rep is None, -len(f.hits)))


def _finding(hits: Sequence[_Hit], quote: str) -> _Finding:
    kind = min((hit.cue.verdict for hit in hits), key=_ORDER.index)
    chosen = tuple(hit for hit in hits if hit.cue.verdict == kind)
    unseen = sum(hit.cue.verdict == "not_assessed" for hit in hits) if kind != "not_assessed" else 0
    return _Finding(kind, _label(hits[0].cue.id), chosen, len(hits), unseen, quote)


def _of(findings: Sequence[_Finding], kind: VerdictName) -> list[_Finding]:
    return [f for f in findings if f.kind == kind]


def _verdict(bout: Bout, findings: Sequence[_Finding]) -> tuple[VerdictName, str, str]:
    """The bout in one word and one sentence: its tone, the badge and the lead."""
    if bout.reps and not bout.counted:
        return "not_assessed", "No whole rep", _FILM_WHOLE
    if faults := _of(findings, "fault"):
        return "fault", f"{_plural(len(faults), 'thing')} to mend", faults[0].message
    if close := _of(findings, "borderline"):
        return "borderline", "Nothing clearly wrong", close[0].message
    if _of(findings, "met"):
        return "met", "Well done", "Everything that could be judged was as it should be."
    reason = findings[0].message if findings else "No cue could be looked at."
    return "not_assessed", "Could not be judged", reason


def _unseen(bout: Bout) -> dict[str, list[str]]:
    """Reason, with the reps if it is not all of them, -> the cues that could not be judged for it."""
    where: dict[tuple[str, str, Reason | None], list[int]] = {}
    for hit in _hits(bout):
        if hit.cue.verdict == "not_assessed":
            key = (hit.cue.id, _said(hit.cue), hit.cue.reason_code)
            where.setdefault(key, []).extend([hit.rep.index] if hit.rep else [])
    reasons: dict[str, list[str]] = {}
    for (cue_id, reason, code), indices in where.items():
        reasons.setdefault(_because(reason, code, indices, bout), []).append(_label(cue_id))
    return reasons


def _because(reason: str, code: Reason | None, indices: Sequence[int], bout: Bout) -> str:
    """A reason with the reps that it is about; no indices for a cue of the set."""
    slanted = bout.view.name == "side" and code in SLANTED
    if not indices or (len(indices) == len(bout.counted) and not slanted):
        return reason
    after = f"{reason[:1].lower()}{reason[1:]}"
    if slanted:
        return f"{_which(indices, bout)} {'was' if len(indices) == 1 else 'were'} seen at a slant: {after}"
    return f"In {_which(indices, bout).lower()}: {after}"


def _bout_page(bout: Bout, number: int, quotes: Mapping[str, str], ruler: _Ruler) -> dict[str, Any]:
    findings = _findings(bout, quotes)
    tone, badge, lead = _verdict(bout, findings)
    missing = [f.label for f in _of(findings, "not_assessed")]
    return {
        "id": f"b{number}",
        "bout": bout,
        "headline": _headline(bout),
        "tone": tone,
        "badge": badge,
        "lead": lead,
        "among": findings[0].among if tone in ("fault", "borderline") else "",
        "also": [f.label for f in _of(findings, "fault")[1:]],
        "missing": missing if tone != "not_assessed" else [],
        "findings": findings,
        "unseen": _unseen(bout),
        "done": _done(bout),
        "quotes": quotes,
        "plot": _plot(bout, ruler),
    }


# The plot: everything in percent of its width and height, so that it fits any screen


@dataclass(frozen=True, slots=True)
class _Axis:
    """The stretch of time a plot shows."""

    start_s: float
    end_s: float

    def x(self, seconds: float) -> float:
        """Where a moment lies, in percent of the width."""
        share = (seconds - self.start_s) / (self.end_s - self.start_s)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    @property
    def width_px(self) -> float:
        return max(_PHONE_PX, _SECOND_PX * (self.end_s - self.start_s))

    def seconds(self, pixels: float) -> float:
        """How long so many pixels last on the narrowest screen."""
        return pixels * (self.end_s - self.start_s) / self.width_px


def _axis(bout: Bout) -> _Axis:
    moments = [bout.start_s, bout.end_s, *(t for rep in bout.reps for t in (rep.start_s, rep.end_s))]
    moments += [t for trace in bout.traces for t in trace.time_s]
    return _Axis(min(moments), max(*moments, min(moments) + 1e-3))


def _plot(bout: Bout, ruler: _Ruler) -> dict[str, Any]:
    axis = _axis(bout)
    markers = _markers(bout, axis)
    return {
        "axis": axis,
        "markers": markers,
        "rows": 1 + max((m["row"] for m in markers), default=-1),
        "lanes": [_lane(trace, bout.reps, axis, ruler) for trace in bout.traces],
        "ticks": _ticks(axis),
        "bands": [_band(rep, axis) for rep in bout.reps],
    }


def _ticks(axis: _Axis) -> list[dict[str, Any]]:
    step = next((s for s in _TICK_STEPS if s >= axis.seconds(48)), _TICK_STEPS[-1])
    first, last = math.ceil(axis.start_s / step), math.floor(axis.end_s / step)
    return [{"x": axis.x(k * step), "text": _clock(k * step)[:-2]} for k in range(first, last + 1)]


def _band(rep: Rep, axis: _Axis) -> dict[str, Any]:
    """Where a rep and its hold lie, in percent of the width."""
    start, end = axis.x(rep.start_s), axis.x(rep.end_s)
    hold, to = axis.x(rep.hold_from_s), axis.x(rep.hold_to_s)
    return {"rep": rep, "x": start, "w": round(end - start, 2), "hold_x": hold, "hold_w": round(to - hold, 2)}


def _markers(bout: Bout, axis: _Axis) -> list[dict[str, Any]]:
    """The faults in order of time, each in the first row where it covers no other."""
    faults = [hit for hit in _hits(bout) if hit.cue.verdict == "fault" and hit.cue.at_s is not None]
    gap, ends, markers = axis.seconds(_MARKER_PX), list[float](), list[dict[str, Any]]()
    for hit in sorted(faults, key=lambda h: h.cue.at_s or 0.0):
        at = hit.cue.at_s or 0.0
        row = next((r for r, end in enumerate(ends) if at - end >= gap), len(ends))
        ends[row : row + 1] = [at]
        markers.append({"x": axis.x(at), "row": row, "hit": hit})
    return markers


def _lane(trace: Trace, reps: Sequence[Rep], axis: _Axis, ruler: _Ruler) -> dict[str, Any]:
    """One signal: its line as an SVG path in a box of 100 x 100, its range and its dots at peaks and dips."""
    import numpy as np  # noqa: PLC0415

    time, value = np.array(trace.time_s, float), np.array(trace.value, float)
    seen = np.isfinite(value)
    low, high = (float(value[seen].min()), float(value[seen].max())) if seen.any() else (0.0, 1.0)
    margin = 0.08 * (high - low) or 1.0
    y = np.round(100 * (high + margin - value) / (high - low + 2 * margin), 2)
    moments = [("peak", r.peak_s) for r in reps] + [("dip", dip.at_s) for r in reps for dip in r.dips]
    dots = [(kind, axis.x(at), float(y[seen][abs(time[seen] - at).argmin()])) for kind, at in moments if seen.any()]
    bottom, top, unit = _told(trace.unit, ruler.trunk_cm, low, high)
    return {
        "label": trace.label,
        "high": f"{top}{unit}",
        "low": bottom,
        "path": _path([axis.x(t) for t in trace.time_s], y.tolist()),
        "dots": dots,
    }


def _path(xs: Sequence[float], ys: Sequence[float]) -> str:
    """The line, lifted where nobody was seen."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if math.isnan(y):
            pen = "M"
        else:
            parts.append(f"{pen}{x:g} {y:g}")
            pen = "L"
    return "".join(parts)


@cache
def _template() -> "jinja2.Template":
    import jinja2  # noqa: PLC0415  slow to load, and only pages need it

    text = files("formcheck.report").joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    words = {
        "clock": _clock,
        "amount": _amount,
        "span": _span,
        "label": _label,
        "said": _said,
        "fall": _fall,
    }
    environment.filters |= words
    environment.globals |= {"scored": _scored, "view": _view, "of": _of, "counts": _counts}
    return environment.from_string(text)


def _counts(cues: Sequence[Verdict]) -> list[tuple[VerdictName, int]]:
    """How many cues of a rep got each verdict, the faults first."""
    count = Counter(cue.verdict for cue in cues)
    return [(kind, count[kind]) for kind in _ORDER if count[kind]]


# The terminal


def _table_rows(report: Report) -> Iterator[Any]:
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    def line(text: str, style: str = "", indent: int = 0) -> Any:
        # Text, not markup: a message or a file name may hold brackets.
        return Padding(Text(text, style), (0, 0, 0, indent))

    if not report.bouts:
        yield line("No known exercise was recognised.", "bold")
    for bout in report.bouts:
        yield line(f"{_headline(bout)}  {bout.start_s:.1f}-{bout.end_s:.1f} s", "bold")
        yield line(_scored(bout), "bold", 2)
        for rep in bout.reps:
            yield line(_rep_line(rep), "dim" if rep.partial else "", 2)
            for text, style in _rep_notes(rep):
                yield line(text, style, 5)
        yield from (line(f"fault of the set: {_said(c)}", "red", 2) for c in bout.cues if c.verdict == "fault")
        if not bout.counted:
            yield line(_FILM_WHOLE, "yellow", 2)
        for reason, labels in _unseen(bout).items():
            yield line(f"not judged: {', '.join(labels)}: {reason}", "dim", 2)
    yield from (line(f"warning: {warning}", "yellow") for warning in report.warnings)


def _rep_line(rep: Rep) -> str:
    span = f"{rep.start_s:.1f}-{rep.end_s:.1f} s"
    times = f"{rep.index:>2}  {rep.side:<5}  {span:>13}  hold {rep.hold_s:4.1f} s"
    if rep.partial:
        return f"{times}  cut off by the clip, not counted"
    return times + ("  no score" if rep.score is None else f"  score {rep.score:3.0f}  {_rests_on(rep.cues)}")


def _rep_notes(rep: Rep) -> Iterator[tuple[str, str]]:
    """What took points from a rep, each with its colour: the faults, then what is too close to call."""
    if rep.partial:
        return
    yield from ((f"fault: {_said(cue)}", "red") for cue in rep.cues if cue.verdict == "fault")
    yield from ((f"{_label(cue.id)}: {_said(cue)}", "yellow") for cue in rep.cues if cue.verdict == "borderline")
