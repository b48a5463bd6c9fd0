"""One clip: who does what, in which room, before which camera; filmed to `NAME.mp4`, with its truth in `NAME.json`.

A `Clip` is plain numbers, so a manifest can hold it, and gives the same frames every time.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, Self

import cv2
import numpy as np

import formcheck
from benchmarks.studio import truth
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, cut, workout
from benchmarks.studio.body import Shape, body, skin
from benchmarks.studio.camera import Array, Camera, Film
from benchmarks.studio.figure import Figure, Support, placed
from benchmarks.studio.look import Look, linear, stranger
from benchmarks.studio.mesh import Mesh
from benchmarks.studio.near_misses import MOTIONS
from benchmarks.studio.negatives import walk
from benchmarks.studio.postures import standing
from benchmarks.studio.rhythm import Restless
from benchmarks.studio.scene import BALLS, PROPS, Mood, Stage, exposure_of, stage
from benchmarks.studio.sets import Recipe, act_of
from benchmarks.studio.things import ball_mesh, box
from formcheck import files
from formcheck.media.writer import VideoWriter

EDITION: Final = 1
"""Raise it when the studio draws the same clip otherwise: clips of another edition are made anew."""

BOUNDS: Final = Path(formcheck.__file__).parent / "exercises"
"""The exercise files: where their bounds change, a clip's truth is written anew, its picture stays."""


DEEP_M: Final = {
    **{"shoulder": 0.11, "elbow": 0.08, "wrist": 0.06, "hip": 0.16, "knee": 0.10, "ankle": 0.08, "heel": 0.07},
    "toe": 0.07,
}
"""How deep in the body a joint lies, cloth included (ours): what is nearer by more hides it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A set of one exercise, a rep for each side named, or with `motion` one of `MOTIONS`."""

    recipe: Recipe | None = None
    sides: tuple[Literal["left", "right", "both"], ...] = ()
    motion: str = ""


@dataclass(frozen=True, slots=True)
class Bystander:
    """Somebody else in the room: who, where (metres) and turned how (degrees), standing or walking by."""

    seed: int
    x: float
    z: float
    yaw: float
    walks: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """The room and the light."""

    seed: int
    mood: Mood = "day"
    clutter: float = 0.5
    mat: bool = True
    hide: tuple[float, float, float] | None = None
    bystander: Bystander | None = None
    bench: tuple[float, float, float] | None = None
    """The middle of the front edge of what a raised foot lies on."""


@dataclass(frozen=True, slots=True)
class Clip:
    """All that makes one clip. `seconds` cuts the act; `uneven_fps` makes frame times irregular; `tags` tell what was
    meant, for tables.
    """

    name: str
    seed: int
    shape: Shape
    look: Look
    parts: tuple[Part, ...]
    setting: Setting
    camera: Camera
    film: Film
    fps: float = 24.0
    uneven_fps: bool = False
    enters: bool = False
    seconds: tuple[float, float] | None = None
    tags: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, plan: dict[str, Any]) -> Self:
        """A clip from what `plan` wrote."""
        setting, camera = dict(plan["setting"]), dict(plan["camera"])
        for name in ("hide", "bench"):
            setting[name] = None if setting.get(name) is None else tuple(setting[name])
        setting["bystander"] = None if setting["bystander"] is None else Bystander(**setting["bystander"])
        parts = tuple(
            Part(None if p["recipe"] is None else Recipe(**p["recipe"]), tuple(p["sides"]), p["motion"])
            for p in plan["parts"]
        )
        made = {
            "shape": Shape(**plan["shape"]),
            "look": Look(**plan["look"]),
            "parts": parts,
            "setting": Setting(**setting),
            "camera": Camera(**camera | {"aim": tuple(camera["aim"]), "size": tuple(camera["size"])}),
            "film": Film(**plan["film"]),
            "seconds": None if plan["seconds"] is None else tuple(plan["seconds"]),
            "tags": tuple(sorted(plan["tags"].items())),
        }
        return cls(**plan | made)

    def plan(self) -> dict[str, Any]:
        """The clip as it is written down; a bench only where there is one, as older manifests know none."""
        plan = asdict(self) | {"tags": dict(self.tags)}
        if self.setting.bench is None:
            del plan["setting"]["bench"]
        return plan

    @property
    def key(self) -> str:
        """What the picture depends on, as a hash."""
        plan = {name: value for name, value in self.plan().items() if name not in ("name", "tags")}
        return hashlib.sha256(json.dumps([EDITION, plan], sort_keys=True).encode()).hexdigest()

    def times(self, duration: float) -> Array:
        """When each frame is shown (n,), from 0."""
        steps = np.ones(int(duration * self.fps) + 1)
        if self.uneven_fps:
            rng = np.random.default_rng([self.seed, 7])
            steps = rng.choice([1.0, 1.0, 1.0, 2.0], len(steps)) * rng.uniform(0.85, 1.15, len(steps))
        times: Array = (np.cumsum(steps) - steps[0]) / self.fps
        return times[times < duration]


class Take:
    """A clip acted out: the person, the motion, and the frames' times. `act`: another motion than that of its parts."""

    def __init__(self, clip: Clip, act: Callable[[Actor], Act] | None = None) -> None:
        self.clip = clip
        self.actor = Actor(body(clip.shape))
        self.act = acted(self.actor, clip) if act is None else act(self.actor)
        self.times = clip.times(self.act.duration)

    def supports(self, times: Array) -> list[Support]:
        """What lies under the person at each time."""
        ball = self.act.ball
        if ball is None:
            return [Support(tops=self._tops())] * len(times)
        at = self.act.roll(times).tolist()
        return [Support((0.0, ball.half_height, z, ball.half_width, ball.half_height)) for z in at]

    def _tops(self) -> tuple[tuple[float, float, float, float, float], ...]:
        """The tops of things that carry the person; they stand still."""
        found = []
        for prop in self.act.props:
            if prop.carries:
                (x, y, z), (wide, high, deep) = prop.at(np.zeros(1))[0].tolist(), prop.size
                found.append((x - wide / 2, x + wide / 2, z - deep / 2, z + deep / 2, y + high / 2))
        return tuple(found)

    def breath(self, times: Array) -> list[float]:
        """How far the belly is risen at each time, metres."""
        depth: list[float] = (
            np.zeros(len(times)) if self.act.breath is None else self.act.breath.depth(times)
        ).tolist()
        return depth

    def balls(self, times: Array) -> list[Mesh]:
        """The ball at each time, if there is one. Its rings lie round the axis about which it rolls: none would be
        seen to turn.
        """
        if self.act.ball is None:
            return []
        supports = self.supports(times)
        colour = linear(str(np.random.default_rng([self.clip.setting.seed, 2]).choice(BALLS)))
        mesh = ball_mesh(supports[0].ball, colour)
        start = np.array(supports[0].ball[:3])
        return [replace(mesh, vertices=mesh.vertices + (np.array(s.ball[:3]) - start)) for s in supports]

    def transforms(self, times: Array) -> Array:
        """(n, b, 4, 4) of the bones."""
        rig = self.actor.rig
        transforms: Array = rig.transforms(rig.matrices(self.act.at(times)))
        return transforms

    def span(self, moments: int = 9) -> Array:
        """Places (n, 3) the body's skin reaches in the clip: corners to fit a camera to."""
        times = np.linspace(0, self.act.duration, moments)
        return np.concatenate([skin(self.actor.body, t)[::40] for t in self.transforms(times)])

    def truth(self, hidden: dict[str, str]) -> dict[str, Any]:
        """The clip's truth, ready to be written; `hidden` comes from `filmed`."""
        camera = self.clip.camera

        def project(points: Array, times: Array) -> tuple[Array, Array]:
            seen = np.stack([camera.view(float(t)).project(p) for t, p in zip(times, points, strict=True)])
            xy = seen[..., :2]
            inside = (seen[..., 2] > 0) & (xy >= 0).all(axis=-1) & (xy < np.array(camera.size)).all(axis=-1)
            return xy, inside

        near = "left" if np.sin(np.radians(camera.yaw)) > 0 else "right"
        seen = {"size": camera.size, "yaw_deg": camera.yaw, "height_m": camera.height, "distance_m": camera.distance}
        seen |= {"near_side": near, "lens_deg": camera.lens, "roll_deg": camera.roll, "shake": camera.shake}
        whole = truth.as_json(self.actor, self.act, self.times, project=project, camera=seen)
        clip = {"name": self.clip.name, "fps": self.clip.fps, "tags": dict(self.clip.tags)}
        return {"clip": clip, "made_from": made_from(self.clip), **whole, "joints_hidden": hidden}


def acted(actor: Actor, clip: Clip) -> Act:
    """The motion of a clip."""
    restless, uneven = Restless(clip.seed), np.random.default_rng([clip.seed, 1])
    acts = [
        MOTIONS[part.motion](actor, restless)
        if part.recipe is None
        else act_of(actor, part.recipe, part.sides, restless=restless, uneven=uneven)
        for part in clip.parts
    ]
    whole = workout(actor, acts, enter=clip.enters, leave=clip.enters) if clip.enters or acts[1:] else acts[0]
    return whole if clip.seconds is None else cut(whole, *(min(s, whole.duration) for s in clip.seconds))


def made_from(clip: Clip) -> dict[str, str]:
    """Hashes of what the picture and what the truth was made from."""
    bounds = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(BOUNDS.glob("*.toml"))))
    return {"clip": clip.key, "bounds": bounds.hexdigest()}


def made(clip: Clip, folder: Path) -> bool:
    """Make `NAME.mp4` and `NAME.json` in a folder, if they are not there already; whether the picture was drawn."""
    video, beside = folder / f"{clip.name}.mp4", folder / f"{clip.name}.json"
    before = json.loads(beside.read_text("utf-8")) if beside.exists() and video.exists() else None
    wanted = made_from(clip)
    if before is not None and before["made_from"] == wanted:
        return False
    take = Take(clip)
    draws = before is None or before["made_from"]["clip"] != wanted["clip"]
    hidden = filmed(take, video) if before is None or draws else before["joints_hidden"]
    with files.whole(beside) as path:
        path.write_text(json.dumps(take.truth(hidden)) + "\n", "utf-8")
    return draws


def filmed(take: Take, path: Path) -> dict[str, str]:
    """Draw every frame of a take into an mp4; gives what hides each joint, a digit of `scene.Hidden` a frame."""
    clip, step = take.clip, 1 / take.clip.fps
    film = replace(clip.film, exposure=clip.film.exposure * exposure_of(clip.setting.mood))
    figure, room, others = (
        Figure(take.actor.body, clip.look),
        stage_of(take),
        [*_others(clip, take.times), *props_of(take)],
    )
    opens, closes = take.transforms(take.times), take.transforms(take.times + film.blur * step)
    supports, balls, breath = take.supports(take.times), take.balls(take.times), take.breath(take.times)
    places, sizes = _watched(take)
    hidden = np.zeros((len(take.times), len(sizes)), np.uint8)
    cv2.setNumThreads(1)  # clips are drawn side by side, one a core
    with VideoWriter(path, clip.camera.size, clip.fps) as writer:
        for i, time in enumerate(take.times):
            mesh = figure.posed(opens[i], supports[i], breath[i])
            people = [mesh, *balls[i : i + 1], *(meshes[i % len(meshes)] for meshes in others)]
            moved = [figure.moved(mesh, opens[i], closes[i]), *(other.vertices for other in people[1:])]
            picture = room.picture(people, clip.camera, film, float(time), i, moved=moved, step_s=step)
            writer.write(float(time), picture)
            hidden[i] = room.hidden(people, clip.camera, float(time), places[i], np.array(list(sizes.values())))
    return {name: "".join(map(str, column)) for name, column in zip(sizes, hidden.T.tolist(), strict=True)}


def _watched(take: Take) -> tuple[Array, dict[str, float]]:
    """Where the joints are that may be hidden (n, k, 3), and how deep in the body, by name."""
    sizes = {f"{side}_{part}": deep for part, deep in DEEP_M.items() for side in ("left", "right")}
    joints = take.actor.joints(take.actor.rig.matrices(take.act.at(take.times)))
    return np.stack([joints[name] for name in sizes], axis=1), sizes


def stage_of(take: Take) -> Stage:
    """The room of a take."""
    setting, clip = take.clip.setting, take.clip
    return stage(
        np.random.default_rng(setting.seed),
        clip.camera,
        mood=setting.mood,
        clutter=setting.clutter,
        mat=setting.mat,
        hide=setting.hide,
        bench=setting.bench,
    )


def props_of(take: Take) -> list[Sequence[Mesh]]:
    """What the act needs, a mesh a frame each."""
    rng = np.random.default_rng([take.clip.setting.seed, 3])
    found: list[Sequence[Mesh]] = []
    tints: dict[str, str] = {}
    for i, prop in enumerate(take.act.props):
        thing = prop.thing or str(i)
        if thing not in tints:
            tints[thing] = str(rng.choice(PROPS))
        mesh = box((0, 0, 0), prop.size, linear(tints[thing]))
        found.append([replace(mesh, vertices=mesh.vertices + middle) for middle in prop.at(take.times)])
    return found


def _others(clip: Clip, times: Array) -> list[Sequence[Mesh]]:
    """Who else is in the picture: a mesh a frame, or one for all."""
    by = clip.setting.bystander
    if by is None:
        return []
    shape, look = stranger(np.random.default_rng(by.seed))
    actor = Actor(body(shape))
    figure, rig = Figure(actor.body, look), actor.rig
    pose = walk(actor, float(times[-1]) + 1).at(times) if by.walks else standing(actor, 1)
    transforms = placed(rig.transforms(rig.matrices(pose)), by.x, by.z, by.yaw)
    return [[figure.posed(one) for one in transforms]]
