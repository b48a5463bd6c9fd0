"""The uniform clock: ticks at 30 Hz whatever came in, and nothing invented where nobody was seen."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.body.poses import COLUMNS, Array, Poses
from formcheck.core.clock import PART, RATE, Clock, _averaged, _between
from formcheck.errors import LandmarksError


def moving(time: Array, speed: float = 90.0) -> Poses:
    """Everything at x = speed * time, the person found in every frame."""
    poses = Poses.blank(time, (640, 360))
    image = np.zeros_like(poses.image) + (speed * time)[:, None, None].astype(np.float32)
    return replace(poses, image=image, world=np.zeros_like(poses.world), spread=np.full(len(time), np.nan, np.float32))


def ticked(*pieces: Poses) -> Poses:
    clock = Clock()
    parts = [part for piece in pieces for part in clock.feed(piece)]
    return Poses.join([*parts, *clock.finish()])


def same(a: Poses, b: Poses) -> bool:
    return all(np.array_equal(getattr(a, c), getattr(b, c), equal_nan=c != "back_state") for c in COLUMNS)


@pytest.mark.parametrize("fps", [10, 24, 25, 30, 50, 60, 120, 240])
def test_a_steady_motion_stays_one_at_any_rate(fps: int) -> None:
    ticks = ticked(moving(np.arange(2 * fps) / fps))
    assert np.allclose(ticks.time, np.arange(len(ticks)) / RATE)
    assert 0 <= (2 * fps - 1) / fps - ticks.time[-1] < 1 / RATE
    inner = slice(1, -1)  # at the ends an average has one side only
    assert ticks.image[inner, 0, 0] == pytest.approx(90 * ticks.time[inner], abs=0.05)


def test_more_frames_are_averaged_not_picked() -> None:
    time = np.arange(480) / 240
    noisy = moving(time, 0.0)
    noise = np.random.default_rng(2).normal(size=480).astype(np.float32)
    ticks = ticked(replace(noisy, image=noisy.image + noise[:, None, None]))
    assert ticks.image[:, 0, 0].std() < 0.45  # eight samples a tick


def test_a_frame_is_shown_until_the_next_one_however_long() -> None:
    ticks = ticked(moving(np.array([0.0, 0.1, 3.1, 3.2])))
    during = (ticks.time > 0.15) & (ticks.time < 3.05)
    assert ticks.image[during, 0, 0] == pytest.approx(9.0)
    assert np.isfinite(ticks.image).all()


def test_nan_only_where_nobody_was_found() -> None:
    poses = moving(np.arange(30) / 15)
    image = poses.image.copy()
    image[10:20] = np.nan
    ticks = ticked(replace(poses, image=image))
    gone = np.isnan(ticks.image[:, 0, 0])
    assert ticks.time[gone].min() == pytest.approx(10 / 15 - 0.02, abs=0.03)
    assert ticks.time[gone].max() == pytest.approx(19 / 15 + 0.02, abs=0.03)
    assert gone[(ticks.time > 0.7) & (ticks.time < 1.25)].all()


def test_sparse_values_stand_for_a_second() -> None:
    poses = moving(np.arange(90) / 30)
    spread = np.full(90, np.nan, np.float32)
    spread[[0, 15, 60]] = (0.1, 0.2, 0.3)
    ticks = ticked(replace(poses, spread=spread))
    assert ticks.spread[[0, 14, 15, 45]] == pytest.approx([0.1, 0.1, 0.2, 0.2])
    assert np.isnan(ticks.spread[46:60]).all()
    assert ticks.spread[60] == pytest.approx(0.3)


def test_memory_does_not_grow() -> None:
    clock = Clock()
    for second in range(50):
        frames = moving(second + np.arange(30) / 30)
        list(clock.feed(replace(frames, spread=np.zeros(30, np.float32))))
    assert clock._frames is not None
    assert len(clock._frames) < 10
    assert all(len(sparse._time) < 10 for sparse in clock._sparse)


def test_frames_must_follow() -> None:
    clock = Clock()
    clock.feed(moving(np.arange(30) / 30))
    with pytest.raises(LandmarksError, match="increase"):
        clock.feed(moving(np.arange(30) / 30))


def test_nothing_in_nothing_out() -> None:
    assert list(Clock().finish()) == []
    assert list(Clock().feed(moving(np.empty(0)))) == []
    assert len(ticked(moving(np.array([0.0])))) == 1


def test_a_long_gap_comes_in_parts_of_the_same_ticks() -> None:
    gap = moving(np.array([0.0, 0.1, 0.13, 400.01, 400.02, 400.1]))
    gap.spread[1] = 0.1
    parts = list(Clock().feed(gap))
    assert max(len(part) for part in parts) == PART < sum(len(part) for part in parts)
    assert same(ticked(gap), ticked(*(gap[i : i + 1] for i in range(len(gap)))))
    ticks = ticked(gap)
    assert np.array_equal(ticks.time, np.arange(len(ticks)) / RATE)
    assert ticks.time[-1] == pytest.approx(400.1)


def test_ticks_that_were_not_taken_come_with_the_next_ones() -> None:
    clock, poses = Clock(), moving(np.arange(60) / 25)
    clock.feed(poses[:20])
    clock.feed(poses[20:])
    assert same(Poses.join(clock.finish()), ticked(poses))


@pytest.mark.parametrize("rate", [60, 90, 120, 240])
def test_a_check_between_two_ticks_is_kept_however_the_frames_come(rate: int) -> None:
    poses = moving(0.004 + np.arange(rate) / rate)
    for checked in range(20, 40):
        spread = np.full(len(poses), np.nan, np.float32)
        spread[checked] = 0.1
        whole = replace(poses, spread=spread)
        assert same(ticked(*(whole[i : i + 1] for i in range(len(whole)))), ticked(whole))


def test_frames_on_the_ticks_pass_as_they_are() -> None:
    poses = moving(np.arange(60) / RATE)
    poses.image[:] += np.random.default_rng(1).normal(size=poses.image.shape).astype(np.float32)
    assert np.array_equal(ticked(poses).image, poses.image)
    off = replace(poses, time=poses.time + 1e-3 * (np.arange(60) == 40))  # one frame is late: every tick is computed
    ticks, near = ticked(off), np.isin(np.arange(60), (39, 40, 41))
    assert np.array_equal(ticks.image[~near], poses.image[~near])
    assert np.array_equal(ticks.world, poses.world)


@pytest.mark.parametrize("rate", [50, 60, 240])
def test_a_crowded_tick_is_the_mean_of_eight_points(rate: int) -> None:
    rng = np.random.default_rng(rate)
    at, time = 0.005 + np.arange(rate) / rate, np.arange(3, 27) / RATE
    values = rng.normal(size=(rate, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.05] = np.nan
    points = [_between(at, values, time + (i - 3.5) / (8 * RATE)) for i in range(8)]
    assert 0 < np.isnan(sum(points)).sum() < 100
    assert _averaged(at, values, time) == pytest.approx(sum(points) / 8, abs=1e-6, nan_ok=True)


STEPS = st.lists(st.sampled_from([1 / 240, 1 / 120, 1 / 60, 1 / 30, 1 / 24, 0.09, 0.3, 1.4]), min_size=12, max_size=40)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, cuts=st.lists(st.integers(0, 40), max_size=6), single=st.booleans(), seed=st.integers(0, 99))
def test_the_ticks_do_not_depend_on_the_cuts(steps: list[float], cuts: list[int], single: bool, seed: int) -> None:
    whole, n = moving(0.02 + np.cumsum(steps)), len(steps)
    rng = np.random.default_rng(seed)
    whole.image[rng.random(n) < 0.2] = np.nan
    whole.spread[rng.random(n) < 0.3] = rng.random()
    edges = range(n + 1) if single else [0, *sorted(min(cut, n) for cut in cuts), n]
    assert same(ticked(*(whole[a:b] for a, b in pairwise(edges))), ticked(whole))
