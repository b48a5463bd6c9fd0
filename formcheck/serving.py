"""The commands of the page: `formcheck start`, `formcheck serve` and `formcheck shortcut`."""

# ruff: noqa: PLC0415  as in `cli`: what a command needs loads slower than `--help` prints

from pathlib import Path
from typing import Annotated

import typer

from formcheck import console

DataOption = Annotated[Path | None, typer.Option(help="Folder for the history; default the user's own.", metavar="DIR")]


def start(data: DataOption = None) -> None:
    """Open the page in your browser; a formcheck that runs already is used again. Ctrl-C stops it."""
    from formcheck.web.start import start as run

    run(data or _own(), console.say, console.warn)


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            help="Port of the page; 0 takes a free one; default that of the last time, at first 8642.",
            metavar="N",
            min=0,
            max=65535,
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to serve at; any but this machine's own shows the page to others.", metavar="H")
    ] = "127.0.0.1",
    data: DataOption = None,
) -> None:
    """Serve the local web page: live coach, recordings, history. Ctrl-C stops it."""
    from formcheck.web.server import serve as run

    run(host, port, data or _own(), console.say, console.warn)


def shortcut() -> None:
    """Put an icon on the desktop that opens the page."""
    from formcheck.shortcut import put

    for path in put():
        console.say(f"Written: {path}")
    console.say("A double click on it opens formcheck; its window, once closed, stops it.")


def _own() -> Path:
    from platformdirs import user_data_path

    return user_data_path("formcheck", appauthor=False)
