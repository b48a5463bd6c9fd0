"""Wards and the run around them: what is the clip's fault, what ends a run, and what is written down."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from clinic import bridge, environment, saved

from formcheck.batch import child, ward
from formcheck.batch import run as runs
from formcheck.batch.child import BASE_S, Allowed
from formcheck.batch.jobs import Job, Settings
from formcheck.batch.run import Result, run
from formcheck.errors import FormcheckError, UsageError
from formcheck.formats.npz import load


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    saved(tmp_path / "in" / "good.npz", bridge(0))
    return tmp_path / "in"


def ran(folder: Path, settings: Settings, **how: Path | str) -> dict[str, Result]:
    return {r.job.name: r for _, r in run([folder], settings, workers=1, **how)}  # type: ignore[arg-type]


def test_a_fault_of_the_program_on_one_clip_does_not_stop_the_rest(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(clips / "good.npz", clips / "mistake.npz")
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
    found = ran(clips, Settings.of(tmp_path / "out"))
    assert found["good.npz"].reps == 1
    assert "ZeroDivisionError: by zero" in (found["mistake.npz"].error or "")


def test_a_process_that_cannot_begin_ends_the_run(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ward, "_CHILD", "raise SystemExit(7)")
    with pytest.raises(FormcheckError, match=r"no process can be started .* exit status 7; .*doctor"):
        ran(clips, Settings.of(tmp_path / "out"))


def test_a_worker_with_another_formcheck_ends_the_run(clips: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="another formcheck"):
        ran(clips, replace(Settings.of(tmp_path / "out"), program="older"))


def test_no_scheduler_is_wrong_usage(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dask.distributed")
    monkeypatch.setattr(runs, "ANSWERS_S", 0.2)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        ran(clips, Settings.of(tmp_path / "out"), scheduler="tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match="no Dask scheduler answers at nonsense://"):
        ran(clips, Settings.of(tmp_path / "out"), scheduler="nonsense://x")


def test_the_log_has_a_line_for_every_event(clips: Path, tmp_path: Path) -> None:
    (clips / "empty.mp4").touch()
    settings = Settings.of(tmp_path / "out")
    ran(clips, settings, log=tmp_path / "logs" / "log")
    events = [json.loads(line) for line in (tmp_path / "logs" / "log").read_text("utf-8").splitlines()]
    assert [event["event"] for event in events] == ["begun", "clip", "clip", "ended"]
    assert events[0]["clips"] == 2
    assert [(e["source"], e["state"], e["reps"]) for e in events[1:3]] == [
        ("empty.mp4", "failed", 0),
        ("good.npz", "done", 1),
    ]
    assert events[3] == events[3] | {"clips": 2, "failed": 1, "reps": 1}
    assert all(event["time"].endswith("+00:00") for event in events)


def test_no_more_is_handed_out_than_is_worked_on(clips: Path, tmp_path: Path) -> None:
    asked = 0

    def jobs() -> object:
        nonlocal asked
        for number in range(50):
            asked += 1
            yield Job(str(number), clips / "gone.mp4", tmp_path / "out" / str(number))

    results = runs.worked(jobs(), Settings.of(tmp_path / "out"), 1)  # type: ignore[arg-type]
    done = 0
    for done, result in enumerate(results, 1):
        assert asked <= done - 1 + runs.AHEAD
        assert "there is no file" in (result.error or "")
    assert done == 50


@pytest.mark.parametrize(
    ("size", "frames", "seconds"),
    [
        (0, None, BASE_S),
        (2_000_000, 100, BASE_S + 1 + 25),
        (1000, 10**9, BASE_S + 0.0005 + 2.5),  # a promise that the file cannot keep
        (2_000_000, None, BASE_S + 1 + 500),
    ],
)
def test_a_clip_may_take_longer_the_longer_it_is(size: int, frames: int | None, seconds: float, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(bytes(size))
    told: list[child.Message] = []
    job = Job("a.mp4", tmp_path / "a.mp4", tmp_path)
    allow = child._allowance(job, Settings.of(tmp_path), told.append)
    try:
        allow(frames)
        (allowed,) = told
        assert isinstance(allowed, Allowed)
        assert allowed.seconds == pytest.approx(seconds)
        child._allowance(job, replace(Settings.of(tmp_path), time_limit_s=3), told.append)(frames)
        assert told[1] == Allowed(3)
    finally:
        child._alarm(0)


def test_landmarks_of_a_video_are_kept_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from door import trimmed

    (tmp_path / "in").mkdir()
    trimmed("ball_bridge", tmp_path / "in" / "a.mp4", 24)
    settings = Settings.of(tmp_path / "out")
    assert not ran(tmp_path / "in", settings)["a.mp4"].kept
    assert not (tmp_path / "out" / "a.mp4" / "landmarks.npz").exists()
    asked = replace(settings, landmarks=True, run="second")
    assert not ran(tmp_path / "in", asked)["a.mp4"].kept
    assert len(load(tmp_path / "out" / "a.mp4" / "landmarks.npz")) == 24
    assert ran(tmp_path / "in", replace(asked, run="third"))["a.mp4"].kept


def test_a_child_with_nothing_to_do_ends_with_its_parent() -> None:
    process = ward._started()
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        try:
            assert process.poll() is None
            process.stdin.close()  # as the system does when the parent dies
            assert process.wait(timeout=30) == 1
        finally:
            process.kill()
            process.wait()
