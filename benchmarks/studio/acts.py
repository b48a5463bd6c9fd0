"""Acts: poses in continuous time, joined by moving over.

An `Act` gives a pose for any times, so it can be filmed at any frame rate or at any uneven times; `then` joins acts.
Lengths are metres, times seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, Literal

import numpy as np

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor
from benchmarks.studio.breathing import Breaths
from benchmarks.studio.bridge import Ball
from benchmarks.studio.contact import arm_down, leg_down
from benchmarks.studio.pose import SIDES, Array, Pose, posed
from benchmarks.studio.postures import standing

Side = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class Window:
    """Where one rep lies, from rest to rest; `held`, of a posture that is held: when the way into it is over, and when
    the way out of it begins.
    """

    exercise: str
    side: Side
    first_s: float
    last_s: float
    held: tuple[float, float] | None = None

    def later(self, by: float) -> "Window":
        """The same rep `by` seconds later."""
        held = None if self.held is None else (self.held[0] + by, self.held[1] + by)
        return replace(self, first_s=self.first_s + by, last_s=self.last_s + by, held=held)


@dataclass(frozen=True, slots=True, eq=False)
class Prop:
    """A box of `size` (x, y, z metres), its middle at (n, 3) for any times (n,): a bench, a bar, a chair. Boxes of one
    thing share a colour; what lies on one that `carries` is pressed flat by it.
    """

    size: tuple[float, float, float]
    at: Callable[[Array], Array]
    thing: str = ""
    carries: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """A motion from 0 to `duration`: the pose at any times, the reps' windows, the ball if there is one, how far along
    z from the origin of the floor its middle lies at any times (metres), whether it is done lying or upright, and what
    else it needs.
    """

    duration: float
    at: Callable[[Array], Pose]
    windows: tuple[Window, ...] = ()
    ball: Ball | None = None
    lying: bool = False
    roll: Callable[[Array], Array] = np.zeros_like
    props: tuple[Prop, ...] = ()
    breath: Breaths | None = None


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

    later = tuple(window.later(begins) for window in second.windows)
    whole = Act(begins + second.duration, at, first.windows + later, first.ball or second.ball, second.lying, roll)
    return replace(whole, props=_both_props(first, second, begins), breath=_both_breaths(first, second, begins))


def _both_props(first: Act, second: Act, begins: float) -> tuple[Prop, ...]:
    """What either act needs, all the time: where it stands at the end of the first, from the start of the second."""
    before = [_timed(prop, lambda t: np.minimum(t, first.duration)) for prop in first.props]
    return (*before, *(_timed(prop, lambda t: np.maximum(t - begins, 0)) for prop in second.props))


def _timed(prop: Prop, own: Callable[[Array], Array]) -> Prop:
    """The prop where it is at its `own` times."""
    return replace(prop, at=lambda t: prop.at(own(t)))


def _both_breaths(first: Act, second: Act, begins: float) -> Breaths | None:
    """The breaths of either act: of each those that are deepest while it goes on."""
    parts = [first.breath.within(-np.inf, first.duration)] if first.breath else []
    parts += [second.breath.within(0.0, np.inf).later(begins)] if second.breath else []
    return Breaths(tuple(b for part in parts for b in part.each)) if parts else None


def cut(act: Act, start: float, stop: float) -> Act:
    """The part of an act from `start` to `stop`; its times begin at 0, and reps may reach over either end."""
    props = tuple(_timed(prop, lambda t: t + start) for prop in act.props)
    windows = tuple(window.later(-start) for window in act.windows)
    inside = tuple(w for w in windows if w.last_s > 0 and w.first_s < stop - start)
    later = (lambda t: act.at(t + start), lambda t: act.roll(t + start))
    breath = None if act.breath is None else act.breath.later(-start)
    return Act(stop - start, later[0], inside, act.ball, act.lying, later[1], props, breath)


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
