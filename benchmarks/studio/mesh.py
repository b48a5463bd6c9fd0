"""Triangles ready to be drawn, and their smooth normals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.studio.compiled import compiled

Array = NDArray[Any]


class Stuff(IntEnum):
    """How a surface takes light."""

    MATTE = 0
    SKIN = 1
    CLOTH = 2
    HAIR = 3
    PLASTIC = 4
    EYE = 5
    GLOW = 6


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles ready to be drawn; n vertices, m triangles."""

    vertices: Array
    """(n, 3) metres in the world"""
    triangles: Array
    """(m, 3) int32, counter-clockwise seen from outside"""
    colours: Array
    """(n, 3) linear light that the surface gives back, 0 to 1"""
    stuff: Array
    """(m,) uint8 of `Stuff`"""
    pattern: Array
    """(n, 3): places in the pattern of the stuff, which must not swim when the body moves"""
    normals: Array | None = None
    """(n, 3), or None to take them from the triangles"""


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of several."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    return Mesh(
        np.concatenate([m.vertices for m in meshes]).astype(np.float32),
        np.concatenate([m.triangles + start for m, start in zip(meshes, starts, strict=False)]).astype(np.int32),
        np.concatenate([m.colours for m in meshes]).astype(np.float32),
        np.concatenate([m.stuff for m in meshes]).astype(np.uint8),
        np.concatenate([m.pattern for m in meshes]).astype(np.float32),
        np.concatenate([m.normals if m.normals is not None else normals(m) for m in meshes]).astype(np.float32),
    )


def normals(mesh: Mesh) -> Array:
    """Smooth unit normals (n, 3)."""
    found: Array = _normals(
        np.ascontiguousarray(mesh.vertices, np.float32), np.ascontiguousarray(mesh.triangles, np.int32)
    )
    return found


@compiled
def _normals(points: Array, triangles: Array) -> Array:
    found = np.zeros_like(points)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t]
        u0, u1, u2 = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        v0, v1, v2 = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        n0, n1, n2 = u1 * v2 - u2 * v1, u2 * v0 - u0 * v2, u0 * v1 - u1 * v0
        for k in (a, b, c):
            found[k, 0] += n0
            found[k, 1] += n1
            found[k, 2] += n2
    for i in range(found.shape[0]):
        length = math.sqrt(found[i, 0] ** 2 + found[i, 1] ** 2 + found[i, 2] ** 2) + 1e-20
        found[i] /= length
    return found
