"""What is true of an act's reps: their times and sides, and each cue's value and verdict; and all truth as JSON.

Reps follow the program's own rule, `formcheck.core.excursion`, on the true signal of `moments.py`; bounds and
what is read of a phase come from the exercise files, so that there is one place for them.

Where the exercise files speak of `back_arch`, truth is the lordosis over the person's neutral: in the kneeling lunge
that of the half-kneeling rest before the first rep, lying that of the flattest rest of the bout, in a posture that is
held that of its own first seconds (`stays.py`).

A clip's JSON holds per frame, under `frames` (metres, degrees): the trunk's length and pitch, `lordosis`, `back_gap`
between loin and floor, `hip_depth` under the line from shoulder to knee, `heel_height` over the foot at rest,
`ball_z` the place of the ball's middle, and each joint's angle in space and, ending in `_sagittal`, in the body's own
sagittal plane. `camera.near_side` is the side nearer to the camera. `joints_hidden`, written where a clip is filmed,
holds a digit a frame for each joint from shoulder to toe: 0 seen, 1 behind the own body, 2 behind something or
somebody else, 3 outside the picture (`scene.Hidden`). Who breathes visibly has `breaths`: when the belly begins to
rise, is highest and is down again, and by how much it rose; and in `frames` the `belly_rise` of each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, Side, Window
from benchmarks.studio.moments import Moments, length, moments
from benchmarks.studio.pose import SIDES, Array, other
from benchmarks.studio.stays import stay
from formcheck.core import exercise as exercises
from formcheck.core.clock import RATE
from formcheck.core.excursion import Excursion, excursion
from formcheck.core.exercise import Check, Cue, Exercise
from formcheck.core.reading import Phase, Reading, first_met, read, worst

LYING_ARCH: Final = ("leg_lift", "glute_bridge", "ball_bridge")
"""Exercises whose neutral back is the flattest rest of the bout."""


@dataclass(frozen=True, slots=True)
class CueTruth:
    """One cue as it was: `met` is None, with a `reason`, where it cannot be said; `margin` is how far inside its bounds
    the value lies (negative: outside), in `unit`.
    """

    id: str
    value: float | None
    unit: str
    met: bool | None
    margin: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RepTruth:
    """One rep as it was made: seconds by the program's rule, the height of the excursion in the signal's unit."""

    exercise: str
    side: Side
    partial: bool
    start_s: float
    peak_s: float
    end_s: float
    hold_from_s: float
    hold_to_s: float
    height: float
    cues: tuple[CueTruth, ...]

    @property
    def hold_s(self) -> float:
        return self.hold_to_s - self.hold_from_s


@dataclass(frozen=True, slots=True)
class BoutTruth:
    """The reps of one exercise, the set's cues, and the trunk's length in metres."""

    exercise: str
    trunk: float
    reps: tuple[RepTruth, ...]
    cues: tuple[CueTruth, ...]


# --- reps and cues ----------------------------------------------------------------------------------------------------

_UNSIDED: Final = (
    "hip_rise",
    "hip_travel",
    "foot_spread",
    "back_arch",
    "ball_support",
    "shoulder_travel",
    "trunk_rise",
)
_SIDED: Final = (
    "knee_flexion",
    "shoulder_elevation",
    "leg_elevation",
    "hip_depth",
    "heel_height",
    "heel_over_toes",
    "knee_height",
    "foot_direction",
    "hip_sag",
    "shin_tilt",
    "thigh_tilt",
    "trunk_thigh_angle",
)
MEASURED: Final = frozenset(_UNSIDED + _SIDED)
"""Measures of the exercise files whose truth is known here."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A rep's window, what is true in it, and the rep's times."""

    window: Window
    at: Moments
    rep: Excursion


def bouts(actor: Actor, act: Act) -> tuple[BoutTruth, ...]:
    """The true bouts of an act. A rep too small for its exercise, or a raise whose knee is bent too far, is none."""
    every = exercises.builtin()
    found = [rep for window in act.windows if (rep := _found(actor, act, window, every[window.exercise])) is not None]
    groups: list[list[_Found]] = []
    for rep in found:
        if groups and groups[-1][0].window.exercise == rep.window.exercise:
            groups[-1].append(rep)
        else:
            groups.append([rep])
    return tuple(_bout(every[group[0].window.exercise], group) for group in groups)


def _found(actor: Actor, act: Act, window: Window, exercise: Exercise) -> _Found | None:
    first, last = max(window.first_s, 0.0), min(window.last_s, act.duration)
    time = np.arange(np.ceil(first * RATE), np.floor(last * RATE) + 1) / RATE
    if len(time) < RATE // 2:
        return None
    at = moments(actor, act, time)
    cuts = {"cut_before": window.first_s < 0, "cut_after": window.last_s > act.duration}
    if window.held is not None:
        held = stay(at, window, **cuts)
        return None if held is None else _Found(window, at, held)
    signal = _signal(at, exercise.segment.measure, "left" if window.side == "both" else window.side)
    rep = excursion(time, signal, hold_level=exercise.segment.hold_level, **cuts)
    if rep is None or rep.end_s - rep.start_s < exercise.segment.min_seconds or not _counts(rep, at, window, exercise):
        return None
    return _Found(window, at, rep)


def _counts(rep: Excursion, at: Moments, window: Window, exercise: Exercise) -> bool:
    lengths = exercise.segment.measure not in ("leg_elevation", "trunk_rise")
    if rep.height < exercise.segment.prominence * (float(np.median(at.values["trunk"])) if lengths else 1.0):
        return False
    if exercise.name != "leg_lift":
        return True
    side = "left" if window.side == "both" else window.side
    return float(np.median(at.values[f"knee_flexion.{side}"][rep.at_top])) <= BENT_LIFT


BENT_LIFT: Final = 45.0
"""Knee flexion at the top over which a raise is no leg lift. Source: the design's rule for reps."""


def _signal(at: Moments, measure: str, side: str) -> Array:
    return at.values[measure if measure in _UNSIDED else f"{measure}.{side}"]


def _bout(exercise: Exercise, found: Sequence[_Found]) -> BoutTruth:
    rests = [(f.at.values["lordosis"][f.rep.at_rest], f.at.values["trunk"][f.rep.at_rest]) for f in found]
    arches = [float(np.median(lordosis)) for lordosis, _ in rests if len(lordosis)]
    trunks = [float(np.median(trunk)) for _, trunk in rests if len(trunk)]
    trunk = trunks[0] if trunks else float(np.median(found[0].at.values["trunk"]))
    neutral = None if not arches else min(arches) if exercise.name in LYING_ARCH else arches[0]
    own = arches if found[0].window.held is not None and len(arches) == len(found) else [neutral] * len(found)
    reps = tuple(_rep(exercise, f, trunk, arch) for f, arch in zip(found, own, strict=True))
    counts = {side: sum(rep.side in (side, "both") and not rep.partial for rep in reps) for side in SIDES}
    cues = tuple(_count(cue, counts) for cue in exercise.cues if cue.check.take == "count")
    return BoutTruth(exercise.name, trunk, reps, cues)


def _rep(exercise: Exercise, found: _Found, trunk: float, neutral: float | None) -> RepTruth:
    rep = found.rep
    cues = tuple(_cue(exercise, cue, found, trunk, neutral) for cue in exercise.cues if cue.check.take != "count")
    times = (rep.start_s, rep.peak_s, rep.end_s, rep.hold_from_s, rep.hold_to_s)
    return RepTruth(exercise.name, found.window.side, rep.partial, *times, rep.height, cues)


def _cue(exercise: Exercise, cue: Cue, found: _Found, trunk: float, neutral: float | None) -> CueTruth:
    unknown = [c.measure for c in cue.checks if c.measure not in MEASURED and c.how.error != "time"]
    if unknown:
        return CueTruth(cue.id, None, cue.check.unit, None, None, f"nothing true is known of {unknown[0]}")
    after: float | None = None
    if cue.after is not None:
        before = next(c for c in exercise.cues if c.id == cue.after)
        phase = _phases(found)[before.check.phase]
        firsts = [
            first_met(before.check, found.at.time, signal, phase) for signal in _signals(before.check, found, neutral)
        ]
        met = [first for first in firsts if first is not None]
        if not met:
            return CueTruth(cue.id, None, cue.check.unit, None, None, f"{cue.after} was never met")
        after = min(met)
    values = [_value(check, found, trunk, neutral, after) for check in cue.checks]
    if any(value is None for value in values):
        return CueTruth(cue.id, None, cue.check.unit, None, None, "the rest or the phase is not in the clip")
    margins = [_margin(check, value) for check, value in zip(cue.checks, values, strict=True) if value is not None]
    return CueTruth(cue.id, values[0], cue.check.unit, all(m >= 0 for m in margins), margins[0])


def _value(check: Check, found: _Found, trunk: float, neutral: float | None, after: float | None) -> float | None:
    """What a check reads of the true signals, in its unit: of the worse side where it looks at both."""
    if check.measure == "back_arch" and neutral is None:
        return None
    phase = _phases(found)[check.phase]
    if after is not None:
        start = max(phase.start_s, after)
        phase = Phase(phase.ticks & (found.at.time >= after), start, phase.end_s)
    if check.measure == "back_arch":
        # Its neutral is the bout's, already taken off: not the rest before this very rep.
        check = replace(check, from_rest=False)
    readings = [
        read(check, found.at.time, signal, phase, found.rep.at_rest) for signal in _signals(check, found, neutral)
    ]
    furthest: Reading = worst(_in_metres(check, trunk), readings)
    return None if furthest.value is None else furthest.value / _unit(check, trunk)


def _in_metres(check: Check, trunk: float) -> Check:
    """The check with its bounds in the unit of the true signal."""
    unit = _unit(check, trunk)
    low, high = (None if bound is None else bound * unit for bound in (check.at_least, check.at_most))
    return replace(check, at_least=low, at_most=high)


def _unit(check: Check, trunk: float) -> float:
    return {"trunk": trunk, "trunk/s": trunk, "cm": 0.01}.get(check.unit, 1.0) if check.how.error != "time" else 1.0


def _signals(check: Check, found: _Found, neutral: float | None) -> list[Array]:
    """The true signals a check looks at: one, or one a side."""
    at = found.at
    if check.how.error == "time":
        return [np.zeros_like(at.time)]
    if check.measure == "back_arch":
        return [at.values["lordosis"] - (neutral or 0.0)]
    if check.measure == "shoulder_travel":
        shoulder = at.joints["shoulder"] - np.outer(at.values.get("ball_z", np.zeros_like(at.time)), [0, 0, 1])
        there = int(np.argmin(np.abs(at.time - found.rep.hold_to_s)))
        return [length(shoulder - shoulder[there])]
    if check.measure in _UNSIDED:
        return [at.values[check.measure]]
    return [at.values[f"{check.measure}.{side}"] for side in _sides(check.leg, found.window.side)]


def _sides(leg: str, works: Side) -> Sequence[str]:
    if leg == "both" or works == "both":
        return SIDES
    return (works,) if leg == "working" else (other(works),)


def _margin(check: Check, value: float) -> float:
    low = -np.inf if check.at_least is None else check.at_least
    high = np.inf if check.at_most is None else check.at_most
    return float(min(value - low, high - value))


def _count(cue: Cue, counts: Mapping[str, int]) -> CueTruth:
    low = _margin(cue.check, min(counts.values()))
    margin = min(low, _margin(cue.check, max(counts.values())))
    return CueTruth(cue.id, float(min(counts.values())), cue.check.unit, margin >= 0, margin)


def _phases(found: _Found) -> dict[str, Phase]:
    rep, time = found.rep, found.at.time

    def phase(start: float, end: float) -> Phase:
        ticks = (time >= start) & (time <= end)
        ticks[int(np.argmin(np.abs(time - (start + end) / 2)))] = True
        return Phase(ticks, start, end)

    return {
        "rest": Phase(rep.at_rest, float(time[0]), rep.start_s),
        "lifting": phase(rep.raised_from_s, rep.hold_from_s),
        "hold": phase(rep.hold_from_s, rep.hold_to_s),
        "lowering": phase(rep.hold_to_s, rep.lowered_s),
        "whole": phase(rep.start_s, rep.end_s),
    }


# --- JSON -------------------------------------------------------------------------------------------------------------

Project = Callable[[Array, Array], tuple[Array, Array]]
"""A camera: points (n, k, 3) metres and times (n,) -> pixels (n, k, 2), and whether each is inside the picture."""

DIGITS: Final[dict[str, int]] = {"metres": 4, "pixels": 2, "degrees": 2, "seconds": 4}


def as_json(
    actor: Actor, act: Act, time: Array, *, project: Project | None = None, camera: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The truth of a clip whose frames are shown at `time` (n,), ready to be written; with a camera also in pixels."""
    at = moments(actor, act, time)
    shape = {name: getattr(actor.body.shape, name) for name in type(actor.body.shape).__dataclass_fields__}
    whole: dict[str, Any] = {"schema": "formcheck.truth/1", "body": shape, "camera": dict(camera or {})}
    if act.ball is not None:
        whole["ball"] = {"half_width_m": act.ball.half_width, "half_height_m": act.ball.half_height}
    whole["time_s"] = _rounded(time, DIGITS["seconds"])
    whole["frames"] = {name: _rounded(values, DIGITS["metres"]) for name, values in sorted(at.values.items())}
    whole["joints_m"] = {name: _rounded(place, DIGITS["metres"]) for name, place in at.joints.items()}
    if act.breath is not None:
        whole["frames"]["belly_rise"] = _rounded(act.breath.depth(time), DIGITS["metres"])
        whole["breaths"] = act.breath.within(0.0, act.duration).as_json()
    whole["surface_m"] = {name: _rounded(place, DIGITS["metres"]) for name, place in at.surface.items()}
    if project is not None:
        for kind, points in (("joints", at.joints), ("surface", at.surface)):
            pixels, inside = project(np.stack(list(points.values()), axis=1), time)
            whole[f"{kind}_px"] = {n: _rounded(pixels[:, i], DIGITS["pixels"]) for i, n in enumerate(points)}
            whole[f"{kind}_inside"] = {n: inside[:, i].astype(int).tolist() for i, n in enumerate(points)}
    whole["bouts"] = [_bout_json(bout) for bout in bouts(actor, act)]
    return whole


def _rounded(values: Array, digits: int) -> list[Any]:
    rounded: list[Any] = np.round(np.asarray(values, float), digits).tolist()
    return rounded


def _bout_json(bout: BoutTruth) -> dict[str, Any]:
    reps = [
        {
            "side": rep.side,
            "partial": rep.partial,
            **{name: round(getattr(rep, name), 4) for name in _TIMES},
            "height": round(rep.height, 4),
            "cues": [_cue_json(cue) for cue in rep.cues],
        }
        for rep in bout.reps
    ]
    cues = [_cue_json(cue) for cue in bout.cues]
    return {"exercise": bout.exercise, "trunk_m": round(bout.trunk, 4), "reps": reps, "cues": cues}


_TIMES: Final[tuple[Literal["start_s", "peak_s", "end_s", "hold_from_s", "hold_to_s", "hold_s"], ...]] = (
    "start_s",
    "peak_s",
    "end_s",
    "hold_from_s",
    "hold_to_s",
    "hold_s",
)


def _cue_json(cue: CueTruth) -> dict[str, Any]:
    numbers = {
        name: None if value is None else round(value, 4)
        for name, value in (("value", cue.value), ("margin", cue.margin))
    }
    return {"id": cue.id, "met": cue.met, "unit": cue.unit, "reason": cue.reason, **numbers}
