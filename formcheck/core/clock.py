"""The uniform clock: landmarks of any frame rate, resampled onto one grid of 30 ticks a second.

A tick's value depends only on the frames around it, so it does not matter how the frames were cut.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from formcheck.body.landmarks import NAMES
from formcheck.body.poses import BACK_NOT_RUN, Array, Poses

RATE: Final = 30
"""Ticks a second."""

LONGEST_STEP_S: Final = 0.25
"""Frames further apart are not joined by a line: the earlier one stands until the later one (ours)."""

SPARSE_HOLD_S: Final = 1.0
"""How long a value of a sparse column stands."""

SPARSE_GROUPS: Final = (("back_state", "back", "belly", "axis", "curve"), ("spread",), ("ball",))
"""Groups of sparse columns measured in the same frames; the first of each tells in which frames."""

BLOCK: Final = 256
"""Ticks resampled at a time, so that the work stays in the processor's cache (ours)."""

PART: Final = 4096
"""Ticks given at a time, so that a long gap between two frames takes no more room than a short one (ours)."""

_HALF: Final = 0.5 / RATE
_PARTS: Final = (np.arange(8) - 3.5) / (8 * RATE)


class Clock:
    """Resamples frames onto ticks at k / 30 s: `feed` gives the ticks that can no longer change, `finish` the rest.

    Both give them in parts of at most `PART` ticks, made as they are taken; those not taken come with the next ones.
    Between two frames a landmark moves in a straight line; several frames within one tick are averaged. Next to a
    frame without a person the nearer frame counts. What is hidden, and the joints' errors, stand until the next frame.
    """

    def __init__(self) -> None:
        self._frames: Poses | None = None
        self._tick = 0
        self._sparse = [_Sparse(names) for names in SPARSE_GROUPS]

    def feed(self, frames: Poses) -> Iterator[Poses]:
        """Ticks settled by `frames`, which follow those fed before."""
        if not len(frames):
            return iter(())
        if self._frames is None:
            self._tick = int(np.ceil(frames.time[0] * RATE - 1e-9))
            self._frames = frames
        else:
            self._frames = Poses.join([self._frames, frames])
        for sparse in self._sparse:
            sparse.add(frames)
        return self._ticks_before(float(frames.time[-1]) - _HALF)

    def finish(self) -> Iterator[Poses]:
        """The ticks up to the last frame."""
        if self._frames is None:
            return iter(())
        return self._ticks_before(float(self._frames.time[-1]) + 1e-9)

    def _ticks_before(self, end: float) -> Iterator[Poses]:
        stop = max(self._tick, int(np.ceil(end * RATE)))
        while stop > self._tick and (stop - 1) / RATE >= end:
            stop -= 1
        while self._tick < stop:
            first, self._tick = self._tick, min(self._tick + PART, stop)
            ticks = self._at(np.arange(first, self._tick) / RATE)
            self._forget((self._tick - 1) / RATE)
            yield ticks

    def _forget(self, before: float) -> None:
        """Drop frames that no later tick needs: those before the one that stands at `before`, the newest tick given."""
        assert self._frames is not None
        keep = int(np.searchsorted(self._frames.time, before, side="right")) - 1
        if keep > 0:
            self._frames = self._frames[keep:]

    def _at(self, time: Array) -> Poses:
        """The ticks at these times. Nobody draws a tick, so its visibility is left at 0."""
        frames = self._frames
        assert frames is not None
        columns = {"time": time, "visibility": np.zeros((len(time), len(NAMES)), np.float32)}
        shown, values = _frames_on_ticks(frames.time, time), (frames.image, frames.world, frames.turn)
        found = _resampled(frames.time, values, time) if shown is None else [column[shown] for column in values]
        columns["image"], columns["world"], columns["turn"] = found
        stands = _places(frames.time, time)[0] if shown is None else shown
        columns |= {name: getattr(frames, name)[stands] for name in ("hidden", "error", "person")}
        for sparse in self._sparse:
            columns |= sparse.at(time)
        return Poses._trusted(columns, frames.image_size)


class _Sparse:
    """Columns that are measured now and then, all in the same frames. A value stands until the next one, but no longer
    than `SPARSE_HOLD_S`. The first of `names` tells which frames have them.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        blank = Poses.blank(np.zeros(1), (1, 1))
        self._rows = {name: getattr(blank, name) for name in names}
        self._time = np.array([-np.inf])  # row 0 stands where no value does; the known values follow

    def add(self, frames: Poses) -> None:
        """Take the values of the next frames."""
        first = self._names[0]
        tells = getattr(frames, first)
        known = (
            tells != BACK_NOT_RUN if first == "back_state" else np.isfinite(tells if tells.ndim == 1 else tells[:, 0])
        )
        new = known.nonzero()[0]
        if len(new):
            self._time = np.concatenate([self._time, frames.time[new]])
            for name, rows in self._rows.items():
                self._rows[name] = np.concatenate([rows, getattr(frames, name)[new]])

    def at(self, time: Array) -> dict[str, Array]:
        """The columns at these times; no time may lie before one asked for earlier."""
        newest = self._time.searchsorted(time, side="right") - 1
        stands = np.where(time - self._time[newest] <= SPARSE_HOLD_S, newest, 0)
        held = {name: rows.take(stands, axis=0) for name, rows in self._rows.items()}
        if len(time) and newest[-1] > 1:
            self._time = np.delete(self._time, slice(1, newest[-1]))
            self._rows = {name: np.delete(rows, slice(1, newest[-1]), axis=0) for name, rows in self._rows.items()}
        return held


def _frames_on_ticks(at: Array, time: Array) -> slice | None:
    """The frames that are the ticks at `time`, if each tick has a frame at exactly its time and no other near it."""
    if not len(time):
        return slice(0, 0)
    first = int(at.searchsorted(time[0]))
    last = first + len(time)
    if not np.array_equal(at[first:last], time):
        return None
    alone = first == 0 or at[first - 1] <= time[0] - _HALF
    alone = alone and (last == len(at) or at[last] > time[-1] + _HALF)
    return slice(first, last) if alone else None


def _resampled(at: Array, columns: tuple[Array, ...], time: Array) -> list[Array]:
    """Columns, each (n, ...) at increasing times `at`, resampled to `time` (m,): each (m, ...)."""
    flat = np.concatenate([column.reshape(len(at), -1) for column in columns], axis=1)
    out = np.empty((len(time), flat.shape[1]), np.float32)
    for start in range(0, len(time), BLOCK):
        block = slice(start, start + BLOCK)
        wanted = time[block]
        first = at.searchsorted(wanted - _HALF, side="right")
        crowded = np.flatnonzero(at.searchsorted(wanted + _HALF, side="right") - first > 1)
        if len(crowded) < len(wanted):
            out[block] = _between(at, flat, wanted)
        if len(crowded):
            out[start + crowded] = _averaged(at, flat, wanted[crowded])
    parts = np.split(out, np.cumsum([column[0].size for column in columns])[:-1], axis=1)
    return [part.reshape(len(time), *column.shape[1:]) for part, column in zip(parts, columns, strict=True)]


def _places(at: Array, time: Array) -> tuple[Array, Array, Array]:
    """The frames before and after each time, and how far it lies between them, 0 to 1; all shaped as `time`."""
    left = np.maximum(at.searchsorted(time, side="right") - 1, 0)
    right = np.minimum(left + 1, len(at) - 1)
    gap = at[right] - at[left]
    share = np.where((gap > 0) & (gap <= LONGEST_STEP_S), (time - at[left]) / np.where(gap > 0, gap, 1), 0)
    return left, right, np.clip(share, 0, 1).astype(np.float32)


def _between(at: Array, values: Array, time: Array) -> Array:
    """Values (n, c) at increasing times `at`, read off at `time` (m,): (m, c)."""
    left, right, share = _places(at, time)
    share = share[:, None]
    a, b = values.take(left, axis=0), values.take(right, axis=0)
    out: Array = b - a
    out *= share
    out += a
    if np.isnan(out).any():
        np.copyto(out, np.where(share < 0.5, a, b), where=np.isnan(out))
    return out


def _averaged(at: Array, values: Array, time: Array) -> Array:
    """As `_between`, but averaged over each tick: the mean of eight points spread evenly over it."""
    index, weights = _weights(at, time)
    mean = np.zeros((len(time), values.shape[1]), np.float32)
    for frames, weight in zip(index, weights, strict=True):
        part = values.take(frames, axis=0)
        part *= weight[:, None]
        mean += part
    unsure = np.flatnonzero(np.isnan(mean).any(axis=1))  # weights cannot say which of two frames is nearer
    if len(unsure):
        parts = [_between(at, values, time[unsure] + part) for part in _PARTS]
        mean[unsure] = sum(parts[1:], parts[0]) / np.float32(len(_PARTS))
    return mean


def _weights(at: Array, time: Array) -> tuple[Array, Array]:
    """The frames that the mean over each tick uses, (k, m), and their weights: float32, summed point by point."""
    left, right, share = _places(at, time + _PARTS[:, None])
    first, last = left[0], right[-1]
    index = np.minimum(first + np.arange(int((last - first).max()) + 1)[:, None], last)
    weights, ticks = np.zeros(index.shape, np.float32), np.arange(len(time))
    for i in range(len(_PARTS)):
        weights[left[i] - first, ticks] += 1 - share[i]
        weights[right[i] - first, ticks] += share[i]
    return index, weights / np.float32(len(_PARTS))
