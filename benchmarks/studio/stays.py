"""Held postures as they truly are: when one is in them, from the joints' places in space; times in seconds."""

from typing import Final

import numpy as np

from benchmarks.studio.acts import Window
from benchmarks.studio.moments import Moments, length
from benchmarks.studio.pose import SIDES, Array
from formcheck.core.excursion import Excursion

SHARE: Final = 0.05
"""One is in a posture from when the last joint is within this share of its way of its place there."""
LEAST_WAY_M: Final = 0.10
"""A joint that moves less on the way says nothing (ours)."""
FIRST_S: Final = 3.0
"""What is compared with the start of a posture is compared with so many seconds of it."""
PARTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")


def stay(at: Moments, window: Window, *, cut_before: bool, cut_after: bool) -> Excursion | None:
    """The stay in a posture in a window of moments; None where the clip shows nothing of it. It is partial where the
    clip begins after, or ends before, one is in it or out of it.
    """
    assert window.held is not None
    time, (arrived, leaves) = at.time, window.held
    if leaves <= time[0] or arrived >= time[-1]:
        return None
    joints = [at.joints[f"{side}_{part}"] for part in PARTS for side in SIDES]
    start, begin = (float(time[0]),) * 2 if cut_before and arrived < time[0] else _way_in(time, joints, arrived)
    back = [joint[::-1] for joint in joints]
    if cut_after and leaves > time[-1]:
        end, stop = (float(time[-1]),) * 2
    else:
        end, stop = (-x for x in _way_in(-time[::-1], back, -leaves))
    held = (time >= begin) & (time <= stop)
    return Excursion(
        start_s=start,
        raised_from_s=start,
        hold_from_s=begin,
        peak_s=(begin + stop) / 2,
        hold_to_s=stop,
        lowered_s=end,
        end_s=end,
        height=1.0,
        noise=0.0,
        partial=(cut_before and start <= time[0]) or (cut_after and end >= time[-1]),
        dips=(),
        at_rest=held & (time <= begin + FIRST_S),
        back_at_rest=np.zeros(len(time), np.bool_),
        at_top=held,
    )


def _way_in(time: Array, joints: list[Array], arrived: float) -> tuple[float, float]:
    """When the way into a posture begins, and when its last joint is there; `arrived` is when all movement is over."""
    last = int(np.argmin(np.abs(time - arrived)))
    begins, over = [], []
    for joint in joints:
        left, to_go = length(joint[: last + 1] - joint[0]), length(joint[: last + 1] - joint[last])
        way = float(to_go.max())
        if way < LEAST_WAY_M:
            continue
        gone = int(np.argmax(left > way / 2))
        here = np.flatnonzero(left[: gone + 1] <= SHARE * way)
        begins.append(_crossed(time, left, int(here[-1]) + 1 if len(here) else 0, SHARE * way))
        over.append(_crossed(time, to_go, int(np.flatnonzero(to_go > SHARE * way)[-1]) + 1, SHARE * way))
    return (min(begins), max(over)) if begins else (arrived, arrived)


def _crossed(time: Array, values: Array, after: int, level: float) -> float:
    """When values passed a level, just before index `after`."""
    i = max(after, 1)
    a, b = float(values[i - 1]), float(values[i])
    share = 0.0 if a == b else float(np.clip((level - a) / (b - a), 0, 1))
    return float(time[i - 1] + share * (time[i] - time[i - 1]))
