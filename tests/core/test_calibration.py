"""Errors, biases and widths of intervals: how they are named, found and used."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from formcheck.body.measures import MEASURES
from formcheck.core import calibration
from formcheck.core.calibration import UNKNOWN, Z90, Error, Grown, Kind, Size, key
from formcheck.core.exercise import Check, builtin
from formcheck.findings import Quality
from models.fit.calibration import bias, half, table, text_of
from models.fit.sizes import sized


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


def test_what_nobody_read_takes_all_exercises_together_then_its_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    own, pooled, measure, kind = (Error(0.1, 0.0, 0.0, half, 0.0, 9) for half in (1.0, 2.0, 3.0, 4.0))
    read = "heel_height.mean.hold.from_rest near"
    errors = {f"a {read}": own, f"* {read}": pooled, "* heel_height change": measure, "* change": kind}
    monkeypatch.setattr(calibration, "tables", lambda: {Quality.STANDARD: calibration.Table({}, errors)})
    assert calibration.error(f"a {read}") is own
    assert calibration.error(f"mine {read}") is pooled
    assert calibration.error("mine heel_height.max.lifting.from_rest far") is measure
    assert calibration.error("mine knee_flexion.max.lifting.from_rest far") is kind
    assert calibration.error("mine knee_flexion.max.lifting far") is UNKNOWN
    assert UNKNOWN.half == Z90


def test_every_measure_has_an_error_of_every_quality() -> None:
    for quality in Quality:
        for measure in MEASURES:
            for kind in get_args(Kind):
                size = calibration.size(measure, kind, quality)
                assert max(size) > 0, measure
                assert min(size) >= 0, measure


def test_an_error_is_made_of_its_parts() -> None:
    size = Size(3.0, 40.0, 10.0, 20.0, 2.0, 0.5)
    parts = calibration.parts(size, Grown(0.1, 1.0, 0.2))
    assert parts == pytest.approx((3.0, 4.0, np.hypot(10.0, 4.0)))
    assert parts.whole == pytest.approx(np.sqrt(sum(part * part for part in parts)))
    assert calibration.parts(size, Grown(0.0, 0.0, 0.0, 2.0, 0.0)) == (5.0, 0.0, 0.0)
    assert calibration.parts(size, Grown(0.0, 0.0, 0.0, 0.0, 8.0)) == (5.0, 0.0, 0.0)


def test_a_slant_is_how_far_the_camera_stands_from_where_it_should() -> None:
    assert calibration.slant("side", 45.0, 10.0) == pytest.approx((1.0, np.radians(10) / np.sin(np.pi / 4)))
    assert calibration.slant("side", 90.0, 0.0) == pytest.approx((0.0, 0.0))
    assert calibration.slant("front", 0.0, 0.0) == pytest.approx((0.0, 0.0))
    assert calibration.slant("any", 20.0, 9.0) == (0.0, 0.0)
    assert np.isfinite(calibration.slant("side", 0.0, 9.0)).all()


def test_a_bias_grows_as_the_camera_leaves_the_side_and_with_the_value() -> None:
    assert Error(0.5, 2.0, 0.0, 1.0, 0.0, 9).of(7.0, 90) == pytest.approx(0.5)
    assert Error(0.5, 2.0, 0.0, 1.0, 0.0, 9).of(7.0, 30) == pytest.approx(1.5)
    assert Error(0.5, 0.0, -0.1, 1.0, 0.0, 9).of(7.0, float("nan")) == pytest.approx(-0.2)


def drawn(bias: float, sd: float, bodies: int = 24, each: int = 10) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    own = np.repeat(rng.normal(0, sd, bodies), each)
    return bias + own + rng.normal(0, sd / 4, bodies * each), np.repeat(np.arange(bodies), each)


def test_a_bias_that_all_bodies_share_is_found_and_one_that_none_shares_is_not() -> None:
    errors, bodies = drawn(3.0, 1.0)
    side_on = np.zeros(len(errors))
    assert bias(errors, side_on, side_on, bodies)[0] == pytest.approx(3.0, abs=0.5)
    errors, _ = drawn(0.0, 1.0)
    assert abs(bias(errors, side_on, side_on, bodies)[0]) < 0.4


@pytest.mark.parametrize("count", [12, 16, 30])
def test_the_interval_holds_nine_in_ten_of_unseen_bodies(count: int) -> None:
    """Not less, as without the correction for few bodies: over many draws, of bodies of which each has an error."""
    rng, inside = np.random.default_rng(7), []
    for _ in range(200):
        bodies = np.repeat(np.arange(count), 4)
        ratios = np.abs(np.repeat(rng.normal(0, 2, count), 4) + rng.normal(0, 0.5, 4 * count))
        fresh = np.abs(rng.normal(0, 2, 200) + rng.normal(0, 0.5, 200))
        inside.append(np.mean(fresh <= half(ratios, bodies, 0.9)))
    assert 0.89 < np.mean(inside) < 0.97


def test_what_an_error_grows_with_is_found() -> None:
    rng = np.random.default_rng(3)
    bodies = np.repeat(np.arange(40), 25)
    joints, lean, turn = (rng.uniform(0, top, 1000) for top in (0.2, 2.0, 0.3))
    errors = rng.normal(0, np.sqrt(2.0**2 + (60 * joints) ** 2 + (5 * lean) ** 2))
    errors[::50] *= 20
    found = sized(errors, np.column_stack([joints, lean, turn, np.zeros((1000, 2))]), bodies)
    assert found.own == pytest.approx(2.0, rel=0.6)
    assert found.joints == pytest.approx(60, rel=0.3)
    assert found.lean == pytest.approx(5, rel=0.3)
    assert found.turn < 12
    assert (found.told, found.share) == (0, 0)


def record(exercise: str, body: int, error: float = 0.1, **changes: Any) -> dict[str, Any]:
    return {
        "reading": f"{exercise} knee_flexion.mean.hold near",
        "measure": "knee_flexion value",
        "raw_value": 1.0,
        "raw_error": error,
        "grown": [0.1, 0.2, 0.1, 0.0, 0.0],
        "per": 1.0,
        "margin_raw": 7.0,
        "yaw_found": 80.0,
        "body": str(body),
    } | changes


def test_few_bodies_make_no_row_of_their_own() -> None:
    rng = np.random.default_rng(4)
    read = "knee_flexion.mean.hold near"
    told = [record("a" if i < 20 else "b", i, rng.normal(0, 2)) for i in range(28)]
    found = table([*told, {"reading": None, "raw_error": None, "body": "1"}], {"supine value": Size(1, 1, 1, 1)})
    assert set(found.sizes) == {"supine value", "knee_flexion value"}
    assert found.errors[f"a {read}"].bodies == 20
    assert found.errors[f"b {read}"].bodies == found.errors[f"* {read}"].bodies == 28
    assert found.errors[f"a {read}"].half > 2
    assert found.errors[f"a {read}"].margin == 7.0


def test_a_reading_that_is_surer_than_its_measure_gets_a_narrower_interval() -> None:
    rng = np.random.default_rng(4)
    found = table([record(name, i, rng.normal(0, sd)) for i in range(40) for name, sd in (("a", 1), ("b", 4))], {})
    read = "knee_flexion.mean.hold near"
    assert found.errors[f"a {read}"].half < 0.6 * found.errors[f"b {read}"].half


def test_widths_are_those_of_bodies_that_the_numbers_were_not_found_on() -> None:
    """With a bias of each body's own, numbers found on the same bodies would make the intervals too narrow."""
    rng, held = np.random.default_rng(6), []
    for _ in range(10):
        own = rng.normal(0, 1, 60)
        told = [record("a", i, own[i] + rng.normal(0, 0.1)) for i in range(30) for _ in range(3)]
        error = table(told, {}).errors["a knee_flexion.mean.hold near"]
        size = calibration.parts(table(told, {}).sizes["knee_flexion value"], Grown(0.1, 0.2, 0.1)).whole
        held += [abs(own[i] - error.of(1.0, 80.0)) <= error.half * size for i in range(30, 60)]
    assert 0.86 < np.mean(held) < 0.98


def test_what_is_shipped_names_readings_of_the_exercises() -> None:
    known = {
        key(e.name, check, side, near).partition(" ")[2]
        for e in builtin().values()
        for cue in e.rep_cues
        for check in cue.checks
        for side, near in ((None, None), ("left", "left"), ("left", "right"))
    }
    for found in calibration.tables().values():
        for name, row in found.errors.items():
            assert row.half > 0
            first, _, read = name.partition(" ")
            assert read in known or (first == calibration.ANY and "." not in read)
        assert {name.split(" ")[0] for name in found.sizes} == set(MEASURES)


def test_a_table_comes_back_as_it_was_written() -> None:
    tables = calibration.tables()
    stored = json.loads(text_of(tables, {"made": "today"}))
    assert set(stored) == {"about", *Quality}
    for quality, found in tables.items():
        assert stored[quality]["sizes"] == {
            name: pytest.approx(list(row), rel=1e-3) for name, row in found.sizes.items()
        }


def test_a_share_of_the_value_is_found() -> None:
    rng = np.random.default_rng(2)
    bodies, values = np.repeat(np.arange(20), 5), rng.uniform(5, 40, 100)
    found = Error(*bias(-0.15 * values + rng.normal(0, 0.3, 100), np.zeros(100), values, bodies), 1.0, 0.0, 0)
    assert found.share == pytest.approx(-0.15, abs=0.02)
    assert found.of(20.0, 90.0) == pytest.approx(-3.0, abs=0.3)


def test_values_are_not_drawn_to_a_truth_that_hardly_varies() -> None:
    rng = np.random.default_rng(3)
    bodies, truth = np.repeat(np.arange(20), 5), 0.1 + rng.normal(0, 0.01, 100)
    values = truth + np.repeat(rng.normal(0, 0.1, 20), 5)
    assert abs(bias(values - truth, np.zeros(100), values, bodies)[2]) < 0.2
