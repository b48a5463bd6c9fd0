"""Sets of the rest of the exercises, from plain numbers: good ones drawn at random, and faults by name.

A rep's parameters are those of `planks.Plank`, `planks.SitUp`, `stretch.Stretch` and `rests.Rest`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, Final, Literal

import numpy as np

from benchmarks.studio import rests
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, then
from benchmarks.studio.planks import Plank, SitUp, plank, sit_ups
from benchmarks.studio.rhythm import Restless
from benchmarks.studio.stretch import Stretch, hip_flexor_stretch

Values = dict[str, Any]
Sides = Sequence[Literal["left", "right", "both"]]

RESTS: Final[dict[str, Callable[[Actor, rests.Rest, Restless], Act]]] = {
    "rest_legs_on_chair": rests.legs_on_chair,
    "rest_knees_together": rests.knees_together,
    "rest_leg_on_knee": rests.leg_on_knee,
}
_REST: Final = {
    "in_s": (2.6, 3.8),
    "out_s": (2.0, 3.0),
    "hold_s": (22.5, 26.0),
    "arch": (0.0, 6.0),
    "a_minute": (8.0, 20.0),
    "rise_m": (0.010, 0.024),
}
RANGES: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "plank": {"in_s": (1.8, 2.8), "hold_s": (7.0, 11.0), "out_s": (1.4, 2.2), "depth": (-0.03, 0.03), "arch": (-3, 5)},
    "hip_flexor_stretch": {
        "in_s": (2.2, 3.4),
        "hold_s": (10.0, 15.0),
        "out_s": (1.8, 2.6),
        "pull": (48.0, 64.0),
        "dangle": (60.0, 85.0),
        "arch": (0.0, 4.0),
        "table": (0.68, 0.78),
    },
    "rest_legs_on_chair": _REST | {"knee": (22.0, 34.0)},
    "rest_knees_together": _REST | {"knee": (92.0, 112.0), "spread": (0.19, 0.26)},
    "rest_leg_on_knee": _REST | {"knee": (85.0, 102.0)},
    "sit_up": {
        "raise_s": (0.6, 1.2),
        "hold_s": (0.3, 0.8),
        "lower_s": (0.7, 1.3),
        "rest_s": (0.3, 0.8),
        "rises": (62, 84),
    },
}
"""Where a good one's parameters lie; doses are shortened."""

FAULTS: Final[dict[str, dict[str, Values]]] = {
    "plank": {
        "sags": {"depth": 0.18, "arch": 8.0},
        "sags_a_little": {"depth": 0.135},
        "piked": {"depth": -0.24, "arch": -6.0},
        "arches": {"arches": 24.0, "depth": 0.02, "sags": 0.05},
    },
    "hip_flexor_stretch": {
        "too_little": {"pull": 94.0},
        "too_far": {"pull": 52.0, "further": 20.0, "rounds": 24.0},
        "other_leg_up": {"up": 38.0},
        "arches": {"arches": 24.0, "pull": 66.0},
    },
    **{name: {"arches": {"arches": 22.0}, "restless": {"stir": 14.0}} for name in RESTS},
    "sit_up": {},
}
"""Parameters that break a cue, by what is wrong."""


BREATHES: Final = "breathes"
"""The way of who rests for a minute, breathing deeper or less deep, quicker or slower, by turns."""
_BREATHING: Final = ((13.0, 0.020), (8.0, 0.024), (18.0, 0.015), (26.0, 0.011))
"""Breaths a minute, and metres that the belly rises."""


def drawn(exercise: str, rng: np.random.Generator, fault: str = "", turn: int = 0) -> tuple[Values, Values]:
    """A rep's and a setup's parameters: a good one, or one with a fault of `FAULTS`; planks on forearms and on hands
    take turns.
    """
    rep: Values = {name: float(rng.uniform(*bounds)) for name, bounds in RANGES[exercise].items()}
    setup: Values = {}
    if exercise == "plank":
        rep["on"] = ("forearms", "hands")[turn % 2]
    if exercise in RESTS:
        rep["arms"] = str(rng.choice(["sides", "out"]))
    if exercise == "rest_legs_on_chair":
        rep["backed"] = bool(rng.random() < 0.5)
    if exercise == "sit_up":
        setup = {"knee": float(rng.uniform(80, 105)), "hands": str(rng.choice(["head", "ahead"]))}
    return rep | (FAULTS[exercise][fault] if fault else {}), setup


def breathing(rep: Values, turn: int) -> Values:
    """A rest's parameters with the breath whose turn it is, for a minute."""
    a_minute, rise_m = _BREATHING[turn % len(_BREATHING)]
    return rep | {"hold_s": 56.0, "a_minute": a_minute, "rise_m": rise_m}


def act_of(actor: Actor, exercise: str, reps: Sequence[Values], setup: Values, sides: Sides, restless: Restless) -> Act:
    """One posture a side named, in order, or a set of sit-ups."""
    if exercise == "sit_up":
        return sit_ups(actor, tuple(SitUp(**rep) for rep in reps), restless=restless, **setup)
    acts = [_posture(actor, exercise, rep, side, restless) for rep, side in zip(reps, sides, strict=True)]
    whole = reduce(lambda done, more: then(actor, done, more, 1.0), acts)
    return replace(whole, props=acts[0].props, lying=acts[0].lying)


def _posture(actor: Actor, exercise: str, rep: Values, side: str, restless: Restless) -> Act:
    if exercise == "plank":
        return plank(actor, Plank(**rep), restless)
    sided: Values = {} if side == "both" else {"side": side}
    if exercise == "hip_flexor_stretch":
        return hip_flexor_stretch(actor, Stretch(**rep, **sided), restless)
    return RESTS[exercise](actor, rests.Rest(**rep, **sided), restless)
