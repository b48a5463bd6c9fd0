"""Clothes, tight or loose, cut to a body.

A loose shirt hangs from the shoulder blades and the chest, so its outline does not follow the back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from benchmarks.studio.body import Body
from benchmarks.studio.head import Head
from benchmarks.studio.look import Look, linear
from benchmarks.studio.mesh import Array, Stuff, normals
from benchmarks.studio.pieces import ARM, HEAD, Piece, bones_of, carried_by, cut_from, mesh_of, with_points
from benchmarks.studio.sewing import Drape, edges_of, finer, rims_of, smoothed

TIGHT_GAP_M: Final = 0.004
MARGIN_M: Final = 0.03
"""Skin goes on under a tight hem for so far; a loose one can be looked into, so more is kept."""
LOOSE_MARGIN_M: Final = 0.10
LOOSE: Final = 0.25
"""A fit from which cloth hangs and falls; below it, it lies on the skin."""
UNDER_M: Final = 0.04
"""How far trousers go on under a shirt: enough to leave no gap, little enough not to show through."""


@dataclass(frozen=True, slots=True, eq=False)
class Loose:
    """What a loose piece needs to fall."""

    piece: Piece
    drape: Drape


class Clothes:
    """Where on a body each garment ends, and the pieces cut accordingly: with skin where there is none, and the head.

    The fields are metres inside an edge, for any points with their weights.
    """

    def __init__(self, body: Body, look: Look) -> None:
        self.body, self.look = body, look
        self.rng = np.random.default_rng(look.seed)
        self.scale = body.shape.height_m / 1.7
        top_fit = 0.0 if look.top == "crop" else look.top_fit  # a short top with nothing to hold it is worn tight
        self.fits = tuple(fit if fit >= LOOSE else 0.0 for fit in (look.bottom_fit, top_fit))
        self.tucked = self.fits[1] == 0  # a tight top goes into the trousers, a loose one hangs over them
        self.hem = self._hem()
        self._arm_bones = bones_of(body, ARM)
        self.arm = carried_by(body, self._arm_bones)
        self.head = carried_by(body, bones_of(body, HEAD))

    def _at(self, joint: str) -> Array:
        return np.asarray(self.body.joints[joint], float)

    def _hem(self) -> float:
        """Height of the top's lower edge at rest; far over the head where there is no top."""
        hip, long = self._at("left_hip")[1], 0.01 + 0.06 * self.look.top_fit
        low = {"crop": self._at("thoracic_9")[1] - 0.03 * self.scale, "tank": hip + 0.03 * self.scale}
        return 9.0 if self.look.top == "none" else float(low.get(self.look.top, hip - long * self.scale))

    # --- where things end ---------------------------------------------------------------------------------------------

    def top(self) -> Array:
        """Metres inside the top's edges, for every vertex of the body."""
        points = self.body.vertices
        sleeve = {"none": -1.0, "crop": -1.0, "tank": -1.0, "tee": 0.62 + 0.2 * self.look.top_fit, "long": 1.97}
        inside: Array = np.minimum(points[:, 1] - self.hem, self._collar())
        return np.minimum(inside, self._sleeve(sleeve[self.look.top]))

    def _collar(self) -> Array:
        """Metres outside an oval around the neck, larger for a sleeveless top."""
        open_ = 0.105 if self.look.top in ("crop", "tank") else 0.074
        off = self.body.vertices - (self._at("neck") + np.array([0, 0.012, 0.012]) * self.scale)
        off[:, 1] = np.minimum(1.35 * off[:, 1], 0)  # over the collar only the distance from the neck's axis counts
        oval: Array = np.linalg.norm(off, axis=1) - open_ * self.scale
        return np.where(self.head > 0.5, -1.0, oval)

    def _sleeve(self, sleeve: float) -> Array:
        """Metres inside a sleeve that ends `sleeve` upper arms down the arm; negative: no sleeve."""
        points = np.abs(self.body.vertices * [1, 0, 0]) + self.body.vertices * [0, 1, 1]
        shoulder, elbow, wrist = (self._at(f"left_{j}") for j in ("shoulder", "elbow", "wrist"))
        if sleeve < 0:
            edge: Array = shoulder[0] * 0.86 - points[:, 0]
            return np.where((points[:, 1] > shoulder[1] - 0.13 * self.scale) | (self.arm > 0.3), edge, 1.0)
        upper, lower = np.linalg.norm(elbow - shoulder), np.linalg.norm(wrist - elbow)
        along = (points - shoulder) @ (elbow - shoulder) / upper
        further = upper + (points - elbow) @ (wrist - elbow) / lower
        past = np.where((points - elbow) @ (elbow - shoulder) > 0, further, along)
        end = sleeve * upper if sleeve <= 1 else upper + (sleeve - 1) * lower
        return np.where(self.arm > 0.3, end - past, 1.0)

    def bottom(self) -> Array:
        """Metres inside the edges of what is worn below."""
        points, joints = self.body.vertices, self._at
        waist = joints("lumbar_3")[1] + 0.015 * self.scale
        thigh = joints("left_hip")[1] - joints("left_knee")[1]
        leg = {
            "briefs": joints("left_hip")[1] - 0.22 * thigh,
            "shorts": joints("left_knee")[1] + (0.42 - 0.2 * self.look.bottom_fit) * thigh,
            "capri": joints("left_knee")[1] - 0.16 * self.scale,
            "long": joints("left_ankle")[1] + 0.045 * self.scale,
        }[self.look.bottom]
        inside = np.minimum(waist - points[:, 1], points[:, 1] - leg)
        return np.where(self.arm > 0.3, -1.0, inside)

    def shoe(self) -> Array:
        """Metres inside the shoe's edge."""
        edge: Array = self._at("left_ankle")[1] + 0.012 * self.scale - self.body.vertices[:, 1]
        return edge

    # --- pieces -------------------------------------------------------------------------------------------------------

    def pieces(self) -> tuple[list[Piece], list[Loose]]:
        """The pieces that follow the bones, and those that also fall."""
        still = [self._bare(), *Head(self.body, self.look, self.rng).pieces()]
        loose = []
        top, colours = self.top(), (self.look.bottom_colour, self.look.top_colour)
        worn = (self.bottom() if self.tucked else np.minimum(self.bottom(), UNDER_M - top), top)
        hangs, gaps = (self._leg_hang, self._top_hang), (2, 1) if self.tucked else (1, 2)
        for inside, colour, fit, hang, gap in zip(worn, colours, self.fits, hangs, gaps, strict=True):
            if inside.max() <= 0:
                continue
            piece = self._sewn(inside, linear(colour), TIGHT_GAP_M * gap, fit > 0)
            if fit > 0:
                loose.append(self._hung(piece, fit, hang))
            else:
                still.append(piece)
        if self.look.shoes:
            still.append(self._shoes())
        return still, loose

    def _bare(self) -> Piece:
        """Skin wherever no cloth lies over it."""
        margin = [LOOSE_MARGIN_M if fit > 0 else MARGIN_M for fit in self.fits]
        hidden = (self.bottom() > margin[0]) | (self.top() > margin[1])
        if self.look.shoes:
            hidden |= self.shoe() > 0.008
        triangles = self.body.groups["skin"]
        shown = triangles[~hidden[triangles].all(axis=1)]
        colours = np.tile(linear(self.look.skin), (len(self.body.vertices), 1))
        lips = (0.65 * self.body.lips * (self.body.lips > 0.2))[:, None]
        colours = colours * (1 - lips) + lips * linear(self.look.skin) * [0.75, 0.45, 0.45]
        return self._taken(shown, colours, Stuff.SKIN)

    def _taken(self, triangles: Array, colours: Array, stuff: Stuff) -> Piece:
        used, renamed = np.unique(triangles, return_inverse=True)
        return Piece(
            self.body.vertices[used],
            renamed.reshape(-1, 3).astype(np.int32),
            csr_array(self.body.weights[used]),
            colours[used],
            stuff,
        )

    def _sewn(self, inside: Array, colour: Array, gap: float, fine: bool) -> Piece:
        """A garment cut from the close-fitting suit, a little outside of it, and less so under a shirt."""
        piece = cut_from(self.body, self.body.groups["suit"], inside, colour, Stuff.CLOTH)
        if fine:
            mix, made = finer(len(piece.points), piece.triangles)
            points = smoothed(mix @ piece.points, made, 2)
            piece = Piece(points, made, csr_array(mix @ piece.weights), mix @ piece.colours, piece.stuff)
        over = self._covered(piece.points) * (gap == TIGHT_GAP_M and not self.tucked)
        out = normals(mesh_of(piece, piece.points.astype(np.float32)))
        return with_points(piece, piece.points + gap * out * (1 - 0.9 * over[:, None]))

    def _covered(self, points: Array) -> Array:
        """How much trousers at these places lie under the top (n,), 0 to 1."""
        if self.tucked:
            return np.zeros(len(points))
        covered: Array = np.clip((points[:, 1] - self.hem) / 0.03 + 1, 0, 1)
        return covered

    def _hung(self, piece: Piece, fit: float, hang: Callable[[Piece, float], tuple[Array, csr_array, Array]]) -> Loose:
        points, weights, hold = hang(piece, fit)
        points = smoothed(points, piece.triangles, 3)
        hung = Piece(points, piece.triangles, weights, piece.colours, piece.stuff)
        edges = edges_of(hung.triangles)
        lengths = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        suit = self.body.vertices[np.unique(self.body.groups["suit"])]
        near = np.asarray(cKDTree(suit).query(piece.points, k=4)[1]).astype(np.int32)
        on_arm = np.asarray(piece.weights[:, self._arm_bones].sum(axis=1)).ravel() > 0.3
        gap = (0.010 if self.tucked else 0.006) - (0.005 * self._covered(points)).astype(np.float32)
        if hang == self._top_hang:  # a shirt lies over the trousers, and hardly between arm and trunk
            gap[~on_arm] = 0.010 + 0.018 * self.fits[0]
        under = np.where(on_arm, 0, 1).astype(np.float32)
        rims, held = rims_of(hung.triangles), hold.astype(np.float32)
        return Loose(hung, Drape(edges, lengths.astype(np.float32), rims, held, near, gap, under))

    def _top_hang(self, piece: Piece, fit: float) -> tuple[Array, csr_array, Array]:
        """The top as it hangs: from the widest place above, and carried by the chest and the pelvis alone."""
        points, scale = piece.points.astype(float), self.scale
        arm = np.asarray(piece.weights[:, self._arm_bones].sum(axis=1)).ravel()
        trunk = np.clip(1 - 2 * arm, 0, 1)
        armpit, hip = self._at("left_shoulder")[1] - 0.10 * scale, self._at("left_hip")[1]
        middle = np.array([0.0, 0.0, (self._at("left_shoulder")[2] + self._at("left_hip")[2]) / 2])
        off = (points - middle) * [1, 0, 1]
        radius = np.linalg.norm(off, axis=1)
        widest = _widest_above(
            points[:, 1], np.arctan2(off[:, 0], off[:, 2]), radius, (arm < 0.15) & (points[:, 1] < armpit)
        )
        low = np.clip((armpit + 0.06 * scale - points[:, 1]) / (armpit - hip), 0, 1)
        fold = 0.5 * np.sin(9 * np.arctan2(off[:, 0], off[:, 2]) + self.rng.uniform(0, 6)) * low**2
        more = (fit * (np.maximum(widest - radius, 0) * 1.0) + scale * fit * low * (0.022 + 0.008 * fold)) * trunk
        more = smoothed(more[:, None], piece.triangles, 8, rim=True)
        out = points + off / np.maximum(radius, 1e-6)[:, None] * more
        out += (1 - trunk)[:, None] * normals(mesh_of(piece, piece.points.astype(np.float32))) * 0.016 * fit * scale
        hold = np.clip(0.96 - 1.2 * low * fit - 0.25 * fit * (arm > 0.5), 0.08, 1)
        hold = np.where(points[:, 1] > self._at("left_shoulder")[1], np.maximum(hold, 0.9), hold)
        return out, self._bridged(piece, trunk * min(1.0, 1.4 * fit), armpit, hip), hold

    def _bridged(self, piece: Piece, share: Array, high: float, low: float) -> csr_array:
        """Weights in which `share` of each point is carried by the chest and the pelvis, and nothing in between."""
        fall = np.clip((high - piece.points[:, 1]) / (high - low), 0, 1)
        fall = fall * fall * (3 - 2 * fall)
        carried = np.zeros((len(share), len(self.body.bones)), np.float32)
        carried[:, self.body.bone("spine02")] = 1 - fall
        carried[:, self.body.bone("root")] = fall
        below = np.where(piece.points[:, 1] < high + 0.04, share, 0)[:, None]
        return csr_array(piece.weights.toarray() * (1 - below) + carried * below)

    def _leg_hang(self, piece: Piece, fit: float) -> tuple[Array, csr_array, Array]:
        """Wide trouser legs: further from the leg's middle, gathered at the waist and at a long leg's end."""
        points, scale = piece.points.astype(float), self.scale
        hip, knee, ankle = (self._at(f"left_{j}") for j in ("hip", "knee", "ankle"))
        side = np.sign(points[:, 0])
        share = np.clip((hip[1] - points[:, 1]) / (hip[1] - knee[1]), 0, 2)
        axis = np.where(
            share[:, None] < 1, hip + (knee - hip) * share[:, None], knee + (ankle - knee) * (share[:, None] - 1)
        )
        off = (points - axis * np.stack([side, np.ones_like(side), np.ones_like(side)], axis=1)) * [1, 0, 1]
        length = np.maximum(np.linalg.norm(off, axis=1), 1e-6)
        low = np.clip((hip[1] - 0.03 - points[:, 1]) / 0.12, 0, 1)
        gathered = np.clip((points[:, 1] - ankle[1] - 0.04) / 0.10, 0, 1) if self.look.bottom == "long" else 1.0
        outer = np.clip(0.45 + 0.55 * off[:, 0] * side / length, 0, 1)  # little room between the thighs
        more = fit * scale * low * gathered * (0.012 + 0.026 * outer) * (1 - self._covered(points))
        hold = np.clip(0.95 - 0.75 * low * fit * gathered, 0.15, 1)
        return points + off / length[:, None] * more[:, None], piece.weights, hold

    def _shoes(self) -> Piece:
        """Shoes over the suit's feet; their soles add no height, so that contact with the floor stays where it was."""
        piece = cut_from(
            self.body, self.body.groups["suit"], self.shoe(), linear(self.look.shoes or "#000000"), Stuff.CLOTH
        )
        out = normals(mesh_of(piece, piece.points.astype(np.float32)))
        points = smoothed(piece.points + 0.011 * self.scale * out, piece.triangles, 3)
        floor = self.body.vertices[np.unique(self.body.faces), 1].min()
        points[:, 1] = np.maximum(points[:, 1], floor)
        colours = np.where((points[:, 1] < floor + 0.018)[:, None], linear("#dcdad4"), piece.colours)
        return Piece(points, piece.triangles, piece.weights, colours, piece.stuff)


def _widest_above(height: Array, angle: Array, radius: Array, counts: Array) -> Array:
    """For each point the largest radius (n,) of those that count, in its direction and above it."""
    sectors = 40
    sector = ((angle + np.pi) / (2 * np.pi) * sectors).astype(int) % sectors
    order = np.argsort(-height)
    widest = np.zeros(len(radius))
    best = np.zeros(sectors)
    for i in order:
        if counts[i]:
            best[sector[i]] = max(best[sector[i]], radius[i])
        around = [best[(sector[i] + step) % sectors] for step in (-2, -1, 0, 1, 2)]
        widest[i] = max(best[sector[i]], float(np.mean(around)))
    return np.where(counts, widest, 0.0)
