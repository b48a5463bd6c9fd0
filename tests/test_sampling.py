"""Frames left out while nothing moves: every frame has its row, and what moves is seen at once."""

import numpy as np
import pytest

from formcheck.errors import VideoError
from formcheck.landmarks import NAMES
from formcheck.poses import Array, Poses
from formcheck.sampling import STILL_EVERY_S, Sampled

SIZE = (320, 180)
RATE = 30


class Place:
    """Stands in for BlazePose: where the bright square is, or nobody where there is none; `late` rows late."""

    def __init__(self, late: int = 0) -> None:
        self.times: list[float] = []
        self.late, self.ready = late, list[Poses]()
        self.warnings: list[str] = []

    def feed(self, time: float, rgb: Array) -> Poses:
        self.times.append(time)
        row = Poses.blank(np.array([time]), SIZE)
        bright = np.argwhere(rgb[:, :, 1] > 200)
        if len(bright):
            row.image[:] = bright.mean(axis=0)[::-1]
            row.world[:], row.visibility[:] = 0, 1
        self.ready.append(row)
        out = self.ready[: len(self.ready) - self.late]
        self.ready = self.ready[len(out) :]
        return Poses.join([Poses.blank(np.empty(0), SIZE), *out])

    def finish(self) -> list[Poses]:
        return self.ready


def square(x: float | None, rng: np.random.Generator) -> Array:
    """A noisy grey room with a bright square whose middle is at `x`."""
    picture = rng.normal(90, 3, (SIZE[1], SIZE[0], 3))
    if x is not None:
        picture[70:110, round(x) - 20 : round(x) + 20] = 230
    return np.clip(picture, 0, 255).astype(np.uint8)


def seen(places: list[float | None], late: int = 0) -> tuple[list[float], Poses]:
    """The times that the estimator saw, and all rows, of a square at these places."""
    rng, known = np.random.default_rng(1), Place(late)
    sampled = Sampled(known)  # type: ignore[arg-type] # stands in for BlazePose
    parts = [sampled.feed(i / RATE, square(x, rng)) for i, x in enumerate(places)]
    return known.times, Poses.join([*parts, *sampled.finish()])


def test_a_still_picture_is_seen_a_few_times_a_second() -> None:
    times, rows = seen([100.0] * 90)
    assert len(times) <= 3 / STILL_EVERY_S + 2
    assert max(np.diff(times)) <= STILL_EVERY_S + 1.01 / RATE
    assert rows.time == pytest.approx(np.arange(90) / RATE)
    assert rows.found.all()


def test_what_moves_is_seen_in_every_frame() -> None:
    places: list[float | None] = [100.0] * 30 + [100 + 3.0 * i for i in range(30)] + [187.0] * 30
    times, rows = seen(places)
    moving = [i / RATE for i in range(31, 60)]
    assert set(moving) <= set(times)
    assert len(times) < 50
    assert rows.image[:, 0, 0] == pytest.approx(np.array(places, np.float64), abs=3)


@pytest.mark.parametrize("late", [0, 1, 2])
def test_every_frame_has_its_row_in_order_however_late_rows_come(late: int) -> None:
    places: list[float | None] = [100.0] * 20 + [100 + 4.0 * i for i in range(10)] + [140.0] * 17
    (times, rows), (same, alike) = seen(places), seen(places, late)
    assert same == times
    assert rows.time.tolist() == [i / RATE for i in range(47)]
    assert np.array_equal(rows.image, alike.image)
    assert np.array_equal(rows.time, alike.time)


def test_the_last_frame_is_always_seen() -> None:
    for n in range(1, 9):
        times, rows = seen([100.0] * n)
        assert times[-1] == (n - 1) / RATE
        assert len(rows) == n


def test_who_leaves_or_comes_leaves_no_half_way() -> None:
    times, rows = seen([100.0] * 10 + [None] * 20 + [100.0] * 10)
    assert rows.found.tolist() == [True] * 10 + [False] * 20 + [True] * 10
    assert 10 / RATE in times
    assert 30 / RATE in times


def test_rows_left_out_have_no_sparse_values() -> None:
    times, rows = seen([100.0] * 30)
    between = ~np.isin(rows.time, times)
    assert np.isnan(rows.spread[between]).all()
    assert rows.image.shape == (30, len(NAMES), 2)


def test_an_array_that_is_no_picture_is_refused() -> None:
    with pytest.raises(VideoError, match="a frame must be"):
        Sampled(Place()).feed(0.0, np.zeros((8, 8), np.uint8))  # type: ignore[arg-type]
