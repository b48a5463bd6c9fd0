"""Whether a verdict hangs on how a recording was stored: one sample in many forms, its verdicts side by side.

python -m benchmarks.variants [SAMPLE.mp4...] [--markdown OUT]

Each sample is cropped, mirrored, coded anew, made smaller and larger, and shown at 25, 50 and 60 frames a second. For
every form: the verdicts that differ from the sample's own. One that differs may do so only where the value lies within
its own error of a bound; whether it does stands beside it. Side and near side of a mirrored picture are exchanged.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

import formcheck
from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.tables import DASH, Section
from benchmarks.versions import SAMPLES
from formcheck.body.poses import Array
from formcheck.core.exercise import Exercise, choose
from formcheck.findings import Rep, Verdict
from formcheck.media.video import Video
from formcheck.media.writer import VideoWriter
from formcheck.report.report import Report

Frames = Iterable[tuple[float, Array]]

CUT: Final = 0.05
"""Share of the picture that `cropped` takes off on each side; the people of the samples stay in it."""

QUALITY: Final = 35
"""JPEG quality of `coded anew`: blocks can be seen."""


def _each(change: Callable[[Array], Array]) -> Callable[[Frames], Iterator[tuple[float, Array]]]:
    return lambda frames: ((time, np.ascontiguousarray(change(rgb))) for time, rgb in frames)


def _cropped(rgb: Array) -> Array:
    height, width = rgb.shape[:2]
    x, y = round(CUT * width), round(CUT * height)
    return rgb[y : height - y, x : width - x]


def _coded(rgb: Array) -> Array:
    done, code = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR))


def _resized(scale: float) -> Callable[[Array], Array]:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return lambda rgb: np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=how))


def _at(fps: float) -> Callable[[Frames], Iterator[tuple[float, Array]]]:
    """The frame that is shown at each time of another rate."""

    def shown(frames: Frames) -> Iterator[tuple[float, Array]]:
        k, before = 0, None
        for time, rgb in frames:
            while before is not None and k / fps < time - 1e-6:
                yield k / fps, before
                k += 1
            before = rgb
        if before is not None:
            yield k / fps, before

    return shown


FORMS: Final[dict[str, Callable[[Frames], Iterator[tuple[float, Array]]]]] = {
    "cropped": _each(_cropped),
    "mirrored": _each(lambda rgb: rgb[:, ::-1]),
    "coded anew": _each(_coded),
    "half the size": _each(_resized(0.5)),
    "half as large again": _each(_resized(1.5)),
    "25 a second": _at(25),
    "50 a second": _at(50),
    "60 a second": _at(60),
}


def made(sample: Path, form: str, folder: Path) -> Path:
    """The sample in another form."""
    out = folder / f"{sample.stem}.{form.replace(' ', '_')}.mp4"
    with Video(sample) as video:
        frames = FORMS[form]((frame.time, frame.rgb) for frame in video.frames())
        time, rgb = next(frames)
        with VideoWriter(out, (rgb.shape[1], rgb.shape[0]), 30.0) as writer:
            writer.write(time, rgb)
            for time, rgb in frames:
                writer.write(time, rgb)
    return out


def _reps(report: Report) -> list[tuple[str, Rep]]:
    return [(bout.exercise, rep) for bout in report.bouts for rep in bout.counted]


def close(exercise: Exercise, one: Verdict, two: Verdict) -> bool:
    """Whether two different verdicts are of a value that lies within its own error of a bound of its cue."""
    bounds = [b for cue in exercise.cues if cue.id == one.id for check in cue.checks for b in check.bounds]
    return any(
        v.value is not None and v.interval is not None and v.interval[0] <= bound <= v.interval[1]
        for v in (one, two)
        for bound in bounds
    )


def differences(here: Report, there: Report) -> list[tuple[str, bool]]:
    """Each verdict that differs, in words, and whether it may; a different number of reps is one that may not."""
    one, two = _reps(here), _reps(there)
    if [name for name, _ in one] != [name for name, _ in two]:
        return [(f"{len(one)} reps, {len(two)} here", False)]
    found = []
    for (name, a), (_, b) in zip(one, two, strict=True):
        (exercise,) = choose(name)
        for x, y in zip(a.cues, b.cues, strict=True):
            if x.verdict != y.verdict:
                told = f"rep {a.index} {x.id}: {x.verdict} to {y.verdict}"
                found.append((told, close(exercise, x, y)))
    return found


def section(sample: Path, folder: Path) -> tuple[Section, bool]:
    """A sample's table, a row for each form, and whether no verdict differs that may not."""
    here, rows, steady = formcheck.analyze(sample), [], True
    for form in FORMS:
        print(f"{sample.stem}: {form}", file=sys.stderr, flush=True)
        found = differences(here, formcheck.analyze(made(sample, form, folder)))
        near, far = ([told for told, may in found if may is wanted] for wanted in (True, False))
        rows.append((form, "; ".join(near) or DASH, "; ".join(far) or DASH))
        steady &= not far
    cues = sum(len(rep.cues) for _, rep in _reps(here))
    head = ("form", "differs, within its error of a bound", "differs beyond")
    return Section(sample.stem, f"{cues} verdicts of {len(_reps(here))} reps.", head, rows), steady


@exits
def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("samples", type=Path, nargs="*", metavar="SAMPLE.mp4")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        found = [section(path, Path(name)) for path in options.samples or sorted(SAMPLES.glob("*.mp4"))]
    text = "\n\n".join([f"# One recording in many forms\n\n{described()}.", *(one.markdown() for one, _ in found)])
    written(f"{text}\n", options.markdown)
    return 0 if all(steady for _, steady in found) else 1


if __name__ == "__main__":
    sys.exit(main())
