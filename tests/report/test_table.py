"""The verdicts as a table: a row for each rep and cue, the same in one report as in a batch."""

from dataclasses import replace

import findings_example as example
import pyarrow as pa
import pytest

from formcheck.report.report import Report
from formcheck.report.table import COLUMNS


def test_a_row_for_each_rep_and_cue() -> None:
    found = example.report()
    table = found.table()
    expected = [
        (number, bout.exercise, rep and rep.index, rep and rep.side, cue.id, cue.verdict, cue.reason_code)
        for number, bout in enumerate(found.bouts, 1)
        for rep, cues in [*((rep, rep.cues) for rep in bout.reps), (None, bout.cues)]
        for cue in cues
    ]
    names = ("bout", "exercise", "rep", "side", "cue", "verdict", "reason_code")
    assert list(zip(*(table[name] for name in names), strict=True)) == expected


def test_the_columns_are_of_their_types_and_of_one_length() -> None:
    assert all(type(code) is str for code in example.report().table()["reason_code"] if code is not None)
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, (kind, _) in COLUMNS.items()])
    found = pa.table(example.report().table(), schema=schema)
    assert found.num_rows > 0
    assert [name for name in COLUMNS if found[name].null_count == found.num_rows] == []
    first = found.slice(5, 1).to_pylist()[0]
    assert (first["value"], first["low"], first["high"], first["unit"]) == (2.1, 1.953, 2.226, "s")


def test_pandas_takes_it() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(example.report().table())
    faults = frame[frame["verdict"] == "fault"].groupby("cue").size().to_dict()
    assert faults == {"hips_up": 2, "other_leg_down": 2, "hold_3_to_5_s": 2, "ten_to_fifteen_per_leg": 1}


def test_a_report_without_bouts_has_every_column_and_no_row() -> None:
    assert Report(example.video(), (), ()).table() == {name: [] for name in COLUMNS}


def test_a_rep_without_cues_has_a_row() -> None:
    bout = example.ball_bridge()
    table = Report(example.video(), (replace(bout, reps=(replace(bout.reps[0], cues=()),), cues=()),), ()).table()
    assert (table["rep"], table["cue"], table["hold_s"]) == ([1], [None], [pytest.approx(bout.reps[0].hold_s)])
