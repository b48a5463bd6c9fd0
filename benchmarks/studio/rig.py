"""A body turned by the angles of its segments: forward kinematics over many moments at once.

Axes: x to the person's left, y up, z forward, metres, the floor at y = 0. A segment has a `pitch` in the sagittal plane
(0 points up, 90 forward, 180 down, 270 back), an `out` away from the body's middle and a `turn` outwards about itself,
all in degrees. Upright: trunk 0, thigh 180, shin 180, foot 90. On the back, head towards -z: trunk -90, legs 90. At
`out` 0 knee flexion is shin - thigh and the trunk-thigh angle is thigh - trunk. The trunk is the line from the middle
of the hip joints to the middle of the shoulder joints, whatever the spine between them does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.studio.body import Body

Array: TypeAlias = NDArray[Any]

SIDES: Final = ("left", "right")
SIGN: Final = {"left": 1.0, "right": -1.0}
SUFFIX: Final = {"left": ".L", "right": ".R"}
PARTS: Final = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot", "toes")
SEGMENTS: Final = ("trunk", "head", *(f"{side}_{part}" for part in PARTS for side in SIDES))
ROW: Final = {name: i for i, name in enumerate(SEGMENTS)}

_FOLLOWS: Final[dict[str, tuple[str, float]]] = {
    "upper_arm": ("trunk", 180),
    "forearm": ("upper_arm", 0),
    "hand": ("forearm", 0),
    "thigh": ("trunk", 180),
    "shin": ("thigh", 0),
    "foot": ("shin", -90),
    "toes": ("foot", 0),
}
"""Whose pitch a segment takes, plus how much, when it is given none itself."""

SPINE: Final = {"root": 1.0, "spine05": 0.8, "spine04": 0.45, "spine03": 0.15, "spine02": 0.0, "spine01": 0.0}
"""Share of the lordosis by which a bone is pitched forward of the chest: it is spread over the lumbar bones (ours)."""

_NECK: Final = {"neck01": 0.2, "neck02": 0.4, "neck03": 0.65, "head": 1.0}
"""How far each bone of the neck has turned from the chest to the head (ours)."""

_RAISED_FROM, _RAISED_BY, _RAISE = 50.0, 165.0, 42.0
"""The collar-bone rises by up to 42 deg while the arm goes from 50 to 165 deg (ours; a third of the whole, as in the
shoulder's rhythm of Inman 1944)."""

_STRAIGHT: Final = 0.15
"""Sine of the flexion at which the plane of a bent limb counts as much as its `turn` (ours)."""


@dataclass(slots=True, eq=False)
class Pose:
    """A body over n moments. `pitch`, `out`, `turn` (n, 16) degrees by `SEGMENTS`; `lordosis` (n,) degrees of bend
    between pelvis and chest, 0 as the body stands at rest, growing as the back arches; `root` (n, 3) metres, the middle
    of the hip joints.
    """

    pitch: Array
    out: Array
    turn: Array
    lordosis: Array
    root: Array

    def __len__(self) -> int:
        return len(self.root)

    def __getitem__(self, rows: slice | Array) -> "Pose":
        return Pose(self.pitch[rows], self.out[rows], self.turn[rows], self.lordosis[rows], self.root[rows])

    def of(self, segment: str) -> Array:
        """(n,) pitch of a segment in degrees: a view that can be written to."""
        column: Array = self.pitch[:, ROW[segment]]
        return column

    def aside(self, segment: str) -> Array:
        """(n,) out of a segment in degrees: a view that can be written to."""
        column: Array = self.out[:, ROW[segment]]
        return column

    def turned(self, segment: str) -> Array:
        """(n,) turn of a segment in degrees: a view that can be written to."""
        column: Array = self.turn[:, ROW[segment]]
        return column

    def copy(self) -> Self:
        return type(self)(*(a.copy() for a in (self.pitch, self.out, self.turn, self.lordosis, self.root)))


def posed(n: int, angles: Mapping[str, ArrayLike], *, lordosis: ArrayLike = 0.0, root: ArrayLike = 0.0) -> Pose:
    """A pose over n moments from angles by name, each a number or (n,).

    A name without a side means both; `_out` and `_turn` after a segment give its other two angles. What is not given
    follows its neighbour: the head the trunk, the rest of a limb its first segment, and the foot is square to the shin.
    """
    pitch, out, turn = (np.zeros((n, len(SEGMENTS))) for _ in range(3))
    for name in ("trunk", "head"):
        pitch[:, ROW[name]] = angles.get(name, angles["trunk"])
        out[:, ROW[name]], turn[:, ROW[name]] = angles.get(f"{name}_out", 0.0), angles.get(f"{name}_turn", 0.0)
    for side in SIDES:
        for part, (neighbour, more) in _FOLLOWS.items():
            row = ROW[f"{side}_{part}"]
            given = angles.get(f"{side}_{part}", angles.get(part))
            before = ROW["trunk" if neighbour == "trunk" else f"{side}_{neighbour}"]
            pitch[:, row] = pitch[:, before] + more if given is None else given
            for values, kind in ((out, "out"), (turn, "turn")):
                values[:, row] = angles.get(f"{side}_{part}_{kind}", angles.get(f"{part}_{kind}", 0.0))
    return Pose(pitch, out, turn, np.broadcast_to(np.asarray(lordosis, float), n).copy(), _root(n, root))


def _root(n: int, root: ArrayLike) -> Array:
    return np.broadcast_to(np.asarray(root, float), (n, 3)).copy()


def other(side: str) -> str:
    """The other side."""
    return SIDES[1 - SIDES.index(side)]


# --- small rotations --------------------------------------------------------------------------------------------------


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


def _about_x(degrees: Array) -> Array:
    a = np.radians(degrees)
    c, s, o, e = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    return np.stack([e, o, o, o, c, -s, o, s, c], -1).reshape(*a.shape, 3, 3)


def _about_z(degrees: Array) -> Array:
    a = np.radians(degrees)
    c, s, o, e = np.cos(a), np.sin(a), np.zeros_like(a), np.ones_like(a)
    return np.stack([c, -s, o, s, c, o, o, o, e], -1).reshape(*a.shape, 3, 3)


def _about(axis: Array, angle: Array) -> Array:
    """Turns by `angle` (n,) radians about unit axes (n, 3): (n, 3, 3)."""
    x, y, z = axis[:, 0], axis[:, 1], axis[:, 2]
    c, s = np.cos(angle), np.sin(angle)
    k = 1 - c
    rows = [c + k * x * x, k * x * y - s * z, k * x * z + s * y]
    rows += [k * x * y + s * z, c + k * y * y, k * y * z - s * x]
    rows += [k * x * z - s * y, k * y * z + s * x, c + k * z * z]
    return np.stack(rows, -1).reshape(-1, 3, 3)


def _turned(pitch: Array, out: Array, turn: Array) -> Array:
    """Frames of the trunk or the head: (n, 3, 3), the unit where all angles are 0."""
    p, o, t = np.radians(pitch), np.radians(out), np.radians(turn)
    cp, sp, co, so, ct, st = np.cos(p), np.sin(p), np.cos(o), np.sin(o), np.cos(t), np.sin(t)
    y = np.stack([so, co * cp, co * sp], -1)
    x0, z0 = np.stack([co, -so * cp, -so * sp], -1), np.stack([np.zeros_like(p), -sp, cp], -1)
    x = ct[:, None] * x0 - st[:, None] * z0
    return np.stack([x, y, np.cross(x, y)], -1)


def _hinge(pitch: Array, out: Array, turn: Array, sign: float) -> Array:
    """(n, 3) the axis about which a limb folds, for a segment of these angles."""
    p, o, t = np.radians(pitch), np.radians(sign * out), np.radians(-sign * turn)
    x0 = np.stack([np.cos(o), -np.sin(o) * np.cos(p), -np.sin(o) * np.sin(p)], -1)
    z0 = np.stack([np.zeros_like(p), -np.sin(p), np.cos(p)], -1)
    hinge: Array = np.cos(t)[:, None] * x0 - np.sin(t)[:, None] * z0
    return hinge


def _frame(hinge: Array, way: Array) -> Array:
    """(n, 3, 3) frames whose y is `way` and whose x is `hinge`, made square to it."""
    x = hinge - way * (hinge * way).sum(-1, keepdims=True)
    x = x / np.sqrt((x * x).sum(-1, keepdims=True))
    return np.stack([x, way, np.cross(x, way)], -1)


def _unit(v: Array) -> Array:
    unit: Array = v / np.sqrt((v * v).sum(-1, keepdims=True))
    return unit


def smooth(u: ArrayLike) -> Array:
    """The minimum-jerk ramp from 0 at u = 0 to 1 at u = 1."""
    u = np.clip(u, 0, 1)
    s: Array = u * u * u * (10 - 15 * u + 6 * u * u)
    return s


# --- the rig ----------------------------------------------------------------------------------------------------------


def _moving_bones() -> tuple[str, ...]:
    limbs = []
    for end in SUFFIX.values():
        arm = ["clavicle", "shoulder01", "upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist"]
        leg = ["upperleg01", "lowerleg01", "foot", *(f"toe{i}-1" for i in range(1, 6))]
        limbs += [f"{name}{end}" for name in arm + leg]
    return (*SPINE, *_NECK, *limbs)


MOVING: Final = _moving_bones()
"""The bones that have a turn of their own; every other bone goes with the nearest of them above it."""


_TWISTING: Final = tuple(
    (f"{limb}01{end}", f"{limb}02{end}") for limb in ("upperarm", "lowerarm") for end in SUFFIX.values()
)
"""Pairs of bones that share a limb's twist."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """k points fixed to the skin or to bones of the body at rest: which of the moving bones pull any of them (b,), and
    `weights` (4 b, k).
    """

    bones: Array
    weights: Array

    @classmethod
    def of(cls, weights: Array) -> Self:
        """From weights (m, 4, k) over all moving bones."""
        bones = np.flatnonzero(weights.any(axis=(1, 2)))
        return cls(bones, weights[bones].reshape(-1, weights.shape[2]))


class Rig:
    """Turns a body by `Pose`s. `matrices` holds what moves each moving bone, (n, m, 3, 4); all else is read off it."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self._index = {name: i for i, name in enumerate(MOVING)}
        bone = {name: i for i, name in enumerate(body.bones)}
        self._heads = np.stack([body.heads[bone[name]] for name in MOVING]).astype(float)
        self._pivots = self._heads.copy()
        for upper, lower in _TWISTING:
            # Turned about the limb's own line, from its start: so that the far joint stays on that line.
            self._pivots[self._index[lower]] = self._heads[self._index[upper]]
        self.carrier = self._carriers(bone)
        self._parents = [
            -1 if body.parents[bone[name]] < 0 else int(self.carrier[body.parents[bone[name]]]) for name in MOVING
        ]
        self._rest = self._rest_frames()
        self._middle_hips = (self.rest("upperleg01.L") + self.rest("upperleg01.R")) / 2
        self.thigh, self.shin, self.upper_arm, self.forearm = (
            float(np.linalg.norm(self.rest(b) - self.rest(a)))
            for a, b in (
                ("upperleg01.L", "lowerleg01.L"),
                ("lowerleg01.L", "foot.L"),
                ("upperarm01.L", "lowerarm01.L"),
                ("lowerarm01.L", "wrist.L"),
            )
        )
        self.half_hips = float(abs(self.rest("upperleg01.L")[0]))

    def _carriers(self, bone: Mapping[str, int]) -> Array:
        """(b,) which moving bone carries each bone of the body."""
        names, parents = self.body.bones, self.body.parents
        carriers = np.empty(len(names), int)
        for name, i in bone.items():
            j = i
            while names[j] not in self._index:
                if parents[j] < 0:
                    raise ValueError(f"no moving bone carries {name!r}")
                j = int(parents[j])
            carriers[i] = self._index[names[j]]
        return carriers

    def rest(self, bone: str) -> Array:
        """(3,) where a moving bone's joint lies while the body is at rest."""
        at: Array = self._heads[self._index[bone]]
        return at

    def _rest_frames(self) -> dict[str, Array]:
        """Frames of the limbs' bones at rest, by segment."""
        frames: dict[str, Array] = {}
        across = np.array([1.0, 0.0, 0.0])
        for side, end in SUFFIX.items():
            shoulder, elbow, wrist = (self.rest(f"{name}{end}") for name in ("upperarm01", "lowerarm01", "wrist"))
            hip, knee, ankle = (self.rest(f"{name}{end}") for name in ("upperleg01", "lowerleg01", "foot"))
            fold = -np.cross(elbow - shoulder, wrist - elbow)
            finger = self.body.heads[self.body.bones.index(f"finger3-1{end}")] - wrist
            toes = (self.body.joints[f"{side}_toe"] - self.body.joints[f"{side}_heel"]) * [1, 0, 1]
            ways = {"upper_arm": (elbow - shoulder, fold), "forearm": (wrist - elbow, fold), "hand": (finger, fold)}
            ways |= {"thigh": (knee - hip, across), "shin": (ankle - knee, across)}
            ways |= {"foot": (toes, across), "toes": (toes, across)}
            for part, (way, hinge) in ways.items():
                frames[f"{side}_{part}"] = _frame(hinge[None], _unit(np.asarray(way, float))[None])[0]
        return frames

    # --- what moves the bones ---

    def matrices(self, pose: Pose, *, limbs: bool = True) -> Array:
        """(n, m, 3, 4): what moves each of `MOVING` from rest; without `limbs` only the trunk is right."""
        n = len(pose)
        turns = np.zeros((n, len(MOVING), 3, 3))
        chest = self._trunk(pose, turns)
        self._neck(pose, chest, turns)
        for side in SIDES:
            self._arm(pose, side, turns, limbs=limbs)
            if limbs:
                self._leg(pose, side, turns)
        out = np.empty((n, len(MOVING), 3, 4))
        out[..., :3] = turns
        out[:, 0, :, 3] = pose.root - (turns[:, 0] @ self._middle_hips)
        for i, parent in enumerate(self._parents[1:], 1):
            out[:, i, :, 3] = out[:, parent, :, 3] + (turns[:, parent] - turns[:, i]) @ self._pivots[i]
        return out

    def _trunk(self, pose: Pose, turns: Array) -> Array:
        """Put the spine's turns; gives the chest's pitch in degrees, (n,)."""
        offset = self._trunk_offset(pose)
        frame = _turned(np.zeros(len(pose)), pose.out[:, 0], pose.turn[:, 0])
        base = pose.pitch[:, 0] - offset
        for name, share in SPINE.items():
            turns[:, self._index[name]] = _about_x(base + share * pose.lordosis) @ frame
        return base

    def _trunk_offset(self, pose: Pose) -> Array:
        """Pitch of the line from hips to shoulders over the chest's own, degrees, (n,): each bone of the spine adds
        its length, turned by its share of the lordosis; a raised collar-bone lifts the shoulders.
        """
        names = list(SPINE)
        joints = [self._middle_hips, *(self.rest(name) for name in names[1:])]
        total = np.zeros(len(pose), complex)
        for name, low, high in zip(names, joints, joints[1:], strict=False):
            total += complex(high[1] - low[1], high[2] - low[2]) * np.exp(1j * np.radians(SPINE[name] * pose.lordosis))
        for side in SIDES:
            step = self._shoulder_step(side, self._raise(pose, side)) / 2
            total += step[:, 1] + 1j * step[:, 2]
        return np.degrees(np.angle(total))

    def _shoulder_step(self, side: str, raised: Array) -> Array:
        """(n, 3) from the head of spine01 to the shoulder joint in the chest's frame, the collar-bone raised (deg)."""
        collar, blade, shoulder = (
            self.rest(f"{name}{SUFFIX[side]}") for name in ("clavicle", "shoulder01", "upperarm01")
        )
        first, both = _about_z(SIGN[side] * 0.6 * raised), _about_z(SIGN[side] * raised)
        step: Array = (collar - self.rest("spine01")) + first @ (blade - collar) + both @ (shoulder - blade)
        return step

    def _raise(self, pose: Pose, side: str) -> Array:
        """(n,) how far the collar-bone is raised, degrees, by the elevation of the arm."""
        row = ROW[f"{side}_upper_arm"]
        arm = towards(pose.pitch[:, row], pose.out[:, row], SIGN[side])
        trunk = towards(pose.pitch[:, 0], pose.out[:, 0])
        elevation = np.degrees(np.arccos(np.clip(-(arm * trunk).sum(-1), -1, 1)))
        return _RAISE * smooth((elevation - _RAISED_FROM) / (_RAISED_BY - _RAISED_FROM))

    def _neck(self, pose: Pose, chest: Array, turns: Array) -> None:
        start = (chest, pose.out[:, 0], pose.turn[:, 0])
        end = (pose.pitch[:, 1], pose.out[:, 1], pose.turn[:, 1])
        for name, share in _NECK.items():
            turns[:, self._index[name]] = _turned(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))

    def _arm(self, pose: Pose, side: str, turns: Array, *, limbs: bool) -> None:
        end, sign = SUFFIX[side], SIGN[side]
        chest, raised = turns[:, self._index["spine01"]], self._raise(pose, side)
        blade = chest @ _about_z(sign * raised)
        turns[:, self._index[f"clavicle{end}"]] = chest @ _about_z(sign * 0.6 * raised)
        turns[:, self._index[f"shoulder01{end}"]] = blade
        if not limbs:
            return
        upper, fore, hand = (self._way(pose, f"{side}_{part}") for part in ("upper_arm", "forearm", "hand"))
        rest = self._rest[f"{side}_upper_arm"]
        swung = _swing(blade @ rest[:, 1], upper) @ blade
        wanted = np.radians(-sign * pose.turn[:, ROW[f"{side}_upper_arm"]])
        default = _about(upper, wanted) @ swung @ rest
        hinge = _STRAIGHT * default[..., 0] - np.cross(upper, fore)
        twist = _twist(swung @ rest, _frame(hinge, upper), wanted)
        turns[:, self._index[f"upperarm01{end}"]] = _about(upper, 0.3 * twist) @ swung
        turns[:, self._index[f"upperarm02{end}"]] = _about(upper, 0.8 * twist) @ swung
        lower = _frame(hinge, fore) @ self._rest[f"{side}_forearm"].T
        roll = np.radians(-sign * pose.turn[:, ROW[f"{side}_hand"]])
        turns[:, self._index[f"lowerarm01{end}"]] = lower
        turns[:, self._index[f"lowerarm02{end}"]] = _about(fore, 0.6 * roll) @ lower
        rolled = _about(hand, roll) @ _swing(lower @ self._rest[f"{side}_hand"][:, 1], hand) @ lower
        turns[:, self._index[f"wrist{end}"]] = rolled

    def _leg(self, pose: Pose, side: str, turns: Array) -> None:
        end, row = SUFFIX[side], ROW[f"{side}_thigh"]
        thigh, shin = self._way(pose, f"{side}_thigh"), self._way(pose, f"{side}_shin")
        straight = _hinge(pose.pitch[:, row], pose.out[:, row], pose.turn[:, row], SIGN[side])
        hinge = _STRAIGHT * straight + np.cross(thigh, shin)
        turns[:, self._index[f"upperleg01{end}"]] = _frame(hinge, thigh) @ self._rest[f"{side}_thigh"].T
        turns[:, self._index[f"lowerleg01{end}"]] = _frame(hinge, shin) @ self._rest[f"{side}_shin"].T
        for part, bones in (("foot", ["foot"]), ("toes", [f"toe{i}-1" for i in range(1, 6)])):
            r = ROW[f"{side}_{part}"]
            turn = self.foot_turn(pose.pitch[:, r], pose.out[:, r], side, pose.turn[:, r])
            for bone in bones:
                turns[:, self._index[f"{bone}{end}"]] = turn

    def foot_turn(self, pitch: Array, out: Array, side: str, turn: ArrayLike = 0.0) -> Array:
        """(n, 3, 3) how a foot is turned from rest: pitch 90 is flat, `out` where its toes point; `turn` tips it."""
        sign = SIGN[side]
        across = _hinge(pitch, out, np.broadcast_to(np.asarray(turn, float), pitch.shape), sign)
        turned: Array = _frame(across, towards(pitch, out, sign)) @ self._rest[f"{side}_foot"].T
        return turned

    def _way(self, pose: Pose, segment: str) -> Array:
        row = ROW[segment]
        return towards(pose.pitch[:, row], pose.out[:, row], SIGN[segment.split("_", maxsplit=1)[0]])

    # --- what is read off them ---

    def transforms(self, matrices: Array) -> Array:
        """(n, b, 4, 4): what moves every bone of the body from rest."""
        full = np.zeros((len(matrices), len(self.carrier), 4, 4))
        full[:, :, :3] = matrices[:, self.carrier]
        full[:, :, 3, 3] = 1
        return full

    def fixed(self, places: Mapping[str, tuple[str, Array]]) -> Points:
        """Points fixed to bones: name -> (moving bone, (3,) place at rest)."""
        weights = np.zeros((len(MOVING), 4, len(places)))
        for k, (bone, place) in enumerate(places.values()):
            weights[self._index[bone], :, k] = [*place, 1.0]
        return Points.of(weights)

    def skinned(self, vertices: Array, weights: Array) -> Points:
        """Points of the skin: `vertices` (k, 3) at rest, `weights` (k, b) over the bones of the body."""
        moving = np.zeros((len(MOVING), len(vertices)))
        np.add.at(moving, self.carrier, np.asarray(weights, float).T)
        homogeneous = np.concatenate([vertices.T, np.ones((1, len(vertices)))])
        return Points.of(moving[:, None] * homogeneous)

    @staticmethod
    def place(matrices: Array, points: Points) -> Array:
        """(n, k, 3) where points are."""
        n = len(matrices)
        rows = matrices[:, points.bones].transpose(0, 2, 1, 3).reshape(n * 3, 4 * len(points.bones))
        at: Array = (rows @ points.weights).reshape(n, 3, -1).transpose(0, 2, 1)
        return at


def _swing(a: Array, b: Array) -> Array:
    """The shortest turns that bring unit vectors `a` (n, 3) to `b`: (n, 3, 3)."""
    axis = np.cross(a, b)
    sine = np.sqrt((axis * axis).sum(-1))
    angle = np.arctan2(sine, (a * b).sum(-1))
    return _about(axis / np.maximum(sine, 1e-12)[:, None], angle)


def _twist(a: Array, b: Array, near: Array) -> Array:
    """(n,) radians about their common y by which frames `b` are turned from `a`, within half a turn of `near`."""
    cosine, sine = (a[..., 0] * b[..., 0]).sum(-1), -(a[..., 2] * b[..., 0]).sum(-1)
    full = np.arctan2(sine, cosine)
    twist: Array = near + (full - near + np.pi) % (2 * np.pi) - np.pi
    return twist
