"""A recording beside its report, as browsers play it: the file itself where they can, else another made of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from formcheck.files import Whole, writing
from formcheck.filming import Filming
from formcheck.findings import VideoInfo
from formcheck.media.still import is_picture
from formcheck.media.video import Video, open_file, video_stream
from formcheck.media.writer import VideoWriter

STEM: Final = "recording"
NAMES: Final = (f"{STEM}.mp4", f"{STEM}.webm")
"""What the recording beside a report is called."""

_MP4: Final = ("h264", "av1")
_WEBM: Final = ("vp8", "vp9", "av1")
_PIXELS: Final = ("yuv420p", "yuvj420p")


class Playable(NamedTuple):
    """A recording that browsers play: the file's name in its folder, how it is to be turned clockwise, how fast it
    plays, and where it stands at the first frame (as in `VideoInfo`).
    """

    name: str
    rotate: int = 0
    speed: float = 1.0
    begins_s: float = 0.0


def playable(source: Path, folder: Path, info: VideoInfo, progress: Callable[[int], None]) -> Playable | None:
    """Put the recording into a folder so that browsers play it; None for a picture.

    A file that they play is linked, or copied where that cannot be; it takes no second room. One in another container
    is packed anew, as it is; any other is converted, with `progress` called with the frames done. An earlier one there
    is replaced. Raises `VideoError`, `OutputError`.
    """
    if is_picture(source):
        return None
    with open_file(source) as container:
        stream = video_stream(source, container)
        kind = _kind(source, container, stream)
        name = f"{STEM}.{kind or 'mp4'}"
        packed = kind is None and _pack(container, stream, folder / name)
    if kind is not None:
        _link(source, folder / name)
    elif not packed:
        _convert(source, folder / name, info, progress)
    for other in NAMES:
        if other != name and (folder / other).resolve() != source.resolve():
            (folder / other).unlink(missing_ok=True)
    if kind is None:
        return Playable(name, info.rotate, info.speed) if packed else Playable(name)
    return Playable(name, info.rotate, info.speed, info.begins_s)


def _kind(source: Path, container: InputContainer, stream: VideoStream) -> str | None:
    """The ending under which browsers play a file as it is; None where they do not."""
    codec, formats = stream.codec_context, container.format.name.split(",")
    if codec.pix_fmt not in _PIXELS:
        return None
    if "mp4" in formats and codec.name in _decoders(_MP4):
        return "mp4"
    webm = "webm" in formats and source.suffix.lower() == ".webm" and codec.name in _decoders(_WEBM)
    return "webm" if webm else None


def _decoders(codecs: tuple[str, ...]) -> tuple[str, ...]:
    """The names that decoders of these codecs have in FFmpeg."""
    return (*codecs, *(f"lib{name}" for name in codecs), "libdav1d", "libvpx", "libvpx-vp9")


def _link(source: Path, target: Path) -> None:
    with writing(target):
        if target.exists() and target.samefile(source):
            return
        fresh = Whole(target)
        fresh.discard()  # its name is free now
        try:
            try:
                os.link(source.resolve(), fresh.temporary)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(source, fresh.temporary)
            fresh.temporary.replace(target)
        finally:
            fresh.discard()


def _pack(container: InputContainer, stream: VideoStream, target: Path) -> bool:
    """Put H.264 pictures of another container into an mp4, as they are; whether that could be done."""
    codec = stream.codec_context
    if codec.name != "h264" or codec.pix_fmt not in _PIXELS or container.format.name == "avi":
        return False
    file = Whole(target)
    try:
        options = {"movflags": "+faststart"}
        with av.open(f"file:{file.temporary}", "w", format="mp4", options=options) as out:
            made = out.add_stream_from_template(stream)
            first: int | None = None
            for packet in _timed(container.demux(stream)):
                pts, dts = packet.pts or 0, packet.dts or 0
                first = pts if first is None else first
                packet.pts, packet.dts, packet.stream = pts - first, dts - first, made
                out.mux(packet)
        file.keep()
    except (av.FFmpegError, ValueError):
        return False
    finally:
        file.discard()
    return first is not None


def _timed(packets: "Iterator[Packet[VideoStream]]") -> "Iterator[Packet[VideoStream]]":
    """The packets that hold pictures, each with its time of decoding: Matroska leaves out those of the first ones."""
    waiting: list[Packet[VideoStream]] = []
    for packet in packets:
        if not packet.size or packet.pts is None:
            continue
        waiting.append(packet)
        if packet.dts is None:
            continue
        for back, one in enumerate(reversed(waiting)):
            one.dts = packet.dts - back * max(packet.duration or 1, 1)
        yield from waiting
        waiting = []


def _convert(source: Path, target: Path, info: VideoInfo, progress: Callable[[int], None]) -> None:
    filming = Filming(None, info.rotate, info.speed)
    with Video(source, filming) as video, VideoWriter(target, video.size, info.fps or 1.0) as writer:
        for n, frame in enumerate(video.frames(), 1):
            writer.write(frame.time, frame.rgb)
            progress(n)


def beside(folder: Path) -> Path | None:
    """The recording beside a report; None where there is none."""
    with suppress(OSError):
        return next((folder / name for name in NAMES if (folder / name).is_file()), None)
    return None
