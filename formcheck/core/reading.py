"""Readings: the number that each check of an exercise reads off one rep, in one phase, on one side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from scipy.ndimage import median_filter

from formcheck.body import arch, measures
from formcheck.body.arch import Blocks
from formcheck.body.geometry import middle
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array
from formcheck.core.excursion import Excursion
from formcheck.core.exercise import Check, Cue, Exercise, PhaseName
from formcheck.core.rows import Rows
from formcheck.findings import OneSide, Reason, Why

LEAST_SEEN: Final = 0.8
"""A landmark must lie inside the picture during this share of a phase (ours)."""

LEAST_BALL: Final = 0.5
"""The ball must be found during this share of a phase (ours: it is looked for twice a second)."""

LEVEL_ERROR: Final = 0.04
"""Standard error of a level on a flank, as a share of the excursion (ours: on 109 rendered reps the rest of a hold's
error grows with how slowly they rise and fall)."""

FRONT_LEVEL_ERROR: Final = 0.5
"""The same where a rep is found by what it shows from the front: that rises otherwise than the exercise itself (ours;
holds of three rendered lunges were off by 0, 2 and 3 s)."""

STEADY_TICKS: Final = 13
"""Of a signal the running median over so many ticks is read: a landmark that jumps aside for less than 0.2 s says
nothing (ours: heels and far legs do, by up to 0.4 trunks)."""

ARRIVAL_TICKS: Final = 3
"""What the start of a phase is, for the change since (as in `takes.py`)."""

MOSTLY: Final = 0.5
"""A joint counts as hidden if it is during more than this share of a phase (ours)."""

PART_WORDS: Final = {"foot_index": "foot"}
"""What a part is called where its name is no word."""


class Hidden(NamedTuple):
    """A joint that cannot be seen: its part and side, and how far it may be off, in trunks."""

    part: str
    side: str
    error: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check reads: a number in the measure's unit (pixels for lengths) and its moment, or why there is none.

    `error` is the number's own standard error, where it has one. `joints` is how far its joints may be off, in trunks;
    `hidden` are those of them that cannot be seen. `side` is the side it was read on; `since_s` the moment that it is
    compared with.
    """

    value: float | None
    at_s: float | None
    seconds: float
    reason: Why | None = None
    error: float | None = None
    joints: float = 0.0
    hidden: tuple[Hidden, ...] = ()
    side: OneSide | None = None
    since_s: float | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """How far to trust a rep's numbers: by the camera's yaw and its error in degrees, and the disagreement of two
    passes in trunks.
    """

    yaw_deg: float
    yaw_error_deg: float
    spread: float


@dataclass(frozen=True, slots=True)
class Phase:
    """The ticks of one phase of a rep, (n,) bool, and when it begins and ends."""

    ticks: Array
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Backs:
    """What a rep shows of the back: the mean look at rest, None if there is none, and each phase in blocks.

    `rest_s` is the middle of the rest.
    """

    rest: Array | None
    phases: Mapping[str, Blocks]
    rest_s: float | None = None


def read(check: Check, time: Array, signal: Array, phase: Phase, at_rest: Array) -> Reading:
    """What a check reads off a rep: `time` and `signal` (n,) are of its window; `at_rest` (n,) bool marks its rest."""
    seconds = phase.end_s - phase.start_s
    if check.how.of is None:
        return Reading(seconds, phase.end_s, seconds, since_s=phase.start_s)
    if check.how.error in ("plain", "change"):
        signal = steady(signal)
    use = phase.ticks & np.isfinite(signal)
    used = np.count_nonzero(use)
    if not used or used < 0.5 * np.count_nonzero(phase.ticks):
        return Reading(None, None, seconds, Why(Reason.NOT_FOLLOWED))
    t, x = time[use], signal[use].astype(np.float64)
    since = float(t[0]) if check.how.error in ("change", "slope", "speed", "exact") else None
    if check.from_rest:
        rest = middle(signal[at_rest])
        if np.isnan(rest):
            return Reading(None, None, seconds, Why(Reason.NO_REST))
        x, since = x - rest, middle_s(time, at_rest & np.isfinite(signal))
    value, i = check.how.of(t, x)
    return Reading(value, float(t[i]), seconds, since_s=since)


def middle_s(time: Array, ticks: Array) -> float | None:
    """The time in the middle of the marked ticks (n,) bool; None where there are none."""
    at = time[ticks]
    return float(at[len(at) // 2]) if len(at) else None


def steady(signal: Array) -> Array:
    """The running median of a signal (n,), NaN where that is; near its ends, where it has not settled, of less."""
    there = np.isfinite(signal)
    if not there.any():
        return signal
    ticks = np.arange(len(signal))
    whole = median_filter(np.interp(ticks, ticks[there], signal[there]), STEADY_TICKS, mode="nearest")
    return np.where(there, whole, np.nan).astype(np.float32)


def first_met(check: Check, time: Array, signal: Array, phase: Phase) -> float | None:
    """When a measure first lay within the check's bounds during the phase; None if never."""
    low, high = check.bounds
    met = phase.ticks & (signal >= low) & (signal <= high)
    return float(time[np.argmax(met)]) if met.any() else None


def worst(check: Check, readings: Sequence[Reading]) -> Reading:
    """The reading furthest outside the check's bounds; a reading without a value goes before all others."""
    low, high = check.bounds
    for reading in readings:
        if reading.value is None:
            return reading
    return max(readings, key=lambda r: max(low - (r.value or 0.0), (r.value or 0.0) - high))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A phase, and by column what `Rows.of_points` says of it."""

    phase: Phase
    points: Mapping[str, float]


class Reader:
    """Reads checks off one rep."""

    def __init__(
        self,
        exercise: Exercise,
        time: Array,
        rows: Rows,
        found: Excursion,
        *,
        cut: bool = False,
        lately_s: float | None = None,
    ) -> None:
        """`cut`: the window ends before the rep does; what has not settled then is not read. lately_s: of the hold, its
        last seconds are read, and its first moment where a check asks for the change since.
        """
        self._exercise, self._time, self._rows, self._found = exercise, time, rows, found
        self._phases = _phases(time, found, len(time) - STEADY_TICKS // 2 * cut)
        self._arrival = np.zeros(len(time), np.bool_)
        if lately_s is not None:
            hold = self._phases["hold"]
            self._arrival[np.flatnonzero(hold.ticks)[:ARRIVAL_TICKS]] = True
            self._phases["hold"] = replace(hold, ticks=hold.ticks & (time >= found.hold_to_s - lately_s))
        self._parts = dict(zip(self._phases, self._seen(list(self._phases.values())), strict=True))

    def cue(self, cue: Cue, side: str) -> tuple[Reading, ...]:
        """What a cue's checks read; after another cue, only from when that one was first met."""
        if cue.after is None:
            return tuple(self._read(check, self._parts[check.phase], side) for check in cue.checks)
        before = next(c for c in self._exercise.cues if c.id == cue.after)
        signal = self._rows.measure(before.check.measure, side)
        met = first_met(before.check, self._time, signal, self._phases[before.check.phase])
        if met is None:
            unmet = Why(Reason.OTHER_CUE_FIRST, before.quote.rstrip("."))
            return tuple(Reading(None, None, 0.0, unmet) for _ in cue.checks)
        return tuple(self._read(check, self._part_from(check.phase, met), side) for check in cue.checks)

    def _part_from(self, name: PhaseName, begin_s: float) -> "_Part":
        """The part of a phase from a time on."""
        phase = self._phases[name]
        rest = Phase(phase.ticks & (self._time >= begin_s), max(phase.start_s, begin_s), phase.end_s)
        return self._seen([rest])[0]

    def backs(self) -> Backs | None:
        """What the rep shows of the back, where a cue asks for it."""
        wanted = {check.phase for cue in self._exercise.rep_cues for check in cue.checks if compares(check)}
        if not wanted:
            return None
        at_rest = self._found.at_rest
        rest = arch.mean(self._rows.looks[at_rest]) if at_rest.any() else None
        phases: dict[str, Blocks] = {name: self._blocks(self._phases[name]) for name in sorted(wanted)}
        return Backs(rest, phases, middle_s(self._time, at_rest))

    def _seen(self, phases: Sequence[Phase]) -> list["_Part"]:
        """Phases, each with what is known of the points during it."""
        points = self._rows.of_points(np.stack([phase.ticks for phase in phases]))
        return [_Part(phase, of) for phase, of in zip(phases, points, strict=True)]

    def _time_error(self, phase: PhaseName) -> float:
        """Standard error of a phase's duration: the error of the level at its ends, divided by the signal's speed.

        Lifting and lowering begin and end on one flank; the other phases on both.
        """
        found = self._found
        rise, fall = found.hold_from_s - found.start_s, found.end_s - found.hold_to_s
        flanks = {"lifting": (rise, rise), "lowering": (fall, fall)}.get(phase, (rise, fall))
        level = LEVEL_ERROR if self._exercise.segment.to_yaw == 90 else FRONT_LEVEL_ERROR
        return (level + found.noise / found.height) * float(np.hypot(*flanks))

    def _blocks(self, phase: Phase) -> Blocks:
        looks, states = self._rows.looks, self._rows.column("back_state")
        return arch.blocks(self._time[phase.ticks], looks[phase.ticks], states[phase.ticks])

    def follows(self, cue: Cue, side: str) -> bool:
        """Whether a cue's advice is followed already; False where that cannot be seen."""
        return any(_holds(check, self._read(check, self._parts[check.phase], side)) for check in cue.advice_unless)

    def _read(self, check: Check, part: "_Part", side: str) -> Reading:
        phase, at_rest = part.phase, self._found.at_rest
        sides = {"working": (side,), "other": (measures.other(side),), "both": SIDES}[check.leg]
        if check.how.error == "time":
            seconds, error = phase.end_s - phase.start_s, self._time_error(check.phase)
            joints = _joints(check.measure, part.points, sides)[0]
            return Reading(seconds, phase.end_s, seconds, None, error, joints, (), _one(sides[0]), phase.start_s)
        unseen = _unseen(check.measure, part.points, sides)
        if unseen is not None:
            return Reading(None, None, 0.0, unseen)
        joints, hidden = _joints(check.measure, part.points, sides)
        if compares(check):
            found = Reading(None, None, phase.end_s - phase.start_s, side=_one(sides[0]))
        else:
            if check.how.error == "change" and check.phase == "hold":
                phase = replace(phase, ticks=phase.ticks | self._arrival)
            readings = [
                replace(read(check, self._time, self._rows.measure(check.measure, s), phase, at_rest), side=_one(s))
                for s in sides
            ]
            found = worst(check, readings)
        return replace(found, joints=joints, hidden=hidden)


def _one(side: str) -> OneSide:
    return "left" if side == "left" else "right"


def compares(check: Check) -> bool:
    """Whether a check compares looks, which is done when the bout closes."""
    return check.phase != "set" and MEASURES[check.measure].of is None


def _holds(check: Check, reading: Reading) -> bool:
    """Whether a reading lies within a check's bounds; False where nothing was read."""
    low, high = check.bounds
    return reading.value is not None and low <= reading.value <= high


def _phases(time: Array, found: Excursion, settled: int) -> dict[PhaseName, Phase]:
    """The phases of a rep by name, of the first `settled` ticks. Each has at least one tick, except the rest, which a
    cut rep may lack.
    """

    def phase(start: float, end: float) -> Phase:
        ticks = (time >= start) & (time <= end)
        if ticks[:settled].any():
            ticks[settled:] = False
        if not ticks.any():
            ticks[int(np.argmin(np.abs(time - (start + end) / 2)))] = True
        return Phase(ticks, start, end)

    return {
        "rest": Phase(found.at_rest, float(time[0]), found.start_s),
        "lifting": phase(found.raised_from_s, found.hold_from_s),
        "hold": phase(found.hold_from_s, found.hold_to_s),
        "lowering": phase(found.hold_to_s, found.lowered_s),
        "whole": phase(found.start_s, found.end_s),
    }


def _unseen(measure: str, points: Mapping[str, float], sides: Sequence[str]) -> Why | None:
    """Why this measure cannot be seen: a part of the body is outside the picture too often, or there is no ball."""
    if measures.BALL in MEASURES[measure].points and points["seen.ball"] < LEAST_BALL:
        return Why(Reason.BALL_NOT_FOUND)
    for joint in _needed(measure, tuple(sides)):
        if points[joint.seen] < LEAST_SEEN:
            return Why(Reason.OUTSIDE_PICTURE, PART_WORDS.get(joint.part, joint.part))
    return None


def _joints(measure: str, points: Mapping[str, float], sides: Sequence[str]) -> tuple[float, tuple[Hidden, ...]]:
    """How far the joints of a measure may be off, in trunks, and which of them are hidden most of the time."""
    needed = _needed(measure, tuple(sides))
    hidden = tuple(Hidden(j.part, j.side, j.share * points[j.error]) for j in needed if points[j.hidden] > MOSTLY)
    return sqrt(sum((j.share * points[j.error]) ** 2 for j in needed) / sum(j.share for j in needed)), hidden


class _Joint(NamedTuple):
    """A joint, its side, the columns that tell of it, and its share: 0.5 where the point midway to the other counts."""

    part: str
    side: str
    seen: str
    hidden: str
    error: str
    share: float


@cache
def _needed(measure: str, sides: tuple[str, ...]) -> tuple[_Joint, ...]:
    """The joints that a measure needs."""
    of = MEASURES[measure]
    parts = [(p, not of.sided or p in of.middles) for p in of.points if p != measures.BALL]
    wanted = [(p, s, 0.5 if midway else 1.0) for p, midway in parts for s in (SIDES if midway else sides)]
    return tuple(_Joint(p, s, f"seen.{p}.{s}", f"hidden.{p}.{s}", f"error.{p}.{s}", w) for p, s, w in wanted)
