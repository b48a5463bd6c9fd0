"""A session that is disturbed: somebody fetches water, a dog or a child crosses, legs are hidden, nobody is there.

No rep comes of it, and the session does not end.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from known import Known

from benchmarks.stick import Act, Camera, Tempo, film, leg_lift, stay, then
from benchmarks.stick.exercises import get_up, lie_down, lying, standing
from benchmarks.stick.negatives import cat_cow, walk
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Poses
from formcheck.findings import VideoInfo
from formcheck.live.coach import Coach, Moment
from formcheck.live.programme import Course, parse
from formcheck.live.standing import Phase
from formcheck.media.video import Frame
from formcheck.recorded import Options
from formcheck.words import lesson as words

FOUR: Final = """
title = "Four"
summary = "Four leg lifts with the left leg, then bridges that nobody does."

[[step]]
exercise = "leg_lift"
sides = "left"
reps = 4

[[step]]
exercise = "glute_bridge"
reps = 2
"""
CAMERA: Final = Camera(yaw=85, distance=5)
FPS: Final = 10
LEAD_S: Final = 30.0


def lifts(reps: int, lead: float, tail: float = 2) -> Act:
    return leg_lift(Tempo(reps=reps, hold=3.5, ramp=1, rest=4, lead=lead, tail=tail))


def filmed(act: Act) -> Poses:
    return film(act, CAMERA, fps=FPS, noise=1, seed=1).poses


def put(poses: Poses, begins_s: float, other: Poses) -> Poses:
    """The poses, with those of `other` in their place from a time on."""
    i = int(np.searchsorted(poses.time, begins_s - 1e-6))
    j = min(i + len(other), len(poses))
    there = replace(other[: j - i], time=poses.time[i:j])
    return Poses.join([poses[:i], there, poses[j:]])


def nobody(seconds: float) -> Poses:
    return Poses.blank(np.arange(round(seconds * FPS)) / FPS, CAMERA.size)


def small(act: Act, share: float) -> Poses:
    """Somebody of this share of a person's size, on the floor before the camera."""
    seen = filmed(act)
    floor = np.array([640, 540], np.float32)
    return replace(seen, image=floor + share * (seen.image - floor), world=share * seen.world)


def coached(poses: Poses) -> tuple[Coach, list[Moment]]:
    coach = Coach(Options.of("auto"), Known(poses), course=Course(parse(FOUR, "four")))
    rgb = np.full((CAMERA.size[1], CAMERA.size[0], 3), 120, np.uint8)
    return coach, [coach.feed(Frame(float(time), rgb)) for time in poses.time]


def phases(moments: list[Moment]) -> list[str]:
    """Of the first step, each where it changes."""
    found = [m.lesson.phase.value for m in moments if m.lesson and m.lesson.number == 1]
    return [one for i, one in enumerate(found) if i == 0 or found[i - 1] != one]


def check(poses: Poses, reps: int = 4) -> list[Moment]:
    """The step has its reps and no other was counted; no other exercise was seen, and nothing ended by itself."""
    coach, moments = coached(poses)
    assert coach.lesson is not None
    lift, bridge = coach.lesson.record()["steps"]
    said = [moment.say for moment in moments if moment.say]
    report = coach.finish(VideoInfo("", "", float(poses.time[-1]), FPS, *CAMERA.size, frames=len(poses)))
    assert [(bout.exercise, rep.side) for bout in report.bouts for rep in bout.counted] == [("leg_lift", "left")] * reps
    assert (lift["reps"], lift["state"], bridge["reps"]) == (reps, "done", 0)
    assert not any(text.startswith("That looks like") for text in said)
    assert words.ENDED not in said and not any(m.lesson and m.lesson.phase is Phase.OVER for m in moments)
    return moments


def test_whoever_fetches_water_is_waited_for() -> None:
    water = then(then(walk(3), stay(standing(), 20)), walk(3))
    act = then(then(then(lifts(2, LEAD_S), get_up()), then(water, lie_down())), lifts(2, 6, 6))
    poses = filmed(act)
    leaves = lifts(2, LEAD_S).duration + 2 + get_up().duration + 2 + 3
    moments = check(put(poses, leaves, nobody(20)))
    assert phases(moments) == ["wait", "count", "work", "paused", "work"]
    said = [moment.say for moment in moments if moment.say]
    assert said.count(words.PAUSED) == said.count(words.GOES_ON) == 1


def test_after_two_minutes_without_anybody_the_step_goes_on() -> None:
    act = then(then(lifts(2, LEAD_S), stay(lying(), 120)), lifts(2, 6, 6))
    moments = check(put(filmed(act), lifts(2, LEAD_S).duration + 2, nobody(120)))
    assert phases(moments) == ["wait", "count", "work", "paused", "work"]


CHILD: Final = small(walk(1.5), 0.45)
DOG: Final = small(cat_cow(Tempo(reps=1, lead=0.2, ramp=0.4, hold=0.4, rest=0.1, tail=0)), 0.35)
WHERE: Final = {"before a rep": LEAD_S - 2.0, "between reps": LEAD_S + 6.7, "in a hold": LEAD_S + 2.0}


@pytest.mark.parametrize("other", [CHILD, DOG], ids=["child", "dog"])
@pytest.mark.parametrize("when", WHERE)
def test_who_is_taken_for_the_person_for_a_moment_makes_no_rep_and_no_end(other: Poses, when: str) -> None:
    done = 5 if when == "in a hold" else 4  # of a hold that was not seen whole nobody knows that it was one
    moments = check(put(filmed(lifts(done, LEAD_S, 6)), WHERE[when], other))
    assert "paused" not in phases(moments)


@pytest.mark.parametrize("when", WHERE)
def test_legs_that_are_hidden_for_a_moment_make_no_rep_and_no_end(when: str) -> None:
    poses = filmed(lifts(4, LEAD_S, 6))
    i = int(np.searchsorted(poses.time, WHERE[when]))
    part = poses[i : i + 15]
    image, hidden, error = part.image.copy(), part.hidden.copy(), part.error.copy()
    chance = np.random.default_rng(3)
    for side in ("left", "right"):
        for name in ("knee", "ankle", "heel", "foot_index"):
            at = INDEX[f"{side}_{name}"]
            image[:, at] += chance.normal(0, 20, (len(part), 2))
            hidden[:, at], error[:, at] = 0.9, 0.5
    moments = check(put(poses, WHERE[when], replace(part, image=image, hidden=hidden, error=error)))
    assert "paused" not in phases(moments)
