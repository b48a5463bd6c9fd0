"""The rep under way: what of it can be told before it is over, because nothing that is still to come mends it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from formcheck.core.bout import Setting, judged
from formcheck.core.exercise import Check, Cue, Exercise
from formcheck.core.reading import compares
from formcheck.core.rep import RawRep
from formcheck.findings import Rep


def lasting(check: Check, over: Collection[str]) -> Check:
    """A check with those bounds alone whose breach nothing that is still to come of the rep can mend.

    over: the phases that have ended. In one that goes on, what only grows keeps its upper bound, a least value its
    lower one; a mean, a slope or a beginning may still come right. What looks like the way down may be a dip of the
    hold.
    """
    if check.phase in over:
        return check
    course = check.how.course if check.phase != "lowering" else None
    least, most = check.at_least if course == "falls" else None, check.at_most if course == "grows" else None
    return replace(check, at_least=least, at_most=most)


RECOGNISED_S: Final = 0.3
"""How long the hold must last before anything is told of a rep under way (ours): until then it may be another
exercise's, or the way to lie down."""


def recognised(raw: RawRep, doing: str | None) -> bool:
    """Whether it is sure enough what the rep under way is; `doing` is the name of the exercise that is being done.

    Of legs that are up together each may be a rep, or both are one, as is known once both are down.
    """
    held = raw.found.hold_to_s - raw.found.hold_from_s >= RECOGNISED_S
    together = raw.side == "both" and raw.exercise.segment.legs == "each"
    return raw.exercise.name == doing and held and not together


def telling(cue: Cue, exercise: Exercise, *, settled: bool) -> bool:
    """Whether the rep under way can show a cue's fault; others wait for its end.

    settled: whether the rest that a back is held against is this rep's own, or that of one that counts; the rest of the
    other leg's rep may go with it. A leg that rises beside the other may be the one that works, or both do, as is known
    once both are down.
    """
    beside = exercise.segment.legs == "each" and any(c.phase != "rest" and c.leg != "working" for c in cue.checks)
    return not beside and (settled or not any(map(compares, cue.checks)))


def under_way(raw: RawRep, by: Setting, *, settled: bool = True) -> Rep:
    """The rep that is under way, judged by what of it cannot be mended any more: what is a fault stays one.

    raw: the rep read as if it ended now; settled: as `telling` takes it. Once it would count as it stands, its hold is
    over; what is left of its way down is short.
    """
    over = {"rest"} if raw.found.partial else {"rest", "lifting", "hold", "lowering"}
    cues = tuple(
        replace(cue, checks=tuple(lasting(check, over) for check in cue.checks))
        for cue in raw.exercise.cues
        if telling(cue, raw.exercise, settled=settled)
    )
    return judged([replace(raw, exercise=replace(raw.exercise, cues=cues))], by)[0]
