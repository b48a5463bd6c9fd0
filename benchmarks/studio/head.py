"""The head of a figure: eyes, brows and hair."""

from typing import Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.studio.body import Body
from benchmarks.studio.look import Look, linear
from benchmarks.studio.mesh import Array, Stuff, normals
from benchmarks.studio.pieces import HEAD, Piece, bones_of, carried_by, cut_from, mesh_of, sphere, with_points
from benchmarks.studio.sewing import cut, smoothed

_HAIRLINE: Final = (
    (-0.03, 0.020, 0.040, 0.052, 0.062, 0.075, 0.105, 0.118, 0.135, 0.20),
    (0.066, 0.056, 0.028, -0.012, 0.010, 0.022, 0.020, -0.030, -0.062, -0.075),
)
"""How far behind the eyes, and how far above them the hair ends there: ours, by eye on the average head, metres."""


class Head:
    """Eyes, brows and hair of one person."""

    def __init__(self, body: Body, look: Look, rng: np.random.Generator) -> None:
        self.body, self.look, self.rng = body, look, rng
        self.scale = body.shape.height_m / 1.7
        self.on_head = carried_by(body, bones_of(body, HEAD))

    def pieces(self) -> list[Piece]:
        """All of them."""
        return [*self._eyes(), *self._brows(), *self._hair()]

    def _eye_points(self) -> Array:
        """The middles of the left and the right eye (2, 3)."""
        points = self.body.vertices[np.unique(self.body.groups["eyes"])]
        return np.array([points[points[:, 0] * side > 0].mean(axis=0) for side in (1, -1)])

    def _eyes(self) -> list[Piece]:
        """White and iris."""
        middle = self._eye_points()
        off = self.body.vertices - np.where(self.body.vertices[:, :1] > 0, middle[0], middle[1])
        reach = np.linalg.norm(off * [1, 1, 0], axis=1)
        inside = np.where(off[:, 2] > 0, 0.0055 * self.scale - reach, -1.0)
        white = cut_from(self.body, self.body.groups["eyes"], -inside, np.full(3, 0.62), Stuff.EYE)
        iris = cut_from(self.body, self.body.groups["eyes"], inside, linear("#3a2618"), Stuff.EYE)
        return [white, iris]

    def _brows(self) -> list[Piece]:
        """Two thin patches above the eyes."""
        middle, points = self._eye_points(), self.body.vertices
        off = points - np.where(points[:, :1] > 0, middle[0], middle[1])
        out = off[:, 0] * np.sign(points[:, 0]) / self.scale
        curve = 0.0200 - 6.0 * (out - 0.007) ** 2
        across = 0.0034 - np.abs(off[:, 1] / self.scale - curve)
        inside = np.minimum(across, np.minimum(out + 0.016, 0.027 - out))
        inside = np.minimum(inside, np.abs(points[:, 0]) / self.scale - 0.011)
        inside = np.where((self.on_head > 0.5) & (off[:, 2] > -0.02), inside, -1.0)
        colour = 0.6 * linear(self.look.hair_colour) + 0.15 * linear(self.look.skin)
        piece = cut_from(self.body, self.body.groups["skin"], inside, colour, Stuff.HAIR)
        return [with_points(piece, piece.points + np.array([0, 0, 0.0012]))]

    def _hair(self) -> list[Piece]:
        if self.look.hair == "bald":
            return []
        thick = {"cropped": 0.005, "short": 0.016, "bun": 0.009, "ponytail": 0.010}[self.look.hair] * self.scale
        inside = self._hairline()
        mix, made = cut(self.body.groups["skin"], inside)
        deep = np.clip((mix @ inside) / (0.045 * self.scale), 0, 1)
        colours = np.tile(linear(self.look.hair_colour), (mix.shape[0], 1)) * (0.8 + 0.3 * deep[:, None])
        piece = Piece(mix @ self.body.vertices, made, csr_array(mix @ self.body.weights), colours, Stuff.HAIR)
        out = normals(mesh_of(piece, smoothed(piece.points, made, 6).astype(np.float32)))
        # hair grows out of nothing at its edge: no rim like a helmet's
        lift = 0.0012 + thick * deep**0.7 * (0.85 + 0.3 * self.rng.random(len(deep)))
        grown = smoothed(piece.points + out * lift[:, None], made, 1)
        cap = with_points(piece, grown)
        return [cap, *self._tied(cap)]

    def _hairline(self) -> Array:
        """Metres inside the hair's edge: high over the forehead, in front of and behind the ears, low on the nape."""
        points = self.body.vertices
        eye = self._eye_points().mean(axis=0)
        back, up = (eye[2] - points[:, 2]) / self.scale, (points[:, 1] - eye[1]) / self.scale
        line = np.interp(back, *_HAIRLINE)
        wave = 0.003 * np.sin(points[:, 0] * 260 + 3 * self.rng.random()) + 0.002 * np.sin(points[:, 0] * 610)
        inside = (up - line + wave) * self.scale
        return np.where((self.on_head > 0.5) & (np.arange(len(points)) < self._skin_end()), inside, -1.0)

    def _skin_end(self) -> int:
        return int(self.body.groups["skin"].max()) + 1

    def _tied(self, cap: Piece) -> list[Piece]:
        """A bun or a ponytail, high on the back of the head so that one can lie on it."""
        if self.look.hair not in ("bun", "ponytail"):
            return []
        size = np.array([0.034, 0.032, 0.034]) * self.scale
        top = cap.points[:, 1].max()
        back = cap.points[cap.points[:, 1] > top - 0.07 * self.scale]
        middle = np.array([0.0, top - 0.025 * self.scale, back[:, 2].min() + 0.018 * self.scale])
        points, triangles = sphere(12, 18)
        rough = 1 + 0.06 * np.sin(points @ np.array([9.0, 14.0, 5.0]))[:, None]
        parts = [(points * rough * size + middle, triangles)]
        if self.look.hair == "ponytail":
            drop = (1 - points[:, 1]) / 2
            tail = points * [0.022, 0.085, 0.020] * (1 - 0.35 * drop[:, None] * [1, 0, 1]) * self.scale
            tail += middle + np.array([0, -0.07, -0.03]) * self.scale
            parts = [(parts[0][0] * 0.6 + middle * 0.4, triangles), (tail, triangles)]
        return [self._on_head(*part) for part in parts]

    def _on_head(self, points: Array, triangles: Array) -> Piece:
        weights = np.zeros((len(points), len(self.body.bones)), np.float32)
        weights[:, self.body.bone("head")] = 1
        colours = np.tile(linear(self.look.hair_colour), (len(points), 1))
        return Piece(points, triangles, csr_array(weights), colours, Stuff.HAIR)
