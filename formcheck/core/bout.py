"""A bout: the reps of one exercise, judged together. They share one trunk length, one view and one near side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from formcheck.body import arch
from formcheck.body.geometry import middle
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array
from formcheck.body.view import view_of
from formcheck.core import calibration, verdict
from formcheck.core.dose import doses
from formcheck.core.excursion import Sag
from formcheck.core.exercise import Check, Cue
from formcheck.core.reading import Reading, compares
from formcheck.core.rep import RawRep
from formcheck.core.rows import is_length
from formcheck.core.verdict import Known, Scale
from formcheck.findings import Bout, Dip, Quality, Reason, Rep, Trace, Verdict, View, Why

SET_SHARE: Final = 0.35
"""A small excursion counts only if it is at least this share of the set's median (ours)."""

FEWEST: Final = 2
"""So many reps make a set of what is only counted: who sits up once and lies down again has done no sit-ups (ours)."""

TracesOf = Callable[[Sequence[RawRep]], tuple[Trace, ...]]
"""The signals around a bout's reps."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known before a recording: the person's height, which measures its landmarks cannot give, and why, and the
    quality of the pose model that found them.
    """

    height_cm: float | None = None
    unanswered: Mapping[str, Reason] = field(default_factory=dict)
    quality: Quality = Quality.STANDARD

    def missing(self, cue: Cue) -> Reason | None:
        """Why these landmarks cannot answer a cue; None if they can."""
        measures = [check.measure for check in cue.checks]
        return next((self.unanswered[name] for name in measures if name in self.unanswered), None)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all reps of a bout are judged by: what is given, the person's size, the view, the neutral back and when."""

    given: Given
    scale: Scale
    view: View
    neutral: Array | None
    neutral_s: float | None = None


def setting(reps: Sequence[RawRep], given: Given) -> Setting:
    """The setting of a bout, from the reps known so far; the first rep's rest is taken as neutral."""
    backs, scale = reps[0].backs, Scale(reps[0].trunk_px, given.height_cm, reps[0].exercise.lengths)
    neutral = (None, None) if backs is None else (backs.rest, backs.rest_s)
    return Setting(given, scale, _view(reps), *neutral)


def judged(raws: Sequence[RawRep], by: Setting, first: int = 1) -> list[Rep]:
    """Reps of one exercise with their verdicts; their indices begin at `first`."""
    return [
        _judged(raw, by, i, backs) for i, (raw, backs) in enumerate(zip(raws, _backs(raws, by), strict=True), first)
    ]


def _judged(raw: RawRep, by: Setting, index: int, backs: Mapping[Check, Reading]) -> Rep:
    """One rep judged; `backs` has the readings of the checks of the back's arch."""
    side = (by.view.near_side or "left") if raw.side == "both" else raw.side
    cues = [_cue(raw, cue, side, by, backs) for cue in raw.exercise.rep_cues]
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
        dips=tuple(_dip(sag, raw.exercise.segment.measure, by.scale) for sag in when.dips),
        score=points,
        assessed=assessed,
        cues=tuple(cues),
        breaths=raw.breaths,
    )


def _cue(raw: RawRep, cue: Cue, side: str, by: Setting, backs: Mapping[Check, Reading]) -> Verdict:
    """The verdict of one cue of a rep; `side` is the working side, or the near side where both work."""
    missing = by.given.missing(cue)
    if missing is not None:
        return verdict.not_assessed(cue, cue.check, Why(missing))
    said = replace(cue, advice=None) if (cue.id, side) in raw.followed else cue

    def judge(check: Check, reading: Reading) -> Verdict:
        near, quality = by.view.near_side, by.given.quality
        error = calibration.error(calibration.key(raw.exercise.name, check, side, near), quality)
        back = None if reading.reason else backs.get(check)
        told = reading if back is None else replace(back, hidden=reading.hidden, side=reading.side)
        return verdict.judge(said, check, told, Known(by.scale, raw.trust, near, error, quality))

    return verdict.combined(list(map(judge, cue.checks, raw.readings[cue.id, side])))


def _dip(sag: Sag, measure: str, scale: Scale) -> Dip:
    """A dip in the unit of its signal; also in centimetres if it is a length and the person's height is known."""
    length = is_length(measure)
    fall = sag.fall / scale.trunk_px if length else sag.fall
    cm = fall * scale.trunk_cm if length and scale.height_cm is not None else None
    return Dip(sag.at_s, sag.depth, fall, MEASURES[measure].unit, cm)


def _backs(raws: Sequence[RawRep], by: Setting) -> list[dict[Check, Reading]]:
    """Each rep's readings of the back's arch, compared with the neutral back."""
    checks = [check for cue in raws[0].exercise.rep_cues for check in cue.checks if compares(check)]
    if not checks:
        return [{} for _ in raws]
    if not (by.view.yaw_deg or 0.0) >= arch.YAW[0]:
        seen = Reading(None, None, 0.0, Why(Reason.TURN_SIDE_ON))
        return [dict.fromkeys(checks, seen) for _ in raws]
    asked = [(raw.backs.phases[check.phase], check.take) for raw in raws if raw.backs for check in checks]
    found = arch.changes(by.neutral, asked, *_camera(by.view))
    readings = (_reading(one, by.neutral_s) for one in found)
    return [{check: next(readings) for check in checks} for _ in raws]


def _reading(found: arch.Arch, since_s: float | None) -> Reading:
    why = None if found.reason is None else Why(found.reason)
    return Reading(found.value, found.at_s, 0.0, why, found.error, since_s=since_s)


def _neutral(reps: Sequence[RawRep], view: View) -> tuple[Array | None, float | None]:
    """The look of the person's neutral back in a bout, and when that was."""
    rests = [(r.backs.rest, r.backs.rest_s) for r in reps if r.backs and r.backs.rest is not None]
    found = arch.flattest([rest for rest, _ in rests], *_camera(view))
    return found, next((at for rest, at in rests if rest is found), None)


def _camera(view: View) -> tuple[str, float]:
    """The near side and the yaw by which looks are compared."""
    return view.near_side or "left", view.yaw_deg or 0.0


def bout(raws: Sequence[RawRep], given: Given, traces: TracesOf) -> Bout | None:
    """The bout made of reps of one exercise; None when all are cut and small, as when getting into position."""
    kept = sorted(_of_the_set(raws), key=lambda raw: raw.found.start_s)
    exercise = kept[0].exercise
    few = exercise.only_counted and sum(not raw.found.partial for raw in kept) < FEWEST
    if few or all(raw.found.partial and raw.height < raw.exercise.segment.sure for raw in kept):
        return None
    by = setting(kept, given)
    neutral, neutral_s = _neutral(kept, by.view)
    reps = tuple(judged(kept, replace(by, neutral=neutral, neutral_s=neutral_s)))
    counted = [rep for rep in reps if not rep.partial]
    counts = {side: sum(rep.side in (side, "both") for rep in counted) for side in SIDES}
    counts["both"] = sum(rep.side == "both" for rep in counted)
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
        dose=tuple(doses(exercise, counted, counts, cues)),
        traces=traces(kept),
        side_words=exercise.side,
        advice=exercise.advice,
    )


def _of_the_set(raws: Sequence[RawRep]) -> list[RawRep]:
    """The reps that are not too small compared with the others of their set."""
    typical = SET_SHARE * float(np.median([raw.height for raw in raws]))
    return [raw for raw in raws if raw.height >= min(typical, raw.exercise.segment.sure)]


def _view(raws: Sequence[RawRep]) -> View:
    """The view of a bout: the median over its reps."""
    yaw, turn = ([raw.trust.yaw_deg for raw in raws], [raw.turn for raw in raws])
    return view_of(middle(np.array(yaw)), middle(np.array(turn)))
