"""How well the arch of the back is told: sets whose reps differ in nothing but the lumbar spine.

python -m benchmarks.arch make tune|test --out DIR [--jobs N]
python -m benchmarks.arch show DIR [--markdown OUT] [--jobs N]

`make` films each body of a split in a kneeling lunge and in leg lifts, side-on and 30 degrees off, three reps each: one
with up to 3 degrees of lordosis more than at rest, one with 15, one with another amount. `show` runs formcheck on them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, cast

import cv2
import numpy as np

from benchmarks.studio import splits
from benchmarks.studio.body import body, skin
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, Take, made
from benchmarks.studio.figure import Figure, Look, stranger
from benchmarks.studio.postures import Actor, Arms, Kneel, KneelSetup, leg_lifted, lying, raised_arms
from benchmarks.studio.rig import Pose
from benchmarks.studio.scene import Mood, exposure_of, stage
from benchmarks.studio.sets import drawn
from benchmarks.studio.splits import BODIES, aimed, dressed, filmed_by, folded, person
from formcheck import arch, store
from formcheck.blazepose import Networks
from formcheck.errors import FormcheckError
from formcheck.poses import Array, Poses

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

SCENES: Final = 160
"""Bodies, rooms and cameras that each kind of posture is learned on; none of them is in a split."""

HOLDS: Final = 7
"""Postures of each, besides neutral."""

YAWS: Final = {"upright": (45.0, 65.0, 85.0), "lying": (45.0, 65.0, 85.0)}
REACH_DEG: Final = 12.0
"""Scenes count for a yaw by a bell curve this wide."""

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
    rng = np.random.default_rng([NUMBER["fit"], list(YAWS).index(kind), number])
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
    pose.of("head")[:] += np.abs(rng.normal(0, 1, HOLDS + 1))
    return pose


def _changes(rng: np.random.Generator) -> Array:
    """Changes of lordosis: some next to none, the others up to 35 degrees."""
    return np.where(rng.random(HOLDS) < 0.3, rng.uniform(-3, 3, HOLDS), rng.uniform(-6, 35, HOLDS))


def learned(kind: str, number: int) -> tuple[bool, float, Array]:
    """Whether a scene's shirt is loose, its yaw, and a row of features and change of lordosis for each hold."""
    cv2.setNumThreads(1)
    made, networks = scene(kind, number), Networks()
    rng = np.random.default_rng([NUMBER["fit"], 9, number])
    mood = str(rng.choice(["day", "evening", "backlit"], p=[0.6, 0.25, 0.15]))
    room = stage(
        rng, made.camera, mood=cast(Mood, mood), clutter=float(rng.uniform(0, 1)), mat=bool(rng.random() < 0.7)
    )
    film = Film(exposure=exposure_of(cast(Mood, mood)), noise=float(rng.uniform(0.004, 0.012)), seed=number)
    figure = Figure(made.actor.body, made.look)
    transforms = made.actor.rig.transforms(made.actor.rig.matrices(made.poses))
    looks = []
    for i, one in enumerate(transforms):
        picture = room.picture([figure.posed(one)], made.camera, film, 0.0, i)
        looks.append(_look(networks, picture))
    near = "left" if np.sin(np.radians(made.camera.yaw)) > 0 else "right"
    neutral, yaw = looks[0], folded(made.camera.yaw)
    rows = []
    for look, lordosis in zip(looks[1:], made.poses.lordosis[1:], strict=True):
        if neutral is not None and look is not None:
            change = float(lordosis - made.poses.lordosis[0])
            rows.append(np.append(arch.features(neutral, look, near, yaw), change))
    return made.loose, yaw, np.array(rows).reshape(-1, len(arch.FEATURES) + 1)


def _look(networks: Networks, picture: Array) -> Array | None:
    """A still as the core would look at it: the second pass on the person that the detector is surest of."""
    people = networks.detect(picture)
    if not people:
        return None
    first = networks.landmarks(picture, people[0])
    found = networks.landmarks(picture, first.region, mask=True)
    seen = found.contours
    assert seen is not None
    blank = Poses.blank(np.zeros(1), (picture.shape[1], picture.shape[0]))
    columns = {"back": seen.back[None], "belly": seen.belly[None], "axis": seen.axis[None]}
    poses = replace(blank, image=found.image[None], back_state=np.array([seen.state]), **columns)
    return arch.columns(poses)[0] if np.isfinite(seen.axis).all() else None


def fit(out: Path, rows: Path | None, jobs: int) -> None:
    """Learn the distributions of both kinds of posture and write them."""
    models = {}
    for kind in YAWS:
        kept = None if rows is None else rows / f"{kind}.npz"
        if kept is not None and kept.exists():
            with np.load(kept) as arrays:
                loose, yaw, values = arrays["loose"], arrays["yaw"], arrays["values"]
        else:
            loose, yaw, values = _rows(kind, jobs)
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                np.savez(kept, loose=loose, yaw=yaw, values=values)
        normals = []
        for centre in YAWS[kind]:
            weights = np.exp(-np.square((yaw - centre) / REACH_DEG) / 2) * ~loose
            normal = arch.Normal.fitted(values, weights)
            numbers = np.concatenate([normal.mean, normal.covariance[np.tril_indices(len(normal.mean))]])
            normals.append([float(f"{number:.6g}") for number in numbers])
        models[kind] = {"yaws": YAWS[kind], "normals": normals}
    with store.whole(out) as path:
        path.write_text(json.dumps({"features": arch.FEATURES, "models": models}) + "\n", "utf-8")


def _rows(kind: str, jobs: int) -> tuple[Array, Array, Array]:
    loose, yaws, values = [], [], []
    with ProcessPoolExecutor(jobs) as pool:
        for i, (hangs, yaw, rows) in enumerate(pool.map(partial(learned, kind), range(SCENES)), 1):
            print(f"{kind} {i}/{SCENES}", file=sys.stderr, flush=True)
            loose += [hangs] * len(rows)
            yaws += [yaw] * len(rows)
            values.append(rows)
    return np.array(loose), np.array(yaws), np.concatenate(values)


def make(split: str, out: Path, jobs: int) -> None:
    """Film the clips that are not there yet."""
    clips = planned(split)
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        for clip, drew in zip(clips, pool.map(partial(made, folder=out), clips), strict=True):
            print(f"{clip.name}: {'made' if drew else 'there'}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("make")
    command.add_argument("split", choices=["tune", "test"])
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--jobs", type=int, default=1)
    command = commands.add_parser("fit")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--rows", type=Path)
    command.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        if options.command == "make":
            make(options.split, options.out, options.jobs)
        else:
            fit(options.out, options.rows, options.jobs)
    except FormcheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
