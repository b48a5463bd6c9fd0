"""A pose: the angles of a body's segments and where its hips are, over many moments at once.

Axes: x to the person's left, y up, z forward, metres, the floor at y = 0. A segment has a `pitch` in the sagittal plane
(0 points up, 90 forward, 180 down, 270 back), an `out` away from the body's middle and a `turn` outwards about itself,
all in degrees. Upright: trunk 0, thigh 180, shin 180, foot 90. On the back, head towards -z: trunk -90, legs 90. At
`out` 0 knee flexion is shin - thigh and the trunk-thigh angle is thigh - trunk. The trunk is the line from the middle
of the hip joints to the middle of the shoulder joints, whatever the spine between them does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]

SIDES: Final = ("left", "right")
SIGN: Final = {"left": 1.0, "right": -1.0}
SUFFIX: Final = {"left": ".L", "right": ".R"}
PARTS: Final = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot", "toes")
SEGMENTS: Final = ("trunk", "head", *(f"{side}_{part}" for part in PARTS for side in SIDES))
ROW: Final = {name: i for i, name in enumerate(SEGMENTS)}

_FOLLOWS: Final[dict[str, tuple[str, float]]] = {
    "upper_arm": ("trunk", 180),
    "forearm": ("upper_arm", 0),
    "hand": ("forearm", 0),
    "thigh": ("trunk", 180),
    "shin": ("thigh", 0),
    "foot": ("shin", -90),
    "toes": ("foot", 0),
}
"""Whose pitch a segment takes, plus how much, when it is given none itself."""


@dataclass(slots=True, eq=False)
class Pose:
    """A body over n moments. `pitch`, `out`, `turn` (n, 16) degrees by `SEGMENTS`; `lordosis` (n,) degrees of bend
    between pelvis and chest, 0 as the body stands at rest, growing as the back arches; `root` (n, 3) metres, the middle
    of the hip joints.
    """

    pitch: Array
    out: Array
    turn: Array
    lordosis: Array
    root: Array

    def __len__(self) -> int:
        return len(self.root)

    def __getitem__(self, rows: slice | Array) -> "Pose":
        return Pose(self.pitch[rows], self.out[rows], self.turn[rows], self.lordosis[rows], self.root[rows])

    def of(self, segment: str) -> Array:
        """(n,) pitch of a segment in degrees: a view that can be written to."""
        column: Array = self.pitch[:, ROW[segment]]
        return column

    def aside(self, segment: str) -> Array:
        """(n,) out of a segment in degrees: a view that can be written to."""
        column: Array = self.out[:, ROW[segment]]
        return column

    def turned(self, segment: str) -> Array:
        """(n,) turn of a segment in degrees: a view that can be written to."""
        column: Array = self.turn[:, ROW[segment]]
        return column

    def copy(self) -> Self:
        return type(self)(*(a.copy() for a in (self.pitch, self.out, self.turn, self.lordosis, self.root)))


def posed(n: int, angles: Mapping[str, ArrayLike], *, lordosis: ArrayLike = 0.0, root: ArrayLike = 0.0) -> Pose:
    """A pose over n moments from angles by name, each a number or (n,).

    A name without a side means both; `_out` and `_turn` after a segment give its other two angles. What is not given
    follows its neighbour: the head the trunk, the rest of a limb its first segment, and the foot is square to the shin.
    """
    pitch, out, turn = (np.zeros((n, len(SEGMENTS))) for _ in range(3))
    for name in ("trunk", "head"):
        pitch[:, ROW[name]] = angles.get(name, angles["trunk"])
        out[:, ROW[name]], turn[:, ROW[name]] = angles.get(f"{name}_out", 0.0), angles.get(f"{name}_turn", 0.0)
    for side in SIDES:
        for part, (neighbour, more) in _FOLLOWS.items():
            row = ROW[f"{side}_{part}"]
            given = angles.get(f"{side}_{part}", angles.get(part))
            before = ROW["trunk" if neighbour == "trunk" else f"{side}_{neighbour}"]
            pitch[:, row] = pitch[:, before] + more if given is None else given
            for values, kind in ((out, "out"), (turn, "turn")):
                values[:, row] = angles.get(f"{side}_{part}_{kind}", angles.get(f"{part}_{kind}", 0.0))
    return Pose(pitch, out, turn, np.broadcast_to(np.asarray(lordosis, float), n).copy(), _root(n, root))


def _root(n: int, root: ArrayLike) -> Array:
    return np.broadcast_to(np.asarray(root, float), (n, 3)).copy()


def other(side: str) -> str:
    """The other side."""
    return SIDES[1 - SIDES.index(side)]
