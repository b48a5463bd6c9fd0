"""Recordings that lie on their side, stand on their head, or are slow motion: what is said of them."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick import POSTURES, Act, Tempo, film, glute_bridge, kneeling_lunge, leg_lift, lie_still, squats
from formcheck.body.poses import Poses
from formcheck.core.exercise import choose
from formcheck.core.otherwise import MOST_ROWS, Otherwise, looks_slow, moves, turned
from formcheck.core.session import Session
from formcheck.findings import Bout, Notice, NoticeCode

ACTS = {"bridge": glute_bridge(Tempo(reps=3)), "leg lift": leg_lift(), "lunge": kneeling_lunge(Tempo(reps=3))}


def bouts(poses: Poses) -> tuple[Bout, ...]:
    session = Session(choose())
    session.feed(poses)
    return session.finish()


def notice(poses: Poses) -> Notice | None:
    otherwise = Otherwise(choose())
    for first in range(0, len(poses), 50):
        otherwise.add(poses[first : first + 50])
    return otherwise.notice()


def slowed(act: Act, times: int) -> Poses:
    poses = film(act).poses
    return replace(poses, time=poses.time * times)


def test_a_posture_that_is_held_is_no_movement() -> None:
    held, lifted = (bouts(film(act).poses) for act in (POSTURES["plank"](), ACTS["leg lift"]))
    assert held[0].counted
    assert not moves(held, choose())
    assert moves(lifted, choose())


def test_four_quarter_turns_are_none() -> None:
    poses = film(leg_lift()).poses
    quarter = turned(poses, 90)
    assert quarter.image_size == poses.image_size[::-1]
    for again in (turned(quarter, 270), turned(turned(quarter, 90), 180)):
        np.testing.assert_allclose(again.image, poses.image, atol=1e-3)
        np.testing.assert_array_equal(again.world, poses.world)
    np.testing.assert_allclose(turned(turned(poses, 90), 90).image, turned(poses, 180).image, atol=1e-3)


def test_clockwise_is_clockwise() -> None:
    """What is at the upper left of a picture is then at the upper right; what is up in space is then to the right."""
    poses = film(leg_lift()).poses
    image, world = np.zeros_like(poses.image), np.zeros_like(poses.world)
    world[..., 1] = -1
    quarter = turned(replace(poses, image=image, world=world), 90)
    assert quarter.image[0, 0].tolist() == [poses.image_size[1], 0]
    assert quarter.world[0, 0].tolist() == [1, 0, 0]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_picture_on_its_side_or_head_is_noticed(name: str, degrees: int) -> None:
    poses = film(ACTS[name]).poses
    lying = turned(poses, degrees)
    assert not moves(bouts(lying), choose())
    told = notice(lying)
    assert told is not None
    assert told.code is NoticeCode.LIES_ON_ITS_SIDE
    assert told.values["degrees"] == 360 - degrees
    assert told.values["reps"] == sum(len(bout.counted) for bout in bouts(poses))


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("times", [4, 8])
def test_slow_motion_is_suspected_aloud(name: str, times: int) -> None:
    poses = slowed(ACTS[name], times)
    told = looks_slow(bouts(poses)) or notice(poses)
    assert told is not None
    assert told.code in (NoticeCode.LOOKS_SLOW, NoticeCode.PLAYS_SLOWLY)


@pytest.mark.parametrize("name", ACTS)
def test_usual_sets_are_not_slow(name: str) -> None:
    assert looks_slow(bouts(film(ACTS[name]).poses)) is None


@pytest.mark.parametrize("act", [squats(), lie_still()])
def test_nothing_is_said_of_other_motions(act: Act) -> None:
    assert notice(film(act).poses) is None


def test_no_more_frames_are_kept_than_there_is_room_for() -> None:
    otherwise, poses = Otherwise(choose()), film(lie_still(seconds=60)).poses
    for i in range(8):
        otherwise.add(replace(poses, time=poses.time + 61 * i))
    assert sum(map(len, otherwise._parts)) == MOST_ROWS
