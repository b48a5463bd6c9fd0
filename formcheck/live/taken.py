"""A step of a lesson as it was taken: its reps, how it was, and what is kept of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from formcheck.findings import Rep
from formcheck.live.programme import Course, Step
from formcheck.words import lesson as words

ENOUGH: Final = 2 / 3
"""A rep is one of a step that asks for a hold if it is held for this share of it (ours)."""


@dataclass(slots=True)
class Taken:
    """A step as it was taken so far. seconds: at work on it. wrong: reps of other exercises, with their names."""

    step: Step
    seconds: float = 0.0
    reps: list[Rep] = field(default_factory=list)
    state: str = "left_out"
    wrong: list[tuple[str, Rep]] = field(default_factory=list)

    def counted(self) -> int:
        """How many of its reps are of the step's dose: one held for too short is none of a hold's."""
        least = ENOUGH * (self.step.hold_s or 0.0)
        return sum(rep.hold_s >= least for rep in self.reps) if self.step.hold_s else len(self.reps)

    def how_it_was(self) -> str:
        """One or two sentences on it, with the fault that most of its reps have; "" where nothing was done."""
        faults = Counter(
            cue.say or cue.message for rep in self.reps for cue in rep.cues if cue.verdict == "fault" and not cue.dose
        )
        worst = faults.most_common(1)[0][0] if faults else ""
        breaths = [rep.breaths.message for rep in self.reps if rep.breaths and rep.breaths.counted]
        return words.how_it_was(self.counted(), self._held_s, self.step.hold_s, worst, *breaths[-1:])

    @property
    def _held_s(self) -> list[float]:
        return [rep.hold_s for rep in self.reps if np.isfinite(rep.hold_s)]

    def kept(self) -> dict[str, Any]:
        """What is kept of it."""
        step = self.step
        return {
            "kind": "timer" if step.exercise is None else "exercise",
            "name": step.exercise or step.title,
            "title": step.title,
            "side": step.side,
            "goal": {"reps": step.reps, "hold_s": step.hold_s} if step.exercise else {"seconds": step.seconds},
            "reps": self.counted(),
            "held_s": [round(held_s, 2) for held_s in self._held_s],
            "seconds": round(self.seconds, 1),
            "state": "part" if self.state == "left_out" and self.reps else self.state,
        }


def kept(course: Course, steps: Sequence[Taken], seconds: float, hurt: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is kept of a lesson: its programme, the pain before it, when it hurt, and what was done of each step."""
    return {
        "programme": course.programme.name,
        "title": course.programme.title,
        "level": course.level,
        "seconds": round(seconds, 1),
        "complete": all(taken.state == "done" for taken in steps),
        "pain_before": course.pain,
        "pain_after": None,
        "hurt": list(hurt),
        "steps": [taken.kept() for taken in steps],
    }
