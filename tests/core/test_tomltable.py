"""Tables of TOML files, which may come from strangers."""

import pytest

from formcheck.core.tomltable import LONGEST_LINE, MOST_LETTERS, Table, tables_of
from formcheck.errors import ExerciseError

FIELDS = {"value": 1.0, "length": "1 cm"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a." * 50_000 + "b = 1", "in a line"),
        ("a = 1\n" * MOST_LETTERS, "letters at most"),
        ("a = " + "[" * (LONGEST_LINE - 10), "brackets within brackets"),
        ("a = [\n" + "[\n" * 10_000, "brackets within brackets"),
        ("a = " + "9" * 1990, "must be a number"),
        ("a = 0x" + "f" * 1500, "must be a number"),
        ("a = nan", "must be a number"),
        ("a = -inf", "must be a number"),
        ("a = true", "must be a number"),
        ("a = 'x'", "must be a number"),
    ],
)
def test_what_no_file_needs_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExerciseError, match=said) as found:
        tables_of(text, "my.toml").maybe_number("a")
    assert str(found.value).startswith("my.toml")
    assert len(str(found.value)) < 300


@pytest.mark.parametrize(
    "text", ["[1, inf]", "[nan, 1]", "[2, 1]", "[true, 1]", "[1]", "1", "[1, 0x" + "f" * 400 + "]"]
)
def test_bounds_are_finite_and_in_order(text: str) -> None:
    with pytest.raises(ExerciseError, match="must be"):
        tables_of(f"a = {text}", "my.toml").pairs()
    assert tables_of("a = [1, 2]", "my.toml").pairs() == {"a": (1.0, 2.0)}


def test_a_number_lies_between_its_ends() -> None:
    def number(value: float) -> float:
        return tables_of(f"a = {value}", "my.toml").number("a", least=0, most=600)

    assert number(600) == 600
    for value in (-1, 600.5):
        with pytest.raises(ExerciseError, match="from 0 to 600"):
            number(value)


@pytest.mark.parametrize("text", ["{value} cm", "{value:.1f}", "{value:.0f} and {length}", "{{value}}", "no field"])
def test_sentences_with_known_fields(text: str) -> None:
    Table("my.toml", "", {}).check_sentence(text, FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        *("{value.__class__}", "{value[0]}", "{value.nope}", "{value!r}", "{value:>1000000000}", "{value:{length}}"),
        *("{other}", "{}", "{0}", "{value", "value}", "{length:.1f}", "{value:d}", "{value:x}", "{value:.99999f}"),
    ],
)
def test_a_sentence_uses_nothing_else(text: str) -> None:
    with pytest.raises(ExerciseError, match="a sentence can use value, length"):
        Table("my.toml", "", {}).check_sentence(text, FIELDS)
