"""The page's door: its port and key are kept, its links open once, and only its owner reads them."""

import json
import os
import sys
from pathlib import Path

import pytest
from door import files

from formcheck.web.door import Door

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")


def test_port_and_key_are_kept_and_a_new_folder_has_a_new_key(tmp_path: Path) -> None:
    first = Door(tmp_path / "one")
    with first.serving("127.0.0.1", 4321, "1"):
        pass
    again = Door(tmp_path / "one")
    assert (again.port, again.key) == (4321, first.key)
    other = Door(tmp_path / "two")
    assert other.port is None
    assert other.key != first.key and len(other.key) >= 40


@posix
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "door"
    before = os.umask(0)
    try:
        door = Door(folder)
        with door.serving("127.0.0.1", 4321, "1"):
            door.link()
            modes = {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
            [link] = (folder / "links").iterdir()
            assert link.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    assert modes == {"door": 0o700, "door.json": 0o600, "links": 0o700}


def test_a_link_opens_once_and_is_not_written_anywhere(tmp_path: Path) -> None:
    door = Door(tmp_path)
    with door.serving("127.0.0.1", 4321, "1"):
        token = Door(tmp_path).link()  # as another process of the same user makes it
        assert all(token not in str(path) and token not in path.read_text() for path in tmp_path.rglob("*.*"))
        assert all(token not in name for name in files(tmp_path))
        assert not door.opens("guess") and not door.opens("") and not door.opens("../door.json")
        assert door.opens(token)
        assert not door.opens(token)


def test_links_of_an_earlier_start_open_nothing(tmp_path: Path) -> None:
    door = Door(tmp_path)
    before = door.link()
    with door.serving("127.0.0.1", 4321, "1"):
        assert not door.opens(before)
        meanwhile = door.link()
    assert files(tmp_path) == ["door.json"]
    with door.serving("127.0.0.1", 4321, "1"):
        assert not door.opens(meanwhile)


def test_the_server_that_runs_is_found_while_it_runs(tmp_path: Path) -> None:
    door = Door(tmp_path)
    assert door.running() is None
    with door.serving("127.0.0.1", 4321, "0.9"):
        server = Door(tmp_path).running()
        assert server is not None
        assert (server.pid, server.host, server.port, server.version) == (os.getpid(), "127.0.0.1", 4321, "0.9")
    assert Door(tmp_path).running() is None


def test_a_process_that_got_the_number_of_a_server_is_none(tmp_path: Path) -> None:
    """The server was killed and its number given to another process."""
    file = tmp_path / "door.json"
    with Door(tmp_path).serving("127.0.0.1", 4321, "1"):
        killed = json.loads(file.read_text())
    for change in ({"born": killed["server"]["born"] - 1}, {"pid": 2**22 + 1}):
        file.write_text(json.dumps(killed | {"server": killed["server"] | change}))
        assert Door(tmp_path).running() is None
    file.write_text(json.dumps(killed))
    assert Door(tmp_path).running() is not None


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", "null", "[" * 100_000, '{"port": 1, "key": "short"}', '{"port": "8642", "key": null}', "\x00"],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "door.json").write_text(damaged)
    door = Door(tmp_path)
    assert door.port is None and len(door.key) >= 40 and door.running() is None
    with door.serving("127.0.0.1", 4321, "1"):
        assert Door(tmp_path).key == door.key


@pytest.mark.parametrize("server", [None, 5, [], {}, {"pid": 1}, {"pid": 1, "born": 0, "host": "x", "port": 1, "x": 1}])
def test_a_damaged_note_of_a_server_is_as_none(tmp_path: Path, server: object) -> None:
    (tmp_path / "door.json").write_text(json.dumps({"port": 4321, "key": "k" * 43, "server": server}))
    assert Door(tmp_path).running() is None
    assert Door(tmp_path).port == 4321
