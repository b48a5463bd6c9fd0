"""Live: the same bouts as from the file, Ctrl-C and windows, and cameras that drop out."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from clips import corners, cut, picture
from door import SAMPLES, SIZE, bridges, command, files, know, recorded, refused, started

from formcheck import live as module
from formcheck.analyze import Options, analyze
from formcheck.camera import Camera
from formcheck.errors import CameraError, NobodyFoundError
from formcheck.findings import Rep
from formcheck.live import live
from formcheck.poses import Array, Poses
from formcheck.report import Report
from formcheck.session import Session


@pytest.fixture
def clip_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    know(monkeypatch, bridges())
    return recorded(tmp_path / "clip.mp4", bridges())


def watch(
    source: Path | None,
    *,
    fast: bool = True,
    mirror: bool = False,
    show: Callable[[Array], bool] | None = None,
    on_rep: Callable[[Rep], None] = lambda rep: None,
) -> Report:
    return live(Options.of("ball_bridge"), source=source, camera=0, fast=fast, mirror=mirror, show=show, on_rep=on_rep)


class Device:
    """A camera with a clock of its own, which shows its last picture at `end` and is silent within `silent`."""

    def __init__(self, end: float, silent: tuple[float, float] = (0, 0), goes: bool = False) -> None:
        self.now, self.end, self.silent, self.goes = 0.0, end, silent, goes

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def read(self) -> tuple[bool, Array]:
        self.now += 1 / 30
        if self.silent[0] < self.now < self.silent[1]:
            return False, np.empty(0)
        if self.now > self.end:
            if not self.goes:
                os.kill(os.getpid(), signal.SIGINT)  # the user has had enough
            return not self.goes, picture(0, SIZE)
        return True, picture(0, SIZE)

    def release(self) -> None:
        pass

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("formcheck.camera.time.sleep", lambda seconds: None)
        monkeypatch.setattr(
            module, "Camera", lambda index: Camera(index, device=lambda _: self, clock=lambda: self.now)
        )


def fed(monkeypatch: pytest.MonkeyPatch) -> list[Poses]:
    """What the core is given from now on."""
    given: list[Poses] = []

    class Listening(Session):
        def feed(self, poses: Poses) -> list[Rep]:
            given.append(poses)
            return super().feed(poses)

    monkeypatch.setattr(module, "Session", Listening)
    return given


def test_live_gives_the_bouts_of_analyze(clip_path: Path) -> None:
    reps: list[Rep] = []
    found = watch(clip_path, on_rep=reps.append)
    assert found.bouts == analyze(clip_path, "ball_bridge").bouts
    assert [rep.index for rep in reps] == [1, 2, 3]
    assert found.video.frames == len(bridges())


def test_live_on_a_sample_gives_the_bouts_of_analyze(tmp_path: Path) -> None:
    """From the command line, with the real estimator."""
    sample = SAMPLES / "ball_bridge.mp4"
    result = command("live", "--source", sample, "--fast", "--no-window", "--report", tmp_path / "new" / "r.json")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.splitlines()[0].split()[2:4] == ["rep", "done"]  # the second is over only with the recording
    report = json.loads((tmp_path / "new" / "r.json").read_text("utf-8"))
    assert report["bouts"] == analyze(sample).to_dict()["bouts"]
    assert files(tmp_path) == ["new/r.json"]


def test_a_mirrored_picture_is_judged_as_it_was_taken(clip_path: Path) -> None:
    plain: list[Array] = []
    turned: list[Array] = []

    def show(pictures: list[Array]) -> Callable[[Array], bool]:
        def keep(rgb: Array) -> bool:
            pictures.append(rgb)
            return True

        return keep

    assert watch(clip_path, show=show(plain)).bouts == watch(clip_path, mirror=True, show=show(turned)).bouts
    assert len(plain) == len(turned) == len(bridges())
    skeleton = bridges().image[0, 23:25].mean(axis=0).astype(int)  # between the hips
    patch = (slice(skeleton[1] - 3, skeleton[1] + 4), slice(skeleton[0] - 3, skeleton[0] + 4))
    assert np.ptp(plain[0][patch].astype(int)) > 100
    assert np.ptp(turned[0][:, ::-1][patch].astype(int)) > 100
    assert corners(plain[0][::1, ::1])[1] == corners(turned[0])[0]  # green is on the other side


def test_the_user_can_stop_it(clip_path: Path) -> None:
    shown: list[Array] = []

    def show(rgb: Array) -> bool:
        shown.append(rgb)
        return len(shown) < 200

    assert watch(clip_path, show=show).video.frames == 200


def test_a_file_is_paced_as_recorded_and_late_frames_are_skipped(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, slept = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("formcheck.live.time.perf_counter", lambda: now[0])
    monkeypatch.setattr("formcheck.live.time.sleep", sleep)
    times: list[float] = []

    def show(rgb: Array) -> bool:
        times.append(now[0])
        if len(times) == 50:
            now[0] += 0.5  # the window hangs
        return True

    found = watch(clip_path, fast=False, show=show)
    assert [len(bout.counted) for bout in found.bouts] == [3]
    assert now[0] == pytest.approx(float(bridges().time[-1]), abs=0.01)
    assert max(slept) < 0.04
    assert len(times) == len(bridges()) - 12  # 15 frames passed by meanwhile, the last three hardly late


def test_nobody(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Poses.blank(bridges().time, SIZE))
    with pytest.raises(NobodyFoundError, match="step back"):
        watch(clip_path)


def test_warnings_about_the_file_reach_the_report(clip_path: Path) -> None:
    whole = recorded(clip_path.with_suffix(".mkv"), bridges())
    found = watch(cut(whole, 0.8))
    assert any("cut" in warning for warning in found.warnings), found.warnings
    assert found.warnings == analyze(whole, "ball_bridge").warnings


# --- a camera ---------------------------------------------------------------------------------------------------------


def test_a_camera_gives_the_bouts_of_its_file(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Device(float(bridges().time[-1])).use(monkeypatch)
    found = watch(None)
    (bout,) = found.bouts
    assert len(bout.counted) == 3
    assert found.video.path == "camera 0"
    assert (found.video.width, found.video.height) == SIZE
    assert found.video.fps == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize(("seconds", "rows"), [(0.4, 0), (0.8, 2)])
def test_where_a_camera_dropped_out_nobody_was_seen(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, rows: int
) -> None:
    given = fed(monkeypatch)
    Device(12, silent=(5, 5 + seconds)).use(monkeypatch)
    watch(None)
    times = np.concatenate([poses.time for poses in given])
    unseen = np.concatenate([~poses.found for poses in given])
    assert unseen.sum() == rows
    if rows:
        first, last = np.flatnonzero(unseen)
        assert times[first] - times[first - 1] == pytest.approx(0.001)
        assert times[last + 1] - times[last] == pytest.approx(0.001)
        assert times[last] - times[first] > seconds - 0.1


def test_the_clock_does_not_bridge_a_camera_that_dropped_out(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is lost for the 3 s, which is more than the share from which the report says so."""
    Device(12, silent=(2.5, 4.4)).use(monkeypatch)
    assert any("Nobody was found during 2 s" in warning for warning in watch(None).warnings)


def test_a_file_may_show_one_frame_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poses = bridges()
    still = poses[np.flatnonzero((poses.time < 0.5) | (poses.time > 1.8))]  # before the first rep
    know(monkeypatch, still)
    found = watch(recorded(tmp_path / "still.mp4", still))
    assert [len(bout.counted) for bout in found.bouts] == [3]
    assert found.warnings == ()


def test_a_camera_that_goes_ends_the_set_and_keeps_it(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Device(8, goes=True).use(monkeypatch)
    found = watch(None)
    assert [len(bout.counted) for bout in found.bouts] == [1]
    assert any("ended early: camera 0 stopped giving pictures" in warning for warning in found.warnings)


def test_a_camera_that_goes_before_anybody_came_is_an_error(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Poses.blank(bridges().time, SIZE))
    Device(2, goes=True).use(monkeypatch)
    with pytest.raises(CameraError, match="stopped giving pictures"):
        watch(None)


def test_a_second_ctrl_c_is_heard_at_once(clip_path: Path) -> None:
    def on_rep(rep: Rep) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        watch(clip_path, on_rep=on_rep)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_no_camera_is_one_sentence(tmp_path: Path) -> None:
    result = command("live", "--camera", 97, "--no-window", "--report", tmp_path / "r.json")
    refused(result, CameraError.exit_code, "camera 97 cannot be opened")
    assert files(tmp_path) == []


# --- the command line -------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_the_set_and_writes_the_report(tmp_path: Path) -> None:
    sample, report_path = SAMPLES / "leg_lift.mp4", tmp_path / "r.json"
    process = started("live", "--source", sample, "--fast", "--no-window", "--report", report_path)
    assert process.stdout is not None
    first = process.stdout.readline()  # the first rep is over
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert err == ""
    assert "rep done (right)" in first
    assert "Leg lift" in out
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert 8 < report["video"]["duration_s"] < 18
    assert files(tmp_path) == ["r.json"]


def test_a_report_that_cannot_be_written_is_refused_before_the_set(tmp_path: Path) -> None:
    result = command("live", "--source", SAMPLES / "leg_lift.mp4", "--no-window", "--report", tmp_path)
    refused(result, 2, "a folder of that name is in the way")


def test_fast_needs_a_file() -> None:
    refused(command("live", "--fast"), 2, "--fast needs --source FILE")


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="only X ends the process it fails in")
@pytest.mark.parametrize("display", [None, ":97"])
def test_without_a_screen(display: str | None) -> None:
    world = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if display:
        world["DISPLAY"] = display
    result = command("live", "--source", SAMPLES / "leg_lift.mp4", "--fast", env=world)
    refused(result, 2, "no window can be opened here", "--no-window")


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """The environment of a screen nobody sees."""
    server = shutil.which("Xvfb")
    if server is None or shutil.which("xdotool") is None:
        pytest.skip("needs Xvfb and xdotool to open a window")
    reading, writing = os.pipe()
    with subprocess.Popen(
        [server, "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    ) as running:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        yield os.environ | {"DISPLAY": f":{number}"}
        running.terminate()


def xdo(screen: dict[str, str], *words: str) -> str:
    done = subprocess.run(["xdotool", *words], env=screen, capture_output=True, text=True, check=False, timeout=30)
    return done.stdout.strip()


def test_a_window_opens_and_q_ends_the_set(tmp_path: Path, screen: dict[str, str]) -> None:
    report = tmp_path / "r.json"
    process = started("live", "--source", SAMPLES / "leg_lift.mp4", "--mirror", "--report", report, env=screen)
    found = xdo(screen, "search", "--sync", "--name", "q to stop")
    time.sleep(0.5)  # until it listens
    xdo(screen, "windowfocus", found, "key", "--window", found, "q")
    _, err = process.communicate(timeout=60)
    assert found
    assert process.returncode == 0, err
    assert err == ""
    assert json.loads(report.read_text("utf-8"))["video"]["duration_s"] < 18
