"""The body: the CC0 MakeHuman mesh and rig in any adult's shape.

Coordinates: metres, x to the person's left, y up, z forward, the floor at y = 0. At rest the person stands in the
rig's own A-pose. Bones have the names of MakeHuman's default rig. `cut.py` made the asset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from formcheck.errors import UsageError

Array = NDArray[Any]

ASSET: Final = Path(__file__).parent / "assets" / "body.npz"
STEP_M: Final = 5e-5
"""One unit of the stored targets, as `cut.py` writes them."""
GROUPS: Final = ("skin", "eyes", "suit", "skirt", "hair")
YOUNG: Final = 25.0
OLD: Final = 90.0
"""Years that MakeHuman's "young" and "old" targets stand for."""
CENTRES: Final = {
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
}
"""The bone of each side whose head is the joint's centre."""
MIDLINE: Final = {
    "neck": "neck01",
    "head": "head",
    "pelvis": "root",
    "lumbar_5": "spine05",
    "lumbar_3": "spine04",
    "lumbar_1": "spine03",
    "thoracic_9": "spine02",
    "thoracic_4": "spine01",
}
"""The bone whose head lies nearest that vertebra: the rig has five spine bones for 17 vertebrae."""
SIDES: Final = {"left": "L", "right": "R"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Who it is. Fractions go from 0 to 1, details from -1 to 1 with 0 as the average.

    A body outside these ranges, or outside 25 to 90 years, raises `UsageError`.
    """

    sex: float = 0.0
    """0 female, 1 male."""
    age_years: float = 30.0
    weight: float = 0.5
    """0 the leanest, 1 the heaviest body of the targets."""
    muscle: float = 0.5
    height_m: float = 1.70
    """From the sole to the crown; reached exactly."""
    african: float = 1 / 3
    asian: float = 1 / 3
    """Shares of the three origins of the face and build; the third, caucasian, has the rest."""
    cup: float = 0.0
    belly: float = 0.0
    seat: float = 0.0
    hips: float = 0.0
    taper: float = 0.0
    """Shoulders wider than the waist."""
    thigh: float = 0.0
    shank: float = 0.0
    """Lengths of the upper and lower leg."""

    def __post_init__(self) -> None:
        bounds = dict.fromkeys(("sex", "weight", "muscle", "african", "asian"), (0.0, 1.0))
        bounds |= dict.fromkeys(DETAILS, (-1.0, 1.0))
        bounds |= {"age_years": (YOUNG, OLD), "height_m": (1.30, 2.20)}
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise UsageError(f"{name} of a body is {getattr(self, name)}; allowed: {least:g} to {most:g}")
        if self.african + self.asian > 1 + 1e-9:
            raise UsageError("african and asian of a body add up to more than 1")


DETAILS: Final = ("cup", "belly", "seat", "hips", "taper", "thigh", "shank")


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person's mesh and rig at rest; v vertices, b bones."""

    shape: Shape
    vertices: Array
    """(v, 3) float32"""
    groups: Mapping[str, Array]
    """Triangles (n, 3) of each of `GROUPS`; `suit`, `skirt` and `hair` are patterns, never seen."""
    bones: tuple[str, ...]
    parents: Array
    """(b,) int, -1 for the root; every parent comes before its children."""
    heads: Array
    tails: Array
    """(b, 3) float64"""
    weights: csr_array
    """(v, b) float32, each row sums to 1."""
    joints: Mapping[str, Array]
    """Joint centres at rest, (3,): `left_hip` and so on by `CENTRES`, `left_heel`, `left_toe`, and `MIDLINE`."""
    joint_bones: Mapping[str, int]
    """The bone that carries each joint: its posed place is transform of that bone applied to the joint."""
    lips: Array
    """(v,) float32: 0 to 1, how much a vertex is lip."""

    @property
    def faces(self) -> Array:
        """The triangles (n, 3) of the skin."""
        return self.groups["skin"]

    def bone(self, name: str) -> int:
        """The index of a bone."""
        return self.bones.index(name)


@cache
def _asset() -> dict[str, Array]:
    with np.load(ASSET) as file:
        return {name: file[name] for name in file.files}


def _levels(value: float) -> dict[str, float]:
    """Shares of min, average and max that make a fraction from 0 to 1."""
    off = 2 * value - 1
    return {"min": max(-off, 0.0), "average": 1 - abs(off), "max": max(off, 0.0)}


def _who(shape: Shape) -> dict[str, float]:
    """The shares of sexes and ages."""
    old = (shape.age_years - YOUNG) / (OLD - YOUNG)
    return {
        f"{sex}-{age}": s * a
        for sex, s in (("female", 1 - shape.sex), ("male", shape.sex))
        for age, a in (("young", 1 - old), ("old", old))
    }


def _shares(shape: Shape) -> dict[str, float]:
    """How much of each target the shape takes, height aside."""
    origins = {"african": shape.african, "asian": shape.asian, "caucasian": 1 - shape.african - shape.asian}
    shares: dict[str, float] = {}
    for who, share in _who(shape).items():
        shares |= {f"{origin}-{who}": share * part for origin, part in origins.items()}
        for muscle, m in _levels(shape.muscle).items():
            for weight, w in _levels(shape.weight).items():
                shares[f"{who}-{muscle}muscle-{weight}weight"] = share * m * w
    for name in DETAILS:
        value = getattr(shape, name) * ((1 - shape.sex) if name == "cup" else 1)
        shares[f"{name}-{'max' if value > 0 else 'min'}"] = abs(value)
    return shares


def _summed(shares: Mapping[str, float]) -> Array:
    """The sum of targets (rows, 3) in metres."""
    asset = _asset()
    names = list(asset["target_names"])
    total = np.zeros(asset["base"].shape)
    for name, share in shares.items():
        if share:
            total += share * STEP_M * asset["targets"][names.index(name)].T
    return total


def _height(rows: Array) -> float:
    skin = rows[np.unique(_asset()["faces_skin"]), 1]
    return float(skin.max() - skin.min())


def _rows(shape: Shape) -> Array:
    """Vertices, heads and tails of a shape, scaled to its height and set on the floor.

    Tall and short people have proportions of their own, so the height targets go as far as they reach towards the
    height asked for, and scaling does the rest.
    """
    asset = _asset()
    rows: Array = asset["base"] + _summed(_shares(shape))
    natural = _height(rows)
    level = "max" if shape.height_m > natural else "min"
    stretch = _summed({f"{who}-{level}height": share for who, share in _who(shape).items()})
    reach = (shape.height_m - natural) / (_height(rows + stretch) - natural)
    rows = rows + np.clip(reach, 0.0, 1.0) * stretch
    rows *= shape.height_m / _height(rows)
    rows[:, 1] -= rows[np.unique(asset["faces_skin"]), 1].min()
    return rows


@cache
def _weights() -> csr_array:
    asset = _asset()
    count = len(asset["base"]) - 2 * len(asset["bones"])
    at = (asset["weight_vertices"].astype(int), asset["weight_bones"].astype(int))
    weights = csr_array((asset["weight_values"].astype(np.float32), at), shape=(count, len(asset["bones"])))
    total = np.asarray(weights.sum(axis=1))
    return csr_array(weights.multiply(1 / total[:, None]))


def _joints(bones: tuple[str, ...], heads: Array, vertices: Array) -> tuple[dict[str, Array], dict[str, int]]:
    """The joints' places and the bones that carry them."""
    carrier = {name: bones.index(bone) for name, bone in MIDLINE.items()}
    carrier |= {f"{side}_{n}": bones.index(f"{b}.{s}") for side, s in SIDES.items() for n, b in CENTRES.items()}
    joints = {name: heads[bone] for name, bone in carrier.items()}
    skin = vertices[np.unique(_asset()["faces_skin"])]
    for side, sign in (("left", 1), ("right", -1)):
        ankle = joints[f"{side}_ankle"]
        foot = skin[(skin[:, 0] * sign > 0) & (skin[:, 1] < ankle[1])]
        for name, bone, end in (("heel", "foot", foot[:, 2].argmin()), ("toe", "toe1-1", foot[:, 2].argmax())):
            joints[f"{side}_{name}"] = foot[end].astype(float)
            carrier[f"{side}_{name}"] = bones.index(f"{bone}.{SIDES[side]}")
    return joints, carrier


def body(shape: Shape) -> Body:
    """The body of a shape."""
    asset = _asset()
    rows = _rows(shape)
    bones = tuple(str(b) for b in asset["bones"])
    vertices, heads, tails = np.split(rows, [len(rows) - 2 * len(bones), len(rows) - len(bones)])
    joints, carrier = _joints(bones, heads, vertices)
    return Body(
        shape=shape,
        vertices=vertices.astype(np.float32),
        groups={name: asset[f"faces_{name}"].astype(np.int32) for name in GROUPS},
        bones=bones,
        parents=asset["parents"].astype(int),
        heads=heads,
        tails=tails,
        weights=_weights(),
        joints=joints,
        joint_bones=carrier,
        lips=(asset["lips"] / np.float32(255)),
    )


def skin(body: Body, transforms: Array) -> Array:
    """The posed vertices (v, 3) float32.

    `transforms` (b, 4, 4) take each bone from its place at rest to its place in the pose: all identities give the rest.
    """
    return blended(body.weights, body.vertices, transforms)


def blended(weights: csr_array, points: Array, transforms: Array) -> Array:
    """Points (n, 3) carried by the bones' transforms (b, 4, 4) in the shares of `weights` (n, b)."""
    flat = np.ascontiguousarray(transforms[:, :3, :], np.float32).reshape(len(transforms), 12)
    mixed = np.asarray(weights @ flat).reshape(-1, 3, 4)
    moved: Array = np.einsum("nij,nj->ni", mixed[:, :, :3], points) + mixed[:, :, 3]
    return moved
