"""The fixed-lag smoother: a short centred window over ticks, so that nothing is late and no peak is pushed aside.

A median of three takes out a single stray tick; nine fixed taps (a Hann window) take out the frame noise. Together they
look 5 ticks, 0.17 s, to each side. Noise of one frame falls to 0.39 of its size.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from formcheck.poses import Array, Poses

TAPS: Final = np.square(np.sin(np.pi * np.arange(1, 10) / 10)).astype(np.float32)
"""Weights of the window, in order; they are divided by their sum over the ticks that have a value."""

LAG: Final = len(TAPS) // 2 + 1
"""Ticks by which a smoothed tick is late."""


class Smoother:
    """Smooths the landmarks of ticks: `feed` gives the ticks whose window is full, `finish` the last ones."""

    def __init__(self) -> None:
        self._held: Poses | None = None
        self._given = 0

    def feed(self, ticks: Poses) -> Poses:
        """Ticks that `ticks` settles: those that lie `LAG` or more before its end."""
        self._held = ticks if self._held is None else Poses.join([self._held, ticks])
        return self._up_to(len(self._held) - LAG)

    def finish(self) -> Poses | None:
        """The ticks still in the window; None when nothing was ever fed."""
        return None if self._held is None else self._up_to(len(self._held))

    def _up_to(self, stop: int) -> Poses:
        held = self._held
        assert held is not None
        settled = slice(self._given, max(stop, self._given))
        out = replace(held[settled], image=_smoothed(held.image)[settled], world=_smoothed(held.world)[settled])
        keep = max(settled.stop - LAG, 0)
        self._held, self._given = held[keep:], settled.stop - keep
        return out


def _smoothed(values: Array) -> Array:
    """The window applied along the first axis; beyond the ends there is nothing, and NaN stays NaN."""
    n = len(values)
    x = _median_of_three(values.reshape(n, int(np.prod(values.shape[1:]))))
    reach = len(TAPS) // 2
    padded = np.pad(x, ((reach, reach), (0, 0)), constant_values=np.nan)
    there = ~np.isnan(padded)
    padded = np.where(there, padded, np.float32(0))
    total, weight = np.zeros_like(x), np.zeros_like(x)
    for j, tap in enumerate(TAPS):
        total = total + tap * padded[j : j + n]
        weight = weight + tap * there[j : j + n]
    return np.where(np.isnan(x), x, total / np.where(weight > 0, weight, 1)).reshape(values.shape)


def _median_of_three(x: Array) -> Array:
    """The middle one of each value and its two neighbours; a value without both neighbours stays."""
    if len(x) < 3:
        return x
    before, here, after = x[:-2], x[1:-1], x[2:]
    middle = np.maximum(np.minimum(before, after), np.minimum(np.maximum(before, after), here))
    out = x.copy()
    out[1:-1] = np.where(np.isnan(before) | np.isnan(after) | np.isnan(here), here, middle)
    return out
