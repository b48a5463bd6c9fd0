"""More that is none of the four exercises: lunges on the spot, half-kneeling, bench, bar and chair, on the feet.

Each motion is done at a person's own pace, drawn from the seed of its `Restless`. Lengths are metres, times seconds.
"""

from collections.abc import Callable
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from benchmarks.studio.actor import Actor, Feet, plant, reach_with_leg
from benchmarks.studio.acts import Act, Prop, sitting, squatting, stay, then, upright
from benchmarks.studio.floor_motions import own, paced, reach_with_arms, still
from benchmarks.studio.negatives import cycle
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, posed
from benchmarks.studio.postures import HANGING, Kneel, KneelSetup, lying, raised_arms
from benchmarks.studio.rhythm import Beat, Restless

ON_HIPS: Final = {"upper_arm": 205.0, "upper_arm_out": 30.0, "forearm": 128.0, "forearm_out": -32.0, "hand": 120.0}


def _standing_height(actor: Actor) -> float:
    return float(actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.012)


# --- lunges and kneeling ----------------------------------------------------------------------------------------------


def split_lunges(actor: Actor, restless: Restless, reps: int = 5) -> Act:
    """One foot ahead all the time: the hips sink until the rear knee is a hand's breadth or less over the floor."""
    timings, end = paced(restless, reps, Beat(raise_s=0.8, hold_s=0.6, lower_s=0.7, rest_s=0.4))
    step, knee = own(restless, 0.72, 0.86), own(restless, 0.02, 0.09, 1)

    def sunk(t: Array, height: Array) -> Pose:
        pose = posed(len(t), {"trunk": 4, **ON_HIPS}, root=(0, 0, 0))
        pose.root[:, 1] = height
        for side, z, heel in (("left", 0.5 * step, 0.0), ("right", -0.5 * step, 0.15)):
            ankle = plant(actor, pose, side, z, Feet(half_spread=0.12, toes_out=4, heel={side: heel}))
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    def over(height: float) -> float:
        matrices = actor.rig.matrices(sunk(np.zeros(1), np.full(1, height)))
        return float(actor.contacts.height(matrices, "right_knee")[0]) - knee

    top = _standing_height(actor) - 0.09
    low = float(brentq(over, 0.25, top, xtol=1e-3))
    return Act(end, lambda t: sunk(t, top + (low - top) * cycle(t, timings)))


def half_kneeling(actor: Actor, restless: Restless, reps: int = 3) -> Act:
    """Half-kneeling without any lean, the arms stretched up and let down: the hips stay where they are."""
    timings, end = paced(restless, reps, Beat(raise_s=0.9, hold_s=1.2, lower_s=0.9, rest_s=0.5))
    kneel = Kneel(actor, KneelSetup("right" if restless.seed % 2 else "left", front_knee=own(restless, 84, 96)))

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        trunk = restless.sway(t, "trunk", 1.0) - 3 * level
        return kneel.at(
            restless.sway(t, "lean", 0.5),
            trunk=trunk,
            lordosis=5 * level,
            arms=raised_arms(172 * level, trunk),
            head=trunk - 12 * level,
        )

    return Act(end, at)


# --- bench, bar and chair ---------------------------------------------------------------------------------------------


def bench_press(actor: Actor, restless: Restless, reps: int = 6) -> Act:
    """On a bench, the feet on the floor: a bar let down to the chest and pressed up, the back arching a little."""
    timings, end = paced(restless, reps, Beat(raise_s=0.6, hold_s=0.4, lower_s=0.6, rest_s=0.4))
    height, arch = 0.43, own(restless, 4, 16)
    arm = actor.rig.upper_arm + actor.rig.forearm
    rest = actor.contacts.on_back(lying(actor, 1))
    rest.root[:, 1] += height
    shoulder = actor.joints(actor.rig.matrices(rest))["left_shoulder"][0]

    def bar(t: Array) -> Array:
        level = cycle(t, timings)
        up = (0.97 - 0.62 * level) * arm
        return np.stack([np.zeros_like(t), shoulder[1] + up, shoulder[2] + 0.02 + 0.12 * level], -1)

    def at(t: Array) -> Pose:
        pose = still(rest, t)
        pose.lordosis[:] += 4 + arch * cycle(t, timings)
        pose = actor.contacts.whole(pose, ("buttocks", "upper_back"))
        pose.root[:, 1] += height
        for side in SIDES:
            ahead = pose.root[:, 2] + 0.86 * actor.rig.thigh
            reach_with_leg(
                actor, pose, side, plant(actor, pose, side, ahead, Feet(half_spread=0.22, toes_out=14)), (0, 1, 0.6)
            )
            reach_with_arms(actor, pose, {side: bar(t) + np.array([0.27 * SIGN[side], -0.07, 0])}, (1.0, -0.5, 0.7))
            pose.of(f"{side}_hand")[:] = 0.0
        return pose

    plate = np.array([0.68, 0, 0])
    bench = np.array([0.0, height / 2, shoulder[2] + 0.22])
    return Act(
        end,
        at,
        lying=True,
        props=(
            Prop((0.29, height, 1.15), lambda t: np.tile(bench, (len(t), 1))),
            Prop((1.5, 0.03, 0.03), bar),
            Prop((0.05, 0.18, 0.18), lambda t: bar(t) + plate),
            Prop((0.05, 0.18, 0.18), lambda t: bar(t) - plate),
        ),
    )


def pull_ups(actor: Actor, restless: Restless, reps: int = 4) -> Act:
    """Hanging from a bar, the chin pulled up to it; the feet stay off the floor."""
    timings, end = paced(restless, reps, Beat(raise_s=0.8, hold_s=0.4, lower_s=0.9, rest_s=0.5))
    arm, bent = actor.rig.upper_arm + actor.rig.forearm, own(restless, 8, 60)
    hang = _standing_height(actor) + 0.2
    bar = hang + actor.trunk + 0.10 + 0.97 * arm

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        legs = 178 + restless.sway(t, "legs", 2.0) - 8 * level
        angles: dict[str, ArrayLike] = {"trunk": -4 - 8 * level, "head": -14 - 4 * level, "thigh": legs}
        angles |= {"shin": legs + bent, "foot": 140 + bent, "upper_arm": 5}
        pose = posed(len(t), angles, lordosis=6 * level)
        pose.root[:, 1] = hang + level * 0.62 * arm
        wrists = {side: (0.29 * SIGN[side], bar - 0.06, 0.05) for side in SIDES}
        reach_with_arms(actor, pose, wrists, (1.0, -0.3, 0.4), turns=4)
        return pose

    return Act(end, at, props=(Prop((1.4, 0.04, 0.04), lambda t: np.tile([0.0, bar, 0.05], (len(t), 1))),))


def chair_stands(actor: Actor, restless: Restless, reps: int = 4) -> Act:
    """Up from a chair and down again, the trunk bent forward on the way."""
    timings, end = paced(restless, reps, Beat(raise_s=0.9, hold_s=0.5, lower_s=1.0, rest_s=0.5))
    seat, top = 0.44, _standing_height(actor)
    sat = actor.contacts.on_part(posed(1, {"trunk": 0, "thigh": 95, "shin": 180}), "buttocks").root[0, 1] + seat
    back = 0.92 * actor.rig.thigh

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        leant = 38 * np.sin(np.pi * level**0.8) + 3
        pose = posed(len(t), {"trunk": leant, "head": 0.4 * leant, **HANGING})
        for part in ("upper_arm", "forearm"):
            for side in SIDES:
                pose.of(f"{side}_{part}")[:] -= 35 * (1 - level)
        pose.root[:, 1] = sat + (top - sat) * level**1.3
        pose.root[:, 2] = -back * (1 - level)
        for side in SIDES:
            ankle = plant(actor, pose, side, -0.04, Feet(half_spread=0.13, toes_out=8))
            reach_with_leg(actor, pose, side, ankle, (SIGN[side] * 0.15, 0.3, 1))
        return pose

    places = ((0.44, 0.05, 0.42), seat - 0.028, -back - 0.05), ((0.44, 0.5, 0.04), seat + 0.25, -back - 0.27)
    legs = tuple(
        ((0.04, seat - 0.05, 0.04), (seat - 0.05) / 2, z, x)
        for x in (-0.19, 0.19)
        for z in (-back + 0.12, -back - 0.24)
    )
    props = [Prop(size, _fixed(0.0, y, z)) for size, y, z in places]
    return Act(end, at, props=(*props, *(Prop(size, _fixed(x, y, z)) for size, y, z, x in legs)))


def _fixed(x: float, y: float, z: float) -> Callable[[Array], Array]:
    return lambda t: np.tile([x, y, z], (len(t), 1))


# --- on the feet ------------------------------------------------------------------------------------------------------


def toe_touches(actor: Actor, restless: Restless, reps: int = 4) -> Act:
    """Bent forward with straight legs until the hands are near the toes, and up again."""
    timings, end = paced(restless, reps, Beat(raise_s=0.9, hold_s=0.6, lower_s=0.9, rest_s=0.4))
    deep = own(restless, 85, 115)

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        pose = posed(len(t), {"trunk": deep * level, "head": 1.1 * deep * level, **HANGING}, lordosis=-40 * level)
        pose.root[:, 1], pose.root[:, 2] = _standing_height(actor) - 0.02 * level, -0.14 * level
        for side in SIDES:
            pose.aside(f"{side}_upper_arm")[:] = 9 - 5 * level
            ankle = plant(actor, pose, side, 0.0, Feet(half_spread=0.1))
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    return Act(end, at)


def jumping_jacks(actor: Actor, restless: Restless, reps: int = 8) -> Act:
    """Feet apart and together with a hop, the arms over the head and down."""
    timings, end = paced(restless, reps, Beat(raise_s=0.35, hold_s=0.25, lower_s=0.35, rest_s=0.2))

    def at(t: Array) -> Pose:
        level = cycle(t, timings)
        hop = 0.05 * np.sin(np.pi * level) ** 2
        angles: dict[str, ArrayLike] = {"trunk": 2, "upper_arm": 179, "forearm": 178, "upper_arm_out": 10 + 145 * level}
        pose = posed(len(t), {**angles, "forearm_out": 6 + 158 * level, "hand_out": 6 + 158 * level})
        spread = 0.09 + 0.26 * level
        leg = actor.rig.thigh + actor.rig.shin - 0.02
        pose.root[:, 1] = np.sqrt(leg**2 - (spread - actor.half_hips) ** 2) + actor.ankle["left"].height - 0.01 + hop
        for side in SIDES:
            ankle = plant(actor, pose, side, 0.0, Feet(half_spread=spread, toes_out=10))
            ankle[:, 1] += hop
            reach_with_leg(actor, pose, side, ankle, (SIGN[side] * 0.3, 0, 1))
        return pose

    return Act(end, at)


def down_and_up(actor: Actor, restless: Restless) -> Act:
    """From standing down to the floor, lying for a moment, and up again."""
    pace = own(restless, 0.85, 1.1)
    stations = [(upright(actor, 0.4), 0.2), (squatting(actor, 0.2), 1.0), (sitting(actor, 0.05), 0.9)]
    stations += [(lying(actor, 1), 1.4), (sitting(actor, 0.05), 1.4), (squatting(actor, 0.25), 1.0)]
    stations.append((upright(actor, 0.45), 1.0))
    acts = [stay(pose, 0.9 if gap == 1.4 else 0.15, lying=gap == 1.4) for pose, gap in stations]
    gaps = iter([pace * gap for _, gap in stations[1:]])
    return reduce(lambda done, following: then(actor, done, following, next(gaps)), acts)
