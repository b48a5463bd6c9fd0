"""What holds for every test."""

import os
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

# A shell starts what it puts into the background with Ctrl-C ignored, and every process started from there inherits
# that: the tests that press Ctrl-C would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def landmarks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What the networks find in a sample, by its name: sought once a session, by whichever worker needs it first."""
    from door import SAMPLES

    from formcheck.recorded import landmarks_into

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "landmarks"
    folder.mkdir(exist_ok=True)

    @cache
    def of(name: str) -> Path:
        found = folder / f"{name}.npz"
        if not found.exists():  # two workers may both begin: what the later one writes is the same
            ours = folder / f"{name}.{os.getpid()}.npz"
            landmarks_into(ours, SAMPLES / f"{name}.mp4", "onnx")
            ours.replace(found)
        return found

    return of
