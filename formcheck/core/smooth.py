"""The fixed-lag smoother: a short centred window over ticks, so that no movement or peak is shifted in time.

A median of three removes a single stray tick; nine fixed taps (a Hann window) remove the frame noise. Together they
look 5 ticks, 0.17 s, to each side. White noise falls to 0.4 of its size.

Which way the person is turned changes slowly, and its noise would shake all that is made whole by it. So it is averaged
over the second before.
"""

from typing import Final

import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import COLUMNS, Array, Poses

TAPS: Final = np.square(np.sin(np.pi * np.arange(1, 10) / 10)).astype(np.float32)
"""Weights of the window; they are divided by their sum over the ticks that have a value."""

REACH: Final = len(TAPS) // 2
"""Ticks to each side that the taps reach."""

LAG: Final = REACH + 1
"""Ticks by which a smoothed tick is late."""

BODY: Final = INDEX["left_shoulder"]
"""Landmarks from this one on are smoothed. Those of the face stay as they are: no measure reads them."""

TURN_TAPS: Final = np.arange(-27, 4, 3)
"""The ticks, before and after, whose turns are averaged (ours)."""

BLOCK: Final = 512
"""Ticks smoothed at a time, so that the work stays in the processor's cache (ours)."""


class Smoother:
    """Smooths the landmarks of ticks: `feed` gives the ticks whose window is full, `finish` the last ones."""

    def __init__(self) -> None:
        self._held: Poses | None = None
        self._given = 0
        self._turns = np.full((-TURN_TAPS[0], 6), np.nan, np.float32)  # of the ticks before those held

    def feed(self, ticks: Poses) -> Poses:
        """The ticks that are now settled: those at least `LAG` before the end of `ticks`."""
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
        columns["image"], columns["world"] = _smoothed((held.image, held.world), settled.start, settled.stop)
        columns["turn"] = _averaged(self._turns, held.turn, settled.start, settled.stop)
        keep = max(settled.stop - LAG, 0)
        self._turns = np.concatenate([self._turns, held.turn[:keep]])[TURN_TAPS[0] :]
        self._held, self._given = held[keep:], settled.stop - keep
        return Poses._trusted(columns, held.image_size)


def _smoothed(columns: tuple[Array, Array], start: int, stop: int) -> list[Array]:
    """Landmarks, each (n, 33, c), smoothed from tick `start` to `stop`; beyond the ends there are no values.

    Where no value in reach is missing, all weights are the same; both ways give the same result to the last bit.
    """
    out = [values[start:stop].copy() for values in columns]
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        near = slice(max(first - LAG, 0), last + LAG)
        body = [_flat(values[near, BODY:]) for values in columns]
        x = np.concatenate(body, axis=1)
        whole = len(x) == last - first + 2 * LAG and not np.isnan(x).any()
        found = _windowed(_middle(x)) / WEIGHT if whole else _with_gaps(x)[first - near.start :][: last - first]
        images = body[0].shape[1]
        for values, part in zip(out, (found[:, :images], found[:, images:]), strict=True):
            _flat(values)[first - start : last - start, -part.shape[1] :] = part
    return out


def _averaged(before: Array, turns: Array, start: int, stop: int) -> Array:
    """Turns (n, 6) averaged over their taps, from tick `start` to `stop`; `before` are those before the first."""
    after = np.full((TURN_TAPS[-1], turns.shape[1]), np.nan, np.float32)
    x = np.concatenate([before, turns, after])
    known = ~np.isnan(x)
    x[~known] = 0
    here = np.arange(start, stop) + len(before)
    near = here[:, None] + TURN_TAPS
    mean: Array = x[near].sum(axis=1) / known[near].sum(axis=1, dtype=np.float32).clip(1)
    mean[~known[here]] = np.nan
    return mean


def _flat(values: Array) -> Array:
    """(n, k, c) -> (n, k * c), the same memory."""
    return values.reshape(len(values), values.shape[1] * values.shape[2])


def _windowed(x: Array) -> Array:
    """The sum of taps times the rows around each row, (n + 8, c) -> (n, c); rows that share a tap are added first."""
    n, centre = len(x) - 2 * REACH, REACH
    total: Array = x[centre : centre + n] * TAPS[centre]
    pair = np.empty_like(total)
    for off in range(1, REACH + 1):
        np.add(x[centre - off :][:n], x[centre + off :][:n], out=pair)
        pair *= TAPS[centre - off]
        total += pair
    return total


WEIGHT: Final = _windowed(np.ones((len(TAPS), 1), np.float32))
"""The sum of the taps where all nine ticks have a value, added in the same order."""


def _middle(x: Array) -> Array:
    """The median of each value and its two neighbours, (n, c) -> (n - 2, c); NaN next to a NaN."""
    before, here, after = x[:-2], x[1:-1], x[2:]
    middle = np.maximum(before, after)
    np.minimum(middle, here, out=middle)
    return np.maximum(middle, np.minimum(before, after), out=middle)


def _with_gaps(x: Array) -> Array:
    """Medians and window where values may be missing, (n, c) -> (n, c): only the taps of values that are there count.

    A value that lacks a neighbour is its own median.
    """
    n = len(x)
    padded = np.full((n + 2 * REACH, x.shape[1]), np.nan, np.float32)
    here = padded[REACH : REACH + n]
    here[:] = x
    if n > 2:
        middle = _middle(x)
        np.copyto(here[1:-1], middle, where=~np.isnan(middle))
    missing = np.isnan(padded)
    padded[missing] = 0
    weight = _windowed((~missing).astype(np.float32))
    weight[missing[REACH : REACH + n]] = np.nan
    smoothed: Array = _windowed(padded) / weight
    return smoothed
