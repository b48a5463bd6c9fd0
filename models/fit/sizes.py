"""How large a measure's error is, from what is known of its joints and the camera: the numbers of a `Size`.

For n readings with known errors the numbers are those under which the errors are likeliest, each body as heavy as every
other. An error counts as drawn from Student's t with four degrees of freedom: a few that are grossly wrong do not widen
all others. None of the numbers is negative, and a part without effect is 0.
"""

from typing import Final

import numpy as np
from scipy.optimize import minimize

from formcheck.body.poses import Array
from formcheck.core.calibration import Size

FREEDOM: Final = 4.0
LEAST_SHARE: Final = 0.1
"""A measure's own error is at least this share of the median size of its errors (ours)."""


def weights(bodies: Array) -> Array:
    """What each of n readings weighs, (n,), so that every body weighs as much as every other; together 1."""
    names, where, counts = np.unique(bodies, return_inverse=True, return_counts=True)
    found: Array = 1 / counts[where] / len(names)
    return found


def sized(errors: Array, by: Array, bodies: Array) -> Size:
    """The `Size` under which n errors are likeliest; by (n, len(Grown)): what they grow with."""
    typical = float(np.median(np.abs(errors))) or 1.0
    columns = np.column_stack([np.ones(len(errors)), by]) ** 2
    mean = np.average(columns, axis=0, weights=weights(bodies))
    scale = np.maximum(mean, 1e-12)
    terms, heavy, squares = columns / scale, weights(bodies), (errors / typical) ** 2

    def unlikely(logs: Array) -> tuple[float, Array]:
        shares = np.exp(logs)
        variance = terms @ shares
        ratio = squares / variance / FREEDOM
        slope = 0.5 / variance - 0.5 * (FREEDOM + 1) * ratio / (1 + ratio) / variance
        loss = float(heavy @ (0.5 * np.log(variance) + 0.5 * (FREEDOM + 1) * np.log1p(ratio)))
        return loss, shares * ((heavy * slope) @ terms)

    grows = by.shape[1]
    bounds = [(2 * np.log(LEAST_SHARE), 8.0), *[(-12.0, 8.0)] * grows]
    starts = [np.append(0.0, np.full(grows, -1.0)), *(np.append(-1.0, row) for row in 4 * np.eye(grows) - 4)]
    best = min((minimize(unlikely, start, jac=True, bounds=bounds) for start in starts), key=lambda r: float(r.fun))
    found = typical * np.sqrt(np.exp(best.x) / scale)
    return Size(*np.where((np.exp(best.x) > 1e-3) & (mean > 1e-12), found, 0.0).tolist())


def scaled(before: Size, errors: Array, by: Array, bodies: Array) -> Size:
    """A size times the one number that fits n errors: two in three of them are then smaller than their size."""
    columns = np.column_stack([np.ones(len(errors)), by])
    factor = one_sd(np.abs(errors) / np.sqrt(((columns * before) ** 2).sum(axis=1)), bodies)
    return Size(*(part * factor for part in before))


def one_sd(ratios: Array, bodies: Array) -> float:
    """What two in three of n ratios are smaller than, each body as heavy as every other."""
    order = np.argsort(ratios)
    return float(np.interp(ONE_SD, np.cumsum(weights(bodies)[order]), ratios[order]))


ONE_SD: Final = 0.683
"""Share of errors within one standard error."""
