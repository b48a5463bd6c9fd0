"""Exercises: one TOML file each, read and checked. A new exercise is a new file in `exercises/`, or a path you give.

A cue says what should be true of a rep: one or more checks that must all hold. The keys of the first check stand
in the cue itself; each further check is a table of its own:

    [[cue]]
    id = "lower_slowly"
    quote = "Drop your glutes to the floor slowly and steadily"    # the source's own words
    reading = "The hips come down slowly (ours: in 1 to 8 s, turning back at most once)."
    measure = "hip_rise"              # one of `body/measures.py`; it decides from which view the cue can be judged
    phase = "lowering"                # rest, lifting, hold, lowering, whole; set: the whole bout
    take = "duration"                 # one of `takes.py`
    at_least = 1.0                    # bounds in `unit`, either or both
    at_most = 8.0
    unit = "s"                        # one of `units.py`
    fault.low = "You came down in {value:.1f} s: lower your hips more slowly."
    fault.high = "You took {value:.1f} s to come down: lower your hips in one go."
    say.low = "Lower your hips more slowly."
    say.high = "Lower your hips in one go."
    met = "Lowered slowly and steadily."

    [[cue.check]]
    measure = "hip_rise"
    phase = "lowering"
    take = "reversals"
    at_most = 1
    unit = ""
    fault = "You turned back {value:.0f} times on your way down: lower your hips steadily."

`fault` is shown. `say` is spoken, in at most `sentences.SAY_LETTERS`; without it the fault itself is spoken. Each is
one text for a value below the bounds (`low`) and one for a value above them (`high`): say which way to go. A single
text stands for both sides, as it must where there is only one bound. A check may have `leg` (working, other, both: the
worse of the two) and `from_rest = true` (the change from the person's own rest). A cue may have its own `source`;
`after`, an earlier cue: only the time after that one was first met counts; `advice`, shown after a fault;
`advice_unless`, checks without words: if one holds, the advice is followed already; and, for close calls, `whether`
("your hips stayed up") and `about`, a sentence without its end ("You lowered in about {value:.1f} s"). Sentences are
format strings over `value`, `length` (the value in cm or inches, whichever the person chose, with its unit), `size`
(the same without its sign), `value_cm`, `value_in`, `range` (what the bounds ask for: `3 to 5`, `8 to 30 cm`; not in
trunks), and in the set `left`, `right` and `done` (`Right 2, left 0`).

`[coach]` has what a coach says before the exercise and in its holds (`coaching.py`).

Where an exercise looks otherwise from the front, `[front.posture]` and `[front.segment]` are looked for there as well,
up to the camera yaw `to_yaw` of that segment; where both ways find a rep, that of `[segment]` stands.

An exercise that is only counted has no cues but an `advice`, told whoever does it.

`kind = "posture"` in `[segment]` makes an exercise of a held posture, as a plank is: a rep is one stay within the
bounds of `[posture]`, with the body still. `[posture.top]` bounds its medians; `measure` is only drawn. `kind = "rest"`
is the same, but a pause between the reps of another exercise is none.

Cues of form and of dose are two things. How many reps there are (`take = "count"`) and how long they are held
(`phase = "hold"` with `take = "duration"`) is the dose: it is shown as progress towards its bounds, the goal, and has
no part in the score. All other cues are of form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from math import inf
from pathlib import Path
from typing import Any, Final, Literal, get_args

from formcheck.body.measures import MEASURES, From
from formcheck.core.coaching import NOTHING, Coaching, coaching
from formcheck.core.goal import AS_ASKED, Goal
from formcheck.core.posture import Bounds, Posture, Segment, Way, posture, segment, way
from formcheck.core.sentences import SILENT, Words, asked, ranged, sentence, spoken, words
from formcheck.core.takes import TAKES, Take
from formcheck.core.tomltable import Table, read_text, tables_of
from formcheck.errors import ExerciseError
from formcheck.findings import ON_SIDE
from formcheck.units import UNITS, Lengths

PhaseName = Literal["rest", "lifting", "hold", "lowering", "whole", "set"]
"""The parts of a rep that a check can read; `set` is the whole bout."""

Leg = Literal["working", "other", "both"]
"""Which leg is measured; `both` takes the worse of the two."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a cue's words come from."""

    title: str
    section: str


@dataclass(frozen=True, slots=True)
class Check:
    """A number read off a phase, the bounds within which it is right (None: open), and what to say where it is not.

    `fault` is shown; `say` is spoken in its place.
    """

    measure: str
    leg: Leg
    phase: PhaseName
    take: str
    unit: str
    from_rest: bool
    at_least: float | None
    at_most: float | None
    fault: Words = SILENT
    say: Words = SILENT

    @property
    def how(self) -> Take:
        """How the number is taken."""
        return TAKES[self.take]

    @property
    def bounds(self) -> Bounds:
        """The bounds, infinite where they are open."""
        return -inf if self.at_least is None else self.at_least, inf if self.at_most is None else self.at_most

    @property
    def is_dose(self) -> bool:
        """Whether it reads how much is done: reps of the set, or seconds of a hold."""
        return self.phase == "set" or (self.phase == "hold" and self.take == "duration")

    @property
    def seen_from(self) -> From:
        """From where the measure can be seen; counts and durations can be seen from anywhere."""
        return "any" if self.how.error in ("time", "exact") else MEASURES[self.measure].seen_from


@dataclass(frozen=True, slots=True)
class Cue:
    """What should be true: the source's words, how they are read as numbers, and what to say.

    All `checks` must hold. `after` names a cue: only the time after it was first met counts. `advice` is shown with a
    fault unless one of `advice_unless` holds: then it is followed already. `whether` and `about`: the cue, and what its
    first check read, as parts of what is said of a close call.
    """

    id: str
    quote: str
    reading: str
    source: Source
    checks: tuple[Check, ...]
    after: str | None
    met: str
    advice: str | None = None
    advice_unless: tuple[Check, ...] = ()
    whether: str | None = None
    about: str | None = None

    @property
    def check(self) -> Check:
        """The first check; the cue has its unit where nothing was read."""
        return self.checks[0]

    @property
    def is_dose(self) -> bool:
        """Whether it asks for how much is done, in reps or seconds held, and not for how."""
        return self.check.is_dose

    @property
    def view(self) -> From:
        """From where the cue can be judged, as its measures decide."""
        return next((check.seen_from for check in self.checks if check.seen_from != "any"), "any")


@dataclass(frozen=True)
class Exercise:
    """One exercise as its file describes it. `lengths` and `side` are what its sentences say lengths and sides in.

    `front`: how it is recognised from the front or from behind, where that is another way. `coach`: what is said before
    it and in its holds. `advice`: what is told whoever does it; where it has no cues, that is all.
    """

    name: str
    title: str
    summary: str
    source: Source
    posture: Posture
    segment: Segment
    cues: tuple[Cue, ...]
    lengths: Lengths = Lengths.CM
    side: str = ON_SIDE
    front: Way | None = None
    coach: Coaching = NOTHING
    advice: str | None = None

    @cached_property
    def ways(self) -> "tuple[Exercise, ...]":
        """The exercise in each way in which it is recognised: the same cues, another posture and signal."""
        beside = [] if self.front is None else [self.front]
        return self, *(replace(self, posture=way.posture, segment=way.segment, front=None) for way in beside)

    @property
    def only_counted(self) -> bool:
        """Whether nothing of it is judged."""
        return not self.cues

    @property
    def rep_cues(self) -> tuple[Cue, ...]:
        """The cues that every rep is judged by."""
        return tuple(cue for cue in self.cues if cue.check.phase != "set")

    @property
    def set_cues(self) -> tuple[Cue, ...]:
        """The cues that the bout as a whole is judged by."""
        return tuple(cue for cue in self.cues if cue.check.phase == "set")


def _source(table: Table) -> Source:
    source = Source(table.text("title"), table.text("section"))
    table.done("title, section")
    return source


_CHECK_KEYS: Final = "measure, leg, phase, take, unit, from_rest, at_least, at_most"


def _reading(table: Table) -> Check:
    """A check without its words: what it reads, and its bounds."""
    take, phase = table.word("take", tuple(TAKES)), table.word("phase", get_args(PhaseName))
    if (phase == "set") != (take == "count"):
        raise table.wrong("phase = 'set' and take = 'count' go together")
    check = Check(
        measure="" if phase == "set" else table.word("measure", tuple(MEASURES)),
        leg=table.word("leg", get_args(Leg), "working"),
        phase=phase,
        take=take,
        unit=table.word("unit", tuple(UNITS)),
        from_rest=table.flag("from_rest"),
        at_least=table.maybe_number("at_least"),
        at_most=table.maybe_number("at_most"),
    )
    if check.at_least is None and check.at_most is None:
        raise table.wrong("a check needs 'at_least', 'at_most' or both")
    if check.bounds[0] > check.bounds[1]:
        raise table.wrong("'at_least' may not be more than 'at_most'")
    return check


def _check(table: Table) -> Check:
    """A check with its own words for its fault: another check's words name another number."""
    check = _reading(table)
    both = check.at_least is not None and check.at_most is not None
    fault, say = words(table, "fault", two_sided=both), spoken(table, "say", two_sided=both)
    if UNITS[check.unit].in_trunks and any("{range}" in text for text in (*fault, *say)):
        raise table.wrong("'range' is for other units than trunks: how long a person's trunk is differs")
    return replace(check, fault=fault, say=say)


def _unless(table: Table) -> Check:
    """A check that silences an advice. Its value is compared as it is read, so its unit must be the measure's."""
    check = _reading(table)
    unit = MEASURES[check.measure].unit if check.measure in MEASURES else None
    if unit == "trunk" or check.unit != unit or check.how.error not in ("plain", "change"):
        raise table.wrong("an advice depends on a measure in degrees or shares, in that unit, as such")
    table.done(_CHECK_KEYS)
    return check


_CUE_KEYS: Final = (
    f"id, quote, reading, source, {_CHECK_KEYS}, fault, say, check, after, met, whether, about, advice, advice_unless"
)


def _cue(table: Table, source: Source) -> Cue:
    first, further = _check(table), table.tables("check")
    cue = Cue(
        id=table.text("id"),
        quote=table.text("quote"),
        reading=table.text("reading"),
        source=_source(table.table("source")) if table.has("source") else source,
        checks=(first, *map(_further, further)),
        after=table.text("after") if table.has("after") else None,
        met=sentence(table, "met"),
        advice=table.text("advice") if table.has("advice") else None,
        advice_unless=tuple(map(_unless, table.tables("advice_unless"))),
        whether=table.text("whether") if table.has("whether") else None,
        about=sentence(table, "about") if table.has("about") else None,
    )
    if cue.advice_unless and cue.advice is None:
        raise table.wrong(f"cue {cue.id!r}: 'advice_unless' needs an 'advice'")
    if further and first.phase == "set":
        raise table.wrong(f"cue {cue.id!r}: a cue of the set has one check")
    table.done(_CUE_KEYS)
    return cue


def _further(table: Table) -> Check:
    check = _check(table)
    if check.phase == "set":
        raise table.wrong("a check of the set stands in a cue of its own")
    table.done(f"{_CHECK_KEYS}, fault, say")
    return check


def _told(cue: Cue, lengths: Lengths) -> Cue:
    """A cue whose sentences say what is asked for."""
    said = [asked(check.at_least, check.at_most, check.unit, lengths) for check in cue.checks]
    checks = tuple(
        replace(check, fault=Words(*(ranged(text, one) for text in check.fault)),
                say=Words(*(ranged(text, one) for text in check.say)))
        for check, one in zip(cue.checks, said, strict=True)
    )  # fmt: skip
    return replace(cue, checks=checks, met=ranged(cue.met, said[0]), reading=ranged(cue.reading, said[0]))


def _aimed(cues: Sequence[Cue], goal: Goal, signal: str) -> Iterator[Cue]:
    """The cues with the goal's bounds for the dose; a cue more where none asks for that yet."""
    wanted = {unit: ends for unit, ends in (("reps", goal.reps), ("s", goal.seconds)) if ends is not None}
    own = Source("Your own goal", "")
    for cue in cues:
        if not cue.is_dose or cue.check.unit not in wanted:
            yield cue
            continue
        least, most = wanted[cue.check.unit]
        check = replace(cue.check, at_least=least, at_most=most)
        yield replace(cue, checks=(check, *cue.checks[1:]), reading="Your own goal: {range}.", source=own, quote="")
    for unit in wanted.keys() - {cue.check.unit for cue in cues if cue.is_dose}:
        least, most = wanted[unit]
        reps = unit == "reps"
        said = "{done}. Goal: {range}." if reps else "Held for {value:.1f} s. Goal: {range} s."
        phase: PhaseName = "set" if reps else "hold"
        take, measure = ("count", "") if reps else ("duration", signal)
        check = Check(measure, "working", phase, take, unit, False, least, most, Words(said, said))
        yield Cue(f"goal_{unit}", "", "Your own goal: {range}.", own, (check,), None, said)


def parse(text: str, file: str, lengths: Lengths = Lengths.CM, goal: Goal = AS_ASKED) -> Exercise:
    """The exercise that a TOML text describes; `file` is named in errors.

    lengths: what its sentences say lengths in. goal: what the person aims at in place of the file's own dose.

    Raises `ExerciseError` for text that is not TOML, a missing or unknown key, or a word that is not allowed.
    """
    table = tables_of(text, file)
    source, title = _source(table.table("source")), table.text("title")
    segments = segment(table.table("segment"))
    cues = [_cue(cue, source) for cue in table.tables("cue")]
    exercise = Exercise(
        name=table.text("name"),
        title=title,
        summary=table.text("summary", title),
        source=source,
        posture=posture(table.table("posture")),
        segment=segments,
        cues=tuple(_told(cue, lengths) for cue in _aimed(cues, goal, segments.measure)) if cues else (),
        lengths=lengths,
        side=table.text("side", ON_SIDE),
        front=way(table.table("front")) if table.has("front") else None,
        coach=coaching(table.table("coach")),
        advice=table.text("advice") if table.has("advice") else None,
    )
    if "{side}" not in exercise.side or "{" in exercise.side.replace("{side}", ""):
        raise table.wrong(
            f"'side' says what {{side}} means, as \"with the {{side}} knee down\"; found {exercise.side!r}"
        )
    table.done("name, title, summary, side, advice, source, posture, segment, front, coach, cue")
    if exercise.segment.stays and (exercise.posture.rest or exercise.posture.change or not exercise.posture.always):
        raise table.wrong("a stay is recognised by [posture] and [posture.top] alone: it has no rest and no change")
    _check_cues(exercise, table)
    return exercise


def _check_cues(exercise: Exercise, table: Table) -> None:
    ids = [cue.id for cue in exercise.cues]
    if bool(ids) == bool(exercise.advice) or len(set(ids)) < len(ids):
        raise table.wrong(f"every exercise needs cues, each with an id of its own, or else an advice; found {ids}")
    for i, cue in enumerate(exercise.cues):
        if cue.after is not None and cue.after not in ids[:i]:
            raise table.wrong(f"cue {cue.id!r}: after = {cue.after!r} must name a cue before it: {ids[:i]}")


def builtin(lengths: Lengths = Lengths.CM, goal: Goal = AS_ASKED) -> dict[str, Exercise]:
    """The exercises that come with formcheck, by name."""
    files = sorted(resources.files("formcheck").joinpath("exercises").iterdir(), key=lambda file: file.name)
    found = [parse(file.read_text("utf-8"), file.name, lengths, goal) for file in files if file.name.endswith(".toml")]
    return {exercise.name: exercise for exercise in found}


def choose(wanted: Any = "auto", lengths: Lengths = Lengths.CM, goal: Goal = AS_ASKED) -> tuple[Exercise, ...]:
    """The exercises to look for: "auto" for all that come with formcheck, or one name, or the path of a TOML file.

    lengths: in what they say lengths. goal: the dose in place of their own.

    Raises `ExerciseError` for an unknown name or a file that cannot be read.
    """
    known = builtin(lengths, goal)
    if wanted == "auto":
        return tuple(known.values())
    if wanted in known:
        return (known[wanted],)
    path = Path(wanted)
    if path.suffix != ".toml":
        raise ExerciseError(
            f"no exercise is called {wanted!r}; known: auto, {', '.join(known)}, or the path of a .toml file"
        )
    return (parse(read_text(path, "exercise file"), str(path), lengths, goal),)
