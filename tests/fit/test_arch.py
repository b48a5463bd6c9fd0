"""Learning how the back's contours tell the arch: from looks to what ships, on a few looks made up."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="learning the arch needs scikit-learn")
pytest.importorskip("numba", reason="the studio's renderer needs numba")

from formcheck.body import arch
from formcheck.body.poses import STATIONS
from formcheck.body.process import STORED, stored
from models.fit import arch as learning
from models.fit.scenes import KINDS, Sight, seen

ARCHED = np.exp(-np.square((STATIONS - 0.3) / 0.2))


def sight(kind: str, seed: int) -> Sight:
    """Somebody whose loin is drawn in by 0.003 trunks for each degree of lordosis."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    lordosis, looks = np.append(0.0, rng.uniform(0, 20, 6)), np.zeros((7, len(arch.COLUMNS)))
    backs = 25 + rng.normal(0, 1, 16) + rng.normal(0, 0.1, (7, 16))
    looks[:, :16], looks[:, 16:32] = backs - 0.3 * lordosis[:, None] * ARCHED, 25 + rng.normal(0, 0.1, (7, 16))
    looks[:, 32:34], looks[:, 34:36] = (300, 200), (200, 200) if kind == "lying" else (300, 100)
    looks[:, 36] = -1 if kind == "lying" else 1
    looks[0, 0] = np.nan if seed == 0 else looks[0, 0]
    return Sight(float(rng.uniform(40, 90)), "left", seed == 1, lordosis, looks)


def test_what_is_learned_of_looks_tells_their_arch(tmp_path: Path) -> None:
    for kind in KINDS:
        sights = [sight(kind, seed) for seed in range(12)]
        np.savez(tmp_path / f"{kind}.npz", **{n: np.array([getattr(s, n) for s in sights]) for n in Sight._fields})
    assert learning.main(["--out", str(tmp_path / "arch.npz"), "--rows", str(tmp_path)]) == 0
    with np.load(tmp_path / "arch.npz") as arrays:
        assert tuple(arrays["features"]) == arch.FEATURES
        for kind in KINDS:
            process = stored({name: arrays[f"{kind}.{name}"] for name in STORED})
            values = learning.rows([sight(kind, seed) for seed in range(20, 24)])
            assert len(process.inputs) == 11 * 6  # a loose shirt is not learned on
            assert np.abs(process.change(values[:, :-1])[0] - values[:, -1]).mean() < 3


def test_a_scene_is_looked_at() -> None:
    found = seen("upright", 0)
    assert found.looks.shape == (7, len(arch.COLUMNS))
    assert found.lordosis.shape == (7,)
    assert arch.shows_trunk(found.looks[0])
    assert np.isfinite(learning.rows([found])[:, -1]).all()
