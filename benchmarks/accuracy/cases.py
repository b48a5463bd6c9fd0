"""Clips with their truth: the studio's `NAME.json` beside each video, or `annotations.json` in a folder of footage.

Both become the studio's form of truth. Annotations by eye have no cues and no joints.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from formcheck.analyze import Options, landmarks_into, score
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.findings import Bout
from formcheck.poses import Poses
from formcheck.store import load

SCHEMA: Final = "formcheck.truth/1"

BY_EYE: Final = (("bridge", "glute_bridge"), ("leg raise", "leg_lift"), ("half-kneeling", "kneeling_lunge"))
"""Words in an annotation's exercise, and the exercise they mean; any other is none of the four."""


@dataclass(frozen=True, slots=True)
class Case:
    """One clip and its truth."""

    name: str
    video: Path
    truth: Mapping[str, Any]

    @property
    def tags(self) -> Mapping[str, str]:
        tags: Mapping[str, str] = self.truth.get("clip", {}).get("tags", {})
        return tags

    @property
    def landmarks(self) -> Path:
        """Where the clip's landmarks are kept."""
        return self.video.with_name(f"{self.video.stem}.landmarks.npz")

    def poses(self) -> Poses | None:
        """The landmarks, found by the model the first time; None where nobody was found."""
        kept = self.landmarks
        if not kept.exists() or kept.stat().st_mtime < self.video.stat().st_mtime:
            try:
                landmarks_into(kept, self.video, "onnx")
            except NobodyFoundError:
                return None
        return load(kept)

    def found(self) -> tuple[Bout, ...]:
        """The bouts formcheck finds in the landmarks."""
        return score(self.landmarks, Options.of()).bouts


def cases(folder: Path) -> list[Case]:
    """The clips of a folder. Raises `UsageError` where none has a truth."""
    annotations = folder / "annotations.json"
    found = list(_by_eye(folder, annotations) if annotations.exists() else _rendered(folder))
    if not found:
        raise UsageError(f"{folder} holds no video with a truth file NAME.json beside it, and no annotations.json")
    return found


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
