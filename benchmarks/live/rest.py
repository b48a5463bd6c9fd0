"""Five minutes of rest before one coach, tick by tick: its memory, and all that it says.

    python -m benchmarks.live.rest [--minutes 5] [--markdown OUT]

A stick person lies with the knees together; the landmarks are known, so that no network's memory hides the coach's own.
"""

import gc
import tracemalloc
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import psutil
import typer

from benchmarks.machine import described, written
from benchmarks.stick import Camera, film, rest_knees_together, stay, then
from benchmarks.stick.exercises import lying
from benchmarks.tables import Section
from formcheck.body.poses import Array, Poses
from formcheck.findings import Notice
from formcheck.live.coach import Coach
from formcheck.live.programme import Course, parse
from formcheck.media.video import Frame
from formcheck.recorded import Options

FPS: Final = 15
EVERY_S: Final = 30.0
LEAD_S: Final = 30.0
PROGRAMME: Final = """
title = "A rest"
summary = "Five minutes."

[[step]]
exercise = "rest_knees_together"
hold_s = 300
"""


class Knowing:
    """An estimator that knows the landmarks, one frame after the other."""

    def __init__(self, poses: Poses) -> None:
        self.warnings: list[Notice] = []
        self._poses, self._next = poses, 0

    def feed(self, time: float, rgb: Array) -> Poses:
        """The next row."""
        self._next += 1
        return self._poses[self._next - 1 : self._next]


def resting(minutes: float) -> Poses:
    """Somebody who lies and listens, then rests for so long, and gets up."""
    act = then(stay(lying(), LEAD_S), rest_knees_together(60 * minutes), 0.5)
    return film(act, Camera(yaw=85, distance=5, size=(640, 360)), fps=FPS, noise=1, seed=1).poses


def main(
    minutes: Annotated[float, typer.Option(help="How long the rest is.")] = 5,
    markdown: Annotated[Path | None, typer.Option(help="Where to write the table.")] = None,
) -> None:
    """Print what the coach's memory is by the half minute, and what it said."""
    poses = resting(minutes)
    coach = Coach(Options.of("auto"), Knowing(poses), course=Course(parse(PROGRAMME, "rest")))
    rgb = np.full((360, 640, 3), 120, np.uint8)
    rows, said, due, process = [], [], EVERY_S, psutil.Process()
    tracemalloc.start()
    for time in poses.time:
        moment = coach.feed(Frame(float(time), rgb))
        if moment.say:
            said.append((f"{time:.1f}", moment.say))
        if time >= due:
            gc.collect()
            held = moment.lesson.held_s if moment.lesson else 0.0
            sizes = (tracemalloc.get_traced_memory()[0] / 1e6, process.memory_info().rss / 1e6)
            rows.append((f"{due:.0f}", f"{held:.0f}", f"{sizes[0]:.2f}", f"{sizes[1]:.0f}"))
            due += EVERY_S
    head = ("second", "of the hold", "Python and numpy, MB", "process, MB")
    about = (
        f"{described()}. {FPS} pictures a second. What was allocated since the first picture, and the whole process."
    )
    text = "\n\n".join(
        part.markdown()
        for part in (
            Section(f"{minutes:g} minutes of rest before one coach", about, head, rows),
            Section("All that was said", "", ("second", "words"), said),
        )
    )
    written(text + "\n", markdown)


if __name__ == "__main__":
    typer.run(main)
