"""Where the camera stands, and what it does to the picture.

World: metres, y up, the floor at y = 0. Yaw 0 looks at what faces +z; it grows towards +x, a standing person's left, so
at 90 the left side is seen.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SHAKE_HZ: Final = (0.4, 1.1, 2.3, 5.0)
"""Ours: slow sway to the hand's tremor, about the spectrum of hand-held clips."""
NEAR_M: Final = 0.05


@dataclass(frozen=True, slots=True)
class View:
    """A camera at one moment."""

    eye: Array
    """(3,) metres"""
    turn: Array
    """(3, 3): rows are the picture's right, down and forward in the world."""
    focal: float
    """pixels"""
    width: int
    height: int

    def project(self, points: Array) -> Array:
        """Pixels and inverse depth (..., 3) of world points (..., 3); inverse depth is 0 behind the camera."""
        local = (np.asarray(points) - self.eye) @ self.turn.T
        inverse = np.where(local[..., 2] > NEAR_M, 1 / np.maximum(local[..., 2], NEAR_M), 0.0)
        centre = (self.width / 2, self.height / 2)
        across = [local[..., k] * inverse * self.focal + centre[k] for k in (0, 1)]
        return np.stack([*across, inverse], axis=-1)


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera on a stand or in a hand. Angles in degrees, lengths in metres, sizes in pixels."""

    yaw: float = 90.0
    height: float = 1.0
    distance: float = 3.5
    """From the point it aims at, measured along the floor."""
    aim: tuple[float, float, float] = (0.0, 0.6, 0.0)
    roll: float = 0.0
    """Positive turns the picture clockwise."""
    lens: float = 50.0
    """The angle of view along the picture's longer side."""
    size: tuple[int, int] = (640, 360)
    shake: float = 0.0
    """Spread of the aim of a hand-held camera; 0.3 is a steady hand, 1 an unsteady one."""
    seed: int = 0

    @property
    def eye(self) -> Array:
        """Where it stands (3,)."""
        yaw = np.radians(self.yaw)
        ground: Array = np.array([self.aim[0], 0.0, self.aim[2]]) + self.distance * np.array(
            [np.sin(yaw), 0, np.cos(yaw)]
        )
        ground[1] += self.height
        return ground

    def view(self, time_s: float) -> View:
        """The camera at a moment of the clip."""
        forward = np.array(self.aim) - self.eye
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        level = np.stack([right, np.cross(forward, right), forward])
        focal = max(self.size) / 2 / np.tan(np.radians(self.lens) / 2)
        return View(self.eye, self._sway(time_s) @ level, float(focal), *self.size)

    def _sway(self, time_s: float) -> Array:
        """The turn (3, 3) by roll and by the hand's unrest."""
        rng = np.random.default_rng(self.seed)
        phase, part = rng.uniform(0, 2 * np.pi, (3, len(SHAKE_HZ))), rng.normal(size=(3, len(SHAKE_HZ)))
        part /= np.arange(1, len(SHAKE_HZ) + 1)
        wave = np.sin(2 * np.pi * np.array(SHAKE_HZ) * time_s + phase)
        tilt, pan, roll = np.radians(self.shake * (part * wave).sum(axis=1) * (1, 1, 0.5) + (0, 0, self.roll))
        turn: Array = cv2.Rodrigues(np.array([tilt, pan, roll]))[0]
        return turn


@dataclass(frozen=True, slots=True)
class Film:
    """What the sensor and the file make of the light."""

    exposure: float = 1.0
    noise: float = 0.006
    """Spread of one pixel's noise in mid grey, of white; 0.03 is a dark room's."""
    warmth: float = 0.0
    """-1 bluish to 1 yellowish."""
    soften: float = 0.0
    """Spread of a cheap lens's blur, in pixels."""
    quality: int = 90
    """JPEG quality of each frame before the clip's own encoder; 100 leaves it alone."""
    blur: float = 0.5
    """How long the shutter stays open, in frames: what moves is smeared over that time."""
    seed: int = 0

    def develop(self, light: Array, frame: int) -> Array:
        """The picture (h, w, 3) uint8 RGB of linear light (h, w, 3) float32."""
        tint = np.array([1 + 0.12 * self.warmth, 1.0, 1 - 0.14 * self.warmth], np.float32)
        shown = toned(light * (tint * self.exposure))
        if self.soften:
            shown = cv2.GaussianBlur(shown, (0, 0), self.soften)
        rng = np.random.default_rng([self.seed, frame])
        shown += np.float32(self.noise) * rng.standard_normal(shown.shape, np.float32)
        picture: Array = cv2.convertScaleAbs(np.clip(shown, 0, 1, out=shown), alpha=255)
        if self.quality < 100:
            coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1]
            picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))
        return picture


def toned(light: Array) -> Array:
    """Display values 0 to 1 of linear light: a soft shoulder for the highlights, then the display's gamma."""
    bent = light * (1 + 0.10 * light) / (1 + 0.62 * light)
    shown: Array = cv2.pow(np.minimum(np.maximum(bent, 0), 1, dtype=np.float32), 1 / 2.2)
    return shown
