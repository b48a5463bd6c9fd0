"""Whether results hang on a library's version: the samples with another release of a package, beside the installed one.

python -m benchmarks.versions PACKAGE==VERSION... [--markdown OUT]

Each release is put into a folder of its own, without what it needs, and found there before the installed one. For every
sample: how many verdicts differ, how many numbers of report.json do, and by how much the value moved that moved most,
in halves of its 90 % interval. Needs pip and its index.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.tables import DASH, Section

SAMPLES: Final = Path(__file__).parents[1] / "sample_videos"
MOST_HALVES: Final = 1 / 3
"""By how many halves of its interval a value may move: less than a third is no other result (ours)."""

Report = dict[str, Any]


@exits
def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("release", nargs="+", help="such as opencv-contrib-python==5.0.0.93")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables there")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        here = reports(folder / "installed", None)
        pairs = [(release, here, reports(folder / release, put(release, folder))) for release in chosen.release]
    text = "\n\n".join([f"# Other versions\n\n{described()}.", *(section(*pair).markdown() for pair in pairs)])
    written(f"{text}\n", chosen.markdown)
    steady = all(same(one[name], two[name]) for _, one, two in pairs for name in one)
    return 0 if steady else 1


def put(release: str, folder: Path) -> Path:
    """A folder with one release of a package and nothing else."""
    place = folder / f"{release}.packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place, release]
    subprocess.run(install, check=True)
    return place


def reports(out: Path, packages: Path | None) -> dict[str, Report]:
    """The report of every sample, by its name, by a process that finds some packages before the installed ones."""
    places = [str(packages)] if packages else []
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*places, os.environ.get("PYTHONPATH", "")])}
    batch = [sys.executable, "-m", "formcheck", "batch", SAMPLES, "--out", out]
    subprocess.run(batch, env=environment, stdout=subprocess.DEVNULL, check=True)
    found = sorted(out.glob("*.mp4/report.json"))
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in found}


def cues(report: Report) -> list[Report]:
    """Every verdict of a report, in order."""
    bouts = report["bouts"]
    return [cue for bout in bouts for part in (*bout["reps"], bout) for cue in part["cues"]]


def verdicts(report: Report) -> list[tuple[str, str]]:
    return [(cue["id"], cue["verdict"]) for cue in cues(report)]


def halves(one: Report, two: Report) -> Iterator[float]:
    """By how much each value differs, in halves of its interval."""
    for cue, other in zip(cues(one), cues(two), strict=False):
        if cue["interval"] and other["interval"] and cue["interval"][0] < cue["interval"][1]:
            low, high = cue["interval"]
            yield abs(cue["value"] - other["value"]) / ((high - low) / 2)


def same(one: Report, two: Report) -> bool:
    """Whether two reports come to the same: no verdict differs, and no value by more than it may."""
    return verdicts(one) == verdicts(two) and max(halves(one, two), default=0.0) <= MOST_HALVES


def numbers(item: Any) -> Iterator[float]:
    """Every number of a report, in order."""
    if isinstance(item, dict | list):
        for part in item.values() if isinstance(item, dict) else item:
            yield from numbers(part)
    elif isinstance(item, int | float) and not isinstance(item, bool):
        yield item


def section(release: str, here: dict[str, Report], there: dict[str, Report]) -> Section:
    """A table with a row for each sample."""
    rows = []
    for name, one in here.items():
        two = there[name]
        flips = [f"{a[0]}: {a[1]} to {b[1]}" for a, b in zip(verdicts(one), verdicts(two), strict=False) if a != b]
        moved = sum(a != b for a, b in zip(numbers(one), numbers(two), strict=False))
        rows.append((name, "; ".join(flips) or DASH, moved, f"{max(halves(one, two), default=0.0):.2f}"))
    head = ("sample", "verdicts that differ", "numbers that differ", "most, in half intervals")
    return Section(release, "", head, rows)


if __name__ == "__main__":
    sys.exit(main())
