"""The annotated video: the recording once more, with the skeleton, the count, the hold and the faults drawn on it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from formcheck import geometry, store
from formcheck.draw import Angle, Overlay, draw
from formcheck.findings import Bout, Rep, Side
from formcheck.landmarks import INDEX
from formcheck.poses import Poses
from formcheck.report import Report
from formcheck.video import Video, VideoWriter, ahead

SHOWN_S: Final = 3.0
"""How long a sentence stands (ours: long enough to read it twice)."""

LEAD_S: Final = 0.1
"""How long before its moment a sentence comes, so that the frame which shows the moment carries it (a 10 Hz frame)."""

LATEST_S: Final = 8.0
"""A sentence that would come later than this after its moment is left to the report (ours)."""

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
        message = next((text for start, text in self._lines if start <= time < start + SHOWN_S), "")
        bout = next((b for b in reversed(self._bouts) if b.start_s - 1 <= time <= b.end_s + 2), None)
        if bout is None:
            return Overlay(message=message)
        rep = next((r for r in bout.reps if r.start_s <= time <= r.end_s), None)
        side = rep.side if rep else None
        around = [r for r in bout.reps if r.start_s <= time] or bout.reps[
            :1
        ]  # between reps the angle stays on its side
        return Overlay(
            title=bout.title,
            count=sum(r.end_s <= time for r in bout.counted),
            side=side,
            hold_s=_held(rep, time),
            angle=hip_angle(poses, _seen_side(around[-1].side, bout)),
            message=message,
        )


def hip_angle(poses: Poses, side: str) -> Angle | None:
    """The angle between trunk and thigh in the picture, for one frame; None where it is not seen."""
    rows = [INDEX[f"{side}_{part}"] for part in ("shoulder", "hip", "knee")]
    shoulder, hip, knee = (poses.image[:, row] for row in rows)
    degrees = 180 - float(geometry.flexion(shoulder, hip, knee)[0])
    return Angle(rows[1], rows[0], rows[2], degrees) if np.isfinite(degrees) else None


def annotate(out: Path, source: Path, landmarks: Path, report: Report, progress: Progress) -> None:
    """Write `out`, an mp4 that plays in a browser: the frames of `source` with their saved landmarks drawn on.

    Raises `VideoError` where the source cannot be read again, `OutputError` where the result cannot be written.
    """
    script = Script(report.bouts)
    with Video(source) as video:
        rows = (chunk[i : i + 1] for chunk in store.read(landmarks) for i in range(len(chunk)))
        frames = ahead(video.frames())
        with closing(rows), closing(frames), VideoWriter(out, video.size, report.video.fps or 1.0) as writer:
            for n, (frame, poses) in enumerate(zip(frames, rows, strict=False), 1):
                picture = np.array(frame.rgb)
                draw(picture, poses.image[0], poses.visibility[0], script.overlay(poses))
                writer.write(frame.time, picture)
                progress(n)


def _seen_side(side: Side, bout: Bout) -> str:
    return bout.view.near_side or "left" if side == "both" else side


def _held(rep: Rep | None, time: float) -> float | None:
    """The hold so far, kept in the picture until the rep is over."""
    if rep is None or time < rep.hold_from_s:
        return None
    return min(time, rep.hold_to_s) - rep.hold_from_s


def _lines(bouts: Sequence[Bout]) -> list[tuple[float, str]]:
    """When each fault's sentence is shown: at its moment, or right after the one before it."""
    faults = [
        (cue.at_s, cue.message)
        for bout in bouts
        for rep in bout.counted
        for cue in rep.cues
        if cue.verdict == "fault" and cue.at_s is not None
    ]
    lines: list[tuple[float, str]] = []
    free = 0.0
    for at_s, message in sorted(faults):
        start = max(at_s - LEAD_S, free)
        if start - at_s <= LATEST_S:
            lines.append((start, message))
            free = start + SHOWN_S
    return lines
