"""The benchmark of the core: its recording, its peer, its stopwatches and its door. No time is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.core import __main__ as door
from benchmarks.core import peer
from benchmarks.core.recording import CLIP_S, EXERCISES, FPS, REPS, recording
from benchmarks.core.timing import STAGES, Times, beyond_input_and_findings, in_turns, stages
from formcheck.body.poses import BACK_SEEN, COLUMNS, Poses


@pytest.fixture(scope="module")
def clip() -> Poses:
    return recording(CLIP_S)


def test_a_recording_is_the_clip_again_and_again(clip: Poses) -> None:
    twice = recording(2 * CLIP_S)
    assert len(twice) == 2 * len(clip) == round(2 * CLIP_S * FPS)
    for name in COLUMNS:
        if name != "time":
            np.testing.assert_array_equal(getattr(twice, name)[len(clip) :], getattr(clip, name))


def test_every_exercise_is_found_with_all_its_reps(clip: Poses) -> None:
    found, text = door.whole(clip)
    assert [bout.exercise for bout in found.bouts] == list(EXERCISES)
    assert [len(bout.counted) for bout in found.bouts] == [REPS] * len(EXERCISES)
    assert all(bout.reps == bout.counted and bout.view.name == "side" for bout in found.bouts)
    assert json.loads(text)["schema"] == "formcheck.report/1"


def test_the_back_is_looked_at_and_judged(clip: Poses) -> None:
    assert (clip.back_state == BACK_SEEN).mean() == pytest.approx(1 / 8)
    judged = {cue.id for bout in door.whole(clip)[0].bouts for rep in bout.reps for cue in rep.cues if cue.value}
    assert {"back_straight", "low_back_pressed", "shoulders_on_ball"} <= judged


def test_an_hour_holds_five_hundred_reps() -> None:
    assert 3600 / CLIP_S * REPS * len(EXERCISES) == 500


def test_frame_by_frame_gives_the_same_report() -> None:
    poses = recording(30)
    found, _ = door.whole(poses)
    assert door.report(door.live(poses)(), poses) == found


def test_the_peer_works_out_the_same_angles(clip: Poses) -> None:
    seen = clip[::97]
    ours = np.stack(peer.kernel(seen), axis=1)
    np.testing.assert_allclose(np.array(peer.angles(peer.frames(seen))), 180 - ours, atol=0.05)


def test_the_peer_counts_reps() -> None:
    assert peer.counted(peer.frames(recording(30))) == (REPS - 1, REPS - 1)


def test_a_plain_copy_copies_all_columns(clip: Poses, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[np.ndarray] = []
    act = door.copy(clip)()
    monkeypatch.setattr(np, "copyto", lambda into, source: copied.append(source))
    act()
    assert all(one is getattr(clip, name) for one, name in zip(copied, COLUMNS, strict=True))


def test_tasks_take_turns() -> None:
    order: list[str] = []

    def task(name: str) -> object:
        return lambda: lambda: order.append(name)

    times = in_turns({"a": task("a"), "b": task("b")}, 3)  # type: ignore[dict-item]
    assert order == ["a", "b"] * 3
    assert [len(found.wall) for found in times.values()] == [3, 3]


def test_a_time_is_the_median_and_its_spread() -> None:
    times = Times(wall=[2.0, 1.0, 3.0], processor=[1.0, 1.0, 0.5])
    assert (times.wall_s, times.processor_s, times.spread) == (2.0, 1.0, 3.0)


def test_memory_leaves_out_what_was_there_and_what_is_given_back() -> None:
    mine = np.zeros(3_000_000, np.uint8)

    def act() -> np.ndarray:
        scratch = np.zeros(2_000_000, np.uint8)
        return np.ones(1_000_000, np.uint8) + scratch[0] + mine[0]

    assert 2_000_000 <= beyond_input_and_findings(lambda: act) < 4_500_000


def test_the_stages_make_up_the_whole(clip: Poses) -> None:
    found = stages(lambda: lambda: door.whole(clip))
    assert tuple(found) == STAGES
    assert all(seconds > 0 for seconds in found.values())


def test_a_bound_is_kept_broken_or_not_run() -> None:
    def holds(value: float | None, least: float | None, most: float | None) -> bool | None:
        return door.Bound("", value, None, least, most, "").holds

    assert (holds(150, 150, None), holds(149, 150, None)) == (True, False)
    assert (holds(25, None, 25), holds(26, None, 25), holds(None, None, 25)) == (True, False, None)


def test_the_door_needs_the_base_install_only() -> None:
    script = """
import sys
sys.modules.update(dict.fromkeys(["pytest", "numba", "matplotlib", "sklearn", "mediapipe"]))
from benchmarks.core import __main__ as door
door.QUICK_ROUNDS, door.LIVE_S = 1, 2.0
sys.exit(door.main(["--quick", "--json"]))
"""
    root = Path(__file__).parents[2]
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # quicker where other tests keep the cores busy
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, encoding="utf-8", env=alone, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    content = json.loads(done.stdout)
    assert {"date", "machine", "versions"} <= content.keys()
    assert [(b["least"], b["most"]) for b in content["bounds"]] == [
        (150, None), (30, None), (None, 25), (None, 0.25), (None, 10.5), (None, 64), (None, 0.3)
    ]  # fmt: skip
    assert [bound["holds"] is None for bound in content["bounds"]] == [False] * 3 + [True] * 2 + [False] * 2
    assert list(content["sizes"]) == ["1 s", "1 min"]


def test_the_tables_say_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(door, "QUICK", ("1 s",))
    monkeypatch.setattr(door, "QUICK_ROUNDS", 1)
    monkeypatch.setattr(door, "LIVE_S", 0.5)
    assert door.main(["--quick"]) in (0, 1)
    text = capsys.readouterr().out
    assert all(f"\n| {stage} |" in text for stage in STAGES)
    assert text.count("not run") == 2
