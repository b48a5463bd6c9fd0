from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
import pytest

from benchmarks.stick import EXERCISES, Camera, film, lying, standing, stay
from formcheck.body import view
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Poses
from formcheck.findings import View, ViewName


@cache
def filmed(posture: str, yaw: float) -> Poses:
    body = {"standing": standing, "lying": lying}[posture]()
    return film(stay(body), Camera(yaw=yaw)).poses


@pytest.mark.parametrize("posture", ["standing", "lying"])
@pytest.mark.parametrize(("camera", "yaw"), [(0, 0), (30, 30), (90, 90), (150, 30), (180, 0), (240, 60), (300, 60)])
def test_yaw_is_0_before_and_behind_and_90_from_the_side(posture: str, camera: float, yaw: float) -> None:
    assert view.yaw(filmed(posture, camera)) == pytest.approx(yaw, abs=0.1)


@pytest.mark.parametrize(("down", "yaw"), [(0.0, 80.0), (20.0, 80.0), (-20.0, 80.0), (0.0, 30.0)])
def test_a_camera_that_looks_down_or_up_reads_the_same_yaw(down: float, yaw: float) -> None:
    poses = filmed("lying", yaw)
    tilt = np.radians(down)
    turned = poses.world.copy()
    turned[:, :, 1] = poses.world[:, :, 1] * np.cos(tilt) - poses.world[:, :, 2] * np.sin(tilt)
    turned[:, :, 2] = poses.world[:, :, 1] * np.sin(tilt) + poses.world[:, :, 2] * np.cos(tilt)
    assert view.yaw(replace(poses, world=turned)) == pytest.approx(yaw, abs=1)


@pytest.mark.parametrize(("posture", "told_by_picture"), [("standing", True), ("lying", False)])
def test_upright_people_are_read_by_the_width_the_picture_shows(posture: str, told_by_picture: bool) -> None:
    """The world points say 60 degrees, the picture 45: the shoulders' share of the trunk decides who is believed."""
    picture, world = filmed(posture, 45), filmed(posture, 60)
    both = replace(picture, world=world.world)
    assert view.yaw(both) == pytest.approx(45 if told_by_picture else 60, abs=1)


def test_shoulders_one_above_the_other_are_not_taken_for_a_side_view() -> None:
    """A line of the shoulders that stands nearly upright is no camera's looking down."""
    poses = filmed("standing", 30)
    rolled = poses.world[:, :, [1, 0, 2]] * np.array([-1, 1, 1], np.float32)
    assert view.yaw(replace(poses, world=rolled)) == pytest.approx(30, abs=8)


@pytest.mark.parametrize(("camera", "turn"), [(90, 1), (60, np.sin(np.pi / 3)), (0, 0), (270, -1)])
def test_turn_is_the_signed_sine_of_the_yaw(camera: float, turn: float) -> None:
    assert view.turn(filmed("lying", camera)) == pytest.approx(turn, abs=1e-3)


def turned(shoulders: tuple[float, float], pelvis: tuple[float, float], n: int = 3) -> Poses:
    """Poses whose shoulders and pelvis are turned by an angle with an error, degrees each."""
    row = [
        v for angle, error in (shoulders, pelvis) for v in (np.sin(np.radians(angle)), np.cos(np.radians(angle)), error)
    ]
    poses = filmed("lying", 30)[:n]
    return replace(poses, turn=np.tile(np.float32(row), (n, 1)))


def test_a_turn_that_is_told_goes_before_what_the_landmarks_show() -> None:
    assert view.yaw(turned((80, 4), (80, 4))) == pytest.approx(80, abs=0.1)
    assert view.turn(turned((-80, 4), (-80, 4))) == pytest.approx(-np.sin(np.radians(80)), abs=1e-3)
    assert view.yaw(turned((100, 4), (140, 4))) == pytest.approx(60, abs=0.1)


def test_the_surer_of_shoulders_and_pelvis_counts_more() -> None:
    yaw, points = view.yaw(turned((80, 3), (60, 12))), view.Points(turned((80, 3), (60, 12)))
    assert 77 < yaw[0] < 80
    assert 3 < points.turned[2, 0] < 6
    assert view.Points(filmed("lying", 30)).turned[2] == pytest.approx(view.YAW_ERROR_DEG)


def test_frames_whose_turn_is_not_told_are_read() -> None:
    poses = turned((80, 4), (80, 4))
    poses.turn[1] = np.nan
    assert view.yaw(poses) == pytest.approx([80, 30, 80], abs=0.2)


def test_a_joint_is_hidden_where_it_is_more_likely_so_than_not() -> None:
    poses = filmed("lying", 90)[:4]
    hidden = np.zeros((4, 33), np.float32)
    hidden[:, INDEX["left_knee"]] = (0.2, 0.6, np.nan, 1.0)
    found = view.hidden(replace(poses, hidden=hidden))
    assert found[view.PARTS.index("knee"), 0].tolist() == [False, True, False, True]
    assert found.sum() == 2


def test_a_joint_s_error_is_the_usual_one_where_none_is_told() -> None:
    poses = filmed("lying", 90)[:2]
    assert view.errors(poses)[view.PARTS.index("hip"), 1] == pytest.approx(view.JOINT_ERROR["hip"], abs=1e-3)
    error = np.full((2, 33), 0.2, np.float32)
    error[1, INDEX["right_hip"]] = np.nan
    found = view.errors(replace(poses, error=error))[view.PARTS.index("hip"), 1]
    assert found == pytest.approx([0.2, view.JOINT_ERROR["hip"]], abs=1e-3)
    assert (found * view.STEPS == np.rint(found * view.STEPS)).all()


@pytest.mark.parametrize("camera", [20, 90, 230])
def test_supine_is_the_way_the_chest_faces(camera: float) -> None:
    assert view.supine(filmed("lying", camera)) == pytest.approx(1, abs=0.02)
    assert view.supine(filmed("standing", camera)) == pytest.approx(0, abs=0.02)
    prone = film(EXERCISES["glute bridge"](), Camera(yaw=camera)).poses
    turned = replace(prone, world=prone.world * np.array([1, -1, -1], np.float32))
    assert view.supine(turned).max() < -0.8


def test_inside_leaves_a_little_room_at_the_edge() -> None:
    poses = filmed("standing", 90)[np.arange(6)]
    width, height = poses.image_size
    at = [(0, 0), (-0.015 * width, 5), (-0.03 * width, 5), (5, 1.015 * height), (5, 1.03 * height), (np.nan, np.nan)]
    poses.image[:, INDEX["left_heel"]] = at
    assert view.inside(poses)[view.PARTS.index("heel"), 0].tolist() == [True, True, False, True, False, False]


def test_nobody_has_no_view() -> None:
    blank = Poses.blank(np.arange(3.0), (64, 48))
    assert np.isnan(view.yaw(blank)).all()
    assert np.isnan(view.turn(blank)).all()
    assert np.isnan(view.supine(blank)).all()
    assert not view.inside(blank).any()
    assert view.view_of(float("nan"), 0.2) == View("front", None, None)


@pytest.mark.parametrize(
    ("yaw", "nearness", "name", "near"),
    [
        (80, 0.3, "side", "left"),
        (80, -0.3, "side", "right"),
        (55, 0.3, "side", "left"),
        (54.9, -0.3, "oblique", "right"),
        (30, 0.3, "front", None),
        (3, -0.3, "front", None),
    ],
)
def test_the_view_has_a_name(
    yaw: float, nearness: float, name: ViewName, near: Literal["left", "right"] | None
) -> None:
    assert view.view_of(yaw, nearness) == View(name, yaw, near)
