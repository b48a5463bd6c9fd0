"""The rep under way: what of it can be told before it is over, because nothing that is still to come mends it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from formcheck.core.bout import Setting, judged
from formcheck.core.exercise import Check, Cue, Exercise
from formcheck.core.rep import RawRep, compares
from formcheck.findings import Rep

_GROWS: Final = ("max", "gain", "travel", "peak_speed", "reversals", "duration")
"""Takes that can only grow while a phase goes on: over its upper bound such a value stays."""


def lasting(check: Check, over: Collection[str]) -> Check:
    """A check with those bounds alone whose breach nothing that is still to come of the rep can mend.

    over: the phases that have ended. In one that goes on, what only grows keeps its upper bound, a least value its
    lower one; a mean, a slope or a beginning may still come right. What looks like the way down may be a dip of the
    hold.
    """
    if check.phase in over:
        return check
    begun = check.phase != "lowering"
    grows, falls = begun and check.take in _GROWS, begun and check.take == "min"
    return replace(check, at_most=check.at_most if grows else None, at_least=check.at_least if falls else None)


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
    beside = exercise.segment.legs == "each" and cue.check.phase != "rest" and cue.check.leg != "working"
    return not beside and (settled or not compares(cue.check))


def under_way(raw: RawRep, by: Setting, *, settled: bool = True) -> Rep:
    """The rep that is under way, judged by what of it cannot be mended any more: what is a fault stays one.

    raw: the rep read as if it ended now; settled: as `telling` takes it. Once it would count as it stands, its hold is
    over; what is left of its way down is short.
    """
    over = {"rest"} if raw.found.partial else {"rest", "lifting", "hold", "lowering"}
    cues = tuple(
        replace(cue, check=lasting(cue.check, over), also=cue.also and lasting(cue.also, over))
        for cue in raw.exercise.cues
        if telling(cue, raw.exercise, settled=settled)
    )
    return judged([replace(raw, exercise=replace(raw.exercise, cues=cues))], by)[0]
