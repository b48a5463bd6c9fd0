"""Little clips with a picture that tells its own number and which way up it is."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from formcheck.body.poses import Array
from formcheck.findings import Notice, VideoInfo
from formcheck.media.video import Frame, Video

MS = Fraction(1, 1000)
SIZE = (64, 48)
PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def picture(number: int, size: tuple[int, int] = SIZE) -> Array:
    """Red, green and blue in the upper left, upper right and lower left; the lower right tells the number."""
    width, height = size
    rgb = np.zeros((height, width, 3), np.uint8)
    middle, centre = height // 2, width // 2
    rgb[:middle, :centre] = (200, 30, 30)
    rgb[:middle, centre:] = (30, 180, 30)
    rgb[middle:, :centre] = (30, 30, 200)
    rgb[middle:, centre:] = 30 + number % 36 * 6
    return rgb


def corners(rgb: Array) -> str:
    """The colours of the four corners, row by row: 'RGBw' when upright."""
    height, width = rgb.shape[:2]
    spots = [rgb[height * y // 4, width * x // 4].astype(int) for y in (1, 3) for x in (1, 3)]
    return "".join("w" if np.ptp(s) < 60 else "RGB"[int(s.argmax())] for s in spots)


def number(rgb: Array) -> int:
    """The number an upright picture tells."""
    height, width = rgb.shape[:2]
    patch = rgb[height * 5 // 8 : height * 7 // 8, width * 5 // 8 : width * 7 // 8]
    return round((float(patch.mean()) - 30) / 6)


def clip(
    path: Path,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = SIZE,
    times: Sequence[int] = range(0, 400, 40),
    time_base: Fraction = MS,
    rate: Fraction | int = 25,
    ratio: Fraction = Fraction(1),
    turn: tuple[float, bool] | None = None,
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    container_format: str | None = None,
    metadata: dict[str, str] | None = None,
    last: int | None = None,
) -> Path:
    """Write numbered pictures shown at `times`, in `time_base`; `turn` is (degrees, mirrored) of the matrix."""
    with av.open(path, "w", format=container_format, options=container or {}) as output:
        output.metadata.update(metadata or {})
        stream: Any = output.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = stream.time_base = time_base
        stream.codec_context.sample_aspect_ratio = ratio
        if turn is not None:
            stream.set_display_rotation(turn[0], hflip=turn[1])
        ends = [*times[1:], last if last is not None else times[-1] + round(1 / (rate * time_base))]
        for i, (start, end) in enumerate(zip(times, ends, strict=True)):
            frame = av.VideoFrame.from_ndarray(picture(i, size), format="rgb24")
            frame.pts, frame.duration, frame.time_base = start, end - start, time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def sound(path: Path, codec: str = "aac") -> Path:
    """A tenth of a second of silence."""
    with av.open(path, "w") as output:
        stream: Any = output.add_stream(codec, rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        frame.pts = 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def cut(path: Path, share: float) -> Path:
    """The same file with only the first `share` of its bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def damage(path: Path, share: float, length: int = 60) -> Path:
    """The same file with `length` bytes turned over at `share` of its way."""
    data = bytearray(path.read_bytes())
    at = int(len(data) * share)
    data[at : at + length] = bytes(255 - byte for byte in data[at : at + length])
    path.write_bytes(data)
    return path


def coded(kind: str, width: int = 64, height: int = 48, options: tuple[int, ...] = ()) -> bytes:
    """The first picture as a page codes it."""
    good, data = cv2.imencode(kind, picture(0, (width, height))[:, :, ::-1], options)
    assert good
    return bytes(data)


def resized(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG whose header promises another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def read(path: Path) -> tuple[list[Frame], VideoInfo, list[Notice]]:
    """All frames of a file, checked to be of one size and to follow in time; what it says of itself; its warnings."""
    with Video(path) as video:
        frames = list(video.frames())
        assert {frame.rgb.shape for frame in frames} == {(video.size[1], video.size[0], 3)}
        assert all(b.time > a.time for a, b in pairwise(frames))
        return frames, video.info(), video.warnings


def numbers(frames: list[Frame]) -> list[int]:
    """What the pictures tell."""
    return [number(frame.rgb) for frame in frames]
