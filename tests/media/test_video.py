"""Videos read, on little clips made here; the true recordings where they are at hand."""

import os
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from clips import clip, corners, cut, damage, number, numbers, picture, read, sound
from footage import REAL, real

from formcheck import words
from formcheck.errors import VideoError
from formcheck.filming import Filming
from formcheck.findings import Notice, NoticeCode
from formcheck.media.still import is_picture
from formcheck.media.video import Video

HUNDREDTH = Fraction(1, 100)
FRAME = Fraction(1, 25)


CODECS: dict[str, dict[str, Any]] = {
    "h264.mp4": {},
    "h264.mov": {"pix_fmt": "yuv444p"},
    "h264.mkv": {},
    "h264.ts": {},
    "h264.avi": {"time_base": FRAME, "times": range(10)},
    "mpeg4.avi": {"codec": "mpeg4", "time_base": FRAME, "times": range(10), "options": {"qmin": "1", "qmax": "2"}},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p", "time_base": FRAME, "times": range(10)},
    "ten_bit_hevc.mp4": {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "vp9.mp4": {"codec": "libvpx-vp9"},
    "vp9_alpha.webm": {"codec": "libvpx-vp9", "pix_fmt": "yuva420p"},
    "palette.gif": {"codec": "gif", "pix_fmt": "rgb8", "time_base": HUNDREDTH, "times": range(0, 40, 4)},
    "alpha.mov": {"codec": "qtrle", "pix_fmt": "argb", "time_base": FRAME, "times": range(10)},
    "odd.mp4": {"size": (63, 47), "pix_fmt": "yuv444p"},
    "portrait.mp4": {"size": (48, 64)},
    "12:30 clip.mp4": {},
}


@pytest.mark.parametrize("name", CODECS)
def test_every_kind_of_file_gives_its_pictures_and_times(tmp_path: Path, name: str) -> None:
    frames, info, warnings = read(clip(tmp_path / name, **CODECS[name]))
    assert np.abs(np.subtract(numbers(frames), range(10))).max() <= (1 if "gif" in name else 0)
    assert {corners(frame.rgb)[:3] for frame in frames} == {"RGB"}  # the palette tints the gray corner
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(10)])
    assert (info.width, info.height) == CODECS[name].get("size", (64, 48))
    assert info.duration_s == pytest.approx(0.4)
    assert info.fps == pytest.approx(25)
    assert info.frames == 10
    assert warnings == []


def test_gray(tmp_path: Path) -> None:
    frames, _, _ = read(clip(tmp_path / "gray.mkv", codec="ffv1", pix_fmt="gray"))
    assert all(np.ptp(frame.rgb, axis=2).max() == 0 for frame in frames)
    assert frames[5].rgb[40, 50, 0] > frames[0].rgb[40, 50, 0]


@pytest.mark.parametrize(
    ("turn", "size", "seen"),
    [
        ((90, False), (48, 64), "GwRB"),
        ((180, False), (64, 48), "wBGR"),
        ((270, False), (48, 64), "BRwG"),
        ((0, True), (64, 48), "GRwB"),
        ((180, True), (64, 48), "BwRG"),
        ((90, True), (48, 64), "wGBR"),
    ],
)
def test_pictures_are_turned_upright(
    tmp_path: Path, turn: tuple[float, bool], size: tuple[int, int], seen: str
) -> None:
    path = clip(tmp_path / "phone.mp4", turn=turn)
    frames, info, _ = read(path)
    assert (info.width, info.height) == size
    assert {corners(frame.rgb) for frame in frames} == {seen}
    if not turn[1]:  # OpenCV's own reader turns too, but does not mirror
        _, bgr = cv2.VideoCapture(str(path)).read()
        assert corners(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)) == seen


def test_anamorphic_pixels_are_squared_before_the_picture_is_turned(tmp_path: Path) -> None:
    assert Video(clip(tmp_path / "wide.mp4", ratio=Fraction(4, 3))).size == (85, 48)
    turned, info, _ = read(clip(tmp_path / "turned.mp4", ratio=Fraction(1, 2), turn=(90, False)))
    assert (info.width, info.height) == (48, 32)
    assert corners(turned[0].rgb) == "GwRB"


@pytest.mark.parametrize("name", ["variable.mp4", "variable.mkv"])
def test_a_variable_rate_keeps_its_times(tmp_path: Path, name: str) -> None:
    frames, info, _ = read(clip(tmp_path / name, times=[0, 33, 70, 500, 533, 1200], last=1300))
    assert [frame.time for frame in frames] == pytest.approx([0, 0.033, 0.07, 0.5, 0.533, 1.2])
    assert numbers(frames) == list(range(6))
    assert info.duration_s == pytest.approx(1.24)  # neither file says how long the last frame lasts: one frame


@pytest.mark.parametrize("rate", [10, 24, 60, 240, Fraction(30000, 1001)])
def test_rates(tmp_path: Path, rate: Fraction) -> None:
    frames, info, _ = read(clip(tmp_path / "rate.mp4", times=range(12), time_base=1 / Fraction(rate), rate=rate))
    assert [frame.time for frame in frames] == [float(i / Fraction(rate)) for i in range(12)]
    assert info.fps == pytest.approx(float(rate))
    assert Video(tmp_path / "rate.mp4").expected_frames == 12


def test_times_count_from_the_first_shown_frame(tmp_path: Path) -> None:
    frames, info, _ = read(clip(tmp_path / "late.mkv", times=range(5000, 5400, 40)))
    assert frames[0].time == 0
    assert info.duration_s == pytest.approx(0.4)


def test_frames_without_times_are_placed_by_the_rate(tmp_path: Path) -> None:
    frames, _, warnings = read(clip(tmp_path / "bare.h264", times=range(0, 800, 40)))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(20)])
    assert warnings == [Notice(NoticeCode.TIMES_MENDED, {"path": tmp_path / "bare.h264", "frames": 19})]


def test_joined_recordings_go_on_in_time_and_keep_the_first_size(tmp_path: Path) -> None:
    first = clip(tmp_path / "a.ts", times=range(0, 2000, 40))
    second = clip(tmp_path / "b.ts", times=range(0, 2000, 40), size=(48, 96))
    first.write_bytes(first.read_bytes() + second.read_bytes())
    frames, info, warnings = read(first)
    assert info.frames == 100
    assert info.duration_s == pytest.approx(4, abs=0.1)
    assert corners(frames[-1].rgb[:, 20:44]) == "RGBw"  # 24 of 64 columns: nobody gets broader
    assert frames[-1].rgb[:, :18].max() < 30
    assert Notice(NoticeCode.SIZE_CHANGES, {"path": first, "at_s": 2.0}) in warnings


def test_a_second_call_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    with Video(clip(tmp_path / "a.mp4")) as video:
        first = [number(frame.rgb) for frame in islice(video.frames(), 3)]
        rest = [number(frame.rgb) for frame in video.frames()]
    assert first == [0, 1, 2]
    assert rest == [3, 4, 5, 6, 7, 8, 9]


def test_one_frame(tmp_path: Path) -> None:
    frames, info, warnings = read(clip(tmp_path / "one.mp4", times=[0]))
    assert info.duration_s == pytest.approx(0.04)
    assert (len(frames), warnings) == (1, [])


LONG: dict[str, dict[str, Any]] = {
    "cut.mp4": {"container": {"movflags": "faststart"}},
    "cut.mkv": {},
    "cut.webm": {"codec": "libvpx-vp9"},
    "cut.gif": {"codec": "gif", "pix_fmt": "rgb8", "time_base": HUNDREDTH, "times": range(0, 400, 4)},
}


@pytest.mark.parametrize("name", LONG)
def test_a_truncated_file_is_read_as_far_as_it_goes_and_warned_of(tmp_path: Path, name: str) -> None:
    code = NoticeCode.ENDS_IN_MID_FILE if name == "cut.gif" else NoticeCode.CUT_SHORT
    path = clip(tmp_path / name, **({"times": range(0, 4000, 40)} | LONG[name]))
    assert read(path)[2] == []
    frames, info, warnings = read(cut(path, 0.8))
    assert 10 < len(frames) < 99
    assert numbers(frames[:9]) == list(range(9))
    assert 0.4 < info.duration_s < 3.9
    assert [warning.code for warning in warnings] == [code]
    assert "was probably cut off, and is judged as far as it goes" in words.notice(warnings[0])


def test_damage_in_the_middle_is_read_past_and_warned_of(tmp_path: Path) -> None:
    frames, _, warnings = read(damage(clip(tmp_path / "hurt.mp4", times=range(0, 2000, 40)), 0.4))
    assert len(frames) > 40
    assert frames[-1].time == pytest.approx(1.96)
    assert [warning.code for warning in warnings] == [NoticeCode.DAMAGED]
    assert warnings[0].values["pieces"] >= 1


def _silent(path: Path) -> None:
    sound(path)


def _text(path: Path) -> None:
    path.write_text("not a video\n" * 50)


def _no_index(path: Path) -> None:
    cut(clip(path, times=range(0, 4000, 40)), 0.4)


def _no_frames(path: Path) -> None:
    with av.open(path, "w", format="mp4", options={"movflags": "empty_moov+frag_keyframe"}) as output:
        stream: Any = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        output.start_encoding()


def _half_a_jpeg(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff" + bytes(40))


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("silent.mp4", _silent, "has no video stream; streams found: audio (aac)"),
        ("text.mp4", _text, "is no video that can be read; supported are mp4, mov, webm, mkv, avi and gif"),
        ("text.txt", _text, "is no video that can be read"),
        ("no_index.mp4", _no_index, "was cut off before its index"),
        ("no_frames.mp4", _no_frames, "has a video stream, but no picture in it can be read"),
        ("half.jpg", _half_a_jpeg, "cannot be read as a picture"),
        ("empty.mp4", Path.touch, "is empty (0 bytes)"),
        ("folder.mp4", Path.mkdir, "is a folder"),
        ("pipe.mp4", os.mkfifo, "is not an ordinary file"),
        ("missing.mp4", lambda path: None, "there is no file"),
    ],
)
def test_bad_files_are_one_clear_sentence(tmp_path: Path, name: str, make: Any, says: str) -> None:
    make(tmp_path / name)
    with pytest.raises(VideoError) as caught:
        Video(tmp_path / name)
    assert says in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_times_of_more_than_a_day_are_one_clear_sentence(tmp_path: Path) -> None:
    path = clip(tmp_path / "jumped.mkv", times=[0, 40, 80, 90_000_000])
    with Video(path) as video, pytest.raises(VideoError, match="goes on for 25 hours; a day is the most") as caught:
        list(video.frames())
    assert str(path) in str(caught.value)
    assert len(read(clip(tmp_path / "day.mkv", times=[0, 40, 80, 86_400_000]))[0]) == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = clip(tmp_path / "locked.mp4")
    path.chmod(0)
    with pytest.raises(VideoError, match="may not be read; check its permissions"):
        Video(path)


def test_a_foreign_letter_in_the_metadata_is_no_obstacle(tmp_path: Path) -> None:
    path = clip(tmp_path / "titled.avi", codec="mpeg4", time_base=FRAME, times=range(10), metadata={"title": "Brucke"})
    path.write_bytes(path.read_bytes().replace(b"Brucke", b"Br\xfccke"))
    assert len(read(path)[0]) == 10


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_picture_is_a_video_of_one_frame(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"photo{suffix}"
    cv2.imwrite(str(path), cv2.cvtColor(picture(7), cv2.COLOR_RGB2BGR))
    assert is_picture(path)
    frames, info, warnings = read(path)
    assert (numbers(frames), corners(frames[0].rgb), frames[0].time) == ([7], "RGBw", 0)
    assert (info.frames, info.duration_s, info.fps, warnings) == (1, 0, 0, [])


def test_a_photo_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    data = cv2.imencode(".jpg", cv2.cvtColor(picture(7), cv2.COLOR_RGB2BGR))[1].tobytes()
    turned = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # TIFF: orientation 6, a quarter right
    exif = b"Exif\0\0" + turned
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:])
    with Video(path) as video:
        assert video.size == (48, 64)
        assert corners(next(video.frames()).rgb) == "BRwG"


def test_a_clip_is_no_picture(tmp_path: Path) -> None:
    assert not is_picture(clip(tmp_path / "a.mp4"))


@real
@pytest.mark.parametrize(
    ("name", "size", "count", "fps"),
    [("qp_glute_bridge.gif", (256, 118), 85, 10), ("physioplus_bridging.mp4", (640, 480), 91, 30)],
)
def test_true_recordings(name: str, size: tuple[int, int], count: int, fps: float) -> None:
    frames, info, warnings = read(REAL / "clips" / name)
    assert (info.width, info.height) == size
    assert info.fps == pytest.approx(fps)
    assert (len(frames), warnings) == (count, [])


@pytest.mark.parametrize(("degrees", "shown"), [(0, "RGBw"), (90, "BRwG"), (180, "wBGR"), (270, "GwRB")])
def test_a_picture_is_turned_as_its_user_says(tmp_path: Path, degrees: int, shown: str) -> None:
    cv2.imwrite(str(tmp_path / "photo.png"), cv2.cvtColor(picture(3), cv2.COLOR_RGB2BGR))
    for path in (clip(tmp_path / "clip.mp4"), tmp_path / "photo.png"):
        with Video(path, Filming(rotate=degrees)) as video:
            assert video.size == ((48, 64) if degrees in (90, 270) else (64, 48))
            assert {corners(frame.rgb) for frame in video.frames()} == {shown}
