"""Exercise files: every documented cue is there in its source's words, and every mistake is named with its place."""

import re
import textwrap
from math import inf
from pathlib import Path

import pytest
from footage import SOURCES, sources

from formcheck.body.measures import MEASURES
from formcheck.core import exercise as module
from formcheck.core.exercise import builtin, choose, parse
from formcheck.core.goal import Goal
from formcheck.core.takes import TAKES
from formcheck.errors import ExerciseError, UsageError
from formcheck.units import Lengths

FOLDER = Path(__file__).parents[2] / "formcheck" / "exercises"

BRIDGE = ("feet_shoulder_width", "toes_forward", "hips_up", "lower_slowly", "through_the_heels", "hips_in_line")
REST = ("back_flat", "at_rest", "five_minutes")
CUES = {
    "kneeling_lunge": [
        "front_knee_right_angle",
        "rear_knee_down",
        "pelvis_tucked",
        "lunge_softly",
        "lean_progressively",
        "back_straight",
        "arms_high",
        "hips_forward_again",
        "hold_30_s",
        "three_per_side",
    ],
    "leg_lift": [
        "lying_on_back",
        "low_back_pressed",
        "lift_several_inches",
        "leg_straight",
        "other_leg_down",
        "hold_3_to_5_s",
        "ten_to_fifteen_per_leg",
    ],
    "ball_bridge": [
        "shoulders_on_ball",
        *BRIDGE[:4],
        "shoulders_stay",
        *BRIDGE[4:],
    ],
    "glute_bridge": list(BRIDGE),
    "hip_flexor_stretch": [
        "back_flat",
        "knee_to_chest",
        "not_too_far",
        "other_leg_hangs",
        "hold_30_to_60_s",
        "three_to_four_per_side",
    ],
    "plank": ["hips_in_line", "pelvis_neutral"],
    "rest_knees_together": list(REST),
    "rest_leg_on_knee": list(REST),
    "rest_legs_on_chair": list(REST),
    "sit_up": [],
}

LUNGE = (
    "Kneel down on one knee with the front leg forward at a 90-degree angle (you may require a pad below if you’re on "
    "a hard-surfaced floor). Tuck your pelvic in and lunge forward softly. Continue to progressively lean into the "
    "stretch, ensuring there is no exceptional discomfort. If your psoas is tight, your lower back may arch; "
    "nonetheless, strive to maintain your back straight. Next, raise your arms high and lean your hips forward another "
    "inch or two to provide some core stretching. 3 repetitions on each side while holding the lunge for 30 seconds."
)
LIFT = (
    "Lie down on your back with your legs out in front of you. If your back arches too much, place your hands behind "
    "your bottom or above your head as long as your lower back is pushed into the ground by concentrating on bringing "
    "your belly button towards the spine. Lift and hold your left leg several inches above the ground for 3 to 5 "
    "seconds. Perform 10 to 15 reps on each leg."
)
BALL = (
    "Lie down on a stability ball as you’re doing crunches, with your neck and shoulders securely supported by the "
    "ball. With your feet straight forward and toes facing forward, shoulder-width apart, engage your core, and don’t "
    "let your hips drop. Drop your glutes to the floor slowly and steadily (but not so far that your shoulders "
    "leave the ball), then push up through your heels to activate the glutes and bring your hips "
    "back in alignment with your spine."
)
STRETCH = (
    "Lean back until your lower back and sacrum are flat on the table, grabbing one knee and pulling it to your chest. "
    "You’re pushing the knee too far if your back is curving and your pelvis is tilting. Simply relax your grip to "
    "correct. Allow one leg to dangle freely off the table. Hold the position for 30 to 60 seconds. On each side, do "
    "three to four repetitions."
)
CRUNCHES = (
    "Do not overdo crunches and do not have your feet held down when performing sit ups because it adds strain to the "
    "psoas. Instead, try a variety of abdominal exercises, including planks, squeezing a ball between the thighs, or "
    "other exercises where the pelvis remains neutral."
)
LONG = "Lie down in these positions for five or more minutes while deeply breathing in and out"
CAPTIONS = (
    "Rest your lower legs on a chair. Relax & breathe. With bent knees, have knees rest into one another for support. "
    "Keep your back flat on the floor. Rest your leg on your opposite knee. This should feel effortless, not like you "
    f"are holding up your leg. {LONG}"
)
"""The captions under three pictures stand side by side in the text: no line of it has one of them whole."""
ARTICLE = {
    "kneeling_lunge": LUNGE,
    "leg_lift": LIFT,
    "ball_bridge": BALL,
    "glute_bridge": BALL,
    "hip_flexor_stretch": STRETCH,
    "plank": CRUNCHES,
    **{f"rest_{name}": CAPTIONS for name in ("knees_together", "leg_on_knee", "legs_on_chair")},
    "sit_up": CRUNCHES,
}


@pytest.mark.parametrize("name", CUES)
def test_every_documented_cue_is_there(name: str) -> None:
    assert [cue.id for cue in builtin()[name].cues] == CUES[name]


@pytest.mark.parametrize("name", CUES)
def test_quotes_are_the_article_s_own_words(name: str) -> None:
    exercise = builtin()[name]
    for quote in (*(cue.quote for cue in exercise.cues), exercise.advice or ""):
        assert quote in ARTICLE[name], quote


@sources
def test_the_article_is_quoted_right() -> None:
    texts = " ".join(" ".join(path.read_text("utf-8").split()) for path in SOURCES.iterdir())
    for text in (LUNGE, LIFT, BALL, STRETCH, CRUNCHES, LONG):
        assert text in texts


def test_nothing_is_built_in_that_is_not_documented() -> None:
    assert set(builtin()) == set(CUES)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(CUES)


def test_every_cue_has_a_measure() -> None:
    checks = [check for e in builtin().values() for cue in e.rep_cues for check in cue.checks]
    assert {check.measure for check in checks} <= set(MEASURES)


def test_one_name_or_one_file_may_be_chosen(tmp_path: Path) -> None:
    assert [exercise.name for exercise in choose("leg_lift")] == ["leg_lift"]
    assert [exercise.name for exercise in choose()] == sorted(CUES)
    own = tmp_path / "own.toml"
    own.write_text(good().replace('name = "leg_lift"', 'name = "own"'), "utf-8")
    assert [exercise.name for exercise in choose(str(own))] == ["own"]


@pytest.mark.parametrize("wanted", ["leg_lfit", "", "nowhere/own.toml", "."])
def test_an_unknown_exercise_is_one_sentence(wanted: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        choose(wanted)
    assert wanted in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "noise.toml"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ExerciseError, match=r"noise\.toml cannot be read"):
        choose(str(path))


def good() -> str:
    return (FOLDER / "leg_lift.toml").read_text("utf-8")


FURTHER = """
[[cue.check]]
measure = "hip_rise"
phase = "hold"
take = "max"
at_most = 1
unit = "trunk"
fault = "No."
"""

NO_MEASURE = ('measure = "hip_rise"', "")

MISTAKES = {
    "side": ('name = "leg_lift"', 'name = "leg_lift"\nside = "its leg"', "'side' says what {side} means"),
    "not TOML": ("[posture]", "[posture", "my.toml is not valid TOML"),
    "missing name": ('name = "leg_lift"', "", "my.toml: 'name' is missing"),
    "name is no text": ('name = "leg_lift"', "name = 3", "'name' must be a text"),
    "unknown key": (
        'name = "leg_lift"',
        'name = "leg_lift"\nkind = 1',
        "'kind' is not known here; allowed: name, title",
    ),
    "unknown word": (
        'legs = "each"',
        'legs = "left"',
        "[segment]: legs = 'left' is not known; allowed: each, standing",
    ),
    "unknown measure": ("trunk_tilt = [45, 115]", "trunk_tlit = [45, 115]", "[posture]: 'trunk_tlit' is no measure"),
    "bounds": ("trunk_tilt = [45, 115]", "trunk_tilt = 65", "'trunk_tilt' must be [least, most]; found 65"),
    "number": ("min_seconds = 1.2", 'min_seconds = "x"', "[segment]: 'min_seconds' must be a number"),
    "missing number": ("min_seconds = 1.2", "", "[segment]: 'min_seconds' is missing"),
    "prominence": ("prominence = 4 ", "prominence = -4 ", "0 < prominence <= sure"),
    "take": ('take = "mean"', 'take = "average"', "take = 'average' is not known; allowed: max, min"),
    "phase": ('phase = "rest"', 'phase = "resting"', "phase = 'resting' is not known; allowed: rest, lifting"),
    "leg": ('leg = "both"', 'leg = "left"', "leg = 'left' is not known; allowed: working, other, both"),
    "unit": ('unit = "deg"', 'unit = "degrees"', "unit = 'degrees' is not known; allowed: deg"),
    "flag": ("from_rest = true", "from_rest = 1", "'from_rest' must be true or false; found 1"),
    "no bound": ("at_most = 25\n", "", "a check needs 'at_least', 'at_most' or both"),
    "message": ("bent {value:.0f} degrees at rest", "bent {angle} degrees", "a sentence can use value, value_cm"),
    "after": (
        'id = "leg_straight"',
        'id = "leg_straight"\nafter = "later"',
        "after = 'later' must name a cue before it",
    ),
    "key of a further check": (
        'met = "Leg straight."',
        f'met = "Leg straight."\n{FURTHER}met = "Yes."',
        "[cue 4.check 1]: 'met' is not known here; allowed: measure, leg, phase",
    ),
    "words of a further check": (
        'met = "Leg straight."',
        f'met = "Leg straight."\n{FURTHER}'.replace('fault = "No."', ""),
        "[cue 4.check 1]: 'fault' is missing",
    ),
    "further check as a table": (
        'met = "Leg straight."',
        'met = "Leg straight."\ncheck = {}',
        "written as [[cue 4.check]]",
    ),
    "words for one bound of one": (
        'fault = "Your other leg rose',
        'fault.low = "No."\nfault.high = "Your other leg rose',
        "[cue 5]: 'fault.low' and 'fault.high' need both 'at_least' and 'at_most'",
    ),
    "words for one bound of two": (
        'say.low = "Hold your leg up a little longer."\n',
        "",
        "[cue 6.say]: 'low' is missing",
    ),
    "words for no bound": (
        'say.low = "Hold your leg up a little longer."',
        'say.low = "Longer."\nfault.middle = "So so."',
        "[cue 6.fault]: 'middle' is not known here; allowed: low, high",
    ),
    "a check of the set": (
        'met = "Leg straight."',
        f'met = "Leg straight."\n{FURTHER}'.replace('"hold"', '"set"').replace('"max"', '"count"').replace(*NO_MEASURE),
        "[cue 4.check 1]: a check of the set stands in a cue of its own",
    ),
    "advice unless a length": (
        '1.2, unit = "share"',
        '1.2, unit = "cm"',
        "[cue 2.advice_unless 1]: an advice depends on",
    ),
    "advice unless another unit": (
        'measure = "hand_place"',
        'measure = "foot_direction"',
        "[cue 2.advice_unless 1]: an advice depends on a measure in degrees or shares",
    ),
    "advice unless what": (
        "1.2, unit =",
        "1.2, phases = 1, unit =",
        "[cue 2.advice_unless 1]: 'phases' is not known here",
    ),
    "unless without advice": (
        'advice = "If it arches too much, place your hands behind your bottom or above your head."',
        "",
        "'advice_unless' needs an 'advice'",
    ),
    "long to say": (
        'say = "Press your lower back down."',
        f'say = "{"x" * 61}"',
        "[cue 2]: 'say' must be one short sentence, of at most 60 letters; found 61",
    ),
    "nothing to say": ('say = "Press your lower back down."', 'say = ""', "[cue 2]: 'say' is empty"),
    "twice": ('id = "leg_straight"', 'id = "lying_on_back"', "each with an id of its own"),
    "set without count": ('phase = "set"', 'phase = "hold"', "phase = 'set' and take = 'count' go together"),
    "cue is no table": ("[[cue]]", "[cue]", "is not valid TOML"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place(mistake: str) -> None:
    old, new, said = MISTAKES[mistake]
    text = good()
    assert old in text
    with pytest.raises(ExerciseError) as caught:
        parse(text.replace(old, new, 1), "my.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("my.toml")


def test_a_file_without_cues_is_a_mistake() -> None:
    with pytest.raises(ExerciseError, match="every exercise needs cues"):
        parse(good().split("[[cue]]", maxsplit=1)[0], "my.toml")


def test_every_fault_of_a_rep_has_words_to_say() -> None:
    checks = [check for exercise in builtin().values() for cue in exercise.rep_cues for check in cue.checks]
    assert all(text for check in checks for text in (*check.fault, *check.say))


def test_a_cue_may_have_words_for_each_bound_and_further_checks() -> None:
    text = good().replace('met = "Leg straight."', f'met = "Leg straight."\n{FURTHER}say = "Hips down."')
    cues = {cue.id: cue for cue in parse(text, "my.toml").cues}
    assert "Goal: 3 to 5 s, so a little longer" in cues["hold_3_to_5_s"].check.fault.low
    assert "so a little less is enough" in cues["hold_3_to_5_s"].check.fault.high
    knee, hips = cues["leg_straight"].checks
    assert (knee.measure, hips.measure, hips.fault.high, hips.say.high) == (
        "knee_flexion",
        "hip_rise",
        "No.",
        "Hips down.",
    )


def test_one_sentence_may_stand_for_both_bounds() -> None:
    """As in files that were written before each bound had words of its own."""
    lines = [line for line in good().splitlines() if not re.match(r"(fault|say)\.high", line)]
    cues = {cue.id: cue for cue in parse("\n".join(lines).replace(".low =", " ="), "my.toml").cues}
    for cue in ("lift_several_inches", "hold_3_to_5_s", "ten_to_fifteen_per_leg"):
        assert len({*cues[cue].check.fault}) == len({*cues[cue].check.say}) == 1, cue
    assert set(cues["lift_several_inches"].check.say) == {"Lift your leg higher."}


def test_what_bounds_ask_for_is_said_in_the_lengths_that_were_chosen() -> None:
    for lengths, said in ((Lengths.CM, "to 8 to 30 cm off"), (Lengths.INCHES, "to 3 to 12 inches off")):
        cues = {cue.id: cue for cue in parse(good(), "my.toml", lengths).cues}
        assert all(said in text for text in cues["lift_several_inches"].check.fault)
    text = good().replace("Your other leg rose by {length}", "Your other leg rose: {range}")
    with pytest.raises(ExerciseError, match=r"my.toml, \[cue 5\]: 'range' is for other units than trunks"):
        parse(text, "my.toml")


def test_no_sentence_of_ours_tells_a_length_in_cm_to_who_chose_inches() -> None:
    for exercise in choose(lengths=Lengths.INCHES):
        for cue in exercise.cues:
            said = [cue.met, cue.about, *(text for check in cue.checks for text in (*check.fault, *check.say))]
            assert not [text for text in said if text and re.search(r"\bcm\b|value_cm", text)], cue.id


def test_a_goal_of_one_s_own_takes_the_place_of_the_dose() -> None:
    """The bounds and the sentences follow; an exercise that asks for no dose gets cues for it."""
    lift, bridge = (builtin(goal=Goal.of("10s,8-12"))[name] for name in ("leg_lift", "glute_bridge"))
    cues = {cue.id: cue for cue in lift.cues}
    assert (cues["hold_3_to_5_s"].check.bounds, cues["ten_to_fifteen_per_leg"].check.bounds) == ((10, inf), (8, 12))
    assert cues["hold_3_to_5_s"].check.fault.low.startswith("Held for {value:.1f} s. Goal: 10 s")
    assert cues["ten_to_fifteen_per_leg"].check.fault.low == "{done}. Goal: 8 to 12 a leg."
    assert cues["lift_several_inches"] == {cue.id: cue for cue in builtin()["leg_lift"].cues}["lift_several_inches"]
    added = {cue.id: cue.check for cue in bridge.cues if cue.is_dose}
    assert {id: (check.unit, check.bounds) for id, check in added.items()} == {
        "goal_s": ("s", (10, inf)),
        "goal_reps": ("reps", (8, 12)),
    }
    assert not any(cue.is_dose for cue in builtin()["glute_bridge"].cues)


def test_how_much_is_asked_for_is_no_cue_of_form() -> None:
    dose = {cue.id for exercise in builtin().values() for cue in exercise.cues if cue.is_dose}
    stretch = {"hold_30_to_60_s", "three_to_four_per_side"}
    assert dose == {"hold_30_s", "three_per_side", "hold_3_to_5_s", "ten_to_fifteen_per_leg", "five_minutes", *stretch}


@pytest.mark.parametrize("text", ["x", "0s", "10s,5s", "1.5", "5-3s", "10-12-14", "-3", "nan", "1 000", "3 to 5 s"])
def test_what_is_no_goal_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="is no goal: give the seconds of a hold, as 10s or 3-5s"):
        Goal.of(text)


@pytest.mark.parametrize(("text", "goal"), [
    (None, Goal()), ("", Goal()), ("12", Goal((12, None))), ("8-12 reps", Goal((8, 12))),
    ("2.5s", Goal(None, (2.5, None))), ("10, 3-5s", Goal((10, None), (3, 5))),
])  # fmt: skip
def test_a_goal_is_of_reps_or_seconds_or_both(text: str | None, goal: Goal) -> None:
    assert Goal.of(text) == goal


def test_the_measures_decide_from_where_a_cue_is_seen() -> None:
    views = {cue.id: cue.view for exercise in builtin().values() for cue in exercise.cues}
    assert {id for id, view in views.items() if view == "front"} == {"feet_shoulder_width", "toes_forward"}
    timed = {"hold_30_s", "hold_3_to_5_s", "lower_slowly", "three_per_side", "ten_to_fifteen_per_leg", "five_minutes"}
    timed |= {"hold_30_to_60_s", "three_to_four_per_side"}
    assert {id for id, view in views.items() if view == "any"} == timed


def test_every_way_to_take_a_number_is_used_or_documented() -> None:
    used = {check.take for e in builtin().values() for cue in e.cues for check in cue.checks}
    assert used == set(TAKES)


def test_units_fit_their_measures() -> None:
    for exercise in builtin().values():
        for cue in exercise.rep_cues:
            for check in cue.checks:
                unit = MEASURES[check.measure].unit
                per = {"slope": "/s", "speed": "/s"}.get(check.how.error, "")
                known = {"time": ("s",), "exact": ("",)}.get(check.how.error)
                assert check.unit in (known or (unit + per, "cm" if unit == "trunk" else unit)), cue.id


PLAIN = """
name = "my_bridge"
title = "My bridge"

[source]
title = "Somebody"
section = "Bridge"

[posture]
trunk_tilt = [40, 140]
knee_flexion = [30, 160]

[segment]
measure = "hip_rise"
prominence = 0.10
min_seconds = 0.8

[[cue]]
id = "hips_up"
quote = "don’t let your hips drop"
reading = "The hips stay within a bound of the line from shoulder to knee while held at the top."
measure = "hip_depth"
phase = "hold"
take = "max"
at_most = 0.08
unit = "trunk"
fault = "Your hips dropped {value_cm:.0f} cm: squeeze your glutes and lift them back in line."
met = "Hips stayed in line."
"""


def test_a_file_may_leave_out_what_has_a_usual_value() -> None:
    exercise = parse(PLAIN, "my.toml")
    segment = exercise.segment
    assert (exercise.summary, segment.sure, segment.hold_level, segment.legs) == ("My bridge", 0.2, 0.9, "standing")


def test_the_example_of_the_docstring_is_a_cue() -> None:
    assert module.__doc__ is not None
    lines = module.__doc__.splitlines()
    example = "\n".join(line for line in lines if line.startswith("    ") or not line)
    (cue,) = parse(f"{PLAIN.split('[[cue]]', maxsplit=1)[0]}{textwrap.dedent(example)}", "my.toml").cues
    assert [check.take for check in cue.checks] == ["duration", "reversals"]
    assert cue.check.fault.low != cue.check.fault.high
