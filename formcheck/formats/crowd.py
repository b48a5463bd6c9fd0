"""Several people in the landmarks of a recording: each is followed by their place, and one of them is judged.

That one is chosen when all frames are known, so one frame without them does not hand over to somebody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np

from formcheck.body import geometry
from formcheck.body.poses import Array
from formcheck.filming import Person
from formcheck.findings import Notice, NoticeCode
from formcheck.pose import follow

PASSING_S: Final = 0.5
"""Who is seen for less is not told of: estimators see people for a frame where none are (ours)."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The person who is judged: points (n, k, numbers), NaN in frames without them; and which of the people it is.

    person: (n,), as in `Poses`: 1 more from each frame on in which another may have taken the person's place.
    """

    points: Array
    which: list[int | None]
    person: Array
    warnings: tuple[Notice, ...] = ()


@dataclass(slots=True, eq=False)
class _Track:
    """One person until they are lost: the frames, which of the people there they are, and where.

    since, time: when first and last seen. size: the longest diagonal they filled so far. weight: how prominent they
    were, over all frames. middles: the sum of where they were, in each frame.
    """

    since: float
    time: float
    frames: list[int] = field(default_factory=list)
    which: list[int] = field(default_factory=list)
    poses: list[Array] = field(default_factory=list)
    size: float = 0.0
    weight: float = 0.0
    middles: Array = field(default_factory=lambda: np.zeros(2))

    def go_on(self, frame: int, time: float, which: int, pose: Array, picture: tuple[float, float]) -> None:
        """The person is seen in one more frame of a picture of that width and height."""
        self.frames.append(frame)
        self.which.append(which)
        self.poses.append(pose)
        seen = pose[np.isfinite(pose[:, 0]), :2]
        low, high = seen.min(axis=0), seen.max(axis=0)
        size = float(np.hypot(*(high - low)))
        self.time, self.size = time, max(self.size, size)
        self.middles = self.middles + (low + high) / 2
        x, y = ((low + high) / 2).tolist()
        self.weight += follow.prominence(size, x, y, picture) ** 2

    @property
    def place(self) -> follow.Place:
        """Where they were on average, and how large."""
        x, y = (self.middles / len(self.frames)).tolist()
        return follow.Place(x, y, self.size)

    @property
    def lasting(self) -> bool:
        """Whether they were seen for long enough to be mentioned."""
        return self.time - self.since >= PASSING_S

    def reach(self, time: float) -> float:
        """How far the person can be from their last place at a time, in the unit of their points."""
        return follow.reach(self.size, time - self.time)


def _apart(some: Sequence[Array], others: Sequence[Array]) -> Array:
    """Mean distance of the points that two people both have, (some, others) pixels; infinite where they share none."""
    ends = np.stack(some)[:, None, :, :2] - np.stack(others)[None, :, :, :2]
    away = geometry.length(ends)
    both = np.isfinite(away)
    count = both.sum(axis=2)
    apart: Array = np.where(count > 0, np.where(both, away, 0).sum(axis=2) / np.maximum(count, 1), np.inf)
    return apart


class Crowd:
    """The people of a file, each followed by where they are; in the end one of them is judged.

    picture: its width and height, in the unit of the people's points. person: which one.
    """

    def __init__(self, picture: tuple[float, float], person: Person = None) -> None:
        self._picture, self._person = picture, person
        self._tracks: list[_Track] = []
        self._near: list[_Track] = []
        self._times: list[float] = []

    def add(self, time: float, people: Sequence[Array]) -> None:
        """The people of the next frame, each (k, 3 or more): x, y, ..., NaN where a point is missing."""
        frame, seen = len(self._times), {i: one for i, one in enumerate(people) if np.isfinite(one[:, 0]).any()}
        self._times.append(time)
        self._near = [track for track in self._near if time - track.time < follow.GONE_S]
        for track, which in self._pairs(time, seen):
            track.go_on(frame, time, which, seen.pop(which), self._picture)
        for which, pose in seen.items():
            track = _Track(time, time)
            track.go_on(frame, time, which, pose, self._picture)
            self._tracks.append(track)
            self._near.append(track)

    def _pairs(self, time: float, seen: Mapping[int, Array]) -> list[tuple[_Track, int]]:
        """Which known person is which one seen, the nearest first; nobody moved further than they can have."""
        if not self._near or not seen:
            return []
        tracks, names, pairs = list(self._near), list(seen), []
        apart = _apart([track.poses[-1] for track in tracks], list(seen.values()))
        apart[apart > np.array([[track.reach(time)] for track in tracks])] = np.inf
        while np.isfinite(apart).any():
            row, column = np.unravel_index(np.argmin(apart), apart.shape)
            pairs.append((tracks[row], names[column]))
            apart[row], apart[:, column] = np.inf, np.inf
        return pairs

    def chosen(self, points: int, numbers: int = 3) -> Chosen:
        """The person whom the user names, else the one who is seen longest and is the most prominent.

        Where they are lost, the next one must never have been seen beside them. points, numbers: a person's shape.
        """
        n = len(self._times)
        found = Chosen(np.full((n, points, numbers), np.nan, np.float32), [None] * n, np.zeros(n, np.float32))
        taken, chosen = np.zeros(n, np.bool_), []
        for track in self._by_rank():
            span = slice(track.frames[0], track.frames[-1] + 1)
            if taken[span].any():
                continue
            taken[span] = True
            chosen.append(track)
            for frame, which, pose in zip(track.frames, track.which, track.poses, strict=True):
                found.points[frame], found.which[frame] = pose, which
        chosen.sort(key=lambda track: track.frames[0])
        changes = [*self._changes(chosen)]
        for _, other in changes:
            found.person[other.frames[0] :] += 1
        takeover = [
            Notice(NoticeCode.MAYBE_SOMEONE_ELSE, {"lost_s": one.time, "found_s": other.since})
            for one, other in changes[:1]
        ]
        return replace(found, warnings=(*takeover, *self._others(chosen, found)))

    def _by_rank(self) -> list[_Track]:
        """All that were followed, whom to judge first: the person named comes before the most prominent ones."""
        prominent = sorted(self._tracks, key=lambda track: -track.weight)
        if self._person is None:
            return prominent
        lasting = [track for track in prominent if track.lasting] or prominent
        named = [lasting[i] for i in follow.order([track.place for track in lasting], self._person, self._picture)[:1]]
        return named + [track for track in prominent if track not in named] if named else []

    def _changes(self, chosen: Sequence[_Track]) -> Iterator[tuple[_Track, _Track]]:
        """Where another may have taken the person's place, in order: the two."""
        for one, two in pairwise([track for track in chosen if track.lasting]):
            if _apart(one.poses[-1:], two.poses[:1])[0, 0] > one.reach(two.since):
                yield one, two

    def _others(self, chosen: Sequence[_Track], found: Chosen) -> Iterator[Notice]:
        """A warning of the first time that somebody else is beside the person."""
        size = max((track.size for track in chosen), default=0.0)
        times = []
        for track in self._tracks:
            if track in chosen or not track.lasting:
                continue
            for frame, pose in zip(track.frames, track.poses, strict=True):
                if follow.APART * size < _apart([found.points[frame]], [pose])[0, 0] < np.inf:
                    times.append(self._times[frame])
                    break
        if times:
            yield Notice(NoticeCode.ANOTHER_PERSON, {"at_s": min(times)})
