"""Poison for every Python that is started with this folder on its path: files that do harm when they are opened.

What a damaged recording does to a decoder cannot be had to order, so the harm hangs on the name. It comes with the
first look at the file, in whatever module that is. Where the environment names a folder in `NOTES`, each process also
notes there, in a file named by its id, what it opens.
"""

import ctypes
import os
import sys
import time
from pathlib import Path


def _crash() -> None:
    ctypes.string_at(0)


def _hang() -> None:
    ctypes.PyDLL(None).sleep(1000)  # native code that does not give way: no other thread runs


def _swell() -> None:
    held = []
    while True:
        held.append(bytes(range(256)) * 160_000)  # 41 MB
        time.sleep(0.02)


def _fail() -> None:
    raise ZeroDivisionError("by zero")


NOTES = os.environ.get("NOTES")
HARM = {"crash": _crash, "endless": _hang, "hog": _swell, "slow": lambda: time.sleep(0.5), "mistake": _fail}


def _opened(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith((".npz", ".mp4")):
        if NOTES is not None:
            with Path(NOTES, str(os.getpid())).open("a", encoding="utf-8") as notes:
                notes.write(f"{arguments[0]}\n")
        harm = HARM.get(Path(arguments[0]).stem.split("-")[0])
        if harm is not None:
            harm()


sys.addaudithook(_opened)
