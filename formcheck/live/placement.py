"""How the person stands or lies before the camera: which advice to give, once what is wrong has lasted."""

from collections import deque
from collections.abc import Collection, Mapping
from statistics import median
from typing import Final

import numpy as np

from formcheck.body import view
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Poses
from formcheck.findings import Advice

IN_SET: Final = (Advice.TOO_DARK, Advice.NOBODY, Advice.STEP_BACK, Advice.FEET_CUT_OFF, Advice.HEAD_CUT_OFF)
"""Advice that is given during the set as well: the person is lost or cut off."""

SETTLED_S: Final = 0.7
"""How long something must be wrong before the advice comes, so that it does not flicker (ours)."""

DARK: Final = 40.0
"""A picture whose mean value, 0 to 255, is below this is too dark (ours)."""

SMALL: Final = 0.3
"""A body whose larger extent is below this share of the picture's shorter side is too small (ours)."""

OTHERS_S: Final = 5.0
"""How long the advice about another person stands after one was noticed (ours): nothing says when they leave."""

_HEAD: Final = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
_FEET: Final = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")]


class Steady:
    """Which advice holds: it changes only once the change has lasted for `SETTLED_S`."""

    def __init__(self) -> None:
        self._holding: set[Advice] = set()
        self._changed: dict[Advice, float] = {}

    def feed(self, time: float, now: Collection[Advice]) -> Collection[Advice]:
        """The advice that holds, given what this frame shows."""
        turned = {advice: self._changed.get(advice, time) for advice in self._holding ^ set(now)}
        self._changed = {advice: since for advice, since in turned.items() if time - since < SETTLED_S}
        self._holding ^= turned.keys() - self._changed.keys()
        return self._holding


class Placement:
    """How the person is placed before the camera: which advice to give."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._yaws: deque[tuple[float, float]] = deque()
        self._noticed, self._others_until_s = 0, -np.inf

    def feed(self, poses: Poses, light: float, noticed: int) -> tuple[Advice, ...]:
        """The advice after one more frame, the most important first.

        poses: of one frame. light: the mean of its values, 0 to 255. noticed: how often the estimator has warned of
        other people so far.
        """
        time = float(poses.time[0])
        if noticed > self._noticed:
            self._noticed, self._others_until_s = noticed, time + OTHERS_S
        also = {
            Advice.TOO_DARK: light < DARK,
            Advice.ANOTHER_PERSON: time < self._others_until_s,
            Advice.TURN_SIDE_ON: self._turned_away(time, poses),
        }
        holding = self._steady.feed(time, misplaced(poses) | _those(also))
        return tuple(advice for advice in Advice if advice in holding)

    def _turned_away(self, time: float, poses: Poses) -> bool:
        """Whether the person was not side-on to the camera during the last `SETTLED_S`."""
        self._yaws.append((time, float(view.yaw(poses)[0])))
        while self._yaws[0][0] < time - SETTLED_S:
            self._yaws.popleft()
        known = [yaw for _, yaw in self._yaws if not np.isnan(yaw)]
        return bool(poses.found[0] and known and median(known) < view.SIDE_FROM_DEG)


def misplaced(poses: Poses) -> frozenset[Advice]:
    """What one frame shows to be wrong with the person's place."""
    if not poses.found[0]:
        return frozenset({Advice.NOBODY})
    size = np.array(poses.image_size, np.float32)
    points = poses.image[0]
    outside = ((points < -view.EDGE * size) | (points > (1 + view.EDGE) * size)).any(axis=1)
    head, feet = bool(outside[_HEAD].any()), bool(outside[_FEET].any())
    small = float(np.ptp(points, axis=0).max()) < SMALL * min(poses.image_size)
    wrong = {
        Advice.STEP_BACK: head and feet,
        Advice.FEET_CUT_OFF: feet and not head,
        Advice.HEAD_CUT_OFF: head and not feet,
        Advice.TOO_SMALL: small,
    }
    return _those(wrong)


def _those(wrong: Mapping[Advice, bool]) -> frozenset[Advice]:
    return frozenset(advice for advice, so in wrong.items() if so)
