"""Runs as tables: speeds, ratios, where the time goes, and the bounds with whether they hold."""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from benchmarks.pipeline.clips import MOVING, WITH_HOLDS
from benchmarks.pipeline.runs import BEFORE, BEST, FAST, NEW, OLD, OURS, OURS_VIDEO, Run
from benchmarks.pipeline.verdicts import Changes
from benchmarks.tables import DASH, Section

BOUNDS: Final = {(MOVING, 2): 3.0, (MOVING, 1): 1.5, (WITH_HOLDS, 2): 4.0, (WITH_HOLDS, 1): 2.0}
"""How many times as fast as `solutions.pose`, on 720p, formcheck must be."""
COSTS: Final = {OURS: 1.25, FAST: 1.0, BEST: float("inf")}
"""How many times the CPU time of the version before a frame may take."""
HELP_S: Final = 0.3
NOTHING: Final = (0.0, 0.0)
HEAD: Final = ("input", "clips", "cores")


class Cell(NamedTuple):
    """One kind of clip, as one kind of input, on so many cores."""

    input: str
    group: str
    cores: int


class Total(NamedTuple):
    """Of one side in one cell: frames, and the medians of its clips added up, in seconds by the clock and of CPU."""

    frames: int
    seconds: float
    cpu_s: float
    spread: float
    """The widest range of the repeats of a clip, as a share of their median."""


def cells(runs: Sequence[Run]) -> list[Cell]:
    """The cells of the runs, in their order."""
    return list(dict.fromkeys(Cell(run.clip.input, run.clip.group, run.cores) for run in runs))


def total(runs: Sequence[Run], cell: Cell, side: str) -> Total | None:
    """What a side took in a cell; None where it did not run."""
    by_clip = _by_clip(runs, cell, side)
    if not by_clip:
        return None
    spreads = [(max(t) - min(t)) / median(t) for t in ([run.seconds for run in group] for group in by_clip)]
    return Total(
        sum(group[0].frames for group in by_clip),
        sum(median(run.seconds for run in group) for group in by_clip),
        sum(median(run.cpu_s for run in group) for group in by_clip),
        max(spreads),
    )


def ratio(runs: Sequence[Run], cell: Cell, ours: str, rival: str, *, cpu: bool = False) -> float | None:
    """How many times as long a rival takes for a frame; None where one did not run."""
    a, b = (total(runs, cell, side) for side in (ours, rival))
    if a is None or b is None:
        return None
    return (b.cpu_s / b.frames) / (a.cpu_s / a.frames) if cpu else (b.seconds / b.frames) / (a.seconds / a.frames)


def sections(runs: Sequence[Run], help_s: float, changes: Changes | None) -> list[Section]:
    """All tables."""
    return [
        Section(
            "Bounds",
            "",
            ("bound", "found", "holds"),
            [*_bounds(runs), *_costs(runs), _help(help_s), *_unchanged(changes)],
        ),
        Section("Speed", SPEED, (*HEAD, "side", "frames/s", "ms/frame", "CPU ms/frame", "range"), _speeds(runs)),
        Section("How many times as fast", RATIOS, (*HEAD, "ours", "rival", "by the clock", "by CPU"), _ratios(runs)),
        Section(
            "Where the time goes",
            STAGES,
            (*HEAD, "stage", *_sides(runs)),
            _split(runs),
        ),
        Section("Start-up", STARTUP, ("side", "imports s", "models s"), _startup(runs)),
        Section("Clips", "", ("clip", "input", "clips", "still", "frames"), _clips(runs)),
    ]


SPEED = (
    "Medians of the repeats, added up over the clips; start-up is left out. CPU is of all threads: where other work "
    "runs on the machine, trust it more. Range is the widest of a clip's repeats, as a share of their median."
)
RATIOS = "Time a frame of the rival over that of formcheck, of the medians above."
STAGES = (
    "Milliseconds a frame by the clock, and in brackets of CPU; each stage without the stages inside it. A stage's CPU "
    "is its own thread's: it lacks what a library's threads do. `else` is what no hook catches."
)
STARTUP = "Medians of all runs: imports, and making the networks ready. No other figure holds them."


def _by_clip(runs: Sequence[Run], cell: Cell, side: str) -> list[list[Run]]:
    by_clip: dict[str, list[Run]] = {}
    for run in runs:
        if run.side == side and Cell(run.clip.input, run.clip.group, run.cores) == cell:
            by_clip.setdefault(run.clip.name, []).append(run)
    return list(by_clip.values())


def _bounds(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for (group, cores), least in BOUNDS.items():
        found = ratio(runs, Cell("720p", group, cores), OURS, OLD)
        bound = f"720p, {group}, {cores} core{'s' * (cores > 1)}: {least:g} times as fast as {OLD}"
        rows.append((bound, "not measured" if found is None else f"{found:.2f}", _held(found, least)))
    return rows


def _costs(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for cell in cells(runs):
        for side, most in COSTS.items():
            found = ratio(runs, cell, BEFORE, side, cpu=True)
            if found is not None:
                limit = "CPU a frame" if most == float("inf") else f"at most {most:g} times the CPU a frame"
                what = (
                    f"{cell.input}, {cell.group}, {cell.cores} core{'s' * (cell.cores > 1)}: {side}, {limit} of before"
                )
                rows.append((what, f"{found:.2f}", DASH if most == float("inf") else "yes" if found <= most else "no"))
    return rows


def _held(found: float | None, least: float) -> str:
    return DASH if found is None else "yes" if found >= least else "no"


def _help(seconds: float) -> tuple[str, ...]:
    return f"`formcheck --help` under {HELP_S:g} s of CPU", f"{seconds:.2f} s", "yes" if seconds < HELP_S else "no"


def _unchanged(changes: Changes | None) -> list[tuple[str, ...]]:
    found = (changes or Changes()).bounds()
    if changes is None:
        return [(bound, "not compared (--verdicts)", DASH) for bound, _, _ in found]
    return [(bound, what, "yes" if holds else "no") for bound, what, holds in found]


def _sides(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(run.side for run in runs))


def _speeds(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows = []
    for cell in cells(runs):
        for side in _sides(runs):
            if (t := total(runs, cell, side)) is not None:
                ms = 1000 / t.frames
                speed = f"{t.frames / t.seconds:.1f}", f"{t.seconds * ms:.1f}", f"{t.cpu_s * ms:.1f}", f"{t.spread:.0%}"
                rows.append((*map(str, cell), side, *speed))
    return rows


def _ratios(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows = []
    for cell in cells(runs):
        for ours in (OURS, OURS_VIDEO, FAST, BEST):
            for rival in (OLD, NEW, BEFORE):
                clock, cpu = (ratio(runs, cell, ours, rival, cpu=cpu) for cpu in (False, True))
                if clock is not None and cpu is not None:
                    rows.append((*map(str, cell), ours, rival, f"{clock:.2f}", f"{cpu:.2f}"))
    return rows


def _split(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows = []
    for cell in cells(runs):
        sides = [stage_ms(runs, cell, side) for side in _sides(runs)]
        cost = {stage: max(side.get(stage, NOTHING)[0] for side in sides) for side in sides for stage in side}
        for stage in sorted(cost, key=lambda name: -cost[name]):
            shown = ("{:.2f} ({:.2f})".format(*side[stage]) if stage in side else DASH for side in sides)
            rows.append((*map(str, cell), stage, *shown))
    return rows


def stage_ms(runs: Sequence[Run], cell: Cell, side: str) -> dict[str, tuple[float, float]]:
    """Milliseconds a frame of each stage, by the clock and of CPU: medians of the repeats, over the clips together."""
    groups = _by_clip(runs, cell, side)
    ms = 1000 / max(1, sum(group[0].frames for group in groups))
    names = dict.fromkeys(stage for group in groups for run in group for stage in run.stages)
    return {stage: (ms * _median(groups, stage, 0), ms * _median(groups, stage, 1)) for stage in names}


def _median(groups: Sequence[Sequence[Run]], stage: str, clock: int) -> float:
    """The medians of a stage's seconds in each group, added up."""
    return sum(median(run.stages.get(stage, NOTHING)[clock] for run in group) for group in groups)


def _startup(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    rows = []
    for side in _sides(runs):
        own = [run for run in runs if run.side == side]
        rows.append(
            (side, *(f"{median(times):.2f}" for times in zip(*((r.import_s, r.load_s) for r in own), strict=True)))
        )
    return rows


def _clips(runs: Sequence[Run]) -> list[tuple[str, ...]]:
    shown = {(run.clip, run.frames): None for run in runs}
    return [(clip.name, clip.input, clip.group, f"{clip.still:.0%}", str(frames)) for clip, frames in shown]
