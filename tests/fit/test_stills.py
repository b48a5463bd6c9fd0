"""The truth of stills, and of crops of them, where we know it otherwise."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the studio's renderer needs numba")

from benchmarks.studio.actor import Actor
from benchmarks.studio.body import Shape, body
from benchmarks.studio.camera import Camera
from benchmarks.studio.postures import lying, standing
from benchmarks.studio.scene import Hidden
from models.fit import reads, staged, stills, worn

ACTOR = Actor(body(Shape()))


def shown(yaw: float, pose: staged.Pose, twist: float = 0.0) -> dict:
    matrices = staged.twisted(ACTOR, ACTOR.rig.matrices(pose), np.full(1, twist))
    joints = ACTOR.joints(matrices)
    at = np.concatenate([np.stack([joints[name][0] for name in stills.JOINTS]), np.zeros((12, 3))])
    hips = tuple((joints["left_hip"][0] + joints["right_hip"][0]) / 2)
    camera = Camera(yaw=yaw, height=1.0, distance=4.0, aim=hips, roll=3.0, size=(stills.SIDE, stills.SIDE))
    return stills._shown(ACTOR, camera, at)


def degrees(turn: np.ndarray) -> np.ndarray:
    return np.degrees(np.arctan2(turn[:, 0], turn[:, 1]))


@pytest.mark.parametrize("yaw", [0.0, 35.0, 90.0, 170.0, 270.0, 300.0])
def test_the_turn_is_the_cameras_yaw(yaw):
    for pose in (standing(ACTOR, 1), lying(ACTOR, 1)):
        off = (degrees(shown(yaw, pose)["turn"]) - yaw + 180) % 360 - 180
        assert off == pytest.approx(0, abs=0.5)


def test_a_twist_turns_the_shoulders_against_the_pelvis():
    plain, twisted = (degrees(shown(20.0, standing(ACTOR, 1), twist)["turn"]) for twist in (0.0, 24.0))
    assert twisted[1] == pytest.approx(plain[1], abs=0.1)
    assert plain[0] - twisted[0] == pytest.approx(24, abs=2)


def test_the_trunk_side_on_is_as_long_as_shown():
    found = shown(90.0, standing(ACTOR, 1))
    assert found["trunk_px"] == pytest.approx(found["trunk_side_px"], rel=0.03)


@pytest.mark.parametrize("kind", staged.KINDS)
def test_every_kind_of_posture_is_a_posture(kind):
    rng = np.random.default_rng(3)
    made = staged.KINDS[kind](ACTOR, rng)
    assert len(made.pose) == staged.POSES
    at = np.stack(list(ACTOR.joints(made.matrices(ACTOR)).values()))
    assert np.isfinite(at).all()
    assert at[..., 1].min() > -0.2


def test_mirrored_truth_is_mirrored_twice_the_same():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (40, 40, 3), np.uint8)
    truth = reads.Truth(picture, rng.uniform(0, 40, (16, 2)), rng.integers(0, 4, 16), rng.normal(size=(2, 2)))
    once = reads._mirrored(truth)
    assert once.joints[0] == pytest.approx([40 - truth.joints[1, 0], truth.joints[1, 1]])
    assert once.turn[0] == pytest.approx([-truth.turn[0, 0], truth.turn[0, 1]])
    for a, b in zip(reads._mirrored(once), truth, strict=True):
        assert a == pytest.approx(b)


def test_a_cut_picture_hides_what_is_cut_off():
    rng = np.random.default_rng(0)
    joints = np.stack([np.linspace(1, 99, 16)] * 2, 1)
    truth = reads.Truth(np.zeros((100, 100, 3), np.uint8), joints, np.zeros(16, np.uint8), np.eye(2))
    cuts = [reads._cut(truth, rng) for _ in range(60)]
    assert any((cut.hidden == Hidden.OUTSIDE).any() for cut in cuts)
    for cut in cuts:
        inside = ((cut.joints >= 0) & (cut.joints <= cut.picture.shape[1::-1])).all(1)
        assert ((cut.hidden == Hidden.OUTSIDE) == ~inside).all()


def test_a_patch_hides_the_points_under_it():
    rng, points = np.random.default_rng(0), np.stack(np.meshgrid(*[np.arange(4, 256, 8)] * 2), -1).reshape(-1, 2)
    plain = np.full((256, 256, 3), 200, np.uint8)
    for _ in range(8):
        shown, under = worn.covered(plain, points, rng)
        changed = (shown != plain).any(2)[points[:, 1], points[:, 0]]
        assert not changed[~under].any()
        assert worn.worn(shown, rng).shape == plain.shape
