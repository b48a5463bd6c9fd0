"""The history's addresses: whose sets are asked for, what a page may send, and what is refused in one sentence."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import findings_example as example
import pytest
from starlette.websockets import WebSocketDisconnect
from web import ORIGIN, Site, hello, site

from formcheck.live.programme import programmes
from formcheck.web.historydoors import BODY_BYTES

AT = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
LESSON = {
    "programme": "psoas_daily",
    "title": "Psoas, daily",
    "seconds": 412.3,
    "complete": True,
    "pain_before": 3,
    "pain_after": None,
    "hurt": [],
    "steps": [{"state": "done"}],
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as opened:
        yield opened


def post(here: Site, path: str, said: Any) -> Any:
    return here.client.post(path, json=said, headers=ORIGIN)


def delete(here: Site, path: str) -> int:
    return here.client.delete(path, headers=ORIGIN).status_code


def kept(here: Site, profile: int | None = None) -> tuple[str, str]:
    """A set and a lesson of a person."""
    session = here.history.add("live", "a set", example.report(), "<p>x</p>", AT, profile)
    return session, here.history.add_lesson(LESSON, session, profile, AT)


def test_people_come_and_go(here: Site) -> None:
    assert here.client.get("/api/profiles").json() == [{"id": 1, "name": "You"}]
    answer = post(here, "/api/profiles", {"name": " Anna "})
    assert (answer.status_code, answer.json()) == (201, {"id": 2, "name": "Anna"})
    assert post(here, "/api/profiles", {"name": "anna"}).json()["error"].startswith("There is somebody called anna")
    assert delete(here, "/api/profiles/2") == 204
    assert delete(here, "/api/profiles/2") == 404
    assert delete(here, "/api/profiles/1") == 400
    assert here.client.get("/api/profiles").json() == [{"id": 1, "name": "You"}]


def test_each_address_tells_of_the_person_asked_for(here: Site) -> None:
    anna = post(here, "/api/profiles", {"name": "Anna"}).json()["id"]
    mine, hers = kept(here), kept(here, anna)
    for query, (session, lesson) in (("", mine), ("?profile=1", mine), (f"?profile={anna}", hers)):
        assert [one["id"] for one in here.client.get(f"/api/sessions{query}").json()] == [session]
        assert [one["id"] for one in here.client.get(f"/api/lessons{query}").json()] == [lesson]
        assert here.client.get(f"/api/progress{query}").json()["days"] == ["2026-11-16"]
        rows = list(csv.DictReader(io.StringIO(here.client.get(f"/api/sessions.csv{query}").text)))
        assert (len(rows), {row["id"] for row in rows}) == (8, {session})
        answer = here.client.get(f"/api/history.json{query}")
        assert "attachment" in answer.headers["content-disposition"]
        assert [one["id"] for one in answer.json()["sessions"] + answer.json()["lessons"]] == [session, lesson]
    assert delete(here, f"/api/sessions?profile={anna}") == 204
    assert here.client.get(f"/api/lessons?profile={anna}").json() == []
    assert len(here.client.get("/api/lessons").json()) == len(here.client.get("/api/sessions").json()) == 1


READ = ("/api/sessions", "/api/lessons", "/api/progress", "/api/sessions.csv", "/api/history.json")


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize(
    ("said", "status"),
    [("2", 404), ("0", 400), ("-1", 400), ("", 400), ("1.0", 400), ("٣", 400), ("x", 400), ("9" * 5000, 400)],
)
def test_a_person_who_is_not_there_is_told_of(here: Site, path: str, said: str, status: int) -> None:
    kept(here)
    answer = here.client.get(path, params={"profile": said})
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
    assert here.client.delete("/api/sessions", params={"profile": said}, headers=ORIGIN).status_code == status
    assert len(here.history.sessions()) == 1


def test_the_plan_is_kept_for_each_person(here: Site) -> None:
    anna = post(here, "/api/profiles", {"name": "Anna"}).json()["id"]
    assert post(here, f"/api/plan?profile={anna}", {"desk": True, "days": 5}).status_code == 204
    assert here.client.get(f"/api/progress?profile={anna}").json()["plan"] == {"desk": True, "days": 5}
    assert here.client.get(f"/api/progress?profile={anna}").json()["advice"]["goal_days"] == 5
    assert here.client.get("/api/progress").json()["plan"] == {"desk": False, "days": None}
    for odd in ({}, {"desk": True, "days": 8}, {"desk": "yes", "days": 3}, {"days": 3}):
        assert post(here, f"/api/plan?profile={anna}", odd).status_code == 400
    assert post(here, "/api/plan?profile=9", {"desk": True, "days": 5}).status_code == 404
    assert here.client.post("/api/plan", json={"desk": True, "days": 5}).status_code == 403  # from another page
    assert here.client.get(f"/api/progress?profile={anna}").json()["plan"] == {"desk": True, "days": 5}


def test_the_pain_after_a_lesson_is_noted(here: Site) -> None:
    _, lesson = kept(here)
    assert post(here, f"/api/lessons/{lesson}/pain", {"after": 2}).status_code == 204
    assert here.client.get("/api/lessons").json()[0]["pain_after"] == 2
    for odd in (11, -1, 2.5, "2", None, True, [], 10**400):
        assert post(here, f"/api/lessons/{lesson}/pain", {"after": odd}).status_code == 400
    assert post(here, f"/api/lessons/{lesson}/pain", {}).status_code == 400
    assert post(here, "/api/lessons/other/pain", {"after": 2}).status_code == 404
    assert here.client.get("/api/lessons").json()[0]["pain_after"] == 2
    assert delete(here, f"/api/lessons/{lesson}") == 204
    assert delete(here, f"/api/lessons/{lesson}") == 404


def test_a_programme_grows_with_sessions_of_ones_own(here: Site) -> None:
    def level(profile: int) -> int:
        told = here.client.get(f"/api/programmes?profile={profile}").json()
        return next(int(one["level"]) for one in told if one["name"] == "psoas_daily")

    anna = here.history.add_profile("Anna")["id"]
    programme = programmes()["psoas_daily"]
    for _ in range(programme.grow_every):
        assert (level(anna), level(1)) == (0, 0)
        here.history.add_lesson(LESSON | {"steps": [{"state": "left_out"}]}, None, anna)
        here.history.add_lesson(LESSON | {"programme": "release"}, None, anna)
        here.history.add_lesson(LESSON, None, anna)
    assert (level(anna), level(1)) == (1, 0)


BODIES = {
    "no JSON": (b"{", 400),
    "nothing": (b"", 400),
    "a list": (b"[1]", 400),
    "no text": (b"\xff\xfe\x00", 400),
    "no name": (b"{}", 400),
    "half a sign": (b'{"name": "\\ud800"}', 400),
    "turned round": ('{"name": "\u202eegnp"}'.encode(), 400),
    "deep": (b"[" * 4000, 400),
    "not a number": (b'{"name": NaN}', 400),
    "long": (b'{"name": "' + b"x" * BODY_BYTES + b'"}', 413),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_name_is_refused_in_a_sentence(here: Site, body: tuple[bytes, int]) -> None:
    answer = here.client.post("/api/profiles", content=body[0], headers=ORIGIN)
    assert (answer.status_code, set(answer.json())) == (body[1], {"error"})
    assert answer.json()["error"].endswith(".") and answer.json()["error"][0].isupper()
    assert len(here.client.get("/api/profiles").json()) == 1


CHANGES = [
    ("POST", "/api/profiles"),
    ("DELETE", "/api/profiles/2"),
    ("DELETE", "/api/sessions"),
    ("DELETE", "/api/lessons/LESSON"),
    ("POST", "/api/lessons/LESSON/pain"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_foreign_page_changes_nothing(here: Site, method: str, path: str) -> None:
    here.history.add_profile("Anna")
    _, lesson = kept(here)
    said = json.dumps({"name": "Eve", "after": 9}).encode()
    for headers in ({"Origin": "http://evil.example"}, {}):
        answer = here.client.request(method, path.replace("LESSON", lesson), content=said, headers=headers)
        assert answer.status_code == 403
    assert here.stranger().request(method, path.replace("LESSON", lesson), headers=ORIGIN).status_code == 403
    assert len(here.history.profiles()) == 2
    assert [one["pain_after"] for one in here.history.lessons()] == [None]
    assert len(here.history.sessions()) == 1


@pytest.mark.parametrize("profile", [0, -1, 1.0, "1", True, [1], 2**31, {"id": 1}])
def test_an_odd_profile_starts_no_set(here: Site, profile: object) -> None:
    with here.socket() as socket:
        socket.send_json(hello(profile=profile))
        assert "hello" in socket.receive_json()["text"]
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4400


def test_a_person_who_is_gone_starts_no_set_and_sends_no_recording(here: Site) -> None:
    with here.socket() as socket:
        socket.send_json(hello(profile=2))
        assert "no longer in the history" in socket.receive_json()["text"]
    answer = here.client.post("/api/recordings?profile=2", content=b"x", headers=ORIGIN)
    assert (answer.status_code, here.recordings._all) == (404, {})
