"""How often people at rest breathe, against the studio's truth: where it is claimed, how far off, and never falsely.

python -m benchmarks.breaths make --out DIR [--jobs N]
python -m benchmarks.breaths show FOLDER... [--markdown OUT]

`make` films people who rest for a minute, other ones than those of the split `others`: six to thirty breaths a minute
that lift the belly by 1 to 2.4 cm, some people without a breath, two seen obliquely. `show` runs formcheck on all rests
in folders of clips with their truth; landmarks are kept beside them.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.cases import Case, cases
from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.studio import others
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, made
from benchmarks.studio.filming import filmed_by
from benchmarks.studio.look import stranger
from benchmarks.studio.mix import Wish
from benchmarks.studio.sets import Recipe
from benchmarks.studio.splits import dressed
from benchmarks.tables import DASH, Section, number, share
from formcheck import __version__
from formcheck.core.breaths import LEAST_S
from formcheck.findings import Breaths

NUMBER: Final = 7717
CLIPS: Final = 16
RESTS: Final = ("rest_legs_on_chair", "rest_knees_together", "rest_leg_on_knee")
OBLIQUE: Final = (5, 10)
WITHOUT: Final = (3, 8, 13)
"""Where the draws of `make` start, how many clips it films, which are seen obliquely, and which show nobody breathing.
"""

ABOUT: Final = (
    "Rendered people at rest: of the split `others`, and more that `make` films (`extra`). By what breaths are claimed "
    "was set on those of `others`, on `extra-00` to `extra-10` and on noise; `extra-11` to `extra-15` were looked "
    "at after that. A true rate is from the top of the first breath in the rest to that of the last."
)

HELD_S: Final = 56.0
ONE_IN_TEN: Final = 0.1


# --- clips ------------------------------------------------------------------------------------------------------------


def planned(i: int) -> Clip:
    """Clip `i` of somebody who rests for a minute."""
    rng, kind = np.random.default_rng([NUMBER, 2, i]), RESTS[i % len(RESTS)]
    wish = Wish(kind, "oblique" if i in OBLIQUE else "side", others.BREATHES)
    shape, look = stranger(np.random.default_rng([NUMBER, 1, i]))
    rep, setup = others.drawn(kind, rng)
    rep |= {"hold_s": HELD_S} | _breathing(i)
    side = str(rng.choice(["left", "right"]))
    part = Part(Recipe(kind, rep, setup), (side if kind == "rest_leg_on_knee" else "both",))  # type: ignore[arg-type]
    look = dressed(look, rng, loose=i % 4 == 1)
    setting = Setting(int(rng.integers(2**31)), mat=bool(rng.random() < 0.8))
    tags = {"kind": kind, "view": wish.view, "way": wish.way}
    clip = Clip(
        name=f"extra-{i:02d}-{kind}",
        seed=int(rng.integers(2**31)),
        shape=shape,
        look=look,
        parts=(part,),
        setting=setting,
        camera=Camera(),
        film=Film(),
        enters=bool(rng.random() < 0.06),
        tags=tuple(sorted(tags.items())),
    )
    clip = filmed_by(clip, wish, rng)
    return replace(clip, camera=replace(clip.camera, shake=0.0), fps=6.25, uneven_fps=False)


def _breathing(i: int) -> dict[str, Any]:
    rng = np.random.default_rng([NUMBER, 99, i])
    a_minute, rise_m = float(np.exp(rng.uniform(np.log(6.5), np.log(29)))), float(rng.uniform(0.010, 0.024))
    return {"a_minute": 0.0, "rise_m": 0.0} if i in WITHOUT else {"a_minute": a_minute, "rise_m": rise_m}


def make(out: Path, jobs: int) -> None:
    """Film the clips that are not there yet."""
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        clips = list(pool.map(planned, range(CLIPS)))
        for clip, drawn in zip(clips, pool.map(partial(made, folder=out), clips), strict=True):
            print(f"{clip.name}: {'made' if drawn else 'there'}", flush=True)


# --- what is found ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest of a clip: how often one truly breathes, 0 if nobody does, and what is told; None: it was not found."""

    case: Case
    hold_s: float
    true: float
    told: Breaths | None

    @property
    def off(self) -> float | None:
        """By what share of the true rate the one told is off; None where none is told."""
        if self.told is None or self.told.a_minute is None:
            return None
        return self.told.a_minute / self.true - 1 if self.true else float("inf")

    @property
    def inside(self) -> bool:
        """Whether the interval holds the true rate."""
        low, high = (self.told and self.told.interval) or (0.0, 0.0)
        return low <= self.true <= high


def rests(folder: Path) -> Iterator[Rest]:
    """The rests in the clips of a folder."""
    for case in cases(folder):
        if case.tags.get("kind") not in RESTS or case.poses() is None:
            continue
        reps = [rep for bout in case.report().bouts for rep in bout.reps if rep.breaths is not None]
        for rep in reps:
            yield Rest(case, rep.hold_s, _true(case, rep.hold_from_s, rep.hold_to_s), rep.breaths)
        if not reps:
            [[true]] = [bout["reps"] for bout in case.truth["bouts"]]
            yield Rest(case, true["hold_s"], _true(case, true["hold_from_s"], true["hold_to_s"]), None)


def _true(case: Case, start_s: float, end_s: float) -> float:
    """Breaths a minute in a part of a clip, from the first time that the belly is highest to the last."""
    each = case.truth.get("breaths", {}).get("each", [])
    tops = [one["peak_s"] for one in each if start_s <= one["peak_s"] <= end_s]
    return 60 * (len(tops) - 1) / (tops[-1] - tops[0]) if len(tops) > 1 else 0.0


def sections(found: Sequence[Rest]) -> list[Section]:
    """The tables."""
    long = [one for one in found if one.hold_s >= LEAST_S]
    head = ("clip", "view", "yaw", "clothes", "at rest, s", "true, a minute", "told", "interval", "off")
    listed = Section("Each rest", "", head, [_row(one) for one in sorted(found, key=lambda one: one.case.name)])
    shares = ("who", "claimed", "within 1 in 10", "median off", "worst off", "true rate inside the interval")
    groups = [
        ("side on, breathing", [one for one in long if one.case.view == "side" and one.true]),
        ("obliquely, breathing", [one for one in long if one.case.view == "oblique" and one.true]),
        ("nobody breathes", [one for one in long if not one.true]),
        ("too short a rest", [one for one in found if one not in long]),
    ]
    return [Section("Breaths of a rest", ABOUT, shares, [(name, *_figures(group)) for name, group in groups]), listed]


def _figures(group: Sequence[Rest]) -> tuple[str, ...]:
    claims = [one for one in group if one.off is not None]
    sizes = [abs(one.off or 0.0) * 100 for one in claims]
    return (
        share([one.off is not None for one in group]),
        share([size <= 100 * ONE_IN_TEN for size in sizes]),
        f"{number(sizes, digits=1)} %" if sizes else DASH,
        f"{number(sizes, max, 1)} %" if sizes else DASH,
        share([one.inside for one in claims]),
    )


def _row(one: Rest) -> tuple[Any, ...]:
    told, tags = one.told, one.case.tags
    figures = ("no such rest seen" if told is None else told.reason_code or DASH, DASH, DASH)
    if told is not None and told.a_minute is not None and told.interval is not None and one.off is not None:
        figures = (f"{told.a_minute:.1f}", "{:.1f} to {:.1f}".format(*told.interval), f"{100 * one.off:+.1f} %")
    yaw = f"{one.case.yaw:.0f}" if one.case.yaw is not None else DASH
    loose = "loose" if tags.get("loose") == "yes" else "close"
    return one.case.name, one.case.view, yaw, loose, f"{one.hold_s:.0f}", f"{one.true:.1f}", *figures


def show(folders: Sequence[Path], markdown: Path | None) -> None:
    """Print the tables, or write them."""
    found = [one for folder in folders for one in rests(folder)]
    head = f"# How often people at rest breathe\n\nformcheck {__version__}; {described()}."
    written("\n\n".join([head, *(section.markdown() for section in sections(found))]) + "\n", markdown)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of(__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    films = commands.add_parser("make")
    films.add_argument("--out", type=Path, required=True)
    films.add_argument("--jobs", type=int, default=1)
    shows = commands.add_parser("show")
    shows.add_argument("folders", nargs="+", type=Path)
    shows.add_argument("--markdown", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "make":
        make(options.out, options.jobs)
    else:
        show(options.folders, options.markdown)


if __name__ == "__main__":
    sys.exit(main())
