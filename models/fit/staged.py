"""What the people of the stills do: postures of the four exercises and others, six to a scene, the first one neutral.

Angles are degrees in the sense of `benchmarks.studio.pose`, lengths metres.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np

from benchmarks.studio.actor import Actor, Feet, two_bones
from benchmarks.studio.acts import Side, joined
from benchmarks.studio.bridge import Ball, Bridge, BridgeSetup
from benchmarks.studio.look import linear
from benchmarks.studio.mesh import Mesh
from benchmarks.studio.negatives import NEGATIVES
from benchmarks.studio.pose import SIDES, SIGN, Pose, other
from benchmarks.studio.postures import ARMS, Arms, Kneel, KneelSetup, leg_bent, leg_lifted, lying, raised_arms, standing
from benchmarks.studio.rhythm import STILL
from benchmarks.studio.rig import MOVING, SPINE
from benchmarks.studio.things import box
from benchmarks.studio.turns import about, pitch_out
from formcheck.body.poses import Array

POSES: Final = 6
TWIST: Final = 25.0
"""The most by which a trunk is twisted, degrees."""

NEAREST: Final = 0.2
"""How near to the shoulder a hand is put at least, metres: no arm folds further."""

REARED: Final = 55.0
"""The most by which a rear shin is raised from the floor, where the foot is up on something, degrees."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Six poses, what the arms do, how far the trunk is twisted (n,), the ball, other things, and whether they lie."""

    pose: Pose
    arms: str
    twist: Array = field(default_factory=lambda: np.zeros(POSES))
    ball: Ball | None = None
    things: Sequence[Mesh] = ()
    lies: bool = False

    def matrices(self, actor: Actor) -> Array:
        """What moves the bones, as `Rig.matrices`, the twist included."""
        return twisted(actor, actor.rig.matrices(self.pose), self.twist)


def twisted(actor: Actor, matrices: Array, degrees: Array) -> Array:
    """The bones with the chest turned against the pelvis, arms and head with it, by `degrees` (n,) to the left."""
    if not degrees.any():
        return matrices
    joints, found = actor.joints(matrices), matrices.copy()
    up = sum(joints[f"{side}_shoulder"] - joints[f"{side}_hip"] for side in SIDES)
    axis = up / np.linalg.norm(up, axis=1, keepdims=True)
    bones = list(SPINE)[2:]
    turn = about(axis, np.radians(degrees) / len(bones))
    for i, bone in enumerate(bones):
        below = {
            *list(SPINE)[: 2 + i],
            *(name for name in MOVING if name.startswith(("upperleg", "lowerleg", "foot", "toe"))),
        }
        rows = [k for k, name in enumerate(MOVING) if name not in below]
        pivot = actor.rig.place(found, actor.rig.fixed({bone: (bone, actor.rig.rest(bone))}))[:, 0]
        moved = turn[:, None] @ found[:, rows]
        moved[..., 3] += (pivot - (turn @ pivot[:, :, None])[:, :, 0])[:, None]
        found[:, rows] = moved
    return found


def _changes(rng: np.random.Generator) -> Array:
    """Changes of lordosis against the first pose, (POSES,): some next to none, others up to 38 degrees."""
    n = POSES - 1
    return np.append(0.0, np.where(rng.random(n) < 0.25, rng.uniform(-4, 4, n), rng.uniform(-15, 38, n)))


def _stirred(pose: Pose, rng: np.random.Generator) -> None:
    """Arms a little aside of where they were put."""
    for part in ("upper_arm", "forearm", "hand"):
        for side in SIDES:
            pose.aside(f"{side}_{part}")[:] += rng.normal(0, 5, POSES)


def _twist(rng: np.random.Generator) -> Array:
    """No twist mostly; else the same in all poses, or another in each."""
    if rng.random() < 0.6:
        return np.zeros(POSES)
    return rng.uniform(-TWIST, TWIST) + rng.normal(0, 4, POSES)


def kneeling(actor: Actor, rng: np.random.Generator) -> Staged:
    """Half-kneeling and the lunge from it; the hands low, high or on the knee, the rear foot on the floor or up."""
    rear, n = str(rng.choice(SIDES)), POSES - 1
    tucked = bool(rng.random() < 0.3)
    side = cast("Side", rear)
    setup = KneelSetup(side, rng.uniform(70, 110), 0.0, rng.uniform(0.06, 0.18), tucked)  # type: ignore[arg-type]
    lean = np.append(0.0, rng.uniform(0, 40, n))
    trunk = np.append(rng.uniform(-3, 5), rng.uniform(-10, 22, n))
    raised = np.append(0.0, np.where(rng.random(n) < 0.65, rng.uniform(120, 178, n), rng.uniform(0, 120, n)))
    pose = Kneel(actor, setup).at(
        lean,
        trunk=trunk,
        lordosis=rng.uniform(-8, 10) + _changes(rng),
        arms=raised_arms(raised, trunk, rng.uniform(5, 30)),
        head=trunk + rng.normal(0, 8, POSES),
    )
    _stirred(pose, rng)
    things = _foot_up(actor, pose, rear, rng) if not tucked and rng.random() < 0.25 else []
    if rng.random() < 0.25:
        _hands_on_knee(actor, pose, other(rear), rng)
        return Staged(pose, "on_knee", things=things)
    return Staged(pose, "raised", _twist(rng), things=things)


def _foot_up(actor: Actor, pose: Pose, rear: str, rng: np.random.Generator) -> list[Mesh]:
    """Raise the rear shin, the foot against a wall or on a box, which it gives."""
    up = rng.uniform(10, REARED)
    for part in ("shin", "foot", "toes"):
        pose.of(f"{rear}_{part}")[:] += up
    joints = actor.joints(actor.rig.matrices(pose))
    foot = np.concatenate([joints[f"{rear}_{part}"] for part in ("ankle", "toe", "heel")])
    high = rng.uniform(0.9, 1.6) if rng.random() < 0.5 else max(float(foot[:, 1].min()) - 0.02, 0.1)
    wide, deep = rng.uniform(0.4, 1.4), rng.uniform(0.2, 0.4)
    back = float(foot[:, 2].min()) - 0.04 - deep / 2
    if high < 0.9:
        back += 0.6 * deep
    colour = linear(str(rng.choice(("#d3d8da", "#8b6b4f", "#55606b", "#a09484"))))
    return [box((0.0, high / 2, back), (wide, high, deep), colour)]


def _hands_on_knee(actor: Actor, pose: Pose, front: str, rng: np.random.Generator) -> None:
    """Lay both hands, or one, on the front knee."""
    joints = actor.joints(actor.rig.matrices(pose))
    hands = SIDES if rng.random() < 0.7 else (front,)
    for side in hands:
        shoulder = joints[f"{side}_shoulder"]
        wrist = joints[f"{front}_knee"] + np.array([0.03 * SIGN[side], 0.09, -rng.uniform(0.0, 0.12)])
        pole = np.broadcast_to(np.array([SIGN[side] * 0.7, -0.2, -0.7]), wrist.shape)
        ways = two_bones(shoulder, wrist, actor.rig.upper_arm, actor.rig.forearm, pole)
        for part, way in zip(("upper_arm", "forearm"), ways, strict=True):
            pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(way, SIGN[side])
        pose.of(f"{side}_hand")[:], pose.aside(f"{side}_hand")[:] = rng.uniform(95, 135), 0.0


def supine(actor: Actor, rng: np.random.Generator) -> Staged:
    """On the back, one leg or both lifted, the other flat or bent."""
    arms = cast("Arms", str(rng.choice(list(ARMS))))
    pose = lying(actor, POSES, arch=rng.uniform(0, 6) + _changes(rng), arms=arms, knee=rng.uniform(0, 10))
    lifted, n = str(rng.choice(["left", "right", "both"], p=[0.4, 0.4, 0.2])), POSES - 1
    degrees = np.append(0.0, rng.uniform(4, 80 if rng.random() < 0.3 else 35, n))
    for side in SIDES if lifted == "both" else (lifted,):
        leg_lifted(actor, pose, side, degrees, np.append(0.0, rng.uniform(0, 20, n)))
    if lifted != "both" and rng.random() < 0.25:
        leg_bent(actor, pose, other(lifted), rng.uniform(60, 115))
    pose.of("head")[:] += np.abs(rng.normal(0, 3, POSES))
    _stirred(pose, rng)
    return Staged(pose, arms, lies=True)


def bridging(actor: Actor, rng: np.random.Generator, ball: Ball | None = None) -> Staged:
    """Bridges on both feet, on one, on the heels; the first pose is the rest."""
    arms = cast("Arms", "out" if ball else str(rng.choice(["sides", "out", "overhead"])))
    works, idle = "both", "stretched"
    if rng.random() < 0.35:
        works, idle = str(rng.choice(SIDES)), str(rng.choice(["stretched", "crossed"]))
    feet = Feet(rng.uniform(0.08, 0.2), rng.uniform(0, 25), toes_up=30.0 if rng.random() < 0.15 else 0.0)
    setup = BridgeSetup(rng.uniform(70, 115), feet, arms, ball, works, idle)  # type: ignore[arg-type]
    pose = Bridge(actor, setup).at(
        np.append(0.0, rng.uniform(0, 1, POSES - 1) ** 0.5),
        depth=rng.uniform(-0.06, 0.18, POSES),
        arch=_changes(rng),
        tilt=rng.uniform(16, 32),
    )
    _stirred(pose, rng)
    return Staged(pose, arms, ball=ball, lies=True)


def ball_bridging(actor: Actor, rng: np.random.Generator) -> Staged:
    """Bridges with the shoulders on a ball."""
    return bridging(actor, rng, Ball(rng.uniform(0.24, 0.31), rng.uniform(-0.05, 0.12)))


def free(actor: Actor, rng: np.random.Generator) -> Staged:
    """On the back with each leg anyhow, the arms on the floor, in the air or at a knee, the chest now and then curled
    up: sit-ups, dead bugs, stretches of a thigh.
    """
    pose = lying(actor, POSES, arch=_changes(rng), arms=cast("Arms", str(rng.choice(list(ARMS)))))
    still = {side: bool(rng.random() < 0.3) for side in SIDES}
    for side in SIDES:
        if still[side] and rng.random() < 0.6:
            leg_bent(actor, pose, side, rng.uniform(50, 120))
        elif not still[side]:
            leg_lifted(actor, pose, side, rng.uniform(0, 105, POSES), rng.uniform(0, 130, POSES) * (rng.random() < 0.7))
    if rng.random() < 0.35:
        curl = rng.uniform(0, 60) * rng.random(POSES)
        pose.of("trunk")[:] += curl
        pose.of("head")[:] += curl + rng.uniform(0, 20)
        pose = actor.contacts.on_part(pose, "buttocks")
    _arms_anyhow(actor, pose, rng)
    _stirred(pose, rng)
    return Staged(pose, "free", lies=True)


def _arms_anyhow(actor: Actor, pose: Pose, rng: np.random.Generator) -> None:
    """Of somebody on the back the arms up in the air, or both hands at a knee; or left where they are."""
    style = str(rng.choice(["left", "up", "knee"], p=[0.35, 0.3, 0.35]))
    joints, at = actor.joints(actor.rig.matrices(pose)), str(rng.choice(SIDES))
    for side in SIDES if style != "left" else ():
        shoulder = joints[f"{side}_shoulder"]
        reach = (SIGN[side] * rng.uniform(-0.1, 0.2), rng.uniform(0.3, 0.6), rng.uniform(-0.4, 0.4))
        wrist = shoulder + np.array(reach)
        if style == "knee":
            wrist = joints[f"{at}_knee"] + rng.uniform(0, 0.35) * (joints[f"{at}_hip"] - joints[f"{at}_knee"])
            wrist = wrist + np.array([0.06 * SIGN[side], 0.04, 0])
        way = wrist - shoulder
        size = np.linalg.norm(way, axis=1, keepdims=True)
        wrist = shoulder + way / size * np.clip(size, NEAREST, 0.98 * (actor.rig.upper_arm + actor.rig.forearm))
        pole = np.broadcast_to(np.array([SIGN[side], 0.1, 0.1]), wrist.shape)
        ways = two_bones(shoulder, wrist, actor.rig.upper_arm, actor.rig.forearm, pole)
        for part, way in zip(("upper_arm", "forearm", "hand"), (*ways, ways[1]), strict=True):
            pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(way, SIGN[side])


def something_else(actor: Actor, rng: np.random.Generator) -> Staged:
    """Standing, bending, and what else the studio has that is no exercise."""
    name = str(rng.choice([*NEGATIVES, "standing", "standing", "squats"]))
    if name == "standing":
        trunk = rng.uniform(-8, 70, POSES) * (rng.random(POSES) < 0.7)
        trunk[0] = 0
        arms = raised_arms(rng.uniform(0, 175, POSES), trunk, rng.uniform(5, 40))
        lordosis = rng.uniform(-6, 8) + _changes(rng) - 0.3 * trunk
        pose = standing(actor, POSES, {"trunk": trunk, "head": trunk * rng.uniform(0.5, 1), **arms}, lordosis=lordosis)
        return Staged(pose, "raised", _twist(rng))
    act = NEGATIVES[name](actor, STILL)
    pose = joined([act.at(np.array([t])) for t in np.sort(rng.uniform(0, act.duration, POSES))])
    if act.lying:
        return Staged(pose, name, lies=True)
    pose.lordosis[:] += np.append(0, rng.uniform(-12, 25, POSES - 1))
    return Staged(pose, name, np.zeros(POSES) if name == "push_ups" else _twist(rng))


KINDS: Final[dict[str, Callable[[Actor, np.random.Generator], Staged]]] = {
    "lunge": kneeling,
    "lift": supine,
    "bridge": bridging,
    "ball": ball_bridging,
    "other": something_else,
    "free": free,
}
_EXERCISES: Final = (0.35, 0.27, 0.16, 0.08, 0.14, 0.0)
SHARES: Final = {"train": _EXERCISES, "held": _EXERCISES, "free": (0.15, 0.0, 0.1, 0.0, 0.0, 0.75)}
"""How many of the scenes of a split are of each kind."""
