"""Where the time of a run goes: callables of other modules, wrapped from outside, each adding to a stage.

It knows nothing of formcheck, so that it also runs under the Python of an older mediapipe.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any


class Stopwatch:
    """Seconds in each stage, by the clock and of the calling thread's CPU, without those of stages that ran inside it.

    Several threads are added up. A stage's CPU lacks what other threads do for it, a library's own among them.
    """

    def __init__(self, *clocks: Callable[[], float]) -> None:
        self.clocks = clocks or (time.perf_counter, time.thread_time)
        self.seconds: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(self.clocks))
        self.calls: dict[str, int] = defaultdict(int)
        self._thread = threading.local()
        self._lock = threading.Lock()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as part of a stage."""
        outside: list[float] = getattr(self._thread, "inner", [0.0] * len(self.clocks))
        self._thread.inner = [0.0] * len(self.clocks)
        began = [clock() for clock in self.clocks]
        try:
            yield
        finally:
            took = [clock() - at for clock, at in zip(self.clocks, began, strict=True)]
            own = [all_of_it - inner for all_of_it, inner in zip(took, self._thread.inner, strict=True)]
            with self._lock:
                self.seconds[name] = [sum(pair) for pair in zip(self.seconds[name], own, strict=True)]
                self.calls[name] += 1
            self._thread.inner = [sum(pair) for pair in zip(outside, took, strict=True)]

    def timed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The function, timed."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        return call

    def steps(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        """A function that gives an iterator, each step of which is timed."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
            steps, end = iter(function(*args, **kwargs)), object()
            while True:
                with self.stage(name):
                    item = next(steps, end)
                if item is end:
                    return
                yield item

        return call

    def hook(self, owner: Any, path: str, name: str, *, steps: bool = False) -> None:
        """Time `owner.path`, which may go through a class (`Video.info`); with `steps` each step of its iterator.

        Raises `AttributeError` where there is none: what was renamed must be renamed here, or its time would go astray.
        """
        *through, last = path.split(".")
        for part in through:
            owner = getattr(owner, part)
        function = getattr(owner, last)
        setattr(owner, last, (self.steps if steps else self.timed)(function, name))

    def made(self, owner: Any, path: str, name: str, methods: Callable[..., Mapping[str, str]]) -> None:
        """Time what `owner.path` makes: `methods`, given its arguments, says which method is which stage.

        The making itself is the stage `name`. For objects of compiled classes, whose methods cannot be replaced.
        """
        make = self.timed(getattr(owner, path), name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return Timed(make(*args, **kwargs), methods(*args, **kwargs), self)

        setattr(owner, path, call)


class Timed:
    """An object some of whose methods are timed."""

    def __init__(self, of: Any, methods: Mapping[str, str], watch: Stopwatch) -> None:
        self._of = of
        for method, name in methods.items():
            setattr(self, method, watch.timed(getattr(of, method), name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)
