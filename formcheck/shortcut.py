"""An icon on the desktop that starts formcheck: a file of the kind that each system starts by a click.

A window of the terminal comes with it: it says what goes on, and closing it stops formcheck.
"""

import subprocess
import sys
from importlib import resources
from pathlib import Path
from shutil import which
from typing import Final

from platformdirs import user_data_path, user_desktop_path

from formcheck.errors import OutputError
from formcheck.files import prepare, whole

_LINUX: Final = """\
[Desktop Entry]
Type=Application
Version=1.5
Name=formcheck
Comment=Checks the form of psoas and hip exercises before the camera
Exec={command}
Icon={icon}
Terminal=true
Categories=Sports;Education;
"""

_MACOS: Final = """\
#!/bin/sh
exec {python} -m formcheck start
"""

_WINDOWS: Final = """\
@echo off
chcp 65001 >nul
title formcheck
{python} -m formcheck start
if errorlevel 1 pause
"""


def put(system: str = sys.platform, python: str = sys.executable) -> list[Path]:
    """Write the shortcut of a system, as `sys.platform` names it; the files written.

    Raises `OutputError` where there is no desktop, or it cannot be written.
    """
    desktop = user_desktop_path()
    if system == "win32":
        return [_put(desktop / "formcheck.bat", _WINDOWS.format(python=_for_windows(python)).replace("\n", "\r\n"))]
    if system == "darwin":
        return [_put(desktop / "formcheck.command", _MACOS.format(python=_for_shell(python)))]
    entry = _LINUX.format(command=_for_linux(python), icon=resources.files("formcheck.web") / "static" / "icon.svg")
    written = [_put(user_data_path() / "applications" / "formcheck.desktop", entry, made=True)]
    if desktop.is_dir():
        written.append(_put(desktop / "formcheck.desktop", entry))
        _trust(written[-1])
    return written


def _put(path: Path, text: str, *, made: bool = False) -> Path:
    """Write a file that may be started. made: whether its folder may be made."""
    if made:
        prepare(path.parent)
    elif not path.parent.is_dir():
        raise OutputError(f"there is no desktop at {path.parent}; start formcheck by typing formcheck start")
    with whole(path) as part:
        part.write_bytes(text.encode("utf-8"))
        part.chmod(0o755)
    return path


def _for_shell(python: str) -> str:
    return "'" + python.replace("'", "'\\''") + "'"


def _for_windows(python: str) -> str:
    return '"' + python.replace("%", "%%") + '"'


def _for_linux(python: str) -> str:
    """The command of a desktop entry. Its window stays open where formcheck could not start."""
    script = '"$0" -m formcheck start || read -r wait'
    return " ".join(_quoted(part) for part in ("/bin/sh", "-c", script, python))


def _quoted(argument: str) -> str:
    """An argument as desktop entries quote it: backslashes twice over, once for the entry's text itself."""
    within = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in argument)
    return f'"{within}"'.replace("\\", "\\\\").replace("%", "%%")


def _trust(path: Path) -> None:
    """Tell GNOME that the icon was put there on purpose; other desktops do not ask."""
    if which("gio"):
        subprocess.run(["gio", "set", str(path), "metadata::trusted", "true"], capture_output=True, check=False)
