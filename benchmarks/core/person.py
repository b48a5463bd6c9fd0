"""A recording without a camera: landmarks of a stick person who does all four exercises, over and over.

    poses = recording(3600)    # an hour, 500 reps

Floor axes: x forward, y to the person's left, z up, metres. A segment has one angle, its pitch in degrees: 0 points up,
90 forward, 180 down. In each of four parts of 36 s the person gets into position and does five reps; the clip of 144 s
is then repeated, so that hours of it are made in no time. The same every time. Sizes and tempos are ours.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import BACK_SEEN, STATIONS, Array, Poses

FPS: Final = 30
PICTURE: Final = (1280, 720)
TRUNK, THIGH, SHIN, UPPER_ARM, FOREARM = 0.49, 0.4165, 0.418, 0.316, 0.248
_SIGN: Final = {"left": 1.0, "right": -1.0}

REPS: Final = 5
"""Reps of one part."""

MOVING_S, WAIT_S, RAMP_S, HOLD_S, REP_S, PART_S = 3.0, 1.0, 1.2, 2.0, 6.4, 36.0
"""Seconds of a part: getting into position, lying or kneeling there, and of a rep: up, at the top, in all."""

Angles = dict[str, float]
"""Degrees by segment, with a side where the legs differ."""


@dataclass(frozen=True)
class Exercise:
    """Angles at rest and at the top, and the joint that stays at `place` (x, z)."""

    rest: Angles
    top: Angles
    anchor: str
    place: tuple[float, float]


def _legs(thigh: float, shin: float, foot: float = 90) -> Angles:
    return {f"{side}_{part}": angle for part, angle in _named(thigh, shin, foot).items() for side in SIDES}


def _leg(side: str, thigh: float, shin: float, foot: float = 90) -> Angles:
    return {f"{side}_{part}": angle for part, angle in _named(thigh, shin, foot).items()}


def _named(thigh: float, shin: float, foot: float) -> Angles:
    return {"thigh": thigh, "shin": shin, "foot": foot}


_LYING: Final = {"upper_arm": 92.0, "forearm": 91.0}
_HANGING: Final = {"upper_arm": 180.0, "forearm": 172.0}

EXERCISES: Final[dict[str, Exercise]] = {
    "glute_bridge": Exercise(
        {"trunk": -90, **_legs(50, 150), **_LYING}, {"trunk": -115, **_legs(66, 171), **_LYING}, "shoulder", (0, 0.1)
    ),
    "ball_bridge": Exercise(
        {"trunk": -60, **_legs(60, 178), **_LYING}, {"trunk": -90, **_legs(92, 180), **_LYING}, "shoulder", (0, 0.48)
    ),
    "leg_lift": Exercise(
        {"trunk": -90, **_legs(91.6, 91.6, 15), **_LYING},
        {"trunk": -90, **_legs(91.6, 91.6, 15), **_leg("left", 66, 66, -10), **_LYING},
        "hip",
        (0, 0.1),
    ),
    "kneeling_lunge": Exercise(
        {"trunk": 0, **_leg("right", 180, 272.7, 255), **_leg("left", 91, 180), **_HANGING},
        {"trunk": 0, **_leg("right", 210, 272.7, 255), **_leg("left", 90, 210), **_HANGING},
        "right_knee",
        (0, 0.05),
    ),
}

CLIP_S: Final = PART_S * len(EXERCISES)
_BEGINS: Final = round(MOVING_S * FPS)  # frames: the clip begins when the person already lies there


def recording(seconds: float) -> Poses:
    """`seconds` of landmarks at 30 frames a second: the clip repeated."""
    once, n = _clip(), round(seconds * FPS)
    columns = {name: np.resize(values, (n, *values.shape[1:])) for name, values in once.items()}
    return Poses(**columns | {"time": np.arange(n) / FPS}, image_size=PICTURE)


def _clip() -> dict[str, Array]:
    """The columns of `Poses` but for its times, over `CLIP_S`."""
    seen = _before_the_camera(_acted())
    noise = 0.005 * np.random.default_rng(0).standard_normal(seen.shape) * [1, 1, 3]  # metres, ours
    hips = _middle(seen, "hip")[:, None]
    image = _pixels(seen + noise).astype(np.float32)
    blank = Poses.blank(np.arange(len(seen)) / FPS, PICTURE)
    columns = {name: getattr(blank, name) for name in blank.__slots__ if name not in ("time", "image_size")}
    full = {"image": image, "world": (seen + noise - hips).astype(np.float32), "visibility": blank.visibility + 0.99}
    return columns | full | _sparse(image, columns)


def _acted() -> Array:
    """Landmarks of the four parts, (n, 33, 3) floor axes."""
    parts, before = [], list(EXERCISES.values())[-1]
    t = np.arange(round(PART_S * FPS)) / FPS
    for exercise in EXERCISES.values():
        rep = (t - MOVING_S - WAIT_S) % REP_S - WAIT_S
        level = np.where(t < MOVING_S + WAIT_S, 0, _smooth(rep / RAMP_S) - _smooth((rep - RAMP_S - HOLD_S) / RAMP_S))
        doing = _placed(exercise, level)
        share = _smooth(t / MOVING_S)[:, None, None]
        parts.append(_placed(before, 0 * t) * (1 - share) + doing * share)
        before = exercise
    return np.roll(np.concatenate(parts), -_BEGINS, axis=0)


def _smooth(x: Array) -> Array:
    """From 0 to 1 as x goes from 0 to 1."""
    share: Array = 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))
    return share


def _placed(exercise: Exercise, level: Array) -> Array:
    """Landmarks with the exercise's excursion at `level` (n,), 0 at rest and 1 at the top; (n, 33, 3)."""
    angles = {name: at + level * (exercise.top[name] - at) for name, at in exercise.rest.items()}
    points = _points(angles)
    anchor = exercise.anchor
    at = points[:, INDEX[anchor]] if anchor in INDEX else _middle(points, anchor)
    place = np.array([exercise.place[0], 0, exercise.place[1]])
    moved: Array = points + ((place - at) * [1, 0, 1])[:, None]
    return moved


def _towards(pitch: Array) -> Array:
    return np.stack([np.sin(np.radians(pitch)), 0 * pitch, np.cos(np.radians(pitch))], -1)


def _points(angles: dict[str, Array]) -> Array:
    """Landmarks (n, 33, 3) of a body whose hips are at the origin."""
    along = {name: _towards(pitch) for name, pitch in angles.items()}
    shoulders = TRUNK * along["trunk"]
    points = np.repeat((shoulders + 0.2 * along["trunk"])[:, None], len(NAMES), axis=1)  # the face, all in one place
    for side in SIDES:
        across = np.array([0, _SIGN[side], 0])
        shoulder, hip = shoulders + 0.195 * across, 0.145 * across
        elbow = shoulder + UPPER_ARM * along["upper_arm"]
        wrist = elbow + FOREARM * along["forearm"]
        knee = hip + THIGH * along[f"{side}_thigh"]
        ankle = knee + SHIN * along[f"{side}_shin"]
        heel = ankle - 0.045 * along[f"{side}_foot"]
        chain = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "pinky": wrist, "index": wrist, "thumb": wrist}
        chain |= {
            "hip": hip,
            "knee": knee,
            "ankle": ankle,
            "heel": heel,
            "foot_index": heel + 0.2 * along[f"{side}_foot"],
        }
        for name, place in chain.items():
            points[:, INDEX[f"{side}_{name}"]] = place
    return points


def _middle(points: Array, part: str) -> Array:
    middle: Array = (points[:, INDEX[f"left_{part}"]] + points[:, INDEX[f"right_{part}"]]) / 2
    return middle


def _before_the_camera(floor: Array) -> Array:
    """Metres right, down and away from a level camera that sees the left side, ten degrees from the front."""
    yaw = np.radians(80)
    right = -np.sin(yaw) * floor[..., 0] + np.cos(yaw) * floor[..., 1]
    away = 4.0 - np.cos(yaw) * floor[..., 0] - np.sin(yaw) * floor[..., 1]
    return np.stack([right, 1.0 - floor[..., 2], away], -1)


def _pixels(seen: Array) -> Array:
    pixels: Array = PICTURE[0] * seen[..., :2] / seen[..., 2:] + np.array(PICTURE) / 2
    return pixels


def _sparse(image: Array, columns: dict[str, Array]) -> dict[str, Array]:
    """The columns that are measured a few times a second: contours every 8 frames, ball and spread every 15."""
    n, looked, checked = len(image), slice(None, None, 8), slice(None, None, 15)
    hip, shoulder = _middle(image, "hip"), _middle(image, "shoulder")
    trunk = np.hypot(*(shoulder - hip).T)[:, None]
    contour = trunk * (0.2 + 0.03 * np.sin(np.pi * STATIONS)) + np.random.default_rng(1).standard_normal((n, 16))
    full = {"back": contour, "belly": contour, "axis": np.concatenate([hip, shoulder, np.ones((n, 1))], axis=1)}
    full |= {"back_state": np.full(n, BACK_SEEN), "spread": np.full(n, 0.03)}
    full |= {"ball": np.concatenate([shoulder + 0.2 * trunk * [0, 1], 0.6 * trunk], axis=1)}
    sparse = {name: columns[name] for name in full}
    for name, values in full.items():
        rows = looked if name in ("back", "back_state", "belly", "axis") else checked
        sparse[name][rows] = values[rows]
    part = (np.arange(n) + _BEGINS) // round(PART_S * FPS)
    sparse["ball"][part != list(EXERCISES).index("ball_bridge")] = np.nan
    return sparse
