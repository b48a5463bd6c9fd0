"""The open bout, and those of its reps that have closed but are not announced yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from math import inf
from typing import Final, NamedTuple

from formcheck.core import bout
from formcheck.core.bout import Given, TracesOf
from formcheck.core.clock import RATE
from formcheck.core.exercise import Exercise
from formcheck.core.rep import RawRep, merged, sure
from formcheck.findings import Bout, Rep

BOUT_GAP_S: Final = 60.0
"""A bout ends after this long without a rep."""

OVERLAP_S: Final = 0.3
"""Reps that overlap by less than this come one after the other (ours)."""

SLACK_S: Final = 1.0
"""A stay may begin so long before another rep has quite ended, or end as much after the next one has begun (ours)."""

TOLD_LATE_S: Final = 2.5
"""How long after its end a rep may wait for the other leg before it is announced (ours)."""

COUNTED: Final = 3
"""From so many on sit-ups between two reps of another exercise are a set of their own (ours)."""

LAST_REPS: Final = 4
"""Reps of the two legs close in turn, so a rep can overlap only the last few (ours)."""

Told = Callable[[], Rep]
"""Judges a rep that closed, by what is known of its bout when it is called."""

OtherLegUp = Callable[[RawRep, float], bool]
"""Whether the leg that did not make a rep rose before a tick and has not come down yet."""


@dataclass(eq=False, slots=True)
class OpenBout:
    """Reps of one exercise, in the order in which they closed; two that overlap may become one.

    A rep that waits to be announced remembers its bout, and is judged by it even after the bout has closed.
    """

    reps: list[RawRep] = field(default_factory=list)
    from_s: float = inf

    @property
    def exercise(self) -> Exercise | None:
        """The exercise of its reps; None before the first one."""
        return self.reps[-1].exercise if self.reps else None

    def add(self, raw: RawRep) -> None:
        """Put in a rep of the same exercise. It may join the other leg's rep, or give way to one already there."""
        apart = []
        for there in self.reps[-LAST_REPS:]:
            one = merged(there, raw) if overlap(there, raw) else None
            if one is None:
                apart.append(there)
            else:
                raw = one
        self.reps[-LAST_REPS:] = [*apart, raw]
        self.from_s = min(self.from_s, raw.found.start_s)

    def yields_to(self, raw: RawRep) -> bool:
        """Whether a rep of another exercise ends this bout. Cut reps that it overlaps go, and stays that another
        movement shows to be none; other whole ones stay.
        """
        while self.reps and overlap(self.reps[-1], raw) and _is_less(self.reps[-1], raw):
            self.reps.pop()
        return not self.reps or _span(raw)[0] >= self.reps[-1].found.end_s - OVERLAP_S

    def holding(self, raw: RawRep) -> RawRep:
        """The rep of this bout that `raw` is, or has become part of."""
        return next((there for there in reversed(self.reps) if there is raw or overlap(there, raw)), raw)

    def judged(self, raw: RawRep, given: Given) -> Rep:
        """A rep judged by what is known of this bout; it may have been dropped for another exercise's rep."""
        place = next((i for i, there in enumerate(self.reps, 1) if there is raw), len(self.reps) + 1)
        return bout.judged([raw], bout.setting(self.reps or [raw], given), place)[0]


class _Untold(NamedTuple):
    """A rep that closed but is not announced yet, and its bout, which may still grow."""

    raw: RawRep
    bout: OpenBout


class Bouts:
    """The bouts of a recording: reps are `put` in as they close; `tell` gives those to announce now.

    `closed` are the bouts that are over, `open` is the one going on. `count` is how many of its reps are sure to count;
    it only grows. `traces` makes the signals of a bout that closes.
    """

    def __init__(self, given: Given, traces: TracesOf) -> None:
        self.given = given
        self.closed: list[Bout] = []
        self._traces = traces
        self._untold: list[_Untold] = []
        self._begin()

    def _begin(self) -> None:
        self.open, self.count = OpenBout(), 0
        self.newest: Told | None = None
        self._pauses: list[RawRep] = []

    def put(self, raws: Iterable[RawRep]) -> None:
        """Put reps that closed into their bouts; each may begin a new bout."""
        for raw in raws:
            if self._may_be_a_pause(raw):
                self._pauses.append(raw)
                if sum(pause.exercise.only_counted for pause in self._pauses) >= COUNTED:
                    self._end()
            elif self._accept(raw):
                self.open.add(raw)
                self._untold.append(_Untold(raw, self.open))

    def _may_be_a_pause(self, raw: RawRep) -> bool:
        """Whether a rest, or sitting up, may lie between two reps of the open bout: that shows once the next one comes,
        or none.
        """
        doing = self.open.exercise
        if doing is None or _is_pause(doing) or not _is_pause(raw.exercise):
            return False
        last = self.open.reps[-1].found.end_s
        return last - OVERLAP_S <= _span(raw)[0] and raw.found.end_s <= last + BOUT_GAP_S

    def _accept(self, raw: RawRep) -> bool:
        """Whether a rep has a place in the open bout or in a new one; for a new one the open bout is closed."""
        while (doing := self.open.exercise) is not None:
            if doing.name == raw.exercise.name:
                if raw.found.start_s <= self.open.reps[-1].found.end_s + BOUT_GAP_S:
                    self._pauses = self._pauses if _is_shaky(raw) else []
                    return True
            elif not self.open.yields_to(raw):
                return False
            self._end()
        return True

    def close(self) -> None:
        """End the open bout, and what comes of the pauses after it."""
        while self.open.reps:
            self._end()

    def _end(self) -> None:
        """End the open bout; pauses after its last rep were rests of their own."""
        found, pauses = bout.bout(self.open.reps, self.given, self._traces) if self.open.reps else None, self._pauses
        if found is not None:
            self.closed.append(found)
        self._begin()
        self.put(pauses)

    def tell(self, now: int, other_leg_up: OtherLegUp) -> list[Told]:
        """Reps to announce now; `now` is the tick after the newest one. While the other leg is still up, a rep waits a
        little for it to come down, so that the two can be announced as one.
        """
        waits = [_waits(one.raw, now, other_leg_up) for one in self._untold]
        ready = [one for one, wait in zip(self._untold, waits, strict=True) if not wait]
        self._untold = [one for one, wait in zip(self._untold, waits, strict=True) if wait]
        merged_into = {id(raw): (raw, one.bout) for one in ready for raw in [one.bout.holding(one.raw)]}
        told: list[Told] = [cache(partial(of.judged, raw, self.given)) for raw, of in merged_into.values()]
        self.newest = told[-1] if told and self.open.reps else self.newest
        waiting = {id(one.raw) for one in self._untold}
        certain = sum(sure(raw) for raw in self.open.reps if id(raw) not in waiting)
        doing = self.open.exercise
        if doing is None or not doing.only_counted or certain >= bout.FEWEST:
            self.count = max(self.count, certain)
        return told


def _waits(raw: RawRep, now: int, other_leg_up: OtherLegUp) -> bool:
    end = (raw.found.end_s - OVERLAP_S) * RATE
    return now < end + TOLD_LATE_S * RATE and other_leg_up(raw, end)


def _is_shaky(raw: RawRep) -> bool:
    """Whether a rep is cut and small, as when one gets into position."""
    return raw.found.partial and raw.height < raw.exercise.segment.sure


def _is_pause(exercise: Exercise) -> bool:
    """Whether an exercise's reps may be part of a pause of another."""
    return exercise.segment.kind == "rest" or exercise.only_counted


def _is_less(there: RawRep, raw: RawRep) -> bool:
    """Whether a rep is cut, or a stay and the other none. What is only counted puts no other rep in the shade."""
    stays = there.exercise.segment.stays and not raw.exercise.segment.stays
    return (there.found.partial or stays) and not raw.exercise.only_counted


def _span(raw: RawRep) -> tuple[float, float]:
    """From when to when a rep goes on; of a stay the inner part, as the way into it may be the end of another rep."""
    of = raw.found
    return (of.hold_from_s + SLACK_S, of.hold_to_s - SLACK_S) if raw.exercise.segment.stays else (of.start_s, of.end_s)


def overlap(one: RawRep, two: RawRep) -> bool:
    """Whether two reps go on at the same time, for longer than `OVERLAP_S`."""
    (one_from, one_to), (two_from, two_to) = _span(one), _span(two)
    return two_from < one_to - OVERLAP_S and one_from < two_to - OVERLAP_S
