"""Plane geometry on points whose angles are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.body import geometry


def row(*point: float) -> np.ndarray:
    return np.array([point], np.float32)


@pytest.mark.parametrize(
    ("b", "flexion"), [((2, 0), 0), ((1, 1), 90), ((0, 0), 180), ((1 + np.sqrt(0.5), np.sqrt(0.5)), 45)]
)
def test_flexion(b: tuple[float, float], flexion: float) -> None:
    """The vertex at (1, 0), one end at the origin."""
    assert geometry.flexion(row(0, 0), row(1, 0), row(*b))[0] == pytest.approx(flexion, abs=0.05)


def test_flexion_in_space_and_of_nothing() -> None:
    assert geometry.flexion(row(0, 0, 0), row(0, 0, 1), row(0, 3, 1))[0] == pytest.approx(90)
    assert np.isnan(geometry.flexion(row(0, 0), row(0, 0), row(1, 0))[0])
    assert np.isnan(geometry.flexion(row(np.nan, 0), row(0, 0), row(1, 0))[0])


@pytest.mark.parametrize(("high", "tilt"), [((0, -1), 0), ((1, 0), 90), ((-1, 0), 90), ((0, 1), 180), ((1, -1), 45)])
def test_tilt(high: tuple[float, float], tilt: float) -> None:
    """The lower end at the origin, y down."""
    assert geometry.tilt(row(0, 0), row(*high))[0] == pytest.approx(tilt)


@pytest.mark.parametrize("flip", [False, True])
def test_depth_is_towards_the_ground_whichever_way_the_line_runs(flip: bool) -> None:
    a, b = row(0, 0), row(10, 0)
    ends = (b, a) if flip else (a, b)
    assert geometry.depth_below(row(5, 3), *ends)[0] == pytest.approx(3)
    assert geometry.depth_below(row(5, -3), *ends)[0] == pytest.approx(-3)
    assert np.isnan(geometry.depth_below(row(5, 3), a, a)[0])


@given(st.integers(1, 40), st.integers(0, 39))
def test_a_row_does_not_know_its_neighbours(n: int, start: int) -> None:
    points = np.random.default_rng(1).normal(size=(3, 40, 2)).astype(np.float32)
    whole = geometry.flexion(*points)
    part = geometry.flexion(*(p[start : start + n].copy() for p in points))
    assert np.array_equal(whole[start : start + n], part)


def test_a_single_point_is_as_good_as_many() -> None:
    a, b, c = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], np.float32)
    assert geometry.flexion(a, b, c) == pytest.approx(90, abs=1e-4)
    assert np.isnan(geometry.flexion(a, a, c))
    assert geometry.depth_below(c, a, b) == pytest.approx(1)
    divisor = np.zeros(3, np.float32)
    assert np.isnan(geometry.nan_for_0(divisor)).all() and not divisor.any()
