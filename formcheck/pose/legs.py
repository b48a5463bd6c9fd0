"""Which leg is the left one: kept from frame to frame, and named by the second pass.

From the side the two legs look alike. The full model then takes one for the other, in some frames or all along; heavy,
in a mirror, does so seldom. Legs do not jump: if each lies where the other one just was, the model exchanged them. So
each leg is followed from where somebody was found, and second passes vote on its name. The first vote names it, later
ones need to outweigh it.
"""

from collections import deque
from math import hypot
from typing import Final

import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array

LEFT: Final = [INDEX[f"left_{part}"] for part in ("knee", "ankle", "heel", "foot_index")]
RIGHT: Final = [INDEX[f"right_{part}"] for part in ("knee", "ankle", "heel", "foot_index")]

_SHOULDERS: Final = slice(INDEX["left_shoulder"], INDEX["right_shoulder"] + 1)
_HIPS: Final = slice(INDEX["left_hip"], INDEX["right_hip"] + 1)
_LEGS: Final = slice(min(LEFT), max(RIGHT) + 1)

STILL: Final = 0.05
"""Trunks that a landmark of a leg may move and the leg is the same without a question (ours)."""
MEMORY: Final = 3
"""Frames with which a new one is compared: one of them may itself be odd (ours)."""
LONGEST_S: Final = 0.25
"""Frames further back are not compared (ours)."""
LEAST_JUMP: Final = 0.15
"""Trunks that the legs must seem to have moved (ours, as in `core.sides`)."""
FASTEST: Final = 2.0
"""Trunks a second that legs may really move, on top of that (ours, as in `core.sides`)."""
CLOSER: Final = 0.5
"""The other leg must be nearer by this factor than the leg itself (ours)."""
TOGETHER: Final = 0.12
"""Legs closer than this, in trunks, cannot be told apart (ours)."""
MOST_VOTES: Final = 2
"""Votes that count at most: as many and one more in a row, within 1.5 seconds, change a name (ours)."""


def exchanged(values: Array) -> Array:
    """Values (33, ...) of landmarks with left and right legs exchanged."""
    other = values.copy()
    other[LEFT], other[RIGHT] = values[RIGHT], values[LEFT]
    return other


def crossing(here: Array, there: Array) -> int:
    """Whether the legs of (33, 2) lie where the other ones do in another pass or frame: 1 yes, -1 no, 0 unknown."""
    trunk = _trunk(there)
    if _apart(there[LEFT], there[RIGHT]) < TOGETHER * trunk:
        return 0
    own = _apart(here[LEFT], there[LEFT]) + _apart(here[RIGHT], there[RIGHT])
    other = _apart(here[LEFT], there[RIGHT]) + _apart(here[RIGHT], there[LEFT])
    return 1 if other < CLOSER * own else -1 if own < CLOSER * other else 0


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
        total = sum(self._crossed(time - before, image, legs) for before, legs in self._frames)
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

    def _crossed(self, seconds: float, image: Array, before: Array) -> int:
        """1 where the legs have changed places since an earlier frame, -1 where they have not, 0 if that is unknown."""
        if seconds > LONGEST_S:
            return 0
        way = crossing(image, before)
        moved = _apart(image[LEFT], before[LEFT]) + _apart(image[RIGHT], before[RIGHT])
        return way if way < 0 or moved > 2 * (LEAST_JUMP + FASTEST * seconds) * _trunk(image) else 0


def _stayed(here: Array, there: Array) -> bool:
    """Whether no leg can have changed places: none of its landmarks moved far."""
    moved = here[_LEGS] - there[_LEGS]
    return bool((moved * moved).max() < STILL * STILL * _trunk(there) ** 2)


def _apart(a: Array, b: Array) -> float:
    """Mean distance of two legs' landmarks, (4, 2) each."""
    return float(np.hypot(*(a - b).T).mean())


def _trunk(image: Array) -> float:
    """The trunk's length, at least a pixel."""
    x, y = (image[_SHOULDERS].sum(axis=0) - image[_HIPS].sum(axis=0)).tolist()
    return max(hypot(x, y) / 2, 1.0)
