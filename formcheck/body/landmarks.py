"""The 33 body landmarks of BlazePose: their names, sides and bones.

Source: the MediaPipe Pose landmark model, whose order this is. Left and right are the person's own.
"""

from itertools import pairwise
from typing import Final

NAMES: Final = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""Landmark names in the order of the model's output."""

INDEX: Final = {name: i for i, name in enumerate(NAMES)}
"""Landmark name -> row in `Poses.image`."""

SIDES: Final = ("left", "right")


def _mirrored(name: str) -> str:
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


MIRROR: Final = tuple(INDEX[_mirrored(name)] for name in NAMES)
"""For each landmark, the row of its counterpart on the other side of the body."""


def _pairs(*chains: str) -> tuple[tuple[int, int], ...]:
    bones = []
    for chain in chains:
        names = chain.split()
        bones += [(INDEX[a], INDEX[b]) for a, b in pairwise(names)]
    return tuple(bones)


BONES: Final = _pairs(
    "left_shoulder right_shoulder right_hip left_hip left_shoulder",
    "left_shoulder left_elbow left_wrist",
    "right_shoulder right_elbow right_wrist",
    "left_hip left_knee left_ankle left_heel left_foot_index left_ankle",
    "right_hip right_knee right_ankle right_heel right_foot_index right_ankle",
)
"""Pairs of rows to join when drawing a skeleton, without the face and the fingers."""
