"""Why a cue was not assessed, and what to know of a recording or a camera: a sentence for each code."""

from typing import Any, Final

from formcheck.findings import Notice, NoticeCode, Reason, Silence, Silent, Why

_REASONS: Final = {
    Reason.TURN_SIDE_ON: "turn side-on to the camera",
    Reason.TURN_FULLY_SIDE_ON: "turn fully side-on to the camera",
    Reason.ONLY_FROM_FRONT: "not visible from the side",
    Reason.OUTSIDE_PICTURE: "your {about} is outside the picture",
    Reason.BALL_NOT_FOUND: ("the ball was not found in the picture; keep all of it in view, and your arms clear of it"),
    Reason.SKELETON_UNSURE: "the skeleton is unsure here; a plain background and tight clothes help",
    Reason.HIDDEN: "your {about} cannot be seen; move what is in front, or the camera",
    Reason.BEHIND_YOURSELF: "your far {about} is behind your own body; turn a little, or use a higher camera",
    Reason.NOT_TOLD: "the picture does not tell this well enough; come nearer to the camera",
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
    NoticeCode.BOUT_FROM_FRONT: "{title} at {start_s:.0f} s is seen from the front: reps may be missing; turn side-on.",
    NoticeCode.HIDDEN: (
        "Your {part} was behind something for {hidden_s:.0f} s: reps may be missing; clear the view or move the camera."
    ),
    # It does not suggest --exercise: naming an exercise finds no more than its posture shows.
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
        "another person is in the picture at {at_s:.1f} s; only one is judged: keep others out of sight, or say whom "
        "to judge: --person left, right, largest, or a number counted from the left"
    ),
    NoticeCode.MAYBE_SOMEONE_ELSE: (
        "the person was out of sight from {lost_s:.1f} s; whoever is seen from {found_s:.1f} s on may be someone else, "
        "so a new set begins there"
    ),
    NoticeCode.SOMEONE_ELSE: (
        "From {at_s:.1f} s on another person is seen, in other clothes: what they do is counted as a set of their own."
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
    NoticeCode.TIMES_MENDED: "{path} gives no usable time for {frames} of its frames; they are placed by its rate",
    NoticeCode.SLOW_BY_FILE: (
        "The file says that it is slow motion, {times:.3g} times slower than it was. All times here are the true ones; "
        "if it plays as it was, add --speed 1."
    ),
    NoticeCode.LOOKS_SLOW: (
        "Every movement is very slow: even the quickest took {quickest_s:.0f} s. Is this slow motion? Then say so: "
        "--speed 0.125 for a video that plays eight times slower than you moved, --speed 0.25 for four times."
    ),
    NoticeCode.PLAYS_SLOWLY: (
        "Is this slow motion? Played {times:.0f} times faster it shows {reps} reps ({title}): add --speed {speed:g} to "
        "have them judged."
    ),
    NoticeCode.LIES_ON_ITS_SIDE: (
        "Does the picture lie on its side, or stand on its head? Turned by {degrees} degrees it shows {reps} reps "
        "({title}): add --rotate {degrees} to have them judged."
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
    """Why a cue was not assessed, as part of a sentence, and what to do about it where something helps."""
    return _REASONS[why.reason].format(about=why.about)


def not_judged(why: Why) -> str:
    """The sentence for a cue that was not assessed."""
    return f"Not judged: {reason(why)}."


def notice(notice: Notice) -> str:
    """A notice as a sentence."""
    return _NOTICES[notice.code].format(**{name: _value(value) for name, value in notice.values.items()})


def _value(value: Any) -> Any:
    if isinstance(value, Why):
        return reason(value)
    return silence(value) if isinstance(value, Silence) else value


_SILENT: Final = {
    Silent.CANNOT_OPEN: (
        "camera {camera} cannot be opened: it is missing, or another program is using it; plug it in, close "
        "other programs that show it, allow this terminal to use it, or try --camera with another number"
    ),
    Silent.NO_PICTURE: "camera {camera} gives no picture; plug it in again, or close other programs that use it",
    Silent.STOPPED: "camera {camera} stopped giving pictures; plug it in again, or close other programs that use it",
}


def silence(silence: Silence) -> str:
    """Why a camera gives no pictures, and what to do about it."""
    return _SILENT[silence.why].format(camera=silence.camera)
