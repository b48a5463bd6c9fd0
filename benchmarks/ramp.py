"""The ramp by which bodies move from one place to another."""

import numpy as np
from numpy.typing import ArrayLike

from formcheck.body.poses import Array


def smooth(u: ArrayLike) -> Array:
    """The minimum-jerk ramp from 0 at u = 0 to 1 at u = 1."""
    u = np.clip(u, 0, 1)
    s: Array = u * u * u * (10 - 15 * u + 6 * u * u)
    return s
