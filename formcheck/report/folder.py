"""A folder of results: the report as JSON and as a page, with the recording, its player and its stills."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from formcheck import files
from formcheck.body.poses import Poses
from formcheck.media.playable import NAMES, Playable, playable
from formcheck.report.page import Extras
from formcheck.report.player import Played
from formcheck.report.player import played as of_poses
from formcheck.report.report import Report
from formcheck.report.stills import stills
from formcheck.report.summary import Quotes

REPORT, PAGE, LANDMARKS, ANNOTATED = "report.json", "report.html", "landmarks.npz", "annotated.mp4"


def write_json(folder: Path, report: Report) -> None:
    """Write `report.json`."""
    with files.whole(folder / REPORT) as path:
        path.write_text(report.to_json(), "utf-8")


def write_page(
    folder: Path, report: Report, quotes: Quotes, *, video: str | None = None, extras: Extras | None = None
) -> None:
    """Write `report.html`; `video` is the recording's name beside it."""
    with files.whole(folder / PAGE) as path:
        path.write_text(report.html(video, quotes=quotes, extras=extras), "utf-8")


def write_shown(
    folder: Path,
    report: Report,
    quotes: Quotes,
    poses: Iterable[Poses],
    source: Path | None,
    *,
    progress: Callable[[int], None] = lambda done: None,
    who: str = "",
    remarks: str = "",
) -> Played:
    """Write `report.html` with stills and the player, and the recording beside it. Returns what is played.

    poses: the landmarks as they were found. source: the recording; None where there is none any more: the page then has
    no pictures. progress: called with the frames done where the recording has to be converted for browsers.

    Raises `OutputError` where the folder cannot be written to, `VideoError` where the source cannot be read again.
    """
    found = of_poses(poses, report)
    shots = {} if source is None else stills(source, report.video, found.shots)
    beside = playable(source, folder, report.video, progress) if source is not None else None
    if beside is None and source is not None:
        remove(folder, source)
    extras = Extras(
        found.to_json(report, beside) if beside else "", shots, beside.rotate if beside else 0, who, remarks
    )
    write_page(folder, report, quotes, video=beside and beside.name, extras=extras)
    return found


def remove(folder: Path, source: Path | None) -> None:
    """Remove what an earlier run put beside a report: a recording, unless it is the source, and one drawn on."""
    for path in (folder / name for name in (*NAMES, ANNOTATED)):
        if source is None or not path.exists() or path.resolve() != source.resolve():
            drop(path)


def drop(path: Path) -> None:
    """Remove a file, if it is there. Raises `OutputError` where that cannot be."""
    with files.writing(path):
        path.unlink(missing_ok=True)


def recording_of(folder: Path, report: Report) -> tuple[Path | None, Report]:
    """The recording of a folder of results, and the report with how it plays: the file that was analysed, as long as it
    is the same, else the one beside the report.
    """
    own = Path(report.video.path)
    with suppress(OSError):
        if own.is_file() and files.sha256(own) == report.video.sha256:
            return own, report
    beside = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if beside is None:
        return None, report
    plays = _plays(folder / PAGE)
    return beside, replace(
        report, video=replace(report.video, rotate=plays.rotate, speed=plays.speed, begins_s=plays.begins_s)
    ) if plays else report


def _plays(page: Path) -> Playable | None:
    """How the recording beside a page plays, as the page's player has it."""
    with suppress(OSError, ValueError, KeyError, IndexError):
        data = json.loads(page.read_text("utf-8").split('class="player-data">')[1].split("</script>")[0])
        return Playable("", int(data["rotate"]), float(data["speed"]), float(data["begins"]))
    return None
