"""Whether a recording was filmed otherwise than it seems: it lies on its side, stands on its head, or is slow motion.

Where no rep was found, its first frames are tried turned, and played faster. If they then show reps of a known
exercise, that is said, and which option to try. Nothing is turned unasked: somebody who lifts a leg while standing
looks like somebody who lies, in a picture on its side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from formcheck.body.poses import Array, Poses
from formcheck.core.exercise import Exercise
from formcheck.core.session import Session
from formcheck.findings import Bout, Notice, NoticeCode

MOST_ROWS: Final = 9000
"""So many frames are kept: five minutes of 30 a second, 13 MB (ours)."""

LEAST_REPS: Final = 2
"""From so many reps on it is said (ours)."""

SPEEDS: Final = (0.125, 0.25)
"""Speeds of slow motion that are tried: phones film 240 or 120 pictures a second, and play 30."""

SLOW_S: Final = 3.0
"""Where even the quickest way up or down takes so long, it looks like slow motion. Ours: in 32 recordings, real and
rendered, the quickest took 1.8 s at most."""

_NO_SIDE: Final = ("turn", "back", "belly", "axis", "curve", "ball", "back_state")


class _Try(NamedTuple):
    """What the recording shows in another way: how many reps of one exercise, and what to say of it."""

    reps: int
    notice: Notice


class Otherwise:
    """Keeps the first frames of a recording: `add` takes them as they come, `notice` tries them otherwise.

    Held postures are not tried: who lies still shows one or another from every side.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        self._exercises = [exercise for exercise in exercises if not exercise.segment.stays]
        self._parts: list[Poses] = []
        self._rows = 0

    def add(self, poses: Poses) -> None:
        """Keep the next frames, if there is room."""
        part = poses[: MOST_ROWS - self._rows]
        self._parts.append(part)
        self._rows += len(part)

    def notice(self) -> Notice | None:
        """Which option to try; None where the frames show no reps otherwise either."""
        if not self._exercises:
            return None
        poses = Poses.join(self._parts)
        ways = [self._turned(poses), self._faster(poses)]
        found = next((tries for tries in map(list, ways) if tries), [])
        return max(found, key=lambda one: one.reps).notice if found else None

    def _turned(self, poses: Poses) -> Iterator[_Try]:
        for degrees in (90, 180, 270):
            for reps, title in self._found(turned(poses, degrees)):
                values = {"degrees": degrees, "reps": reps, "title": title}
                yield _Try(reps, Notice(NoticeCode.LIES_ON_ITS_SIDE, values))

    def _faster(self, poses: Poses) -> Iterator[_Try]:
        for speed in SPEEDS:
            for reps, title in self._found(replace(poses, time=poses.time * speed)):
                values = {"speed": speed, "times": 1 / speed, "reps": reps, "title": title}
                yield _Try(reps, Notice(NoticeCode.PLAYS_SLOWLY, values))

    def _found(self, poses: Poses) -> Iterator[tuple[int, str]]:
        """How many reps the frames show of which exercise, where there are enough."""
        session = Session(self._exercises)
        session.feed(poses)
        for bout in session.finish():
            if len(bout.counted) >= LEAST_REPS:
                yield len(bout.counted), bout.title


def moves(bouts: Sequence[Bout], exercises: Sequence[Exercise]) -> bool:
    """Whether a rep counts that is no held posture."""
    stays = {exercise.name for exercise in exercises if exercise.segment.stays}
    return any(bout.counted and bout.exercise not in stays for bout in bouts)


def looks_slow(bouts: Sequence[Bout]) -> Notice | None:
    """A notice where every movement of a recording is very slow."""
    reps = [rep for bout in bouts for rep in bout.counted]
    ways = [way for rep in reps for way in (rep.hold_from_s - rep.start_s, rep.end_s - rep.hold_to_s)]
    if len(reps) < LEAST_REPS or min(ways) < SLOW_S:
        return None
    return Notice(NoticeCode.LOOKS_SLOW, {"quickest_s": min(ways)})


def turned(poses: Poses, degrees: int) -> Poses:
    """The landmarks of a picture that is turned clockwise by 90, 180 or 270 degrees; of the rest, what still holds."""
    (width, height), blank = poses.image_size, Poses.blank(poses.time, poses.image_size)
    x, y = poses.image[..., 0], poses.image[..., 1]
    across, down, depth = np.moveaxis(poses.world, -1, 0)
    ways: dict[int, tuple[Sequence[Array], Sequence[Array], tuple[int, int]]] = {
        90: ((height - y, x), (-down, across, depth), (height, width)),
        180: ((width - x, height - y), (-across, -down, depth), (width, height)),
        270: ((y, width - x), (down, -across, depth), (height, width)),
    }
    image, world, size = ways[degrees]
    unknown = {name: getattr(blank, name) for name in _NO_SIDE}
    places = {"image": np.stack(image, axis=-1), "world": np.stack(world, axis=-1)}
    return replace(poses, **places, **unknown, image_size=size)
