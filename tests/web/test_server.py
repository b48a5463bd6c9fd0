"""The server through the user's door: the command, its link, attacks on its socket, and how it stops."""

import json
import os
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from door import SAMPLES, command, files, refused, started
from web import hello
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from formcheck.body.poses import Array
from formcheck.core.exercise import builtin
from formcheck.media.video import Video
from formcheck.web.addresses import addresses
from formcheck.web.guard import CONNECTIONS


@dataclass
class Served:
    """A running server and an honest page."""

    process: "subprocess.Popen[str]"
    base: str
    link: str
    page: httpx.Client

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.base.rpartition(":")[2])

    def honest(self) -> None:
        """The page still gets its answers, on a connection of its own."""
        with httpx.Client(base_url=self.base, cookies=self.page.cookies) as client:
            assert len(client.get("/api/exercises").json()) == len(builtin())

    def socket(self, **changes: Any) -> ClientConnection:
        cookies = "; ".join(f"{name}={value}" for name, value in self.page.cookies.items())
        settings: dict[str, Any] = {
            "origin": self.base,
            "additional_headers": {"Cookie": cookies},
            "compression": None,
            "open_timeout": 20,
        }
        opened: ClientConnection = connect(f"{self.base.replace('http', 'ws')}/live", **(settings | changes))
        return opened

    def memory_mb(self) -> float:
        """The most it ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def serving(folder: Path, *options: object) -> Iterator[Served]:
    process = started("serve", "--port", 0, "--data", folder, *options, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        link = re.search(r"http://\S+", process.stdout.readline())
        assert link is not None
        base = link[0].partition("/?")[0]
        with httpx.Client(base_url=base, timeout=20) as page:
            assert page.get(link[0]).status_code == 303
            yield Served(process, base, link[0], page)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data")) as server:
        yield server


def stopped(server: Served, number: int) -> tuple[int, str]:
    """The exit code, and what was said on the error channel."""
    server.process.send_signal(number)
    _, said = server.process.communicate(timeout=60)
    return server.process.returncode, said


def test_the_link_is_on_this_machine_alone(served: Served) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", served.link)
    served.honest()
    assert httpx.get(served.base + "/api/sessions").status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "http://evil.example"},
        {"origin": None},
        {"additional_headers": {}},
        {"additional_headers": {"Cookie": "formcheck=1"}},
    ],
    ids=["foreign origin", "no origin", "no cookie", "wrong cookie"],
)
def test_strangers_get_no_connection(served: Served, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus) as refusal, served.socket(**changes):
        pass
    assert refusal.value.response.status_code == 403
    served.honest()


def test_a_message_of_100_mb_is_refused_before_it_is_read(served: Served) -> None:
    before = served.memory_mb()
    with served.socket() as live:
        live.send(json.dumps(hello()))
        assert json.loads(live.recv(20))["type"] == "welcome"
        before = max(before, served.memory_mb())
        header = b"\x82\xff" + struct.pack(">Q", 100 * 1024**2) + b"mask"
        live.socket.sendall(header)
        with pytest.raises(ConnectionClosed) as closed:
            live.recv(20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    served.honest()
    assert served.memory_mb() - before < 20


def test_a_message_in_endless_pieces_is_refused(served: Served) -> None:
    with served.socket() as live:
        live.send(json.dumps(hello()))
        live.recv(20)
        with pytest.raises(ConnectionClosed):
            live.send(b"x" * 100_000 for _ in range(1000))
            live.recv(20)
    served.honest()


def test_a_flood_of_pictures_is_cut_off(served: Served) -> None:
    rubbish = b"\0\0\0\0" + b"\xff\xd8" + bytes(500_000)
    with served.socket() as live:  # loads the networks, which are no part of what the flood takes
        live.send(json.dumps(hello()))
        known = json.loads(live.recv(20))["id"]
    before = served.memory_mb()
    with served.socket() as live:
        live.send(json.dumps(hello(resume=known)))
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(500):
                live.send(rubbish)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in (4400, 4429)
    served.honest()
    assert served.memory_mb() - before < 60


def test_a_thousand_half_open_sockets_leave_room_for_the_page(served: Served) -> None:
    """Silent ones, and ones that send a request's first line and then wait."""
    with ExitStack() as stack:
        for number in range(1000):
            one = stack.enter_context(socket.create_connection(served.address, timeout=20))
            if number % 2:
                one.sendall(b"GET / HTTP/1.1\r\nHost: 127")
            if number % 250 == 249:
                served.honest()
        served.honest()
        if (descriptors := Path(f"/proc/{served.process.pid}/fd")).exists():
            assert len(list(descriptors.iterdir())) < CONNECTIONS + 100
    served.honest()


def test_who_reads_no_answers_leaves_room_for_the_page(served: Served) -> None:
    """More connections than there may be, each with answers waiting that nobody takes."""
    host = served.base.removeprefix("http://")
    asked = f"GET /static/app.css HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 400
    with ExitStack() as stack:
        for _ in range(CONNECTIONS + 30):
            one = stack.enter_context(socket.create_connection(served.address, timeout=20))
            one.sendall(asked)
        for _ in range(3):
            served.honest()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00" * 1000,
        b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET //etc/passwd HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /api/recordings HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/recordings HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    ],
)
def test_odd_requests_are_refused(served: Served, request_bytes: bytes) -> None:
    host = served.base.removeprefix("http://").encode()
    with socket.create_connection(served.address, timeout=20) as one:
        one.sendall(request_bytes.replace(b"HOST", host))
        assert re.match(rb"HTTP/1.1 4\d\d ", one.recv(1000))
    served.honest()


def test_a_taken_port_is_one_clear_sentence(served: Served, tmp_path: Path) -> None:
    result = command("serve", "--port", served.address[1], "--data", tmp_path)
    refused(result, 2, "cannot serve at 127.0.0.1, port", "in use", "--port")
    assert files(tmp_path) == []


def test_an_address_that_is_not_ours_is_one_clear_sentence(tmp_path: Path) -> None:
    refused(command("serve", "--host", "192.0.2.1", "--data", tmp_path), 2, "cannot serve at 192.0.2.1")


def test_a_data_folder_that_cannot_be_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(command("serve", "--port", 0, "--data", tmp_path / "file"), 2, "cannot write")


def test_serving_elsewhere_warns(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        server.honest()
        code, said = stopped(server, signal.SIGINT)
    assert code == 0
    assert said.startswith("formcheck: the page is served at 0.0.0.0: whoever gets hold of the link")
    assert said.count("\n") == 1


def test_served_to_all_each_address_has_a_link_that_works_there(tmp_path: Path) -> None:
    if not addresses():
        refused(command("serve", "--host", "0.0.0.0", "--data", tmp_path), 2, "in no network", "leave out --host")
        return
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        assert server.process.stdout is not None
        found = re.search(r"http://([\d.]+):(\d+)(/\?token=\S+)", server.process.stdout.readline())
        assert found is not None
        assert (found[1], int(found[2])) == (addresses()[0], server.address[1])
        host = {"Host": f"{found[1]}:{found[2]}"}  # by this machine's own way, under the name that the other uses
        answer = httpx.get(server.base + found[3], headers=host)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert httpx.get(server.base + "/api/sessions", headers=host, cookies=answer.cookies).status_code == 200


def test_ctrl_c_finishes_and_keeps_the_set_under_way(tmp_path: Path) -> None:
    """With the real estimator, a page in mid-set and a recording in line; every third frame, twice as quick."""
    with serving(tmp_path) as server, server.socket() as live:
        live.send(json.dumps(hello("leg_lift")))
        live.recv(20)
        with Video(SAMPLES / "leg_lift.mp4") as video:
            for frame in islice(video.frames(), 0, 216, 3):
                began = time.monotonic()
                live.send(bytes(4) + jpeg(frame.rgb))
                assert json.loads(live.recv(20))["type"] == "moment"
                time.sleep(max(0.0, began + 0.06 - time.monotonic()))  # a quick server would see too quick a movement
        headers = {"Origin": server.base}
        with (SAMPLES / "leg_lift.mp4").open("rb") as file:
            assert server.page.post("/api/recordings", content=file, headers=headers).status_code == 201
        assert stopped(server, signal.SIGINT) == (0, "")
    assert files(tmp_path) == ["door.json", "history.sqlite3"]
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as base:
        assert base.execute("SELECT kind FROM sessions").fetchall() == [("live",)]
        assert base.execute("SELECT count(*) FROM reps").fetchone()[0] >= 1


def jpeg(rgb: Array) -> bytes:
    good, data = cv2.imencode(".jpg", cv2.cvtColor(cv2.resize(rgb, (320, 180)), cv2.COLOR_RGB2BGR))
    assert good
    return bytes(data)


def test_a_server_that_stops_says_so_while_pictures_are_on_their_way(tmp_path: Path) -> None:
    with serving(tmp_path) as server, server.socket() as live:
        live.send(json.dumps(hello("leg_lift")))
        live.recv(20)
        for _ in range(5):  # more than it reads: the rest waits in the connection
            live.send(bytes(4) + jpeg(np.zeros((180, 320, 3), np.uint8)))
        server.process.send_signal(signal.SIGTERM)
        while (said := json.loads(live.recv(20))["type"]) == "moment":
            pass
        assert said == "stopped"
        live.close()
        _, complaint = server.process.communicate(timeout=60)
    assert (server.process.returncode, complaint) == (0, "")


def test_an_order_to_end_stops_as_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.honest()
        assert stopped(server, signal.SIGTERM) == (0, "")
    assert files(tmp_path) == ["door.json", "history.sqlite3"]


def test_the_command_loads_the_server_only_when_it_serves() -> None:
    code = "import sys, formcheck.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    assert not {"uvicorn", "starlette", "sqlite3", "platformdirs"} & set(loaded.split())
