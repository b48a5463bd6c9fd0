"""The sentences that a person reads or hears, made from codes and numbers: wording is changed here and nowhere else.

What a cue says when it is met or not stands in its exercise file, and what an error says where it is raised.
"""

from typing import Final

from formcheck.findings import Notice, NoticeCode, Reason, Why
from formcheck.units import UNITS

_REASONS: Final = {
    Reason.TURN_SIDE_ON: "turn side-on to the camera",
    Reason.TURN_FULLY_SIDE_ON: "turn fully side-on to the camera",
    Reason.ONLY_FROM_FRONT: (
        "this does not show from here, only from the front or the feet, from where few sets are recognised yet"
    ),
    Reason.OUTSIDE_PICTURE: "your {about} is outside the picture",
    Reason.BALL_NOT_FOUND: ("the ball was not found in the picture; keep all of it in view, and your arms clear of it"),
    Reason.SKELETON_UNSURE: "the skeleton is unsure here; a plain background and tight clothes help",
    Reason.NOT_FOLLOWED: "the body could not be followed here",
    Reason.NO_REST: "the resting position before this rep is not in the recording",
    Reason.OTHER_CUE_FIRST: "{about} first; that was not seen",
    Reason.EVERY_REP_CUT: "the recording cuts every rep",
    Reason.ARM_ACROSS_BACK: "your arm hides your back; keep your arms clear of your trunk",
    Reason.FLOOR_HIDES_BACK: "the floor hides your lower back, and the outline of your belly does not tell enough",
    Reason.NO_BACK_CONTOUR: "the outline of your back cannot be told from what is around it",
    Reason.BACK_NOT_RUN: "these landmarks come without the outline of the back",
    Reason.LOOSE_CLOTHES: "the outline does not follow your trunk; wear close-fitting clothes",
    Reason.TRUNK_UNSURE: "the outline of your trunk does not tell enough from here; film right from the side",
    Reason.NO_NEUTRAL_BACK: "your resting position is not in the recording",
    Reason.FILE_HAS_NO_FEET: "these landmarks have no heels and toes",
    Reason.FILE_HAS_NO_DEPTH: "these landmarks have no depth",
    Reason.FILE_HAS_NO_BACK: "this format does not hold the contour of the back",
    Reason.FILE_HAS_NO_BALL: "this format does not hold the ball",
}

_NOTICES: Final = {
    NoticeCode.NOBODY_FOR_A_WHILE: "Nobody was found during {lost_s:.0f} s of {all_s:.0f} s.",
    NoticeCode.ALL_FROM_FRONT: (
        "You are seen from the front, where most exercises cannot be told; turn side-on to the camera."
    ),
    NoticeCode.BOUT_FROM_FRONT: (
        "{title} at {start_s:.0f} s is seen from the front: reps may be missing; turn side-on."
    ),
    # It does not ask for --exercise: what no posture shows is not found by its name either.
    NoticeCode.NO_EXERCISE: (
        "No known exercise was recognised: film from the side with the whole body in the picture, and begin and end "
        "each rep while the camera runs. `formcheck exercises` lists the known ones."
    ),
    NoticeCode.NOT_THE_NAMED_EXERCISE: (
        "{title} was not recognised: film from the side with the whole body in the picture, and begin and end each rep "
        "while the camera runs. Nothing else was looked for."
    ),
    NoticeCode.SINGLE_PICTURE: ("This is a single picture: no rep can be counted in it. Give a video of the exercise."),
    NoticeCode.ANOTHER_PERSON: (
        "another person is in the picture at {at_s:.1f} s; only one is judged: keep others out of sight"
    ),
    NoticeCode.MAYBE_SOMEONE_ELSE: (
        "the person was out of sight from {lost_s:.1f} s; whoever is seen from {found_s:.1f} s on, elsewhere in the "
        "picture, may be someone else"
    ),
    NoticeCode.CUT_SHORT: (
        "{path} promises {promised_s:.1f} s but its pictures end at {end_s:.1f} s: it was probably cut off, "
        "and is read as far as it goes"
    ),
    NoticeCode.ENDS_IN_MID_FILE: ("{path} ends in mid-file: it was probably cut off, and is read as far as it goes"),
    NoticeCode.DAMAGED: "{path} is damaged in places: {pieces} of its pictures may be missing or wrong",
    NoticeCode.SIZE_CHANGES: (
        "{path} changes its picture size at {at_s:.1f} s; later pictures are fitted into the first size"
    ),
    NoticeCode.TIMES_MENDED: (
        "{path} gives no usable time for {frames} of its frames; they were placed by its frame rate"
    ),
    NoticeCode.FOREIGN_FORMAT: (
        "These landmarks came in another program's format: "
        "the errors that verdicts and intervals rest on were measured on formcheck's own."
    ),
    NoticeCode.CUES_NOT_JUDGED: "Some cues are not judged: {why}.",
    NoticeCode.PICTURES_MISSING: "There were no pictures from {from_s:.1f} s to {to_s:.1f} s.",
    NoticeCode.ENDED_EARLY: "The set ended early: {why}.",
    NoticeCode.FRAMES_PASSED_OVER: (
        "{dropped} of {all} frames were passed over: this computer was busy with the others."
    ),
    NoticeCode.PICTURES_LEFT_OUT: (
        "{dropped} of {all} pictures came faster than they could be looked at and were left out."
    ),
}


def reason(why: Why) -> str:
    """Why a cue was not assessed, as part of a sentence: what to do about it, where something helps."""
    return _REASONS[why.reason].format(about=why.about)


def not_judged(why: Why) -> str:
    """The sentence for a cue that was not assessed."""
    return f"Not judged: {reason(why)}."


def notice(notice: Notice) -> str:
    """A notice as a sentence."""
    values = {name: reason(value) if isinstance(value, Why) else value for name, value in notice.values.items()}
    return _NOTICES[notice.code].format(**values)


def close_call(
    reading: str, unit: str, value: float, half: float, bounds: tuple[float | None, float | None], cm: float
) -> str:
    """What is said of a value whose interval reaches over a bound: what was asked, the number, the bound, in one unit.

    reading: the cue's, whose bounds stand in parentheses and are left out: they are in trunks, of whatever length those
    are. value, half the interval and the bounds are in `unit`, of which each has `cm` centimetres if it is a length.
    """
    first, *rest = reading.rstrip(".").split(" (")
    asked = first[:1].lower() + first[1:] + "".join(part.partition(")")[2] for part in rest)
    spoken = UNITS[unit].spoken
    digits = 0 if UNITS[unit].whole else 1 if half * cm >= 0.1 else 2
    error = f"{half * cm:.{digits}f}{spoken}"
    if half > abs(value):
        return f"It cannot be told whether {asked}: what was measured may be off by {error}."
    least, most = bounds
    ends = " to ".join(f"{round(bound * cm, max(digits, 1)):g}" for bound in bounds if bound is not None)
    which = "at most " if least is None else "at least " if most is None else ""
    measured = f"{value * cm:.{digits}f}{spoken} was measured, give or take {error}"
    return f"Too close to call whether {asked}: {measured}, and {which}{ends}{spoken} is right."
