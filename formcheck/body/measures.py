"""Measures: a named number per tick, with its unit, from where it can be seen and what it needs in the picture.

Most are taken in the picture, made whole across by the camera's yaw (`view.Points`): as a camera from the side would
see them. On labelled photographs the picture's angles are nearer to the labels than those of the world points (median
errors in `benchmarks/photos.py` over 31 photographs: hip 3.8 against 5.5 deg, knee 4.2 against 7.7; with the hip's
centre in place of its landmark 4.9 and 4.4). On rendered people seen at 30 to 60 degrees, made whole is better than as
it is for every measure but one (`models/fit/results/sweep.md`): the arm, which goes aside, comes from the world points.
So do measures that only recognise a posture, the height over the feet and the tilt of the trunk: perspective misleads
them less. Lengths are in pixels here; they become trunks once the bout's trunk is known. How far off a value may be,
`core/calibration.py` knows. To add a measure, write a function of `Body` and side and give it a row in `MEASURES`. Read
coordinates as `[..., 0]`, so that it works for one side and both.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np

from formcheck.body import arch, geometry, view
from formcheck.body.joints import FOOT, Body
from formcheck.body.landmarks import SIDES
from formcheck.body.poses import BACK_SEEN, Array, Poses

From = Literal["side", "front", "any"]
"""From where a measure can be seen."""

_OTHER: Final = {"left": "right", "right": "left", view.BOTH: view.CROSSED, view.CROSSED: view.BOTH}


def other(side: str) -> str:
    """The other side; for both sides, both in the other order."""
    return _OTHER[side]


def _level(points: Array) -> Array:
    """Height of points in the picture, pixels, growing upwards."""
    return -points[..., 1]


def knee_flexion(body: Body, side: str) -> Array:
    """Knee flexion: 0 straight."""
    return body.bend("knee", side)


def trunk_thigh_angle(body: Body, side: str) -> Array:
    """Trunk-thigh angle as flexion: 0 when shoulder, hip and knee lie in line. Not hip flexion: no pelvis is seen."""
    return body.bend("hip", side)


def shoulder_elevation(body: Body, side: str) -> Array:
    """Angle of the upper arm from the trunk: 0 hanging, 180 overhead. From world points, in the body's own plane."""
    hip, shoulder, elbow = (body.sagittal(part, side) for part in ("hip", "shoulder", "elbow"))
    return 180 - geometry.flexion(hip, shoulder, elbow)


def trunk_tilt(body: Body, side: str) -> Array:
    """Tilt of the trunk from upright: 90 lying level, more with the hips above the shoulders. From world points."""
    up = body.spine
    across = np.sqrt(up[:, 0] * up[:, 0] + up[:, 2] * up[:, 2])
    angle: Array = np.arctan2(across, -up[:, 1]) * geometry.DEGREE
    return angle


def trunk_rise(body: Body, side: str) -> Array:
    """Angle of the trunk above the level: 0 lying, 90 upright; under 0 with the hips above the shoulders."""
    return 90 - trunk_tilt(body, side)


def thigh_tilt(body: Body, side: str) -> Array:
    """Tilt of the thigh from upright: 0 with the hip above the knee. From world points."""
    return _tilt(body, "knee", "hip", side)


def shin_tilt(body: Body, side: str) -> Array:
    """Tilt of the shin from upright: 0 with the knee above the ankle, 90 lying level. From world points."""
    return _tilt(body, "ankle", "knee", side)


def _tilt(body: Body, low: str, high: str, side: str) -> Array:
    up = body.world(high, side) - body.world(low, side)
    across = np.sqrt(up[..., 0] * up[..., 0] + up[..., 2] * up[..., 2])
    angle: Array = np.arctan2(across, -up[..., 1]) * geometry.DEGREE
    return angle


def leg_elevation(body: Body, side: str) -> Array:
    """Angle of the line from the hips to the foot above the level: 0 lying, 90 pointing up; beyond that it falls again.

    The foot is the middle of its three landmarks: where the model draws a lying leg up with the lifted one, the ankle
    moves further than the toes. It does not use which way the feet lie, because from the front or from the feet the
    picture does not show it.
    """
    ankle, heel, toes = (body.point(part, side) for part in FOOT)
    line = (ankle + heel + toes) / 3 - body.middle("hip")
    angle: Array = np.arctan2(_level(line), np.abs(line[..., 0])) * geometry.DEGREE
    return angle


def hip_rise(body: Body, side: str) -> Array:
    """Height of the hips over the shoulders."""
    return _level(body.middle("hip")) - _level(body.middle("shoulder"))


def hip_height(body: Body, side: str) -> Array:
    """Height of the hips over the lowest foot in trunks, from world points, as the picture's perspective misleads."""
    return _over_feet(body, "hip")


def shoulder_height(body: Body, side: str) -> Array:
    """Height of the shoulders over the lowest foot in trunks, from world points.

    A camera that looks down lifts what is further away: shoulders on the floor then seem raised, as on a ball. If no
    ball was found where one was looked for, they are lowered by as much as a camera at `LOOK_DOWN_DEG` would lift them.
    Where a ball lies under them they are at least `ON_BALL` high.
    """
    height, poses = _over_feet(body, "shoulder"), body.poses
    ankle, heel, toes = (body.world_middle(part)[:, 2] for part in FOOT)
    feet = (ankle + heel + toes) / 3
    behind = (body.world_middle("shoulder")[:, 2] - feet) / body.world_trunk
    no_ball = np.isfinite(poses.spread) & np.isnan(poses.ball[:, 0])
    height = height - _LOOK_DOWN * np.maximum(behind, 0) * no_ball
    raised: Array = np.where(ball_support(body, side) > 0, np.maximum(height, ON_BALL), height)
    return raised


LOOK_DOWN_DEG: Final = 30.0
"""How steeply a camera on a stand or a shelf looks down on somebody who lies near it (ours)."""

ON_BALL: Final = np.float32(0.8)
"""Least height of shoulders on a ball: a little over where the exercise files part the two bridges (ours)."""

_LOOK_DOWN: Final = np.float32(np.tan(np.radians(LOOK_DOWN_DEG)))


def _over_feet(body: Body, part: str) -> Array:
    height: Array = (body.lowest_foot - body.world_middle(part)[:, 1]) / body.world_trunk
    return height


def hip_depth(body: Body, side: str) -> Array:
    """How far the hip lies under the line from shoulder to knee; negative above it."""
    return geometry.depth_below(body.hip_centre(side), body.point("shoulder", side), body.point("knee", side))


def hip_sag(body: Body, side: str) -> Array:
    """How far the hip lies under the line from shoulder to ankle, as a plank sags; negative above it."""
    return geometry.depth_below(body.hip_centre(side), body.point("shoulder", side), body.point("ankle", side))


def foot_height(body: Body, side: str) -> Array:
    """Height of the lowest point of a foot over its own side's hip, so that perspective does not lift a far foot."""
    return body.foot_level(side) - _level(body.point("hip", side))


def hip_travel(body: Body, side: str) -> Array:
    """How far forward the hips are, from a point between the kneeling knee (`side`) and the front ankle.

    The hips and the front knee, which goes forward with them, count half each: when the arms go up, the model moves the
    hips forward by up to 0.1 trunks but not the knee. The point lies nearer to the ankle, which stays where it is: the
    model's kneeling knee follows the hips by 0.05 trunks (both on 30 rendered lunges).
    """
    front = other(side)
    knee, ankle = body.point("knee", side)[..., 0], body.point("ankle", front)[..., 0]
    moved = (body.middle("hip")[:, 0] + body.point("knee", front)[..., 0]) * 0.5
    travel: Array = (moved - (knee + ankle + ankle) / 3) * np.sign(ankle - knee)
    return travel


def hip_sink(body: Body, side: str) -> Array:
    """How far the hips have sunk towards the other foot's ankle: what a lunge shows from the front."""
    sunk: Array = _level(body.point("ankle", other(side))) - _level(body.middle("hip"))
    return sunk


def knee_under(body: Body, side: str) -> Array:
    """How far the knee lies under the hips."""
    return _level(body.middle("hip")) - _level(body.point("knee", side))


def knee_height(body: Body, side: str) -> Array:
    """Height of the knee over the lowest point of the same foot."""
    return _level(body.point("knee", side)) - body.foot_level(side)


def ankle_to_knee(body: Body, side: str) -> Array:
    """How far the ankle is from the other leg's knee."""
    return geometry.length(body.point("ankle", side) - body.point("knee", other(side)))


def heel_height(body: Body, side: str) -> Array:
    """Height of the heel and ankle over the shoulders, which stay where they are while a leg is lifted.

    A foot nearer to the camera than the shoulders looks larger and rises further in the picture. This is corrected by
    its distance from them in the world points, for a camera at `DISTANCE_M`.
    """
    foot = (_level(body.point("heel", side)) + _level(body.point("ankle", side))) * 0.5
    behind = body.world("ankle", side)[..., 2] - body.world_middle("shoulder")[:, 2]
    return (foot - _level(body.middle("shoulder"))) * (1 + behind / DISTANCE_M)


def heel_over_toes(body: Body, side: str) -> Array:
    """Height of the heel over the toes of the same foot."""
    return _level(body.point("heel", side)) - _level(body.point("foot_index", side))


def foot_spread(body: Body, side: str) -> Array:
    """Distance of the ankles in shoulder widths, both across the picture.

    Seen from the feet these are nearer to the camera than the shoulders, and look wider. This is corrected as in
    `heel_height`.
    """
    shoulders, ankles = (
        np.abs(body.point(part, "left")[:, 0] - body.point(part, "right")[:, 0])
        * (DISTANCE_M + body.world_middle(part)[:, 2])
        for part in ("shoulder", "ankle")
    )
    spread: Array = ankles / geometry.nan_for_0(shoulders)
    return spread


def foot_direction(body: Body, side: str) -> Array:
    """How far a foot points aside from where the body faces, seen from above: 0 straight forward. From world points."""
    across = body.world("hip", "left") - body.world("hip", "right")
    foot = body.world("foot_index", side) - body.world("heel", side)
    aside = np.abs(foot[..., 0] * across[:, 0] + foot[..., 2] * across[:, 2])
    ahead = np.abs(foot[..., 0] * across[:, 2] - foot[..., 2] * across[:, 0])
    angle: Array = np.arctan2(aside, ahead) * geometry.DEGREE
    return angle


CARRIED: Final = np.array(
    [(-0.1, 0.80), (0.05, 0.79), (0.13, 0.74), (0.25, 0.62), (0.37, 0.50), (0.45, 0.08), (0.85, 0.0)]
).T
"""Where along the trunk the ball's middle lies (0 at the shoulders, 1 at the hips) -> the studio's `ball_support`:
medians of the truth in eight rendered clips. At 0.4 the weight passes from the upper back to the loin."""


def ball_support(body: Body, side: str) -> Array:
    """How well neck and shoulders lie on the ball: 0.8 with the ball right under them, down to 0; 0.5 is enough.

    NaN where no ball is seen. `CARRIED` gives it from the place of the ball's middle along the trunk.
    """
    shoulder, hip = body.middle("shoulder"), body.middle("hip")
    down, to = hip - shoulder, body.ball - shoulder
    size = down[:, 0] * down[:, 0] + down[:, 1] * down[:, 1]
    along = (to[:, 0] * down[:, 0] + to[:, 1] * down[:, 1]) / geometry.nan_for_0(size)
    share: Array = np.interp(along, CARRIED[0], CARRIED[1])
    return share


def shoulder_travel(body: Body, side: str) -> Array:
    """How far the shoulders lie along the floor from the ball's middle; NaN where no ball is seen."""
    offset: Array = body.middle("shoulder")[:, 0] - body.ball[:, 0]
    return offset


def feet_apart(body: Body, side: str) -> Array:
    """How far the left ankle lies to the left of the right one, in trunks, from world points; under 0 they cross."""
    sine, cosine, _ = body.turned
    line = body.world("ankle", "left") - body.world("ankle", "right")
    apart: Array = (line[..., 0] * cosine - line[..., 2] * sine) / body.world_trunk
    return apart


def supine(body: Body, side: str) -> Array:
    """How far the chest faces up: 1 on the back, -1 prone."""
    return view.supine(body)


def hand_place(body: Body, side: str) -> Array:
    """Where the hands are along the trunk, the middle of both: 0 at the hips, 1 at the shoulders, more over the head.

    The middle is used because at a slant the near hand seems too far to one end and the far hand to the other.
    """
    hip = body.middle("hip")
    up, to = body.middle("shoulder") - hip, body.middle("wrist") - hip
    size = up[:, 0] * up[:, 0] + up[:, 1] * up[:, 1]
    place: Array = (to[:, 0] * up[:, 0] + to[:, 1] * up[:, 1]) / geometry.nan_for_0(size)
    return place


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its function, its unit (trunk: the function answers in pixels), and from where it can be seen.

    `points` are the landmarks it needs in the picture (on its side); `sided` says whether left and right differ, and
    `middles` of which points it then uses the one midway between both sides; where they do not, it does of all. If `of`
    is None, the value comes from comparing looks (`arch.py`), not from one tick.
    """

    of: Callable[[Body, str], Array] | None
    unit: str
    seen_from: From
    points: tuple[str, ...]
    sided: bool = True
    middles: tuple[str, ...] = ()


MEASURES: Final[dict[str, Measure]] = {
    "knee_flexion": Measure(knee_flexion, "deg", "side", ("hip", "knee", "ankle")),
    "trunk_thigh_angle": Measure(trunk_thigh_angle, "deg", "side", ("shoulder", "hip", "knee")),
    "shoulder_elevation": Measure(shoulder_elevation, "deg", "side", ("hip", "shoulder", "elbow")),
    "trunk_tilt": Measure(trunk_tilt, "deg", "side", ("shoulder", "hip"), sided=False),
    "trunk_rise": Measure(trunk_rise, "deg", "side", ("shoulder", "hip"), sided=False),
    "thigh_tilt": Measure(thigh_tilt, "deg", "side", ("hip", "knee")),
    "shin_tilt": Measure(shin_tilt, "deg", "side", ("knee", "ankle")),
    "leg_elevation": Measure(leg_elevation, "deg", "side", ("hip", "ankle"), middles=("hip",)),
    "hip_rise": Measure(hip_rise, "trunk", "side", ("shoulder", "hip"), sided=False),
    "hip_height": Measure(hip_height, "share", "side", ("hip", "foot_index"), sided=False),
    "shoulder_height": Measure(shoulder_height, "share", "side", ("shoulder", "foot_index"), sided=False),
    "hip_depth": Measure(hip_depth, "trunk", "side", ("shoulder", "hip", "knee")),
    "hip_sag": Measure(hip_sag, "trunk", "side", ("shoulder", "hip", "ankle")),
    "foot_height": Measure(foot_height, "trunk", "side", ("hip", "ankle", "foot_index")),
    "hip_travel": Measure(hip_travel, "trunk", "side", ("hip", "knee"), middles=("hip",)),
    "hip_sink": Measure(hip_sink, "trunk", "any", ("hip", "ankle"), middles=("hip",)),
    "knee_under": Measure(knee_under, "trunk", "any", ("hip", "knee"), middles=("hip",)),
    "knee_height": Measure(knee_height, "trunk", "side", ("knee", "foot_index")),
    "ankle_to_knee": Measure(ankle_to_knee, "trunk", "any", ("knee", "ankle")),
    "heel_height": Measure(heel_height, "trunk", "side", ("shoulder", "heel"), middles=("shoulder",)),
    "heel_over_toes": Measure(heel_over_toes, "trunk", "side", ("heel", "foot_index")),
    "foot_spread": Measure(foot_spread, "share", "front", ("shoulder", "ankle")),
    "feet_apart": Measure(feet_apart, "share", "any", ("hip", "ankle"), sided=False),
    "supine": Measure(supine, "share", "any", ("shoulder", "hip"), sided=False),
    "back_arch": Measure(None, "deg", "side", ("shoulder", "hip"), sided=False),
    "foot_direction": Measure(foot_direction, "deg", "front", ("hip", "heel", "foot_index")),
    "ball_support": Measure(ball_support, "share", "side", ("shoulder", "hip", "ball"), sided=False),
    "shoulder_travel": Measure(shoulder_travel, "trunk", "side", ("shoulder", "ball"), sided=False),
    "hand_place": Measure(hand_place, "share", "side", ("shoulder", "hip", "wrist"), sided=False),
}
"""Every measure by name."""

DISTANCE_M: Final = 2.4
"""Distance in metres of a camera whose picture the person fills (ours; the heels of 160 rendered lifts fit best for 1.9
to 2.5)."""

BALL: Final = "ball"
"""Named among the points of a measure that needs the ball in the picture."""


def column(measure: str, side: str) -> str:
    """Name of a measure's column: with the side where left and right differ."""
    return f"{measure}.{side}" if MEASURES[measure].sided else measure


def columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns of `table` for these measures, in order, without repeats."""
    return _columns(tuple(names))


@cache
def _columns(names: tuple[str, ...]) -> tuple[str, ...]:
    plain = tuple(dict.fromkeys(column(name, side) for name in names if MEASURES[name].of for side in SIDES))
    return plain + _ALWAYS + (LOOKS if any(MEASURES[name].of is None for name in names) else ())


def table(poses: Poses, names: Iterable[str]) -> Array:
    """Measures of every tick: (n, len(columns(names))) float32, lengths in pixels, NaN where nobody was found.

    In memory each column lies in one piece.
    """
    body, at = Body(poses, whole=True), 0
    names = tuple(dict.fromkeys(names))
    found = np.empty((len(columns(names)), len(poses)), np.float32)
    for measure in (MEASURES[name] for name in names):
        if measure.of is not None:
            rows = len(SIDES) if measure.sided else 1
            found[at : at + rows] = measure.of(body, view.BOTH)
            at += rows
    sine, _, error = body.turned
    for values in (body.yaw, error, sine, body.trunk, poses.spread, np.isfinite(poses.ball[:, 0])):
        found[at] = values
        at += 1
    for of_points in (view.inside(body), view.hidden(poses), view.errors(poses)):
        found[at : at + _POINTS] = of_points.reshape(_POINTS, -1)
        at += _POINTS
    if not all(MEASURES[name].of for name in names):
        _put_looks(body, found[at:])
    return found.T


def _put_looks(body: Body, found: Array) -> None:
    """Fill rows (len(LOOKS), n) with the back's state and what `arch.columns` gives of the picture."""
    poses, at = body.poses, 1
    found[0] = poses.back_state
    for values in (poses.back, poses.belly, poses.axis):
        found[at : at + values.shape[1]] = values.T
        at += values.shape[1]
    found[1 : 1 + poses.back.shape[1], poses.back_state != BACK_SEEN] = np.nan
    found[at : at + 4] = body.picture_bends()
    np.subtract(180, found[at : at + 2], out=found[at : at + 2])
    found[at + 4 :] = poses.curve.T


_POINTS: Final = len(view.PARTS) * len(SIDES)

OF_POINTS: Final = tuple(
    f"{what}.{part}.{side}" for what in ("seen", "hidden", "error") for part in view.PARTS for side in SIDES
)
"""Columns of single points: whether it lies inside the picture, whether it is hidden, the scale of its error."""

_ALWAYS: Final = ("yaw", "yaw_error", "turn", "trunk", "spread", "seen.ball", *OF_POINTS)

LOOKS: Final = ("back_state", *(f"look.{name}" for name in arch.COLUMNS))
"""Further columns of a table with a measure that compares looks."""
