"""The report as it stands on the screen of a phone and of a desk: no more words than one reads there."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import findings_example
import pytest
from door import SAMPLES

from formcheck.recorded import Options, score

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM: Final = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

MOST: Final = 10
"""Sentences on one screen."""

SCREENS: Final = """
() => {
  const texts = document.createTreeWalker(document.querySelector("body"), NodeFilter.SHOW_TEXT);
  const ends = [];
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("script, style")) continue;
    for (const found of node.data.matchAll(/[.!?](?=\\s|$)/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + 1);
      ends.push(range.getBoundingClientRect().bottom + scrollY);
    }
  }
  const most = document.documentElement.scrollHeight - innerHeight;
  const tops = Array.from({ length: Math.ceil(most / 20) + 1 }, (_, i) => Math.min(20 * i, most));
  return tops.map((top) => ends.filter((end) => end > top && end <= top + innerHeight).length);
}
"""
"""How many sentences end on the screen, at every twenty pixels that one scrolls."""


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desk"])
def test_a_screen_holds_ten_sentences(landmarks: Callable[[str], Path], tmp_path: Path, size: tuple[int, int]) -> None:
    options = Options.of()
    report = score(landmarks("two_exercises"), options)
    assert len(report.bouts) == 2
    page = tmp_path / "report.html"
    page.write_text(report.html("recording.mp4", quotes=options.quotes), "utf-8")
    shutil.copy(SAMPLES / "two_exercises.mp4", tmp_path / "recording.mp4")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": size[0], "height": size[1]})
        opened.goto(page.as_uri())
        screens = opened.evaluate(SCREENS)
        wide = opened.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert 4 <= max(screens) <= MOST
    assert wide <= size[0]


SHOWN: Final = "() => [...document.querySelectorAll('.demo')].map((demo) => getComputedStyle(demo).backgroundImage)"


def test_demonstrations_move_but_on_paper_and_for_who_wants_no_motion(tmp_path: Path) -> None:
    page_file = tmp_path / "report.html"
    report = findings_example.report()
    page_file.write_text(replace(report, bouts=(findings_example.ball_bridge(),)).html(None), "utf-8")
    moving, still = (
        [f'url("{address}")' for address in re.findall(rf"--{kind}: url\(([^)]*)\)", page_file.read_text("utf-8"))]
        for kind in ("loop", "still")
    )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(page_file.as_uri())
        assert page.evaluate(SHOWN) == moving
        assert page.evaluate("innerWidth") >= page.evaluate("document.documentElement.scrollWidth")
        page.emulate_media(media="print")
        assert page.evaluate(SHOWN) == still
        page.emulate_media(media="screen", reduced_motion="reduce")
        assert page.evaluate(SHOWN) == still
        page.emulate_media(media="screen", reduced_motion="no-preference")
        page.check("text=Hold the pictures still")
        assert page.evaluate(SHOWN) == still
        browser.close()
