"""A recording in, a report out: reads a file frame by frame into the core, and writes the files of the result."""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from formcheck import files, words
from formcheck.body.poses import Poses
from formcheck.core.exercise import Exercise, choose
from formcheck.core.goal import Goal
from formcheck.core.otherwise import Otherwise, looks_slow, moves
from formcheck.core.session import Session
from formcheck.errors import NobodyFoundError, OutputError, UsageError
from formcheck.filming import UNSAID, Filming
from formcheck.findings import Bout, Notice, NoticeCode, Quality, VideoInfo
from formcheck.formats import imports, npz
from formcheck.formats.npz import PosesWriter
from formcheck.media.ahead import ahead
from formcheck.media.video import Frame, Video
from formcheck.pose.estimator import ONE_PERSON, ONE_QUALITY, PoseEstimator
from formcheck.pose.estimator import backend as new_estimator
from formcheck.report.annotate import annotate
from formcheck.report.folder import ANNOTATED, LANDMARKS, drop, remove, write_json, write_page, write_shown
from formcheck.report.report import Report
from formcheck.report.summary import Quotes
from formcheck.units import Lengths

HEIGHTS_CM: Final = (80.0, 250.0)
"""Body heights that are believed."""

PART: Final = 64
"""Rows that are handed on together (ours)."""

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, the frames done, and the frames expected if known."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is judged: the exercises, the person's height, the pose estimator's name and its quality.

    The quality is None for an estimator without a choice. `filming` is what the user says of the recording.
    """

    exercises: tuple[Exercise, ...]
    height_cm: float | None
    backend: str
    quality: Quality | None
    filming: Filming = UNSAID

    @classmethod
    def of(
        cls,
        exercise: str = "auto",
        height_cm: float | None = None,
        backend: str = "onnx",
        quality: str = Quality.STANDARD,
        *,
        lengths: str = Lengths.CM,
        goal: str | None = None,
        filming: Filming = UNSAID,
    ) -> "Options":
        """Options from what a user gives.

        Raises `ExerciseError`, or `UsageError` for a height nobody has, an unknown quality or unit of lengths, a goal
        that is none, or a person for an estimator that cannot choose.
        """
        low, high = HEIGHTS_CM
        if height_cm is not None and not low <= height_cm <= high:
            raise UsageError(f"a height of {height_cm:g} cm cannot be: give centimetres between {low:g} and {high:g}")
        if quality not in list(Quality):
            raise UsageError(f"unknown quality {quality!r}; allowed: {', '.join(Quality)}")
        if lengths not in list(Lengths):
            raise UsageError(f"unknown unit of lengths {lengths!r}; allowed: {', '.join(Lengths)}")
        if backend in ONE_PERSON and filming.person is not None:
            raise UsageError(f"the backend {backend} cannot choose among people: leave out --person, or use onnx")
        chosen = None if backend in ONE_QUALITY else Quality(quality)
        return cls(choose(exercise, Lengths(lengths), Goal.of(goal)), height_cm, backend, chosen, filming)

    def estimator(self, threads: int) -> PoseEstimator:
        """A fresh pose estimator. Raises `UsageError` for an unknown backend, `ModelError` where a model is missing."""
        return new_estimator(self.backend, threads, self.quality or Quality.STANDARD, self.filming.person)

    @property
    def quotes(self) -> Quotes:
        """The source's words for every cue, for the report's page."""
        return {exercise.name: {cue.id: cue.quote for cue in exercise.cues} for exercise in self.exercises}


def analyze(
    path: Path | str,
    exercise: str = "auto",
    *,
    height_cm: float | None = None,
    backend: str | PoseEstimator = "onnx",
    quality: str = Quality.STANDARD,
    lengths: str = Lengths.CM,
    goal: str | None = None,
    person: str | int | None = None,
    rotate: int = 0,
    speed: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """Analyse a recorded workout video and return the report; nothing is written.

    >>> import formcheck
    >>> report = formcheck.analyze("sample_videos/leg_lift_dropped.mp4")
    >>> [bout] = report.bouts
    >>> bout.title, len(bout.counted)
    ('Leg lift', 2)
    >>> sorted({cue.id for rep in bout.counted for cue in rep.cues if cue.verdict == "fault"})
    ['hold_3_to_5_s', 'lift_several_inches', 'low_back_pressed']
    >>> [dose.message for dose in bout.dose]
    ['Right 1, left 1. Goal: 10 to 15 a leg.', 'Held 1.3 to 1.4 s. Goal: 3 to 5 s.']

    path: a video file. exercise: "auto", the name of a built-in exercise, or the path of an exercise file.
    height_cm: the person's height, which makes centimetres of lengths. backend: "onnx", "mediapipe", or a pose
    estimator of one's own, a fresh one for each recording: `PoseEstimator` says what it does. quality: "fast",
    "standard", or "best", which takes nearly three times as long; for the backend "onnx" alone. lengths: what sentences
    say them in, "cm" or "inches". goal: the reps of each side, the seconds of a hold, or both, as "10-15", "10s" or
    "10s,12", in place of what the exercise asks for. person: whom to judge of several, "left", "right", "largest" or a
    number counted from the left; without it, who is largest and most in the middle. rotate: degrees by which to turn
    the picture clockwise, 90, 180 or 270. speed: how fast the file plays, 0.125 where it is eight times too slow;
    without it, as the file's tags say. progress: called after each frame with what is being done, in
    words, the frames done, and the frames expected, None where the file does not say.

    Raises `VideoError` for a file that cannot be read, `NobodyFoundError` when no frame shows a person, `ExerciseError`
    for an unknown exercise or a mistake in an exercise file, `UsageError` for an option that cannot be, `ModelError`
    when a model or its package is missing, and `LandmarksError` where an estimator of one's
    own gives poses that do not follow in time.
    """
    name = backend if isinstance(backend, str) else "onnx"
    filming = Filming.of(person, rotate, speed)
    options = Options.of(exercise, height_cm, name, quality, lengths=lengths, goal=goal, filming=filming)
    with Video(path, filming) as opened:
        if isinstance(backend, str):
            estimator = options.estimator(threads())
        else:
            estimator, options = backend, replace(options, quality=None)
        return _analyzed(opened, options, estimator, lambda poses: None, progress or _silent)


def analyze_into(
    folder: Path,
    source: Path,
    options: Options,
    *,
    video: bool = True,
    annotated: bool = False,
    alone: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Analyse `source` and write `report.json`, `report.html` and `landmarks.npz`.

    With `video` the page holds stills, and plays the recording, which is put beside it. With `annotated`,
    `annotated.mp4` is written too.

    Every file is written whole or not at all; files that were done before a failure stay. With `alone` this recording
    may use the machine's cores; else it keeps to one. Raises what `analyze` raises, and `OutputError` where `folder`
    cannot be written to.
    """
    tell = progress or _silent
    landmarks = folder / LANDMARKS
    with Video(source, options.filming) as opened:
        estimator = options.estimator(threads() if alone else 1)
        with files.made(folder), PosesWriter(landmarks, opened.size, options.quality) as writer:
            report = _analyzed(opened, options, estimator, writer.append, tell, alone=alone)
    write_json(folder, report)
    if video or annotated:
        show(folder, report, options.quotes, source, annotated=annotated, tell=tell)
    else:
        write_page(folder, report, options.quotes)
        remove(folder, source)
    return report


def show(
    folder: Path,
    report: Report,
    quotes: Quotes,
    source: Path | None,
    *,
    annotated: bool = False,
    tell: Progress | None = None,
    who: str = "",
    remarks: str = "",
) -> None:
    """Write the page of a folder whose report and landmarks are there, and with `annotated` the annotated video.

    source: the recording, None where it is gone. who, remarks: the name and the notes that stand on the print.

    Raises `VideoError`, `OutputError`, `LandmarksError`, and `UsageError` for an annotated video without a recording.
    """
    tell, frames = tell or _silent, report.video.frames
    if annotated and source is None:
        raise UsageError(f"the recording of {folder} is gone, so it cannot be drawn on: {report.video.path}")
    with closing(npz.read(folder / LANDMARKS)) as poses:
        converted = lambda done: tell(words.CONVERTING, done, frames)  # noqa: E731
        played = write_shown(folder, report, quotes, poses, source, progress=converted, who=who, remarks=remarks)
    if annotated and source is not None:
        with closing(npz.read(folder / LANDMARKS)) as poses:
            drawn = lambda done: tell(words.DRAWING, done, frames)  # noqa: E731
            annotate(folder / ANNOTATED, source, poses, report, drawn, played.moments)
    else:
        drop(folder / ANNOTATED)  # of another run


def score(
    landmarks: Path, options: Options, *, fps: float | None = None, size: tuple[int, int] | None = None
) -> Report:
    """The report on saved landmarks, without a model; the bouts are those of the recording they come from.

    Landmarks of other pose estimators are read too (`imports.opened`); `fps` and `size` are for files that do not say
    their frame rate or the picture's width and height. Raises `LandmarksError` for a file without landmarks,
    `UsageError` where `fps` or `size` is needed, `NobodyFoundError` when no frame has a person.
    """
    recording = imports.opened(landmarks, fps=fps, size=size, person=options.filming.person)
    session = Session(
        options.exercises, height_cm=options.height_cm, unanswered=recording.unanswered, quality=recording.quality
    )
    frames, found, begin, end, picture = 0, False, 0.0, 0.0, (0, 0)
    for poses in recording:
        session.feed(poses)
        if len(poses):
            begin, end = begin if frames else float(poses.time[0]), float(poses.time[-1])
        frames, found, picture = frames + len(poses), found or bool(poses.found.any()), poses.image_size
    if not found:
        raise NobodyFoundError(f"{landmarks} holds no frame with a person")
    duration = (end - begin) * frames / (frames - 1) if frames > 1 else 0.0
    rate = frames / duration if duration else 0.0
    info = VideoInfo(str(landmarks), recording.sha256, duration, rate, *picture, frames=frames)
    return finished(session, info, recording.warnings, options.exercises, recording.quality)


def write_report(folder: Path, report: Report, options: Options) -> None:
    """Write `report.json` and `report.html`, without pictures, into a folder."""
    write_json(folder, report)
    write_page(folder, report, options.quotes)


def check_own(folder: Path, source: Path) -> None:
    """Make sure that a folder named after `source` holds no other recording's result: `a.mp4` and `a.mov` share it.

    It is the same recording if the path or the bytes are the same. Raises `OutputError`.
    """
    earlier = _recording_of(folder / "report.json")
    if earlier is None or not source.is_file():  # reading the source will say what is wrong with it
        return
    path, digest = earlier
    if Path(path).absolute() != source.absolute() and digest != files.sha256(source):
        raise OutputError(
            f"{folder} holds the result of another recording, {path}, which would be lost: "
            f"name another folder for {source} with --out, or delete that one"
        )


def _recording_of(report: Path) -> tuple[str, str] | None:
    """Path and SHA-256 of the recording that a report of ours is about; None where there is no such report."""
    try:
        video = json.loads(report.read_text("utf-8"))["video"]
        return str(video["path"]), str(video["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def finished(
    session: Session,
    info: VideoInfo,
    warnings: Iterable[Notice],
    exercises: Sequence[Exercise],
    quality: Quality | None,
) -> Report:
    """The report of a session whose frames have all been fed; `exercises` are those that were looked for."""
    bouts: tuple[Bout, ...] = session.finish()
    how, slow = (quality, exercises[0].lengths, session.height_cm), looks_slow(bouts)
    if info.frames == 1:
        return Report(info, bouts, (*warnings, Notice(NoticeCode.SINGLE_PICTURE)), *how)
    code = NoticeCode.NOT_THE_NAMED_EXERCISE if len(exercises) == 1 else NoticeCode.NO_EXERCISE
    nothing = Notice(code, {"exercises": tuple(exercise.title for exercise in exercises)})
    said = (*warnings, *session.warnings, *([slow] if slow else []), *([] if bouts else [nothing]))
    return Report(info, bouts, said, *how)


def threads() -> int:
    """How many threads the networks get: two where there are cores for them.

    The results are the same to the bit. With the second thread a network is 1.5 times as fast, for a fifth more CPU
    time (ours, AMD EPYC).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, 2)


def estimate(frames: Iterable[Frame], estimator: PoseEstimator, keep: Callable[[Poses], None]) -> bool:
    """Run the estimator over frames and pass on the poses, a few seconds at a time. Tells whether anybody was found."""
    found = False
    fed = (estimator.feed(frame.time, frame.rgb) for frame in frames)
    for poses in _joined(fed):
        found = found or bool(poses.found.any())
        keep(poses)
    return found


def _joined(parts: Iterable[Poses]) -> Iterator[Poses]:
    """The same rows in fewer parts: what follows costs far more per part than per row."""
    waiting: list[Poses] = []
    for part in parts:
        if len(part):
            waiting.append(part)
        if len(waiting) >= PART:
            yield Poses.join(waiting)
            waiting = []
    if waiting:
        yield Poses.join(waiting)


def landmarks_into(out: Path, source: Path, options: Options, progress: Progress | None = None) -> int:
    """Run the estimator alone on a video or a picture and write its landmarks. Returns the number of frames.

    Raises `VideoError`, `ModelError`, `OutputError`, and `NobodyFoundError` when no frame shows a person.
    """
    tell = progress or _silent
    estimator = options.estimator(threads())
    with (
        Video(source, options.filming) as video,
        PosesWriter(out, video.size, options.quality) as writer,
        closing(ahead(video.frames())) as frames,
    ):
        if not estimate(_counted(frames, video.expected_frames, tell), estimator, writer.append):
            raise _nobody(source, options)
        return video.info().frames


def _analyzed(
    video: Video,
    options: Options,
    estimator: PoseEstimator,
    keep: Callable[[Poses], None],
    tell: Progress,
    *,
    alone: bool = True,
) -> Report:
    session = Session(options.exercises, height_cm=options.height_cm, quality=options.quality)
    otherwise = Otherwise(options.exercises)

    def take(poses: Poses) -> None:
        session.feed(poses)
        otherwise.add(poses)
        keep(poses)

    # Closed here: the thread that reads ahead must end before the file is closed.
    with closing(ahead(video.frames()) if alone else video.frames()) as frames:
        found = estimate(_counted(frames, video.expected_frames, tell), estimator, take)
    if not found:
        raise _nobody(video.path, options)
    warnings = [*video.warnings, *estimator.warnings]
    report = finished(session, video.info(), warnings, options.exercises, options.quality)
    hint = None if moves(report.bouts, options.exercises) else otherwise.notice()
    if hint is None:
        return report
    others = [notice for notice in report.warnings if notice.code not in _NOTHING]
    return replace(report, warnings=(*others, hint))


_NOTHING: Final = (NoticeCode.NO_EXERCISE, NoticeCode.NOT_THE_NAMED_EXERCISE)


def _counted(frames: Iterable[Frame], expected: int | None, tell: Progress) -> Iterable[Frame]:
    for n, frame in enumerate(frames, 1):
        yield frame
        tell(words.LOOKING, n, expected)


def _nobody(source: Path, options: Options) -> NobodyFoundError:
    if isinstance(number := options.filming.person, int) and number > 1:
        return NobodyFoundError(f"{source} never shows {number} people at once: give --person a smaller number")
    return NobodyFoundError(f"nobody was found in {source}: film the whole body, in good light, from a few metres away")


def _silent(what: str, done: int, expected: int | None) -> None:
    """Progress that nobody hears."""
