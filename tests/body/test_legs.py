"""Whether two legs have changed places: a body whose trunk is 1 long and whose legs are known."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.legs import LEFT, LEGS, LONGEST_S, RIGHT, crossed, together, trunk_of
from formcheck.body.poses import Array


def body(left: float, right: float) -> Array:
    """A picture (1, 33, 2): the legs hang straight down at two places across."""
    image = np.zeros((1, len(NAMES), 2))
    image[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]], 1] = -1
    for rows, x in ((LEFT, left), (RIGHT, right)):
        image[0, rows, 0], image[0, rows, 1] = x, [0.8, 1.6, 1.65, 1.65]
    return image


def test_the_trunk_is_from_the_middle_of_the_shoulders_to_the_middle_of_the_hips() -> None:
    assert trunk_of(body(0, 0)) == pytest.approx([1])


def test_legs_close_together_cannot_be_told_apart() -> None:
    assert [bool(together(body(0, x)[:, LEGS], np.ones(1))[0]) for x in (0.1, 0.14)] == [True, False]


@pytest.mark.parametrize(("left", "right", "seconds", "answer"), [
    (0.5, 0.0, 0.03, 1),
    (0.0, 0.5, 0.03, -1),
    (0.1, 0.4, 0.03, -1),
    (0.25, 0.25, 0.03, 0),  # half way
    (0.5, 0.0, 0.2, 0),  # so much time that they may have crossed
    (0.0, 0.5, LONGEST_S + 0.01, 0),
    (np.nan, 0.5, 0.03, 0),
])  # fmt: skip
def test_legs_that_lie_where_the_other_ones_lay_have_changed_places(
    left: float, right: float, seconds: float, answer: int
) -> None:
    here, there = body(left, right)[:, LEGS], body(0.0, 0.5)[:, LEGS]
    assert crossed(here, there, np.array([seconds]), np.ones(1)).tolist() == [answer]


def test_legs_of_a_little_distance_seem_to_move_too_little() -> None:
    near = [crossed(body(x, 0)[:, LEGS], body(0, x)[:, LEGS], np.zeros(1), np.ones(1))[0] for x in (0.14, 0.16)]
    assert near == [0, 1]
