"""Biases and widths of intervals: how they are named, found and used."""

import json
from pathlib import Path

import numpy as np
import pytest

from formcheck.core import calibration
from formcheck.core.calibration import UNKNOWN, Z90, Error, key
from formcheck.core.exercise import Check, builtin
from models.fit.calibration import fitted, table


def check(measure: str = "heel_height", take: str = "mean", leg: str = "working", *, from_rest: bool = True) -> Check:
    return Check(measure, leg, "hold", take, "trunk", from_rest, None, 1.0)  # type: ignore[arg-type]


def test_a_reading_is_named_by_what_is_read_and_by_the_nearer_leg() -> None:
    assert key("leg_lift", check(), "left", "left") == "leg_lift heel_height.mean.hold.from_rest near"
    assert key("leg_lift", check(leg="other"), "left", "left").endswith(" far")
    assert key("leg_lift", check(leg="other"), "right", "left").endswith(" near")
    assert key("leg_lift", check(leg="both"), "left", "left").endswith(" any")
    assert key("leg_lift", check("hip_rise"), "left", "left").endswith(" any")
    assert key("leg_lift", check(take="duration", from_rest=False), "left", None).endswith(
        "heel_height.duration.hold any"
    )


def test_what_nobody_read_takes_all_exercises_together_or_the_measures_own_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, side, pooled = (Error(0.1, 0.0, 0.0, half, 9) for half in (2.0, 1.0, 3.0))
    monkeypatch.setattr(calibration, "table", lambda: {"a x near": own, "a x near side": side, "* x near": pooled})
    assert calibration.error("a x near", 85.0) is side
    assert calibration.error("a x near", 60.0) is own
    assert calibration.error("mine x near", 85.0) is pooled
    assert calibration.error("a y near", 85.0) is UNKNOWN
    assert UNKNOWN.half == Z90


def test_a_bias_grows_as_the_camera_leaves_the_side_and_with_the_value() -> None:
    assert Error(0.5, 2.0, 0.0, 1.0, 9).of(7.0, 90) == pytest.approx(0.5)
    assert Error(0.5, 2.0, 0.0, 1.0, 9).of(7.0, 30) == pytest.approx(1.5)
    assert Error(0.5, 0.0, -0.1, 1.0, 9).of(7.0, float("nan")) == pytest.approx(-0.2)


def drawn(bias: float, sd: float, bodies: int = 24, each: int = 10) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    own = np.repeat(rng.normal(0, sd, bodies), each)
    return bias + own + rng.normal(0, sd / 4, bodies * each), np.repeat(np.arange(bodies), each)


def test_a_bias_that_all_bodies_share_is_found_and_one_that_none_shares_is_not() -> None:
    errors, bodies = drawn(3.0, 1.0)
    sizes, side_on = np.ones(len(errors)), np.zeros(len(errors))
    assert fitted(errors, sizes, side_on, side_on, bodies).bias == pytest.approx(3.0, abs=0.5)
    errors, _ = drawn(0.0, 1.0)
    assert abs(fitted(errors, sizes, side_on, side_on, bodies).bias) < 0.4


def test_the_interval_holds_nine_in_ten_of_unseen_bodies() -> None:
    rng, inside = np.random.default_rng(7), []
    for _ in range(40):
        bodies = np.repeat(np.arange(16), 4)
        errors = np.repeat(rng.normal(1, 2, 16), 4) + rng.normal(0, 0.5, 64)
        found = fitted(errors, np.full(64, 2.0), np.zeros(64), np.zeros(64), bodies)
        fresh = rng.normal(1, 2, 200) + rng.normal(0, 0.5, 200) - found.bias
        inside.append(np.mean(np.abs(fresh) <= found.half * 2.0))
    assert 0.87 < np.mean(inside) < 0.97


def test_few_bodies_make_no_row_of_their_own() -> None:
    rows = [
        {
            "reading": f"{'a' if i < 4 else 'b'} x any",
            "raw_value": 1.0,
            "raw_error": 0.1,
            "raw_size": 0.1,
            "yaw_found": 80.0,
            "body": str(i),
        }
        for i in range(10)
    ]
    found = table([*rows, {"reading": None, "raw_error": None}])
    assert set(found) == {"b x any", "* x any"}


def test_what_is_shipped_names_readings_of_the_exercises() -> None:
    text = (Path(calibration.__file__).parent / "calibration.json").read_text("utf-8")
    names = {
        name.removesuffix(" side").removesuffix(" oblique").rpartition(" ")[0] for name in json.loads(text)["errors"]
    }
    known = {key(e.name, cue.check, None, None).rpartition(" ")[0] for e in builtin().values() for cue in e.rep_cues}
    known |= {f"* {name.partition(' ')[2]}" for name in known}
    assert names <= known
    for row in calibration.table().values():
        assert row.half > 0


def test_a_share_of_the_value_is_found() -> None:
    rng = np.random.default_rng(2)
    bodies, values = np.repeat(np.arange(20), 5), rng.uniform(5, 40, 100)
    found = fitted(-0.15 * values + rng.normal(0, 0.3, 100), np.ones(100), np.zeros(100), values, bodies)
    assert found.share == pytest.approx(-0.15, abs=0.02)
    assert found.of(20.0, 90.0) == pytest.approx(-3.0, abs=0.3)


def test_values_are_not_drawn_to_a_truth_that_hardly_varies() -> None:
    rng = np.random.default_rng(3)
    bodies, truth = np.repeat(np.arange(20), 5), 0.1 + rng.normal(0, 0.01, 100)
    values = truth + np.repeat(rng.normal(0, 0.1, 20), 5)
    found = fitted(values - truth, np.ones(100), np.zeros(100), values, bodies)
    assert abs(found.share) < 0.2
    assert found.half > 0.1
