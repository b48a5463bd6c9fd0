"""Pictures as bytes that a page could send: honest ones, and some whose header promises another size."""

import struct

import cv2
from clips import picture

LOSSLESS = (cv2.IMWRITE_WEBP_QUALITY, 101)
PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def coded(kind: str, width: int = 64, height: int = 48, options: tuple[int, ...] = ()) -> bytes:
    """A picture of the test's own, encoded: `kind` is the ending of such files."""
    good, data = cv2.imencode(kind, picture(0, (width, height))[:, :, ::-1], options)
    assert good
    return bytes(data)


def resized(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG whose header promises another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def extended(webp: bytes, width: int, height: int, flags: int = 0) -> bytes:
    """A WebP with the extended header, that promises a canvas."""
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + canvas
    return b"RIFF" + struct.pack("<I", len(webp) - 8 + len(chunk)) + b"WEBP" + chunk + webp[12:]
