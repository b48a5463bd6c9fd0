"""What came out in short: recognised, counted, timed and judged, with 90 % intervals over bodies."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.records import Record, Records
from benchmarks.tables import DASH, Section, interval, p95

DECIDED: Final = ("met", "fault")
HEADLINES: Final = (
    *("back_straight", "low_back_pressed", "lift_several_inches", "hold_3_to_5_s", "hips_up"),
    *("hips_in_line", "other_leg_down", "feet_shoulder_width", "toes_forward"),
)
VISIBLE: Final = 0.95
"""The share of a rep's frames in which its working joints must be visible to count as seen."""


INTERVAL: Final = (
    "`90 %` is the interval when whole bodies are drawn anew; where a share is 0 or 100 %, its other end is what as "
    "many bodies cannot rule out."
)
SHORT: Final = (
    f"{INTERVAL} A cue counts as visible where truth knows it, the rep was found, its working joints are hidden by "
    f"nothing in {100 * VISIBLE:.0f} % of frames, and the view shows it: widths only from the front."
)
SHORT_HEAD: Final = ("what", "figure", "of", "bodies", "90 %")


def in_short(records: Records) -> Section:
    """The figures of rendered clips."""
    rows = [*_recognised(records), *_counted(records), *_timed(records), *_judged(records)]
    return Section("In short", SHORT, SHORT_HEAD, rows)


def by_eye_in_short(records: Records) -> Section:
    """What annotations by eye can tell: nothing of cues."""
    rows = [row for row in (*_recognised(records), *_counted(records), *_timed(records)) if row[1] != DASH]
    return Section("In short", f"Annotated by eye, to about 0.2 s. {INTERVAL}", SHORT_HEAD, rows)


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
        return sum(false.count(c["clip"]) for c in group) / max(minutes_of(group), 1e-9)

    return [
        _row("frames in which a person was found", "%", clips, found),
        _row("clips whose exercises were all recognised, and no other", "%", clips, _portion(_recognises)),
        *(_row(what, "%", [c for c in clips if c["true"] and which(c)], _portion(_sees)) for what, which in SLANTED),
        _row("negatives with a false bout", "%", negatives, _portion(lambda c: c["clip"] in false)),
        _row("false bouts in negatives", "a minute", negatives, a_minute),
    ]


def _sees(clip: Record) -> bool:
    """Whether every exercise of the clip was recognised, perhaps others too."""
    return set(clip["true"]) <= set(clip["found"])


SLANTED: Final[tuple[tuple[str, Callable[[Record], bool]], ...]] = (
    ("lunges seen at a slant that were recognised", lambda c: c["view"] == "oblique" and "kneeling_lunge" in c["true"]),
    (
        "others seen at a slant that were recognised",
        lambda c: c["view"] == "oblique" and "kneeling_lunge" not in c["true"],
    ),
    ("clips from the front or the feet that were recognised", lambda c: c["view"] == "front"),
)


def minutes_of(clips: Sequence[Record]) -> float:
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
        _row(
            "the same, exact or with a warning",
            "%",
            hidden,
            _portion(lambda c: c["formcheck"] == c["true"] or bool(c.get("warned"))),
        ),
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
        _row("visible cues that get met or fault", "%", [r for r in known if is_visible(r)], decided),
        *(
            _row(
                f"visible cues {where} that get met or fault",
                "%",
                [r for r in known if is_visible(r) and which(r)],
                decided,
            )
            for where, which in VIEWS
        ),
        _row("cues of hidden joints that get met or fault", "%", [r for r in known if is_hidden(r)], decided),
        _row("verdicts of hidden joints that are wrong", "%", [r for r in given if is_hidden(r)], wrong),
        _row("90 % intervals that hold the true value", "%", intervals, _portion(lambda r: r["inside"])),
        _row(
            "sagittal verdicts from the front",
            "%",
            [r for r in known if r["view"] == "front" and r["cue"] not in FRONTAL],
            decided,
        ),
    ]
    for cue in HEADLINES:
        visible = [r for r in known if r["cue"] == cue and is_visible(r)]
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


def is_visible(record: Record) -> bool:
    seen = record["visible"] is None or record["visible"] >= VISIBLE
    shows = (record["view"] == "front") == (record["cue"] in WIDTHS)
    return bool(seen and shows and record["verdict"] != "missing")


def is_hidden(record: Record) -> bool:
    """Whether the rep's working joints are hidden for much of it, and the rep was found."""
    return record["visible"] is not None and record["visible"] < VISIBLE and record["verdict"] != "missing"


VIEWS: Final[tuple[tuple[str, Callable[[Record], bool]], ...]] = (
    ("from the side", lambda r: r["view"] == "side"),
    ("at a slant", lambda r: r["view"] == "oblique"),
    ("of widths, from the front", lambda r: r["cue"] in WIDTHS),
)


def is_wrong(record: Record) -> bool:
    """Whether a verdict says met or fault where the other is true; `met` must be known."""
    return record["verdict"] in DECIDED and (record["verdict"] == "met") is not record["met"]
