"""The bundle: its shapes are checked, and cutting, joining and mirroring lose nothing."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick import film, leg_lift
from formcheck.body.landmarks import BONES, INDEX, MIRROR, NAMES
from formcheck.body.poses import COLUMNS, Poses
from formcheck.errors import LandmarksError


def test_shapes_and_times_are_checked() -> None:
    good = film(leg_lift()).poses[:10]
    with pytest.raises(LandmarksError, match=r"Poses\.image must have the shape \(10, 33, 2\); it has \(10, 33, 3\)"):
        replace(good, image=np.zeros((10, 33, 3)))
    for time in (np.zeros(10), np.arange(10)[::-1], np.full(10, np.nan)):
        with pytest.raises(LandmarksError, match="increase"):
            replace(good, time=time)
    for odd in (1.0, None, "soon", ["a"] * 10, [[1], [1, 2]]):
        with pytest.raises(LandmarksError, match=r"Poses\.time must"):
            replace(good, time=odd)
    assert replace(good, image_size=[640, np.int64(360)]).image_size == (640, 360)  # type: ignore[arg-type]
    for size in ((0, 360), (640,), (640.5, 360), "large", None):
        with pytest.raises(LandmarksError, match=r"Poses\.image_size must be two whole numbers"):
            replace(good, image_size=size)  # type: ignore[arg-type]


def test_cut_and_joined_is_the_same() -> None:
    poses = film(leg_lift()).poses
    again = Poses.join([poses[:7], poses[7:7], poses[7:]])
    assert all(np.array_equal(getattr(poses, c), getattr(again, c), equal_nan=True) for c in COLUMNS)
    with pytest.raises(LandmarksError, match="one picture size"):
        Poses.join([poses[:1], replace(poses[1:], image_size=(1, 1))])
    with pytest.raises(LandmarksError):
        Poses.join([])


def test_frames_out_of_order_are_refused() -> None:
    poses = film(leg_lift()).poses[:10]
    assert np.shares_memory(poses[2:5].image, poses.image)
    for wrong in (slice(None, None, -1), np.array([1, 1]), np.array([3, 2])):
        with pytest.raises(LandmarksError, match="increase"):
            poses[wrong]
    for parts in ([poses[5:], poses[:5]], [poses[:5], poses[:0], poses[4:]]):
        with pytest.raises(LandmarksError, match="increase"):
            Poses.join(parts)


def test_a_mirror_twice_is_nothing() -> None:
    poses = film(leg_lift()).poses[:5]
    twice = poses.mirrored().mirrored()
    assert np.allclose(poses.image, twice.image, atol=1e-3)
    assert np.array_equal(poses.world, twice.world)
    once = poses.mirrored()
    left, right = INDEX["left_knee"], INDEX["right_knee"]
    assert once.image[:, left, 0] == pytest.approx(poses.image_size[0] - 1 - poses.image[:, right, 0], abs=1e-3)


def test_a_mirror_turns_the_ball_and_the_line_of_the_back() -> None:
    poses = film(leg_lift()).poses[:2]
    seen = replace(poses, ball=np.array([[100, 50, 30], [np.nan] * 3]), axis=np.array([[10, 20, 60, 25, 1]] * 2))
    mirrored, width = seen.mirrored(), poses.image_size[0]
    assert mirrored.ball[0].tolist() == [width - 101, 50, 30]
    assert np.isnan(mirrored.ball[1]).all()
    assert mirrored.axis[0].tolist() == [width - 11, 20, width - 61, 25, -1]
    assert seen.ball[0, 0] == 100


def test_a_mirror_turns_the_body_and_exchanges_what_is_hidden() -> None:
    left, right = INDEX["left_knee"], INDEX["right_knee"]
    hidden = np.zeros((1, 33), np.float32)
    hidden[0, left] = 0.9
    poses = replace(film(leg_lift()).poses[:1], hidden=hidden, error=hidden / 9, turn=[[1, 0.2, 5, 0.8, -0.3, 7]])
    mirrored = poses.mirrored()
    assert mirrored.hidden[0, [left, right]] == pytest.approx([0, 0.9])
    assert mirrored.error[0, [left, right]] == pytest.approx([0, 0.1])
    assert mirrored.turn[0] == pytest.approx([-1, 0.2, 5, -0.8, -0.3, 7])


def test_nobody_is_a_row_of_nan() -> None:
    blank = Poses.blank(np.arange(3) / 30, (640, 360))
    assert not blank.found.any()
    assert blank.visibility.max() == 0
    assert film(leg_lift()).poses.found.all()


def test_names_sides_and_bones() -> None:
    assert len(NAMES) == len(set(NAMES)) == 33
    assert all(MIRROR[MIRROR[i]] == i for i in range(33))
    assert MIRROR[INDEX["left_hip"]] == INDEX["right_hip"]
    assert MIRROR[INDEX["nose"]] == INDEX["nose"]
    assert all(0 <= row < 33 for bone in BONES for row in bone)
