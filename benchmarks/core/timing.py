"""Stopwatches: several tasks in turns, the stages of one, and how much memory one takes."""

import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final
from unittest.mock import patch

from formcheck.core import bout, watches
from formcheck.core.clock import Clock
from formcheck.core.detector import Detector
from formcheck.core.rows import Rows, Table
from formcheck.core.sides import Sides
from formcheck.core.smooth import Smoother
from formcheck.report.report import Report

Act = Callable[[], object]
Task = Callable[[], Act]
"""Makes ready, and gives what is to be timed."""


@dataclass
class Times:
    """Seconds of each round, by the clock on the wall and by the processor's."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        """The median by the clock on the wall."""
        return median(self.wall)

    @property
    def processor_s(self) -> float:
        """The median by the processor's clock, which does not run while other programs do."""
        return median(self.processor)

    @property
    def spread(self) -> float:
        """The slowest round over the quickest, by the clock on the wall: 1 on a quiet machine."""
        return max(self.wall) / min(self.wall)


def in_turns(tasks: Mapping[str, Task], rounds: int) -> dict[str, Times]:
    """Times of every task: each round runs all of them, so that whatever else the machine does falls on all alike."""
    times = {name: Times() for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            act = task()
            wall, processor = time.perf_counter(), time.process_time()
            done = act()
            times[name].processor.append(time.process_time() - processor)
            times[name].wall.append(time.perf_counter() - wall)
            del act, done
    return times


def beyond_input_and_findings(task: Task) -> int:
    """Most bytes that a task held at once, less what there was before and what it gives back."""
    act = task()
    tracemalloc.start()
    try:
        found = act()
        kept, most = tracemalloc.get_traced_memory()
        del found
    finally:
        tracemalloc.stop()
    return most - kept


SEAMS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("sides", Sides, "feed"),
    ("clock", Clock, "feed"),
    ("clock", Clock, "finish"),
    ("smoothing", Smoother, "feed"),
    ("smoothing", Smoother, "finish"),
    ("measures", Table, "rows"),
    ("segmentation", Rows, "within"),
    ("segmentation", Detector, "feed"),
    ("segmentation", Detector, "finish"),
    ("reps read", watches, "raw_rep"),
    ("verdicts", bout, "judged"),
    ("verdicts", bout, "bout"),
    ("report", Report, "to_json"),
)
"""Where a stage of the core is entered. A call inside another counts for the inner one."""

REST: Final = "session"
"""What is in no stage."""

STAGES: Final = (*dict.fromkeys(stage for stage, _, _ in SEAMS), REST)


def stages(task: Task) -> dict[str, float]:
    """Seconds that a task spends in each of `STAGES`."""
    act = task()
    spent: dict[str, float] = defaultdict(float)
    with _watched(spent):
        begun = time.perf_counter()
        act()
        spent[REST] = time.perf_counter() - begun - sum(spent.values())
    return {stage: spent[stage] for stage in STAGES}


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    """Every seam adds to `spent` how long it was worked behind, less what was worked behind a seam within."""
    inner = [0.0]

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            inner.append(0.0)
            try:
                return function(*arguments, **named)
            finally:
                whole = time.perf_counter() - begun
                spent[stage] += whole - inner.pop()
                inner[-1] += whole

        return call

    with ExitStack() as patches:
        for stage, where, name in SEAMS:
            patches.enter_context(patch.object(where, name, timed(stage, getattr(where, name))))
        yield
