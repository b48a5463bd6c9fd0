"""The plots of the page: lines, dots and markers, and what a click on one does."""

import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import findings_example as example
import pytest
from door import ran
from reportpages import page

from formcheck.findings import Trace
from formcheck.report.report import Report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_every_fault_with_a_moment_leads_into_the_video() -> None:
    links = page(example.report()).markers
    assert [a["data-seek"] for a in links] == ["5.3", "14.0", "39.8", "48.1"]
    assert links[0]["href"] == "annotated.mp4#t=5.3"
    assert "leave it on the ground" in (links[0]["aria-label"] or "")


def test_the_line_is_lifted_where_nobody_was_seen() -> None:
    bout = replace(
        example.leg_lift(), traces=(Trace("Height", "trunk", (1.4, 2.0, 3.0, 4.0, 5.0), (0.0, 1.0, None, 1.0, 0.0)),)
    )
    paths = page(Report(example.video(), (bout,), ())).all("path")
    assert [(a["d"] or "").count("M") for a in paths] == [2]
    assert [(a["d"] or "").count("L") for a in paths] == [2]


def test_a_dot_stands_on_the_line_where_somebody_was_seen_last() -> None:
    """A peak at a moment when nobody was seen takes the height of the nearest that was."""
    rep = replace(example.leg_lift().reps[0], peak_s=3.1)
    line = Trace("Height", "trunk", (1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 1.0, math.nan, 0.25, 0.0))
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
    twins = replace(first, cues=(*first.cues, replace(first.cues[4], id="another", at_s=5.4)))
    report = Report(example.video(), (replace(bout, reps=(twins, *bout.reps[1:])),), ())
    styles = [a["style"] or "" for a in page(report).markers]
    assert [s[-1] for s in styles] == ["0", "1", "0"]


def test_nobody_reads_of_trunk_lengths() -> None:
    text = page(example.report()).text
    assert "trunk length" not in text
    assert "Height of the right heel, from 0 to 21 cm" in text


def test_the_line_of_the_video_crosses_no_words() -> None:
    """It stands within the boxes of the signals, one each, and not in what also holds their labels."""
    html = example.report().html("annotated.mp4")
    lanes = len(re.findall(r'<div class="box">', html))
    boxed = re.findall(
        r'<div class="box">(?:(?!</div>|<p[ >]).)*<div class="cursor" aria-hidden="true"></div>\s*</div>', html, re.S
    )
    assert lanes == len(boxed) == html.count('<div class="cursor"')


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
    free = re.sub(r"<meta http-equiv[^>]*>", "", example.report().html("annotated.mp4"))  # it lets no other script in
    html.write_text(free.replace("</body>", CLICK), encoding="utf-8")
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
