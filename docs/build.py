"""Write the pages of `docs/` that follow from code and data: `python docs/build.py`.

A page is a function that gives its text, and a line in `PAGES`; a test fails when the page beside it is another.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from formcheck import demos, words
from formcheck.core.exercise import Check, Cue, Exercise, Source, builtin
from formcheck.core.verdict import TRUNK_SHARE
from formcheck.units import UNITS

HERE: Final = Path(__file__).parent
DEMOS: Final = "../formcheck/demos"

INTRO: Final = """\
# The cues

What formcheck judges, exercise by exercise: the source's own words, how we read them as a number, and what the user is
told. This page is written by `python docs/build.py` from the files in
[`formcheck/exercises/`](../formcheck/exercises): change those, not this.

- A bound marked *ours* is our reading; the source gives no such number. Nobody has validated it clinically.
- A cue is met where the whole interval of the number lies within its bounds, a fault where it lies outside, else too
  close to call. The interval is meant to hold the true value nine times in ten: [accuracy.md](accuracy.md) says how
  often it did, [architecture.md](architecture.md#how-a-cue-is-judged) how it comes about.
- Where a value is too close to call, it is told with the bound: “You lowered in about 1.1 s; aim for clearly more than
  1 s.”
- A cue whose view is *front or feet* is seldom judged: from there few sets are recognised yet, and from the side it
  does not show.
- Lengths are in trunks, shoulder to hip; one trunk is taken as {trunk_share:g} of the body's height.
- *N* stands for the number that was found. *From rest* is the change from the person's own rest before the rep.
- For information, not medical advice.
"""

VIEWS: Final = {"side": "side", "front": "front or feet", "any": "any"}
PHASES: Final = {
    "rest": "at rest",
    "lifting": "on the way in",
    "hold": "during the hold",
    "lowering": "on the way back",
    "whole": "in the whole rep",
    "set": "in the set",
}
LEGS: Final = {"working": "", "other": " of the other leg", "both": " of the worse leg"}


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _bounds(check: Check) -> str:
    unit = UNITS[check.unit].written
    if check.at_least is None:
        words = f"at most {_number(check.at_most or 0.0)} {unit}"
    elif check.at_most is None:
        words = f"at least {_number(check.at_least)} {unit}"
    else:
        words = f"{_number(check.at_least)} to {_number(check.at_most)} {unit}"
    return words.strip()


def _taken(check: Check) -> str:
    """What is read, and when."""
    what = check.how.words.format(what=check.measure.replace("_", " "))
    return f"{what}{LEGS[check.leg]}{', from rest' if check.from_rest else ''}, {PHASES[check.phase]}"


def _said(template: str) -> str:
    return re.sub(r"\{[^}]*\}", "*N*", template)


def _place(source: Source) -> str:
    return f"*{source.title}*, “{source.section}”"


def _judged_row(cue: Cue, exercise: Exercise) -> tuple[str, ...]:
    quote = f"“{cue.quote}”" + (f" ({_place(cue.source)})" if cue.source != exercise.source else "")
    after = f", after `{cue.after}` was met" if cue.after else ""
    bounds, taken = ("; ".join(words(check) for check in cue.checks) for words in (_bounds, _taken))
    return f"`{cue.id}`", quote, cue.reading, bounds, taken + after, VIEWS[cue.view]


def _said_row(cue: Cue) -> tuple[str, ...]:
    faults, says = (
        " / ".join(dict.fromkeys(_said(text) for words in of for text in words if text))
        for of in ([check.fault for check in cue.checks], [check.say for check in cue.checks])
    )
    followed = " or ".join(f"{_taken(check)}, is {_bounds(check)}" for check in cue.advice_unless)
    advice = f"{cue.advice} (Not where {followed}.)" if followed else cue.advice or ""
    return f"`{cue.id}`", faults, says, _said(cue.met), advice


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _demos(exercise: Exercise) -> str:
    """The demonstrations of an exercise side by side, as HTML; empty where there is none."""
    shown: list[str | None] = [None, *demos.faults(exercise.name)]
    paths = {cue: path for cue in shown if (path := demos.demo(exercise.name, cue))}
    cells = (
        f'<picture><source media="(prefers-reduced-motion: reduce)" srcset="{DEMOS}/{path.stem}.still.webp">'
        f'<img src="{DEMOS}/{path.name}" width="240" height="180" alt="{words.shown(exercise.title, cue)}"></picture>\n'
        for cue, path in paths.items()
    )
    said = [f"`{cue}`" for cue in paths if cue]
    told = f" {words.LIKE_THIS}, and {words.NOT_LIKE_THIS.lower()}: {', '.join(said)}." if said else ""
    return f"\n{''.join(cells)}\n{told.strip()}\n" if paths else ""


def _section(exercise: Exercise) -> str:
    judged = ("cue", "the source's words", "our reading", "bounds", "what is read", "view")
    said = ("cue", "shown for a fault", "said aloud for it", "said when met", "advice with the fault")
    head = f"\n## {exercise.title}\n\n{exercise.summary} Source: {_place(exercise.source)}.\n"
    if exercise.advice:
        head += f"\nWhoever does it is told: “{exercise.advice}”\n"
    if not exercise.cues:
        return head
    return (
        f"{head}{_demos(exercise)}\n"
        f"{_table(judged, (_judged_row(cue, exercise) for cue in exercise.cues))}\n"
        f"{_table(said, map(_said_row, exercise.cues))}"
    )


def cues() -> str:
    """The page of all cues, from the exercise files."""
    return INTRO.format(trunk_share=TRUNK_SHARE) + "".join(_section(exercise) for exercise in builtin().values())


# --- accuracy.md ------------------------------------------------------------------------------------------------------

RESULTS: Final = HERE.parent / "benchmarks" / "accuracy" / "results"

SPLIT: Final = "test"
"""The split whose tables the page shows."""

ACCURACY: Final = """\
# How accurate formcheck is

This page is written by `python docs/build.py` from the tables of
[`benchmarks/accuracy`](../benchmarks/accuracy/README.md) and [`benchmarks/arch.py`](../benchmarks/arch.py);
[the whole tables]({tables}) say more, and where it is wrong.

**On what data.** {date}, formcheck {version}. Rendered people of the split `{split}`, with exact truth: bodies, rooms
and cameras on which nothing was found. How errors grow, biases and the widths of intervals come from the splits `tune`,
`tune2` and `intervals`, of 67 other bodies ([their tables](../benchmarks/accuracy/results/dev.md) flatter); what was
learned of hidden joints and of the arch comes from stills of yet others.

**What flatters.** A clip puts one cue on purpose, far from its bound or near to it. Eight bounds were read anew after
the clips were planned, because they lay within the error of any landmark: `hips_in_line`, `through_the_heels`,
`rear_knee_down`, `arms_high`, `leg_straight`, `lying_on_back`, `other_leg_down`, `front_knee_right_angle`. Of these
cues fewer values lie near the bound than was meant.

**What was never validated.** No clinical study stands behind any figure or bound here, and formcheck is no medical
device. No person was measured with markers or X-rays; how far a rendered spine's lordosis moves its contour is the body
model's word, not an anatomist's. Children, pregnant women, people with prostheses, and wheelchairs, braces or heavy
clothes were not tried. The figures on real footage are of a few clips annotated by eye, and of photographs.

**What "error" is.** Value less truth. A verdict is `wrong` if it says met where truth says fault, or the reverse;
`borderline` and `not assessed` are never wrong, and counted apart. A `half interval` is half the width of the 90 %
interval that the report shows beside the value. It is meant to hold the true value nine times in ten, and was made so
on those other splits; how often it did here is the row "90 % intervals that hold the true value".
"""


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / name).read_text("utf-8"))
    return found


def _titled(results: dict[str, Any], title: str) -> dict[str, Any]:
    return next(table for table in results["tables"] if table["title"] == title)


def _markdown(table: dict[str, Any], rows: list[list[Any]] | None = None) -> str:
    wanted = table["rows"] if rows is None else rows
    lines = _table(tuple(table["head"]), (tuple(str(cell) for cell in row) for row in wanted))
    return f"{table['about']}\n\n{lines}" if table["about"] else lines


def accuracy() -> str:
    """The page of what is known of the errors, from the committed tables."""
    whole, arches = _results(f"{SPLIT}.json"), _results("arch_stills.json")
    tables = f"../benchmarks/accuracy/results/{SPLIT}.md"
    told = ACCURACY.format(tables=tables, date=whole["date"], version=whole["formcheck"], split=SPLIT)
    counted = _titled(whole, "Counting")
    sections = [
        ("In short", _markdown(_titled(whole, "In short"))),
        ("Each verdict", _markdown(_titled(whole, "Verdicts"))),
        ("Each value, by view", _markdown(_titled(whole, "Values by cue and view"))),
        ("The arch of the back", _markdown(arches["tables"][0])),
        ("Reps: start, end, hold and side", _markdown(_titled(whole, "Reps: start, end, hold and side"))),
        ("Counting, beside simple rivals", _markdown(counted, [row for row in counted["rows"] if row[1] == "all"])),
        ("Joint angles", _markdown(_titled(whole, "Joint angles"))),
        *(
            (table["title"], _markdown(table))
            for table in whole["tables"]
            if table["title"].startswith("Real footage: in")
        ),
    ]
    return told + "".join(f"\n## {title}\n\n{text}" for title, text in sections)


JSON_KINDS: Final = {
    "text": "string",
    "number": "number",
    "whole number": "integer",
    "true or false": "boolean",
    "list": "array",
    "object": "object",
}
PLAIN_ITEMS: Final = {"interval": "number", "time_s": "number", "value": ["number", "null"]}
"""What lists of no objects hold; all others hold texts."""


def schema() -> str:
    """The JSON Schema of `report.json`, from the tables of formats.md."""
    section = (HERE / "formats.md").read_text("utf-8").split("\n## report.json\n")[1].split("\n## ")[0]
    tables: dict[str, list[tuple[str, ...]]] = {}
    for part in section.split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|([^|]*)\| ([^|]+) \|([^|]*)\|$", text, flags=re.MULTILINE)
        tables |= dict.fromkeys(re.findall(r"`([^`]+)`", heading) or [""], rows)
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "formcheck.report/1",
        "title": "A report of formcheck",
        **_object_schema(tables, ""),
    }
    found["properties"]["schema"]["const"] = "formcheck.report/1"
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _object_schema(tables: dict[str, list[tuple[str, ...]]], path: str) -> dict[str, Any]:
    """An object's schema; later versions may add keys."""
    properties: dict[str, Any] = {}
    for key, kind, unit, what, null in tables[path]:
        of = {"type": JSON_KINDS[kind.strip()]}
        inner = f"{path}.{key}".lstrip(".")
        if kind == "object" and inner in tables:
            of = _object_schema(tables, inner)
        elif kind == "list" and f"{inner}[]" in tables:
            of |= {"items": _object_schema(tables, f"{inner}[]")}
        elif kind == "list":
            of |= {"items": {"type": PLAIN_ITEMS.get(key, "string")}}
        of["description"] = what.replace("`", "") + (f" ({unit.strip().replace('`', '')})" if unit.strip() else "")
        of["type"] = [of["type"], "null"] if null.strip() else of["type"]
        properties[key] = of
    return {"type": "object", "required": list(properties), "properties": properties}


PAGES: Final[dict[str, Callable[[], str]]] = {
    "cues.md": cues,
    "accuracy.md": accuracy,
    "../formcheck/report/report.schema.json": schema,
}
"""Every file that is written here, by its name from `docs/`."""


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")
