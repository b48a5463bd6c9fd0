"""Sets drawn from a seed: good ones are good, a cue can be put any distance from its bound, a seed gives one set."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.studio import truth
from benchmarks.studio.actor import Actor
from benchmarks.studio.body import Shape, body
from benchmarks.studio.rhythm import Restless
from benchmarks.studio.sets import BROKEN, KNOBS, RANGES, act_of, broken, drawn, manifest, with_margin
from formcheck.core import exercise
from formcheck.errors import UsageError

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

ACTOR = Actor(body(Shape()))


@pytest.mark.parametrize("name", RANGES)
def test_drawn_reps_are_good(name: str) -> None:
    recipe = drawn(name, np.random.default_rng(1))
    (bout,) = truth.bouts(ACTOR, act_of(ACTOR, recipe, ["both" if name.endswith("bridge") else "left"]))
    assert [cue.id for cue in bout.reps[0].cues if not cue.met] == []


@pytest.mark.parametrize(
    ("name", "cue", "margin"),
    [
        ("leg_lift", "low_back_pressed", -3.0),
        ("leg_lift", "hold_3_to_5_s", 0.2),
        ("glute_bridge", "hips_up", -0.02),
        ("kneeling_lunge", "back_straight", -3.0),
        ("kneeling_lunge", "pelvis_tucked", -3.0),
    ],
)
def test_cue_lies_as_far_from_its_bound_as_asked_for(name: str, cue: str, margin: float) -> None:
    recipe = with_margin(ACTOR, drawn(name, np.random.default_rng(2)), cue, margin)
    (bout,) = truth.bouts(ACTOR, act_of(ACTOR, recipe, ["both" if name.endswith("bridge") else "left"]))
    found = next(found for found in bout.reps[0].cues if found.id == cue)
    assert found.met is (margin >= 0)
    assert found.margin == pytest.approx(margin, abs=0.02 * abs(KNOBS[name][cue].broken))


def test_knobs_are_cues_of_the_files() -> None:
    known = exercise.builtin()
    for name, knobs in KNOBS.items():
        assert set(knobs) <= {cue.id for cue in known[name].cues}


def test_cue_without_a_knob_is_an_error_in_one_sentence() -> None:
    recipe = drawn("leg_lift", np.random.default_rng(0))
    with pytest.raises(UsageError, match="'hips_up' of leg_lift cannot be turned; allowed: lying_on_back"):
        with_margin(ACTOR, recipe, "hips_up", 0.0)
    with pytest.raises(UsageError, match="cannot lie 500 inside its bounds"):
        with_margin(ACTOR, recipe, "low_back_pressed", 500.0)


def test_same_seed_same_set_and_reps_differ() -> None:
    def made(seed: int) -> tuple[float, ...]:
        recipe = drawn("leg_lift", np.random.default_rng(seed))
        act = act_of(ACTOR, recipe, ["left", "right"], restless=Restless(seed), uneven=np.random.default_rng(seed))
        (bout,) = truth.bouts(ACTOR, act)
        return (*(rep.hold_s for rep in bout.reps), *(rep.height for rep in bout.reps))

    assert made(5) == made(5) != made(6)
    first, second = made(5)[2:]
    assert abs(first - second) > 0.01


def test_manifest_is_plain() -> None:
    recipe = drawn("ball_bridge", np.random.default_rng(3))
    assert set(manifest(recipe)) == {"exercise", "rep", "setup", "feet", "ball", "changes"}


def test_one_rep_of_a_set_can_be_another() -> None:
    recipe = replace(drawn("glute_bridge", np.random.default_rng(3)), changes={"1": {"sag": 0.14}})
    (bout,) = truth.bouts(ACTOR, act_of(ACTOR, recipe, ["both", "both"]))
    assert [next(c.met for c in rep.cues if c.id == "hips_up") for rep in bout.reps] == [True, False]


@pytest.mark.parametrize(("name", "cue"), [(name, cue) for name, cues in BROKEN.items() for cue in cues])
def test_cues_without_an_amount_are_broken(name: str, cue: str) -> None:
    recipe = drawn(name, np.random.default_rng(4))
    for made, met in ((recipe, True), (broken(recipe, cue), False)):
        (bout,) = truth.bouts(ACTOR, act_of(ACTOR, made, ["both"]))
        assert next(c.met for c in bout.reps[0].cues if c.id == cue) is met
