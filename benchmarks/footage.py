"""What formcheck says of real people: sets found, reps counted and timed, cues judged; and what simpler rules count.

python -m benchmarks.footage [FOLDER] [--landmarks FOLDER] [--markdown OUT]

The folder holds an `annotations.json` beside its `clips/`, `photos/` and `skeletons/` (what it lacks is left out);
without one it is that of the environment variable FORMCHECK_FOOTAGE. No footage comes with formcheck. The clips'
landmarks are kept in the folder that `--landmarks` names, each as ID.npz, so a second run needs no model for them:
remove them when the pose model changes. Every set in a skeleton sequence is false (`skeletons.py`).
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np

from benchmarks import photos, skeletons
from benchmarks.accuracy.cases import BY_EYE
from benchmarks.accuracy.records import pairs
from benchmarks.accuracy.rivals import RIVALS, hip_angle
from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.tables import DASH, Record, Section, by, number, p95, share
from formcheck import choose
from formcheck.body.poses import Poses
from formcheck.core.session import Session
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.findings import Bout, Quality, Rep
from formcheck.formats import npz
from formcheck.recorded import Options, landmarks_into

VARIABLE: Final = "FORMCHECK_FOOTAGE"
NONE: Final = f"name a folder of footage with an annotations.json, or set {VARIABLE}: none comes with formcheck"
JUDGED: Final = ("met", "fault")
BACK: Final = ("back_straight", "low_back_pressed")
"""The cue that each exercise judges the back by."""

RULES: Final = ("glute_bridge", "leg_lift")
"""Exercises whose rules differ among the rivals': the hip opens, or it closes."""


class Clip(NamedTuple):
    """A clip or a skeleton sequence: what an annotator saw in it, and what formcheck and the rivals find.

    `rivals` are their counts by the rule of its exercise; where it shows none of ours, the most that any rule gives.
    """

    name: str
    told: Mapping[str, Any]
    bouts: tuple[Bout, ...]
    minutes: float
    rivals: Mapping[str, int]

    @property
    def reps(self) -> list[tuple[Bout, Rep]]:
        return [(bout, rep) for bout in self.bouts for rep in bout.counted]

    @property
    def sets(self) -> int:
        return sum(bool(bout.counted) for bout in self.bouts)

    @property
    def exercise(self) -> str | None:
        """Which of the exercises it shows."""
        return exercise_of(self.told)

    @property
    def truth(self) -> int | None:
        """How many reps there are; None where nobody could say."""
        count: int | None = self.told["rep_count"] if self.exercise else 0
        return count

    @property
    def exact(self) -> bool | None:
        """Whether the reps are of the right exercise and number; None where nobody could say what would be."""
        found = [bout.exercise for bout, _ in self.reps]
        return None if self.truth is None else found == [self.exercise] * self.truth


def exercise_of(told: Mapping[str, Any]) -> str | None:
    """The exercise that an annotation means."""
    if told["category"] == "negative":
        return None
    shown = told["exercise"].replace("_", " ")
    return next((name for word, name in BY_EYE if word in shown or name.replace("_", " ") in shown), None)


def clips(folder: Path, kept: Path) -> list[Clip]:
    """The clips of a folder of footage."""
    kept.mkdir(parents=True, exist_ok=True)
    found = []
    for told in _annotations(folder)["clips"]:
        print(told["id"], file=sys.stderr, flush=True)
        found.append(_clip(told["id"], told, _poses(folder / told["file"], kept / f"{told['id']}.npz")))
    return found


def sequences(folder: Path) -> list[Clip]:
    """The skeleton sequences of a folder of footage; none of them shows an exercise of ours."""
    found = []
    for path in sorted((folder / "skeletons").glob("*.npz")):
        print(path.stem, file=sys.stderr, flush=True)
        told = {"category": "negative", "exercise": path.stem.rstrip("0123456789")}
        found.append(_clip(path.stem, told, skeletons.read(path)))
    return found


def _annotations(folder: Path) -> dict[str, Any]:
    """What was annotated. Raises `UsageError` where nothing was."""
    path = folder / "annotations.json"
    if not path.exists():
        raise UsageError(f"{folder} holds no annotations.json; {NONE}")
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


def _poses(video: Path, landmarks: Path) -> Poses | None:
    if not landmarks.exists():
        try:
            landmarks_into(landmarks, video, Options.of())
        except NobodyFoundError:
            return None
    return npz.load(landmarks)


def _clip(name: str, told: Mapping[str, Any], poses: Poses | None) -> Clip:
    if poses is None or not poses.found.any():
        return Clip(name, told, (), told.get("duration_s", 0.0) / 60, dict.fromkeys(RIVALS, 0))
    session = Session(choose())
    session.feed(poses)
    exercise, angle = exercise_of(told), hip_angle(poses)
    rules = [exercise] if exercise else RULES
    rivals = {rival: max(count(angle, rule) for rule in rules) for rival, count in RIVALS.items()}
    return Clip(name, told, session.finish(), float(poses.time[-1] - poses.time[0]) / 60, rivals)


def _sets(found: Clip) -> str:
    counts = [f"{bout.exercise} {len(bout.counted)} ({bout.view.name})" for bout in found.bouts if bout.counted]
    return ", ".join(counts) or "none"


def _row(found: Clip) -> tuple[object, ...]:
    verdicts = [cue.verdict for _, rep in found.reps for cue in rep.cues]
    back = [cue for _, rep in found.reps for cue in rep.cues if cue.id in BACK]
    right = {True: "yes", False: "no", None: DASH}[found.exact]
    values = [DASH if cue.value is None else f"{cue.value:.0f}" for cue in back]
    shares = (share([v in JUDGED for v in verdicts]), share([cue.verdict in JUDGED for cue in back]))
    truth = DASH if found.truth is None else found.truth
    return (found.name, truth, _sets(found), right, *found.rivals.values(), *shares, " ".join(values) or DASH)


def _times(found: Sequence[Clip]) -> Section:
    """How far starts, ends and holds are off, of the reps whose times were annotated."""
    errors: dict[str, list[float]] = {"start": [], "end": [], "hold": []}
    for clip in found:
        told = clip.told["reps"] if clip.exercise else []
        reps = [rep for bout, rep in clip.reps if bout.exercise == clip.exercise]
        for i, j in pairs([{"start_s": rep["start"], "end_s": rep["end"]} for rep in told], reps):
            rep, true = reps[j], told[i]
            errors["start"].append(abs(rep.start_s - true["start"]))
            errors["end"].append(abs(rep.end_s - true["end"]))
            if "hold_s" in true:
                errors["hold"].append(abs(rep.hold_s - true["hold_s"]))
    lines = [(what, len(off), number(off), number(off, p95), number(off, np.max)) for what, off in errors.items()]
    about = "Seconds off the annotated times, which are right to about 0.2 s."
    return Section("Times", about, ("what", "reps", "median", "95 %", "worst"), lines)


def _false(title: str, about: str, found: Sequence[Clip]) -> Section:
    """False sets by kind of motion, in footage that shows none of the exercises."""
    records: list[Record] = [{"kind": clip.told["exercise"], "clip": clip} for clip in found]
    groups = [(str(kind), [r["clip"] for r in group]) for (kind,), group in by(records, "kind")]
    head = ("motion", "recordings", "minutes", "with a false set", "false sets a minute", *RIVALS)
    return Section(title, about, head, [_false_row(*group) for group in [*groups, ("all", list(found))]])


def _false_row(kind: str, found: Sequence[Clip]) -> tuple[object, ...]:
    minutes, sets = sum(clip.minutes for clip in found), sum(clip.sets for clip in found)
    named = ", ".join(f"{clip.name}: {_sets(clip)}" for clip in found if clip.sets and kind != "all")
    rivals = [share([clip.rivals[rival] > 0 for clip in found]) for rival in RIVALS]
    wrong = share([clip.sets > 0 for clip in found]) + (f" ({named})" if named else "")
    return (kind, len(found), f"{minutes:.1f}", wrong, f"{sets / minutes:.2f}" if minutes else DASH, *rivals)


def _in_short(found: Sequence[Clip], verdicts: Sequence[Record]) -> Section:
    ours = [clip for clip in found if clip.exercise and clip.truth is not None]
    aside = [v["judged"] for v in verdicts if v["cue"] in BACK and v["view"] == "side"]
    lines = [
        ("counts exact", share([bool(clip.exact) for clip in ours])),
        *((f"counts exact by {rival}", share([clip.rivals[rival] == clip.truth for clip in ours])) for rival in RIVALS),
        ("clips of other things with a set", share([clip.sets > 0 for clip in found if not clip.exercise])),
        ("cues judged", share([v["judged"] for v in verdicts])),
        ("the back judged, reps seen from the side", share(aside)),
    ]
    return Section("In short", "", ("what", "share"), lines)


def sections(found: Sequence[Clip]) -> list[Section]:
    """The tables of the clips: in short, clip by clip, times, false sets, and cue by cue."""
    head = ("clip", "true reps", "found", "exact", *RIVALS, "cues judged", "back judged", "degrees of the back")
    verdicts: list[Record] = [
        {"exercise": bout.exercise, "cue": cue.id, "judged": cue.verdict in JUDGED, "view": bout.view.name}
        | {"why": cue.reason_code.value if cue.reason_code else cue.verdict}
        for clip in found
        if clip.exercise
        for bout, rep in clip.reps
        for cue in rep.cues
    ]
    cues = [
        (*name, share([v["judged"] for v in group]), ", ".join(f"{why[0]} {len(of)}" for why, of in by(group, "why")))
        for name, group in by(verdicts, "exercise", "cue")
    ]
    return [
        _in_short(found, verdicts),
        Section("Clip by clip", f"Rivals' counts: {ANY_RULE}", head, [_row(clip) for clip in found]),
        _times(found),
        _false("False sets in clips", OTHERS, [clip for clip in found if not clip.exercise]),
        Section("Cue by cue", "", ("exercise", "cue", "judged", "what came of it"), cues),
    ]


ANY_RULE: Final = "where none of the exercises is shown, the most that any of their rules gives."
OTHERS: Final = "Clips of other things. Of each rival: in how many it counts a rep by any of its rules."
SKELETONS: Final = "Landmarks alone, of other sports: every set is false. Of each rival as above."


def _labelled(folder: Path) -> list[Section]:
    """How far landmarks lie from those that the photographs are labelled with; nothing where there are none."""
    if not _annotations(folder).get("photos"):
        return []
    rows = photos.measured(folder / "annotations.json", Quality.STANDARD)
    sure = photos.summary([row for row in rows if row["confidence"] != "low"])
    lines = [
        (what.replace("|", "\\|"), *(f"{v:.1f}" if isinstance(v, float) else v for v in (every, of)))
        for (what, every), of in zip(photos.summary(rows).items(), sure.values(), strict=True)
    ]
    return [Section("Photographs", "", ("what", "all", "sure labels"), lines)]


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of(__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get(VARIABLE))
    parser.add_argument("--landmarks", type=Path, metavar="FOLDER")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables there")
    options = parser.parse_args(arguments)
    if options.folder is None:
        raise UsageError(NONE)
    with TemporaryDirectory() as scratch:
        tables = sections(clips(options.folder, options.landmarks or Path(scratch)))
    if others := sequences(options.folder):
        tables.append(_false("Skeleton sequences", SKELETONS, others))
    tables += _labelled(options.folder)
    text = "\n\n".join([f"# Real footage\n\n{described()}.", *(table.markdown() for table in tables)])
    written(f"{text}\n", options.markdown)


if __name__ == "__main__":
    sys.exit(main())
