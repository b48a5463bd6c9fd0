"""The studio's motion and truth: what is asked for is true, skin touches, nothing snaps, every cue can be broken."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from benchmarks.studio import truth
from benchmarks.studio.actor import Actor, Feet
from benchmarks.studio.acts import Act, cut, workout
from benchmarks.studio.body import Shape, body, skin
from benchmarks.studio.bridge import Ball, Bridge, BridgeSetup, depth_under, knee_flexion
from benchmarks.studio.moments import moments, moments_of
from benchmarks.studio.motion import Lift, LiftSetup, Lunge, Press, bridges, kneeling_lunges, leg_lifts, lift_degrees
from benchmarks.studio.near_misses import MOTIONS, NEAR_MISSES
from benchmarks.studio.others import RANGES
from benchmarks.studio.postures import Kneel, KneelSetup, leg_lifted, lying, raised_arms
from benchmarks.studio.rhythm import Restless
from formcheck.core import exercise

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

WOMAN = Actor(body(Shape()))
SMALL = Actor(body(Shape(height_m=1.55, weight=0.85, age_years=70, seat=1, belly=0.8)))
TALL = Actor(body(Shape(sex=1, height_m=1.9, weight=0.9, muscle=0.7, african=0.8, asian=0.1)))
ACTORS = {"woman": WOMAN, "small": SMALL, "tall": TALL}

Sets = dict[str, Callable[[Actor], Act]]
SETS: Sets = {
    "leg lift": lambda a: leg_lifts(a, [Lift(arch=15), Lift(side="right")]),
    "leg lift, arms overhead": lambda a: leg_lifts(a, [Lift()], LiftSetup(arms="overhead")),
    "leg lift, hands under hips": lambda a: leg_lifts(a, [Lift()], LiftSetup(arms="under_hips", bent="right")),
    "bridge": lambda a: bridges(a, [Press(), Press(heel=0.05)]),
    "single-leg bridge": lambda a: bridges(a, [Press()], BridgeSetup(works="left")),
    "figure-four bridge": lambda a: bridges(a, [Press()], BridgeSetup(works="right", idle="crossed")),
    "heel bridge": lambda a: bridges(a, [Press()], BridgeSetup(feet=Feet(toes_up=30))),
    "ball bridge": lambda a: bridges(a, [Press(), Press(slide=0.05)], BridgeSetup(ball=Ball())),
    "lunge": lambda a: kneeling_lunges(a, [Lunge(hold_s=8)]),
    "lunge, foot on a bench": lambda a: kneeling_lunges(a, [Lunge(hold_s=8)], KneelSetup("left", shin_up=45)),
    "lunge, hands on the knee": lambda a: kneeling_lunges(a, [Lunge(hold_s=8, arms=0)], KneelSetup(on_knee=True)),
    "lunge, toes tucked": lambda a: kneeling_lunges(a, [Lunge(hold_s=8)], KneelSetup("left", toes_tucked=True)),
}

TOUCHING = {
    "leg lift": ("buttocks", "upper_back", "head", "left_elbow", "left_hand", "right_hand"),
    "leg lift, arms overhead": ("buttocks", "upper_back", "left_hand", "right_hand"),
    "leg lift, hands under hips": ("buttocks", "upper_back", "head", "right_foot"),
    "bridge": ("upper_back", "head", "left_foot", "right_foot", "left_hand", "right_elbow"),
    "single-leg bridge": ("upper_back", "left_foot"),
    "figure-four bridge": ("upper_back", "right_foot"),
    "heel bridge": ("upper_back", "left_foot", "right_foot"),
    "ball bridge": ("left_foot", "right_foot"),
    "lunge": ("right_knee", "right_foot", "left_foot"),
    "lunge, foot on a bench": ("left_knee", "right_foot"),
    "lunge, hands on the knee": ("right_knee", "right_foot", "left_foot"),
    "lunge, toes tucked": ("left_knee", "left_foot", "right_foot"),
}
"""Parts on the floor all through a set."""


def _mesh(actor: Actor, act: Act, time: np.ndarray) -> np.ndarray:
    """(n, v, 3) all of the skin."""
    transforms = actor.rig.transforms(actor.rig.matrices(act.at(time)))
    seen = np.unique(actor.body.faces)
    return np.stack([skin(actor.body, moved)[seen] for moved in transforms])


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("name", SETS)
def test_skin_touches_the_floor_within_a_centimetre(name: str, who: str) -> None:
    actor = ACTORS[who]
    act = SETS[name](actor)
    time = np.linspace(0, act.duration, 7)
    assert _mesh(actor, act, time)[:, :, 1].min() > -0.010
    matrices = actor.rig.matrices(act.at(time))
    for part in TOUCHING[name]:
        assert np.abs(actor.contacts.height(matrices, part)).max() < 0.010, part


@pytest.mark.parametrize("who", ACTORS)
def test_back_touches_the_ball_within_a_centimetre(who: str) -> None:
    actor = ACTORS[who]
    act = SETS["ball bridge"](actor)
    time = np.linspace(0, act.duration, 9)
    at = _mesh(actor, act, time)
    assert act.ball is not None
    over = (at[:, :, 1] - act.ball.top(at[:, :, 0], at[:, :, 2] - act.roll(time)[:, None])).min(axis=1)
    assert np.abs(over).max() < 0.010


def test_ball_rolls_half_as_far_as_the_shoulders_on_it() -> None:
    act = bridges(WOMAN, [Press(slide=0.08), Press(slide=0.0)], BridgeSetup(ball=Ball()))
    time = np.array([0.0, act.windows[0].last_s / 2, act.duration])
    at = moments(WOMAN, act, time)
    ball, shoulder = at.values["ball_z"], at.joints["shoulder"][:, 2]
    np.testing.assert_allclose(ball, [0.08, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(shoulder - shoulder[1], 2 * ball, atol=0.003)


def test_ball_stays_where_it_is_before_and_after_the_set() -> None:
    act = bridges(WOMAN, [Press(slide=0.08)], BridgeSetup(ball=Ball()))
    whole = cut(workout(WOMAN, [act]), 1.0, 1e3)
    np.testing.assert_allclose(whole.roll(np.array([0.0, 900.0])), act.roll(np.zeros(1))[0], atol=1e-9)


def test_ball_support_tells_how_far_inside_its_bound_it_is() -> None:
    good, worse, broken = (
        _cue(_press(BridgeSetup(ball=Ball(behind=behind))), "shoulders_on_ball") for behind in (0.02, 0.08, 0.28)
    )
    assert good.margin is not None and worse.margin is not None and broken.margin is not None
    assert good.margin > worse.margin > 0 > broken.margin


def test_rest_is_the_body_as_it_stands() -> None:
    rig = WOMAN.rig
    pose = lying(WOMAN, 1)
    moved = rig.transforms(rig.matrices(pose))[0]
    flat = np.unique(WOMAN.body.faces)[::50]
    weights = WOMAN.body.weights[flat].toarray()
    ours = rig.place(rig.matrices(pose), rig.skinned(WOMAN.body.vertices[flat], weights))[0]
    np.testing.assert_allclose(ours, skin(WOMAN.body, moved)[flat], atol=1e-4)


@pytest.mark.parametrize("name", SETS)
def test_nothing_snaps(name: str) -> None:
    act = SETS[name](WOMAN)
    _assert_smooth(WOMAN, act)


def _assert_smooth(actor: Actor, act: Act, most: float = 40.0) -> None:
    """No joint moves faster than 6 m/s, or jumps: 40 m/s2 between sixtieths of a second is 1.1 cm."""
    time = np.arange(0, act.duration, 1 / 60)
    joints = actor.joints(actor.rig.matrices(act.at(time)))
    at = np.stack(list(joints.values()), axis=1)
    assert np.linalg.norm(np.diff(at, axis=0), axis=-1).max() * 60 < 6.0
    assert np.linalg.norm(np.diff(at, 2, axis=0), axis=-1).max() * 3600 < most


# --- commanded and true -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [5.0, 20.0, 60.0])
@pytest.mark.parametrize("knee", [0.0, 25.0])
def test_leg_rises_by_the_degrees_asked_for(degrees: float, knee: float) -> None:
    rest, up = lying(WOMAN, 1), lying(WOMAN, 1)
    leg_lifted(WOMAN, up, "left", degrees, knee)
    before, after = (moments_of(WOMAN, pose, np.zeros(1)).values for pose in (rest, up))
    assert after["leg_elevation.left"] - before["leg_elevation.left"] == pytest.approx(degrees, abs=0.5)
    assert after["knee_flexion.left"] - before["knee_flexion.left"] == pytest.approx(knee, abs=0.5)


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize(("lean", "trunk", "lordosis", "arms"), [(0, 0, 0, 30), (28, 10, 25, 165), (15, -5, -10, 90)])
def test_lunge_has_the_angles_asked_for(who: str, lean: float, trunk: float, lordosis: float, arms: float) -> None:
    actor = ACTORS[who]
    kneel = Kneel(actor, KneelSetup(front_knee=95))
    pose = kneel.at(np.array([float(lean)]), trunk=trunk, lordosis=lordosis, arms=raised_arms(arms, trunk))
    at = moments_of(actor, pose, np.zeros(1))
    thigh = at.joints["right_hip"] - at.joints["right_knee"]
    assert np.degrees(np.arctan2(thigh[0, 2], thigh[0, 1])) == pytest.approx(lean, abs=0.5)
    assert at.values["trunk_pitch"][0] == pytest.approx(trunk, abs=0.5)
    assert at.values["lordosis"][0] == pytest.approx(lordosis, abs=0.5)
    line, arm = at.joints["shoulder"] - at.joints["hip"], at.joints["left_elbow"] - at.joints["left_shoulder"]
    turned = np.degrees(np.arctan2(line[0, 2], line[0, 1]) - np.arctan2(arm[0, 2], arm[0, 1]))
    assert (180 + turned) % 360 == pytest.approx(arms, abs=0.5)
    start = kneel.at(np.zeros(1))
    assert knee_flexion(start, "left")[0] == pytest.approx(95, abs=0.5)


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("depth", [-0.03, 0.0, 0.12])
@pytest.mark.parametrize("ball", [None, Ball()])
def test_bridge_reaches_the_depth_and_the_knee_asked_for(who: str, depth: float, ball: Ball | None) -> None:
    actor = ACTORS[who]
    bridge = Bridge(actor, BridgeSetup(knee=92, ball=ball))
    at = moments_of(actor, bridge.at(np.ones(1), depth=depth), np.zeros(1))
    under = depth_under(at.joints["hip"], at.joints["shoulder"], at.joints["knee"])[0] / actor.trunk
    assert under == pytest.approx(depth, abs=0.006)
    level = bridge.at(np.ones(1))
    assert knee_flexion(level, "left")[0] == pytest.approx(92, abs=0.5)


def test_heel_is_lifted_by_the_centimetres_asked_for() -> None:
    act = leg_lifts(WOMAN, [Lift(degrees=lift_degrees(WOMAN, 0.20))])
    assert _cue(act, "lift_several_inches").value == pytest.approx(20, abs=1.5)


@pytest.mark.parametrize("hold", [2.0, 4.0, 30.5])
def test_holds_last_as_long_as_asked_for(hold: float) -> None:
    lift, lunge = leg_lifts(WOMAN, [Lift(hold_s=hold)]), kneeling_lunges(WOMAN, [Lunge(hold_s=hold, again=0, drift=0)])
    for act in (lift, lunge):
        assert truth.bouts(WOMAN, act)[0].reps[0].hold_s == pytest.approx(hold, abs=0.12)


# --- reps and cues ----------------------------------------------------------------------------------------------------


def _cue(act: Act, name: str) -> truth.CueTruth:
    bout = truth.bouts(WOMAN, act)[0]
    return next(cue for cue in (*bout.reps[0].cues, *bout.cues) if cue.id == name)


@cache
def _good(make: Callable[[], Act]) -> dict[str, truth.CueTruth]:
    """Cues of a rep done well, by id."""
    return {cue.id: cue for cue in truth.bouts(WOMAN, make())[0].reps[0].cues}


def _lift(setup: LiftSetup | None = None, **values: Any) -> Act:
    return leg_lifts(WOMAN, [replace(Lift(), **values)], setup)


def _press(setup: BridgeSetup | None = None, **values: Any) -> Act:
    return bridges(WOMAN, [replace(Press(hold_s=3.0), **values)], setup)


def test_a_rear_shin_rises_from_the_knee() -> None:
    """The ankle lies up behind the knee by as much as asked for."""
    joints = WOMAN.joints(WOMAN.rig.matrices(Kneel(WOMAN, KneelSetup("right", shin_up=48)).at(np.array([0.0, 20.0]))))
    up = joints["right_ankle"] - joints["right_knee"]
    assert np.degrees(np.arctan2(up[:, 1], -up[:, 2])) == pytest.approx(50, abs=1)


def test_hands_rest_on_the_front_thigh() -> None:
    """Within an arm's length they lie beside the front thigh, behind the knee."""
    setup = KneelSetup("right", on_knee=True)
    joints = WOMAN.joints(WOMAN.rig.matrices(Kneel(WOMAN, setup).at(np.array([20.0]), trunk=20.0)))
    for side in ("left", "right"):
        to_knee = joints[f"{side}_wrist"] - joints["left_knee"]
        assert np.linalg.norm(to_knee) < 0.35


def _lunge(setup: KneelSetup | None = None, **values: Any) -> Act:
    return kneeling_lunges(WOMAN, [replace(Lunge(), **values)], setup)


BALL = BridgeSetup(ball=Ball())


def _on_ball() -> Act:
    return _press(BALL)


BROKEN: dict[str, tuple[str, Callable[[], Act], Callable[[], Act]]] = {
    "lying_on_back": ("lying_on_back", _lift, lambda: _lift(LiftSetup(rest_knee=30))),
    "low_back_pressed": ("low_back_pressed", _lift, lambda: _lift(arch=14)),
    "lifted too high": ("lift_several_inches", _lift, lambda: _lift(degrees=32)),
    "lifted too low": ("lift_several_inches", _lift, lambda: _lift(degrees=4.5)),
    "leg_straight": ("leg_straight", _lift, lambda: _lift(knee=28)),
    "other_leg_down": ("other_leg_down", _lift, lambda: _lift(other=7)),
    "held too short": ("hold_3_to_5_s", _lift, lambda: _lift(hold_s=2.5)),
    "held too long": ("hold_3_to_5_s", _lift, lambda: _lift(hold_s=5.6)),
    "feet_shoulder_width": ("feet_shoulder_width", _press, lambda: _press(BridgeSetup(feet=Feet(0.06)))),
    "toes_forward": ("toes_forward", _press, lambda: _press(BridgeSetup(feet=Feet(toes_out=25)))),
    "hips_up": ("hips_up", _press, lambda: _press(sag=0.12)),
    "lower_slowly": ("lower_slowly", _press, lambda: _press(lower_s=0.7)),
    "not steadily": ("lower_slowly", lambda: _press(lower_s=3.0), lambda: _press(lower_s=3.0, hitches=2)),
    "through_the_heels": ("through_the_heels", _press, lambda: _press(heel=0.06)),
    "hips_in_line": ("hips_in_line", _press, lambda: _press(depth=0.13)),
    "shoulders_on_ball": (
        "shoulders_on_ball",
        _on_ball,
        lambda: _press(BridgeSetup(ball=Ball(behind=0.28))),
    ),
    "shoulders_stay": ("shoulders_stay", _on_ball, lambda: _press(BALL, slide=0.2)),
    "ball hips_up": ("hips_up", _on_ball, lambda: _press(BALL, sag=0.12)),
    "front_knee_right_angle": ("front_knee_right_angle", _lunge, lambda: _lunge(KneelSetup(front_knee=58))),
    "rear_knee_down": ("rear_knee_down", _lunge, lambda: _lunge(knee_up=0.16)),
    "pelvis_tucked": ("pelvis_tucked", _lunge, lambda: _lunge(arch_in=14, arch=14)),
    "lunge_softly": ("lunge_softly", _lunge, lambda: _lunge(raise_s=0.4)),
    "lean_progressively": ("lean_progressively", _lunge, lambda: _lunge(drift=-0.014, again=0, lean=30)),
    "back_straight": ("back_straight", _lunge, lambda: _lunge(arch=20)),
    "arms_high": ("arms_high", _lunge, lambda: _lunge(arms=130)),
    "again too little": ("hips_forward_again", _lunge, lambda: _lunge(again=0.01)),
    "again too much": ("hips_forward_again", _lunge, lambda: _lunge(again=0.07)),
    "hold_30_s": ("hold_30_s", _lunge, lambda: _lunge(hold_s=25)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_cue_can_be_met_and_broken(name: str) -> None:
    cue, right, wrong = BROKEN[name]
    assert _good(right)[cue].met is True
    assert _cue(wrong(), cue).met is False


def test_every_cue_of_the_files_is_covered() -> None:
    """Those of the rest of the exercises: `test_studio_others.py`."""
    for found in exercise.builtin().values():
        for cue in found.cues:
            if cue.check.take == "count" or found.name in RANGES:
                continue
            assert cue.check.measure in truth.MEASURED, f"{found.name}: {cue.check.measure}"
            assert cue.id in {row[0] for row in BROKEN.values()}, cue.id


def test_hips_are_not_asked_forward_again_before_the_arms_were_high() -> None:
    cue = _cue(_lunge(arms=0), "hips_forward_again")
    assert cue.met is None
    assert cue.reason is not None


def test_set_counts_each_leg() -> None:
    act = leg_lifts(WOMAN, [Lift(side=side, hold_s=1.5, rest_s=0.4) for side in ("left", "right") for _ in range(10)])
    assert _cue(act, "ten_to_fifteen_per_leg").met is True


def test_reps_have_their_side_and_times() -> None:
    act = leg_lifts(WOMAN, [Lift(), Lift(side="right"), Lift(side="both")], restless=Restless(1))
    (bout,) = truth.bouts(WOMAN, act)
    assert [rep.side for rep in bout.reps] == ["left", "right", "both"]
    for rep, window in zip(bout.reps, act.windows, strict=True):
        assert window.first_s < rep.start_s < rep.hold_from_s <= rep.peak_s <= rep.hold_to_s < rep.end_s < window.last_s


def test_raise_with_a_bent_knee_and_tiny_rep_are_none() -> None:
    assert truth.bouts(WOMAN, _lift(knee=60)) == ()
    assert truth.bouts(WOMAN, _lift(degrees=2)) == ()


def test_clip_that_cuts_a_rep_makes_it_partial() -> None:
    whole = leg_lifts(WOMAN, [Lift(), Lift(), Lift()])
    act = cut(whole, 4.0, whole.duration - 3.5)
    (bout,) = truth.bouts(WOMAN, act)
    assert [rep.partial for rep in bout.reps] == [True, False, True]
    counted = truth.bouts(WOMAN, whole)[0].reps[1]
    assert bout.reps[1].start_s == pytest.approx(counted.start_s - 4.0, abs=0.01)


OFF_THE_FLOOR = ("pull_ups", "jumping_jacks")


@pytest.mark.parametrize(
    ("name", "who"), [*((name, "woman") for name in MOTIONS), *product(NEAR_MISSES, ("small", "tall"))]
)
def test_other_motions_have_no_reps_and_stay_on_the_floor(name: str, who: str) -> None:
    actor = ACTORS[who]
    act = MOTIONS[name](actor, Restless(2))
    assert truth.bouts(actor, act) == ()
    _assert_smooth(actor, act, most=70.0)
    low = _mesh(actor, act, np.linspace(0, act.duration, 9))[:, :, 1].min(axis=1)
    assert low.min() > -0.02
    assert name in OFF_THE_FLOOR or low.max() < 0.02


def test_each_person_moves_at_a_pace_of_their_own() -> None:
    lengths = {NEAR_MISSES["crunches"](WOMAN, Restless(seed)).duration for seed in range(4)}
    assert len(lengths) == 4


def test_what_hands_hold_goes_with_them() -> None:
    """Whatever part of a bench press is shown, the bar lies between the wrists."""
    act = cut(NEAR_MISSES["bench_press"](WOMAN, Restless(2)), 1.5, 6.0)
    time = np.linspace(0, act.duration, 9)
    joints = WOMAN.joints(WOMAN.rig.matrices(act.at(time)))
    wrists = (joints["left_wrist"] + joints["right_wrist"]) / 2
    bar = next(prop for prop in act.props if prop.size[0] > 1)
    assert np.linalg.norm(bar.at(time) - wrists, axis=1).max() < 0.1


def test_workout_goes_through_several_exercises_without_a_snap() -> None:
    acts = [leg_lifts(WOMAN, [Lift()]), bridges(WOMAN, [Press()]), kneeling_lunges(WOMAN, [Lunge(hold_s=5)])]
    act = workout(WOMAN, acts)
    assert [bout.exercise for bout in truth.bouts(WOMAN, act)] == ["leg_lift", "glute_bridge", "kneeling_lunge"]
    _assert_smooth(WOMAN, act)
    assert _mesh(WOMAN, act, np.arange(0, act.duration, 0.9))[:, :, 1].min() > -0.03


def test_same_seed_same_motion() -> None:
    def places(seed: int) -> np.ndarray:
        act = bridges(WOMAN, [Press()], restless=Restless(seed))
        return act.at(np.linspace(0, act.duration, 20)).root

    np.testing.assert_array_equal(places(4), places(4))
    assert np.abs(places(4) - places(5)).max() > 1e-4


def test_pose_does_not_depend_on_the_other_moments() -> None:
    act = kneeling_lunges(WOMAN, [Lunge(hold_s=6)], restless=Restless(3))
    time = np.linspace(0, act.duration, 30)
    np.testing.assert_allclose(act.at(time).root[11:12], act.at(time[11:12]).root, atol=1e-9)


def test_truth_is_json_with_pixels() -> None:
    act = bridges(WOMAN, [Press()], BALL)
    time = np.arange(0, act.duration, 0.5)

    def project(points: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return points[..., [2, 1]] * 100, np.ones(points.shape[:2], bool)

    found = json.loads(json.dumps(truth.as_json(WOMAN, act, time, project=project, camera={"yaw_deg": 90})))
    assert len(found["joints_px"]["left_hip"]) == len(found["frames"]["back_gap"]) == len(time)
    assert found["bouts"][0]["exercise"] == "ball_bridge"
    assert {cue["id"] for cue in found["bouts"][0]["reps"][0]["cues"]} >= {"hips_up", "shoulders_stay"}


def test_arch_opens_a_gap_under_the_back() -> None:
    gaps = moments_of(WOMAN, lying(WOMAN, 3, arch=np.array([0.0, 15.0, 30.0])), np.zeros(3)).values["back_gap"]
    assert gaps[0] < 0.014
    assert np.diff(gaps).min() > 0.004
