"""How quick the live coach is, in a real browser, and whether it stays so.

python -m benchmarks.live [page] [words] [long] [--minutes N] [--markdown OUT]

`page`: Chromium's camera plays a clip of each exercise before the page; the reps and holds of the file, the time
from a picture to the skeleton drawn over it, and how many pictures a second are looked at. `words`: from the moment a
fault is visible to its words. `long`: half an hour of pictures before one coach: memory and time a picture, by the
minute. Prints tables; needs the test extra, and `page` Chromium.
"""

import datetime
import json
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import psutil

from benchmarks import machine
from benchmarks.command import parser_of
from benchmarks.live.browser import CHROMIUM, HEARD, filming, one_pass, serving
from benchmarks.tables import Section
from formcheck.body.poses import Poses
from formcheck.core.exercise import choose
from formcheck.core.session import Session
from formcheck.live.coach import Coach
from formcheck.media.video import Frame, Video
from formcheck.pose.estimator import backend
from formcheck.recorded import Options

SAMPLES: Final = Path(__file__).parents[2] / "sample_videos"
CLIPS: Final = ("kneeling_lunge", "leg_lift_dropped", "ball_bridge", "glute_bridge")
FPS: Final = 15.0
"""Pictures a second of `long`: the least that the page is to look at."""

EVERY: Final = 2
"""A recording is cut after every so many frames to see from when on a fault can be seen."""

SAID: Final = {
    cue.id: tuple(text for check in cue.checks for text in check.say if text)
    for exercise in choose()
    for cue in exercise.rep_cues
}
"""What is said aloud of each cue's faults."""

OBSERVED: Final = (
    HEARD
    + """
window.took = [];
new PerformanceObserver((list) => took.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ entryTypes: ["measure"] });
"""
)


@dataclass(frozen=True)
class Pass:
    """One clip before the page's camera: what was found, beside what is found in the file."""

    clip: str
    reps: tuple[int, int]
    hold_apart_s: float
    faults_spoken: tuple[int, int]
    took_ms: list[float]
    rate: float
    left_out: int


def played(playwright: Any, clip: str, folder: Path) -> Pass:
    """Play a clip once before the page, and give it the file as well."""
    source, data = SAMPLES / f"{clip}.mp4", folder / clip
    with serving(data) as link, filming(playwright, source, folder) as (browser, pass_s):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(OBSERVED)
        page.goto(f"{link}#live")
        page.wait_for_selector("body[data-ready]")
        page.click("#start")
        while not page.evaluate("took.length"):  # the page's policy forbids what waits for a condition
            page.wait_for_timeout(20)
        began, before = time.perf_counter(), page.evaluate("took.length")
        one_pass(page, pass_s)
        took, seconds = page.evaluate("took"), time.perf_counter() - began
        left_out = int(page.get_attribute("#state", "data-left-out"))
        page.click("#stop")
        page.wait_for_selector("#end")
        spoken = set(page.evaluate("spoken"))  # a count may stand before the words
        page.click("nav >> text=Recorded")
        page.set_input_files("#file", source)
        page.wait_for_selector("#upload-report", timeout=120_000)
    live, recorded = (_reps(data, kind) for kind in ("live", "recorded"))
    holds = [abs(a["hold_s"] - b["hold_s"]) for a, b in zip(live, recorded, strict=False)]
    faults = {cue["id"] for rep in recorded for cue in rep["cues"] if cue["verdict"] == "fault"}
    spoken_of = sum(any(heard.endswith(SAID[fault]) for heard in spoken) for fault in faults)
    return Pass(
        clip=clip,
        reps=(len(live), len(recorded)),
        hold_apart_s=max(holds, default=float("nan")),
        faults_spoken=(spoken_of, len(faults)),
        took_ms=took,
        rate=(len(took) - before) / seconds,
        left_out=left_out,
    )


def passes() -> list[Pass]:
    """A clip of every exercise before the page."""
    from playwright import sync_api  # noqa: PLC0415  only who opens a browser needs it

    with tempfile.TemporaryDirectory() as folder, sync_api.sync_playwright() as playwright:
        return [played(playwright, clip, Path(folder)) for clip in CLIPS]


def _reps(data: Path, kind: str) -> list[dict[str, Any]]:
    """The counted reps of the newest session of a kind, as the report has them."""
    with closing(sqlite3.connect(data / "history.sqlite3")) as history:
        [text] = history.execute("SELECT report FROM sessions WHERE kind = ? ORDER BY number DESC", [kind]).fetchone()
    return [rep for bout in json.loads(text)["bouts"] for rep in bout["reps"] if not rep["partial"]]


def _alike(one: str, other: str) -> bool:
    """Whether two sentences say the same of two measured numbers."""
    return re.sub(r"[\d.]+", "#", one) == re.sub(r"[\d.]+", "#", other)


@dataclass(frozen=True)
class Minute:
    """One minute of a long set: memory at its end in bytes, and the median and slowest time of a picture in seconds."""

    memory: int
    median_s: float
    slowest_s: float


def long_set(minutes: int) -> tuple[list[Minute], int]:
    """Pictures of all clips over and over before one coach, `FPS` a second by their own clock; the reps counted too.

    As fast as they are worked through: a coach knows no other clock than the pictures'.
    """
    pictures = cycle([frame.rgb for clip in CLIPS for frame in _thinned(SAMPLES / f"{clip}.mp4")])
    coach, process = Coach(Options.of()), psutil.Process()
    course: list[Minute] = []
    reps = 0
    for minute in range(minutes):
        took = []
        for i in range(round(60 * FPS)):
            began = time.perf_counter()
            moment = coach.feed(Frame(60 * minute + i / FPS, next(pictures)))
            took.append(time.perf_counter() - began)
            reps += sum(not rep.partial for rep in moment.reps)
        course.append(Minute(process.memory_info().rss, median(took), max(took)))
        print(f"minute {minute + 1} of {minutes}", file=sys.stderr)
    return course, reps


def _thinned(clip: Path) -> list[Frame]:
    """The frames of a clip, `FPS` a second."""
    with Video(clip) as video:
        frames = list(video.frames())
    wanted = np.arange(0, frames[-1].time, 1 / FPS)
    return [frames[i] for i in np.searchsorted([frame.time for frame in frames], wanted)]


@dataclass(frozen=True)
class Delay:
    """A fault of a clip: when it could be seen and when its words were shown, in seconds of the clip; None if never."""

    clip: str
    cue: str
    visible_s: float
    shown_s: float | None


def words(clip: str, options: Options) -> list[Delay]:
    """When each fault of a clip is shown live, beside when it could be seen.

    It can be seen from the moment on from which a recording that ended there would be judged at fault.
    """
    with Video(SAMPLES / f"{clip}.mp4") as video:
        frames = list(video.frames())
    coach = Coach(options)
    moments = [coach.feed(frame) for frame in frames]
    estimator = backend(options.backend)
    poses = Poses.join([estimator.feed(frame.time, frame.rgb) for frame in frames])
    ends = range(len(poses), 0, -EVERY)
    faults = {end: _faults(poses[:end], options) for end in ends}
    delays = []
    for (rep, cue), message in faults[len(poses)].items():
        since = [end for end in ends if (rep, cue) in faults[end]]
        lasting = [end for i, end in enumerate(since) if list(ends)[i] == end]
        visible = float(poses.time[lasting[-1] - 1])
        shown = [moment.time for moment in moments if _alike(moment.message, message) and moment.time >= visible - 1]
        delays.append(Delay(clip, f"rep {rep}, {cue}", visible, shown[0] if shown else None))
    return delays


def _faults(poses: Poses, options: Options) -> dict[tuple[int, str], str]:
    """The faults of a recording that ends here: rep and cue, and the words."""
    session = Session(options.exercises)
    session.feed(poses)
    return {
        (rep.index, cue.id): cue.message
        for bout in session.finish()
        for rep in bout.reps
        for cue in rep.cues
        if cue.verdict == "fault"
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("what", nargs="*", default=[], metavar="page|words|long", help="default: all of them")
    parser.add_argument("--minutes", type=int, default=30, help="of `long`")
    parser.add_argument("--markdown", type=Path, help="write the tables there as well")
    options = parser.parse_args(arguments)
    what = options.what or ["page", "words", "long"]
    parts = [f"# The live coach\n\n{datetime.date.today().isoformat()}; {machine.described()}."]
    if "page" in what and CHROMIUM is None:
        print("no chromium here: `page` is left out", file=sys.stderr)
    elif "page" in what:
        parts.append(page_table(passes()))
    if "words" in what:
        parts.append(words_table([delay for clip in CLIPS for delay in words(clip, Options.of())]))
    if "long" in what:
        parts.append(long_table(*long_set(options.minutes)))
    text = "\n\n".join(parts) + "\n"
    print(text, end="")
    if options.markdown is not None:
        options.markdown.write_text(text, "utf-8")
    return 0


def page_table(passes: Sequence[Pass]) -> str:
    heads = (
        "clip",
        "reps, page / file",
        "holds apart, s",
        "faults spoken",
        "picture to overlay, ms: median",
        "95th percentile",
        "pictures a second",
        "left out",
    )
    rows = [
        [
            one.clip,
            f"{one.reps[0]} / {one.reps[1]}",
            f"{one.hold_apart_s:.2f}",
            f"{one.faults_spoken[0]} of {one.faults_spoken[1]}",
            f"{median(one.took_ms):.0f}",
            f"{np.percentile(one.took_ms, 95):.0f}",
            f"{one.rate:.1f}",
            str(one.left_out),
        ]
        for one in passes
    ]
    return Section("A clip before the page's camera, once through", "", heads, rows).markdown()


def words_table(delays: Sequence[Delay]) -> str:
    rows = [
        [
            one.clip,
            one.cue,
            f"{one.visible_s:.2f}",
            "never" if one.shown_s is None else f"{one.shown_s:.2f}",
            "" if one.shown_s is None else f"{one.shown_s - one.visible_s:.2f}",
        ]
        for one in delays
    ]
    return Section(
        "From a fault to its words, s", "", ("clip", "fault", "can be seen", "shown", "after"), rows
    ).markdown()


def long_table(minutes: Sequence[Minute], reps: int) -> str:
    every = max(len(minutes) // 10, 1)
    rows = [
        [str(i + 1), f"{one.memory / 1e6:.1f}", f"{1e3 * one.median_s:.1f}", f"{1e3 * one.slowest_s:.0f}"]
        for i, one in enumerate(minutes)
        if i % every == 0 or i == len(minutes) - 1
    ]
    heads = ("minute", "memory, MB", "a picture, ms: median", "slowest")
    return Section(f"One coach, {FPS:g} pictures a second, {reps} reps", "", heads, rows).markdown()


if __name__ == "__main__":
    sys.exit(main())
