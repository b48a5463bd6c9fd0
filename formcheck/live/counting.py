"""What is said and heard within a hold or a timer: the step's lines at their times, and how much is left."""

from collections.abc import Collection, Mapping
from typing import Final, Literal

from formcheck.core.coaching import Line
from formcheck.live.programme import Step
from formcheck.live.speech import Rank, Speech
from formcheck.words import lesson as words

Sound = Literal["tick", "held", "rep"]
"""A sound: a second of a short hold, the end of a hold, a rep that counts."""

TICKS_TO_S: Final = 10.0
"""Shorter holds get a tick a second, longer ones words: half, ten more, five (ours)."""

LATE_S: Final = 1.0
"""How late a word of time may come (ours)."""

JUMP_S: Final = 1.5
"""A hold that is longer all at once was one before: a fall that was none (ours)."""

LAST_S: Final = 4.0
"""No line is said in the last seconds of a hold: they are counted (ours)."""


class Counting:
    """Says the lines of a hold or a timer, each once, and counts its seconds."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._held_s, self._begun_s = 0.0, 0.0

    def timer(self, time: float, passed_s: float, step: Step) -> None:
        """So much of a timer has passed."""
        if passed_s < self._held_s or self._held_s == 0:
            self._held_s, self._begun_s = 0.0, time
            self.begins(time, step)
        before, self._held_s = self._held_s, passed_s
        self._lines(time, before, step, step.seconds, ())

    def begins(self, time: float, step: Step) -> None:
        """A step begins by the countdown: say what belongs to its very beginning."""
        for line in step.during:
            if line.at_s == 0:
                self._speech.offer(time, Rank.GUIDE, f"{line.say} {time:.1f}", line.say)

    def hold(self, time: float, held_s: float, step: Step) -> Sound | None:
        """So long the hold has lasted, 0 for none; the sound that belongs to it."""
        if held_s <= self._held_s - 0.5 or self._held_s == 0:
            self._held_s, self._begun_s = 0.0, time
        before, self._held_s = self._held_s, held_s
        if step.hold_s is None or not before < held_s <= before + JUMP_S:
            return None
        if step.hold_s > TICKS_TO_S:
            ticks = _ticks(step.hold_s)
            self._lines(time, before, step, step.hold_s - LAST_S, ticks)
            self._words(time, before, held_s, ticks)
        if before < step.hold_s <= held_s:
            return "held"
        return "tick" if step.hold_s <= TICKS_TO_S and int(before) < int(held_s) < step.hold_s else None

    def _lines(self, time: float, before: float, step: Step, until_s: float, ticks: Collection[float]) -> None:
        for line in step.during:
            if before < (at_s := self._due_s(line, ticks)) <= self._held_s and at_s < until_s:
                self._speech.offer(time, Rank.GUIDE, f"{line.say} {self._begun_s:.1f}", line.say)

    def _due_s(self, line: Line, ticks: Collection[float]) -> float:
        """When a line is said: at its time, or with the tick that it would talk down, after it."""
        until_s = line.at_s + self._speech.lasts_s(line.say)
        return max([line.at_s, *(tick for tick in ticks if line.at_s < tick < until_s)])

    def _words(self, time: float, before: float, held_s: float, ticks: Mapping[float, str]) -> None:
        for at_s, text in ticks.items():
            if before < at_s <= held_s < at_s + LATE_S:
                self._speech.offer(time, Rank.TICK, f"{text} {self._begun_s:.1f}", text)


def _ticks(goal_s: float) -> dict[float, str]:
    """What is said at which second of a long hold."""
    return {goal_s / 2: words.HALF, goal_s - 10: words.TEN, goal_s - 5: words.FIVE, goal_s: words.COME_BACK}
