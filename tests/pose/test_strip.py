"""The strip along the trunk: the same body gives the same strip, whichever way it lies and looks."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array
from formcheck.pose import strip
from formcheck.pose.strip import HEIGHT, WIDTH, Line, Strip

HIP, TRUNK = np.array([130.0, 150.0]), 60.0


def body() -> Array:
    """Landmarks (33, 2) around `HIP`, upright, facing right."""
    points = np.tile(HIP, (len(NAMES), 1)).astype(float)
    for part, (x, y) in {"shoulder": (0, -60), "elbow": (20, -40), "knee": (8, 60), "ear": (5, -80)}.items():
        points[[INDEX[f"left_{part}"], INDEX[f"right_{part}"]]] += (x, y)
    points[INDEX["left_elbow"]] += (9, 0)
    return points


def scene() -> tuple[Array, Array]:
    """A crop (256, 256, 3) and a mask (256, 256) without any symmetry."""
    y, x = np.mgrid[:256, :256].astype(np.float32)
    crop = np.stack([x / 2 + y / 4, 128 + 60 * np.sin(x / 40), 255 - y / 2], axis=-1)
    return crop.astype(np.uint8), 20 - np.hypot(x - 120, (y - 120) / 2)


WORLD = np.zeros((len(NAMES), 3))
WORLD[INDEX["left_shoulder"]], WORLD[INDEX["right_shoulder"]] = (0, 0, -0.2), (0.1, 0, 0.1)
DOWN = np.array([0.0, 1.0])
DEPTHS = np.append(np.full(16, 15.0), np.full(16, np.nan))


def upright() -> Strip:
    line = Line(HIP, np.array([0.0, -1.0]), np.array([1.0, 0.0]), TRUNK, -1.0)
    return strip.strip(*scene(), line, body(), WORLD, DOWN, DEPTHS)


def test_a_strip_has_the_shoulders_on_top_and_the_belly_on_the_right() -> None:
    found, (crop, mask) = upright(), scene()
    row = int(np.argmin(np.abs(np.linspace(*strip.ALONG, HEIGHT) - 1)))
    column = int(np.argmin(np.abs(np.linspace(*strip.ACROSS, WIDTH) - 0.5)))
    assert found.rgb.shape == (HEIGHT, WIDTH, 3)
    assert found.rgb[row, column] == pytest.approx(crop[90, 160], abs=3)
    assert found.mask[row, column] == pytest.approx(mask[90, 160], abs=1)
    assert found.posture.shape == (strip.POSTURE,)
    assert found.depths[:16] == pytest.approx(np.full(16, 0.25))
    assert found.posture[-3:] == pytest.approx([-1, 0, np.hypot(0.3, 0) / np.hypot(0.3, 0.1)])


def test_a_mirrored_picture_gives_the_same_strip() -> None:
    crop, mask = (np.ascontiguousarray(a[:, ::-1]) for a in scene())
    points = body() * (-1, 1) + (255, 0)
    line = Line(HIP * (-1, 1) + (255, 0), np.array([0.0, -1.0]), np.array([-1.0, 0.0]), TRUNK, 1.0)
    found, plain = strip.strip(crop, mask, line, points, WORLD * (-1, 1, 1), DOWN, DEPTHS), upright()
    assert np.abs(found.rgb.astype(int) - plain.rgb).max() <= 1
    assert found.mask == pytest.approx(plain.mask, abs=1e-3)
    assert found.posture == pytest.approx(plain.posture, abs=1e-5)


def test_a_turned_crop_gives_the_same_strip_and_says_where_down_is() -> None:
    crop, mask = (np.ascontiguousarray(np.rot90(a)) for a in scene())  # (x, y) comes to (y, 255 - x)
    turned = body()[:, ::-1] * (1, -1) + (0, 255)
    line = Line(HIP[::-1] * (1, -1) + (0, 255), np.array([-1.0, 0.0]), np.array([0.0, -1.0]), TRUNK, -1.0)
    found, plain = strip.strip(crop, mask, line, turned, WORLD, np.array([1.0, 0.0]), DEPTHS), upright()
    assert np.abs(found.rgb.astype(int) - plain.rgb).max() <= 1
    assert found.posture == pytest.approx(plain.posture, abs=1e-5)


def test_what_is_told_has_an_error_and_does_not_depend_on_the_light() -> None:
    plain = upright()
    value, error = strip.told(plain)
    assert np.isfinite([value, error]).all()
    darker = plain._replace(rgb=(plain.rgb * 0.9).astype(np.uint8))
    assert strip.told(darker)[0] == pytest.approx(value, abs=1.5)
