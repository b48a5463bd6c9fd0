"""Stills of rendered people with the truth of joints, spine and camera: what the eyes and the back are learned on.

python -m models.fit.stills OUT [--split train|free|held] [--first N] [--last N] [--jobs N]

A body is one file of five scenes, each of six poses before one camera. The first pose of a scene is neutral; in the
others the posture and the arch change. Bodies of `train` do the exercises and a little else, those of `free` mostly
other things on the floor; both are learned on. Bodies of `held` are none of these, and none is in a split of the
studio. A file that is there already stays.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, cast

import cv2
import numpy as np

from benchmarks.command import exits, parser_of
from benchmarks.studio.actor import Actor
from benchmarks.studio.body import Body, body, skin
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import DEEP_M
from benchmarks.studio.figure import Figure, Support, placed
from benchmarks.studio.filming import MOODS, aimed, bystander
from benchmarks.studio.look import linear, stranger
from benchmarks.studio.mesh import Mesh
from benchmarks.studio.negatives import walk
from benchmarks.studio.postures import standing
from benchmarks.studio.rig import SPINE, Points
from benchmarks.studio.scene import BALLS, Stage, exposure_of, stage
from benchmarks.studio.splits import dressed
from benchmarks.studio.things import ball_mesh
from formcheck import files
from formcheck.body.poses import Array
from models.fit.staged import KINDS, POSES, SHARES, Staged

NUMBER: Final = {"train": 11, "held": 12, "free": 13}
"""Where the draws start, beside `splits.NUMBER` and the numbers of other stills."""

BODIES: Final = {"train": (*range(103), *range(200, 236)), "held": range(40), "free": (*range(16), 17, 18, 19)}
"""The numbers of the bodies that what ships was learned and measured on. Body 16 of `free` is drawn a posture that its
arms and legs cannot take."""

SCENES: Final = 5
SIDE: Final = 352
"""Width and height of a still, pixels: about the share of a clip that holds a person."""

QUALITY: Final = 95
CLOTHED: Final = 0.2
"""Share of the scenes in loose shirts."""

VERTEBRAE: Final = (*tuple(SPINE)[1:], "neck01")
JOINTS: Final = tuple(f"{side}_{part}" for part in DEEP_M for side in ("left", "right"))
POINTS: Final = (*JOINTS, *(f"bone_{b}" for b in VERTEBRAE), *(f"skin_{b}" for b in VERTEBRAE))
"""16 joints, then the line of the vertebrae from the loin to the neck, then the skin of the back level with them."""

_DEEP: Final = np.array([*(DEEP_M[name.split("_")[1]] for name in JOINTS), *[0.13] * 6, *[0.05] * 6])

_BEFORE: Final = np.repeat([0.05, 0.03, 0.03, 0.15, 0.1, 0.08, 0.03, 0.03], 2)
"""How often furniture stands before each joint, where it stands before one: chiefly before hips, knees and ankles."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """n pictures in one array, as JPEG: every one's bytes after the other, and where each ends (n,)."""

    jpeg: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.ends)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What a file holds."""
        with np.load(path) as arrays:
            return cls(**arrays)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        with files.whole(path) as part, part.open("wb") as file:
            np.savez(file, allow_pickle=False, **{f.name: getattr(self, f.name) for f in fields(self)})

    def picture(self, i: int) -> Array:
        """Picture `i`, (SIDE, SIDE, 3) uint8 RGB."""
        start = int(self.ends[i - 1]) if i else 0
        found = cv2.imdecode(self.jpeg[start : int(self.ends[i])], cv2.IMREAD_COLOR)
        return np.ascontiguousarray(np.asarray(found)[..., ::-1])


@dataclass(frozen=True, slots=True)
class Stills(Pictures):
    """The stills of one body, a row each. All are arrays of n.

    `points` (n, 28, 2) are pixels of `POINTS`, `hidden` (n, 28) codes of `scene.Hidden`. `lordosis` is in degrees.
    `turn` (n, 2, 2) is sine and cosine of how the shoulders and the pelvis face: of the line from the right to the
    left one, seen from above by somebody who looks level from the camera at the person. The sine is positive where the
    left side is nearer, the cosine where it lies on the right. `trunk_px` is the trunk as the picture shows it,
    `trunk_side_px` as it would show it side-on.
    """

    points: Array
    hidden: Array
    lordosis: Array
    turn: Array
    trunk_px: Array
    trunk_side_px: Array
    yaw: Array
    height: Array
    roll: Array
    scene: Array
    pose: Array
    kind: Array
    arms: Array
    loose: Array
    furniture: Array
    bystander: Array
    cut: Array


# --- one body ---------------------------------------------------------------------------------------------------------


class Cast:
    """Who is in the stills of one body: the person in two looks, and somebody else."""

    def __init__(self, split: str, number: int) -> None:
        rng = np.random.default_rng([NUMBER[split], number, 1])
        shape, look = stranger(rng)
        self.actor = Actor(body(shape))
        looks = [look, stranger(rng)[1]]
        self.loose = [bool(rng.random() < CLOTHED) for _ in looks]
        self.figures = [
            Figure(self.actor.body, dressed(one, rng, loose=loose))
            for one, loose in zip(looks, self.loose, strict=True)
        ]
        self.backs = back_skin(self.actor)
        shape, look = stranger(rng)
        self._other = Actor(body(shape))
        self._figure = Figure(self._other.body, look)

    def other(self, camera: Camera, rng: np.random.Generator) -> Mesh:
        """Somebody who stands or walks behind the person."""
        by, rig = bystander(camera, rng), self._other.rig
        walks = rng.uniform(1, 5, 1)
        pose = walk(self._other).at(walks) if by.walks else standing(self._other, 1)
        return self._figure.posed(placed(rig.transforms(rig.matrices(pose)), by.x, by.z, by.yaw)[0])


def stills_of(split: str, number: int) -> Stills:
    """All stills of one body."""
    rows: list[dict[str, Any]] = []
    people = Cast(split, number)
    for scene in range(SCENES):
        rng = np.random.default_rng([NUMBER[split], number, 2, scene])
        rows += [row | {"scene": scene} for row in _scene(people, split, scene % 2, rng)]
    jpegs = [row.pop("jpeg") for row in rows]
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Stills(jpeg=np.concatenate(jpegs), ends=np.cumsum([len(one) for one in jpegs]), **columns)


def _scene(people: Cast, split: str, dress: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Six poses of a person before one camera."""
    actor, kind = people.actor, str(rng.choice(list(KINDS), p=SHARES[split]))
    staged = KINDS[kind](actor, rng)
    matrices = staged.matrices(actor)
    bones = actor.rig.transforms(matrices)
    joints = actor.joints(matrices)
    named = actor.rig.fixed({name: (name, actor.rig.rest(name)) for name in VERTEBRAE})
    at = np.stack([joints[name] for name in JOINTS], 1)
    at = np.concatenate([at, actor.rig.place(matrices, named), actor.rig.place(matrices, people.backs)], 1)
    camera, cut = _camera(actor.body, staged, bones, rng)
    hide = at[rng.integers(POSES), rng.choice(len(JOINTS), p=_BEFORE)] if rng.random() < 0.3 else None
    room, film = _room(camera, hide, rng)
    others = [*staged.things]
    with_other = bool(rng.random() < 0.2)
    if with_other:
        others.append(people.other(camera, rng))
    support = Support()
    if staged.ball is not None:
        b = staged.ball
        support = Support((0.0, b.half_height, 0.0, b.half_width, b.half_height))
        others.append(ball_mesh(support.ball, linear(str(rng.choice(BALLS)))))
    told = {"yaw": camera.yaw, "height": camera.height, "roll": camera.roll, "kind": kind, "arms": staged.arms}
    told |= {"loose": people.loose[dress], "furniture": hide is not None, "bystander": with_other, "cut": cut}
    rows = []
    for i in range(POSES):
        meshes = [people.figures[dress].posed(bones[i], support), *others]
        picture = room.picture(meshes, camera, film, 0.0, i)
        coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
        hidden = room.hidden(meshes, camera, 0.0, at[i], _DEEP)
        rows.append(
            told | {"jpeg": coded.ravel(), "hidden": hidden, "lordosis": staged.pose.lordosis[i], "pose": i}
            | _shown(actor, camera, at[i])
        )  # fmt: skip
    return rows


def _camera(owner: Body, staged: Staged, bones: Array, rng: np.random.Generator) -> tuple[Camera, bool]:
    """A camera that has the person in the picture, or now and then not all of them; and whether it was meant to cut."""
    camera = Camera(
        yaw=_yaw(staged.lies, rng),
        height=float(rng.uniform(0.1, 1.7)),
        roll=float(rng.normal(0, 2.5)),
        lens=float(rng.uniform(38, 66)),
        size=(SIDE, SIDE),
    )
    reach = np.concatenate([skin(owner, one)[::40] for one in bones])
    camera = aimed(camera, reach, room=float(rng.uniform(1.0, 1.5)))
    if rng.random() > 0.15:
        return camera, False
    if rng.random() < 0.5:
        return replace(camera, distance=camera.distance * float(rng.uniform(0.5, 0.8))), True
    yaw, aside, up = np.radians(camera.yaw), float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.3, 0.4))
    x, y, z = camera.aim
    aim = (x + aside * float(np.cos(yaw)), max(y + up, 0.05), z - aside * float(np.sin(yaw)))
    return replace(camera, aim=aim), True


def _yaw(lies: bool, rng: np.random.Generator) -> float:
    """Often side-on, often oblique, also from the front, the feet and behind; who lies seldom from behind the head."""
    style = rng.choice(["side", "oblique", "front"], p=[0.45, 0.35, 0.2])
    off = {"side": (0, 30), "oblique": (25, 62), "front": (60, 90)}[str(style)]
    yaw = float(rng.choice([90.0, 270.0]) + rng.choice([-1, 1]) * rng.uniform(*off)) % 360
    behind = np.cos(np.radians(yaw)) < -0.35
    seldom = 0.9 if lies else 0.3
    return (180 - yaw) % 360 if behind and rng.random() < seldom else yaw


def _room(camera: Camera, hide: Array | None, rng: np.random.Generator) -> tuple[Stage, Film]:
    mood = MOODS[int(rng.choice(4, p=[0.55, 0.2, 0.1, 0.15]))]
    room = stage(
        np.random.default_rng(rng.integers(2**31)),
        camera,
        mood=mood,
        clutter=float(rng.uniform(0, 1)),
        mat=bool(rng.random() < 0.7),
        hide=None if hide is None else cast(tuple[float, float, float], tuple(hide.tolist())),
    )
    noise = rng.uniform(0.003, 0.025 if mood == "dark" else 0.012)
    warmth, seed = float(rng.normal(0, 0.4)), int(rng.integers(2**31))
    return room, Film(exposure_of(mood), float(noise), warmth, quality=100, seed=seed)


def _shown(actor: Actor, camera: Camera, at: Array) -> dict[str, Any]:
    """What the camera makes of the places (28, 3) of one pose."""
    view = camera.view(0.0)
    points = view.project(at)
    pairs = at[: len(JOINTS)].reshape(-1, 2, 3)
    lines = {part: pairs[i, 0] - pairs[i, 1] for i, part in enumerate(DEEP_M) if part in ("shoulder", "hip")}
    middles = pairs.mean(1)
    shoulder, hip = (middles[list(DEEP_M).index(part)] for part in ("shoulder", "hip"))
    ahead = (hip - view.eye) * np.array([1, 0, 1])
    ahead /= np.linalg.norm(ahead)
    right = np.array([-ahead[2], 0, ahead[0]])
    flat = np.array([[-line @ ahead, line @ right] for line in (lines["shoulder"], lines["hip"])])
    seen = view.project(np.stack([shoulder, hip]))
    return {
        "points": points[:, :2].astype(np.float32),
        "turn": (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32),
        "trunk_px": float(np.hypot(*(seen[0] - seen[1])[:2])),
        "trunk_side_px": float(actor.trunk * view.focal * seen[:, 2].mean()),
    }


def back_skin(actor: Actor) -> Points:
    """The places on the midline of the back's skin that are level with each vertebra."""
    rows = np.unique(actor.body.faces)
    at = actor.body.vertices[rows].astype(float)
    chosen = []
    for bone in VERTEBRAE:
        head = actor.rig.rest(bone)
        off = np.abs(at[:, 1] - head[1]) + 1.5 * np.abs(at[:, 0]) + 10 * (at[:, 2] > head[2])
        chosen.append(rows[int(np.argmin(off))])
    return actor.rig.skinned(actor.body.vertices[chosen].astype(float), actor.body.weights[chosen].toarray())


# --- all of them ------------------------------------------------------------------------------------------------------


def path_of(folder: Path, split: str, number: int) -> Path:
    """Where the stills of a body are kept."""
    return folder / f"{split}_{number:04d}.npz"


def drawn(folder: Path, split: str, number: int) -> bool:
    """Draw the stills of a body, if they are not there already; whether they were drawn."""
    cv2.setNumThreads(1)
    path = path_of(folder, split, number)
    if path.exists():
        return False
    stills_of(split, number).write(path)
    return True


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the stills of a range of bodies."""
    parser = parser_of(__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--split", choices=tuple(NUMBER), default="train")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, help="draw all from --first up to this one; without it, those of BODIES")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    numbers = BODIES[options.split] if options.last is None else range(options.first, options.last)
    with ProcessPoolExecutor(options.jobs) as pool:
        for number, _ in zip(numbers, pool.map(partial(drawn, options.out, options.split), numbers), strict=True):
            print(f"{options.split} {number}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
