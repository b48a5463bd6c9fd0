"""The history in one SQLite file: sessions with their reports, without pictures; and the progress over the weeks."""

import math
import os
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from formcheck import words
from formcheck.errors import OutputError, UsageError
from formcheck.files import writing
from formcheck.findings import Bout, Rep, Verdict
from formcheck.report.report import Report

Kind = Literal["live", "recorded"]

VERSION: Final = 1
"""Of the tables; kept in the file's `user_version`."""

QUOTES: Final = {
    True: "If you work at a desk all day, it’s best if you do these exercises at least once a day.",
    False: "Some psoas stretches and exercises to perform a few times a week are listed below.",
}
"""The article's own words ("The Psoas Muscle"), for those who work at a desk and for the others."""

FEW_TIMES: Final = 3
"""Days that "a few times a week" asks for (ours)."""

_BUSY_S: Final = 2.0  # ours: a stopping server holds the file for less

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS sessions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    report TEXT NOT NULL, page BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS bouts (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE, exercise TEXT NOT NULL,
    title TEXT NOT NULL, start_s REAL, end_s REAL, score REAL, assessed REAL
);
CREATE TABLE IF NOT EXISTS reps (
    id INTEGER PRIMARY KEY, bout INTEGER NOT NULL REFERENCES bouts(id) ON DELETE CASCADE, number INTEGER NOT NULL,
    partial INTEGER NOT NULL, side TEXT NOT NULL, start_s REAL, peak_s REAL, end_s REAL, hold_s REAL, score REAL
);
CREATE TABLE IF NOT EXISTS verdicts (
    bout INTEGER NOT NULL REFERENCES bouts(id) ON DELETE CASCADE, rep INTEGER REFERENCES reps(id) ON DELETE CASCADE,
    cue TEXT NOT NULL, verdict TEXT NOT NULL, value REAL, unit TEXT NOT NULL, at_s REAL, said TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS bouts_of_sessions ON bouts(session);
CREATE INDEX IF NOT EXISTS reps_of_bouts ON reps(bout);
CREATE INDEX IF NOT EXISTS verdicts_of_bouts ON verdicts(bout);
CREATE INDEX IF NOT EXISTS verdicts_of_reps ON verdicts(rep);
"""

_COUNTED: Final = (
    "sum(side = 'left') AS left, sum(side = 'right') AS right, sum(side = 'both') AS both, count(*) AS reps"
)

_BOUTS: Final = f"""
SELECT b.*, coalesce(r.left, 0) AS left, coalesce(r.right, 0) AS right, coalesce(r.both, 0) AS both,
    coalesce(r.reps, 0) AS reps, r.best, r.mean FROM bouts b LEFT JOIN
    (SELECT bout, {_COUNTED}, max(hold_s) AS best, avg(hold_s) AS mean FROM reps WHERE NOT partial GROUP BY bout) r
    ON r.bout = b.id ORDER BY b.id
"""

_FAULTS: Final = """
SELECT v.bout, v.cue, count(*) AS times FROM verdicts v LEFT JOIN reps r ON r.id = v.rep
WHERE v.verdict = 'fault' AND NOT coalesce(r.partial, 0) GROUP BY v.bout, v.cue
"""

_DONE: Final = f"""
SELECT substr(s.at, 1, 10) AS day, s.id AS session, b.exercise, avg(b.score) AS score, avg(r.hold_s) AS hold_s,
    {_COUNTED} FROM sessions s JOIN bouts b ON b.session = s.id JOIN reps r ON r.bout = b.id WHERE NOT r.partial
GROUP BY s.id, b.exercise
"""

_ROWS: Final = """
SELECT s.id, s.at, s.kind, s.name, b.exercise, r.number, r.side, r.partial, r.start_s, r.peak_s, r.end_s, r.hold_s,
    r.score, (SELECT group_concat(cue, ' ') FROM verdicts WHERE rep = r.id AND verdict = 'fault') AS faults
FROM sessions s JOIN bouts b ON b.session = s.id JOIN reps r ON r.bout = b.id ORDER BY s.number, r.id
"""


class History:
    """The sessions in one file. While it is open no other program may use it.

    file: made if absent; only its owner can read it. Raises `UsageError` when another server has it open, or when this
    version cannot read it, `OutputError` when it cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._lock = Lock()
        with writing(file):
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        self._base = sqlite3.connect(file, timeout=_BUSY_S, check_same_thread=False)
        self._base.row_factory = sqlite3.Row
        try:
            self._open(file)
        except BaseException:
            self._base.close()
            raise

    def _open(self, file: Path) -> None:
        try:
            # Deleted sessions are gone from the file, and from the journal beside it.
            for setting in ("locking_mode = EXCLUSIVE", "journal_mode = TRUNCATE", "secure_delete = ON"):
                self._base.execute(f"PRAGMA {setting}")
            self._base.execute("PRAGMA foreign_keys = ON")
            self._base.execute("BEGIN EXCLUSIVE")
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise UsageError(f"{file} was written by a newer formcheck; install that one, or give another --data")
            self._base.commit()
            self._base.executescript(f"{_TABLES} PRAGMA user_version = {VERSION};")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise UsageError(
                    f"another formcheck serve has {file} open; use its page, stop it, or give another folder by --data"
                ) from error
            raise OutputError(f"cannot write {file}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{file} is no history of formcheck: {error}; move it away") from error

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock, suppress(sqlite3.ProgrammingError):  # closed already
            self._base.execute("PRAGMA journal_mode = DELETE")
            self._base.close()

    def add(self, kind: Kind, name: str, report: Report, page: str, at: datetime) -> str:
        """Keep a session and return its id. `page` is the report as HTML, `at` when the session began.

        Raises `OutputError` where the disk does not take it; then nothing of it is kept.
        """
        session = secrets.token_hex(8)
        row = (session, at.isoformat(timespec="seconds"), kind, name, report.to_json(), zlib.compress(page.encode()))
        with self._lock, self._writing():
            self._base.execute("INSERT INTO sessions(id, at, kind, name, report, page) VALUES (?, ?, ?, ?, ?, ?)", row)
            for bout in report.bouts:
                self._add_bout(session, bout)
        return session

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One change, made whole or not at all."""
        try:
            with self._base:
                yield
        except sqlite3.OperationalError as error:
            raise OutputError(f"cannot write the history: {error}; make room on the disk") from error

    def _add_bout(self, session: str, bout: Bout) -> None:
        row = (session, bout.exercise, bout.title, bout.start_s, bout.end_s, bout.score, bout.assessed)
        number = self._insert("bouts(session, exercise, title, start_s, end_s, score, assessed)", row)
        self._add_verdicts(number, None, bout.cues)
        for rep in bout.reps:
            self._add_verdicts(number, self._insert(_REP_COLUMNS, _rep_row(number, rep)), rep.cues)

    def _add_verdicts(self, bout: int, rep: int | None, cues: Iterable[Verdict]) -> None:
        for cue in cues:
            verdict = "short" if cue.dose and cue.verdict == "fault" else cue.verdict  # of its goal: no fault of form
            row = (bout, rep, cue.id, verdict, cue.value, cue.unit, cue.at_s, cue.reason or cue.message)
            self._insert("verdicts(bout, rep, cue, verdict, value, unit, at_s, said)", row)

    def _insert(self, columns: str, row: Sequence[Any]) -> int:
        values = ", ".join("?" * len(row))
        number = self._base.execute(f"INSERT INTO {columns} VALUES ({values})", [_finite(v) for v in row]).lastrowid
        assert number is not None
        return number

    def page(self, session: str) -> str | None:
        """The report of a session as HTML, None where there is no such session."""
        rows = self._all("SELECT page FROM sessions WHERE id = ?", session)
        return zlib.decompress(rows[0]["page"]).decode() if rows else None

    def delete(self, session: str | None) -> bool:
        """Delete one session, or all with None; returns whether there was one."""
        where, values = ("", ()) if session is None else (" WHERE id = ?", (session,))
        with self._lock, self._writing():
            return self._base.execute(f"DELETE FROM sessions{where}", values).rowcount > 0

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions, newest first, as the page takes them."""
        faults: dict[int, dict[str, int]] = {}
        for row in self._all(_FAULTS):
            faults.setdefault(row["bout"], {})[row["cue"]] = row["times"]
        bouts: dict[str, list[dict[str, Any]]] = {}
        for row in self._all(_BOUTS):
            bouts.setdefault(row["session"], []).append(_bout(row, faults.get(row["id"], {})))
        newest_first = self._all("SELECT id, at, kind, name FROM sessions ORDER BY at DESC, number DESC")
        return [dict(row) | {"bouts": bouts.get(row["id"], [])} for row in newest_first]

    def rows(self) -> list[dict[str, Any]]:
        """Every rep as one flat row, oldest first; `faults` are the ids of its faulty cues, joined by spaces."""
        return [dict(row) for row in self._all(_ROWS)]

    def progress(self, today: date, *, daily: bool) -> dict[str, Any]:
        """What was done week by week up to `today`, and how often, beside the article's advice.

        daily: whether the advice is once a day, as for those who work at a desk. A session counts if it has a rep.
        """
        done = [_Done(**dict(row)) for row in self._all(_DONE)]
        this_week = _monday(today)
        first = min((_monday(one.date) for one in done), default=this_week)
        count = max(0, (this_week - first).days // 7) + 1
        weeks = [_week(first + timedelta(weeks=n), done) for n in range(count)]
        return {"weeks": weeks, "advice": _advice(weeks[-1]["days"], daily)}

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._base.execute(query, values).fetchall()


_REP_COLUMNS: Final = "reps(bout, number, partial, side, start_s, peak_s, end_s, hold_s, score)"


def _rep_row(bout: int, rep: Rep) -> tuple[Any, ...]:
    times = (rep.start_s, rep.peak_s, rep.end_s, rep.hold_s)
    return (bout, rep.index, rep.partial, rep.side, *times, rep.score)


def _finite(value: Any) -> Any:
    """None for NaN and infinity, as in the report."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bout(row: sqlite3.Row, faults: Mapping[str, int]) -> dict[str, Any]:
    kept = ("exercise", "title", "left", "right", "both", "reps", "score", "assessed")
    holds = {"best_hold_s": _rounded(row["best"]), "mean_hold_s": _rounded(row["mean"])}
    return {key: row[key] for key in kept} | holds | {"faults": faults, "score": _rounded(row["score"])}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


@dataclass(frozen=True, slots=True)
class _Done:
    """What was done of one exercise in one session; `score` and `hold_s` are means over its counted reps."""

    day: str
    session: str
    exercise: str
    score: float | None
    hold_s: float
    left: int
    right: int
    both: int
    reps: int

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date, done: Sequence[_Done]) -> dict[str, Any]:
    these = [one for one in done if _monday(one.date) == monday]
    year, week, _ = monday.isocalendar()
    names = sorted({one.exercise for one in these})
    return {
        "week": f"{year}-W{week:02}",
        "from": monday.isoformat(),
        "sessions": len({one.session for one in these}),
        "days": len({one.day for one in these}),
        "by_exercise": {name: _together([one for one in these if one.exercise == name]) for name in names},
    }


def _together(done: Sequence[_Done]) -> dict[str, Any]:
    return {
        "reps": sum(one.reps for one in done),
        "left": sum(one.left for one in done),
        "right": sum(one.right for one in done),
        "score": _mean((one.score, one.reps) for one in done),
        "hold_s": _mean((one.hold_s, one.reps) for one in done),
    }


def _mean(weighted: Iterable[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None]
    return _rounded(sum(v * w for v, w in known) / sum(w for _, w in known)) if known else None


def _advice(days: int, daily: bool) -> dict[str, Any]:
    return {
        "daily": daily,
        "text": words.HOW_OFTEN,
        "quote": QUOTES[daily],
        "days_this_week": days,
        "goal_days": 7 if daily else FEW_TIMES,
    }
