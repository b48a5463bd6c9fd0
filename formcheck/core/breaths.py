"""Breaths: how often the belly of somebody at rest rises and falls, seen on its outline.

A breath lifts the outline most over the belly, less over the chest, and not at the hips and the shoulders. The outline
is taken beside one line, the median axis of the trunk, as landmarks wander by more than a breath. It is weighed by how
a breath lifts it, and only the band around its strongest rhythm is kept; there breaths are counted from top to top.

Nothing is claimed unless the rhythm stands out, is even, and moves the outline as a breath does. A shaking camera has
an even rhythm too, but lifts hips and shoulders as much as the belly.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy.fft import dct, idct
from scipy.signal import find_peaks

from formcheck import words
from formcheck.body import arch
from formcheck.body.poses import STATIONS, Array
from formcheck.core.clock import RATE
from formcheck.core.rows import Rows
from formcheck.findings import Breaths, Reason

STEP: Final = 6
"""Every so many ticks the outline is read: it is seen four times a second at most."""

_HZ: Final = RATE / STEP

PART_S: Final = 45.0
"""A hold is counted in parts of this length or longer, as one breathes slower the longer one rests (ours)."""

LEAST_S: Final = 30.0
LEAST_SHARE: Final = 0.5
"""Breaths are told if they can be counted in parts of at least this length, and of at least this share of the hold
(ours).
"""

RATES: Final = (6.0, 30.0)
"""Breaths a minute that are plausible."""

LIFT: Final = np.exp(-(((STATIONS - 0.32) / 0.19) ** 2)) + 0.3 * np.exp(-(((STATIONS - 0.8) / 0.19) ** 2))
"""How much a breath lifts the outline at each station, of the most (ours, that of the studio's people)."""

NOISE_HZ: Final = 0.7
"""What is quicker than this is noise."""

SLOWEST_HZ: Final = 0.03
"""What is slower than this is drift, and counts for nothing (ours)."""

LEAST_NOISE: Final = 1e-4
"""Trunks of noise that every station is thought to have at least, so that none counts alone (ours)."""

LEAST_SEEN: Final = 0.8
LEAST_STATIONS: Final = 4
"""A station counts if the outline is seen there so much of the time; so many must count (ours)."""

NEAR: Final = (0.75, 1.3)
BAND: Final = (0.5, 1.8)
"""Of the strongest rhythm: the first is where its power is summed up, as breaths are uneven; the second is kept (ours).
"""

TOP: Final = 1.0
"""A top rises over both dips beside it by at least this many standard deviations; a sine's does by 2.8 (ours)."""

ANY_HZ: Final = (BAND[0] * RATES[0] / 60, NOISE_HZ)
APART: Final = 0.1
"""Where all that may be of breaths is kept, there must be as many tops, but for this share (ours): breaths of very
different lengths would else be taken for even ones.
"""

LEAST_BREATHS: Final = 4
RISE: Final = (0.006, 0.15)
CLEAR: Final = 0.65
UNEVEN: Final = 0.25
ALIKE: Final = 0.6
OWN: Final = 0.4
"""Breaths are claimed if there are so many; if they lift the outline by so many trunks; if so much of all that moves it
is their rhythm; if their lengths differ by no more (standard deviation, as a share); if what they lift is so like
`LIFT` (correlation of what is more than a straight line); and if so much of them shows beside the axis of each moment
too, which a shaking camera moves along. Ours: of the last two, rendered people who breathe have at least 0.66 and 0.58,
before a shaking camera at most 0.48 and 0.10.
"""

MOST: Final = 1.645
"""The interval is meant to hold the true rate nine times in ten: so many standard errors to each side."""

ENDS_S: Final = 0.4
"""Standard error of the time from the first top to the last (ours)."""


class _Part(NamedTuple):
    """The breaths in a part of a hold, from the first top to the last: how many, for how long in all, and the standard
    deviation of their lengths, as a share.
    """

    breaths: int
    seconds: float
    uneven: float


def breaths(hold: Rows) -> Breaths:
    """The breaths in the ticks of a hold."""
    looks = hold.looks[::STEP]
    seconds = len(looks) / _HZ
    if seconds < LEAST_S:
        return _none(Reason.REST_TOO_SHORT)
    parts = np.array_split(looks, max(1, int(seconds / PART_S)))
    counted = [(part, len(of) / _HZ) for of in parts if (part := _counted(of)) is not None]
    if sum(part_s for _, part_s in counted) < max(LEAST_S, LEAST_SHARE * seconds):
        return _none(Reason.BREATHS_NOT_SEEN)
    return _told([part for part, _ in counted])


def _counted(looks: Array) -> _Part | None:
    """The breaths in looks (n, len(arch.COLUMNS)); None where they do not show."""
    depth, own = arch.belly(looks)
    seen = (np.isfinite(depth) & np.isfinite(own)).mean(axis=0) >= LEAST_SEEN
    if seen.sum() < LEAST_STATIONS:
        return None
    outline, beside, at, lift = _filled(depth[:, seen]), _filled(own[:, seen]), STATIONS[seen], LIFT[seen]
    weight = lift / ((_between(outline, NOISE_HZ, np.inf) ** 2).mean(axis=0) + LEAST_NOISE**2)
    weight /= lift @ weight
    wave, clear = _wave(outline @ weight)
    lengths = _lengths(outline @ weight, wave)
    if len(lengths) < LEAST_BREATHS:
        return None
    part = _Part(len(lengths), float(lengths.sum()), float(lengths.std() / lengths.mean()))
    rise, rate = 2 * np.sqrt(2) * float(wave.std()), 60 * part.breaths / part.seconds
    alike = float(np.corrcoef(_bent(at, wave @ outline), _bent(at, lift))[0, 1])
    own_share = float(wave @ (beside @ weight) / (wave @ wave))
    plausible = RATES[0] <= rate <= RATES[1] and RISE[0] <= rise <= RISE[1]
    sure = clear >= CLEAR and part.uneven <= UNEVEN and alike >= ALIKE and own_share >= OWN
    return part if plausible and sure else None


def _lengths(risen: Array, wave: Array) -> Array:
    """Seconds from each top of a wave (n,) to the next; none where the rise (n,) it is part of has other tops."""
    tops, others = (find_peaks(of, prominence=TOP * wave.std())[0] for of in (wave, _between(risen, *ANY_HZ)))
    if len(tops) < 2:
        return np.zeros(0)
    between = np.diff(tops)
    slack = between.mean() / 2  # a top at an end of the part may be one of the two only
    others = others[(others > tops[0] - slack) & (others < tops[-1] + slack)]
    return between / _HZ if abs(len(others) - len(tops)) <= APART * len(tops) else np.zeros(0)


def _wave(risen: Array) -> tuple[Array, float]:
    """The strongest rhythm in how far the outline is risen (n,), and which share of all its movement that is."""
    hz = _hertz(risen)
    power = dct(risen, norm="ortho") ** 2
    tried = np.arange(0.9 * RATES[0], 1.1 * RATES[1], 0.3) / 60
    sums = [power[(hz >= NEAR[0] * one) & (hz <= NEAR[1] * one)].sum() for one in tried]
    wave = _between(risen, *(end * tried[int(np.argmax(sums))] for end in BAND))
    return wave, float((wave * wave).sum() / power[hz > SLOWEST_HZ].sum())


def _between(signal: Array, low: float, high: float) -> Array:
    """What of a signal (n, ...) lies in a band, hertz."""
    parts = dct(signal, norm="ortho", axis=0)
    hz = _hertz(signal)
    parts[(hz < low) | (hz > high)] = 0
    found: Array = idct(parts, norm="ortho", axis=0)
    return found


def _hertz(signal: Array) -> Array:
    """The frequencies of the cosines that make up a signal (n, ...), (n,)."""
    return np.arange(len(signal)) * _HZ / (2 * len(signal))


def _bent(at: Array, profile: Array) -> Array:
    """What of a profile (k,) along the stations at some places is more than a straight line, (k,)."""
    straight = np.stack([np.ones_like(at), at], axis=1)
    rest: Array = profile - straight @ np.linalg.lstsq(straight, profile)[0]
    return rest


def _filled(depth: Array) -> Array:
    """Depths (n, stations) about their means, gaps bridged by straight lines."""
    at = np.arange(len(depth))
    columns = [np.interp(at, at[there], of[there]) for of in depth.T.astype(np.float64) for there in [np.isfinite(of)]]
    whole = np.stack(columns, axis=1)
    centred: Array = whole - whole.mean(axis=0)
    return centred


def _told(parts: Sequence[_Part]) -> Breaths:
    """What is told of the parts in which breaths were counted."""
    counted, seconds = sum(part.breaths for part in parts), sum(part.seconds for part in parts)
    a_minute = 60 * counted / seconds
    uneven = sum(part.breaths * part.uneven**2 for part in parts) / counted**2
    off = MOST * float(np.sqrt(uneven + len(parts) * (ENDS_S / seconds) ** 2))
    return Breaths(
        a_minute=a_minute,
        interval=(a_minute * (1 - off), a_minute * (1 + off)),
        counted=counted,
        seconds=seconds,
        reason_code=None,
        message=words.breathed(a_minute),
    )


def _none(reason: Reason) -> Breaths:
    return Breaths(None, None, None, None, reason, words.not_counted(reason))
