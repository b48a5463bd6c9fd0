"""Video and picture files as upright RGB frames with exact presentation times."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Self

import av
import cv2
import numpy as np
from av.container import Container, InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from formcheck.body.poses import LONGEST_S, Array
from formcheck.errors import VideoError
from formcheck.files import sha256
from formcheck.filming import UNSAID, Filming
from formcheck.findings import Notice, NoticeCode, VideoInfo
from formcheck.media import slow, still
from formcheck.media.still import check_file

# Only formats that hold pictures or sound: FFmpeg also draws text files as videos and follows playlists to other files.
_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts,mpeg,flv,asf,ogg,h264,hevc,webp_pipe,mp3,wav,flac,aac"
)
_READABLE: Final = "mp4, mov, webm, mkv, avi and gif"

# Titles may be in any encoding. Up to PyAV 18 a letter that is not UTF-8 is an error without this.
_METADATA: Final[dict[str, Any]] = {"metadata_errors": "replace"} if hasattr(Container, "metadata_errors") else {}

MOST_PIXELS: Final = 40_000_000
"""A frame has at most as many (ours: 8K has 33 million). A file of 89 bytes can promise 256 million."""

WIDEST: Final = 8
"""How many times as wide as high a pixel is at most, or as high as wide (ours: anamorphic film has 2)."""

_USUAL_STEP: Final = Fraction(1, 25)  # ours: the time of a frame where a file names neither rate nor durations
_RESTART: Final = 1  # seconds; ours: times that jump back further begin anew (joined recordings)
_MOST_MENDS: Final = 3  # ours: more frames in a row without a usable time are spread at the file's rate
_FEW_MENDS: Final = 16  # not worth a warning: AVI leaves as many without a time as H.264 holds back, 16 at most
_CUT_SHORT: Final = 0.5  # seconds; ours: a stream that ends this long before its promised end was cut off


_TURNS: Final = {0: None, 90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: `time` in seconds from the first shown frame, `rgb` (h, w, 3) uint8, upright, square pixels."""

    time: float
    rgb: Array

    def turned(self, degrees: int) -> "Frame":
        """The frame with its picture turned clockwise by 0, 90, 180 or 270 degrees."""
        how = _TURNS[degrees]
        return self if how is None else Frame(self.time, np.asarray(cv2.rotate(self.rgb, how)))


class Video:
    """A video or picture file, read once from its start to its end in constant memory.

    path: the file as the user named it.
    filming: how far its pictures are turned, and how fast it plays: times are given as they were when it was filmed.
    size: (width, height) of the shown picture: turned upright, pixels squared.
    expected_frames: how many frames the file promises, for a progress bar; None where it does not say.
    warnings: what the user should know; complete once all frames were read.

    Raises `VideoError` when there is no file, or no picture in it can be read.
    """

    def __init__(self, path: Path | str, filming: Filming = UNSAID) -> None:
        self.path = Path(path)
        self.warnings: list[Notice] = []
        self._speed = filming.speed or 1.0
        self._rotate = filming.rotate
        self._begins = self._end = 0.0
        self._count = 0
        check_file(self.path)
        with ExitStack() as stack:
            if still.is_picture(self.path):
                self.expected_frames: int | None = 1
                self._ready = iter([Frame(0.0, still.read(self.path))])
            else:
                container = stack.enter_context(open_file(self.path))
                stream = video_stream(self.path, container)
                self.expected_frames = _promised_frames(container, stream)
                if filming.speed is None:
                    self._speed = slow.speed_of(container.metadata, stream.average_rate)
                    self.warnings += slow.notices(self._speed)
                self._ready = self._decoded(container, stream)
            self._ready = (Frame(f.time * self._speed, f.rgb).turned(filming.rotate) for f in self._ready)
            self._first = next(self._ready, None)
            self._stack = stack.pop_all()
        if self._first is None:
            self.close()
            raise VideoError(f"{self.path} has a video stream, but no picture in it can be read")
        self.size = (self._first.rgb.shape[1], self._first.rgb.shape[0])

    def frames(self) -> Generator[Frame]:
        """The frames in the order shown, `time` strictly increasing. A second call goes on where the first ended.

        Raises `VideoError` at a frame that comes later than `LONGEST_S`.
        """
        if self._first is not None:
            first, self._first = self._first, None
            self._count += 1
            yield first
        for frame in self._ready:
            self._count += 1
            yield frame

    def info(self) -> VideoInfo:
        """What was read so far; the last frame's own duration counts. A picture has the duration and rate 0."""
        digest = sha256(self.path)
        end = self._end * self._speed
        fps = self._count / end if end else 0.0
        how = {"rotate": self._rotate, "speed": self._speed, "begins_s": self._begins}
        return VideoInfo(str(self.path), digest, end, fps, *self.size, self._count, **how)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the file."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[Frame]:
        damage = _Damage()
        step = _step(stream)
        times = _Times(step)
        screen: Screen | None = None
        for picture in _pictures(container, stream, damage):
            unit = picture.time_base or stream.time_base or _USUAL_STEP
            # AVI holds only the order of coding. The presentation times that FFmpeg makes of it are shuffled.
            ticks = picture.dts if container.format.name == "avi" else picture.pts
            if screen is None and ticks is not None and container.start_time is not None:
                self._begins = max(0.0, float(ticks * unit) - container.start_time / av.time_base)
            time = times.place(None if ticks is None else ticks * unit)
            if time > LONGEST_S:
                raise VideoError(_too_long(self.path, time))
            screen = screen or Screen(picture, stream.sample_aspect_ratio)
            self._end = float(time + (picture.duration * unit or step))
            if screen.differs(picture):
                damage.resized_at = damage.resized_at or float(time)
            yield Frame(float(time), screen.show(picture))
        self.warnings += _remarks(self.path, damage, times.mended, self._end, _promised_end(container, stream))


class _Times:
    """Presentation times made to start at 0 and to grow, exactly.

    A time that is missing, repeats or steps back is placed after the frame before. A lone one is placed within the next
    step, so that the good times around it stay. In a longer run, or after a jump back, the file's rate goes on from
    there.
    """

    def __init__(self, step: Fraction) -> None:
        self.mended = 0
        self._step = step
        self._origin: Fraction | None = None
        self._last = Fraction(0)
        self._good = Fraction(0)
        self._run = 0

    def place(self, shown: Fraction | None) -> Fraction:
        """Seconds from the first shown frame to a frame whose time in the file is `shown`."""
        if self._origin is None:
            self._origin = shown or Fraction(0)
            return self._last
        time = None if shown is None else shown - self._origin
        if time is not None and time > self._last:
            self._run = 0
            self._last = self._good = time
        else:
            self.mended += 1
            self._run += 1
            self._last = self._mend(time)
        return self._last

    def _mend(self, time: Fraction | None) -> Fraction:
        if time is None:
            return self._last + self._step
        if self._run <= _MOST_MENDS and time > self._last - _RESTART:
            return (self._last + self._good + self._step) / 2
        mended = self._last + self._step
        self._origin = (self._origin or 0) + time - mended
        return mended


class Screen:
    """How the pictures of a stream are shown: pixels squared, turned upright, all fitted into the size of the first."""

    def __init__(self, picture: VideoFrame, ratio: Fraction | None) -> None:
        self._ratio = ratio or Fraction(1)
        self._coded = (picture.width, picture.height)
        self._size = (max(1, round(picture.width * self._ratio)), picture.height)
        self._matrix = _display_matrix(picture)
        self._reformatter = VideoReformatter()

    def differs(self, picture: VideoFrame) -> bool:
        """Whether the stream changed its picture size."""
        return (picture.width, picture.height) != self._coded

    def show(self, picture: VideoFrame) -> Array:
        """(h, w, 3) uint8 RGB as a player shows it."""
        width, height = self._fit(picture) if self.differs(picture) else self._size
        rgb = self._reformatter.reformat(picture, width, height, "rgb24", threads=1).to_ndarray()
        if (width, height) != self._size:
            rgb = _centred(rgb, self._size)
        return rgb if self._matrix is None else _upright(rgb, self._matrix)

    def _fit(self, picture: VideoFrame) -> tuple[int, int]:
        width, height = picture.width * self._ratio, picture.height
        scale = min(self._size[0] / width, Fraction(self._size[1], height))
        return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(slots=True)
class _Damage:
    """What went wrong while a stream was read."""

    pieces: int = 0
    resized_at: float | None = None


def open_file(path: Path) -> InputContainer:
    """The file, opened. Raises `VideoError` where it is no video."""
    options = {"format_whitelist": _FORMATS}
    try:
        opened: InputContainer = av.open(f"file:{path}", options=options, **_METADATA)  # else 12:30.mp4 is a protocol
        return opened
    except (av.InvalidDataError, av.ArgumentError) as error:
        raise VideoError(f"{path} {_unreadable(path)}") from error
    except av.FFmpegError as error:
        raise VideoError(f"{path} cannot be opened as a video: {error.strerror}") from error


def _unreadable(path: Path) -> str:
    with path.open("rb") as file:
        is_mp4 = file.read(8)[4:] == b"ftyp"
    if is_mp4:
        return "was cut off before its index (moov) was written, so no frame can be found; record or copy it again"
    return f"is no video that can be read; supported are {_READABLE}, and jpg and png pictures"


def _too_long(path: Path, time: Fraction) -> str:
    return (
        f"{path} goes on for {float(time) / 3600:.0f} hours; a day is the most that is read: "
        "are the times of its pictures wrong? Cut it, or export it anew"
    )


def video_stream(path: Path, container: InputContainer) -> VideoStream:
    """The stream that holds the pictures. Raises `VideoError` where there is none."""
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]  # covers
    if not streams:
        found = ", ".join(_described(stream) for stream in container.streams) or "none"
        raise VideoError(f"{path} has no video stream; streams found: {found}")
    stream = streams[0]
    if stream.codec_context is None:
        raise VideoError(f"{path} is coded in a way that cannot be decoded here; export it as mp4 (H.264)")
    _check_size(path, stream)
    return stream


def _check_size(path: Path, stream: VideoStream) -> None:
    """See what the file promises, before a frame of it is decoded."""
    width, height, ratio = stream.width, stream.height, stream.sample_aspect_ratio or Fraction(1)
    if width * height > MOST_PIXELS:
        raise VideoError(
            f"{path} has pictures of {width} x {height}; {MOST_PIXELS // 10**6} million pixels are the most"
        )
    if not Fraction(1, WIDEST) <= ratio <= WIDEST:
        raise VideoError(
            f"{path} has pixels {float(ratio):.4g} times as wide as high, which no screen shows: export it anew"
        )
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}  # a later picture may be larger than the first


def _described(stream: Stream) -> str:
    return f"{stream.type} ({stream.codec_context.name})" if stream.codec_context else stream.type


def _step(stream: VideoStream) -> Fraction:
    """The usual time from frame to frame, in seconds."""
    rate = stream.average_rate or stream.guessed_rate
    return 1 / rate if rate else _USUAL_STEP


def _promised_end(container: InputContainer, stream: VideoStream) -> float | None:
    """Seconds the file says it lasts: the shorter of the stream (with trimmed parts) and the whole (with sound)."""
    ends = []
    if stream.duration and stream.time_base:
        ends.append(float(stream.duration * stream.time_base))
    if container.duration:
        ends.append(container.duration / av.time_base)
    return min(ends, default=None)


def _promised_frames(container: InputContainer, stream: VideoStream) -> int | None:
    if stream.frames:
        return stream.frames
    end = _promised_end(container, stream)
    return None if end is None else max(1, round(end / _step(stream)))


def _pictures(container: InputContainer, stream: VideoStream, damage: _Damage) -> Iterator[VideoFrame]:
    """The decoded pictures in the order shown. Reading goes on after damaged pieces, to the end of the file."""
    stream.codec_context.thread_count = 1
    for packet in _packets(container, stream, damage):
        try:
            pictures = stream.decode(packet)
        except av.FFmpegError:
            damage.pieces += 1
            continue
        for picture in pictures:
            damage.pieces += picture.is_corrupt
            yield picture


def _packets(container: InputContainer, stream: VideoStream, damage: _Damage) -> "Iterator[Packet[VideoStream] | None]":
    try:
        yield from container.demux(stream)
    except av.FFmpegError:
        damage.pieces += 1
        yield None  # lets the decoder give what it still holds


def _remarks(path: Path, damage: _Damage, mended: int, end: float, promised: float | None) -> list[Notice]:
    found = []
    if promised is not None and end < promised - _CUT_SHORT:
        found.append(Notice(NoticeCode.CUT_SHORT, {"path": path, "promised_s": promised, "end_s": end}))
    elif _gif_cut_short(path):
        found.append(Notice(NoticeCode.ENDS_IN_MID_FILE, {"path": path}))
    elif damage.pieces:
        found.append(Notice(NoticeCode.DAMAGED, {"path": path, "pieces": damage.pieces}))
    if damage.resized_at is not None:
        found.append(Notice(NoticeCode.SIZE_CHANGES, {"path": path, "at_s": damage.resized_at}))
    if mended > _FEW_MENDS:
        found.append(Notice(NoticeCode.TIMES_MENDED, {"path": path, "frames": mended}))
    return found


def _gif_cut_short(path: Path) -> bool:
    """Whether a GIF lacks its trailer, the only sign of a cut: it says neither its frames nor its duration."""
    with path.open("rb") as file:
        if file.read(4) != b"GIF8":
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b";"


def _display_matrix(picture: VideoFrame) -> Array | None:
    side_data: Any = picture.side_data  # PyAV's stub names only some of the kinds
    matrix = side_data.get("DISPLAYMATRIX")
    return None if matrix is None else np.frombuffer(bytes(matrix), np.int32).reshape(3, 3)


def _upright(rgb: Array, matrix: Array) -> Array:
    """The picture as its display matrix turns and mirrors it, to the nearest quarter turn."""
    (a, b), (c, d) = matrix[:2, :2].tolist()  # shown x = a x + c y, shown y = b x + d y
    if abs(b) > abs(a):
        rgb, a, d = cv2.transpose(rgb), c, b
    if a < 0 or d < 0:
        rgb = cv2.flip(rgb, -1 if a < 0 and d < 0 else int(a < 0))
    return rgb


def _centred(rgb: Array, size: tuple[int, int]) -> Array:
    """The picture in the middle of a black one of `size`."""
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - rgb.shape[0]) // 2, (size[0] - rgb.shape[1]) // 2
    canvas[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
    return canvas
