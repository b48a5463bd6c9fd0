"""The run: clips go to threads of this machine or to a Dask cluster, by one code path. Results come as they are done.

Both are executors of `concurrent.futures`. Each worker calls `work`, which takes a ward and waits for its answer.
"""

import json
import logging
import queue
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from formcheck import files
from formcheck.batch import records, results
from formcheck.batch.jobs import Job, Settings
from formcheck.batch.records import Record
from formcheck.batch.spool import Spool
from formcheck.batch.ward import StoppedError, close, ward
from formcheck.errors import FormcheckError, UsageError

AHEAD: Final = 4
"""Ours: clips handed out at one time, per thread. No thread waits for its next clip, and memory does not grow."""
AHEAD_ON_A_CLUSTER: Final = 1000
"""Ours: enough for 250 workers; a task takes some kilobytes here and in the scheduler."""
ANSWERS_S: Final = 30
"""Ours: how long to wait for a scheduler."""
CLOSES_S: Final = 5
"""Ours: how long the workers of a cluster may take to stop; one that hangs must not delay the end of a run."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one job: its lowest bout's score and the reps that count, or why it failed.

    kept: an earlier run did it. seconds: how long it took, if this run did it.
    """

    job: Job
    score: float | None
    reps: int
    error: str | None
    kept: bool = False
    seconds: float = 0.0


def work(job: Job, settings: Settings) -> tuple[Record, bool, float]:
    """Do one clip in a ward of this process: its record, whether it was kept, and the seconds it took."""
    began = time.perf_counter()
    with ward(settings) as mine:
        done = mine.work(job, settings)
    return done.record, done.kept, time.perf_counter() - began


def run(
    inputs: Sequence[Path], settings: Settings, *, workers: int, scheduler: str | None = None, log: Path | None = None
) -> Generator[tuple[int, Result], None, None]:
    """Work on the clips that the inputs name, then write the tables. Gives each result, with the number of clips.

    Results come as they are done, and a clip that fails does not stop the rest. workers: processes that work at one
    time on this machine. scheduler: address of a Dask scheduler, whose workers do the work instead; they must see the
    same files at the same places. log: a file that lines of JSON are added to. If it is closed before its end, as by
    Ctrl-C, all processes stop, and the next run goes on from there.

    Raises `UsageError` for what `Spool` does not take and where no scheduler answers, `OutputError` where the results
    cannot be written, `ModelError` when a model is missing.
    """
    with Spool(inputs, settings.out) as spool, _log(log) as tell:
        clips = len(spool)
        tell("begun", clips=clips, out=str(settings.out), scheduler=scheduler, program=settings.program)
        try:
            for result in worked(spool, settings, workers, scheduler):
                _tell_clip(tell, result)
                yield clips, result
            totals = results.write(spool, settings.out, settings.scratch)
        except BaseException as error:
            tell("stopped", error=f"{type(error).__name__}: {error}")
            raise
        tell("ended", **asdict(totals))


def worked(
    jobs: Iterable[Job], settings: Settings, workers: int, scheduler: str | None = None
) -> Generator[Result, None, None]:
    """Work on the jobs; results come as they are done. This is the part of `run` between the list and the tables."""
    with _pool(settings, workers, scheduler) as (pool, ahead):
        for job, future in _through(pool, jobs, settings, ahead):
            yield _result(job, future, settings)


Tell = Callable[..., None]
"""Called with the name of an event and its fields."""


@contextmanager
def _log(path: Path | None) -> Iterator[Tell]:
    """A function that adds an event to the log, with the time; without a log it does nothing."""
    if path is None:
        yield lambda event, **said: None
        return
    files.prepare(path.parent)
    with ExitStack() as stack:
        with files.writing(path):
            file = stack.enter_context(path.open("a", encoding="utf-8"))

        def tell(event: str, **said: Any) -> None:
            with files.writing(path):
                file.write(json.dumps({"time": datetime.now(UTC).isoformat(), "event": event} | said) + "\n")
                file.flush()

        yield tell


def _tell_clip(tell: Tell, result: Result) -> None:
    state = "failed" if result.error is not None else "kept" if result.kept else "done"
    said = {"error": result.error, "reps": result.reps, "score": result.score, "seconds": round(result.seconds, 3)}
    tell("clip", source=result.job.name, state=state, **said)


def _through(
    pool: Executor, jobs: Iterable[Job], settings: Settings, ahead: int
) -> Iterator[tuple[Job, "Future[tuple[Record, bool, float]]"]]:
    """Submit the jobs, never more than `ahead` at a time; gives each job with its future, as they are done."""
    coming = iter(jobs)
    waiting: dict[Future[tuple[Record, bool, float]], Job] = {}
    done: queue.SimpleQueue[Future[tuple[Record, bool, float]]] = queue.SimpleQueue()
    while True:
        for job in islice(coming, ahead - len(waiting)):
            future = pool.submit(work, job, settings)
            waiting[future] = job
            future.add_done_callback(done.put)
        if not waiting:
            return
        future = done.get()
        yield waiting.pop(future), future


def _result(job: Job, future: "Future[tuple[Record, bool, float]]", settings: Settings) -> Result:
    try:
        record, kept, seconds = future.result()
    except (FormcheckError, StoppedError):
        raise
    except CancelledError as error:
        raise FormcheckError("the Dask scheduler let go of the clips; run the same again to go on from here") from error
    except Exception as error:  # such as Dask's KilledWorker: one lost worker must not stop the rest
        kept, seconds = False, 0.0
        record = Record(None, f"the worker failed on it: {type(error).__name__}: {error}", lasting=False)
        records.keep(job.folder, record, settings.scratch / "here")
    return Result(job, record.score, record.reps, record.error, kept, seconds)


@contextmanager
def _pool(settings: Settings, workers: int, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """The executor, and how many clips it may have at one time."""
    if scheduler is None:
        with ThreadPoolExecutor(workers, "ward") as pool:
            try:
                yield pool, AHEAD * workers
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                close(settings.run)
        return
    with _client(scheduler) as client:
        executor = client.get_executor(pure=False)
        try:
            yield executor, AHEAD_ON_A_CLUSTER
        finally:
            executor.shutdown(wait=False)
            with suppress(OSError):  # the scheduler may be gone, as was said already; or a worker hangs: `TimeoutError`
                client.run(close, settings.run, callback_timeout=CLOSES_S)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of a Dask scheduler that has a worker."""
    try:
        from dask.distributed import Client  # noqa: PLC0415  an extra
    except ImportError:
        raise UsageError("--scheduler needs Dask: pip install 'formcheck[cluster]'") from None
    # When a worker is lost, Dask warns of its lost results before it computes them again.
    logging.getLogger("distributed.client").setLevel(logging.ERROR)
    try:
        client: Any = Client(address, timeout=ANSWERS_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise UsageError(f"the Dask scheduler at {address} has no workers; start some: dask worker {address}")
        yield client
