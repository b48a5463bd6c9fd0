"""Live: the coach, the window and the page, what they show and say."""

from collections.abc import Mapping
from typing import Final

from formcheck.findings import Advice, Side
from formcheck.words.common import plural

ADVICE: Final[Mapping[Advice, str]] = {
    Advice.TOO_DARK: "It is too dark: switch on a light.",
    Advice.NOBODY: "I cannot see you: step back until your whole body is in the picture.",
    Advice.ANOTHER_PERSON: "Somebody else is in the picture. You should be alone in it.",
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
OTHER_SIDE: Final = "That was your {side} side; this set is for the {meant}."
HELD: Final = "{goal_s:.0f} seconds: well held, you can come back now."
_NUMBERS: Final = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")

WINDOW: Final = "formcheck (q to stop)"
PANEL_SIDES: Final[Mapping[Side, str]] = {"left": "left side", "right": "right side", "both": ""}
PANEL_HOLD: Final = "hold {seconds:.1f} s"
PANEL_DROPPED: Final = "{frames} frames dropped"
CAMERA_BEGINS: Final = "camera {camera} gives pictures; the set begins"
CAMERA_BACK: Final = "camera {camera} is back; the set goes on"
SET_KEPT, SET_WAITS = "{why}; the set is kept", "{why}; the set waits for it"

LIVE_SET: Final = "Live set of {began:%d %B %Y, %H:%M}"
NOTHING_DONE: Final = (
    "No known exercise was recognised: place the camera at your side with your whole body in the picture, "
    "or choose the exercise."
)
HOW_OFTEN: Final = "The article’s advice: once a day for those who work at a desk, else a few times a week."


def count(n: int) -> str:
    """A number as it is said aloud."""
    return f"{_NUMBERS[n - 1] if 0 < n <= len(_NUMBERS) else n}."


def set_done(done: Mapping[str, int]) -> str:
    """What was done in a set, by the titles of its exercises: `Glute bridge: 2 reps. Leg lift: 1 rep.`"""
    return " ".join(f"{title}: {plural(n, 'rep')}." for title, n in done.items())
