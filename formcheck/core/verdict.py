"""Verdicts: a number read off a rep for a cue, with its error, judged against the cue's bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck import words
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import FRONTAL, MEASURES
from formcheck.body.view import SIDE_FROM_DEG
from formcheck.core.calibration import UNKNOWN, Error
from formcheck.core.exercise import Check, Cue
from formcheck.core.reading import Reading, Trust
from formcheck.core.rows import is_length
from formcheck.findings import Reason, Verdict, VerdictName, Why
from formcheck.units import UNITS

TIME_ERROR_S: Final = 0.06
"""Standard error of a duration (ours: two crossings, each within a frame of a 24 Hz video)."""

SPEED_ERROR: Final = 0.15
"""Standard error of a peak speed as a share of it (ours: the smoother's effect on a quick rise)."""

TRUNK_SHARE: Final = 0.288
"""Trunk, shoulder to hip, as a share of the body's height. Source: Drillis and Contini 1966, in Winter 2009."""

USUAL_HEIGHT_CM: Final = 170.0
"""Body height assumed where none is given."""

TRUNK_ERROR: Final = 0.03
"""Standard error of `TRUNK_SHARE` between people, as a share of it (ours)."""

HEIGHT_ERROR: Final = 0.06
"""Standard error of `USUAL_HEIGHT_CM` as a share: adults' heights spread by about 10 cm around it."""

WORST_SPREAD: Final = 0.25
"""If two passes disagree by more than this, in trunks, the skeleton itself is doubtful (ours)."""

INCH_CM: Final = 2.54


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns pixels into trunks and trunks into centimetres, with the error of that."""

    trunk_px: float
    height_cm: float | None

    @property
    def trunk_cm(self) -> float:
        """Length of the trunk in centimetres, from the person's height."""
        return TRUNK_SHARE * (self.height_cm or USUAL_HEIGHT_CM)

    @property
    def error(self) -> float:
        """The part of a length's standard error in centimetres that the scale causes, as a share of the length."""
        return TRUNK_ERROR if self.height_cm else float(np.hypot(TRUNK_ERROR, HEIGHT_ERROR))


def judge(cue: Cue, check: Check, reading: Reading, scale: Scale, trust: Trust, known: Error = UNKNOWN) -> Verdict:
    """The verdict of one check of a cue: its value with an interval in the check's unit, or why there is none.

    The interval is meant to hold the true value nine times in ten. `known` is what calibration says of this reading:
    the bias to take off and the width of the interval. It is a fault if the whole interval lies outside the bounds, and
    the words depend on which side.
    """
    reason = _unseen(check, trust) or reading.reason
    if reason is not None or reading.value is None:
        return not_assessed(cue, check, reason or Why(Reason.NOT_FOLLOWED))
    value, error = _in_unit(check, reading, scale, trust, known)
    half = known.half * error
    low, high = check.bounds

    def verdict(name: VerdictName, message: str, say: str = "") -> Verdict:
        between = (value - half, value + half)
        return Verdict(cue.id, name, value, check.unit, between, reading.at_s, None, None, message, say or None)

    cm = UNITS[check.unit].cm(scale.trunk_cm)
    numbers = {"value": value, "value_cm": value * cm, "value_in": value * cm / INCH_CM, "left": 0, "right": 0}
    if low <= value - half and value + half <= high:
        return verdict("met", cue.met.format(**numbers))
    if value + half < low:
        return verdict("fault", _advised(cue, check.fault.low.format(**numbers)), check.say.low)
    if value - half > high:
        return verdict("fault", _advised(cue, check.fault.high.format(**numbers)), check.say.high)
    close = words.close_call(cue.reading, check.unit, value, half, (check.at_least, check.at_most), cm)
    return verdict("borderline", close)


def _advised(cue: Cue, fault: str) -> str:
    return f"{fault} {cue.advice}" if cue.advice else fault


def not_assessed(cue: Cue, check: Check, why: Why) -> Verdict:
    """The verdict of a cue that the picture cannot answer."""
    said = words.reason(why)
    return Verdict(cue.id, "not_assessed", None, check.unit, None, None, said, why.reason, words.not_judged(why))


def count_verdict(cue: Cue, counts: Mapping[str, int], end_s: float) -> Verdict:
    """The verdict of a set cue: the side with fewer reps is held to the least, the side with more to the most."""
    check, (low, high) = cue.check, cue.check.bounds
    fewer, more = sorted(float(counts[side]) for side in SIDES)
    name: VerdictName = "met" if low <= fewer and more <= high else "fault"
    fault, say = (check.fault.low, check.say.low) if fewer < low else (check.fault.high, check.say.high)
    message = (cue.met if name == "met" else fault).format(value=fewer, left=counts["left"], right=counts["right"])
    spoken = say if name == "fault" and say else None
    return Verdict(cue.id, name, fewer, check.unit, (fewer, fewer), end_s, None, None, message, spoken)


def combined(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst verdict of one cue's checks; the first of equals."""
    order = ("fault", "not_assessed", "borderline", "met")
    return min(verdicts, key=lambda verdict: order.index(verdict.verdict))


def score(verdicts: Sequence[Verdict]) -> tuple[float | None, float]:
    """Score 0 to 100 (None without any verdict) and the share of cues that got one."""
    names = [verdict.verdict for verdict in verdicts]
    met, borderline, fault = (names.count(name) for name in ("met", "borderline", "fault"))
    judged = met + borderline + fault
    return (100 * (met + borderline / 2) / judged if judged else None), (judged / len(names) if names else 0.0)


def _unseen(check: Check, trust: Trust) -> Why | None:
    """Why the camera cannot show what a check reads; None if it can. Times and counts show from anywhere."""
    if check.how.error in ("time", "exact"):
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
    """The value without its bias, and its standard error, both in the check's unit."""
    value, kind = reading.value or 0.0, check.how.error
    if kind == "exact":
        return value, 0.0
    if kind == "time":
        return max(value - known.of(value, trust.yaw_deg), 0.0), reading.error or TIME_ERROR_S
    error = _measured_error(check, reading, trust)
    value = value / scale.trunk_px if is_length(check.measure) else value
    value -= known.of(value, trust.yaw_deg)
    if kind == "slope":
        error /= max(reading.seconds, 1.0)
    if kind == "speed":
        error = SPEED_ERROR * value
    if check.unit == "cm":
        value *= scale.trunk_cm
        error = float(np.hypot(error * scale.trunk_cm, value * scale.error))
    return value, error


def _measured_error(check: Check, reading: Reading, trust: Trust) -> float:
    """Standard error of a measured value, in its unit: the measure's own, and the disagreement of two passes."""
    measure = MEASURES[check.measure]
    change = check.from_rest or check.how.error != "plain"
    error = reading.error or (measure.change_error if change else measure.error)
    spread = 0.0 if np.isnan(trust.spread) else trust.spread
    return float(np.hypot(error, np.degrees(spread) if measure.unit == "deg" else spread))
