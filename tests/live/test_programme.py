"""Programmes: what their files say, the levels, and steps chosen anew."""

from importlib import resources
from pathlib import Path

import pytest

from formcheck.errors import ExerciseError, UsageError
from formcheck.findings import ON_SIDE
from formcheck.live.programme import Programme, Step, parse, programme, programmes
from formcheck.words import lesson as words

DAILY = """
title = "Daily"
summary = "Two exercises."
grow_every = 2

[[step]]
exercise = "leg_lift"
reps = [4, 8]
rest_s = 10

[[step]]
exercise = "glute_bridge"
reps = 6

[[step]]
timer = "Rest"
seconds = 60
before = ["Lie down."]
during = [{ at_s = 0, say = "Breathe in." }, { at_s = 30, say = "Breathe out." }]
"""


def daily() -> Programme:
    return parse(DAILY, "daily")


def test_a_step_of_each_leg_is_two() -> None:
    steps = daily().steps(0)
    assert [(step.exercise, step.side, step.reps, step.hold_s, step.seconds) for step in steps] == [
        ("leg_lift", "left", 4, 3.0, 0.0),
        ("leg_lift", "right", 4, 3.0, 0.0),
        ("glute_bridge", None, 6, None, 0.0),
        (None, None, 1, None, 60.0),
    ]
    assert steps[0].before[-1] == "Lift your left leg several inches and hold it, 3 to 5 seconds each time."
    assert [line.at_s for line in steps[-1].during] == [0, 30]


def test_doses_grow_with_the_sessions_that_were_done() -> None:
    assert [daily().level(done) for done in (0, 1, 2, 3, 100)] == [0, 0, 1, 1, 1]
    assert [step.reps for step in daily().steps(1)] == [8, 8, 6, 1]
    still = parse(DAILY.replace("grow_every = 2", ""), "daily")
    assert still.level(0) == 1  # without growth it is the whole dose


def test_the_exercises_ask_for_the_programmes_dose() -> None:
    known = {exercise.name: exercise for exercise in daily().exercises(1)}
    asked = {cue.check.unit: cue.check.at_least for cue in known["leg_lift"].cues if cue.is_dose}
    assert asked == {"reps": 8, "s": 3}
    assert {"kneeling_lunge", "ball_bridge"} <= known.keys()  # looked for as well: a wrong exercise is noticed


def test_steps_are_chosen_anew() -> None:
    changed = daily().changed([{"step": 2, "seconds": 90}, {"step": 0, "reps": 2, "hold_s": 10, "rest_s": 0}])
    assert [(step.title, step.reps, step.hold_s, step.seconds) for step in changed.steps(1)] == [
        ("Rest", 1, None, 90),
        ("Leg lift", 2, 10, 0),
        ("Leg lift", 2, 10, 0),
    ]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([], "1 to 40 steps"),
        ([{"step": 0}] * 41, "1 to 40 steps"),
        ([{"step": 3}], "0 to 2"),
        ([{"step": 0.5}], "0 to 2"),
        ([{}], "'step' is missing"),
        ([{"step": 0, "reps": 0}], "numbers from 1 to 200"),
        ([{"step": 0, "reps": 1.5}], "numbers from 1"),
        ([{"step": 0, "reps": float("nan")}], "must be a number"),
        ([{"step": 0, "hold_s": 1e9}], "numbers from 1 to 3600"),
        ([{"step": 0, "seconds": 5}], "'seconds' is not known"),
        ([{"step": 0, "title": "x"}], "'title' is not known"),
    ],
)
def test_steps_that_cannot_be_are_refused(wanted: list[dict[str, float]], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        daily().changed(wanted)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('title = "Daily"', "", "'title' is missing"),
        ('exercise = "leg_lift"', 'exercise = "leg_left"', "no exercise is called"),
        ("reps = [4, 8]", "reps = [0]", "numbers from 1 to 200"),
        ("reps = [4, 8]", 'timer = "x"', "either an 'exercise' or a 'timer'"),
        ("seconds = 60", "", "a timer needs its 'seconds'"),
        ("at_s = 30", "at_s = 0", "must grow"),
        ('"Lie down."', '"{who}"', "can use side, hold, reps"),
        ("grow_every = 2", "grow_every = 0.5", "whole number"),
        ("[[step]]", "[[stop]]", "1 to 40 steps"),
        ("title", "tit le", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_file_is_named(before: str, after: str, said: str) -> None:
    with pytest.raises(ExerciseError, match=said):
        parse(DAILY.replace(before, after), "daily")


def test_a_file_of_ones_own_finds_exercises_beside_it(tmp_path: Path) -> None:
    lift = resources.files("formcheck").joinpath("exercises", "leg_lift.toml").read_text("utf-8")
    (tmp_path / "own.toml").write_text(lift.replace('name = "leg_lift"', 'name = "own_lift"'), "utf-8")
    (tmp_path / "mine.toml").write_text(DAILY.replace('"leg_lift"', '"own.toml"'), "utf-8")
    mine = programme(str(tmp_path / "mine.toml"))
    assert mine.steps(0)[0].exercise == "own_lift"
    assert "own_lift" in {exercise.name for exercise in mine.exercises(0)}
    with pytest.raises(ExerciseError, match="cannot be read"):
        programme(str(tmp_path / "absent.toml"))
    with pytest.raises(ExerciseError, match=r"no programme is called 'nothing'; known: .*psoas_daily"):
        programme("nothing")


def every_step() -> list[Step]:
    return [step for one in programmes().values() for level in range(one.levels) for step in one.steps(level)]


def test_the_articles_own_dose_is_the_last_level() -> None:
    steps = programme("psoas_daily").steps(2)
    assert [(step.exercise, step.side, step.reps, step.hold_s) for step in steps] == [
        ("kneeling_lunge", "left", 3, 30),
        ("kneeling_lunge", "right", 3, 30),
        ("leg_lift", "left", 10, 3),
        ("leg_lift", "right", 10, 3),
        ("ball_bridge", None, 10, None),
    ]


def test_what_stands_on_the_screen_is_read_from_three_metres() -> None:
    names = {words.step(step.title, step.side, ON_SIDE) for step in every_step()}
    lines = {text.format(title=name) for text in words.SHOWN.values() for name in names}
    assert max(len(line.split()) for line in lines) <= 8
