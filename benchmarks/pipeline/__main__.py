"""Measure formcheck on whole videos beside mediapipe.

python -m benchmarks.pipeline [CLIP...] [--work DIR] [--solutions PYTHON] [--cores 1,2] [--inputs 720p,4k,hevc,60fps]
                              [--repeats N] [--sides A,B] [--before DIR] [--reports DIR] [--verdicts DIR] [--json]

A CLIP is a video of the studio with its truth beside it; without one, four of the sample videos. `--solutions` wants
the Python of an environment with mediapipe 0.10.21; without it that rival is left out, and without the extra
`mediapipe` the other. `--before` is the checkout of an earlier version, which then takes its turns as well.
"""

import argparse
import datetime
import importlib.util
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks import machine
from benchmarks.command import exits, parser_of
from benchmarks.pipeline.clips import INPUTS, Made, made
from benchmarks.pipeline.runs import BEFORE, NEW, OLD, OURS, OURS_VIDEO, ROOT, Run, help_cpu, turns
from benchmarks.pipeline.side import SIDES
from benchmarks.pipeline.tables import sections
from benchmarks.pipeline.verdicts import Changes, compared_all, reports
from benchmarks.tables import Section
from formcheck import __version__
from formcheck.errors import UsageError

SAMPLES: Final = tuple(
    ROOT / "sample_videos" / f"{name}.mp4" for name in ("leg_lift", "kneeling_lunge", "glute_bridge", "squats")
)


def measured(clips: Sequence[Made], options: argparse.Namespace) -> list[Run]:
    """All runs, told on the error stream as they end."""
    sides = options.sides or [s for s in SIDES if s != OLD or options.solutions]
    if OLD in sides and not options.solutions:
        raise UsageError(f"{OLD} needs --solutions PYTHON")
    if options.before:
        sides.insert(0, BEFORE)
    if not options.sides and importlib.util.find_spec("mediapipe") is None:
        sides.remove(NEW)
    runs = []
    for run in turns(clips, sides, options.cores, options.repeats, options.solutions, options.before):
        ms = 1000 * run.seconds / run.frames
        told = f"{run.clip.input} {run.clip.name}, {run.clip.group}; {run.cores} cores; {run.side}: {ms:.1f} ms a frame"
        print(told, file=sys.stderr, flush=True)
        runs.append(run)
    return runs


def report_of_each(runs: Sequence[Run]) -> dict[str, Any]:
    """One report of formcheck for each clip, named as the files that `--reports` writes.

    Raises `UsageError` where two runs differ: what is said must not depend on the run or the number of cores.
    """
    found: dict[str, Any] = {}
    for run in runs:
        if run.report is not None and run.side in (OURS, OURS_VIDEO):
            name = f"{run.clip.input}-{run.clip.video.stem}"
            if found.setdefault(name, run.report) != run.report:
                raise UsageError(f"two runs of formcheck on {run.clip.video} gave different reports")
    return found


def circumstances(options: argparse.Namespace, load: Sequence[float]) -> dict[str, Any]:
    """When, with what and on which machine; `load` is its load before and after, other work included."""
    return {
        "date": datetime.date.today().isoformat(),
        "formcheck": __version__,
        "machine": f"{machine.described()}, Python {platform.python_version()}",
        "load": [round(value, 1) for value in load],
        "repeats": options.repeats,
    }


def document(tables: Sequence[Section], about: dict[str, Any]) -> str:
    """The tables in Markdown."""
    heading = (
        f"# Pipeline\n\n{about['date']}; formcheck {about['formcheck']}; {about['machine']}; "
        f"{about['repeats']} repeats; load of the machine {about['load'][0]} before and {about['load'][1]} after."
    )
    return "\n\n".join([heading, *(table.markdown() for table in tables)]) + "\n"


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    def listed(kind: Any) -> Any:
        return lambda text: [kind(item) for item in text.split(",")]

    parser = parser_of(__doc__)
    parser.add_argument("clips", type=Path, nargs="*", metavar="CLIP")
    parser.add_argument("--work", type=Path, default=Path("build") / "pipeline", help="where made clips are kept")
    parser.add_argument("--solutions", metavar="PYTHON")
    parser.add_argument("--cores", type=listed(int), default=[1, 2])
    parser.add_argument("--inputs", type=listed(str), default=["720p"], help=f"of {', '.join(INPUTS)}")
    parser.add_argument("--sides", type=listed(str), help=f"of {', '.join(SIDES)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--before", type=Path, metavar="DIR", help="the checkout of an earlier version")
    parser.add_argument("--reports", type=Path, metavar="DIR", help="write formcheck's report on each clip")
    parser.add_argument("--verdicts", type=Path, metavar="DIR", help="compare with what --reports wrote before")
    parser.add_argument("--json", action="store_true", help="every run and table as JSON")
    options = parser.parse_args(arguments)
    for name, allowed in (("inputs", INPUTS), ("sides", SIDES)):
        unknown = [item for item in getattr(options, name) or [] if item not in allowed]
        if unknown:
            parser.error(f"--{name} {', '.join(unknown)}; allowed: {', '.join(allowed)}")
    if options.repeats < 1:
        parser.error("--repeats must be 1 at least")
    return options


def compared_with(before: Path | None, found: dict[str, Any]) -> Changes | None:
    return None if before is None else compared_all(reports(before), found)


def keep(folder: Path, found: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, report in found.items():
        (folder / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    options = parsed(arguments)
    clips = [clip for path in options.clips or SAMPLES for clip in made(path, options.inputs, options.work)]
    before = os.getloadavg()[0]
    runs = measured(clips, options)
    about = circumstances(options, (before, os.getloadavg()[0]))
    found = report_of_each(runs)
    tables = sections(runs, help_cpu(), compared_with(options.verdicts, found))
    if options.reports is not None:
        keep(options.reports, found)
    if options.json:
        plain = [{key: value for key, value in asdict(run).items() if key != "report"} for run in runs]
        print(json.dumps({**about, "tables": [t._asdict() for t in tables], "runs": plain}, indent=1, default=str))
    else:
        print(document(tables, about), end="")


if __name__ == "__main__":
    sys.exit(main())
