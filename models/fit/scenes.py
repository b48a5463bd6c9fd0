"""More people and rooms that the arch of the back is learned on, beside `stills.py`: kneeling and lying only.

Each scene is one person before one camera, in a neutral posture and in others. The lumbar spine differs from still to
still and everything else that a person moves as well; body, clothes, room and camera are the same.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import cv2
import numpy as np

from benchmarks.studio.actor import Actor
from benchmarks.studio.body import body, skin
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed
from benchmarks.studio.look import Look, stranger
from benchmarks.studio.pose import Pose, other
from benchmarks.studio.postures import Arms, Kneel, KneelSetup, leg_bent, leg_lifted, lying, raised_arms
from benchmarks.studio.scene import Mood, exposure_of, stage
from benchmarks.studio.splits import dressed
from formcheck.body.poses import Array
from models.fit.stills import SIDE, VERTEBRAE, Pictures, back_skin

NUMBER: Final = 14
"""Where the draws start, beside those of `splits.NUMBER` and `stills.NUMBER`: no body is one of theirs."""

SCENES: Final = 180
"""Bodies, rooms and cameras of each kind; none of them is in a split."""

HOLDS: Final = 7
"""Postures of each, besides neutral."""

KINDS: Final = ("lunge", "lift")

LOOSE: Final = 0.6
"""Fit of a shirt from which it hangs loose."""


class Scene(NamedTuple):
    """One person before one camera: poses (1 + `HOLDS`), the first one neutral, and what they wear."""

    actor: Actor
    poses: Pose
    camera: Camera
    look: Look


def scene(kind: str, number: int) -> Scene:
    """Scene `number` of a kind."""
    rng = np.random.default_rng([NUMBER, KINDS.index(kind), number])
    shape, look = stranger(rng)
    actor = Actor(body(shape))
    poses = (_kneeling if kind == "lunge" else _lying)(actor, rng)
    off = float(rng.uniform(0, 60)) * float(rng.choice([-1, 1]))
    camera = Camera(
        yaw=(float(rng.choice([90.0, 270.0])) + off) % 360,
        height=float(rng.uniform(0.15, 1.6)),
        roll=float(rng.normal(0, 2)),
        lens=float(rng.uniform(40, 64)),
        size=(SIDE, SIDE),
    )
    matrices = actor.rig.transforms(actor.rig.matrices(poses))
    reach = np.concatenate([skin(actor.body, one)[::40] for one in matrices])
    camera = aimed(camera, reach, room=float(rng.uniform(1.0, 1.35)))
    dice = rng.random()
    if dice < 0.85:
        look = dressed(look, rng, loose=bool(dice > 0.7))
    return Scene(actor, poses, camera, look)


def _kneeling(actor: Actor, rng: np.random.Generator) -> Pose:
    """Half-kneeling, and lunges with more or less of lean, arms and arch."""
    setup = KneelSetup(
        side="left" if rng.random() < 0.5 else "right",
        front_knee=float(rng.uniform(72, 110)),
        half_spread=float(rng.uniform(0.06, 0.17)),
        toes_tucked=bool(rng.random() < 0.3),
    )
    n = HOLDS + 1
    lean = np.append(rng.uniform(-3, 6), rng.uniform(0, 40, HOLDS))
    trunk = np.append(rng.uniform(-4, 6), rng.uniform(-10, 20, HOLDS))
    arms = np.where(rng.random(n) < 0.55, rng.uniform(120, 178, n), rng.uniform(0, 120, n))
    arms[0] = 0.0 if rng.random() < 0.6 else rng.uniform(0, 70)
    kneel = Kneel(actor, setup)
    raised = raised_arms(arms + rng.normal(0, 2, n) * (arms > 0), trunk, float(rng.uniform(5, 25)))
    if rng.random() < 0.25:
        raised = _on_hips(raised, rng)
    return kneel.at(
        lean + rng.normal(0, 0.5, n),
        trunk=trunk + rng.normal(0, 1, n),
        lordosis=float(rng.uniform(-8, 10)) + np.append(0.0, _changes(rng, -12)),
        arms=raised,
        head=trunk + rng.normal(0, 7, n),
    )


def _on_hips(arms: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The same arms, but in about half of the poses the hands are on the hips."""
    there = rng.random(HOLDS + 1) < 0.5
    hips = {"upper_arm": 205.0, "upper_arm_out": 42.0, "forearm": 150.0, "forearm_out": -38.0}
    return {name: np.where(there, hips[name] + rng.normal(0, 4), value) for name, value in arms.items()}


def _lying(actor: Actor, rng: np.random.Generator) -> Pose:
    """On the back, and with one leg or both lifted and more or less of arch."""
    arms: Arms = cast(Arms, str(rng.choice(["sides", "out", "overhead", "under_hips"])))
    arch = float(rng.uniform(0, 10)) + np.append(0.0, _changes(rng, -8))
    pose = lying(actor, HOLDS + 1, arch=np.maximum(arch, -2), arms=arms, knee=float(rng.uniform(0, 12)))
    lifted = rng.choice(["left", "right", "both"], p=[0.38, 0.37, 0.25])
    high = 35.0 if rng.random() < 0.6 else 88.0
    degrees = np.append(0.0, rng.uniform(4, high, HOLDS))
    for side in ("left", "right") if lifted == "both" else (str(lifted),):
        leg_lifted(actor, pose, side, degrees, np.append(0.0, rng.uniform(0, 18, HOLDS)))
    if lifted != "both" and rng.random() < 0.2:
        leg_bent(actor, pose, other(str(lifted)), float(rng.uniform(65, 112)))
    pose.of("head")[:] += np.abs(rng.normal(0, 2, HOLDS + 1))
    return pose


def _changes(rng: np.random.Generator, least: float) -> Array:
    """Changes of lordosis: some next to none, the others from `least` to 36 degrees."""
    return np.where(rng.random(HOLDS) < 0.3, rng.uniform(-3, 3, HOLDS), rng.uniform(least, 36, HOLDS))


@dataclass(frozen=True, slots=True)
class Drawn(Pictures):
    """The stills of a scene, a row each; as in `stills.Stills`, but `points` (n, 12, 2) are those of the spine and the
    skin of the back alone.
    """

    points: Array
    lordosis: Array
    scene: Array
    yaw: Array
    kind: Array
    loose: Array


def drawn(kind: str, number: int) -> Drawn:
    """Scene `number` of a kind, drawn."""
    cv2.setNumThreads(1)
    made = scene(kind, number)
    rig, matrices = made.actor.rig, made.actor.rig.matrices(made.poses)
    rng = np.random.default_rng([NUMBER, 9, KINDS.index(kind), number])
    mood = cast(Mood, str(rng.choice(["day", "evening", "dark", "backlit"], p=[0.55, 0.2, 0.1, 0.15])))
    room = stage(rng, made.camera, mood=mood, clutter=float(rng.uniform(0, 1)), mat=bool(rng.random() < 0.7))
    film = Film(exposure=exposure_of(mood), noise=float(rng.uniform(0.003, 0.014)), seed=number)
    figure = Figure(made.actor.body, made.look)
    pictures = [
        room.picture([figure.posed(one)], made.camera, film, 0.0, i) for i, one in enumerate(rig.transforms(matrices))
    ]
    named = rig.fixed({name: (name, rig.rest(name)) for name in VERTEBRAE})
    at = np.concatenate([rig.place(matrices, named), rig.place(matrices, back_skin(made.actor))], axis=1)
    jpegs = [cv2.imencode(".jpg", p[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 96])[1].ravel() for p in pictures]
    n = len(pictures)
    return Drawn(
        jpeg=np.concatenate(jpegs),
        ends=np.cumsum([len(one) for one in jpegs]),
        points=made.camera.view(0.0).project(at)[..., :2],
        lordosis=made.poses.lordosis,
        scene=np.zeros(n, int),
        yaw=np.full(n, made.camera.yaw),
        kind=np.full(n, kind),
        loose=np.full(n, made.look.top_fit > LOOSE),
    )


def kept(folder: Path, kind: str, number: int) -> Path:
    """Where a scene is kept in `folder`; it is drawn if it is not there."""
    path = folder / f"{kind}_{FIRST[kind] + number}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        drawn(kind, number).write(path)
    return path


FIRST: Final = {"lunge": 10_000, "lift": 15_000}
"""Numbers of the bodies: none is one of `stills.py`."""
