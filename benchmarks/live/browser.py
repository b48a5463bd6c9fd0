"""A real browser before the page: Debian's Chromium, whose camera plays a clip, and a server of its own."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import av

CHROMIUM: Final = shutil.which("chromium")
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

STILL_S: Final = 3.0
"""The first picture stands for as long: in it the set begins, at whatever moment, and in the next pass's it ends."""

HEARD: Final = """
window.spoken = [];
speechSynthesis.speak = (words) => {
  spoken.push(words.text);
  setTimeout(() => words.dispatchEvent(new Event("end")), 200);
};
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  await welcomed;
  return (window.stream = await open(wanted));
};
let welcome;
const welcomed = new Promise((resolve) => (welcome = resolve));
window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address);
    this.addEventListener("message", welcome);
  }
};
"""
"""Notes what would be said aloud, and the camera's stream; the clip waits for the server's models."""

PLAYED: Final = "document.getElementById('video').currentTime"
"""Seconds of the camera's film that were shown."""


def camera_file(clip: Path, path: Path) -> float:
    """Write what Chromium plays as its camera, raw so that it keeps the frame rate; the seconds of one pass."""
    with av.open(clip) as video, path.open("wb") as output:
        stream = video.streams.video[0]
        rate = round(float(stream.average_rate or 24))
        output.write(f"YUV4MPEG2 W{stream.width} H{stream.height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        frames = [frame.to_ndarray(format="yuv420p").tobytes() for frame in video.decode(stream)]
        pictures = [frames[0]] * round(STILL_S * rate) + frames
        for picture in pictures:
            output.write(b"FRAME\n" + picture)
    return len(pictures) / rate


@contextmanager
def serving(data: Path, program: Sequence[str] = (sys.executable, "-m", "formcheck.cli")) -> Iterator[str]:
    """`formcheck serve` on a free port with its history in a folder; its link. `program` is the command line."""
    command = [*program, "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            links = (re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line) for line in server.stdout)
            yield next(link.group() for link in links if link)
        finally:
            server.terminate()


def keyed(browser: Any, link: str, **options: Any) -> Any:
    """A new context of the browser, as Playwright calls it, that holds the page's key: the link opens but once."""
    context = browser.new_context(**options)
    if link not in _KEYS:
        context.request.get(link)
        _KEYS[link] = context.cookies()
    context.add_cookies(_KEYS[link])
    return context


def address(link: str) -> str:
    """Where the page is that a link opens."""
    return link.partition("?")[0]


_KEYS: Final[dict[str, Any]] = {}


@contextmanager
def filming(playwright: Any, clip: Path, folder: Path) -> Iterator[tuple[Any, float]]:
    """A browser whose camera plays a clip over and over, and the seconds of one pass."""
    path = folder / "camera.y4m"
    pass_s = camera_file(clip, path)
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={path}"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    try:
        yield browser, pass_s
    finally:
        browser.close()
        path.unlink()  # a hundred megabytes


def one_pass(page: Any, pass_s: float) -> None:
    """Let the camera of a set that has begun play its clip once; it starts with the first picture when it is opened."""
    while page.evaluate(PLAYED) < pass_s + STILL_S / 3:
        page.wait_for_timeout(50)
