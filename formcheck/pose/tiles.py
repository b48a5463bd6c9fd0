"""Where a small person is looked for: the detector sees a picture in 224 pixels, and nobody smaller than a third of it.

So where nobody is found, it looks at parts of the picture, half as large and then a quarter, that overlap by half.
"""

from math import ceil
from typing import Final

from formcheck.pose.networks import DETECTOR_SIDE, Region

EVERY_S: Final = 1.0
"""How often the parts are looked at while nobody is found (ours): in a picture of 16:9 they are 34, of 10.5 ms each."""

LEAST_PRESENCE: Final = 0.9
"""Among so many looks some find a person in a chair. True ones had 0.99 or more (ours)."""

SMALL: Final = 1 / 3
"""Share of the picture's longer side: whoever is smaller is not found in the whole (ours, on four samples)."""

ROOM: Final = 1.25
"""Whoever is found in a part may be larger than `SMALL` by this factor (ours)."""

_PARTS: Final = (2, 4)


def tiles(width: int, height: int) -> list[list[Region]]:
    """Squares of the picture, coarse ones and then finer ones; not those with fewer pixels than the detector has."""
    sides = [max(width, height) / parts for parts in _PARTS]
    return [_squares(width, height, side) for side in sides if side >= DETECTOR_SIDE]


def _squares(width: int, height: int, side: float) -> list[Region]:
    places = [(x, y) for y in _middles(height, side) for x in _middles(width, side)]
    return [Region(x, y, side, 0.0) for x, y in places]


def _middles(length: int, side: float) -> list[float]:
    """The middles of stretches that cover a length, each half a stretch or less after the one before."""
    steps = max(ceil((length - side) / (side / 2)), 0)
    if not steps:
        return [length / 2]
    return [side / 2 + (length - side) * i / steps for i in range(steps + 1)]
