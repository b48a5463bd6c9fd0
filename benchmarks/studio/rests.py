"""The three resting positions: lower legs on a chair, knees leaning into one another, a leg on the other's knee.

Each begins and ends lying on the back, and is breathed through. Lengths are metres, angles degrees, times seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.spatial import cKDTree

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, Feet, plant, way_of
from benchmarks.studio.acts import Act, Prop, Side
from benchmarks.studio.body import skin
from benchmarks.studio.breathing import breaths
from benchmarks.studio.contact import SINK
from benchmarks.studio.holding import Stay, along, chair, leg_to, lowest, part, skin_near
from benchmarks.studio.mesh import Mesh, normals
from benchmarks.studio.pose import SIDES, SIGN, SUFFIX, Array, Pose, other
from benchmarks.studio.postures import Arms, lying
from benchmarks.studio.rhythm import STILL, Restless


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest(Stay):
    """A resting position. `arch` is the arch over the pressed back, which grows by `arches`; `stir` how restless the
    legs are: 1 as one rests, many times as much where one is not at rest; `knee` the flexion of the knees or, on a
    chair, how far the thighs slope towards it. `a_minute` breaths lift the belly by `rise_m` each; 0: none is seen.
    """

    arch: float = 2.0
    arches: float = 0.0
    stir: float = 1.0
    knee: float = 100.0
    spread: float = 0.22
    arms: Arms = "sides"
    backed: bool = True
    a_minute: float = 13.0
    rise_m: float = 0.016
    side: Literal["left", "right"] = "right"


UP: Final = np.array([0.0, 1.0, 0.2])


class _Resting:
    """One actor in one resting position: where the hips lie, and the poses on the way."""

    def __init__(self, actor: Actor, rest: Rest) -> None:
        self.actor, self.rest = actor, rest
        self.still = lying(actor, 1, arch=rest.arch, arms=rest.arms)
        self.hip = self.still.root[0]
        tipped = plant(actor, self.still.copy(), "left", 0.0, Feet(LYING_SPREAD, toes_up=TOES_UP))
        self.far = self.ahead(8.0, LYING_SPREAD) - float(tipped[0, 2])

    def ahead(self, knee: float, spread: float) -> float:
        """How far along z an ankle stands whose knee flexes by `knee`."""
        rig, rise = self.actor.rig, self.hip[1] - self.actor.ankle["left"].height
        reach = np.sqrt(rig.thigh**2 + rig.shin**2 + 2 * rig.thigh * rig.shin * np.cos(np.radians(knee)))
        return float(self.hip[2] + np.sqrt(reach**2 - rise**2 - (spread - self.actor.half_hips) ** 2))

    def stirred(self, restless: Restless, t: Array, what: str) -> Array:
        """(n,) metres along z by which a foot is not where it should rest."""
        return self.rest.stir * restless.sway(t, what, STIR_M, slow=0.2, fast=0.6)

    def start(self, t: Array) -> Pose:
        if not self.rest.arches:
            return self.still[np.zeros(len(t), int)]
        grown = smooth(2.5 * self.rest.held(t) - 0.9) * (1 - smooth((t - self.rest.leaves) / self.rest.out_s))
        return lying(self.actor, len(t), arch=self.rest.arch + self.rest.arches * grown, arms=self.rest.arms)

    def foot(self, pose: Pose, side: str, drawn: Array, spread: Array, knee: float, astray: ArrayLike = 0.0) -> Array:
        """The foot of `pose` drawn up along the floor by `drawn` (n,), 0 stretched, 1 standing; gives its ankle."""
        near = self.ahead(knee, float(np.max(spread)))
        feet = Feet(spread, 7 + 7 * (1 - drawn), toes_up=TOES_UP * (1 - part(drawn, 0.0, 0.75)))
        return plant(self.actor, pose, side, self.far + (near - self.far + np.asarray(astray)) * drawn, feet)


LYING_SPREAD: Final = 0.12
STIR_M: Final = 0.0015
"""How much the feet of who rests well stray, metres (ours)."""
TOES_UP: Final = 68.0
"""Half the distance between the ankles, and how far the toes point up, of who lies with the legs stretched."""


def _act(
    actor: Actor,
    exercise: str,
    rest: Rest,
    at: Callable[[Array, Array], Pose],
    restless: Restless,
    *,
    side: Side = "both",
    props: tuple[Prop, ...] = (),
) -> Act:
    """The act of poses at times and how far along the way in they are."""

    def wavering(t: Array) -> Pose:
        pose = at(t, rest.way(t))
        pose.turned("head")[:] += restless.sway(t, "head", 1.5)
        return pose

    breath = breaths(restless.seed, rest.end, a_minute=rest.a_minute, rise_m=rest.rise_m) if rest.a_minute else None
    window = rest.window(exercise, side)
    return Act(rest.end, wavering, (window,), lying=True, props=props, breath=breath)


# --- knees leaning into one another -----------------------------------------------------------------------------------


def knees_together(actor: Actor, rest: Rest, restless: Restless = STILL) -> Act:
    """The feet apart, the knees bent and leaning into one another."""
    resting = _Resting(actor, rest)

    def posed(t: Array, way: Array, lean: float) -> Pose:
        pose, drawn, together = resting.start(t), part(way, 0.0, 0.75), part(way, 0.6, 1.0)
        stir = rest.stir * restless.sway(t, "knees", 0.006)
        for side in SIDES:
            spread = LYING_SPREAD + (rest.spread - LYING_SPREAD) * drawn
            ankle = resting.foot(pose, side, drawn, spread, rest.knee, resting.stirred(restless, t, f"foot {side}"))
            pole = np.tile(UP, (len(t), 1))
            pole[:, 0] = -SIGN[side] * lean * together + stir * (1 + lean) * together
            leg_to(actor, pose, side, ankle, pole)
            pose.turned(f"{side}_thigh")[:] *= 1 - drawn
        return pose

    def gap(lean: float) -> float:
        pose = posed(np.zeros(1), np.ones(1), lean)
        return _inner_knee(actor, pose)

    lean = float(brentq(gap, 0.0, 8.0, xtol=1e-3))
    return _act(actor, "rest_knees_together", rest, lambda t, way: posed(t, way, lean), restless)


def _inner_knee(actor: Actor, pose: Pose) -> float:
    """How far the inner skin of a knee is from the middle of the body, metres; below 0 beyond it."""
    knee = actor.rig.rest("lowerleg01.L")
    rows = np.unique(actor.body.faces)
    rows = rows[np.linalg.norm(actor.body.vertices[rows] - knee, axis=1) < 0.14]
    points = actor.rig.skinned(actor.body.vertices[rows], actor.body.weights[rows].toarray())
    return float(actor.rig.place(actor.rig.matrices(pose), points)[0, :, 0].min()) + SINK


# --- a leg on the other's knee ----------------------------------------------------------------------------------------


def leg_on_knee(actor: Actor, rest: Rest, restless: Restless = STILL) -> Act:
    """The ankle of `rest.side` on the other's knee, whose foot stands."""
    resting, side, stands = _Resting(actor, rest), rest.side, other(rest.side)

    def posed(t: Array, way: Array, lift: float) -> Pose:
        pose, drawn = resting.start(t), part(way, 0.0, 0.5)
        wide = LYING_SPREAD + 0.03 * drawn
        stir = rest.stir * restless.sway(t, "knees", 0.01)
        pole = np.tile(UP, (len(t), 1))
        pole[:, 0] += stir
        astray = resting.stirred(restless, t, "foot")
        leg_to(actor, pose, stands, resting.foot(pose, stands, drawn, wide, rest.knee, astray), pole)
        end, over = _on_knee(actor, pose, side, lift)
        stood = resting.foot(pose, side, drawn, wide, rest.knee)
        aside = np.array([SIGN[side] * 0.14, 0.09, 0.05])
        crossing = part(way, 0.45, 1.0)
        ankle = stood + along({0.4: np.zeros(3), 0.75: end + aside - stood, 1.0: end - stood}, way)
        outward = np.array([SIGN[side], 0, 0]) + 0.12 * over
        leg_to(actor, pose, side, ankle, UP + crossing[:, None] * (outward - UP))
        for name in ("foot", "toes"):
            pitch = pose.of(f"{side}_{name}")
            pitch[:] += crossing * (pose.of(f"{stands}_thigh") - 38 - pitch)
            pose.aside(f"{side}_{name}")[:] *= 1 - crossing
            pose.aside(f"{side}_{name}")[:] -= 34 * crossing
        for name in SIDES:
            pose.turned(f"{name}_thigh")[:] *= 1 - drawn
        return pose

    def off(lift: float) -> float:
        return _between_legs(actor, posed(np.zeros(1), np.ones(1), lift), side)

    lift = float(brentq(off, 0.04, 0.22, xtol=1e-3))
    return _act(actor, "rest_leg_on_knee", rest, lambda t, way: posed(t, way, lift), restless, side=side)


def _on_knee(actor: Actor, pose: Pose, side: str, lift: float) -> tuple[Array, Array]:
    """Where the ankle of `side` lies on the other leg (n, 3), `lift` over its thigh, and which way is over it."""
    hip = pose.root - np.array([SIGN[side] * actor.half_hips, 0, 0])
    thigh = way_of(pose, other(side), "thigh")
    over = np.cross(thigh, np.array([1.0, 0, 0]))
    over = over * -np.sign(over[:, 2:])
    return hip + 0.9 * actor.rig.thigh * thigh + lift * over - np.array([SIGN[side] * 0.05, 0, 0]), over


def _between_legs(actor: Actor, pose: Pose, side: str) -> float:
    """How far the lower leg of `side` is off the skin of the other leg, metres, less what touching skin sinks in."""
    body = actor.body
    placed = skin(body, actor.rig.transforms(actor.rig.matrices(pose))[0])
    pulls = {s: body.weights[:, [body.bone(f"{b}{SUFFIX[s]}") for b in _LEG]].toarray() for s in SIDES}
    mine = np.flatnonzero(pulls[side][:, 2:].sum(axis=1) > 0.5)
    mine = np.intersect1d(mine, np.unique(body.faces))
    theirs = np.intersect1d(np.flatnonzero(pulls[other(side)].sum(axis=1) > 0.5), np.unique(body.faces))
    faces = body.faces
    out = normals(Mesh(placed, faces, placed, np.zeros(len(faces)), placed))
    _, nearest = cKDTree(placed[theirs]).query(placed[mine])
    off = ((placed[mine] - placed[theirs][nearest]) * out[theirs][nearest]).sum(axis=1)
    return float(off.min()) + 2 * SINK


_LEG: Final = ("upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot")


# --- lower legs on a chair --------------------------------------------------------------------------------------------


def legs_on_chair(actor: Actor, rest: Rest, restless: Restless = STILL) -> Act:
    """The lower legs on a chair's seat, the thighs sloping towards it by `rest.knee` degrees."""
    resting = _Resting(actor, rest)
    pose = resting.still.copy()
    for side in SIDES:
        pose.of(f"{side}_thigh")[:], pose.of(f"{side}_shin")[:] = rest.knee, 90
        pose.aside(f"{side}_thigh")[:], pose.aside(f"{side}_shin")[:] = 3.0, 2.0
        pose.turned(f"{side}_thigh")[:] = 5.0
        for name in ("foot", "toes"):
            pose.of(f"{side}_{name}")[:], pose.aside(f"{side}_{name}")[:] = 18.0, 8.0
    seat = _level_calves(actor, pose) + SINK
    joints = actor.joints(actor.rig.matrices(pose))
    ends = {side: joints[f"{side}_ankle"][0] for side in SIDES}
    front = float(joints["left_knee"][0, 2]) + 0.07
    props = chair(seat, front, float(ends["left"][2]) + 0.10 - front, backed=rest.backed)
    first = rest.side

    def posed(t: Array, way: Array) -> Pose:
        moved = resting.start(t)
        for side in SIDES:
            own = np.clip(way * 1.25 - (0.0 if side == first else 0.25), 0, 1)
            ankle = resting.foot(moved, side, np.ones(len(t)), np.full(len(t), LYING_SPREAD), CHAIR_FROM)
            up = np.array([ends[side][0], seat + 0.19, front - 0.05])
            path = ankle + along({0.0: np.zeros(3), 0.5: up - ankle, 1.0: ends[side] - ankle}, own)
            path[:, 2] += resting.stirred(restless, t, f"chair {side}") * own
            leg_to(actor, moved, side, path, np.tile(UP, (len(t), 1)))
            share = part(own, 0.2, 0.9)
            for name in ("foot", "toes"):
                moved.of(f"{side}_{name}")[:] += share * (18 - moved.of(f"{side}_{name}"))
                moved.aside(f"{side}_{name}")[:] = 8.0
            moved.turned(f"{side}_thigh")[:] = 5.0
        return moved

    return _act(actor, "rest_legs_on_chair", rest, posed, restless, props=props)


CHAIR_FROM: Final = 122.0
"""Flexion of the knees before the lower legs are put on the chair: the feet stand before it."""


def _level_calves(actor: Actor, pose: Pose) -> float:
    """Turn the shins of `pose` about the knees until calf and heel are at one height; gives that height."""
    knee, ankle = actor.rig.rest("lowerleg01.L"), actor.rig.rest("foot.L")
    calves = skin_near(actor, "lowerleg01", "left", lambda at: at[:, 1] < knee[1] - 0.08)
    feet = skin_near(actor, "foot", "left", lambda at: at[:, 1] < ankle[1])
    for _ in range(4):
        calf, heel = lowest(actor, pose, calves), lowest(actor, pose, feet)
        for side in SIDES:
            pose.of(f"{side}_shin")[:] += np.degrees((heel - calf) / (0.7 * actor.rig.shin))
    return float(min(lowest(actor, pose, calves)[0], lowest(actor, pose, feet)[0]))
