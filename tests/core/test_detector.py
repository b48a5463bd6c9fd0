"""Reps found as a signal comes in, whole and tick by tick: every step of the state machine."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import line, trapezoid, windows

from formcheck.body.poses import Array
from formcheck.core import detector
from formcheck.core.clock import RATE
from formcheck.core.detector import LONGEST_REP, REST_MEMORY, TRANSITIONS, Detector, Event, Mode, Then, Window


def test_a_fall_ends_a_rep_only_under_three_tenths() -> None:
    shapes: dict[float, int] = {0.35: 1, 0.25: 2}
    for low, count in shapes.items():
        _, signal = line((0, 0), (1, 0), (2, 1), (3, 1), (4, low), (5, 1), (6, 1), (7, 0), (9, 0))
        assert len(windows(signal)) == count


def test_reps_without_a_pause_are_counted() -> None:
    time = np.arange(0, 20 * RATE) / RATE
    signal = (0.5 - 0.5 * np.cos(2 * np.pi * time / 2)).astype(np.float32)
    assert len(windows(signal)) == 10


def test_an_excursion_under_the_least_is_none() -> None:
    _, signal = trapezoid(0, 0.09)
    assert windows(signal) == []
    assert len(windows(signal, 0.08)) == 1


def test_slow_drift_is_no_rep() -> None:
    _, signal = line((0, 0), (120, 1))
    assert windows(signal) == []


def test_getting_into_position_is_no_rep() -> None:
    _, signal = line((0, -1), (1, 0.5), (3, 0.5))
    ticks = np.arange(len(signal))
    assert windows(signal, posture=ticks > 12) == []


def test_a_rest_must_be_a_rest() -> None:
    _, signal = trapezoid()
    standing = np.arange(len(signal)) > 10
    assert len(windows(signal, posture=standing)) == 1
    assert windows(signal, posture=standing, rest=np.zeros(len(signal), np.bool_)) == []


def test_a_rep_out_of_posture_is_none_and_a_short_gap_is_overlooked() -> None:
    _, signal = trapezoid()
    ticks = np.arange(len(signal))
    assert windows(signal, posture=(ticks < 120) | (ticks > 150)) == []
    assert len(windows(signal, posture=(ticks < 120) | (ticks > 130))) == 1


def test_a_rep_during_which_the_person_leaves_is_cut() -> None:
    _, signal = trapezoid()
    signal[130:200] = np.nan
    (window,) = windows(signal)
    assert window.cut_after
    assert window.last < 135


def test_what_never_ends_is_no_rep_and_takes_no_memory() -> None:
    _, signal = line((0, 0), (2, 0), (3, 1), (4, 1))
    watch = Detector(0)
    ones = np.ones(len(signal), np.bool_)
    watch.feed(signal, np.full(len(signal), 0.1, np.float32), ones, ones)
    top = np.full(3000, 1, np.float32)
    many = np.ones(3000, np.bool_)
    for _ in range(LONGEST_REP // 3000 + 2):
        assert watch.feed(top, np.full(3000, 0.1, np.float32), many, many) == []
    assert watch.moving_since is None
    assert len(watch._signal) <= REST_MEMORY + 3000


@st.composite
def signals(draw: Callable[..., list[float]]) -> Array:
    values = draw(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=14))
    steps = draw(st.lists(st.integers(1, 60), min_size=len(values), max_size=len(values)))
    at = np.cumsum(steps)
    signal = np.interp(np.arange(at[-1] + 1), at, values).astype(np.float32)
    gaps = draw(st.lists(st.integers(0, len(signal) - 1), max_size=3))
    for gap in gaps:
        signal[gap : gap + 20] = np.nan
    return signal


@settings(max_examples=60, deadline=None)
@given(signals(), st.lists(st.integers(0, 500), max_size=6), st.booleans())
def test_windows_do_not_depend_on_the_cuts(signal: Array, cuts: list[int], single: bool) -> None:
    edges = list(range(len(signal) + 1)) if single else sorted({0, len(signal), *(c % len(signal) for c in cuts)})
    watch = Detector(0)
    found: list[Window] = []
    for a, b in pairwise(edges):
        ok = np.ones(b - a, np.bool_)
        found += watch.feed(signal[a:b], np.full(b - a, 0.1, np.float32), ok, ok)
    assert found + watch.finish() == windows(signal)


def test_every_step_of_the_table_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """By signals drawn at random, with gaps in the posture and in the sight of the person."""
    taken: set[tuple[Mode, Event]] = set()

    class Watched(dict[tuple[Mode, Event], Then]):
        def __getitem__(self, step: tuple[Mode, Event]) -> Then:
            taken.add(step)
            return super().__getitem__(step)

    monkeypatch.setattr(detector, "TRANSITIONS", Watched(TRANSITIONS))
    rng = np.random.default_rng(3)
    for _ in range(300):
        at = np.cumsum(rng.integers(5, 40, 12))
        signal = np.interp(np.arange(at[-1]), at, rng.choice([0.0, 0.2, 1.0], 12)).astype(np.float32)
        posture = np.ones(len(signal), np.bool_)
        for gaps, value in ((posture, False), (signal, np.nan)):
            first = rng.integers(-20, len(signal))
            gaps[max(first, 0) : first + 25] = value
        windows(signal, posture=posture)
    assert taken == set(TRANSITIONS)


def test_a_window_closes_only_where_the_table_says_so() -> None:
    closing = {step for step, then in TRANSITIONS.items() if then.closes}
    assert {mode for mode, _ in closing} == {Mode.UP, Mode.DOWN}
    assert (Mode.UP, Event.LOST) not in closing


def test_a_rest_at_another_height_ends_a_rep() -> None:
    """A pause above three tenths is a rest, where the body lies still; a dip that goes on is not."""
    still, moving = ((0, 0), (1, 0), (2, 1), (3, 1), (4, 0.36), (6, 0.36), (7, 1), (8, 1), (9, 0.36), (11, 0.36)), (
        (0, 0), (1, 0), (2, 1), (3, 1), (4, 0.36), (5, 1), (6, 1), (7, 0), (9, 0),
    )  # fmt: skip
    assert len(windows(line(*still)[1])) == 2
    assert len(windows(line(*moving)[1])) == 1
