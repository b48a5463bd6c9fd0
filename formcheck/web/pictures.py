"""A picture from a page, from bytes to RGB. Its size is read from its header before it is decoded."""

import struct
from typing import Final

import cv2
import numpy as np

from formcheck.body.poses import Array
from formcheck.media.still import jpeg_frame

LONGEST_SIDE: Final = 1920
"""Pixels, ours: a page sends at most 640. A picture decoded is then at most 11 MB."""

_BASELINE: Final = (0xC0, 0xC1)
# Browsers write baseline pictures. A progressive one takes few bytes to send, but its scans take long to decode.


class PictureError(Exception):
    """Bytes that are no picture we take; the message is for the user. `large`: it is a picture, but too large."""

    def __init__(self, said: str, *, large: bool = False) -> None:
        super().__init__(said)
        self.large = large


def decoded(data: bytes) -> Array:
    """(h, w, 3) uint8 RGB of a baseline JPEG or a WebP.

    Raises `PictureError` for anything else, for a damaged picture, and, before decoding, for one with a side over
    `LONGEST_SIDE`.
    """
    width, height = size(data)
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise PictureError(
            f"A picture of {width}x{height} was sent; at most {LONGEST_SIDE}x{LONGEST_SIDE} is looked at.", large=True
        )
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise PictureError("A picture was sent that cannot be read: it is damaged.") from error
    if bgr is None or bgr.shape[:2] != (height, width):
        raise PictureError("A picture was sent that cannot be read: it is damaged.")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def size(data: bytes) -> tuple[int, int]:
    """(width, height) by the header of a baseline JPEG or a WebP. Raises `PictureError` where there is none."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError, ValueError) as error:
        raise PictureError("A picture was sent whose header is damaged.") from error
    raise PictureError("What was sent as a picture is neither JPEG nor WebP.")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    marker, width, height = jpeg_frame(data)
    if marker not in _BASELINE:
        raise PictureError("A JPEG was sent that is not baseline; browsers write none of that kind.")
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and not data[20] & 0x02:  # the bit says that it is an animation
        low, high = struct.unpack_from("<IH", data, 24)
        return (low & 0xFFFFFF) + 1, (low >> 24 | high << 8) + 1
    raise PictureError("A WebP was sent that is not a single picture.")
