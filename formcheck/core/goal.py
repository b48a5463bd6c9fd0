"""The goal: how many reps of each side, and for how many seconds each is held, where a person wants other numbers."""

from math import isfinite
from typing import Final, NamedTuple

from formcheck.errors import UsageError

Range = tuple[float, float | None]
"""The least, and the most if there is one."""


class Goal(NamedTuple):
    """The reps of each side and the seconds of each hold that a person aims at; None: as the exercise says."""

    reps: Range | None = None
    seconds: Range | None = None

    @classmethod
    def of(cls, text: str | None) -> "Goal":
        """The goal that a text names. None or nothing: as the exercise says. Raises `UsageError`.

        >>> Goal.of("10s, 8-12")
        Goal(reps=(8.0, 12.0), seconds=(10.0, None))
        """
        found: dict[str, Range] = {}
        for part in filter(None, map(str.strip, (text or "").split(","))):
            number = part.removesuffix("reps").rstrip()
            held = number.endswith("s")
            name, ends = "seconds" if held else "reps", _range(number.removesuffix("s"), whole=not held)
            if ends is None or name in found:
                raise UsageError(
                    f"{text!r} is no goal: give the seconds of a hold, as 10s or 3-5s, the reps of each side, as 12 or "
                    "10-15, or both with a comma between them"
                )
            found[name] = ends
        return cls(**found)


AS_ASKED: Final = Goal()
"""No goal of one's own."""


def _range(text: str, *, whole: bool) -> Range | None:
    """`3-5` or `10`; None where it is neither, or not of whole numbers where those are wanted."""
    try:
        least, most = ([float(end) for end in text.split("-")] + [None])[:2]
    except ValueError:
        return None
    ends = [end for end in (least, most) if end is not None]
    good = text.count("-") < 2 and all(isfinite(end) and end > 0 and not (whole and end % 1) for end in ends)
    return (ends[0], most) if good and ends == sorted(ends) else None
