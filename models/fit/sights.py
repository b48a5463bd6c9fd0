"""What formcheck sees of the scenes that the arch of the back is learned on (`scenes.py`): contours, strips, postures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np

from formcheck import files
from formcheck.body import arch
from formcheck.body.poses import Array, Poses
from formcheck.pose import strip
from formcheck.pose.networks import Networks, Region, Skeleton
from models.fit import scenes

PASSES: Final = 2
"""Crops of each still, each a little off, as those of a few frames that follow one another."""


class Sight(NamedTuple):
    """What a scene of n stills showed: the camera's true yaw, which side is near, whether the shirt is loose, the true
    lordosis (n,) in degrees; and of each still and pass the look (n, PASSES, len(arch.COLUMNS)) and the strip's parts
    (n, PASSES, ...), NaN and 0 where nobody was found.
    """

    yaw: float
    near: str
    loose: bool
    lordosis: Array
    looks: Array
    rgb: Array
    mask: Array
    posture: Array


def seen(networks: Networks, stills: scenes.Stills, number: int) -> Sight:
    """A scene looked at."""
    rng = np.random.default_rng([scenes.NUMBER, 10, number])
    shape = (len(stills.pictures), PASSES)
    looks = np.full((*shape, len(arch.COLUMNS)), np.nan, np.float32)
    rgb = np.zeros((*shape, strip.HEIGHT, strip.WIDTH, 3), np.uint8)
    mask = np.zeros((*shape, strip.HEIGHT, strip.WIDTH), np.float16)
    posture = np.zeros((*shape, strip.POSTURE), np.float32)
    for i, picture in enumerate(stills.pictures):
        picture = np.ascontiguousarray(picture)
        people = networks.detect(picture)
        if not people:
            continue
        first = networks.landmarks(picture, people[0].on_grid()).region
        for k in range(PASSES):
            found = networks.landmarks(picture, _aside(first, rng), mask=True)
            if found.contours is not None and found.contours.strip is not None:
                looks[i, k] = arch.columns(_poses(picture, found))[0]
                rgb[i, k], mask[i, k], posture[i, k] = found.contours.strip
    return Sight(stills.yaw, stills.near, stills.loose, stills.lordosis, looks, rgb, mask, posture)


def _aside(region: Region, rng: np.random.Generator) -> Region:
    aside = region.size * rng.normal(0, 0.015, 2)
    return replace(
        region,
        x=region.x + float(aside[0]),
        y=region.y + float(aside[1]),
        size=region.size * float(np.exp(rng.normal(0, 0.03))),
        angle=region.angle + float(rng.normal(0, 0.03)),
    )


def _poses(picture: Array, found: Skeleton) -> Poses:
    """One skeleton as the poses of one frame."""
    blank = Poses.blank(np.zeros(1), (picture.shape[1], picture.shape[0]))
    blank = replace(blank, image=found.image[None], world=found.world[None])
    assert found.contours is not None
    back, belly, axis, state, _ = found.contours
    return replace(blank, back=back[None], belly=belly[None], axis=axis[None], back_state=np.array([state]))


def kept(folder: Path, networks: Networks, kind: str, number: int) -> Sight:
    """What is seen of a scene, read from `folder` if it is there, else drawn, looked at and written there."""
    cv2.setNumThreads(1)
    path = folder / f"{kind}_{number:04d}_seen.npz"
    if not path.exists():
        sight = seen(networks, scenes.kept(folder, kind, number), number)
        columns: dict[str, Any] = sight._asdict()
        with files.whole(path) as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, **columns)
    with np.load(path) as stored:
        rest = [stored[name] for name in Sight._fields[3:]]
        return Sight(float(stored["yaw"]), str(stored["near"]), bool(stored["loose"]), *rest)


def all_of(folder: Path, kind: str, numbers: Sequence[int]) -> list[Sight]:
    """What is seen of several scenes of a kind."""
    networks = Networks()
    return [kept(folder, networks, kind, number) for number in numbers]
