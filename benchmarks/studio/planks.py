"""The plank, on forearms or on hands, and sit-ups with the feet free; metres, degrees, seconds."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act
from benchmarks.studio.contact import SINK, arm_down
from benchmarks.studio.floor_motions import hands_behind_head, knees_bent, reach_with_arms
from benchmarks.studio.holding import Stay, leg_to, part
from benchmarks.studio.negatives import cycle, feet_of
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, posed
from benchmarks.studio.rhythm import STILL, Beat, Restless, timings_of, windows_of
from benchmarks.studio.turns import pitch_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Plank(Stay):
    """A plank. The hips lie `depth` trunks under the line from shoulders to ankles (negative over it) and sag by
    `sags` more through the hold; the back arches by `arch` degrees, and by `arches` more through the hold.
    """

    on: Literal["forearms", "hands"] = "forearms"
    depth: float = 0.0
    sags: float = 0.0
    arch: float = 2.0
    arches: float = 0.0


FOOT: Final = 188.0
TOES: Final = 118.0
"""The foot stands on its toes."""


class _Propped:
    """One actor on forearms or hands: where shoulders, hands and feet are, metres; the head is towards +z."""

    def __init__(self, actor: Actor, plank: Plank) -> None:
        self.actor, self.plank = actor, plank
        rig = actor.rig
        self.legs = rig.thigh + rig.shin
        self.arm = rig.upper_arm if plank.on == "forearms" else 0.985 * (rig.upper_arm + rig.forearm)
        self.hand_y, self.ankle_y, self.knee_y, self.kneeling_ankle_y = 0.04, 0.12, 0.06, 0.12
        self.forearm = 93.0
        for _ in range(6):
            pose = self.at(np.ones(1), np.zeros(1), np.zeros(1))
            matrices = rig.matrices(pose)
            part_of_arm = "left_elbow" if plank.on == "forearms" else "left_hand"
            self.hand_y -= float(actor.contacts.height(matrices, part_of_arm)[0]) + SINK
            self.ankle_y -= float(actor.contacts.height(matrices, "left_foot")[0]) + SINK
            kneels = rig.matrices(self.at(np.zeros(1), np.zeros(1), np.zeros(1)))
            self.knee_y -= float(actor.contacts.height(kneels, "left_knee")[0]) + SINK
            self.kneeling_ankle_y -= float(actor.contacts.height(kneels, "left_foot")[0]) + SINK
            self.forearm = float(actor.contacts.laid(pose, [arm_down("left")[1]], turns=2).of("left_forearm")[0])

    def at(self, way: Array, depth: Array, arch: Array) -> Pose:
        """Poses on the way (n,) from kneeling (0) to the plank, the hips at `depth` (n,) trunks, the back arched."""
        actor, n = self.actor, len(way)
        angles: dict[str, ArrayLike] = {"trunk": 80, "thigh": 260, "shin": 262, "foot": FOOT, "toes": TOES}
        pose = posed(n, {**angles, "upper_arm": 180, "forearm": 92, "hand": 92}, lordosis=arch)
        shoulder = np.array([0.0, self.hand_y + self.arm, 0.0])
        ankle, hip = self._plank(shoulder, depth)
        kneeling, kneeling_ankle = self._kneeling(shoulder)
        forward = part(way, 0.5, 1.0)[:, None]
        hip = kneeling + forward * (hip - kneeling)
        away = hip - shoulder
        pose.root[:] = shoulder + actor.trunk * away / np.sqrt((away * away).sum(-1, keepdims=True))
        pose.of("trunk")[:] = np.degrees(np.arctan2(-away[:, 2], -away[:, 1]))
        pose.of("head")[:] = pose.of("trunk") - 4
        self._settled(pose, shoulder)
        for side, (start, stop) in {"left": (0.0, 0.55), "right": (0.4, 0.9)}.items():
            back = part(way, start, stop)[:, None]
            place = kneeling_ankle + back * (ankle - kneeling_ankle)
            place = place + np.array([SIGN[side] * 0.09, 0, 0]) + np.array([0, 0.10, 0]) * (back * (1 - back))
            leg_to(actor, pose, side, place, np.tile([0, -1, 0.35], (n, 1)))
            pose.of(f"{side}_foot")[:] += 12 * (1 - back[:, 0])
        self._arms(pose)
        return pose

    def _plank(self, shoulder: Array, depth: Array) -> tuple[Array, Array]:
        """Where the ankles and the hips are in the plank, (n, 3) each: the hips off the line, the legs straight."""
        off = depth * self.actor.trunk
        legs = self.legs - 0.004
        upper, lower = np.sqrt(self.actor.trunk**2 - off**2), np.sqrt(legs**2 - off**2)
        drop = shoulder[1] - self.ankle_y
        level = np.sqrt((upper + lower) ** 2 - drop**2)
        line = np.stack([0 * off, -drop / (upper + lower), -level / (upper + lower)], -1)
        under = np.stack([0 * off, line[:, 2], -line[:, 1]], -1)
        ankle = shoulder + line * (upper + lower + 0.02)[:, None]
        return ankle, shoulder + line * upper[:, None] + under * off[:, None]

    def _kneeling(self, shoulder: Array) -> tuple[Array, Array]:
        """Where the hips and the ankles are on hands or forearms and knees."""
        rig = self.actor.rig
        high = self.knee_y + 0.985 * rig.thigh
        back = np.sqrt(self.actor.trunk**2 - (high - shoulder[1]) ** 2)
        hip = shoulder + np.array([0, high - shoulder[1], -back])
        return hip, np.array([0, self.kneeling_ankle_y, hip[2] - 0.98 * rig.shin - 0.17 * rig.thigh])

    def _settled(self, pose: Pose, shoulder: Array) -> None:
        """Turn the trunk until the shoulder joints lie where they should: a bent spine moves them."""
        for _ in range(2):
            joints = self.actor.joints(self.actor.rig.matrices(pose, limbs=False))
            middle = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
            pose.root[:] += (shoulder - middle) * [0, 0, 1]
            turn = np.arctan2(*(shoulder - pose.root)[:, [2, 1]].T) - np.arctan2(*(middle - pose.root)[:, [2, 1]].T)
            pose.of("trunk")[:] += np.degrees(turn)

    def _arms(self, pose: Pose) -> None:
        joints = self.actor.joints(self.actor.rig.matrices(pose))
        for side in SIDES:
            shoulder = joints[f"{side}_shoulder"]
            foot = np.stack(
                [SIGN[side] * (self.actor.half_shoulders + 0.01) + 0 * shoulder[:, 0], *(0 * shoulder.T[:2])], -1
            )
            foot[:, 1] = self.hand_y
            if self.plank.on == "hands":
                reach_with_arms(self.actor, pose, {side: foot}, (0.4, 0.0, -1.0))
                pose.of(f"{side}_hand")[:], pose.aside(f"{side}_hand")[:] = 92.0, 4.0
                continue
            pitch, out = pitch_out(foot - shoulder, SIGN[side])
            pose.of(f"{side}_upper_arm")[:], pose.aside(f"{side}_upper_arm")[:] = pitch, out
            for segment in ("forearm", "hand"):
                pose.of(f"{side}_{segment}")[:], pose.aside(f"{side}_{segment}")[:] = self.forearm, -12.0


def plank(actor: Actor, one: Plank, restless: Restless = STILL) -> Act:
    """One plank, from hands or forearms and knees, and back to them."""
    propped = _Propped(actor, one)

    def at(t: Array) -> Pose:
        way, tires = one.way(t), smooth(one.held(t))
        depth = one.depth + one.sags * tires + restless.sway(t, "depth", 0.004) + restless.tremor(t, "depth", 0.0008)
        arch = one.arch + one.arches * tires + restless.sway(t, "arch", 0.5)
        pose = propped.at(way, depth, arch * part(way, 0.3, 1.0))
        pose.of("head")[:] += restless.sway(t, "head", 1.5)
        return pose

    return Act(one.end, at, (one.window("plank", "both"),))


# --- sit-ups ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SitUp(Beat):
    """A sit-up: how far the trunk rises over level, degrees. The hands lie behind the head, or reach ahead."""

    raise_s: float = 0.8
    hold_s: float = 0.4
    lower_s: float = 1.0
    rest_s: float = 0.5
    rises: float = 74.0


def sit_ups(
    actor: Actor,
    each: tuple[SitUp, ...],
    *,
    knee: float = 95.0,
    hands: Literal["head", "ahead"] = "ahead",
    lead: float = 1.0,
    restless: Restless = STILL,
) -> Act:
    """Sit-ups with bent knees; nothing holds the feet."""
    timings, end = timings_of(each, lead, 0.9)
    rest = knees_bent(actor, knee)
    low = float(rest.of("trunk")[0])

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        high = sum((one.rises - 90 - low) * timing.level(t) for one, timing in zip(each, timings, strict=True))
        pose = rest[np.zeros(len(t), int)]
        pose.of("trunk")[:] += high
        pose.lordosis[:] -= 34 * np.sin(np.pi * np.clip(level, 0, 1)) + 14 * level
        pose.of("head")[:] = pose.of("trunk") + 6 + 16 * np.clip(3 * level, 0, 1)
        pose = actor.contacts.on_part(pose, "buttocks")
        feet_of(actor, rest, pose)
        for side in SIDES:
            for segment, pitch in (("upper_arm", 82.0), ("forearm", 72.0), ("hand", 72.0)):
                pose.of(f"{side}_{segment}")[:], pose.aside(f"{side}_{segment}")[:] = pitch + 18 * level, 8.0
        if hands == "head":
            hands_behind_head(actor, pose)
        return pose

    return Act(end, at, windows_of("sit_up", ["both"] * len(each), timings, end), lying=True)
