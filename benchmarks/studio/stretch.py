"""The hip-flexor stretch on a table: lying at its end, the thighs half-way off, one knee drawn to the chest by the
hands while the other leg dangles. Lengths are metres, angles degrees, times seconds.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, way_of
from benchmarks.studio.acts import Act
from benchmarks.studio.contact import SINK
from benchmarks.studio.floor_motions import reach_with_arms
from benchmarks.studio.holding import Stay, board, mixed, part
from benchmarks.studio.pose import SIDES, SIGN, Array, Pose, other
from benchmarks.studio.postures import lying
from benchmarks.studio.rhythm import STILL, Restless


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Stay):
    """The stretch of one side: the leg of `side` dangles, its hip is stretched. Its thigh rises `up` degrees over where
    it lies on the table, its knee is flexed by `dangle`. The other knee is drawn up until trunk and thigh enclose
    `pull` degrees (180: stretched), and in the posture by `further` degrees more, by which the low back rounds by
    `rounds` degrees under its flat rest, the pelvis tilting with it. The back arches by `arch` at rest, by `arches`
    in the posture. `table` is the table's height.
    """

    side: Literal["left", "right"] = "left"
    pull: float = 58.0
    further: float = 0.0
    rounds: float = 0.0
    up: float = 0.0
    dangle: float = 72.0
    arch: float = 3.0
    arches: float = 0.0
    table: float = 0.72


OFF: Final = 0.5
"""Share of the thigh that lies off the table. Source: "Thighs have been lifted halfway off the table"."""
FLESH: Final = 0.02
"""Metres by which a thigh and the flesh of the seat are pressed flat by the table (ours)."""
GRASP: Final = 0.6
"""Share of the way in at which the hands hold the knee, which they draw up from then on (ours)."""


def hip_flexor_stretch(actor: Actor, stretch: Stretch, restless: Restless = STILL) -> Act:
    """One stretch, from lying on the table with both legs dangling and back to it."""
    still = lying(actor, 1, arch=stretch.arch)
    level = _resting_thigh(actor, still)
    hangs, drawn = stretch.side, other(stretch.side)

    def at(t: Array) -> Pose:
        way = stretch.way(t)
        pull, grasp = part(way, 0.0, 1.0), part(way, 0.2, GRASP)
        late = part(way, GRASP, 1.0)
        more = smooth((t - stretch.arrived - FURTHER_AFTER_S) / 3.0) * late
        pose = still[np.zeros(len(t), int)]
        pose.lordosis[:] += restless.sway(t, "arch", 0.5) - stretch.arch * late
        pose.lordosis[:] += (stretch.arches - stretch.rounds) * more
        pose.of("trunk")[:] -= 0.55 * max(stretch.rounds - CURLS, 0.0) * more
        pose = actor.contacts.whole(pose, ("buttocks", "upper_back", "loin"))
        pose.root[:, 1] += stretch.table
        lifted = level - stretch.up * late + restless.sway(t, "thigh", 0.4)
        _leg(pose, hangs, lifted, stretch.dangle + restless.sway(t, "dangle", 1.5), 1.0 + 0 * t)
        end = pose.of("trunk") + stretch.pull - stretch.further * more + restless.sway(t, "pull", 0.5)
        thigh = level + pull * (end - level)
        _leg(pose, drawn, thigh, 72 + 50 * part(way, 0.0, 0.8), 1 - part(way, 0.3, 0.9))
        pose.aside(f"{drawn}_thigh")[:] = 5 - 1 * pull
        arms = pose.copy()
        _hold_shin(actor, arms, drawn)
        for segment in ARM:
            for side in SIDES:
                for rows, found in ((pose.of, arms.of), (pose.aside, arms.aside), (pose.turned, arms.turned)):
                    rows(f"{side}_{segment}")[:] = found(f"{side}_{segment}")
        mixed(pose, still, grasp, tuple(f"{side}_{segment}" for segment in ARM for side in SIDES))
        for side in SIDES:  # over the hips, not through them
            for segment in ARM:
                pose.of(f"{side}_{segment}")[:] -= 90 * grasp * (1 - grasp)
                pose.aside(f"{side}_{segment}")[:] += 40 * grasp * (1 - grasp)
        pose.of("head")[:] += 6 * late + restless.sway(t, "head", 0.8)
        return pose

    hip = still.root[0]
    edge = float(hip[2]) + (1 - OFF) * actor.rig.thigh
    props = board(stretch.table, float(hip[2]) - 1.05, edge, 0.74, thing="table")
    return Act(stretch.end, at, (stretch.window("hip_flexor_stretch", stretch.side),), lying=True, props=props)


ARM: Final = ("upper_arm", "forearm", "hand")
FURTHER_AFTER_S: Final = 4.0
"""Seconds in the posture after which the knee is drawn further."""
CURLS: Final = 8.0
"""Degrees that the back rounds before the pelvis leaves the table (ours)."""


def _leg(pose: Pose, side: str, thigh: Array, knee: Array, hangs: Array) -> None:
    """A leg of `pose` with its thigh at a pitch (n,) and its knee flexed; where it `hangs` (1) the foot drops."""
    pose.of(f"{side}_thigh")[:], pose.of(f"{side}_shin")[:] = thigh, thigh + knee
    for part_of_foot in ("foot", "toes"):
        pose.of(f"{side}_{part_of_foot}")[:] = thigh + knee - 62 + 14 * hangs
        pose.aside(f"{side}_{part_of_foot}")[:] = 8.0
    pose.aside(f"{side}_thigh")[:], pose.aside(f"{side}_shin")[:] = 5.0, 3.0
    pose.turned(f"{side}_thigh")[:] = 4.0


def _hold_shin(actor: Actor, pose: Pose, side: str) -> None:
    """Both hands of `pose` on the shin of a leg just under the knee, or as near as the arms reach."""
    hip = pose.root + np.array([SIGN[side] * actor.half_hips, 0, 0])
    knee = hip + actor.rig.thigh * way_of(pose, side, "thigh")
    shin, over = way_of(pose, side, "shin"), -way_of(pose, side, "thigh")
    over = over - shin * (over * shin).sum(-1, keepdims=True)
    over = -over / np.sqrt((over * over).sum(-1, keepdims=True))
    for hand in SIDES:
        wrist = knee + 0.08 * shin + 0.055 * over + np.array([0.075 * SIGN[hand], 0, 0])
        reach_with_arms(actor, pose, {hand: wrist}, (1.0, -0.8, 0.2))
        pose.aside(f"{hand}_hand")[:] = -74.0


def _resting_thigh(actor: Actor, still: Pose) -> float:
    """The pitch of a thigh that lies on the table up to its edge, half of it beyond: its flesh pressed by `FLESH`."""
    pitch = np.arange(84.0, 108.0, 0.5)
    pose = still[np.zeros(len(pitch), int)]
    for side in SIDES:
        _leg(pose, side, pitch, np.full(len(pitch), 72.0), np.ones(len(pitch)))
    body, knee, hip = actor.body, actor.rig.rest("lowerleg01.L"), actor.rig.rest("upperleg01.L")
    rows = np.unique(body.faces)
    at = body.vertices[rows]
    rows = rows[(at[:, 1] < hip[1] - 0.08) & (at[:, 1] > knee[1]) & (at[:, 0] > 0.0)]
    points = actor.rig.skinned(body.vertices[rows], body.weights[rows].toarray())
    placed = actor.rig.place(actor.rig.matrices(pose), points)
    edge = float(still.root[0, 2]) + (1 - OFF) * actor.rig.thigh
    low = np.where(placed[:, :, 2] < edge, placed[:, :, 1], np.inf).min(axis=1)
    return float(pitch[np.flatnonzero(low > -SINK - FLESH)[-1]])
