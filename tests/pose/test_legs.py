"""Which leg is which: followed from frame to frame, named by second passes."""

import numpy as np
import pytest

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.legs import LEFT, RIGHT
from formcheck.body.poses import Array
from formcheck.pose.legs import Legs, crossing, exchanged


def legs(gap: float = 60.0, x: float = 0.0) -> Array:
    """A trunk of 100 pixels and two legs `gap` apart, all at `x`."""
    points = np.zeros((len(NAMES), 2))
    points[[INDEX["left_shoulder"], INDEX["right_shoulder"]], 1] = -100
    for side, way in ((LEFT, 1), (RIGHT, -1)):
        points[side] = np.stack([np.full(4, way * gap / 2), [80.0, 160.0, 165.0, 165.0]], axis=1)
    return np.asarray(points + np.array([x, 0]))


def test_crossing() -> None:
    assert crossing(legs(), legs()) == -1
    assert crossing(exchanged(legs()), legs()) == 1
    assert crossing(legs(), legs(gap=4)) == 0
    assert crossing(legs(x=30), legs()) == 0  # half way


def test_legs_that_change_places_at_once_are_put_back() -> None:
    following = Legs()
    said = [following.follow(i / 30, exchanged(legs()) if i in (4, 5, 6, 9) else legs()) for i in range(12)]
    assert [i for i, crossed in enumerate(said) if crossed] == [4, 5, 6, 9]


def test_legs_that_move_are_not_exchanged() -> None:
    following = Legs()
    gaps = 80 * np.cos(np.arange(60) / 30 * np.pi)  # legs that cross as in a scissor kick, 2.5 trunks a second at most
    assert not any(following.follow(i / 30, legs(gap)) for i, gap in enumerate(gaps))


def test_the_first_vote_names_and_later_ones_must_outweigh_it() -> None:
    following = Legs()
    assert not following.follow(0.0, legs())
    assert following.vote(exchanged(legs()))  # the second pass sees them the other way round
    assert following.follow(0.1, legs())
    assert following.vote(exchanged(legs()))
    assert following.vote(exchanged(legs()))
    answers = []
    for i in range(3):
        following.follow(0.5 + i / 2, legs())
        answers.append(following.vote(legs()))
    assert answers == [True, True, False]


@pytest.mark.parametrize("second", [legs(gap=4), legs(x=30)])
def test_a_second_pass_that_does_not_tell_leaves_the_names(second: Array) -> None:
    following = Legs()
    following.follow(0.0, legs())
    assert not following.vote(second)
