"""The fixture for tests of one's own: three lines, and words that say what was found."""

from pathlib import Path

import pytest
from clinic import bridge, saved

from formcheck.pytest_plugin import Form, form
from formcheck.report import Report

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


def test_each_assertion_says_what_was_found(
    form: object,
    clip: Path,
) -> None:
    found = form(clip, exercise="ball_bridge")  # type: ignore[operator]
    assert isinstance(found, Form)
    assert form(clip, exercise="ball_bridge") is found  # type: ignore[operator]
    faults = {cue.id for rep in found.reps for cue in rep.cues if cue.verdict == "fault"}
    for act, words in (
        (lambda: found.has_reps(2), "1 reps, not 2"),
        (lambda: found.holds(at_least=60), "at least 60 s are asked for"),
        (lambda: found.scores(at_least=101), "at least 101 is asked for"),
        (lambda: found.has_fault("back_straight"), "no fault in back_straight"),
    ):
        with pytest.raises(pytest.fail.Exception, match=words):
            act()
    for cue in faults:
        found.has_fault(cue)
        with pytest.raises(pytest.fail.Exception, match="rep 1"):
            found.has_no_fault(cue)
    with pytest.raises(pytest.fail.Exception, match="no cue no_such_cue here; there are "):
        found.has_no_fault("no_such_cue")
    with pytest.raises(pytest.fail.Exception, match="no rep counts"):
        Form("clip", Report(found.report.video, (), ())).has_no_fault()
