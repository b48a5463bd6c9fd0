"""Learning how looks tell the arch: from looks to what ships, on a few made up; and a scene is looked at."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="learning the arch needs scikit-learn")
pytest.importorskip("numba", reason="the studio's renderer needs numba")
pytest.importorskip("optax", reason="learning the strip needs jax and optax")

from formcheck.body import arch
from formcheck.body.poses import STATIONS
from formcheck.body.process import STORED, stored
from formcheck.pose import strip as strips
from formcheck.pose.networks import Networks
from models.fit import arch as learning
from models.fit import sights, strip
from models.fit.sights import SPINE, Sight
from models.fit.stills import stills_of

ARCHED = np.exp(-np.square((STATIONS - 0.3) / 0.2))


def sight(posture: str, body: int) -> Sight:
    """Somebody whose loin is drawn in by 0.003 trunks for each degree of lordosis, and whose strip gets lighter."""
    rng = np.random.default_rng([learning.POSTURES.index(posture), body])
    lordosis, looks = np.append(0.0, rng.uniform(0, 20, 5)), np.zeros((6, 1, len(arch.COLUMNS)), np.float32)
    backs = 25 + rng.normal(0, 1, 16) + rng.normal(0, 0.1, (6, 16))
    looks[:, 0, :16], looks[:, 0, 16:32] = backs - 0.3 * lordosis[:, None] * ARCHED, 25 + rng.normal(0, 0.1, (6, 16))
    looks[:, 0, 32:34], looks[:, 0, 34:36] = (300, 200), (200, 200) if posture == "lying" else (300, 100)
    looks[:, 0, 36] = -1 if posture == "lying" else 1
    looks[0, 0, 0] = np.nan if body == 0 else looks[0, 0, 0]
    rgb = rng.integers(0, 20, (6, 1, strips.HEIGHT, strips.WIDTH, 3)).astype(np.uint8)
    rgb[:, :, :20] += (lordosis[:, None, None, None, None] * 8).astype(np.uint8)
    mask, places = np.zeros(rgb.shape[:-1], np.float16), np.zeros((6, 1, strips.POSTURE), np.float32)
    spine = np.zeros((6, 1, 2 * SPINE), np.float32)
    spine[..., :SPINE] = np.tile(np.linspace(0, 1, SPINE // 2), 2)
    return Sight(
        body, posture, float(rng.uniform(40, 90)), "left", body == 1, lordosis, looks, rgb, mask, places, spine
    )


def test_what_is_learned_of_looks_tells_their_arch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strip, "ROUNDS", ((2, 1e-3),))
    into, network = tmp_path / "arch.npz", tmp_path / "strip.npz"
    learning.fit([sight(posture, body) for posture in learning.POSTURES for body in range(15)], into, network)
    with np.load(network) as layers, np.load(strips.__file__.replace(".py", ".npz")) as shipped:
        assert {name: layers[name].shape for name in layers} == {name: shipped[name].shape for name in shipped}
    with np.load(into) as arrays:
        assert tuple(arrays["features"]) == arch.FEATURES
        for posture in learning.POSTURES:
            process = stored({name: arrays[f"{posture}.{name}"] for name in STORED})
            new = [sight(posture, body) for body in range(20, 24)]
            given = sights.rows(new, [np.zeros((6, 1, 2))] * 4)
            assert np.abs(process.change(given.features)[0] - given.change).mean() < 3
            assert arrays[f"{posture}.widening"].shape == (arch.WIDENING,)


def test_the_true_lines_of_spine_and_back_tell_the_lordosis() -> None:
    rng = np.random.default_rng(4)
    along = np.tile(np.linspace(0, 1, SPINE // 2), 2)
    bend = np.tile(np.exp(-np.square((along[: SPINE // 2] - 0.3) / 0.2)), 2)
    made = []
    for body in range(12):
        one = sight("upright", body)
        tilt = rng.normal(0, 0.05, (6, 1, 1)) * along + rng.normal(0, 0.05)
        one.spine[..., :SPINE], one.spine[..., SPINE:] = along, 0.003 * one.lordosis[:, None, None] * bend + tilt
        made.append(one)
    weights, _ = strip.bent(made)
    told = np.array([strip.lines(look[0])[0] @ weights for look in made[0].spine]) * strips.UNIT_DEG
    assert np.corrcoef(told, made[0].lordosis)[0, 1] > 0.95


def test_a_strip_that_is_moved_takes_its_lines_along() -> None:
    spine = sight("upright", 0).spine[0, 0]
    spine[:SPINE], spine[SPINE:] = np.tile(np.linspace(0, 1, SPINE // 2), 2), 0.1
    moved = strip._spine_moved(spine, np.array([[1.0, 0, 2], [0, 1, 0]]))
    across = 2 * (strips.ACROSS[1] - strips.ACROSS[0]) / (strips.WIDTH - 1)
    assert moved == pytest.approx(np.append(spine[:SPINE], spine[SPINE:] + across))


def test_stills_are_looked_at_and_what_was_seen_is_kept(tmp_path: Path) -> None:
    found = list(sights.seen(Networks(), stills_of("held", 0), 0))
    assert found
    for one in found:
        assert one.posture in learning.POSTURES
        assert one.looks.shape == (6, sights.PASSES, len(arch.COLUMNS))
        assert sights.there(one).any()
