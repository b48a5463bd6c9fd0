"""What docs/formats.md says of every key of report.json, held against a report."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "formats.md"

KINDS: Final[dict[str, tuple[type, ...]]] = {
    "text": (str,),
    "number": (int, float),
    "whole number": (int,),
    "true or false": (bool,),
    "list": (list,),
    "object": (dict,),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the page describes it: its kind, its unit or the key that says it, and whether it may be null."""

    kind: str
    unit: str
    nullable: bool


@cache
def described() -> dict[str, dict[str, Key]]:
    """Every object of a report by its path ("" for the report itself), with its keys."""
    section = re.split(r"^## ", PAGE.read_text("utf-8").split("\n## report.json\n")[1], flags=re.MULTILINE)[0]
    found: dict[str, dict[str, Key]] = {}
    for part in section.split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*)\| [^|]+ \|([^|]*)\|$", text, flags=re.MULTILINE)
        assert len(rows) == text.count("\n| `"), heading
        keys = {key: Key(kind, unit.strip(), bool(null.strip())) for key, kind, unit, null in rows}
        found |= dict.fromkeys(re.findall(r"`([^`]+)`", heading) or [""], keys)
    return found


def objects(item: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a report with its path."""
    if isinstance(item, dict):
        yield path, item
        for key, value in item.items():
            yield from objects(value, f"{path}.{key}".lstrip("."))
    if isinstance(item, list):
        for one in item:
            yield from objects(one, f"{path}[]")


def as_described(report: dict[str, Any]) -> None:
    """Every object has the keys of the page and no others, of the kind that it says; null only where that may be."""
    for path, found in objects(report):
        keys = described()[path]
        assert set(found) == set(keys), path
        for name, key in keys.items():
            value = found[name]
            if value is None:
                assert key.nullable, (path, name)
            else:
                assert isinstance(value, KINDS[key.kind]), (path, name, value)
                assert isinstance(value, bool) == (key.kind == "true or false"), (path, name, value)
