"""Rows: the measures of settled ticks by name. Keeps the newest rows, and checks all bounds at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.body import arch, measures
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core.exercise import Exercise
from formcheck.core.posture import Bounds

_POINTS: Final = ("seen.ball", *measures.OF_POINTS)
"""Columns of single points; they are adjacent."""

_NO_TICKS: Final = np.array([name.startswith("seen.") for name in _POINTS], np.float32)


def is_length(measure: str) -> bool:
    """Whether a measure is a length: in pixels in the rows, in trunks everywhere else."""
    return MEASURES[measure].unit == "trunk"


class Table:
    """The measures that some exercises need, and which column of the rows holds each."""

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
        """A measure by its name in a posture table (`other.` for the other leg), lengths in trunks of the same tick."""
        name = key.removeprefix("other.")
        values = self.measure(name, measures.other(side) if key != name else side)
        return values / self.column("trunk") if is_length(name) else values

    @property
    def looks(self) -> Array:
        """The looks of `arch`, (n, len(arch.COLUMNS))."""
        first = self.columns[measures.LOOKS[1]]
        return self.values[:, first : first + len(arch.COLUMNS)]

    def of_points(self, phases: Array) -> list[Mapping[str, float]]:
        """For each phase, (phases, n) bool, by column: the share of its ticks at which a point lies inside the picture
        (1 for no ticks) or is hidden, and its mean error.
        """
        first = self.columns[_POINTS[0]]
        count = np.count_nonzero(phases, axis=1)[:, None]
        # These sums are exact, in whatever order they are added: of whole numbers, and of whole parts of a trunk.
        total = phases.astype(np.float32) @ self.values[:, first : first + len(_POINTS)]
        means = np.where(count, total / np.maximum(count, 1), _NO_TICKS).tolist()
        return [dict(zip(_POINTS, row, strict=True)) for row in means]

    def bounded(self, all_bounds: "AllBounds") -> Array:
        """The measures that are bounded, (n, k), lengths in trunks."""
        values = self.values[:, all_bounds.columns]
        values[:, all_bounds.lengths] /= self.column("trunk")[:, None]
        return values

    def room(self, all_bounds: "AllBounds") -> Array:
        """The same with the width of each one's bounds as its unit."""
        found: Array = self.bounded(all_bounds) / (all_bounds.high - all_bounds.low)
        return found

    def within(self, all_bounds: "AllBounds") -> Array:
        """Whether each set of bounds holds, (n, sets) bool; False where a measure is NaN."""
        values = self.bounded(all_bounds)
        outside = ~((values >= all_bounds.low) & (values <= all_bounds.high))
        holds: Array = outside.astype(np.float32) @ all_bounds.sets == 0
        return holds


class AllBounds:
    """Several sets of bounds, each for a side, put together so that all are checked at once.

    For each of k bounds: columns (k,) its column in the rows, lengths (k,) whether it is on a length, low and high (k,)
    its ends, sets (k, sets) 1 for the set it belongs to.
    """

    def __init__(self, columns: Mapping[str, int], wanted: Sequence[tuple[Mapping[str, Bounds], str]]) -> None:
        flat = [(i, key, side, *ends) for i, (bounds, side) in enumerate(wanted) for key, ends in bounds.items()]
        named = [(key.removeprefix("other."), key.startswith("other."), side) for _, key, side, *_ in flat]
        self.columns = np.array(
            [columns[measures.column(name, measures.other(side) if turned else side)] for name, turned, side in named],
            int,
        )
        self.lengths = np.array([is_length(name) for name, *_ in named], np.bool_)
        self.low, self.high = (np.array([bound[at] for bound in flat], np.float32) for at in (3, 4))
        self.sets = np.zeros((len(flat), len(wanted)), np.float32)
        self.sets[np.arange(len(flat)), [i for i, *_ in flat]] = 1


class Kept:
    """The newest rows of a recording, by tick, in one block with room to spare: adding rows copies only those."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns, self._values = columns, np.empty((0, len(columns)), np.float32)
        self._start = self._stop = self._first = 0

    def __len__(self) -> int:
        return self._stop - self._start

    @property
    def first(self) -> int:
        """The oldest tick."""
        return self._first

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
        """Move the rows to the start of their block, or of a larger one if they and `more` would fill over half of it.

        The same block is used for as long as possible: new memory costs more than the copy.
        """
        room, held = self._values, self._values[self._start : self._stop]
        if 2 * (len(self) + more) > len(room):
            room = np.empty((4 * (len(self) + more), held.shape[1]), np.float32)
        room[: len(held)] = held
        self._values, self._start, self._stop = room, 0, len(held)

    def between(self, first: int, last: int) -> Rows:
        """The rows from one tick to another, both included."""
        to = self._start - self._first
        return Rows(self._values[first + to : last + to + 1], self._columns)

    def forget(self, before: int) -> None:
        """Drop the rows before a tick."""
        dropped = min(max(before - self._first, 0), len(self))
        self._start, self._first = self._start + dropped, self._first + dropped


def _measures_of(exercises: Sequence[Exercise]) -> tuple[str, ...]:
    """Names of all measures that these exercises need, in order, without repeats."""
    names: list[str] = ["foot_height"]
    for exercise in exercises:
        posture = exercise.posture
        names.append(exercise.segment.measure)
        for bounds in (posture.always, posture.rest, posture.top, posture.change):
            names += [key.removeprefix("other.") for key in bounds]
        checks = [check for cue in exercise.cues for check in (*cue.checks, *cue.advice_unless)]
        names += [check.measure for check in checks if check.phase != "set"]
        names += ["back_arch"] if exercise.segment.kind == "rest" else []
    return tuple(dict.fromkeys(names))
