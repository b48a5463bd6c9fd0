"""One rep read off its window: whether it is one of the exercise, whose it is, and what every cue's checks read.

Verdicts wait for the bout, whose trunk, view and near side are not known yet; what is read here is kept until then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.body import arch, measures
from formcheck.body.arch import Blocks
from formcheck.body.geometry import middle
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core import segment, verdict
from formcheck.core.clock import RATE
from formcheck.core.exercise import Bounds, Check, Cue, Exercise
from formcheck.core.segment import Excursion, Window
from formcheck.core.verdict import Phase, Reading, Trust
from formcheck.findings import Reason, Side, Why

FOOT_OFF: Final = 0.4
"""Trunks by which one foot must be higher than the other to be off the floor.

Ours: in two-legged bridges of rendered people they differ by up to 0.3.
"""

OVER_NOISE: Final = 20.0
"""A rep is at least this many times the noise of its signal. Ours: in rendered and real people true reps are 22 times
the noise and more (most over 60), jumps of the landmarks up to 16 times."""

LEVEL_ERROR: Final = 0.04
"""Standard error of a level on a flank, as a share of the excursion (ours: what is left of a hold's error on 109
rendered reps grows with how slowly they rise and fall)."""

_PART_WORDS: Final = {"foot_index": "foot"}


@dataclass(frozen=True, slots=True, eq=False)
class Backs:
    """What a rep shows of the back: the mean look at rest, if there is one, and each phase by blocks."""

    rest: Array | None
    phases: Mapping[str, Blocks]


_SEEN: Final = tuple(name for name in measures.columns(()) if name.startswith("seen."))
"""Columns that say whether a point lies inside the picture; they stand side by side."""

Readings = Mapping[tuple[str, str], Reading]
"""Cue id and side -> what was read."""


@dataclass(frozen=True, slots=True)
class RawRep:
    """A rep as it closed. `height` is in the signal's unit with lengths in trunks; `nearness` as in `view.nearness`.

    `readings` holds every cue's check for the working side, or for either where both legs work; `also` the second ones;
    `followed` the cues, with a side, whose advice the person follows already. `backs` is what cues of the back's arch
    compare when the bout closes.
    """

    exercise: Exercise
    side: Side
    found: Excursion
    height: float
    trunk_px: float
    trust: Trust
    nearness: float
    readings: Readings
    also: Readings
    backs: Backs | None
    followed: frozenset[tuple[str, str]]


class Table:
    """The measures that some exercises need, tick by tick: which column of the rows holds which."""

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self.names = _measures_of(exercises)
        self.columns = {name: i for i, name in enumerate(measures.columns(self.names))}

    def rows(self, poses: Poses) -> "Rows":
        """The measures of smoothed ticks."""
        return Rows(measures.table(poses, self.names), self.columns)

    def none(self) -> "Kept":
        """No ticks."""
        return Kept(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Measures of n ticks: `values` (n, columns) float32, lengths in pixels, NaN where nobody was found."""

    values: Array
    columns: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, ticks: slice | Array) -> "Rows":
        return Rows(self.values[ticks], self.columns)

    def column(self, name: str) -> Array:
        """One column by its name, (n,)."""
        return self.values[:, self.columns[name]]

    def measure(self, name: str, side: str) -> Array:
        """A measure on one side, (n,)."""
        return self.column(measures.column(name, side))

    def in_trunks(self, key: str, side: str) -> Array:
        """A measure as a posture table names it (`other.` for the other leg's), lengths in trunks of the same tick."""
        name = key.removeprefix("other.")
        values = self.measure(name, measures.other(side) if key != name else side)
        return values / self.column("trunk") if MEASURES[name].unit == "trunk" else values

    @property
    def looks(self) -> Array:
        """The looks of `arch`, (n, len(arch.COLUMNS))."""
        first = self.columns[measures.LOOKS[1]]
        return self.values[:, first : first + len(arch.COLUMNS)]

    def shares_seen(self, phases: Array) -> list[Mapping[str, float]]:
        """Share of each phase's ticks, (phases, n) bool, during which each point lies inside the picture, by column; 1
        of no ticks.
        """
        first = self.columns[_SEEN[0]]
        count = np.count_nonzero(phases, axis=1)[:, None]
        # A product of few rows: whole numbers, which come out the same in whatever order they are added.
        seen = phases.astype(np.float32) @ self.values[:, first : first + len(_SEEN)]
        shares = np.where(count, seen / np.maximum(count, 1), 1.0).tolist()
        return [dict(zip(_SEEN, row, strict=True)) for row in shares]

    def within(self, all_bounds: "AllBounds") -> Array:
        """Whether each set of bounds holds, (n, sets) bool; not where a measure is NaN."""
        values = self.values[:, all_bounds.columns]
        values[:, all_bounds.lengths] /= self.column("trunk")[:, None]
        outside = ~((values >= all_bounds.low) & (values <= all_bounds.high))
        holds: Array = outside.astype(np.float32) @ all_bounds.sets == 0
        return holds


class AllBounds:
    """Several sets of bounds, each on a side, put side by side: all are then looked at in one go.

    columns (k,) are those of the rows that each bound is of, lengths (k,) whether it is of a length, low and high (k,)
    its bounds, sets (k, sets) 1 where it belongs to a set.
    """

    def __init__(self, columns: Mapping[str, int], wanted: Sequence[tuple[Mapping[str, Bounds], str]]) -> None:
        flat = [(i, key, side, *ends) for i, (bounds, side) in enumerate(wanted) for key, ends in bounds.items()]
        named = [(key.removeprefix("other."), key.startswith("other."), side) for _, key, side, *_ in flat]
        self.columns = np.array(
            [columns[measures.column(name, measures.other(side) if turned else side)] for name, turned, side in named],
            int,
        )
        self.lengths = np.array([MEASURES[name].unit == "trunk" for name, *_ in named], np.bool_)
        self.low, self.high = (np.array([bound[at] for bound in flat], np.float32) for at in (3, 4))
        self.sets = np.zeros((len(flat), len(wanted)), np.float32)
        self.sets[np.arange(len(flat)), [i for i, *_ in flat]] = 1


class Kept:
    """The newest rows of a recording, by tick, in one block with room to spare: to add some copies these only."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns, self._values = columns, np.empty((0, len(columns)), np.float32)
        self._start = self._stop = self._first = 0

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def next(self) -> int:
        """The tick after the newest one."""
        return self._first + len(self)

    def begin(self, tick: int) -> None:
        """The first row to be added is that of this tick."""
        self._first = tick

    def add(self, rows: Rows) -> None:
        """Keep rows that follow those there."""
        if self._stop + len(rows) > len(self._values):
            self._make_room(len(rows))
        self._values[self._stop : self._stop + len(rows)] = rows.values
        self._stop += len(rows)

    def _make_room(self, more: int) -> None:
        """Put the rows at the start of their block; of a larger one where they and `more` would fill over half of it.

        The same block is taken again as long as it will do: new memory costs more than the copy.
        """
        room, held = self._values, self._values[self._start : self._stop]
        if 2 * (len(self) + more) > len(room):
            room = np.empty((4 * (len(self) + more), held.shape[1]), np.float32)
        room[: len(held)] = held
        self._values, self._start, self._stop = room, 0, len(held)

    def between(self, first: int, last: int) -> Rows:
        """The rows of two ticks and all between them."""
        to = self._start - self._first
        return Rows(self._values[first + to : last + to + 1], self._columns)

    def forget(self, before: int) -> None:
        """Drop the rows before a tick."""
        dropped = min(max(before - self._first, 0), len(self))
        self._start, self._first = self._start + dropped, self._first + dropped


def raw_rep(exercise: Exercise, side: Literal["left", "right"], rows: Rows, window: Window) -> RawRep | None:
    """The rep in a window, whose ticks `rows` holds; None where it is none of this exercise.

    `side` is the leg whose signal was watched.
    """
    time = np.arange(window.first, window.last + 1) / RATE
    wanted = exercise.segment
    signal = rows.measure(wanted.measure, side)
    cuts = {"cut_before": window.cut_before, "cut_after": window.cut_after}
    found = segment.excursion(time, signal, hold_level=wanted.hold_level, **cuts)
    if found is None or found.end_s - found.start_s < wanted.min_seconds:
        return None
    trunks = rows.column("trunk")
    trunk = middle(trunks[found.at_rest] if found.at_rest.any() else trunks)
    height = found.height / (trunk if MEASURES[wanted.measure].unit == "trunk" else 1.0)
    clear = found.height >= OVER_NOISE * found.noise
    if not (clear and height >= wanted.prominence and _in_posture(exercise, side, rows, found)):
        return None
    during = rows[_span(time, found.start_s, found.end_s)]
    trust = Trust(middle(during.column("yaw")), middle(during.column("spread")))
    reader = _Reader(exercise, time, rows, found)
    sides = (side,) if wanted.legs == "each" else SIDES
    return RawRep(
        exercise=exercise,
        side=side if wanted.legs == "each" else _standing(rows, found.at_top),
        found=found,
        height=height,
        trunk_px=trunk,
        trust=trust,
        nearness=middle(during.column("nearness")),
        readings={(cue.id, s): reader.first(cue, s) for cue in exercise.rep_cues for s in sides},
        also={(cue.id, s): reader.second(cue.also, s) for cue in exercise.rep_cues if cue.also for s in sides},
        backs=reader.backs(),
        followed=frozenset((cue.id, s) for cue in exercise.rep_cues for s in sides if reader.follows(cue, s)),
    )


def _span(time: Array, start_s: float, end_s: float) -> slice:
    """The ticks from one time to another."""
    return slice(int(np.searchsorted(time, start_s)), int(np.searchsorted(time, end_s, side="right")))


def _in_posture(exercise: Exercise, side: str, rows: Rows, found: Excursion) -> bool:
    """Whether rest, top and the change between them are those of the exercise; a cut rep may lack its rest."""

    def hold(bounds: Mapping[str, Bounds], value: Mapping[str, float]) -> bool:
        return all(low <= value[key] <= high for key, (low, high) in bounds.items())

    posture = exercise.posture
    top = {key: middle(rows.in_trunks(key, side)[found.at_top]) for key in (*posture.top, *posture.change)}
    if not found.at_rest.any():
        return found.partial and hold(posture.top, top)
    rest = {key: middle(rows.in_trunks(key, side)[found.at_rest]) for key in (*posture.rest, *posture.change)}
    change = {key: top[key] - rest[key] for key in posture.change}
    return hold(posture.top, top) and hold(posture.rest, rest) and hold(posture.change, change)


def _standing(rows: Rows, at_top: Array) -> Side:
    """The leg that stands alone at the top; both where neither foot is clearly off the floor."""
    left, right, trunk = (*(rows.measure("foot_height", side) for side in SIDES), rows.column("trunk"))
    higher = middle(((left - right) / trunk)[at_top])
    if not abs(higher) >= FOOT_OFF:  # nor where it is not known
        return "both"
    return "right" if higher > 0 else "left"


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A phase, and the share of it during which each point lies inside the picture, by column."""

    phase: Phase
    seen: Mapping[str, float]


class _Reader:
    """Reads checks off one rep."""

    def __init__(self, exercise: Exercise, time: Array, rows: Rows, found: Excursion) -> None:
        self._exercise, self._time, self._rows, self._found = exercise, time, rows, found
        self._phases = _phases(time, found)
        self._parts = dict(zip(self._phases, self._seen(list(self._phases.values())), strict=True))

    def first(self, cue: Cue, side: str) -> Reading:
        """What a cue's check reads, from when the cue it comes after was first met."""
        phase = self._phases[cue.check.phase]
        if cue.after is None:
            return self.second(cue.check, side)
        before = next(c for c in self._exercise.cues if c.id == cue.after)
        signal = self._rows.measure(before.check.measure, side)
        met = verdict.first_met(before.check, self._time, signal, self._phases[before.check.phase])
        if met is None:
            return Reading(None, None, 0.0, Why(Reason.OTHER_CUE_FIRST, before.quote.rstrip(".")))
        rest = Phase(phase.ticks & (self._time >= met), max(phase.start_s, met), phase.end_s)
        return self._read(cue.check, self._seen([rest])[0], side)

    def second(self, check: Check, side: str) -> Reading:
        """What a check reads over its whole phase."""
        return self._read(check, self._parts[check.phase], side)

    def backs(self) -> Backs | None:
        """What the rep shows of the back, where a cue asks for it."""
        checks = [cue.check for cue in self._exercise.rep_cues] + [c.also for c in self._exercise.rep_cues if c.also]
        wanted = {check.phase for check in checks if compares(check)}
        if not wanted:
            return None
        at_rest = self._found.at_rest
        rest = arch.mean(self._rows.looks[at_rest]) if at_rest.any() else None
        return Backs(rest, {name: self._blocks(self._phases[name]) for name in sorted(wanted)})

    def _seen(self, phases: Sequence[Phase]) -> list["_Part"]:
        """Phases with what of them is seen."""
        shares = self._rows.shares_seen(np.stack([phase.ticks for phase in phases]))
        return [_Part(phase, seen) for phase, seen in zip(phases, shares, strict=True)]

    def _time_error(self, phase: str) -> float:
        """Standard error of a phase's time: what the level at its ends is wrong by, over how fast the signal is.

        Lifting and lowering begin and end on one flank, the others on both.
        """
        found = self._found
        rise, fall = found.hold_from_s - found.start_s, found.end_s - found.hold_to_s
        flanks = {"lifting": (rise, rise), "lowering": (fall, fall)}.get(phase, (rise, fall))
        return (LEVEL_ERROR + found.noise / found.height) * float(np.hypot(*flanks))

    def _blocks(self, phase: Phase) -> Blocks:
        looks, states = self._rows.looks, self._rows.column("back_state")
        return arch.blocks(self._time[phase.ticks], looks[phase.ticks], states[phase.ticks])

    def follows(self, cue: Cue, side: str) -> bool:
        """Whether a cue's advice is followed already; not where that cannot be seen."""
        return any(_holds(check, self.second(check, side).value) for check in cue.advice_unless)

    def _read(self, check: Check, part: "_Part", side: str) -> Reading:
        phase, at_rest = part.phase, self._found.at_rest
        if check.take == "duration":
            seconds = phase.end_s - phase.start_s
            return Reading(seconds, phase.end_s, seconds, error=self._time_error(check.phase))
        sides = {"working": (side,), "other": (measures.other(side),), "both": SIDES}[check.leg]
        hidden = _hidden(check.measure, part.seen, sides)
        if hidden is not None:
            return Reading(None, None, 0.0, hidden)
        if compares(check):
            return Reading(None, None, phase.end_s - phase.start_s)
        signals = [self._rows.measure(check.measure, s) for s in sides]
        return verdict.worst(check, [verdict.read(check, self._time, signal, phase, at_rest) for signal in signals])


def compares(check: Check) -> bool:
    """Whether a check is of looks that are compared when the bout closes."""
    return check.measure in MEASURES and MEASURES[check.measure].of is None


def _holds(check: Check, value: float | None) -> bool:
    """Whether a value lies within a check's bounds; None does not."""
    if value is None:
        return False
    low, high = check.at_least, check.at_most
    return (low is None or value >= low) and (high is None or value <= high)


def _phases(time: Array, found: Excursion) -> dict[str, Phase]:
    """The parts of a rep by name; each has at least one tick, but for the rest, which a cut rep may lack."""

    def phase(start: float, end: float) -> Phase:
        ticks = (time >= start) & (time <= end)
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


def _hidden(measure: str, seen: Mapping[str, float], sides: Sequence[str]) -> Why | None:
    """Which part of the body, if any, lies outside the picture too often for this measure."""
    for part in MEASURES[measure].points:
        if part == measures.BALL:
            if seen["seen.ball"] < verdict.LEAST_BALL:
                return Why(Reason.BALL_NOT_FOUND)
            continue
        for side in sides if MEASURES[measure].sided else SIDES:
            if seen[f"seen.{part}.{side}"] < verdict.LEAST_SEEN:
                return Why(Reason.OUTSIDE_PICTURE, _PART_WORDS.get(part, part))
    return None


def _measures_of(exercises: Sequence[Exercise]) -> tuple[str, ...]:
    """Names of all measures that these exercises need, in order, without repeats."""
    names: list[str] = ["foot_height"]
    for exercise in exercises:
        posture = exercise.posture
        names.append(exercise.segment.measure)
        for bounds in (posture.always, posture.rest, posture.top, posture.change):
            names += [key.removeprefix("other.") for key in bounds]
        checks = [
            check for cue in exercise.cues for check in (cue.check, cue.also, *cue.advice_unless) if check is not None
        ]
        names += [check.measure for check in checks if check.measure in MEASURES]
    return tuple(dict.fromkeys(names))
