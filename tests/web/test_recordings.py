"""Recordings sent by the page: analysed in line, told of in one sentence where they cannot be, and removed."""

import asyncio
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from clips import clip
from door import files, started, trimmed
from web import ORIGIN, Site, site

from formcheck.errors import FormcheckError, OutputError
from formcheck.recorded import Options
from formcheck.web import recordings
from formcheck.web.history import History
from formcheck.web.recordings import Recordings, StoppedError, display_name

GARBAGE = b"This is no video at all. " * 40


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("data")) as opened:
        yield opened


def send(here: Site, data: Any, name: str = "clip.mp4", query: str = "") -> Any:
    return here.client.post(f"/api/recordings{query}", content=data, headers=ORIGIN | {"X-Name": name})


def outcome(here: Site, number: str) -> dict[str, Any]:
    """What became of a recording, once it is over."""
    while True:
        told: dict[str, Any] = here.client.get(f"/api/recordings/{number}").json()
        if told["state"] != "running":
            return told
        here.guard._bucket._left = 50  # the clock of requests does not matter here
        time.sleep(0.02)


def test_a_recording_becomes_a_session_and_is_removed(here: Site, tmp_path: Path) -> None:
    video = trimmed("leg_lift", tmp_path / "clip.mp4", 60).read_bytes()
    number = send(here, video, "My%20set%20%C3%BC.mp4", "?exercise=leg_lift&height_cm=170").json()["id"]
    told = outcome(here, number)
    assert told == {
        "state": "done",
        "done": 60,
        "expected": told["expected"],
        "error": None,
        "session": told["session"],
        "notice": "",
    }
    session = next(one for one in here.history.sessions() if one["id"] == told["session"])
    assert (session["kind"], session["name"]) == ("recorded", "My set ü.mp4")
    page = here.client.get(f"/reports/{told['session']}").text
    assert "My set ü.mp4" in page
    assert str(here.recordings._folder) not in page
    assert files(here.recordings._folder) == []


def test_a_recording_has_its_report_where_the_history_does_not_take_it(
    here: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    monkeypatch.setattr(here.history, "add", full)
    number = send(here, trimmed("leg_lift", tmp_path / "clip.mp4", 60).read_bytes(), "a.mp4").json()["id"]
    told = outcome(here, number)
    assert (told["state"], told["session"]) == ("done", None)
    assert told["notice"] == "This report is not in the history: the disk is full"
    assert "a.mp4" in here.client.get(f"/api/recordings/{number}/page").text


@pytest.mark.parametrize(
    ("data", "words"),
    [(GARBAGE, "holiday.mp4 is no video that can be read"), (b"", "holiday.mp4 is empty")],
)
def test_a_broken_file_gets_its_one_sentence(here: Site, data: bytes, words: str) -> None:
    told = outcome(here, send(here, data, "holiday.mp4").json()["id"])
    assert told["state"] == "failed"
    assert told["session"] is None
    assert told["error"].startswith(words)
    assert told["error"].endswith(".")
    assert str(here.recordings._folder) not in told["error"]
    assert files(here.recordings._folder) == []
    here.honest()


def test_a_recording_without_a_person_says_so(here: Site, tmp_path: Path) -> None:
    before = len(here.history.sessions())
    told = outcome(here, send(here, clip(tmp_path / "x.mp4").read_bytes(), "room.mp4").json()["id"])
    assert told["error"].startswith("nobody was found in room.mp4: ")
    assert (told["session"], len(here.history.sessions())) == (None, before)


def test_a_recording_belongs_to_whom_it_was_sent_for(here: Site, tmp_path: Path) -> None:
    anna = here.history.add_profile("Anna")["id"]
    video = trimmed("leg_lift", tmp_path / "clip.mp4", 60).read_bytes()
    before = len(here.history.sessions())
    told = outcome(here, send(here, video, query=f"?profile={anna}").json()["id"])
    assert [one["id"] for one in here.history.sessions(anna)] == [told["session"]]
    assert len(here.history.sessions()) == before


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "/": "recording",
    "": "recording",
    "a\nb\x00c\u202e.mp4": "abc.mp4",
    "x" * 500: "x" * 120,
    "clip.mp4/": "clip.mp4",
}


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
def test_a_name_is_shown_and_never_a_path(given: str, shown: str) -> None:
    assert display_name(given) == shown


@pytest.mark.parametrize("name", ["..%2F..%2F..%2Ftmp%2Fevil.mp4", "%2Fetc%2Fpasswd", "%00", "%ff%fe", "%s%n{0}"])
def test_a_name_that_is_a_path_writes_nowhere(here: Site, name: str) -> None:
    before = files(here.recordings._folder.parent)
    assert outcome(here, send(here, GARBAGE, name).json()["id"])["state"] == "failed"
    assert files(here.recordings._folder.parent) == before


@pytest.mark.parametrize(
    "query",
    ["?exercise=squat", "?exercise=%2Fetc%2Fpasswd.toml", "?height_cm=tall", "?height_cm=nan", "?height_cm=9"],
)
def test_what_it_cannot_be_judged_by_is_said_before_it_is_stored(here: Site, query: str) -> None:
    answer = send(here, GARBAGE, query=query)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert files(here.recordings._folder) == []


def test_too_large_a_recording_is_refused(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its promise before it comes, and as it comes where there is none."""
    headers = ORIGIN | {"Content-Length": str(3 * 1024**3)}
    assert here.client.post("/api/recordings", content=b"", headers=headers).status_code == 413
    monkeypatch.setattr(recordings, "MOST_BYTES", 1000)
    answer = send(here, iter([GARBAGE[:400]] * 3))
    assert answer.status_code == 413
    assert "GB at most" in answer.json()["error"]
    assert files(here.recordings._folder) == []
    here.honest()


async def parts(*each: bytes) -> AsyncIterator[bytes]:
    for part in each:
        yield part


def test_the_line_is_short_and_cancelled_ones_leave_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recordings, "_analysis", lambda self, recording: recording.cancelled.wait(10) and None)
    with site(tmp_path) as here:
        numbers = [send(here, GARBAGE).json()["id"] for _ in range(9)]
        full = send(here, GARBAGE)
        assert (full.status_code, full.json()["error"]) == (
            429,
            "8 recordings are waiting already; wait until one is done.",
        )
        assert len(files(tmp_path / "uploads")) == 9
        for number in numbers:
            assert here.client.delete(f"/api/recordings/{number}", headers=ORIGIN).status_code == 204
        assert here.client.get(f"/api/recordings/{numbers[0]}").status_code == 404
        assert send(here, GARBAGE).status_code == 201
        for number in list(here.recordings._all):
            here.recordings.cancel(number)


def test_uploads_are_private_and_gone_at_the_end_and_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    (folder / "left").mkdir(parents=True)
    (folder / "left" / "video").write_bytes(b"from a server that was killed")
    with closing(History(tmp_path / "h")) as history:
        with closing(Recordings(folder, history)) as opened:
            assert files(folder) == []
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            opened._line.put(None)  # nothing more is analysed
            opened._worker.join()
            asyncio.run(opened.take("a", Options.of(), parts(b"1", b"2")))
            (name,) = files(folder)
            assert (folder / name).read_bytes() == b"12"
        assert not folder.exists()


def test_a_page_that_stops_sending_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "SILENCE_S", 0.01)

    async def stuck() -> AsyncIterator[bytes]:
        yield b"1"
        await asyncio.Event().wait()

    with closing(History(tmp_path / "h")) as history, closing(Recordings(tmp_path / "u", history)) as opened:
        with pytest.raises(StoppedError):
            asyncio.run(opened.take("a", Options.of(), stuck()))
        assert files(tmp_path / "u") == []
        assert opened._all == {}


def test_a_process_that_dies_is_said(here: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "_analysed", int)  # ends at once with an error, and says nothing
    told = outcome(here, send(here, GARBAGE).json()["id"])
    assert (
        told["error"] == "It could not be analysed: the process at work on it broke off; perhaps the memory was full."
    )


def test_errors_are_of_the_programs_tree() -> None:
    kinds = (recordings.TooLargeError, recordings.FullError, recordings.StoppedError)
    assert all(issubclass(kind, FormcheckError) for kind in kinds)


def test_a_folder_of_the_user_s_own_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "uploads" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    with started("serve", "--port", 0, "--data", tmp_path) as server:
        assert server.stdout is not None
        next(line for line in server.stdout if "token=" in line)
        server.terminate()
    assert mine.read_text("utf-8") == "mine"
