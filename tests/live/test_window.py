"""Live: the same bouts as from the file, Ctrl-C and windows, and cameras that drop out."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from clips import corners, cut, picture
from door import SAMPLES, SIZE, bridges, command, ended, files, know, recorded, refused, started
from known import Known

from benchmarks.stick import Camera as View
from benchmarks.stick import Tempo, ball_bridge, film
from formcheck.body.poses import Array, Poses
from formcheck.core.session import Session
from formcheck.errors import CameraError, NobodyFoundError, VideoError
from formcheck.findings import Notice, NoticeCode, Rep, Silence, Silent
from formcheck.live import coach
from formcheck.live import window as module
from formcheck.live.programme import Course, programme
from formcheck.live.screen import FreeCorner
from formcheck.live.window import Newest, Press, live, paced
from formcheck.media import camera
from formcheck.media.camera import Camera
from formcheck.media.video import Frame
from formcheck.pose.estimator import BACKENDS
from formcheck.recorded import Options, analyze, score
from formcheck.report.report import Report
from formcheck.words import lesson


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
    on_notice: Callable[[str], None] = lambda sentence: None,
    exercise: str = "ball_bridge",
    **lesson: Any,
) -> Report:
    return live(
        Options.of(exercise),
        source=source,
        camera=0,
        fast=fast,
        mirror=mirror,
        show=show,
        on_rep=on_rep,
        on_notice=on_notice,
        **lesson,
    )


def codes(report: Report) -> list[NoticeCode]:
    return [notice.code for notice in report.warnings]


class Device:
    """A camera with a clock of its own. It shows its last picture at `end`, is silent within `silent`, and cannot be
    opened within `away`; the user presses Ctrl-C at `quits`. A picture waits until the one before it was judged, so
    that none is passed over.
    """

    def __init__(
        self,
        end: float,
        silent: tuple[float, float] = (0, 0),
        away: tuple[float, float] = (0, 0),
        quits: float | None = None,
    ) -> None:
        self.now, self.end, self.silent, self.away = 0.0, end, silent, away
        self.quits = end if quits is None else quits
        self.opened = 0
        self.room = threading.Semaphore()

    def isOpened(self) -> bool:  # noqa: N802
        self.opened += 1
        return not self.away[0] < self.now < self.away[1]

    def read(self) -> tuple[bool, Array]:
        gone = self.silent[0] < self.now + 1 / 30 < self.silent[1] or self.now + 1 / 30 > self.end
        if not gone:
            self.room.acquire(timeout=10)
        self.pass_time(1 / 30)
        return not gone, picture(0, SIZE)

    def release(self) -> None:
        pass

    def sleep(self, seconds: float) -> None:
        self.pass_time(seconds)
        time.sleep(0.001 if seconds < 0.1 else 0.02)  # lets the others work

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        if self.now > self.quits:
            self.quits = np.inf
            os.kill(os.getpid(), signal.SIGINT)

    def use(self, monkeypatch: pytest.MonkeyPatch, poses: Poses | None = None) -> None:
        """Let this be the camera, before which `poses` are."""
        room = self.room

        class Judging(Known):
            def feed(self, time: float, rgb: Array) -> Poses:
                room.release()
                return super().feed(time, rgb)

        monkeypatch.setitem(
            BACKENDS, "onnx", lambda threads, quality, person: Judging(bridges() if poses is None else poses)
        )
        monkeypatch.setattr(camera, "time", SimpleNamespace(sleep=self.sleep))
        monkeypatch.setattr(
            module, "Camera", lambda index: Camera(index, device=lambda _: self, clock=lambda: self.now)
        )


def fed(monkeypatch: pytest.MonkeyPatch) -> list[Poses]:
    """What the core is given from now on."""
    given: list[Poses] = []

    class Listening(Session):
        def feed(self, poses: Poses) -> Iterator[Rep]:
            given.append(poses)
            return super().feed(poses)

    monkeypatch.setattr(coach, "Session", Listening)
    return given


def test_live_gives_the_bouts_of_analyze(clip_path: Path) -> None:
    reps: list[Rep] = []
    found = watch(clip_path, on_rep=reps.append)
    assert found.bouts == analyze(clip_path, "ball_bridge").bouts
    assert [rep.index for rep in reps] == [1, 2, 3]
    assert found.video.frames == len(bridges())


def test_live_on_a_sample_gives_the_bouts_of_its_landmarks(tmp_path: Path, landmarks: Callable[[str], Path]) -> None:
    """From the command line, with the real estimator."""
    sample = SAMPLES / "ball_bridge.mp4"
    result = command("live", "--source", sample, "--fast", "--no-window", "--report", tmp_path / "new" / "r.json")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    said = [line.split()[2:4] for line in result.stdout.splitlines() if " rep " in line][:2]
    assert said == [["rep", "done"]] * 2  # the second is over only with the recording
    report = json.loads((tmp_path / "new" / "r.json").read_text("utf-8"))
    assert report["bouts"] == score(landmarks("ball_bridge"), Options.of()).to_dict()["bouts"]
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
    before, after = (corners(shown[0][: SIZE[1]]) for shown in (plain, turned))
    assert before[1] == after[0]  # green is on the other side


def test_the_panel_keeps_off_the_body_and_does_not_jump() -> None:
    """A foot that rises on the left moves it to the right, where it stays; hands that are up there for long, back."""
    corner = FreeCorner()
    lying, foot = np.full((12, 2), (80.0, 70.0)), np.full((3, 2), (20.0, 20.0))
    raised, hands = np.vstack([lying, foot]), np.full((4, 2), (150.0, 10.0))
    names = [[corner.feed(body, SIZE) for _ in range(90)] for body in (lying, raised, lying, raised)]
    assert set(names[0]) == {"left"}
    assert names[1][-1] == "right"
    assert names[1].index("right") < 5
    assert set(names[2] + names[3]) == {"right"}
    assert [corner.feed(hands, SIZE) for _ in range(900)][-1] == "left"
    assert corner.feed(np.empty((0, 2)), SIZE) == "left"


def test_the_user_can_stop_it(clip_path: Path) -> None:
    shown: list[Array] = []

    def show(rgb: Array) -> bool:
        shown.append(rgb)
        return len(shown) < 200

    assert watch(clip_path, show=show).video.frames == 200


def still(time_s: float) -> Frame:
    return Frame(time_s, picture(0, SIZE))


def test_a_file_is_paced_as_recorded() -> None:
    now, waited, given = [100.0], list[float](), list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    for frame in paced(map(still, (0.0, 0.1, 0.2, 0.3, 0.4)), wait, lambda: now[0]):
        given.append(now[0] - 100)
        now[0] += 0.25 if frame.time == 0.1 else 0.01  # whoever takes the second one is slow
    assert given == pytest.approx([0, 0.1, 0.35, 0.36, 0.4])
    assert waited == pytest.approx([0.09, 0.03])


def test_the_newest_frame_is_taken_and_those_it_overtook_are_counted() -> None:
    given = [threading.Event() for _ in range(3)]

    def frames() -> Generator[Frame | Silence, None, None]:
        yield still(0)
        given[0].wait(10)
        yield from (still(1), still(2), Silence(0, Silent.STOPPED), still(3))
        given[1].set()
        given[2].wait(10)

    newest = Newest(frames(), threading.Event())
    items = (item for item in newest if item is not None)
    first = next(items)
    given[0].set()
    given[1].wait(10)
    second = next(items)
    given[2].set()
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert (first.time, second.time, list(items)) == (0, 3, [])
    assert newest.dropped == 2


def test_what_a_reader_raises_is_raised_after_its_last_frame() -> None:
    def frames() -> Generator[Frame, None, None]:
        yield still(0)
        raise VideoError("broken")

    items = (item for item in Newest(frames(), threading.Event()) if item is not None)
    assert isinstance(next(items), Frame)
    with pytest.raises(VideoError, match="broken"):
        next(items)


def test_a_paced_file_passes_frames_over_and_says_so(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file comes all at once, while the window is slow."""
    monkeypatch.setattr(module, "paced", lambda frames, wait: ((wait(0.0005) and frame) or frame for frame in frames))
    shown: list[Array] = []

    def show(rgb: Array) -> bool:
        shown.append(rgb)
        time.sleep(0.004)
        return True

    found = watch(clip_path, fast=False, show=show)
    dropped = len(bridges()) - len(shown)
    assert dropped > 0
    assert found.warnings == (Notice(NoticeCode.FRAMES_PASSED_OVER, {"dropped": dropped, "all": len(bridges())}),)
    assert found.video.frames == len(bridges())


def test_nobody(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Poses.blank(bridges().time, SIZE))
    with pytest.raises(NobodyFoundError, match="step back"):
        watch(clip_path)


def test_warnings_about_the_file_reach_the_report(clip_path: Path) -> None:
    whole = recorded(clip_path.with_suffix(".mkv"), bridges())
    found = watch(cut(whole, 0.8))
    assert NoticeCode.CUT_SHORT in codes(found)
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
    (lost,) = [notice for notice in watch(None).warnings if notice.code is NoticeCode.NOBODY_FOR_A_WHILE]
    assert lost.values["lost_s"] == pytest.approx(2, abs=0.5)


def test_a_file_may_show_one_frame_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poses = bridges()
    still = poses[np.flatnonzero((poses.time < 0.5) | (poses.time > 1.8))]  # before the first rep
    know(monkeypatch, still)
    found = watch(recorded(tmp_path / "still.mp4", still))
    assert [len(bout.counted) for bout in found.bouts] == [3]
    assert found.warnings == ()


def test_a_camera_that_goes_and_comes_back_goes_on_with_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unplugged between the reps for 1.2 s: the count stands, the third rep is found, the times go on."""
    whole = film(ball_bridge(Tempo(reps=3, rest=4)), View(yaw=80, size=SIZE), noise=1, seed=1).poses
    notices, pictures, gone = list[str](), list[Array](), (6.2, 7.4)
    device = Device(float(whole.time[-1]), silent=gone, away=gone)
    device.use(monkeypatch, whole)

    def show(rgb: Array) -> bool:
        pictures.append(rgb)
        return True

    found = watch(None, show=show, on_notice=notices.append)
    assert [len(bout.counted) for bout in found.bouts] == [3]
    assert notices == [
        "camera 0 stopped giving pictures; plug it in again, or close other programs that use it; the set is kept",
        "camera 0 is back; the set goes on",
    ]
    (missing,) = [notice for notice in found.warnings if notice.code is NoticeCode.PICTURES_MISSING]
    assert missing.values["from_s"] == pytest.approx(gone[0], abs=0.1)
    assert gone[1] <= missing.values["to_s"] <= gone[1] + 1
    assert device.opened >= 3, "it is tried again and again"
    assert min(float(rgb.mean()) for rgb in pictures) < 0.6 * float(np.median([rgb.mean() for rgb in pictures]))


def test_a_camera_that_stays_away_keeps_the_set_until_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[str] = []
    Device(8, away=(8, 999), quits=8 + 3).use(monkeypatch)
    found = watch(None, on_notice=notices.append)
    assert [len(bout.counted) for bout in found.bouts] == [1]
    (ended,) = [notice for notice in found.warnings if notice.code is NoticeCode.ENDED_EARLY]
    assert ended.values == {"why": Silence(0, Silent.STOPPED)}
    assert len(notices) == 1


def test_the_window_can_be_closed_while_the_camera_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    Device(8, away=(8, 999), quits=999).use(monkeypatch)
    found = watch(None, show=lambda rgb: not told, on_notice=told.append)
    assert [len(bout.counted) for bout in found.bouts] == [1]


def test_a_camera_that_hangs_is_told_of(clip_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reading does not come back, nothing is raised: after a second without news the user hears of it."""
    hangs, notices = threading.Event(), list[str]()

    def lasting(self: Camera) -> Iterator[Frame | Silence]:
        yield still(0)
        hangs.wait(20)
        yield still(5)

    def on_notice(sentence: str) -> None:
        notices.append(sentence)
        hangs.set()

    Device(8).use(monkeypatch)
    monkeypatch.setattr(Camera, "lasting", lasting)
    monkeypatch.setattr(module, "TICK_S", 0.001)
    monkeypatch.setattr(module, "SILENT_S", 0.01)
    assert watch(None, on_notice=on_notice).video.frames == 2
    assert [sentence.split(";")[0] for sentence in notices] == [
        "camera 0 stopped giving pictures",
        "camera 0 is back",
    ]


def test_a_camera_that_is_missing_at_first_begins_the_set_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is missing, then opens without a picture, then shows: each is told once, and all of the set is judged."""
    notices, pictures, whole = list[str](), list[Array](), bridges()
    device = Device(np.inf, silent=(0, np.inf), away=(-1, np.inf))
    device.use(monkeypatch, whole)

    def show(rgb: Array) -> bool:
        pictures.append(rgb)
        return True

    def on_notice(sentence: str) -> None:
        notices.append(sentence)
        if len(notices) == 1:
            device.away = (0, 0)
        elif len(notices) == 2:
            device.end = device.quits = device.now + float(whole.time[-1])
            device.silent = (0, 0)

    found = watch(None, show=show, on_notice=on_notice)
    assert [len(bout.counted) for bout in found.bouts] == [3]
    assert [re.split("[:;]", notice)[0] for notice in notices[:3]] == [
        "camera 0 cannot be opened",
        "camera 0 gives no picture",
        "camera 0 gives pictures",
    ]
    assert all(notice.endswith("the set waits for it") for notice in notices[:2])
    before = [rgb for rgb in pictures if rgb.shape[1] != SIZE[0]]
    assert max(np.ptp(rgb) for rgb in before) > 100, "the sentence stands in the window"
    assert NoticeCode.PICTURES_MISSING not in codes(found)


def test_ctrl_c_ends_the_waiting_for_a_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    notices, device = list[str](), Device(0, quits=np.inf)
    device.use(monkeypatch)

    def on_notice(sentence: str) -> None:
        notices.append(sentence)
        device.quits = min(device.quits, device.now + 9)  # time for more tries

    with pytest.raises(CameraError, match="ended before camera 0 gave a picture; formcheck doctor --camera 0"):
        watch(None, on_notice=on_notice)
    assert len(notices) == 1
    assert device.opened > 3, "it is tried again and again"


def test_the_window_can_be_closed_before_the_first_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[str]()
    Device(0, away=(-1, 999), quits=999).use(monkeypatch)
    with pytest.raises(CameraError, match="ended before camera 0 gave a picture"):
        watch(None, show=lambda rgb: not told, on_notice=told.append)
    assert told[0].startswith("camera 0 cannot be opened")


def test_a_camera_that_takes_long_to_open_is_told_of_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, told = threading.Event(), list[str]()

    def opened(index: int) -> Camera:
        hangs.wait(20)
        raise AssertionError("nobody waits for it any more")

    know(monkeypatch, bridges())
    monkeypatch.setattr(module, "Camera", opened)
    for name in ("TICK_S", "_LEAVE_S"):
        monkeypatch.setattr(module, name, 0.001)
    monkeypatch.setattr(module, "OPENING_S", 0.01)
    with pytest.raises(CameraError, match="ended before camera 0 gave a picture"):
        watch(None, show=lambda rgb: not told, on_notice=told.append)
    hangs.set()
    assert [notice.split(";")[0] for notice in told] == ["camera 0 gives no picture"]


def test_a_camera_is_given_back_by_the_thread_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    device, threads = Device(8, away=(8, 999)), list[str]()
    device.use(monkeypatch)
    monkeypatch.setattr(device, "release", lambda: threads.append(threading.current_thread().name))
    watch(None)
    assert set(threads) == {"frames"}


def test_a_second_ctrl_c_is_heard_at_once(clip_path: Path) -> None:
    def on_rep(rep: Rep) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        watch(clip_path, on_rep=on_rep)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_no_camera_is_waited_for_until_ctrl_c(tmp_path: Path) -> None:
    """It is tried some times, told of once; that there was none is the end's sentence."""
    process = started("live", "--camera", 97, "--no-window", "--report", tmp_path / "r.json")
    assert process.stderr is not None
    first = process.stderr.readline()
    time.sleep(1.2)  # it is tried twice more
    process.send_signal(signal.SIGINT)
    out, last = ended(process)
    assert "camera 97 cannot be opened" in first
    assert "try --camera with another number" in first
    refused(
        subprocess.CompletedProcess(process.args, process.returncode, out, last),
        CameraError.exit_code,
        "the set was ended before camera 97 gave a picture",
    )
    assert files(tmp_path) == []


# --- the command line -------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_the_set_and_writes_the_report(tmp_path: Path) -> None:
    sample, report_path = SAMPLES / "leg_lift.mp4", tmp_path / "r.json"
    process = started("live", "--source", sample, "--fast", "--no-window", "--report", report_path)
    assert process.stdout is not None
    first = next(line for line in process.stdout if "rep done" in line)  # the first rep is over
    process.send_signal(signal.SIGINT)
    out, err = ended(process)
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


@pytest.mark.parametrize("told", [-1.0, 0.0, cv2.error("NULL guiReceiver"), 1.0])
def test_a_window_that_was_closed_stops(monkeypatch: pytest.MonkeyPatch, told: float | cv2.error) -> None:
    """OpenCV's ways to say that it is gone, and that it is there."""

    def visible(*_: object) -> float:
        if isinstance(told, cv2.error):
            raise told
        return told

    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    for name in ("namedWindow", "resizeWindow", "imshow"):
        monkeypatch.setattr(cv2, name, lambda *_: None)
    monkeypatch.setattr(cv2, "waitKey", lambda _: -1)
    monkeypatch.setattr(cv2, "getWindowProperty", visible)
    assert module.window()(picture(0, SIZE)) == (told == 1.0)


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
    size = xdo(screen, "getwindowgeometry", found)
    xdo(screen, "windowfocus", found, "key", "--window", found, "q")
    _, err = ended(process)
    assert found
    assert process.returncode == 0, err
    assert err == ""
    assert json.loads(report.read_text("utf-8"))["video"]["duration_s"] < 18
    assert "Geometry: 915x720" in size, "it can be read from afar"


def test_q_ends_the_waiting_for_a_camera(screen: dict[str, str]) -> None:
    process = started("live", "--camera", 97, env=screen)
    assert process.stderr is not None
    first = process.stderr.readline()
    found = xdo(screen, "search", "--sync", "--name", "q to stop")
    time.sleep(0.5)  # until it listens
    xdo(screen, "windowfocus", found, "key", "--window", found, "q")
    _, last = ended(process)
    assert process.returncode == CameraError.exit_code
    assert "camera 97 cannot be opened" in first
    assert "ended before camera 97 gave a picture" in last


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--level", 1), "give --programme too"),
        (("--programme", "psoas_daily", "--exercise", "leg_lift"), "its own exercises"),
        (("--programme", "psoas_daily", "--goal", "10s"), "its own exercises"),
        (("--programme", "psoas_weekly"), "no programme is called 'psoas_weekly'"),
        (("--programme", "absent.toml"), "cannot be read"),
    ],
)
def test_a_programme_that_cannot_be_is_refused(given: tuple[object, ...], said: str) -> None:
    refused(command("live", "--source", SAMPLES / "leg_lift.mp4", "--no-window", *given), 2, said)


def test_keys_lead_through_a_programme_and_its_end_ends_the_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poses = film(ball_bridge(Tempo(reps=5)), View(yaw=80, size=SIZE), fps=10, noise=1, seed=1).poses
    know(monkeypatch, poses)
    clip_path = recorded(tmp_path / "clip.mp4", poses)
    course, keys, said = Course(programme("release")), list[Press](["skip", "hurts", "pause"]), list[str]()
    watch(clip_path, exercise="auto", course=course, on_say=said.append, keys=keys)
    assert not keys
    assert lesson.HURTS in said  # and both steps are over
    assert lesson.OVER_HURT in said
    assert poses.time[-1] > 20  # it goes on for longer
    assert len(said) == 3
