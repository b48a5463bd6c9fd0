"""Traces: every third value of the signals in which reps are found, kept for the report's plot."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import isnan
from typing import Final

import numpy as np

from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES, column
from formcheck.body.poses import Array
from formcheck.core.clock import RATE
from formcheck.core.exercise import Exercise
from formcheck.core.rep import RawRep
from formcheck.core.rows import Rows, is_length
from formcheck.findings import Trace

STEP: Final = 3
"""Every third tick is kept."""

MARGIN_S: Final = 2.0
"""How long a signal is shown before and after the bout."""


class Traces:
    """Keeps the signals of some exercises: `add` takes rows as they come, `of` gives the traces of a bout's reps."""

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._names = list(dict.fromkeys(column(e.segment.measure, side) for e in exercises for side in SIDES))
        self._ticks, self._values = array("q"), array("f")  # one block each: parts took ten times the room

    def add(self, rows: Rows, first: int) -> None:
        """Keep the rows whose tick is a multiple of `STEP`; the first row is tick `first`."""
        ticks = np.arange(first, first + len(rows))
        keep = ticks % STEP == 0
        kept = rows[keep]
        self._ticks.frombytes(ticks[keep].astype(np.int64).tobytes())
        self._values.frombytes(np.stack([kept.column(name) for name in self._names], axis=1).tobytes())

    def of(self, reps: Sequence[RawRep]) -> tuple[Trace, ...]:
        """The signal of each side that worked in a bout, whose reps are in order."""
        wanted = reps[0].exercise.segment
        scale = reps[0].trunk_px if is_length(wanted.measure) else 1.0
        start, stop = reps[0].found.start_s - MARGIN_S, max(raw.found.end_s for raw in reps) + MARGIN_S
        each = wanted.legs == "each"
        traces = []
        for side in [s for s in SIDES if any(raw.side in (s, "both") for raw in reps)] if each else SIDES[:1]:
            time, value = self._between(column(wanted.measure, side), start, stop)
            values = tuple(None if isnan(v) else v for v in np.round(value.astype(np.float64) / scale, 3).tolist())
            label = wanted.measure.replace("_", " ") + (f", {side}" if each else "")
            traces.append(Trace(label, MEASURES[wanted.measure].unit, tuple(np.round(time, 3).tolist()), values))
        return tuple(traces)

    def _between(self, name: str, start_s: float, stop_s: float) -> tuple[Array, Array]:
        """Times and values of one column."""
        first, last = bisect_left(self._ticks, start_s * RATE), bisect_right(self._ticks, stop_s * RATE)
        n = len(self._names)
        values = np.array(self._values[first * n : last * n]).reshape(-1, n)[:, self._names.index(name)]
        return np.array(self._ticks[first:last]) / RATE, values

    def forget(self, before_s: float) -> None:
        """Drop what is too old to be shown with a bout that begins at this time or later."""
        old = bisect_left(self._ticks, round((before_s - MARGIN_S - 1) * RATE))
        del self._ticks[:old], self._values[: old * len(self._names)]
