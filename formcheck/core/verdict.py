"""Verdicts: a cue's number read off a rep, with what is known about its error, judged against the cue's bounds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck import words
from formcheck.body.geometry import middle
from formcheck.body.measures import FRONTAL, MEASURES
from formcheck.body.poses import Array
from formcheck.body.view import SIDE_FROM_DEG
from formcheck.core.calibration import UNKNOWN, Error
from formcheck.core.exercise import Check, Cue
from formcheck.findings import Reason, Verdict, VerdictName, Why

TIME_ERROR_S: Final = 0.06
"""Standard error of a duration (ours: two crossings, each within a frame of a 24 Hz video)."""

SPEED_ERROR: Final = 0.15
"""Standard error of a peak speed as a share of it (ours: what the smoother does to a quick rise)."""

TRUNK_SHARE: Final = 0.288
"""Trunk, shoulder to hip, as a share of the body's height. Source: Drillis and Contini 1966, in Winter 2009."""

USUAL_HEIGHT_CM: Final = 170.0
"""Body height taken where none is given."""

TRUNK_ERROR: Final = 0.03
"""Standard error of `TRUNK_SHARE` between people, as a share of it (ours)."""

HEIGHT_ERROR: Final = 0.06
"""Standard error of `USUAL_HEIGHT_CM` as a share: adults' heights spread by about 10 cm around it."""

WORST_SPREAD: Final = 0.25
"""Disagreement of two passes, in trunks, from which the skeleton itself is doubtful (ours)."""

FIRST_S: Final = 0.5
"""How much of a phase is its beginning (ours)."""

LEAST_SEEN: Final = 0.8
"""Share of a phase during which a landmark must lie inside the picture (ours)."""

LEAST_BALL: Final = 0.5
"""Share of a phase during which the ball must be found (ours: it is looked for twice a second)."""

INCH_CM: Final = 2.54


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check reads: a number in the measure's unit (pixels for lengths) and its moment, or why there is none.

    `error` is the number's own standard error, where it brings one.
    """

    value: float | None
    at_s: float | None
    seconds: float
    reason: Why | None = None
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """The ticks of one phase of a rep, (n,) bool, and when it begins and ends."""

    ticks: Array
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Scale:
    """What turns pixels into trunks and trunks into centimetres, and how sure that is."""

    trunk_px: float
    height_cm: float | None

    @property
    def trunk_cm(self) -> float:
        """Length of the trunk in centimetres, from the person's height."""
        return TRUNK_SHARE * (self.height_cm or USUAL_HEIGHT_CM)

    @property
    def error(self) -> float:
        """Standard error of a length in centimetres that comes from the scale alone, as a share of it."""
        return TRUNK_ERROR if self.height_cm else float(np.hypot(TRUNK_ERROR, HEIGHT_ERROR))


@dataclass(frozen=True, slots=True)
class Trust:
    """What a rep's numbers rest on: the camera's yaw in degrees and the disagreement of two passes in trunks."""

    yaw_deg: float
    spread: float


def read(check: Check, time: Array, signal: Array, phase: Phase, at_rest: Array) -> Reading:
    """Read a check off a rep: `time` and `signal` are (n,) over its window, `at_rest` marks its rest, (n,) bool."""
    seconds = phase.end_s - phase.start_s
    if check.take == "duration":
        return Reading(seconds, phase.end_s, seconds)
    use = phase.ticks & np.isfinite(signal)
    used = np.count_nonzero(use)
    if not used or used < 0.5 * np.count_nonzero(phase.ticks):
        return Reading(None, None, seconds, Why(Reason.NOT_FOLLOWED))
    t, x = time[use], signal[use].astype(np.float64)
    if check.from_rest:
        rest = middle(signal[at_rest])
        if np.isnan(rest):
            return Reading(None, None, seconds, Why(Reason.NO_REST))
        x = x - rest
    value, i = _TAKES[check.take](t, x)
    return Reading(value, float(t[i]), seconds)


def _travel(x: Array) -> tuple[float, int]:
    """How far a signal gets from where it was at first, and where it is furthest."""
    away = np.abs(x - x[:3].mean())
    return float(away.max()), int(np.argmax(away))


def _slope(t: Array, x: Array) -> tuple[float, int]:
    if len(t) < 2:
        return 0.0, 0
    centred = t - t.mean()
    return float((centred * x).sum() / (centred * centred).sum()), len(t) - 1


def _peak_speed(t: Array, x: Array) -> tuple[float, int]:
    if len(t) < 2:
        return 0.0, 0
    speed = np.diff(x) / np.diff(t)
    i = int(np.argmax(np.abs(speed)))
    return float(abs(speed[i])), i


def _reversals(t: Array, x: Array) -> tuple[float, int]:
    """How often the signal turns back by more than a twentieth of its range, and where it first does."""
    band, count, first, extreme = 0.05 * float(np.ptp(x)), 0, 0, x[0]
    sign = np.sign(x[-1] - x[0]) or 1.0
    turned = False
    for i, value in enumerate(x):
        ahead = (value - extreme) * (-sign if turned else sign)
        if ahead > 0:
            extreme = value
        elif -ahead > band:
            count, first = count + (not turned), first or i
            turned, extreme = not turned, value
    return float(count), first


_TAKES: Final[dict[str, Callable[[Array, Array], tuple[float, int]]]] = {
    "max": lambda t, x: (float(x.max()), int(np.argmax(x))),
    "min": lambda t, x: (float(x.min()), int(np.argmin(x))),
    "first": lambda t, x: (float(x[t < t[0] + FIRST_S].mean()), 0),
    "mean": lambda t, x: (float(x.mean()), len(x) // 2),
    "gain": lambda t, x: (float(x.max() - x[:3].mean()), int(np.argmax(x))),
    "travel": lambda t, x: _travel(x),
    "slope": _slope,
    "peak_speed": _peak_speed,
    "reversals": _reversals,
}


def first_met(check: Check, time: Array, signal: Array, phase: Phase) -> float | None:
    """When a measure first lay within the check's bounds during the phase; None if never."""
    low, high = _bounds(check)
    met = phase.ticks & (signal >= low) & (signal <= high)
    return float(time[np.argmax(met)]) if met.any() else None


def worst(check: Check, readings: Sequence[Reading]) -> Reading:
    """The reading furthest from the check's bounds; one without a value stands for all."""
    low, high = _bounds(check)
    for reading in readings:
        if reading.value is None:
            return reading
    return max(readings, key=lambda r: max(low - (r.value or 0.0), (r.value or 0.0) - high))


def _bounds(check: Check) -> tuple[float, float]:
    low = -np.inf if check.at_least is None else check.at_least
    return low, np.inf if check.at_most is None else check.at_most


def judge(cue: Cue, check: Check, reading: Reading, scale: Scale, trust: Trust, known: Error = UNKNOWN) -> Verdict:
    """The verdict of one check: its value with an interval in the check's unit, or why there is none.

    The interval is meant to hold the true value nine times in ten.

    `known` is what calibration says of this reading: the bias that is taken off, the width of the interval.
    """
    reason = _unseen(check, trust) or reading.reason
    if reason is not None or reading.value is None:
        return not_assessed(cue, check, reason or Why(Reason.NOT_FOLLOWED))
    value, error = _in_unit(check, reading, scale, trust, known)
    half = known.half * error
    low, high = _bounds(check)
    name: VerdictName = "borderline"
    if low <= value - half and value + half <= high:
        name = "met"
    elif value + half < low or value - half > high:
        name = "fault"
    values = _numbers(check, value, scale)
    return Verdict(
        cue.id,
        name,
        value,
        check.unit,
        (value - half, value + half),
        reading.at_s,
        None,
        None,
        _words(cue, check, name, values, half, scale),
    )


def not_assessed(cue: Cue, check: Check, why: Why) -> Verdict:
    """The verdict of a cue that the picture cannot answer."""
    said = words.reason(why)
    return Verdict(cue.id, "not_assessed", None, check.unit, None, None, said, why.reason, words.not_judged(why))


def count_verdict(cue: Cue, counts: Mapping[str, int], end_s: float) -> Verdict:
    """The verdict of a set cue: the fewer reps of the two sides against the bounds."""
    check = cue.check
    value = float(min(counts["left"], counts["right"]))
    low, high = _bounds(check)
    most = max(counts["left"], counts["right"])
    name: VerdictName = "met" if low <= value and most <= high else "fault"
    said = (cue.met if name == "met" else cue.fault).format(value=value, left=counts["left"], right=counts["right"])
    return Verdict(cue.id, name, value, check.unit, (value, value), end_s, None, None, said)


def combined(first: Verdict, second: Verdict) -> Verdict:
    """The worse of two verdicts on one cue; the first where they are alike."""
    order = ("fault", "not_assessed", "borderline", "met")
    return min((first, second), key=lambda verdict: order.index(verdict.verdict))


def score(verdicts: Sequence[Verdict]) -> tuple[float | None, float]:
    """Score 0 to 100 (None without any verdict) and the share of cues that got one."""
    names = [verdict.verdict for verdict in verdicts]
    met, borderline, fault = (names.count(name) for name in ("met", "borderline", "fault"))
    judged = met + borderline + fault
    return (100 * (met + borderline / 2) / judged if judged else None), (judged / len(names) if names else 0.0)


def _unseen(check: Check, trust: Trust) -> Why | None:
    if check.measure not in MEASURES or check.take in ("duration", "reversals"):
        return None
    low, high = MEASURES[check.measure].yaw
    if not low <= trust.yaw_deg <= high:
        if (low, high) == FRONTAL:
            return Why(Reason.ONLY_FROM_FRONT)
        fully = trust.yaw_deg >= SIDE_FROM_DEG  # the report says "seen from the side" already
        return Why(Reason.TURN_FULLY_SIDE_ON if fully else Reason.TURN_SIDE_ON)
    if trust.spread > WORST_SPREAD:
        return Why(Reason.SKELETON_UNSURE)
    return None


def _in_unit(check: Check, reading: Reading, scale: Scale, trust: Trust, known: Error) -> tuple[float, float]:
    """Value, less its bias in the measure's unit, and standard error in the check's unit."""
    value = reading.value or 0.0
    if check.take == "duration":
        return max(value - known.of(value, trust.yaw_deg), 0.0), reading.error or TIME_ERROR_S
    if check.take == "reversals":
        return value, 0.0
    measure = MEASURES[check.measure]
    change = check.from_rest or check.take in ("gain", "travel", "slope", "peak_speed")
    error = reading.error or (measure.change_error if change else measure.error)
    spread = 0.0 if np.isnan(trust.spread) else trust.spread
    error = float(np.hypot(error, np.degrees(spread) if measure.unit == "deg" else spread))
    value = value / scale.trunk_px if measure.unit == "trunk" else value
    value -= known.of(value, trust.yaw_deg)
    if check.take == "slope":
        error /= max(reading.seconds, 1.0)
    if check.take == "peak_speed":
        error = SPEED_ERROR * value
    if check.unit == "cm":
        value *= scale.trunk_cm
        error = float(np.hypot(error * scale.trunk_cm, value * scale.error))
    return value, error


def _numbers(check: Check, value: float, scale: Scale) -> dict[str, float]:
    """What a message can use: the value in its unit and, for lengths, in centimetres and inches."""
    cm = value * scale.trunk_cm if check.unit.startswith("trunk") else value
    return {"value": value, "value_cm": cm, "value_in": cm / INCH_CM, "left": 0, "right": 0}


def _words(cue: Cue, check: Check, name: VerdictName, values: Mapping[str, float], half: float, scale: Scale) -> str:
    if name == "met":
        return cue.met.format(**values)
    if name == "borderline":
        cm = scale.trunk_cm if check.unit.startswith("trunk") else 1.0
        bounds = (check.at_least, check.at_most)
        return words.close_call(cue.reading, check.unit, values["value"], half, bounds, cm)
    fault = cue.fault.format(**values)
    return f"{fault} {cue.advice}" if cue.advice else fault
