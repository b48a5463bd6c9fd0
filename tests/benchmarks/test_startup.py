"""The benchmark of the start-up: what it runs, what it counts, its door. No time is asserted."""

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from benchmarks import startup


def test_the_first_frame_ends_the_run(tmp_path: Path) -> None:
    arguments = [*startup.RUNS[startup.FIRST_FRAME], "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tmp_path / "out" / "report.json").exists()


def test_a_run_that_fails_is_no_time() -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        startup.run(["-c", "raise SystemExit(3)"], ".")


def test_a_plain_install_brings_what_is_declared_and_no_extra() -> None:
    found = startup.needed()
    numbers = {"numpy", "scipy", "onnxruntime", "opencv-contrib-python", "av"}
    assert numbers | {"typer", "rich", "jinja2", "markupsafe"} <= found
    assert not {"pytest", "mediapipe", "numba"} & found


def test_sizes_are_those_on_the_disk() -> None:
    found = startup.sizes()
    assert found["formcheck's models"] > 20e6
    assert 0.1e6 < found["formcheck"] < 5e6
    assert found["numpy"] >= sum(
        Path(str(f.locate())).stat().st_size for f in distribution("numpy").files or () if f.suffix == ".so"
    )


def test_the_door_prints_a_table_or_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(startup, "MODULES", ("json",))
    monkeypatch.setattr(startup, "RUNS", dict.fromkeys(startup.RUNS, startup.RUNS[startup.PYTHON]))
    assert startup.main(["--rounds", "1"]) == 0
    text = capsys.readouterr().out
    assert "| formcheck --help | 0." in text
    assert "| together | " in text
    assert startup.main(["--rounds", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["commands"]) == set(startup.RUNS)
    assert set(found["imports"]) == {"import json"}
    monkeypatch.setattr(startup, "HELP_S", 0.0)
    assert startup.main(["--rounds", "1"]) == 1
    assert "does not hold" in capsys.readouterr().out
