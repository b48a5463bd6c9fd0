"""Measures on a body whose angles, heights and directions are known."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick import (
    Camera,
    Tempo,
    ball_bridge,
    film,
    glute_bridge,
    kneeling_lunge,
    leg_lift,
    lie_still,
    push_ups,
    squats,
)
from formcheck.body import arch, joints, measures, view
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses


@pytest.fixture(autouse=True)
def landmarks_at_the_centres(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hips of these people are joint centres already (`test_joints.py` has the others)."""
    monkeypatch.setattr(joints, "HIP_BACK", np.float32(0))


READ = [name for name, measure in MEASURES.items() if measure.of is not None]
"""Measures of single ticks."""

HELD = Tempo(reps=1, ramp=1, hold=3, rest=1, lead=2, tail=2)


def read(poses: Poses, name: str, side: str = "left") -> Array:
    of = MEASURES[name].of
    assert of is not None
    return of(Body(poses), side)


def series(poses: Poses, name: str, side: str = "left") -> Array:
    values = read(poses, name, side)
    trunk = np.linalg.norm(Body(poses).middle("shoulder") - Body(poses).middle("hip"), axis=1)
    return values / trunk if MEASURES[name].unit == "trunk" else values


def at_rest(values: Array) -> float:
    return float(np.median(values[:30]))


def at_top(values: Array) -> float:
    return float(np.median(values[30 * 4 : 30 * 5]))


def test_a_lifted_leg_s_angle_and_heel() -> None:
    poses = film(leg_lift(HELD, degrees=30, side="left")).poses
    elevation, heel = series(poses, "leg_elevation"), series(poses, "heel_height")
    assert at_top(elevation) - at_rest(elevation) == pytest.approx(30, abs=1.5)
    leg = np.linalg.norm(Body(poses).point("hip", "left") - Body(poses).point("heel", "left"), axis=1)
    trunk = np.linalg.norm(Body(poses).middle("shoulder") - Body(poses).middle("hip"), axis=1)
    assert at_top(heel) - at_rest(heel) == pytest.approx(np.sin(np.radians(30)) * np.median(leg / trunk), rel=0.1)
    assert at_top(series(poses, "knee_flexion")) == pytest.approx(0, abs=3)
    assert np.ptp(series(poses, "leg_elevation", "right")) < 1


def test_a_bridge_s_angles_and_heights() -> None:
    poses = film(glute_bridge(HELD, low=125, high=178)).poses
    assert 180 - at_rest(series(poses, "trunk_thigh_angle")) == pytest.approx(125, abs=2.5)
    assert at_top(series(poses, "trunk_thigh_angle")) == pytest.approx(2, abs=3)
    assert at_top(series(poses, "hip_depth")) == pytest.approx(0, abs=0.03)
    assert at_rest(series(poses, "hip_depth")) > 0.2
    assert at_top(series(poses, "hip_rise")) - at_rest(series(poses, "hip_rise")) > 0.25
    assert at_rest(series(poses, "trunk_tilt")) == pytest.approx(90, abs=4)
    assert at_top(series(poses, "trunk_tilt")) > 100
    assert np.ptp(series(poses, "heel_over_toes")) < 0.02


@pytest.mark.parametrize("yaw", [90, 50, 20, 250])
def test_feet_are_as_far_apart_from_any_side(yaw: float) -> None:
    poses = film(lie_still(), Camera(yaw=yaw)).poses
    body = Body(poses)
    line = body.world("ankle", "left") - body.world("ankle", "right")
    true = np.linalg.norm(line, axis=1) / body.world_trunk
    assert read(poses, "feet_apart") == pytest.approx(true, rel=0.1)


@pytest.mark.parametrize("yaw", [90, 60, 45, 300])
def test_shoulder_height_parts_the_bridges_from_any_side(yaw: float) -> None:
    floor = series(film(glute_bridge(HELD), Camera(yaw=yaw)).poses, "shoulder_height")
    ball = series(film(ball_bridge(HELD), Camera(yaw=yaw)).poses, "shoulder_height")
    assert floor.max() < 0.45
    assert ball.min() > 0.8


@pytest.mark.parametrize("yaw", [45, 20, 315])
def test_a_camera_that_looks_down_does_not_put_shoulders_on_a_ball_that_is_not_there(yaw: float) -> None:
    floor = looked_down_on(film(glute_bridge(HELD), Camera(yaw=yaw)).poses, degrees=30)
    assert series(floor, "shoulder_height").max() > 0.5  # nobody looked for a ball
    sought = replace(floor, spread=np.zeros(len(floor), np.float32))
    assert series(sought, "shoulder_height").max() < 0.45
    ball = replace(sought, ball=np.ones((len(floor), 3), np.float32))
    np.testing.assert_array_equal(series(ball, "shoulder_height"), series(floor, "shoulder_height"))


def looked_down_on(poses: Poses, degrees: float) -> Poses:
    """The same with world points as a camera sees them that is turned down."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    turned = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    return replace(poses, world=(poses.world @ turned.T).astype(np.float32))


def test_a_lunge_s_travel_and_shins() -> None:
    poses = film(kneeling_lunge(HELD, side="right")).poses
    travel = series(poses, "hip_travel", "right")
    assert at_top(travel) - at_rest(travel) > 0.15
    assert series(poses, "shin_tilt", "right") == pytest.approx(90, abs=25)
    assert at_rest(series(poses, "shin_tilt", "left")) < 30
    assert at_rest(series(poses, "knee_flexion", "left")) == pytest.approx(82, abs=2)
    assert series(poses, "knee_height", "right").max() < 0.25
    raised = film(kneeling_lunge(HELD, side="right", arms_high=True)).poses
    assert at_rest(series(raised, "shoulder_elevation", "right")) < 10
    assert series(raised, "shoulder_elevation", "right").max() > 155


@pytest.mark.parametrize("yaw", [0, 30, 60, 90])
def test_yaw_near_side_and_facing(yaw: float) -> None:
    for turn, near in ((yaw, 1), (360 - yaw, -1)):
        lying = film(lie_still(3), Camera(yaw=turn)).poses
        assert np.median(view.yaw(lying)) == pytest.approx(yaw, abs=3)
        if yaw:
            assert np.sign(np.median(view.turn(lying))) == near
        assert np.median(view.supine(lying)) == pytest.approx(1, abs=0.05)
    prone = film(push_ups(), Camera(yaw=yaw)).poses
    assert np.median(view.supine(prone)) < -0.8
    upright = film(squats(), Camera(yaw=yaw)).poses
    assert abs(np.median(view.supine(upright))) < 0.5


def test_what_lies_outside_the_picture() -> None:
    poses = film(lie_still(1)).poses
    poses.image[0, INDEX["left_heel"]] = (-100, 50)
    poses.image[1, INDEX["left_heel"]] = np.nan
    seen = view.inside(poses)
    assert seen.shape == (len(view.PARTS), 2, len(poses))
    assert seen[view.PARTS.index("heel"), 0, :3].tolist() == [False, False, True]
    assert seen[view.PARTS.index("heel"), 1].all()


def test_nan_in_nan_out() -> None:
    blank = Poses.blank(np.arange(4) / 30, (640, 360))
    for name in READ:
        assert np.isnan(read(blank, name)).all(), name


def test_the_table_s_columns() -> None:
    poses = film(squats()).poses[:5]
    names = ("knee_flexion", "hip_rise")
    columns = measures.columns(names)
    table = measures.table(poses, names)
    assert table.shape == (5, len(columns))
    assert table.dtype == np.float32
    assert columns[:3] == ("knee_flexion.left", "knee_flexion.right", "hip_rise")
    right = read(poses, "knee_flexion", "right")
    assert table[:, columns.index("knee_flexion.right")] == pytest.approx(right, abs=1e-3)


@pytest.mark.parametrize("name", READ)
def test_both_sides_at_once_are_each_side_s(name: str) -> None:
    body = Body(film(kneeling_lunge(HELD, side="right"), Camera(yaw=60), fps=5).poses)
    of = MEASURES[name].of
    assert of is not None
    both = np.broadcast_to(of(body, view.BOTH), (2, len(body.poses)))
    np.testing.assert_array_equal(both, [of(body, side) for side in SIDES])


def test_a_table_is_the_same_tick_by_tick_and_its_looks_are_those_of_arch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joints, "HIP_BACK", np.float32(0.04))
    poses = film(glute_bridge(HELD), fps=5).poses
    states, depths = np.arange(len(poses)) % 5, np.arange(len(poses) * 16.0).reshape(-1, 16)
    looks = {"back": depths, "belly": -depths, "axis": depths[:, :5], "curve": depths[:, :2], "back_state": states}
    poses = replace(poses, **looks, ball=depths[:, :3])
    whole = measures.table(poses, MEASURES)
    ticks = [measures.table(poses[i : i + 1], MEASURES) for i in range(len(poses))]
    np.testing.assert_array_equal(np.concatenate(ticks), whole)
    assert np.array_equal(whole[:, -len(arch.COLUMNS) :], arch.columns(poses), equal_nan=True)
    assert measures.columns(MEASURES)[-len(arch.COLUMNS) - 1 :] == measures.LOOKS
    np.testing.assert_array_equal(whole[:, -len(measures.LOOKS)], states)


def test_measures_are_described() -> None:
    for name, measure in MEASURES.items():
        assert measure.of is None or measure.of.__doc__, name
        assert measure.unit in ("deg", "trunk", "share")
        assert measure.seen_from in ("side", "front", "any")


WHOLE = (
    *("knee_flexion", "trunk_thigh_angle", "shoulder_elevation", "thigh_tilt", "shin_tilt"),
    *("hip_rise", "hip_depth", "foot_height", "knee_height", "heel_over_toes"),
)
"""Measures of one side, or of middles: between left and right lies what no yaw makes whole."""


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("yaw", [60, 35, 240])
def test_what_a_camera_sees_at_a_slant_is_made_whole(name: str, yaw: float) -> None:
    """With the yaw known, a lunge measures the same from a slant as from the side; what perspective adds is small."""
    act = kneeling_lunge(HELD, side="right", arms_high=True)

    def seen(camera: float) -> Array:
        poses = film(act, Camera(yaw=camera, distance=60, focal=14), fps=5).poses
        body = Body(poses, whole=True)
        of = MEASURES[name].of
        assert of is not None
        return of(body, "right") / (body.trunk if MEASURES[name].unit == "trunk" else 1)

    from_the_side = seen(90 if yaw < 180 else 270)
    assert seen(yaw) == pytest.approx(from_the_side, abs=9 if MEASURES[name].unit == "deg" else 0.1)


@pytest.mark.parametrize("name", [name for name in READ if measures.BALL not in MEASURES[name].points])
def test_a_mirror_swaps_sides_and_ticks_do_not_mix(name: str) -> None:
    poses = film(kneeling_lunge(HELD), Camera(yaw=70), fps=3).poses
    poses.image[2], poses.world[2] = np.nan, np.nan
    left = read(poses, name)
    assert np.flatnonzero(np.isnan(left)).tolist() == [2]
    assert read(poses.mirrored(), name, "right") == pytest.approx(left, rel=1e-3, abs=0.02, nan_ok=True)
    alone = [read(poses[i : i + 1], name) for i in range(len(poses))]
    assert np.array_equal(np.concatenate(alone), left, equal_nan=True)


def lying_on(along: float) -> Body:
    """Somebody level on the back, hips at (100, 100), shoulders at (200, 100), the ball so far down the trunk."""
    poses = Poses.blank(np.arange(2) / 30, (640, 360))
    image = np.tile(np.array([100.0, 100.0], np.float32), (2, len(NAMES), 1))
    world = np.zeros((2, len(NAMES), 3), np.float32)
    for side, depth in (("left", -0.2), ("right", 0.2)):
        image[:, INDEX[f"{side}_shoulder"], 0] = 200
        world[:, INDEX[f"{side}_shoulder"]] = (0.5, 0, depth)
    ball = np.array([[200 - 100 * along, 150, 50], [np.nan] * 3])
    return Body(replace(poses, image=image, world=world, ball=ball))


@pytest.mark.parametrize(("along", "support"), [(0.0, 0.79), (0.25, 0.62), (0.37, 0.5), (0.8, 0.0)])
def test_a_ball_further_down_the_back_supports_neck_and_shoulders_less(along: float, support: float) -> None:
    found = MEASURES["ball_support"].of(lying_on(along), "left")
    assert found[0] == pytest.approx(support, abs=0.02)
    assert np.isnan(found[1])


def test_shoulders_travel_against_the_ball_not_with_it() -> None:
    still, moved = (MEASURES["shoulder_travel"].of(lying_on(along), "left") for along in (0.1, 0.3))
    assert moved[0] - still[0] == pytest.approx(20)
    assert np.isnan(still[1])


@pytest.mark.parametrize("turned", [0.0, 0.4, 1.2])
@pytest.mark.parametrize("aside", [0.0, 10.0, 30.0])
def test_toes_point_aside_by_the_angle_from_where_the_body_faces(turned: float, aside: float) -> None:
    world = np.zeros((1, len(NAMES), 3), np.float32)
    for side, at in (("left", 0.1), ("right", -0.1)):
        world[:, INDEX[f"{side}_hip"]] = (at * np.cos(turned), 0, at * np.sin(turned))
    way = turned + np.pi / 2 + np.radians(aside)
    world[:, INDEX["left_foot_index"]] = (0.2 * np.cos(way), 0, 0.2 * np.sin(way))
    poses = replace(Poses.blank(np.zeros(1), (640, 360)), world=world)
    assert MEASURES["foot_direction"].of(Body(poses), "left")[0] == pytest.approx(aside, abs=0.01)
