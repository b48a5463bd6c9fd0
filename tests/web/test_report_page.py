"""The report within the page, in a real browser: an upload played from the browser's own file, a set from its film."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from door import SAMPLES, knowing

from benchmarks.live.browser import CHROMIUM, FLAGS, HEARD, filming, one_pass, serving

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

Page = Any  # playwright's own, which need not be installed
CLIP: Final = SAMPLES / "ball_bridge.mp4"

OWN = ("history.sqlite3", "door.json")
"""What a server keeps of its own."""


@dataclass
class Shown:
    """A page with a report, where the server keeps its data, and what the console complained about."""

    page: Page
    data: Path
    complaints: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


@contextmanager
def visiting(browser: Any, link: str, data: Path) -> Iterator[Shown]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(HEARD)
    shown = Shown(context.new_page(), data)
    page = shown.page
    page.on("console", lambda m: shown.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    page.on("request", lambda request: shown.asked.append(request.url))
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    yield shown
    context.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def uploaded(playwright: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """An uploaded sample with its report; this one goes through the networks."""
    data = tmp_path_factory.mktemp("data")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    with serving(data) as link, visiting(browser, link, data) as shown:
        page = shown.page
        page.click("nav >> text=Recorded")
        page.set_input_files("#file", CLIP)
        for _ in range(2400):
            if page.is_visible("#upload-report") or page.is_visible("#upload-notice"):
                break
            shown.said.add(page.inner_text("#upload-left") if page.is_visible("#upload-left") else "")
            page.wait_for_timeout(50)
        yield shown
    browser.close()


def seen(page: Page, host: str) -> dict[str, Any]:
    """What the player in a report shows."""
    found: dict[str, Any] = page.evaluate(
        """(host) => {
          const root = document.getElementById(host).shadowRoot, video = root.querySelector(".player video");
          const [told, canvas] = [".told", ".player canvas"].map((name) => root.querySelector(name));
          return { key: told.dataset.moment, text: told.innerText, drawn: canvas.dataset.evidence, source: video.src,
            at: video.currentTime, seeking: video.seeking, ready: video.readyState, wide: video.videoWidth,
            stills: [...root.querySelectorAll("img")].map((image) => [image.src.split(":")[0], image.naturalWidth]) };
        }""",
        host,
    )
    return found


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("still not so after 20 s")


def test_an_upload_plays_from_the_browsers_own_file(uploaded: Shown) -> None:
    page = uploaded.page
    assert page.locator("iframe").count() == 0
    until(page, lambda: seen(page, "upload-report")["ready"] >= 2)
    assert seen(page, "upload-report")["source"].startswith("blob:")
    page.locator("#upload-report a.moment.fault").first.click()
    until(page, lambda: seen(page, "upload-report")["drawn"] == "b1r2-hips_up")
    shown = seen(page, "upload-report")
    assert shown["key"] == "b1r2-hips_up" and "Your hips dropped 5 cm" in shown["text"]
    [report] = [session["id"] for session in page.evaluate("fetch('/api/sessions').then((answer) => answer.json())")]
    assert report
    assert shown["at"] == pytest.approx(9.85, abs=0.1)
    assert uploaded.complaints == []


def test_its_stills_are_made_in_the_browser(uploaded: Shown) -> None:
    page = uploaded.page
    until(page, lambda: all(wide for _, wide in seen(page, "upload-report")["stills"]))
    stills = seen(page, "upload-report")["stills"]
    assert len(stills) == 5 and {kind for kind, _ in stills} == {"blob"}


def test_no_file_of_it_is_left(uploaded: Shown) -> None:
    left = [path.name for path in uploaded.data.rglob("*") if path.is_file()]
    assert [name for name in left if not name.startswith(OWN)] == []
    kept = (uploaded.data / "history.sqlite3").read_bytes()
    assert b"ftyp" not in kept and b"data:image" not in kept
    report = uploaded.page.get_attribute("#upload-link", "href")
    page = uploaded.page.evaluate("(path) => fetch(path).then((answer) => answer.text())", report)
    assert 'class="player-data"' not in page and "<video" not in page
    [again] = {url for url in uploaded.asked if url.endswith("/page")}
    assert uploaded.page.request.get(again).status == 404  # given once


def test_the_progress_is_in_percent_with_the_time_left(uploaded: Shown) -> None:
    assert any(re.fullmatch(r"\d+ %(, about \d+ s left)?", said) for said in uploaded.said), uploaded.said
    assert any("left" in said for said in uploaded.said), uploaded.said


def test_it_looks_as_the_report_does_and_scrolls_once(uploaded: Shown) -> None:
    page = uploaded.page
    plot = page.locator("#upload-report .plot .strip span").first
    assert plot.evaluate("(one) => one.style.left").endswith("%")
    assert (
        page.locator("#upload-report .card.headline").evaluate("(one) => getComputedStyle(one).borderLeftWidth")
        == "8px"
    )
    demo = page.locator("#upload-report .demo").first
    assert "/static/demos/ball_bridge.webp" in demo.evaluate("(one) => getComputedStyle(one).backgroundImage")
    assert page.evaluate(
        "document.getElementById('upload-report').scrollHeight <= document.documentElement.scrollHeight"
    )
    before = page.url
    page.locator("#upload-report .headline h2 a").click()
    assert page.url == before  # the address says which part of the page is shown


def test_the_print_of_the_page_is_the_reports_sheet(uploaded: Shown) -> None:
    page = uploaded.page
    page.emulate_media(media="print")
    try:
        assert page.locator("#upload-report .sheet").is_visible()
        assert not page.locator("#upload-report main").is_visible()
        assert not page.locator("nav").first.is_visible()
    finally:
        page.emulate_media(media="screen")


@pytest.fixture(scope="module")
def film(playwright: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, float]]:
    with filming(playwright, SAMPLES / "leg_lift_dropped.mp4", tmp_path_factory.mktemp("camera")) as one:
        yield one


@pytest.mark.parametrize("kept", [True, False], ids=["filmed", "not filmed"])
def test_a_live_set_is_played_from_its_film_if_one_was_asked_for(
    film: tuple[Any, float], landmarks: Callable[[str], Path], tmp_path: Path, kept: bool
) -> None:
    with serving(tmp_path, knowing(landmarks("leg_lift_dropped"))) as link, visiting(film[0], link, tmp_path) as shown:
        page, texts = shown.page, list[str | bytes]()

        def note(sent: str | bytes) -> None:  # playwright takes no built-in function
            texts.append(sent)

        page.on("websocket", lambda socket: socket.on("framesent", note))
        page.click("nav >> text=Live")
        if kept:
            page.dispatch_event("#setup-film", "click")
        page.click("#start")
        page.wait_for_function("() => document.getElementById('count').textContent === '2'", timeout=60_000)
        one_pass(page, 1.0)
        page.click("#stop")
        page.wait_for_selector("#end")
        page.locator("#end-report .headline").first.wait_for()
        [hello] = [json.loads(text) for text in texts if isinstance(text, str) and '"hello"' in text]
        assert hello["filmed"] is kept
        assert page.locator("#end-report video").count() == int(kept)
        assert page.is_visible("#end-film") == kept
        if kept:
            until(page, lambda: seen(page, "end-report")["ready"] >= 2)
            page.locator("#end-report a[data-moment]:visible").first.click()
            until(page, lambda: not seen(page, "end-report")["seeking"] and seen(page, "end-report")["key"] != "")
            assert seen(page, "end-report")["source"].startswith("blob:")
            assert seen(page, "end-report")["wide"] > 0
        assert shown.complaints == []
        left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
        assert [name for name in left if not name.startswith(OWN)] == []
