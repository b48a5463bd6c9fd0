"""What may not be published: recordings of real people and the articles' text. The environment says where they lie."""

import os
from pathlib import Path
from typing import Final

import pytest

REAL: Final = Path(os.environ.get("FORMCHECK_FOOTAGE", os.devnull))
"""A folder with `annotations.json` and the folders `clips`, `photos` and `skeletons`."""

SOURCES: Final = Path(os.environ.get("FORMCHECK_SOURCES", os.devnull))
"""A folder with the articles as texts."""

# A variable that is set and leads nowhere makes a test fail: it was meant to run.
real = pytest.mark.skipif("FORMCHECK_FOOTAGE" not in os.environ, reason="FORMCHECK_FOOTAGE names no footage")
sources = pytest.mark.skipif("FORMCHECK_SOURCES" not in os.environ, reason="FORMCHECK_SOURCES names no articles")
