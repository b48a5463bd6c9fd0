"""Exercises: one TOML file each, read and checked. A new exercise is a new file in `exercises/`, or a path given."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from formcheck.body.measures import MEASURES
from formcheck.errors import ExerciseError

PHASES: Final = ("rest", "lifting", "hold", "lowering", "whole", "set")
"""Parts of a rep a cue can speak of; `set` is the whole bout."""

TAKES: Final = (
    "max",
    "min",
    "mean",
    "first",
    "slope",
    "duration",
    "peak_speed",
    "reversals",
    "gain",
    "travel",
    "count",
)
"""What a cue reads off a phase.

`first` is its first half second, `gain` the largest value minus the first one, `travel` the
largest distance from the first one, `count` the reps of each side.
"""

LEGS: Final = ("working", "other", "both")
"""Whose leg a measure is of; `both` takes the worse of the two."""

SEGMENT_LEGS: Final = ("each", "standing")
"""Whose reps they are: each leg's own, or those of the legs that stand."""

VIEWS: Final = ("side", "front", "any")

UNITS: Final = ("deg", "trunk", "cm", "trunk/s", "s", "share", "reps", "")

SAY_LETTERS: Final = 60
"""Most letters of a cue's `say` (ours: four seconds of speech)."""

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a cue's words come from."""

    title: str
    section: str


@dataclass(frozen=True, slots=True)
class Check:
    """A number read off a phase, and the bounds within which it is right (None: open)."""

    measure: str
    leg: str
    phase: str
    take: str
    unit: str
    from_rest: bool
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True)
class Cue:
    """What should be true: the source's words, how they are read as a number, and what to say.

    `also` is a second check that must hold too, with a sentence of its own, `also_fault`; `after` names a cue: only the
    time after it was first met counts. `advice` is said with the fault unless one of `advice_unless` holds: then it is
    followed already. Messages are format strings over `value`, `value_cm`, `value_in`, `left`, `right`. `say` is said
    aloud for a fault in place of its message, which is read: what to do, in at most `SAY_LETTERS`.
    """

    id: str
    quote: str
    reading: str
    source: Source
    view: str
    check: Check
    also: Check | None
    after: str | None
    fault: str
    met: str
    advice: str | None
    advice_unless: tuple[Check, ...] = ()
    also_fault: str | None = None
    say: str | None = None


@dataclass(frozen=True, slots=True)
class Posture:
    """Where an exercise is recognised: bounds on measures for every tick, and for the rest, the top and their change.

    Keys are measures, with `other.` in front for the other leg's.
    """

    always: Mapping[str, Bounds]
    rest: Mapping[str, Bounds]
    top: Mapping[str, Bounds]
    change: Mapping[str, Bounds]


@dataclass(frozen=True, slots=True)
class Segment:
    """How reps are found: the measure whose excursions they are, and the least of them.

    `prominence` and `sure` are in the measure's own unit (trunks for lengths). An excursion of `sure` counts at once; a
    smaller one counts unless the set's other reps are much larger. `hold_level` is the share of the rep from which the
    top counts as held. `legs`: each leg has reps of its own, or both legs work but where only one foot stands.
    """

    measure: str
    prominence: float
    sure: float
    min_seconds: float
    hold_level: float
    legs: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise as its file describes it."""

    name: str
    title: str
    kind: str
    summary: str
    source: Source
    posture: Posture
    segment: Segment
    cues: tuple[Cue, ...]

    @property
    def rep_cues(self) -> tuple[Cue, ...]:
        """The cues that every rep is judged by."""
        return tuple(cue for cue in self.cues if cue.check.take != "count")

    @property
    def set_cues(self) -> tuple[Cue, ...]:
        """The cues that the bout as a whole is judged by."""
        return tuple(cue for cue in self.cues if cue.check.take == "count")


class _Table:
    """One table of an exercise file; every key must be asked for, and what is wrong is said with file and table."""

    def __init__(self, file: str, name: str, values: object) -> None:
        self._where = f"{file}, [{name}]" if name else file
        if not isinstance(values, dict):
            raise ExerciseError(f"{self._where}: a table is needed here; found {values!r}")
        self._file, self._values = file, dict(values)

    def wrong(self, what: str) -> ExerciseError:
        return ExerciseError(f"{self._where}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.pop(key, default)
        if value is None:
            raise self.wrong(f"{key!r} is missing")
        if not isinstance(value, str):
            raise self.wrong(f"{key!r} must be a text in quotes; found {value!r}")
        return value

    def word(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise self.wrong(f"{key} = {value!r} is not known; allowed: {', '.join(w or repr(w) for w in allowed)}")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        value = self.maybe_number(key)
        if value is None and default is None:
            raise self.wrong(f"{key!r} is missing")
        return default if value is None else value  # type: ignore[return-value]

    def maybe_number(self, key: str) -> float | None:
        value = self._values.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.wrong(f"{key!r} must be a number; found {value!r}")
        return None if value is None else float(value)

    def flag(self, key: str) -> bool:
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key!r} must be true or false; found {value!r}")
        return value

    def table(self, key: str) -> "_Table":
        return _Table(self._file, key, self._values.pop(key, {}))

    def tables(self, key: str) -> list["_Table"]:
        values = self._values.pop(key, [])
        if not isinstance(values, list):
            raise self.wrong(f"{key!r} must be written as [[{key}]]; found {values!r}")
        return [_Table(self._file, f"{key} {i}", value) for i, value in enumerate(values, 1)]

    def has(self, key: str) -> bool:
        return key in self._values

    def bounds(self) -> dict[str, Bounds]:
        """All that is left, as bounds on measures."""
        out = {}
        for key in list(self._values):
            value = self._values.pop(key)
            if key.removeprefix("other.") not in MEASURES:
                raise self.wrong(f"{key!r} is no measure; allowed: {', '.join(MEASURES)}")
            if not (isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value)):
                raise self.wrong(f"{key!r} must be [least, most]; found {value!r}")
            out[key] = (float(value[0]), float(value[1]))
        return out

    def done(self, allowed: str) -> None:
        if self._values:
            raise self.wrong(f"{', '.join(map(repr, self._values))} is not known here; allowed: {allowed}")


def _source(table: _Table) -> Source:
    source = Source(table.text("title"), table.text("section"))
    table.done("title, section")
    return source


def _posture(table: _Table) -> Posture:
    rest, top, change = (table.table(key).bounds() for key in ("rest", "top", "change"))
    return Posture(always=table.bounds(), rest=rest, top=top, change=change)


def _segment(table: _Table) -> Segment:
    prominence = table.number("prominence")
    segment = Segment(
        measure=table.word("measure", tuple(MEASURES)),
        prominence=prominence,
        sure=table.number("sure", 2 * prominence),
        min_seconds=table.number("min_seconds"),
        hold_level=table.number("hold_level", 0.9),
        legs=table.word("legs", SEGMENT_LEGS, "standing"),
    )
    if not 0 < prominence <= segment.sure or not 0.4 < segment.hold_level < 1:
        raise table.wrong("needed: 0 < prominence <= sure and 0.4 < hold_level < 1")
    table.done("measure, prominence, sure, min_seconds, hold_level, legs")
    return segment


def _check(table: _Table) -> Check:
    take = table.word("take", TAKES)
    check = Check(
        measure="" if take == "count" else table.word("measure", tuple(MEASURES)),
        leg=table.word("leg", LEGS, "working"),
        phase=table.word("phase", PHASES),
        take=take,
        unit=table.word("unit", UNITS),
        from_rest=table.flag("from_rest"),
        at_least=table.maybe_number("at_least"),
        at_most=table.maybe_number("at_most"),
    )
    if check.at_least is None and check.at_most is None:
        raise table.wrong("a cue needs 'at_least', 'at_most' or both")
    if (check.phase == "set") != (check.take == "count"):
        raise table.wrong("phase = 'set' and take = 'count' go together")
    return check


_CHECK_KEYS: Final = "measure, leg, phase, take, unit, from_rest, at_least, at_most"


def _second(table: _Table) -> tuple[Check, str]:
    """The second check of a cue, and what is said where it fails: the first one's words carry another number."""
    check, fault = _check(table), table.text("fault")
    table.done(f"{_CHECK_KEYS}, fault")
    return check, fault


def _unless(table: _Table) -> Check:
    """A check that silences an advice; it is held against its bounds as it is read, so its unit is the measure's."""
    check = _check(table)
    unit = MEASURES[check.measure].unit if check.measure in MEASURES else None
    if unit == "trunk" or check.unit != unit or check.take in ("duration", "reversals", "slope", "peak_speed"):
        raise table.wrong("an advice depends on a measure in degrees or shares, in that unit, as such")
    table.done(_CHECK_KEYS)
    return check


def _say(table: _Table) -> str | None:
    """What is said aloud for a fault: short, or the reps it is about are over before it ends."""
    if not table.has("say"):
        return None
    words = table.text("say")
    if not 0 < len(words) <= SAY_LETTERS:
        raise table.wrong(f"'say' must be one short sentence, of 1 to {SAY_LETTERS} letters; found {len(words)}")
    return words


_CUE_KEYS: Final = (
    "id, quote, reading, source, view, measure, leg, phase, take, unit, from_rest, at_least, at_most, also, after, "
    "fault, say, met, advice, advice_unless"
)


def _cue(table: _Table, source: Source) -> Cue:
    also, also_fault = _second(table.table("also")) if table.has("also") else (None, None)
    cue = Cue(
        id=table.text("id"),
        quote=table.text("quote"),
        reading=table.text("reading"),
        source=_source(table.table("source")) if table.has("source") else source,
        view=table.word("view", VIEWS),
        check=_check(table),
        also=also,
        after=table.text("after") if table.has("after") else None,
        fault=table.text("fault"),
        met=table.text("met"),
        advice=table.text("advice") if table.has("advice") else None,
        advice_unless=tuple(_unless(one) for one in table.tables("advice_unless")),
        also_fault=also_fault,
        say=_say(table),
    )
    if cue.advice_unless and cue.advice is None:
        raise table.wrong(f"cue {cue.id!r}: 'advice_unless' needs an 'advice'")
    try:
        for sentence in (cue.fault, cue.met, cue.also_fault or ""):
            sentence.format(value=1.0, value_cm=1.0, value_in=1.0, left=1, right=1)
    except (KeyError, IndexError, ValueError) as error:
        raise table.wrong(
            f"cue {cue.id!r}: a message can use value, value_cm, value_in, left, right; {error}"
        ) from None
    table.done(_CUE_KEYS)
    return cue


def parse(text: str, file: str) -> Exercise:
    """The exercise that a TOML text describes; `file` is named in errors.

    Raises `ExerciseError` for what is not TOML, a missing or unknown key, or a word that is not allowed.
    """
    try:
        table = _Table(file, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{file} is not valid TOML: {error}") from None
    source, title = _source(table.table("source")), table.text("title")
    exercise = Exercise(
        name=table.text("name"),
        title=title,
        kind=table.word("kind", ("reps", "hold")),
        summary=table.text("summary", title),
        source=source,
        posture=_posture(table.table("posture")),
        segment=_segment(table.table("segment")),
        cues=tuple(_cue(cue, source) for cue in table.tables("cue")),
    )
    table.done("name, title, kind, summary, source, posture, segment, cue")
    _check_cues(exercise, table)
    return exercise


def _check_cues(exercise: Exercise, table: _Table) -> None:
    ids = [cue.id for cue in exercise.cues]
    if not ids or len(set(ids)) < len(ids):
        raise table.wrong(f"every exercise needs cues, each with an id of its own; found {ids}")
    for i, cue in enumerate(exercise.cues):
        if cue.after is not None and cue.after not in ids[:i]:
            raise table.wrong(f"cue {cue.id!r}: after = {cue.after!r} must name a cue before it: {ids[:i]}")


def builtin() -> dict[str, Exercise]:
    """The exercises that come with formcheck, by name."""
    files = sorted(resources.files("formcheck").joinpath("exercises").iterdir(), key=lambda file: file.name)
    found = [parse(file.read_text("utf-8"), file.name) for file in files if file.name.endswith(".toml")]
    return {exercise.name: exercise for exercise in found}


def choose(wanted: Any = "auto") -> tuple[Exercise, ...]:
    """The exercises to look for: "auto" is all that come with formcheck, else one name or the path of a TOML file.

    Raises `ExerciseError` for a name that is not known and a file that cannot be read.
    """
    known = builtin()
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
        return (parse(path.read_text("utf-8"), str(path)),)
    except (OSError, UnicodeDecodeError) as error:
        raise ExerciseError(f"the exercise file {path} cannot be read: {error}") from None
