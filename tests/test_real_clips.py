"""Through the pose model: the sample clips against their truth, and private footage of real people where it is."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from formcheck.analyze import analyze
from formcheck.report import Report

SAMPLES = Path(__file__).parent.parent / "sample_videos"
REAL = Path(__file__).parent.parent.parent / "shared" / "real"

real = pytest.mark.skipif(not REAL.is_dir(), reason="private footage of real people is not in the repository")


@cache
def report(clip: Path) -> Report:
    return analyze(clip)


def reps(found: Report) -> list[tuple[str, str, float, float]]:
    return [(bout.exercise, rep.side, rep.start_s, rep.end_s) for bout in found.bouts for rep in bout.counted]


@pytest.mark.parametrize("name", ["leg_lift", "ball_bridge", "kneeling_lunge"])
def test_sample_clips_against_their_truth(name: str) -> None:
    """The truth names where the driven parameter leaves rest; a smooth ramp passes 0.05 an eighth of the way in."""
    truth: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    found = report(SAMPLES / f"{name}.mp4")
    assert [(exercise, side) for exercise, side, *_ in reps(found)] == [(name, truth["working_side"])] * len(
        truth["reps"]
    )
    for rep, true in zip(found.bouts[0].counted, truth["reps"], strict=True):
        assert true["start"] <= rep.start_s <= true["top_from"]
        assert true["top_to"] <= rep.end_s <= true["end"]
        assert rep.start_s == pytest.approx(true["start"] + 0.14 * (true["top_from"] - true["start"]), abs=0.15)
        assert rep.end_s == pytest.approx(true["end"] - 0.14 * (true["end"] - true["top_to"]), abs=0.15)


def test_the_sag_in_the_second_bridge_is_found() -> None:
    first, second = report(SAMPLES / "ball_bridge.mp4").bouts[0].counted
    verdicts = [{cue.id: cue for cue in rep.cues}["hips_up"] for rep in (first, second)]
    assert [verdict.verdict for verdict in verdicts] == ["met", "fault"]
    assert verdicts[1].at_s == pytest.approx(10.6, abs=0.5)
    assert verdicts[1].value == pytest.approx(0.06 / (0.288 * 1.748), abs=0.03)  # 6 cm on a body of 1.748 m


@real
@pytest.mark.parametrize(("clip", "exercise"), [
    ("physioplus_bridging.mp4", "glute_bridge"),
    ("qp_glute_bridge.gif", "glute_bridge"),
    ("qp_leg_raises.gif", "leg_lift"),
])  # fmt: skip
def test_real_reps_within_three_tenths_of_a_second(clip: str, exercise: str) -> None:
    annotated = json.loads((REAL / "annotations.json").read_text("utf-8"))["clips"]
    (truth,) = (c["reps"] for c in annotated if c["file"].endswith(clip))
    found = reps(report(REAL / "clips" / clip))
    assert [name for name, *_ in found] == [exercise] * len(truth)
    edges = [[start, end] for _, _, start, end in found]
    assert np.abs(np.array(edges) - [[rep["start"], rep["end"]] for rep in truth]).max() < 0.3


@real
@pytest.mark.parametrize("clip", ["sports2d_demo.mp4", "qp_squats.gif", "qp_sit_ups.gif", "qp_left_leg_lunges.gif"])
def test_other_real_motions_make_no_bout(clip: str) -> None:
    assert report(REAL / "clips" / clip).bouts == ()
