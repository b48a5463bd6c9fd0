"""Skeletons without a picture: sequences of landmarks whose every coordinate was scaled to 0 to 1, frame by frame.

Data sets for counting repetitions keep them so. Where the person was, how large, and how wide compared with how high
is lost. It is made up anew, frame by frame, from the lengths that BlazePose gives a body's bones: the three scales
that fit these lengths best (least squares, none negative). The picture then shows the person without perspective, the
hips always at its middle, and the world points are those of the picture with its depth. Frames are taken to follow
at 30 a second. What rests on where in the picture somebody is, or on the model's own world points, cannot be told.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import nnls

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.errors import LandmarksError

FPS: Final = 30.0
"""Ours: the sequences do not say it."""

SIZE: Final = (1280, 720)
PIXELS: Final = 300.0
"""Pixels to a metre: a person of 1.75 m stands inside the picture."""

METRES: Final = {
    ("shoulder", "elbow"): 0.25,
    ("elbow", "wrist"): 0.23,
    ("shoulder", "hip"): 0.48,
    ("hip", "knee"): 0.38,
    ("knee", "ankle"): 0.37,
}
ACROSS: Final = {"shoulder": 0.34, "hip": 0.23}
"""Lengths of bones and widths in BlazePose's world points: medians of 23 clips, of people real and rendered."""

_BONES: Final = [
    *((f"{side}_{a}", f"{side}_{b}", length) for (a, b), length in METRES.items() for side in ("left", "right")),
    *((f"left_{part}", f"right_{part}", length) for part, length in ACROSS.items()),
]
_FROM, _TO = (np.array([INDEX[bone[end]] for bone in _BONES]) for end in (0, 1))
_SQUARES: Final = np.array([bone[2] ** 2 for bone in _BONES])


def read(path: Path) -> Poses:
    """The poses of an `.npz` with `landmarks` (n, 33, 3), shares from 0 to 1; a frame of zeros shows nobody.

    Raises `LandmarksError` for another shape.
    """
    with np.load(path) as arrays:
        shares = np.asarray(arrays["landmarks"], np.float64)
    if shares.ndim != 3 or shares.shape[1:] != (33, 3):
        raise LandmarksError(f"{path}: landmarks must have the shape (n, 33, 3); they have {shares.shape}")
    poses = Poses.blank(np.arange(len(shares)) / FPS, SIZE)
    found = shares.any(axis=(1, 2))
    world = np.full(shares.shape, np.nan)
    world[found] = _metres(shares[found])
    image = world[..., :2] * PIXELS + np.array(SIZE) / 2
    return replace(poses, image=image, world=world, visibility=np.repeat(found[:, None], 33, axis=1))


def _metres(shares: Array) -> Array:
    """Landmarks in metres, the middle of the hips at 0: (n, 33, 3) from shares (n, 33, 3)."""
    bones = (shares[:, _FROM] - shares[:, _TO]) ** 2
    scales = np.sqrt([nnls(squares / _SQUARES[:, None], np.ones(len(_SQUARES)))[0] for squares in bones])
    points = shares * scales.reshape(-1, 1, 3)
    hips = points[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1, keepdims=True)
    centred: Array = points - hips
    return centred
