"""The errors that reach a user: each says what was wrong, what was found, what is allowed and what to do."""

from typing import ClassVar


class FormcheckError(Exception):
    """Root of the tree, caught at the edges only: command line, page, batch, doctor; `exit_code` is the contract's."""

    exit_code: ClassVar[int] = 3


class UsageError(FormcheckError):
    """The command was called with something it cannot take."""

    exit_code: ClassVar[int] = 2


class ExerciseError(UsageError):
    """An unknown exercise, or an exercise file with a mistake in it."""


class OutputError(UsageError):
    """A result could not be written where it was asked for."""


class VideoError(FormcheckError):
    """A video or picture that cannot be read."""


class CameraError(FormcheckError):
    """A camera that is missing, busy or gone."""


class ModelError(FormcheckError):
    """A pose model file that is missing or damaged, or a backend that is not installed."""


class LandmarksError(FormcheckError):
    """Landmarks that cannot be used: the wrong shape, or a file that does not hold them."""


class NobodyFoundError(FormcheckError):
    """No person was found in any frame."""
