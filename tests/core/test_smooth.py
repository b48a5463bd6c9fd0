"""The fixed-lag smoother: less noise, no delay, no flattening, NaN where there was NaN."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stick import film, leg_lift
from formcheck.body import measures
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core.clock import RATE
from formcheck.core.smooth import BODY, LAG, Smoother


def poses(values: Array) -> Poses:
    blank = Poses.blank(np.arange(len(values)) / RATE, (640, 360))
    image = np.zeros_like(blank.image) + values[:, None, None].astype(np.float32)
    return replace(blank, image=image, world=np.zeros_like(blank.world))


def smoothed(*pieces: Array) -> Array:
    smoother = Smoother()
    values = np.concatenate(pieces)
    whole, ends = poses(values), np.cumsum([0, *map(len, pieces)])
    parts = [*(smoother.feed(whole[a:b]) for a, b in pairwise(ends)), smoother.finish()]
    found: Array = Poses.join([part for part in parts if part is not None]).image[:, -1, 0]
    assert len(found) == len(values)
    return found


def test_a_line_stays_a_line() -> None:
    line = np.arange(60.0)
    assert smoothed(line)[LAG:-LAG] == pytest.approx(line[LAG:-LAG], abs=1e-3)


def test_noise_falls_to_two_fifths() -> None:
    noise = np.random.default_rng(3).normal(size=5000)
    assert smoothed(noise).std() == pytest.approx(0.39, abs=0.06)


def test_a_peak_keeps_its_time_and_height() -> None:
    time = np.arange(120) / RATE
    wave = np.sin(2 * np.pi * 0.5 * time)
    found = smoothed(wave)
    assert int(np.argmax(found[:60])) == int(np.argmax(wave[:60]))
    assert found.max() == pytest.approx(1, abs=0.03)


def test_one_stray_tick_is_taken_out() -> None:
    values = np.zeros(40)
    values[20] = 100
    assert np.abs(smoothed(values)).max() == 0


def test_nan_stays_and_does_not_spread() -> None:
    values = np.ones(40)
    values[15:20] = np.nan
    found = smoothed(values)
    assert np.isnan(found[15:20]).all()
    assert np.delete(found, np.s_[15:20]) == pytest.approx(1)


def test_a_gap_elsewhere_changes_no_bit() -> None:
    whole = poses(np.zeros(1200))
    whole.image[:] = np.random.default_rng(5).normal(size=whole.image.shape)
    gone = replace(whole, image=whole.image.copy())
    gone.image[100:110, 20] = gone.image[700, 20] = np.nan
    there = [i for i in range(33) if i != 20]
    assert np.array_equal(Smoother().feed(gone).image[:, there], Smoother().feed(whole).image[:, there])


def test_no_measure_reads_the_face_which_is_not_smoothed() -> None:
    seen = film(leg_lift(), noise=1, seed=2).poses
    faceless = replace(seen, image=seen.image.copy(), world=seen.world.copy())
    faceless.image[:, :BODY] = faceless.world[:, :BODY] = np.nan
    assert np.array_equal(measures.table(faceless, MEASURES), measures.table(seen, MEASURES), equal_nan=True)
    found = Smoother().feed(seen)
    assert np.array_equal(found.image[:, :BODY], seen.image[:-LAG, :BODY])
    assert not np.array_equal(found.image[:, BODY:], seen.image[:-LAG, BODY:])


def test_it_is_late_by_its_window_only() -> None:
    smoother = Smoother()
    assert len(smoother.feed(poses(np.zeros(30)))) == 30 - LAG
    assert LAG / RATE <= 0.17


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.one_of(st.just(float("nan")), st.floats(-99, 99, width=32)), min_size=15, max_size=50),
    cuts=st.lists(st.integers(0, 50), max_size=6),
    single=st.booleans(),
)
def test_the_result_does_not_depend_on_the_cuts(values: list[float], cuts: list[int], single: bool) -> None:
    whole = np.array(values)
    at = range(1, len(whole)) if single else sorted(min(cut, len(whole)) for cut in cuts)
    assert np.array_equal(smoothed(*np.split(whole, at)), smoothed(whole), equal_nan=True)


@given(st.lists(st.integers(0, 40), max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_turn_is_averaged_over_the_second_before_however_the_ticks_were_cut(cuts: list[int]) -> None:
    rng = np.random.default_rng(2)
    turn = np.float32([0.8, 0.6, 5.0, 0.8, 0.6, 5.0]) + rng.normal(0, 0.1, (120, 6)).astype(np.float32)
    turn[40:45] = np.nan
    whole = replace(poses(np.zeros(120)), turn=turn)
    smoother, ends = Smoother(), [0, *np.minimum(np.cumsum(cuts), 120), 120]
    parts = [*(smoother.feed(whole[a:b]) for a, b in pairwise(ends)), smoother.finish()]
    found = Poses.join([part for part in parts if part is not None]).turn
    once = Smoother()
    np.testing.assert_array_equal(found, Poses.join([once.feed(whole), once.finish() or whole[:0]]).turn)
    assert np.isnan(found[40:45]).all()
    assert np.nanstd(found[30:], axis=0).max() < 0.06
    assert np.nanmean(found[30:], axis=0) == pytest.approx([0.8, 0.6, 5.0, 0.8, 0.6, 5.0], abs=0.03)
