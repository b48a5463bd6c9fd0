"""Items made ahead by another thread."""

import threading
from collections.abc import Generator

import pytest

from formcheck.errors import VideoError
from formcheck.media.ahead import ahead


def counted(made: list[str], fails_at: int = 99) -> Generator[int]:
    try:
        for n in range(1, 6):
            if n == fails_at:
                raise VideoError("no more")
            made.append(threading.current_thread().name)
            yield n
    finally:
        made.append("closed")


def test_it_gives_the_same_items_from_another_thread() -> None:
    made: list[str] = []
    assert list(ahead(counted(made))) == [1, 2, 3, 4, 5]
    assert list(ahead(item for item in (1, None, 2))) == [1, None, 2]
    assert threading.current_thread().name not in made[:5]
    assert made[5:] == ["closed"]


def test_it_fails_where_the_item_would_have_come() -> None:
    items = ahead(counted([], fails_at=3))
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(VideoError, match="no more"):
        next(items)


def test_closed_early_it_stops_its_source() -> None:
    made: list[str] = []
    items = ahead(counted(made))
    assert next(items) == 1
    items.close()
    assert made[-1] == "closed"
    assert len(made) < 6
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
