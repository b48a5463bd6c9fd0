"""Damaged files for every reader: does each get one sentence, soon and in little memory?

python -m benchmarks.fuzz [--tries 2000] [--seed 1] [--only NAME] [--markdown OUT]

Each try takes a sound file, damages a copy (bytes turned, cut out, doubled; in texts also numbers and brackets that
nobody expects), and reads it. Anything but an error of formcheck's own is a fault, as is a try of more than 20 s, or of
1 GB more memory than the reader began with. The same seed gives the same files.
"""

import datetime
import json
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.command import parser_of
from benchmarks.machine import described, written
from benchmarks.stick import BRISK, Camera, film, leg_lift
from benchmarks.tables import Section
from formcheck.batch import gate, inputs
from formcheck.core import exercise
from formcheck.errors import FormcheckError
from formcheck.formats import exports, npz
from formcheck.formats.imports import opened
from formcheck.live import programme
from formcheck.media.video import Video
from formcheck.media.writer import VideoWriter
from formcheck.web.pictures import PictureError, decoded

MOST_S: Final = 20.0
MOST_MB: Final = 1024
SIZE: Final = (1280, 720)

Make = Callable[[Path], Path]
Read = Callable[[Path], object]


@dataclass(slots=True)
class Tried:
    """What came of the tries on one reader: those refused with a sentence, those read, and the faults."""

    refused: int = 0
    read: int = 0
    longest_s: float = 0.0
    most_mb: float = 0.0
    faults: list[str] = field(default_factory=list)


def _npz(folder: Path, *, packed: bool = False) -> Path:
    poses, path = film(leg_lift(BRISK), Camera(yaw=80), noise=0.3, seed=1).poses[:60], folder / "a.npz"
    with npz.PosesWriter(path, poses.image_size) as writer:
        writer.append(poses)
    if packed:
        with np.load(path) as arrays:
            np.savez_compressed(path, **dict(arrays))
    return path


def _exported(to: str, name: str, folder: Path) -> Path:
    exports.export(_npz(folder), to, folder / name)
    return next((folder / name).glob("*")) if (folder / name).is_dir() else folder / name


def _coco(folder: Path) -> Path:
    points = np.random.default_rng(1).uniform(0, 700, (40, 51)).round(2).tolist()
    path = folder / "a.json"
    path.write_text(json.dumps([{"image_id": i, "keypoints": row} for i, row in enumerate(points)]))
    return path


def _video(name: str, folder: Path) -> Path:
    with VideoWriter(folder / name, (64, 48), 25.0) as writer:
        for i in range(12):
            writer.write(i / 25, np.full((48, 64, 3), 20 * i, np.uint8))
    return folder / name


def _picture(name: str, folder: Path) -> Path:
    cv2.imwrite(str(folder / name), np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8))
    return folder / name


def _text(name: str, text: Callable[[], str], folder: Path) -> Path:
    (folder / name).write_text(text(), "utf-8")
    return folder / name


def _own(folder: str, name: str) -> str:
    return resources.files("formcheck").joinpath(folder, name).read_text("utf-8")


def _manifest() -> str:
    rows = [f'{{"path": "clip{i}.mp4", "height": 170, "expected": {{"reps": {i}}}}}' for i in range(6)]
    return "\n".join(rows)


def _baseline() -> str:
    row: dict[str, Any] = dict.fromkeys(gate.KEPT) | {"source": "a.mp4", "exercise": "leg_lift", "bout": 1, "rep": 1}
    row |= {"side": "left", "partial": False, "hold_s": 3.0, "rep_score": 90.0}
    return json.dumps([row | {"cue": cue, "verdict": "met", "value": 4.0} for cue in ("one", "two")])


def _all(path: Path) -> None:
    npz.quality(path)
    deque(npz.read(path), maxlen=0)


def _frames(path: Path) -> None:
    with Video(path) as video:
        deque(video.frames(), maxlen=0)


def _landmarks(path: Path) -> None:
    deque(opened(path, fps=30, size=SIZE), maxlen=0)


READERS: Final[dict[str, tuple[Make, Read]]] = {
    "npz": (_npz, _all),
    "npz, packed": (partial(_npz, packed=True), _all),
    "openpose": (partial(_exported, "openpose", "poses"), _landmarks),
    "mediapipe": (partial(_exported, "mediapipe", "a.json"), _landmarks),
    "coco": (_coco, _landmarks),
    "movement": (partial(_exported, "movement", "a.nc"), _landmarks),
    "exercise": (
        partial(_text, "a.toml", partial(_own, "exercises", "kneeling_lunge.toml")),
        lambda path: exercise.choose(str(path)),
    ),
    "programme": (
        partial(_text, "a.toml", partial(_own, "programmes", "release.toml")),
        lambda path: programme.programme(str(path)),
    ),
    "baseline": (partial(_text, "a.json", _baseline), gate.check),
    "manifest": (
        partial(_text, "a.jsonl", _manifest),
        lambda path: deque(inputs.find([path], path.parent / "out"), maxlen=0),
    ),
    "mp4": (partial(_video, "a.mp4"), _frames),
    "png": (partial(_picture, "a.png"), _frames),
    "jpeg": (partial(_picture, "a.jpg"), _frames),
    "page's picture": (partial(_picture, "a.jpg"), lambda path: decoded(path.read_bytes())),
}
"""What makes a sound file, and what reads it."""

WORDS: Final = (
    *(b"nan", b"inf", b"-1", b"0", b"1e999", b"9" * 400, b"9" * 5000, b"0x" + b"f" * 1500, b"null", b"true", b"{}"),
    *(b"[" * 500, b"{" * 300, b'""', b'"{value.__class__}"', b'"{value:>999999999}"', b"\x1b[2J", "\u202e".encode()),
    *(b"a." * 3000, b"]", b"}", b",", b"=", b'"', b"\n", b"\0", b"\xff"),
)
"""What is put into texts where nobody expects it."""


def damaged(data: bytes, random: Random, *, text: bool) -> bytes:
    """The bytes with one to four faults."""
    for _ in range(random.randint(1, 4)):
        data = _fault(data, random, text=text)
    return data


def _fault(data: bytes, random: Random, *, text: bool) -> bytes:
    at = random.randrange(len(data) + 1)
    end = min(len(data), at + random.choice((1, 4, 30, 400)))
    kind = random.randrange(6 if text else 5)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[end:]
    if kind == 2:
        return data[:at] + data[at:end] * 2 + data[end:]
    if kind == 3 or not text:
        turned = bytes(byte ^ (1 << random.randrange(8)) if random.random() < 0.3 else byte for byte in data[at:end])
        return data[:at] + turned + data[end:]
    word = random.choice(WORDS)
    if kind == 4:
        return data[:at] + word + data[at:]
    tokens = data.split(b" ")
    tokens[random.randrange(len(tokens))] = word
    return b" ".join(tokens)


def tries(name: str, count: int, seed: int, folder: Path) -> Tried:
    """Damage a reader's file and read it, so many times."""
    make, read = READERS[name]
    sound = make(folder)
    data, path, found = sound.read_bytes(), folder / f"damaged{sound.suffix}", Tried()
    text = sound.suffix in (".json", ".jsonl", ".toml", ".csv")
    read(sound)
    for i in range(count):
        path.write_bytes(damaged(data, Random(f"{name} {seed} {i}"), text=text))
        before, since = _most_mb(), time.monotonic()
        try:
            read(path)
            found.read += 1
        except (FormcheckError, PictureError) as error:
            found.refused += 1
            if not str(error).strip() or len(str(error)) > 1000:
                found.faults.append(f"try {i}: no sentence, or {len(str(error))} letters")
        except Exception as error:
            found.faults.append(f"try {i}: {type(error).__name__}: {str(error)[:80]}")
        took, more = time.monotonic() - since, _most_mb() - before
        found.longest_s, found.most_mb = max(found.longest_s, took), max(found.most_mb, more)
        if took > MOST_S or more > MOST_MB:
            found.faults.append(f"try {i}: {took:.1f} s, {more:.0f} MB")
    return found


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all readers; 1 if there was a fault."""
    parser = parser_of(__doc__)
    parser.add_argument("--tries", type=int, default=2000, help="over all readers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=READERS)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args(arguments)
    names = [options.only] if options.only else list(READERS)
    found = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = tries(name, -(-options.tries // len(names)), options.seed, Path(folder))
        for fault in found[name].faults:
            print(f"{name}, seed {options.seed}, {fault}", file=sys.stderr)
    rows = [
        [name, str(one.read), str(one.refused), f"{one.longest_s:.2f}", f"{one.most_mb:.0f}", str(len(one.faults))]
        for name, one in found.items()
    ]
    columns = ("reader", "read", "refused with a sentence", "longest, s", "more memory, MB", "faults")
    table = Section("Damaged files", f"Seed {options.seed}.", columns, rows).markdown()
    written(f"# Fuzzing\n\n{datetime.date.today().isoformat()}; {described()}.\n\n{table}\n", options.markdown)
    return int(any(one.faults for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
