"""Who is followed: the rules by which one person is told from others, in a camera's frames as in a file's landmarks.

Numbers alone: `blazepose` has a region of the picture for every person, `formats/crowd` their points. A body's size is
the longest that either sees of it; distances are in its unit. All numbers are ours.
"""

from typing import Final

import numpy as np

GONE_S: Final = 3.0
"""After so long without the person, whoever is there is taken."""
FASTEST: Final = 2.0
"""Body sizes a second, about 4.5 m/s; on seven real clips of exercises the fastest hips made 0.6."""
SLACK: Final = 0.15
"""Body sizes that somebody may jump besides, as when a skeleton is corrected."""
FARTHEST: Final = 0.75
"""Body sizes beyond which nobody is taken for the person who was lost, however long ago."""
APART: Final = 0.25
"""Body sizes from which two skeletons are two people."""


def reach(size: float, seconds: float) -> float:
    """How far somebody of that size can be, so long after they were seen, from where they were."""
    return size * min(SLACK + FASTEST * seconds, FARTHEST)


def prominence(size: float, x: float, y: float, picture: tuple[float, float]) -> float:
    """How likely somebody is meant: their size, less the farther (x, y) is from the middle, half at a corner.

    A recording of an exercise is framed on the one who does it; people who pass behind are smaller or at the rim.
    picture: its width and height.
    """
    off = float(np.hypot(x / picture[0] - 0.5, y / picture[1] - 0.5) / np.hypot(0.5, 0.5))
    return size * (1 - min(off, 1) / 2)
