"""Forty clips, ten of them harmful: each harm stays with its clip, here and on a cluster of two workers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from clinic import FAILURES, LIMITS, contents, environment, good, harmful, manifest
from door import command

CLIPS = 30
pytestmark = pytest.mark.skipif("not hasattr(__import__('os'), 'fork')", reason="the harm is done to POSIX processes")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    good(folder, CLIPS)
    harmful(folder / "bad")
    return manifest(folder / "manifest.csv")


@pytest.fixture(scope="module")
def out(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int, str, str]]:
    """What `batch` leaves of them: the folder, the exit code and what was said."""
    out = tmp_path_factory.mktemp("results")
    told = command("batch", clips, "--out", out, "--jobs", 2, *LIMITS, env=environment())
    yield out, told.returncode, told.stdout, told.stderr


def summary(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return content


def test_the_good_are_judged_and_the_harmful_named(out: tuple[Path, int, str, str]) -> None:
    folder, code, said, complaints = out
    assert (code, complaints) == (3, "")
    assert len(said.splitlines()) == CLIPS + len(FAILURES)
    found = summary(folder)
    assert found["totals"] == {"clips": CLIPS + len(FAILURES), "failed": len(FAILURES), "reps": CLIPS}
    errors = {Path(clip["source"]).name: clip["error"] for clip in found["clips"] if clip["state"] == "failed"}
    assert errors.keys() == FAILURES.keys()
    for name, words in FAILURES.items():
        assert words in errors[name], name
        assert "\n" not in errors[name]


def test_the_table_holds_the_good_in_order(out: tuple[Path, int, str, str]) -> None:
    rows = pq.read_table(out[0] / "results.parquet").to_pylist()
    sources = [row["source"] for row in rows]
    assert len(set(sources)) == CLIPS
    assert sources == sorted(sources)
    assert {row["exercise"] for row in rows} == {"ball_bridge"}


def test_nothing_half_done_is_left(out: tuple[Path, int, str, str]) -> None:
    left = {Path(name).name for name in contents(out[0])}
    assert left == {"clip.json", "report.json", "report.html", "results.parquet", "summary.json"}


def test_a_cluster_of_two_workers_says_the_same(
    clips: Path, out: tuple[Path, int, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("dask.distributed")
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        told = command("batch", clips, "--out", tmp_path, "--scheduler", address, *LIMITS)
    assert (told.returncode, told.stderr) == (3, "")
    assert sorted(told.stdout.splitlines()) == sorted(out[2].splitlines())
    assert contents(tmp_path) == contents(out[0])
