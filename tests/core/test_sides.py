"""Exchanged legs are put back, and legs that are not exchanged stay as they are."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stick import EXERCISES, NEGATIVES, Camera, film, kneeling_lunge
from formcheck.body.landmarks import INDEX
from formcheck.body.legs import MEMORY
from formcheck.body.poses import COLUMNS, Array, Poses
from formcheck.core.exercise import choose
from formcheck.core.session import Session
from formcheck.core.sides import Sides, _calm

LEGS = [INDEX[f"left_{part}"] for part in ("knee", "ankle", "heel", "foot_index")]


def exchanged(poses: Poses, where: Array) -> Poses:
    """The poses with the rows of the two legs changed over where it is said."""
    left, right = np.array(LEGS), np.array(LEGS) + 1
    columns = {}
    for name in ("image", "world", "visibility"):
        values = getattr(poses, name).copy()
        rows = np.flatnonzero(where)[:, None]
        values[rows, left], values[rows, right] = values[rows, right], values[rows, left]
        columns[name] = values
    return replace(poses, **columns)


def same(a: Poses, b: Poses) -> bool:
    return all(np.array_equal(getattr(a, c), getattr(b, c), equal_nan=c != "back_state") for c in COLUMNS)


@pytest.mark.parametrize("name", [*EXERCISES, *NEGATIVES])
def test_legs_that_are_right_stay_so(name: str) -> None:
    act = (EXERCISES | NEGATIVES)[name]()
    poses = film(act, Camera(yaw=80), noise=1, seed=4).poses
    assert same(Sides().feed(poses), poses)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_legs_are_put_back(fps: int) -> None:
    poses = film(kneeling_lunge(), Camera(yaw=85), noise=1, seed=6, fps=fps).poses
    where = np.zeros(len(poses), np.bool_)
    for start, stop in ((2.0, 2.05), (3.0, 3.4), (4.0, 8.0), (8.2, 8.5), (9.0, 99)):
        where |= (poses.time >= start) & (poses.time < stop)
    assert where[-1]
    assert same(Sides().feed(exchanged(poses, where)), poses)


def test_the_rep_is_whole_again() -> None:
    clip = film(kneeling_lunge(side="right"), Camera(yaw=85), noise=1, seed=7)
    where = (clip.poses.time * 2).astype(int) % 3 == 1
    session = Session(choose())
    session.feed(exchanged(clip.poses, where))
    (bout,) = session.finish()
    assert [(rep.side, rep.partial) for rep in bout.reps] == [("right", False)] * len(clip.truth)
    for rep, true in zip(bout.reps, clip.truth, strict=True):
        assert rep.start_s == pytest.approx(true.start_s, abs=0.2)
        assert rep.hold_s == pytest.approx(true.hold_s, abs=0.5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_rep_is_the_leg_s_that_the_model_names_most_of_the_time(side: str) -> None:
    clip = film(kneeling_lunge(side=side), Camera(yaw=85), noise=1, seed=7)
    first, *_ = clip.truth
    session = Session(choose())
    session.feed(exchanged(clip.poses, clip.poses.time < first.start_s + 0.3 * (first.end_s - first.start_s)))
    (bout,) = session.finish()
    assert [(rep.side, rep.partial) for rep in bout.reps] == [(side, False)] * len(clip.truth)
    assert all(len(rep.cues) == len(bout.reps[0].cues) for rep in bout.reps)


def test_the_time_in_which_legs_were_exchanged() -> None:
    poses = film(kneeling_lunge(), Camera(yaw=85), noise=1, seed=6).poses
    sides = Sides()
    for start in range(0, len(poses), 7):
        part = poses[start : start + 7]
        sides.feed(exchanged(part, (part.time >= 2) & (part.time < 5)))
    assert sides.exchanged_s(0, 9) == pytest.approx(3, abs=0.05)
    assert sides.exchanged_s(3, 4) == pytest.approx(1)
    assert sides.exchanged_s(6, 9) == 0
    sides.forget(4)
    assert sides.exchanged_s(4, 9) == pytest.approx(1, abs=0.05)
    sides.forget(8)
    assert sides.exchanged_s(8, 9) == 0


def test_one_odd_frame_between_does_not_matter() -> None:
    poses = film(kneeling_lunge(), Camera(yaw=85)).poses
    image = poses.image.copy()
    middle = (image[60, LEGS] + image[60, [leg + 1 for leg in LEGS]]) / 2
    for leg, place in zip(LEGS, middle, strict=True):
        image[60, leg] = image[60, leg + 1] = place
    where = np.arange(len(poses)) > 60
    found = Sides().feed(exchanged(replace(poses, image=image), where))
    assert np.array_equal(found.image[61 + MEMORY :, LEGS], poses.image[61 + MEMORY :, LEGS])


@pytest.mark.parametrize("name", [*EXERCISES, *NEGATIVES])
def test_calm_frames_are_the_same_looked_at_closely(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    poses = film((EXERCISES | NEGATIVES)[name](), Camera(yaw=70), noise=1, seed=9).poses
    poses = exchanged(poses, np.isin(np.arange(len(poses)), np.arange(60, 9999, 97)).cumsum() % 2 == 1)
    pieces = [poses[i : i + 5] for i in range(0, len(poses), 5)]
    at_a_glance, quick = [sides.feed(piece) for sides in [Sides()] for piece in pieces], []
    monkeypatch.setattr("formcheck.core.sides._calm", lambda legs: quick.append(_calm(legs)))
    closely = [sides.feed(piece) for sides in [Sides()] for piece in pieces]
    assert same(Poses.join(at_a_glance), Poses.join(closely))
    assert any(quick)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=8), st.lists(st.integers(1, 199), max_size=6), st.booleans())
def test_the_answer_does_not_depend_on_the_cuts(flips: list[int], cuts: list[int], gap: bool) -> None:
    poses = film(kneeling_lunge(), Camera(yaw=85), noise=1, seed=8).poses[:200]
    where = np.isin(np.arange(200), flips).cumsum() % 2 == 1
    poses = exchanged(poses, where)
    if gap:
        poses.image[50:60] = np.nan
    sides, edges = Sides(), [0, *sorted(set(cuts)), 200]
    parts = [sides.feed(poses[a:b]) for a, b in pairwise(edges)]
    assert same(Poses.join(parts), Sides().feed(poses))
