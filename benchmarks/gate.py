"""Whether the gate of `formcheck batch` lets the same through and catches what is worse.

python -m benchmarks.gate [--reruns N] [CLIP.npz ...]

Saved landmarks (by default those of the sample videos, estimated first) are scored again and again: no rerun may fail.
Then a measure is 5 degrees off, a rep is dropped, a hold is shortened: each must fail, in the case that names it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from unittest.mock import patch
from xml.etree import ElementTree

import numpy as np

from benchmarks.command import parser_of
from formcheck import files
from formcheck.batch import ci, gate, records, results
from formcheck.batch.jobs import TABLE, Job
from formcheck.body import measures
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array
from formcheck.core.exercise import choose
from formcheck.findings import Bout
from formcheck.recorded import Options, landmarks_into, score
from formcheck.report.report import Report

SAMPLES: Final = Path(__file__).parents[1] / "sample_videos"
CLIPS: Final = ("kneeling_lunge", "leg_lift", "ball_bridge", "glute_bridge")
BIASED: Final = ("knee_flexion", "shoulder_elevation")
BIAS_DEG: Final = 5.0

REPORT: Final = records.FILES[0]

Change = Callable[[Report], Report]
Failures = list[tuple[str, str]]
"""Clip and case of each."""


def run(clips: Sequence[Path], out: Path, change: Change = lambda report: report) -> Path:
    """Score clips of saved landmarks in this process and write the tables of a run into a folder."""
    jobs = [Job(clip.stem, clip, out / clip.stem) for clip in sorted(clips, key=lambda clip: clip.stem)]
    for job in jobs:
        report = change(score(job.source, Options.of()))
        scratch = out / ".scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        (scratch / REPORT).write_text(report.to_json(), "utf-8")
        records.keep(job.folder, records.of(report, files.sha256(job.source)), scratch, (REPORT,))
    results.write(jobs, out, out / ".scratch")
    return out


def failures(out: Path, baseline: Path) -> Failures:
    """The failing cases of a run beside a baseline, clip and case, as its JUnit file names them."""
    junit = out / "junit.xml"
    ci.write(gate.gated(out, baseline=baseline), junit=junit)
    cases = ElementTree.parse(junit).getroot().iter("testcase")
    return [(case.get("classname", ""), case.get("name", "")) for case in cases if case.find("failure") is not None]


@contextmanager
def biased(name: str) -> Iterator[None]:
    """A measure that reads `BIAS_DEG` too much."""
    known = MEASURES[name]

    def off(*arguments: object) -> Array:
        found: Array = known.of(*arguments) + np.float32(BIAS_DEG)  # type: ignore[misc,operator]
        return found

    with patch.dict(measures.MEASURES, {name: replace(known, of=off)}):
        yield


def without_a_rep(report: Report) -> Report:
    """The report, as if a rep had been missed."""
    return _first_bout(report, lambda bout: replace(bout, reps=bout.reps[:-1]))


def with_a_shorter_hold(report: Report) -> Report:
    """The report, as if a hold had ended 0.3 s too soon."""

    def shorter(bout: Bout) -> Bout:
        [first, *others] = bout.reps
        return replace(bout, reps=(replace(first, hold_to_s=first.hold_to_s - 0.3), *others))

    return _first_bout(report, shorter)


def _first_bout(report: Report, change: Callable[[Bout], Bout]) -> Report:
    [first, *others] = report.bouts
    return replace(report, bouts=(change(first), *others))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("clips", nargs="*", type=Path, metavar="CLIP.npz")
    parser.add_argument("--reruns", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = options.clips or [_landmarks(folder, clip) for clip in CLIPS]
        baseline = run(clips, folder / "baseline") / TABLE
        saved = folder / "baseline.json"
        gate.save(folder / "baseline", saved)
        known = (saved if i % 2 else baseline for i in range(options.reruns))
        false = sum(bool(failures(run(clips, folder / "again"), one)) for one in known)
        print(f"{options.reruns} reruns of {len(clips)} clips: {false} failed")
        missed = 0
        for what, wanted, found in injected(clips, folder, baseline):
            named = [f"{clip}: {case}" for clip, case in found if case in wanted]
            missed += not named
            print(f"{what}: {'caught in ' + ', '.join(named) if named else 'MISSED'}; {len(found)} cases failed")
    return 1 if false or missed else 0


def _landmarks(folder: Path, clip: str) -> Path:
    path = folder / f"{clip}.npz"
    landmarks_into(path, SAMPLES / f"{clip}.mp4", Options.of())
    return path


def injected(clips: Sequence[Path], folder: Path, baseline: Path) -> Iterator[tuple[str, set[str], Failures]]:
    """What is made worse, the cases one of which each clip that shows it must fail, and the cases that failed."""
    for measure in BIASED:
        with biased(measure):
            found = failures(run(clips, folder / "biased"), baseline)
        yield f"{measure} {BIAS_DEG:g} degrees off", read_from(measure), found
    names = {exercise.name for exercise in choose()}
    for what, change, case in (("a rep dropped", without_a_rep, "reps"), ("a hold cut", with_a_shorter_hold, "hold")):
        found = failures(run(clips, folder / case, change), baseline)
        yield what, {f"{name}.{case}" for name in names}, found


def read_from(measure: str) -> set[str]:
    """The cases of cues that read a measure itself, not how it changes: that a constant bias does not touch."""
    return {
        f"{exercise.name}.{cue.id}"
        for exercise in choose()
        for cue in exercise.rep_cues
        if cue.check.measure == measure and not cue.check.from_rest and cue.check.take in ("mean", "max", "min")
    }


if __name__ == "__main__":
    sys.exit(main())
