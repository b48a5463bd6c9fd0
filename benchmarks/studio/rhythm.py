"""When reps rise, hold and fall, and how a person wavers in them; times in seconds."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.ramp import smooth
from benchmarks.studio.acts import Side, Window
from benchmarks.studio.pose import Array


@dataclass(frozen=True, slots=True)
class Restless:
    """How a person wavers: slow sway and tremor of any parameter, the same for the same seed. `size` 0 is a machine."""

    seed: int = 0
    size: float = 1.0

    def sway(self, t: Array, name: str, sd: float, *, slow: float = 0.08, fast: float = 0.6) -> Array:
        """(n,) a wandering value of standard deviation `sd`, made of waves between `slow` and `fast` Hz."""
        rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        rate, phase = np.exp(rng.uniform(np.log(slow), np.log(fast), 5)), rng.uniform(0, 2 * np.pi, 5)
        waves = np.sin(2 * np.pi * rate * t[:, None] + phase).sum(axis=1)
        wandering: Array = self.size * sd * np.sqrt(2 / 5) * waves
        return wandering

    def tremor(self, t: Array, name: str, sd: float) -> Array:
        """(n,) a quick shake of standard deviation `sd`, 5 to 9 Hz."""
        return self.sway(t, name, sd, slow=5.0, fast=9.0)


STILL: Final = Restless(size=0.0)


_LEVELS = np.linspace(0, 1, 2001)
_RAMP = smooth(_LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One rep's times: up and down are from a tenth to nine tenths of the way, `hold_s` is above the exercise's hold
    level, and the rest comes after it. A hold shorter than the ramps make it has no still part. `skew` over 1 starts
    slowly and arrives fast.
    """

    raise_s: float = 0.9
    hold_s: float = 1.8
    lower_s: float = 1.3
    rest_s: float = 1.2
    skew: float = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """When a rep starts to rise, arrives, starts to fall, and is down."""

    rise: float
    top: float
    fall: float
    down: float
    skew: float

    def up(self, t: Array) -> Array:
        """(n,) 0 before the rise, 1 from the top on."""
        return smooth(np.clip((t - self.rise) / (self.top - self.rise), 0, 1) ** self.skew)

    def gone(self, t: Array) -> Array:
        """(n,) 0 until the fall, 1 once down."""
        return smooth((t - self.fall) / (self.down - self.fall))

    def level(self, t: Array) -> Array:
        return self.up(t) - self.gone(t)

    def held(self, t: Array) -> Array:
        """(n,) how far through its still part the rep is, 0 to 1."""
        return np.clip((t - self.top) / max(self.fall - self.top, 1e-9), 0, 1)

    def mid_hold(self, t: Array) -> Array:
        """(n,) 0 at the ends of the hold, 1 in its middle."""
        u = self.held(t)
        bump: Array = smooth(np.minimum(u, 1 - u) * 2.5)
        return bump


def timings_of(beats: Sequence[Beat], lead: float, hold_level: float) -> tuple[list[Timing], float]:
    """The timings of a set whose first rep starts at `lead`, and when its last rest ends."""
    timings, now = [], lead
    short = 1 - float(np.interp(hold_level, _RAMP, _LEVELS))
    tenths = float(np.interp(0.9, _RAMP, _LEVELS) - np.interp(0.1, _RAMP, _LEVELS))
    for beat in beats:
        up, down = beat.raise_s / tenths, beat.lower_s / tenths
        still = max(beat.hold_s - short * up - short * down, 0.05)
        timings.append(Timing(now, now + up, now + up + still, now + up + still + down, beat.skew))
        now = timings[-1].down + beat.rest_s
    return timings, now


def windows_of(exercise: str, sides: Sequence[Side], timings: Sequence[Timing], end: float) -> tuple[Window, ...]:
    """From rest to rest: half of the rest before and after each rep."""
    cuts = [0.0]
    cuts += [(a.down + b.rise) / 2 for a, b in pairwise(timings)]
    cuts.append(end)
    return tuple(Window(exercise, side, a, b) for side, (a, b) in zip(sides, pairwise(cuts), strict=True))


def summed(t: Array, parts: Sequence[Array]) -> Array:
    total = np.zeros_like(t)
    for part in parts:
        total = total + part
    return total
