"""Words that go into many sentences."""


def capital(text: str) -> str:
    """The text with a capital."""
    return text[:1].upper() + text[1:]


def plural(n: int, word: str) -> str:
    """A number of things: `1 rep`, `3 reps`."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def label(cue_id: str) -> str:
    """A cue's id as words: `hold_3_to_5_s` -> Hold 3 to 5 s."""
    return capital(cue_id.replace("_", " "))
