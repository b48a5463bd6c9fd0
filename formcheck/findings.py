"""What was found: verdicts, reps and bouts. Plain data, made by the core and written by the report.

Reasons and notices are codes with their numbers and names; `words/` has the sentences. Times are seconds from the
first shown frame; None means that nothing was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

VerdictName = Literal["met", "borderline", "fault", "not_assessed"]
Bound = Literal["low", "high"]
ViewName = Literal["side", "oblique", "front"]
Side = Literal["left", "right", "both"]
OneSide = Literal["left", "right"]

ON_SIDE = "on the {side}"
"""What a rep's side is called where the exercise does not say it better."""


class Quality(StrEnum):
    """How much work the pose models do for a frame; verdicts are calibrated for each.

    On every frame runs the full model, for `BEST` the heavy one. Where somebody is newly found and twice a second, a
    second pass looks at the mirrored picture by the heavy one; for `FAST` once a second and by the full one.
    """

    FAST = "fast"
    STANDARD = "standard"
    BEST = "best"


class Reason(StrEnum):
    """Why a cue was not assessed, or breaths were not counted."""

    TURN_SIDE_ON = "turn_side_on"
    TURN_FULLY_SIDE_ON = "turn_fully_side_on"
    ONLY_FROM_FRONT = "only_from_front"
    OUTSIDE_PICTURE = "outside_picture"
    BALL_NOT_FOUND = "ball_not_found"
    SKELETON_UNSURE = "skeleton_unsure"
    HIDDEN = "hidden"
    BEHIND_YOURSELF = "behind_yourself"
    NOT_TOLD = "not_told"
    NOT_FOLLOWED = "not_followed"
    NO_REST = "no_rest"
    OTHER_CUE_FIRST = "other_cue_first"
    EVERY_REP_CUT = "every_rep_cut"
    ARM_ACROSS_BACK = "arm_across_back"
    FLOOR_HIDES_BACK = "floor_hides_back"
    NO_BACK_CONTOUR = "no_back_contour"
    BACK_NOT_RUN = "back_not_run"
    LOOSE_CLOTHES = "loose_clothes"
    TRUNK_UNSURE = "trunk_unsure"
    NO_NEUTRAL_BACK = "no_neutral_back"
    FILE_HAS_NO_FEET = "file_has_no_feet"
    FILE_HAS_NO_DEPTH = "file_has_no_depth"
    FILE_HAS_NO_BACK = "file_has_no_back"
    FILE_HAS_NO_BALL = "file_has_no_ball"
    REST_TOO_SHORT = "rest_too_short"
    BREATHS_NOT_SEEN = "breaths_not_seen"


class Why(NamedTuple):
    """A reason and what it is about, such as the part of the body outside the picture or the cue that comes first."""

    reason: Reason
    about: str = ""


SLANTED: frozenset[Reason] = frozenset({Reason.TURN_SIDE_ON, Reason.TURN_FULLY_SIDE_ON})
"""Reasons that mean: the camera saw this too much at a slant."""


class NoticeCode(StrEnum):
    """What a user should know of a recording as a whole."""

    NOBODY_FOR_A_WHILE = "nobody_for_a_while"
    ALL_FROM_FRONT = "all_from_front"
    BOUT_FROM_FRONT = "bout_from_front"
    HIDDEN = "hidden"
    NO_EXERCISE = "no_exercise"
    NOT_THE_NAMED_EXERCISE = "not_the_named_exercise"
    SINGLE_PICTURE = "single_picture"
    ANOTHER_PERSON = "another_person"
    MAYBE_SOMEONE_ELSE = "maybe_someone_else"
    SOMEONE_ELSE = "someone_else"
    CUT_SHORT = "cut_short"
    ENDS_IN_MID_FILE = "ends_in_mid_file"
    DAMAGED = "damaged"
    SIZE_CHANGES = "size_changes"
    TIMES_MENDED = "times_mended"
    SLOW_BY_FILE = "slow_by_file"
    LOOKS_SLOW = "looks_slow"
    PLAYS_SLOWLY = "plays_slowly"
    LIES_ON_ITS_SIDE = "lies_on_its_side"
    FOREIGN_FORMAT = "foreign_format"
    CUES_NOT_JUDGED = "cues_not_judged"
    PICTURES_MISSING = "pictures_missing"
    ENDED_EARLY = "ended_early"
    FRAMES_PASSED_OVER = "frames_passed_over"
    PICTURES_LEFT_OUT = "pictures_left_out"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice with the numbers and names that `words.notice` needs."""

    code: NoticeCode
    values: Mapping[str, Any] = field(default_factory=dict)


class Silent(StrEnum):
    """Why a camera gives no pictures."""

    CANNOT_OPEN = "cannot_open"
    NO_PICTURE = "no_picture"
    STOPPED = "stopped"


class Silence(NamedTuple):
    """A camera, by its index, that gives no pictures at present, and why."""

    camera: int
    why: Silent


class Advice(StrEnum):
    """What to change in how you stand or lie before the camera, the most important first."""

    TOO_DARK = "too_dark"
    NOBODY = "nobody"
    ANOTHER_PERSON = "another_person"
    STEP_BACK = "step_back"
    FEET_CUT_OFF = "feet_cut_off"
    HEAD_CUT_OFF = "head_cut_off"
    TOO_SMALL = "too_small"
    TURN_SIDE_ON = "turn_side_on"


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The recording of a report. `width` and `height` are of the shown picture: turned upright, square pixels.

    `duration_s` and `frames` count what was read; `fps` is the mean rate; `sha256` is of the file's bytes. `rotate` is
    by how many degrees the user had the picture turned clockwise, `speed` how fast the file plays, and `begins_s` where
    a player of the file stands at the first shown frame: a time t of the report is at `begins_s + t / speed`.
    """

    path: str
    sha256: str
    duration_s: float
    fps: float
    width: int
    height: int
    frames: int
    rotate: int = 0
    speed: float = 1.0
    begins_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Basis:
    """What a number was read off: the `measure`, of which side of the body, and the moment that it is compared with.

    `since_s` is that of the rest, of the neutral back, or of a phase's start; None where it is compared with none.
    """

    measure: str
    side: OneSide
    since_s: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cue judged, on one rep or on the set.

    `value` and `interval` (90 %) are in `unit`; `at_s` is the moment that decided. `reason` says why a cue was not
    assessed; `reason_code` is the same for programs. `message` is the sentence for the user; `say` is spoken in its
    place, if a fault has words for that. `fault` names the bound that a fault's value lies beyond.
    `dose`: the cue asks for how much is done, not for how, so a "fault" is none of form: the goal is not reached.
    `basis`: what the value was read off; None where there is none, or for the reps of a set.
    """

    id: str
    verdict: VerdictName
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    at_s: float | None
    reason: str | None
    reason_code: Reason | None
    message: str
    say: str | None = None
    fault: Bound | None = None
    dose: bool = False
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """How much was done of what is asked for: reps of each side, or the seconds that they were held.

    `cue` asks for it, by its id; None where nothing does. `left` and `right` are the reps that count (those of both
    legs at once for each), or the mean of the side's holds, None where it has no rep. `at_least` and `at_most` are the
    goal. `reached`: every side has the reps, or every rep was held as long; None without a goal. `message` says it.
    """

    cue: str | None
    unit: Literal["reps", "s"]
    left: float | None
    right: float | None
    at_least: float | None
    at_most: float | None
    reached: bool | None
    message: str


@dataclass(frozen=True, slots=True)
class Dip:
    """A fall below the hold level that did not end the hold: when it was deepest, and how far below the rep's top.

    `depth` is a share of the rep's height. `fall` is the same in `unit`, the unit of the signal in which reps are found
    (deg or trunk). `fall_cm` is in centimetres; None for an angle, or if the person's height is not known.
    """

    at_s: float
    depth: float
    fall: float
    unit: str
    fall_cm: float | None


@dataclass(frozen=True, slots=True)
class Breaths:
    """How often somebody at rest breathed, as the belly's outline shows it.

    `a_minute` and its `interval` (90 %) rest on the breaths that were `counted`, each from its top to that of the next,
    which took `seconds` in all. All four are None where nothing is claimed, and `reason_code` says why. `message` is
    the sentence for the user.
    """

    a_minute: float | None
    interval: tuple[float, float] | None
    counted: int | None
    seconds: float | None
    reason_code: Reason | None
    message: str


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition. A `partial` rep is cut by an end of the clip: it is listed but not counted.

    The hold is from `hold_from_s` to `hold_to_s`. `score` is 0 to 100, None when no cue got a verdict; `assessed` is
    the share of the cues that got one. `breaths` are those of a rest; None of any other exercise.
    """

    index: int
    partial: bool
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    hold_from_s: float
    hold_to_s: float
    dips: tuple[Dip, ...]
    score: float | None
    assessed: float
    cues: tuple[Verdict, ...]
    breaths: Breaths | None = None

    @property
    def hold_s(self) -> float:
        """How long the rep was held at its top."""
        return self.hold_to_s - self.hold_from_s


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stood: `yaw_deg` is 0 facing the person, 90 side-on; `near_side` is None from the front."""

    name: ViewName
    yaw_deg: float | None
    near_side: OneSide | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The signal in which reps are found, ten values a second: parallel tuples, None where nobody was seen."""

    label: str
    unit: str
    time_s: tuple[float, ...]
    value: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bout:
    """Reps of one exercise without a long break, both sides included. `cues` are those of the set.

    `score` and `assessed` are of form. `dose` is how much was done: the reps, then their holds if a cue asks for them.
    `side_words` says what the side of a rep is, for people. `advice` is told whoever does this exercise.
    """

    exercise: str
    title: str
    source: str
    start_s: float
    end_s: float
    view: View
    reps: tuple[Rep, ...]
    cues: tuple[Verdict, ...]
    score: float | None
    assessed: float
    dose: tuple[Dose, ...]
    traces: tuple[Trace, ...]
    side_words: str = ON_SIDE
    advice: str | None = None

    @property
    def counted(self) -> tuple[Rep, ...]:
        """The reps that count: those the clip does not cut."""
        return tuple(rep for rep in self.reps if not rep.partial)
