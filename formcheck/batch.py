"""Batch: many recordings, one process each at a time, one report each; and a gate for continuous integration."""

import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from formcheck import store
from formcheck.analyze import Options, analyze_into, prepare
from formcheck.errors import FormcheckError, UsageError

SUFFIXES: Final = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif"})
"""Files that are taken from a folder."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording and the folder for its report."""

    source: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one job: its lowest bout's score and all its faults, or why it failed."""

    job: Job
    score: float | None
    reps: int
    faults: tuple[str, ...]
    error: str | None

    def passes(self, fail_under: float | None) -> bool:
        """Whether the gate lets it through. A recording without a score does not pass a gate on the score."""
        return fail_under is None or (self.score is not None and self.score >= fail_under)


def jobs(inputs: Sequence[Path], out: Path) -> list[Job]:
    """The recordings that files and folders name, each with a folder of its own under `out`.

    Raises `UsageError` when there are none, or two would write to the same folder.
    """
    found: list[Job] = []
    for given in inputs:
        if given.is_dir():
            files = sorted(p for p in given.rglob("*") if p.suffix.lower() in SUFFIXES and _is_recording(p))
            found += [Job(path, out / path.relative_to(given)) for path in files]
        else:
            found.append(Job(given, out / given.name))
    if not found:
        raise UsageError(
            f"no recordings found in {', '.join(map(str, inputs))}; taken are {', '.join(sorted(SUFFIXES))}"
        )
    folders = [job.folder for job in found]
    twice = next((folder for folder in folders if folders.count(folder) > 1), None)
    if twice is not None:
        raise UsageError(f"two recordings would be written to {twice}; give their folder instead, or rename one")
    return found


def _is_recording(path: Path) -> bool:
    """Whether a file is a recording, and not the annotated video of an earlier result."""
    return path.is_file() and not (path.name == "annotated.mp4" and (path.parent / "report.json").exists())


def run(todo: Sequence[Job], options: Options, workers: int) -> Generator[Result, None, None]:
    """Analyse the jobs in `workers` processes; results come as they are done. One that fails does not stop the rest.

    Closed before its end, as by Ctrl-C, it stops the processes, and they take away what is half-written. To be called
    from the main thread.
    """
    context = multiprocessing.get_context("spawn")
    before = multiprocessing.active_children()
    with ProcessPoolExecutor(max(1, min(workers, len(todo))), context, initializer=_begin) as pool:
        with _unheard():
            waiting = {pool.submit(_one, job, options): job for job in todo}
        try:
            yield from _results(waiting)
        except BaseException:
            for child in multiprocessing.active_children():
                if child not in before:
                    child.terminate()
            raise


def _results(waiting: dict[Future[Result], Job]) -> Iterator[Result]:
    for future in as_completed(waiting):
        try:
            yield future.result()
        except BrokenProcessPool:
            yield Result(waiting[future], None, 0, (), "the process that analysed it, or one beside it, was killed")
        except Exception as error:  # a fault of the program on one recording must not stop the rest
            yield Result(waiting[future], None, 0, (), f"the program failed on it: {type(error).__name__}: {error}")


@contextmanager
def _unheard() -> Iterator[None]:
    """Processes started in here do not hear Ctrl-C: the one that started them does, and stops them."""
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


def _begin() -> None:
    """In each process: make of the order to stop an exception, so that half-written files are taken away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(1)


def _one(job: Job, options: Options) -> Result:
    try:
        report = analyze_into(job.folder, job.source, options, video=False)
    except FormcheckError as error:
        return Result(job, None, 0, (), str(error))
    except SystemExit:  # from `_leave`: the pool would catch it and begin the next job
        os._exit(1)
    scores = [bout.score for bout in report.bouts if bout.score is not None]
    faults = [
        f"{bout.title}, rep {rep.index}: {cue.message}"
        for bout in report.bouts
        for rep in bout.counted
        for cue in rep.cues
        if cue.verdict == "fault"
    ]
    reps = sum(len(bout.counted) for bout in report.bouts)
    return Result(job, min(scores) if scores else None, reps, tuple(faults), None)


def write_junit(path: Path, results: Sequence[Result], fail_under: float | None) -> None:
    """Write results as JUnit XML: one test case per recording. Raises `OutputError` where that cannot be."""
    suite = ElementTree.Element("testsuite", name="formcheck", tests=str(len(results)))
    for result in sorted(results, key=lambda r: str(r.job.source)):
        case = ElementTree.SubElement(suite, "testcase", classname="formcheck", name=str(result.job.source))
        if result.error is not None:
            ElementTree.SubElement(case, "error", message=_xml(result.error))
        elif not result.passes(fail_under):
            ElementTree.SubElement(case, "failure", message=verdict(result, fail_under)).text = _xml(
                "\n".join(result.faults)
            )
    suite.set("errors", str(sum(r.error is not None for r in results)))
    suite.set("failures", str(sum(r.error is None and not r.passes(fail_under) for r in results)))
    prepare(path.parent)
    with store.whole(path) as temporary:
        ElementTree.ElementTree(suite).write(temporary, encoding="utf-8", xml_declaration=True)


def verdict(result: Result, fail_under: float | None) -> str:
    """What the gate says of a result."""
    if result.score is None:
        return "no score: no known exercise was recognised, or nothing could be judged"
    if fail_under is None:
        return f"score {result.score:.0f}"
    return f"score {result.score:.0f}, at least {fail_under:g} asked for"


def _xml(text: str) -> str:
    """Text without the control characters that XML forbids."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
