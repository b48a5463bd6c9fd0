"""What is said of a value as it is judged, where the exercise file does not say it."""

from collections.abc import Mapping, Sequence

from formcheck.units import UNITS, Lengths, bound, length
from formcheck.words.common import plural


def close_call(
    whether: str,
    about: str | None,
    unit: str,
    measured: tuple[float, float],
    bounds: tuple[float | None, float | None],
    cm: float,
    lengths: Lengths,
) -> str:
    """The sentence for a value whose interval crosses a bound: what it is about, and which way to be clear of it.

    whether: the cue as part of a sentence; of a reading, what it has in parentheses is left out, as bounds there are in
    trunks. about: the value in words. measured: the value and half its interval in `unit`, as the bounds; cm: the
    centimetres in one unit of a length. A value that its own error swallows is not said.
    """
    first, *rest = whether.rstrip(".").split(" (")
    asked = first[:1].lower() + first[1:] + "".join(part.partition(")")[2] for part in rest)
    value, half = measured
    if half > abs(value):
        return f"We couldn’t tell whether {asked}."
    least, most = bounds
    up = most is None or (least is not None and value - least < most - value)
    way, end = ("more", least) if up else ("less", most)
    aim = f"aim for clearly {way} than {_figure((end or 0.0) * cm, unit, lengths)}"
    return f"{about}; {aim}." if about else f"Too close to call whether {asked}; {aim}."


def _figure(value: float, unit: str, lengths: Lengths) -> str:
    """A bound with its unit, as it is said."""
    if not UNITS[unit].length:
        return f"{value:g}{UNITS[unit].spoken}"
    said = f"{bound(value, unit, lengths)} cm" if lengths is Lengths.CM else length(value, lengths)
    return said + (" a second" if unit.endswith("/s") else "")


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


def breathed(a_minute: float) -> str:
    """How often somebody at rest breathed."""
    return f"You breathed about {a_minute:.0f} times a minute."
