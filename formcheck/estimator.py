"""The pose estimators there are. To add one: a class with `feed` and `warnings`, and a line in `BACKENDS`."""

from collections.abc import Callable
from typing import Final, Protocol

from formcheck.blazepose import BlazePose
from formcheck.errors import UsageError
from formcheck.poses import Array, Poses
from formcheck.sampling import Sampled
from formcheck.tasks import TasksPose


class PoseEstimator(Protocol):
    """Follows one person through the frames of a recording."""

    @property
    def warnings(self) -> list[str]:
        """What the user should know of the recording so far, each once."""

    def feed(self, time: float, rgb: Array) -> Poses:
        """Take the next frame and give the rows that are ready, one a frame and in order, NaN where nobody is found.

        time: seconds, later than the frame before. rgb: (h, w, 3) uint8. What a row holds may depend on the frames and
        their times only, never on how fast they came.
        """

    def finish(self) -> list[Poses]:
        """The rows that are still to come, after the last frame."""


BACKENDS: Final[dict[str, Callable[[int], PoseEstimator]]] = {
    "onnx": lambda lanes: Sampled(BlazePose(lanes=lanes)),
    "mediapipe": lambda lanes: TasksPose(),  # mediapipe offers no choice
}
"""Name on the command line -> what makes a fresh estimator, given the number of lanes."""


def backend(name: str, lanes: int = 1) -> PoseEstimator:
    """A fresh estimator that works on up to `lanes` frames at once.

    Raises `UsageError` for an unknown name, `ModelError` when its model or package is missing.
    """
    if name not in BACKENDS:
        raise UsageError(f"unknown backend {name!r}; allowed: {', '.join(BACKENDS)}")
    return BACKENDS[name](lanes)
