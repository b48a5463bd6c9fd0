"""Why a cue was not assessed, and what to know of a recording or a camera: a sentence for each code."""

from typing import Any, Final

from formcheck.findings import Notice, NoticeCode, Reason, Silence, Silent, Why
from formcheck.words.common import capital, none_of

_REASONS: Final = {
    Reason.TURN_SIDE_ON: "turn side-on to the camera",
    Reason.TURN_FULLY_SIDE_ON: "turn fully side-on to the camera",
    Reason.ONLY_FROM_FRONT: "not visible from the side",
    Reason.OUTSIDE_PICTURE: "your {about} is outside the picture; keep your whole body in it",
    Reason.BALL_NOT_FOUND: "we couldn’t find the ball; keep all of it in view, and your arms clear of it",
    Reason.SKELETON_UNSURE: "we couldn’t follow your body well here; a plain background and tight clothes help",
    Reason.HIDDEN: "your {about} cannot be seen; move what is in front of it, or move the camera",
    Reason.BEHIND_YOURSELF: "your far {about} is behind your own body; turn a little, or place the camera higher",
    Reason.NOT_TOLD: "this cannot be seen clearly enough; come nearer to the camera",
    Reason.NOT_FOLLOWED: "we lost sight of your body here",
    Reason.NO_REST: "the recording does not show you at rest before this rep",
    Reason.OTHER_CUE_FIRST: "this comes after “{about}”, which we didn’t see",
    Reason.EVERY_REP_CUT: "the recording cuts every rep",
    Reason.ARM_ACROSS_BACK: "your arm hides your back; keep your arms clear of your trunk",
    Reason.FLOOR_HIDES_BACK: "the floor hides your lower back, and the shape of your belly does not tell enough",
    Reason.NO_BACK_CONTOUR: "your back looks like what is behind it; wear another colour, or change the background",
    Reason.BACK_NOT_RUN: "these landmarks come without the outline of the back",
    Reason.LOOSE_CLOTHES: "your clothes hide the shape of your back; wear close-fitting ones",
    Reason.TRUNK_UNSURE: "the shape of your back cannot be seen well from here; film straight from the side",
    Reason.NO_NEUTRAL_BACK: "the recording does not show you at rest",
    Reason.FILE_HAS_NO_FEET: "these landmarks have no heels and toes",
    Reason.FILE_HAS_NO_DEPTH: "these landmarks have no depth",
    Reason.FILE_HAS_NO_BACK: "this format does not hold the outline of the back",
    Reason.FILE_HAS_NO_BALL: "this format does not hold the ball",
    Reason.REST_TOO_SHORT: "this rest is too short to count breaths",
    Reason.BREATHS_NOT_SEEN: "your breaths could not be seen from here",
}

_NOTICES: Final = {
    NoticeCode.NOBODY_FOR_A_WHILE: "Nobody could be seen for {lost_s:.0f} of {all_s:.0f} seconds.",
    NoticeCode.ALL_FROM_FRONT: (
        "You were filmed from the front, where most exercises cannot be recognised: turn side-on to the camera."
    ),
    NoticeCode.BOUT_FROM_FRONT: (
        "{title} at {start_s:.0f} s was filmed from the front, so reps may be missing: turn side-on to the camera."
    ),
    NoticeCode.HIDDEN: (
        "Your {part} was behind something for {hidden_s:.0f} s, so reps may be missing: clear the view or move the "
        "camera."
    ),
    # It does not suggest --exercise: naming an exercise finds no more than its posture shows.
    NoticeCode.NO_EXERCISE: (
        "We saw someone, but {exercises}. Film from the side with the whole body in the picture, and rest for a moment "
        "before and after each rep."
    ),
    NoticeCode.NOT_THE_NAMED_EXERCISE: (
        "We saw someone, but {exercises}; nothing else was looked for. Film from the side with the whole body in the "
        "picture, and rest for a moment before and after each rep."
    ),
    NoticeCode.SINGLE_PICTURE: "This is a single picture, so no rep can be counted. Give a video of the exercise.",
    NoticeCode.ANOTHER_PERSON: (
        "Another person is in the picture at {at_s:.1f} s. Only one is judged: keep others out of sight, or say whom "
        "to judge: --person left, right, largest, or a number counted from the left."
    ),
    NoticeCode.MAYBE_SOMEONE_ELSE: (
        "You were out of sight from {lost_s:.1f} s. Whoever is seen from {found_s:.1f} s on may be someone else, so a "
        "new set begins there."
    ),
    NoticeCode.SOMEONE_ELSE: (
        "From {at_s:.1f} s on another person is seen, in other clothes: what they do is counted as a set of their own."
    ),
    NoticeCode.CUT_SHORT: (
        "{path} promises {promised_s:.1f} s but its pictures end at {end_s:.1f} s. It was probably cut off, and is "
        "judged as far as it goes."
    ),
    NoticeCode.ENDS_IN_MID_FILE: "{path} was probably cut off, and is judged as far as it goes.",
    NoticeCode.DAMAGED: "{path} is damaged in places: {pieces} of its pictures may be missing or wrong.",
    NoticeCode.SIZE_CHANGES: (
        "The pictures of {path} change their size at {at_s:.1f} s; later ones are fitted into the first size."
    ),
    NoticeCode.TIMES_MENDED: (
        "{path} does not say when {frames} of its pictures were taken; they are placed by its frame rate."
    ),
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
        "These landmarks come from another program. How far off a value may be was measured on formcheck’s own, and "
        "may not hold for them."
    ),
    NoticeCode.CUES_NOT_JUDGED: "Some points of form are not judged: {why}.",
    NoticeCode.PICTURES_MISSING: "There were no pictures from {from_s:.1f} s to {to_s:.1f} s.",
    NoticeCode.ENDED_EARLY: "The set ended early: {why}.",
    NoticeCode.FRAMES_PASSED_OVER: "{dropped} of {all} pictures were skipped, because this computer could not keep up.",
    NoticeCode.PICTURES_LEFT_OUT: "{dropped} of {all} pictures were skipped, because this computer could not keep up.",
}


def reason(why: Why) -> str:
    """Why a cue was not assessed, as part of a sentence, and what to do about it where something helps."""
    return _REASONS[why.reason].format(about=why.about)


def not_judged(why: Why) -> str:
    """The sentence for a cue that was not assessed."""
    return f"Not judged: {reason(why)}."


def not_counted(reason: Reason) -> str:
    """The sentence for breaths that were not counted."""
    return f"{capital(_REASONS[reason])}."


def notice(notice: Notice) -> str:
    """A notice as a sentence; of a report read back it is the sentence as it was."""
    if "said" in notice.values:
        return str(notice.values["said"])
    return _NOTICES[notice.code].format(**{name: _value(value) for name, value in notice.values.items()})


def _value(value: Any) -> Any:
    if isinstance(value, Why):
        return reason(value)
    if isinstance(value, Silence):
        return silence(value)
    return none_of(value) if isinstance(value, tuple) else value


_SILENT: Final = {
    Silent.CANNOT_OPEN: (
        "camera {camera} cannot be opened: it is missing, or another program is using it; plug it in, close "
        "other programs that use it, allow this terminal to use it, or try --camera with another number"
    ),
    Silent.NO_PICTURE: "camera {camera} gives no picture; plug it in again, or close other programs that use it",
    Silent.STOPPED: "camera {camera} stopped giving pictures; plug it in again, or close other programs that use it",
}


def silence(silence: Silence) -> str:
    """Why a camera gives no pictures, and what to do about it."""
    return _SILENT[silence.why].format(camera=silence.camera)
