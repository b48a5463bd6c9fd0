"""Sets drawn from a seed: a person's own tempo and posture, uneven reps that tire, and cues met or broken by an amount.

A `Recipe` is plain numbers by parameter, so that it can be written into a manifest. `drawn` makes one at random;
`with_margin` turns the one parameter that drives a cue until its true value lies the wanted distance inside (positive)
or outside (negative) its bounds. Ranges are ours: what adults do on the sample and real clips, and a little beyond.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, cast

import numpy as np
from scipy.optimize import brentq

from benchmarks.studio import others, truth
from benchmarks.studio.actor import Actor, Feet
from benchmarks.studio.acts import Act
from benchmarks.studio.bridge import Ball, BridgeSetup
from benchmarks.studio.motion import Lift, LiftSetup, Lunge, Press, bridges, kneeling_lunges, leg_lifts
from benchmarks.studio.postures import KneelSetup
from benchmarks.studio.rhythm import STILL, Restless
from formcheck.errors import UsageError

Values = dict[str, Any]
Group = Literal["rep", "setup", "feet", "ball"]
Ranges = dict[Group, dict[str, tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind of rep of one exercise: the parameters of the rep, the setup, the feet and the ball, by name; in
    `changes` what other parameters a rep of a set has, by its number from 0 as a word.
    """

    exercise: str
    rep: Values = field(default_factory=dict)
    setup: Values = field(default_factory=dict)
    feet: Values = field(default_factory=dict)
    ball: Values = field(default_factory=dict)
    changes: dict[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knob:
    """What drives a cue: a parameter, and values of it at which the cue is surely met and surely broken."""

    group: Group
    name: str
    met: float
    broken: float


_BRIDGE: Final = {
    "feet_shoulder_width": Knob("feet", "half_spread", 0.15, 0.04),
    "hips_up": Knob("rep", "sag", 0.0, 0.16),
    "lower_slowly": Knob("rep", "lower_s", 3.0, 0.25),
    "through_the_heels": Knob("rep", "heel", 0.0, 0.10),
    "hips_in_line": Knob("rep", "depth", -0.05, 0.20),
    "toes_forward": Knob("feet", "toes_out", 0.0, 45.0),
}
KNOBS: Final[dict[str, dict[str, Knob]]] = {
    "leg_lift": {
        "lying_on_back": Knob("setup", "rest_knee", 0.0, 33.0),
        "low_back_pressed": Knob("rep", "arch", 0.0, 40.0),
        "lift_several_inches": Knob("rep", "degrees", 14.0, 45.0),
        "leg_straight": Knob("rep", "knee", 0.0, 32.0),
        "other_leg_down": Knob("rep", "other", 0.0, 15.0),
        "hold_3_to_5_s": Knob("rep", "hold_s", 4.0, 9.0),
    },
    "glute_bridge": _BRIDGE,
    "ball_bridge": _BRIDGE | {"shoulders_stay": Knob("rep", "slide", 0.0, 0.3)},
    "kneeling_lunge": {
        "front_knee_right_angle": Knob("setup", "front_knee", 90.0, 55.0),
        "rear_knee_down": Knob("rep", "knee_up", 0.0, 0.25),
        "pelvis_tucked": Knob("rep", "arch_in", -5.0, 40.0),
        "lunge_softly": Knob("rep", "raise_s", 2.5, 0.2),
        "lean_progressively": Knob("rep", "drift", 0.002, -0.03),
        "back_straight": Knob("rep", "arch", 0.0, 45.0),
        "arms_high": Knob("rep", "arms", 170.0, 60.0),
        "hips_forward_again": Knob("rep", "again", 0.035, 0.0),
        "hold_30_s": Knob("rep", "hold_s", 45.0, 8.0),
    },
}
"""The parameter behind each cue whose value can be chosen."""

BROKEN: Final[dict[str, dict[str, tuple[Group, str, float]]]] = {
    "glute_bridge": {"lower_slowly": ("rep", "hitches", 2)},
    "ball_bridge": {"shoulders_on_ball": ("ball", "behind", 0.3), "lower_slowly": ("rep", "hitches", 2)},
}
"""Cues that are broken by a parameter of their own, by no chosen amount: turning back on the way down, and the ball too
far down the back."""

_PRESSES: Final[dict[str, tuple[float, float]]] = {
    "raise_s": (0.6, 1.5),
    "hold_s": (1.6, 3.6),
    "lower_s": (1.15, 2.2),
    "rest_s": (0.5, 1.4),
    "depth": (-0.04, 0.03),
    "arch": (0.0, 10.0),
}
RANGES: Final[dict[str, Ranges]] = {
    "leg_lift": {
        "rep": {
            "raise_s": (0.7, 1.6),
            "hold_s": (3.2, 4.8),
            "lower_s": (0.8, 2.0),
            "rest_s": (0.5, 1.5),
            "degrees": (9.0, 19.0),
            "knee": (0.0, 8.0),
            "arch": (0.0, 7.0),
        },
        "setup": {"rest_knee": (0.0, 8.0)},
    },
    "glute_bridge": {"rep": _PRESSES, "setup": {"knee": (78, 105)}, "feet": {"half_spread": (0.12, 0.19)}},
    "ball_bridge": {
        "rep": _PRESSES | {"tilt": (18.0, 28.0)},
        "setup": {"knee": (80, 100)},
        "feet": {"half_spread": (0.12, 0.19)},
        "ball": {"radius": (0.25, 0.29), "behind": (-0.02, 0.06)},
    },
    "kneeling_lunge": {
        "rep": {
            "raise_s": (1.0, 2.4),
            "hold_s": (30.5, 36.0),
            "lower_s": (0.9, 1.8),
            "rest_s": (1.5, 3.0),
            "lean": (16.0, 32.0),
            "trunk": (-6.0, 8.0),
            "arch_in": (-3.0, 4.0),
            "arch": (0.0, 8.0),
            "arms": (157.0, 174.0),
            "arms_from": (0.1, 0.4),
            "again": (0.03, 0.042),
            "drift": (0.0, 0.0006),
        },
        "setup": {"front_knee": (80.0, 100.0), "half_spread": (0.08, 0.16)},
    },
}
"""Where a good rep's parameters lie."""

UNEVEN: Final = 0.05
"""How much the tempo and the size of reps vary from one to the next, as a share (ours)."""

TIRING: Final = 0.06
"""Share of the size that is lost from the first rep to the last of a set (ours)."""


def drawn(exercise: str, rng: np.random.Generator) -> Recipe:
    """A good rep of an exercise, at random."""
    groups = {
        group: {name: float(rng.uniform(*bounds)) for name, bounds in values.items()}
        for group, values in RANGES[exercise].items()
    }
    recipe = Recipe(exercise, **cast(dict[str, Values], groups))
    if exercise == "leg_lift":
        recipe.setup["arms"] = str(rng.choice(["sides", "out", "overhead", "under_hips"]))
    return recipe


def with_margin(actor: Actor, recipe: Recipe, cue: str, margin: float) -> Recipe:
    """The recipe with one parameter turned until the cue's true value lies `margin` (the cue's unit) inside its bounds.

    Raises `UsageError` where the cue has no parameter of its own or it cannot reach the margin.
    """
    knobs = KNOBS.get(recipe.exercise, {})
    if cue not in knobs:
        raise UsageError(f"{cue!r} of {recipe.exercise} cannot be turned; allowed: {', '.join(knobs)}")
    knob = knobs[cue]

    def off(value: float) -> float:
        return _margin(actor, _turned(recipe, knob, value), cue) - margin

    if off(knob.met) < 0 or off(knob.broken) > 0:
        raise UsageError(f"{cue!r} of {recipe.exercise} cannot lie {margin:g} inside its bounds with {knob.name}")
    return _turned(recipe, knob, float(brentq(off, knob.met, knob.broken, xtol=abs(knob.broken - knob.met) / 2000)))


def _turned(recipe: Recipe, knob: Knob, value: float) -> Recipe:
    return replace(recipe, **{knob.group: getattr(recipe, knob.group) | {knob.name: value}})


def broken(recipe: Recipe, cue: str) -> Recipe:
    """The recipe with a cue of `BROKEN` broken."""
    group, name, value = BROKEN[recipe.exercise][cue]
    slow = {"lower_s": 2.5} if name == "hitches" else {}  # slow enough all the same
    return replace(recipe, **{group: getattr(recipe, group) | slow | {name: value}})


def _margin(actor: Actor, recipe: Recipe, cue: str) -> float:
    """The true margin of a cue in one rep of a recipe, done as by a machine."""
    side: Literal["left"] | Literal["both"] = "both" if recipe.exercise.endswith("bridge") else "left"
    bouts = truth.bouts(actor, act_of(actor, recipe, [side]))
    margins = [found.margin for bout in bouts for found in bout.reps[0].cues if found.id == cue]
    if not margins or margins[0] is None:
        raise UsageError(f"{cue!r} of {recipe.exercise} has no true value with these parameters: {manifest(recipe)}")
    return margins[0]


def act_of(
    actor: Actor,
    recipe: Recipe,
    sides: Sequence[Literal["left", "right", "both"]],
    *,
    restless: Restless = STILL,
    uneven: np.random.Generator | None = None,
) -> Act:
    """A set of one rep a side named, in order; with `uneven` each differs and the set tires.

    A set of kneeling lunges stays on one side: the first named.
    """
    last = max(len(sides) - 1, 1)
    reps = [_varied(recipe, i / last, uneven) | recipe.changes.get(str(i), {}) for i in range(len(sides))]
    if recipe.exercise in others.RANGES:
        return others.act_of(actor, recipe.exercise, reps, recipe.setup, sides, restless)
    if recipe.exercise == "leg_lift":
        lifts = [Lift(side=side, **rep) for side, rep in zip(sides, reps, strict=True)]
        return leg_lifts(actor, lifts, LiftSetup(**recipe.setup), restless=restless)
    if recipe.exercise == "kneeling_lunge":
        setup = KneelSetup(**{"side": sides[0], **recipe.setup})
        return kneeling_lunges(actor, [Lunge(**rep) for rep in reps], setup, restless=restless)
    ball = Ball(**recipe.ball) if recipe.exercise == "ball_bridge" else None
    bridge = BridgeSetup(feet=Feet(**recipe.feet), ball=ball, works=sides[0], **recipe.setup)
    return bridges(actor, [Press(**rep) for rep in reps], bridge, restless=restless)


_TEMPO: Final = ("raise_s", "lower_s", "rest_s", "hold_s")
_SIZE: Final = ("degrees", "lean")


def _varied(recipe: Recipe, through: float, uneven: np.random.Generator | None) -> Values:
    """One rep's parameters, `through` (0 to 1) of the way through the set."""
    rep = dict(recipe.rep)
    if uneven is None:
        return rep
    for name in _TEMPO:
        if name in rep:
            rep[name] *= float(np.exp(uneven.normal(0, UNEVEN)))
    for name in _SIZE:
        if name in rep:
            rep[name] *= float(np.exp(uneven.normal(0, UNEVEN / 2))) * (1 - TIRING * through)
    return rep


def manifest(recipe: Recipe) -> Mapping[str, Any]:
    """The recipe as it is written down."""
    return asdict(recipe)
