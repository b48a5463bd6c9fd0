"""Demonstrations: short loops of each exercise done right, and of its main faults, as animated WebP (see LICENSE.md).

`EXERCISE.webp` is the right way, `EXERCISE-CUE.webp` the fault of a cue: the one whose value lies over its upper bound.
Beside each lies its first picture, `NAME.still.webp`, for those who want no motion. They are 400 x 300 pixels large,
the person's right side towards the camera. A report names them, and `embedded` puts the files in.
`python -m benchmarks.studio demos` draws them.
"""

import base64
import re
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
SIZE: Final = (400, 300)


def demo(exercise: str, cue: str | None = None, *, still: bool = False) -> Path | None:
    """The loop of an exercise done right, or of the fault of a cue, or its still; None where there is none."""
    name = f"{exercise}-{cue}" if cue else exercise
    return FOLDER / f"{name}{'.still' if still else ''}.webp" if name in _names() else None


def faults(exercise: str) -> list[str]:
    """The cues of an exercise whose faults are shown."""
    return sorted(name.partition("-")[2] for name in _names() if name.startswith(f"{exercise}-"))


def embedded(page: str) -> str:
    """A page with the files in place of their names, wherever its styles say `url(demo:FILE)`."""
    return re.sub(r"url\(demo:([\w.-]+)\)", lambda found: f"url({_address(found[1])})", page)


def _address(file: str) -> str:
    """The address that holds a file of this folder; of one that there is not, its name as it was."""
    if file.removesuffix(".webp").removesuffix(".still") not in _names() or not file.endswith(".webp"):
        return f"demo:{file}"
    return f"data:image/webp;base64,{base64.b64encode((FOLDER / file).read_bytes()).decode()}"


@cache
def _names() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.webp") if not path.stem.endswith(".still"))
