"""The JSON Schema of a report, held against reports."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import findings_example as example
import pytest

from formcheck.recorded import Options, score
from formcheck.report.report import SCHEMA

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("formcheck.report") / "report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def test_it_is_of_this_schema(schema: dict[str, Any]) -> None:
    assert schema["$id"] == schema["properties"]["schema"]["const"] == SCHEMA


def test_a_report_with_one_of_everything_fits(schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(example.report().to_json()), schema)


@pytest.mark.parametrize("name", ["two_exercises", "ball_bridge", "kneeling_lunge", "leg_lift_dropped", "squats"])
def test_real_reports_fit(schema: dict[str, Any], landmarks: Callable[[str], Path], name: str) -> None:
    jsonschema.validate(json.loads(score(landmarks(name), Options.of()).to_json()), schema)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("video"),
        lambda data: data.update(schema="formcheck.report/2"),
        lambda data: data["video"].update(width="wide"),
        lambda data: data["bouts"][0]["reps"][0].update(index=None),
        lambda data: data["bouts"][0]["reps"][0]["cues"][4]["basis"].pop("measure"),
        lambda data: data["bouts"][0]["traces"][0].update(value=["1"]),
    ],
)
def test_what_is_no_report_does_not_fit(schema: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> None:
    data = json.loads(example.report().to_json())
    change(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


def test_later_keys_do_no_harm(schema: dict[str, Any]) -> None:
    data = json.loads(example.report().to_json()) | {"later": 1}
    jsonschema.validate(data, schema)
