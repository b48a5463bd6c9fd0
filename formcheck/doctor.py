"""What works on this machine: models, decoder and encoder, pose estimators, camera, threads."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path

import numpy as np

from formcheck.errors import FormcheckError
from formcheck.media.camera import Camera
from formcheck.media.video import Video
from formcheck.media.writer import VideoWriter
from formcheck.pose.assets import model_file, model_files
from formcheck.pose.estimator import BACKENDS, backend
from formcheck.recorded import threads


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried: whether it works, whether the program needs it, and the outcome in words."""

    what: str
    good: bool
    needed: bool
    said: str


def examine(camera: int) -> list[Finding]:
    """Try each part of the program once; nothing is left behind."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "onnxruntime", "av"))
    findings = [
        Finding("system", True, True, f"{platform.platform()}, Python {platform.python_version()}, {packages}"),
        Finding("threads", True, True, _threads()),
        _opencv(),
        _tried("models", True, _models),
        _tried("video", True, _video),
    ]
    findings += [_tried(f"estimator {name}", name == "onnx", lambda name=name: _estimator(name)) for name in BACKENDS]  # type: ignore[misc]
    findings.append(_tried(f"camera {camera}", False, lambda: _camera(camera)))
    return findings


def _tried(what: str, needed: bool, attempt: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, needed, attempt())
    except FormcheckError as error:
        return Finding(what, False, needed, str(error))


def _threads() -> str:
    uses = f"{n} threads" if (n := threads()) > 1 else "one thread"
    return f"{os.cpu_count()} cores; the pose models use {uses} for a recording, in a batch one for each"


def _opencv() -> Finding:
    """Whether only one package wrote the folder `cv2`. After two, it may mix files of both that do not fit."""
    writers = sorted(f"{name} {version(name)}" for name in set(packages_distributions().get("cv2", ())))
    if len(writers) < 2:
        return Finding("OpenCV", True, True, writers[0] if writers else "not from a package of Python's")
    said = f"{' and '.join(writers)} write the same folder: take all of them out with pip, then install formcheck again"
    return Finding("OpenCV", False, True, said)


def _models() -> str:
    names = model_files()
    for name in names:
        model_file(name)
    return f"{', '.join(names)}: whole"


def _video() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.mp4"
        with VideoWriter(path, (64, 48), 10) as writer:
            for n in range(5):
                writer.write(n / 10, np.full((48, 64, 3), 40 * n, np.uint8))
        with Video(path) as video:
            frames = sum(1 for _ in video.frames())
    return f"wrote and read {frames} frames of H.264"


def _estimator(name: str) -> str:
    with _quiet():
        backend(name).feed(0.0, np.zeros((96, 128, 3), np.uint8))
    return "runs"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep mediapipe's log off the error channel: its C++ part writes it past Python while it loads.

    Errors still reach us as exceptions.
    """
    if sys.stderr is None:  # started without an error channel
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _camera(index: int) -> str:
    with Camera(index) as camera:
        frame = next(camera.frames())
    return f"gives {frame.rgb.shape[1]}x{frame.rgb.shape[0]} pictures"
