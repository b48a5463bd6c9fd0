"""The report in the terminal."""

import re
from dataclasses import replace

import findings_example as example
import pytest
from reportpages import close_call, cut_short, page, terminal

from formcheck import words
from formcheck.report.report import Report


@pytest.mark.parametrize(
    ("seconds", "words"), [(12.78, "0:12.8"), (1.84, "0:01.8"), (59.96, "1:00.0"), (0.25, "0:00.2")]
)
def test_the_page_and_the_terminal_round_a_time_alike(seconds: float, words: str) -> None:
    bout = replace(example.ball_bridge(), start_s=seconds, end_s=100.0)
    report = Report(example.video(), (bout,), ())
    assert f"{words} – 1:40.0" in page(report).text
    shown = f"{seconds:.1f}"
    assert f"  {shown}-100.0 s\n" in re.sub(" +\n", "\n", terminal(report))
    minutes, rest = words.split(":")
    assert 60 * int(minutes) + float(rest) == float(shown)


def test_the_terminal_tells_what_a_score_rests_on() -> None:
    text = " ".join(terminal(close_call(), 200).split())
    assert "Form 50 of 100: 1 close call, 1 not judged. 1 both" in text
    assert "form 50 1 close call, 1 not judged close call: Lower slowly: Too close to call: 1.1 s" in text


def test_a_cut_rep_is_told_live_without_faults() -> None:
    rep = example.ball_bridge().reps[1]
    whole, cut = map(words.rep_ended, (rep, replace(rep, partial=True)))
    assert "rep done" in whole
    assert "Your hips dropped" in whole
    assert "rep cut off" in cut
    assert "Your hips dropped" not in cut


def test_the_table_lists_reps_faults_and_warnings() -> None:
    text = terminal(example.report())
    assert "Leg lift: 2 reps on the right" in text
    row = r"1  right +2\.0-6\.6 +s  hold +2\.1 s  form +75  3 good, 1 to improve, 1 not judged"
    assert re.search(row, text)
    assert "to improve: Your other leg rose by 8 cm" in text
    assert "1 thing to improve. Form 71 of 100: 2 good, 1 to improve, 1 close call, 1 not judged." in text
    assert "  Right 2, left 0. Goal: 10 to 15 a leg.\n" in re.sub(" +\n", "\n", text)
    assert "went well: You lie on your back with your legs out. Your heel rose 8 inches: right." in text
    assert "Held for 1.8 s" not in text
    assert "cut off by the clip, not counted" in text
    assert "not judged: Low back pressed: Your arm hides your back" in text
    assert "warning: Another person" in text


def test_the_table_takes_brackets_and_narrow_terminals() -> None:
    text = terminal(Report(example.video(), (), (cut_short("[bold]odd[/nothing] name"),)), width=50)
    assert "None of our exercises was seen" in text
    assert "[bold]odd[/nothing] name" in text
    assert max(map(len, terminal(example.report(), width=40).splitlines())) <= 40


def test_what_is_only_counted_is_told_with_its_advice() -> None:
    bout = example.ball_bridge()
    reps = tuple(replace(rep, cues=(), score=None) for rep in bout.reps)
    ups = replace(bout, title="Sit-up", reps=reps, cues=(), score=None, advice="Do not overdo crunches.")
    report = Report(example.video(), (ups,), ())
    said = "Counted, not judged. The article says: “Do not overdo crunches.”"
    assert said in " ".join(terminal(report, 200).split())
    assert "Could not be judged" not in terminal(report, 200)
    assert said in page(report).text
    assert '"advice": "Do not overdo crunches."' in report.to_json()


def test_breaths_are_told_below_their_rep() -> None:
    text = re.sub(" +\n", "\n", terminal(example.report(), 200))
    assert text.count(example.BREATHED) == 1
    assert f"leave it on the ground.\n     {example.BREATHED}\n   2  right" in text
