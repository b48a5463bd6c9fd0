"""The uniform clock: ticks at 30 Hz whatever came in, and nothing invented where nobody was seen."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.clock import RATE, Clock
from formcheck.poses import Array, Poses


def moving(time: Array, speed: float = 90.0) -> Poses:
    """Everything at x = speed * time, the person found in every frame."""
    poses = Poses.blank(time, (640, 360))
    image = np.zeros_like(poses.image) + (speed * time)[:, None, None].astype(np.float32)
    return replace(poses, image=image, world=np.zeros_like(poses.world), spread=np.full(len(time), np.nan, np.float32))


def ticked(poses: Poses) -> Poses:
    clock = Clock()
    rest = (clock.feed(poses), clock.finish())
    return Poses.join([part for part in rest if part is not None])


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
        clock.feed(moving(second + np.arange(30) / 30))
    assert clock._frames is not None
    assert len(clock._frames) < 10


def test_nothing_in_nothing_out() -> None:
    assert Clock().finish() is None
    assert len(Clock().feed(moving(np.empty(0)))) == 0
    assert len(ticked(moving(np.array([0.0])))) == 1
