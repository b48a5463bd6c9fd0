"""Live: frames from a camera or a file go to the coach one by one and are shown; a report comes at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Final, Literal

import cv2

from formcheck import words
from formcheck.body.poses import Array
from formcheck.errors import CameraError, UsageError
from formcheck.filming import Filming
from formcheck.findings import Notice, NoticeCode, Rep, Silence, Silent, VideoInfo
from formcheck.live.coach import GAP_S, Coach, Moment
from formcheck.live.programme import Course
from formcheck.live.screen import Screen, Show
from formcheck.media.camera import Camera
from formcheck.media.video import Frame, Video
from formcheck.recorded import Options
from formcheck.report.report import Report

SILENT_S: Final = 1.0
"""A camera that has given nothing for this long counts as silent (ours)."""

OPENING_S: Final = 5.0
"""The same until its first picture (ours): some systems need seconds to open a camera."""

TICK_S: Final = 0.1  # ours: how often the window is updated while no frame comes

_LEAVE_S: Final = 1.0  # ours: how long the end of a set waits for a camera that hangs
_WINDOW_SIZE: Final = (915, 720)  # ours: a 16:9 picture and its strip fit on a laptop's screen
_TRIAL: Final = "import cv2; cv2.namedWindow('formcheck')"


Press = Literal["pause", "skip", "hurts"]
KEYS: Final[dict[int, Press]] = {ord(" "): "pause", ord("n"): "skip", ord("h"): "hurts"}
"""What the keys of the window do in a lesson."""

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
    course: Course | None = None,
    on_say: Callable[[str], None] | None = None,
    keys: "list[Press] | None" = None,
) -> Report:
    """Judge what a camera or a file shows until it ends, the user stops it, or Ctrl-C; the report of the set.

    `source` is a file in place of the camera, paced as recorded. With `fast` it is read as quickly as it can be, and
    its bouts are those of `analyze`; else the newest frame is always taken, and those passed over are counted. `mirror`
    turns what is shown, never what is judged. `on_rep` is called with each rep as it closes, with provisional verdicts,
    `on_notice` when a camera is missing, stops or comes back: the set waits for it. Call it from the main thread, which
    hears Ctrl-C.

    course: a programme to be led through; its end ends the set. `on_say` is called with what is to be said aloud, and
    `keys` is where `window` puts what was pressed.

    Raises `CameraError` when the set ended before the camera gave a picture, `VideoError`, `ModelError`, and
    `NobodyFoundError` when no frame showed a person.
    """
    coach = Coach(options, course=course)
    with ExitStack() as stack:
        filming = options.filming
        feed = _from_camera(camera, filming) if source is None else _from_file(stack, source, fast, filming)
        stack.callback(feed.close)
        stopped = stack.enter_context(_interrupt())
        seen, screen = _Seen(feed, on_notice), Screen(show, mirror, feed.dropped)
        heard = _Heard(on_rep, on_say, [] if keys is None else keys)
        for item in feed.items:
            going_on = _take(item, coach, seen, screen, heard)
            if stopped() or not going_on:
                break
        feed.close()
        report = coach.finish(feed.info(seen), seen.warnings)
        heard.rest(report)
        return report


def _take(item: "Item | None", coach: Coach, seen: "_Seen", screen: "Screen", heard: "_Heard") -> bool:
    """Handle a frame, or the news that there is none; False once the user wants to stop."""
    if not isinstance(item, Frame):
        seen.nothing(item)
        return screen.waiting(seen.notice)
    if seen.frame(item):
        coach.lost()
    moment = coach.feed(item)
    for rep in moment.reps:
        heard(rep)
    heard.moment(moment, coach)
    return screen.moment(item, moment) and not heard.over


class _Heard:
    """Hands on each rep once, as it closes or with the end of the set; what is said; and what was pressed."""

    def __init__(
        self, on_rep: Callable[[Rep], None], on_say: Callable[[str], None] | None, keys: "list[Press]"
    ) -> None:
        self._on_rep, self._on_say, self._keys, self._until_s = on_rep, on_say, keys, -inf
        self.over = False

    def moment(self, moment: Moment, coach: Coach) -> None:
        """What is said now, and what was pressed since the last moment."""
        if moment.say is not None and self._on_say is not None:
            self._on_say(moment.say)
        while self._keys:
            pressed = self._keys.pop(0)
            if coach.lesson is not None:
                {"pause": coach.lesson.pause, "skip": coach.lesson.skip, "hurts": coach.lesson.hurts}[pressed]()
        self.over = coach.lesson is not None and coach.lesson.ended

    def __call__(self, rep: Rep) -> None:
        self._on_rep(rep)
        self._until_s = max(self._until_s, rep.end_s)

    def rest(self, report: Report) -> None:
        """The reps that the set's end closed."""
        for rep in (rep for bout in report.bouts for rep in bout.reps if rep.peak_s > self._until_s):
            self._on_rep(rep)


def window(keys: "list[Press] | None" = None) -> Show:
    """A window to show pictures in; `q`, Esc or closing it stops. What is pressed for a lesson goes to `keys`.

    Raises `UsageError` where none can be opened.
    """
    # Tried in another process first: without a screen OpenCV kills the process it runs in.
    if subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, check=False).returncode:
        raise UsageError("no window can be opened here, there may be no screen; add --no-window")
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # Qt misses fonts that are not needed
    cv2.namedWindow(words.WINDOW, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    cv2.resizeWindow(words.WINDOW, *_WINDOW_SIZE)  # it would open as large as a postcard

    def show(rgb: Array) -> bool:
        cv2.imshow(words.WINDOW, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        pressed = cv2.waitKey(1) & 0xFF
        if keys is not None and pressed in KEYS:
            keys.append(KEYS[pressed])
        return pressed not in (ord("q"), 27) and _is_open()

    return show


def _is_open() -> bool:
    try:
        return cv2.getWindowProperty(words.WINDOW, cv2.WND_PROP_VISIBLE) >= 1
    except cv2.error:  # Qt ends with its last window, and OpenCV 5 then raises
        return False


@contextmanager
def _interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, to be asked between frames: an exception within a frame would break the session.

    A second Ctrl-C raises again, in case a camera hangs.
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
    """Reads items in a thread of its own and gives the newest; frames passed over are counted.

    Iterating gives the newest item as soon as there is a new one, and None now and then while there is none. What the
    thread raises is raised here, after the last item.
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
        """End the thread. One that hangs in a camera ends with the program."""
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
            with closing(self._items) as items:  # only the thread that reads can give a camera back
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
    """What there is to judge. `info` and `warnings` describe it once it is closed; `dropped` counts frames passed over.

    camera: its number; None for a file, in which one frame may stand for long.
    """

    items: Iterable[Item | None]
    dropped: Callable[[], int]
    close: Callable[[], None]
    info: Callable[["_Seen"], VideoInfo]
    warnings: list[Notice]
    camera: int | None = None


def _from_file(stack: ExitStack, source: Path, fast: bool, filming: Filming) -> _Feed:
    video = stack.enter_context(Video(source, filming))
    if fast:
        return _Feed(video.frames(), lambda: 0, lambda: None, lambda seen: video.info(), video.warnings)
    ended = Event()
    newest = Newest(paced(video.frames(), ended.wait), ended)
    return _Feed(newest, lambda: newest.dropped, newest.close, lambda seen: video.info(), video.warnings)


def _from_camera(number: int, filming: Filming) -> _Feed:
    newest = Newest(_camera_items(number, filming.rotate), Event())

    def info(seen: "_Seen") -> VideoInfo:
        if not seen.frames:
            raise CameraError(
                f"the set was ended before camera {number} gave a picture; formcheck doctor --camera {number} says "
                "whether it works"
            )
        fps = (seen.frames - 1) / seen.end if seen.end else 0.0
        return VideoInfo(f"camera {number}", "", seen.end, fps, *seen.size, frames=seen.frames)

    return _Feed(newest, lambda: newest.dropped, newest.close, info, [], number)


def _camera_items(number: int, rotate: int) -> Generator[Item, None, None]:
    """What a camera shows. It is opened by the thread that iterates, as that may take seconds."""
    with Camera(number) as camera:
        yield from (item.turned(rotate) if isinstance(item, Frame) else item for item in camera.lasting())


def paced(
    frames: Iterable[Frame], wait: Callable[[float], object], clock: Callable[[], float] = time.perf_counter
) -> Generator[Frame, None, None]:
    """Frames at the pace they were recorded at, as a camera gives them; `wait` takes seconds."""
    began = clock()
    for frame in frames:
        early = began + frame.time - clock()
        if early > 0:
            wait(early)
        yield frame


class _Seen:
    """What a feed gave so far: enough to describe it afterwards, and to tell when it fell silent and came back."""

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
        """Note that there is no frame. Say so once it has lasted, and again when the reason changes."""
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
