"""Rooms to film in: walls, floor, light, a mat, furniture, clutter, and things that stand in the way.

`Stage.picture` makes one frame of a clip; `stage` draws a whole stage at random from a seed and a camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Literal

import numpy as np

from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.look import linear
from benchmarks.studio.mesh import Array, Mesh, Stuff, joined
from benchmarks.studio.raster import Light, Room, mipmaps, nearest, plate, render
from benchmarks.studio.textures import FloorKind, WallKind, floor_texture, wall_texture
from benchmarks.studio.things import box, placed_at, plant, rounded, shelf, sofa, table

Mood = Literal["day", "evening", "dark", "backlit"]
MAT_M: Final = 0.004
"""A mat's thickness. Its top is the level the person lies on, so the floor beside it lies so much lower."""
CLEAR_M: Final = 1.05
"""Furniture keeps so far from the middle of the room, where the exercise happens."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A room with its light and everything in it that does not move."""

    room: Room
    light: Light
    things: Mesh | None
    _plates: dict[Camera, Array] = field(default_factory=dict)
    """The empty room as cameras at rest have seen it."""

    def picture(
        self,
        people: Sequence[Mesh],
        camera: Camera,
        film: Film,
        time_s: float,
        frame: int,
        *,
        moved: Sequence[Array] | None = None,
        step_s: float = 1 / 30,
    ) -> Array:
        """One frame (h, w, 3) uint8 RGB.

        `moved` are the people's vertices (n, 3) when the shutter closes, `film.blur` of `step_s` seconds later; None:
        they stand still.
        """
        still = [self.things] if self.things is not None else []
        before = joined([*people, *still])
        after = before.vertices
        if moved is not None:
            after = np.concatenate([*moved, *(m.vertices for m in still)]).astype(np.float32)
        views, empty = (camera.view(time_s), camera.view(time_s + film.blur * step_s)), None
        if not camera.shake:
            views = (views[0], views[0])
            if camera not in self._plates:
                self._plates[camera] = plate(self.room, self.light, views[0])
            empty = self._plates[camera]
        return film.develop(render(before, after, self.room, self.light, views, empty), frame)

    def hidden(self, people: Sequence[Mesh], camera: Camera, time_s: float, points: Array, sizes: Array) -> Array:
        """What is before each of the first person's points (k, 3), codes (k,) uint8 of `Hidden`.

        A surface counts that is nearer to the camera than a point by more than its size (k,), metres: how deep it lies
        in the body.
        """
        view = camera.view(time_s)
        view = replace(view, focal=view.focal / 2, width=view.width // 2, height=view.height // 2)
        still = [self.things] if self.things is not None else []
        ids, depth = nearest(joined([*people, *still]), view)
        seen = view.project(points)
        x, y = (np.floor(seen[:, k]).astype(int) for k in (0, 1))
        inside = (seen[:, 2] > 0) & (x >= 0) & (y >= 0) & (x < view.width) & (y < view.height)
        x, y = np.where(inside, x, 0), np.where(inside, y, 0)
        before = depth[y, x] < 1 / np.maximum(seen[:, 2], 1e-6) - sizes
        own = ids[y, x] < len(people[0].triangles)
        found: Array = np.select(
            [~inside, before & own, before], [Hidden.OUTSIDE, Hidden.BODY, Hidden.THING], Hidden.NOT
        )
        return found.astype(np.uint8)


class Hidden(IntEnum):
    """What keeps a point from being seen: nothing, the own body, something or somebody else, the picture's edge."""

    NOT = 0
    BODY = 1
    THING = 2
    OUTSIDE = 3


LIGHTS: Final[dict[Mood, tuple[float, float, float, float]]] = {
    "day": (1.9, 0.72, 0.42, 1.0),
    "evening": (1.5, 0.42, 0.28, 1.1),
    "dark": (0.35, 0.16, 0.10, 1.3),
    "backlit": (2.6, 0.34, 0.22, 1.0),
}
"""Strong light, light from above and from below, and the exposure that goes with them."""


def light_of(mood: Mood, camera: Camera, rng: np.random.Generator) -> Light:
    """The light of a mood; in a backlit room it comes from behind the person."""
    strong, above, below, _ = LIGHTS[mood]
    yaw = np.radians(camera.yaw + (180 + rng.uniform(-25, 25) if mood == "backlit" else rng.uniform(-110, 110)))
    rise = np.radians(rng.uniform(28, 40) if mood == "backlit" else rng.uniform(42, 72))
    way = np.array([np.cos(rise) * np.sin(yaw), np.sin(rise), np.cos(rise) * np.cos(yaw)])
    warm = np.array([1.0, 0.96, 0.90]) if mood != "evening" else np.array([1.0, 0.86, 0.66])
    cool = np.array([0.96, 1.0, 1.05])
    return Light(way, strong * warm, above * cool, below * np.array([1.05, 1.0, 0.92]), float(rng.uniform(3, 7)))


def exposure_of(mood: Mood) -> float:
    """The exposure a camera would choose, nearly: dark rooms stay dark and what is backlit stays dim."""
    return LIGHTS[mood][3]


def stage(
    rng: np.random.Generator,
    camera: Camera,
    *,
    mood: Mood = "day",
    clutter: float = 0.5,
    mat: bool = True,
    hide: tuple[float, float, float] | None = None,
    bench: tuple[float, float, float] | None = None,
    lies_along: float = 0.0,
) -> Stage:
    """A room at random around the middle of the world and the camera.

    `clutter` from 0 to 1 is how much stands around; `hide` is a place (metres) that something stands in front of as
    seen from the camera; `bench` is the middle of the front edge of what a foot lies on; `lies_along` is the yaw (deg)
    along which the mat lies.
    """
    room = _room(rng, camera, mat)
    light = light_of(mood, camera, rng)
    things = _along_walls(rng, room, camera, clutter, mood)
    if mat:
        things.append(_mat(rng, lies_along))
    if hide is not None:
        things += _in_the_way(rng, camera, np.array(hide))
    if bench is not None:
        things.append(_bench(rng, *bench))
    return Stage(room, light, joined(things) if things else None)


_FLOORS: Final[dict[FloorKind, tuple[str, ...]]] = {
    "wood": ("#b48a5c", "#8a5f3a", "#c9ab82", "#6b4a32"),
    "tiles": ("#c9c6be", "#8d9094", "#d8cfc0"),
    "carpet": ("#7a7d83", "#9a8f7d", "#5d6672", "#a8a29a"),
    "rubber": ("#3a3c3f", "#4a4d52"),
    "concrete": ("#9b9a96", "#84837f"),
}
_WALLS: Final = ("#e4e0d8", "#d3d8da", "#c9c2b4", "#b9c4bb", "#a9b4c2", "#d8c3b0", "#8f9aa0", "#eeece8")
BALLS: Final = ("#8a5fb0", "#4b7bb5", "#9aa0a6", "#c0504d", "#4f9a6b", "#303338")
PROPS: Final = ("#41464d", "#8b6b4f", "#6d4a3a", "#55606b")
_MATS: Final = ("#4b7f79", "#6a4c93", "#3f5d8a", "#a3485a", "#5c5f63", "#2e3033", "#7c8f4a")


def _room(rng: np.random.Generator, camera: Camera, mat: bool) -> Room:
    """Walls beyond the camera and beyond a clear space around the middle."""
    far = np.abs(camera.eye)
    margin = rng.uniform(0.3, 1.2, 4)
    least = np.array(
        [-max(far[0] * (camera.eye[0] < 0), 1.9) - margin[0], 0, -max(far[2] * (camera.eye[2] < 0), 1.9) - margin[1]]
    )
    most = np.array(
        [max(far[0] * (camera.eye[0] > 0), 1.9) + margin[2], 0, max(far[2] * (camera.eye[2] > 0), 1.9) + margin[3]]
    )
    most[1] = max(rng.uniform(2.4, 3.0), camera.eye[1] + 0.3)
    least[1] = -MAT_M if mat else 0.0
    floor: FloorKind = list(_FLOORS)[int(rng.integers(len(_FLOORS)))]
    wall: WallKind = ("plain", "plain", "plain", "brick", "striped", "panels")[int(rng.integers(6))]
    ground = floor_texture(floor, linear(str(rng.choice(_FLOORS[floor]))), rng)
    paint = wall_texture(wall, linear(str(rng.choice(_WALLS))), rng)
    return Room(
        least, most, mipmaps(ground), mipmaps(paint), np.full(3, 0.75), 0.5 if floor != "tiles" else 0.42, 0.8,
        {"wood": 0.14, "tiles": 0.2}.get(floor, 0.03),
    )  # fmt: skip


def _mat(rng: np.random.Generator, yaw: float) -> Mesh:
    """A mat whose top is the level of the floor that people lie on."""
    size = (rng.uniform(0.62, 0.8), MAT_M, rng.uniform(1.8, 2.1))
    return box((0, -MAT_M / 2, 0), size, linear(str(rng.choice(_MATS))), yaw=yaw, stuff=Stuff.CLOTH)


def _bench(rng: np.random.Generator, x: float, y: float, z: float) -> Mesh:
    """A chest or a low seat behind the person, its front edge's middle at (x, y, z)."""
    colour = linear(str(rng.choice(("#8b6b4f", "#55606b", "#a09484", "#41464d"))))
    deep, wide = rng.uniform(0.35, 0.5), rng.uniform(0.5, 1.0)
    return box((x, y / 2, z - deep / 2), (wide, y, deep), colour, stuff=Stuff.CLOTH)


def _along_walls(rng: np.random.Generator, room: Room, camera: Camera, clutter: float, mood: Mood) -> list[Mesh]:
    """Windows, doors, pictures, furniture and odds and ends along the walls."""
    things: list[Mesh] = []
    behind = (camera.yaw + 180) % 360
    for wall in range(4):
        yaw = 90.0 * wall  # the wall that lies towards +z, +x, -z, -x
        facing = abs((yaw - behind + 180) % 360 - 180) < 60
        things += _skirting(room, yaw)
        things += _on_wall(
            rng, room, yaw, clutter, window=(mood == "backlit") if facing else rng.random() < 0.3, mood=mood
        )
        if rng.random() < clutter:
            things += _furniture(rng, room, camera, yaw)
    for _ in range(int(rng.poisson(5 * clutter))):
        things += _odds(rng, room, camera)
    return things


def _wall_at(room: Room, yaw: float, along: float, off: float) -> tuple[float, float]:
    """The place (x, z) that lies `along` the wall towards `yaw` (from its middle) and `off` metres inside it."""
    way = np.round([np.sin(np.radians(yaw)), np.cos(np.radians(yaw))]).astype(int)
    middle = (room.least + room.most)[[0, 2]] / 2
    edge = np.where(way > 0, room.most[[0, 2]], room.least[[0, 2]]) - way * off
    place = np.where(way != 0, edge, middle + along * np.array([way[1], -way[0]]))
    return float(place[0]), float(place[1])


def _wall_half(room: Room, yaw: float) -> float:
    size = (room.most - room.least)[[0, 2]]
    return float(size[0] if yaw % 180 == 0 else size[1]) / 2


def _skirting(room: Room, yaw: float) -> list[Mesh]:
    x, z = _wall_at(room, yaw, 0, 0.008)
    return [box((x, 0.04, z), (2 * _wall_half(room, yaw), 0.09, 0.016), np.full(3, 0.7), yaw=yaw)]


def _on_wall(
    rng: np.random.Generator, room: Room, yaw: float, clutter: float, *, window: bool, mood: Mood
) -> list[Mesh]:
    half = _wall_half(room, yaw)
    things: list[Mesh] = []
    taken = 0.0
    if window:
        glow = {"day": 1.6, "evening": 0.7, "dark": 0.10, "backlit": 4.5}[mood]
        width = min(rng.uniform(1.1, 2.4), 1.6 * half)
        x, z = _wall_at(room, yaw, 0, 0.0)
        things.append(
            box((x, 1.45, z), (width, 1.25, 0.02), glow * np.array([0.86, 0.95, 1.0]), yaw=yaw, stuff=Stuff.GLOW)
        )
        for k in (-1, 0, 1):
            x, z = _wall_at(room, yaw, k * width / 2, 0.02)
            things.append(box((x, 1.45, z), (0.06, 1.33, 0.05), np.full(3, 0.75), yaw=yaw))
        for y in (0.80, 2.1):
            x, z = _wall_at(room, yaw, 0, 0.02)
            things.append(box((x, y, z), (width + 0.06, 0.06, 0.07), np.full(3, 0.75), yaw=yaw))
        taken = width / 2 + 0.1
    for side in (-1, 1):
        along = side * rng.uniform(taken + 0.3, max(half - 0.4, taken + 0.31))
        x, z = _wall_at(room, yaw, along, 0.015)
        if rng.random() < 0.25 and abs(along) + 0.5 < half:
            things.append(box((x, 1.0, z), (0.86, 2.02, 0.04), linear("#c9bba6") * rng.uniform(0.5, 1.1), yaw=yaw))
        elif rng.random() < 0.3 + 0.6 * clutter and abs(along) + 0.4 < half:
            size = rng.uniform(0.3, 0.7, 2)
            y = rng.uniform(1.4, 1.7)
            things.append(
                box((x, y, z), (size[0] + 0.04, size[1] + 0.04, 0.02), rng.uniform(0.02, 0.5) * np.ones(3), yaw=yaw)
            )
            x, z = _wall_at(room, yaw, along, 0.028)
            things.append(box((x, y, z), (size[0], size[1], 0.004), rng.uniform(0.1, 0.7, 3), yaw=yaw))
    return things


def _furniture(rng: np.random.Generator, room: Room, camera: Camera, yaw: float) -> list[Mesh]:
    half = _wall_half(room, yaw)
    along = rng.uniform(-0.6, 0.6) * max(half - 1.0, 0)
    kind = rng.choice(["sofa", "shelf", "table", "plant", "ladder"])
    colour = linear(str(rng.choice(("#7d8791", "#8b6b4f", "#5c6b5a", "#a09484", "#41464d"))))
    deep = {"sofa": 0.5, "shelf": 0.2, "table": 0.4, "plant": 0.35, "ladder": 0.1}[str(kind)]
    x, z = _wall_at(room, yaw, along, deep)
    if max(abs(x), abs(z)) < CLEAR_M + deep or _between(camera, np.array([x, z]), 1.6):
        return []
    if kind == "sofa":
        return sofa(x, z, yaw + 180, colour)
    if kind == "shelf":
        return shelf(x, z, yaw, linear("#a98a62"), rng)
    if kind == "table":
        return table(x, z, yaw, linear("#8a6642"))
    if kind == "plant":
        return plant(x, z, rng)
    rails = [box((0, 0.2 + 0.2 * k, 0), (0.9, 0.035, 0.035), linear("#c59a62")) for k in range(11)]
    rails += [box((side * 0.45, 1.2, 0.04), (0.05, 2.4, 0.08), linear("#c59a62")) for side in (-1, 1)]
    return [placed_at(rail, x, z, yaw) for rail in rails]


def _odds(rng: np.random.Generator, room: Room, camera: Camera) -> list[Mesh]:
    """Something small on the floor, out of the way."""
    for _ in range(8):
        place = rng.uniform(room.least[[0, 2]] + 0.3, room.most[[0, 2]] - 0.3)
        from_lens = np.linalg.norm(place - camera.eye[[0, 2]])
        if np.linalg.norm(place) > CLEAR_M + 0.25 and from_lens > 1.2 and not _between(camera, place):
            break
    else:
        return []
    x, z = place
    tint = rng.uniform(0.03, 0.5, 3)
    kind = rng.integers(5)
    if kind == 0:
        return [box((x, 0.15, z), (0.4, 0.3, 0.3), linear("#b08d5f"), yaw=rng.uniform(0, 90))]
    if kind == 1:
        heads = [rounded((x + dx, 0.07, z), (0.07, 0.14, 0.14), np.full(3, 0.05), power=0.5) for dx in (-0.08, 0.08)]
        return [*heads, box((x, 0.07, z), (0.14, 0.03, 0.03), np.full(3, 0.4))]
    if kind == 2:
        return [rounded((x, 0.13, z), (0.08, 0.26, 0.08), tint, power=0.5, stuff=Stuff.PLASTIC)]
    if kind == 3:
        return [rounded((x, 0.11, z), (0.5, 0.22, 0.28), tint, power=0.5)]
    return [rounded((x, 0.03, z), (0.45, 0.06, 0.3), tint, power=0.6)]


def _between(camera: Camera, place: Array, room: float = 1.1) -> bool:
    """Whether a place (x, z) lies beside the camera or within `room` metres of its line to the middle."""
    eye = camera.eye[[0, 2]]
    way = -eye / np.linalg.norm(eye)
    ahead = float((place - eye) @ way)
    aside = way[0] * (place - eye)[1] - way[1] * (place - eye)[0]
    return -0.8 < ahead < float(np.linalg.norm(eye)) and abs(float(aside)) < room


def _in_the_way(rng: np.random.Generator, camera: Camera, place: Array) -> list[Mesh]:
    """A chest or a cushion that hides a place from the camera."""
    share = min(0.6, 1 - 0.75 / float(np.linalg.norm((camera.eye - place)[[0, 2]])))
    spot = camera.eye + (place - camera.eye) * share
    top = spot[1] + 0.09
    colour = linear(str(rng.choice(("#8b6b4f", "#55606b", "#a09484", "#6d4a3a"))))
    size = (rng.uniform(0.28, 0.42), top, 0.25)
    if rng.random() < 0.5:
        return [box((spot[0], top / 2, spot[2]), size, colour, yaw=camera.yaw)]
    return [placed_at(rounded((0, top / 2, 0), size, colour, power=0.3), spot[0], spot[2], camera.yaw)]
