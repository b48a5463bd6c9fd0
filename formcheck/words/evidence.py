"""Words beside the marks on a picture: what was measured there."""

from typing import Final

NAMES: Final = {
    "knee_flexion": "knee bent",
    "trunk_thigh_angle": "hip bent",
    "shoulder_elevation": "arm",
    "thigh_tilt": "thigh off upright",
    "hip_depth": "hips under the line",
    "hip_sag": "hips under the line",
    "knee_height": "knee over the floor",
    "heel_height": "heel raised",
    "heel_over_toes": "heel raised",
    "hip_travel": "hips forward",
    "foot_spread": "feet apart",
    "foot_direction": "foot aside",
    "ball_support": "ball under the shoulders",
    "shoulder_travel": "shoulders moved",
    "back_arch": "back arched",
}
"""What a measure's number is called in the picture."""

SINCE: Final = {"hip_depth": "hips dropped", "hip_sag": "hips dropped"}
"""The same where it is compared with an earlier moment."""


BELOW: Final = {
    "hip_depth": "hips over the line",
    "hip_sag": "hips over the line",
    "back_arch": "back rounded",
    "knee_height": "knee on the floor",
    "heel_over_toes": "heel down",
    "heel_height": "heel down",
}
"""The same of a number under 0."""

ALONE: Final = ("knee on the floor", "heel down", "ball under the shoulders")
"""What needs no number."""


def named(measure: str, amount: str, *, since: bool, below: bool) -> str:
    """A measured amount with its name: `hips dropped 5 cm`. since: compared with an earlier moment. below: under 0."""
    name = (SINCE if since else {}).get(measure) or (BELOW if below else {}).get(measure) or NAMES.get(measure, "")
    return name if name in ALONE else f"{name} {amount.removeprefix('-')}".strip()
