"""Slow motion by a file's tags."""

from fractions import Fraction
from pathlib import Path

import pytest
from clips import MS, clip

from formcheck.filming import Filming
from formcheck.findings import Notice, NoticeCode
from formcheck.media.slow import FILMED, speed_of
from formcheck.media.video import Video

TAGGED = {"container": {"movflags": "use_metadata_tags"}, "metadata": {FILMED: "200.000000"}}


@pytest.mark.parametrize(
    ("tag", "played", "speed"),
    [
        ("240.000000", 30, 0.125),
        ("120", 30, 0.25),
        ("240", 240, 1.0),  # played as it was filmed
        ("30", 15, 1.0),  # a dark room
        ("30", 30, 1.0),
        ("nonsense", 30, 1.0),
        ("nan", 30, 1.0),
        (None, 30, 1.0),
        ("240", None, 1.0),
    ],
)
def test_speed_by_tags(tag: str | None, played: int | None, speed: float) -> None:
    assert speed_of({} if tag is None else {FILMED: tag}, None if played is None else Fraction(played)) == speed


@pytest.mark.parametrize(("said", "speed", "warned"), [(None, 0.125, True), (1.0, 1.0, False), (0.25, 0.25, False)])
def test_times_are_those_of_the_movement(tmp_path: Path, said: float | None, speed: float, warned: bool) -> None:
    path = clip(tmp_path / "slow.mp4", **TAGGED, times=range(0, 400, 40), time_base=MS, rate=25)
    with Video(path, Filming(speed=said)) as video:
        times = [frame.time for frame in video.frames()]
        assert times == pytest.approx([i / 25 * speed for i in range(10)])
        assert video.info().duration_s == pytest.approx(0.4 * speed)
        assert video.info().fps == pytest.approx(25 / speed)
        assert video.warnings == ([Notice(NoticeCode.SLOW_BY_FILE, {"times": pytest.approx(8)})] if warned else [])
