"""The law: the result does not depend on where the stream is cut, on the frame rate, or on what is left and right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stick import (
    EXERCISES,
    Act,
    Camera,
    Tempo,
    film,
    hip_flexor_stretch,
    leg_lift,
    plank,
    rest_knees_together,
    sit_ups,
    then,
    workout,
)
from formcheck.body.landmarks import SIDES
from formcheck.body.poses import Poses
from formcheck.core.exercise import choose
from formcheck.core.session import Session
from formcheck.findings import Bout, Rep, Verdict
from formcheck.formats.npz import load


def bouts(pieces: Iterable[Poses]) -> tuple[Bout, ...]:
    session = Session(choose())
    for piece in pieces:
        session.feed(piece)
    return session.finish()


def cut(poses: Poses, cuts: Iterable[int]) -> list[Poses]:
    edges = [0, *sorted(min(c, len(poses)) for c in cuts), len(poses)]
    return [poses[a:b] for a, b in pairwise(edges)]


def with_gaps(poses: Poses) -> Poses:
    """The same, with nobody found for a while in a rep and now and then for one frame."""
    image = poses.image.copy()
    image[200:260] = np.nan
    image[400::37] = np.nan
    world = np.where(np.isnan(image[:, :1, :1]), np.nan, poses.world)
    return replace(poses, image=image, world=world.astype(np.float32))


def with_eyes(poses: Poses) -> Poses:
    """The same with what a head says of each frame: which joints are hidden, their errors, where the body faces."""
    rng, n = np.random.default_rng(8), len(poses)
    turn = np.float32([0.8, 0.6, 6.0, 0.9, 0.4, 6.0]) + rng.normal(0, 0.1, (n, 6)).astype(np.float32)
    turn[300:320] = np.nan
    hidden, error = rng.uniform(0, 1, (n, 33)) ** 3, rng.uniform(0.02, 0.2, (n, 33))
    return replace(poses, turn=turn, hidden=hidden, error=error)


def two_people(poses: Poses, at: Sequence[int]) -> Poses:
    """The same as of other people from some frames on; now and then nobody is there, or nothing tells who it is."""
    person = np.zeros(len(poses), np.float32)
    for frame in at:
        person[frame:] += 1
    person[::31] = np.nan
    return replace(with_gaps(poses), person=person)


def jittered(seconds: float) -> np.ndarray:
    steps = np.random.default_rng(5).uniform(1 / 45, 1 / 12, int(seconds * 45))
    times = np.concatenate([[0], np.cumsum(steps)])
    return times[times < seconds]


def postures() -> Act:
    """Held postures, sit-ups, and a rest between leg lifts."""
    stretches = (hip_flexor_stretch(6, side=side) for side in SIDES)
    acts = (plank(5), *stretches, leg_lift(Tempo(reps=1, hold=3)), rest_knees_together(22), sit_ups(), leg_lift())
    return reduce(then, acts)


@cache
def recordings() -> dict[str, Poses]:
    lunge = EXERCISES["kneeling lunge, arms high"]()
    bridge = EXERCISES["ball bridge that sags"]()
    return {
        "workout": film(workout(), noise=1, seed=2).poses,
        "lunge at 60 Hz": film(lunge, noise=1, seed=3, fps=60).poses,
        "bridge at 120 Hz": film(bridge, noise=1, seed=4, fps=120).poses,
        "bridge, variable": film(bridge, noise=1, seed=5, time=jittered(bridge.duration)).poses,
        "raises with eyes": with_eyes(film(leg_lift(), noise=1, seed=7, fps=24).poses),
        "workout of three": two_people(film(workout(), noise=1, seed=6).poses, (310, 1200)),
        "postures": film(postures(), noise=1, seed=12, fps=20).poses,
        "raises with gaps": with_gaps(film(leg_lift(), noise=1, seed=6).poses),
    }


@cache
def whole(name: str) -> tuple[Bout, ...]:
    return bouts([recordings()[name]])


@pytest.mark.parametrize("name", recordings())
def test_the_recordings_hold_reps(name: str) -> None:
    assert sum(len(bout.counted) for bout in whole(name)) >= 2


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(sorted(recordings())), cuts=st.lists(st.integers(0, 2500), max_size=12))
def test_the_bouts_do_not_depend_on_the_cuts(name: str, cuts: list[int]) -> None:
    assert bouts(cut(recordings()[name], cuts)) == whole(name)


@pytest.mark.parametrize("name", ["workout", "bridge, variable", "raises with gaps", "postures"])
def test_one_frame_at_a_time_gives_the_same(name: str) -> None:
    poses = recordings()[name]
    assert bouts(poses[i : i + 1] for i in range(len(poses))) == whole(name)


def test_a_recorded_stream_may_be_cut_anywhere(landmarks: Callable[[str], Path]) -> None:
    """The same on real landmarks: a saved recording of a sample clip, cut at prime places."""
    poses = load(landmarks("ball_bridge"))
    found = bouts([poses])
    assert [rep.side for rep in found[0].counted] == ["both", "both"]
    assert bouts(poses[i : i + 1] for i in range(len(poses))) == found
    assert bouts(cut(poses, (2, 3, 5, 7, 11, 101, 103, 211))) == found


def times(found: tuple[Bout, ...]) -> list[float]:
    return [t for bout in found for rep in bout.reps for t in (rep.start_s, rep.end_s, rep.hold_from_s, rep.hold_to_s)]


@pytest.mark.parametrize("exercise", ["large glute bridge", "ball bridge", "small leg lift", "half-kneeling rocks"])
@pytest.mark.parametrize("rate", [24.0, 30.0, 60.0, 120.0, None], ids=lambda rate: f"{rate or 'variable'}")
def test_frame_rates_agree(exercise: str, rate: float | None) -> None:
    act = EXERCISES[exercise]()
    reference = bouts([film(act, fps=240).poses])
    shot = film(act, fps=rate) if rate else film(act, time=jittered(act.duration))
    found = bouts([shot.poses])
    assert len(times(found)) == len(times(reference)) > 0
    assert np.abs(np.array(times(found)) - times(reference)).max() < 0.05


@pytest.mark.parametrize("exercise", ["small leg lift", "kneeling lunge", "single-leg bridge", "ball bridge"])
def test_a_mirror_changes_the_sides_and_nothing_else(exercise: str) -> None:
    poses = film(EXERCISES[exercise](), Camera(yaw=75), noise=1, seed=8).poses
    swap = {"left": "right", "right": "left", "both": "both", None: None}
    plain, mirrored = bouts([poses]), bouts([poses.mirrored()])
    assert len(plain) == len(mirrored) == 1
    for a, b in zip(plain[0].reps, mirrored[0].reps, strict=True):
        assert swap[a.side] == b.side
        assert_same_rep(a, b)
    assert swap[plain[0].view.near_side] == mirrored[0].view.near_side
    assert plain[0].view.yaw_deg == pytest.approx(mirrored[0].view.yaw_deg, abs=0.01)
    assert [c.verdict for c in plain[0].cues] == [c.verdict for c in mirrored[0].cues]


@pytest.mark.parametrize(("scale", "shift"), [(2.0, 0.0), (0.5, 0.0), (1.0, 40.0)])
def test_size_and_place_in_the_picture_do_not_matter(scale: float, shift: float) -> None:
    poses = film(EXERCISES["ball bridge"](), noise=1, seed=9).poses
    size = (round(poses.image_size[0] * scale), round(poses.image_size[1] * scale))
    moved = replace(poses, image=poses.image * np.float32(scale) + np.float32(shift), image_size=size)
    for a, b in zip(bouts([poses])[0].reps, bouts([moved])[0].reps, strict=True):
        assert_same_rep(a, b)


def assert_same_rep(a: Rep, b: Rep) -> None:
    assert (a.partial, a.assessed) == (b.partial, b.assessed)
    for name in ("start_s", "peak_s", "end_s", "hold_s"):
        assert getattr(a, name) == pytest.approx(getattr(b, name), abs=0.034)
    for one, two in zip(a.cues, b.cues, strict=True):
        assert_same_verdict(one, two)


def assert_same_verdict(a: Verdict, b: Verdict) -> None:
    assert (a.id, a.verdict, a.reason, a.unit) == (b.id, b.verdict, b.reason, b.unit)
    if a.value is None or b.value is None:
        assert a.value is b.value
    else:
        assert a.value == pytest.approx(b.value, rel=1e-3, abs=2e-3)


def test_a_count_once_given_is_never_taken_back() -> None:
    session = Session(choose())
    poses = film(workout(), noise=1, seed=2).poses
    seen: dict[str, list[int]] = {}
    for i in range(len(poses)):
        session.feed(poses[i : i + 1])
        if session.status.exercise:
            seen.setdefault(session.status.exercise, []).append(session.status.count)
    found = {bout.exercise: len(bout.counted) for bout in session.finish()}
    assert set(found) <= set(seen)
    for name, counts in seen.items():
        assert all(a <= b for a, b in pairwise(counts)), name
        assert max(counts) <= found.get(name, 0)


def test_odd_streams_are_no_trouble() -> None:
    poses = film(leg_lift(), noise=1).poses
    blank = Poses.blank(poses.time, poses.image_size)
    assert bouts([]) == bouts([poses[:0]]) == bouts([poses[:1]]) == bouts([blank]) == ()
    slow = poses[np.arange(0, len(poses), 90)]
    assert isinstance(bouts([slow]), tuple)
    image = poses.image.copy()
    image[:, 13] = np.nan  # an elbow is never found: no cue of the leg lift needs it
    found = bouts([replace(poses, image=image)])
    assert len(found) == 1
    assert found[0].reps == bouts([poses])[0].reps
