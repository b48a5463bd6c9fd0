"""Measure formcheck on clips with truth.

python -m benchmarks.accuracy FOLDER... [--markdown OUT] [--json OUT] [--pictures FOLDER] [--records OUT]
                              [--solutions PYTHON] [--quality standard] [--jobs N]

A folder holds the studio's clips, or footage with an `annotations.json`. Landmarks are kept beside each clip, so a
second run needs no model. With `--solutions` the Python of an environment with mediapipe 0.10.21 finds its own
landmarks too (`solutions.py` says how to make one).
"""

import datetime
import json
import platform
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.accuracy.cases import Case, cases
from benchmarks.accuracy.pictures import drawn
from benchmarks.accuracy.records import Records, recorded
from benchmarks.accuracy.tables import sections
from benchmarks.command import exits, parser_of
from benchmarks.machine import written
from benchmarks.tables import Section
from formcheck import __version__
from formcheck.findings import Quality


def measured(all_cases: Sequence[Case], *, solutions: str | None = None, jobs: int = 1) -> Records:
    """Records of all clips, in their order; `jobs` of them are worked on side by side."""
    record = partial(recorded, solutions=solutions)
    records = Records()
    # a stop from the keyboard reaches the pool's processes too; they must end by it, and in silence
    with ProcessPoolExecutor(jobs, initializer=partial(signal.signal, signal.SIGINT, signal.SIG_DFL)) as pool:
        done = map(record, all_cases) if jobs == 1 else pool.map(record, all_cases)
        for i, found in enumerate(done, 1):
            print(f"{i}/{len(all_cases)} {found.clips[0]['clip']}", file=sys.stderr, flush=True)
            records.join(found)
    return records


def circumstances(folders: Sequence[Path]) -> dict[str, Any]:
    """When, with what, on which clips and on which kind of machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "formcheck": __version__,
        "clips": ", ".join(folder.name for folder in folders),
        "machine": f"{machine.described()}, Python {platform.python_version()}",
    }


def document(tables: Sequence[Section], about: dict[str, Any]) -> str:
    """The tables in Markdown."""
    heading = f"# Accuracy: {about['clips']}\n\n{about['date']}; formcheck {about['formcheck']}; {about['machine']}."
    return "\n\n".join([heading, *(table.markdown() for table in tables)]) + "\n"


@exits
def main(arguments: Sequence[str] | None = None) -> int | None:
    parser = parser_of(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    for name in ("markdown", "json", "pictures", "records"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--solutions", metavar="PYTHON")
    parser.add_argument("--quality", type=Quality, choices=list(Quality), default=Quality.STANDARD)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        found = [case for folder in options.folders for case in cases(folder, options.quality)]
        records = measured(found, solutions=options.solutions, jobs=options.jobs)
        about, tables = circumstances(options.folders), sections(records)
        written(document(tables, about), options.markdown)
        if options.json is not None:
            written(json.dumps({**about, "tables": [t._asdict() for t in tables]}, indent=1) + "\n", options.json)
        if options.records is not None:
            written(json.dumps({**about, **asdict(records)}) + "\n", options.records)
        if options.pictures is not None:
            drawn(records, found, options.pictures)
    except KeyboardInterrupt:
        print("stopped; the landmarks found so far are kept beside the clips", file=sys.stderr)
        return 130
    return None


if __name__ == "__main__":
    sys.exit(main())
