"""Breaths: as many as there are, by an outline whose breaths are known, and none where there are none."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.stick import Camera, film, glute_bridge, plank, then
from benchmarks.stick.postures import rest_knees_together
from formcheck import choose
from formcheck.body.arch import COLUMNS
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import LOOKS
from formcheck.body.poses import BACK_FLOOR, BACK_STATIONS, STATIONS, Array, Poses
from formcheck.core.breaths import LEAST_S, LIFT, RATES, breaths
from formcheck.core.clock import RATE
from formcheck.core.rows import Rows
from formcheck.core.session import Session
from formcheck.findings import Bout, Breaths, Reason

TRUNK = 120.0
BELLY = COLUMNS.index("belly.0")
AXIS = COLUMNS.index("hip.x")
RISE = 0.04


def tops(seconds: float, a_minute: float, uneven: float = 0.1, seed: int = 1) -> Array:
    """When the belly is highest, a little uneven as breaths are."""
    rng = np.random.default_rng(seed)
    lengths = 60 / a_minute * np.exp(rng.normal(0, uneven, int(seconds * a_minute / 60) + 3))
    at: Array = np.cumsum(lengths) - rng.uniform(0.2, 0.8) * lengths[0]
    return at[at < seconds]


def belly(time: Array, at: Array) -> Array:
    """How far a belly is risen that is highest at some times, 0 to 1: up, quicker than down, and a pause."""
    risen = np.zeros(len(time))
    ends = [2 * at[0] - at[1], *at, 2 * at[-1] - at[-2]]
    for before, top in pairwise(ends):
        share = (time - before) / (top - before)
        within = (share >= 0) & (share < 1)
        down = np.cos(np.pi / 2 * np.clip(share[within] / 0.5, 0, 1)) ** 2
        up = np.sin(np.pi / 2 * np.clip((share[within] - 0.6) / 0.4, 0, 1)) ** 2
        risen[within] = down + up
    return risen


def hold(depth: Array, *, axis_px: float = 1.0, axis: Array | float = 0.0, seed: int = 0) -> Rows:
    """Ticks (n,) of somebody who lies, with depths of the outline (n, stations) in trunks from the trunk's true line;
    the landmarks are off that by `axis` (n,) trunks, and wander by `axis_px`.
    """
    n, rng = len(depth), np.random.default_rng(seed)
    look = np.repeat(np.arange(0, n, 8), 8)[:n]
    off = (rng.normal(0, axis_px, (n, 2)) + TRUNK * np.broadcast_to(axis, n)[:, None])[look]
    values = np.full((n, len(LOOKS)), np.nan, np.float32)
    looks = values[:, 1:]
    line = off[:, :1] * (1 - STATIONS) + off[:, 1:] * STATIONS
    looks[:, BELLY : BELLY + BACK_STATIONS] = TRUNK * depth[look] - line
    zero = np.zeros(n)
    looks[:, AXIS : AXIS + 5] = np.stack(
        [zero + 200, 300 - off[:, 0], zero + 200 + TRUNK, 300 - off[:, 1], zero + 1], 1
    )
    return Rows(values, {name: i for i, name in enumerate(LOOKS)})


def ticks(seconds: float) -> Array:
    return np.arange(round(seconds * RATE)) / RATE


def breathing(at: Array, seconds: float, *, rise: float = RISE, noise: float = 0.003, seed: int = 0) -> Array:
    """Depths (n, stations) of somebody who breathes in most deeply at some times."""
    time, rng = ticks(seconds), np.random.default_rng(seed)
    still = 0.25 + 0.03 * np.sin(np.pi * STATIONS)
    depth: Array = still + rise * np.outer(belly(time, at), LIFT) + rng.normal(0, noise, (len(time), BACK_STATIONS))
    return depth


def rate(at: Array) -> float:
    return 60 * (len(at) - 1) / float(at[-1] - at[0])


def claimed(found: Breaths) -> tuple[float, int]:
    assert found.a_minute is not None and found.counted is not None and found.interval is not None, found
    assert found.reason_code is None
    assert found.message == f"You breathed about {found.a_minute:.0f} times a minute."
    assert found.interval[0] < found.a_minute < found.interval[1]
    assert found.seconds is not None and found.a_minute == pytest.approx(60 * found.counted / found.seconds)
    return found.a_minute, found.counted


def denied(found: Breaths, reason: Reason = Reason.BREATHS_NOT_SEEN) -> bool:
    assert (found.a_minute, found.interval, found.counted, found.seconds) == (None,) * 4
    return found.reason_code is reason


# What is counted.


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("a_minute", [7, 11, 16, 22, 28])
def test_as_many_breaths_as_there_are(a_minute: float, seed: int) -> None:
    at = tops(60, a_minute, seed=seed)
    found = breaths(hold(breathing(at, 60, seed=seed), seed=seed))
    told, counted = claimed(found)
    assert told == pytest.approx(rate(at), rel=0.05)
    assert len(at) - 3 <= counted <= len(at) - 1
    assert found.interval is not None and found.interval[0] * 0.97 <= rate(at) <= found.interval[1] * 1.03


def test_gaps_drift_and_a_hidden_part_of_the_belly_do_no_harm() -> None:
    at = tops(60, 14)
    depth = breathing(at, 60)
    depth += 0.02 * np.sin(np.pi * ticks(60) / 60)[:, None]  # one sinks into the mat
    depth[600:690] = np.nan  # nothing seen for three seconds
    depth[:, 5:8] = np.nan  # an arm
    told, counted = claimed(breaths(hold(depth)))
    assert told == pytest.approx(rate(at), rel=0.05)
    assert len(at) - 3 <= counted <= len(at) - 1


def test_who_breathes_ever_slower_is_counted_through_five_minutes() -> None:
    lengths = np.linspace(60 / 18, 60 / 9, 59)
    at = np.cumsum(lengths)
    assert 290 < at[-1] < 300
    found = breaths(hold(breathing(at, 300)))
    assert claimed(found)[0] == pytest.approx(rate(at), rel=0.05)


def test_breaths_count_where_they_show_if_that_is_most_of_the_time() -> None:
    at = tops(180, 12)
    for hidden_s, shows in ((60, True), (120, False)):
        depth = breathing(at, 180)
        depth[: hidden_s * RATE] = np.random.default_rng(3).normal(0.25, 0.02, (hidden_s * RATE, BACK_STATIONS))
        found = breaths(hold(depth))
        if shows:
            assert claimed(found)[0] == pytest.approx(rate(at), rel=0.08)
            assert found.seconds is not None and found.seconds < 180 - hidden_s
        else:
            assert denied(found)


# What is not claimed.


@pytest.mark.parametrize("seconds", [LEAST_S - 1, 10])
def test_a_short_rest_shows_too_few_breaths(seconds: float) -> None:
    found = breaths(hold(breathing(tops(seconds, 25), seconds)))
    assert denied(found, Reason.REST_TOO_SHORT)
    assert found.message == "This rest is too short to count breaths."


def wandering(time: Array, seed: int) -> Iterator[Array]:
    """Outlines that move without a breath: each of some parts of the trunk, by noise that is slow or not."""
    rng = np.random.default_rng(seed)
    for slow in (0.0, 0.5, 1.0, 1.5, 2.0):
        depth = np.full((len(time), BACK_STATIONS), 0.25)
        patterns = [LIFT, *(np.convolve(rng.normal(size=20), np.hanning(7)[1:-1], "valid") for _ in range(2))]
        for pattern in patterns:
            hz = np.fft.rfftfreq(len(time))
            parts = np.fft.rfft(rng.normal(size=len(time))) * np.where(hz > 0, np.maximum(hz, 1e-9) ** (-slow / 2), 0)
            moved = np.fft.irfft(parts, len(time))
            depth += 10 ** rng.uniform(-2.3, -1.4) * np.outer(moved / moved.std(), pattern)
        yield depth


def test_nothing_is_claimed_of_noise() -> None:
    for seed in range(40):
        for depth in wandering(ticks((35, 57, 85)[seed % 3]), seed):
            assert denied(breaths(hold(depth, seed=seed)))


def test_nothing_is_claimed_of_who_does_not_breathe() -> None:
    found = breaths(hold(breathing(tops(60, 12), 60, rise=0.0)))
    assert denied(found)
    assert found.message == "Your breaths could not be seen from here."


@pytest.mark.parametrize(
    "moved", [np.ones(16), 1 - STATIONS, STATIONS, 1 - LIFT], ids=["shake", "hips", "chest", "else"]
)
def test_what_does_not_move_as_a_belly_is_no_breath(moved: Array) -> None:
    """As where the camera shakes, or a leg rocks the hips, in an even rhythm."""
    time = ticks(60)
    depth = 0.25 + 0.03 * np.outer(np.sin(2 * np.pi * time / 4), moved)
    assert denied(breaths(hold(depth)))


def test_what_moves_the_axis_too_is_no_breath() -> None:
    """As before a shaking camera where little of the outline is seen."""
    moved = 0.03 * np.sin(2 * np.pi * ticks(60) / 4)
    depth = 0.25 + np.outer(moved, LIFT)
    claimed(breaths(hold(depth)))
    assert denied(breaths(hold(depth, axis=0.7 * moved)))


@pytest.mark.parametrize("uneven", [0.3, 0.5])
def test_very_uneven_breaths_are_told_rightly_or_not_at_all(uneven: float) -> None:
    told = 0
    for seed in range(40):
        at = tops(85, 12, uneven=uneven, seed=seed)
        found = breaths(hold(breathing(at, 85, seed=seed)))
        if found.a_minute is not None:
            told += 1
            assert found.a_minute == pytest.approx(rate(at), rel=0.1)
    assert told >= 20 if uneven < 0.4 else told <= 10


@pytest.mark.parametrize("a_minute", [RATES[0] - 1, RATES[1] + 4])
def test_nobody_breathes_so_slowly_or_so_fast(a_minute: float) -> None:
    assert denied(breaths(hold(breathing(tops(85, a_minute, uneven=0.03), 85))))


@pytest.mark.parametrize("rise", [0.004, 0.4])
def test_a_breath_lifts_the_belly_neither_by_a_hair_nor_by_a_hand(rise: float) -> None:
    assert denied(breaths(hold(breathing(tops(60, 12), 60, rise=rise, noise=0.0002), axis_px=0)))


def test_an_outline_that_is_not_there_tells_nothing() -> None:
    assert denied(breaths(hold(np.full((60 * RATE, BACK_STATIONS), np.nan))))
    lost = hold(breathing(tops(60, 12), 60))
    assert denied(breaths(Rows(np.full_like(lost.values, np.nan), lost.columns)))


# In a session.

AT = tops(90, 13, seed=7)


@cache
def rested(seconds: float = 60) -> Poses:
    """A bridge, a rest through which somebody breathes, a plank: as the pose model gives them."""
    poses = film(then(then(glute_bridge(), rest_knees_together(seconds)), plank(8)), Camera(distance=5), fps=25).poses
    image = poses.image
    hip, shoulder = ((image[:, INDEX[f"left_{p}"]] + image[:, INDEX[f"right_{p}"]]) / 2 for p in ("hip", "shoulder"))
    along = shoulder - hip
    trunk = np.hypot(along[:, :1], along[:, 1:])
    facing = np.sign(along[:, :1])
    depth = trunk * (0.25 + RISE * np.outer(belly(poses.time, AT), LIFT))
    looked = np.arange(len(poses)) % 7 == 0
    there = {"belly": depth, "axis": np.concatenate([hip, shoulder, facing], axis=1)}
    columns = {name: np.where(looked[:, None], of, np.nan).astype(np.float32) for name, of in there.items()}
    return replace(poses, **columns, back_state=np.where(looked, BACK_FLOOR, poses.back_state).astype(np.uint8))


def bouts(poses: Poses, step: int) -> tuple[Bout, ...]:
    session = Session(choose())
    for first in range(0, len(poses), step):
        session.feed(poses[first : first + step])
    return session.finish()


def test_a_rest_has_its_breaths_and_nothing_else_has() -> None:
    found = {bout.exercise: [rep.breaths for rep in bout.reps] for bout in bouts(rested(), 10**6)}
    (of_rest,) = found.pop("rest_knees_together")
    assert of_rest is not None
    assert claimed(of_rest)[0] == pytest.approx(rate(AT), rel=0.08)
    assert set(found) == {"glute_bridge", "plank"}
    assert all(one is None for reps in found.values() for one in reps)


@pytest.mark.parametrize("step", [1, 37, 1000])
def test_breaths_do_not_depend_on_where_the_stream_is_cut(step: int) -> None:
    assert bouts(rested(), step) == bouts(rested(), 10**6)


def test_a_rest_without_an_outline_has_no_breaths() -> None:
    poses = rested()
    blank = np.full_like(poses.belly, np.nan)
    (rest,) = [bout for bout in bouts(replace(poses, belly=blank), 10**6) if bout.exercise == "rest_knees_together"]
    assert rest.reps[0].breaths is not None
    assert denied(rest.reps[0].breaths)
