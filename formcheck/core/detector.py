"""Finds reps as the signal comes in: a state machine. It finds a rep's window; `excursion.py` measures what is in it.

    OUT --begun--> OPEN --risen--> UP --fallen--> DOWN --settled*--> REST --risen--> UP
     |               '-----fallen-----------------> DOWN
     '--seen--> REST

    from every state but OUT: --lost--> OUT, --gone--> OUT         * a window closes

- OUT: not in the posture. OPEN: in it since the recording began, so the rest before may be missing: a fall then is the
  way down of a rep that the beginning cut. REST: at rest. UP: in a rep. DOWN: coming back to rest.
- `TRANSITIONS` lists every step. A rise without a rest before it is getting into position, not a rep.
- If the person leaves the posture while up, there is no rep (UP, lost). If they go out of sight, it is a cut rep (UP,
  gone); so is one that was on its way down (DOWN, lost or gone).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from scipy.ndimage import minimum_filter1d

from formcheck.body.poses import Array
from formcheck.core.clock import RATE
from formcheck.core.excursion import DIP_LEVEL, END_LEVEL

REST_MEMORY: Final = 10 * RATE
"""Rest is the lowest point of this many ticks; a slower drift makes no rep (ours)."""

SETTLED: Final = RATE // 2
"""A rep is over after this many ticks without a new lowest point (ours)."""

STILL_TICKS: Final = 3
STILL_SHARE: Final = 0.2
"""At rest a signal rises over these ticks by at most this share of the least excursion; faster is a movement (ours)."""

PAUSE_TICKS: Final = 20
PAUSE_SHARE: Final = 0.08
"""A rep is also over where the signal lies under `DIP_LEVEL` and moves over these ticks, and over half of them, by at
most this share of the rep: the person rests at another height than before (ours)."""

LONGEST_REP: Final = 10 * 60 * RATE
"""What lasts longer than this many ticks is no rep but another way of lying or kneeling (ours)."""

LONGEST_GAP: Final = RATE // 2
"""This many ticks out of posture, or without a person, are overlooked (ours)."""

_NEVER: Final = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Window:
    """Ticks `first` to `last` around one excursion; it is cut where the recording ends or the person is out of sight.

    `known` is the tick at which it was known to be over; windows are ordered by it, however the ticks were fed. `held`:
    the first and the last tick of a stay (`stays.py`).
    """

    first: int
    last: int
    cut_before: bool
    cut_after: bool
    known: int
    held: tuple[int, int] | None = None


class Mode(Enum):
    """Where the signal is."""

    OUT = "not in the posture"
    OPEN = "in the posture since the recording began"
    REST = "at rest"
    UP = "in a rep"
    DOWN = "coming back to rest"


class Event(Enum):
    """What happens to the signal on one tick."""

    BEGUN = "the recording begins in the posture"
    SEEN = "the posture is taken up"
    RISEN = "up from rest by the least excursion"
    FALLEN = "down to under the end level, or resting not far above it; while open, by the least excursion"
    SETTLED = "no new lowest point for a while, or up again"
    LOST = "out of the posture for too long, or too long on its way"
    GONE = "the same, and nobody is there"


class Then(NamedTuple):
    """The state an event leads to, whether it closes a window, and whether the same tick is looked at again."""

    mode: Mode
    closes: bool = False
    again: bool = False


TRANSITIONS: Final[dict[tuple[Mode, Event], Then]] = {
    (Mode.OUT, Event.BEGUN): Then(Mode.OPEN),
    (Mode.OUT, Event.SEEN): Then(Mode.REST),
    (Mode.OPEN, Event.RISEN): Then(Mode.UP),
    (Mode.OPEN, Event.FALLEN): Then(Mode.DOWN),
    (Mode.OPEN, Event.LOST): Then(Mode.OUT, again=True),
    (Mode.OPEN, Event.GONE): Then(Mode.OUT, again=True),
    (Mode.REST, Event.RISEN): Then(Mode.UP),
    (Mode.REST, Event.LOST): Then(Mode.OUT, again=True),
    (Mode.REST, Event.GONE): Then(Mode.OUT, again=True),
    (Mode.UP, Event.FALLEN): Then(Mode.DOWN),
    (Mode.UP, Event.LOST): Then(Mode.OUT, again=True),
    (Mode.UP, Event.GONE): Then(Mode.OUT, closes=True, again=True),
    (Mode.DOWN, Event.SETTLED): Then(Mode.REST, closes=True, again=True),
    (Mode.DOWN, Event.LOST): Then(Mode.OUT, closes=True, again=True),
    (Mode.DOWN, Event.GONE): Then(Mode.OUT, closes=True, again=True),
}
"""Every step there is."""


@dataclass(frozen=True, slots=True)
class _Fed:
    """The ticks of one feed, (n,) each: least excursion, in posture, out of it for too long, nobody seen."""

    least: Array
    ok: Array
    lost: Array
    unseen: Array


class Detector:
    """Finds excursions in a signal fed tick by tick or all at once; the answer is the same.

    `feed` takes the signal, the least excursion, whether the posture holds and whether it may be a rest, each (n,);
    ticks are counted from `first_tick`. A signal may be NaN where the posture does not hold.
    """

    def __init__(self, first_tick: int) -> None:
        self._mode = Mode.OUT
        self._next = self._first = self._stream_start = first_tick
        self._last_ok = first_tick - LONGEST_GAP
        self._signal = self._resting = np.empty(0, np.float32)
        self._tail = np.full(STILL_TICKS, np.nan, np.float32)
        self._begin = first_tick
        self._rest = self._peak = self._low = np.float32(0)
        self._low_at = first_tick
        self._cut_before = False

    @property
    def moving_since(self) -> int | None:
        """First tick of the window of a rep that is not over yet; None at rest."""
        return self._begin if self._mode in (Mode.UP, Mode.DOWN) else None

    @property
    def needs(self) -> int:
        """The first tick at which a later window can begin."""
        if self._mode in (Mode.REST, Mode.OPEN):
            return max(self._begin, self._next - REST_MEMORY)
        return self._begin if self._mode is not Mode.OUT else self._next

    def held_ticks(self, hold_level: float) -> int:
        """Ticks since the signal last reached the hold level, while it stays there; provisional."""
        if self._mode is not Mode.UP:
            return 0
        held = self._since(self._begin) >= self._rest + hold_level * (self._peak - self._rest)
        under = np.flatnonzero(~held)
        return len(held) - 1 - int(under[-1]) if len(under) else len(held)

    def feed(self, signal: Array, least: Array, posture: Array, rest: Array) -> list[Window]:
        """The excursions that end within these ticks."""
        fed, last_ok = self._kept(signal, least, posture, rest)
        windows: list[Window] = []
        at, n = 0, len(signal)
        while at < n:
            found = self._next_event(at, fed)
            if found is None:
                break
            at = self._step(*found, fed, windows)
        self._next += n
        self._last_ok = last_ok
        self._forget()
        return windows

    def finish(self) -> list[Window]:
        """The excursion that the end of the recording cuts, if any."""
        if self._mode in (Mode.UP, Mode.DOWN):
            return [Window(self._begin, self._next - 1, self._cut_before, True, self._next)]
        return []

    def _kept(self, signal: Array, least: Array, posture: Array, rest: Array) -> tuple[_Fed, int]:
        """Keep the signal where the posture holds, and what may be rest; the ticks, and the last one in posture."""
        seen = np.isfinite(signal)
        ok = posture & seen
        at = np.arange(self._next, self._next + len(signal))
        last_ok = np.maximum.accumulate(np.concatenate([[self._last_ok], np.where(ok, at, self._last_ok)]))
        self._signal = np.concatenate([self._signal, np.where(ok, signal, np.float32(np.nan))])
        before = np.concatenate([self._tail, signal])
        still = ~(signal - before[: len(signal)] > least * np.float32(STILL_SHARE))
        self._tail = before[len(signal) :]
        self._resting = np.concatenate([self._resting, np.where(ok & rest & still, signal, np.float32(np.inf))])
        return _Fed(least, ok, at - last_ok[1:] >= LONGEST_GAP, ~seen), int(last_ok[-1])

    def _since(self, tick: int) -> Array:
        return self._signal[tick - self._first :]

    def _next_event(self, i: int, fed: _Fed) -> tuple[int, Event] | None:
        """The first event from index `i` on, with its index; running extremes are kept up to date."""
        if self._mode is Mode.OUT:
            happens = fed.ok[i:]
        else:
            happens = self._happens(self._since(self._next + i), fed.least[i:], i) | fed.lost[i:]
            happens[max(self._too_long_from - i, 0) :] = True
        first = int(np.argmax(happens))
        found = bool(happens[first])
        if self._mode in (Mode.OPEN, Mode.UP, Mode.DOWN):
            self._follow(self._since(self._next + i)[: first + 1 if found else None], i)
        return (i + first, self._event(i + first, fed)) if found else None

    def _event(self, at: int, fed: _Fed) -> Event:
        """Which event happens at an index."""
        if self._mode is Mode.OUT:
            return Event.BEGUN if self._next + at <= self._stream_start + 2 else Event.SEEN
        if fed.lost[at] or at >= self._too_long_from:
            return Event.GONE if fed.unseen[at] else Event.LOST
        if self._mode is Mode.OPEN:
            value, lowest = self._since(self._next + at)[0], self._lowest(at)[0]
            return Event.FALLEN if self._peak - value > value - lowest else Event.RISEN
        return {Mode.REST: Event.RISEN, Mode.UP: Event.FALLEN, Mode.DOWN: Event.SETTLED}[self._mode]

    @property
    def _too_long_from(self) -> int:
        """Index among these ticks from which a rep under way has lasted too long."""
        return self._begin + LONGEST_REP - self._next if self._mode in (Mode.UP, Mode.DOWN) else _NEVER

    def _happens(self, s: Array, least: Array, i: int) -> Array:
        """Whether the signal ends the present state, at each tick from `i` on."""
        if self._mode is Mode.UP:
            size = np.fmax(np.fmax.accumulate(s), self._peak) - self._rest
            fallen = s - self._rest < np.float32(END_LEVEL) * size
            return np.asarray(fallen | (s - self._rest < np.float32(DIP_LEVEL) * size) & self._pauses(s, i, size))
        if self._mode is Mode.DOWN:
            low, low_at = self._lows(s, i)
            return (np.arange(len(s)) + self._next + i - low_at >= SETTLED) | (s - low >= least)
        risen = s - self._lowest(i) >= least
        if self._mode is Mode.OPEN:
            peak = np.fmax(np.fmax.accumulate(s), self._peak)
            early = np.arange(len(s)) + self._next + i < self._stream_start + REST_MEMORY
            return risen | (early & (peak - s >= least))
        return np.asarray(risen)

    def _pauses(self, s: Array, i: int, size: Array) -> Array:
        """Whether the signal hardly moves before each tick from `i` on; `size` (n,) is that of the rep."""
        begin = max(self._begin, self._next + i - PAUSE_TICKS)
        missing = np.full(begin - (self._next + i - PAUSE_TICKS), np.nan, np.float32)
        before = np.concatenate([missing, self._since(begin)[: self._next + i - begin], s])
        moved = [np.abs(s - before[PAUSE_TICKS - back :][: len(s)]) for back in (PAUSE_TICKS, PAUSE_TICKS // 2)]
        still: Array = np.maximum(*moved) <= np.float32(PAUSE_SHARE) * size
        return still

    def _lowest(self, i: int) -> Array:
        """Lowest point of the last `REST_MEMORY` ticks of this rest, for every tick from `i` on."""
        start = max(self._begin, self._next + i - REST_MEMORY)
        size = REST_MEMORY + 1
        lowest = minimum_filter1d(
            self._resting[start - self._first :], size, origin=size // 2, mode="constant", cval=np.inf
        )
        return np.asarray(lowest[self._next + i - start :])

    def _lows(self, s: Array, i: int) -> tuple[Array, Array]:
        """Lowest point since the rep began to fall, and its tick."""
        low = np.fmin.accumulate(np.concatenate([[self._low], s]))
        fresh = low[1:] < low[:-1]
        at = np.arange(len(s)) + self._next + i
        return low[1:], np.maximum.accumulate(np.concatenate([[self._low_at], np.where(fresh, at, self._low_at)]))[1:]

    def _follow(self, s: Array, i: int) -> None:
        """Update the lowest point on the way down, else the highest one."""
        if self._mode is Mode.DOWN:
            low, low_at = self._lows(s, i)
            self._low, self._low_at = low[-1], int(low_at[-1])
        else:
            self._peak = np.fmax(self._peak, np.fmax.reduce(s))

    def _step(self, at: int, event: Event, fed: _Fed, windows: list[Window]) -> int:
        """Take the step that an event calls for; the index to go on from."""
        then = TRANSITIONS[self._mode, event]
        if then.closes:
            windows.append(self._window(event, self._next + at))
        if event in (Event.BEGUN, Event.SEEN):
            self._begin, self._peak = self._next + at, self._since(self._next + at)[0]
        elif event is Event.RISEN:
            self._leave_rest(at, fed.least[at])
        elif event is Event.FALLEN:
            self._turn_down(at)
        elif event is Event.SETTLED:
            self._begin = self._low_at
        self._mode = then.mode
        return at if then.again else at + 1

    def _window(self, event: Event, tick: int) -> Window:
        """The window that closes. Where the posture was lost it is cut, and ends with the last tick in the posture."""
        if event is Event.SETTLED:
            return Window(self._begin, tick, self._cut_before, False, tick)
        return Window(self._begin, tick - LONGEST_GAP, self._cut_before, True, tick)

    def _leave_rest(self, at: int, least: np.float32) -> None:
        """A rep rises from the lowest point of the rest; its window begins where the rest first came near that."""
        tick = self._next + at
        value, lowest = self._since(tick)[0], self._lowest(at)[0]
        self._begin = max(self._begin, tick - REST_MEMORY)
        near = self._resting[self._begin - self._first :] <= lowest + least
        self._begin += int(np.argmax(near))
        self._cut_before, self._rest, self._peak = False, lowest, value

    def _turn_down(self, at: int) -> None:
        """A rep comes down; in OPEN it is one that the beginning of the recording cut."""
        tick = self._next + at
        if self._mode is Mode.OPEN:
            self._begin, self._cut_before = max(self._begin, tick - REST_MEMORY), True
        self._low, self._low_at = self._since(tick)[0], tick

    def _forget(self) -> None:
        keep = self.needs - self._first
        if keep > 0:
            self._signal, self._resting, self._first = self._signal[keep:], self._resting[keep:], self._first + keep
