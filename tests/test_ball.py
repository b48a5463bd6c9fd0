"""The ball under the shoulders: found where it is drawn, and nowhere else."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.ball import find
from formcheck.blazepose import Networks
from formcheck.landmarks import INDEX, NAMES
from formcheck.poses import Array
from formcheck.video import Video

SAMPLES = Path(__file__).parent.parent / "sample_videos"
GREY = (120, 122, 125)


def bridging(scale: float = 1.0, head: int = 1) -> Array:
    """Landmarks (33, 2) of somebody in a bridge on a ball: hips at (300, 200), feet at y = 290, trunk of 100 pixels."""
    places = {"shoulder": (100, 5), "elbow": (70, 30), "wrist": (35, 15), "index": (30, 12), "ear": (130, -5)}
    places |= {"hip": (0, 0), "knee": (-80, 5), "ankle": (-82, 80), "heel": (-78, 90), "foot_index": (-105, 90)}
    points = np.tile(np.array([410.0, 190.0], np.float32), (len(NAMES), 1))
    for part, (x, y) in places.items():
        for side in ("left", "right"):
            points[INDEX[f"{side}_{part}"]] = (300 + head * x, 200 + y)
    return points * np.float32(scale)


def room(circle: tuple[int, int, int] | None, *, colour: tuple[int, int, int] = (190, 60, 60)) -> Array:
    """A grey room with noise (360, 640, 3), a ball in it, and a person's trunk and legs over that."""
    rng = np.random.default_rng(0)
    picture = np.full((360, 640, 3), GREY, np.uint8)
    picture[260:] = (150, 148, 140)
    if circle is not None:
        x, y, radius = circle
        cv2.ellipse(picture, (x, y), (radius, round(0.9 * radius)), 0, 0, 360, colour, -1)
    points = bridging().astype(int)
    for a, b, width in (("hip", "shoulder", 44), ("hip", "knee", 34), ("knee", "ankle", 26), ("shoulder", "elbow", 20)):
        start, end = (tuple(points[INDEX[f"left_{part}"]].tolist()) for part in (a, b))
        cv2.line(picture, start, end, (40, 60, 90), width)
    noisy = picture.astype(int) + rng.integers(-4, 5, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("colour", [(190, 60, 60), (30, 30, 32), (230, 230, 235)])
def test_a_ball_is_found_whatever_its_colour(colour: tuple[int, int, int]) -> None:
    found = find(room((392, 240, 52), colour=colour), bridging())
    assert found is not None
    assert (found.x, found.y) == pytest.approx((392, 240), abs=5)
    assert found.radius == pytest.approx(52, abs=5)


def test_it_is_found_at_any_size_and_from_either_side() -> None:
    picture = room((392, 240, 52))
    large = cv2.resize(picture, None, fx=2, fy=2)
    found = find(large, bridging(2.0))
    assert found is not None
    assert (found.x, found.y, found.radius) == pytest.approx((784, 480, 104), abs=10)
    mirrored = bridging() * np.array([-1, 1], np.float32) + np.array([639, 0], np.float32)
    turned = find(np.ascontiguousarray(picture[:, ::-1]), mirrored)
    assert turned is not None
    assert turned.x == pytest.approx(639 - 392, abs=5)


def test_no_ball_is_found_where_there_is_none() -> None:
    assert find(room(None), bridging()) is None
    bench = room(None)
    cv2.rectangle(bench, (350, 215), (440, 290), (90, 60, 40), -1)
    assert find(bench, bridging()) is None


def test_nobody_or_a_person_on_the_floor_has_no_ball() -> None:
    picture = room((392, 240, 52))
    assert find(picture, np.full_like(bridging(), np.nan)) is None
    lying = bridging()
    lying[:, 1] = 285
    assert find(picture, lying) is None
    assert find(picture[:20, :20], bridging(0.05)) is None


@pytest.mark.parametrize(("name", "there"), [("ball_bridge", True), ("kneeling_lunge", False), ("leg_lift", False)])
def test_on_the_samples(name: str, there: bool) -> None:
    networks = Networks()
    with Video(SAMPLES / f"{name}.mp4") as video:
        frames = [frame.rgb for i, frame in enumerate(video.frames()) if i % 60 == 30]
    for rgb in frames:
        region = networks.landmarks(rgb, networks.detect(rgb)[0]).region
        assert (find(rgb, networks.landmarks(rgb, region).image) is not None) is there
