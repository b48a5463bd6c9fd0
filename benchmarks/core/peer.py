"""What others do with landmarks, frame by frame in Python: a few angles and an up/down counter.

`calculate_angle` is the function that tutorials on counting reps with MediaPipe hand on from one to the next; the
counter is ultralytics' rule, as in `benchmarks/accuracy`. They get landmarks as Python numbers, so turning arrays into
lists is not counted against them.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.rivals import two_thresholds
from formcheck.landmarks import INDEX, SIDES
from formcheck.measures import MEASURES, Body
from formcheck.poses import Array, Poses

JOINTS: Final = {
    "knee_flexion": ("hip", "knee", "ankle"),
    "trunk_thigh_angle": ("shoulder", "hip", "knee"),
    "shoulder_elevation": ("hip", "shoulder", "elbow"),
}
"""The angles both work out, by formcheck's name: landmark, vertex, landmark. Of both sides, so six a frame."""

COUNTED: Final = "trunk_thigh_angle"

Frames = Sequence[Sequence[Sequence[float]]]
"""33 pairs of pixels a frame, as Python's own lists."""

_TRIPLES: Final = [tuple(INDEX[f"{side}_{part}"] for part in parts) for parts in JOINTS.values() for side in SIDES]
_COUNTED: Final = list(JOINTS).index(COUNTED) * len(SIDES)


def frames(poses: Poses) -> Frames:
    """The picture's landmarks as lists."""
    found: Frames = poses.image.tolist()
    return found


def calculate_angle(a: Any, b: Any, c: Any) -> Any:
    """Degrees at `b`, 180 straight."""
    a, b, c = np.array(a), np.array(b), np.array(c)
    radians = np.arctan2(c[1] - b[1], c[0] - b[0]) - np.arctan2(a[1] - b[1], a[0] - b[0])
    angle = np.abs(radians * 180.0 / np.pi)
    if angle > 180.0:
        angle = 360 - angle
    return angle


def angles(seen: Frames) -> list[list[Any]]:
    """The six angles of every frame, in the order of `JOINTS`, left before right."""
    return [[calculate_angle(frame[a], frame[b], frame[c]) for a, b, c in _TRIPLES] for frame in seen]


def counted(seen: Frames) -> tuple[int, int]:
    """Reps of the left and of the right leg."""
    found, count = angles(seen), two_thresholds(160, 140)
    left, right = (count(np.array([row[_COUNTED + side] for row in found]), "") for side in range(len(SIDES)))
    return left, right


def kernel(poses: Poses) -> list[Array]:
    """The same six angles by formcheck, (n,) each; flexion, but for the shoulder's."""
    body = Body(poses)
    return [of(body, side) for name in JOINTS for side in SIDES if (of := MEASURES[name].of)]
