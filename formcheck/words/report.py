"""The report: the page, the terminal's table, the annotated video, and what is beside them."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from formcheck.findings import ON_SIDE, Bout, Breaths, Dip, Rep, Side, Verdict, VerdictName
from formcheck.units import Lengths, clock, figures
from formcheck.words.common import capital, plural

CAUTION: Final = (
    "For information, not medical advice. Stop where there is discomfort, and ask a professional (a doctor or "
    "physiotherapist) before you begin or when something hurts."
)
"""The caution of the articles the exercises come from; it stands in the report and on the page."""

LOOKING, DRAWING, CONVERTING = "Looking at the frames", "Drawing the video", "Converting the video"
"""What is being done with a recording, shown beside the progress."""

NOTHING: Final = "None of our exercises was seen"
ADVISED: Final = "Counted, not judged. The article says: “{advice}”"
COUNTED: Final = "Counted"
"""What is said of an exercise without cues."""
FILM_WHOLE: Final = "The recording cuts every rep: film each one whole, with a moment of rest before and after it."
SIDE_BY_SIDE: Final = "Your best rep beside the one with most to mend"
HELD_REP: Final = "How it looked"
BEST_REP, WORST_REP, ONE_REP = "best rep", "most to mend", "at the top"
"""Over the stills of reps at their top, and under each of them."""
ALL_MET: Final = "Nothing to improve in what could be seen."
NEARLY_ALL_MET: Final = "Nothing clearly wrong in what could be seen; {close}."
NO_CUE: Final = "Nothing of your form could be judged."
LANE: Final = "{label}, from {low} to {high}"
USUAL_HEIGHT: Final = (
    "Lengths are worked out for someone {height_cm:.0f} cm tall; give your own height to make them more exact."
)

VERDICTS: Final = {"fault": "to improve", "borderline": "close call", "met": "good", "not_assessed": "not judged"}
"""What is said of a cue, by its verdict. `_BADGES`: of a bout without a fault."""
_BADGES: Final = {"borderline": "Nothing clearly wrong", "met": "Good form", "not_assessed": "Could not be judged"}

PROGRESS: Final = "how much"
"""What is said of a cue of the dose."""

_SEEN: Final = {"side": "from the side", "oblique": "at a slant", "front": "from the front"}


def amount(verdict: Verdict, trunk_cm: float, lengths: Lengths = Lengths.CM) -> str:
    """The measured value with its unit, empty when there is none."""
    return "" if verdict.value is None else "".join(figures(verdict.unit, trunk_cm, verdict.value, lengths=lengths))


def span(verdict: Verdict, trunk_cm: float, lengths: Lengths = Lengths.CM) -> str:
    """The interval in words; empty if there is none, or if both ends round to the same."""
    if verdict.interval is None:
        return ""
    low, high, unit = figures(verdict.unit, trunk_cm, *verdict.interval, lengths=lengths)
    return "" if low == high else f"between {low} and {high}{unit}".replace("-", "−")


def measured(amount: str, span: str = "") -> str:
    """What was measured, and the interval that is meant to hold the true value; empty if nothing was measured."""
    return f"Measured: {amount}{f', likely {span}' if span else ''}." if amount else ""


def dipped(dip: Dip, trunk_cm: float, lengths: Lengths = Lengths.CM) -> str:
    """How far a hold dipped."""
    value, unit = (dip.fall, dip.unit) if dip.fall_cm is None else (dip.fall_cm, "cm")
    fall = "".join(figures(unit, trunk_cm, value, lengths=lengths))
    return f"The hold dipped by {fall} from the top of the rep, {100 * dip.depth:.0f} % of its height."


def breaths_counted(breaths: Breaths) -> str:
    """How many breaths were counted, and the interval; empty if none were."""
    if breaths.interval is None:
        return ""
    low, high = breaths.interval
    return f"Counted: {breaths.counted} in {breaths.seconds:.0f} s, likely between {low:.1f} and {high:.1f} a minute."


def sentence(verdict: Verdict) -> str:
    """What a user reads about a cue: the message, or why it was not judged."""
    text = verdict.reason if verdict.verdict == "not_assessed" else verdict.message
    said = capital(text or verdict.message or "No reason was given")
    return said if said.endswith((".", "!", "?")) else f"{said}."


def badge(verdict: VerdictName, faults: int, *, cut: bool) -> str:
    """A bout in a few words: by the verdict on it and the number of faults; cut: the clip cuts all its reps."""
    if cut:
        return "No whole rep"
    return f"{plural(faults, 'thing')} to improve" if verdict == "fault" else _BADGES[verdict]


def where(rep: Rep) -> str:
    """The rep by its number."""
    return f"Rep {rep.index}"


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
    return f"{bout.title}: {plural(len(bout.counted), 'rep')}{_sides(bout)}"


def _sides(bout: Bout) -> str:
    count = Counter(rep.side for rep in bout.counted)
    if len(count) == 1:
        side = next(iter(count))
        return "" if side == "both" else f" {bout.side_words.format(side=side)}"
    said = "{side}" if bout.side_words == ON_SIDE else bout.side_words
    names: dict[Side, str] = {"left": said.format(side="left"), "right": said.format(side="right"), "both": "with both"}
    return f" ({', '.join(f'{count[side]} {name}' for side, name in names.items() if count[side])})"


def seen_from(bout: Bout, slanted: Sequence[int]) -> str:
    """From where the camera saw the bout; slanted: the numbers of the reps that it saw at a slant."""
    near = f", your {bout.view.near_side} side nearer the camera" if bout.view.near_side else ""
    but = f", but {which(slanted, len(bout.counted))} at a slant" if slanted else ""
    return f"Seen {_SEEN[bout.view.name]}{near}{but}"


def scored(bout: Bout, kinds: Sequence[VerdictName]) -> str:
    """The score of a bout's form, and the verdicts on its cues, each cue once."""
    if bout.reps and not bout.counted:
        return "No score: no rep is whole"
    if bout.score is None:
        return "No score: nothing could be judged"
    return f"Form {bout.score:.0f} of 100: {tally(kinds)}"


def rests_on(bout: Bout, kinds: Sequence[VerdictName]) -> str:
    """The score of a bout's form, and on how many of its cues it rests; empty where there is none."""
    judged = sum(kind != "not_assessed" for kind in kinds)
    return "" if bout.score is None else f"score {bout.score:.0f} of 100, on {judged} of {plural(len(kinds), 'point')}"


def with_side(rep: Rep, side_words: str) -> str:
    """A rep by its number and side: `Rep 2, left`, `Rep 1, with the right knee down`; without one if both work."""
    side = rep.side if side_words == ON_SIDE else side_words.format(side=rep.side)
    return where(rep) if rep.side == "both" else f"{where(rep)}, {side}"


def tally(kinds: Sequence[VerdictName]) -> str:
    """How many cues got which verdict: `4 good, 1 to improve, 1 not judged`."""
    count = Counter(kinds)
    close = plural(count["borderline"], "close call")
    names: dict[VerdictName, str] = {
        "met": VERDICTS["met"],
        "fault": "to improve",
        "borderline": close.partition(" ")[2],
    }
    names["not_assessed"] = "not judged"
    return ", ".join(f"{count[kind]} {name}" for kind, name in names.items() if count[kind])


def rep_summary(rep: Rep) -> str:
    """A rep on the page: when, how long it was held, its score."""
    score = "" if rep.score is None else f", form {rep.score:.0f} of 100"
    end = ", cut off by the clip: not counted" if rep.partial else score
    return f"{clock(rep.start_s)} – {clock(rep.end_s)}, held {rep.hold_s:.1f} s{end}"


def rep_row(rep: Rep) -> str:
    """A rep in the terminal's table."""
    times = f"{rep.index:>2}  {rep.side:<5}  {f'{rep.start_s:.1f}-{rep.end_s:.1f} s':>13}  hold {rep.hold_s:4.1f} s"
    if rep.partial:
        return f"{times}  cut off by the clip, not counted"
    kinds = [cue.verdict for cue in rep.cues if not cue.dose]
    return times + ("  no score" if rep.score is None else f"  form {rep.score:3.0f}  {tally(kinds)}")


def rep_ended(rep: Rep) -> str:
    """A rep in the terminal as it ends, with its faults."""
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault" and not (cue.dose or rep.partial)]
    kind = "cut off" if rep.partial else "done"
    return f"{rep.end_s:6.1f} s  rep {kind} ({rep.side}), held {rep.hold_s:.1f} s. {' '.join(faults)}".rstrip()


# The command line

_FRONT: Final = "from the front or the feet, where few sets are recognised yet"
VIEWS: Final = {"side": "from the side", "front": _FRONT, "any": "any"}
"""From where a cue can be seen, by its view."""
