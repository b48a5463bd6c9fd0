"""Plan and make the studio's clips.

python -m benchmarks.studio plan SPLIT [--limit N]
python -m benchmarks.studio make SPLIT --out DIR [--jobs N] [--limit N] [--fps-at-most F]
python -m benchmarks.studio demos --out formcheck/demos [--exercise NAME]
python -m benchmarks.studio speed
"""

import math
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks.command import exits, parser_of
from benchmarks.studio import demos, splits
from benchmarks.studio.clip import Clip, Take, filmed, made
from benchmarks.studio.moments import moments


def plan(split: str, limit: int | None, jobs: int) -> None:
    """Draw a split's clips and write its manifest."""
    numbers = range(splits.clips_in(split))[:limit]
    with ProcessPoolExecutor(jobs) as pool:
        clips = list(pool.map(partial(splits.planned, split), numbers))
    print(f"{len(clips)} clips; {splits.written(split, clips)}")


def make(split: str, out: Path, jobs: int, limit: int | None, fps_at_most: float) -> None:
    """Film a split's clips that are not there yet; with fewer frames a second for a quick look."""
    clips = [replace(clip, fps=min(clip.fps, fps_at_most)) for clip in splits.clips(split)[:limit]]
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs) as pool:
        for clip, drawn in zip(clips, pool.map(partial(made, folder=out), clips), strict=True):
            print(f"{clip.name}: {'made' if drawn else 'there'}", flush=True)


def speed() -> None:
    """Print the processor time of a frame of each sample, with solving, writing and judging what is hidden, beside what
    a clip costs once; and the frames a second of the truth alone. On one core.
    """
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        for i in range(splits.clips_in("sample")):
            clip = splits.planned("sample", i)
            _spent(replace(clip, seconds=(1.5, 1.7)), Path(folder))  # what is compiled is compiled now
            short, long = (_spent(replace(clip, seconds=(1.5, until)), Path(folder)) for until in (2.0, 5.0))
            frame_s = (long[0] - short[0]) / (long[1] - short[1])
            once_s = short[0] - short[1] * frame_s
            take = Take(clip)
            times = np.linspace(0.0, take.act.duration, 2000)
            start = time.process_time()
            moments(take.actor, take.act, times)
            rate = len(times) / (time.process_time() - start)
            print(
                f"{clip.name:28}{1e3 * frame_s:5.0f} ms a frame, {once_s:.1f} s once; truth {rate:6,.0f} frames/s",
                flush=True,
            )


def _spent(clip: Clip, folder: Path) -> tuple[float, int]:
    """Processor time of filming a clip, seconds, and its frames."""
    start = time.process_time()
    take = Take(clip)
    filmed(take, folder / "clip.mp4")
    return time.process_time() - start, len(take.times)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of(__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("plan", "make"):
        command = commands.add_parser(name)
        command.add_argument("split", choices=splits.PLANNED if name == "plan" else list(splits.NUMBER))
        command.add_argument("--jobs", type=int, default=1)
        command.add_argument("--limit", type=int)
    commands.choices["make"].add_argument("--out", type=Path, required=True)
    commands.choices["make"].add_argument("--fps-at-most", type=float, default=math.inf)
    drawn = commands.add_parser("demos")
    drawn.add_argument("--out", type=Path, required=True)
    drawn.add_argument("--exercise", choices=demos.EXERCISES)
    commands.add_parser("speed")
    options = parser.parse_args(arguments)
    if options.command == "speed":
        speed()
    elif options.command == "demos":
        for path in demos.draw(options.out, options.exercise):
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)
    elif options.command == "plan":
        plan(options.split, options.limit, options.jobs)
    else:
        make(options.split, options.out, options.jobs, options.limit, options.fps_at_most)


if __name__ == "__main__":
    sys.exit(main())
