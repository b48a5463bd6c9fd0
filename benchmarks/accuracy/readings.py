"""What verdicts were judged from: for each the number that was read, without a bias, and what its error is made of.

The core keeps none of this. So `judged` listens while verdicts are given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from formcheck.core import verdict
from formcheck.core.calibration import UNKNOWN, kind_of
from formcheck.core.exercise import Check, Cue
from formcheck.core.reading import Reading
from formcheck.core.rows import is_length
from formcheck.core.verdict import Known
from formcheck.findings import Verdict

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and what it was judged from."""

    verdict: Verdict
    check: Check
    reading: Reading
    known: Known


class Heard:
    """The verdicts that were given, with what they were judged from."""

    def __init__(self) -> None:
        self._all: dict[int, Judged] = {}

    def add(self, one: Judged) -> None:
        self._all[id(one.verdict)] = one  # it is kept, so no other verdict gets its number

    def of(self, given: Verdict | None) -> Judged | None:
        """What a verdict was judged from; None for a count and for a cue that the landmarks cannot answer."""
        return self._all.get(id(given))


@contextmanager
def judged() -> Iterator[Heard]:
    """Hear the verdicts that are given meanwhile."""
    heard, judge = Heard(), verdict.judge

    def hear(cue: Cue, check: Check, reading: Reading, known: Known) -> Verdict:
        given = judge(cue, check, reading, known)
        heard.add(Judged(given, check, reading, known))
        return given

    verdict.judge = hear
    try:
        yield heard
    finally:
        verdict.judge = judge


NOTHING: Final[Record] = {"reading": None, "raw_value": None, "raw_error": None, "hidden": None}


def told(one: Judged | None, name: str, true: float | None, margin: float | None, trunk_cm: float | None) -> Record:
    """What calibration needs of a verdict, in the measure's unit; `true` and `margin` are in the check's.

    The rest is what its error grows with (`calibration.Grown`), and `per`, by which that is divided. trunk_cm: the true
    one.
    """
    if one is None:
        return NOTHING
    check, reading, trust = one.check, one.reading, one.known.trust
    hidden = [[part, side, side == one.known.near_side, error] for part, side, error in reading.hidden]
    seen = {"hidden": hidden, "yaw_found": trust.yaw_deg, "yaw_error": trust.yaw_error_deg, "spread": trust.spread}
    if reading.value is None or true is None or verdict.unseen(check, reading, one.known) is not None:
        return NOTHING | seen
    value, _ = verdict.measured(check, reading, replace(one.known, error=UNKNOWN))
    unit = (trunk_cm or one.known.scale.trunk_cm) if check.unit == "cm" else 1.0
    value = value / one.known.scale.trunk_cm if check.unit == "cm" else value
    per_trunk = one.known.scale.trunk_px if is_length(check.measure) and check.how.error != "time" else 1.0
    by = verdict.grown(check, reading, reading.value / per_trunk, trust)
    return seen | {
        "reading": name,
        "measure": f"{check.measure} {kind_of(check.take, from_rest=check.from_rest)}",
        "raw_value": value,
        "raw_error": value - true / unit,
        "grown": list(by),
        "per": max(reading.seconds, 1.0) if check.how.error == "slope" else 1.0,
        "margin_raw": None if margin is None or one_sided(check) is False else abs(margin) / unit,
    }


def one_sided(check: Check) -> bool:
    """Whether a check has one bound."""
    return (check.at_least is None) != (check.at_most is None)
