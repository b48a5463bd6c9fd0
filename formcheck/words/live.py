"""Live: the coach, the window and the page, what they show and say."""

from collections.abc import Mapping
from typing import Final

from formcheck.findings import ON_SIDE, Advice, OneSide, Side
from formcheck.words.common import plural

ADVICE: Final[Mapping[Advice, str]] = {
    Advice.TOO_DARK: "It is too dark: switch on a light.",
    Advice.NOBODY: "I cannot see you: step back until your whole body is in the picture.",
    Advice.ANOTHER_PERSON: "Someone else is in the picture: only you should be in it.",
    Advice.STEP_BACK: "Step back: not all of you is in the picture.",
    Advice.FEET_CUT_OFF: "Step back: your feet are cut off.",
    Advice.HEAD_CUT_OFF: "Step back: your head is cut off.",
    Advice.TOO_SMALL: "Come closer: you are very small in the picture.",
    Advice.TURN_SIDE_ON: "Turn side-on to the camera.",
}
BEGIN: Final = "Good position. Begin when you are ready."
BEFORE: Final = (
    "For information, not medical advice. The article says: “Before beginning the workouts, speak with your sports "
    "medicine doctor, physical therapist, or chiropractor.” Stop if anything hurts."
)
"""What is shown before a live set; the page has it too."""

WELL_DONE: Final = "Well done."
BETTER: Final = "Better. {met}"
HELD: Final = "{goal_s:.0f} seconds: well held, you can come back now."
_NUMBERS: Final = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")

WINDOW: Final = "formcheck (q to stop)"
PANEL_HOLD: Final = "hold {seconds:.1f} s"
PANEL_DROPPED: Final = "{frames} pictures skipped"
CAMERA_BEGINS: Final = "camera {camera} gives pictures; the set begins"
CAMERA_BACK: Final = "camera {camera} is back; the set goes on"
SET_KEPT, SET_WAITS = "{why}; the set is kept", "{why}; the set waits for it"

LIVE_SET: Final = "Live set of {began:%d %B %Y, %H:%M}"
NOTHING_DONE: Final = (
    "We saw you, but {none}. Place the camera at your side, with your whole body in the picture, and rest for a moment "
    "before and after each rep."
)
HOW_OFTEN: Final = "The article’s advice: once a day for those who work at a desk, else a few times a week."


def count(n: int) -> str:
    """A number as it is said aloud."""
    return f"{_NUMBERS[n - 1] if 0 < n <= len(_NUMBERS) else n}."


def doing(title: str, side: Side | None, side_words: str = ON_SIDE) -> str:
    """What is being done, and with which side: `Leg lift, right side`, `Kneeling lunge with the right knee down`."""
    if side is None or side == "both":
        return title
    return f"{title}, {side} side" if side_words == ON_SIDE else f"{title} {side_words.format(side=side)}"


def other_side(side: Side, meant: OneSide, side_words: str = ON_SIDE) -> str:
    """That a rep was not of the side that the set is for."""
    return f"That was {side_words.format(side=side)}; this set is for the {meant}."


def so_far(counts: Mapping[str, int], goal: str, *, each: bool) -> str:
    """How many reps each side has, where one works alone, and the goal: `So far: right 2, left 0. Goal: 3 a side.`

    counts: as for `done`. goal: the reps that are asked for, in words; "" for none. each: each side has its own.
    """
    apart = counts["left"] != counts["both"] or counts["right"] != counts["both"]
    said = [f"So far: right {counts['right']}, left {counts['left']}."] if apart else []
    of_what = "a side" if each or apart else "rep" if goal == "1" else "reps"
    return " ".join([*said, *([f"Goal: {goal} {of_what}."] if goal else [])])


def set_done(done: Mapping[str, int]) -> str:
    """What was done in a set, by the titles of its exercises: `Glute bridge: 2 reps. Leg lift: 1 rep.`"""
    return " ".join(f"{title}: {plural(n, 'rep')}." for title, n in done.items())
