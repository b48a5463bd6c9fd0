"""Whether a verdict hangs on how a recording was stored: one sample in many forms, its verdicts side by side.

python -m benchmarks.variants [SAMPLE.mp4...] [--phones] [--markdown OUT]

Each sample is cropped, mirrored, coded anew, made smaller and larger, and shown at 25, 50 and 60 frames a second. For
every form: the verdicts that differ from the sample's own. One that differs may do so only where the value lies within
its own error of a bound; whether it does stands beside it. Side and near side of a mirrored picture are exchanged.

With `--phones` the forms are those in which people's phones make recordings: on their side or head, in slow motion,
with a small person, with two. For each: what was found, what was said, and how it ends with the option that is for it.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np

import formcheck
from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.tables import DASH, Section
from benchmarks.versions import SAMPLES
from formcheck.body.poses import Array
from formcheck.core.exercise import Exercise, choose
from formcheck.errors import FormcheckError
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


class Phone(NamedTuple):
    """A form in which phones make recordings: made of a sample and of another one, and the options it is tried with."""

    made: Callable[[Frames, Frames], Iterator[tuple[float, Array]]]
    options: Sequence[dict[str, Any]] = ()


def _alone(change: Callable[[Frames], Iterator[tuple[float, Array]]]) -> Callable[..., Iterator[tuple[float, Array]]]:
    return lambda frames, other: change(frames)


def _turned(quarters: int) -> Callable[..., Iterator[tuple[float, Array]]]:
    """Turned clockwise by so many quarters."""
    return _alone(_each(lambda rgb: np.rot90(rgb, -quarters)))


def _slow(frames: Frames) -> Iterator[tuple[float, Array]]:
    """Eight times slower, at eight frames a second."""
    return _at(8)((8 * time, rgb) for time, rgb in frames)


def _small(rgb: Array) -> Array:
    """At half its size in a large picture of its usual colour."""
    small = _resized(0.5)(rgb)
    large = np.full((1080, 1920, 3), np.median(rgb.reshape(-1, 3), axis=0).astype(np.uint8))
    large[600 : 600 + small.shape[0], 1100 : 1100 + small.shape[1]] = small
    return large


def _as_large(rgb: Array, height: int, width: int) -> Array:
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))


def _beside(frames: Frames, other: Frames) -> Iterator[tuple[float, Array]]:
    two, more = np.zeros((1, 1, 3), np.uint8), iter(other)
    for time, one in frames:
        two = next(more, (time, two))[1]  # the last picture stands
        yield time, np.hstack([one, _as_large(two, *one.shape[:2])])


def _then(empty_s: float) -> Callable[..., Iterator[tuple[float, Array]]]:
    """First one, then the other; between them an empty picture for some seconds, or a cut."""

    def shown(frames: Frames, other: Frames) -> Iterator[tuple[float, Array]]:
        time, rgb = 0.0, np.zeros((1, 1, 3), np.uint8)
        for time, rgb in frames:
            yield time, rgb
        last, size = time + 1 / 24, rgb.shape[:2]
        empty = np.full_like(rgb, 90)
        yield from ((last + i / 24, empty) for i in range(round(24 * empty_s)))
        yield from ((last + empty_s + time, _as_large(rgb, *size)) for time, rgb in other)

    return shown


PHONES: Final = {
    **{f"turned by {90 * n}": Phone(_turned(n), [{"rotate": 360 - 90 * n}]) for n in (1, 2, 3)},
    "mirrored": Phone(_alone(FORMS["mirrored"])),
    "eight times slower": Phone(_alone(_slow), [{"speed": 0.125}]),
    "small in 1920x1080": Phone(_alone(_each(_small))),
    "another beside": Phone(_beside, [{"person": "left"}, {"person": "right"}]),
    "another after 4 s": Phone(_then(4.0)),
    "another after a cut": Phone(_then(0.0)),
}


def _other(sample: Path) -> Path:
    """Who is beside a sample's person, or comes after them."""
    name = "glute_bridge" if sample.stem.startswith("leg_lift") else "leg_lift"
    return SAMPLES / f"{name}.mp4"


def _frames(path: Path) -> Iterator[tuple[float, Array]]:
    with Video(path) as video:
        yield from ((frame.time, frame.rgb) for frame in video.frames())


def made(sample: Path, form: str, folder: Path) -> Path:
    """The sample in another form."""
    out = folder / f"{sample.stem}.{form.replace(' ', '_')}.mp4"
    if form in PHONES:
        frames = PHONES[form].made(_frames(sample), _frames(_other(sample)))
    else:
        frames = FORMS[form](_frames(sample))
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


def _found(report: Report) -> str:
    return ", ".join(f"{bout.title} x {len(bout.counted)}" for bout in report.bouts) or "nothing"


def _tried(clip: Path, here: Report, form: str, option: dict[str, Any]) -> tuple[str, ...]:
    """A row: what is found in a form with an option, what is said that was not said of the sample, what differs."""
    said = " ".join(f"--{name} {value}" for name, value in option.items()) or DASH
    try:
        there = formcheck.analyze(clip, **option)
    except FormcheckError as error:
        return form, said, "nothing", str(error), DASH
    notes = [note for note in there.notes if note not in here.notes]
    first = replace(there, bouts=there.bouts[: len(here.bouts)])  # whoever comes after has bouts of their own
    same = [name for name, _ in _reps(here)] == [name for name, _ in _reps(first)]
    found = differences(here, first)
    other = f"{len(found)}, {sum(not near for _, near in found)} of them beyond" if same else DASH
    return form, said, _found(there), " ".join(notes) or DASH, other


def phones(sample: Path, folder: Path, only: Sequence[str] = ()) -> Section:
    """A sample's table of the forms that phones make."""
    here, rows = formcheck.analyze(sample), []
    for form in only or PHONES:
        clip = made(sample, form, folder)
        for option in ({}, *PHONES[form].options):
            print(f"{sample.stem}: {form} {option or ''}", file=sys.stderr, flush=True)
            rows.append(_tried(clip, here, form, option))
    about = (
        f"As it is: {_found(here)}. The other: `{_other(sample).stem}`. Beyond: farther from a bound than their error."
    )
    return Section(sample.stem, about, ("form", "option", "found", "said", "verdicts that differ"), rows)


@exits
def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("samples", type=Path, nargs="*", metavar="SAMPLE.mp4")
    parser.add_argument("--phones", action="store_true", help="the forms that people's phones make")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables there")
    options = parser.parse_args(arguments)
    samples = options.samples or sorted(SAMPLES.glob("*.mp4"))
    with tempfile.TemporaryDirectory() as name:
        if options.phones:
            found = [(phones(path, Path(name)), True) for path in samples]
        else:
            found = [section(path, Path(name)) for path in samples]
    text = "\n\n".join([f"# One recording in many forms\n\n{described()}.", *(one.markdown() for one, _ in found)])
    written(f"{text}\n", options.markdown)
    return 0 if all(steady for _, steady in found) else 1


if __name__ == "__main__":
    sys.exit(main())
