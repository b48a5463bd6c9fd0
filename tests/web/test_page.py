"""The page in a real browser: Debian's Chromium, whose camera plays a rendered clip."""

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import pytest
from clinic import saved
from door import SAMPLES, knowing, truth

from benchmarks.live.browser import CHROMIUM, HEARD, PLAYED, STILL_S, address, filming, keyed, one_pass, serving
from formcheck.body.landmarks import BONES
from formcheck.core.exercise import choose
from formcheck.formats.npz import load
from formcheck.report.page import part

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

STATIC: Final = files("formcheck") / "web" / "static"
LONGEST_GAP_S: Final = 0.4
"""How far apart two pictures of a pass may be for it to be seen whole: half of the shortest rep."""

TOLD: Final = {text for exercise in choose() for cue in exercise.cues for check in cue.checks for text in check.say}
"""What is said aloud of faults; a count may come before it."""

CLIP: Final = SAMPLES / "leg_lift_dropped.mp4"
Page = Any  # playwright's own, which need not be installed
Moment = dict[str, Any]


@dataclass
class Visit:
    """A page, what its console complained about, and what went over its socket."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    welcomes: list[Moment] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framesent", self._note_sent)
        socket.on("framereceived", self._note_received)

    def _note_sent(self, payload: bytes | str) -> None:
        if isinstance(payload, bytes):
            self.sent.append(payload)
            self.order.append("picture")

    def _note_received(self, payload: bytes | str) -> None:
        message = json.loads(payload)
        if message["type"] == "moment":
            self.moments.append(message)
            self.order.append("moment")
        elif message["type"] == "welcome":
            self.welcomes.append(message)

    def read(self, path: str) -> Any:
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)

    def newest(self, kind: str) -> Any:
        """The newest session of a kind in the history."""
        return next(session for session in self.read("/api/sessions") if session["kind"] == kind)

    def until(self, true: Callable[[], bool]) -> None:
        """Lets the page go on until something is true; the test's own time limit ends it else."""
        for _ in range(800):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"still not so after 40 s; the page says: {self.page.inner_text('main')}")

    def worked_through(self, selector: str) -> None:
        """Lets the server work until something is on the page; it may take its time, but not stand still."""
        still, done = 0, -1.0
        while not self.page.is_visible(selector):
            before, done = done, self.page.evaluate("document.getElementById('upload-progress').value")
            still = still + 1 if done == before else 0
            assert still < 120, "the recording stood still for a minute"
            self.page.wait_for_timeout(500)

    def film(self, passed: Callable[[], None], begin_s: float) -> None:
        """A set of one pass of the camera's clip, up to its end words; it has begun by `begin_s` of what is shown.

        Which pictures a browser has time for is not this test's: a pass that a busy machine made it miss parts of is
        taken again, in a set of its own.
        """
        for _ in range(5):
            for noted in (self.moments, self.sent, self.order):
                noted.clear()
            self.page.evaluate("() => { spoken.length = 0; }")
            self.page.click("#start")
            self.until(lambda: bool(self.moments))
            began_s = self.page.evaluate(PLAYED)
            passed()
            self.shown = {name: self.page.inner_text(f"#{name}") for name in ("count", "doing")}
            self.page.click("#stop")
            self.page.wait_for_selector("#end")
            if began_s < begin_s and self.gap_s < LONGEST_GAP_S:
                return
            self.page.click("#again")
        pytest.skip("the machine is too busy: of five passes none was seen whole")

    @property
    def gap_s(self) -> float:
        """The longest time between two pictures of the set."""
        return max(after["t"] - before["t"] for before, after in pairwise(self.moments))


@pytest.fixture(scope="module")
def link(landmarks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows what it will see: what the page does hangs on what is found, not on how."""
    with serving(tmp_path_factory.mktemp("history"), knowing(landmarks(CLIP.stem))) as found:
        yield found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def film(playwright: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, float]]:
    with filming(playwright, CLIP, tmp_path_factory.mktemp("camera")) as one:
        yield one


@pytest.fixture(scope="module")
def browser(film: tuple[Any, float]) -> Any:
    return film[0]


@contextmanager
def visiting(browser: Any, link: str, size: tuple[int, int] = (1280, 800), **options: Any) -> Iterator[Visit]:
    context = keyed(browser, link, viewport={"width": size[0], "height": size[1]}, **options)
    context.add_init_script(HEARD)
    visit = Visit(context.new_page())
    visit.watch()
    visit.page.goto(f"{address(link)}#live")
    visit.page.wait_for_selector("body[data-ready]")
    yield visit
    context.close()


@pytest.fixture
def visit(browser: Any, link: str) -> Iterator[Visit]:
    with visiting(browser, link) as one:
        yield one


@dataclass
class Both:
    """The same clip before the camera and as a file: what the page went through, and what the history holds.

    This one pass goes through the networks.
    """

    link: str
    visit: Visit
    spoken: list[str]
    shown: dict[str, str]
    live: dict[str, Any]
    recorded: dict[str, Any]


@pytest.fixture(scope="module")
def both(film: tuple[Any, float], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with serving(tmp_path_factory.mktemp("real")) as link, visiting(film[0], link) as visit:
        page = visit.page
        visit.film(lambda: one_pass(page, film[1]), STILL_S)
        shown = visit.shown | {"end": page.inner_text("#end-words")}
        page.locator("#end-report .report").wait_for()
        shown["report"] = page.locator("#end-report .report").inner_text()
        spoken = page.evaluate("spoken")
        page.click("nav >> text=Recorded")
        page.set_input_files("#file", CLIP)
        visit.worked_through("#upload-report")
        shown["recorded"] = page.locator("#upload-report .report").inner_text()
        yield Both(link, visit, spoken, shown, visit.newest("live"), visit.newest("recorded"))


def test_the_page_loads_without_a_complaint(visit: Visit) -> None:
    for page in ("Live", "Recorded", "History"):
        visit.page.click(f"nav >> text={page}")
        visit.page.wait_for_selector(f"#{page.lower()}")
    assert visit.complaints == []


SHOWN: Final = """() => Promise.all(
  [...document.querySelectorAll("#guide-picture img, #guide-faults img")].map((image) =>
    image.decode().then(() => [image.currentSrc.split("/").pop(), image.naturalWidth, image.alt]),
  ),
)"""
"""The demonstrations on the setup page, once they are there: file, width, and what is said of them."""


def test_the_setup_shows_how_it_is_done_and_how_not(visit: Visit) -> None:
    page = visit.page
    page.check("input[value=glute_bridge]", force=True)
    right, wrong = page.evaluate(SHOWN)
    assert right == ["glute_bridge.webp", 400, "Glute bridge: like this"]
    assert wrong == ["glute_bridge-hips_up.webp", 400, "Glute bridge: not like this (hips up)"]
    assert page.inner_text("#guide-faults") == "✗ Not like this. Don’t let your hips drop."
    page.check("#setup-still", force=True)
    assert [name for name, *_ in page.evaluate(SHOWN)] == ["glute_bridge.still.webp", "glute_bridge-hips_up.still.webp"]
    page.uncheck("#setup-still", force=True)
    page.check("input[value=auto]", force=True)
    assert page.evaluate(SHOWN) == []
    assert page.is_visible("#guide-picture .silhouette")
    assert not page.is_visible("#guide-still")
    assert visit.complaints == []


def test_who_wants_no_motion_gets_stills(browser: Any, link: str) -> None:
    with visiting(browser, link, reduced_motion="reduce") as visit:
        visit.page.check("input[value=leg_lift]", force=True)
        assert [name for name, *_ in visit.page.evaluate(SHOWN)] == [
            *("leg_lift.still.webp", "leg_lift-lift_several_inches.still.webp"),
            "leg_lift-low_back_pressed.still.webp",
        ]
        assert not visit.page.is_visible("#guide-still")


def test_the_picture_shows_the_side_that_was_chosen(visit: Visit) -> None:
    flipped = """() => [...document.querySelectorAll("#guide-picture, #guide-picture img")]
      .filter((shown) => getComputedStyle(shown).transform.startsWith("matrix(-1")).length % 2"""
    page = visit.page
    page.check("input[value=leg_lift]", force=True)
    found = {}
    for mirror in (True, False):  # it is on at first
        for side in ("left", "right"):
            page.check(f"input[name=side][value={side}]", force=True)
            fault = page.evaluate("getComputedStyle(document.querySelector('#guide-faults img')).transform")
            found[mirror, side] = page.evaluate(flipped)
            assert fault.startswith("matrix(-1") == found[mirror, side]
        page.dispatch_event("#setup-mirror", "click")
    assert found == {(True, "left"): 0, (True, "right"): 1, (False, "left"): 1, (False, "right"): 0}


def test_the_camera_counts_what_the_file_counts(both: Both) -> None:
    counted = [[(b["exercise"], b["left"], b["right"]) for b in s["bouts"]] for s in (both.live, both.recorded)]
    assert counted[0] == counted[1] == [("leg_lift", 1, 1)]
    assert both.shown["count"] == "2"
    assert both.shown["doing"].startswith("Leg lift")
    assert both.shown["end"] == "Leg lift: 2 reps."
    assert "Leg lift" in both.shown["report"] and "Leg lift" in both.shown["recorded"]
    assert both.visit.complaints == []


def test_the_camera_holds_what_the_file_holds(both: Both) -> None:
    # A picture left out may move a time by the gap it leaves.
    [live], [recorded] = both.live["bouts"], both.recorded["bouts"]
    assert live["mean_hold_s"] == pytest.approx(recorded["mean_hold_s"], abs=max(0.2, both.visit.gap_s))


@pytest.mark.parametrize("name", ["ball_bridge", "glute_bridge_one_leg", "kneeling_lunge"])
def test_every_exercise_is_counted(browser: Any, landmarks: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    """The last rep of a sample, which has a fault; the server knows its landmarks, whatever the camera shows."""
    [bout] = truth(name)["bouts"]
    poses = load(landmarks(name))
    begin_s = max((rep["end_s"] for rep in bout["reps"][:-1]), default=0.0)
    last = poses[np.flatnonzero(poses.time >= begin_s)]
    last = replace(last, time=last.time - last.time[0])
    known = saved(tmp_path / "known.npz", last)
    with serving(tmp_path, knowing(known)) as link, visiting(browser, link) as visit:
        visit.film(lambda: visit.until(lambda: visit.moments[-1]["t"] > last.time[-1]), math.inf)
        newest = visit.newest("live")
        spoken = visit.page.evaluate("spoken")
    assert [(bout["exercise"], bout["reps"]) for bout in newest["bouts"]] == [(bout["exercise"], 1)]
    assert any(moment["tone"] == "fault" for moment in visit.moments)
    assert any(heard.endswith(told) for heard in spoken for told in TOLD)


def test_faults_are_shown_and_spoken(both: Both) -> None:
    faults = [moment for moment in both.visit.moments if moment["tone"] == "fault" and moment["message"]]
    assert faults[0]["moving"] and faults[0]["count"] == 0  # while the first rep is under way
    assert any(heard.endswith(told) for heard in both.spoken for told in TOLD)
    assert all(text != before for before, text in pairwise(both.spoken))


def test_one_picture_is_in_flight_and_none_is_large_or_mirrored(both: Both) -> None:
    order = both.visit.order
    assert all(pair != ("picture", "picture") for pair in pairwise(order))
    numbers = [int.from_bytes(sent[:4], "little") for sent in both.visit.sent]
    assert numbers == list(range(1, len(numbers) + 1))
    first = visible(both.visit.sent[0][4:])
    with av.open(CLIP) as video:
        true = next(video.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert first.shape == true.shape
    assert abs(first - true).mean() < 4 < abs(first[:, ::-1] - true).mean()


def visible(jpeg: bytes) -> Any:
    decoder = av.CodecContext.create("mjpeg", "r")
    [frame] = decoder.decode(av.Packet(jpeg))
    return frame.to_ndarray(format="rgb24").astype(int)


def test_history_lists_and_draws(both: Both) -> None:
    page = both.visit.page
    page.click("nav >> text=History")
    page.wait_for_selector(".session")
    assert page.locator(".session").count() >= 2
    assert page.locator("#plots svg .series .mark").count() >= 2
    bouts = [bout for session in both.visit.read("/api/sessions") for bout in session["bouts"]]
    quotes = {cue["id"]: cue["quote"] for exercise in both.visit.read("/api/exercises") for cue in exercise["cues"]}
    for cue in both.live["bouts"][0]["faults"]:
        assert quotes[cue] in page.inner_text("#sessions") and cue not in page.inner_text("#sessions")
    bars = page.locator("[data-exercise=leg_lift] .bar-row").all_inner_texts()
    done = {side: sum(bout[side] for bout in bouts if bout["exercise"] == "leg_lift") for side in ("left", "right")}
    assert done["left"] >= 2
    assert [text.split() for text in bars] == [[side, str(count)] for side, count in done.items()]
    with page.expect_download() as download:
        page.click("text=Export as CSV")
    assert len(download.value.path().read_text().splitlines()) >= 5
    before = page.locator(".session").count()
    page.locator(".session .danger").first.click()
    page.keyboard.press("Escape")
    assert page.locator(".session").count() == before
    page.locator(".session .danger").first.click()
    page.click("dialog .danger")
    both.visit.until(lambda: page.locator(".session").count() == before - 1)


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit.page
    assert page.evaluate("document.activeElement.id") == "start"
    page.keyboard.press("Shift+Tab")
    seen = []
    while page.evaluate("document.activeElement.name") != "exercise":
        seen.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        page.keyboard.press("Shift+Tab")
    assert seen and "none" not in seen
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.value")
    assert chosen != "auto"
    page.keyboard.press("Enter")
    visit.until(lambda: bool(visit.moments))
    page.keyboard.press("Escape")
    page.wait_for_selector("#again")
    page.keyboard.press("Space")
    page.wait_for_selector("#setup")
    assert page.evaluate("document.querySelector('[name=exercise]:checked').value") == chosen


@pytest.mark.parametrize("part", ["live", "recorded", "history"])
def test_a_phone_scrolls_down_only(browser: Any, both: Both, part: str) -> None:
    with visiting(browser, both.link, (390, 844)) as visit:
        visit.page.goto(f"{address(both.link)}#{part}")
        visit.page.wait_for_selector(f"#{part}")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_set_on_a_phone_fits_the_screen(browser: Any, link: str) -> None:
    with visiting(browser, link, (390, 844), has_touch=True) as visit:
        visit.page.click("#start")
        visit.until(lambda: bool(visit.moments))
        for name in ("video", "count", "message", "stop"):
            box = visit.page.locator(f"#{name}").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390
            assert box["y"] >= 0 and box["y"] + box["height"] <= 844


def test_what_can_be_read_from_three_metres(visit: Visit) -> None:
    visit.page.click("#start")
    visit.until(lambda: bool(visit.moments))
    size = visit.page.evaluate("parseFloat(getComputedStyle(document.getElementById('count')).fontSize)")
    assert size >= 160  # of which digits take three quarters: 2.8 cm on a laptop of 43 pixels a centimetre


def test_a_goal_of_ones_own_is_shown_with_the_reps_so_far(visit: Visit) -> None:
    page = visit.page
    page.check("[name=exercise][value=kneeling_lunge]", force=True)
    assert page.inner_text("#sides .segments").split("\n")[1:] == [
        "With the left knee down",
        "With the right knee down",
    ]
    assert page.get_attribute("#reps", "placeholder") == "3"
    assert page.get_attribute("#seconds", "placeholder") == "30"
    page.check("[name=exercise][value=leg_lift]", force=True)
    assert page.inner_text("#sides .segments").split("\n")[1:] == ["On the left", "On the right"]
    assert page.get_attribute("#reps", "placeholder") == "10 to 15"
    page.fill("#reps", "12")
    page.fill("#seconds", "10")
    page.click("#start")
    assert page.inner_text("#hold-unit") == "of 10 s"
    visit.until(lambda: visit.moments[-1:] != [] and visit.moments[-1]["count"] == 2)
    assert page.inner_text("#so-far") == "So far: right 1, left 1. Goal: 12 a side."
    assert visit.moments[-1]["hold_goal_s"] == 10
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert (page.input_value("#reps"), page.input_value("#seconds")) == ("12", "10")


MANY: Final = """
([reps, hold]) => {
  document.getElementById("setup").hidden = true;
  document.getElementById("stage").hidden = false;
  document.getElementById("doing").textContent = "Glute bridge on one leg, left side";
  document.getElementById("so-far").textContent = "So far: right 15, left 15. Goal: 10 to 15 a side.";
  document.getElementById("count").textContent = reps;
  document.getElementById("rest").textContent = "Rest 0:12";
  document.getElementById("hold").hidden = !hold;
  return import("/static/screen.js").then(({ marked }) => {
    const rep = { side: "left", hold_s: 4, partial: false, faults: [] };
    for (let index = 1; index <= reps; index += 1) marked({ index, ...rep });
  });
}
"""
BOXES: Final = """
() => [...document.querySelectorAll(".doing, .count, .hold, .rest, .marks li")].filter((e) => e.checkVisibility())
  .map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])
"""
SIZES: Final = [(1280, 800), (640, 400), (390, 844), (844, 390), (3840, 2160)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("reps", "hold"), [(15, True), (30, False), (40, True)])
def test_the_figures_stand_clear_of_each_other(
    browser: Any, link: str, size: tuple[int, int], reps: int, hold: bool
) -> None:
    with visiting(browser, link, size) as visit:
        visit.page.evaluate(MANY, [reps, hold])
        left, top, right, bottom = visit.page.evaluate(
            "(r => [r.left, r.top, r.right, r.bottom])(document.querySelector('.figures').getBoundingClientRect())"
        )
        boxes = visit.page.evaluate(BOXES)
    assert len(boxes) == 3 + hold + min(reps, 30)
    for box in boxes:
        assert left <= box[0] < box[2] <= right and top <= box[1] < box[3] <= bottom
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
        assert apart, (one, other)


def test_what_is_chosen_shows_in_forced_colours(browser: Any, link: str) -> None:
    ground = "e => getComputedStyle(e).backgroundColor"
    with visiting(browser, link, forced_colors="active") as visit:
        chosen, other = (f"#exercises input{which} + span" for which in (":checked", ":not(:checked)"))
        assert visit.page.locator(chosen).evaluate(ground) != visit.page.locator(other).first.evaluate(ground)
        knob = "e => getComputedStyle(e, '::after').backgroundColor"
        switch = visit.page.locator("#setup-voice")
        assert switch.evaluate(ground) != switch.evaluate(knob)
        on = switch.evaluate(ground)
        switch.uncheck()
        assert switch.evaluate(ground) != on
        assert switch.evaluate(ground) != switch.evaluate(knob)


@pytest.mark.parametrize(("scheme", "chosen"), [("dark", "auto"), ("light", "auto"), ("light", "dark")])
def test_dark_and_light(browser: Any, link: str, scheme: str, chosen: str) -> None:
    with visiting(browser, link, color_scheme=scheme) as visit:
        visit.page.select_option("#theme", chosen)
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        darkness = sum(int(part) for part in re.findall(r"\d+", ground)) < 300
        assert darkness == ("dark" in (scheme if chosen == "auto" else chosen))


@pytest.mark.parametrize(("name", "words"), [("NotAllowedError", "Allow it"), ("NotFoundError", "Plug one in")])
def test_without_a_camera_there_is_a_way_on(visit: Visit, name: str, words: str) -> None:
    visit.page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }", name
    )
    visit.page.click("#start")
    visit.page.wait_for_selector("#setup-notice")
    assert words in visit.page.inner_text("#setup-notice")
    assert visit.page.is_visible("#start")


def test_a_camera_that_is_unplugged_comes_back(visit: Visit) -> None:
    visit.page.click("#start")
    visit.until(lambda: bool(visit.moments))
    visit.page.evaluate("stream.getTracks().forEach(t => { t.stop(); t.dispatchEvent(new Event('ended')); })")
    visit.page.wait_for_selector("#picture-notice")
    assert "your set is kept" in visit.page.inner_text("#picture-notice")
    visit.page.wait_for_selector("#picture-notice", state="hidden")
    seen = len(visit.moments)
    visit.until(lambda: len(visit.moments) > seen + 3)
    times = [moment["t"] for moment in visit.moments]
    assert times == sorted(times) and times[-1] > 0  # one set, that goes on


def test_a_dropped_connection_is_taken_up_again(visit: Visit) -> None:
    sockets: list[Any] = []
    said: list[dict[str, Any]] = []

    def passed(socket: Any, message: str) -> None:
        said.append(json.loads(message))
        socket.send(message)

    def between(socket: Any) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: passed(socket, message))
        sockets.append((socket, server))

    visit.page.route_web_socket(re.compile("/live$"), between)
    visit.page.click("#start")
    visit.until(lambda: any(message["type"] == "moment" for message in said))
    for side in sockets[0]:
        side.close(code=1001)
    visit.until(lambda: sum(message["type"] == "welcome" for message in said) == 2)
    first, second = (message for message in said if message["type"] == "welcome")
    assert second["resumed"] and second["id"] == first["id"]
    moments = len(said)
    visit.until(lambda: len(said) > moments + 3)
    assert not visit.page.is_visible("#picture-notice")


def begun(visit: Visit) -> None:
    visit.page.click("#start")
    visit.until(lambda: bool(visit.moments))


def test_a_click_on_somebody_says_whom_to_judge(visit: Visit) -> None:
    sent: list[dict[str, Any]] = []

    def heard(message: Any) -> None:
        if isinstance(message, str):
            sent.append(json.loads(message))

    visit.page.on("websocket", lambda socket: socket.on("framesent", heard))
    begun(visit)
    box = visit.page.locator("#turn").bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    visit.until(lambda: any(message["type"] == "choose" for message in sent))
    place = next(message for message in sent if message["type"] == "choose")
    mirrored = "mirrored" in (visit.page.get_attribute("#turn", "class") or "")
    assert (place["x"], place["y"]) == pytest.approx((0.75 if mirrored else 0.25, 0.5), abs=0.02)


def camera_is_on(visit: Visit) -> bool:
    return bool(visit.page.evaluate("stream.getTracks().some(track => track.readyState === 'live')"))


def test_back_in_mid_set_ends_it(visit: Visit) -> None:
    page = visit.page
    page.click("nav >> text=History")
    page.click("nav >> text=Live")
    begun(visit)
    assert not page.is_visible("nav")
    said: list[str] = []
    page.on("response", lambda answer: said.append(answer.url))
    page.go_back()
    page.wait_for_selector("#history")
    assert page.is_visible("nav")
    assert not camera_is_on(visit)
    visit.until(lambda: sum("/api/sessions?" in url for url in said) >= 2)  # again once the set is written
    page.evaluate("spoken.length = 0")
    page.click("nav >> text=Live")
    page.wait_for_selector("#stage", state="hidden")
    assert page.evaluate("spoken") == []
    assert page.title() == "Live – formcheck"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_held_down_starts_a_set_and_does_not_end_it(visit: Visit, key: str) -> None:
    if key == "Space":
        visit.page.evaluate("document.activeElement.blur()")  # on a button, it presses when it is let go
    for _ in range(5):
        visit.page.keyboard.down(key)  # from the second on as a keyboard repeats it
    visit.until(lambda: bool(visit.moments))
    visit.page.keyboard.down(key)
    visit.page.keyboard.up(key)
    seen = len(visit.moments)
    visit.until(lambda: len(visit.moments) > seen + 3)
    assert visit.page.is_enabled("#stop")


STUCK: Final = """
() => {
  window.cancelled = 0;
  speechSynthesis.speak = (words) => spoken.push(words.text);  // a slow voice: it never comes to an end
  speechSynthesis.cancel = () => { cancelled += 1; };
}
"""


def test_speech_is_broken_off_by_the_switch_and_by_the_end(visit: Visit) -> None:
    page = visit.page
    page.evaluate(STUCK)
    page.click("#start")
    visit.until(lambda: bool(page.evaluate("spoken.length")))
    page.uncheck("#stage-voice")
    assert page.evaluate("cancelled") == 1
    count = page.evaluate("spoken.length")
    page.check("#stage-voice")
    visit.until(lambda: page.evaluate("spoken.length") > count)  # what was broken off holds up nothing
    page.keyboard.press("Escape")
    page.wait_for_selector("#end")
    assert page.evaluate("cancelled") >= 2
    count = page.evaluate("spoken.length")
    page.wait_for_timeout(1500)  # longer than the countdown's step
    assert page.evaluate("spoken.length") == count


def between(visit: Visit) -> list[tuple[Any, Any]]:
    """The page's ends and the server's of its connections from now on, which the test may cut."""
    sockets: list[tuple[Any, Any]] = []
    visit.page.route_web_socket(
        re.compile("/live$"), lambda socket: sockets.append((socket, socket.connect_to_server()))
    )
    return sockets


def cut_off(sockets: list[tuple[Any, Any]], code: int, said: str) -> None:
    """Close the first connection as the server does, with a sentence and a code."""
    page_side, server_side = sockets[0]
    page_side.send(json.dumps({"type": "error", "text": said}))
    page_side.close(code=code)
    server_side.close(code=1001)


def test_a_page_that_slept_takes_up_its_set(visit: Visit) -> None:
    sockets = between(visit)
    begun(visit)
    cut_off(sockets, 4408, "The page sent nothing for 120 seconds.")
    visit.until(lambda: len(visit.welcomes) == 2)
    first, second = visit.welcomes
    assert second["resumed"] and second["id"] == first["id"]
    seen = len(visit.moments)
    visit.until(lambda: len(visit.moments) > seen + 3)
    assert visit.page.is_visible("#stage") and not visit.page.is_visible("#picture-notice")


def test_a_set_cut_off_in_the_middle_is_said_to_be_in_the_history(visit: Visit) -> None:
    sockets = between(visit)
    begun(visit)
    cut_off(sockets, 4413, "A message was sent that is too long.")
    visit.page.wait_for_selector("#setup-notice")
    said = visit.page.inner_text("#setup-notice")
    assert said == "A message was sent that is too long. What you had done is in the History within a minute."
    assert not camera_is_on(visit)


def test_a_server_started_anew_is_told_of(visit: Visit) -> None:
    sockets = between(visit)
    begun(visit)
    visit.page.route("**/api/exercises", lambda route: route.fulfill(status=403, json={"error": "no key"}))
    for side in sockets[0]:
        side.close(code=1001)
    visit.page.wait_for_selector("#setup-notice")
    said = visit.page.inner_text("#setup-notice")
    assert "started anew" in said and "formcheck start" in said
    assert "kept; trying" not in said
    assert not camera_is_on(visit)


def test_the_end_works_at_once_while_nobody_answers(visit: Visit) -> None:
    sockets = between(visit)
    begun(visit)
    visit.page.route("**/api/exercises", lambda route: route.abort())
    visit.page.route_web_socket(re.compile("/live$"), lambda socket: socket.close(code=1001))
    for side in sockets[0]:
        side.close(code=1001)
    visit.page.wait_for_selector("#picture-notice")
    assert "If formcheck still runs" in visit.page.inner_text("#picture-notice")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector("#setup-notice")
    assert "did not answer" in visit.page.inner_text("#setup-notice")
    assert not camera_is_on(visit)


def test_a_server_that_stops_in_order_says_where_the_set_is(
    browser: Any, landmarks: Callable[[str], Path], tmp_path: Path
) -> None:
    with ExitStack() as server, ExitStack() as client:
        link = server.enter_context(serving(tmp_path, knowing(landmarks(CLIP.stem))))
        visit = client.enter_context(visiting(browser, link))
        begun(visit)
        server.close()
        visit.page.wait_for_selector("#setup-notice")
        assert "formcheck was stopped" in visit.page.inner_text("#setup-notice")
        assert not camera_is_on(visit)


def test_a_file_dropped_beside_the_box_does_not_replace_the_page(visit: Visit) -> None:
    dropped = "() => document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true }))"
    assert visit.page.evaluate(dropped) is False  # the browser's own way was prevented


@pytest.mark.parametrize(("height", "taken"), [("170.5", True), ("80", True), ("250", True), ("79", False)])
def test_the_page_takes_the_heights_that_the_server_takes(visit: Visit, height: str, taken: bool) -> None:
    visit.page.fill("#height", height)
    assert visit.page.evaluate("document.getElementById('setup').checkValidity()") is taken


@pytest.mark.parametrize("kept", ["{", "null", "5", '{"theme": "pink", "exercise": 7, "voice": "x", "side": []}'])
def test_odd_settings_do_not_stop_the_page(browser: Any, link: str, kept: str) -> None:
    context = keyed(browser, link)
    context.add_init_script(f"localStorage.formcheck = {json.dumps(kept)}")
    page = context.new_page()
    page.goto(address(link))
    page.wait_for_selector("body[data-ready]")
    assert page.input_value("#theme") == "auto"
    assert page.is_checked("[name=exercise][value=auto]")
    context.close()


def test_a_session_deleted_elsewhere_goes_without_a_complaint(browser: Any, both: Both) -> None:
    with visiting(browser, both.link) as visit:
        _deleted_elsewhere(visit.page)


def _deleted_elsewhere(page: Page) -> None:
    page.click("nav >> text=History")
    page.wait_for_selector(".session")
    before = page.locator(".session").count()
    page.route("**/api/sessions/*", lambda route: route.fulfill(status=404, json={"error": "There is no such thing."}))
    page.locator(".session .danger").first.click()
    with page.expect_response("**/api/progress*"):
        page.click("dialog .danger")
    assert page.locator(".session").count() == before  # read anew; this one was not deleted after all
    assert not page.is_visible("#history-notice")


def test_the_camera_that_fails_without_a_word_is_named(visit: Visit) -> None:
    visit.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'AbortError'); }; }"
    )
    visit.page.click("#start")
    visit.page.wait_for_selector("#setup-notice")
    assert "(AbortError)" in visit.page.inner_text("#setup-notice")


def test_a_set_ended_before_the_camera_opened_says_nothing_of_a_person(visit: Visit) -> None:
    visit.page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => new Promise(() => {}); }")
    visit.page.click("#start")
    assert "allow it" in visit.page.inner_text("#message")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector("#setup")
    assert not visit.page.is_visible("#setup-notice")


def test_the_bones_are_those_of_the_landmarks() -> None:
    text = part("overlay.js")
    listed = re.search(r"BONES = (\[.*?\n\]);", text, re.S)
    assert listed is not None
    assert {tuple(bone) for bone in json.loads(listed.group(1).replace(",\n]", "\n]"))} == set(BONES)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True])
def test_letters_stand_out(dark: bool) -> None:
    text = (STATIC / "app.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    colour = {name: luminance(pair[dark]) for name, *pair in pairs}
    grounds = {"page": ["text", "soft", "link"], "card": ["text", "soft", "link", "fault"], "tint": ["text", "link"]}
    grounds |= {f"{tone}-bg": [tone] for tone in ("good", "warn", "fault")} | {"link": ["on-link"]}
    for ground, letters in grounds.items():
        for name in letters:
            low, high = sorted((colour[ground], colour[name]))
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{name} on {ground}"
    assert (max(colour["edge"], colour["card"]) + 0.05) / (min(colour["edge"], colour["card"]) + 0.05) >= 3


HOLLOW: Final = """
() => import("/static/overlay.js").then(({ skeleton }) => {
  const canvas = document.createElement("canvas");
  Object.defineProperty(canvas, "clientWidth", { value: 640 / devicePixelRatio });
  return [0, 1].map((hidden) => {
    const points = Array.from({ length: 33 }, () => [0, 0, 0, -1]);
    [points[25], points[27]] = [[100, 180, 1, hidden], [540, 180, 1, hidden]];
    skeleton(canvas, points, [640, 360], null);
    return [...canvas.getContext("2d").getImageData(0, 180, 640, 1).data].filter((_, byte) => byte % 4 === 3);
  });
})
"""
"""How opaque each pixel along a bone is, with both of its joints seen and with both hidden."""


def test_a_hidden_joint_is_hollow_and_its_bones_are_dashed(visit: Visit) -> None:
    seen, hidden = (np.array(row) > 0 for row in visit.page.evaluate(HOLLOW))
    assert seen[97:544].all()
    assert not hidden[99:102].any() and not hidden[539:542].any()  # the camera's picture shows through
    assert hidden[[96, 104, 536, 544]].all()
    assert np.diff(hidden[110:530].astype(int)).astype(bool).sum() > 10
