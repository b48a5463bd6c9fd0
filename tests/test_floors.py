"""Imports point down: a package imports from lower floors only, and the core knows nothing of the world outside."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

PACKAGE: Final = Path(__file__).parent.parent / "formcheck"

FLOORS: Final = (
    ("errors",),
    ("findings", "files", "filming", "units", "demos"),
    ("words",),
    ("body",),
    ("core", "pose", "media"),
    ("formats", "report"),
    ("recorded",),
    ("again", "live", "doctor", "pytest_plugin", "batch"),
    ("web",),
    ("__init__", "console", "options"),
    ("cli",),
    ("__main__",),
)
"""The rooms of the house, lowest floor first. Rooms of one floor know nothing of one another."""

CORE_KNOWS: Final = {
    *("array", "bisect", "collections", "dataclasses", "enum", "functools", "itertools", "math", "typing"),
    *("numpy", "scipy", "formcheck"),
}
READS_PACKAGE_DATA: Final = {
    "core.exercise": {"pathlib"},
    "core.tomltable": {"pathlib", "re", "reprlib", "string", "textwrap", "tomllib"},
    "core.calibration": {"json"},
    "body.arch": set(),
    "body.seen": set(),
}
"""Modules of the core that read the package's own tables, and what they may know for it besides `importlib`."""

FORBIDDEN_CALLS: Final = {"open", "print", "input"}


def imported(source: str) -> set[str]:
    """Dotted names of all that a source text imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> dict[str, Path]:
    """Where each module lies, by its name without the package's."""
    paths = {path.relative_to(PACKAGE).with_suffix("").parts: path for path in PACKAGE.rglob("*.py")}
    return {".".join(parts[:-1] if parts[1:] and parts[-1] == "__init__" else parts): p for parts, p in paths.items()}


def inside(source: str) -> set[str]:
    """Modules of formcheck that a source text imports; the package itself is `__init__`."""
    known, found = modules(), set()
    for name in imported(source):
        package, *parts = name.split(".")
        if package == "formcheck":
            prefixes = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
            found.add(next((prefix for prefix in prefixes if prefix in known), "__init__"))
    return found


def room(module: str) -> str:
    return module.partition(".")[0]


def breaches(module: str, source: str) -> list[str]:
    """What a module imports that is neither of its own room nor of one below."""
    floor = {name: n for n, names in enumerate(FLOORS) for name in names}
    return [
        f"{module} imports {other}"
        for other in sorted(inside(source))
        if room(other) != room(module) and floor[room(other)] >= floor[room(module)]
    ]


def test_every_room_has_its_floor() -> None:
    assert {room(name) for name in modules()} == {name for floor in FLOORS for name in floor}


def test_imports_point_down() -> None:
    assert [b for name, path in modules().items() for b in breaches(name, path.read_text("utf-8"))] == []


def test_no_two_modules_import_each_other() -> None:
    sorter = TopologicalSorter({name: inside(path.read_text("utf-8")) - {name} for name, path in modules().items()})
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(error.args[1])}")


def test_a_planted_upward_import_is_found() -> None:
    planted = "def f():\n    from formcheck.core.session import Session\n    return Session\n"
    source = (PACKAGE / "body" / "geometry.py").read_text("utf-8")
    assert breaches("body.geometry", source) == []
    assert breaches("body.geometry", source + planted) == ["body.geometry imports core.session"]
    assert breaches("media.video", planted) == ["media.video imports core.session"]
    assert breaches("core.session", "import formcheck") == ["core.session imports __init__"]


@pytest.mark.parametrize("module", [name for name in modules() if room(name) in ("body", "core")])
def test_the_core_knows_only_arrays(module: str) -> None:
    source = modules()[module].read_text("utf-8")
    extra = {"importlib"} | READS_PACKAGE_DATA[module] if module in READS_PACKAGE_DATA else set()
    assert {name.split(".")[0] for name in imported(source)} <= CORE_KNOWS | extra
    called = {
        n.func.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert not called & FORBIDDEN_CALLS


def test_the_checker_knows_the_standard_library() -> None:
    assert CORE_KNOWS - {"numpy", "scipy", "formcheck"} <= sys.stdlib_module_names
