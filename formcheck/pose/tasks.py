"""Frames to landmarks by mediapipe's own PoseLandmarker, from the same two networks (extra `formcheck[mediapipe]`).

It smooths its landmarks itself and chooses whom to follow. Use it to compare; use `blazepose` to judge.
Its C++ part writes a few lines of its log to the error stream; mediapipe 1.2 has no switch for that.
"""

import atexit
from dataclasses import replace
from typing import Any, Final
from weakref import WeakSet

import numpy as np

from formcheck.body.poses import Array, Poses
from formcheck.errors import ModelError, VideoError
from formcheck.findings import Notice
from formcheck.pose.assets import model_file

_OPEN: Final[WeakSet[Any]] = WeakSet()


@atexit.register
def _close_open() -> None:
    """Close what is still open when the program ends.

    If the interpreter closes it, mediapipe's clean-up finds its helpers gone and prints a traceback. This hook is
    registered before mediapipe is loaded, so it runs after mediapipe's own exit hook, and the end is quiet.
    """
    for landmarker in list(_OPEN):
        landmarker.close()


class TasksPose:
    """Follows one person with mediapipe's PoseLandmarker in VIDEO mode on the CPU.

    Raises `ModelError` when mediapipe is not installed, or the model bundle is missing, damaged or not loadable.
    """

    def __init__(self) -> None:
        self._mediapipe = _mediapipe()
        self._landmarker = _landmarker(self._mediapipe)
        _OPEN.add(self._landmarker)
        self._last_ms = -1
        self.warnings: list[Notice] = []

    def feed(self, time: float, rgb: Array) -> Poses:
        """The pose in the next frame: one row, NaN when nobody is found. `spread` is NaN: there is no second pass.

        time: seconds from 0, later than the frame before. rgb: (h, w, 3) uint8 of any size.
        Raises `VideoError` for any other array.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise VideoError(f"a frame must be (height, width, 3) of uint8; it is {rgb.shape} of {rgb.dtype}")
        height, width = rgb.shape[:2]
        # mediapipe wants whole milliseconds that increase; frames less than one apart would repeat one.
        self._last_ms = max(self._last_ms + 1, round(time * 1000))
        image = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, np.ascontiguousarray(rgb))
        found = self._landmarker.detect_for_video(image, self._last_ms)
        blank = Poses.blank(np.array([time]), (width, height))
        if not found.pose_landmarks:
            return blank
        points, world = found.pose_landmarks[0], found.pose_world_landmarks[0]
        return replace(
            blank,
            image=np.array([[(p.x * width, p.y * height) for p in points]]),
            world=np.array([[(p.x, p.y, p.z) for p in world]]),
            visibility=np.array([[p.visibility for p in points]]),
        )


def _mediapipe() -> Any:
    try:
        import mediapipe  # noqa: PLC0415 - an optional extra, and slow to load
    except ImportError as error:
        raise ModelError(
            "the mediapipe backend needs the package mediapipe, which is not installed: "
            "pip install 'formcheck[mediapipe]', or use the backend onnx"
        ) from error
    return mediapipe


def _landmarker(mediapipe: Any) -> Any:
    path = model_file("pose_landmarker_full.task")
    base, vision = mediapipe.tasks.BaseOptions, mediapipe.tasks.vision
    options = vision.PoseLandmarkerOptions(
        base_options=base(model_asset_path=str(path), delegate=base.Delegate.CPU),
        running_mode=vision.RunningMode.VIDEO,
    )
    try:
        return vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"mediapipe {mediapipe.__version__} cannot load {path}: {error}; reinstall formcheck"
        ) from error
