"""The tables of a run: `results.parquet`, one row per rep and cue, and `summary.json`, one line per clip.

Both are made from the clips' own files, in the order of the clips' names, a few at a time. They hold no time of day, no
place, and nothing else that changes from run to run. So another run of the same clips gives the same bytes.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from formcheck import files
from formcheck.batch import records
from formcheck.batch.jobs import SUMMARY, TABLE, Job
from formcheck.batch.names import text_of
from formcheck.batch.records import Record
from formcheck.report import table
from formcheck.report.table import Row

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

SCHEMA: Final = "formcheck.batch/1"

COLUMNS: Final = {
    "source": ("string", "the clip's name among the inputs"),
    "key": ("string", "hash of the clip's content, the options and the program"),
    **table.COLUMNS,
}
"""The columns of the table: type and meaning. All but those of `_ALWAYS` may be null; on a clip in which nothing was
found they all are."""
_ALWAYS: Final = ("source", "key")

GROUP: Final = 20_000
"""Rows that are written together (ours); a tenth of this takes no less memory."""

_LOST: Final = Record(None, "its record is gone: something else removes files from the results", lasting=False)


@dataclass(slots=True)
class Totals:
    """A run's outcome in numbers. `reps` are those that count."""

    clips: int = 0
    failed: int = 0
    reps: int = 0


def write(jobs: Iterable[Job], out: Path, scratch: Path) -> Totals:
    """Write both tables from the clips' records and reports, in the order of the jobs, in constant memory.

    A clip that failed is in the summary, with the reason, and not in the table. The files are written in `scratch`, a
    folder on the same disk, and moved when they are whole. Raises `OutputError` where one cannot be written.
    """
    files.prepare(scratch)
    totals = _written(jobs, scratch)
    with files.writing(out):
        for name in (TABLE, SUMMARY):
            (scratch / name).replace(out / name)
    return totals


def _written(jobs: Iterable[Job], scratch: Path) -> Totals:
    import pyarrow.parquet as pq  # noqa: PLC0415  slow to load, and no child needs it

    totals = Totals()
    rows: list[Row] = []
    with files.whole(scratch / TABLE) as table, files.whole(scratch / SUMMARY) as summary, ExitStack() as stack:
        parquet = stack.enter_context(pq.ParquetWriter(table, schema(), compression="zstd"))
        lines = stack.enter_context(summary.open("w", encoding="utf-8"))
        lines.write(f'{{"schema": "{SCHEMA}", "clips": [')
        for job in jobs:
            record = records.read(job.folder) or _LOST
            lines.write(("," if totals.clips else "") + "\n  " + json.dumps(_line(job, record)))
            _count(totals, record)
            rows += clip_rows(job, record)
            if len(rows) >= GROUP:
                _put(parquet, rows)
                rows = []
        _put(parquet, rows)
        lines.write(f'\n], "totals": {json.dumps(asdict(totals))}}}\n')
    return totals


def schema() -> "pa.Schema":
    """The table's columns, each with its meaning as `description` in its metadata."""
    import pyarrow as pa  # noqa: PLC0415

    fields = [
        pa.field(name, pa.type_for_alias(kind), name not in _ALWAYS, {"description": text})
        for name, (kind, text) in COLUMNS.items()
    ]
    return pa.schema(fields, {"schema": SCHEMA})


def clip_rows(job: Job, record: Record) -> Iterator[Row]:
    """A clip's rows: bouts in order, in each the reps, then the set. A failed clip has none, one without bouts one."""
    if record.error is not None:
        return
    of_clip = {"source": text_of(job.name), "key": record.key}
    report = json.loads((job.folder / records.FILES[0]).read_bytes())
    if not report["bouts"]:
        yield of_clip
    yield from (of_clip | row for row in table.rows(report))


def _line(job: Job, record: Record) -> dict[str, Any]:
    """A clip in the summary."""
    return {
        "source": text_of(job.name),
        "key": record.key,
        "state": "done" if record.error is None else "failed",
        "error": record.error,
        "bouts": record.bouts,
        "reps": record.reps,
        "score": record.score,
        "expected": job.expected,
    }


def _count(totals: Totals, record: Record) -> None:
    totals.clips += 1
    totals.failed += record.error is not None
    totals.reps += record.reps


def _put(parquet: "pq.ParquetWriter", rows: list[Row]) -> None:
    import pyarrow as pa  # noqa: PLC0415

    parquet.write_table(pa.Table.from_pylist(rows, parquet.schema))
