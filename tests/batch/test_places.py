"""No file of a run is written over another one, over the results, over what the run reads, or outside the results."""

import re
from pathlib import Path

import pytest

from formcheck.batch import places
from formcheck.batch.spool import Spool
from formcheck.errors import UsageError


def check(folder: Path, written: dict[str, str], baseline: str | None = None) -> None:
    """A run over `clips` and `m.csv`; paths within the folder."""
    inputs = [folder / "clips", folder / "m.csv"]
    asked = {option: folder / name for option, name in written.items()}
    places.check(folder / "out", inputs, None if baseline is None else folder / baseline, asked)


def test_files_with_places_of_their_own_may_lie_anywhere(tmp_path: Path) -> None:
    written = {"--junit": "out/ci/j.xml", "--summary": "s.md", "--log": "results.parquet", "--save-baseline": "b.json"}
    check(tmp_path, written, "other/results.parquet")
    places.check(tmp_path, [], None, {"--junit": None, "--log": None})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"--save-baseline": "b.json"}, r"--save-baseline .*b\.json would write over the baseline"),
        ({"--summary": "x/../b.json"}, "over the baseline"),
        ({"--summary": "link.json"}, "over the baseline"),
        ({"--junit": "j.xml", "--summary": "j.xml"}, r"--summary .* over the file of --junit"),
        ({"--junit": "out/results.parquet"}, "over a result of the run"),
        ({"--save-baseline": "out/summary.json"}, "over a result of the run"),
        ({"--summary": "out/a.mp4/report.json"}, "over a result of the run"),
        ({"--junit": "out/.formcheck/j.xml"}, "over a result of the run"),
        ({"--junit": "out"}, "over the folder of the results"),
        ({"--log": "m.csv"}, "over the input"),
        ({"--junit": "clips/a.MP4"}, "has the name of a recording"),
    ],
)
def test_a_place_that_is_taken_is_refused(written: dict[str, str], said: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "link.json").symlink_to("b.json")
    with pytest.raises(UsageError, match=said):
        check(tmp_path, written, "b.json")


def test_a_baseline_is_not_to_lie_among_the_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a baseline that this run would write over"):
        check(tmp_path, {}, "out/results.parquet")


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """A folder outside the results, with a file in it that nobody may touch."""
    folder = tmp_path / "precious"
    (folder / "thesis").mkdir(parents=True)
    (folder / "thesis" / "chapter.txt").write_text("years of work")
    return folder


def contents(folder: Path) -> dict[str, int]:
    """Every file and folder below, with the time of its last change."""
    return {str(path): path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("link", [".formcheck", "monday", "monday/a.mp4", ".formcheck/lock"])
@pytest.mark.parametrize("target", ["../precious", "gone"])
def test_a_link_among_the_results_is_not_followed(tmp_path: Path, precious: Path, link: str, target: str) -> None:
    clip, out = tmp_path / "in" / "monday" / "a.mp4", tmp_path / "out"
    clip.parent.mkdir(parents=True)
    clip.touch()
    (out / link).parent.mkdir(parents=True)
    (out / link).symlink_to(precious if target == "../precious" else tmp_path / "gone")
    before = contents(precious)
    said = f"{re.escape(str(out / link))} is a link to .*, and nothing outside .* may be changed: remove the link"
    with pytest.raises(UsageError, match=said), Spool([tmp_path / "in"], out):
        pass
    assert contents(precious) == before
    assert not (tmp_path / "gone").exists()


def test_what_a_killed_run_left_goes_but_not_what_a_link_there_leads_to(tmp_path: Path, precious: Path) -> None:
    (tmp_path / "a.mp4").touch()
    left = tmp_path / "out" / ".formcheck"
    (left / "0123").mkdir(parents=True)
    (left / "link").symlink_to(precious)
    before = contents(precious)
    with Spool([tmp_path / "a.mp4"], tmp_path / "out"):
        assert not (left / "0123").exists()
    assert contents(precious) == before
    assert not left.exists()


def test_the_folder_of_the_results_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    with Spool([tmp_path / "a.mp4"], tmp_path / "out") as spool:
        assert len(spool) == 1
