"""A report as a table: its rows, and the columns, which a batch has as well."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "exercise": ("string", "the bout's exercise"),
    "bout": ("int32", "the bout's number in the clip, from 1"),
    "rep": ("int32", "the rep's number in the bout, from 1; null on a cue of the whole set"),
    "partial": ("bool", "the clip cuts the rep: it does not count; null on a cue of the set, as all up to rep_score"),
    "side": ("string", "left, right or both: the person's own side that works"),
    "start_s": ("double", "the rep's start, seconds from the first shown frame"),
    "peak_s": ("double", "the rep's top, seconds"),
    "end_s": ("double", "the rep's end, seconds"),
    "hold_s": ("double", "how long the rep was held at its top, seconds"),
    "rep_score": ("double", "the rep's score, 0 to 100; null when no cue got a verdict"),
    "cue": ("string", "the cue's id; null on a rep that is judged by none"),
    "verdict": ("string", "met, borderline, fault or not_assessed"),
    "value": ("double", "what was measured, in `unit`; null when nothing was"),
    "unit": ("string", "the unit of value, low and high"),
    "low": ("double", "lower end of the 90 % interval"),
    "high": ("double", "upper end of the 90 % interval"),
    "at_s": ("double", "the moment that decided, seconds"),
    "message": ("string", "the sentence for the user; for not_assessed, the reason"),
    "reason_code": ("string", "why the cue was not assessed, as a code; null when it was"),
    "dose": ("bool", "the cue asks for how much is done, reps or seconds: it has no part in the score"),
    "fault": ("string", "the bound that a fault's value lies beyond: low or high; null on any other verdict"),
}
"""The columns: type and meaning."""

Row = dict[str, Any]

_OF_A_REP: Final = ("partial", "side", "start_s", "peak_s", "end_s", "hold_s")
_OF_A_CUE: Final = ("verdict", "value", "unit", "at_s", "message", "reason_code", "dose", "fault")


def rows(report: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a report, given as the values of its JSON: bouts in order, in each the reps, then the set.

    A row leaves out the columns that are null in it.
    """
    for number, bout in enumerate(report["bouts"], 1):
        of_bout = {"exercise": bout["exercise"], "bout": number}
        for rep in bout["reps"]:
            of_rep = of_bout | {"rep": rep["index"]} | {name: rep[name] for name in _OF_A_REP}
            of_rep["rep_score"] = rep["score"]
            for cue in rep["cues"] or [{}]:  # a rep without cues still counts
                yield of_rep | _of_cue(cue)
        for cue in bout["cues"]:
            yield of_bout | _of_cue(cue)


def _of_cue(cue: Mapping[str, Any]) -> Row:
    low, high = cue.get("interval") or (None, None)
    return {"cue": cue.get("id"), "low": low, "high": high} | {name: cue.get(name) for name in _OF_A_CUE}
