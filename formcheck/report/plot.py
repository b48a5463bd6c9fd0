"""The plot of the signals whose excursions are the reps, all in percent of width and height, to fit any screen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from formcheck import words
from formcheck.findings import Bout, Rep, Trace
from formcheck.report.summary import hits
from formcheck.units import Lengths, clock, figures

_MARKER_PX, _PHONE_PX, _SECOND_PX = 30, 300, 8
"""Layout, ours: a marker's width, the least width of a plot, and the least width of a second."""
_TICK_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretch of time a plot shows."""

    start_s: float
    end_s: float

    @classmethod
    def of(cls, bout: Bout) -> "Axis":
        """The stretch of a bout with its traces."""
        moments = [bout.start_s, bout.end_s, *(t for rep in bout.reps for t in (rep.start_s, rep.end_s))]
        moments += [t for trace in bout.traces for t in trace.time_s]
        return cls(min(moments), max(*moments, min(moments) + 1e-3))

    def x(self, seconds: float) -> float:
        """Where a moment lies, in percent of the width."""
        share = (seconds - self.start_s) / (self.end_s - self.start_s)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    @property
    def width_px(self) -> float:
        """The plot's least width."""
        return max(_PHONE_PX, _SECOND_PX * (self.end_s - self.start_s))

    def seconds(self, pixels: float) -> float:
        """How long so many pixels last on the narrowest screen."""
        return pixels * (self.end_s - self.start_s) / self.width_px


def plot(bout: Bout, trunk_cm: float, lengths: Lengths = Lengths.CM) -> dict[str, Any]:
    """What the page draws of a bout: faults, ticks, bands of the reps, and a lane for each signal.

    trunk_cm: the length of a trunk, in which the signals may be. lengths: what they are told in.
    """
    axis = Axis.of(bout)
    markers = _markers(bout, axis)
    return {
        "axis": axis,
        "markers": markers,
        "rows": 1 + max((m["row"] for m in markers), default=-1),
        "lanes": [_lane(trace, bout.reps, axis, trunk_cm, lengths) for trace in bout.traces],
        "ticks": _ticks(axis),
        "bands": [_band(rep, axis) for rep in bout.reps],
    }


def _ticks(axis: Axis) -> list[dict[str, Any]]:
    step = next((s for s in _TICK_STEPS if s >= axis.seconds(48)), _TICK_STEPS[-1])
    first, last = math.ceil(axis.start_s / step), math.floor(axis.end_s / step)
    return [{"x": axis.x(k * step), "text": clock(k * step)[:-2]} for k in range(first, last + 1)]


def _band(rep: Rep, axis: Axis) -> dict[str, Any]:
    """Where a rep and its hold lie, in percent of the width."""
    start, end = axis.x(rep.start_s), axis.x(rep.end_s)
    hold, to = axis.x(rep.hold_from_s), axis.x(rep.hold_to_s)
    return {"rep": rep, "x": start, "w": round(end - start, 2), "hold_x": hold, "hold_w": round(to - hold, 2)}


def _markers(bout: Bout, axis: Axis) -> list[dict[str, Any]]:
    """The faults in order of time, each in the first row where it covers no other."""
    faults = [hit for hit in hits(bout) if hit.cue.verdict == "fault" and hit.cue.at_s is not None]
    gap, ends, markers = axis.seconds(_MARKER_PX), list[float](), list[dict[str, Any]]()
    for hit in sorted(faults, key=lambda h: h.cue.at_s or 0.0):
        at = hit.cue.at_s or 0.0
        row = next((r for r, end in enumerate(ends) if at - end >= gap), len(ends))
        ends[row : row + 1] = [at]
        markers.append({"x": axis.x(at), "row": row, "hit": hit})
    return markers


def _lane(trace: Trace, reps: Sequence[Rep], axis: Axis, trunk_cm: float, lengths: Lengths) -> dict[str, Any]:
    """One signal: its line as an SVG path in a box of 100 x 100, its range and its dots at peaks and dips."""
    time, value = np.array(trace.time_s, float), np.array(trace.value, float)
    seen = np.isfinite(value)
    low, high = (float(value[seen].min()), float(value[seen].max())) if seen.any() else (0.0, 1.0)
    margin = 0.08 * (high - low) or 1.0
    y = np.round(100 * (high + margin - value) / (high - low + 2 * margin), 2)
    moments = [("peak", r.peak_s) for r in reps] + [("dip", dip.at_s) for r in reps for dip in r.dips]
    dots = [(kind, axis.x(at), float(y[seen][abs(time[seen] - at).argmin()])) for kind, at in moments if seen.any()]
    bottom, top, unit = figures(trace.unit, trunk_cm, low, high, lengths=lengths)
    return {
        "label": words.LANE.format(label=words.capital(trace.label), low=bottom, high=f"{top}{unit}").replace(
            " -", " −"
        ),
        "path": _path([axis.x(t) for t in trace.time_s], y.tolist()),
        "dots": dots,
    }


def _path(xs: Sequence[float], ys: Sequence[float]) -> str:
    """The line, lifted where nobody was seen."""
    parts, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if math.isnan(y):
            pen = "M"
        else:
            parts.append(f"{pen}{x:g} {y:g}")
            pen = "L"
    return "".join(parts)
