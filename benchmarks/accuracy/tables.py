"""The records as tables in Markdown."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.records import POINTS, Record, Records
from benchmarks.accuracy.rivals import RIVALS

DECIDED: Final = ("met", "fault")
VERDICTS: Final = ("met", "borderline", "fault", "not_assessed", "missing")
DASH: Final = "–"


def markdown(records: Records, heading: str) -> str:
    """All tables."""
    parts = [
        heading,
        "## Clips\n\n" + _clips(records),
        "## Counting\n\nA row is one counter; off by one includes exact.\n\n" + _counting(records),
        "## Reps: error of start, end and hold, and the side\n\nMedian and 95th percentile of the size, seconds, of "
        "reps that were found; `missed` and `extra` share too little time with any.\n\n" + _reps(records),
        "## Verdicts\n\n`wrong` is the share of met and fault that should be the other; `coverage` the share of reps "
        "with a verdict; `inside` how often the 90 % interval holds the true value; `error` the median of value minus "
        "truth, then of its size.\n\n" + _cues(records),
        "## Faults turned on purpose\n\n" + _turned(records),
        "## Landmarks\n\nMedian distance from BlazePose's usual place of the joint, in trunks; share of frames with "
        "left and right leg swapped.\n\n" + _landmarks(records),
        "## Joint angles\n\nDegrees, median over clips, nearer side | other side.\n\n" + _angles(records),
        "## Where it is wrong\n\n" + _wrong(records),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def number(values: Sequence[float], of: Callable[[Any], Any] = np.median, digits: int = 2) -> str:
    return f"{float(of(values)):.{digits}f}" if len(values) else DASH


def share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)}/{len(hits)}" if len(hits) else DASH


def by(records: Sequence[Record], *keys: str) -> list[tuple[tuple[Any, ...], list[Record]]]:
    def key(record: Record) -> tuple[str, ...]:
        return tuple(str(record[k]) for k in keys)

    return [(name, list(group)) for name, group in groupby(sorted(records, key=key), key)]


def _clips(records: Records) -> str:
    clips = records.clips
    rows = [
        ("clips", len(clips)),
        ("frames in which a person was found", f"{100 * np.mean([c['frames_with_person'] for c in clips]):.1f} %"),
        ("clips whose exercises were all recognised, and no other", share([c["true"] == c["found"] for c in clips])),
        ("clips with none of the exercises", sum(not c["true"] for c in clips)),
        ("false bouts in those", sum(f["negative"] for f in records.false_bouts)),
        ("false bouts in others", sum(not f["negative"] for f in records.false_bouts)),
        ("median error of the camera's yaw, deg", number(_yaw_errors(clips), digits=0)),
    ]
    return table(("", ""), rows)


def _yaw_errors(clips: Sequence[Record]) -> list[float]:
    return [abs(c["yaw_found"] - float(c["yaw"])) for c in clips if c.get("yaw") and c["yaw_found"] is not None]


def _counting(records: Records) -> str:
    rows = []
    for counter in ("formcheck", *RIVALS):
        for (exercise,), group in [(("all",), records.counts), *by(records.counts, "exercise")]:
            off = [abs(r[counter] - r["true"]) for r in group if counter in r]
            cells = (share([o == 0 for o in off]), share([o <= 1 for o in off]), number(off, np.mean))
            rows.append((counter, exercise, *cells))
    return table(("counter", "exercise", "exact", "off by one", "mean error"), rows)


def _reps(records: Records) -> str:
    rows = []
    for (exercise,), group in [(("all",), records.reps), *by(records.reps, "exercise")]:
        cells = []
        for name in ("start_error_s", "end_error_s", "hold_error_s"):
            sizes = [abs(r[name]) for r in group if r[name] is not None]
            cells.append(f"{number(sizes)}, {number(sizes, lambda v: np.percentile(v, 95))}")
        sides = [r["side"] == r["side_found"] for r in group if r["side"]]
        lost = [u["what"] for u in records.unmatched if exercise in ("all", u["exercise"])]
        rows.append((exercise, len(group), lost.count("missed"), lost.count("extra"), *cells, share(sides)))
    return table(("exercise", "found", "missed", "extra", "start", "end", "hold", "side right"), rows)


def _cues(records: Records) -> str:
    rows = []
    for (exercise, cue), group in by(records.verdicts, "exercise", "cue"):
        known = [r for r in group if r["met"] is not None]
        cells = []
        for met in (True, False):
            counts = [sum(r["met"] is met and r["verdict"] == v for r in known) for v in VERDICTS]
            cells.append(" / ".join(str(count) for count in counts))
        decided = [r for r in known if r["verdict"] in DECIDED]
        covered = [r["verdict"] in (*DECIDED, "borderline") for r in known]
        errors = [r["error"] for r in known if r["error"] is not None]
        inside = [r["inside"] for r in known if r["inside"] is not None]
        error = f"{number(errors)}, {number([abs(e) for e in errors])} {group[0]['unit']}" if errors else DASH
        rows.append(
            (exercise, cue, *cells, share([_is_wrong(r) for r in decided]), share(covered), share(inside), error)
        )
    ways = "met / borderline / fault / not assessed / rep missing"
    return table(
        ("exercise", "cue", f"truly met: {ways}", "truly broken", "wrong", "coverage", "inside", "error"), rows
    )


def _is_wrong(record: Record) -> bool:
    return record["verdict"] in DECIDED and (record["verdict"] == "met") is not record["met"]


def _turned(records: Records) -> str:
    turned = [r for r in records.verdicts if r["turned"] and r["met"] is not None]
    rows = [
        (state, len(group), *(sum(r["verdict"] == v for r in group) for v in VERDICTS))
        for (state,), group in by(turned, "state")
    ]
    return table(("turned", "reps", *VERDICTS), rows)


def _landmarks(records: Records) -> str:
    kinds = {c["clip"]: c.get("kind", "") for c in records.clips}
    rows = []
    for kind in sorted(set(kinds.values())):
        group = [r for r in records.landmarks if kinds[r["clip"]] == kind]
        swapped = [100 * r["legs_swapped"] for r in group]
        rows.append((kind, len(group), *(number([r[p] for r in group]) for p in POINTS), number(swapped, np.mean, 0)))
    return table(("clips", "number", *POINTS, "legs swapped, %"), rows)


def _angles(records: Records) -> str:
    rows = []
    for (exercise, angle, points), group in by(records.angles, "exercise", "angle", "points"):
        cells = [
            " | ".join(
                f"{number([r['bias'] for r in part], digits=1)} ± {number([r['spread'] for r in part], digits=1)}"
                for part in ([r for r in seen if r["near"]], [r for r in seen if not r["near"]])
            )
            for seen in ([r for r in group if r["yaw"] >= 65], [r for r in group if r["yaw"] < 65])
        ]
        rows.append((exercise, angle, points, *cells))
    head = ("exercise", "angle", "points", "side-on, nearer", "side-on, other", "oblique, nearer", "oblique, other")
    return table(head, rows)


def _wrong(records: Records) -> str:
    lines = [
        f"- `{c['clip']}`: {c['exercise']} counted {c['formcheck']}, true {c['true']}"
        for c in records.counts
        if c["formcheck"] != c["true"]
    ]
    lines += [
        f"- `{u['clip']}`: {u['exercise']}, {u['what']} rep {u['start_s']:.2f} to {u['end_s']:.2f} s"
        for u in records.unmatched
    ]
    lines += [
        f"- `{f['clip']}`: false bout of {f['exercise']} at {f['start_s']:.1f} s, {f['reps']} reps"
        for f in records.false_bouts
    ]
    lines += [
        f"- `{r['clip']}`: side {r['side_found']}, true {r['side']}"
        for r in records.reps
        if r["side"] and r["side"] != r["side_found"]
    ]
    for r in records.verdicts:
        if r["met"] is not None and _is_wrong(r):
            rep = "set" if r["rep"] is None else f"rep {r['rep']}"
            found = DASH if r["value_found"] is None else f"{r['value_found']:.3g} {r['unit_found']}"
            true = DASH if r["value"] is None else f"{r['value']:.3g} {r['unit']}"
            lines.append(f"- `{r['clip']}`, {rep}: {r['cue']} {r['verdict']} with {found}, true {true}")
    return "\n".join(lines) or "Nowhere."
