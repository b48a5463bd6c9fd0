"""What is said aloud and what is shown: one thing at a time, the most important first, nothing too often."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from formcheck.media.draw import Tone

SENTENCE_S: Final = 3.0
"""Least time between the beginnings of two sentences (ours)."""

LETTERS_A_SECOND: Final = 15.0
"""How fast sentences are spoken (ours: a usual voice at its usual speed); a second of silence follows each."""

SLOWEST, FASTEST = 0.7, 1.3
"""How fast the voice may be set, as a share of its usual speed (ours): all lines of a hold find their time."""

AGAIN_S: Final = 20.0
"""How long a sentence is not said again (ours)."""

SHOWN_S: Final = 4.0
"""How long each line stays on the screen (ours)."""


class Rank(IntEnum):
    """Which kind of sentence is said first. A tick is a word or two that is true only now: `Half way.`"""

    STOP = 0
    TICK = 1
    FAULT = 2
    GOAL = 3
    HINT = 4
    GUIDE = 5
    PRAISE = 6
    COUNT = 7


_PATIENCE: Final = {
    Rank.STOP: 30.0,
    Rank.TICK: 0.7,
    Rank.FAULT: 6.0,
    Rank.GOAL: 1.0,
    Rank.HINT: 4.0,
    Rank.GUIDE: 5.0,
    Rank.PRAISE: 2.5,
    Rank.COUNT: 3.5,
}
"""Seconds after which it is too late to say it (ours): a count outlasts the fault told as the rep ended."""

TICK_GAP_S: Final = 0.3
"""Silence after a sentence before a tick, and after a tick (ours)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that may be said until `until`, seconds; sentences with the same `key` count as the same."""

    key: str
    text: str
    rank: Rank
    until: float


class Speech:
    """What is said aloud: one sentence at a time, the most important of those waiting, and nothing too often.

    A waiting count is said together with it: "Two. Lift the leg 3 to 12 inches." rate: how fast the voice is set, 1 is
    its usual speed.
    """

    def __init__(self, rate: float = 1.0) -> None:
        self._letters_a_second = LETTERS_A_SECOND * rate
        self._waiting: dict[str, Words] = {}
        self._said: dict[str, float] = {}
        self._free_from_s = self._quiet_from_s = -np.inf

    def offer(self, time: float, rank: Rank, key: str, text: str) -> None:
        """Put in something to say, now or a little later; it replaces what waits under the same key."""
        self._waiting[key] = Words(key, text, rank, time + _PATIENCE[rank])

    def drop(self, key: str) -> None:
        """Drop what waits under this key: it is no longer true."""
        self._waiting.pop(key, None)

    def waits(self, key: str) -> bool:
        """Whether what was put in under this key has not been said yet, nor come too late."""
        return key in self._waiting

    def was_said(self, key: str) -> bool:
        """Whether what was put in under this key was said."""
        return key in self._said

    def lasts_s(self, text: str) -> float:
        """How long the voice needs for a sentence, seconds."""
        return len(text) / self._letters_a_second

    def silent(self, time: float) -> bool:
        """Whether a sentence could begin now."""
        return time >= self._free_from_s

    def say(self, time: float) -> str | None:
        """The sentence to begin at this time, if any."""
        self._waiting = {key: words for key, words in self._waiting.items() if time <= words.until}
        fresh = [w for w in self._waiting.values() if time - self._said.get(w.key, -np.inf) >= AGAIN_S]
        first = min(fresh, key=lambda w: w.rank, default=None)
        tick = first is not None and first.rank == Rank.TICK
        if first is None or time < (self._quiet_from_s if tick else self._free_from_s):
            return None
        breath = [w for w in fresh if w.rank == Rank.COUNT and w is not first and not tick] + [first]
        for words in breath:
            self.drop(words.key)
            self._said[words.key] = time
        text = " ".join(words.text for words in breath)
        lasts = self.lasts_s(text)
        self._quiet_from_s = time + lasts + TICK_GAP_S
        self._free_from_s = self._quiet_from_s if tick else time + max(SENTENCE_S, lasts + 1)
        return text


class Announcer:
    """Says sentences in their order, each once the one before it was said; more urgent ones come between."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._lines: list[str] = []
        self._number = 0

    def then(self, *lines: str) -> None:
        """Say these after what waits."""
        self._lines += lines

    def next(self, line: str) -> None:
        """Say this before what waits, but after what may be said already."""
        self._lines.insert(1, line)

    def instead(self, *lines: str) -> None:
        """Say these in place of what waits."""
        self._speech.drop(self._key)
        self._lines, self._number = list(lines), self._number + 1

    @property
    def _key(self) -> str:
        """Of the first of the lines."""
        return f"line {self._number}"

    @property
    def done(self) -> bool:
        """Whether all was said."""
        return not self._lines or (len(self._lines) == 1 and self._speech.was_said(self._key))

    def feed(self, time: float) -> None:
        """Put in the next sentence, once there is silence; one that others left no time for comes again."""
        if self._lines and self._speech.was_said(self._key):
            self._lines, self._number = self._lines[1:], self._number + 1
        if self._lines and not self._speech.waits(self._key) and self._speech.silent(time):
            self._speech.offer(time, Rank.GUIDE, self._key, self._lines[0])


class Board:
    """The words on the screen: each line stays for `SHOWN_S`; new lines replace all that are there."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, Tone]] = []
        self._since = -np.inf

    def show(self, time: float, lines: Iterable[tuple[str, Tone]]) -> None:
        """Show these lines from now on, one after the other; without lines nothing changes."""
        if fresh := list(lines):
            self._lines, self._since = fresh, time

    def line(self, time: float) -> tuple[str, Tone]:
        """The line to show; empty where there is none."""
        while self._lines and time - self._since >= SHOWN_S:
            self._lines, self._since = self._lines[1:], self._since + SHOWN_S
        return self._lines[0] if self._lines else ("", "good")
