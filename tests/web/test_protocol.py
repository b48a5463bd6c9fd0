"""docs/embedding.md, held to the code: its examples run, and its tables have the keys that are sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from door import bridges, know
from web import Site, hello, sent, site

from formcheck.live import coach
from formcheck.web import live

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "embedding.md").read_text("utf-8")


def keys(message: str) -> set[str]:
    """The keys of a message as the page describes it."""
    section = PAGE.split(f"\n### {message}\n")[1].split("\n#")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    know(monkeypatch, bridges())
    with site(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("filmed", [True, False])
def test_the_tables_have_the_keys_that_are_sent(here: Site, filmed: bool) -> None:
    said: dict[str, Any] = {}
    with here.socket() as socket:
        socket.send_json(hello("ball_bridge", filmed=filmed))
        said["welcome"] = socket.receive_json()
        began = here.clock.now
        for row in range(len(bridges())):
            here.clock.now = began + float(bridges().time[row])
            socket.send_bytes(sent(row))
            said["moment"] = socket.receive_json()
        socket.send_json({"type": "end"})
        said["report"] = socket.receive_json()
    for kind, message in said.items():
        assert message["type"] == kind
        assert set(message) == keys(kind)
    assert (said["report"]["page"] is not None) == filmed
    if filmed:
        assert 'class="player-data"' in said["report"]["page"]


def test_the_hello_of_the_page_is_understood(here: Site) -> None:
    said = {"type": "hello", "exercise": "auto", "units": "cm", "filmed": False, "rate": 1.0}
    asked = dict.fromkeys(keys("hello"), None) | said
    with here.socket() as socket:
        socket.send_json(asked)
        assert socket.receive_json()["type"] == "welcome"
    assert {name for name in live.Hello.__slots__ if name != "course"} <= keys("hello")


def test_the_stages_and_codes_are_those_of_the_code() -> None:
    [row] = re.findall(r"^\| `stage` \| (.*) \|$", PAGE, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == set(coach.Stage.__args__)
    for code in (live.BAD_MESSAGE, live.SLOW, live.MOVED, live.TOO_LARGE, live.TOO_MANY, live.FAILED):
        assert str(code) in PAGE


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    if not (ROOT / "sample_videos").is_dir():
        pytest.skip("needs the sample videos")
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(code, names)
    printed = capsys.readouterr().out
    assert "[('Leg lift', 2)]" in printed
    assert "['Leg lift']" in printed
    assert re.search(r"\d s  \d reps  \w", printed)
