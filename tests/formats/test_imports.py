"""Landmarks of other estimators: round trips, every way people write them, what is not judged, and bad files."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from door import command, refused

from benchmarks.stick import BRISK, Act, Camera, ball_bridge, film, glute_bridge, kneeling_lunge, leg_lift
from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array, Poses
from formcheck.errors import FormcheckError, LandmarksError, NobodyFoundError, UsageError
from formcheck.findings import Bout, NoticeCode, Reason
from formcheck.formats import imports
from formcheck.formats.exports import export
from formcheck.formats.imports import flat_world, opened
from formcheck.formats.layouts import BODY_25, COCO_17, COCO_18, rows
from formcheck.formats.npz import PosesWriter
from formcheck.recorded import Options, score
from formcheck.report.report import Report

ACTS: dict[str, Callable[..., Act]] = {
    "glute_bridge": glute_bridge,
    "ball_bridge": ball_bridge,
    "kneeling_lunge": kneeling_lunge,
    "leg_lift": leg_lift,
}
FPS, SIZE = 30, (1280, 720)
AUTO = Options.of()
GIVEN: dict[str, Any] = {"fps": FPS, "size": SIZE}


@cache
def filmed(act: str, yaw: float = 80) -> Poses:
    poses: Poses = film(ACTS[act](BRISK), Camera(yaw=yaw), noise=0.3, seed=1).poses
    return poses


def saved(path: Path, poses: Poses) -> Path:
    with PosesWriter(path, poses.image_size) as writer:
        writer.append(poses)
    return path


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), "utf-8")
    return path


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


def points(poses: Poses, layout: tuple[str, ...]) -> Array:
    """(n, k, 3) of a layout, 0 where there is no such point."""
    found = np.zeros((len(poses), len(layout), 3))
    for at, row in rows(layout):
        found[:, at, :2], found[:, at, 2] = poses.image[:, row], 0.9
    return np.nan_to_num(found)


def flat(body: Array) -> list[float]:
    return [round(value, 3) for value in body.ravel().tolist()]


def openpose(poses: Poses, layout: tuple[str, ...] = BODY_25) -> list[dict[str, Any]]:
    return [{"people": [{"pose_keypoints_2d": flat(body)}] if body.any() else []} for body in points(poses, layout)]


def coco(poses: Poses) -> list[dict[str, Any]]:
    bodies = points(poses, COCO_17)
    return [
        {"image_id": i, "category_id": 1, "keypoints": flat(b), "score": 0.9} for i, b in enumerate(bodies) if b.any()
    ]


def mediapipe(poses: Poses, *, world: bool = True) -> list[dict[str, Any]]:
    frames = []
    for i in range(len(poses)):
        shares = poses.image[i] / np.array(poses.image_size)
        frame = {"frame": i, "landmarks": [{"x": x, "y": y, "visibility": 0.9} for x, y in shares.tolist()]}
        more = [dict(zip("xyz", point, strict=True)) for point in poses.world[i].tolist()]
        frames.append(frame | ({"world_landmarks": more} if world else {}))
    return frames


def loaded(path: Path, **settings: Any) -> Poses:
    return Poses.join(opened(path, **settings))


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
        cues = [cue for rep in bout.counted for cue in rep.cues] + list(bout.cues)
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
    frames = _tasks(mediapipe(SHORT))
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


# --- how people write them --------------------------------------------------------------------------------------------

SHORT = filmed("glute_bridge")[:12]
Write = Callable[[Path], Path]


def _tasks(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As MediaPipe's tasks give it: a list of bodies in every frame."""
    return [
        frame | {"landmarks": [frame["landmarks"]], "world_landmarks": [frame["world_landmarks"]]} for frame in frames
    ]


def _arrays(frames: list[dict[str, Any]]) -> list[Any]:
    return [[[point["x"], point["y"], 0.0, 0.9] for point in frame["landmarks"]] for frame in frames]


def _camel(frames: list[dict[str, Any]]) -> list[Any]:
    return [{"timestamp_ms": frame["frame"] * 1000 / FPS, "poseLandmarks": frame["landmarks"]} for frame in frames]


HEAD = {"fps": FPS, "width": SIZE[0], "height": SIZE[1]}
IMAGES = {
    "images": [{"id": i, "width": SIZE[0], "height": SIZE[1], "file_name": f"{i:06d}.jpg"} for i in range(len(SHORT))],
    "info": {"fps": FPS},
}
WAYS: dict[str, tuple[Any, dict[str, Any]]] = {
    "OpenPose, a list": (openpose(SHORT), {"fps": FPS, "size": SIZE}),
    "OpenPose, by name": ({f"a_{i}.png": f for i, f in enumerate(openpose(SHORT))}, {"fps": FPS, "size": SIZE}),
    "OpenPose, frames": (HEAD | {"frames": openpose(SHORT)}, {}),
    "OpenPose, 18 points": (openpose(SHORT, COCO_18), {"fps": FPS, "size": SIZE}),
    "COCO results": (coco(SHORT), {"fps": FPS, "size": SIZE}),
    "COCO results, names": (
        [r | {"image_id": f"v2_{r['image_id']}.jpg"} for r in coco(SHORT)],
        {"fps": FPS, "size": SIZE},
    ),
    "COCO results, another order": (coco(SHORT)[::-1], {"fps": FPS, "size": SIZE}),
    "COCO data set": (IMAGES | {"annotations": coco(SHORT)}, {}),
    "MediaPipe, frames": (HEAD | {"frames": mediapipe(SHORT)}, {}),
    "MediaPipe, a list": (mediapipe(SHORT), {"fps": FPS, "size": SIZE}),
    "MediaPipe, tasks": (HEAD | {"frames": _tasks(mediapipe(SHORT))}, {}),
    "MediaPipe, arrays": (_arrays(mediapipe(SHORT)), {"fps": FPS, "size": SIZE}),
    "MediaPipe, milliseconds": (_camel(mediapipe(SHORT)), {"size": SIZE}),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_is_read(way: str, tmp_path: Path) -> None:
    data, given = WAYS[way]
    poses = loaded(written(tmp_path / "a.json", data), **given)
    knee = INDEX["left_knee"]
    np.testing.assert_allclose(poses.image[:, knee], SHORT.image[:, knee], atol=2e-3)
    np.testing.assert_allclose(poses.time, SHORT.time, atol=1e-6)
    assert poses.image_size == SIZE
    assert poses.visibility[0, knee] == pytest.approx(0.9)
    has_world = way in ("MediaPipe, frames", "MediaPipe, a list", "MediaPipe, tasks")
    np.testing.assert_allclose(poses.world, SHORT.world if has_world else flat_world(poses.image), atol=0.02)


def test_a_folder_is_read_by_the_numbers_in_the_names(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for i, frame in enumerate(openpose(SHORT)):
        written(folder / f"clip_{i}_keypoints.json", frame)  # without leading zeros 10 comes before 2
    poses = loaded(folder, fps=FPS, size=SIZE)
    np.testing.assert_allclose(poses.image[:, INDEX["nose"]], SHORT.image[:, INDEX["nose"]], atol=2e-3)
    digest = opened(folder, fps=FPS, size=SIZE).sha256
    written(folder / "clip_3_keypoints.json", {"people": []})
    assert opened(folder, fps=FPS, size=SIZE).sha256 != digest


def test_a_point_that_was_not_found_stays_unknown(tmp_path: Path) -> None:
    frames = openpose(SHORT)
    at = 3 * BODY_25.index("left_wrist")
    frames[4]["people"][0]["pose_keypoints_2d"][at : at + 3] = [0, 0, 0]
    at = 3 * BODY_25.index("nose")
    frames[6]["people"][0]["pose_keypoints_2d"][at : at + 3] = [0, 0, 0]
    frames[8]["people"] = []
    poses = loaded(written(tmp_path / "a.json", frames), fps=FPS, size=SIZE)
    assert np.isnan(poses.image[4, INDEX["left_wrist"]]).all()
    assert np.isnan(poses.image[:, INDEX["left_thumb"]]).all()
    assert np.flatnonzero(~poses.found).tolist() == [8]
    assert np.isnan(poses.image[8]).all()
    assert np.isnan(poses.world[8]).all()


def test_one_person_is_followed_the_largest_first(tmp_path: Path) -> None:
    frames = openpose(SHORT)
    other = points(SHORT, BODY_25) * [0.5, 0.5, 1]  # half as large, in a corner
    for i, (frame, body) in enumerate(zip(frames, other, strict=True)):
        frame["people"].insert(i % 2, {"pose_keypoints_2d": flat(body)})
    poses = loaded(written(tmp_path / "a.json", frames), fps=FPS, size=SIZE)
    np.testing.assert_allclose(poses.image[:, INDEX["left_hip"]], SHORT.image[:, INDEX["left_hip"]], atol=2e-3)


def test_nobody_stands_in_frames_that_were_left_out(tmp_path: Path) -> None:
    poses = filmed("glute_bridge")[:60]
    records = [record for record in coco(poses) if not 20 <= record["image_id"] < 45]
    read = loaded(written(tmp_path / "a.json", records), fps=FPS, size=SIZE)
    assert len(read) == 60 - 25 + 1
    assert np.flatnonzero(~read.found).tolist() == [20]
    assert read.time[19] < read.time[20] < read.time[21]
    assert read.time[-1] == pytest.approx(59 / FPS)


def test_what_the_user_says_goes_before_what_the_file_says(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", HEAD | {"frames": mediapipe(SHORT)})
    poses = loaded(path, fps=60, size=(640, 360))
    assert poses.time[1] == pytest.approx(1 / 60)
    assert poses.image_size == (640, 360)
    np.testing.assert_allclose(poses.image, SHORT.image / 2, atol=1e-3)
    export(saved(tmp_path / "a.npz", SHORT), "movement", tmp_path / "a.nc")
    np.testing.assert_allclose(loaded(tmp_path / "a.nc", fps=60).time, SHORT.time / 2)


def test_a_dataset_of_others_is_read_by_the_names_of_its_key_points(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    bodies = points(SHORT, COCO_17)
    order = ("time", "space", "keypoints", "individuals")
    data = xarray.Dataset(
        {"position": (order, bodies[..., :2].swapaxes(1, 2)[..., None])},
        coords={"time": np.arange(12), "space": ["x", "y"], "keypoints": [*COCO_17], "individuals": ["someone"]},
        attrs={"time_unit": "frames", "fps": float(FPS)},
    )
    data.to_netcdf(tmp_path / "a.nc", engine="scipy")
    poses = loaded(tmp_path / "a.nc", size=SIZE)
    np.testing.assert_allclose(poses.image[:, INDEX["left_knee"]], SHORT.image[:, INDEX["left_knee"]], rtol=1e-5)
    np.testing.assert_allclose(poses.time, SHORT.time, atol=1e-9)
    others = [
        data.rename({"keypoints": "parts"}),
        data.drop_vars("position"),
        data.drop_vars("time"),
        data.expand_dims(views=2),
        data.assign_coords(keypoints=[f"point_{i}" for i in range(17)]),
        data.isel(time=[]),
    ]
    for other in others:
        other.to_netcdf(tmp_path / "b.nc", engine="scipy")
        with pytest.raises(FormcheckError, match=r"b\.nc (holds no|has no key point|cannot be read)"):
            opened(tmp_path / "b.nc", size=SIZE)
    whole = (tmp_path / "a.nc").read_bytes()
    for length in range(4, len(whole), 97):
        (tmp_path / "c.nc").write_bytes(whole[:length])
        with pytest.raises(LandmarksError, match=r"c\.nc (cannot be read as netCDF|holds no poses)"):
            opened(tmp_path / "c.nc", size=SIZE)


@pytest.fixture
def dataset(tmp_path: Path) -> Any:
    xarray = pytest.importorskip("xarray")
    export(saved(tmp_path / "a.npz", SHORT), "movement", tmp_path / "a.nc")
    return xarray.load_dataset(tmp_path / "a.nc")


def test_the_axes_of_a_dataset_are_those_of_its_labels(dataset: Any, tmp_path: Path) -> None:
    dataset.isel(space=[1, 0], world_space=[2, 0, 1]).to_netcdf(tmp_path / "b.nc", engine="scipy")
    poses = loaded(tmp_path / "b.nc")
    np.testing.assert_array_equal(poses.image, SHORT.image)
    np.testing.assert_array_equal(poses.world, SHORT.world)


def _with(dataset: Any, name: str) -> Any:
    """The same dataset with something wrong in it."""
    world = dataset.world_position
    return {
        "no axes of the world": lambda: dataset.rename(world_space="axes"),
        "nobody in the world": lambda: dataset.assign(world_position=world.isel(individuals=0, drop=True)),
        "a flat world": lambda: dataset.isel(world_space=[0, 1]),
        "an endless world": lambda: dataset.assign(world_position=world * np.inf),
        "no labels": lambda: dataset.drop_vars("space"),
        "one axis": lambda: dataset.isel(space=[0]),
        "letters": lambda: dataset.assign(confidence=dataset.confidence.astype("S4")),
        "an endless picture": lambda: dataset.assign_attrs(image_width=np.inf),
        "no width": lambda: dataset.assign_attrs(image_width=np.nan),
    }[name]()


WRONG = {
    "no axes of the world": "holds no poses: a dataset of movement has",
    "nobody in the world": "holds no poses: a dataset of movement has",
    "a flat world": "must label world_space with x, y, z; its labels are x, y",
    "an endless world": "has a number beyond any picture: inf",
    "no labels": "must label space with x, y; its labels are missing",
    "one axis": "must label space with x, y; its labels are x",
    "letters": "holds no poses: a dataset of movement has",
    "an endless picture": "does not say how large the picture is",
    "no width": "does not say how large the picture is",
}


@pytest.mark.parametrize("case", WRONG)
def test_a_dataset_with_something_wrong_in_it_is_one_sentence(case: str, dataset: Any, tmp_path: Path) -> None:
    _with(dataset, case).to_netcdf(tmp_path / "b.nc", engine="scipy")
    with pytest.raises(FormcheckError) as caught:
        opened(tmp_path / "b.nc")
    assert f"b.nc {WRONG[case]}" in str(caught.value)


def test_json_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(HEAD | {"frames": openpose(SHORT)}), "utf-8-sig")
    assert len(loaded(path)) == len(SHORT)


# --- what cannot be read ----------------------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, dict[str, Any], type[FormcheckError], str]] = {
    "no rate": (openpose(SHORT), {"size": SIZE}, UsageError, "how many frames a second it has: give it with --fps"),
    "no size": (coco(SHORT), {"fps": FPS}, UsageError, "how large the picture is: give it with --size"),
    "MediaPipe, no size": (mediapipe(SHORT), {"fps": FPS}, UsageError, "give it with --size"),
    "odd rate": (coco(SHORT), GIVEN | {"fps": 0}, UsageError, "a frame rate of 0 cannot be"),
    "odd size": (coco(SHORT), GIVEN | {"size": (0, 5)}, UsageError, "a picture of 0x5 cannot be"),
    "nothing": ([], GIVEN, LandmarksError, "holds no poses known here"),
    "something else": ({"name": "x", "frames": 3}, GIVEN, LandmarksError, "holds no poses known here"),
    "a number": (5, GIVEN, LandmarksError, "holds no poses known here"),
    "nobody": ([{"people": []}] * 3, GIVEN, NobodyFoundError, "holds no frame with a person"),
    "nobody for MediaPipe": ([{"landmarks": []}] * 3, GIVEN, NobodyFoundError, "holds no frame with a person"),
    "nobody in COCO": (IMAGES | {"annotations": []}, GIVEN, NobodyFoundError, "holds no frame with a person"),
    "another body": (
        [{"people": [{"pose_keypoints_2d": [1, 2, 3] * 15}]}],
        GIVEN,
        LandmarksError,
        "of 45 numbers; BODY_25",
    ),
    "Halpe": ([{"image_id": 1, "keypoints": [1.0] * 78}], GIVEN, LandmarksError, "COCO's 17 key points have 51"),
    "words": ([{"image_id": 1, "keypoints": ["a"] * 51}], GIVEN, LandmarksError, "no list of x, y, confidence"),
    "no frame's number": ([{"image_id": "cat", "keypoints": [1.0] * 51}], GIVEN, LandmarksError, "number: cat"),
    "a frame's number that is a yes": (
        [{"image_id": True, "keypoints": [1.0] * 51}],
        GIVEN,
        LandmarksError,
        "without a frame's number: True",
    ),
    "an endless picture": (
        {"width": 1e400, "height": 720, "fps": FPS, "frames": mediapipe(SHORT)},
        {},
        UsageError,
        "how large the picture is: give it with --size",
    ),
    "a rate that is a yes": (HEAD | {"fps": True, "frames": openpose(SHORT)}, {}, UsageError, "give it with --fps"),
    "a record of no pose": ([*coco(SHORT), {"image_id": 99}], GIVEN, LandmarksError, "a pose without"),
    "a frame of no people": ([*openpose(SHORT), {}], GIVEN, LandmarksError, "has a frame without `people`"),
    "shares": (
        [{"people": [{"pose_keypoints_2d": [0.5, 0.5, 1] * 25}]}],
        GIVEN,
        LandmarksError,
        "let OpenPose write pixels",
    ),
    "17 landmarks": ([{"landmarks": [[0, 0]] * 17}], GIVEN, LandmarksError, "of 17 landmarks; MediaPipe's have 33"),
    "odd landmarks": ([{"landmarks": [{"x": "a"}] * 33}], GIVEN, LandmarksError, "has a landmark that is neither"),
    "pixels": ([{"landmarks": [[300, 200, 0]] * 33}], GIVEN, LandmarksError, "has landmarks in pixels"),
    "world points": ([{"landmarks": [[0.01, 0, 0]] * 33}], GIVEN, LandmarksError, "has world points under"),
    "time stands": (
        [frame | {"frame": 0} for frame in mediapipe(SHORT)],
        GIVEN,
        LandmarksError,
        "do not follow one another in time",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_unusable_files_are_one_clear_sentence(case: str, tmp_path: Path) -> None:
    data, given, error, says = BAD[case]
    with pytest.raises(error) as caught:
        opened(written(tmp_path / "a.json", data), **given)
    assert type(caught.value) is error
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_files_are_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_text(json.dumps(openpose(SHORT))[:-9])
    (tmp_path / "text.nc").write_text("no landmarks here")
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    cases = {
        "cut.json": "is no JSON, or is cut off",
        "bytes.json": "is no JSON, or is cut off",
        "none.json": "cannot be read: No such file",
        "text.nc": "cannot be read as netCDF",
        "folder": "has no .json file in it",
    }
    for name, says in cases.items():
        with pytest.raises(LandmarksError) as caught:
            opened(tmp_path / name, fps=FPS, size=SIZE)
        assert f"{tmp_path / name} {says}" in str(caught.value)
        assert "\n" not in str(caught.value)


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


def test_the_layouts_name_known_landmarks() -> None:
    assert (len(BODY_25), len(COCO_18), len(COCO_17)) == (25, 18, 17)
    for layout in (BODY_25, COCO_18, COCO_17):
        assert len(set(layout)) == len(layout)
        unknown = set(layout) - set(NAMES)
        assert unknown <= {"neck", "mid_hip", "left_small_toe", "right_small_toe"}
    assert replace(SHORT).image.shape[1] == len(NAMES)
