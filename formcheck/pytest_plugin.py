"""The fixture `form` for pytest: your own test checks a clip in three lines.

def test_my_bridge(form):
    clip = form("clips/bridge.mp4", exercise="glute_bridge")
    clip.has_reps(10).holds(at_least=2.0).has_no_fault("hips_up")
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

if TYPE_CHECKING:  # every run of pytest loads this file, so slow imports wait for the first clip
    from formcheck.findings import Rep, Side, Verdict, VerdictName
    from formcheck.report.report import Report


_SIDES: Final = ("left", "right", "both")


class Form:
    """What was found in a clip. Each method asserts one thing and returns the clip; `report` holds everything."""

    def __init__(self, clip: str, report: "Report") -> None:
        self.clip, self.report = clip, report

    @property
    def reps(self) -> "list[Rep]":
        """The reps that count, in order."""
        return [rep for bout in self.report.bouts for rep in bout.counted]

    def has_reps(self, count: int, *, side: "Side | None" = None) -> Self:
        """`count` reps count; with `side` only that side's: left, right or both (legs at once)."""
        self._is(side in (None, *_SIDES), f"there is no side {side}; there are {', '.join(_SIDES)}")
        found = [rep for rep in self.reps if side in (None, rep.side)]
        return self._is(len(found) == count, f"{len(found)} reps{f' of {side}' if side else ''}, not {count}")

    def holds(self, *, at_least: float) -> Self:
        """Every rep is held for at least so many seconds."""
        held = [rep.hold_s for rep in self.reps]
        said = f"holds of {', '.join(f'{seconds:.1f}' for seconds in held)} s; at least {at_least:g} s are asked for"
        return self._is(bool(held) and min(held) >= at_least, said)

    def scores(self, *, at_least: float) -> Self:
        """Every bout has a score of at least so much."""
        found = [(bout.title, bout.score) for bout in self.report.bouts]
        low = [f"{title} scores {score}" for title, score in found if score is None or score < at_least]
        return self._is(bool(found) and not low, f"{', '.join(low) or 'no bout'}; at least {at_least:g} is asked for")

    def has_no_fault(self, *cues: str) -> Self:
        """Reps count, and have no fault in these cues, or in any cue of form.

        A cue that could not be assessed is no fault; `judges` asks for a verdict. Too few reps or seconds are none
        either, unless their cue is named; `reaches_goals` asks for them.
        """
        self._knows(cues)
        faults = self._with("fault")
        found = [f"{where}: {one.message}" for where, one in faults if (one.id in cues if cues else not one.dose)]
        return self._is(not found, " ".join(found))

    def reaches_goals(self) -> Self:
        """Reps count, as many and held for as long as their exercise asks for."""
        self._knows(())
        short = [f"{bout.title}: {dose.message}" for bout in self.report.bouts for dose in bout.dose]
        reached = [dose.reached is not False for bout in self.report.bouts for dose in bout.dose]
        return self._is(all(reached), " ".join(said for said, done in zip(short, reached, strict=True) if not done))

    def judges(self, *cues: str) -> Self:
        """Reps count, and they and their set have a verdict in each of these cues, or in all."""
        self._knows(cues)
        missed = [(where, one) for where, one in self._with("not_assessed") if not cues or one.id in cues]
        return self._is(not missed, " ".join(f"{where}: {one.id}: {one.message}" for where, one in missed))

    def has_fault(self, cue: str) -> Self:
        """Some rep or set has a fault in this cue."""
        there = dict.fromkeys(one.id for _, one in self._with("fault"))
        return self._is(cue in there, f"no fault in {cue}; faults in {', '.join(there) or 'none'}")

    def _knows(self, cues: Sequence[str]) -> None:
        """Reps count, and the cues are among theirs."""
        __tracebackhide__ = True
        known = {one.id for bout in self.report.bouts for rep in bout.reps for one in rep.cues}
        known |= {one.id for bout in self.report.bouts for one in bout.cues}
        unknown = [cue for cue in cues if cue not in known]
        self._is(bool(self.reps), "no rep counts")
        self._is(not unknown, f"no cue {', '.join(unknown)} here; there are {', '.join(sorted(known))}")

    def _with(self, verdict: "VerdictName") -> Iterator[tuple[str, "Verdict"]]:
        """The cues with this verdict, and where."""
        for bout in self.report.bouts:
            parts = [(f"{bout.title}, rep {rep.index}", rep.cues) for rep in bout.counted] + [(bout.title, bout.cues)]
            for where, verdicts in parts:
                yield from ((where, one) for one in verdicts if one.verdict == verdict)

    def _is(self, true: bool, said: str) -> Self:
        __tracebackhide__ = True
        if not true:
            pytest.fail(f"{self.clip}: {said}", pytrace=False)
        return self


@pytest.fixture(scope="session")
def form() -> Callable[..., Form]:
    """Analyses a clip once: a video, or whatever landmarks `formcheck score` takes.

    `form(path, exercise="auto", *, height_cm=None, fps=None, size=None)`; fps and size are for landmarks that do not
    say their frame rate or the picture's width and height.
    """
    known: dict[Any, Form] = {}

    def analysed(
        clip: str | Path,
        exercise: str = "auto",
        *,
        height_cm: float | None = None,
        fps: float | None = None,
        size: tuple[int, int] | None = None,
    ) -> Form:
        path = Path(clip)
        named = Path(exercise).resolve() if exercise.endswith(".toml") else exercise
        asked = (path.resolve(), named, height_cm, fps, size)  # resolved: the working folder may change
        if asked not in known:
            known[asked] = Form(str(clip), _report(path, exercise, height_cm, fps, size))
        return known[asked]

    return analysed


def _report(
    path: Path, exercise: str, height_cm: float | None, fps: float | None, size: tuple[int, int] | None
) -> "Report":
    """The report: landmarks as by `formcheck score`, a video as by `formcheck analyze`, without fps and size."""
    from formcheck.formats.imports import holds_landmarks  # noqa: PLC0415
    from formcheck.recorded import Options, analyze, score  # noqa: PLC0415

    if holds_landmarks(path) or (fps, size) != (None, None):
        return score(path, Options.of(exercise, height_cm), fps=fps, size=size)
    return analyze(path, exercise, height_cm=height_cm)
