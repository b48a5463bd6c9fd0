"""The coach: the bouts of `analyze`, whatever was asked on the way; what it shows and says, and when."""

import numpy as np
import pytest
from door import SIZE, Known, bridges

from formcheck.analyze import Options
from formcheck.coach import Coach, Moment
from formcheck.errors import NobodyFoundError
from formcheck.findings import VideoInfo
from formcheck.poses import Array, Poses
from formcheck.session import Session
from formcheck.video import Frame

INFO = VideoInfo("camera 0", "", 1.0, 30.0, *SIZE, frames=30)


def grey(level: int = 120, size: tuple[int, int] = SIZE) -> Array:
    return np.full((size[1], size[0], 3), level, np.uint8)


def coached(poses: Poses, exercise: str = "auto", level: int = 120) -> tuple[Coach, list[Moment]]:
    """A coach that was fed frames in which the estimator knows these poses, and what it said."""
    coach = Coach(Options.of(exercise), Known(poses))
    rgb = grey(level, poses.image_size)
    return coach, [coach.feed(Frame(float(time), rgb)) for time in poses.time]


def test_the_bouts_are_those_of_the_session() -> None:
    coach, moments = coached(bridges(), "ball_bridge")
    session = Session(Options.of("ball_bridge").exercises)
    list(session.feed(bridges()))
    assert coach.finish(INFO).bouts == session.finish()
    assert [rep.index for moment in moments for rep in moment.reps] == [1, 2, 3]
    assert moments[-1].exercise == "ball_bridge"


def test_nobody() -> None:
    coach, moments = coached(Poses.blank(bridges().time[:40], SIZE))
    assert {moment.stage for moment in moments} == {"nobody"}
    assert [advice.id for advice in moments[-1].placement] == ["nobody"]
    with pytest.raises(NobodyFoundError):
        coach.finish(INFO)
