"""A pose estimator that knows the landmarks, also for a command line of its own.

`python tests/known.py LANDMARKS.npz serve ...` is `formcheck serve ...` with the landmarks of a file in place of the
networks: for tests of what comes after the networks, which need neither their time nor a picture that they can read.
"""

import sys
from pathlib import Path

import numpy as np

from formcheck.body.poses import Array, Poses
from formcheck.findings import Notice
from formcheck.pose.estimator import BACKENDS


class Known:
    """Knows the landmarks: those nearest in time, or nobody once they are over."""

    def __init__(self, poses: Poses) -> None:
        self.poses = poses
        self.warnings: list[Notice] = []

    def feed(self, time: float, rgb: Array) -> Poses:
        size = (rgb.shape[1], rgb.shape[0])
        row = int(np.abs(self.poses.time - time).argmin())
        if abs(self.poses.time[row] - time) > 0.1:
            return Poses.blank(np.array([time]), size)
        columns = {
            name: getattr(self.poses, name)[row : row + 1] for name in self.poses.__slots__ if name != "image_size"
        }
        return Poses(**(columns | {"time": np.array([time])}), image_size=size)


def _main() -> None:
    from formcheck import cli
    from formcheck.formats.npz import load

    poses = load(Path(sys.argv.pop(1)))
    BACKENDS["onnx"] = lambda threads, quality, person: Known(poses)
    cli.main()


if __name__ == "__main__":
    _main()
