"""What is said of a value as it is judged, where the exercise file does not say it."""

from formcheck.units import UNITS


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
