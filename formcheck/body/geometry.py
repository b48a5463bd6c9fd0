"""Plane geometry of a body: arrays in, arrays out.

Points are (..., d): any number of them, the coordinates last. It is fastest if each coordinate of many points lies in
one piece in memory, as `view.Points` lays them. Every sum is written out term by term, so that a point's result never
depends on how many points came with it.
"""

from typing import Final

import numpy as np

from formcheck.body.poses import Array

DEGREE: Final = 180 / np.pi
"""Degrees in a radian. Multiplying gives the same bits as `np.degrees` of float32, in a sixth of the time."""


def length(v: Array) -> Array:
    """Length of each vector: (..., d) -> (...), in the vectors' unit."""
    size: Array = np.sqrt(_dot(v, v))
    return size


def _dot(u: Array, v: Array) -> Array:
    total: Array = u[..., 0] * v[..., 0]
    for axis in range(1, u.shape[-1]):
        total += u[..., axis] * v[..., axis]
    return total


def nan_for_0(divisor: Array) -> Array:
    """A divisor with NaN in place of 0, so that dividing by it gives NaN without a warning."""
    return np.where(divisor == 0, np.float32(np.nan), divisor)


def flexion(a: Array, vertex: Array, b: Array) -> Array:
    """Flexion at the vertex in degrees: 0 straight, 180 folded.

    Each input is (..., d) in any one unit; the result is (...). NaN in, NaN out; NaN too where two points coincide.
    """
    u, v = a - vertex, vertex - b
    cosine = _dot(u, v) / nan_for_0(length(u) * length(v))
    angle: Array = np.arccos(np.maximum(np.minimum(cosine, 1), -1)) * DEGREE
    return angle


def tilt(low: Array, high: Array) -> Array:
    """Angle between the line from `low` to `high` and the upright, in degrees: 0 upright, 90 level, 180 upside down.

    Inputs are (..., 2) picture points, y down; the result is (...). NaN in, NaN out.
    """
    up = low - high
    angle: Array = np.arctan2(np.abs(up[..., 0]), up[..., 1]) * DEGREE
    return angle


def depth_below(point: Array, a: Array, b: Array) -> Array:
    """How far `point` lies under the line from `a` to `b`, at right angles to it; negative above it.

    Inputs are (..., 2) picture points, y down, in pixels; so is the (...) result. NaN in, NaN out. Under means on the
    side of the ground. An upright line has no such side; the sign then depends on which way it runs.
    """
    along, to = b - a, point - a
    depth: Array = along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0]
    return depth / nan_for_0(np.copysign(length(along), along[..., 0]))


def quantile(ordered: Array, share: float) -> float:
    """The value below which a share of some ordered values lies, interpolated between the two next to it.

    The same as numpy's, which is slow for a rep's few hundred values.
    """
    at = share * (len(ordered) - 1)
    i = int(at)
    low, high = float(ordered[i]), float(ordered[min(i + 1, len(ordered) - 1)])
    return low + (at - i) * (high - low) if at - i < 0.5 else high - (i + 1 - at) * (high - low)


def middle(values: Array) -> float:
    """Median of the finite values; NaN if there are none."""
    values = np.sort(values[np.isfinite(values)])
    return quantile(values, 0.5) if len(values) else float("nan")
