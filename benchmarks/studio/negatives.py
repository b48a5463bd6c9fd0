"""Motions that are none of the four exercises: they make no rep and no bout. Lengths are metres, times seconds."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, Feet, plant, reach_with_leg, two_bones
from benchmarks.studio.acts import Act
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, posed
from benchmarks.studio.postures import HANGING, leg_bent, lying
from benchmarks.studio.rhythm import STILL, Beat, Restless, Timing, summed, timings_of
from benchmarks.studio.turns import pitch_out


def cycle(t: Array, timings: Sequence[Timing]) -> Array:
    return np.clip(summed(t, [timing.level(t) for timing in timings]), 0, 1)


BRISK: Final = Beat(raise_s=0.6, hold_s=0.7, lower_s=0.6, rest_s=0.5)


def squats(actor: Actor, reps: int = 6, *, depth: float = 0.34, restless: Restless = STILL) -> Act:
    """Squats, the hips going down by `depth` metres, the arms ahead."""
    timings, end = timings_of([BRISK] * reps, 0.8, 0.9)
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.01

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        arms: dict[str, ArrayLike] = {"upper_arm": 178 - 85 * level, "upper_arm_out": 9, "forearm": 168 - 78 * level}
        angles: dict[str, ArrayLike] = {"trunk": 2 + 40 * level + restless.sway(t, "trunk", 1.0), "head": 12 * level}
        pose = posed(len(t), {**angles, **arms}, lordosis=-8 * level)
        pose.root[:, 1], pose.root[:, 2] = top - depth * level, -0.03 - 0.55 * depth * level
        for side in SIDES:
            ankle = plant(actor, pose, side, 0.0, Feet(half_spread=0.17, toes_out=14))
            reach_with_leg(actor, pose, side, ankle, (SIGN[side] * 0.35, 0.3, 1))
        return pose

    return Act(end, at)


def front_lunges(actor: Actor, reps: int = 6, *, step: float = 0.72) -> Act:
    """From standing a step into a deep lunge and back; the legs take turns, left first."""
    timings, end = timings_of([BRISK] * reps, 0.8, 0.9)
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.012

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = posed(len(t), {"trunk": 3 * level, **HANGING})
        pose.root[:, 1], pose.root[:, 2] = top - 0.32 * level, 0.45 * step * level
        for first, side in enumerate(SIDES):
            ahead, behind = (summed(t, [x.level(t) for x in timings[i::2]]) for i in (first, 1 - first))
            ankle = plant(actor, pose, side, step * ahead, Feet(half_spread=0.11, heel={side: 0.13 * behind}))
            ankle[:, 1] += 0.5 * ahead * (1 - ahead)
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    return Act(end, at)


def walk(actor: Actor, seconds: float = 6.0, *, speed: float = 0.85, rate: float = 0.95) -> Act:
    """Along z, through the origin half-way; `rate` is double steps a second. A standing foot does not slide."""
    stride = speed / rate
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.05

    def at(t: Array) -> Pose:
        cycle = rate * t
        swing = 22 * np.sin(2 * np.pi * cycle)
        arms = {f"{side}_upper_arm": 180 - sign * swing for side, sign in SIGN.items()}
        arms |= {f"{side}_forearm": 162 - sign * 1.2 * swing for side, sign in SIGN.items()}
        pose = posed(len(t), {"trunk": 3, **arms, "upper_arm_out": 9, "forearm_out": 5})
        pose.root[:, 2] = speed * (t - seconds / 2)
        pose.root[:, 1] = top - 0.012 * np.cos(4 * np.pi * cycle)
        for side, sign in SIGN.items():
            phase = cycle + 0.25 * sign
            through = smooth((phase % 1 - 0.6) / 0.4)
            z = stride * (np.floor(phase) + through + 0.3 - 0.25 * sign) - speed * seconds / 2
            off = np.sin(np.pi * np.clip((phase % 1 - 0.45) / 0.5, 0, 1)) ** 2
            ankle = plant(actor, pose, side, z, Feet(half_spread=0.09, heel={side: 0.11 * off}))
            ankle[:, 1] += 0.03 * np.sin(np.pi * through) ** 2
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    return Act(seconds, at)


def sit_ups(actor: Actor, reps: int = 6, *, top: float = -18.0) -> Act:
    """From lying with bent knees to sitting, the arms reaching for the knees."""
    timings, end = timings_of([BRISK] * reps, 0.8, 0.9)
    rest = lying(actor, 1)
    for side in SIDES:
        leg_bent(actor, rest, side, 95.0)

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = rest[np.zeros(len(t), int)]
        trunk = pose.of("trunk") + level * (top - pose.of("trunk"))
        pose.of("trunk")[:], pose.of("head")[:] = trunk, trunk + 8 + 14 * level
        for side in SIDES:
            for part, pitch in (("upper_arm", 84.0), ("forearm", 72.0), ("hand", 72.0)):
                pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch + 20 * level, 8.0
        pose = actor.contacts.on_part(pose, "buttocks")
        feet_of(actor, rest, pose)
        return pose

    return Act(end, at, lying=True)


def feet_of(actor: Actor, rest: Pose, pose: Pose) -> None:
    """Keep the feet of `pose` where those of `rest` stand."""
    ankles = actor.joints(actor.rig.matrices(rest))
    for side in SIDES:
        ankle = np.repeat(ankles[f"{side}_ankle"], len(pose), axis=0)
        reach_with_leg(actor, pose, side, ankle, (0, 1, 0.2))


def lie_still(actor: Actor, seconds: float = 20.0, *, knee: float = 0.0, restless: Restless = STILL) -> Act:
    """On the back, the legs stretched or both knees bent; only stirring."""
    rest = lying(actor, 1, arch=4.0)
    for side in SIDES:
        if knee:
            leg_bent(actor, rest, side, knee)

    def at(t: Array) -> Pose:
        pose = rest[np.zeros(len(t), int)]
        pose.turned("head")[:] += restless.sway(t, "head", 6.0)
        for side in SIDES:
            for part in ("foot", "toes"):
                pose.turned(f"{side}_{part}")[:] += restless.sway(t, f"{side} foot", 2.0) * (knee == 0)
        return pose

    return Act(seconds, at, lying=True)


def knee_hugs(actor: Actor, reps: int = 4) -> Act:
    """On the back, both knees drawn to the chest and put down again: a stretch of the low back."""
    timings, end = timings_of([Beat(hold_s=2.5)] * reps, 1.0, 0.9)
    rest = lying(actor, 1)
    for side in SIDES:
        leg_bent(actor, rest, side, 95.0)

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = rest[np.zeros(len(t), int)]
        for side in SIDES:
            for part, end_pitch in (("thigh", -32.0), ("shin", 98.0), ("foot", 50.0), ("toes", 50.0)):
                pitch = pose.of(f"{side}_{part}")
                pitch[:] = pitch + level * (end_pitch - pitch)
            for part, end_pitch in (("upper_arm", 62.0), ("forearm", 40.0), ("hand", 40.0)):
                pitch = pose.of(f"{side}_{part}")
                pitch[:] = pitch + level * (end_pitch - pitch)
        return pose

    return Act(end, at, lying=True)


def push_ups(actor: Actor, reps: int = 6, *, deep: float = 0.26) -> Act:
    """Push-ups on hands and toes, the body straight."""
    timings, end = timings_of([BRISK] * reps, 0.8, 0.9)
    arm = actor.rig.upper_arm + actor.rig.forearm

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        shoulder = 0.95 * arm + 0.07 - deep * level
        line = actor.trunk + actor.rig.thigh + actor.rig.shin
        rise = np.degrees(np.arcsin((shoulder - 0.17) / line))
        angles: dict[str, ArrayLike] = {"trunk": 90 - rise, "head": 82 - rise, "thigh": 270 - rise, "shin": 270 - rise}
        pose = posed(len(t), {**angles, "foot": 182.0, "toes": 130.0, "hand": 95.0, "hand_out": 8.0})
        legs = actor.rig.thigh + actor.rig.shin
        pose.root[:, 1] = 0.17 + legs * np.sin(np.radians(rise))
        pose.root[:, 2] = -0.75 + legs * np.cos(np.radians(rise))
        pose = actor.contacts.whole(pose, ("left_foot", "right_foot"))
        _hands_at(actor, pose, z=0.55)
        return pose

    return Act(end, at)


def _hands_at(actor: Actor, pose: Pose, z: float) -> None:
    """Stand the wrists of `pose` on the floor at `z`, the elbows behind."""
    joints = actor.joints(actor.rig.matrices(pose))
    for side in SIDES:
        shoulder = joints[f"{side}_shoulder"]
        wrist = np.stack([shoulder[:, 0] + SIGN[side] * 0.03, np.full(len(pose), 0.06), np.full(len(pose), z)], -1)
        pole = np.broadcast_to(np.array([SIGN[side] * 0.6, 0.2, -1.0]), wrist.shape)
        ways = two_bones(shoulder, wrist, actor.rig.upper_arm, actor.rig.forearm, pole)
        for part, way in zip(("upper_arm", "forearm"), ways, strict=True):
            pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(way, SIGN[side])


NEGATIVES: Final[dict[str, Callable[[Actor, Restless], Act]]] = {
    "squats": lambda actor, restless: squats(actor, restless=restless),
    "front_lunges": lambda actor, _: front_lunges(actor),
    "walking": lambda actor, _: walk(actor),
    "sit_ups": lambda actor, _: sit_ups(actor),
    "push_ups": lambda actor, _: push_ups(actor),
    "lying_still": lambda actor, restless: lie_still(actor, restless=restless),
    "lying_knees_bent": lambda actor, restless: lie_still(actor, knee=90.0, restless=restless),
    "knee_hugs": lambda actor, _: knee_hugs(actor),
}
"""Motions that make no rep and no bout."""
