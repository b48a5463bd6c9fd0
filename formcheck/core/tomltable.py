"""One table of a TOML file, key by key. Errors name the file and the table of a missing, unknown or wrong key.

Files come from strangers: how long one may be is seen before it is parsed, numbers are finite, and sentences can use
the names they are given and nothing else.
"""

import re
import reprlib
import textwrap
import tomllib
from collections.abc import Collection, Mapping
from math import inf, isfinite
from pathlib import Path
from string import Formatter
from typing import Final, TypeVar

from formcheck.errors import ExerciseError

Word = TypeVar("Word", bound=str)

MOST_LETTERS: Final = 100_000
LONGEST_LINE: Final = 2000
"""A file and a line of it have at most so many letters (ours: ten times what ships). A long dotted key alone would take
gigabytes."""

MOST_SAID: Final = 500
"""So many letters of a complaint are told (ours): it may repeat what the file says."""

_SPEC: Final = re.compile(r"(\.[0-3]f|d)?")
_SHORT: Final = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 100


def tables_of(text: str, file: str) -> "Table":
    """The table that a TOML text is. Raises `ExerciseError` for text that is not TOML, or too long; names `file`."""
    longest = max(map(len, text.splitlines()), default=0)
    if len(text) > MOST_LETTERS or longest > LONGEST_LINE:
        found = f"found {len(text)}, and {longest} in a line"
        raise ExerciseError(f"{file} may have {MOST_LETTERS} letters at most, and {LONGEST_LINE} in a line; {found}")
    try:
        return Table(file, "", tomllib.loads(text))
    except RecursionError:
        raise ExerciseError(f"{file} is not valid TOML: brackets within brackets, too deep to be read") from None
    except ValueError as error:  # also of numbers with thousands of digits
        raise ExerciseError(f"{file} is not valid TOML: {error}") from None


def read_text(path: Path, what: str) -> str:
    """The text of a file; `what` it is stands in the `ExerciseError` that this raises where there is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MOST_LETTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ExerciseError(f"the {what} {path} cannot be read: {error}") from None


def _finite(value: object) -> float | None:
    """A number as a float; None for what is none, or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


class Table:
    """A table whose keys must all be asked for; a key that was asked for is gone. `done` complains of those left.

    Raises `ExerciseError`; `wrong` makes one for the caller to raise.
    """

    def __init__(self, file: str, name: str, values: object) -> None:
        self._where = f"{file}, [{name}]" if name else file
        self._inside = f"{name}." if name else ""
        if not isinstance(values, dict):
            raise ExerciseError(f"{self._where}: a table is needed here; found {_SHORT.repr(values)}")
        self._file, self._values = file, dict(values)

    def wrong(self, what: str) -> ExerciseError:
        """An error that says where it is and what is wrong."""
        return ExerciseError(f"{self._where}: {textwrap.shorten(what, MOST_SAID, placeholder=' ...')}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self._values.pop(key, default)
        if value is None:
            raise self.wrong(f"{key!r} is missing")
        if not isinstance(value, str):
            raise self.wrong(f"{key!r} must be a text in quotes; found {_SHORT.repr(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none if the key is missing."""
        values = self._values.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key!r} must be a list of texts in quotes; found {_SHORT.repr(values)}")
        return tuple(values)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A number or a list of them; none if the key is missing."""
        value = self._values.pop(key, [])
        found = [_finite(one) for one in (value if isinstance(value, list) else [value])]
        numbers = tuple(one for one in found if one is not None)
        if len(numbers) < len(found):
            raise self.wrong(f"{key!r} must be a number or a list of numbers; found {_SHORT.repr(value)}")
        return numbers

    def word(self, key: str, allowed: Collection[Word], default: Word | None = None) -> Word:
        """A text that is one of those allowed."""
        value = self.text(key, default)
        for word in allowed:
            if word == value:
                return word
        raise self.wrong(
            f"{key} = {_SHORT.repr(value)} is not known; allowed: {', '.join(w or repr(w) for w in allowed)}"
        )

    def number(self, key: str, default: float | None = None, *, least: float = -inf, most: float = inf) -> float:
        """A number from `least` to `most`; without a default it must be there."""
        value = self.maybe_number(key)
        if value is None and default is None:
            raise self.wrong(f"{key!r} is missing")
        if value is not None and not least <= value <= most:
            raise self.wrong(f"{key!r} must be from {least:g} to {most:g}; found {value:g}")
        return default if value is None else value  # type: ignore[return-value]

    def maybe_number(self, key: str) -> float | None:
        """A finite number, or None if the key is missing."""
        if key not in self._values:
            return None
        value = self._values.pop(key)
        number = _finite(value)
        if number is None:
            raise self.wrong(f"{key!r} must be a number; found {_SHORT.repr(value)}")
        return number

    def flag(self, key: str) -> bool:
        """True or false; false if the key is missing."""
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key!r} must be true or false; found {_SHORT.repr(value)}")
        return value

    def table(self, key: str) -> "Table":
        """The table under that key; an empty one if it is missing."""
        return Table(self._file, f"{self._inside}{key}", self._values.pop(key, {}))

    def tables(self, key: str) -> list["Table"]:
        """The tables of an array; none if the key is missing."""
        values = self._values.pop(key, [])
        if not isinstance(values, list):
            raise self.wrong(f"{key!r} must be written as [[{self._inside}{key}]]; found {_SHORT.repr(values)}")
        return [Table(self._file, f"{self._inside}{key} {i}", value) for i, value in enumerate(values, 1)]

    def check_sentence(self, text: str, fields: Mapping[str, object]) -> None:
        """Complain of a sentence that uses anything but these names, a number's also as `{name:.1f}`; with examples."""
        try:
            used = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
            if not all(
                name in fields and not conversion and _SPEC.fullmatch(spec or "") for name, spec, conversion in used
            ):
                raise ValueError("something else is used")
            text.format(**fields)
        except ValueError as error:
            raise self.wrong(
                f"a sentence can use {', '.join(fields)} in curly brackets, numbers also as {{value:.1f}}; "
                f"found {_SHORT.repr(text)}: {error}"
            ) from None

    def has(self, key: str) -> bool:
        """Whether the key is there and has not been asked for."""
        return key in self._values

    def is_table(self, key: str) -> bool:
        """Whether a table stands under the key."""
        return isinstance(self._values.get(key), dict)

    def pairs(self) -> dict[str, tuple[float, float]]:
        """All keys that are left, each as least and most."""
        found = {}
        for key, value in self._values.items():
            least, most = map(_finite, value) if isinstance(value, list) and len(value) == 2 else (None, None)
            if least is None or most is None or least > most:
                raise self.wrong(f"{key!r} must be [least, most]; found {_SHORT.repr(value)}")
            found[key] = least, most
        self._values = {}
        return found

    def done(self, allowed: str) -> None:
        """Complain of the keys that nobody asked for."""
        if self._values:
            raise self.wrong(
                f"{', '.join(map(_SHORT.repr, [*self._values][:10]))} is not known here; allowed: {allowed}"
            )
