"""How well the arch of the back is told: sets whose reps differ in nothing but the lumbar spine.

python -m benchmarks.arch make tune|test --out DIR [--jobs N]
python -m benchmarks.arch show DIR [--markdown OUT] [--json OUT] [--jobs N]
python -m benchmarks.arch fit [--out formcheck/arch.npz] [--rows DIR] [--jobs N]

`make` films each body of a split in a kneeling lunge and in leg lifts, side-on and 30 degrees off, three reps each: one
with up to 3 degrees of lordosis more than at rest, one with 15, one with another amount; lean, arms and leg do the same
in each. `show` runs formcheck on them. `fit` learns what formcheck ships from stills of other bodies, whose looks are
kept in `--rows`; it wants scikit-learn.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, cast

import cv2
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from benchmarks.accuracy.__main__ import circumstances, document, measured
from benchmarks.accuracy.cases import cases
from benchmarks.accuracy.records import Record, Records
from benchmarks.accuracy.tables import DASH, VERDICTS, Section, mean_size, number, share
from benchmarks.studio import splits
from benchmarks.studio.actor import Actor
from benchmarks.studio.body import body, skin
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, Take, made
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed, filmed_by, folded
from benchmarks.studio.look import Look, stranger
from benchmarks.studio.pose import Pose, other
from benchmarks.studio.postures import Arms, Kneel, KneelSetup, leg_bent, leg_lifted, lying, raised_arms
from benchmarks.studio.scene import Mood, exposure_of, stage
from benchmarks.studio.sets import drawn
from benchmarks.studio.splits import BODIES, dressed, person
from formcheck import files
from formcheck.body import arch
from formcheck.body.poses import Array, Poses
from formcheck.errors import FormcheckError
from formcheck.pose.networks import Networks, Skeleton

NUMBER: Final = {**splits.NUMBER, "fit": 4}
"""Where the draws of each set start: no body of one is in another."""

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
        _clip(split, number, exercise, view) for number in range(BODIES) for exercise in EXERCISES for view in OFF_SIDE
    ]


def _clip(split: str, number: int, exercise: str, view: str) -> Clip:
    rng = np.random.default_rng([NUMBER[split], 3, number, EXERCISES.index(exercise), list(OFF_SIDE).index(view)])
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
    side = "left" if rng.random() < 0.5 else "right"
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


# --- learning ---------------------------------------------------------------------------------------------------------

SCENES: Final = 370
"""Bodies, rooms and cameras that each kind of posture is learned on; none of them is in a split."""

HOLDS: Final = 6
"""Postures of each, besides neutral."""

KINDS: Final = ("upright", "lying")

CLOTHED: Final = 0.2
"""Share of the scenes in loose shirts: they are kept apart, to see how unlike they are."""


class Scene(NamedTuple):
    """One person before one camera: poses (1 + `HOLDS`), the first one neutral, and what they wear."""

    actor: Actor
    poses: Pose
    camera: Camera
    look: Look
    loose: bool


def scene(kind: str, number: int) -> Scene:
    """Scene `number` of those that `upright` or `lying` is learned on."""
    rng = np.random.default_rng([NUMBER["fit"], KINDS.index(kind), number])
    shape, look = stranger(rng)
    actor = Actor(body(shape))
    poses = (_kneeling if kind == "upright" else _lying)(actor, rng)
    loose = bool(rng.random() < CLOTHED)
    off = float(rng.uniform(0, 50)) * float(rng.choice([-1, 1]))
    camera = Camera(
        yaw=(float(rng.choice([90.0, 270.0])) + off) % 360,
        height=float(rng.uniform(0.5, 1.3)),
        roll=float(rng.normal(0, 1.5)),
        lens=float(rng.uniform(46, 62)),
    )
    matrices = actor.rig.transforms(actor.rig.matrices(poses))
    reach = np.concatenate([skin(actor.body, one)[::40] for one in matrices])
    camera = aimed(camera, reach, room=float(rng.uniform(1.02, 1.25)))
    return Scene(actor, poses, camera, dressed(look, rng, loose=loose), loose)


def _kneeling(actor: Actor, rng: np.random.Generator) -> Pose:
    """Half-kneeling, and lunges with more or less of lean, arms and arch."""
    setup = KneelSetup(
        side="left" if rng.random() < 0.5 else "right",
        front_knee=float(rng.uniform(75, 105)),
        half_spread=float(rng.uniform(0.08, 0.16)),
        toes_tucked=bool(rng.random() < 0.3),
    )
    n = HOLDS + 1
    lean = np.append(0.0, rng.uniform(8, 38, HOLDS))
    trunk = np.append(0.0, rng.uniform(-9, 13, HOLDS))
    arms = np.append(0.0, np.where(rng.random(HOLDS) < 0.75, rng.uniform(120, 178, HOLDS), rng.uniform(0, 120, HOLDS)))
    arch = np.append(0.0, _changes(rng))
    neutral = float(rng.uniform(-6, 8))
    kneel = Kneel(actor, setup)
    return kneel.at(
        lean + rng.normal(0, 0.5, n),
        trunk=trunk + rng.normal(0, 1, n),
        lordosis=neutral + arch,
        arms=raised_arms(arms + rng.normal(0, 2, n) * (arms > 0), trunk),
        head=trunk + rng.normal(0, 4, n),
    )


def _lying(actor: Actor, rng: np.random.Generator) -> Pose:
    """On the back, and with one leg or both lifted and more or less of arch."""
    arms: Arms = cast(Arms, str(rng.choice(["sides", "out", "overhead", "under_hips"])))
    arch = float(rng.uniform(0, 6)) + np.append(0.0, _changes(rng))
    pose = lying(actor, HOLDS + 1, arch=arch, arms=arms, knee=float(rng.uniform(0, 10)))
    lifted = rng.choice(["left", "right", "both"], p=[0.45, 0.45, 0.1])
    degrees = np.append(0.0, rng.uniform(5, 32, HOLDS))
    for side in ("left", "right") if lifted == "both" else (str(lifted),):
        leg_lifted(actor, pose, side, degrees, np.append(0.0, rng.uniform(0, 14, HOLDS)))
    if lifted != "both" and rng.random() < 0.15:
        leg_bent(actor, pose, other(str(lifted)), float(rng.uniform(70, 110)))
    pose.of("head")[:] += np.abs(rng.normal(0, 1, HOLDS + 1))
    return pose


def _changes(rng: np.random.Generator) -> Array:
    """Changes of lordosis: some next to none, the others up to 35 degrees."""
    return np.where(rng.random(HOLDS) < 0.3, rng.uniform(-3, 3, HOLDS), rng.uniform(-6, 35, HOLDS))


class Sight(NamedTuple):
    """What a scene showed: the camera's true yaw, which side is near, whether the shirt is loose; of each pose the
    lordosis (n,) and the look (n, len(arch.COLUMNS)).
    """

    yaw: float
    near: str
    loose: bool
    lordosis: Array
    looks: Array


def seen(kind: str, number: int) -> Sight:
    """A scene drawn and looked at."""
    cv2.setNumThreads(1)
    made, networks = scene(kind, number), Networks()
    rng = np.random.default_rng([NUMBER["fit"], 9, number])
    mood = cast(Mood, str(rng.choice(["day", "evening", "backlit"], p=[0.6, 0.25, 0.15])))
    room = stage(rng, made.camera, mood=mood, clutter=float(rng.uniform(0, 1)), mat=bool(rng.random() < 0.7))
    film = Film(exposure=exposure_of(mood), noise=float(rng.uniform(0.004, 0.012)), seed=number)
    figure = Figure(made.actor.body, made.look)
    transforms = made.actor.rig.transforms(made.actor.rig.matrices(made.poses))
    pictures = (room.picture([figure.posed(one)], made.camera, film, 0.0, i) for i, one in enumerate(transforms))
    looks = np.array([_look(networks, picture, rng) for picture in pictures])
    near = "left" if np.sin(np.radians(made.camera.yaw)) > 0 else "right"
    return Sight(folded(made.camera.yaw), near, made.loose, made.poses.lordosis, looks)


PASSES: Final = 3
"""Crops, each a little off, of which a look is the mean: as those of a few frames that follow one another."""


def _look(networks: Networks, picture: Array, rng: np.random.Generator) -> Array:
    """The look that a still shows, (len(arch.COLUMNS),); NaN where nobody is found."""
    people = networks.detect(picture)
    if not people:
        return np.full(len(arch.COLUMNS), np.nan)
    region = networks.landmarks(picture, people[0]).region
    first, looks = networks.landmarks(picture, region).region, []
    for _ in range(PASSES):
        aside = first.size * rng.normal(0, 0.012, 2)
        near = replace(
            first,
            x=first.x + float(aside[0]),
            y=first.y + float(aside[1]),
            size=first.size * float(np.exp(rng.normal(0, 0.02))),
            angle=first.angle + float(rng.normal(0, 0.02)),
        )
        looks.append(arch.columns(_poses(picture, networks.landmarks(picture, near, mask=True)))[0])
    return arch.mean(np.array(looks))


def _poses(picture: Array, found: Skeleton) -> Poses:
    """One skeleton as the poses of one frame."""
    blank = Poses.blank(np.zeros(1), (picture.shape[1], picture.shape[0]))
    blank = replace(blank, image=found.image[None], world=found.world[None])
    if found.contours is None:
        return blank
    back, belly, axis, state = found.contours
    return replace(blank, back=back[None], belly=belly[None], axis=axis[None], back_state=np.array([state]))


def _sights(kind: str, kept: Path | None, jobs: int) -> list[Sight]:
    """All scenes of a kind, from where they are kept if they are."""
    path = None if kept is None else kept / f"{kind}.npz"
    if path is not None and path.exists():
        with np.load(path) as arrays:
            return [Sight(*row) for row in zip(*(arrays[name] for name in Sight._fields), strict=True)]
    with ProcessPoolExecutor(jobs) as pool:
        found = []
        for i, sight in enumerate(pool.map(partial(seen, kind), range(SCENES)), 1):
            print(f"{kind} {i}/{SCENES}", file=sys.stderr, flush=True)
            found.append(sight)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{name: np.array([getattr(s, name) for s in found]) for name in Sight._fields})
    return found


def rows(sights: Sequence[Sight]) -> Array:
    """Features and, last, the change of lordosis of every hold whose trunk was seen, (n, len(arch.FEATURES) + 1)."""
    made = []
    for sight in sights:
        neutral = sight.looks[0]
        for look, lordosis in zip(sight.looks[1:], sight.lordosis[1:], strict=True):
            if arch.shown(neutral) and arch.shown(look) and look[FACING] == neutral[FACING]:
                (seen_features,) = arch.features(neutral, look[None], str(sight.near), float(sight.yaw))
                made.append(np.append(seen_features, lordosis - sight.lordosis[0]))
    return np.array(made)


FACING: Final = arch.COLUMNS.index("facing")

TUNED_ON: Final = 450
"""Rows on which the kernel's lengths are found: they want a matrix a step."""


def learned(values: Array) -> dict[str, Array]:
    """What a model stores, from rows as `rows` gives them."""
    normal = arch.Normal.fitted(values, np.ones(len(values)))
    inputs, targets = normal.filled(values[:, :-1])[0], values[:, -1]
    spread = inputs.std(axis=0) + 1e-6
    some = np.random.default_rng(0).permutation(len(inputs))[:TUNED_ON]
    kernel = ConstantKernel(100.0) * RBF(np.full(inputs.shape[1], 3.0), (0.5, 60.0)) + WhiteKernel(9.0, (1.0, 60.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # features without use go to the bound: that is what the bound is for
        tuned = GaussianProcessRegressor(kernel).fit(inputs[some] / spread, targets[some] - targets.mean()).kernel_
    stored = {
        "inputs": inputs.astype(np.float32),
        "targets": targets.astype(np.float32),
        "scales": (tuned.k1.k2.length_scale * spread).astype(np.float32),
        "size": np.float32(np.sqrt(tuned.k1.k1.constant_value)),
        "noise": np.float32(np.sqrt(tuned.k2.noise_level)),
        "mean": normal.mean.astype(np.float32),
        "covariance": normal.covariance,
    }
    return stored | {"weights": arch.weights(stored)}


def fit(out: Path, kept: Path | None, jobs: int) -> None:
    """Learn from both kinds of posture and write what was learned."""
    arrays: dict[str, Array] = {"features": np.array(arch.FEATURES)}
    for kind in KINDS:
        close = [sight for sight in _sights(kind, kept, jobs) if not sight.loose]
        arrays |= {f"{kind}.{name}": array for name, array in learned(rows(close)).items()}
    with files.whole(out) as path, path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


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


def show(folder: Path, markdown: Path | None, into: Path | None, jobs: int) -> None:
    """Run formcheck on a folder of these clips and write the table."""
    made_of, about = table(measured(cases(folder), jobs=jobs)), circumstances([folder])
    text = document([made_of], about)
    for path, content in (
        (markdown, text),
        (into, json.dumps({**about, "tables": [made_of._asdict()]}, indent=1) + "\n"),
    ):
        if path is not None:
            with files.whole(path) as part:
                part.write_text(content, "utf-8")
    if markdown is None:
        print(text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    command = commands.add_parser("fit")
    command.add_argument("--out", type=Path, default=Path(arch.__file__).with_name("arch.npz"))
    command.add_argument("--rows", type=Path)
    command.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        if options.command == "make":
            make(options.split, options.out, options.jobs)
        elif options.command == "show":
            show(options.folder, options.markdown, options.json, options.jobs)
        else:
            fit(options.out, options.rows, options.jobs)
    except FormcheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
