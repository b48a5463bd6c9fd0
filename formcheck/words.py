"""The sentences that a person reads or hears, made from codes and numbers. Wording is changed only here.

Two kinds stand elsewhere: what a cue says is in its exercise file, and what an error says is where it is raised.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from formcheck.findings import (
    Advice,
    Bout,
    Dip,
    Notice,
    NoticeCode,
    Reason,
    Rep,
    Side,
    Silence,
    Silent,
    Verdict,
    VerdictName,
    Why,
)
from formcheck.units import UNITS, clock, figures

_REASONS: Final = {
    Reason.TURN_SIDE_ON: "turn side-on to the camera",
    Reason.TURN_FULLY_SIDE_ON: "turn fully side-on to the camera",
    Reason.ONLY_FROM_FRONT: (
        "this does not show from here, only from the front or the feet, from where few sets are recognised yet"
    ),
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
    NoticeCode.TIMES_MENDED: "{path} gives no usable time for {frames} of its frames; they are placed by its rate",
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


def close_call(
    reading: str, unit: str, value: float, half: float, bounds: tuple[float | None, float | None], cm: float
) -> str:
    """The sentence for a value whose interval crosses a bound: what was asked, the number and the bound, in one unit.

    reading: the cue's; what it has in parentheses is left out, as bounds there are in trunks. value, half (half the
    interval) and bounds are in `unit`; cm: the centimetres in one unit of a length.
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


# The report

CAUTION: Final = (
    "For information, not medical advice. Stop where there is discomfort, and ask a professional (a doctor or "
    "physiotherapist) before you begin or when something hurts."
)
"""The caution of the articles the exercises come from; it stands in the report and on the page."""

LOOKING, DRAWING = "Looking at the frames", "Drawing the video"
"""What is being done with a recording, shown beside the progress."""

NOTHING: Final = "No known exercise was recognised"
FILM_WHOLE: Final = "The recording cuts every rep: film each one whole, with a moment of rest before and after it."
ALL_MET: Final = "Everything that could be judged was as it should be."
NO_CUE: Final = "No cue could be looked at."
LANE: Final = "{label}, from {low} to {high}"
USUAL_HEIGHT: Final = (
    "Centimetres are worked out for somebody {height_cm:.0f} cm tall; analysed with your own height, they are yours."
)

VERDICTS: Final = {"fault": "to mend", "borderline": "close", "met": "good", "not_assessed": "not judged"}
"""What is said of a cue, by its verdict. `_BADGES`: of a bout whose worst cue is no fault."""
_BADGES: Final = {"borderline": "Nothing clearly wrong", "met": "Well done", "not_assessed": "Could not be judged"}

_SEEN: Final = {"side": "from the side", "oblique": "at a slant", "front": "from the front"}


def capital(text: str) -> str:
    """The text with a capital."""
    return text[:1].upper() + text[1:]


def plural(n: int, word: str) -> str:
    """A number of things: `1 rep`, `3 reps`."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def label(cue_id: str) -> str:
    """A cue's id as words: `hold_3_to_5_s` -> Hold 3 to 5 s."""
    return capital(cue_id.replace("_", " "))


def amount(verdict: Verdict, trunk_cm: float) -> str:
    """The measured value with its unit, empty when there is none."""
    return "" if verdict.value is None else "".join(figures(verdict.unit, trunk_cm, verdict.value))


def span(verdict: Verdict, trunk_cm: float) -> str:
    """The interval in words; empty if there is none, or if both ends round to the same."""
    if verdict.interval is None:
        return ""
    low, high, unit = figures(verdict.unit, trunk_cm, *verdict.interval)
    return "" if low == high else f"between {low} and {high}{unit}"


def measured(amount: str, span: str = "") -> str:
    """What was measured, and the interval that is meant to hold the true value; empty if nothing was measured."""
    meant = f"; the true value is meant to lie {span} nine times in ten" if span else ""
    return f"Measured: {amount}{meant}." if amount else ""


def dipped(dip: Dip, trunk_cm: float) -> str:
    """How far a hold dipped."""
    value, unit = (dip.fall, dip.unit) if dip.fall_cm is None else (dip.fall_cm, "cm")
    fall = "".join(figures(unit, trunk_cm, value))
    return f"The hold dipped by {fall} from the top of the rep, {100 * dip.depth:.0f} % of its height."


def sentence(verdict: Verdict) -> str:
    """What a user reads about a cue: the message, or why it was not judged."""
    text = verdict.reason if verdict.verdict == "not_assessed" else verdict.message
    said = capital(text or verdict.message or "No reason was given")
    return said if said.endswith((".", "!", "?")) else f"{said}."


def badge(verdict: VerdictName, faults: int, *, cut: bool) -> str:
    """A bout in a few words: by its worst cue's verdict and the number of faults; cut: the clip cuts all its reps."""
    if cut:
        return "No whole rep"
    return f"{plural(faults, 'thing')} to mend" if verdict == "fault" else _BADGES[verdict]


def where(rep: Rep | None) -> str:
    """The rep by its number; None for the set."""
    return f"Rep {rep.index}" if rep else "The set"


def which(indices: Sequence[int], total: int) -> str:
    """Which reps, out of `total`: `rep 2`, `reps 1 and 3`, `both reps`, `the rep`."""
    n = len(indices)
    if n == total:
        return "the rep" if n == 1 else "both reps" if n == 2 else f"all {n} reps"
    *most, last = map(str, indices)
    return f"reps {', '.join(most)} and {last}" if most else f"rep {last}"


def among(n: int, total: int, unseen: int) -> str:
    """In how many reps, and how many others were not judged: `in 2 of 5 reps; 1 was not judged`; empty for one rep."""
    all_of_them = "in both reps" if n == 2 else f"in all {n} reps"
    found = "" if total < 2 else all_of_them if n == total else f"in {n} of {total} reps"
    if not unseen:
        return found
    if n + unseen < total:
        return f"{found}; {unseen} {'was' if unseen == 1 else 'were'} not judged"
    return f"{found}; the other{' was' if unseen == 1 else 's were'} not judged"


def because(reason: str, indices: Sequence[int], total: int, *, slanted: bool) -> str:
    """A reason with the reps it is about, if any, out of `total`; slanted: they, unlike their bout, were at a slant."""
    if not indices or (len(indices) == total and not slanted):
        return reason
    reps, after = which(indices, total), f"{reason[:1].lower()}{reason[1:]}"
    if slanted:
        return f"{capital(reps)} {'was' if len(indices) == 1 else 'were'} seen at a slant: {after}"
    return f"In {reps}: {after}"


def headline(bout: Bout) -> str:
    """What was done, in a few words: `Leg lift: 2 reps on the right`."""
    cut = len(bout.reps) - len(bout.counted)
    if not bout.counted:
        return f"{bout.title}: no whole rep" + (f", {cut} cut off by the clip" if cut else "")
    return f"{bout.title}: {plural(len(bout.counted), 'rep')}{_sides(bout.counted)}"


def _sides(reps: Sequence[Rep]) -> str:
    count = Counter(rep.side for rep in reps)
    if len(count) == 1:
        side = next(iter(count))
        return "" if side == "both" else f" on the {side}"
    names: dict[Side, str] = {"left": "left", "right": "right", "both": "with both"}
    return f" ({', '.join(f'{count[side]} {name}' for side, name in names.items() if count[side])})"


def done(bout: Bout) -> str:
    """How many reps count: `2 left, 0 right`, or `3 reps` where both sides always work."""
    if all(rep.side == "both" for rep in bout.counted):
        return plural(len(bout.counted), "rep")
    return ", ".join(f"{sum(rep.side in (side, 'both') for rep in bout.counted)} {side}" for side in ("left", "right"))


def seen_from(bout: Bout, slanted: Sequence[int]) -> str:
    """From where the camera saw the bout; slanted: the numbers of the reps that it saw at a slant."""
    near = f", your {bout.view.near_side} side nearer the camera" if bout.view.near_side else ""
    but = f", but {which(slanted, len(bout.counted))} at a slant" if slanted else ""
    return f"Seen {_SEEN[bout.view.name]}{near}{but}"


def scored(bout: Bout, cues: Sequence[Verdict]) -> str:
    """The score of a bout, and from how many cues it comes."""
    if bout.reps and not bout.counted:
        return "No score: no rep is whole"
    if bout.score is None:
        return "No score: nothing could be judged"
    return f"Score {bout.score:.0f} of 100, from {_rests_on(cues)}"


def _rests_on(cues: Sequence[Verdict]) -> str:
    """What a score rests on: `3 of 6 cues; 1 close call`."""
    names = [cue.verdict for cue in cues]
    judged = f"{len(names) - names.count('not_assessed')} of {plural(len(names), 'cue')}"
    close = names.count("borderline")
    return f"{judged}; {plural(close, 'close call')}" if close else judged


def rep_summary(rep: Rep) -> str:
    """A rep on the page: when, how long it was held, its score."""
    score = "" if rep.score is None else f", score {rep.score:.0f}"
    end = ", cut off by the clip: not counted" if rep.partial else score
    return f"{clock(rep.start_s)} – {clock(rep.end_s)}, held {rep.hold_s:.1f} s{end}"


def rep_row(rep: Rep) -> str:
    """A rep in the terminal's table."""
    times = f"{rep.index:>2}  {rep.side:<5}  {f'{rep.start_s:.1f}-{rep.end_s:.1f} s':>13}  hold {rep.hold_s:4.1f} s"
    if rep.partial:
        return f"{times}  cut off by the clip, not counted"
    return times + ("  no score" if rep.score is None else f"  score {rep.score:3.0f}  {_rests_on(rep.cues)}")


def rep_ended(rep: Rep) -> str:
    """A rep in the terminal as it ends, with its faults."""
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault" and not rep.partial]
    kind = "cut off" if rep.partial else "done"
    return f"{rep.end_s:6.1f} s  rep {kind} ({rep.side}), held {rep.hold_s:.1f} s. {' '.join(faults)}".rstrip()


# The command line

_FRONT: Final = "from the front or the feet, where few sets are recognised yet"
VIEWS: Final = {"side": "from the side", "front": _FRONT, "any": "any"}
"""From where a cue can be seen, by its view."""


# Live

ADVICE: Final[Mapping[Advice, str]] = {
    Advice.TOO_DARK: "It is too dark: switch on a light.",
    Advice.NOBODY: "I cannot see you: step back until your whole body is in the picture.",
    Advice.ANOTHER_PERSON: "Another person is in the picture: be there alone.",
    Advice.STEP_BACK: "Step back: you do not fit into the picture.",
    Advice.FEET_CUT_OFF: "Step back: your feet are cut off.",
    Advice.HEAD_CUT_OFF: "Step back: your head is cut off.",
    Advice.TOO_SMALL: "Come closer: you are very small in the picture.",
    Advice.TURN_SIDE_ON: "Turn side-on to the camera.",
}
BEGIN: Final = "I can see all of you: begin."
WELL_DONE: Final = "Well done."
BETTER: Final = "Better. {met}"
OTHER_SIDE: Final = "That was your {side} side; this set is for the {meant}."
HELD: Final = "{goal_s:.0f} seconds: you can come back now."
_NUMBERS: Final = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")

WINDOW: Final = "formcheck (q to stop)"
PANEL_SIDES: Final[Mapping[Side, str]] = {"left": "left side", "right": "right side", "both": ""}
PANEL_HOLD: Final = "hold {seconds:.1f} s"
PANEL_DROPPED: Final = "{frames} frames dropped"
_SILENT: Final = {
    Silent.CANNOT_OPEN: (
        "camera {camera} cannot be opened: it is missing, or another program is using it; plug it in, close "
        "other programs that show it, allow this terminal to use it, or try --camera with another number"
    ),
    Silent.NO_PICTURE: "camera {camera} gives no picture; plug it in again, or close other programs that use it",
    Silent.STOPPED: "camera {camera} stopped giving pictures; plug it in again, or close other programs that use it",
}
CAMERA_BEGINS: Final = "camera {camera} gives pictures; the set begins"
CAMERA_BACK: Final = "camera {camera} is back; the set goes on"
SET_KEPT, SET_WAITS = "{why}; the set is kept", "{why}; the set waits for it"

LIVE_SET: Final = "Live set of {began:%d %B %Y, %H:%M}"
NOTHING_DONE: Final = (
    "No known exercise was recognised: place the camera at your side with your whole body in the picture, "
    "or choose the exercise."
)
HOW_OFTEN: Final = "The article’s advice: once a day for those who work at a desk, else a few times a week."


def silence(silence: Silence) -> str:
    """Why a camera gives no pictures, and what to do about it."""
    return _SILENT[silence.why].format(camera=silence.camera)


def count(n: int) -> str:
    """A number as it is said aloud."""
    return f"{_NUMBERS[n - 1] if 0 < n <= len(_NUMBERS) else n}."


def set_done(done: Mapping[str, int]) -> str:
    """What was done in a set, by the titles of its exercises: `Glute bridge: 2 reps. Leg lift: 1 rep.`"""
    return " ".join(f"{title}: {plural(n, 'rep')}." for title, n in done.items())
