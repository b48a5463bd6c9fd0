"""A clinic's clips for the tests of the batch: saved landmarks, each a little different, and files that do harm."""

import csv
import os
from pathlib import Path

from clips import clip

from benchmarks.stick import Camera, Tempo, ball_bridge, film
from formcheck.body.poses import Poses
from formcheck.formats.npz import PosesWriter

POISON = str(Path(__file__).parent / "poison")
"""On the path of a Python it makes the names of some files harmful: see `poison/sitecustomize.py`."""

FAILURES = {
    "crash.npz": "was ended by the system or crashed (SIGSEGV)",
    "empty.mp4": "is empty (0 bytes)",
    "endless.npz": "it took longer than 8.0 s and was stopped",
    "hog.npz": "it took more than 700 MB of memory and was stopped",
    "loop.mp4": "cannot be read: Too many levels of symbolic links",
    "nan.npz": "holds no frame with a person",
    "nobody.mp4": "nobody was found in",
    "text.mp4": "is no video that can be read",
    "truncated.mp4": "was cut off before its index",
    "x.mp4": "is a folder; give a video file",
}
"""The harmful clips, and what must be said of each."""

LIMITS = ("--time-limit", "8", "--memory-limit", "700")


def environment() -> dict[str, str]:
    """This process's environment, with the poison."""
    path = os.pathsep.join(filter(None, [POISON, os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def bridge(seed: int) -> Poses:
    """One bridge with a ball, 3 s long, like no other seed's."""
    tempo = Tempo(reps=1)
    return film(ball_bridge(tempo), Camera(yaw=80, size=(160, 90)), fps=10, noise=0.5, seed=seed).poses


def saved(path: Path, poses: Poses) -> Path:
    """The landmarks as a clip."""
    with PosesWriter(path, poses.image_size) as writer:
        writer.append(poses)
    return path


def good(folder: Path, count: int) -> Path:
    """A folder with `count` clips in two folders; many are the same but for their name."""
    one = [saved(folder / f"seed-{seed}.npz", bridge(seed)) for seed in range(min(count, 4))]
    for number in range(count):
        day = folder / ("monday" if number % 2 else "tuesday")
        day.mkdir(exist_ok=True)
        os.link(one[number % 4], day / f"{number:03}.npz")
    for path in one:
        path.unlink()
    return folder


def harmful(folder: Path) -> Path:
    """A folder with one clip for each of `FAILURES`."""
    folder.mkdir(parents=True, exist_ok=True)
    poses = bridge(0)
    for name in ("crash", "endless", "hog"):
        saved(folder / f"{name}.npz", poses)
    saved(folder / "nan.npz", Poses.blank(poses.time, poses.image_size))
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("no video", "utf-8")
    whole = clip(folder / "nobody.mp4").read_bytes()
    (folder / "truncated.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "x.mp4").mkdir()
    (folder / "loop.mp4").symlink_to("loop.mp4")
    return folder


def manifest(path: Path) -> Path:
    """A manifest of all that lies beside it and looks like a clip."""
    clips = sorted(p for p in path.parent.rglob("*") if p.suffix in {".npz", ".mp4"})
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "exercise", "expected"])
        rows.writerows([clip.relative_to(path.parent), "ball_bridge", 1] for clip in clips)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, hidden ones too, by its path within."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
