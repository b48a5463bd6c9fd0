"""The trunk's contour in a mask: below a pixel, on the right side, without the arms."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import BACK_ARM, BACK_FLOOR, BACK_NO_CONTOUR, BACK_SEEN, STATIONS, Array
from formcheck.pose import silhouette
from formcheck.pose.silhouette import Contours
from formcheck.pose.strip import HEIGHT, WIDTH

TRUNK = 60.0
CROP = np.zeros((256, 256, 3), np.uint8)
WORLD = np.zeros((len(NAMES), 3))
WHOLE = np.array([[1.0, 0, 0], [0, 1, 0]])


def standing(facing: float = 1.0) -> Array:
    """Landmarks (33, 2) of somebody upright in a crop of 256, hips at (128, 160), looking left (-1) or right (1)."""
    points = np.zeros((len(NAMES), 2), np.float32)
    places = {"hip": (0, 0), "shoulder": (0, -60), "elbow": (50, -90), "wrist": (60, -110), "index": (62, -115)}
    places |= {"ear": (0, -80), "knee": (0, 40), "ankle": (0, 80), "heel": (-4, 84), "foot_index": (14, 84)}
    for part, (x, y) in places.items():
        for side in ("left", "right"):
            points[INDEX[f"{side}_{part}"]] = (128 + facing * x, 160 + y)
    points[INDEX["nose"]] = (128 + facing * 10, 82)
    return points


def trunk_mask(back: Array, belly: Array, facing: float = 1.0) -> Array:
    """A mask whose edge lies `back` behind and `belly` before the line of hips and shoulders, (256,) pixels by row."""
    across = (np.arange(256)[None, :] - 128) * facing
    return np.minimum(back[:, None] + across, belly[:, None] - across).astype(np.float32)


def hollow(depth: float) -> Array:
    """A back with a hollow of `depth` pixels at the loin, by row of the picture."""
    return 20 - depth * np.exp(-np.square((np.arange(256) - 142) / 10.0))


def contours(mask: Array, to_picture: Array, image: Array) -> Contours:
    return silhouette.contours(mask, CROP, to_picture, image, WORLD)


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_the_contour_is_found_below_a_pixel_on_the_side_the_body_does_not_face(facing: float) -> None:
    back = hollow(4.3)
    found = contours(trunk_mask(back, np.full(256, 15.25), facing), WHOLE, standing(facing))
    rows = 160 - STATIONS * TRUNK
    assert found.state == BACK_SEEN
    assert found.back == pytest.approx(np.interp(rows, np.arange(256), back), abs=0.15)
    assert found.belly == pytest.approx(np.full(16, 15.25), abs=0.05)
    assert found.axis == pytest.approx([128, 160, 128, 100, -facing])
    assert found.strip is not None
    assert found.strip.mask.shape == (HEIGHT, WIDTH)


def test_depths_are_in_pixels_of_the_picture() -> None:
    turned = np.array([[0.0, -2, 700], [2, 0, 40]])  # twice as large, and a quarter turn clockwise
    image = (standing() @ turned[:, :2].T + turned[:, 2]).astype(np.float32)
    found = contours(trunk_mask(hollow(3), np.full(256, 15.0)), turned, image)
    assert found.belly == pytest.approx(np.full(16, 30.0), abs=0.1)
    assert found.state == BACK_SEEN


def test_an_arm_over_the_back_is_not_taken_for_the_back() -> None:
    points = standing()
    for side in ("left", "right"):
        points[INDEX[f"{side}_elbow"]], points[INDEX[f"{side}_wrist"]] = (106, 110), (108, 150)
        points[INDEX[f"{side}_index"]] = (108, 156)
    found = contours(trunk_mask(hollow(3), np.full(256, 15.0)), WHOLE, points)
    assert found.state == BACK_ARM
    assert np.isnan(found.back[6:12]).all()
    assert np.isfinite(found.belly).all()


@pytest.mark.parametrize("mask", [np.full((256, 256), 5.0), np.full((256, 256), -5.0)], ids=["all person", "nobody"])
def test_no_edge_is_no_contour(mask: Array) -> None:
    assert contours(mask.astype(np.float32), WHOLE, standing()).state == BACK_NO_CONTOUR


def test_a_back_to_the_floor_without_an_edge_is_hidden_by_the_floor() -> None:
    lying = np.array([[0.0, -1, 300], [1, 0, 40]])  # the head to the right, the face up
    image = (standing(-1.0) @ lying[:, :2].T + lying[:, 2]).astype(np.float32)
    mask = trunk_mask(np.full(256, 500.0), np.full(256, 15.0), -1.0)
    assert contours(mask, lying, image).state == BACK_FLOOR


def test_landmarks_that_are_not_there_or_too_small_give_no_contour() -> None:
    mask, points = trunk_mask(hollow(3), np.full(256, 15.0)), standing()
    for wrong in (np.full_like(points, np.nan), (points - 128) * np.float32(0.1) + 128):
        found = contours(mask, WHOLE, wrong)
        assert found.state == BACK_NO_CONTOUR
        assert np.isnan(found.back).all()
        assert np.isnan(found.axis).all()
        assert found.strip is None
