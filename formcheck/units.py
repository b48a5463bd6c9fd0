"""Units: how each is written in files and JSON, shown beside a number and spoken. One row a unit, in one place."""

from dataclasses import dataclass
from typing import Final


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
    "s": Unit("s", " s", " s"),
    "share": Unit("", "", ""),
    "reps": Unit("reps", " reps", " reps"),
    "": Unit("", " times", "", whole=True),
}
"""Every unit, by how exercise files and the report's JSON write it; "" counts."""
