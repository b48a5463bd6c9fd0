"""What the picture can show: where the camera stands, which side is near, what is hidden, and what lies in the frame.

The yaw comes from `Poses.turn`. Landmarks of other programs have none; theirs is read from the landmarks themselves.
"""

from functools import cached_property
from typing import Final

import numpy as np

from formcheck.body import geometry
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.findings import View, ViewName

SIDE_FROM_DEG: Final = 55.0
"""Camera yaw from which a view is called side-on (ours; five real clips from the side read 67 to 89 deg). A name for
people to read: nothing is judged by it."""

FRONT_TO_DEG: Final = 30.0
"""Camera yaw up to which a view is called frontal (ours; two real clips from the front read 0 and 13 deg)."""

YAW_ERROR_DEG: Final = np.float32(8.0)
"""Standard error of a yaw that is read from landmarks alone (ours: mean over postures and views of rendered people)."""

JOINT_ERROR: Final = {
    "shoulder": 0.06,
    "elbow": 0.07,
    "wrist": 0.08,
    "hip": 0.08,
    "knee": 0.07,
    "ankle": 0.07,
    "heel": 0.08,
    "foot_index": 0.08,
}
"""Scale of a joint's error in trunks, where the landmarks come without (ours, from rendered people)."""

LEAST_SINE: Final = np.float32(0.5)
"""What the camera foreshortens is made whole by dividing by the sine of the yaw, but by no less than this: nearer to
the front the yaw is too uncertain (ours)."""

HIDDEN: Final = 0.5
"""Probability from which a joint counts as hidden."""

DOWN: Final = np.float32(0.4)
"""Looking down, a camera makes a level line rise by up to this much per length towards it: 22 degrees (ours)."""

EDGE: Final = 0.02
"""A landmark may lie outside by this share of the picture and still count as seen (ours)."""


STEPS: Final = np.float32(1024)
"""Errors are rounded to this part of a trunk, so that sums of them are exact in whatever order they are added."""

PARTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
"""The parts of the body whose left and right landmarks are used; not the face and the fingers."""

BOTH: Final = "both"
"""Both sides at once, left before right."""

CROSSED: Final = "crossed"
"""Both sides at once, right before left."""

_ARMS: Final = slice(INDEX["left_shoulder"], INDEX["right_wrist"] + 1)
_LEGS: Final = slice(INDEX["left_hip"], INDEX["right_foot_index"] + 1)
_ARM_PARTS: Final = PARTS.index("hip")
_SHOULDERS: Final = slice(INDEX["left_shoulder"], INDEX["right_shoulder"] + 1)
_HIPS: Final = slice(INDEX["left_hip"], INDEX["right_hip"] + 1)
_PART: Final = {part: i for i, part in enumerate(PARTS)}
_SIDE: Final[dict[str, int | slice]] = {"left": 0, "right": 1, BOTH: slice(None), CROSSED: slice(None, None, -1)}


def of_side(values: Array, side: str) -> Array:
    """The values of one side, out of (2, ...) of left and right; for `BOTH` all of them."""
    found: Array = values[_SIDE[side]]
    return found


class Points:
    """Landmarks of one person over n ticks, gathered once and then given by part and side.

    Points are (n, 2) pixels, world points (n, 3) metres, y down; of both sides (2, n, 2) and (2, n, 3). Points are
    those of the picture, made whole across where `whole` is true: as a camera from the side would see them.
    In memory each coordinate of a landmark lies in one piece.
    """

    def __init__(self, poses: Poses, *, whole: bool = False) -> None:
        self.poses, self.whole = poses, whole

    @cached_property
    def picture(self) -> Array:
        """Every landmark of `PARTS` in the picture, (len(PARTS), 2, n, 2)."""
        return _gathered(self.poses.image)

    @cached_property
    def shown(self) -> Array:
        """How much of what lies along the body's own forward the points show, (n,): 1 all of it."""
        sine = np.abs(self.turned[0])
        return np.maximum(sine, LEAST_SINE) if self.whole else np.ones_like(sine)

    @cached_property
    def _image(self) -> Array:
        if not self.whole:
            return self.picture
        found = self.picture.copy("K")
        found[..., 0] /= self.shown
        return found

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
        """Every point of `PARTS`, (len(PARTS), 2, n, 2)."""
        return self._image

    def sagittal(self, part: str, side: str) -> Array:
        """A world point in the body's own plane: how far forward and how far down, metres."""
        at, (sine, cosine, _) = self.world(part, side), self.turned
        return np.moveaxis(np.stack([at[..., 0] * sine + at[..., 2] * cosine, at[..., 1]]), 0, -1)

    @cached_property
    def ball(self) -> Array:
        """The middle of the ball, (n, 2) pixels; NaN where none was found."""
        found = self.poses.ball[:, :2].copy()
        found[:, 0] /= self.shown
        return found

    def point(self, part: str, side: str) -> Array:
        """One landmark."""
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
        """Length of the trunk, pixels, (n,)."""
        return geometry.length(self.middle("shoulder") - self.middle("hip"))

    @cached_property
    def turned(self) -> Array:
        """Which way the person is turned, (3, n): sine and cosine as in `Poses.turn`, and the error in degrees."""
        told = _told(self.poses.turn)
        missing = np.isnan(told[0])
        return np.where(missing, _read(self), told) if missing.any() else told

    @cached_property
    def yaw(self) -> Array:
        """Camera yaw, degrees, (n,)."""
        angle: Array = np.arcsin(np.minimum(np.abs(self.turned[0]), 1)) * geometry.DEGREE
        return angle


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
    """Camera yaw of each frame in degrees: 0 facing the person or their back, 90 side-on. (n,), NaN in, NaN out."""
    return _points(of).yaw


def turn(of: Poses | Points) -> Array:
    """Sine of the camera's yaw, positive where the left side is near: 1 or -1 side-on, 0 from the front. (n,)."""
    found: Array = _points(of).turned[0]
    return found


def _told(turn: Array) -> Array:
    """Sine and cosine and error, (3, n), from `Poses.turn`: shoulders and pelvis together, the surer one more."""
    sine, cosine, error = (turn[:, i::3] for i in range(3))
    weight = 1 / (error * error)
    across, along = (weight[:, 0] * part[:, 0] + weight[:, 1] * part[:, 1] for part in (sine, cosine))
    size = geometry.nan_for_0(np.sqrt(across * across + along * along))
    return np.stack([across / size, along / size, np.sqrt(2 / (weight[:, 0] + weight[:, 1]))])


def _read(points: Points) -> Array:
    """The same as the landmarks themselves tell it.

    For people who lie it is the angle between the shoulder line and the picture plane, from the world points. A camera
    that looks down sees the nearer shoulder lower; the part of the line's rise that this explains does not count. For
    upright people it comes from how wide the picture shows the shoulders, compared with the trunk, because the model
    turns them too far. In between both count, by how upright the trunk is.
    """
    line, up, size = points.shoulder_line, points.spine[:, 1], points.world_trunk
    turned = np.arctan2(np.abs(line[:, 2]), points.shoulders_across)
    upright = up * up / (size * size)
    width = geometry.nan_for_0(geometry.length(line) / size)
    shown = np.minimum(np.maximum(_shoulders_wide(points) / width, 0), 1)
    angle = turned + upright * (np.arccos(shown) - turned)
    sine, cosine = np.copysign(np.sin(angle), -line[:, 2]), np.copysign(np.cos(angle), line[:, 0])
    return np.stack([sine, cosine, np.full_like(sine, YAW_ERROR_DEG)])


def _shoulders_wide(points: Points) -> Array:
    """How wide the shoulders are in the picture, in trunks of the picture."""
    image = points.poses.image
    shoulders, hips = image[:, _SHOULDERS], image[:, _HIPS]
    line = shoulders[:, 0] - shoulders[:, 1]
    trunk = (shoulders[:, 0] + shoulders[:, 1] - hips[:, 0] - hips[:, 1]) * np.float32(0.5)
    shown: Array = np.abs(line[:, 0]) / geometry.nan_for_0(geometry.length(trunk))
    return shown


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
    x, y = points.picture[..., 0] / np.float32(width), points.picture[..., 1] / np.float32(height)
    return (x > -EDGE) & (x < 1 + EDGE) & (y > -EDGE) & (y < 1 + EDGE)


def hidden(poses: Poses) -> Array:
    """Whether each landmark of `PARTS` is hidden, (len(PARTS), 2, n) bool; False where nothing tells."""
    found: Array = _gathered(poses.hidden[:, :, None])[..., 0] > HIDDEN
    return found


def errors(poses: Poses) -> Array:
    """Scale of the error of each landmark of `PARTS`, (len(PARTS), 2, n) trunks; `JOINT_ERROR` where nothing tells."""
    told = np.rint(_gathered(poses.error[:, :, None])[..., 0] * STEPS) / STEPS
    usual = np.rint(np.array([JOINT_ERROR[part] for part in PARTS], np.float32) * STEPS) / STEPS
    found: Array = np.where(np.isnan(told), usual[:, None, None], told)
    return found


def view_of(yaw_deg: float, turn: float) -> View:
    """The view of a bout, from its median yaw and turn."""
    if not np.isfinite(yaw_deg):
        return View("front", None, None)
    name: ViewName = "side" if yaw_deg >= SIDE_FROM_DEG else "oblique" if yaw_deg > FRONT_TO_DEG else "front"
    return View(name, yaw_deg, None if name == "front" else "left" if turn > 0 else "right")
