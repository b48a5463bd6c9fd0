"""Batch: every recording its own report, one bad clip among good, the gate, and Ctrl-C."""

import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from clinic import bridge, contents, saved
from door import SAMPLES, command, ended, files, refused, started, trimmed
from findings_example import report as example
from rich.console import Console

from formcheck import analyze, cli, console
from formcheck.batch import records, run
from formcheck.batch import results as table
from formcheck.batch.gate import score_text
from formcheck.batch.jobs import Job
from formcheck.batch.records import Record
from formcheck.batch.run import Result

ONE_REP = 182  # frames of the ball bridge: its first rep and a little more
RESULTS = ["clip.json", "report.html", "report.json"]


@pytest.fixture(scope="module")
def folder(landmarks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good rep, one with a fault, a file that is no video, and one that is not looked at."""
    folder = tmp_path_factory.mktemp("recordings")
    (folder / "monday").mkdir()
    trimmed("ball_bridge", folder / "monday" / "good.MP4", ONE_REP)
    os.link(landmarks("ball_bridge"), folder / "sagging.npz")
    (folder / "bad.mp4").write_text("no video", "utf-8")
    (folder / "notes.txt").write_text("no video either", "utf-8")
    return folder


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, str, str]]:
    """What `batch --fail-under 95` leaves: the folder, the exit code and what was said."""
    out = tmp_path_factory.mktemp("results") / "new"
    told = command("batch", folder, "--out", out, "--jobs", 2, "--junit", out / "ci" / "junit.xml", "--fail-under", 95)
    yield out, told.returncode, told.stdout, told.stderr


def test_every_recording_has_its_report(out: tuple[Path, int, str, str]) -> None:
    assert files(out[0]) == sorted(
        [
            *("ci/junit.xml", "results.parquet", "summary.json", "bad.mp4/clip.json"),
            *(f"{name}/{file}" for name in ("monday/good.MP4", "sagging.npz") for file in RESULTS),
        ]
    )


def test_a_failed_gate_wins_over_a_bad_recording(out: tuple[Path, int, str, str], folder: Path) -> None:
    _, code, said, complaints = out
    assert code == 1
    assert complaints == ""
    *lines, last = (line.removeprefix(f"{folder}/") for line in said.splitlines())
    assert last == "FAILS sagging.npz, score: score 91.7, at least 95 asked for"
    lines.sort()
    assert lines[0].startswith("bad.mp4: ")
    assert "no video that can be read" in lines[0]
    assert lines[1:] == [
        "monday/good.MP4: 1 reps, score 100, at least 95 asked for",
        "sagging.npz: 2 reps, score 91.7, at least 95 asked for",
    ]


def test_reports_are_those_of_analyze(out: tuple[Path, int, str, str], folder: Path) -> None:
    report = json.loads((out[0] / "monday" / "good.MP4" / "report.json").read_text("utf-8"))
    assert report == analyze(folder / "monday" / "good.MP4").to_dict()


def test_junit_names_errors_and_failures(out: tuple[Path, int, str, str]) -> None:
    suites = {suite.get("name"): suite for suite in ElementTree.parse(out[0] / "ci" / "junit.xml").getroot()}
    assert list(suites) == ["bad.mp4", "monday/good.MP4", "sagging.npz"]
    assert "no video that can be read" in suites["bad.mp4"].find(".//error").get("message")  # type: ignore[union-attr]
    assert suites["monday/good.MP4"].get("failures") == "0"
    failed = [case for case in suites["sagging.npz"] if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["score"]
    assert failed[0].findtext("failure") == "score 91.7, at least 95 asked for"
    [toes] = [case for case in suites["sagging.npz"] if case.get("name") == "ball_bridge.toes_forward"]
    assert "not visible from the side" in (toes.find("skipped").get("message") or "").lower()  # type: ignore[union-attr]
    assert int(suites["sagging.npz"].get("skipped") or 0) >= 1
    [sag] = [case for case in suites["sagging.npz"] if case.get("name") == "ball_bridge.hips_up"]
    assert (sag.findtext("system-out") or "").startswith("rep 2: Your hips dropped")


def result(name: str, score: float | None, error: str | None = None) -> Result:
    return Result(Job(name, Path(name), Path("out") / name), score, 1, error)


def tables(results_of: list[Result], out: Path) -> None:
    """The tables that a run with these results leaves."""
    for one in results_of:
        folder = out / one.job.name
        error = one.error
        record = Record("key", error, score=one.score, reps=one.reps)
        (out / "scratch").mkdir(parents=True, exist_ok=True)
        (out / "scratch" / "report.json").write_text('{"bouts": []}', "utf-8")
        records.keep(folder, record, out / "scratch", () if error else ("report.json",))
    jobs = [Job(one.job.name, one.job.source, out / one.job.name) for one in results_of]
    table.write(jobs, out, out / "scratch")


@pytest.mark.parametrize(
    ("results", "fail_under", "code"),
    [
        ([result("a", 80)], None, 0),
        ([result("a", 80)], "80", 0),
        ([result("a", 80), result("b", None, "gone")], None, 3),
        ([result("a", 80), result("b", None, "gone")], "80", 3),
        ([result("a", 80), result("b", None, "gone")], "81", 1),
        ([result("a", None)], None, 0),
        ([result("a", None)], "0", 1),
    ],
)
def test_exit_codes(
    results: list[Result], fail_under: str | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables(results, tmp_path)
    monkeypatch.setattr(run, "run", lambda inputs, settings, **how: ((len(results), r) for r in results))
    gate = ["--fail-under", fail_under] if fail_under else []
    monkeypatch.setattr("sys.argv", ["formcheck", "batch", "a", "--out", str(tmp_path), *gate])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == code


@pytest.mark.parametrize(
    ("score", "least", "said"), [(84.6, 85, "score 84.6, at least 85 asked for"), (80, None, "score 80")]
)
def test_a_score_is_told_as_it_is_judged(score: float, least: float | None, said: str) -> None:
    assert score_text(score, least) == said


def test_the_gate_judges_the_score_that_the_report_shows() -> None:
    [bout] = example().bouts[:1]
    shown = replace(example(), bouts=(replace(bout, score=84.96),))
    assert shown.to_dict()["bouts"][0]["score"] == records.of(shown, None).score == 85.0


def test_a_recording_without_a_score_says_why() -> None:
    assert "no known exercise" in score_text(None, 50)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    refused(command("batch", tmp_path, "--out", tmp_path / "out"), 2, "no recordings found", ".mp4")
    assert files(tmp_path) == []


@pytest.mark.parametrize("junit", ["", "taken/j.xml"])
def test_a_junit_file_that_cannot_be_written_is_refused_before_the_work(junit: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    told = command("batch", SAMPLES, "--out", tmp_path / "out", "--junit", tmp_path / junit)
    refused(told, 2, "cannot write")
    assert files(tmp_path) == ["taken"]


@pytest.mark.skipif(os.name != "posix", reason="signals and process groups are tested on POSIX")
@pytest.mark.parametrize("everyone", [True, False], ids=["terminal", "one process"])
def test_ctrl_c_stops_all_processes_and_leaves_nothing_half_written(everyone: bool, tmp_path: Path) -> None:
    process = started("batch", SAMPLES, "--out", tmp_path, "--jobs", 2, start_new_session=True)
    while len(list(tmp_path.rglob("*.part"))) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    (os.killpg if everyone else os.kill)(process.pid, signal.SIGINT)
    out, err = ended(process)  # to the end of the pipes, which every process holds: none is left
    assert process.returncode == 130
    assert err == "formcheck: stopped; no half-written file is left behind\n"
    assert out == ""
    assert files(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="signals are tested on POSIX")
def test_ctrl_c_again_and_again_changes_nothing(tmp_path: Path) -> None:
    process = started("batch", SAMPLES, "--out", tmp_path, "--jobs", 2, start_new_session=True)
    while not list(tmp_path.rglob("*.part")):
        assert process.poll() is None
        time.sleep(0.02)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    assert process.communicate() == ("", "formcheck: stopped; no half-written file is left behind\n")
    assert process.returncode == 130
    assert files(tmp_path) == []


def test_a_mistyped_folder_leaves_the_results_as_they_are(tmp_path: Path) -> None:
    tables([result("a", 80)], tmp_path / "out")
    before = contents(tmp_path)
    refused(command("batch", tmp_path / "clpis", "--out", tmp_path / "out"), 2, "there is no file or folder")
    assert contents(tmp_path) == before


def test_a_clip_that_vanished_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    saved(tmp_path / "good.npz", bridge(1))
    (tmp_path / "m.csv").write_text("path\ngone.npz\ngood.npz\n", "utf-8")
    told = command("batch", tmp_path / "m.csv", "--out", tmp_path / "out")
    assert told.returncode == 3
    gone, good = sorted(told.stdout.splitlines())
    assert f"there is no file {tmp_path}/gone.npz" in gone
    assert "1 reps, score " in good


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nb.mp4").write_text("no video", "utf-8")
    told = command("batch", tmp_path, "--out", tmp_path / "out")
    assert told.returncode == 3
    [line] = told.stdout.splitlines()
    assert line.startswith(rf"{tmp_path}/a\x1b[31m\nb.mp4: ")
    refused(command("batch", tmp_path / "\x1b[31m", "--out", tmp_path / "out"), 2, r"\x1b[31m")


def test_a_terminal_is_told_of_the_rate_and_the_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(console, "_err", Console(file=screen, force_terminal=True, width=120, color_system=None))
    with console.clips() as tell:
        tell(2, result("a", 80))
        tell(2, result("b", None, "gone"))
    assert "2/2" in screen.getvalue()
    assert "a second, 1 failed" in screen.getvalue()
