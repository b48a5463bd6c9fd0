"""Live: frames from a camera or a file into the core one at a time, drawn as they come, with a report at the end."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from formcheck.analyze import Options, finished
from formcheck.annotate import hip_angle
from formcheck.camera import Camera
from formcheck.draw import Overlay, draw
from formcheck.errors import CameraError, NobodyFoundError, UsageError
from formcheck.estimator import backend
from formcheck.findings import Rep, VideoInfo
from formcheck.poses import Array, Poses
from formcheck.report import Report
from formcheck.session import Session, Status
from formcheck.video import Frame, Video

LATE_S: Final = 0.1
"""A frame of a paced file that is later than this is skipped (ours)."""

GAP_S: Final = 0.5
"""A camera silent for longer than this dropped out: nothing is known of the time between (ours)."""

WINDOW: Final = "formcheck (q to stop)"

_EDGE_S: Final = 1e-3  # ours: how close to the frames around it a gap begins and ends
_TRIAL: Final = "import cv2; cv2.namedWindow('formcheck')"

Show = Callable[[Array], bool]
"""Shows a picture; False once the user wants to stop."""


def live(
    options: Options,
    *,
    source: Path | None,
    camera: int,
    fast: bool,
    mirror: bool,
    show: Show | None,
    on_rep: Callable[[Rep], None],
) -> Report:
    """Judge what a camera or a file shows until it ends, the user stops it, or Ctrl-C; the report of the set.

    `source` is a file in place of the camera, paced as recorded or, with `fast`, as quickly as it can be read: then its
    bouts are those of `analyze`. `mirror` turns what is shown, never what is judged. `on_rep` hears of each rep as it
    closes, with provisional verdicts. To be called from the main thread, which hears Ctrl-C.

    Raises `CameraError`, `VideoError`, `ModelError`, and `NobodyFoundError` when no frame showed a person. A camera
    that goes after somebody was seen ends the set with a warning.
    """
    session = Session(options.exercises, height_cm=options.height_cm)
    estimator = backend(options.backend)
    seen = _Seen()
    with ExitStack() as stack:
        feed = _from_camera(stack, camera, seen) if source is None else _from_file(stack, source, fast)
        stopped = stack.enter_context(_interrupt())
        for frame in feed.frames:
            poses = estimator.feed(frame.time, frame.rgb)
            lost = seen.end if frame.time - seen.end > feed.longest_step_s else None
            seen.note(frame, poses)
            for rep in session.feed(poses if lost is None else _after_gap(lost, poses)):
                on_rep(rep)
            if show is not None and not show(_picture(frame, poses, session.status, mirror)):
                break
            if stopped():
                break
        if not seen.somebody:
            raise NobodyFoundError("nobody was seen: step back until your whole body is in the picture")
        return finished(session, feed.info(), [*feed.warnings, *estimator.warnings])


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


class _Seen:
    """What went through: enough to describe the recording afterwards."""

    def __init__(self) -> None:
        self.frames, self.end, self.size, self.somebody = 0, 0.0, (0, 0), False

    def note(self, frame: Frame, poses: Poses) -> None:
        self.frames += 1
        self.end, self.size = frame.time, (frame.rgb.shape[1], frame.rgb.shape[0])
        self.somebody = self.somebody or bool(poses.found[0])


@dataclass(frozen=True, slots=True)
class _Feed:
    """Frames to judge; `info` and `warnings` describe them once they are over.

    Where two frames are further apart than `longest_step_s`, nothing is known of the time between.
    """

    frames: Iterable[Frame]
    info: Callable[[], VideoInfo]
    warnings: list[str]
    longest_step_s: float


def _from_file(stack: ExitStack, source: Path, fast: bool) -> _Feed:
    video = stack.enter_context(Video(source))
    return _Feed(video.frames() if fast else _paced(video.frames()), video.info, video.warnings, math.inf)


def _from_camera(stack: ExitStack, number: int, seen: _Seen) -> _Feed:
    camera = stack.enter_context(Camera(number))
    warnings: list[str] = []

    def frames() -> Iterator[Frame]:
        try:
            yield from camera.frames()
        except CameraError as error:
            if not seen.somebody:
                raise
            warnings.append(f"The set ended early: {error}.")

    def info() -> VideoInfo:
        fps = (seen.frames - 1) / seen.end if seen.end else 0.0
        return VideoInfo(f"camera {number}", "", seen.end, fps, *seen.size, frames=seen.frames)

    return _Feed(frames(), info, warnings, GAP_S)


def _after_gap(lost: float, poses: Poses) -> Poses:
    """The poses with rows without a person before them, from just after `lost`, that the clock draws no line across."""
    gap = np.array([lost + _EDGE_S, float(poses.time[0]) - _EDGE_S])
    return Poses.join([Poses.blank(gap, poses.image_size), poses])


def _paced(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Frames at the times they were recorded at; those that come too late are skipped."""
    began = time.perf_counter()
    for frame in frames:
        wait = began + frame.time - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        if wait > -LATE_S:
            yield frame


def _picture(frame: Frame, poses: Poses, status: Status, mirror: bool) -> Array:
    """The frame with the skeleton and the session's words on it."""
    points, picture = poses.image[0].copy(), np.array(frame.rgb)
    if mirror:
        picture = np.ascontiguousarray(picture[:, ::-1])
        points[:, 0] = picture.shape[1] - 1 - points[:, 0]
    overlay = Overlay(
        title=status.exercise or "",
        count=status.count if status.exercise else None,
        side=status.side,
        hold_s=status.held_s if status.held_s > 0 else None,
        angle=hip_angle(poses, status.side if status.side in ("left", "right") else "left")
        if status.exercise
        else None,
        message=status.message or "",
        warning="" if poses.found[0] else "Nobody in the picture",
    )
    draw(picture, points, poses.visibility[0], overlay)
    return picture
