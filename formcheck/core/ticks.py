"""Turns frames into settled ticks: legs put right, on the clock's 30 Hz grid, smoothed. The core judges by these."""

from collections.abc import Iterator

from formcheck.body.poses import Poses
from formcheck.core.clock import Clock
from formcheck.core.sides import Sides
from formcheck.core.smooth import Smoother


class Ticks:
    """Turns frames into ticks: `feed` gives those that can no longer change, `finish` the rest.

    Both give them in parts, made as they are taken; those not taken come with the next ones. The ticks do not depend on
    how the frames were cut. `sides` knows when legs were exchanged.
    """

    def __init__(self) -> None:
        self.sides = Sides()
        self._clock, self._smoother = Clock(), Smoother()

    def feed(self, frames: Poses) -> Iterator[Poses]:
        """Ticks settled by `frames`, which follow those fed before."""
        return map(self._smoother.feed, self._clock.feed(self.sides.feed(frames)))

    def finish(self) -> Iterator[Poses]:
        """The ticks up to the last frame; none where nothing was fed."""
        yield from map(self._smoother.feed, self._clock.finish())
        last = self._smoother.finish()
        if last is not None:
            yield last
