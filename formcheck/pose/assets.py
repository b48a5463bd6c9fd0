"""The pose models that come with the program: where they lie, and whether they are whole."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from formcheck.errors import ModelError

SUMS: Final = "SHA256SUMS"
"""The list of model files, one `<sha256>  <name>` a line, beside the files."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_PLACES: Final = (
    (_PACKAGE / "models", "reinstall formcheck (pip install --force-reinstall formcheck)"),
    (_PACKAGE.parent / "models", "run python models/build.py"),
)
"""Where the models are in an installed package and in a checkout, and how to mend each."""


def model_files() -> tuple[str, ...]:
    """Names of the model files that `model_file` takes, in alphabetical order.

    Raises `ModelError` when the list of models is missing or damaged.
    """
    return tuple(sorted(_sums(_place()[0])))


def model_file(name: str) -> Path:
    """Path of a model file, checked to be there and whole. Each file is hashed once per process.

    Raises `ModelError`, naming the file and the fix, when it is unknown, missing, unreadable or damaged.
    """
    folder, fix = _place()
    sums = _sums(folder)
    if name not in sums:
        raise ModelError(f"no model file is called {name}; the models are {', '.join(sorted(sums))}")
    path = folder / name
    try:
        found = _sha256(path)
    except FileNotFoundError:
        raise ModelError(f"the model file {path} is missing: {fix}") from None
    except OSError as error:
        raise ModelError(f"the model file {path} cannot be read ({error.strerror}): {fix}") from None
    if found != sums[name]:
        raise ModelError(f"the model file {path} is damaged, its SHA-256 is not the one in {SUMS}: {fix}")
    return path


def _place() -> tuple[Path, str]:
    # Only a folder with our list counts: someone else's "models" may lie beside an installed package.
    for folder, fix in _PLACES:
        if (folder / SUMS).is_file():
            return folder, fix
    folder, fix = _PLACES[0]
    raise ModelError(f"the models of formcheck are missing, there is no {folder / SUMS}: {fix}")


@cache
def _sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = [line.split() for line in lines]
    if not pairs or any(len(pair) != 2 or len(pair[0]) != 64 for pair in pairs):
        fix = dict(_PLACES).get(folder, _PLACES[0][1])
        raise ModelError(f"the list of models {folder / SUMS} is damaged: {fix}")
    return {name: digest for digest, name in pairs}


@cache
def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
