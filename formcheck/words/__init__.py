"""The sentences that a person reads or hears, made from codes and numbers. Wording is changed only here.

Two kinds stand elsewhere: what a cue says is in its exercise file, and what an error says is where it is raised.
Everything is taken from here, as `words.reason`; the modules part it by where it is read.
"""

from formcheck.words.common import *  # noqa: F403
from formcheck.words.evidence import *  # noqa: F403
from formcheck.words.judged import *  # noqa: F403
from formcheck.words.live import *  # noqa: F403
from formcheck.words.reasons import *  # noqa: F403
from formcheck.words.report import *  # noqa: F403
