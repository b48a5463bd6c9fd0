"""Landmarks in the formats of other programs: tables, OpenSim, OpenPose, MediaPipe and `movement`.

There are two kinds. Tables and the two files for OpenSim hold what is *judged*: ticks, 30 a second, from the core's own
sides, clock and smoother, with the core's own measures. OpenPose, MediaPipe and `movement` hold what was *found*: the
frames as the pose estimator gave them. Reading those back gives what formcheck would have judged.
`docs/formats.md` lists columns, units and axes.
"""

import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from formcheck import files
from formcheck.body import measures
from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core.clock import RATE
from formcheck.core.ticks import Ticks
from formcheck.errors import NobodyFoundError, OutputError, UsageError
from formcheck.formats import npz
from formcheck.formats.layouts import BODY_25, MIDDLES, rows

if TYPE_CHECKING:
    import xarray

MEASURED: Final = tuple(name for name, measure in MEASURES.items() if measure.of is not None)
"""The measures that have a value on every tick; the arch of the back has none, it compares looks."""

ANGLES: Final = tuple(name for name in MEASURED if MEASURES[name].unit == "deg")

Recording = Iterable[Poses]
"""Frames of one recording, in parts that follow one another, to be gone through more than once: a list, or `Saved`."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The frames of an `.npz` of landmarks; each pass reads the file again."""

    path: Path

    def __iter__(self) -> Iterator[Poses]:
        return npz.read(self.path)


def export(landmarks: Path | str, to: str, out: Path | str) -> None:
    """Write the landmarks of an `.npz` in the format `to`, one of `FORMATS`; `out` appears whole or not at all.

    Raises `UsageError` for another format or a missing package, `LandmarksError` for a file without landmarks,
    `NobodyFoundError` where no frame has a person, `OutputError` where `out` cannot be written.
    """
    if to not in FORMATS:
        raise UsageError(f"there is no format {to}; choose one of {', '.join(FORMATS)}")
    saved, out = Saved(Path(landmarks)), Path(out)
    with (_whole_folder if to == "openpose" else files.whole)(out) as temporary:
        if not any(poses.found.any() for poses in saved):
            raise NobodyFoundError(f"{landmarks} holds no frame with a person")
        FORMATS[to](saved, temporary, out.name)


def ticks(recording: Recording) -> Iterator[Poses]:
    """The recording as the core judges it: swapped legs put right, 30 ticks a second, smoothed."""
    settled = Ticks()
    for frames in recording:
        yield from settled.feed(frames)
    yield from settled.finish()


def angles(poses: Poses) -> dict[str, Array]:
    """Measures in degrees of n ticks, by name and side as `knee_flexion_left`: (n,) float32, NaN where not known."""
    return {name: values for name, (values, unit) in _measured(poses, ANGLES).items() if unit == "deg"}


def table(poses: Poses) -> pa.Table:
    """One row a tick: `time_s`, the measures with their unit in the name, then the landmarks; null where not known.

    Measures of length are in pixels; divide by `trunk_px` for trunks. Landmarks are `NAME_x_px`, `NAME_y_px` in the
    picture (x right, y down) and `NAME_x_m`, `NAME_y_m`, `NAME_z_m`, the model's guess in metres.
    """
    columns: dict[str, Array] = {"time_s": poses.time}
    for name, (values, unit) in _measured(poses, MEASURED).items():
        columns[f"{name}_{unit}" if unit else name] = values
    columns |= {f"{n}_{axis}_px": poses.image[:, i, a] for n, i in INDEX.items() for a, axis in enumerate("xy")}
    columns |= {f"{n}_{axis}_m": poses.world[:, i, a] for n, i in INDEX.items() for a, axis in enumerate("xyz")}
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def _measured(poses: Poses, names: Iterable[str]) -> dict[str, tuple[Array, str]]:
    """Measures of ticks by name and side, with their unit; and the camera's yaw and the trunk's length."""
    names = tuple(names)
    at = {name: i for i, name in enumerate(measures.columns(names))}
    values, found = measures.table(poses, names), {}
    units = {"trunk": "px", "share": "", "deg": "deg"}
    for name in names:
        for side in ("left", "right") if MEASURES[name].sided else ("",):
            column = values[:, at[measures.column(name, side)]]
            found[f"{name}_{side}".rstrip("_")] = (column, units[MEASURES[name].unit])
    return found | {"yaw": (values[:, at["yaw"]], "deg"), "trunk": (values[:, at["trunk"]], "px")}


def _write_csv(recording: Recording, path: Path, name: str) -> None:
    _write_table(recording, lambda schema: pyarrow.csv.CSVWriter(path, schema))


def _write_parquet(recording: Recording, path: Path, name: str) -> None:
    _write_table(recording, lambda schema: pyarrow.parquet.ParquetWriter(path, schema))


def _write_table(recording: Recording, opened: Callable[[pa.Schema], Any]) -> None:
    empty = table(Poses.blank(np.empty(0), (1, 1)))
    with opened(empty.schema) as writer:
        for poses in _in_blocks(ticks(recording)):
            writer.write_table(table(poses))


def _in_blocks(parts: Iterable[Poses]) -> Iterator[Poses]:
    """The parts that are not empty."""
    return (part for part in parts if len(part))


def heading(recording: Recording) -> Array:
    """The person's right as a level direction: (2,) to the picture's right and towards the camera.

    A unit vector: the mean over the frames of the lines from left to right shoulder and hip. There is one for the whole
    recording, so turns of the body are kept. If no frame tells it: (0, 1), somebody who faces the picture's right.
    """
    total = np.zeros(2)
    for poses in recording:
        for part in ("shoulder", "hip"):
            line = poses.world[:, INDEX[f"right_{part}"]] - poses.world[:, INDEX[f"left_{part}"]]
            total += np.nansum(line[:, [0, 2]] * [1, -1], axis=0, dtype=np.float64)
    size = np.hypot(*total)
    return total / size if size > 0 else np.array([0.0, 1.0])


def opensim_points(poses: Poses, right: Array) -> Array:
    """The world points in OpenSim's axes, (n, 33, 3) metres: x forward, y up, z to the person's right.

    `right` is what `heading` gave. Up is the picture's up: a single camera knows no floor.
    """
    x, y, z = (poses.world[..., axis].astype(np.float64) for axis in range(3))
    return np.stack([x * right[1] + z * right[0], -y, x * right[0] - z * right[1]], axis=-1)


def _write_trc(recording: Recording, path: Path, name: str) -> None:
    right = heading(recording)
    with tempfile.TemporaryFile("w+", dir=path.parent, encoding="ascii") as body:
        count = 0
        for poses in _in_blocks(ticks(recording)):
            points = opensim_points(poses, right).reshape(len(poses), -1)
            for time, row in zip(poses.time, points, strict=True):
                count += 1
                body.write("\t".join([f"{count}\t{time:.6f}", *(f"{v:.6f}" for v in row.tolist())]) + "\n")
        _put_together(path, _trc_header(name, count), body)


def _trc_header(name: str, count: int) -> str:
    keys = "DataRate CameraRate NumFrames NumMarkers Units OrigDataRate OrigDataStartFrame OrigNumFrames"
    values = (f"{RATE:.2f}", f"{RATE:.2f}", count, len(NAMES), "m", f"{RATE:.2f}", 1, count)
    lines = (
        f"PathFileType\t4\t(X/Y/Z)\t{name}",
        "\t".join(keys.split()),
        "\t".join(str(value) for value in values),
        "Frame#\tTime\t" + "\t\t\t".join(NAMES) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(NAMES) + 1) for axis in "XYZ"),
        "",
    )
    return "\n".join(lines) + "\n"


def _write_mot(recording: Recording, path: Path, name: str) -> None:
    names: list[str] = []
    with tempfile.TemporaryFile("w+", dir=path.parent, encoding="ascii") as body:
        count = 0
        for poses in _in_blocks(ticks(recording)):
            found = angles(poses)
            values = np.stack([poses.time, *found.values()], axis=1)
            values = values[np.isfinite(values).all(axis=1)]  # OpenSim's Storage stops reading at a NaN
            names, count = list(found), count + len(values)
            body.writelines("\t".join([f"{time:.6f}", *(f"{v:.4f}" for v in row)]) + "\n" for time, *row in values)
        _put_together(path, _mot_header(names, count), body)


def _mot_header(names: list[str], count: int) -> str:
    lines = ("Coordinates", "version=1", f"nRows={count}", f"nColumns={len(names) + 1}", "inDegrees=yes", "endheader")
    return "\n".join([*lines, "\t".join(["time", *names])]) + "\n"


def _put_together(path: Path, header: str, body: IO[str]) -> None:
    """Write the header before the rows; it holds their number, so the rows are made first."""
    body.seek(0)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(header)
        shutil.copyfileobj(body, file)


def _write_openpose(recording: Recording, folder: Path, name: str) -> None:
    count = 0
    for poses in recording:
        for keypoints in body_25(poses):
            people = [{"person_id": [-1], "pose_keypoints_2d": _rounded(keypoints)}] if keypoints.any() else []
            text = json.dumps({"version": 1.3, "people": people}, separators=(",", ":"))
            (folder / f"{name}_{count:012d}_keypoints.json").write_text(text, "ascii")
            count += 1


def _rounded(keypoints: Array) -> list[float]:
    return [round(value, 4) for value in keypoints.ravel().tolist()]


LEAST_CONFIDENCE: Final = 0.001
"""What is written for a landmark that was found but is hardly visible: 0 would say that there is none."""


def body_25(poses: Poses) -> Array:
    """The BODY_25 of OpenPose, (n, 25, 3): x, y in pixels and the visibility; 0, 0, 0 where there is no such point.

    There are no small toes; neck and mid hip are the middles of shoulders and hips.
    """
    points = np.concatenate([poses.image, np.maximum(poses.visibility, LEAST_CONFIDENCE)[..., None]], axis=2)
    found = np.zeros((len(poses), len(BODY_25), 3), np.float64)
    for at, row in rows(BODY_25):
        found[:, at] = points[:, row]
    for middle, (left, right) in MIDDLES.items():
        a, b = points[:, INDEX[left]], points[:, INDEX[right]]
        at = BODY_25.index(middle)
        found[:, at], found[:, at, 2] = (a + b) / 2, np.minimum(a[:, 2], b[:, 2])
    found[~np.isfinite(found).all(axis=2)] = 0
    return found


def _write_mediapipe(recording: Recording, path: Path, name: str) -> None:
    with path.open("w", encoding="ascii", newline="\n") as file:
        count = 0
        for poses in recording:
            width, height = poses.image_size
            for i in range(len(poses)):
                file.write(f'{{"width": {width}, "height": {height}, "frames": [\n' if not count else ",\n")
                file.write(json.dumps(_mediapipe_frame(poses, i, count)))
                count += 1
        file.write("\n]}\n")


def _mediapipe_frame(poses: Poses, i: int, count: int) -> dict[str, Any]:
    """One frame as MediaPipe gives it: shares of the picture, and metres. Without a person both lists are empty."""
    frame = {"frame": count, "time_s": float(poses.time[i]), "landmarks": [], "world_landmarks": []}
    if not poses.found[i]:
        return frame
    image, seen = poses.image[i] / np.array(poses.image_size), poses.visibility[i].tolist()
    frame["landmarks"] = [_named("xy", point, v) for point, v in zip(image.tolist(), seen, strict=True)]
    frame["world_landmarks"] = [_named("xyz", p, v) for p, v in zip(poses.world[i].tolist(), seen, strict=True)]
    return frame


def _named(axes: str, point: list[float], visibility: float) -> dict[str, float | None]:
    values = {axis: round(value, 7) if isfinite(value) else None for axis, value in zip(axes, point, strict=True)}
    return values | {"visibility": round(visibility, 4)}


def dataset(recording: Recording) -> "xarray.Dataset":
    """The frames as a poses dataset of the library `movement`: `position` in pixels, `confidence`, one individual.

    `position` is (time, space, keypoints, individuals). `world_position`, in metres, has the dimension `world_space`
    in place of `space`. Raises `UsageError` where xarray is not installed.
    """
    try:
        import xarray  # noqa: PLC0415
    except ImportError as error:
        raise UsageError("this format needs xarray: pip install 'formcheck[movement]'") from error
    poses = Poses.join(recording)
    last = ("keypoints", "individuals")
    return xarray.Dataset(
        {
            "position": (("time", "space", *last), poses.image.swapaxes(1, 2)[..., None]),
            "confidence": (("time", *last), poses.visibility[..., None]),
            "world_position": (("time", "world_space", *last), poses.world.swapaxes(1, 2)[..., None]),
        },
        coords={
            "time": poses.time,
            "space": ["x", "y"],
            "world_space": ["x", "y", "z"],
            "keypoints": list(NAMES),
            "individuals": ["id_0"],
        },
        attrs=_movement_attrs(poses),
    )


def _movement_attrs(poses: Poses) -> dict[str, str | float]:
    span = float(poses.time[-1] - poses.time[0]) if len(poses) > 1 else 0.0
    width, height = poses.image_size
    fps = {"fps": (len(poses) - 1) / span} if span else {}
    said = {"time_unit": "seconds", "source_software": "formcheck", "ds_type": "poses"}
    return fps | said | {"image_width": float(width), "image_height": float(height)}


def _write_movement(recording: Recording, path: Path, name: str) -> None:
    dataset(recording).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")


Writer = Callable[[Recording, Path, str], None]
"""Writes a recording to a path; the name is the one that the path will have."""

FORMATS: Final[dict[str, Writer]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "trc": _write_trc,
    "mot": _write_mot,
    "openpose": _write_openpose,
    "mediapipe": _write_mediapipe,
    "movement": _write_movement,
}
"""Every format by name; OpenPose's is a folder, the others are files."""


@contextmanager
def _whole_folder(out: Path) -> Iterator[Path]:
    """`files.whole` for a folder. It must be new or empty, so that no earlier frames mix with the new ones."""
    out = out.absolute()
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError(f"cannot write {out}: it is there already; give the name of a new or an empty folder")
    temporary = out.with_name(f".formcheck-{secrets.token_hex(6)}.part")
    with files.writing(out):
        temporary.mkdir()
        try:
            yield temporary
            temporary.replace(out)
        except BaseException:  # also Ctrl-C: no half-written folder stays
            shutil.rmtree(temporary, ignore_errors=True)
            raise
