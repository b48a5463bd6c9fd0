"""What is true of an act moment by moment: joints, angles, arch and heights.

Nothing here looks at a picture. What is measured is defined here, in space or in the body's own sagittal plane, and
never by the picture's measures. The points of `SURFACE` are where BlazePose tends to put its landmarks; the joints are
the rig's centres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act
from benchmarks.studio.bridge import Ball, depth_under
from benchmarks.studio.pose import SIDES, SIGN, SUFFIX, Array, Pose

SURFACE: Final = {
    "shoulder": ("shoulder01", (0.9, -0.8, 1.4)),
    "hip": ("root", (1.7, -1.1, 2.4)),
    "knee": ("upperleg01", (0.2, 0.2, 1.1)),
    "ankle": ("lowerleg01", (-0.5, -0.2, 2.3)),
}
"""BlazePose's point minus the joint's centre: the bone it goes with, and cm forward, outward and up along the segment.
Source: 240 rendered frames, in the project's notes on what the angles mean."""

SUPPORTED: Final = 0.35
"""Trunks between the shoulders' line and where the ball carries the back, up to which the ball is under neck and
shoulders (ours)."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """True values at n times. `joints` and `surface` are name -> (n, 3) metres, `values` name -> (n,).

    Names of sided values end in `.left` or `.right`. Angles in degrees, lengths in metres.
    """

    time: Array
    joints: Mapping[str, Array]
    surface: Mapping[str, Array]
    values: Mapping[str, Array]


def surface_points(actor: Actor) -> dict[str, tuple[str, Array]]:
    """Where BlazePose tends to put its landmarks: name -> (bone that carries it, place at rest)."""
    places = {}
    for name, (bone, (forward, outward, up)) in SURFACE.items():
        for side in SIDES:
            centre = actor.body.joints[f"{side}_{name}"]
            carrier = bone if bone == "root" else f"{bone}{SUFFIX[side]}"
            places[f"{side}_{name}"] = (carrier, centre + np.array([SIGN[side] * outward, up, forward]) / 100)
    return places


def moments(actor: Actor, act: Act, time: Array) -> Moments:
    """What is true of an act at `time` (n,)."""
    return moments_of(actor, act.at(time), time, act.ball, act.roll(time))


def moments_of(actor: Actor, pose: Pose, time: Array, ball: Ball | None = None, ball_z: ArrayLike = 0.0) -> Moments:
    """What is true of poses at `time` (n,), on a ball whose middle lies at `ball_z`."""
    matrices = actor.rig.matrices(pose)
    joints = actor.joints(matrices)
    places = surface_points(actor)
    at = actor.rig.place(matrices, actor.rig.fixed(places))
    surface = {name: at[:, i] for i, name in enumerate(places)}
    for name in ("shoulder", "hip", "knee", "ankle"):
        joints[name] = (joints[f"left_{name}"] + joints[f"right_{name}"]) / 2
    values = _middle_values(actor, pose, joints, matrices)
    if ball is not None:
        values["ball_z"] = np.broadcast_to(np.asarray(ball_z, float), len(pose))
        values["ball_support"] = _ball_support(actor, joints, matrices, ball, values["ball_z"])
    for side in SIDES:
        values |= {f"{name}.{side}": value for name, value in _sided_values(actor, joints, side).items()}
    return Moments(time, joints, surface, values)


def _middle_values(actor: Actor, pose: Pose, joints: Mapping[str, Array], matrices: Array) -> dict[str, Array]:
    line = joints["shoulder"] - joints["hip"]
    return {
        "trunk": length(line),
        "trunk_pitch": np.degrees(np.arctan2(line[:, 2], line[:, 1])),
        "trunk_rise": np.degrees(np.arctan2(line[:, 1], np.abs(line[:, 2]))),
        "lordosis": pose.lordosis,
        "back_gap": np.maximum(actor.contacts.gap(matrices), 0),
        "hip_rise": joints["hip"][:, 1] - joints["shoulder"][:, 1],
        "hip_travel": joints["hip"][:, 2],
        "foot_spread": np.abs(joints["left_ankle"] - joints["right_ankle"])[:, 0]
        / np.abs(joints["left_shoulder"] - joints["right_shoulder"])[:, 0],
    }


def _sided_values(actor: Actor, joints: Mapping[str, Array], side: str) -> dict[str, Array]:
    names = ("shoulder", "elbow", "hip", "knee", "ankle", "heel", "toe")
    shoulder, elbow, hip, knee, ankle, heel, toe = (joints[f"{side}_{name}"] for name in names)
    foot, leg = toe - heel, ankle - hip
    lowest = np.minimum(np.minimum(heel, toe), ankle)[:, 1]
    return {
        "knee_flexion": flexion(hip, knee, ankle),
        "knee_flexion_sagittal": flexion(*(_sagittal(p) for p in (hip, knee, ankle))),
        "trunk_thigh_angle": flexion(shoulder, hip, knee),
        "trunk_thigh_angle_sagittal": flexion(*(_sagittal(p) for p in (shoulder, hip, knee))),
        "shoulder_elevation": 180 - flexion(hip, shoulder, elbow),
        "shoulder_elevation_sagittal": 180 - flexion(*(_sagittal(p) for p in (hip, shoulder, elbow))),
        "leg_elevation": np.degrees(np.arctan2(leg[:, 1], np.abs(leg[:, 2]))),
        "thigh_tilt": _tilt(hip - knee),
        "shin_tilt": _tilt(knee - ankle),
        "hip_depth": depth_under(hip, shoulder, knee),
        "hip_sag": depth_under(hip, shoulder, ankle),
        "heel_height": heel[:, 1] - actor.body.joints[f"{side}_heel"][1],
        "heel_over_toes": heel[:, 1] - toe[:, 1],
        "foot_height": lowest,
        "knee_height": knee[:, 1] - lowest,
        "foot_direction": np.abs(np.degrees(np.arctan2(foot[:, 0], foot[:, 2]))),
    }


def _ball_support(actor: Actor, joints: Mapping[str, Array], matrices: Array, ball: Ball, ball_z: Array) -> Array:
    """(n,) 0 to 1: a half where the ball carries the back `SUPPORTED` trunks below the shoulders, more by as many
    trunks as it carries it higher; 0 where it carries nothing.
    """
    back = actor.rig.place(matrices, actor.contacts.parts["back"])
    over = back[:, :, 1] - ball.top(back[:, :, 0], back[:, :, 2] - ball_z[:, None])
    rows, first = np.arange(len(back)), over.argmin(axis=1)
    along = joints["hip"] - joints["shoulder"]
    down = ((back[rows, first] - joints["shoulder"]) * along).sum(-1) / (along * along).sum(-1)
    support: Array = (over[rows, first] < 0.01) * np.clip(0.5 + SUPPORTED - down, 0, 1)
    return support


def _tilt(up: Array) -> Array:
    """(n,) degrees between a segment and upright."""
    tilt: Array = np.degrees(np.arctan2(np.hypot(up[:, 0], up[:, 2]), up[:, 1]))
    return tilt


def _sagittal(point: Array) -> Array:
    return point[:, 1:]


def length(v: Array) -> Array:
    length: Array = np.sqrt((v * v).sum(-1))
    return length


def flexion(a: Array, vertex: Array, b: Array) -> Array:
    """Flexion at the vertex in degrees, 0 straight; inputs (n, d)."""
    first, second = vertex - a, b - vertex
    cosine = (first * second).sum(-1) / (length(first) * length(second))
    angle: Array = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return angle
