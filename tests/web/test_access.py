"""What a browser shows is for everybody: axe's rules, a phone's width, twice the size, the keyboard alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from door import SAMPLES, knowing

from benchmarks.live.browser import CHROMIUM, FLAGS, HEARD, serving

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

Page = Any  # playwright's own, which need not be installed

SIZES: Final = {"desktop": (1280, 800), "phone": (390, 844), "twice": (640, 400)}
"""A desktop's window, a phone, and a desktop's window with everything shown at twice the size."""

SEVERE: Final = ("serious", "critical")


@pytest.fixture(scope="module")
def link(landmarks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("history"), knowing(landmarks("leg_lift_dropped"))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture(scope="module")
def key(browser: Any, link: str) -> Any:
    """What a browser keeps that has opened the link, and has a recording in its history."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{link}#recorded")
    page.wait_for_selector("body[data-ready]")
    page.set_input_files("#file", SAMPLES / "leg_lift_dropped.mp4")
    page.wait_for_selector("#upload-done", timeout=120_000)
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def visiting(browser: Any, address: str, size: str = "desktop", **options: Any) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.add_init_script(HEARD)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def severe(page: Page) -> list[str]:
    """What axe finds that keeps somebody out: the rule, and the elements."""
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:200] for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in SEVERE
    ]


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def until(page: Page, true: str) -> None:
    """Lets the page go on until something is true of it; its policy forbids playwright's own way."""
    for _ in range(600):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still not so after 30 s: {true}")


def opened(page: Page, name: str) -> None:
    """A part of the page, as one comes to it."""
    page.wait_for_selector("body[data-ready]")
    if name == "stage":
        page.click("#start")
        until(page, "document.getElementById('message').textContent !== ''")
    if name == "history":
        page.wait_for_selector(".session")
    if name == "person":
        page.click("#profile-add")
    if name == "steps":
        page.click("summary")


PARTS: Final = {
    "session": "session",
    "steps": "session",
    "live": "live",
    "stage": "live",
    "recorded": "recorded",
    "history": "history",
    "person": "history",
}
"""Parts of the page, and the address they are at."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", PARTS)
def test_nothing_keeps_anybody_out(browser: Any, link: str, key: Any, part: str, scheme: str) -> None:
    address = link.partition("?")[0] + f"#{PARTS[part]}"
    with visiting(browser, address, storage_state=key, color_scheme=scheme) as page:
        opened(page, part)
        assert severe(page) == []


@pytest.mark.parametrize("size", ["phone", "twice"])
@pytest.mark.parametrize("part", PARTS)
def test_it_reads_well_on_a_phone_and_at_twice_the_size(
    browser: Any, link: str, key: Any, part: str, size: str
) -> None:
    with visiting(browser, link.partition("?")[0] + f"#{PARTS[part]}", size, storage_state=key) as page:
        opened(page, part)
        assert too_wide(page) <= 0
        assert severe(page) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["", "?token=used"])
def test_the_locked_door_tells_everybody_what_to_do(browser: Any, link: str, size: str, path: str) -> None:
    with visiting(browser, link.partition("?")[0] + path, size) as page:
        said = page.inner_text("main")
        assert "formcheck icon" in said and "formcheck start" in said
        assert too_wide(page) <= 0
        assert severe(page) == []


def test_axe_finds_what_is_wrong(browser: Any, link: str, key: Any) -> None:
    with visiting(browser, link.partition("?")[0] + "#live", storage_state=key) as page:
        opened(page, "live")
        page.evaluate(
            "document.getElementById('height').closest('label').replaceWith(document.getElementById('height'))"
        )
        page.evaluate("document.getElementById('height').placeholder = ''")
        page.evaluate("document.getElementById('caution').style.color = '#ccc'")
        found = severe(page)
    assert [line.split()[0] for line in found] == ["color-contrast", "label"]


FOCUSED: Final = "document.activeElement.id || document.activeElement.value || document.activeElement.textContent"


def test_a_set_begins_and_ends_by_the_keyboard_alone(browser: Any, link: str, key: Any) -> None:
    with visiting(browser, link.partition("?")[0] + "#live", storage_state=key) as page:
        opened(page, "live")
        page.evaluate("document.activeElement.blur()")
        passed = []
        while "start" not in passed:
            page.keyboard.press("Tab")
            passed.append(page.evaluate(FOCUSED))
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "" and len(passed) < 60
        assert {"height", "setup-voice", "profile", "To the content"} <= set(passed)
        page.keyboard.press("Enter")
        page.wait_for_selector("#stage")
        page.keyboard.press("Escape")
        page.wait_for_selector("#setup, #end")


def kept(page: Page) -> Any:
    return json.loads(page.evaluate("localStorage.formcheck"))


def test_from_the_open_page_one_key_begins_as_the_last_time(browser: Any, link: str, key: Any) -> None:
    """The icon, and a key: the page opens where one trained last, with what was chosen then."""
    bookmark = link.partition("?")[0]
    with visiting(browser, bookmark + "#live", storage_state=key) as page:
        opened(page, "live")
        page.check("input[value=leg_lift]", force=True)
        page.check("input[name=side][value=left]", force=True)
        page.fill("#height", "181")
        page.goto("about:blank")
        page.goto(bookmark)
        page.wait_for_selector("body[data-ready]")
        assert page.is_visible("#live") and page.is_checked("input[value=leg_lift]")
        assert (page.is_checked("input[name=side][value=left]"), page.input_value("#height")) == (True, "181")
        page.keyboard.press("Space")
        until(page, "spoken.length > 0")
        page.keyboard.press("Escape")
        page.wait_for_selector("#stage", state="hidden")


def test_a_session_begins_by_a_key_and_knows_how_its_steps_were_left(browser: Any, link: str, key: Any) -> None:
    bookmark = link.partition("?")[0]
    with visiting(browser, bookmark + "#session", storage_state=key) as page:
        opened(page, "steps")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        assert page.is_visible("#session")  # what it warns of has not been read
        first = page.locator("#steps .step").first
        title = first.locator("label.switch").inner_text()
        page.click("[aria-label^='Later: ']:nth-child(2) >> nth=0")
        page.locator("#steps input[type=number]").first.fill("3")
        page.locator("#steps input[type=checkbox]").last.uncheck()
        left = kept(page)["steps"]
        page.check("#accepted")
        page.goto("about:blank")
        page.goto(bookmark)
        opened(page, "steps")
        assert kept(page)["steps"] == left
        assert page.locator("#steps label.switch").nth(1).inner_text() == title
        assert page.locator("#steps input[type=number]").first.input_value() == "3"
        assert not page.locator("#steps input[type=checkbox]").last.is_checked()
        page.check("#accepted")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        page.wait_for_selector("#stage")
        until(page, "spoken.length > 0")


@pytest.mark.parametrize(
    "steps", ["5", "null", "[]", '{"psoas_daily": 5}', '{"psoas_daily": [{}, null, 5, {"step": 0}]}']
)
def test_odd_steps_are_as_none(browser: Any, link: str, key: Any, steps: str) -> None:
    with visiting(browser, link.partition("?")[0] + "#session", storage_state=key) as page:
        opened(page, "session")
        usual = page.locator("#steps label.switch").all_text_contents()
        page.evaluate(f"localStorage.formcheck = JSON.stringify({{ steps: {steps} }})")
        page.reload()
        opened(page, "session")
        assert page.locator("#steps label.switch").all_text_contents() == usual
