import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.errors import ModelError, UsageError, VideoError
from formcheck.pose import estimator
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.estimator import PoseEstimator, backend
from formcheck.pose.tasks import TasksPose

LEG_LIFT = Path(__file__).parents[2] / "sample_videos" / "leg_lift.mp4"
JOINTS = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "hip", "knee", "ankle")]


def followed(estimator: PoseEstimator, frames: list[tuple[float, Array]]) -> Poses:
    return Poses.join(estimator.feed(time, rgb) for time, rgb in frames)


@pytest.fixture(scope="module")
def frames() -> list[tuple[float, Array]]:
    with av.open(LEG_LIFT) as container:
        decoded = [f for i, f in enumerate(container.decode(video=0)) if i % 9 == 0]
    return [(float(frame.time or 0), frame.to_ndarray(format="rgb24")) for frame in decoded]


def test_agrees_with_the_onnx_backend(frames: list[tuple[float, Array]]) -> None:
    pytest.importorskip("mediapipe")
    ours, theirs = followed(BlazePose(), frames), followed(TasksPose(), frames)
    assert ours.found.all()
    assert theirs.found.all()
    shoulders, hips = (ours.image[:, INDEX[f"left_{joint}"]] for joint in ("shoulder", "hip"))
    trunk = np.median(np.hypot(*(shoulders - hips).T))
    apart = np.hypot(*np.moveaxis(ours.image[:, JOINTS] - theirs.image[:, JOINTS], -1, 0)) / trunk
    # Measured: median 1.4 %, 90 in 100 within 3.0 %; mediapipe also smooths over time, and we do not.
    assert np.median(apart) < 0.025
    assert np.percentile(apart, 90) < 0.05
    in_metres = np.linalg.norm(ours.world[:, JOINTS] - theirs.world[:, JOINTS], axis=2)
    assert np.median(in_metres) < 0.015  # measured: 0.008


@pytest.mark.parametrize("shape", [(32, 32, 3), (33, 47, 3), (2, 700, 3)])
def test_an_empty_picture_of_any_size_shows_nobody(shape: tuple[int, int, int]) -> None:
    pytest.importorskip("mediapipe")
    poses = TasksPose().feed(0.0, np.zeros(shape, np.uint8))
    assert not poses.found.any()
    assert poses.image_size == (shape[1], shape[0])


def test_takes_frames_closer_than_a_millisecond() -> None:
    pytest.importorskip("mediapipe")
    estimator = TasksPose()
    black = np.zeros((64, 64, 3), np.uint8)
    assert [len(estimator.feed(time, black)) for time in (0.0, 0.0002, 0.0004)] == [1, 1, 1]


def test_refuses_an_array_that_is_no_picture() -> None:
    pytest.importorskip("mediapipe")
    with pytest.raises(VideoError, match=r"it is \(8, 8\) of uint8"):
        TasksPose().feed(0.0, np.zeros((8, 8), np.uint8))


def test_ends_without_a_traceback() -> None:
    pytest.importorskip("mediapipe")
    code = "from formcheck.pose.tasks import TasksPose; keep = TasksPose()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Traceback" not in ended.stderr


def test_without_mediapipe_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(ModelError, match=r"pip install 'formcheck\[mediapipe\]'"):
        backend("mediapipe")


def test_an_unknown_backend_is_refused_with_the_list() -> None:
    with pytest.raises(UsageError, match="unknown backend 'openpose'; allowed: onnx, mediapipe"):
        backend("openpose")


def test_the_onnx_backend_needs_no_mediapipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    assert isinstance(estimator.backend("onnx"), BlazePose)
