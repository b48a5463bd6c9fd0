"""The pose estimators there are. To add one: a class with `feed` and `warnings`, and a line in `BACKENDS`."""

from collections.abc import Callable
from typing import Final, Protocol

from formcheck.body.poses import Array, Poses
from formcheck.errors import UsageError
from formcheck.findings import Notice
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.tasks import TasksPose


class PoseEstimator(Protocol):
    """Follows one person through the frames of a recording."""

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know of the recording so far, each once."""

    def feed(self, time: float, rgb: Array) -> Poses:
        """The pose in the next frame: one row, NaN when nobody is found.

        time: seconds, later than the frame before. rgb: (h, w, 3) uint8. What runs may depend on earlier frames and
        their times only.
        """


BACKENDS: Final[dict[str, Callable[[int], PoseEstimator]]] = {
    "onnx": BlazePose,
    "mediapipe": lambda threads: TasksPose(),  # mediapipe offers no choice of threads
}
"""Name on the command line -> what makes a fresh estimator, given the number of threads."""


def backend(name: str, threads: int = 1) -> PoseEstimator:
    """A fresh estimator.

    Raises `UsageError` for an unknown name, `ModelError` when its model or package is missing.
    """
    if name not in BACKENDS:
        raise UsageError(f"unknown backend {name!r}; allowed: {', '.join(BACKENDS)}")
    return BACKENDS[name](threads)
