"""The fixed-lag smoother: a short centred window over ticks, so that nothing is late and no peak is pushed aside.

A median of three takes out a single stray tick; nine fixed taps (a Hann window) take out the frame noise. Together they
look 5 ticks, 0.17 s, to each side. Noise of one frame falls to 0.39 of its size.
"""

from math import prod
from typing import Final

import numpy as np

from formcheck.poses import COLUMNS, Array, Poses

TAPS: Final = np.square(np.sin(np.pi * np.arange(1, 10) / 10)).astype(np.float32)
"""Weights of the window, in order; they are divided by their sum over the ticks that have a value."""

WEIGHT: Final = sum(TAPS[1:], TAPS[0])
"""Their sum where all nine ticks have a value, added up in their order as `_window` does."""

LAG: Final = len(TAPS) // 2 + 1
"""Ticks by which a smoothed tick is late."""

BLOCK: Final = 256
"""Ticks smoothed in one go, so that what lies between stays in the processor's cache (ours)."""


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
        columns = {name: getattr(held, name)[settled] for name in COLUMNS}
        columns |= {name: _smoothed(getattr(held, name), settled.start, settled.stop) for name in ("image", "world")}
        keep = max(settled.stop - LAG, 0)
        self._held, self._given = held[keep:], settled.stop - keep
        return Poses._trusted(columns, held.image_size)


def _smoothed(values: Array, start: int, stop: int) -> Array:
    """The window applied along the first axis, its rows from `start` to `stop`; beyond the ends there is nothing."""
    flat = values.reshape(len(values), prod(values.shape[1:]))
    out = np.empty((stop - start, flat.shape[1]), np.float32)
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        x = flat[max(first - LAG, 0) : last + LAG]
        whole = len(x) == last - first + 2 * LAG and not np.isnan(x).any()
        rows = out[first - start : last - start]
        if whole:
            _window(_middle(x), rows)
            rows /= WEIGHT
        else:
            rows[:] = _with_gaps(x)[min(first, LAG) :][: last - first]
    return out.reshape(stop - start, *values.shape[1:])


def _window(x: Array, out: Array) -> None:
    """The taps' weighted sum around each row of `x` (n + 8, c), into `out` (n, c)."""
    np.multiply(x[: len(out)], TAPS[0], out=out)
    part = np.empty_like(out)
    for j in range(1, len(TAPS)):
        out += np.multiply(x[j : j + len(out)], TAPS[j], out=part)


def _middle(x: Array) -> Array:
    """The middle one of each value and its two neighbours, (n, c) -> (n - 2, c); NaN next to a NaN."""
    before, here, after = x[:-2], x[1:-1], x[2:]
    middle = np.maximum(before, after)
    np.minimum(middle, here, out=middle)
    return np.maximum(middle, np.minimum(before, after), out=middle)


def _with_gaps(x: Array) -> Array:
    """As above where a value may be missing, (n, c) -> (n, c): the taps on those that are there; NaN stays NaN.

    A value that lacks a neighbour is its own middle.
    """
    n, reach = len(x), len(TAPS) // 2
    padded = np.full((n + 2 * reach, x.shape[1]), np.nan, np.float32)
    here = padded[reach : reach + n]
    here[:] = x
    if n > 2:
        middle = _middle(x)
        np.copyto(here[1:-1], middle, where=~np.isnan(middle))
    missing = np.isnan(padded)
    gone = missing[reach : reach + n]
    padded[missing] = 0
    total, weight = np.empty_like(x), np.empty_like(x)
    _window(padded, total)
    _window(~missing, weight)
    weight[gone] = np.nan
    total /= weight
    return total
