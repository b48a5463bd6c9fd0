"""`Poses` to and from an `.npz`, in constant memory."""

import shutil
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from math import prod
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np

from formcheck import files
from formcheck.body.poses import COLUMNS, LONGEST_S, Array, Poses
from formcheck.errors import LandmarksError
from formcheck.files import Whole, writing
from formcheck.findings import Quality

FORMAT: Final = "formcheck.poses/1"
"""The tag in the entry `format`. A file without one (a plain `np.savez` of the fields) is read as this format."""

ADDED: Final = ("hidden", "error", "turn", "person", "belly", "axis", "curve", "ball")
"""Columns that a file may lack: what they hold was not seen."""

MOST_BYTES: Final = 1024
"""What `format`, `image_size` and `quality` take at most (ours)."""

_DATED: Final = (1980, 1, 1, 0, 0, 0)  # fixed, so that the same landmarks always make the same bytes


class PosesWriter:
    """Writes `Poses` to an uncompressed `.npz`, chunk by chunk. The file appears when the `with` block ends well.

    The entries are the fields of `Poses` by name, `image_size`, `format`, and `quality` where it is given. Memory does
    not grow with the length: each column waits in an unnamed temporary file beside `path`. Raises `OutputError` where
    that cannot be written.
    """

    def __init__(self, path: Path, image_size: tuple[int, int], quality: Quality | None = None) -> None:
        self.path = Path(path)
        self._quality = quality
        self._blank = Poses.blank(np.empty(0), image_size)
        self._rows = 0
        self._last = -np.inf
        with ExitStack() as stack:
            self._file = Whole(self.path)
            stack.callback(self._file.discard)
            with writing(self.path):
                self._columns = {name: stack.enter_context(_scratch(self.path.parent)) for name in COLUMNS}
            self._stack = stack.pop_all()

    def append(self, poses: Poses) -> None:
        """Add frames, all later than those before. Raises `LandmarksError` where they are not, or differ in size."""
        if poses.image_size != self._blank.image_size:
            raise LandmarksError(f"frames of {poses.image_size} cannot follow frames of {self._blank.image_size}")
        if not len(poses):
            return
        if poses.time[0] <= self._last:
            raise LandmarksError(f"frames must follow in time; {poses.time[0]} s came after {self._last} s")
        with writing(self.path):
            for name, scratch in self._columns.items():
                scratch.write(getattr(poses, name).tobytes())
        self._rows += len(poses)
        self._last = float(poses.time[-1])

    def _assemble(self) -> None:
        with writing(self.path), zipfile.ZipFile(self._file.temporary, "w") as archive:
            _put(archive, "format", np.array(FORMAT))
            _put(archive, "image_size", np.array(self._blank.image_size, np.int64))
            if self._quality is not None:
                _put(archive, "quality", np.array(str(self._quality)))
            for name, scratch in self._columns.items():
                scratch.seek(0)
                with _entry(archive, name) as entry:
                    _header(entry, getattr(self._blank, name), self._rows)
                    shutil.copyfileobj(scratch, entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        with self._stack:
            if kind is None:
                self._assemble()
                self._file.keep()


def read(path: Path, *, rows: int = 4096) -> Generator[Poses]:
    """The frames of an `.npz`, at most `rows` at a time. There is at least one bundle, which may be empty.

    Raises `LandmarksError` when the file is missing, is no `.npz`, lacks a column, is cut off, or holds wrong shapes or
    times beyond `LONGEST_S`.
    """
    path = Path(path)
    last = -np.inf
    with _explaining(path), zipfile.ZipFile(path) as archive, ExitStack() as stack:
        _check_format(archive)
        image_size = _image_size(archive)
        there = [name for name in COLUMNS if name not in ADDED or f"{name}.npy" in archive.namelist()]
        columns = {name: stack.enter_context(_Column(archive, name)) for name in there}
        total = _common_length(columns)
        for start in range(0, max(total, 1), rows):
            count = min(rows, total - start)
            taken = {name: column.take(count) for name, column in columns.items()}
            blank = Poses.blank(taken["time"], image_size)
            missing = {name: getattr(blank, name) for name in COLUMNS if name not in taken}
            poses = Poses(**taken, **missing, image_size=image_size)
            if count and poses.time[0] <= last:
                raise LandmarksError("Poses.time must increase from frame to frame")
            last = _last_time(poses) if count else last
            yield poses


def _last_time(poses: Poses) -> float:
    """The time of the last frame; no time may be further from 0 than a recording may be long."""
    first, last = poses.time[[0, -1]].tolist()
    if max(-first, last) > LONGEST_S:
        raise LandmarksError(
            f"Poses.time must be seconds from the first frame, at most {LONGEST_S:.0f} (a day); found {first} to {last}"
        )
    return float(last)


def quality(path: Path) -> Quality | None:
    """How much the pose models did for the landmarks in an `.npz`; None where it does not say. Raises as `read`."""
    with _explaining(path), zipfile.ZipFile(path) as archive:
        said = str(_small(archive, "quality")) if "quality.npy" in archive.namelist() else None
    return Quality(said) if said in list(Quality) else None


def load(path: Path) -> Poses:
    """All frames of an `.npz`; raises as `read` does."""
    return Poses.join(read(path))


class _Column:
    """One entry of an `.npz`, read from its start to its end."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._want = getattr(Poses.blank(np.empty(0), (1, 1)), name)
        self._entry = _open_entry(archive, name)
        shape, fortran, dtype = _read_header(self._entry)
        if shape[1:] != self._want.shape[1:] or not shape or dtype != self._want.dtype or fortran:
            want = f"{self._want.dtype} of shape {('n', *self._want.shape[1:])}, row by row"
            found = f"{dtype} of shape {shape}" + (", column by column" if fortran else "")
            raise LandmarksError(f"the column {name} must be {want}; it is {found}")
        self.length = shape[0]

    def take(self, count: int) -> Array:
        """The next `count` rows."""
        want = count * self._want.dtype.itemsize * int(np.prod(self._want.shape[1:]))
        data = self._entry.read(want)
        if len(data) < want:
            raise EOFError(f"the column {self.name} is cut off")
        return np.frombuffer(data, self._want.dtype).reshape(count, *self._want.shape[1:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._entry.close()


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Say in one sentence what is wrong with a file of landmarks."""
    try:
        with files.reading(path, ".npz file", LandmarksError):
            try:
                yield
            except LandmarksError as error:
                raise LandmarksError(f"{path} holds no usable landmarks: {error}") from error
    except LandmarksError as error:
        raise LandmarksError(f"{error}; give the landmarks.npz that analyze or landmarks wrote") from error


def _open_entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    if f"{name}.npy" not in archive.namelist():
        found = ", ".join(sorted(entry.removesuffix(".npy") for entry in archive.namelist())) or "none"
        raise LandmarksError(f"the column {name} is missing; columns found: {found}")
    return archive.open(f"{name}.npy")


def _read_header(entry: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and type of an entry. numpy itself refuses headers of more than 10,000 letters."""
    version = np.lib.format.read_magic(entry)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read_header(entry)
    return shape, fortran, dtype


def _small(archive: zipfile.ZipFile, name: str) -> Array:
    """An entry of a few numbers or letters; how many it promises is seen before they are unpacked."""
    with _open_entry(archive, name) as entry:
        shape, _, dtype = _read_header(entry)
        if prod(shape) * dtype.itemsize > MOST_BYTES or dtype.hasobject:
            raise LandmarksError(f"{name} should be a few numbers or letters; it is {dtype} of shape {shape}")
    with _open_entry(archive, name) as entry:
        return np.asarray(np.lib.format.read_array(entry, allow_pickle=False))


def _check_format(archive: zipfile.ZipFile) -> None:
    if "format.npy" in archive.namelist():
        found = str(_small(archive, "format"))
        if found != FORMAT:
            raise LandmarksError(f"its format is {found}; this version reads {FORMAT}")


def _image_size(archive: zipfile.ZipFile) -> tuple[int, int]:
    size = _small(archive, "image_size")
    if size.shape != (2,) or size.dtype.kind not in "iu" or (size < 1).any():
        raise LandmarksError(f"image_size must be two whole numbers, width and height; it is {size.tolist()}")
    return int(size[0]), int(size[1])


def _common_length(columns: dict[str, _Column]) -> int:
    lengths = {name: column.length for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        raise LandmarksError(f"its columns differ in length: {lengths}")
    return lengths["time"]


@contextmanager
def _scratch(folder: Path) -> Iterator[IO[bytes]]:
    """An unnamed file. A full disk may make closing it fail; that does no harm, as nobody reads it after that."""
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closing it may fail, the work with it may not
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return archive.open(zipfile.ZipInfo(f"{name}.npy", _DATED), "w", force_zip64=True)


def _header(entry: IO[bytes], column: Array, rows: int) -> None:
    shape = (rows, *column.shape[1:])
    descr = np.lib.format.dtype_to_descr(column.dtype)
    np.lib.format.write_array_header_1_0(entry, {"descr": descr, "fortran_order": False, "shape": shape})


def _put(archive: zipfile.ZipFile, name: str, array: Array) -> None:
    with _entry(archive, name) as entry:
        np.lib.format.write_array(entry, array, allow_pickle=False)
