"""The rest of the exercises in the studio: they touch what they lie on, their holds and cues are true, they breathe."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from benchmarks.studio import others, truth
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, Prop, cut, then
from benchmarks.studio.body import Shape, body, skin
from benchmarks.studio.breathing import breaths
from benchmarks.studio.contact import SINK
from benchmarks.studio.figure import Figure, Support
from benchmarks.studio.look import Look
from benchmarks.studio.moments import moments
from benchmarks.studio.pose import SIDES
from benchmarks.studio.rests import _between_legs, _inner_knee
from benchmarks.studio.rhythm import Restless
from benchmarks.studio.stretch import FLESH
from formcheck.core import exercise

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

ACTORS = {
    "woman": Actor(body(Shape())),
    "small": Actor(body(Shape(height_m=1.55, weight=0.85, age_years=70, seat=1, belly=0.8))),
    "tall": Actor(body(Shape(sex=1, height_m=1.9, weight=0.9, muscle=0.7, african=0.8, asian=0.1))),
}
WOMAN = ACTORS["woman"]
OTHERS = tuple(others.RANGES)
HELD = [name for name in OTHERS if name != "sit_up"]


@cache
def _act(name: str, who: str = "woman", fault: str = "", side: str = "left", **changed: object) -> Act:
    rep, setup = others.drawn(name, np.random.default_rng(1), fault, turn=int(changed.pop("turn", 0)))  # type: ignore[call-overload]
    sides = ["both"] * 2 if name == "sit_up" else [side]
    return others.act_of(ACTORS[who], name, [rep | changed] * len(sides), setup, sides, Restless(3))  # type: ignore[arg-type]


def _in_it(act: Act, count: int = 4) -> np.ndarray:
    held = act.windows[0].held
    assert held is not None
    return np.linspace(*held, count)


def _skin(who: str, act: Act, time: np.ndarray) -> np.ndarray:
    """(n, v, 3) all of the skin."""
    actor = ACTORS[who]
    seen = np.unique(actor.body.faces)
    return np.stack([skin(actor.body, moved)[seen] for moved in actor.rig.transforms(actor.rig.matrices(act.at(time)))])


def _top(act: Act) -> tuple[Prop, float, float, float]:
    """What carries the person: its height, and from where to where along z."""
    top = next(prop for prop in act.props if prop.carries)
    _, y, z = top.at(np.zeros(1))[0]
    return top, y + top.size[1] / 2, z - top.size[2] / 2, z + top.size[2] / 2


TOUCHING = {
    "plank": ("left_foot", "right_foot", "left_elbow", "right_elbow", "left_hand"),
    "rest_legs_on_chair": ("buttocks", "upper_back", "head", "left_hand", "right_elbow"),
    "rest_knees_together": ("buttocks", "upper_back", "head", "left_hand", "left_foot", "right_foot"),
    "rest_leg_on_knee": ("buttocks", "upper_back", "head", "right_elbow", "right_foot"),
    "sit_up": ("buttocks", "left_foot", "right_foot"),
}


@pytest.mark.parametrize(("name", "who"), [*product(TOUCHING, ACTORS)])
def test_skin_touches_the_floor_within_a_centimetre(name: str, who: str) -> None:
    actor, act = ACTORS[who], _act(name, who)
    time = np.linspace(0, act.duration, 7) if name == "sit_up" else _in_it(act)
    matrices = actor.rig.matrices(act.at(time))
    for part in TOUCHING[name]:
        assert np.abs(actor.contacts.height(matrices, part)).max() < 0.010, part
    assert _skin(who, act, np.linspace(0, act.duration, 9))[:, :, 1].min() > -0.020


@pytest.mark.parametrize("who", ACTORS)
def test_hands_of_a_plank_touch_the_floor(who: str) -> None:
    act = _act("plank", who, turn=1)
    matrices = ACTORS[who].rig.matrices(act.at(np.linspace(0, act.duration, 7)))
    for part in ("left_hand", "right_hand"):
        assert np.abs(ACTORS[who].contacts.height(matrices, part)).max() < 0.010


@pytest.mark.parametrize("who", ACTORS)
def test_lower_legs_lie_on_the_chair(who: str) -> None:
    act = _act("rest_legs_on_chair", who)
    top, height, back, front = _top(act)
    at = _skin(who, act, _in_it(act))
    over = (np.abs(at[:, :, 0]) < top.size[0] / 2) & (at[:, :, 2] > back) & (at[:, :, 2] < front)
    lowest = np.where(over & (at[:, :, 1] > height - 0.1), at[:, :, 1], np.inf).min(axis=1)
    np.testing.assert_allclose(lowest, height, atol=0.012)


@pytest.mark.parametrize(("who", "fault"), [*product(ACTORS, ["", "too_far"])])
def test_the_stretch_lies_on_the_table_and_not_in_it(who: str, fault: str) -> None:
    act = _act("hip_flexor_stretch", who, fault)
    _, height, back, front = _top(act)
    at = _skin(who, act, np.linspace(0, act.duration, 13))
    over = (at[:, :, 2] > back) & (at[:, :, 2] < front)
    lowest = np.where(over, at[:, :, 1], np.inf).min(axis=1)
    assert (lowest > height - FLESH - 0.01).all()
    assert (lowest < height + 0.01).all()
    assert at[:, :, 1].min() > 0.02  # the foot that dangles is off the floor
    joints = ACTORS[who].joints(ACTORS[who].rig.matrices(act.at(_in_it(act))))
    thigh = joints["left_knee"][0, 2] - joints["left_hip"][0, 2]
    assert (front - joints["left_hip"][0, 2]) / thigh == pytest.approx(0.5, abs=0.05)  # half-way off the table


@pytest.mark.parametrize("who", ACTORS)
def test_legs_rest_on_one_another(who: str) -> None:
    actor = ACTORS[who]
    together, crossed = _act("rest_knees_together", who), _act("rest_leg_on_knee", who)
    for time in _in_it(together, 2)[:, None]:
        assert abs(_inner_knee(actor, together.at(time))) < 0.010
    for time in _in_it(crossed, 2)[:, None]:
        assert abs(_between_legs(actor, crossed.at(time), "left")) < 0.010


def test_hands_hold_the_knee_that_is_drawn_up() -> None:
    act = _act("hip_flexor_stretch")
    joints = WOMAN.joints(WOMAN.rig.matrices(act.at(_in_it(act))))
    for side in SIDES:
        assert np.linalg.norm(joints[f"{side}_wrist"] - joints["right_knee"], axis=1).max() < 0.17


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name in OTHERS for fault in ("", *others.FAULTS[name])])
def test_nothing_snaps(name: str, fault: str) -> None:
    act = _act(name, fault=fault)
    time = np.arange(0, act.duration, 1 / 60)
    at = np.stack(list(WOMAN.joints(WOMAN.rig.matrices(act.at(time))).values()), axis=1)
    assert np.linalg.norm(np.diff(at, axis=0), axis=-1).max() * 60 < 6.0
    assert np.linalg.norm(np.diff(at, 2, axis=0), axis=-1).max() * 3600 < 40.0


# --- what is true -----------------------------------------------------------------------------------------------------


def _rep(act: Act) -> truth.RepTruth:
    ((rep,),) = (bout.reps for bout in truth.bouts(WOMAN, act))
    return rep


@pytest.mark.parametrize("name", HELD)
def test_a_hold_begins_when_the_last_joint_is_a_twentieth_of_its_way_from_its_place(name: str) -> None:
    act = _act(name)
    rep, (arrived, leaves) = _rep(act), _in_it(act, 2)
    for edge, there, far in ((rep.hold_from_s, arrived, 0.0), (rep.hold_to_s, leaves, act.duration)):
        joints = WOMAN.joints(WOMAN.rig.matrices(act.at(np.array([edge, there, far]))))
        left, way = (np.stack([np.linalg.norm(j[i] - j[1]) for j in joints.values()]) for i in (0, 2))
        assert (left / np.maximum(way, 0.1))[way > 0.12].max() == pytest.approx(0.05, abs=0.015)
    assert rep.start_s < rep.hold_from_s < rep.hold_to_s < rep.end_s
    assert leaves - arrived < rep.hold_s < leaves - arrived + 1.2


@pytest.mark.parametrize("hold", [5.0, 9.0])
def test_a_longer_hold_is_longer_by_as_much(hold: float) -> None:
    short, long = (_rep(_act("plank", hold_s=seconds)).hold_s for seconds in (hold, hold + 3))
    assert long - short == pytest.approx(3.0, abs=0.05)


def test_a_clip_that_cuts_a_hold_makes_it_partial() -> None:
    act = _act("plank")
    whole, (arrived, leaves) = _rep(act), _in_it(act, 2)
    inside = _rep(cut(act, arrived + 1, leaves - 1))
    assert inside.partial and not whole.partial
    assert (inside.hold_from_s, inside.hold_to_s) == (0.0, pytest.approx(leaves - arrived - 2, abs=0.04))
    late = _rep(cut(act, 0.5, act.duration))
    assert not late.partial
    assert late.hold_from_s == pytest.approx(whole.hold_from_s - 0.5, abs=0.01)
    assert truth.bouts(WOMAN, cut(act, 0.0, 1.0)) == ()


@pytest.mark.parametrize("name", others.RESTS)
def test_who_rests_is_still_and_who_is_restless_is_not(name: str) -> None:
    """Their knees bend or stretch by so many degrees within a second."""
    stirs = []
    for fault in ("", "restless"):
        act = _act(name, fault=fault)
        time = np.arange(*_in_it(act, 2), 0.1)
        knee = moments(WOMAN, act, time).values["knee_flexion.right"]
        stirs.append(np.quantile(np.abs(knee[10:] - knee[:-10]), 0.9))
    assert stirs[0] < 2.5
    assert stirs[1] > 9.0


def test_both_sides_one_after_the_other() -> None:
    acts = [_act("hip_flexor_stretch", side=side) for side in SIDES]
    (bout,) = truth.bouts(WOMAN, then(WOMAN, *acts))
    assert [rep.side for rep in bout.reps] == list(SIDES)
    assert bout.reps[1].hold_from_s > bout.reps[0].end_s


BREAKS = {
    ("plank", "sags"): "hips_in_line",
    ("plank", "sags_a_little"): "hips_in_line",
    ("plank", "piked"): "hips_in_line",
    ("plank", "arches"): "pelvis_neutral",
    ("hip_flexor_stretch", "too_little"): "knee_to_chest",
    ("hip_flexor_stretch", "too_far"): "not_too_far",
    ("hip_flexor_stretch", "other_leg_up"): "other_leg_hangs",
    ("hip_flexor_stretch", "arches"): "back_flat",
    **{(name, "arches"): "back_flat" for name in others.RESTS},
}
DOSES = ("hold_30_to_60_s", "five_minutes")


@pytest.mark.parametrize(("name", "fault"), BREAKS)
def test_a_fault_breaks_its_cue_and_a_good_one_breaks_none(name: str, fault: str) -> None:
    broken = {cue.id: cue.met for cue in _rep(_act(name, fault=fault)).cues if cue.id not in DOSES}
    assert [cue for cue, met in broken.items() if met is False] == [BREAKS[name, fault]]
    assert not [cue.id for cue in _rep(_act(name)).cues if cue.met is False and cue.id not in DOSES]


@pytest.mark.parametrize("depth", [-0.2, 0.0, 0.15])
def test_a_plank_has_the_depth_asked_for(depth: float) -> None:
    for turn in (0, 1):
        act = _act("plank", turn=turn, depth=depth)
        sag = moments(WOMAN, act, _in_it(act)).values["hip_sag.left"] / WOMAN.trunk
        assert np.abs(sag - depth).max() < 0.03


def test_every_cue_is_known() -> None:
    for name in OTHERS:
        for cue in exercise.builtin()[name].cues:
            unknown = [c.measure for c in cue.checks if c.how.error != "time" and c.measure not in truth.MEASURED]
            assert cue.check.take == "count" or not unknown, f"{name}: {unknown}"


def test_sit_ups_are_counted() -> None:
    (bout,) = truth.bouts(WOMAN, _act("sit_up"))
    assert [rep.partial for rep in bout.reps] == [False, False]
    assert truth.bouts(WOMAN, _act("sit_up", rises=5.0)) == ()


# --- breathing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a_minute", [6.0, 14.0, 30.0])
def test_breaths_are_as_many_as_asked_for_and_uneven(a_minute: float) -> None:
    found = breaths(4, 300.0, a_minute=a_minute, rise_m=0.02).within(0.0, 300.0)
    assert len(found.each) == pytest.approx(5 * a_minute, rel=0.12)
    assert found.as_json()["a_minute"] == pytest.approx(a_minute, rel=0.12)
    peaks = np.array([one.peak_s for one in found.each])
    assert np.diff(peaks).std() > 0.03 * np.diff(peaks).mean()
    np.testing.assert_allclose(found.depth(peaks), [one.rise_m for one in found.each])
    assert np.abs(found.depth(np.array([one.down_s for one in found.each]))).max() < 1e-9


@pytest.mark.parametrize("fit", [0.1, 1.0])
def test_the_belly_rises_and_the_back_does_not(fit: float) -> None:
    act = _act("rest_knees_together")
    moved = WOMAN.rig.transforms(WOMAN.rig.matrices(act.at(np.array([6.0]))))[0]
    figure = Figure(WOMAN.body, Look(top="tee", top_fit=fit))
    out, full = (figure.posed(moved, None, depth).vertices for depth in (0.0, 0.02))
    rise = full - out
    assert rise[:, 1].max() == pytest.approx(0.02, rel=0.3)
    belly = out[rise[:, 1].argmax()]
    hip = act.at(np.array([6.0])).root[0]
    assert 0.05 < hip[2] - belly[2] < 0.3
    assert np.abs(rise[out[:, 1] < 0.05]).max() < 0.006
    assert np.abs(rise[out[:, 2] > hip[2] + 0.25]).max() < 0.002  # the legs


def test_breaths_and_furniture_go_with_an_act() -> None:
    first, second = _act("rest_legs_on_chair"), _act("rest_knees_together")
    both = then(WOMAN, first, second, 2.0)
    assert first.breath is not None and second.breath is not None and both.breath is not None
    assert both.props[0].at(np.array([0.0, 30.0])) == pytest.approx(
        np.repeat(first.props[0].at(np.zeros(1)), 2, axis=0)
    )
    start = first.duration + 2.0
    later = both.breath.depth(np.array([start + 5.0]))
    assert later == pytest.approx(second.breath.depth(np.array([5.0])))
    part = cut(both, 3.0, 9.0)
    assert part.breath is not None
    assert part.breath.depth(np.array([1.0])) == pytest.approx(both.breath.depth(np.array([4.0])))
    told = truth.as_json(WOMAN, part, np.arange(0.0, 6.0, 0.5))
    assert told["breaths"]["each"]
    assert all(0 <= one["peak_s"] < 6 for one in told["breaths"]["each"])
    assert max(told["frames"]["belly_rise"]) > 0.005


def test_flesh_lies_on_the_top_of_a_table() -> None:
    act = _act("hip_flexor_stretch")
    top, height, back, front = _top(act)
    moved = WOMAN.rig.transforms(WOMAN.rig.matrices(act.at(_in_it(act, 1))))[0]
    support = Support(tops=((-top.size[0] / 2, top.size[0] / 2, back, front, height),))
    points = Figure(WOMAN.body, Look(top_fit=0.1)).posed(moved, support).vertices
    over = (points[:, 2] > back) & (points[:, 2] < front)
    assert points[over, 1].min() == pytest.approx(height + 0.002, abs=1e-4)
    assert height == pytest.approx(float(replace(top).at(np.zeros(1))[0, 1]) + top.size[1] / 2)
    assert SINK < 0.005
