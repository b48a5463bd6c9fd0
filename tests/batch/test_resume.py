"""Killed, starved or stopped: the same command run again ends with what an undisturbed run leaves, byte for byte.

`python -m benchmarks.scaling faults` does the same twenty times each.
"""

import json
import os
import random
import resource
import secrets
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import psutil
import pytest
from clinic import contents, environment, good
from door import command, ended, started

from formcheck.batch.jobs import Settings
from formcheck.batch.run import run

CLIPS = 12
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are tested on POSIX")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = good(tmp_path_factory.mktemp("clips"), CLIPS)
    (folder / "bad.mp4").write_text("no video", "utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    assert command("batch", clips, "--out", out, "--jobs", 1).returncode == 3
    return contents(out)


def begun(clips: Path, out: Path, env: dict[str, str] | None = None) -> "Popen[str]":
    return started("batch", clips, "--out", out, "--jobs", 2, start_new_session=True, env=env)


def children(process: "Popen[str]") -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    return found


def told(process: "Popen[str]", lines: int) -> None:
    """Wait until so many clips are told of."""
    assert process.stdout is not None
    for _ in range(lines):
        assert process.stdout.readline(), process.communicate()[1]


@pytest.mark.parametrize("seed", range(2))
def test_the_parent_is_killed(seed: int, clips: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    with begun(clips, tmp_path) as process:
        told(process, random.Random(seed).randrange(1, CLIPS))
        orphans = children(process)
        process.kill()
    psutil.wait_procs(orphans, timeout=30)
    assert not [orphan for orphan in orphans if orphan.is_running()]
    log = tmp_path.with_suffix(".log")
    assert command("batch", clips, "--out", tmp_path, "--jobs", 1, "--log", log).returncode == 3
    assert contents(tmp_path) == undisturbed
    assert states(log).count("kept") > 0


def test_a_worker_is_killed_again_and_again(clips: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    notes, out = tmp_path / "notes", tmp_path / "out"
    notes.mkdir()
    with begun(clips, out, environment() | {"NOTES": str(notes)}) as process:
        for _ in range(3):
            told(process, 3)
            victim = past_its_first(process, notes)
            victim.kill()
            victim.wait(30)
        ended(process)
    assert contents(out) == undisturbed


def past_its_first(process: "Popen[str]", notes: Path) -> psutil.Process:
    """A child that has begun a second clip. Its first may have cost another child, and a clip is tried only twice."""
    while process.poll() is None:
        for child in children(process):
            with suppress(FileNotFoundError):  # it has not begun any
                if len(set((notes / str(child.pid)).read_text("utf-8").splitlines())) > 1:
                    return child
        time.sleep(0.01)
    raise AssertionError(process.communicate())


def test_a_worker_of_a_cluster_is_killed(clips: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    distributed = pytest.importorskip("dask.distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        started("batch", clips, "--out", tmp_path, "--scheduler", cluster.scheduler_address) as process,
    ):
        told(process, 4)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        _, complaints = ended(process)
    assert (process.returncode, complaints) == (3, "")
    assert contents(tmp_path) == undisturbed


def test_a_worker_that_hangs_does_not_keep_the_end(clips: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("dask.distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        started("batch", clips, "--out", tmp_path, "--scheduler", cluster.scheduler_address) as process,
    ):
        told(process, 1)
        hanging = cluster.workers[0].pid
        os.kill(hanging, signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        try:
            _, complaints = ended(process)
        finally:
            os.kill(hanging, signal.SIGCONT)
    assert (process.returncode, complaints) == (130, "formcheck: stopped; no half-written file is left behind\n")


def test_the_disk_is_full(clips: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # a page of a report takes more

    full = command("batch", clips, "--out", tmp_path, "--jobs", 1, preexec_fn=little)
    assert full.returncode == 2
    assert full.stderr.startswith(f"formcheck: cannot write {tmp_path}/")
    assert full.stderr.count("\n") == 1
    assert "report.json" not in {Path(name).name for name in contents(tmp_path)}
    assert command("batch", clips, "--out", tmp_path, "--jobs", 1).returncode == 3
    assert contents(tmp_path) == undisturbed


def test_a_second_run_does_nothing_twice(clips: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    log = tmp_path / "log"
    out = tmp_path / "out"
    for _ in range(2):
        assert command("batch", clips, "--out", out, "--jobs", 1, "--log", log).returncode == 3
    assert contents(out) == undisturbed
    assert sorted(states(log)[CLIPS + 1 :]) == ["failed"] + ["kept"] * CLIPS


def states(log: Path) -> list[str]:
    """What the log says came of the clips."""
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [event["state"] for event in events if event["event"] == "clip"]


def ran(folder: Path, settings: Settings) -> dict[str, str]:
    """What a run in this process makes of each clip."""
    results = (result for _, result in run([folder], replace(settings, run=secrets.token_hex(6)), workers=1))
    return {r.job.name: "failed" if r.error is not None else "kept" if r.kept else "done" for r in results}


def test_what_is_missing_or_out_of_date_is_done_again(clips: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    first, other = sorted((clips / "monday").iterdir())[:2]
    os.link(first, folder / "a.npz")
    os.link(other, folder / "b.npz")
    settings = Settings.of(out)
    assert ran(folder, settings) == {"a.npz": "done", "b.npz": "done"}
    before = contents(out)
    record = json.loads((out / "a.npz" / "clip.json").read_text("utf-8"))
    for name, left in (
        ("report.json", None),
        ("report.json", '{"bouts": ['),
        ("report.html", None),
        ("clip.json", None),
        ("clip.json", '{"schema": "formcheck.clip/1"'),
        ("clip.json", json.dumps(record | {"more": 1})),
    ):
        (out / "a.npz" / name).unlink()
        if left is not None:
            (out / "a.npz" / name).write_text(left, "utf-8")
        assert ran(folder, settings) == {"a.npz": "done", "b.npz": "kept"}, name
        assert contents(out) == before
    (folder / "a.npz").unlink()
    os.link(other, folder / "a.npz")
    assert ran(folder, settings) == {"a.npz": "done", "b.npz": "kept"}
    assert ran(folder, replace(settings, height_cm=180)) == {"a.npz": "done", "b.npz": "done"}
    assert ran(folder, replace(settings, height_cm=180)) == {"a.npz": "kept", "b.npz": "kept"}


def test_a_child_whose_native_code_hangs_ends_after_its_parent(clips: Path, tmp_path: Path) -> None:
    os.link(next((clips / "monday").iterdir()), tmp_path / "endless.npz")
    process = started("batch", tmp_path / "endless.npz", "--out", tmp_path / "o", "--time-limit", 2, env=environment())
    with process:
        while not (tmp_path / "o").exists() or not children(process):
            time.sleep(0.05)
        orphans = children(process)
        process.kill()
    _, left = psutil.wait_procs(orphans, timeout=60)
    assert left == []


def test_two_batches_do_not_write_to_one_folder(clips: Path, tmp_path: Path) -> None:
    with begun(clips, tmp_path) as process:
        told(process, 1)
        process.send_signal(signal.SIGSTOP)
        second = command("batch", clips, "--out", tmp_path)
        process.send_signal(signal.SIGCONT)
        ended(process)
    assert second.returncode == 2
    assert "another batch is writing to" in second.stderr
