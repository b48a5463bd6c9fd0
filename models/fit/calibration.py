"""Find the biases and the widths of intervals that formcheck ships.

python -m models.fit.calibration FOLDER... [--arch FOLDER] [--out formcheck/core/calibration.json] [--jobs N]

`--arch` names the sets of `benchmarks.arch`: of these, six frames a second, no time and no speed is read.

Every reading of rendered clips with truth, judged without any calibration, is compared with the truth. For each kind of
reading a bias, which may grow as the camera leaves the side or with the value, is kept only if on bodies that it was
not found on it makes the mean error smaller by a twentieth and the interval no wider. The width is the quantile of what
is left, in standard errors, each body as heavy as every other: split conformal prediction, without its correction for
few bodies, by which a dozen bodies would get the widest error of all. How often the intervals hold on unseen bodies,
the accuracy tables say.
"""

import datetime
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.__main__ import measured
from benchmarks.accuracy.cases import cases
from benchmarks.accuracy.records import Record
from benchmarks.command import exits, parser_of
from benchmarks.machine import written
from formcheck.body.poses import Array
from formcheck.core import calibration
from formcheck.core.calibration import ANY, UNKNOWN, Z90, Error, names

COVERED: Final = 0.9
LEAST_BODIES: Final = 5
"""Bodies below which a reading takes the numbers of all exercises together (ours)."""

VIEWS: Final = ("side", "oblique")
VIEW_BODIES: Final = 10
"""The same for a reading from one view only (ours). Times are read alike from all."""

TIMED: Final = {"duration", "slope", "peak_speed", "reversals"}
"""Takes that want every frame."""

WORTH: Final = 0.95
"""Share of the mean error that must be left for a bias to be worth it (ours)."""


def fitted(errors: Array, sizes: Array, lean: Array, values: Array, bodies: Array, *, clock: bool = False) -> Error:
    """What n readings tell: `errors` value less truth, `sizes` standard errors, `lean` 1 - sin(yaw), `values` as they
    were read, `bodies` whose. A time is the `clock`'s: nothing is taken off it.
    """
    one, many = np.ones(len(errors)), len(set(bodies)) >= MANY_BODIES
    best, left = np.zeros(3), errors
    for use in () if clock else WAYS if many else WAYS[:1]:
        if 1 in use and np.ptp(lean) < LEAST_LEAN:
            continue
        # errors are laid against the truth, not against the values: where the truth hardly varies, a share of the value
        # would only draw every value to what the truth mostly is
        by_truth, by_value = (np.stack([one, lean, of], axis=1)[:, use] for of in (values - errors, values))
        apart = errors - _held_out(by_truth, by_value, errors, bodies, use)
        better = _mean_size(apart, bodies) < WORTH * _mean_size(left, bodies)
        if better and _quantile(np.abs(apart) / sizes, bodies) <= _quantile(np.abs(left) / sizes, bodies):
            left, best = apart, np.zeros(3)
            best[use] = _per_value(_solved(by_truth, errors, bodies), use)
    constant, lean_by, share = best.tolist()
    return Error(constant, lean_by, share, _quantile(np.abs(left) / sizes, bodies), len(set(bodies)))


WAYS: Final = ([0], [0, 1], [0, 2], [0, 1, 2])
"""What a bias may be made of, the simplest first: a constant, the camera's lean, a share of the value."""

MANY_BODIES: Final = 8
"""Bodies from which a bias may be more than a constant (ours)."""

LEAST_LEAN: Final = 0.08
"""Range of 1 - sin(yaw) from which a bias may grow with it: cameras up to 67 degrees (ours)."""


def _weights(bodies: Array) -> Array:
    names, where, counts = np.unique(bodies, return_inverse=True, return_counts=True)
    weights: Array = 1 / counts[where] / len(names)
    return weights


def _solved(columns: Array, errors: Array, bodies: Array) -> Array:
    """The coefficients of least squares, each body as heavy as every other."""
    root = np.sqrt(_weights(bodies))[:, None]
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
    return float(_weights(bodies) @ np.abs(errors))


def _quantile(ratios: Array, bodies: Array) -> float:
    order = np.argsort(ratios)
    reached = np.cumsum(_weights(bodies)[order])
    return float(ratios[order][min(int(np.searchsorted(reached, COVERED - 1e-9)), len(ratios) - 1)])


def table(verdicts: Sequence[Record]) -> dict[str, Error]:
    """What all verdicts tell, by the names under which it is looked up."""
    named = [
        (name, verdict)
        for verdict in verdicts
        if verdict["raw_error"] is not None and verdict["raw_size"] > 0
        for name in names(verdict["reading"], verdict["yaw_found"])
    ]
    found = {}
    for name, group in groupby(sorted(named, key=lambda one: one[0]), key=lambda one: one[0]):
        records = [record for _, record in group]
        errors, sizes, values = (np.array([r[k] for r in records]) for k in ("raw_error", "raw_size", "raw_value"))
        bodies = np.array([r["body"] for r in records])
        one_view = name.rpartition(" ")[2] in VIEWS
        if len(set(bodies)) < (VIEW_BODIES if one_view else LEAST_BODIES) or (one_view and ".duration." in name):
            continue
        lean = 1 - np.sin(np.radians([r["yaw_found"] for r in records]))
        pooled = Error(0.0, 0.0, 0.0, max(_quantile(np.abs(errors) / sizes, bodies), Z90), len(set(bodies)))
        found[name] = (
            pooled if name.startswith(ANY) else fitted(errors, sizes, lean, values, bodies, clock=".duration." in name)
        )
    return found


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Find the numbers on the clips of the folders, and write them."""
    parser = parser_of(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--arch", type=Path, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=Path(calibration.__file__).with_name("calibration.json"))
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    calibration.error = lambda *_: UNKNOWN  # judged as if nothing were known
    verdicts = measured([case for one in options.folders for case in cases(one)], jobs=options.jobs).verdicts
    if options.arch is not None:
        more = measured(cases(options.arch), jobs=options.jobs).verdicts
        verdicts += [v for v in more if v["reading"] is not None and not TIMED & set(v["reading"].split("."))]
    errors = table(verdicts)
    about: Mapping[str, Any] = {
        "made": datetime.date.today().isoformat(),
        "from": [folder.name for folder in (*options.folders, options.arch) if folder is not None],
        "columns": Error._fields,
    }
    rows = {name: [float(f"{number:.4g}") for number in error] for name, error in sorted(errors.items())}
    lines = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    text = f'{{"about": {json.dumps(about)},\n "errors": {{\n  {lines}\n }}}}\n'
    written(text, options.out)


if __name__ == "__main__":
    sys.exit(main())
