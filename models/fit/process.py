"""How a process of `formcheck/body/process.py` comes about: its joint distribution, and the weights of its inputs."""

from typing import Final

import numpy as np
from scipy import linalg

from formcheck.body.poses import Array
from formcheck.body.process import Normal, Process, conditional

STEPS: Final = 30
"""Rounds of expectation and maximisation (ours)."""


def fitted(values: Array, *, ridge: float = 0.02) -> Normal:
    """The likeliest joint distribution of rows (n, k), NaN where not seen, by expectation and maximisation.

    ridge: the variance that each value has by itself.
    """
    there = np.isfinite(values)
    share = np.full(len(values), 1 / len(values))
    centre = np.nansum(np.where(there, values, 0) * share[:, None], axis=0) / np.maximum(share @ there, 1e-9)
    filled = np.where(there, values, centre)
    spread = (filled - centre).T @ ((filled - centre) * share[:, None])
    for _ in range(STEPS):
        extra = np.zeros_like(spread)
        for pattern in np.unique(there, axis=0):
            rows = (there == pattern).all(axis=1)
            if pattern.all():
                continue
            gain, rest = conditional(spread + ridge * np.eye(len(spread)), pattern)
            filled[np.ix_(rows, ~pattern)] = (
                centre[~pattern] + (values[np.ix_(rows, pattern)] - centre[pattern]) @ gain.T
            )
            extra[np.ix_(~pattern, ~pattern)] += share[rows].sum() * rest
        centre = share @ filled
        spread = (filled - centre).T @ ((filled - centre) * share[:, None]) + extra
    noise = np.full(len(centre), ridge)
    noise[-1] = 0.0
    return Normal(centre, spread + np.diag(noise))


def weights(bare: Process) -> Array:
    """What each input counts in a target, (n,), for a process that is bare of `weights`; no feature of its inputs is
    hidden. They are stored, as they take a while to find.
    """
    factor = linalg.cholesky(bare.covariance, lower=True)
    found: Array = linalg.cho_solve((factor, True), bare.targets - bare.targets.mean())
    return found
