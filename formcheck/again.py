"""A folder of results, shown again: its page, its annotated video, its print."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from formcheck import files
from formcheck.core.exercise import builtin
from formcheck.errors import OutputError, UsageError
from formcheck.recorded import Progress, show
from formcheck.report.folder import ANNOTATED, PAGE, REPORT, recording_of
from formcheck.report.saved import read

BROWSERS: Final = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)  # fmt: skip
"""Browsers that print a page without a window, by name or by where they are installed."""

PRINT_S: Final = 60.0
"""How long a browser may take to print a page (ours)."""


def again(
    folder: Path,
    *,
    annotated: bool = False,
    pdf: bool = False,
    who: str = "",
    remarks: str = "",
    progress: Progress | None = None,
) -> list[Path]:
    """Write the page of a folder of results anew, with `annotated` and `pdf` those too. Returns what was written.

    Raises `SavedReportError` where there is no report, `LandmarksError` where its landmarks are gone, `UsageError`
    where what is asked for cannot be made here, `VideoError`, `OutputError`.
    """
    report = read(folder / REPORT)
    browser = _browser() if pdf else None
    source, plays = recording_of(folder, report)
    quotes = {name: {cue.id: cue.quote for cue in exercise.cues} for name, exercise in builtin().items()}
    annotated = annotated or ((folder / ANNOTATED).is_file() and source is not None)
    show(folder, plays, quotes, source, annotated=annotated, tell=progress, who=who, remarks=remarks)
    made = [folder / PAGE, *([folder / ANNOTATED] if annotated else [])]
    return [*made, _print(browser, folder)] if browser else made


def _browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError(
            "--pdf needs Chromium, Chrome or Edge, and none was found: install one, or open report.html in your "
            "browser and print it there"
        )
    return found


def _print(browser: str, folder: Path) -> Path:
    """The page as `report.pdf`. Raises `OutputError` where the browser does not make it."""
    out = folder / "report.pdf"
    with files.whole(out) as path, tempfile.TemporaryDirectory() as home:
        made = Path(home) / "page.pdf"
        switches = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={home}/profile",
        ]
        line = [browser, *switches, *_as_root(), f"--print-to-pdf={made}", (folder / PAGE).resolve().as_uri()]
        try:
            ended = subprocess.run(line, capture_output=True, timeout=PRINT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError(f"{browser} could not print {folder / PAGE}: {error}") from error
        if not made.is_file():
            said = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise OutputError(f"{browser} could not print {folder / PAGE}: {said or ended.returncode}")
        path.write_bytes(made.read_bytes())
    return out


def _as_root() -> list[str]:
    """Chromium refuses to run for root, as in a container, unless its sandbox is off; the page is ours."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
