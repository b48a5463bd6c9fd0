"""Landmarks of other pose estimators, read as `Poses`: OpenPose, COCO key points, MediaPipe, datasets of `movement`.

What a format lacks is not made up where it would be judged. Two things the core needs to recognise an exercise stand in
for what was measured: world points laid out of the picture (`flat_world`), and ankles for feet that a format does not
have. The measures that these cannot answer are not judged, and the report says so.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np

from formcheck import geometry, store, verdict
from formcheck.clock import LONGEST_STEP_S
from formcheck.errors import LandmarksError, NobodyFoundError, UsageError
from formcheck.exercise import Cue, Exercise
from formcheck.findings import Bout, Rep, Verdict
from formcheck.landmarks import INDEX, NAMES, SIDES
from formcheck.layouts import BODY_25, COCO_17, COCO_18
from formcheck.measures import MEASURES
from formcheck.poses import Array, Poses

Size = tuple[int, int]

FOREIGN: Final = (
    "These landmarks are not formcheck's own: the errors that verdicts and intervals rest on were measured on its own."
)
NO_FEET: Final = "these landmarks have no heels and toes"
NO_DEPTH: Final = "these landmarks have no depth"

FEET: Final = ("heel", "foot_index")
"""Parts that a format may lack: the ankle then stands for them where an exercise is recognised."""

BLOCK: Final = 4096
"""Frames handed on together (ours)."""

SHOULDER_WIDTH: Final = 0.76
"""Trunks between the shoulders, by which what the picture does not show of them lies in depth.

Ours: of 0.60 to 0.90 the least at which 54 rendered clips have as many reps with flat world points as with the model's;
from 0.80 up it also judges cues that the model's world points leave out (`docs/formats.md`).
"""

TRUNK_M: Final = 0.5
"""Metres that a trunk is taken for: 0.288 of 1.74 m, as everywhere in formcheck. Nothing that is judged reads it."""


LARGEST: Final = 1e6
"""No picture has as many pixels in a row."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording's landmarks from any file: going through it gives `Poses`, as often as wanted.

    sha256: of the file's bytes, of a folder that of its files' in order of their names. unjudged: measures that these
    landmarks cannot answer, and why. warnings: what the report should say.
    """

    path: Path
    sha256: str
    parts: Callable[[], Iterable[Poses]]
    unjudged: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Poses]:
        return iter(self.parts())

    def judged(self, bouts: Iterable[Bout], exercises: Iterable[Exercise]) -> tuple[Bout, ...]:
        """The bouts, with every cue `not_assessed` that reads a measure these landmarks cannot answer."""
        if not self.unjudged:
            return tuple(bouts)
        by_name = {exercise.name: _reasons(exercise, self.unjudged) for exercise in exercises}
        return tuple(_without(bout, by_name[bout.exercise]) for bout in bouts)


def opened(path: Path, *, fps: float | None = None, size: Size | None = None) -> Recording:
    """The landmarks in a file: an `.npz` of formcheck, JSON, a folder of OpenPose's JSON, or a dataset of `movement`.

    fps: frames a second, for a file without times. size: width and height of the picture in pixels, for a file without.
    Both go before what a file says. Raises `LandmarksError` for a file that holds no landmarks, `UsageError` where
    `fps` or `size` is needed, makes no sense, or is given for an `.npz`, which has both.
    """
    path = Path(path)
    _check(fps, size)
    if not (path.is_dir() or path.suffix.lower() in (".json", ".nc")):
        if fps or size:
            raise UsageError(f"{path} knows its times and the picture's size: leave out --fps and --size")
        return Recording(path, _sha256(path) if path.is_file() else "", lambda: store.read(path))
    asked = _Asked(path, fps, size)
    if path.is_dir():
        found = _openpose_folder(asked)
    else:
        found = _movement(asked) if path.suffix.lower() == ".nc" else _json(asked)
    if not np.isfinite(found.points[..., :2]).any():
        raise NobodyFoundError(f"{path} holds no frame with a person")
    if len(found.time) > 1 and not (np.diff(found.time) > 0).all():
        raise asked.wrong("has frames that do not follow one another in time")
    poses = _poses(_with_nobody(found))
    unjudged = _unjudged(found)
    return Recording(
        path,
        _sha256(path),
        lambda: (poses[first : first + BLOCK] for first in range(0, max(len(poses), 1), BLOCK)),
        unjudged,
        (FOREIGN, *(f"Some cues are not judged: {reason}." for reason in dict.fromkeys(unjudged.values()))),
    )


def _check(fps: float | None, size: Size | None) -> None:
    if fps is not None and not 1 <= fps <= 1000:
        raise UsageError(f"a frame rate of {fps:g} cannot be: give frames a second, 1 to 1000")
    if size is not None and min(size) < 1:
        raise UsageError(f"a picture of {size[0]}x{size[1]} cannot be: give its width and height in pixels")


def _sha256(path: Path) -> str:
    if not path.is_dir():
        return store.sha256(path)
    together = hashlib.sha256()
    for file in sorted(path.iterdir()):
        together.update(f"{file.name} {store.sha256(file)}\n".encode())
    return together.hexdigest()


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
        if isinstance(said, int | float) and 1 <= said <= 1000:
            return float(said)
        raise UsageError(f"{self.path} does not say how many frames a second it has: give it with --fps")

    def picture(self, width: Any = None, height: Any = None) -> Size:
        """Width and height in pixels: the user's word, else the file's."""
        if self.size:
            return self.size
        if isinstance(width, int | float) and isinstance(height, int | float) and min(width, height) >= 1:
            return int(width), int(height)
        raise UsageError(f"{self.path} does not say how large the picture is: give it with --size WIDTHxHEIGHT")

    def wrong(self, what: str) -> LandmarksError:
        """An error that names the file."""
        return LandmarksError(f"{self.path} {what}")


@dataclass(frozen=True, slots=True)
class _Found:
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


def _with_nobody(found: _Found) -> _Found:
    """The frames with an empty one after each that is the last for longer than the core joins frames over.

    Many programs write only the frames in which they found somebody; the last pose would stand until the next one.
    """
    gaps = np.flatnonzero(np.diff(found.time) > LONGEST_STEP_S)
    after = gaps + 1
    empty = np.nan  # as a row
    return replace(
        found,
        time=np.insert(found.time, after, found.time[gaps] + LONGEST_STEP_S / 2),
        points=np.insert(found.points, after, empty, axis=0),
        world=None if found.world is None else np.insert(found.world, after, empty, axis=0),
    )


def _poses(found: _Found) -> Poses:
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
    nose = image[:, INDEX["nose"]]  # no measure reads it, but a frame without one counts as nobody
    image[:, INDEX["nose"]] = np.where(np.isfinite(nose), nose, shoulders)
    blank = Poses.blank(found.time, found.size)
    return replace(blank, image=image, world=world, visibility=np.nan_to_num(points[..., 2]))


def flat_world(image: Array) -> Array:
    """World points out of the picture alone: (n, 33, 2) pixels -> (n, 33, 3) metres, origin between the hips.

    Everything lies in one plane but the shoulders: what the picture does not show of `SHOULDER_WIDTH` is their depth.
    Which of them is near follows from where the nose is from the ears. NaN where hips or shoulders are not known.
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
    """1 where the left shoulder is the further one, -1 where it is the nearer: (n,), by the way the nose points.

    Left is where up the trunk crosses forwards. A frame that does not show nose and ear takes the last one's word.
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


def _unjudged(found: _Found) -> dict[str, str]:
    """Measures that the landmarks of a file cannot answer, and why."""
    flat = {"foot_direction": NO_DEPTH} if found.world is None else {}
    footless = {name: NO_FEET for name, measure in MEASURES.items() if set(FEET) & set(measure.points)}
    return flat | ({} if found.has_feet else footless)


def _reasons(exercise: Exercise, unjudged: Mapping[str, str]) -> dict[str, tuple[Cue, str]]:
    """The cues of an exercise that read such a measure, by id."""
    found = {}
    for cue in exercise.cues:
        said = [unjudged[c.measure] for c in (cue.check, cue.also) if c is not None and c.measure in unjudged]
        if said:
            found[cue.id] = (cue, said[0])
    return found


def _without(bout: Bout, reasons: Mapping[str, tuple[Cue, str]]) -> Bout:
    reps = tuple(_rep_without(rep, reasons) for rep in bout.reps)
    cues = [cue for rep in reps if not rep.partial for cue in rep.cues] + list(bout.cues)
    score, assessed = verdict.score(cues)
    return replace(bout, reps=reps, score=score, assessed=assessed)


def _rep_without(rep: Rep, reasons: Mapping[str, tuple[Cue, str]]) -> Rep:
    def of(told: Verdict) -> Verdict:
        if told.id not in reasons:
            return told
        cue, reason = reasons[told.id]
        return verdict.not_assessed(cue, cue.check, reason)

    cues = tuple(of(told) for told in rep.cues)
    score, assessed = verdict.score(cues)
    return replace(rep, cues=cues, score=score, assessed=assessed)


# What the files hold.


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LandmarksError(f"{path} is no JSON, or is cut off: {error}") from error
    except OSError as error:
        raise LandmarksError(f"{path} cannot be read: {error.strerror or error}") from error


def _json(asked: _Asked) -> _Found:
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


def _openpose_folder(asked: _Asked) -> _Found:
    files = sorted(asked.path.glob("*.json"), key=lambda file: _numbered(file.stem.removesuffix("_keypoints")))
    if not files:
        raise asked.wrong("has no .json file in it: give the folder that OpenPose wrote with --write_json")
    return _openpose((_loaded(file) for file in files), {}, asked)


def _openpose(frames: Iterable[Any], head: Mapping[str, Any], asked: _Asked) -> _Found:
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
    return _Found(layout or BODY_25, np.arange(len(points)) / rate, points, size)


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


def _coco(records: Any, head: Mapping[str, Any], asked: _Asked) -> _Found:
    """COCO's results (a list of `image_id` and `keypoints`), or a data set with `images` and `annotations`."""
    images = [image for image in head.get("images") or [] if isinstance(image, dict) and "id" in image]
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
    return _Found(COCO_17, (np.array(numbers) - numbers[0]) / rate, followed.points((len(COCO_17), 3)), size)


def _image_number(name: Any, asked: _Asked) -> int:
    """The number of a frame: `image_id` itself, or the last number in it."""
    number = name if isinstance(name, int) else _numbered(str(name).rsplit(".", 1)[0])[0]
    if number < 0:
        raise asked.wrong(f"has an image_id without a frame's number: {name}")
    return number


_RATES: Final = ("fps", "frame_rate", "frameRate")
_PICTURE: Final = ("landmarks", "pose_landmarks", "poseLandmarks")
_WORLD: Final = ("world_landmarks", "pose_world_landmarks", "poseWorldLandmarks")
_SECONDS: Final = {"time_s": 1.0, "timestamp_s": 1.0, "timestamp_ms": 1000.0, "timestampMs": 1000.0, "time_ms": 1000.0}
_NUMBERS: Final = ("frame", "frame_index", "frame_idx", "frame_id", "frame_number", "frameIndex")
"""Names under which people write MediaPipe's results. A plain `time` or `timestamp` does not say its unit."""


def _mediapipe(frames: list[Any], head: Mapping[str, Any], asked: _Asked) -> _Found:
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
    return _Found(NAMES, _times(records, head, asked), image, size, world)


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
    return isinstance(value, int | float) and isfinite(value)


def _movement(asked: _Asked) -> _Found:
    """A poses dataset of `movement`, whose key points bear names known here."""
    try:
        import xarray  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("this file needs xarray: pip install 'formcheck[movement]'") from error
    try:
        with xarray.open_dataset(asked.path) as opened_file:
            data = opened_file.load()
    except (OSError, ValueError) as error:
        raise asked.wrong(f"cannot be read as netCDF: {str(error).partition(chr(10))[0]}") from error
    if not {"position", "keypoints", "individuals", "time", "space"} <= {*data.variables}:
        raise asked.wrong("holds no poses: a dataset of movement has `position` by time, space, keypoints, individuals")
    names = tuple(str(name) for name in data["keypoints"].values)
    if not set(names) & set(INDEX):
        raise asked.wrong(f"has no key point with a name known here, such as left_hip; it has {', '.join(names)}")
    order = ("time", "individuals", "keypoints", "space")
    position = data["position"].transpose(*order).values[..., :2]
    confidence = np.ones(position.shape[:3]) if "confidence" not in data else _confidence(data["confidence"], order[:3])
    followed = _Follower()
    for frame in np.concatenate([position, confidence[..., None]], axis=3, dtype=np.float32):
        followed.add(list(frame))
    time, seconds = data["time"].values, data.attrs.get("time_unit") == "seconds"
    if asked.fps or not seconds:
        time = (np.arange(len(time)) if seconds else time) / asked.rate(data.attrs.get("fps"))
    size = asked.picture(data.attrs.get("image_width"), data.attrs.get("image_height"))
    world = None
    if "world_position" in data and names == NAMES:
        world = data["world_position"].transpose("time", "keypoints", "world_space", "individuals").values[..., 0]
    return _Found(names, time - time[0], followed.points((len(names), 3)), size, world)


def _confidence(said: Any, order: Sequence[str]) -> Array:
    """(time, individuals, keypoints); where a file says NaN, nothing is known against the point."""
    values: Array = said.transpose(*order).values
    return np.nan_to_num(values, nan=1.0)
