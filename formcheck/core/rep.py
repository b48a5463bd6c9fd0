"""One rep read off its window: whether it is a rep of the exercise, which leg's, and what every cue's checks read.

Verdicts must wait for the bout's trunk, view and near side; what is read here is kept until then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from formcheck.body.geometry import middle
from formcheck.body.landmarks import SIDES
from formcheck.body.poses import Array
from formcheck.core.breaths import breaths
from formcheck.core.clock import RATE
from formcheck.core.detector import Window
from formcheck.core.excursion import Excursion, excursion
from formcheck.core.exercise import Exercise
from formcheck.core.posture import Bounds, Segment
from formcheck.core.reading import Backs, Reader, Reading, Trust
from formcheck.core.rows import AllBounds, Rows, is_length
from formcheck.core.stays import stay
from formcheck.findings import Breaths, OneSide, Side

FOOT_OFF: Final = 0.4
"""A foot is off the floor if it is this many trunks higher than the other.

Ours: in two-legged bridges of rendered people the feet differ by up to 0.3.
"""

OVER_NOISE: Final = 20.0
"""A rep is at least this many times as high as the noise of its signal. Ours: in rendered and real people true reps are
at least 22 times the noise (most over 60), jumps of the landmarks at most 16 times."""

LOST_SPREAD: Final = 0.35
LOST_YAW_DEG: Final = 14.0
"""Above these the landmarks follow nobody: two passes disagree by this many trunks, or the yaw is this uncertain. Ours:
in rendered and real people true reps have at most 0.25 and 12; where a bystander's legs were taken for one's own the
yaw was uncertain by 15."""

BEATS: Final = 5
BEAT_SHARE: Final = 0.3
"""A leg that dips so often by this share of its height beats, as in flutter kicks, and is not held. Ours: two rendered
flutter kicks have 7 to 9 such dips, true reps at most 3."""

SAME_REP_SHARE: Final = 0.5
"""Of two overlapping reps, one that is lower than this share of the other is no rep but its shadow (ours)."""

BOTH_SHARE: Final = 0.78
"""Of two legs held up together, both work if the lower one rises at least this share of the higher one. The model draws
a lying leg up to 0.72; of two lifted legs the hidden one reaches 0.84 (ours, 31 rendered lifts)."""

WITHIN_S: Final = 0.3
"""A rep may stick out by this much and still count as lying within another (ours)."""

TOGETHER_SHARE: Final = 0.5
"""Legs work together when their holds overlap by at least this share of the longer one; else they take turns (ours)."""

_OTHER: Final[Mapping[str, Side]] = {"left": "right", "right": "left", "both": "both"}

Readings = Mapping[tuple[str, str], tuple[Reading, ...]]
"""Cue id and side -> what each of the cue's checks read."""


@dataclass(frozen=True, slots=True)
class RawRep:
    """A rep as it closed. `height` is in the signal's unit, lengths in trunks; `turn` as in `view.turn`. `foot` is how
    far the foot of its side rises over the hip, trunks.

    `readings` are for the working side, or for each side where both legs work. `followed` are the cues, each with a
    side, whose advice is followed already. `backs` is what cues of the back's arch compare when the bout closes.
    """

    exercise: Exercise
    side: Side
    found: Excursion
    height: float
    foot: float
    trunk_px: float
    trust: Trust
    turn: float
    readings: Readings
    backs: Backs | None
    followed: frozenset[tuple[str, str]]
    breaths: Breaths | None = None


def raw_rep(
    exercise: Exercise, side: OneSide, rows: Rows, window: Window, lately_s: float | None = None
) -> RawRep | None:
    """The rep in a window; None where there is no rep of this exercise.

    `rows` holds the window's ticks; `side` is the leg whose signal was watched. lately_s: only the last seconds of the
    hold are read, as far as it is one yet.
    """
    time = np.arange(window.first, window.last + 1) / RATE
    wanted = exercise.segment
    found = _found(exercise, side, time, rows, window)
    if found is None or _seconds(found, wanted) < wanted.min_seconds:
        return None
    trunks = rows.column("trunk")
    trunk = middle(trunks[found.at_rest] if found.at_rest.any() else trunks)
    height = found.height / (trunk if is_length(wanted.measure) and not wanted.stays else 1.0)
    clear = found.height >= OVER_NOISE * found.noise
    if not (clear and height >= wanted.prominence and _in_posture(exercise, side, rows, found)) or _beats(found):
        return None
    during = rows[_span(time, found.start_s, found.end_s)]
    trust = Trust(*(middle(during.column(name)) for name in ("yaw", "yaw_error", "spread")))
    if trust.spread > LOST_SPREAD or trust.yaw_error_deg > LOST_YAW_DEG or trust.yaw_deg > wanted.to_yaw:
        return None
    hold = rows[_span(time, found.hold_from_s, found.hold_to_s)]
    reader = Reader(exercise, time, rows, found, cut=window.cut_after, lately_s=lately_s)
    sides = (side,) if wanted.legs == "each" else SIDES
    return RawRep(
        exercise=exercise,
        side=side if wanted.legs == "each" else "both" if wanted.stays else _standing(rows, found.at_top),
        found=found,
        height=height,
        foot=_risen(rows.in_trunks("foot_height", side), found),
        trunk_px=trunk,
        trust=trust,
        turn=middle(during.column("turn")),
        readings={(cue.id, s): reader.cue(cue, s) for cue in exercise.rep_cues for s in sides},
        backs=reader.backs(),
        followed=frozenset((cue.id, s) for cue in exercise.rep_cues for s in sides if reader.follows(cue, s)),
        breaths=breaths(hold) if wanted.kind == "rest" and lately_s is None else None,
    )


def _found(exercise: Exercise, side: OneSide, time: Array, rows: Rows, window: Window) -> Excursion | None:
    """The excursion in a window, or the stay."""
    wanted = exercise.segment
    if wanted.stays:
        room = rows.room(AllBounds(rows.columns, [(exercise.posture.always, side)]))
        return stay(time, room, window, wanted.still)
    cuts = {"cut_before": window.cut_before, "cut_after": window.cut_after}
    return excursion(time, rows.measure(wanted.measure, side), hold_level=wanted.hold_level, **cuts)


def _seconds(found: Excursion, wanted: Segment) -> float:
    """How long a rep lasts; of a stay what is held."""
    return found.hold_to_s - found.hold_from_s if wanted.stays else found.end_s - found.start_s


def _beats(found: Excursion) -> bool:
    """Whether what is up beats instead of being held."""
    return sum(dip.depth >= BEAT_SHARE for dip in found.dips) >= BEATS


def _risen(values: Array, found: Excursion) -> float:
    """How much higher a measure is at the top than at rest; 0 where that is not known."""
    risen = middle(values[found.at_top]) - middle(values[found.at_rest]) if found.at_rest.any() else 0.0
    return float(np.nan_to_num(risen))


def _span(time: Array, start_s: float, end_s: float) -> slice:
    """The ticks from one time to another."""
    return slice(int(np.searchsorted(time, start_s)), int(np.searchsorted(time, end_s, side="right")))


def _in_posture(exercise: Exercise, side: str, rows: Rows, found: Excursion) -> bool:
    """Whether rest, top and their change fit the exercise, of either leg where one may stand alone."""
    sides = (side,) if exercise.segment.legs == "each" else SIDES
    return any(_fits(exercise, one, rows, found) for one in sides)


def _fits(exercise: Exercise, side: str, rows: Rows, found: Excursion) -> bool:
    """Whether rest, top and their change fit the exercise on one side; a cut rep may lack its rest."""

    def hold(bounds: Mapping[str, Bounds], value: Mapping[str, float]) -> bool:
        return all(low <= value[key] <= high for key, (low, high) in bounds.items())

    posture = exercise.posture

    def values(keys: Iterable[str], ticks: Array) -> dict[str, float]:
        return {key: middle(rows.in_trunks(key, side)[ticks]) for key in keys}

    top = values((*posture.top, *posture.change), found.at_top)
    after = exercise.segment.legs == "each"  # in the rest before, the other leg may have been up
    rests = [found.at_rest, found.back_at_rest] if after and found.back_at_rest.any() else [found.at_rest]
    if not found.at_rest.any():
        return found.partial and hold(posture.top, top)
    changes = [{key: top[key] - value for key, value in values(posture.change, ticks).items()} for ticks in rests]
    rest = values(posture.rest, found.at_rest)
    return hold(posture.top, top) and hold(posture.rest, rest) and all(hold(posture.change, c) for c in changes)


def _standing(rows: Rows, at_top: Array) -> Side:
    """The leg that stands alone at the top; "both" where neither foot is clearly off the floor."""
    left, right, trunk = (*(rows.measure("foot_height", side) for side in SIDES), rows.column("trunk"))
    higher = middle(((left - right) / trunk)[at_top])
    if not abs(higher) >= FOOT_OFF:  # also for NaN
        return "both"
    return "right" if higher > 0 else "left"


def merged(there: RawRep, later: RawRep) -> RawRep | None:
    """One rep out of two that overlap: of both legs if they are about equally high, else the higher one.

    None where each leg makes its own rep. A rep that counts never gives way to one that the recording cuts, nor to one
    that was found in the way of the front alone.
    """
    if there.exercise != later.exercise:
        return min((there, later), key=lambda raw: (raw.found.partial, raw.exercise.front is None))
    low, high = sorted((there, later), key=lambda raw: (sure(raw), raw.height))
    if there.side == later.side or low.height < SAME_REP_SHARE * high.height:
        return high
    if not _together(there.found, later.found):
        return high if _within(low.found, high.found) else None
    if not _as_high(low, high):
        return high
    return replace(high, side="both", readings={**low.readings, **high.readings}, followed=low.followed | high.followed)


def _as_high(low: RawRep, high: RawRep) -> bool:
    """Whether two legs are about as high, by the signal or by the feet: at a slant one leg's angle looks larger."""
    feet = sorted((low.foot, high.foot))
    return low.height >= BOTH_SHARE * high.height or feet[0] >= BOTH_SHARE * feet[1] > 0


def exchanged(raw: RawRep) -> RawRep:
    """The same rep, given to the other leg."""
    readings: Readings = {(cue, _OTHER[side]): reading for (cue, side), reading in raw.readings.items()}
    followed = frozenset((cue, _OTHER[side]) for cue, side in raw.followed)
    return replace(raw, side=_OTHER[raw.side], readings=readings, followed=followed)


def _together(one: Excursion, two: Excursion) -> bool:
    """Whether two legs are held up at the same time."""
    shared = min(one.hold_to_s, two.hold_to_s) - max(one.hold_from_s, two.hold_from_s)
    longer = max(one.hold_to_s - one.hold_from_s, two.hold_to_s - two.hold_from_s)
    return shared >= TOGETHER_SHARE * longer


def _within(one: Excursion, other: Excursion) -> bool:
    """Whether one rep lies within the time of the other: a leg does not rise and come back while the other is up."""
    return other.start_s - WITHIN_S < one.start_s and one.end_s < other.end_s + WITHIN_S


def sure(raw: RawRep) -> bool:
    """Whether a rep counts, whatever the other reps of its set are like."""
    return raw.height >= raw.exercise.segment.sure and not raw.found.partial
