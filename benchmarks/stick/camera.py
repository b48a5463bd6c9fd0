"""The stick person before a camera: landmarks as the estimator would give them, with the noise measured of it."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.stick.acts import Act, TrueRep
from benchmarks.stick.skeleton import HEIGHT, TRUNK, points
from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array, Poses


@dataclass(frozen=True, slots=True)
class Camera:
    """A level pinhole camera. Yaw in degrees: 0 faces the person's front, 90 sees the left side, 270 the right.

    It looks at the origin of the floor from `distance` metres, `height` metres up; `focal` is in picture widths.
    Somebody lying with the feet towards it (yaw under about 40) needs a lower or farther camera to stay in the picture.
    """

    yaw: float = 90.0
    height: float = 1.0
    distance: float = 4.0
    size: tuple[int, int] = (1280, 720)
    focal: float = 1.0

    def axes(self, xyz: Array) -> Array:
        """Floor axes -> metres right, down and away, from the camera."""
        yaw = np.radians(self.yaw)
        right = -np.sin(yaw) * xyz[..., 0] + np.cos(yaw) * xyz[..., 1]
        towards = np.cos(yaw) * xyz[..., 0] + np.sin(yaw) * xyz[..., 1]
        return np.stack([right, self.height - xyz[..., 2], self.distance - towards], -1)

    def pixels(self, seen: Array) -> Array:
        """Camera axes -> pixels."""
        width, height = self.size
        image: Array = self.focal * width * seen[..., :2] / seen[..., 2:] + np.array([width - 1, height - 1]) / 2
        return image


_NOISE_SD: Final = {"shoulder": 0.011, "hip": 0.011, "knee": 0.012, "ankle": 0.013}
"""Sd per axis in trunks, measured on photos; the other points get 0.02."""
_FAR: Final = {"knee": 2.5, "ankle": 2.0, "heel": 2.0, "elbow": 2.0, "wrist": 2.0, "hip": 1.3, "shoulder": 1.3}
"""How much noisier a point is on the far side, seen from the side; the rest of the far side 1.5."""
_SLOW_SHARE: Final = 0.3
"""Share of the noise's variance that wanders below 0.5 Hz."""
_DEPTH: Final = np.array([1.0, 1.0, 3.0])


def _noise(time: Array, yaw: float, rng: np.random.Generator) -> Array:
    """(n, 33, 3) noise in trunks, in camera axes."""
    sideways = np.sin(np.radians(yaw))
    far = "right" if sideways > 0 else "left"
    sd = np.empty(len(NAMES))
    for i, name in enumerate(NAMES):
        part = name.split("_")[-1]
        sd[i] = _NOISE_SD.get(part, 0.02) * (1 + (_FAR.get(part, 1.5) - 1) * abs(sideways) * (far in name))
    waves = 4
    rate, phase = rng.uniform(0.05, 0.5, (waves, 33, 3)), rng.uniform(0, 2 * np.pi, (waves, 33, 3))
    slow = np.sqrt(2 / waves) * np.sin(2 * np.pi * rate * time[:, None, None, None] + phase).sum(axis=1)
    fast = rng.standard_normal((len(time), 33, 3))
    noise: Array = (np.sqrt(_SLOW_SHARE) * slow + np.sqrt(1 - _SLOW_SHARE) * fast) * sd[:, None] * _DEPTH
    return noise


@dataclass(frozen=True, slots=True)
class Clip:
    """What the estimator would give, and what was done."""

    poses: Poses
    truth: tuple[TrueRep, ...]


def film(
    act: Act,
    camera: Camera | None = None,
    *,
    fps: float = 30.0,
    time: Array | None = None,
    height: float = HEIGHT,
    noise: float = 0.0,
    seed: int = 0,
) -> Clip:
    """`act` as landmarks, at `fps` or at the given times; a `noise` of 1 is what was measured of BlazePose."""
    camera = camera or Camera()
    time = np.arange(0, act.duration, 1 / fps) if time is None else time
    seen = camera.axes(points(act.at(time)) * (height / HEIGHT))
    image, world = camera.pixels(seen), seen - _hips(seen)
    if noise:
        error = noise * _noise(time, camera.yaw, np.random.default_rng(seed)) * TRUNK * height / HEIGHT
        image = image + error[..., :2] * camera.focal * camera.size[0] / _hips(seen)[..., 2:]
        world = world + error
        world = world - _hips(world)
    blank = Poses.blank(time, camera.size)
    visibility = np.full(image.shape[:2], 0.99)
    return Clip(replace(blank, image=image, world=world, visibility=visibility), act.truth)


def _hips(xyz: Array) -> Array:
    middle: Array = (xyz[:, INDEX["left_hip"], None] + xyz[:, INDEX["right_hip"], None]) / 2
    return middle
