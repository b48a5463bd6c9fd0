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
`after`, an earlier cue: only the time after that one was first met counts; `advice`, shown after a fault; and
`advice_unless`, checks without words: if one holds, the advice is followed already. Sentences are format strings over
`value`, `length` (the value in cm or inches, whichever the person chose, with its unit), `value_cm`, `value_in`,
`range` (what the bounds ask for: `3 to 5`, `8 to 30 cm`; not in trunks), and in the set `left`, `right`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from math import inf
from pathlib import Path
from typing import Any, Final, Literal, get_args

from formcheck.body.measures import MEASURES, From
from formcheck.core.sentences import SILENT, Words, asked, ranged, sentence, spoken, words
from formcheck.core.takes import TAKES, Take
from formcheck.core.tomltable import Table
from formcheck.errors import ExerciseError
from formcheck.units import UNITS, Lengths

PhaseName = Literal["rest", "lifting", "hold", "lowering", "whole", "set"]
"""The parts of a rep that a check can read; `set` is the whole bout."""

Leg = Literal["working", "other", "both"]
"""Which leg is measured; `both` takes the worse of the two."""

SegmentLegs = Literal["each", "standing"]
"""Whose the reps are: each leg has its own, or they belong to the legs that stand."""

Bounds = tuple[float, float]


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
    def seen_from(self) -> From:
        """From where the measure can be seen; counts and durations can be seen from anywhere."""
        return "any" if self.how.error in ("time", "exact") else MEASURES[self.measure].seen_from


@dataclass(frozen=True, slots=True)
class Cue:
    """What should be true: the source's words, how they are read as numbers, and what to say.

    All `checks` must hold. `after` names a cue: only the time after it was first met counts. `advice` is shown with a
    fault unless one of `advice_unless` holds: then it is followed already.
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

    @property
    def check(self) -> Check:
        """The first check; the cue has its unit where nothing was read."""
        return self.checks[0]

    @property
    def view(self) -> From:
        """From where the cue can be judged, as its measures decide."""
        return next((check.seen_from for check in self.checks if check.seen_from != "any"), "any")


@dataclass(frozen=True, slots=True)
class Posture:
    """What an exercise is recognised by: bounds on measures at every tick, at rest, at the top, and on their change.

    Keys are measures, with `other.` in front for the other leg.
    """

    always: Mapping[str, Bounds]
    rest: Mapping[str, Bounds]
    top: Mapping[str, Bounds]
    change: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Segment:
    """How reps are found: the measure whose excursions they are, and the least excursion.

    `prominence`, the least, and `sure` are in the measure's own unit (trunks for lengths). An excursion of `sure`
    counts at once; a smaller one counts unless the set's other reps are much larger. `hold_level` is the share of the
    rep from which the top counts as held. `legs`: each leg has its own reps, or both work unless one foot stands alone.
    """

    measure: str
    prominence: float
    sure: float
    min_seconds: float
    hold_level: float
    legs: SegmentLegs


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise as its file describes it; `lengths`: in what its sentences say them."""

    name: str
    title: str
    summary: str
    source: Source
    posture: Posture
    segment: Segment
    cues: tuple[Cue, ...]
    lengths: Lengths = Lengths.CM

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


def _bounds(table: Table) -> dict[str, Bounds]:
    """The rest of a table as bounds on measures."""
    found = table.pairs()
    for key in found:
        if key.removeprefix("other.") not in MEASURES:
            raise table.wrong(f"{key!r} is no measure; allowed: {', '.join(MEASURES)}")
    return found


def _posture(table: Table) -> Posture:
    rest, top, change = (_bounds(table.table(key)) for key in ("rest", "top", "change"))
    return Posture(always=_bounds(table), rest=rest, top=top, change=change)


def _segment(table: Table) -> Segment:
    prominence = table.number("prominence")
    segment = Segment(
        measure=table.word("measure", tuple(MEASURES)),
        prominence=prominence,
        sure=table.number("sure", 2 * prominence),
        min_seconds=table.number("min_seconds"),
        hold_level=table.number("hold_level", 0.9),
        legs=table.word("legs", get_args(SegmentLegs), "standing"),
    )
    if not 0 < prominence <= segment.sure or not 0.4 < segment.hold_level < 1:
        raise table.wrong("needed: 0 < prominence <= sure and 0.4 < hold_level < 1")
    table.done("measure, prominence, sure, min_seconds, hold_level, legs")
    return segment


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


_CUE_KEYS: Final = f"id, quote, reading, source, {_CHECK_KEYS}, fault, say, check, after, met, advice, advice_unless"


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
    return replace(cue, checks=checks, met=ranged(cue.met, said[0]))


def parse(text: str, file: str, lengths: Lengths = Lengths.CM) -> Exercise:
    """The exercise that a TOML text describes; `file` is named in errors, `lengths` are what its sentences say.

    Raises `ExerciseError` for text that is not TOML, a missing or unknown key, or a word that is not allowed.
    """
    try:
        table = Table(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{file} is not valid TOML: {error}") from None
    source, title = _source(table.table("source")), table.text("title")
    exercise = Exercise(
        name=table.text("name"),
        title=title,
        summary=table.text("summary", title),
        source=source,
        posture=_posture(table.table("posture")),
        segment=_segment(table.table("segment")),
        cues=tuple(_told(_cue(cue, source), lengths) for cue in table.tables("cue")),
        lengths=lengths,
    )
    table.done("name, title, summary, source, posture, segment, cue")
    _check_cues(exercise, table)
    return exercise


def _check_cues(exercise: Exercise, table: Table) -> None:
    ids = [cue.id for cue in exercise.cues]
    if not ids or len(set(ids)) < len(ids):
        raise table.wrong(f"every exercise needs cues, each with an id of its own; found {ids}")
    for i, cue in enumerate(exercise.cues):
        if cue.after is not None and cue.after not in ids[:i]:
            raise table.wrong(f"cue {cue.id!r}: after = {cue.after!r} must name a cue before it: {ids[:i]}")


def builtin(lengths: Lengths = Lengths.CM) -> dict[str, Exercise]:
    """The exercises that come with formcheck, by name."""
    files = sorted(resources.files("formcheck").joinpath("exercises").iterdir(), key=lambda file: file.name)
    found = [parse(file.read_text("utf-8"), file.name, lengths) for file in files if file.name.endswith(".toml")]
    return {exercise.name: exercise for exercise in found}


def choose(wanted: Any = "auto", lengths: Lengths = Lengths.CM) -> tuple[Exercise, ...]:
    """The exercises to look for: "auto" for all that come with formcheck, or one name, or the path of a TOML file.

    lengths: in what they say lengths.

    Raises `ExerciseError` for an unknown name or a file that cannot be read.
    """
    known = builtin(lengths)
    if wanted == "auto":
        return tuple(known.values())
    if wanted in known:
        return (known[wanted],)
    path = Path(wanted)
    if path.suffix != ".toml":
        raise ExerciseError(
            f"no exercise is called {wanted!r}; known: auto, {', '.join(known)}, or the path of a .toml file"
        )
    try:
        return (parse(path.read_text("utf-8"), str(path), lengths),)
    except (OSError, UnicodeDecodeError) as error:
        raise ExerciseError(f"the exercise file {path} cannot be read: {error}") from None
