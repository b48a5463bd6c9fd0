"""How much memory `formcheck analyze` takes, and that it does not grow with the length of the recording.

    python -m benchmarks.memory [--minutes 10] [--height 1080] [--video]

A sample is scaled up, encoded once and repeated without encoding again; each run is a process of its own.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Final

import av
import typer

SAMPLE: Final = Path(__file__).parents[1] / "sample_videos" / "leg_lift.mp4"
RATE: Final = 30  # frames a second, as phones record; the sample's own frames are each shown twice
MEGABYTE: Final = 1e6


def scaled(path: Path, height: int) -> None:
    """The sample once, `height` pixels high."""
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as output:
        shown = source.streams.video[0]
        stream: Any = output.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "bf": "0"})
        stream.width, stream.height = round(shown.width * height / shown.height / 2) * 2, height
        stream.pix_fmt = "yuv420p"
        for number, frame in enumerate(frame for frame in source.decode(shown) for _ in range(2)):
            large = frame.reformat(stream.width, stream.height)
            large.pts, large.time_base = number, Fraction(1, RATE)
            output.mux(stream.encode(large))
        output.mux(stream.encode())


def repeated(once: Path, path: Path, minutes: float) -> None:
    """The frames of `once` over and over, `minutes` long, as they were coded."""
    with av.open(str(once)) as source, av.open(str(path), "w") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        length, unit = stream.duration or 0, stream.time_base or Fraction(1, RATE)
        begun = 0
        while begun * unit < minutes * 60:
            source.seek(0)
            for packet in source.demux(stream):
                if packet.pts is None or packet.dts is None or (packet.pts + begun) * unit >= minutes * 60:
                    continue
                packet.pts, packet.dts, packet.stream = packet.pts + begun, packet.dts + begun, copy
                output.mux(packet)
            begun += length


def measured(video: Path, annotated: bool) -> tuple[float, float]:
    """Peak memory in MB and seconds of `formcheck analyze`."""
    line = [sys.executable, "-m", "formcheck.cli", "analyze", str(video), "--out", str(video.with_suffix(".formcheck"))]
    began = time.perf_counter()
    process = subprocess.Popen([*line, "--annotated" if annotated else "--no-video"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"formcheck ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return usage.ru_maxrss * unit / MEGABYTE, time.perf_counter() - began


def main(
    minutes: Annotated[float, typer.Option(help="Length of the longer video.")] = 10,
    height: Annotated[int, typer.Option(help="Lines of the picture.")] = 1080,
    video: Annotated[bool, typer.Option("--video", help="Write the annotated video, too.")] = False,
) -> None:
    """Print the peak memory of one minute and of `minutes`."""
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        once = Path(folder) / "once.mp4"
        scaled(once, height)
        for length in (1.0, minutes):
            long = Path(folder) / f"{length:g}.mp4"
            repeated(once, long, length)
            peak, seconds = measured(long, video)
            print(
                f"{length:4g} min of {height}p{', with the video' if video else ''}: {peak:.0f} MB, {seconds:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    typer.run(main)
