"""One body with all that its postures need, and its feet put where they are to stand.

Angles are degrees in the sense of `pose.py`, lengths metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.body import Body
from benchmarks.studio.contact import SINK, Contacts
from benchmarks.studio.pose import SIDES, SIGN, SUFFIX, Array, Pose, posed
from benchmarks.studio.rig import Rig
from benchmarks.studio.turns import pitch_out, towards

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
    cosine = np.minimum((upper * upper + d * d - lower * lower) / (2 * upper * d), 1.0)  # far off it rounds up
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


def way_of(pose: Pose, side: str, part: str) -> Array:
    return towards(pose.of(f"{side}_{part}"), pose.aside(f"{side}_{part}"), SIGN[side])
