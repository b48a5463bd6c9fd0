"""What the held postures have in common: their times, the way in and out, skin that touches skin, furniture.

Lengths are metres, times seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor, two_bones
from benchmarks.studio.acts import Prop, Side, Window
from benchmarks.studio.contact import SINK
from benchmarks.studio.pose import SIGN, SUFFIX, Array, Pose
from benchmarks.studio.rig import Points
from benchmarks.studio.turns import pitch_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One posture: at rest before it, on the way in, in it, on the way out, at rest after it."""

    lead_s: float = 1.2
    in_s: float = 2.4
    hold_s: float = 12.0
    out_s: float = 2.0
    after_s: float = 1.0

    @property
    def arrived(self) -> float:
        return self.lead_s + self.in_s

    @property
    def leaves(self) -> float:
        return self.arrived + self.hold_s

    @property
    def end(self) -> float:
        return self.leaves + self.out_s + self.after_s

    def way(self, t: Array) -> Array:
        """(n,) how far along the way into the posture: 0 before and after it, 1 in it, evenly between."""
        goes_in, goes_out = (t - self.lead_s) / self.in_s, (t - self.leaves) / self.out_s
        return np.clip(np.minimum(goes_in, 1 - goes_out), 0, 1)

    def held(self, t: Array) -> Array:
        """(n,) how far through the posture, 0 to 1."""
        return np.clip((t - self.arrived) / max(self.hold_s, 1e-9), 0, 1)

    def window(self, exercise: str, side: Side) -> Window:
        return Window(exercise, side, 0.0, self.end, (self.arrived, self.leaves))


def part(way: Array, start: float, stop: float) -> Array:
    """(n,) 0 to 1 between two places of the way."""
    return smooth((way - start) / (stop - start))


def along(places: Mapping[float, ArrayLike], way: Array) -> Array:
    """(n, 3) on the way through places, each (3,) or (n, 3), by when they are passed; rounded at the corners."""
    found: Array = np.zeros((len(way), 3))
    keys = list(places)
    found = found + np.asarray(places[keys[0]], float)
    for before, after in pairwise(keys):
        step = np.asarray(places[after], float) - np.asarray(places[before], float)
        found = found + step * part(way, max(before - OVERLAP, 0), min(after + OVERLAP, 1))[:, None]
    return found


OVERLAP: Final = 0.08
"""How much sooner a step of the way begins than the one before it is over (ours)."""


def leg_to(actor: Actor, pose: Pose, side: str, ankle: Array, pole: Array) -> None:
    """The thigh and the shin of `pose` with the ankle at (n, 3), the knee folding towards `pole` (n, 3)."""
    hip = pose.root + np.array([SIGN[side] * actor.half_hips, 0, 0])
    ways = two_bones(hip, ankle, actor.rig.thigh, actor.rig.shin, pole)
    for segment, way in zip(("thigh", "shin"), ways, strict=True):
        pitch, out = pitch_out(way, SIGN[side])
        before = pose.of(f"{side}_{segment}")
        pose.of(f"{side}_{segment}")[:] = before + (pitch - before + 180) % 360 - 180
        pose.aside(f"{side}_{segment}")[:] = out


def mixed(pose: Pose, start: Pose, share: Array, segments: tuple[str, ...]) -> None:
    """Segments of `pose` moved back towards those of `start` (one moment), where `share` (n,) is below 1."""
    for name in segments:
        for of in (Pose.of, Pose.aside, Pose.turned):
            value = of(pose, name)
            value[:] = of(start, name) + share * (value - of(start, name))


# --- skin -------------------------------------------------------------------------------------------------------------


def skin_near(actor: Actor, bone: str, side: str, chosen: Callable[[Array], Array]) -> Points:
    """Skin points that a bone of a side pulls most; `chosen` (k, 3) -> (k,) bool picks among them, at rest."""
    body = actor.body
    rows = np.unique(body.faces)
    pull = body.weights[rows][:, [body.bone(f"{bone}{SUFFIX[side]}")]].toarray()[:, 0]
    rows = rows[pull > 0.4]
    rows = rows[chosen(body.vertices[rows])]
    return actor.rig.skinned(body.vertices[rows], body.weights[rows].toarray())


def lowest(actor: Actor, pose: Pose, points: Points) -> Array:
    """(n,) height of the lowest of these points."""
    low: Array = actor.rig.place(actor.rig.matrices(pose), points)[:, :, 1].min(axis=1)
    return low


# --- furniture --------------------------------------------------------------------------------------------------------


def _box(size: tuple[float, float, float], middle: tuple[float, float, float], thing: str, carries: bool) -> Prop:
    place = np.array(middle)
    return Prop(size, lambda t: np.tile(place, (len(t), 1)), thing, carries)


def board(top: float, back: float, front: float, wide: float, *, thing: str, thick: float = 0.05) -> tuple[Prop, ...]:
    """A table or a seat: its top from z `back` to `front`, `wide` across, on four legs."""
    middle = (back + front) / 2
    found = [_box((wide, thick, front - back), (0.0, top - SINK - thick / 2, middle), thing, carries=True)]
    high = top - SINK - thick
    for z in (back + 0.04, front - 0.04):
        found += [
            _box((0.045, high, 0.045), (x, high / 2, z), thing, carries=False)
            for x in (0.04 - wide / 2, wide / 2 - 0.04)
        ]
    return tuple(found)


def chair(seat: float, front: float, deep: float, *, backed: bool) -> tuple[Prop, ...]:
    """A chair or a stool whose seat begins at z `front`, farther along z the back."""
    found = board(seat, front, front + deep, 0.46, thing="chair", thick=0.045)
    if not backed:
        return found
    rest = _box((0.46, 0.34, 0.03), (0.0, seat + 0.30, front + deep + 0.015), "chair", carries=False)
    posts = (
        _box((0.04, 0.3, 0.03), (x, seat + 0.05, front + deep + 0.015), "chair", carries=False) for x in (-0.2, 0.2)
    )
    return (*found, rest, *posts)
