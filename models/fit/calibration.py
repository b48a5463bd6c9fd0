"""Find the numbers of errors, the biases and the widths of intervals that formcheck ships.

python -m models.fit.calibration FOLDER... [--quality standard] [--out FILE] [--jobs N]

On the clips of the folders, for each measure: how its error grows with its joints' errors and the camera (`sizes.py`);
and for each kind of reading a bias, which may grow as the camera leaves the side or with the value. A bias is kept only
if on bodies that it was not found on it makes the mean error smaller by a twentieth.

Some readings are surer than the error of their measure says, others less; so each gets a factor, also there.

How wide the intervals must be, cross-conformal prediction tells (Vovk 2015): a part of the bodies at a time is measured
by what all others gave. The width is the quantile of what is left, in errors times their factor, each body as heavy as
every other, with the correction for few bodies. A reading of too few bodies takes the quantile of all exercises
together, then that of its measure, of all readings of its kind, of all. How often the intervals hold on unseen bodies,
the accuracy tables say.
"""

import datetime
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.accuracy.__main__ import measured
from benchmarks.accuracy.cases import cases
from benchmarks.accuracy.records import Record
from benchmarks.command import exits, parser_of
from benchmarks.machine import written
from formcheck.body.poses import Array
from formcheck.core import calibration
from formcheck.core.calibration import ANY, Error, Grown, Size, names
from formcheck.core.verdict import BACK
from formcheck.findings import Quality
from models.fit.sizes import one_sd, scaled, sized, weights

COVERED: Final = 0.85
"""Share of the readings that widths are asked to hold, beside the correction for few bodies, so that they hold nine in
ten. Ours: found on three quarters of the bodies, they held 90 % of the readings of the others; with 0.9, 95 %."""

LEAST_BODIES: Final = 5
"""Bodies below which a reading gets no bias, and a measure takes the numbers that are there (ours)."""

MANY_SIZED: Final = 12
"""Bodies from which it is found anew what a measure's error grows with (ours)."""

LEAST_HELD_OUT: Final = 19
"""Bodies below which an interval is that of a wider group of readings: with the correction, fewer bodies ask for the
widest error of all."""

FOLDS: Final = 8
"""Parts of the bodies, each measured by what the others gave (ours)."""

DRAWN: Final = 4.0
"""As many bodies draw a reading's factor halfway to 1 (ours)."""

WORTH: Final = 0.95
"""Share of the mean error that must be left for a bias to be worth it (ours)."""


def bias(errors: Array, lean: Array, values: Array, bodies: Array) -> tuple[float, float, float]:
    """The bias that n readings tell: `errors` value less truth, `lean` 1 - sin(yaw), `values` as they were read,
    `bodies` whose: a constant, what grows with the lean, and a share of the value.
    """
    one, many = np.ones(len(errors)), len(set(bodies)) >= MANY_BODIES
    best, left = np.zeros(3), errors
    for use in WAYS if many else WAYS[:1]:
        if 1 in use and np.ptp(lean) < LEAST_LEAN:
            continue
        # errors are laid against the truth, not against the values: where the truth hardly varies, a share of the value
        # would only draw every value to what the truth mostly is
        by_truth, by_value = (np.stack([one, lean, of], axis=1)[:, use] for of in (values - errors, values))
        apart = errors - _held_out(by_truth, by_value, errors, bodies, use)
        if _mean_size(apart, bodies) < WORTH * _mean_size(left, bodies):
            left, best = apart, np.zeros(3)
            best[use] = _per_value(_solved(by_truth, errors, bodies), use)
    constant, by_lean, share = best.tolist()
    return constant, by_lean, share


WAYS: Final = ([0], [0, 1], [0, 2], [0, 1, 2])
"""What a bias may be made of, the simplest first: a constant, the camera's lean, a share of the value."""

MANY_BODIES: Final = 8
"""Bodies from which a bias may be more than a constant (ours)."""

LEAST_LEAN: Final = 0.08
"""Range of 1 - sin(yaw) from which a bias may grow with it: cameras up to 67 degrees (ours)."""


def _solved(columns: Array, errors: Array, bodies: Array) -> Array:
    """The coefficients of least squares, each body as heavy as every other."""
    root = np.sqrt(weights(bodies))[:, None]
    found: Array = np.linalg.lstsq(columns * root, errors * root[:, 0], rcond=None)[0]
    return found


def _held_out(by_truth: Array, by_value: Array, errors: Array, bodies: Array, use: Sequence[int]) -> Array:
    """The bias of each reading as the other bodies tell it."""
    told = np.zeros(len(errors))
    for body in set(bodies):
        own = bodies == body
        if not own.all():
            told[own] = by_value[own] @ _per_value(_solved(by_truth[~own], errors[~own], bodies[~own]), use)
    return told


def _per_value(coefficients: Array, use: Sequence[int]) -> Array:
    """Coefficients by the value, from those by the truth: the last of `use` may be the share."""
    if 2 not in use:
        return coefficients
    follows = 1 + coefficients[-1]
    turned: Array = coefficients / follows if follows > LEAST_FOLLOWS else np.zeros(len(use))
    return turned


LEAST_FOLLOWS: Final = 0.5
"""How far a reading must move for each unit that the truth moves, to be stretched to it (ours)."""


def _mean_size(errors: Array, bodies: Array) -> float:
    return float(weights(bodies) @ np.abs(errors))


def half(ratios: Array, bodies: Array, covered: float = COVERED) -> float:
    """How many errors make half an interval: of n ratios of errors to their sizes, the quantile that holds for a share
    `covered` of a body not among these.
    """
    count = len(set(bodies))
    share = min(ceil((count + 1) * covered) / count, 1.0)
    order = np.argsort(ratios)
    reached = np.cumsum(weights(bodies)[order])
    return float(ratios[order][min(int(np.searchsorted(reached, share - 1e-9)), len(ratios) - 1)])


def grouped(verdicts: Iterable[Record], of: Any) -> dict[str, list[Record]]:
    """The verdicts with a number and a truth, by the names that `of` gives each."""
    found: dict[str, list[Record]] = {}
    for one in verdicts:
        if one["reading"] is not None and np.isfinite(one["raw_error"]):
            for name in of(one):
                found.setdefault(name, []).append(one)
    return found


def columns(records: Sequence[Record], *keys: str) -> list[Array]:
    """The values of some keys, then the bodies."""
    return [np.array([r[key] for r in records]) for key in (*keys, "body")]


def biases(verdicts: Iterable[Record]) -> dict[str, tuple[float, float, float]]:
    """The biases by reading; nothing is taken off a time, nor off the back, whose process has learned its own."""
    found = {}
    for name, records in grouped(verdicts, lambda one: [one["reading"]]).items():
        errors, values, yaws, bodies = columns(records, "raw_error", "raw_value", "yaw_found")
        if len(set(bodies)) >= LEAST_BODIES and ".duration." not in name and f" {BACK}." not in name:
            found[name] = bias(errors, 1 - np.sin(np.radians(yaws)), values, bodies)
    return found


def left_over(one: Record, of: Mapping[str, tuple[float, float, float]]) -> float:
    """The error of a reading without its bias."""
    error = Error(*of.get(one["reading"], (0.0, 0.0, 0.0)), 1.0, 0.0, 0)
    return float(one["raw_error"] - error.of(one["raw_value"], one["yaw_found"]))


def sizes(
    verdicts: Iterable[Record], of: Mapping[str, tuple[float, float, float]], before: Mapping[str, Size]
) -> dict[str, Size]:
    """The sizes by measure and kind. With few bodies a measure keeps what its error grows with; all of it is scaled."""
    found = {}
    for name, records in grouped(verdicts, lambda one: [one["measure"]]).items():
        by, per, bodies = columns(records, "grown", "per")
        errors = np.array([left_over(one, of) for one in records]) * per
        if len(set(bodies)) >= MANY_SIZED:
            found[name] = sized(errors, by, bodies)
        elif len(set(bodies)) >= LEAST_BODIES:
            found[name] = scaled(before[name], errors, by, bodies)
    return found


def factors(
    verdicts: Iterable[Record], known: Mapping[str, Size], of: Mapping[str, tuple[float, float, float]]
) -> dict[str, float]:
    """By how much the errors of a reading, or of a group of readings, are larger than their sizes say."""
    found = {}
    for name, records in grouped(verdicts, lambda one: names(one["reading"])).items():
        bodies = np.array([one["body"] for one in records])
        ratios = np.array([abs(left_over(one, of)) / size_of(one, known) for one in records])
        count = len(set(bodies))
        found[name] = max(one_sd(ratios, bodies), LEAST_FACTOR) ** (count / (count + DRAWN))
    return found


LEAST_FACTOR: Final = 0.1
"""No reading is taken for surer than this share of its size (ours)."""


class Found(NamedTuple):
    """Biases and factors by reading, sizes by measure."""

    biases: Mapping[str, tuple[float, float, float]]
    sizes: Mapping[str, Size]
    factors: Mapping[str, float]

    @classmethod
    def of(cls, verdicts: Sequence[Record], before: Mapping[str, Size]) -> "Found":
        """What verdicts tell. A measure without enough readings keeps the size it had before."""
        taken = biases(verdicts)
        known = {**before, **sizes(verdicts, taken, before)}
        return cls(taken, known, factors(verdicts, known, taken))

    def ratio(self, one: Record) -> float:
        """How many errors a reading is off."""
        return abs(left_over(one, self.biases)) / (size_of(one, self.sizes) * factor_of(one["reading"], self.factors))


def unseen(verdicts: Sequence[Record], before: Mapping[str, Size]) -> list[Record]:
    """The verdicts with a number and a truth, each with its `ratio` by what the other parts of the bodies gave."""
    part = {body: i % FOLDS for i, body in enumerate(sorted({one["body"] for one in verdicts}))}
    made = []
    for k in range(FOLDS):
        by = Found.of([one for one in verdicts if part[one["body"]] != k], before)
        own = grouped([one for one in verdicts if part[one["body"]] == k], lambda one: [ANY]).get(ANY, [])
        made += [{**one, "ratio": by.ratio(one)} for one in own]
    return made


def halves(left: Iterable[Record]) -> dict[str, tuple[float, int]]:
    """Half the interval, in errors times factors, of each reading and group of readings with enough bodies, and how
    many those are.
    """
    found = {}
    for name, records in grouped(left, lambda one: names(one["reading"])).items():
        ratios, bodies = columns(records, "ratio")
        if len(set(bodies)) >= LEAST_HELD_OUT:
            found[name] = half(ratios, bodies), len(set(bodies))
    return found


def factor_of(name: str, factor: Mapping[str, float]) -> float:
    """The factor of a reading, or of the smallest group it is in."""
    return next((factor[one] for one in names(name) if one in factor), 1.0)


def size_of(one: Record, known: Mapping[str, Size]) -> float:
    """The error of a reading as the core computes it."""
    return calibration.parts(known[one["measure"]], Grown(*one["grown"])).whole / float(one["per"])


def margins(verdicts: Iterable[Record]) -> dict[str, float]:
    """How far from its only bound the truth usually is, by reading."""
    found = {}
    for name, records in grouped(verdicts, lambda one: [of for of in names(one["reading"]) if "." in of]).items():
        told = [one["margin_raw"] for one in records if one["margin_raw"] is not None]
        if told:
            found[name] = float(np.median(told))
    return found


def table(verdicts: Sequence[Record], before: Mapping[str, Size]) -> calibration.Table:
    """What all verdicts tell."""
    verdicts = [one for one in verdicts if one["reading"] is not None]
    (taken, known, factor), usual = Found.of(verdicts, before), margins(verdicts)
    wide = halves(unseen(verdicts, before))
    errors = {}
    for name in {*wide, *factor, *usual}:
        chain = (name, *names(name)[1:]) if not name.startswith(ANY) else pooled(name)
        found = next((wide[one] for one in chain if one in wide), None)
        if found is not None:
            own = factor.get(name, 1.0) if name.startswith(ANY) else factor_of(name, factor)
            bias_of = taken.get(name, (0.0, 0.0, 0.0))
            errors[name] = Error(*bias_of, found[0] * own, usual.get(name, 0.0), found[1])
    return calibration.Table(dict(known), errors)


def pooled(name: str) -> tuple[str, ...]:
    """A group of readings and the wider ones that hold it."""
    return names(name) if "." in name else (name, f"{ANY} {name.rpartition(' ')[2]}", ANY)


def text_of(tables: Mapping[Quality, calibration.Table], about: Mapping[str, Any]) -> str:
    """The file that ships, a line for each name."""

    def lines(rows: Mapping[str, Sequence[float]]) -> str:
        made = [f"{json.dumps(name)}: {[float(f'{n:.4g}') for n in row]}" for name, row in sorted(rows.items())]
        return "{\n   " + ",\n   ".join(made) + "\n  }"

    parts = [
        f'{json.dumps(q)}: {{"sizes": {lines(t.sizes)},\n  "errors": {lines(t.errors)}}}' for q, t in tables.items()
    ]
    return "{" + ",\n ".join([f'"about": {json.dumps(about)}', *parts]) + "}\n"


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Find the numbers on the clips of the folders, and write them."""
    parser = parser_of(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--quality", type=Quality, choices=list(Quality), default=Quality.STANDARD)
    parser.add_argument("--out", type=Path, default=Path(calibration.__file__).with_name("calibration.json"))
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)

    before = calibration.tables()
    clips = [clip for folder in options.folders for clip in cases(folder, options.quality)]
    found = table(measured(clips, jobs=options.jobs).verdicts, before[options.quality].sizes)
    about = json.loads(options.out.read_text("utf-8"))["about"] if options.out.exists() else {}
    about |= {"columns": Error._fields, "sizes": Size._fields}
    about[options.quality] = {
        "made": datetime.date.today().isoformat(),
        "from": [folder.name for folder in options.folders],
    }
    written(text_of({**before, options.quality: found}, about), options.out)


if __name__ == "__main__":
    sys.exit(main())
