"""What the clips of a split are to show: exercise, view, what is hidden, and how the exercise is done."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from benchmarks.studio.near_misses import NEAR_MISSES

View = Literal["side", "oblique", "front"]
Hide = Literal["", "furniture", "edge"]
VIEWS: Final[tuple[View, ...]] = ("side", "oblique", "front")


@dataclass(frozen=True, slots=True)
class Wish:
    """One clip: `kind` is an exercise, `several` or `negative`; `way` is how the exercise is done, one of `WAYS`, which
    motion a clip of `negatives` or which fault one of `others` shows, or empty.
    """

    kind: str
    view: View
    way: str = ""
    hide: Hide = ""


MIXES: Final[dict[str, dict[str, tuple[int, int, int]]]] = {
    "intervals": {
        "kneeling_lunge": (9, 9, 2),
        "leg_lift": (9, 5, 3),
        "glute_bridge": (8, 4, 2),
        "ball_bridge": (7, 3, 2),
        "several": (1, 0, 0),
    },
    "test": {
        "kneeling_lunge": (10, 11, 3),
        "leg_lift": (11, 6, 3),
        "glute_bridge": (9, 4, 3),
        "ball_bridge": (7, 4, 2),
        "several": (1, 0, 0),
        "negative": (6, 3, 1),
    },
    "tune2": {
        "kneeling_lunge": (4, 8, 3),
        "leg_lift": (0, 2, 2),
        "glute_bridge": (3, 3, 1),
        "ball_bridge": (0, 1, 1),
        "negative": (1, 1, 0),
    },
    "negatives": {"negative": (20, 20, 20)},
}
"""How many clips of each kind are seen from the side, obliquely, and from the front or the feet."""

_RESTS: Final = ("rest_legs_on_chair", "rest_knees_together", "rest_leg_on_knee")
_GOOD: Final = ("hip_flexor_stretch", "plank", *_RESTS, "sit_up")
OTHERS: Final[tuple[Wish, ...]] = (
    *(Wish(kind, "side") for kind in _GOOD),
    *(Wish("plank", "side", fault) for fault in ("sags", "piked", "arches", "sags_a_little")),
    *(Wish("hip_flexor_stretch", "side", fault) for fault in ("too_little", "too_far", "other_leg_up", "arches")),
    *(Wish(kind, "side", "breathes") for kind in (*_RESTS, "rest_knees_together")),
    *(Wish(kind, "oblique") for kind in _GOOD),
    Wish("plank", "oblique", "sags"),
    Wish("hip_flexor_stretch", "oblique", "too_far"),
    Wish("rest_legs_on_chair", "side", "arches"),
    Wish("rest_leg_on_knee", "side", "arches"),
    Wish("rest_knees_together", "side", "restless"),
    *(Wish(kind, "side") for kind in _GOOD),
)
"""The clips of `others`."""

WAYS: Final[dict[str, tuple[str, ...]]] = {
    "kneeling_lunge": ("", "on_knee", "", "wall", ""),
    "glute_bridge": ("", "stretched", "heels", "", "crossed"),
    "ball_bridge": ("", "", "", "stretched", ""),
}
"""Ways that take turns within a kind: the hands on the front knee or the rear foot up on a bench; one foot off the
floor, the other leg stretched or crossed over, or the toes raised."""

HIDING: Final[tuple[Hide, ...]] = ("", "", "furniture", "", "", "", "edge", "", "furniture", "", "", "")
"""What is hidden takes turns too. In a negative nothing is."""


def wishes(split: str, number: int) -> list[Wish]:
    """The clips of a split in order; its number is where its draws start."""
    if split == "others":
        return list(OTHERS)
    if split == "negatives":
        return [Wish("negative", view, motion) for motion in NEAR_MISSES for view in VIEWS]
    rng = np.random.default_rng([number, 9])
    found = []
    for kind, counts in MIXES[split].items():
        views = [view for view, n in zip(VIEWS, counts, strict=True) for _ in range(n)]
        for turn, k in enumerate(rng.permutation(len(views))):
            ways = WAYS.get(kind, ("",))
            found.append(Wish(kind, views[k], ways[turn % len(ways)]))
    order = [found[k] for k in rng.permutation(len(found))]
    hides = iter(HIDING * len(order))
    return [wish if wish.kind == "negative" else _hidden(wish, next(hides)) for wish in order]


def _hidden(wish: Wish, hide: Hide) -> Wish:
    """A wish with something hidden: from the front furniture does it, as no edge cuts the feet off."""
    return replace(wish, hide="furniture" if hide == "edge" and wish.view == "front" else hide)
