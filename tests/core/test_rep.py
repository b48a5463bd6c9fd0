"""What is read off a rep besides its numbers: an advice that the person follows already is not said."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.stick import STRAIGHT_LEGS, Act, Camera, Tempo, film, glute_bridge, leg_lift, lie_still
from benchmarks.stick import Body as Person
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core.exercise import Exercise, builtin
from formcheck.core.session import Session
from formcheck.findings import Verdict

TWO = Tempo(reps=2, hold=3)
IN_TURN = leg_lift(TWO, degrees=60, alternate=True)
ADVICE = "If it arches too much, place your hands behind your bottom or above your head."


def arched() -> Exercise:
    """The leg lift, whose cue with an advice is a fault in every lift: it reads the leg in place of the back."""
    exercise = builtin()["leg_lift"]
    cues = {cue.id: cue for cue in exercise.cues}
    pressed = cues["low_back_pressed"]
    assert pressed.advice == ADVICE
    check = replace(pressed.check, measure="leg_elevation", unit="deg", at_least=None, at_most=10.0)
    cues["low_back_pressed"] = replace(pressed, checks=(check,))
    return replace(exercise, cues=tuple(cues.values()))


def lifts(place: float | Array = 0.0, act: Act = IN_TURN, yaw: float = 80) -> Poses:
    """Two lifts by 60 degrees with both hands at `place` along the trunk: 0 the hips, 1 the shoulders."""
    poses = film(act, Camera(yaw=yaw)).poses
    share = np.broadcast_to(np.asarray(place, np.float32), len(poses))[:, None]
    for side in ("left", "right"):
        hip, shoulder = (poses.image[:, INDEX[f"{side}_{part}"]] for part in ("hip", "shoulder"))
        poses.image[:, INDEX[f"{side}_wrist"]] = hip + share * (shoulder - hip)
    return poses


def pressed(poses: Poses, exercise: Exercise | None = None) -> list[Verdict]:
    session = Session([exercise or arched()])
    session.feed(poses)
    (bout,) = session.finish()
    return [cue for rep in bout.counted for cue in rep.cues if cue.id == "low_back_pressed"]


@pytest.mark.parametrize(("place", "said"), [(0.0, True), (-0.2, True), (0.45, True), (0.8, True), (1.1, True),
                                             (1.3, False), (2.0, False)])  # fmt: skip
def test_hands_are_sent_only_where_they_are_not(place: float, said: bool) -> None:
    found = pressed(lifts(place))
    assert len(found) == 2
    for cue in found:
        assert cue.verdict == "fault"
        assert cue.message.startswith("Your lower back arched by")
        assert cue.message.endswith(f" {ADVICE}") is said
        assert ("hands" in cue.message) is said


def test_the_hands_count_while_the_leg_is_up() -> None:
    poses = lifts()
    up = MEASURES["leg_elevation"].of(Body(poses), "left") > 50
    up |= MEASURES["leg_elevation"].of(Body(poses), "right") > 50
    assert all(ADVICE in cue.message for cue in pressed(lifts(np.where(up, 0.7, 1.6))))
    assert not any(ADVICE in cue.message for cue in pressed(lifts(np.where(up, 1.6, 0.7))))


def test_hands_that_are_not_seen_are_advised() -> None:
    poses = lifts()
    poses.image[:, INDEX["left_wrist"]] = (-500, 100)
    assert all(cue.message.endswith(ADVICE) for cue in pressed(poses))


def both_legs(lower: str) -> Act:
    """Both legs lifted together, one of them less high."""
    act = leg_lift(TWO, degrees=60, side="both")
    straight = float(np.asarray(STRAIGHT_LEGS["thigh"]))

    def at(t: Array) -> Person:
        person = act.at(t)
        for part in ("thigh", "shin"):
            pitch = person.of(f"{lower}_{part}")
            pitch[:] = straight - 0.85 * (straight - pitch)
        return person

    return replace(act, at=at)


@pytest.mark.parametrize("lower", ["left", "right"])
@pytest.mark.parametrize("yaw", [80, 280])
def test_legs_lifted_together_follow_an_advice_together(yaw: float, lower: str) -> None:
    """Whichever leg is near, and whichever of them rises higher."""
    for place, said in ((1.6, False), (0.7, True)):
        found = pressed(lifts(place, both_legs(lower), yaw))
        assert [ADVICE in cue.message for cue in found] == [said, said]


def test_an_advice_without_a_condition_is_always_said() -> None:
    exercise = arched()
    cues = tuple(replace(cue, advice_unless=()) for cue in exercise.cues)
    assert all(cue.message.endswith(ADVICE) for cue in pressed(lifts(), replace(exercise, cues=cues)))


@pytest.mark.parametrize("yaw", [90, 60, 300, 235])
def test_where_the_hands_are(yaw: float) -> None:
    """Beside the hips, as the stick person lies, from any side: the two hands' parallax cancels out."""
    beside = MEASURES["hand_place"].of(Body(film(lie_still(2), Camera(yaw=yaw)).poses), "left")
    assert beside == pytest.approx(0, abs=0.25)
    moved = MEASURES["hand_place"].of(Body(lifts(1.6)), "left")
    assert moved == pytest.approx(1.6, abs=0.02)


def test_each_of_two_checks_has_its_own_words() -> None:
    """Down slowly, and turning more often than allowed: the sentence speaks of the turns, and of no seconds."""
    exercise = builtin()["glute_bridge"]
    lower = next(cue for cue in exercise.cues if cue.id == "lower_slowly")
    seconds, turns = lower.checks
    always = (seconds, replace(turns, at_most=-1.0))
    strict = tuple(replace(cue, checks=always) if cue is lower else cue for cue in exercise.cues)
    session = Session([replace(exercise, cues=strict)])
    session.feed(film(glute_bridge(Tempo(reps=1, ramp=3, hold=2))).poses)
    (bout,) = session.finish()
    (found,) = (cue for cue in bout.counted[0].cues if cue.id == "lower_slowly")
    assert (found.verdict, found.unit) == ("fault", "")
    assert found.message == "Your hips came up again 0 times on the way down: lower your hips slowly and steadily."
