"""Slow motion by a file's tags: how many pictures a second were filmed, and how many it plays."""

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from typing import Final

from formcheck.findings import Notice, NoticeCode

FILMED: Final = "com.android.capture.fps"
"""The tag in which Android phones say how many pictures a second were filmed. An iPhone's own file needs none: it has
the true times, and is slowed down only as the phone plays it."""

LEAST_FPS: Final = 90.0
LEAST_SLOWER: Final = 1.9
"""From so many pictures filmed a second, and so many times as many as are played, a file is slow motion (ours). A usual
recording in the dark plays half of its 30."""


def speed_of(tags: Mapping[str, str], played: Fraction | None) -> float:
    """How fast a file plays, 1 as it was filmed. tags: of the file; played: its pictures a second, if known."""
    try:
        filmed = float(tags.get(FILMED, "0"))
    except ValueError:
        return 1.0
    if not isfinite(filmed) or not played or filmed < max(LEAST_FPS, LEAST_SLOWER * float(played)):
        return 1.0
    return float(played) / filmed


def notices(speed: float) -> list[Notice]:
    """What to say of a file that plays at this speed by its tags."""
    return [] if speed == 1 else [Notice(NoticeCode.SLOW_BY_FILE, {"times": 1 / speed})]
