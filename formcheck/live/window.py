"""Live: frames from a camera or a file to the coach one at a time, shown as they come, with a report at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Final

import cv2
import numpy as np

from formcheck import words
from formcheck.body.landmarks import NAMES
from formcheck.body.poses import Array
from formcheck.errors import CameraError, UsageError
from formcheck.findings import Notice, NoticeCode, Rep, Silence, Silent, VideoInfo
from formcheck.live.coach import GAP_S, Coach, Moment
from formcheck.media.camera import Camera
from formcheck.media.draw import LEAST_VISIBILITY, Corner, Overlay, staged
from formcheck.media.video import Frame, Video
from formcheck.recorded import Options
from formcheck.report.report import Report

SILENT_S: Final = 1.0
"""A camera whose reading hangs for so long is told of as one that is silent (ours)."""

OPENING_S: Final = 5.0
"""The same until its first picture (ours): to open a camera takes some systems seconds."""

TICK_S: Final = 0.1  # ours: how often the window is looked after while no frame comes
CORNER: Final = (0.45, 0.35)
"""Share of the picture's width and height within which a landmark is in the way of the panel (ours)."""

CORNER_KEPT: Final = 0.998
"""What a frame counts for after the next one: half after twelve seconds at 30 a second (ours)."""

CORNER_LEAST: Final = 6.0
"""So many landmarks, summed over frames, are in the way before the panel moves (ours)."""

_LEAVE_S: Final = 1.0  # ours: how long the end of a set waits for a camera that hangs
_WINDOW_SIZE: Final = (915, 720)  # ours: a picture of 16:9 and its strip, as they fit on a laptop's screen
_BLANK_SIZE: Final = (1280, 720)  # ours: stands for the picture until there is one
_NOBODY: Final = np.full((len(NAMES), 2), np.nan, np.float32)
_TRIAL: Final = "import cv2; cv2.namedWindow('formcheck')"

Show = Callable[[Array], bool]
"""Shows a picture; False once the user wants to stop."""

Item = Frame | Silence
"""What a camera or a file gives."""


def live(
    options: Options,
    *,
    source: Path | None,
    camera: int,
    fast: bool,
    mirror: bool,
    show: Show | None,
    on_rep: Callable[[Rep], None],
    on_notice: Callable[[str], None],
) -> Report:
    """Judge what a camera or a file shows until it ends, the user stops it, or Ctrl-C; the report of the set.

    `source` is a file in place of the camera, paced as recorded or, with `fast`, as quickly as it can be read: then its
    bouts are those of `analyze`. Else the newest frame is taken always and those passed over are counted. `mirror`
    turns what is shown, never what is judged. `on_rep` hears of each rep as it closes, with provisional verdicts,
    `on_notice` of a camera that is not there, goes or comes back: the set waits for it. To be called from the main
    thread, which hears Ctrl-C.

    Raises `CameraError` when the set was ended before the camera gave a picture, `VideoError`, `ModelError`, and
    `NobodyFoundError` when no frame showed a person.
    """
    coach = Coach(options)
    with ExitStack() as stack:
        feed = _from_camera(camera) if source is None else _from_file(stack, source, fast)
        stack.callback(feed.close)
        stopped = stack.enter_context(_interrupt())
        seen, screen = _Seen(feed, on_notice), _Screen(show, mirror, feed.dropped)
        heard_until_s = -inf
        for item in feed.items:
            if isinstance(item, Frame):
                if seen.frame(item):
                    coach.lost()
                moment = coach.feed(item)
                for rep in moment.reps:
                    on_rep(rep)
                    heard_until_s = max(heard_until_s, rep.end_s)
                going_on = screen.moment(item, moment)
            else:
                seen.nothing(item)
                going_on = screen.waiting(seen.notice)
            if stopped() or not going_on:
                break
        feed.close()
        report = coach.finish(feed.info(seen), seen.warnings)
        for rep in (rep for bout in report.bouts for rep in bout.reps if rep.peak_s > heard_until_s):
            on_rep(rep)  # the set's end closed it
        return report


def window() -> Show:
    """A window to show pictures in; `q`, Esc or closing it stops. Raises `UsageError` where none can be opened."""
    # Tried in another process first: without a screen OpenCV ends the process it runs in.
    if subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, check=False).returncode:
        raise UsageError("no window can be opened here, there may be no screen; add --no-window")
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # Qt misses fonts, of which none is needed
    cv2.namedWindow(words.WINDOW, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    cv2.resizeWindow(words.WINDOW, *_WINDOW_SIZE)  # it would open as large as a postcard

    def show(rgb: Array) -> bool:
        cv2.imshow(words.WINDOW, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        pressed = cv2.waitKey(1) & 0xFF
        return pressed not in (ord("q"), 27) and _is_open()

    return show


def _is_open() -> bool:
    try:
        return cv2.getWindowProperty(words.WINDOW, cv2.WND_PROP_VISIBLE) >= 1
    except cv2.error:  # Qt went with its last window, and OpenCV 5 has nobody to ask
        return False


@contextmanager
def _interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, to be asked between frames: within one, an exception would leave the session torn.

    A second Ctrl-C is an exception again, for a camera that hangs.
    """
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, _: object) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


class Newest:
    """The newest of some items that a thread of its own goes through; frames that another one overtakes are counted.

    To go through it gives the newest item as soon as there is one that was not given yet, and None now and then while
    there is none. What the thread raises is raised here, after the last item.
    """

    def __init__(self, items: Generator[Item, None, None], ended: Event) -> None:
        self.dropped = 0
        self._items, self._ended = items, ended
        self._news = Condition()
        self._item: Item | None = None
        self._over = False
        self._error: Exception | None = None
        self._thread = Thread(target=self._run, daemon=True, name="frames")

        self._thread.start()

    def close(self) -> None:
        """End the thread, but for one that hangs in a camera: that one ends with the program."""
        self._ended.set()
        self._thread.join(_LEAVE_S)

    def __iter__(self) -> Iterator[Item | None]:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._item is not None or self._over, TICK_S)
                item, self._item = self._item, None
                over = self._over
            if item is None and over:
                break
            yield item
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with closing(self._items) as items:  # by the thread that reads: a camera is given back by none other
                self._take(items)
        except Exception as error:  # raised again where the items are taken
            self._error = error
        with self._news:
            self._over = True
            self._news.notify()

    def _take(self, items: Iterable[Item]) -> None:
        for item in items:
            with self._news:
                self.dropped += isinstance(self._item, Frame)
                self._item = item
                self._news.notify()
            if self._ended.is_set():
                break


@dataclass(frozen=True, slots=True)
class _Feed:
    """What there is to judge; `info` and `warnings` describe it once it is closed, `dropped` counts frames passed over.

    camera: its number; None for a file, which may show one frame for long and be late with it.
    """

    items: Iterable[Item | None]
    dropped: Callable[[], int]
    close: Callable[[], None]
    info: Callable[["_Seen"], VideoInfo]
    warnings: list[Notice]
    camera: int | None = None


def _from_file(stack: ExitStack, source: Path, fast: bool) -> _Feed:
    video = stack.enter_context(Video(source))
    if fast:
        return _Feed(video.frames(), lambda: 0, lambda: None, lambda seen: video.info(), video.warnings)
    ended = Event()
    newest = Newest(paced(video.frames(), ended.wait), ended)
    return _Feed(newest, lambda: newest.dropped, newest.close, lambda seen: video.info(), video.warnings)


def _from_camera(number: int) -> _Feed:
    newest = Newest(_camera_items(number), Event())

    def info(seen: "_Seen") -> VideoInfo:
        if not seen.frames:
            raise CameraError(
                f"the set was ended before camera {number} gave a picture; formcheck doctor --camera {number} says "
                "whether it works"
            )
        fps = (seen.frames - 1) / seen.end if seen.end else 0.0
        return VideoInfo(f"camera {number}", "", seen.end, fps, *seen.size, frames=seen.frames)

    return _Feed(newest, lambda: newest.dropped, newest.close, info, [], number)


def _camera_items(number: int) -> Generator[Item, None, None]:
    """What a camera shows; opened where this is gone through, for that may take seconds."""
    with Camera(number) as camera:
        yield from camera.lasting()


def paced(
    frames: Iterable[Frame], wait: Callable[[float], object], clock: Callable[[], float] = time.perf_counter
) -> Generator[Frame, None, None]:
    """Frames at the times they were recorded at, as a camera gives them; `wait` takes seconds."""
    began = clock()
    for frame in frames:
        early = began + frame.time - clock()
        if early > 0:
            wait(early)
        yield frame


class _Seen:
    """What came of a feed so far: enough to describe it afterwards, and to tell when it fell silent and came back."""

    def __init__(self, feed: _Feed, on_notice: Callable[[str], None]) -> None:
        self._feed, self._on_notice = feed, on_notice
        self._ticks = 0
        self._silence: Silence | None = None
        self.notice: str | None = None
        self._away: list[Notice] = []
        self.frames, self.end, self.size = 0, 0.0, (0, 0)

    def frame(self, frame: Frame) -> bool:
        """Note a frame; whether nothing is known of the time before it."""
        gap = self._feed.camera is not None and frame.time - self.end > GAP_S
        if self._silence is not None and self.frames:
            self._on_notice(words.CAMERA_BACK.format(camera=self._feed.camera))
            self._away.append(Notice(NoticeCode.PICTURES_MISSING, {"from_s": self.end, "to_s": frame.time}))
        elif self._silence is not None:
            self._on_notice(words.CAMERA_BEGINS.format(camera=self._feed.camera))
        self._ticks, self._silence, self.notice = 0, None, None
        self.frames += 1
        self.end, self.size = frame.time, (frame.rgb.shape[1], frame.rgb.shape[0])
        return gap

    def nothing(self, item: Silence | None) -> None:
        """Note that there is no frame, and say so once it has lasted, and again when another reason is known."""
        self._ticks += 1
        silence = item or self._silence or self._hanging()
        if silence is not None and silence != self._silence:
            what = words.SET_KEPT if self.frames else words.SET_WAITS
            self._silence, self.notice = silence, what.format(why=words.silence(silence))
            self._on_notice(self.notice)

    def _hanging(self) -> Silence | None:
        """That there has been no news of a camera for long."""
        late = self._ticks * TICK_S > (SILENT_S if self.frames else OPENING_S)
        if not late or self._feed.camera is None:
            return None
        return Silence(self._feed.camera, Silent.STOPPED if self.frames else Silent.NO_PICTURE)

    @property
    def warnings(self) -> list[Notice]:
        """What the report says of the feed."""
        notices = [*self._feed.warnings, *self._away]
        if self._silence is not None:
            notices.append(Notice(NoticeCode.ENDED_EARLY, {"why": self._silence}))
        if dropped := self._feed.dropped():
            notices.append(Notice(NoticeCode.FRAMES_PASSED_OVER, {"dropped": dropped, "all": dropped + self.frames}))
        return notices


class FreeCorner:
    """The upper corner of the picture in which less of the body was so far: the panel lies there.

    It changes for a clear reason only, or the panel would jump with every rep.
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


class _Screen:
    """The picture with the coach's words on it; while there are none, the last one, dark, with the reason."""

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
        self._last = staged(self._bare, points, moment.visibility, self._overlay, corner)
        return self._show(self._last)

    def waiting(self, notice: str | None) -> bool:
        """Show that nothing comes, where there is a reason to tell; False once the user wants to stop."""
        if self._show is None:
            return True
        if notice is None:
            return self._show(self._last)
        notice_alone = replace(self._overlay, hold_s=None, message=f"{words.capital(notice)}.", tone="warn")
        return self._show(staged(self._bare // 4, _NOBODY, _NOBODY[:, 0], notice_alone, self._corner.name))


def mirrored(rgb: Array, points: Array) -> tuple[Array, Array]:
    """A picture, (h, w, 3), and points of it, (n, 2) pixels, as a mirror shows them."""
    return np.ascontiguousarray(rgb[:, ::-1]), np.column_stack([rgb.shape[1] - 1 - points[:, 0], points[:, 1]])


def overlay(moment: Moment, dropped: int) -> Overlay:
    """The coach's words; dropped: how many frames were passed over."""
    return Overlay(
        title=moment.title,
        count=moment.count if moment.title else None,
        side=moment.side,
        hold_s=moment.held_s if moment.held_s > 0 else None,
        hold_goal_s=moment.hold_goal_s,
        message=moment.message,
        tone=moment.tone,
        warning=words.PANEL_DROPPED.format(frames=dropped) if dropped else "",
    )
