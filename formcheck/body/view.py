"""What the picture can show: where the camera stands, which side is near, and what lies inside the frame."""

from functools import cached_property
from typing import Final

import numpy as np

from formcheck.body import geometry
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.findings import View, ViewName

SIDE_FROM_DEG: Final = 55.0
"""Camera yaw from which a view is called side-on (ours; five real clips from the side read 67 to 89 deg)."""

FRONT_TO_DEG: Final = 30.0
"""Camera yaw up to which a view is called frontal (ours; two real clips from the front read 0 and 13 deg)."""

DOWN: Final = np.float32(0.4)
"""Looking down, a camera makes a level line rise by up to this much per length towards it: 22 degrees (ours)."""

EDGE: Final = 0.02
"""A landmark may lie outside by this share of the picture and still count as seen (ours)."""


PARTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
"""The parts of the body whose left and right landmarks are used; not the face and the fingers."""

BOTH: Final = "both"
"""Both sides at once, left before right."""

CROSSED: Final = "crossed"
"""Both sides at once, right before left."""

_ARMS: Final = slice(INDEX["left_shoulder"], INDEX["right_wrist"] + 1)
_LEGS: Final = slice(INDEX["left_hip"], INDEX["right_foot_index"] + 1)
_ARM_PARTS: Final = PARTS.index("hip")
_PART: Final = {part: i for i, part in enumerate(PARTS)}
_SIDE: Final[dict[str, int | slice]] = {"left": 0, "right": 1, BOTH: slice(None), CROSSED: slice(None, None, -1)}


def of_side(values: Array, side: str) -> Array:
    """The values of one side, out of (2, ...) of left and right; for `BOTH` all of them."""
    found: Array = values[_SIDE[side]]
    return found


class Points:
    """Landmarks of one person over n ticks, gathered once and then given by part and side.

    Points in the picture are (n, 2) pixels, world points (n, 3) metres, y down; of both sides (2, n, 2) and (2, n, 3).
    In memory each coordinate of a landmark lies in one piece.
    """

    def __init__(self, poses: Poses) -> None:
        self.poses = poses

    @cached_property
    def _image(self) -> Array:
        return _gathered(self.poses.image)

    @cached_property
    def _world(self) -> Array:
        return _gathered(self.poses.world)

    @cached_property
    def _middles(self) -> Array:
        return (self._image[:, 0] + self._image[:, 1]) * 0.5

    @cached_property
    def _world_middles(self) -> Array:
        return (self._world[:, 0] + self._world[:, 1]) * 0.5

    @property
    def all(self) -> Array:
        """Every landmark of `PARTS` in the picture, (len(PARTS), 2, n, 2)."""
        return self._image

    def point(self, part: str, side: str) -> Array:
        """One landmark in the picture."""
        found: Array = self._image[_PART[part], _SIDE[side]]
        return found

    def middle(self, part: str) -> Array:
        """The point between the left and the right landmark."""
        found: Array = self._middles[_PART[part]]
        return found

    def world(self, part: str, side: str) -> Array:
        """One landmark in metres."""
        found: Array = self._world[_PART[part], _SIDE[side]]
        return found

    def world_middle(self, part: str) -> Array:
        """The point between the left and the right landmark in metres."""
        found: Array = self._world_middles[_PART[part]]
        return found

    @cached_property
    def shoulder_line(self) -> Array:
        """From the right shoulder to the left one, metres, (n, 3)."""
        return self.world("shoulder", "left") - self.world("shoulder", "right")

    @cached_property
    def spine(self) -> Array:
        """From the middle of the hips to that of the shoulders, metres, (n, 3)."""
        return self.world_middle("shoulder") - self.world_middle("hip")

    @cached_property
    def world_trunk(self) -> Array:
        """Length of the trunk in metres, (n,); NaN where it has none."""
        return geometry.nan_for_0(geometry.length(self.spine))

    @cached_property
    def shoulders_across(self) -> Array:
        """Length of the shoulder line across the picture, without what looking down adds to it, metres, (n,)."""
        x, y, z = self.shoulder_line.T
        rise = np.maximum(np.abs(y) - DOWN * np.abs(z), 0)
        across: Array = np.sqrt(x * x + rise * rise)
        return across

    @cached_property
    def trunk(self) -> Array:
        """Length of the trunk in the picture, pixels, (n,)."""
        return geometry.length(self.middle("shoulder") - self.middle("hip"))


def _gathered(landmarks: Array) -> Array:
    """Landmarks (n, 33, d) as (len(PARTS), 2, n, d), each coordinate in one piece."""
    n, _, d = landmarks.shape
    found = np.empty((d, len(PARTS), 2, n), np.float32)
    for parts, rows in ((found[:, :_ARM_PARTS], _ARMS), (found[:, _ARM_PARTS:], _LEGS)):
        parts[...] = landmarks[:, rows].reshape(n, parts.shape[1], 2, d).transpose(3, 1, 2, 0)
    return found.transpose(1, 2, 3, 0)


def _points(of: Poses | Points) -> Points:
    return of if isinstance(of, Points) else Points(of)


def yaw(of: Poses | Points) -> Array:
    """Camera yaw of each frame in degrees: 0 facing the person or their back, 90 side-on. (n,), NaN in, NaN out.

    For people who lie it is the angle between the shoulder line and the picture plane, from the world points. A camera
    that looks down sees the nearer shoulder lower; the part of the line's rise that this explains does not count. For
    upright people it comes from how wide the picture shows the shoulders, compared with the trunk, because the model
    turns them too far. In between both count, by how upright the trunk is.

    Error (rendered people, on other bodies and clips, mean size of the median over a clip): side-on 4 degrees upright
    and 5 lying or in a bridge; from 50 to 70 degrees 4 upright, 7 lying, 9 in a bridge; up to 30 degrees 9 and more.
    """
    points = _points(of)
    line, up, size = points.shoulder_line, points.spine[:, 1], points.world_trunk
    turned = np.arctan2(np.abs(line[:, 2]), points.shoulders_across)
    upright = up * up / (size * size)
    width = geometry.nan_for_0(geometry.length(line) / size)
    shown = np.minimum(np.maximum(_shoulders_wide(points) / width, 0), 1)
    angle: Array = (turned + upright * (np.arccos(shown) - turned)) * geometry.DEGREE
    return angle


def _shoulders_wide(points: Points) -> Array:
    """How wide the shoulders are in the picture, in trunks of the picture."""
    line = points.point("shoulder", "left")[:, 0] - points.point("shoulder", "right")[:, 0]
    shown: Array = np.abs(line) / geometry.nan_for_0(points.trunk)
    return shown


def turn(of: Poses | Points) -> Array:
    """Sine of the camera's yaw, positive where the left side is near: 1 or -1 side-on, 0 from the front. (n,)."""
    points = _points(of)
    across, nearer = points.shoulders_across, -points.shoulder_line[:, 2]
    share: Array = nearer / geometry.nan_for_0(np.sqrt(across * across + nearer * nearer))
    return share


def nearness(of: Poses | Points) -> Array:
    """How much nearer the left shoulder is than the right, in metres: positive where left is near. (n,)."""
    return -_points(of).shoulder_line[:, 2]


def supine(of: Poses | Points) -> Array:
    """How far the chest faces up: 1 lying on the back, 0 upright or on the side, -1 prone. (n,), NaN in, NaN out."""
    points = _points(of)
    ax, ay, az = points.shoulder_line.T
    ux, uy, uz = points.spine.T
    x, y, z = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
    facing: Array = -y / geometry.nan_for_0(np.sqrt(x * x + y * y + z * z))
    return facing


def inside(of: Poses | Points) -> Array:
    """Whether each landmark of `PARTS` lies inside the picture, (len(PARTS), 2, n) bool; False if it was not found."""
    points = _points(of)
    width, height = points.poses.image_size
    x, y = points.all[..., 0] / np.float32(width), points.all[..., 1] / np.float32(height)
    return (x > -EDGE) & (x < 1 + EDGE) & (y > -EDGE) & (y < 1 + EDGE)


def view_of(yaw_deg: float, nearness_m: float) -> View:
    """The view of a bout, from its median yaw and nearness."""
    if not np.isfinite(yaw_deg):
        return View("front", None, None)
    name: ViewName = "side" if yaw_deg >= SIDE_FROM_DEG else "oblique" if yaw_deg > FRONT_TO_DEG else "front"
    return View(name, yaw_deg, None if name == "front" else "left" if nearness_m > 0 else "right")
