"""How a Gaussian process comes about: its distribution is found again, and its weights are those that ship."""

import numpy as np
import pytest

from formcheck.body import arch
from models.fit.process import fitted, weights


def test_a_normal_distribution_is_found_again_though_values_are_missing() -> None:
    rng = np.random.default_rng(3)
    true = np.array([[1.0, 0.6, 0.8], [0.6, 1.0, 0.3], [0.8, 0.3, 1.0]])
    rows = rng.multivariate_normal([1, 2, 3], true, 4000)
    rows[rng.random(4000) < 0.3, 0] = np.nan
    found = fitted(rows, ridge=0.0)
    assert found.mean == pytest.approx([1, 2, 3], abs=0.06)
    assert found.covariance == pytest.approx(true, abs=0.07)


def test_the_stored_weights_are_those_of_the_stored_inputs() -> None:
    for model in arch.models().values():
        assert model.process.weights == pytest.approx(weights(model.process), abs=1e-9)
