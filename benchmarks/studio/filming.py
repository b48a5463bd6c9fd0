"""How a clip is filmed: from where, with what lens and light, and who or what stands in the way."""

from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.studio.camera import Array, Camera, Film
from benchmarks.studio.clip import Bystander, Clip, Take
from benchmarks.studio.mix import View, Wish
from benchmarks.studio.scene import Mood

MOODS: Final[tuple[Mood, ...]] = ("day", "evening", "dark", "backlit")


def filmed_by(clip: Clip, wish: Wish, rng: np.random.Generator) -> Clip:
    """The clip with a camera that has the whole of it in the picture, unless its edge is to hide something, and the
    room's light.
    """
    take = Take(clip)
    reach = take.span()
    lying = float(np.ptp(reach[:, 1])) < 1.0
    yaw = yaw_of(rng, wish.view, lying)
    low = LEAST_FROM_FEET_M if lying and wish.view == "front" else LEAST_M
    camera = Camera(
        yaw=yaw,
        height=float(rng.uniform(low, MOST_M)),
        roll=float(rng.normal(0, 1.5)),
        lens=float(rng.uniform(46, 62)),
        size=(360, 640) if not lying and rng.random() < 0.3 else (640, 360),
        shake=0.0 if rng.random() < 0.7 else float(rng.uniform(0.1, 0.6)),
        seed=int(rng.integers(2**31)),
    )
    if wish.hide == "edge":
        camera = cutting(take, aimed(camera, without_feet(take, reach), room=1.0))
    else:
        camera = aimed(camera, reach, room=float(rng.uniform(1.02, 1.25)))
    mood = MOODS[int(rng.choice(4, p=[0.55, 0.2, 0.1, 0.15]))]
    film = Film(
        noise=float(rng.uniform(0.004, 0.03 if mood == "dark" else 0.012)),
        warmth=float(rng.normal(0, 0.3)),
        soften=float(rng.choice([0.0, 0.0, 0.5])),
        quality=int(rng.integers(60, 96)),
        seed=int(rng.integers(2**31)),
    )
    fps, uneven = _RATES[int(rng.choice(len(_RATES), p=_LIKELY))] if take.act.duration < LONG_S else _RATES[0]
    setting = replace(
        clip.setting,
        mood=mood,
        clutter=float(rng.uniform(0, 1)),
        hide=hidden(take, yaw, rng) if wish.hide == "furniture" else None,
        bystander=bystander(camera, rng) if rng.random() < 0.1 else None,
    )
    tags = dict(clip.tags) | {"loose": "yes" if clip.look.top_fit > 0.6 else "no", "yaw": f"{folded(yaw):.0f}"}
    return replace(
        clip, camera=camera, film=film, setting=setting, fps=fps, uneven_fps=uneven, tags=tuple(sorted(tags.items()))
    )


LEAST_M: Final = 0.1
LEAST_FROM_FEET_M: Final = 0.5
MOST_M: Final = 1.65
"""Heights of the camera. Who lies is not filmed over the own soles."""

LONG_S: Final = 13.5
"""Seconds from which a clip has no more frames a second than it must, to keep the split short to draw."""
_RATES: Final = ((12.5, False), (15.0, False), (24.0, False), (30.0, False), (24.0, True))
_LIKELY: Final = (0.4, 0.3, 0.1, 0.08, 0.12)


def folded(yaw: float) -> float:
    """0 seen from the front or behind, 90 from a side."""
    return float(np.degrees(np.arcsin(abs(np.sin(np.radians(yaw))))))


def yaw_of(rng: np.random.Generator, view: View, lying: bool) -> float:
    """A yaw of a view. Who lies is not filmed from behind the head."""
    side = float(rng.choice([90.0, 270.0]))
    if view == "side":
        return side + float(rng.uniform(-18, 18))
    if view == "front":
        return float(rng.uniform(-18, 18)) % 360
    off = float(rng.uniform(21, 59))
    forward = lying or rng.random() < 0.75
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


def without_feet(take: Take, reach: Array) -> Array:
    """The part of `reach` (n, 3) that is in a picture whose edge cuts the feet off: of who lies both, else the rear."""
    joints = _joints(take)
    ankles = [float(joints[f"{side}_ankle"][0, 2]) for side in ("left", "right")]
    if take.act.lying:
        return reach[reach[:, 2] < min(ankles) - CUT_M]
    return reach[reach[:, 2] > min(ankles) + CUT_M]


def cutting(take: Take, camera: Camera) -> Camera:
    """The camera moved nearer until a foot is out of the picture."""
    joints = _joints(take)
    toes = np.concatenate([joints[f"{side}_toe"] for side in ("left", "right")])
    for _ in range(12):
        place = replace(camera, shake=0.0).view(0.0).project(toes)[:, :2] / np.array(camera.size)
        if (np.abs(place - 0.5) > 0.5).any():
            break
        camera = replace(camera, distance=camera.distance * 0.94)
    return camera


CUT_M: Final = 0.32
"""So far short of the ankle the picture is planned to end, as `fitting` leaves a rim."""


def hidden(take: Take, yaw: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """A place that furniture stands before: a foot, a knee or a hip of the side that the camera is on."""
    side = "left" if np.sin(np.radians(yaw)) > 0 else "right"
    x, y, z = (float(v) for v in _joints(take)[f"{side}_{rng.choice(['ankle', 'knee', 'hip'])}"][0])
    return x, y, z


def _joints(take: Take) -> dict[str, Array]:
    """The joints at the beginning, (1, 3) each."""
    return take.actor.joints(take.actor.rig.matrices(take.act.at(np.zeros(1))))


def bystander(camera: Camera, rng: np.random.Generator) -> Bystander:
    """Somebody behind the person as seen from the camera, standing or walking across."""
    away, aside = float(rng.uniform(1.3, 2.0)), float(rng.uniform(-0.9, 0.9))
    yaw = np.radians(camera.yaw)
    x = camera.aim[0] - away * np.sin(yaw) + aside * np.cos(yaw)
    z = camera.aim[2] - away * np.cos(yaw) - aside * np.sin(yaw)
    walks = bool(rng.random() < 0.4)
    turn = camera.yaw + 90 if walks else float(rng.uniform(0, 360))
    return Bystander(int(rng.integers(2**31)), float(x), float(z), turn, walks)
