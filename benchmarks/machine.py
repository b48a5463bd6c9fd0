"""What a benchmark ran on, and where its text goes."""

import os
import platform
from pathlib import Path

from formcheck import files


def described() -> str:
    """The processor, its cores and the system, in words."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text("utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def written(text: str, path: Path | None) -> None:
    """Write a text to a file, whole or not at all; without one, print it."""
    if path is None:
        print(text)
        return
    with files.whole(path) as part:
        part.write_text(text, "utf-8")
