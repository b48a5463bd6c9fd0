"""What can be told of the camera's place before a session, against rendered truth.

    python -m benchmarks.placement TRUTH LANDMARKS...

TRUTH: a folder with a folder of truths (`NAME.json`) for each split; LANDMARKS: folders of that split's name with
`NAME.landmarks.npz`. The first seconds of each clip are read, as `live/room.py` reads them.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer

from benchmarks.tables import Section
from formcheck.body import view
from formcheck.body.poses import Poses
from formcheck.core.exercise import builtin
from formcheck.formats.npz import load
from formcheck.live.room import STEEP_DEG, Place, place

READ_S: Final = 2.0
LOW_DEG: Final = 20.0
HIP_M: Final = 0.15
"""Height of a lying person's hips, metres: the camera looks down on these."""


def first(poses: Poses) -> Place | None:
    """What the first seconds show, None where nobody is seen side-on in them."""
    rows = [poses[i : i + 1] for i in np.flatnonzero(poses.found & (poses.time < poses.time[0] + READ_S))]
    found = [place(row) for row in rows if view.yaw(row)[0] >= view.SIDE_FROM_DEG]
    return Place(*np.nanmedian(found, axis=0).tolist()) if found else None


def clips(truth: Path, folders: list[Path]) -> list[tuple[dict[str, Any], Poses]]:
    """Every clip's truth and landmarks."""
    found = []
    for folder in folders:
        for file in sorted(folder.glob("*.landmarks.npz")):
            told = truth / folder.name / file.name.replace(".landmarks.npz", ".json")
            if told.exists():
                found.append((json.loads(told.read_text("utf-8")), load(file)))
    return found


def look_down(all_clips: list[tuple[dict[str, Any], Poses]]) -> None:
    """Of people who lie side-on: how steeply the camera looks down, told and true."""
    rows = []
    for truth, poses in all_clips:
        seen, camera = first(poses), truth["camera"]
        if seen is not None and np.isfinite(seen.down_deg):
            true = np.degrees(np.arctan2(camera["height_m"] - HIP_M, camera["distance_m"]))
            rows.append((seen.down_deg, true))
    told, true = np.array(rows).T
    error, steep = told - true, told > STEEP_DEG
    print(f"\nLooking down, {len(rows)} clips of people who lie side-on, {true.min():.0f} to {true.max():.0f} degrees:")
    print(f"error: median {np.median(error):.1f}, 90 % within {np.quantile(np.abs(error), 0.9):.1f} degrees")
    print(
        f"told to go lower: {steep.sum()}, of them under {LOW_DEG:g} degrees in truth: {(true[steep] < LOW_DEG).sum()}"
    )
    print(
        f"over {STEEP_DEG:g} degrees in truth: {(true > STEEP_DEG).sum()}, told: {(steep & (true > STEEP_DEG)).sum()}"
    )


def room(all_clips: list[tuple[dict[str, Any], Poses]]) -> None:
    """For each exercise: whether there was said to be room, and whether the whole body stayed in the picture."""
    counts: dict[str, list[int]] = {}
    for truth, poses in all_clips:
        kind = re.sub(r"\W", "", str(truth["clip"]["tags"]["kind"]))
        need = builtin()[kind].coach.room if kind in builtin() else None
        seen = first(poses)
        if need is None or seen is None:
            continue
        fits = need[0] <= seen.across and need[1] <= seen.over_floor
        parts = (part for name, part in truth["joints_inside"].items() if "_" in name)
        whole = bool(np.mean([np.mean(part) for part in parts]) > 0.995)
        counts.setdefault(kind, [0, 0, 0, 0])[2 * (not fits) + (not whole)] += 1
    names = ("exercise", "room, all in the picture", "room, cut off", "no room, all in it", "no room, cut off")
    rows = [(kind, *found) for kind, found in sorted(counts.items())]
    print(Section("Room in the picture", "Clips seen side-on.", names, rows).markdown())


def main(
    truth: Annotated[Path, typer.Argument(help="Folder with the splits' truths.")],
    landmarks: Annotated[list[Path], typer.Argument(help="Folders of landmarks, named as their split.")],
) -> None:
    """Print what is told of the camera's place beside what is true."""
    all_clips = clips(truth, landmarks)
    room(all_clips)
    look_down(all_clips)


if __name__ == "__main__":
    typer.run(main)
