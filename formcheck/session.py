"""`Session`: the one core. Poses in, bouts out; a file, a camera and a batch all feed it, and cutting changes nothing.

    poses --> clock --> smoother --> measures --> detectors --> raw reps --> bouts with verdicts

It opens no file, prints nothing and reads no clock. What a rep shows is read off when it closes; the person's trunk,
the view and the near side are known when the bout closes, and verdicts are given then, by the same rule everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from formcheck import measures, segment, verdict
from formcheck.clock import RATE, Clock
from formcheck.exercise import Bounds, Check, Cue, Exercise
from formcheck.findings import Bout, Rep, Side, Trace, View
from formcheck.landmarks import SIDES
from formcheck.measures import MEASURES
from formcheck.poses import Array, Poses
from formcheck.segment import Detector, Excursion, Window
from formcheck.smooth import Smoother
from formcheck.verdict import Phase, Reading, Scale, Trust
from formcheck.view import view_of

BOUT_GAP_S: Final = 60.0
"""A bout ends after this long without a rep."""

SAME_REP_SHARE: Final = 0.5
"""Overlapping reps of the two legs are one rep of both when the smaller is at least this much of the larger (ours)."""

SET_SHARE: Final = 0.35
"""A small excursion counts only if it is at least this share of the set's median (ours)."""

OVERLAP_S: Final = 0.3
"""Reps that overlap by less than this follow one another (ours)."""

FOOT_OFF: Final = 0.35
"""Trunks by which one foot must be higher than the other to be off the floor (ours: perspective alone makes 0.15)."""

LAST_REPS: Final = 4
"""Reps of the two legs close in turn, so a rep can overlap only the last few (ours)."""

TRACE_STEP: Final = 3
"""Every third tick of the signal is kept for the report's plot."""

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
    fault: bool


@dataclass(frozen=True, slots=True)
class _Raw:
    """A rep as it closed: what was read, before the bout's trunk, view and near side are known.

    `readings` is keyed by cue id and side; `also` holds the second checks'; `height` is in the signal's unit with
    lengths in trunks.
    """

    exercise: Exercise
    side: Side
    closed: int
    found: Excursion
    height: float
    trunk_px: float
    trust: Trust
    nearness: float
    readings: dict[tuple[str, str], Reading]
    also: dict[tuple[str, str], Reading]


@dataclass(frozen=True, slots=True)
class _Watch:
    """One detector at work: an exercise, and the side it looks at (two-legged signals are watched from the left)."""

    exercise: Exercise
    side: Literal["left", "right"]
    detector: Detector


class Session:
    """Finds reps of `exercises` in poses and judges them; `height_cm` makes centimetres of trunks.

    `feed` takes any number of frames that follow those fed before and gives the reps that closed, with provisional
    verdicts; `finish` gives the bouts. The bouts do not depend on how the frames were cut.
    """

    def __init__(self, exercises: Sequence[Exercise], *, height_cm: float | None = None) -> None:
        self._exercises = tuple(exercises)
        self._height_cm = height_cm
        self._clock, self._smoother = Clock(), Smoother()
        self._names = _measures_of(self._exercises)
        self._columns = {name: i for i, name in enumerate(measures.columns(self._names))}
        self._rows = np.empty((0, len(self._columns)), np.float32)
        self._first = 0
        self._watches: list[_Watch] = []
        self._open: list[_Raw] = []
        self._bouts: list[Bout] = []
        signals = [measures.column(e.segment.measure, side) for e in self._exercises for side in SIDES]
        self._traces = _TraceStore({name: self._columns[name] for name in signals})
        self._ticks = self._lost = 0
        self._newest: Rep | None = None

    def feed(self, poses: Poses) -> list[Rep]:
        """Reps that closed with these frames, their verdicts provisional until the bout closes."""
        if not len(poses):
            return []
        return self._take(self._smoother.feed(self._clock.feed(poses)), ended=False)

    def finish(self) -> tuple[Bout, ...]:
        """All bouts of the recording, in order of time."""
        rest = self._clock.finish()
        if rest is not None:
            self._take(self._smoother.feed(rest), ended=False)
            last = self._smoother.finish()
            assert last is not None
            self._take(last, ended=True)
            self._close_bout()
        return tuple(self._bouts)

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the recording as a whole."""
        found = []
        if self._ticks and self._lost > LOST_SHARE * self._ticks:
            found.append(f"Nobody was found during {self._lost / RATE:.0f} s of {self._ticks / RATE:.0f} s.")
        return found + [
            f"{bout.title} at {bout.start_s:.0f} s is seen from the front: reps may be missing; turn side-on."
            for bout in self._bouts
            if bout.view.name == "front"
        ]

    @property
    def status(self) -> Status:
        """Where the session stands now."""
        names = {raw.exercise.name for raw in self._open}
        watch = next(
            (
                w
                for w in self._watches
                if w.detector.moving_since is not None and (not names or w.exercise.name in names)
            ),
            None,
        )
        exercise = self._open[-1].exercise if self._open else watch.exercise if watch else None
        faults = [cue for cue in self._newest.cues if cue.verdict == "fault"] if self._newest and self._open else []
        return Status(
            exercise=exercise.title if exercise else None,
            count=sum(_sure(raw) for raw in self._open),
            moving=watch is not None,
            side=self._open[-1].side if self._open else None,
            held_s=watch.detector.held_ticks(watch.exercise.segment.hold_level) / RATE if watch else 0.0,
            message=faults[0].message if faults else None,
            fault=bool(faults),
        )

    def _take(self, ticks: Poses, *, ended: bool) -> list[Rep]:
        """Go on by smoothed ticks, at the end close what is open."""
        if not self._watches and len(ticks):
            self._begin(round(float(ticks.time[0]) * RATE))
        rows = measures.table(ticks, self._names)
        self._rows = np.concatenate([self._rows, rows])
        self._ticks += len(ticks)
        self._lost += int(np.isnan(rows[:, self._columns["trunk"]]).sum())
        self._traces.add(rows, len(self._rows) + self._first - len(rows))
        closed: list[tuple[int, int, Window]] = []
        for i, watch in enumerate(self._watches):
            found = watch.detector.feed(*self._signals(watch, rows))
            found += watch.detector.finish() if ended else []
            closed += [(window.last, i, window) for window in found]
        fresh = [
            raw for _, i, window in sorted(closed, key=lambda c: c[:2]) if (raw := self._rep(self._watches[i], window))
        ]
        for raw in fresh:
            self._accept(raw)
        self._forget()
        reps = [self._judged(raw, self._open or [raw], i) for i, raw in enumerate(fresh)]
        self._newest = reps[-1] if reps else self._newest
        return reps

    def _begin(self, tick: int) -> None:
        self._first = tick
        for exercise in self._exercises:
            for side in SIDES if exercise.segment.legs == "each" else SIDES[:1]:
                self._watches.append(_Watch(exercise, side, Detector(tick)))

    def _signals(self, watch: _Watch, rows: Array) -> tuple[Array, Array, Array, Array]:
        """Signal, least excursion, posture and rest of a detector for some rows of the table."""
        wanted = watch.exercise.segment
        signal = self._column(rows, wanted.measure, watch.side)
        least = np.full(len(rows), wanted.prominence, np.float32)
        if MEASURES[wanted.measure].unit == "trunk":
            least = least * rows[:, self._columns["trunk"]]
        posture, rest = watch.exercise.posture.always, watch.exercise.posture.rest
        return signal, least, self._within(rows, posture, watch.side), self._within(rows, rest, watch.side)

    def _within(self, rows: Array, bounds: Mapping[str, Bounds], side: str) -> Array:
        """Whether all bounds hold, (n,) bool; not where a measure is NaN."""
        holds = np.ones(len(rows), np.bool_)
        for key, (low, high) in bounds.items():
            values = self._bounded(rows, key, side)
            holds &= (values >= low) & (values <= high)
        return holds

    def _column(self, rows: Array, measure: str, side: str) -> Array:
        return rows[:, self._columns[measures.column(measure, side)]]

    def _bounded(self, rows: Array, key: str, side: str) -> Array:
        """A measure named in a posture table, lengths in trunks of the same tick."""
        name = key.removeprefix("other.")
        values = self._column(rows, name, measures.other(side) if key != name else side)
        return values / rows[:, self._columns["trunk"]] if MEASURES[name].unit == "trunk" else values

    def _rep(self, watch: _Watch, window: Window) -> _Raw | None:
        """The rep within a window, if it is one of this exercise."""
        rows = self._rows[window.first - self._first : window.last - self._first + 1]
        time = np.arange(window.first, window.last + 1) / RATE
        wanted = watch.exercise.segment
        found = segment.excursion(
            time,
            self._column(rows, wanted.measure, watch.side),
            hold_level=wanted.hold_level,
            cut_before=window.cut_before,
            cut_after=window.cut_after,
        )
        if found is None or found.end_s - found.start_s < wanted.min_seconds:
            return None
        resting = found.at_rest if found.at_rest.any() else np.ones(len(rows), np.bool_)
        trunk = float(np.nanmedian(rows[resting, self._columns["trunk"]]))
        height = found.height / (trunk if MEASURES[wanted.measure].unit == "trunk" else 1.0)
        if not (height >= wanted.prominence and self._in_posture(watch, rows, found)):
            return None
        during = (time >= found.start_s) & (time <= found.end_s)
        yaw, nearness, spread = (_middle(rows[during, self._columns[name]]) for name in ("yaw", "nearness", "spread"))
        readings, also = self._readings(watch, time, rows, found)
        side: Side = watch.side if wanted.legs == "each" else self._standing(rows[found.at_top])
        return _Raw(
            watch.exercise, side, window.last, found, height, trunk, Trust(yaw, spread), nearness, readings, also
        )

    def _standing(self, rows: Array) -> Side:
        """The leg that stands alone at the top; both where neither foot is clearly off the floor."""
        left, right = (self._column(rows, "foot_height", side) for side in SIDES)
        higher = _middle((left - right) / rows[:, self._columns["trunk"]])
        return "both" if abs(higher) < FOOT_OFF else "right" if higher > 0 else "left"

    def _in_posture(self, watch: _Watch, rows: Array, found: Excursion) -> bool:
        """Whether rest, top and the change between them are those of the exercise; a cut rep may lack its rest."""

        def within(bounds: Bounds, value: float) -> bool:
            return bounds[0] <= value <= bounds[1]

        posture = watch.exercise.posture
        top = {
            key: _middle(self._bounded(rows[found.at_top], key, watch.side)) for key in (*posture.top, *posture.change)
        }
        if not all(within(bounds, top[key]) for key, bounds in posture.top.items()):
            return False
        if not found.at_rest.any():
            return found.partial
        rest = {
            key: _middle(self._bounded(rows[found.at_rest], key, watch.side))
            for key in (*posture.rest, *posture.change)
        }
        changed = all(within(bounds, top[key] - rest[key]) for key, bounds in posture.change.items())
        return changed and all(within(bounds, rest[key]) for key, bounds in posture.rest.items())

    def _readings(
        self, watch: _Watch, time: Array, rows: Array, found: Excursion
    ) -> tuple[dict[tuple[str, str], Reading], dict[tuple[str, str], Reading]]:
        """What every cue's checks read off the rep, for the working side or, in two-legged exercises, for either."""
        readings: dict[tuple[str, str], Reading] = {}
        also: dict[tuple[str, str], Reading] = {}
        phases = _phases(time, found)
        for side in (watch.side,) if watch.exercise.segment.legs == "each" else SIDES:
            for cue in watch.exercise.cues:
                if cue.check.take == "count":
                    continue
                phase = self._after(cue, watch, time, rows, phases, side)
                readings[cue.id, side] = self._read(cue.check, time, rows, phase, found, side)
                if cue.also is not None:
                    also[cue.id, side] = self._read(cue.also, time, rows, phases[cue.also.phase], found, side)
        return readings, also

    def _after(
        self, cue: Cue, watch: _Watch, time: Array, rows: Array, phases: dict[str, Phase], side: str
    ) -> Phase | str:
        """The phase of a cue, from when the cue it comes after was first met; a reason where that never was."""
        phase = phases[cue.check.phase]
        if cue.after is None:
            return phase
        before = next(c for c in watch.exercise.cues if c.id == cue.after)
        signal = self._column(rows, before.check.measure, side)
        met = verdict.first_met(before.check, time, signal, phases[before.check.phase])
        if met is None:
            return f"it comes after '{before.reading[0].lower()}{before.reading[1:].rstrip('.')}', which was not seen"
        return Phase(phase.ticks & (time >= met), max(phase.start_s, met), phase.end_s)

    def _read(self, check: Check, time: Array, rows: Array, phase: Phase | str, found: Excursion, side: str) -> Reading:
        if isinstance(phase, str):
            return Reading(None, None, 0.0, phase)
        if check.measure not in MEASURES or check.take == "duration":
            signal = np.zeros(len(time), np.float32)
            return verdict.read(check, time, signal, phase, found.at_rest)
        sides = {"working": (side,), "other": (measures.other(side),), "both": SIDES}[check.leg]
        hidden = self._hidden(check.measure, rows[phase.ticks], sides)
        if hidden is not None:
            return Reading(None, None, 0.0, hidden)
        readings = [
            verdict.read(check, time, self._column(rows, check.measure, s), phase, found.at_rest) for s in sides
        ]
        return verdict.worst(check, readings)

    def _hidden(self, measure: str, rows: Array, sides: Sequence[str]) -> str | None:
        """Which part of the body lies outside the picture too often for this measure, as a reason."""
        for part in MEASURES[measure].points:
            for side in sides if MEASURES[measure].sided else SIDES:
                seen = rows[:, self._columns[f"seen.{part}.{side}"]]
                if len(seen) and seen.mean() < verdict.LEAST_SEEN:
                    return f"your {_PART_WORDS.get(part, part)} is outside the picture"
        return None

    def _accept(self, raw: _Raw) -> None:
        """Put a rep into its bout: it may join the other leg's, begin a new bout, or lose to one already there."""
        if self._open and self._open[-1].exercise.name != raw.exercise.name:
            while (
                self._open
                and self._open[-1].found.partial
                and raw.found.start_s < self._open[-1].found.end_s - OVERLAP_S
            ):
                self._open.pop()
            if self._open and raw.found.start_s < self._open[-1].found.end_s - OVERLAP_S:
                return
            self._close_bout()
        elif self._open and raw.found.start_s > self._open[-1].found.end_s + BOUT_GAP_S:
            self._close_bout()
        for i in range(max(0, len(self._open) - LAST_REPS), len(self._open)):
            there = self._open[i]
            if raw.found.start_s < there.found.end_s - OVERLAP_S and there.found.start_s < raw.found.end_s - OVERLAP_S:
                self._open[i] = _merged(there, raw)
                return
        self._open.append(raw)

    def _close_bout(self) -> None:
        """Judge the reps of the open bout, drop those too small for the set, and keep it if a rep is left."""
        kept = _of_the_set(self._open)
        self._open = []
        self._newest = None
        if not any(not raw.found.partial or _sure(raw, partial=True) for raw in kept):
            return
        kept.sort(key=lambda raw: raw.found.start_s)
        exercise = kept[0].exercise
        reps = tuple(self._judged(raw, kept, i) for i, raw in enumerate(kept))
        counted = [rep for rep in reps if not rep.partial]
        counts = {side: sum(rep.side in (side, "both") for rep in counted) for side in SIDES}
        cues = tuple(
            verdict.count_verdict(cue, counts, reps[-1].end_s) for cue in exercise.cues if cue.check.take == "count"
        )
        points, assessed = verdict.score([cue for rep in counted for cue in rep.cues] + list(cues))
        self._bouts.append(
            Bout(
                exercise=exercise.name,
                title=exercise.title,
                source=f"{exercise.source.title}, {exercise.source.section}",
                start_s=reps[0].start_s,
                end_s=max(rep.end_s for rep in reps),
                view=_view(kept),
                reps=reps,
                cues=cues,
                score=points,
                assessed=assessed,
                traces=self._traces_of(kept),
            )
        )

    def _judged(self, raw: _Raw, bout: Sequence[_Raw], index: int) -> Rep:
        """A rep with its verdicts, by the trunk, view and near side of its bout."""
        scale = Scale(bout[0].trunk_px, self._height_cm)
        near = _view(bout).near_side or "left"
        side = near if raw.side == "both" else raw.side
        cues = []
        for cue in raw.exercise.cues:
            if cue.check.take == "count":
                continue
            judged = verdict.judge(cue, cue.check, raw.readings[cue.id, side], scale, raw.trust)
            if cue.also is not None:
                judged = verdict.combined(
                    judged, verdict.judge(cue, cue.also, raw.also[cue.id, side], scale, raw.trust)
                )
            cues.append(judged)
        points, assessed = verdict.score(cues)
        found = raw.found
        return Rep(
            index=index + 1,
            partial=found.partial,
            side=raw.side,
            start_s=found.start_s,
            peak_s=found.peak_s,
            end_s=found.end_s,
            hold_from_s=found.hold_from_s,
            hold_to_s=found.hold_to_s,
            dips=found.dips,
            score=points,
            assessed=assessed,
            cues=tuple(cues),
        )

    def _traces_of(self, kept: Sequence[_Raw]) -> tuple[Trace, ...]:
        """The signal of each side that worked, from two seconds before the bout to two after it."""
        wanted = kept[0].exercise.segment
        unit = MEASURES[wanted.measure].unit
        scale = kept[0].trunk_px if unit == "trunk" else 1.0
        sides = [side for side in SIDES if any(raw.side in (side, "both") for raw in kept)]
        traces = []
        for side in sides if wanted.legs == "each" else SIDES[:1]:
            column = measures.column(wanted.measure, side)
            start, stop = min(raw.found.start_s for raw in kept) - 2, max(raw.found.end_s for raw in kept) + 2
            time, value = self._traces.between(start, stop, column)
            values = tuple(None if np.isnan(v) else round(float(v) / scale, 3) for v in value)
            label = wanted.measure.replace("_", " ") + (f", {side}" if wanted.legs == "each" else "")
            traces.append(Trace(label, unit, tuple(round(float(t), 3) for t in time), values))
        return tuple(traces)

    def _forget(self) -> None:
        """Drop rows that no window can begin at any more, and the trace where no bout can reach it."""
        needed = min((watch.detector.needs for watch in self._watches), default=self._first)
        if needed - self._first > len(self._rows) // 2:
            self._rows, self._first = self._rows[needed - self._first :], needed
        if not self._open:
            self._traces.forget(needed - 3 * RATE)


class _TraceStore:
    """Every third value of the signals, for the report's plot; `columns` gives each signal's place in the table."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._names, self._places = list(columns), list(columns.values())
        self._parts: list[tuple[Array, Array]] = []

    def add(self, rows: Array, first: int) -> None:
        """Keep the rows whose tick is a multiple of `TRACE_STEP`; the first row is tick `first`."""
        ticks = np.arange(first, first + len(rows))
        keep = ticks % TRACE_STEP == 0
        if keep.any():
            self._parts.append((ticks[keep], rows[keep][:, self._places]))

    def between(self, start_s: float, stop_s: float, name: str) -> tuple[Array, Array]:
        """Times and values of one signal."""
        place = self._names.index(name)
        ticks = np.concatenate([part[0] for part in self._parts])
        values = np.concatenate([part[1][:, place] for part in self._parts])
        within = (ticks / RATE >= start_s) & (ticks / RATE <= stop_s)
        return ticks[within] / RATE, values[within]

    def forget(self, before: int) -> None:
        """Drop what lies before a tick."""
        while self._parts and self._parts[0][0][-1] < before:
            self._parts.pop(0)


_PART_WORDS: Final = {"foot_index": "foot"}


def _measures_of(exercises: Sequence[Exercise]) -> tuple[str, ...]:
    """Names of all measures that these exercises need, in order, without repeats."""
    names: list[str] = ["foot_height"]
    for exercise in exercises:
        posture = exercise.posture
        names.append(exercise.segment.measure)
        names += [
            key.removeprefix("other.")
            for part in (posture.always, posture.rest, posture.top, posture.change)
            for key in part
        ]
        checks = [check for cue in exercise.cues for check in (cue.check, cue.also) if check is not None]
        names += [check.measure for check in checks if check.measure in MEASURES]
    return tuple(dict.fromkeys(names))


def _middle(values: Array) -> float:
    """Median of what is not NaN; NaN where nothing is."""
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else float("nan")


def _phases(time: Array, found: Excursion) -> dict[str, Phase]:
    """The parts of a rep by name."""

    def phase(start: float, end: float) -> Phase:
        ticks = (time >= start) & (time <= end)
        if not ticks.any():
            ticks[int(np.argmin(np.abs(time - (start + end) / 2)))] = True
        return Phase(ticks, start, end)

    at_rest = Phase(found.at_rest, float(time[0]), found.start_s)
    return {
        "rest": at_rest,
        "lifting": phase(found.raised_from_s, found.hold_from_s),
        "hold": phase(found.hold_from_s, found.hold_to_s),
        "lowering": phase(found.hold_to_s, found.lowered_s),
        "whole": phase(found.start_s, found.end_s),
    }


def _merged(there: _Raw, raw: _Raw) -> _Raw:
    """One rep out of two that overlap: of both legs if they are alike in height, else the higher one."""
    low, high = sorted((there, raw), key=lambda r: r.height)
    if there.side == raw.side or low.height < SAME_REP_SHARE * high.height:
        return high
    return replace(high, side="both", readings=low.readings | high.readings, also=low.also | high.also)


def _sure(raw: _Raw, *, partial: bool = False) -> bool:
    """Whether a rep counts whatever the rest of its set is like."""
    return raw.height >= raw.exercise.segment.sure and (partial or not raw.found.partial)


def _of_the_set(raws: Sequence[_Raw]) -> list[_Raw]:
    """The reps that are not too small beside the others of their set."""
    if not raws:
        return []
    typical = SET_SHARE * float(np.median([raw.height for raw in raws]))
    return [raw for raw in raws if raw.height >= min(typical, raw.exercise.segment.sure)]


def _view(raws: Sequence[_Raw]) -> View:
    """The view of a bout: the median over its reps."""
    return view_of(
        _middle(np.array([raw.trust.yaw_deg for raw in raws])), _middle(np.array([raw.nearness for raw in raws]))
    )
