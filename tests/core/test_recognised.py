"""What is recognised from where: obliquely, from the feet, from low and high cameras; ways of doing the exercises."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from benchmarks.stick import (
    EXERCISES,
    Act,
    Camera,
    Tempo,
    film,
    glute_bridge,
    kneeling_lunge,
    leg_lift,
)
from benchmarks.stick.negatives import NEGATIVES
from formcheck import choose
from formcheck.core.session import Session

OBLIQUE: Final = (60.0, 50.0, 40.0, 300.0, 320.0, 220.0, 130.0)
HEIGHTS: Final = (0.15, 1.0, 1.6)
"""From the floor, from a table, in the hand."""

WAYS: Final[dict[str, Callable[[], Act]]] = {
    "kneeling lunge": lambda: kneeling_lunge(Tempo(reps=2, ramp=2.0, hold=4.0)),
    "lunge, foot on a wall, hands on the knee": lambda: kneeling_lunge(
        Tempo(reps=2, ramp=2.0, hold=4.0), rear_shin=321, on_knee=True
    ),
    "single-leg bridge": lambda: glute_bridge(Tempo(reps=2), low=135, side="left"),
    "figure-four bridge": lambda: glute_bridge(Tempo(reps=2), low=130, side="right", other="figure_four"),
    "heel bridge": lambda: glute_bridge(Tempo(reps=2), low=150, toes=50),
    "leg lift": lambda: leg_lift(Tempo(reps=2, hold=3.0)),
    "both legs lifted": lambda: leg_lift(Tempo(reps=2, hold=3.0), degrees=45, side="both"),
}


def found_in(act: Act, camera: Camera, noise: float) -> list[tuple[str, str]]:
    """Exercise and side of every counted rep."""
    session = Session(choose())
    session.feed(film(act, camera, fps=15, noise=noise, seed=7).poses)
    return [(bout.exercise, rep.side) for bout in session.finish() for rep in bout.counted]


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("yaw", OBLIQUE)
@pytest.mark.parametrize("way", WAYS)
def test_seen_obliquely(way: str, yaw: float, height: float) -> None:
    act = WAYS[way]()
    camera = Camera(yaw=yaw, height=height, distance=5)
    assert found_in(act, camera, noise=0.5) == [(rep.exercise, rep.side) for rep in act.truth]


@pytest.mark.parametrize("height", [1.0, 1.6])
@pytest.mark.parametrize("yaw", [0.0, 20.0, 340.0])
@pytest.mark.parametrize("way", [way for way in WAYS if "lunge" not in way and "both" not in way and "heel" not in way])
def test_seen_from_the_feet(way: str, yaw: float, height: float) -> None:
    """A forward lean is not seen from ahead; what lies and rises is."""
    act = WAYS[way]()
    assert found_in(act, Camera(yaw=yaw, height=height, distance=5), noise=0.5) == [
        (rep.exercise, rep.side) for rep in act.truth
    ]


@pytest.mark.parametrize(("yaw", "height"), [(y, h) for y in (0.0, 15.0, 345.0) for h in HEIGHTS] + [(180.0, 0.15)])
@pytest.mark.parametrize("way", [way for way in WAYS if "lunge" in way])
def test_lunges_from_the_front_and_from_behind(way: str, yaw: float, height: float) -> None:
    """The lean is not seen, but the hips sink; from behind only a low camera shows it, as they go away from it."""
    act = WAYS[way]()
    assert found_in(act, Camera(yaw=yaw, height=height, distance=5), noise=0.5) == [
        (rep.exercise, rep.side) for rep in act.truth
    ]


@pytest.mark.parametrize("yaw", [0.0, 20.0, 180.0])
@pytest.mark.parametrize("motion", NEGATIVES)
def test_nothing_else_is_a_lunge_from_the_front(motion: str, yaw: float) -> None:
    assert found_in(NEGATIVES[motion](), Camera(yaw=yaw, distance=5), noise=0.5) == []


def test_flutter_kicks_are_no_leg_lifts() -> None:
    kicks = leg_lift(Tempo(reps=16, ramp=0.4, hold=0.1, rest=-0.4), degrees=25, alternate=True)
    assert found_in(kicks, Camera(), noise=0.0) == []
    assert len(found_in(leg_lift(Tempo(reps=2, ramp=0.6, hold=0.5)), Camera(), noise=0.0)) == 2


@pytest.mark.parametrize("name", ["small leg lift", "glute bridge"])
def test_a_camera_that_looks_down(name: str) -> None:
    """From the feet, 30 degrees down: the world points are tipped with the camera."""
    clip = film(EXERCISES[name](), Camera(yaw=0, height=0.6, distance=5), fps=15)
    c, s = np.cos(np.radians(30)), np.sin(np.radians(30))
    session = Session(choose())
    session.feed(replace(clip.poses, world=clip.poses.world @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]], np.float32)))
    assert len([rep for bout in session.finish() for rep in bout.counted]) == len(clip.truth)
