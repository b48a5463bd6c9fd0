"""Pictures made worse: things in the foreground, light, lens, sensor and file of a poor camera."""

import cv2
import numpy as np

from formcheck.body.poses import Array


def covered(picture: Array, points: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """A picture (h, w, 3) uint8 with up to two patches in it, and which of the points (n, 2) lie under them."""
    side, under = picture.shape[0], np.zeros(len(points), bool)
    count = int(rng.choice(3, p=[0.6, 0.28, 0.12]))
    if not count:
        return picture, under
    shown = picture.copy()
    for _ in range(count):
        wide, high = (rng.uniform(0.08, 0.34, 2) * side).astype(int)
        x, y = np.maximum((rng.uniform(0.1, 0.9, 2) * side - [wide / 2, high / 2]).astype(int), 0)
        patch = shown[y : y + high, x : x + wide]
        rough = cv2.GaussianBlur(rng.normal(size=patch.shape).astype(np.float32), (0, 0), rng.uniform(0.5, 6))
        patch[:] = np.clip(255 * (rng.uniform(0, 1, 3) + rng.normal(0, 0.15) * rough), 0, 255)
        under |= ((points >= [x, y]) & (points < [x + wide, y + high])).all(1)
    return shown, under


def worn(picture: Array, rng: np.random.Generator) -> Array:
    """A picture (h, w, 3) uint8 in another light, more blurred, smaller, noisier, coded."""
    if rng.random() < 0.3:
        return picture
    side = picture.shape[0]
    shown: Array = picture.astype(np.float32) / 255
    if rng.random() < 0.5:
        field = cv2.resize(rng.normal(1, 0.25, (5, 5)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        shown *= np.clip(field, 0.3, 1.8)[..., None]
    tint = (rng.normal(1, 0.12, 3) * rng.uniform(0.7, 1.25)).astype(np.float32)
    shown = cv2.pow(np.clip(shown * tint + np.float32(rng.normal(0, 0.04)), 0, 1), float(np.exp(rng.normal(0, 0.3))))
    if rng.random() < 0.2:
        share = np.float32(rng.uniform(0, 1))
        shown = shown * share + (1 - share) * shown.mean(2, keepdims=True)
    if rng.random() < 0.4:
        shown = cv2.GaussianBlur(shown, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.3:
        small = max(int(rng.uniform(0.35, 0.9) * side), 8)
        shown = cv2.resize(cv2.resize(shown, (small, small), interpolation=cv2.INTER_AREA), (side, side))
    shown = shown + np.float32(rng.uniform(0, 0.04)) * rng.standard_normal(shown.shape, np.float32)
    coded = (np.clip(shown, 0, 1) * 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", coded, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 97))])[1]
    found: Array = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))
    return found
