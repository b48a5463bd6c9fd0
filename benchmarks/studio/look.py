"""What a person wears and looks like, and strangers at random."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from benchmarks.studio.body import Shape
from benchmarks.studio.mesh import Array

Colour = tuple[float, float, float]
Top = Literal["none", "crop", "tank", "tee", "long"]
Bottom = Literal["briefs", "shorts", "capri", "long"]
Hair = Literal["bald", "cropped", "short", "bun", "ponytail"]

SKINS: Final = ("#f1cdb4", "#e3b395", "#d39c78", "#b97f5a", "#94603f", "#6f452d", "#4c2f20")
HAIRS: Final = ("#17120f", "#2a1a10", "#4a2f1c", "#6d4a2b", "#a07a45", "#8c8680", "#c9c4bd")
CLOTHS: Final = (
    *("#23262b", "#2f3b52", "#3b6ea5", "#7f8a93", "#b8bcc0", "#e8e6e0"),
    *("#8c2f39", "#3d6b4f", "#c7743a", "#5b4a7d", "#d6b84a", "#4aa3a2"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wears and looks like. Colours as `#rrggbb`; fits from 0, skin-tight, to 1, loose."""

    skin: str = SKINS[1]
    hair: Hair = "short"
    hair_colour: str = HAIRS[1]
    top: Top = "tee"
    top_colour: str = CLOTHS[2]
    top_fit: float = 0.4
    bottom: Bottom = "long"
    bottom_colour: str = CLOTHS[0]
    bottom_fit: float = 0.1
    shoes: str | None = None
    """Colour, or None for bare feet."""
    seed: int = 0


def linear(colour: str) -> Array:
    """Linear light (3,) of `#rrggbb`."""
    parts: Array = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]) ** 2.2
    return parts


def stranger(rng: np.random.Generator) -> tuple[Shape, Look]:
    """Anybody: a shape and a look drawn at random."""
    sex = float(rng.choice([0.0, 1.0]) * 0.9 + rng.uniform(0, 0.1))
    man = sex > 0.5
    origin = rng.dirichlet([0.6, 0.6, 0.6])
    age = float(rng.triangular(25, 32, 75))
    shape = Shape(
        sex=sex,
        age_years=age,
        weight=float(np.clip(rng.normal(0.5, 0.16), 0.15, 0.95)),
        muscle=float(np.clip(rng.normal(0.55, 0.15), 0.2, 0.9)),
        height_m=float(np.clip(rng.normal(1.77 if man else 1.65, 0.07), 1.48, 2.0)),
        african=float(origin[0]),
        asian=float(origin[1]),
        **{
            name: float(np.clip(rng.normal(0, 0.25), -0.6, 0.6)) for name in ("belly", "seat", "hips", "thigh", "shank")
        },
    )
    dark = int(np.clip(round(float(origin @ [5.0, 2.0, 0.8]) + rng.normal(0, 0.8)), 0, len(SKINS) - 1))
    tops: tuple[Top, ...] = ("none", "tank", "tee", "tee", "long") if man else ("crop", "tank", "tee", "tee", "long")
    hairs: tuple[Hair, ...] = ("bald", "cropped", "short", "short") if man else ("short", "bun", "bun", "ponytail")
    grey = age > 55 and rng.random() < 0.7
    top_fit, bottom_fit = rng.choice([0.1, 0.45, 0.7, 1.0]), rng.choice([0.1, 0.1, 0.5, 0.9])
    look = Look(
        skin=SKINS[dark],
        hair=hairs[int(rng.integers(len(hairs)))],
        hair_colour=HAIRS[int(rng.integers(5, 7) if grey else rng.integers(0, 5 if dark < 3 else 2))],
        top=tops[int(rng.integers(len(tops)))],
        top_colour=CLOTHS[int(rng.integers(len(CLOTHS)))],
        top_fit=float(top_fit),
        bottom=("shorts", "capri", "long", "long")[int(rng.integers(4))],
        bottom_colour=CLOTHS[int(rng.integers(len(CLOTHS)))],
        bottom_fit=float(bottom_fit),
        shoes=None if rng.random() < 0.5 else CLOTHS[int(rng.integers(len(CLOTHS)))],
        seed=int(rng.integers(2**31)),
    )
    return shape, look
