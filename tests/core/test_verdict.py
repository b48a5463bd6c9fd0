"""Verdicts: numbers read off exact signals, intervals, bounds that matter, and reasons in place of guesses."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formcheck import words
from formcheck.body.poses import Array
from formcheck.core import calibration, verdict
from formcheck.core.calibration import UNKNOWN, Error, Size
from formcheck.core.exercise import Check, Cue, Source, Words, builtin
from formcheck.core.reading import Hidden, Phase, Reading, Trust
from formcheck.core.reading import read as read_off
from formcheck.core.verdict import Known, Scale
from formcheck.findings import OneSide, Quality, Reason, Verdict, Why
from formcheck.units import Lengths

TIME = np.arange(0, 4, 1 / 30)
ALL = Phase(np.ones(len(TIME), np.bool_), 0.0, 4.0)
NO_REST = np.zeros(len(TIME), np.bool_)
BAD = "Bad: {value:.1f}."
SIDE_ON = Trust(yaw_deg=90.0, yaw_error_deg=5.0, spread=0.0)
SIZES = {
    "knee_flexion": Size(6.0, 60.0, 10.0, 0.0),
    "hip_depth": Size(0.05, 0.5, 0.1, 0.0),
    "foot_spread": Size(0.1, 0.5, 0.5, 0.0),
    "hip_travel": Size(0.05, 0.5, 0.1, 0.0),
    "time": Size(0.06, 0.0, 0.0, 0.0, 1.0),
    "speed": Size(0.0, 0.0, 0.0, 0.0, 0.0, 0.15),
}
SURE = Error(0.0, 0.0, 0.0, 0.01, 0.0, 1)
"""Of a reading nearly without error."""


@pytest.fixture(autouse=True)
def sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors that these tests know, in place of those that ship; a change has half of a value's."""

    def size(measure: str, kind: str, quality: Quality = Quality.STANDARD) -> Size:
        found = SIZES.get(kind) or SIZES.get(measure, Size(0.05, 0.5, 0.1, 0.1))
        return found if kind in ("value", "time", "speed") else found._replace(own=found.own / 2)

    monkeypatch.setattr(calibration, "size", size)


def check(**changes: Any) -> Check:
    base = Check("knee_flexion", "working", "hold", "mean", "deg", False, None, 20.0, Words(BAD, BAD))
    return replace(base, **changes)


def cue(wanted: Check, **changes: Any) -> Cue:
    base = Cue("x", "quote", "The reading (ours).", Source("t", "s"), (wanted,), None, "Good: {value:.1f}.")
    return replace(base, **changes)


def read(signal: Array, **changes: Any) -> Reading:
    return read_off(check(**changes), TIME, signal.astype(np.float32), ALL, NO_REST)


def judged(
    value: float, scale: Scale | None = None, trust: Trust = SIDE_ON, error: Error = UNKNOWN, **changes: Any
) -> Verdict:
    wanted = check(**changes)
    return verdict.judge(
        cue(wanted), wanted, Reading(value, 1.0, 4.0), Known(scale or Scale(100.0, 170.0), trust, error=error)
    )


def read_with(*hidden: Hidden, value: float = 5.0, joints: float = 0.0, near: OneSide | None = "left") -> Verdict:
    """The verdict of a knee's angle whose joints may be off and are hidden."""
    reading = Reading(value, 1.0, 4.0, joints=joints, hidden=hidden)
    return verdict.judge(cue(check()), check(), reading, Known(Scale(100.0, 170.0), SIDE_ON, near))


def test_nan_is_never_a_fault() -> None:
    signal = np.full(len(TIME), 90.0)
    signal[10:] = np.nan
    found = read(signal)
    assert found.value is None
    spoken = verdict.judge(cue(check()), check(), found, Known(Scale(100, None), SIDE_ON))
    assert spoken.verdict == "not_assessed"
    assert spoken.message == "Not judged: we lost sight of your body here."
    some = np.full(len(TIME), 90.0)
    some[:20] = np.nan
    assert read(some).value == 90


@pytest.mark.parametrize(("value", "name"), [(5.0, "met"), (40.0, "fault"), (18.0, "borderline"), (29.0, "borderline")])
def test_a_verdict_needs_its_whole_interval(value: float, name: str) -> None:
    found = judged(value)
    half = calibration.Z90 * SIZES["knee_flexion"].own
    assert found.verdict == name
    assert found.interval == pytest.approx((value - half, value + half))


def test_words_carry_the_number() -> None:
    assert judged(5.0).message == "Good: 5.0."
    assert judged(40.0).message == "Bad: 40.0."
    assert judged(18.0).message == "Too close to call whether the reading; aim for clearly less than 20 degrees."
    advised = cue(check(), advice="Do this.")
    assert (
        verdict.judge(advised, check(), Reading(40, 1, 1), Known(Scale(1, None), SIDE_ON)).message
        == "Bad: 40.0. Do this."
    )


@pytest.mark.parametrize(("value", "name", "said", "spoken"), [
    (20.0, "fault", "Only 20.", "More."), (100.0, "fault", "As much as 100.", "Less."),
    (60.0, "met", "Good: 60.0.", None), (45.0, "borderline", "Too close", None),
])  # fmt: skip
def test_each_bound_has_words_of_its_own(value: float, name: str, said: str, spoken: str | None) -> None:
    """The side on which the whole interval lies chooses them."""
    fault, say = Words("Only {value:.0f}.", "As much as {value:.0f}."), Words("More.", "Less.")
    found = judged(value, at_least=40.0, at_most=80.0, fault=fault, say=say)
    assert (found.verdict, found.say) == (name, spoken)
    assert found.message.startswith(said)


@pytest.mark.parametrize(("left", "right", "said"), [(2, 4, "2 and 4: more."), (4, 7, "4 and 7: fewer."),
                                                     (2, 7, "2 and 7: more."), (3, 5, "Enough.")])  # fmt: skip
def test_each_bound_of_a_count_has_words_of_its_own(left: int, right: int, said: str) -> None:
    fault = Words("{left} and {right}: more.", "{left} and {right}: fewer.")
    wanted = check(measure="", phase="set", take="count", unit="reps", at_least=3.0, at_most=5.0, fault=fault)
    found = verdict.count_verdict(cue(wanted, met="Enough."), {"left": left, "right": right}, 9.0)
    assert found.message == said


@pytest.mark.parametrize(("value", "changes", "said"), [
    (1.14, {"phase": "lowering", "take": "duration", "unit": "s", "at_least": 1.1, "at_most": None},
     "aim for clearly more than 1.1 s."),
    (10.0, {"measure": "hip_depth", "unit": "trunk", "at_most": 0.11},
     "aim for clearly less than 5 cm."),
    (10.0, {"measure": "hip_depth", "unit": "cm", "at_least": 2.5, "at_most": 7.0},
     "aim for clearly less than 7 cm."),
    (100.0, {"measure": "hip_travel", "take": "peak_speed", "unit": "trunk/s", "at_most": 0.9},
     "aim for clearly less than 44 cm a second."),
])  # fmt: skip
def test_what_is_too_close_to_call_is_said_in_one_unit(value: float, changes: dict[str, Any], said: str) -> None:
    found = judged(value, **changes)
    assert found.verdict == "borderline"
    assert found.message == f"Too close to call whether the reading; {said}"


def test_a_close_call_says_what_was_found_and_which_way_to_go() -> None:
    """In the person's own lengths; a cue of a file of one's own, without words for it, says its reading."""
    slow = {"phase": "lowering", "take": "duration", "unit": "s", "at_least": 1.0, "at_most": None}
    bridge = {cue.id: cue for cue in builtin()["glute_bridge"].cues}["lower_slowly"]
    wanted = replace(bridge, checks=(check(**slow),))
    found = verdict.judge(wanted, wanted.check, Reading(1.08, 1.0, 1.1), Known(Scale(100.0, 170.0), SIDE_ON))
    assert found.message == "You lowered in about 1.1 s; aim for clearly more than 1 s."
    inches = Scale(100.0, 170.0, Lengths.INCHES)
    found = judged(10.0, inches, measure="hip_depth", unit="trunk", at_most=0.11)
    assert found.message == "Too close to call whether the reading; aim for clearly less than 2.1 inches."


def test_a_value_that_its_error_swallows_is_not_said() -> None:
    found = judged(2.0, measure="hip_depth", unit="trunk", at_most=0.09)
    assert found.message == "We couldn’t tell whether the reading."


def test_the_interval_widens_with_the_spread() -> None:
    narrow, wide = judged(10.0), judged(10.0, trust=Trust(90.0, 5.0, 0.1))
    assert narrow.interval is not None
    assert wide.interval is not None
    assert wide.interval[1] > narrow.interval[1] + 3
    assert judged(10.0, trust=Trust(90.0, 5.0, float("nan"))) == narrow
    unsure = judged(10.0, trust=Trust(90.0, 5.0, 0.3))
    assert (unsure.verdict, unsure.reason_code) == ("not_assessed", Reason.SKELETON_UNSURE)


@pytest.mark.parametrize(("measure", "yaw", "reason"), [
    ("knee_flexion", 10.0, Reason.TURN_SIDE_ON),
    ("knee_flexion", float("nan"), Reason.TURN_SIDE_ON),
    ("foot_spread", 80.0, Reason.ONLY_FROM_FRONT),
    ("foot_spread", float("nan"), Reason.ONLY_FROM_FRONT),
])  # fmt: skip
def test_what_the_view_cannot_show_is_not_judged(measure: str, yaw: float, reason: Reason) -> None:
    unit, value, bound = ("deg", 50.0, 20.0) if measure != "foot_spread" else ("share", 1.5, 1.0)
    found = judged(value, trust=Trust(yaw, 5.0, 0.0), measure=measure, unit=unit, at_most=bound)
    assert (found.verdict, found.value, found.interval) == ("not_assessed", None, None)
    assert (found.reason_code, found.reason) == (reason, words.reason(Why(reason)))


def test_the_interval_widens_as_the_camera_leaves_the_side_and_no_yaw_is_a_wall() -> None:
    widths = [
        np.diff(judged(5.0, trust=Trust(yaw, 5.0, 0.0), error=SURE).interval or ())[0] for yaw in range(20, 91, 5)
    ]
    assert (np.diff(widths) < 0).all()
    assert max(-np.diff(widths)) < 0.4 * max(widths)


def test_a_fault_that_is_plain_at_a_slant_is_judged_and_what_is_not_says_turn() -> None:
    slant = Trust(58.0, 5.0, 0.0)
    assert judged(60.0, trust=slant).verdict == "fault"
    wide = Error(0.0, 0.0, 0.0, 4.0, 0.0, 9)
    found = judged(30.0, trust=slant, error=wide)
    assert (found.verdict, found.reason_code) == ("not_assessed", Reason.TURN_FULLY_SIDE_ON)


def test_too_wide_an_interval_is_no_close_call() -> None:
    """Half the interval is compared with the width of the bounds, or with how far such values lie from their bound."""
    wide = Error(0.0, 0.0, 0.0, 2.5, 12.0, 9)
    assert judged(15.0, error=wide).reason_code == Reason.NOT_TOLD
    assert judged(15.0, error=wide._replace(margin=0.0)).verdict == "borderline"
    assert judged(15.0, error=wide, at_least=0.0).verdict == "borderline"
    assert judged(80.0, error=wide).verdict == "fault"


def test_unsure_joints_widen_the_interval_until_nothing_is_said() -> None:
    assert read_with(joints=0.05).interval != read_with().interval
    unsure = read_with(joints=0.4)
    assert (unsure.verdict, unsure.reason_code) == ("not_assessed", Reason.SKELETON_UNSURE)


@pytest.mark.parametrize(("hidden", "why"), [
    ([Hidden("knee", "left", 0.05)], Why(Reason.HIDDEN, "knee")),
    ([Hidden("foot_index", "left", 0.05)], Why(Reason.HIDDEN, "foot")),
    ([Hidden("hip", "right", 0.05)], None),
    ([Hidden("hip", "right", 0.3)], Why(Reason.BEHIND_YOURSELF, "hip")),
    ([Hidden("hip", "left", 0.1), Hidden("hip", "right", 0.3)], Why(Reason.HIDDEN, "hips")),
])  # fmt: skip
def test_a_hidden_joint_is_not_judged_unless_it_is_a_far_one_that_is_sure(
    hidden: list[Hidden], why: Why | None
) -> None:
    found = read_with(*hidden)
    assert found.reason == (None if why is None else words.reason(why))
    assert (found.verdict == "met") == (why is None)


def test_a_duration_is_judged_from_any_view() -> None:
    found = judged(31.0, trust=Trust(5.0, 8.0, 0.9), take="duration", unit="s", at_least=30.0, at_most=None)
    assert found.verdict == "met"


def test_lengths_are_in_trunks_and_centimetres() -> None:
    trunk = judged(10.0, measure="hip_depth", unit="trunk", take="gain", at_most=0.05)
    assert trunk.value == pytest.approx(0.1)
    given = judged(10.0, measure="hip_depth", unit="cm", at_most=5.5)
    assert given.value == pytest.approx(0.1 * 0.288 * 170)
    taken = judged(10.0, Scale(100.0, None), measure="hip_depth", unit="cm", at_most=5.5)
    assert taken.value == given.value
    assert np.diff(taken.interval or ())[0] > np.diff(given.interval or ())[0]
    tall = judged(10.0, Scale(100.0, 200.0), measure="hip_depth", unit="cm", at_most=5.5)
    assert tall.value == pytest.approx(0.1 * 0.288 * 200)


def test_a_change_is_surer_than_a_value() -> None:
    value, change = (judged(5.0, from_rest=flag).interval or (0, 0) for flag in (False, True))
    assert change[1] < value[1]


@pytest.mark.parametrize(("left", "right", "name"), [(3, 3, "met"), (3, 2, "fault"), (0, 3, "fault"), (4, 3, "met")])
def test_a_set_counts_the_lesser_side(left: int, right: int, name: str) -> None:
    wanted = builtin()["kneeling_lunge"].set_cues[0]
    found = verdict.count_verdict(wanted, {"left": left, "right": right}, 9.0)
    assert (found.verdict, found.value, found.at_s) == (name, min(left, right), 9.0)
    assert found.message.startswith(f"Right {right}, left {left}. Goal: 3 a side")


@pytest.mark.parametrize(("counts", "said"), [
    ({"left": 0, "right": 2, "both": 0}, "Right 2, left 0"), ({"left": 1, "right": 1}, "Right 1, left 1"),
    ({"left": 3, "right": 3, "both": 3}, "3 reps"), ({"left": 2, "right": 3, "both": 1}, "Right 3, left 2"),
])  # fmt: skip
def test_how_many_reps_are_done_is_said_by_side(counts: dict[str, int], said: str) -> None:
    wanted = builtin()["leg_lift"].set_cues[0]
    found = verdict.count_verdict(wanted, counts, 9.0)
    assert (found.message, found.dose, found.fault) == (f"{said}. Goal: 10 to 15 a leg.", True, "low")


def test_the_worst_of_the_checks_stands() -> None:
    met, fault, open_, none = (judged(v) for v in (5.0, 40.0, 18.0, 5.0))
    none = replace(none, verdict="not_assessed")
    assert verdict.combined([met, fault]) is fault
    assert verdict.combined([none, open_, met]) is none
    assert verdict.combined([met, replace(met)]) is met


def test_the_score() -> None:
    met, fault, close = judged(5.0), judged(40.0), judged(18.0)
    none = replace(met, verdict="not_assessed")
    assert verdict.score([met, fault, close, none]) == (50.0, 0.75)
    assert verdict.score([none]) == (None, 0.0)
    assert verdict.score([met, replace(fault, dose=True), replace(none, dose=True)]) == (100.0, 1.0)
    assert verdict.score([]) == (None, 0.0)


def seen_well(wanted: Check) -> Trust:
    return Trust(0.0 if wanted.seen_from == "front" else 90.0, 0.0, 0.0)


def bounds() -> list[tuple[str, Cue, Check]]:
    return [
        (f"{exercise.name}:{cue.id}:{check.take}", cue, check)
        for exercise in builtin().values()
        for cue in exercise.rep_cues
        for check in cue.checks
    ]


@pytest.mark.parametrize(("wanted", "measured"), [b[1:] for b in bounds()], ids=[b[0] for b in bounds()])
def test_no_jargon_is_said_of_a_value_on_its_bound(wanted: Cue, measured: Check) -> None:
    """Right on a bound nothing can be sure; only a count of turns has no error."""
    scale = Scale(1.0, 170.0)
    bound = measured.at_most if measured.at_most is not None else measured.at_least or 0.0
    reading = Reading(bound / scale.trunk_cm if measured.unit == "cm" else bound, 1.0, 100.0)
    found = verdict.judge(wanted, measured, reading, Known(scale, seen_well(measured), error=SURE))
    if measured.take == "reversals":
        assert found.verdict == "met"
        return
    assert found.verdict == "borderline"
    if wanted.is_dose:
        assert found.message.startswith(("Held for ", "At rest for "))
        return
    about = wanted.about.split("{")[0] if wanted.about else "Too close to call whether "
    assert re.fullmatch(
        rf"(We couldn’t tell whether y.*|{about}.*; aim for clearly (more|less) than .*)\.", found.message
    )
    assert not re.search("ours|trunk|[()]", found.message), found.message


@pytest.mark.parametrize(("wanted", "measured"), [b[1:] for b in bounds()], ids=[b[0] for b in bounds()])
def test_every_bound_matters(wanted: Cue, measured: Check) -> None:
    """A value well within the bounds is met; with either bound moved past it, it is a fault."""
    scale = Scale(1.0, 100 / verdict.TRUNK_SHARE)  # pixels are trunks, and a trunk is 100 cm
    unit = 100.0 if measured.unit == "cm" else 1.0
    low = measured.at_least if measured.at_least is not None else (measured.at_most or 0) - 100
    high = measured.at_most if measured.at_most is not None else (measured.at_least or 0) + 100
    reading = Reading((low + high) / 2 / unit, 1.0, 100.0)

    def name(moved: Check) -> str:
        return verdict.judge(wanted, moved, reading, Known(scale, seen_well(moved))).verdict

    far = 1000.0
    if measured.at_most is not None:
        assert name(replace(measured, at_least=None, at_most=low - far)) == "fault"
    if measured.at_least is not None:
        assert name(replace(measured, at_least=high + far, at_most=None)) == "fault"
    if high - low >= 50 or measured.take in ("duration", "reversals"):
        assert name(measured) == "met"
