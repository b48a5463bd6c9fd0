"""A report read back from its JSON."""

import json
from pathlib import Path

import findings_example as example
import pytest

from formcheck.report.saved import SavedReportError, read


def test_it_says_the_same(tmp_path: Path) -> None:
    report = example.report()
    (tmp_path / "report.json").write_text(report.to_json(), "utf-8")
    back = read(tmp_path / "report.json")
    assert back.to_json() == report.to_json()
    assert back.notes == report.notes
    assert back.bouts[0].reps[0].cues[4].basis == report.bouts[0].reps[0].cues[4].basis


def test_a_report_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    data = json.loads(example.report().to_json())
    for key in ("rotate", "speed", "begins_s"):
        del data["video"][key]
    del data["height_cm"]
    (tmp_path / "report.json").write_text(json.dumps(data), "utf-8")
    assert read(tmp_path / "report.json").video.speed == 1.0


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "formcheck.report/2"}', '{"schema": "formcheck.report/1"}', "\x00"]
)
def test_what_is_no_report_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text, "utf-8")
    with pytest.raises(SavedReportError, match=r"report\.json"):
        read(tmp_path / "report.json")


def test_a_value_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    data = json.loads(example.report().to_json())
    data["video"]["width"] = "wide"
    (tmp_path / "report.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(SavedReportError, match="'wide' should be int"):
        read(tmp_path / "report.json")


def test_no_report_at_all(tmp_path: Path) -> None:
    with pytest.raises(SavedReportError, match="there is no report in"):
        read(tmp_path / "report.json")
