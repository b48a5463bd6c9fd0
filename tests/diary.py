"""A history of made-up days: sets and lessons of somebody who gets better, for the page to show."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import findings_example as example

from formcheck.core.exercise import Exercise, builtin
from formcheck.findings import Bout, Dose, Rep, Side, Verdict, VideoInfo, View
from formcheck.report.report import Report
from formcheck.web.history import History

REPS: Final[dict[str, tuple[int, tuple[Side, ...]]]] = {
    "kneeling_lunge": (3, ("left", "right")),
    "leg_lift": (10, ("left", "right")),
    "ball_bridge": (10, ("both",)),
}
"""How many reps of which sides a set has."""

HELD: Final = {"kneeling_lunge": (18.0, 32.0), "leg_lift": (2.0, 4.2), "ball_bridge": (2.0, 4.0)}
"""Seconds of a hold on the first and on the last day."""


def report(names: Sequence[str], skill: float, chance: random.Random) -> Report:
    """A report on a set of each exercise. skill: 0 on the first day, 1 on the last."""
    bouts = tuple(bout(builtin()[name], skill, chance) for name in names)
    return Report(VideoInfo("", "", 300.0, 24.0, 1280, 720, 7200), bouts, ())


def bout(exercise: Exercise, skill: float, chance: random.Random) -> Bout:
    count, sides = REPS[exercise.name]
    reps = [rep(exercise, index, side, skill, chance) for index, side in enumerate(sides * count, 1)]
    scores = [one.score for one in reps if one.score is not None]
    held = next((cue.check for cue in exercise.rep_cues if cue.is_dose), None)
    dose = []
    if held is not None:
        dose = [Dose("hold", "s", None, None, held.at_least, held.at_most, False, "Held.")]
    view, at = View("side", 85.0, "left"), (reps[0].start_s, reps[-1].end_s)
    mean = sum(scores) / len(scores)
    return Bout(exercise.name, exercise.title, "", *at, view, tuple(reps), (), mean, 0.8, tuple(dose), ())


def rep(exercise: Exercise, index: int, side: Side, skill: float, chance: random.Random) -> Rep:
    first, last = HELD[exercise.name]
    held = first + (last - first) * skill + chance.gauss(0, 0.4) - (0.5 if side == "left" else 0)
    cues = tuple(
        verdict(cue.id, cue.check.unit, cue.check.measure, cue.is_dose, skill, side, chance)
        for cue in exercise.rep_cues
    )
    start = 40.0 * index
    return example.rep(index, side, (start, start + 1, start + 2, start + 1 + held, start + 3 + held), cues)


def verdict(cue: str, unit: str, measure: str, dose: bool, skill: float, side: str, chance: random.Random) -> Verdict:
    if dose:
        return example.fault(cue, 2.0, unit, "A little longer.", None, dose=True)
    value = {"back_arch": 18 - 9 * skill, "heel_height": 12 + 6 * skill}.get(measure, 1.0)
    value += chance.gauss(0, 1) + (2 if side == "left" and measure == "back_arch" else 0)
    drawn: float = chance.random()
    if drawn < 0.15:
        return example.unseen(cue, unit, example.TURN)
    if drawn < 0.15 + 0.4 * (1 - skill):
        return example.fault(cue, value, unit, "Mend this.", None)
    return example.met(cue, value, unit, "Right.")


def lesson(skill: float, chance: random.Random, hurt: bool) -> dict[str, Any]:
    """A lesson as the coach hands it over."""

    def step(name: str, side: str | None, reps: int, held: float, state: str = "done") -> dict[str, Any]:
        title = builtin()[name].title
        times = [round(held + chance.gauss(0, 0.5), 1) for _ in range(reps)]
        goal = {"reps": 3 if name == "kneeling_lunge" else 10, "hold_s": round(held)}
        told = {"kind": "exercise", "name": name, "title": title, "side": side, "goal": goal}
        return told | {"reps": reps, "held_s": times, "seconds": 35.0 * reps, "state": state}

    pause = {"kind": "timer", "name": "rest", "title": "Rest with deep breaths", "side": None, "goal": {"seconds": 60}}
    lunge, whole = 18 + 14 * skill, skill > 0.3 and not hurt
    steps = [
        step("kneeling_lunge", "left", 3, lunge),
        step("kneeling_lunge", "right", 2 if hurt else 3, lunge, "hurt" if hurt else "done"),
        pause | {"reps": None, "held_s": None, "seconds": 60.0, "state": "done"},
        step("leg_lift", "left", 10 if whole else 6, 4.0, "done" if whole else "part"),
        step("leg_lift", "right", 10 if whole else 0, 4.0, "done" if whole else "left_out"),
    ]
    before = max(0, round(6 - 4 * skill + chance.gauss(0, 0.8)))
    return {
        "programme": "psoas_daily",
        "title": "Psoas, daily",
        "seconds": 540.0 + 60 * skill,
        "complete": whole,
        "pain_before": before,
        "pain_after": None if chance.random() < 0.2 else max(0, before - round(chance.random() * 2)),
        "hurt": [{"t": 120.2, "step": 2}] if hurt else [],
        "steps": steps,
    }


def diary(
    history: History, end: datetime, days: int, profile: int | None = None, page: Callable[[Report], str] = repr
) -> None:
    """Write a history of so many days up to that of `end`. A day in five is left out, but none of the last four."""
    chance = random.Random(7)
    for day in range(days):
        at = (end - timedelta(days=days - 1 - day)).replace(
            hour=8, minute=chance.randrange(60), second=0, microsecond=0
        )
        skill = day / max(1, days - 1)
        if chance.random() < 0.2 and day < days - 4:
            continue
        if chance.random() < 0.6:
            told = report(("kneeling_lunge", "leg_lift"), skill, chance)
            session = history.add("live", "", told, page(told), at, profile)
            history.add_lesson(lesson(skill, chance, hurt=day == days // 3), session, profile, at)
        else:
            names = chance.sample(list(REPS), chance.randrange(1, 3))
            told = report(names, skill, chance)
            history.add("live", f"Live set of {at:%d %B %Y, %H:%M}", told, page(told), at, profile)
        if chance.random() < 0.1:
            told = report(("ball_bridge",), skill, chance)
            history.add("recorded", "my holiday set.mp4", told, page(told), at.replace(hour=18), profile)
