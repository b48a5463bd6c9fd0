"""The gate for continuous integration: whether form, or the program's own reading of it, is worse than it may be.

It reads the tables of a run (`results.py`) and of an earlier one, the baseline. It goes clip by clip in the order of
names, so a hundred thousand clips take no more memory than one.
"""

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from math import isfinite
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from formcheck import files
from formcheck.batch.jobs import SUMMARY, TABLE
from formcheck.errors import UsageError
from formcheck.report.table import Row

HOLD_S: Final = 0.2
"""Seconds by which a rep's hold may differ from the baseline's."""

SCORE: Final = 2.0
"""Points by which a rep's score may differ from the baseline's."""

VALUES: Final[Mapping[str, float]] = {"deg": 2.0, "trunk": 0.02, "cm": 1.0, "s": 0.2}
"""By unit: how far a cue's value may be from the baseline's. Ours: under half the least standard error of a measure in
that unit, so that a bias is seen before verdicts flip."""

ANY_VALUE: Final = 0.05
"""The same for every other unit: shares, counts, and rates (ours)."""

KEPT: Final = (
    *("source", "exercise", "bout", "rep", "partial", "side"),
    *("hold_s", "rep_score", "cue", "verdict", "value", "unit"),
)
"""The columns of the results that a baseline holds."""

ANALYSED, SCORED, EXPECTED, THERE = "analysed", "score", "as expected", "there"
"""Cases of a clip besides those of its cues."""

NO_SCORE: Final = "no score: no known exercise was recognised, or nothing could be judged"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was asked: of a cue of an exercise, such as `leg_lift.leg_straight`, or of the clip itself.

    `failures`: sentences, each on one thing that is wrong. `error`: why the clip could not be analysed. `said`: faults
    of form, and the dose that was done, which fail nothing by themselves. `skipped`: why nothing could be judged.
    """

    name: str
    failures: tuple[str, ...] = ()
    error: str | None = None
    said: tuple[str, ...] = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """A clip, what was asked of it, and how many of its reps count."""

    source: str
    cases: tuple[Case, ...]
    reps: int
    score: float | None

    @property
    def passes(self) -> bool:
        """Whether the gate lets it through. A clip that could not be analysed passes: that says nothing about form."""
        return not any(case.failures for case in self.cases)


def gated(out: Path, *, fail_under: float | None = None, baseline: Path | None = None) -> Iterator[Gated]:
    """The clips of a run whose tables lie in `out`, each with its cases; also clips that only the baseline has.

    Raises `UsageError` for a baseline that is none.
    """
    before = rows(baseline) if baseline is not None else iter(())
    tables = (_clips(out), _found(out), before)
    marked = merge(*map(_marked, range(3), tables), key=itemgetter(0))
    for source, group in groupby(marked, key=itemgetter(0)):
        found: tuple[list[Row], ...] = ([], [], [])
        for _, part, row in group:
            found[part].append(row)
        yield _gated(source, found[0][0] if found[0] else None, found[1], found[2], fail_under)


def _marked(table: int, rows: Iterator[Row]) -> Iterator[tuple[str, int, Row]]:
    """Rows with their source and the number of their table."""
    return ((row["source"], table, row) for row in rows)


def _clips(out: Path) -> Iterator[Row]:
    """The clips of a run's summary, read line by line as it was written."""
    with (out / SUMMARY).open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("  "):
                yield json.loads(line.rstrip().removesuffix(","))


def _found(out: Path) -> Iterator[Row]:
    """The rows of a run's own table."""
    return _of_parquet(out / TABLE)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a baseline: the `results.parquet` of a run, or what `save` wrote.

    Raises `UsageError` for a file that is neither.
    """
    what, before = f"baseline (the {TABLE} of a run, or what it saved)", ""
    with files.reading(path, what, UsageError):
        for row in (_of_parquet if path.suffix == ".parquet" else _of_json)(path):
            _check_row(row)
            if not row["source"]:
                raise ValueError("a row's source is empty")
            if row["source"] < before:
                raise ValueError(f"its rows are not sorted: {row['source']} after {before}")
            before = row["source"]
            yield row
        if not before:
            raise ValueError("it holds no clip")


def _check_row(row: Row) -> None:
    """See that a row's columns have the right types. Raises `ValueError`, `KeyError`, `OverflowError`."""
    for names, kinds in _TYPES.items():
        for name in names:
            if not isinstance(row[name], kinds) or (isinstance(row[name], float | int) and not isfinite(row[name])):
                raise ValueError(f"a row's {name} is {row[name]!r}")
    if row["rep"] is not None and None in (row["side"], row["exercise"]):
        raise ValueError(f"rep {row['rep']} has no side or no exercise")


_TYPES: Final[Mapping[tuple[str, ...], tuple[type, ...]]] = {
    ("source",): (str,),
    ("exercise", "side", "cue", "verdict", "unit"): (str, type(None)),
    ("bout", "rep", "partial"): (int, type(None)),
    ("hold_s", "rep_score", "value"): (int, float, type(None)),
}


def _of_parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as pq  # noqa: PLC0415  slow to load

    with pq.ParquetFile(path) as table:
        if missing := set(KEPT) - set(table.schema_arrow.names):
            raise ValueError(f"it has no column {min(missing)}")
        for batch in table.iter_batches(columns=[*KEPT, "message", "dose"]):
            yield from batch.to_pylist()


def _of_json(path: Path) -> Iterator[Row]:
    found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("it holds no list of rows")
    yield from sorted(({name: row[name] for name in KEPT} for row in found), key=lambda row: str(row["source"]))


def check(path: Path) -> None:
    """See that a file is a baseline, before the work. Raises `UsageError`."""
    deque(rows(path), maxlen=0)


def save(out: Path, path: Path) -> None:
    """Write what a run found as a baseline in JSON, one row per line, so that a diff can be read.

    Raises `OutputError` where it cannot be written.
    """
    files.prepare(path.parent)
    with files.whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        start = "["
        for row in _found(out):
            kept = {name: _short(row[name]) for name in KEPT}
            file.write(f"{start}\n{json.dumps(kept, ensure_ascii=False)}")
            start = ","
        file.write(f"{start if start == '[' else ''}\n]\n")


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _gated(source: str, clip: Row | None, now: Sequence[Row], before: Sequence[Row], fail_under: float | None) -> Gated:
    """One clip with its cases. `clip` is its line of the summary, None where only the baseline knows it."""
    if clip is None:
        return Gated(source, (Case(THERE, ("it is in the baseline, and not among the inputs",)),), 0, None)
    if clip["error"] is not None:
        lost = ("the baseline has it, and now it could not be analysed",) if before else ()
        return Gated(source, (Case(ANALYSED, lost, clip["error"]),), 0, None)
    failures: dict[str, list[str]] = {ANALYSED: []}
    for row in now:
        if row["cue"] is not None:
            failures.setdefault(f"{row['exercise']}.{row['cue']}", [])
    if fail_under is not None:
        failures[SCORED] = list(_under(clip["score"], fail_under))
    if clip["expected"] is not None:
        failures[EXPECTED] = list(_unexpected(clip["expected"], now, clip["reps"]))
    for case, text in changes(before, now) if before else ():
        failures.setdefault(case, []).append(text)
    said, skipped = _said_of(now), _skipped(now)
    cases = (Case(name, tuple(texts), None, said.get(name, ()), skipped.get(name)) for name, texts in failures.items())
    return Gated(source, tuple(cases), clip["reps"], clip["score"])


def _said_of(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """Case -> its faults and doses, in words. They are no failures, but a reader of a failure wants to know them."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row["verdict"] == "fault" or (row.get("dose") and row["value"] is not None):
            name = f"{row['exercise']}.{row['cue']}"
            said = row["message"] if row["rep"] is None else f"rep {row['rep']}: {row['message']}"
            found[name] = (*found.get(name, ()), said)
    return found


def _skipped(rows: Sequence[Row]) -> dict[str, str]:
    """Case -> why it was judged in no rep; a case that was judged in one is left out."""
    found: dict[str, str] = {}
    judged = {(row["exercise"], row["cue"]) for row in rows if row["verdict"] != "not_assessed"}
    for row in rows:
        if row["cue"] is not None and (row["exercise"], row["cue"]) not in judged:
            found.setdefault(f"{row['exercise']}.{row['cue']}", row["message"])
    return found


def score_text(score: float | None, least: float | None) -> str:
    """A clip's score in words, with the score that is asked for."""
    if score is None:
        return NO_SCORE
    return f"score {score:g}" + ("" if least is None else f", at least {least:g} asked for")


def _under(score: float | None, least: float) -> Iterator[str]:
    """What is wrong with a clip's score, if anything."""
    if score is None or score < least:
        yield score_text(score, least)


def _unexpected(expected: Mapping[str, Any], rows: Sequence[Row], reps: int) -> Iterator[str]:
    """How a clip differs from what its manifest expects: `reps`, `exercise`."""
    if "reps" in expected and expected["reps"] != reps:
        yield f"{reps} reps; {expected['reps']} expected"
    exercises = {row["exercise"] for row in rows if row["exercise"] is not None}
    if "exercise" in expected and exercises != {expected["exercise"]}:
        yield f"{', '.join(sorted(exercises)) or 'no exercise'}; {expected['exercise']} expected"


def changes(before: Sequence[Row], now: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """What differs in one clip by more than is allowed: the case, and the difference in words."""
    was, found = _by_exercise(before), _by_exercise(now)
    for exercise in sorted(was.keys() | found.keys()):
        old, new = was.get(exercise, []), found.get(exercise, [])
        counts = [_counts(parts) for parts in (old, new)]
        if counts[0] != counts[1]:
            yield f"{exercise}.reps", f"{_said(counts[1])}; in the baseline {_said(counts[0])}"
        elif len(old) != len(new):
            yield f"{exercise}.reps", f"{len(new)} reps and sets with those cut off; in the baseline {len(old)}"
        else:
            for a, b in zip(old, new, strict=True):
                yield from ((f"{exercise}.{case}", text) for case, text in _of_part(a, b))


def _by_exercise(rows: Sequence[Row]) -> dict[str, list[list[Row]]]:
    """Exercise -> its reps and sets in order, each as the rows of its cues."""
    found: dict[str, list[list[Row]]] = {}
    rows = [row for row in rows if row["exercise"] is not None]
    for (exercise, *_), cues in groupby(rows, key=itemgetter("exercise", "bout", "rep")):
        found.setdefault(exercise, []).append(list(cues))
    return found


def _counts(parts: Sequence[Sequence[Row]]) -> Counter[str]:
    """Side -> how many of its reps count."""
    return Counter(cues[0]["side"] for cues in parts if cues[0]["rep"] is not None and not cues[0]["partial"])


def _said(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {side}" for side, n in sorted(counts.items())) or "no reps"


def _of_part(before: Sequence[Row], now: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Case and words of what differs in one rep or set. If it is another rep or set, nothing else of it is compared."""
    was, found = _part(before[0]), _part(now[0])
    if was != found:
        yield "reps", f"{found}; in the baseline {was}"
        return
    where = "the set" if now[0]["rep"] is None else f"rep {now[0]['rep']}"
    for case, text in (*_of_whole(before[0], now[0]), *_of_cues(before, now)):
        yield case, f"{where}: {text}"


def _part(row: Row) -> str:
    """Which rep or set a row belongs to, in words."""
    if row["rep"] is None:
        return "the set"
    return f"rep {row['rep']} ({row['side']}{', cut off' if row['partial'] else ''})"


def _of_whole(old: Row, new: Row) -> Iterator[tuple[str, str]]:
    """Case and words of what differs in a rep as a whole."""
    for case, column, most in (("hold", "hold_s", HOLD_S), ("score", "rep_score", SCORE)):
        if _apart(old[column], new[column], most):
            yield case, f"{case} {_number(new[column])}; in the baseline {_number(old[column])}"


def _of_cues(before: Sequence[Row], now: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Cue and words of what differs in the cues of one rep or set."""
    was = {row["cue"]: row for row in before if row["cue"] is not None}
    found = {row["cue"]: row for row in now if row["cue"] is not None}
    for cue in sorted(was.keys() | found.keys()):
        old, new = was.get(cue), found.get(cue)
        if old is None or new is None:
            yield cue, "not judged; the baseline has it" if new is None else "judged; the baseline lacks it"
        elif old["verdict"] != new["verdict"]:
            yield cue, f"{new['verdict']} ({_value(new)}); in the baseline {old['verdict']} ({_value(old)})"
        elif old["unit"] != new["unit"]:
            yield cue, f"in {new['unit'] or 'no unit'}; in the baseline in {old['unit'] or 'no unit'}"
        elif _apart(old["value"], new["value"], VALUES.get(new["unit"], ANY_VALUE)):
            yield cue, f"{_value(new)}; in the baseline {_value(old)}"


def _apart(old: float | None, new: float | None, most: float) -> bool:
    if old is None or new is None:
        return old is not new
    return abs(old - new) > most


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _value(row: Row) -> str:
    return "no value" if row["value"] is None else f"{_number(row['value'])} {row['unit']}".rstrip()
