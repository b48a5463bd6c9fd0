"""`Session`: the one core. Poses in, bouts out; files, cameras and batches all feed it. The cuts do not matter.

    poses --> ticks --> rows --> watches --> raw reps --> open bout --> bouts with verdicts

It opens only the package's own tables, prints nothing and reads no clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from typing import Final

import numpy as np

from formcheck.body.landmarks import SIDES
from formcheck.body.poses import Array, Poses
from formcheck.body.view import FRONT_TO_DEG
from formcheck.core.bout import Given, Setting, setting
from formcheck.core.clock import RATE
from formcheck.core.exercise import Exercise
from formcheck.core.openbout import OVERLAP_S, Bouts, Told
from formcheck.core.rep import RawRep, merged
from formcheck.core.rows import Rows, Table
from formcheck.core.ticks import Ticks
from formcheck.core.traces import Traces
from formcheck.core.watches import Stance, Watch, Watches
from formcheck.errors import UsageError
from formcheck.findings import Bout, Notice, NoticeCode, OneSide, Quality, Reason, Rep, Side

WAIT_S: Final = 0.1
"""Frames that come one by one wait until they span this, and are then taken together; words and count are later by as
much. Ours: most of the cost is per call, not per frame."""

SLICE: Final = 2048
"""Frames taken at a time, so that the work stays in the processor's cache and needs little room. Ours: an hour of
recording is fastest with 2048 to 4096."""

LOST_SHARE: Final = 0.05
"""The user is told if more than this share of the recording is without a person (ours)."""

HIDDEN_SHARE: Final = 0.1
"""The user is told if a joint is hidden for more than this share of the recording (ours)."""

WORKING: Final = ("shoulder", "hip", "knee", "ankle")
"""Parts without which reps may be missed."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the session stands, for the live picture. All is provisional except `count`: it only grows in a bout.

    bout: the exercise of the open bout's reps. exercise: the same, or what the rep under way is of.
    """

    bout: str | None
    exercise: str | None
    count: int
    moving: bool
    side: Side | None
    held_s: float
    message: str | None


@dataclass(slots=True)
class _Seen:
    """How many ticks there were, how many without a person, how many seen from the front, and in how many each of
    `WORKING` was hidden on the side nearer to the camera.
    """

    ticks: int = 0
    lost: int = 0
    frontal: int = 0
    hidden: Array = field(default_factory=lambda: np.zeros(len(WORKING), int))

    def add(self, rows: Rows) -> None:
        """Count rows."""
        self.ticks += len(rows)
        self.lost += int(np.isnan(rows.column("trunk")).sum())
        front = rows.column("yaw") <= FRONT_TO_DEG
        self.frontal += int(front.sum())
        left, right = (rows.values[:, [rows.columns[f"hidden.{part}.{side}"] for part in WORKING]] for side in SIDES)
        near = np.where((rows.column("turn") > 0)[:, None], left, right)
        self.hidden += near[~front].sum(axis=0).astype(int)

    def notices(self, bouts: Sequence[Bout]) -> list[Notice]:
        """The notices that follow for a recording in which these bouts were found."""
        found = []
        if self.ticks and self.lost > LOST_SHARE * self.ticks:
            seconds = {"lost_s": self.lost / RATE, "all_s": self.ticks / RATE}
            found.append(Notice(NoticeCode.NOBODY_FOR_A_WHILE, seconds))
        if not bouts and self.frontal > (self.ticks - self.lost) / 2:
            found.append(Notice(NoticeCode.ALL_FROM_FRONT))
        if self.hidden.max() > HIDDEN_SHARE * self.ticks:
            most = {"part": WORKING[int(self.hidden.argmax())], "hidden_s": float(self.hidden.max()) / RATE}
            found.append(Notice(NoticeCode.HIDDEN, most))
        frontal = [bout for bout in bouts if bout.view.name == "front"]
        return found + [
            Notice(NoticeCode.BOUT_FROM_FRONT, {"title": bout.title, "start_s": bout.start_s}) for bout in frontal
        ]


class Session:
    """Finds reps of `exercises` in poses and judges them.

    `height_cm` turns trunks into centimetres. `unanswered` names measures that the landmarks cannot answer, such as
    those of another program, and why: cues that read one are not assessed. `quality` is the pose model's, None
    where it is not known: verdicts rest on its errors.

    `feed` takes the next frames, any number of them, and gives the reps that closed, with provisional verdicts;
    `finish` ends the session and gives the bouts. The bouts do not depend on how the frames were cut.

    Raises `UsageError` without exercises, and when frames are fed after the end.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        *,
        height_cm: float | None = None,
        unanswered: Mapping[str, Reason] | None = None,
        quality: Quality | None = None,
    ) -> None:
        if not exercises:
            raise UsageError("a session needs an exercise to look for: formcheck.choose() gives those known")
        self._ways = [way for exercise in exercises for way in exercise.ways]
        self._ticks, self._table = Ticks(), Table(self._ways)
        self._watches = Watches(self._ways, self._table, self._ticks.sides)
        self._traces = Traces(self._ways)
        self._person = np.nan
        self.height_cm = height_cm
        self._bouts = Bouts(Given(height_cm, unanswered or {}, quality or Quality.STANDARD), self._traces.of)
        self._seen = _Seen()
        self._waiting: list[Poses] = []
        self._expected: str | None = None
        self._ended = False

    def feed(self, poses: Poses) -> Iterator[Rep]:
        """Reps that closed with these frames, their verdicts provisional until the bout closes.

        The frames are taken at once. A rep is judged only when it is asked for, as many callers want only the bouts.
        """
        if self._ended:
            raise UsageError("this session has ended; the next recording needs one of its own")
        self._waiting += [poses] if len(poses) else []
        if not self._waiting or self._waiting[-1].time[-1] - self._waiting[0].time[0] < WAIT_S:
            return iter(())
        return (rep() for rep in self._go_on())

    def finish(self) -> tuple[Bout, ...]:
        """End the session; all bouts of the recording in order of time. A second call gives the same."""
        if self._ended:
            return tuple(self._bouts.closed)
        self._ended = True
        if self._waiting:
            self._go_on()
        for ticks in self._ticks.finish():
            self._take(ticks)
        self._bouts.put(self._watches.under_way())
        self._bouts.close()
        return tuple(self._bouts.closed)

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know about the recording as a whole."""
        return self._seen.notices(self._bouts.closed)

    @property
    def status(self) -> Status:
        """Where the session stands now."""
        bout, newest = self._bouts.open, self._bouts.newest
        watch = self._watch
        exercise = self._doing(watch) or (watch.exercise if watch else None)
        faults = [cue.message for cue in newest().cues if cue.verdict == "fault"] if newest else []
        known = bout.reps[-1].side if bout.reps else None
        return Status(
            bout=bout.exercise.name if bout.exercise else None,
            exercise=exercise.name if exercise else None,
            count=self._bouts.count if exercise and bout.exercise and bout.exercise.name == exercise.name else 0,
            moving=watch is not None,
            side=watch.works if watch and watch.exercise.segment.stays else known,
            held_s=watch.held_s if watch else 0.0,
            message=faults[0] if faults else None,
        )

    def expect(self, exercise: str | None) -> None:
        """What should come next, by its name: `status` and `under_way` tell of it as soon as it begins. The bouts stay
        what they are.
        """
        self._expected = exercise

    @property
    def _watch(self) -> Watch | None:
        """Whose rep is under way: of what is expected, of what the open bout is of, or in a stay."""
        coming = [way for way in self._ways if way.name == self._expected]
        expected = self._watches.moving(coming[0]) if coming else None
        if expected is not None and expected.exercise.name == self._expected:
            return expected
        return self._watches.moving(self._bouts.open.exercise)

    def _doing(self, watch: Watch | None) -> Exercise | None:
        """What is being done: what is expected, or a stay, once it is under way; else what the open bout is of."""
        at_once = watch is not None and (watch.exercise.segment.stays or watch.exercise.name == self._expected)
        return watch.exercise if watch is not None and at_once else self._bouts.open.exercise

    @property
    def stances(self) -> Mapping[tuple[str, OneSide], Stance]:
        """How somebody stands or lies now, for each exercise and the side that works."""
        return self._watches.stances()

    def under_way(self, lately_s: float | None = None) -> tuple[RawRep, Setting] | None:
        """The rep under way, read as if the recording ended now, and what it would be judged by; None between reps.

        lately_s: of its hold only the last seconds are read. Asking changes nothing.
        """
        bout, found = self._bouts.open, self._watches.under_way(lately_s)
        raws = [raw for raw in found if raw.height >= raw.exercise.segment.sure]
        doing = self._doing(self._watch) or (raws[0].exercise if raws else None)
        mine = [raw for raw in raws if doing is not None and raw.exercise.name == doing.name]
        if not mine:
            return None
        raw = reduce(lambda one, two: merged(one, two) or max(one, two, key=lambda r: r.height), mine)
        same = bout.exercise is not None and bout.exercise.name == raw.exercise.name
        return raw, setting(bout.reps if same else [raw], self._bouts.given)

    def beside(self, rep: Rep) -> bool:
        """Whether another rep that began before this one ended is still under way: they may turn out to be one."""
        going = self.under_way()
        return going is not None and going[0].found.start_s < rep.end_s - OVERLAP_S

    def _go_on(self) -> list[Told]:
        """Take the waiting frames; the reps to announce."""
        poses = Poses.join(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
        self._waiting = []
        slices = (poses[first : first + SLICE] for first in range(0, len(poses), SLICE))
        return [told for part in slices for ticks in self._ticks.feed(part) for told in self._take(ticks)]

    def _take(self, ticks: Poses) -> list[Told]:
        """Take settled ticks; the reps to announce. Another person's begin a new bout."""
        newest = np.fmax.accumulate(np.append(self._person, ticks.person))
        comes = np.flatnonzero(np.diff(newest) > 0).tolist()
        self._person, told = float(newest[-1]), []
        for first, stop in pairwise([0, *comes, len(ticks)]):
            told += self._take_of_one(ticks[first:stop])
            if stop < len(ticks):
                self._begin_anew()
        return told

    def _begin_anew(self) -> None:
        """End the bout of one person; what comes is another's."""
        next_tick = self._watches.next
        self._bouts.put(self._watches.under_way())
        self._bouts.close()
        self._watches = Watches(self._ways, self._table, self._ticks.sides)
        self._watches.begin(next_tick)

    def _take_of_one(self, ticks: Poses) -> list[Told]:
        """Take settled ticks of one person; the reps to announce."""
        if not self._seen.ticks and len(ticks):
            self._watches.begin(round(float(ticks.time[0]) * RATE))
        rows = self._table.rows(ticks)
        self._seen.add(rows)
        self._traces.add(rows, self._watches.next)
        self._bouts.put(self._watches.feed(rows))
        told = self._bouts.tell(self._watches.next, self._watches.other_leg_up)
        self._traces.forget(min(self._watches.forget(), self._bouts.open.from_s))
        return told
