"""The camera, on a device of our own."""

from collections.abc import Iterable, Sequence
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest
from clips import corners, number, picture

from formcheck.body.poses import Array
from formcheck.errors import CameraError
from formcheck.findings import Silence, Silent
from formcheck.media import camera as module
from formcheck.media.camera import Camera
from formcheck.media.video import Frame


class Fake:
    """A capture device and its clock: `script` holds the seconds each reading takes, negative where it fails.

    `opened` tells of each time it is opened whether that works, the last one of all that follow.
    """

    def __init__(self, script: list[float], opened: Sequence[bool] = (True,)) -> None:
        self.script = script
        self.opened = list(opened)
        self.released = False
        self.now = 100.0
        self.count = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened.pop(0) if len(self.opened) > 1 else self.opened[0]

    def read(self) -> tuple[bool, Array]:
        seconds = self.script.pop(0)
        self.now += abs(seconds)
        if seconds < 0:
            return False, np.empty(0)
        self.count += 1
        return True, picture(self.count - 1)[:, :, ::-1]

    def release(self) -> None:
        self.released = True

    def camera(self) -> Camera:
        return Camera(3, device=lambda index: self, clock=lambda: self.now)


def test_frames_are_rgb_and_timed_from_the_first() -> None:
    fake = Fake([0.7, 0.03, 0.04, 0.9])
    with fake.camera() as camera:
        frames = list(islice(camera.frames(), 4))
        assert not fake.released
    assert [frame.time for frame in frames] == pytest.approx([0, 0.03, 0.07, 0.97])
    assert [number(frame.rgb) for frame in frames] == [0, 1, 2, 3]
    assert corners(frames[0].rgb) == "RGBw"
    assert fake.released


def test_a_missing_or_busy_camera_says_what_to_try() -> None:
    fake = Fake([], opened=[False])
    with (
        fake.camera() as camera,
        pytest.raises(CameraError, match=r"camera 3 cannot be opened: .* try --camera with another number"),
    ):
        next(camera.frames())
    assert fake.released


def test_a_short_failure_is_a_gap_in_the_times() -> None:
    fake = Fake([0.1, 0.03, -0.2, -0.2, 0.03])
    times = [frame.time for frame in islice(fake.camera().frames(), 3)]
    assert times == pytest.approx([0, 0.03, 0.46])


def test_an_unplugged_camera_ends_with_an_error_after_its_last_frame() -> None:
    frames = Fake([0.1, 0.03, -0.3, -0.3]).camera().frames()
    assert [frame.time for frame in islice(frames, 2)] == pytest.approx([0, 0.03])
    with pytest.raises(CameraError, match="camera 3 stopped giving pictures"):
        next(frames)


def test_a_camera_that_never_gives_a_picture_says_so() -> None:
    with pytest.raises(CameraError, match="camera 3 gives no picture; plug it in again"):
        next(Fake([-1.5, -1.5]).camera().frames())


def waited(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses a camera takes from now on, on the device's clock."""
    slept = list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        fake.now += seconds

    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep))
    return slept


def told(items: Iterable[Frame | Silence]) -> list[Silence | float]:
    """Each frame's time; each silence as it is."""
    return [item if isinstance(item, Silence) else item.time for item in items]


def test_a_camera_that_comes_back_is_opened_again_and_its_times_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake([0.1, 0.03, -0.3, -0.3, 0.04], [True, False, False, True])
    slept = waited(fake, monkeypatch)
    *before, last = told(islice(fake.camera().lasting(), 6))
    assert before == [0, pytest.approx(0.03), *[Silence(3, Silent.STOPPED)] * 3]
    assert last == pytest.approx(0.03 + 0.6 + 0.01 + 3 * 0.5 + 0.04)
    assert [seconds for seconds in slept if seconds > 0.1] == [0.5, 0.5, 0.5], "twice a second"


def test_a_camera_that_comes_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is missing twice, then opens without a picture, then shows: the times count from there."""
    fake = Fake([-1.5, -1.5, 0.2, 0.04], [False, False, True])
    slept = waited(fake, monkeypatch)
    missing, silent = Silence(3, Silent.CANNOT_OPEN), Silence(3, Silent.NO_PICTURE)
    assert told(islice(fake.camera().lasting(), 5)) == [missing, missing, silent, 0, pytest.approx(0.04)]
    assert [seconds for seconds in slept if seconds > 0.1] == [0.5, 0.5, 0.5], "twice a second"


def test_no_camera_at_an_index_nobody_has_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with Camera(97) as camera, pytest.raises(CameraError, match="camera 97 cannot be opened"):
        next(camera.frames())
    assert capfd.readouterr().err == ""


def test_a_camera_that_comes_back_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake([0.1, 0.1, -0.6, *[-0.3] * 4, 0.1, 0.1])
    waited(fake, monkeypatch)
    items = list(islice(fake.camera().lasting(), 5))
    assert [isinstance(item, Frame) for item in items] == [True, True, False, True, True]
    assert fake.script == []
