"""Watches: one detector for each exercise, or for each of its legs; reps are read off what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from formcheck.body.poses import Array
from formcheck.core.clock import RATE
from formcheck.core.detector import Detector, Window
from formcheck.core.exercise import Exercise
from formcheck.core.posture import Bounds
from formcheck.core.rep import RawRep, exchanged, raw_rep
from formcheck.core.rows import AllBounds, Rows, Table, is_length
from formcheck.core.sides import Sides
from formcheck.core.stays import STIR_TICKS, Stays
from formcheck.findings import OneSide, Side

STILL_S: Final = 1.0
STILL_SHARE: Final = 0.5
"""Somebody is poised whose signal has moved over this time by less than this share of the least excursion (ours)."""


class Stance(NamedTuple):
    """For how many seconds somebody has been in the posture of an exercise, and poised: at its rest, and still."""

    in_s: float
    poised_s: float


@dataclass(frozen=True, slots=True)
class Watch:
    """One detector at work: an exercise, and the side it looks at (two-legged signals are watched from the left)."""

    exercise: Exercise
    side: OneSide
    detector: Detector | Stays

    @property
    def bounds(self) -> tuple[tuple[Mapping[str, Bounds], str], ...]:
        """The bounds that must hold on every tick, and those at rest."""
        return (self.exercise.posture.always, self.side), (self.exercise.posture.rest, self.side)

    @property
    def held_s(self) -> float:
        """How long the top has been held so far; provisional."""
        if isinstance(self.detector, Stays):
            return self.detector.held_ticks() / RATE
        return self.detector.held_ticks(self.exercise.segment.hold_level) / RATE

    @property
    def works(self) -> Side:
        """The side that works, as far as it is known before the rep is over."""
        return self.side if self.exercise.segment.legs == "each" else "both"

    def feed(self, rows: Rows, always: Array, rest: Array) -> list[Window]:
        """The reps that close within these ticks. `always` (n,) tells where the bounds hold; `rest` (n,) where those at
        rest do, of a stay how much room the body moved (`stays.py`).
        """
        if isinstance(self.detector, Stays):
            return self.detector.feed(always, rest, np.isfinite(rows.column("trunk")))
        wanted = self.exercise.segment
        least = np.full(len(rows), wanted.prominence, np.float32)
        if is_length(wanted.measure):
            least = least * rows.column("trunk")
        return self.detector.feed(rows.measure(wanted.measure, self.side), least, always, rest)


class Watches:
    """All detectors over one stream of rows; rows are kept as long as a rep may need them.

    `sides` tells when legs were exchanged.
    """

    def __init__(self, exercises: Sequence[Exercise], table: Table, sides: Sides) -> None:
        self._exercises, self._table, self._sides = exercises, table, sides
        self._rows = table.none()
        self._watches: list[Watch] = []
        self._bounds = self._room = AllBounds(table.columns, [])
        self._runs = np.zeros(0, int)

    @property
    def next(self) -> int:
        """The tick after the newest one."""
        return self._rows.next

    def begin(self, tick: int) -> None:
        """The first row to be fed is that of this tick."""
        self._rows.begin(tick)
        for exercise in self._exercises:
            for side in ("left", "right") if exercise.segment.legs == "each" else ("left",):
                self._watches.append(Watch(exercise, side, self._detector(exercise, tick)))
        self._watches.sort(key=lambda watch: watch.exercise.segment.kind == "rest")
        self._bounds = AllBounds(self._table.columns, [bounds for watch in self._watches for bounds in watch.bounds])
        self._runs = np.zeros(2 * len(self._watches), int)
        always = [watch.bounds[0] for watch in self._watches if watch.exercise.segment.stays]
        self._room = AllBounds(self._table.columns, always)

    def _detector(self, exercise: Exercise, tick: int) -> Detector | Stays:
        """What finds an exercise's reps. A stay is shown from its first second where only that is looked for; else it
        may yet be the rest before something else.
        """
        if not exercise.segment.stays:
            return Detector(tick)
        least = round(exercise.segment.min_seconds * RATE)
        return Stays(tick, exercise.segment.still, least, RATE if len(self._exercises) == 1 else least)

    def feed(self, rows: Rows) -> list[RawRep]:
        """The reps that close within these rows, in the order in which they became known."""
        self._rows.add(rows)
        holds = rows.within(self._bounds)
        self._runs = _runs(self._runs, holds)
        stirs = iter(self._stirs(len(rows)).T)
        closed = []
        for i, watch in enumerate(self._watches):
            second = next(stirs) if watch.exercise.segment.stays else holds[:, 2 * i + 1]
            closed += [(w.known, i, w) for w in watch.feed(rows, holds[:, 2 * i], second)]
        found = [self._rep(self._watches[i], window) for _, i, window in sorted(closed, key=lambda c: c[:2])]
        return [raw for raw in found if raw is not None]

    def _stirs(self, n: int) -> Array:
        """How much room the body took in the `STIR_TICKS` up to each of the newest n ticks, (n, stays): the most of any
        measure.
        """
        stays = self._room.sets.shape[1]
        if not (n and stays):
            return np.zeros((n, stays), np.float32)
        first = max(self._rows.first, self._rows.next - n - STIR_TICKS)
        room, unseen = self._rows.between(first, self._rows.next - 1).room(self._room), np.float32(np.inf)
        there, back = np.isfinite(room), STIR_TICKS // 2 - 1
        most = maximum_filter1d(np.where(there, room, unseen), STIR_TICKS, axis=0, origin=back, mode="nearest")
        least = minimum_filter1d(np.where(there, room, -unseen), STIR_TICKS, axis=0, origin=back, mode="nearest")
        found: Array = np.maximum.reduceat((most - least)[-n:], self._room.sets.argmax(axis=0), axis=1)
        return found

    def under_way(self, lately_s: float | None = None) -> list[RawRep]:
        """The reps under way, read as if the recording ended now. Asking changes nothing.

        lately_s: of their holds only the last seconds are read.
        """
        found = [self._rep(watch, window, lately_s) for watch in self._watches for window in watch.detector.finish()]
        return [raw for raw in found if raw is not None]

    def moving(self, exercise: Exercise | None) -> Watch | None:
        """The first watch of an exercise (None: of any) that is in a rep; else one that is in a stay."""
        moving = [watch for watch in self._watches if watch.detector.moving_since is not None]
        mine = [watch for watch in moving if exercise is None or watch.exercise.name == exercise.name]
        return next(iter([*mine, *(watch for watch in moving if watch.exercise.segment.stays)]), None)

    def stances(self) -> dict[tuple[str, OneSide], Stance]:
        """How somebody stands or lies now, for each exercise and side; where it has several ways, the longest."""
        found: dict[tuple[str, OneSide], Stance] = {}
        for i, watch in enumerate(self._watches):
            within, at_rest = (int(run) for run in self._runs[2 * i : 2 * i + 2])
            still = within if watch.exercise.segment.stays else self._still(watch, min(within, at_rest))
            stance = Stance(within / RATE, still / RATE)
            found[watch.exercise.name, watch.side] = max(found.get((watch.exercise.name, watch.side), stance), stance)
        return found

    def _still(self, watch: Watch, ticks: int) -> int:
        """For how many of the newest ticks, all at rest, the signal has been still; 0 where that is too short."""
        least = round(STILL_S * RATE)
        if ticks < least or len(self._rows) < least:
            return 0
        rows = self._rows.between(self.next - least, self.next - 1)
        signal = rows.measure(watch.exercise.segment.measure, watch.side)
        unit = float(rows.column("trunk")[-1]) if is_length(watch.exercise.segment.measure) else 1.0
        quiet = np.ptp(signal) < STILL_SHARE * watch.exercise.segment.prominence * unit
        return ticks if quiet else 0

    def other_leg_up(self, raw: RawRep, before: float) -> bool:
        """Whether the leg that did not make a rep, or the signal of another way, rose before a tick and is up yet."""
        return any(
            watch.exercise.name == raw.exercise.name
            and (watch.side, watch.exercise) != (raw.side, raw.exercise)
            and watch.detector.moving_since is not None
            and watch.detector.moving_since < before
            for watch in self._watches
        )

    def forget(self) -> float:
        """Drop the rows that no later rep can need; the time from which rows are kept."""
        first = min((watch.detector.needs for watch in self._watches), default=self.next)
        self._rows.forget(first)
        self._sides.forget(first / RATE)
        return first / RATE

    def _rep(self, watch: Watch, window: Window, lately_s: float | None = None) -> RawRep | None:
        """The rep within a window of a watch; None if it is no rep of its exercise."""
        raw = raw_rep(watch.exercise, watch.side, self._rows.between(window.first, window.last), window, lately_s)
        if raw is None:
            return None
        start, end = raw.found.start_s, raw.found.end_s
        return exchanged(raw) if self._sides.exchanged_s(start, end) > (end - start) / 2 else raw


def _runs(before: Array, holds: Array) -> Array:
    """How many of the newest ticks hold without a break, (sets,), given those before `holds` (n, sets)."""
    if not len(holds):
        return before
    broken = ~holds[::-1]
    since = np.where(broken.any(axis=0), broken.argmax(axis=0), len(holds))
    return np.where(broken.any(axis=0), since, before + len(holds))
