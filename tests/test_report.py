"""The report: the contract's JSON, the page a person reads, the terminal's table."""

import io
import json
import math
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import findings_example as example
import pytest
from rich.console import Console

from formcheck.findings import Bout, Dip, Trace
from formcheck.report import CAUTION, Report

VIDEO_KEYS = {"path", "sha256", "duration_s", "fps", "width", "height", "frames"}
BOUT_KEYS = {"exercise", "start_s", "end_s", "view", "reps", "cues", "score", "assessed"}
REP_KEYS = {"index", "partial", "side", "start_s", "peak_s", "end_s", "hold_s", "score", "assessed", "cues"}
CUE_KEYS = {"id", "verdict", "value", "unit", "interval", "at_s", "reason", "message"}
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
    assert data["warnings"] == list(example.report().warnings)
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
    (Dip(13.1, 0.35, 0.147, "trunk", 7.24), "dipped by 7.2 cm, 35 % of"),
    (Dip(13.1, 0.35, 0.147, "trunk", None), "dipped by 0.147 trunk lengths, 35 % of"),
    (Dip(13.1, 0.35, 4.2, "deg", None), "dipped by 4.2°, 35 % of"),
])  # fmt: skip
def test_a_dip_is_told_in_the_unit_that_is_known(dip: Dip, words: str) -> None:
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
    assert "Another person was in the picture" in text


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


def test_every_string_is_escaped() -> None:
    report = example.report()
    bout = report.bouts[0]
    cue = replace(bout.reps[0].cues[5], message=NASTY, reason=NASTY, unit=NASTY)
    lost = replace(bout.reps[0].cues[1], id=NASTY, reason=NASTY)
    reps = (replace(bout.reps[0], cues=(cue, lost)),)
    traces = (replace(bout.traces[0], label=NASTY, unit=NASTY),)
    nasty = replace(bout, title=NASTY, source=NASTY, exercise=NASTY, reps=reps, traces=traces)
    html = Report(replace(report.video, path=NASTY), (nasty,), (NASTY,)).html(NASTY, quotes={NASTY: {cue.id: NASTY}})
    assert "<script>alert" not in html
    assert len(Page(html).all("script")) == 1
    assert not [a for _, a in Page(html).tags if "bold" in str(a.keys())]


def test_nothing_recognised_says_so_and_what_to_try() -> None:
    empty = page(Report(example.video(), (), ("A person was seen, but no known exercise.",)), None).text
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
    pairs += [(words, ground) for words in ("text", "soft", "link") for ground in ("card", "page")]
    for words, ground in [*pairs, ("soft", "rep"), ("text", "rep")]:
        high, low = sorted((luminance(colors[words]), luminance(colors[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (words, ground)


def terminal(report: Report, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(report.table())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_lists_reps_faults_and_warnings() -> None:
    text = terminal(example.report())
    assert "Leg lift: 2 reps on the right" in text
    assert re.search(r"1  right +2\.0-6\.6 +s  hold +2\.1 s  score +80", text)
    assert "fault: You held your leg up for 1.8 s" in text
    assert "cut off by the clip, not counted" in text
    assert "not judged: Low back pressed: Your arm hides your back" in text
    assert "warning: Another person" in text


def test_the_table_takes_brackets_and_narrow_terminals() -> None:
    text = terminal(Report(example.video(), (), ("[bold]odd[/nothing] name",)), width=50)
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
    sample = Path(__file__).parents[1] / "sample_videos" / "leg_lift.mp4"
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
    run = subprocess.run([CHROMIUM, *switches, html.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    title = re.search(r"<title>(.*?)</title>", run.stdout)
    assert title is not None
    # The first plot runs from 0 to 21 s.
    assert title[1] == "at 5.3 cursor block 25.2381% page "
