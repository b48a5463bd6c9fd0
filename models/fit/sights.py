"""What formcheck sees of the stills that the arch of the back is learned on: contours, strips, postures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np

from benchmarks.studio.filming import folded
from formcheck import files
from formcheck.body import arch
from formcheck.body.poses import Array, Poses
from formcheck.pose import strip
from formcheck.pose.networks import Networks, Region, Skeleton
from models.fit import scenes
from models.fit.scenes import Drawn
from models.fit.stills import Stills

PASSES: Final = 2
"""Crops of each still, each a little off, as those of a few frames that follow one another."""

KINDS: Final = {"lunge": "upright", "lift": "lying"}
"""Kinds of scenes that are learned on, and the posture that they show."""

LEAST_YAW: Final = 28.0
"""Camera yaws from which the arch is learned, degrees: 62 off the side."""


class Sight(NamedTuple):
    """What a scene of n stills showed: its body, the posture, the camera's true yaw, which side is near, whether the
    shirt is loose, the true lordosis (n,) in degrees; and of each still and pass the look (n, PASSES,
    len(arch.COLUMNS)), the strip's parts (n, PASSES, ...), and the true places of the spine and of the skin of the back
    in the strip's axes (n, PASSES, 2 * SPINE); NaN and 0 where nobody was found.
    """

    body: int
    posture: str
    yaw: float
    near: str
    loose: bool
    lordosis: Array
    looks: Array
    rgb: Array
    mask: Array
    places: Array
    spine: Array

    @property
    def depths(self) -> Array:
        """Depths of back and belly in trunks, (n, PASSES, strip.CONTOURS)."""
        line = self.looks[..., AXIS + 2 : AXIS + 4] - self.looks[..., AXIS : AXIS + 2]
        depths: Array = self.looks[..., : strip.CONTOURS] / np.hypot(line[..., 0], line[..., 1])[..., None]
        return depths


def seen(networks: Networks, stills: Stills | Drawn, number: int) -> Iterator[Sight]:
    """The scenes of a body looked at."""
    rng = np.random.default_rng([number, 10])
    for scene in np.unique(stills.scene):
        rows = np.flatnonzero(stills.scene == scene)
        first = rows[0]
        yaw, kind = float(stills.yaw[first]), str(stills.kind[first])
        if kind not in KINDS or folded(yaw) < LEAST_YAW:
            continue
        looked = [_looked(networks, stills.picture(int(i)), rng) for i in rows]
        near = "left" if np.sin(np.radians(yaw)) > 0 else "right"
        parts = [np.array([one[k] for one in looked]) for k in range(4)]
        parts.append(spine(stills.points[rows, -SPINE:], parts[0]))
        loose = bool(stills.loose[first])
        yield Sight(number, KINDS[kind], folded(yaw), near, loose, stills.lordosis[rows], *parts)


def spine(points: Array, looks: Array) -> Array:
    """Points (n, SPINE, 2) of the picture in the axes of looks (n, passes, len(arch.COLUMNS)): (n, passes, 2 * SPINE),
    along the trunk and towards where the body faces, in trunks.
    """
    hip, shoulder, facing = (looks[..., AXIS : AXIS + 2], looks[..., AXIS + 2 : AXIS + 4], looks[..., AXIS + 4, None])
    line = shoulder - hip
    size = np.hypot(line[..., 0], line[..., 1])[..., None]
    along = line / size
    front = np.stack([along[..., 1], -along[..., 0]], axis=-1) * facing
    off = (points[:, None] - hip[..., None, :]) / size[..., None]
    both = [(off * way[..., None, :]).sum(axis=-1) for way in (along, front)]
    return np.concatenate(both, axis=-1).astype(np.float32)


AXIS: Final = arch.COLUMNS.index("hip.x")
FACING: Final = arch.COLUMNS.index("facing")
CURVE: Final = arch.COLUMNS.index("curve")
SPINE: Final = 12
"""Points of the spine and of the skin of the back, the last ones of `stills.POINTS`."""


def _looked(networks: Networks, picture: Array, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """A still's looks and the parts of its strips, one of each pass."""
    looks = np.full((PASSES, len(arch.COLUMNS)), np.nan, np.float32)
    rgb = np.zeros((PASSES, strip.HEIGHT, strip.WIDTH, 3), np.uint8)
    mask = np.zeros((PASSES, strip.HEIGHT, strip.WIDTH), np.float16)
    posture = np.zeros((PASSES, strip.POSTURE), np.float32)
    people = networks.detect(picture)
    first = networks.landmarks(picture, people[0]).region if people else None
    for k in range(PASSES if first is not None else 0):
        assert first is not None
        found = networks.landmarks(picture, _aside(first, rng), mask=True)
        if found.contours is not None and found.contours.strip is not None:
            looks[k] = arch.columns(_poses(picture, found))[0]
            rgb[k], mask[k], posture[k], _ = found.contours.strip
    return looks, rgb, mask, posture


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


def kept(folder: Path, path: Path, networks: Networks) -> list[Sight]:
    """What is seen of the stills at `path`, read from `folder` if it is there, else looked at and written there."""
    cv2.setNumThreads(1)
    at = folder / f"{path.stem}.seen.npz"
    if not at.exists():
        kind, number = path.stem.split("_")
        stills: Stills | Drawn = Drawn.read(path) if kind in scenes.KINDS else Stills.read(path)
        found = list(seen(networks, stills, int(number)))
        columns: dict[str, Any] = {f"{i}.{name}": v for i, one in enumerate(found) for name, v in one._asdict().items()}
        folder.mkdir(parents=True, exist_ok=True)
        with files.whole(at) as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, scenes=len(found), **columns)
    with np.load(at) as stored:
        every = [{name: stored[f"{i}.{name}"] for name in Sight._fields} for i in range(int(stored["scenes"]))]
    plain = ("body", "posture", "yaw", "near", "loose")
    return [Sight(**{k: v.item() if k in plain else v for k, v in scene.items()}) for scene in every]


def there(sight: Sight) -> Array:
    """Which looks of a scene can be compared, (n, passes) bool: it is the trunk of the person that was seen, and it
    faces as it mostly does.
    """
    facing = sight.looks[..., FACING]
    mostly = 1.0 if np.nansum(facing) >= 0 else -1.0
    neck, aside = sight.spine[..., SPINE // 2 - 1], np.abs(sight.spine[..., SPINE:]).max(axis=-1)
    return np.asarray((facing == mostly) & (neck > 0.6) & (neck < 1.6) & (aside < 0.8))


# --- comparisons ----------------------------------------------------------------------------------------------------

YAW_ERROR_DEG: Final = 5.0
"""By how much the yaw of a camera is misread."""


class Rows(NamedTuple):
    """Comparisons of a look with a neutral one: features (n, len(arch.FEATURES)), the change of lordosis (n,) in
    degrees, the body (n,), the camera's true yaw (n,), and whether the shirt is loose (n,).
    """

    features: Array
    change: Array
    body: Array
    yaw: Array
    loose: Array

    def of(self, chosen: Array) -> "Rows":
        """Some of them."""
        return Rows(*(column[chosen] for column in self))


def rows(found: Sequence[Sight], told: Sequence[Array]) -> Rows:
    """Every still of the scenes compared with the first; told: what the network tells of each, as `strip.told`."""
    rng = np.random.default_rng(0)
    made = []
    for sight, curves in zip(found, told, strict=True):
        looks = sight.looks.copy()
        looks[..., CURVE : CURVE + 2] = curves
        looks[~there(sight)] = np.nan
        neutral, *others = (arch.mean(passes) for passes in looks)
        yaw = sight.yaw + float(rng.normal(0, YAW_ERROR_DEG))
        for look, lordosis in zip(others, sight.lordosis[1:], strict=True):
            if arch.shows_trunk(neutral) and arch.shows_trunk(look) and look[FACING] == neutral[FACING]:
                (features,) = arch.features(neutral, look[None], sight.near, min(yaw, 180 - yaw))
                made.append((features, lordosis - sight.lordosis[0], sight.body, sight.yaw, sight.loose))
    return Rows(*(np.array(column) for column in zip(*made, strict=True)))
