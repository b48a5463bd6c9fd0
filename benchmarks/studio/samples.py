"""The clips of `sample_videos/`: each exercise done well or with one fault, and one that is none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from benchmarks.studio.acts import Side
from benchmarks.studio.clip import Part
from benchmarks.studio.scene import Mood
from benchmarks.studio.sets import drawn

TIGHT: Final = 0.1
LOOSE: Final = 1.0
APART: Final = {"half_spread": 0.18}
"""Feet as far apart as broad shoulders."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sample: which of the split's people, what they do, and from where and in which light they are seen."""

    person: int
    parts: tuple[Part, ...]
    yaw: float = 82.0
    height: float = 0.8
    top_fit: float | None = None
    """Another shirt than the person's own."""
    mood: Mood = "day"
    size: tuple[int, int] = (640, 360)
    shake: float = 0.0
    seconds: tuple[float, float] | None = None
    bystander: bool = False


_TEMPO: Final[dict[str, dict[str, float]]] = {
    "ball_bridge": {"raise_s": 0.9, "hold_s": 2.2, "lower_s": 1.4, "rest_s": 0.8, "depth": 0.0},
    "glute_bridge": {"raise_s": 0.9, "hold_s": 2.2, "lower_s": 1.4, "rest_s": 0.8, "depth": 0.0},
    "leg_lift": {"raise_s": 0.9, "hold_s": 3.6, "lower_s": 1.1, "rest_s": 0.8, "degrees": 14.0},
    "kneeling_lunge": {"raise_s": 1.6, "hold_s": 5.0, "lower_s": 1.2, "rest_s": 1.5},
}
"""Short clips show enough."""


def _set(exercise: str, sides: Sequence[Side], **changed: Mapping[str, Any]) -> Part:
    """A good set but for what is changed: in the `rep`, the `setup`, the `feet`, or single reps (`changes`)."""
    recipe = drawn(exercise, np.random.default_rng(len(exercise)))
    recipe.rep.update(_TEMPO[exercise])
    merged: dict[str, Any] = {group: {**getattr(recipe, group), **values} for group, values in changed.items()}
    return Part(replace(recipe, **merged), tuple(sides))


SAMPLES: Final[Mapping[str, Told]] = {
    "ball_bridge": Told(0, (_set("ball_bridge", ["both", "both"], changes={"1": {"sag": 0.13}}),), top_fit=TIGHT),
    "leg_lift": Told(1, (_set("leg_lift", ["right", "right"], setup={"arms": "out"}),), yaw=278.0, top_fit=TIGHT),
    "kneeling_lunge": Told(
        2, (_set("kneeling_lunge", ["right"], rep={"arch": 28.0, "arms_from": 0.05}),), top_fit=TIGHT
    ),
    "glute_bridge": Told(3, (_set("glute_bridge", ["both", "both"], feet=APART),), yaw=62.0, mood="evening"),
    "leg_lift_dropped": Told(
        4,
        (_set("leg_lift", ["left", "right"], rep={"hold_s": 1.4, "lower_s": 0.4, "degrees": 33.0, "arch": 18.0}),),
        yaw=96.0,
    ),
    "kneeling_lunge_loose_shirt": Told(
        5, (_set("kneeling_lunge", ["left"], rep={"arms": 120.0}),), yaw=240.0, top_fit=LOOSE, shake=0.3
    ),
    "ball_bridge_narrow_feet": Told(
        *(6, (_set("ball_bridge", ["both"], feet={"half_spread": 0.05}, setup={"arms": "out"}),)),
        yaw=8.0,
        height=1.3,
        top_fit=TIGHT,
    ),
    "glute_bridge_one_leg": Told(
        7,
        (_set("glute_bridge", ["left", "left"], rep={"lower_s": 0.5}, setup={"idle": "stretched"}, feet=APART),),
        yaw=84.0,
    ),
    "two_exercises": Told(
        8,
        (_set("glute_bridge", ["both"]), _set("leg_lift", ["left"])),
        yaw=104.0,
        mood="backlit",
        bystander=True,
    ),
    "squats": Told(9, (Part(motion="squats"),), yaw=70.0, size=(360, 640), seconds=(0.0, 9.0)),
}
