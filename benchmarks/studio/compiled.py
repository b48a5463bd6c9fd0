"""Machine code from plain loops over arrays."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """The function compiled at its first call and kept beside its source file from then on."""
    return cast(Loop, njit(cache=True, fastmath=True)(loop))
