"""A history that is damaged: it is set aside under another name, and what of it can be read goes into a new one."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from formcheck.files import writing
from formcheck.web.tables import VERSION, script

TABLES: Final = ("profiles", "sessions", "bouts", "reps", "verdicts", "lessons")
"""In this order: each belongs to one before it."""

MOST_MISSED: Final = 1000
"""So many rows in a row that cannot be read end a table (ours)."""

_ORPHANS: Final = (
    "DELETE FROM sessions WHERE profile NOT IN (SELECT id FROM profiles)",
    "DELETE FROM bouts WHERE session NOT IN (SELECT id FROM sessions)",
    "DELETE FROM reps WHERE bout NOT IN (SELECT id FROM bouts)",
    "DELETE FROM verdicts WHERE bout NOT IN (SELECT id FROM bouts) OR rep NOT IN (SELECT id FROM reps)",
    "DELETE FROM lessons WHERE profile NOT IN (SELECT id FROM profiles)",
    "UPDATE lessons SET session = NULL WHERE session NOT IN (SELECT id FROM sessions)",
)


def is_sound(base: sqlite3.Connection, version: int) -> bool:
    """Whether all of a file can be read, and its rows belong together. version: of its tables."""
    try:
        return (
            base.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            and (version != VERSION or _columns(base) >= _usual())
            and all(_whole(base))
        )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _NO_DAMAGE:
            raise
        return False


_NO_DAMAGE: Final = frozenset(
    (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
)
"""Errors that tell of the disk or of others who use the file."""


def _usual() -> set[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(script(0))
        return _columns(base)


def _columns(base: sqlite3.Connection) -> set[tuple[str, str]]:
    """Each table with each of its columns."""
    return {(table, row[1]) for table in TABLES for row in base.execute(f"PRAGMA table_info({table})")}


def _whole(base: sqlite3.Connection) -> Iterator[bool]:
    """Of each table that is there, whether every row is what it should be; reports are not unpacked for it."""
    known = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in TABLES:
        if table in known:
            wanted = "number, at" if table == "sessions" else "*"
            yield all(_good(dict(row)) for row in base.execute(f"SELECT {wanted} FROM {table}"))


def aside(file: Path, at: datetime) -> Path:
    """Give a damaged file a name of its own. Raises `OutputError` where that fails."""
    place = file.with_name(f"{file.stem}-damaged-{at:%Y-%m-%d-%H%M%S}{file.suffix}")
    with writing(place):
        file.replace(place)
    return place


def save(old: Path, base: sqlite3.Connection) -> int:
    """Put into a new history what can be read of an old file; how many sets were saved."""
    where = f"{old.absolute().as_uri()}?mode=ro"
    with base, suppress(sqlite3.DatabaseError), closing(sqlite3.connect(where, uri=True)) as source:
        source.row_factory = sqlite3.Row
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        for table in TABLES:
            columns = {row["name"] for row in base.execute(f"PRAGMA table_info({table})")}
            for row in _rows(source, table):
                told = {name: value for name, value in row.items() if name in columns}
                if _good(told):
                    names = ", ".join(told)
                    with suppress(sqlite3.IntegrityError, OverflowError):
                        verb = "REPLACE" if table == "profiles" else "IGNORE"
                        marks = ", ".join("?" * len(told))
                        base.execute(f"INSERT OR {verb} INTO {table} ({names}) VALUES ({marks})", [*told.values()])
    with base:
        for statement in _ORPHANS:
            base.execute(statement)
    saved: int = base.execute("SELECT count(*) FROM sessions").fetchone()[0]
    return saved


def _rows(base: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table that can be read, one by one: a damaged page costs those on it."""
    at, missed = 0, 0
    while missed < MOST_MISSED:
        at += 1
        try:
            row = base.execute(f"SELECT rowid AS place, * FROM {table} WHERE rowid >= ? ORDER BY 1", (at,)).fetchone()
        except (sqlite3.DatabaseError, OverflowError):
            missed += 1
            continue
        if row is None:
            return
        at, missed = row["place"], 0
        yield dict(row)


def _good(row: dict[str, Any]) -> bool:
    """Whether a row, or what is given of it, is what it should be, as far as more than its types can tell."""
    try:
        for name in row.keys() & {"report", "hurt", "steps"}:
            json.loads(row[name])
        if "page" in row:
            zlib.decompress(row["page"])
        if "at" in row:
            datetime.fromisoformat(row["at"])
    except (ValueError, TypeError, zlib.error):
        return False
    numbers = [value for name, value in row.items() if name.endswith("_s") or name in _NUMBERS]
    return all(value is None or isinstance(value, int | float) for value in numbers)


_NUMBERS: Final = (
    "score",
    "assessed",
    "value",
    "number",
    "partial",
    "pain_before",
    "pain_after",
    "seconds",
    "complete",
)
