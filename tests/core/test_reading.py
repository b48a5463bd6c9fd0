"""Readings: numbers read off exact signals, and the worse of two legs."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formcheck.body.poses import Array
from formcheck.core import reading
from formcheck.core.exercise import Check
from formcheck.core.reading import Phase, Reading
from formcheck.findings import Reason, Why

TIME = np.arange(0, 4, 1 / 30)
ALL = Phase(np.ones(len(TIME), np.bool_), 0.0, 4.0)
NO_REST = np.zeros(len(TIME), np.bool_)


def check(**changes: Any) -> Check:
    base = Check("knee_flexion", "working", "hold", "mean", "deg", False, None, 20.0)
    return replace(base, **changes)


def read(signal: Array, **changes: Any) -> Reading:
    return reading.read(check(**changes), TIME, signal.astype(np.float32), ALL, NO_REST)


@pytest.mark.parametrize(("take", "value", "at_s"), [
    ("max", 7.0, 3.0), ("min", 1.0, 0.0), ("mean", 4.0, None), ("slope", 2.0, None), ("peak_speed", 2.0, None),
    ("first", 1.4667, 0.0), ("gain", 5.9333, 3.0), ("reversals", 0.0, None), ("duration", 4.0, 4.0),
])  # fmt: skip
def test_takes_on_a_straight_line(take: str, value: float, at_s: float | None) -> None:
    """1 at 0 s, 7 at 3 s, 2 a second."""
    line = 1 + 2 * TIME
    ticks = TIME <= 3.0001
    found = reading.read(check(take=take), TIME, line.astype(np.float32), Phase(ticks, 0.0, 4.0), NO_REST)
    assert found.value == pytest.approx(value, abs=1e-3)
    assert at_s is None or found.at_s == pytest.approx(at_s, abs=0.02)


@pytest.mark.parametrize(("points", "count"), [
    (((0, 1), (4, 0)), 0),
    (((0, 1), (2, 0.5), (3, 0.6), (4, 0)), 1),
    (((0, 1), (1, 0.5), (1.5, 0.7), (2, 0.4), (3, 0.6), (4, 0)), 2),
    (((0, 1), (2, 0.5), (3, 0.53), (4, 0)), 0),
    (((0, 0), (2, 0.5), (3, 0.4), (4, 1)), 1),
])  # fmt: skip
def test_reversals_are_counted(points: tuple[tuple[float, float], ...], count: int) -> None:
    at, values = zip(*points, strict=True)
    assert read(np.interp(TIME, at, values), take="reversals").value == count


def test_a_landmark_that_jumps_aside_for_a_moment_is_not_read() -> None:
    jump = ((TIME > 1) & (TIME < 1.18)) | ((TIME > 3) & (TIME < 3.18))
    assert read(np.where(jump, 90.0, 5.0), take="max").value == pytest.approx(5.0)
    assert read(np.where(TIME > 3.6, 90.0, 5.0), take="max").value == pytest.approx(90.0)


def test_a_change_is_from_the_person_s_own_rest() -> None:
    signal = np.where(TIME < 1, 5.0, 9.0).astype(np.float32)
    rest, hold = TIME < 1, Phase(TIME >= 1, 1.0, 4.0)
    found = reading.read(check(from_rest=True), TIME, signal, hold, rest)
    assert found.value == pytest.approx(4.0)
    without = reading.read(check(from_rest=True), TIME, signal, hold, NO_REST)
    assert without.value is None
    assert without.reason == Why(Reason.NO_REST)


def test_the_worse_leg_counts() -> None:
    wanted = check(at_least=10.0, at_most=20.0)
    readings = [Reading(15, 1, 1), Reading(24, 2, 1), Reading(7, 3, 1)]
    assert reading.worst(wanted, readings).value == 24
    hidden = Why(Reason.OUTSIDE_PICTURE, "knee")
    assert reading.worst(wanted, [*readings, Reading(None, None, 1, hidden)]).reason == hidden


def test_when_a_cue_was_first_met() -> None:
    signal = (50 * TIME).astype(np.float32)
    assert reading.first_met(check(at_least=100, at_most=None), TIME, signal, ALL) == pytest.approx(2.0, abs=0.04)
    assert reading.first_met(check(at_least=1000, at_most=None), TIME, signal, ALL) is None
