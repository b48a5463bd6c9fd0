"""What is shown and said of every cue with two bounds, on each side of them: which way to go, live and recorded."""

from typing import Final

import pytest

from formcheck.core.calibration import Error
from formcheck.core.exercise import Check, Cue, Exercise, builtin
from formcheck.core.reading import Reading, Trust
from formcheck.core.verdict import Known, Scale, count_verdict, judge
from formcheck.findings import Bound, Rep, Verdict
from formcheck.live.coach import Coach
from formcheck.recorded import Options

SAID: Final[dict[tuple[str, Bound], tuple[str, str]]] = {
    ("feet_shoulder_width", "low"): ("too close, 0.3 shoulder widths", "Place your feet wider apart."),
    ("feet_shoulder_width", "high"): ("too wide, 2.8 shoulder widths", "Place your feet closer together."),
    ("front_knee_right_angle", "low"): ("too little, 32 degrees", "Front knee bent too little: bring that foot back."),
    ("front_knee_right_angle", "high"): ("too much, 230 degrees", "Front knee bent too much: move that foot forward."),
    ("hips_forward_again", "low"): ("too little, 1 cm", "Arms up, lean your hips a little further forward."),
    ("hips_forward_again", "high"): ("too far, 10 cm: lean less", "Too far: lean your hips forward less."),
    ("lift_several_inches", "low"): ("Too low, 4 cm: lift your leg higher, to 8 to 30 cm", "Lift your leg higher."),
    ("lift_several_inches", "high"): ("Too high, 61 cm: lower your leg to 8 to 30 cm", "Too high: lower your leg."),
    ("hold_3_to_5_s", "low"): ("1.5 s. Goal: 3 to 5 s, so a little longer", "Hold your leg up a little longer."),
    ("hold_3_to_5_s", "high"): ("10.0 s. Goal: 3 to 5 s, so a little less is enough", "Long enough: lower your leg."),
    ("other_leg_hangs", "low"): ("only 20 degrees: let the lower leg dangle", "Let your lower leg dangle."),
    ("other_leg_hangs", "high"): (
        "220 degrees: do not pull the foot back",
        "Do not pull the foot back: let it dangle.",
    ),
    ("hold_30_to_60_s", "low"): ("15 s. Goal: 30 to 60 s, so a little longer", "Hold the stretch a little longer."),
    ("hold_30_to_60_s", "high"): ("120 s. Goal: 30 to 60 s, so a little less is enough", "Long enough: change sides."),
    ("three_to_four_per_side", "low"): ("Right 1, left 1. Goal: 3 to 4 a side.", ""),
    ("three_to_four_per_side", "high"): ("Right 8, left 8. Goal: 3 to 4 a side, so fewer are enough.", ""),
    ("hips_in_line", "low"): ("10 cm too high: lower them into line", "Hips too high: lower them into line."),
    ("hips_in_line", "high"): ("sagged 10 cm under the line", "Your hips sag: lift them into line."),
    ("ten_to_fifteen_per_leg", "low"): ("Right 5, left 5. Goal: 10 to 15 a leg.", ""),
    ("ten_to_fifteen_per_leg", "high"): ("Right 30, left 30. Goal: 10 to 15 a leg, so fewer are enough.", ""),
}
"""Cue and bound -> a part of what is shown at half the least or twice the most, and what is said aloud."""


def two_sided() -> list[tuple[Exercise, Cue, Check, Bound]]:
    return [
        (exercise, cue, check, bound)
        for exercise in builtin().values()
        for cue in exercise.cues
        for check in cue.checks
        if check.at_least is not None and check.at_most is not None
        for bound in ("low", "high")
    ]


EACH: Final = pytest.mark.parametrize(
    ("exercise", "cue", "check", "bound"), two_sided(), ids=lambda of: getattr(of, "name", getattr(of, "id", None))
)


def beyond(cue: Cue, check: Check, bound: Bound) -> Verdict:
    """The verdict on half of the least (on twice of it, where that is under 0), or on twice the most."""
    least, most = check.at_least or 0.0, check.at_most or 0.0
    value = (least / 2 if least > 0 else 2 * least) if bound == "low" else 2 * most
    if check.take == "count":
        return count_verdict(cue, {"left": int(value), "right": int(value)}, 9.0)
    scale = Scale(100.0, 170.0)
    trust = Trust(0.0 if check.seen_from == "front" else 90.0, 0.0, 0.0)
    pixels = {"cm": 100.0 / scale.trunk_cm, "trunk": 100.0}.get(check.unit, 1.0)
    sure = Error(0.0, 0.0, 0.0, 0.01, 0.0, 1)
    return judge(cue, check, Reading(value * pixels, 1.0, 30.0), Known(scale, trust, None, sure))


def test_the_table_is_of_every_cue_with_two_bounds() -> None:
    assert {(cue.id, bound) for _, cue, _, bound in two_sided()} == set(SAID)


@EACH
def test_each_bound_has_its_own_words_recorded(exercise: Exercise, cue: Cue, check: Check, bound: Bound) -> None:
    found = beyond(cue, check, bound)
    shown, spoken = SAID[cue.id, bound]
    assert (found.verdict, found.fault) == ("fault", bound)
    assert shown in found.message
    assert (found.say or "") == spoken
    assert check.fault.low != check.fault.high
    assert not spoken or check.say.low != check.say.high


@EACH
def test_each_bound_has_its_own_words_live(exercise: Exercise, cue: Cue, check: Check, bound: Bound) -> None:
    if check.take == "count":  # of the set: known at its end
        return
    coach, found = Coach(Options.of(exercise.name)), beyond(cue, check, bound)
    rep = Rep(1, False, "left", 0.0, 2.0, 4.0, 1.0, 3.0, (), 0.0, 1.0, (found,))
    coach._closed(4.0, rep, 0)  # what the coach does with a rep that is over
    shown, spoken = SAID[cue.id, bound]
    assert shown in coach._board.line(4.0)[0]
    assert coach._speech.say(4.0) == spoken
