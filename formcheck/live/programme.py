"""Programmes: what a session goes through, step by step. Each is a TOML file, in `programmes/` or of one's own.

title = "Psoas, daily"
summary = "The article's three exercises, for the left and the right."
grow_every = 5                  # sessions after which the doses grow; left out: they stay

[[caution]]                     # shown and accepted before the first session
quote = "It’s generally a good idea to start any new workout slowly."
source = "The Psoas Muscle"

[[step]]
exercise = "kneeling_lunge"     # the name of an exercise, or the path of its file
sides = "each"                  # each (left, then right), left, right; left out: as the exercise has it
reps = [1, 2, 3]                # of each side; a list grows from session to session
hold_s = 30                     # least seconds of each hold; left out: as the exercise asks
rest_s = 15                     # after the step

[[step]]
timer = "Foam roller"           # nothing is judged, the lines are said at their times
seconds = 120
before = ["Lie with the side of your hip on the foam roller."]
during = [{ at_s = 0, say = "Roll slowly." }]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from formcheck.core.coaching import BEFORE_LETTERS, Line, lines, sentences
from formcheck.core.exercise import Exercise, builtin, choose
from formcheck.core.goal import Goal
from formcheck.core.sentences import asked
from formcheck.core.tomltable import Table, read_text, tables_of
from formcheck.errors import ExerciseError, UsageError
from formcheck.findings import OneSide
from formcheck.units import Lengths

MOST_STEPS: Final = 40
MOST_REPS: Final = 200
MOST_S: Final = 3600.0
"""The most steps, reps of a side, and seconds of a hold, a timer or a rest (ours)."""

Sides = Literal["each", "left", "right", "both"]
"""Which sides a step is done with: first one and then the other, one, or both at once."""

_BOTH_SIDES: Final[tuple[OneSide, ...]] = ("left", "right")


class Caution(NamedTuple):
    """What is shown before a first session: a source's own words."""

    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A step as a programme has it: an exercise or a timer, and its dose, which may grow from level to level.

    wanted: the exercise's name, or the path of its file.
    """

    title: str
    wanted: str
    exercise: Exercise | None
    sides: Sides
    reps: tuple[int, ...]
    hold_s: tuple[float, ...]
    seconds: tuple[float, ...]
    rest_s: float
    before: tuple[str, ...]
    during: tuple[Line, ...]

    @property
    def levels(self) -> int:
        """How many levels its doses have."""
        return max(map(len, (self.reps, self.hold_s, self.seconds)))

    def goal(self, level: int) -> Goal:
        """The dose at a level, for the exercise's cues."""
        reps, hold = _at(self.reps, level), _at(self.hold_s, level)
        return Goal(None if reps is None else (float(reps), None), None if hold is None else (hold, None))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a session: so many reps of an exercise with one side, or a timer.

    exercise: its name, None for a timer. side: the side that works, None where both do or either may. hold_s: the least
    seconds of each hold, None where none is asked for. seconds: of a timer. rest_s: the rest after it. before: what is
    said before it, in order. during: what is said at seconds of a hold, or of the timer.
    """

    title: str
    exercise: str | None
    side: OneSide | None
    reps: int
    hold_s: float | None
    seconds: float
    rest_s: float
    before: tuple[str, ...]
    during: tuple[Line, ...]


@dataclass(frozen=True)
class Programme:
    """What a session goes through. `name` is its file's; `plans` are its steps, before they are parted by sides."""

    name: str
    title: str
    summary: str
    grow_every: int | None
    cautions: tuple[Caution, ...]
    plans: tuple[Plan, ...]

    @cached_property
    def levels(self) -> int:
        """How many levels its doses have."""
        return max(plan.levels for plan in self.plans)

    @property
    def wanted(self) -> tuple[Exercise, ...]:
        """The exercises of its steps, each once, in their order."""
        return tuple({plan.exercise.name: plan.exercise for plan in self.plans if plan.exercise}.values())

    def level(self, done: int) -> int:
        """The level, from 0, of somebody who has done so many of its sessions."""
        return min(done // self.grow_every, self.levels - 1) if self.grow_every else self.levels - 1

    def steps(self, level: int) -> tuple[Step, ...]:
        """The steps at a level."""
        return tuple(step for plan in self.plans for step in _steps(plan, level))

    def exercises(self, level: int, lengths: Lengths = Lengths.CM) -> tuple[Exercise, ...]:
        """All exercises that are looked for: those that come with formcheck, and its own, with the doses of a level."""
        known = builtin(lengths)
        for plan in self.plans:
            if plan.exercise is not None:
                [known[plan.exercise.name]] = choose(plan.wanted, lengths, plan.goal(level))
        return tuple(known.values())

    def changed(self, wanted: Sequence[Mapping[str, Any]]) -> "Programme":
        """The programme with its steps chosen anew: each a mapping with `step`, which of the programme's (from 0), and
        `reps`, `hold_s`, `seconds` or `rest_s` where they are other than there. Raises `UsageError`.
        """
        if not 0 < len(wanted) <= MOST_STEPS:
            raise UsageError(f"a programme has 1 to {MOST_STEPS} steps; found {len(wanted)}")
        return replace(self, plans=tuple(map(self._changed, wanted)))

    def _changed(self, wanted: Mapping[str, Any]) -> Plan:
        table = Table("the programme", "step", dict(wanted))
        try:
            number = table.number("step")
            if number not in range(len(self.plans)):
                raise table.wrong(f"'step' must be one of 0 to {len(self.plans) - 1}; found {number:g}")
            plan = self.plans[int(number)]
            dose = _dose(table, plan)
            table.done("step, reps, hold_s, seconds, rest_s")
        except ExerciseError as error:
            raise UsageError(str(error)) from None
        return dose


class Course(NamedTuple):
    """A programme to be led through: its level, from 0, and the pain before it, 0 to 10, None if it was not said."""

    programme: Programme
    level: int = 0
    pain: int | None = None


def _at(values: Sequence[Any], level: int) -> Any:
    """The value of a level; a shorter list stays at its last; None where there is none."""
    return values[min(level, len(values) - 1)] if values else None


def _steps(plan: Plan, level: int) -> Iterator[Step]:
    """A plan's steps at a level, one for each side that has its turn."""
    hold, reps = _at(plan.hold_s, level), _at(plan.reps, level) or 1
    usual = next((cue.check for cue in plan.exercise.rep_cues if cue.is_dose), None) if plan.exercise else None
    if hold is not None:
        said = asked(hold, None, "s", Lengths.CM)
    else:
        hold = usual.at_least if usual else None
        said = asked(usual.at_least, usual.at_most, "s", Lengths.CM) if usual else ""
    for side in {"each": _BOTH_SIDES, "both": (None,)}.get(plan.sides, (plan.sides,)):
        yield Step(
            title=plan.title,
            exercise=plan.exercise.name if plan.exercise else None,
            side=side,  # type: ignore[arg-type]
            reps=reps,
            hold_s=hold,
            seconds=_at(plan.seconds, level) or 0.0,
            rest_s=plan.rest_s,
            before=tuple(text.format(side=side, hold=said, reps=reps) for text in plan.before),
            during=plan.during,
        )


def parse(text: str, name: str, folder: Path | None = None) -> Programme:
    """The programme that a TOML text describes. folder: where exercise files are looked for.

    Raises `ExerciseError` for text that is not TOML, a missing or unknown key, or a value that cannot be.
    """
    table = tables_of(text, name)
    grow = table.maybe_number("grow_every")
    if grow is not None and not (grow >= 1 and grow % 1 == 0):
        raise table.wrong(f"'grow_every' must be a whole number of sessions; found {grow:g}")
    programme = Programme(
        name=name,
        title=table.text("title"),
        summary=table.text("summary"),
        grow_every=None if grow is None else int(grow),
        cautions=tuple(_caution(one) for one in table.tables("caution")),
        plans=tuple(_plan(one, folder) for one in table.tables("step")),
    )
    if not 0 < len(programme.plans) <= MOST_STEPS:
        raise table.wrong(f"a programme has 1 to {MOST_STEPS} steps; found {len(programme.plans)}")
    table.done("title, summary, grow_every, caution, step")
    return programme


def _caution(table: Table) -> Caution:
    found = Caution(table.text("quote"), table.text("source"))
    table.done("quote, source")
    return found


def _plan(table: Table, folder: Path | None) -> Plan:
    if table.has("exercise") == table.has("timer"):
        raise table.wrong("a step has either an 'exercise' or a 'timer'")
    if table.has("timer"):
        title, wanted, exercise, sides = table.text("timer"), "", None, "both"
        before, during = sentences(table, "before"), lines(table, "during", BEFORE_LETTERS)
    else:
        wanted = _place(table.text("exercise"), folder)
        [exercise] = choose(wanted)
        title = exercise.title
        usual = "each" if exercise.segment.legs == "each" else "both"
        sides = table.word("sides", get_args(Sides), usual)
        before, during = exercise.coach.before, exercise.coach.during
    plan = Plan(title, wanted, exercise, sides, (1,) if exercise else (), (), (), 0.0, before, during)  # type: ignore[arg-type]
    plan = _dose(table, plan)
    if exercise is None and not plan.seconds:
        raise table.wrong("a timer needs its 'seconds'")
    table.done("exercise, sides, reps, hold_s, rest_s; or timer, seconds, before, during, rest_s")
    return plan


def _place(wanted: str, folder: Path | None) -> str:
    """The name of an exercise, or the path of a file beside the programme."""
    return str(folder / wanted) if folder and wanted.endswith(".toml") else wanted


def _dose(table: Table, plan: Plan) -> Plan:
    """The plan, with the doses that a table has."""
    found: dict[str, Any] = {}
    allowed = ("reps", "hold_s", "rest_s") if plan.exercise else ("seconds", "rest_s")
    for key in allowed:
        if not table.has(key):
            continue
        values, most = table.numbers(key), MOST_REPS if key == "reps" else MOST_S
        least = 0 if key == "rest_s" else 1
        if not values or any(not least <= value <= most or (key == "reps" and value % 1) for value in values):
            raise table.wrong(f"{key!r} must be numbers from {least} to {most:g}; found {list(values)}")
        found[key] = tuple(map(int, values)) if key == "reps" else values[0] if key == "rest_s" else values
    return replace(plan, **found)


@cache
def programmes() -> Mapping[str, Programme]:
    """The programmes that come with formcheck, by name."""
    files = sorted(resources.files("formcheck").joinpath("programmes").iterdir(), key=lambda file: file.name)
    names = [file.name for file in files if file.name.endswith(".toml")]
    return {name.removesuffix(".toml"): programme(name.removesuffix(".toml")) for name in names}


def programme(wanted: str) -> Programme:
    """A programme by its name, or by the path of its TOML file. Raises `ExerciseError`."""
    folder = resources.files("formcheck").joinpath("programmes")
    known = sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    if wanted in known:
        return parse(folder.joinpath(f"{wanted}.toml").read_text("utf-8"), wanted)
    path = Path(wanted)
    if path.suffix != ".toml":
        raise ExerciseError(
            f"no programme is called {wanted!r}; known: {', '.join(known)}, or the path of a .toml file"
        )
    return parse(read_text(path, "programme"), path.stem, path.parent)
