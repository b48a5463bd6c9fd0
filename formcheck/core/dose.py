"""The dose of a bout: how much was done of what is asked for. It is progress, never a fault of form."""

from collections.abc import Iterator, Mapping, Sequence

from formcheck import words
from formcheck.body.landmarks import SIDES
from formcheck.core.exercise import Cue, Exercise
from formcheck.findings import Dose, Rep, Verdict


def doses(
    exercise: Exercise, counted: Sequence[Rep], counts: Mapping[str, int], cues: Sequence[Verdict]
) -> Iterator[Dose]:
    """How many reps were done, and how long they were held where a cue asks for that.

    counted: the reps that count. counts: as for `verdict.count_verdict`. cues: the verdicts of the set.
    """
    asks = next(iter(exercise.set_cues), None)
    if asks is None:
        yield Dose(None, "reps", counts["left"], counts["right"], None, None, None, f"{words.done(counts)}.")
    else:
        said = next(cue for cue in cues if cue.id == asks.id)
        known = said.value is not None
        message, reached = said.message if known else f"{words.done(counts)}.", known and said.fault != "low"
        ends = asks.check.at_least, asks.check.at_most
        yield Dose(asks.id, "reps", counts["left"], counts["right"], *ends, reached, message)
    yield from (_held(cue, counted) for cue in exercise.rep_cues if cue.is_dose)


def _held(cue: Cue, counted: Sequence[Rep]) -> Dose:
    """How long reps were held, of what a cue asks for."""
    found = [(rep.side, verdict) for rep in counted for verdict in rep.cues if verdict.id == cue.id]
    held = [(side, one.value) for side, one in found if one.value is not None]
    left, right = (_mean([value for of, value in held if of in (side, "both")]) for side in SIDES)
    goal, reached = (cue.check.at_least, cue.check.at_most), bool(held) and all(one.fault != "low" for _, one in found)
    return Dose(cue.id, "s", left, right, *goal, reached, words.held([s for _, s in held], goal, reached=reached))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
