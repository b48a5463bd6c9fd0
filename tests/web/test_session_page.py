"""A session in a real browser: from one click to its summary, led by the server, with a person whose pose is known."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from door import knowing

from benchmarks.live.browser import CHROMIUM, FLAGS, HEARD, serving
from benchmarks.stick import Camera, Tempo, ball_bridge, film
from formcheck.findings import Quality
from formcheck.formats.npz import PosesWriter
from formcheck.words import lesson as words

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

LONGEST_S = 150
"""A session of half a minute, on a machine that may have other work."""

Page = Any  # playwright's own, which need not be installed


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landmarks of somebody who lies still on a ball for a while, then does four bridges, and lies still again."""
    poses = film(
        ball_bridge(Tempo(reps=4, lead=26, tail=60)), Camera(yaw=80, size=(640, 480), distance=5), fps=10, seed=1
    ).poses
    path = tmp_path_factory.mktemp("person") / "person.npz"
    with PosesWriter(path, poses.image_size, Quality.STANDARD) as writer:
        writer.append(poses)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture
def page(browser: Any, person: Path, tmp_path: Path) -> Iterator[Page]:
    with serving(tmp_path, knowing(person)) as link, visiting(browser, link) as one:
        yield one


@contextmanager
def visiting(browser: Any, link: str, script: str = "") -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(HEARD + script)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    yield page
    assert complaints == []
    context.close()


def read(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def bridges_alone(page: Page, reps: int = 2) -> None:
    """Leave out all steps but the bridges, and make them few."""
    page.click("text=Change the steps")
    for title in ("Kneeling lunge", "Leg lift"):
        page.uncheck(f"#steps li:has-text('{title}') input[type=checkbox]")
    page.fill("#steps li:has-text('Bridge') input[type=number] >> nth=0", str(reps))


def accepted(page: Page) -> None:
    page.check("#accepted")
    page.click("#session-start")
    page.wait_for_selector("#stage")


def until(page: Page, true: Callable[[], bool]) -> None:
    for _ in range(10 * LONGEST_S):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not so after {LONGEST_S} s; the page says: {page.inner_text('main')}")


def test_a_session_goes_from_one_click_to_its_summary(page: Page) -> None:
    assert page.is_visible("#session")  # it is the first page
    bridges_alone(page)
    page.click("#pain label:has-text('3')")
    accepted(page)
    until(page, lambda: bool(page.is_visible("#end")))
    said = page.evaluate("spoken")
    assert said[0] == words.PLACE
    assert "Bridge with a ball: 2 times." in said
    assert said[-1] == words.OVER
    assert any(text.startswith("One.") for text in said)
    assert page.inner_text("#end-title") == "The session is over"
    assert page.inner_text("#end-words").startswith("1 step of 1 done")
    page.click("#pain-after label:has-text('2') >> nth=0")
    until(page, lambda: page.inner_text("#pain-after-said") != "")
    (lesson,) = read(page, "/api/lessons")
    assert (lesson["complete"], lesson["pain_before"], lesson["pain_after"]) == (True, 3, 2)
    (session,) = read(page, "/api/sessions")
    assert lesson["session"] == session["id"]
    page.click("#again >> text=Another session")
    page.wait_for_selector("#session-setup")
    assert not page.is_visible("#live")


def test_space_pauses_and_goes_on_and_never_ends(page: Page) -> None:
    bridges_alone(page)
    accepted(page)
    until(page, lambda: "Put the camera" in json.dumps(page.evaluate("spoken")))
    page.keyboard.press("Space")
    until(page, lambda: "Paused" in page.inner_text("#message"))
    assert page.inner_text("#lesson-pause-words") == "Go on"
    page.keyboard.press("Space")
    until(page, lambda: "Paused" not in page.inner_text("#message"))
    page.keyboard.press("h")
    until(page, lambda: words.HURTS in page.evaluate("spoken"))
    until(page, lambda: bool(page.is_visible("#end") or page.is_visible("#live #setup")))


def test_nothing_begins_before_the_cautions_are_accepted_and_they_are_asked_for_once(page: Page) -> None:
    page.click("#session-start")
    assert page.is_visible("#session-setup")
    bridges_alone(page)
    accepted(page)
    page.keyboard.press("Escape")
    page.goto(page.url.partition("#")[0])
    page.wait_for_selector("body[data-ready]")
    assert page.is_checked("#accepted")
    assert not page.is_visible("#accept")


VOICES = """
const voices = [["A voice far away", "en-US", false],
  ["Greta", "de-DE", true], ["Alan", "en-GB", true], ["Zoe", "en-US", true]]
  .map(([name, lang, localService]) => ({ name, lang, localService, voiceURI: name, default: name === "Greta" }));
speechSynthesis.getVoices = () => [...voices];
window.SpeechSynthesisUtterance = class extends EventTarget {
  constructor(text) {
    super();
    this.text = text;
  }
};
window.heard = [];
speechSynthesis.speak = ({ voice, rate, lang }) => heard.push([voice?.name, rate, lang]);
"""


def test_the_voice_and_its_speed_are_chosen_tried_and_kept(browser: Any, person: Path, tmp_path: Path) -> None:
    with serving(tmp_path, knowing(person)) as link, visiting(browser, link, VOICES) as page:
        sent: list[Any] = []

        def note(said: Any) -> None:  # Playwright takes no built-in function
            sent.append(said)

        page.on("websocket", lambda socket: socket.on("framesent", note))
        page.click("#voice-open")
        # English first; none that would send the words away.
        assert page.locator("#voice-speaker option").all_inner_texts() == [
            "Alan (en-GB)",
            "Zoe (en-US)",
            "Greta (de-DE)",
        ]
        page.click("#voice-try")
        page.select_option("#voice-speaker", "Zoe")
        page.fill("#voice-rate", "0.7")
        assert page.inner_text("#voice-rate-said") == "70 %"
        page.click("#voice-try")
        assert page.evaluate("heard") == [["Alan", 1, "en-GB"], ["Zoe", 0.7, "en-US"]]
        page.click("#voice-box >> text=Done")
        page.reload()
        page.wait_for_selector("body[data-ready]")
        accepted(page)
        until(page, lambda: bool(page.evaluate("heard.length")))
        assert page.evaluate("heard")[0] == ["Zoe", 0.7, "en-US"]
        assert json.loads(sent[0])["rate"] == 0.7
        page.keyboard.press("Escape")
        page.wait_for_selector("#stage", state="hidden")


def test_a_session_without_a_step_is_not_begun(page: Page) -> None:
    page.click("text=Change the steps")
    for box in page.query_selector_all("#steps input[type=checkbox]"):
        box.uncheck()
    page.check("#accepted")
    page.click("#session-start")
    assert "keep one at least" in page.inner_text("#session-notice")
    assert page.is_visible("#session-setup")


def test_steps_change_places(page: Page) -> None:
    page.click("text=Change the steps")
    before = page.locator("#steps .switch").all_inner_texts()
    page.click("#steps li:nth-child(1) [aria-label^=Later]")
    assert page.locator("#steps .switch").all_inner_texts() == [before[1], before[0], *before[2:]]
