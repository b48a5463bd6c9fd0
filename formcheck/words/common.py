"""Words that go into many sentences."""

from collections.abc import Sequence
from typing import Final

LIKE_THIS: Final = "Like this"
NOT_LIKE_THIS: Final = "Not like this"
HOLD_STILL: Final = "Hold the pictures still"
"""Under a demonstration of the right way, and of a fault; and on the box that stops them."""


def capital(text: str) -> str:
    """The text with a capital."""
    return text[:1].upper() + text[1:]


def plural(n: int, word: str) -> str:
    """A number of things: `1 rep`, `3 reps`."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def none_of(titles: Sequence[str]) -> str:
    """That none of the exercises was seen, as part of a sentence: `no leg lift`."""
    names = [title[:1].lower() + title[1:] for title in titles]
    return f"no {names[0]}" if len(names) == 1 else f"none of these exercises: {', '.join(names)}"


def label(cue_id: str) -> str:
    """A cue's id as words: `hold_3_to_5_s` -> Hold 3 to 5 s."""
    return capital(cue_id.replace("_", " "))


def shown(title: str, cue_id: str | None = None) -> str:
    """What a demonstration of an exercise shows, for those who do not see it; with a cue, of its fault."""
    return f"{title}: not like this ({label(cue_id).lower()})" if cue_id else f"{title}: like this"


def printable(text: str) -> str:
    r"""Text for one line of a terminal or a page. Characters that are not seen, such as those that steer a terminal or
    turn the way of reading, are spelled out: `\x1b` for an escape.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
