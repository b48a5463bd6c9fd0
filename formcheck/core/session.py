"""`Session`: the one core. Poses in, bouts out; a file, a camera and a batch all feed it, and cutting changes nothing.

    poses --> sides --> clock --> smoother --> measures --> detectors --> raw reps --> bouts with verdicts

It opens no file but the package's own tables, prints nothing and reads no clock.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from typing import Final, Literal, NamedTuple

import numpy as np

from formcheck.body import measures
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.body.view import FRONT_TO_DEG
from formcheck.core import bout
from formcheck.core.clock import RATE
from formcheck.core.exercise import Bounds, Exercise
from formcheck.core.rep import AllBounds, RawRep, Rows, Table, raw_rep
from formcheck.core.segment import Detector, Window
from formcheck.core.ticks import Ticks
from formcheck.errors import UsageError
from formcheck.findings import Bout, Notice, NoticeCode, Reason, Rep, Side

BOUT_GAP_S: Final = 60.0
"""A bout ends after this long without a rep."""

OVERLAP_S: Final = 0.3
"""Reps that overlap by less than this follow one another (ours)."""

TOLD_LATE_S: Final = 2.5
"""How long after its end a rep may wait for the other leg before it is told of (ours)."""

LAST_REPS: Final = 4
"""Reps of the two legs close in turn, so a rep can overlap only the last few (ours)."""

TRACE_STEP: Final = 3
"""Every third tick of the signals is kept for the report's plot."""

WAIT_S: Final = 0.1
"""Frames that come one by one are taken together once they span this. Ours: most of what a frame costs is spent once
for all that are taken at one time; words and count are so much later."""

SLICE: Final = 2048
"""Frames taken at a time, so that what is worked out on the way stays in the processor's cache and takes little room.
Ours: an hour takes least time with 2048 to 4096."""

LOST_SHARE: Final = 0.05
"""Share of the recording without a person from which the user is told (ours)."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the session stands, for the live picture: provisional but for `count`, which only grows within a bout."""

    exercise: str | None
    count: int
    moving: bool
    side: Side | None
    held_s: float
    message: str | None


_Told = Callable[[], Rep]
"""Judges a rep that closed, by what is known of its bout."""


class _Untold(NamedTuple):
    """A rep that closed and is not told of yet, and the reps of its bout, which may grow."""

    raw: RawRep
    bout: list[RawRep]


@dataclass(frozen=True, slots=True)
class _Watch:
    """One detector at work: an exercise, and the side it looks at (two-legged signals are watched from the left)."""

    exercise: Exercise
    side: Literal["left", "right"]
    detector: Detector

    @property
    def bounds(self) -> tuple[tuple[Mapping[str, Bounds], str], ...]:
        """What must hold on every tick, and what at rest."""
        return (self.exercise.posture.always, self.side), (self.exercise.posture.rest, self.side)

    def feed(self, rows: Rows, always: Array, rest: Array) -> list[Window]:
        """The excursions that close within these ticks; `always` and `rest` (n,) tell where the bounds hold."""
        wanted = self.exercise.segment
        least = np.full(len(rows), wanted.prominence, np.float32)
        if MEASURES[wanted.measure].unit == "trunk":
            least = least * rows.column("trunk")
        signal = rows.measure(wanted.measure, self.side)
        return self.detector.feed(signal, least, always, rest)


class Session:
    """Finds reps of `exercises` in poses and judges them.

    `height_cm` makes centimetres of trunks; `unanswered` names measures that the landmarks cannot answer, as those of
    another program, and why: cues that read one are not assessed.

    `feed` takes any number of frames that follow those fed before and gives the reps that closed, with provisional
    verdicts; `finish` ends the session and gives the bouts. The bouts do not depend on how the frames were cut.

    Raises `UsageError` where there are no exercises, and when frames are fed after the end.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        *,
        height_cm: float | None = None,
        unanswered: Mapping[str, Reason] | None = None,
    ) -> None:
        if not exercises:
            raise UsageError("a session needs an exercise to look for: formcheck.choose() gives those known")
        self._exercises, self._given = tuple(exercises), bout.Given(height_cm, unanswered or {})
        self._ticks = Ticks()
        self._waiting: list[Poses] = []
        self._table = Table(self._exercises)
        self._rows = self._table.none()
        self._watches: list[_Watch] = []
        self._bounds = AllBounds(self._table.columns, [])
        self._open: list[RawRep] = []
        self._untold: list[_Untold] = []
        self._ended = False
        self._bouts: list[Bout] = []
        self._traces = _Traces([measures.column(e.segment.measure, side) for e in self._exercises for side in SIDES])
        self._taken = self._lost = self._frontal = 0
        self._newest: _Told | None = None
        self._count, self._bout_from_s = 0, np.inf

    def feed(self, poses: Poses) -> Iterator[Rep]:
        """Reps that closed with these frames, their verdicts provisional until the bout closes.

        The frames are taken at once; a rep is judged when it is asked for, as many look at the bouts only.
        """
        if self._ended:
            raise UsageError("this session has ended; the next recording needs one of its own")
        self._waiting += [poses] if len(poses) else []
        if not self._waiting or self._waiting[-1].time[-1] - self._waiting[0].time[0] < WAIT_S:
            return iter(())
        return (rep() for rep in self._go_on())

    def _go_on(self) -> list[_Told]:
        """Take the frames that wait."""
        told: list[_Told] = []
        poses = Poses.join(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
        self._waiting = []
        for first in range(0, len(poses), SLICE):
            for ticks in self._ticks.feed(poses[first : first + SLICE]):
                told += self._take(ticks)
        return told

    def finish(self) -> tuple[Bout, ...]:
        """All bouts of the recording, in order of time; the session ends. Asked again it gives the same."""
        if self._ended:
            return tuple(self._bouts)
        self._ended = True
        if self._waiting:
            self._go_on()
        for ticks in self._ticks.finish():
            self._take(ticks)
        self._end()
        return tuple(self._bouts)

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know about the recording as a whole."""
        found = []
        if self._taken and self._lost > LOST_SHARE * self._taken:
            seconds = {"lost_s": self._lost / RATE, "all_s": self._taken / RATE}
            found.append(Notice(NoticeCode.NOBODY_FOR_A_WHILE, seconds))
        if not self._bouts and self._frontal > (self._taken - self._lost) / 2:
            found.append(Notice(NoticeCode.ALL_FROM_FRONT))
        frontal = [bout for bout in self._bouts if bout.view.name == "front"]
        return found + [
            Notice(NoticeCode.BOUT_FROM_FRONT, {"title": bout.title, "start_s": bout.start_s}) for bout in frontal
        ]

    @property
    def status(self) -> Status:
        """Where the session stands now."""
        doing = self._open[-1].exercise if self._open else None
        moving = [w for w in self._watches if w.detector.moving_since is not None and doing in (None, w.exercise)]
        watch = moving[0] if moving else None
        exercise = doing or (watch.exercise if watch else None)
        faults = [cue.message for cue in self._newest().cues if cue.verdict == "fault"] if self._newest else []
        return Status(
            exercise=exercise.name if exercise else None,
            count=self._count,
            moving=watch is not None,
            side=self._open[-1].side if self._open else None,
            held_s=watch.detector.held_ticks(watch.exercise.segment.hold_level) / RATE if watch else 0.0,
            message=faults[0] if faults else None,
        )

    def _take(self, ticks: Poses) -> list[_Told]:
        """Go on by settled ticks."""
        if not self._watches and len(ticks):
            self._begin(round(float(ticks.time[0]) * RATE))
        rows = self._table.rows(ticks)
        self._traces.add(rows, self._rows.next)
        self._rows.add(rows)
        self._taken += len(ticks)
        self._lost += int(np.isnan(rows.column("trunk")).sum())
        self._frontal += int((rows.column("yaw") <= FRONT_TO_DEG).sum())
        closed: list[tuple[int, int, Window]] = []
        holds = rows.within(self._bounds)
        for i, watch in enumerate(self._watches):
            closed += [(w.known, i, w) for w in watch.feed(rows, holds[:, 2 * i], holds[:, 2 * i + 1])]
        self._put(closed)
        self._forget()
        told: list[_Told] = [cache(partial(_judged, one, self._given)) for one in self._told()]
        self._newest = told[-1] if told and self._open else self._newest
        self._count = max(self._count, self._sure())
        return told

    def _put(self, closed: Iterable[tuple[int, int, Window]]) -> None:
        """Put the reps within windows that closed, with the tick and the watch, into their bouts."""
        fresh = [raw for _, i, window in sorted(closed, key=lambda c: c[:2]) if (raw := self._rep(i, window))]
        for raw in fresh:
            if self._accept(raw):
                self._untold.append(_Untold(raw, self._open))

    def _end(self) -> None:
        """Close what is open: no tick comes any more."""
        self._put((w.known, i, w) for i, watch in enumerate(self._watches) for w in watch.detector.finish())
        self._close_bout()

    def _sure(self) -> int:
        """How many reps of the open bout count whatever comes: those not waiting for the other leg to come down."""
        return sum(bout.sure(raw) for raw in self._open if all(raw is not one.raw for one in self._untold))

    def _told(self) -> list[_Untold]:
        """Reps to tell of now: a leg that is seen to rise with the other one waits a little for that one to come down,
        so that they are told as what they are together.
        """
        waits = [self._other_leg_up(one.raw) for one in self._untold]
        ready = [one for one, wait in zip(self._untold, waits, strict=True) if not wait]
        self._untold = [one for one, wait in zip(self._untold, waits, strict=True) if wait]
        now = [_Untold(_merged_into(one), one.bout) for one in ready]
        return [one for i, one in enumerate(now) if all(one.raw is not earlier.raw for earlier in now[:i])]

    def _other_leg_up(self, raw: RawRep) -> bool:
        end, now = (raw.found.end_s - OVERLAP_S) * RATE, self._rows.next
        return now < end + TOLD_LATE_S * RATE and any(
            watch.exercise == raw.exercise
            and watch.side != raw.side
            and watch.detector.moving_since is not None
            and watch.detector.moving_since < end
            for watch in self._watches
        )

    def _begin(self, tick: int) -> None:
        self._rows.begin(tick)
        for exercise in self._exercises:
            for side in ("left", "right") if exercise.segment.legs == "each" else ("left",):
                self._watches.append(_Watch(exercise, side, Detector(tick)))
        self._bounds = AllBounds(self._table.columns, [bounds for watch in self._watches for bounds in watch.bounds])

    def _rep(self, watch: int, window: Window) -> RawRep | None:
        """The rep within a window of a watch, if it is one of its exercise."""
        rows = self._rows.between(window.first, window.last)
        raw = raw_rep(self._watches[watch].exercise, self._watches[watch].side, rows, window)
        if raw is None:
            return None
        start, end = raw.found.start_s, raw.found.end_s
        return bout.exchanged(raw) if self._ticks.sides.exchanged_s(start, end) > (end - start) / 2 else raw

    def _accept(self, raw: RawRep) -> bool:
        """Put a rep into its bout: it may join the other leg's, begin a new bout, or lose to one already there.

        Whether it is in one.
        """
        if self._open and self._open[-1].exercise != raw.exercise:
            while self._open and self._open[-1].found.partial and _overlap(self._open[-1], raw):
                self._open.pop()
            if self._open and raw.found.start_s < self._open[-1].found.end_s - OVERLAP_S:
                return False
            self._close_bout()
        elif self._open and raw.found.start_s > self._open[-1].found.end_s + BOUT_GAP_S:
            self._close_bout()
        apart = []
        for there in self._open[-LAST_REPS:]:
            one = bout.merged(there, raw) if _overlap(there, raw) else None
            if one is None:
                apart.append(there)
            else:
                raw = one
        self._open[-LAST_REPS:] = [*apart, raw]
        self._bout_from_s = min(self._bout_from_s, raw.found.start_s)
        return True

    def _close_bout(self) -> None:
        found = bout.bout(self._open, self._given, self._traces.between) if self._open else None
        if found is not None:
            self._bouts.append(found)
        self._open, self._newest, self._count, self._bout_from_s = [], None, 0, np.inf

    def _forget(self) -> None:
        """Drop rows that no window can begin at any more, and the trace where no bout can reach it."""
        needed = min((watch.detector.needs for watch in self._watches), default=self._rows.next)
        self._rows.forget(needed)
        self._ticks.sides.forget(needed / RATE)
        self._traces.forget(round(min(needed, self._bout_from_s * RATE) - (bout.TRACE_MARGIN_S + 1) * RATE))

    def under_way(self) -> tuple[RawRep, bout.Setting] | None:
        """The rep under way, read as if the recording ended now, and what it would be judged by; None between reps.

        To ask changes nothing.
        """
        cut = [(i, window) for i, watch in enumerate(self._watches) for window in watch.detector.finish()]
        raws = [
            raw
            for i, window in cut
            if (raw := self._rep(i, window)) is not None and raw.height >= raw.exercise.segment.sure
        ]
        doing = self._open[-1].exercise if self._open else raws[0].exercise if raws else None
        mine = [raw for raw in raws if raw.exercise == doing]
        if not mine:
            return None
        raw = reduce(lambda one, two: bout.merged(one, two) or max(one, two, key=lambda r: r.height), mine)
        return raw, bout.setting(self._open or [raw], self._given)


class _Traces:
    """Every third value of some columns, for the plot in the report."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(dict.fromkeys(names))
        self._ticks, self._values = array("q"), array("f")  # one block each: parts took ten times the room

    def add(self, rows: Rows, first: int) -> None:
        """Keep the rows whose tick is a multiple of `TRACE_STEP`; the first row is tick `first`."""
        ticks = np.arange(first, first + len(rows))
        keep = ticks % TRACE_STEP == 0
        kept = rows[keep]
        self._ticks.frombytes(ticks[keep].astype(np.int64).tobytes())
        self._values.frombytes(np.stack([kept.column(name) for name in self._names], axis=1).tobytes())

    def between(self, name: str, start_s: float, stop_s: float) -> tuple[Array, Array]:
        """Times and values of one column."""
        first, last = bisect_left(self._ticks, start_s * RATE), bisect_right(self._ticks, stop_s * RATE)
        n = len(self._names)
        values = np.array(self._values[first * n : last * n]).reshape(-1, n)[:, self._names.index(name)]
        return np.array(self._ticks[first:last]) / RATE, values

    def forget(self, before: int) -> None:
        """Drop what lies before a tick."""
        old = bisect_left(self._ticks, before)
        del self._ticks[:old], self._values[: old * len(self._names)]


def _merged_into(one: _Untold) -> RawRep:
    """The rep of its bout that a rep is, or has become part of."""
    return next((raw for raw in reversed(one.bout) if raw is one.raw or _overlap(raw, one.raw)), one.raw)


def _judged(one: _Untold, given: bout.Given) -> Rep:
    """A rep by what is known of its bout, which another exercise may have taken it out of again."""
    place = next((i for i, raw in enumerate(one.bout, 1) if raw is one.raw), len(one.bout) + 1)
    return bout.judged([one.raw], bout.setting(one.bout or [one.raw], given), place)[0]


def _overlap(one: RawRep, two: RawRep) -> bool:
    return two.found.start_s < one.found.end_s - OVERLAP_S and one.found.start_s < two.found.end_s - OVERLAP_S
