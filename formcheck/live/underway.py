"""The rep under way: the faults that can be told before it is over, because they can no longer come right."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from math import inf
from typing import Final, NamedTuple

from formcheck.core.bout import Setting, judged
from formcheck.core.exercise import Check, Cue, Exercise
from formcheck.core.reading import compares
from formcheck.core.rep import RawRep
from formcheck.core.session import Session
from formcheck.findings import Rep, Verdict


def lasting(check: Check, over: Collection[str]) -> Check:
    """The check, with only those bounds whose fault can no longer come right.

    over: the phases that have ended; their checks keep both bounds. In a phase that goes on, what only grows keeps its
    upper bound and what only falls its lower one; a mean, a slope or a beginning may still come right. What looks like
    the way down may be a dip in the hold, so there no bound is kept.
    """
    if check.phase in over:
        return check
    course = check.how.course if check.phase != "lowering" else None
    least, most = check.at_least if course == "falls" else None, check.at_most if course == "grows" else None
    return replace(check, at_least=least, at_most=most)


RECOGNISED_S: Final = 0.3
"""How long the hold must last before anything is told of a rep under way (ours). Until then it may be a rep of another
exercise, or the person lying down."""


def recognised(raw: RawRep, doing: str | None) -> bool:
    """Whether it is clear enough what the rep under way is; `doing` is the name of the exercise that is being done.

    Two legs that are up together may be one rep or two; that is known once both are down.
    """
    held = raw.found.hold_to_s - raw.found.hold_from_s >= RECOGNISED_S
    together = raw.side == "both" and raw.exercise.segment.legs == "each"
    return raw.exercise.name == doing and held and not together


def telling(cue: Cue, exercise: Exercise, *, settled: bool) -> bool:
    """Whether the rep under way can show a cue's fault; others wait for its end.

    settled: whether the rest that a back is compared with will stay: it is this rep's own, or that of a rep that
    counts. A rest from the other leg's rep may still be dropped with that rep. Of two legs that rise side by side, one
    may work or both; that is known once both are down.
    """
    beside = exercise.segment.legs == "each" and any(c.phase != "rest" and c.leg != "working" for c in cue.checks)
    return not beside and (settled or not any(map(compares, cue.checks)))


def under_way(raw: RawRep, by: Setting, *, settled: bool = True) -> Rep:
    """The rep under way, judged by what can no longer come right: a fault stays a fault.

    raw: the rep read as if it ended now; settled: as `telling` takes it. Once it would count as it stands, its hold is
    over, and little of its way down is left.
    """
    over = {"rest"} if raw.found.partial else {"rest", "lifting", "hold", "lowering"}
    cues = tuple(
        replace(cue, checks=tuple(lasting(check, over) for check in cue.checks))
        for cue in raw.exercise.cues
        if telling(cue, raw.exercise, settled=settled)
    )
    return judged([replace(raw, exercise=replace(raw.exercise, cues=cues))], by)[0]


LOOK_S: Final = 0.5
"""How often it is looked whether a fault of the hold lasts (ours)."""

LATELY_S: Final = 1.5
"""What is read for that: the last seconds of the hold (ours)."""

AGAIN_S: Final = 10.0
"""How often a fault is said while it lasts."""


def _of_hold(check: Check) -> bool:
    """Whether a check reads how the hold is at a moment."""
    return check.phase == "hold" and check.how.error in ("plain", "change")


class Looked(NamedTuple):
    """What a look at the last seconds of a hold shows: faults that last, those of them to be said again, and what is
    right now and was wrong before.
    """

    faults: list[Verdict]
    again: list[Verdict]
    mended: list[Verdict]


class Lasting:
    """Faults of the rep under way that were told: whether they last."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[float, Verdict]] = {}
        self._looked = -inf

    def told(self, time: float, faults: Iterable[Verdict]) -> None:
        """These faults were told just now."""
        self._said |= {cue.id: (time, cue) for cue in faults if not cue.dose}

    def clear(self) -> None:
        """The rep is over."""
        self._said = {}

    def look(self, time: float, session: Session) -> Looked:
        """What the last seconds of the hold show, every `LOOK_S`; nothing where there is no hold of that length."""
        nothing = Looked([], [], [])
        if not self._said or time - self._looked < LOOK_S:
            return nothing
        self._looked = time
        lately = session.under_way(LATELY_S)
        if lately is None or lately[0].found.hold_to_s - lately[0].found.hold_from_s < LATELY_S - 0.01:
            return nothing
        holds = {cue.id for cue in lately[0].exercise.cues if all(map(_of_hold, cue.checks))}
        [rep] = judged([lately[0]], lately[1])
        now = [cue for cue in rep.cues if cue.id in self._said.keys() & holds]
        faults = [self._said[cue.id][1] for cue in now if cue.verdict == "fault"]  # as told: a number would flicker
        mended = [cue for cue in now if cue.verdict == "met"]
        again = [cue for cue in faults if time - self._said[cue.id][0] >= AGAIN_S]
        self.told(time, again)
        for cue in mended:
            del self._said[cue.id]
        return Looked(faults, again, mended)
