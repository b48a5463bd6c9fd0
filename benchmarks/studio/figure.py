"""A person to look at: a body with skin, hair and clothes, tight or loose, that takes the poses of its bones.

A loose shirt hangs from the shoulder blades and the chest, so its outline does not follow the back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from scipy.spatial import cKDTree

from benchmarks.studio.body import Body, Shape, blended
from benchmarks.studio.raster import Mesh, Stuff, joined, normals
from benchmarks.studio.sewing import Drape, cut, edges_of, fallen, finer, rims_of, smoothed

Array = NDArray[Any]
Colour = tuple[float, float, float]
Top = Literal["none", "crop", "tank", "tee", "long"]
Bottom = Literal["briefs", "shorts", "capri", "long"]
Hair = Literal["bald", "cropped", "short", "bun", "ponytail"]

SKINS: Final = ("#f1cdb4", "#e3b395", "#d39c78", "#b97f5a", "#94603f", "#6f452d", "#4c2f20")
HAIRS: Final = ("#17120f", "#2a1a10", "#4a2f1c", "#6d4a2b", "#a07a45", "#8c8680", "#c9c4bd")
CLOTHS: Final = (
    *("#23262b", "#2f3b52", "#3b6ea5", "#7f8a93", "#b8bcc0", "#e8e6e0"),
    *("#8c2f39", "#3d6b4f", "#c7743a", "#5b4a7d", "#d6b84a", "#4aa3a2"),
)
TIGHT_GAP_M: Final = 0.004
MARGIN_M: Final = 0.03
"""Skin goes on under a tight hem for so far; a loose one can be looked into, so more is kept."""
LOOSE_MARGIN_M: Final = 0.10
LOOSE: Final = 0.25
"""A fit from which cloth hangs and falls; below it, it lies on the skin."""
UNDER_M: Final = 0.04
"""How far trousers go on under a shirt: enough to leave no gap, little enough not to show through."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wears and looks like. Colours as `#rrggbb`; fits from 0, skin-tight, to 1, loose."""

    skin: str = SKINS[1]
    hair: Hair = "short"
    hair_colour: str = HAIRS[1]
    top: Top = "tee"
    top_colour: str = CLOTHS[2]
    top_fit: float = 0.4
    bottom: Bottom = "long"
    bottom_colour: str = CLOTHS[0]
    bottom_fit: float = 0.1
    shoes: str | None = None
    """Colour, or None for bare feet."""
    seed: int = 0


def linear(colour: str) -> Array:
    """Linear light (3,) of `#rrggbb`."""
    parts: Array = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]) ** 2.2
    return parts


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of the figure at rest: n points, their weights on the bones, and how it is drawn."""

    points: Array
    triangles: Array
    weights: csr_array
    colours: Array
    stuff: Stuff


@dataclass(frozen=True, slots=True, eq=False)
class Loose:
    """What a loose piece needs to fall."""

    piece: Piece
    drape: Drape


@dataclass(frozen=True, slots=True)
class Support:
    """A ball (its middle, half width, half height), or nothing but the floor."""

    ball: tuple[float, float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0, 0.0))


class Figure:
    """One dressed person."""

    def __init__(self, body: Body, look: Look) -> None:
        self.body, self.look = body, look
        pieces, loose = Plan(body, look).pieces()
        self._loose = loose
        self._pieces = [*pieces, *(one.piece for one in loose)]
        self._weights = csr_array(vstack([piece.weights for piece in self._pieces]))
        self._still = joined([_mesh(piece, piece.points) for piece in self._pieces])
        ends = np.cumsum([0, *(len(piece.points) for piece in self._pieces)])[-len(loose) - 1 :]
        self._loose_rows = [slice(*pair) for pair in pairwise(ends)]
        self._hand = [i for i, bone in enumerate(body.bones) if bone.startswith(("finger", "wrist", "lowerarm"))]
        suit = np.unique(body.groups["suit"])
        self._suit, self._suit_triangles = suit, np.searchsorted(suit, body.groups["suit"]).astype(np.int32)
        self._suit_weights = csr_array(body.weights[suit])

    def posed(self, transforms: Array, support: Support | None = None) -> Mesh:
        """The figure in the pose of the bones' transforms (b, 4, 4), as `body.skin` takes them."""
        ball = np.array((support or Support()).ball, np.float32)
        points = self._carried(transforms)
        if self._loose:
            skin, normal = self._skin(transforms)
            hands = self._hands(transforms)
            for rows, one in zip(self._loose_rows, self._loose, strict=True):
                points[rows] = fallen(points[rows], one.drape, skin, normal, hands, ball)
        _pressed(points, ball)
        still = self._still
        bare = Mesh(points, still.triangles, still.colours, still.stuff, still.pattern)
        return Mesh(points, still.triangles, still.colours, still.stuff, still.pattern, normals(bare))

    def moved(self, mesh: Mesh, before: Array, after: Array) -> Array:
        """The vertices (n, 3) of a figure posed by `before` when the bones have moved on a little, to `after`: cloth
        goes with the bones in the time that a shutter is open, and falls anew for the next picture.
        """
        moved: Array = mesh.vertices + self._carried(after) - self._carried(before)
        return moved

    def _carried(self, transforms: Array) -> Array:
        """Every point (n, 3) float32 where the bones take it."""
        return np.ascontiguousarray(blended(self._weights, self._still.vertices, transforms), np.float32)

    def _hands(self, transforms: Array) -> Array:
        """Places in the hands and forearms (h, 3), which press loose cloth down where they lie on it."""
        turn, shift = transforms[self._hand, :3, :3], transforms[self._hand, :3, 3]
        head, tail = self.body.heads[self._hand], self.body.tails[self._hand]
        places = [np.einsum("hij,hj->hi", turn, head + (tail - head) * share) + shift for share in (0, 0.5, 1)]
        return np.concatenate(places).astype(np.float32)

    def _skin(self, transforms: Array) -> tuple[Array, Array]:
        points = blended(self._suit_weights, self.body.vertices[self._suit], transforms).astype(np.float32)
        mesh = Mesh(points, self._suit_triangles, points, np.zeros(len(self._suit_triangles)), points)
        return points, normals(mesh)


def _mesh(piece: Piece, points: Array) -> Mesh:
    stuff = np.full(len(piece.triangles), piece.stuff, np.uint8)
    return Mesh(points, piece.triangles, piece.colours, stuff, piece.points, np.zeros_like(points))


def _pressed(points: Array, ball: Array) -> None:
    """Flesh and cloth give way to the floor and the ball."""
    if ball[3] > 0:
        off = (points - ball[:3]) / np.array([ball[3], ball[4], ball[3]], np.float32)
        inside = np.sqrt((off * off).sum(axis=1))
        deep = (inside < 1.003) & (inside > 1e-6)
        points[deep] = ball[:3] + (points[deep] - ball[:3]) * (1.003 / inside[deep])[:, None]
    np.maximum(points[:, 1], 0.002, out=points[:, 1])


class Plan:
    """Where on a body each garment and the hair end, and the pieces cut accordingly.

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
        self._arm_bones = [i for i, b in enumerate(body.bones) if b.startswith(_ARM)]
        self._head_bones = [i for i, b in enumerate(body.bones) if b.startswith(_HEAD)]
        self.arm = self._share(self._arm_bones)
        self.head = self._share(self._head_bones)

    def _share(self, bones: list[int]) -> Array:
        share: Array = np.asarray(self.body.weights[:, bones].sum(axis=1)).ravel()
        return share

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
        still = [self._bare(), *self._eyes(), *self._brows(), *self._hair()]
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

    def _cut(self, triangles: Array, inside: Array, colour: Array, stuff: Stuff) -> Piece:
        mix, made = cut(triangles, inside)
        colours = np.tile(colour, (mix.shape[0], 1))
        return Piece(mix @ self.body.vertices, made, csr_array(mix @ self.body.weights), colours, stuff)

    def _sewn(self, inside: Array, colour: Array, gap: float, fine: bool) -> Piece:
        """A garment cut from the close-fitting suit, a little outside of it, and less so under a shirt."""
        piece = self._cut(self.body.groups["suit"], inside, colour, Stuff.CLOTH)
        if fine:
            mix, made = finer(len(piece.points), piece.triangles)
            points = smoothed(mix @ piece.points, made, 2)
            piece = Piece(points, made, csr_array(mix @ piece.weights), mix @ piece.colours, piece.stuff)
        over = self._covered(piece.points) * (gap == TIGHT_GAP_M and not self.tucked)
        out = normals(_mesh(piece, piece.points.astype(np.float32)))
        return _moved(piece, piece.points + gap * out * (1 - 0.9 * over[:, None]))

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
        out += (1 - trunk)[:, None] * normals(_mesh(piece, piece.points.astype(np.float32))) * 0.016 * fit * scale
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
        piece = self._cut(self.body.groups["suit"], self.shoe(), linear(self.look.shoes or "#000000"), Stuff.CLOTH)
        out = normals(_mesh(piece, piece.points.astype(np.float32)))
        points = smoothed(piece.points + 0.011 * self.scale * out, piece.triangles, 3)
        floor = self.body.vertices[np.unique(self.body.faces), 1].min()
        points[:, 1] = np.maximum(points[:, 1], floor)
        colours = np.where((points[:, 1] < floor + 0.018)[:, None], linear("#dcdad4"), piece.colours)
        return Piece(points, piece.triangles, piece.weights, colours, piece.stuff)

    # --- head ---------------------------------------------------------------------------------------------------------

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
        white = self._cut(self.body.groups["eyes"], -inside, np.full(3, 0.62), Stuff.EYE)
        iris = self._cut(self.body.groups["eyes"], inside, linear("#3a2618"), Stuff.EYE)
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
        inside = np.where((self.head > 0.5) & (off[:, 2] > -0.02), inside, -1.0)
        colour = 0.6 * linear(self.look.hair_colour) + 0.15 * linear(self.look.skin)
        piece = self._cut(self.body.groups["skin"], inside, colour, Stuff.HAIR)
        return [_moved(piece, piece.points + np.array([0, 0, 0.0012]))]

    def _hair(self) -> list[Piece]:
        if self.look.hair == "bald":
            return []
        thick = {"cropped": 0.005, "short": 0.016, "bun": 0.009, "ponytail": 0.010}[self.look.hair] * self.scale
        inside = self._hairline()
        mix, made = cut(self.body.groups["skin"], inside)
        deep = np.clip((mix @ inside) / (0.045 * self.scale), 0, 1)
        colours = np.tile(linear(self.look.hair_colour), (mix.shape[0], 1)) * (0.8 + 0.3 * deep[:, None])
        piece = Piece(mix @ self.body.vertices, made, csr_array(mix @ self.body.weights), colours, Stuff.HAIR)
        out = normals(_mesh(piece, smoothed(piece.points, made, 6).astype(np.float32)))
        # hair grows out of nothing at its edge: no rim like a helmet's
        lift = 0.0012 + thick * deep**0.7 * (0.85 + 0.3 * self.rng.random(len(deep)))
        grown = smoothed(piece.points + out * lift[:, None], made, 1)
        cap = _moved(piece, grown)
        return [cap, *self._tied(cap)]

    def _hairline(self) -> Array:
        """Metres inside the hair's edge: high over the forehead, in front of and behind the ears, low on the nape."""
        points = self.body.vertices
        eye = self._eye_points().mean(axis=0)
        back, up = (eye[2] - points[:, 2]) / self.scale, (points[:, 1] - eye[1]) / self.scale
        line = np.interp(back, *_HAIRLINE)
        wave = 0.003 * np.sin(points[:, 0] * 260 + 3 * self.rng.random()) + 0.002 * np.sin(points[:, 0] * 610)
        inside = (up - line + wave) * self.scale
        return np.where((self.head > 0.5) & (np.arange(len(points)) < self._skin_end()), inside, -1.0)

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


_ARM: Final = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
_HEAD: Final = (
    *("head", "jaw", "special", "oculi", "oris", "levator", "temporal", "risorius", "tongue", "orbicularis", "eye"),
    *("neck03",),
)
_HAIRLINE: Final = (
    (-0.03, 0.020, 0.040, 0.052, 0.062, 0.075, 0.105, 0.118, 0.135, 0.20),
    (0.066, 0.056, 0.028, -0.012, 0.010, 0.022, 0.020, -0.030, -0.062, -0.075),
)
"""How far behind the eyes, and how far above them the hair ends there: ours, by eye on the average head, metres."""


def _moved(piece: Piece, points: Array) -> Piece:
    return Piece(points, piece.triangles, piece.weights, piece.colours, piece.stuff)


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


def sphere(rings: int, around: int) -> tuple[Array, Array]:
    """A unit ball's points (n, 3) and triangles (m, 3)."""
    polar, turn = np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, around, endpoint=False)
    flat = np.sin(polar)[:, None] * np.ones(around)
    points = np.stack([flat * np.sin(turn), np.cos(polar)[:, None] * np.ones(around), flat * np.cos(turn)], axis=-1)
    i, j = (part.ravel() for part in np.mgrid[0 : rings - 1, 0:around])
    a, b = i * around + j, i * around + (j + 1) % around
    triangles = np.concatenate([np.stack([a, a + around, b], 1), np.stack([b, a + around, b + around], 1)])
    return points.reshape(-1, 3), triangles.astype(np.int32)


def stranger(rng: np.random.Generator) -> tuple[Shape, Look]:
    """Anybody: a shape and a look drawn at random."""
    sex = float(rng.choice([0.0, 1.0]) * 0.9 + rng.uniform(0, 0.1))
    man = sex > 0.5
    origin = rng.dirichlet([0.6, 0.6, 0.6])
    age = float(rng.triangular(25, 32, 75))
    shape = Shape(
        sex=sex,
        age_years=age,
        weight=float(np.clip(rng.normal(0.5, 0.16), 0.15, 0.95)),
        muscle=float(np.clip(rng.normal(0.55, 0.15), 0.2, 0.9)),
        height_m=float(np.clip(rng.normal(1.77 if man else 1.65, 0.07), 1.48, 2.0)),
        african=float(origin[0]),
        asian=float(origin[1]),
        **{
            name: float(np.clip(rng.normal(0, 0.25), -0.6, 0.6)) for name in ("belly", "seat", "hips", "thigh", "shank")
        },
    )
    dark = int(np.clip(round(float(origin @ [5.0, 2.0, 0.8]) + rng.normal(0, 0.8)), 0, len(SKINS) - 1))
    tops: tuple[Top, ...] = ("none", "tank", "tee", "tee", "long") if man else ("crop", "tank", "tee", "tee", "long")
    hairs: tuple[Hair, ...] = ("bald", "cropped", "short", "short") if man else ("short", "bun", "bun", "ponytail")
    grey = age > 55 and rng.random() < 0.7
    top_fit, bottom_fit = rng.choice([0.1, 0.45, 0.7, 1.0]), rng.choice([0.1, 0.1, 0.5, 0.9])
    look = Look(
        skin=SKINS[dark],
        hair=hairs[int(rng.integers(len(hairs)))],
        hair_colour=HAIRS[int(rng.integers(5, 7) if grey else rng.integers(0, 5 if dark < 3 else 2))],
        top=tops[int(rng.integers(len(tops)))],
        top_colour=CLOTHS[int(rng.integers(len(CLOTHS)))],
        top_fit=float(top_fit),
        bottom=("shorts", "capri", "long", "long")[int(rng.integers(4))],
        bottom_colour=CLOTHS[int(rng.integers(len(CLOTHS)))],
        bottom_fit=float(bottom_fit),
        shoes=None if rng.random() < 0.5 else CLOTHS[int(rng.integers(len(CLOTHS)))],
        seed=int(rng.integers(2**31)),
    )
    return shape, look


def placed(transforms: Array, x: float, z: float, yaw: float) -> Array:
    """Transforms (b, 4, 4) of a pose moved over the floor and turned by `yaw` degrees towards +x."""
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    move = np.array([[c, 0, s, x], [0, 1, 0, 0], [-s, 0, c, z], [0, 0, 0, 1.0]])
    moved: Array = move @ transforms
    return moved
