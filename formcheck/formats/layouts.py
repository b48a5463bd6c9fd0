"""The layouts of other pose estimators: the order of their points, and which of the 33 landmarks each one is.

Sources: OpenPose, doc/02_output.md (BODY_25, COCO with 18 points); the COCO key point task (17 points).
"""

from typing import Final

from formcheck.body.landmarks import INDEX

BODY_25: Final = (
    *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
    *("mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
    *("right_eye", "left_eye", "right_ear", "left_ear", "left_foot_index", "left_small_toe", "left_heel"),
    *("right_foot_index", "right_small_toe", "right_heel"),
)
"""OpenPose's BODY_25; its big toe is the landmark `foot_index`."""

COCO_18: Final = (
    *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
    *("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
    *("right_eye", "left_eye", "right_ear", "left_ear"),
)
"""OpenPose's older model."""

COCO_17: Final = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder"),
    *("left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip"),
    *("left_knee", "right_knee", "left_ankle", "right_ankle"),
)
"""The key points of COCO, which most estimators write."""

MIDDLES: Final = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}
"""Points that lie half way between two landmarks."""


def rows(layout: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs (place in the layout, row among the 33 landmarks), for the points that are landmarks."""
    return tuple((at, INDEX[name]) for at, name in enumerate(layout) if name in INDEX)
