"""Landmarks of other estimators as `Poses`: round trips, who is judged, and what is not judged."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from door import command, refused
from landmark_files import (
    ACTS,
    FPS,
    GIVEN,
    HEAD,
    SHORT,
    SIZE,
    coco,
    filmed,
    flat,
    loaded,
    mediapipe,
    openpose,
    points,
    saved,
    tasks,
    written,
)

from benchmarks.stick import BRISK, Camera, film
from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Poses
from formcheck.errors import UsageError
from formcheck.findings import Bout, NoticeCode, Reason
from formcheck.formats import imports
from formcheck.formats.exports import export
from formcheck.formats.imports import flat_world, opened
from formcheck.formats.layouts import BODY_25
from formcheck.recorded import Options, score
from formcheck.report.report import Report

AUTO = Options.of()


def verdicts(report: Report) -> dict[tuple[str, int, str, str], str]:
    """Exercise, rep, side and cue -> verdict."""
    return {
        (bout.exercise, rep.index, rep.side, cue.id): cue.verdict
        for bout in report.bouts
        for rep in bout.counted
        for cue in rep.cues
    }


def codes(report: Report) -> list[NoticeCode]:
    return [warning.code for warning in report.warnings]


def lacking(report: Report) -> set[Reason]:
    """What the warnings say that these landmarks lack."""
    return {w.values["why"].reason for w in report.warnings if w.code == NoticeCode.CUES_NOT_JUDGED}


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["mediapipe", "movement"])
@pytest.mark.parametrize("act", ACTS)
def test_what_goes_out_with_world_points_comes_back_with_the_same_verdicts(act: str, to: str, tmp_path: Path) -> None:
    own = saved(tmp_path / "a.npz", filmed(act))
    out = tmp_path / ("a.json" if to == "mediapipe" else "a.nc")
    export(own, to, out)
    first, again = score(own, AUTO), score(out, AUTO)
    assert verdicts(first)
    assert verdicts(again) == verdicts(first)
    assert again.video.width == SIZE[0]
    assert again.video.fps == pytest.approx(FPS)
    np.testing.assert_allclose(loaded(out).image, filmed(act).image, atol=1e-3)
    assert NoticeCode.FOREIGN_FORMAT in codes(again)
    assert Reason.FILE_HAS_NO_DEPTH not in lacking(again)


@pytest.mark.parametrize("act", ACTS)
def test_openpose_keeps_the_reps_and_turns_no_verdict_round(act: str, tmp_path: Path) -> None:
    own, out = saved(tmp_path / "a.npz", filmed(act)), tmp_path / "a"
    export(own, "openpose", out)
    first, again = verdicts(score(own, AUTO)), verdicts(score(out, AUTO, fps=FPS, size=SIZE))
    assert again.keys() == first.keys()
    assert all({first[key], again[key]} != {"met", "fault"} for key in first)
    judged = [key for key, name in first.items() if name != "not_assessed"]
    assert sum(again[key] == first[key] for key in judged) >= 0.8 * len(judged)


@pytest.mark.parametrize("act", ACTS)
def test_without_feet_the_reps_are_found_and_what_needs_feet_is_not_judged(act: str, tmp_path: Path) -> None:
    poses = filmed(act)
    first = score(saved(tmp_path / "a.npz", poses), AUTO)
    again = score(written(tmp_path / "a.json", coco(poses)), AUTO, fps=FPS, size=SIZE)
    assert [len(bout.counted) for bout in again.bouts] == [len(bout.counted) for bout in first.bouts]
    assert [bout.exercise for bout in again.bouts] == [act]
    told = {cue.id: cue for bout in again.bouts for rep in bout.counted for cue in rep.cues}
    feet = {
        "through_the_heels",
        "rear_knee_down",
        "other_leg_down",
        "lift_several_inches",
        "toes_forward",
    } & told.keys()
    assert feet
    assert {told[cue].verdict for cue in feet} == {"not_assessed"}
    assert {told[cue].reason_code for cue in feet} <= {Reason.FILE_HAS_NO_FEET, Reason.FILE_HAS_NO_DEPTH}
    one, two = verdicts(first), verdicts(again)
    assert all({one[key], two[key]} != {"met", "fault"} for key in one.keys() & two.keys())
    assert Reason.FILE_HAS_NO_FEET in lacking(again)
    check_scores(again.bouts)


def check_scores(bouts: tuple[Bout, ...]) -> None:
    worth = {"met": 1, "borderline": 0.5, "fault": 0}
    for bout in bouts:
        cues = [cue for rep in bout.counted for cue in rep.cues if not cue.dose]
        judged = [worth[cue.verdict] for cue in cues if cue.verdict in worth]
        assert bout.assessed == pytest.approx(len(judged) / len(cues))
        assert bout.score == pytest.approx(100 * sum(judged) / len(judged))


@pytest.mark.parametrize("to", ["mediapipe", "openpose", "movement"])
@pytest.mark.parametrize("act", ["ball_bridge", "leg_lift", "kneeling_lunge"])
def test_what_no_format_holds_is_said_to_be_that(act: str, to: str, tmp_path: Path) -> None:
    out = tmp_path / {"mediapipe": "a.json", "openpose": "a", "movement": "a.nc"}[to]
    export(saved(tmp_path / "a.npz", filmed(act)), to, out)
    report = score(out, AUTO, **(GIVEN if to == "openpose" else {}))
    told = {cue.id: (cue.verdict, cue.reason_code) for bout in report.bouts for rep in bout.reps for cue in rep.cues}
    no_ball, no_back = Reason.FILE_HAS_NO_BALL, Reason.FILE_HAS_NO_BACK
    wanted = {
        "ball_bridge": {"shoulders_on_ball": no_ball, "shoulders_stay": no_ball},
        "leg_lift": {"low_back_pressed": no_back},
        "kneeling_lunge": {"pelvis_tucked": no_back, "back_straight": no_back},
    }[act]
    assert {cue: told[cue] for cue in wanted} == {cue: ("not_assessed", reason) for cue, reason in wanted.items()}
    assert not {no_ball, no_back} & lacking(report)


# --- several people ---------------------------------------------------------------------------------------------------


def beside(frames: list[dict[str, Any]], *, missing: Iterable[int]) -> list[dict[str, Any]]:
    """The same frames with somebody who stands still up in the corner, and without the person in some of them."""
    still = points(filmed("leg_lift")[:1], BODY_25)[0] * [0.6, 0.6, 1]
    other = {"pose_keypoints_2d": flat(still)}
    return [{"people": ([] if i in {*missing} else f["people"]) + [other]} for i, f in enumerate(frames)]


@pytest.mark.parametrize("missing", [[], [0], [5], [200], range(20), [60, 61, 62, 120, 121]])
def test_frames_without_the_person_hand_nothing_over_to_a_bystander(missing: Iterable[int], tmp_path: Path) -> None:
    frames = openpose(filmed("leg_lift"))
    alone = score(written(tmp_path / "a.json", frames), AUTO, **GIVEN)
    told = score(written(tmp_path / "a.json", beside(frames, missing=missing)), AUTO, **GIVEN)
    assert [len(bout.counted) for bout in told.bouts] == [len(bout.counted) for bout in alone.bouts] == [3]
    assert NoticeCode.ANOTHER_PERSON not in codes(alone)
    assert codes(told).count(NoticeCode.ANOTHER_PERSON) == 1


@pytest.mark.parametrize("which", [0, 1])
def test_world_points_are_those_of_the_person_who_is_judged(which: int, tmp_path: Path) -> None:
    frames = tasks(mediapipe(SHORT))
    for frame in frames:
        small = [{"x": p["x"] * 0.4, "y": p["y"] * 0.4} for p in frame["landmarks"][0]]
        frame["landmarks"].insert(1 - which, small)
        frame["world_landmarks"].insert(1 - which, [dict(zip("xyz", (0, 0, 0), strict=True))] * len(NAMES))
    poses = loaded(written(tmp_path / "a.json", HEAD | {"frames": frames}))
    np.testing.assert_allclose(poses.image, SHORT.image, atol=2e-3)
    np.testing.assert_allclose(poses.world, SHORT.world, atol=1e-6)


# --- world points out of the picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize("yaw", [70, 110, 250, 290])
@pytest.mark.parametrize("act", ACTS)
def test_the_nearer_shoulder_is_told_by_the_face(act: str, yaw: float) -> None:
    poses = film(ACTS[act](BRISK), Camera(yaw=yaw)).poses
    left, right = INDEX["left_shoulder"], INDEX["right_shoulder"]
    made = flat_world(poses.image)
    true = np.sign(poses.world[:, left, 2] - poses.world[:, right, 2])
    assert (np.sign(made[:, left, 2] - made[:, right, 2]) == true).mean() > 0.98


def test_flat_world_points_have_a_trunk_of_half_a_metre_and_nothing_where_nobody_was() -> None:
    poses = filmed("glute_bridge")
    image = poses.image.copy()
    image[5] = np.nan
    made = flat_world(image)
    assert np.isnan(made[5]).all()
    hips = made[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    shoulders = made[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    np.testing.assert_allclose(hips[0], 0, atol=1e-6)
    assert np.nanmedian(np.linalg.norm(shoulders, axis=1)) == pytest.approx(imports.TRUNK_M, rel=1e-3)
    assert np.isnan(flat_world(np.full((3, 33, 2), np.nan, np.float32))).all()


def test_nobody_stands_in_frames_that_were_left_out(tmp_path: Path) -> None:
    poses = filmed("glute_bridge")[:60]
    records = [record for record in coco(poses) if not 20 <= record["image_id"] < 45]
    read = loaded(written(tmp_path / "a.json", records), fps=FPS, size=SIZE)
    assert len(read) == 60 - 25 + 1
    assert np.flatnonzero(~read.found).tolist() == [20]
    assert read.time[19] < read.time[20] < read.time[21]
    assert read.time[-1] == pytest.approx(59 / FPS)


def test_landmarks_of_our_own_are_read_as_ever(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", SHORT)
    recording = opened(path)
    assert (recording.warnings, dict(recording.unanswered)) == ((), {})
    np.testing.assert_array_equal(Poses.join(recording).world, SHORT.world)
    np.testing.assert_array_equal(Poses.join(recording).world, SHORT.world)  # a second time
    with pytest.raises(UsageError, match="leave out --fps and --size"):
        opened(path, fps=FPS)


# --- the door ---------------------------------------------------------------------------------------------------------


def test_from_the_command_line_out_and_in_again(tmp_path: Path) -> None:
    saved(tmp_path / "a.npz", filmed("glute_bridge"))
    told = command("export", "a.npz", "--to", "openpose", "--out", "made/frames", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (0, "Written: made/frames\n")
    told = command("score", "made/frames", "--fps", 30, "--size", "1280x720", "--out", "out", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [bout["exercise"] for bout in report["bouts"]] == ["glute_bridge"]
    assert NoticeCode.FOREIGN_FORMAT in report["warning_codes"]
    refused(command("score", "made/frames", cwd=tmp_path), 2, "give it with --fps")
    refused(command("score", "made/frames", "--fps", 30, "--size", "big", cwd=tmp_path), 2, "as --size 1280x720")
    refused(command("export", "a.npz", "--to", "fbx", "--out", "x", cwd=tmp_path), 2, "choose one of csv, parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "made", "out"]
