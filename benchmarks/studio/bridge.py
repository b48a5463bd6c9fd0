"""Bridges, on the floor and on a ball: a level from rest to the top and a depth become a pose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.actor import Actor, Feet, plant, reach_with_leg, two_bones, way_of
from benchmarks.studio.contact import HEAD_DOWN, SINK, arm_down
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, other, posed
from benchmarks.studio.postures import ARMS, Arms
from benchmarks.studio.turns import pitch_out


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball on the floor under the shoulders: its radius, and how far the shoulder joints lie behind its middle at
    the top of the bridge, metres. Under the weight its height loses the share `squash`, and it grows as much wider.

    It rolls on the floor and under the back without slipping: its middle goes half as far as what lies on it. So it
    rolls as far as the shoulders move against it. A trunk that only tips, the shoulders staying over the ball, rolls
    over a ball that stands still.
    """

    radius: float = 0.27
    behind: float = 0.03
    squash: float = 0.15

    @property
    def half_height(self) -> float:
        """Half its height under load; its middle is as high over the floor."""
        return self.radius * (1 - self.squash)

    @property
    def half_width(self) -> float:
        """Half its width under load, its volume being the same."""
        return self.radius / float(np.sqrt(1 - self.squash))

    def top(self, x: Array, z: Array) -> Array:
        """Height of its surface over points of the floor, its middle being over the origin; -inf beside it."""
        inside = 1 - (x * x + z * z) / self.half_width**2
        return np.where(inside > 0, self.half_height * (1 + np.sqrt(np.maximum(inside, 0))), -np.inf)


@dataclass(frozen=True, slots=True)
class BridgeSetup:
    """What stays the same through a set of bridges: the feet, the knees' flexion at the top, the arms (on a ball
    `sides` or `out`), and the ball.

    `works` is the side that stands alone; the other leg is stretched in line with the thigh or crossed over the knee.
    """

    knee: float = 90.0
    feet: Feet = field(default_factory=Feet)
    arms: Arms = "sides"
    ball: Ball | None = None
    works: Literal["both", "left", "right"] = "both"
    idle: Literal["stretched", "crossed"] = "stretched"


class Bridge:
    """Bridges of one actor with one setup: `at` gives the pose for a level, a depth and the rest."""

    def __init__(self, actor: Actor, setup: BridgeSetup) -> None:
        self.actor, self.setup = actor, setup
        self._ankle_z = 0.0
        self._ankle_z = self._fitted_ankles()

    def at(
        self,
        level: Array,
        *,
        depth: ArrayLike = 0.0,
        arch: ArrayLike = 0.0,
        feet: Feet | None = None,
        tilt: ArrayLike = 28.0,
        slide: ArrayLike = 0.0,
    ) -> Pose:
        """Poses at `level` (n,): 0 is rest and 1 the top, where the hips lie `depth` trunks under the line from the
        shoulders to the knees (negative above it).

        Rest is lying on the floor; on a ball it is the trunk `tilt` degrees steeper than at the top, the shoulders
        `slide` metres further forward on the ball, which has rolled as far (`rolled`).
        """
        n = len(level)
        feet = feet or self.setup.feet
        pose = self._start(n, arch)
        ankles = {side: plant(self.actor, pose, side, self._ankle_z, feet) for side in SIDES}
        low = self._rest_trunk(pose)
        high = self._trunk_for(pose, ankles, np.broadcast_to(np.asarray(depth, float), n))
        if self.setup.ball is not None:
            low = high + np.asarray(tilt, float)
        pose.of("trunk")[:] = low + level * (high - low)
        slid = rolled(level, slide)
        self._support(pose, slid)
        self._legs(pose, ankles)
        for _ in range(2 if self.setup.ball is not None else 0):
            self._support(pose, slid, seat=True)
            self._legs(pose, ankles)
        return self._rest_of_body(pose)

    def _start(self, n: int, arch: ArrayLike) -> Pose:
        arms = (ARMS if self.setup.ball is None else _ON_BALL)[self.setup.arms]
        angles: dict[str, ArrayLike] = {"trunk": -90, "head": -88, "thigh": 60, "shin": 190, **arms}
        lordosis = np.asarray(arch, float) + (self.actor.pressed if self.setup.ball is None else 0.0)
        return posed(n, angles, lordosis=lordosis, root=(0, 0.11, 0))

    def _rest_trunk(self, pose: Pose) -> Array:
        """(n,) pitch of the trunk lying on the floor."""
        if self.setup.ball is not None:
            return np.zeros(len(pose))
        rested: Array = self.actor.contacts.on_back(pose).of("trunk").copy()
        return rested

    def _support(self, pose: Pose, slide: ArrayLike = 0.0, *, seat: bool = False) -> Array:
        """Shift the trunk so that the upper back lies on the floor or the ball, the shoulders' z in their place: with
        `slide` that far forward on a ball that has rolled as far. Gives the middle of the shoulders, (n, 3).

        With `seat` the seat may touch the ball as well; the legs must have their places by then.
        """
        actor, ball = self.actor, self.setup.ball
        matrices = actor.rig.matrices(pose, limbs=seat)
        joints = actor.joints(matrices)
        shoulder = (joints["left_shoulder"] + joints["right_shoulder"]) / 2 - pose.root
        slide = np.asarray(slide, float)
        shift = (2 * slide - ball.behind if ball else 0.0) - shoulder[:, 2] - pose.root[:, 2]
        pose.root[:, 2] += shift
        if ball is None:
            pose.root[:, 1] -= actor.contacts.height(matrices, "upper_back") + SINK
            return shoulder + pose.root
        back = actor.rig.place(matrices, actor.contacts.parts["back_and_seat" if seat else "back"])
        over = ball.top(back[:, :, 0], back[:, :, 2] + (shift - slide)[:, None]) - back[:, :, 1]
        pose.root[:, 1] += over.max(axis=1) - SINK
        return shoulder + pose.root

    def _trunk_for(self, pose: Pose, ankles: Mapping[str, Array], depth: Array) -> Array:
        """(n,) pitch of the trunk at which the hips lie at `depth`: secant steps from a level trunk."""
        pose = pose.copy()

        def short_of(pitch: Array) -> Array:
            pose.of("trunk")[:] = pitch
            return self._depth(pose, ankles, self._support(pose)) - depth

        before = np.full(len(pose), -100.0)
        here = np.full(len(pose), -112.0)
        f_before, f_here = short_of(before), short_of(here)
        for _ in range(4):
            slope = (f_here - f_before) / np.where(np.abs(here - before) < 1e-9, 1, here - before)
            step = np.where(np.abs(slope) < 1e-9, 0, -f_here / np.where(np.abs(slope) < 1e-9, 1, slope))
            before, f_before = here, f_here
            here = here + np.clip(step, -25, 25)
            f_here = short_of(here)
        return here

    def _depth(self, pose: Pose, ankles: Mapping[str, Array], shoulder: Array) -> Array:
        """(n,) how far the hips lie under the line from shoulders to knees in the sagittal plane, trunks."""
        self._legs(pose, ankles)
        hip = pose.root
        standing = [s for s in SIDES if self.setup.works in ("both", s)]
        knees = [
            hip + np.array([SIGN[s] * self.actor.half_hips, 0, 0]) + self.actor.rig.thigh * way_of(pose, s, "thigh")
            for s in standing
        ]
        return depth_under(hip, shoulder, np.mean(knees, axis=0)) / self.actor.trunk

    def _legs(self, pose: Pose, ankles: Mapping[str, Array]) -> None:
        for side in SIDES:
            reach_with_leg(self.actor, pose, side, ankles[side], (0, 1, 0.3))
        if self.setup.works != "both":
            self._idle_leg(pose, other(self.setup.works))

    def _idle_leg(self, pose: Pose, side: str) -> None:
        works = other(side)
        if self.setup.idle == "stretched":
            pose.of(f"{side}_shin")[:] = pose.of(f"{side}_thigh")[:] = pose.of(f"{works}_thigh")
            pose.of(f"{side}_foot")[:] = pose.of(f"{side}_toes")[:] = pose.of(f"{works}_thigh") - 65
            for part in ("thigh", "shin"):
                pose.aside(f"{side}_{part}")[:] = pose.aside(f"{works}_{part}") * (part == "thigh")
            return
        crossed(self.actor, pose, side)

    def _rest_of_body(self, pose: Pose) -> Pose:
        if self.setup.ball is not None:
            pose.of("head")[:] = pose.of("trunk") + 14
            for side in SIDES:
                for part in ("upper_arm", "forearm", "hand"):
                    pose.of(f"{side}_{part}")[:] += pose.of("trunk") + 90
            return pose
        limbs = [HEAD_DOWN, *(limb for side in SIDES for limb in arm_down(side))]
        return self.actor.contacts.laid(pose, limbs)

    def _fitted_ankles(self) -> float:
        """The ankles' place at which the knees flex by `knee` at the top."""
        side = "left" if self.setup.works == "both" else self.setup.works
        self._ankle_z = self.actor.trunk + 0.5
        for _ in range(8):
            pose = self.at(np.ones(1))
            flexed = float(knee_flexion(pose, side)[0])
            self._ankle_z += np.clip(np.radians(flexed - self.setup.knee) * 0.45, -0.2, 0.2)
        return self._ankle_z


def rolled(level: Array, slide: ArrayLike) -> Array:
    """(n,) how far forward the ball's middle lies at a level of the bridge, metres: over the origin at the top."""
    far: Array = (1 - level) * np.asarray(slide, float)
    return far


_ON_BALL: Final[dict[Arms, dict[str, float]]] = {
    "sides": {"upper_arm": 105.0, "upper_arm_out": 40.0, "forearm": 55.0, "forearm_out": -52.0, "hand_turn": 30.0},
    "out": {"upper_arm": 100.0, "upper_arm_out": 62.0, "forearm": 84.0, "forearm_out": 50.0, "hand_turn": -20.0},
}
"""On a ball the hands lie on the hips, or balance."""


def knee_flexion(pose: Pose, side: str) -> Array:
    """(n,) flexion of the knee in space, degrees."""
    cosine = (way_of(pose, side, "thigh") * way_of(pose, side, "shin")).sum(-1)
    flexion: Array = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return flexion


def depth_under(point: Array, a: Array, b: Array) -> Array:
    """(n,) how far a point lies under the line from `a` to `b` in the sagittal plane, metres; negative above it."""
    along, to = (b - a)[:, 1:], (point - a)[:, 1:]
    cross = along[:, 1] * to[:, 0] - along[:, 0] * to[:, 1]
    depth: Array = -np.sign(along[:, 1]) * cross / np.sqrt((along * along).sum(-1))
    return depth


def crossed(actor: Actor, pose: Pose, side: str) -> None:
    """Lay the ankle of one leg of `pose` over the other leg's knee: the figure four."""
    works, sign = other(side), SIGN[side]
    hip = pose.root + np.array([sign * actor.half_hips, 0, 0])
    standing = pose.root - np.array([sign * actor.half_hips, 0, 0])
    thigh = way_of(pose, works, "thigh")
    over = np.cross(thigh, np.array([1.0, 0, 0]))
    over = over * np.sign(over[:, 1:2])
    ankle = standing + 0.86 * actor.rig.thigh * thigh + 0.11 * over - np.array([sign * 0.06, 0, 0])
    pole = np.array([sign, 0.0, 0.0]) + 0.12 * over
    ways = two_bones(hip, ankle, actor.rig.thigh, actor.rig.shin, pole)
    for part, way in zip(("thigh", "shin"), ways, strict=True):
        pitch, out = pitch_out(way, sign)
        pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch, out
    pose.of(f"{side}_foot")[:] = pose.of(f"{side}_toes")[:] = pose.of(f"{works}_thigh") - 50
    for part in ("foot", "toes"):
        pose.aside(f"{side}_{part}")[:] = -30
