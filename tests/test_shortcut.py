"""The icon on the desktop: on each system a file that starts formcheck, whatever its path is called."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

import pytest
from door import command

from formcheck import shortcut
from formcheck.errors import OutputError

ODD = '/opt/an odd $HOME `x` "%F" \'é\\/python'
"""A path that every shell would read otherwise, were it not quoted."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desktop = tmp_path / "Schreibtisch"
    desktop.mkdir()
    monkeypatch.setattr(shortcut, "user_desktop_path", lambda: desktop)
    monkeypatch.setattr(shortcut, "user_data_path", lambda: tmp_path / "share")
    return tmp_path


def entry(path: Path) -> configparser.SectionProxy:
    read = configparser.RawConfigParser(delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text("utf-8"))
    return read["Desktop Entry"]


def arguments(command: str) -> list[str]:
    """A desktop entry's command, read as the specification says: its own escapes, then quotes as a shell's."""
    unescaped = command.replace("\\\\", "\\").replace("%%", "%")
    printed = subprocess.run(["sh", "-c", f"printf '%s\\0' {unescaped}"], capture_output=True, check=True).stdout
    return printed.decode().split("\0")[:-1]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("python", ["/usr/bin/python3", ODD])
def test_linux_has_it_on_the_desktop_and_in_the_menu(home: Path, python: str) -> None:
    written = shortcut.put("linux", python)
    assert written == [home / "share/applications/formcheck.desktop", home / "Schreibtisch/formcheck.desktop"]
    for path in written:
        assert path.stat().st_mode & 0o777 == 0o755
        found = entry(path)
        assert (found["Type"], found["Name"], found["Terminal"]) == ("Application", "formcheck", "true")
        assert Path(found["Icon"]).read_text("utf-8").startswith("<svg")
        assert arguments(found["Exec"]) == ["/bin/sh", "-c", '"$0" -m formcheck start || read -r wait', python]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_what_the_icon_does_is_formcheck_start(home: Path) -> None:
    python = home / "an odd $0 'python'"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    [menu, _] = shortcut.put("linux", str(python))
    done = subprocess.run(arguments(entry(menu)["Exec"]), capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "-m formcheck start\n"
    [mac] = shortcut.put("darwin", str(python))
    done = subprocess.run([mac], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "-m formcheck start\n"


def test_linux_without_a_desktop_folder_has_it_in_the_menu(home: Path) -> None:
    (home / "Schreibtisch").rmdir()
    assert shortcut.put("linux", "/usr/bin/python3") == [home / "share/applications/formcheck.desktop"]
    assert not (home / "Schreibtisch").exists()


def test_macos_has_a_command_file(home: Path) -> None:
    [path] = shortcut.put("darwin", "/it's/python")
    assert path == home / "Schreibtisch/formcheck.command"
    assert path.read_text("utf-8") == "#!/bin/sh\nexec '/it'\\''s/python' -m formcheck start\n"
    assert path.stat().st_mode & 0o777 == 0o755


def test_windows_has_a_batch_file(home: Path) -> None:
    [path] = shortcut.put("win32", r"D:\Programme\Jürgen 100%\python.exe")
    assert path == home / "Schreibtisch/formcheck.bat"
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    assert lines[1] == "chcp 65001 >nul"  # else the letter ü would be another
    assert r'"D:\Programme\Jürgen 100%%\python.exe" -m formcheck start' in lines
    assert "\n" not in "".join(lines)


def test_a_second_one_takes_the_place_of_the_first(home: Path) -> None:
    shortcut.put("darwin", "/old/python")
    [path] = shortcut.put("darwin", "/new/python")
    assert "/new/python" in path.read_text("utf-8")
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_without_a_desktop_a_sentence_says_how_else(home: Path, system: str) -> None:
    (home / "Schreibtisch").rmdir()
    with pytest.raises(OutputError, match=r"there is no desktop at .*typing formcheck start"):
        shortcut.put(system, "python")


@pytest.mark.skipif(sys.platform != "linux", reason="its folders are told by the environment")
def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share")}
    result = command("shortcut", env=env)
    assert (result.returncode, result.stderr) == (0, "")
    path = tmp_path / "share/applications/formcheck.desktop"
    assert f"Written: {path}" in result.stdout
    assert arguments(entry(path)["Exec"])[-1] == sys.executable
