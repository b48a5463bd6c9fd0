"""Postures: a few numbers per moment, each a number or (n,), become a pose that rests on the floor or the feet.

Where a posture is given an angle, the joints have it exactly; where it is given a contact, skin touches to within a
centimetre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.actor import Actor, Feet, plant, reach_with_leg, two_bones, way_of
from benchmarks.studio.contact import HEAD_DOWN, SINK, arm_down, leg_down
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, other, posed
from benchmarks.studio.turns import pitch_out

HANGING: Final = {"upper_arm": 178.0, "upper_arm_out": 9.0, "forearm": 166.0, "forearm_out": 4.0}

Arms = Literal["sides", "out", "spread", "overhead", "under_hips"]
ARMS: Final[dict[str, dict[str, float]]] = {
    "sides": {"upper_arm": 93, "upper_arm_out": 20, "forearm": 92, "forearm_out": 12, "hand_turn": -40},
    "out": {"upper_arm": 95, "upper_arm_out": 48, "forearm": 92, "forearm_out": 40, "hand_turn": -40},
    "spread": {"upper_arm": 95, "upper_arm_out": 82, "forearm": 95, "forearm_out": 82, "hand_turn": -40},
    "overhead": {"upper_arm": -78, "upper_arm_out": 28, "forearm": -84, "forearm_out": -8},
    "under_hips": {"upper_arm": 100, "upper_arm_out": 22, "forearm": 92, "forearm_out": -12, "hand_turn": -60},
}
"""Where the arms of somebody on the back lie."""


# --- lying ------------------------------------------------------------------------------------------------------------


def lying(actor: Actor, n: int, *, arch: ArrayLike = 0.0, arms: Arms = "sides", knee: float = 0.0) -> Pose:
    """On the back, head towards -z, everything on the floor; the legs stretched, but for `knee` degrees of bend."""
    angles: dict[str, ArrayLike] = {"trunk": -90, "head": -84, "thigh": 93, "shin": 95 + knee}
    angles |= {"foot": 22 + knee, "toes": 22 + knee}
    angles |= {"thigh_out": 7, "shin_out": 6, "foot_out": 14, "thigh_turn": 14, "foot_turn": 0, **ARMS[arms]}
    pose = posed(n, angles, lordosis=actor.pressed + np.asarray(arch, float), root=(0, 0.11, 0))
    pose = actor.contacts.on_back(pose)
    return actor.contacts.laid(
        pose, (HEAD_DOWN, *(limb for side in SIDES for limb in (leg_down(side), *arm_down(side))))
    )


def leg_lifted(actor: Actor, pose: Pose, side: str, degrees: ArrayLike, knee: ArrayLike = 0.0) -> None:
    """Raise the line from hip to ankle of a leg of `pose` by `degrees`, its knee bent by `knee` more than it was."""
    thigh, shin = pose.of(f"{side}_thigh"), pose.of(f"{side}_shin")
    bend = shin - thigh + np.asarray(knee, float)
    turn = _line_angle(actor, bend) - _line_angle(actor, shin - thigh) + np.asarray(degrees, float)
    for part in ("thigh", "shin", "foot", "toes"):
        pose.of(f"{side}_{part}")[:] -= turn
    for part in ("shin", "foot", "toes"):
        pose.of(f"{side}_{part}")[:] += knee


def _line_angle(actor: Actor, bend: Array) -> Array:
    """(n,) degrees by which the line from hip to ankle is pitched over the thigh when the knee is bent."""
    k = np.radians(bend)
    angle: Array = np.degrees(np.arctan2(actor.rig.shin * np.sin(k), actor.rig.thigh + actor.rig.shin * np.cos(k)))
    return angle


def leg_bent(actor: Actor, pose: Pose, side: str, knee: float) -> None:
    """Stand the foot of a resting leg of `pose` flat, the knee bent by `knee` degrees."""
    hip_y = float(np.median(pose.root[:, 1]))
    reach = _third_side(actor.rig.thigh, actor.rig.shin, knee)
    spread = 0.13
    z = float(np.median(pose.root[:, 2])) + _level_distance(actor, side, hip_y, reach, spread)
    ankle = plant(actor, pose, side, z, Feet(half_spread=spread))
    pose.turned(f"{side}_thigh")[:] = 0
    reach_with_leg(actor, pose, side, ankle, (0, 1, 0.2))


def _third_side(upper: float, lower: float, flexion: float) -> float:
    """Distance from hip to ankle at a knee flexion in degrees."""
    return float(np.sqrt(upper**2 + lower**2 + 2 * upper * lower * np.cos(np.radians(flexion))))


def _level_distance(actor: Actor, side: str, hip_y: float, reach: float, half_spread: float) -> float:
    """How far ahead of the hip an ankle at floor height is, `reach` metres from it."""
    rise = hip_y - (actor.ankle[side].height - SINK)
    return float(np.sqrt(max(reach**2 - rise**2 - (half_spread - actor.half_hips) ** 2, 1e-6)))


# --- kneeling and standing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KneelSetup:
    """Half-kneeling: which side kneels, the front knee's flexion before the lean, the lean then, and half the distance
    between the feet. With `toes_tucked` the rear foot stands on its toes; with `shin_up` the rear foot lies on a bench
    or against a wall and the shin rises from the knee by so many degrees. `on_knee`: the hands rest on the front thigh.
    """

    side: Literal["left", "right"] = "right"
    front_knee: float = 90.0
    start: float = 0.0
    half_spread: float = 0.11
    toes_tucked: bool = False
    shin_up: float = 0.0
    on_knee: bool = False


class Kneel:
    """Half-kneeling and the lunge from it, for one actor and one setup."""

    def __init__(self, actor: Actor, setup: KneelSetup) -> None:
        self.actor, self.setup = actor, setup
        self._front_z, self._knee_z = 0.0, 0.0
        self._place()

    def at(
        self,
        lean: Array,
        *,
        trunk: ArrayLike = 0.0,
        lordosis: ArrayLike = 0.0,
        arms: Mapping[str, ArrayLike] | None = None,
        head: ArrayLike | None = None,
        knee_up: ArrayLike = 0.0,
        forward: ArrayLike = 0.0,
    ) -> Pose:
        """Poses with the rear thigh leaning `lean` (n,) degrees ahead of upright, the trunk pitched by `trunk`.

        `knee_up` lifts the rear knee off the floor (metres); `forward` moves the hips as well (metres), by more lean.
        """
        actor, rear = self.actor, self.setup.side
        n = len(lean)
        more = np.asarray(forward, float) / (actor.rig.thigh * np.cos(np.radians(lean)))
        lean = lean + np.degrees(more)
        up = self.setup.shin_up
        foot = 205.0 if self.setup.toes_tucked else 262.0
        angles: dict[str, ArrayLike] = {"trunk": trunk, "head": trunk if head is None else head, **(arms or HANGING)}
        angles |= {f"{rear}_thigh": 180 + lean, f"{rear}_shin": 272.0 + up, f"{rear}_foot": foot, f"{rear}_toes": foot}
        if self.setup.toes_tucked:
            angles[f"{rear}_toes"] = 120.0
        angles |= {f"{rear}_thigh_out": 1.0, f"{rear}_shin_out": 1.0}
        pose = posed(n, angles, lordosis=lordosis, root=(0, 0.5, 0))
        pose = actor.contacts.on_part(pose, f"{rear}_knee") if up else actor.contacts.shin_down(pose, rear)
        self._lift_knee(pose, knee_up)
        knee = pose.root + actor.rig.thigh * way_of(pose, rear, "thigh")
        pose.root[:, 2] += self._knee_z - knee[:, 2]
        front = other(rear)
        ankle = plant(actor, pose, front, self._front_z, Feet(half_spread=self.setup.half_spread, toes_out=4))
        reach_with_leg(actor, pose, front, ankle, (0, 0.5, 1))
        if self.setup.on_knee:
            _hands_on(actor, pose, front)
        return pose

    def _lift_knee(self, pose: Pose, up: ArrayLike) -> None:
        """Raise the rear knee, the toes staying where they are."""
        up = np.broadcast_to(np.asarray(up, float), len(pose))
        pose.root[:, 1] += up
        turn = np.degrees(np.arcsin(np.clip(up / (self.actor.rig.shin + 0.1), -1, 1)))
        pose.of(f"{self.setup.side}_shin")[:] -= turn
        pose.of(f"{self.setup.side}_foot")[:] -= turn

    def _place(self) -> None:
        """Put the front foot where its knee flexes as the setup says, the rear knee at z = 0."""
        pose = self.at(np.full(1, self.setup.start))
        front = other(self.setup.side)
        reach = _third_side(self.actor.rig.thigh, self.actor.rig.shin, self.setup.front_knee)
        ahead = _level_distance(self.actor, front, float(pose.root[0, 1]), reach, self.setup.half_spread)
        self._front_z = float(pose.root[0, 2]) + ahead


def _hands_on(actor: Actor, pose: Pose, front: str) -> None:
    """Lay both hands on the front thigh of `pose`, just behind the knee, or as near to it as they reach."""
    joints = actor.joints(actor.rig.matrices(pose))
    hip, knee = joints[f"{front}_hip"], joints[f"{front}_knee"]
    for side in SIDES:
        wrist = hip + 0.85 * (knee - hip) + np.array([0.05 * SIGN[side], 0.11, -0.02])
        pole = np.array([0.5 * SIGN[side], -0.4, -1.0])
        shoulder = joints[f"{side}_shoulder"]
        ways = two_bones(shoulder, wrist, actor.rig.upper_arm, actor.rig.forearm, np.broadcast_to(pole, wrist.shape))
        for part, way in zip(("upper_arm", "forearm"), ways, strict=True):
            pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(way, SIGN[side])
        pose.of(f"{side}_hand")[:] = 110.0


def raised_arms(elevation: ArrayLike, trunk: ArrayLike, apart: ArrayLike = 12.0) -> dict[str, ArrayLike]:
    """Arms raised by `elevation` degrees from the trunk, in front of it; 0 hangs down."""
    upper = 180 + np.asarray(trunk, float) - np.asarray(elevation, float)
    share = np.clip(np.asarray(elevation, float) / 165, 0, 1)
    fore = upper - 10 * (1 - share) - 4
    return {
        "upper_arm": upper,
        "upper_arm_out": apart,
        "forearm": fore,
        "forearm_out": np.asarray(apart, float) * (0.4 - 0.2 * share),
    }


def standing(actor: Actor, n: int, angles: Mapping[str, ArrayLike] | None = None, **rest: ArrayLike) -> Pose:
    """Upright on both feet, arms hanging, unless `angles` say otherwise; shifted until the lowest point touches."""
    given: dict[str, ArrayLike] = {"trunk": 0, "thigh": 180, "shin": 180, "thigh_out": 3, "foot_out": 7, **HANGING}
    given |= angles or {}
    return actor.contacts.whole(posed(n, given, root=(0, actor.rig.thigh + actor.rig.shin + 0.08, 0), **rest))
