"""More that is none of the four exercises, done on the floor: kicks, crunches, lying on the side, on hands and knees.

Each motion is done at a person's own pace, drawn from the seed of its `Restless`. Lengths are metres, times seconds.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, two_bones
from benchmarks.studio.acts import Act, Prop
from benchmarks.studio.negatives import cycle, feet_of
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, posed
from benchmarks.studio.postures import leg_bent, lying
from benchmarks.studio.rhythm import Beat, Restless, Timing, summed, timings_of
from benchmarks.studio.turns import pitch_out

LEG: Final = ("thigh", "shin", "foot", "toes")


def own(restless: Restless, low: float, high: float, what: int = 0) -> float:
    """A number of the person's own between two, the same for the same seed."""
    return float(np.random.default_rng([restless.seed, 5, what]).uniform(low, high))


def paced(restless: Restless, reps: int, beat: Beat, lead: float = 0.5) -> tuple[list[Timing], float]:
    """The timings of reps, at the person's own pace."""
    pace = own(restless, 0.55, 1.1, 9)
    up, hold, down, rest = (pace * s for s in (beat.raise_s, beat.hold_s, beat.lower_s, beat.rest_s))
    return timings_of([Beat(raise_s=up, hold_s=hold, lower_s=down, rest_s=rest)] * reps, lead, 0.9)


def still(rest: Pose, t: Array) -> Pose:
    """The pose of one moment at each of the times (n,)."""
    return rest[np.zeros(len(t), int)]


def reach_with_arms(
    actor: Actor, pose: Pose, wrists: Mapping[str, ArrayLike], pole: Sequence[float], turns: int = 2
) -> None:
    """Put the wrists of `pose` at places (n, 3) by side, the elbows towards `pole` (its x: outwards)."""
    for _ in range(turns):  # the shoulder rises with the arm
        joints = actor.joints(actor.rig.matrices(pose))
        for side, wrist in wrists.items():
            shoulder = joints[f"{side}_shoulder"]
            end = np.broadcast_to(np.asarray(wrist, float), shoulder.shape)
            way = np.broadcast_to(np.array([SIGN[side] * pole[0], *pole[1:]]), shoulder.shape)
            ways = two_bones(shoulder, end, actor.rig.upper_arm, actor.rig.forearm, way)
            for part, along in zip(("upper_arm", "forearm", "hand"), (*ways, ways[1]), strict=True):
                pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(along, SIGN[side])


def hands_behind_head(actor: Actor, pose: Pose) -> None:
    """Lay the hands behind the head, the elbows out."""
    joints = actor.joints(actor.rig.matrices(pose))
    neck = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
    p = np.radians(pose.of("head"))
    up = np.stack([np.zeros_like(p), np.cos(p), np.sin(p)], -1)
    ahead = np.stack([np.zeros_like(p), -np.sin(p), np.cos(p)], -1)
    for side in SIDES:
        wrist = neck + 0.13 * up - 0.01 * ahead + np.array([0.11 * SIGN[side], 0, 0])
        reach_with_arms(actor, pose, {side: wrist}, (1.0, 0.0, 0.0))
        pose.of(f"{side}_hand")[:], pose.aside(f"{side}_hand")[:] = pose.of("head"), -60.0


def knees_bent(actor: Actor, knee: float = 95.0) -> Pose:
    """On the back with both feet standing."""
    rest = lying(actor, 1)
    for side in SIDES:
        leg_bent(actor, rest, side, knee)
    return rest


def legs_up(pose: Pose, side: str, degrees: ArrayLike, knee: ArrayLike = 0.0) -> None:
    """A leg of who lies `degrees` over the floor, the knee bent, the foot stretched."""
    thigh = 90 - np.asarray(degrees, float)
    for part, pitch in zip(LEG, (thigh, thigh + knee, thigh + knee - 62, thigh + knee - 62), strict=True):
        pose.of(f"{side}_{part}")[:] = pitch


# --- straight legs ----------------------------------------------------------------------------------------------------


def flutter_kicks(actor: Actor, restless: Restless, seconds: float = 9.0) -> Act:
    """Both straight legs held off the floor, beating up and down by turns."""
    rest, rate = lying(actor, 1, arms="under_hips"), own(restless, 0.9, 1.8)
    high, size = own(restless, 14, 22, 1), own(restless, 6, 11, 2)

    def at(t: Array) -> Pose:
        pose, up = still(rest, t), smooth((t - 0.3) / 1.0)
        for side, sign in SIGN.items():
            beat = size * np.sin(2 * np.pi * rate * t) * smooth((t - 1.0) / 0.8)
            legs_up(pose, side, (high + sign * beat) * up + (1 - up) * (90 - rest.of(f"{side}_thigh")), 3.0)
        return pose

    return Act(seconds, at, lying=True)


def scissors(actor: Actor, restless: Restless, seconds: float = 9.0) -> Act:
    """Both straight legs held low, crossing over each other by turns."""
    rest, rate = lying(actor, 1), own(restless, 0.5, 0.9)
    high, wide = own(restless, 15, 26, 1), own(restless, 15, 24, 2)

    def at(t: Array) -> Pose:
        pose, up = still(rest, t), smooth((t - 0.3) / 1.0)
        goes = smooth((t - 1.0) / 0.8)
        for side, sign in SIGN.items():
            over = 5 * np.sin(np.pi * rate * t) * goes  # which leg is the upper one takes turns
            legs_up(pose, side, (high + sign * over) * up + (1 - up) * (90 - rest.of(f"{side}_thigh")), 2.0)
            out = 9 + (wide * np.cos(2 * np.pi * rate * t) - 4) * goes
            for part in ("thigh", "shin"):
                pose.aside(f"{side}_{part}")[:] = out
        return pose

    return Act(seconds, at, lying=True)


def side_leg_raises(actor: Actor, restless: Restless, reps: int = 5) -> Act:
    """On the left side, the upper leg raised and put down again."""
    timings, end = paced(restless, reps, Beat(raise_s=0.8, hold_s=0.7, lower_s=0.8, rest_s=0.5))
    high = own(restless, 28, 45)
    angles: dict[str, ArrayLike] = {"trunk": -90, "trunk_turn": 88, "head": -78, "head_turn": 80}
    angles |= {"thigh": 92, "shin": 92, "left_thigh": 94, "left_shin": 96}
    angles |= {"thigh_turn": 90, "foot": 90, "foot_turn": 90, "left_foot_out": 62, "right_foot_out": -62}
    angles |= {"toes": 90, "toes_turn": 90, "left_toes_out": 62, "right_toes_out": -62}
    angles |= {"left_upper_arm": -96, "left_upper_arm_out": 12, "left_forearm": -97, "left_forearm_out": 0}
    angles |= {"right_upper_arm": 78, "right_upper_arm_out": -4, "right_forearm": 92, "right_forearm_out": -6}

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = posed(len(t), angles, root=(0, 0.2, 0))
        for part in ("thigh", "shin", "foot", "toes"):
            pose.of(f"right_{part}")[:] -= 4 + high * level
        return on_floor(actor, pose)

    return Act(end, at, lying=True)


def on_floor(actor: Actor, pose: Pose) -> Pose:
    """Shifted up or down until the lowest point of all the skin touches the floor: a tenth of the skin is looked at."""
    rows = np.unique(actor.body.faces)[::10]
    points = actor.rig.skinned(actor.body.vertices[rows], actor.body.weights[rows].toarray())
    pose = pose.copy()
    pose.root[:, 1] -= actor.rig.place(actor.rig.matrices(pose), points)[:, :, 1].min(axis=1) + 0.003
    return pose


# --- bent legs --------------------------------------------------------------------------------------------------------


def dead_bugs(actor: Actor, restless: Restless, reps: int = 6) -> Act:
    """Arms and bent legs up; a leg and the other arm stretch out and come back, by turns."""
    timings, end = paced(restless, reps, Beat(raise_s=0.8, hold_s=0.6, lower_s=0.8, rest_s=0.3))
    rest = lying(actor, 1)
    low = own(restless, 8, 20)

    def at(t: Array) -> Pose:
        pose = still(rest, t)
        for k, side in enumerate(SIDES):
            out = summed(t, [x.level(t) for x in timings[k::2]])
            other = summed(t, [x.level(t) for x in timings[1 - k :: 2]])
            legs_up(pose, side, 92 + out * (low - 92), 92 - 88 * out)
            for part, up in (("upper_arm", 2.0), ("forearm", -2.0), ("hand", -2.0)):
                pose.of(f"{side}_{part}")[:] = up - 72 * other
                pose.aside(f"{side}_{part}")[:] = 6.0
        return pose

    return Act(end, at, lying=True)


def crunches(actor: Actor, restless: Restless, reps: int = 6) -> Act:
    """The knees bent, the hands behind the head, the shoulders curled up off the floor."""
    timings, end = paced(restless, reps, Beat(raise_s=0.6, hold_s=0.6, lower_s=0.7, rest_s=0.5))
    rest, high = knees_bent(actor), own(restless, 15, 26)
    return Act(end, lambda t: _curled(actor, rest, cycle(t, timings) * high), lying=True)


def _curled(actor: Actor, rest: Pose, up: Array) -> Pose:
    """Who lies, the shoulders curled up by `up` (n,) degrees, the hands behind the head, the feet where they were."""
    pose = still(rest, up)
    pose.of("trunk")[:] += up
    pose.lordosis[:] -= 1.2 * up
    pose.of("head")[:] = pose.of("trunk") + 6 + 1.1 * up
    pose = actor.contacts.on_part(pose, "buttocks")
    feet_of(actor, rest, pose)
    hands_behind_head(actor, pose)
    return pose


def bicycle_crunches(actor: Actor, restless: Restless, reps: int = 8) -> Act:
    """The shoulders curled up, the knees drawn to the chest by turns while the other leg stretches out."""
    timings, end = paced(restless, reps, Beat(raise_s=0.6, hold_s=0.35, lower_s=0.6, rest_s=0.05))
    rest, low = lying(actor, 1), own(restless, 10, 24)

    def at(t: Array) -> Pose:
        pose = _curled(actor, rest, np.full(len(t), 18.0))
        pose.turn[:, :2] += 7 * (summed(t, [x.level(t) for x in timings[::2]]) - 0.5)[:, None]
        for k, side in enumerate(SIDES):
            drawn = summed(t, [x.level(t) for x in timings[k::2]])
            legs_up(pose, side, low + drawn * (112 - low), 12 + 98 * drawn)
        return pose

    return Act(end, at, lying=True)


def reverse_crunches(actor: Actor, restless: Restless, reps: int = 5) -> Act:
    """The knees are drawn to the chest until the hips leave the floor."""
    timings, end = paced(restless, reps, Beat(raise_s=0.7, hold_s=0.5, lower_s=0.8, rest_s=0.5))
    rest, high = lying(actor, 1), own(restless, 12, 24)
    for side in SIDES:
        legs_up(rest, side, 88, 90)

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = still(rest, t)
        pose.of("trunk")[:] -= high * level
        pose.lordosis[:] -= 1.6 * high * level
        for side in SIDES:
            legs_up(pose, side, 88 + 50 * level, 90 + 10 * level)
        return on_floor(actor, pose)

    return Act(end, at, lying=True)


def held_sit_ups(actor: Actor, restless: Restless, reps: int = 5) -> Act:
    """Sit-ups with the feet held down by a bar, the hands behind the head, up to sitting."""
    timings, end = paced(restless, reps, Beat(raise_s=0.8, hold_s=0.4, lower_s=0.9, rest_s=0.4))
    rest, top = knees_bent(actor, 85.0), own(restless, -12, 8)
    ankles = actor.joints(actor.rig.matrices(rest))
    bar = np.array([0.0, 0.02, 0.07]) + (ankles["left_ankle"][0] + ankles["right_ankle"][0]) / 2

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = still(rest, t)
        pose.of("trunk")[:] += level * (top - rest.of("trunk"))
        pose.lordosis[:] -= 30 * np.sin(np.pi * np.clip(level, 0, 1)) + 8 * level
        pose.of("head")[:] = pose.of("trunk") + 6 + 12 * level
        pose = actor.contacts.on_part(pose, "buttocks")
        feet_of(actor, rest, pose)
        hands_behind_head(actor, pose)
        return pose

    return Act(end, at, lying=True, props=(Prop((0.55, 0.06, 0.06), lambda t: np.tile(bar, (len(t), 1))),))


# --- on hands, knees and elbows ---------------------------------------------------------------------------------------


def donkey_kicks(actor: Actor, restless: Restless, reps: int = 5) -> Act:
    """On hands and knees, a bent leg raised behind, its sole to the ceiling."""
    timings, end = paced(restless, reps, Beat(raise_s=0.7, hold_s=0.5, lower_s=0.7, rest_s=0.4))
    high = own(restless, 65, 88)
    arm = actor.rig.upper_arm + actor.rig.forearm

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        slope = np.degrees(np.arcsin(np.clip((0.97 * arm + 0.05 - actor.rig.thigh - 0.06) / actor.trunk, -0.5, 0.5)))
        angles: dict[str, ArrayLike] = {"trunk": 90 - slope, "head": 70 - slope, "thigh": 180, "shin": 268}
        pose = posed(len(t), {**angles, "foot": 262.0, "toes": 262.0, "upper_arm": 180}, root=(0, 0.5, -0.25))
        pose.lordosis[:] = 10 * level
        pose = actor.contacts.shin_down(pose, "left")
        for part, turn in (("thigh", high), ("shin", high - 4), ("foot", high - 44), ("toes", high - 44)):
            pose.of(f"right_{part}")[:] = pose.of(f"left_{part}") + turn * level
        return hands_down(actor, pose, (0.3, 0.0, -1.0))

    return Act(end, at)


def hands_down(actor: Actor, pose: Pose, pole: Sequence[float]) -> Pose:
    """The hands of `pose` flat on the floor, under where the shoulders are at first."""
    joints = actor.joints(actor.rig.matrices(pose[:1]))
    for side in SIDES:
        x, _, z = joints[f"{side}_shoulder"][0]
        reach_with_arms(actor, pose, {side: (x + 0.02 * SIGN[side], 0.3 * actor.rig.forearm, z)}, pole)
        pose.of(f"{side}_hand")[:], pose.aside(f"{side}_hand")[:] = 92.0, 6.0
    return pose


def plank(actor: Actor, restless: Restless, seconds: float = 9.0) -> Act:
    """On elbows and toes; the hips sink a little and rise again, as they do in who tires."""
    height, dip = actor.rig.upper_arm + 0.03, own(restless, 2.0, 7.0)
    line = actor.trunk + actor.rig.thigh + actor.rig.shin

    def at(t: Array) -> Pose:
        sag = dip * np.sin(2 * np.pi * t / own(restless, 3.5, 6.0, 1)) + restless.sway(t, "sag", 0.8)
        rise = np.degrees(np.arcsin((height - 0.14) / line))
        legs = 270 - rise - 0.9 * sag
        angles: dict[str, ArrayLike] = {"trunk": 90 - rise + sag, "head": 84 - rise, "thigh": legs, "shin": legs}
        angles |= {"foot": 186.0, "toes": 130.0, "upper_arm": 180, "forearm": 92, "hand": 92, "forearm_out": -14}
        pose = posed(len(t), angles, lordosis=0.6 * sag)
        pose.root[:, 2] = -0.1
        return on_floor(actor, pose)

    return Act(seconds, at)
