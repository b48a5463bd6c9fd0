"""Turns in space: directions of angles in degrees, frames, and the shortest way between two; axes as in `pose.py`."""

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.pose import Array


def towards(pitch: ArrayLike, out: ArrayLike = 0.0, sign: float = 1.0) -> Array:
    """(..., 3) unit vectors of a pitch and an out in degrees; `sign` is 1 on the left, -1 on the right."""
    p, o = np.radians(pitch), np.radians(out)
    return np.stack(np.broadcast_arrays(sign * np.sin(o), np.cos(o) * np.cos(p), np.cos(o) * np.sin(p)), -1)


def pitch_out(way: Array, sign: float = 1.0) -> tuple[Array, Array]:
    """Pitch and out in degrees of (..., 3) vectors: the inverse of `towards`. The pitch lies in -90 to 270."""
    size = np.sqrt((way * way).sum(-1))
    pitch = np.degrees(np.arctan2(way[..., 2], way[..., 1]))
    out: Array = np.degrees(np.arcsin(np.clip(sign * way[..., 0] / size, -1, 1)))
    return np.where(pitch < -90, pitch + 360, pitch), out


def about_x(degrees: Array) -> Array:
    """Turns about x: (..., 3, 3)."""
    a = np.radians(degrees)
    c, s, o, e = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    return np.stack([e, o, o, o, c, -s, o, s, c], -1).reshape(*a.shape, 3, 3)


def about_z(degrees: Array) -> Array:
    """Turns about z: (..., 3, 3)."""
    a = np.radians(degrees)
    c, s, o, e = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    return np.stack([c, -s, o, s, c, o, o, o, e], -1).reshape(*a.shape, 3, 3)


def about(axis: Array, angle: Array) -> Array:
    """Turns by `angle` (n,) radians about unit axes (n, 3): (n, 3, 3)."""
    x, y, z = axis[:, 0], axis[:, 1], axis[:, 2]
    c, s = np.cos(angle), np.sin(angle)
    k = 1 - c
    rows = [c + k * x * x, k * x * y - s * z, k * x * z + s * y]
    rows += [k * x * y + s * z, c + k * y * y, k * y * z - s * x]
    rows += [k * x * z - s * y, k * y * z + s * x, c + k * z * z]
    return np.stack(rows, -1).reshape(-1, 3, 3)


def trunk_frame(pitch: Array, out: Array, turn: Array) -> Array:
    """Frames of the trunk or the head: (n, 3, 3), the unit where all angles are 0."""
    p, o, t = np.radians(pitch), np.radians(out), np.radians(turn)
    cp, sp, co, so, ct, st = np.cos(p), np.sin(p), np.cos(o), np.sin(o), np.cos(t), np.sin(t)
    y = np.stack([so, co * cp, co * sp], -1)
    x0, z0 = np.stack([co, -so * cp, -so * sp], -1), np.stack([np.zeros_like(p), -sp, cp], -1)
    x = ct[:, None] * x0 - st[:, None] * z0
    return np.stack([x, y, np.cross(x, y)], -1)


def hinge_of(pitch: Array, out: Array, turn: Array, sign: float) -> Array:
    """(n, 3) the axis about which a limb folds, for a segment of these angles."""
    p, o, t = np.radians(pitch), np.radians(sign * out), np.radians(-sign * turn)
    x0 = np.stack([np.cos(o), -np.sin(o) * np.cos(p), -np.sin(o) * np.sin(p)], -1)
    z0 = np.stack([np.zeros_like(p), -np.sin(p), np.cos(p)], -1)
    hinge: Array = np.cos(t)[:, None] * x0 - np.sin(t)[:, None] * z0
    return hinge


def frame_along(hinge: Array, way: Array) -> Array:
    """(n, 3, 3) frames whose y is `way` and whose x is `hinge`, made square to it."""
    x = hinge - way * (hinge * way).sum(-1, keepdims=True)
    x = x / np.sqrt((x * x).sum(-1, keepdims=True))
    return np.stack([x, way, np.cross(x, way)], -1)


def unit_vector(v: Array) -> Array:
    """The vectors (..., 3) at length 1."""
    unit: Array = v / np.sqrt((v * v).sum(-1, keepdims=True))
    return unit


def swing_to(a: Array, b: Array) -> Array:
    """The shortest turns that bring unit vectors `a` (n, 3) to `b`: (n, 3, 3)."""
    axis = np.cross(a, b)
    sine = np.sqrt((axis * axis).sum(-1))
    angle = np.arctan2(sine, (a * b).sum(-1))
    return about(axis / np.maximum(sine, 1e-12)[:, None], angle)


def twist_between(a: Array, b: Array, near: Array) -> Array:
    """(n,) radians about their common y by which frames `b` are turned from `a`, within half a turn of `near`."""
    cosine, sine = (a[..., 0] * b[..., 0]).sum(-1), -(a[..., 2] * b[..., 0]).sum(-1)
    full = np.arctan2(sine, cosine)
    twist: Array = near + (full - near + np.pi) % (2 * np.pi) - np.pi
    return twist
