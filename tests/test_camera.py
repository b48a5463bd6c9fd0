"""The camera, on a device of our own."""

from itertools import islice

import numpy as np
import pytest
from clips import corners, number, picture

from formcheck.camera import Camera
from formcheck.errors import CameraError
from formcheck.poses import Array


class Fake:
    """A capture device and its clock: `script` holds the seconds each reading takes, negative where it fails."""

    def __init__(self, script: list[float], opened: bool = True) -> None:
        self.script = script
        self.opened = opened
        self.released = False
        self.now = 100.0
        self.count = 0

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

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
    fake = Fake([], opened=False)
    with pytest.raises(CameraError, match=r"camera 3 cannot be opened: .* try --camera with another number"):
        fake.camera()
    assert fake.released


def test_a_short_failure_is_a_gap_in_the_times() -> None:
    fake = Fake([0.1, 0.03, -0.5, -0.5, 0.03])
    times = [frame.time for frame in islice(fake.camera().frames(), 3)]
    assert times == pytest.approx([0, 0.03, 1.06])


def test_an_unplugged_camera_ends_with_an_error_after_its_last_frame() -> None:
    frames = Fake([0.1, 0.03, -0.9, -0.9, -0.9]).camera().frames()
    assert [frame.time for frame in islice(frames, 2)] == pytest.approx([0, 0.03])
    with pytest.raises(CameraError, match="camera 3 stopped giving pictures"):
        next(frames)


def test_a_camera_that_never_gives_a_picture_says_so() -> None:
    with pytest.raises(CameraError, match="camera 3 opens but gives no picture"):
        next(Fake([-1.5, -1.5]).camera().frames())


def test_no_camera_at_an_index_nobody_has_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CameraError, match="camera 97 cannot be opened"):
        Camera(97)
    assert capfd.readouterr().err == ""
