"""Keeps left and right legs apart: where the pose model exchanges them between two frames, they are put back.

The model jumps between them in a kneeling lunge many times in one clip of rendered people. Each frame is compared with
the three before it (`body.legs`), so the answer has no delay and is the same however the frames are cut.

This keeps each leg consistent, but wrong throughout if its first frame was wrong. So it remembers when they were
exchanged; a rep during most of which they were belongs to the other leg, as the model says in most frames. Our own
landmarks come with their legs named (`pose.legs`); those of other programs have nothing but this.
"""

from typing import Final, NamedTuple

import numpy as np

from formcheck.body.legs import FASTEST, LEAST_JUMP, LEFT, LEGS, MEMORY, RIGHT, crossed, together, trunk_of
from formcheck.body.poses import COLUMNS, Array, Poses

BLOCK: Final = 512
"""Frames decided at a time (ours): in most blocks nothing happens, which is quickly seen."""


class _Legs(NamedTuple):
    """What legs are told apart by: time (n,), landmarks left and right in turn (n, 8, 2), the trunk's length (n,)."""

    time: Array
    points: Array
    trunk: Array


class Sides:
    """Puts exchanged legs back: `feed` gives one frame for each it takes."""

    def __init__(self) -> None:
        self._before: _Legs | None = None
        self._states = np.zeros(MEMORY, np.bool_)
        self._changes = [-np.inf]
        """Times at which an exchange began or ended, in turn; in the first stretch the legs are not exchanged."""

    def exchanged_s(self, start_s: float, end_s: float) -> float:
        """For how many seconds between two times, both already fed, legs were exchanged."""
        edges = np.clip(np.append(self._changes, np.inf), start_s, end_s)
        return float(np.diff(edges)[1::2].sum())

    def forget(self, before_s: float) -> None:
        """Forget when legs were exchanged before a time."""
        while len(self._changes) > 2 and self._changes[2] <= before_s:
            del self._changes[:2]

    def feed(self, frames: Poses) -> Poses:
        """The frames, which follow those fed before, with their legs put right."""
        if not len(frames):
            return frames
        blocks = [slice(i, i + BLOCK) for i in range(0, len(frames), BLOCK)]
        exchanged = np.concatenate(
            [self._are_exchanged(_legs(frames.time[block], frames.image[block])) for block in blocks]
        )
        return _exchanged(frames, exchanged) if exchanged.any() else frames

    def _are_exchanged(self, new: _Legs) -> Array:
        """Whether the model has the legs exchanged at each of a few frames, (n,) bool."""
        legs, known = new, 0
        if self._before is not None:
            known = len(self._before.time)
            legs = _Legs(*(np.concatenate(parts) for parts in zip(self._before, new, strict=True)))
        self._before = _Legs(*(values[-MEMORY:] for values in legs))
        if not self._states.any() and _calm(legs):
            return np.zeros(len(new.time), np.bool_)
        votes = np.stack([_crossed(legs, step)[known:] for step in range(1, MEMORY + 1)], axis=1)
        exchanged = _decided(self._states, votes, together(legs.points, legs.trunk)[known:])
        turned = np.diff(np.concatenate([self._states[-1:], exchanged]).astype(np.int8)) != 0
        self._changes += new.time[turned].tolist()
        self._states = np.concatenate([self._states, exchanged])[-MEMORY:]
        return exchanged


def _calm(legs: _Legs) -> bool:
    """Whether the legs move so little that they cannot have changed places in any frame.

    A change takes a leap of 2 * (LEAST_JUMP + FASTEST * seconds) trunks, summed over both legs, within `MEMORY` frames,
    and a leap is at most the sum of its steps from frame to frame. The factor 0.9 leaves room for rounding. A NaN is
    never calm.
    """
    if len(legs.time) < 2:
        return True
    moved = legs.points[1:] - legs.points[:-1]
    moved *= moved
    steps = np.sqrt(moved[:, :, 0] + moved[:, :, 1]).sum(axis=1)
    seconds = (legs.time[1:] - legs.time[:-1]).min()
    calm: bool = steps.max() / 4 < 0.9 * 2 * (LEAST_JUMP / MEMORY + FASTEST * seconds) * legs.trunk.min()
    return calm


def _decided(before: Array, votes: Array, together: Array) -> Array:
    """Whether the model has the legs exchanged at each frame, (n,) bool; `before` has the answers for the last frames.

    votes: (n, MEMORY), 1 where the legs changed places since the frame that many ago, -1 where they did not, 0 where
    that is unknown. Without any vote the last answer stands; legs that are close together are not exchanged.
    """
    n = len(votes)
    states = np.concatenate([before, np.zeros(n, np.bool_)])
    lively = np.flatnonzero((votes > 0).any(axis=1) | together)
    i = 0
    while i < n:
        last = states[i : i + MEMORY]
        if last.all() or not last.any():  # nothing changes until a vote says so
            event = int(np.searchsorted(lively, i))
            stop = int(lively[event]) if event < len(lively) else n
            states[i + MEMORY : stop + MEMORY] = last[-1]
            i = stop
            if i == n:
                break
            last = states[i : i + MEMORY]
        told = votes[i] * np.where(last[::-1], -1, 1)  # 1: exchanged, judged from each earlier frame
        total = int(told.sum())
        states[i + MEMORY] = not together[i] and (total > 0 if total else bool(last[-1]))
        i += 1
    return states[MEMORY:]


def _legs(time: Array, image: Array) -> _Legs:
    return _Legs(time, image[:, LEGS], trunk_of(image))


def _crossed(legs: _Legs, step: int) -> Array:
    """Whether the legs changed places since the frame `step` ago: 1 yes, -1 no, 0 unknown; (n,) int8."""
    places, seconds = legs.points, legs.time[step:] - legs.time[:-step]
    found = np.zeros(len(legs.time), np.int8)
    found[step:] = crossed(places[step:], places[:-step], seconds, legs.trunk[step:])
    return found


def _exchanged(frames: Poses, where: Array) -> Poses:
    """The frames with left and right legs exchanged where `where` (n,) is true."""
    columns, rows = {name: getattr(frames, name) for name in COLUMNS}, np.flatnonzero(where)[:, None]
    for name in ("image", "world", "visibility", "hidden", "error"):
        before, values = columns[name], columns[name].copy()
        values[rows, LEFT], values[rows, RIGHT] = before[rows, RIGHT], before[rows, LEFT]
        columns[name] = values
    return Poses._trusted(columns, frames.image_size)
