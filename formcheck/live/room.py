"""Whether the camera stands well for all that a session goes through: known once the person kneels or lies in place.

A trunk is as long in the picture whether its person kneels or lies. So it tells whether the other exercises will fit:
lying is long, a lunge with the arms raised is high (`room` in the `[coach]` of their files). How steeply the camera
looks down shows in how much lower the near shoulder and hip lie than the far ones. Whether the camera is turned about
its own axis is not told: no line of a body is level for sure. `benchmarks/placement.py` has the figures.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from formcheck.body import view
from formcheck.body.poses import Poses
from formcheck.core.exercise import Exercise
from formcheck.words import lesson as words

STILL_S: Final = 1.0
"""How long the person is in place before anything is told of it (ours)."""

STEEP_DEG: Final = 24.0
"""A camera that looks down by more is told to go lower (ours): on the floor before the mat it is 0 to 10."""

DEG_A_TRUNK, LEVEL_DEG = 40.0, 5.0
"""How many degrees the camera looks down for each trunk by which the near shoulder and hip together lie lower than the
far ones, and where they do not: of people who lie side-on (`benchmarks/placement.py`); kneeling tells less of it."""

LYING_DEG: Final = 60.0
"""From this tilt of the trunk on somebody lies (ours)."""


class Place(NamedTuple):
    """What the picture has room for, in trunks: across, over the floor that the person is on, and in all its height.

    down_deg: how steeply the camera looks down, NaN where that is not known.
    """

    across: float
    over_floor: float
    high: float
    down_deg: float


def place(poses: Poses) -> Place:
    """What one frame, with somebody in it, shows of the camera's place."""
    points = view.Points(poses, whole=True)
    (width, height), trunk = poses.image_size, float(points.trunk[0])
    floor = float(points.picture[..., 1].max())
    edge = view.EDGE * height
    across = width / (trunk * float(points.shown[0]))
    return Place(across, (floor + edge) / trunk, (height + edge) / trunk, _down_deg(points, trunk))


def _down_deg(points: view.Points, trunk: float) -> float:
    up = points.spine[0]
    tilt = np.degrees(np.arctan2(np.hypot(up[0], up[2]), -up[1]))
    if not (tilt > LYING_DEG and points.yaw[0] >= view.SIDE_FROM_DEG):
        return float("nan")
    near, far = ("left", "right") if points.turned[0, 0] > 0 else ("right", "left")
    lower = sum(float((points.point(part, near) - points.point(part, far))[0, 1]) for part in ("shoulder", "hip"))
    return DEG_A_TRUNK * lower / trunk + LEVEL_DEG


class Told(NamedTuple):
    """What is said of the place, and the few words on the screen."""

    said: str
    shown: str


class Room:
    """What is to be changed of the camera's place for these exercises: told once, and once that it is well then."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self._wanted = {one.title: one.coach.room for one in exercises if one.coach.room is not None}
        self._lately: deque[tuple[float, Place]] = deque()
        self._told: Told | None = None

    def feed(self, poses: Poses, in_place: bool) -> Told | None:
        """What to tell after one more frame; in_place: the person kneels or lies, whole in the picture."""
        if not in_place:
            self._lately.clear()
            return None
        time = float(poses.time[0])
        self._lately.append((time, place(poses)))
        if time - self._lately[0][0] < STILL_S:
            return None
        seen = Place(*np.median([one for _, one in self._lately], axis=0).tolist())
        self._lately.popleft()
        wrong = self._wrong(seen)
        if (self._told is None) == (wrong is None) or self._told is WELL:
            return None
        self._told = wrong or WELL
        return self._told

    def _wrong(self, seen: Place) -> Told | None:
        """What is to be changed, if anything is."""
        wide = [title for title, (across, _) in self._wanted.items() if across > seen.across]
        high = [title for title, (_, high) in self._wanted.items() if high > seen.over_floor and title not in wide]
        tilt = not wide and all(self._wanted[title][1] <= seen.high for title in high)
        fits = [title for title in self._wanted if title not in wide + high]
        said, shown = [], []
        if wide or high:
            said.append(words.room(fits, wide + high, tilt=tilt))
            shown.append(words.TILT_SHOWN if tilt else words.BACK_SHOWN)
        if seen.down_deg > STEEP_DEG:
            said.append(words.STEEP)
            shown.append(words.LOWER_SHOWN)
        return Told(" ".join(said), shown[0]) if said else None


WELL: Final = Told(words.ROOM_NOW, words.ROOM_NOW)
"""What is told once nothing is wrong any more."""
