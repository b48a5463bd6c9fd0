"""A body turned by the angles of its segments: forward kinematics over many moments at once.

Axes, angles and the trunk are those of `pose.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.ramp import smooth
from benchmarks.studio.body import Body
from benchmarks.studio.pose import ROW, SIDES, SIGN, SUFFIX, Array, Pose
from benchmarks.studio.turns import (
    about,
    about_x,
    about_z,
    frame_along,
    hinge_of,
    swing_to,
    towards,
    trunk_frame,
    twist_between,
    unit_vector,
)

SPINE: Final = {"root": 1.0, "spine05": 0.8, "spine04": 0.45, "spine03": 0.15, "spine02": 0.0, "spine01": 0.0}
"""Share of the lordosis by which a bone is pitched forward of the chest: it is spread over the lumbar bones (ours)."""

_NECK: Final = {"neck01": 0.2, "neck02": 0.4, "neck03": 0.65, "head": 1.0}
"""How far each bone of the neck has turned from the chest to the head (ours)."""

_RAISED_FROM, _RAISED_BY, _RAISE = 50.0, 165.0, 42.0
"""The collar-bone rises by up to 42 deg while the arm goes from 50 to 165 deg (ours; a third of the whole, as in the
shoulder's rhythm of Inman 1944)."""

_STRAIGHT: Final = 0.15
"""Sine of the flexion at which the plane of a bent limb counts as much as its `turn` (ours)."""


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
                frames[f"{side}_{part}"] = frame_along(hinge[None], unit_vector(np.asarray(way, float))[None])[0]
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
        frame = trunk_frame(np.zeros(len(pose)), pose.out[:, 0], pose.turn[:, 0])
        base = pose.pitch[:, 0] - offset
        for name, share in SPINE.items():
            turns[:, self._index[name]] = about_x(base + share * pose.lordosis) @ frame
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
        first, both = about_z(SIGN[side] * 0.6 * raised), about_z(SIGN[side] * raised)
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
            turns[:, self._index[name]] = trunk_frame(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))

    def _arm(self, pose: Pose, side: str, turns: Array, *, limbs: bool) -> None:
        end, sign = SUFFIX[side], SIGN[side]
        chest, raised = turns[:, self._index["spine01"]], self._raise(pose, side)
        blade = chest @ about_z(sign * raised)
        turns[:, self._index[f"clavicle{end}"]] = chest @ about_z(sign * 0.6 * raised)
        turns[:, self._index[f"shoulder01{end}"]] = blade
        if not limbs:
            return
        upper, fore, hand = (self._way(pose, f"{side}_{part}") for part in ("upper_arm", "forearm", "hand"))
        rest = self._rest[f"{side}_upper_arm"]
        swung = swing_to(blade @ rest[:, 1], upper) @ blade
        wanted = np.radians(-sign * pose.turn[:, ROW[f"{side}_upper_arm"]])
        default = about(upper, wanted) @ swung @ rest
        hinge = _STRAIGHT * default[..., 0] - np.cross(upper, fore)
        twist = twist_between(swung @ rest, frame_along(hinge, upper), wanted)
        turns[:, self._index[f"upperarm01{end}"]] = about(upper, 0.3 * twist) @ swung
        turns[:, self._index[f"upperarm02{end}"]] = about(upper, 0.8 * twist) @ swung
        lower = frame_along(hinge, fore) @ self._rest[f"{side}_forearm"].T
        roll = np.radians(-sign * pose.turn[:, ROW[f"{side}_hand"]])
        turns[:, self._index[f"lowerarm01{end}"]] = lower
        turns[:, self._index[f"lowerarm02{end}"]] = about(fore, 0.6 * roll) @ lower
        rolled = about(hand, roll) @ swing_to(lower @ self._rest[f"{side}_hand"][:, 1], hand) @ lower
        turns[:, self._index[f"wrist{end}"]] = rolled

    def _leg(self, pose: Pose, side: str, turns: Array) -> None:
        end, row = SUFFIX[side], ROW[f"{side}_thigh"]
        thigh, shin = self._way(pose, f"{side}_thigh"), self._way(pose, f"{side}_shin")
        straight = hinge_of(pose.pitch[:, row], pose.out[:, row], pose.turn[:, row], SIGN[side])
        hinge = _STRAIGHT * straight + np.cross(thigh, shin)
        turns[:, self._index[f"upperleg01{end}"]] = frame_along(hinge, thigh) @ self._rest[f"{side}_thigh"].T
        turns[:, self._index[f"lowerleg01{end}"]] = frame_along(hinge, shin) @ self._rest[f"{side}_shin"].T
        for part, bones in (("foot", ["foot"]), ("toes", [f"toe{i}-1" for i in range(1, 6)])):
            r = ROW[f"{side}_{part}"]
            turn = self.foot_turn(pose.pitch[:, r], pose.out[:, r], side, pose.turn[:, r])
            for bone in bones:
                turns[:, self._index[f"{bone}{end}"]] = turn

    def foot_turn(self, pitch: Array, out: Array, side: str, turn: ArrayLike = 0.0) -> Array:
        """(n, 3, 3) how a foot is turned from rest: pitch 90 is flat, `out` where its toes point; `turn` tips it."""
        sign = SIGN[side]
        across = hinge_of(pitch, out, np.broadcast_to(np.asarray(turn, float), pitch.shape), sign)
        turned: Array = frame_along(across, towards(pitch, out, sign)) @ self._rest[f"{side}_foot"].T
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
