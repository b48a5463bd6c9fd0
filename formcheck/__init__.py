"""formcheck: checks the form of psoas and hip exercises in a video, against the cues of their article.

import formcheck
report = formcheck.analyze("clip.mp4")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from formcheck.body.poses import Poses
    from formcheck.core.exercise import Exercise, choose
    from formcheck.core.session import Session
    from formcheck.errors import (
        ExerciseError,
        FormcheckError,
        LandmarksError,
        ModelError,
        NobodyFoundError,
        UsageError,
        VideoError,
    )
    from formcheck.findings import Bout, Rep, Verdict, VideoInfo
    from formcheck.live.coach import Coach
    from formcheck.media.video import Frame
    from formcheck.pose.estimator import PoseEstimator, estimator
    from formcheck.recorded import Options, analyze
    from formcheck.report.report import Report

    __version__: str

__all__ = [
    "Bout",
    "Coach",
    "Exercise",
    "ExerciseError",
    "FormcheckError",
    "Frame",
    "LandmarksError",
    "ModelError",
    "NobodyFoundError",
    "Options",
    "PoseEstimator",
    "Poses",
    "Rep",
    "Report",
    "Session",
    "UsageError",
    "Verdict",
    "VideoError",
    "VideoInfo",
    "__version__",
    "analyze",
    "choose",
    "estimator",
]

_HOMES: Final = {
    **dict.fromkeys(("Options", "analyze"), "formcheck.recorded"),
    "Report": "formcheck.report.report",
    **dict.fromkeys(("Bout", "Rep", "Verdict", "VideoInfo"), "formcheck.findings"),
    "Poses": "formcheck.body.poses",
    "Frame": "formcheck.media.video",
    **dict.fromkeys(("PoseEstimator", "estimator"), "formcheck.pose.estimator"),
    "Session": "formcheck.core.session",
    "Coach": "formcheck.live.coach",
    **dict.fromkeys(("Exercise", "choose"), "formcheck.core.exercise"),
    **dict.fromkeys((name for name in __all__ if name.endswith("Error")), "formcheck.errors"),
}
"""Where the exported names live. They are loaded when first asked for: `formcheck --help` needs none of them."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        found: Any = import_module("importlib.metadata").version("formcheck")
    elif name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'formcheck' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
