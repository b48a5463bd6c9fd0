"""Landmarks of mediapipe 0.10.21's own `solutions.pose` (full model, tracking), as a rival.

python benchmarks/accuracy/solutions.py VIDEO OUT.npz

It runs under a Python of its own, because that release needs numpy 1: `python3.11 -m venv OLD`, then
`OLD/bin/pip install "mediapipe==0.10.21"`; `python -m benchmarks.accuracy --solutions OLD/bin/python` calls it. It
knows nothing of formcheck. OUT.npz holds `image` (n, 33, 2) in pixels, `world` (n, 33, 3) in metres and `visibility`
(n, 33) of every frame in the file's order, NaN where nobody was found, and `size`, the picture's width and height.
"""

import sys
from typing import Any

import cv2
import mediapipe
import numpy as np

POINTS = 33


def main(video: str, out: str) -> None:
    capture = cv2.VideoCapture(video)
    rows = []
    with mediapipe.solutions.pose.Pose(model_complexity=1) as pose:
        while True:
            found, frame = capture.read()
            if not found:
                break
            height, width = frame.shape[:2]
            rows.append(row(pose.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)), width, height))
    if not rows:
        sys.exit(f"{video} has no frame that can be read")
    image, world, visibility = (np.array(column, np.float32) for column in zip(*rows, strict=True))
    np.savez_compressed(out, image=image, world=world, visibility=visibility, size=np.array([width, height]))


def row(result: Any, width: int, height: int) -> tuple[Any, Any, Any]:
    if result.pose_landmarks is None:
        return np.full((POINTS, 2), np.nan), np.full((POINTS, 3), np.nan), np.zeros(POINTS)
    points = result.pose_landmarks.landmark
    image = [(point.x * width, point.y * height) for point in points]
    world = [(point.x, point.y, point.z) for point in result.pose_world_landmarks.landmark]
    return image, world, [point.visibility for point in points]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
