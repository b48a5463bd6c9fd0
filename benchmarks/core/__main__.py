"""How fast the core is, beside what others do and beside a plain copy of the same landmarks.

python -m benchmarks.core [--quick] [--json]

Landmarks in, report out, no model. Prints tables, or with `--json` the same as JSON; ends with 1 when a bound does not
hold. `--quick` leaves out the hour and the ten hours, and what is said of them.
"""

import datetime
import json
import platform
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from benchmarks import machine
from benchmarks.command import parser_of
from benchmarks.core import peer
from benchmarks.core.recording import CLIP_S, FPS, PICTURE, recording
from benchmarks.core.timing import STAGES, Task, Times, beyond_input_and_findings, in_turns, stages
from benchmarks.tables import Section
from formcheck import __version__
from formcheck.body.poses import COLUMNS, Poses
from formcheck.core.exercise import choose
from formcheck.core.session import Session
from formcheck.findings import VideoInfo
from formcheck.report.report import Report

SIZES: Final = {"1 s": 1.0, "1 min": 60.0, "1 h": 3600.0, "10 h": 36000.0}
ROUNDS: Final = {"1 s": 31, "1 min": 11, "1 h": 5, "10 h": 3}
QUICK: Final = ("1 s", "1 min")
WITH_PEER: Final = ("1 s", "1 min", "1 h")
"""Lengths the peer is timed on: ten hours of it take minutes, and are ten times one."""

QUICK_ROUNDS: Final = 3

LIVE_S: Final = 20.0
"""Of a long recording so much is fed frame by frame, the end; what comes before is fed whole, outside the time."""

EXERCISES: Final = choose()
MEGABYTE: Final = 1e6


@dataclass(frozen=True)
class Figures:
    """What was measured on one length: medians, seconds; `peak` bytes beyond input and findings."""

    frames: int
    reps: int
    times: dict[str, Times]
    whole_stages: dict[str, float]
    live_stages: dict[str, float]
    peak: int


@dataclass(frozen=True)
class Bound:
    """A number that must be shown: `least` or `most` is None; all is None where it was not run."""

    name: str
    value: float | None
    by_processor: float | None
    least: float | None
    most: float | None
    unit: str

    @property
    def holds(self) -> bool | None:
        """Whether the number, by the clock on the wall, lies within its bound; None where it was not run."""
        if self.value is None:
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


def report(session: Session, poses: Poses) -> Report:
    """What a session found in a recording that was fed to it."""
    info = VideoInfo("recording.mp4", "", len(poses) / FPS, FPS, *PICTURE, len(poses))
    return Report(info, session.finish(), tuple(session.warnings))


def whole(poses: Poses) -> tuple[Report, str]:
    """The whole core, all at once: the report and its JSON."""
    session = Session(EXERCISES)
    session.feed(poses)
    found = report(session, poses)
    return found, found.to_json()


def live(poses: Poses) -> Callable[[], Session]:
    """The whole core, the last `LIVE_S` frame by frame; what is timed feeds them and asks how things stand.

    It gives the session, not over yet.
    """
    first = max(len(poses) - round(LIVE_S * FPS), 0)
    session = Session(EXERCISES)
    session.feed(poses[:first])
    cut = [poses[i : i + 1] for i in range(first, len(poses))]

    def act() -> Session:
        for frame in cut:
            deque(session.feed(frame), maxlen=0)
            session.status  # noqa: B018
        return session

    return act


def copy(poses: Poses) -> Task:
    """A plain copy of the bundle into arrays that were written to before."""
    pairs = [(getattr(poses, name).copy(), getattr(poses, name)) for name in COLUMNS]

    def act() -> None:
        for into, source in pairs:
            np.copyto(into, source)

    return lambda: act


def measured(size: str, rounds: int) -> Figures:
    """All figures of one length."""
    poses = recording(SIZES[size])
    tasks: dict[str, Task] = {
        "whole": lambda: partial(whole, poses),
        "live": lambda: live(poses),
        "kernel": lambda: partial(peer.kernel, poses),
        "copy": copy(poses),
    }
    if size in WITH_PEER:
        tasks["peer's angles"] = lambda: partial(peer.angles, peer.frames(poses))
        tasks["peer"] = lambda: partial(peer.counted, peer.frames(poses))
    times = in_turns(tasks, rounds)
    found, _ = whole(poses)
    return Figures(
        frames=len(poses),
        reps=sum(len(bout.counted) for bout in found.bouts),
        times=times,
        whole_stages=stages(tasks["whole"]),
        live_stages=stages(tasks["live"]),
        peak=beyond_input_and_findings(tasks["whole"]),
    )


def bounds(found: dict[str, Figures]) -> list[Bound]:
    """What issue 5 asks of the core, by the longest recording that was run."""
    long, longest = ("1 h" if "1 h" in found else list(found)[-1]), list(found)[-1]
    times, hour, ten = found[long].times, found.get("1 h"), found.get("10 h")
    live_frames = min(found[longest].frames, round(LIVE_S * FPS))
    reps = f"1 h with {hour.reps if hour else 500} reps to a full report"
    return [
        _ratio(f"joint angles: peer's over the kernel, {long}", times["peer's angles"], times["kernel"], least=150),
        _ratio(f"peer's angles and counter over the whole core, {long}", times["peer"], times["whole"], least=30),
        _ratio(f"whole core over numpy.copyto, {long}", times["whole"], times["copy"], most=25),
        _seconds(reps, hour.times["whole"] if hour else None, 0.25),
        _ratio(
            "10 h over 1 h",
            ten.times["whole"] if ten else None,
            hour.times["whole"] if hour else None,
            most=10.5,
        ),
        Bound(f"memory beyond input and findings, {longest}", found[longest].peak / MEGABYTE, None, None, 64.0, "MB"),
        _a_frame(f"one frame at a time, the end of {longest}", found[longest].times["live"], live_frames, 0.3),
    ]


def _ratio(
    name: str, over: Times | None, under: Times | None, *, least: float | None = None, most: float | None = None
) -> Bound:
    if over is None or under is None:
        return Bound(name, None, None, least, most, "times")
    by_processor = over.processor_s / max(under.processor_s, 1e-9)
    return Bound(name, over.wall_s / under.wall_s, by_processor, least, most, "times")


def _seconds(name: str, times: Times | None, most: float) -> Bound:
    value, by_processor = (times.wall_s, times.processor_s) if times else (None, None)
    return Bound(name, value, by_processor, None, most, "s")


def _a_frame(name: str, times: Times, frames: int, most: float) -> Bound:
    return Bound(name, 1e3 * times.wall_s / frames, 1e3 * times.processor_s / frames, None, most, "ms a frame")


def circumstances() -> dict[str, str]:
    """When, with what, and on which machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine.described(),
        "versions": f"formcheck {__version__}, Python {platform.python_version()}, numpy {np.__version__}",
    }


BOUND_HEAD: Final = ("", "is", "by processor time", "bound", "holds")


def document(about: dict[str, str], found: dict[str, Figures]) -> str:
    """Everything as tables in Markdown."""
    tables = [
        Section(
            "What must be shown", "", ("", "is", "by processor time", "bound", "holds"), _bound_rows(bounds(found))
        ),
        Section(
            "Medians, ms (slowest round over quickest)",
            "",
            ("", *(f"{size}, {figures.reps} reps" for size, figures in found.items())),
            [[name, *(_median(figures.times.get(name)) for figures in found.values())] for name in _all_names(found)],
        ),
        Section("Stages fed whole, ms", "", ("", *found), _stage_rows([f.whole_stages for f in found.values()])),
        Section(
            f"Stages frame by frame, the last {LIVE_S:.0f} s, ms",
            "",
            ("", *found),
            _stage_rows([f.live_stages for f in found.values()]),
        ),
        Section(
            "Most memory beyond input and findings, MB",
            "",
            ("", *found),
            [["whole", *(f"{f.peak / MEGABYTE:.1f}" for f in found.values())]],
        ),
    ]
    heading = f"# Core\n\n{about['date']}; {about['machine']}; {about['versions']}."
    return "\n\n".join([heading, *(table.markdown() for table in tables)]) + "\n"


def _all_names(found: dict[str, Figures]) -> list[str]:
    return list(dict.fromkeys(name for figures in found.values() for name in figures.times))


def _median(times: Times | None) -> str:
    return f"{1e3 * times.wall_s:.4g} ({times.spread:.2f})" if times else "not run"


def _stage_rows(columns: Sequence[dict[str, float]]) -> list[list[str]]:
    return [[stage, *(f"{1e3 * column[stage]:.4g}" for column in columns)] for stage in STAGES]


def _bound_rows(found: Sequence[Bound]) -> list[list[str]]:
    words = {True: "yes", False: "no", None: "not run"}

    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.3g}"

    return [
        [
            f"{bound.name}, {bound.unit}",
            number(bound.value),
            number(bound.by_processor),
            f"at least {bound.least:g}" if bound.least is not None else f"at most {bound.most:g}",
            words[bound.holds],
        ]
        for bound in found
    ]


def as_json(about: dict[str, str], found: dict[str, Figures]) -> str:
    """Everything as JSON: the bounds, and by length every round's seconds."""
    content: dict[str, Any] = {
        **about,
        "bounds": [asdict(bound) | {"holds": bound.holds} for bound in bounds(found)],
        "sizes": {size: asdict(figures) for size, figures in found.items()},
    }
    return json.dumps(content, indent=1) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--quick", action="store_true", help="one second and one minute only")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    whole(recording(CLIP_S))  # loads what is read once a process
    rounds = dict.fromkeys(QUICK, QUICK_ROUNDS) if options.quick else ROUNDS
    found = {size: measured(size, n) for size, n in rounds.items()}
    print((as_json if options.json else document)(circumstances(), found), end="")
    return 1 if any(bound.holds is False for bound in bounds(found)) else 0


if __name__ == "__main__":
    sys.exit(main())
