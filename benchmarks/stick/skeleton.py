"""A stick body: segments turned by angles, and where its landmarks then are.

Floor axes: x forward, y to the person's left, z up, metres, for a person of 1.7 m (`film` scales). Each segment has a
pitch in the sagittal plane: 0 points up, 90 forward, 180 down, 270 back; and an `out`, away from the body's middle.
Upright: trunk 0, thigh 180, shin 180, foot 90. On the back: trunk -90, legs 90. Hence, at `out` 0, knee flexion is
shin - thigh, and the trunk-thigh angle is thigh - trunk. All sizes and tempos are ours unless a source is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array

Angles: TypeAlias = dict[str, ArrayLike]
"""Degrees by segment name; see `body`."""

HEIGHT: Final = 1.7
TRUNK: Final = 0.288 * HEIGHT
THIGH: Final = 0.245 * HEIGHT
SHIN: Final = 0.246 * HEIGHT
UPPER_ARM: Final = 0.186 * HEIGHT
FOREARM: Final = 0.146 * HEIGHT
HALF_SHOULDERS: Final = 0.23 * HEIGHT / 2
HALF_HIPS: Final = 0.17 * HEIGHT / 2
"""Segment lengths follow Drillis and Contini (in Winter, Biomechanics), widths are between BlazePose's points."""

LYING: Final = 0.10
"""Height of the hip and shoulder points above the floor when they lie on it."""
FLAT_ANKLE: Final = 0.07
"""Height of the ankle when the foot stands flat."""
KNEELING: Final = 0.05
"""Height of the knee when one kneels on it."""

_PARTS: Final = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")
SEGMENTS: Final = ("trunk", "head", *(f"{side}_{part}" for part in _PARTS for side in SIDES))
ROW: Final = {name: i for i, name in enumerate(SEGMENTS)}
SIGN: Final = {"left": 1.0, "right": -1.0}

_CLEARANCE_OF: Final = {"shoulder": LYING, "hip": LYING, "knee": KNEELING, "ankle": 0.04, "elbow": 0.04, "ear": 0.08}
CLEARANCE: Final = np.array([_CLEARANCE_OF.get(name.split("_")[-1], 0.02) for name in NAMES])
"""(33,) how far each landmark stays above the floor when it touches it."""


@dataclass(frozen=True, slots=True)
class Body:
    """Bodies over n moments: `pitch` and `out` (n, 14) degrees by `SEGMENTS`, `root` (n, 3) between the hips."""

    pitch: Array
    out: Array
    root: Array

    def __len__(self) -> int:
        return len(self.root)

    def of(self, segment: str) -> Array:
        """(n,) pitch of a segment, degrees."""
        return self.pitch[:, ROW[segment]]


_FOLLOWS: Final[dict[str, tuple[str, float]]] = {
    "upper_arm": ("trunk", 180),
    "forearm": ("upper_arm", 0),
    "hand": ("forearm", 0),
    "thigh": ("trunk", 180),
    "shin": ("thigh", 0),
    "foot": ("shin", -90),
}
"""Whose pitch a segment takes, plus how much, when it is given none itself."""


def _row(side: str, part: str) -> int:
    return ROW[part if part == "trunk" else f"{side}_{part}"]


def body(x: ArrayLike, z: ArrayLike, angles: Mapping[str, ArrayLike]) -> Body:
    """Bodies from the hips' place and the segments' angles, each a number or (n,).

    A name without a side means both; `_out` after a segment gives its sideways angle. What is not given follows its
    neighbour: the head the trunk, the rest of a limb its first segment, and the foot is square to the shin.
    """
    n = np.broadcast(np.asarray(x), np.asarray(z), *(np.asarray(a) for a in angles.values())).size
    pitch, out = np.zeros((n, len(SEGMENTS))), np.zeros((n, len(SEGMENTS)))
    for name in ("trunk", "head"):
        pitch[:, ROW[name]] = angles.get(name, angles["trunk"])
    for side in SIDES:
        for part, (neighbour, turn) in _FOLLOWS.items():
            row = ROW[f"{side}_{part}"]
            given = angles.get(f"{side}_{part}", angles.get(part))
            pitch[:, row] = pitch[:, _row(side, neighbour)] + turn if given is None else given
            out[:, row] = angles.get(f"{side}_{part}_out", angles.get(f"{part}_out", 0.0))
    root = np.zeros((n, 3))
    root[:, 0], root[:, 2] = x, z
    return Body(pitch, out, root)


def towards(pitch: ArrayLike, out: ArrayLike = 0.0) -> Array:
    """(n, 3) unit vectors; a positive `out` is towards the left."""
    p, o = np.radians(pitch), np.radians(out)
    return np.stack(np.broadcast_arrays(np.cos(o) * np.sin(p), np.sin(o), np.cos(o) * np.cos(p)), -1)


def points(b: Body) -> Array:
    """(n, 33, 3) landmarks in floor axes, metres, of a person of 1.7 m."""
    xyz = np.empty((len(b), len(NAMES), 3))
    shoulders = b.root + TRUNK * towards(b.of("trunk"))
    _face(xyz, shoulders + 0.2 * towards(b.of("head")), b.of("head"))
    for side, sign in SIGN.items():
        along = {part: towards(b.of(f"{side}_{part}"), sign * b.out[:, ROW[f"{side}_{part}"]]) for part in _PARTS}
        across = np.array([0.0, sign, 0.0])
        shoulder = shoulders + HALF_SHOULDERS * across
        elbow = shoulder + UPPER_ARM * along["upper_arm"]
        wrist = elbow + FOREARM * along["forearm"]
        hip = b.root + HALF_HIPS * across
        knee = hip + THIGH * along["thigh"]
        ankle = knee + SHIN * along["shin"]
        foot = b.of(f"{side}_foot")
        heel = ankle - 0.045 * towards(foot) + 0.05 * towards(foot + 90)
        chain = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip, "knee": knee, "ankle": ankle}
        chain |= {"heel": heel, "foot_index": heel + 0.2 * along["foot"]}
        for finger, reach, aside in (("pinky", 0.08, 0.03), ("index", 0.09, -0.01), ("thumb", 0.05, -0.03)):
            chain[finger] = wrist + reach * along["hand"] + aside * across
        for name, place in chain.items():
            xyz[:, INDEX[f"{side}_{name}"]] = place
    return xyz


_FACE: Final = {
    "nose": (0.11, 0.0, 0.0),
    "eye_inner": (0.09, 0.03, 0.015),
    "eye": (0.09, 0.03, 0.03),
    "eye_outer": (0.08, 0.03, 0.045),
    "ear": (0.0, 0.0, 0.07),
    "mouth": (0.09, -0.035, 0.025),
}
"""Metres forward, up and aside of the point between the ears."""


def _face(xyz: Array, centre: Array, pitch: Array) -> None:
    """Put the face's points into `xyz`."""
    up, forward = towards(pitch), towards(pitch + 90)
    for i, name in enumerate(NAMES[:11]):
        side = "left" if "left" in name else "right"
        ahead, above, aside = _FACE[name.replace(f"{side}_", "").replace(f"_{side}", "")]
        xyz[:, i] = centre + ahead * forward + above * up + aside * np.array([0.0, SIGN[side], 0.0])


def reach(dx: ArrayLike, dz: ArrayLike, upper: ArrayLike, lower: ArrayLike, fold: float = 1.0) -> tuple[Array, Array]:
    """Pitches of two segments that end at (dx, dz) from where they begin; a knee folds with 1, an elbow with -1."""
    dx, dz = np.asarray(dx, float), np.asarray(dz, float)
    d = np.hypot(dx, dz)
    longest = np.asarray(upper) + np.asarray(lower)
    if (d > longest).any():
        raise ValueError(f"out of reach: {d.max():.3f} m, at most {longest.min():.3f} m")
    straight_to = np.degrees(np.arctan2(dx, dz)) % 360
    first = straight_to - fold * corner_of(upper, d, lower)
    return first, first + fold * (180 - corner_of(upper, lower, d))


def corner_of(a: ArrayLike, b: ArrayLike, opposite: ArrayLike) -> Array:
    """Angle in degrees between the sides a and b of a triangle."""
    a, b, c = np.asarray(a), np.asarray(b), np.asarray(opposite)
    angle: Array = np.degrees(np.arccos(np.clip((a * a + b * b - c * c) / (2 * a * b), -1, 1)))
    return angle


def leg_to(x: ArrayLike, z: ArrayLike, ankle: tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
    """Thigh and shin of a leg from hips at (x, z) to an ankle."""
    return reach(np.asarray(ankle[0]) - x, np.asarray(ankle[1]) - z, THIGH, SHIN)


def drop(b: Body, pin: str | None = None) -> Body:
    """The same bodies with their lowest point on the floor and, if named, the landmark `pin` at x = 0."""
    xyz = points(b)
    root = b.root.copy()
    root[:, 2] += (CLEARANCE - xyz[:, :, 2]).max(axis=1)
    if pin is not None:
        root[:, 0] -= xyz[:, INDEX[pin], 0]
    return replace(b, root=root)
