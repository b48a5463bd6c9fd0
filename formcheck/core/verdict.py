"""Verdicts: a number read off a rep for a cue, with its error, judged against the cue's bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck import words
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.view import FRONT_TO_DEG, SIDE_FROM_DEG
from formcheck.core import calibration
from formcheck.core.calibration import UNKNOWN, Error, Grown, Parts, kind_of
from formcheck.core.exercise import Check, Cue
from formcheck.core.reading import PART_WORDS, Hidden, Reading, Trust
from formcheck.core.rows import is_length
from formcheck.findings import Basis, Bound, Quality, Reason, Verdict, VerdictName, Why
from formcheck.units import INCH_CM, UNITS, Lengths, length

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

WORST_HIDDEN: Final = 0.15
"""A hidden joint of the far side is judged by its error unless it may be off by more than this, in trunks (ours): from
the side the far hip is always hidden, and measured well."""

BACK: Final = "back_arch"

WIDTHS_TO_DEG: Final = 45.0
"""Camera yaw up to which widths are seen (ours): beyond it the picture shows more of the depth than of the width."""

TURN_DEG: Final = 15.0
"""Nobody who is nearer than this to side-on is asked to turn (ours)."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns pixels into trunks and trunks into centimetres, with the error of that; `lengths` are told in these."""

    trunk_px: float
    height_cm: float | None
    lengths: Lengths = Lengths.CM

    @property
    def trunk_cm(self) -> float:
        """Length of the trunk in centimetres, from the person's height."""
        return TRUNK_SHARE * (self.height_cm or USUAL_HEIGHT_CM)

    @property
    def error(self) -> float:
        """The part of a length's standard error in centimetres that the scale causes, as a share of the length."""
        return TRUNK_ERROR if self.height_cm else float(np.hypot(TRUNK_ERROR, HEIGHT_ERROR))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a reading is judged: the person's size, how far to trust the rep, the side nearer to the
    camera, what calibration says of this reading, and the pose model's quality.
    """

    scale: Scale
    trust: Trust
    near_side: str | None = None
    error: Error = UNKNOWN
    quality: Quality = Quality.STANDARD


def judge(cue: Cue, check: Check, reading: Reading, known: Known) -> Verdict:
    """The verdict of one check of a cue: its value with an interval in the check's unit, or why there is none.

    The interval is meant to hold the true value nine times in ten. It is a fault if the whole interval lies outside the
    bounds, and the words depend on which side. If the interval crosses a bound it is borderline, unless half of it is
    larger than what it is compared with: then the value was not measured well enough to say even that.
    """
    reason = reading.reason or unseen(check, reading, known)
    if reason is not None or reading.value is None:
        return not_assessed(cue, check, reason or Why(Reason.NOT_FOLLOWED))
    value, error = measured(check, reading, known)
    half = known.error.half * error.whole
    low, high = check.bounds
    cm = UNITS[check.unit].cm(known.scale.trunk_cm)
    numbers = {"value": value, "value_cm": value * cm, "value_in": value * cm / INCH_CM, "left": 0, "right": 0}
    sized = {"length": value * cm, "size": abs(value) * cm}
    said = numbers | {name: length(of, known.scale.lengths) for name, of in sized.items()} | {"done": ""}

    def verdict(name: VerdictName, message: str, fault: Bound | None = None) -> Verdict:
        say = getattr(check.say, fault).format(**said) if fault else None
        between = (value - half, value + half)
        told = (reading.at_s, None, None, message, say or None, fault, cue.is_dose)
        basis = reading.side and Basis(check.measure, reading.side, reading.since_s)
        return Verdict(cue.id, name, value, check.unit, between, *told, basis)

    if low <= value - half and value + half <= high:
        return verdict("met", cue.met.format(**said))
    if value + half < low:
        return verdict("fault", _advised(cue, check.fault.low.format(**said)), "low")
    if value - half > high:
        return verdict("fault", _advised(cue, check.fault.high.format(**said)), "high")
    if check.how.error not in ("time", "speed") and half > _room(check, known):
        return not_assessed(cue, check, _largest(check, error, reading, known))
    about = cue.about.format(**said) if cue.about and check.take == cue.check.take else None
    ends, lengths = (check.at_least, check.at_most), known.scale.lengths
    close = words.close_call(cue.whether or cue.reading, about, check.unit, (value, half), ends, cm, lengths)
    return verdict("borderline", cue.met.format(**said) if cue.is_dose else close)


def _room(check: Check, known: Known) -> float:
    """What half an interval is compared with, in the check's unit: the width of the bounds, or how far from its bound
    such a value usually is.
    """
    if check.at_least is not None and check.at_most is not None:
        return check.at_most - check.at_least
    bound = abs(check.at_most if check.at_most is not None else check.at_least or 0.0)
    cm = known.scale.trunk_cm if check.unit == "cm" else 1.0
    return known.error.margin * cm or bound or np.inf


def _advised(cue: Cue, fault: str) -> str:
    return f"{fault} {cue.advice}" if cue.advice else fault


def not_assessed(cue: Cue, check: Check, why: Why) -> Verdict:
    """The verdict of a cue that the picture cannot answer."""
    said, message = words.reason(why), words.not_judged(why)
    return Verdict(cue.id, "not_assessed", None, check.unit, None, None, said, why.reason, message, dose=cue.is_dose)


def count_verdict(cue: Cue, counts: Mapping[str, int], end_s: float) -> Verdict:
    """The verdict of a set cue: the side with fewer reps is held to the least, the side with more to the most.

    counts: the reps of each side; those of both legs at once count for each, and stand under `both` too.
    """
    check, (low, high) = cue.check, cue.check.bounds
    fewer, more = sorted(float(counts[side]) for side in SIDES)
    name: VerdictName = "met" if low <= fewer and more <= high else "fault"
    fault: Bound | None = None if name == "met" else "low" if fewer < low else "high"
    numbers = {"value": fewer, "left": counts["left"], "right": counts["right"], "done": words.done(counts)}
    message = (getattr(check.fault, fault) if fault else cue.met).format(**numbers)
    say = getattr(check.say, fault).format(**numbers) if fault else None
    return Verdict(
        cue.id, name, fewer, check.unit, (fewer, fewer), end_s, None, None, message, say or None, fault, dose=True
    )


def combined(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst verdict of one cue's checks; the first of equals."""
    order = ("fault", "not_assessed", "borderline", "met")
    return min(verdicts, key=lambda verdict: order.index(verdict.verdict))


def score(verdicts: Sequence[Verdict]) -> tuple[float | None, float]:
    """Score 0 to 100 of the cues of form (None without any verdict) and the share of them that got one."""
    names = [verdict.verdict for verdict in verdicts if not verdict.dose]
    met, borderline, fault = (names.count(name) for name in ("met", "borderline", "fault"))
    judged = met + borderline + fault
    return (100 * (met + borderline / 2) / judged if judged else None), (judged / len(names) if names else 0.0)


def unseen(check: Check, reading: Reading, known: Known) -> Why | None:
    """Why nothing can be told from what is seen; None if something can. Times and counts show from anywhere."""
    if check.how.error in ("time", "exact"):
        return None
    if np.isnan(known.trust.yaw_deg) or _end_on(check, known.trust.yaw_deg):
        return _turn(check, known.trust)
    if known.trust.spread > WORST_SPREAD:
        return Why(Reason.SKELETON_UNSURE)
    hidden = [one for one in reading.hidden if one.side == known.near_side or one.error > WORST_HIDDEN]
    return _behind(hidden, reading, known) if hidden else None


def _end_on(check: Check, yaw_deg: float) -> bool:
    """Whether a width is seen nearly end-on: the shoulders that it is compared with have no width then."""
    return MEASURES[check.measure].seen_from == "front" and yaw_deg > WIDTHS_TO_DEG


def _behind(hidden: Sequence[Hidden], reading: Reading, known: Known) -> Why:
    """The reason for hidden joints. If only the far one of a pair is hidden, one's own body is in front of it."""
    one = next((one for one in hidden if one.side == known.near_side), hidden[0])
    name = PART_WORDS.get(one.part, one.part)
    both = len({other.side for other in reading.hidden if other.part == one.part}) > 1
    far = known.near_side is not None and one.side != known.near_side
    return Why(Reason.BEHIND_YOURSELF if far and not both else Reason.HIDDEN, f"{name}s" if both else name)


def _turn(check: Check, trust: Trust) -> Why:
    """The reason where the camera stands wrong."""
    if MEASURES[check.measure].seen_from == "front":
        return Why(Reason.ONLY_FROM_FRONT)
    fully = trust.yaw_deg >= SIDE_FROM_DEG  # the report says "seen from the side" already
    return Why(Reason.TURN_FULLY_SIDE_ON if fully else Reason.TURN_SIDE_ON)


def _largest(check: Check, error: Parts, reading: Reading, known: Known) -> Why:
    """Why an interval is too wide, by the largest part of the error."""
    if check.measure == BACK:
        return Why(Reason.TRUNK_UNSURE)
    front, yaw = MEASURES[check.measure].seen_from == "front", known.trust.yaw_deg
    if (front and yaw > FRONT_TO_DEG) or (90 - yaw >= TURN_DEG and error.view >= max(error.joints, error.own)):
        return _turn(check, known.trust)
    hidden = [one for one in reading.hidden if one.error >= reading.joints]  # the others hardly matter
    if hidden and error.joints >= error.own:
        return _behind(hidden, reading, known)
    return Why(Reason.SKELETON_UNSURE if error.joints >= error.own else Reason.NOT_TOLD)


def measured(check: Check, reading: Reading, known: Known) -> tuple[float, Parts]:
    """The value without its bias, and its standard error in parts, both in the check's unit."""
    value, kind = reading.value or 0.0, check.how.error
    if kind == "exact":
        return value, Parts(0.0, 0.0, 0.0)
    value = value / known.scale.trunk_px if is_length(check.measure) and kind != "time" else value
    size = calibration.size(check.measure, kind_of(check.take, from_rest=check.from_rest), known.quality)
    error = calibration.parts(size, grown(check, reading, value, known.trust))
    value -= known.error.of(value, known.trust.yaw_deg)
    if kind == "time":
        return max(value, 0.0), error
    if kind == "slope":
        error = Parts(*(part / max(reading.seconds, 1.0) for part in error))
    if check.unit == "cm":
        cm = known.scale.trunk_cm
        value *= cm
        error = Parts(float(np.hypot(error.own * cm, value * known.scale.error)), error.joints * cm, error.view * cm)
    return value, error


def grown(check: Check, reading: Reading, value: float, trust: Trust) -> Grown:
    """What the error of a value, in its measure's unit, grows with."""
    joints = float(np.hypot(reading.joints, np.nan_to_num(trust.spread)))
    lean, turn = calibration.slant(MEASURES[check.measure].seen_from, trust.yaw_deg, trust.yaw_error_deg)
    return Grown(joints, lean, turn, reading.error or 0.0, abs(value) if check.how.error in ("time", "speed") else 0.0)
