"""Motion: sets of the four exercises, and what is none of them, as poses in continuous time.

An `Act` gives a pose for any times, so it can be filmed at any frame rate or at any uneven times. A set is a list of
reps, each with parameters of its own; `then` joins acts by moving over. Lengths are metres, trunks where it says so,
angles degrees, times seconds. What each parameter breaks (bounds: the exercise files):

    kneeling_lunge  front_knee_right_angle  KneelSetup.front_knee       lean_progressively  Lunge.drift
                    rear_knee_down          Lunge.knee_up               back_straight       Lunge.arch
                    pelvis_tucked           Lunge.arch_in               arms_high           Lunge.arms
                    lunge_softly            Lunge.raise_s               hips_forward_again  Lunge.again
                    hold_30_s               Lunge.hold_s                three_per_side      how many reps
    leg_lift        lying_on_back           LiftSetup.rest_knee         leg_straight        Lift.knee
                    low_back_pressed        Lift.arch                   other_leg_down      Lift.other
                    lift_several_inches     Lift.degrees (`lift_degrees`)
                    hold_3_to_5_s           Lift.hold_s                 ten_to_fifteen_per_leg  how many reps
    bridges         feet_shoulder_width     Feet.half_spread            toes_forward        Feet.toes_out
                    hips_up                 Press.sag                   lower_slowly        Press.lower_s, Press.hitches
                    through_the_heels       Press.heel                  hips_in_line        Press.depth
    ball_bridge     shoulders_on_ball       Ball.behind                 shoulders_stay      Press.slide, Press.tilt
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.studio.contact import arm_down, leg_down
from benchmarks.studio.postures import (
    HANGING,
    Actor,
    Arms,
    Ball,
    Bridge,
    BridgeSetup,
    Feet,
    Kneel,
    KneelSetup,
    leg_bent,
    leg_lifted,
    lying,
    plant,
    raised_arms,
    reach_with_leg,
    rolled,
    standing,
    two_bones,
)
from benchmarks.studio.rig import SIDES, SIGN, Array, Pose, pitch_out, posed, smooth

Side = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class Window:
    """Where one rep lies, from rest to rest."""

    exercise: str
    side: Side
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """A motion from 0 to `duration`: the pose at any times, the reps' windows, the ball if there is one, how far along
    z from the origin of the floor its middle lies at any times (metres), and whether it is done lying or upright.
    """

    duration: float
    at: Callable[[Array], Pose]
    windows: tuple[Window, ...] = ()
    ball: Ball | None = None
    lying: bool = False
    roll: Callable[[Array], Array] = np.zeros_like


@dataclass(frozen=True, slots=True)
class Restless:
    """How a person wavers: slow sway and tremor of any parameter, the same for the same seed. `size` 0 is a machine."""

    seed: int = 0
    size: float = 1.0

    def sway(self, t: Array, name: str, sd: float, *, slow: float = 0.08, fast: float = 0.6) -> Array:
        """(n,) a wandering value of standard deviation `sd`, made of waves between `slow` and `fast` Hz."""
        rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        rate, phase = np.exp(rng.uniform(np.log(slow), np.log(fast), 5)), rng.uniform(0, 2 * np.pi, 5)
        waves = np.sin(2 * np.pi * rate * t[:, None] + phase).sum(axis=1)
        wandering: Array = self.size * sd * np.sqrt(2 / 5) * waves
        return wandering

    def tremor(self, t: Array, name: str, sd: float) -> Array:
        """(n,) a quick shake of standard deviation `sd`, 5 to 9 Hz."""
        return self.sway(t, name, sd, slow=5.0, fast=9.0)


STILL: Final = Restless(size=0.0)


# --- reps in time -----------------------------------------------------------------------------------------------------

_LEVELS = np.linspace(0, 1, 2001)
_RAMP = smooth(_LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One rep's times: up and down are from a tenth to nine tenths of the way, `hold_s` is above the exercise's hold
    level, and the rest comes after it. A hold shorter than the ramps make it has no still part. `skew` over 1 starts
    slowly and arrives fast.
    """

    raise_s: float = 0.9
    hold_s: float = 1.8
    lower_s: float = 1.3
    rest_s: float = 1.2
    skew: float = 1.0


@dataclass(frozen=True, slots=True)
class _Timing:
    """When a rep starts to rise, arrives, starts to fall, and is down."""

    rise: float
    top: float
    fall: float
    down: float
    skew: float

    def up(self, t: Array) -> Array:
        """(n,) 0 before the rise, 1 from the top on."""
        return smooth(np.clip((t - self.rise) / (self.top - self.rise), 0, 1) ** self.skew)

    def gone(self, t: Array) -> Array:
        """(n,) 0 until the fall, 1 once down."""
        return smooth((t - self.fall) / (self.down - self.fall))

    def level(self, t: Array) -> Array:
        return self.up(t) - self.gone(t)

    def held(self, t: Array) -> Array:
        """(n,) how far through its still part the rep is, 0 to 1."""
        return np.clip((t - self.top) / max(self.fall - self.top, 1e-9), 0, 1)

    def mid_hold(self, t: Array) -> Array:
        """(n,) 0 at the ends of the hold, 1 in its middle."""
        u = self.held(t)
        bump: Array = smooth(np.minimum(u, 1 - u) * 2.5)
        return bump


def _timings(beats: Sequence[Beat], lead: float, hold_level: float) -> tuple[list[_Timing], float]:
    """The timings of a set whose first rep starts at `lead`, and when its last rest ends."""
    timings, now = [], lead
    short = 1 - float(np.interp(hold_level, _RAMP, _LEVELS))
    tenths = float(np.interp(0.9, _RAMP, _LEVELS) - np.interp(0.1, _RAMP, _LEVELS))
    for beat in beats:
        up, down = beat.raise_s / tenths, beat.lower_s / tenths
        still = max(beat.hold_s - short * up - short * down, 0.05)
        timings.append(_Timing(now, now + up, now + up + still, now + up + still + down, beat.skew))
        now = timings[-1].down + beat.rest_s
    return timings, now


def _windows(exercise: str, sides: Sequence[Side], timings: Sequence[_Timing], end: float) -> tuple[Window, ...]:
    """From rest to rest: half of the rest before and after each rep."""
    cuts = [0.0]
    cuts += [(a.down + b.rise) / 2 for a, b in pairwise(timings)]
    cuts.append(end)
    return tuple(Window(exercise, side, a, b) for side, (a, b) in zip(sides, pairwise(cuts), strict=True))


def _sum(t: Array, parts: Sequence[Array]) -> Array:
    total = np.zeros_like(t)
    for part in parts:
        total = total + part
    return total


# --- leg lifts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(Beat):
    """A leg lift: how far the line from hip to ankle rises, the knee's bend and the arch over the pressed back at the
    top, and how far the other leg rises with it.
    """

    side: Side = "left"
    degrees: float = 16.0
    knee: float = 2.0
    arch: float = 3.0
    other: float = 0.0
    hold_s: float = 4.0


@dataclass(frozen=True, slots=True)
class LiftSetup:
    """A set of leg lifts: the arms, the knees' bend and the arch at rest, and one leg standing bent through the set."""

    arms: Arms = "sides"
    rest_knee: float = 0.0
    rest_arch: float = 0.0
    bent: Literal["left", "right"] | None = None
    bent_knee: float = 90.0


def lift_degrees(actor: Actor, heel: float) -> float:
    """The `degrees` of a leg lift that raise a stretched leg's heel by `heel` metres over the floor."""
    return float(np.degrees(np.arcsin(np.clip(heel / (actor.rig.thigh + actor.rig.shin), -1, 1))))


def leg_lifts(
    actor: Actor,
    lifts: Sequence[Lift],
    setup: LiftSetup | None = None,
    *,
    lead: float = 1.5,
    restless: Restless = STILL,
) -> Act:
    """A set of leg lifts from lying on the back; the legs may take turns."""
    setup = setup or LiftSetup()
    timings, end = _timings(lifts, lead, 0.9)

    def at(t: Array) -> Pose:
        levels = [timing.level(t) for timing in timings]
        arch = setup.rest_arch + _sum(
            t, [(lift.arch - setup.rest_arch) * x for lift, x in zip(lifts, levels, strict=True)]
        )
        arch = arch + restless.sway(t, "arch", 0.6)
        pose = lying(actor, len(t), arch=arch, arms=setup.arms, knee=setup.rest_knee)
        if setup.bent is not None:
            leg_bent(actor, pose, setup.bent, setup.bent_knee)
        for side in SIDES:
            degrees, knee = np.zeros_like(t), np.zeros_like(t)
            for lift, level in zip(lifts, levels, strict=True):
                works = lift.side in (side, "both")
                degrees = degrees + (lift.degrees if works else lift.other) * level
                knee = knee + (lift.knee if works else 0.0) * level
            shake = restless.sway(t, f"lift {side}", 0.02) + restless.tremor(t, f"lift {side}", 0.003)
            leg_lifted(actor, pose, side, degrees * (1 + shake), knee)
        pose.of("head")[:] += np.abs(restless.sway(t, "head", 1.0)) * 0.3
        return pose

    return Act(end, at, _windows("leg_lift", [lift.side for lift in lifts], timings, end), lying=True)


# --- bridges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Beat):
    """One bridge. At the top the hips lie `depth` trunks under the line of shoulders and knees, and sag by `sag`
    trunks more in mid-hold. `heel` is how far the heels rise, `hitches` how often the way down turns back; on a ball
    the trunk tips by `tilt` on the way down and the shoulders move `slide` forward on it, the ball rolling as far.
    """

    depth: float = 0.0
    sag: float = 0.0
    arch: float = 4.0
    heel: float = 0.0
    hitches: int = 0
    tilt: float = 26.0
    slide: float = 0.02


def bridges(
    actor: Actor,
    presses: Sequence[Press],
    setup: BridgeSetup | None = None,
    *,
    lead: float = 1.5,
    restless: Restless = STILL,
) -> Act:
    """A set of bridges, on a ball if the setup has one."""
    setup = setup or BridgeSetup()
    bridge = Bridge(actor, setup)
    timings, end = _timings(presses, lead, 0.9)
    name = "glute_bridge" if setup.ball is None else "ball_bridge"
    windows = _windows(name, [setup.works] * len(presses), timings, end)

    def level_at(t: Array) -> Array:
        level = [x.level(t) + _hitch(x, p.hitches, t) for x, p in zip(timings, presses, strict=True)]
        return np.maximum(_sum(t, level), 0)

    def slide_at(t: Array) -> Array:
        return _by_rep(t, timings, [p.slide for p in presses]) + restless.sway(t, "ball", 0.003)

    def at(t: Array) -> Pose:
        level = level_at(t)
        sag = _sum(t, [p.sag * x.mid_hold(t) for x, p in zip(timings, presses, strict=True)])
        heel = _sum(t, [p.heel * x.level(t) for x, p in zip(timings, presses, strict=True)])

        def each(values: Sequence[float]) -> Array:
            return _by_rep(t, timings, values)

        wavers = restless.sway(t, "depth", 0.004) + restless.tremor(t, "depth", 0.0006)
        return bridge.at(
            level,
            depth=each([p.depth for p in presses]) + sag + wavers,
            arch=each([p.arch for p in presses]) * np.clip(level, 0, 1),
            feet=_heels_up(setup, heel),
            tilt=each([p.tilt for p in presses]),
            slide=slide_at(t),
        )

    return Act(end, at, windows, setup.ball, lying=True, roll=lambda t: rolled(level_at(t), slide_at(t)))


def _by_rep(t: Array, timings: Sequence[_Timing], values: Sequence[float]) -> Array:
    """(n,) each rep's value through the rep, going over to the next one's in the rest between."""
    value = np.full_like(t, values[0])
    for (a, b), (before, after) in zip(pairwise(timings), pairwise(values), strict=True):
        value = value + (after - before) * smooth((t - a.down) / max(b.rise - a.down, 1e-3))
    return value


def _heels_up(setup: BridgeSetup, heel: Array) -> Feet:
    feet = setup.feet
    return Feet(feet.half_spread, feet.toes_out, dict.fromkeys(SIDES, heel), feet.toes_up)


def _hitch(timing: _Timing, hitches: int, t: Array) -> Array:
    """(n,) what is added to a rep's level in the middle of its way down so that it turns back `hitches` times."""
    u = np.clip(((t - timing.fall) / (timing.down - timing.fall) - 0.40) / 0.26, 0, 1)
    wave: Array = 0.1 * (1 - np.cos(2 * np.pi * hitches * u))
    return wave


# --- kneeling lunges --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunge(Beat):
    """One kneeling lunge. The rear thigh leans by `lean`; the lordosis grows by `arch_in` on the way in and reaches
    `arch` in the hold, if that is more. The arms rise to `arms` from the trunk (0: they hang) from the share
    `arms_from` of the hold on, within `arms_s`; then the hips go `again` metres further. `drift` is how fast the hips
    move forward through the whole hold (trunks a second, negative: back), `knee_up` how far the rear knee leaves the
    floor, `trunk` its pitch.
    """

    raise_s: float = 1.4
    hold_s: float = 32.0
    lower_s: float = 1.2
    rest_s: float = 2.0
    lean: float = 24.0
    arch_in: float = 0.0
    arch: float = 4.0
    arms: float = 168.0
    arms_from: float = 0.2
    arms_s: float = 1.8
    again: float = 0.038
    drift: float = 0.0005
    knee_up: float = 0.0
    trunk: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Lunging:
    """What one lunge adds at each moment, (n,) each."""

    lean: Array
    forward: Array
    arch: Array
    arms: Array
    knee_up: Array
    trunk: Array


def kneeling_lunges(
    actor: Actor,
    lunges: Sequence[Lunge],
    setup: KneelSetup | None = None,
    *,
    neutral: float = 0.0,
    lead: float = 2.0,
    restless: Restless = STILL,
) -> Act:
    """A set of kneeling lunges on the setup's side, from half-kneeling; `neutral` is the lordosis between them."""
    setup = setup or KneelSetup()
    kneel = Kneel(actor, setup)
    timings, end = _timings(lunges, lead, 0.7)

    def at(t: Array) -> Pose:
        parts = [_lunging(actor, lunge, timing, t) for lunge, timing in zip(lunges, timings, strict=True)]
        wavers = restless.sway(t, "lean", 0.35) + restless.tremor(t, "lean", 0.03)
        arms = _sum(t, [p.arms for p in parts])
        trunk = _sum(t, [p.trunk for p in parts]) + restless.sway(t, "trunk", 0.7)
        raised = raised_arms(arms + restless.sway(t, "arms", 1.2), trunk)
        return kneel.at(
            setup.start + _sum(t, [p.lean for p in parts]) + wavers,
            trunk=trunk,
            lordosis=neutral + _sum(t, [p.arch for p in parts]) + restless.sway(t, "arch", 0.5),
            arms=raised,
            head=trunk + restless.sway(t, "head", 2.0),
            knee_up=_sum(t, [p.knee_up for p in parts]),
            forward=_sum(t, [p.forward for p in parts]),
        )

    return Act(end, at, _windows("kneeling_lunge", [setup.side] * len(lunges), timings, end))


def _lunging(actor: Actor, lunge: Lunge, timing: _Timing, t: Array) -> _Lunging:
    level, left = timing.level(t), 1 - timing.gone(t)
    still = timing.fall - timing.top
    arms_at = timing.top + lunge.arms_from * still
    raised = smooth((t - arms_at) / lunge.arms_s)
    again = smooth((t - arms_at - lunge.arms_s) / 2.0)
    drifted = lunge.drift * actor.trunk * np.clip(t - timing.top, 0, still)
    return _Lunging(
        lean=lunge.lean * level,
        forward=(lunge.again * again + drifted) * left,
        arch=lunge.arch_in * level + max(lunge.arch - lunge.arch_in, 0) * smooth(3 * timing.held(t)) * left,
        arms=lunge.arms * raised * left,
        knee_up=lunge.knee_up * smooth(4 * timing.held(t)) * left,
        trunk=lunge.trunk * level,
    )


# --- what is none of the four -----------------------------------------------------------------------------------------


def _cycle(t: Array, timings: Sequence[_Timing]) -> Array:
    return np.clip(_sum(t, [timing.level(t) for timing in timings]), 0, 1)


BRISK: Final = Beat(raise_s=0.6, hold_s=0.7, lower_s=0.6, rest_s=0.5)


def squats(actor: Actor, reps: int = 6, *, depth: float = 0.34, restless: Restless = STILL) -> Act:
    """Squats, the hips going down by `depth` metres, the arms ahead."""
    timings, end = _timings([BRISK] * reps, 0.8, 0.9)
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.01

    def at(t: Array) -> Pose:
        level = _cycle(t, timings)
        arms: dict[str, ArrayLike] = {"upper_arm": 178 - 85 * level, "upper_arm_out": 9, "forearm": 168 - 78 * level}
        angles: dict[str, ArrayLike] = {"trunk": 2 + 40 * level + restless.sway(t, "trunk", 1.0), "head": 12 * level}
        pose = posed(len(t), {**angles, **arms}, lordosis=-8 * level)
        pose.root[:, 1], pose.root[:, 2] = top - depth * level, -0.03 - 0.55 * depth * level
        for side in SIDES:
            ankle = plant(actor, pose, side, 0.0, Feet(half_spread=0.17, toes_out=14))
            reach_with_leg(actor, pose, side, ankle, (SIGN[side] * 0.35, 0.3, 1))
        return pose

    return Act(end, at)


def front_lunges(actor: Actor, reps: int = 6, *, step: float = 0.72) -> Act:
    """From standing a step into a deep lunge and back; the legs take turns, left first."""
    timings, end = _timings([BRISK] * reps, 0.8, 0.9)
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.012

    def at(t: Array) -> Pose:
        level = _cycle(t, timings)
        pose = posed(len(t), {"trunk": 3 * level, **HANGING})
        pose.root[:, 1], pose.root[:, 2] = top - 0.32 * level, 0.45 * step * level
        for first, side in enumerate(SIDES):
            ahead, behind = (_sum(t, [x.level(t) for x in timings[i::2]]) for i in (first, 1 - first))
            ankle = plant(actor, pose, side, step * ahead, Feet(half_spread=0.11, heel={side: 0.13 * behind}))
            ankle[:, 1] += 0.5 * ahead * (1 - ahead)
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    return Act(end, at)


def walk(actor: Actor, seconds: float = 6.0, *, speed: float = 0.85, rate: float = 0.95) -> Act:
    """Along z, through the origin half-way; `rate` is double steps a second. A standing foot does not slide."""
    stride = speed / rate
    top = actor.rig.thigh + actor.rig.shin + actor.ankle["left"].height - 0.05

    def at(t: Array) -> Pose:
        cycle = rate * t
        swing = 22 * np.sin(2 * np.pi * cycle)
        arms = {f"{side}_upper_arm": 180 - sign * swing for side, sign in SIGN.items()}
        arms |= {f"{side}_forearm": 162 - sign * 1.2 * swing for side, sign in SIGN.items()}
        pose = posed(len(t), {"trunk": 3, **arms, "upper_arm_out": 9, "forearm_out": 5})
        pose.root[:, 2] = speed * (t - seconds / 2)
        pose.root[:, 1] = top - 0.012 * np.cos(4 * np.pi * cycle)
        for side, sign in SIGN.items():
            phase = cycle + 0.25 * sign
            through = smooth((phase % 1 - 0.6) / 0.4)
            z = stride * (np.floor(phase) + through + 0.3 - 0.25 * sign) - speed * seconds / 2
            off = np.sin(np.pi * np.clip((phase % 1 - 0.45) / 0.5, 0, 1)) ** 2
            ankle = plant(actor, pose, side, z, Feet(half_spread=0.09, heel={side: 0.11 * off}))
            ankle[:, 1] += 0.03 * np.sin(np.pi * through) ** 2
            reach_with_leg(actor, pose, side, ankle, (0, 0, 1))
        return pose

    return Act(seconds, at)


def sit_ups(actor: Actor, reps: int = 6, *, top: float = -18.0) -> Act:
    """From lying with bent knees to sitting, the arms reaching for the knees."""
    timings, end = _timings([BRISK] * reps, 0.8, 0.9)
    rest = lying(actor, 1)
    for side in SIDES:
        leg_bent(actor, rest, side, 95.0)

    def at(t: Array) -> Pose:
        level = _cycle(t, timings)
        pose = rest[np.zeros(len(t), int)]
        trunk = pose.of("trunk") + level * (top - pose.of("trunk"))
        pose.of("trunk")[:], pose.of("head")[:] = trunk, trunk + 8 + 14 * level
        for side in SIDES:
            for part, pitch in (("upper_arm", 84.0), ("forearm", 72.0), ("hand", 72.0)):
                pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch + 20 * level, 8.0
        pose = actor.contacts.on_part(pose, "buttocks")
        _feet_of(actor, rest, pose)
        return pose

    return Act(end, at, lying=True)


def _feet_of(actor: Actor, rest: Pose, pose: Pose) -> None:
    """Keep the feet of `pose` where those of `rest` stand."""
    ankles = actor.joints(actor.rig.matrices(rest))
    for side in SIDES:
        ankle = np.repeat(ankles[f"{side}_ankle"], len(pose), axis=0)
        reach_with_leg(actor, pose, side, ankle, (0, 1, 0.2))


def lie_still(actor: Actor, seconds: float = 20.0, *, knee: float = 0.0, restless: Restless = STILL) -> Act:
    """On the back, the legs stretched or both knees bent; only stirring."""
    rest = lying(actor, 1, arch=4.0)
    for side in SIDES:
        if knee:
            leg_bent(actor, rest, side, knee)

    def at(t: Array) -> Pose:
        pose = rest[np.zeros(len(t), int)]
        pose.turned("head")[:] += restless.sway(t, "head", 6.0)
        for side in SIDES:
            for part in ("foot", "toes"):
                pose.turned(f"{side}_{part}")[:] += restless.sway(t, f"{side} foot", 2.0) * (knee == 0)
        return pose

    return Act(seconds, at, lying=True)


def knee_hugs(actor: Actor, reps: int = 4) -> Act:
    """On the back, both knees drawn to the chest and put down again: a stretch of the low back."""
    timings, end = _timings([Beat(hold_s=2.5)] * reps, 1.0, 0.9)
    rest = lying(actor, 1)
    for side in SIDES:
        leg_bent(actor, rest, side, 95.0)

    def at(t: Array) -> Pose:
        level = _cycle(t, timings)
        pose = rest[np.zeros(len(t), int)]
        for side in SIDES:
            for part, end_pitch in (("thigh", -32.0), ("shin", 98.0), ("foot", 50.0), ("toes", 50.0)):
                pitch = pose.of(f"{side}_{part}")
                pitch[:] = pitch + level * (end_pitch - pitch)
            for part, end_pitch in (("upper_arm", 62.0), ("forearm", 40.0), ("hand", 40.0)):
                pitch = pose.of(f"{side}_{part}")
                pitch[:] = pitch + level * (end_pitch - pitch)
        return pose

    return Act(end, at, lying=True)


def push_ups(actor: Actor, reps: int = 6, *, deep: float = 0.26) -> Act:
    """Push-ups on hands and toes, the body straight."""
    timings, end = _timings([BRISK] * reps, 0.8, 0.9)
    arm = actor.rig.upper_arm + actor.rig.forearm

    def at(t: Array) -> Pose:
        level = _cycle(t, timings)
        shoulder = 0.95 * arm + 0.07 - deep * level
        line = actor.trunk + actor.rig.thigh + actor.rig.shin
        rise = np.degrees(np.arcsin((shoulder - 0.17) / line))
        angles: dict[str, ArrayLike] = {"trunk": 90 - rise, "head": 82 - rise, "thigh": 270 - rise, "shin": 270 - rise}
        pose = posed(len(t), {**angles, "foot": 182.0, "toes": 130.0, "hand": 95.0, "hand_out": 8.0})
        legs = actor.rig.thigh + actor.rig.shin
        pose.root[:, 1] = 0.17 + legs * np.sin(np.radians(rise))
        pose.root[:, 2] = -0.75 + legs * np.cos(np.radians(rise))
        pose = actor.contacts.whole(pose, ("left_foot", "right_foot"))
        _hands_at(actor, pose, z=0.55)
        return pose

    return Act(end, at)


def _hands_at(actor: Actor, pose: Pose, z: float) -> None:
    """Stand the wrists of `pose` on the floor at `z`, the elbows behind."""
    joints = actor.joints(actor.rig.matrices(pose))
    for side in SIDES:
        shoulder = joints[f"{side}_shoulder"]
        wrist = np.stack([shoulder[:, 0] + SIGN[side] * 0.03, np.full(len(pose), 0.06), np.full(len(pose), z)], -1)
        pole = np.broadcast_to(np.array([SIGN[side] * 0.6, 0.2, -1.0]), wrist.shape)
        ways = two_bones(shoulder, wrist, actor.rig.upper_arm, actor.rig.forearm, pole)
        for part, way in zip(("upper_arm", "forearm"), ways, strict=True):
            pose.of(f"{side}_{part}")[:], pose.aside(f"{side}_{part}")[:] = pitch_out(way, SIGN[side])


# --- moving over ------------------------------------------------------------------------------------------------------


def stay(pose: Pose, seconds: float = 1.0, *, lying: bool = False) -> Act:
    """One pose held still."""
    return Act(seconds, lambda t: pose[np.zeros(len(t), int)], lying=lying)


def then(actor: Actor, first: Act, second: Act, gap: float = 2.0) -> Act:
    """`first`, `gap` seconds of moving over, `second`, whose reps come later by as much."""
    begins = first.duration + gap
    leave, arrive = first.at(np.array([first.duration])), second.at(np.zeros(1))

    def at(t: Array) -> Pose:
        i, j = np.searchsorted(t, [first.duration, begins])
        parts = [first.at(t[:i])] if i else []
        if j > i:
            parts.append(between(actor, leave, arrive, smooth((t[i:j] - first.duration) / gap)))
        return joined([*parts, second.at(t[j:] - begins)] if j < len(t) else parts)

    def roll(t: Array) -> Array:
        before, after = first.roll(np.minimum(t, first.duration)), second.roll(np.maximum(t - begins, 0))
        share = smooth((t - first.duration) / gap) if first.ball and second.ball else float(first.ball is None)
        place: Array = before + share * (after - before)
        return place

    later = tuple(Window(w.exercise, w.side, w.first_s + begins, w.last_s + begins) for w in second.windows)
    return Act(begins + second.duration, at, first.windows + later, first.ball or second.ball, second.lying, roll)


def cut(act: Act, start: float, stop: float) -> Act:
    """The part of an act from `start` to `stop`; its times begin at 0, and reps may reach over either end."""
    windows = tuple(Window(w.exercise, w.side, w.first_s - start, w.last_s - start) for w in act.windows)
    inside = tuple(w for w in windows if w.last_s > 0 and w.first_s < stop - start)
    later = (lambda t: act.at(t + start), lambda t: act.roll(t + start))
    return Act(stop - start, later[0], inside, act.ball, act.lying, later[1])


def joined(poses: Sequence[Pose]) -> Pose:
    """Poses one after the other."""
    fields = ("pitch", "out", "turn", "lordosis", "root")
    return Pose(*(np.concatenate([getattr(pose, name) for pose in poses]) for name in fields))


def between(actor: Actor, start: Pose, end: Pose, share: Array) -> Pose:
    """From one pose to another (one moment each); what carries the body stays on the floor, no limb goes under."""
    ends = joined([start, end])
    matrices = actor.rig.matrices(ends)
    seated = bool((actor.contacts.height(matrices, "buttocks") < SEATED).all())
    carriers = SEAT if seated else STAND
    settled = ends.root[:, 1] - actor.contacts.whole(ends, carriers).root[:, 1]
    pose = actor.contacts.whole(_mixed(start, end, share), carriers)
    pose.root[:, 1] += settled[0] + share * (settled[1] - settled[0])
    limbs = [limb for side in SIDES for limb in (*arm_down(side), *((leg_down(side),) if seated else ()))]
    return actor.contacts.laid(pose, limbs, only_up=True)


SEATED: Final = 0.03
SEAT: Final = ("buttocks", "upper_back", "loin", "head")
STAND: Final = (*SEAT, *(f"{side}_{part}" for side in SIDES for part in ("foot", "knee", "calf")))
"""Parts that carry the body while it moves from one pose to another, sitting or lying at both ends, or not."""


def _mixed(a: Pose, b: Pose, share: Array) -> Pose:
    def mix(x: Array, y: Array) -> Array:
        s = share.reshape(-1, *[1] * (x.ndim - 1))
        mixed: Array = x + s * (y - x)
        return mixed

    return Pose(*(mix(getattr(a, n), getattr(b, n)) for n in ("pitch", "out", "turn", "lordosis", "root")))


def squatting(actor: Actor, z: float = 0.3) -> Pose:
    """On the way down to the floor."""
    angles = {"trunk": 42, "thigh": 82, "shin": 205, "foot": 96, "thigh_out": 14, "shin_out": 4, "upper_arm": 120}
    return actor.contacts.whole(posed(1, {**angles, "forearm": 100, "head": 15}, root=(0, 0.3, z)))


def sitting(actor: Actor, z: float = 0.1) -> Pose:
    """On the floor with the knees bent, the arms ahead."""
    angles = {"trunk": -22, "head": -6, "thigh": 48, "shin": 152, "foot": 90, "thigh_out": 6, "upper_arm": 128}
    angles |= {"upper_arm_out": 16, "forearm": 92, "forearm_out": -4}
    return actor.contacts.whole(posed(1, angles, lordosis=-18.0, root=(0, 0.1, z)))


def upright(actor: Actor, z: float = 0.0) -> Pose:
    """Standing still."""
    pose = standing(actor, 1)
    pose.root[:, 2] += z
    return pose


def down_to(actor: Actor, act: Act) -> Act:
    """From standing to an act's first pose, on to the act."""
    z = float(act.at(np.zeros(1)).root[0, 2])
    start = stay(upright(actor, z + 0.45 * act.lying), 1.0)
    if act.lying:
        start = then(actor, start, stay(squatting(actor, z + 0.2), 0.1), 1.2)
        start = then(actor, start, stay(sitting(actor, z + 0.05), 0.4), 1.0)
    return then(actor, start, act, 1.8)


def up_from(actor: Actor, act: Act) -> Act:
    """An act, and from its last pose back to standing."""
    z = float(act.at(np.array([act.duration])).root[0, 2])
    if act.lying:
        act = then(actor, act, stay(sitting(actor, z + 0.05), 0.3), 1.6)
        act = then(actor, act, stay(squatting(actor, z + 0.25), 0.1), 1.1)
    return then(actor, act, stay(upright(actor, z + 0.45 * act.lying), 0.8), 1.3)


def workout(actor: Actor, acts: Sequence[Act], *, enter: bool = True, leave: bool = True) -> Act:
    """Several acts, with standing up between lying and upright ones, entered from standing and left to it."""

    def over(done: Act, following: Act) -> Act:
        if done.lying and following.lying:
            return then(actor, done, following, 2.5)
        return then(actor, up_from(actor, done), down_to(actor, following), 0.8)

    whole = reduce(over, acts[1:], down_to(actor, acts[0]) if enter else acts[0])
    return up_from(actor, whole) if leave else whole


NEGATIVES: Final[dict[str, Callable[[Actor, Restless], Act]]] = {
    "squats": lambda actor, restless: squats(actor, restless=restless),
    "front_lunges": lambda actor, _: front_lunges(actor),
    "walking": lambda actor, _: walk(actor),
    "sit_ups": lambda actor, _: sit_ups(actor),
    "push_ups": lambda actor, _: push_ups(actor),
    "lying_still": lambda actor, restless: lie_still(actor, restless=restless),
    "lying_knees_bent": lambda actor, restless: lie_still(actor, knee=90.0, restless=restless),
    "knee_hugs": lambda actor, _: knee_hugs(actor),
}
"""Motions that make no rep and no bout."""
