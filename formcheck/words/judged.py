"""What is said of a value as it is judged, where the exercise file does not say it."""

from collections.abc import Mapping, Sequence

from formcheck.units import UNITS
from formcheck.words.common import plural


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


def done(counts: Mapping[str, int]) -> str:
    """How many reps there are: `Right 2, left 0`, or `3 reps` where both legs always worked at once."""
    if counts["left"] == counts["right"] == counts.get("both", -1):
        return plural(counts["both"], "rep")
    return f"Right {counts['right']}, left {counts['left']}"


def held(seconds: Sequence[float], goal: tuple[float | None, float | None], *, reached: bool) -> str:
    """For how long reps were held, and the goal: `Held 1.8 to 2.1 s. Goal: 3 to 5 s.`"""
    if not seconds:
        return "No hold could be timed."
    ends = dict.fromkeys(f"{end:.{int(end < 10)}f}" for end in (min(seconds), max(seconds)))
    asked = " to ".join(f"{end:g}" for end in goal if end is not None)
    return f"Held {' to '.join(ends)} s. Goal: {asked} s{', reached' if reached else ''}."
