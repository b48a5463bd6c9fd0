"""Live sets over the WebSocket: the reps of the recording, a dropped connection, and what a page may not send."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import PROGRESSIVE, coded, resized
from door import bridges, know, recorded
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from web import Site, hello, sent, site

from formcheck.body.poses import Poses
from formcheck.errors import ModelError, OutputError
from formcheck.findings import OneSide
from formcheck.live.coach import Coach
from formcheck.live.programme import Course
from formcheck.recorded import Options, analyze
from formcheck.web import live, liveset
from formcheck.web.history import History


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    know(monkeypatch, bridges())
    with site(tmp_path) as opened:
        yield opened


def begin(socket: WebSocketTestSession, **asked: Any) -> dict[str, Any]:
    socket.send_json(hello(**asked))
    said: dict[str, Any] = socket.receive_json()
    return said


def feed(here: Site, socket: WebSocketTestSession, rows: range) -> list[dict[str, Any]]:
    """Each picture at its time after the first, the next one once the answer to the last came."""
    moments, began = [], here.clock.now
    for row in rows:
        here.clock.now = began + float(bridges().time[row] - bridges().time[rows.start])
        socket.send_bytes(sent(row))
        moments.append(socket.receive_json())
    return moments


def end(socket: WebSocketTestSession) -> dict[str, Any]:
    socket.send_json({"type": "end"})
    said: dict[str, Any] = socket.receive_json()
    return said


def refused(socket: WebSocketTestSession) -> tuple[int, str]:
    """The code and the sentence with which a connection ends."""
    said = socket.receive_json()
    assert said["type"] == "error"
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return closed.value.code, said["text"]


def stored(here: Site) -> list[tuple[str, int]]:
    return [(bout["exercise"], bout["reps"]) for session in here.history.sessions() for bout in session["bouts"]]


def test_a_live_set_has_the_bouts_of_the_recording(here: Site, tmp_path: Path) -> None:
    with here.socket() as socket:
        assert begin(socket, exercise="ball_bridge")["resumed"] is False
        moments = feed(here, socket, range(len(bridges())))
        report = end(socket)
    assert report["url"] == f"/reports/{report['session']}"
    assert report["text"] == "Bridge with a ball: 3 reps."
    bouts = analyze(recorded(tmp_path / "clip.mp4", bridges()), "ball_bridge").bouts
    (session,) = here.history.sessions()
    assert session["kind"] == "live"
    assert stored(here) == [("ball_bridge", len(bouts[0].counted))]
    rows = here.history.rows()
    for name in ("start_s", "peak_s", "end_s", "hold_s"):
        assert [row[name] for row in rows] == pytest.approx([getattr(rep, name) for rep in bouts[0].reps], abs=0.01)
    assert [row["score"] for row in rows] == [rep.score for rep in bouts[0].reps]
    page = here.client.get(report["url"])
    assert "Bridge with a ball: 3 reps" in page.text
    assert "sandbox" in page.headers["content-security-policy"]
    assert [m["seq"] for m in moments] == list(range(len(bridges())))
    counts = [m["count"] for m in moments]
    assert counts == sorted(counts)
    assert sum(len(m["reps"]) for m in moments) >= 2


def test_a_set_belongs_to_whom_the_page_named(here: Site) -> None:
    anna = here.history.add_profile("Anna")["id"]
    with here.socket() as socket:
        begin(socket, exercise="ball_bridge", profile=anna)
        feed(here, socket, range(len(bridges())))
        report = end(socket)
    assert [one["id"] for one in here.history.sessions(anna)] == [report["session"]]
    assert here.history.sessions() == []


BRIDGES = [{"step": 2, "reps": 2}]
"""Of the daily programme the bridges alone, two of them."""


def asked(**changes: Any) -> dict[str, Any]:
    return {"programme": "psoas_daily", "level": 0, "pain": 4, "steps": BRIDGES} | changes


def test_a_session_is_led_to_its_end_and_kept_with_its_set(here: Site) -> None:
    with here.socket() as socket:
        begin(socket, lesson=asked())
        moments = feed(here, socket, range(len(bridges())))
        report = end(socket)
    standing = moments[-1]["lesson"]
    assert (standing["phase"], standing["title"], standing["steps"], standing["reps"]) == (
        "over",
        "Bridge with a ball",
        1,
        2,
    )
    assert report["text"].startswith("1 step of 1 done, in 1 min. Bridge with a ball: 3 reps.")
    (lesson,) = here.history.lessons()
    assert (lesson["id"], lesson["session"]) == (report["lesson"], report["session"])
    assert (lesson["programme"], lesson["complete"], lesson["pain_before"]) == ("psoas_daily", True, 4)
    assert [(step["name"], step["reps"], step["state"]) for step in lesson["steps"]] == [("ball_bridge", 2, "done")]
    assert here.client.get("/api/programmes").json()[0]["level"] == 0


def test_a_session_of_nobody_is_not_kept(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Poses.blank(np.array([0.0]), (160, 90)))
    with here.socket() as socket:
        begin(socket, lesson=asked())
        feed(here, socket, range(1))
        socket.send_json({"type": "hurts"})
        report = end(socket)
    assert (report["session"], report["lesson"]) == (None, None)
    assert (here.history.sessions(), here.history.lessons()) == ([], [])


def test_a_session_without_a_rep_is_kept_if_anything_was_done(here: Site) -> None:
    anna = here.history.add_profile("Anna")["id"]
    for pressed, count in (("skip", 0), ("hurts", 1)):
        with here.socket() as socket:
            begin(socket, lesson=asked(programme="release", steps=None), profile=anna)
            feed(here, socket, range(1))
            socket.send_json({"type": pressed})
            feed(here, socket, range(1, 2))
            report = end(socket)
        assert report["session"] is None
        assert len(here.history.lessons(anna)) == count
    (kept,) = here.history.lessons(anna)
    assert (kept["id"], kept["steps"][0]["state"], len(kept["hurt"])) == (report["lesson"], "hurt", 1)
    assert here.history.lessons() == []


def test_what_is_pressed_reaches_the_session(here: Site) -> None:
    with here.socket() as socket:
        begin(socket, lesson=asked(steps=None))
        feed(here, socket, range(1))
        phases = []
        for row, pressed in enumerate(("pause", "pause", "skip", "hurts"), 1):
            socket.send_json({"type": pressed})
            (moment,) = feed(here, socket, range(row, row + 1))
            phases.append((moment["lesson"]["phase"], moment["lesson"]["number"]))
        assert phases == [("paused", 1), ("wait", 1), ("rest", 2), ("paused", 3)]
        end(socket)


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "../psoas_daily"},
        {"programme": None},
        {"level": -1},
        {"level": True},
        {"level": 100},
        {"pain": 11},
        {"pain": "1"},
        {"steps": "all"},
        {"steps": [1]},
    ],
)
def test_a_session_that_cannot_be_is_refused(here: Site, changes: dict[str, Any]) -> None:
    with here.socket() as socket:
        socket.send_json(hello(lesson=asked(**changes)))
        code, said = refused(socket)
    assert code == 4400
    assert "programme" in said


@pytest.mark.parametrize("steps", [[], [{"step": 9}], [{"step": 0, "reps": 1e9}], [{"step": 0, "say": "x"}]])
def test_steps_that_cannot_be_are_named(here: Site, steps: list[dict[str, Any]]) -> None:
    with here.socket() as socket:
        socket.send_json(hello(lesson=asked(steps=steps)))
        code, said = refused(socket)
    assert code == 1011
    assert "step" in said


def test_a_session_is_kept_with_its_report(here: Site) -> None:
    anna = here.history.add_profile("Anna")["id"]
    with here.socket() as socket:
        begin(socket, profile=anna, lesson=asked(steps=None))
        feed(here, socket, range(len(bridges())))
        report = end(socket)
    (kept,) = here.history.lessons(anna)
    assert (kept["id"], kept["session"], kept["pain_before"]) == (report["lesson"], report["session"], 4)
    assert [one["id"] for one in here.history.sessions(anna)] == [report["session"]]
    assert here.history.lessons() == []


def test_a_moment_says_what_the_contract_names(here: Site) -> None:
    with here.socket() as socket:
        begin(socket)
        (moment,) = feed(here, socket, range(1))
    assert set(moment) == {
        *("type", "seq", "t", "image", "points", "stage", "placement", "exercise", "title", "count", "side", "moving"),
        *("doing", "so_far", "held_s", "hold_goal_s", "message", "tone", "say", "fps", "dropped", "server_ms", "reps"),
        "lesson",
    }
    assert (moment["type"], moment["t"], moment["image"]) == ("moment", 0, [160, 90])
    assert np.array(moment["points"])[:, :2] == pytest.approx(bridges().image[0], abs=0.06)


@pytest.mark.usefixtures("here")
def test_the_end_words_name_every_exercise_once(tmp_path: Path) -> None:
    (bridge,) = analyze(recorded(tmp_path / "clip.mp4", bridges()), "ball_bridge").bouts
    lift = replace(bridge, title="Leg lift", reps=bridge.counted[:1])
    assert liveset.done([bridge, lift, bridge]) == "Bridge with a ball: 6 reps. Leg lift: 1 rep."


def test_nobody_has_no_points_and_leaves_no_session(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Poses.blank(np.array([0.0]), (160, 90)))
    with here.socket() as socket:
        begin(socket)
        (moment,) = feed(here, socket, range(1))
        assert (moment["points"], moment["stage"]) == (None, "nobody")
        report = end(socket)
    assert report == {
        "type": "report",
        "session": None,
        "url": None,
        "lesson": None,
        "text": "Nobody was seen: step back until your whole body is in the picture.",
        "page": None,
    }
    assert here.history.sessions() == []


@pytest.mark.parametrize("frames", [0, 20])
def test_a_set_in_which_nothing_was_done_is_not_kept(here: Site, frames: int) -> None:
    with here.socket() as socket:
        begin(socket)
        feed(here, socket, range(frames))
        assert str(end(socket)["text"]).endswith(".")
    assert here.history.sessions() == []


def test_a_dropped_connection_takes_up_the_set_with_its_count(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pictures are gone for two seconds of the first rest; no rep is lost."""
    rest = next(i for i, m in enumerate(counts(here)) if m > 0) + 1
    known = bridges()
    know(monkeypatch, replace(known, time=known.time + np.where(np.arange(len(known)) < rest, 0, 2 - 1 / 30)))
    with here.socket() as socket:
        first = begin(socket, exercise="ball_bridge")
        feed(here, socket, range(rest))
    here.clock.now += 2
    timer = here.live._waiting[first["id"]]
    with here.socket() as socket:
        again = begin(socket, exercise="ball_bridge", resume=first["id"])
        assert again == {"type": "welcome", "id": first["id"], "resumed": True, "count": 1}
        assert timer.cancelled()
        moments = feed(here, socket, range(rest, len(bridges())))
        assert moments[0]["count"] == 1
        assert moments[0]["t"] == pytest.approx(float(bridges().time[rest - 1]) + 2, abs=0.01)
        assert end(socket)["session"] is not None
    assert stored(here)[0] == ("ball_bridge", 3)


def counts(here: Site) -> list[int]:
    with here.socket() as socket:
        begin(socket, exercise="ball_bridge")
        return [m["count"] for m in feed(here, socket, range(len(bridges())))]


def test_a_page_that_comes_back_before_its_loss_was_noticed_takes_the_set_over(here: Site) -> None:
    with here.socket() as dead:
        first = begin(dead)
        feed(here, dead, range(3))
        with here.socket() as socket:
            assert begin(socket, resume=first["id"])["resumed"] is True
            assert refused(dead)[0] == 4409
            feed(here, socket, range(3, 5))


def test_a_set_that_nobody_comes_back_to_is_finished_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, bridges())
    ended = threading.Event()
    with site(tmp_path, resume_s=0.05) as here:
        finish = liveset.LiveSet.finish

        def finishing(self: liveset.LiveSet, history: History) -> dict[str, Any]:
            said = finish(self, history)
            ended.set()
            return said

        monkeypatch.setattr(liveset.LiveSet, "finish", finishing)
        with here.socket() as socket:
            first = begin(socket, exercise="ball_bridge")
            feed(here, socket, range(len(bridges())))
        assert ended.wait(10)
        assert stored(here) == [("ball_bridge", 3)]
        with here.socket() as socket:
            assert begin(socket, resume=first["id"]) | {"id": ""} == {
                "type": "welcome",
                "id": "",
                "resumed": False,
                "count": 0,
            }


def test_sets_that_wait_are_finished_when_the_server_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, bridges())
    with site(tmp_path) as here:
        with here.socket() as socket:
            begin(socket, exercise="ball_bridge")
            feed(here, socket, range(len(bridges())))
        here.live.close()
        assert stored(here) == [("ball_bridge", 3)]


def test_a_third_set_is_refused_and_one_that_waits_makes_room(here: Site) -> None:
    with here.socket() as one, here.socket() as two:
        begin(one, exercise="ball_bridge")
        begin(two)
        with here.socket() as three:
            three.send_json(hello())
            assert refused(three) == (4429, "2 sets are under way already; end one of them first.")
        feed(here, one, range(len(bridges())))
        one.close()
        with here.socket() as three:
            assert begin(three)["resumed"] is False
            feed(here, three, range(2))
            assert end(two)["type"] == "report"
    here.live.close()
    assert stored(here) == [("ball_bridge", 3)]


def test_only_the_newest_picture_waits(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, going, free = [], threading.Event(), threading.Event()
    look = liveset.LiveSet.look

    def slowly(self: liveset.LiveSet, picture: Any) -> dict[str, Any]:
        looked.append(picture.seq)
        going.set()
        assert free.wait(10)
        return look(self, picture)

    monkeypatch.setattr(liveset.LiveSet, "look", slowly)
    with here.socket() as socket:
        begin(socket)
        socket.send_bytes(sent(1))
        assert going.wait(10)
        for number in range(2, 9):
            here.clock.now += 0.03
            socket.send_bytes(sent(number))
        socket.send_json({"type": "end"})
        here.honest()
        free.set()
        answers = [socket.receive_json() for _ in range(3)]
    assert looked == [1, 8]
    assert [a.get("seq") for a in answers] == [1, 8, None]
    assert answers[1]["dropped"] == 6
    assert answers[2]["type"] == "report"


def test_a_flood_of_pictures_ends_the_connection_but_not_the_set(here: Site) -> None:
    with here.socket() as socket:
        first = begin(socket)
        for number in range(61):
            socket.send_bytes(sent(number))
        said = socket.receive_json()
        while said["type"] == "moment":
            said = socket.receive_json()
        assert said["text"] == "More than 60 pictures a second were sent."
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4429
    here.clock.now += 1
    with here.socket() as socket:
        assert begin(socket, resume=first["id"])["resumed"] is True
        feed(here, socket, range(3))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", 4400),
        (b"1234", 4400),
        (b"0000" + b"no picture at all", 4400),
        (b"0000\xff\xd8" + np.random.default_rng(1).bytes(2000), 4400),
        (b"0000" + coded(".jpg", options=PROGRESSIVE), 4400),
        (b"0000" + resized(coded(".jpg"), 65_000, 65_000), 4413),
        (b"0000" + bytes(2 * 1024 * 1024), 4413),
    ],
    ids=["empty", "number only", "text", "random", "progressive", "bomb", "too long"],
)
def test_bytes_that_are_no_picture_end_the_connection_but_not_the_set(here: Site, data: bytes, code: int) -> None:
    with here.socket() as socket:
        first = begin(socket)
        feed(here, socket, range(2))
        socket.send_bytes(data)
        assert refused(socket)[0] == code
    with here.socket() as socket:
        assert begin(socket, resume=first["id"])["resumed"] is True
        feed(here, socket, range(2, 4))
    here.honest()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 4400),
        ("hello", 4400),
        ("[]", 4400),
        ("[" * 4000, 4400),
        ('{"type": "end"}', 4400),
        ('{"type": "hello", "exercise": 7}', 4400),
        ('{"type": "hello", "side": "up"}', 4400),
        ('{"type": "hello", "height_cm": "NaN"}', 4400),
        ('{"type": "hello", "height_cm": 1' + "0" * 400 + "}", 4400),
        ('{"type": "hello", "resume": 7}', 4400),
        ('{"type": "hello", "goal": 7}', 4400),
        ('{"type": "hello", "goal": "many"}', 1011),
        ('{"type": "hello", "exercise": "' + "x" * 5000 + '"}', 4413),
        ('{"type": "hello", "exercise": "squat"}', 1011),
        ('{"type": "hello", "exercise": "../../etc/passwd.toml"}', 1011),
        ('{"type": "hello", "height_cm": NaN}', 4400),
        ('{"type": "hello", "height_cm": 20}', 1011),
        ('{"type": "hello", "rate": "fast"}', 4400),
        ('{"type": "hello", "rate": 0.5}', 4400),
        ('{"type": "hello", "rate": NaN}', 4400),
    ],
)
def test_a_hello_that_makes_no_sense_is_refused_in_a_sentence(here: Site, text: str, code: int) -> None:
    with here.socket() as socket:
        socket.send_text(text)
        assert refused(socket)[0] == code
    here.honest()


@pytest.mark.parametrize("rate", [0.7, 1.3])
def test_sentences_have_the_time_that_the_pages_voice_needs(here: Site, rate: float) -> None:
    with here.socket() as socket:
        begin(socket, lesson=asked(steps=None), rate=rate)
        said = [(m["t"], m["say"]) for m in feed(here, socket, range(len(bridges()))) if m["say"]]
    (first, text), (second, _) = said[:2]
    assert second - first == pytest.approx(len(text) / (15 * rate) + 1, abs=0.1)


def test_a_picture_before_the_hello_is_refused(here: Site) -> None:
    with here.socket() as socket:
        socket.send_bytes(sent(1))
        assert refused(socket)[0] == 4400


def test_a_page_that_says_nothing_is_sent_away(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HELLO_S", 0.01)
    monkeypatch.setattr(live, "IDLE_S", 0.01)
    with here.socket() as socket:
        assert refused(socket)[0] == 4408
    monkeypatch.setattr(live, "HELLO_S", 10)
    with here.socket() as socket:
        begin(socket)
        assert refused(socket)[0] == 4408


def test_a_missing_model_is_said_in_a_sentence(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModelError("the model is missing")

    monkeypatch.setattr(liveset, "Coach", missing)
    for _ in range(3):  # and takes no place
        with here.socket() as socket:
            socket.send_json(hello())
            assert refused(socket) == (1011, "the model is missing")


def test_a_phone_turned_in_mid_set_gets_the_points_of_its_own_picture(here: Site) -> None:
    with here.socket() as socket:
        begin(socket)
        feed(here, socket, range(1))
        here.clock.now += 0.03
        socket.send_bytes(sent(1, (90, 160)))
        moment = socket.receive_json()
        assert end(socket)["type"] == "report"
    assert moment["image"] == [90, 160]
    assert len(moment["points"]) == 33


def test_a_page_without_pictures_says_that_it_is_here(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "IDLE_S", 0.3)
    with here.socket() as socket:
        begin(socket)
        for _ in range(4):
            time.sleep(0.15)
            socket.send_json({"type": "here"})
        assert end(socket)["type"] == "report"


def test_a_report_that_was_lost_with_its_connection_is_sent_again(here: Site) -> None:
    with here.socket() as socket:
        number = begin(socket, exercise="ball_bridge")["id"]
        feed(here, socket, range(len(bridges())))
        report = end(socket)
    with here.socket() as socket:
        assert begin(socket, resume=number) == report
    assert len(here.history.sessions()) == 1


def test_a_set_that_cannot_be_kept_is_told_of(
    here: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    with here.socket() as socket:
        begin(socket, exercise="ball_bridge")
        feed(here, socket, range(len(bridges())))
        monkeypatch.setattr(here.history, "add", full)
        socket.send_json({"type": "end"})
        assert "the disk is full" in refused(socket)[1]
    assert "a set could not be kept: the disk is full" in capfd.readouterr().err


def test_the_goal_of_the_hello_reaches_the_set(here: Site) -> None:
    with here.socket() as socket:
        begin(socket, goal="2,1s")
        moments = feed(here, socket, range(len(bridges())))
    known = [moment for moment in moments if moment["title"]]
    assert {(moment["hold_goal_s"], moment["so_far"]) for moment in known} == {(1.0, "Goal: 2 reps.")}


def test_the_side_of_the_hello_reaches_the_coach(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str | None] = []
    known = liveset.Coach

    def noted(options: Options, *, side: OneSide | None, course: Course | None, rate: float, keep: Any) -> Coach:
        given.append(side)
        return known(options, side=side, course=course, rate=rate, keep=keep)

    monkeypatch.setattr(liveset, "Coach", noted)
    with here.socket() as socket:
        begin(socket, side="right")
        assert given == ["right"]


def test_a_click_says_whom_to_judge(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[tuple[float, float]] = []
    monkeypatch.setattr(Coach, "choose", lambda coach, x, y: chosen.append((x, y)))
    with here.socket() as socket:
        begin(socket)
        feed(here, socket, range(2))
        socket.send_json({"type": "choose", "x": 0.25, "y": 1})
        feed(here, socket, range(2, 4))
        end(socket)
    assert chosen == [(0.25, 1)]


@pytest.mark.parametrize("place", [{}, {"x": 0.5}, {"x": 0.5, "y": 1.5}, {"x": "1", "y": 0}, {"x": True, "y": 0}])
def test_a_click_outside_the_picture_is_refused(here: Site, place: dict[str, Any]) -> None:
    with here.socket() as socket:
        begin(socket)
        socket.send_json({"type": "choose", **place})
        code, said = refused(socket)
    assert code == live.BAD_MESSAGE
    assert "whom to judge (x and y, 0 to 1)" in said
