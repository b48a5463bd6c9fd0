"""What a coach says of an exercise: before it, and while its top is held. The table `[coach]` of an exercise file:

    [coach]
    before = ["Lie on your back, both legs straight.", "Lift your {side} leg, and hold it for {hold} seconds."]
    during = [{ at_s = 0, say = "Lunge forward softly." }, { at_s = 12, say = "Raise your arms high." }]
    room = [3.8, 1.3]

`before` is said in its order; it may use `{side}`, and `{hold}` and `{reps}` for the dose. `during` is said at seconds
of the hold, as far as the hold that is asked for lasts. `room` is what the picture must hold, seen from the side: how
far the body reaches along the floor, and how high over it, in trunks; left out, nothing is said of it before a session.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from formcheck.core.sentences import SAY_LETTERS
from formcheck.core.tomltable import Table

BEFORE_LETTERS: Final = 120
"""The most letters of a sentence before an exercise (ours: eight seconds of speech)."""

_FIELDS: Final = {"side": "left", "hold": "30", "reps": "10"}


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, and at which second."""

    at_s: float
    say: str


@dataclass(frozen=True, slots=True)
class Coaching:
    """What is said before an exercise, and at which seconds of its hold; how far it reaches along the floor and over
    it, in trunks.
    """

    before: tuple[str, ...] = ()
    during: tuple[Line, ...] = ()
    room: tuple[float, float] | None = None


NOTHING: Final = Coaching()
"""Nothing is said."""


def coaching(table: Table) -> Coaching:
    """The table `[coach]`. Raises `ExerciseError`."""
    found = Coaching(sentences(table, "before"), lines(table, "during"), _room(table))
    table.done("before, during, room")
    return found


def _room(table: Table) -> tuple[float, float] | None:
    found = table.numbers("room")
    if found and not (len(found) == 2 and min(found) > 0):
        raise table.wrong(f"'room' must be two numbers over 0, along the floor and over it; found {list(found)}")
    return (found[0], found[1]) if found else None


def sentences(table: Table, key: str) -> tuple[str, ...]:
    """Sentences in their order. Raises `ExerciseError`."""
    found = table.texts(key)
    for text in found:
        _check(table, text, BEFORE_LETTERS)
    return found


def lines(table: Table, key: str, letters: int = SAY_LETTERS) -> tuple[Line, ...]:
    """Lines in the order of their times, each with at most so many letters. Raises `ExerciseError`."""
    found = []
    for line in table.tables(key):
        found.append(Line(line.number("at_s"), line.text("say")))
        _check(table, found[-1].say, letters)
        line.done("at_s, say")
    if any(later.at_s <= one.at_s for one, later in pairwise(found)) or any(line.at_s < 0 for line in found):
        raise table.wrong(f"the times of {key!r} must grow, from 0")
    return tuple(found)


def _check(table: Table, text: str, letters: int) -> None:
    if not 0 < len(text) <= letters:
        raise table.wrong(f"a sentence may have 1 to {letters} letters; found {len(text)}: {text!r}")
    table.check_sentence(text, _FIELDS)
