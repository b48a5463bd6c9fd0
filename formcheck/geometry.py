"""Plane geometry of a body: arrays in, arrays out.

Every sum is written out term by term, so that a row's result never depends on how many rows came with it.
"""

import numpy as np

from formcheck.poses import Array


def length(v: Array) -> Array:
    """Length of each vector: (n, d) -> (n,), in the vectors' unit."""
    total = v[:, 0] * v[:, 0]
    for axis in range(1, v.shape[1]):
        total = total + v[:, axis] * v[:, axis]
    size: Array = np.sqrt(total)
    return size


def _dot(u: Array, v: Array) -> Array:
    total = u[:, 0] * v[:, 0]
    for axis in range(1, u.shape[1]):
        total = total + u[:, axis] * v[:, axis]
    return total


def flexion(a: Array, vertex: Array, b: Array) -> Array:
    """Flexion at the vertex in degrees: 0 straight, 180 folded.

    Each input is (n, d) in any one unit; the result is (n,). NaN in, NaN out; NaN too where two points coincide.
    """
    u, v = a - vertex, vertex - b
    size = length(u) * length(v)
    cosine = _dot(u, v) / np.where(size > 0, size, np.nan)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def tilt(low: Array, high: Array) -> Array:
    """Angle between the line from `low` to `high` and the upright, in degrees: 0 upright, 90 level, 180 upside down.

    Inputs are (n, 2) picture points, y down; the result is (n,). NaN in, NaN out.
    """
    across = np.abs(high[:, 0] - low[:, 0])
    angle: Array = np.degrees(np.arctan2(across, low[:, 1] - high[:, 1]))
    return angle


def depth_below(point: Array, a: Array, b: Array) -> Array:
    """How far `point` lies under the line from `a` to `b`, at right angles to it; negative above it.

    Inputs are (n, 2) picture points, y down, in pixels; so is the (n,) result. NaN in, NaN out. Under means on the
    side of the ground; a line that stands upright has no such side, and the sign then follows from its leftmost end.
    """
    left = (a[:, 0] <= b[:, 0])[:, None]
    start, end = np.where(left, a, b), np.where(left, b, a)
    along, to = end - start, point - start
    size = length(along)
    depth: Array = (along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]) / np.where(size > 0, size, np.nan)
    return depth
