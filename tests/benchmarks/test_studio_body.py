import numpy as np
import pytest

from benchmarks.studio.body import Shape, body, skin
from formcheck.errors import UsageError

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

SHAPES = [
    Shape(),
    Shape(sex=1, height_m=1.86, weight=0.8, muscle=0.7),
    Shape(sex=0.5, age_years=72, height_m=1.52, belly=0.6, thigh=0.4),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_body_stands_on_the_floor_at_its_height(shape):
    seen = body(shape).vertices[np.unique(body(shape).faces)]
    assert seen[:, 1].min() == pytest.approx(0, abs=1e-5)
    assert seen[:, 1].max() == pytest.approx(shape.height_m, abs=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_joints_are_ordered_and_mirrored(shape):
    joints = body(shape).joints
    for name in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "heel", "toe"):
        left, right = joints[f"left_{name}"], joints[f"right_{name}"]
        assert left[0] > 0
        assert right == pytest.approx(left * [-1, 1, 1], abs=2e-3)
    heights = [joints[f"left_{name}"][1] for name in ("shoulder", "hip", "knee", "ankle")]
    assert heights == sorted(heights, reverse=True)
    assert joints["left_toe"][2] - joints["left_heel"][2] > 0.1 * shape.height_m


def test_skin_follows_the_bones():
    who = body(Shape())
    still = np.tile(np.eye(4), (len(who.bones), 1, 1))
    assert skin(who, still) == pytest.approx(who.vertices, abs=1e-5)
    moved = still.copy()
    moved[:, :3, 3] = [1, 2, 3]
    assert skin(who, moved) == pytest.approx(who.vertices + np.array([1, 2, 3]), abs=1e-5)
    bent = still.copy()
    bent[who.bone("head"), :3, 3] = [0, 1, 0]
    rise = skin(who, bent)[:, 1] - who.vertices[:, 1]
    assert rise[who.vertices[:, 1] < who.joints["left_shoulder"][1]] == pytest.approx(0, abs=1e-6)
    assert rise.max() == pytest.approx(1, abs=1e-5)


def test_heavier_is_wider_and_details_show():
    waist = {weight: _waist(Shape(weight=weight)) for weight in (0.2, 0.5, 0.9)}
    assert waist[0.2] < waist[0.5] < waist[0.9]
    long = body(Shape(thigh=1, shank=1)).joints["left_hip"][1]
    assert long > body(Shape()).joints["left_hip"][1] + 0.02


def _waist(shape: Shape) -> float:
    who = body(shape)
    level = who.joints["lumbar_1"][1]
    ring = who.vertices[np.unique(who.faces)]
    ring = ring[(np.abs(ring[:, 1] - level) < 0.03) & (np.abs(ring[:, 0]) < 0.25)]
    return float(np.ptp(ring[:, 2]))


@pytest.mark.parametrize(
    "wrong", [{"age_years": 12}, {"weight": 1.2}, {"height_m": 17}, {"african": 0.7, "asian": 0.7}]
)
def test_a_body_out_of_range_is_refused(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Shape(**wrong)


def test_vertex_weights_are_shares():
    weights = body(Shape()).weights
    assert np.asarray(weights.sum(axis=1)).ravel() == pytest.approx(1, abs=1e-5)
    assert weights.min() >= 0
