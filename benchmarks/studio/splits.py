"""Splits: `sample` to show, `tune` and `tune2` to develop on, `intervals` to find how wide intervals must be, `test` to
judge by, `negatives` of what is none of the exercises, `others` of the rest of the sources' exercises; each a manifest
of clips, never changed later.

Every draw starts from the split's own number, so no body, room or camera of one split is in another. What a clip shows
is told by `mix.py`; the clips of `sample` are told one by one. Within an exercise the cues take turns, and so do the
ways they are put: broken far from the bound, broken near it, met near it. How far is near and far is ours, for each cue
about one and four errors of its measure.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final, cast

import numpy as np

from benchmarks.studio import others
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Side
from benchmarks.studio.body import Shape, body
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, Take
from benchmarks.studio.clothes import LOOSE
from benchmarks.studio.filming import aimed, bystander, filmed_by, folded
from benchmarks.studio.look import Look, stranger
from benchmarks.studio.mix import MIXES, Wish, wishes
from benchmarks.studio.negatives import NEGATIVES
from benchmarks.studio.pose import other
from benchmarks.studio.samples import SAMPLES
from benchmarks.studio.sets import BROKEN, KNOBS, Recipe, act_of, broken, drawn, with_margin
from formcheck.errors import UsageError

FOLDER: Final = Path(__file__).parent / "splits"
NUMBER: Final = {"sample": 1, "tune": 2, "intervals": 5, "test": 6, "tune2": 7, "negatives": 8, "others": 9}
"""Where a split's draws start. 3 was an earlier `test`; `models/fit` draws from 4, 11 and 12."""
BODIES: Final = {"sample": 10, "tune": 24, "intervals": 30, "test": 30, "tune2": 14, "negatives": 20, "others": 16}
PLANNED: Final = ("sample", *MIXES, "others")
"""Splits whose plan is here; the manifest of `tune` was drawn by rules that are gone."""
STATES: Final = ("far", "near", "met")

HEADLINES: Final[dict[str, tuple[str, ...]]] = {
    "leg_lift": ("low_back_pressed", "lift_several_inches", "hold_3_to_5_s"),
    "glute_bridge": ("hips_up",),
    "ball_bridge": ("hips_up",),
    "kneeling_lunge": ("back_straight",),
}
"""The cues that the product exists for."""

MARGINS: Final[dict[str, tuple[float, float]]] = {
    "lying_on_back": (4.0, 12.0),
    "low_back_pressed": (3.0, 14.0),
    "lift_several_inches": (2.0, 8.0),
    "leg_straight": (4.0, 11.0),
    "other_leg_down": (0.02, 0.08),
    "hold_3_to_5_s": (0.3, 1.5),
    "feet_shoulder_width": (0.07, 0.3),
    "hips_up": (0.015, 0.06),
    "lower_slowly": (0.12, 0.4),
    "through_the_heels": (0.02, 0.06),
    "hips_in_line": (0.015, 0.07),
    "toes_forward": (4.0, 20.0),
    "shoulders_stay": (0.03, 0.12),
    "front_knee_right_angle": (5.0, 13.0),
    "rear_knee_down": (0.04, 0.12),
    "pelvis_tucked": (3.0, 14.0),
    "lunge_softly": (0.1, 0.3),
    "lean_progressively": (0.001, 0.008),
    "back_straight": (3.0, 14.0),
    "arms_high": (6.0, 30.0),
    "hips_forward_again": (0.5, 1.5),
    "hold_30_s": (1.0, 12.0),
}
"""How far from its bound a cue is put, near and far, in its unit."""


# --- manifests --------------------------------------------------------------------------------------------------------


def manifest_path(split: str) -> Path:
    return FOLDER / f"{split}.json"


def written(split: str, clips: Sequence[Clip]) -> str:
    """Write a split's manifest; gives its hash, which goes beside it."""
    FOLDER.mkdir(exist_ok=True)
    whole = {"schema": "formcheck.studio/1", "split": split, "clips": [clip.plan() for clip in clips]}
    text = json.dumps(whole, indent=1) + "\n"
    manifest_path(split).write_text(text, "utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    manifest_path(split).with_suffix(".sha256").write_text(f"{digest}  {split}.json\n", "ascii")
    return digest


def clips(split: str) -> list[Clip]:
    """The clips of a split's manifest. Raises `UsageError` where there is none, or it is not the one of its hash."""
    path = manifest_path(split)
    if not path.exists():
        raise UsageError(f"the split {split} has no manifest at {path}; python -m benchmarks.studio plan {split}")
    content = path.read_bytes()
    if path.with_suffix(".sha256").read_text("ascii").split()[0] != hashlib.sha256(content).hexdigest():
        raise UsageError(f"{path} is not the manifest whose hash stands beside it: restore it")
    return [Clip.of(plan) for plan in json.loads(content)["clips"]]


# --- plans ------------------------------------------------------------------------------------------------------------


def planned(split: str, i: int) -> Clip:
    """Clip `i` of a split, drawn from the split's own numbers; of `sample`, as it is told."""
    if split == "sample":
        return _told(list(SAMPLES)[i])
    rng = np.random.default_rng([NUMBER[split], 2, i])
    all_of_it = wishes(split, NUMBER[split])
    wish, turn = all_of_it[i], sum(w.kind == all_of_it[i].kind for w in all_of_it[:i])
    shape, look = person(split, i % BODIES[split])
    actor = Actor(body(shape))
    parts, tags = _acted(actor, split, wish, turn, rng)
    look = dressed(look, rng, loose=(i + i // BODIES[split]) % 4 == 1 and wish.kind != "hip_flexor_stretch")
    setting = Setting(int(rng.integers(2**31)), mat=bool(rng.random() < 0.8))
    clip = Clip(
        name=f"{split}-{i:02d}-{tags.get('motion', wish.kind)}",
        seed=int(rng.integers(2**31)),
        shape=shape,
        look=look,
        parts=tuple(_free(part, shape, look) for part in parts),
        setting=replace(setting, bench=_bench_of(actor, parts[0])),
        camera=Camera(),
        film=Film(),
        seconds=_seconds(split, wish, rng),
        enters=rng.random() < 0.06 and split != "negatives",
        tags=tuple(sorted((tags | asdict(wish) | {"split": split}).items())),
    )
    clip = filmed_by(clip, wish, rng)
    if split == "others":
        return _cheap(clip, wish)
    return replace(clip, fps=12.5, uneven_fps=False) if split == "negatives" else clip


def _cheap(clip: Clip, wish: Wish) -> Clip:
    """A clip of `others`: wide, as who lies is long, and with few frames a second, fewer where one rests."""
    camera = replace(clip.camera, size=(640, 360), shake=0.0 if wish.way == others.BREATHES else clip.camera.shake)
    if clip.camera.size != camera.size:
        camera = aimed(camera, Take(clip).span(), room=1.1)
    return replace(clip, camera=camera, fps=6.25 if wish.kind in others.RESTS else 12.5, uneven_fps=False)


def _seconds(split: str, wish: Wish, rng: np.random.Generator) -> tuple[float, float] | None:
    """How long a negative is; an exercise is shown whole."""
    if split == "negatives":
        return 0.0, float(rng.uniform(6.5, 8.0)) if wish.way != "down_and_up" else 9.0
    return (0.0, 8.0) if wish.kind == "negative" else None


def _acted(
    actor: Actor, split: str, wish: Wish, turn: int, rng: np.random.Generator
) -> tuple[tuple[Part, ...], dict[str, str]]:
    """What is done in the clip of a wish, the kind's `turn`-th, and what was meant by it."""
    if wish.kind == "negative":
        if wish.way:
            return (Part(motion=wish.way),), {"motion": wish.way}
        motion = list(NEGATIVES)[(turn + 3 * NUMBER[split]) % len(NEGATIVES)]
        return (Part(motion=motion),), {"motion": motion}
    if wish.kind == "several":
        chosen = rng.permutation(["leg_lift", "glute_bridge", "kneeling_lunge"])[:2]
        return tuple(_part(actor, str(name), rng, 1) for name in chosen), {}
    if wish.kind in others.RANGES:
        return (_other(wish, turn, rng),), {}
    part, tags = _turned(actor, wish, turn, rng)
    part, more = _with_headline(actor, part, tags["cue"], rng)
    return (part,), tags | more


def _other(wish: Wish, turn: int, rng: np.random.Generator) -> Part:
    """One of the rest of the exercises, good, with a fault, or breathing for a minute."""
    breathes = wish.way == others.BREATHES
    rep, setup = others.drawn(wish.kind, rng, "" if breathes else wish.way, turn)
    if breathes:
        rep = others.breathing(rep, turn)
    side: Side = cast(Side, rng.choice(["left", "right"]))
    if wish.kind == "sit_up":
        return Part(Recipe(wish.kind, rep, setup), (BOTH,) * int(rng.integers(3, 6)))
    sides = {"hip_flexor_stretch": other(side), "rest_leg_on_knee": side}
    return Part(Recipe(wish.kind, rep, setup), (cast(Side, sides.get(wish.kind, BOTH)),))


BOTH: Final[Side] = "both"


def _bench_of(actor: Actor, part: Part) -> tuple[float, float, float] | None:
    """The front edge of the bench that a raised rear foot lies on, half-way through the set."""
    recipe = part.recipe
    if recipe is None or not recipe.setup.get("shin_up"):
        return None
    act = act_of(actor, recipe, part.sides)
    joints = actor.joints(actor.rig.matrices(act.at(np.array([act.duration / 2]))))
    x, y, z = (float(v) for v in joints[f"{part.sides[0]}_ankle"][0])
    return x, y - 0.06, z - 0.03


def clips_in(split: str) -> int:
    """How many clips a split that is planned here has."""
    return len(SAMPLES) if split == "sample" else len(wishes(split, NUMBER[split]))


def person(split: str, number: int) -> tuple[Shape, Look]:
    """One of the bodies of a split."""
    return stranger(np.random.default_rng([NUMBER[split], 1, number]))


def _free(part: Part, shape: Shape, look: Look) -> Part:
    """On a ball the hands of the slim in tight shirts lie on the hips; cloth or a belly would lie half over others'."""
    slim = look.top_fit < LOOSE and shape.weight < 0.5 and shape.belly < 0.2
    if slim or part.recipe is None or part.recipe.exercise != "ball_bridge":
        return part
    return replace(part, recipe=replace(part.recipe, setup=part.recipe.setup | {"arms": "out"}))


def dressed(look: Look, rng: np.random.Generator, *, loose: bool) -> Look:
    """The look with a shirt that surely hangs loose, or surely does not."""
    if loose:
        return replace(look, top="tee", top_fit=1.0)
    return replace(look, top_fit=float(rng.uniform(0.05, 0.5)))


def _turned(actor: Actor, wish: Wish, turn: int, rng: np.random.Generator) -> tuple[Part, dict[str, str]]:
    """A set in which the cue whose turn it is lies as far from its bound as its state asks for."""
    loose = BROKEN.get(wish.kind, {})
    cues = [(cue, False) for cue in KNOBS[wish.kind]] + [(cue, True) for cue in loose]
    if wish.way == "on_knee":
        cues = [(cue, fixed) for cue, fixed in cues if cue not in WITH_ARMS]
    if turn >= len(cues):
        cues = [(cue, fixed) for cue, fixed in cues if cue != "hold_30_s"]  # one clip as long as that is enough
    (cue, fixed), state = cues[turn % len(cues)], STATES[(turn + turn // len(cues)) % len(STATES)]
    reps = 1 + int(rng.random() < TWO_REPS[wish.kind])
    part = _part(actor, wish.kind, rng, reps, way=wish.way)
    assert part.recipe is not None
    if fixed and (state == "far" or cue not in KNOBS[wish.kind]):
        return replace(part, recipe=broken(part.recipe, cue)), {"cue": cue, "state": "far"}
    if cue == "hold_30_s":
        part = replace(part, sides=part.sides[:1])
    if cue == "lying_on_back":
        part.recipe.setup.pop("bent", None)  # a bent knee breaks it already
    recipe, bent = part.recipe, part.recipe.setup.get("bent")
    if bent is not None:
        recipe.setup["bent"] = "right"  # margins are found on a rep of the left leg
    near, far = MARGINS[cue]
    size = rng.uniform(0.8, 1.1) * far if state == "far" else rng.uniform(0.3, 1.0) * near
    found, margin = _put(actor, recipe, cue, size if state == "met" else -size)
    tags = {"cue": cue, "state": state, "margin": f"{margin:.4g}"} if margin else {"cue": "none", "state": "good"}
    if bent is not None:
        found.setup["bent"] = bent
    return replace(part, recipe=found), tags


TWO_REPS: Final = {"kneeling_lunge": 0.2, "leg_lift": 0.3, "glute_bridge": 0.6, "ball_bridge": 0.5}
"""Share of the clips with two reps, the others having one."""

WITH_ARMS: Final = ("arms_high", "hips_forward_again")
"""Cues of raised arms: not put where the hands stay on the knee."""


def _put(actor: Actor, recipe: Recipe, cue: str, margin: float) -> tuple[Recipe, float]:
    """The recipe with a cue at a margin, or at a smaller one of its sign where the body or the posture cannot reach it;
    and that margin, 0 where none can be reached.
    """
    for share in (1.0, 0.75, 0.5, 0.25):
        try:
            return with_margin(actor, recipe, cue, margin * share), margin * share
        except UsageError:
            continue
    return recipe, 0.0


def _with_headline(actor: Actor, part: Part, turned: str, rng: np.random.Generator) -> tuple[Part, dict[str, str]]:
    """Three sets in five also put one of the headline cues, so that these are seen in many bodies, rooms and views."""
    assert part.recipe is not None
    cues = [cue for cue in HEADLINES[part.recipe.exercise] if cue != turned]
    if not cues or part.recipe.setup.get("bent") or part.sides[0] != part.sides[-1] or rng.random() > 0.6:
        return part, {}
    cue, state = str(rng.choice(cues)), str(rng.choice(STATES))
    near, far = MARGINS[cue]
    size = rng.uniform(0.8, 1.6) * far if state == "far" else rng.uniform(0.3, 1.0) * near
    recipe, margin = _put(actor, part.recipe, cue, size if state == "met" else -size)
    if not margin:
        return part, {}
    return replace(part, recipe=recipe), {"headline": cue, "headline_state": state, "headline_margin": f"{margin:.4g}"}


def _part(actor: Actor, exercise: str, rng: np.random.Generator, reps: int, *, way: str = "") -> Part:
    """A good set, done in one of the ways of `mix.WAYS`."""
    recipe = drawn(exercise, rng)
    side: Side = cast(Side, rng.choice(["left", "right"]))
    if exercise == "kneeling_lunge":
        return Part(_kneeling(recipe, way, rng), (side,) * reps)
    if exercise == "leg_lift":
        return Part(recipe, _lifting(recipe, side, reps, rng))
    return Part(recipe, (_bridging(recipe, side, way),) * reps)


def _kneeling(recipe: Recipe, way: str, rng: np.random.Generator) -> Recipe:
    """Held for a few seconds only, as the others tell as much."""
    recipe.rep["hold_s"] = float(rng.uniform(4.5, 6.0))
    recipe.setup["toes_tucked"] = bool(way == "" and rng.random() < 0.3)
    if way == "wall":
        recipe.setup["shin_up"] = float(rng.uniform(35, 52))
    if way == "on_knee":
        recipe.setup["on_knee"] = True
        recipe.rep.update(arms=0.0, trunk=float(rng.uniform(0, 18)))
    return recipe


def _lifting(recipe: Recipe, side: Side, reps: int, rng: np.random.Generator) -> tuple[Side, ...]:
    """One leg, the legs by turns, or both at once; or one with the other leg bent."""
    style = rng.choice(["one", "turns", "both", "bent"], p=[0.55, 0.2, 0.1, 0.15])
    idle = cast(Side, other(side))
    if style == "bent":
        recipe.setup["bent"] = idle
    if style == "turns":
        return tuple(side if k % 2 == 0 else idle for k in range(reps))
    return ("both" if style == "both" else side,) * reps


def _bridging(recipe: Recipe, side: Side, way: str) -> Side:
    """Both legs, one alone, one crossed over the other, or on the heels."""
    if way == "heels":
        recipe.feet["toes_up"] = 30.0
    if way in ("stretched", "crossed"):
        recipe.setup["idle"] = way
        return side
    return "both"


# --- samples ----------------------------------------------------------------------------------------------------------


def _told(name: str) -> Clip:
    told = SAMPLES[name]
    shape, look = person("sample", told.person)
    if told.top_fit is not None:
        look = replace(look, top="tee" if told.top_fit > 0.5 else "tank", top_fit=told.top_fit)
    clip = Clip(
        name=name,
        seed=told.person,
        shape=shape,
        look=look,
        parts=told.parts,
        setting=Setting(100 + told.person, told.mood),
        camera=Camera(told.yaw, told.height, size=told.size, shake=told.shake, lens=54.0),
        film=Film(noise=0.003, quality=95, seed=told.person),
        seconds=told.seconds,
        tags=(("kind", "sample"), ("yaw", f"{folded(told.yaw):.0f}")),
    )
    clip = replace(clip, camera=aimed(clip.camera, Take(clip).span(), room=1.06))
    if not told.bystander:
        return clip
    by = bystander(clip.camera, np.random.default_rng([NUMBER["sample"], told.person]))
    return replace(clip, setting=replace(clip.setting, bystander=by))
