"""Which leg is the left one: kept from frame to frame, and named by the second pass.

The full model takes one leg for the other in some frames or all along (`body.legs`); heavy, in a mirror, does so
seldom. So each leg is followed from where somebody was found, and second passes vote on its name. The first vote names
it, later ones need to outweigh it. Where the legs were never lost since, that takes more votes: heavy too errs for a
second or two, and legs that are seen to stay do not change names.

What `core.sides` does with any landmarks does not replace it: without it 2 of 23 reps of the split `tune2` went to the
wrong leg. Nor does less of it: with the first vote alone, or each one held until the next, it was 1. With all of it
none is wrong.
"""

from collections import deque
from typing import Final, NamedTuple

import numpy as np

from formcheck.body.legs import LEFT, LEGS, LONGEST_S, RIGHT, TOGETHER, crossed, distance, together, trunk_of
from formcheck.body.poses import Array

STILL: Final = 0.05
"""Trunks that a landmark of a leg may move and the leg is the same without a question (ours)."""
APART_SHARE: Final = 0.5
"""Of frames with legs less apart than this share of the widest, none is compared with: between two places that it takes
for a leg's, a model puts the leg half way (ours)."""
HALF_WAY: Final = 0.2
HALF_WAY_S: Final = 0.25
BESIDE: Final = 0.25
"""A model in doubt puts both legs this share of the way to the other's place, or more, and no further beside it. For so
long the legs stay where they were (ours: in a rendered lunge such a frame was a fall of 0.4 trunks)."""
MOST_VOTES: Final = 6
LOST_VOTES: Final = 2
"""Votes that count at most, and once the legs were close together or lost: as many and one more in a row, within 3.5 or
1.5 seconds, change a name (ours)."""


def exchanged(values: Array) -> Array:
    """Values (33, ...) of landmarks with left and right legs exchanged."""
    other = values.copy()
    other[LEFT], other[RIGHT] = values[RIGHT], values[LEFT]
    return other


def crossing(here: Array, there: Array, seconds: float = 0.0) -> int:
    """Whether legs lie where the other ones do in another pass or an earlier frame: 1 yes, -1 no, 0 unknown.

    here, there: landmarks, (33, 2). seconds: by how much `there` is earlier.
    """
    now, then = here[None], there[None]
    if together(then[:, LEGS], trunk_of(then))[0]:
        return 0
    return int(crossed(now[:, LEGS], then[:, LEGS], np.array([seconds]), trunk_of(now))[0])


class Seen(NamedTuple):
    """Of a frame's legs: whether the model has them exchanged, and whether it has put each half way to the other."""

    exchanged: bool
    half_way: bool = False


class _Frame(NamedTuple):
    """When it was, its landmarks (33, 2) with the legs put right, and how far the legs are apart."""

    time: float
    image: Array
    apart: float


class Legs:
    """Says of each frame whether the model has the legs exchanged: `follow` for every frame, then `vote` if checked."""

    def __init__(self) -> None:
        self._frames: deque[_Frame] = deque()
        self._exchanged = False
        self._votes = 0

    def follow(self, time: float, image: Array) -> Seen:
        """Whether the legs of a frame's landmarks (33, 2) must be exchanged, to be the ones they were."""
        while self._frames and time - self._frames[0].time > LONGEST_S:
            self._frames.popleft()
        now = exchanged(image) if self._exchanged else image
        if not (self._frames and _stayed(now, self._frames[-1].image)):  # in most frames they did
            if self._frames and time - self._frames[-1].time <= HALF_WAY_S and half_way(now, self._frames[-1].image):
                return Seen(self._exchanged, half_way=True)
            total = self._crossing(time, image)
            if total:
                self._exchanged = total > 0
            else:
                self._votes = min(self._votes, LOST_VOTES)
        self._add(time, image)
        return Seen(self._exchanged)

    def vote(self, second: Array) -> bool:
        """The same of the frame followed last, after a second pass has given (33, 2)."""
        time, image, apart = self._frames[-1]  # the one before, where the last one was half way
        vote = -crossing(image, second)
        if self._votes + vote < 0:
            self._exchanged = not self._exchanged
            self._frames = deque([_Frame(time, exchanged(image), apart)])
            self._votes = 1
        else:
            self._votes = min(self._votes + vote, MOST_VOTES)
        return self._exchanged

    def _crossing(self, time: float, image: Array) -> int:
        """Whether a frame's legs lie where the other ones lay in the last frames: above 0 yes, below no, 0 unknown."""
        trunk = trunk_of(image[None])
        least = max([TOGETHER * trunk[0], *(APART_SHARE * frame.apart for frame in self._frames)])
        clear = [frame for frame in self._frames if frame.apart > least]
        if not clear:
            return 0
        there, seconds = np.stack([f.image[LEGS] for f in clear]), np.array([time - f.time for f in clear])
        return int(crossed(image[None, LEGS], there, seconds, trunk).sum())

    def _add(self, time: float, image: Array) -> None:
        """Keep a frame, its legs put right."""
        legs = image[None, LEGS]
        apart = float(distance(legs[:, 0::2] - legs[:, 1::2])[0])
        self._frames.append(_Frame(time, exchanged(image) if self._exchanged else image, apart))


def half_way(here: Array, there: Array) -> bool:
    """Whether both legs have gone a part of the way to where the other one was, as straight as no leg moves."""
    left, right = there[LEFT], there[RIGHT]
    way = right - left
    size = (way * way).sum(axis=1)
    wide = float(np.sqrt(size).mean())
    if wide <= TOGETHER * trunk_of(there[None])[0]:
        return False
    for begin, now, to in ((left, here[LEFT], way), (right, here[RIGHT], -way)):
        gone = ((now - begin) * to).sum(axis=1) / np.maximum(size, 1e-9)
        beside = np.hypot(*(now - begin - gone[:, None] * to).T).mean()
        if not HALF_WAY < np.median(gone) < 1 - HALF_WAY or beside > BESIDE * wide:
            return False
    return True


def _stayed(here: Array, there: Array) -> bool:
    """Whether no leg can have changed places: none of its landmarks moved far."""
    moved = here[LEGS] - there[LEGS]
    return bool((moved * moved).max() < (STILL * trunk_of(there[None])[0]) ** 2)
