"""Frames to landmarks with BlazePose's networks: one person followed from frame to frame.

The detector runs only when nobody is followed. Its region is cropped, and the landmarks found there give a better
region. A second pass on that region gives the first landmarks. (On floor photographs this mends one wrong skeleton in
eight.) From then on each frame's region comes from the frame before it.
What runs on a frame depends on earlier frames and their times alone, so a result never depends on the machine.

Source: MediaPipe's pose_landmark graph. The steps and constants are from there unless marked "ours".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.errors import VideoError
from formcheck.findings import Notice, NoticeCode
from formcheck.pose import ball, follow, strip
from formcheck.pose.ball import Circle
from formcheck.pose.networks import Networks, Region, Skeleton

LEAST_PRESENCE: Final = 0.5
SPREAD_EVERY_S: Final = 0.5
"""Ours (the design): how often a second pass measures `spread` while a person is followed."""
MASK_EVERY_S: Final = 0.25
"""Ours (the design): how often the network with the mask runs in place of the plain one, at half as much again."""
LOOK_EVERY_S: Final = 1.0
"""Ours: how often the detector looks for another person; a look costs 10.5 ms, so 0.35 ms a frame of 30 a second.

The detector misses people now and then: with a look every 2 s, one who walked through in 3.5 s went unseen.
"""
TRIES: Final = 3
"""Ours: detections tried on one frame, the likeliest first."""

_TRUNK_AND_LEGS: Final = [
    INDEX[f"{side}_{joint}"] for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")
]


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where and when the person was last seen."""

    time: float
    region: Region

    def reachable(self, time: float, region: Region) -> bool:
        """Whether a person can have got from here to `region` by `time`."""
        return self.region.distance(region) <= follow.reach(self.region.size, time - self.time)

    def unlikeness(self, region: Region) -> float:
        """How badly `region` continues this sight in place (body sizes) and size (natural logarithm)."""
        return self.region.distance(region) / self.region.size + abs(float(np.log(region.size / self.region.size)))


class BlazePose:
    """Follows one person through the frames of a recording or a camera.

    It starts with the most prominent person. When that person is lost, it looks for them near the old place for
    `follow.GONE_S`.
    """

    def __init__(self, threads: int = 1) -> None:
        self._networks = Networks(threads)
        self._sight: _Sight | None = None
        self._lost = True
        self._checked = self._looked = self._masked = -np.inf
        self._looks = -1
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

    def _followed(self, time: float, rgb: Array) -> tuple[Skeleton | None, float]:
        """The body found where it was in the last frame, and its spread when a second pass is due."""
        if self._lost or self._sight is None:
            return None, np.nan
        due = time - self._masked >= MASK_EVERY_S
        body = self._skeleton(rgb, self._sight.region, mask=due)
        if not _credible(body, rgb) or not self._sight.reachable(time, body.region):
            return None, np.nan
        self._masked = time if due else self._masked
        if time - self._looked >= LOOK_EVERY_S and NoticeCode.ANOTHER_PERSON not in self._warnings:
            self._looked = time
            self._look_for_others(time, rgb, body, self._networks.detect(rgb))
        if time - self._checked < SPREAD_EVERY_S:
            return body, np.nan
        self._checked = time
        return self._with_ball(body, rgb), disagreement(body, self._skeleton(rgb, body.region))

    def _skeleton(self, rgb: Array, region: Region, *, mask: bool = False) -> Skeleton:
        """What the network finds in a region, after the region is moved to a grid.

        The region comes from the landmarks of the frame before. With their last digits in it, a rounding error of the
        resampling would grow from frame to frame. OpenCV 5.1 rounds 6 values in 100,000 differently from 5.0, and that
        moved a heel of one sample from 0.05 trunks below the toes to 0.24 above. With the grid the error stays in its
        frame, except the rare one that tips the region to the next step (`benchmarks/versions.py`).
        """
        self._looks += mask
        return self._networks.landmarks(rgb, region.on_grid(self._looks if mask else None), mask=mask)

    def _acquired(self, time: float, rgb: Array) -> tuple[Skeleton | None, float]:
        """The person found by the detector, after two passes, and how much the passes disagree."""
        people = self._networks.detect(rgb)
        for region in islice(self._candidates(time, rgb, people), TRIES):
            first = self._skeleton(rgb, region)
            if not _credible(first, rgb):
                continue
            body = self._skeleton(rgb, first.region, mask=True)
            if not _credible(body, rgb) or not self._accepted(time, body.region):
                continue
            self._checked = self._looked = self._masked = time
            self._warn_of_takeover(time, body)
            self._look_for_others(time, rgb, body, people)
            return self._with_ball(body, rgb), disagreement(first, body)
        return None, np.nan

    def _with_ball(self, body: Skeleton, rgb: Array) -> Skeleton:
        """The body with the ball it lies on, if any; less evidence is needed where the ball was last."""
        found = ball.find(rgb, body.image, self._ball)
        self._ball = found or self._ball
        return replace(body, ball=found)

    def _candidates(self, time: float, rgb: Array, people: list[Region]) -> Iterable[Region]:
        sight = self._sight
        if sight is not None:
            return (r for r in sorted(people, key=sight.unlikeness) if self._accepted(time, r))
        picture = rgb.shape[1], rgb.shape[0]
        return sorted(people, key=lambda region: -follow.prominence(region.size, region.x, region.y, picture))

    def _accepted(self, time: float, region: Region) -> bool:
        sight = self._sight
        return sight is None or time - sight.time >= follow.GONE_S or sight.reachable(time, region)

    def _warn_of_takeover(self, time: float, body: Skeleton) -> None:
        sight = self._sight
        if sight is None or sight.reachable(time, body.region):
            return
        self._warnings.setdefault(
            NoticeCode.MAYBE_SOMEONE_ELSE,
            Notice(NoticeCode.MAYBE_SOMEONE_ELSE, {"lost_s": sight.time, "found_s": time}),
        )

    def _look_for_others(self, time: float, rgb: Array, body: Skeleton, people: list[Region]) -> None:
        """Warn when a detection is another body than the one followed; a pass of its own checks that."""
        if NoticeCode.ANOTHER_PERSON in self._warnings:
            return
        near = follow.APART * body.region.size
        for region in [person for person in people if body.region.distance(person) > near][:TRIES]:
            other = self._skeleton(rgb, region)
            if _credible(other, rgb) and body.region.distance(other.region) > near:
                self._warnings[NoticeCode.ANOTHER_PERSON] = Notice(NoticeCode.ANOTHER_PERSON, {"at_s": time})
                return


def disagreement(first: Skeleton, second: Skeleton) -> float:
    """Median movement of shoulders, hips, knees and ankles between two passes, in trunk lengths of the second."""
    a, b = (body.image[_TRUNK_AND_LEGS].astype(np.float64) for body in (first, second))
    trunk = np.hypot(*((b[0] + b[1]) - (b[2] + b[3])) / 2)
    return float(np.median(np.hypot(*(a - b).T)) / max(trunk, 1.0))


def _sparse(body: Skeleton) -> dict[str, Any]:
    """The columns of `Poses` that only some frames fill."""
    columns: dict[str, Any] = {}
    if body.contours is not None:
        columns = {name: getattr(body.contours, name)[None] for name in ("back", "belly", "axis")}
        columns["back_state"] = np.array([body.contours.state], np.uint8)
        if body.contours.strip is not None:
            columns["curve"] = strip.told(body.contours.strip)[None]
    if body.ball is not None:
        columns["ball"] = np.array([body.ball])
    return columns


def _credible(body: Skeleton, rgb: Array) -> bool:
    return body.presence >= LEAST_PRESENCE and body.region.sensible(rgb.shape[1], rgb.shape[0])
