"""Excursions: a rep measured once it is over. Its level is 0 at its own rest and 1 at its peak.

Program, truth and tests share one rule. A rep starts and ends where it crosses `EDGE_LEVEL`; a fall ends it only
below `END_LEVEL`. The hold runs from first reaching the hold level to last leaving it; a dip that stays above
`DIP_LEVEL` does not end it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import median_filter

from formcheck.body.geometry import quantile
from formcheck.body.poses import Array
from formcheck.core.clock import RATE

EDGE_LEVEL: Final = 0.05
END_LEVEL: Final = 0.3
DIP_LEVEL: Final = 0.4
LOWERED_LEVEL: Final = 0.1
"""Where raising begins and lowering ends."""

REST_BAND: Final = 0.1
"""What lies within this share of the excursion above its lowest point still counts as rest (ours)."""

CLEAR_OF_NOISE: Final = 3.0
"""A crossing this many standard deviations of the resting signal above rest is a movement (ours)."""

LONG_REST: Final = RATE
STILL_BAND: Final = 0.03
"""A signal that falls over these ticks by no more than this share of the rep has come to rest (ours)."""

CUT_LEVEL: Final = 0.3
"""A rep whose first or last tick lies higher than this was cut there (ours)."""

CUT_SHARE: Final = 0.5
"""So is one that rises by less than this share of its fall: it does not start at rest (ours)."""

NOISE_TICKS: Final = RATE // 2
"""Over this many ticks a body moves along a parabola; what departs from it is noise (ours)."""

LASTING_S: Final = 0.5
LASTING_SHARE: Final = 0.2
"""A peak must last this long, or, if less, for this share of the time above half the rise: a momentary jump of the
landmarks is no peak (ours)."""

TOP_SHARE: Final = 0.7
TOP_QUANTILE: Final = 0.85
"""The top's level is this quantile of what lies above this share of the rise. Ours, from 113 rendered reps: the hold is
off by 0.09 s in the median (0.50 s at the 95th percentile). With 0.9 it is off by 0.11 s (0.55 s), with the highest
lasting level by 0.11 s (0.79 s)."""

LEAST_DIP: Final = 0.05
"""A fall must go this far below the hold level to be told as a dip (ours)."""


@dataclass(frozen=True, slots=True)
class Sag:
    """A fall below the hold level that did not end the hold, at its deepest.

    `depth` is how far below the top it lies as a share of the rep; `fall` is the same in the signal's unit.
    """

    at_s: float
    depth: float
    fall: float


@dataclass(frozen=True, slots=True)
class Excursion:
    """One rep, measured. Times in seconds. `at_rest` marks the ticks of the window at rest before the rep, else after
    it; `back_at_rest` those after it, `at_top` the held ones.

    `height` is the smaller of its rise and its fall; `noise` is the standard deviation of what is too quick to be a
    movement. Both are in the signal's unit.
    """

    start_s: float
    raised_from_s: float
    hold_from_s: float
    peak_s: float
    hold_to_s: float
    lowered_s: float
    end_s: float
    height: float
    noise: float
    partial: bool
    dips: tuple[Sag, ...]
    at_rest: Array
    back_at_rest: Array
    at_top: Array


def excursion(time: Array, signal: Array, *, hold_level: float, cut_before: bool, cut_after: bool) -> Excursion | None:
    """The rep within a window; None where there is none. `time` and `signal` are (n,); NaN ticks are interpolated.

    `cut_before` and `cut_after`: the recording begins or ends at that end of the window; the rep is partial if it was
    not at rest there. A rep that starts far above its later rest is partial too.
    """
    there = np.isfinite(signal)
    if there.sum() < 3:
        return None
    whole = np.interp(time, time[there], signal[there])
    lasting = _lasting(whole)
    own = _own(lasting)
    n, time, s = len(time), time[own], whole[own]
    flanks = _flanks(s, lasting[own], cut_before, cut_after)
    if flanks is None:
        return None
    level = flanks.level
    first, last = _hold(level, hold_level)
    ticks = np.arange(len(s))
    return Excursion(
        start_s=_edge(time, level[: first + 1]),
        raised_from_s=_crossed_before(time, level, first, LOWERED_LEVEL),
        hold_from_s=_crossed_before(time, level, first, hold_level),
        peak_s=float(time[flanks.peak]),
        hold_to_s=_crossed_after(time, level, last, hold_level),
        lowered_s=_crossed_after(time, level, last, LOWERED_LEVEL),
        end_s=-_edge(-time[::-1], level[last:][::-1]),
        height=flanks.height,
        noise=_noise(s),
        partial=flanks.partial,
        dips=_dips(time, flanks, first, last, hold_level),
        at_rest=_within(_resting(level, first, last), own, n),
        back_at_rest=_within((level <= REST_BAND) & (ticks > last), own, n),
        at_top=_within((ticks >= first) & (ticks <= last) & (level >= hold_level), own, n),
    )


@dataclass(frozen=True, slots=True)
class _Flanks:
    """A rep's level at every tick, 0 at the rest of each side and 1 at the top, and the tick of its peak.

    `span` is how much of the signal's unit a level of 1 is, at every tick.
    """

    level: Array
    span: Array
    peak: int
    height: float
    partial: bool


def _flanks(s: Array, lasting: Array, cut_before: bool, cut_after: bool) -> _Flanks | None:
    peak = int(np.argmax(lasting))
    before, after = _rest(s[: peak + 1]), _rest(s[peak:])
    top = _top(s, max(before, after), lasting[peak])
    rise, fall = top - before, top - after
    if cut_before or rise < CUT_SHARE * fall:
        before, cut_before = min(before, after), True
    cut_after = cut_after and not _settled(s, before, rise)
    if cut_after:
        after = min(before, after)
    if top - before <= 0 or top - after <= 0:
        return None
    rest = np.where(np.arange(len(s)) < peak, before, after)
    span = top - rest
    level = (s - rest) / span
    cut_before = cut_before and level[0] > CUT_LEVEL / 2
    return _Flanks(level, span, peak, float(min(top - before, top - after)), bool(cut_before or cut_after))


def _within(marked: Array, part: slice, n: int) -> Array:
    """Marks on part of a window as marks on all its n ticks."""
    whole = np.zeros(n, np.bool_)
    whole[part] = marked
    return whole


def _lasting(s: Array) -> Array:
    """The signal without momentary jumps: its running median, over fewer ticks where the rep is quick."""
    ticks = round(LASTING_S * RATE)
    top = median_filter(s, ticks, mode="nearest").max()
    high = int((s > (s.min() + top) / 2).sum())
    return np.asarray(median_filter(s, 2 * int(min(ticks, LASTING_SHARE * high) / 2) + 1, mode="nearest"))


def _noise(s: Array) -> float:
    """How far a signal departs from parabolas through half a second around each tick: 0 for a short signal."""
    if len(s) < NOISE_TICKS:
        return 0.0
    half = NOISE_TICKS // 2
    begin, end = _PARABOLA[:half] @ s[:NOISE_TICKS], _PARABOLA[half + 1 :] @ s[-NOISE_TICKS:]
    return float(np.std(s - np.concatenate([begin, np.convolve(s, _PARABOLA[half], "valid"), end])))


_POWERS: Final = np.vander(np.linspace(-1, 1, NOISE_TICKS), 3)
_PARABOLA: Final = _POWERS @ np.linalg.pinv(_POWERS)
"""Turns `NOISE_TICKS` ticks into the parabola through them; the same for every rep."""


def _top(s: Array, rest: float, peak: float) -> float:
    """The level of the top: near its upper end, but below the short peaks of a restless hold."""
    return quantile(np.sort(s[s >= rest + TOP_SHARE * (peak - rest)]), TOP_QUANTILE)


def _own(s: Array) -> slice:
    """The ticks that are the rep's own: from the rest it rises from to the rest it comes back to."""
    peak = int(np.argmax(s))
    rising, falling = s[peak::-1], s[peak:]
    low = float(max(rising.min(), falling.min()))
    return slice(peak - _reach(rising, low), peak + _reach(falling, low) + 1)


def _reach(flank: Array, low: float) -> int:
    """How far a flank goes from the peak: to where it has been still and low for `LONG_REST`, else to its end.

    Beyond a rest the person comes into position or leaves it, and the signal may go lower still. `low` is the level
    that both flanks come down to. If the signal is higher again beyond, it was no rest but a dip in the hold.
    """
    if len(flank) <= LONG_REST:
        return len(flank) - 1
    high = float(flank[0])
    lowest, beyond = np.minimum.accumulate(flank), np.maximum.accumulate(flank[::-1])[::-1]
    still = lowest[LONG_REST:] > lowest[:-LONG_REST] - STILL_BAND * (high - low)
    rest = (lowest < (low + high) / 2) & (beyond <= lowest + REST_BAND * (high - low))
    rested = np.flatnonzero(still & rest[:-LONG_REST])
    return int(rested[0]) + LONG_REST if len(rested) else len(flank) - 1


def _settled(s: Array, rest: float, rise: float) -> bool:
    """Whether a rep was back when the recording ended: near its rest, or low and still for a fifth of a second."""
    above = s[-1] - rest
    still = float(np.ptp(s[-RATE // 5 :])) < EDGE_LEVEL * rise
    return bool(above < CUT_LEVEL / 2 * rise or (above < CUT_LEVEL * rise and still))


def _rest(flank: Array) -> float:
    """The level at rest on one side of the peak: the median of what lies near its lowest point."""
    low, high = flank.min(), flank.max()
    return quantile(np.sort(flank[flank <= low + REST_BAND * (high - low)]), 0.5)


def _resting(level: Array, first: int, last: int) -> Array:
    """Ticks at rest before the rep; where the recording lacks them, those after it."""
    ticks, low = np.arange(len(level)), level <= REST_BAND
    before = low & (ticks < first)
    return before if before.any() else low & (ticks > last)


def _hold(level: Array, hold_level: float) -> tuple[int, int]:
    """First and last tick of the longest hold; a dip below `DIP_LEVEL` separates two holds."""
    held = np.flatnonzero(level >= hold_level)
    dips = np.cumsum(level < DIP_LEVEL)[held]
    gaps = np.flatnonzero(dips[1:] > dips[:-1])
    firsts, lasts = held[np.concatenate([[0], gaps + 1])], held[np.concatenate([gaps, [len(held) - 1]])]
    best = int(np.argmax(lasts - firsts))
    return int(firsts[best]), int(lasts[best])


def _edge(time: Array, rise: Array) -> float:
    """When a rise from rest began: its crossing of `EDGE_LEVEL`, or an estimate from higher up where the rest is noisy.

    Noise near the edge's level would put the crossing anywhere. Then a line is drawn through the crossings of a level
    clear of the noise and of twice that level, and followed down to the edge.
    """
    resting = np.sort(rise[rise <= REST_BAND])
    low, high = (quantile(resting, share) for share in (0.16, 0.84)) if len(resting) else (0.0, 0.0)
    clear = float(np.clip(CLEAR_OF_NOISE * (high - low) / 2, EDGE_LEVEL, END_LEVEL))
    tick = len(rise) - 1
    crossed = _crossed_before(time, rise, tick, clear)
    if clear == EDGE_LEVEL:
        return crossed
    steepness = (_crossed_before(time, rise, tick, 2 * clear) - crossed) / clear
    return max(crossed - steepness * (clear - EDGE_LEVEL), float(time[0]))


def _crossed_before(time: Array, level: Array, tick: int, threshold: float) -> float:
    """When the level last rose through a threshold before `tick`; the window's start if it was never below it."""
    under = np.flatnonzero(level[: tick + 1] < threshold)
    if not len(under):
        return float(time[0])
    i = int(under[-1])
    return between(time, level, i, min(i + 1, len(level) - 1), threshold)


def _crossed_after(time: Array, level: Array, tick: int, threshold: float) -> float:
    """When the level first fell through a threshold after `tick`; the window's end if it was never below it."""
    under = np.flatnonzero(level[tick:] < threshold)
    if not len(under):
        return float(time[-1])
    i = tick + int(under[0])
    return between(time, level, max(i - 1, 0), i, threshold)


def between(time: Array, level: Array, i: int, j: int, threshold: float) -> float:
    """When a level passed a threshold between two ticks."""
    if level[i] == level[j]:
        return float(time[j])
    share = float(np.clip((threshold - level[i]) / (level[j] - level[i]), 0, 1))
    return float(time[i] + share * (time[j] - time[i]))


def _dips(time: Array, flanks: _Flanks, first: int, last: int, hold_level: float) -> tuple[Sag, ...]:
    """Falls below the hold level between `first` and `last`, each at its deepest."""
    level = flanks.level
    under = (level[first : last + 1] < hold_level).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], under, [0]])))
    dips = []
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        i = first + start + int(np.argmin(level[first + start : first + stop]))
        if level[i] < hold_level - LEAST_DIP:
            depth = float(1 - level[i])
            dips.append(Sag(at_s=float(time[i]), depth=depth, fall=depth * float(flanks.span[i])))
    return tuple(dips)
