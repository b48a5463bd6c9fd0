"""The records as tables: in Markdown to read, as plain lists to keep."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks.accuracy.records import POINTS, Record, Records
from benchmarks.accuracy.rivals import RIVALS

DECIDED: Final = ("met", "fault")
VERDICTS: Final = ("met", "borderline", "fault", "not_assessed", "missing")
DASH: Final = "–"
HEADLINES: Final = ("back_straight", "low_back_pressed", "lift_several_inches", "hold_3_to_5_s", "hips_up")
VISIBLE: Final = 0.95
"""The share of a rep's frames in which its working joints must be visible to count as seen."""
RESAMPLES: Final = 1000
MOST_WRONG: Final = 60
"""Lines of a list of what is wrong; the rest is counted."""


class Section(NamedTuple):
    """A table with what to know about it."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def markdown(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        drawn = "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
        return "\n\n".join(part for part in (f"## {self.title}", self.about, drawn if self.rows else "None.") if part)


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
        Section("In short", SHORT, SHORT_HEAD, [*_recognised(ours), *_counted(ours), *_timed(ours), *_judged(ours)]),
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
    rows = [row for row in (*_recognised(ours), *_counted(ours), *_timed(ours)) if row[1] != DASH]
    short = Section("in short", f"Annotated by eye, to about 0.2 s. {INTERVAL}", SHORT_HEAD, rows)
    tables = (short, _counting(ours), _recognition(ours), _reps(ours), _wrong(ours))
    return [table._replace(title=f"Real footage: {table.title[0].lower()}{table.title[1:]}") for table in tables]


def number(values: Sequence[float], of: Callable[[Any], Any] = np.median, digits: int = 2) -> str:
    return f"{float(of(values)):.{digits}f}" if len(values) else DASH


def share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)}/{len(hits)}" if len(hits) else DASH


def percent(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.0f} %" if len(hits) else DASH


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


# --- in short ---------------------------------------------------------------------------------------------------------


INTERVAL: Final = (
    "`90 %` is the interval when whole bodies are drawn anew; where a share is 0 or 100 %, its other end is what as "
    "many bodies cannot rule out."
)
SHORT: Final = (
    f"{INTERVAL} A cue counts as visible where truth knows it, the rep was found, its working joints are hidden by "
    f"nothing in {100 * VISIBLE:.0f} % of frames, and the view shows it: widths only from the front."
)
SHORT_HEAD: Final = ("what", "figure", "of", "bodies", "90 %")


def _row(what: str, unit: str, records: Sequence[Record], of: Callable[[Sequence[Record]], float]) -> tuple[str, ...]:
    bodies = len({record["body"] for record in records})
    value = of(records) if records else float("nan")
    figure = f"{value:.3g} {unit}".strip() if records else DASH
    one_sided = unit == "%" and value in (0, 100)
    return (what, figure, str(len(records)), str(bodies), _rest(value, bodies) if one_sided else interval(records, of))


def _rest(value: float, bodies: int) -> str:
    """Interval of a share that is 0 or 100 % of all bodies: drawing them anew would always give the same.

    Source: the exact binomial bound at 5 %.
    """
    bound = 100 * (1 - 0.05 ** (1 / bodies))
    return f"0 to {bound:.3g}" if value == 0 else f"{100 - bound:.3g} to 100"


def _portion(test: Callable[[Record], bool]) -> Callable[[Sequence[Record]], float]:
    return lambda records: 100 * float(np.mean([test(r) for r in records])) if records else float("nan")


def _recognised(records: Records) -> list[tuple[str, ...]]:
    clips, negatives = records.clips, [c for c in records.clips if not c["true"]]
    false = [f["clip"] for f in records.false_bouts]

    def found(group: Sequence[Record]) -> float:
        frames = [c["frames"] for c in group]
        return (
            100 * float(np.average([c["frames_with_person"] for c in group], weights=frames)) if group else float("nan")
        )

    def a_minute(group: Sequence[Record]) -> float:
        return sum(false.count(c["clip"]) for c in group) / max(_minutes(group), 1e-9)

    return [
        _row("frames in which a person was found", "%", clips, found),
        _row("clips whose exercises were all recognised, and no other", "%", clips, _portion(_recognises)),
        _row("negatives with a false bout", "%", negatives, _portion(lambda c: c["clip"] in false)),
        _row("false bouts in negatives", "a minute", negatives, a_minute),
    ]


def _minutes(clips: Sequence[Record]) -> float:
    return sum(float(c["seconds"]) for c in clips) / 60


def _recognises(clip: Record) -> bool:
    return bool(clip["true"] == clip["found"])


def _counted(records: Records) -> list[tuple[str, ...]]:
    seen = [c for c in records.counts if c["visible"] is None or c["visible"] >= VISIBLE]
    hidden = [c for c in records.counts if c["visible"] is not None and c["visible"] < VISIBLE]
    exact = _portion(lambda c: c["formcheck"] == c["true"])
    return [
        _row("counts exact", "%", records.counts, exact),
        _row("counts exact, working joints visible", "%", seen, exact),
        _row("counts exact, working joints hidden at times", "%", hidden, exact),
    ]


def _timed(records: Records) -> list[tuple[str, ...]]:
    rows = []
    for what, name in (("start", "start_error_s"), ("end", "end_error_s"), ("hold", "hold_error_s")):
        known = [r for r in records.reps if r[name] is not None]
        for of, word in ((np.median, "median"), (p95, "95th percentile")):
            rows.append(_row(f"error of the {what}, {word}", "s", known, _size(name, of)))
    sides = [r for r in records.reps if r["side"] and r["view"] == "side"]
    rows.append(_row("side right, seen from the side", "%", sides, _portion(lambda r: r["side"] == r["side_found"])))
    return rows


def _size(name: str, of: Callable[[Any], Any]) -> Callable[[Sequence[Record]], float]:
    return lambda records: float(of([abs(r[name]) for r in records])) if records else float("nan")


def _judged(records: Records) -> list[tuple[str, ...]]:
    known = [r for r in records.verdicts if r["met"] is not None]
    given = [r for r in known if r["verdict"] in DECIDED]
    wrong, decided = _portion(is_wrong), _portion(lambda r: r["verdict"] in DECIDED)
    intervals = [r for r in known if r["inside"] is not None]
    rows = [
        _row("verdicts that are wrong", "%", given, wrong),
        _row("visible cues that get met or fault", "%", [r for r in known if _is_visible(r)], decided),
        _row("90 % intervals that hold the true value", "%", intervals, _portion(lambda r: r["inside"])),
        _row(
            "sagittal verdicts from the front",
            "%",
            [r for r in known if r["view"] == "front" and r["cue"] not in FRONTAL],
            decided,
        ),
    ]
    for cue in HEADLINES:
        visible = [r for r in known if r["cue"] == cue and _is_visible(r)]
        rows.append(_row(f"`{cue}`: visible ones judged", "%", visible, decided))
        rows.append(_row(f"`{cue}`: wrong", "%", [r for r in given if r["cue"] == cue], wrong))
    return rows


WIDTHS: Final = ("feet_shoulder_width", "toes_forward")
"""Cues that only a view from the front or the feet can show."""

FRONTAL: Final = (
    *WIDTHS,
    *("hold_3_to_5_s", "hold_30_s", "lower_slowly"),
    *("three_per_side", "ten_to_fifteen_per_leg"),
)
"""Cues that a view from the front may show."""


def _is_visible(record: Record) -> bool:
    seen = record["visible"] is None or record["visible"] >= VISIBLE
    shows = (record["view"] == "front") == (record["cue"] in WIDTHS)
    return bool(seen and shows and record["verdict"] != "missing")


def is_wrong(record: Record) -> bool:
    """Whether a verdict says met or fault where the other is true; `met` must be known."""
    return record["verdict"] in DECIDED and (record["verdict"] == "met") is not record["met"]


# --- in detail --------------------------------------------------------------------------------------------------------


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
        others, minutes = sum(false.count(c["clip"]) for c in group), _minutes(group)
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
        covered = [r["verdict"] in DECIDED for r in known if _is_visible(r)]
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
                share([v["verdict"] in DECIDED for v in known if _is_visible(v)]),
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
