"""The arch of the back: degrees of lumbar lordosis over the person's own neutral, read from the trunk's contours.

Two looks at one person are compared, one of them neutral. The features are the change of the contours of back and
belly, the change of the posture (arms, thighs, trunk), and the shape of the neutral trunk. How lordosis changes with
them was learned on rendered people: by one Gaussian process for upright people, by another for people who lie. It gives
the change and its standard error, which grows for features unlike those it has seen. Hidden features are estimated from
the others, and the error grows by what is lost.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np

from formcheck.body import geometry
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import (
    BACK_ARM,
    BACK_FLOOR,
    BACK_NO_CONTOUR,
    BACK_NOT_RUN,
    BACK_SEEN,
    BACK_STATIONS,
    STATIONS,
    Array,
    Poses,
)
from formcheck.body.process import STORED, Process, stored
from formcheck.findings import Reason

COLUMNS: Final = (
    *(f"back.{i}" for i in range(BACK_STATIONS)),
    *(f"belly.{i}" for i in range(BACK_STATIONS)),
    *("hip.x", "hip.y", "shoulder.x", "shoulder.y", "facing"),
    *(f"{part}.{side}" for part in ("arm", "thigh") for side in SIDES),
    *("curve", "curve.error"),
)
"""What is kept of a look, in pixels and degrees: the contours, their axis, where the body faces, the posture, and what
the picture along the trunk tells, with the logarithm of its error."""

_BACK, _BELLY = slice(0, BACK_STATIONS), slice(BACK_STATIONS, 2 * BACK_STATIONS)
_HIP, _SHOULDER = slice(2 * BACK_STATIONS, 2 * BACK_STATIONS + 2), slice(2 * BACK_STATIONS + 2, 2 * BACK_STATIONS + 4)
_FACING = 2 * BACK_STATIONS + 4
_ARMS = {side: _FACING + 1 + i for i, side in enumerate(SIDES)}
_CURVE = _FACING + 5
_THIGHS = {side: _FACING + 3 + i for i, side in enumerate(SIDES)}

UPRIGHT_TO_DEG: Final = 45.0
"""Up to this tilt of the neutral trunk a person is upright; beyond it they lie (ours)."""

YAW: Final = (25.0, 90.0)
"""Camera yaws from which the arch is told: those it was learned on. The error grows towards the front."""

BLOCK_S: Final = 0.75
"""Looks are averaged over blocks this long (ours: three looks at four a second); two blocks make a value."""

WORST_ERROR_DEG: Final = 12.0
"""With a larger standard error no value is given (ours): it would tell an arched back from a straight one in seven of
eight cases only."""

UNLIKE: Final = 3.0
"""Contours that differ more from those of the trunks it was learned on do not follow the trunk: mean squared deviation
per feature (ours; loose clothes exceed it). The error grows with it; where it is too large, this says why."""


def columns(poses: Poses) -> Array:
    """The looks of n frames: (n, len(COLUMNS)) float32; NaN where the contour was not seen."""
    image = poses.image

    def angle(a: str, vertex: str, b: str, side: str) -> Array:
        return geometry.flexion(*(image[:, INDEX[f"{side}_{part}"]] for part in (a, vertex, b)))

    posture = [180 - angle("hip", "shoulder", "elbow", side) for side in SIDES]
    posture += [angle("shoulder", "hip", "knee", side) for side in SIDES]
    parts = [poses.back, poses.belly, poses.axis, np.stack(posture, axis=1), poses.curve]
    looks = np.concatenate(parts, axis=1).astype(np.float32)
    looks[poses.back_state != BACK_SEEN, _BACK] = np.nan
    return looks


def mean(looks: Array) -> Array:
    """The mean look (len(COLUMNS),) of several (n, len(COLUMNS)); NaN where fewer than half have a value."""
    there = np.isfinite(looks)
    total = np.where(there, looks, 0).astype(np.float64).sum(axis=0)
    count = there.sum(axis=0)
    average: Array = np.where(2 * count >= max(len(looks), 1), total / np.maximum(count, 1), np.nan)
    average[_FACING] = np.sign(average[_FACING])
    return average


def lying(neutral: Array) -> bool:
    """Whether a look (len(COLUMNS),) shows a trunk that lies."""
    return _tilt(neutral) > UPRIGHT_TO_DEG


_REASONS: Final = {
    BACK_ARM: Reason.ARM_ACROSS_BACK,
    BACK_FLOOR: Reason.FLOOR_HIDES_BACK,
    BACK_NO_CONTOUR: Reason.NO_BACK_CONTOUR,
    BACK_NOT_RUN: Reason.BACK_NOT_RUN,
}
"""Why there is no arch, by the state that the back was mostly in."""


class Blocks(NamedTuple):
    """A phase of a rep in m blocks: times (m,), mean looks (m, len(COLUMNS)), and the state that the back was mostly
    in, one of `BACK_`.
    """

    time: Array
    looks: Array
    state: int


def blocks(time: Array, looks: Array, states: Array) -> Blocks:
    """The blocks of a phase of n ticks: looks (n, len(COLUMNS)) and states (n,)."""
    number = ((time - time[0]) / BLOCK_S).astype(int) if len(time) else np.empty(0, int)
    groups = [number == i for i in range(int(number[-1]) + 1)] if len(number) else []
    groups = [group for group in groups if group.any()]
    state = int(np.bincount(states.astype(int)).argmax()) if len(states) else BACK_NOT_RUN
    means = np.array([mean(looks[group]) for group in groups]).reshape(-1, len(COLUMNS))
    return Blocks(np.array([time[group].mean() for group in groups]), means, state)


class Arch(NamedTuple):
    """Degrees of lordosis over neutral, their standard error and their moment; or the reason why there are none."""

    value: float | None
    error: float
    at_s: float | None
    reason: Reason | None


def changes(neutral: Array | None, asked: Sequence[tuple[Blocks, str]], near: str, yaw_deg: float) -> list[Arch]:
    """The arch in several phases, compared with one neutral look (len(COLUMNS),).

    asked: each phase with its take: `first`, `mean`, `max` or `min`. near: the side nearer to the camera. All looks are
    computed together, which is quicker than one by one.
    """
    if neutral is None or not shows_trunk(neutral):
        return [Arch(None, 0.0, None, Reason.NO_NEUTRAL_BACK) for _ in asked]
    learned = models()["lying" if lying(neutral) else "upright"]
    seen = [_show_trunks(phase.looks) & (phase.looks[:, _FACING] == neutral[_FACING]) for phase, _ in asked]
    times = np.concatenate([phase.time[i] for (phase, _), i in zip(asked, seen, strict=True)])
    looks = np.concatenate([phase.looks[i] for (phase, _), i in zip(asked, seen, strict=True)])
    rows = features(neutral, looks, near, yaw_deg)
    value, unlike = learned.process.change(rows)
    groups = np.split(np.arange(len(rows)), np.cumsum([i.sum() for i in seen])[:-1])
    chosen = [group[_chosen(value[group], take)] for group, (_, take) in zip(groups, asked, strict=True)]
    error = np.zeros(len(rows))
    wanted = np.unique(np.concatenate(chosen)).astype(int)
    error[wanted] = learned.error(rows[wanted], unlike[wanted])
    found = np.stack([value, error, unlike, times], axis=1)
    return [_arch(found[i], phase.state) for i, (phase, _) in zip(chosen, asked, strict=True)]


def _arch(found: Array, state: int) -> Arch:
    """The arch of a phase, from its state and its chosen looks' change, error, unlikeness and time, (m, 4)."""
    if not len(found):
        return Arch(None, 0.0, None, _REASONS.get(state, Reason.NO_BACK_CONTOUR))
    value, error, unlike, at_s = found.mean(axis=0).tolist()
    if error > WORST_ERROR_DEG:
        unsure = Reason.LOOSE_CLOTHES if unlike > UNLIKE else Reason.TRUNK_UNSURE
        return Arch(None, error, None, _REASONS.get(state, unsure))
    return Arch(value, error, at_s, None)


def _chosen(values: Array, take: str) -> slice:
    """Which blocks a take uses: the first, all, or the two neighbours that arch most (`max`) or least (`min`)."""
    if take == "first" or len(values) < 2:
        return slice(0, 1)
    if take == "mean":
        return slice(0, len(values))
    most = int(np.argmax((values[1:] + values[:-1]) * (-1 if take == "min" else 1)))
    return slice(most, most + 2)


def flattest(rests: Sequence[Array], near: str, yaw_deg: float) -> Array | None:
    """The neutral look of a bout, from its reps' rests: the first; for people who lie, the one with the least arch."""
    rests = [rest for rest in rests if shows_trunk(rest)]
    if not rests or not lying(rests[0]):
        return rests[0] if rests else None
    value, _ = models()["lying"].process.change(features(rests[0], np.array(rests), near, yaw_deg))
    return rests[int(np.argmin(value))]


def shows_trunk(look: Array) -> bool:
    """Whether a look shows a trunk, and where it faces."""
    return bool(_show_trunks(look[None])[0])


def _show_trunks(looks: Array) -> Array:
    """The same of looks (n, len(COLUMNS)), (n,) bool."""
    line = looks[:, _SHOULDER] - looks[:, _HIP]
    seen: Array = (np.hypot(line[:, 0], line[:, 1]) > 0) & (np.abs(looks[:, _FACING]) == 1)
    return seen


def _tilt(look: Array) -> float:
    line = look[_SHOULDER] - look[_HIP]
    return float(np.degrees(np.arctan2(abs(line[0]), -line[1])))


BANDS: Final = BACK_STATIONS // 2
"""The shape of the neutral trunk is described by pairs of stations."""

BELLY_FROM: Final = 3
"""Below this station the thigh hides the belly."""

FEATURES: Final = (
    *(f"back {i}" for i in range(BACK_STATIONS)),
    *(f"belly {i}" for i in range(BELLY_FROM, BACK_STATIONS)),
    *("near arm", "far arm", "near thigh", "far thigh", "pitch", "neutral near arm", "yaw"),
    *(f"neutral back {i}" for i in range(BANDS)),
    *(f"neutral belly {i}" for i in range(2, BANDS)),
    *("curve", "curve error"),
)


def features(neutral: Array, looks: Array, near: str, yaw_deg: float) -> Array:
    """How looks (m, len(COLUMNS)) differ from the neutral one, (m, len(FEATURES)): contours in units of 1/30 trunk,
    angles in units of 30 deg, what the picture tells in units of 5 deg.

    near: the side nearer to the camera; yaw_deg: the camera's.
    """
    trunk = float(np.hypot(*(neutral[_SHOULDER] - neutral[_HIP])))
    there = [depths[0] for depths in _profiles(neutral[None], neutral[None], trunk)]
    back, belly = _profiles(looks, neutral[None] if lying(neutral) else looks, trunk)
    far = SIDES[0] if near == SIDES[1] else SIDES[1]
    posture = [looks[:, where[side]] - neutral[where[side]] for where in (_ARMS, _THIGHS) for side in (near, far)]
    same = [np.full(len(looks), value) for value in (neutral[_ARMS[near]], yaw_deg)]
    angles = np.stack([*posture, _pitch(looks) - _pitch(neutral[None]), *same], axis=1)
    shape = np.concatenate([_banded(there[0]), _banded(there[1])[2:]])
    contours = [30 * (back - there[0]), 30 * (belly - there[1])[:, BELLY_FROM:]]
    same_shape = np.tile(30 * shape, (len(looks), 1))
    return np.concatenate([*contours, angles / 30, same_shape, _curves(neutral, looks)], axis=1)


def _curves(neutral: Array, looks: Array) -> Array:
    """What the picture tells: by how much looks curve more than the neutral one, in units of 5 deg, and the logarithm
    of the error, (m, 2).
    """
    error = np.hypot(np.exp(looks[:, _CURVE + 1]), np.exp(neutral[_CURVE + 1]))
    return np.stack([(looks[:, _CURVE] - neutral[_CURVE]) / 5, np.log(error)], axis=1)


def _pitch(looks: Array) -> Array:
    """Forward lean of the trunk in the picture, degrees, positive towards where the body faces; (m,)."""
    line = looks[:, _SHOULDER] - looks[:, _HIP]
    pitch: Array = np.degrees(np.arctan2(line[:, 0], -line[:, 1])) * -looks[:, _FACING]
    return pitch


def _profiles(looks: Array, axes: Array, trunk: float) -> tuple[Array, Array]:
    """Depths of back and belly at the stations of other axes, in trunks, (m, stations) each; NaN where not seen.

    axes: the looks whose axes are used, one for all or one for each look.
    """
    line = looks[:, _SHOULDER] - looks[:, _HIP]
    size = np.hypot(line[:, :1], line[:, 1:])
    along, side = _frame(looks)
    to_along, to_side = (way[:, None] for way in _frame(axes))
    starts = looks[:, None, _HIP] + (STATIONS * size)[:, :, None] * along[:, None] - axes[:, None, _HIP]
    found = []
    for depth, way in ((looks[:, _BACK], -side), (looks[:, _BELLY], side)):
        there = np.isfinite(depth)
        at = starts + np.where(there, depth, _usual(depth))[:, :, None] * way[:, None]
        deep = np.where(there, np.abs((at * to_side).sum(axis=2)) / trunk, np.nan)
        found.append(_at_stations((at * to_along).sum(axis=2) / trunk, deep))
    return found[0], found[1]


def belly(looks: Array) -> tuple[Array, Array]:
    """Depth of the belly's outline in trunks beside the median axis of looks (n, len(COLUMNS)), and beside each one's
    own, (n, stations) each; NaN where not seen.
    """
    seen = np.isfinite(looks[:, _HIP]).all(axis=1)
    if not seen.any():
        nowhere = np.full((len(looks), BACK_STATIONS), np.nan)
        return nowhere, nowhere
    axis = np.median(looks[seen], axis=0)
    trunk = float(np.hypot(*(axis[_SHOULDER] - axis[_HIP])))
    return _profiles(looks, axis[None], trunk)[1], looks[:, _BELLY] / trunk


def _usual(depths: Array) -> Array:
    """The median of the seen values of each row, (m, 1); 0 where none is seen."""
    number = np.isfinite(depths).sum(axis=1, keepdims=True)
    ordered = np.sort(depths, axis=1)  # NaN comes last
    middle = [np.take_along_axis(ordered, np.maximum(i, 0), axis=1) for i in ((number - 1) // 2, number // 2)]
    usual: Array = np.where(number > 0, (middle[0] + middle[1]) / 2, 0.0)
    return usual


def _frame(looks: Array) -> tuple[Array, Array]:
    """Unit vectors of the looks' axes, (m, 2) each: from hips to shoulders, and towards where the body faces."""
    line = looks[:, _SHOULDER] - looks[:, _HIP]
    along = line / np.hypot(line[:, :1], line[:, 1:])
    return along, np.stack([along[:, 1], -along[:, 0]], axis=1) * looks[:, _FACING, None]


def _at_stations(where: Array, deep: Array) -> Array:
    """Depths at increasing places, read off at `STATIONS`, (m, stations); NaN next to one that is not seen."""
    before = (where[:, None, :] < STATIONS[:, None]).sum(axis=2)
    right = np.clip(before, 1, where.shape[1] - 1)
    at, to, low, high = (np.take_along_axis(a, i, axis=1) for a in (where, deep) for i in (right - 1, right))
    gap = to - at
    share = np.clip((STATIONS - at) / np.where(gap > 0, gap, 1), -0.5, 1.5)
    read: Array = low + share * (high - low)
    return read


def _banded(depths: Array) -> Array:
    """Means of pairs of stations; where only one of a pair is seen, that one."""
    pairs = depths.reshape(BANDS, 2)
    there = np.isfinite(pairs)
    banded: Array = np.where(there, pairs, 0).sum(axis=1) / np.where(there.any(axis=1), there.sum(axis=1), np.nan)
    return banded


WIDENING: Final = 5
"""Numbers that say how the error of a process is widened."""


def widening_features(error: Array, unlike: Array, rows: Array) -> Array:
    """What the error of a change grows with, (m, WIDENING): logarithms of the process's own error and of how unlike the
    looks are, the error that the picture tells, and the share of the contours that was not seen.

    error, unlike (m,): as a process gives them; rows (m, len(FEATURES)): what it was given.
    """
    picture = rows[:, -1]
    hidden = 1 - np.isfinite(rows[:, :_CONTOURS]).mean(axis=1)
    parts = [np.ones(len(rows)), np.log(error), np.log(np.maximum(unlike, 0.3)), _or_usual(picture), hidden]
    return np.stack(parts, axis=1)


def _or_usual(picture: Array) -> Array:
    return np.where(np.isfinite(picture), picture, np.log(8.0))


_CONTOURS: Final = 2 * BACK_STATIONS - BELLY_FROM


class Learned(NamedTuple):
    """A process for one posture, and how its error is widened, (WIDENING,)."""

    process: Process
    widening: Array

    def error(self, rows: Array, unlike: Array) -> Array:
        """The standard error of changes told from features (m, len(FEATURES)), degrees, (m,)."""
        widened: Array = np.exp(widening_features(self.process.error(rows), unlike, rows) @ self.widening)
        return widened


@cache
def models() -> dict[str, Learned]:
    """What was learned, by posture: `upright` and `lying`. Source: `models/fit/arch.py`."""
    with (resources.files("formcheck.body") / "arch.npz").open("rb") as file, np.load(file) as arrays:
        if tuple(arrays["features"]) != FEATURES:
            raise AssertionError("arch.npz was made for other features; run python -m models.fit.arch")
        return {
            name: Learned(stored({key: arrays[f"{name}.{key}"] for key in STORED}), arrays[f"{name}.widening"])
            for name in ("upright", "lying")
        }


def ready() -> None:
    """Compute what the first look needs, so that the first judged rep is not late."""
    for model in models().values():
        model.process.ready()
