"""Where a joint's centre lies, from the landmarks in the picture: the hip's is not where BlazePose puts its landmark.

BlazePose draws the hip of a level thigh (lying, in a bridge, the front leg of a lunge) too far towards the thigh's
front; that of an upright thigh is right. Moved back by one number, the same for every posture and side, the trunk-thigh
angle seen side-on comes nearer to that of joint centres in each of the four exercises, near and far, also with a number
fitted on other bodies. The knee's angle gains or stays, but for the far knee of the lunge; seen obliquely the far leg
of the ball bridge loses (`models/fit/results/joints.md`). Shoulder, knee and ankle show no offset that is the
same in every exercise, and stay.
"""

from typing import Final

import numpy as np

from formcheck.body import geometry
from formcheck.body.poses import Array

HIP_BACK: Final = np.float32(0.04)
"""Trunks by which the hip of a level thigh is moved back, seen side-on.

Ours, between two kinds of evidence: rendered people ask for 0.08 on the near side and 0.05 on the far one
(`joints.md`); the labels of photographs, made by eye, for none (`benchmarks/photos.py`, sure labels: the hip's median
error 4.6 degrees at the landmark, 4.9 at 0.04, 5.5 at 0.05; the knee's 6.2, 6.4 and 6.5).
"""


def hip_centre(shoulder: Array, hip: Array, knee: Array, turn: Array) -> Array:
    """The centre of a hip in the picture, from the landmarks of its side.

    Points are (..., n, 2) pixels, y down; `turn` (n,) is `view.turn`, which says where the front is and how much of it
    the picture shows. (..., n, 2); NaN in, NaN out, NaN too where hip and knee coincide.
    """
    thigh = hip - knee
    size = geometry.nan_for_0(geometry.length(thigh))
    x, y = thigh[..., 0] / size, thigh[..., 1] / size
    moved = HIP_BACK * geometry.length(shoulder - hip) * x * x * turn
    centre: Array = hip.copy("K")
    centre[..., 0] -= y * moved
    centre[..., 1] += x * moved
    return centre
