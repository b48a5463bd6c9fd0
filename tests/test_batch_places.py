"""No file of a run is written over another one, over the results, or over what the run reads."""

from pathlib import Path

import pytest

from formcheck.batch import places
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
