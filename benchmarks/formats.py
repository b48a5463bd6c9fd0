"""What is left of reps and verdicts when landmarks come by way of another program's format.

    python -m benchmarks.formats FOLDER... [--out FILE.md]

Each `*.landmarks.npz` is scored as it is, then written in every format that can be read again, and scored from there.
The points are the same, so the table tells what a format loses, not how good another estimator is.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

from benchmarks.machine import written
from formcheck.errors import NobodyFoundError
from formcheck.findings import Rep
from formcheck.formats import exports, npz
from formcheck.formats.layouts import COCO_17, rows
from formcheck.recorded import Options, score
from formcheck.report.report import Report

SAME_S: Final = 1.0
"""Reps of one exercise whose peaks are no further apart are one."""

COLUMNS: Final = ("reps", "same reps", "judged", "judged too", "the same", "met for fault", "judged only so")
Way = Callable[[Path, Path], Path]


def coco(landmarks: Path, folder: Path) -> Path:
    """COCO's results: 17 key points a frame, no feet, no depth."""
    poses = npz.load(landmarks)
    records = []
    for i in np.flatnonzero(poses.found):
        points = [(*poses.image[i, row].tolist(), float(poses.visibility[i, row])) for _, row in rows(COCO_17)]
        records.append({"image_id": int(i), "category_id": 1, "keypoints": [v for point in points for v in point]})
    out = folder / "coco.json"
    out.write_text(json.dumps(records), "ascii")
    return out


def mediapipe_without_world(landmarks: Path, folder: Path) -> Path:
    """MediaPipe's landmarks as many write them: those in the picture alone."""
    out = exported("mediapipe", ".json")(landmarks, folder)
    data = json.loads(out.read_text("ascii"))
    for frame in data["frames"]:
        del frame["world_landmarks"]
    out.write_text(json.dumps(data), "ascii")
    return out


def exported(to: str, suffix: str = "") -> Way:
    """One of formcheck's own exports."""

    def way(landmarks: Path, folder: Path) -> Path:
        out = folder / f"out{suffix}"
        exports.export(landmarks, to, out)
        return out

    return way


WAYS: Final[dict[str, Way]] = {
    "MediaPipe": exported("mediapipe", ".json"),
    "movement": exported("movement", ".nc"),
    "MediaPipe without world points": mediapipe_without_world,
    "OpenPose BODY_25": exported("openpose"),
    "COCO key points": coco,
}


def compared(own: Report, other: Report) -> Counter[str]:
    """Counts by `COLUMNS`."""
    found: Counter[str] = Counter()
    theirs = [(bout.exercise, rep) for bout in other.bouts for rep in bout.counted]
    for exercise, rep in ((bout.exercise, rep) for bout in own.bouts for rep in bout.counted):
        found["reps"] += 1
        like = [r for e, r in theirs if e == exercise and r.side == rep.side and abs(r.peak_s - rep.peak_s) < SAME_S]
        found["same reps"] += bool(like)
        found += verdicts(rep, like[0]) if like else Counter({"judged": sum(map(_judged, rep.cues))})
    return found


def _judged(cue: object) -> bool:
    return getattr(cue, "verdict", None) != "not_assessed"


def verdicts(rep: Rep, other: Rep) -> Counter[str]:
    """The cues of one rep, judged twice."""
    found: Counter[str] = Counter()
    for one, two in zip(rep.cues, other.cues, strict=True):
        found["judged"] += _judged(one)
        found["judged too"] += _judged(one) and _judged(two)
        found["the same"] += _judged(one) and one.verdict == two.verdict
        found["met for fault"] += {one.verdict, two.verdict} == {"met", "fault"}
        found["judged only so"] += _judged(two) and not _judged(one)
    return found


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders with *.landmarks.npz in them.")],
    out: Annotated[Path | None, typer.Option(help="Write the table here.")] = None,
) -> None:
    """Score every recording by every way, and write a table."""
    options, counts, clips = Options.of(), {name: Counter[str]() for name in WAYS}, 0
    for landmarks in sorted(path for folder in folders for path in folder.glob("*.landmarks.npz")):
        try:
            own = score(landmarks, options)
        except NobodyFoundError:
            continue
        clips += 1
        time, size = npz.load(landmarks).time, (own.video.width, own.video.height)
        fps = (len(time) - 1) / float(time[-1] - time[0])
        for name, way in WAYS.items():
            with tempfile.TemporaryDirectory() as folder:
                counts[name] += compared(own, score(way(landmarks, Path(folder)), options, fps=fps, size=size))
    lines = [f"{clips} recordings.", "", f"| by way of | {' | '.join(COLUMNS)} |", "|---" * (1 + len(COLUMNS)) + "|"]
    lines += [f"| {name} | {' | '.join(str(found[c]) for c in COLUMNS)} |" for name, found in counts.items()]
    written("\n".join(lines), out)


if __name__ == "__main__":
    typer.run(main)
