"""Pictures from a page: what is decoded, and what is refused before it is."""

import struct

import cv2
import numpy as np
import pytest
from clips import PROGRESSIVE, coded, resized

from formcheck.web.pictures import LONGEST_SIDE, PictureError, decoded, size

LOSSLESS = (cv2.IMWRITE_WEBP_QUALITY, 101)


def extended(webp: bytes, width: int, height: int, flags: int = 0) -> bytes:
    """A WebP with the extended header, that promises a canvas."""
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + canvas
    return b"RIFF" + struct.pack("<I", len(webp) - 8 + len(chunk)) + b"WEBP" + chunk + webp[12:]


@pytest.mark.parametrize(("kind", "options"), [(".jpg", ()), (".webp", ()), (".webp", LOSSLESS)])
def test_a_picture_is_read_as_rgb(kind: str, options: tuple[int, ...]) -> None:
    data = coded(kind, options=options)
    assert size(data) == (64, 48)
    assert np.abs(decoded(data)[6, 8].astype(int) - (200, 30, 30)).max() < 20


def test_the_extended_header_of_webp_is_read() -> None:
    data = extended(coded(".webp"), 64, 48)
    assert size(data) == (64, 48)
    assert decoded(data).shape == (48, 64, 3)


@pytest.mark.parametrize(
    "data",
    [resized(coded(".jpg"), 60_000, 60_000), extended(coded(".webp"), 16_000, 16_000), coded(".jpg", LONGEST_SIDE + 1)],
    ids=["jpeg", "webp", "really large"],
)
def test_a_bomb_is_not_decoded(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", None)
    with pytest.raises(PictureError, match="at most 1920x1920") as found:
        decoded(data)
    assert found.value.large


def test_a_picture_of_another_size_than_its_header_says_is_damaged() -> None:
    with pytest.raises(PictureError, match="damaged"):
        decoded(extended(coded(".webp"), 1000, 1000))


NO_PICTURES = (
    *(b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8" + b"\xff" * 64, b"\xff\xd8\xff\xe0\0\0" * 9),
    *(b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a" + bytes(40)),
    *(b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPNONE" + bytes(40)),
    *(coded(".jpg", options=PROGRESSIVE), extended(coded(".webp"), 64, 48, flags=2)),
)


@pytest.mark.parametrize("data", NO_PICTURES)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError) as found:
        decoded(data)
    assert str(found.value).endswith(".")
    assert not found.value.large


def test_random_bytes_never_raise_anything_else() -> None:
    random = np.random.default_rng(1)
    heads = (b"", b"\xff\xd8", coded(".jpg")[:200], coded(".webp")[:24], extended(coded(".webp"), 64, 48)[:22])
    for n in range(300):
        data = heads[n % len(heads)] + random.bytes(int(random.integers(0, 300)))
        with pytest.raises(PictureError):
            decoded(data)


def test_a_jpeg_cut_anywhere_is_refused_or_read_at_its_size() -> None:
    data = coded(".jpg")
    for end in range(0, len(data), 7):
        try:
            assert decoded(data[:end]).shape == (48, 64, 3)
        except PictureError as error:
            assert str(error)
