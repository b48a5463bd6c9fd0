"""Measure formcheck on clips with truth.

python -m benchmarks.accuracy FOLDER... [--json OUT] [--markdown OUT]

A folder holds the studio's clips, or footage with an `annotations.json`. Landmarks are kept beside each clip, so a
second run needs no model.
"""

import argparse
import datetime
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.accuracy.cases import cases
from benchmarks.accuracy.records import Records, record
from benchmarks.accuracy.tables import markdown
from formcheck import __version__, store
from formcheck.errors import FormcheckError


def measured(folders: Sequence[Path]) -> Records:
    """Records of all clips of the folders."""
    records = Records()
    for folder in folders:
        for case in cases(folder):
            print(case.name, file=sys.stderr, flush=True)
            record(case, records)
    return records


def circumstances() -> dict[str, Any]:
    """When, with what and on which kind of machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "formcheck": __version__,
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args(arguments)
    try:
        records, about = measured(options.folders), circumstances()
        heading = f"# Accuracy\n\n{about['date']}; formcheck {about['formcheck']}; {about['machine']}."
        text = markdown(records, heading)
        if options.markdown is None:
            print(text)
        for path, content in (
            (options.markdown, text),
            (options.json, json.dumps({**about, **asdict(records)}, indent=1) + "\n"),
        ):
            if path is not None:
                with store.whole(path) as part:
                    part.write_text(content, "utf-8")
    except FormcheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
