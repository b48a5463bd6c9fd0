"""Several people in one recording: who is judged, who is not, and what is said of it."""

from collections.abc import Callable

import numpy as np
import pytest

from formcheck.body.poses import Array
from formcheck.filming import Person
from formcheck.findings import Notice, NoticeCode
from formcheck.formats.crowd import Chosen, Crowd
from formcheck.pose.follow import FARTHEST, GONE_S

FPS, PICTURE = 10, (640, 360)
SHAPE = np.array([[0, 0], [30, 40], [60, 80], [15, 60]], np.float32)  # 100 from corner to corner

Where = Callable[[float], tuple[float, float, float] | None]
"""x, y and size of somebody at a time; None while they are not seen."""


def person(x: float, y: float, size: float = 1.0) -> Array:
    """x, y: from where somebody of size 1 is in the middle of the picture."""
    return np.concatenate([SHAPE * size + [290 + x, 140 + y], np.full((len(SHAPE), 1), 0.9)], axis=1).astype(np.float32)


def chosen(seconds: float, *people: Where, named: Person = None) -> Chosen:
    crowd = Crowd(PICTURE, named)
    for i in range(round(seconds * FPS)):
        seen = [one(i / FPS) for one in people]
        crowd.add(i / FPS, [person(*place) if place else np.full((4, 3), np.nan, np.float32) for place in seen])
    return crowd.chosen(4)


def codes(found: Chosen) -> list[NoticeCode]:
    return [warning.code for warning in found.warnings]


def still(x: float, y: float, size: float = 1.0, *, without: tuple[float, float] = (0, 0)) -> Where:
    return lambda time: None if without[0] <= time < without[1] else (x, y, size)


def test_the_largest_is_judged_whatever_the_order_and_where_they_are_not_nobody_is() -> None:
    found = chosen(4, still(300, 0, 0.7), still(0, 0, without=(1, 1.3)))
    assert found.which == [1] * 10 + [None] * 3 + [1] * 27
    assert np.isnan(found.points[10:13]).all()
    np.testing.assert_array_equal(found.points[5], person(0, 0))
    assert found.warnings == (Notice(NoticeCode.ANOTHER_PERSON, {"at_s": 0.0}),)


def test_who_is_not_in_the_first_frames_is_judged_all_the_same() -> None:
    assert chosen(4, still(300, 0, 0.7), still(0, 0, without=(0, 0.4))).which == [None] * 4 + [1] * 36


def test_who_comes_back_after_long_is_judged_again_and_nobody_else_in_between() -> None:
    found = chosen(20, still(300, 0, 0.7), still(0, 0, without=(5, 12)))
    assert found.which == [1] * 50 + [None] * 70 + [1] * 80
    assert len(found.warnings) == 1


def test_whoever_is_there_once_the_person_is_gone_is_told_to_be_perhaps_another() -> None:
    found = chosen(20, still(0, 0, without=(8, 20)), still(300, 0, 0.7, without=(0, 12)))
    assert found.which == [0] * 80 + [None] * 40 + [1] * 80
    assert found.person.tolist() == [0] * 120 + [1] * 80
    assert found.warnings == (Notice(NoticeCode.MAYBE_SOMEONE_ELSE, {"lost_s": 7.9, "found_s": 12.0}),)


@pytest.mark.parametrize(("back", "between"), [(5 + GONE_S - 0.5, None), (5 + GONE_S + 0.5, 1)])
def test_who_was_never_beside_the_person_is_judged_once_that_one_is_lost(back: float, between: int | None) -> None:
    found = chosen(20, still(0, 0, without=(5, back)), lambda time: (250, 0, 0.8) if 5.5 < time < 7 else None)
    assert {found.which[i] for i in range(56, 70)} == {between}
    assert len(found.warnings) == (between is not None)


def test_who_comes_back_to_their_place_is_taken_for_the_same() -> None:
    found = chosen(20, still(0, 0, without=(5, 5 + 2 * GONE_S)))
    assert found.warnings == ()
    assert not found.person.any()


@pytest.mark.parametrize("speed", [0, 50, 150])
def test_a_person_who_moves_is_followed_past_another(speed: float) -> None:
    found = chosen(4, lambda time: (speed * (time - 2), 10 * np.sin(9 * time), 1.0), still(20, 30, 0.6))
    assert found.which == [0] * 40


@pytest.mark.parametrize("away", [20, 60])
def test_who_jumps_further_than_anybody_can_is_not_the_person(away: float) -> None:
    found = chosen(4, lambda time: (away if time == 2 else 0, 0, 1.0))
    assert found.which == ([0] * 20 + [0 if away == 20 else None] + [0] * 19)
    assert found.warnings == ()  # nor, for a frame, another


def test_nobody_beyond_reach_is_the_person_however_long_ago_they_were_seen() -> None:
    def moved(by: float) -> Where:
        return lambda time: None if 1 <= time < 3 else (by if time >= 3 else 0, 0, 1.0)

    assert not chosen(5, moved(100 * FARTHEST - 1)).warnings
    assert codes(chosen(5, moved(100 * FARTHEST + 1))) == [NoticeCode.MAYBE_SOMEONE_ELSE]


def test_distances_are_by_the_size_of_the_person() -> None:
    def stepping(scale: float) -> Where:
        return lambda time: (scale * (30 if time >= 2 else 0), 0, scale)

    whiches = [chosen(4, stepping(scale)).which for scale in (0.1, 1, 10)]
    assert whiches == [[0] * 40] * 3
    small = chosen(4, lambda time: (30 if time >= 2 else 0, 0, 0.1))
    assert codes(small) == [NoticeCode.MAYBE_SOMEONE_ELSE]


def test_the_same_skeleton_twice_and_a_ghost_are_no_other_person() -> None:
    found = chosen(4, still(0, 0), still(3, 2, 0.98), still(300, 0, 0.5, without=(0.3, 4)))
    assert found.which == [0] * 40
    assert found.warnings == ()


def test_a_glimpse_of_the_person_before_they_are_seen_whole_is_nobody_else() -> None:
    crowd = Crowd(PICTURE)
    for i in range(30):
        seen = person(0, 0)
        seen[1 if i < 3 else 4 :] = np.nan
        crowd.add(i / FPS, [seen])
    found = crowd.chosen(4)
    assert (found.which, found.warnings) == ([0] * 30, ())


def test_points_that_are_missing_do_not_count() -> None:
    crowd = Crowd(PICTURE)
    for i in range(20):
        one, two = person(0, 0), person(400, 0, 0.9)
        one[i % 4] = np.nan
        two[(i + 1) % 4] = np.nan
        crowd.add(i / FPS, [two, one])
    assert crowd.chosen(4).which == [1] * 20


def test_a_recording_of_nobody_has_nobody_in_it() -> None:
    crowd = Crowd(PICTURE)
    assert crowd.chosen(4).points.shape == (0, 4, 3)
    crowd.add(0.0, [])
    crowd.add(0.1, [np.full((4, 3), np.nan, np.float32)])
    found = crowd.chosen(4)
    assert (found.which, found.warnings) == ([None, None], ())
    assert np.isnan(found.points).all()


def test_of_two_alike_the_one_in_the_middle_is_judged() -> None:
    assert chosen(4, still(-250, 0), still(0, 0), still(250, 100)).which == [1] * 40


def test_who_passes_close_by_is_not_judged() -> None:
    found = chosen(20, still(0, 0), lambda time: (150 * (time - 5), 0, 2.0) if 3 < time < 7 else None)
    assert found.which == [0] * 200


@pytest.mark.parametrize(
    ("named", "judged"), [(None, 1), ("left", 0), ("right", 2), ("largest", 1), (1, 0), (2, 1), (3, 2)]
)
def test_the_person_named_is_judged(named: Person, judged: int) -> None:
    people = still(-200, 0, 0.8), still(0, 0), still(200, 0, 0.7)
    assert chosen(4, *people, named=named).which == [judged] * 40


def test_nobody_is_judged_where_there_are_fewer_than_the_number() -> None:
    assert chosen(4, still(0, 0), named=2).which == [None] * 40
