"""A recording without a camera: landmarks of the stick person who does all four exercises, over and over.

    poses = recording(3600)    # an hour, 500 reps

In each of four parts of 36 s the person does five reps of one exercise and gets into position for the next; the clip of
144 s is then repeated, so that hours of it are made in no time. The same every time. Tempos are ours.
"""

from collections.abc import Callable
from functools import partial, reduce
from typing import Final

import numpy as np

from benchmarks.stick import Act, Camera, Tempo, ball_bridge, film, glute_bridge, kneeling_lunge, leg_lift, stay, then
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import BACK_SEEN, STATIONS, Array, Poses

FPS: Final = 30
PICTURE: Final = (1280, 720)
REPS: Final = 5
"""Reps of one part."""

PART_S, MOVING_S = 36.0, 3.0
"""Seconds of a part, and of getting into position at its end."""

TEMPO: Final = Tempo(reps=REPS, ramp=1.2, hold=2.0, rest=2.0, lead=1.0, tail=0.0)

EXERCISES: Final[dict[str, Callable[[Tempo], Act]]] = {
    "glute_bridge": partial(glute_bridge, low=130),
    "ball_bridge": ball_bridge,
    "leg_lift": leg_lift,
    "kneeling_lunge": kneeling_lunge,
}
CLIP_S: Final = PART_S * len(EXERCISES)


def recording(seconds: float) -> Poses:
    """`seconds` of landmarks at 30 frames a second: the clip repeated."""
    once, n = _clip(), round(seconds * FPS)
    columns = {name: np.resize(values, (n, *values.shape[1:])) for name, values in once.items()}
    return Poses(**columns | {"time": np.arange(n) / FPS}, image_size=PICTURE)


def _clip() -> dict[str, Array]:
    """The columns of `Poses` but for its times, over `CLIP_S`."""
    acts = [make(TEMPO) for make in EXERCISES.values()]
    again = stay(acts[0].at(np.zeros(1)), 0.0)
    whole = reduce(lambda done, following: then(done, following, MOVING_S), [*acts, again])
    time = np.arange(round(CLIP_S * FPS)) / FPS
    poses = film(whole, Camera(yaw=80, size=PICTURE), time=time, noise=1, seed=0).poses
    columns = {name: getattr(poses, name) for name in poses.__slots__ if name not in ("time", "image_size")}
    return columns | _sparse(poses.image, columns)


def _middle(points: Array, part: str) -> Array:
    middle: Array = (points[:, INDEX[f"left_{part}"]] + points[:, INDEX[f"right_{part}"]]) / 2
    return middle


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
    part = np.arange(n) // round(PART_S * FPS)
    sparse["ball"][part != list(EXERCISES).index("ball_bridge")] = np.nan
    return sparse
