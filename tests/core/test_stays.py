"""Held postures: what is found, for how long it was held, and that it does not matter how the ticks were fed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stick import (
    POSTURES,
    Act,
    Camera,
    Tempo,
    film,
    glute_bridge,
    leg_lift,
    lying,
    plank,
    sit_ups,
    stay,
    then,
)
from benchmarks.stick.postures import rest_knees_together
from formcheck import choose
from formcheck.body.poses import Poses
from formcheck.core.clock import RATE
from formcheck.core.detector import LONGEST_REP, Window
from formcheck.core.session import Session
from formcheck.core.stays import RESTLESS, STIR_TICKS, WOBBLE, Stays
from formcheck.core.stays import stay as measured
from formcheck.findings import Bout


def found_in(poses: Poses, exercise: str = "auto") -> tuple[Bout, ...]:
    session = Session(choose(exercise))
    session.feed(poses)
    return session.finish()


def seen(act: Act, *, noise: float = 1.0, yaw: float = 90.0) -> tuple[Bout, ...]:
    return found_in(film(act, Camera(yaw=yaw, distance=5), fps=15, noise=noise, seed=4).poses)


def told(bouts: tuple[Bout, ...]) -> list[tuple[str, str, bool]]:
    return [(bout.exercise, rep.side, rep.partial) for bout in bouts for rep in bout.reps]


# What is found.


@pytest.mark.parametrize(("yaw", "noise"), [(90, 0), (270, 1), (60, 1), (125, 1)])
@pytest.mark.parametrize("name", POSTURES)
def test_a_posture_is_one_rep_as_long_as_it_is_held(name: str, yaw: float, noise: float) -> None:
    act = POSTURES[name]()
    bouts, (true,) = seen(act, noise=noise, yaw=yaw), act.truth
    assert told(bouts) == [(true.exercise, true.side, False)]
    (rep,) = bouts[0].reps
    assert rep.hold_s == pytest.approx(true.hold_s, abs=1.4 if "leg on" in name else 0.7)
    assert rep.start_s < rep.hold_from_s < rep.hold_to_s < rep.end_s
    assert [cue.id for cue in rep.cues] == [cue.id for cue in choose(true.exercise)[0].rep_cues]


@pytest.mark.parametrize("act", [plank(2.2), rest_knees_together(15)], ids=["plank", "rest"])
def test_what_is_held_too_briefly_is_none(act: Act) -> None:
    assert seen(act) == ()


def test_a_stay_that_the_recording_cuts_is_partial_and_its_hold_is_told() -> None:
    poses = film(plank(10)).poses
    for kept, hold in ((poses.time < 10, 7), (poses.time > 6, 7.2)):
        cut = poses[kept]
        (bout,) = found_in(replace(cut, time=cut.time - cut.time[0]))
        assert [(rep.partial, rep.hold_s) for rep in bout.reps] == [(True, pytest.approx(hold, abs=0.4))]
    inside = poses[(poses.time > 6) & (poses.time < 12)]
    (bout,) = found_in(replace(inside, time=inside.time - inside.time[0]))
    assert [(rep.partial, rep.hold_s) for rep in bout.reps] == [(True, pytest.approx(6, abs=0.2))]


@pytest.mark.parametrize(("sag", "fault"), [(0.16, "high"), (-0.16, "low")])
def test_a_plank_that_sags_and_one_with_the_hips_high(sag: float, fault: str) -> None:
    (bout,) = seen(plank(6, sag=sag), noise=0)
    cue = bout.reps[0].cues[0]
    assert (cue.id, cue.verdict, cue.fault) == ("hips_in_line", "fault", fault)
    assert "-" not in cue.message


# Pauses.


def bridges() -> Act:
    return glute_bridge(Tempo(reps=2), low=135)


def test_a_pause_between_reps_is_no_rest_and_splits_no_bout() -> None:
    pause = stay(lying(70), 26)
    (bout,) = seen(then(then(bridges(), pause, 1.5), bridges(), 1.5))
    assert (bout.exercise, len(bout.counted)) == ("glute_bridge", 4)


def test_a_rest_after_the_last_rep_is_one() -> None:
    bouts = seen(then(bridges(), stay(lying(70), 26), 1.5))
    assert told(bouts) == [("glute_bridge", "both", False)] * 2 + [("rest_knees_together", "both", True)]


def test_who_sits_up_once_has_done_no_sit_ups_and_ends_no_bout() -> None:
    lifts, up = leg_lift(Tempo(reps=2, hold=3)), sit_ups(Tempo(reps=1))
    assert seen(up) == ()
    (bout,) = seen(then(then(lifts, up), lifts))
    assert (bout.exercise, len(bout.counted)) == ("leg_lift", 4)


def test_sit_ups_are_counted_and_advised_on() -> None:
    lifts, ups = leg_lift(Tempo(reps=2, hold=3)), sit_ups(Tempo(reps=4, hold=0.2))
    first, second, third = seen(then(then(lifts, ups), lifts))
    assert [first.exercise, second.exercise, third.exercise] == ["leg_lift", "sit_up", "leg_lift"]
    assert (len(second.counted), second.score, second.counted[0].cues) == (4, None, ())
    assert second.advice == choose("sit_up")[0].advice
    assert first.advice is None


# Live.


def test_the_hold_grows_while_the_posture_is_held() -> None:
    poses, session = film(plank(8)).poses, Session(choose())
    held = []
    for i in range(0, len(poses), 3):
        session.feed(poses[i : i + 3])
        status = session.status
        if status.moving:
            assert (status.exercise, status.side) == ("plank", "both")
            held.append(status.held_s)
    assert held[0] == pytest.approx(3, abs=0.2)  # before that it may be no plank
    assert all(a <= b for a, b in pairwise(held))
    assert max(held) == pytest.approx(8, abs=1.0)


def test_where_only_that_is_looked_for_it_is_told_at_once() -> None:
    poses, session = film(rest_knees_together(22)).poses, Session(choose("rest_knees_together"))
    moving = []
    for i in range(0, len(poses), 3):
        session.feed(poses[i : i + 3])
        moving += [float(poses.time[i])] if session.status.moving else []
    assert moving[0] == pytest.approx(4, abs=0.8)


# The machine.


def windows(inside: np.ndarray, stir: np.ndarray, cuts: list[int], least: int = 30) -> list[Window]:
    found, machine, there = [], Stays(5, STILL, least, least), np.ones(len(inside), np.bool_)
    for a, b in pairwise([0, *sorted(min(cut, len(inside)) for cut in cuts), len(inside)]):
        found += machine.feed(inside[a:b], stir[a:b], there[a:b])
    return found + machine.finish()


def course(*parts: tuple[int, bool, float]) -> tuple[np.ndarray, np.ndarray]:
    inside, stir = ([part[i] for part in parts for _ in range(part[0])] for i in (1, 2))
    return np.array(inside, np.bool_), np.array(stir)


STILL = 0.2
CALM, BUSY = 0.9 * STILL, 1.1 * RESTLESS * STILL


@pytest.mark.parametrize(("ticks", "inside", "stir", "parts"), [
    (WOBBLE - 1, False, CALM, 1), (WOBBLE, False, CALM, 2),
    (WOBBLE + STIR_TICKS - 1, True, BUSY, 1), (WOBBLE + STIR_TICKS, True, BUSY, 2),
    (300, True, 0.9 * RESTLESS * STILL, 1),
])  # fmt: skip
def test_a_short_wobble_does_not_end_a_stay(ticks: int, inside: bool, stir: float, parts: int) -> None:
    found = windows(*course((60, False, BUSY), (90, True, CALM), (ticks, inside, stir), (90, True, CALM)), [])
    assert len(found) == parts
    assert found[0].held is not None
    assert found[0].held[0] == 5 + 60 + 1 - STIR_TICKS  # it has been still for so long
    assert found[-1].cut_after


def test_who_moves_on_in_the_posture_is_not_in_a_stay() -> None:
    assert windows(*course((60, False, BUSY), (300, True, 1.1 * STILL)), []) == []


def test_what_lasts_very_long_is_told_in_parts() -> None:
    found = windows(*course((100, False, BUSY), (LONGEST_REP + 400, True, CALM)), [])
    assert [window.held[1] - window.held[0] for window in found if window.held] == [LONGEST_REP, 399 + STIR_TICKS - 1]


def test_an_out_of_sight_end_is_a_cut() -> None:
    machine, n = Stays(0, STILL, 30, 30), 200
    there = np.arange(n) < 120
    (window,) = machine.feed(there.copy(), np.where(there, CALM, np.inf), there)
    assert (window.cut_before, window.cut_after, window.held) == (True, True, (0, 119))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(0, 900), max_size=8))
def test_the_windows_do_not_depend_on_the_cuts(seed: int, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    lengths, kinds = rng.integers(5, 90, 20), rng.integers(0, 4, 20)
    inside = np.repeat(kinds > 0, lengths)
    stir = np.repeat(np.array([BUSY, CALM, CALM, BUSY])[kinds], lengths)
    assert windows(inside, stir, cuts) == windows(inside, stir, [])


def test_the_ends_are_those_of_the_ways() -> None:
    """A stay is found late and lost late: its ends are where the body arrived and where it left."""
    time = np.arange(300) / RATE
    way = np.clip(np.minimum((time - 2) / 1.0, (8 - time) / 1.0), 0, 1)
    pose = np.stack([(3 * way * way - 2 * way**3), np.zeros(300)], axis=1)
    found = measured(time, pose, Window(0, 299, False, False, 299, (100, 215)), STILL)
    assert found is not None
    assert (found.hold_from_s, found.hold_to_s) == pytest.approx((3, 7), abs=0.1)
    assert (found.start_s, found.end_s) == pytest.approx((2.13, 7.87), abs=0.03)
    assert not found.partial


@pytest.mark.parametrize(("room", "there"), [(0.08, True), (0.2, False)])
def test_who_comes_and_goes_stays_nowhere(room: float, there: bool) -> None:
    time = np.arange(300) / RATE
    pose = np.stack([room * np.sin(time), np.zeros(300)], axis=1)
    assert (measured(time, pose, Window(0, 299, True, True, 299, (0, 299)), STILL) is not None) == there
