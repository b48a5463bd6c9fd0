"""The parts of a picture in which small people are looked for."""

from itertools import pairwise

import pytest

from formcheck.pose.tiles import tiles


@pytest.mark.parametrize(
    ("width", "height", "counts"),
    [
        (1920, 1080, [6, 28]),
        (1080, 1920, [6, 28]),
        (640, 360, [6]),
        (640, 640, [9]),
        (320, 240, []),
        (4000, 100, [3, 7]),
    ],
)
def test_they_cover_the_picture_and_overlap_by_half(width: int, height: int, counts: list[int]) -> None:
    levels = tiles(width, height)
    assert [len(level) for level in levels] == counts
    for level in levels:
        for length, places in ((width, {r.x for r in level}), (height, {r.y for r in level})):
            side, at = level[0].size, sorted(places)
            assert at[0] - side / 2 <= 1e-9
            assert at[-1] + side / 2 >= length - 1e-9
            assert all(two - one <= side / 2 + 1e-9 for one, two in pairwise(at))
