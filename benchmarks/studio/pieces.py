"""Parts of a figure at rest: cut from a body, carried by its bones, and how each is drawn."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.studio.body import Body
from benchmarks.studio.mesh import Array, Mesh, Stuff
from benchmarks.studio.sewing import cut

ARM: Final = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
HEAD: Final = (
    *("head", "jaw", "special", "oculi", "oris", "levator", "temporal", "risorius", "tongue", "orbicularis", "eye"),
    *("neck03",),
)
"""How the names of the bones of arms and head begin."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of the figure at rest: n points, their weights on the bones, and how it is drawn."""

    points: Array
    triangles: Array
    weights: csr_array
    colours: Array
    stuff: Stuff


def mesh_of(piece: Piece, points: Array) -> Mesh:
    """The piece as triangles to draw, its points at `points` (n, 3) and without normals yet."""
    stuff = np.full(len(piece.triangles), piece.stuff, np.uint8)
    return Mesh(points, piece.triangles, piece.colours, stuff, piece.points, np.zeros_like(points))


def with_points(piece: Piece, points: Array) -> Piece:
    """The piece with its points elsewhere, (n, 3)."""
    return Piece(points, piece.triangles, piece.weights, piece.colours, piece.stuff)


def sphere(rings: int, around: int) -> tuple[Array, Array]:
    """A unit ball's points (n, 3) and triangles (m, 3)."""
    polar, turn = np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, around, endpoint=False)
    flat = np.sin(polar)[:, None] * np.ones(around)
    points = np.stack([flat * np.sin(turn), np.cos(polar)[:, None] * np.ones(around), flat * np.cos(turn)], axis=-1)
    i, j = (part.ravel() for part in np.mgrid[0 : rings - 1, 0:around])
    a, b = i * around + j, i * around + (j + 1) % around
    triangles = np.concatenate([np.stack([a, a + around, b], 1), np.stack([b, a + around, b + around], 1)])
    return points.reshape(-1, 3), triangles.astype(np.int32)


def bones_of(body: Body, prefixes: tuple[str, ...]) -> list[int]:
    """The bones whose names begin so."""
    return [i for i, bone in enumerate(body.bones) if bone.startswith(prefixes)]


def carried_by(body: Body, bones: list[int]) -> Array:
    """(v,) how much of each vertex these bones carry, 0 to 1."""
    share: Array = np.asarray(body.weights[:, bones].sum(axis=1)).ravel()
    return share


def cut_from(body: Body, triangles: Array, inside: Array, colour: Array, stuff: Stuff) -> Piece:
    """The part of a body's triangles where `inside` (v,) is above 0."""
    mix, made = cut(triangles, inside)
    colours = np.tile(colour, (mix.shape[0], 1))
    return Piece(mix @ body.vertices, made, csr_array(mix @ body.weights), colours, stuff)
