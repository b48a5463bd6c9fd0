"""What files of other pose estimators hold: OpenPose, COCO key points, MediaPipe, datasets of `movement`.

Each reader gives `Found`: points in that program's own layout. `imports.py` prepares them for core and report.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from formcheck import files
from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array
from formcheck.errors import LandmarksError, NobodyFoundError, UsageError
from formcheck.filming import Person
from formcheck.findings import Notice
from formcheck.formats.crowd import Crowd
from formcheck.formats.layouts import BODY_25, COCO_17, COCO_18

Size = tuple[int, int]

FEET: Final = ("heel", "foot_index")
"""Parts that a format may lack: the ankle then stands for them where an exercise is recognised."""

LARGEST: Final = 1e6
"""No picture has as many pixels in a row."""

MOST_FRAMES: Final = 10_000_000
"""A frame's number is below this: four days at 30 a second (ours; a wrong one would make a recording of years)."""

MOST_PEOPLE: Final = 100
"""A frame has at most so many people (ours: each is compared with each of the frame before)."""

MOST_BYTES: Final = 200 << 20
"""A file of JSON is at most as large (ours: read, it takes five times as much memory); it holds hours."""

_DIGITS: Final = 18  # ours: what has more digits is beyond any number of a frame
_LARGEST: Final = 1e15  # ours: no number of a frame, a time or a picture is larger


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the user gave: the file, and values that the file may lack."""

    path: Path
    fps: float | None
    size: Size | None
    person: Person = None

    def rate(self, said: Any = None) -> float:
        """Frames per second: the user's value, else the file's."""
        if self.fps:
            return self.fps
        if _is_number(said) and 1 <= said <= 1000:
            return float(said)
        raise UsageError(f"{self.path} does not say how many frames a second it has: give it with --fps")

    def picture(self, width: Any = None, height: Any = None) -> Size:
        """Width and height in pixels: the user's values, else the file's."""
        if self.size:
            return self.size
        if all(_is_number(side) and 1 <= side <= LARGEST for side in (width, height)):
            return int(width), int(height)
        raise UsageError(f"{self.path} does not say how large the picture is: give it with --size WIDTHxHEIGHT")

    def check_crowd(self, people: int) -> None:
        """Complain of too many people in one frame."""
        if people > MOST_PEOPLE:
            raise self.wrong(f"has {people} people in one frame; {MOST_PEOPLE} are the most")

    def wrong(self, what: str) -> LandmarksError:
        """An error that names the file."""
        return LandmarksError(f"{self.path} {what}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds of the one person who is judged.

    points: (n, k, 3) in the order of a layout: x and y in pixels and a confidence, NaN where there is none. world:
    (n, 33, 3) metres, None where the file has none. warnings: what the report should say of the people in it.
    person: (n,), as in `Poses`.
    """

    layout: Sequence[str]
    time: Array
    points: Array
    size: Size
    world: Array | None = None
    warnings: tuple[Notice, ...] = ()
    person: Array | None = None

    @property
    def has_feet(self) -> bool:
        """Whether heels and toes are among the points."""
        return all(f"{side}_{part}" in self.layout for side in SIDES for part in FEET)


def found_in(path: Path, fps: float | None, size: Size | None, person: Person = None) -> Found:
    """What a folder of OpenPose's JSON, a JSON file or a `.nc` of `movement` holds; raises as `imports.opened` does."""
    asked = _Asked(path, fps, size, person)
    with files.reading(path, "file of landmarks", LandmarksError):
        if path.is_dir():
            found = _openpose_folder(asked)
        else:
            found = _movement(asked) if path.suffix.lower() == ".nc" else _json(asked)
    if not np.isfinite(found.points[..., :2]).any():
        raise NobodyFoundError(f"{path} holds no frame with {'a person' if person is None else 'the person asked for'}")
    if len(found.time) > 1 and not (np.diff(found.time) > 0).all():
        raise asked.wrong("has frames that do not follow one another in time")
    return found


def _loaded(path: Path) -> Any:
    with files.reading(path, "JSON", LandmarksError):
        if path.stat().st_size > MOST_BYTES:
            raise LandmarksError(f"{path} is larger than {MOST_BYTES >> 20} MB: cut the recording into parts")
        return json.loads(path.read_text("utf-8-sig"))


def _json(asked: _Asked) -> Found:
    """The landmarks of one JSON file; its content tells its kind."""
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
    """Sort key: the last number in a name, as frames are named."""
    numbers = re.findall(r"\d+", name)
    return (int(numbers[-1][:_DIGITS]) if numbers else -1, name)


def _value(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """A record's value under the first of these names that it has."""
    return next((record[name] for name in names if record.get(name) is not None), None)


def _openpose_folder(asked: _Asked) -> Found:
    found = sorted(asked.path.glob("*.json"), key=lambda file: _numbered(file.stem.removesuffix("_keypoints")))
    if not found:
        raise asked.wrong("has no .json file in it: give the folder that OpenPose wrote with --write_json")
    return _openpose((_loaded(file) for file in found), {}, asked)


def _openpose(frames: Iterable[Any], head: Mapping[str, Any], asked: _Asked) -> Found:
    rate, size = asked.rate(_value(head, _RATES)), asked.picture(head.get("width"), head.get("height"))
    crowd, layout = Crowd(size, asked.person), None
    layouts = {3 * len(known): known for known in (BODY_25, COCO_18)}
    for i, frame in enumerate(frames):
        if not isinstance(frame, dict) or not isinstance(frame.get("people"), list):
            raise asked.wrong("has a frame without `people`, which OpenPose writes for every frame")
        people = [p["pose_keypoints_2d"] for p in frame["people"] if isinstance(p, dict) and p.get("pose_keypoints_2d")]
        if people and layout is None and isinstance(people[0], list):
            layout = layouts.get(len(people[0]))
        crowd.add(i / rate, _people(people, layout, asked, "BODY_25 has 75 numbers, COCO 54"))
    one = crowd.chosen(len(layout or BODY_25))
    points = one.points
    if np.nanmax(points[..., :2], initial=0) <= 1 and np.isfinite(points).any():
        raise asked.wrong("has shares of the picture: let OpenPose write pixels (--keypoint_scale 0)")
    return Found(
        layout or BODY_25, np.arange(len(points)) / rate, points, size, warnings=one.warnings, person=one.person
    )


def _people(people: list[Any], layout: Sequence[str] | None, asked: _Asked, allowed: str) -> list[Array]:
    """The people of one frame, each (k, 3). A point with confidence 0 is missing: NaN."""
    asked.check_crowd(len(people))
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
    image, info = next(iter(images), {}), head.get("info")
    rate = asked.rate(_value(head, _RATES) or (_value(info, _RATES) if isinstance(info, dict) else None))
    size = asked.picture(image.get("width"), image.get("height"))
    time, crowd = (np.array(numbers) - numbers[0]) / rate, Crowd(size, asked.person)
    for at, number in zip(time.tolist(), numbers, strict=True):
        crowd.add(at, _people(people[number], COCO_17, asked, "COCO's 17 key points have 51"))
    one = crowd.chosen(len(COCO_17))
    return Found(COCO_17, time, one.points, size, warnings=one.warnings, person=one.person)


def _image_number(name: Any, asked: _Asked) -> int:
    """The number of a frame: `image_id` itself, or the last number in it."""
    number = name if isinstance(name, int) and not isinstance(name, bool) else _numbered(str(name).rsplit(".", 1)[0])[0]
    if not 0 <= number < MOST_FRAMES:
        raise asked.wrong(f"has an image_id without a frame's number: {str(name)[:40]}")
    return number


_RATES: Final = ("fps", "frame_rate", "frameRate")
_PICTURE: Final = ("landmarks", "pose_landmarks", "poseLandmarks")
_WORLD: Final = ("world_landmarks", "pose_world_landmarks", "poseWorldLandmarks")
_SECONDS: Final = {"time_s": 1.0, "timestamp_s": 1.0, "timestamp_ms": 1000.0, "timestampMs": 1000.0, "time_ms": 1000.0}
_NUMBERS: Final = ("frame", "frame_index", "frame_idx", "frame_id", "frame_number", "frameIndex")
"""Names under which people write MediaPipe's results. A plain `time` or `timestamp` does not say its unit."""


def _mediapipe(frames: list[Any], head: Mapping[str, Any], asked: _Asked) -> Found:
    records = [frame if isinstance(frame, dict) else {"landmarks": frame} for frame in frames]
    time, crowd = _times(records, head, asked), Crowd((1, 1), asked.person)
    for at, record in zip(time.tolist(), records, strict=True):
        bodies = _bodies(_value(record, _PICTURE))
        asked.check_crowd(len(bodies))
        crowd.add(at, [_landmarks(body, asked) for body in bodies])
    one = crowd.chosen(len(NAMES), 4)
    if np.isfinite(one.points[..., :2]).any():
        _check_shares(one.points, asked)
    width, height = size = asked.picture(head.get("width"), head.get("height"))
    image = one.points[..., [0, 1, 3]] * np.array([width, height, 1], np.float32)
    return Found(NAMES, time, image, size, _world(records, one.which, asked), one.warnings, one.person)


def _world(records: Sequence[Mapping[str, Any]], which: Sequence[int | None], asked: _Asked) -> Array | None:
    """The world points of the person who is judged, (n, 33, 3); None where the file has none."""
    found, some = np.full((len(records), len(NAMES), 3), np.nan, np.float32), False
    for i, (record, at) in enumerate(zip(records, which, strict=True)):
        bodies = _bodies(_value(record, _WORLD))
        if at is not None and at < len(bodies):
            found[i], some = _landmarks(bodies[at], asked)[:, :3], True
    return found if some else None


def _bodies(said: Any) -> list[Any]:
    """The bodies of one frame: many programs write one, a list of 33; MediaPipe's tasks give a list of them."""
    if not isinstance(said, list) or not said:
        return []
    nested = isinstance(said[0], list) and bool(said[0]) and isinstance(said[0][0], dict | list)
    return said if nested else [said]


def _landmarks(body: Any, asked: _Asked) -> Array:
    """(33, 4): x, y, z, visibility. Where the file gives no value: NaN, and for the visibility 1."""
    if not isinstance(body, list) or len(body) != len(NAMES):
        found = f"{len(body)}" if isinstance(body, list) else "something else"
        raise asked.wrong(f"has a pose of {found} landmarks; MediaPipe's have {len(NAMES)}")
    try:
        rows = [[*map(p.get, "xyz"), p.get("visibility", 1)] if isinstance(p, dict) else [*p, 1][:4] for p in body]
        return _checked(np.array(rows, np.float64).reshape(len(NAMES), 4), asked)
    except (TypeError, ValueError, OverflowError) as error:
        raise asked.wrong("has a landmark that is neither x, y, z, visibility by name nor a list of them") from error


def _check_shares(points: Array, asked: _Asked) -> None:
    """See that landmarks are shares of the picture: some files hold pixels or world points under the same name."""
    hips = points[:, [INDEX["left_hip"], INDEX["right_hip"]], :2].mean(axis=1)
    if np.nanmedian(np.abs(points[..., :2])) > 2:
        raise asked.wrong("has landmarks in pixels: MediaPipe's are shares of the picture's width and height")
    if np.nanmax(np.abs(hips)) < 0.02:
        raise asked.wrong("has world points under `landmarks`: shares of the picture belong there")


def _times(records: Sequence[Mapping[str, Any]], head: Mapping[str, Any], asked: _Asked) -> Array:
    """Seconds of each frame from the first: from the file's times, or the frames' numbers, or their order."""
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
    """Whether the value is a finite number of a possible size, and no boolean."""
    numeric = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return numeric and bool(abs(value) < _LARGEST)


def _movement(asked: _Asked) -> Found:
    """A poses dataset of `movement` whose key points have names known here."""
    data = _dataset(asked)
    asked.check_crowd(data.sizes.get("individuals", 1))
    names = tuple(str(name) for name in data["keypoints"].values)
    if not set(names) & set(INDEX):
        raise asked.wrong(f"has no key point with a name known here, such as left_hip; it has {', '.join(names)}")
    position = _axes(data["position"], "space", "xy", asked)
    confidence = np.ones(position.shape[:3])
    if "confidence" in data:  # a NaN says nothing against the point
        confidence = np.nan_to_num(data["confidence"].transpose(*_ORDER).values, nan=1.0)
    time, seconds = data["time"].values.astype(np.float64), data.attrs.get("time_unit") == "seconds"
    if asked.fps or not seconds:
        time = (np.arange(len(time)) if seconds else time) / asked.rate(data.attrs.get("fps"))
    size = asked.picture(data.attrs.get("image_width"), data.attrs.get("image_height"))
    time, crowd = time - time[:1], Crowd(size, asked.person)
    for at, frame in zip(time.tolist(), np.concatenate([position, confidence[..., None]], axis=3), strict=True):
        crowd.add(at, list(_checked(frame, asked)))
    world = None
    if "world_position" in data and names == NAMES and data.sizes["individuals"] == 1:
        world = _checked(_axes(data["world_position"], "world_space", "xyz", asked)[:, 0], asked)
    one = crowd.chosen(len(names))
    return Found(names, time, one.points, size, world, one.warnings, one.person)


def _axes(variable: Any, along: str, axes: str, asked: _Asked) -> Array:
    """A variable as (time, individuals, keypoints, axes): the axes with these labels, in this order."""
    labels = [str(label) for label in variable[along].values] if along in variable.coords else []
    if not {*axes} <= {*labels}:
        raise asked.wrong(f"must label {along} with {', '.join(axes)}; its labels are {', '.join(labels) or 'missing'}")
    values: Array = variable.transpose(*_ORDER, along).values
    return values[..., [labels.index(axis) for axis in axes]]


_ORDER: Final = ("time", "individuals", "keypoints")
_DIMS: Final = {
    "position": {*_ORDER, "space"},
    "world_position": {*_ORDER, "world_space"},
    "confidence": {*_ORDER},
    "time": {"time"},
}


def _dataset(asked: _Asked) -> Any:
    """The file as an xarray dataset that has poses."""
    try:
        import xarray  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("this file needs xarray: pip install 'formcheck[movement]'") from error
    with files.reading(asked.path, "netCDF file", LandmarksError):
        with asked.path.open("rb") as file:
            classic = file.read(3) == b"CDF"  # the netCDF library fills up a file that is cut off; scipy reports it
        with xarray.open_dataset(asked.path, engine="scipy" if classic else None) as opened_file:
            if opened_file.nbytes > MOST_BYTES:  # as the file says, before it is unpacked
                raise asked.wrong(f"holds {opened_file.nbytes >> 20} MB; {MOST_BYTES >> 20} MB are the most")
            data = opened_file.load()
    if not {"position", "time", "keypoints"} <= {*data.variables} or data["keypoints"].dims != ("keypoints",):
        raise asked.wrong(_NO_DATASET)
    for name, dims in _DIMS.items():
        if name in data and ({*data[name].dims} != dims or data[name].dtype.kind not in "iuf"):
            raise asked.wrong(_NO_DATASET)
    return data


_NO_DATASET: Final = (
    "holds no poses: a dataset of movement has `position` by time, space, keypoints, individuals; `confidence` goes by "
    "all but space, `world_position` by world_space in its place, and all are numbers"
)
