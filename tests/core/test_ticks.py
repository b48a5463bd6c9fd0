"""Frames to settled ticks: the parts one after the other, and the same in whatever pieces the frames come."""

import numpy as np

from benchmarks.stick import film, leg_lift
from formcheck.body.poses import COLUMNS, Poses
from formcheck.core.clock import RATE, Clock
from formcheck.core.sides import Sides
from formcheck.core.smooth import Smoother
from formcheck.core.ticks import Ticks


def ticks_of(pieces: list[Poses]) -> Poses:
    ticks = Ticks()
    settled = [part for piece in pieces for part in ticks.feed(piece)]
    return Poses.join([*settled, *ticks.finish()])


def same(one: Poses, two: Poses) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True) for name in COLUMNS)


def test_ticks_are_frames_put_right_then_on_the_grid_then_smoothed() -> None:
    poses = film(leg_lift(), fps=25, noise=1).poses
    clock, smoother = Clock(), Smoother()
    parts = [smoother.feed(part) for part in (*clock.feed(Sides().feed(poses)), *clock.finish())]
    last = smoother.finish()
    assert last is not None
    assert same(ticks_of([poses]), Poses.join([*parts, last]))


def test_every_tick_comes_once_however_the_frames_are_cut() -> None:
    poses = film(leg_lift(), fps=25, noise=1).poses
    whole = ticks_of([poses])
    assert np.array_equal(np.round(whole.time * RATE), np.arange(len(whole)) + round(float(whole.time[0]) * RATE))
    for size in (1, 7, 100):
        assert same(ticks_of([poses[i : i + size] for i in range(0, len(poses), size)]), whole)


def test_nothing_fed_is_no_ticks() -> None:
    assert list(Ticks().finish()) == []
