"""A Gaussian process that predicts a target and its error from features, some of which may be hidden.

Hidden features are estimated from the others, by a joint normal distribution of features and target; the error grows by
what is lost. `models/fit/process.py` fits a process; here it is only used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import blas, lapack

from formcheck.body.poses import Array


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """A joint normal distribution of the features and, last, of the target."""

    mean: Array
    covariance: Array

    def filled(self, seen: Array) -> tuple[Array, Array, Array]:
        """Features (m, k) with the hidden ones filled in; the variance of the target that is lost with them, (m,); and
        how far the seen ones are from the distribution, as mean squared deviation per feature, (m,)."""
        out, lost, unlike = seen.copy(), np.zeros(len(seen)), np.zeros(len(seen))
        everything = _given(self, np.ones(seen.shape[1], np.bool_).tobytes()).left
        alike: dict[bytes, list[int]] = {}
        for i, there in enumerate(np.isfinite(seen)):
            alike.setdefault(there.tobytes(), []).append(i)
        for key, numbers in alike.items():
            rows, pattern, given = np.array(numbers), np.frombuffer(key, np.bool_), _given(self, key)
            off = seen[np.ix_(rows, pattern)] - self.mean[:-1][pattern]
            out[np.ix_(rows, ~pattern)] = self.mean[:-1][~pattern] + off @ given.gain.T
            lost[rows] = given.left - everything
            unlike[rows] = ((off @ given.precision) * off).sum(axis=1) / max(int(pattern.sum()), 1)
        return out, lost, unlike


class _Given(NamedTuple):
    """What known features say about the others: the gain that predicts the others, the inverse of the known ones'
    covariance, and the variance of the target that is left.
    """

    gain: Array
    precision: Array
    left: float


@lru_cache(maxsize=64)
def _given(normal: Normal, pattern: bytes) -> _Given:
    """What the features of a pattern (k,) bool say about the others; cached, as the same stations are hidden often."""
    known = np.append(np.frombuffer(pattern, np.bool_), False)
    gain, rest = conditional(normal.covariance, known)
    return _Given(gain[:-1], np.linalg.inv(normal.covariance[np.ix_(known, known)]), float(rest[-1, -1]))


def conditional(covariance: Array, known: Array) -> tuple[Array, Array]:
    """The gain that predicts unknown values from known ones, and the covariance that is left."""
    across = covariance[np.ix_(~known, known)]
    gain = np.linalg.solve(covariance[np.ix_(known, known)], across.T).T
    return gain, covariance[np.ix_(~known, ~known)] - gain @ across.T


@dataclass(frozen=True, eq=False)
class Process:
    """A Gaussian process from features to a target.

    inputs (n, k), targets (n,), scales (k,): the kernel's lengths. `size` is the kernel's standard deviation, `noise`
    that of a target, both in the target's unit. `normal` is the joint distribution that fills in hidden features.
    `weights` (n,) say how much each input counts in a change.
    """

    inputs: Array
    targets: Array
    scales: Array
    size: float
    noise: float
    normal: Normal
    weights: Array

    def change(self, seen: Array) -> tuple[Array, Array]:
        """For features (m, k), NaN where hidden: the target, and how far they are from what was learned (mean squared
        deviation per feature), (m,) each.
        """
        filled, _, unlike = self.normal.filled(seen)
        values = [self._near(some) @ self.weights for some in _some_at_once(filled)]
        return np.concatenate(values) + self.targets.mean(), unlike

    def error(self, seen: Array) -> Array:
        """The standard error of the target, for features (m, k): (m,)."""
        filled, lost, _ = self.normal.filled(seen)
        told = [
            np.square(blas.strmm(1, self._white, self._near(some).T, lower=1)).sum(axis=0)
            for some in _some_at_once(filled)
        ]
        variance = self.size**2 - np.concatenate(told) + self.noise**2 + lost
        return np.sqrt(np.maximum(variance, self.noise**2))

    def ready(self) -> None:
        """Compute what the first error needs."""
        _ = self._white

    def _near(self, filled: Array) -> Array:
        return _kernel(filled / self.scales, self._places, self.size)

    @cached_property
    def _places(self) -> Array:
        """The inputs in units of the kernel's lengths."""
        return self.inputs / self.scales

    @property
    def covariance(self) -> Array:
        """The covariance of the inputs' targets, (n, n)."""
        covariance = _kernel(self._places, self._places, self.size)
        covariance[np.diag_indices_from(covariance)] += self.noise**2
        return covariance

    @cached_property
    def _white(self) -> Array:
        """The inverse of the triangular factor of the inputs' covariance, computed when first needed.

        In float32, and with a product instead of solving: the error of a bout's looks takes a third of the time, and is
        off by less than 0.0001 degrees.
        """
        factor = linalg.cholesky(self.covariance.astype(np.float32), lower=True, overwrite_a=True, check_finite=False)
        white, failed = lapack.strtri(factor, lower=1, overwrite_c=1)
        assert not failed
        return np.asarray(white)


LOOKS_AT_ONCE: Final = 256
"""Looks compared with the inputs at a time: more would take room and save no time (ours)."""


def _some_at_once(rows: Array) -> list[Array]:
    return [rows[i : i + LOOKS_AT_ONCE] for i in range(0, max(len(rows), 1), LOOKS_AT_ONCE)]


def _kernel(a: Array, b: Array, size: float) -> Array:
    """Squared exponential covariance (n, m) of rows (n, k) and (m, k), which are in units of the kernel's lengths."""
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2 * a @ b.T
    covariance: Array = size**2 * np.exp(-np.maximum(squares, 0) / 2)
    return covariance


STORED: Final = ("inputs", "targets", "scales", "size", "noise", "mean", "covariance", "weights")
"""The names under which a process is stored: its fields, with those of its `normal`."""


def stored(arrays: Mapping[str, Array]) -> Process:
    """The process whose fields are given as arrays by the names of `STORED`."""
    inputs, targets, scales, size, noise, mean, covariance, weights = (arrays[k].astype(np.float64) for k in STORED)
    return Process(inputs, targets, scales, float(size), float(noise), Normal(mean, covariance), weights)
