"""What is none of the four exercises, as the stick person does it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.stick.acts import BRISK, STEADY, Act, Tempo, then, through
from benchmarks.stick.exercises import (
    FLAT,
    HANGING,
    ON_BACK,
    STRAIGHT_LEGS,
    bent_legs,
    get_up,
    half_kneeling,
    leg_lift,
    lie_down,
    lying,
    sitting,
    squatting,
    standing,
)
from benchmarks.stick.postures import hands_at, straight_on_toes
from benchmarks.stick.skeleton import (
    FLAT_ANKLE,
    KNEELING,
    LYING,
    ROW,
    SEGMENTS,
    THIGH,
    TRUNK,
    Angles,
    Body,
    body,
    drop,
    leg_to,
    towards,
)
from formcheck.body.poses import Array
from formcheck.findings import Side


def squats(tempo: Tempo = BRISK, *, knee: float = 105) -> Act:
    def at(t: Array) -> Body:
        level = tempo.level(t)
        shin = 180 + 0.3 * knee * level
        arms: Angles = {"upper_arm": 178 - 85 * level, "forearm": 170 - 78 * level, "upper_arm_out": 8}
        legs: Angles = {"thigh": shin - knee * level, "shin": shin, **FLAT}
        return drop(body(0, 0, {"trunk": 45 * level, "head": 10 * level, **legs, **arms}), "left_ankle")

    return Act(tempo.duration, at)


def lie_still(seconds: float = 20, *, knee: float = 0, fidget: float = 1.0) -> Act:
    """On the back: the chest breathes, the limbs stir by a few degrees times `fidget`."""

    def at(t: Array) -> Body:
        still = lying(knee)
        wave = np.sin(2 * np.pi * t[:, None] / (7 + 1.3 * np.arange(len(SEGMENTS))) + np.arange(len(SEGMENTS)))
        pitch = still.pitch + fidget * wave
        pitch[:, ROW["trunk"]] = -90 + 0.4 * np.sin(2 * np.pi * t / 4)
        shape = np.ones((len(t), 1))
        return drop(Body(pitch, still.out * shape, still.root * shape))

    return Act(seconds, at)


def walk(seconds: float = 6, *, speed: float = 1.1) -> Act:
    """Across the picture: forward along x, through the origin half-way."""

    def at(t: Array) -> Body:
        turn = 2 * np.pi * 0.9 * t
        angles: Angles = {"trunk": 4}
        for side, phase in (("left", turn), ("right", turn + np.pi)):
            thigh = 176 - 24 * np.sin(phase)
            shin = thigh + 8 + 48 * np.maximum(0, np.cos(phase)) ** 2
            swing = 180 + 20 * np.sin(phase)
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": shin, f"{side}_foot": shin - 98}
            angles |= {f"{side}_upper_arm": swing, f"{side}_forearm": swing - 20}
        return drop(body(speed * (t - seconds / 2), 0, angles))

    return Act(seconds, at)


def push_ups(tempo: Tempo = BRISK) -> Act:
    def at(t: Array) -> Body:
        return straight_on_toes(0.585 - 0.36 * tempo.level(t), hand_x=0.42)

    return Act(tempo.duration, at)


def front_lunges(tempo: Tempo = BRISK, *, step: float = 0.75) -> Act:
    """From standing, a step forward into a deep lunge and back; the legs take turns, left first."""

    def at(t: Array) -> Body:
        level = tempo.level(t)
        x, z = 0.45 * step * level, 0.89 - 0.36 * level
        angles: Angles = {"trunk": 5 * level, **HANGING}
        for side, first in (("left", 0), ("right", 1)):
            ahead, behind = tempo.level(t, 2, first), tempo.level(t, 2, 1 - first)
            step_up = 0.25 * ahead * (1 - ahead)
            ankle = (step * ahead + 0.08 * behind, FLAT_ANKLE + step_up + 0.12 * behind)
            thigh, shin = leg_to(x, z, ankle)
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": shin, f"{side}_foot": 90 + 55 * behind}
        return body(x, z, angles)

    return Act(tempo.duration, at)


def superman(tempo: Tempo = STEADY) -> Act:
    """Face down, arms ahead: chest, arms and legs lift together."""

    def at(t: Array) -> Body:
        up = 15 * tempo.level(t)
        legs: Angles = {"thigh": 268 + up, "shin": 268 + up, "foot": 245 + up}
        return body(0, LYING, {"trunk": 90 - up, "head": 79 - up, "upper_arm": 95 - 1.5 * up, **legs})

    return Act(tempo.duration, at)


def air_bike(seconds: float = 12) -> Act:
    """On the back, shoulders up, the legs cycling in the air."""

    def at(t: Array) -> Body:
        angles: Angles = {"trunk": -68, "head": -55, "upper_arm": 60, "forearm": -80}
        for side, phase in (("left", 0.0), ("right", np.pi)):
            pull = 0.5 - 0.5 * np.cos(2 * np.pi * t / 2 + phase)
            thigh = 75 - 75 * pull
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": thigh + 15 + 85 * pull}
        return drop(body(0, LYING, angles))

    return Act(seconds, at)


def scissors(seconds: float = 10) -> Act:
    """On the back, both straight legs held low, crossing over each other by turns."""

    def at(t: Array) -> Body:
        legs: Angles = {}
        for side, sign in (("left", 1.0), ("right", -1.0)):
            thigh = np.asarray(STRAIGHT_LEGS["thigh"]) - 20 - sign * 2 * np.sin(0.75 * np.pi * t)
            legs |= {f"{side}_thigh": thigh, f"{side}_shin": thigh, f"{side}_foot": thigh - 60}
            legs |= dict.fromkeys((f"{side}_thigh_out", f"{side}_shin_out"), 5 + 25 * np.cos(np.pi * t))
        return body(0, LYING, {**ON_BACK, **legs})

    return Act(seconds, at)


def dead_bugs(tempo: Tempo = STEADY) -> Act:
    """On the back, arms and bent legs up; one leg stretches out and comes back, the hips rising a little."""

    def at(t: Array) -> Body:
        level = tempo.level(t)
        legs: Angles = {"left_thigh": -16 * level, "left_shin": 92 - 10 * level, "left_foot": 30}
        legs |= {"right_thigh": 76 * level, "right_shin": 92 - 8 * level, "right_foot": 30 - 8 * level}
        arms: Angles = {"upper_arm": 2, "forearm": -2}
        return body(0, LYING + 0.05 * level, {**ON_BACK, **legs, **arms, "trunk": -90 - 6 * level})

    return Act(tempo.duration, at)


def knee_hugs(tempo: Tempo = STEADY) -> Act:
    """On the back: both knees to the chest and back to feet flat."""
    rest = bent_legs(95)

    def at(t: Array) -> Body:
        level = tempo.level(t)
        thigh = np.asarray(rest["thigh"]) + (-32 - np.asarray(rest["thigh"])) * level
        shin = np.asarray(rest["shin"]) + (98 - np.asarray(rest["shin"])) * level
        legs: Angles = {"thigh": thigh, "shin": shin, "foot": 90 - 50 * level}
        return body(0, LYING, {**ON_BACK, **legs, "upper_arm": 92 - 35 * level, "forearm": 91 - 45 * level})

    return Act(tempo.duration, at)


def hamstring_stretch(seconds: float = 20, *, side: Side = "left") -> Act:
    """On the back, one straight leg held up by the hands: a raise of the leg, but no exercise of ours."""
    tempo = Tempo(reps=1, ramp=2.0, hold=seconds)

    def at(t: Array) -> Body:
        level = tempo.level(t)
        thigh = np.asarray(STRAIGHT_LEGS["thigh"]) - 85 * level
        arms: Angles = {"upper_arm": 92 - 42 * level, "forearm": 91 - 45 * level}
        leg: Angles = {f"{side}_thigh": thigh, f"{side}_shin": thigh + 8 * level, f"{side}_foot": thigh - 80}
        return body(0, LYING, {**ON_BACK, **STRAIGHT_LEGS, **arms, **leg})

    return Act(tempo.duration, at)


def cat_cow(tempo: Tempo = STEADY) -> Act:
    """On hands and knees: the head goes down and up, the trunk tips a little."""

    def at(t: Array) -> Body:
        level = tempo.level(t)
        trunk = 77 + 5 * level
        z = KNEELING + THIGH
        shoulder = TRUNK * towards(trunk)
        arms = hands_at(shoulder[:, 0], z + shoulder[:, 2], shoulder[:, 0].mean())
        return body(0, z, {"trunk": trunk, "head": 60 + 60 * level, "thigh": 180, "shin": 272.7, "foot": 255, **arms})

    return Act(tempo.duration, at)


def sit_down() -> Act:
    """From standing to sitting on the floor, and staying there."""
    return through(standing(), squatting(), sitting(), sitting(), sitting())


def kneel_and_rise() -> Act:
    """From standing to half-kneeling and back, without a lunge."""
    return through(standing(), half_kneeling(), half_kneeling(), standing())


def jumping_jacks(seconds: float = 8) -> Act:
    def at(t: Array) -> Body:
        level = 0.5 - 0.5 * np.cos(2 * np.pi * t / 1.1)
        spread: Angles = {"upper_arm_out": 10 + 155 * level, "forearm_out": 10 + 160 * level}
        legs: Angles = {"thigh": 180, "foot": 90, "thigh_out": 2 + 16 * level, "shin_out": 2 + 16 * level}
        b = drop(body(0, 0, {"trunk": 0, "upper_arm": 180, **legs, **spread}))
        hop = 0.06 * np.sin(np.pi * (t / 0.55 % 1))
        return replace(b, root=b.root + hop[:, None] * np.array([0.0, 0.0, 1.0]))

    return Act(seconds, at)


def lie_down_and_rise() -> Act:
    """From standing onto the back and up again."""
    return then(lie_down(), get_up(), 2.0)


NEGATIVES: Final[dict[str, Callable[[], Act]]] = {
    "squats": squats,
    "push-ups": push_ups,
    "front lunges": front_lunges,
    "walking": walk,
    "lying, legs straight": lie_still,
    "lying, knees bent": lambda: lie_still(knee=90),
    "superman": superman,
    "lying down and rising": lie_down_and_rise,
    "half-kneeling and rising": kneel_and_rise,
    "air bike": air_bike,
    "scissors": scissors,
    "dead bugs": dead_bugs,
    "knee hugs": knee_hugs,
    "bent-knee raise": lambda: replace(leg_lift(degrees=60, top_knee=80), truth=()),
    "cat-cow": cat_cow,
    "sitting down": sit_down,
    "jumping jacks": jumping_jacks,
}
"""Motions that make no rep and no bout."""

AMBIGUOUS: Final[dict[str, Callable[[], Act]]] = {"hamstring stretch": hamstring_stretch}
"""Motions that look like an exercise; whether they count is a matter of taste."""
