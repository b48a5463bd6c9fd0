"""A whole session in a real browser: a rendered person goes through the default programme, and nobody clicks.

python -m benchmarks.live.programme film FOLDER      # draws the recording: some 20 minutes of one core
python -m benchmarks.live.programme run FOLDER [--markdown OUT] [--pictures FOLDER]

The person does as told, but for three things: before the leg lifts two glute bridges (a wrong exercise), in the second
lunge the kneeling knee in the air for a third of the hold (a fault that lasts and is mended), and between two lifts of
the second leg getting up and standing about (an interruption). `run` plays the recording as Chromium's camera, chooses
few leg lifts and bridges, clicks Start, and lists every sentence with its time; what was done must be what `analyze`
finds in the file.
"""

import datetime
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.command import parser_of
from benchmarks.live.browser import HEARD, PLAYED, filming, serving
from benchmarks.machine import described, written
from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, down_to, stay, then, up_from, upright
from benchmarks.studio.bridge import Ball, BridgeSetup
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Setting, Take, props_of, stage_of
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed
from benchmarks.studio.motion import Lift, Lunge, Press, bridges, kneeling_lunges, leg_lifts
from benchmarks.studio.pose import Array, Pose
from benchmarks.studio.postures import KneelSetup
from benchmarks.studio.scene import exposure_of
from benchmarks.studio.splits import person
from benchmarks.tables import Section
from formcheck import analyze
from formcheck.live.speech import LETTERS_A_SECOND
from formcheck.media.writer import VideoWriter
from formcheck.words import lesson as words

FPS: Final = 10.0
NAME: Final = "programme.mp4"
FEW: Final = {"kneeling_lunge": 1, "leg_lift": 3, "ball_bridge": 3}
"""Reps of a side: the lunges are held their full 30 s, the rest is shortened."""

AWAY_M: Final = -1.7
"""Where the ball lies until it is wanted, behind the head."""

KNEE_UP_S, UP_M = (9.0, 22.0), 0.26
"""From when to when of the second lunge's hold the kneeling knee is in the air, seconds, and how far, metres."""


def session(actor: Actor) -> Act:
    """The whole session. The leads are as long as the coach speaks before a step."""
    kneel = {side: KneelSetup(side=side) for side in ("left", "right")}
    first = kneeling_lunges(actor, [Lunge(hold_s=31.5)], kneel["left"], lead=36.0)
    lunges = then(actor, down_to(actor, first), lifted(actor, kneel["right"]), 4.0)
    wrong = bridges(actor, [Press(hold_s=1.5), Press(hold_s=1.5)], lead=12.0)
    left = leg_lifts(actor, [Lift(side="left", degrees=15.0)] * 3, lead=22.0)
    right = leg_lifts(actor, [Lift(side="right", degrees=15.0)], lead=26.0)
    rest = leg_lifts(actor, [Lift(side="right", degrees=15.0)] * 2, lead=7.0)
    ball = bridges(actor, [Press(hold_s=2.0)] * 3, BridgeSetup(ball=Ball()), lead=30.0)
    down = then(actor, then(actor, wrong, left, 2.5), right, 1.0)
    whole = then(actor, up_from(actor, lunges), down_to(actor, down), 1.0)
    whole = then(actor, up_from(actor, whole), stay(upright(actor), 8.0), 0.5)
    whole = then(actor, whole, down_to(actor, rest), 0.5)
    comes = whole.duration + 1.0
    whole = then(actor, then(actor, whole, ball, 5.0), stay(ball.at(np.array([ball.duration])), 25.0, lying=True), 0.5)
    return replace(whole, roll=lambda t: whole.roll(t) + AWAY_M * (1 - smooth((t - comes) / 3.0)))


def lifted(actor: Actor, setup: KneelSetup) -> Act:
    """A lunge whose kneeling knee leaves the floor for a while."""
    down, up = (kneeling_lunges(actor, [Lunge(hold_s=31.5, knee_up=high)], setup, lead=26.0) for high in (0.0, UP_M))
    held = 26.0 + 1.4

    def at(t: Array) -> Pose:
        share = smooth(t - held - KNEE_UP_S[0]) - smooth(t - held - KNEE_UP_S[1])
        low, high = down.at(t), up.at(t)

        def mix(a: Array, b: Array) -> Array:
            mixed: Array = a + share.reshape(-1, *[1] * (a.ndim - 1)) * (b - a)
            return mixed

        return Pose(*(mix(getattr(low, n), getattr(high, n)) for n in ("pitch", "out", "turn", "lordosis", "root")))

    return replace(down, at=at)


def film(folder: Path) -> None:
    """Draw the session. A moment in which nothing moves is drawn once."""
    shape, look = person("sample", 2)
    clip = Clip(
        name="programme",
        seed=2,
        shape=shape,
        look=replace(look, top="tank", top_fit=0.1),
        parts=(),
        setting=Setting(102),
        camera=Camera(84.0, 0.8, size=(640, 360), lens=56.0),
        film=Film(noise=0.003, quality=95, seed=2),
        fps=FPS,
    )
    take = Take(clip, session)
    take.clip = replace(clip, camera=aimed(clip.camera, take.span(60), room=1.04))
    draw(take, folder / NAME)


def draw(take: Take, path: Path) -> None:
    """Draw a take's frames; one that is like the one before it is not drawn anew."""
    clip, step = take.clip, 1 / take.clip.fps
    film = replace(clip.film, exposure=clip.film.exposure * exposure_of(clip.setting.mood))
    figure, room, others = Figure(take.actor.body, clip.look), stage_of(take), props_of(take)
    opens, supports, balls = take.transforms(take.times), take.supports(take.times), take.balls(take.times)
    picture, like = None, b""
    with VideoWriter(path, clip.camera.size, clip.fps) as writer:
        for i, at in enumerate(take.times):
            now = np.round(opens[i], 4).tobytes() + repr(supports[i]).encode()
            if picture is None or now != like:
                people = [figure.posed(opens[i], supports[i], 0.0), *balls[i : i + 1]]
                people += [meshes[i % len(meshes)] for meshes in others]
                moved = [one.vertices for one in people]
                picture, like = room.picture(people, clip.camera, film, float(at), i, moved=moved, step_s=step), now
            writer.write(float(at), picture)
            if i % 100 == 0:
                print(f"{i}/{len(take.times)}", file=sys.stderr, flush=True)


# --- in a browser -----------------------------------------------------------------------------------------------------


@dataclass
class Ran:
    """What a session was: the sentences with their times, the longest silence of a hold, how long a fault was shown."""

    spoken: list[tuple[float, str]]
    phases: list[tuple[float, str]]
    lesson: dict[str, Any]
    live: list[tuple[str, str, float]]
    recorded: list[tuple[str, str, float]]


def run(folder: Path, pictures: Path | None) -> Ran:
    """Play the recording before the page, from the first click to the summary."""
    from playwright import sync_api  # noqa: PLC0415  only who opens a browser needs it

    with (
        tempfile.TemporaryDirectory() as data,
        sync_api.sync_playwright() as playwright,
        serving(Path(data)) as link,
        filming(playwright, folder / NAME, Path(data)) as (browser, _),
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(HEARD)
        page.goto(link)
        page.wait_for_selector("body[data-ready]")
        chosen(page)
        spoken, phases = followed(page, pictures)
        lesson = page.evaluate("fetch('/api/lessons').then(answer => answer.json())")[0]
        reps = page.evaluate("fetch('/api/history.json').then(answer => answer.json())")
        if pictures is not None:
            page.screenshot(path=pictures / "summary.png", full_page=True)
            page.click("nav >> text=History")
            page.wait_for_timeout(1500)
            page.screenshot(path=pictures / "history.png", full_page=True)
    report = analyze(folder / NAME)
    recorded = [(b.exercise, r.side, r.hold_s) for b in report.bouts for r in b.counted]
    return Ran(spoken, phases, lesson, live_reps(reps), recorded)


def chosen(page: Any) -> None:
    """Choose few reps, accept the cautions, and click Start: the last click."""
    page.click("text=Change the steps")
    for row, reps in enumerate(FEW.values(), 1):
        page.fill(f"#steps li:nth-child({row}) input[type=number] >> nth=0", str(reps))
    page.click("#pain label:has-text('2') >> nth=0")
    page.check("#accepted")
    page.click("#session-start")


def followed(page: Any, pictures: Path | None) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """What is said and shown up to the summary, with the seconds of the film that were shown."""
    spoken: list[tuple[float, str]] = []
    shown: list[tuple[float, str]] = []
    until = time.monotonic() + 480
    while not page.is_visible("#end") and time.monotonic() < until:
        page.wait_for_timeout(100)
        at = page.evaluate(PLAYED)
        spoken += [(at, text) for text in page.evaluate("spoken.splice(0)")]
        line = f"{page.inner_text('#so-far')}: {page.inner_text('#message')}" if page.is_visible("#stage") else ""
        if line and (not shown or shown[-1][1] != line):
            shown.append((at, line))
            if pictures is not None:
                page.screenshot(path=pictures / f"{len(shown):03d}.png")
    return spoken, shown


def live_reps(export: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Exercise, side and hold of each rep that a history's export has."""
    bouts = [bout for session in export["sessions"] for bout in session["report"]["bouts"]]
    return [(b["exercise"], r["side"], r["hold_s"]) for b in bouts for r in b["reps"] if not r["partial"]]


HOLD_WORDS: Final = (words.HALF, words.TEN, words.FIVE, words.COME_BACK)


def longest_silence(ran: Ran) -> float:
    """The longest time without a word in a hold of 30 s, seconds: between the end of one sentence and the next."""
    longest = 0.0
    for (before, one), (after, two) in pairwise(ran.spoken):
        if two in HOLD_WORDS:
            longest = max(longest, after - before - len(one) / LETTERS_A_SECOND)
    return longest


def sections(ran: Ran) -> list[Section]:
    """The tables."""
    spoken = [[f"{at:.1f}", text] for at, text in ran.spoken]
    shown = [[f"{at:.1f}", line] for at, line in ran.phases]
    steps = [
        [s["title"], s["side"] or "", s["state"], str(s["reps"]), ", ".join(f"{h:.1f}" for h in s["held_s"])]
        for s in ran.lesson["steps"]
    ]
    pairs = max(len(ran.live), len(ran.recorded))
    both = [
        [
            str(i + 1),
            *(f"{e}, {side}, {held:.2f} s" for e, side, held in (*ran.live[i : i + 1], *ran.recorded[i : i + 1])),
        ]
        for i in range(pairs)
    ]
    return [
        Section("Steps", "As they are kept in the history.", ("step", "side", "state", "reps", "held, s"), steps),
        Section("Reps", "Live, and as `analyze` finds them in the recording.", ("", "live", "recorded"), both),
        Section("Said", f"Longest silence in a hold: {longest_silence(ran):.1f} s.", ("film, s", "said"), spoken),
        Section("Shown", "The step, and the large words.", ("film, s", "shown"), shown),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the recording, or run the session."""
    parser = parser_of(__doc__)
    parser.add_argument("what", choices=("film", "run"))
    parser.add_argument("folder", type=Path)
    for name in ("markdown", "pictures"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.what == "film":
        film(options.folder)
        return
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    ran = run(options.folder, options.pictures)
    text = "\n\n".join(table.markdown() for table in sections(ran))
    head = f"# A session in a browser\n\n{datetime.date.today().isoformat()}; {described()}."
    written(f"{head}\n\n{text}\n", options.markdown)


if __name__ == "__main__":
    main()
