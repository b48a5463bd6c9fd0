"""Which leg is the left one: kept from frame to frame, and named by the second pass.

The full model takes one leg for the other in some frames or all along (`body.legs`); heavy, in a mirror, does so
seldom. So each leg is followed from where somebody was found, and second passes vote on its name. The first vote names
it, later ones need to outweigh it.

What `core.sides` does with any landmarks does not replace it: without it 2 of 23 reps of the split `tune2` went to the
wrong leg. Nor does less of it: with the first vote alone, or each one held until the next, it was 1. With all of it
none is wrong.
"""

from collections import deque
from typing import Final

import numpy as np

from formcheck.body.legs import LEFT, LEGS, LONGEST_S, MEMORY, RIGHT, crossed, together, trunk_of
from formcheck.body.poses import Array

STILL: Final = 0.05
"""Trunks that a landmark of a leg may move and the leg is the same without a question (ours)."""
MOST_VOTES: Final = 2
"""Votes that count at most: as many and one more in a row, within 1.5 seconds, change a name (ours)."""


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


class Legs:
    """Says of each frame whether the model has the legs exchanged: `follow` for every frame, then `vote` if checked."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, Array]] = deque(maxlen=MEMORY)
        self._exchanged = False
        self._votes = 0

    def follow(self, time: float, image: Array) -> bool:
        """Whether the legs of a frame's landmarks (33, 2) must be exchanged, to be the ones they were."""
        if self._frames:
            before, legs = self._frames[-1]
            now = exchanged(image) if self._exchanged else image
            if time - before <= LONGEST_S and _stayed(now, legs):  # as in most frames: it need not be asked
                self._frames.append((time, now))
                return self._exchanged
        total = sum(crossing(image, legs, time - before) for before, legs in self._frames)
        if total:
            self._exchanged = total > 0
        self._frames.append((time, exchanged(image) if self._exchanged else image))
        return self._exchanged

    def vote(self, second: Array) -> bool:
        """The same of the frame followed last, after a second pass has given (33, 2)."""
        time, image = self._frames[-1]
        vote = -crossing(image, second)
        if self._votes + vote < 0:
            self._exchanged = not self._exchanged
            self._frames = deque([(time, exchanged(image))], maxlen=MEMORY)
            self._votes = 1
        else:
            self._votes = min(self._votes + vote, MOST_VOTES)
        return self._exchanged


def _stayed(here: Array, there: Array) -> bool:
    """Whether no leg can have changed places: none of its landmarks moved far."""
    moved = here[LEGS] - there[LEGS]
    return bool((moved * moved).max() < (STILL * trunk_of(there[None])[0]) ** 2)
