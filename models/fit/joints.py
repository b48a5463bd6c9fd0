"""How far back the hip lies from its landmark: what rendered bodies ask for, and what it does to joint angles.

python -m models.fit.joints FOLDER... [--markdown OUT]

The number of `formcheck/body/joints.py` is tried from 0 to 0.12 trunks on the landmarks kept beside the studio's clips.
For each body the number that suits the others best is used, near and far side apart: its errors are those `elsewhere`.
Clips in which the model exchanges the legs in more than a twentieth of the frames are left out: they say which leg was
seen, not where its hip is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.accuracy.__main__ import circumstances
from benchmarks.accuracy.cases import Case, cases
from benchmarks.accuracy.records import landmarks, near_side, ticks
from benchmarks.command import parser_of
from benchmarks.machine import written
from benchmarks.tables import DASH, Section
from formcheck.body import view
from formcheck.body.geometry import flexion
from formcheck.body.joints import HIP_BACK, hip_centre
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array, Poses

TRIED: Final = np.arange(13) / 100
"""Trunks that the hip of a level thigh is moved back."""

MOST_SWAPPED: Final = 0.05
BANDS: Final = {"side": (70.0, 90.0), "oblique": (50.0, 70.0)}
"""Camera yaw in degrees."""


class Tried(NamedTuple):
    """The mean size of an angle's error in one clip, degrees, for each number of `TRIED`."""

    body: str
    exercise: str
    band: str
    near: bool
    angle: str
    sizes: Array


def tried(case: Case) -> Iterator[Tried]:
    """What each number does in one clip; nothing where the view is not from the side or the legs are exchanged."""
    band = next((name for name, (low, high) in BANDS.items() if low <= (case.yaw or 0) <= high), None)
    found = case.poses()
    if band is None or found is None:
        return
    poses = ticks(found)
    if landmarks(case, poses)["legs_swapped"] > MOST_SWAPPED:
        return
    for bout in case.truth["bouts"]:
        within = np.any([(poses.time >= r["start_s"]) & (poses.time <= r["end_s"]) for r in bout["reps"]], axis=0)
        for side in SIDES:
            for angle, errors in _errors(case, poses[within], side).items():
                sizes = np.nanmean(np.abs(errors), axis=1)
                yield Tried(case.body, bout["exercise"], band, side == near_side(case), angle, sizes)


def _errors(case: Case, poses: Poses, side: str) -> dict[str, Array]:
    """Errors (tried, n) of both angles in degrees."""
    shoulder, hip, knee, ankle = (
        poses.image[:, INDEX[f"{side}_{part}"]] for part in ("shoulder", "hip", "knee", "ankle")
    )
    back = (hip_centre(shoulder, hip, knee, view.turn(poses)) - hip) / HIP_BACK
    angles = {
        "trunk_thigh_angle": [flexion(shoulder, hip + back * by, knee) for by in TRIED],
        "knee_flexion": [flexion(hip + back * by, knee, ankle) for by in TRIED],
    }
    time, true = case.truth["time_s"], case.truth["frames"]
    return {
        name: np.array(values) - np.interp(poses.time, time, true[f"{name}_sagittal.{side}"])
        for name, values in angles.items()
    }


def best(rows: Sequence[Tried]) -> int:
    """Which number makes the mean error least, every exercise and angle as heavy as every other."""
    groups: dict[tuple[str, str], list[Array]] = {}
    for row in rows:
        groups.setdefault((row.exercise, row.angle), []).append(row.sizes)
    return int(np.mean([np.mean(sizes, axis=0) for sizes in groups.values()], axis=0).argmin())


def elsewhere(rows: Sequence[Tried]) -> list[float]:
    """The error of each row with the number that suits the other bodies best, on its side."""
    chosen = {}
    for near in (True, False):
        for body in {row.body for row in rows}:
            chosen[near, body] = best([row for row in rows if row.near is near and row.body != body])
    return [float(row.sizes[chosen[row.near, row.body]]) for row in rows]


def sections(rows: Sequence[Tried]) -> list[Section]:
    """Errors as the landmarks are, with the number shipped, and with that of other bodies; then by number."""
    held_out, shipped = elsewhere(rows), int(np.abs(TRIED - HIP_BACK).argmin())
    lines: list[tuple[Any, ...]] = []
    for exercise, angle in sorted({(row.exercise, row.angle) for row in rows}):
        cells = []
        for band in BANDS:
            for near in (True, False):
                which = [
                    i
                    for i, r in enumerate(rows)
                    if (r.exercise, r.angle, r.band, r.near) == (exercise, angle, band, near)
                ]
                means = [np.mean([rows[i].sizes[by] for i in which]) for by in (0, shipped)] if which else []
                means += [np.mean([held_out[i] for i in which])] if which else []
                cells.append(" / ".join(f"{mean:.1f}" for mean in means) + f" ({len(which)})" if which else DASH)
        lines.append((exercise, f"`{angle}`", *cells))
    about = (
        f"Mean size of the error against the sagittal angle of joint centres, degrees, within reps: landmarks as they "
        f"are / hip moved back by {HIP_BACK:.2f} / by what suits other bodies; clips in brackets. From the side is "
        "from 70 degrees, obliquely from 50."
    )
    head = ("exercise", "angle", "side, near", "side, far", "oblique, near", "oblique, far")
    sides = {"near": True, "far": False}
    curve = [
        (name, *(f"{np.mean([r.sizes[i] for r in rows if r.near is near]):.2f}" for i in range(len(TRIED))))
        for name, near in sides.items()
    ]
    curve_about = "Mean size of the error of both angles by trunks moved, all clips alike. " + "; ".join(
        f"{name} side, exercises alike: least at {TRIED[best([r for r in rows if r.near is near])]:.2f}"
        for name, near in sides.items()
    )
    tables = Section("Before and after", about, head, lines)
    return [tables, Section("By how far", f"{curve_about}.", ("side", *(f"{by:.2f}" for by in TRIED)), curve)]


def main() -> None:
    """Try the numbers on the clips of the folders, and print or write the tables."""
    parser = parser_of(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    rows = [row for folder in options.folders for case in cases(folder) for row in tried(case)]
    about = circumstances(options.folders)
    text = f"# Where the hip's centre lies\n\n{about['date']}; {about['clips']}; {about['machine']}.\n\n"
    text += "\n\n".join(section.markdown() for section in sections(rows)) + "\n"
    written(text, options.markdown)


if __name__ == "__main__":
    main()
