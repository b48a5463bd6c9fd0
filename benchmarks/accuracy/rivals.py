"""How others count reps, on the same landmarks: a fixed threshold on the hip's angle, or two.

`exersights` counts what rises over 140 degrees in bridges, and what falls under it in lunges and leg raises.
Source: ExerSights' checks for bridge, leg raise and lunge. `aigym` is the rule of ultralytics' AIGym with its own
angles, 145 and 90; since no bridge on the floor folds the hip to 90, `aigym_wide` has 145 and 125 (ours).
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from formcheck.body.geometry import flexion
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses

THRESHOLD: Final = 140.0


def hip_angle(poses: Poses) -> Array:
    """(n,) the angle shoulder, hip, knee in the picture, 180 straight: of the side that moves more; NaN dropped."""
    both = []
    for side in ("left", "right"):
        angle = 180 - flexion(*(poses.image[:, INDEX[f"{side}_{part}"]] for part in ("shoulder", "hip", "knee")))
        both.append(angle[np.isfinite(angle)])
    return max(both, key=lambda angle: float(np.ptp(angle)) if len(angle) else 0.0)


def exersights(angle: Array, exercise: str) -> int:
    """Crossings of one threshold, in the direction of the exercise."""
    beyond = angle > THRESHOLD if exercise.endswith("bridge") else angle < THRESHOLD
    return int((beyond[1:] & ~beyond[:-1]).sum())


def two_thresholds(up: float, down: float) -> Callable[[Array, str], int]:
    """AIGym's rule: a rep each time the angle comes under `down` after it was over `up`."""

    def count(angle: Array, _: str) -> int:
        stage, reps = "", 0
        for value in angle:
            if value > up:
                stage = "up"
            elif value < down:
                reps, stage = reps + (stage == "up"), "down"
        return reps

    return count


RIVALS: Final[dict[str, Callable[[Array, str], int]]] = {
    "exersights": exersights,
    "aigym": two_thresholds(145, 90),
    "aigym_wide": two_thresholds(145, 125),
}
