"""Reps that are put together: of both legs or of one, of the other leg, of a set without what is too small for it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from formcheck.core.bout import SET_SHARE, Given, bout
from formcheck.core.excursion import Excursion
from formcheck.core.exercise import builtin
from formcheck.core.reading import Reading, Trust
from formcheck.core.rep import BOTH_SHARE, SAME_REP_SHARE, TOGETHER_SHARE, WITHIN_S, RawRep, exchanged, merged
from formcheck.findings import Bout, Side

ADVISED = "low_back_pressed"
LIFT = builtin()["leg_lift"]
LIFT = replace(LIFT, cues=tuple(cue for cue in LIFT.cues if cue.id != ADVISED))  # whose readings wait for the bout
SURE = LIFT.segment.sure
HIGH = 10 * SURE


def raw(
    side: Side = "left",
    start_s: float = 0.0,
    hold_s: tuple[float, float] = (2.0, 4.0),
    end_s: float = 6.0,
    *,
    height: float = HIGH,
    partial: bool = False,
    value: float = 1.0,
    followed: bool = False,
) -> RawRep:
    """A leg lift of one leg by hand: held between two times, `value` read by every check."""
    began, ended = hold_s
    ticks = np.zeros(0, np.bool_)
    found = Excursion(
        *(start_s, start_s, began, (began + ended) / 2, ended, end_s, end_s),
        height=height,
        noise=0.0,
        partial=partial,
        dips=(),
        at_rest=ticks,
        back_at_rest=ticks,
        at_top=ticks,
    )
    return RawRep(
        exercise=LIFT,
        side=side,
        found=found,
        height=height,
        foot=height,
        trunk_px=100.0,
        trust=Trust(90.0, 0.0, 0.0),
        turn=1.0,
        readings={(cue.id, side): tuple(Reading(value, began, 1.0) for _ in cue.checks) for cue in LIFT.rep_cues},
        backs=None,
        followed=frozenset({(ADVISED, side)} if followed else set()),
    )


def values(rep: RawRep) -> dict[str, set[float | None]]:
    """What was read on each side."""
    found = defaultdict[str, set[float | None]](set)
    for (_, side), read in rep.readings.items():
        found[side] |= {one.value for one in read}
    return found


def put_together(reps: Sequence[RawRep]) -> Bout:
    found = bout(reps, Given(), lambda kept: ())
    assert found is not None
    return found


# Two that overlap


def test_of_one_leg_the_higher_one_stays() -> None:
    low, high = raw(height=0.9 * HIGH), raw(start_s=1.0)
    assert merged(low, high) is high
    assert merged(high, low) is high


def test_a_rep_that_counts_is_not_lost_to_a_cut_one() -> None:
    whole, cut = raw(height=2 * SURE), raw(height=9 * SURE, partial=True)
    assert merged(whole, cut) is merged(cut, whole) is whole
    small = raw(height=0.9 * SURE)  # counts in a small set only: as little as the cut one
    assert merged(small, cut) is cut


@pytest.mark.parametrize("together", [True, False])
def test_a_leg_that_rises_little_is_the_shadow_of_the_other(together: bool) -> None:
    high = raw("right")
    hold = (2.0, 4.0) if together else (7.0, 9.0)
    for height, shadow in ((SAME_REP_SHARE * HIGH * 0.99, True), (SAME_REP_SHARE * HIGH * 1.01, together)):
        low = raw("left", hold[0] - 2, hold, hold[1] + 2, height=height)
        assert (merged(low, high) is high) == shadow


@pytest.mark.parametrize("first_higher", [True, False])
def test_legs_alike_in_height_and_held_together_work_both(first_higher: bool) -> None:
    low = raw("left", height=BOTH_SHARE * HIGH * 1.01, value=1.0, followed=True)
    high = raw("right", start_s=0.5, value=2.0)
    both = merged(high, low) if first_higher else merged(low, high)
    assert both is not None
    assert both == replace(high, side="both", readings=both.readings, followed=both.followed)
    assert values(both) == {"left": {1.0}, "right": {2.0}}
    assert both.followed == {(ADVISED, "left")}
    uneven = raw("left", height=BOTH_SHARE * HIGH * 0.99)
    assert merged(uneven, high) is high


@pytest.mark.parametrize(("share", "both"), [(TOGETHER_SHARE + 0.01, True), (TOGETHER_SHARE - 0.01, False)])
def test_legs_work_together_when_their_holds_share_enough_of_the_longer_one(share: float, both: bool) -> None:
    one = raw("left", 0.0, (2.0, 6.0), 8.0)
    begin = 6.0 - 4.0 * share
    other = raw("right", begin - 2.0, (begin, begin + 4.0), begin + 6.0)
    found = merged(one, other)
    assert (found is not None and found.side == "both") if both else found is None


@pytest.mark.parametrize(("sticks_out_s", "within"), [(WITHIN_S - 0.01, True), (WITHIN_S + 0.01, False)])
@pytest.mark.parametrize("at_its_end", [True, False])
def test_what_is_held_at_another_time_is_a_rep_of_its_own_unless_it_lies_within(
    sticks_out_s: float, within: bool, at_its_end: bool
) -> None:
    """No leg rises and is back while the other is up; one that takes turns begins before or ends after."""
    high = raw("right", 0.0, (5.0, 8.0), 9.0)
    if at_its_end:
        low = raw("left", 7.5, (8.5, 9.0), 9.0 + sticks_out_s, height=0.9 * HIGH)
    else:
        low = raw("left", -sticks_out_s, (0.5, 1.0), 2.0, height=0.9 * HIGH)
    found = merged(low, high)
    assert found is (high if within else None)


# The other leg's


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left"), ("both", "both")])
def test_a_rep_of_the_other_leg_is_the_same_but_for_its_sides(side: Side, other: Side) -> None:
    one = raw(side, value=3.0, followed=True)
    turned = exchanged(one)
    assert turned.side == other
    assert values(turned) == {other: {3.0}}
    assert turned.followed == {(ADVISED, other)}
    assert turned.found is one.found
    assert exchanged(turned) == one


def test_both_legs_change_places() -> None:
    both = merged(raw("left", value=1.0, followed=True), raw("right", value=2.0))
    assert both is not None
    turned = exchanged(both)
    assert turned.side == "both"
    assert values(turned) == {"left": {2.0}, "right": {1.0}}
    assert turned.followed == {(ADVISED, "right")}


# The set


def set_of(*heights: float) -> list[RawRep]:
    return [raw("left", 10.0 * i, (10 * i + 2.0, 10 * i + 4.0), 10 * i + 6.0, height=h) for i, h in enumerate(heights)]


def test_what_is_small_beside_its_set_is_no_rep_of_it() -> None:
    """The least of a set is a share of its median, but never more than what counts in any."""
    typical = SURE / SET_SHARE * 0.9  # whose share is less than is sure
    for height, count in ((SET_SHARE * typical * 1.01, 3), (SET_SHARE * typical * 0.99, 2)):
        assert len(put_together(set_of(typical, height, typical)).reps) == count
    for height, count in ((SURE * 1.01, 3), (SURE * 0.99, 2)):
        assert len(put_together(set_of(HIGH, height, HIGH)).reps) == count


def test_reps_stand_in_the_order_of_their_times() -> None:
    found = put_together(set_of(HIGH, HIGH, HIGH)[::-1])
    assert [(rep.index, rep.start_s) for rep in found.reps] == [(1, 0.0), (2, 10.0), (3, 20.0)]
    assert (found.start_s, found.end_s) == (0.0, 26.0)


def test_cut_and_small_reps_alone_make_no_bout() -> None:
    small, large = (raw(height=share * SURE, partial=True) for share in (0.9, 1.1))
    assert bout([small], Given(), lambda kept: ()) is None
    assert [rep.partial for rep in put_together([large]).reps] == [True]
    assert [rep.partial for rep in put_together([small, *set_of(0.9 * SURE)]).reps] == [True, False]


def test_reps_of_both_legs_count_for_either() -> None:
    both = merged(raw("left"), raw("right"))
    assert both is not None
    left = raw("left", 10.0, (12.0, 14.0), 16.0)
    (cue,) = put_together([both, left]).cues
    assert cue.value == 1.0  # the leg that did fewer
    assert {"1", "2"} <= set(re.findall(r"\d+", cue.message))
