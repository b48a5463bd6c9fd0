"""Signals whose excursions are known, and what the core finds in them."""

import numpy as np

from formcheck.body.poses import Array
from formcheck.core.clock import RATE
from formcheck.core.detector import Detector, Window
from formcheck.core.excursion import Excursion, excursion


def line(*points: tuple[float, float]) -> tuple[Array, Array]:
    """A signal through (time, value) points, at every tick."""
    times, values = zip(*points, strict=True)
    time = np.arange(round(times[-1] * RATE) + 1) / RATE
    return time, np.interp(time, times, values).astype(np.float32)


def trapezoid(rest: float = 0.0, top: float = 1.0) -> tuple[Array, Array]:
    """Up from 2 to 3 s, down from 6 to 8 s."""
    return line((0, rest), (2, rest), (3, top), (6, top), (8, rest), (10, rest))


def measured(time: Array, signal: Array, level: float = 0.9, **cuts: bool) -> Excursion:
    found = excursion(time, signal, hold_level=level, **({"cut_before": False, "cut_after": False} | cuts))
    assert found is not None
    return found


def windows(
    signal: Array, least: float = 0.1, *, posture: Array | None = None, rest: Array | None = None
) -> list[Window]:
    ok = np.ones(len(signal), np.bool_)
    detector = Detector(0)
    enough = np.full(len(signal), least, np.float32)
    found = detector.feed(signal, enough, ok if posture is None else posture, ok if rest is None else rest)
    return found + detector.finish()
