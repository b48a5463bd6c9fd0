"""A reading's error: its bias, and how wide a 90 % interval must be. Both depend on what is read and on which leg.

The numbers were found by split conformal prediction on rendered people (`models/fit/calibration.py`) and are stored in
`calibration.json`. A bias is taken off only where that made the error smaller on bodies it was not found on. A user's
own exercise takes the numbers of all exercises that read the same thing; what no exercise has read yet keeps the
measure's own standard error.
"""

import json
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np

from formcheck.body.measures import MEASURES, other
from formcheck.core.exercise import Check

Z90: Final = 1.645
"""Half the width of a 90 % interval in standard errors, where nothing better is known."""

ANY: Final = "*"
"""All exercises together."""


SIDE_DEG: Final = 68.0
"""Camera yaw from which a view counts as from the side here."""


class Error(NamedTuple):
    """By how much a value is too large: `bias` in the measure's unit, plus `slope` times (1 - sin of the camera's yaw),
    plus `share` of the value. `half` is half the interval's width in standard errors; `bodies` is on how many bodies
    these were found.
    """

    bias: float
    slope: float
    share: float
    half: float
    bodies: int

    def of(self, value: float, yaw_deg: float) -> float:
        """By how much a value is too large, seen from a camera yaw in degrees."""
        lean = float(1 - np.sin(np.radians(yaw_deg))) if self.slope else 0.0
        return self.bias + self.slope * lean + self.share * value


UNKNOWN: Final = Error(0.0, 0.0, 0.0, Z90, 0)


def key(exercise: str, check: Check, side: str | None, near_side: str | None) -> str:
    """The name of what a check reads: exercise, measure, take, phase, and whether the leg is the near one.

    side: the working leg; None for no leg.
    """
    read = f"{check.measure}.{check.take}.{check.phase}{'.from_rest' if check.from_rest else ''}"
    return f"{exercise} {read} {_leg(check, side, near_side)}"


def _leg(check: Check, side: str | None, near_side: str | None) -> str:
    sided = check.measure in MEASURES and MEASURES[check.measure].sided and check.how.error != "time"
    if not sided or check.leg == "both" or side not in ("left", "right") or near_side is None:
        return "any"
    leg = side if check.leg == "working" else other(side)
    return "near" if leg == near_side else "far"


def names(name: str, yaw_deg: float) -> tuple[str, str, str]:
    """The names to look a reading up by, best first: from this view, from any view, over all exercises."""
    view = "side" if yaw_deg >= SIDE_DEG else "oblique"
    return f"{name} {view}", name, f"{ANY} {name.partition(' ')[2]}"


def error(name: str, yaw_deg: float) -> Error:
    """The error of the reading of that name, seen from a camera yaw in degrees."""
    found = table()
    return next((found[one] for one in names(name, yaw_deg) if one in found), UNKNOWN)


@cache
def table() -> dict[str, Error]:
    """All known errors, by name."""
    text = resources.files("formcheck.core").joinpath("calibration.json").read_text("utf-8")
    return {name: Error(*row) for name, row in json.loads(text)["errors"].items()}
