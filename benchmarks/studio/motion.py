"""Motion: sets of the four exercises.

A set is a list of reps, each with parameters of its own. Lengths are metres, trunks where it says so, angles degrees,
times seconds. What each parameter breaks (bounds: the exercise files):

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

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, Feet
from benchmarks.studio.acts import Act, Side
from benchmarks.studio.bridge import Bridge, BridgeSetup, rolled
from benchmarks.studio.pose import SIDES, Array, Pose
from benchmarks.studio.postures import Arms, Kneel, KneelSetup, leg_bent, leg_lifted, lying, raised_arms
from benchmarks.studio.rhythm import STILL, Beat, Restless, Timing, summed, timings_of, windows_of

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
    timings, end = timings_of(lifts, lead, 0.9)

    def at(t: Array) -> Pose:
        levels = [timing.level(t) for timing in timings]
        arch = setup.rest_arch + summed(
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

    return Act(end, at, windows_of("leg_lift", [lift.side for lift in lifts], timings, end), lying=True)


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
    timings, end = timings_of(presses, lead, 0.9)
    name = "glute_bridge" if setup.ball is None else "ball_bridge"
    windows = windows_of(name, [setup.works] * len(presses), timings, end)

    def slide_at(t: Array) -> Array:
        return _by_rep(t, timings, [p.slide for p in presses]) + restless.sway(t, "ball", 0.003)

    def at(t: Array) -> Pose:
        level = _bridge_level(t, timings, presses)
        sag = summed(t, [p.sag * x.mid_hold(t) for x, p in zip(timings, presses, strict=True)])
        heel = summed(t, [p.heel * x.level(t) for x, p in zip(timings, presses, strict=True)])

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

    return Act(
        end, at, windows, setup.ball, lying=True, roll=lambda t: rolled(_bridge_level(t, timings, presses), slide_at(t))
    )


def _bridge_level(t: Array, timings: Sequence[Timing], presses: Sequence[Press]) -> Array:
    """(n,) how far up the bridge is, 0 to 1, turns on the way down included."""
    level = [x.level(t) + _hitch(x, p.hitches, t) for x, p in zip(timings, presses, strict=True)]
    return np.maximum(summed(t, level), 0)


def _by_rep(t: Array, timings: Sequence[Timing], values: Sequence[float]) -> Array:
    """(n,) each rep's value through the rep, going over to the next one's in the rest between."""
    value = np.full_like(t, values[0])
    for (a, b), (before, after) in zip(pairwise(timings), pairwise(values), strict=True):
        value = value + (after - before) * smooth((t - a.down) / max(b.rise - a.down, 1e-3))
    return value


def _heels_up(setup: BridgeSetup, heel: Array) -> Feet:
    feet = setup.feet
    return Feet(feet.half_spread, feet.toes_out, dict.fromkeys(SIDES, heel), feet.toes_up)


def _hitch(timing: Timing, hitches: int, t: Array) -> Array:
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
    timings, end = timings_of(lunges, lead, 0.7)

    def at(t: Array) -> Pose:
        parts = [_lunging(actor, lunge, timing, t) for lunge, timing in zip(lunges, timings, strict=True)]
        wavers = restless.sway(t, "lean", 0.35) + restless.tremor(t, "lean", 0.03)
        arms = summed(t, [p.arms for p in parts])
        trunk = summed(t, [p.trunk for p in parts]) + restless.sway(t, "trunk", 0.7)
        raised = raised_arms(arms + restless.sway(t, "arms", 1.2), trunk)
        return kneel.at(
            setup.start + summed(t, [p.lean for p in parts]) + wavers,
            trunk=trunk,
            lordosis=neutral + summed(t, [p.arch for p in parts]) + restless.sway(t, "arch", 0.5),
            arms=raised,
            head=trunk + restless.sway(t, "head", 2.0),
            knee_up=summed(t, [p.knee_up for p in parts]),
            forward=summed(t, [p.forward for p in parts]),
        )

    return Act(end, at, windows_of("kneeling_lunge", [setup.side] * len(lunges), timings, end))


def _lunging(actor: Actor, lunge: Lunge, timing: Timing, t: Array) -> _Lunging:
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
