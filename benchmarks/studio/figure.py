"""A person to look at: a body with skin, hair and clothes, tight or loose, that takes the poses of its bones.

A loose shirt hangs from the shoulder blades and the chest, so its outline does not follow the back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.sparse import csr_array, vstack

from benchmarks.studio.body import Body, blended
from benchmarks.studio.breathing import swelling
from benchmarks.studio.clothes import Clothes
from benchmarks.studio.look import Look
from benchmarks.studio.mesh import Array, Mesh, joined, normals
from benchmarks.studio.pieces import mesh_of
from benchmarks.studio.sewing import fallen


@dataclass(frozen=True, slots=True)
class Support:
    """A ball (its middle, half width, half height), and level tops of things: each from x, to x, from z, to z, height,
    metres; or nothing but the floor.
    """

    ball: tuple[float, float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0, 0.0))
    tops: tuple[tuple[float, float, float, float, float], ...] = ()


class Figure:
    """One dressed person."""

    def __init__(self, body: Body, look: Look) -> None:
        self.body, self.look = body, look
        pieces, loose = Clothes(body, look).pieces()
        self._loose = loose
        self._pieces = [*pieces, *(one.piece for one in loose)]
        self._weights = csr_array(vstack([piece.weights for piece in self._pieces]))
        self._still = joined([mesh_of(piece, piece.points) for piece in self._pieces])
        ends = np.cumsum([0, *(len(piece.points) for piece in self._pieces)])[-len(loose) - 1 :]
        self._loose_rows = [slice(*pair) for pair in pairwise(ends)]
        self._hand = [i for i, bone in enumerate(body.bones) if bone.startswith(("finger", "wrist", "lowerarm"))]
        suit = np.unique(body.groups["suit"])
        self._suit, self._suit_triangles = suit, np.searchsorted(suit, body.groups["suit"]).astype(np.int32)
        self._suit_weights = csr_array(body.weights[suit])
        self._swells = swelling(body, self._still.vertices, self._weights).astype(np.float32)
        self._suit_swells = swelling(body, body.vertices[suit], self._suit_weights).astype(np.float32)

    def posed(self, transforms: Array, support: Support | None = None, breath_m: float = 0.0) -> Mesh:
        """The figure in the pose of the bones' transforms (b, 4, 4), as `body.skin` takes them, its belly risen by
        `breath_m` metres.
        """
        support = support or Support()
        ball = np.array(support.ball, np.float32)
        points = self._carried(transforms, breath_m)
        if self._loose:
            skin, normal = self._skin(transforms, breath_m)
            hands = self._hands(transforms)
            for rows, one in zip(self._loose_rows, self._loose, strict=True):
                points[rows] = fallen(points[rows], one.drape, skin, normal, hands, ball)
        _pressed(points, ball)
        _flattened(points, support.tops)
        still = self._still
        bare = Mesh(points, still.triangles, still.colours, still.stuff, still.pattern)
        return Mesh(points, still.triangles, still.colours, still.stuff, still.pattern, normals(bare))

    def moved(self, mesh: Mesh, before: Array, after: Array) -> Array:
        """The vertices (n, 3) of a figure posed by `before` when the bones have moved on a little, to `after`: cloth
        goes with the bones in the time that a shutter is open, and falls anew for the next picture.
        """
        moved: Array = mesh.vertices + self._carried(after) - self._carried(before)
        return moved

    def _carried(self, transforms: Array, breath_m: float = 0.0) -> Array:
        """Every point (n, 3) float32 where the bones take it."""
        at_rest = self._still.vertices + breath_m * self._swells if breath_m else self._still.vertices
        return np.ascontiguousarray(blended(self._weights, at_rest, transforms), np.float32)

    def _hands(self, transforms: Array) -> Array:
        """Places in the hands and forearms (h, 3), which press loose cloth down where they lie on it."""
        turn, shift = transforms[self._hand, :3, :3], transforms[self._hand, :3, 3]
        head, tail = self.body.heads[self._hand], self.body.tails[self._hand]
        places = [np.einsum("hij,hj->hi", turn, head + (tail - head) * share) + shift for share in (0, 0.5, 1)]
        return np.concatenate(places).astype(np.float32)

    def _skin(self, transforms: Array, breath_m: float) -> tuple[Array, Array]:
        at_rest = self.body.vertices[self._suit] + np.float32(breath_m) * self._suit_swells
        points = blended(self._suit_weights, at_rest, transforms).astype(np.float32)
        mesh = Mesh(points, self._suit_triangles, points, np.zeros(len(self._suit_triangles)), points)
        return points, normals(mesh)


def _pressed(points: Array, ball: Array) -> None:
    """Flesh and cloth give way to the floor and the ball."""
    if ball[3] > 0:
        off = (points - ball[:3]) / np.array([ball[3], ball[4], ball[3]], np.float32)
        inside = np.sqrt((off * off).sum(axis=1))
        deep = (inside < 1.003) & (inside > 1e-6)
        points[deep] = ball[:3] + (points[deep] - ball[:3]) * (1.003 / inside[deep])[:, None]
    np.maximum(points[:, 1], 0.002, out=points[:, 1])


FLAT_M: Final = 0.05
"""Flesh and cloth that go so far into the top of a thing lie on it; what is deeper is beside or under it (ours)."""


def _flattened(points: Array, tops: Sequence[tuple[float, float, float, float, float]]) -> None:
    """Flesh and cloth give way to the tops of tables and chairs."""
    for left, right, back, front, height in tops:
        over = (points[:, 0] > left) & (points[:, 0] < right) & (points[:, 2] > back) & (points[:, 2] < front)
        over &= (points[:, 1] < height + 0.002) & (points[:, 1] > height - FLAT_M)
        points[over, 1] = height + 0.002


def placed(transforms: Array, x: float, z: float, yaw: float) -> Array:
    """Transforms (b, 4, 4) of a pose moved over the floor and turned by `yaw` degrees towards +x."""
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    move = np.array([[c, 0, s, x], [0, 1, 0, 0], [-s, 0, c, z], [0, 0, 0, 1.0]])
    moved: Array = move @ transforms
    return moved
