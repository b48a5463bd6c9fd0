"""What stays of a clip on the disk: its files, put in place together, and `clip.json`, the record that all are there.

The record is written last and removed first. So a folder with a record holds exactly the files of that record, whenever
the program or the machine was stopped.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from formcheck import files
from formcheck.report.report import Report

RECORD: Final = "clip.json"
SCHEMA: Final = "formcheck.clip/1"
SCORE_DECIMALS: Final = 1
"""As in `report.json`: the gate judges the number that people read there."""
FILES: Final = ("report.json", "report.html", "landmarks.npz")
"""What a clip's folder may hold besides its record."""


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one clip.

    key: hash of its content, the options and the program; None where the clip could not be read or the analysis died.
    error: why it failed, in one sentence, or None. lasting: a new try would fail the same way, so none is made.
    score: the lowest bout's, as the report shows it, None without any. files: those beside the record, sizes in bytes.
    """

    key: str | None
    error: str | None = None
    lasting: bool = True
    bouts: int = 0
    reps: int = 0
    score: float | None = None
    files: Mapping[str, int] = field(default_factory=dict)

    def holds(self, key: str | None) -> bool:
        """Whether a clip of this key would give this record again."""
        return key is not None and self.key == key and self.lasting


def of(report: Report, key: str | None) -> Record:
    """The record of a report."""
    scores = [round(bout.score, SCORE_DECIMALS) for bout in report.bouts if bout.score is not None]
    reps = sum(len(bout.counted) for bout in report.bouts)
    return Record(key, None, True, len(report.bouts), reps, min(scores) if scores else None)


def read(folder: Path) -> Record | None:
    """The record of a clip's folder; None if there is none, it is of another version, or its files are not whole."""
    try:
        content: dict[str, Any] = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return None
    known = {"schema", *(each.name for each in fields(Record))}
    if not isinstance(content, dict) or content.keys() != known or content.pop("schema") != SCHEMA:
        return None
    record = Record(**content)
    return record if all(_size(folder / name) == size for name, size in record.files.items()) else None


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def keep(folder: Path, record: Record, scratch: Path, names: Collection[str] = ()) -> None:
    """Put a clip's files and its record in place; what an earlier run left there is removed.

    scratch: a folder on the same disk, from which the files are moved. names: the files to move, of those in `FILES`.
    Raises `OutputError`.
    """
    files.prepare(folder)
    files.prepare(scratch)
    record = replace(record, files={name: (scratch / name).stat().st_size for name in FILES if name in names})
    with files.whole(scratch / RECORD) as path:
        path.write_text(json.dumps({"schema": SCHEMA} | asdict(record), indent=1) + "\n", "utf-8")
    with files.writing(folder):
        (folder / RECORD).unlink(missing_ok=True)
        for name in FILES:
            if name in names:
                (scratch / name).replace(folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
        (scratch / RECORD).replace(folder / RECORD)
