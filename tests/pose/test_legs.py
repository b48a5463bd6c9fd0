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
    said = [following.follow(i / 30, exchanged(legs()) if i in (4, 5, 6, 9) else legs()).exchanged for i in range(12)]
    assert [i for i, crossed in enumerate(said) if crossed] == [4, 5, 6, 9]


def test_legs_that_move_are_not_exchanged() -> None:
    following = Legs()
    gaps = 80 * np.cos(np.arange(60) / 30 * np.pi)  # legs that cross as in a scissor kick, 2.5 trunks a second at most
    assert not any(following.follow(i / 30, legs(gap)).exchanged for i, gap in enumerate(gaps))


def test_a_model_that_shifts_the_legs_over_a_few_frames_has_exchanged_them() -> None:
    """Between the two it puts each leg half way: each frame alone looks like a step."""
    following, half, wide = Legs(), legs(gap=-40), legs(gap=120)
    frames = [wide] * 6 + [half] * 2 + [exchanged(wide)] * 6
    said = [following.follow(i / 10, frame) for i, frame in enumerate(frames)]
    assert [seen.half_way for seen in said] == [False] * 6 + [True] * 2 + [False] * 6
    assert all(seen.exchanged for seen in said[-6:])


def voted(following: Legs, start_s: float, frame: Array, votes: int) -> list[bool]:
    """What is said after each of some second passes that see the legs as in `frame`, while the model gives `legs()`."""
    answers = []
    for i in range(votes):
        following.follow(start_s + i / 2, legs())
        answers.append(following.vote(frame))
    return answers


def test_the_first_vote_names_and_later_ones_must_outweigh_it() -> None:
    following = Legs()
    assert not following.follow(0.0, legs()).exchanged
    assert following.vote(exchanged(legs()))  # the second pass sees them the other way round
    assert voted(following, 0.5, exchanged(legs()), 2) == [True, True]
    assert voted(following, 1.5, legs(), 4) == [True, True, True, False]


def test_legs_that_were_seen_to_stay_change_their_name_after_more_votes_than_legs_that_were_lost() -> None:
    for lost, needed in ((False, 7), (True, 3)):
        following = Legs()
        voted(following, 0.0, legs(), 10)
        if lost:
            following.follow(4.9, legs(gap=4))
        assert voted(following, 5.0, exchanged(legs()), needed) == [False] * (needed - 1) + [True]


@pytest.mark.parametrize("second", [legs(gap=4), legs(x=30)])
def test_a_second_pass_that_does_not_tell_leaves_the_names(second: Array) -> None:
    following = Legs()
    following.follow(0.0, legs())
    assert not following.vote(second)


def test_a_leg_that_comes_down_beside_the_other_is_not_half_way() -> None:
    """Only one of the two moves; and legs that go on being half way are taken for where they are."""
    down, up = legs(gap=20), legs(gap=20)
    up[LEFT] = [[70.0, 40.0], [140.0, 60.0], [142.0, 62.0], [150.0, 62.0]]
    following = Legs()
    shares = np.linspace(0, 1, 12)
    assert not any(following.follow(i / 30, up + s * (down - up)).half_way for i, s in enumerate(shares))
    following = Legs()
    following.follow(0.0, legs())
    said = [following.follow(i / 10, legs(gap=20)).half_way for i in range(1, 6)]
    assert said == [True, True, False, False, False]
