"""formcheck: checks the form of psoas and hip exercises in a video, against the cues of their article.

import formcheck
report = formcheck.analyze("clip.mp4")
"""

from importlib.metadata import version

from formcheck.analyze import analyze
from formcheck.errors import FormcheckError
from formcheck.poses import Poses
from formcheck.report import Report
from formcheck.session import Session

__version__ = version("formcheck")

__all__ = ["FormcheckError", "Poses", "Report", "Session", "__version__", "analyze"]
