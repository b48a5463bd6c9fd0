"""A rep measured: the rule's numbers on signals whose truth is known."""

import numpy as np
import pytest
from signals import line, measured, trapezoid, windows

from formcheck.body.geometry import quantile
from formcheck.core.clock import RATE


@pytest.mark.parametrize(("rest", "top"), [(0.0, 1.0), (-40.0, 25.0), (3.0, 3.2)])
def test_start_and_end_are_at_a_twentieth(rest: float, top: float) -> None:
    found = measured(*trapezoid(rest, top))
    assert (found.start_s, found.end_s) == pytest.approx((2.05, 7.9), abs=1e-3)
    assert (found.raised_from_s, found.lowered_s) == pytest.approx((2.1, 7.8), abs=1e-3)
    assert (found.hold_from_s, found.hold_to_s) == pytest.approx((2.9, 6.2), abs=1e-3)
    assert found.height == pytest.approx(top - rest)
    assert not found.partial
    assert found.dips == ()


def test_the_hold_level_is_the_exercise_s() -> None:
    found = measured(*trapezoid(), level=0.7)
    assert (found.hold_from_s, found.hold_to_s) == pytest.approx((2.7, 6.6), abs=1e-3)


def test_a_cosine_crosses_where_it_must() -> None:
    time = np.arange(0, 4 * RATE + 1) / RATE
    found = measured(time, (0.5 - 0.5 * np.cos(np.pi * time / 2)).astype(np.float32))
    for moment, level in ((found.start_s, 0.05), (found.hold_from_s, 0.9)):
        assert moment == pytest.approx(2 / np.pi * np.arccos(1 - 2 * level), abs=0.1)  # its rest is but a turning point


@pytest.mark.parametrize(("dip", "hold_to", "depths"), [(0.5, 8.2, [0.5]), (0.88, 8.2, []), (0.35, 3.9, [])])
def test_a_dip_ends_the_hold_only_under_two_fifths(dip: float, hold_to: float, depths: list[float]) -> None:
    time, signal = line((0, 0), (2, 0), (3, 1), (3.9, 1), (4.9, dip), (5.5, 1), (8.0, 1), (10, 0), (11, 0))
    found = measured(time, signal)
    if dip > 0.4:
        assert found.hold_to_s == pytest.approx(hold_to, abs=0.02)
    else:  # the longer of the two holds
        assert found.hold_from_s > 5
    assert [d.depth for d in found.dips] == pytest.approx(depths, abs=0.02)
    assert [d.at_s for d in found.dips] == pytest.approx([4.9] * len(depths), abs=0.04)
    larger = measured(time, 20 * signal - 7)
    assert [d.fall for d in larger.dips] == pytest.approx([20 * d.depth for d in found.dips], abs=1e-4)


@pytest.mark.parametrize("spike", [-0.5, 0.3, 0.8, 3.0])
def test_a_momentary_jump_does_not_set_the_level(spike: float) -> None:
    time, signal = trapezoid()
    signal[120:127] += np.float32(spike)
    found = measured(time, signal)
    assert (found.start_s, found.end_s) == pytest.approx((2.05, 7.9), abs=0.02)
    assert (found.hold_from_s, found.hold_to_s) == pytest.approx((2.9, 6.2), abs=0.06)


def test_a_restless_top_is_not_its_highest_point() -> None:
    time, signal = trapezoid()
    restless = signal + (0.06 * np.sin(2 * np.pi * 0.7 * time) * (signal > 0.95)).astype(np.float32)
    found = measured(time, restless)
    assert (found.hold_from_s, found.hold_to_s) == pytest.approx((2.9, 6.2), abs=0.12)


@pytest.mark.parametrize("seconds", [0.8, 1.0, 2.0, 6.0])
def test_the_top_of_a_quick_rep_is_hardly_lowered(seconds: float) -> None:
    time = np.arange(0, round((4 + seconds) * RATE) + 1) / RATE
    phase = np.clip((time - 2) / seconds, 0, 1)
    found = measured(time, (0.5 - 0.5 * np.cos(2 * np.pi * phase)).astype(np.float32))
    assert found.hold_to_s - found.hold_from_s == pytest.approx(seconds * np.arccos(0.8) / np.pi, abs=0.1)


def test_noise_is_what_is_too_quick_for_a_body() -> None:
    time, signal = trapezoid()
    quiet = measured(time, signal)
    rough = measured(time, signal + np.random.default_rng(1).normal(0, 0.02, len(time)).astype(np.float32))
    assert quiet.noise < 0.01
    assert rough.noise == pytest.approx(0.02, abs=0.006)


def test_how_the_person_leaves_the_rest_is_not_the_rest() -> None:
    time, signal = line((0, 0), (2, 0), (3, 1), (6, 1), (8, 0.02), (9.2, 0), (9.8, -2.5))
    found = measured(time, signal, cut_after=True)
    assert (found.start_s, found.end_s) == pytest.approx((2.05, 7.9), abs=0.05)
    assert not found.partial


@pytest.mark.parametrize("entry", [-0.3, -0.8])
def test_how_the_person_came_to_rest_is_not_the_rest(entry: float) -> None:
    time, signal = line((0, entry), (1.5, entry), (3, 0), (5, 0), (6, 1), (8, 1), (9, 0), (10, 0))
    (window,) = windows(signal)
    part = slice(window.first, window.last + 1)
    found = measured(time[part], signal[part])
    assert (found.start_s, found.end_s) == pytest.approx((5.05, 8.95), abs=0.02)
    assert time[part][found.at_rest].min() > 3 - 0.05
    assert not found.partial


def test_a_long_sag_is_not_the_rest() -> None:
    found = measured(
        *line((0, 0), (2, 0), (3, 0.97), (5, 0.97), (6, 0.45), (8, 0.45), (9, 1), (11, 1), (12, 0), (14, 0))
    )
    assert (found.start_s, found.end_s) == pytest.approx((2.05, 11.95), abs=0.02)
    assert len(found.dips) == 1


@pytest.mark.parametrize(("points", "partial", "start"), [
    (((0, 1), (2, 1), (3, 0), (5, 0)), True, 0.0),
    (((0, 0.5), (0.5, 1), (2, 1), (3, 0), (5, 0)), True, 0.0),
    (((0, 0), (0.2, 0), (1, 1), (2, 1), (3, 0), (5, 0)), False, 0.24),
])  # fmt: skip
def test_a_rep_that_the_beginning_cuts_is_partial(
    points: tuple[tuple[float, float], ...], partial: bool, start: float
) -> None:
    time, signal = line(*points)
    (window,) = windows(signal)
    part = slice(window.first, window.last + 1)
    found = measured(time[part], signal[part], cut_before=window.cut_before, cut_after=window.cut_after)
    assert found.partial is partial
    assert found.start_s == pytest.approx(start, abs=0.02)


@pytest.mark.parametrize(("points", "partial"), [
    (((0, 0), (2, 0), (3, 1), (5, 1)), True),
    (((0, 0), (2, 0), (3, 1), (5, 1), (6, 0.25)), True),
    (((0, 0), (2, 0), (3, 1), (5, 1), (6, 0.1), (6.4, 0.1)), False),
])  # fmt: skip
def test_a_rep_that_the_end_cuts_is_partial(points: tuple[tuple[float, float], ...], partial: bool) -> None:
    time, signal = line(*points)
    (window,) = windows(signal)
    assert window.cut_after
    part = slice(window.first, window.last + 1)
    found = measured(time[part], signal[part], cut_before=window.cut_before, cut_after=window.cut_after)
    assert found.partial is partial


@pytest.mark.parametrize("n", [1, 2, 7, 200])
def test_quantiles_are_numpy_s(n: int) -> None:
    values = np.sort(np.random.default_rng(n).normal(0, 1, n))
    for share in (0.0, 0.16, 0.5, 0.84, 0.85, 1.0):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share), abs=1e-15)
