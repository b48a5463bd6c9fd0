"""Cutting patterns from a mesh, and letting loose cloth fall.

A pattern's points are mixes of the mesh's points, so its places, weights and colours all follow from the mesh's own.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from benchmarks.studio.compiled import compiled

Array = NDArray[Any]

FALLS: Final = 14
"""Ours: steps in which loose cloth settles on the body; each lets it fall by `FALL_M`."""
FALL_M: Final = 0.006
PRESSED_M: Final = 0.005
"""How far off the skin a shirt lies under a hand: just over the trousers' waist."""
HAND_M: Final = 0.06
"""A hand presses cloth down within so far of its bones' ends, and less up to twice as far."""


def cut(triangles: Array, field: Array) -> tuple[csr_array, Array]:
    """The part of a mesh where a field (n,) of its points is positive, its edge cut smoothly along zero.

    Gives the mix (m, n) that makes the new points of the old, and the new triangles (k, 3).
    """
    positive = field > 0
    count = positive[triangles].sum(axis=1)
    whole = triangles[count == 3]
    one = _first(triangles[count == 1], positive, True)
    two = _first(triangles[count == 2], positive, False)
    crossed = [(one[:, 0], one[:, 1]), (one[:, 0], one[:, 2]), (two[:, 0], two[:, 1]), (two[:, 0], two[:, 2])]
    ends = np.concatenate([np.stack(pair, axis=1) for pair in crossed])
    edges, place = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    n = len(field)
    a, b, c, d = np.split(n + place.ravel(), np.cumsum([len(one), len(one), len(two)]))
    made = np.concatenate(
        [
            whole,
            np.stack([one[:, 0], a, b], axis=1),
            np.stack([c, two[:, 1], two[:, 2]], axis=1),
            np.stack([c, two[:, 2], d], axis=1),
        ]
    )
    share = field[edges[:, 0]] / (field[edges[:, 0]] - field[edges[:, 1]])
    return _mix(n, edges, share, made)


def _first(triangles: Array, positive: Array, wanted: bool) -> Array:
    """The triangles turned so that their one corner that differs from the other two comes first."""
    lone = (positive[triangles] == wanted).argmax(axis=1)
    return np.take_along_axis(triangles, (lone[:, None] + np.arange(3)) % 3, axis=1)


def finer(n: int, triangles: Array) -> tuple[csr_array, Array]:
    """Each triangle as four; gives the mix (m, n) and the new triangles, like `cut`."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges, place = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    ab, bc, ca = np.split(n + place.ravel(), 3)
    a, b, c = triangles.T
    made = np.concatenate([np.stack(t, axis=1) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    return _mix(n, edges, np.full(len(edges), 0.5), made)


def _mix(n: int, edges: Array, share: Array, triangles: Array) -> tuple[csr_array, Array]:
    """Old points and points on edges as a mix, without those that no triangle uses."""
    rows = np.concatenate([np.arange(n), n + np.arange(len(edges)), n + np.arange(len(edges))])
    columns = np.concatenate([np.arange(n), edges[:, 0], edges[:, 1]])
    values = np.concatenate([np.ones(n), 1 - share, share]).astype(np.float32)
    mix = csr_array(coo_array((values, (rows, columns)), shape=(n + len(edges), n)))
    used, renamed = np.unique(triangles, return_inverse=True)
    return csr_array(mix[used]), renamed.reshape(-1, 3).astype(np.int32)


def edges_of(triangles: Array) -> Array:
    """Each edge (e, 2) once."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    found: Array = np.unique(np.sort(ends, axis=1), axis=0).astype(np.int32)
    return found


def smoothed(points: Array, triangles: Array, turns: int, *, rim: bool = False) -> Array:
    """Points (n, d) drawn half way to the mean of their neighbours; the mesh's border moves only if `rim` says so."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges, count = np.unique(np.sort(ends, axis=1), axis=0, return_counts=True)
    both = np.concatenate([edges, edges[:, ::-1]])
    n = len(points)
    near = csr_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(n, n))
    near = near.multiply(1 / np.maximum(np.asarray(near.sum(axis=1)), 1)[:, None]).tocsr()
    inner = np.ones(n, bool)
    inner[edges[count == 1]] = rim
    out = points.copy()
    for _ in range(turns):
        out[inner] += 0.5 * ((near @ out)[inner] - out[inner])
    return out


def rims_of(triangles: Array) -> Array:
    """Each point of the mesh's border with its two neighbours there (r, 3)."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges, count = np.unique(np.sort(ends, axis=1), axis=0, return_counts=True)
    both = np.concatenate([edges[count == 1], edges[count == 1][:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    points, first, degree = np.unique(both[:, 0], return_index=True, return_counts=True)
    plain = degree == 2
    starts = first[plain]
    found: Array = np.stack([points[plain], both[starts, 1], both[starts + 1, 1]], axis=1).astype(np.int32)
    return found


class Drape(NamedTuple):
    """How a piece of loose cloth with n points falls."""

    edges: Array
    lengths: Array
    """(e, 2) and (e,): metres that it is not pulled beyond"""
    rims: Array
    """(r, 3) from `rims_of`: the border is drawn smooth"""
    hold: Array
    """(n,) from 0, falls freely, to 1, stays where the bones put it"""
    near: Array
    """(n, k) the points of the skin that it must stay outside of"""
    gap: Array
    """(n,) metres that it stays off them"""
    under: Array
    """(n,) 1 where a hand presses it onto the skin"""


@compiled
def fallen(cloth: Array, drape: Drape, skin: Array, normal: Array, hands: Array, ball: Array) -> Array:
    """Cloth (n, 3) that has settled under its weight on the skin (m, 3) with its normals.

    `hands` (h, 3) are places in the hands; `ball` (5,) a ball's middle, half width and half height, 0 for none. Each
    picture is settled anew from the pose alone, so a picture does not depend on the one before.
    """
    edges, lengths, rims, hold = drape.edges, drape.lengths, drape.rims, drape.hold
    x = cloth.copy()
    for _ in range(FALLS):
        for i in range(x.shape[0]):
            x[i, 1] -= FALL_M * (1 - hold[i])
        for e in range(edges.shape[0]):
            a, b = edges[e]
            d0, d1, d2 = x[b, 0] - x[a, 0], x[b, 1] - x[a, 1], x[b, 2] - x[a, 2]
            length = math.sqrt(d0 * d0 + d1 * d1 + d2 * d2) + 1e-9
            # cloth gives little when pulled and nearly freely when pushed together
            pull = (0.45 if length > lengths[e] else 0.10) * (length - lengths[e]) / length
            ha, hb = 1 - hold[a], 1 - hold[b]
            x[a, 0] += d0 * pull * ha
            x[a, 1] += d1 * pull * ha
            x[a, 2] += d2 * pull * ha
            x[b, 0] -= d0 * pull * hb
            x[b, 1] -= d1 * pull * hb
            x[b, 2] -= d2 * pull * hb
        _kept_out(x, skin, normal, ball, drape)
        for i in range(rims.shape[0]):
            a, b, c = rims[i]
            for axis in range(3):
                x[a, axis] += 0.4 * (0.5 * (x[b, axis] + x[c, axis]) - x[a, axis])
    for _ in range(2):
        _ironed(x, edges)
    _pressed_by(x, skin, normal, hands, drape)
    return x


@compiled
def _ironed(x: Array, edges: Array) -> None:
    """Draw each point half way to its neighbours: cloth is too stiff for folds of one triangle."""
    total, count = np.zeros_like(x), np.zeros(x.shape[0])
    for e in range(edges.shape[0]):
        a, b = edges[e]
        total[a] += x[b]
        total[b] += x[a]
        count[a] += 1
        count[b] += 1
    for i in range(x.shape[0]):
        for axis in range(3):
            x[i, axis] += 0.5 * (total[i, axis] / count[i] - x[i, axis])


@compiled
def _pressed_by(x: Array, skin: Array, normal: Array, hands: Array, drape: Drape) -> None:
    """Bring cloth under and around a hand down to the skin."""
    for i in range(x.shape[0]):
        nearest = 1.0
        for h in range(hands.shape[0]):
            d0, d1, d2 = x[i, 0] - hands[h, 0], x[i, 1] - hands[h, 1], x[i, 2] - hands[h, 2]
            nearest = min(nearest, d0 * d0 + d1 * d1 + d2 * d2)
        share = drape.under[i] * min(1.0, max(0.0, 2 - math.sqrt(nearest) / HAND_M))
        if share > 0:
            j = drape.near[i, 0]
            out = (x[i, 0] - skin[j, 0]) * normal[j, 0] + (x[i, 1] - skin[j, 1]) * normal[j, 1]
            out += (x[i, 2] - skin[j, 2]) * normal[j, 2]
            down = share * min(0.15, max(0.0, out - PRESSED_M))
            for axis in range(3):
                x[i, axis] -= down * normal[j, axis]


@compiled
def _kept_out(x: Array, skin: Array, normal: Array, ball: Array, drape: Drape) -> None:
    """Push cloth out of the body, the floor and the ball."""
    for i in range(x.shape[0]):
        for k in range(drape.near.shape[1]):
            j = drape.near[i, k]
            d0, d1, d2 = x[i, 0] - skin[j, 0], x[i, 1] - skin[j, 1], x[i, 2] - skin[j, 2]
            out = d0 * normal[j, 0] + d1 * normal[j, 1] + d2 * normal[j, 2]
            if out < drape.gap[i] and d0 * d0 + d1 * d1 + d2 * d2 < 0.01:
                for axis in range(3):
                    x[i, axis] += (drape.gap[i] - out) * normal[j, axis]
        x[i, 1] = max(x[i, 1], 0.004)
        if ball[3] > 0:
            d0, d1, d2 = x[i, 0] - ball[0], x[i, 1] - ball[1], x[i, 2] - ball[2]
            inside = math.sqrt((d0 * d0 + d2 * d2) / ball[3] ** 2 + (d1 / ball[4]) ** 2)
            if 1e-6 < inside < 1.006:
                for axis in range(3):
                    x[i, axis] = ball[axis] + (x[i, axis] - ball[axis]) * 1.006 / inside
