"""The tables: typed, in order, the same to the byte, and what the clips' own reports say."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from findings_example import report

from formcheck.batch import records, results
from formcheck.batch.jobs import Job
from formcheck.batch.records import Record
from formcheck.errors import OutputError


def clip(out: Path, name: str, record: Record) -> Job:
    """A clip's folder with a report, and its record."""
    scratch = out / "scratch"
    scratch.mkdir(exist_ok=True)
    (scratch / "report.json").write_text(report().to_json(), "utf-8")
    job = Job(name, Path("/") / name, out / name, expected={"reps": 3})
    records.keep(job.folder, record, scratch, ["report.json"] if record.error is None else [])
    return job


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The tables of two good clips and one that failed."""
    jobs = [
        clip(tmp_path, "a \udcff.mp4", records.of(report(), "key a")),
        clip(tmp_path, "b.mp4", Record("key b", "it is empty")),
        clip(tmp_path, "c.mp4", records.of(report(), "key c")),
    ]
    totals = results.write(jobs, tmp_path, tmp_path / "scratch")
    assert (totals.clips, totals.failed) == (3, 1)
    return tmp_path


def test_every_rep_and_cue_has_its_row(written: Path) -> None:
    rows = pq.read_table(written / "results.parquet").to_pylist()
    assert [row["source"] for row in rows[:1] + rows[-1:]] == ["a \\udcff.mp4", "c.mp4"]
    found = [row for row in rows if row["source"] == "c.mp4"]
    expected = [
        (number, bout.exercise, rep and rep.index, rep and rep.side, cue.id, cue.verdict)
        for number, bout in enumerate(report().bouts, 1)
        for rep, cues in [*((rep, rep.cues) for rep in bout.reps), (None, bout.cues)]
        for cue in cues
    ]
    assert [tuple(r[k] for k in ("bout", "exercise", "rep", "side", "cue", "verdict")) for r in found] == expected
    assert len(rows) == 2 * len(expected)


def test_a_row_says_what_the_report_says(written: Path) -> None:
    row = pq.read_table(written / "results.parquet").to_pylist()[0]
    bout = report().to_dict()["bouts"][0]
    rep = bout["reps"][0]
    cue = rep["cues"][0]
    assert row == {
        **{"source": "a \\udcff.mp4", "key": "key a", "exercise": bout["exercise"], "bout": 1},
        **{"rep": 1, "rep_score": rep["score"], "cue": cue["id"]},
        **{name: rep[name] for name in ("partial", "side", "start_s", "peak_s", "end_s", "hold_s")},
        **{name: cue[name] for name in ("verdict", "value", "unit", "at_s", "message", "reason_code", "dose", "fault")},
        **dict(zip(("low", "high"), cue["interval"] or (None, None), strict=True)),
    }


def test_columns_are_typed_and_explained(written: Path) -> None:
    schema = pq.read_schema(written / "results.parquet")
    assert schema.names == list(results.COLUMNS)
    assert schema.field("rep").type == pa.int32()
    assert schema.field("value").type == pa.float64()
    assert not schema.field("source").nullable
    assert all(schema.field(name).metadata[b"description"] for name in schema.names)


def test_the_summary_has_a_line_for_every_clip(written: Path) -> None:
    text = (written / "summary.json").read_text("utf-8")
    content = json.loads(text)
    assert content["schema"] == "formcheck.batch/1"
    assert len(text.splitlines()) == 5
    assert [clip["state"] for clip in content["clips"]] == ["done", "failed", "done"]
    assert content["clips"][1] == {
        **{"source": "b.mp4", "key": "key b", "state": "failed", "error": "it is empty"},
        **{"bouts": 0, "reps": 0, "score": None, "expected": {"reps": 3}},
    }
    assert content["totals"]["reps"] == 2 * sum(len(bout.counted) for bout in report().bouts)


def test_rows_written_in_small_groups_are_the_same_rows(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pq.read_table(written / "results.parquet")
    names = ["a \udcff.mp4", "b.mp4", "c.mp4"]
    jobs = [Job(name, Path("/") / name, written / name) for name in names]
    monkeypatch.setattr(results, "GROUP", 5)
    results.write(jobs, written, written / "scratch")
    assert pq.read_table(written / "results.parquet").equals(before)
    assert pq.read_metadata(written / "results.parquet").num_row_groups == 3


def test_no_clip_without_failure_makes_an_empty_table(tmp_path: Path) -> None:
    results.write([clip(tmp_path, "b.mp4", Record(None, "gone"))], tmp_path, tmp_path / "scratch")
    assert pq.read_table(tmp_path / "results.parquet").num_rows == 0


def test_a_lost_record_is_a_failure(tmp_path: Path) -> None:
    job = clip(tmp_path, "a.mp4", records.of(report(), "key"))
    (job.folder / "report.json").unlink()
    assert results.write([job], tmp_path, tmp_path / "scratch").failed == 1


def test_a_table_that_cannot_be_put_in_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "summary.json").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*: a folder of that name is in the way"):
        results.write([clip(tmp_path, "b.mp4", Record(None, "gone"))], tmp_path, tmp_path / "scratch")


@pytest.mark.parametrize("key", [None, "other"])
def test_a_record_holds_for_its_own_key(key: str | None) -> None:
    assert Record("key").holds("key")
    assert not Record("key").holds(key)
    assert not Record(None).holds(None)
    assert not replace(Record("key", "it was killed"), lasting=False).holds("key")


def test_keeping_takes_away_what_an_earlier_run_left(tmp_path: Path) -> None:
    job = clip(tmp_path, "a.mp4", records.of(report(), "key"))
    assert (job.folder / "report.json").exists()
    records.keep(job.folder, Record("new", "it is empty"), tmp_path / "scratch")
    assert [path.name for path in job.folder.iterdir()] == ["clip.json"]
    assert records.read(job.folder) == Record("new", "it is empty")
