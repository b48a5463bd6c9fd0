"""The footage benchmark, on a small made-up folder: landmarks of a stick person in place of people's."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import skeletons
from benchmarks.footage import VARIABLE, Clip, clips, exercise_of, main, sections, sequences
from benchmarks.stick import Act, Camera, Tempo, film, glute_bridge, leg_lift, squats
from benchmarks.tables import Section
from formcheck.body.geometry import flexion
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.errors import LandmarksError
from formcheck.formats.npz import PosesWriter

TWICE = Tempo(reps=2)


def shares(poses: Poses) -> Array:
    """Landmarks scaled to 0 to 1, each coordinate of each frame by itself."""
    points = np.concatenate([poses.image, 300 * poses.world[..., 2:]], axis=2)
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    return np.asarray((points - low) / (high - low), np.float16)


def kept(folder: Path, name: str, act: Act, **told: object) -> dict[str, object]:
    """An annotation, and its clip's landmarks, so that no model runs."""
    clip = film(act, Camera(yaw=85))
    folder.mkdir(exist_ok=True)
    with PosesWriter(folder / f"{name}.npz", clip.poses.image_size) as writer:
        writer.append(clip.poses)
    reps = [{"start": rep.start_s + 0.1, "end": rep.end_s, "hold_s": rep.hold_s} for rep in clip.truth]
    return {"id": name, "file": f"clips/{name}.mp4", "category": "C", "rep_count": len(reps), "reps": reps, **told}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    landmarks = tmp_path / "landmarks"
    told = [
        kept(landmarks, "bridges", glute_bridge(TWICE), exercise="glute bridge"),
        kept(landmarks, "sped up", glute_bridge(TWICE), exercise="glute bridge", rep_count=None),
        kept(landmarks, "wrong", leg_lift(TWICE), exercise="half-kneeling stretch"),
        kept(landmarks, "squats", squats(), exercise="squat", category="negative"),
        kept(landmarks, "lifts", leg_lift(TWICE), exercise="flutter kicks", category="negative"),
    ]
    (tmp_path / "annotations.json").write_text(json.dumps({"clips": told}), "utf-8")
    (tmp_path / "skeletons").mkdir()
    for name, act in (("squat1", squats()), ("squat2", squats()), ("bridge", glute_bridge(TWICE))):
        np.savez(tmp_path / "skeletons" / f"{name}.npz", landmarks=shares(film(act, Camera(yaw=85)).poses))
    return tmp_path


def found(folder: Path) -> list[Clip]:
    return clips(folder, folder / "landmarks")


def cells(table: Section, first: str) -> dict[str, str]:
    (row,) = [row for row in table.rows if row[0] == first]
    return dict(zip(table.head, map(str, row), strict=True))


def test_counts_are_right_where_exercise_and_number_are(folder: Path) -> None:
    assert {clip.name: clip.exact for clip in found(folder)} == {
        "bridges": True,
        "sped up": None,
        "wrong": False,
        "squats": True,
        "lifts": False,
    }
    tables = {table.title: table for table in sections(found(folder))}
    assert cells(tables["In short"], "counts exact")["share"] == "1/2"
    assert cells(tables["In short"], "counts exact by exersights")["share"].endswith("/2")
    assert cells(tables["In short"], "clips of other things with a set")["share"] == "1/2"


def test_times_are_compared_with_the_annotated_ones(folder: Path) -> None:
    times = next(table for table in sections(found(folder)) if table.title == "Times")
    assert cells(times, "start")["reps"] == "4"
    assert float(cells(times, "start")["median"]) == pytest.approx(0.1, abs=0.06)
    assert float(cells(times, "hold")["worst"]) < 0.3


def test_false_sets_are_named_and_told_by_the_minute(folder: Path) -> None:
    table = next(table for table in sections(found(folder)) if table.title == "False sets in clips")
    kicks = cells(table, "flutter kicks")
    assert kicks["with a false set"] == "1/1 (lifts: leg_lift 2 (side))"
    assert float(kicks["false sets a minute"]) == pytest.approx(1 / float(kicks["minutes"]), rel=0.2)
    assert cells(table, "squat")["with a false set"] == "0/1"


def test_a_skeleton_gets_its_proportions_back() -> None:
    poses = film(glute_bridge(TWICE), Camera(yaw=85)).poses
    read = skeletons._metres(shares(poses).astype(float))
    for joints in (("shoulder", "hip", "knee"), ("hip", "knee", "ankle")):
        at = [INDEX[f"left_{joint}"] for joint in joints]
        true, ours = (flexion(*(points[:, i, :2] for i in at)) for points in (poses.image, read))
        assert np.median(np.abs(true - ours)) < 5
    trunk = read[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    assert np.linalg.norm(trunk, axis=1) == pytest.approx(skeletons.METRES["shoulder", "hip"], rel=0.2)


def test_nobody_is_in_a_frame_of_zeros(tmp_path: Path) -> None:
    landmarks = np.concatenate([np.zeros((5, 33, 3)), shares(film(squats(), Camera()).poses)])
    np.savez(tmp_path / "a.npz", landmarks=landmarks)
    assert np.flatnonzero(~skeletons.read(tmp_path / "a.npz").found).tolist() == [0, 1, 2, 3, 4]
    np.savez(tmp_path / "b.npz", landmarks=landmarks[:, :20])
    with pytest.raises(LandmarksError, match="must have the shape"):
        skeletons.read(tmp_path / "b.npz")


def test_every_set_in_a_skeleton_sequence_is_false(folder: Path) -> None:
    assert {clip.name: clip.sets for clip in sequences(folder)} == {"bridge": 1, "squat1": 0, "squat2": 0}


def test_the_exercise_is_read_from_its_annotation() -> None:
    said = [("C", "single-leg bridge"), ("A", "kneeling_lunge"), ("B", "double straight leg raise"), ("lunge", "lunge")]
    said += [("negative", "negative: glute bridge march")]
    read = [exercise_of({"category": category, "exercise": exercise}) for category, exercise in said]
    assert read == ["glute_bridge", "kneeling_lunge", "leg_lift", None, None]


def test_the_tables_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.md"
    assert main([str(folder), "--landmarks", str(folder / "landmarks"), "--markdown", str(out)]) == 0
    text = out.read_text("utf-8")
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        "In short",
        "Clip by clip",
        "Times",
        "False sets in clips",
        "Cue by cue",
        "Skeleton sequences",
    ]
    assert "| squat | 2 |" in text


@pytest.mark.parametrize("named", [True, False])
def test_without_footage_it_says_so(
    named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert main([str(tmp_path)] if named else []) == 2
    assert "none comes with formcheck" in capsys.readouterr().err
