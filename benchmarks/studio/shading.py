"""How each pixel takes light: surfaces, the room's box, soft shadows and contact, in compiled loops.

All that one compiled loop calls stands in this file: what is compiled is kept until the file changes.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.studio.compiled import compiled
from benchmarks.studio.mesh import Array

GRID: Final = np.array([[0.125, 0.625], [0.375, 0.125], [0.625, 0.875], [0.875, 0.375]], np.float32)
"""Where in the pixel the four samples lie."""
CONTACT_REACH_M: Final = 2.6
TAPS: Final = np.stack([np.sqrt((np.arange(12) + 0.5) / 12) * f(np.arange(12) * 2.39996) for f in (np.cos, np.sin)], 1)
"""Where in the soft edge of a shadow a sample looks: a sunflower's seeds in the unit disc."""
COARSE: Final = 16
"""Cells of the shadow's depth map in one block of its coarse copy; more than twice the widest soft edge."""


class Drawn(NamedTuple):
    """Triangles in the picture: which one each sample sees (planes, h, w), and its points' attributes."""

    ids: Array
    start: Array
    end: Array
    points: Array
    normals: Array
    colours: Array
    pattern: Array
    triangles: Array
    stuff: Array


class Box(NamedTuple):
    """`Room` as arrays: corners (6,), textures, ceiling (3,), the textures' scales and the floor's shine (3,)."""

    corners: Array
    floor: Array
    walls: Array
    ceiling: Array
    scales: Array


class Lamps(NamedTuple):
    """`Light` as arrays, (4, 3) and the softness (1,), with its shadow's depth, and the contact with the floor."""

    light: Array
    depth: Array
    coarse: Array
    to: Array
    soft: Array
    contact: Array
    centre: Array


@compiled
def _hashed(x: int, y: int, z: int) -> Any:
    h = (x * 374761393 + y * 668265263 + z * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF) / 65535.0


@compiled
def _noise(x: float, y: float, z: float) -> Any:
    """Smooth noise from 0 to 1, about one bump a unit."""
    xi, yi, zi = math.floor(x), math.floor(y), math.floor(z)
    fx, fy, fz = x - xi, y - yi, z - zi
    fx, fy, fz = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz)
    total = 0.0
    for i in range(2):
        for j in range(2):
            for k in range(2):
                share = (fx if i else 1 - fx) * (fy if j else 1 - fy) * (fz if k else 1 - fz)
                total += share * _hashed(xi + i, yi + j, zi + k)
    return total


@compiled
def _lit(p0: float, p1: float, p2: float, turn: float, bias: float, soft: float, lamps: Lamps) -> Any:
    """How much of a place the strong light reaches, 0 to 1."""
    to, depth = lamps.to, lamps.depth
    side = depth.shape[0]
    sx = to[0, 0] * p0 + to[0, 1] * p1 + to[0, 2] * p2 + to[0, 3]
    sy = to[1, 0] * p0 + to[1, 1] * p1 + to[1, 2] * p2 + to[1, 3]
    if sx < soft or sy < soft or sx >= side - soft or sy >= side - soft:
        return 1.0
    sz = to[2, 0] * p0 + to[2, 1] * p1 + to[2, 2] * p2 + to[2, 3] + bias
    if lamps.coarse[int(sy) // COARSE, int(sx) // COARSE] < sz:
        return 1.0  # nothing near lies towards the light
    cos, sin = math.cos(turn) * soft, math.sin(turn) * soft
    reached = 0
    for k in range(TAPS.shape[0]):
        x = int(sx + TAPS[k, 0] * cos - TAPS[k, 1] * sin)
        y = int(sy + TAPS[k, 0] * sin + TAPS[k, 1] * cos)
        if depth[y, x] < sz:
            reached += 1
    return reached / TAPS.shape[0]


@compiled
def _texel(texture: Array, u: float, v: float, footprint: float) -> Any:
    """The texture's colour at (u, v), whole numbers being repeats, blurred to a footprint in repeats."""
    side = texture.shape[1]
    level = 0
    cells = footprint * side
    while cells > 1.5 and level < texture.shape[0] - 1:
        cells *= 0.5
        level += 1
    x, y = int((u - math.floor(u)) * side) % side, int((v - math.floor(v)) * side) % side
    return texture[level, y, x, 0], texture[level, y, x, 1], texture[level, y, x, 2]


@compiled
def _lighted(
    colour: Any,
    normal: Any,
    sight: Any,
    lit: float,
    open_: float,
    light: Array,
    wrap: float,
    shine: float,
    gloss: float,
) -> Any:
    """Light (3,) given back: the strong light with soft ends (`wrap`), the room's by the normal, a highlight, a rim."""
    n0, n1, n2 = normal
    v0, v1, v2 = sight
    facing = max(0.0, (n0 * light[0, 0] + n1 * light[0, 1] + n2 * light[0, 2] + wrap) / (1 + wrap)) * lit
    up = 0.5 + 0.5 * n1
    h0, h1, h2 = light[0, 0] + v0, light[0, 1] + v1, light[0, 2] + v2
    half = 1 / (math.sqrt(h0 * h0 + h1 * h1 + h2 * h2) + 1e-9)
    across = (n0 * h0 + n1 * h1 + n2 * h2) * half
    glance = shine * across**gloss * lit if across > 0.5 and lit > 0 else 0.0  # below, a power of 9 is nothing
    away = 1 - abs(n0 * v0 + n1 * v1 + n2 * v2)
    sheen = 0.35 * shine * away * away * away
    # the camera's side of a room is never black: a little light comes from behind the viewer
    fill = 0.18 * max(0.0, n0 * v0 + n1 * v1 + n2 * v2)
    r = colour[0] * ((light[3, 0] * (1 - up) + light[2, 0] * (up + fill)) * open_ + light[1, 0] * facing)
    g = colour[1] * ((light[3, 1] * (1 - up) + light[2, 1] * (up + fill)) * open_ + light[1, 1] * facing)
    b = colour[2] * ((light[3, 2] * (1 - up) + light[2, 2] * (up + fill)) * open_ + light[1, 2] * facing)
    r += glance * light[1, 0] + sheen * light[2, 0] * open_
    g += glance * light[1, 1] + sheen * light[2, 1] * open_
    b += glance * light[1, 2] + sheen * light[2, 2] * open_
    return r, g, b


@compiled
def _kept_off(p0: float, p1: float, p2: float, n1: float, lamps: Lamps, floor: bool) -> Any:
    """How open a place near the floor is to the room's light, 0 to 1."""
    if p1 > 0.6:
        return 1.0
    contact, centre = lamps.contact, lamps.centre
    side = contact.shape[0]
    x = int((p0 - centre[0] + CONTACT_REACH_M) * side / (2 * CONTACT_REACH_M))
    y = int((p2 - centre[2] + CONTACT_REACH_M) * side / (2 * CONTACT_REACH_M))
    if x < 0 or y < 0 or x >= side or y >= side:
        return 1.0
    if floor:
        return 1 - 0.8 * contact[y, x]
    return 1 - 0.6 * contact[y, x] * max(0.0, 1 - p1 / 0.5) * (0.5 - 0.5 * n1)


@compiled
def _wall(eye: Array, d0: float, d1: float, d2: float, box: Array) -> Any:
    """How far along a ray the room's box is hit from inside, and on which axis."""
    nearest, axis = 1e9, 0
    for k in range(3):
        d = d0 if k == 0 else (d1 if k == 1 else d2)
        if abs(d) > 1e-9:
            far = ((box[3 + k] if d > 0 else box[k]) - eye[k]) / d
            if far < nearest:
                nearest, axis = far, k
    return nearest, axis


@compiled
def _room(eye: Array, d0: float, d1: float, d2: float, spread: float, room: Box, lamps: Lamps, turn: float) -> Any:
    """Light of the room's box along a ray; `spread` is a pixel's width at 1 m."""
    box, scales, ceiling = room.corners, room.scales, room.ceiling
    far, axis = _wall(eye, d0, d1, d2, box)
    p0, p1, p2 = eye[0] + far * d0, eye[1] + far * d1, eye[2] + far * d2
    down = axis == 1 and d1 < 0
    slope = abs(d0) if axis == 0 else (abs(d1) if axis == 1 else abs(d2))
    shine, open_, lit = 0.02, 1.0, 1.0
    n0, n1, n2 = 0.0, 0.0, 0.0
    if axis == 1:
        n1 = -1.0 if d1 > 0 else 1.0
        colour = (ceiling[0], ceiling[1], ceiling[2])
        if down:
            colour = _texel(room.floor, p0 * scales[0], p2 * scales[0], spread * far * scales[0] / math.sqrt(slope))
            shine = scales[2]
            open_ = _kept_off(p0, p1, p2, 1.0, lamps, True)
    else:
        along = p2 if axis == 0 else p0
        n0, n2 = (-1.0 if d0 > 0 else 1.0, 0.0) if axis == 0 else (0.0, -1.0 if d2 > 0 else 1.0)
        footprint = spread * far * scales[1] / math.sqrt(slope)
        colour = _texel(room.walls, along * scales[1], (box[4] - p1) * scales[1], footprint)
    # corners are darker: less of the room is seen from them
    edge = 1.0
    for k in range(3):
        p = p0 if k == 0 else (p1 if k == 1 else p2)
        near = min(p - box[k], box[3 + k] - p)
        if k != axis and near < 1.0:
            edge *= 1 - 0.25 * (1 - near) ** 4
    lit = _lit(p0, p1, p2, turn, 0.012, lamps.soft[0], lamps)
    return _lighted(colour, (n0, n1, n2), (-d0, -d1, -d2), lit, open_ * edge, lamps.light, 0.0, shine, 30.0)


@compiled
def _look(stuff: int, r: float, g: float, b: float, q0: float, q1: float, q2: float) -> Any:
    """A stuff's colour at a place of its pattern, its soft end, highlight and gloss, and how far its normal is bent."""
    wrap, shine, gloss, bend = 0.05, 0.03, 10.0, 0.0
    if stuff == 1:  # skin
        blotch = _noise(q0 * 30, q1 * 30, q2 * 30) - 0.5
        r, g, b = r * (1 + 0.05 * blotch), g * (1 + 0.09 * blotch), b * (1 + 0.09 * blotch)
        wrap, shine, gloss = 0.28, 0.11, 12.0
    elif stuff == 2:  # cloth
        weave = 1 + 0.16 * (_noise(q0 * 230, q1 * 230, q2 * 230) - 0.5)
        r, g, b = r * weave, g * weave, b * weave
        wrap, shine, bend = 0.12, 0.04, 0.34
    elif stuff == 3:  # hair
        strand = 1 + 1.1 * (_noise(q0 * 220, q1 * 45, q2 * 220) - 0.5)
        r, g, b = r * strand, g * strand, b * strand
        wrap, shine, gloss, bend = 0.1, 0.10, 9.0, 0.5
    elif stuff == 4:  # plastic
        shine, gloss = 0.30, 50.0
    elif stuff == 5:  # eye
        wrap, shine, gloss = 0.2, 0.4, 90.0
    return r, g, b, wrap, shine, gloss, bend


@compiled
def _ray(turn: Array, x: float, y: float, width: int, height: int, focal: float) -> Any:
    """The unit direction in which a place of the picture looks."""
    u, v = (x - width / 2) / focal, (y - height / 2) / focal
    d0 = turn[0, 0] * u + turn[1, 0] * v + turn[2, 0]
    d1 = turn[0, 1] * u + turn[1, 1] * v + turn[2, 1]
    d2 = turn[0, 2] * u + turn[1, 2] * v + turn[2, 2]
    length = 1 / math.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
    return d0 * length, d1 * length, d2 * length


@compiled
def shade_room(room: Box, lamps: Lamps, eye: Array, turn: Array, focal: float, picture: Array) -> None:
    """The light of every pixel's first sample if it sees the room, and the place of the room it sees."""
    height, width, _ = picture.shape
    for y in range(height):
        for x in range(width):
            d0, d1, d2 = _ray(turn, x + GRID[0, 0], y + GRID[0, 1], width, height, focal)
            r, g, b = _room(eye, d0, d1, d2, 1 / focal, room, lamps, 0.0)
            far, _ = _wall(eye, d0, d1, d2, room.corners)
            picture[y, x, 0], picture[y, x, 1], picture[y, x, 2] = r, g, b
            for k in range(3):
                picture[y, x, 3 + k] = eye[k] + far * (d0 if k == 0 else (d1 if k == 1 else d2))


@compiled
def _uncovered(ids: Array, y: int, x: int) -> Any:
    """Whether every sample of a pixel sees the room."""
    return ids[0, y, x] < 0 and ids[1, y, x] < 0 and ids[2, y, x] < 0 and ids[3, y, x] < 0


@compiled
def _untouched(empty: Array, y: int, x: int, lamps: Lamps) -> Any:
    """Whether nothing shades the place of the room that a pixel sees, nor stands close to it."""
    p0, p1, p2 = empty[y, x, 3], empty[y, x, 4], empty[y, x, 5]
    to, side = lamps.to, lamps.depth.shape[0]
    if p1 < 0.01 and _kept_off(p0, p1, p2, 1.0, lamps, True) < 0.997:
        return False
    sx = to[0, 0] * p0 + to[0, 1] * p1 + to[0, 2] * p2 + to[0, 3]
    sy = to[1, 0] * p0 + to[1, 1] * p1 + to[1, 2] * p2 + to[1, 3]
    soft = lamps.soft[0]
    if sx < soft or sy < soft or sx >= side - soft or sy >= side - soft:
        return True
    sz = to[2, 0] * p0 + to[2, 1] * p1 + to[2, 2] * p2 + to[2, 3] + 0.012
    return lamps.coarse[int(sy) // COARSE, int(sx) // COARSE] < sz


@compiled
def shade(
    drawn: Drawn, room: Box, lamps: Lamps, eye: Array, turns: Array, focal: float, empty: Array, picture: Array
) -> None:
    """The mean light of each pixel's samples; samples that see one triangle share its light."""
    planes, height, width = drawn.ids.shape
    for y in range(height):
        for x in range(width):
            if empty.shape[0] and _uncovered(drawn.ids, y, x) and _untouched(empty, y, x, lamps):
                for k in range(3):
                    picture[y, x, k] = empty[y, x, k]
                continue
            turn = _hashed(x, y, 7) * 6.2832
            r, g, b = 0.0, 0.0, 0.0
            last = -2
            for plane in range(planes):
                t = drawn.ids[plane, y, x]
                sx, sy = x + GRID[plane, 0], y + GRID[plane, 1]
                if t != last and t < 0:
                    d0, d1, d2 = _ray(turns[plane], sx, sy, width, height, focal)
                    r, g, b = _room(eye, d0, d1, d2, 1 / focal, room, lamps, turn)
                elif t != last:
                    r, g, b = _surface(t, (plane + 0.5) / planes, sx, sy, drawn, eye, lamps, turn)
                last = t
                picture[y, x, 0] += r / planes
                picture[y, x, 1] += g / planes
                picture[y, x, 2] += b / planes


@compiled
def _place(screen_a: Any, screen_b: Any, screen_c: Any, x: float, y: float) -> Any:
    """The shares of a triangle's corners at a place of the picture, straight in the world, and whether it faces us."""
    ax, ay, az = screen_a
    bx, by, bz = screen_b
    cx, cy, cz = screen_c
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    inverse = 1 / (area if abs(area) > 1e-9 else 1e-9)
    w1 = min(max(((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) * inverse, 0.0), 1.0)
    w2 = min(max(((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * inverse, 0.0), 1.0)
    w0 = max(0.0, 1 - w1 - w2) * az
    w1 *= bz
    w2 *= cz
    total = 1 / (w0 + w1 + w2)
    return w0 * total, w1 * total, w2 * total, area < 0


@compiled
def _mixed(rows: Array, a: int, b: int, c: int, w0: float, w1: float, w2: float) -> Any:
    return (
        w0 * rows[a, 0] + w1 * rows[b, 0] + w2 * rows[c, 0],
        w0 * rows[a, 1] + w1 * rows[b, 1] + w2 * rows[c, 1],
        w0 * rows[a, 2] + w1 * rows[b, 2] + w2 * rows[c, 2],
    )


@compiled
def _surface(t: int, m: float, x: float, y: float, drawn: Drawn, eye: Array, lamps: Lamps, turn: float) -> Any:
    """Light of triangle t at a place of the picture and a moment m of the shutter, 0 to 1."""
    start, end, stuff = drawn.start, drawn.end, drawn.stuff
    a, b, c = drawn.triangles[t]
    w0, w1, w2, front = _place(
        (start[a, 0] + m * (end[a, 0] - start[a, 0]), start[a, 1] + m * (end[a, 1] - start[a, 1]), start[a, 2]),
        (start[b, 0] + m * (end[b, 0] - start[b, 0]), start[b, 1] + m * (end[b, 1] - start[b, 1]), start[b, 2]),
        (start[c, 0] + m * (end[c, 0] - start[c, 0]), start[c, 1] + m * (end[c, 1] - start[c, 1]), start[c, 2]),
        x,
        y,
    )
    cr, cg, cb = _mixed(drawn.colours, a, b, c, w0, w1, w2)
    if stuff[t] == 6:
        return cr, cg, cb
    p0, p1, p2 = _mixed(drawn.points, a, b, c, w0, w1, w2)
    n0, n1, n2 = _mixed(drawn.normals, a, b, c, w0, w1, w2)
    q0, q1, q2 = _mixed(drawn.pattern, a, b, c, w0, w1, w2)
    cr, cg, cb, wrap, shine, gloss, bend = _look(stuff[t], cr, cg, cb, q0, q1, q2)
    v0, v1, v2 = eye[0] - p0, eye[1] - p1, eye[2] - p2
    length = 1 / math.sqrt(v0 * v0 + v1 * v1 + v2 * v2)
    v0, v1, v2 = v0 * length, v1 * length, v2 * length
    length = 1 / (math.sqrt(n0 * n0 + n1 * n1 + n2 * n2) + 1e-9)
    side = length if front else -length
    n0, n1, n2 = n0 * side, n1 * side, n2 * side
    if bend > 0:
        k0, k1 = (38.0, 11.0) if stuff[t] == 2 else (150.0, 20.0)
        n0 += bend * (_noise(q0 * k0, q1 * k1, q2 * k0) - 0.5)
        n2 += bend * (_noise(q0 * k0, q1 * k1 + 57, q2 * k0) - 0.5)
        length = 1 / math.sqrt(n0 * n0 + n1 * n1 + n2 * n2)
        n0, n1, n2 = n0 * length, n1 * length, n2 * length
    lit = _lit(p0, p1, p2, turn, 0.022, 0.5 * lamps.soft[0], lamps)
    open_ = _kept_off(p0, p1, p2, n1, lamps, False)
    return _lighted((cr, cg, cb), (n0, n1, n2), (v0, v1, v2), lit, open_, lamps.light, wrap, shine, gloss)
