"""What files of other pose estimators hold: OpenPose, COCO key points, MediaPipe, datasets of `movement`.

Each reader gives `Found`, points of that program's own layout. What core and report make of them is `imports.py`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from formcheck import geometry
from formcheck.errors import LandmarksError, NobodyFoundError, UsageError
from formcheck.landmarks import INDEX, NAMES, SIDES
from formcheck.layouts import BODY_25, COCO_17, COCO_18
from formcheck.poses import Array

Size = tuple[int, int]

FEET: Final = ("heel", "foot_index")
"""Parts that a format may lack: the ankle then stands for them where an exercise is recognised."""

LARGEST: Final = 1e6
"""No picture has as many pixels in a row."""

MOST_FRAMES: Final = 10_000_000
"""A frame's number is below this: four days at 30 a second (ours; a wrong one would make a recording of years)."""

LONGEST_S: Final = 86_400.0
"""A recording is no longer than a day (ours)."""

_LARGEST: Final = 1e15  # ours: no number of a frame, a time or a picture is larger


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the user gave: the file, and what it may lack."""

    path: Path
    fps: float | None
    size: Size | None

    def rate(self, said: Any = None) -> float:
        """Frames a second: the user's word, else the file's."""
        if self.fps:
            return self.fps
        if isinstance(said, int | float | np.number) and 1 <= said <= 1000:
            return float(said)
        raise UsageError(f"{self.path} does not say how many frames a second it has: give it with --fps")

    def picture(self, width: Any = None, height: Any = None) -> Size:
        """Width and height in pixels: the user's word, else the file's."""
        if self.size:
            return self.size
        if (
            isinstance(width, int | float | np.number)
            and isinstance(height, int | float | np.number)
            and min(width, height) >= 1
        ):
            return int(width), int(height)
        raise UsageError(f"{self.path} does not say how large the picture is: give it with --size WIDTHxHEIGHT")

    def wrong(self, what: str) -> LandmarksError:
        """An error that names the file."""
        return LandmarksError(f"{self.path} {what}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: points (n, k, 3) of a layout, x and y in pixels and a confidence, NaN where there is none."""

    layout: Sequence[str]
    time: Array
    points: Array
    size: Size
    world: Array | None = None

    @property
    def has_feet(self) -> bool:
        """Whether heels and toes are among the points."""
        return all(f"{side}_{part}" in self.layout for side in SIDES for part in FEET)


def found_in(path: Path, fps: float | None, size: Size | None) -> Found:
    """What a folder of OpenPose's JSON, a JSON file or a `.nc` of `movement` holds; raises as `imports.opened` does."""
    asked = _Asked(path, fps, size)
    if path.is_dir():
        found = _openpose_folder(asked)
    else:
        found = _movement(asked) if path.suffix.lower() == ".nc" else _json(asked)
    if not np.isfinite(found.points[..., :2]).any():
        raise NobodyFoundError(f"{path} holds no frame with a person")
    if len(found.time) > 1 and not (np.diff(found.time) > 0).all():
        raise asked.wrong("has frames that do not follow one another in time")
    return found


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LandmarksError(f"{path} is no JSON, or is cut off: {error}") from error
    except OSError as error:
        raise LandmarksError(f"{path} cannot be read: {error.strerror or error}") from error


def _json(asked: _Asked) -> Found:
    """The landmarks of one JSON file, whose kind its content tells."""
    data = _loaded(asked.path)
    head: Mapping[str, Any] = data if isinstance(data, dict) else {}
    if "annotations" in head:
        return _coco(head["annotations"], head, asked)
    frames = _frames(data)
    first = next((frame for frame in frames if frame), None)
    if isinstance(first, dict) and {"image_id", "keypoints"} <= first.keys():
        return _coco(frames, head, asked)
    if isinstance(first, dict) and "people" in first:
        return _openpose(frames, head, asked)
    if isinstance(first, list) or (isinstance(first, dict) and _value(first, _PICTURE) is not None):
        return _mediapipe(frames, head, asked)
    raise asked.wrong(
        "holds no poses known here: those of OpenPose have `people`, of COCO `image_id` and `keypoints`, "
        "of MediaPipe `landmarks` in each frame"
    )


def _frames(data: Any) -> list[Any]:
    """The frames of a file: a list, or what is under `frames`, or one frame under each name."""
    if isinstance(data, dict):
        if "people" in data:
            return [data]
        named = data.get("frames", data)
        if isinstance(named, list):
            return named
        if isinstance(named, dict) and all(isinstance(value, dict | list) for value in named.values()):
            return [named[name] for name in sorted(named, key=_numbered)]
    return data if isinstance(data, list) else []


def _numbered(name: str) -> tuple[int, str]:
    """By the last number in a name, as frames are named."""
    numbers = re.findall(r"\d+", name)
    return (int(numbers[-1]) if numbers else -1, name)


def _value(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """What a record says under the first of these names that it has."""
    return next((record[name] for name in names if record.get(name) is not None), None)


def _openpose_folder(asked: _Asked) -> Found:
    files = sorted(asked.path.glob("*.json"), key=lambda file: _numbered(file.stem.removesuffix("_keypoints")))
    if not files:
        raise asked.wrong("has no .json file in it: give the folder that OpenPose wrote with --write_json")
    return _openpose((_loaded(file) for file in files), {}, asked)


def _openpose(frames: Iterable[Any], head: Mapping[str, Any], asked: _Asked) -> Found:
    followed, layout = _Follower(), None
    layouts = {3 * len(known): known for known in (BODY_25, COCO_18)}
    for frame in frames:
        if not isinstance(frame, dict) or not isinstance(frame.get("people"), list):
            raise asked.wrong("has a frame without `people`, which OpenPose writes for every frame")
        people = [p["pose_keypoints_2d"] for p in frame["people"] if isinstance(p, dict) and p.get("pose_keypoints_2d")]
        if people and layout is None and isinstance(people[0], list):
            layout = layouts.get(len(people[0]))
        followed.add(_people(people, layout, asked, "BODY_25 has 75 numbers, COCO 54"))
    rate, size = asked.rate(_value(head, _RATES)), asked.picture(head.get("width"), head.get("height"))
    points = followed.points((len(layout or BODY_25), 3))
    if np.nanmax(points[..., :2], initial=0) <= 1 and np.isfinite(points).any():
        raise asked.wrong("has shares of the picture: let OpenPose write pixels (--keypoint_scale 0)")
    return Found(layout or BODY_25, np.arange(len(points)) / rate, points, size)


def _people(people: list[Any], layout: Sequence[str] | None, asked: _Asked, allowed: str) -> list[Array]:
    """The people of one frame, each (k, 3), NaN where a point is missing: where its confidence is 0."""
    found = []
    for numbers in people:
        try:
            person = _checked(np.array(numbers, np.float64).reshape(-1, 3), asked)
        except (TypeError, ValueError, OverflowError) as error:
            raise asked.wrong("has a pose that is no list of x, y, confidence") from error
        if layout is None or len(person) != len(layout):
            raise asked.wrong(f"has a pose of {person.size} numbers; {allowed}")
        person[~(person[:, 2] > 0)] = np.nan
        found.append(person)
    return found


def _checked(values: Array, asked: _Asked) -> Array:
    """The same values as float32, NaN where the file has none."""
    if (np.abs(values) > LARGEST).any():
        raise asked.wrong(f"has a number beyond any picture: {np.nanmax(np.abs(values)):g}")
    return values.astype(np.float32)


class _Follower:
    """One person through the frames: the largest of the first people, then who is nearest to where that one was."""

    def __init__(self) -> None:
        self._frames: list[Array | None] = []
        self._last: Array | None = None
        self.which: list[int | None] = []

    def add(self, people: list[Array]) -> None:
        """The people of the next frame."""
        seen = [(i, person) for i, person in enumerate(people) if np.isfinite(person[:, 0]).any()]
        if not seen:
            self._frames.append(None)
            self.which.append(None)
            return
        at, person = min(seen, key=lambda one: self._apart(one[1]))
        self._last = person
        self._frames.append(person)
        self.which.append(at)

    def _apart(self, person: Array) -> float:
        if self._last is None:
            return -float(np.hypot(*(np.nanmax(person[:, :2], axis=0) - np.nanmin(person[:, :2], axis=0))))
        away = geometry.length(person[:, :2] - self._last[:, :2])
        return float(away[np.isfinite(away)].mean()) if np.isfinite(away).any() else np.inf

    def points(self, shape: tuple[int, int]) -> Array:
        """(n, *shape), NaN in frames with nobody."""
        nobody = np.full(shape, np.nan, np.float32)
        return np.stack([nobody if frame is None else frame for frame in self._frames] or [nobody])[: len(self._frames)]


def _coco(records: Any, head: Mapping[str, Any], asked: _Asked) -> Found:
    """COCO's results (a list of `image_id` and `keypoints`), or a data set with `images` and `annotations`."""
    listed = head.get("images") or []
    if not isinstance(listed, list):
        raise asked.wrong("has `images` that are no list")
    images = [image for image in listed if isinstance(image, dict) and "id" in image]
    people: dict[int, list[Any]] = {_image_number(image["id"], asked): [] for image in images}
    for record in records if isinstance(records, list) else []:
        if not isinstance(record, dict) or not isinstance(record.get("keypoints"), list) or "image_id" not in record:
            raise asked.wrong("has a pose without `image_id` and `keypoints`")
        people.setdefault(_image_number(record["image_id"], asked), []).append(record["keypoints"])
    numbers = sorted(people)
    if not numbers:
        raise asked.wrong("holds no pose")
    followed = _Follower()
    for number in numbers:
        followed.add(_people(people[number], COCO_17, asked, "COCO's 17 key points have 51"))
    image, info = next(iter(images), {}), head.get("info")
    rate = asked.rate(_value(head, _RATES) or (_value(info, _RATES) if isinstance(info, dict) else None))
    size = asked.picture(image.get("width"), image.get("height"))
    return Found(COCO_17, (np.array(numbers) - numbers[0]) / rate, followed.points((len(COCO_17), 3)), size)


def _image_number(name: Any, asked: _Asked) -> int:
    """The number of a frame: `image_id` itself, or the last number in it."""
    number = name if isinstance(name, int) else _numbered(str(name).rsplit(".", 1)[0])[0]
    if not 0 <= number < MOST_FRAMES:
        raise asked.wrong(f"has an image_id without a frame's number: {name}")
    return number


_RATES: Final = ("fps", "frame_rate", "frameRate")
_PICTURE: Final = ("landmarks", "pose_landmarks", "poseLandmarks")
_WORLD: Final = ("world_landmarks", "pose_world_landmarks", "poseWorldLandmarks")
_SECONDS: Final = {"time_s": 1.0, "timestamp_s": 1.0, "timestamp_ms": 1000.0, "timestampMs": 1000.0, "time_ms": 1000.0}
_NUMBERS: Final = ("frame", "frame_index", "frame_idx", "frame_id", "frame_number", "frameIndex")
"""Names under which people write MediaPipe's results. A plain `time` or `timestamp` does not say its unit."""


def _mediapipe(frames: list[Any], head: Mapping[str, Any], asked: _Asked) -> Found:
    records = [frame if isinstance(frame, dict) else {"landmarks": frame} for frame in frames]
    followed, worlds = _Follower(), []
    for record in records:
        followed.add([_landmarks(one, asked) for one in _bodies(_value(record, _PICTURE))])
        bodies, which = _bodies(_value(record, _WORLD)), followed.which[-1]
        worlds.append(_landmarks(bodies[which], asked) if which is not None and which < len(bodies) else None)
    points = followed.points((len(NAMES), 4))
    if np.isfinite(points[..., :2]).any():
        _check_shares(points, asked)
    width, height = size = asked.picture(head.get("width"), head.get("height"))
    image = points[..., [0, 1, 3]] * np.array([width, height, 1], np.float32)
    has_world = any(world is not None for world in worlds)
    blank = np.full((len(NAMES), 4), np.nan, np.float32)
    world = np.stack([blank if w is None else w for w in worlds])[..., :3] if has_world else None
    return Found(NAMES, _times(records, head, asked), image, size, world)


def _bodies(said: Any) -> list[Any]:
    """The bodies of one frame: many programs write one, a list of 33; MediaPipe's tasks give a list of them."""
    if not isinstance(said, list) or not said:
        return []
    nested = isinstance(said[0], list) and bool(said[0]) and isinstance(said[0][0], dict | list)
    return said if nested else [said]


def _landmarks(body: Any, asked: _Asked) -> Array:
    """(33, 4): x, y, z, visibility; NaN where the file says nothing, visibility 1."""
    if not isinstance(body, list) or len(body) != len(NAMES):
        found = f"{len(body)}" if isinstance(body, list) else "something else"
        raise asked.wrong(f"has a pose of {found} landmarks; MediaPipe's have {len(NAMES)}")
    try:
        rows = [[*map(p.get, "xyz"), p.get("visibility", 1)] if isinstance(p, dict) else [*p, 1][:4] for p in body]
        return _checked(np.array(rows, np.float64).reshape(len(NAMES), 4), asked)
    except (TypeError, ValueError, OverflowError) as error:
        raise asked.wrong("has a landmark that is neither x, y, z, visibility by name nor a list of them") from error


def _check_shares(points: Array, asked: _Asked) -> None:
    """Landmarks in the picture are shares of it; people also write pixels, or world points, under the same name."""
    hips = points[:, [INDEX["left_hip"], INDEX["right_hip"]], :2].mean(axis=1)
    if np.nanmedian(np.abs(points[..., :2])) > 2:
        raise asked.wrong("has landmarks in pixels: MediaPipe's are shares of the picture's width and height")
    if np.nanmax(np.abs(hips)) < 0.02:
        raise asked.wrong("has world points under `landmarks`: shares of the picture belong there")


def _times(records: Sequence[Mapping[str, Any]], head: Mapping[str, Any], asked: _Asked) -> Array:
    """Seconds of each frame from the first one: as the file says, or by the frames' numbers, or their order."""
    said = next((name for name in _SECONDS if all(_is_number(record.get(name)) for record in records)), None)
    if said is not None and asked.fps is None:
        times: Array = np.array([record[said] for record in records]) / _SECONDS[said]
    else:
        name = next((name for name in _NUMBERS if all(_is_number(record.get(name)) for record in records)), None)
        numbers = [record[name] for record in records] if name else range(len(records))
        times = np.array(numbers) / asked.rate(_value(head, _RATES))
    since: Array = times - times[0]
    return since


def _is_number(value: Any) -> bool:
    size: Any = abs(value) if isinstance(value, int | float | np.number) else _LARGEST
    return bool(size < _LARGEST)


def _movement(asked: _Asked) -> Found:
    """A poses dataset of `movement`, whose key points bear names known here."""
    data = _dataset(asked)
    names = tuple(str(name) for name in data["keypoints"].values)
    if not set(names) & set(INDEX):
        raise asked.wrong(f"has no key point with a name known here, such as left_hip; it has {', '.join(names)}")
    position = data["position"].transpose(*_ORDER).values[..., :2]
    confidence = np.ones(position.shape[:3])
    if "confidence" in data:  # where it is NaN, nothing is known against the point
        confidence = np.nan_to_num(data["confidence"].transpose(*_ORDER[:3]).values, nan=1.0)
    followed = _Follower()
    for frame in _checked(np.concatenate([position, confidence[..., None]], axis=3), asked):
        followed.add(list(frame))
    time, seconds = data["time"].values, data.attrs.get("time_unit") == "seconds"
    if asked.fps or not seconds:
        time = (np.arange(len(time)) if seconds else time) / asked.rate(data.attrs.get("fps"))
    size = asked.picture(data.attrs.get("image_width"), data.attrs.get("image_height"))
    world = None
    if "world_position" in data and names == NAMES and data.sizes["individuals"] == 1:
        world = data["world_position"].transpose("time", "keypoints", "world_space", "individuals").values[..., 0]
    return Found(names, time - time[:1], followed.points((len(names), 3)), size, world)


_ORDER: Final = ("time", "individuals", "keypoints", "space")


def _dataset(asked: _Asked) -> Any:
    """The file as an xarray dataset that has poses."""
    try:
        import xarray  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("this file needs xarray: pip install 'formcheck[movement]'") from error
    try:
        with asked.path.open("rb") as file:
            classic = file.read(3) == b"CDF"  # the netCDF library fills up a file that is cut off, scipy says so
        with xarray.open_dataset(asked.path, engine="scipy" if classic else None) as opened_file:
            data = opened_file.load()
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise asked.wrong(f"cannot be read as netCDF: {str(error).partition(chr(10))[0]}") from error
    shapes = {"position": {*_ORDER}, "confidence": {*_ORDER[:3]}, "time": {"time"}, "keypoints": {"keypoints"}}
    there = {"position", "time", "keypoints"} <= {*data.variables} and data["time"].dtype.kind in "iuf"
    if not there or any({*data[name].dims} != dims for name, dims in shapes.items() if name in data):
        raise asked.wrong("holds no poses: a dataset of movement has `position` by time, space, keypoints, individuals")
    return data
