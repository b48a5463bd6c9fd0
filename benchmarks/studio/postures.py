"""Postures: a few numbers per moment, each a number or (n,), become a pose that rests on the floor, the feet or a ball.

`Actor` is one body with all that its postures need. Angles are degrees in the rig's sense, lengths metres. Where a
posture is given an angle, the joints have it exactly; where it is given a contact, skin touches to within a centimetre.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.body import Body
from benchmarks.studio.contact import HEAD_DOWN, SINK, Contacts, arm_down, leg_down
from benchmarks.studio.rig import SIDES, SIGN, SUFFIX, Array, Pose, Rig, other, pitch_out, posed, towards

JOINTS: Final = {
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
}
"""Joint centres by the bone whose head they are."""

PRESSED: Final = 0.012
"""Metres of gap under the loin that flesh and a mat fill (ours): the back is pressed to the floor up to here."""

HANGING: Final = {"upper_arm": 178.0, "upper_arm_out": 9.0, "forearm": 166.0, "forearm_out": 4.0}

Arms = Literal["sides", "out", "overhead", "under_hips"]
ARMS: Final[dict[str, dict[str, float]]] = {
    "sides": {"upper_arm": 93, "upper_arm_out": 20, "forearm": 92, "forearm_out": 12, "hand_turn": -40},
    "out": {"upper_arm": 95, "upper_arm_out": 48, "forearm": 92, "forearm_out": 40, "hand_turn": -40},
    "overhead": {"upper_arm": -78, "upper_arm_out": 28, "forearm": -84, "forearm_out": -8},
    "under_hips": {"upper_arm": 100, "upper_arm_out": 22, "forearm": 92, "forearm_out": -12, "hand_turn": -60},
}
"""Where the arms of somebody on the back lie."""


class Actor:
    """One body: its rig, what touches, and its lengths in metres."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.rig = Rig(body)
        self.contacts = Contacts(self.rig)
        rest = {f"{side}_{name}": (f"{bone}{SUFFIX[side]}",) for name, bone in JOINTS.items() for side in SIDES}
        places = {name: (bone, self.rig.rest(bone)) for name, (bone,) in rest.items()}
        for side in SIDES:
            places[f"{side}_heel"] = (f"foot{SUFFIX[side]}", body.joints[f"{side}_heel"])
            places[f"{side}_toe"] = (f"toe1-1{SUFFIX[side]}", body.joints[f"{side}_toe"])
        self.joint_names = tuple(places)
        self._joints = self.rig.fixed(places)
        self.trunk = self._trunk()
        self.half_shoulders = float(abs(self.rig.rest("upperarm01.L")[0]))
        self.half_hips = self.rig.half_hips
        self.ankle = {side: self._foot_rest(side) for side in SIDES}
        self.pressed = self._pressed()

    def joints(self, matrices: Array) -> dict[str, Array]:
        """Joint centres by name, (n, 3) metres each."""
        at = self.rig.place(matrices, self._joints)
        return {name: at[:, i] for i, name in enumerate(self.joint_names)}

    def _trunk(self) -> float:
        middle = [
            (self.rig.rest(f"{bone}.L") + self.rig.rest(f"{bone}.R")) / 2 for bone in ("upperleg01", "upperarm01")
        ]
        return float(np.linalg.norm(middle[1] - middle[0]))

    def _pressed(self) -> float:
        """Lordosis in degrees at which the loin is flat on the floor, while buttocks and upper back lie on it.

        A body whose loin never gets there, with a big seat and little muscle, is as flat as it can be.
        """
        lordosis = np.linspace(-60, 20, 81)
        angles = {"trunk": -90.0, "head": -84.0, "thigh": 91.0, "shin": 93.0}
        pose = self.contacts.on_back(posed(len(lordosis), angles, lordosis=lordosis, root=(0, 0.11, 0)))
        gap = self.contacts.gap(self.rig.matrices(pose))
        return float(lordosis[np.flatnonzero(gap <= max(PRESSED, float(gap.min())))[-1]])

    def _foot_rest(self, side: str) -> "FootRest":
        end = SUFFIX[side]
        ankle = self.rig.rest(f"foot{end}")
        ball = np.mean([self.rig.rest(f"toe{i}-1{end}") for i in range(1, 6)], axis=0)
        heel = np.asarray(self.body.joints[f"{side}_heel"], float)
        toe = np.asarray(self.body.joints[f"{side}_toe"], float)
        sole = self.rig.body.vertices[self._sole(side), 1].min()
        out = float(np.degrees(np.arctan2(SIGN[side] * (toe - heel)[0], (toe - heel)[2])))
        under_heel = np.array([heel[0], sole, heel[2] + 0.02])
        return FootRest(float(ankle[1] - sole), out, ball - ankle, under_heel - ankle)

    def _sole(self, side: str) -> Array:
        skin = np.unique(self.body.faces)
        pull = self.body.weights[:, [self.body.bone(f"foot{SUFFIX[side]}")]].toarray()[:, 0]
        rows: Array = skin[pull[skin] > 0.5]
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class FootRest:
    """A foot flat on the floor: the ankle's height, how far the toes point out, and where the ball of the foot and the
    underside of the heel are from the ankle, (3,)."""

    height: float
    out: float
    ball: Array
    heel: Array


# --- legs -------------------------------------------------------------------------------------------------------------


def two_bones(start: Array, end: Array, upper: float, lower: float, pole: Array) -> tuple[Array, Array]:
    """Directions (n, 3) of two bones from `start` that end at `end` (n, 3), folding towards `pole`.

    An end out of reach is approached with a straight limb, softly: a limb that snaps straight would throw its middle.
    """
    line = end - start
    distance = np.sqrt((line * line).sum(-1))
    unit = line / distance[:, None]
    longest = upper + lower
    d = longest - SOFT * np.logaddexp(0, (longest - np.maximum(distance, abs(upper - lower) + 1e-6)) / SOFT)
    aside = pole - unit * (pole * unit).sum(-1, keepdims=True)
    aside = aside / np.sqrt((aside * aside).sum(-1, keepdims=True))
    cosine = (upper * upper + d * d - lower * lower) / (2 * upper * d)
    first = cosine[:, None] * unit + np.sqrt(1 - cosine * cosine)[:, None] * aside
    second = (d[:, None] * unit - upper * first) / lower
    return first, second


SOFT: Final = 0.007
"""Metres before a limb is straight over which it slows down (ours)."""


def reach_with_leg(actor: Actor, pose: Pose, side: str, ankle: Array, pole: ArrayLike) -> None:
    """Put the thigh and the shin of `pose` so that the ankle is at `ankle` (n, 3); the knee folds towards `pole`."""
    hip = pose.root + np.array([SIGN[side] * actor.half_hips, 0, 0])
    ways = two_bones(hip, ankle, actor.rig.thigh, actor.rig.shin, np.broadcast_to(np.asarray(pole, float), hip.shape))
    for part, way in zip(("thigh", "shin"), ways, strict=True):
        pitch, out = pitch_out(way, SIGN[side])
        pose.of(f"{side}_{part}")[:] = np.where(pitch < 0, pitch + 360, pitch) if part == "shin" else pitch
        pose.aside(f"{side}_{part}")[:] = out


@dataclass(frozen=True, slots=True)
class Feet:
    """How the feet stand: half the distance between the ankles (metres), how far the toes point out, how far the heel
    is lifted off the floor (metres, each side's own) and how far the toes are raised with the heel down (deg).
    """

    half_spread: ArrayLike = 0.14
    toes_out: ArrayLike = 7.0
    heel: Mapping[str, ArrayLike] = field(default_factory=dict)
    toes_up: ArrayLike = 0.0


def plant(actor: Actor, pose: Pose, side: str, z: ArrayLike, feet: Feet) -> Array:
    """Stand the foot of `pose` so that, were it flat, its ankle would lie at `z`; gives the ankle, (n, 3)."""
    rest, n = actor.ankle[side], len(pose)
    heel = np.broadcast_to(np.asarray(feet.heel.get(side, 0.0), float), n)
    lever = float(np.hypot((rest.ball - rest.heel)[0], (rest.ball - rest.heel)[2]))
    up = np.broadcast_to(np.asarray(feet.toes_up, float), n)
    lift = np.degrees(np.arcsin(np.clip(heel / lever, -1, 1)))
    pose.of(f"{side}_foot")[:], pose.of(f"{side}_toes")[:] = 90 + lift - up, 90 - up
    for part in ("foot", "toes"):
        pose.aside(f"{side}_{part}")[:] = feet.toes_out
    flat = np.zeros((n, 3))
    flat[:, 0], flat[:, 1], flat[:, 2] = SIGN[side] * np.asarray(feet.half_spread, float), rest.height - SINK, z
    level = actor.rig.foot_turn(np.full(n, 90.0), pose.aside(f"{side}_foot"), side)
    tipped = actor.rig.foot_turn(pose.of(f"{side}_foot"), pose.aside(f"{side}_foot"), side)
    pivot = np.where((up > 0)[:, None], rest.heel, rest.ball)
    ankle: Array = flat + ((level - tipped) @ pivot[:, :, None])[:, :, 0]
    ankle[:, 1] += FOLD * heel
    return ankle


FOLD: Final = 0.11
"""Share of a heel's height by which the skin under the ball of the foot folds down (ours, from the mesh)."""


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


# --- bridges ----------------------------------------------------------------------------------------------------------


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
            hip + np.array([SIGN[s] * self.actor.half_hips, 0, 0]) + self.actor.rig.thigh * _way(pose, s, "thigh")
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


def _way(pose: Pose, side: str, part: str) -> Array:
    return towards(pose.of(f"{side}_{part}"), pose.aside(f"{side}_{part}"), SIGN[side])


def knee_flexion(pose: Pose, side: str) -> Array:
    """(n,) flexion of the knee in space, degrees."""
    cosine = (_way(pose, side, "thigh") * _way(pose, side, "shin")).sum(-1)
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
    thigh = _way(pose, works, "thigh")
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


# --- kneeling and standing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KneelSetup:
    """Half-kneeling: which side kneels, the front knee's flexion before the lean, the lean then, and half the distance
    between the feet; with `toes_tucked` the rear foot stands on its toes.
    """

    side: Literal["left", "right"] = "right"
    front_knee: float = 90.0
    start: float = 0.0
    half_spread: float = 0.11
    toes_tucked: bool = False


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
        foot = 205.0 if self.setup.toes_tucked else 262.0
        angles: dict[str, ArrayLike] = {"trunk": trunk, "head": trunk if head is None else head, **(arms or HANGING)}
        angles |= {f"{rear}_thigh": 180 + lean, f"{rear}_shin": 272.0, f"{rear}_foot": foot, f"{rear}_toes": foot}
        if self.setup.toes_tucked:
            angles[f"{rear}_toes"] = 120.0
        angles |= {f"{rear}_thigh_out": 1.0, f"{rear}_shin_out": 1.0}
        pose = posed(n, angles, lordosis=lordosis, root=(0, 0.5, 0))
        pose = actor.contacts.shin_down(pose, rear)
        self._lift_knee(pose, knee_up)
        knee = pose.root + actor.rig.thigh * _way(pose, rear, "thigh")
        pose.root[:, 2] += self._knee_z - knee[:, 2]
        front = other(rear)
        ankle = plant(actor, pose, front, self._front_z, Feet(half_spread=self.setup.half_spread, toes_out=4))
        reach_with_leg(actor, pose, front, ankle, (0, 0.5, 1))
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
