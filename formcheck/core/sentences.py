"""The sentences of exercise files: format strings over what was measured and asked for; for each bound its own."""

from typing import Final, NamedTuple

from formcheck.core.tomltable import Table
from formcheck.units import UNITS, Lengths, bound

SAY_LETTERS: Final = 60
"""The most letters that may be spoken for a fault (ours: four seconds of speech)."""

_FIELDS: Final = {
    "value": 1.0,
    "value_cm": 1.0,
    "value_in": 1.0,
    "length": "1 cm",
    "size": "1 cm",
    "range": "1 to 2",
    "left": 1,
    "right": 1,
    "done": "1 rep",
}
"""What a sentence can use, with examples. `range` is put in as the file is read, the others as a rep is judged."""


class Words(NamedTuple):
    """What is said of a value below the bounds and of one above them; empty for nothing."""

    low: str
    high: str


SILENT: Final = Words("", "")


def sentence(table: Table, key: str) -> str:
    """A text of a table that is not empty and has only known fields."""
    text = table.text(key)
    if not text:
        raise table.wrong(f"{key!r} is empty")
    table.check_sentence(text, _FIELDS)
    return text


def words(table: Table, key: str, *, two_sided: bool) -> Words:
    """One text for both sides, or, where there are two bounds, one for each."""
    if not table.is_table(key):
        return Words(*[sentence(table, key)] * 2)
    if not two_sided:
        raise table.wrong(f"'{key}.low' and '{key}.high' need both 'at_least' and 'at_most'")
    inner = table.table(key)
    found = Words(sentence(inner, "low"), sentence(inner, "high"))
    inner.done("low, high")
    return found


def spoken(table: Table, key: str, *, two_sided: bool) -> Words:
    """Words to be spoken, short enough for that; silent where there are none."""
    found = words(table, key, two_sided=two_sided) if table.has(key) else SILENT
    for text in found:
        if len(text) > SAY_LETTERS:
            raise table.wrong(f"'say' must be one short sentence, of at most {SAY_LETTERS} letters; found {len(text)}")
    return found


def asked(least: float | None, most: float | None, unit: str, lengths: Lengths) -> str:
    """What bounds ask for: `30`, `3 to 5`, `8 to 30 cm`. Lengths have their unit, as that is the person's choice."""
    ends = " to ".join(bound(end, unit, lengths) for end in (least, most) if end is not None)
    return f"{ends} {lengths}" if UNITS[unit].length else ends


def ranged(text: str, said: str) -> str:
    """A sentence with what is asked for in the place of `{range}`."""
    return text.replace("{range}", said)
