"""A bout: reps of one exercise put together and judged, by the trunk, the view and the near side of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Final

import numpy as np

from formcheck.body import arch
from formcheck.body.geometry import middle
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES, column
from formcheck.body.poses import Array
from formcheck.body.view import view_of
from formcheck.core import calibration, verdict
from formcheck.core.exercise import Check, Cue
from formcheck.core.rep import RawRep, Readings, compares
from formcheck.core.segment import Excursion, Sag
from formcheck.core.verdict import Reading, Scale
from formcheck.findings import Bout, Dip, Reason, Rep, Side, Trace, Verdict, View, Why

SAME_REP_SHARE: Final = 0.5
"""Of overlapping reps one that is under this much of the other is no rep but its shadow (ours)."""

BOTH_SHARE: Final = 0.78
"""Legs that are held up together work both when the lower one rises at least this much of the higher one: a leg that
lies is drawn up by the model to 0.72, of two that are lifted the hidden one reaches 0.84 (ours, 31 rendered lifts)."""

SET_SHARE: Final = 0.35
"""A small excursion counts only if it is at least this share of the set's median (ours)."""

WITHIN_S: Final = 0.3
"""By how much a rep may stick out of another within which it lies (ours)."""

TOGETHER_SHARE: Final = 0.5
"""Legs work together when their holds share at least this much of the longer one; else they take turns (ours)."""

TRACE_MARGIN_S: Final = 2.0
"""How far the signal is shown to each side of the bout."""

_OTHER: Final[Mapping[str, Side]] = {"left": "right", "right": "left", "both": "both"}

SignalOf = Callable[[str, float, float], tuple[Array, Array]]
"""Times and values of a signal, by its column's name, from one time to another."""


def merged(there: RawRep, later: RawRep) -> RawRep | None:
    """One rep out of two that overlap: of both legs if they are alike in height, else the higher one.

    None where each leg makes a rep of its own. A rep that counts is not lost to one that the recording cuts.
    """
    low, high = sorted((there, later), key=lambda raw: (sure(raw), raw.height))
    if there.side == later.side or low.height < SAME_REP_SHARE * high.height:
        return high
    if not _together(there.found, later.found):
        return high if _within(low.found, high.found) else None
    if low.height < BOTH_SHARE * high.height:
        return high
    readings, also = {**low.readings, **high.readings}, {**low.also, **high.also}
    return replace(high, side="both", readings=readings, also=also, followed=low.followed | high.followed)


def exchanged(raw: RawRep) -> RawRep:
    """The same rep as one of the other leg."""
    readings: Readings = {(cue, _OTHER[side]): reading for (cue, side), reading in raw.readings.items()}
    also: Readings = {(cue, _OTHER[side]): reading for (cue, side), reading in raw.also.items()}
    followed = frozenset((cue, _OTHER[side]) for cue, side in raw.followed)
    return replace(raw, side=_OTHER[raw.side], readings=readings, also=also, followed=followed)


def _together(one: Excursion, two: Excursion) -> bool:
    """Whether two legs are held up at the same time."""
    shared = min(one.hold_to_s, two.hold_to_s) - max(one.hold_from_s, two.hold_from_s)
    longer = max(one.hold_to_s - one.hold_from_s, two.hold_to_s - two.hold_from_s)
    return shared >= TOGETHER_SHARE * longer


def _within(one: Excursion, other: Excursion) -> bool:
    """Whether one rep lies within the time of the other: no leg rises and is back while the other is up."""
    return other.start_s - WITHIN_S < one.start_s and one.end_s < other.end_s + WITHIN_S


def sure(raw: RawRep) -> bool:
    """Whether a rep counts whatever the rest of its set is like."""
    return raw.height >= raw.exercise.segment.sure and not raw.found.partial


@dataclass(frozen=True, slots=True)
class Given:
    """What is known before a recording: the person's height, and measures that its landmarks cannot answer, and why."""

    height_cm: float | None = None
    unanswered: Mapping[str, Reason] = field(default_factory=dict)

    def missing(self, cue: Cue) -> Reason | None:
        """Why these landmarks cannot answer a cue, if they cannot."""
        measures = [check.measure for check in (cue.check, cue.also) if check is not None]
        return next((self.unanswered[name] for name in measures if name in self.unanswered), None)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all reps of a bout are judged by: what is given, the person's size, the view, their neutral back."""

    given: Given
    scale: Scale
    view: View
    neutral: Array | None


def setting(reps: Sequence[RawRep], given: Given) -> Setting:
    """The setting of a bout of which these reps are known; the first one's rest is taken for neutral."""
    backs, scale = reps[0].backs, Scale(reps[0].trunk_px, given.height_cm)
    return Setting(given, scale, _view(reps), None if backs is None else backs.rest)


def judged(raws: Sequence[RawRep], by: Setting, first: int = 1) -> list[Rep]:
    """Reps of one exercise with their verdicts; the first of them has the index `first`."""
    return [
        _judged(raw, by, i, backs) for i, (raw, backs) in enumerate(zip(raws, _backs(raws, by), strict=True), first)
    ]


def _judged(raw: RawRep, by: Setting, index: int, backs: Mapping[str, Reading]) -> Rep:
    """One rep; `backs` has the readings of cues of the back's arch."""
    side = (by.view.near_side or "left") if raw.side == "both" else raw.side

    def verdict_of(cue: Cue, check: Check, reading: Reading) -> Verdict:
        name = calibration.key(raw.exercise.name, check, side, by.view.near_side)
        return verdict.judge(cue, check, reading, by.scale, raw.trust, calibration.error(name, raw.trust.yaw_deg))

    cues = []
    for cue in raw.exercise.rep_cues:
        missing = by.given.missing(cue)
        if missing is not None:
            cues.append(verdict.not_assessed(cue, cue.check, Why(missing)))
            continue
        said = replace(cue, advice=None) if (cue.id, side) in raw.followed else cue
        there = raw.readings[cue.id, side]
        found = verdict_of(said, cue.check, there if there.reason else backs.get(cue.id, there))
        if cue.also is not None:
            said = replace(said, fault=cue.also_fault or cue.fault)
            found = verdict.combined(found, verdict_of(said, cue.also, raw.also[cue.id, side]))
        cues.append(found)
    points, assessed = verdict.score(cues)
    when = raw.found
    return Rep(
        index=index,
        partial=when.partial,
        side=raw.side,
        start_s=when.start_s,
        peak_s=when.peak_s,
        end_s=when.end_s,
        hold_from_s=when.hold_from_s,
        hold_to_s=when.hold_to_s,
        dips=tuple(_dip(sag, MEASURES[raw.exercise.segment.measure].unit, by.scale) for sag in when.dips),
        score=points,
        assessed=assessed,
        cues=tuple(cues),
    )


def _dip(sag: Sag, unit: str, scale: Scale) -> Dip:
    """A dip in the unit of its signal, and in centimetres where it is a length and the person's height is known."""
    fall = sag.fall / scale.trunk_px if unit == "trunk" else sag.fall
    known = unit == "trunk" and scale.height_cm is not None
    return Dip(sag.at_s, sag.depth, fall, unit, fall * scale.trunk_cm if known else None)


def _backs(raws: Sequence[RawRep], by: Setting) -> list[dict[str, Reading]]:
    """What each rep's cues of the back's arch read against the neutral back, by cue."""
    cues = [cue for cue in raws[0].exercise.rep_cues if compares(cue.check)]
    if not cues:
        return [{} for _ in raws]
    asked = [(raw.backs.phases[cue.check.phase], cue.check.take) for raw in raws if raw.backs for cue in cues]
    found = arch.told(by.neutral, asked, *_camera(by.view))
    readings = iter(map(_reading, found))
    return [{cue.id: next(readings) for cue in cues} for _ in raws]


def _reading(found: arch.Arch) -> Reading:
    why = None if found.reason is None else Why(found.reason)
    return Reading(found.value, found.at_s, 0.0, why, found.error)


def _neutral(reps: Sequence[RawRep], view: View) -> Array | None:
    """The look of the person's neutral back in a bout."""
    return arch.flattest([r.backs.rest for r in reps if r.backs and r.backs.rest is not None], *_camera(view))


def _camera(view: View) -> tuple[str, float]:
    """The near side and the yaw by which looks are compared."""
    return view.near_side or "left", view.yaw_deg or 0.0


def bout(raws: Sequence[RawRep], given: Given, signal: SignalOf) -> Bout | None:
    """The bout that reps of one exercise make; None when all are cut and small, as getting into position makes them."""
    kept = sorted(_of_the_set(raws), key=lambda raw: raw.found.start_s)
    if all(raw.found.partial and raw.height < raw.exercise.segment.sure for raw in kept):
        return None
    exercise = kept[0].exercise
    by = setting(kept, given)
    reps = tuple(judged(kept, replace(by, neutral=_neutral(kept, by.view))))
    counted = [rep for rep in reps if not rep.partial]
    counts = {side: sum(rep.side in (side, "both") for rep in counted) for side in SIDES}
    cues = tuple(
        verdict.count_verdict(cue, counts, reps[-1].end_s)
        if counted
        else verdict.not_assessed(cue, cue.check, Why(Reason.EVERY_REP_CUT))
        for cue in exercise.set_cues
    )
    points, assessed = verdict.score([cue for rep in counted for cue in rep.cues] + list(cues))
    return Bout(
        exercise=exercise.name,
        title=exercise.title,
        source=f"{exercise.source.title}, {exercise.source.section}",
        start_s=reps[0].start_s,
        end_s=max(rep.end_s for rep in reps),
        view=by.view,
        reps=reps,
        cues=cues,
        score=points,
        assessed=assessed,
        traces=_traces(kept, signal),
    )


def _of_the_set(raws: Sequence[RawRep]) -> list[RawRep]:
    """The reps that are not too small beside the others of their set."""
    typical = SET_SHARE * float(np.median([raw.height for raw in raws]))
    return [raw for raw in raws if raw.height >= min(typical, raw.exercise.segment.sure)]


def _view(raws: Sequence[RawRep]) -> View:
    """The view of a bout: the median over its reps."""
    yaw, nearness = ([raw.trust.yaw_deg for raw in raws], [raw.nearness for raw in raws])
    return view_of(middle(np.array(yaw)), middle(np.array(nearness)))


def _traces(kept: Sequence[RawRep], signal: SignalOf) -> tuple[Trace, ...]:
    """The signal of each side that worked."""
    wanted = kept[0].exercise.segment
    unit = MEASURES[wanted.measure].unit
    scale = kept[0].trunk_px if unit == "trunk" else 1.0
    start, stop = kept[0].found.start_s - TRACE_MARGIN_S, max(raw.found.end_s for raw in kept) + TRACE_MARGIN_S
    each = wanted.legs == "each"
    traces = []
    for side in [s for s in SIDES if any(raw.side in (s, "both") for raw in kept)] if each else SIDES[:1]:
        time, value = signal(column(wanted.measure, side), start, stop)
        values = tuple(None if isnan(v) else v for v in np.round(value.astype(np.float64) / scale, 3).tolist())
        label = wanted.measure.replace("_", " ") + (f", {side}" if each else "")
        traces.append(Trace(label, unit, tuple(np.round(time, 3).tolist()), values))
    return tuple(traces)
