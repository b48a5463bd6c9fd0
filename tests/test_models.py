"""The shipped models: their names and shapes, where they come from, and that the same source gives the same bytes."""

import hashlib
import importlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from formcheck.pose.assets import model_file, model_files

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = "pose_landmarker_full.task"
HEAVY = "pose_landmark_heavy.onnx"
"""Its source is not here: it is 27 MB, and only npm has it."""
LANDMARK_SHAPES = {
    "landmarks": [1, 195],
    "presence": [1, 1],
    "heatmap": [1, 64, 64, 39],
    "world": [1, 117],
}
OUTPUTS = {
    "pose_detection.onnx": {"boxes": [1, 2254, 12], "scores": [1, 2254, 1]},
    "pose_landmark_full.onnx": LANDMARK_SHAPES,
    "pose_landmark_full_mask.onnx": LANDMARK_SHAPES | {"mask": [1, 256, 256, 1]},
    "pose_landmark_heavy.onnx": LANDMARK_SHAPES,
}


def script(name: str, *needs: str) -> ModuleType:
    """A script of the models folder; the test is skipped where something it needs is not installed."""
    for need in needs:
        pytest.importorskip(need, reason=f"models/{name}.py needs {need}")
    if not (ROOT / "models" / f"{name}.py").is_file():
        pytest.skip("the build scripts are not here")
    sys.path.insert(0, str(ROOT / "models"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "models"))


def session(name: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model_file(name), options, providers=["CPUExecutionProvider"])


def sources() -> tuple[bytes, bytes]:
    """The tflite files of the detector and of the landmark model, out of the bundle."""
    with zipfile.ZipFile(model_file(BUNDLE)) as archive:
        return archive.read("pose_detector.tflite"), archive.read("pose_landmarks_detector.tflite")


def middle_frame(name: str) -> Any:
    """The frame in the middle of a sample video, (h, w, 3) uint8 RGB."""
    video = cv2.VideoCapture(str(ROOT / "sample_videos" / name))
    video.set(cv2.CAP_PROP_POS_FRAMES, int(video.get(cv2.CAP_PROP_FRAME_COUNT)) // 2)
    found, frame = video.read()
    assert found
    return np.ascontiguousarray(frame[..., ::-1])


@pytest.mark.parametrize("name", OUTPUTS)
def test_names_and_shapes(name: str) -> None:
    model = session(name)
    side = 224 if name == "pose_detection.onnx" else 256
    assert [(i.name, i.shape, i.type) for i in model.get_inputs()] == [("image", [1, side, side, 3], "tensor(float)")]
    assert {o.name: o.shape for o in model.get_outputs()} == OUTPUTS[name]


def test_the_mask_changes_nothing_else() -> None:
    picture = cv2.resize(middle_frame("leg_lift.mp4"), (256, 256)).astype(np.float32)[None] / 255
    names = list(LANDMARK_SHAPES)
    plain = session("pose_landmark_full.onnx").run(names, {"image": picture})
    masked = session("pose_landmark_full_mask.onnx").run(names, {"image": picture})
    for name, a, b in zip(names, plain, masked, strict=True):
        # Within rounding: a runtime may join other nodes where the mask head hangs on.
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4, err_msg=name)


def test_the_bundle_finds_a_person() -> None:
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(BaseOptions(model_asset_path=str(model_file(BUNDLE))))
    frame = middle_frame("leg_lift.mp4")
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=frame))
    assert len(result.pose_landmarks) == 1
    body = np.array([(point.x, point.y) for point in result.pose_landmarks[0]])[11:]
    assert ((body > 0) & (body < 1)).all()
    assert np.ptp(body, axis=0).max() > 0.2


def test_the_detector_in_the_bundle_is_the_wheels() -> None:
    build = script("build", "onnx", "mediapipe")
    assert hashlib.sha256(sources()[0]).hexdigest() == build.DETECTOR[1]


def test_the_same_source_gives_the_same_bytes() -> None:
    build = script("build", "onnx", "mediapipe")
    detector, landmarks = sources()
    once = build.built(detector, landmarks)
    again = build.built(detector, landmarks)
    assert tuple(sorted([*once, HEAVY])) == model_files()
    assert once == again
    for name in OUTPUTS.keys() - {HEAVY}:
        assert hashlib.sha256(once[name]).digest() == hashlib.sha256(model_file(name).read_bytes()).digest(), name


def test_the_list_of_sums_is_the_files() -> None:
    build = script("build", "onnx", "mediapipe")
    files = {name: model_file(name).read_bytes() for name in model_files()}
    assert (model_file(BUNDLE).parent / "SHA256SUMS").read_text() == build.sums(files)


@pytest.mark.only_if_changed("models")
def test_onnx_agrees_with_tflite(capsys: pytest.CaptureFixture[str]) -> None:
    parity = script("parity", "ai_edge_litert", "mediapipe")
    parity.check(ROOT / "models")
    assert "presence" in capsys.readouterr().out


def test_the_models_in_the_bundle_are_aligned() -> None:
    with zipfile.ZipFile(model_file(BUNDLE)) as archive:
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert (entry.header_offset + 30 + len(entry.filename) + len(entry.extra)) % 16 == 0
        assert archive.testzip() is None


@pytest.mark.parametrize("content", [None, b"no zip", b"other models"])
def test_a_wrong_wheel_is_refused(tmp_path: Path, content: bytes | None) -> None:
    build = script("build", "onnx", "mediapipe")
    wheel = tmp_path / "mediapipe.whl"
    if content == b"other models":
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, _ in (build.DETECTOR, build.LANDMARKS):
                archive.writestr(path, content)
    elif content is not None:
        wheel.write_bytes(content)
    with pytest.raises(SystemExit, match=r"mediapipe\.whl.* is not "):
        build.sources(wheel)


@pytest.mark.parametrize("content", [None, b"no tarball", b"another model"])
def test_a_wrong_package_is_refused(tmp_path: Path, content: bytes | None) -> None:
    build = script("build", "onnx", "mediapipe")
    package = tmp_path / "pose.tgz"
    if content == b"another model":
        with tarfile.open(package, "w:gz") as archive:
            entry = tarfile.TarInfo(build.HEAVY[0])
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    elif content is not None:
        package.write_bytes(content)
    with pytest.raises(SystemExit, match=r"pose\.tgz.* is not "):
        build.heavy_source(package)


def test_an_unknown_operator_is_named() -> None:
    convert = script("convert", "onnx", "mediapipe")
    model = convert.schema.ModelT.InitFromPackedBuf(bytearray(sources()[1]), 0)
    pooling = next(
        code for code in model.operatorCodes if code.builtinCode == convert.schema.BuiltinOperator.MAX_POOL_2D
    )
    pooling.builtinCode = pooling.deprecatedBuiltinCode = convert.schema.BuiltinOperator.SUB
    tflite = script("bundle", "mediapipe")._packed(model, b"TFL3")
    with pytest.raises(ValueError, match="operator SUB"):
        convert.convert(tflite, {0: "landmarks"})


def test_sparse_weights_are_written_out() -> None:
    convert = script("convert", "onnx", "mediapipe")
    kinds = convert.schema.DimensionType

    def level(kind: int, starts: list[int], columns: list[int]) -> SimpleNamespace:
        segments, indices = (SimpleNamespace(values=np.array(v)) for v in (starts, columns))
        return SimpleNamespace(format=kind, arraySegments=segments, arrayIndices=indices)

    last = level(kinds.SPARSE_CSR, [0, 1, 1, 3], [2, 0, 3])
    sparsity = SimpleNamespace(dimMetadata=[level(kinds.DENSE, [], []), last], traversalOrder=[0, 1])
    dense = convert._dense(sparsity, np.array([5.0, 6.0, 7.0], np.float16), [3, 4])
    np.testing.assert_array_equal(dense, [[0, 0, 5, 0], [0, 0, 0, 0], [6, 0, 0, 7]])
    sparsity.traversalOrder = [1, 0]
    with pytest.raises(ValueError, match="sparse along the last axis"):
        convert._dense(sparsity, np.zeros(3, np.float16), [3, 4])
