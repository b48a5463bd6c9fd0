"""BlazePose's networks on onnxruntime, a detector and two landmark models: pictures in, numbers out.

Source: MediaPipe's pose_detection and pose_landmark graphs. Steps and constants are from there unless marked "ours".
"""

import os
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import cv2
import numpy as np

# From 1.29 on, onnxruntime reports what it runs to its maker, unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from formcheck.body.landmarks import MIRROR, NAMES
from formcheck.body.poses import Array
from formcheck.errors import ModelError
from formcheck.pose.assets import model_file
from formcheck.pose.ball import Circle
from formcheck.pose.silhouette import Contours, contours

DETECTOR_SIDE: Final = 224
CROP_SIDE: Final = 256
OVERLAP: Final = 0.3
"""Intersection over union from which two detections are one person."""
REGION_SCALE: Final = 1.25
"""Side of a crop, in diameters of the circle the model puts around the body."""

Model: TypeAlias = Literal["full", "heavy"]
"""The landmark models. Heavy takes 4.4 times as long as full, and its noise is 0.6 of full's."""

_HIP_CENTRE, _BODY_EDGE = len(NAMES), len(NAMES) + 1  # the auxiliary landmarks that give the next region
_POINTS: Final = 39
FEATURES: Final = 8 * _POINTS + 3
"""How many numbers of a network `read_of` keeps."""
_VISIBILITY: Final = slice(2 * _POINTS, 3 * _POINTS)
_HEAT: Final = slice(7 * _POINTS, 8 * _POINTS)
_PRESENCE: Final = 8 * _POINTS
_OUTPUTS: Final = ["landmarks", "presence", "heatmap", "world"]
_HEAT_SIDE: Final = 64
_HEAT_REACH: Final = np.arange(-3, 4)  # a window of 7 cells
_LEAST_HEAT: Final = 0.5
ort.disable_telemetry_events()  # the same for a program that loaded it before formcheck
_CANNOT_LOAD: Final = (ort_errors.Fail, ort_errors.InvalidGraph, ort_errors.InvalidProtobuf, ort_errors.NotImplemented)


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square of the picture: centre (the hips) and side in pixels, angle in radians clockwise.

    The side is the body's size as the model sees it, 2.5 times the reach from the hips. For an adult that is about
    2.3 m of the scene, whatever the posture.
    """

    x: float
    y: float
    size: float
    angle: float

    @classmethod
    def around(cls, centre: Array, edge: Array) -> "Region":
        """The region of a body whose hips are at `centre` and whose circle passes through `edge`, above the head."""
        dx, dy = (float(d) for d in edge - centre)
        angle = np.pi / 2 - np.arctan2(-dy, dx)
        turned = (angle + np.pi) % (2 * np.pi) - np.pi
        return cls(float(centre[0]), float(centre[1]), 2 * REGION_SCALE * float(np.hypot(dx, dy)), float(turned))

    def to_picture(self, side: int) -> Array:
        """(2, 3) matrix from the pixels of a crop of `side` x `side` to the pixels of the picture."""
        c, s = np.cos(self.angle) * self.size / side, np.sin(self.angle) * self.size / side
        half = side / 2
        return np.array([[c, -s, self.x - (c - s) * half], [s, c, self.y - (s + c) * half]])

    def on_grid(self, look: int | None = None) -> "Region":
        """The nearest region of a grid: steps of a crop's pixel, 2 % of the side and 1.4 degrees (ours).

        look: the number of a look at the outline. Eight looks in turn lie off the grid, each by another part of a step.
        So the edges of a body that lies still meet the pixels differently in each, and their rounding averages out.
        A region with NaN or infinity in it stays as it is.
        """
        if not np.isfinite([self.x, self.y, self.size, self.angle]).all():
            return self
        side, x, y, angle = (0, 0, 0, 0) if look is None else _OFF[look % len(_OFF)]
        size = float(2 ** ((round(np.log2(self.size) * 32) + side) / 32))
        step, turn = size / CROP_SIDE, 2 * np.pi / 256
        right, down, turned = round(self.x / step) + x, round(self.y / step) + y, round(self.angle / turn) + angle
        return Region(right * step, down * step, size, turned * turn)

    def distance(self, other: "Region") -> float:
        """Pixels between the two centres."""
        return float(np.hypot(self.x - other.x, self.y - other.y))

    def sensible(self, width: int, height: int) -> bool:
        """Whether to look for a body there: at least 8 pixels, no giant, and partly in the picture (ours)."""
        if not (np.isfinite([self.x, self.y, self.angle]).all() and 8 <= self.size <= 8 * max(width, height)):
            return False
        reach = self.size / 2
        return -reach < self.x < width + reach and -reach < self.y < height + reach


_OFF: Final = [
    [((look * by + off) % 8 - 3.5) / 16 for by, off in ((5, 1), (1, 0), (3, 2), (7, 3))] for look in range(8)
]
"""By how many steps each of eight looks lies off the grid, in side, x, y and angle: all over the middle half of a step.

Ours: of four ways tried on the samples the arch came nearest to the truth so, and the legs as near as without."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One person as a network sees them: `image` (33, 2) pixels, `world` (33, 3) metres, `visibility` (33,), float32.

    `heat` (33,) is the hottest cell of each landmark's heat map, 0 to 1. `presence` is 0 to 1. `region` is where these
    landmarks say the body is. `read` (FEATURES,) is what the network gave, as `read_of` has it; of a mirrored crop its
    left is the body's right. `hidden`, `error` and `turn` are columns of `Poses`, if they were asked of `body.seen`.
    `contours` are the trunk's, if the mask was asked for. `ball` is the ball they lie on, if one was looked for and
    found.
    """

    image: Array
    world: Array
    visibility: Array
    heat: Array
    presence: float
    region: Region
    read: Array
    hidden: Array | None = None
    error: Array | None = None
    turn: Array | None = None
    contours: Contours | None = None
    ball: Circle | None = None


class Networks:
    """The networks: pictures go in, numbers come out. They keep no memory of earlier frames.

    Heavy is loaded when it is first used. Raises `ModelError` when a model file is missing, damaged or not loadable.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._detector = _session("pose_detection.onnx", threads)
        self._full = _session("pose_landmark_full.onnx", threads)
        self._masked = _session("pose_landmark_full_mask.onnx", threads)
        self._heavy: Any = None

    def detect(self, rgb: Array, part: Region | None = None) -> list[Region]:
        """The people in a picture (h, w, 3) uint8, or in a part of it, the surest first."""
        height, width = rgb.shape[:2]
        whole = Region(width / 2, height / 2, max(width, height), 0.0)
        matrix = (part or whole).to_picture(DETECTOR_SIDE)
        crop = _crop(rgb, matrix, DETECTOR_SIDE, cv2.BORDER_CONSTANT)
        inputs = np.multiply(crop, np.float32(2 / 255)) - np.float32(1)
        boxes, scores = self._detector.run(["boxes", "scores"], {"image": inputs[None]})
        people = (_apply(matrix, points) for points in _people(boxes[0], scores[0, :, 0]))
        regions = (Region.around(points[0], points[1]) for points in people)
        return [region for region in regions if region.sensible(width, height)]

    def landmarks(
        self, rgb: Array, region: Region, *, mask: bool = False, model: Model = "full", mirrored: bool = False
    ) -> Skeleton:
        """The skeleton found in one region of a picture (h, w, 3) uint8.

        mirrored: the network sees the crop in a mirror. Its errors are then others; the landmarks are given as they lie
        in the picture, with left and right as the body has them. mask: the trunk's contours as well, which only full
        gives, unmirrored.
        """
        matrix = region.to_picture(CROP_SIDE)
        if mirrored:
            matrix = matrix * [-1, 1, 1] + np.outer(matrix[:, 0] * CROP_SIDE, [0, 0, 1])
        crop = _crop(rgb, matrix, CROP_SIDE, cv2.BORDER_REPLICATE)
        inputs = np.multiply(crop, np.float32(1 / 255))
        network, names = self._network(model, mask=mask)
        points, presence, heat, world, *masks = network.run(names, {"image": inputs[None]})
        points, world = points.reshape(_POINTS, 5).astype(np.float64), world.reshape(_POINTS, 3)
        share = _refined(points[:, :2] / CROP_SIDE, heat[0])
        places = _apply(matrix, share * CROP_SIDE)
        order = list(MIRROR if mirrored else range(len(NAMES)))
        image, sign = places[order].astype(np.float32), -1 if mirrored else 1
        read = read_of(points, float(presence.ravel()[0]), heat[0], world, share, sign * region.angle)
        return Skeleton(
            image=image,
            world=_upright(world[order] * np.array([sign, 1, 1]), region.angle),
            visibility=read[_VISIBILITY][order],
            heat=read[_HEAT][order],
            presence=float(read[_PRESENCE]),
            region=Region.around(places[_HIP_CENTRE], places[_BODY_EDGE]),
            read=read,
            contours=contours(masks[0].reshape(CROP_SIDE, CROP_SIDE), crop, matrix, image, world) if mask else None,
        )

    def _network(self, model: Model, *, mask: bool) -> tuple[Any, list[str]]:
        """The session that runs, and the outputs asked of it."""
        if mask:
            return self._masked, [*_OUTPUTS, "mask"]
        if model == "heavy":
            self._heavy = self._heavy or _session("pose_landmark_heavy.onnx", self._threads)
            return self._heavy, _OUTPUTS
        return self._full, _OUTPUTS


def read_of(points: Array, presence: float, heat: Array, world: Array, share: Array, angle: float) -> Array:
    """What a landmark network gave of one crop, (FEATURES,) float32, without a picture's size or place.

    points: (39, 5) as the network gives them. heat: (64, 64, 39) logits. world: (39, 3) metres, turned like the crop.
    share: (39, 2) the landmarks moved to their heat, 0 to 1 in the crop. angle: of the region, in radians.

    In this order: x and y of each landmark from the crop's middle, in sides of it; visibility; z in sides; world
    points; the hottest cell of each heat map, 0 to 1; presence; sine and cosine of the angle.
    """
    peaks = _sigmoid(cv2.reduce(heat.reshape(-1, _POINTS), 0, cv2.REDUCE_MAX)[0].astype(np.float64))
    last = [presence, np.sin(angle), np.cos(angle)]
    parts = ((share - 0.5).ravel(), _sigmoid(points[:, 3]), points[:, 2] / CROP_SIDE, world.ravel(), peaks, last)
    return np.concatenate(parts).astype(np.float32)


def _session(name: str, threads: int) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait halve the speed as soon as anything else runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = model_file(name)
    try:
        return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except _CANNOT_LOAD as error:
        raise ModelError(f"onnxruntime {ort.__version__} cannot load {path}: {error}; reinstall formcheck") from None


def _crop(rgb: Array, to_picture: Array, side: int, border: int) -> Array:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(rgb, to_picture, (side, side), flags=flags, borderMode=border)


def _apply(matrix: Array, points: Array) -> Array:
    moved: Array = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _sigmoid(x: Array) -> Array:
    share: Array = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return share


def _anchors() -> Array:
    """(2254, 2) centres of the detector's anchors, 0 to 1: two per cell at strides 8 and 16, six at stride 32."""
    grids = []
    for cells, repeats in ((28, 2), (14, 2), (7, 6)):
        y, x = np.mgrid[:cells, :cells]
        grids.append(np.repeat(np.stack([x + 0.5, y + 0.5], -1).reshape(-1, 2) / cells, repeats, axis=0))
    return np.concatenate(grids).astype(np.float32)


_ANCHORS: Final = _anchors()


def _people(boxes: Array, scores: Array) -> list[Array]:
    """(4, 2) key points of each person in pixels of the detector's input, the surest first.

    boxes: (2254, 12) centre, size and four key points; scores: (2254,) logits. Overlapping boxes are averaged by score.
    """
    kept = np.flatnonzero(scores >= 0)
    order = kept[np.argsort(-scores[kept], kind="stable")]
    weights = _sigmoid(scores[order].astype(np.float64))
    rows = boxes[order].astype(np.float64).reshape(-1, 6, 2)
    rows[:, 0] += _ANCHORS[order] * DETECTOR_SIDE
    rows[:, 2:] += _ANCHORS[order][:, None] * DETECTOR_SIDE
    low, high = rows[:, 0] - rows[:, 1] / 2, rows[:, 0] + rows[:, 1] / 2
    people = []
    left = np.ones(len(order), bool)
    while left.any():
        first = int(np.argmax(left))
        same = left & (_overlap(low, high, first) > OVERLAP)
        same[first] = True
        people.append(np.average(rows[same, 2:], axis=0, weights=weights[same]))
        left &= ~same
    return people


def _overlap(low: Array, high: Array, one: int) -> Array:
    """(n,) intersection over union of each box with the box `one`."""
    shared = np.clip(np.minimum(high, high[one]) - np.maximum(low, low[one]), 0, None).prod(1)
    area = (high - low).prod(1)
    share: Array = shared / np.maximum(area + area[one] - shared, 1e-9)
    return share


def _refined(points: Array, heat: Array) -> Array:
    """(39, 2) landmarks, 0 to 1 in the crop, moved to the centre of their heat: (64, 64, 39) logits.

    A landmark stays where it is if its window of 7 x 7 cells is cold, or if it lies outside the crop.
    """
    cells = np.trunc(np.clip(points * _HEAT_SIDE, -2, _HEAT_SIDE + 1)).astype(np.intp)
    xs, ys = cells[:, 0, None] + _HEAT_REACH, cells[:, 1, None] + _HEAT_REACH
    inside = ((xs >= 0) & (xs < _HEAT_SIDE))[:, None, :] & ((ys >= 0) & (ys < _HEAT_SIDE))[:, :, None]
    ixs, iys = np.clip(xs, 0, _HEAT_SIDE - 1), np.clip(ys, 0, _HEAT_SIDE - 1)
    window = heat[iys[:, :, None], ixs[:, None, :], np.arange(_POINTS)[:, None, None]]
    warmth = _sigmoid(window.astype(np.float64)) * inside
    hot = (warmth.max((1, 2)) >= _LEAST_HEAT) & ((cells >= 0) & (cells < _HEAT_SIDE)).all(1)
    total = np.maximum(warmth.sum((1, 2)), 1e-9)
    centre = np.stack([(warmth.sum(1) * xs).sum(1), (warmth.sum(2) * ys).sum(1)], 1) / total[:, None] / _HEAT_SIDE
    return np.where(hot[:, None], centre, points)


def _upright(world: Array, angle: float) -> Array:
    """World points of a turned crop, turned back into the picture's right and down."""
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = world.T.astype(np.float64)
    return np.stack([c * x - s * y, s * x + c * y, z], 1).astype(np.float32)
