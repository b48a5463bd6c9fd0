"""Live: frames from a camera or a file into the core one at a time, drawn as they come, with a report at the end."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from formcheck.analyze import Options, finished
from formcheck.annotate import hip_angle
from formcheck.camera import Camera
from formcheck.draw import Overlay, draw
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.estimator import backend
from formcheck.findings import Rep, VideoInfo
from formcheck.poses import Array, Poses
from formcheck.report import Report
from formcheck.session import Session, Status
from formcheck.video import Frame, Video

LATE_S: Final = 0.1
"""A frame of a paced file that is later than this is skipped (ours)."""

WINDOW: Final = "formcheck (q to stop)"

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
    closes, with provisional verdicts.

    Raises `CameraError`, `VideoError`, `ModelError`, and `NobodyFoundError` when no frame showed a person.
    """
    session = Session(options.exercises, height_cm=options.height_cm)
    estimator = backend(options.backend)
    seen = _Seen()
    with ExitStack() as stack:
        frames, info = _frames(stack, source, camera, fast, seen)
        try:
            for frame in frames:
                poses = estimator.feed(frame.time, frame.rgb)
                seen.note(frame, poses)
                for rep in session.feed(poses):
                    on_rep(rep)
                if show is not None and not show(_picture(frame, poses, session.status, mirror)):
                    break
        except KeyboardInterrupt:  # the way to end a set without a window
            pass
        if not seen.somebody:
            raise NobodyFoundError("nobody was seen: step back until your whole body is in the picture")
        return finished(session, info(), estimator.warnings)


def window() -> Show:
    """A window to show pictures in; `q`, Esc or closing it stops. Raises `UsageError` where there is no screen."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise UsageError("there is no screen to open a window on; add --no-window")
    cv2.namedWindow(WINDOW, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)

    def show(rgb: Array) -> bool:
        cv2.imshow(WINDOW, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        pressed = cv2.waitKey(1) & 0xFF
        return pressed not in (ord("q"), 27) and cv2.getWindowProperty(WINDOW, cv2.WND_PROP_VISIBLE) >= 1

    return show


class _Seen:
    """What went through: enough to describe the recording afterwards."""

    def __init__(self) -> None:
        self.frames, self.end, self.size, self.somebody = 0, 0.0, (0, 0), False

    def note(self, frame: Frame, poses: Poses) -> None:
        self.frames += 1
        self.end, self.size = frame.time, (frame.rgb.shape[1], frame.rgb.shape[0])
        self.somebody = self.somebody or bool(poses.found[0])


def _frames(
    stack: ExitStack, source: Path | None, camera: int, fast: bool, seen: _Seen
) -> tuple[Iterable[Frame], Callable[[], VideoInfo]]:
    """The frames to judge, and what describes them when they are over."""
    if source is None:
        opened = stack.enter_context(Camera(camera))

        def described() -> VideoInfo:
            fps = (seen.frames - 1) / seen.end if seen.end else 0.0
            return VideoInfo(f"camera {camera}", "", seen.end, fps, *seen.size, frames=seen.frames)

        return opened.frames(), described
    video = stack.enter_context(Video(source))
    return (video.frames() if fast else _paced(video.frames())), video.info


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
