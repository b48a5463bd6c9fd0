"""The shipped models are found, and a missing or damaged one is a clear error."""

import hashlib
from pathlib import Path

import pytest

from formcheck.errors import ModelError
from formcheck.pose import assets

FIX = "mend it like this"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one small file in it, the second of two places."""
    models = tmp_path / "models"
    models.mkdir()
    (models / "tiny.onnx").write_bytes(b"weights")
    (models / assets.SUMS).write_text(f"{hashlib.sha256(b'weights').hexdigest()}  tiny.onnx\n")
    monkeypatch.setattr(assets, "_PLACES", ((tmp_path / "installed", "no"), (models, FIX)))
    return models


def message(name: str) -> str:
    with pytest.raises(ModelError) as caught:
        assets.model_file(name)
    return str(caught.value)


def test_every_shipped_model_is_whole() -> None:
    assert assets.model_files() == (
        "pose_detection.onnx",
        "pose_landmark_full.onnx",
        "pose_landmark_full_mask.onnx",
        "pose_landmark_heavy.onnx",
        "pose_landmarker_full.task",
    )
    for name in assets.model_files():
        assert assets.model_file(name).is_file()


def test_a_whole_file_is_found(folder: Path) -> None:
    assert assets.model_files() == ("tiny.onnx",)
    assert assets.model_file("tiny.onnx") == folder / "tiny.onnx"


def test_the_installed_models_come_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_PLACES", ((folder, FIX), (folder.parent / "elsewhere", "no")))
    assert assets.model_file("tiny.onnx") == folder / "tiny.onnx"


def test_a_file_is_hashed_once(folder: Path) -> None:
    assets.model_file("tiny.onnx")
    before = assets._sha256.cache_info().misses
    assets.model_file("tiny.onnx")
    assert assets._sha256.cache_info().misses == before


def test_a_damaged_file_names_itself_and_the_fix(folder: Path) -> None:
    (folder / "tiny.onnx").write_bytes(b"Weights")
    text = message("tiny.onnx")
    assert str(folder / "tiny.onnx") in text
    assert "damaged" in text
    assert FIX in text


def test_a_missing_file_names_itself_and_the_fix(folder: Path) -> None:
    (folder / "tiny.onnx").unlink()
    text = message("tiny.onnx")
    assert str(folder / "tiny.onnx") in text
    assert "missing" in text
    assert FIX in text


def test_a_folder_in_place_of_a_file_is_an_error(folder: Path) -> None:
    (folder / "tiny.onnx").unlink()
    (folder / "tiny.onnx").mkdir()
    assert FIX in message("tiny.onnx")


def test_an_unknown_name_lists_the_known_ones(folder: Path) -> None:
    assert message("huge.onnx") == "no model file is called huge.onnx; the models are tiny.onnx"


@pytest.mark.parametrize("text", ["", "not a list\n", "abc  tiny.onnx\n"])
def test_a_damaged_list_is_an_error(folder: Path, text: str) -> None:
    (folder / assets.SUMS).write_text(text)
    assert message("tiny.onnx") == f"the list of models {folder / assets.SUMS} is damaged: {FIX}"


def test_no_models_at_all_is_an_error(folder: Path) -> None:
    (folder / assets.SUMS).unlink()
    text = message("tiny.onnx")
    assert "missing" in text
    assert str(folder.parent / "installed") in text
