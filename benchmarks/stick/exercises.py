"""The four exercises as the stick person does them, and the postures between them.

All sizes and tempos are ours.
"""

from collections.abc import Callable
from functools import reduce
from typing import Final, Literal

import numpy as np

from benchmarks.stick.acts import BRISK, HELD, ROCKS, STEADY, STRETCH, Act, Tempo, reps_of, stay, then, through
from benchmarks.stick.skeleton import (
    FLAT_ANKLE,
    HALF_HIPS,
    KNEELING,
    LYING,
    SHIN,
    SIGN,
    THIGH,
    TRUNK,
    Angles,
    Body,
    body,
    corner_of,
    drop,
    leg_to,
    reach,
    towards,
)
from formcheck.body.landmarks import SIDES
from formcheck.body.poses import Array
from formcheck.findings import Side

# --- postures ---------------------------------------------------------------------------------------------------------

FLAT: Final[Angles] = {"foot": 90}
ARMS_BY_SIDES: Final[Angles] = {"upper_arm": 92, "upper_arm_out": 12, "forearm": 91, "forearm_out": 5}
ON_BACK: Final[Angles] = {"trunk": -90, "head": -84, **ARMS_BY_SIDES}
STRAIGHT_LEGS: Final[Angles] = {"thigh": 91.6, "shin": 91.6, "foot": 15}
HANGING: Final[Angles] = {"upper_arm": 180, "upper_arm_out": 8, "forearm": 172}

Variant = Literal["two_legs", "stretched", "figure_four"]


def bent_legs(knee: float) -> Angles:
    """Legs of somebody on the back with the knees bent and the feet flat."""
    along = np.sqrt(THIGH**2 + SHIN**2 + 2 * THIGH * SHIN * np.cos(np.radians(knee)) - (LYING - FLAT_ANKLE) ** 2)
    thigh, shin = leg_to(0, LYING, (along, FLAT_ANKLE))
    return {"thigh": float(thigh), "shin": float(shin), **FLAT}


def standing() -> Body:
    return drop(body(0, 0, {"trunk": 0, **HANGING}), "left_ankle")


def lying(knee: float = 0) -> Body:
    """On the back, the legs straight or the knees bent with the feet flat."""
    return body(0, LYING, {**ON_BACK, **(bent_legs(knee) if knee else STRAIGHT_LEGS)})


def squatting() -> Body:
    return drop(
        body(0, 0, {"trunk": 40, "thigh": 85, "shin": 210, "foot": 90, "upper_arm": 110, "forearm": 100}), "left_ankle"
    )


def sitting() -> Body:
    """On the floor, leaning back on the hands, the knees bent."""
    return body(0, LYING, {"trunk": -25, **bent_legs(90), "upper_arm": 212, "forearm": 218, "hand": 268})


def half_kneeling(side: Side = "right") -> Body:
    """The start of the kneeling lunge."""
    return kneeling_lunge(Tempo(reps=0), side=side).at(np.zeros(1))


def lie_down(end: Body | None = None) -> Act:
    """From standing onto the back."""
    return through(standing(), squatting(), sitting(), end or lying())


def get_up(start: Body | None = None) -> Act:
    """From the back to standing."""
    return through(start or lying(), sitting(), squatting(), standing())


# --- the four exercises -----------------------------------------------------------------------------------------------


def _bridge(angle: Array, shoulder: float, ankle: tuple[float, float]) -> tuple[Array, Array, Angles]:
    """Hips (x, z) and angles of a body with the shoulders at (0, `shoulder`) and the ankles at `ankle`."""
    span = np.sqrt(TRUNK**2 + THIGH**2 - 2 * TRUNK * THIGH * np.cos(np.radians(angle)))
    to_knee, shin = reach(ankle[0], ankle[1] - shoulder, span, SHIN)
    to_hip = to_knee + corner_of(TRUNK, span, THIGH)
    hips = TRUNK * towards(to_hip)
    angles: Angles = {"trunk": to_hip - 180, "thigh": to_hip - 180 + angle, "shin": shin}
    return hips[:, 0] - ankle[0] / 2, shoulder + hips[:, 2], angles


def crossed(thigh: Array, side: str) -> Angles:
    """Angles of the leg of `side` whose ankle lies on the other knee, that leg's thigh being at `thigh`."""
    sign = SIGN[side]
    target = THIGH * towards(thigh) + 0.07 * towards(thigh - 90) - np.array([0.0, sign * 2 * HALF_HIPS, 0.0])
    far = np.linalg.norm(target, axis=1)
    aim = target / far[:, None]
    pole = 0.6 * np.array([0.0, sign, 0.0]) + 0.8 * towards(thigh - 90)
    pole -= (pole * aim).sum(1, keepdims=True) * aim
    pole /= np.linalg.norm(pole, axis=1, keepdims=True)
    corner = np.radians(corner_of(THIGH, far, SHIN))[:, None]
    upper = np.cos(corner) * aim + np.sin(corner) * pole
    lower = (target - THIGH * upper) / SHIN
    angles: Angles = {}
    for part, way in (("thigh", upper), ("shin", lower)):
        angles[f"{side}_{part}"] = np.degrees(np.arctan2(way[:, 0], way[:, 2]))
        angles[f"{side}_{part}_out"] = sign * np.degrees(np.arcsin(way[:, 1]))
    return angles | {f"{side}_foot": thigh - 60}


def glute_bridge(
    tempo: Tempo = STEADY,
    *,
    low: float = 148,
    high: float = 178,
    side: Side = "both",
    other: Literal["stretched", "figure_four"] = "stretched",
    toes: float = 0,
) -> Act:
    """Bridge on the floor from a trunk-thigh angle of `low` with the trunk flat on the floor to `high`.

    `low` 125 is a large bridge. With `toes` raised that many degrees it is on the heels. With one `side` that leg works
    and the other is stretched out in line with the thigh, or its ankle is crossed over the knee.
    """
    ankle_z = 0.02 + 0.045 * np.sin(np.radians(toes)) + 0.05 * np.cos(np.radians(toes))
    knee_z = LYING + THIGH * np.sin(np.radians(low))
    ankle_x = TRUNK - THIGH * np.cos(np.radians(low)) + np.sqrt(SHIN**2 - (knee_z - ankle_z) ** 2)

    def at(t: Array) -> Body:
        x, z, angles = _bridge(low + (high - low) * tempo.level(t), LYING, (ankle_x, ankle_z))
        if side != "both":
            idle = "left" if side == "right" else "right"
            thigh = np.asarray(angles["thigh"])
            leg = {f"{idle}_shin": thigh, f"{idle}_foot": thigh - 60}
            angles |= leg if other == "stretched" else crossed(thigh, idle)
        return body(x, z, {**ARMS_BY_SIDES, "head": -88, "foot": 90 - toes, **angles})

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "glute_bridge", [side]))


def ball_bridge(tempo: Tempo = STEADY, *, low: float = 115, high: float = 178, ball: float = 0.6) -> Act:
    """Bridge with the shoulders on a ball of `ball` metres, from hips low to a trunk-thigh angle of `high`.

    At the top the knees flex about 90 deg. The shoulders lie at 0.8 of the ball's height, for the ball gives way.
    """
    shoulder = 0.8 * ball
    span = TRUNK**2 + THIGH**2 - 2 * TRUNK * THIGH * np.cos(np.radians(high))
    ankle_x = float(np.sqrt(span + SHIN**2 - (shoulder - FLAT_ANKLE) ** 2))

    def at(t: Array) -> Body:
        x, z, angles = _bridge(low + (high - low) * tempo.level(t), shoulder, (ankle_x, FLAT_ANKLE))
        return body(x, z, {**FLAT, **angles, "head": np.asarray(angles["trunk"]) + 10, "upper_arm": 120, "forearm": 60})

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "ball_bridge", ["both"]))


def leg_lift(
    tempo: Tempo = HELD,
    *,
    degrees: float = 20,
    side: Side = "left",
    alternate: bool = False,
    other_knee: float = 0,
    top_knee: float = 0,
) -> Act:
    """Raise of one leg, of both, or of each in turn beginning with `side`, by `degrees` from lying on the floor.

    `other_knee` bends the resting leg, its foot flat; `top_knee` is the lifted knee's flexion at the top.
    """
    sides: list[Side] = [side, "right" if side == "left" else "left"] if alternate else [side]
    rest = bent_legs(other_knee) if other_knee else STRAIGHT_LEGS

    def at(t: Array) -> Body:
        angles = {**ON_BACK, **rest}
        for i, working in enumerate(sides):
            level = tempo.level(t, len(sides), i)
            thigh = np.asarray(STRAIGHT_LEGS["thigh"]) - degrees * level
            shin = thigh + top_knee * level
            for leg in SIDES if working == "both" else (working,):
                angles |= {f"{leg}_thigh": thigh, f"{leg}_shin": shin, f"{leg}_foot": shin - 77}
        return body(0, LYING, angles)

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "leg_lift", sides))


def lift_degrees(heel: float) -> float:
    """The `degrees` of a leg lift that raise the heel by `heel` metres."""
    slope = np.asarray(STRAIGHT_LEGS["thigh"])
    lifted = np.cos(np.radians(slope)) + heel / (THIGH + SHIN)
    return float(slope - np.degrees(np.arccos(lifted)))


def kneeling_lunge(
    tempo: Tempo = STRETCH,
    *,
    lean: float = 30,
    creep: float = 0,
    front_knee: float = 82,
    arms_high: bool = False,
    trunk: float = 0,
    side: Side = "right",
    rear_shin: float = 272.7,
    on_knee: bool = False,
) -> Act:
    """From half-kneeling into the lunge and back; the rear thigh goes from upright to `lean` deg. `side` kneels.

    `rear_shin` is its pitch: 272.7 lying, more with the foot up on a wall. With `on_knee` the hands lie on the front
    thigh. During the hold the lean grows by `creep` deg (shrinks, if negative). With `arms_high` both arms go up on the
    way in. `front_knee` is the front knee's flexion before the lean.
    """
    front = "left" if side == "right" else "right"
    hip = KNEELING + THIGH
    to_ankle = np.sqrt(THIGH**2 + SHIN**2 + 2 * THIGH * SHIN * np.cos(np.radians(front_knee)))
    ankle_x = np.sqrt(to_ankle**2 - (hip - FLAT_ANKLE) ** 2)

    def lean_at(t: Array) -> Array:
        return tempo.level(t) * (lean + creep * tempo.hold_share(t))

    def at(t: Array) -> Body:
        level, lean_now = tempo.level(t), lean_at(t)
        x, z = THIGH * np.sin(np.radians(lean_now)), KNEELING + THIGH * np.cos(np.radians(lean_now))
        thigh, shin = leg_to(x, z, (ankle_x, FLAT_ANKLE))
        arms: Angles = {"upper_arm": 178 - 170 * level, "forearm": 165 - 157 * level} if arms_high else HANGING
        arms = {"upper_arm": 150, "forearm": 110} if on_knee else arms
        legs: Angles = {f"{side}_thigh": 180 + lean_now, f"{side}_shin": rear_shin, f"{side}_foot": rear_shin - 17}
        legs |= {f"{front}_thigh": thigh, f"{front}_shin": shin, f"{front}_foot": 90}
        return body(x, z, {"trunk": trunk * level, "head": 0, **arms, **legs})

    return Act(tempo.duration, at, reps_of(lean_at, tempo, "kneeling_lunge", [side], hold_level=0.7))


def sit_ups(tempo: Tempo = BRISK, *, top: float = -10) -> Act:
    """The trunk rises from lying to `top` degrees from upright; -62 is a crunch."""

    def at(t: Array) -> Body:
        trunk = -90 + (top + 90) * tempo.level(t)
        arms = {"upper_arm": trunk + 150, "forearm": trunk + 20}
        return body(0, LYING, {"trunk": trunk, "head": trunk + 10, **bent_legs(90), **arms})

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "sit_up", ["both"]))


def workout() -> Act:
    """Down onto the back, bridges, leg lifts of each leg, up again, and a short lunge on each knee: 9 reps."""
    bridges = glute_bridge(low=135)
    lifts = [leg_lift(Tempo(reps=2, hold=3.0), degrees=30, side=side) for side in SIDES]
    lunges = [kneeling_lunge(Tempo(reps=1, ramp=2.0, hold=8.0), side=side) for side in SIDES]
    return reduce(then, [lie_down(lying(70)), bridges, *lifts, get_up(), lunges[0], stay(standing(), 2.0), lunges[1]])


# --- tables for parametrised tests ------------------------------------------------------------------------------------

EXERCISES: Final[dict[str, Callable[[], Act]]] = {
    "glute bridge": glute_bridge,
    "large glute bridge": lambda: glute_bridge(low=125),
    "heel bridge": lambda: glute_bridge(low=162, toes=50),
    "single-leg bridge": lambda: glute_bridge(low=135, side="left"),
    "figure-four bridge": lambda: glute_bridge(low=130, side="right", other="figure_four"),
    "ball bridge": ball_bridge,
    "ball bridge that sags": lambda: ball_bridge(Tempo(hold=4.0, sag=0.3)),
    "small leg lift": lambda: leg_lift(degrees=10),
    "large leg lift": lambda: leg_lift(degrees=70),
    "leg lift, other knee bent": lambda: leg_lift(degrees=40, other_knee=90, side="right"),
    "alternating leg lifts": lambda: leg_lift(Tempo(reps=4, hold=3.0), degrees=35, alternate=True),
    "both legs lifted": lambda: leg_lift(degrees=45, side="both"),
    "kneeling lunge": kneeling_lunge,
    "kneeling lunge, arms high": lambda: kneeling_lunge(Tempo(reps=2, ramp=2.0, hold=12.0), arms_high=True, creep=4),
    "kneeling lunge, foot on a wall": lambda: kneeling_lunge(
        Tempo(reps=2, ramp=2.0, hold=5.0), rear_shin=321, on_knee=True
    ),
    "half-kneeling rocks": lambda: kneeling_lunge(ROCKS, side="left"),
    "sit-ups": sit_ups,
    "crunches": lambda: sit_ups(top=-62),
}
"""Every variant that makes reps."""
