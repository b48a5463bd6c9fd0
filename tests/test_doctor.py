"""The doctor: what it says works, what does not, and when that matters."""

import os
from typing import ClassVar

import pytest
from door import command

from formcheck import cli, doctor
from formcheck.doctor import Finding, examine
from formcheck.errors import CameraError, ModelError, VideoError
from formcheck.filming import Person
from formcheck.findings import Quality
from formcheck.media.camera import Camera
from formcheck.pose.estimator import BACKENDS


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No estimator is started but an empty one."""

    class Nothing:
        warnings: ClassVar[list[str]] = []

        def feed(self, time: float, rgb: object) -> None:
            return None

    for name in BACKENDS:
        monkeypatch.setitem(BACKENDS, name, lambda threads, quality, person: Nothing())


def test_from_the_command_line_an_absent_camera_is_no_failure() -> None:
    told = command("doctor", "--camera", 97)
    assert told.returncode == 0, told.stdout
    lines = {line[8:].split(":")[0]: line[:8].strip() for line in told.stdout.splitlines()}
    assert lines == {
        "system": "ok",
        "threads": "ok",
        "OpenCV": "ok",
        "models": "ok",
        "video": "ok",
        "estimator onnx": "ok",
        "estimator mediapipe": lines["estimator mediapipe"],
        "camera 97": "absent",
    }
    assert lines["estimator mediapipe"] in {"ok", "absent"}
    assert "camera 97 cannot be opened" in told.stdout
    assert "pose_landmark_full.onnx" in told.stdout
    assert told.stderr == ""


def test_two_packages_that_write_one_folder_are_told(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "packages_distributions", lambda: {"cv2": ["opencv-python", "opencv-contrib-python"]})
    monkeypatch.setattr(doctor, "version", lambda name: "5.0")
    found = by_name(examine(97))["OpenCV"]
    assert not found.good
    assert found.needed
    assert found.said.startswith("opencv-contrib-python 5.0 and opencv-python 5.0 write the same folder: take all")


@pytest.mark.parametrize(("part", "error"), [("models", ModelError("x is damaged")), ("video", VideoError("none"))])
def test_what_the_program_needs_is_a_failure(
    part: str, error: Exception, quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr(doctor, f"_{part}", fail)
    assert by_name(examine(97))[part] == Finding(part, False, True, str(error))
    monkeypatch.setattr("sys.argv", ["formcheck", "doctor", "--camera", "97"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 3
    assert f"FAILS  {part}: {error}" in capsys.readouterr().out


@pytest.mark.parametrize(("cores", "said"), [(1, "use one thread for"), (8, "use 2 threads for")])
def test_the_threads_are_those_of_an_analysis(
    cores: int, said: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert said in by_name(examine(97))["threads"].said


def test_what_a_library_logs_is_kept_off_the_error_channel_and_only_that(
    quick: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def noisy(threads: int, quality: Quality, person: Person) -> None:
        os.write(2, b"W0000 a log line\n")
        raise ModelError("no model")

    monkeypatch.setitem(BACKENDS, "mediapipe", noisy)
    assert by_name(examine(97))["estimator mediapipe"].said == "no model"
    os.write(2, b"heard again\n")
    assert capfd.readouterr().err == "heard again\n"


def test_mediapipe_is_an_extra(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(threads: int, quality: Quality, person: Person) -> None:
        raise ModelError("mediapipe is not installed")

    monkeypatch.setitem(BACKENDS, "mediapipe", missing)
    assert by_name(examine(97))["estimator mediapipe"] == Finding(
        "estimator mediapipe", False, False, "mediapipe is not installed"
    )


def test_a_camera_that_opens_and_gives_nothing(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Camera):
        def __init__(self, index: int) -> None:
            raise CameraError(f"camera {index} opens but gives no picture")

    monkeypatch.setattr(doctor, "Camera", Dead)
    found = by_name(examine(2))["camera 2"]
    assert (found.good, found.needed, found.said) == (False, False, "camera 2 opens but gives no picture")
