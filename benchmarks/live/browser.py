"""A real browser before the page: Debian's Chromium, whose camera plays a clip, and a server of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import av

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


def camera_file(clip: Path, path: Path, still_s: float) -> float:
    """Write what Chromium plays as its camera, raw so that it keeps the frame rate; the seconds of one pass.

    The first and the last picture stand for `still_s`, so that it does not matter when in a pass a set begins.
    """
    with av.open(clip) as video, path.open("wb") as output:
        stream = video.streams.video[0]
        rate = round(stream.average_rate or 24)
        output.write(f"YUV4MPEG2 W{stream.width} H{stream.height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        frames = [frame.to_ndarray(format="yuv420p").tobytes() for frame in video.decode(stream)]
        still = round(still_s * rate)
        shown = [frames[0]] * still + frames + [frames[-1]] * still
        for picture in shown:
            output.write(b"FRAME\n" + picture)
    return len(shown) / rate


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """`formcheck serve` on a free port with its history in a folder; its link."""
    command = [sys.executable, "-m", "formcheck.cli", "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            links = (re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line) for line in server.stdout)
            yield next(link.group() for link in links if link)
        finally:
            server.terminate()


@contextmanager
def chromium(program: str, camera: Path, flags: Sequence[str] = FLAGS) -> Iterator[Any]:
    """Chromium with a file of `camera_file` for its camera."""
    from playwright import sync_api  # noqa: PLC0415  only who opens a browser needs it

    with sync_api.sync_playwright() as playwright:
        wanted = [*flags, f"--use-file-for-fake-video-capture={camera}"]
        yield playwright.chromium.launch(executable_path=program, args=wanted)
