"""The report: what was found in one recording, its JSON and its table."""

import json
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from formcheck import demos, words
from formcheck.findings import Bout, Notice, Quality, Rep, Trace, Verdict, VideoInfo
from formcheck.report.summary import Quotes
from formcheck.report.table import COLUMNS, rows
from formcheck.units import Lengths

if TYPE_CHECKING:
    from formcheck.report.page import Extras

SCHEMA: Final = "formcheck.report/1"

_DECIMALS: Final = {"score": 1, "assessed": 3, "yaw_deg": 1, "value": 4, "interval": 4}
"""Decimals per key of the JSON; everything else (times, rates, shares) has three. Ours."""


@dataclass(frozen=True)
class Report:
    """What was found in one recording: the bouts in order of time, and warnings that concern all of it.

    `quality` is the work of the pose models; None where it is not known, as of landmarks of another program. `lengths`
    is what the sentences say lengths in; `height_cm` the person's height, None for the usual one.
    """

    video: VideoInfo
    bouts: tuple[Bout, ...]
    warnings: tuple[Notice, ...]
    quality: Quality | None = None
    lengths: Lengths = Lengths.CM
    height_cm: float | None = None

    @property
    def notes(self) -> list[str]:
        """The warnings as sentences."""
        return [_text(words.notice(notice)) for notice in self.warnings]

    def table(self) -> dict[str, list[Any]]:
        """A row for each rep and cue, then for each cue of the set, as columns of one length.

        pandas, polars and pyarrow take it as it is: `pandas.DataFrame(report.table())`. The numbers are those of the
        JSON, and None where nothing was measured. `formcheck.report.table.COLUMNS` says what each column holds, and in
        which unit. A batch writes the same columns for all its clips.

        >>> table = report.table()
        >>> table["exercise"][5], table["rep"][5], table["side"][5], table["hold_s"][5]
        ('leg_lift', 1, 'right', 2.1)
        >>> table["cue"][5], table["verdict"][5], table["value"][5], table["unit"][5]
        ('hold_3_to_5_s', 'fault', 2.1, 's')
        """
        found = list(rows(self.to_dict()))
        return {name: [row.get(name) for row in found] for name in COLUMNS}

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, schema `formcheck.report/1`; NaN and infinity become None."""
        return {"schema": SCHEMA} | _object(self) | self._after

    def to_json(self) -> str:
        """The report as JSON text that ends in a newline; write it as UTF-8."""
        return "".join(_json(self, "\n", {"schema": SCHEMA}, self._after)) + "\n"

    @property
    def _after(self) -> dict[str, Any]:
        """What the JSON holds after the fields."""
        return {"warning_codes": [str(notice.code) for notice in self.warnings], "caution": words.CAUTION}

    def html(
        self,
        video: str | None = None,
        *,
        quotes: Quotes | None = None,
        height_cm: float | None = None,
        embedded: bool = True,
        extras: "Extras | None" = None,
    ) -> str:
        """The report as one page that needs no network; write it as UTF-8.

        video: URL of the recording relative to the page; empty if the page gets it later, None when there is none.
        quotes: the source's words for the cues, shown with each cue that has some.
        height_cm: the person's height, which makes centimetres of lengths; None for the report's own, or the usual one.
        embedded: whether it holds its demonstrations; else it names them, and `demos.embedded` puts them in.
        extras: what the page's player draws, stills, and what stands on the print.
        """
        from formcheck.report.page import page  # noqa: PLC0415  brings jinja2, which only pages need

        found = self.clean()
        told = (found.video, found.bouts, found.notes)
        height, how = height_cm or found.height_cm, {"quality": found.quality, "lengths": found.lengths}
        made = page(*told, video=video, quotes=quotes, height_cm=height, extras=extras, **how)  # type: ignore[arg-type]
        return demos.embedded(made) if embedded else made

    def clean(self) -> "Report":
        """The same report, fit to be shown: None for NaN and infinity, and text that UTF-8 can hold."""
        found: Report = _clean(self)
        return found


def _clean(item: Any, name: str = "") -> Any:
    """What `Report.clean` makes of a finding, or of a field of this name."""
    if isinstance(item, str):
        return _text(item)
    if item is None or isinstance(item, int | float):
        return None if isinstance(item, float) and not math.isfinite(item) else item
    if isinstance(item, Trace):  # long, and drawing it skips NaN
        return Trace(_text(item.label), _text(item.unit), item.time_s, item.value)
    if isinstance(item, Notice):  # said by `notes`
        return item
    if isinstance(item, tuple):
        items = tuple(map(_clean, item))
        return None if name == "interval" and None in items else items
    return item.__class__(**{key: _clean(getattr(item, key), key) for key, _ in _keys(item.__class__)})


# JSON


def _plain(item: Any, decimals: int = 3) -> Any:
    """The findings as JSON values: dictionaries, lists, rounded numbers, text that UTF-8 can hold."""
    if isinstance(item, str):
        return _text(str(item))  # also makes plain text of a code
    if isinstance(item, float):
        # Adding zero turns -0.0 into 0.0.
        return round(float(item), decimals) + 0.0 if math.isfinite(item) else None
    if item is None or isinstance(item, int):
        return item
    if isinstance(item, Notice):
        return _text(words.notice(item))
    if isinstance(item, tuple):
        return [_plain(i, decimals) for i in item]
    return _object(item)


def _object(item: Any, without: Collection[str] = ()) -> dict[str, Any]:
    """What `_plain` makes of a finding's fields, without those in `without`."""
    plain = _numbers if isinstance(item, Trace) else _plain
    kept = ((name, decimals) for name, decimals in _keys(item.__class__) if name not in without)
    found = {name: plain(getattr(item, name), decimals) for name, decimals in kept}
    if isinstance(item, Verdict) and None in (found["interval"] or ()):
        found["interval"] = None
    return found | {"hold_s": _plain(item.hold_s)} if isinstance(item, Rep) else found


def _numbers(item: Any, decimals: int) -> Any:
    """What `_plain` makes of a trace's fields; its long rows of numbers are done all at once."""
    if not isinstance(item, tuple):
        return _plain(item)
    rounded = np.round(np.array(item, float), decimals) + 0.0
    found: list[float | None] = rounded.tolist()
    for at in np.flatnonzero(~np.isfinite(rounded)).tolist():
        found[at] = None
    return found


@cache
def _keys(kind: type) -> tuple[tuple[str, int], ...]:
    """The fields of a kind of finding, each with its decimals."""
    return tuple((field.name, _DECIMALS.get(field.name, 3)) for field in fields(kind))


_NOTHING: Final[Mapping[str, Any]] = {}


def _json(
    item: Any, start: str, before: Mapping[str, Any] = _NOTHING, after: Mapping[str, Any] = _NOTHING
) -> Iterator[str]:
    """A finding as JSON, in parts: a line for its own fields, and one for each finding in it.

    This is short to read and quick to write, and holds the plain values of only one line at a time. start: the line
    break and indent that begin a line. `before` and `after`: what stands before and after the fields.
    """
    inner = start + "  "
    held = {name: found for name, _ in _keys(item.__class__) if _many(found := getattr(item, name))}
    yield "{" + inner + _line({**before, **_object(item, held), **after})[1:-1]
    for name, found in held.items():
        yield f",{inner}{_line(name)}: ["
        # Findings in one tuple are of one kind, so the first tells whether any of them hold others.
        deep = any(_many(getattr(found[0], key)) for key, _ in _keys(found[0].__class__))
        for i, one in enumerate(found):
            yield ("," if i else "") + inner + "  "
            yield from _json(one, inner + "  ") if deep else (_line(_object(one)),)
        yield inner + "]"
    yield start + "}"


def _many(value: Any) -> bool:
    """Whether a field holds findings, each with fields of its own."""
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0]) and not isinstance(value[0], Notice)


_line: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _text(text: str) -> str:
    """The text, with a question mark for what UTF-8 cannot hold: the surrogates of file names that are not UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
