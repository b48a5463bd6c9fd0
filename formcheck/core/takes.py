"""Takes: the ways to read one number off a phase of a rep. A new one is a function and a row in `TAKES`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.body.poses import Array

FIRST_S: Final = 0.5
"""How long the beginning of a phase is (ours)."""

ErrorKind = Literal["plain", "change", "slope", "speed", "time", "exact"]
"""Which standard error a number has: the measure's own (`plain`), its smaller one for a change from the same person's
start (`change`), that divided by the phase's seconds (`slope`), a share of the number (`speed`), the error of the
phase's ends (`time`), or none for a count (`exact`)."""

Course = Literal["grows", "falls"]


@dataclass(frozen=True, slots=True)
class Take:
    """One way to read a number off a phase.

    words: what it is called on the page of cues. of: times and values, each (n,) without NaN, n >= 1 -> the number and
    the index of the moment that decided; None where the number comes from the phase itself or the set. course: whether
    it can only grow or only fall while the phase goes on; None if both.
    """

    words: str
    of: Callable[[Array, Array], tuple[float, int]] | None
    error: ErrorKind
    course: Course | None = None


def _max(t: Array, x: Array) -> tuple[float, int]:
    return float(x.max()), int(np.argmax(x))


def _min(t: Array, x: Array) -> tuple[float, int]:
    return float(x.min()), int(np.argmin(x))


def _mean(t: Array, x: Array) -> tuple[float, int]:
    return float(x.mean()), len(x) // 2


def _first(t: Array, x: Array) -> tuple[float, int]:
    return float(x[t < t[0] + FIRST_S].mean()), 0


def _gain(t: Array, x: Array) -> tuple[float, int]:
    """How far a signal rises above its start."""
    return float(x.max() - x[:3].mean()), int(np.argmax(x))


def _travel(t: Array, x: Array) -> tuple[float, int]:
    """How far a signal gets from its start, and where it is furthest."""
    away = np.abs(x - x[:3].mean())
    return float(away.max()), int(np.argmax(away))


def _slope(t: Array, x: Array) -> tuple[float, int]:
    if len(t) < 2:
        return 0.0, 0
    centred = t - t.mean()
    return float((centred * x).sum() / (centred * centred).sum()), len(t) - 1


def _peak_speed(t: Array, x: Array) -> tuple[float, int]:
    if len(t) < 2:
        return 0.0, 0
    speed = np.diff(x) / np.diff(t)
    i = int(np.argmax(np.abs(speed)))
    return float(abs(speed[i])), i


STIR_S: Final = 1.0
STIR_SHARE: Final = 0.95
"""How restless a signal is: by how much it changes within this time, at this share of the times (ours)."""


def _stir(t: Array, x: Array) -> tuple[float, int]:
    ahead = np.searchsorted(t, t + STIR_S)
    there = ahead < len(t)
    if not there.any():
        return float(np.ptp(x)), int(np.argmax(x))
    moved = np.abs(x[ahead[there]] - x[there])
    return float(np.quantile(moved, STIR_SHARE)), int(np.argmax(moved))


def _reversals(t: Array, x: Array) -> tuple[float, int]:
    """How often the signal turns back by more than a twentieth of its range, and where it first does so."""
    band, count, first, extreme = 0.05 * float(np.ptp(x)), 0, 0, x[0]
    sign = np.sign(x[-1] - x[0]) or 1.0
    turned = False
    for i, value in enumerate(x):
        ahead = (value - extreme) * (-sign if turned else sign)
        if ahead > 0:
            extreme = value
        elif -ahead > band:
            count, first = count + (not turned), first or i
            turned, extreme = not turned, value
    return float(count), first


TAKES: Final = {
    "max": Take("largest {what}", _max, "plain", "grows"),
    "min": Take("smallest {what}", _min, "plain", "falls"),
    "mean": Take("mean {what}", _mean, "plain"),
    "first": Take("{what} in the first half second", _first, "plain"),
    "slope": Take("drift of {what}", _slope, "slope"),
    "duration": Take("time", None, "time", "grows"),
    "peak_speed": Take("peak speed of {what}", _peak_speed, "speed", "grows"),
    "reversals": Take("turns of {what}", _reversals, "exact", "grows"),
    "stir": Take("change of {what} within a second", _stir, "speed"),
    "gain": Take("largest {what} less the first", _gain, "change", "grows"),
    "travel": Take("largest change of {what}", _travel, "change", "grows"),
    "count": Take("reps of each side", None, "exact"),
}
"""Every take by its name in the exercise files. `count` is of the set: the reps of each side."""
