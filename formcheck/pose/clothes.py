"""The colours of clothes: whether another person has come in the place of the one who is followed.

A cut in a recording, or a crossing, may put one person where another was, and no rule of places sees it. So the colours
along the trunk and along the thighs are compared with those of before. On 16 real recordings and 30 rendered ones
nobody's own are so unlike for two looks in a row; those of two people are in seven of ten pairs. All numbers are ours.
"""

from typing import Final

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array

LIGHT: Final = 0.5
"""How much a difference of lightness counts beside one of colour: light changes where clothes do not."""

EACH: Final = 10.0
TOGETHER: Final = 30.0
"""Two people's trunks and thighs each differ by at least `EACH`, their sum by `TOGETHER` (units of CIELAB)."""

LASTING_S: Final = 1.0
"""Other colours must last this long: a wrong skeleton lasts for one look."""

KNOWN: Final = 20
"""Looks that are remembered of a person."""

FEW: Final = 3
"""Looks that are needed before anything is compared."""

_ALONG: Final = np.linspace(0.15, 0.85, 12)[:, None, None]
_ACROSS: Final = np.linspace(-1, 1, 5)[None, :, None]
_TRUNK: Final = 0.1
_THIGH: Final = 0.06
"""Half the widths of the strips along the trunk and along a thigh, in their lengths."""


def colours(rgb: Array, image: Array) -> Array:
    """(3, 3): the median colour along the trunk, the left and the right thigh, in CIELAB.

    rgb: (h, w, 3) uint8. image: (33, 2), the landmarks in it.
    """
    hips, knees, shoulders = (image[[INDEX[f"{side}_{p}"] for side in SIDES]] for p in ("hip", "knee", "shoulder"))
    thighs = [(hip, knee, _THIGH) for hip, knee in zip(hips, knees, strict=True)]
    lines = [(shoulders.mean(axis=0), hips.mean(axis=0), _TRUNK), *thighs]
    return np.array([_median(rgb, *line) for line in lines])


def _median(rgb: Array, start: Array, end: Array, width: float) -> Array:
    """The median colour around the line from start to end."""
    line = (end - start).astype(np.float64)
    places = (start + _ALONG * line + width * _ACROSS * np.array([-line[1], line[0]])).astype(np.float32)
    seen = cv2.remap(rgb, places[..., 0], places[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(seen.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return np.asarray(np.median(lab.reshape(-1, 3), axis=0))


def unlike(one: Array, two: Array) -> bool:
    """Whether two looks, (3, 3) each, are of two people."""
    trunk, *thighs = np.linalg.norm((one - two) * [LIGHT, 1, 1], axis=1).tolist()
    thigh = min(thighs)  # an arm before the trunk, or one thigh before the other, changes one of three alone
    return bool(min(trunk, thigh) >= EACH and trunk + thigh >= TOGETHER)


class Clothes:
    """The clothes of the person who is followed: `feed` tells when another person has taken their place."""

    def __init__(self) -> None:
        self._known: list[Array] = []
        self._others: list[Array] = []
        self._since = 0.0

    def feed(self, time: float, look: Array) -> float | None:
        """Take the colours seen at a time. If another person has been there for a while: since when; else None."""
        if len(self._known) < FEW or not unlike(look, np.median(self._known, axis=0)):
            self._known, self._others = [*self._known, look][-KNOWN:], []
            return None
        self._since = self._since if self._others else time
        self._others.append(look)
        if time - self._since < LASTING_S:
            return None
        self._known, self._others = self._others[-KNOWN:], []
        return self._since
