"""Frames to landmarks: BlazePose (detector and full landmark model) on onnxruntime, following one person.

The detector is asked only when nobody is followed. Its region is cropped, the landmarks found there give a better
region, and a second pass on that one gives the first landmarks (it mends one skeleton in eight of those that are wrong
on floor photographs). From then on each frame's region comes from the frame before it.
What runs on a frame depends on earlier frames and their times alone, so a result never depends on the machine.

Source: MediaPipe's pose_detection and pose_landmark graphs, whose steps and constants these are unless marked "ours".
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import cv2
import numpy as np

# onnxruntime from 1.29 on reports what it runs to its maker, unless this is said before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array, Poses
from formcheck.errors import ModelError, VideoError
from formcheck.findings import Notice, NoticeCode
from formcheck.pose import ball
from formcheck.pose.assets import model_file
from formcheck.pose.ball import Circle
from formcheck.pose.silhouette import Contours, contours

DETECTOR_SIDE: Final = 224
CROP_SIDE: Final = 256
LEAST_PRESENCE: Final = 0.5
OVERLAP: Final = 0.3
"""Intersection over union from which two detections are one person."""
REGION_SCALE: Final = 1.25
"""Side of a crop, in diameters of the circle the model puts around the body."""

SPREAD_EVERY_S: Final = 0.5
"""Ours (the design): how often a second pass measures `spread` while a person is followed."""
MASK_EVERY_S: Final = 0.25
"""Ours (the design): how often the network with the mask runs in place of the plain one, at half as much again."""
LOOK_EVERY_S: Final = 1.0
"""Ours: how often the detector looks for another person; a look costs 10.5 ms, so 0.35 ms a frame of 30 a second.

The detector misses people now and then: with a look every 2 s, one who walked through in 3.5 s went unseen.
"""
GONE_S: Final = 3.0
"""Ours: after so long without the person, whoever is there is taken."""
FASTEST: Final = 2.0
"""Ours: body sizes a second, about 4.5 m/s; on seven real clips of exercises the fastest hips made 0.6."""
SLACK: Final = 0.15
"""Ours: body sizes the hips' centre may jump besides, as when a skeleton is corrected."""
FARTHEST: Final = 0.75
"""Ours: body sizes beyond which nobody is taken for the person who was lost, however long ago."""
APART: Final = 0.25
"""Ours: body sizes between hip centres from which two skeletons are two people."""
TRIES: Final = 3
"""Ours: detections tried on one frame, the likeliest first."""

_TRUNK_AND_LEGS: Final = [
    INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")
]
_HIP_CENTRE, _BODY_EDGE = len(NAMES), len(NAMES) + 1  # the auxiliary landmarks that give the next region
_POINTS: Final = 39
_OUTPUTS: Final = ["landmarks", "presence", "heatmap", "world"]
_HEAT_SIDE: Final = 64
_HEAT_REACH: Final = np.arange(-3, 4)  # a window of 7 cells
_LEAST_HEAT: Final = 0.5
ort.disable_telemetry_events()  # the same for a program that loaded it before formcheck
_CANNOT_LOAD: Final = (ort_errors.Fail, ort_errors.InvalidGraph, ort_errors.InvalidProtobuf, ort_errors.NotImplemented)


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square of the picture: centre (the hips) and side in pixels, angle in radians clockwise.

    The side is the body's size as the model sees it, 2.5 times the reach from the hips: about 2.3 m of the scene for
    an adult, whatever the posture.
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

    def on_grid(self) -> "Region":
        """The nearest region of a grid: steps of a crop's pixel, 2 % of the side and 1.4 degrees (ours).

        A frame's region comes from the landmarks of the frame before. If it took over their last digits, a rounding
        error of the resampling would grow from frame to frame: OpenCV 5.1 rounds 6 pixels in 100,000 to another grey
        level than 5.0, and without the grid the heel of a sample then moved from 0.05 trunks below the toes to 0.24
        above. With it such an error stays in its own frame.
        """
        size = float(2 ** (round(np.log2(self.size) * 32) / 32))
        step, turn = size / CROP_SIDE, 2 * np.pi / 256
        return Region(round(self.x / step) * step, round(self.y / step) * step, size, round(self.angle / turn) * turn)

    def distance(self, other: "Region") -> float:
        """Pixels between the two centres."""
        return float(np.hypot(self.x - other.x, self.y - other.y))

    def sensible(self, width: int, height: int) -> bool:
        """Whether a body can be looked for there: at least 8 pixels, no giant, and partly in the picture (ours)."""
        if not (np.isfinite([self.x, self.y, self.angle]).all() and 8 <= self.size <= 8 * max(width, height)):
            return False
        reach = self.size / 2
        return -reach < self.x < width + reach and -reach < self.y < height + reach


@dataclass(frozen=True, slots=True)
class Body:
    """One skeleton: `image` (33, 2) pixels, `world` (33, 3) metres, `visibility` (33,), all float32.

    `presence` is 0 to 1; `region` is where these landmarks say the body is; `contours` are the trunk's, where the mask
    was asked for, and `ball` is the ball they lie on, where it was looked for and found.
    """

    image: Array
    world: Array
    visibility: Array
    presence: float
    region: Region
    contours: Contours | None = None
    ball: Circle | None = None


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where and when the person was last seen."""

    time: float
    region: Region

    def reachable(self, time: float, region: Region) -> bool:
        """Whether a person can have got from here to `region` by `time`."""
        reach = min(SLACK + FASTEST * (time - self.time), FARTHEST)
        return self.region.distance(region) <= reach * self.region.size

    def unlikeness(self, region: Region) -> float:
        """How badly `region` continues this sight in place (body sizes) and size (natural logarithm)."""
        return self.region.distance(region) / self.region.size + abs(float(np.log(region.size / self.region.size)))


class Networks:
    """The two networks with their pictures going in and their numbers coming out; no memory of earlier frames.

    Raises `ModelError` when a model file is missing, damaged or not loadable.
    """

    def __init__(self, threads: int = 1) -> None:
        self._detector = _session("pose_detection.onnx", threads)
        self._landmarks = _session("pose_landmark_full.onnx", threads)
        self._masked = _session("pose_landmark_full_mask.onnx", threads)

    def detect(self, rgb: Array) -> list[Region]:
        """The people in a picture (h, w, 3) uint8, the surest first."""
        height, width = rgb.shape[:2]
        whole = Region(width / 2, height / 2, max(width, height), 0.0)
        crop = _crop(rgb, whole, DETECTOR_SIDE, cv2.BORDER_CONSTANT)
        inputs = np.multiply(crop, np.float32(2 / 255)) - np.float32(1)
        boxes, scores = self._detector.run(["boxes", "scores"], {"image": inputs[None]})
        matrix = whole.to_picture(DETECTOR_SIDE)
        people = (_apply(matrix, points) for points in _people(boxes[0], scores[0, :, 0]))
        regions = (Region.around(points[0], points[1]) for points in people)
        return [region for region in regions if region.sensible(width, height)]

    def landmarks(self, rgb: Array, region: Region, *, mask: bool = False) -> Body:
        """The skeleton found in one region of a picture (h, w, 3) uint8; with `mask` the trunk's contours as well."""
        region = region.on_grid()
        crop = _crop(rgb, region, CROP_SIDE, cv2.BORDER_REPLICATE)
        inputs = np.multiply(crop, np.float32(1 / 255))
        network, names = (self._masked, [*_OUTPUTS, "mask"]) if mask else (self._landmarks, _OUTPUTS)
        points, presence, heat, world, *masks = network.run(names, {"image": inputs[None]})
        points = points.reshape(_POINTS, 5).astype(np.float64)
        matrix = region.to_picture(CROP_SIDE)
        places = _apply(matrix, _refined(points[:, :2] / CROP_SIDE, heat[0]) * CROP_SIDE)
        n = len(NAMES)
        image = places[:n].astype(np.float32)
        return Body(
            image=image,
            world=_upright(world.reshape(_POINTS, 3)[:n], region.angle),
            visibility=_sigmoid(points[:n, 3]).astype(np.float32),
            presence=float(presence.ravel()[0]),
            region=Region.around(places[_HIP_CENTRE], places[_BODY_EDGE]),
            contours=contours(masks[0].reshape(CROP_SIDE, CROP_SIDE), matrix, image) if mask else None,
        )


class BlazePose:
    """Follows one person through the frames of a recording or a camera.

    At first the largest person is taken, less the farther from the middle: a recording of an exercise is framed on the
    one who does it, and people who pass behind are smaller or at the rim. A person lost from sight is looked for near
    the old place for `GONE_S`.
    """

    def __init__(self, threads: int = 1) -> None:
        self._networks = Networks(threads)
        self._sight: _Sight | None = None
        self._lost = True
        self._checked = self._looked = self._masked = -np.inf
        self._ball: Circle | None = None
        self._warnings: dict[NoticeCode, Notice] = {}

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know of this recording, each once."""
        return list(self._warnings.values())

    def feed(self, time: float, rgb: Array) -> Poses:
        """The pose in the next frame: one row, NaN when nobody is found.

        time: seconds, later than the frame before. rgb: (h, w, 3) uint8 of any size.
        Raises `VideoError` for any other array.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise VideoError(f"a frame must be (height, width, 3) of uint8; it is {rgb.shape} of {rgb.dtype}")
        rgb = np.ascontiguousarray(rgb)
        blank = Poses.blank(np.array([time]), (rgb.shape[1], rgb.shape[0]))
        body, spread = self._followed(time, rgb)
        if body is None:
            body, spread = self._acquired(time, rgb)
        self._lost = body is None
        if body is None:
            return blank
        self._sight = _Sight(time, body.region)
        return replace(
            blank,
            image=body.image[None],
            world=body.world[None],
            visibility=body.visibility[None],
            spread=np.array([spread]),
            **_sparse(body),
        )

    def _followed(self, time: float, rgb: Array) -> tuple[Body | None, float]:
        """The body found where it was on the last frame, and its spread when that is due."""
        if self._lost or self._sight is None:
            return None, np.nan
        due = time - self._masked >= MASK_EVERY_S
        body = self._networks.landmarks(rgb, self._sight.region, mask=due)
        if not _credible(body, rgb) or not self._sight.reachable(time, body.region):
            return None, np.nan
        self._masked = time if due else self._masked
        if time - self._looked >= LOOK_EVERY_S and NoticeCode.ANOTHER_PERSON not in self._warnings:
            self._looked = time
            self._look_for_others(time, rgb, body, self._networks.detect(rgb))
        if time - self._checked < SPREAD_EVERY_S:
            return body, np.nan
        self._checked = time
        return self._with_ball(body, rgb), disagreement(body, self._networks.landmarks(rgb, body.region))

    def _acquired(self, time: float, rgb: Array) -> tuple[Body | None, float]:
        """The person found by the detector, after two passes, and how much the passes disagree."""
        people = self._networks.detect(rgb)
        for region in islice(self._candidates(time, rgb, people), TRIES):
            first = self._networks.landmarks(rgb, region)
            if not _credible(first, rgb):
                continue
            body = self._networks.landmarks(rgb, first.region, mask=True)
            if not _credible(body, rgb) or not self._accepted(time, body.region):
                continue
            self._checked = self._looked = self._masked = time
            self._warn_of_takeover(time, body)
            self._look_for_others(time, rgb, body, people)
            return self._with_ball(body, rgb), disagreement(first, body)
        return None, np.nan

    def _with_ball(self, body: Body, rgb: Array) -> Body:
        """The body with the ball it lies on, if there is one; where it was last, it is believed sooner."""
        found = ball.find(rgb, body.image, self._ball)
        self._ball = found or self._ball
        return replace(body, ball=found)

    def _candidates(self, time: float, rgb: Array, people: list[Region]) -> Iterable[Region]:
        sight = self._sight
        if sight is not None:
            return (r for r in sorted(people, key=sight.unlikeness) if self._accepted(time, r))
        return sorted(people, key=lambda region: -_prominence(region, rgb.shape[1], rgb.shape[0]))

    def _accepted(self, time: float, region: Region) -> bool:
        sight = self._sight
        return sight is None or time - sight.time >= GONE_S or sight.reachable(time, region)

    def _warn_of_takeover(self, time: float, body: Body) -> None:
        sight = self._sight
        if sight is None or sight.reachable(time, body.region):
            return
        self._warnings.setdefault(
            NoticeCode.MAYBE_SOMEONE_ELSE,
            Notice(NoticeCode.MAYBE_SOMEONE_ELSE, {"lost_s": sight.time, "found_s": time}),
        )

    def _look_for_others(self, time: float, rgb: Array, body: Body, people: list[Region]) -> None:
        """Warn when a detection, tried with a pass of its own, is a body apart from the one that is followed."""
        if NoticeCode.ANOTHER_PERSON in self._warnings:
            return
        near = APART * body.region.size
        for region in [person for person in people if body.region.distance(person) > near][:TRIES]:
            other = self._networks.landmarks(rgb, region)
            if _credible(other, rgb) and body.region.distance(other.region) > near:
                self._warnings[NoticeCode.ANOTHER_PERSON] = Notice(NoticeCode.ANOTHER_PERSON, {"at_s": time})
                return


def disagreement(first: Body, second: Body) -> float:
    """Median movement of shoulders, hips, knees and ankles between two passes, in trunk lengths of the second."""
    a, b = (body.image[_TRUNK_AND_LEGS].astype(np.float64) for body in (first, second))
    trunk = np.hypot(*((b[0] + b[1]) - (b[2] + b[3])) / 2)
    return float(np.median(np.hypot(*(a - b).T)) / max(trunk, 1.0))


def _sparse(body: Body) -> dict[str, Any]:
    """The columns of `Poses` that are filled now and then."""
    columns: dict[str, Any] = {}
    if body.contours is not None:
        columns = {name: getattr(body.contours, name)[None] for name in ("back", "belly", "axis")}
        columns["back_state"] = np.array([body.contours.state], np.uint8)
    if body.ball is not None:
        columns["ball"] = np.array([body.ball])
    return columns


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


def _crop(rgb: Array, region: Region, side: int, border: int) -> Array:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(rgb, region.to_picture(side), (side, side), flags=flags, borderMode=border)


def _apply(matrix: Array, points: Array) -> Array:
    moved: Array = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _sigmoid(x: Array) -> Array:
    share: Array = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return share


def _credible(body: Body, rgb: Array) -> bool:
    return body.presence >= LEAST_PRESENCE and body.region.sensible(rgb.shape[1], rgb.shape[0])


def _prominence(region: Region, width: int, height: int) -> float:
    """Size of a body, less the farther it is from the middle: half at a corner (ours)."""
    off = np.hypot(region.x / width - 0.5, region.y / height - 0.5) / np.hypot(0.5, 0.5)
    return region.size * float(1 - off / 2)


def _anchors() -> Array:
    """(2254, 2) centres of the detector's anchors, 0 to 1: two a cell at strides 8 and 16, six at stride 32."""
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

    A landmark whose window of 7 x 7 cells is cold, or that lies outside the crop, stays.
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
