"""The contour of the trunk in the mask: how deep the back and the belly lie beside the line from hips to shoulders.

The mask holds a logit per pixel; its edge is where the logit crosses zero, between pixels. Stations that an arm covers,
by its landmarks, are left out: there the contour is the arm's.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import BACK_ARM, BACK_FLOOR, BACK_NO_CONTOUR, BACK_SEEN, BACK_STATIONS, STATIONS, Array
from formcheck.pose.strip import Line, Strip, strip

STEP_PX: Final = 0.25
"""Pixels of the mask between the places at which it is read along a station's line."""

LEAST_TRUNK_PX: Final = 12
"""Trunk in pixels of the mask below which nothing can be told (ours: a third of a usual one)."""

REACH: Final = 0.8
"""Trunks up to which an edge is looked for."""

ARM_NEAR: Final = 0.11
"""Trunks from the line of an arm's landmarks within which a contour is the arm's (ours: half a sleeve)."""

LEAST_STATIONS: Final = 8
"""Stations of the back that must be seen (ours)."""

LOIN: Final = (STATIONS > 0.1) & (STATIONS < 0.6)
"""Stations between pelvis and ribs."""

_ARM: Final = tuple(
    (INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"])
    for side in SIDES
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "index"))
)


class Contours(NamedTuple):
    """`back` and `belly` (16,) and `axis` (5,) as in `Poses`, in pixels of the picture; `state` one of `BACK_`; `strip`
    is the picture along the trunk, None where there is no trunk.
    """

    back: Array
    belly: Array
    axis: Array
    state: int
    strip: Strip | None = None


def contours(mask: Array, crop: Array, to_picture: Array, image: Array, world: Array) -> Contours:
    """The trunk's contours in a mask.

    mask: (side, side) float32, logit that a pixel of the crop belongs to the person. crop: (side, side, 3) uint8.
    to_picture: (2, 3), from pixels of the crop to those of the picture. image: (33, 2) landmarks in the picture; world:
    (33, 3) metres.
    """
    inverse = cv2.invertAffineTransform(to_picture)
    points = image.astype(np.float64) @ inverse[:, :2].T + inverse[:, 2]
    line = _line(points)
    if line is None:
        none = np.full(BACK_STATIONS, np.nan, np.float32)
        return Contours(none, none, np.full(5, np.nan, np.float32), BACK_NO_CONTOUR)
    hip, along, front, trunk, facing = line
    axis = np.array([*_middle(image, "hip"), *_middle(image, "shoulder"), facing], np.float32)
    starts = hip + np.outer(STATIONS * trunk, along)
    scale = float(np.hypot(to_picture[0, 0], to_picture[1, 0]))
    seen = _depths(mask, starts, -front, trunk)
    back, belly = (
        np.where(_arm_near(starts + np.outer(depth, way), points, trunk), np.nan, depth)
        for depth, way in ((seen, -front), (_depths(mask, starts, front, trunk), front))
    )
    behind = to_picture[:, :2] @ -front
    state = _state(seen, back, down=bool(behind[1] > abs(behind[0])))
    down = inverse[:, 1] * scale
    shown = back if state == BACK_SEEN else np.full(BACK_STATIONS, np.nan)
    seen_strip = strip(crop, mask, line, points, world, down, np.concatenate([shown, belly]))
    return Contours((back * scale).astype(np.float32), (belly * scale).astype(np.float32), axis, state, seen_strip)


def _line(points: Array) -> Line | None:
    """The trunk's line, from landmarks (33, 2) in the crop; None where it is too short or not known."""
    hip, shoulder = _middle(points, "hip"), _middle(points, "shoulder")
    trunk = float(np.hypot(*(shoulder - hip)))
    if trunk < LEAST_TRUNK_PX or not np.isfinite(points).all():
        return None
    along = (shoulder - hip) / trunk
    facing = _facing(points, along, trunk)
    return Line(hip, along, np.array([along[1], -along[0]]) * facing, trunk, facing)


def _middle(points: Array, part: str) -> Array:
    middle: Array = (points[INDEX[f"left_{part}"]] + points[INDEX[f"right_{part}"]]) / 2
    return middle


def _facing(points: Array, along: Array, trunk: float) -> float:
    """1 where the body faces left of the way from hips to shoulders, as the picture shows it, else -1.

    Feet and face tell it: they point forward.
    """
    left = np.array([along[1], -along[0]])
    toes = sum((points[INDEX[f"{side}_foot_index"]] - points[INDEX[f"{side}_heel"]] for side in SIDES), np.zeros(2))
    face = 2 * (points[INDEX["nose"]] - _middle(points, "ear"))
    return 1.0 if float((toes + face) @ left) / trunk >= 0 else -1.0


def _depths(mask: Array, starts: Array, way: Array, trunk: float) -> Array:
    """How far from each start (n, 2) the mask's edge lies along `way`, (n,) crop pixels; NaN where there is none."""
    steps = np.arange(0, REACH * trunk, STEP_PX)
    at = (starts[:, None] + steps[None, :, None] * way).astype(np.float32)
    level = cv2.remap(mask, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1.0)
    out = level < 0
    first = out.argmax(axis=1)
    rows = np.flatnonzero(out.any(axis=1) & (first > 0))
    inner, outer = level[rows, first[rows] - 1], level[rows, first[rows]]
    depth = np.full(len(starts), np.nan)
    depth[rows] = steps[first[rows] - 1] + STEP_PX * inner / (inner - outer)
    return depth


def _arm_near(places: Array, points: Array, trunk: float) -> Array:
    """Whether each place (n, 2) lies on an arm, (n,) bool."""
    near = np.zeros(len(places), np.bool_)
    for a, b in _ARM:
        start, line = points[a], points[b] - points[a]
        share = np.clip(((places - start) @ line) / max(float(line @ line), 1e-9), 0, 1)
        off = places - start - share[:, None] * line
        near |= np.hypot(off[:, 0], off[:, 1]) < ARM_NEAR * trunk
    return near


def _state(seen: Array, free: Array, *, down: bool) -> int:
    """Whether the back is seen, or why not; `down` says that it faces the floor."""
    if np.isfinite(free).sum() >= LEAST_STATIONS and np.isfinite(free[LOIN]).any():
        return BACK_SEEN
    if np.isfinite(seen).sum() >= LEAST_STATIONS and np.isfinite(seen[LOIN]).any():
        return BACK_ARM
    return BACK_FLOOR if down else BACK_NO_CONTOUR
