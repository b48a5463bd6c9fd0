"""The benchmark of the live coach: what its tables say of what was measured. No time is asserted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from door import know

from benchmarks.live import __main__ as door
from benchmarks.live.__main__ import Delay, Minute, Pass
from formcheck.formats.npz import load
from formcheck.recorded import Options


def test_words_are_alike_whatever_was_measured() -> None:
    assert door._alike("Your hips dropped 5 cm.", "Your hips dropped 12.5 cm.")
    assert not door._alike("Your hips dropped 5 cm.", "Your toes pointed 5 cm.")


def test_a_fault_is_shown_soon_after_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, landmarks: Callable[[str], Path]
) -> None:
    know(monkeypatch, load(landmarks("ball_bridge")))
    found = door.words("ball_bridge", Options.of("ball_bridge"))
    assert [one.cue for one in found] == ["rep 2, hips_up"]
    assert found[0].shown_s is not None
    assert 0 <= found[0].shown_s - found[0].visible_s <= 0.4  # of the clip's own time


def test_pictures_of_a_clip_are_thinned_evenly() -> None:
    times = [frame.time for frame in door._thinned(door.SAMPLES / "glute_bridge.mp4")]
    assert np.diff(times) == pytest.approx(1 / door.FPS, abs=1 / 24 + 1e-6)


def test_tables() -> None:
    one = Pass("clip", (2, 2), 0.05, (1, 1), [10.0, 20.0, 90.0], 24.0, 3)
    assert "| clip | 2 / 2 | 0.05 | 1 of 1 | 20 | 83 | 24.0 | 3 |" in door.page_table([one])
    assert "| c | rep 1, x | 2.00 | never |  |" in door.words_table([Delay("c", "rep 1, x", 2.0, None)])
    minutes = [Minute(100_000_000 + i, 0.012, 0.2) for i in range(30)]
    assert door.long_table(minutes, 8).splitlines()[-1] == "| 30 | 100.0 | 12.0 | 200 |"
