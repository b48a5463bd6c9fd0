"""The networks: what goes in and what comes out."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from door import SAMPLES

from formcheck.body.landmarks import MIRROR
from formcheck.body.poses import Array
from formcheck.errors import ModelError
from formcheck.media.video import Video
from formcheck.pose import networks
from formcheck.pose.networks import Model, Networks, Region


def test_a_file_that_is_no_model_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pose_detection.onnx").write_bytes(b"no model")
    monkeypatch.setattr(networks, "model_file", lambda name: tmp_path / name)
    with pytest.raises(ModelError, match=r"cannot load .*pose_detection\.onnx"):
        Networks()


@pytest.mark.skipif(sys.platform != "linux", reason="where onnxruntime keeps what it reports is known for Linux")
def test_onnxruntime_reports_nothing_to_its_maker(tmp_path: Path) -> None:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "ORT_", "XDG_"))}
    program = "from formcheck.pose.estimator import backend; backend('onnx')"
    subprocess.run([sys.executable, "-c", program], env=known | {"HOME": str(tmp_path)}, check=True)
    assert list(tmp_path.rglob("*onnxruntime*")) == []


def test_a_region_is_turned_so_that_the_head_is_up() -> None:
    lying = Region.around(np.array([100.0, 50.0]), np.array([140.0, 50.0]))  # head to the right
    assert (lying.x, lying.y, lying.size) == (100, 50, 100)
    assert lying.angle == pytest.approx(np.pi / 2)
    matrix = lying.to_picture(256)
    assert matrix @ [128, 128, 1] == pytest.approx([100, 50])
    assert matrix @ [128, 0, 1] == pytest.approx([150, 50])


def slowly_refined(points: Array, heat: Array) -> Array:
    """The rule written as MediaPipe has it, one landmark after the other."""
    refined = points.copy()
    for i, (x, y) in enumerate(points * 64):
        column, row = int(x), int(y)
        if not (0 <= column < 64 and 0 <= row < 64):
            continue
        left, right, top, bottom = max(0, column - 3), min(64, column + 4), max(0, row - 3), min(64, row + 4)
        warmth = 1 / (1 + np.exp(-heat[top:bottom, left:right, i].astype(np.float64)))
        if warmth.max() >= 0.5:
            at = (warmth.sum(0) @ np.arange(left, right), warmth.sum(1) @ np.arange(top, bottom))
            refined[i] = np.array(at) / warmth.sum() / 64
    return refined


def test_refining_by_heat_is_mediapipes_rule() -> None:
    random = np.random.default_rng(0)
    for offset in (-4, -1):
        points = random.uniform(-0.1, 1.1, (39, 2))
        heat = random.normal(offset, 2, (64, 64, 39)).astype(np.float32)
        heat[:, :, ::5] = -9  # cold: the landmark stays
        refined = networks._refined(points, heat)
        assert np.allclose(refined, slowly_refined(points, heat))
        assert np.array_equal(refined[::5], points[::5])


def test_detections_of_one_person_are_averaged_by_score() -> None:
    scores = np.full(2254, -5.0, np.float32)
    boxes = np.zeros((2254, 12), np.float32)
    boxes[:, 2:4] = 100
    scores[[1500, 1502]] = [3.0, 1.0]  # neighbours on the middle grid: boxes a cell of 16 pixels apart
    scores[0] = 2.0  # far away
    one, two = networks._people(boxes, scores)
    a, b = networks._ANCHORS[[1500, 1502]].astype(float) * 224
    weights = [1 / (1 + np.exp(-3.0)), 1 / (1 + np.exp(-1.0))]
    assert one[0] == pytest.approx(np.average([a, b], axis=0, weights=weights))
    assert two[0] == pytest.approx(networks._ANCHORS[0] * 224)
    assert networks._people(boxes, np.full(2254, -5.0, np.float32)) == []


@pytest.mark.parametrize("model", ["full", "heavy"])
def test_a_mirrored_pass_is_the_plain_pass_on_a_mirrored_picture(model: Model) -> None:
    with Video(SAMPLES / "kneeling_lunge.mp4") as video:
        rgb = next(video.frames()).rgb
    seen = Networks()
    (region, *_), last = seen.detect(rgb), rgb.shape[1] - 1
    here = seen.landmarks(rgb, region, model=model, mirrored=True)
    in_mirror = replace(region, x=last - region.x, angle=-region.angle)
    there = seen.landmarks(np.ascontiguousarray(rgb[:, ::-1]), in_mirror, model=model)
    assert here.mirrored
    assert here.read == pytest.approx(there.read, abs=1e-4)
    order = list(MIRROR)
    assert here.image == pytest.approx(there.image[order] * [-1, 1] + [last, 0], abs=0.01)
    assert here.world == pytest.approx(there.world[order] * [-1, 1, 1], abs=1e-4)
    assert here.visibility == pytest.approx(there.visibility[order], abs=1e-4)
    assert (here.region.x, here.region.angle) == pytest.approx((last - there.region.x, -there.region.angle), abs=0.01)


def test_what_is_read_of_a_crop() -> None:
    random = np.random.default_rng(0)
    points, world, share = random.normal(size=(39, 5)), random.normal(size=(39, 3)), random.random((39, 2))
    heat = random.normal(size=(64, 64, 39))
    read = networks.read_of(points, 0.9, heat, world, share, 0.3)
    assert read.shape == (networks.FEATURES,)
    assert read[:78] == pytest.approx(share.ravel() - 0.5)
    assert read[78:117] == pytest.approx(1 / (1 + np.exp(-points[:, 3])))
    assert read[117:156] == pytest.approx(points[:, 2] / 256)
    assert read[156:273] == pytest.approx(world.ravel())
    assert read[273:312] == pytest.approx(1 / (1 + np.exp(-heat.max(axis=(0, 1)))))
    assert read[312:] == pytest.approx([0.9, np.sin(0.3), np.cos(0.3)])
