"""The page a person reads."""

import base64
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import findings_example as example
import pytest
from reportpages import Page, cut_short, page, with_nan

from formcheck import demos
from formcheck.findings import Bout, Breaths, Dip, Notice, NoticeCode, Quality, Reason, Trace, Verdict
from formcheck.report.report import Report
from formcheck.words import CAUTION

NASTY = "<script>alert('x')</script>\"&[bold]"


@pytest.mark.parametrize(("dip", "words"), [
    (Dip(13.1, 0.35, 0.16, "trunk", 7.24), "dipped by 7 cm from the top of the rep, 35 % of"),
    (Dip(13.1, 0.35, 0.16, "trunk", None), "dipped by 8 cm from the top of the rep, 35 % of"),
    (Dip(13.1, 0.35, 4.2, "deg", None), "dipped by 4° from the top of the rep, 35 % of"),
])  # fmt: skip
def test_a_dip_is_told_in_whole_centimetres_or_degrees(dip: Dip, words: str) -> None:
    report = example.report()
    bout = report.bouts[0]
    reps = (replace(bout.reps[0], dips=(dip,)), *bout.reps[1:])
    assert words in replace(report, bouts=(replace(bout, reps=reps), *report.bouts[1:])).html(None)


def test_the_verdict_comes_first() -> None:
    text = page(example.report()).text
    order = [
        "1 thing to improve score 71 of 100, on 4 of 5 points",
        "Leg lift: 2 reps on the right",
        "Your other leg rose by 8 cm: leave it on the ground. (in both reps)",
        "→ Right 2, left 0. Goal: 10 to 15 a leg. → Held 1.8 to 2.1 s. Goal: 3 to 5 s.",
        "Bridge with a ball: 3 reps",
        "Kneeling lunge: 2 reps (1 left, 1 right)",
        "Turn side-on to the camera.",
        "What to improve",
        "Too close to call",
        "What went well",
        "What could not be judged, and what to do about it",
        "Each rep",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_faults_are_named_with_number_moment_and_quote() -> None:
    text = page(example.report()).text
    assert "Rep 1 · 0:05.3 · 8 cm" in text
    assert "Rep 2 · 0:14.0 · 9 cm" in text
    assert "The article says: Lift and hold your left leg" in text
    assert "Hips up, in 2 of 3 reps" in text


def test_verdicts_have_a_word_and_a_symbol() -> None:
    text = page(example.report()).text
    for badge in ("✗ to improve", "≈ close call", "✓ good", "✓ how much", "? not judged"):
        assert badge in text


def test_the_caution_and_the_warnings_are_on_the_page() -> None:
    text = page(example.report()).text
    assert CAUTION in text
    assert "Note: Another person is in the picture at 40.0 s" in text


def test_without_a_video_no_control_is_dead() -> None:
    silent = page(example.report(), None)
    assert not silent.all("video")
    assert not [a for _, a in silent.tags if "data-seek" in a]
    ids = {a["id"] for _, a in silent.tags if "id" in a}
    assert all((a["href"] or "").removeprefix("#") in ids for a in silent.all("a"))


def test_the_page_needs_nothing_from_outside() -> None:
    html = example.report().html("annotated.mp4")
    found = page(example.report())
    assert not re.search(r"https?:|@import|url\((?!data:image/webp)|<link", html)
    assert [a for _, a in found.tags if "src" in a] == found.all("video")


def shown(html: str) -> list[tuple[str, str]]:
    """The demonstrations on a page, in order: what a screen reader says of each, and whether it is of a fault."""
    return re.findall(
        r'<figure class="(met|fault)">\s*<div class="demo [^"]*" role="img" aria-label="(.*?)" data-demo="[^"]*">', html
    )


def test_a_fault_is_shown_beside_the_right_way() -> None:
    html = example.report().html(None)
    assert shown(html) == [
        ("met", "Leg lift: like this"),  # of the other leg there is no loop: the right way alone, once
        ("met", "Bridge with a ball: like this"),
        ("fault", "Bridge with a ball: not like this (hips up)"),
    ]
    assert html.count('class="demo demo-leg_lift mirrored"') == 1  # that leg lift was seen from its left
    assert html.count('class="demo demo-ball_bridge"') == 1


def test_a_loop_is_in_the_page_once_however_often_it_is_shown() -> None:
    twice = replace(example.report(), bouts=(example.ball_bridge(), example.ball_bridge()))
    html = twice.html(None)
    assert len(shown(html)) == 4
    held = [base64.b64decode(data) for data in re.findall(r"url\(data:image/webp;base64,([^)]*)\)", html)]
    files = [(cue, still) for cue in (None, "hips_up") for still in (False, True)]
    assert held == [(demos.demo("ball_bridge", cue, still=still) or Path()).read_bytes() for cue, still in files]


def test_a_loop_of_too_much_is_not_shown_beside_too_little() -> None:
    low = replace(example.fault("lift_several_inches", 4.0, "trunk", "Lift your leg higher.", 5.0), fault="low")
    bout = example.leg_lift()
    few = replace(bout, reps=(replace(bout.reps[0], cues=(low,)),))
    report = replace(example.report(), bouts=(few,))
    assert [kind for kind, _ in shown(report.html(None))] == ["met"]
    high = replace(few, reps=(replace(bout.reps[0], cues=(replace(low, fault="high"),)),))
    assert [kind for kind, _ in shown(replace(report, bouts=(high,)).html(None))] == ["met", "fault"]


def test_a_page_that_is_kept_names_its_demonstrations_only() -> None:
    whole, kept = (example.report().html(None, embedded=embedded) for embedded in (True, False))
    assert len(kept) < len(whole) / 5
    assert demos.embedded(kept) == whole
    assert demos.embedded("url(demo:../LICENSE.md) url(demo:leg_lift) url(demo:gone.webp)") == (
        "url(demo:../LICENSE.md) url(demo:leg_lift) url(demo:gone.webp)"
    )


def test_an_exercise_of_the_users_own_has_no_demonstration() -> None:
    own = replace(example.ball_bridge(), exercise="my_bridge")
    assert shown(replace(example.report(), bouts=(own,)).html(None)) == []


def test_ids_are_unique() -> None:
    ids = [a["id"] for _, a in page(example.report()).tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_every_string_is_escaped() -> None:
    report = example.report()
    bout = report.bouts[0]
    cue = replace(bout.reps[0].cues[5], message=NASTY, reason=NASTY)
    lost = replace(bout.reps[0].cues[1], id=NASTY, reason=NASTY)
    reps = (replace(bout.reps[0], cues=(cue, lost)),)
    traces = (replace(bout.traces[0], label=NASTY),)
    nasty = replace(bout, title=NASTY, source=NASTY, exercise=NASTY, reps=reps, traces=traces)
    html = Report(replace(report.video, path=NASTY), (nasty,), (cut_short(NASTY),)).html(
        NASTY, quotes={NASTY: {cue.id: NASTY}}
    )
    assert "<script>alert" not in html
    assert len(Page(html).all("script")) == 1
    assert not [a for _, a in Page(html).tags if "bold" in str(a.keys())]


def test_nothing_recognised_says_so_and_what_to_try() -> None:
    empty = page(
        Report(example.video(), (), (Notice(NoticeCode.NO_EXERCISE, {"exercises": ("Leg lift",)}),)), None
    ).text
    assert "None of our exercises was seen" in empty and "We saw someone, but no leg lift." in empty
    assert "from the side" in empty
    assert CAUTION in empty


@pytest.mark.parametrize("change", ["no traces", "no reps", "empty trace", "unseen trace", "one moment"])
def test_odd_bouts_make_a_page(change: str) -> None:
    bout = example.leg_lift()
    dark = Trace("Height", "trunk", (1.0, 1.1), (None, math.nan))
    odd: dict[str, Bout] = {
        "no traces": replace(bout, traces=()),
        "no reps": replace(bout, reps=(), cues=(), score=None, assessed=0.0),
        "empty trace": replace(bout, traces=(Trace("Height", "trunk", (), ()),)),
        "unseen trace": replace(bout, traces=(dark,)),
        "one moment": replace(bout, reps=(), traces=(), start_s=3.0, end_s=3.0),
    }
    report = Report(example.video(), (odd[change],), ())
    html = report.html("annotated.mp4")
    assert "Leg lift" in Page(html).text
    assert not re.search(r"\bnan\b|\binf\b", html)


def test_nan_on_the_page_is_no_number() -> None:
    assert "nan" not in page(with_nan()).text.split()


def chips(verdict: Verdict, **how: Any) -> list[str]:
    """What a bridge's page shows to be clicked at for this verdict alone, in the first rep."""
    bout = example.ball_bridge()
    alone = replace(bout, reps=(replace(bout.reps[0], cues=(verdict,)),))
    html = Report(example.video(), (alone,), ()).html(None, **how)
    return re.findall(r'<span class="moment">(.*?)</span>', html)


@pytest.mark.parametrize(("value", "unit", "words"), [
    (0.1077, "trunk", "5 cm"),
    (0.0074, "trunk", "0.4 cm"),
    (1.26, "trunk/s", "62 cm a second"),
    (30.6, "cm", "31 cm"),
    (0.96, "cm", "1.0 cm"),
    (0.432, "s", "0.4 s"),
    (30.04, "s", "30.0 s"),
    (21.6, "deg", "22°"),
    (-0.2, "deg", "0°"),
    (0.84, "share", "0.8"),
    (1.0, "", "1 time"),
    (2.0, "", "2 times"),
])  # fmt: skip
def test_a_value_has_the_unit_and_the_digits_of_its_sentence(value: float, unit: str, words: str) -> None:
    assert f"Rep 1 · 0:30.5 · {words}" in chips(example.fault("cue", value, unit, "Mend it.", 30.5))


def test_lengths_are_those_of_the_persons_own_height() -> None:
    verdict = example.fault("cue", 0.1, "trunk", "Mend it.", 30.5)
    assert [chips(verdict)[0][-4:], chips(verdict, height_cm=200.0)[0][-4:]] == ["5 cm", "6 cm"]
    report = example.report()
    assert "someone 170 cm tall" in report.html(None)
    assert "cm tall" not in report.html(None, height_cm=200.0)


def test_the_interval_is_told_as_the_value_is() -> None:
    text = page(example.report()).text
    assert "Measured: 2.1 s, likely between 2.0 and 2.2 s." in text
    assert "Measured: 5 cm, likely between 5 and 6 cm." in text


def test_the_dose_is_progress_and_never_a_fault() -> None:
    """Of a set whose form is right: it is headlined as such, however few its reps and short its holds are."""
    bout = example.leg_lift()
    reps = tuple(replace(r, cues=tuple(c for c in r.cues if c.id != "other_leg_down"), score=100.0) for r in bout.reps)
    found = page(Report(example.video(), (replace(bout, reps=reps, score=100.0),), ()))
    assert "✓ Good form score 100 of 100, on 3 of 4 points Leg lift: 2 reps on the right Nothing clearly" in found.text
    assert "Nothing clearly wrong in what could be seen; 1 close call." in found.text
    assert "✗" not in found.text
    assert not found.markers
    assert found.text.count("Right 2, left 0. Goal: 10 to 15 a leg.") == 2  # at the head, and on the print


def luminance(color: str) -> float:
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: int) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", example.report().html(None))
    colors = {name: both[scheme] for name, *both in found}
    kinds = ("fault", "borderline", "met", "not_assessed")
    pairs = [(kind, f"{kind}-bg") for kind in kinds] + [(kind, "card") for kind in kinds]
    pairs += [(ink, ground) for ink in ("text", "soft", "link") for ground in ("card", "page")]
    for ink, ground in [*pairs, ("soft", "rep"), ("text", "rep")]:
        high, low = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


def test_the_page_says_the_quality_where_it_is_known() -> None:
    report = example.report()
    assert "Made by formcheck, quality fast." in page(replace(report, quality=Quality.FAST)).text
    assert "Made by formcheck." in page(report).text


def test_breaths_are_told_first_and_with_their_rep() -> None:
    text = page(example.report()).text
    assert text.count(example.BREATHED) == 2
    assert f"{example.BREATHED} Counted: 8 in 42 s, likely between 10.9 and 11.9 a minute." in text
    assert text.index(example.BREATHED) < text.index(CAUTION)


def test_breaths_that_were_not_seen_are_not_claimed() -> None:
    bout = example.leg_lift()
    none = Breaths(None, None, None, None, Reason.BREATHS_NOT_SEEN, "Your breaths could not be seen from here.")
    text = page(Report(example.video(), (replace(bout, reps=(replace(bout.reps[0], breaths=none),)),), ())).text
    assert text.count(none.message) == 2
    assert "Counted:" not in text
    assert "a minute" not in text
