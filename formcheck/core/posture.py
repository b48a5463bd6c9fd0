"""How an exercise is recognised and its reps are found: the tables `[posture]` and `[segment]` of its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from formcheck.body.measures import MEASURES
from formcheck.core.tomltable import Table

SegmentLegs = Literal["each", "standing"]
"""Whose the reps are: each leg has its own, or they belong to the legs that stand."""

Kind = Literal["excursion", "posture", "rest"]
"""What a rep is: an excursion of the signal, or a stay in the posture. A stay at rest ends no bout (`openbout.py`)."""

STILL: Final = 0.4
"""How much room a still body takes, where a file does not say it (ours: landmarks of hidden legs wander)."""

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Posture:
    """What an exercise is recognised by: bounds on measures at every tick, at rest, at the top, and on their change.

    Keys are measures, with `other.` in front for the other leg.
    """

    always: Mapping[str, Bounds]
    rest: Mapping[str, Bounds]
    top: Mapping[str, Bounds]
    change: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Segment:
    """How reps are found: the measure whose excursions they are, and the least excursion.

    Where they are stays in the posture (`kind`), the measure is only drawn; `prominence` and `sure` are 1 then, and
    `still` is how much room a still body takes within a second at most: the width of a measure's bounds is 1.
    `prominence`, the least, and `sure` are in the measure's own unit (trunks for lengths). An excursion of `sure`
    counts at once; a smaller one counts unless the set's other reps are much larger. `hold_level` is the share of the
    rep from which the top counts as held. `legs`: each leg has its own reps, or both work unless one foot stands alone.
    `to_yaw`: up to which camera yaw, in degrees, reps are found so.
    """

    measure: str
    prominence: float
    sure: float
    min_seconds: float
    hold_level: float
    legs: SegmentLegs
    to_yaw: float = 90.0
    kind: Kind = "excursion"
    still: float = STILL

    @property
    def stays(self) -> bool:
        """Whether a rep is a stay in the posture."""
        return self.kind != "excursion"


@dataclass(frozen=True, slots=True)
class Way:
    """How an exercise is recognised and its reps are found, where the camera stands elsewhere."""

    posture: Posture
    segment: Segment


def _bounds(table: Table) -> dict[str, Bounds]:
    """The rest of a table as bounds on measures."""
    found = table.pairs()
    for key in found:
        if key.removeprefix("other.") not in MEASURES:
            raise table.wrong(f"{key!r} is no measure; allowed: {', '.join(MEASURES)}")
    return found


def posture(table: Table) -> Posture:
    """The table `[posture]`."""
    rest, top, change = (_bounds(table.table(key)) for key in ("rest", "top", "change"))
    return Posture(always=_bounds(table), rest=rest, top=top, change=change)


def segment(table: Table) -> Segment:
    """The table `[segment]`."""
    kind: Kind = table.word("kind", get_args(Kind), "excursion")
    if kind != "excursion":
        measure, legs = table.word("measure", tuple(MEASURES)), table.word("legs", get_args(SegmentLegs), "standing")
        seconds, still = table.number("min_seconds", least=0, most=600), table.number("still", STILL, least=0, most=10)
        stays = Segment(measure, 1.0, 1.0, seconds, 0.9, legs, kind=kind, still=still)
        table.done("kind, measure, min_seconds, still, legs")
        return stays
    prominence = table.number("prominence")
    found = Segment(
        measure=table.word("measure", tuple(MEASURES)),
        prominence=prominence,
        sure=table.number("sure", 2 * prominence),
        min_seconds=table.number("min_seconds", least=0, most=600),
        hold_level=table.number("hold_level", 0.9),
        legs=table.word("legs", get_args(SegmentLegs), "standing"),
        to_yaw=table.number("to_yaw", 90.0, least=0, most=90),
    )
    if not 0 < prominence <= found.sure or not 0.4 < found.hold_level < 1:
        raise table.wrong("needed: 0 < prominence <= sure and 0.4 < hold_level < 1")
    table.done("kind, measure, prominence, sure, min_seconds, hold_level, legs, to_yaw")
    return found


def way(table: Table) -> Way:
    """A table with a `posture` and a `segment` of its own."""
    found = Way(posture(table.table("posture")), segment(table.table("segment")))
    table.done("posture, segment")
    return found
