"""How the benchmarks' commands begin and end."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import wraps

from formcheck.errors import FormcheckError

Main = Callable[[Sequence[str] | None], int | None]


def parser_of(about: str | None) -> argparse.ArgumentParser:
    """A parser whose help shows a module's docstring as it stands."""
    return argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)


def exits(main: Main) -> Callable[..., int]:
    """The command with an exit code: 0 or its own, and 2 after a sentence where formcheck refuses."""

    @wraps(main)
    def run(arguments: Sequence[str] | None = None) -> int:
        try:
            return main(arguments) or 0
        except FormcheckError as error:
            print(error, file=sys.stderr)
            return 2

    return run
