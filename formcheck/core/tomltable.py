"""One table of a TOML file, key by key. Errors name the file and the table of a missing, unknown or wrong key."""

from collections.abc import Collection
from math import isfinite
from typing import TypeVar

from formcheck.errors import ExerciseError

Word = TypeVar("Word", bound=str)


class Table:
    """A table whose keys must all be asked for; a key that was asked for is gone. `done` complains of those left.

    Raises `ExerciseError`; `wrong` makes one for the caller to raise.
    """

    def __init__(self, file: str, name: str, values: object) -> None:
        self._where = f"{file}, [{name}]" if name else file
        self._inside = f"{name}." if name else ""
        if not isinstance(values, dict):
            raise ExerciseError(f"{self._where}: a table is needed here; found {values!r}")
        self._file, self._values = file, dict(values)

    def wrong(self, what: str) -> ExerciseError:
        """An error that says where it is and what is wrong."""
        return ExerciseError(f"{self._where}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self._values.pop(key, default)
        if value is None:
            raise self.wrong(f"{key!r} is missing")
        if not isinstance(value, str):
            raise self.wrong(f"{key!r} must be a text in quotes; found {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none if the key is missing."""
        values = self._values.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key!r} must be a list of texts in quotes; found {values!r}")
        return tuple(values)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A number or a list of them; none if the key is missing."""
        value = self._values.pop(key, [])
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one) for one in values):
            raise self.wrong(f"{key!r} must be a number or a list of numbers; found {value!r}")
        return tuple(map(float, values))

    def word(self, key: str, allowed: Collection[Word], default: Word | None = None) -> Word:
        """A text that is one of those allowed."""
        value = self.text(key, default)
        for word in allowed:
            if word == value:
                return word
        raise self.wrong(f"{key} = {value!r} is not known; allowed: {', '.join(w or repr(w) for w in allowed)}")

    def number(self, key: str, default: float | None = None) -> float:
        """A number; without a default it must be there."""
        value = self.maybe_number(key)
        if value is None and default is None:
            raise self.wrong(f"{key!r} is missing")
        return default if value is None else value  # type: ignore[return-value]

    def maybe_number(self, key: str) -> float | None:
        """A number, or None if the key is missing."""
        value = self._values.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.wrong(f"{key!r} must be a number; found {value!r}")
        return None if value is None else float(value)

    def flag(self, key: str) -> bool:
        """True or false; false if the key is missing."""
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key!r} must be true or false; found {value!r}")
        return value

    def table(self, key: str) -> "Table":
        """The table under that key; an empty one if it is missing."""
        return Table(self._file, f"{self._inside}{key}", self._values.pop(key, {}))

    def tables(self, key: str) -> list["Table"]:
        """The tables of an array; none if the key is missing."""
        values = self._values.pop(key, [])
        if not isinstance(values, list):
            raise self.wrong(f"{key!r} must be written as [[{self._inside}{key}]]; found {values!r}")
        return [Table(self._file, f"{self._inside}{key} {i}", value) for i, value in enumerate(values, 1)]

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
            if not (isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value)):
                raise self.wrong(f"{key!r} must be [least, most]; found {value!r}")
            found[key] = (float(value[0]), float(value[1]))
        self._values = {}
        return found

    def done(self, allowed: str) -> None:
        """Complain of the keys that nobody asked for."""
        if self._values:
            raise self.wrong(f"{', '.join(map(repr, self._values))} is not known here; allowed: {allowed}")
