"""Videos written: they read back as they were, and a failure leaves nothing."""

from pathlib import Path

import av
import numpy as np
import pytest
from clips import corners, number, numbers, picture, read

from formcheck.body.poses import Array
from formcheck.errors import OutputError
from formcheck.media.video import Video
from formcheck.media.writer import LONGEST_SIDE, VideoWriter


def write(path: Path, times: list[float], size: tuple[int, int] = (128, 96), fps: float = 25) -> Path:
    with VideoWriter(path, size, fps) as writer:
        for i, time in enumerate(times):
            writer.write(time, picture(i, size))
    return path


def test_what_is_written_reads_back_with_its_times(tmp_path: Path) -> None:
    times = [0.0, 0.033, 0.07, 0.5, 0.533, 1.2]
    frames, info, warnings = read(write(tmp_path / "out.mp4", times))
    assert [frame.time for frame in frames] == pytest.approx(times, abs=1 / 90_000)
    assert numbers(frames) == list(range(6))
    assert info.duration_s == pytest.approx(1.24)
    assert warnings == []
    assert np.abs(frames[3].rgb[10, 10].astype(int) - picture(3)[10, 10]).max() < 16  # colours survive


def test_a_picture_that_would_be_shown_for_no_tick_is_left_out(tmp_path: Path) -> None:
    frames, *_ = read(write(tmp_path / "out.mp4", [0.0, 0.04, 0.040001, 0.08, 0.080002, 0.080004]))
    assert [frame.time for frame in frames] == pytest.approx([0.0, 0.04, 0.08], abs=2 / 90_000)
    assert numbers(frames) == [0, 2, 5]


def test_a_picture_that_is_shown_for_hours_keeps_its_time(tmp_path: Path) -> None:
    hours = [0.0, 0.04, 8 * 3600.0, 8 * 3600 + 0.04]
    frames, info, _ = read(write(tmp_path / "out.mp4", hours))
    assert {number(frame.rgb): frame.time for frame in reversed(frames)} == pytest.approx(dict(enumerate(hours)))
    assert info.duration_s == pytest.approx(8 * 3600 + 0.08)


def test_what_is_written_plays_in_a_browser(tmp_path: Path) -> None:
    data = write(tmp_path / "out.mp4", [0.0, 0.04, 0.08]).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(tmp_path / "out.mp4") as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


@pytest.mark.parametrize(
    ("size", "written"), [((63, 47), (64, 48)), ((1920, 1080), (1280, 720)), ((606, 1920), (404, 1280))]
)
def test_sizes_are_made_even_and_capped(tmp_path: Path, size: tuple[int, int], written: tuple[int, int]) -> None:
    with Video(write(tmp_path / "out.mp4", [0.0, 0.04], size)) as video:
        assert video.size == written
        assert max(video.size) <= LONGEST_SIDE
        assert corners(next(video.frames()).rgb) == "RGBw"


def test_a_failed_writing_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), VideoWriter(path, (64, 48), 25) as writer:
        writer.write(0.0, picture(0))
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_without_frames_or_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no pictures to write"), VideoWriter(tmp_path / "out.mp4", (64, 48), 25):
        pass
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="the folder does not exist"):
        VideoWriter(tmp_path / "no" / "out.mp4", (64, 48), 25)


def test_a_full_disk_while_writing_is_one_sentence(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, old[1]))  # the nearest thing to a full disk without one
    try:
        with pytest.raises(OutputError, match=r"cannot write .*out\.mp4: "):
            _write_noise(tmp_path / "out.mp4", noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert list(tmp_path.iterdir()) == []


def _write_noise(path: Path, noise: Array) -> None:
    with VideoWriter(path, (640, 480), 25) as writer:
        for i in range(60):
            writer.write(i / 25, np.roll(noise, i * 7, axis=1))


def test_frames_of_another_size_or_time_are_refused(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", (64, 48), 25) as writer:
        writer.write(0.0, picture(0))
        with pytest.raises(ValueError, match=r"must have the shape \(48, 64, 3\); it has \(64, 48, 3\)"):
            writer.write(0.04, picture(1, (48, 64)))
        with pytest.raises(ValueError, match="times must grow"):
            writer.write(0.0, picture(1))


def test_a_picture_may_be_drawn_over_once_it_is_written(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", (64, 48), 25) as writer:
        for n in range(30):
            rgb = picture(n)
            writer.write(n / 25, rgb)
            rgb[:] = 0  # the encoder comes later
    with Video(tmp_path / "out.mp4") as video:
        assert [number(frame.rgb) for frame in video.frames()] == list(range(30))
