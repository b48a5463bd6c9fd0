"""A history that is damaged, a disk that is full, a program that is killed: nothing that was whole is lost."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from findings_example import report

from formcheck.errors import OutputError
from formcheck.web.history import DAMAGED, History

MONDAY = datetime.fromisoformat("2026-03-02T18:00:00+01:00")
SETS = 12


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A history with a few sets."""
    with closing(History(tmp_path / "history.sqlite3")) as history:
        for i in range(SETS):
            history.add("recorded", f"set {i}.mp4", report(), "<p>the report</p>" * 2000, MONDAY)
    return tmp_path / "history.sqlite3"


def page_of_zeros(number: int) -> Callable[[bytes], bytes]:
    def damaged(data: bytes) -> bytes:
        at = 4096 * (number % (len(data) // 4096))
        return data[:at] + bytes(4096) + data[at + 4096 :]

    return damaged


def turned(seed: int) -> Callable[[bytes], bytes]:
    def damaged(data: bytes) -> bytes:
        random, mixed = Random(seed), bytearray(data)
        for _ in range(40):
            mixed[random.randrange(100, len(mixed))] ^= 1 << random.randrange(8)
        return bytes(mixed)

    return damaged


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a diary": lambda data: b"This is a diary. " * 500,
    "no header": lambda data: bytes(100) + data[100:],
    "cut off": lambda data: data[: len(data) // 2 // 4096 * 4096],
    "cut within a page": lambda data: data[: len(data) - 1000],
    "nothing but a header": lambda data: data[:100],
    **{f"page {n} of zeros": page_of_zeros(n) for n in (0, 1, 3, 5, 8, 13)},
    **{f"bits turned, {seed}": turned(seed) for seed in range(6)},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_history_is_set_aside_and_a_new_one_begun(damage: str, file: Path) -> None:
    data = DAMAGES[damage](file.read_bytes())
    file.write_bytes(data)
    with closing(History(file)) as history:
        asides = list(file.parent.glob("history-damaged-*.sqlite3"))
        if not asides:  # the damage lies where nothing is kept, or within a report's own page
            assert not history.notice
        else:
            assert [aside.read_bytes() for aside in asides] == [data]
            assert str(asides[0]) in history.notice
        for one in history.sessions():
            assert len(one["bouts"]) <= 3
        json.loads("".join(history.export()))
        new = history.add("live", "Live set", report(), "<p>new</p>", MONDAY)
        assert history.page(new) == "<p>new</p>"
    with closing(History(file)) as history:
        assert not history.notice
        assert new in {one["id"] for one in history.sessions()}


def test_what_can_be_read_is_saved(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(file)) as base:
        base.execute("UPDATE sessions SET at = 'long ago' WHERE name = 'set 3.mp4'")
        base.execute("UPDATE reps SET hold_s = 'very long' WHERE rowid = 1")
        base.commit()
    monkeypatch.chdir(file.parent)
    with closing(History(Path(file.name))) as history:  # `--data` may be relative
        assert f"{SETS - 1} sets" in history.notice
        told = history.sessions()
        assert sorted(one["name"] for one in told) == sorted(f"set {i}.mp4" for i in range(SETS) if i != 3)
        assert all(history.page(one["id"]) == "<p>the report</p>" * 2000 for one in told)


def test_a_history_that_breaks_while_it_is_open_says_so(file: Path) -> None:
    with closing(History(file)) as history:
        history._base.execute("DROP TABLE reps")
        with pytest.raises(OutputError) as found:
            history.sessions()
        assert str(found.value) == DAMAGED


def test_a_full_disk_does_not_refuse_to_delete(file: Path) -> None:
    with closing(History(file)) as history:
        real, full = history._base, sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL

        class Full:
            """A connection whose journal finds no room."""

            def __init__(self) -> None:
                self.refused = False

            def execute(self, what: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
                if what.startswith("DELETE") and not self.refused:
                    self.refused = True
                    raise full
                return real.execute(what, values)

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

            def __enter__(self) -> object:
                return real.__enter__()

            def __exit__(self, *error: object) -> object:
                return real.__exit__(*error)  # type: ignore[arg-type]

        history._base = Full()  # type: ignore[assignment]
        first = history.sessions()[0]["id"]
        assert history.delete(first)
        assert first not in {one["id"] for one in history.sessions()}
        assert len(history.sessions()) == SETS - 1


ADDING = """
import sys
from datetime import datetime
from pathlib import Path
from findings_example import report
from formcheck.web.history import History
history = History(Path(sys.argv[1]))
while True:
    print(history.add("live", "Live set", report(), "<p>page</p>" * 3000, datetime.now().astimezone()), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_program_that_is_killed_as_it_saves_loses_nothing(tmp_path: Path) -> None:
    file, random, kept = tmp_path / "history.sqlite3", Random(1), set[str]()
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    for _ in range(8):
        command = [sys.executable, "-c", ADDING, str(file)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": paths}
        ) as run:
            assert run.stdout is not None
            for _ in range(random.randint(1, 12)):
                kept.add(run.stdout.readline().strip())
            run.send_signal(signal.SIGKILL)
            kept |= {line.strip() for line in run.stdout if line.endswith("\n")}
    with closing(History(file)) as history:
        assert not history.notice
        told = {one["id"]: one for one in history.sessions()}
        assert kept <= told.keys()
        assert all(len(one["bouts"]) == 3 for one in told.values())
