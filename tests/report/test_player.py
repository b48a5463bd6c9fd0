"""The report's player: its data held against the landmarks, and in Chromium each moment with its evidence and words."""

import base64
import json
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from door import SAMPLES

from formcheck.formats import npz
from formcheck.media.playable import Playable
from formcheck.media.video import Video
from formcheck.recorded import Options, score
from formcheck.report.folder import write_shown
from formcheck.report.moments import compared, top_key
from formcheck.report.player import MARGIN_S, ROWS, STEPS, played
from formcheck.report.report import Report

CHROMIUM: Final = shutil.which("chromium")
CLIPS: Final = ["two_exercises", "ball_bridge", "leg_lift_dropped"]
Found = tuple[Path, Report]


@pytest.fixture(scope="module")
def shown(landmarks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Found]:
    """The folder of results of a sample, by its name."""
    known: dict[str, Found] = {}

    def made(name: str) -> Found:
        if name not in known:
            folder, options, source = tmp_path_factory.mktemp(name), Options.of(), SAMPLES / f"{name}.mp4"
            with Video(source) as video:
                for _ in video.frames():
                    pass
                report = replace(score(landmarks(name), options), video=video.info())
            write_shown(folder, report, options.quotes, npz.read(landmarks(name)), source)
            known[name] = folder, report
        return known[name]

    return made


def data(folder: Path) -> dict[str, Any]:
    page = (folder / "report.html").read_text("utf-8")
    found: dict[str, Any] = json.loads(page.split('class="player-data">')[1].split("</script>")[0])
    return found


def test_the_landmarks_come_back_to_a_quarter_of_a_pixel(
    shown: Callable[[str], Found], landmarks: Callable[[str], Path]
) -> None:
    folder, report = shown("ball_bridge")
    packed = zlib.decompress(base64.b64decode(data(folder)["landmarks"]))
    n = int(np.frombuffer(packed, "<u4", 1)[0])
    times = np.frombuffer(packed, "<u4", n, 4).cumsum() / 1000
    steps = np.frombuffer(packed, "<i2", 2 * len(ROWS) * n, 4 + 4 * n).reshape(-1, n)
    places = steps.cumsum(axis=1, dtype=np.int16).reshape(len(ROWS), 2, n).transpose(2, 0, 1) / STEPS
    hidden = np.frombuffer(packed, "<u2", n, 4 + 4 * n + 4 * len(ROWS) * n)
    poses = npz.load(landmarks("ball_bridge"))
    [bout] = report.bouts
    poses = poses[(poses.time >= bout.start_s - MARGIN_S) & (poses.time <= bout.end_s + MARGIN_S)]
    assert times == pytest.approx(poses.time, abs=0.001)
    assert np.abs(places - poses.image[:, ROWS]).max() <= 0.5 / STEPS
    bits = (hidden[:, None] >> np.arange(len(ROWS))) & 1
    assert (bits == (poses.hidden[:, ROWS] >= 0.5)).all()
    assert 0 < bits.mean() < 0.6


@pytest.mark.parametrize("name", CLIPS)
def test_every_judged_cue_is_a_moment_of_its_own(shown: Callable[[str], Found], name: str) -> None:
    folder, report = shown(name)
    judged = {
        f"b{n}r{rep.index}-{cue.id}": cue
        for n, bout in enumerate(report.bouts, 1)
        for rep in bout.counted
        for cue in rep.cues
        if cue.verdict != "not_assessed" and cue.at_s is not None
    }
    moments = {moment["key"]: moment for moment in data(folder)["moments"]}
    assert moments.keys() == judged.keys()
    for key, cue in judged.items():
        moment = moments[key]
        assert moment["at"] == pytest.approx(cue.at_s, abs=1e-3)
        assert cue.message in moment["text"]
        assert moment["kind"] == ("progress" if cue.dose else cue.verdict)
        assert bool(moment["marks"]) == (not cue.dose), key
        assert all(abs(at - cue.at_s) <= 0.501 for at, _ in moment["marks"])


def test_the_page_holds_a_still_of_each_fault_and_of_the_best_and_worst_rep(shown: Callable[[str], Found]) -> None:
    folder, report = shown("ball_bridge")
    [bout] = report.bouts
    assert [rep.index for rep in compared(bout)] == [1, 2]
    page = (folder / "report.html").read_text("utf-8")
    pictures = [len(part.partition('"')[0]) for part in page.split('<img src="data:image/webp;base64,')[1:]]
    assert len(pictures) == 1 + 2 + 2  # the fault, best and worst; on the print the fault and the best
    assert max(pictures) < 40_000
    assert top_key(1, bout.reps[0]) == "b1r1-top"


def test_a_name_or_a_message_cannot_leave_the_data(
    shown: Callable[[str], Found], landmarks: Callable[[str], Path]
) -> None:
    report = shown("ball_bridge")[1]
    nasty = "</script><script>alert(1)</script>"
    [bout] = report.bouts
    evil = replace(report, bouts=(replace(bout, title=nasty, side_words=f"{nasty} {{side}}"),))
    said = played(npz.read(landmarks("ball_bridge")), evil).to_json(evil, Playable("recording.mp4"))
    assert "<" not in said
    assert nasty in json.loads(said)["bouts"][0]["reps"][0]["said"]


TOLD: Final = """() => {
  const [told, canvas] = [".told", ".player canvas"].map((name) => document.querySelector(name));
  return { key: told.dataset.moment, text: told.innerText, drawn: canvas.dataset.evidence,
    at: document.querySelector(".player video").currentTime,
    now: [...document.querySelectorAll(".now[data-moment]")].map((one) => one.dataset.moment) };
}"""

COLOURED: Final = """([x, y]) => {
  const canvas = document.querySelector(".player canvas");
  const { size } = JSON.parse(document.querySelector(".player-data").textContent);
  const scale = canvas.width / size[0], reach = 6;
  const part = [x * scale - reach, y * scale - reach, 2 * reach, 2 * reach];
  const { data: seen } = canvas.getContext("2d").getImageData(...part);
  const found = new Set();
  for (let i = 0; i < seen.length; i += 4) found.add([...seen.slice(i, i + 4)].join());
  return [...found];
}"""

TONES: Final = {"fault": "255,95,80,255", "borderline": "255,200,60,255", "met": "90,220,140,255"}


@contextmanager
def opened(page_file: Path, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """The page in Chromium, and what its console complains about."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    complaints: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(**({"viewport": {"width": 1280, "height": 900}} | options))
        asked = "willReadFrequently"  # what the test itself does to the canvas
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in ("error", "warning") and asked not in m.text else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(page_file.as_uri())
        page.wait_for_function("() => document.querySelector('.player video').readyState >= 2")
        yield page, complaints
        browser.close()


@pytest.mark.parametrize("name", CLIPS)
def test_each_moment_shows_its_own_picture_evidence_and_words(shown: Callable[[str], Found], name: str) -> None:
    folder, report = shown(name)
    moments = data(folder)["moments"]
    step = 1 / report.video.fps
    with opened(folder / "report.html") as (page, complaints):
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for moment in moments:
            page.locator(f"a[data-moment='{moment['key']}']:visible").first.click()
            page.wait_for_function(
                "([at, step]) => ((v) => !v.seeking && Math.abs(v.currentTime - at) < 1.1 * step)"
                "(document.querySelector('.player video'))",
                arg=[moment["at"], step],
            )
            page.wait_for_function("(key) => document.querySelector('.told').dataset.moment === key", arg=moment["key"])
            told = page.evaluate(TOLD)
            assert moment["title"] in told["text"] and moment["text"] in told["text"]
            assert set(told["now"]) == {moment["key"]}
            assert told["drawn"] == (moment["key"] if moment["marks"] else "")
            if not moment["marks"]:
                continue
            page.wait_for_timeout(100)  # the newest picture has been drawn on
            [*_, gap] = [flat for kind, look, flat, *_ in nearest(moment)[1] if look != "then" and kind == "line"]
            middle = [(gap[0] + gap[2]) / 2, (gap[1] + gap[3]) / 2]
            assert TONES[moment["kind"]] in page.evaluate(COLOURED, middle), moment["key"]
        assert complaints == []


def nearest(moment: dict[str, Any]) -> Any:
    return min(moment["marks"], key=lambda one: abs(one[0] - moment["at"]))


def test_steps_speed_and_toggles(shown: Callable[[str], Found]) -> None:
    folder, report = shown("ball_bridge")
    step = 1 / report.video.fps
    time = "document.querySelector('.player video').currentTime"
    with opened(folder / "report.html") as (page, complaints):
        page.locator("a.moment.fault").first.click()
        page.wait_for_function("() => !document.querySelector('.player video').seeking")
        at = page.evaluate(time)
        for button, by in (("on", 1), ("on", 2), ("back", 1)):
            page.click(f"[data-do={button}]")
            page.wait_for_function("() => !document.querySelector('.player video').seeking")
            assert page.evaluate(time) == pytest.approx(at + by * step, abs=0.1 * step)
        page.click("[data-do=half]")
        assert page.evaluate("document.querySelector('.player video').playbackRate") == 0.5
        page.click("[data-do=evidence]")
        assert page.evaluate(TOLD)["drawn"] == ""
        drawn = (
            "((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean))"
            "(document.querySelector('.player canvas'))"
        )
        assert page.evaluate(drawn)
        page.click("[data-do=skeleton]")
        assert not page.evaluate(drawn)
        page.click("[data-do=play]")
        page.wait_for_function("() => !document.querySelector('.player video').paused")
        page.wait_for_function(f"() => {time} > {at + 4 * step}")
        assert complaints == []


def test_on_a_phone_it_scrolls_down_only(shown: Callable[[str], Found]) -> None:
    with opened(shown("ball_bridge")[0] / "report.html", viewport={"width": 390, "height": 844}) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator(".screen").bounding_box()["height"] < 0.4 * 844


def test_no_other_script_runs_in_the_page(shown: Callable[[str], Found], tmp_path: Path) -> None:
    page_file = tmp_path / "report.html"
    text = (shown("ball_bridge")[0] / "report.html").read_text("utf-8")
    page_file.write_text(text.replace("</body>", "<script>document.title = 'taken'</script></body>"), "utf-8")
    shutil.copy(shown("ball_bridge")[0] / "recording.mp4", tmp_path)
    with opened(page_file) as (page, complaints):
        assert page.title().startswith("Form check")
        assert any("Content Security Policy" in said for said in complaints)
