"""The picture that the window shows: the frame with the skeleton, the coach's words and the panel in a free corner."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from formcheck import words
from formcheck.body.landmarks import NAMES
from formcheck.body.poses import Array
from formcheck.live.coach import Moment
from formcheck.media.draw import LEAST_VISIBILITY, Corner, Overlay, staged
from formcheck.media.video import Frame
from formcheck.words import lesson as lesson_words

CORNER: Final = (0.45, 0.35)
"""A landmark within this share of the picture's width and height is in the way of the panel (ours)."""

CORNER_KEPT: Final = 0.998
"""By this factor a frame counts less with each later one: half after twelve seconds at 30 a second (ours)."""

CORNER_LEAST: Final = 6.0
"""The panel moves only once this many landmarks, summed over frames, are in its way (ours)."""

_BLANK_SIZE: Final = (1280, 720)  # ours: stands for the picture until there is one
_NOBODY: Final = np.full((len(NAMES), 2), np.nan, np.float32)

Show = Callable[[Array], bool]
"""Shows a picture; False once the user wants to stop."""


class FreeCorner:
    """The upper corner of the picture that has held less of the body so far: the panel lies there.

    It changes only for a clear reason, or the panel would jump with every rep.
    """

    def __init__(self) -> None:
        self.name: Corner = "left"
        self._there = np.zeros(2)

    def feed(self, body: Array, image_size: tuple[int, int]) -> Corner:
        """The corner after one more frame; body: (n, 2) pixels, the landmarks that are seen."""
        x, y = body.T / np.array(image_size, np.float32)[:, None]
        high = y < CORNER[1]
        self._there = CORNER_KEPT * self._there + [(high & (x < CORNER[0])).sum(), (high & (x > 1 - CORNER[0])).sum()]
        here, other = self._there if self.name == "left" else self._there[::-1]
        if here > 2 * other + CORNER_LEAST:
            self.name = "right" if self.name == "left" else "left"
        return self.name


class Screen:
    """The picture with the coach's words on it. While no pictures come: the last one, darkened, with the reason."""

    def __init__(self, show: Show | None, mirror: bool, dropped: Callable[[], int]) -> None:
        self._show, self._mirror, self._dropped = show, mirror, dropped
        self._bare = self._last = np.zeros((*_BLANK_SIZE[::-1], 3), np.uint8)
        self._overlay, self._corner = Overlay(), FreeCorner()

    def moment(self, frame: Frame, moment: Moment) -> bool:
        """Show a moment; False once the user wants to stop."""
        if self._show is None:
            return True
        self._bare, points = frame.rgb, moment.points
        if self._mirror:
            self._bare, points = mirrored(frame.rgb, moment.points)
        self._overlay = overlay(moment, self._dropped())
        corner = self._corner.feed(
            points[moment.visibility >= LEAST_VISIBILITY], (frame.rgb.shape[1], frame.rgb.shape[0])
        )
        self._last = staged(self._bare, points, moment.visibility, moment.hidden, self._overlay, corner)
        return self._show(self._last)

    def waiting(self, notice: str | None) -> bool:
        """Show why no picture comes, if that is known; False once the user wants to stop."""
        if self._show is None:
            return True
        if notice is None:
            return self._show(self._last)
        notice_alone = replace(self._overlay, hold_s=None, message=f"{words.capital(notice)}.", tone="warn")
        return self._show(
            staged(self._bare // 4, _NOBODY, _NOBODY[:, 0], _NOBODY[:, 0], notice_alone, self._corner.name)
        )


def mirrored(rgb: Array, points: Array) -> tuple[Array, Array]:
    """A picture, (h, w, 3), and points in it, (n, 2) pixels, as a mirror shows them."""
    return np.ascontiguousarray(rgb[:, ::-1]), np.column_stack([rgb.shape[1] - 1 - points[:, 0], points[:, 1]])


def overlay(moment: Moment, dropped: int) -> Overlay:
    """What to draw over the picture; dropped: how many frames were passed over."""
    if (lesson := moment.lesson) is not None:
        paused = lesson.phase == "paused"
        return Overlay(
            title=lesson_words.where(lesson.title, lesson.side, lesson.number, lesson.steps),
            count=lesson.done,
            side=lesson.side,
            hold_s=lesson.held_s or lesson.left_s or None,
            hold_goal_s=lesson.hold_s if lesson.held_s else None,
            message=lesson.line if paused or not moment.message else moment.message,
            tone="warn" if paused else moment.tone,
            warning=words.PANEL_DROPPED.format(frames=dropped) if dropped else "",
        )
    return Overlay(
        title=moment.doing,
        count=moment.count if moment.title else None,
        side=moment.side,
        hold_s=moment.held_s if moment.held_s > 0 else None,
        hold_goal_s=moment.hold_goal_s,
        message=moment.message,
        tone=moment.tone,
        warning=words.PANEL_DROPPED.format(frames=dropped) if dropped else "",
    )
