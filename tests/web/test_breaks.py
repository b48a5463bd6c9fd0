"""Breaks from sitting, in a real browser whose clock is set by the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import pytest

from benchmarks.live.browser import CHROMIUM, FLAGS, address, keyed, serving

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

TITLE: Final = "Take a break from sitting"
QUOTE: Final = "“Sitting for prolonged periods of time can tighten the psoas.”"

ALLOWING: Final = """
window.asked = 0;
window.notified = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() {
    window.asked += 1;
    return (Notification.permission = "granted");
  }
  constructor(title, { body, tag }) {
    super();
    window.notified.push([title, body, tag]);
  }
};
"""

Page = Any  # playwright's own, which need not be installed


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield one
        one.close()


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("breaks")) as found:
        yield found


@contextmanager
def at(browser: Any, link: str, hour: int, script: str = "") -> Iterator[Page]:
    """A page that is opened at an hour of the day; its time stands still."""
    context = keyed(browser, link, timezone_id="UTC", viewport={"width": 1280, "height": 800})
    context.add_init_script(script)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install(time=datetime(2026, 3, 2, hour))
    page.clock.pause_at(datetime(2026, 3, 2, hour, 0, 1))
    page.goto(address(link))
    page.wait_for_selector("body[data-ready]")
    yield page
    assert complaints == []
    context.close()


def every(page: Page, minutes: str) -> None:
    page.click("#breaks-open")
    page.select_option("#breaks-every", minutes)
    page.click("#breaks-box >> text=Save")


def reminded(page: Page) -> bool:
    return bool(page.is_visible("#break"))


def test_nobody_is_reminded_who_did_not_ask_for_it(browser: Any, link: str) -> None:
    with at(browser, link, 9) as page:
        page.clock.run_for("02:00:00")
        assert not reminded(page)


def test_the_page_itself_reminds_where_notifications_are_refused(browser: Any, link: str) -> None:
    with at(browser, link, 9, "window.Notification = class { static permission = 'denied'; };") as page:
        usual = page.title()
        page.click("#breaks-open")
        assert "This page must stay open" in page.inner_text("#breaks-box")
        assert page.inner_text("#breaks-said").startswith("This browser lets the page notify nobody")
        page.keyboard.press("Escape")
        every(page, "30")
        page.clock.run_for("29:30")
        assert not reminded(page)
        page.clock.run_for("01:00")
        assert reminded(page)
        assert page.inner_text("#break-words").startswith(f"{TITLE}: stand up and walk a little. {QUOTE}")
        assert "tight if your sitting forward in a chair" in page.inner_text("#break-words")
        assert page.title() == TITLE
        page.click("#break-done")
        assert not reminded(page)
        assert page.title() == usual
        page.clock.run_for("29:30")
        assert not reminded(page)
        page.clock.run_for("01:00")
        assert reminded(page)


def test_what_was_chosen_is_kept_and_can_be_switched_off(browser: Any, link: str) -> None:
    with at(browser, link, 9) as page:
        every(page, "60")
        page.reload()
        page.wait_for_selector("body[data-ready]")
        page.clock.run_for("59:00")
        assert not reminded(page)
        page.clock.run_for("01:30")
        assert reminded(page)
        every(page, "0")
        assert not reminded(page)
        page.clock.run_for("02:00:00")
        assert not reminded(page)


def test_the_hours_after_work_are_ones_own(browser: Any, link: str) -> None:
    with at(browser, link, 16) as page:
        every(page, "45")
        page.clock.run_for("46:00")
        assert reminded(page)
        page.click("#break-done")
        page.clock.run_for("02:00:00")
        assert not reminded(page)


@pytest.mark.parametrize(
    ("now", "hours", "true"),
    [
        (540, ("09:00", "17:00"), True),
        (1020, ("09:00", "17:00"), False),
        (0, ("22:00", "06:00"), True),
        (1320, ("22:00", "06:00"), True),
        (720, ("22:00", "06:00"), False),
    ],
)
def test_hours_may_go_over_midnight(browser: Any, link: str, now: int, hours: tuple[str, str], true: bool) -> None:
    with at(browser, link, 9) as page:
        ask = "async ([now, from, to]) => (await import('/static/breaks.js')).within(now, from, to)"
        assert page.evaluate(ask, [now, *hours]) is true


def test_a_notification_is_asked_for_on_a_click_only_and_shown(browser: Any, link: str) -> None:
    with at(browser, link, 9, ALLOWING) as page:
        page.click("#breaks-open")
        assert "will ask whether" in page.inner_text("#breaks-said")
        assert page.evaluate("asked") == 0
        page.keyboard.press("Escape")
        every(page, "30")
        assert page.evaluate("asked") == 1
        page.clock.run_for("30:30")
        [[title, body, tag]] = page.evaluate("notified")
        assert (title, tag) == (TITLE, "break")
        assert QUOTE in body
        assert reminded(page)
        page.clock.run_for("30:30")
        assert page.evaluate("[asked, notified.length]") == [1, 2]


def test_a_phone_without_such_notifications_has_the_words_on_the_page(browser: Any, link: str) -> None:
    refusing = ALLOWING.replace('"default"', '"granted"').replace("super();", 'throw new TypeError("no constructor");')
    with at(browser, link, 9, refusing) as page:
        every(page, "30")
        page.clock.run_for("30:30")
        assert reminded(page)
