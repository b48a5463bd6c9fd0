"""Stills: small pictures of each fault and of the best and the worst rep, with what shows it drawn in, for the page."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from formcheck.body.poses import Array, Poses
from formcheck.findings import VideoInfo
from formcheck.media.draw import Tone, skeleton
from formcheck.media.glance import pictures
from formcheck.media.marks import Mark, draw_marks
from formcheck.report.player import ROWS, Shot

LONGEST: Final = 560
"""Pixels of a still's longer side (ours: two side by side fill a printed page at 200 a inch)."""

QUALITY: Final = 70
"""Of WebP (ours: a still has about 20 kB)."""

ROOM: Final = 0.18
"""How much of the person's size stays free around them (ours)."""

TONES: Final[Mapping[str, Tone]] = {"fault": "fault", "borderline": "warn", "met": "good"}


def stills(source: Path, info: VideoInfo, shots: Iterable[Shot]) -> dict[str, str]:
    """The address of each shot's still, which holds its picture, by the shot's key. What cannot be read is left out.

    Raises `VideoError` where there is no recording.
    """
    by_time: dict[float, list[Shot]] = {}
    for shot in shots:
        by_time.setdefault(shot.at_s, []).append(shot)
    return {
        shot.key: _address(_still(frame.rgb, shot))
        for time, frame in pictures(source, info, list(by_time))
        for shot in by_time[time]
    }


def _address(rgb: Array) -> str:
    good, data = cv2.imencode(".webp", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    assert good
    return f"data:image/webp;base64,{base64.b64encode(bytes(data)).decode()}"


def _still(rgb: Array, shot: Shot) -> Array:
    """The part of the picture that shows the person, with the skeleton and the marks."""
    poses = shot.poses
    left, top, right, bottom = _box(poses, shot.marks, (rgb.shape[1], rgb.shape[0]))
    scale = LONGEST / max(right - left, bottom - top)
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    part = np.ascontiguousarray(cv2.resize(rgb[top:bottom, left:right], size, interpolation=how))
    move = np.array([left, top], float)
    if poses is not None:
        points = (poses.image[0] - move) * scale
        skeleton(part, points, poses.visibility[0], poses.hidden[0], shot.side)
    moved = [Mark(m.kind, m.look, _moved(m.points, move, scale), m.words) for m in shot.marks]
    draw_marks(part, moved, TONES[shot.kind])
    return part


def _moved(points: Sequence[tuple[float, float]], move: Array, scale: float) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in (np.array(points) - move) * scale)


def _box(poses: Poses | None, marks: Sequence[Mark], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture to show, in pixels: left, top, right, bottom; at most half as high or wide as long."""
    points = [np.array(mark.points) for mark in marks] + ([] if poses is None else [poses.image[0, [0, *ROWS]]])
    found = np.concatenate(points) if points else np.empty((0, 2))
    found = found[np.isfinite(found).all(axis=1)]
    if not len(found):
        return 0, 0, *size
    low, high = found.min(axis=0), found.max(axis=0)
    middle, half = (low + high) / 2, (high - low) * (0.5 + ROOM)
    half = np.maximum(half, half.max() * 0.55)
    low, high = np.clip(middle - half, 0, size), np.clip(middle + half, 0, size)
    left, top = (int(at) for at in np.floor(low))
    right, bottom = (int(at) for at in np.ceil(high))
    return (left, top, right, bottom) if right - left > 8 and bottom - top > 8 else (0, 0, *size)
