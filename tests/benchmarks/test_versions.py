"""The benchmark of library versions: what counts as the same result. Nothing is installed here."""

from copy import deepcopy
from typing import Any

import pytest

from benchmarks.versions import Report, halves, same, section


def report(value: float = 10.0, verdict: str = "met") -> Report:
    cue: dict[str, Any] = {
        "id": "back_straight",
        "verdict": verdict,
        "value": value,
        "interval": [value - 6, value + 6],
    }
    unseen = {"id": "arms_high", "verdict": "not_assessed", "value": None, "interval": None}
    return {"bouts": [{"reps": [{"index": 1, "cues": [cue, unseen]}], "cues": []}]}


def test_a_value_may_move_by_a_third_of_half_its_interval() -> None:
    assert list(halves(report(), report(13.0))) == [pytest.approx(0.5)]
    assert same(report(), report(11.9))
    assert not same(report(), report(12.1))
    assert not same(report(), report(verdict="borderline"))


def test_another_number_of_reps_is_another_result() -> None:
    more = deepcopy(report())
    more["bouts"][0]["reps"] *= 2
    assert not same(report(), more)


def test_the_table_names_verdicts_that_differ() -> None:
    drawn = section("x==1", {"a.mp4": report()}, {"a.mp4": report(11.0, "fault")}).markdown()
    assert "| a.mp4 | back_straight: met to fault | 3 | 0.17 |" in drawn
