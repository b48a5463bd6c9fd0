"""The body that measures read: its landmarks, the angles at its joints, and where a hip's centre lies.

The hip's centre is not where BlazePose puts its landmark. BlazePose draws the hip of a level thigh (lying, in a
bridge, the front leg of a lunge) too far towards the thigh's front; that of an upright thigh is right. So the hip is
moved back by one number, the same for every posture and side. Seen side-on the trunk-thigh angle then comes nearer to
that of joint centres in each of the four exercises, near and far, also with a number fitted on other bodies. The knee's
angle gets better or stays as it was, except at the far knee of the lunge; seen obliquely, the far leg of the ball
bridge gets worse (`models/fit/results/joints.md`). Shoulder, knee and ankle have no offset that is the same in every
exercise, so they are not moved.
"""

from functools import cached_property
from typing import Final

import numpy as np

from formcheck.body import geometry, view
from formcheck.body.poses import Array

HIP_BACK: Final = np.float32(0.04)
"""By how many trunks the hip of a level thigh is moved back, seen side-on.

Ours, between two kinds of evidence. Rendered people suggest 0.08 on the near side and 0.05 on the far side
(`joints.md`). Labels of photographs, made by eye, suggest 0 (`benchmarks/photos.py`, sure labels: median error of the
hip 4.6 degrees at the landmark, 4.9 at 0.04, 5.5 at 0.05; of the knee 6.2, 6.4 and 6.5).
"""


def hip_centre(shoulder: Array, hip: Array, knee: Array, turn: Array) -> Array:
    """The centre of a hip in the picture, from the landmarks of its side.

    Points are (..., n, 2) pixels, y down; so is the result. `turn` (n,) says where the front is and how much of it the
    points show: in the picture it is `view.turn`. NaN in, NaN out; NaN too where hip and knee coincide.
    """
    thigh = hip - knee
    size = geometry.nan_for_0(geometry.length(thigh))
    x, y = thigh[..., 0] / size, thigh[..., 1] / size
    moved = HIP_BACK * geometry.length(shoulder - hip) * x * x * turn
    centre: Array = hip.copy("K")
    centre[..., 0] -= y * moved
    centre[..., 1] += x * moved
    return centre


FOOT: Final = ("ankle", "heel", "foot_index")
"""The landmarks of a foot."""

BENDS: Final = {
    "knee": ("hip centre", "knee", "ankle"),
    "hip": ("shoulder", "hip centre", "knee"),
}
"""Flexions by name, each of three points with the vertex in the middle: landmarks, or the centre of a hip."""


class Body(view.Points):
    """What measures read: the landmarks of one person over n ticks, and what several measures share.

    Angles are those of joint centres. For the side left or right a result is (n,) or (n, d); for `view.BOTH` it is
    (2, n) or (2, n, d). What takes no side is the same for both.
    """

    @cached_property
    def _hips(self) -> Array:
        shoulder, hip, knee = (self.point(part, view.BOTH) for part in ("shoulder", "hip", "knee"))
        return hip_centre(shoulder, hip, knee, self.turned[0] / self.shown)

    @cached_property
    def _bends(self) -> Array:
        """All of `BENDS` at once, (len(BENDS), 2, n): a call costs as much as a thousand angles."""
        joined = np.concatenate([self.all, self._hips[None]])
        return geometry.flexion(*(joined[rows] for rows in _BEND_ROWS))

    @cached_property
    def _feet(self) -> Array:
        ankle, heel, toes = (self.point(part, view.BOTH)[..., 1] for part in FOOT)
        lowest: Array = -np.maximum(np.maximum(ankle, heel), toes)
        return lowest

    @cached_property
    def lowest_foot(self) -> Array:
        """How far down the lowest point of both feet is, metres, (n,)."""
        ankle, heel, toes = (self.world(part, view.BOTH)[..., 1] for part in FOOT)
        left, right = np.maximum(np.maximum(ankle, heel), toes)
        lowest: Array = np.maximum(left, right)
        return lowest

    def hip_centre(self, side: str) -> Array:
        """The centre of a hip in the picture, in pixels; it lies behind the landmark."""
        return view.of_side(self._hips, side)

    def bend(self, name: str, side: str) -> Array:
        """One of `BENDS`, degrees: 0 straight."""
        return view.of_side(self._bends[_BEND[name]], side)

    def picture_bends(self) -> Array:
        """Flexions of the arms and thighs as the picture shows them, degrees, (4, n): left and right in turn."""
        shoulder, elbow, hip, knee = (self.picture[view.PARTS.index(part)] for part in _LOOKED_AT)
        ends = np.concatenate([hip, shoulder]), np.concatenate([shoulder, hip]), np.concatenate([elbow, knee])
        return geometry.flexion(*ends)

    def foot_level(self, side: str) -> Array:
        """Height of the lowest point of a foot in the picture, pixels, growing upwards."""
        return view.of_side(self._feet, side)


_LOOKED_AT: Final = ("shoulder", "elbow", "hip", "knee")

_BEND: Final = {name: i for i, name in enumerate(BENDS)}
_BEND_ROWS: Final = np.array(
    [[(*view.PARTS, "hip centre").index(part) for part in parts] for parts in BENDS.values()]
).T
