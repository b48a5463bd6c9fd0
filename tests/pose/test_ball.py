"""The ball under the shoulders: found where it is drawn and where the samples have one, and nowhere else."""

import json

import cv2
import numpy as np
import pytest
from door import SAMPLES

from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array
from formcheck.media.video import Video
from formcheck.pose import ball
from formcheck.pose.ball import Circle
from formcheck.pose.blazepose import BlazePose

WIDTH, HEIGHT, FLOOR = 640, 360, 300
TRUNK = 120
BALL = Circle(400.0, 245.0, 60.0)
"""Where the drawn ball lies; it is drawn 67 pixels wide and 54 high to each side."""
PLACES = {
    "nose": (465, 165),
    "shoulder": (415, 172),
    "elbow": (360, 195),
    "wrist": (310, 175),
    "index": (300, 172),
    "hip": (297, 190),
    "knee": (200, 180),
    "ankle": (195, 285),
    "heel": (208, 296),
    "foot_index": (170, 298),
}


def body(shift: tuple[int, int] = (0, 0)) -> Array:
    """Landmarks (33, 2) of somebody at the top of a bridge on the drawn ball, head to the right."""
    image = np.zeros((len(NAMES), 2), np.float32)
    image[:] = PLACES["nose"]
    for part, at in PLACES.items():
        for side in SIDES:
            if f"{side}_{part}" in INDEX:
                image[INDEX[f"{side}_{part}"]] = np.array(at) + ((0, 0) if side == "left" else (3, -2))
    return image + np.array(shift, np.float32)


def room(seed: int = 0) -> Array:
    """A wall, a floor with boards, a skirting, a little noise."""
    rgb = np.full((HEIGHT, WIDTH, 3), (200, 196, 188), np.uint8)
    rgb[220:] = (150, 120, 92)
    rgb[214:220] = (235, 235, 230)
    for x in range(-200, 900, 45):
        cv2.line(rgb, (x, 220), (x + (x - 320) // 2, HEIGHT), (128, 100, 76), 1)
    noise = np.random.default_rng(seed).normal(0, 3, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def with_ball(rgb: Array, colour: tuple[int, int, int] = (70, 110, 180), at: Circle = BALL) -> Array:
    """A ball with light from above left and a shadow on the floor."""
    x, y, r = at
    cv2.ellipse(
        rgb, (round(x) + 20, round(y + 0.9 * r)), (round(1.2 * r), round(0.25 * r)), 0, 0, 360, (100, 80, 62), -1
    )
    for k in range(12, 0, -1):
        light = 1.15 - 0.45 * (k / 12) ** 2
        tint = tuple(int(min(c * light, 255)) for c in colour)
        middle = round(x - 0.25 * r * (1 - k / 12)), round(y - 0.3 * r * (1 - k / 12))
        cv2.ellipse(rgb, middle, (round(1.12 * r * k / 12), round(0.9 * r * k / 12)), 0, 0, 360, tint, -1, cv2.LINE_AA)
    return rgb


def with_body(rgb: Array, image: Array | None = None) -> Array:
    image = body() if image is None else image
    for first, last, thick, tint in (
        *(
            ("shoulder", "hip", 36, (60, 60, 66)),
            ("hip", "knee", 32, (40, 44, 70)),
            ("knee", "ankle", 24, (40, 44, 70)),
        ),
        *(("shoulder", "elbow", 15, (196, 150, 120)), ("elbow", "wrist", 12, (196, 150, 120))),
    ):
        ends = (tuple(image[INDEX[f"left_{part}"]].round().astype(int).tolist()) for part in (first, last))
        cv2.line(rgb, *ends, tint, thick, cv2.LINE_AA)
    cv2.circle(rgb, tuple(image[INDEX["nose"]].round().astype(int).tolist()), 20, (196, 150, 120), -1, cv2.LINE_AA)
    return rgb


def assert_near(found: Circle | None, true: Circle = BALL, within: float = 0.06) -> None:
    assert found is not None
    assert np.hypot(found.x - true.x, found.y - true.y) < within * TRUNK
    assert abs(found.radius - true.radius) < within * TRUNK


# --- what is drawn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", [(70, 110, 180), (190, 70, 70), (160, 165, 170), (60, 140, 90), (50, 50, 56)])
def test_a_drawn_ball_is_found(colour: tuple[int, int, int]) -> None:
    assert_near(ball.find(with_body(with_ball(room(), colour)), body()))


def test_a_mirrored_ball_is_found_in_its_mirrored_place() -> None:
    mirrored = body()
    mirrored[:, 0] = WIDTH - mirrored[:, 0]
    rgb = np.ascontiguousarray(with_body(with_ball(room()))[:, ::-1])
    assert_near(ball.find(rgb, mirrored), Circle(WIDTH - BALL.x, BALL.y, BALL.radius))


@pytest.mark.parametrize("scale", [0.4, 3.0])
def test_the_size_of_the_picture_does_not_matter(scale: float) -> None:
    rgb = with_body(with_ball(room()))
    large = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    found = ball.find(large, body() * np.float32(scale))
    assert_near(Circle(*(v / scale for v in found)))


def test_a_ball_cut_by_the_edge_of_the_picture_is_found() -> None:
    rgb = with_body(with_ball(room()))
    assert_near(ball.find(np.ascontiguousarray(rgb[:285]), body()), within=0.08)
    assert_near(ball.find(np.ascontiguousarray(rgb[:, :440]), body()), within=0.08)


def test_an_empty_room_and_a_box_are_no_ball() -> None:
    assert ball.find(with_body(room()), body()) is None
    box = room()
    cv2.rectangle(box, (345, 195), (470, 300), (70, 110, 180), -1)
    assert ball.find(with_body(box), body()) is None


def test_a_bench_on_legs_is_no_ball() -> None:
    bench = room()
    cv2.rectangle(bench, (330, 188), (480, 210), (120, 60, 40), -1)
    for x in (340, 460):
        cv2.rectangle(bench, (x, 210), (x + 12, 300), (60, 60, 60), -1)
    assert ball.find(with_body(bench), body()) is None


def test_a_ball_that_lies_elsewhere_is_not_taken() -> None:
    beside = with_body(with_ball(room(), at=Circle(560.0, 245.0, 60.0)))
    assert ball.find(beside, body()) is None


def test_noise_is_no_ball() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert ball.find(noise, body()) is None


# --- the body that lies on it -----------------------------------------------------------------------------------------


def test_nobody_and_half_a_body_lie_on_no_ball() -> None:
    rgb = with_body(with_ball(room()))
    assert ball.find(rgb, np.full((33, 2), np.nan, np.float32)) is None
    half = body()
    half[INDEX["left_hip"]] = np.nan
    assert ball.find(rgb, half) is None


def test_who_stands_or_lies_on_the_floor_lies_on_no_ball() -> None:
    rgb = with_ball(room())
    upright, flat = body(), body()
    for side in SIDES:
        upright[INDEX[f"{side}_hip"]] = (412, 292)
        flat[INDEX[f"{side}_shoulder"]] = (415, 280)
    assert ball.find(rgb, upright) is None
    assert ball.find(rgb, flat) is None


def test_shoulders_hardly_over_the_feet_lie_on_no_ball() -> None:
    small = Circle(400.0, 228.0, 47.0)
    rgb, raised = with_body(with_ball(room(), at=small)), body()
    assert_near(ball.find(rgb, body()), small)
    for side in SIDES:
        for part in ("ankle", "heel", "foot_index"):
            raised[INDEX[f"{side}_{part}"], 1] -= 58
    assert ball.find(rgb, raised) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (40, 30)])
def test_tiny_pictures_hold_no_ball(size: tuple[int, int]) -> None:
    assert ball.find(np.zeros((size[1], size[0], 3), np.uint8), body()) is None
    assert ball.find(np.zeros((size[1], size[0], 3), np.uint8), body() * np.float32(size[0] / WIDTH)) is None


@pytest.mark.parametrize("shift", [(-700, 0), (700, 0), (0, 400), (0, -420), (1e6, 1e6)])
def test_a_body_outside_the_picture_lies_on_no_ball(shift: tuple[int, int]) -> None:
    assert ball.find(with_ball(room()), body(shift)) is None


def test_the_result_depends_on_what_was_given_only() -> None:
    rgb = with_body(with_ball(room()))
    threads = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        one = ball.find(rgb, body())
        cv2.setNumThreads(4)
        assert ball.find(rgb, body()) == one == ball.find(rgb.copy(), body(), None)
    finally:
        cv2.setNumThreads(threads)


def test_what_was_found_before_helps_but_invents_nothing() -> None:
    assert_near(ball.find(with_body(with_ball(room())), body(), BALL))
    assert ball.find(with_body(room()), body(), BALL) is None
    assert_near(ball.find(with_body(with_ball(room())), body(), Circle(9999.0, -5.0, 3.0)))


# --- the samples ------------------------------------------------------------------------------------------------------


def found_in(name, times=(0.5, 2.5)):
    """What is found, and the truth's ball or None, at some times of a sample."""
    with Video(SAMPLES / f"{name}.mp4") as video:
        frames = []
        for frame in video.frames():
            if frame.time >= times[len(frames)]:
                frames.append(frame.rgb)
            if len(frames) == len(times):
                break
    return [ball.find(rgb, BlazePose().feed(0.0, rgb).image[0]) for rgb in frames]


def test_the_ball_of_a_sample_is_found_where_its_truth_says() -> None:
    from benchmarks.ball import true_circle

    truth = json.loads((SAMPLES / "ball_bridge.json").read_text("utf-8"))
    times = (0.5, 2.5)
    rows = [int(np.argmax(np.array(truth["time_s"]) >= time)) for time in times]
    for found, row in zip(found_in("ball_bridge", times), rows, strict=True):
        true = true_circle(truth, row)
        trunk = np.hypot(*np.subtract(truth["joints_px"]["shoulder"][row], truth["joints_px"]["hip"][row]))
        assert found is not None
        assert np.hypot(found.x - true.x, found.y - true.y) < 0.06 * trunk
        assert abs(found.radius - true.radius) < 0.06 * trunk


def test_from_the_feet_the_ball_is_missed_rather_than_guessed() -> None:
    assert found_in("ball_bridge_narrow_feet") == [None, None]


@pytest.mark.parametrize("name", ["glute_bridge", "kneeling_lunge_loose_shirt", "leg_lift", "squats"])
def test_samples_without_a_ball_hold_none(name: str) -> None:
    assert found_in(name) == [None, None]
