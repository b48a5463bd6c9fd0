"""Pictures in files: JPEG and PNG. How large one is, its header says before it is decoded."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from formcheck.body.poses import Array
from formcheck.errors import VideoError

MOST_PIXELS: Final = 120_000_000
"""A photograph has at most as many (ours: it takes three bytes for each)."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_NO_SIZE: Final = frozenset((0x01, *range(0xD0, 0xD8)))  # JPEG markers without a segment
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def is_picture(path: Path | str) -> bool:
    """Whether the file is a JPEG or PNG by its first bytes. Raises `VideoError` when there is no readable file."""
    check_file(Path(path))
    with Path(path).open("rb") as file:
        return file.read(8).startswith((_JPEG, _PNG))


def check_file(path: Path) -> None:
    """See that a path is a file with something in it that may be read. Raises `VideoError`."""
    if path.is_dir():
        raise VideoError(f"{path} is a folder; give a video file, or use batch for a folder")
    try:
        if path.exists() and not path.is_file():
            raise VideoError(f"{path} is not an ordinary file; give a video file")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise VideoError(f"there is no file {path}") from error
    except PermissionError as error:
        raise VideoError(f"{path} may not be read; check its permissions") from error
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror or error}") from error
    if empty:
        raise VideoError(f"{path} is empty (0 bytes); record or copy it again")


def read(path: Path) -> Array:
    """(h, w, 3) uint8 RGB of a picture, turned as its EXIF orientation says. Raises `VideoError`."""
    damaged = f"{path} cannot be read as a picture: it is damaged or cut off"
    data = np.fromfile(path, np.uint8)
    try:
        width, height = size(data)
        if width * height > MOST_PIXELS:
            raise VideoError(f"{path} has {width} x {height} pixels; {MOST_PIXELS // 10**6} million are the most")
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except (cv2.error, struct.error, IndexError, ValueError) as error:
        raise VideoError(damaged) from error
    if bgr is None:
        raise VideoError(damaged)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def size(data: Array) -> tuple[int, int]:
    """(width, height) by the header of a JPEG or PNG. Raises `struct.error`, `IndexError`, `ValueError` without one."""
    if data[:8].tobytes() == _PNG:
        width, height = struct.unpack(">II", data[16:24].tobytes())
        return width, height
    return jpeg_frame(data)[1:]


def jpeg_frame(data: Sequence[int] | Array | bytes) -> tuple[int, int, int]:
    """The kind of a JPEG's frame, by its marker, and its width and height. Raises as `size` does."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = int(data[at + 1])
        if marker == 0xFF or marker in _NO_SIZE:
            at += 1 if marker == 0xFF else 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", bytes(data[at + 5 : at + 9]))
            return marker, width, height
        else:
            at += 2 + int.from_bytes(bytes(data[at + 2 : at + 4]))
