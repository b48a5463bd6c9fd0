"""Held postures as the stick person does them: the plank, the stretch on a table, the three resting positions.

All sizes and tempos are ours.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.stick.acts import Act, held
from benchmarks.stick.exercises import ON_BACK, bent_legs, crossed, lying
from benchmarks.stick.skeleton import (
    FOREARM,
    KNEELING,
    LYING,
    SHIN,
    THIGH,
    TRUNK,
    UPPER_ARM,
    Angles,
    Body,
    body,
    reach,
    towards,
)
from formcheck.findings import Side


def hands_at(shoulder_x: ArrayLike, shoulder_z: ArrayLike, hand_x: ArrayLike, hand_z: ArrayLike = 0.03) -> Angles:
    """Arms from a shoulder to a wrist, the elbow behind."""
    upper, fore = reach(np.subtract(hand_x, shoulder_x), np.subtract(hand_z, shoulder_z), UPPER_ARM, FOREARM, fold=-1)
    return {"upper_arm": upper, "forearm": fore, "hand": 90}


# --- the plank --------------------------------------------------------------------------------------------------------

_TOES: Final = 0.175
"""Height of the ankle when one stands on the toes of an upright foot."""
_LEG: Final = THIGH + SHIN


def straight_on_toes(shoulder_z: ArrayLike, hand_x: float, *, sag: float = 0.0) -> Body:
    """Face down on toes and hands, the ankles at x = -0.8, straight from shoulder to ankle but for `sag`: how far the
    hips lie under that line, metres.
    """
    far = TRUNK + _LEG
    rise = np.degrees(np.arcsin((np.asarray(shoulder_z, float) - _TOES) / far))
    leg, trunk = (np.degrees(np.arcsin(sag / length)) for length in (_LEG, TRUNK))
    x = -0.8 + _LEG * np.cos(np.radians(rise - leg))
    z = _TOES + _LEG * np.sin(np.radians(rise - leg))
    pitch = 90 - rise - trunk
    shoulder = np.stack([x, z], -1) + TRUNK * towards(pitch)[..., [0, 2]]
    arms = hands_at(shoulder[..., 0], shoulder[..., 1], hand_x)
    legs: Angles = {"thigh": 270 - rise + leg, "shin": 270 - rise + leg, "foot": 182}
    return body(x, z, {"trunk": pitch, "head": pitch - 10, **legs, **arms})


def on_all_fours() -> Body:
    shoulder = TRUNK * towards(77)
    z = KNEELING + THIGH
    arms = hands_at(shoulder[0], z + shoulder[2], shoulder[0])
    return body(0, z, {"trunk": 77, "head": 60, "thigh": 180, "shin": 272.7, "foot": 255, **arms})


def plank(seconds: float = 10, *, sag: float = 0.0, low: bool = False) -> Act:
    """From hands and knees onto the toes and back, on straight arms or, `low`, on the forearms."""
    there = straight_on_toes(0.36 if low else 0.575, 0.72 if low else 0.42, sag=sag)
    return held("plank", on_all_fours(), there, seconds=seconds)


# --- the stretch on a table -------------------------------------------------------------------------------------------

TABLE: Final = 0.85
"""Height of the hips that lie on a table."""


def hip_flexor_stretch(seconds: float = 12, *, side: Side = "left", hugged: float = 125, hanging: float = 75) -> Act:
    """From sitting at the end of a table onto the back: the leg of `side` hangs, its knee bent by `hanging`, the other
    hip is bent by `hugged`.
    """
    other = "right" if side == "left" else "left"
    thigh = 90.0 - hugged
    legs: Angles = {f"{side}_thigh": 95, f"{side}_shin": 95 + hanging, f"{side}_foot": 80}
    legs |= {f"{other}_thigh": thigh, f"{other}_shin": thigh + 120, f"{other}_foot": thigh + 40}
    sits = body(0, TABLE, {"trunk": 0, "thigh": 90, "shin": 180, "foot": 90, "upper_arm": 170, "forearm": 120})
    lies = body(0, TABLE, {**ON_BACK, **legs, "upper_arm": 60, "forearm": 50})
    return held("hip_flexor_stretch", sits, lies, side, seconds=seconds)


# --- resting positions ------------------------------------------------------------------------------------------------


def rest_legs_on_chair(seconds: float = 25) -> Act:
    there = body(0, LYING, {**ON_BACK, "thigh": 8, "shin": 94, "foot": 10})
    return held("rest_legs_on_chair", lying(70), there, seconds=seconds)


def rest_knees_together(seconds: float = 25, *, knee: float = 95) -> Act:
    together: Angles = {"thigh_out": -18, "shin_out": 22}
    there = body(0, LYING, {**ON_BACK, **bent_legs(knee), **together})
    return held("rest_knees_together", lying(), there, seconds=seconds)


def rest_leg_on_knee(seconds: float = 25, *, side: Side = "left", knee: float = 95) -> Act:
    """With the ankle of `side` on the other knee."""
    legs = bent_legs(knee)
    there = body(0, LYING, {**ON_BACK, **legs, **crossed(np.array([legs["thigh"]]), side)})
    return held("rest_leg_on_knee", lying(knee), there, side, seconds=seconds)


POSTURES: Final[dict[str, Callable[[], Act]]] = {
    "plank": plank,
    "plank on the forearms": lambda: plank(low=True),
    "hip flexor stretch": hip_flexor_stretch,
    "hip flexor stretch, right": lambda: hip_flexor_stretch(side="right", hugged=112, hanging=60),
    "legs on a chair": rest_legs_on_chair,
    "knees together": rest_knees_together,
    "leg on the other knee": rest_leg_on_knee,
    "right leg on the other knee": lambda: rest_leg_on_knee(side="right", knee=105),
}
"""Every posture that is held; with `EXERCISES` all that makes reps."""
