"""A recording beside its report, as browsers play it."""

from pathlib import Path

import av
import pytest
from clips import clip, numbers, picture, read
from door import SAMPLES, files

from formcheck.filming import Filming
from formcheck.findings import VideoInfo
from formcheck.media.glance import pictures
from formcheck.media.playable import NAMES, Playable, playable
from formcheck.media.video import Video


def seen(path: Path, filming: Filming | None = None) -> VideoInfo:
    with Video(path, filming or Filming()) as video:
        for _ in video.frames():
            pass
        return video.info()


def put(path: Path, folder: Path, filming: Filming | None = None) -> tuple[Playable | None, list[int]]:
    folder.mkdir(exist_ok=True)
    done: list[int] = []
    return playable(path, folder, seen(path, filming), done.append), done


def packed(source: Path, path: Path) -> Path:
    """The same pictures in another container."""
    with av.open(str(source)) as opened, av.open(str(path), "w") as out:
        stream = opened.streams.video[0]
        copy = out.add_stream_from_template(stream)
        for packet in opened.demux(stream):
            if packet.pts is not None:
                packet.stream = copy
                out.mux(packet)
    return path


def test_what_browsers_play_is_linked(tmp_path: Path) -> None:
    source = SAMPLES / "leg_lift.mp4"
    found, done = put(source, tmp_path / "out")
    assert found is not None and (found.name, found.rotate, found.speed) == ("recording.mp4", 0, 1.0)
    assert done == []
    assert (tmp_path / "out" / "recording.mp4").read_bytes() == source.read_bytes()
    assert files(tmp_path / "out") == ["recording.mp4"]
    assert put(source, tmp_path / "out")[0] == found  # once more: it is there already


def test_another_disk_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", other)
    put(SAMPLES / "leg_lift.mp4", tmp_path / "out")
    assert files(tmp_path / "out") == ["recording.mp4"]
    assert (tmp_path / "out" / "recording.mp4").stat().st_nlink == 1


def test_another_container_is_packed_anew_without_encoding(tmp_path: Path) -> None:
    source = packed(SAMPLES / "leg_lift.mp4", tmp_path / "clip.mkv")
    found, done = put(source, tmp_path / "out")
    assert found == Playable("recording.mp4")
    assert done == []
    with av.open(str(source)) as before, av.open(str(tmp_path / "out" / "recording.mp4")) as after:
        coded = [[bytes(p) for p in one.demux(video=0) if p.size] for one in (before, after)]
        assert len(coded[0]) == len(coded[1])
    assert seen(tmp_path / "out" / "recording.mp4").duration_s == pytest.approx(seen(source).duration_s, abs=0.05)


def test_what_they_do_not_play_is_converted(tmp_path: Path) -> None:
    source = clip(tmp_path / "clip.avi", codec="mpeg4")
    found, done = put(source, tmp_path / "out", Filming(None, 90, 0.5))
    assert found == Playable("recording.mp4")  # turned and in its own time already
    assert done[-1] == seen(source).frames
    with av.open(str(tmp_path / "out" / "recording.mp4")) as opened:
        codec = opened.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
    frames, info, _ = read(tmp_path / "out" / "recording.mp4")
    turned = seen(source, Filming(None, 90))
    assert (info.width, info.height) == (turned.width, turned.height)
    assert len(frames) == seen(source).frames


def test_how_it_is_turned_and_how_it_plays_is_said(tmp_path: Path) -> None:
    found, _ = put(SAMPLES / "leg_lift.mp4", tmp_path / "out", Filming(None, 90, 0.5))
    assert found is not None and (found.rotate, found.speed) == (90, 0.5)


def test_an_earlier_recording_goes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in NAMES:
        (out / name).write_bytes(b"of another run")
    put(SAMPLES / "leg_lift.mp4", out)
    assert files(out) == ["recording.mp4"]


def test_a_picture_is_no_recording(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "one.png"), picture(1))
    assert put(tmp_path / "one.png", tmp_path / "out")[0] is None
    assert files(tmp_path / "out") == []


@pytest.mark.parametrize("ending", ["mp4", "avi"])
def test_single_pictures_are_those_shown_at_their_times(tmp_path: Path, ending: str) -> None:
    source = clip(tmp_path / f"clip.{ending}", codec="mpeg4" if ending == "avi" else "libx264")
    frames, info, _ = read(source)
    wanted = [frames[2].time + 0.001, frames[7].time, frames[-1].time]
    found = list(pictures(source, info, [*wanted[::-1], info.duration_s + 5]))
    assert [time for time, _ in found][:3] == pytest.approx(wanted)
    assert numbers([frame for _, frame in found][:3]) == numbers([frames[2], frames[7], frames[-1]])


def test_single_pictures_of_a_slow_file_are_at_its_own_times(tmp_path: Path) -> None:
    source = clip(tmp_path / "clip.mp4")
    info = seen(source, Filming(None, 0, 0.25))
    with Video(source, Filming(None, 0, 0.25)) as video:
        frames = list(video.frames())
    [(_, frame)] = pictures(source, info, [frames[5].time])
    assert numbers([frame]) == numbers([frames[5]])
