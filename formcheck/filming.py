"""How a recording was filmed, where its user says so: whom to judge, how to turn the picture, how slowly it plays."""

from dataclasses import dataclass
from math import isfinite
from typing import Final, TypeAlias

from formcheck.errors import UsageError

Person: TypeAlias = str | int | None
"""Whom to judge of several: one of `PEOPLE`, a number counted from the picture's left, or None: who is likeliest."""

PEOPLE: Final = ("left", "right", "largest")

TURNS: Final = (0, 90, 180, 270)
"""Degrees, clockwise, by which a picture may be turned."""

SPEEDS: Final = (0.01, 4.0)
"""Speeds that are believed: a hundred times too slow to four times too fast (ours)."""

MOST_PEOPLE: Final = 20
"""Numbers of people that are believed (ours)."""


@dataclass(frozen=True, slots=True)
class Filming:
    """How a recording was filmed.

    person: whom to judge. rotate: degrees to turn the picture clockwise. speed: how fast it plays, 1 as it was, 0.125
    eight times too slowly; None: as the file says.
    """

    person: Person = None
    rotate: int = 0
    speed: float | None = None

    @classmethod
    def of(cls, person: str | int | None = None, rotate: int = 0, speed: float | None = None) -> "Filming":
        """From what a user gives. Raises `UsageError` for what cannot be."""
        if rotate not in TURNS:
            raise UsageError(f"a picture cannot be turned by {rotate} degrees: give 90, 180 or 270")
        if speed is not None and not (isfinite(speed) and SPEEDS[0] <= speed <= SPEEDS[1]):
            raise UsageError(
                f"a speed of {speed:g} cannot be: give 1 for a recording that plays as it was, 0.125 for one that "
                f"plays eight times slower; {SPEEDS[0]:g} to {SPEEDS[1]:g} are allowed"
            )
        return cls(_person(person), rotate, speed)


def _person(said: str | int | None) -> Person:
    if said is None or said in PEOPLE:
        return said
    number = int(said) if str(said).isdecimal() else 0
    if not 1 <= number <= MOST_PEOPLE:
        raise UsageError(
            f"{said!r} is nobody in the picture: give {', '.join(PEOPLE)}, or a number counted from the left, 1 first"
        )
    return number


UNSAID: Final = Filming()
"""A recording of which its user says nothing."""
