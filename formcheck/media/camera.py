"""A camera in: upright RGB frames, timed as they arrive."""

import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol, Self

import cv2

from formcheck import words
from formcheck.body.poses import Array
from formcheck.errors import CameraError
from formcheck.findings import Silence, Silent
from formcheck.media.video import Frame

_PATIENCE: Final = 2.0  # seconds, ours: a camera without a first picture by then gives none
_LOST: Final = 0.5  # seconds, ours: a camera that gave pictures and is silent for so long is gone
_REOPEN: Final = 0.5  # seconds, ours: between two tries to open it again
_PAUSE: Final = 0.01  # seconds, ours: between two tries while it delivers nothing


class Device(Protocol):
    """What `Camera` needs of a capture device: the part of `cv2.VideoCapture` it calls."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether the device was found and is ours."""

    def read(self) -> tuple[bool, Array]:
        """Wait for the next picture: whether there is one, and (h, w, 3) uint8 BGR."""

    def release(self) -> None:
        """Give the device back."""


def _open(index: int) -> Device:
    """The system's camera. OpenCV's own complaints about a missing one do not reach the screen."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(index)
    finally:
        cv2.utils.logging.setLogLevel(level)


class Camera:
    """A camera by its index, 0 for the first. Give it back by `close` or the end of the `with` block.

    device: what opens a capture device. clock: seconds that never run backwards.
    """

    def __init__(
        self,
        index: int,
        *,
        device: Callable[[int], Device] = _open,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.index = index
        self._clock, self._open = clock, device
        self._first: float | None = None
        self._device = device(index)

    def frames(self) -> Iterator[Frame]:
        """Frames as they arrive, `time` in seconds from the first; a gap in the pictures is a gap in the times.

        Raises `CameraError` when the camera is missing or busy, gives no first picture for two seconds, or gives none
        for half a second after that.
        """
        for item in self._items():
            if isinstance(item, Silence):
                raise CameraError(words.silence(item))
            yield item

    def lasting(self) -> Iterator[Frame | Silence]:
        """Frames as `frames` gives them, whenever the camera is there: now, later, or again after it went away.

        While it is away it is tried twice a second, and each try that fails gives a `Silence`. The times go on.
        """
        while True:
            yield from self._items()
            time.sleep(_REOPEN)
            self.close()
            self._device = self._open(self.index)

    def _items(self) -> Iterator[Frame | Silence]:
        """Frames as they arrive; the last item says why there are no more."""
        if not self._device.isOpened():
            yield Silence(self.index, Silent.CANNOT_OPEN if self._first is None else Silent.STOPPED)
            return
        heard, shown = self._clock(), False
        while True:
            good, bgr = self._device.read()
            now = self._clock()
            if good:
                self._first = now if self._first is None else self._first
                heard, shown = now, True
                yield Frame(now - self._first, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            elif now - heard > (_LOST if shown else _PATIENCE):
                break
            else:
                time.sleep(_PAUSE)
        yield Silence(self.index, Silent.NO_PICTURE if self._first is None else Silent.STOPPED)

    def close(self) -> None:
        """Give the camera back."""
        self._device.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
