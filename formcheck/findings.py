"""What was found: verdicts, reps and bouts. Plain data, made by the core and written by the report.

Times are seconds from the first shown frame; None stands where nothing was measured.
"""

from dataclasses import dataclass
from typing import Literal

VerdictName = Literal["met", "borderline", "fault", "not_assessed"]
ViewName = Literal["side", "oblique", "front"]
Side = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The recording a report speaks of. `width` and `height` are of the shown picture: turned upright, square pixels.

    `duration_s` and `frames` count what was read; `fps` is the mean rate; `sha256` is of the file's bytes.
    """

    path: str
    sha256: str
    duration_s: float
    fps: float
    width: int
    height: int
    frames: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cue judged, on one rep or on the set.

    `value` and `interval` (90 %) are in `unit`; `at_s` is the moment that decided; `reason` says why a cue was not
    assessed; `message` is the sentence for the user.
    """

    id: str
    verdict: VerdictName
    value: float | None
    unit: str
    interval: tuple[float, float] | None
    at_s: float | None
    reason: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Dip:
    """A fall below the hold level that did not end the hold: when it was deepest, and how deep from the rep's top.

    `depth` is a share of the rep's height, `fall` the same in `unit`, that of the signal whose excursions are the reps
    (deg or trunk); `fall_cm` is a length in centimetres, None for an angle or where the person's height is not known.
    """

    at_s: float
    depth: float
    fall: float
    unit: str
    fall_cm: float | None


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition. A `partial` rep is cut by an end of the clip: listed, not counted.

    `hold_from_s` to `hold_to_s` is the hold; `score` is 0 to 100, None when no cue got a verdict; `assessed` is the
    share of the cues that got one.
    """

    index: int
    partial: bool
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    hold_from_s: float
    hold_to_s: float
    dips: tuple[Dip, ...]
    score: float | None
    assessed: float
    cues: tuple[Verdict, ...]

    @property
    def hold_s(self) -> float:
        """How long the rep was held at its top."""
        return self.hold_to_s - self.hold_from_s


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stood: `yaw_deg` is 0 facing the person, 90 side-on; `near_side` is None from the front."""

    name: ViewName
    yaw_deg: float | None
    near_side: Literal["left", "right"] | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The signal whose excursions are the reps, ten values a second: parallel tuples, None where nobody was seen."""

    label: str
    unit: str
    time_s: tuple[float, ...]
    value: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bout:
    """One exercise without a break, both sides included. `cues` are those of the set."""

    exercise: str
    title: str
    source: str
    start_s: float
    end_s: float
    view: View
    reps: tuple[Rep, ...]
    cues: tuple[Verdict, ...]
    score: float | None
    assessed: float
    traces: tuple[Trace, ...]

    @property
    def counted(self) -> tuple[Rep, ...]:
        """The reps that count: those the clip does not cut."""
        return tuple(rep for rep in self.reps if not rep.partial)
