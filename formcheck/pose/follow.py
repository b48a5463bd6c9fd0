"""Who is followed: the rules that tell one person from others, both in a camera's frames and in a file's landmarks.

The rules take numbers only: `blazepose` has a region of the picture for every person, `formats/crowd` their points. A
body's size is the longest length that either sees of it; distances are in the same unit. All numbers are ours.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from formcheck.filming import Person

GONE_S: Final = 3.0
"""After so long without the person, whoever is there is taken."""
FASTEST: Final = 2.0
"""Body sizes a second, about 4.5 m/s; on seven real clips of exercises the fastest hips made 0.6."""
SLACK: Final = 0.15
"""Body sizes that somebody may jump besides, as when a skeleton is corrected."""
FARTHEST: Final = 0.75
"""Body sizes beyond which nobody is taken for the person who was lost, however long ago."""
RESIZED: Final = 1.6
"""Whoever comes after `GONE_S` and is so much larger or smaller may be another person."""
POINTED: Final = 0.5
"""Body sizes from the hips within which a point means somebody: as far as hands and feet reach."""
APART: Final = 0.25
"""Body sizes from which two skeletons are two people."""


class Place(NamedTuple):
    """Where somebody is in the picture, and how large."""

    x: float
    y: float
    size: float


def reach(size: float, seconds: float) -> float:
    """How far somebody of this size can have moved in so many seconds out of sight."""
    return size * min(SLACK + FASTEST * seconds, FARTHEST)


def prominence(size: float, x: float, y: float, picture: tuple[float, float]) -> float:
    """How likely it is that this person is meant: their size, reduced with the distance of (x, y) from the middle.

    At a corner it is half the size. A recording is framed on the person who exercises; people who pass behind are
    smaller or at the rim.
    picture: its width and height.
    """
    off = float(np.hypot(x / picture[0] - 0.5, y / picture[1] - 0.5) / np.hypot(0.5, 0.5))
    return size * (1 - min(off, 1) / 2)


def order(people: Sequence[Place], person: Person, picture: tuple[float, float]) -> list[int]:
    """The indices of people, whom to follow first; none while there are fewer than the number asked for.

    Those counted from the left are `APART` from one another. picture: its width and height.
    """
    rows = list(range(len(people)))
    if isinstance(person, int):
        return _apart(people, sorted(rows, key=lambda i: people[i].x))[person - 1 : person]
    if person in ("left", "right"):
        return sorted(rows, key=lambda i: people[i].x, reverse=person == "right")
    if person == "largest":
        return sorted(rows, key=lambda i: -people[i].size)
    return sorted(rows, key=lambda i: -prominence(people[i].size, people[i].x, people[i].y, picture))


def pointed(people: Sequence[Place], x: float, y: float) -> list[int]:
    """The indices of people whom a point of the picture means, the nearest first; none where nobody is near."""
    away = [float(np.hypot(one.x - x, one.y - y)) / one.size for one in people]
    return [i for i in sorted(range(len(people)), key=lambda i: away[i]) if away[i] <= POINTED]


def _apart(people: Sequence[Place], rows: Sequence[int]) -> list[int]:
    """Those of `rows` that are no second skeleton of one before them."""
    kept: list[int] = []
    for i in rows:
        x, y, size = people[i]
        if all(np.hypot(people[k].x - x, people[k].y - y) > APART * size for k in kept):
            kept.append(i)
    return kept
