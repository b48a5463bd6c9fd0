"""`Coach`: frames in, what the person on the mat should see and hear out, and a report at the end.

One brain for the window and for the page. What is shown is provisional; what is reported is the session's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.analyze import Options, finished
from formcheck.draw import Tone
from formcheck.errors import NobodyFoundError
from formcheck.estimator import PoseEstimator, backend
from formcheck.exercise import Exercise
from formcheck.findings import Rep, Side, VideoInfo
from formcheck.poses import Array, Poses
from formcheck.report import Report
from formcheck.session import Session
from formcheck.video import Frame

Stage = Literal["nobody", "placing", "ready", "set"]
"""Nobody is seen; somebody is who should stand otherwise; all is well; the set has begun."""

_EDGE_S: Final = 1e-3  # ours: how close to the frames around it a gap begins and ends


@dataclass(frozen=True, slots=True)
class Advice:
    """What to mend in how one stands or lies before the camera: a name for programs and one sentence to say."""

    id: str
    text: str


NOBODY: Final = Advice("nobody", "I cannot see you: step back until your whole body is in the picture.")


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the person on the mat should see and hear now.

    time: seconds, of the newest frame. points: (33, 2) float32 pixels of it, NaN where nobody is. visibility: (33,) 0 to
    1. placement: the most important first; empty once all is well. exercise: its name, and title, "" until recognised.
    moving: a rep is under way. held_s: seconds of the hold under way, else 0; hold_goal_s: the least that the
    exercise asks for, None where it asks for none. message: the words on show, "" if none. say: to be spoken now.
    reps: those that closed with this frame, their verdicts provisional.
    """

    time: float
    points: Array
    visibility: Array
    image_size: tuple[int, int]
    stage: Stage
    placement: tuple[Advice, ...]
    exercise: str | None
    title: str
    count: int
    side: Side | None
    moving: bool
    held_s: float
    hold_goal_s: float | None
    message: str
    tone: Tone
    say: str | None
    reps: tuple[Rep, ...]


def hold_goal_s(exercise: Exercise) -> float | None:
    """The least seconds that an exercise asks to hold its top for; None where it asks for none."""
    checks = [cue.check for cue in exercise.rep_cues]
    goals = [check.at_least for check in checks if check.phase == "hold" and check.take == "duration"]
    return next((goal for goal in goals if goal is not None), None)


class Coach:
    """Follows one set by the frames of a camera or a file: `feed` says what to show and say, `finish` reports.

    The bouts are those of `analyze` on the same frames, whatever was asked on the way.
    """

    def __init__(self, options: Options, estimator: PoseEstimator | None = None) -> None:
        self._exercises = {exercise.title: exercise for exercise in options.exercises}
        self._session = Session(options.exercises, height_cm=options.height_cm)
        self._estimator = estimator or backend(options.backend)
        self._somebody = self._gap = False
        self._newest: float | None = None

    @property
    def warnings(self) -> list[str]:
        """What the user should know of the recording so far, each once."""
        return list(self._estimator.warnings)

    def feed(self, frame: Frame) -> Moment:
        """Take the next frame, later than the one before it."""
        poses = self._estimator.feed(frame.time, frame.rgb)
        self._somebody = self._somebody or bool(poses.found[0])
        reps = tuple(self._session.feed(self._after_gap(poses)))
        self._newest = frame.time
        return self._moment(poses, reps)

    def lost(self) -> None:
        """The pictures stopped: nothing is known from the newest frame to the next one."""
        self._gap = True

    def finish(self, info: VideoInfo, warnings: Iterable[str] = ()) -> Report:
        """The report of the set. Raises `NobodyFoundError` when no frame showed a person."""
        if not self._somebody:
            raise NobodyFoundError("nobody was seen: step back until your whole body is in the picture")
        return finished(self._session, info, [*warnings, *self._estimator.warnings])

    def _after_gap(self, poses: Poses) -> Poses:
        """The poses, after a gap with rows without a person before them, that the clock draws no line across."""
        gap, self._gap = self._gap, False
        if not gap or self._newest is None:
            return poses
        first, last = self._newest + _EDGE_S, float(poses.time[0]) - _EDGE_S
        return Poses.join([Poses.blank(np.array([first, last]), poses.image_size), poses]) if first < last else poses

    def _moment(self, poses: Poses, reps: tuple[Rep, ...]) -> Moment:
        status = self._session.status
        found = bool(poses.found[0])
        doing = self._exercises[status.exercise] if status.exercise else None
        in_set = status.count > 0 or status.moving
        return Moment(
            time=float(poses.time[0]),
            points=poses.image[0],
            visibility=poses.visibility[0],
            image_size=poses.image_size,
            stage="nobody" if not found else "set" if in_set else "ready",
            placement=() if found else (NOBODY,),
            exercise=doing.name if doing else None,
            title=doing.title if doing else "",
            count=status.count,
            side=status.side,
            moving=status.moving,
            held_s=status.held_s,
            hold_goal_s=hold_goal_s(doing) if doing else None,
            message=status.message or "",
            tone="fault",
            say=None,
            reps=reps,
        )
