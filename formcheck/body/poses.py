"""`Poses`: the one bundle that everything after the pose estimator works on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import MIRROR, NAMES
from formcheck.errors import LandmarksError

Array: TypeAlias = NDArray[Any]

LONGEST_S: Final = 86_400.0
"""No recording is longer than a day (ours): a wrong time in a file would make it years long."""

BACK_STATIONS: Final = 16
"""Stations along the back, from the buttock to the upper back."""

STATIONS: Final = np.linspace(-0.2, 1.0, BACK_STATIONS)
"""Where the stations lie, in trunks from the middle of the hips towards that of the shoulders."""

BACK_SEEN, BACK_ARM, BACK_NO_CONTOUR, BACK_FLOOR, BACK_NOT_RUN = range(5)
"""Values of `Poses.back_state`: the contour was seen, or why it was not."""

_COLUMNS: Final[dict[str, tuple[tuple[int, ...], type]]] = {
    "time": ((), np.float64),
    "image": ((len(NAMES), 2), np.float32),
    "world": ((len(NAMES), 3), np.float32),
    "visibility": ((len(NAMES),), np.float32),
    "hidden": ((len(NAMES),), np.float32),
    "error": ((len(NAMES),), np.float32),
    "turn": ((6,), np.float32),
    "spread": ((), np.float32),
    "person": ((), np.float32),
    "back": ((BACK_STATIONS,), np.float32),
    "back_state": ((), np.uint8),
    "belly": ((BACK_STATIONS,), np.float32),
    "axis": ((5,), np.float32),
    "curve": ((2,), np.float32),
    "ball": ((3,), np.float32),
}

_TIMES: Final = "Poses.time must be finite and increase from frame to frame"


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """Landmarks of one person over n >= 0 frames; a frame without a person is a row of NaN with visibility 0.

    time: (n,) float64, seconds from the first shown frame, increasing.
    image: (n, 33, 2) float32, square pixels, x right, y down.
    world: (n, 33, 3) float32, metres, x right, y down, z away from the camera, origin between the hips.
    visibility: (n, 33) float32, 0 to 1: a hint for drawing, never a confidence.
    hidden: (n, 33) float32, probability that the joint cannot be seen: behind the body, furniture, the picture's edge.
    error: (n, 33) float32, scale of the joint's error in the picture, in trunk lengths.
    turn: (n, 6) float32, where the shoulders face and where the pelvis does: each the sine and cosine of the angle, and
        its error in degrees. The angle is that of the line from the right joint to the left one, seen from above: the
        sine is positive where the left side is near the camera, 1 or -1 side-on; the cosine where it lies to the right.
        `hidden`, `error` and `turn` are NaN where nothing tells them, as in landmarks of other programs.
    spread: (n,) float32, disagreement of two passes in trunk lengths; NaN where not checked.
    person: (n,) float32, whom the frame shows: 0, and 1 more with each other person who comes; NaN where nothing tells.
    back: (n, 16) float32, depth of the back's contour from buttock to upper back, pixels; NaN where not seen.
    back_state: (n,) uint8, one of the `BACK_` values.
    belly: (n, 16) float32, the same of the contour on the body's other side.
    axis: (n, 5) float32, x and y of the middle of the hips and of the shoulders, pixels: the depths are from the line
        between them; then 1 or -1: the body faces to the left or right of the way from hips to shoulders.
    curve: (n, 2) float32, what the picture along the trunk tells of the lower back: degrees of lordosis, up to a
        constant of the person, and the logarithm of their error in degrees; NaN where not seen.
    ball: (n, 3) float32, x, y and radius of the ball under the shoulders, pixels; NaN where none was found.
    image_size: (width, height) of the picture in square pixels.

    Arrays of the right type are kept, not copied: do not change them afterwards. Raises `LandmarksError` when a column
    has the wrong shape or holds no numbers, time does not increase, or the picture has no size.
    """

    time: Array
    image: Array
    world: Array
    visibility: Array
    hidden: Array
    error: Array
    turn: Array
    spread: Array
    person: Array
    back: Array
    back_state: Array
    belly: Array
    axis: Array
    curve: Array
    ball: Array
    image_size: tuple[int, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "image_size", _size(self.image_size))
        n: int | None = None
        for name, (shape, dtype) in _COLUMNS.items():
            column = _numbers(name, getattr(self, name), dtype)
            n = len(column) if n is None and column.ndim else n
            if column.shape != (n, *shape):
                wanted = ("n" if n is None else n, *shape)
                raise LandmarksError(f"Poses.{name} must have the shape {wanted}; it has {column.shape}")
            object.__setattr__(self, name, column)
        if n and not (np.isfinite(self.time).all() and (np.diff(self.time) > 0).all()):
            raise LandmarksError(_TIMES)

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, rows: slice | Array) -> Self:
        """The frames of `rows`: a slice, a mask or an array of increasing indices.

        A plain slice is a view of the same memory. Raises `LandmarksError` when the chosen times do not increase.
        """
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        if isinstance(rows, slice) and rows.step is None:  # cannot be wrong
            return self._trusted(columns, self.image_size)
        return type(self)(**columns, image_size=self.image_size)

    @property
    def found(self) -> Array:
        """(n,) bool: whether a person was found in the frame."""
        return np.isfinite(self.image[:, 0, 0])

    @classmethod
    def blank(cls, time: Array, image_size: tuple[int, int]) -> Self:
        """Frames in which nobody was found."""
        n = len(time)
        columns: dict[str, Any] = {
            name: np.full((n, *shape), np.nan, dtype) for name, (shape, dtype) in _COLUMNS.items() if dtype != np.uint8
        }
        columns |= {"time": np.asarray(time), "visibility": np.zeros((n, len(NAMES)), np.float32)}
        return cls(**columns, back_state=np.full(n, BACK_NOT_RUN, np.uint8), image_size=image_size)

    @classmethod
    def join(cls, parts: Iterable[Self]) -> Self:
        """The frames of several bundles of one recording, one after the other.

        Raises `LandmarksError` when their picture sizes differ, or when a bundle begins before the last one ended.
        """
        parts = list(parts)
        sizes = {part.image_size for part in parts}
        if len(sizes) != 1:
            raise LandmarksError(f"only frames of one picture size can be joined; found {sorted(sizes) or 'none'}")
        filled = [part for part in parts if len(part)]
        if any(after.time[0] <= before.time[-1] for before, after in pairwise(filled)):
            raise LandmarksError(_TIMES)
        return cls._trusted({name: np.concatenate([getattr(p, name) for p in parts]) for name in _COLUMNS}, sizes.pop())

    def mirrored(self) -> Self:
        """The same person seen in a mirror: left and right change places."""
        last = np.float32(self.image_size[0] - 1)
        image, world, axis, ball = self.image[:, MIRROR], self.world[:, MIRROR], self.axis.copy(), self.ball.copy()
        turn = self.turn * np.array([-1, 1, 1, -1, 1, 1], np.float32)
        for x in (image[:, :, 0], axis[:, 0:3:2], ball[:, 0]):
            np.subtract(last, x, out=x)
        world[:, :, 0] *= -1
        axis[:, 4] *= -1
        joints = {name: getattr(self, name)[:, MIRROR] for name in ("visibility", "hidden", "error")}
        return replace(self, image=image, world=world, **joints, turn=turn, axis=axis, ball=ball)

    @classmethod
    def _trusted(cls, columns: Mapping[str, Array], image_size: tuple[int, int]) -> Self:
        """A bundle of columns that cannot be wrong, unchecked: checks would cost more than all else for a live frame.

        Only for the core, which makes its columns from a checked bundle.
        """
        poses = object.__new__(cls)
        for name in _COLUMNS:
            object.__setattr__(poses, name, columns[name])
        object.__setattr__(poses, "image_size", image_size)
        return poses


def _numbers(name: str, column: Any, dtype: type) -> Array:
    try:
        found: Array = np.asarray(column, dtype=dtype, order="C")
    except (TypeError, ValueError) as error:
        raise LandmarksError(f"Poses.{name} must hold numbers: {error}") from None
    return found


def _size(image_size: Any) -> tuple[int, int]:
    try:
        width, height = whole = tuple(int(side) for side in image_size)
    except (TypeError, ValueError):
        width = height = 0
    if min(width, height) < 1 or list(whole) != list(image_size):
        raise LandmarksError(f"Poses.image_size must be two whole numbers, width and height; it is {image_size!r}")
    return width, height


COLUMNS: Final = tuple(f.name for f in fields(Poses) if f.name != "image_size")
"""Names of the per-frame arrays of `Poses`, in order."""

SPARSE: Final = ("spread", "back", "back_state", "belly", "axis", "curve", "ball")
"""Columns measured only a few times a second; on other frames they hold NaN, `back_state` holds `BACK_NOT_RUN`."""
