"""What a lesson sees of a frame, and where it stands, for the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from formcheck.core.watches import Stance
from formcheck.findings import OneSide, Rep
from formcheck.live.counting import Sound


class Phase(StrEnum):
    """Where a step is."""

    WAIT = "wait"
    COUNT = "count"
    WORK = "work"
    REST = "rest"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a frame shows, for a lesson: whether somebody is there, and well placed; how they stand or lie for each
    exercise and side; the exercise of the rep under way, and its hold so far; reps that closed, with their exercise.
    """

    somebody: bool
    placed: bool
    stances: Mapping[tuple[str, OneSide], Stance]
    moving: str | None
    held_s: float
    reps: Sequence[tuple[str, Rep]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lesson stands, for the screen. number: of the step, from 1. left_s: of a rest or a timer, else 0.

    ended: it is over, and its last words were said.
    """

    phase: Phase
    number: int
    steps: int
    title: str
    exercise: str | None
    side: OneSide | None
    done: int
    reps: int
    held_s: float
    hold_s: float | None
    left_s: float
    line: str
    sounds: tuple[Sound, ...]
    ended: bool
