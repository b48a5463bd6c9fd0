"""The open bout: which reps wait to be told of, what counts meanwhile, and by what a told rep is judged."""

import pytest

from benchmarks.stick import Act, Tempo, film, glute_bridge, leg_lift
from formcheck.core.bout import Given
from formcheck.core.clock import RATE
from formcheck.core.exercise import choose
from formcheck.core.openbout import OVERLAP_S, TOLD_LATE_S, Bouts
from formcheck.core.rep import RawRep
from formcheck.core.rows import Table
from formcheck.core.ticks import Ticks
from formcheck.core.watches import Watches

BOTH_DOWN, OTHER_UP = (lambda raw, tick: False), (lambda raw, tick: True)


def closed(act: Act) -> list[RawRep]:
    """The reps of an act as they close."""
    exercises = choose()
    ticks, table, reps = Ticks(), Table(exercises), []
    watches = Watches(exercises, table, ticks.sides)
    poses = film(act).poses
    for i, part in enumerate([*ticks.feed(poses), *ticks.finish()]):
        if i == 0:
            watches.begin(round(float(part.time[0]) * RATE))
        reps += watches.feed(table.rows(part))
    return reps


@pytest.fixture(scope="module")
def lifts() -> list[RawRep]:
    return closed(leg_lift(Tempo(reps=2)))


def bouts() -> Bouts:
    return Bouts(Given(), lambda reps: ())


def end_of(raw: RawRep) -> int:
    return round((raw.found.end_s - OVERLAP_S) * RATE)


def test_a_rep_waits_for_the_other_leg_and_does_not_count_meanwhile(lifts: list[RawRep]) -> None:
    found, (first, *_) = bouts(), lifts
    found.put([first])
    assert found.tell(end_of(first) + 1, OTHER_UP) == []
    assert found.count == 0
    (told,) = found.tell(end_of(first) + 2, BOTH_DOWN)
    assert (told().index, found.count) == (1, 1)
    assert found.tell(end_of(first) + 3, BOTH_DOWN) == []


def test_no_rep_waits_for_ever(lifts: list[RawRep]) -> None:
    found, (first, *_) = bouts(), lifts
    found.put([first])
    assert found.tell(end_of(first) + round(TOLD_LATE_S * RATE) - 1, OTHER_UP) == []
    assert len(found.tell(end_of(first) + round(TOLD_LATE_S * RATE) + 1, OTHER_UP)) == 1


def test_a_rep_is_judged_by_its_own_bout_also_once_that_is_closed(lifts: list[RawRep]) -> None:
    found = bouts()
    found.put(lifts)
    told = found.tell(10**6, BOTH_DOWN)
    found.put(closed(glute_bridge(Tempo(reps=1)))[-1:])
    found.close()
    assert [rep().index for rep in told] == list(range(1, len(lifts) + 1))
    assert found.closed[0].exercise == "leg_lift"
    assert (found.count, found.newest, found.open.reps) == (0, None, [])
