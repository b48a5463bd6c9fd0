"""What a batch costs beside the analysis, how its memory grows, and whether it survives being killed.

    python -m benchmarks.scaling cost [--clips 500]
    python -m benchmarks.scaling workers [--clips 8]
    python -m benchmarks.scaling memory [--clips 100000] [--minutes 60] [--figure FILE.png]
    python -m benchmarks.scaling faults [--times 20]
    python -m benchmarks.scaling cluster [--clips 500]

All but `workers` work on saved landmarks: one rep of 6.4 s, 10 rows a second. `faults` ends with 1 where a resumed run
differs from an undisturbed one.
"""

import contextlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import psutil
import typer

from benchmarks import machine
from benchmarks.core.recording import EXERCISES, PART_S, recording
from formcheck.body.poses import COLUMNS, Poses
from formcheck.formats.npz import PosesWriter
from formcheck.recorded import Options, score

SAMPLE: Final = Path(__file__).parents[2] / "sample_videos" / "leg_lift_dropped.mp4"
MEGABYTE: Final = 1e6
SEEDS: Final = 8
BRIDGE: Final = (0.0, 11.0)
"""Seconds of the recording with the first rep."""

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


def bridge(seed: int) -> Poses:
    """The first rep of the recording, a third of its rows, with a noise of its own."""
    poses = recording(PART_S * len(EXERCISES))
    rows = np.flatnonzero((poses.time >= BRIDGE[0]) & (poses.time <= BRIDGE[1]))[::3]
    columns: dict[str, Any] = {name: getattr(poses, name)[rows] for name in COLUMNS}
    noise = np.random.default_rng(seed).normal(0, 0.5, columns["image"].shape)
    columns["image"] = (columns["image"] + noise).astype(np.float32)
    return Poses(**columns, image_size=poses.image_size)


def clips(folder: Path, count: int) -> Path:
    """A folder with `count` clips, a thousand in each of its folders: links to a few files, read each for itself."""
    folder.mkdir(parents=True)
    for number in range(count):
        day = folder / f"{number // 1000:04}"
        day.mkdir(exist_ok=True)
        path = day / f"{number % 1000:03}.npz"
        if number < SEEDS:
            with PosesWriter(path, (poses := bridge(number)).image_size) as writer:
                writer.append(poses)
        elif number % 1000 < SEEDS:  # a file of its own for every folder: disks bound the links to one
            path.write_bytes((folder / "0000" / path.name).read_bytes())
        else:
            os.link(day / f"{number % SEEDS:03}.npz", path)
    return folder


def line(source: Path, out: Path, *arguments: object) -> list[str]:
    """The command of a batch."""
    given = [source, "--out", out, *arguments]
    return [sys.executable, "-m", "formcheck.cli", "batch", *map(str, given)]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock on the wall, and of processor time of all processes."""

    wall: float
    cpu: float


def taken(source: Path, out: Path, *arguments: object) -> Took:
    """How long a batch takes, to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(line(source, out, *arguments), check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def circumstances() -> str:
    return f"{time.strftime('%Y-%m-%d')}, {machine.described()}, load {os.getloadavg()[0]:.1f} before"


@contextlib.contextmanager
def room() -> Iterator[Path]:
    print(circumstances(), flush=True)
    with tempfile.TemporaryDirectory(prefix="scaling-") as folder:
        yield Path(folder)


def of_one_more(few: Took, many: Took, clips: int) -> str:
    """The cost of a clip without the start of the run."""
    return f"{(many.wall - few.wall) / clips * 1000:.1f} ms, {(many.cpu - few.cpu) / clips * 1000:.1f} ms of processor"


@app.command()
def cost(count: Annotated[int, typer.Option("--clips")] = 500) -> None:
    """What a clip of saved landmarks costs in a batch of one process, beside scoring it alone."""
    with room() as folder:
        source, first = clips(folder / "in", count), clips(folder / "first", 10)
        path, options = source / "0000" / "000.npz", Options.of()
        score(path, options)
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(100):
            score(path, options)
        alone = Took(time.perf_counter() - began, time.process_time() - cpu)
        print(f"score alone: {of_one_more(Took(0, 0), alone, 100)}")
        few = taken(first, folder / "few", "--jobs", 1)
        many = taken(source, folder / "many", "--jobs", 1)
        again = taken(source, folder / "many", "--jobs", 1)
        print(f"run of 10 clips: {few.wall:.2f} s, {few.cpu:.2f} s of processor")
        print(f"a clip more: {of_one_more(few, many, count - 10)}")
        print(f"a clip more that is done already: {of_one_more(few, again, count - 10)}")
        sizes = {p.name: p.stat().st_size for p in (folder / "many" / "0000" / "000.npz").iterdir()}
        table = (folder / "many" / "results.parquet").stat().st_size / count
        print(f"bytes of a clip: {sizes}, {table:.0f} in the table; landmarks {path.stat().st_size}")


@app.command()
def workers(count: Annotated[int, typer.Option("--clips")] = 8) -> None:
    """One process and two on the same videos: pixels to reports.

    One process reads ahead in a second thread, and so has some use of a second core; on one core it has none.
    """
    with room() as folder:
        for name, many in {"few": 2, "many": 2 + count}.items():
            (folder / name).mkdir()
            for number in range(many):
                (folder / name / f"{number}.mp4").write_bytes(SAMPLE.read_bytes())
        cores = os.sched_getaffinity(0)
        found: dict[str, float] = {}
        for what, processes, on in (("one on one core", 1, {min(cores)}), ("one", 1, cores), ("two", 2, cores)):
            os.sched_setaffinity(0, on)
            few = taken(folder / "few", folder / f"few {what}", "--jobs", processes)
            all_of_them = taken(folder / "many", folder / f"many {what}", "--jobs", processes)
            found[what] = all_of_them.wall - few.wall
            print(
                f"{what}: a clip more {of_one_more(few, all_of_them, count)}; the first two {few.wall:.1f} s",
                flush=True,
            )
        print(", ".join(f"two are {took / found['two']:.2f} times as fast as {what}" for what, took in found.items()))


@app.command()
def cluster(count: Annotated[int, typer.Option("--clips")] = 500) -> None:
    """What a task costs on a Dask cluster of two workers on this machine."""
    from dask.distributed import LocalCluster  # noqa: PLC0415  an extra

    with room() as folder:
        source, first = clips(folder / "in", count), clips(folder / "first", 10)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as dask:  # type: ignore[no-untyped-call]
            there = ("--scheduler", dask.scheduler_address)
            for where, how in {"cluster": there, "two processes": ("--jobs", 2)}.items():
                few = taken(first, folder / f"{where} few", *how)
                many = taken(source, folder / where, *how)
                again = taken(source, folder / where, *how)
                print(f"{where}: a clip more {(many.wall - few.wall) / (count - 10) * 1000:.1f} ms,", end=" ")
                print(f"one that is done already {(again.wall - few.wall) / (count - 10) * 1000:.1f} ms")


@app.command()
def memory(
    count: Annotated[int, typer.Option("--clips")] = 100_000,
    minutes: Annotated[float, typer.Option(help="Stop after so long.")] = 60,
    figure: Annotated[Path | None, typer.Option(help="Where to draw it.")] = None,
) -> None:
    """The memory of the parent over the clips that are done."""
    with room() as folder:
        source = clips(folder / "in", count)
        seen = followed(line(source, folder / "out", "--jobs", os.cpu_count()), count, minutes * 60)
        for clips_done, megabytes, seconds in seen[:: max(1, len(seen) // 20)] + seen[-1:]:
            print(f"{clips_done:7} clips, {seconds:6.0f} s: {megabytes:.1f} MB")
        if figure is not None:
            draw(figure, [s[0] for s in seen], [s[1] for s in seen])


def followed(command: list[str], count: int, seconds: float) -> list[tuple[int, float, float]]:
    """Clips done, megabytes of the parent and seconds, once every hundred clips, until the end or `seconds`.

    The last line, where all were done, is the most that the tables took.
    """
    began = time.perf_counter()
    seen: list[tuple[int, float, float]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        parent = psutil.Process(process.pid)
        for number, _ in enumerate(process.stdout, 1):
            if number % 100 == 0:
                seen.append((number, parent.memory_info().rss / MEGABYTE, time.perf_counter() - began))
                if seen[-1][2] > seconds:
                    process.send_signal(signal.SIGINT)
                    break
            if number == count:
                seen.append((count, most_until_the_end(parent, process), time.perf_counter() - began))
        process.stdout.read()
    return seen


def most_until_the_end(parent: psutil.Process, process: "subprocess.Popen[bytes]") -> float:
    """The most megabytes of the parent while it writes the tables."""
    most = 0.0
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            most = max(most, parent.memory_info().rss / MEGABYTE)
        time.sleep(0.02)
    return most


def draw(path: Path, done: list[int], megabytes: list[float]) -> None:
    """The memory as a line."""
    import matplotlib as mpl  # noqa: PLC0415  an extra

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    shown, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    axes.plot(done, megabytes)
    axes.set(xlabel="clips done", ylabel="memory of the parent, MB", ylim=(0, 1.2 * max(megabytes)), xlim=(0, None))
    shown.savefig(path, dpi=120)


@app.command()
def faults(times: Annotated[int, typer.Option()] = 20, count: Annotated[int, typer.Option("--clips")] = 40) -> None:
    """Kill the parent at random points, then workers, then fill the disk; compare what the next run leaves."""
    with room() as folder:
        source = clips(folder / "in", count)
        subprocess.run(line(source, folder / "good"), check=True, stdout=subprocess.DEVNULL)
        whole = contents(folder / "good")
        wrong = 0
        for what, harm in {"parent": kill_parent, "worker": kill_worker, "disk": fill_disk}.items():
            wrong_here = 0
            for number in range(times):
                out = folder / f"{what}-{number}"
                harm(line(source, out, "--jobs", 2), random.Random(number), count)
                subprocess.run(line(source, out, "--jobs", 2), check=True, stdout=subprocess.DEVNULL)
                wrong_here += contents(out) != whole
            print(f"{what}: {times - wrong_here} of {times} resumed runs equal the undisturbed one", flush=True)
            wrong += wrong_here
        sys.exit(wrong > 0)


def kill_parent(command: list[str], chance: random.Random, count: int) -> None:
    """At a random clip, and a random moment of it; or while the tables are written."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(chance.randrange(count + 1)):
            process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.kill()


def kill_worker(command: list[str], chance: random.Random, count: int) -> None:
    """Three times in a run, at random clips."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3):
            for _ in range(chance.randrange(count // 4) + 1):
                process.stdout.readline()
            time.sleep(chance.uniform(0, 0.02))
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children()[:1]:
                    child.kill()
        process.stdout.read()


def fill_disk(command: list[str], chance: random.Random, count: int) -> None:
    """Files may grow to a random size and no further."""
    most = chance.randrange(200, 16_000)
    subprocess.run(
        command,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


if __name__ == "__main__":
    app()
