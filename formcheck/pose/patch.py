"""The small picture in which the ball is looked for: round the shoulders of somebody who lies as on a ball.

Its numbers are ours, like those of `ball.py`.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array

SMALLEST_PX: Final = 12
"""A shorter trunk shows too little of a ball."""
TILT_DEG: Final = (30.0, 120.0)
"""Tilt of the trunk from upright of somebody who lies on a ball; 46 to 99 on tune."""
RAISED: Final = 0.7
"""How far the shoulders then lie over the feet, at least; 0.88 and more on tune."""


class Lying(NamedTuple):
    """Somebody who lies as on a ball, in pixels.

    Landmarks (33, 2), the middles of shoulders and hips (2,), the trunk's length and the level of the feet. `away` is
    the side of the hips on which the head lies: 1 right, -1 left.
    """

    image: Array
    shoulder: Array
    hip: Array
    trunk: float
    floor: float
    away: int


def _lying(image: Array) -> Lying | None:
    """The body, if it lies as on a ball: shoulders raised, the trunk between half upright and level."""
    image = np.asarray(image, float)
    shoulder, hip = (image[[INDEX[f"{side}_{part}"] for side in SIDES]].mean(axis=0) for part in ("shoulder", "hip"))
    feet = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")]
    down, floor = hip - shoulder, float(image[feet, 1].max())
    trunk = float(np.hypot(*down))
    if not np.isfinite(image).all() or trunk < SMALLEST_PX or floor - shoulder[1] < RAISED * trunk:
        return None
    tilt = float(np.degrees(np.arctan2(abs(down[0]), down[1])))
    if not TILT_DEG[0] <= tilt <= TILT_DEG[1]:
        return None
    return Lying(image, shoulder, hip, trunk, floor, 1 if down[0] <= 0 else -1)


TRUNK_PX: Final = 36
"""Pixels of a trunk in the small picture that is searched."""
SIZE: Final = (round(3.7 * TRUNK_PX), round(2.3 * TRUNK_PX))
"""Width and height of it: every outline that is tried lies inside."""
SHOULDER: Final = (1.85 * TRUNK_PX, 0.2 * TRUNK_PX)
"""Where the shoulders lie in it."""
LAB: Final = (0.8, 1.6, 1.6)
"""Weights of OpenCV's 8-bit L, a and b: light and shade are less to go by than colour."""
LIMBS: Final = (
    ("shoulder", "hip", 0.30),
    ("shoulder", "elbow", 0.16),
    ("elbow", "wrist", 0.13),
    ("wrist", "index", 0.14),
    ("hip", "knee", 0.26),
    ("knee", "ankle", 0.17),
)
"""Parts of the body that hide the ball, and how thick they are."""


class Patch(NamedTuple):
    """The picture round the shoulders, `TRUNK_PX` pixels a trunk, in float32.

    colour: (h, w, 3). across, down: (h, w) slope of the steepest channel, grey levels per pixel.
    seen: (h, w) 0 where the body or the picture's edge hides what is there, else 1.
    body: the body in pixels of the patch; only the trunk's length stays in pixels of the picture.
    A place p of the picture is (p - origin) * scale - 0.5 in the patch: whole numbers are the middles of its pixels.
    """

    colour: Array
    across: Array
    down: Array
    seen: Array
    body: Lying
    origin: Array
    scale: Array


def cut_out(rgb: Array, image: Array) -> Patch | None:
    """The small picture cut out of (h, w, 3) uint8, by the person's landmarks (33, 2).

    None for somebody who does not lie as on a ball, or where too little of the surroundings of the shoulders is in
    the picture.
    """
    body = _lying(image)
    if body is None:
        return None
    wanted = TRUNK_PX / body.trunk
    corner = body.shoulder - np.array(SHOULDER) / wanted
    left, top = np.maximum(corner.round().astype(int), 0).tolist()
    right, bottom = np.minimum((corner + np.array(SIZE) / wanted).astype(int), rgb.shape[1::-1]).tolist()
    if min(right - left, bottom - top) * wanted < TRUNK_PX / 2:
        return None
    x, y = np.maximum(((left, top) - corner) * wanted, 0).round().astype(int).tolist()
    width, height = min(round((right - left) * wanted), SIZE[0] - x), min(round((bottom - top) * wanted), SIZE[1] - y)
    scale = np.array([width / (right - left), height / (bottom - top)])
    origin = np.array([left, top]) - np.array([x, y]) / scale
    small = body._replace(
        **{name: (getattr(body, name) - origin) * scale - 0.5 for name in ("image", "shoulder", "hip")},
        floor=float((body.floor - origin[1]) * scale[1] - 0.5),
    )
    seen = np.zeros(SIZE[::-1], np.float32)
    seen[y : y + height, x : x + width] = 1
    _hide(seen, small.image)
    colour = _coloured(rgb[top:bottom, left:right], x, y, width, height)
    return Patch(colour, *_slopes(colour), seen, small, origin, scale)


def _coloured(rgb: Array, x: int, y: int, width: int, height: int) -> Array:
    """The small picture at (x, y), filled as far as the picture reaches, (h, w, 3) float32."""
    how = cv2.INTER_AREA if width < rgb.shape[1] else cv2.INTER_LINEAR
    lab = cv2.cvtColor(cv2.resize(rgb, (width, height), interpolation=how), cv2.COLOR_RGB2LAB)
    whole = cv2.copyMakeBorder(lab, y, SIZE[1] - y - height, x, SIZE[0] - x - width, cv2.BORDER_REPLICATE)
    colour: Array = cv2.GaussianBlur(whole, (0, 0), 0.8) * np.array(LAB, np.float32)
    return colour


def _slopes(colour: Array) -> tuple[Array, Array]:
    """Slopes to the right and down of the steepest channel at each pixel, (h, w) each."""
    across, down = (cv2.Sobel(colour, -1, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    steepest = (across * across + down * down).argmax(axis=2)[..., None]
    first, second = (np.take_along_axis(part, steepest, axis=2)[..., 0] for part in (across, down))
    return first, second


def _hide(seen: Array, image: Array) -> None:
    """Clear `seen` (h, w) where the body with its landmarks (33, 2) hides what is behind it."""
    at = np.clip(image, -9999, 9999).round().astype(int).tolist()
    for first, last, thick in LIMBS:
        for side in SIDES:
            ends = at[INDEX[f"{side}_{first}"]], at[INDEX[f"{side}_{last}"]]
            cv2.line(seen, *ends, 0.0, round(thick * TRUNK_PX))
    cv2.line(seen, at[INDEX["left_shoulder"]], at[INDEX["right_shoulder"]], 0.0, round(0.3 * TRUNK_PX))
    cv2.circle(seen, at[INDEX["nose"]], round(0.22 * TRUNK_PX), 0.0, -1)
