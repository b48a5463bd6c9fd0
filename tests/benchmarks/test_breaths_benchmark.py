"""What the benchmark of breaths calls true, a claim, and an error."""

from pathlib import Path

import pytest

from benchmarks.accuracy.cases import Case
from benchmarks.breaths import CLIPS, OBLIQUE, WITHOUT, Rest, _true, planned, sections
from formcheck.findings import Breaths, Reason

TRUTH = {
    "clip": {"tags": {"kind": "rest_knees_together"}},
    "camera": {"yaw_deg": 85.0},
    "breaths": {"each": [{"peak_s": float(at)} for at in (2, 8, 12, 18, 22, 30)]},
}
CASE = Case("one", Path("one.mp4"), TRUTH)


def told(a_minute: float) -> Breaths:
    return Breaths(a_minute, (a_minute - 1, a_minute + 1), 9, 50.0, None, "")


NONE = Breaths(None, None, None, None, Reason.BREATHS_NOT_SEEN, "")


def test_the_true_rate_is_from_top_to_top_within_the_rest() -> None:
    assert _true(CASE, 5.0, 23.0) == pytest.approx(60 * 3 / 14)
    assert _true(CASE, 20.0, 25.0) == 0.0


def test_claims_and_errors_are_counted() -> None:
    found = [
        Rest(CASE, 56.0, 10.0, told(10.2)),
        Rest(CASE, 56.0, 10.0, told(12.0)),
        Rest(CASE, 56.0, 10.0, NONE),
        Rest(CASE, 56.0, 10.0, None),
        Rest(CASE, 56.0, 0.0, told(12.0)),
        Rest(CASE, 25.0, 10.0, NONE),
    ]
    rows = {str(row[0]): tuple(row[1:]) for row in sections(found)[0].rows}
    assert rows["side on, breathing"] == ("2/4", "1/2", "11.0 %", "20.0 %", "1/2")
    assert rows["nobody breathes"][:2] == ("1/1", "0/1")
    assert rows["too short a rest"][0] == "0/1"


def test_clips_are_of_all_kinds() -> None:
    without, oblique = planned(WITHOUT[0]), planned(OBLIQUE[0])
    assert max(*WITHOUT, *OBLIQUE) < CLIPS
    for clip, a_minute in ((without, 0.0), (oblique, pytest.approx(24, abs=1))):
        recipe = clip.parts[0].recipe
        assert recipe is not None
        assert recipe.rep["hold_s"] == 56.0
        assert recipe.rep["a_minute"] == a_minute
    assert dict(oblique.tags)["view"] == "oblique"
