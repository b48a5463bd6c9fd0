"""Whether a change of how landmarks are found changes what formcheck says: two reports on one recording, compared.

python -m benchmarks.pipeline.verdicts BEFORE AFTER

Each is a report's JSON, or a folder of them, matched by name.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.accuracy.records import pairs
from benchmarks.command import exits
from formcheck.errors import UsageError
from formcheck.report.report import Report

TIMES: Final = ("start_s", "peak_s", "end_s", "hold_from_s", "hold_to_s")
MOST_BORDERLINE: Final = 0.01
MOST_SECONDS: Final = 0.05

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between reports.

    compared: verdicts that both have. flips: those that went from met to fault or back, in words. borderline: how many
    went to or from borderline. unassessed: how many went to or from not assessed. alone: reps and sets that one report
    has and the other lacks, in words. reps: pairs of reps. time_s: the largest difference among their times, seconds.
    """

    compared: int = 0
    flips: tuple[str, ...] = ()
    borderline: int = 0
    unassessed: int = 0
    alone: tuple[str, ...] = ()
    reps: int = 0
    time_s: float = 0.0

    def __add__(self, other: "Changes") -> "Changes":
        summed = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Changes(**summed | {"time_s": max(self.time_s, other.time_s)})

    @property
    def borderline_share(self) -> float:
        """The share of the compared verdicts that moved to or from borderline; 0 of none."""
        return self.borderline / self.compared if self.compared else 0.0

    def bounds(self) -> list[tuple[str, str, bool]]:
        """What must hold for verdicts to count as unchanged: the bound, what was found, whether it holds."""
        share = f"{self.borderline} of {self.compared}, {self.borderline_share:.1%}"
        return [
            ("no verdict flips between met and fault", _listed(self.flips), not self.flips),
            ("no rep or set is found by one run only", _listed(self.alone), not self.alone),
            ("at most 1 % move to or from borderline", share, self.borderline_share <= MOST_BORDERLINE),
            ("rep times within 0.05 s", f"{self.time_s:.3f} s at most, {self.reps} reps", self.time_s <= MOST_SECONDS),
        ]


class _Span(NamedTuple):
    start_s: float
    end_s: float


def compared(before: Report | Found, after: Report | Found) -> Changes:
    """What changed from one report to another on the same recording, each a `Report` or its JSON."""
    first, second = (plain.to_dict() if isinstance(plain, Report) else plain for plain in (before, after))
    changes = Changes()
    for name in sorted({bout["exercise"] for report in (first, second) for bout in report["bouts"]}):
        changes += _sets(name, *([b for b in r["bouts"] if b["exercise"] == name] for r in (first, second)))
    return changes


def compared_all(before: Mapping[str, Found], after: Mapping[str, Found]) -> Changes:
    """The same over many recordings, by name. Raises `UsageError` where the two hold different ones."""
    if before.keys() != after.keys() or not before:
        odd = ", ".join(sorted(before.keys() ^ after.keys())) or "none at all"
        raise UsageError(f"the two runs must hold reports on the same recordings; one only has: {odd}")
    return sum((compared(before[name], after[name]) for name in sorted(before)), Changes())


def reports(path: Path) -> dict[str, Found]:
    """The reports in a file or folder, by file name. Raises `UsageError` where there are none."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    try:
        found = {file.stem if path.is_dir() else "report": json.loads(file.read_text("utf-8")) for file in files}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} holds no reports that can be read: {error}") from error
    if not found or not all("bouts" in report for report in found.values()):
        raise UsageError(f"{path} must be a report.json, or a folder of such files and of nothing else named .json")
    return found


def _sets(name: str, before: Sequence[Found], after: Sequence[Found]) -> Changes:
    matched = _matched(before, after)
    changes = _alone(f"set of {name}", before, after, matched)
    for i, j in matched:
        where = f"{name} at {before[i]['start_s']:.1f} s"
        changes += _cues(where, before[i]["cues"], after[j]["cues"])
        changes += _reps(where, before[i]["reps"], after[j]["reps"])
    return changes


def _reps(where: str, before: Sequence[Found], after: Sequence[Found]) -> Changes:
    matched = _matched(before, after)
    changes = _alone(f"rep of {where}", before, after, matched)
    for a, b in ((before[i], after[j]) for i, j in matched):
        if (a["side"], a["partial"]) != (b["side"], b["partial"]):
            changes += Changes(alone=(f"rep of {where} at {a['start_s']:.1f} s is of another kind",))
        changes += Changes(reps=1, time_s=max(abs(a[time] - b[time]) for time in TIMES))
        changes += _cues(f"{where}, rep {a['index']}", a["cues"], b["cues"])
    return changes


def _cues(where: str, before: Sequence[Found], after: Sequence[Found]) -> Changes:
    changes = Changes()
    second = {cue["id"]: cue["verdict"] for cue in after}
    for cue in before:
        changes += _change(f"{where}, {cue['id']}", cue["verdict"], second[cue["id"]])
    return changes


def _change(where: str, before: str, after: str) -> Changes:
    if before == after:
        return Changes(compared=1)
    if {before, after} == {"met", "fault"}:
        return Changes(compared=1, flips=(f"{where}: {before} to {after}",))
    unassessed = "not_assessed" in (before, after)
    return Changes(compared=1, borderline="borderline" in (before, after), unassessed=unassessed)


def _matched(before: Sequence[Found], after: Sequence[Found]) -> list[tuple[int, int]]:
    spans: Any = [_Span(found["start_s"], found["end_s"]) for found in after]
    return pairs(before, spans)


def _alone(what: str, before: Sequence[Found], after: Sequence[Found], matched: Sequence[tuple[int, int]]) -> Changes:
    def left(found: Sequence[Found], place: int) -> Iterator[str]:
        with_partner = {pair[place] for pair in matched}
        return (f"{what} at {f['start_s']:.1f} s" for i, f in enumerate(found) if i not in with_partner)

    return Changes(alone=(*left(before, 0), *left(after, 1)))


def _listed(items: Sequence[str]) -> str:
    more = f"; {len(items) - 3} more" if len(items) > 3 else ""
    return f"{len(items)} ({'; '.join(items[:3])}{more})" if items else "none"


@exits
def main(arguments: Sequence[str] | None = None) -> int | None:
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 2:
        print(__doc__)
        return 2
    changes = compared_all(*(reports(Path(path)) for path in arguments))
    for bound, found, holds in changes.bounds():
        print(f"{'holds' if holds else 'FAILS':5} {bound}: {found}")
    print(f"to or from not assessed: {changes.unassessed} of {changes.compared}")
    return None


if __name__ == "__main__":
    sys.exit(main())
