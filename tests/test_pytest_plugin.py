"""The fixture for tests of one's own: three lines, and words that say what was found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import findings_example as example
import pytest
from clinic import bridge, saved

from formcheck import files
from formcheck.errors import UsageError, VideoError
from formcheck.formats.exports import export
from formcheck.pytest_plugin import Form, form
from formcheck.report.report import Report

__all__ = ["form"]

pytest_plugins = ["pytester"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("clips") / "bridge.npz", bridge(0))


def test_three_lines_in_a_project_of_ones_own(
    pytester: pytest.Pytester, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(f"""
        def test_my_bridge(form):
            clip = form({str(clip)!r}, exercise="ball_bridge")
            clip.has_reps(1).holds(at_least=0.2).scores(at_least=10)

        def test_too_much(form):
            form({str(clip)!r}, exercise="ball_bridge").has_reps(3, side="both")
    """)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # loaded by name: by itself it would be there twice
    told = pytester.runpytest_subprocess("-p", "formcheck.pytest_plugin", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=1, failed=1)
    told.stdout.fnmatch_lines(["*bridge.npz: 1 reps of both, not 3*"])


def test_each_assertion_says_what_was_found(form: Callable[..., Form], clip: Path) -> None:
    found = form(clip, exercise="ball_bridge")
    assert form(clip, exercise="ball_bridge") is found
    faults = {cue.id for rep in found.reps for cue in rep.cues if cue.verdict == "fault"}
    wrong: tuple[tuple[Callable[[], Form], str], ...] = (
        (lambda: found.has_reps(2), "1 reps, not 2"),
        (lambda: found.holds(at_least=60), "at least 60 s are asked for"),
        (lambda: found.scores(at_least=101), "at least 101 is asked for"),
        (lambda: found.has_fault("back_straight"), "no fault in back_straight"),
    )
    for act, words in wrong:
        with pytest.raises(pytest.fail.Exception, match=words):
            act()
    for cue in faults:
        found.has_fault(cue)
        with pytest.raises(pytest.fail.Exception, match="rep 1"):
            found.has_no_fault(cue)
    with pytest.raises(pytest.fail.Exception, match="no cue no_such_cue here; there are "):
        found.has_no_fault("no_such_cue")
    found.reaches_goals()  # this exercise asks for none
    with pytest.raises(pytest.fail.Exception, match="no rep counts"):
        Form("clip", Report(found.report.video, (), ())).has_no_fault()


def test_too_few_reps_are_no_fault_and_no_goal_reached() -> None:
    bout = example.leg_lift()
    fine = tuple(replace(r, cues=tuple(c for c in r.cues if c.id != "other_leg_down")) for r in bout.reps)
    found = Form("clip", Report(example.video(), (replace(bout, reps=fine),), ()))
    found.has_no_fault()
    with pytest.raises(pytest.fail.Exception, match=r"Leg lift: Right 2, left 0. Goal: 10 to 15 a leg."):
        found.reaches_goals()
    with pytest.raises(pytest.fail.Exception, match="Goal: 3 to 5 s, so a little longer"):
        found.has_no_fault("hold_3_to_5_s")


def test_the_same_name_in_another_folder_is_another_clip(
    form: Callable[..., Form], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = []
    for seed in range(2):
        folder = tmp_path / f"{seed}"
        folder.mkdir()
        saved(folder / "clip.npz", bridge(seed))
        monkeypatch.chdir(folder)
        hashes.append(form("clip.npz").report.video.sha256)
        assert hashes[-1] == files.sha256(folder / "clip.npz")
    assert hashes[0] != hashes[1]
    monkeypatch.chdir(tmp_path)
    assert form("1/clip.npz") is form(tmp_path / "1" / "clip.npz")


def test_it_takes_whatever_score_takes(form: Callable[..., Form], clip: Path, tmp_path: Path) -> None:
    big = tmp_path / "BIG.NPZ"
    big.write_bytes(clip.read_bytes())
    assert form(big).report.video.sha256 == files.sha256(clip)
    export(clip, "openpose", tmp_path / "frames")
    export(clip, "mediapipe", tmp_path / "a.JSON")
    assert form(tmp_path / "a.JSON").report.video.width == 160
    assert form(tmp_path / "frames", fps=10, size=(160, 90)).report.video.fps == pytest.approx(10, rel=0.1)
    with pytest.raises(UsageError, match="give it with --fps"):
        form(tmp_path / "frames")
    with pytest.raises(UsageError, match="leave out --fps and --size"):
        form(tmp_path / "a.mp4", fps=10)
    with pytest.raises(VideoError):
        form(tmp_path / "a.mp4")


def test_a_side_that_there_is_not_is_a_mistake(form: Callable[..., Form], clip: Path) -> None:
    found = form(clip)
    found.has_reps(0, side="left").has_reps(1, side="both")
    with pytest.raises(pytest.fail.Exception, match="there is no side rigth; there are left, right, both"):
        found.has_reps(0, side="rigth")  # type: ignore[arg-type]


def test_what_could_not_be_assessed_is_no_fault_and_no_verdict(form: Callable[..., Form], clip: Path) -> None:
    found = form(clip, exercise="ball_bridge")
    verdicts = {cue.id: cue.verdict for rep in found.reps for cue in rep.cues}
    assert verdicts["toes_forward"] == "not_assessed" != verdicts["through_the_heels"]
    found.has_no_fault("toes_forward").judges("through_the_heels")
    with pytest.raises(pytest.fail.Exception, match="rep 1: toes_forward: Not judged: "):
        found.judges("through_the_heels", "toes_forward")
    with pytest.raises(pytest.fail.Exception, match="rep 1: toes_forward: Not judged: "):
        found.judges()
    with pytest.raises(pytest.fail.Exception, match="no cue no_such_cue here; there are "):
        found.judges("no_such_cue")
