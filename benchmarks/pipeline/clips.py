"""Clips to measure on: the studio's, made once to the sizes, codecs and rates that phones record."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

import av
import cv2
import numpy as np

from benchmarks.accuracy.cases import SCHEMA
from formcheck.body.poses import Array
from formcheck.errors import UsageError
from formcheck.files import sha256, whole
from formcheck.media.video import Video

STILL_M_S: Final = 0.1
"""Ours: metres a second that the fastest joint stays below while a person holds or rests; studio people sway."""
HOLDS: Final = 0.5
"""Ours: the share of still time from which a clip is one with holds."""

MOVING, WITH_HOLDS = "never still", "with holds"


class Input(NamedTuple):
    """How a recording is coded: its shorter side, codec, frames a second (None: the clip's own) and bits a second."""

    side: int
    codec: str
    rate: int | None
    bits: int


# Bits a second are ours, about a phone's: what decoding costs depends on them.
INPUTS: Final = {
    "720p": Input(720, "libx264", None, 6_000_000),
    "4k": Input(2160, "libx264", None, 45_000_000),
    "hevc": Input(720, "libx265", None, 4_000_000),
    "60fps": Input(720, "libx264", 60, 9_000_000),
}
ENCODERS: Final = {
    "libx264": {"preset": "veryfast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
}


@dataclass(frozen=True, slots=True)
class Made:
    """A clip as it is measured; `still` is the share of its time in which nothing moves."""

    name: str
    group: str
    input: str
    still: float
    video: Path


def moving(truth: dict[str, Any]) -> Array:
    """(n,) whether a joint moves faster than `STILL_M_S` on each frame, by a clip's truth."""
    time = np.array(truth["time_s"])
    joints = np.stack([np.array(places, float) for places in truth["joints_m"].values()], axis=1)
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=2).max(axis=1) / np.diff(time)
    fast: Array = np.append(speed, speed[-1]) > STILL_M_S
    return fast


def forth_and_back(kept: Array, length: int) -> Array:
    """(length,) frame numbers: those in `kept` forth and back, over and over, none twice in a row."""
    once = np.concatenate([kept, kept[-2:0:-1]])
    numbers: Array = np.resize(once, length)
    return numbers


def made(source: Path, inputs: Sequence[str], work: Path) -> list[Made]:
    """The clips that `source`, a studio clip with its truth beside it, gives: itself where it holds, and moving.

    The moving one lacks every frame in which nothing moves; what is left runs forth and back for as long as the source.
    Raises `UsageError` where the truth is missing.
    """
    beside = source.with_suffix(".json")
    truth = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
    if truth.get("schema") != SCHEMA or "joints_m" not in truth:
        raise UsageError(f"{source} has no truth of the studio beside it: {beside.name} says when nobody moves")
    fast = moving(truth)
    still = float(1 - fast.mean())
    wanted: list[tuple[str, float, Array | None]] = [(WITH_HOLDS, still, None)] if still >= HOLDS else []
    if fast.sum() > 2:
        wanted.append((MOVING, 0.0, forth_and_back(np.flatnonzero(fast), len(fast))))
    return [
        Made(source.stem, group, name, share, _written(source, INPUTS[name], group, work / name, numbers))
        for name in inputs
        for group, share, numbers in wanted
    ]


def _written(source: Path, form: Input, group: str, folder: Path, numbers: Array | None) -> Path:
    """The clip in a working folder, made where it is not there yet; its name tells what it was made of."""
    order = b"" if numbers is None else numbers.tobytes()
    of = hashlib.sha256(f"{sha256(source)} {form}".encode() + order).hexdigest()[:8]
    path = folder / f"{source.stem}-{group.replace(' ', '_')}-{of}.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with Video(source) as video:
            frames = [frame.rgb for frame in video.frames()]
            rate = video.info().fps
        chosen = frames if numbers is None else [frames[number] for number in numbers]
        with whole(path) as part:
            _encoded(part, chosen, rate, form)
    return path


def _encoded(path: Path, frames: Sequence[Array], rate: float, form: Input) -> None:
    shown = Fraction(form.rate or rate).limit_denominator(1001)
    height, width = frames[0].shape[:2]
    scale = form.side / min(width, height)
    size = (round(width * scale / 2) * 2, round(height * scale / 2) * 2)
    with av.open(str(path), "w", format="mp4") as output:
        stream: Any = output.add_stream(form.codec, rate=shown, options=ENCODERS[form.codec])
        stream.width, stream.height = size
        stream.pix_fmt, stream.bit_rate = "yuv420p", form.bits
        for number, rgb in enumerate(_at(frames, rate, float(shown))):
            frame = av.VideoFrame.from_ndarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), format="rgb24")
            frame.pts, frame.time_base = number, 1 / shown
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


def _at(frames: Sequence[Array], rate: float, wanted: float) -> Iterator[Array]:
    """The frames at another rate: between two, both are mixed, so that something new comes with every frame."""
    for number in range(round(len(frames) * wanted / rate)):
        at = min(number * rate / wanted, len(frames) - 1)
        before = int(at)
        after = min(before + 1, len(frames) - 1)
        yield cv2.addWeighted(frames[before], 1 - (at - before), frames[after], at - before, 0)
