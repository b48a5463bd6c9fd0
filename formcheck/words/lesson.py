"""The coached session: what is said between the steps and in them, and the few words on the screen."""

from collections.abc import Sequence
from typing import Final

from formcheck.findings import OneSide
from formcheck.words.common import plural

PLACE: Final = "Put the camera two metres away, as high as the mat, and lie or kneel with your side to it."
STEEP: Final = "The camera looks down steeply: put it lower, as high as the mat."
BACK_SHOWN, TILT_SHOWN, LOWER_SHOWN = (
    "Camera a little further back",
    "Tilt the camera up a little",
    "Put the camera lower",
)
ROOM_NOW: Final = "Now there is room for all of it."
COUNT_IN: Final = ("Three.", "Two.", "One.", "Begin.")
HALF, TEN, FIVE = "Half way.", "Ten more.", "Five."
COME_BACK: Final = "Done. Come back slowly."
OTHER_LEG: Final = "Now the other leg."
REST: Final = "Rest for {s:.0f} seconds."
PAUSED: Final = "Paused. I wait for you."
GOES_ON: Final = "We go on."
HURTS: Final = "Stop, and rest. If it goes on hurting, ask a doctor or a physiotherapist before you go on."
OVER: Final = "That is all for today. Well done."
OVER_HURT: Final = "That is all for today."
ENDED: Final = "I have not seen you for a while, so the session ends here. It is kept."
LEFT_OUT: Final = "Let us leave that out for today."
READY_WHEN: Final = "Go on when you are ready."

KEYS: Final = "Space pauses, n goes to the next step, h says that it hurts, q ends."
SHOWN: Final = {
    "rest": "Next: {title}",
    "wait": "{title}",
    "count": "Hold still",
    "work": "{title}",
    "paused": "Paused. Space goes on",
    "over": "Well done",
}
"""What stands on the screen in each phase, by its name: at most eight words."""


def shown_step(title: str, side: OneSide | None) -> str:
    """A step on the screen: `Kneeling lunge, left`."""
    return f"{title}, {side}" if side else title


def where(title: str, side: OneSide | None, number: int, steps: int) -> str:
    """A step and its place: `2 of 5: Leg lift, left`."""
    return f"{number} of {steps}: {shown_step(title, side)}"


def dose(reps: int, hold_s: float | None, seconds: float) -> str:
    """What is asked for: `3 times, 30 seconds each`, `once, 30 seconds`, `2 minutes` of a timer."""
    if seconds:
        return _time(seconds)
    times, each = ("once", "") if reps == 1 else (f"{reps} times", " each")
    return times if hold_s is None else f"{times}, {_time(hold_s)}{each}"


def _time(s: float) -> str:
    return f"{s / 60:g} minutes" if s >= 120 and s % 30 == 0 else "1 minute" if s == 60 else f"{s:g} seconds"


def coming(name: str, said: str) -> str:
    """What comes next, by its name and dose: `Leg lift, left side: 10 times, 3 seconds each.`"""
    return f"{name}: {said}."


def another(seen: str, asked: str) -> str:
    """That another exercise was seen than the one asked for."""
    return f"That looks like a {_small(seen)}; we are at the {_small(asked)}."


def brought_forward(title: str) -> str:
    """That what the person does comes first."""
    return f"All right, the {_small(title)} first."


def other_side_first(side: OneSide) -> str:
    """That the person began with the other side."""
    return f"All right, the {side} first."


def room(fits: Sequence[str], lacks: Sequence[str], *, tilt: bool) -> str:
    """For which exercises there is room in the picture, and what to do for the others: turn the camera up, or move it.

    `There is room for the kneeling lunge. For the leg lift, move the camera back a little.`
    """
    act = "tilt the camera up a little" if tilt else "move the camera back a little"
    said = f"There is room for {_those(fits)}. " if fits else ""
    return f"{said}For {_those(lacks)}, {act}."


def _those(titles: Sequence[str]) -> str:
    """`the leg lift, the plank and the glute bridge`."""
    names = [f"the {_small(title)}" for title in titles]
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])


def left_to_do(done: int, reps: int) -> str:
    """How far a step is: `2 of 10. Go on when you are ready.`"""
    return f"{done} of {reps}. {READY_WHEN}"


def how_it_was(done: int, held_s: Sequence[float], asked_s: float | None, fault: str, breaths: str = "") -> str:
    """One or two sentences on a step: what was done, how one breathed, and the thing to do better; "" without a rep.

    held_s: of each rep; asked_s: the least that was asked for, None where it is not timed. breaths: the sentence on
    them, "" where they were not counted.
    """
    if not done:
        return ""
    times = f"{plural(done, 'rep')} done" if done > 1 or asked_s is None else "Done"
    longest = max(held_s, default=0.0)
    held = f", the longest held {longest:.0f} seconds" if asked_s is not None and len(held_s) > 1 else ""
    one = f", held {longest:.0f} seconds" if asked_s is not None and len(held_s) == 1 else ""
    praise = f"Next time: {fault}" if fault else "That looked good."
    return " ".join(filter(None, [f"{times}{held}{one}.", breaths, praise]))


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]


def summary(done: int, steps: int, minutes: float) -> str:
    """A whole session: `5 of 5 steps in 9 minutes.`"""
    return f"{plural(done, 'step')} of {steps} done, in {max(1, round(minutes))} min."
