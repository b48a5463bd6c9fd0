"""The pose estimators. To add one, write a class like `PoseEstimator` and a line in `BACKENDS`."""

from collections.abc import Callable
from typing import Final, Protocol

from formcheck.body.poses import Array, Poses
from formcheck.errors import UsageError
from formcheck.filming import Person
from formcheck.findings import Notice, Quality
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.tasks import TasksPose


class PoseEstimator(Protocol):
    """Follows one person through the frames of one recording. Each recording gets a fresh one.

    Making one loads its model, and raises `ModelError` where that is missing or damaged. The result for a frame may
    depend on earlier frames and their times only, never on the clock, the cores or another recording, because reports
    are compared to the digit. The rules in `follow` say whom to follow, and who is somebody else.
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

        Begin with `Poses.blank(np.array([time]), (w, h))`, a row of nobody. Return it where nobody is found; where
        somebody is, fill it with `dataclasses.replace`. `image`, `world` and `visibility` are needed, in the order of
        `landmarks.NAMES` and without NaN. Leave blank what the model does not give: without `spread` every landmark
        counts as sure, without `back`, `belly` and `axis` no back is judged, and without `ball` no ball.
        """


BACKENDS: Final[dict[str, Callable[[int, Quality, Person], PoseEstimator]]] = {
    "onnx": BlazePose,
    "mediapipe": lambda threads, quality, person: TasksPose(),  # mediapipe offers no such choice
}
"""Name on the command line -> what makes a fresh estimator, given how many threads, the quality, and whom to follow."""

ONE_QUALITY: Final = frozenset({"mediapipe"})
"""Backends for which the quality makes no difference."""


ONE_PERSON: Final = frozenset({"mediapipe"})
"""Backends that cannot choose among people."""


def backend(name: str, threads: int = 1, quality: Quality = Quality.STANDARD, person: Person = None) -> PoseEstimator:
    """A fresh estimator.

    Raises `UsageError` for an unknown name, `ModelError` when its model or package is missing.
    """
    if name not in BACKENDS:
        raise UsageError(f"unknown backend {name!r}; allowed: {', '.join(BACKENDS)}")
    return BACKENDS[name](threads, quality, person)


def estimator(
    name: str = "onnx", *, quality: str = Quality.STANDARD, person: Person = None, threads: int = 1
) -> PoseEstimator:
    """A fresh estimator of ours, for one recording or one camera: frames in, `Poses` out.

    name: "onnx" or "mediapipe". quality: "fast", "standard" or "best". person: whom to follow of several, "left",
    "right", "largest" or a number counted from the left. threads: how many the networks may use.

    Raises `UsageError` for what there is not, `ModelError` where a model or its package is missing.
    """
    if quality not in list(Quality):
        raise UsageError(f"unknown quality {quality!r}; allowed: {', '.join(Quality)}")
    return backend(name, threads, Quality(quality), person)
