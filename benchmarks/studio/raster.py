"""The renderer: triangles and a room to light, on one core.

Each pixel is the mean of four samples on a rotated grid. The samples are also four moments of the open shutter, so what
moves is smeared. Shadows come from one depth map seen from the light, contact darkening from one seen from above.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.studio.camera import View
from benchmarks.studio.compiled import compiled
from benchmarks.studio.mesh import Array, Mesh, Stuff, joined
from benchmarks.studio.shading import COARSE, CONTACT_REACH_M, GRID, Box, Drawn, Lamps, shade, shade_room

SHADOW_SIDE: Final = 896
SHADOW_REACH_M: Final = 2.3
"""Half the width of what casts and takes shadows, around the middle of the people."""
CONTACT_SIDE: Final = 320
LEVELS: Final = 5
"""Blurred copies of a texture, each for twice the distance of the one before."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """One strong light with shadows, and the light that comes from everywhere."""

    direction: Array
    """(3,) unit, towards the light"""
    colour: Array
    """(3,) of the strong light"""
    above: Array
    below: Array
    """(3,) what comes from the ceiling's side and from the floor's"""
    soft: float = 7.0
    """Radius of a shadow's soft edge, in cells of 5.1 mm."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """A box seen from inside."""

    least: Array
    most: Array
    """(3,) corners, metres"""
    floor: Array
    walls: Array
    """Textures (levels, side, side, 3) float32 of linear light, from `mipmaps`"""
    ceiling: Array
    """(3,) colour"""
    floor_scale: float
    wall_scale: float
    """Textures' repeats a metre"""
    shine: float = 0.1
    """How much a window's light glances off the floor"""


def mipmaps(texture: Array) -> Array:
    """A texture (side, side, 3) and its blurred copies (levels, side, side, 3)."""
    levels: list[Array] = [texture.astype(np.float32)]
    for level in range(1, LEVELS):
        wide = cv2.copyMakeBorder(levels[0], 64, 64, 64, 64, cv2.BORDER_WRAP)
        levels.append(cv2.GaussianBlur(wide, (0, 0), 0.5 * 2**level)[64:-64, 64:-64])
    return np.stack(levels)


def plate(room: Room, light: Light, view: View) -> Array:
    """The empty room without shadows, as a camera at rest sees it: light, and the place seen (h, w, 6) float32."""
    picture = np.empty((view.height, view.width, 6), np.float32)
    shade_room(
        _box_of(room), _unshaded(light), view.eye.astype(np.float32), view.turn.astype(np.float32), view.focal, picture
    )
    return picture


def render(
    before: Mesh, after: Array, room: Room, light: Light, views: tuple[View, View], empty: Array | None = None
) -> Array:
    """Linear light (h, w, 3) float32.

    `before` is the scene when the shutter opens; `after` (n, 3) its vertices when it closes; `views` the camera's.
    With `empty`, the `plate` of a camera at rest, only what something covers or shades is drawn anew.
    """
    first = views[0]
    mesh = joined([before])
    assert mesh.normals is not None
    shadow, to_shadow = _shadow(mesh, light)
    contact, centre = _contact(mesh)
    start = first.project(mesh.vertices).astype(np.float32)
    end = start if after is before.vertices and views[1] is first else views[1].project(after).astype(np.float32)
    ids = np.full((len(GRID), first.height, first.width), -1, np.int32)
    for plane, place in enumerate(GRID):
        moment = (plane + 0.5) / len(GRID)
        _fill(start + (end - start) * np.float32(moment), mesh.triangles, place[0], place[1], ids[plane])
    turns = np.stack([_between(views, (plane + 0.5) / len(GRID)) for plane in range(len(GRID))])
    picture = np.zeros((first.height, first.width, 3), np.float32)
    drawn = Drawn(
        *(ids, start, end, mesh.vertices, mesh.normals, mesh.colours, mesh.pattern, mesh.triangles, mesh.stuff)
    )
    lamps = Lamps(
        np.stack([light.direction, light.colour, light.above, light.below]).astype(np.float32),
        *(shadow, _coarse(shadow), to_shadow, np.array([light.soft], np.float32), contact, centre),
    )
    known = np.empty((0, 0, 6), np.float32) if empty is None else empty
    shade(drawn, _box_of(room), lamps, first.eye.astype(np.float32), turns, first.focal, known, picture)
    return picture


def _box_of(room: Room) -> "Box":
    return Box(
        *(np.concatenate([room.least, room.most]).astype(np.float32), room.floor, room.walls),
        *(room.ceiling.astype(np.float32), np.array([room.floor_scale, room.wall_scale, room.shine], np.float32)),
    )


def _unshaded(light: Light) -> "Lamps":
    """The light where nothing stands in its way: maps so small that every place lies outside of them."""
    none = np.zeros((1, 1), np.float32)
    return Lamps(
        np.stack([light.direction, light.colour, light.above, light.below]).astype(np.float32),
        *(none, none, np.zeros((3, 4), np.float32), np.array([1.0], np.float32)),
        *(np.zeros((CONTACT_SIDE, CONTACT_SIDE), np.float32), np.zeros(3, np.float32)),
    )


def nearest(mesh: Mesh, view: View) -> tuple[Array, Array]:
    """Which triangle each pixel's middle sees, -1 for none (h, w), and how far away it is there, metres along the view
    (h, w); infinite where nothing is.
    """
    screen = view.project(mesh.vertices).astype(np.float32)
    ids = np.full((view.height, view.width), -1, np.int32)
    inverse = _fill(screen, mesh.triangles, 0.5, 0.5, ids)
    return ids, np.divide(1.0, inverse, out=np.full_like(inverse, np.inf), where=inverse > 0)


def _between(views: tuple[View, View], share: float) -> Array:
    turn: Array = ((1 - share) * views[0].turn + share * views[1].turn).astype(np.float32)
    return turn


def _shadow(mesh: Mesh, light: Light) -> tuple[Array, Array]:
    """Depth (side, side) seen from the light, and the map (3, 4) from the world to it."""
    middle = _middle(mesh)
    across = np.cross([0.0, 1.0, 0.0], light.direction)
    across /= np.linalg.norm(across)
    cells = SHADOW_SIDE / 2 / SHADOW_REACH_M
    to_shadow = np.zeros((3, 4), np.float32)
    to_shadow[0, :3], to_shadow[1, :3], to_shadow[2, :3] = (
        across * cells,
        np.cross(light.direction, across) * cells,
        light.direction,
    )
    to_shadow[:, 3] = (SHADOW_SIDE / 2, SHADOW_SIDE / 2, 20.0) - to_shadow[:, :3] @ middle
    depth = np.zeros((SHADOW_SIDE, SHADOW_SIDE), np.float32)
    _depth(mesh.vertices @ to_shadow[:, :3].T + to_shadow[:, 3], mesh.triangles[mesh.stuff != Stuff.GLOW], depth)
    return depth, to_shadow


def _coarse(depth: Array) -> Array:
    """The nearest depth to the light in each block of cells and the blocks around it."""
    blocks = depth.reshape(SHADOW_SIDE // COARSE, COARSE, -1, COARSE).max(axis=(1, 3))
    near: Array = cv2.dilate(blocks, np.ones((3, 3), np.uint8))
    return near


def _contact(mesh: Mesh) -> tuple[Array, Array]:
    """How much of the light from above is kept off each spot of the floor (side, side), and the spot in its middle."""
    middle = _middle(mesh)
    cells = CONTACT_SIDE / 2 / CONTACT_REACH_M
    seen = np.empty((len(mesh.vertices), 3), np.float32)
    seen[:, :2] = (mesh.vertices[:, [0, 2]] - middle[[0, 2]]) * cells + CONTACT_SIDE / 2
    seen[:, 2] = 5 - mesh.vertices[:, 1]
    nearest = np.zeros((CONTACT_SIDE, CONTACT_SIDE), np.float32)
    _depth(seen, mesh.triangles, nearest)
    gap = np.where(nearest > 0, 5 - nearest, 9.0).astype(np.float32)
    close = cv2.GaussianBlur(np.exp(-gap / 0.04), (0, 0), 2.0)
    wide = cv2.GaussianBlur(np.exp(-gap / 0.22), (0, 0), 7.0)
    return np.minimum(0.62 * close + 0.42 * wide, 0.92), middle.astype(np.float32)


def _middle(mesh: Mesh) -> Array:
    """The middle of the people."""
    worn = np.unique(mesh.triangles[mesh.stuff == Stuff.SKIN])
    middle: Array = mesh.vertices[worn].mean(axis=0) if len(worn) else np.zeros(3)
    return middle


@compiled
def _span(screen: Array, a: int, b: int, c: int, ox: float, oy: float, width: int, height: int) -> Any:
    """The box of cells that a triangle may cover, and its edges' steps; an empty box if it cannot be seen."""
    ax, ay = screen[a, 0] - ox, screen[a, 1] - oy
    bx, by = screen[b, 0] - ox, screen[b, 1] - oy
    cx, cy = screen[c, 0] - ox, screen[c, 1] - oy
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    x0, x1 = max(0, math.ceil(min(ax, bx, cx))), min(width - 1, math.floor(max(ax, bx, cx)))
    y0, y1 = max(0, math.ceil(min(ay, by, cy))), min(height - 1, math.floor(max(ay, by, cy)))
    if abs(area) < 1e-9 or screen[a, 2] <= 0 or screen[b, 2] <= 0 or screen[c, 2] <= 0:
        x1 = x0 - 1
        area = 1.0
    inverse = 1 / area
    dx1, dy1 = (cy - ay) * inverse, -(cx - ax) * inverse
    dx2, dy2 = -(by - ay) * inverse, (bx - ax) * inverse
    return x0, x1, y0, y1, -ax * dx1 - ay * dy1, dx1, dy1, -ax * dx2 - ay * dy2, dx2, dy2


@compiled
def _fill(screen: Array, triangles: Array, ox: float, oy: float, ids: Array) -> Array:
    """The nearest triangle of each cell, into `ids`; gives its inverse depth."""
    height, width = ids.shape
    nearest = np.zeros((height, width), np.float32)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t]
        x0, x1, y0, y1, s1, dx1, dy1, s2, dx2, dy2 = _span(screen, a, b, c, ox, oy, width, height)
        if x1 < x0:
            continue
        za, zb, zc = screen[a, 2], screen[b, 2] - screen[a, 2], screen[c, 2] - screen[a, 2]
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                w1, w2 = s1 + x * dx1 + y * dy1, s2 + x * dx2 + y * dy2
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    z = za + w1 * zb + w2 * zc
                    if z > nearest[y, x]:
                        nearest[y, x] = z
                        ids[y, x] = t
    return nearest


@compiled
def _depth(screen: Array, triangles: Array, nearest: Array) -> None:
    """The nearest depth of each cell."""
    height, width = nearest.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t]
        x0, x1, y0, y1, s1, dx1, dy1, s2, dx2, dy2 = _span(screen, a, b, c, 0.5, 0.5, width, height)
        if x1 < x0:
            continue
        za, zb, zc = screen[a, 2], screen[b, 2] - screen[a, 2], screen[c, 2] - screen[a, 2]
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                w1, w2 = s1 + x * dx1 + y * dy1, s2 + x * dx2 + y * dy2
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    nearest[y, x] = max(nearest[y, x], za + w1 * zb + w2 * zc)
