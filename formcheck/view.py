"""What the picture can show: where the camera stands, which side is near, and what lies inside the frame."""

from typing import Final

import numpy as np

from formcheck import geometry
from formcheck.findings import View, ViewName
from formcheck.landmarks import INDEX
from formcheck.poses import Array, Poses

SIDE_FROM_DEG: Final = 55.0
"""Camera yaw from which a view is called side-on (ours; five real clips from the side read 67 to 89 deg)."""

FRONT_TO_DEG: Final = 30.0
"""Camera yaw up to which a view is called frontal (ours; two real clips from the front read 0 and 13 deg)."""

DOWN: Final = np.float32(0.4)
"""Rise of a level line per length towards the camera, up to which the camera's looking down explains it: 22 degrees
(ours)."""

EDGE: Final = 0.02
"""Share of the picture by which a landmark may lie outside and still count as seen (ours)."""


def yaw(poses: Poses) -> Array:
    """Camera yaw of each frame in degrees: 0 facing the person or their back, 90 side-on. (n,), NaN in, NaN out.

    Of people who lie it is the angle between the line of the shoulders and the picture plane, from the world points. A
    camera that looks down sees the nearer shoulder lower: what of the line's rise that explains does not count. Of
    people who are upright it is told by how much of the shoulders' width the picture shows, held against the trunk:
    the model turns them too far round. In between both count, by how upright the trunk is.

    Error (rendered people, bodies and clips apart, mean size of the median over a clip): side-on 4 degrees upright and
    5 lying or in a bridge; from 50 to 70 degrees 4 upright, 7 lying, 9 in a bridge; to 30 degrees 9 and more.
    """
    line = _shoulder_line(poses)
    turned = np.arctan2(np.abs(line[:, 2]), _across(line))
    trunk = _middle(poses, "shoulder") - _middle(poses, "hip")
    length = geometry.length(trunk)
    length = np.where(length > 0, length, np.nan)
    upright = trunk[:, 1] * trunk[:, 1] / (length * length)
    width = geometry.length(line) / length
    width = np.where(width > 0, width, np.nan)
    angle: Array = np.degrees(turned + upright * (np.arccos(np.clip(_shown(poses) / width, 0, 1)) - turned))
    return angle


def _shown(poses: Poses) -> Array:
    """How wide the picture shows the shoulders, in trunks of the picture."""
    left, right, *hips = (
        poses.image[:, INDEX[f"{side}_{part}"]] for part in ("shoulder", "hip") for side in ("left", "right")
    )
    trunk = geometry.length(((left + right) - (hips[0] + hips[1])) * np.float32(0.5))
    shown: Array = np.abs(left[:, 0] - right[:, 0]) / np.where(trunk > 0, trunk, np.nan)
    return shown


def turn(poses: Poses) -> Array:
    """Sine of the camera's yaw, positive where the left side is near: 1 or -1 side-on, 0 from the front. (n,)."""
    line = _shoulder_line(poses)
    across = _across(line)
    size = np.sqrt(across * across + line[:, 2] * line[:, 2])
    share: Array = -line[:, 2] / np.where(size > 0, size, np.nan)
    return share


def _across(line: Array) -> Array:
    """How much of a line lies across the picture, less the rise that a camera which looks down gives it."""
    rise = np.maximum(np.abs(line[:, 1]) - DOWN * np.abs(line[:, 2]), 0)
    across: Array = np.sqrt(line[:, 0] * line[:, 0] + rise * rise)
    return across


def nearness(poses: Poses) -> Array:
    """How much nearer the left shoulder is than the right, in metres: positive where left is near. (n,)."""
    return -_shoulder_line(poses)[:, 2]


def supine(poses: Poses) -> Array:
    """How far the chest faces up: 1 lying on the back, 0 upright or on the side, -1 prone. (n,), NaN in, NaN out."""
    across = _shoulder_line(poses)
    up = _middle(poses, "shoulder") - _middle(poses, "hip")
    front = np.stack(
        [
            across[:, 1] * up[:, 2] - across[:, 2] * up[:, 1],
            across[:, 2] * up[:, 0] - across[:, 0] * up[:, 2],
            across[:, 0] * up[:, 1] - across[:, 1] * up[:, 0],
        ]
    )
    size = np.sqrt(front[0] * front[0] + front[1] * front[1] + front[2] * front[2])
    facing: Array = -front[1] / np.where(size > 0, size, np.nan)
    return facing


def inside(poses: Poses, part: str, side: str) -> Array:
    """Whether a landmark lies inside the picture, (n,) bool; a landmark that was not found does not."""
    at = poses.image[:, INDEX[f"{side}_{part}"]]
    width, height = poses.image_size
    x, y = at[:, 0] / np.float32(width), at[:, 1] / np.float32(height)
    return (x > -EDGE) & (x < 1 + EDGE) & (y > -EDGE) & (y < 1 + EDGE)


def view_of(yaw_deg: float, nearness_m: float) -> View:
    """The view that a bout's median yaw and nearness amount to."""
    if not np.isfinite(yaw_deg):
        return View("front", None, None)
    name: ViewName = "side" if yaw_deg >= SIDE_FROM_DEG else "oblique" if yaw_deg > FRONT_TO_DEG else "front"
    return View(name, yaw_deg, None if name == "front" else "left" if nearness_m > 0 else "right")


def _shoulder_line(poses: Poses) -> Array:
    """From the right shoulder to the left one, metres, (n, 3)."""
    return poses.world[:, INDEX["left_shoulder"]] - poses.world[:, INDEX["right_shoulder"]]


def _middle(poses: Poses, part: str) -> Array:
    return (poses.world[:, INDEX[f"left_{part}"]] + poses.world[:, INDEX[f"right_{part}"]]) * np.float32(0.5)
