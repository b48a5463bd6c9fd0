"""What is said of several reps at once, on the page and in the terminal."""

from dataclasses import replace

import findings_example as example
import pytest
from reportpages import close_call, page, terminal

from formcheck import words
from formcheck.core import verdict
from formcheck.core.exercise import builtin
from formcheck.core.reading import Reading, Trust
from formcheck.findings import SLANTED, View, ViewName
from formcheck.report.report import Report


def test_most_frequent_fault_leads() -> None:
    bout = example.ball_bridge()
    cues = tuple(
        replace(cue, verdict="fault", message="Too fast.") if cue.id == "lower_slowly" else cue
        for cue in bout.reps[0].cues
    )
    rare = replace(bout, reps=(replace(bout.reps[0], cues=cues), *bout.reps[1:]))
    text = page(Report(example.video(), (rare,), ())).text
    assert "2 things to improve" in text
    assert text.index("Your hips dropped") < text.index("Too fast.")


def test_the_side_of_a_lunge_is_the_knee_that_is_down() -> None:
    bout = replace(example.kneeling_lunge(), side_words="with the {side} knee down")
    assert words.headline(bout) == "Kneeling lunge: 2 reps (1 with the left knee down, 1 with the right knee down)"
    one = replace(bout, reps=bout.reps[1:])
    assert words.headline(one) == "Kneeling lunge: 1 rep with the right knee down"
    assert builtin()["kneeling_lunge"].side == bout.side_words


def test_a_partial_rep_is_listed_but_says_nothing_about_form() -> None:
    text = page(example.report()).text
    assert "cut off by the clip: not counted" in text
    assert "the clip ends before" not in text.split("Each rep")[0].lower()


def slanted(*unseen: int, view: ViewName = "side") -> Report:
    """Three bridges seen from a side; in these reps the hips could not be judged, for a slant."""
    bout = example.ball_bridge()
    lost = example.unseen("hips_up", "trunk", example.TURN)
    fine = example.met("hips_up", 0.02, "trunk", "Hips stayed up.", 30.0)
    reps = tuple(replace(rep, cues=(lost if rep.index in unseen else fine,)) for rep in bout.reps)
    return Report(example.video(), (replace(bout, reps=reps, view=View(view, 60.0, "left")),), ())


@pytest.mark.parametrize(("unseen", "view", "went_well", "where"), [
    ((2,), "nearer the camera, but rep 2 at a slant", "in 2 of 3 reps; the other was not judged",
     "Rep 2 was seen at a slant: turn side-on to the camera. (hips up)"),
    ((1, 3), "nearer the camera, but reps 1 and 3 at a slant", "in 1 of 3 reps; the others were not judged",
     "Reps 1 and 3 were seen at a slant: turn side-on to the camera. (hips up)"),
    ((1, 2, 3), "nearer the camera, but all 3 reps at a slant", None,
     "All 3 reps were seen at a slant: turn side-on to the camera. (hips up)"),
])  # fmt: skip
def test_a_rep_seen_at_a_slant_is_named(unseen: tuple[int, ...], view: str, went_well: str | None, where: str) -> None:
    text = page(slanted(*unseen)).text
    assert view in text
    assert went_well is None or f"Hips stayed up. {went_well}" in text
    assert where in text
    assert f"not judged: Hips up: {where.removesuffix(' (hips up)')}" in " ".join(terminal(slanted(*unseen)).split())


def test_a_bout_seen_at_a_slant_names_no_reps_for_it() -> None:
    text = page(slanted(1, 2, 3, view="oblique")).text
    assert "Seen at a slant, your left side nearer the camera" in text
    assert "? Turn side-on to the camera. (hips up)" in text
    assert "? In rep 2: turn side-on to the camera. (hips up)" in page(slanted(2, view="oblique")).text


@pytest.mark.parametrize("name", [
    "through_the_heels",
    "hips_in_line",
    pytest.param("hips_up", marks=pytest.mark.xfail(reason="its table lets a sag be told from the front", strict=True)),
])  # fmt: skip
def test_a_slanted_rep_is_known_by_what_a_verdict_says(name: str) -> None:
    cue = next(cue for cue in builtin()["ball_bridge"].rep_cues if cue.id == name)
    frontal = verdict.Known(verdict.Scale(1.0, None), Trust(10.0, 8.0, 0.0))
    judged = verdict.judge(cue, cue.check, Reading(0.1, 0.0, 1.0), frontal)
    assert judged.reason_code in SLANTED


def test_a_fault_tells_of_the_reps_that_were_not_judged() -> None:
    bout = example.ball_bridge()
    kinds = (example.fault("hips_up", 0.1, "trunk", "Mend it.", 30.0), example.met("hips_up", 0.0, "trunk", "Fine."))
    lost = example.unseen("hips_up", "trunk", "the body could not be followed here")
    reps = tuple(replace(rep, cues=(cue,)) for rep, cue in zip(bout.reps, (*kinds, lost), strict=True))
    text = page(Report(example.video(), (replace(bout, reps=reps),), ())).text
    assert "Mend it. (in 1 of 3 reps; 1 was not judged)" in text
    assert "? In rep 3: the body could not be followed here. (hips up)" in text


def test_a_close_call_in_the_headline_says_what_it_is_about() -> None:
    text = page(close_call()).text
    assert "Nothing clearly wrong score 50 of 100, on 1 of 2 points Bridge with a ball: 2 reps Lower slowly." in text
    assert "Lower slowly. Too close to call: 1.1 s" in text
    assert "each counts half in the score" in text


def all_cut() -> Report:
    """A bout of one rep, which the clip cuts; what was seen of it got verdicts."""
    bout = example.ball_bridge()
    return Report(example.video(), (replace(bout, reps=(replace(bout.reps[1], partial=True),), score=None),), ())


def test_a_bout_of_cut_reps_asks_for_whole_ones_and_judges_nothing() -> None:
    text = page(all_cut()).text
    assert "? No whole rep Bridge with a ball: no whole rep, 1 cut off by the clip The recording cuts every rep" in text
    assert "film each one whole" in text
    assert "Film the whole rep" in text
    for judged in ("to improve", "good", "could not be judged", "No cue", "Measured"):
        assert judged not in text
    told = " ".join(terminal(all_cut()).split())
    assert "No score: no rep is whole" in told
    assert "film each one whole" in told
