"""What the landmark networks read of the stills, with the truth beside it: crops as of a person who is followed.

Each still is cropped twice: about where the body is, and where the landmarks of that crop say it is, both a little off.
Full reads both crops, heavy the second one of every other still. Stills to learn on are mirrored half of the time, cut
at an edge now and then, and made worse as poor cameras and things in the foreground do. Stills of `held` stay as they
are.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import cv2
import numpy as np

from benchmarks.studio.scene import Hidden
from formcheck import files
from formcheck.body.landmarks import SIDES
from formcheck.body.poses import Array
from formcheck.pose.networks import CROP_SIDE, FEATURES, Model, Networks, Region
from models.fit.stills import JOINTS, Stills, path_of
from models.fit.worn import covered, worn

MODELS: Final[tuple[Model, ...]] = ("full", "heavy")
PAIRS: Final = np.arange(len(JOINTS)).reshape(-1, 2)[:, ::-1].ravel()
"""For each of `JOINTS` the row of the same one on the other side."""

_WHOLE: Final = Region(CROP_SIDE / 2, CROP_SIDE / 2, CROP_SIDE, 0.0)
_LOST: Final = 0.3
"""Landmarks whose region is farther from the body than this share of its size are of something else."""


@dataclass(frozen=True, slots=True)
class Reads:
    """Crops as a network read them, a row each.

    `read` (n, FEATURES) is `Skeleton.read`. `joints` (n, 16, 2) are the true places of `stills.JOINTS` in the crop,
    from its middle, in sides of it, as the read has its landmarks. `hidden` (n, 16) are codes of `scene.Hidden`, `turn`
    (n, 2, 2) as in `Stills`. `model` is the row in `MODELS`, `still` the row in the stills of `body`.
    """

    read: Array
    joints: Array
    hidden: Array
    turn: Array
    model: Array
    body: Array
    still: Array
    second: Array
    """Whether it is the second crop."""
    kind: Array
    yaw: Array
    height: Array
    scene: Array
    loose: Array
    furniture: Array
    bystander: Array

    def __len__(self) -> int:
        return len(self.model)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The reads of a file."""
        with np.load(path) as arrays:
            return cls(**arrays)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """All rows of several."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__})

    def of(self, rows: Array) -> Self:
        """Some of the rows."""
        return type(self)(**{name: getattr(self, name)[rows] for name in self.__slots__})


class Truth(NamedTuple):
    """A picture, the joints in it (16, 2) pixels, their codes (16,), and how shoulders and pelvis face (2, 2)."""

    picture: Array
    joints: Array
    hidden: Array
    turn: Array


class Reader:
    """Reads stills with both networks."""

    def __init__(self) -> None:
        self._networks = Networks()

    def reads(self, split: str, number: int, stills: Stills) -> Reads:
        """All crops of a body's stills."""
        rng, rows = np.random.default_rng([number, 3]), []
        train = split != "held"
        for i in range(len(stills)):
            about = {name: getattr(stills, name)[i] for name in ("kind", "yaw", "height", "scene", "loose")}
            about |= {name: getattr(stills, name)[i] for name in ("furniture", "bystander")}
            about |= {"body": number, "still": i}
            count = len(JOINTS)
            truth = Truth(stills.picture(i), stills.points[i, :count], stills.hidden[i, :count], stills.turn[i])
            if train:
                truth = _cut(_mirrored(truth) if rng.random() < 0.5 else truth, rng)
            rows += [about | row for row in self._crops(truth, rng, train=train, heavy=not train or i % 2 == 0)]
        columns: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in Reads.__slots__}
        return Reads(**columns)

    def _crops(self, truth: Truth, rng: np.random.Generator, *, train: bool, heavy: bool) -> list[dict[str, Any]]:
        """The rows of one still."""
        rough = around(truth.joints)
        region = _off(rough, rng)
        row, found = self._read(truth, region, "full", rng, train=train)
        near = rough.distance(found) < _LOST * rough.size and found.sensible(*truth.picture.shape[1::-1])
        region = _off(found if near else rough, rng)
        rows = [row | {"second": False}]
        second = (self._read(truth, region, model, rng, train=train)[0] for model in MODELS[: 1 + heavy])
        return rows + [row | {"second": True} for row in second]

    def _read(
        self, truth: Truth, region: Region, model: Model, rng: np.random.Generator, *, train: bool
    ) -> tuple[dict[str, Any], Region]:
        """What a network reads in a region, and where its landmarks say the body is."""
        matrix = region.to_picture(CROP_SIDE)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(truth.picture, matrix, (CROP_SIDE,) * 2, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        joints = (truth.joints - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        hidden = truth.hidden
        if train:
            crop, under = covered(crop, joints, rng)
            hidden = np.where(under & (hidden == Hidden.NOT), Hidden.THING, hidden)
            crop = worn(crop, rng)
        skeleton = self._networks.landmarks(crop, _WHOLE, model=model)
        read = skeleton.read.copy()
        read[-2:] = np.sin(region.angle), np.cos(region.angle)
        inner, centre = skeleton.region, matrix[:, :2] @ [skeleton.region.x, skeleton.region.y] + matrix[:, 2]
        size, angle = inner.size * region.size / CROP_SIDE, inner.angle + region.angle
        row: dict[str, Any] = {"read": read, "joints": (joints / CROP_SIDE - 0.5).astype(np.float32), "hidden": hidden}
        row |= {"turn": truth.turn, "model": MODELS.index(model)}
        return row, Region(float(centre[0]), float(centre[1]), size, angle)


def around(joints: Array) -> Region:
    """About the region in which BlazePose looks for a body of these joints (16, 2)."""
    hip, shoulder = (joints[[JOINTS.index(f"{s}_{part}") for s in SIDES]].mean(0) for part in ("hip", "shoulder"))
    dx, dy = shoulder - hip
    reach = 1.1 * max(float(np.hypot(*(joints - hip).T).max()), 1.6 * float(np.hypot(dx, dy)))
    return Region(float(hip[0]), float(hip[1]), 2.5 * reach, float(np.pi / 2 - np.arctan2(-dy, dx)))


def _off(region: Region, rng: np.random.Generator) -> Region:
    """A region a little off, as that of the frame before is."""
    x, y = region.size * rng.normal(0, 0.025, 2)
    return replace(
        region,
        x=region.x + float(x),
        y=region.y + float(y),
        size=region.size * float(np.exp(rng.normal(0, 0.06))),
        angle=region.angle + float(rng.normal(0, 0.07)),
    )


def _mirrored(truth: Truth) -> Truth:
    """The same in a mirror, left and right exchanged."""
    joints = truth.joints[PAIRS] * [-1, 1] + [truth.picture.shape[1], 0]
    picture = np.ascontiguousarray(truth.picture[:, ::-1])
    return Truth(picture, joints, truth.hidden[PAIRS], truth.turn * [-1, 1])


def _cut(truth: Truth, rng: np.random.Generator) -> Truth:
    """Now and then a side of the picture taken off, up to a third of it."""
    if rng.random() > 0.2:
        return truth
    height, width = truth.picture.shape[:2]
    off = rng.uniform(0, 0.35, 4) * (rng.random(4) < 0.4)
    left, top = int(off[0] * width), int(off[1] * height)
    right, bottom = width - int(off[2] * width), height - int(off[3] * height)
    joints = truth.joints - [left, top]
    outside = (joints < 0).any(1) | (joints > [right - left, bottom - top]).any(1)
    picture = np.ascontiguousarray(truth.picture[top:bottom, left:right])
    return Truth(picture, joints, np.where(outside, Hidden.OUTSIDE, truth.hidden), truth.turn)


# --- all of them ------------------------------------------------------------------------------------------------------


def read(stills: Path, folder: Path, split: str, number: int) -> bool:
    """Read the stills of a body, if that is not done already and they are drawn; whether it was done now."""
    cv2.setNumThreads(1)
    source, path = path_of(stills, split, number), path_of(folder, split, number)
    if path.exists() or not source.exists():
        return False
    found = Reader().reads(split, number, Stills.read(source))
    assert found.read.shape[1] == FEATURES
    with files.whole(path) as new, new.open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: getattr(found, name) for name in Reads.__slots__})
    return True
