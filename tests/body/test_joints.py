"""The hip's centre: behind its landmark where the thigh is level, on it where the thigh is upright."""

import numpy as np
import pytest

from benchmarks.stick import Camera, Tempo, film, glute_bridge, kneeling_lunge, lie_still
from formcheck.body import joints, view
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from models.fit.joints import TRIED, Tried, best, elsewhere

BACK = float(joints.HIP_BACK)


def moved(poses: Poses, side: str) -> Array:
    """How far the hip's centre lies from its landmark, in trunks of its side, x right and y down."""
    hip, shoulder = (poses.image[:, INDEX[f"{side}_{part}"]] for part in ("hip", "shoulder"))
    return (Body(poses).hip_centre(side) - hip) / np.linalg.norm(shoulder - hip, axis=1)[:, None]


def rested(yaw: float) -> Poses:
    return film(lie_still(1), Camera(yaw=yaw)).poses[:3]


@pytest.mark.parametrize("yaw", [90, 270])
@pytest.mark.parametrize("side", ["left", "right"])
def test_lying_the_centre_is_nearer_to_the_floor(yaw: float, side: str) -> None:
    away = moved(film(glute_bridge(Tempo(reps=1), low=178, high=179), Camera(yaw=yaw)).poses[:3], side)
    assert 0.3 * BACK < away[0, 1] <= 1.01 * BACK


def points(thigh_deg: float) -> tuple[Array, Array, Array]:
    """Shoulder, hip and knee of one who faces right, seen from the right: the thigh by its angle below the level."""
    angle = np.radians(thigh_deg)
    hip = np.array([[100.0, 200.0]])
    return hip - np.array([[0.0, 50.0]]), hip, hip + 40 * np.array([[np.cos(angle), np.sin(angle)]])


@pytest.mark.parametrize(("thigh_deg", "share"), [(0, 1.0), (90, 0.0), (60, 0.25), (-60, 0.25)])
def test_the_move_is_as_large_as_the_thigh_is_level(thigh_deg: float, share: float) -> None:
    shoulder, hip, knee = points(thigh_deg)
    away = joints.hip_centre(shoulder, hip, knee, np.array([-1.0])) - hip
    thigh = knee - hip
    assert np.linalg.norm(away) == pytest.approx(share * BACK * 50, abs=1e-4)
    assert (away * thigh).sum() == pytest.approx(0, abs=1e-3)
    assert away[0, 1] >= 0


def test_it_is_less_the_more_one_faces_the_camera() -> None:
    shoulder, hip, knee = points(0)
    away = [joints.hip_centre(shoulder, hip, knee, np.array([turn])) - hip for turn in (-1.0, -0.5, 0.0)]
    assert [float(one[0, 1]) for one in away] == pytest.approx([BACK * 50, BACK * 25, 0], abs=1e-4)


def test_angles_and_depth_are_those_of_the_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    poses = film(kneeling_lunge(Tempo(reps=1), side="right")).poses[:3]
    names = ("knee_flexion", "trunk_thigh_angle", "hip_depth", "foot_height")

    def values() -> list[float]:
        found = []
        for name in names:
            of = MEASURES[name].of
            assert of is not None
            found.append(float(of(Body(poses), "left")[0]))
        return found

    with_centre = values()
    monkeypatch.setattr(joints, "HIP_BACK", np.float32(0))
    at_landmark = values()
    assert with_centre[0] - at_landmark[0] > 1
    assert with_centre[1] - at_landmark[1] > 1
    assert with_centre[2] > at_landmark[2]
    assert with_centre[3] == at_landmark[3]


def test_nobody_has_no_hip() -> None:
    blank = Poses.blank(np.arange(3.0), (64, 48))
    assert np.isnan(Body(blank).hip_centre("left")).all()


def test_a_mirror_changes_sides_and_the_sign_of_the_turn() -> None:
    poses = rested(60)
    turn = view.turn(poses)
    assert turn == pytest.approx(np.sin(np.radians(60)), abs=0.01)
    assert view.turn(poses.mirrored()) == pytest.approx(-turn, abs=1e-6)
    centre, mirrored = Body(poses).hip_centre("left"), Body(poses.mirrored()).hip_centre("right")
    assert mirrored[:, 1] == pytest.approx(centre[:, 1], abs=0.01)
    assert mirrored[:, 0] == pytest.approx(poses.image_size[0] - 1 - centre[:, 0], abs=0.01)


# --- how it was found -------------------------------------------------------------------------------------------------


def row(body: str, least: int, *, near: bool = True, exercise: str = "leg_lift") -> Tried:
    return Tried(body, exercise, "side", near, "knee_flexion", np.abs(np.arange(len(TRIED)) - least).astype(float))


def test_the_best_number_weighs_every_exercise_alike() -> None:
    assert best([row("a", 4)] * 5 + [row("b", 8, exercise="glute_bridge")] * 2 + [row("c", 8, exercise="x")]) == 8


def test_a_body_is_never_asked_about_itself() -> None:
    """Each body's errors come with the number that suits the other one."""
    rows = [row("a", 2), row("b", 7), row("a", 1, near=False), row("b", 1, near=False)]
    assert elsewhere(rows) == [5.0, 5.0, 0.0, 0.0]
