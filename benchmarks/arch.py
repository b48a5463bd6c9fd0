"""How well the arch of the back is told: sets whose reps differ in nothing but the lumbar spine.

python -m benchmarks.arch make tune|test --out DIR [--jobs N]
python -m benchmarks.arch show DIR [--markdown OUT] [--json OUT] [--jobs N]
python -m benchmarks.arch stills DIR [--rows DIR] [--markdown OUT] [--json OUT]

`make` films each body of a split in a kneeling lunge and in leg lifts, side-on and 30 degrees off, three reps each: one
with up to 3 degrees of lordosis more than at rest, one with 15, one with another amount; lean, arms and leg do the same
in each. `show` runs formcheck on them. What it tells the arch by, `models/fit/arch.py` learned on
other bodies. `stills` compares single stills of the bodies `held` of `models/fit/stills.py`: many more bodies, clothes,
views and postures, but one picture where a video has many.
"""

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.accuracy.__main__ import circumstances, document, measured
from benchmarks.accuracy.cases import cases
from benchmarks.accuracy.records import Record, Records
from benchmarks.accuracy.tables import VERDICTS
from benchmarks.command import exits, parser_of
from benchmarks.machine import written
from benchmarks.studio import splits
from benchmarks.studio.acts import Side
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, Take, made
from benchmarks.studio.filming import aimed, filmed_by, folded
from benchmarks.studio.sets import drawn
from benchmarks.studio.splits import BODIES, dressed, person
from benchmarks.tables import DASH, Section, mean_size, number, share
from formcheck.body import arch
from formcheck.body.poses import Array
from formcheck.pose import strip
from formcheck.pose.networks import Networks
from models.fit import sights
from models.fit.sights import Sight

EXERCISES: Final = ("kneeling_lunge", "leg_lift")
OFF_SIDE: Final = {"side": (0.0, 15.0), "oblique": (25.0, 35.0)}
"""Degrees that the camera stands off the person's side."""

FPS: Final = 6.0
"""Holds are still; so few frames a second show as much."""

_TEMPO: Final[dict[str, dict[str, float]]] = {
    "kneeling_lunge": {"raise_s": 1.0, "hold_s": 4.0, "lower_s": 1.0, "rest_s": 1.4, "arms_s": 1.0, "drift": 0.0},
    "leg_lift": {"raise_s": 0.8, "hold_s": 2.4, "lower_s": 0.8, "rest_s": 1.2},
}


def planned(split: str) -> list[Clip]:
    """The clips of a split's bodies: two exercises from two sides each."""
    return [
        _clip(split, number, exercise, view)
        for number in range(BODIES[split])
        for exercise in EXERCISES
        for view in OFF_SIDE
    ]


def _clip(split: str, number: int, exercise: str, view: str) -> Clip:
    rng = np.random.default_rng(
        [splits.NUMBER[split], 3, number, EXERCISES.index(exercise), list(OFF_SIDE).index(view)]
    )
    shape, look = person(split, number)
    name = f"{split}-arch-{number:02d}-{exercise}-{view}"
    tags = {"kind": exercise, "split": split}
    clip = Clip(
        name=name,
        seed=int(rng.integers(2**31)),
        shape=shape,
        look=dressed(look, rng, loose=number % 6 == 5),
        parts=(_set(exercise, rng),),
        setting=Setting(int(rng.integers(2**31)), mat=bool(rng.random() < 0.8)),
        camera=Camera(),
        film=Film(),
        tags=tuple(sorted(tags.items())),
    )
    return _seen_from(filmed_by(clip, rng, plain=True), view, rng)


def _set(exercise: str, rng: np.random.Generator) -> Part:
    recipe = drawn(exercise, rng)
    recipe.rep.update(_TEMPO[exercise])
    side: Side = "left" if rng.random() < 0.5 else "right"
    arches = [rng.uniform(0, 3), 15.0, rng.choice([rng.uniform(5, 12), rng.uniform(18, 32)])]
    for i, degrees in enumerate(rng.permutation(arches)):
        into = {"arch_in": min(float(degrees), 2.0)} if exercise == "kneeling_lunge" else {}
        recipe.changes[str(i)] = {"arch": float(degrees), **into}
    return Part(recipe, (side,) * 3)


def _seen_from(clip: Clip, view: str, rng: np.random.Generator) -> Clip:
    off = float(rng.uniform(*OFF_SIDE[view])) * float(rng.choice([-1, 1]))
    yaw = (float(rng.choice([90.0, 270.0])) + off) % 360
    camera = aimed(
        replace(clip.camera, yaw=yaw, size=(640, 360)), Take(clip).span(), room=float(rng.uniform(1.02, 1.2))
    )
    setting = replace(clip.setting, hide=None, bystander=None)
    tags = dict(clip.tags) | {"yaw": f"{folded(yaw):.0f}", "view": view}
    film = replace(clip.film, blur=clip.film.blur * FPS / 24)
    return replace(clip, camera=camera, setting=setting, film=film, fps=FPS, tags=tuple(sorted(tags.items())))


def make(split: str, out: Path, jobs: int) -> None:
    """Film the clips that are not there yet."""
    clips = planned(split)
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        for clip, drew in zip(clips, pool.map(partial(made, folder=out), clips), strict=True):
            print(f"{clip.name}: {'made' if drew else 'there'}", flush=True)


# --- what comes out ---------------------------------------------------------------------------------------------------

CUES: Final = {"kneeling_lunge": "back_straight", "leg_lift": "low_back_pressed"}
FLAT_DEG: Final = 4.5
"""True arch up to which a rep counts as flat: 3 degrees and the sway of a person who holds still."""

ARCHED_DEG: Final = (13.5, 17.5)
"""True arch of a rep that was to have 15 degrees, sway included."""


def auc(arched: Sequence[float], flat: Sequence[float]) -> float:
    """How often an arched back reads more than a flat one: 0.5 is chance."""
    above = np.array(arched)[:, None] - np.array(flat)[None, :]
    return float(np.mean((above > 0) + 0.5 * (above == 0))) if above.size else float("nan")


def table(records: Records) -> Section:
    """What formcheck told of the arch, by exercise, view and shirt."""
    tags = {clip["clip"]: clip for clip in records.clips}
    lines: list[tuple[str, ...]] = []
    for exercise, cue in CUES.items():
        for view_name in OFF_SIDE:
            for loose in ("no", "yes"):
                group = [
                    r
                    for r in records.verdicts
                    if r["cue"] == cue
                    and (tags[r["clip"]]["kind"], tags[r["clip"]]["loose"]) == (exercise, loose)
                    and r["clip"].endswith(f"-{view_name}")
                    and r["verdict"] != "missing"
                ]
                if group:
                    lines.append((exercise, view_name, "loose" if loose == "yes" else "close", *_line(group)))
    about = (
        "`told`: reps of which a value was given, not abstained. `AUC`: how often a rep with 15 degrees reads more "
        "than one with up to 3, among those told. Mean sizes of errors in degrees for changes up to 17.5, as a share "
        "beyond. "
        "`inside`: how often the 90 % interval holds the truth. Verdicts: met / borderline / fault / not assessed."
    )
    head = ("exercise", "view", "shirt", "reps", "bodies", "told", "AUC", "reps in it", "bias", "mean error")
    return Section("The arch of the back", about, (*head, "beyond", "half interval", "inside", "flat", "arched"), lines)


def _line(group: Sequence[Record]) -> tuple[str, ...]:
    told = [r for r in group if r["error"] is not None]
    flat, arched = ([r for r in group if low <= r["value"] <= high] for low, high in ((-99, FLAT_DEG), ARCHED_DEG))
    values = [[r["value_found"] for r in part if r["error"] is not None] for part in (arched, flat)]
    near = [r["error"] for r in told if r["value"] <= ARCHED_DEG[1]]
    beyond = [abs(r["error"]) / r["value"] for r in told if r["value"] > ARCHED_DEG[1]]
    half = [(r["interval"][1] - r["interval"][0]) / 2 for r in told]
    verdicts = (" / ".join(str(sum(r["verdict"] == v for r in part)) for v in VERDICTS[:4]) for part in (flat, arched))
    return (
        *(str(len(group)), str(len({r["body"] for r in group})), share([r["error"] is not None for r in group])),
        *(f"{auc(*values):.3f}", f"{len(values[0])}, {len(values[1])}"),
        *(number([r["error"] for r in told], np.median, 1), number(near, mean_size, 1)),
        *(percent_of(beyond), number(half, np.median, 1), share([bool(r["inside"]) for r in told]), *verdicts),
    )


def percent_of(shares: Sequence[float]) -> str:
    return f"{100 * float(np.mean(shares)):.0f} %" if shares else DASH


# --- single stills ----------------------------------------------------------------------------------------------------

BOUNDS_DEG: Final = {"upright": 12.0, "lying": 10.0}
"""Where the cues of the back draw the line."""

OBLIQUE_DEG: Final = 30.0
"""Degrees off the side from which a view is oblique."""

HALF_90: Final = 1.645
"""Half a 90 % interval in standard errors; what is measured on videos is calibrated by itself."""


class Told(NamedTuple):
    """Changes of lordosis that were told of stills: true and told change, standard error, which body, (n,) each."""

    true: Array
    value: Array
    error: Array
    body: Array


def of_stills(folder: Path, kept: Path) -> Section:
    """How well the change of lordosis is told of the stills of bodies that nothing was learned on."""
    networks = Networks()
    every = [s for path in sorted(folder.glob("held_*.npz")) for s in sights.kept(kept, path, networks)]
    lines = []
    for posture, bound in BOUNDS_DEG.items():
        found = [sight for sight in every if sight.posture == posture]
        given = sights.rows(found, [_curves(sight) for sight in found])
        learned = arch.models()[posture]
        value, unlike = learned.process.change(given.features)
        told = Told(given.change, value, learned.error(given.features, unlike), given.body)
        oblique = 90 - given.yaw >= OBLIQUE_DEG
        groups = {"side": ~given.loose & ~oblique, "oblique": ~given.loose & oblique, "loose shirts": given.loose}
        lines += [(posture, name, *_of_stills(told, group, bound)) for name, group in groups.items() if group.any()]
    about = (
        "Pairs of stills of one person, one of them neutral. `told`: the error is at most "
        f"{arch.WORST_ERROR_DEG:g} degrees. `AUC`: how often one with more than 15 degrees reads more than one within "
        "4.5, among those told. `judged`: the whole 90 % interval lies on one side of the bound; `wrong`: of these."
    )
    head = ("posture", "view", "pairs", "bodies", "told", "mean error, all", "told", "AUC", "inside", "judged", "wrong")
    return Section("The arch of the back in stills", about, head, lines)


def _curves(sight: Sight) -> Array:
    """What the picture along the trunk tells of each still and pass, (n, passes, 2)."""
    parts = [part.reshape(-1, *part.shape[2:]) for part in (sight.rgb, sight.mask, sight.places, sight.depths)]
    told = [strip.told(strip.Strip(a, b.astype(np.float32), c, d)) for a, b, c, d in zip(*parts, strict=True)]
    return np.array(told).reshape(*sight.looks.shape[:2], 2)


def _of_stills(told: Told, group: Array, bound: float) -> tuple[str, ...]:
    true, value, error, body = (column[group] for column in told)
    there, off = error <= arch.WORST_ERROR_DEG, np.abs(value - true)
    arched, flat = value[there & (true > 15)], value[there & (np.abs(true) < FLAT_DEG)]
    met, fault = value + HALF_90 * error <= bound, value - HALF_90 * error > bound
    judged = there & (met | fault)
    wrong = judged & (met != (true <= bound))
    return (
        *(str(len(true)), str(len(np.unique(body))), share(there.tolist()), number(off.tolist(), np.mean, 1)),
        *(number(off[there].tolist(), np.mean, 1), f"{auc(arched.tolist(), flat.tolist()):.3f}"),
        *(share((off <= HALF_90 * error)[there].tolist()), share(judged.tolist()), share(wrong[judged].tolist())),
    )


def show(folder: Path, markdown: Path | None, into: Path | None, jobs: int) -> None:
    """Run formcheck on a folder of these clips and write the table."""
    _put(table(measured(cases(folder), jobs=jobs)), folder, markdown, into)


def _put(made_of: Section, folder: Path, markdown: Path | None, into: Path | None) -> None:
    about = circumstances([folder])
    written(document([made_of], about), markdown)
    if into is not None:
        written(json.dumps({**about, "tables": [made_of._asdict()]}, indent=1) + "\n", into)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of(__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make")
    command.add_argument("split", choices=["tune", "test"])
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--jobs", type=int, default=1)
    command = commands.add_parser("show")
    command.add_argument("folder", type=Path)
    command.add_argument("--markdown", type=Path)
    command.add_argument("--json", type=Path)
    command.add_argument("--jobs", type=int, default=1)
    command = commands.add_parser("stills")
    command.add_argument("folder", type=Path)
    command.add_argument("--rows", type=Path)
    command.add_argument("--markdown", type=Path)
    command.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "make":
        make(options.split, options.out, options.jobs)
    elif options.command == "stills":
        section = of_stills(options.folder, options.rows or options.folder)
        _put(section, options.folder, options.markdown, options.json)
    else:
        show(options.folder, options.markdown, options.json, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
