"""Pictures of where formcheck is wrong: errors over the camera's yaw and over the truth, a sheet of the worst clips."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.records import Record, Records
from benchmarks.accuracy.short import is_wrong
from benchmarks.accuracy.tables import valued
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array
from formcheck.media.video import Video

THUMB: Final = (400, 225)
WORST: Final = 15
"""Clips on the sheet."""
BONES: Final = (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
COLOURS: Final = {
    "kneeling_lunge": "tab:blue",
    "leg_lift": "tab:orange",
    "glute_bridge": "tab:green",
    "ball_bridge": "tab:red",
}


def drawn(records: Records, cases: Sequence[Case], folder: Path) -> None:
    """Write `yaw.png`, `values.png` and `worst.png` into a folder, of rendered clips alone: people are not shown."""
    records = records.where("real", False).where("source", "formcheck")
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in (("yaw", _over_yaw(records)), ("values", _over_truth(records))):
        figure.tight_layout()
        figure.savefig(folder / f"{name}.png", dpi=100)
        pyplot.close(figure)
    cv2.imwrite(str(folder / "worst.png"), _worst(records, cases)[:, :, ::-1])


# --- plots ------------------------------------------------------------------------------------------------------------


def _over_yaw(records: Records) -> Any:
    """Errors over the camera's yaw: joint angles of the nearer side, times, and the yaw itself."""
    figure, axes = pyplot.subplots(2, 3, figsize=(13, 7.5))
    yaw = {clip["clip"]: clip["yaw"] for clip in records.clips if clip["yaw"] is not None}
    flat = list(axes.flat)
    for axis, angle in zip(flat, ("knee_flexion", "trunk_thigh_angle", "shoulder_elevation"), strict=False):
        near = [r for r in records.angles if r["angle"] == angle and r["near"]]
        for points, mark in (("image", "o"), ("world", "x")):
            _scatter(axis, [r for r in near if r["points"] == points], "yaw", "mean_abs", mark, points)
        axis.set(title=f"{angle.replace('_', ' ')}, nearer side", ylabel="mean size of the error, deg")
        axis.set_ylim(bottom=0)
    for axis, name in zip(flat[3:], ("start_error_s", "hold_error_s"), strict=False):
        known = [{**r, "yaw": yaw[r["clip"]]} for r in records.reps if r[name] is not None and r["clip"] in yaw]
        _scatter(axis, known, "yaw", name, "o", "rep")
        axis.set(title=f"{name.split('_')[0]} of a rep", ylabel="found minus true, s")
        axis.axhline(0, color="grey", lw=0.8)
    known = [c for c in records.clips if c["yaw"] is not None and c["yaw_found"] is not None]
    flat[5].scatter([c["yaw"] for c in known], [c["yaw_found"] for c in known], s=14, color="black")
    flat[5].plot([0, 90], [0, 90], color="grey", lw=0.8)
    flat[5].set(title="camera yaw", ylabel="found, deg")
    for axis in flat:
        axis.set(xlabel="true yaw of the camera, deg (0 front, 90 side)", xlim=(-3, 93))
    _legend(flat[0])
    return figure


DRAWN: Final = (
    "back_straight",
    "low_back_pressed",
    "lift_several_inches",
    "hold_3_to_5_s",
    "hips_up",
    "hips_in_line",
)
"""The cues whose values are drawn over the truth."""


def _over_truth(records: Records) -> Any:
    """What was measured over what is true, with its interval, for the headline cues."""
    figure, axes = pyplot.subplots(2, 3, figsize=(13, 7.5))
    for axis, cue in zip(axes.flat, DRAWN, strict=True):
        known = [r for r in records.verdicts if r["cue"] == cue and r["error"] is not None]
        for exercise, colour in COLOURS.items():
            part = [r for r in known if r["exercise"] == exercise]
            true, found = (np.array([r[key] for r in part], float) for key in ("value", "value_found"))
            half = np.array([(r["interval"][1] - r["interval"][0]) / 2 if r["interval"] else 0.0 for r in part])
            if part:
                axis.errorbar(true, found, half, fmt="o", ms=3, lw=0.7, color=colour, label=exercise.replace("_", " "))
        axis.set(title=cue)
        if not known:
            axis.set_axis_off()
            axis.text(0.5, 0.5, "not measured", ha="center", transform=axis.transAxes)
            continue
        axis.axline((known[0]["value"],) * 2, slope=1, color="grey", lw=0.8)
        axis.set(xlabel=f"true, {known[0]['unit']}", ylabel=f"measured, {known[0]['unit']}")
        axis.margins(0.2)
        _legend(axis)
    return figure


def _scatter(axis: Axes, records: Sequence[Record], x: str, y: str, mark: str, label: str) -> None:
    for exercise, colour in COLOURS.items():
        part = [r for r in records if r["exercise"] == exercise]
        if part:
            xs, ys = [r[x] for r in part], [r[y] for r in part]
            axis.scatter(xs, ys, s=16, marker=mark, color=colour, label=f"{exercise.replace('_', ' ')}, {label}")


def _legend(axis: Axes) -> None:
    if axis.get_legend_handles_labels()[0]:
        axis.legend(fontsize=7)


# --- the worst clips --------------------------------------------------------------------------------------------------


def _worst(records: Records, cases: Sequence[Case]) -> Array:
    """A frame of each of the worst clips, at the moment where it is wrong, with what was said and what is true."""
    wrong: dict[str, list[tuple[float, str]]] = {}
    for name, at_s, words in _mistakes(records):
        wrong.setdefault(name, []).append((at_s, words))
    worst = sorted(wrong, key=lambda name: -len(wrong[name]))[:WORST]
    known = {case.name: case for case in cases}
    cells = [_cell(known[name], *wrong[name][0], len(wrong[name])) for name in worst]
    while len(cells) % 3 or not cells:
        cells.append(np.full((THUMB[1] + 40, THUMB[0], 3), 255, np.uint8))
    return np.vstack([np.hstack(cells[i : i + 3]) for i in range(0, len(cells), 3)])


def _mistakes(records: Records) -> list[tuple[str, float, str]]:
    """Clip, moment and words of everything wrong, the gravest first."""
    found = [(f["clip"], f["start_s"], f"false bout of {f['exercise']}") for f in records.false_bouts]
    found += [(u["clip"], (u["start_s"] + u["end_s"]) / 2, f"{u['what']} rep") for u in records.unmatched]
    for r in records.verdicts:
        if r["met"] is not None and is_wrong(r):
            said, true = valued(r["value_found"], r["unit_found"]), valued(r["value"], r["unit"])
            found.append((r["clip"], r["at_s"] or 0.0, f"{r['cue']}: {r['verdict']} {said}, true {true}"))
    found += [
        (r["clip"], r["at_s"], f"side {r['side_found']}, true {r['side']}")
        for r in records.reps
        if r["side"] and r["side"] != r["side_found"]
    ]
    return found


def _cell(case: Case, at_s: float, words: str, mistakes: int) -> Array:
    with Video(case.video) as video:
        rgb = min(((abs(frame.time - at_s), frame.rgb) for frame in video.frames()), key=lambda pair: pair[0])[1]
    poses = case.poses()
    if poses is not None:
        rgb = _skeleton(np.ascontiguousarray(rgb), poses.image[int(np.abs(poses.time - at_s).argmin())])
    cell = np.full((THUMB[1] + 40, THUMB[0], 3), 255, np.uint8)
    scale = min(THUMB[0] / rgb.shape[1], THUMB[1] / rgb.shape[0])
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[: THUMB[1], : THUMB[0]]
    left = (THUMB[0] - small.shape[1]) // 2
    cell[: small.shape[0], left : left + small.shape[1]] = small
    for line, text in enumerate((f"{case.name}, {at_s:.1f} s ({mistakes} wrong)", words)):
        cv2.putText(
            cell, text, (4, THUMB[1] + 14 + 18 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA
        )
    return cell


def _skeleton(rgb: Array, points: Array) -> Array:
    for side, colour in (("left", (255, 60, 60)), ("right", (60, 120, 255))):
        for a, b in BONES:
            ends = points[[INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"]]]
            if np.isfinite(ends).all():
                start, end = ((int(x), int(y)) for x, y in ends)
                cv2.line(rgb, start, end, colour, 2, cv2.LINE_AA)
    return rgb
