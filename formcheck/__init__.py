"""formcheck: checks the form of psoas and hip exercises in a video, against the cues of their article.

import formcheck
report = formcheck.analyze("clip.mp4")
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from formcheck.analyze import analyze
    from formcheck.errors import FormcheckError
    from formcheck.exercise import Exercise, choose
    from formcheck.poses import Poses
    from formcheck.report import Report
    from formcheck.session import Session

    __version__: str

__all__ = ["Exercise", "FormcheckError", "Poses", "Report", "Session", "__version__", "analyze", "choose"]

_HOMES: Final = {
    "Exercise": "formcheck.exercise",
    "FormcheckError": "formcheck.errors",
    "Poses": "formcheck.poses",
    "Report": "formcheck.report",
    "Session": "formcheck.session",
    "analyze": "formcheck.analyze",
    "choose": "formcheck.exercise",
}
"""Where the exported names live."""


class _Package(ModuleType):
    """The package; it loads what it exports when that is first asked for: `formcheck --help` needs none of it."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            found: Any = import_module("importlib.metadata").version("formcheck")
        elif name in _HOMES:
            found = getattr(import_module(_HOMES[name]), name)
        else:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        setattr(self, name, found)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system puts every module it loads here: formcheck.analyze must not hide the function of that name.
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
