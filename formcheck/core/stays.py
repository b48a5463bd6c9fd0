"""Stays: reps that are held postures, as a plank is. Finds a stay as the ticks come in, and measures one that is over.

    AWAY --taken--> IN --left, or too long--> AWAY          with that a window closes

- AWAY: out of the posture, or on the move in it. A stay is taken up where all bounds of the posture hold and the body
  is still.
- IN: it goes on while they hold and the body is not restless. What is shorter than `WOBBLE` does not end it.

How far the body moves is counted in room: the width of a measure's bounds is 1. The ends of a stay are those of the
movements into it and out of it, not the moments at which a bound was crossed.
"""

from typing import Final, NamedTuple

import numpy as np

from formcheck.body.geometry import quantile
from formcheck.body.poses import Array
from formcheck.core.clock import RATE
from formcheck.core.detector import LONGEST_GAP, LONGEST_REP, Window
from formcheck.core.excursion import EDGE_LEVEL, Excursion, between

STIR_TICKS: Final = RATE
RESTLESS: Final = 1.5
"""How far a body moves is seen over these ticks. It is restless if it takes this many times the room of a still one
(ours).
"""

WOBBLE: Final = RATE
"""A stay ends only after this many ticks out of the posture, or this many more than `STIR_TICKS` restless."""

WAY: Final = 3 * RATE
SETTLED: Final = 6 * RATE
"""The way into a stay is looked for in so many ticks before it, and where that leads in so many of the hold (ours)."""

LEAST_WAY: Final = 0.1
"""A way that is shorter, in room, is none: the stay begins where it was found (ours)."""

NOISES: Final = 3.0
LEAST_NOISE: Final = 0.015
SETTLED_SHARE: Final = 0.05
"""One has arrived where the body is no further from what is held than this many times its usual distance from it, or
than this room if that is more; or by this share of the way. Ours: in rendered people that distance is under 0.01.
"""

STEADY: Final = 0.5
STEADY_SHARE: Final = 0.9
"""During this share of a stay the body is no further from its median pose than this many times the room of a still one.
Ours: in rendered planks it is a tenth of it, in push-ups that are taken for one at least as much.
"""

FIRST_S: Final = 3.0
"""What a body is compared with that has no rest before: its own first seconds in the posture (ours)."""


class Stays:
    """Finds stays in ticks fed one by one or all at once; the answer is the same. It has the face of a `Detector`.

    still: how much room a still body takes. least: how many ticks a stay lasts at least; shown: after how many it is
    told to be under way.
    """

    def __init__(self, first_tick: int, still: float, least: int, shown: int) -> None:
        self._next = self._first = self._free = first_tick
        self._still, self._least, self._shown = still, least, shown
        self._begin: int | None = None
        self._inside = self._calm = first_tick
        self._unseen = first_tick - 1
        self._cut_before = False

    @property
    def moving_since(self) -> int | None:
        """First tick of the stay under way, once it has lasted; else None."""
        return self._begin if self.held_ticks() >= self._shown else None

    @property
    def needs(self) -> int:
        """The first tick at which a later window can begin."""
        return max(self._first, (self._next - STIR_TICKS if self._begin is None else self._begin) - WAY)

    @property
    def _last(self) -> int:
        return min(self._inside, self._calm)

    def held_ticks(self) -> int:
        """Ticks since the stay under way began; 0 without one."""
        return 0 if self._begin is None else self._last + 1 - self._begin

    def feed(self, inside: Array, stir: Array, seen: Array) -> list[Window]:
        """The stays that end within these ticks, (n,) each: whether the bounds hold, how much room the body took in
        the last `STIR_TICKS`, whether somebody is there.
        """
        tick = np.arange(self._next, self._next + len(inside))
        takes, calm = inside & (stir <= self._still), stir <= RESTLESS * self._still
        unseen = np.maximum.accumulate(np.where(seen, self._unseen, tick))
        windows: list[Window] = []
        at = 0
        while at < len(tick):
            begin = self._begin
            if begin is None:
                at += int(np.argmax(takes[at:]))
                if not takes[at]:
                    break
                begin = self._begin = self._taken_up(int(tick[at]), int(unseen[at]))
            ins, calms = (np.maximum.accumulate(np.where(of[at:], tick[at:], last))
                          for of, last in ((inside, self._inside), (calm, self._calm)))  # fmt: skip
            out, restless = tick[at:] - ins >= WOBBLE, tick[at:] - calms >= WOBBLE + STIR_TICKS
            over = out | restless | (tick[at:] - begin >= LONGEST_REP)
            end = int(np.argmax(over)) if over.any() else len(over) - 1
            self._inside, self._calm = int(ins[end]), int(calms[end])
            at += end
            if not over[end]:
                break
            windows += self._window(int(tick[at]), cut_after=not seen[at])
            self._begin, self._free = None, int(tick[at])
        self._next += len(tick)
        self._unseen = int(unseen[-1]) if len(unseen) else self._unseen
        return windows

    def _taken_up(self, tick: int, unseen: int) -> int:
        """When a stay began that is found at a tick: the body has been still for a while."""
        begin = max(self._free, tick + 1 - STIR_TICKS, unseen + 1)
        self._inside = self._calm = tick
        self._cut_before = begin - unseen <= LONGEST_GAP
        return begin

    def finish(self) -> list[Window]:
        """The stay that the end of the recording cuts, if any."""
        return self._window(self._next - 1, cut_after=True)

    def _window(self, last: int, *, cut_after: bool) -> list[Window]:
        if self._begin is None or self.held_ticks() + 2 * WAY < self._least:
            return []
        held = self._begin, self._last
        return [Window(max(self._free, self._begin - WAY), last, self._cut_before, cut_after, last, held)]


class _Way(NamedTuple):
    """When a way into a posture begins, and when it is over, seconds."""

    begins_s: float
    over_s: float


def stay(time: Array, pose: Array, window: Window, still: float) -> Excursion | None:
    """The stay in a window; None where the body comes and goes, as in push-ups with a pause at the top.

    time (n,); pose (n, k) is the posture's measures in room, NaN where nothing was seen. At rest a stay counts in its
    own first seconds.
    """
    first, last = (tick - window.first for tick in window.held or (window.first, window.last))
    into = _Way(float(time[first]), float(time[first]))
    out = _Way(-float(time[-1]), -float(time[last]))
    if not window.cut_before:
        into = _way(time, pose, first, last)
    if not window.cut_after:
        out = _way(-time[::-1], pose[::-1], len(time) - 1 - last, len(time) - 1 - first)
    begins, ends = into.over_s, max(-out.over_s, into.over_s)
    held = (time >= begins) & (time <= ends)
    if not held.any() or quantile(np.sort(_away(pose[held], pose[held])), STEADY_SHARE) > STEADY * still:
        return None
    return Excursion(
        start_s=into.begins_s,
        raised_from_s=into.begins_s,
        hold_from_s=begins,
        peak_s=(begins + ends) / 2,
        hold_to_s=ends,
        lowered_s=max(-out.begins_s, ends),
        end_s=max(-out.begins_s, ends),
        height=1.0,
        noise=0.0,
        partial=window.cut_before or window.cut_after,
        dips=(),
        at_rest=held & (time <= begins + FIRST_S),
        back_at_rest=np.zeros(len(time), np.bool_),
        at_top=held,
    )


def _away(pose: Array, there: Array) -> Array:
    """How far poses (n, k) are from the median of others (m, k), (n,): the mean over the measures, at most 1."""
    apart = pose - np.nanmedian(there, axis=0)
    away: Array = np.minimum(np.nan_to_num(np.sqrt((apart * apart).mean(axis=1)), nan=1.0), 1.0)
    return away


def _way(time: Array, pose: Array, first: int, last: int) -> _Way:
    """The way into what is held from index `first` to `last`, from where the body is farthest from it."""
    settled = min(first + STIR_TICKS, (first + last) // 2)  # it may have been found before the body was quite there
    there = pose[settled : min(settled + SETTLED, last + 1)]
    away = _away(pose[: settled + len(there)], there)
    near, far = quantile(np.sort(away[settled:]), 0.25), float(away[: first + 1].max())
    if far - near < LEAST_WAY:
        return _Way(float(time[first]), float(time[first]))
    level = (far - away) / (far - near)
    arrived = max(1 - (max(NOISES * near, LEAST_NOISE) - near) / (far - near), 1 - SETTLED_SHARE)
    i = int(np.flatnonzero(level[: first + 1] <= EDGE_LEVEL)[-1])

    def passed(share: float) -> float:
        j = i + int(np.argmax(level[i:] >= share))
        return between(time, level, j - 1, j, share)

    return _Way(passed(EDGE_LEVEL), passed(arrived))
