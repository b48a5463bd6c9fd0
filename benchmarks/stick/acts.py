"""Acts of the stick person: motions in continuous time with the reps in them, and how one goes over to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final

import numpy as np

from benchmarks.ramp import smooth
from benchmarks.stick.skeleton import CLEARANCE, Body, points
from formcheck.body.poses import Array
from formcheck.findings import Side


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A repetition as it was made, in seconds by design's rule; `peak_s` is the middle of a hold that is level."""

    exercise: str
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    hold_s: float


@dataclass(frozen=True, slots=True)
class Act:
    """A motion: bodies at any times from 0 to `duration`, and the reps in it (none for what is no known exercise)."""

    duration: float
    at: Callable[[Array], Body]
    truth: tuple[TrueRep, ...] = ()


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of each rep's parts; `lead` before the first, `tail` after the last rep's rest.

    `sag` is the share of the excursion lost in the middle of each hold (a dip, over 60 % of the hold).
    """

    reps: int = 3
    ramp: float = 1.2
    hold: float = 1.0
    rest: float = 1.5
    lead: float = 2.0
    tail: float = 1.0
    sag: float = 0.0

    @property
    def duration(self) -> float:
        return self.lead + self.reps * self._each + self.tail

    @property
    def _each(self) -> float:
        return 2 * self.ramp + self.hold + self.rest

    def starts(self) -> Array:
        """(reps,) when each rep begins to move."""
        return self.lead + self._each * np.arange(self.reps)

    def level(self, t: Array, every: int = 1, first: int = 0) -> Array:
        """(n,) the excursion, 0 to 1, of the reps `first`, `first + every`, ..."""
        total = np.zeros_like(t)
        for start in self.starts()[first::every]:
            total += smooth((t - start) / self.ramp) - smooth((t - start - self.ramp - self.hold) / self.ramp)
            if self.sag:
                off = (t - start - self.ramp - self.hold / 2) / (0.6 * self.hold)
                total -= self.sag * np.where(np.abs(off) < 0.5, np.cos(np.pi * off) ** 2, 0)
        return total

    def hold_share(self, t: Array) -> Array:
        """(n,) how far into its hold the present rep is, 0 to 1; 0 outside a rep."""
        total = np.zeros_like(t)
        for start in self.starts():
            arrived = start + self.ramp
            total += np.clip((t - arrived) / max(self.hold, 1e-9), 0, 1) * (t < arrived + self.hold + self.ramp)
        return total


def reps_of(
    drive: Callable[[Array], Array], tempo: Tempo, exercise: str, sides: Sequence[Side], hold_level: float = 0.9
) -> tuple[TrueRep, ...]:
    """The reps of the driving parameter, 0 at rest, by the rule of 0.05 and `hold_level`; the sides take turns."""
    reps = []
    for start, side in zip(tempo.starts(), islice(cycle(sides), tempo.reps), strict=True):
        t = np.linspace(start, start + 2 * tempo.ramp + tempo.hold, 40001)
        excursion = drive(t) / drive(t).max()
        moving, held, top = t[excursion >= 0.05], t[excursion >= hold_level], t[excursion >= 1 - 1e-6]
        peak = (top[0] + top[-1]) / 2 if excursion[20000] >= 1 - 1e-6 else top[0]
        reps.append(TrueRep(exercise, side, *map(float, (moving[0], peak, moving[-1], held[-1] - held[0]))))
    return tuple(reps)


STEADY: Final = Tempo()
HELD: Final = Tempo(hold=3.0)
STRETCH: Final = Tempo(reps=1, ramp=2.0, hold=30.0)
ROCKS: Final = Tempo(reps=5, hold=0.0, rest=0.5)
BRISK: Final = Tempo(hold=0.2, rest=0.7)


def _blend(a: Body, b: Body, share: Array) -> Body:
    """From `a` to `b` (one moment each), lifted wherever it would be under the floor."""
    s = share[:, None]
    mixed = Body(*(x + s * (y - x) for x, y in ((a.pitch, b.pitch), (a.out, b.out), (a.root, b.root))))
    under = (CLEARANCE - points(mixed)[:, :, 2]).max(axis=1)
    return replace(mixed, root=mixed.root + np.maximum(under, 0)[:, None] * np.array([0.0, 0.0, 1.0]))


def _stack(parts: Sequence[Body]) -> Body:
    return Body(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("pitch", "out", "root")))


def then(first: Act, second: Act, gap: float = 2.0) -> Act:
    """`first`, `gap` seconds of moving over, `second`, whose reps come later by as much."""
    begins = first.duration + gap
    leave, arrive = first.at(np.array([first.duration])), second.at(np.zeros(1))

    def at(t: Array) -> Body:
        i, j = np.searchsorted(t, [first.duration, begins])
        over = _blend(leave, arrive, smooth((t[i:j] - first.duration) / gap))
        return _stack([first.at(t[:i]), over, second.at(t[j:] - begins)])

    moved = (
        replace(r, start_s=r.start_s + begins, peak_s=r.peak_s + begins, end_s=r.end_s + begins) for r in second.truth
    )
    return Act(begins + second.duration, at, (*first.truth, *moved))


def stay(b: Body, seconds: float = 1.0) -> Act:
    """One body held still."""
    return Act(seconds, lambda t: Body(*(np.repeat(x, len(t), axis=0) for x in (b.pitch, b.out, b.root))))


def held(exercise: str, start: Body, there: Body, side: Side = "both", *, seconds: float, move: float = 1.5) -> Act:
    """From one body into a posture that is held for `seconds`, and back: `move` seconds each way.

    Held is what lies between the ends of the movements; the way in begins at a twentieth of it.
    """
    act = then(then(stay(start, 1.5), stay(there, seconds), move), stay(start, 1.5), move)
    edge = 1.5 + 0.135 * move  # where `smooth` is 0.05
    rep = TrueRep(exercise, side, edge, 1.5 + move + seconds / 2, act.duration - edge, seconds)
    return replace(act, truth=(rep,))


def through(*bodies: Body, still: float = 0.5, move: float = 1.5) -> Act:
    """From one body to the next: `still` seconds in each, `move` seconds between."""
    act = stay(bodies[0], still)
    for b in bodies[1:]:
        act = then(act, stay(b, still), move)
    return act
