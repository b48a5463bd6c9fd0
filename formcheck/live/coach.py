"""`Coach`: frames in, what the person on the mat should see and hear out, and a report at the end.

One brain for the window and for the page. What is shown is provisional; what is reported is the session's.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, Literal

import cv2
import numpy as np

from formcheck.body import arch, view
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.poses import Array, Poses
from formcheck.core.exercise import Exercise
from formcheck.core.session import OVERLAP_S, Session, Status
from formcheck.errors import NobodyFoundError
from formcheck.findings import Notice, NoticeCode, Rep, Side, VideoInfo
from formcheck.live.underway import recognised, under_way
from formcheck.media.draw import Tone
from formcheck.media.video import Frame
from formcheck.pose.estimator import PoseEstimator, backend
from formcheck.recorded import Options, finished, threads
from formcheck.report.report import Report

Stage = Literal["nobody", "placing", "ready", "set"]
"""Nobody is seen; somebody is who should stand otherwise; all is well; the set has begun."""

_EDGE_S: Final = 1e-3  # ours: how close to the frames around it a gap begins and ends


@dataclass(frozen=True, slots=True)
class Advice:
    """What to mend in how one stands or lies before the camera: a name for programs and one sentence to say."""

    id: str
    text: str


ADVICE: Final = {
    advice.id: advice
    for advice in (
        Advice("too_dark", "It is too dark: switch on a light."),
        Advice("nobody", "I cannot see you: step back until your whole body is in the picture."),
        Advice("another_person", "Another person is in the picture: be there alone."),
        Advice("step_back", "Step back: you do not fit into the picture."),
        Advice("feet_cut_off", "Step back: your feet are cut off."),
        Advice("head_cut_off", "Step back: your head is cut off."),
        Advice("too_small", "Come closer: you are very small in the picture."),
        Advice("turn_side_on", "Turn side-on to the camera."),
    )
}
"""What can be wrong with how one is placed, the most important first."""

IN_SET: Final = ("too_dark", "nobody", "step_back", "feet_cut_off", "head_cut_off")
"""What is said in the set as well: the person is lost or cut off."""

GAP_S: Final = 0.5
"""Without pictures for longer nothing is known of the time between (ours): who feeds a camera calls `Coach.lost`."""

SETTLED_S: Final = 0.7
"""How long something must be so before the advice follows, so that it does not flicker (ours)."""

DARK: Final = 40.0
"""Mean of the picture's values, 0 to 255, under which it is too dark (ours)."""

SMALL: Final = 0.3
"""Share of the picture's shorter side under which a body's larger extent is too small (ours)."""

OTHERS_S: Final = 5.0
"""How long another person is spoken of after one was noticed (ours): nobody tells when they leave."""

SENTENCE_S: Final = 3.0
"""Least time from the beginning of one sentence to that of the next (ours)."""

LETTERS_A_SECOND: Final = 15.0
"""How fast sentences are spoken (ours: a usual voice at its usual speed), with a second of silence after each."""

AGAIN_S: Final = 20.0
"""How long a sentence is not said again (ours)."""

SHOWN_S: Final = 4.0
"""How long words stand on the screen (ours)."""

ASK_S: Final = 0.05
"""How often the rep under way is judged at most: every frame of 15 a second, every second one of 30. Its words then
rest on what was seen at most 0.32 s before (ours, stick people at 10 to 60 frames a second)."""

ASK_SHARE: Final = 1 / 600
"""Share of a long hold that lies between two judgements, so that they cost the same however long it gets: ours, one
takes 2 ms after 30 s, 17 ms after five minutes, so 4 % of a core."""

_FAULT, _GOAL, _PRAISE, _COUNT = range(4)
"""What is said before what."""

_PATIENCE: Final = {_FAULT: 6.0, _GOAL: 1.0, _PRAISE: 2.5, _COUNT: 3.5}
"""Seconds after which it is too late to say so (ours): a count outlives the fault that was told as the rep ended."""

_NUMBERS: Final = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_LIGHT_STEP: Final = 8  # ours: every eighth pixel tells how light a picture is
_HEAD: Final = [INDEX[name] for name in ("nose", "left_ear", "right_ear")]
_FEET: Final = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the person on the mat should see and hear now.

    time: seconds, of the newest frame. points: (33, 2) float32 pixels of it, NaN where nobody is. visibility: (33,),
    0 to 1. placement: the most important first; empty once all is well. exercise, title: its name and what it is
    called, None and "" until recognised. moving: a rep is under way. held_s: seconds of the hold under way, else 0.
    hold_goal_s: the least that the exercise asks for, None where it asks for none. message: the words on show, "" if
    none. say: to be spoken now. reps: those that closed with this frame, their verdicts provisional.
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


def first_sentence(text: str) -> str:
    """A text up to the end of its first sentence: what is said of a fault whose cue has no words for it."""
    return re.split(r"(?<=[.!?]) ", text, maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that may be said until `until`, seconds; `key` tells whether it is the same as another one."""

    key: str
    text: str
    rank: int
    until: float


class Speech:
    """What is said aloud: one sentence at a time, the most important of those waiting, and none too often.

    A count that waits is said in one breath with it: "Two. Lift the leg 3 to 12 inches."
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Words] = {}
        self._said: dict[str, float] = {}
        self._free_from_s = -np.inf

    def offer(self, time: float, rank: int, key: str, text: str) -> None:
        """Something to say, now or a little later; it takes the place of what waits under the same key."""
        self._waiting[key] = Words(key, text, rank, time + _PATIENCE[rank])

    def drop(self, key: str) -> None:
        """What waits under this key is not true any more."""
        self._waiting.pop(key, None)

    def say(self, time: float) -> str | None:
        """The sentence to begin at this time, if any."""
        self._waiting = {key: words for key, words in self._waiting.items() if time <= words.until}
        fresh = [w for w in self._waiting.values() if time - self._said.get(w.key, -np.inf) >= AGAIN_S]
        if time < self._free_from_s or not fresh:
            return None
        first = min(fresh, key=lambda w: w.rank)
        breath = [w for w in fresh if w.rank == _COUNT and w is not first] + [first]
        for words in breath:
            self.drop(words.key)
            self._said[words.key] = time
        text = " ".join(words.text for words in breath)
        self._free_from_s = time + max(SENTENCE_S, len(text) / LETTERS_A_SECOND + 1)
        return text


class Steady:
    """Which of some states hold, told only once a change has lasted for `SETTLED_S`."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._changed: dict[str, float] = {}

    def feed(self, time: float, now: Collection[str]) -> Collection[str]:
        """The states that hold, given those that seem to."""
        turned = {state: self._changed.get(state, time) for state in self._told ^ set(now)}
        self._changed = {state: since for state, since in turned.items() if time - since < SETTLED_S}
        self._told ^= turned.keys() - self._changed.keys()
        return self._told


class Placement:
    """How the person is placed before the camera: which of `ADVICE` to give."""

    def __init__(self) -> None:
        self._steady = Steady()
        self._yaws: deque[tuple[float, float]] = deque()
        self._noticed, self._others_until_s = 0, -np.inf

    def feed(self, poses: Poses, light: float, noticed: int) -> tuple[Advice, ...]:
        """The advice after one more frame, the most important first.

        poses: of one frame. light: the mean of its values, 0 to 255. noticed: how often the estimator has warned of
        other people so far.
        """
        time = float(poses.time[0])
        if noticed > self._noticed:
            self._noticed, self._others_until_s = noticed, time + OTHERS_S
        now = misplaced(poses) | {"too_dark"} if light < DARK else misplaced(poses)
        if time < self._others_until_s:
            now = now | {"another_person"}
        if self._turned_away(time, poses):
            now = now | {"turn_side_on"}
        told = self._steady.feed(time, now)
        return tuple(advice for advice in ADVICE.values() if advice.id in told)

    def _turned_away(self, time: float, poses: Poses) -> bool:
        """Whether the camera saw the person from elsewhere than the side during the last moments."""
        self._yaws.append((time, float(view.yaw(poses)[0])))
        while self._yaws[0][0] < time - SETTLED_S:
            self._yaws.popleft()
        known = [yaw for _, yaw in self._yaws if not np.isnan(yaw)]
        return bool(poses.found[0] and known and median(known) < view.SIDE_FROM_DEG)


def misplaced(poses: Poses) -> frozenset[str]:
    """What one frame shows to be wrong with the person's place, by the names of `ADVICE`."""
    if not poses.found[0]:
        return frozenset({"nobody"})
    size = np.array(poses.image_size, np.float32)
    points = poses.image[0]
    outside = ((points < -view.EDGE * size) | (points > (1 + view.EDGE) * size)).any(axis=1)
    head, feet = bool(outside[_HEAD].any()), bool(outside[_FEET].any())
    small = float(np.ptp(points, axis=0).max()) < SMALL * min(poses.image_size)
    wrong = {"step_back": head and feet, "feet_cut_off": feet and not head, "head_cut_off": head and not feet}
    return frozenset(name for name, so in (wrong | {"too_small": small}).items() if so)


class Board:
    """The words on the screen: each line stands for `SHOWN_S`; new ones take the place of all that is there."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, Tone]] = []
        self._since = -np.inf

    def show(self, time: float, lines: Iterable[tuple[str, Tone]]) -> None:
        """Show these lines from now on, one after the other; nothing changes where there are none."""
        if fresh := list(lines):
            self._lines, self._since = fresh, time

    def line(self, time: float) -> tuple[str, Tone]:
        """The line to show; empty where there is none."""
        while self._lines and time - self._since >= SHOWN_S:
            self._lines, self._since = self._lines[1:], self._since + SHOWN_S
        return self._lines[0] if self._lines else ("", "good")


def _size(rgb: Array) -> tuple[int, int]:
    """Width and height of a picture."""
    return rgb.shape[1], rgb.shape[0]


class Coach:
    """Follows one set by the frames of a camera or a file: `feed` says what to show and say, `finish` reports.

    The bouts are those of `analyze` on the same frames, whatever was asked on the way. side: the one the set is meant
    for; a rep of the other is counted, and told of.
    """

    def __init__(
        self,
        options: Options,
        estimator: PoseEstimator | None = None,
        *,
        side: Literal["left", "right"] | None = None,
    ) -> None:
        self._exercises = {exercise.name: exercise for exercise in options.exercises}
        self._say = {cue.id: cue.say for exercise in options.exercises for cue in exercise.cues if cue.say}
        self._session = Session(options.exercises, height_cm=options.height_cm)
        self._estimator = estimator or backend(options.backend, threads())
        arch.ready()
        self._placement, self._speech, self._board = Placement(), Speech(), Board()
        self._somebody = self._gap = self._begun = self._goal_reached = False
        self._newest: float | None = None
        self._image_size: tuple[int, int] | None = None
        self._seen_from_s = np.inf
        self._asked = -np.inf
        self._side: Side | None = None
        self._meant = side
        self._count = self._told_index = 0
        self._told: dict[str, float] = {}
        self._mending: frozenset[str] = frozenset()

    @property
    def warnings(self) -> list[Notice]:
        """What the user should know of the recording so far, each once."""
        return list(self._estimator.warnings)

    def feed(self, frame: Frame) -> Moment:
        """Take the next frame, later than the one before it."""
        time, (rgb, scale) = frame.time, self._sized(frame.rgb)
        poses = self._estimator.feed(time, rgb)
        self._somebody = self._somebody or bool(poses.found[0])
        reps = tuple(self._session.feed(self._after_gap(poses)))
        self._newest = time
        status = self._session.status
        self._begun = self._begun or status.count > 0
        placement, stage = self._placed(poses, frame.rgb, self._begun or status.moving)
        self._judge_rep_under_way(time, status)
        for rep in reps:
            self._closed(time, rep, status.count)
        self._goal(time, status)
        moment = self._moment(poses, status, placement, stage, reps)
        return moment if scale == 1 else replace(moment, points=moment.points / scale, image_size=_size(frame.rgb))

    def lost(self) -> None:
        """The pictures stopped: nothing is known from the newest frame to the next one."""
        self._gap = True

    def finish(self, info: VideoInfo, warnings: Iterable[Notice] = ()) -> Report:
        """The report of the set. Raises `NobodyFoundError` when no frame showed a person."""
        if not self._somebody:
            raise NobodyFoundError("nobody was seen: step back until your whole body is in the picture")
        return finished(self._session, info, [*warnings, *self._estimator.warnings], tuple(self._exercises.values()))

    def _sized(self, rgb: Array) -> tuple[Array, np.float32]:
        """A picture at the size of the set's first one, from the upper left corner on, and how much larger it became.

        A camera that comes back, or a phone that is turned, may give another size; a set has one.
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
        """The poses, after a gap with rows without a person before them, that the clock draws no line across."""
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
            message, tone = placement[0].text, "warn"
        return Moment(
            time=time,
            points=poses.image[0],
            visibility=poses.visibility[0],
            image_size=poses.image_size,
            stage=stage,
            placement=placement,
            exercise=doing.name if doing else None,
            title=doing.title if doing else "",
            count=status.count,
            side=self._side,
            moving=status.moving,
            held_s=status.held_s,
            hold_goal_s=hold_goal_s(doing) if doing else None,
            message=message,
            tone=tone,
            say=self._speech.say(time),
            reps=reps,
        )

    def _doing(self, status: Status) -> Exercise | None:
        return self._exercises[status.exercise] if status.exercise else None

    def _placed(self, poses: Poses, rgb: Array, in_set: bool) -> tuple[tuple[Advice, ...], Stage]:
        """How the person is placed, and what stage that makes; what to mend is offered to be said."""
        light = float(rgb[::_LIGHT_STEP, ::_LIGHT_STEP].mean())
        others = sum(notice.code is NoticeCode.ANOTHER_PERSON for notice in self._estimator.warnings)
        told = self._placement.feed(poses, light, others)
        placement = tuple(advice for advice in told if not in_set or advice.id in IN_SET)
        stage = self._stage(poses, placement, in_set)
        for name in (*ADVICE, *(["ready"] if stage != "ready" else [])):
            self._speech.drop(name)
        time = float(poses.time[0])
        if placement:
            self._speech.offer(time, _FAULT, placement[0].id, placement[0].text)
        elif stage == "ready":
            self._speech.offer(time, _PRAISE, "ready", "I can see all of you: begin.")
        return placement, stage

    def _stage(self, poses: Poses, placement: tuple[Advice, ...], in_set: bool) -> Stage:
        time = float(poses.time[0])
        if ADVICE["nobody"] in placement:
            self._seen_from_s = np.inf
        elif poses.found[0]:
            self._seen_from_s = min(self._seen_from_s, time)
        if self._seen_from_s == np.inf:
            return "nobody"
        if in_set:
            return "set"
        return "placing" if placement or time - self._seen_from_s < SETTLED_S else "ready"

    def _judge_rep_under_way(self, time: float, status: Status) -> None:
        """Say at once what is wrong with the rep under way and stays so."""
        if time - self._asked < max(ASK_S, ASK_SHARE * status.held_s):
            return
        self._asked, self._side = time, status.side
        going = self._session.under_way() if status.moving else None
        if going is None:
            return
        rep = under_way(*going, settled=status.count > 0 or status.side is None)
        self._side = rep.side
        if recognised(going[0], status.exercise):
            self._board.show(time, self._fresh(time, rep))

    def _fresh(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """The faults of a rep that were not told before, as they were seen while it was under way; they are said."""
        faults = [cue for cue in rep.cues if cue.verdict == "fault"]
        fresh = [cue for cue in faults if self._told.get(cue.id, -np.inf) <= rep.start_s]
        for cue in fresh:
            self._told[cue.id] = rep.end_s
            self._speech.offer(time, _FAULT, cue.id, self._say.get(cue.id) or first_sentence(cue.message))
        return [(cue.message, "fault") for cue in fresh]

    def _closed(self, time: float, rep: Rep, count: int) -> None:
        """Say what was good about a rep that is over, and how many there were."""
        if rep.index <= self._told_index:  # another set has begun
            self._count = 0
        self._told_index = rep.index
        if rep.partial or self._beside(rep):
            return
        lines = [*self._other_side(time, rep), *self._fresh(time, rep), *self._praise(time, rep)]
        self._board.show(time, lines)
        if count > self._count:
            number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
            self._speech.drop(f"count {self._count}")
            self._speech.offer(time, _COUNT, f"count {count}", f"{number.capitalize()}.")
        self._count = count

    def _beside(self, rep: Rep) -> bool:
        """Whether another rep that began before this one was over is still under way: they may be one in the end."""
        going = self._session.under_way()
        return going is not None and going[0].found.start_s < rep.end_s - OVERLAP_S

    def _other_side(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """That a rep was of the side that the set is not meant for."""
        if self._meant is None or rep.side in (self._meant, "both"):
            return []
        words = f"That was your {rep.side} side; this set is for the {self._meant}."
        self._speech.offer(time, _FAULT, "other side", words)
        return [(words, "warn")]

    def _praise(self, time: float, rep: Rep) -> list[tuple[str, Tone]]:
        """What was good about a rep: what was a fault in the one before it, or that there is none."""
        faults = frozenset(cue.id for cue in rep.cues if cue.verdict == "fault")
        met = [cue for cue in rep.cues if cue.verdict == "met"]
        mended = [cue for cue in met if cue.id in self._mending]
        self._mending = faults
        words = f"Better. {mended[0].message}" if mended else "Well done." if met and not faults else ""
        if not words:
            return []
        self._speech.offer(time, _PRAISE, "praise", words)
        return [] if faults else [(words, "good")]

    def _goal(self, time: float, status: Status) -> None:
        """Say when a hold has been long enough."""
        doing = self._doing(status)
        goal = hold_goal_s(doing) if doing else None
        reached = goal is not None and status.held_s >= goal
        if reached and not self._goal_reached:
            words = f"{goal:.0f} seconds: you can come back now."
            self._board.show(time, [(words, "good")])
            self._speech.offer(time, _GOAL, "goal", words)
        self._goal_reached = reached
