"""What holds for every test."""

import os
import signal
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A shell starts what it puts into the background with Ctrl-C ignored, and every process started from there inherits
# that: the tests that press Ctrl-C would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One file, or a test of it, is not worth the start of other processes."""
    named = {argument.partition("::")[0] for argument in config.args}
    return 0 if len(named) == 1 and Path(*named).is_file() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that are `only_if_changed` run where their folders differ from what the main line has."""
    if "CI" in os.environ or "FORMCHECK_ALL_TESTS" in os.environ:
        return
    for item in items:
        for mark in item.iter_markers("only_if_changed"):
            if not changed(mark.args):
                reason = f"{', '.join(mark.args)}: as on the main line; FORMCHECK_ALL_TESTS=1 runs this too"
                item.add_marker(pytest.mark.skip(reason=reason))


@cache
def changed(folders: tuple[str, ...]) -> bool:
    """Whether anything in these folders differs from the branch that this one follows, as far as git can tell."""
    fork = _git("merge-base", "HEAD", "@{upstream}") or _git("merge-base", "HEAD", "origin/HEAD")
    if not fork:
        return True
    new = _git("ls-files", "--others", "--exclude-standard", "--", *folders)
    return new != "" or _git("diff", "--name-only", fork, "--", *folders) != ""


def _git(*arguments: str) -> str | None:
    """What git says; None where it cannot."""
    try:
        done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


@pytest.fixture(scope="session")
def landmarks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What the networks find in a sample, by its name: sought once a session, by whichever worker needs it first."""
    from door import SAMPLES

    from formcheck.recorded import Options, landmarks_into

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "landmarks"
    folder.mkdir(exist_ok=True)

    @cache
    def of(name: str) -> Path:
        found = folder / f"{name}.npz"
        if not found.exists():  # two workers may both begin: what the later one writes is the same
            ours = folder / f"{name}.{os.getpid()}.npz"
            landmarks_into(ours, SAMPLES / f"{name}.mp4", Options.of())
            ours.replace(found)
        return found

    return of
