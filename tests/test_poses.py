"""The bundle: its shapes are checked, and cutting, joining and mirroring lose nothing."""

from dataclasses import replace

import numpy as np
import pytest
from people import film, leg_lift

from formcheck.errors import LandmarksError
from formcheck.landmarks import BONES, INDEX, MIRROR, NAMES
from formcheck.poses import COLUMNS, Poses


def test_shapes_and_times_are_checked() -> None:
    good = film(leg_lift()).poses[:10]
    with pytest.raises(LandmarksError, match=r"Poses\.image must have the shape \(10, 33, 2\); it has \(10, 33, 3\)"):
        replace(good, image=np.zeros((10, 33, 3)))
    for time in (np.zeros(10), np.arange(10)[::-1], np.full(10, np.nan)):
        with pytest.raises(LandmarksError, match="increase"):
            replace(good, time=time)


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
