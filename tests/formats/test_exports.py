"""Exports: what is judged is what is exported, axes and units, other programs' readers, and whole or not at all."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from benchmarks.stick import BRISK, Act, Camera, film, glute_bridge, kneeling_lunge, leg_lift
from formcheck.body.landmarks import INDEX, MIRROR, NAMES
from formcheck.body.poses import Array, Poses
from formcheck.errors import FormcheckError, LandmarksError, NobodyFoundError, OutputError, UsageError
from formcheck.formats import exports
from formcheck.formats.exports import FORMATS, Saved, export
from formcheck.formats.layouts import BODY_25
from formcheck.formats.npz import PosesWriter
from formcheck.recorded import Options, score

ACTS: dict[str, Callable[..., Act]] = {
    "glute_bridge": glute_bridge,
    "kneeling_lunge": kneeling_lunge,
    "leg_lift": leg_lift,
}
NO_MOVEMENT = "movement is not installed: it brings opencv-python-headless, which writes over opencv-python's files"


@cache
def filmed(act: str = "glute_bridge", yaw: float = 90) -> Poses:
    poses: Poses = film(ACTS[act](BRISK), Camera(yaw=yaw), noise=0.5, seed=3).poses
    return poses


def saved(path: Path, *parts: Poses) -> Path:
    with PosesWriter(path, parts[0].image_size) as writer:
        for part in parts:
            writer.append(part)
    return path


def with_a_gap(poses: Poses) -> Poses:
    """The same with nobody there for half a second."""
    lost = (poses.time > 1.0) & (poses.time < 1.5)
    nobody = Poses.blank(poses.time[lost], poses.image_size)
    return Poses.join([poses[: int(lost.argmax())], nobody, poses[int(lost.argmax() + lost.sum()) :]])


@pytest.fixture
def landmarks(tmp_path: Path) -> Path:
    return saved(tmp_path / "landmarks.npz", with_a_gap(filmed()))


@pytest.fixture
def opensim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)  # it writes a log where it is loaded
    return pytest.importorskip("opensim", reason="OpenSim's own reader is not installed; it is in the extra test")


def joined(poses: Poses) -> Poses:
    return Poses.join(exports.ticks([poses]))


# --- what is judged ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "column"), [("glute_bridge", "hip_rise_px"), ("leg_lift", "leg_elevation_left_deg")])
def test_what_is_exported_is_what_is_judged(act: str, column: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", filmed(act))
    export(path, "parquet", tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    value = dict(zip(np.round(table["time_s"].to_numpy(), 3).tolist(), table[column].to_numpy(), strict=True))
    trace = score(path, Options.of()).bouts[0].traces[0]
    read = np.array([value[time] for time in trace.time_s])
    told = np.array(trace.value)
    assert np.ptp(told) > 0.2
    scale = np.ptp(read) / np.ptp(told) if column.endswith("px") else 1.0  # the trace is in trunks
    np.testing.assert_allclose(read, told * scale, atol=0.002 * scale)


def test_legs_that_were_exchanged_are_put_back_as_for_the_judge() -> None:
    poses = filmed("leg_lift")
    legs = {name for name in NAMES if any(part in name for part in ("knee", "ankle", "heel", "foot"))}
    turned = [MIRROR[i] if name in legs else i for i, name in enumerate(NAMES)]
    image, world = poses.image.copy(), poses.world.copy()
    middle = slice(int(poses.time.searchsorted(3.0)), int(poses.time.searchsorted(3.3)))  # one leg is up
    image[middle], world[middle] = image[middle][:, turned], world[middle][:, turned]
    true, found = joined(poses), joined(replace(poses, image=image, world=world))
    assert np.abs(poses.image - image).max() > 50
    np.testing.assert_array_equal(found.image, true.image)


def test_tables_hold_what_is_measured_by_the_ball() -> None:
    poses = filmed()
    ball = np.tile(np.array([0, 0, 60], np.float32), (len(poses), 1))
    ball[:, :2] = poses.image[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    table = exports.table(joined(replace(poses, ball=ball, spread=np.zeros(len(poses)))))
    assert table["ball_support"].null_count == table["shoulder_travel_px"].null_count == 0
    assert exports.table(joined(poses))["ball_support"].null_count == len(table)


def test_where_the_recording_is_cut_changes_nothing(tmp_path: Path) -> None:
    poses = with_a_gap(filmed())
    for to in ("csv", "parquet", "trc", "mot", "openpose", "mediapipe"):
        found = []
        for name, parts in {"whole": [poses], "cut": [poses[:1], poses[1:1], poses[1:40], poses[40:]]}.items():
            out = tmp_path / name
            out.mkdir(exist_ok=True)
            (out / "f").mkdir() if to == "openpose" else None
            FORMATS[to](parts, out / "f" if to == "openpose" else out / f"f.{to}", "f")
            files = sorted((out / "f").iterdir()) if to == "openpose" else [out / f"f.{to}"]
            content: Any = [file.read_bytes() for file in files]
            found.append(pyarrow.parquet.read_table(files[0]).to_pylist() if to == "parquet" else content)
        assert str(found[0]) == str(found[1]), to


def test_tables_have_one_row_a_tick_units_in_their_names_and_nothing_where_nobody_was(landmarks: Path) -> None:
    export(landmarks, "csv", landmarks.with_name("a.csv"))
    export(landmarks, "parquet", landmarks.with_name("a.parquet"))
    one = pyarrow.csv.read_csv(landmarks.with_name("a.csv"))
    two = pyarrow.parquet.read_table(landmarks.with_name("a.parquet"))
    assert one.column_names == two.column_names
    np.testing.assert_allclose(np.diff(one["time_s"].to_numpy()), 1 / 30)
    names = ("knee_flexion_left_deg", "hip_rise_px", "supine", "trunk_px", "nose_x_px", "right_foot_index_z_m")
    assert {"time_s", *names} <= {*one.column_names}
    assert not any("back_arch" in name or name.endswith(("_", "trunk")) for name in one.column_names)
    lost = (two["time_s"].to_numpy() > 1.1) & (two["time_s"].to_numpy() < 1.4)
    for name in names:
        assert np.array([value is None for value in two[name].to_pylist()])[lost].all(), name
        np.testing.assert_allclose(one[name].to_numpy(), two[name].to_numpy(), rtol=1e-6)


def test_angles_are_those_of_the_body() -> None:
    clip = film(glute_bridge(BRISK), Camera(yaw=90, distance=40, focal=10))
    ticks = joined(clip.poses)
    points = clip.poses.world.astype(np.float64)
    hip, knee, ankle = (points[:, INDEX[f"left_{part}"]] for part in ("hip", "knee", "ankle"))
    thigh, shin = knee - hip, ankle - knee
    cosine = (thigh * shin).sum(1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shin, axis=1)
    true = np.degrees(np.arccos(cosine))
    found = exports.angles(ticks)["knee_flexion_left"]
    np.testing.assert_allclose(found, np.interp(ticks.time, clip.poses.time, true), atol=6)  # the hip is its centre
    assert set(exports.angles(ticks)) >= {"trunk_thigh_angle_right", "trunk_tilt", "yaw"}
    assert "hip_rise" not in exports.angles(ticks)


# --- OpenSim ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("yaw", [90, 270, 60, 0, 180])
def test_opensims_axes_are_forward_up_and_right_from_wherever_one_is_filmed(yaw: float) -> None:
    poses = film(kneeling_lunge(BRISK), Camera(yaw=yaw)).poses
    right = exports.heading([poses])
    points = np.median(exports.opensim_points(poses, right), axis=0)

    def of(name: str) -> Array:
        point: Array = points[INDEX[name]]
        return point

    assert np.hypot(*right) == pytest.approx(1)
    across, up = of("right_shoulder") - of("left_shoulder"), of("nose") - (of("left_hip") + of("right_hip")) / 2
    assert across[2] == pytest.approx(np.linalg.norm(across), rel=0.1)  # z to the right
    assert up[1] > 0.6  # y up
    assert of("left_foot_index")[0] - of("left_heel")[0] > 0.1  # x forward
    before, after = poses.world[0].astype(np.float64), exports.opensim_points(poses, right)[0]
    np.testing.assert_allclose(np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1), rtol=1e-6)
    three = [INDEX[name] for name in ("nose", "left_knee", "right_wrist")]
    assert np.linalg.det(before[three]) == pytest.approx(np.linalg.det(after[three]))  # turned, not mirrored


def test_opensim_reads_the_trc(landmarks: Path, opensim: Any) -> None:
    out = landmarks.with_name("a.trc")
    export(landmarks, "trc", out)
    read = opensim.TimeSeriesTableVec3(str(out))
    ticks = Poses.join(exports.ticks(Saved(landmarks)))
    points = exports.opensim_points(ticks, exports.heading(Saved(landmarks)))
    assert list(read.getColumnLabels()) == list(NAMES)
    assert read.getTableMetaDataString("Units") == "m"
    assert float(read.getTableMetaDataString("DataRate")) == 30
    np.testing.assert_allclose(read.getIndependentColumn(), ticks.time, atol=1e-6)
    for name in ("nose", "left_hip", "right_foot_index"):
        column = read.getDependentColumn(name)
        found = [[column.getElt(i, 0).get(axis) for axis in range(3)] for i in range(len(ticks))]
        np.testing.assert_allclose(found, points[:, INDEX[name]], atol=1e-6)
    markers = opensim.MarkerData(str(out))
    assert (markers.getNumFrames(), markers.getNumMarkers()) == (len(ticks), len(NAMES))


def test_opensim_reads_the_mot_to_its_end_by_both_its_readers(landmarks: Path, opensim: Any) -> None:
    out = landmarks.with_name("a.mot")
    export(landmarks, "mot", out)
    read = opensim.TimeSeriesTable(str(out))
    ticks = Poses.join(exports.ticks(Saved(landmarks)))
    there = np.isfinite(ticks.image[:, INDEX["left_hip"], 0])
    assert 0 < (~there).sum() < 20
    found = exports.angles(ticks)
    assert list(read.getColumnLabels()) == list(found)
    assert read.getTableMetaDataString("inDegrees") == "yes"
    np.testing.assert_allclose(read.getIndependentColumn(), ticks.time[there], atol=1e-6)
    for name, values in found.items():
        np.testing.assert_allclose(read.getDependentColumn(name).to_numpy(), values[there], atol=1e-4)
    storage = opensim.Storage(str(out))
    assert (storage.getSize(), storage.isInDegrees()) == (there.sum(), True)


def test_the_headers_count_what_follows(landmarks: Path) -> None:
    export(landmarks, "trc", landmarks.with_name("a.trc"))
    export(landmarks, "mot", landmarks.with_name("a.mot"))
    head, keys, values, names, axes, empty, *rows = landmarks.with_name("a.trc").read_text().splitlines()
    said = dict(zip(keys.split("\t"), values.split("\t"), strict=True))
    assert head == "PathFileType\t4\t(X/Y/Z)\ta.trc"
    assert (said["NumFrames"], said["NumMarkers"], said["Units"]) == (str(len(rows)), "33", "m")
    assert (names.split("\t")[:3], axes.split("\t")[2:6], empty) == (
        ["Frame#", "Time", "nose"],
        ["X1", "Y1", "Z1", "X2"],
        "",
    )
    assert {len(row.split("\t")) for row in rows} == {2 + 3 * 33}
    lines = landmarks.with_name("a.mot").read_text().splitlines()
    assert lines[0] == "Coordinates"
    end = lines.index("endheader")
    assert f"nRows={len(lines) - end - 2}" in lines[:end]
    assert f"nColumns={len(lines[end + 1].split())}" in lines[:end]
    assert "inDegrees=yes" in lines[:end]


# --- OpenPose, MediaPipe, movement ------------------------------------------------------------------------------------


def test_openpose_gets_a_file_a_frame_and_0_where_there_is_no_point(landmarks: Path) -> None:
    out = landmarks.with_name("squad")
    export(landmarks, "openpose", out)
    poses = with_a_gap(filmed())
    files = sorted(out.iterdir())
    assert len(files) == len(poses)
    assert files[7].name == "squad_000000000007_keypoints.json"
    frame = json.loads(files[7].read_text())
    points = np.array(frame["people"][0]["pose_keypoints_2d"]).reshape(25, 3)
    np.testing.assert_allclose(points[BODY_25.index("left_knee"), :2], poses.image[7, INDEX["left_knee"]], atol=1e-3)
    shoulders = poses.image[7, [INDEX["left_shoulder"], INDEX["right_shoulder"]]]
    np.testing.assert_allclose(points[1, :2], shoulders.mean(axis=0), atol=1e-3)
    assert [BODY_25[i] for i in np.flatnonzero(~points.any(axis=1))] == ["left_small_toe", "right_small_toe"]
    nobody = int(np.flatnonzero(~poses.found)[3])
    assert json.loads(files[nobody].read_text()) == {"version": 1.3, "people": []}


def test_a_landmark_that_was_found_is_never_written_as_missing() -> None:
    poses = filmed()[:1]
    poses.visibility[:] = 0
    points = exports.body_25(poses)[0]
    assert [name for name, point in zip(BODY_25, points, strict=True) if not point[2] > 0] == [
        "left_small_toe",
        "right_small_toe",
    ]


def test_mediapipe_gets_shares_of_the_picture_metres_and_times(landmarks: Path) -> None:
    out = landmarks.with_name("a.json")
    export(landmarks, "mediapipe", out)
    data, poses = json.loads(out.read_text()), with_a_gap(filmed())
    assert (data["width"], data["height"], len(data["frames"])) == (*poses.image_size, len(poses))
    frame = data["frames"][9]
    assert frame["time_s"] == poses.time[9]
    assert frame["landmarks"][25]["x"] == pytest.approx(poses.image[9, 25, 0] / poses.image_size[0], abs=1e-6)
    assert frame["world_landmarks"][25]["z"] == pytest.approx(poses.world[9, 25, 2], abs=1e-6)
    assert data["frames"][int(np.flatnonzero(~poses.found)[0])]["landmarks"] == []


def test_a_dataset_has_the_dimensions_of_movement(landmarks: Path) -> None:
    xarray = pytest.importorskip("xarray")
    export(landmarks, "movement", landmarks.with_name("a.nc"))
    read, poses = xarray.load_dataset(landmarks.with_name("a.nc")), with_a_gap(filmed())
    assert read.position.dims == ("time", "space", "keypoints", "individuals")
    assert read.confidence.dims == ("time", "keypoints", "individuals")
    assert {"time_unit": "seconds", "source_software": "formcheck", "ds_type": "poses"}.items() <= read.attrs.items()
    assert read.attrs["fps"] == pytest.approx(30)
    knee = read.position.sel(keypoints="left_knee", individuals="id_0", space="y")
    np.testing.assert_array_equal(knee.values, poses.image[:, INDEX["left_knee"], 1])
    np.testing.assert_array_equal(read.time.values, poses.time)


def test_movement_takes_the_dataset(landmarks: Path) -> None:
    pytest.importorskip("movement", reason=NO_MOVEMENT)
    import xarray
    from movement.io import save_poses
    from movement.kinematics import compute_velocity
    from movement.validators.datasets import ValidPosesInputs

    export(landmarks, "movement", landmarks.with_name("a.nc"))
    read = xarray.load_dataset(landmarks.with_name("a.nc"))
    ValidPosesInputs.validate(read)
    assert compute_velocity(read.position).shape == read.position.shape
    save_poses.to_dlc_file(read, landmarks.with_name("dlc.csv"), split_individuals=False)
    assert "left_foot_index" in landmarks.with_name("dlc.csv").read_text()


# --- whole or not at all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", FORMATS)
def test_what_fails_half_way_leaves_nothing(to: str, landmarks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(recording: Any, path: Path, name: str) -> None:
        (path / "one.json" if path.is_dir() else path).write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setitem(FORMATS, to, half)
    with pytest.raises(KeyboardInterrupt):
        export(landmarks, to, landmarks.with_name("out"))
    assert sorted(landmarks.parent.iterdir()) == [landmarks]


@pytest.mark.parametrize("to", FORMATS)
def test_a_recording_of_nobody_is_one_sentence(to: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "nobody.npz", Poses.blank(np.arange(5) / 30, (64, 48)))
    with pytest.raises(NobodyFoundError, match=r"nobody\.npz holds no frame with a person"):
        export(path, to, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_folder_with_something_in_it_stays_as_it_is(landmarks: Path) -> None:
    out = landmarks.with_name("frames")
    out.mkdir()
    export(landmarks, "openpose", out)  # an empty one is taken
    before = sorted(out.iterdir())
    with pytest.raises(OutputError, match="there already; give the name of a new or an empty folder"):
        export(landmarks, "openpose", out)
    assert sorted(out.iterdir()) == before


REFUSED: dict[str, tuple[str, str, str, type[FormcheckError], int]] = {
    "format": ("landmarks.npz", "fbx", "a.fbx", UsageError, 2),
    "missing": ("none.npz", "csv", "a.csv", LandmarksError, 3),
    "no folder": ("landmarks.npz", "csv", "none/a.csv", OutputError, 2),
    "a folder in the way": ("landmarks.npz", "trc", ".", OutputError, 2),
    "no folder for a folder": ("landmarks.npz", "openpose", "none/a", OutputError, 2),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_exported_is_one_sentence(case: str, landmarks: Path) -> None:
    source, to, out, error, code = REFUSED[case]
    with pytest.raises(error) as caught:
        export(landmarks.with_name(source), to, landmarks.parent / out)
    assert caught.value.exit_code == code
    assert "\n" not in str(caught.value)
    assert sorted(landmarks.parent.iterdir()) == [landmarks]


class Endless:
    """The same clip over and over, made as it is asked for."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __iter__(self) -> Iterator[Poses]:
        poses = filmed()[:200]
        for i in range(self.times):
            yield replace(poses, time=poses.time + i * 200 / 30)


@pytest.mark.parametrize("to", ["trc", "mot"])
def test_memory_does_not_grow_with_the_length(to: str, tmp_path: Path) -> None:
    def peak(times: int) -> int:
        tracemalloc.start()
        try:
            FORMATS[to](Endless(times), tmp_path / "out", "out")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(3)
    assert peak(15) < few + 300_000  # twelve parts more are 1.3 MB of landmarks
