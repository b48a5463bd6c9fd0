"""`Coach`: takes frames, says what the person on the mat should see and hear, and gives a report at the end.

The window and the page share it. What is shown is provisional; the report is the session's.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np

from formcheck import words
from formcheck.body import arch
from formcheck.body.poses import Array, Poses
from formcheck.core.exercise import Exercise
from formcheck.core.sentences import asked
from formcheck.core.session import Session, Status
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.findings import ON_SIDE, Advice, Notice, NoticeCode, OneSide, Quality, Rep, Side, Verdict, VideoInfo
from formcheck.live.lesson import Lesson
from formcheck.live.placement import IN_SET, SETTLED_S, Placement
from formcheck.live.programme import Course
from formcheck.live.room import Room
from formcheck.live.speech import Board, Rank, Speech
from formcheck.live.standing import Seen, Standing
from formcheck.live.underway import Lasting, recognised, under_way
from formcheck.media.draw import Tone
from formcheck.media.video import Frame
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.estimator import PoseEstimator
from formcheck.recorded import Options, finished, threads
from formcheck.report.report import Report

Stage = Literal["nobody", "placing", "ready", "set"]
"""Nobody is seen; somebody is seen but badly placed; all is well; the set has begun."""

_EDGE_S: Final = 1e-3  # ours: how close a gap comes to the frames around it

GAP_S: Final = 0.5
"""After longer than this without pictures, nothing is known of the time between (ours): then call `Coach.lost`."""

ASK_S: Final = 0.05
"""Least time between two judgements of the rep under way: every frame at 15 a second, every second one at 30. What is
said then rests on what was seen at most 0.32 s before (ours, stick people at 10 to 60 frames a second)."""

ASK_SHARE: Final = 1 / 600
"""In a long hold this share of its length lies between two judgements, so that the cost stays the same. Ours: one
judgement takes 2 ms after 30 s and 17 ms after five minutes, so 4 % of a core."""

_LIGHT_STEP: Final = 8  # ours: every eighth pixel is enough to tell how light a picture is


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the person on the mat should see and hear now.

    time: of the newest frame, seconds. points: (33, 2) float32 pixels in it, NaN where nobody is. visibility: (33,), 0
    to 1. hidden: (33,), whether a joint cannot be seen, as `Poses` has it. placement: the most important first; empty
    once all is well. exercise, title: name and title of the exercise, None and "" until recognised. doing: the title
    with the side that works, in words. so_far: the reps of each side and the goal, in words. moving: a rep is under
    way. held_s: seconds of the hold under way, else 0. hold_goal_s: the least hold that the exercise asks for, None
    where it asks for none. message: the words shown, "" if none. say: what to speak now. reps: those that closed with
    this frame, their verdicts provisional.
    """

    time: float
    points: Array
    visibility: Array
    hidden: Array
    image_size: tuple[int, int]
    stage: Stage
    placement: tuple[Advice, ...]
    exercise: str | None
    title: str
    doing: str
    count: int
    so_far: str
    side: Side | None
    moving: bool
    held_s: float
    hold_goal_s: float | None
    message: str
    tone: Tone
    say: str | None
    reps: tuple[Rep, ...]
    lesson: Standing | None = None


def hold_goal_s(exercise: Exercise) -> float | None:
    """How many seconds an exercise asks to hold its top for, at least; None if it does not ask."""
    goals = [cue.check.at_least for cue in exercise.rep_cues if cue.is_dose]
    return next((goal for goal in goals if goal is not None), None)


def goals(exercise: Exercise) -> dict[str, str]:
    """What an exercise asks for, in words, by its unit: `reps` of each side, `s` of each hold."""
    checks = [cue.check for cue in exercise.cues if cue.is_dose]
    return {check.unit: asked(check.at_least, check.at_most, check.unit, exercise.lengths) for check in checks}


def _size(rgb: Array) -> tuple[int, int]:
    """Width and height of a picture."""
    return rgb.shape[1], rgb.shape[0]


class Coach:
    """Follows one set through the frames of a camera or a file: `feed` says what to show and say, `finish` reports.

    The bouts are those of `analyze` on the same frames, whatever was asked on the way. side: the side the set is meant
    for; a rep of the other side still counts, and the person is told. course: what to lead through, in `lesson`; the
    exercises are then the programme's. rate: how fast the voice is set, 1 is its usual speed. keep: called with the
    landmarks of every frame.
    """

    def __init__(
        self,
        options: Options,
        estimator: PoseEstimator | None = None,
        *,
        side: OneSide | None = None,
        course: Course | None = None,
        rate: float = 1.0,
        keep: Callable[[Poses], None] = lambda poses: None,
    ) -> None:
        self._keep = keep
        if course is not None:
            found = course.programme.exercises(course.level, options.exercises[0].lengths)
            options = replace(options, exercises=found)
        self._exercises = {exercise.name: exercise for exercise in options.exercises}
        self._session = Session(options.exercises, height_cm=options.height_cm, quality=options.quality)
        if options.quality == Quality.BEST:
            raise UsageError("the quality best is for recordings, a camera would run ahead: take fast or standard")
        self._quality = options.quality if estimator is None else None
        self._estimator = estimator or options.estimator(threads())
        arch.ready()
        self._placement, self._speech, self._board = Placement(), Speech(rate), Board()
        self._somebody = self._gap = self._begun = self._goal_reached = False
        self._newest: float | None = None
        self._image_size: tuple[int, int] | None = None
        self._shown: tuple[float, float] | None = None
        self._seen_from_s = np.inf
        self._asked = -np.inf
        self._side: Side | None = None
        self._meant = side
        self._count = self._newest_index = 0
        self._done = Counter[Side]()
        self._told_until: dict[str, float] = {}
        self._mending: frozenset[str] = frozenset()
        self._lasting = Lasting()
        self._going: str | None = None
        self.lesson = Lesson(course, self._exercises, self._speech) if course else None
        self._room = Room(course.programme.wanted) if course else None
        self._advised: set[str] = set()

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know of the recording so far, each once."""
        return list(self._estimator.warnings)

    def feed(self, frame: Frame) -> Moment:
        """Take the next frame, later than the one before it."""
        time, (rgb, scale) = frame.time, self._sized(frame.rgb)
        width, height = _size(frame.rgb)
        self._shown = width * float(scale), height * float(scale)
        poses = self._estimator.feed(time, rgb)
        self._somebody = self._somebody or bool(poses.found[0])
        if self.lesson is not None:
            self._session.expect(self.lesson.expected)
        seen = self._after_gap(poses)
        self._keep(seen)
        reps = tuple(self._session.feed(seen))
        self._newest = time
        status = self._session.status
        self._begun = self._begun or status.count > 0
        placement, stage = self._placed(poses, frame.rgb, self._begun or status.moving)
        self._judge_rep_under_way(time, status)
        for rep in reps:
            self._closed(time, rep, status.count)
        self._goal(time, status)
        if self.lesson is not None:
            self._lead(self.lesson, poses, status, placement, reps)
        moment = self._moment(poses, status, placement, stage, reps)
        return moment if scale == 1 else replace(moment, points=moment.points / scale, image_size=_size(frame.rgb))

    def _lead(
        self, lesson: Lesson, poses: Poses, status: Status, placement: tuple[Advice, ...], reps: tuple[Rep, ...]
    ) -> None:
        """Tell the lesson what this frame shows."""
        counted = [(status.bout or "", rep) for rep in reps if not rep.partial and not self._session.beside(rep)]
        seen = Seen(bool(poses.found[0]), not placement, self._session.stances, self._going, status.held_s, counted)
        down = any(stance.in_s > 0 for stance in seen.stances.values())
        time, in_place = float(poses.time[0]), seen.somebody and seen.placed and down
        if self._room and lesson.unbegun and (told := self._room.feed(poses, in_place)):
            lesson.tell(told.said)
            self._board.show(time, [(told.shown, "warn")])
        lesson.feed(time, seen)

    def choose(self, x: float, y: float) -> None:
        """Judge whoever is at a place of the picture from now on: shares of its width and height, 0 to 1.

        Only the estimator `BlazePose` can choose; with another one nothing changes.
        """
        if isinstance(self._estimator, BlazePose) and self._shown is not None:
            self._estimator.choose(x * self._shown[0], y * self._shown[1])

    def lost(self) -> None:
        """The pictures stopped: nothing is known from the newest frame to the next one."""
        self._gap = True

    def finish(self, info: VideoInfo, warnings: Iterable[Notice] = ()) -> Report:
        """The report of the set. Raises `NobodyFoundError` when no frame showed a person."""
        if not self._somebody:
            raise NobodyFoundError("nobody was seen: step back until your whole body is in the picture")
        exercises, told = tuple(self._exercises.values()), [*warnings, *self._estimator.warnings]
        return finished(self._session, info, told, exercises, self._quality)

    def _sized(self, rgb: Array) -> tuple[Array, np.float32]:
        """A picture fitted to the size of the set's first one, from the upper left corner, and by what it was scaled.

        A camera that comes back, or a phone that is turned, may give another size; a set has only one.
        """
        self._image_size = self._image_size or _size(rgb)
        (width, height), (w, h) = self._image_size, _size(rgb)
        if (w, h) == (width, height):
            return rgb, np.float32(1)
        scale = min(width / w, height / h)
        fitted = np.zeros((height, width, 3), np.uint8)
        part = fitted[: max(1, int(h * scale)), : max(1, int(w * scale))]
        part[:] = cv2.resize(rgb, part.shape[1::-1], interpolation=cv2.INTER_AREA)
        return fitted, np.float32(scale)

    def _after_gap(self, poses: Poses) -> Poses:
        """The poses. After a gap, rows without a person come first, so that the clock draws no line across it."""
        gap, self._gap = self._gap, False
        if not gap or self._newest is None:
            return poses
        first, last = self._newest + _EDGE_S, float(poses.time[0]) - _EDGE_S
        return Poses.join([Poses.blank(np.array([first, last]), poses.image_size), poses]) if first < last else poses

    def _moment(
        self, poses: Poses, status: Status, placement: tuple[Advice, ...], stage: Stage, reps: tuple[Rep, ...]
    ) -> Moment:
        time, doing = float(poses.time[0]), self._doing(status)
        message, tone = self._board.line(time)
        if placement and tone != "fault":
            message, tone = words.ADVICE[placement[0]], "warn"
        return Moment(
            time=time,
            points=poses.image[0],
            visibility=poses.visibility[0],
            hidden=poses.hidden[0],
            image_size=poses.image_size,
            stage=stage,
            placement=placement,
            exercise=doing.name if doing else None,
            title=doing.title if doing else "",
            doing=words.doing(doing.title, self._side, doing.side) if doing else "",
            count=status.count,
            so_far=self._so_far(doing) if doing else "",
            side=self._side,
            moving=status.moving,
            held_s=status.held_s,
            hold_goal_s=hold_goal_s(doing) if doing else None,
            message=message,
            tone=tone,
            say=self._speech.say(time),
            reps=reps,
            lesson=self.lesson.standing if self.lesson else None,
        )

    def _doing(self, status: Status) -> Exercise | None:
        return self._exercises[status.exercise] if status.exercise else None

    def _placed(self, poses: Poses, rgb: Array, in_set: bool) -> tuple[tuple[Advice, ...], Stage]:
        """The advice on how the person is placed, and the stage; the first advice is offered to be said."""
        light = float(rgb[::_LIGHT_STEP, ::_LIGHT_STEP].mean())
        others = sum(notice.code is NoticeCode.ANOTHER_PERSON for notice in self._estimator.warnings)
        advices = self._placement.feed(poses, light, others)
        placement = tuple(advice for advice in advices if not in_set or advice in IN_SET)
        stage = self._stage(poses, placement, in_set)
        for key in (*Advice, *(["ready"] if stage != "ready" else [])):
            self._speech.drop(key)
        time = float(poses.time[0])
        if placement and not (self.lesson and self.lesson.over):
            self._speech.offer(time, Rank.FAULT, placement[0], words.ADVICE[placement[0]])
        elif stage == "ready" and self.lesson is None:
            self._speech.offer(time, Rank.PRAISE, "ready", words.BEGIN)
        return placement, stage

    def _stage(self, poses: Poses, placement: tuple[Advice, ...], in_set: bool) -> Stage:
        time = float(poses.time[0])
        if Advice.NOBODY in placement:
            self._seen_from_s = np.inf
        elif poses.found[0]:
            self._seen_from_s = min(self._seen_from_s, time)
        if self._seen_from_s == np.inf:
            return "nobody"
        if in_set:
            return "set"
        return "placing" if placement or time - self._seen_from_s < SETTLED_S else "ready"

    def _judge_rep_under_way(self, time: float, status: Status) -> None:
        """Say at once what is wrong with the rep under way and can no longer come right."""
        if time - self._asked < max(ASK_S, ASK_SHARE * status.held_s):
            return
        self._asked, self._side = time, status.side
        going = self._session.under_way() if status.moving else None
        self._going = going[0].exercise.name if going else None
        if going is None or not self._coaching:
            self._lasting.clear()
            return
        rep = under_way(*going, settled=status.count > 0 or status.side is None)
        self._side = rep.side
        if recognised(going[0], status.exercise):
            self._board.show(time, self._fresh(time, rep))
            self._look_again(time)

    @property
    def _coaching(self) -> bool:
        """Whether faults and praise are told: in a lesson within a step only."""
        return self.lesson is None or self.lesson.working

    def _look_again(self, time: float) -> None:
        """Keep the faults of a hold on the screen while they last, say them now and then, praise what is mended."""
        found = self._lasting.look(time, self._session)
        self._board.show(time, [(self._line(cue), "fault") for cue in found.faults])
        for cue in found.again:
            self._speech.offer(time, Rank.FAULT, f"{cue.id} at {time:.0f}", cue.say or cue.message)
        for cue in found.mended:
            sentence = words.BETTER.format(met=cue.message)
            self._board.show(time, [(sentence, "good")])
            self._speech.offer(time, Rank.PRAISE, f"better {cue.id} {time:.0f}", sentence)

    def _line(self, cue: Verdict) -> str:
        """What is shown of a fault; in a lesson it must be read from far away."""
        return cue.say if self.lesson is not None and cue.say else cue.message

    def _fresh(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """Say the faults of a rep that were not told yet, then how far it is from its goal; the lines to show."""
        faults = sorted((cue for cue in rep.cues if cue.verdict == "fault"), key=lambda cue: cue.dose)
        fresh = [cue for cue in faults if self._told_until.get(cue.id, -np.inf) <= rep.start_s]
        for cue in fresh:
            self._told_until[cue.id] = rep.end_s
            self._speech.offer(time, Rank.HINT if cue.dose else Rank.FAULT, cue.id, cue.say or cue.message)
        self._lasting.told(time, fresh)
        return [(self._line(cue), "good" if cue.dose else "fault") for cue in fresh]

    def _closed(self, time: float, rep: Rep, count: int) -> None:
        """Say what was right and wrong in a rep that is over, and the count."""
        if rep.index <= self._newest_index:  # another set has begun
            self._count = 0
            self._done.clear()
        self._newest_index = rep.index
        if rep.partial or self._session.beside(rep):
            return
        self._done[rep.side] += 1
        self._lasting.clear()
        if not self._coaching:
            return
        lines = [*self._other_side(time, rep), *self._fresh(time, rep), *self._praise(time, rep), *self._advice(time)]
        self._board.show(time, lines)
        if count > self._count and self.lesson is None:
            self._speech.drop(f"count {self._count}")
            self._speech.offer(time, Rank.COUNT, f"count {count}", words.count(count))
        self._count = count

    def _so_far(self, doing: Exercise) -> str:
        """The reps of each side, those of both for each, and the goal, in words."""
        both = self._done["both"]
        counts = {"left": self._done["left"] + both, "right": self._done["right"] + both, "both": both}
        return words.so_far(counts, goals(doing).get("reps", ""), each=doing.segment.legs == "each")

    def _other_side(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """Say that a rep was of the wrong side for this set."""
        if self._meant is None or rep.side in (self._meant, "both"):
            return []
        doing = self._doing(self._session.status)
        sentence = words.other_side(rep.side, self._meant, doing.side if doing else ON_SIDE)
        self._speech.offer(time, Rank.FAULT, "other side", sentence)
        return [(sentence, "warn")]

    def _advice(self, time: float) -> list[tuple[str, Tone]]:
        """Say the advice on an exercise that is only counted, once it is clear that it is done, and once only."""
        doing = self._doing(self._session.status)
        if doing is None or doing.advice is None or doing.name in self._advised or self._session.status.count == 0:
            return []
        self._advised.add(doing.name)
        self._speech.offer(time, Rank.HINT, doing.name, doing.advice)
        return [(doing.advice, "warn")]

    def _praise(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """Praise a rep: for what was a fault in the rep before it, or for having no fault."""
        form = [cue for cue in rep.cues if not cue.dose]
        faults = frozenset(cue.id for cue in form if cue.verdict == "fault")
        met = [cue for cue in form if cue.verdict == "met"]
        mended = [cue for cue in met if cue.id in self._mending]
        self._mending = faults
        if not mended and (faults or not met):
            return []
        sentence = words.BETTER.format(met=mended[0].message) if mended else words.WELL_DONE
        self._speech.offer(time, Rank.PRAISE, "praise", sentence)
        return [] if faults else [(sentence, "good")]

    def _goal(self, time: float, status: Status) -> None:
        """Say when a hold has been long enough."""
        doing = self._doing(status) if self.lesson is None else None
        goal = hold_goal_s(doing) if doing else None
        reached = goal is not None and status.held_s >= goal
        if goal is not None and reached and not self._goal_reached:
            sentence = words.HELD.format(goal_s=goal)
            self._board.show(time, [(sentence, "good")])
            self._speech.offer(time, Rank.GOAL, "goal", sentence)
        self._goal_reached = reached
