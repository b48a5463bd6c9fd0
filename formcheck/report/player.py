"""What the report's player needs: the landmarks, small, and the evidence of every cue that was judged."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from formcheck import words
from formcheck.body.landmarks import BONES
from formcheck.body.poses import BACK_NOT_RUN, Array, Poses
from formcheck.body.view import HIDDEN
from formcheck.core.ticks import Ticks
from formcheck.core.verdict import Scale
from formcheck.findings import Bout, Rep, Side, Verdict, VerdictName
from formcheck.media.draw import LEAST_VISIBILITY
from formcheck.media.marks import Mark
from formcheck.media.playable import Playable
from formcheck.report.evidence import TRAILS, Frame1, label, marks, trail
from formcheck.report.moments import compared, key, top, top_key
from formcheck.report.page import Extras
from formcheck.report.report import Report
from formcheck.report.summary import findings

MARGIN_S: Final = 2.0
"""How long before and after a bout its landmarks are kept (ours)."""

AROUND_S: Final = 0.5
"""How long before and after its moment the evidence of a fault or a close call is shown (ours)."""

LOOK_S: Final = 0.75
"""How far from its moment the contour of the back may have been seen: four times a second it is looked for."""

STEPS: Final = 4
"""Places are rounded to this part of a pixel, where the picture has no more than 8000 (ours)."""

ROWS: Final = sorted({row for bone in BONES for row in bone})
"""The landmarks that are drawn."""

_NOWHERE: Final = -(2**15)


@dataclass(frozen=True, slots=True)
class Moment:
    """A judged cue of a rep at its moment: `marks` by time, the one of the moment itself being at `at_s`."""

    key: str
    at_s: float
    title: str
    cue: Verdict
    marks: tuple[tuple[float, tuple[Mark, ...]], ...]

    @property
    def own(self) -> tuple[Mark, ...]:
        """The marks of the moment itself."""
        return min(self.marks, key=lambda one: abs(one[0] - self.at_s))[1] if self.marks else ()


@dataclass(frozen=True, slots=True)
class Shot:
    """What a still shows: a moment of a rep, the person then, and the marks. `kind` is the verdict."""

    key: str
    at_s: float
    kind: VerdictName
    side: Side
    poses: Poses | None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """What a player of a recording draws: the landmarks of each frame, packed, and the moments in order of time.

    `shots` are what stills show: the first of each fault and close call, and the best and the worst rep.
    """

    landmarks: str
    moments: tuple[Moment, ...]
    shots: tuple[Shot, ...] = ()

    def extras(self, report: Report) -> Extras:
        """What a page holds that gets the recording itself later, from whoever has it; its player makes the stills."""
        info = report.video
        plays = Playable("", info.rotate, info.speed, info.begins_s)
        return Extras(self.to_json(report, plays), {shot.key: "" for shot in self.shots}, info.rotate)

    def to_json(self, report: Report, as_played: Playable) -> str:
        """The player's data as JSON that may stand in a page. as_played: how the file plays that the page shows."""
        info = report.video
        bouts = [{"from": b.start_s, "to": b.end_s, "reps": [_rep(b, r) for r in b.reps]} for b in report.bouts]
        found = {
            "size": [info.width, info.height],
            "rotate": as_played.rotate,
            "speed": as_played.speed,
            "begins": as_played.begins_s,
            "fps": info.fps,
            "rows": ROWS,
            "steps": STEPS,
            "landmarks": self.landmarks,
            "bouts": bouts,
            "moments": [_moment(moment) for moment in self.moments],
        }
        return json.dumps(found, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _rep(bout: Bout, rep: Rep) -> dict[str, Any]:
    said = words.with_side(rep, bout.side_words)
    times = {"from": rep.start_s, "to": rep.end_s, "hold": [rep.hold_from_s, rep.hold_to_s]}
    return {"said": f"{bout.title}, {said[:1].lower()}{said[1:]}", "side": rep.side, **times}


def _moment(moment: Moment) -> dict[str, Any]:
    drawn = [[round(at, 3), [mark.plain() for mark in found]] for at, found in moment.marks]
    return {
        "key": moment.key,
        "at": round(moment.at_s, 3),
        "kind": "progress" if moment.cue.dose else moment.cue.verdict,
        "title": moment.title,
        "text": words.sentence(moment.cue),
        "marks": drawn,
    }


def played(poses: Iterable[Poses], report: Report) -> Played:
    """What a player needs of a recording, from its landmarks as they were found, in parts.

    Memory grows with the length of the bouts alone: about 70 bytes a frame.
    """
    spans = [(bout.start_s - MARGIN_S, bout.end_s + MARGIN_S) for bout in report.bouts]
    wanted = [one for number, bout in enumerate(report.bouts, 1) for one in _wanted(number, bout)]
    tops = [(n, rep) for n, bout in enumerate(report.bouts, 1) for rep in compared(bout)]
    spans_wanted = [span for one in wanted for span in one.spans]
    spans_wanted += [(top(rep) - AROUND_S, top(rep) + AROUND_S) for _, rep in tops]
    ticks, packed, kept = Ticks(), _Packed(), _Kept(spans_wanted)
    for part in poses:
        packed.add(part[_within(part.time, spans)])
        for settled in ticks.feed(part):
            kept.add(settled)
    for settled in ticks.finish():
        kept.add(settled)
    scale = Scale(1.0, report.height_cm)
    moments = [_made(one, kept, scale.trunk_cm, report) for one in wanted]
    shots = [Shot(top_key(n, rep), top(rep), "met", rep.side, kept.nearest(top(rep), AROUND_S)) for n, rep in tops]
    for n, bout in enumerate(report.bouts, 1):
        hits = [finding.hits[0] for finding in findings(bout) if finding.kind in ("fault", "borderline")]
        shots += _shots({key(n, hit.rep, hit.cue): hit.rep for hit in hits}, moments, kept)
    return Played(packed.text(), tuple(sorted(moments, key=lambda moment: moment.at_s)), tuple(shots))


def _shots(asked: Mapping[str, Rep], moments: Sequence[Moment], kept: "_Kept") -> Iterator[Shot]:
    for moment in moments:
        if moment.key in asked:
            side, near = asked[moment.key].side, kept.nearest(moment.at_s, AROUND_S)
            yield Shot(moment.key, moment.at_s, moment.cue.verdict, side, near, moment.own)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A verdict that has a moment, and the spans of time in which its frames are needed."""

    key: str
    title: str
    rep: Rep
    cue: Verdict
    at_s: float
    spans: tuple[tuple[float, float], ...]


def _wanted(number: int, bout: Bout) -> Iterator[_Wanted]:
    for rep in bout.counted:
        for cue in rep.cues:
            if cue.at_s is None or cue.verdict == "not_assessed":
                continue
            around = LOOK_S if cue.basis and cue.basis.measure == "back_arch" else AROUND_S
            spans = [(cue.at_s - around, cue.at_s + around)]
            if cue.basis and cue.basis.since_s is not None:
                since = cue.basis.since_s
                spans.append((since, cue.at_s) if _timed(cue) else (since - around, since + around))
            title = f"{words.where(rep)}: {words.label(cue.id)}"
            yield _Wanted(key(number, rep, cue), title, rep, cue, cue.at_s, tuple(spans))


def _timed(cue: Verdict) -> bool:
    """Whether the way of a point from one time to the other is the evidence."""
    return bool(cue.basis and cue.basis.measure in TRAILS and cue.unit in ("s", "") and not cue.dose)


class _Kept:
    """The settled ticks within spans of time."""

    def __init__(self, spans: Sequence[tuple[float, float]]) -> None:
        self._spans, self._parts = spans, list[Poses]()

    def add(self, ticks: Poses) -> None:
        """Keep what is needed of these ticks."""
        found = ticks[_within(ticks.time, self._spans)]
        if len(found):
            self._parts.append(found)

    def between(self, first: float, last: float) -> Poses | None:
        """The ticks from one time to another that show somebody; None where there are none."""
        if not self._parts:
            return None
        if len(self._parts) > 1:
            self._parts = [Poses.join(self._parts)]
        [all_of_them] = self._parts
        begin, end = np.searchsorted(all_of_them.time, [first - 1e-9, last + 1e-9])
        found = all_of_them[int(begin) : int(end)]
        found = found[found.found]
        return found if len(found) else None

    def nearest(self, at: float, within: float, *, back: bool = False) -> Poses | None:
        """The tick nearest to a time; `back`: among those that show the contour of the back."""
        found = self.between(at - within, at + within)
        if found is not None and back:
            found = found[np.isfinite(found.axis[:, 0]) & (found.back_state != BACK_NOT_RUN)]
        if found is None or not len(found):
            return None
        nearest = int(np.argmin(np.abs(found.time - at)))
        return found[nearest : nearest + 1]


def _within(time: Array, spans: Sequence[tuple[float, float]]) -> Array:
    found = np.zeros(len(time), np.bool_)
    for first, last in spans:
        found |= (time >= first - 1e-6) & (time <= last + 1e-6)
    return found


def _made(one: _Wanted, kept: _Kept, trunk_cm: float, report: Report) -> Moment:
    """The moment with its marks."""
    cue, basis = one.cue, one.cue.basis
    if basis is None or cue.dose:
        return Moment(one.key, one.at_s, one.title, cue, ())
    amount = words.amount(cue, trunk_cm, report.lengths)
    text = words.named(basis.measure, amount, since=basis.since_s is not None, below=(cue.value or 0.0) < 0)
    if _timed(cue):
        frames = kept.between(basis.since_s or 0.0, one.at_s)
        rows = [] if frames is None else [Frame1(frames[i : i + 1], basis.side) for i in range(len(frames))]
        found = trail(basis.measure, rows)
        drawn = label(text, found, rows[-1]).on(found) if found else []
        return Moment(one.key, one.at_s, one.title, cue, ((one.at_s, tuple(drawn)),) if drawn else ())
    back = basis.measure == "back_arch"
    now = kept.nearest(one.at_s, LOOK_S if back else AROUND_S, back=back)
    since = None if basis.since_s is None else kept.nearest(basis.since_s, LOOK_S if back else AROUND_S, back=back)
    if now is None or (basis.since_s is not None and since is None):
        return Moment(one.key, one.at_s, one.title, cue, ())
    then = None if since is None else Frame1(since, basis.side)
    first = Frame1(now, basis.side)
    said = label(text, marks(basis.measure, first, then), first)
    around = 0.0 if back or cue.verdict == "met" else AROUND_S
    frames = now if not around else kept.between(one.at_s - around, one.at_s + around) or now
    shown = [
        (float(frames.time[i]), tuple(said.on(marks(basis.measure, Frame1(frames[i : i + 1], basis.side), then))))
        for i in range(len(frames))
    ]
    if len(frames) == 1:  # seen beside its moment, and shown there
        shown = [(one.at_s, shown[0][1])]
    return Moment(one.key, one.at_s, one.title, cue, tuple((at, found) for at, found in shown if found))


class _Packed:
    """Landmarks of frames, packed: whole numbers, each as the change since the frame before, compressed."""

    def __init__(self) -> None:
        self._times, self._places, self._hidden = list[Array](), list[Array](), list[Array]()

    def add(self, poses: Poses) -> None:
        """Take the next frames."""
        if not len(poses):
            return
        image, hidden = poses.image[:, ROWS], poses.hidden[:, ROWS]
        known = np.isfinite(hidden)
        seen = np.isfinite(image).all(axis=2) & (known | (poses.visibility[:, ROWS] >= LEAST_VISIBILITY))
        limit = 2**15 - 1
        places = np.clip(np.rint(np.nan_to_num(image) * STEPS), -limit, limit)
        self._times.append(np.rint(poses.time * 1000).astype(np.int64))
        self._places.append(np.where(seen[..., None], places, _NOWHERE).astype(np.int16))
        self._hidden.append(np.where(known, hidden >= HIDDEN, False))

    def text(self) -> str:
        """Base64 of a zlib stream of little-endian numbers: how many frames (uint32), the time of each in milliseconds
        as the step from the one before (uint32), x of the first row of all frames, y of it, and so on, each as the step
        from the frame before (int16, modulo 2**16), then for each frame a bit for each row that is hidden (uint16).
        """
        n = sum(map(len, self._times))
        if not n:
            return ""
        times, places, hidden = map(np.concatenate, (self._times, self._places, self._hidden))
        columns = places.transpose(1, 2, 0).reshape(-1, n)
        steps = np.diff(columns, axis=1, prepend=np.int16(0)).astype("<i2")  # wraps
        bits = (hidden << np.arange(len(ROWS))).sum(axis=1).astype("<u2")
        parts = (np.array([n], "<u4"), np.diff(times, prepend=0).astype("<u4"), steps, bits)
        return base64.b64encode(zlib.compress(b"".join(part.tobytes() for part in parts), 9)).decode()
