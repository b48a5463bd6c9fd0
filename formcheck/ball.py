"""The ball under the shoulders: found in the picture as an ellipse that stands on the floor, by the edge all round it.

A ball that somebody leans on is flatter than a circle. Its place is known roughly from the body: under and behind the
shoulders, its lowest point at the level of the feet. Every ellipse there is tried; the best is a ball if nearly all of
its outline that the body leaves free lies on edges of one kind, lighter inside or darker.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np

from formcheck.landmarks import INDEX, SIDES
from formcheck.poses import Array

TRUNK_PX: Final = 48
"""Length of the trunk in the picture that is searched: sharp enough, and a search takes a few milliseconds (ours)."""

ACROSS: Final = np.arange(-0.8, 0.6, 0.08)
"""Places of the middle tried, in trunks from the shoulders towards the head."""

DOWN: Final = np.arange(-0.5, 0.2, 0.07)
"""Heights of the lowest point tried, in trunks under the lower foot: a ball further off stands higher."""

RADII: Final = np.arange(0.44, 0.84, 0.06)
"""Half widths tried, in trunks: balls of 43 to 85 cm."""

FLATNESS: Final = (1.0, 0.89, 0.78)
"""Half heights tried, as shares of the half width."""

TOP_UNDER: Final = (-0.25, 0.5)
"""Trunks by which the ball's top may lie under the line from hips to shoulders, which it carries (ours)."""

FINER: Final = 10
"""Best ellipses of the first search round which a finer one looks."""

ANGLES: Final = np.radians(np.arange(-35, 216, 5))
"""Directions of the outline that are looked at, from the level, clockwise: the sides and what lies under them."""

SUPPORTED: Final = 0.7
"""Share of the outline that must lie on edges (ours, `benchmarks/ball.py`)."""

EDGE: Final = 0.25
"""How strong an edge must be, as a share of the strongest tenth of the search area's (ours)."""

BODY_NEAR: Final = 0.13
"""Trunks from the lines of the limbs within which the outline may be the body's (ours)."""

LEAST_FREE: Final = 0.5
"""Share of the outline that the body must leave free (ours)."""

_LIMBS: Final = tuple(
    (f"{side}_{a}", f"{side}_{b}")
    for side in SIDES
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "hip"))
)


class Ball(NamedTuple):
    """A ball in the picture: its middle and half its width, pixels."""

    x: float
    y: float
    radius: float


def find(rgb: Array, image: Array) -> Ball | None:
    """The ball under the shoulders of somebody who lies on it; None where there is none.

    rgb: (h, w, 3) uint8. image: (33, 2) landmarks in pixels of it.
    """
    hip, shoulder = _middle(image, "hip"), _middle(image, "shoulder")
    trunk = float(np.hypot(*(shoulder - hip)))
    if not np.isfinite(image).all() or trunk < 16 or not _may_lie_on(image, hip, shoulder, trunk):
        return None
    head = 1.0 if shoulder[0] >= hip[0] else -1.0
    feet = max(float(image[INDEX[f"{side}_{part}"], 1]) for side in SIDES for part in ("heel", "foot_index"))
    scale = TRUNK_PX / trunk
    corner = np.array([shoulder[0] - 1.7 * trunk, shoulder[1] - 0.6 * trunk])
    size = (round(3.4 * TRUNK_PX), max(round((feet - corner[1]) * scale + 0.5 * TRUNK_PX), 8))
    matrix = np.array([[1 / scale, 0, corner[0]], [0, 1 / scale, corner[1]]])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    small = cv2.warpAffine(rgb, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    points = (image - corner) * scale
    found = _best(small, points, (feet - corner[1]) * scale, head)
    if found is None:
        return None
    x, y, radius = found
    return Ball(*(float(v) for v in (x / scale + corner[0], y / scale + corner[1], radius / scale)))


def _middle(image: Array, part: str) -> Array:
    middle: Array = (image[INDEX[f"left_{part}"]] + image[INDEX[f"right_{part}"]]).astype(np.float64) / 2
    return middle


def _may_lie_on(image: Array, hip: Array, shoulder: Array, trunk: float) -> bool:
    """Whether the shoulders are clear of the floor and the trunk is not upright with the legs under it."""
    feet = max(float(image[INDEX[f"{side}_{part}"], 1]) for side in SIDES for part in ("heel", "foot_index"))
    leaning = abs(float(shoulder[0] - hip[0])) > 0.35 * trunk or float(shoulder[1]) > float(hip[1]) - 0.75 * trunk
    return feet - float(shoulder[1]) > 0.45 * trunk and leaning


def _best(small: Array, points: Array, feet: float, head: float) -> tuple[float, float, float] | None:
    """The best ellipse in the search picture: x and y of its middle and half its width, if it is good enough."""
    hip, shoulder = _middle(points, "hip"), _middle(points, "shoulder")
    light = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    slopes = [
        (cv2.Sobel(light[..., c], cv2.CV_32F, 1, 0), cv2.Sobel(light[..., c], cv2.CV_32F, 0, 1)) for c in range(3)
    ]
    strong = [max(float(np.percentile(np.hypot(*slope), 90)), 6.0) for slope in slopes]
    free = _free(small.shape[:2], points)
    trunk = TRUNK_PX
    steps = (ACROSS * trunk * head + shoulder[0], DOWN * trunk + feet, RADII * trunk, FLATNESS)
    tried = _carrying(np.stack([a.ravel() for a in np.meshgrid(*steps, indexing="ij")], axis=1), hip, shoulder)
    if not len(tried):
        return None
    rough = _support(tried, ANGLES[::3], slopes, strong, free)
    best = tried[np.argsort(-rough, kind="stable")[:FINER]]
    around = np.stack([a.ravel() for a in np.meshgrid(*_AROUND, indexing="ij")], axis=1)
    fine = (best[:, None] + around[None] * [trunk, trunk, trunk, 1.0]).reshape(-1, 4)
    score = _support(fine, ANGLES, slopes, strong, free)
    i = int(np.argmax(score))
    x, low, radius, flat = fine[i].tolist()
    return (float(x), low - radius * flat, radius) if score[i] >= SUPPORTED else None


_AROUND: Final = (
    np.array([-0.04, 0, 0.04]),
    np.array([-0.035, 0, 0.035]),
    np.array([-0.03, 0, 0.03]),
    (-0.05, 0.0, 0.05),
)


def _carrying(tried: Array, hip: Array, shoulder: Array) -> Array:
    """Those ellipses (n, 4) whose top lies under the trunk."""
    x, top = tried[:, 0], tried[:, 1] - 2 * tried[:, 2] * tried[:, 3]
    share = np.clip((x - hip[0]) / (shoulder[0] - hip[0] or 1.0), 0, 1)
    under = (top - hip[1] - share * (shoulder[1] - hip[1])) / TRUNK_PX
    carrying: Array = tried[(under > TOP_UNDER[0]) & (under < TOP_UNDER[1])]
    return carrying


def _free(shape: tuple[int, int], points: Array) -> Array:
    """Where the body does not lie in the search picture, (h, w) bool."""
    body = np.zeros(shape, np.uint8)
    width = max(2 * round(BODY_NEAR * TRUNK_PX), 1)
    at = np.clip(points, -1e4, 1e4).round().astype(int)
    for a, b in _LIMBS:
        cv2.line(body, tuple(at[INDEX[a]].tolist()), tuple(at[INDEX[b]].tolist()), 1, width)
    free: Array = body == 0
    return free


def _support(tried: Array, angles: Array, slopes: list[tuple[Array, Array]], strong: list[float], free: Array) -> Array:
    """Share of each ellipse's free outline that lies on edges of one kind, (n,); 0 where too little is free.

    tried: (n, 4) x of the middle, y of the lowest point, half width, and half height as a share of it.
    """
    x, wide, high = tried[:, :1], tried[:, 2:3], tried[:, 2:3] * tried[:, 3:]
    y = tried[:, 1:2] - high
    height, width = free.shape
    cosine, sine = np.cos(angles), np.sin(angles)
    at_x, at_y = np.round(x + wide * cosine).astype(int), np.round(y + high * sine).astype(int)
    inside = (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
    at = np.clip(at_y, 0, height - 1) * width + np.clip(at_x, 0, width - 1)
    seen = inside & free.ravel()[at]
    out_x, out_y = cosine / wide, sine / high
    size = np.hypot(out_x, out_y)
    out_x, out_y = out_x / size, out_y / size
    best = np.zeros(len(tried))
    for (across, down), least in zip(slopes, strong, strict=True):
        a, d = across.ravel()[at], down.ravel()[at]
        rise, along = a * out_x + d * out_y, np.abs(a * out_y - d * out_x)
        edge = seen & (np.abs(rise) > np.maximum(EDGE * least, 2 * along))
        lighter = (edge & (rise > 0)).sum(axis=1)
        best = np.maximum(best, np.maximum(lighter, edge.sum(axis=1) - lighter))
    shown = seen.sum(axis=1)
    score: Array = np.where(shown >= LEAST_FREE * len(angles), best / np.maximum(shown, 1), 0)
    return score
