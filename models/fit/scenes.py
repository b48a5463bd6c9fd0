"""People and rooms that the arch of the back is learned on: stills of bodies that are in no split, and their looks."""

from dataclasses import replace
from typing import Final, NamedTuple, cast

import cv2
import numpy as np

from benchmarks.studio.actor import Actor
from benchmarks.studio.body import body, skin
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed, folded
from benchmarks.studio.look import Look, stranger
from benchmarks.studio.pose import Pose, other
from benchmarks.studio.postures import Arms, Kneel, KneelSetup, leg_bent, leg_lifted, lying, raised_arms
from benchmarks.studio.scene import Mood, exposure_of, stage
from benchmarks.studio.splits import dressed
from formcheck.body import arch
from formcheck.body.poses import Array, Poses
from formcheck.pose.networks import Networks, Skeleton

NUMBER: Final = 4
"""Where the draws start, beside those of `splits.NUMBER`: no body is one of a split's."""

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
    rng = np.random.default_rng([NUMBER, KINDS.index(kind), number])
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
    rng = np.random.default_rng([NUMBER, 9, number])
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
