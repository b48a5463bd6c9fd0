"""Plan and make the studio's clips.

python -m benchmarks.studio plan sample|tune|test [--limit N]
python -m benchmarks.studio make sample|tune|test --out DIR [--jobs N] [--limit N]
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.studio import splits
from benchmarks.studio.clip import made
from formcheck.errors import FormcheckError


def plan(split: str, limit: int | None, jobs: int) -> None:
    """Draw a split's clips and write its manifest."""
    numbers = range(splits.clips_in(split))[:limit]
    with ProcessPoolExecutor(jobs) as pool:
        clips = list(pool.map(partial(splits.planned, split), numbers))
    print(f"{len(clips)} clips; {splits.written(split, clips)}")


def make(split: str, out: Path, jobs: int, limit: int | None) -> None:
    """Film a split's clips that are not there yet."""
    clips = splits.clips(split)[:limit]
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        for clip, drawn in zip(clips, pool.map(partial(made, folder=out), clips), strict=True):
            print(f"{clip.name}: {'made' if drawn else 'there'}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("plan", "make"):
        command = commands.add_parser(name)
        command.add_argument("split", choices=list(splits.NUMBER))
        command.add_argument("--jobs", type=int, default=1)
        command.add_argument("--limit", type=int)
    commands.choices["make"].add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        if options.command == "plan":
            plan(options.split, options.limit, options.jobs)
        else:
            make(options.split, options.out, options.jobs, options.limit)
    except FormcheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
