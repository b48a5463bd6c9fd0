"""Breathing: when a lying person breathes in and out, and how far belly and chest rise; seconds and metres."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.ramp import smooth
from benchmarks.studio.body import Body
from benchmarks.studio.pose import Array

UNEVEN: Final = 0.10
"""How much the length of a breath varies from one to the next, as a share (ours); its depth varies twice as much."""
INHALE: Final = (0.36, 0.46)
PAUSE: Final = (0.04, 0.16)
"""Shares of a breath that go to breathing in, and to the pause after breathing out (ours)."""

BELLY: Final = 0.32
CHEST: Final = 0.80
"""How high over the hips, in trunks, the belly and the chest move most (ours)."""
CHEST_SHARE: Final = 0.3
"""How far the chest rises when the belly rises by 1 (ours: lying, one breathes with the belly)."""
SPREAD: Final = 0.19
"""Trunks over which the movement fades along the trunk (ours)."""


@dataclass(frozen=True, slots=True)
class Breath:
    """One breath: when the belly begins to rise, is highest, and is down again; how far it rises (metres)."""

    start_s: float
    peak_s: float
    down_s: float
    rise_m: float


@dataclass(frozen=True, slots=True)
class Breaths:
    """Breath after breath, in order."""

    each: tuple[Breath, ...]

    def depth(self, t: Array) -> Array:
        """(n,) metres by which the belly is risen at times (n,); 0 breathed out."""
        total = np.zeros(len(t))
        for one in self.each:
            up = smooth((t - one.start_s) / (one.peak_s - one.start_s))
            total += one.rise_m * (up - smooth((t - one.peak_s) / (one.down_s - one.peak_s)))
        return total

    def later(self, by: float) -> "Breaths":
        return Breaths(tuple(Breath(b.start_s + by, b.peak_s + by, b.down_s + by, b.rise_m) for b in self.each))

    def within(self, start_s: float, stop_s: float) -> "Breaths":
        """Those that are highest in a part of the time."""
        return Breaths(tuple(b for b in self.each if start_s <= b.peak_s < stop_s))

    def as_json(self) -> dict[str, Any]:
        """The breaths' times, rounded, and how many there are a minute: from first to last peak."""
        peaks = [b.peak_s for b in self.each]
        rate = 60 * (len(peaks) - 1) / (peaks[-1] - peaks[0]) if len(peaks) > 1 else None
        times = [{name: round(getattr(b, name), 4) for name in Breath.__dataclass_fields__} for b in self.each]
        return {"a_minute": None if rate is None else round(rate, 3), "each": times}


def breaths(seed: int, seconds: float, *, a_minute: float, rise_m: float) -> Breaths:
    """Uneven breaths from before 0 to past the end: `a_minute` on average, the belly rising by about `rise_m`."""
    rng = np.random.default_rng([seed, 21])
    count = int(1.6 * seconds * a_minute / 60) + 6
    lengths = 60 / a_minute * np.exp(rng.normal(0, UNEVEN, count))
    lengths *= 60 / a_minute / lengths.mean()
    starts = np.cumsum([-rng.uniform(0.2, 1.0) * lengths[0], *lengths])
    found = []
    for start, end in pairwise(starts):
        if start > seconds:
            break
        long = end - start
        peak = start + rng.uniform(*INHALE) * long
        rise = float(np.clip(rise_m * np.exp(rng.normal(0, 2 * UNEVEN)), 0.5 * rise_m, 1.5 * rise_m))
        found.append(Breath(float(start), float(peak), float(end - rng.uniform(*PAUSE) * long), rise))
    return Breaths(tuple(found))


def swelling(body: Body, points: Array, weights: csr_array) -> Array:
    """(n, 3): how far each point at rest moves when the belly rises by 1: forward, most at the belly's front, nothing
    behind, on arms, legs and head. `points` (n, 3) with `weights` (n, b) over the body's bones.
    """
    hip, shoulder = (np.asarray(body.joints[f"left_{name}"], float) for name in ("hip", "shoulder"))
    up = (points[:, 1] - hip[1]) / (shoulder[1] - hip[1])
    along = np.exp(-(((up - BELLY) / SPREAD) ** 2)) + CHEST_SHARE * np.exp(-(((up - CHEST) / SPREAD) ** 2))
    spine = body.heads[body.bone("spine03")]
    near = weights @ _of_trunk(body)
    front = points[(near > 0.9) & (np.abs(up - BELLY) < 0.15) & (np.abs(points[:, 0]) < 0.06), 2]
    depth = float(front.max()) - spine[2] if len(front) else 0.12
    ahead = smooth((points[:, 2] - spine[2]) / depth)
    across = np.cos(np.clip(points[:, 0] / (1.9 * abs(shoulder[0])), -1, 1) * np.pi / 2)
    out = np.zeros((len(points), 3))
    out[:, 2] = along * ahead * across * near
    return out


def _of_trunk(body: Body) -> Array:
    """(b,) 1 for the bones that carry the trunk."""
    trunk = ("root", "spine", "breast", "pelvis", "clavicle")
    return np.array([float(name.startswith(trunk)) for name in body.bones])
