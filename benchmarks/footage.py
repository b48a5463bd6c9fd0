"""What formcheck says of real people: sets found, reps counted, and how many of the cues get a verdict.

python -m benchmarks.footage [FOLDER] [--landmarks FOLDER] [--markdown OUT]

The folder holds an `annotations.json` beside its `clips/`; without one it is that of the environment variable
FORMCHECK_FOOTAGE. No footage comes with formcheck. Landmarks are kept in the folder that `--landmarks` names, so a
second run needs no model: remove them when the pose model changes.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from benchmarks.accuracy.cases import BY_EYE
from benchmarks.command import exits, parser_of
from benchmarks.machine import described, written
from benchmarks.tables import DASH, Section, by, share
from formcheck.errors import NobodyFoundError, UsageError
from formcheck.findings import Bout, Rep
from formcheck.recorded import Options, landmarks_into, score

VARIABLE: Final = "FORMCHECK_FOOTAGE"
JUDGED: Final = ("met", "fault")
BACK: Final = ("back_straight", "low_back_pressed")
"""The cue that each exercise judges the back by."""


class Clip(NamedTuple):
    """A clip, what an annotator saw in it, and what formcheck finds."""

    name: str
    told: Mapping[str, Any]
    bouts: tuple[Bout, ...]

    @property
    def reps(self) -> list[tuple[Bout, Rep]]:
        return [(bout, rep) for bout in self.bouts for rep in bout.counted]

    @property
    def ours(self) -> bool:
        """Whether it shows one of the exercises."""
        shown, names = (
            self.told["exercise"].replace("_", " "),
            [part.replace("_", " ") for row in BY_EYE for part in row],
        )
        return self.told["category"] != "negative" and any(name in shown for name in names)

    @property
    def exact(self) -> bool | None:
        """Whether the count is right; None where nobody could say what would be."""
        count = self.told["rep_count"] if self.ours else 0
        return None if count is None else len(self.reps) == count


def clips(folder: Path, kept: Path) -> list[Clip]:
    """The clips of a folder. Raises `UsageError` where it has no annotations."""
    listed = folder / "annotations.json"
    if not listed.exists():
        raise UsageError(f"{folder} holds no annotations.json; name a folder of footage, or set {VARIABLE}")
    kept.mkdir(parents=True, exist_ok=True)
    found = []
    for told in json.loads(listed.read_text("utf-8"))["clips"]:
        print(told["id"], file=sys.stderr, flush=True)
        found.append(Clip(told["id"], told, _bouts(folder / told["file"], kept / f"{told['id']}.npz")))
    return found


def _bouts(video: Path, landmarks: Path) -> tuple[Bout, ...]:
    if not landmarks.exists():
        try:
            landmarks_into(landmarks, video, Options.of())
        except NobodyFoundError:
            return ()
    return score(landmarks, Options.of()).bouts


def _sets(found: Clip) -> str:
    counts = [f"{bout.exercise} {len(bout.counted)} ({bout.view.name})" for bout in found.bouts if bout.counted]
    return ", ".join(counts) or "none"


def _row(found: Clip) -> tuple[object, ...]:
    verdicts = [cue.verdict for _, rep in found.reps for cue in rep.cues]
    back = [cue for _, rep in found.reps for cue in rep.cues if cue.id in BACK]
    truth = found.told["rep_count"] if found.ours else 0
    right = {True: "yes", False: "no", None: DASH}[found.exact]
    values = [DASH if cue.value is None else f"{cue.value:.0f}" for cue in back]
    shares = (share([v in JUDGED for v in verdicts]), share([cue.verdict in JUDGED for cue in back]))
    return (found.name, DASH if truth is None else truth, _sets(found), right, *shares, " ".join(values) or DASH)


def sections(found: Sequence[Clip]) -> list[Section]:
    """The tables: clip by clip, in short, and cue by cue."""
    head = ("clip", "true reps", "found", "exact", "cues judged", "back judged", "degrees of the back")
    ours = [clip for clip in found if clip.ours]
    verdicts = [
        {"exercise": bout.exercise, "cue": cue.id, "judged": cue.verdict in JUDGED, "view": bout.view.name}
        | {"why": cue.reason_code.value if cue.reason_code else cue.verdict}
        for clip in ours
        for bout, rep in clip.reps
        for cue in rep.cues
    ]
    aside = [v["judged"] for v in verdicts if v["cue"] in BACK and v["view"] == "side"]
    short = [
        ("counts exact", share([clip.exact for clip in found if clip.exact is not None])),
        ("clips of other things with a set", share([bool(clip.reps) for clip in found if not clip.ours])),
        ("cues judged", share([v["judged"] for v in verdicts])),
        ("the back judged, reps seen from the side", share(aside)),
    ]
    cues = [
        (*name, share([v["judged"] for v in group]), ", ".join(f"{why[0]} {len(of)}" for why, of in by(group, "why")))
        for name, group in by(verdicts, "exercise", "cue")
    ]
    return [
        Section("Clip by clip", "", head, [_row(clip) for clip in found]),
        Section("In short", "", ("what", "share"), short),
        Section("Cue by cue", "", ("exercise", "cue", "judged", "what came of it"), cues),
    ]


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    parser = parser_of(__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get(VARIABLE))
    parser.add_argument("--landmarks", type=Path, metavar="FOLDER")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables there")
    options = parser.parse_args(arguments)
    if options.folder is None:
        raise UsageError(f"name a folder of footage, or set {VARIABLE}: none comes with formcheck")
    with TemporaryDirectory() as scratch:
        found = clips(options.folder, options.landmarks or Path(scratch))
    text = "\n\n".join([f"# Real footage\n\n{described()}.", *(table.markdown() for table in sections(found))])
    written(f"{text}\n", options.markdown)


if __name__ == "__main__":
    sys.exit(main())
