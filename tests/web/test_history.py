"""The history: what is kept of a session, what comes of it over weeks, and what is deleted."""

import json
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import findings_example as example
import pytest

from formcheck.errors import OutputError, UsageError
from formcheck.findings import Notice, NoticeCode
from formcheck.report.report import Report
from formcheck.web.history import MOST_PROFILES, History, NoProfileError
from formcheck.web.progress import MOST_WEEKS, QUOTES, streak

MONDAY = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "h.sqlite3")) as opened:
        yield opened


def add(history: History, at: datetime = MONDAY, report: Report | None = None, profile: int | None = None) -> str:
    return history.add("live", "a set", report or example.report(), "<p>größer</p>", at, profile)


def lesson(**changes: Any) -> dict[str, Any]:
    """A lesson as the coach hands it over."""
    lunge = {"kind": "exercise", "name": "kneeling_lunge", "title": "Kneeling lunge", "side": "left"}
    step = lunge | {"goal": {"reps": 3, "hold_s": 30}, "reps": 3, "held_s": [30.2, 31.0, 29.9], "seconds": 130.1}
    return {
        "programme": "psoas_daily",
        "title": "Psoas, daily",
        "seconds": 412.3,
        "complete": True,
        "pain_before": 3,
        "pain_after": None,
        "hurt": [{"t": 120.2, "step": 3}],
        "steps": [step | {"state": "done"}],
    } | changes


def test_a_session_is_told_as_it_was(history: History) -> None:
    number = add(history)
    (told,) = history.sessions()
    assert told | {"bouts": []} == {
        "id": number,
        "at": "2026-11-16T08:30:00+00:00",
        "kind": "live",
        "name": "a set",
        "bouts": [],
    }
    leg, ball, lunge = told["bouts"]
    assert leg == {
        "exercise": "leg_lift",
        "title": "Leg lift",
        "left": 0,
        "right": 2,
        "both": 0,
        "reps": 2,
        "score": 70.8,
        "assessed": 5 / 6,
        "best_hold_s": leg["best_hold_s"],
        "mean_hold_s": leg["mean_hold_s"],
        "faults": leg["faults"],
        "cues": leg["cues"],
    }
    holds = [rep.hold_s for rep in example.leg_lift().counted]
    assert leg["best_hold_s"] == round(max(holds), 1)
    assert leg["mean_hold_s"] == round(sum(holds) / 2, 1)
    assert leg["faults"] == {"other_leg_down": 2}  # none of the rep that was cut off, and none of the dose
    assert leg["cues"]["other_leg_down"] == {"fault": 2}
    assert leg["cues"]["hold_3_to_5_s"] == {"short": 2}
    assert leg["cues"]["leg_straight"] == {"met": 1, "borderline": 1}
    assert leg["cues"]["low_back_pressed"] == {"not_assessed": 2}
    assert (ball["both"], ball["reps"], ball["faults"]) == (3, 3, {"hips_up": 2})
    assert (lunge["left"], lunge["right"], lunge["score"]) == (1, 1, None)
    assert history.page(number) == "<p>größer</p>"
    assert history.page("' OR 1=1 --") is None


def test_the_newest_session_comes_first(history: History) -> None:
    numbers = [add(history, MONDAY.replace(day=day)) for day in (17, 16, 18)]
    assert [session["id"] for session in history.sessions()] == [numbers[2], numbers[0], numbers[1]]


def test_a_session_without_a_bout_is_kept_but_counts_for_no_day(history: History) -> None:
    add(history, report=Report(example.video(), (), (Notice(NoticeCode.NO_EXERCISE, {"exercises": ("Leg lift",)}),)))
    assert history.sessions()[0]["bouts"] == []
    found = history.progress(MONDAY.date())
    assert (found["weeks"], found["days"], found["advice"]["days_this_week"]) == ([], [], 0)


def test_progress_goes_week_by_week_with_the_empty_ones(history: History) -> None:
    for day in ((11, 1), (11, 17), (11, 17), (11, 20)):  # the first is a Sunday, two weeks before
        add(history, MONDAY.replace(month=day[0], day=day[1]))
    found = history.progress(date(2026, 11, 22))
    assert [(w["week"], w["from"], w["sessions"], w["days"]) for w in found["weeks"]] == [
        ("2026-W44", "2026-10-26", 1, 1),
        ("2026-W45", "2026-11-02", 0, 0),
        ("2026-W46", "2026-11-09", 0, 0),
        ("2026-W47", "2026-11-16", 3, 2),
    ]
    ball = found["weeks"][3]["by_exercise"]["ball_bridge"]
    assert (ball["reps"], ball["left"], ball["right"], ball["score"]) == (9, 0, 0, 77.8)
    lunge = found["weeks"][3]["by_exercise"]["kneeling_lunge"]
    assert (lunge["reps"], lunge["left"], lunge["right"], lunge["score"]) == (6, 3, 3, None)
    assert lunge["hold_s"] == pytest.approx((28.5 + 29) / 2, abs=0.06)


def test_the_week_of_new_year_is_named_by_its_own_year(history: History) -> None:
    add(history, datetime(2027, 1, 2, tzinfo=UTC))
    (week,) = history.progress(date(2027, 1, 3))["weeks"]
    assert (week["week"], week["from"]) == ("2026-W53", "2026-12-28")


@pytest.mark.parametrize(("daily", "goal"), [(True, 7), (False, 3)])
def test_the_advice_is_the_articles(history: History, daily: bool, goal: int) -> None:
    add(history)
    history.set_plan(daily, None)
    advice = history.progress(MONDAY.date())["advice"]
    assert advice["goal_days"] == goal
    assert advice["days_this_week"] == 1
    assert advice["daily"] is daily
    assert advice["quote"] == QUOTES[daily]
    assert advice["text"].endswith("once a day for those who work at a desk, else a few times a week.")


def test_rows_are_one_a_rep(history: History) -> None:
    number = add(history)
    rows = history.rows()
    assert len(rows) == 3 + 3 + 2
    assert {row["id"] for row in rows} == {number}
    assert [row["partial"] for row in rows[:3]] == [0, 0, 1]
    assert rows[4]["faults"] == "hips_up"
    assert rows[3]["faults"] is None


def test_one_session_is_deleted_with_all_that_hangs_on_it(history: History, tmp_path: Path) -> None:
    kept, gone = add(history), add(history)
    assert history.delete(gone)
    assert not history.delete(gone)
    assert [session["id"] for session in history.sessions()] == [kept]
    assert len(history.rows()) == 8
    history.clear()
    history.close()
    with closing(sqlite3.connect(tmp_path / "h.sqlite3")) as base:
        for table in ("sessions", "bouts", "reps", "verdicts"):
            assert base.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_what_is_deleted_is_in_no_file_any_more(history: History, tmp_path: Path) -> None:
    add(history)
    assert any(b"workout.mp4" in path.read_bytes() for path in tmp_path.iterdir())
    history.clear()
    assert not any(b"workout.mp4" in path.read_bytes() for path in tmp_path.iterdir())


def test_the_file_is_its_owners_alone(history: History, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "h.sqlite3").stat().st_mode) == 0o600


def test_the_history_is_there_again_after_a_restart(history: History, tmp_path: Path) -> None:
    number = add(history)
    history.close()
    with closing(History(tmp_path / "h.sqlite3")) as again:
        assert [told["id"] for told in again.sessions()] == [number]


def test_two_servers_do_not_share_one_file(history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.web.history._BUSY_S", 0.0)
    with pytest.raises(UsageError, match="another formcheck serve has"):
        History(tmp_path / "h.sqlite3")


def test_a_file_of_a_newer_version_or_of_something_else_is_left_alone(tmp_path: Path) -> None:
    newer, other = tmp_path / "newer", tmp_path / "other"
    with closing(sqlite3.connect(newer)) as base:
        base.execute("PRAGMA user_version = 9")
    with pytest.raises(UsageError, match="newer formcheck"):
        History(newer)
    other.write_text("This is a diary. " * 100, "utf-8")
    with pytest.raises(UsageError, match="no history of formcheck"):
        History(other)
    assert other.read_text("utf-8").startswith("This is a diary. ")
    with pytest.raises(OutputError, match="does not exist"):
        History(tmp_path / "nowhere" / "h")


def test_a_full_disk_is_said_and_keeps_nothing_of_the_session(history: History) -> None:
    kept = add(history)
    (pages,) = history._base.execute("PRAGMA page_count").fetchone()
    history._base.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputError, match="make room"):
        for _ in range(9):
            add(history)
    told = history.sessions()
    assert kept in {one["id"] for one in told}
    assert all(len(one["bouts"]) == 3 for one in told)


VERSION_1 = """
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    report TEXT NOT NULL, page BLOB NOT NULL
);
CREATE TABLE bouts (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE, exercise TEXT NOT NULL,
    title TEXT NOT NULL, start_s REAL, end_s REAL, score REAL, assessed REAL
);
CREATE TABLE reps (
    id INTEGER PRIMARY KEY, bout INTEGER NOT NULL REFERENCES bouts(id) ON DELETE CASCADE, number INTEGER NOT NULL,
    partial INTEGER NOT NULL, side TEXT NOT NULL, start_s REAL, peak_s REAL, end_s REAL, hold_s REAL, score REAL
);
CREATE TABLE verdicts (
    bout INTEGER NOT NULL REFERENCES bouts(id) ON DELETE CASCADE, rep INTEGER REFERENCES reps(id) ON DELETE CASCADE,
    cue TEXT NOT NULL, verdict TEXT NOT NULL, value REAL, unit TEXT NOT NULL, at_s REAL, said TEXT NOT NULL
);
CREATE INDEX bouts_of_sessions ON bouts(session);
CREATE INDEX reps_of_bouts ON reps(bout);
CREATE INDEX verdicts_of_bouts ON verdicts(bout);
CREATE INDEX verdicts_of_reps ON verdicts(rep);
PRAGMA user_version = 1;
"""
"""The tables as the first version of the history made them."""

OLD_ROWS = {
    "sessions": [
        (1, "s1", "2026-11-16T08:30:00+00:00", "live", "a set", example.report().to_json(), zlib.compress(b"<p>1</p>")),
        (2, "s2", "2026-11-17T08:30:00+00:00", "recorded", "b.mp4", example.report().to_json(), zlib.compress(b"2")),
    ],
    "bouts": [(1, "s1", "leg_lift", "Leg lift", 1.0, 9.0, 66.7, 0.5), (2, "s2", "leg_lift", "Leg lift", 0, 5, None, 0)],
    "reps": [(1, 1, 1, 0, "left", 1.0, 2.0, 5.0, 3.5, 66.7), (2, 2, 1, 0, "right", 1.0, 2.0, 5.0, 4.5, None)],
    "verdicts": [
        (1, 1, "leg_straight", "fault", 31.5, "deg", 2.0, "bent"),
        (1, None, "dose", "short", 1, "reps", None, ""),
    ],
}


def test_a_file_of_the_first_version_keeps_all_it_has(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as base:
        base.executescript(VERSION_1)
        for table, rows in OLD_ROWS.items():
            base.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        base.commit()
    for _ in "12":  # the second time it is of the new version already
        with closing(History(file)) as history:
            assert [one["name"] for one in history.profiles()] == ["You"]
            newest, oldest = history.sessions()
            assert (newest["id"], newest["kind"], newest["name"]) == ("s2", "recorded", "b.mp4")
            assert (oldest["bouts"][0]["left"], oldest["bouts"][0]["faults"]) == (1, {"leg_straight": 1})
            assert (history.page("s1"), history.page("s2")) == ("<p>1</p>", "2")
            assert [row["hold_s"] for row in history.rows()] == [3.5, 4.5]
            assert history.lessons() == []
            anna = history.add_profile("Anna")["id"]
            assert history.sessions(anna) == []
            history.delete_profile(anna)
    with closing(sqlite3.connect(file)) as base:
        for table, rows in OLD_ROWS.items():
            found = base.execute(f"SELECT * FROM {table}").fetchall()
            assert [row[: len(rows[0])] for row in found] == rows
        assert base.execute("PRAGMA user_version").fetchone() == (3,)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


VERSION_2 = """
CREATE TABLE profiles (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
INSERT INTO profiles(name) VALUES ('Zoë'), ('Anna');
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    report TEXT NOT NULL, page BLOB NOT NULL, profile INTEGER NOT NULL REFERENCES profiles(id) ON DELETE CASCADE
);
INSERT INTO sessions VALUES (1, 's1', '2026-11-16T08:30:00+00:00', 'live', 'a set', '{"bouts": []}', x'', 2);
PRAGMA user_version = 2;
"""
"""Of the tables of the second version those that have changed, or refer to them."""


def test_a_file_of_the_second_version_gets_a_plan_for_each_person(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as base:
        base.executescript(VERSION_2)
    for days in (None, 4):  # the second time it is of the new version already
        with closing(History(file)) as history:
            assert [one["name"] for one in history.profiles()] == ["Zoë", "Anna"]
            assert [one["id"] for one in history.sessions(2)] == ["s1"]
            assert [history.plan(whose) for whose in (1, 2)] == [
                {"desk": False, "days": None},
                {"desk": False, "days": days},
            ]
            history.set_plan(False, 4, 2)
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (3,)


def test_a_file_that_cannot_be_brought_up_to_date_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(file)) as base:
        base.executescript(VERSION_1 + "CREATE TABLE lessons (odd TEXT);")
    with pytest.raises(OutputError):
        History(file)
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (1,)
        assert "profile" not in [row[1] for row in base.execute("PRAGMA table_info(sessions)")]


def test_people_on_one_machine_see_their_own(history: History) -> None:
    (you,) = history.profiles()
    anna = history.add_profile("  Anna   Müller ")
    assert anna == {"id": anna["id"], "name": "Anna Müller"}
    mine, hers = add(history), add(history, MONDAY.replace(day=17), profile=anna["id"])
    lessons = [history.add_lesson(lesson(), None), history.add_lesson(lesson(), hers, anna["id"])]
    for whose, session, one, day in ((None, mine, lessons[0], None), (anna["id"], hers, lessons[1], "2026-11-17")):
        assert [told["id"] for told in history.sessions(whose)] == [session]
        assert [told["id"] for told in history.lessons(whose)] == [one]
        assert {row["id"] for row in history.rows(whose)} == {session}
        found = json.loads("".join(history.export(whose)))
        assert [told["id"] for told in found["sessions"]] == [session]
        assert [told["id"] for told in found["lessons"]] == [one]
        assert day is None or day in history.progress(date(2030, 1, 1), whose)["days"]
    history.clear(anna["id"])
    assert (history.sessions(anna["id"]), history.lessons(anna["id"])) == ([], [])
    assert [told["id"] for told in history.sessions(you["id"])] == [mine]
    assert [told["id"] for told in history.lessons()] == [lessons[0]]


def test_a_person_goes_with_all_that_was_kept_and_the_number_is_not_given_again(
    history: History, tmp_path: Path
) -> None:
    anna = history.add_profile("Anna")["id"]
    add(history, profile=anna)
    history.add_lesson(lesson(title="Annas own"), None, anna)
    kept = add(history)
    history.delete_profile(anna)
    assert [one["name"] for one in history.profiles()] == ["You"]
    assert history.add_profile("Berta")["id"] > anna
    for asked in (history.sessions, history.lessons, history.rows, history.clear, history.delete_profile):
        with pytest.raises(NoProfileError, match="no longer"):
            asked(anna)
    with pytest.raises(NoProfileError):
        add(history, profile=anna)
    assert [told["id"] for told in history.sessions()] == [kept]
    assert not any(b"Annas own" in path.read_bytes() for path in tmp_path.iterdir())
    history.delete_profile(1)
    assert [one["name"] for one in history.profiles()] == ["Berta"]
    with pytest.raises(UsageError, match="last person"):
        history.delete_profile(history.profiles()[0]["id"])
    assert history.sessions() == []  # the first person is Berta now


NAMES: list[tuple[object, str | None]] = [
    ("Anna", "Anna"),
    ("  Zoë\u0308  von und  zu ", "Zoë̈ von und zu"),
    ("Zoe\u0308", "Zoë"),
    ("祖母", "祖母"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("x" * 40, "x" * 40),
    ("x" * 41, None),
    ("", None),
    ("   ", None),
    ("\u200d\u200d", None),
    ("a\nb", None),
    ("a\x00", None),
    ("\u202egnp.exe", None),
    ("\u2066a\u2069", None),
    ("\ud800", None),
    ("\u200b", None),
    ("\u2028", None),
    (None, None),
    (7, None),
    (["Anna"], None),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_name_can_be_shown(history: History, given: object, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(UsageError, match="A name has"):
            history.add_profile(given)
        assert len(history.profiles()) == 1
    else:
        assert history.add_profile(given)["name"] == kept


def test_there_are_no_two_of_a_name_and_not_too_many(history: History) -> None:
    for n in range(MOST_PROFILES - 1):
        history.add_profile(f"Person {n}")
        with pytest.raises(UsageError, match="already"):
            history.add_profile(f"PERSON {n}")
    with pytest.raises(UsageError, match="20 people already"):
        history.add_profile("One more")


def test_a_lesson_is_told_as_it_was(history: History) -> None:
    session = add(history)
    number = history.add_lesson(lesson(), session, at=MONDAY)
    (told,) = history.lessons()
    assert told == lesson() | {"id": number, "at": "2026-11-16T08:30:00+00:00", "session": session, "did": True}
    assert history.set_pain(number, 2)
    assert history.lessons()[0]["pain_after"] == 2
    assert not history.set_pain("other", 2)
    assert history.delete(session)
    assert history.lessons()[0]["session"] is None


def test_a_lesson_that_just_ended_began_its_seconds_ago(history: History) -> None:
    history.add_lesson(lesson(seconds=3600.0, steps=[{"state": "left_out", "held_s": [float("nan")]}]), None)
    (told,) = history.lessons()
    ago = datetime.now().astimezone() - datetime.fromisoformat(told["at"])
    assert timedelta(seconds=3599) < ago < timedelta(seconds=3630)
    assert (told["did"], told["steps"][0]["held_s"]) == (False, [None])


@pytest.mark.parametrize("pain", [-1, 11, 2.5, "3", True, float("nan"), [1]])
def test_a_pain_that_is_none_is_refused(history: History, pain: object) -> None:
    number = history.add_lesson(lesson(pain_after=10, pain_before=0), None)
    with pytest.raises(UsageError, match="from 0 to 10"):
        history.set_pain(number, pain)
    with pytest.raises(UsageError, match="from 0 to 10"):
        history.add_lesson(lesson(pain_before=pain), None)
    assert [(told["pain_before"], told["pain_after"]) for told in history.lessons()] == [(0, 10)]


def test_a_lesson_goes_with_its_report(history: History, tmp_path: Path) -> None:
    kept, gone = add(history), add(history)
    number = history.add_lesson(lesson(title="To be forgotten"), gone)
    assert history.delete_lesson(number)
    assert not history.delete_lesson(number)
    assert [told["id"] for told in history.sessions()] == [kept]
    assert not any(b"To be forgotten" in path.read_bytes() for path in tmp_path.iterdir())


def test_everything_of_a_person_can_be_taken_along(history: History) -> None:
    first, second = add(history), add(history, MONDAY.replace(day=18))
    history.add_lesson(lesson(), second, at=MONDAY)
    found = json.loads("".join(history.export()))
    assert (found["schema"], found["profile"]) == ("formcheck.history/1", "You")
    assert [one["id"] for one in found["sessions"]] == [second, first]
    assert all(one["report"] == example.report().to_dict() for one in found["sessions"])
    assert found["lessons"] == history.lessons()


def test_each_side_has_its_own_mean_and_the_goals_are_drawn(history: History) -> None:
    add(history)
    found = history.progress(MONDAY.date())
    (week,) = found["weeks"]
    lunge, lift = week["by_exercise"]["kneeling_lunge"], week["by_exercise"]["leg_lift"]
    assert lunge["values"] == {"hold_s": {"left": 28.5, "right": 29.0}}
    assert (lunge["left"], lunge["right"], lunge["both"]) == (1, 1, 0)
    assert lift["values"] == {"score": {"right": 68.8}, "hold_s": {"right": 2.0}, "lift_cm": {"right": 20.8}}
    assert week["by_exercise"]["ball_bridge"]["values"]["score"] == {"both": 77.8}
    goals = found["goals"]
    assert goals["leg_lift"] == {"lift_cm": (7.6, 30.5), "arch_deg": (None, 10), "hold_s": (3, 5)}
    assert goals["kneeling_lunge"]["arch_deg"] == (None, 12)
    assert goals["ball_bridge"] == {}


def test_pain_is_a_mean_of_each_week(history: History) -> None:
    pains = ((16, 4, 2), (18, 6, None), (24, None, None), (25, 1, 0))
    for day, before, after in pains:
        at = MONDAY.replace(day=day)
        history.add_lesson(lesson(pain_before=before, pain_after=after), None, at=at)
    weeks = history.progress(date(2026, 11, 30))["weeks"]
    assert [(week["from"], week["pain"]) for week in weeks] == [
        ("2026-11-16", {"before": 5.0, "after": 2.0}),
        ("2026-11-23", {"before": 1.0, "after": 0.0}),
    ]


TODAY = date(2026, 11, 18)  # a Wednesday


def back(*days: int) -> set[date]:
    return {TODAY - timedelta(days=n) for n in days}


@pytest.mark.parametrize(
    ("done", "goal", "found"),
    [
        (set(), 7, (0, 0)),
        (back(0), 1, (1, 1)),
        (back(0, 1, 2), 3, (3, 1)),
        (back(1, 2, 3), 3, (3, 0)),  # nothing yet today: yesterday's row still stands
        (back(2, 3), 1, (0, 2)),  # a whole day was left out
        (back(0, 2), 1, (1, 1)),
        (back(*range(20)), 7, (20, 2)),  # this week is not over
        (back(*range(3, 10)), 7, (0, 1)),
        (back(-1, -2, 0), 2, (1, 0)),  # tomorrow has not been done
        (back(-3650, 20_000), 1, (0, 0)),
    ],
)
def test_days_and_weeks_in_a_row(done: set[date], goal: int, found: tuple[int, int]) -> None:
    assert streak(done, TODAY, goal) == found


def test_the_plan_may_be_ones_own(history: History) -> None:
    for day in (9, 11, 16, 18):
        add(history, MONDAY.replace(day=day))
    history.set_plan(True, 2)
    advice = history.progress(TODAY)["advice"]
    assert (advice["goal_days"], advice["days_this_week"], advice["weeks_in_a_row"]) == (2, 2, 2)


def test_each_person_has_a_plan_of_their_own_that_is_kept(history: History, tmp_path: Path) -> None:
    anna = history.add_profile("Anna")["id"]
    assert history.plan(anna) == {"desk": False, "days": None}
    history.set_plan(True, 5, anna)
    history.close()
    with closing(History(tmp_path / "h.sqlite3")) as again:
        assert again.plan() == {"desk": False, "days": None}
        assert again.progress(TODAY, anna)["plan"] == {"desk": True, "days": 5}
        assert json.loads("".join(again.export(anna)))["plan"] == {"desk": True, "days": 5}


@pytest.mark.parametrize(
    ("desk", "days"), [(None, 3), (1, 3), (True, 0), (True, 8), (True, 2.0), (True, True), (True, "3")]
)
def test_what_is_no_plan_is_refused(history: History, desk: object, days: object) -> None:
    with pytest.raises(UsageError, match="1 to 7 days"):
        history.set_plan(desk, days)
    assert history.plan() == {"desk": False, "days": None}


def test_a_lesson_makes_a_day_and_one_left_out_does_not(history: History) -> None:
    history.add_lesson(lesson(), None, at=MONDAY)
    history.add_lesson(lesson(steps=[{"state": "hurt"}, {"state": "left_out"}]), None, at=MONDAY.replace(day=17))
    found = history.progress(TODAY)
    assert (found["days"], found["advice"]["days_this_week"]) == (["2026-11-16"], 1)


def test_a_day_in_the_future_counts_for_nothing(history: History) -> None:
    for at in (MONDAY, MONDAY.replace(day=19), MONDAY.replace(year=2099)):
        add(history, at)
        history.add_lesson(lesson(pain_before=9), None, at=at + timedelta(days=1))
    found = history.progress(TODAY)
    assert found["days"] == ["2026-11-16", "2026-11-17"]
    assert (found["advice"]["days_this_week"], found["advice"]["days_in_a_row"]) == (2, 2)
    assert [(week["from"], week["days"]) for week in found["weeks"]] == [("2026-11-16", 2)]
    assert found["weeks"][0]["by_exercise"]["leg_lift"]["reps"] == 2
    assert len(history.sessions()) == 3  # they are shown all the same


def test_a_clock_that_was_wrong_makes_no_thousand_weeks(history: History) -> None:
    for at in (datetime(1970, 1, 1, tzinfo=UTC), MONDAY - timedelta(weeks=200), MONDAY - timedelta(weeks=2), MONDAY):
        add(history, at)
    weeks = history.progress(date(2026, 11, 22))["weeks"]
    assert [week["from"] for week in weeks] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert len(history.progress(date(2099, 1, 1))["weeks"]) == 3
    add(history, MONDAY - timedelta(weeks=MOST_WEEKS - 1))
    weeks = history.progress(date(2026, 11, 22))["weeks"]
    assert (len(weeks), sum(week["days"] for week in weeks)) == (MOST_WEEKS, 3)
    add(history, MONDAY - timedelta(weeks=MOST_WEEKS))
    assert len(history.progress(date(2026, 11, 22))["weeks"]) == MOST_WEEKS
