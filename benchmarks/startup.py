"""How long formcheck takes to begin, and how large it is.

    python -m benchmarks.startup [--rounds 7] [--json]

Every run is a process of its own, all in turns; medians of processor time and of the clock on the wall. What an import
takes holds what the module itself imports, less Python's own start. Ends with 1 when `formcheck --help` takes too long.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import distribution
from pathlib import Path
from statistics import median
from typing import Any, Final

import formcheck
from benchmarks.command import parser_of
from benchmarks.core.__main__ import circumstances
from formcheck.pose.assets import model_file, model_files

SAMPLE: Final = Path(__file__).parents[1] / "sample_videos" / "leg_lift.mp4"
HELP: Final = "formcheck --help"
HELP_S: Final = 0.3
"""Most processor time that `formcheck --help` may take, by issue 5."""

PYTHON: Final = "python, nothing imported"
FIRST_FRAME: Final = "formcheck analyze, to the first frame's landmarks"

_UNTIL_LANDMARKS: Final = """
import os, sys
from formcheck import cli
from formcheck.formats import npz
npz.PosesWriter.append = lambda writer, poses: os._exit(0) if len(poses) else None
sys.argv = ["formcheck", "analyze", "--no-video", *sys.argv[1:]]
cli.main()
"""
"""`formcheck analyze` that ends as soon as the landmarks of a frame are to be written."""

RUNS: Final[dict[str, tuple[str, ...]]] = {
    PYTHON: ("-c", "pass"),
    HELP: ("-m", "formcheck.cli", "--help"),
    "formcheck --version": ("-m", "formcheck.cli", "--version"),
    "formcheck exercises": ("-m", "formcheck.cli", "exercises"),
    FIRST_FRAME: ("-c", _UNTIL_LANDMARKS, str(SAMPLE)),
}
MODULES: Final = (
    *("formcheck", "formcheck.cli", "formcheck.report.report", "formcheck.core.session", "formcheck.analyze"),
    *("typer", "rich.console", "jinja2", "numpy", "scipy.linalg", "scipy.ndimage", "scipy.signal"),
    *("cv2", "av", "onnxruntime"),
)
MEGABYTE: Final = 1e6


def run(arguments: Sequence[str], folder: str) -> tuple[float, float]:
    """Seconds that a Python with these arguments takes, by the processor's clock and by the one on the wall.

    `folder` is where it may leave results.
    """
    began = time.perf_counter()
    out = ("--out", folder) if str(SAMPLE) in arguments else ()
    process = subprocess.Popen([sys.executable, *arguments, *out], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"python {' '.join(arguments)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, wall


def times(runs: dict[str, Sequence[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Median seconds of every run, by the processor's clock and by the one on the wall."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, arguments in runs.items():
            with tempfile.TemporaryDirectory() as folder:
                taken[name].append(run(arguments, folder))
    return {name: (median(p for p, _ in both), median(w for _, w in both)) for name, both in taken.items()}


def sizes() -> dict[str, int]:
    """Bytes on the disk of formcheck, its demonstrations and its models, and of every package that it needs."""
    package = Path(formcheck.__file__).parent
    ours = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    demonstrations, apart = package / "demos", {"models", "demos"}
    own = {
        "formcheck": _bytes(path for path in ours if not apart & set(path.relative_to(package).parts)),
        "formcheck's demonstrations": _bytes(path for path in ours if demonstrations in path.parents),
        "formcheck's models": _bytes(model_file(name) for name in model_files()),
    }
    packages = {name: _bytes(Path(str(f.locate())) for f in distribution(name).files or ()) for name in needed()}
    return own | dict(sorted(packages.items(), key=lambda item: -item[1]))


def needed(name: str = "formcheck") -> set[str]:
    """The packages that a plain install of one brings, without its extras."""
    found: set[str] = set()
    for line in distribution(name).requires or ():
        wanted, _, marker = line.partition(";")
        other = re.split(r"[^\w.-]", wanted.strip())[0].lower()
        if not re.search(r"extra|platform|python_version", marker):
            found |= {other} | needed(other)
    return found


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def figures(rounds: int) -> dict[str, Any]:
    """Everything measured: seconds of commands and imports, bytes of packages."""
    imports = {f"import {name}": ("-c", f"import {name}") for name in MODULES}
    taken = times({**RUNS, **imports}, rounds)
    bare = taken[PYTHON]
    return {
        **circumstances(),
        "commands": {name: {"processor_s": taken[name][0], "wall_s": taken[name][1]} for name in RUNS},
        "imports": {
            name: {"processor_s": taken[name][0] - bare[0], "wall_s": taken[name][1] - bare[1]} for name in imports
        },
        "bytes": sizes(),
    }


def document(found: dict[str, Any]) -> str:
    """Everything as tables in Markdown."""
    parts = [f"# Start-up\n\n{found['date']}; {found['machine']}; {found['versions']}."]
    for title in ("commands", "imports"):
        rows = [f"| {n} | {t['processor_s']:.3f} | {t['wall_s']:.3f} |" for n, t in found[title].items()]
        parts.append(f"## {title.capitalize()}\n\n| s | processor | wall |\n|---|---|---|\n" + "\n".join(rows))
    total = sum(found["bytes"].values())
    rows = [f"| {n} | {size / MEGABYTE:.1f} |" for n, size in (found["bytes"] | {"together": total}).items()]
    parts.append("## Installed size\n\n| | MB |\n|---|---|\n" + "\n".join(rows))
    word = "holds" if holds(found) else "does not hold"
    parts.append(f"`{HELP}` in at most {HELP_S} s of processor time: {word}.")
    return "\n\n".join(parts) + "\n"


def holds(found: dict[str, Any]) -> bool:
    """Whether `formcheck --help` takes no longer than it may."""
    return bool(found["commands"][HELP]["processor_s"] <= HELP_S)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each; 7 unless told")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    found = figures(options.rounds)
    print(json.dumps(found, indent=1) + "\n" if options.json else document(found), end="")
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
