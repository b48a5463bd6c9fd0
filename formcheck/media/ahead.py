"""Frames made by another thread while earlier ones are worked on."""

from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final, TypeVar, cast

AHEAD: Final = 2
"""Items that another thread makes ahead (ours): one to spare, as a frame with a mask takes twice the usual time.

In 4K each costs 25 MB.
"""

_T = TypeVar("_T")


def ahead(items: Generator[_T]) -> Generator[_T]:
    """The same items in the same order, made in a thread of its own while earlier ones are worked on.

    An error comes where its item would have come. Close the result before what `items` reads from. Closing it, once it
    has begun, stops the thread and closes `items` as well.
    """
    end = object()
    with closing(items), ThreadPoolExecutor(1, "ahead") as worker:
        coming = deque(worker.submit(next, items, end) for _ in range(AHEAD))
        try:
            while (item := coming.popleft().result()) is not end:
                coming.append(worker.submit(next, items, end))
                yield cast("_T", item)
        finally:
            for future in coming:
                future.cancel()
