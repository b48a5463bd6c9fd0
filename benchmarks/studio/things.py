"""Things to stand in a room: boxes and cushions, a ball, furniture; metres."""

from collections.abc import Sequence

import cv2
import numpy as np

from benchmarks.studio.look import linear
from benchmarks.studio.mesh import Array, Mesh, Stuff
from benchmarks.studio.pieces import sphere


def box(
    middle: Sequence[float], size: Sequence[float], colour: Array, *, yaw: float = 0.0, stuff: Stuff = Stuff.MATTE
) -> Mesh:
    """A box (metres) turned by `yaw` degrees about the vertical."""
    corners: list[Array] = []
    quads: list[list[int]] = []
    out: list[Array] = []
    for axis in range(3):
        for sign in (-1, 1):
            first, second = (axis + 1) % 3, (axis + 2) % 3
            quads.append([len(corners) + k for k in range(4)])
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))[::sign]:
                corner = np.zeros(3)
                corner[[axis, first, second]] = sign, a, b
                corners.append(corner / 2)
                normal = np.zeros(3)
                normal[axis] = sign
                out.append(normal)
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    quad = np.array(quads)
    points = np.array(corners) * size
    triangles = np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]])
    tints = np.tile(colour, (len(points), 1))
    kind = np.full(len(triangles), stuff, np.uint8)
    return Mesh(points @ turn.T + middle, triangles, tints, kind, points, np.array(out) @ turn.T)


def rounded(
    middle: Sequence[float], size: Sequence[float], colour: Array, *, power: float = 0.35, stuff: Stuff = Stuff.CLOTH
) -> Mesh:
    """A cushion: between a box (power 0) and an ellipsoid (power 1)."""
    points, triangles = sphere(14, 22)
    bent = np.sign(points) * np.abs(points) ** power
    placed = bent / np.abs(bent).max(axis=0) * np.asarray(size) / 2 + middle
    return Mesh(placed, triangles, np.tile(colour, (len(points), 1)), np.full(len(triangles), stuff, np.uint8), placed)


def ball_mesh(ball: tuple[float, float, float, float, float], colour: Array) -> Mesh:
    """A stability ball: middle, half width, half height in metres."""
    points, triangles = sphere(40, 64)
    placed = points * [ball[3], ball[4], ball[3]] + ball[:3]
    rings = 0.93 + 0.07 * (np.abs(np.sin(points[:, :1] * 40)) > 0.25)
    kind = np.full(len(triangles), Stuff.PLASTIC, np.uint8)
    return Mesh(placed, triangles, np.tile(colour, (len(points), 1)) * rings, kind, points, points)


def sofa(x: float, z: float, yaw: float, colour: Array) -> list[Mesh]:
    """A sofa with its back to the wall behind it."""
    parts = [
        ((0, 0.22, 0), (1.9, 0.30, 0.85)),
        ((0, 0.55, -0.34), (1.9, 0.55, 0.22)),
        ((-0.9, 0.38, 0), (0.20, 0.42, 0.85)),
        ((0.9, 0.38, 0), (0.20, 0.42, 0.85)),
        ((-0.42, 0.43, 0.06), (0.82, 0.16, 0.66)),
        ((0.42, 0.43, 0.06), (0.82, 0.16, 0.66)),
    ]
    return [
        placed_at(rounded(middle, size, colour * (0.9 + 0.05 * (i % 3)), power=0.18), x, z, yaw)
        for i, (middle, size) in enumerate(parts)
    ]


def table(x: float, z: float, yaw: float, colour: Array) -> list[Mesh]:
    """A low table."""
    legs = [((sx * 0.42, 0.2, sz * 0.22), (0.05, 0.4, 0.05)) for sx in (-1, 1) for sz in (-1, 1)]
    return [placed_at(box(m, s, colour), x, z, yaw) for m, s in [((0, 0.42, 0), (1.0, 0.05, 0.55)), *legs]]


def shelf(x: float, z: float, yaw: float, colour: Array, rng: np.random.Generator) -> list[Mesh]:
    """A shelf with books."""
    parts = [box((0, 0.02 + 0.36 * k, 0), (0.9, 0.03, 0.28), colour) for k in range(6)]
    parts += [box((side * 0.44, 0.92, 0), (0.03, 1.83, 0.28), colour) for side in (-1, 1)]
    for k in range(5):
        along = -0.40
        while along < 0.34:
            thick, high = rng.uniform(0.02, 0.05), rng.uniform(0.18, 0.29)
            if rng.random() < 0.85:
                parts.append(
                    box(
                        (along, 0.036 + 0.36 * k + high / 2, 0.0), (thick * 0.94, high, 0.2), rng.uniform(0.03, 0.45, 3)
                    )
                )
            along += thick
    return [placed_at(part, x, z, yaw) for part in parts]


def plant(x: float, z: float, rng: np.random.Generator) -> list[Mesh]:
    """A pot with leaves."""
    parts = [rounded((x, 0.17, z), (0.32, 0.34, 0.32), linear("#9a5b3c"), power=0.6, stuff=Stuff.MATTE)]
    points, triangles = sphere(6, 8)
    for _ in range(22):
        way = rng.normal(size=3) * [1, 0.5, 1] + [0, 1.0, 0]
        way /= np.linalg.norm(way)
        leaf = points * [0.035, 0.22, 0.012]
        turn = cv2.Rodrigues(np.cross([0, 1, 0], way) * np.arccos(way[1]) / max(np.hypot(way[0], way[2]), 1e-6))[0]
        placed = leaf @ turn.T + np.array([x, 0.38, z]) + way * rng.uniform(0.15, 0.5)
        tint = np.tile(linear("#3f6b35") * rng.uniform(0.6, 1.3), (len(points), 1))
        parts.append(Mesh(placed, triangles, tint, np.full(len(triangles), Stuff.MATTE, np.uint8), placed))
    return parts


def placed_at(mesh: Mesh, x: float, z: float, yaw: float) -> Mesh:
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    out = None if mesh.normals is None else mesh.normals @ turn.T
    return Mesh(mesh.vertices @ turn.T + [x, 0, z], mesh.triangles, mesh.colours, mesh.stuff, mesh.pattern, out)
