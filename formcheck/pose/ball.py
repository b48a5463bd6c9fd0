"""The stability ball in the picture: where it is.

The search is for the ball's outline: a level ellipse, a little wider than high, under the shoulders and on the floor.
The body hides its upper part, so that part is not needed. The ball is not found from the front, where the legs hide it
and the trunk is short. Lengths are in trunks, so the distance of the camera does not matter.

Numbers without a source are ours. They come from the studio's tune split (96 frames with a ball, 300 without), from
real clips and photographs (two with a ball), and from 33 scenes of the split's ball bridges in other rooms and views,
with a box of the ball's height in its place. `benchmarks/ball.py` measures them again.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array
from formcheck.pose.patch import SIZE, TRUNK_PX, Lying, Patch, cut_out


class Circle(NamedTuple):
    """A ball in the picture, in pixels: the outline's centre, and the radius of a circle of the same area."""

    x: float
    y: float
    radius: float


FOUND: Final = 0.45
"""Score from which an outline is a ball's. Of balls 95 in 100 had more; boxes had 0.41 at most, rooms without 0.44."""
KEPT: Final = 0.42
"""The same where a ball was seen before."""
MOVED: Final = 0.2
"""Trunks by which a ball seen before may have moved or changed its radius to be the same."""


def find(rgb: Array, image: Array, before: Circle | None = None) -> Circle | None:
    """The ball on which a person lies with the shoulders or the back; None where none is seen.

    rgb: (h, w, 3) uint8. image: (33, 2) the person's landmarks in its pixels. before: the ball found last, if any. The
    search also tries that place, and needs a little less evidence there. The result depends on nothing else.

    On the studio's tune split it finds the ball in 96 % of looks from 54 degrees of yaw on. The middle is off by 0.02
    trunks, the radius by 0.014 (medians). In 276 looks without a ball it found none. It misses a grey ball with a hard
    shadow across it on a pale floor in a third of looks.
    """
    patch = cut_out(rgb, image)
    if patch is None:
        return None
    outlines = _coarse(patch)
    if before is not None:
        outlines = np.concatenate([outlines, _near(patch, before)])
    if not len(outlines):
        return None
    worth = _scores(patch, outlines) * _larger(outlines)
    outline, score = _refined(patch, outlines[np.argsort(-worth, kind="stable")[:2]])
    circle = _circle(patch, outline)
    same = before is not None and _same(circle, before, patch.body.trunk)
    return circle if score >= (KEPT if same else FOUND) else None


def _same(circle: Circle, before: Circle, trunk: float) -> bool:
    moved = np.hypot(circle.x - before.x, circle.y - before.y)
    return bool(max(moved, abs(circle.radius - before.radius)) <= MOVED * trunk)


# --- where a ball may lie ---------------------------------------------------------------------------------------------

ACROSS: Final = (-0.95, 0.5)
"""The ball's middle from the shoulders along the floor, away from the hips; -0.66 to 0.28 on tune."""
BELOW: Final = (0.35, 1.25)
"""The ball's middle under the shoulders; 0.5 to 1.07 on tune."""
BOTTOM: Final = (-0.75, 0.4)
"""The ball's lowest point under the feet's; -0.6 to 0.25 on tune: higher where the ball lies further off than they."""
RADII: Final = tuple(0.38 * 1.07**k for k in range(11))
"""In trunks; 0.42 to 0.73 on tune, a trunk being shorter in an oblique view."""
ASPECTS: Final = (0.8, 0.93)
"""Height over width of the outlines tried: 0.8 in the studio, nearly round on photographs."""
SHAPES: Final = (0.74, 1.06)
"""And of those taken."""
APART: Final = {"trunk": 0.9, "hip": 1.0, "knee": 1.35, "nose": 1.6}
"""How many radii the ball's middle keeps from these at least; 0.93, 1.07, 1.52 and 1.98 on tune."""


def _near(patch: Patch, before: Circle) -> Array:
    """Outlines (k, 4) of a ball that was found in an earlier picture."""
    middle = (np.array([before.x, before.y]) - patch.origin) * patch.scale - 0.5
    axes = np.array([(a**-0.5, a**0.5) for a in ASPECTS]) * before.radius * patch.scale
    outlines = np.concatenate([np.broadcast_to(middle, axes.shape), axes], axis=1)
    return outlines[_fits(patch.body, outlines[:, :2], axes)]


def _circle(patch: Patch, outline: Array) -> Circle:
    x, y = (outline[:2] + 0.5) / patch.scale + patch.origin
    width, height = outline[2:] / patch.scale
    return Circle(float(x), float(y), float(np.sqrt(width * height)))


# --- a rough search over every place and size ------------------------------------------------------------------------

EDGE: Final = 3.0
"""Grey levels a pixel at which an edge counts half."""
AIM: Final = 0.8
"""Cosine between slope and ray at which an edge counts nothing: 37 degrees."""
FEWEST: Final = 0.4
"""Share of the outline's points that must be in sight."""
AXES: Final = np.array([(r * a**-0.5, r * a**0.5) for r in RADII for a in ASPECTS]) * TRUNK_PX
"""Half width and half height of the outlines that are tried (k, 2)."""
MIDDLES: Final = np.stack(
    np.meshgrid(*(np.arange(*span, 2 / TRUNK_PX) * TRUNK_PX for span in (ACROSS, BELOW))), axis=-1
).reshape(-1, 2)
"""Where their middle is tried, from the shoulders, the head lying to the right (n, 2)."""


def _rays(step_deg: float) -> Array:
    """Directions (k, 2) from the middle to the outline, without its top, which the body hides."""
    angles = np.radians(np.arange(-30.0, 210.1, step_deg))
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


FEW_RAYS: Final = _rays(15.0)
RAYS: Final = _rays(10.0)


def _coarse(patch: Patch) -> Array:
    """The best outline of each size, (k, 4): middle and half axes."""
    middles = MIDDLES * (patch.body.away, 1) + patch.body.shoulder
    at = middles.round().astype(int)
    start, seen = at[:, 1] * SIZE[0] + at[:, 0], patch.seen.ravel()
    edges, sight = np.zeros((2, len(AXES), len(middles)), np.float32)
    for ray, edge in zip(FEW_RAYS, _edges(patch), strict=True):
        step = (AXES * ray).round().astype(int)
        place = start + (step[:, 1] * SIZE[0] + step[:, 0])[:, None]
        edges += edge.ravel()[place]
        sight += seen[place]
    fits = _fits(patch.body, middles, AXES[:, None]) & (sight >= FEWEST * len(FEW_RAYS))
    score = np.where(fits, edges / (sight + 1), -1)
    best, rows = score.argmax(axis=1), np.flatnonzero(fits.any(axis=1))
    return np.concatenate([middles[best[rows]], AXES[rows]], axis=1)


def _edges(patch: Patch) -> list[Array]:
    """How strong an edge across each of `FEW_RAYS` is, within a pixel: (h, w) 0 to 1 each, 0 out of sight."""
    size = np.sqrt(patch.across * patch.across + patch.down * patch.down)
    share = patch.seen / ((1 - AIM) * (size + EDGE))
    kernel = np.ones((3, 3), np.uint8)
    maps = []
    for x, y in FEW_RAYS.astype(np.float32):
        along = np.abs(patch.across * x + patch.down * y)
        maps.append(cv2.dilate(np.maximum(along - AIM * size, 0) * share, kernel))
    return maps


def _fits(body: Lying, middles: Array, axes: Array) -> Array:
    """Whether a ball stands on the floor, leaves the body room, and has a ball's size and shape, (...) bool.

    Middles and half axes are (..., 2); their shapes broadcast.
    """
    radius = np.sqrt(axes[..., 0] * axes[..., 1])
    shape, low = axes[..., 1] / axes[..., 0], middles[..., 1] + axes[..., 1] - body.floor
    fits: Array = (low >= BOTTOM[0] * TRUNK_PX) & (low <= BOTTOM[1] * TRUNK_PX) & (radius <= _room(body, middles))
    fits = fits & (radius >= 0.97 * RADII[0] * TRUNK_PX) & (radius <= 1.03 * RADII[-1] * TRUNK_PX)
    return fits & (shape > SHAPES[0]) & (shape < SHAPES[1])


def _room(body: Lying, middles: Array) -> Array:
    """The largest radius, (...), that the body leaves for a ball with its middle at each of (..., 2)."""
    along = body.hip - body.shoulder
    share = np.clip((middles - body.shoulder) @ along / (along @ along), 0, 1)[..., None]
    parts = [("trunk", body.shoulder + share * along), ("hip", body.hip), ("nose", body.image[INDEX["nose"]])]
    parts += [("knee", body.image[INDEX[f"{side}_knee"]]) for side in SIDES]
    gaps = ((middles - at, APART[name]) for name, at in parts)
    room: Array = np.min([np.hypot(gap[..., 0], gap[..., 1]) / apart for gap, apart in gaps], axis=0)
    return room


# --- how much an outline looks like a ball's --------------------------------------------------------------------------

DEPTHS: Final = (0.6, 0.86, 1.0, 1.14)
"""Where colours are taken along each ray: well inside, just inside, on the outline and just outside."""
OFFSETS: Final = np.einsum("kc,d->cdk", RAYS, DEPTHS)
"""The same points (2, d, k): right and down, in half axes."""
SHARP: Final = 0.96
"""Like `AIM`, 16 degrees: with 37 a box under the shoulders scores as a ball does."""
EDGES: Final = 0.8
"""What edges count in the score, colours counting the rest: a box is of one colour too."""
DOUBT: Final = 2.0
"""Points without an edge that are thought to be there beside those in sight: few points prove little."""
SOFT: Final = 8.0
"""Difference of colours at which inside and outside count half apart."""
SHADE: Final = 0.2
"""What a step of light or shade within the ball counts, one of colour counting 1: shadows fall on balls."""
UNEVEN: Final = 0.7
"""How much of a step within the ball is taken off its difference from what is outside."""
OTHER: Final = 1.5
"""The same for being of another colour than the ball as a whole."""
LARGE: Final = 0.2
"""Power of the radius by which the larger of outlines is preferred: it has more points to show for itself."""


def _larger(outlines: Array) -> Array:
    """By how much the larger of outlines (..., 4) is preferred."""
    factor: Array = (outlines[..., 2] * outlines[..., 3]) ** (LARGE / 2)
    return factor


def _scores(patch: Patch, outlines: Array) -> Array:
    """How much each outline (m, 4) looks like a ball's, (m,): 0 to 1."""
    x, y = (
        np.rint(outlines[:, k, None, None] + outlines[:, k + 2, None, None] * OFFSETS[k]).astype(int) for k in (0, 1)
    )
    inside = (x >= 0) & (x < SIZE[0]) & (y >= 0) & (y < SIZE[1])
    place = np.where(inside, y * SIZE[0] + x, 0)
    seen = patch.seen.ravel()[place] * inside
    rim, both = seen[:, 2], seen[:, 1] * seen[:, 3]
    edges = _sharp(patch, outlines, place[:, 2]) * rim
    colours = _differing(patch.colour.reshape(-1, 3)[place], seen) * both
    scores = EDGES * edges.sum(-1) / (rim.sum(-1) + DOUBT) + (1 - EDGES) * colours.sum(-1) / (both.sum(-1) + DOUBT)
    shown: Array = np.where(rim.sum(-1) >= FEWEST * len(RAYS), scores, 0)
    return shown


def _sharp(patch: Patch, outlines: Array, place: Array) -> Array:
    """How strong the edge along each outline is at its points (m, k), 0 to 1."""
    normal_x, normal_y = RAYS[:, 0] * outlines[:, 3:], RAYS[:, 1] * outlines[:, 2:3]
    across, down = patch.across.ravel()[place], patch.down.ravel()[place]
    size = np.sqrt(across * across + down * down)
    along = np.abs(across * normal_x + down * normal_y) / np.sqrt(normal_x * normal_x + normal_y * normal_y)
    sharp: Array = np.maximum(along - SHARP * size, 0) / ((1 - SHARP) * (size + EDGE))
    return sharp


def _differing(colour: Array, seen: Array) -> Array:
    """How far inside and outside differ along each ray (m, k), 0 to 1; the inside must be of one colour.

    Axis 1 of the colours (m, 4, k, 3) and of what is in sight (m, 4, k) follows `DEPTHS`.
    """
    deep, near, out = colour[:, 0], colour[:, 1], colour[:, 3]
    steps = np.pad(_size(near[:, 1:] - near[:, :-1], SHADE), ((0, 0), (1, 1)))
    uneven = seen[:, 0] * _size(near - deep, SHADE) + np.maximum(steps[:, 1:], steps[:, :-1])
    inner, weight = colour[:, :2, :, 1:], seen[:, :2, :, None]
    mean = (inner * weight).sum(axis=(1, 2)) / np.maximum(weight.sum(axis=(1, 2)), 1)
    off = near[..., 1:] - mean[:, None]
    other = np.sqrt(off[..., 0] * off[..., 0] + off[..., 1] * off[..., 1])
    contrast = _size(near - out, 1)
    differing: Array = np.clip((contrast - UNEVEN * uneven - OTHER * other) / (contrast + SOFT), 0, 1)
    return differing


def _size(colour: Array, light: float) -> Array:
    """Length of differences of colour (..., 3); differences of light are weighed by `light`."""
    first, second, third = colour[..., 0] * np.float32(light), colour[..., 1], colour[..., 2]
    size: Array = np.sqrt(first * first + second * second + third * third)
    return size


# --- the last pixel ---------------------------------------------------------------------------------------------------

MOVES: Final = np.array(
    [
        (0, 0, 0, 0),
        *((s, 0, t, 0) for s in (-0.5, 0.5) for t in (-0.5, 0.5)),
        *((0, s, 0, t) for s in (-0.5, 0.5) for t in (-0.5, 0.5)),
        *((s, 0, 0, 0) for s in (-1, 1)),
        *((0, s, 0, 0) for s in (-1, 1)),
        *((0, s, t, t) for s in (-0.7, 0, 0.7) for t in (-0.7, 0.7)),
        *((0, 0, t, -t) for t in (-0.6, 0.6)),
    ]
)
"""Ways to change an outline: one side of it, all of it, its size with the top or the bottom in place, its shape."""
STEPS_PX: Final = (2.0, 1.4, 1.0, 0.7, 0.5)
"""How far, one after the other."""


def _refined(patch: Patch, outlines: Array) -> tuple[Array, float]:
    """The best outline that fits near any of (k, 4), and its score."""
    rows = np.arange(len(outlines))
    for step in STEPS_PX:
        tried = outlines[:, None] + MOVES * step
        scores = _scores(patch, tried.reshape(-1, 4)).reshape(tried.shape[:2])
        worth = np.where(_fits(patch.body, tried[..., :2], tried[..., 2:]), scores * _larger(tried), -1)
        best = worth.argmax(axis=1)
        outlines = tried[rows, best]
    first = worth[rows, best].argmax()
    return outlines[first], float(scores[first, best[first]])
