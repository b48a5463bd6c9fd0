"""What the picture along the trunk tells of the lower back: degrees of lordosis, up to a constant of the person.

Small networks look at a strip of the picture: the trunk's line from hips to shoulders runs up its middle, and the
body faces right, whichever way the person lies or looks. With it go a few landmarks in the strip's own axes and the
contours. They find where the spine and the skin of the back run, and how far the loin is bent there. They were
learned on rendered people, on differences between looks at one person (`models/fit/strip.py`); so a value by itself
says nothing. They tell the scale of their own error too.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import BACK_STATIONS, Array

HEIGHT: Final = 64
WIDTH: Final = 48
ALONG: Final = (1.25, -0.45)
"""Where the strip begins and ends, in trunks from the middle of the hips towards that of the shoulders (ours)."""
ACROSS: Final = (-0.56, 0.56)
"""The same across, in trunks towards where the body faces (ours)."""

LOGIT: Final = 8.0
"""Logits of the mask count up to this size."""

PARTS: Final = ("shoulder", "hip", "elbow", "wrist", "knee", "ankle", "ear")
"""Landmarks that go with the strip."""

POSTURE: Final = 4 * len(PARTS) + 3
CONTOURS: Final = 2 * BACK_STATIONS
"""Numbers that go with the strip. `POSTURE`: places of the landmarks of the nearer and the further side, which way is
down, and how far the shoulders are turned from the picture's plane. `CONTOURS`: depths of back and belly."""

_PLACES: Final = np.array([[INDEX[f"{side}_{part}"] for part in PARTS] for side in SIDES])
_TRUNK: Final = np.array([[INDEX[f"{side}_{part}"] for part in ("shoulder", "hip")] for side in SIDES])


class Line(NamedTuple):
    """The trunk's line in a crop: the middle of the hips (2,), unit vectors (2,) towards the shoulders and towards
    where the body faces, its length in pixels, and 1 or -1 as in `Poses.axis`.
    """

    hip: Array
    along: Array
    front: Array
    trunk: float
    facing: float


class Strip(NamedTuple):
    """What the network looks at: `rgb` (HEIGHT, WIDTH, 3) uint8, `mask` (HEIGHT, WIDTH) float32 logits, `posture`
    (POSTURE,) float32, and the depths of back and belly in trunks, (CONTOURS,) float32, NaN where not seen.
    """

    rgb: Array
    mask: Array
    posture: Array
    depths: Array


def strip(crop: Array, mask: Array, line: Line, points: Array, world: Array, down: Array, depths: Array) -> Strip:
    """The strip along a trunk's line.

    crop: (side, side, 3) uint8; mask: (side, side) float32 logits; points: (33, 2) landmarks in the crop; world: (33,
    3) metres; down: (2,) the picture's down in the crop; depths: (CONTOURS,) of back and belly in pixels of the crop.
    """
    along = np.linspace(*ALONG, HEIGHT) * line.trunk
    across = np.linspace(*ACROSS, WIDTH) * line.trunk
    at = line.hip + along[:, None, None] * line.along + across[None, :, None] * line.front
    xs, ys = np.moveaxis(at.astype(np.float32), 2, 0)
    return Strip(
        cv2.remap(crop, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        cv2.remap(mask, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-LOGIT),
        _posture(line, points, world, down),
        (depths / line.trunk).astype(np.float32),
    )


def _posture(line: Line, points: Array, world: Array, down: Array) -> Array:
    axes = np.stack([line.along, line.front])
    order = np.argsort([world[_TRUNK[i], 2].sum() for i in (0, 1)], kind="stable")
    places = (points[_PLACES[order]] - line.hip) @ axes.T / line.trunk
    shoulders = world[_TRUNK[0, 0]] - world[_TRUNK[1, 0]]
    turned = abs(float(shoulders[2])) / max(float(np.linalg.norm(shoulders)), 1e-6)
    return np.concatenate([np.clip(places, -3, 3).ravel(), axes @ down, [turned]]).astype(np.float32)


def inputs(rgb: Array, mask: Array) -> Array:
    """Pictures (n, HEIGHT, WIDTH, 3) and logits (n, HEIGHT, WIDTH) as the network takes them, (n, HEIGHT, WIDTH, 4):
    the light is made equal."""
    light = rgb.astype(np.float32)
    middle, spread = light.mean(axis=(1, 2, 3), keepdims=True), light.std(axis=(1, 2, 3), keepdims=True)
    logits = np.clip(mask, -LOGIT, LOGIT) / np.float32(LOGIT / 2)
    return np.concatenate([(light - middle) / (spread + 8), logits[..., None]], axis=3).astype(np.float32)


def numbers(posture: Array, depths: Array, usual: Array, spread: Array) -> Array:
    """What goes with strips as the network takes it, (n, POSTURE + 2 * CONTOURS): in units of how it usually differs, 0
    where it is not seen, and whether it is seen.
    """
    known = np.isfinite(depths)
    given = (np.concatenate([posture, depths], axis=1) - usual) / spread
    return np.concatenate([np.nan_to_num(given), known], axis=1).astype(np.float32)


def told(seen: Strip) -> Array:
    """Degrees of lordosis, up to a constant of the person, and the logarithm of their error: (2,) float32."""
    pictures = inputs(seen.rgb[None], seen.mask[None])[0]
    found = [_told(layers, pictures, seen) for layers in _networks()]
    return np.asarray(np.mean(found, axis=0) * (UNIT_DEG, 1) + (0, np.log(UNIT_DEG)), np.float32)


def _told(layers: Mapping[str, Array], picture: Array, seen: Strip) -> Array:
    """What one network tells, (2,), in its own units."""
    x = _convolved(picture, layers, "conv0", 2)
    near = _convolved(x, layers, "conv1", 1)
    x = _convolved(near, layers, "conv2", 2)
    x = _convolved(_convolved(x, layers, "conv3", 1), layers, "conv4", 1)
    both = np.concatenate([near, x.repeat(2, axis=0).repeat(2, axis=1)], axis=2)
    x = np.maximum(both @ layers["mixed"] + layers["mixed.bias"], 0)
    maps = x @ layers["maps"] + layers["maps.bias"]
    share = np.exp(maps - maps.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    place = (share * COLUMNS[:, None]).sum(axis=1)
    width = np.sqrt((share * np.square(COLUMNS[:, None] - place[:, None])).sum(axis=1) + 1e-4)
    beside = numbers(seen.posture[None], seen.depths[None], layers["usual"], layers["spread"])[0]
    lines = PLACE_UNITS * place.T.ravel()
    x = np.concatenate([lines - layers["lines"], PLACE_UNITS * width.T.ravel(), beside])
    x = np.maximum(x @ layers["joint"] + layers["joint.bias"], 0)
    told: Array = np.concatenate([x, lines]) @ layers["last"] + layers["last.bias"]
    return told


UNIT_DEG: Final = 10.0
"""The networks count in units of so many degrees."""
PLACE_UNITS: Final = 5.0
"""They count places across in units of 1 / 5 trunk."""
COLUMNS: Final = np.linspace(*ACROSS, WIDTH)[::2].astype(np.float32)
"""Where the columns of a map lie, in trunks across; a map has half the strip's rows and columns."""


def _convolved(x: Array, layers: Mapping[str, Array], name: str, step: int) -> Array:
    """A layer of 3 x 3 with a rim of zeros and a bend at 0: (h, w, c) becomes (h / step, w / step, d)."""
    weights, (h, w, c) = layers[name], x.shape
    before = int(step == 1)
    rim = np.zeros((h + before + 1, w + before + 1, c), np.float32)
    rim[before : h + before, before : w + before] = x
    patches = np.lib.stride_tricks.sliding_window_view(rim, (3, 3), axis=(0, 1))[::step, ::step]
    flat = patches.transpose(0, 1, 3, 4, 2).reshape(-1, 9 * c)
    bent: Array = np.maximum(flat @ weights.reshape(9 * c, -1) + layers[f"{name}.bias"], 0)
    return bent.reshape(h // step, w // step, -1)


@cache
def _networks() -> list[dict[str, Array]]:
    """The layers of the networks, each learned on other bodies; what they tell is averaged. Source:
    `models/fit/arch.py`.
    """
    with (resources.files("formcheck.pose") / "strip.npz").open("rb") as file, np.load(file) as arrays:
        layers = {name: arrays[name].astype(np.float32) for name in arrays.files}
    return [{name: values[i] for name, values in layers.items()} for i in range(len(layers["last"]))]
