"""The history in one SQLite file: whose sessions they are, sessions with their reports and
without pictures, and lessons."""

import json
import math
import os
import secrets
import sqlite3
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from formcheck.errors import OutputError, UsageError
from formcheck.files import writing
from formcheck.findings import Bout, Rep, Verdict
from formcheck.report.report import Report
from formcheck.web import lessons
from formcheck.web.progress import DAYS_A_WEEK, progress
from formcheck.web.tables import VERSION, script

Kind = Literal["live", "recorded"]

MOST_PROFILES: Final = 20
"""People that share one history (ours)."""

MOST_NUMBER: Final = 2**31
"""Numbers of profiles are smaller (ours)."""

NAME_CHARS: Final = 40
"""The longest name of a profile (ours)."""

_BUSY_S: Final = 2.0  # ours: a stopping server holds the file for less

_COUNTED: Final = (
    "sum(side = 'left') AS left, sum(side = 'right') AS right, sum(side = 'both') AS both, count(*) AS reps"
)

_BOUTS: Final = f"""
SELECT b.*, coalesce(r.left, 0) AS left, coalesce(r.right, 0) AS right, coalesce(r.both, 0) AS both,
    coalesce(r.reps, 0) AS reps, r.best, r.mean FROM bouts b LEFT JOIN
    (SELECT bout, {_COUNTED}, max(hold_s) AS best, avg(hold_s) AS mean FROM reps WHERE NOT partial GROUP BY bout) r
    ON r.bout = b.id JOIN sessions s ON s.id = b.session
"""

_VERDICTS: Final = """
SELECT v.bout, v.cue, v.verdict, count(*) AS times FROM verdicts v LEFT JOIN reps r ON r.id = v.rep
    JOIN bouts b ON b.id = v.bout JOIN sessions s ON s.id = b.session WHERE NOT coalesce(r.partial, 0)
"""

_ROWS: Final = """
SELECT s.id, s.at, s.kind, s.name, b.exercise, r.number, r.side, r.partial, r.start_s, r.peak_s, r.end_s, r.hold_s,
    r.score, (SELECT group_concat(cue, ' ') FROM verdicts WHERE rep = r.id AND verdict = 'fault') AS faults
FROM sessions s JOIN bouts b ON b.session = s.id JOIN reps r ON r.bout = b.id WHERE s.profile = ?
ORDER BY s.number, r.id
"""


class NoProfileError(UsageError):
    """A profile that is not, or no longer, in the history."""


class History:
    """The sets and lessons of several people in one file. While it is open no other program may use it.

    A person is a profile, known by its number; where none is named, the first is meant.

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
            self._base.execute("BEGIN EXCLUSIVE")
            (version,) = self._base.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise UsageError(f"{file} was written by a newer formcheck; install that one, or give another --data")
            self._base.commit()
            self._base.executescript(script(version))
            self._base.execute("PRAGMA foreign_keys = ON")
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

    def profiles(self) -> list[dict[str, Any]]:
        """The people, the first one first: `id` and `name`."""
        return [dict(row) for row in self._all("SELECT id, name FROM profiles ORDER BY id")]

    def profile(self, asked: int | None) -> int:
        """The profile of this number, or the first one for None. Raises `NoProfileError`."""
        known = [row["id"] for row in self.profiles()]
        if asked is not None and asked not in known:
            raise NoProfileError("This person is no longer in the history; choose another one.")
        return known[0] if asked is None else asked

    def add_profile(self, name: object) -> dict[str, Any]:
        """A new person. Raises `UsageError` for a name that cannot be shown or is there, or if there are too many."""
        clean, known = profile_name(name), self.profiles()
        if len(known) >= MOST_PROFILES:
            raise UsageError(f"There are {MOST_PROFILES} people already; remove one first.")
        if clean.casefold() in {one["name"].casefold() for one in known}:
            raise UsageError(f"There is somebody called {clean} already; choose another name.")
        with self._lock, self._writing():
            return {"id": self._insert("profiles(name)", (clean,)), "name": clean}

    def plan(self, profile: int | None = None) -> dict[str, Any]:
        """How often a person means to train: `desk`, whether they work at one, so that the article's advice is once a
        day; `days`, how many days a week in its place, None as the article says. Raises `NoProfileError`.
        """
        [row] = self._all("SELECT desk, days FROM profiles WHERE id = ?", self.profile(profile))
        return {"desk": bool(row["desk"]), "days": row["days"]}

    def set_plan(self, desk: object, days: object, profile: int | None = None) -> None:
        """Keep how often a person means to train. Raises `UsageError` for what is no plan, and `NoProfileError`."""
        if not isinstance(desk, bool) or not (days is None or (type(days) is int and 0 < days <= DAYS_A_WEEK)):
            raise UsageError(f"A plan says whether you work at a desk, and 1 to {DAYS_A_WEEK} days a week or none.")
        values = (desk, days, self.profile(profile))
        with self._lock, self._writing():
            self._base.execute("UPDATE profiles SET desk = ?, days = ? WHERE id = ?", values)

    def delete_profile(self, profile: int) -> None:
        """Remove a person with all that is kept. Raises `NoProfileError`, and `UsageError` for the last one."""
        if [one["id"] for one in self.profiles()] == [self.profile(profile)]:
            raise UsageError("The last person cannot be removed; delete the history instead.")
        with self._lock, self._writing():
            self._base.execute("DELETE FROM profiles WHERE id = ?", (profile,))

    def add(self, kind: Kind, name: str, report: Report, page: str, at: datetime, profile: int | None = None) -> str:
        """Keep a session of a person and return its id. `page` is the report as HTML, `at` when the session began.

        Raises `OutputError` where the disk does not take it, `NoProfileError`; then nothing of it is kept.
        """
        session, whose = secrets.token_hex(8), self.profile(profile)
        row = (session, _iso(at), kind, name, report.to_json(), zlib.compress(page.encode()), whose)
        with self._lock, self._writing():
            self._insert("sessions(id, at, kind, name, report, page, profile)", row)
            for bout in report.bouts:
                self._add_bout(session, bout)
        return session

    def add_lesson(
        self, record: Mapping[str, Any], session: str | None, profile: int | None = None, at: datetime | None = None
    ) -> str:
        """Keep a lesson of a person and return its id. `session` is that of its report, None where there is none.

        record: `programme`, `title`, `seconds`, `complete`, `pain_before`, `pain_after`, `hurt` and `steps`. at: when
        it began; None: it has just ended.

        Raises `UsageError` for a pain that is none, and as `add`.
        """
        began = at or datetime.now().astimezone() - timedelta(seconds=record["seconds"])
        lesson = secrets.token_hex(8)
        row = lessons.row(lesson, self.profile(profile), _iso(began), record, session)
        with self._lock, self._writing():
            self._insert(lessons.COLUMNS, row)
        return lesson

    def set_pain(self, lesson: str, after: object) -> bool:
        """Note the pain after a lesson; whether there is such a lesson. Raises `UsageError` for what is no pain."""
        values = (lessons.pain(after), lesson)
        with self._lock, self._writing():
            return self._base.execute("UPDATE lessons SET pain_after = ? WHERE id = ?", values).rowcount > 0

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One change, made whole or not at all."""
        try:
            with self._base:
                yield
        except sqlite3.OperationalError as error:
            raise OutputError(f"cannot write the history: {error}; make room on the disk") from error
        except sqlite3.IntegrityError as error:
            raise NoProfileError("What this belongs to was deleted meanwhile; it is not kept.") from error

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

    def delete(self, session: str) -> bool:
        """Delete one session; returns whether there was one."""
        return self._delete("sessions WHERE id = ?", session)

    def delete_lesson(self, lesson: str) -> bool:
        """Delete one lesson and its report; returns whether there was one."""
        self._delete("sessions WHERE id = (SELECT session FROM lessons WHERE id = ?)", lesson)
        return self._delete("lessons WHERE id = ?", lesson)

    def clear(self, profile: int | None = None) -> None:
        """Delete all sessions and lessons of a person. Raises `NoProfileError`."""
        whose = self.profile(profile)
        for table in ("lessons", "sessions"):
            self._delete(f"{table} WHERE profile = ?", whose)

    def _delete(self, what: str, value: object) -> bool:
        with self._lock, self._writing():
            return self._base.execute(f"DELETE FROM {what}", (value,)).rowcount > 0

    def sessions(self, profile: int | None = None) -> list[dict[str, Any]]:
        """The sessions of a person, newest first, as the page takes them.

        Each bout has `cues`: how often each cue got which verdict; `short` is that a goal was not reached.
        """
        whose = self.profile(profile)
        cues: dict[int, dict[str, dict[str, int]]] = {}
        for row in self._all(f"{_VERDICTS} AND s.profile = ? GROUP BY 1, 2, 3", whose):
            cues.setdefault(row["bout"], {}).setdefault(row["cue"], {})[row["verdict"]] = row["times"]
        bouts: dict[str, list[dict[str, Any]]] = {}
        for row in self._all(f"{_BOUTS} WHERE s.profile = ? ORDER BY b.id", whose):
            bouts.setdefault(row["session"], []).append(_bout(row, cues.get(row["id"], {})))
        query = "SELECT id, at, kind, name FROM sessions WHERE profile = ? ORDER BY at DESC, number DESC"
        return [dict(row) | {"bouts": bouts.get(row["id"], [])} for row in self._all(query, whose)]

    def lessons(self, profile: int | None = None) -> list[dict[str, Any]]:
        """The lessons of a person, newest first, as the page takes them."""
        return lessons.lessons(self._all, self.profile(profile))

    def rows(self, profile: int | None = None) -> list[dict[str, Any]]:
        """Every rep as one flat row, oldest first; `faults` are the ids of its faulty cues, joined by spaces."""
        return [dict(row) for row in self._all(_ROWS, self.profile(profile))]

    def export(self, profile: int | None = None) -> Iterator[str]:
        """All of a person as one JSON object, in pieces: `profile`, `plan`, `lessons`, `sessions` and their reports."""
        whose = self.profile(profile)
        (name,) = (one["name"] for one in self.profiles() if one["id"] == whose)
        head = {
            "schema": "formcheck.history/1",
            "profile": name,
            "plan": self.plan(whose),
            "lessons": self.lessons(whose),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "sessions": ['
        for i, told in enumerate(self.sessions(whose)):
            for row in self._all("SELECT report FROM sessions WHERE id = ?", told["id"]):
                plain = json.dumps({key: told[key] for key in ("id", "at", "kind", "name")}, ensure_ascii=False)
                yield f'{"," if i else ""}{plain[:-1]}, "report": {row["report"]}}}'
        yield "]}"

    def progress(self, today: date, profile: int | None = None) -> dict[str, Any]:
        """What a person did week by week up to `today`, and how often, beside the article's advice and their `plan`.

        A session counts if it has a rep.
        """
        plan = self.plan(profile)
        found = progress(self._all, self.profile(profile), today, daily=plan["desk"], days=plan["days"])
        return found | {"plan": plan}

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._base.execute(query, values).fetchall()


_REP_COLUMNS: Final = "reps(bout, number, partial, side, start_s, peak_s, end_s, hold_s, score)"


def profile_name(name: object) -> str:
    """A person's name on one line. Raises `UsageError` for one that is empty, too long or cannot be shown."""
    if not isinstance(name, str) or not all(c.isprintable() or c in _JOINERS for c in name):
        raise UsageError("A name has letters, digits, signs and spaces only.")
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean.strip(_JOINERS + " ") or len(clean) > NAME_CHARS:
        raise UsageError(f"A name has 1 to {NAME_CHARS} characters.")
    return clean


_JOINERS: Final = "\u200c\u200d"  # within words of some scripts, though they do not print


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _rep_row(bout: int, rep: Rep) -> tuple[Any, ...]:
    times = (rep.start_s, rep.peak_s, rep.end_s, rep.hold_s)
    return (bout, rep.index, rep.partial, rep.side, *times, rep.score)


def _finite(value: Any) -> Any:
    """None for NaN and infinity, as in the report."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bout(row: sqlite3.Row, cues: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    kept = ("exercise", "title", "left", "right", "both", "reps", "score", "assessed")
    holds = {"best_hold_s": _rounded(row["best"]), "mean_hold_s": _rounded(row["mean"])}
    faults = {cue: verdicts["fault"] for cue, verdicts in cues.items() if "fault" in verdicts}
    rest = {"faults": faults, "cues": cues, "score": _rounded(row["score"])}
    return {key: row[key] for key in kept} | holds | rest


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
