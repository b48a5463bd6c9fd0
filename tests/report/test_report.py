"""The report's JSON: the contract, the numbers, what is no number."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import findings_example as example
import pytest
from reportpages import with_nan

from formcheck import words
from formcheck.findings import Trace
from formcheck.report.report import Report
from formcheck.words import CAUTION

VIDEO_KEYS = {"path", "sha256", "duration_s", "fps", "width", "height", "frames", "rotate", "speed", "begins_s"}
BOUT_KEYS = {"exercise", "start_s", "end_s", "view", "reps", "cues", "score", "assessed", "dose"}
REP_KEYS = {"index", "partial", "side", "start_s", "peak_s", "end_s", "hold_s", "score", "assessed", "cues"}
CUE_KEYS = {
    "basis",
    "id",
    "verdict",
    "value",
    "unit",
    "interval",
    "at_s",
    "reason",
    "reason_code",
    "message",
    "say",
    "fault",
    "dose",
}


def values(data: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for k, v in data.items():
            yield from values(v, k)
    elif isinstance(data, list):
        for v in data:
            yield from values(v, key)
    else:
        yield key, data


def test_the_contract_is_kept() -> None:
    data = example.report().to_dict()
    assert data["schema"] == "formcheck.report/1"
    assert set(data["video"]) == VIDEO_KEYS
    assert data["warnings"] == [words.notice(notice) for notice in example.report().warnings]
    assert data["warning_codes"] == ["another_person"]
    assert data["caution"] == CAUTION
    for bout in data["bouts"]:
        assert set(bout) >= BOUT_KEYS
        assert set(bout["view"]) == {"name", "yaw_deg", "near_side"}
        assert all(set(rep) >= REP_KEYS for rep in bout["reps"])
        assert all(set(cue) == CUE_KEYS for rep in bout["reps"] for cue in rep["cues"])
        assert all(set(cue) == CUE_KEYS for cue in bout["cues"])


def test_the_numbers_are_those_found() -> None:
    report = example.report()
    bout = report.to_dict()["bouts"][0]
    assert (bout["exercise"], bout["start_s"], bout["end_s"], bout["assessed"]) == ("leg_lift", 1.4, 21.0, 0.833)
    first = bout["reps"][0]
    assert (first["start_s"], first["peak_s"], first["end_s"], first["hold_s"]) == (2.0, 4.25, 6.6, 2.1)
    assert first["cues"][5]["interval"] == [1.953, 2.226]
    assert first["cues"][1]["reason"] == example.ARM
    assert bout["reps"][1]["dips"] == [{"at_s": 13.1, "depth": 0.35, "fall": 0.147, "unit": "trunk", "fall_cm": 7.2}]
    assert bout["reps"][2]["partial"]


def test_json_text_is_the_dictionary_and_strict() -> None:
    report = example.report()
    assert json.loads(report.to_json()) == report.to_dict()
    assert report.to_json().endswith("}\n")


def test_json_text_has_a_line_a_cue_and_a_line_a_trace() -> None:
    report = example.report()
    lines = [line.strip().rstrip(",") for line in report.to_json().splitlines()]
    objects = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    bouts = report.to_dict()["bouts"]
    for kept in [*(c for b in bouts for r in b["reps"] for c in r["cues"]), *(t for b in bouts for t in b["traces"])]:
        assert kept in objects
    starts = [line for line in lines if line.startswith('"index": ')]
    assert len(starts) == sum(len(bout["reps"]) for bout in bouts)


def test_a_trace_is_rounded_as_every_number_is() -> None:
    bout = example.leg_lift()
    odd = Trace("Height", "m", (0.1, 0.2, 0.3, 0.4, 1 / 3), (2 / 3, -1e-9, None, math.nan, -math.inf))
    trace = Report(example.video(), (replace(bout, traces=(odd,)),), ()).to_dict()["bouts"][0]["traces"][0]
    assert trace == {
        "label": "Height",
        "unit": "m",
        "time_s": [0.1, 0.2, 0.3, 0.4, 0.333],
        "value": [0.6667, 0.0, None, None, None],
    }
    assert math.copysign(1, trace["value"][1]) == 1
    assert {type(v) for v in trace["time_s"]} == {float}


def test_nan_and_infinity_become_null() -> None:
    data = json.loads(with_nan().to_json(), parse_constant=pytest.fail)
    first = data["bouts"][0]["reps"][0]
    assert (first["score"], first["cues"][0]["value"], first["cues"][0]["interval"]) == (None, None, None)
    assert data["bouts"][0]["traces"][0]["value"][:2] == [None, None]


def test_no_number_has_more_digits_than_it_means() -> None:
    for key, value in values(example.report().to_dict()):
        if isinstance(value, float):
            assert round(value, 4 if key in ("value", "interval") else 3) == value
        if key.endswith("_s") and isinstance(value, float):
            assert round(value, 3) == value


def test_a_file_name_that_is_no_text_can_be_written() -> None:
    report = example.report()
    odd = Report(replace(report.video, path=b"caf\xe9.mp4".decode("utf-8", "surrogateescape")), report.bouts, ())
    assert "caf?.mp4" in odd.to_json().encode().decode()
    assert "caf?.mp4" in odd.html(None).encode().decode()
