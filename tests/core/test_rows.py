"""The ring of the newest rows: whatever is added and forgotten, it holds what a plain list would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core.rows import Kept, Rows

COLUMNS = {"trunk": 0, "yaw": 1}


def rows(first: int, count: int) -> Rows:
    """Rows that tell their tick."""
    ticks = np.arange(first, first + count, dtype=np.float32)
    return Rows(np.stack([ticks, -ticks], axis=1), COLUMNS)


def held(kept: Kept, first: int, last: int) -> list[float]:
    found = kept.between(first, last)
    assert (found.column("yaw") == -found.column("trunk")).all()
    return [float(tick) for tick in found.column("trunk")]


def test_without_rows() -> None:
    kept = Kept(COLUMNS)
    kept.forget(5)
    assert (len(kept), kept.next) == (0, 0)
    kept.add(rows(0, 0))
    assert (len(kept), kept.next) == (0, 0)


@pytest.mark.parametrize("begin", [0, 1000])
def test_rows_are_found_by_their_tick(begin: int) -> None:
    kept = Kept(COLUMNS)
    kept.begin(begin)
    kept.add(rows(begin, 3))
    kept.add(rows(begin + 3, 2))
    assert (len(kept), kept.next) == (5, begin + 5)
    assert held(kept, begin, begin + 4) == [begin + i for i in range(5)]
    assert held(kept, begin + 2, begin + 3) == [begin + 2, begin + 3]
    assert held(kept, begin + 2, begin + 1) == []


def test_what_is_forgotten_is_gone_and_the_rest_keeps_its_ticks() -> None:
    kept = Kept(COLUMNS)
    kept.add(rows(0, 10))
    kept.forget(4)
    kept.forget(2)  # is gone already
    assert (len(kept), kept.next) == (6, 10)
    assert held(kept, 4, 9) == [4, 5, 6, 7, 8, 9]
    kept.forget(99)
    assert (len(kept), kept.next) == (0, 10)
    kept.add(rows(10, 2))
    assert held(kept, 10, 11) == [10, 11]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=40))
def test_it_holds_what_a_list_would(steps: list[tuple[int, int]]) -> None:
    """Each step adds some rows and forgets those before a tick that lies so far back."""
    kept, known, tick = Kept(COLUMNS), list[int](), 7
    kept.begin(tick)
    for more, back in steps:
        kept.add(rows(tick, more))
        known += range(tick, tick + more)
        tick += more
        kept.forget(tick - back)
        known = [one for one in known if one >= tick - back]
        assert (len(kept), kept.next) == (len(known), tick)
        if known:
            assert held(kept, known[0], tick - 1) == known


def test_its_memory_does_not_grow_with_the_recording() -> None:
    kept = Kept(COLUMNS)
    for tick in range(0, 20_000, 10):
        kept.add(rows(tick, 10))
        kept.forget(tick - 100)
    assert len(kept._values) < 1000


def test_rows_are_handed_out_without_a_copy() -> None:
    kept = Kept(COLUMNS)
    kept.add(rows(0, 4))
    assert np.shares_memory(kept.between(0, 3).values, kept._values)
