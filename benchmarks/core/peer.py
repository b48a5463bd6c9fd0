"""What others do with landmarks, frame by frame in Python: a few angles and an up/down counter.

`calculate_angle` is the function that tutorials on counting reps with MediaPipe hand on from one to the next; the
counter is ultralytics' rule, as in `benchmarks/accuracy`. They get landmarks as Python numbers, so turning arrays into
lists is not counted against them.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.rivals import two_thresholds
from formcheck.body.geometry import flexion
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array, Poses
from formcheck.body.view import BOTH, Points

JOINTS: Final = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("hip", "shoulder", "elbow"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
    "ankle": ("knee", "ankle", "foot_index"),
}
"""Landmark, vertex, landmark of every joint that has three; of both sides, so ten angles a frame. Public programs with
this function work out two to ten."""

SLICE: Final = 4096
"""Frames of which formcheck works out the angles at once."""

COUNTED: Final = "hip"

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
    """The ten angles of every frame, in the order of `JOINTS`, left before right."""
    return [[calculate_angle(frame[a], frame[b], frame[c]) for a, b, c in _TRIPLES] for frame in seen]


def counted(seen: Frames) -> tuple[int, int]:
    """Reps of the left and of the right leg."""
    found, count = angles(seen), two_thresholds(160, 140)
    left, right = (count(np.array([row[_COUNTED + side] for row in found]), "") for side in range(len(SIDES)))
    return left, right


def kernel(poses: Poses) -> Array:
    """The same ten angles by formcheck as flexion, 0 straight: (10, n), in slices that stay in the cache."""
    found = np.empty((len(JOINTS), len(SIDES), len(poses)), np.float32)
    for start in range(0, len(poses), SLICE):
        points = Points(poses[start : start + SLICE])
        for row, parts in zip(found, JOINTS.values(), strict=True):
            row[:, start : start + SLICE] = flexion(*(points.point(part, BOTH) for part in parts))
    return found.reshape(len(_TRIPLES), -1)
