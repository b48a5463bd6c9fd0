"""A reading's error: how large it is from what is known of joints and camera, its bias, and the interval it needs.

    error^2 = own^2 + (joints' gain * joints' error)^2 + (lean * view)^2 + (turn * yaw's error)^2
              + (told * the error it brings)^2 + (share * value)^2

Six numbers a measure, for a value, a change from the same person's rest, one within a phase, a time and a speed: its
own error, if all is seen well; how much of its joints' errors reaches it; how much it is off for what the camera sees
at a slant; how much of the yaw's error reaches it; how much counts of the error that a reading brings along (the arch
of the back from its process, a time from how fast its signal rises); and how the error of times and speeds grows with
them. They were found on rendered people (`models/fit/calibration.py`), for each quality of the pose models apart, and
are stored in `calibration.json`.

Beside them is what is known of each reading: a bias, taken off only where that made the error smaller on bodies it was
not found on, and how many errors make half a 90 % interval, by cross-conformal prediction: on bodies that the numbers
were not found on. A user's own exercise takes the numbers of all exercises that read the same thing; what no exercise
has read yet takes those of its measure.
"""

import json
from functools import cache
from importlib import resources
from math import hypot, radians, sin, tan
from typing import Any, Final, Literal, NamedTuple

from formcheck.body.measures import MEASURES, From, other
from formcheck.core.exercise import Check
from formcheck.core.takes import TAKES
from formcheck.findings import Quality

Z90: Final = 1.645
"""Half the width of a 90 % interval in standard errors, where nothing better is known."""

ANY: Final = "*"
"""All exercises together."""

EITHER: Final = "any"
"""Of either leg, or of none."""

LEAST_DEG: Final = 8.0
"""As if the camera were never nearer than this to where it shows nothing (ours): the error stays finite."""

Kind = Literal["value", "change", "course", "time", "speed"]
"""A value; a change from the same person's rest; a change while a phase goes on; its length; a speed in it."""


class Error(NamedTuple):
    """By how much a value is too large: `bias` in the measure's unit, plus `slope` times (1 - sin of the camera's yaw),
    plus `share` of the value. `half` is half the interval's width in standard errors. `margin` is how far from its
    bound the value usually is, 0 where that is not known. `bodies` is on how many bodies these were found.
    """

    bias: float
    slope: float
    share: float
    half: float
    margin: float
    bodies: int

    def of(self, value: float, yaw_deg: float) -> float:
        """By how much a value is too large, seen from a camera yaw in degrees."""
        lean = 1 - sin(radians(yaw_deg)) if self.slope else 0.0
        return self.bias + self.slope * lean + self.share * value


UNKNOWN: Final = Error(0.0, 0.0, 0.0, Z90, 0.0, 0)


class Size(NamedTuple):
    """The coefficients of a measure's error, in its unit: see above. `joints` is per trunk, `turn` per radian."""

    own: float
    joints: float
    lean: float
    turn: float
    told: float = 0.0
    share: float = 0.0


class Parts(NamedTuple):
    """What an error is made of, in one unit."""

    own: float
    joints: float
    view: float

    @property
    def whole(self) -> float:
        """The standard error."""
        return hypot(*self)


def size(measure: str, kind: Kind, quality: Quality = Quality.STANDARD) -> Size:
    """The coefficients of a measure's error."""
    return tables()[quality].sizes[f"{measure} {kind}"]


class Grown(NamedTuple):
    """What an error grows with: the joints' errors in trunks, what `slant` gives, the error that the reading brings and
    its value, each 0 where it does not count.
    """

    joints: float
    lean: float
    turn: float
    told: float = 0.0
    value: float = 0.0


def parts(of: Size, by: Grown) -> Parts:
    """The error of a value."""
    own = hypot(of.own, of.told * by.told, of.share * by.value)
    return Parts(own, of.joints * by.joints, hypot(of.lean * by.lean, of.turn * by.turn))


def slant(seen_from: From, yaw_deg: float, yaw_error_deg: float) -> tuple[float, float]:
    """How far the camera is from where it should stand, and how much of that is uncertain: 0 for any view."""
    if seen_from == "any":
        return 0.0, 0.0
    angle = radians(max(LEAST_DEG, yaw_deg if seen_from == "side" else 90 - yaw_deg))  # in this order also for NaN
    return 1 / tan(angle), radians(yaw_error_deg) / sin(angle)


def key(exercise: str, check: Check, side: str | None, near_side: str | None) -> str:
    """The name of what a check reads: exercise, measure, take, phase, and whether the leg is the near one.

    side: the working leg; None for no leg.
    """
    read = f"{check.measure}.{check.take}.{check.phase}{'.from_rest' if check.from_rest else ''}"
    return f"{exercise} {read} {_leg(check, side, near_side)}"


def _leg(check: Check, side: str | None, near_side: str | None) -> str:
    sided = check.measure in MEASURES and MEASURES[check.measure].sided and check.how.error != "time"
    if not sided or check.leg == "both" or side not in ("left", "right") or near_side is None:
        return EITHER
    leg = side if check.leg == "working" else other(side)
    return "near" if leg == near_side else "far"


def names(name: str) -> tuple[str, ...]:
    """The names to look a reading up by, best first: its own, that of either leg, both over all exercises, over all
    readings of its measure, of its kind, and over all there are.
    """
    exercise, read, leg = name.split(" ")
    measure, take, _, *from_rest = read.split(".")
    kind = kind_of(take, from_rest=bool(from_rest))
    own = [f"{of} {read} {which}" for of in (exercise, ANY) for which in dict.fromkeys((leg, EITHER))]
    return *own, f"{ANY} {measure} {kind}", f"{ANY} {kind}", ANY


def kind_of(take: str, *, from_rest: bool) -> Kind:
    """Which error a number has that is taken so."""
    of = TAKES[take].error
    return of if of in ("time", "speed") else "change" if from_rest else "value" if of == "plain" else "course"


def error(name: str, quality: Quality = Quality.STANDARD) -> Error:
    """The error of the reading of that name."""
    found = tables()[quality].errors
    return next((found[one] for one in names(name) if one in found), UNKNOWN)


class Table(NamedTuple):
    """What is known of one quality's errors: by measure and kind, and by reading."""

    sizes: dict[str, Size]
    errors: dict[str, Error]


@cache
def tables() -> dict[Quality, Table]:
    """All known errors, by the quality of the pose model."""
    stored = json.loads(resources.files("formcheck.core").joinpath("calibration.json").read_text("utf-8"))
    return {quality: _table(stored[quality]) for quality in Quality}


def _table(stored: dict[str, Any]) -> Table:
    sizes = {name: Size(*row) for name, row in stored["sizes"].items()}
    return Table(sizes, {name: Error(*row) for name, row in stored["errors"].items()})
