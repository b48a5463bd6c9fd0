"""Contact sheets of strangers in rooms, to look at with one's own eyes, and how many of them BlazePose finds.

python -m benchmarks.studio.sheet OUT.png [--people 6] [--seed 1] [--find]
python -m benchmarks.studio.sheet OUT.png --clips FOLDER
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.command import parser_of
from benchmarks.studio.actor import Actor
from benchmarks.studio.body import body
from benchmarks.studio.bridge import Ball, Bridge, BridgeSetup
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.figure import Figure, Support, placed
from benchmarks.studio.look import linear, stranger
from benchmarks.studio.pose import Pose
from benchmarks.studio.postures import Kneel, KneelSetup, leg_lifted, lying, raised_arms, standing
from benchmarks.studio.scene import BALLS, LIGHTS, exposure_of, stage
from benchmarks.studio.things import ball_mesh
from formcheck.body.landmarks import INDEX
from formcheck.media.video import Video
from formcheck.pose.blazepose import BlazePose

Array = NDArray[Any]

BALL: Final = Ball()
ON_BALL: Final = Support((0.0, BALL.half_height, 0.0, BALL.half_width, BALL.half_height))
UPRIGHT: Final = ("standing", "kneeling", "lunge")
BONES: Final = (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))
THUMB: Final = (320, 180)


def _raised(actor: Actor) -> Pose:
    pose = lying(actor, 1)
    leg_lifted(actor, pose, "left", 25)
    return pose


ONE: Final = np.ones(1)
POSTURES: Final[dict[str, Callable[[Actor], Pose]]] = {
    "standing": lambda actor: standing(actor, 1),
    "kneeling": lambda actor: Kneel(actor, KneelSetup()).at(0 * ONE),
    "lunge": lambda actor: Kneel(actor, KneelSetup()).at(22 * ONE, lordosis=12 * ONE, arms=raised_arms(165, 0)),
    "lying": lambda actor: lying(actor, 1),
    "leg_up": _raised,
    "bridge": lambda actor: Bridge(actor, BridgeSetup()).at(ONE),
    "ball_bridge": lambda actor: Bridge(actor, BridgeSetup(ball=BALL)).at(ONE),
    "ball_rest": lambda actor: Bridge(actor, BridgeSetup(ball=BALL)).at(0 * ONE),
}


class Shot(NamedTuple):
    name: str
    picture: Array


def camera_for(name: str, middle: Array, rng: np.random.Generator) -> Camera:
    """A camera at random that sees the posture: from all around, or within 60 deg of the side of who lies."""
    upright = name in UPRIGHT
    yaw = rng.uniform(0, 360) if upright else rng.choice([90, 270]) + rng.uniform(-60, 60)
    wide = not upright or rng.random() < 0.6
    return Camera(
        yaw=float(yaw),
        height=float(rng.uniform(0.4, 1.6)),
        distance=float(rng.uniform(3.4, 4.2) if upright else rng.uniform(2.9, 3.8)),
        aim=(float(middle[0]), {"standing": 0.88}.get(name, 0.72 if upright else 0.3), float(middle[2])),
        roll=float(rng.normal(0, 2)),
        lens=float(rng.uniform(48, 60)),
        size=(640, 360) if wide else (360, 640),
    )


def shots(seed: int) -> Iterator[Shot]:
    """One stranger in every posture, each in a room and from a camera of its own."""
    rng = np.random.default_rng(seed)
    shape, look = stranger(rng)
    actor = Actor(body(shape))
    figure = Figure(actor.body, look)
    for name, posture in POSTURES.items():
        transforms = actor.rig.transforms(actor.rig.matrices(posture(actor)))[0]
        people = [figure.posed(transforms, ON_BALL if "ball" in name else None)]
        camera = camera_for(name, people[0].vertices.mean(axis=0), rng)
        mood = list(LIGHTS)[int(rng.choice(4, p=[0.55, 0.2, 0.1, 0.15]))]
        room = stage(rng, camera, mood=mood, clutter=float(rng.uniform(0, 1)))
        if "ball" in name:
            people.append(ball_mesh(ON_BALL.ball, linear(str(rng.choice(BALLS)))))
        if name == "kneeling":
            other = Figure(actor.body, stranger(np.random.default_rng(seed + 9999))[1])
            still = actor.rig.transforms(actor.rig.matrices(standing(actor, 1)))[0]
            away = np.radians(camera.yaw + 150)
            people.append(
                other.posed(placed(still, 1.6 * np.sin(away), 1.6 * np.cos(away), float(rng.uniform(0, 360))))
            )
        noise, quality = float(rng.uniform(0.004, 0.03)), int(rng.integers(50, 95))
        film = Film(exposure=exposure_of(mood), noise=noise, quality=quality)
        picture = room.picture(people, camera, film, 0.0, 0)
        yield Shot(f"{seed} {name} {mood} {camera.yaw:.0f}", picture)


def marked(picture: Array) -> tuple[Array, bool]:
    """The picture with BlazePose's skeleton, and whether it found anybody."""
    points = BlazePose().feed(0.0, picture).image[0]
    found = bool(np.isfinite(points).all())
    shown = picture.copy()
    for side in ("left", "right") if found else ():
        for a, b in BONES:
            ends = [tuple(int(v) for v in points[INDEX[f"{side}_{joint}"]]) for joint in (a, b)]
            cv2.line(shown, ends[0], ends[1], (255, 60, 60) if side == "left" else (60, 120, 255), 2)
    return shown, found


def thumb(picture: Array) -> Array:
    """The picture in the middle of a frame of one size."""
    height, width = picture.shape[:2]
    scale = min(THUMB[0] / width, THUMB[1] / height)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    left, over = (THUMB[0] - small.shape[1]) // 2, (THUMB[1] - small.shape[0]) // 2
    framed = np.zeros((THUMB[1], THUMB[0], 3), np.uint8)
    framed[over : over + small.shape[0], left : left + small.shape[1]] = small
    return framed


def page(folder: Path, across: int = 5) -> Array:
    """A frame of each clip of a folder, at the top of its first rep or in its middle, with the clip's name."""
    cells = []
    for path in sorted(folder.glob("*.mp4")):
        truth = json.loads(path.with_suffix(".json").read_text("utf-8"))
        peaks = [rep["peak_s"] for bout in truth["bouts"] for rep in bout["reps"]]
        at_s = peaks[0] if peaks else truth["time_s"][len(truth["time_s"]) // 2]
        with Video(path) as video:
            rgb = next(frame.rgb for frame in video.frames() if frame.time >= at_s)
        cell = np.full((THUMB[1] + 18, THUMB[0], 3), 255, np.uint8)
        cell[: THUMB[1]] = thumb(rgb)
        cv2.putText(cell, path.stem, (4, THUMB[1] + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
        cells.append(cell)
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % across)
    return np.vstack([np.hstack(cells[i : i + across]) for i in range(0, len(cells), across)])


def main() -> None:
    """Draw the sheet; say what was found."""
    parser = parser_of(__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--find", action="store_true", help="draw BlazePose's skeletons and count them")
    parser.add_argument("--clips", type=Path, help="instead, a frame of each clip of a folder")
    options = parser.parse_args()
    if options.clips is not None:
        cv2.imwrite(str(options.out), cv2.cvtColor(page(options.clips), cv2.COLOR_RGB2BGR))
        return
    taken = [list(shots(seed)) for seed in range(options.seed, options.seed + options.people)]
    looks = {shot.name: marked(shot.picture) if options.find else (shot.picture, True) for row in taken for shot in row}
    rows = [np.hstack([thumb(looks[shot.name][0]) for shot in row]) for row in taken]
    cv2.imwrite(str(options.out), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
    if options.find:
        missed = [name for name, (_, found) in looks.items() if not found]
        print(f"found {len(looks) - len(missed)} of {len(looks)}; missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
