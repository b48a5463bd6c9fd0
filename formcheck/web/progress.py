"""What was done over the weeks: per exercise and side, how often, days in a row, and pain before and after.

Days are those of the person's own clock. A day after today comes of a clock that was wrong: it counts for nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from json import loads
from sqlite3 import Row
from typing import Any, Final, Literal, NamedTuple

from formcheck import words
from formcheck.core.exercise import builtin
from formcheck.web import lessons
from formcheck.web.lessons import Fetch

QUOTES: Final = {
    True: "If you work at a desk all day, it’s best if you do these exercises at least once a day.",
    False: "Some psoas stretches and exercises to perform a few times a week are listed below.",
}
"""The article's own words ("The Psoas Muscle"), for those who work at a desk and for the others."""

FEW_TIMES: Final = 3
"""Days that "a few times a week" asks for (ours)."""

DAYS_A_WEEK: Final = 7

MOST_WEEKS: Final = 104
"""Weeks that are drawn, up to the last one with data (ours)."""

Quantity = Literal["score", "hold_s", "lift_cm", "arch_deg"]
Bounds = tuple[float | None, float | None]
_READ: Final[dict[tuple[str, str, str], Quantity]] = {
    ("heel_height", "mean", "cm"): "lift_cm",
    ("back_arch", "max", "deg"): "arch_deg",
}
"""Cues whose value is drawn, by what they read: measure, take, unit."""

_WEEK: Final = "date(substr(s.at, 1, 10), 'weekday 0', '-6 days')"  # its Monday
_COUNTED: Final = "sessions s JOIN bouts b ON b.session = s.id JOIN reps r ON r.bout = b.id WHERE NOT r.partial"
_THESE: Final = "s.profile = ? AND substr(s.at, 1, 10) BETWEEN ? AND ?"

_DAYS: Final = f"SELECT DISTINCT substr(s.at, 1, 10) AS day FROM {_COUNTED} AND s.profile = ?"

_SETS: Final = f"""
SELECT {_WEEK} AS week, b.exercise, r.side, count(*) AS reps, count(r.score) AS scored, avg(r.score) AS score,
    count(r.hold_s) AS held, avg(r.hold_s) AS hold_s
FROM {_COUNTED} AND {_THESE} GROUP BY 1, 2, 3
"""

_VALUES: Final = f"""
SELECT {_WEEK} AS week, b.exercise, v.cue, r.side, count(*) AS times, avg(v.value) AS value FROM sessions s
    JOIN bouts b ON b.session = s.id JOIN reps r ON r.bout = b.id JOIN verdicts v ON v.rep = r.id
WHERE NOT r.partial AND v.value IS NOT NULL AND {_THESE} GROUP BY 1, 2, 3, 4
"""

_SESSIONS: Final = f"SELECT {_WEEK} AS week, count(DISTINCT s.id) AS times FROM {_COUNTED} AND {_THESE} GROUP BY 1"

_PAIN: Final = f"""
SELECT {_WEEK} AS week, avg(s.pain_before) AS before, avg(s.pain_after) AS after FROM lessons s
WHERE {_THESE} AND coalesce(s.pain_before, s.pain_after) IS NOT NULL GROUP BY 1
"""


class _Value(NamedTuple):
    """The mean of a quantity over the reps of one side, None where none of them has it."""

    quantity: Quantity
    side: str
    mean: float | None
    times: int


def progress(fetch: Fetch, profile: int, today: date, *, daily: bool, days: int | None) -> dict[str, Any]:
    """The weeks with data and those between them, at most `MOST_WEEKS`; the days done; how often, beside the advice.

    daily: whether the article's advice is once a day. days: days a week that are planned, None: as the article says.
    A day counts if a rep or a step of a lesson was done on it.
    """
    goal_days = days or (DAYS_A_WEEK if daily else FEW_TIMES)
    done = sorted(day for day in days_done(fetch, profile) if day <= today)
    pain = {row["week"]: row for row in fetch(_PAIN, profile, "0001-01-01", today.isoformat())}
    mondays = sorted({monday(day) for day in done} | {date.fromisoformat(week) for week in pain})
    these = (profile, _earliest(mondays).isoformat(), today.isoformat())
    exercises = _exercises(fetch(_SETS, *these), fetch(_VALUES, *these))
    sessions = {row["week"]: row["times"] for row in fetch(_SESSIONS, *these)}
    weeks = [
        _dated(week)
        | {"sessions": sessions.get(week.isoformat(), 0), "days": sum(monday(day) == week for day in done)}
        | {"by_exercise": exercises.get(week.isoformat(), {})}
        | {"pain": _pain(pain.get(week.isoformat()))}
        for week in _span(mondays)
    ]
    return {
        "today": today.isoformat(),
        "weeks": weeks,
        "goals": _goals(fetch, profile),
        "days": [day.isoformat() for day in done],
        "advice": _advice(done, today, goal_days, daily),
    }


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def days_done(fetch: Fetch, profile: int) -> set[date]:
    """The days with a rep or a step of a lesson, those in the future too."""
    return {date.fromisoformat(row["day"]) for row in fetch(_DAYS, profile)} | lessons.days(fetch, profile)


def streak(done: Iterable[date], today: date, goal_days: int) -> tuple[int, int]:
    """Days in a row with something done, and weeks in a row with `goal_days` such days.

    Today and this week count once they are done; until then they end nothing.
    """
    days = {day for day in done if day <= today}
    day = today if today in days else today - timedelta(days=1)
    in_a_row = 0
    while day - timedelta(days=in_a_row) in days:
        in_a_row += 1
    weeks = [monday(one) for one in days]
    week, full = monday(today), 0
    if weeks.count(week) < goal_days:
        week -= timedelta(weeks=1)
    while weeks.count(week - timedelta(weeks=full)) >= goal_days:
        full += 1
    return in_a_row, full


def _advice(done: Sequence[date], today: date, goal_days: int, daily: bool) -> dict[str, Any]:
    days, weeks = streak(done, today, goal_days)
    return {
        "daily": daily,
        "text": words.HOW_OFTEN,
        "quote": QUOTES[daily],
        "days_this_week": sum(monday(day) == monday(today) for day in done),
        "goal_days": goal_days,
        "days_in_a_row": days,
        "weeks_in_a_row": weeks,
    }


def _earliest(mondays: Sequence[date]) -> date:
    return max(mondays[0], mondays[-1] - timedelta(weeks=MOST_WEEKS - 1)) if mondays else date.min


def _span(mondays: Sequence[date]) -> list[date]:
    """The weeks from the first with data to the last, but no earlier than `MOST_WEEKS` before it."""
    if not mondays:
        return []
    first = next(week for week in mondays if week >= _earliest(mondays))
    return [first + timedelta(weeks=n) for n in range((mondays[-1] - first).days // 7 + 1)]


def _dated(week: date) -> dict[str, Any]:
    year, number, _ = week.isocalendar()
    return {"week": f"{year}-W{number:02}", "from": week.isoformat()}


def _exercises(sets: Sequence[Row], verdicts: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """By week what was done of each exercise."""
    values: dict[tuple[str, str], list[_Value]] = {}
    for week, exercise, value in _values(sets, verdicts):
        values.setdefault((week, exercise), []).append(value)
    found: dict[str, dict[str, Any]] = {}
    for (week, exercise), rows in groupby(sets, key=lambda row: (row["week"], row["exercise"])):
        found.setdefault(week, {})[exercise] = _together(
            {row["side"]: row["reps"] for row in rows}, values[week, exercise]
        )
    return found


def _values(sets: Iterable[Row], verdicts: Iterable[Row]) -> Iterator[tuple[str, str, _Value]]:
    for row in sets:
        yield row["week"], row["exercise"], _Value("score", row["side"], row["score"], row["scored"])
        yield row["week"], row["exercise"], _Value("hold_s", row["side"], row["hold_s"], row["held"])
    drawn = {(name, cue): quantity for name, cues in _cues().items() for quantity, (cue, _) in cues.items()}
    for row in verdicts:
        quantity = drawn.get((row["exercise"], row["cue"]))
        if quantity is not None:
            yield row["week"], row["exercise"], _Value(quantity, row["side"], row["value"], row["times"])


def _together(reps: Mapping[str, int], values: Sequence[_Value]) -> dict[str, Any]:
    return {
        "reps": sum(reps.values()),
        **{side: reps.get(side, 0) for side in ("left", "right", "both")},
        "score": _mean(value for value in values if value.quantity == "score"),
        "hold_s": _mean(value for value in values if value.quantity == "hold_s"),
        "values": _by_side(values),
    }


def _by_side(values: Iterable[_Value]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for value in values:
        if value.mean is not None:
            found.setdefault(value.quantity, {})[value.side] = round(value.mean, 1)
    return found


def _mean(values: Iterable[_Value]) -> float | None:
    known = [(value.mean, value.times) for value in values if value.mean is not None]
    return round(sum(mean * times for mean, times in known) / sum(n for _, n in known), 1) if known else None


def _pain(row: Row | None) -> dict[str, float | None]:
    means = {when: row[when] if row else None for when in ("before", "after")}
    return {when: None if mean is None else round(mean, 1) for when, mean in means.items()}


@cache
def _cues() -> dict[str, dict[Quantity, tuple[str, Bounds]]]:
    """Of each exercise what is drawn beside score and hold: the cue that reads it, and its bounds."""
    found: dict[str, dict[Quantity, tuple[str, Bounds]]] = {}
    for name, exercise in builtin().items():
        mine = found.setdefault(name, {})
        for cue in exercise.rep_cues:
            check = cue.check
            quantity = _READ.get((check.measure, check.take, check.unit))
            if quantity is not None and check.leg != "other":
                mine.setdefault(quantity, (cue.id, (check.at_least, check.at_most)))
    return found


_NEWEST: Final = """
SELECT b.exercise, s.report, max(s.at) FROM sessions s JOIN bouts b ON b.session = s.id WHERE s.profile = ? GROUP BY 1
"""


def _goals(fetch: Fetch, profile: int) -> dict[str, dict[Quantity, Bounds]]:
    """Of each exercise that was done: the bounds of what is drawn. Those of a hold are the newest set's own."""
    goals: dict[str, dict[Quantity, Bounds]] = {}
    for row in fetch(_NEWEST, profile):
        mine = {quantity: bounds for quantity, (_, bounds) in _cues().get(row["exercise"], {}).items()}
        doses = [
            dose
            for bout in loads(row["report"])["bouts"]
            if bout["exercise"] == row["exercise"]
            for dose in bout["dose"]
        ]
        held = [(dose["at_least"], dose["at_most"]) for dose in doses if dose["unit"] == "s"]
        goals[row["exercise"]] = mine | ({"hold_s": held[-1]} if held else {})
    return goals
