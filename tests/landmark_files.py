"""Landmarks as other programs write them: files of a film's poses in every format that is read."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.stick import BRISK, Act, Camera, ball_bridge, film, glute_bridge, kneeling_lunge, leg_lift
from formcheck.body.poses import Array, Poses
from formcheck.formats.imports import opened
from formcheck.formats.layouts import BODY_25, COCO_17, rows
from formcheck.formats.npz import PosesWriter

ACTS: dict[str, Callable[..., Act]] = {
    "glute_bridge": glute_bridge,
    "ball_bridge": ball_bridge,
    "kneeling_lunge": kneeling_lunge,
    "leg_lift": leg_lift,
}
FPS, SIZE = 30, (1280, 720)
GIVEN: dict[str, Any] = {"fps": FPS, "size": SIZE}

HEAD = {"fps": FPS, "width": SIZE[0], "height": SIZE[1]}


@cache
def filmed(act: str, yaw: float = 80) -> Poses:
    poses: Poses = film(ACTS[act](BRISK), Camera(yaw=yaw), noise=0.3, seed=1).poses
    return poses


def saved(path: Path, poses: Poses) -> Path:
    with PosesWriter(path, poses.image_size) as writer:
        writer.append(poses)
    return path


def written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data), "utf-8")
    return path


def points(poses: Poses, layout: tuple[str, ...]) -> Array:
    """(n, k, 3) of a layout, 0 where there is no such point."""
    found = np.zeros((len(poses), len(layout), 3))
    for at, row in rows(layout):
        found[:, at, :2], found[:, at, 2] = poses.image[:, row], 0.9
    return np.nan_to_num(found)


def flat(body: Array) -> list[float]:
    return [round(value, 3) for value in body.ravel().tolist()]


def openpose(poses: Poses, layout: tuple[str, ...] = BODY_25) -> list[dict[str, Any]]:
    return [{"people": [{"pose_keypoints_2d": flat(body)}] if body.any() else []} for body in points(poses, layout)]


def coco(poses: Poses) -> list[dict[str, Any]]:
    bodies = points(poses, COCO_17)
    return [
        {"image_id": i, "category_id": 1, "keypoints": flat(b), "score": 0.9} for i, b in enumerate(bodies) if b.any()
    ]


def mediapipe(poses: Poses, *, world: bool = True) -> list[dict[str, Any]]:
    frames = []
    for i in range(len(poses)):
        shares = poses.image[i] / np.array(poses.image_size)
        frame = {"frame": i, "landmarks": [{"x": x, "y": y, "visibility": 0.9} for x, y in shares.tolist()]}
        more = [dict(zip("xyz", point, strict=True)) for point in poses.world[i].tolist()]
        frames.append(frame | ({"world_landmarks": more} if world else {}))
    return frames


def loaded(path: Path, **settings: Any) -> Poses:
    return Poses.join(opened(path, **settings))


def tasks(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As MediaPipe's tasks give it: a list of bodies in every frame."""
    return [
        frame | {"landmarks": [frame["landmarks"]], "world_landmarks": [frame["world_landmarks"]]} for frame in frames
    ]


SHORT = filmed("glute_bridge")[:12]
