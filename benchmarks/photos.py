"""Landmarks on labelled photographs: how far from the labels, and does `spread` tell the wrong ones.

python -m benchmarks.photos ANNOTATIONS.json [--quality fast|standard|best] [--json]

The annotation file has `photos`: each with `file` (beside it), `visible_side`, `keypoints` (shoulder, hip, knee, ankle
in pixels), `confidence` ("normal" or "low") and `derived_angles_deg` (hip and knee, 180 = straight).
"""

import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.command import parser_of
from formcheck.body.geometry import flexion
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX
from formcheck.body.measures import knee_flexion, trunk_thigh_angle
from formcheck.body.poses import Array, Poses
from formcheck.errors import UsageError
from formcheck.findings import Quality
from formcheck.pose.blazepose import BlazePose

JOINTS: Final = ("shoulder", "hip", "knee", "ankle")
_OTHER: Final = {"left": "right", "right": "left"}
ANGLES: Final = {"hip": ("shoulder", "hip", "knee"), "knee": ("hip", "knee", "ankle")}
MEASURED: Final = {"hip": trunk_thigh_angle, "knee": knee_flexion}
"""formcheck's own measures of these angles: they are those of joint centres, the labels those of joints as the eye sees
them."""
GROSS: Final = 0.25
"""Ours: a skeleton is grossly wrong when its visible side is off by more than this of the trunk, median of 4 joints."""
SUSPECT: Final = 0.08
"""Ours: `spread` from which a skeleton is suspect; 0.03 to 0.045 is usual on video."""


def main() -> None:
    """Measure the photos that an annotation file labels, and print the table."""
    parser = parser_of(__doc__)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    parser.add_argument("--quality", type=Quality, choices=list(Quality), default=Quality.STANDARD)
    options = parser.parse_args()
    rows = measured(options.annotations, options.quality)
    groups = {"all": rows, "sure labels": [row for row in rows if row["confidence"] != "low"]}
    summaries = {name: summary(group) for name, group in groups.items()}
    print(json.dumps({"summary": summaries, "photos": rows}, indent=1) if options.json else table(rows, summaries))


def measured(annotations: Path, quality: Quality) -> list[dict[str, Any]]:
    """One row of figures for each labelled photo."""
    photos = json.loads(annotations.read_text(encoding="utf-8"))["photos"]
    return [_row(photo, _pose(annotations.parent / photo["file"], quality)) for photo in photos]


def _pose(path: Path, quality: Quality) -> Poses:
    picture = cv2.imread(str(path))
    if picture is None:
        raise UsageError(f"{path} cannot be read as a picture")
    return BlazePose(quality=quality).feed(0.0, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _row(photo: dict[str, Any], pose: Poses) -> dict[str, Any]:
    labels = {joint: np.array([[point["x"], point["y"]]], float) for joint, point in photo["keypoints"].items()}
    index = [INDEX[f"{photo['visible_side']}_{joint}"] for joint in JOINTS]
    image, world = (dict(zip(JOINTS, points[0, index, None], strict=True)) for points in (pose.image, pose.world))
    trunk = float(np.hypot(*(labels["shoulder"] - labels["hip"])[0]))
    row = {
        "id": photo["id"],
        "confidence": photo["confidence"],
        "found": bool(pose.found[0]),
        "spread": float(pose.spread[0]),
    }
    row |= {joint: float(np.hypot(*(image[joint] - labels[joint])[0])) / trunk for joint in JOINTS}
    other = {joint: pose.image[0, INDEX[f"{_OTHER[photo['visible_side']]}_{joint}"]] for joint in ("knee", "ankle")}
    row |= {f"far {joint}": float(np.hypot(*(other[joint] - labels[joint][0]))) / trunk for joint in other}
    for name, chain in ANGLES.items():
        for plane, points in (("picture", image), ("world", world)):
            row[f"{name}_{plane}_deg"] = _interior(points, chain) - photo["derived_angles_deg"][name]
    for name, measure in MEASURED.items():
        bent = float(measure(Body(pose), photo["visible_side"])[0])
        row[f"{name}_measure_deg"] = 180 - bent - photo["derived_angles_deg"][name]
    return row


def _interior(points: dict[str, Array], chain: tuple[str, str, str]) -> float:
    return 180 - float(flexion(*(points[joint] for joint in chain))[0])


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the photos in which somebody was found; distances in % of the labelled trunk, angles in degrees."""
    seen = [row for row in rows if row["found"]]
    off = np.array([[row[joint] for joint in JOINTS] for row in seen]) * 100
    wrong, suspect = np.array([gross(row) for row in seen]), np.array([row["spread"] >= SUSPECT for row in seen])
    result: dict[str, Any] = {"photos": len(rows), "found": len(seen)}
    result |= {f"{joint}_%": float(np.median(off[:, i])) for i, joint in enumerate(JOINTS)}
    result |= {"all joints_%": float(np.median(off)), "all joints p90_%": float(np.percentile(off, 90))}
    for name in (f"{angle}_{plane}_deg" for angle in ANGLES for plane in ("picture", "world", "measure")):
        errors = np.array([row[name] for row in seen])
        result |= {f"{name} median |error|": float(np.median(np.abs(errors))), f"{name} bias": float(np.median(errors))}
    result |= {"grossly wrong": int(wrong.sum()), "of these suspect": int((wrong & suspect).sum())}
    result |= {"a joint grossly wrong": int((off.max(axis=1) > 100 * GROSS).sum())}
    result |= {"of these legs exchanged": sum(gross(row) and exchanged(row) for row in seen)}
    return result | {"right but suspect": int((~wrong & suspect).sum())}


def gross(row: dict[str, Any]) -> bool:
    """Whether the visible side as a whole lies elsewhere than the labels."""
    return float(np.median([row[joint] for joint in JOINTS])) > GROSS


def exchanged(row: dict[str, Any]) -> bool:
    """Whether the other side's knee and ankle lie on the labelled leg: the skeleton is right but for left and right."""
    return bool(max(row["far knee"], row["far ankle"]) <= GROSS)


def table(rows: list[dict[str, Any]], summaries: dict[str, dict[str, Any]]) -> str:
    """The summaries side by side, then the photos with the worst first."""
    names = list(summaries)
    lines = [f"{'':36}" + "".join(f"{name:>14}" for name in names)]
    for key in summaries[names[0]]:
        values = (summaries[name][key] for name in names)
        lines.append(f"{key:36}" + "".join(f"{v:14d}" if isinstance(v, int) else f"{v:14.1f}" for v in values))
    lines += ["", f"{'photo':32}{'label':>8}{'median_%':>10}{'worst_%':>9}{'spread':>8}{'hip_deg':>9}{'knee_deg':>9}"]
    for row in sorted(rows, key=lambda row: -float(np.median([row[joint] for joint in JOINTS]))):
        off = [100 * row[joint] for joint in JOINTS]
        angles = f"{row['hip_picture_deg']:9.1f}{row['knee_picture_deg']:9.1f}"
        figures = f"{np.median(off):10.1f}{max(off):9.1f}{row['spread']:8.3f}{angles}"
        lines.append(f"{row['id']:32}{row['confidence']:>8}{figures}{_remark(row)}")
    return "\n".join(lines)


def _remark(row: dict[str, Any]) -> str:
    if not gross(row):
        return ""
    return "  legs exchanged" if exchanged(row) else "  grossly wrong"


if __name__ == "__main__":
    main()
