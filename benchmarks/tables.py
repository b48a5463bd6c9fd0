"""Tables in Markdown, and figures as their cells."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np

Record = dict[str, Any]

DASH: Final = "–"
RESAMPLES: Final = 1000


class Section(NamedTuple):
    """A table with what to know about it."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        drawn = "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
        return "\n\n".join(part for part in (f"## {self.title}", self.about, drawn if self.rows else "None.") if part)


def number(values: Sequence[float], of: Callable[[Any], Any] = np.median, digits: int = 2) -> str:
    return f"{float(of(values)):.{digits}f}" if len(values) else DASH


def share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)}/{len(hits)}" if len(hits) else DASH


def p95(values: Any) -> Any:
    return np.percentile(values, 95)


def mean_size(values: Any) -> Any:
    return np.abs(values).mean()


def by(records: Sequence[Record], *keys: str) -> list[tuple[tuple[Any, ...], list[Record]]]:
    def key(record: Record) -> tuple[str, ...]:
        return tuple(str(record[k]) for k in keys)

    return [(name, list(group)) for name, group in groupby(sorted(records, key=key), key)]


def interval(records: Sequence[Record], of: Callable[[Sequence[Record]], float]) -> str:
    """90 % interval of a figure of the records when whole bodies are drawn anew, with replacement.

    A dash where there is one body, or where every drawing gives the same figure: neither says how sure it is.
    """
    bodies = [group for _, group in by(records, "body")]
    if len(bodies) < 2:
        return DASH
    rng = np.random.default_rng(0)
    drawn = [
        of([record for i in rng.integers(len(bodies), size=len(bodies)) for record in bodies[i]])
        for _ in range(RESAMPLES)
    ]
    low, high = np.nanpercentile(drawn, (5, 95))
    return DASH if low == high else f"{low:.3g} to {high:.3g}"
