"""The accuracy table, on a stick person's landmarks and on made-up truth: what is exact, matched, wrong, covered."""

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.stick import STEADY, Act, Camera, film, glute_bridge, squats

pytest.importorskip("matplotlib", reason="the accuracy benchmark draws with matplotlib")

from benchmarks.accuracy import __main__ as door
from benchmarks.accuracy.__main__ import main, measured
from benchmarks.accuracy.cases import SCHEMA, Case, cases
from benchmarks.accuracy.pictures import drawn
from benchmarks.accuracy.records import POINTS, Record, Records, landmarks, pairs
from benchmarks.accuracy.rivals import exersights, two_thresholds
from benchmarks.accuracy.tables import sections
from benchmarks.tables import DASH, Section, interval
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.errors import UsageError
from formcheck.findings import Rep
from formcheck.formats.npz import PosesWriter


def empty_video(path: Path) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30, (64, 48))
    for _ in range(3):
        writer.write(np.full((48, 64, 3), 128, np.uint8))
    writer.release()


def kept(folder: Path, name: str, act: Act, cues: list[dict[str, object]] | None = None) -> None:
    """A clip whose landmarks are there already, so that no model runs, and its truth."""
    clip = film(act, Camera(yaw=85))
    empty_video(folder / f"{name}.mp4")
    os.utime(folder / f"{name}.mp4", (0, 0))
    with PosesWriter(folder / f"{name}.landmarks.npz", clip.poses.image_size) as writer:
        writer.append(clip.poses)
    times = ("start_s", "end_s", "hold_s")
    reps = [
        {"side": rep.side, "partial": False, "cues": cues or [], **{t: float(getattr(rep, t)) for t in times}}
        for rep in clip.truth
    ]
    bouts = [{"exercise": clip.truth[0].exercise, "reps": reps, "cues": []}] if clip.truth else []
    truth = {"schema": SCHEMA, "clip": {"tags": {"kind": "stick"}}, "bouts": bouts}
    (folder / f"{name}.json").write_text(json.dumps(truth), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cue = {"unit": "trunk", "margin": -0.1, "value": 0.16, "met": False}
    kept(tmp_path, "bridges", glute_bridge(STEADY), [{"id": "hips_up", **cue}])
    kept(tmp_path, "squats", squats())
    return tmp_path


def test_counts_times_and_negatives(folder: Path) -> None:
    records = measured(cases(folder))
    (count,) = records.counts
    assert count["formcheck"] == count["true"] == len(records.reps) > 0
    assert all(abs(rep["start_error_s"]) < 0.2 and rep["side"] == rep["side_found"] for rep in records.reps)
    assert records.false_bouts == records.unmatched == []


def test_a_met_for_a_broken_cue_is_wrong(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.md"
    assert main([str(folder), "--markdown", str(out), "--records", str(tmp_path / "all.out")]) == 0
    records = json.loads((tmp_path / "all.out").read_text("utf-8"))
    assert {v["verdict"] for v in records["verdicts"]} == {"met"}  # the stick person's hips do not sag
    n = len(records["verdicts"])
    verdicts = out.read_text("utf-8").partition("## Verdicts")[2].partition("## ")[0]
    (row,) = [line for line in verdicts.splitlines() if "| hips_up |" in line]
    assert f"| {n} / 0 / 0 / 0 / 0 | 1 | {n}/{n} | {n}/{n} |" in row
    assert "hips_up met with" in out.read_text("utf-8")


def test_swapped_legs_are_seen() -> None:
    poses = film(glute_bridge(STEADY), Camera(yaw=60)).poses
    places = {f"{side}_{part}": poses.image[:, INDEX[f"{side}_{part}"]].tolist() for side in SIDES for part in POINTS}
    case = Case("legs", Path("legs.mp4"), {"time_s": poses.time.tolist(), "surface_px": places})
    swapped = replace(poses, image=poses.image.copy())
    half = len(poses) // 2
    for part in ("knee", "ankle"):
        left, right = INDEX[f"left_{part}"], INDEX[f"right_{part}"]
        swapped.image[:half, [left, right]] = poses.image[:half, [right, left]]
    assert landmarks(case, poses)["legs_swapped"] == 0
    assert landmarks(case, poses)["knee"] == pytest.approx(0, abs=0.01)
    assert landmarks(case, swapped)["legs_swapped"] == pytest.approx(0.5, abs=0.01)


def test_reps_pair_by_time_in_common() -> None:
    def found(start: float, end: float) -> Rep:
        return Rep(1, False, "both", start, start, end, start, end, (), None, 0.0, ())

    true = [{"start_s": 1.0, "end_s": 3.0}, {"start_s": 4.0, "end_s": 6.0}]
    assert pairs(true, [found(1.1, 3.2), found(4.0, 5.9)]) == [(0, 0), (1, 1)]
    assert pairs(true, [found(4.5, 5.0), found(3.9, 6.1)]) == [(1, 1)]
    assert pairs(true, [found(10.0, 12.0)]) == []


def test_rivals_count_as_they_say() -> None:
    bridge = np.tile([120.0, 130, 150, 170, 150, 130], 3)
    assert exersights(bridge, "glute_bridge") == 3
    assert exersights(np.array([160.0, 130, 160, 130, 160]), "leg_lift") == 2
    assert two_thresholds(145, 125)(bridge, "glute_bridge") == 2  # the first fall has no rise before it
    assert two_thresholds(145, 90)(bridge, "glute_bridge") == 0


def test_annotations_by_eye(tmp_path: Path) -> None:
    clips = [
        {"id": "a", "exercise": "glute bridge", "file": "a.mp4", "reps": [{"start": 1, "peak": 2, "end": 3}]},
        {"id": "b", "exercise": "squat", "file": "b.mp4", "reps": [{"start": 1, "peak": 2, "end": 3}]},
    ]
    (tmp_path / "annotations.json").write_text(json.dumps({"clips": clips}), "utf-8")
    first, second = cases(tmp_path)
    assert [bout["exercise"] for bout in first.truth["bouts"]] == ["glute_bridge"]
    assert second.truth["bouts"] == []


def test_folder_without_truth_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="no video with a truth file"):
        cases(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert "annotations.json" in capsys.readouterr().err


# --- other landmarks --------------------------------------------------------------------------------------------------


def other_python(folder: Path, frames: int | None = None) -> str:
    """A command that stands for the other Python: it writes the first frames of the stick person's own landmarks, and
    finds nobody in the second half.
    """
    poses = film(glute_bridge(STEADY), Camera(yaw=85)).poses
    columns = {name: getattr(poses, name)[:frames].copy() for name in ("image", "world", "visibility")}
    for name, column in columns.items():
        column[len(poses) // 2 :] = 0 if name == "visibility" else np.nan
    np.savez(folder / "plain.npz", **columns, size=np.array(poses.image_size))
    command = folder / "python"
    script = f"import shutil, sys; shutil.copy({str(folder / 'plain.npz')!r}, sys.argv[3])"
    command.write_text(f"#!{sys.executable}\n{script}\n", "utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return str(command)


def bridges_alone(folder: Path) -> list[Case]:
    return [case for case in cases(folder) if case.name == "bridges"]


def test_other_landmarks_are_scored_beside_ours(folder: Path) -> None:
    records = measured(bridges_alone(folder), solutions=other_python(folder))
    (count,) = records.counts
    assert 0 < count["formcheck on solutions"] < count["formcheck"] == count["true"]
    assert "exersights on solutions" in count
    assert (folder / "bridges.solutions.npz").exists()
    ours, theirs = (records.where("source", source) for source in ("formcheck", "solutions"))
    assert len(ours.reps) == count["true"] > len(theirs.reps) > 0
    (counting,) = [table for table in sections(records) if table.title == "Counting"]
    assert sum(row[0] == "formcheck on solutions" for row in counting.rows) == 2


@pytest.mark.parametrize(("frames", "said"), [(5, "has 5 frames for solutions.py"), (None, "no Python")])
def test_other_landmarks_that_cannot_be_had(folder: Path, frames: int | None, said: str) -> None:
    python = str(folder / "nowhere") if frames is None else other_python(folder, frames)
    with pytest.raises(UsageError, match=said):
        measured(bridges_alone(folder), solutions=python)
    assert not (folder / "bridges.solutions.npz").exists()


# --- tables and pictures ----------------------------------------------------------------------------------------------


def negative(name: str, *, real: bool = False) -> Record:
    seen = {
        "kind": "negative",
        "seconds": 15.0,
        "frames": 450,
        "frames_with_person": 1.0,
        "true": [],
        "found": ["leg_lift"],
    }
    return {"clip": name, "body": name, "view": "side", "real": real, "yaw": 90.0, "yaw_found": None, **seen}


def cell(table: Section, first: str, column: str) -> str:
    (row,) = [row for row in table.rows if row[0] == first]
    return str(row[table.head.index(column)])


def test_false_bouts_are_told_by_the_minute_and_real_footage_apart() -> None:
    records = Records(clips=[negative("a"), negative("b"), negative("person", real=True)])
    bout = {"exercise": "leg_lift", "reps": 1, "start_s": 0.0, "source": "formcheck"}
    records.false_bouts = [{"clip": "a", "body": "a", "view": "side", "real": False, **bout}]
    tables = {table.title: table for table in sections(records)}
    assert cell(tables["In short"], "false bouts in negatives", "figure") == "2 a minute"
    assert cell(tables["In short"], "negatives with a false bout", "figure") == "50 %"
    assert cell(tables["Recognition"], "none: negative", "those a minute") == "2.00"
    assert cell(tables["Real footage: in short"], "negatives with a false bout", "figure") == "0 %"
    assert cell(tables["Real footage: in short"], "negatives with a false bout", "90 %") == "0 to 95"
    assert tables["Real footage: where it is wrong"].rows == []


def test_a_body_counts_once() -> None:
    def share(records: object) -> float:
        return 100 * float(np.mean([r["hit"] for r in records]))  # type: ignore[attr-defined]

    many = [{"body": "a", "hit": True}] * 50 + [{"body": "b", "hit": False}] * 50
    assert interval(many, share) == "0 to 100"
    assert interval(many[:50], share) == DASH
    assert interval([{"body": "a", "hit": True}, {"body": "b", "hit": True}], share) == DASH


def test_pictures_are_drawn(folder: Path) -> None:
    records = measured(cases(folder))
    assert any(verdict["verdict"] == "met" and not verdict["met"] for verdict in records.verdicts)
    drawn(records, cases(folder), folder / "pictures")
    for name in ("yaw", "values", "worst"):
        assert cv2.imread(str(folder / "pictures" / f"{name}.png")) is not None


def test_real_footage_is_not_shown(folder: Path) -> None:
    clip = {"id": "person", "exercise": "glute bridge", "file": "bridges.mp4", "reps": [{"start": 90, "end": 92}]}
    (folder / "annotations.json").write_text(json.dumps({"clips": [clip]}), "utf-8")
    records = measured(cases(folder))
    assert records.unmatched
    drawn(records, cases(folder), folder / "pictures")
    assert np.all(cv2.imread(str(folder / "pictures" / "worst.png")) == 255)


def test_a_stop_from_the_keyboard_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> Records:
        raise KeyboardInterrupt

    monkeypatch.setattr(door, "recorded", stopped)
    assert main([str(folder)]) == 130
    assert "kept beside the clips" in capsys.readouterr().err
