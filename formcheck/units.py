"""Units: how each is written in files and JSON, shown beside a number and spoken. One row a unit, in one place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

INCH_CM: Final = 2.54


class Lengths(StrEnum):
    """In what a person is told lengths: one of them at a time."""

    CM = "cm"
    INCHES = "inches"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a cue's value.

    written: on the page of cues. shown: behind a number of a report. spoken: behind a number of a sentence. in_trunks:
    lengths in trunks, which a person is told in centimetres: of these `shown` and `spoken` are. length: what is told
    in centimetres. whole: no person needs decimals of it.
    """

    written: str
    shown: str
    spoken: str
    in_trunks: bool = False
    length: bool = False
    whole: bool = False

    def cm(self, trunk_cm: float) -> float:
        """What one of it is as a person is told: centimetres where it is in trunks, else 1."""
        return trunk_cm if self.in_trunks else 1.0


UNITS: Final = {
    "deg": Unit("degrees", "°", " degrees", whole=True),
    "trunk": Unit("trunks", " cm", " cm", in_trunks=True, length=True),
    "cm": Unit("cm", " cm", " cm", length=True),
    "trunk/s": Unit("trunks a second", " cm a second", " cm a second", in_trunks=True, length=True),
    "deg/s": Unit("degrees a second", "° a second", " degrees a second", whole=True),
    "s": Unit("s", " s", " s"),
    "share": Unit("", "", ""),
    "reps": Unit("reps", " reps", " reps"),
    "": Unit("", " times", "", whole=True),
}
"""Every unit, by how exercise files and the report's JSON write it; "" counts."""


def length(cm: float, lengths: Lengths) -> str:
    """A measured length as a person is told it: whole centimetres (under 1 with a decimal), or tenths of an inch."""
    if lengths is Lengths.CM:
        return f"{cm:.{int(abs(cm) < 1)}f} cm"
    number = f"{cm / INCH_CM:.1f}".removesuffix(".0")
    return f"{number} inch" if number == "1" else f"{number} inches"


def bound(value: float, unit: str, lengths: Lengths) -> str:
    """A bound as a person is told it: of a length in cm whole numbers, or halves below 5, or whole inches."""
    if not UNITS[unit].length:
        return f"{value:g}"
    if lengths is Lengths.INCHES:
        return f"{round(value / INCH_CM)}"
    return f"{round(2 * value) / 2 if value < 5.25 else round(value):g}"


def clock(seconds: float) -> str:
    """A moment as a video player shows it: 75.25 -> 1:15.2, rounded as the terminal's `.1f` rounds."""
    tenths = max(0, round(10 * round(seconds, 1)))
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}:{minutes % 60:02}:{rest / 10:04.1f}" if minutes >= 60 else f"{minutes}:{rest / 10:04.1f}"


def figures(unit: str, trunk_cm: float, *values: float, lengths: Lengths = Lengths.CM) -> tuple[str, ...]:
    """Numbers of one unit as they are shown, then the unit: whole degrees and centimetres, tenths of seconds, inches.

    Trunks become centimetres or inches; centimetres that are all under 1 have a decimal.
    """
    known = UNITS[unit]
    values = tuple(value * known.cm(trunk_cm) for value in values)
    if known.length and lengths is Lengths.INCHES:
        inches = tuple(f"{round(value / INCH_CM, 1) + 0.0:.1f}" for value in values)
        return *inches, known.shown.replace("cm", "inches")
    decimals = int(max(map(abs, values)) < 1 if known.length else not known.whole)
    numbers = tuple(f"{round(value, decimals) + 0.0:.{decimals}f}" for value in values)
    return *numbers, " time" if unit == "" and numbers[-1] == "1" else known.shown
