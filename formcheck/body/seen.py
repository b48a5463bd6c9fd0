"""What a landmark network knows of a frame but does not say.

Which joints are hidden, how far each landmark may be off, and which way the body faces.

A small network reads what the landmark network gave of one crop (`Skeleton.read`). It was learned on rendered people
(`models/fit/seen.py`), once for each landmark model; three of a kind are averaged. Of real people it has seen nothing.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Self

import numpy as np

from formcheck.body.landmarks import INDEX, MIRROR, NAMES, SIDES
from formcheck.body.poses import Array

JOINTS: Final = tuple(
    INDEX[f"{side}_{part}"]
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    for side in SIDES
)
"""The landmarks that were learned: 16 rows of `NAMES`."""

TRUNK_AT_LEAST: Final = 0.05
"""The shortest trunk that errors are counted in, in sides of the crop (ours): that of somebody seen nearly end-on. In
the crop a trunk seen side-on is about 0.2 long."""

ARRAYS: Final = ("mean", "spread", "w1", "b1", "w2", "b2", "w3", "b3")
"""What is stored of each model's network, as `MODEL.NAME`."""

OUTPUTS: Final = 2 * len(JOINTS) + 6
"""Of each joint the logit of being hidden, then of each the logarithm of its error in sides of the crop; then of the
shoulders and the pelvis a vector along (sine, cosine), and the logarithm of its error in radians."""


def _mirror() -> tuple[Array, Array]:
    """Which number of a read stands where in that of a mirrored picture, and by what sign."""
    hands = (35, 36, 37, 38)  # two points of the left hand, then two of the right one
    points = np.array([*MIRROR, 33, 34, *np.roll(hands, 2)])
    rows: list[Array] = []
    signs: list[int] = []
    for axes in ((-1, 1), (1,), (1,), (-1, 1, 1), (1,)):
        rows.append((len(signs) + points[:, None] * len(axes) + np.arange(len(axes))).ravel())
        signs += list(axes) * len(points)
    rows.append(len(signs) + np.arange(3))
    return np.concatenate(rows), np.array([*signs, 1, -1, 1], np.float32)


_MIRRORED, _SIGNS = _mirror()
_OTHER: Final = np.arange(len(JOINTS)).reshape(-1, 2)[:, ::-1].ravel()
_FAR: Final = 6.0
_COUNT: Final = len(JOINTS)
_TURNS: Final = slice(2 * _COUNT, None)


def _filled() -> Array:
    """For each of the 33 landmarks the row in `JOINTS` that speaks for it: fingers have the wrist's."""
    rows = np.full(len(NAMES), -1)
    rows[list(JOINTS)] = range(_COUNT)
    for side in SIDES:
        rows[[INDEX[f"{side}_{finger}"] for finger in ("pinky", "index", "thumb")]] = rows[INDEX[f"{side}_wrist"]]
    return rows


_ROWS: Final = _filled()
_FACE: Final = np.flatnonzero(_ROWS < 0)
_SHOULDERS: Final = [JOINTS.index(INDEX[f"{side}_shoulder"]) for side in SIDES]
_HIPS: Final = [JOINTS.index(INDEX[f"{side}_hip"]) for side in SIDES]
_TRUNK_ROWS: Final = np.array(JOINTS)[[*_SHOULDERS, *_HIPS]]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Networks of two hidden layers, `s` of them side by side. Weights are (s, in, out), biases (s, 1, out)."""

    mean: Array
    spread: Array
    w1: Array
    b1: Array
    w2: Array
    b2: Array
    w3: Array
    b3: Array

    @classmethod
    def of(cls, arrays: dict[str, Array]) -> Self:
        """From what is stored, in half precision."""
        return cls(**{name: np.ascontiguousarray(arrays[name], np.float32) for name in ARRAYS})

    def __call__(self, reads: Array) -> Array:
        """`OUTPUTS` of each network for reads (n, FEATURES): (s, n, OUTPUTS)."""
        x = np.minimum(np.maximum((reads - self.mean) * (1 / self.spread), -_FAR), _FAR)
        x = np.maximum(x @ self.w1 + self.b1, 0)
        x = np.maximum(x @ self.w2 + self.b2, 0)
        out: Array = x @ self.w3 + self.b3
        return out


@cache
def head(model: str) -> Head:
    """The networks that ship for a landmark model, "full" or "heavy"."""
    with resources.as_file(resources.files("formcheck.body") / "seen.npz") as path, np.load(path) as stored:
        return Head.of({name: stored[f"{model}.{name}"] for name in ARRAYS})


def seen(read: Array, model: str) -> tuple[Array, Array, Array]:
    """The columns `hidden` (33,), `error` (33,) and `turn` (6,) of `Poses`, float32, from what `model` read.

    read: (FEATURES,), `Skeleton.read`. Of a mirrored crop its left is the body's right, and so it is in the result.
    `error` is how far the landmark lies from the joint on average, in trunks as the picture shows them, but at least
    `TRUNK_AT_LEAST`. Fingers have the values of their wrist. Of the face nothing was learned: it counts as seen, and
    its error is that of the shoulders.
    """
    hidden, error, turn = columns(read[None], model)
    return hidden[0], error[0], turn[0]


def columns(reads: Array, model: str) -> tuple[Array, Array, Array]:
    """As `seen`, of many reads (n, FEATURES) at once: (n, 33), (n, 33), (n, 6)."""
    return answers(head(model), reads)


def mirrored(reads: Array) -> Array:
    """What a network that makes no difference between left and right would read in the mirrored crops."""
    found: Array = reads[:, _MIRRORED] * _SIGNS
    return found


def answers(head: Head, reads: Array) -> tuple[Array, Array, Array]:
    """What a head says of reads (n, FEATURES): the mean over its networks, of each read and of its mirror image.

    So a person and their mirror image get the same answers.
    """
    n = len(reads)
    both = head(np.concatenate([reads, mirrored(reads)])).mean(0)
    mean, other = both[:n], both[n:]
    mean[:, :_COUNT] += other[:, _OTHER]
    mean[:, _COUNT : 2 * _COUNT] += other[:, _COUNT + _OTHER]
    mean[:, _TURNS] += other[:, _TURNS] * np.array([-1, 1, 1] * 2, np.float32)
    return _told(mean / 2, reads)


def _told(mean: Array, reads: Array) -> tuple[Array, Array, Array]:
    """The columns that outputs (n, OUTPUTS) stand for."""
    hidden = 1 / (1 + np.exp(-mean[:, :_COUNT]))
    trunk = np.maximum(_trunk(reads), TRUNK_AT_LEAST)
    error = np.exp(mean[:, _COUNT : 2 * _COUNT]) / trunk[:, None]
    ways = mean[:, _TURNS].reshape(-1, 2, 3)
    size = np.sqrt((ways[..., :2] ** 2).sum(-1, keepdims=True))
    degrees = np.degrees(np.exp(ways[..., 2:]))
    turn = np.concatenate([ways[..., :2] / np.maximum(size, 1e-6), degrees], -1).reshape(-1, 6)
    hidden, error = hidden[:, _ROWS], error[:, _ROWS]
    error[:, _FACE] = error[:, _TRUNK_ROWS[:2]].mean(1, keepdims=True)
    hidden[:, _FACE] = 0
    return hidden.astype(np.float32), error.astype(np.float32), turn.astype(np.float32)


def _trunk(reads: Array) -> Array:
    """Length of the trunk in the crop (n,), in its sides."""
    points = reads[:, : 2 * len(NAMES)].reshape(len(reads), -1, 2)[:, _TRUNK_ROWS]
    line = points[:, 0] + points[:, 1] - points[:, 2] - points[:, 3]
    length: Array = np.sqrt((line * line).sum(-1)) / 2
    return length
