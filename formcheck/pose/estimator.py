"""The pose estimators there are. To add one: a class as `PoseEstimator` says, and a line in `BACKENDS`."""

from collections.abc import Callable
from typing import Final, Protocol

from formcheck.body.poses import Array, Poses
from formcheck.errors import UsageError
from formcheck.findings import Notice
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.tasks import TasksPose


class PoseEstimator(Protocol):
    """Follows one person through the frames of a recording: a fresh one for each.

    Making one loads its model, and raises `ModelError` where that is missing or damaged. What a frame gives may depend
    on earlier frames and their times only, never on the clock, the cores or another recording: reports are compared to
    the digit. Whom to follow, and who is somebody else, is for `follow`'s rules to say.
    """

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know of the recording so far, each once: codes and their numbers.

        The usual ones are `ANOTHER_PERSON` and `MAYBE_SOMEONE_ELSE`. A new code goes into `findings.NoticeCode` and its
        sentence into `words`.
        """

    def feed(self, time: float, rgb: Array) -> Poses:
        """The pose in the next frame: one row of `Poses`, whose docstring has the units and axes.

        time: seconds, later than the frame before. rgb: (h, w, 3) uint8. Raises `VideoError` for any other array.

        Begin with `Poses.blank(np.array([time]), (w, h))`: a row of nobody, to be returned where nobody is found, and
        filled by `dataclasses.replace` where somebody is. `image`, `world` and `visibility` are needed, in the order of
        `landmarks.NAMES`, and without NaN. What a model does not give stays blank: without `spread` no landmark is
        thought unsure, without `back`, `belly` and `axis` no back is judged, without `ball` no ball.
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
