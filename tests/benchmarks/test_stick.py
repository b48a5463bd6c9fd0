"""The stick person is what it says: else no test that stands on it says anything."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest

from benchmarks import stick
from benchmarks.stick import AMBIGUOUS, EXERCISES, NEGATIVES, POSTURES, Act, Camera, Tempo, film, points
from formcheck.body.geometry import flexion
from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array
from formcheck.findings import Side

ALL = {**EXERCISES, **POSTURES, **NEGATIVES, **AMBIGUOUS, "workout": stick.workout}
BONES = [
    ("shoulder", "elbow", stick.UPPER_ARM),
    ("elbow", "wrist", stick.FOREARM),
    ("hip", "knee", stick.THIGH),
    ("knee", "ankle", stick.SHIN),
]


def moments(act: Act, rate: float = 30) -> Array:
    return np.arange(0, act.duration, 1 / rate)


def at(xyz: Array, name: str) -> Array:
    """One landmark, or with `mid_` the middle of both sides'."""
    if name.startswith("mid_"):
        middle: Array = (at(xyz, f"left_{name[4:]}") + at(xyz, f"right_{name[4:]}")) / 2
        return middle
    point: Array = xyz[:, INDEX[name]]
    return point


def knee_flexion(xyz: Array, side: str) -> Array:
    return flexion(*(at(xyz, f"{side}_{part}") for part in ("hip", "knee", "ankle")))


def sagittal(xyz: Array, a: str, vertex: str, b: str) -> Array:
    return flexion(*(at(xyz, name)[:, [0, 2]] for name in (a, vertex, b)))


@pytest.mark.parametrize("make", ALL.values(), ids=ALL.keys())
def test_the_body_keeps_its_shape_and_stays_above_the_floor(make: Callable[[], Act]) -> None:
    act = make()
    xyz = points(act.at(moments(act)))
    for side in SIDES:
        for a, b, length in BONES:
            between = np.linalg.norm(at(xyz, f"{side}_{a}") - at(xyz, f"{side}_{b}"), axis=1)
            np.testing.assert_allclose(between, length, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(at(xyz, "mid_shoulder") - at(xyz, "mid_hip"), axis=1), stick.TRUNK)
    assert xyz[..., 2].min() > 0


@pytest.mark.parametrize("make", ALL.values(), ids=ALL.keys())
def test_no_point_jumps(make: Callable[[], Act]) -> None:
    act = make()
    step = np.linalg.norm(np.diff(points(act.at(moments(act, 100))), axis=0), axis=2)
    assert step.max() < 0.08, f"{step.max() * 100:.1f} m/s at {NAMES[step.max(axis=0).argmax()]}"


@pytest.mark.parametrize(("low", "high", "knee_at_top"), [(148, 178, 60), (125, 178, 102)])
def test_a_bridge_has_the_angles_it_was_given(low: float, high: float, knee_at_top: float) -> None:
    act = stick.glute_bridge(low=low, high=high)
    xyz = points(act.at(np.array([0, act.truth[0].peak_s])))
    trunk_thigh = 180 - flexion(at(xyz, "mid_shoulder"), at(xyz, "mid_hip"), at(xyz, "mid_knee"))
    np.testing.assert_allclose(trunk_thigh, [low, high], atol=1e-5)
    assert knee_flexion(xyz, "left")[1] == pytest.approx(knee_at_top, abs=1)


def test_a_heel_bridge_is_on_the_heels_with_nearly_straight_knees() -> None:
    act = EXERCISES["heel bridge"]()
    xyz = points(act.at(moments(act)))
    assert 30 < knee_flexion(xyz, "left").min() < knee_flexion(xyz, "left").max() < 45
    assert (at(xyz, "left_foot_index")[:, 2] > at(xyz, "left_heel")[:, 2] + 0.1).all()


@pytest.mark.parametrize(
    "name", ["glute bridge", "heel bridge", "large glute bridge", "ball bridge", "ball bridge that sags"]
)
def test_in_a_bridge_shoulders_and_feet_stay_where_they_are(name: str) -> None:
    act = EXERCISES[name]()
    xyz = points(act.at(moments(act)))
    shoulder = 0.48 if "ball" in name else stick.LYING
    for point in ("left_shoulder", "right_shoulder", "left_heel", "right_heel", "left_foot_index"):
        assert np.ptp(at(xyz, point), axis=0).max() < 1e-9
    np.testing.assert_allclose(at(xyz, "mid_shoulder")[:, 2], shoulder)
    np.testing.assert_allclose(at(xyz, "mid_heel")[:, 2], 0.02, atol=1e-9)
    assert at(xyz, "mid_hip")[:, 2].min() >= stick.LYING - 1e-9


def test_the_top_of_a_ball_bridge_is_level_with_upright_shins() -> None:
    act = stick.ball_bridge()
    xyz = points(act.at(np.array([0, act.truth[0].peak_s])))
    assert at(xyz, "mid_hip")[0, 2] < 0.3, "hips low at rest"
    assert knee_flexion(xyz, "left")[1] == pytest.approx(90, abs=1.5)
    assert abs(at(xyz, "mid_knee")[1, 0] - at(xyz, "mid_ankle")[1, 0]) < 0.03


def test_single_leg_bridges_stretch_or_cross_the_idle_leg() -> None:
    stretched, crossed = (stick.glute_bridge(low=130, side="left", other=o) for o in ("stretched", "figure_four"))
    xyz = points(stretched.at(moments(stretched)))
    knee = knee_flexion(xyz, "right")
    np.testing.assert_allclose(knee, 0, atol=1e-4)
    np.testing.assert_allclose(at(xyz, "left_heel")[:, 2], 0.02, atol=1e-9)
    xyz = points(crossed.at(moments(crossed)))
    np.testing.assert_allclose(np.linalg.norm(at(xyz, "right_ankle") - at(xyz, "left_knee"), axis=1), 0.07, atol=1e-9)
    assert {r.side for r in stretched.truth + crossed.truth} == {"left"}


@pytest.mark.parametrize("degrees", [8, 12, 60, 80])
def test_a_leg_lift_raises_one_straight_leg(degrees: float) -> None:
    act = stick.leg_lift(degrees=degrees)
    xyz = points(act.at(np.array([0, act.truth[0].peak_s])))
    trunk_thigh = 180 - sagittal(xyz, "left_shoulder", "left_hip", "left_knee")
    assert abs(np.diff(trunk_thigh)[0]) == pytest.approx(degrees, abs=2 * 1.6 + 1e-6), (
        "through straight, 1.6 deg past it"
    )
    np.testing.assert_allclose(knee_flexion(xyz, "left"), 0, atol=1e-4)
    assert np.ptp(at(xyz, "right_heel"), axis=0).max() < 1e-9
    assert at(xyz, "left_heel")[0, 2] == pytest.approx(0.02, abs=0.003)


def test_a_leg_lift_can_be_asked_for_by_the_height_of_the_heel() -> None:
    act = stick.leg_lift(degrees=stick.lift_degrees(0.20))
    xyz = points(act.at(np.array([0, act.truth[0].peak_s])))
    assert np.diff(at(xyz, "left_ankle")[:, 2])[0] == pytest.approx(0.20)


def test_the_variants_of_a_leg_lift() -> None:
    both = stick.leg_lift(degrees=45, side="both")
    xyz = points(both.at(np.array([both.truth[0].peak_s])))
    np.testing.assert_allclose(at(xyz, "left_ankle")[:, 2], at(xyz, "right_ankle")[:, 2])
    assert [r.side for r in EXERCISES["alternating leg lifts"]().truth] == ["left", "right", "left", "right"]
    bent = stick.leg_lift(degrees=60, other_knee=90, top_knee=50)
    xyz = points(bent.at(np.array([bent.truth[0].peak_s])))
    knees = [knee_flexion(xyz, side)[0] for side in SIDES]
    np.testing.assert_allclose(knees, [50, 90], atol=1e-4)
    assert at(xyz, "right_heel")[0, 2] == pytest.approx(0.02)


@pytest.mark.parametrize("side", SIDES)
def test_a_kneeling_lunge_turns_over_the_kneeling_knee(side: Side) -> None:
    front = "left" if side == "right" else "right"
    act = stick.kneeling_lunge(lean=35, side=side)
    xyz = points(act.at(moments(act)))
    for point in (f"{side}_knee", f"{side}_ankle", f"{front}_heel", f"{front}_foot_index"):
        assert np.ptp(at(xyz, point), axis=0).max() < 1e-9
    rest, top = points(act.at(np.array([0.0]))), points(act.at(np.array([act.truth[0].peak_s])))
    assert at(top, "mid_hip")[0, 0] - at(rest, "mid_hip")[0, 0] == pytest.approx(stick.THIGH * np.sin(np.radians(35)))
    assert sagittal(top, f"{side}_shoulder", f"{side}_hip", f"{side}_knee")[0] == pytest.approx(35)
    knee = [sagittal(p, f"{front}_hip", f"{front}_knee", f"{front}_ankle")[0] for p in (rest, top)]
    assert knee[0] == pytest.approx(82)
    assert 105 < knee[1] < 130


def test_arms_go_up_in_the_lunge_when_asked() -> None:
    for high in (False, True):
        act = stick.kneeling_lunge(arms_high=high)
        xyz = points(act.at(np.array([act.truth[0].peak_s])))
        assert bool((at(xyz, "mid_wrist") - at(xyz, "nose"))[0, 2] > 0) == high


def drive_of(name: str, xyz: Array, side: str) -> Array:
    """The driving angle, taken from the points alone."""
    leg = "left" if side == "both" else side
    thigh = at(xyz, f"{leg}_knee") - at(xyz, f"{leg}_hip")
    slope: Array = np.degrees(np.arctan2(thigh[:, 2], thigh[:, 0]))
    trunk = at(xyz, "mid_shoulder") - at(xyz, "mid_hip")
    rise: Array = np.degrees(np.arctan2(trunk[:, 2], trunk[:, 0])) % 360
    if name in ("sit-ups", "crunches"):
        return rise
    if "bridge" not in name:
        return slope
    angle: Array = (rise - slope) % 360
    return angle


@pytest.mark.parametrize("name", EXERCISES)
def test_truth_is_the_excursion_of_the_driving_angle(name: str) -> None:
    act = EXERCISES[name]()
    level = 0.7 if "kneeling" in name else 0.9
    assert act.truth
    for rep in act.truth:
        margin = 0.2
        t = np.arange(rep.start_s - margin, rep.end_s + margin, 0.001)
        drive = drive_of(name, points(act.at(t)), rep.side)
        rest = drive_of(name, points(act.at(np.zeros(1))), rep.side)[0]
        excursion = np.abs(drive - rest) / np.abs(drive - rest).max()
        moving, held = t[excursion >= 0.05], t[excursion >= level]
        assert (moving[0], moving[-1]) == pytest.approx((rep.start_s, rep.end_s), abs=0.003)
        assert held[-1] - held[0] == pytest.approx(rep.hold_s, abs=0.005)
        assert excursion[np.searchsorted(t, rep.peak_s)] > 0.999


@pytest.mark.parametrize("name", POSTURES)
def test_a_posture_is_held_while_nothing_moves(name: str) -> None:
    act = POSTURES[name]()
    (rep,) = act.truth
    middle = rep.peak_s - rep.hold_s / 2, rep.peak_s + rep.hold_s / 2
    held, before, after = (
        points(act.at(t))
        for t in (np.linspace(*middle, 50), middle[:1] - 0.1 * np.ones(1), middle[1:] + 0.1 * np.ones(1))
    )
    assert np.ptp(held, axis=0).max() < 1e-9
    assert all(np.abs(moving - held[0]).max() > 1e-3 for moving in (before, after))
    way = np.linalg.norm(points(act.at(np.array([0.0, rep.start_s, middle[0]])))[:, :, :] - held[0], axis=2).max(axis=1)
    assert way[2] < 1e-9 < 0.5 * way[0] < way[1] < way[0]


def test_a_sag_is_a_dip_within_the_hold() -> None:
    tempo = Tempo(reps=1, hold=4, sag=0.3)
    plain, sagging = stick.ball_bridge(Tempo(reps=1, hold=4)), stick.ball_bridge(tempo)
    middle = tempo.lead + tempo.ramp + tempo.hold / 2
    assert tempo.level(np.array([middle]))[0] == pytest.approx(0.7)
    assert sagging.truth[0].hold_s == pytest.approx(plain.truth[0].hold_s, abs=0.001)
    hips = [at(points(act.at(np.array([middle]))), "mid_hip")[0, 2] for act in (plain, sagging)]
    assert hips[1] < hips[0] - 0.03


def test_creep_moves_the_peak_to_the_end_of_the_hold() -> None:
    tempo = Tempo(reps=1, ramp=2, hold=10)
    leaning, drifting = (stick.kneeling_lunge(tempo, creep=c).truth[0] for c in (5, -5))
    assert leaning.peak_s == pytest.approx(tempo.lead + 12, abs=0.01)
    assert drifting.peak_s == pytest.approx(tempo.lead + 2, abs=0.1)


@pytest.mark.parametrize("name", [*NEGATIVES, *AMBIGUOUS])
def test_other_motions_hold_no_rep(name: str) -> None:
    assert ALL[name]().truth == ()


@pytest.mark.parametrize(("yaw", "near", "ahead"), [(90, "left", -1), (270, "right", 1)])
def test_a_side_view_keeps_sagittal_angles(yaw: float, near: str, ahead: int) -> None:
    act = stick.squats()
    clip, xyz = film(act, Camera(yaw=yaw)), points(act.at(moments(act)))
    image = clip.poses.image.astype(float)
    for side in SIDES:
        leg, hip = ([f"{side}_{p}" for p in parts] for parts in (("hip", "knee", "ankle"), ("shoulder", "hip", "knee")))
        np.testing.assert_allclose(flexion(*(at(image, name) for name in leg)), sagittal(xyz, *leg), atol=0.01)
        # The shoulders are wider than the hips, so the pinhole shows them a little larger.
        np.testing.assert_allclose(flexion(*(at(image, name) for name in hip)), sagittal(xyz, *hip), atol=0.4)
    depth = at(clip.poses.world, "left_shoulder")[:, 2] - at(clip.poses.world, "right_shoulder")[:, 2]
    assert (depth < 0).all() if near == "left" else (depth > 0).all()
    assert (np.sign(at(clip.poses.image, "nose") - at(clip.poses.image, "mid_ear"))[:, 0] == ahead).all()


def test_the_camera_in_front_sees_the_left_hand_on_the_right() -> None:
    poses = film(stick.stay(stick.standing()), Camera(yaw=0)).poses
    assert (at(poses.image, "left_shoulder")[:, 0] > at(poses.image, "right_shoulder")[:, 0]).all()
    assert (at(poses.image, "nose")[:, 1] < at(poses.image, "left_ankle")[:, 1]).all()
    assert (at(poses.world, "nose")[:, 2] < at(poses.world, "mid_ear")[:, 2]).all(), "the nose is nearer"
    np.testing.assert_allclose(at(poses.world, "mid_hip"), 0, atol=1e-6)


def test_world_points_do_not_depend_on_yaw_but_for_a_turn() -> None:
    act = stick.ball_bridge()
    a, b = (film(act, Camera(yaw=yaw)).poses.world for yaw in (90, 35))
    turn = np.radians(35 - 90)
    x = np.cos(turn) * a[..., 0] + np.sin(turn) * a[..., 2]
    z = -np.sin(turn) * a[..., 0] + np.cos(turn) * a[..., 2]
    np.testing.assert_allclose(np.stack([x, a[..., 1], z], -1), b, atol=1e-5)


def test_any_times_show_the_same_motion() -> None:
    act = stick.workout()
    at_60, at_30 = film(act, fps=60).poses, film(act, fps=30).poses
    np.testing.assert_allclose(at_60.image[::2][: len(at_30)], at_30.image, atol=1e-3)
    uneven = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.1, 200))
    one_by_one = np.concatenate([film(act, time=uneven[i : i + 1]).poses.image for i in range(len(uneven))])
    np.testing.assert_allclose(film(act, time=uneven).poses.image, one_by_one, atol=1e-3)


def test_a_taller_person_is_the_same_person_larger() -> None:
    act = stick.squats()
    a, b = film(act).poses.world, film(act, height=1.87).poses.world
    np.testing.assert_allclose(b, a * 1.1, atol=1e-5)


def test_noise_follows_its_seed() -> None:
    act = stick.leg_lift()
    first, again, other = (film(act, noise=1, seed=seed).poses.image for seed in (1, 1, 2))
    assert (first == again).all()
    assert np.abs(first - other).max() > 1


def test_noise_has_the_size_that_was_measured() -> None:
    act = stick.lie_still(300, fidget=0)
    clean, noisy = film(act, fps=10).poses, film(act, fps=10, noise=1, seed=3).poses
    trunk = np.linalg.norm(at(clean.image, "mid_shoulder") - at(clean.image, "mid_hip"), axis=1).mean()
    sd = {name: (at(noisy.image, name) - at(clean.image, name)).std(axis=0).mean() / trunk for name in NAMES}
    assert sd["left_shoulder"] == pytest.approx(0.011, rel=0.1)
    assert sd["left_knee"] == pytest.approx(0.012, rel=0.1)
    assert sd["right_knee"] == pytest.approx(0.030, rel=0.1), "the far knee"
    assert sd["nose"] == pytest.approx(0.02, rel=0.1)
    np.testing.assert_allclose(at(noisy.world, "mid_hip"), 0, atol=1e-6)


def test_joined_acts_keep_their_reps_and_flow_into_each_other() -> None:
    first, second = stick.glute_bridge(), stick.leg_lift()
    both = stick.then(first, second, gap=3)
    later = first.duration + 3
    assert both.duration == later + second.duration
    assert both.truth[:3] == first.truth
    shifted = [(r.start_s - later, r.peak_s - later, r.end_s - later, r.hold_s) for r in both.truth[3:]]
    np.testing.assert_allclose(shifted, [astuple(r)[2:] for r in second.truth])
    t = np.array([1.0, first.duration, later + 4.0])
    np.testing.assert_allclose(both.at(t).pitch[:2], first.at(t[:2]).pitch)
    np.testing.assert_allclose(both.at(t).pitch[2:], second.at(t[2:] - later).pitch)


def test_the_workout_holds_nine_reps_of_three_exercises() -> None:
    reps = stick.workout().truth
    assert [r.exercise for r in reps] == ["glute_bridge"] * 3 + ["leg_lift"] * 4 + ["kneeling_lunge"] * 2
    assert [r.side for r in reps] == ["both"] * 3 + ["left"] * 2 + ["right"] * 2 + ["left", "right"]
    assert (np.diff([r.start_s for r in reps]) > 0).all()


def test_a_body_that_cannot_reach_says_so() -> None:
    with pytest.raises(ValueError, match=r"out of reach: 1\.500 m"):
        stick.reach(1.5, 0, stick.THIGH, stick.SHIN)
