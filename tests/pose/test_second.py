"""The second pass: how far it is from the first, and what it mends."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.legs import LEGS
from formcheck.body.poses import Array
from formcheck.pose.networks import FEATURES, Region, Skeleton
from formcheck.pose.second import disagreement, mended

ONES = np.ones(len(NAMES), np.float32)


def body_at(points: Array, heat: float = 1.0, hidden: float = 0.0) -> Skeleton:
    world, read = np.zeros((len(NAMES), 3), np.float32), np.zeros(FEATURES, np.float32)
    told = {"hidden": hidden * ONES, "error": ONES, "turn": np.zeros(6, np.float32)}
    return Skeleton(points.astype(np.float32), world, ONES, heat * ONES, 1.0, Region(0, 0, 200, 0), read, **told)


def standing() -> Array:
    """A trunk of 100 pixels, the legs 60 apart below it."""
    points = np.zeros((len(NAMES), 2))
    points[[INDEX["left_shoulder"], INDEX["right_shoulder"]], 1] = -100
    for side, x in (("left", 30.0), ("right", -30.0)):
        for part, y in (("knee", 80.0), ("ankle", 160.0), ("heel", 165.0), ("foot_index", 165.0)):
            points[INDEX[f"{side}_{part}"]] = x, y
    return points


def test_disagreement_is_in_trunks() -> None:
    points = standing()
    assert disagreement(body_at(points + np.array([3, 4])), body_at(points)) == pytest.approx(0.05)
    assert disagreement(body_at(points), body_at(points)) == 0


def test_disagreement_of_a_body_without_length_is_finite() -> None:
    points = np.zeros((len(NAMES), 2))
    assert disagreement(body_at(points + 1), body_at(points)) == pytest.approx(2**0.5)


def test_a_joint_that_the_second_pass_puts_elsewhere_and_sees_better_is_taken() -> None:
    knee, near = INDEX["left_knee"], INDEX["left_hip"]
    points = standing()
    points[knee] += 40
    points[near] += 5  # nearer than passes usually are
    second = body_at(points, heat=0.9, hidden=0.7)
    assert np.flatnonzero((mended(body_at(standing(), heat=0.8), second).image != standing()).any(axis=1)) == [knee]
    assert mended(body_at(standing(), heat=0.8), second).hidden[knee] == pytest.approx(0.7)
    sure = body_at(standing(), heat=0.95)
    assert mended(sure, second) is sure


def test_no_leg_is_taken_where_the_passes_name_them_otherwise() -> None:
    points = standing() * [-1, 1]
    first, second = body_at(standing(), heat=0.5), body_at(points)
    assert mended(first, second) is first
    points[INDEX["nose"]] += 50
    whole = mended(first, replace(second, image=points.astype(np.float32)))
    assert np.flatnonzero((whole.image != first.image).any(axis=1)) == [INDEX["nose"]]


def test_no_leg_is_taken_where_the_second_pass_puts_both_half_way() -> None:
    points = standing() * [0.2, 1]
    assert mended(body_at(standing(), heat=0.5), body_at(points)).image.tolist() == standing().tolist()
    points = standing()
    points[LEGS] += [0, 20]  # apart from the first, but each leg on its side
    assert mended(body_at(standing(), heat=0.5), body_at(points)).image.tolist() == points.tolist()
