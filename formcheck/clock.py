"""The uniform clock: landmarks of any frame rate, resampled onto one grid of 30 ticks a second.

A tick's value depends on the frames around it and on nothing else, so it does not matter in which pieces they came.
"""

from typing import Final

import numpy as np

from formcheck.poses import BACK_NOT_RUN, Array, Poses

RATE: Final = 30
"""Ticks a second."""

LONGEST_STEP_S: Final = 0.25
"""Frames further apart are not joined by a line: the earlier one is shown until the later one's time (ours)."""

SPARSE_HOLD_S: Final = 1.0
"""How long a value of a sparse channel stands."""

_HALF: Final = 0.5 / RATE
_PARTS: Final = (np.arange(8) - 3.5) / (8 * RATE)


class Clock:
    """Resamples frames onto ticks at k / 30 s: `feed` gives the ticks that can no longer change, `finish` the rest.

    Between two frames a landmark moves in a straight line; where more than one frame falls to a tick they are
    averaged. Next to a frame without a person the nearer frame counts.
    """

    def __init__(self) -> None:
        self._frames: Poses | None = None
        self._tick = 0
        self._sparse: dict[str, Poses] = {}

    def feed(self, frames: Poses) -> Poses:
        """Ticks settled by `frames`, which follow those fed before."""
        if not len(frames):
            return frames
        if self._frames is None:
            self._tick = int(np.ceil(frames.time[0] * RATE - 1e-9))
            self._frames = frames
        else:
            self._frames = Poses.join([self._frames, frames])
        return self._ticks_before(float(frames.time[-1]) - _HALF)

    def finish(self) -> Poses | None:
        """The ticks up to the last frame; None when nothing was ever fed."""
        if self._frames is None:
            return None
        return self._ticks_before(float(self._frames.time[-1]) + 1e-9)

    def _ticks_before(self, end: float) -> Poses:
        frames = self._frames
        assert frames is not None
        stop = max(self._tick, int(np.ceil(end * RATE)))
        while stop > self._tick and (stop - 1) / RATE >= end:
            stop -= 1
        time = np.arange(self._tick, stop) / RATE
        ticks = self._resampled(frames, time)
        self._tick = stop
        self._forget((stop - 1) / RATE)
        return ticks

    def _forget(self, before: float) -> None:
        """Drop frames that no later tick can need: those before the one shown at `before`, the newest tick given."""
        assert self._frames is not None
        keep = int(np.searchsorted(self._frames.time, before, side="right")) - 1
        if keep > 0:
            self._frames = self._frames[keep:]

    def _resampled(self, frames: Poses, time: Array) -> Poses:
        n = len(time)
        first = np.searchsorted(frames.time, time - _HALF, side="right")
        crowded = np.searchsorted(frames.time, time + _HALF, side="right") - first > 1
        columns = []
        for values in (frames.image, frames.world, frames.visibility):
            flat = values.reshape(len(frames), -1)
            out = _between(frames.time, flat, time)
            if crowded.any():
                out[crowded] = _averaged(frames.time, flat, time[crowded])
            columns.append(out.reshape(n, *values.shape[1:]))
        image, world, visibility = columns
        looks = self._held(frames, time, "back_state", ("back", "back_state", "belly", "axis"))
        sparse = looks | self._held(frames, time, "spread", ("spread",)) | self._held(frames, time, "ball", ("ball",))
        return Poses(time=time, image=image, world=world, visibility=visibility, image_size=frames.image_size, **sparse)

    def _held(self, frames: Poses, time: Array, key: str, names: tuple[str, ...]) -> dict[str, Array]:
        """Sparse columns at each tick: of the newest frame that has `key`, while no older than `SPARSE_HOLD_S`."""
        values = getattr(frames, key).reshape(len(frames), -1)[:, 0]
        known = frames[values != BACK_NOT_RUN if key == "back_state" else np.isfinite(values)]
        if key in self._sparse:
            last = self._sparse[key]
            known = Poses.join([last, known[known.time > last.time[0]]])
        newest = np.searchsorted(known.time, time, side="right") - 1
        blank = Poses.blank(time, frames.image_size)
        stands = np.flatnonzero(newest >= 0)
        stands = stands[time[stands] - known.time[newest[stands]] <= SPARSE_HOLD_S]
        held = {}
        for name in names:
            column = getattr(blank, name)
            column[stands] = getattr(known, name)[newest[stands]]
            held[name] = column
        if len(time) and newest[-1] >= 0:
            self._sparse[key] = known[newest[-1] : newest[-1] + 1]
        return held


def _between(at: Array, values: Array, time: Array) -> Array:
    """Values (n, c) given `at` increasing times, read off at `time` (m,): (m, c)."""
    left = np.clip(np.searchsorted(at, time, side="right") - 1, 0, len(at) - 1)
    right = np.minimum(left + 1, len(at) - 1)
    gap = at[right] - at[left]
    share = np.where((gap > 0) & (gap <= LONGEST_STEP_S), (time - at[left]) / np.where(gap > 0, gap, 1), 0)
    share = np.clip(share, 0, 1).astype(np.float32)[:, None]
    a, b = values[left], values[right]
    out = a + share * (b - a)
    return np.where(np.isnan(out), np.where(share < 0.5, a, b), out)


def _averaged(at: Array, values: Array, time: Array) -> Array:
    """As `_between`, averaged over the tick: the mean of eight points spread evenly over it."""
    total = np.zeros((len(time), values.shape[1]), np.float32)
    for part in _PARTS:
        total = total + _between(at, values, time + part)
    return total / np.float32(len(_PARTS))
