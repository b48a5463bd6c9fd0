"""The demonstrations do what they say: the right way breaks no cue of form, a fault breaks its own and no other."""

import numpy as np
import pytest

from benchmarks.studio import truth
from benchmarks.studio.actor import Actor
from benchmarks.studio.body import body
from benchmarks.studio.demos import DEMOS, SHAPE, Demo, Loop
from formcheck import demos
from formcheck.core import exercise

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/demos", "tests/benchmarks")

ACTOR = Actor(body(SHAPE))


MOVING = [demo for demo in DEMOS if not demo.exercise.startswith("rest_")]
"""A resting position shows one breath."""


@pytest.mark.parametrize("demo", MOVING, ids=lambda demo: demo.name)
def test_a_loop_breaks_the_cue_that_it_shows_and_no_other(demo: Demo) -> None:
    form = {cue.id: cue for cue in exercise.builtin()[demo.exercise].cues if not cue.is_dose}
    (bout,) = truth.bouts(ACTOR, demo.act(ACTOR))
    (rep,) = bout.reps
    assert bout.exercise == demo.exercise
    judged = [cue for cue in rep.cues if cue.id in form]
    assert [cue.id for cue in judged if not cue.met] == ([demo.cue] if demo.cue else [])
    for found in judged:
        if found.id == demo.cue:
            assert found.value is not None
            assert found.value > max(check.at_most or 0 for check in form[found.id].checks)


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_loop_closes_and_begins_high_in_its_hold(demo: Demo) -> None:
    loop = Loop(demo, ACTOR)
    ends = ACTOR.joints(ACTOR.rig.matrices(loop.act.at(np.array([0.0, loop.act.duration]))))
    for name, places in ends.items():
        assert np.allclose(places[0], places[1], atol=1e-3), name
    assert len(np.unique(loop.times)) == len(loop.times)
    assert 3 <= loop.act.duration <= 4.5
    if demo in MOVING:
        (bout,) = truth.bouts(ACTOR, loop.act)
        assert bout.reps[0].start_s < loop.times[0] < bout.reps[0].end_s
    else:
        assert max(loop.breath(loop.times)) == pytest.approx(loop.breath(loop.times)[0], rel=0.1) != 0


def test_the_files_are_those_of_the_manifest() -> None:
    there = {path.name for path in demos.FOLDER.glob("*.webp")}
    assert there == {f"{demo.name}{end}" for demo in DEMOS for end in (".webp", ".still.webp")}
