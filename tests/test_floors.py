"""Imports point down: a module imports from lower floors only, and the core knows nothing of the world outside."""

import ast
import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent.parent / "formcheck"

FLOORS: Final = (
    ("errors", "landmarks", "findings"),
    ("poses", "geometry"),
    ("arch",),
    ("view", "sides", "clock", "smooth", "segment", "store"),
    ("joints",),
    ("measures",),
    ("exercise",),
    ("calibration",),
    ("verdict",),
    ("rep",),
    ("bout",),
    ("session",),
    ("report", "draw"),
    ("assets", "video", "camera", "silhouette", "ball", "blazepose", "tasks"),
    ("estimator", "annotate"),
    ("layouts", "crowd"),
    ("exports", "foreign"),
    ("imports",),
    ("analyze", "doctor"),
    ("coach",),
    ("live", "pytest_plugin", "batch", "batch.names", "batch.records"),
    ("batch.jobs",),
    ("batch.inputs", "batch.results", "batch.places", "batch.child"),
    ("batch.spool", "batch.ward", "batch.gate"),
    ("batch.run", "batch.ci"),
    ("web", "web.guard", "web.history", "web.pictures"),
    ("web.live", "web.recordings"),
    ("web.server",),
    ("__init__",),
    ("cli",),
)
"""Every module of the package, lowest floor first; one of a package in it by both names."""

SAME_FLOOR: Final = {
    ("clock", "segment"): "both stand on the grid; segment needs its rate",
    ("camera", "video"): "a frame is the same thing from both",
    ("blazepose", "assets"): "the models' place",
    ("tasks", "assets"): "the models' place",
    ("blazepose", "silhouette"): "the mask is the network's",
    ("blazepose", "ball"): "it is looked for where the body is",
    ("doctor", "analyze"): "the doctor tells how many threads an analysis takes",
    ("poses", "geometry"): "geometry names the array type that poses defines",
    ("findings", "landmarks"): "plain data of the lowest floor",
}
"""Modules of one floor that may know each other, and why."""

CORE: Final = (
    *("errors", "landmarks", "findings", "poses", "geometry", "view", "sides", "clock", "smooth", "segment"),
    *("arch", "joints", "measures", "exercise", "calibration", "verdict", "rep", "bout", "session"),
)

CORE_KNOWS: Final = {
    "array",
    "bisect",
    "numpy",
    "scipy",
    "formcheck",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "math",
    "typing",
}
LOADER_KNOWS: Final = CORE_KNOWS | {"json", "tomllib", "pathlib", "importlib"}
READS_PACKAGE_DATA: Final = ("exercise", "arch", "calibration")
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
    paths = {path: path.relative_to(PACKAGE).with_suffix("").parts for path in PACKAGE.rglob("*.py")}
    return {
        ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts): p for p, parts in paths.items()
    }


def inside(source: str) -> set[str]:
    """Modules of formcheck that a source text imports."""
    known = modules().keys() | {name for floor in FLOORS for name in floor}
    found: set[str] = set()
    for name in imported(source):
        package, *parts = name.split(".")
        if package == "formcheck":
            prefixes = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
            found.add(next((prefix for prefix in prefixes if prefix in known), "__init__"))
    return found


def breaches(module: str, source: str) -> list[str]:
    """What a module imports that does not lie below it."""
    floor = {name: n for n, names in enumerate(FLOORS) for name in names}
    return [
        f"{module} imports {other}"
        for other in sorted(inside(source))
        if not (floor[other] < floor[module] or (module, other) in SAME_FLOOR or (other, module) in SAME_FLOOR)
    ]


def test_every_module_has_its_floor() -> None:
    assert modules().keys() == {name for floor in FLOORS for name in floor}


def test_imports_point_down() -> None:
    found = [b for name, path in modules().items() for b in breaches(name, path.read_text("utf-8"))]
    assert found == []


def test_a_planted_upward_import_is_found() -> None:
    planted = "def f():\n    from formcheck.session import Session\n    return Session\n"
    source = (PACKAGE / "geometry.py").read_text("utf-8")
    assert breaches("geometry", source) == []
    assert breaches("geometry", source + planted) == ["geometry imports session"]
    assert breaches("session", "import formcheck") == ["session imports __init__"]


def test_the_core_knows_only_arrays() -> None:
    for module in CORE:
        source = (PACKAGE / f"{module}.py").read_text("utf-8")
        known = LOADER_KNOWS if module in READS_PACKAGE_DATA else CORE_KNOWS
        assert {name.split(".")[0] for name in imported(source)} <= known, module
        called = {
            n.func.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not called & FORBIDDEN_CALLS, module


def test_the_checker_knows_the_standard_library() -> None:
    assert CORE_KNOWS - {"numpy", "scipy", "formcheck"} <= sys.stdlib_module_names
