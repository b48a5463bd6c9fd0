"""The goal: how many reps of each side, and for how many seconds each is held, where a person wants other numbers."""

import re
from typing import Final, NamedTuple

from formcheck.errors import UsageError

Range = tuple[float, float | None]
"""The least, and the most if there is one."""

_PART: Final = re.compile(
    r"(?P<least>\d+(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(?P<most>\d+(?:\.\d+)?))?\s*(?P<unit>s|seconds|reps|)", re.ASCII
)


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
            match = _PART.fullmatch(part)
            name = "seconds" if match and match["unit"].startswith("s") else "reps"
            least, most = (float(match["least"]), match["most"] and float(match["most"])) if match else (0.0, None)
            whole = name == "seconds" or not any((end or 0) % 1 for end in (least, most))
            if name in found or not 0 < least <= (most or least) or not whole:
                raise UsageError(
                    f"{text!r} is no goal: give the seconds of a hold, as 10s or 3-5s, the reps of each side, as 12 or "
                    "10-15, or both with a comma between them"
                )
            found[name] = (least, most or None)
        return cls(**found)


AS_ASKED: Final = Goal()
"""No goal of one's own."""
