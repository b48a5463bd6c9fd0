"""Files of other programs: every way people write them, and what cannot be read."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from landmark_files import (
    FPS,
    GIVEN,
    HEAD,
    SHORT,
    SIZE,
    coco,
    flat,
    loaded,
    mediapipe,
    openpose,
    points,
    saved,
    tasks,
    written,
)

from formcheck.body.landmarks import INDEX
from formcheck.errors import FormcheckError, LandmarksError, NobodyFoundError, UsageError
from formcheck.formats.exports import export
from formcheck.formats.imports import flat_world, opened
from formcheck.formats.layouts import BODY_25, COCO_17, COCO_18

# --- how people write them --------------------------------------------------------------------------------------------


def _arrays(frames: list[dict[str, Any]]) -> list[Any]:
    return [[[point["x"], point["y"], 0.0, 0.9] for point in frame["landmarks"]] for frame in frames]


def _camel(frames: list[dict[str, Any]]) -> list[Any]:
    return [{"timestamp_ms": frame["frame"] * 1000 / FPS, "poseLandmarks": frame["landmarks"]} for frame in frames]


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
    "MediaPipe, tasks": (HEAD | {"frames": tasks(mediapipe(SHORT))}, {}),
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
        with pytest.raises(LandmarksError, match=r"c\.nc (is no netCDF file|holds no poses)"):
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
        "cut.json": "is no JSON, or is damaged or cut off",
        "bytes.json": "is no JSON, or is damaged or cut off",
        "none.json": "",
        "text.nc": "is no netCDF file",
        "folder": "has no .json file in it",
    }
    for name, says in cases.items():
        with pytest.raises(LandmarksError) as caught:
            opened(tmp_path / name, fps=FPS, size=SIZE)
        said = f"{tmp_path / name} {says}" if says else f"there is no file {tmp_path / name}"
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
