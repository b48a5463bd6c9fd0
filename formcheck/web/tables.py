"""The tables of the history's file, and how a file of an earlier version gets them."""

from typing import Final

VERSION: Final = 3
"""Of the tables; kept in the file's `user_version`. Version 1 had no profiles and no lessons, version 2 no plans."""

FIRST_NAME: Final = "You"
"""The profile that there is from the start; sets of version 1 belong to it."""

# A number is never given twice: a page may remember that of a profile that is gone.
_PROFILES: Final = f"""
CREATE TABLE IF NOT EXISTS profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, desk INTEGER NOT NULL DEFAULT 0, days INTEGER
);
INSERT INTO profiles(name) SELECT '{FIRST_NAME}' WHERE NOT EXISTS (SELECT 1 FROM profiles);
"""

_FROM_1: Final = """
ALTER TABLE sessions ADD COLUMN profile INTEGER NOT NULL DEFAULT 1 REFERENCES profiles(id) ON DELETE CASCADE;
"""

_FROM_2: Final = """
ALTER TABLE profiles ADD COLUMN desk INTEGER NOT NULL DEFAULT 0;
ALTER TABLE profiles ADD COLUMN days INTEGER;
"""

_CHANGES: Final = {1: _FROM_1, 2: _FROM_2}
"""What is changed of the tables that a file of a version has; those that it lacks are made with all their columns."""

_REST: Final = """
CREATE TABLE IF NOT EXISTS sessions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    report TEXT NOT NULL, page BLOB NOT NULL, profile INTEGER NOT NULL REFERENCES profiles(id) ON DELETE CASCADE
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
CREATE TABLE IF NOT EXISTS lessons (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    profile INTEGER NOT NULL REFERENCES profiles(id) ON DELETE CASCADE, at TEXT NOT NULL, programme TEXT NOT NULL,
    title TEXT NOT NULL, seconds REAL NOT NULL, complete INTEGER NOT NULL, pain_before INTEGER, pain_after INTEGER,
    hurt TEXT NOT NULL, steps TEXT NOT NULL, session TEXT REFERENCES sessions(id) ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_profiles ON sessions(profile);
CREATE INDEX IF NOT EXISTS lessons_of_profiles ON lessons(profile);
CREATE INDEX IF NOT EXISTS lessons_of_sessions ON lessons(session);
CREATE INDEX IF NOT EXISTS bouts_of_sessions ON bouts(session);
CREATE INDEX IF NOT EXISTS reps_of_bouts ON reps(bout);
CREATE INDEX IF NOT EXISTS verdicts_of_bouts ON verdicts(bout);
CREATE INDEX IF NOT EXISTS verdicts_of_reps ON verdicts(rep);
"""


def script(version: int) -> str:
    """What makes a file of `version`, 0 for a new one, one of `VERSION`: all of it or nothing."""
    return f"BEGIN; {_PROFILES} {_CHANGES.get(version, '')} {_REST} PRAGMA user_version = {VERSION}; COMMIT;"
