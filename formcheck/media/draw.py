"""What is drawn on a picture: the skeleton, an angle, the count, and words that can be read from three metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

import cv2
import numpy as np

from formcheck import words
from formcheck.body.landmarks import BONES, NAMES
from formcheck.body.poses import Array
from formcheck.body.view import HIDDEN
from formcheck.findings import Side

Tone = Literal["good", "warn", "fault"]
Corner = Literal["left", "right"]
Color: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[int, int]

LEAST_VISIBILITY: Final = 0.5
"""Landmarks below this are not drawn (ours: half; the model's value is a hint, no confidence)."""

_WHITE: Final[Color] = (255, 255, 255)
_BLACK: Final[Color] = (0, 0, 0)
_FAINT: Final[Color] = (90, 90, 90)
_WORKING: Final[Color] = (255, 200, 40)
_TONES: Final[dict[Tone, Color]] = {"good": (90, 220, 140), "warn": (255, 200, 60), "fault": (255, 110, 90)}
_DRAWN: Final = sorted({row for bone in BONES for row in bone})

# Sizes are shares of the picture's shorter side, ours: at 0.075 a cue's letters stand 1 cm high on a laptop's screen.
_MESSAGE, _NUMBER, _TITLE, _NOTE, _LINE = 0.075, 0.11, 0.055, 0.035, 0.006
_RING: Final = 0.34
_STRIP, _WORDS = 0.4, 0.13  # of the window: the strip below the picture and the largest letters in it
_LEAST_TEXT: Final = 9
"""Pixels below which the font cannot be read at all."""
_BOLD = 700


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle to draw: at the landmark `vertex`, between `a` and `b` (rows of `landmarks.NAMES`).

    `degrees` is up to 360; over 180 the arc goes the long way round. `centre` is the vertex in pixels, where the vertex
    is not the landmark itself.
    """

    vertex: int
    a: int
    b: int
    degrees: float
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """The words and numbers over one picture; what is None or empty is not drawn.

    `title`: what is being done. `count`: the reps so far. `side`: the working side. `hold_s`: the running hold, drawn
    as a ring that is full at `hold_goal_s` if that is given. `message`: a cue in words, in the colour and with the mark
    of its `tone`. `warning`: a line about the recording itself. `keep_free`: places that the message should not cover.
    """

    title: str = ""
    count: int | None = None
    side: Side | None = None
    hold_s: float | None = None
    angle: Angle | None = None
    message: str = ""
    tone: Tone = "fault"
    warning: str = ""
    hold_goal_s: float | None = None
    keep_free: Sequence[tuple[float, float]] = ()


def draw(rgb: Array, points: Array, visibility: Array, hidden: Array, overlay: Overlay) -> None:
    """Draw the skeleton and the overlay on `rgb` in place.

    rgb: (h, w, 3) uint8, contiguous and writable. points: (33, 2) pixels, NaN where absent. visibility: (33,) 0 to 1.
    hidden: (33,) probability that a joint cannot be seen, NaN where nothing tells.
    """
    skeleton(rgb, points, visibility, hidden, overlay.side)
    panel = _panel(rgb, overlay)
    ring = _ring_above(rgb, overlay, panel) if _rings(overlay) else (0, 0)
    if overlay.message:
        free = np.array(overlay.keep_free, float).reshape(-1, 2)
        body = np.concatenate([points[_drawn(points, visibility, hidden)], free])
        _message(rgb, overlay.message, overlay.tone, panel, ring, body)
    if overlay.angle is not None:
        _angle(rgb, points, _drawn(points, visibility, hidden), overlay.angle, panel)


def staged(rgb: Array, points: Array, visibility: Array, hidden: Array, overlay: Overlay, corner: Corner) -> Array:
    """A picture for a window seen from three metres, (more than h, w, 3): no words lie on the body.

    The skeleton and the panel, in the upper `corner`, are drawn on a copy of `rgb`. The message and the ring stand in
    a strip below it, which is always there. Inputs as in `draw`; the overlay's angle is not drawn.
    """
    height, width = rgb.shape[:2]
    strip = _pixels(rgb, _STRIP)
    whole = np.zeros((height + strip, width, 3), np.uint8)
    picture = whole[:height]
    picture[:] = rgb
    skeleton(picture, points, visibility, hidden, overlay.side)
    _panel(picture, overlay, corner)
    room = width - (strip if overlay.hold_goal_s else 0)
    if overlay.message:
        size = _text_size(rgb, _WORDS)
        sheet = _Sheet(whole, overlay.message, 0, room, height, size=size, height=strip - size // 4)
        _written(whole, sheet, overlay.tone)
    if _rings(overlay):
        _ring(whole, room, height, strip, overlay.hold_s, overlay.hold_goal_s)
    return whole


def skeleton(rgb: Array, points: Array, visibility: Array, hidden: Array, side: Side | None) -> None:
    """Draw bones and joints in place, the working side's thicker and in colour; uncertain landmarks are left out.

    A hidden joint is hollow, and the bones to it are dashed.
    """
    seen, unseen = _drawn(points, visibility, hidden), hidden >= HIDDEN
    width = _pixels(rgb, _LINE)
    bones = [bone for bone in BONES if seen[list(bone)].all()]
    # Dark outlines come first and the working side last, so it stays on top where limbs cross.
    for a, b in bones:
        if not unseen[[a, b]].any():
            cv2.line(rgb, _at(points[a]), _at(points[b]), _BLACK, 3 * width, cv2.LINE_AA)
    for a, b in sorted(bones, key=lambda bone: _works(bone, side)):
        works = _works((a, b), side)
        color, thick = (_WORKING, 2 * width) if works else (_WHITE, width)
        if unseen[[a, b]].any():
            _dashed(rgb, _at(points[a]), _at(points[b]), color, thick)
        else:
            cv2.line(rgb, _at(points[a]), _at(points[b]), color, thick, cv2.LINE_AA)
    ring = max(1, width // 2)
    for row in (row for row in _DRAWN if seen[row]):
        circles = ((2 * width, _BLACK, -1), (max(1, round(1.3 * width)), _WHITE, -1))
        if unseen[row]:
            circles = ((2 * width + ring, _BLACK, ring), (2 * width, _WHITE, ring))
        for radius, color, thick in circles:
            cv2.circle(rgb, _at(points[row]), radius, color, thick, cv2.LINE_AA)


def _dashed(rgb: Array, start: Point, end: Point, color: Color, width: int) -> None:
    """A dashed line, each dash with a dark edge; it begins and ends with a gap, where the joints are."""
    a, b = np.array(start, float), np.array(end, float)
    count = max(1, round(float(np.hypot(*(b - a))) / (8 * width)))
    for share in np.arange(count) / count:
        first, last = (_at(a + (b - a) * at) for at in (share + 0.35 / count, share + 0.65 / count))
        cv2.line(rgb, first, last, _BLACK, width + 2, cv2.LINE_AA)
        cv2.line(rgb, first, last, color, width, cv2.LINE_AA)


def _works(bone: tuple[int, int], side: Side | None) -> bool:
    """Whether both ends are of the working side."""
    if side is None:
        return False
    sides = ("left", "right") if side == "both" else (side,)
    return any(all(NAMES[row].startswith(s) for row in bone) for s in sides)


def _drawn(points: Array, visibility: Array, hidden: Array) -> Array:
    """(33,) bool: landmarks that are there, certain enough and not absurdly far outside the picture.

    Where it is known whether a joint is hidden, it is drawn as what it is; the model's own hint then does not count.
    """
    near: Array = (np.abs(np.nan_to_num(points, nan=np.inf)) < 30000).all(axis=1)
    return near & ((visibility >= LEAST_VISIBILITY) | np.isfinite(hidden))


def _at(point: Array) -> Point:
    return round(float(point[0])), round(float(point[1]))


def _pixels(rgb: Array, share: float) -> int:
    """A share of the picture's shorter side, at least one pixel."""
    return max(1, round(share * float(min(rgb.shape[:2]))))


def _angle(rgb: Array, points: Array, seen: Array, angle: Angle, panel: Point) -> None:
    """An arc between the two limbs and the number outside it. panel: width and height, which the number avoids."""
    if not seen[[angle.vertex, angle.a, angle.b]].all() or not np.isfinite(angle.degrees):
        return
    vertex = np.array(angle.centre or points[angle.vertex], float)
    arms = [points[row] - vertex for row in (angle.a, angle.b)]
    lengths = [float(np.hypot(*arm)) for arm in arms]
    if min(lengths) < 2:
        return
    radius = round(min(0.45 * min(lengths), 0.12 * min(rgb.shape[:2])))
    start, end = (float(np.degrees(np.arctan2(arm[1], arm[0]))) for arm in arms)
    turn = (end - start + 180) % 360 - 180
    if angle.degrees > 180:
        turn -= float(np.copysign(360, turn))
    for color, width in ((_BLACK, 3), (_WORKING, 1)):
        thickness = width * _pixels(rgb, _LINE)
        cv2.ellipse(rgb, _at(vertex), (radius, radius), 0, start, start + turn, color, thickness, cv2.LINE_AA)
    middle = np.radians(start + turn / 2)
    reach = radius + 1.5 * _text_size(rgb, _TITLE)
    tag(rgb, f"{angle.degrees:.0f}°", vertex + reach * np.array([np.cos(middle), np.sin(middle)]), panel=panel)


def tag(rgb: Array, text: str, center: Array, color: Color = _WORKING, panel: Point = (0, 0)) -> None:
    """Words on a small plate about a point, moved off the panel and into the picture."""
    size = _text_size(rgb, _TITLE)
    width, height = _width(text, size) + size // 2, round(1.4 * size)
    x, y = round(float(center[0]) - width / 2), round(float(center[1]) - height / 2)
    if x < panel[0] and y < panel[1]:
        x = panel[0]
    x, y = (max(0, min(at, limit)) for at, limit in ((x, rgb.shape[1] - width), (y, rgb.shape[0] - height)))
    _plate(rgb, x, y, width, height)
    _put(rgb, text, (x + size // 4, y + round(1.05 * size)), size, color)


def _panel(rgb: Array, overlay: Overlay, corner: Corner = "left") -> Point:
    """Title, count, hold and warning in an upper corner; returns the panel's width and height."""
    lines = _panel_lines(rgb, overlay)
    if not lines:
        return 0, 0
    size = _text_size(rgb, _TITLE)
    gap = size // 2
    width = min(rgb.shape[1], max(_width(text, s) for text, s, _ in lines) + 2 * gap)
    height = sum(round(1.25 * s) for _, s, _ in lines) + gap
    left = 0 if corner == "left" else rgb.shape[1] - width
    _plate(rgb, left, 0, width, height)
    y = gap // 2
    for text, line_size, color in lines:
        y += round(1.25 * line_size)
        _put(rgb, text, (left + gap, y - round(0.2 * line_size)), line_size, color)
    return width, height


def _rings(overlay: Overlay) -> bool:
    """Whether the hold is shown as a ring, not as a line of the panel."""
    return overlay.hold_s is not None and bool(np.isfinite(overlay.hold_s)) and bool(overlay.hold_goal_s)


def _ring_above(rgb: Array, overlay: Overlay, panel: Point) -> Point:
    """The ring in the upper right corner, or under the panel if the two do not fit side by side.

    Returns its plate's width and lower end.
    """
    side = _pixels(rgb, _RING)
    top = 0 if panel[0] + side <= rgb.shape[1] else panel[1]
    _ring(rgb, rgb.shape[1] - side, top, side, overlay.hold_s, overlay.hold_goal_s)
    return side, top + side


def _ring(rgb: Array, left: int, top: int, side: int, hold_s: float | None, goal_s: float | None) -> None:
    """The hold as a ring on a square plate: it fills clockwise from the top until the goal is reached.

    The seconds stand inside.
    """
    assert hold_s is not None and goal_s
    center, radius, width = (left + side // 2, top + side // 2), round(0.4 * side), max(2, side // 10)
    color = _TONES["good"] if hold_s >= goal_s else _WORKING
    _plate(rgb, left, top, side, side)
    cv2.circle(rgb, center, radius, _FAINT, width, cv2.LINE_AA)
    turn = 360 * min(hold_s / goal_s, 1.0)
    cv2.ellipse(rgb, center, (radius, radius), -90, 0, turn, color, width, cv2.LINE_AA)
    text, size = str(int(hold_s)), max(_LEAST_TEXT, round(0.36 * side))
    _put(rgb, text, (center[0] - _width(text, size) // 2, center[1] + round(0.36 * size)), size, _WHITE)


def _panel_lines(rgb: Array, overlay: Overlay) -> list[tuple[str, int, Color]]:
    """The panel's lines, without empty ones: text, size in pixels, colour."""
    count = "" if overlay.count is None else words.plural(overlay.count, "rep")
    hold = ""
    if overlay.hold_s is not None and np.isfinite(overlay.hold_s) and not _rings(overlay):
        hold = words.PANEL_HOLD.format(seconds=overlay.hold_s)
    warning = f"! {overlay.warning}" if overlay.warning else ""
    small, large, note = (_text_size(rgb, share) for share in (_TITLE, _NUMBER, _NOTE))
    lines = ((overlay.title, small), (count, large), (hold, large), (warning, note))
    wanted = [(*line, colour) for line, colour in zip(lines, (_WHITE, _WHITE, _WORKING, _TONES["warn"]), strict=True)]
    room = rgb.shape[1] - small
    return [(line, s, color) for text, size, color in wanted if text for line, s in _fitted(text, size, room, 2 * size)]


def _message(rgb: Array, text: str, tone: Tone, panel: Point, ring: Point, body: Array) -> None:
    """A cue in words on a plate with a bar and a mark of its tone, placed where it hides the body least.

    That is along the lower edge, or for somebody on the floor along the upper one. There it stands beside the panel, or
    under it in a narrow picture. panel: its width and height. ring: its width and lower end. body: (n, 2) pixels of
    the landmarks that are seen.
    """
    beside = panel[0] <= rgb.shape[1] // 2
    letters = {"size": _text_size(rgb, _MESSAGE), "height": round(0.36 * rgb.shape[0])}
    low = _Sheet(rgb, text, 0, rgb.shape[1], None, **letters)
    left, top = (panel[0], 0) if beside else (0, max(panel[1], ring[1]))
    high = _Sheet(rgb, text, left, rgb.shape[1] - left - (ring[0] if beside else 0), top, **letters)
    _written(rgb, min((low, high), key=lambda s: s.hidden(body)), tone)


def _written(rgb: Array, sheet: "_Sheet", tone: Tone) -> None:
    """Draw a message at its chosen place."""
    x, y, size = sheet.x, sheet.y, sheet.size
    _plate(rgb, x, y, sheet.width, sheet.height)
    cv2.rectangle(rgb, (x, y), (x + max(1, size // 4), y + sheet.height - 1), _TONES[tone], -1)
    _mark(rgb, (x + round(1.1 * size), y + round(0.9 * size)), size, tone)
    for n, line in enumerate(sheet.lines, 1):
        _put(rgb, line, (x + 2 * size, y + round(1.25 * n * size)), size, _WHITE)


class _Sheet:
    """A place for a message: a plate from `x` on, `width` pixels wide, from `y` down, or along the lower edge.

    size: the largest letters. height: the most that its lines may take.
    """

    def __init__(self, rgb: Array, text: str, x: int, width: int, y: int | None, *, size: int, height: int) -> None:
        least = _fitted(text, size, width - 3 * size, height)[0][1]
        # Fitted again, with room for a mark about as large as the letters.
        fitted = _fitted(text, min(size, round(1.4 * least)), width - 3 * least, height)
        self.x, self.width, self.size = x, width, fitted[0][1]
        self.lines = [line for line, _ in fitted]
        self.height = round((1.25 * len(fitted) + 0.5) * self.size)
        self.y = rgb.shape[0] - self.height if y is None else y

    def hidden(self, body: Array) -> int:
        """How many landmarks it would cover."""
        across = (body[:, 0] >= self.x) & (body[:, 0] < self.x + self.width)
        return int((across & (body[:, 1] >= self.y) & (body[:, 1] < self.y + self.height)).sum())


def _mark(rgb: Array, center: Point, size: int, tone: Tone) -> None:
    """A tick or an exclamation mark in a disc: it shows the tone to those who see no colour."""
    (x, y), radius = center, round(0.45 * size)
    cv2.circle(rgb, center, radius, _TONES[tone], -1, cv2.LINE_AA)
    width = max(1, size // 8)
    if tone == "good":
        tick = np.array(
            [[x - 0.5 * radius, y], [x - 0.1 * radius, y + 0.4 * radius], [x + 0.5 * radius, y - 0.4 * radius]]
        )
        cv2.polylines(rgb, [np.rint(tick).astype(np.int32)], False, _BLACK, width, cv2.LINE_AA)
        return
    cv2.line(rgb, (x, y - radius // 2), (x, y + radius // 8), _BLACK, width, cv2.LINE_AA)
    cv2.circle(rgb, (x, y + radius // 2), max(1, round(0.7 * width)), _BLACK, -1, cv2.LINE_AA)


def _plate(rgb: Array, x: int, y: int, width: int, height: int) -> None:
    """Darken a part of the picture, so that light words stand out on any background."""
    part = rgb[max(0, y) : y + height, max(0, x) : x + width]
    if part.size:
        part[:] = cv2.convertScaleAbs(part, alpha=0.28)


# Text. OpenCV 5 has a scalable font with most of Unicode; the old Hershey fonts know ASCII only.


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def _put(rgb: Array, text: str, origin: Point, size: int, color: Color) -> None:
    cv2.putText(rgb, text, origin, color, _font(), size, _BOLD)


def _text_size(rgb: Array, share: float) -> int:
    return max(_LEAST_TEXT, _pixels(rgb, share))


@lru_cache(maxsize=4096)
def _width(text: str, size: int) -> int:
    """Width of a line in pixels."""
    return int(cv2.getTextSize((0, 0), text, (0, 0), _font(), size, _BOLD)[2])


@lru_cache(maxsize=256)
def _fitted(text: str, size: int, width: int, height: int) -> tuple[tuple[str, int], ...]:
    """Lines and their size in pixels, as large as fits, at most `size`. Text that never fits ends in an ellipsis."""
    while True:
        lines = _wrapped(text, size, width)
        rows = max(1, int(height / (1.25 * size)))
        fits = len(lines) <= rows and all(_width(line, size) <= width for line in lines)
        if fits or size <= _LEAST_TEXT:
            break
        size = max(_LEAST_TEXT, min(size - 1, round(0.92 * size)))
    shown = [_cut(line, size, width) for line in lines[:rows]]
    if len(lines) > rows:
        shown[-1] = _cut(f"{lines[rows - 1]}…", size, width)
    return tuple((line, size) for line in shown)


def _wrapped(text: str, size: int, width: int) -> list[str]:
    """The words in lines no wider than `width`; only a single long word may be wider."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _cut(line: str, size: int, width: int) -> str:
    """The line, shortened with an ellipsis until it fits."""
    kept = line
    while len(kept) > 1 and _width(kept, size) > width:
        kept = kept.removesuffix("…")[:-1].rstrip() + "…"
    return kept
