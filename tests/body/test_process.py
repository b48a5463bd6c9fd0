"""A Gaussian process whose features may be hidden: what is filled in, and how the error grows."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.body.process import Normal, Process
from models.fit.process import weights


def test_what_is_hidden_is_filled_in_and_widens_the_error() -> None:
    normal = Normal(np.zeros(3), np.array([[1.0, 0.8, 0.7], [0.8, 1.0, 0.6], [0.7, 0.6, 1.0]]))
    filled, lost, _ = normal.filled(np.array([[1.0, 1.0], [1.0, np.nan]]))
    assert filled[1] == pytest.approx([1.0, 0.8])
    assert lost == pytest.approx([0.0, 0.51 - (1 - 0.49 - (0.6 - 0.56) ** 2 / 0.36)], abs=1e-9)
    inputs = np.random.default_rng(0).normal(0, 1, (60, 2))
    bare = Process(inputs, inputs.sum(axis=1), np.ones(2), 5.0, 0.3, normal, np.empty(0))
    model = replace(bare, weights=weights(bare))
    seen = np.array([[0.5, 0.5], [0.5, np.nan], [9.0, 9.0]])
    (value, _), error = model.change(seen), model.error(seen)
    assert value[0] == pytest.approx(1.0, abs=0.3)
    assert error[0] < error[1] < error[2]
