"""The history: what is kept of a session, what comes of it over weeks, and what is deleted."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import findings_example as example
import pytest

from formcheck.errors import OutputError, UsageError
from formcheck.findings import Notice, NoticeCode
from formcheck.report.report import Report
from formcheck.web.history import History
from formcheck.web.progress import QUOTES

MONDAY = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "h.sqlite3")) as opened:
        yield opened


def add(history: History, at: datetime = MONDAY, report: Report | None = None) -> str:
    return history.add("live", "a set", report or example.report(), "<p>größer</p>", at)


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
    found = history.progress(MONDAY.date(), daily=True)
    assert (found["weeks"], found["days"], found["advice"]["days_this_week"]) == ([], [], 0)


def test_progress_goes_week_by_week_with_the_empty_ones(history: History) -> None:
    for day in ((11, 1), (11, 17), (11, 17), (11, 20)):  # the first is a Sunday, two weeks before
        add(history, MONDAY.replace(month=day[0], day=day[1]))
    found = history.progress(date(2026, 11, 22), daily=True)
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
    (week,) = history.progress(date(2027, 1, 3), daily=True)["weeks"]
    assert (week["week"], week["from"]) == ("2026-W53", "2026-12-28")


@pytest.mark.parametrize(("daily", "goal"), [(True, 7), (False, 3)])
def test_the_advice_is_the_articles(history: History, daily: bool, goal: int) -> None:
    add(history)
    advice = history.progress(MONDAY.date(), daily=daily)["advice"]
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
