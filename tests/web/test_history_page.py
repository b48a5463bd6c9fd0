"""The history's page in a real browser: sixty made-up days, several people, and nothing at all."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from diary import diary

from benchmarks.live.browser import CHROMIUM, FLAGS, address, keyed, serving
from formcheck.web.history import History

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

NOW: Final = datetime.now().astimezone()
FUTURE: Final = NOW + timedelta(days=40)
ODD: Final = '<b>Zoë</b> & "co"'

Page = Any  # playwright's own, which need not be installed


@dataclass
class Visit:
    """A page, and what its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def read(self, path: str) -> Any:
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.page.locator(selector).all_inner_texts()
        return found

    def until(self, true: str) -> None:
        """Let the page go on until an expression of it is true. The page's policy forbids Playwright's own way."""
        for _ in range(400):
            if self.page.evaluate(true):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not so after 20 s: {true}")

    def chosen(self, selector: str, **choice: Any) -> None:
        """Choose of a list and wait for the history to be there again."""
        with self.page.expect_response("**/api/progress*"):
            self.page.select_option(selector, **choice)
        self.page.wait_for_timeout(100)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        one = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield one
        one.close()


@contextmanager
def visiting(browser: Any, link: str, size: tuple[int, int] = (1280, 900), **options: Any) -> Iterator[Visit]:
    context = keyed(browser, link, viewport={"width": size[0], "height": size[1]}, **options)
    visit = Visit(context.new_page())
    visit.page.on("console", lambda m: visit.complaints.append(m.text) if m.type in ("error", "warning") else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.goto(address(link))
    visit.page.wait_for_selector("body[data-ready]")
    with visit.page.expect_response("**/api/progress*"):
        visit.page.click("nav >> text=History")
    visit.until("document.querySelector('#history-body').hidden !== document.querySelector('#history-empty').hidden")
    yield visit
    context.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "history.sqlite3"
    with closing(History(file)) as history:
        diary(history, NOW, 60)
        diary(history, FUTURE, 1)
        diary(history, NOW, 5, history.add_profile(ODD)["id"])
    return file


@pytest.fixture(scope="module")
def link(filled: Path) -> Iterator[str]:
    """A server that is looked at only."""
    with serving(filled.parent) as found:
        yield found


@pytest.fixture
def visit(browser: Any, link: str) -> Iterator[Visit]:
    with visiting(browser, link) as one:
        yield one
        assert one.complaints == []


@pytest.fixture
def changing(browser: Any, tmp_path: Path) -> Iterator[Visit]:
    """A page whose history may be changed."""
    with closing(History(tmp_path / "history.sqlite3")) as history:
        diary(history, NOW, 6)
        diary(history, NOW, 5, history.add_profile(ODD)["id"])
    with serving(tmp_path) as found, visiting(browser, found) as one:
        yield one
        assert one.complaints == []


def by_day(visit: Visit) -> dict[str, int]:
    """How many entries each day has: the lessons, and the sets that belong to none."""
    lessons = visit.read("/api/lessons")
    coached = {lesson["session"] for lesson in lessons}
    alone = [one for one in visit.read("/api/sessions") if one["id"] not in coached]
    days = [one["at"][:10] for one in lessons + alone]
    return {day: days.count(day) for day in days}


def test_the_calendar_shows_each_day_and_a_click_what_was_done(visit: Visit) -> None:
    page, days = visit.page, by_day(visit)
    today = NOW.date().isoformat()
    assert page.get_attribute("#month button[aria-pressed=true]", "data-day") == max(
        day for day in days if day <= today
    )
    seen = {}
    assert page.is_enabled("#month-on")  # the day that has not come yet
    for _ in range(4):
        for button in page.locator("#month button").all():
            button.click()
            day = button.get_attribute("data-day")
            seen[day] = page.locator("#sessions > li").count()
            assert str(int(day[8:])) in page.inner_text("#day-name") and day[:4] in page.inner_text("#day-name")
        if page.is_disabled("#month-back"):
            break
        page.click("#month-back")
    assert seen == {day: count for day, count in days.items() if day <= today}


def test_a_day_that_has_not_come_is_shown_and_counts_for_nothing(visit: Visit) -> None:
    page, day = visit.page, FUTURE.date().isoformat()
    while page.is_enabled("#month-on"):
        page.click("#month-on")
    page.click(f"[data-day='{day}']")
    assert "has not come yet" in page.inner_text("#day-notice")
    assert page.locator("#sessions > li").count() >= 1
    assert page.locator("#month .week.full").count() == 0
    page.click("#month-back")
    while page.locator("#month button").count() == 0:  # near a month's end there is a month without a set between
        page.click("#month-back")
    page.locator("#month button").first.click()
    assert not page.is_visible("#day-notice")
    this_week = sum(
        NOW.date() - timedelta(days=NOW.weekday()) <= datetime.fromisoformat(d).date() <= NOW.date()
        for d in by_day(visit)
    )
    assert page.inner_text("#advice strong") == f"{this_week} of 3 days"


def test_the_keys_go_from_day_to_day_and_month_to_month(visit: Visit) -> None:
    page = visit.page
    stops = page.locator("#month button[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    day, seen = "", []
    for _ in range(35):
        day = page.evaluate("document.activeElement.dataset.day")
        seen.append(day)
        page.keyboard.press("ArrowLeft")
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == len(seen)
    assert seen[-1][:7] < seen[0][:7]
    day = page.evaluate("document.activeElement.dataset.day")
    page.keyboard.press("Enter")
    assert page.get_attribute(f"[data-day='{day}']", "aria-pressed") == "true"
    assert page.evaluate("document.activeElement.dataset.day") == day
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_the_plan_is_kept_and_decides_what_a_full_week_is(visit: Visit) -> None:
    page = visit.page
    assert visit.read("/api/progress")["plan"] == {"desk": False, "days": None}
    visit.chosen("#plan", value="1")
    assert page.inner_text("#advice strong").endswith("of 1 day")
    assert re.match(r"\d+ weeks in a row with 1 day or more\.", page.inner_text(".row-of-days"))
    full = page.locator("#month .week.full").count()
    assert full >= 1
    visit.chosen("#plan", value="7")
    assert page.locator("#month .week.full").count() < full or full == 1
    assert page.inner_text(".row-of-days") == "4 days in a row." or int(page.inner_text(".row-of-days").split()[0]) > 4
    page.reload()
    page.wait_for_selector("#advice strong")
    assert page.input_value("#plan") == "7"
    visit.chosen("#profile", label=ODD)  # whose plan is another one
    assert page.input_value("#plan") == ""
    visit.chosen("#profile", label="You")
    assert page.input_value("#plan") == "7"
    visit.chosen("#plan", value="")
    page.click("text=I work at a desk")
    visit.until("document.querySelector('#advice strong').textContent.endsWith('of 7 days')")
    assert "once a day" in page.inner_text("#advice q")
    page.click("text=I work at a desk")
    visit.until("document.querySelector('#advice strong').textContent.endsWith('of 3 days')")


def test_each_exercise_is_drawn_with_its_goal_left_beside_right(visit: Visit) -> None:
    page = visit.page
    progress = visit.read("/api/progress")
    assert page.locator("#plots [data-exercise]").count() == 3
    for name, key, word, goal in (
        ("kneeling_lunge", "hold_s", "Hold", "path.aim"),
        ("kneeling_lunge", "arch_deg", "Arch", "path.aim"),
        ("leg_lift", "lift_cm", "Height", "rect.aim"),
        ("leg_lift", "hold_s", "Hold", "rect.aim"),
    ):
        card = page.locator(f"[data-exercise={name}]")
        card.locator(f".segments >> text={word}").click()
        assert card.locator(goal).count() == 1
        for style, side in enumerate(("left", "right")):
            values = [
                week["by_exercise"].get(name, {}).get("values", {}).get(key, {}).get(side) for week in progress["weeks"]
            ]
            assert card.locator(f"svg g.s{style} .mark").count() == sum(value is not None for value in values) > 3
            told = card.locator("table tr").nth(-1).locator("td").nth(style).text_content()
            assert re.sub(r"[^\d.–]", "", told) == ("–" if values[-1] is None else f"{values[-1]:g}")
    bars = page.locator("[data-exercise=leg_lift] .bar-row").all_inner_texts()
    total = {
        side: sum(week["by_exercise"].get("leg_lift", {}).get(side, 0) for week in progress["weeks"])
        for side in ("left", "right")
    }
    assert [text.split() for text in bars] == [[side, str(count)] for side, count in total.items()]
    pain = page.locator("#plots section").last
    assert "Pain" in pain.inner_text()
    weeks = [week["pain"] for week in progress["weeks"]]
    for style, when in ((2, "before"), (3, "after")):
        assert pain.locator(f"svg g.s{style} .mark").count() == sum(week[when] is not None for week in weeks) > 3
    page.select_option("#units", "inches")
    with page.expect_response("**/api/progress*"):
        page.click("nav >> text=Recorded")
        page.click("nav >> text=History")
    page.wait_for_timeout(100)
    last = progress["weeks"][-1]["by_exercise"].get("leg_lift") or progress["weeks"][-2]["by_exercise"]["leg_lift"]
    page.click("[data-exercise=leg_lift] .segments >> text=Height")
    shown = page.locator("[data-exercise=leg_lift] table td").all_text_contents()
    assert f"{round(last['values']['lift_cm']['left'] / 2.54 * 10) / 10:g} in" in shown


def test_two_sets_stand_side_by_side(visit: Visit) -> None:
    page = visit.page
    page.select_option("#compare-exercise", "kneeling_lunge")
    sets = [(s, b) for s in visit.read("/api/sessions") for b in s["bouts"] if b["exercise"] == "kneeling_lunge"]
    assert page.locator("#compare-first option").count() == len(sets)
    page.select_option("#compare-first", index=len(sets) - 1)
    page.select_option("#compare-second", index=1)
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in page.locator("#compared tbody tr").all()
    }
    (_, old), (_, new) = sets[-1], sets[1]
    assert rows["Reps"] == ["3 left, 3 right", "3 left, 3 right"]
    assert rows["Score"] == [str(int(bout["score"] + 0.5)) for bout in (old, new)]
    assert rows["Longest hold"] == [f"{bout['best_hold_s']:.1f} s" for bout in (old, new)]
    words = {
        "met": "good",
        "fault": "to mend",
        "borderline": "too close to call",
        "not_assessed": "not seen",
        "short": "goal not reached",
    }
    cues = {
        cue["id"]: cue["quote"]
        for e in visit.read("/api/exercises")
        if e["name"] == "kneeling_lunge"
        for cue in e["cues"]
    }
    for cue, quote in cues.items():
        if cue == "three_per_side":
            continue  # the made-up sets have no verdict on it
        told = [{f"{n} {words[verdict]}" for verdict, n in bout["cues"][cue].items()} for bout in (old, new)]
        assert [set(text.splitlines()) for text in rows[f"“{quote}”"]] == told
    page.select_option("#compare-exercise", "leg_lift")
    assert page.locator("#compared tbody tr").count() > 4
    page.locator("#sessions button:has-text('Compare')").first.click()
    assert page.evaluate("document.activeElement.id") == "compare-second"


def test_the_pain_after_a_session_can_be_said_later(changing: Visit) -> None:
    visit = changing
    page = visit.page
    told = next(one for one in visit.read("/api/lessons") if one["at"][:10] <= NOW.date().isoformat())
    while not page.locator(f"[data-day='{told['at'][:10]}']").count():
        page.click("#month-back")
    page.click(f"[data-day='{told['at'][:10]}']")
    assert told["title"] in page.inner_text("#sessions") and "A session of" in page.inner_text("#sessions")
    with page.expect_response("**/pain"):
        page.select_option(".lesson .pain select", value="9")
    visit.until("document.querySelector('.lesson .pain select').value === '9'")
    assert next(one for one in visit.read("/api/lessons") if one["id"] == told["id"])["pain_after"] == 9


def test_what_hurt_is_told_with_whom_to_ask(visit: Visit) -> None:
    page = visit.page
    hurt = [one for one in visit.read("/api/lessons") if one["hurt"]][-1]
    while not page.locator(f"[data-day='{hurt['at'][:10]}']").count():
        page.click("#month-back")
    page.click(f"[data-day='{hurt['at'][:10]}']")
    said = page.inner_text("#sessions .lesson")
    assert (
        "You said that it hurt, at 2:00 (Kneeling lunge, right)." in said
        and "ask a doctor or a physiotherapist" in said
    )
    assert "stopped, because it hurt" in said and "left out" in said


def test_all_can_be_taken_along(visit: Visit) -> None:
    page = visit.page
    with page.expect_download() as table:
        page.click("text=Export as CSV")
    with page.expect_download() as whole:
        page.click("text=Export as JSON")
    sessions = visit.read("/api/sessions")
    reps = sum(bout["reps"] for session in sessions for bout in session["bouts"])
    assert len(table.value.path().read_text("utf-8").splitlines()) == reps + 1
    found = json.loads(whole.value.path().read_text("utf-8"))
    assert [one["id"] for one in found["sessions"]] == [one["id"] for one in sessions]
    assert found["lessons"] == visit.read("/api/lessons")


def test_one_goes_and_then_all_of_one_person(changing: Visit) -> None:
    visit = changing
    page = visit.page
    before, others = by_day(visit), visit.read("/api/sessions?profile=2")
    day = page.get_attribute("#month button[aria-pressed=true]", "data-day")
    page.locator("#sessions .danger").first.click()
    page.keyboard.press("Escape")
    assert by_day(visit) == before
    page.locator("#sessions .danger").first.click()
    with page.expect_response("**/api/progress*"):
        page.click("dialog[open] .danger")
    assert by_day(visit).get(day, 0) == before[day] - 1
    page.click("#delete-all")
    with page.expect_response("**/api/progress*"):
        page.click("dialog[open] .danger")
    page.wait_for_selector("#history-empty")
    assert "Nothing here yet" in page.inner_text("#history-empty")
    assert not page.is_visible("#history-body")
    assert visit.read("/api/lessons") == []
    assert visit.read("/api/sessions?profile=2") == others


def test_people_are_added_chosen_and_removed(changing: Visit) -> None:
    visit = changing
    page = visit.page
    assert visit.texts("#profile option") == ["You", ODD]
    visit.chosen("#profile", label=ODD)
    days = page.locator("#month button").count()
    while days < 4 and page.is_enabled("#month-back"):  # early in a month most of them are in the one before
        page.click("#month-back")
        days += page.locator("#month button").count()
    assert days >= 4
    assert page.inner_text("#profile-remove") == f"Remove “{ODD}”"
    page.click("#profile-add")
    page.fill("#person-name", "you")
    page.keyboard.press("Enter")
    page.wait_for_selector("#person-notice")
    assert page.inner_text("#person-notice") == "There is somebody called you already; choose another name."
    page.fill("#person-name", "Anna")
    with page.expect_response("**/api/progress*"):
        page.keyboard.press("Enter")
    page.wait_for_selector("#history-empty")
    assert page.evaluate("document.getElementById('profile').selectedOptions[0].textContent") == "Anna"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.wait_for_selector("#history-empty")
    assert page.evaluate("document.getElementById('profile').selectedOptions[0].textContent") == "Anna"
    page.click("#profile-remove")
    with page.expect_response("**/api/progress*"):
        page.click("dialog[open] .danger")
    page.wait_for_selector("#history-body")
    assert visit.texts("#profile option") == ["You", ODD]
    assert visit.complaints == ["Failed to load resource: the server responded with a status of 400 (Bad Request)"]
    visit.complaints.clear()


def test_sets_and_recordings_are_those_of_whom_is_chosen(visit: Visit) -> None:
    page = visit.page
    sent: list[Any] = []

    def note(said: Any) -> None:  # Playwright takes no built-in function
        sent.append(said)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    visit.chosen("#profile", label=ODD)
    page.click("nav >> text=Live")
    page.click("#start")
    page.wait_for_selector("#stage")
    for _ in range(100):
        page.wait_for_timeout(100)
        if sent:
            break
    assert json.loads(sent[0])["profile"] == 2
    page.keyboard.press("Escape")
    page.wait_for_selector("#stage", state="hidden")
    page.click("nav >> text=Recorded")
    page.route("**/api/recordings?*", lambda route: route.fulfill(status=201, json={"id": "x"}))
    page.route("**/api/recordings/x", lambda route: route.fulfill(json={"state": "done", "session": None}))
    with page.expect_request("**/api/recordings?*") as asked:
        page.set_input_files("#file", {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"x"})
    assert "profile=2" in asked.value.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_down_only(browser: Any, link: str, scheme: str) -> None:
    with visiting(browser, link, (390, 844), color_scheme=scheme, has_touch=True) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        sizes = [button.bounding_box() for button in visit.page.locator("#month button").all()]
        assert all(box["width"] >= 36 and box["height"] >= 44 for box in sizes)
        visit.page.click("#profile-add")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_who_begins_is_told_what_to_do(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as link, visiting(browser, link) as visit:
        assert "Follow a session" in visit.page.inner_text("#history-empty")
        assert not visit.page.is_visible("#profile-remove")
        visit.page.click("#history-empty >> text=check a recording")
        visit.page.wait_for_selector("#recorded")
        assert visit.complaints == []


def test_one_set_alone_has_nothing_beside_it(browser: Any, tmp_path: Path) -> None:
    with closing(History(tmp_path / "history.sqlite3")) as history:
        diary(history, NOW, 1)
    with serving(tmp_path) as link, visiting(browser, link) as visit:
        assert "Do an exercise twice" in visit.page.inner_text("#compare")
        visit.page.locator("#sessions button:has-text('Compare')").first.click()
        assert visit.page.inner_text("#day-notice") == "There is no other set of this exercise yet."
        assert visit.page.inner_text(".row-of-days") == "Reach 3 days this week, and a row of weeks begins."
        assert visit.complaints == []
