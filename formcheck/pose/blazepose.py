"""Frames to landmarks with BlazePose's networks: one person followed from frame to frame.

The detector runs only when nobody is followed; once a second it then looks for small people in parts of the picture
(`tiles`). Its region is cropped, and the landmarks found there give a better
region, in which the first landmarks are found. (On floor photographs this mends one wrong skeleton in eight.) From then
on each frame's region comes from the frame before it. At the first landmarks and twice a second a second pass checks
them (`second`).
What runs on a frame depends on earlier frames and their times alone, so a result never depends on the machine.

Source: MediaPipe's pose_landmark graph. The steps and constants are from there unless marked "ours".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np

from formcheck.body.landmarks import MIRROR
from formcheck.body.legs import LEGS
from formcheck.body.poses import Array, Poses
from formcheck.body.seen import seen
from formcheck.errors import VideoError
from formcheck.filming import Person
from formcheck.findings import Notice, NoticeCode, Quality
from formcheck.pose import ball, follow, strip, tiles
from formcheck.pose.ball import Circle
from formcheck.pose.clothes import Clothes, colours
from formcheck.pose.legs import Legs, exchanged
from formcheck.pose.networks import Model, Networks, Region, Skeleton
from formcheck.pose.second import PER_LANDMARK, disagreement, mended, with_landmarks

LEAST_PRESENCE: Final = 0.5
MASK_EVERY_S: Final = 0.25
"""Ours (the design): how often the network with the mask runs in place of the plain one, at half as much again."""
LOOK_EVERY_S: Final = 1.0
"""Ours: how often the detector looks for another person; a look costs 10.5 ms, so 0.35 ms a frame of 30 a second.

The detector misses people now and then: with a look every 2 s, one who walked through in 3.5 s went unseen.
"""
TRIES: Final = 3
"""Ours: detections tried on one frame, the likeliest first."""


class _Plan(NamedTuple):
    """The model of every frame, that of the second pass, and how often that checks a person who is followed."""

    model: Model
    second: Model
    every_s: float


_PLANS: Final = {
    Quality.FAST: _Plan("full", "full", 1.0),
    Quality.STANDARD: _Plan("full", "heavy", 0.5),
    Quality.BEST: _Plan("heavy", "heavy", 0.5),
}
"""Ours. Heavy takes 4.4 times full's time: two looks a second are a sixth of all of `STANDARD`'s."""

_DENSE: Final = ("image", "world", "visibility", "hidden", "error", "turn")
"""The columns of `Poses` that every frame fills."""

_MIRRORED_TURN: Final = np.array([-1, 1, 1, -1, 1, 1], np.float32)


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where and when the person was last seen."""

    time: float
    region: Region

    def reachable(self, time: float, region: Region) -> bool:
        """Whether a person can have got from here to `region` by `time`."""
        return self.region.distance(region) <= follow.reach(self.region.size, time - self.time)

    def alike(self, time: float, region: Region) -> bool:
        """Whether `region` may hold the same person by place and size."""
        larger = max(region.size, self.region.size) / min(region.size, self.region.size)
        return larger <= follow.RESIZED and self.reachable(time, region)

    def unlikeness(self, region: Region) -> float:
        """How badly `region` continues this sight in place (body sizes) and size (natural logarithm)."""
        return self.region.distance(region) / self.region.size + abs(float(np.log(region.size / self.region.size)))


class BlazePose:
    """Follows one person through the frames of a recording or a camera.

    It starts with `person`, who is the most prominent one unless the user says otherwise. When that person is lost, it
    looks for them near the old place for `follow.GONE_S`.
    """

    def __init__(self, threads: int = 1, quality: Quality = Quality.STANDARD, person: Person = None) -> None:
        self._networks = Networks(threads)
        self._person = person
        self._plan = _PLANS[quality]
        self._sight: _Sight | None = None
        self._lost = True
        self._checked = self._looked = self._masked = self._searched = -np.inf
        self._looks = -1
        self._legs = Legs()
        self._named_before: Skeleton | None = None
        self._ball: Circle | None = None
        self._clothes, self._number = Clothes(), 0
        self._point: tuple[float, float] | None = None
        self._anew = False
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
        self._lost, self._point = body is None or self._anew, None
        if body is None:
            return blank
        self._sight, self._anew = None if self._anew else _Sight(time, body.region), False
        return replace(
            blank,
            **{name: getattr(body, name)[None] for name in _DENSE},
            spread=np.array([spread]),
            person=np.array([self._number]),
            **_sparse(body),
        )

    def choose(self, x: float, y: float) -> None:
        """From the next frame on follow whoever is there, in pixels of it; if nobody is, go on as before."""
        self._point, self._searched = (x, y), -np.inf

    def _followed(self, time: float, rgb: Array) -> tuple[Skeleton | None, float]:
        """The body found where it was in the last frame, and its spread when a second pass is due."""
        if self._lost or self._sight is None or self._point is not None:
            return None, np.nan
        due = time - self._masked >= MASK_EVERY_S
        body = self._skeleton(rgb, self._sight.region, mask=due)
        if not _credible(body, rgb) or not self._sight.reachable(time, body.region):
            return None, np.nan
        self._masked = time if due else self._masked
        if time - self._looked >= LOOK_EVERY_S and NoticeCode.ANOTHER_PERSON not in self._warnings:
            self._looked = time
            self._look_for_others(time, rgb, body, self._networks.detect(rgb))
        return self._named(time, rgb, body, check=time - self._checked >= self._plan.every_s)

    def _named(self, time: float, rgb: Array, body: Skeleton, *, check: bool) -> tuple[Skeleton, float]:
        """The body as it is given on, and its spread if a second pass was to check it.

        Its legs have their names, it is known what is hidden, and of a checked one what the second pass knows better
        and the ball.
        """
        body = _sighted(body, self._plan.model)
        legs = self._legs.follow(time, body.image)
        named = _exchanged(body) if legs.exchanged else body
        if legs.half_way and self._named_before is not None:
            named = with_landmarks(named, self._named_before, LEGS)
        self._named_before = named
        if not check:
            return named, np.nan
        self._checked = time
        self._compare_clothes(time, rgb, body)
        second = self._networks.landmarks(rgb, body.region.on_grid(), model=self._plan.second, mirrored=True)
        sure = _credible(second, rgb)
        if sure and self._legs.vote(second.image) != legs.exchanged:
            named = self._named_before = _exchanged(named)
        whole = mended(named, _sighted(second, self._plan.second, mirrored=True)) if sure else named
        return self._with_ball(whole, rgb), disagreement(named, second)

    def _skeleton(self, rgb: Array, region: Region, *, mask: bool = False) -> Skeleton:
        """What the network finds in a region, after the region is moved to a grid.

        The region comes from the landmarks of the frame before. With their last digits in it, a rounding error of the
        resampling would grow from frame to frame. OpenCV 5.1 rounds 6 values in 100,000 differently from 5.0, and that
        moved a heel of one sample from 0.05 trunks below the toes to 0.24 above. With the grid the error stays in its
        frame, except the rare one that tips the region to the next step (`benchmarks/versions.py`).
        """
        self._looks += mask
        grid = region.on_grid(self._looks if mask else None)
        if self._plan.model == "full":
            return self._networks.landmarks(rgb, grid, mask=mask)
        body = self._networks.landmarks(rgb, region.on_grid(), model=self._plan.model)
        return replace(body, contours=self._networks.landmarks(rgb, grid, mask=True).contours) if mask else body

    def _acquired(self, time: float, rgb: Array) -> tuple[Skeleton | None, float]:
        """The person found by the detector, checked by a second pass, and how much the passes disagree."""
        for people, least, most in self._detected(time, rgb):
            for first in self._likeliest(time, rgb, people):
                body = self._skeleton(rgb, first.region, mask=True)
                sure = min(first.presence, body.presence) >= least and _credible(body, rgb)
                if not sure or body.region.size > most or not self._accepted(time, body.region):
                    continue
                self._looked = self._masked = time
                self._legs, self._named_before = Legs(), None
                self._compare_places(time, body)
                self._look_for_others(time, rgb, body, people)
                return self._named(time, rgb, body, check=True)
        return None, np.nan

    def _detected(self, time: float, rgb: Array) -> Iterator[tuple[list[Region], float, float]]:
        """People in the whole picture, then small ones in parts of it; of each the least presence and the largest size
        that is asked for. A large one in a part is a body half hidden, and its skeleton wrong.
        """
        detect, small = self._networks.detect, tiles.SMALL * max(rgb.shape)
        yield detect(rgb), LEAST_PRESENCE, np.inf
        sight, asked = self._sight, (tiles.LEAST_PRESENCE, tiles.ROOM * small)
        if sight is not None and sight.region.size < small and time - sight.time < follow.GONE_S:
            yield detect(rgb, replace(sight.region, size=2 * sight.region.size, angle=0.0)), *asked
        if time - self._searched < tiles.EVERY_S:
            return
        self._searched = time
        for parts in tiles.tiles(rgb.shape[1], rgb.shape[0]):
            yield [person for part in parts for person in detect(rgb, part)], *asked

    def _with_ball(self, body: Skeleton, rgb: Array) -> Skeleton:
        """The body with the ball it lies on, if any; less evidence is needed where the ball was last."""
        found = ball.find(rgb, body.image, self._ball)
        self._ball = found or self._ball
        return replace(body, ball=found)

    def _likeliest(self, time: float, rgb: Array, people: list[Region]) -> Iterator[Skeleton]:
        """Who may be the person, the likeliest first, as a first pass sees them."""
        sight, picture = self._sight, (rgb.shape[1], rgb.shape[0])
        if self._point is not None:
            pointed = follow.pointed([_place(region) for region in people], *self._point)
            return self._credible_of(rgb, [people[i] for i in pointed[:TRIES]])
        if sight is not None:
            near = [r for r in sorted(people, key=sight.unlikeness) if self._accepted(time, r)]
            return self._credible_of(rgb, near[:TRIES])
        if isinstance(self._person, int):  # only bodies are counted, and each once
            bodies = list(self._credible_of(rgb, people))
            places = [_place(body.region) for body in bodies]
            return (bodies[i] for i in follow.order(places, self._person, picture))
        order = follow.order([_place(region) for region in people], self._person, picture)
        return self._credible_of(rgb, [people[i] for i in order[:TRIES]])

    def _credible_of(self, rgb: Array, regions: Iterable[Region]) -> Iterator[Skeleton]:
        """The bodies that a first pass finds in these regions."""
        return (body for region in regions if _credible(body := self._skeleton(rgb, region), rgb))

    def _accepted(self, time: float, region: Region) -> bool:
        sight = self._sight
        return (
            self._point is not None
            or sight is None
            or time - sight.time >= follow.GONE_S
            or sight.reachable(time, region)
        )

    def _compare_places(self, time: float, body: Skeleton) -> None:
        """Note where somebody newly found may be another: the user chose them, or place or size are others."""
        sight = self._sight
        if sight is None:
            return
        chosen = self._point is not None and body.region.distance(sight.region) > follow.APART * sight.region.size
        if chosen:
            self._number, self._clothes = self._number + 1, Clothes()
        elif time - sight.time >= follow.GONE_S and not sight.alike(time, body.region):
            self._another(Notice(NoticeCode.MAYBE_SOMEONE_ELSE, {"lost_s": sight.time, "found_s": time}))

    def _compare_clothes(self, time: float, rgb: Array, body: Skeleton) -> None:
        """Note where who is followed has been another person for a while, by the colours of their clothes.

        They lie otherwise than the one before, and the skeleton may be wrong: so the detector looks anew.
        """
        since = self._clothes.feed(time, colours(rgb, body.image))
        if since is not None:
            self._another(Notice(NoticeCode.SOMEONE_ELSE, {"at_s": since}))
            self._anew = True

    def _another(self, notice: Notice) -> None:
        """From here on another person is followed."""
        self._number, self._clothes = self._number + 1, Clothes()
        self._warnings.setdefault(notice.code, notice)

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


def _place(region: Region) -> follow.Place:
    return follow.Place(region.x, region.y, region.size)


def _sighted(body: Skeleton, model: Model, *, mirrored: bool = False) -> Skeleton:
    """The body with what is hidden of it, how far each landmark may be off, and which way it faces."""
    hidden, error, turn = seen(body.read, model)
    if mirrored:
        hidden, error, turn = hidden[list(MIRROR)], error[list(MIRROR)], turn * _MIRRORED_TURN
    return replace(body, hidden=hidden, error=error, turn=turn)


def _exchanged(body: Skeleton) -> Skeleton:
    """The body with its legs exchanged."""
    rows: dict[str, Any] = {name: exchanged(getattr(body, name)) for name in PER_LANDMARK}
    return replace(body, **rows)


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
