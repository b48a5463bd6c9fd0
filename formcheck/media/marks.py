"""Marks on a picture: the lines, arcs and words that show what a number was read off. Data, and how OpenCV draws it.

The report's player draws the same marks with `report/static/player.js`.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import cv2
import numpy as np

from formcheck.body.poses import Array
from formcheck.media.draw import Tone, tag

Kind = Literal["line", "arc", "circle", "words"]
Look = Literal["now", "then", "gap"]
Place: TypeAlias = tuple[float, float]

COLORS: Final[dict[Look | Tone, tuple[int, int, int]]] = {
    "then": (80, 200, 255),
    "good": (90, 220, 140),
    "warn": (255, 200, 60),
    "fault": (255, 95, 80),
}
"""Of what is compared with, and of what was measured, by the tone of its verdict."""

_LINE: Final = 0.006  # of the picture's shorter side, as in draw.py
_DASH: Final = 4  # widths of a line


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. points: pixels of the picture, x right, y down.

    line: through its points. arc: the vertex, and a point on each arm. circle: its middle and a point on it. words:
    what they are about, and where they stand. look: `now` is what was measured, `then` what it is compared with (drawn
    dashed), `gap` the difference.
    """

    kind: Kind
    look: Look
    points: tuple[Place, ...]
    words: str = ""

    def plain(self) -> list[Any]:
        """The mark for the player: kind, look, the points' coordinates in a row, and its words where it has some."""
        flat = [round(float(number), 1) for point in self.points for number in point]
        return [self.kind, self.look, flat, *([self.words] if self.words else [])]


def draw_marks(rgb: Array, marks: list[Mark], tone: Tone) -> None:
    """Draw marks on `rgb` (h, w, 3) uint8 in place, words last. tone: of the verdict."""
    width = max(1, round(_LINE * min(rgb.shape[:2])))
    for mark in sorted(marks, key=lambda mark: mark.kind == "words"):
        color = COLORS["then" if mark.look == "then" else tone]
        thick = 2 * width if mark.look == "gap" else width
        if mark.kind == "words":
            cv2.line(rgb, _at(mark.points[0]), _at(mark.points[1]), color, max(1, width // 2), cv2.LINE_AA)
            tag(rgb, mark.words, np.array(mark.points[1]), color)
            continue
        path = _path(mark)
        pieces = _dashes(path, _DASH * width) if mark.look == "then" else [path]
        for edge, shade in ((2, (16, 21, 27)), (0, color)):
            for piece in pieces:
                cv2.polylines(rgb, [np.rint(piece * 8).astype(np.int32)], False, shade, thick + edge, cv2.LINE_AA, 3)


def _at(point: Place) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _path(mark: Mark) -> Array:
    """The points of a mark's line, (n, 2)."""
    points = np.array(mark.points, float)
    if mark.kind == "line":
        return points
    if mark.kind == "circle":
        radius, turn = float(np.hypot(*(points[1] - points[0]))), np.linspace(0, 2 * np.pi, 65)
        return _round(points[0], radius, turn)
    arms = points[1:] - points[0]
    start, end = np.arctan2(arms[:, 1], arms[:, 0])
    turn = start + ((end - start + np.pi) % (2 * np.pi) - np.pi) * np.linspace(0, 1, 25)
    return _round(points[0], 0.4 * float(np.hypot(arms[:, 0], arms[:, 1]).min()), turn)


def _round(middle: Array, radius: float, turn: Array) -> Array:
    """Points about a middle, at these angles from x to y, (n, 2)."""
    points: Array = middle + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return points


def _dashes(path: Array, length: int) -> list[Array]:
    """A line in dashes of `length` pixels."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    starts = np.arange(0, along[-1], 2 * length)
    ends = np.minimum(starts + length, along[-1])
    places = [
        np.unique(np.concatenate([[a, b], along[(along > a) & (along < b)]])) for a, b in zip(starts, ends, strict=True)
    ]
    return [np.stack([np.interp(at, along, path[:, i]) for i in (0, 1)], axis=1) for at in places]
