"""Seamless textures of floors and walls, drawn at random: linear light."""

from typing import Final, Literal

import cv2
import numpy as np

from benchmarks.studio.mesh import Array

FloorKind = Literal["wood", "tiles", "carpet", "rubber", "concrete"]
WallKind = Literal["plain", "brick", "striped", "panels"]

TEXTURE_SIDE: Final = 512


def _bumps(rng: np.random.Generator, spread: float, *, across: float | None = None) -> Array:
    """Seamless soft noise (side, side) of unit spread."""
    raw = rng.normal(size=(TEXTURE_SIDE, TEXTURE_SIDE)).astype(np.float32)
    wide = cv2.copyMakeBorder(raw, 128, 128, 128, 128, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(wide, (0, 0), across or spread, sigmaY=spread)[128:-128, 128:-128]
    bumps: Array = soft / soft.std()
    return bumps


def _grid_lines(every_x: int, every_y: int, width: int, *, shift: bool = False) -> Array:
    """Mask (side, side) of joints between tiles, bricks or boards; with `shift` every other row is moved by a half."""
    y, x = np.mgrid[0:TEXTURE_SIDE, 0:TEXTURE_SIDE]
    x = x + (y // every_y % 2) * (every_x // 2) * shift
    lines: Array = (x % every_x < width) | (y % every_y < width)
    return lines


def _per_tile(rng: np.random.Generator, every_x: int, every_y: int, *, shift: bool = False) -> Array:
    """One random number of unit spread for each tile (side, side)."""
    y, x = np.mgrid[0:TEXTURE_SIDE, 0:TEXTURE_SIDE]
    column = (x + (y // every_y % 2) * (every_x // 2) * shift) // every_x % (TEXTURE_SIDE // every_x)
    table = rng.normal(size=(TEXTURE_SIDE // every_y + 1, TEXTURE_SIDE // every_x + 1))
    tones: Array = table[y // every_y, column]
    return tones


def floor_texture(kind: FloorKind, colour: Array, rng: np.random.Generator) -> Array:
    """Linear light (side, side, 3) of a floor, seamless."""
    tone = 1 + 0.03 * _bumps(rng, 2)
    if kind == "wood":
        tone = 1 + 0.16 * _per_tile(rng, 256, 64, shift=True) * 0.7 + 0.10 * _bumps(rng, 1.2, across=30)
        tone = np.where(_grid_lines(256, 64, 2, shift=True), 0.45 * tone, tone)
    elif kind == "tiles":
        tone = 1 + 0.03 * _per_tile(rng, 128, 128) + 0.03 * _bumps(rng, 12)
        tone = np.where(_grid_lines(128, 128, 3), 0.6, tone)
    elif kind == "carpet":
        tone = 1 + 0.16 * _bumps(rng, 0.8) + 0.05 * _bumps(rng, 20)
    elif kind == "rubber":
        tone = 1 + 0.05 * _bumps(rng, 0.7) + 1.2 * (rng.random((TEXTURE_SIDE, TEXTURE_SIDE)) > 0.992)
        tone = np.where(_grid_lines(256, 256, 2), 0.7 * tone, tone)
    elif kind == "concrete":
        tone = 1 + 0.07 * _bumps(rng, 30) + 0.04 * _bumps(rng, 3)
    texture: Array = np.clip(colour * np.maximum(tone, 0.1)[..., None], 0, 1)
    return texture


def wall_texture(kind: WallKind, colour: Array, rng: np.random.Generator) -> Array:
    """Linear light (side, side, 3) of a wall; the top row is the ceiling's edge."""
    tone = 1 + 0.015 * _bumps(rng, 3) + 0.02 * _bumps(rng, 40)
    if kind == "brick":
        tone = 1 + 0.13 * _per_tile(rng, 64, 16, shift=True) + 0.06 * _bumps(rng, 1.5)
        tone = np.where(_grid_lines(64, 16, 2, shift=True), 1.35, tone)
    elif kind == "striped":
        tone = tone * np.where((np.arange(TEXTURE_SIDE) // 32 % 2)[None, :] == 1, 1.0, 0.86)
    elif kind == "panels":
        tone = np.where(_grid_lines(128, 256, 3), 0.7, tone)
    texture: Array = np.clip(colour * np.maximum(tone, 0.1)[..., None], 0, 1)
    return texture
