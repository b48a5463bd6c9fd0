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

TOLD_LATE_S: Final = 2.5
"""How long after its end a rep may wait for the other leg before it is announced (ours)."""

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
        """Whether a rep of another exercise ends this bout. Cut reps that it overlaps go; a whole one stays."""
        while self.reps and self.reps[-1].found.partial and overlap(self.reps[-1], raw):
            self.reps.pop()
        return not self.reps or raw.found.start_s >= self.reps[-1].found.end_s - OVERLAP_S

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

    def put(self, raws: Iterable[RawRep]) -> None:
        """Put reps that closed into their bouts; each may begin a new bout."""
        for raw in raws:
            if self._accept(raw):
                self.open.add(raw)
                self._untold.append(_Untold(raw, self.open))

    def _accept(self, raw: RawRep) -> bool:
        """Whether a rep has a place in the open bout or in a new one; for a new one the open bout is closed."""
        doing = self.open.exercise
        if doing is not None and doing.name != raw.exercise.name:
            if not self.open.yields_to(raw):
                return False
            self.close()
        elif doing is not None and raw.found.start_s > self.open.reps[-1].found.end_s + BOUT_GAP_S:
            self.close()
        return True

    def close(self) -> None:
        """End the open bout."""
        found = bout.bout(self.open.reps, self.given, self._traces) if self.open.reps else None
        if found is not None:
            self.closed.append(found)
        self._begin()

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
        self.count = max(self.count, sum(sure(raw) for raw in self.open.reps if id(raw) not in waiting))
        return told


def _waits(raw: RawRep, now: int, other_leg_up: OtherLegUp) -> bool:
    end = (raw.found.end_s - OVERLAP_S) * RATE
    return now < end + TOLD_LATE_S * RATE and other_leg_up(raw, end)


def overlap(one: RawRep, two: RawRep) -> bool:
    """Whether two reps go on at the same time, for longer than `OVERLAP_S`."""
    return two.found.start_s < one.found.end_s - OVERLAP_S and one.found.start_s < two.found.end_s - OVERLAP_S
