"""Bounds of the exercises whose files are not there yet; an exercise file goes before its stand-in."""

from typing import Final

from formcheck.core import exercise as exercises
from formcheck.core.exercise import Check, Cue, Exercise, Leg, PhaseName, Source
from formcheck.core.posture import Posture, Segment

_Row = tuple[str, str, Leg, PhaseName, str, str, float | None, float | None]

_RESTED: Final[list[_Row]] = [
    ("back_flat", "back_arch", "working", "hold", "max", "deg", None, 10.0),
    ("five_minutes", "trunk_rise", "working", "hold", "duration", "s", 300.0, None),
]
_CUES: Final[dict[str, list[_Row]]] = {
    "plank": [
        ("hips_in_line", "hip_sag", "working", "hold", "mean", "trunk", -0.10, 0.10),
        ("pelvis_neutral", "back_arch", "working", "hold", "max", "deg", None, 12.0),
    ],
    "hip_flexor_stretch": [
        ("back_flat", "back_arch", "working", "hold", "max", "deg", None, 10.0),
        ("knee_to_chest", "trunk_thigh_angle", "other", "hold", "mean", "deg", 110.0, None),
        ("not_too_far", "back_arch", "working", "hold", "min", "deg", -12.0, None),
        ("other_leg_hangs", "thigh_tilt", "working", "hold", "mean", "deg", None, 100.0),
        ("hold_30_to_60_s", "trunk_rise", "working", "hold", "duration", "s", 30.0, 60.0),
    ],
    "rest_legs_on_chair": _RESTED,
    "rest_knees_together": _RESTED,
    "rest_leg_on_knee": _RESTED,
    "sit_up": [],
}
"""Cue, measure, leg, phase, take, unit, bounds (ours)."""

_SOURCE: Final = Source("", "")


def _stand_in(name: str, rows: list[_Row]) -> Exercise:
    cues = tuple(
        Cue(
            id_, "", "", _SOURCE, (Check(measure, leg, phase, take, unit, measure == "back_arch", low, high),), None, ""
        )
        for id_, measure, leg, phase, take, unit, low, high in rows
    )
    segment = Segment("trunk_rise", 15.0, 25.0, 0.8, 0.9, "each")
    return Exercise(name, name, "", _SOURCE, Posture({}, {}, {}, {}), segment, cues)


OTHERS: Final = tuple(_CUES)
"""The exercises of the sources beside the four that are trained most: held postures, and sit-ups."""


def known() -> dict[str, Exercise]:
    """All exercises by name, each from its file where there is one."""
    return {name: _stand_in(name, rows) for name, rows in _CUES.items()} | dict(exercises.builtin())
