"""Exercise files: every documented cue is there in its source's words, and every mistake is named with its place."""

from pathlib import Path

import pytest
from footage import SOURCES, sources

from formcheck.body.measures import MEASURES
from formcheck.core.exercise import TAKES, builtin, choose, parse
from formcheck.errors import ExerciseError

FOLDER = Path(__file__).parents[2] / "formcheck" / "exercises"

BRIDGE = ("feet_shoulder_width", "toes_forward", "hips_up", "lower_slowly", "through_the_heels", "hips_in_line")
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
ARTICLE = {"kneeling_lunge": LUNGE, "leg_lift": LIFT, "ball_bridge": BALL, "glute_bridge": BALL}


@pytest.mark.parametrize("name", CUES)
def test_every_documented_cue_is_there(name: str) -> None:
    assert [cue.id for cue in builtin()[name].cues] == CUES[name]


@pytest.mark.parametrize("name", CUES)
def test_quotes_are_the_article_s_own_words(name: str) -> None:
    for cue in builtin()[name].cues:
        assert cue.quote in ARTICLE[name], cue.id


@sources
def test_the_article_is_quoted_right() -> None:
    texts = " ".join(" ".join(path.read_text("utf-8").split()) for path in SOURCES.iterdir())
    for text in (LUNGE, LIFT, BALL):
        assert text in texts


def test_nothing_is_built_in_that_is_not_documented() -> None:
    assert set(builtin()) == set(CUES)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(CUES)


def test_every_cue_has_a_measure() -> None:
    checks = [check for e in builtin().values() for c in e.cues for check in (c.check, c.also) if check is not None]
    assert {check.measure for check in checks if check.take != "count"} <= set(MEASURES)


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


MISTAKES = {
    "not TOML": ("[posture]", "[posture", "my.toml is not valid TOML"),
    "missing name": ('name = "leg_lift"', "", "my.toml: 'name' is missing"),
    "name is no text": ('name = "leg_lift"', "name = 3", "'name' must be a text"),
    "unknown key": ('kind = "reps"', 'kind = "reps"\nkindd = 1', "'kindd' is not known here; allowed: name, title"),
    "unknown word": ('kind = "reps"', 'kind = "set"', "kind = 'set' is not known; allowed: reps, hold"),
    "unknown measure": ("trunk_tilt = [65, 115]", "trunk_tlit = [65, 115]", "[posture]: 'trunk_tlit' is no measure"),
    "bounds": ("trunk_tilt = [65, 115]", "trunk_tilt = 65", "'trunk_tilt' must be [least, most]; found 65"),
    "number": ("min_seconds = 0.8", 'min_seconds = "x"', "[segment]: 'min_seconds' must be a number"),
    "missing number": ("min_seconds = 0.8", "", "[segment]: 'min_seconds' is missing"),
    "prominence": ("prominence = 4 ", "prominence = -4 ", "0 < prominence <= sure"),
    "take": ('take = "mean"', 'take = "average"', "take = 'average' is not known; allowed: max, min"),
    "phase": ('phase = "rest"', 'phase = "resting"', "phase = 'resting' is not known; allowed: rest, lifting"),
    "leg": ('leg = "both"', 'leg = "left"', "leg = 'left' is not known; allowed: working, other, both"),
    "unit": ('unit = "deg"', 'unit = "degrees"', "unit = 'degrees' is not known; allowed: deg"),
    "flag": ("from_rest = true", "from_rest = 1", "'from_rest' must be true or false; found 1"),
    "no bound": ("at_most = 20\n", "", "a cue needs 'at_least', 'at_most' or both"),
    "message": ("bent {value:.0f} degrees at rest", "bent {angle} degrees", "a message can use value, value_cm"),
    "after": (
        'id = "leg_straight"',
        'id = "leg_straight"\nafter = "later"',
        "after = 'later' must name a cue before it",
    ),
    "key of a second check": (
        'met = "Leg straight."',
        'met = "Leg straight."\nalso = { measure = "hip_rise", phase = "hold", take = "max", at_most = 1, '
        'unit = "trunk", fault = "No.", met = "Yes." }',
        "[also]: 'met' is not known here; allowed: measure, leg, phase",
    ),
    "words of a second check": (
        'met = "Leg straight."',
        'met = "Leg straight."\nalso = { measure = "hip_rise", phase = "hold", take = "max", at_most = 1, '
        'unit = "trunk" }',
        "[also]: 'fault' is missing",
    ),
    "advice unless a length": ('1.2, unit = "share"', '1.2, unit = "cm"', "[advice_unless 1]: an advice depends on"),
    "advice unless another unit": (
        'measure = "hand_place"',
        'measure = "foot_direction"',
        "[advice_unless 1]: an advice depends on a measure in degrees or shares",
    ),
    "advice unless what": ("1.2, unit =", "1.2, phases = 1, unit =", "[advice_unless 1]: 'phases' is not known here"),
    "unless without advice": (
        'advice = "If it arches too much, place your hands behind your bottom or above your head."',
        "",
        "'advice_unless' needs an 'advice'",
    ),
    "long to say": (
        'say = "Press your lower back down."',
        f'say = "{"x" * 61}"',
        "[cue 2]: 'say' must be one short sentence, of 1 to 60 letters; found 61",
    ),
    "nothing to say": ('say = "Press your lower back down."', 'say = ""', "of 1 to 60 letters; found 0"),
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
    """One cue of two exercises is said alike: the coach tells them apart by name only."""
    said: dict[str, set[str | None]] = {}
    for exercise in builtin().values():
        for cue in exercise.rep_cues:
            said.setdefault(cue.id, set()).add(cue.say)
    assert [cue for cue, words in said.items() if len(words) > 1 or None in words] == []


def test_every_way_to_take_a_number_is_used_or_documented() -> None:
    used = {c.take for e in builtin().values() for cue in e.cues for c in (cue.check, cue.also) if c}
    assert used <= set(TAKES)
    assert set(TAKES) - used <= set()


def test_units_fit_their_measures() -> None:
    for exercise in builtin().values():
        for cue in exercise.cues:
            for check in (cue.check, cue.also):
                if check is None or check.measure not in MEASURES or check.take in ("duration", "reversals", "count"):
                    continue
                unit = MEASURES[check.measure].unit
                per = {"slope": "/s", "peak_speed": "/s"}.get(check.take, "")
                assert check.unit in (unit + per, "cm" if unit == "trunk" else unit), cue.id


PLAIN = """
name = "my_bridge"
title = "My bridge"
kind = "reps"

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
view = "side"
fault = "Your hips dropped {value_cm:.0f} cm: squeeze your glutes and lift them back in line."
met = "Hips stayed in line."
"""


def test_a_file_may_leave_out_what_has_a_usual_value() -> None:
    exercise = parse(PLAIN, "my.toml")
    segment = exercise.segment
    assert (exercise.summary, segment.sure, segment.hold_level, segment.legs) == ("My bridge", 0.2, 0.9, "standing")
