"""A report read back from its JSON."""

import dataclasses
import json
import types
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from formcheck.errors import FormcheckError
from formcheck.findings import Notice, NoticeCode, Trace
from formcheck.report.report import SCHEMA, Report


class SavedReportError(FormcheckError):
    """A file that is no report of formcheck's."""

    exit_code = 2


def read(path: Path) -> Report:
    """The report that a `report.json` holds, numbers as they were rounded. Raises `SavedReportError`."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["schema"] != SCHEMA:
            raise SavedReportError(f"{path} has the schema {found['schema']!r}; this version reads {SCHEMA}")
        notices = zip(found["warning_codes"], found["warnings"], strict=True)
        warnings = [{"code": code, "values": {"said": said}} for code, said in notices]
        report: Report = _made(Report, found | {"warnings": warnings})
    except FileNotFoundError as error:
        raise SavedReportError(
            f"there is no report in {path.parent}: {path.name} is missing; run formcheck analyze"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SavedReportError(f"{path} is no report of formcheck's, or of a newer one: {error}") from error
    return report


def _made(kind: Any, value: Any) -> Any:
    """A value of a type out of JSON: dataclasses of objects, tuples of lists, codes of words."""
    inner = get_args(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return None if value is None else _made(next(one for one in inner if one is not types.NoneType), value)
    if get_origin(kind) is tuple:
        each = (inner[0],) * len(value) if inner[1:] == (Ellipsis,) else inner
        return tuple(_made(one, item) for one, item in zip(each, value, strict=True))
    return _object(kind, value) if isinstance(kind, type) else value


def _object(kind: type, value: Any) -> Any:
    if kind is Trace:  # long rows of numbers, which may be null
        return Trace(value["label"], value["unit"], tuple(value["time_s"]), tuple(value["value"]))
    if kind is Notice:
        return Notice(NoticeCode(value["code"]), value["values"])
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _made(hints[name], value[name]) for name in hints if name in value})
    if isinstance(value, kind) or (kind is float and isinstance(value, int)):
        return value
    if issubclass(kind, StrEnum):
        return kind(value)
    raise TypeError(f"{value!r} should be {kind.__name__}")
