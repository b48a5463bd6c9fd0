"""Clips with their truth: the studio's `NAME.json` beside each video, or `annotations.json` in a folder of footage.

Both become the studio's form of truth. Annotations by eye have no cues, no joints and no camera.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from formcheck.body.poses import Array, Poses
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.findings import Quality
from formcheck.formats.npz import PosesWriter, load
from formcheck.recorded import Options, landmarks_into, score
from formcheck.report.report import Report

SCHEMA: Final = "formcheck.truth/1"

BY_EYE: Final = (("bridge", "glute_bridge"), ("leg raise", "leg_lift"), ("half-kneeling", "kneeling_lunge"))
"""Words in an annotation's exercise, and the exercise they mean; any other is none of the four."""

SIDE_DEG: Final = 65.0
FRONT_DEG: Final = 30.0
"""The camera's yaw from which a view counts as from the side, and up to which as from the front (ours)."""

SOLUTIONS: Final = Path(__file__).with_name("solutions.py")

WORKING: Final = ("shoulder", "hip", "knee", "ankle")
UNSEEN: Final = "23"
"""Codes of the studio's `Hidden` for what stands in the way and for the picture's edge."""


@dataclass(frozen=True)
class Case:
    """One clip and its truth."""

    name: str
    video: Path
    truth: Mapping[str, Any]
    quality: Quality = Quality.STANDARD

    @property
    def tags(self) -> Mapping[str, str]:
        tags: Mapping[str, str] = self.truth.get("clip", {}).get("tags", {})
        return tags

    @property
    def real(self) -> bool:
        """Whether it is footage of a person, annotated by eye."""
        return self.tags.get("kind") == "real"

    @cached_property
    def body(self) -> str:
        """Which body is seen: clips of one body count as one where intervals are drawn."""
        told = self.truth.get("body")
        return self.name if told is None else hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]

    @property
    def yaw(self) -> float | None:
        """The camera's true yaw in degrees, 0 from the front or behind, 90 from a side; None where it is not known."""
        yaw = self.truth.get("camera", {}).get("yaw_deg")
        return None if yaw is None else float(np.degrees(np.arcsin(abs(np.sin(np.radians(yaw))))))

    @property
    def view(self) -> str:
        """`side`, `oblique` or `front`; `unknown` where the camera is not known."""
        if self.yaw is None:
            return "unknown"
        return "side" if self.yaw >= SIDE_DEG else "front" if self.yaw <= FRONT_DEG else "oblique"

    @property
    def height_cm(self) -> float | None:
        told = self.truth.get("body")
        return None if told is None else 100 * float(told["height_m"])

    def kept(self, source: str) -> Path:
        """Where the landmarks of a source, `formcheck` or `solutions`, are kept."""
        ours = "landmarks" if self.quality is Quality.STANDARD else f"landmarks-{self.quality}"
        return self.video.with_name(f"{self.video.stem}.{ours if source == 'formcheck' else source}.npz")

    def poses(self) -> Poses | None:
        """The landmarks, found by the model the first time; None where nobody was found."""
        kept = self.kept("formcheck")
        if self._stale(kept):
            try:
                landmarks_into(kept, self.video, Options.of(quality=self.quality))
            except NobodyFoundError:
                return None
        return load(kept)

    def solutions(self, python: str, time: Array) -> Poses | None:
        """The older mediapipe's landmarks, found the first time by another Python; `time` (n,) are the frames' times.

        Raises `UsageError` where that Python cannot do it.
        """
        kept = self.kept("solutions")
        if self._stale(kept):
            with TemporaryDirectory() as folder:
                plain = Path(folder) / "plain.npz"
                self._solve(python, plain)
                self._convert(plain, kept, time)
        poses = load(kept)
        return poses if poses.found.any() else None

    def _solve(self, python: str, plain: Path) -> None:
        command = [python, str(SOLUTIONS), str(self.video), str(plain)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise UsageError(f"--solutions {python} is no Python that can be started: {error.strerror}") from error
        if done.returncode:
            raise UsageError(f"{python} {SOLUTIONS} failed on {self.video}: {done.stderr.strip()[-300:]}")

    def _convert(self, plain: Path, kept: Path, time: Array) -> None:
        """Write plain arrays as formcheck's landmarks."""
        with np.load(plain) as arrays:
            size = (int(arrays["size"][0]), int(arrays["size"][1]))
            columns = {name: arrays[name] for name in ("image", "world", "visibility")}
        if len(columns["image"]) != len(time):
            read = len(columns["image"])
            raise UsageError(f"{self.video} has {read} frames for {SOLUTIONS.name} where formcheck read {len(time)}")
        with PosesWriter(kept, size) as writer:
            writer.append(replace(Poses.blank(time, size), **columns))

    def _stale(self, kept: Path) -> bool:
        return not kept.exists() or kept.stat().st_mtime < self.video.stat().st_mtime

    def report(self, source: str = "formcheck") -> Report:
        """What formcheck finds in the landmarks of a source, told the person's height where it is known."""
        return score(self.kept(source), Options.of(height_cm=self.height_cm))

    def visible(self, rep: Mapping[str, Any]) -> float | None:
        """The share of a true rep's frames in which no working joint is hidden by something or outside the picture."""
        hidden = self.truth.get("joints_hidden")
        if hidden is None or self.yaw is None:
            return None
        side = rep["side"]
        if side == "both":
            side = "left" if np.sin(np.radians(self.truth["camera"]["yaw_deg"])) > 0 else "right"
        time = np.array(self.truth["time_s"])
        within = (time >= rep["start_s"]) & (time <= rep["end_s"])
        codes = np.array([list(hidden[f"{side}_{joint}"]) for joint in WORKING])[:, within]
        return float((~np.isin(codes, list(UNSEEN))).all(axis=0).mean()) if within.any() else None


def cases(folder: Path, quality: Quality = Quality.STANDARD) -> list[Case]:
    """The clips of a folder, with landmarks of one quality. Raises `UsageError` where none has a truth."""
    annotations = folder / "annotations.json"
    found = list(_by_eye(folder, annotations) if annotations.exists() else _rendered(folder))
    if not found:
        raise UsageError(f"{folder} holds no video with a truth file NAME.json beside it, and no annotations.json")
    return [replace(case, quality=quality) for case in found]


def _rendered(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.mp4")):
        beside = path.with_suffix(".json")
        truth = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
        if truth.get("schema") == SCHEMA:
            yield Case(path.stem, path, truth)


def _by_eye(folder: Path, annotations: Path) -> Iterator[Case]:
    for clip in json.loads(annotations.read_text("utf-8"))["clips"]:
        exercise = next((name for word, name in BY_EYE if word in clip["exercise"]), None)
        reps = [
            {
                "side": None,
                "partial": False,
                "start_s": rep["start"],
                "end_s": rep["end"],
                "hold_s": rep.get("hold_s"),
                "cues": [],
            }
            for rep in clip["reps"]
        ]
        bouts = [{"exercise": exercise, "reps": reps, "cues": []}] if exercise else []
        yield Case(clip["id"], folder / clip["file"], {"clip": {"tags": {"kind": "real"}}, "bouts": bouts})
