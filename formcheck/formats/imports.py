"""Landmarks of other pose estimators, read as `Poses`: OpenPose, COCO key points, MediaPipe, datasets of `movement`.

The core recognises an exercise by world points and feet, which most formats lack. World points made from the picture
(`flat_world`) and ankles stand in for them. Cues that these cannot answer are not judged, and the report says so.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck import files
from formcheck.body import geometry
from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.measures import BALL, MEASURES
from formcheck.body.poses import LONGEST_S, Array, Poses
from formcheck.core.clock import LONGEST_STEP_S
from formcheck.errors import LandmarksError, UsageError
from formcheck.filming import Person
from formcheck.findings import Notice, NoticeCode, Quality, Reason, Why
from formcheck.formats import npz
from formcheck.formats.foreign import FEET, LARGEST, Found, Size, found_in

BLOCK: Final = 4096
"""Frames handed on together (ours)."""

SHOULDER_WIDTH: Final = 0.76
"""Trunks between the shoulders, by which what the picture does not show of them lies in depth.

Ours: of 0.60 to 0.90 the least at which 54 rendered clips have as many reps with flat world points as with the model's;
from 0.80 up it also judges cues that the model's world points leave out (`docs/formats.md`).
"""

TRUNK_M: Final = 0.5
"""Metres that a trunk is taken for (ours); it cancels out of all that is judged."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording's landmarks from any file. Iterating gives `Poses`, as often as wanted.

    sha256: of the file's bytes; for a folder, of its JSON files' hashes in the order of their names. unanswered:
    measures that these landmarks cannot answer, and why. warnings: what the report should say. quality: of the pose
    models, where the file says it.
    """

    path: Path
    sha256: str
    parts: Callable[[], Iterable[Poses]]
    unanswered: Mapping[str, Reason] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    quality: Quality | None = None

    def __iter__(self) -> Iterator[Poses]:
        return iter(self.parts())


def holds_landmarks(path: Path) -> bool:
    """Whether `opened` takes a path, judged by its name: a folder or a file of landmarks, and no video."""
    return _is_foreign(path) or path.suffix.lower() == ".npz"


def _is_foreign(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in (".json", ".nc")


def opened(path: Path, *, fps: float | None = None, size: Size | None = None, person: Person = None) -> Recording:
    """The landmarks in a file: an `.npz` of formcheck, JSON, a folder of OpenPose's JSON, or a dataset of `movement`.

    fps: frames per second, for a file without times. size: the picture's width and height in pixels, for a file without
    them. Both override the file. person: whom to take of several. Raises `LandmarksError` for a file that holds no
    landmarks, `UsageError` where `fps` or `size` is needed or makes no sense, or where any is given for an `.npz`.
    """
    path = Path(path)
    _check(fps, size)
    if not _is_foreign(path):
        if fps or size:
            raise UsageError(f"{path} knows its times and the picture's size: leave out --fps and --size")
        if person is not None:
            raise UsageError(f"{path} holds one person: leave out --person, and give it where the video is analysed")
        digest = _sha256(path) if path.is_file() else ""
        return Recording(path, digest, lambda: npz.read(path), quality=npz.quality(path))
    found = found_in(path, fps, size, person)
    if len(found.time) and found.time[-1] > LONGEST_S:
        raise LandmarksError(f"{path} goes on for {found.time[-1] / 3600:.0f} hours: is the number of a frame wrong?")
    poses = _poses(_with_nobody(found))
    unanswered = _unanswered(found)
    missing = dict.fromkeys(reason for name, reason in unanswered.items() if name not in _NEVER)
    return Recording(
        path,
        _sha256(path),
        lambda: (poses[first : first + BLOCK] for first in range(0, max(len(poses), 1), BLOCK)),
        unanswered,
        (
            *found.warnings,
            Notice(NoticeCode.FOREIGN_FORMAT),
            *(Notice(NoticeCode.CUES_NOT_JUDGED, {"why": Why(reason)}) for reason in missing),
        ),
    )


def _check(fps: float | None, size: Size | None) -> None:
    if fps is not None and not 1 <= fps <= 1000:
        raise UsageError(f"a frame rate of {fps:g} cannot be: give frames a second, 1 to 1000")
    if size is not None and not (min(size) >= 1 and max(size) <= LARGEST):
        raise UsageError(f"a picture of {size[0]:.9g}x{size[1]:.9g} cannot be: give its width and height in pixels")


def _sha256(path: Path) -> str:
    if not path.is_dir():
        return files.sha256(path)
    together = hashlib.sha256()
    for file in sorted(path.glob("*.json")):
        together.update(f"{file.name} {files.sha256(file)}\n".encode())
    return together.hexdigest()


def _with_nobody(found: Found) -> Found:
    """The frames, with an empty one after each frame that has a longer gap behind it than the core bridges.

    Many programs write only the frames in which they found somebody. Without the empty frame the last pose would stand
    until the next one.
    """
    gaps = np.flatnonzero(np.diff(found.time) > LONGEST_STEP_S)
    after = gaps + 1
    empty = np.nan  # as a row
    return replace(
        found,
        time=np.insert(found.time, after, found.time[gaps] + LONGEST_STEP_S / 2),
        points=np.insert(found.points, after, empty, axis=0),
        world=None if found.world is None else np.insert(found.world, after, empty, axis=0),
        person=None if found.person is None else np.insert(found.person, after, empty),
    )


def _poses(found: Found) -> Poses:
    n = len(found.time)
    points = np.full((n, len(NAMES), 3), np.nan, np.float32)
    for at, name in enumerate(found.layout):
        if name in INDEX:
            points[:, INDEX[name]] = found.points[:, at]
    if not found.has_feet:
        for side in SIDES:
            for part in FEET:
                points[:, INDEX[f"{side}_{part}"]] = points[:, INDEX[f"{side}_ankle"]]
    image = points[..., :2]
    world = flat_world(image) if found.world is None else found.world
    shoulders = (image[:, INDEX["left_shoulder"]] + image[:, INDEX["right_shoulder"]]) / 2
    nose = image[:, INDEX["nose"]]  # no measure reads it, but a frame without a nose counts as nobody
    image[:, INDEX["nose"]] = np.where(np.isfinite(nose), nose, shoulders)
    blank = Poses.blank(found.time, found.size)
    person = blank.person if found.person is None else found.person
    return replace(blank, image=image, world=world, visibility=np.nan_to_num(points[..., 2]), person=person)


def flat_world(image: Array) -> Array:
    """World points from the picture alone: (n, 33, 2) pixels -> (n, 33, 3) metres, origin between the hips.

    All but the shoulders lies in one plane. The part of `SHOULDER_WIDTH` that the picture does not show is their depth;
    the way from ears to nose tells which one is near. NaN where hips or shoulders are not known.
    """
    hip, shoulder = ((image[:, INDEX[f"left_{p}"]] + image[:, INDEX[f"right_{p}"]]) / 2 for p in ("hip", "shoulder"))
    lengths = geometry.length(shoulder - hip)
    lengths = lengths[np.isfinite(lengths) & (lengths > 0)]
    trunk = np.median(lengths) if len(lengths) else np.nan
    world = np.zeros((len(image), len(NAMES), 3), np.float32)
    world[..., :2] = (image - hip[:, None]) * (TRUNK_M / trunk)
    left, right = INDEX["left_shoulder"], INDEX["right_shoulder"]
    line = world[:, left, :2] - world[:, right, :2]
    hidden = np.sqrt(np.maximum((SHOULDER_WIDTH * TRUNK_M) ** 2 - np.square(geometry.length(line)), 0))
    depth = _left_away(image, shoulder - hip) * hidden / 2
    world[:, left, 2], world[:, right, 2] = depth, -depth
    world[np.isnan(world[..., 0])] = np.nan
    return world


def _left_away(image: Array, up: Array) -> Array:
    """1 where the left shoulder is further away, -1 where it is nearer: (n,), by the way the nose points.

    Left is "up the trunk" cross "forwards". A frame that does not show nose and ear takes the frame before's value.
    """
    ears = image[:, [INDEX["left_ear"], INDEX["right_ear"]]]
    ear = np.where(np.isnan(ears[:, 0]), ears[:, 1], np.where(np.isnan(ears[:, 1]), ears[:, 0], ears.mean(axis=1)))
    forward = image[:, INDEX["nose"]] - ear
    told = np.sign(up[:, 0] * forward[:, 1] - up[:, 1] * forward[:, 0])
    known = np.flatnonzero(np.isfinite(told))
    if not len(known):
        return np.full(len(told), np.nan)
    last = np.maximum(np.searchsorted(known, np.arange(len(told)), side="right") - 1, 0)
    answer: Array = told[known[last]]
    return answer


def _unanswered(found: Found) -> dict[str, Reason]:
    """Measures that the landmarks of a file cannot answer, and why."""
    flat = {"foot_direction": Reason.FILE_HAS_NO_DEPTH} if found.world is None else {}
    footless = {name: Reason.FILE_HAS_NO_FEET for name, measure in MEASURES.items() if set(FEET) & set(measure.points)}
    return _NEVER | flat | ({} if found.has_feet else footless)


_NEVER: Final = {name: Reason.FILE_HAS_NO_BACK for name, measure in MEASURES.items() if measure.of is None} | {
    name: Reason.FILE_HAS_NO_BALL for name, measure in MEASURES.items() if BALL in measure.points
}
"""Measures that no format of another program answers. Their cues say so; no warning does, few exercises have them."""
