"""The annotated video: the recording with the skeleton, the count, the hold and the faults drawn on it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck import words
from formcheck.body import measures, view
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Poses
from formcheck.filming import Filming
from formcheck.findings import Bout, Rep, Side, Verdict
from formcheck.media.ahead import ahead
from formcheck.media.draw import Angle, Overlay, draw
from formcheck.media.marks import Mark, draw_marks
from formcheck.media.video import Video
from formcheck.media.writer import VideoWriter
from formcheck.report.player import Moment
from formcheck.report.report import Report

SHOWN_S: Final = 3.0
"""How long a sentence stands (ours: long enough to read it twice)."""

LEAST_S: Final = 1.5
"""How long it stands at least where others wait or the next rep begins (ours: read once)."""

INTO_NEXT_S: Final = 0.5
"""How far into the next rep it stands once it has stood that long (ours): the picture then shows another movement."""

LEAD_S: Final = 0.1
"""How long before its moment a sentence comes, so that the frame which shows the moment carries it (a 10 Hz frame)."""

LATEST_S: Final = 8.0
"""A sentence that would come later than this after its moment is left to the report (ours)."""

LYING_SHARE: Final = 0.5
"""Chest up by at least this much (`view.supine`) is lying on the back (ours)."""

NEAR_S: Final = 0.1
"""Marks further from a frame's time than this are not drawn on it (ours: a tick lies within 0.02 s)."""

FREE: Final = 10
"""How many landmarks the message would rather cover than a point of the evidence (ours)."""

Progress = Callable[[int], None]
"""Called with the number of frames done."""


class Script:
    """What to show at each moment of a recording whose bouts are known."""

    def __init__(self, bouts: Sequence[Bout]) -> None:
        self._bouts = tuple(bouts)
        self._lines = _lines(bouts)

    def overlay(self, poses: Poses) -> Overlay:
        """The overlay for one frame, `poses` of length 1."""
        time = float(poses.time[0])
        message = next((line.text for line in self._lines if line.start_s <= time < line.end_s), "")
        bout = next((b for b in reversed(self._bouts) if b.start_s - 1 <= time <= b.end_s + 2), None)
        if bout is None:
            return Overlay(message=message)
        rep = next((r for r in bout.reps if r.start_s <= time <= r.end_s), None)
        side = rep.side if rep else None
        around = [r for r in bout.reps if r.start_s <= time] or bout.reps[
            :1
        ]  # between reps the angle stays on its side
        return Overlay(
            title=words.doing(bout.title, side, bout.side_words),
            count=sum(r.end_s <= time for r in bout.counted),
            side=side,
            hold_s=_held(rep, time),
            angle=hip_angle(poses, _seen_side(around[-1].side, bout)),
            message=message,
        )


def hip_angle(poses: Poses, side: str) -> Angle | None:
    """The angle between trunk and thigh in the picture, for one frame; None where it is not seen.

    For somebody on their back it is the angle on the belly's side: under 180 degrees with the hip below the line from
    shoulder to knee, over 180 with the hip above it. For others it is at most 180.
    """
    rows = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip", "knee")]
    body = Body(poses)
    degrees = 180 - float(body.bend("hip", side)[0])
    if not np.isfinite(degrees):
        return None
    if _lies(body, side) and measures.hip_depth(body, side)[0] < 0:
        degrees = 360 - degrees
    x, y = body.hip_centre(side)[0].tolist()
    return Angle(rows[1], rows[0], rows[2], degrees, (x, y))


def _lies(body: Body, side: str) -> bool:
    """Whether somebody is on their back, with a line from shoulder to knee that has an upper side."""
    across, up = np.abs(body.point("shoulder", side)[0] - body.point("knee", side)[0]).tolist()
    return bool(view.supine(body)[0] >= LYING_SHARE) and across >= up


def annotate(
    out: Path,
    source: Path,
    poses: Iterable[Poses],
    report: Report,
    progress: Progress,
    moments: Sequence[Moment] = (),
) -> None:
    """Write `out`, an mp4 that plays in a browser: the frames of `source` with their saved landmarks drawn on.

    moments: the evidence of the cues, which is drawn around each fault's moment.

    Raises `VideoError` where the source cannot be read again, `OutputError` where the result cannot be written.
    """
    script, shown = Script(report.bouts), _Shown(moments)
    info = report.video
    with Video(source, Filming(None, info.rotate, info.speed)) as video:
        rows = (chunk[i : i + 1] for chunk in poses for i in range(len(chunk)))
        frames = ahead(video.frames())
        with closing(frames), VideoWriter(out, video.size, report.video.fps or 1.0) as writer:
            for n, (frame, row) in enumerate(zip(frames, rows, strict=False), 1):
                picture = np.array(frame.rgb)
                marks = shown.at(float(row.time[0]))
                overlay = script.overlay(row)
                if marks:
                    overlay = replace(overlay, angle=None, keep_free=FREE * [p for mark in marks for p in mark.points])
                draw(picture, row.image[0], row.visibility[0], row.hidden[0], overlay)
                draw_marks(picture, marks, "fault")
                writer.write(frame.time, picture)
                progress(n)


class _Shown:
    """The marks of faults by their times."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        faults = [moment for moment in moments if moment.cue.verdict == "fault"]
        self._frames = sorted(
            ((at, marks) for moment in faults for at, marks in moment.marks), key=lambda frame: frame[0]
        )
        self._times = np.array([at for at, _ in self._frames])

    def at(self, time: float) -> list[Mark]:
        """The marks nearest to a time; none where there are none near it."""
        if not len(self._times):
            return []
        nearest = int(np.argmin(np.abs(self._times - time)))
        return list(self._frames[nearest][1]) if abs(self._times[nearest] - time) <= NEAR_S else []


def _seen_side(side: Side, bout: Bout) -> str:
    return bout.view.near_side or "left" if side == "both" else side


def _held(rep: Rep | None, time: float) -> float | None:
    """The hold so far, kept in the picture until the rep is over."""
    if rep is None or time < rep.hold_from_s:
        return None
    return min(time, rep.hold_to_s) - rep.hold_from_s


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence and when it is shown."""

    start_s: float
    end_s: float
    text: str


def _lines(bouts: Sequence[Bout]) -> list[_Line]:
    """When each fault's sentence is shown: with its rep, at its moment or right after the one before it."""
    reps = sorted(((bout, rep) for bout in bouts for rep in bout.reps), key=lambda pair: pair[1].start_s)
    lines: list[_Line] = []
    free = 0.0
    for i, (bout, rep) in enumerate(reps, 1):
        next_s = reps[i][1].start_s if i < len(reps) else np.inf
        if not rep.partial:
            lines += _of_rep(rep, f"{words.where(rep)}: " if len(bout.reps) > 1 else "", free, max(next_s, rep.end_s))
        free = max(rep.end_s, lines[-1].end_s if lines else 0.0)
    return lines


def _of_rep(rep: Rep, name: str, free: float, next_s: float) -> Iterator[_Line]:
    """The sentences of one rep, from `free` on. They share the time until the next rep begins, at `next_s`. Sentences
    that find no room until then are only in the report.
    """
    faults = sorted((_at(cue, rep), cue.message) for cue in rep.cues if cue.verdict == "fault" and not cue.dose)
    for i, (at_s, message) in enumerate(faults):
        start = max(at_s - LEAD_S, free)
        if start > next_s or start - at_s > LATEST_S:
            continue
        share = (next_s + INTO_NEXT_S - start) / (len(faults) - i)
        free = start + min(SHOWN_S, max(LEAST_S, share))
        yield _Line(start, free, name + message)


def _at(cue: Verdict, rep: Rep) -> float:
    """When a fault is decided."""
    return rep.end_s if cue.at_s is None else cue.at_s
