"""Landmarks there and back, and files that hold none."""

import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from formcheck.body.poses import COLUMNS, Array, Poses
from formcheck.errors import LandmarksError, OutputError
from formcheck.findings import Quality
from formcheck.formats import npz
from formcheck.formats.npz import PosesWriter, load, read

SIZE = (640, 360)


def poses(n: int, start: float = 0.0) -> Poses:
    rng = np.random.default_rng(n)
    blank = Poses.blank(start + np.arange(n) / 30, SIZE)
    columns: dict[str, Array] = {name: getattr(blank, name) for name in COLUMNS}
    columns["image"] = rng.normal(size=(n, 33, 2)).astype(np.float32)
    columns["image"][n // 2 :: 7] = np.nan
    columns["world"] = rng.normal(size=(n, 33, 3)).astype(np.float32)
    columns["back_state"] = rng.integers(0, 4, n).astype(np.uint8)
    return Poses(**columns, image_size=SIZE)


def write(path: Path, *parts: Poses) -> Path:
    with PosesWriter(path, SIZE) as writer:
        for part in parts:
            writer.append(part)
    return path


def fields(bundle: Poses) -> dict[str, Any]:
    return {name: getattr(bundle, name) for name in COLUMNS} | {"image_size": bundle.image_size}


def assert_same(a: Poses, b: Poses) -> None:
    assert a.image_size == b.image_size
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name, strict=True)


def test_poses_come_back_as_they_were_however_they_are_cut(tmp_path: Path) -> None:
    bundle = poses(100)
    path = write(tmp_path / "a.npz", bundle[:1], bundle[1:1], bundle[1:60], bundle[60:])
    assert_same(load(path), bundle)
    parts = list(read(path, rows=33))
    assert [len(part) for part in parts] == [33, 33, 33, 1]
    assert_same(Poses.join(parts), bundle)
    assert path.read_bytes() == write(tmp_path / "b.npz", bundle).read_bytes()


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    bundle = poses(20)
    with np.load(write(tmp_path / "a.npz", bundle)) as archive:
        assert set(archive) == {*COLUMNS, "image_size", "format"}
        assert archive["format"] == npz.FORMAT
        assert tuple(archive["image_size"]) == SIZE
        np.testing.assert_array_equal(archive["world"], bundle.world, strict=True)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(tmp_path: Path, save: Any) -> None:
    bundle = poses(50)
    save(tmp_path / "a.npz", **fields(bundle))
    assert_same(Poses.join(read(tmp_path / "a.npz", rows=7)), bundle)


def test_no_frames_are_one_empty_bundle(tmp_path: Path) -> None:
    bundle = load(write(tmp_path / "a.npz"))
    assert len(bundle) == 0
    assert bundle.image_size == SIZE


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    def peak(parts: int) -> int:
        path = tmp_path / "a.npz"
        tracemalloc.start()
        with PosesWriter(path, SIZE) as writer:
            for i in range(parts):
                writer.append(poses(50, start=i * 2.0))
        for _ in read(path, rows=50):
            pass
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(30)
    assert peak(300) < few + 500_000  # 300 parts are 13 MB


def test_frames_must_follow_in_time_and_keep_their_size(tmp_path: Path) -> None:
    with PosesWriter(tmp_path / "a.npz", SIZE) as writer:
        writer.append(poses(3))
        with pytest.raises(LandmarksError, match="frames must follow in time"):
            writer.append(poses(3))
        with pytest.raises(LandmarksError, match=r"frames of \(10, 10\) cannot follow frames of \(640, 360\)"):
            writer.append(Poses.blank(np.array([9.0]), (10, 10)))


def test_an_interrupted_writer_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), PosesWriter(tmp_path / "a.npz", SIZE) as writer:
        writer.append(poses(3))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at_once", [1, 2000])
def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, at_once: int) -> None:
    resource = pytest.importorskip("resource")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))  # the nearest thing to a full disk without one
    try:
        found = poses(2000)
        with (
            pytest.raises(OutputError, match=r"cannot write .*a\.npz: "),
            PosesWriter(tmp_path / "a.npz", SIZE) as writer,
        ):
            for first in range(0, len(found), at_once):
                writer.append(found[first : first + at_once])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert list(tmp_path.iterdir()) == []


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "lacks a column": (
        {"world": None},
        "the column world is missing; columns found: axis, back, back_state, ball, belly, curve, error, hidden, image",
    ),
    "lacks the size": ({"image_size": None}, "the column image_size is missing"),
    "wrong shape": (
        {"image": np.zeros((5, 17, 2), np.float32)},
        "the column image must be float32 of shape ('n', 33, 2)",
    ),
    "a number": ({"spread": np.float32(1)}, "the column spread must be float32 of shape ('n',)"),
    "wrong type": ({"world": np.zeros((5, 33, 3))}, "it is float64 of shape (5, 33, 3)"),
    "objects": ({"spread": np.array([None] * 5)}, "it is object of shape (5,)"),
    "by columns": ({"image": np.asfortranarray(np.zeros((5, 33, 2), np.float32))}, "column by column"),
    "too short": ({"spread": np.zeros(4, np.float32)}, "its columns differ in length"),
    "time stands": ({"time": np.zeros(5)}, "Poses.time must be finite and increase"),
    "a wrong time": (
        {"time": np.array([0, 1, 2, 3, 90_000.0])},
        "Poses.time must be seconds from the first frame, at most 86400 (a day); found 0.0 to 90000.0",
    ),
    "times without end": ({"time": np.array([-1e300, 1, 2, 3, 4])}, "found -1e+300 to 4.0"),
    "no size": (
        {"image_size": np.array([0, 5])},
        "image_size must be two whole numbers, width and height; it is [0, 5]",
    ),
    "a later format": ({"format": np.array("formcheck.poses/9")}, "its format is formcheck.poses/9"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_unusable_landmarks_are_one_clear_sentence(tmp_path: Path, case: str) -> None:
    change, says = CHANGES[case]
    path = tmp_path / "a.npz"
    np.savez(path, **{k: v for k, v in (fields(poses(5)) | change).items() if v is not None})
    with pytest.raises(LandmarksError) as caught:
        load(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_time_must_increase_across_chunks_too(tmp_path: Path) -> None:
    bundle = poses(6)
    np.savez(tmp_path / "a.npz", **(fields(bundle) | {"time": np.array([0, 1, 2, 0, 1, 2.0])}))
    with pytest.raises(LandmarksError, match="time must increase"):
        list(read(tmp_path / "a.npz", rows=3))


def _text(path: Path) -> None:
    path.write_text("no landmarks here")


def _half(path: Path) -> None:
    data = write(path, poses(50)).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _flipped(path: Path) -> None:
    data = bytearray(write(path, poses(50)).read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def _short_column(path: Path) -> None:
    with zipfile.ZipFile(write(path, poses(50))) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data[:-100] if name == "world.npy" else data)


def _no_npy(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*COLUMNS, "image_size"):
            archive.writestr(f"{name}.npy", "junk")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_text, "is no .npz file, or is damaged or cut off"),
        (_half, "is no .npz file, or is damaged or cut off"),
        (_flipped, "is no .npz file, or is damaged or cut off"),
        (_short_column, "the column world is cut off"),
        (_no_npy, "damaged or cut off"),
        (Path.touch, "is no .npz file"),
        (Path.mkdir, "is a folder; give the landmarks.npz"),
        (lambda path: None, "there is no file"),
    ],
)
def test_damaged_files_are_one_clear_sentence(tmp_path: Path, make: Any, says: str) -> None:
    path = tmp_path / "a.npz"
    make(path)
    with pytest.raises(LandmarksError) as caught:
        load(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("quality", [None, *Quality])
def test_the_quality_stays_with_the_landmarks(tmp_path: Path, quality: Quality | None) -> None:
    with PosesWriter(tmp_path / "a.npz", SIZE, quality) as writer:
        writer.append(poses(3))
    assert npz.quality(tmp_path / "a.npz") == quality
    assert_same(load(tmp_path / "a.npz"), poses(3))
