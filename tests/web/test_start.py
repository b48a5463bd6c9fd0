"""`formcheck start`: the page opens in the browser, a server that runs is used again, and a bookmark stays true."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from door import IDLE_S, command, files, refused, started

from formcheck.web.door import Door

posix = pytest.mark.skipif(sys.platform == "win32", reason="the browser that tells of its link is a shell script")
pytestmark = posix


class Browser:
    """A browser that notes the links it is to open."""

    def __init__(self, folder: Path) -> None:
        self.told = folder / "told"
        script = folder / "browser"
        script.write_text(f'#!/bin/sh\necho "$1" >> "{self.told}.part" && cp "{self.told}.part" "{self.told}"\n')
        script.chmod(0o755)
        self.env = os.environ | {"BROWSER": f"{script} %s", "PYTHONUNBUFFERED": "1"}

    @property
    def links(self) -> list[str]:
        return self.told.read_text().split() if self.told.exists() else []


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@contextmanager
def running(data: Path, browser: Browser, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    process = started(*(arguments or ("start",)), "--data", data, env=browser.env)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: "subprocess.Popen[str]") -> str:
    """Its next line."""
    assert process.stdout is not None
    return process.stdout.readline()


def ended(process: "subprocess.Popen[str]", number: int = signal.SIGINT) -> tuple[int, str]:
    process.send_signal(number)
    _, complaints = process.communicate(timeout=IDLE_S)
    return process.returncode, complaints


def kept(data: Path, port: int) -> None:
    """A folder whose page was at this port before."""
    with Door(data).serving("127.0.0.1", port, "1"):
        pass


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
    return port


def test_the_page_opens_and_a_second_start_uses_the_same_server(tmp_path: Path, browser: Browser) -> None:
    data, port = tmp_path / "data", free()
    kept(data, port)
    with running(data, browser) as process:
        first = re.search(r"http://\S+", said(process))
        assert first is not None and f"127.0.0.1:{port}/" in first[0]
        assert "opens once" in said(process)
        with httpx.Client() as page:
            assert page.get(first[0]).status_code == 303
            second = command("start", "--data", data, env=browser.env)
            assert (second.returncode, second.stderr) == (0, "")
            assert browser.links[-1] in second.stdout
            assert browser.links[-1] != first[0]
            assert httpx.get(browser.links[-1]).status_code == 303
            assert httpx.get(browser.links[-1]).status_code == 403
        assert ended(process) == (0, "")
    assert browser.links[0] == first[0]
    assert files(data) == ["door.json", "history.sqlite3"]


def test_a_bookmark_works_after_a_new_start_until_the_key_is_thrown_away(tmp_path: Path, browser: Browser) -> None:
    data = tmp_path / "data"
    kept(data, free())
    with httpx.Client() as page:
        with running(data, browser) as process:
            link = re.search(r"http://\S+", said(process))
            assert link is not None
            bookmark = link[0].partition("?")[0]
            page.get(link[0])
            assert page.get(bookmark).status_code == 200
            assert ended(process)[0] == 0
        with running(data, browser, "serve") as process:  # and by the other command
            assert bookmark in said(process)
            assert page.get(bookmark).status_code == 200
            assert page.get(link[0]).status_code == 303  # it goes by its key; the link itself is dead
            assert httpx.get(link[0]).status_code == 403
            assert ended(process)[0] == 0
        (data / "door.json").unlink()
        with running(data, browser, "serve", "--port", bookmark.rpartition(":")[2].rstrip("/")) as process:
            assert bookmark in said(process)
            assert page.get(bookmark).status_code == 403


def test_where_another_program_has_the_port_another_is_taken(tmp_path: Path, browser: Browser) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as other:
        kept(data, other.getsockname()[1])
        with running(data, browser) as process:
            link = re.search(r"http://\S+", said(process))
            assert link is not None and f":{other.getsockname()[1]}/" not in link[0]
            assert httpx.get(link[0]).status_code == 303
            server = Door(data).running()
            assert server is not None and f":{server.port}/" in link[0]


def test_a_server_of_another_version_is_named(tmp_path: Path, browser: Browser) -> None:
    with Door(tmp_path / "data").serving("127.0.0.1", 4321, "0.0.1"):
        result = command("start", "--data", tmp_path / "data", env=browser.env)
    refused(result, 2, "formcheck 0.0.1 runs already", str(os.getpid()), "start again")
    assert browser.links == []


def test_a_server_that_does_not_answer_is_named(tmp_path: Path, browser: Browser) -> None:
    from importlib.metadata import version

    with Door(tmp_path / "data").serving("127.0.0.1", free(), version("formcheck")):
        result = command("start", "--data", tmp_path / "data", env=browser.env)
    refused(result, 2, "does not answer", str(os.getpid()))
    assert browser.links == []


def test_a_server_that_was_killed_is_no_hindrance(tmp_path: Path, browser: Browser) -> None:
    data = tmp_path / "data"
    kept(data, free())
    with running(data, browser) as process:
        said(process)
        process.kill()
        process.communicate()
        assert json.loads((data / "door.json").read_text())["server"]["pid"] == process.pid
    with running(data, browser) as process:
        link = re.search(r"http://\S+", said(process))
        assert link is not None
        assert httpx.get(link[0]).status_code == 303


def test_a_window_that_is_closed_ends_it_in_order(tmp_path: Path, browser: Browser) -> None:
    data = tmp_path / "data"
    kept(data, free())
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests may have them ignore it, as nohup does
    with running(data, browser) as process:
        signal.signal(signal.SIGHUP, before)
        said(process)
        said(process)
        httpx.get(f"http://127.0.0.1:{Door(data).port}/")  # its loop runs, and hears signals
        assert ended(process, signal.SIGHUP) == (0, "")
    assert Door(data).running() is None
    assert files(data) == ["door.json", "history.sqlite3"]


def test_two_starts_at_once_are_one_server(tmp_path: Path, browser: Browser) -> None:
    data = tmp_path / "data"
    kept(data, free())
    with running(data, browser) as one, running(data, browser) as other:
        links = [re.search(r"http://\S+", said(process)) for process in (one, other)]
        assert all(links)
        assert {httpx.get(link[0]).status_code for link in links if link} == {303}
        server = Door(data).running()
        assert server is not None and server.pid in (one.pid, other.pid)
        guest = other if server.pid == one.pid else one
        guest.communicate(timeout=IDLE_S)
        assert guest.returncode == 0
