"""The user's door: the command line in a process of its own, and recordings whose landmarks are known."""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import av
import psutil
import pytest
from clips import clip
from known import Known

from benchmarks.stick import Act, Camera, Tempo, ball_bridge, film
from formcheck.body.poses import Poses
from formcheck.pose.estimator import BACKENDS

SAMPLES = Path(__file__).parents[1] / "sample_videos"
NAMES = ("ball_bridge", "kneeling_lunge", "leg_lift")
"""The samples that the door is tried on; tests/test_real_clips.py looks at all of them."""
SAMPLE_FPS = 24
SIZE = (160, 90)
FPS = 30
IDLE_S: Final = 60
"""How long a process that does nothing is waited for."""


PROGRAM: Final = (sys.executable, "-m", "formcheck.cli")


def knowing(landmarks: Path) -> tuple[str, ...]:
    """The command line as a program whose pose estimator knows what it will see."""
    return sys.executable, str(Path(__file__).with_name("known.py")), str(landmarks)


def started(
    *arguments: object, program: Sequence[str] = PROGRAM, stderr: int = subprocess.PIPE, **settings: Any
) -> subprocess.Popen[str]:
    """The command line at work; its output waits in pipes."""
    line = [*program, *map(str, arguments)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8", **settings)


def command(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[str]:
    """The command line, run to its end."""
    process = started(*arguments, **settings)
    out, err = ended(process)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a command line says up to its end. On a busy machine it may take its time, but not stand idle."""
    worked = -1.0
    while True:
        try:
            return process.communicate(timeout=IDLE_S)
        except subprocess.TimeoutExpired:
            if not worked < (worked := _worked_s(process)):
                process.kill()
                raise


def ran(line: Sequence[str]) -> str:
    """What another program writes up to its good end."""
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    out, err = ended(process)
    assert process.returncode == 0, err
    return out


def _worked_s(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time of a process and of those it started."""
    try:
        whole = psutil.Process(process.pid)
        return sum(sum(one.cpu_times()[:4]) for one in [whole, *whole.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0.0


def refused(result: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One clear sentence with these words, this exit code, and no traceback."""
    assert result.returncode == code, result.stderr
    assert result.stderr.startswith("formcheck: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    assert all(word in result.stderr for word in words), result.stderr


def truth(name: str) -> dict[str, Any]:
    """What is true of a sample."""
    content: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return content


def files(folder: Path) -> list[str]:
    """Every file under a folder, hidden ones too, by its path within."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def trimmed(name: str, path: Path, frames: int) -> Path:
    """The first frames of a sample, as they were coded."""
    with av.open(str(SAMPLES / f"{name}.mp4")) as source, av.open(str(path), "w") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.pts is not None and packet.pts * packet.time_base * SAMPLE_FPS < frames - 0.5:
                packet.stream = copy
                output.mux(packet)
    return path


@cache
def bridges() -> Poses:
    """Three bridges with a ball, seen from the side in a small picture."""
    act: Act = ball_bridge(Tempo(reps=3))
    return film(act, Camera(yaw=80, size=SIZE), fps=FPS, noise=1, seed=1).poses


def recorded(path: Path, poses: Poses) -> Path:
    """A video with a frame for every row of `poses`, for `Known` to look at."""
    return clip(path, size=poses.image_size, times=[round(1000 * float(t)) for t in poses.time], rate=FPS)


def know(monkeypatch: pytest.MonkeyPatch, poses: Poses) -> None:
    """Make every pose estimator one that knows `poses`."""
    monkeypatch.setitem(BACKENDS, "onnx", lambda threads, quality, person: Known(poses))
