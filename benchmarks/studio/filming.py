"""How a clip is filmed: from where, with what lens and light, and who or what stands in the way."""

from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.studio.camera import Array, Camera, Film
from benchmarks.studio.clip import Bystander, Clip, Take
from benchmarks.studio.scene import Mood

MOODS: Final[tuple[Mood, ...]] = ("day", "evening", "dark", "backlit")


def filmed_by(clip: Clip, rng: np.random.Generator, *, plain: bool) -> Clip:
    """The clip with a camera that has the whole of it in the picture, and the room's light; `plain` is a calm picture
    in 640x360 at 24 frames a second from a stand.
    """
    take = Take(clip)
    reach = take.span()
    lying = float(np.ptp(reach[:, 1])) < 1.0
    yaw = yaw_of(rng, lying)
    upright = not plain and not lying and rng.random() < 0.4
    camera = Camera(
        yaw=yaw,
        height=float(rng.uniform(0.5, 1.3) if np.abs(np.sin(np.radians(yaw))) > 0.5 else rng.uniform(0.9, 1.6)),
        roll=float(rng.normal(0, 1.5)),
        lens=float(rng.uniform(46, 62)),
        size=(360, 640) if upright else (640, 360),
        shake=0.0 if plain or rng.random() < 0.6 else float(rng.uniform(0.1, 0.6)),
        seed=int(rng.integers(2**31)),
    )
    camera = aimed(camera, reach, room=float(rng.uniform(1.02, 1.25)))
    mood = MOODS[int(rng.choice(4, p=[0.55, 0.2, 0.1, 0.15]))]
    film = Film(
        noise=float(rng.uniform(0.004, 0.03 if mood == "dark" else 0.012)),
        warmth=float(rng.normal(0, 0.3)),
        soften=float(rng.choice([0.0, 0.0, 0.5])),
        quality=int(rng.integers(60, 96)),
        seed=int(rng.integers(2**31)),
    )
    likely = [0.6, 0.16, 0.04, 0.2] if take.act.duration < LONG_S else [0.75, 0.0, 0.0, 0.25]
    fps, uneven = (24.0, False) if plain else _RATES[int(rng.choice(4, p=likely))]
    setting = replace(
        clip.setting,
        mood=mood,
        clutter=float(rng.uniform(0, 1)),
        hide=hidden(take, rng) if not plain and rng.random() < 0.1 else None,
        bystander=bystander(camera, rng) if rng.random() < 0.12 else None,
    )
    tags = dict(clip.tags) | {"loose": "yes" if clip.look.top_fit > 0.6 else "no", "yaw": f"{folded(yaw):.0f}"}
    return replace(
        clip, camera=camera, film=film, setting=setting, fps=fps, uneven_fps=uneven, tags=tuple(sorted(tags.items()))
    )


LONG_S: Final = 30.0
"""Seconds from which a clip has no more frames a second than it must, to keep the split short to draw."""
_RATES: Final = ((24.0, False), (30.0, False), (60.0, False), (30.0, True))


def folded(yaw: float) -> float:
    """0 seen from the front or behind, 90 from a side."""
    return float(np.degrees(np.arcsin(abs(np.sin(np.radians(yaw))))))


def yaw_of(rng: np.random.Generator, lying: bool) -> float:
    """Mostly side-on, often oblique, sometimes from the front; who lies is not filmed from behind the head."""
    side = float(rng.choice([90.0, 270.0]))
    style = rng.choice(["side", "oblique", "front"], p=[0.6, 0.3, 0.1])
    if style == "side":
        return side + float(rng.uniform(-20, 20))
    if style == "front":
        return float(rng.uniform(-15, 15)) % 360
    off = float(rng.uniform(20, 50 if lying else 65))
    forward = lying or rng.random() < 0.7
    return side + off * (1 if (side > 180) == forward else -1)


def aimed(camera: Camera, reach: Array, *, room: float) -> Camera:
    """The camera turned to the middle of `reach` (n, 3), `room` times as far away as it must be to see all of it."""
    x, y, z = (float(v) for v in (reach.min(axis=0) + reach.max(axis=0)) / 2)
    camera = replace(camera, aim=(x, y, z))
    return replace(camera, distance=fitting(camera, reach) * room)


def fitting(camera: Camera, reach: Array) -> float:
    """The least distance from which all of `reach` lies within the picture, with a rim of 7 %; metres."""
    size = np.array(camera.size, float)
    for distance in np.arange(1.6, 6.01, 0.05):
        seen = replace(camera, distance=float(distance), shake=0.0).view(0.0).project(reach)
        if (seen[:, 2] > 0).all() and (np.abs(seen[:, :2] / size - 0.5) < 0.43).all():
            return float(distance)
    return 6.0


def hidden(take: Take, rng: np.random.Generator) -> tuple[float, float, float]:
    """A place that furniture stands before: the feet, or the hips."""
    joints = take.actor.joints(take.actor.rig.matrices(take.act.at(np.zeros(1))))
    name = str(rng.choice(["left_ankle", "left_hip"]))
    x, y, z = (float(v) for v in joints[name][0])
    return x, y, z


def bystander(camera: Camera, rng: np.random.Generator) -> Bystander:
    """Somebody behind the person as seen from the camera, standing or walking across."""
    away, aside = float(rng.uniform(1.3, 2.0)), float(rng.uniform(-0.9, 0.9))
    yaw = np.radians(camera.yaw)
    x = camera.aim[0] - away * np.sin(yaw) + aside * np.cos(yaw)
    z = camera.aim[2] - away * np.cos(yaw) - aside * np.sin(yaw)
    walks = bool(rng.random() < 0.4)
    turn = camera.yaw + 90 if walks else float(rng.uniform(0, 360))
    return Bystander(int(rng.integers(2**31)), float(x), float(z), turn, walks)
