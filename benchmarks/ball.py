"""The ball in the picture against the studio's truth: how often it is found, how well, and where none is.

python -m benchmarks.ball FOLDER... [--looks 6]

A folder holds the studio's clips with their landmarks (`NAME.landmarks.npz`, as `benchmarks.accuracy` keeps them). The
outline of the true ball is computed from the clip's truth: the camera is found again from the joints' places in space
and in the picture.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.command import parser_of
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array, Poses
from formcheck.body.view import view_of
from formcheck.formats import npz
from formcheck.media.video import Video
from formcheck.pose import ball
from formcheck.pose.ball import Circle

LOOKS: Final = 6


@dataclass(frozen=True, slots=True)
class Look:
    """One frame of a clip: the view by the camera's true yaw, the true ball, what was found, and what it took."""

    clip: str
    view: str
    true: Circle | None
    found: Circle | None
    trunk: float
    seconds: float


# --- truth ------------------------------------------------------------------------------------------------------------


def true_circle(truth: dict[str, Any], i: int) -> Circle | None:
    """The outline of the ball in frame `i` of a clip: its middle, and the radius of a circle of its area."""
    if "ball" not in truth:
        return None
    hull = cv2.convexHull(_projected(truth, i, _surface(truth, i)).astype(np.float32))
    moments = cv2.moments(hull)
    area = moments["m00"]
    return Circle(moments["m10"] / area, moments["m01"] / area, float(np.sqrt(area / np.pi)))


def _surface(truth: dict[str, Any], i: int) -> Array:
    """Points (n, 3) on the ball, metres."""
    width, height = truth["ball"]["half_width_m"], truth["ball"]["half_height_m"]
    down, around = np.meshgrid(np.linspace(0, np.pi, 40), np.linspace(0, 2 * np.pi, 60))
    across = width * np.sin(down)
    points = (
        across * np.cos(around),
        height * (1 + np.cos(down)),
        across * np.sin(around) + truth["frames"]["ball_z"][i],
    )
    return np.stack(points, axis=-1).reshape(-1, 3)


def _projected(truth: dict[str, Any], i: int, points: Array) -> Array:
    """Pixels (n, 2) of points in frame `i`, by the camera that shows the joints where the truth says."""
    width, height = truth["camera"]["size"]
    focal = max(width, height) / 2 / np.tan(np.radians(truth["camera"]["lens_deg"]) / 2)
    lens = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    known, shown = (_column(truth, unit, i) for unit in ("m", "px"))
    _, turn, shift = cv2.solvePnP(known, shown, lens, None, flags=cv2.SOLVEPNP_SQPNP)
    _, turn, shift = cv2.solvePnP(known, shown, lens, None, turn, shift, True)
    pixels: Array = cv2.projectPoints(points, turn, shift, lens, None)[0][:, 0]
    return pixels


def _column(truth: dict[str, Any], unit: str, i: int) -> Array:
    kinds = [truth[f"{kind}_{unit}"] for kind in ("joints", "surface")]
    return np.array([places[name][i] for places in kinds for name in sorted(places)], float)


# --- looking ----------------------------------------------------------------------------------------------------------


def looks(video: Path, count: int) -> list[Look]:
    """Looks at `count` frames of a clip, spread over it, each knowing what the one before found."""
    truth, poses = json.loads(video.with_suffix(".json").read_text("utf-8")), npz.load(landmarks(video))
    view = view_of(abs((truth["camera"]["yaw_deg"] + 90) % 180 - 90), 0).name
    before, done = None, []
    for i, rgb in _frames(video, np.linspace(0, len(poses) - 1, count).round().astype(int)):
        began = time.process_time()
        found = ball.find(rgb, poses.image[i], before)
        seconds = time.process_time() - began
        done.append(Look(video.stem, view, true_circle(truth, i), found, float(trunks(poses)[i]), seconds))
        before = found or before
    return done


def landmarks(video: Path) -> Path:
    return video.with_suffix(".landmarks.npz")


def _frames(video: Path, wanted: Array) -> Iterator[tuple[int, Array]]:
    with Video(video) as clip:
        for i, frame in enumerate(clip.frames()):
            if i in wanted:
                yield i, frame.rgb


def middles(poses: Poses, part: str) -> Array:
    at: Array = poses.image[:, [INDEX[f"{side}_{part}"] for side in SIDES]].astype(float).mean(axis=1)
    return at


def trunks(poses: Poses) -> Array:
    """(n,) pixels from the middle of the shoulders to that of the hips."""
    lengths: Array = np.hypot(*(middles(poses, "shoulder") - middles(poses, "hip")).T)
    return lengths


# --- the table --------------------------------------------------------------------------------------------------------


def table(done: Sequence[Look]) -> str:
    """Markdown: a row a view for clips with a ball, one for the others."""
    lines = ["| looks | number | found | centre, trunks | radius, trunks |", "|---|---|---|---|---|"]
    views = defaultdict(list)
    for look in done:
        views[f"ball, {look.view}" if look.true else "no ball"].append(look)
    for name, group in sorted(views.items()):
        found = [look for look in group if look.found]
        errors = [errors_of(look) for look in found if look.true]
        centre, radius = (f"{np.median(column):.3f}" for column in zip(*errors, strict=True)) if errors else ("", "")
        lines.append(f"| {name} | {len(group)} | {len(found) / len(group):.3f} | {centre} | {radius} |")
    searched = [look.seconds for look in done if look.true]
    if searched:
        lines += ["", f"{np.median(searched) * 1e3:.1f} ms of one core a look where a ball is (median)."]
    return "\n".join(lines)


def errors_of(look: Look) -> tuple[float, float]:
    """How far centre and radius of a found ball are off, in trunks."""
    assert look.true is not None and look.found is not None
    off = np.hypot(look.found.x - look.true.x, look.found.y - look.true.y)
    return float(off) / look.trunk, abs(look.found.radius - look.true.radius) / look.trunk


def main() -> None:
    """Print the table."""
    parser = parser_of(__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--looks", type=int, default=LOOKS, help="frames of each clip")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    videos = [v for folder in options.folders for v in sorted(folder.glob("*.mp4")) if landmarks(v).exists()]
    print(table([look for video in videos for look in looks(video, options.looks)]), flush=True)


if __name__ == "__main__":
    main()
