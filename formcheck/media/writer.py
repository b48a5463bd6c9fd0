"""An mp4 that plays in a browser, written picture by picture."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream

from formcheck.body.poses import Array
from formcheck.errors import OutputError
from formcheck.files import Whole, writing

_CLOCK: Final = 90_000  # ticks a second in written files, as in MPEG: whole for every usual rate
_LONGEST_SHOWN: Final = 3600 * _CLOCK  # ours: a picture is shown for less than 2**31 ticks in mp4, 6.6 hours
# Ours, 90 frames of 1280x720 with lines and text, one thread: ms a frame, kB a second of video, PSNR of the text.
# superfast 23: 6.9, 334, 36.2. veryfast 23: 9.3, 191, 35.1. veryfast 28: 8.2, 97, 32.2. medium 23: 23.7, 255, 37.1.
_ENCODER: Final = {"preset": "veryfast", "crf": "23"}

LONGEST_SIDE: Final = 1280
"""Pixels, ours: larger pictures are written scaled down; 1080p then has less than half the pixels to encode."""


class VideoWriter:
    """Writes an mp4 (H.264, 4:2:0) that plays in a browser while it loads. The file appears when the block ends well.

    size: (width, height) of the frames to come. Odd sizes gain a row or a column; over `LONGEST_SIDE` they are scaled.
    fps_hint: the usual rate, only for the encoder's choices and the last frame's duration; frames carry their times.

    Raises `OutputError` where the file cannot be written.
    """

    def __init__(self, path: Path | str, size: tuple[int, int], fps_hint: float) -> None:
        self._size = size
        self._step = 1 / fps_hint
        self._newest = -np.inf
        self._held: tuple[int, VideoFrame] | None = None
        self._encoder = ThreadPoolExecutor(1, "encoder")
        self._encoding: Future[None] | None = None
        self._reformatter = VideoReformatter()
        shrink = min(1.0, LONGEST_SIDE / max(size))
        self._scaled = (max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink)))
        self._file = Whole(Path(path))
        try:
            self._container = _open_output(self._file)
            self._stream = self._add_stream(fps_hint)
        except BaseException:
            self._file.discard()
            raise

    def write(self, time: float, rgb: Array) -> None:
        """Show `rgb`, (h, w, 3) uint8 of the promised size, from `time` to the next picture's time.

        Times are in seconds and grow. A picture shown for less than a tick of the file, 11 us, is left out. A thread of
        its own encodes; its errors are raised by the next call, or where the block ends.
        """
        if rgb.shape != (self._size[1], self._size[0], 3):
            raise ValueError(f"a frame must have the shape {(self._size[1], self._size[0], 3)}; it has {rgb.shape}")
        if time <= self._newest:
            raise ValueError(f"times must grow; {time} s came after {self._newest} s")
        self._newest = time
        pts = round(time * _CLOCK)
        self._encode_held(until=pts)
        if self._scaled != self._size:
            rgb = cv2.resize(rgb, self._scaled, interpolation=cv2.INTER_AREA)
        frame = VideoFrame.from_ndarray(_even(rgb), format="rgb24")
        frame = self._reformatter.reformat(frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, threads=1)
        frame.pts, frame.time_base = pts, Fraction(1, _CLOCK)
        self._held = (pts, frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
                self._file.keep()
        finally:
            self._encoder.shutdown()
            with suppress(av.FFmpegError):  # a file that will not be kept need not end well
                self._container.close()
            self._file.discard()

    def _add_stream(self, fps_hint: float) -> VideoStream:
        stream = self._container.add_stream(
            "libx264", rate=Fraction(fps_hint).limit_denominator(1001), options=_ENCODER
        )
        stream.width, stream.height = (side + side % 2 for side in self._scaled)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = stream.time_base = Fraction(1, _CLOCK)
        context.thread_count = 1  # gives the same bytes on every machine; and a batch has a process per core already
        context.gop_size = max(1, round(2 * fps_hint))  # a key frame every 2 s: a click on a fault seeks at once
        context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709, or browsers guess by the height
        context.color_range = 1
        return stream

    def _encode_held(self, until: int) -> None:
        """Encode the frame that waited for its duration. Shown for no tick it is left out; each hour it is repeated."""
        if self._held is None:
            return
        pts, frame = self._held
        for start in range(pts, until, _LONGEST_SHOWN):
            self._encoded()
            frame.pts, frame.duration = start, min(until - start, _LONGEST_SHOWN)
            self._encoding = self._encoder.submit(self._encode, frame)

    def _encode(self, frame: VideoFrame) -> None:
        with _muxing(self._file.path):
            self._container.mux(self._stream.encode(frame))

    def _encoded(self) -> None:
        """Wait for the encoder; raises its error, if any."""
        if self._encoding is not None:
            self._encoding.result()

    def _finish(self) -> None:
        if self._held is None:
            raise OutputError(f"cannot write {self._file.path}: there are no pictures to write")
        self._encode_held(until=self._held[0] + max(1, round(self._step * _CLOCK)))
        self._encoded()
        with _muxing(self._file.path):
            self._container.mux(self._stream.encode())
            self._container.close()


def _even(rgb: Array) -> Array:
    """The picture with its last row and column repeated where a side is odd: 4:2:0 needs even sides."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge") if height % 2 or width % 2 else rgb


def _open_output(file: Whole) -> OutputContainer:
    with _muxing(file.path):
        return av.open(f"file:{file.temporary}", "w", format="mp4", options={"movflags": "+faststart"})


@contextmanager
def _muxing(path: Path) -> Iterator[None]:
    """Turn FFmpeg's errors into the words that `files.writing` has for the same errors of the system."""
    with writing(path):
        try:
            yield
        except av.FFmpegError as error:
            raise OSError(error.errno, error.strerror) from error
