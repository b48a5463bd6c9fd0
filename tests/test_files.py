"""Files written whole or not at all, and known by their bytes."""

import errno
from pathlib import Path

import pytest

from formcheck.errors import OutputError
from formcheck.files import Whole, sha256, whole


def test_whole_writes_a_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with whole(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(failure), whole(path) as temporary:
        temporary.write_text("half")
        raise failure
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*a\.json: the disk is full"), whole(tmp_path / "a.json"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    cases = {
        tmp_path / "no" / "a.json": "the folder does not exist; make it first",
        tmp_path / "file" / "a.json": "a part of the path is a file",
        tmp_path / "folder": "a folder of that name is in the way",
        Path("/dev/null"): "it is not an ordinary file",
    }
    for path, reason in cases.items():
        with pytest.raises(OutputError) as caught:
            Whole(path)
        assert str(caught.value).startswith(f"cannot write {path}: {reason}")
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError, match="the folder may not be written to; choose another"):
        Whole(tmp_path / "a.json")


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")  # the first example of FIPS 180-2
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
