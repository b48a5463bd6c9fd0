"""Live: frames from a camera or a file to the coach one at a time, shown as they come, with a report at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Final

import cv2
import numpy as np

from formcheck.analyze import Options
from formcheck.camera import Camera, Silence
from formcheck.coach import Coach, Moment
from formcheck.draw import Overlay, draw
from formcheck.errors import UsageError
from formcheck.findings import Rep, VideoInfo
from formcheck.poses import Array
from formcheck.report import Report
from formcheck.video import Frame, Video

GAP_S: Final = 0.5
"""Between two frames of a camera that are further apart than this nothing is known (ours)."""

SILENT_S: Final = 1.0
"""A camera whose reading hangs for so long is told of as one that is silent (ours)."""

WINDOW: Final = "formcheck (q to stop)"

TICK_S: Final = 0.1  # ours: how often the window is looked after while no frame comes
_LEAVE_S: Final = 1.0  # ours: how long the end of a set waits for a camera that hangs
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
    `on_notice` of a camera that goes and comes back: the set waits for it. To be called from the main thread, which
    hears Ctrl-C.

    Raises `CameraError` when the camera never gives a picture, `VideoError`, `ModelError`, and `NobodyFoundError` when
    no frame showed a person.
    """
    coach = Coach(options)
    with ExitStack() as stack:
        feed = _from_camera(stack, camera) if source is None else _from_file(stack, source, fast)
        stack.callback(feed.close)
        stopped = stack.enter_context(_interrupt())
        seen, screen = _Seen(feed, on_notice), _Screen(show, mirror, feed.dropped)
        for item in feed.items:
            if isinstance(item, Frame):
                if seen.frame(item):
                    coach.lost()
                moment = coach.feed(item)
                for rep in moment.reps:
                    on_rep(rep)
                going_on = screen.moment(item, moment)
            else:
                seen.nothing(item)
                going_on = screen.waiting(seen.silence)
            if stopped() or not going_on:
                break
        feed.close()
        return coach.finish(feed.info(seen), seen.warnings)


def window() -> Show:
    """A window to show pictures in; `q`, Esc or closing it stops. Raises `UsageError` where none can be opened."""
    # Tried in another process first: without a screen OpenCV ends the process it runs in.
    if subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, check=False).returncode:
        raise UsageError("no window can be opened here, there may be no screen; add --no-window")
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # Qt misses fonts, of which none is needed
    cv2.namedWindow(WINDOW, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)

    def show(rgb: Array) -> bool:
        cv2.imshow(WINDOW, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        pressed = cv2.waitKey(1) & 0xFF
        return pressed not in (ord("q"), 27) and cv2.getWindowProperty(WINDOW, cv2.WND_PROP_VISIBLE) >= 1

    return show


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

    def __init__(self, items: Iterable[Item], ended: Event) -> None:
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
            for item in self._items:
                with self._news:
                    self.dropped += isinstance(self._item, Frame)
                    self._item = item
                    self._news.notify()
                if self._ended.is_set():
                    break
        except Exception as error:  # raised again where the items are taken
            self._error = error
        with self._news:
            self._over = True
            self._news.notify()


@dataclass(frozen=True, slots=True)
class _Feed:
    """What there is to judge; `info` and `warnings` describe it once it is closed, `dropped` counts frames passed over.

    Nothing is known of the time between two frames further apart than `longest_step_s`. No news for longer than
    `patience_s` is a silence.
    """

    items: Iterable[Item | None]
    dropped: Callable[[], int]
    close: Callable[[], None]
    info: Callable[["_Seen"], VideoInfo]
    warnings: list[str]
    name: str
    longest_step_s: float = inf
    patience_s: float = inf


def _from_file(stack: ExitStack, source: Path, fast: bool) -> _Feed:
    video = stack.enter_context(Video(source))
    if fast:
        return _Feed(video.frames(), lambda: 0, lambda: None, lambda seen: video.info(), video.warnings, str(source))
    ended = Event()
    newest = Newest(paced(video.frames(), ended.wait), ended)
    return _Feed(newest, lambda: newest.dropped, newest.close, lambda seen: video.info(), video.warnings, str(source))


def _from_camera(stack: ExitStack, number: int) -> _Feed:
    camera = stack.enter_context(Camera(number))
    newest = Newest(camera.lasting(), Event())

    def info(seen: "_Seen") -> VideoInfo:
        fps = (seen.frames - 1) / seen.end if seen.end else 0.0
        return VideoInfo(f"camera {number}", "", seen.end, fps, *seen.size, frames=seen.frames)

    return _Feed(newest, lambda: newest.dropped, newest.close, info, [], f"camera {number}", GAP_S, SILENT_S)


def paced(
    frames: Iterable[Frame], wait: Callable[[float], object], clock: Callable[[], float] = time.perf_counter
) -> Iterator[Frame]:
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
        self.silence: str | None = None
        self.away: list[str] = []
        self.frames, self.end, self.size = 0, 0.0, (0, 0)

    def frame(self, frame: Frame) -> bool:
        """Note a frame; whether nothing is known of the time before it."""
        gap = frame.time - self.end > self._feed.longest_step_s
        if self.silence is not None:
            self._on_notice(f"{self._feed.name} is back; the set goes on")
            self.away.append(f"There were no pictures from {self.end:.1f} s to {frame.time:.1f} s.")
        self._ticks, self.silence = 0, None
        self.frames += 1
        self.end, self.size = frame.time, (frame.rgb.shape[1], frame.rgb.shape[0])
        return gap

    def nothing(self, item: Silence | None) -> None:
        """Note that there is no frame, and say so once it has lasted."""
        self._ticks += 1
        late = self._ticks * TICK_S > self._feed.patience_s
        why = item.text if item else f"{self._feed.name} gives no pictures; plug it in again" if late else None
        if self.silence is None and why is not None:
            self._on_notice(f"{why}; the set is kept")
            self.silence = why

    @property
    def warnings(self) -> list[str]:
        """What the report says of the feed."""
        away = [*self.away, *([] if self.silence is None else [f"The set ended early: {self.silence}."])]
        dropped = self._feed.dropped()
        passed = (
            f"{dropped} of {dropped + self.frames} frames were passed over: this computer was busy with the others."
        )
        return [*self._feed.warnings, *away, *([passed] if dropped else [])]


class _Screen:
    """The picture with the coach's words on it; while there are none, the last one, dark, with the reason."""

    def __init__(self, show: Show | None, mirror: bool, dropped: Callable[[], int]) -> None:
        self._show, self._mirror, self._dropped = show, mirror, dropped
        self._last: tuple[Frame, Moment] | None = None

    def moment(self, frame: Frame, moment: Moment) -> bool:
        """Show a moment; False once the user wants to stop."""
        if self._show is None:
            return True
        self._last = frame, moment
        return self._show(picture(frame.rgb, moment, mirror=self._mirror, dropped=self._dropped()))

    def waiting(self, silence: str | None) -> bool:
        """Show that nothing comes, where there is a reason to tell; False once the user wants to stop."""
        if self._show is None or self._last is None:
            return True
        frame, moment = self._last
        if silence is None:
            shown = picture(frame.rgb, moment, mirror=self._mirror, dropped=self._dropped())
        else:
            words = f"{silence[0].upper()}{silence[1:]}. Your set is kept."
            still = replace(moment, points=np.full_like(moment.points, np.nan), held_s=0.0, message=words, tone="warn")
            shown = picture(frame.rgb // 4, still, mirror=self._mirror, dropped=self._dropped())
        return self._show(shown)


def picture(rgb: Array, moment: Moment, *, mirror: bool, dropped: int) -> Array:
    """A frame, (h, w, 3) uint8, with the skeleton and the coach's words on it: another array of that shape."""
    points, drawn = moment.points.copy(), np.array(rgb)
    if mirror:
        drawn = np.ascontiguousarray(drawn[:, ::-1])
        points[:, 0] = drawn.shape[1] - 1 - points[:, 0]
    overlay = Overlay(
        title=moment.title,
        count=moment.count if moment.title else None,
        side=moment.side,
        hold_s=moment.held_s if moment.held_s > 0 else None,
        hold_goal_s=moment.hold_goal_s,
        message=moment.message,
        tone=moment.tone,
        warning=f"{dropped} frames dropped" if dropped else "",
    )
    draw(drawn, points, moment.visibility, overlay)
    return drawn
