"""The two legs among the landmarks, and whether they have changed places between two pictures.

From the side the two legs look alike, and a pose model then takes one for the other. Legs do not jump: if each lies
where the other one just was, the model exchanged them.
"""

from typing import Final

import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array

LEFT: Final = np.array([INDEX[f"left_{part}"] for part in ("knee", "ankle", "heel", "foot_index")])
RIGHT: Final = np.array([INDEX[f"right_{part}"] for part in ("knee", "ankle", "heel", "foot_index")])
LEGS: Final = slice(LEFT[0], RIGHT[-1] + 1)
"""Their rows, left and right in turn."""

MEMORY: Final = 3
"""How many earlier frames a new one is compared with: one of them may itself be odd (ours)."""
LONGEST_S: Final = 0.5
"""Frames further apart are not compared (ours)."""
LEAST_JUMP: Final = 0.15
"""Trunks that the legs must seem to have moved (ours: none did in 11 real and rendered clips without an exchange)."""
FASTEST: Final = 2.0
"""Trunks a second that legs may really move, on top of that: cycling in the air reaches 1.6 (ours)."""
CLOSER: Final = 0.5
"""The other leg's last place must be nearer by this factor than the leg's own (ours)."""
TOGETHER: Final = 0.12
"""Legs closer than this, in trunks, cannot be told apart (ours)."""


def crossed(here: Array, there: Array, seconds: Array, trunk: Array) -> Array:
    """Whether legs lie where the other ones lay so many seconds before: 1 yes, -1 no, 0 unknown; (n,) int8.

    here, there: the rows `LEGS`, (n, 8, 2). seconds, trunk: (n,), the trunk's length in the unit of the landmarks.
    """
    left, right, left_there, right_there = here[:, 0::2], here[:, 1::2], there[:, 0::2], there[:, 1::2]
    stayed = distance(left - left_there) + distance(right - right_there)
    swapped = distance(left - right_there) + distance(right - left_there)
    near, least = seconds <= LONGEST_S, (LEAST_JUMP + FASTEST * seconds) * trunk
    yes = (swapped < CLOSER * stayed) & (stayed > 2 * least)
    return np.where(near & yes, 1, np.where(near & (stayed < CLOSER * swapped), -1, 0)).astype(np.int8)


def together(points: Array, trunk: Array) -> Array:
    """Whether the legs, rows `LEGS` of (n, 8, 2), are too close together to be told apart; (n,) bool."""
    apart: Array = distance(points[:, 0::2] - points[:, 1::2]) < TOGETHER * trunk
    return apart


def distance(moved: Array) -> Array:
    """Mean length of the moves of one leg's landmarks, (n, 4, 2) -> (n,)."""
    size = np.sqrt(moved[:, :, 0] * moved[:, :, 0] + moved[:, :, 1] * moved[:, :, 1])
    mean: Array = (size[:, 0] + size[:, 1] + size[:, 2] + size[:, 3]) * np.float32(0.25)
    return mean


def trunk_of(image: Array) -> Array:
    """Length of the trunk in each picture, (n, 33, 2) -> (n,)."""
    shoulders = image[:, INDEX["left_shoulder"]] + image[:, INDEX["right_shoulder"]]
    hips = image[:, INDEX["left_hip"]] + image[:, INDEX["right_hip"]]
    across = (shoulders - hips) * np.float32(0.5)
    trunk: Array = np.sqrt(across[:, 0] * across[:, 0] + across[:, 1] * across[:, 1])
    return trunk
