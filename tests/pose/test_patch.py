"""The small picture round the shoulders: what lies where in it, and what hides it. `test_ball.py` has whose it is."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array
from formcheck.pose.patch import SHOULDER, SIZE, TRUNK_PX, Patch, cut_out

PLACES = {"shoulder": (415, 172), "hip": (297, 190), "knee": (200, 180), "ankle": (195, 285), "heel": (208, 296)}


def body(scale: float = 1.0) -> Array:
    """Landmarks (33, 2) of somebody on a ball, head to the right; hands and face lie at the shoulders."""
    image = np.full((len(NAMES), 2), PLACES["shoulder"], np.float32)
    for part, at in PLACES.items():
        image[[INDEX[f"{side}_{part}"] for side in SIDES]] = at
    image[[INDEX[f"{side}_foot_index"] for side in SIDES]] = (170, 298)
    return image * np.float32(scale)


def cut(scale: float = 1.0, width: int = 640, height: int = 360) -> Patch:
    """The small picture out of one that is brighter to the right."""
    row = np.linspace(0, 255, round(width * scale)).astype(np.uint8)
    rgb = np.broadcast_to(row[None, :, None], (round(height * scale), len(row), 3))
    patch = cut_out(np.ascontiguousarray(rgb), body(scale))
    assert patch is not None
    return patch


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_the_shoulders_lie_in_one_place_whatever_the_size(scale: float) -> None:
    patch = cut(scale)
    assert patch.colour.shape == (SIZE[1], SIZE[0], 3)
    assert patch.body.shoulder == pytest.approx(np.array(SHOULDER) - 0.5, abs=0.75)
    assert (patch.body.image[INDEX["left_shoulder"]] == patch.body.shoulder).all()
    assert np.hypot(*(patch.body.hip - patch.body.shoulder)) == pytest.approx(TRUNK_PX, rel=0.02)
    assert patch.body.trunk == pytest.approx(np.hypot(118, 18) * scale)


def test_a_slope_to_the_right_is_one_to_the_right() -> None:
    patch = cut()
    shown = patch.seen > 0
    assert np.median(patch.across[shown]) > 0
    assert np.abs(patch.down[shown]).max() < 1e-3


def test_what_lies_outside_the_picture_or_behind_the_body_is_out_of_sight() -> None:
    whole, short = cut(), cut(height=250)
    x, y = whole.body.shoulder.round().astype(int)
    assert whole.seen[y, x] == short.seen[y, x] == 0
    end = round((250 - short.origin[1]) * short.scale[1])
    assert short.seen[end - 1].any()
    assert not short.seen[end:].any()
    assert whole.seen[end:].any()
