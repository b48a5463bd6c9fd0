"""The records as tables: in Markdown to read, as plain lists to keep."""

from typing import Any, Final

import numpy as np

from benchmarks.accuracy.records import POINTS, Records
from benchmarks.accuracy.rivals import RIVALS
from benchmarks.accuracy.short import DECIDED, by_eye_in_short, in_short, is_visible, is_wrong, minutes_of
from benchmarks.tables import DASH, Section, by, mean_size, number, p95, share

VERDICTS: Final = ("met", "borderline", "fault", "not_assessed", "missing")
MOST_WRONG: Final = 60
"""Lines of a list of what is wrong; the rest is counted."""


def sections(records: Records) -> list[Section]:
    """All tables: of rendered clips, then of real footage by itself."""
    made = []
    for real, of in ((False, _rendered), (True, _real)):
        part = records.where("real", real)
        if part.clips:
            made += of(part, part.where("source", "formcheck"))
    return made


def _rendered(both: Records, ours: Records) -> list[Section]:
    return [
        in_short(ours),
        _counting(ours),
        _recognition(ours),
        _reps(ours),
        _cues(ours),
        _values(ours),
        _turned(ours),
        _angles(both),
        _landmarks(both),
        *([_sources(both)] if any(r["source"] == "solutions" for r in both.landmarks) else []),
        _wrong(ours),
    ]


def _real(_: Records, ours: Records) -> list[Section]:
    """What annotations by eye can tell: no joints, cues or cameras."""
    tables = (by_eye_in_short(ours), _counting(ours), _recognition(ours), _reps(ours), _wrong(ours))
    return [table._replace(title=f"Real footage: {table.title[0].lower()}{table.title[1:]}") for table in tables]


def _counting(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    counters = [f"{name}{on}" for on in ("", " on solutions") for name in ("formcheck", *RIVALS)]
    for counter in counters:
        for (exercise,), group in [(("all",), records.counts), *by(records.counts, "exercise")]:
            off = [abs(r[counter] - r["true"]) for r in group if counter in r]
            if off:
                cells = (share([o == 0 for o in off]), share([o <= 1 for o in off]), number(off, np.mean))
                rows.append((counter, exercise, *cells))
    about = (
        "A row is one counter over the clips; off by one includes exact. `on solutions`: on the landmarks of mediapipe "
        "0.10.21's `solutions.pose` instead of formcheck's. The rivals are left out where a clip has several exercises."
    )
    return Section("Counting", about, ("counter", "exercise", "exact", "off by one", "mean error"), rows)


def _recognition(records: Records) -> Section:
    """Of each exercise and view, and of each kind of negative."""
    false = [f["clip"] for f in records.false_bouts]
    cases = [
        {"true": name, "view": clip["view"], "hit": name in clip["found"], "clip": clip["clip"], "body": clip["body"]}
        for clip in records.clips
        for name in clip["true"]
    ]
    rows: list[tuple[Any, ...]] = []
    for (name, view), group in by(cases, "true", "view"):
        others = sum(false.count(case["clip"]) for case in group)
        bodies = len({case["body"] for case in group})
        rows.append((name, view, len(group), bodies, share([case["hit"] for case in group]), others, DASH))
    for (kind,), group in by([c for c in records.clips if not c["true"]], "kind"):
        others, minutes = sum(false.count(c["clip"]) for c in group), minutes_of(group)
        a_minute = f"{others / minutes:.2f}" if minutes else DASH
        rows.append((f"none: {kind}", "all", len(group), len({c["body"] for c in group}), DASH, others, a_minute))
    head = ("exercise", "view", "clips", "bodies", "recognised", "bouts of others", "those a minute")
    return Section("Recognition", "", head, rows)


def _reps(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    groups = [(("all", "all"), records.reps), *by(records.reps, "exercise", "view")]
    for (exercise, view), group in groups:
        cells = []
        for name in ("start_error_s", "end_error_s", "hold_error_s"):
            sizes = [abs(r[name]) for r in group if r[name] is not None]
            cells.append(f"{number(sizes)}, {number(sizes, p95)}")
        sides = [r["side"] == r["side_found"] for r in group if r["side"]]
        lost = [
            u["what"] for u in records.unmatched if exercise == "all" or (u["exercise"], u["view"]) == (exercise, view)
        ]
        rows.append((exercise, view, len(group), lost.count("missed"), lost.count("extra"), *cells, share(sides)))
    about = (
        "Median and 95th percentile of the error's size, seconds, of reps that were found; `missed` and `extra` share "
        "too little time with any."
    )
    head = ("exercise", "view", "found", "missed", "extra", "start", "end", "hold", "side right")
    return Section("Reps: start, end, hold and side", about, head, rows)


def _cues(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    for (exercise, cue), group in by(records.verdicts, "exercise", "cue"):
        known = [r for r in group if r["met"] is not None]
        cells = []
        for met in (True, False):
            counts = [sum(r["met"] is met and r["verdict"] == v for r in known) for v in VERDICTS]
            cells.append(" / ".join(str(count) for count in counts))
        wrong = [is_wrong(r) for r in known if r["verdict"] in DECIDED]
        covered = [r["verdict"] in DECIDED for r in known if is_visible(r)]
        inside = [r["inside"] for r in known if r["inside"] is not None]
        bodies = len({r["body"] for r in known})
        rows.append((exercise, cue, *cells, bodies, share(wrong), share(covered), share(inside)))
    ways = "met / borderline / fault / not assessed / rep missing"
    about = (
        "`wrong` is the share of met and fault that should be the other; `judged` the share of visible cues with met "
        "or fault; `inside` how often the 90 % interval holds the true value."
    )
    head = ("exercise", "cue", f"truly met: {ways}", "truly broken", "bodies", "wrong", "judged", "inside")
    return Section("Verdicts", about, head, rows)


def _values(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    measured = [r for r in records.verdicts if r["error"] is not None]
    for (exercise, cue, view), group in by(measured, "exercise", "cue", "view"):
        errors = [r["error"] for r in group]
        half = [(r["interval"][1] - r["interval"][0]) / 2 for r in group if r["interval"] is not None]
        cells = (number(errors), number(errors, mean_size), number([abs(e) for e in errors], p95), number(half))
        rows.append((exercise, cue, view, len(group), len({r["body"] for r in group}), *cells, group[0]["unit"]))
    about = (
        "Value minus truth of what was measured, borderline included: lift heights, hip depths, holds, arches. The "
        "person's true height is given."
    )
    head = ("exercise", "cue", "view", "reps", "bodies", "median", "mean size", "95th pct.", "half interval", "unit")
    return Section("Values by cue and view", about, head, rows)


def _turned(records: Records) -> Section:
    turned = [r for r in records.verdicts if r["state"] and r["met"] is not None]
    rows = [
        (
            state,
            "met" if met == "True" else "broken",
            len(group),
            *(sum(r["verdict"] == v for r in group) for v in VERDICTS),
        )
        for (state, met), group in by(turned, "state", "met")
    ]
    about = "Cues that were put near to their bound or far beyond it on purpose, and what they truly were."
    return Section("Cues put on purpose", about, ("put", "truly", "reps", *VERDICTS), rows)


def _landmarks(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    for (source, kind), group in by(records.landmarks, "source", "kind"):
        swapped = [100 * r["legs_swapped"] for r in group]
        cells = (*(number([r[p] for r in group]) for p in POINTS), number(swapped, np.mean, 0))
        rows.append((source, kind, len(group), *cells))
    about = (
        "Median distance from BlazePose's usual place of the joint, in trunks; share of frames with left and right leg "
        "exchanged."
    )
    return Section("Landmarks", about, ("landmarks of", "clips", "number", *POINTS, "legs exchanged, %"), rows)


def _angles(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = []
    for (exercise, angle, points, source), group in by(records.angles, "exercise", "angle", "points", "source"):
        cells = []
        for view in ("side", "oblique"):
            for near in (True, False):
                part = [r for r in group if r["view"] == view and r["near"] is near]
                bias, spread = (
                    number([r["bias"] for r in part], digits=1),
                    number([r["spread"] for r in part], digits=1),
                )
                cells.append(
                    f"{bias} ± {spread}, {number([r['mean_abs'] for r in part], np.mean, 1)}" if part else DASH
                )
        rows.append((exercise, angle, points, source, *cells))
    about = (
        "Degrees, within reps: median over clips of bias ± spread, then the mean size of the error. `near` is the side "
        "nearer to the camera. Points in the picture (`image`) and formcheck's measures are compared with the sagittal "
        "truth, world points with that in space; `measures, change` is what a measure moved since the rest before the "
        "rep."
    )
    views = ("side, near", "side, far", "oblique, near", "oblique, far")
    return Section("Joint angles", about, ("exercise", "angle", "points", "landmarks of", *views), rows)


def _sources(records: Records) -> Section:
    """Our core on our landmarks and on those of `solutions.pose`."""
    sources = {source: records.where("source", source) for source in ("formcheck", "solutions")}
    counters = {"formcheck": "formcheck", "solutions": "formcheck on solutions"}
    columns = []
    for source, part in sources.items():
        counted = [c for c in part.counts if counters[source] in c]
        lost = [u["what"] for u in part.unmatched]
        known = [v for v in part.verdicts if v["met"] is not None]
        columns.append(
            [
                share([c[counters[source]] == c["true"] for c in counted]),
                f"{lost.count('missed')}, {lost.count('extra')}",
                *(
                    number([abs(r[e]) for r in part.reps if r[e] is not None])
                    for e in ("start_error_s", "hold_error_s")
                ),
                share([is_wrong(v) for v in known if v["verdict"] in DECIDED]),
                share([v["verdict"] in DECIDED for v in known if is_visible(v)]),
                str(len(part.false_bouts)),
            ]
        )
    names = (
        *("counts exact", "reps missed, extra", "error of the start, median, s", "error of the hold, median, s"),
        *("verdicts that are wrong", "visible cues that get met or fault", "bouts of an exercise that is not there"),
    )
    about = "Segmentation and verdicts of formcheck, fed with either's landmarks, on the same clips."
    return Section("Our core on other landmarks", about, ("what", *sources), list(zip(names, *columns, strict=True)))


def _wrong(records: Records) -> Section:
    rows: list[tuple[Any, ...]] = [
        (c["clip"], DASH, f"{c['exercise']} counted {c['formcheck']}", f"true {c['true']}")
        for c in records.counts
        if c["formcheck"] != c["true"]
    ]
    rows += [(u["clip"], f"{u['start_s']:.1f}", f"{u['exercise']}: {u['what']} rep", DASH) for u in records.unmatched]
    rows += [
        (f["clip"], f"{f['start_s']:.1f}", f"false bout of {f['exercise']}, {f['reps']} reps", DASH)
        for f in records.false_bouts
    ]
    rows += [
        (r["clip"], f"{r['at_s']:.1f}", f"side {r['side_found']}", f"true {r['side']}")
        for r in records.reps
        if r["side"] and r["side"] != r["side_found"]
    ]
    rows += [
        (
            *(r["clip"], DASH if r["at_s"] is None else f"{r['at_s']:.1f}"),
            f"{r['cue']} {r['verdict']} with {valued(r['value_found'], r['unit_found'])}",
            f"true {valued(r['value'], r['unit'])}",
        )
        for r in records.verdicts
        if r["met"] is not None and is_wrong(r)
    ]
    about = "" if len(rows) <= MOST_WRONG else f"The first {MOST_WRONG} of {len(rows)}."
    return Section("Where it is wrong", about, ("clip", "at, s", "said", "truth"), rows[:MOST_WRONG])


def valued(value: float | None, unit: str | None) -> str:
    """A value with its unit, in words."""
    return DASH if value is None else f"{value:.3g} {unit}"
