"""The report: the contract's JSON, the page a person reads, the terminal's table."""

import io
import json
import math
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import findings_example as example
import pytest
from door import ran
from rich.console import Console

from formcheck import cli, words
from formcheck.core import verdict
from formcheck.core.exercise import builtin
from formcheck.core.reading import Reading, Trust
from formcheck.findings import SLANTED, Bout, Dip, Notice, NoticeCode, Side, Trace, Verdict, View, ViewName
from formcheck.report.report import Report
from formcheck.report.terminal import overview
from formcheck.words import CAUTION

VIDEO_KEYS = {"path", "sha256", "duration_s", "fps", "width", "height", "frames"}
BOUT_KEYS = {"exercise", "start_s", "end_s", "view", "reps", "cues", "score", "assessed"}
REP_KEYS = {"index", "partial", "side", "start_s", "peak_s", "end_s", "hold_s", "score", "assessed", "cues"}
CUE_KEYS = {"id", "verdict", "value", "unit", "interval", "at_s", "reason", "reason_code", "message"}
NASTY = "<script>alert('x')</script>\"&[bold]"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """The tags and the words of a page; complains about tags that do not pair up."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def markers(self) -> list[dict[str, str | None]]:
        """The faults in the plots."""
        return [a for a in self.all("a") if "marker" in (a.get("class") or "").split()]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(report: Report, video: str | None = "annotated.mp4") -> Page:
    return Page(report.html(video, quotes=example.QUOTES))


def values(data: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for k, v in data.items():
            yield from values(v, k)
    elif isinstance(data, list):
        for v in data:
            yield from values(v, key)
    else:
        yield key, data


def with_nan() -> Report:
    report = example.report()
    bout = report.bouts[0]
    cue = replace(bout.reps[0].cues[0], value=math.nan, interval=(math.nan, 1.0))
    first = replace(bout.reps[0], score=math.nan, cues=(cue, *bout.reps[0].cues[1:]))
    trace = replace(bout.traces[0], value=(math.nan, math.inf, *bout.traces[0].value[2:]))
    return Report(report.video, (replace(bout, reps=(first,), traces=(trace,)),), ())


def test_the_contract_is_kept() -> None:
    data = example.report().to_dict()
    assert data["schema"] == "formcheck.report/1"
    assert set(data["video"]) == VIDEO_KEYS
    assert data["warnings"] == [words.notice(notice) for notice in example.report().warnings]
    assert data["warning_codes"] == ["another_person"]
    assert data["caution"] == CAUTION
    for bout in data["bouts"]:
        assert set(bout) >= BOUT_KEYS
        assert set(bout["view"]) == {"name", "yaw_deg", "near_side"}
        assert all(set(rep) >= REP_KEYS for rep in bout["reps"])
        assert all(set(cue) == CUE_KEYS for rep in bout["reps"] for cue in rep["cues"])
        assert all(set(cue) == CUE_KEYS for cue in bout["cues"])


def test_the_numbers_are_those_found() -> None:
    report = example.report()
    bout = report.to_dict()["bouts"][0]
    assert (bout["exercise"], bout["start_s"], bout["end_s"], bout["assessed"]) == ("leg_lift", 1.4, 21.0, 0.833)
    first = bout["reps"][0]
    assert (first["start_s"], first["peak_s"], first["end_s"], first["hold_s"]) == (2.0, 4.25, 6.6, 2.1)
    assert first["cues"][5]["interval"] == [1.953, 2.226]
    assert first["cues"][1]["reason"] == example.ARM
    assert bout["reps"][1]["dips"] == [{"at_s": 13.1, "depth": 0.35, "fall": 0.147, "unit": "trunk", "fall_cm": 7.2}]
    assert bout["reps"][2]["partial"]


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


def test_json_text_is_the_dictionary_and_strict() -> None:
    report = example.report()
    assert json.loads(report.to_json()) == report.to_dict()
    assert report.to_json().endswith("}\n")


def test_json_text_has_a_line_a_cue_and_a_line_a_trace() -> None:
    report = example.report()
    lines = [line.strip().rstrip(",") for line in report.to_json().splitlines()]
    objects = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    bouts = report.to_dict()["bouts"]
    for kept in [*(c for b in bouts for r in b["reps"] for c in r["cues"]), *(t for b in bouts for t in b["traces"])]:
        assert kept in objects
    starts = [line for line in lines if line.startswith('"index": ')]
    assert len(starts) == sum(len(bout["reps"]) for bout in bouts)


def test_a_trace_is_rounded_as_every_number_is() -> None:
    bout = example.leg_lift()
    odd = Trace("Height", "m", (0.1, 0.2, 0.3, 0.4, 1 / 3), (2 / 3, -1e-9, None, math.nan, -math.inf))
    trace = Report(example.video(), (replace(bout, traces=(odd,)),), ()).to_dict()["bouts"][0]["traces"][0]
    assert trace == {
        "label": "Height",
        "unit": "m",
        "time_s": [0.1, 0.2, 0.3, 0.4, 0.333],
        "value": [0.6667, 0.0, None, None, None],
    }
    assert math.copysign(1, trace["value"][1]) == 1
    assert {type(v) for v in trace["time_s"]} == {float}


def test_nan_and_infinity_become_null() -> None:
    data = json.loads(with_nan().to_json(), parse_constant=pytest.fail)
    first = data["bouts"][0]["reps"][0]
    assert (first["score"], first["cues"][0]["value"], first["cues"][0]["interval"]) == (None, None, None)
    assert data["bouts"][0]["traces"][0]["value"][:2] == [None, None]


def test_no_number_has_more_digits_than_it_means() -> None:
    for key, value in values(example.report().to_dict()):
        if isinstance(value, float):
            assert round(value, 4 if key in ("value", "interval") else 3) == value
        if key.endswith("_s") and isinstance(value, float):
            assert round(value, 3) == value


def test_a_file_name_that_is_no_text_can_be_written() -> None:
    report = example.report()
    odd = Report(replace(report.video, path=b"caf\xe9.mp4".decode("utf-8", "surrogateescape")), report.bouts, ())
    assert "caf?.mp4" in odd.to_json().encode().decode()
    assert "caf?.mp4" in odd.html(None).encode().decode()


def test_the_verdict_comes_first() -> None:
    text = page(example.report()).text
    order = [
        "2 things to mend",
        "Leg lift: 2 reps on the right",
        "You held your leg up for 2.1 s: hold it for 3 to 5 seconds. (in both reps)",
        "Could not be judged: low back pressed.",
        "Bridge with a ball: 3 reps",
        "Kneeling lunge: 2 reps (1 left, 1 right)",
        "Turn side-on to the camera.",
        "What to mend",
        "Too close to call",
        "What went well",
        "What could not be judged, and what to do about it",
        "Each rep",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_faults_are_named_with_number_moment_and_quote() -> None:
    text = page(example.report()).text
    assert "Rep 1 · 0:05.3 · 2.1 s" in text
    assert "Rep 2 · 0:14.0 · 1.8 s" in text
    assert "The article says: for 3 to 5 seconds" in text
    assert "Hips up, in 2 of 3 reps" in text


def test_most_frequent_fault_leads() -> None:
    bout = example.ball_bridge()
    cues = tuple(
        replace(cue, verdict="fault", message="Too fast.") if cue.id == "lower_slowly" else cue
        for cue in bout.reps[0].cues
    )
    rare = replace(bout, reps=(replace(bout.reps[0], cues=cues), *bout.reps[1:]))
    text = page(Report(example.video(), (rare,), ())).text
    assert "2 things to mend" in text
    assert text.index("Your hips dropped") < text.index("Too fast.")


def test_a_partial_rep_is_listed_but_says_nothing_about_form() -> None:
    text = page(example.report()).text
    assert "cut off by the clip: not counted" in text
    assert "the clip ends before" not in text.split("Each rep")[0].lower()


def test_verdicts_have_a_word_and_a_symbol() -> None:
    text = page(example.report()).text
    for badge in ("✗ to mend", "≈ close", "✓ good", "? not judged"):
        assert badge in text


def test_the_caution_and_the_warnings_are_on_the_page() -> None:
    text = page(example.report()).text
    assert CAUTION in text
    assert "Note: another person is in the picture at 40.0 s" in text


def test_every_fault_with_a_moment_leads_into_the_video() -> None:
    links = page(example.report()).markers
    assert [a["data-seek"] for a in links] == ["5.3", "14.0", "39.8", "48.1"]
    assert links[0]["href"] == "annotated.mp4#t=5.3"
    assert "hold it for 3 to 5 seconds" in (links[0]["aria-label"] or "")


def test_without_a_video_no_control_is_dead() -> None:
    silent = page(example.report(), None)
    assert not silent.all("video")
    assert not [a for _, a in silent.tags if "data-seek" in a]
    ids = {a["id"] for _, a in silent.tags if "id" in a}
    assert all((a["href"] or "").removeprefix("#") in ids for a in silent.all("a"))


def test_the_page_needs_nothing_from_outside() -> None:
    html = example.report().html("annotated.mp4")
    found = page(example.report())
    assert not re.search(r"https?:|@import|url\(|<link", html)
    assert [a for _, a in found.tags if "src" in a] == found.all("video")


def test_ids_are_unique() -> None:
    ids = [a["id"] for _, a in page(example.report()).tags if "id" in a]
    assert len(ids) == len(set(ids))


def cut_short(path: str) -> Notice:
    return Notice(NoticeCode.CUT_SHORT, {"path": path, "promised_s": 9.0, "end_s": 4.0})


def test_every_string_is_escaped() -> None:
    report = example.report()
    bout = report.bouts[0]
    cue = replace(bout.reps[0].cues[5], message=NASTY, reason=NASTY, unit=NASTY)
    lost = replace(bout.reps[0].cues[1], id=NASTY, reason=NASTY)
    reps = (replace(bout.reps[0], cues=(cue, lost)),)
    traces = (replace(bout.traces[0], label=NASTY, unit=NASTY),)
    nasty = replace(bout, title=NASTY, source=NASTY, exercise=NASTY, reps=reps, traces=traces)
    html = Report(replace(report.video, path=NASTY), (nasty,), (cut_short(NASTY),)).html(
        NASTY, quotes={NASTY: {cue.id: NASTY}}
    )
    assert "<script>alert" not in html
    assert len(Page(html).all("script")) == 1
    assert not [a for _, a in Page(html).tags if "bold" in str(a.keys())]


def test_nothing_recognised_says_so_and_what_to_try() -> None:
    empty = page(Report(example.video(), (), (Notice(NoticeCode.NO_EXERCISE),)), None).text
    assert "No known exercise was recognised" in empty
    assert "from the side" in empty
    assert CAUTION in empty


@pytest.mark.parametrize("change", ["no traces", "no reps", "empty trace", "unseen trace", "one moment"])
def test_odd_bouts_make_a_page(change: str) -> None:
    bout = example.leg_lift()
    dark = Trace("Height", "m", (1.0, 1.1), (None, math.nan))
    odd: dict[str, Bout] = {
        "no traces": replace(bout, traces=()),
        "no reps": replace(bout, reps=(), cues=(), score=None, assessed=0.0),
        "empty trace": replace(bout, traces=(Trace("Height", "m", (), ()),)),
        "unseen trace": replace(bout, traces=(dark,)),
        "one moment": replace(bout, reps=(), traces=(), start_s=3.0, end_s=3.0),
    }
    report = Report(example.video(), (odd[change],), ())
    html = report.html("annotated.mp4")
    assert "Leg lift" in Page(html).text
    assert not re.search(r"\bnan\b|\binf\b", html)


def test_nan_on_the_page_is_no_number() -> None:
    assert "nan" not in page(with_nan()).text.split()


def test_the_line_is_lifted_where_nobody_was_seen() -> None:
    bout = replace(
        example.leg_lift(), traces=(Trace("Height", "m", (1.4, 2.0, 3.0, 4.0, 5.0), (0.0, 1.0, None, 1.0, 0.0)),)
    )
    paths = page(Report(example.video(), (bout,), ())).all("path")
    assert [(a["d"] or "").count("M") for a in paths] == [2]
    assert [(a["d"] or "").count("L") for a in paths] == [2]


def test_a_dot_stands_on_the_line_where_somebody_was_seen_last() -> None:
    """A peak at a moment when nobody was seen takes the height of the nearest that was."""
    rep = replace(example.leg_lift().reps[0], peak_s=3.1)
    line = Trace("Height", "m", (1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 1.0, math.nan, 0.25, 0.0))
    bout = replace(
        example.leg_lift(), start_s=1.0, end_s=5.0, reps=(replace(rep, start_s=1.0, end_s=5.0),), traces=(line,)
    )
    found = page(Report(example.video(), (bout,), ()))
    (dot,) = [a["style"] for a in found.all("span") if a.get("class") == "dot peak"]
    (path,) = found.all("path")
    assert dot == "left: 52.5%; top: 71.55%"
    assert path["d"] == "M0 93.1L25 6.9M75 71.55L100 93.1"


def test_markers_that_would_cover_each_other_take_rows() -> None:
    bout = example.leg_lift()
    first = bout.reps[0]
    twins = replace(first, cues=(*first.cues, replace(first.cues[5], id="another", at_s=5.4)))
    report = Report(example.video(), (replace(bout, reps=(twins, *bout.reps[1:])),), ())
    styles = [a["style"] or "" for a in page(report).markers]
    assert [s[-1] for s in styles] == ["0", "1", "0"]


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
    assert "somebody 170 cm tall" in report.html(None)
    assert "cm tall" not in report.html(None, height_cm=200.0)


def test_the_interval_is_told_as_the_value_is() -> None:
    text = page(example.report()).text
    assert "Measured: 2.1 s; the true value is meant to lie between 2.0 and 2.2 s nine times in ten." in text
    assert "Measured: 5 cm; the true value is meant to lie between 5 and 6 cm nine times in ten." in text


def test_nobody_reads_of_trunk_lengths() -> None:
    text = page(example.report()).text
    assert "trunk length" not in text
    assert "Height of the right heel, from 0 to 21 cm" in text


def counted(sides: Sequence[Side]) -> str:
    """What a leg lift's page shows beside the count of the set, reps of these sides done."""
    bout = example.leg_lift()
    reps = tuple(replace(bout.reps[0], index=i, side=side, cues=()) for i, side in enumerate(sides, 1))
    html = Report(example.video(), (replace(bout, reps=reps),), ()).html(None)
    (found,) = re.findall(r'<span class="moment">The set · (.*?)</span>', html)
    return str(found)


@pytest.mark.parametrize(("sides", "words"), [
    (["left"], "1 left, 0 right"),
    (["right", "left", "right", "both"], "2 left, 3 right"),
    (["both"], "1 rep"),
    (["both", "both"], "2 reps"),
])  # fmt: skip
def test_the_set_shows_the_counts_that_its_sentence_tells(sides: list[Side], words: str) -> None:
    assert counted(sides) == words


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


def slanted(*unseen: int, view: ViewName = "side") -> Report:
    """Three bridges seen from a side; in these reps the hips could not be judged, for a slant."""
    bout = example.ball_bridge()
    lost = example.unseen("hips_up", "trunk", example.TURN)
    fine = example.met("hips_up", 0.02, "trunk", "Hips stayed up.", 30.0)
    reps = tuple(replace(rep, cues=(lost if rep.index in unseen else fine,)) for rep in bout.reps)
    return Report(example.video(), (replace(bout, reps=reps, view=View(view, 60.0, "left")),), ())


@pytest.mark.parametrize(("unseen", "view", "went_well", "where"), [
    ((2,), "nearer the camera, but rep 2 at a slant.", "in 2 of 3 reps; the other was not judged",
     "Rep 2 was seen at a slant: turn side-on to the camera. (hips up)"),
    ((1, 3), "nearer the camera, but reps 1 and 3 at a slant.", "in 1 of 3 reps; the others were not judged",
     "Reps 1 and 3 were seen at a slant: turn side-on to the camera. (hips up)"),
    ((1, 2, 3), "nearer the camera, but all 3 reps at a slant.", None,
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
    assert "Seen at a slant, your left side nearer the camera." in text
    assert "? Turn side-on to the camera. (hips up)" in text
    assert "? In rep 2: turn side-on to the camera. (hips up)" in page(slanted(2, view="oblique")).text


def test_a_slanted_rep_is_known_by_what_a_verdict_says() -> None:
    cue = builtin()["ball_bridge"].rep_cues[3]
    oblique = Trust(50.0, 0.0)
    judged = verdict.judge(cue, cue.check, Reading(1.0, 0.0, 1.0), verdict.Scale(1.0, None), oblique)
    assert judged.reason_code in SLANTED


def test_a_fault_tells_of_the_reps_that_were_not_judged() -> None:
    bout = example.ball_bridge()
    kinds = (example.fault("hips_up", 0.1, "trunk", "Mend it.", 30.0), example.met("hips_up", 0.0, "trunk", "Fine."))
    lost = example.unseen("hips_up", "trunk", "the body could not be followed here")
    reps = tuple(replace(rep, cues=(cue,)) for rep, cue in zip(bout.reps, (*kinds, lost), strict=True))
    text = page(Report(example.video(), (replace(bout, reps=reps),), ())).text
    assert "Mend it. (in 1 of 3 reps; 1 was not judged)" in text
    assert "? In rep 3: the body could not be followed here. (hips up)" in text


def close_call() -> Report:
    bout = example.ball_bridge()
    close = example.borderline("lower_slowly", 1.14, "s", "Too close to call: 1.1 s, give or take 0.3.", 34.0)
    cues = (close, example.unseen("hips_up", "trunk", example.TURN))
    reps = tuple(replace(rep, cues=cues, score=50.0) for rep in bout.reps[:2])
    return Report(example.video(), (replace(bout, reps=reps, score=50.0, assessed=0.5),), ())


def test_a_close_call_in_the_headline_says_what_it_is_about() -> None:
    text = page(close_call()).text
    assert "Nothing clearly wrong Bridge with a ball: 2 reps Lower slowly. Too close to call: 1.1 s" in text
    assert "Score 50 of 100, from 2 of 4 cues; 2 close calls." in text
    assert "Each counts half in the score" in text


def test_the_terminal_tells_what_a_score_rests_on() -> None:
    text = " ".join(terminal(close_call(), 200).split())
    assert "Score 50 of 100, from 2 of 4 cues; 2 close calls 1 both" in text
    assert "score 50 1 of 2 cues; 1 close call Lower slowly: Too close to call: 1.1 s" in text


def all_cut() -> Report:
    """A bout of one rep, which the clip cuts; what was seen of it got verdicts."""
    bout = example.ball_bridge()
    return Report(example.video(), (replace(bout, reps=(replace(bout.reps[1], partial=True),), score=None),), ())


def test_a_bout_of_cut_reps_asks_for_whole_ones_and_judges_nothing() -> None:
    text = page(all_cut()).text
    assert "? No whole rep Bridge with a ball: no whole rep, 1 cut off by the clip The recording cuts every rep" in text
    assert "film each one whole" in text
    assert "No score: no rep is whole" in text
    assert "Film the whole rep" in text
    for judged in ("to mend", "good", "could not be judged", "No cue", "Measured"):
        assert judged not in text
    told = " ".join(terminal(all_cut()).split())
    assert "No score: no rep is whole" in told
    assert "film each one whole" in told


def test_a_cut_rep_is_told_live_without_faults(capsys: pytest.CaptureFixture[str]) -> None:
    rep = example.ball_bridge().reps[1]
    for one in (rep, replace(rep, partial=True)):
        cli._say(one)
    whole, cut = capsys.readouterr().out.splitlines()
    assert "rep done" in whole
    assert "Your hips dropped" in whole
    assert "rep cut off" in cut
    assert "Your hips dropped" not in cut


def test_the_line_of_the_video_crosses_no_words() -> None:
    """It stands within the boxes of the signals, one each, and not in what also holds their labels."""
    html = example.report().html("annotated.mp4")
    lanes = len(re.findall(r'<div class="box">', html))
    boxed = re.findall(
        r'<div class="box">(?:(?!</div>|<p[ >]).)*<div class="cursor" aria-hidden="true"></div>\s*</div>', html, re.S
    )
    assert lanes == len(boxed) == html.count('<div class="cursor"')


def luminance(color: str) -> float:
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: int) -> None:
    """WCAG 2.2 AA: 4.5 to 1."""
    blocks = re.findall(r":root \{(.*?)\}", example.report().html(None), re.DOTALL)
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    kinds = ("fault", "borderline", "met", "not_assessed")
    pairs = [(kind, f"{kind}-bg") for kind in kinds] + [(kind, "card") for kind in kinds]
    pairs += [(ink, ground) for ink in ("text", "soft", "link") for ground in ("card", "page")]
    for ink, ground in [*pairs, ("soft", "rep"), ("text", "rep")]:
        high, low = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


def terminal(report: Report, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(overview(report))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_lists_reps_faults_and_warnings() -> None:
    text = terminal(example.report())
    assert "Leg lift: 2 reps on the right" in text
    assert re.search(r"1  right +2\.0-6\.6 +s  hold +2\.1 s  score +80  5 of 6 cues", text)
    assert "fault: You held your leg up for 1.8 s" in text
    assert "cut off by the clip, not counted" in text
    assert "not judged: Low back pressed: Your arm hides your back" in text
    assert "warning: another person" in text


def test_the_table_takes_brackets_and_narrow_terminals() -> None:
    text = terminal(Report(example.video(), (), (cut_short("[bold]odd[/nothing] name"),)), width=50)
    assert "No known exercise" in text
    assert "[bold]odd[/nothing] name" in text
    assert max(map(len, terminal(example.report(), width=40).splitlines())) <= 40


CLICK = """<script>
addEventListener("load", () => {
  document.querySelector("a.marker").click();
  const cursor = document.querySelector(".cursor"), video = document.querySelector("video");
  video.dispatchEvent(new Event("timeupdate"));
  document.title = `at ${video.currentTime} cursor ${cursor.style.display} ${cursor.style.left} page ${location.hash}`;
});
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium to click in a page")
def test_a_click_on_a_fault_seeks_the_video(tmp_path: Path) -> None:
    assert CHROMIUM is not None
    sample = Path(__file__).parents[2] / "sample_videos" / "leg_lift.mp4"
    if not sample.exists():
        pytest.skip("needs a sample video")
    shutil.copy(sample, tmp_path / "annotated.mp4")
    html = tmp_path / "report.html"
    html.write_text(example.report().html("annotated.mp4").replace("</body>", CLICK), encoding="utf-8")
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    switches += [
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
    ]
    title = re.search(r"<title>(.*?)</title>", ran([CHROMIUM, *switches, html.as_uri()]))
    assert title is not None
    # The first plot runs from 0 to 21 s.
    assert title[1] == "at 5.3 cursor block 25.2381% page "
