"""Left and right legs kept apart: where the pose model exchanges them from one frame to the next, they are put back.

Seen from the side the two legs look alike, and the model then jumps between them, in a kneeling lunge many times in one
clip of rendered people. Legs do not jump: if both lie where the other one just was, they were exchanged. A frame is
held against the three before it, so the decision is late by nothing and the same however the frames are cut.

This keeps legs in one piece, and wrong if the first frame of them was. So it is remembered when they were exchanged,
and a rep during most of which they were belongs to the other leg: the model's own word, by the majority.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from formcheck.landmarks import INDEX
from formcheck.poses import Array, Poses

_LEFT: Final = np.array([INDEX[f"left_{part}"] for part in ("knee", "ankle", "heel", "foot_index")])
_RIGHT: Final = np.array([INDEX[f"right_{part}"] for part in ("knee", "ankle", "heel", "foot_index")])

MEMORY: Final = 3
"""Frames a new one is held against: one of them may itself be odd (ours)."""

LEAST_JUMP: Final = 0.15
"""Trunks that the legs must seem to have moved (ours: in 11 real and rendered clips without an exchange none did)."""

FASTEST: Final = 2.0
"""Trunks a second that legs may really move, on top of that: cycling in the air does 1.6 (ours)."""

CLOSER: Final = 0.5
"""How much nearer the other leg's last place must be than its own (ours)."""

TOGETHER: Final = 0.12
"""Trunks between the legs under which nothing tells them apart, and the model's word is taken again (ours)."""

LONGEST_STEP_S: Final = 0.25
"""Frames further apart say nothing of each other (ours)."""


class Sides:
    """Puts exchanged legs back, frame by frame: `feed` gives as many frames as it takes."""

    def __init__(self) -> None:
        self._before: Poses | None = None
        self._states = np.zeros(MEMORY, np.bool_)
        self._changes = [-np.inf]
        """When the legs began and ended to be exchanged, in turn: the first stretch is one in which they are not."""

    def exchanged_s(self, start_s: float, end_s: float) -> float:
        """Seconds between two times, both already fed, during which legs were exchanged."""
        edges = np.clip(np.append(self._changes, np.inf), start_s, end_s)
        return float(np.diff(edges)[1::2].sum())

    def forget(self, before_s: float) -> None:
        """Forget when legs were exchanged before a time."""
        while len(self._changes) > 2 and self._changes[2] <= before_s:
            del self._changes[:2]

    def feed(self, frames: Poses) -> Poses:
        """The frames with their legs put right; they follow those fed before."""
        if not len(frames):
            return frames
        known = 0 if self._before is None else len(self._before)
        seen = frames if self._before is None else Poses.join([self._before, frames])
        trunk = _trunk(seen)
        votes = np.stack([_crossed(seen, trunk, step)[known:] for step in range(1, MEMORY + 1)], axis=1)
        together = _distance(seen.image[:, _LEFT] - seen.image[:, _RIGHT]) < TOGETHER * trunk
        exchanged = _decided(self._states, votes, together[known:])
        turned = np.diff(np.concatenate([self._states[-1:], exchanged]).astype(np.int8)) != 0
        self._changes += frames.time[turned].tolist()
        self._before = seen[-MEMORY:]
        self._states = np.concatenate([self._states, exchanged])[-MEMORY:]
        return _exchanged(frames, exchanged) if exchanged.any() else frames


def _decided(before: Array, votes: Array, together: Array) -> Array:
    """Whether the model has the legs exchanged at each frame, (n,) bool; `before` has the answers for the last frames.

    votes: (n, MEMORY), 1 where the legs changed places against the frame that many ago, -1 where they did not, 0 where
    that cannot be told. Where nothing is told the last answer stands; legs that come together are not exchanged.
    """
    n = len(votes)
    states = np.concatenate([before, np.zeros(n, np.bool_)])
    lively = np.flatnonzero((votes > 0).any(axis=1) | together)
    i = 0
    while i < n:
        last = states[i : i + MEMORY]
        if last.all() or not last.any():  # nothing changes until somebody says so
            event = int(np.searchsorted(lively, i))
            stop = int(lively[event]) if event < len(lively) else n
            states[i + MEMORY : stop + MEMORY] = last[-1]
            i = stop
            if i == n:
                break
            last = states[i : i + MEMORY]
        told = votes[i] * np.where(last[::-1], -1, 1)  # 1: exchanged, by the word of each earlier frame
        total = int(told.sum())
        states[i + MEMORY] = not together[i] and (total > 0 if total else bool(last[-1]))
        i += 1
    return states[MEMORY:]


def _trunk(poses: Poses) -> Array:
    image = poses.image
    shoulders = image[:, INDEX["left_shoulder"]] + image[:, INDEX["right_shoulder"]]
    hips = image[:, INDEX["left_hip"]] + image[:, INDEX["right_hip"]]
    across = (shoulders - hips) * np.float32(0.5)
    trunk: Array = np.sqrt(across[:, 0] * across[:, 0] + across[:, 1] * across[:, 1])
    return trunk


def _distance(moved: Array) -> Array:
    """Mean length of the moves of one leg's landmarks, (n, 4, 2) -> (n,)."""
    size = np.sqrt(moved[:, :, 0] * moved[:, :, 0] + moved[:, :, 1] * moved[:, :, 1])
    mean: Array = (size[:, 0] + size[:, 1] + size[:, 2] + size[:, 3]) * np.float32(0.25)
    return mean


def _crossed(seen: Poses, trunk: Array, step: int) -> Array:
    """Whether the legs changed places against the frame `step` ago: 1 yes, -1 no, 0 not to be told; (n,) int8."""
    n = len(seen)
    crossed = np.zeros(n, np.int8)
    if n <= step:
        return crossed
    left, right = seen.image[:, _LEFT], seen.image[:, _RIGHT]
    stayed = _distance(left[step:] - left[:-step]) + _distance(right[step:] - right[:-step])
    swapped = _distance(left[step:] - right[:-step]) + _distance(right[step:] - left[:-step])
    seconds = seen.time[step:] - seen.time[:-step]
    near, least = seconds <= LONGEST_STEP_S, (LEAST_JUMP + FASTEST * seconds) * trunk[step:]
    yes = (swapped < CLOSER * stayed) & (stayed > 2 * least)
    crossed[step:] = np.where(near & yes, 1, np.where(near & (stayed < CLOSER * swapped), -1, 0))
    return crossed


def _exchanged(frames: Poses, where: Array) -> Poses:
    """The frames with left and right legs exchanged where it is said."""
    image, world, visibility = frames.image.copy(), frames.world.copy(), frames.visibility.copy()
    rows = np.flatnonzero(where)[:, None]
    for values, before in ((image, frames.image), (world, frames.world), (visibility, frames.visibility)):
        values[rows, _LEFT], values[rows, _RIGHT] = before[rows, _RIGHT], before[rows, _LEFT]
    return replace(frames, image=image, world=world, visibility=visibility)
