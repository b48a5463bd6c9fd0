"""The demonstrations: what there is, what it may weigh, and that nothing else can be asked for."""

from pathlib import Path

import pytest
from PIL import Image

from formcheck import demos
from formcheck.core.exercise import builtin

LOOPS = sorted(path for path in demos.FOLDER.glob("*.webp") if ".still" not in path.name)
MOST_BYTES = 300_000
MOST_BYTES_IN_ALL = 6_000_000
ROOT = Path(__file__).parent.parent


def test_every_exercise_of_the_article_has_its_loops() -> None:
    shown = {name: demos.faults(name) for name in ("kneeling_lunge", "leg_lift", "ball_bridge", "glute_bridge")}
    assert all(demos.demo(name) for name in shown)
    assert shown == {
        "kneeling_lunge": ["back_straight"],
        "leg_lift": ["lift_several_inches", "low_back_pressed"],
        "ball_bridge": ["hips_up"],
        "glute_bridge": ["hips_up"],
    }


@pytest.mark.parametrize("path", LOOPS, ids=lambda path: path.stem)
def test_a_loop_is_of_a_cue_that_can_lie_over_its_bound(path: Path) -> None:
    exercise, _, cue = path.stem.partition("-")
    assert demos.demo(exercise, cue or None) == path
    if cue and exercise in builtin():
        checks = [check for one in builtin()[exercise].cues if one.id == cue for check in one.checks]
        assert [check for check in checks if check.at_most is not None]


@pytest.mark.parametrize("path", LOOPS, ids=lambda path: path.stem)
def test_a_loop_is_small_and_has_a_still(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES
    with Image.open(path) as loop, Image.open(path.with_suffix(".still.webp")) as still:
        assert (loop.format, loop.size, loop.info["loop"]) == ("WEBP", demos.SIZE, 0)
        assert loop.n_frames > 20
        assert (still.format, still.size, still.n_frames) == ("WEBP", demos.SIZE, 1)
        first, second = loop.convert("RGB"), still.convert("RGB")
        differences = [abs(a - b) for a, b in zip(first.tobytes(), second.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 2  # the still is the loop's first picture


def test_all_of_them_fit_into_the_wheel() -> None:
    assert sum(path.stat().st_size for path in demos.FOLDER.iterdir() if path.is_file()) <= MOST_BYTES_IN_ALL


@pytest.mark.parametrize(
    ("exercise", "cue"),
    [("squat", None), ("leg_lift", "hips_up"), ("", None), ("../demos/leg_lift", None), ("leg_lift.still", None)],
)
def test_what_there_is_not_is_none(exercise: str, cue: str | None) -> None:
    assert demos.demo(exercise, cue) is None


def test_the_licence_is_told() -> None:
    assert "CC0-1.0" in (demos.FOLDER / "LICENSE.md").read_text("utf-8")
    assert "formcheck/demos/" in (ROOT / "NOTICE").read_text("utf-8")
