"""A lesson in the history: one coached run through a programme, which the page calls a session."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from sqlite3 import Row
from typing import Any, Final

from formcheck.errors import UsageError

Fetch = Callable[..., Sequence[Row]]
"""Runs a query with its values and gives its rows."""

MOST_PAIN: Final = 10
"""Pain is told as a whole number from 0, none, to this."""

COLUMNS: Final = (
    "lessons(id, profile, at, programme, title, seconds, complete, pain_before, pain_after, hurt, steps, session)"
)

_DONE: Final = ("done", "part")


def row(lesson: str, profile: int, at: str, record: Mapping[str, Any], session: str | None) -> tuple[Any, ...]:
    """What `COLUMNS` take. Raises `UsageError` where the pain is none that can be told."""
    told = (record["programme"], record["title"], float(record["seconds"]), bool(record["complete"]))
    pains = (pain(record["pain_before"]), pain(record["pain_after"]))
    lists = (json.dumps(_plain(record[name]), allow_nan=False) for name in ("hurt", "steps"))
    return (lesson, profile, at, *told, *pains, *lists, session)


def pain(value: object) -> int | None:
    """A pain from 0 to `MOST_PAIN`; None where nobody was asked. Raises `UsageError`."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_PAIN:
        raise UsageError(f"Pain is told as a whole number from 0 to {MOST_PAIN}.")
    return value


def _plain(value: Any) -> Any:
    """The value with None for NaN and infinity."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def lessons(fetch: Fetch, profile: int) -> list[dict[str, Any]]:
    """A profile's lessons, newest first, as the page takes them. `did`: a step of it was done, or part of one."""
    found = fetch("SELECT * FROM lessons WHERE profile = ? ORDER BY at DESC, number DESC", profile)
    return [_lesson(row) for row in found]


def days(fetch: Fetch, profile: int) -> set[date]:
    """The days on which a step of a lesson was done."""
    return {date.fromisoformat(lesson["at"][:10]) for lesson in lessons(fetch, profile) if lesson["did"]}


def _lesson(row: Row) -> dict[str, Any]:
    same = ("id", "at", "programme", "title", "seconds", "pain_before", "pain_after", "session")
    steps = json.loads(row["steps"])
    rest = {"complete": bool(row["complete"]), "hurt": json.loads(row["hurt"]), "steps": steps}
    return {key: row[key] for key in same} | rest | {"did": any(step["state"] in _DONE for step in steps)}
