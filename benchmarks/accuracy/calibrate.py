"""Find the biases and the widths of intervals that formcheck ships.

python -m benchmarks.accuracy.calibrate FOLDER... [--out formcheck/calibration.json] [--jobs N]

Every reading of rendered clips with truth, judged without any calibration, is compared with the truth. For each kind of
reading a bias, or one that grows as the camera leaves the side, is kept only if it makes the mean error of bodies that
it was not found on smaller by a twentieth. The width is the quantile of what is left, in standard errors, each body as
heavy as every other, for one body more than there were: split conformal prediction over bodies.
"""

import argparse
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
from formcheck import calibration, store
from formcheck.calibration import ANY, UNKNOWN, Z90, Error
from formcheck.errors import FormcheckError
from formcheck.poses import Array

COVERED: Final = 0.9
LEAST_BODIES: Final = 5
"""Bodies below which a reading takes the numbers of all exercises together (ours)."""

WORTH: Final = 0.95
"""Share of the mean error that must be left for a bias to be worth it (ours)."""


def fitted(errors: Array, sizes: Array, lean: Array, bodies: Array) -> Error:
    """What n readings tell: `errors` value less truth, `sizes` standard errors, `lean` 1 - sin(yaw), `bodies` whose."""
    best = np.zeros(2)
    left = errors
    for columns in (np.ones((len(errors), 1)), np.stack([np.ones(len(errors)), lean], axis=1)):
        if columns.shape[1] == 2 and np.ptp(lean) < LEAST_LEAN:
            continue
        apart = errors - _held_out(columns, errors, bodies)
        if _mean_size(apart, bodies) < WORTH * _mean_size(left, bodies):
            left, best = apart, np.append(_solved(columns, errors, bodies), 0.0)[:2]
    return Error(*(float(b) for b in best), _quantile(np.abs(left) / sizes, bodies), len(set(bodies)))


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


def _held_out(columns: Array, errors: Array, bodies: Array) -> Array:
    """The bias of each reading as the other bodies tell it."""
    told = np.zeros(len(errors))
    for body in set(bodies):
        own = bodies == body
        if not own.all():
            told[own] = columns[own] @ _solved(columns[~own], errors[~own], bodies[~own])
    return told


def _mean_size(errors: Array, bodies: Array) -> float:
    return float(_weights(bodies) @ np.abs(errors))


def _quantile(ratios: Array, bodies: Array) -> float:
    order = np.argsort(ratios)
    reached = np.cumsum(_weights(bodies)[order])
    level = min(COVERED * (1 + 1 / len(set(bodies))), 1.0)
    return float(ratios[order][min(int(np.searchsorted(reached, level - 1e-9)), len(ratios) - 1)])


def table(verdicts: Sequence[Record]) -> dict[str, Error]:
    """What all verdicts tell, by name of the reading, and by that of all exercises together."""
    known = [v for v in verdicts if v["raw_error"] is not None]
    named = [(v["reading"], v) for v in known]
    named += [(f"{ANY} {v['reading'].partition(' ')[2]}", v) for v in known]
    found = {}
    for name, group in groupby(sorted(named, key=lambda one: one[0]), key=lambda one: one[0]):
        records = [record for _, record in group]
        errors, sizes = (np.array([r[key] for r in records]) for key in ("raw_error", "raw_size"))
        bodies = np.array([r["body"] for r in records])
        lean = 1 - np.sin(np.radians([r["yaw_found"] for r in records]))
        if len(set(bodies)) < LEAST_BODIES:
            continue
        one = fitted(errors, sizes, lean, bodies)
        found[name] = one if not name.startswith(ANY) else _without_bias(errors, sizes, bodies)
    return found


def _without_bias(errors: Array, sizes: Array, bodies: Array) -> Error:
    return Error(0.0, 0.0, max(_quantile(np.abs(errors) / sizes, bodies), Z90), len(set(bodies)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=Path(calibration.__file__).with_name("calibration.json"))
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    calibration.error = lambda _: UNKNOWN  # type: ignore[assignment] # judged as if nothing were known
    try:
        records = measured([case for folder in options.folders for case in cases(folder)], jobs=options.jobs)
        errors = table(records.verdicts)
        about: Mapping[str, Any] = {
            "made": datetime.date.today().isoformat(),
            "from": [folder.name for folder in options.folders],
            "columns": ["bias", "slope", "half", "bodies"],
        }
        rows = {name: [float(f"{number:.4g}") for number in error] for name, error in sorted(errors.items())}
        lines = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
        text = f'{{"about": {json.dumps(about)},\n "errors": {{\n  {lines}\n }}}}\n'
        with store.whole(options.out) as path:
            path.write_text(text, "utf-8")
    except FormcheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
