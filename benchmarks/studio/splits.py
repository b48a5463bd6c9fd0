"""Splits: `sample` to show, `tune` to develop on, `test` to judge by; each a manifest of clips, never changed later.

Every draw starts from the split's own number, so no body, room or camera of one split is in another. Clips of `tune`
and `test` come in rounds of twelve, and a few at the end are what rounds have no room for. Within an exercise the cues
take turns, and so do the ways they are put: broken far from the bound, broken near it, met near it. How far is near and
far is ours, for each cue about one and four errors of its measure. The clips of `sample` are told one by one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, cast

import numpy as np

from benchmarks.studio.body import Shape, body
from benchmarks.studio.camera import Array, Camera, Film
from benchmarks.studio.clip import Bystander, Clip, Part, Setting, Take
from benchmarks.studio.figure import LOOSE, Look, stranger
from benchmarks.studio.motion import NEGATIVES
from benchmarks.studio.postures import Actor
from benchmarks.studio.samples import SAMPLES
from benchmarks.studio.scene import Mood
from benchmarks.studio.sets import BROKEN, KNOBS, Recipe, broken, drawn, with_margin
from formcheck.errors import UsageError

Side = Literal["left", "right", "both"]

FOLDER: Final = Path(__file__).parent / "splits"
NUMBER: Final = {"sample": 1, "tune": 2, "test": 3}
BODIES: Final = 24
ROUND: Final = (
    *("leg_lift", "glute_bridge", "kneeling_lunge", "ball_bridge", "leg_lift", "negative"),
    *("kneeling_lunge", "glute_bridge", "leg_lift", "ball_bridge", "kneeling_lunge", "several"),
)
EXTRA: Final = ("ten_a_leg", "three_a_side", "negative", "negative", "negative", "negative")
"""Clips after the rounds: sets as long as the article asks for, and more that is none of the exercises."""
KINDS: Final[dict[str, tuple[str, ...]]] = {"tune": (*ROUND * 4, *EXTRA), "test": (*ROUND * 6, *EXTRA)}
"""What each clip of a split shows; `SAMPLES` tells those of `sample`."""
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
    """Clip `i` of `tune` or `test`, drawn from the split's own numbers; of `sample`, as it is told."""
    if split == "sample":
        return _told(list(SAMPLES)[i])
    rng = np.random.default_rng([NUMBER[split], 2, i])
    kind, plain = KINDS[split][i], i < len(ROUND)
    block = i // len(ROUND)  # bodies and loose shirts move on from round to round, so that each does several exercises
    shape, look = person(split, (i + 5 * block) % BODIES)
    parts, tags = _acted(Actor(body(shape)), split, i, rng)
    look = dressed(look, rng, loose=(i + block) % 4 == 1)
    clip = Clip(
        name=f"{split}-{i:02d}-{tags.get('motion', kind)}",
        seed=int(rng.integers(2**31)),
        shape=shape,
        look=look,
        parts=tuple(_free(part, shape, look) for part in parts),
        setting=Setting(int(rng.integers(2**31)), mat=bool(rng.random() < 0.8)),
        camera=Camera(),
        film=Film(),
        seconds=(0.0, 12.0) if kind == "negative" else None,
        enters=kind in ("several", "three_a_side") or (not plain and rng.random() < 0.15),
        tags=tuple(sorted((tags | {"kind": kind, "split": split}).items())),
    )
    return filmed_by(clip, rng, plain=plain or kind in EXTRA[:2])


def _acted(actor: Actor, split: str, i: int, rng: np.random.Generator) -> tuple[tuple[Part, ...], dict[str, str]]:
    """What is done in clip `i`, and what was meant by it."""
    kind = KINDS[split][i]
    turn = KINDS[split][:i].count(kind)
    if kind == "negative":
        motion = list(NEGATIVES)[(turn + 3 * NUMBER[split]) % len(NEGATIVES)]
        return (Part(motion=motion),), {"motion": motion}
    if kind == "several":
        chosen = rng.permutation(["leg_lift", "glute_bridge", "kneeling_lunge"])[:2]
        return tuple(_part(actor, str(name), rng, 1 + k) for k, name in enumerate(chosen)), {}
    if kind == "ten_a_leg":
        recipe = drawn("leg_lift", rng)
        recipe.rep.update(raise_s=0.7, hold_s=3.2, lower_s=0.8, rest_s=0.5)
        return (Part(recipe, ("left",) * 10 + ("right",) * 10),), {}
    if kind == "three_a_side":
        recipe = drawn("kneeling_lunge", rng)
        recipe.rep.update(raise_s=1.4, hold_s=4.0, lower_s=1.2, rest_s=1.5)
        return (Part(recipe, ("right",) * 3), Part(recipe, ("left",) * 3)), {}
    part, tags = _turned(actor, kind, turn, rng, first=i < len(ROUND))
    part, more = _with_headline(actor, part, tags["cue"], rng)
    return (part,), tags | more


def clips_in(split: str) -> int:
    """How many clips a split has."""
    return len(SAMPLES) if split == "sample" else len(KINDS[split])


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


def _turned(
    actor: Actor, exercise: str, turn: int, rng: np.random.Generator, *, first: bool
) -> tuple[Part, dict[str, str]]:
    """A set in which the cue whose turn it is lies as far from its bound as its state asks for."""
    loose = BROKEN.get(exercise, {})
    cues = [(cue, False) for cue in KNOBS[exercise]] + [(cue, True) for cue in loose]
    (cue, fixed), state = cues[turn % len(cues)], STATES[(turn + turn // len(cues)) % len(STATES)]
    reps = {"leg_lift": 1, "kneeling_lunge": 1}.get(exercise, 2) if first else int(rng.integers(2, 4))
    part = _part(actor, exercise, rng, reps, long=cue == "hold_30_s" and not first)
    assert part.recipe is not None
    if fixed and (state == "far" or cue not in KNOBS[exercise]):
        return replace(part, recipe=broken(part.recipe, cue)), {"cue": cue, "state": "far"}
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


def _part(actor: Actor, exercise: str, rng: np.random.Generator, reps: int, *, long: bool = False) -> Part:
    """A good set; a kneeling lunge is held for the asked 30 s only where it is `long`."""
    recipe = drawn(exercise, rng)
    side: Side = cast(Side, rng.choice(["left", "right"]))
    if exercise == "kneeling_lunge":
        if not long:
            recipe.rep["hold_s"] = float(rng.uniform(4.5, 7.0))
        recipe.setup["toes_tucked"] = bool(rng.random() < 0.3)
        return Part(recipe, (side,) * (1 if long else min(reps, 2)))
    if exercise == "leg_lift":
        return Part(recipe, _lifting(recipe, side, reps, rng))
    return Part(recipe, _bridging(recipe, side, rng) * reps)


def _lifting(recipe: Recipe, side: Side, reps: int, rng: np.random.Generator) -> tuple[Side, ...]:
    """One leg, the legs by turns, or both at once; or one with the other leg bent."""
    style = rng.choice(["one", "turns", "both", "bent"], p=[0.55, 0.2, 0.1, 0.15])
    other: Side = "right" if side == "left" else "left"
    if style == "bent":
        recipe.setup["bent"] = other
    if style == "turns":
        return tuple(side if k % 2 == 0 else other for k in range(reps))
    return ("both" if style == "both" else side,) * reps


def _bridging(recipe: Recipe, side: Side, rng: np.random.Generator) -> tuple[Side, ...]:
    """Both legs, one alone, one crossed over the other, or on the heels."""
    ways = ["both", "stretched", "crossed", "heels"]
    style = str(rng.choice(ways, p=[0.7, 0.1, 0.1, 0.1] if recipe.exercise == "glute_bridge" else [0.9, 0.1, 0, 0]))
    if style == "heels":
        recipe.feet["toes_up"] = 30.0
    if style in ("stretched", "crossed"):
        recipe.setup["idle"] = style
        return (side,)
    return ("both",)


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
    other = bystander(clip.camera, np.random.default_rng([NUMBER["sample"], told.person]))
    return replace(clip, setting=replace(clip.setting, bystander=other))


# --- cameras ----------------------------------------------------------------------------------------------------------

MOODS: Final[tuple[Mood, ...]] = ("day", "evening", "dark", "backlit")


def filmed_by(clip: Clip, rng: np.random.Generator, *, plain: bool) -> Clip:
    """The clip with a camera that has the whole of it in the picture, and the room's light; `plain` is a calm picture
    in 640x360 at 24 frames a second from a stand.
    """
    take = Take(clip)
    reach = take.span()
    lying = float(np.ptp(reach[:, 1])) < 1.0
    yaw = yaw_of(rng, lying)
    upright = not plain and not lying and rng.random() < 0.4
    camera = Camera(
        yaw=yaw,
        height=float(rng.uniform(0.5, 1.3) if np.abs(np.sin(np.radians(yaw))) > 0.5 else rng.uniform(0.9, 1.6)),
        roll=float(rng.normal(0, 1.5)),
        lens=float(rng.uniform(46, 62)),
        size=(360, 640) if upright else (640, 360),
        shake=0.0 if plain or rng.random() < 0.6 else float(rng.uniform(0.1, 0.6)),
        seed=int(rng.integers(2**31)),
    )
    camera = aimed(camera, reach, room=float(rng.uniform(1.02, 1.25)))
    mood = MOODS[int(rng.choice(4, p=[0.55, 0.2, 0.1, 0.15]))]
    film = Film(
        noise=float(rng.uniform(0.004, 0.03 if mood == "dark" else 0.012)),
        warmth=float(rng.normal(0, 0.3)),
        soften=float(rng.choice([0.0, 0.0, 0.5])),
        quality=int(rng.integers(60, 96)),
        seed=int(rng.integers(2**31)),
    )
    likely = [0.6, 0.16, 0.04, 0.2] if take.act.duration < LONG_S else [0.75, 0.0, 0.0, 0.25]
    fps, uneven = (24.0, False) if plain else _RATES[int(rng.choice(4, p=likely))]
    setting = replace(
        clip.setting,
        mood=mood,
        clutter=float(rng.uniform(0, 1)),
        hide=hidden(take, rng) if not plain and rng.random() < 0.1 else None,
        bystander=bystander(camera, rng) if rng.random() < 0.12 else None,
    )
    tags = dict(clip.tags) | {"loose": "yes" if clip.look.top_fit > 0.6 else "no", "yaw": f"{folded(yaw):.0f}"}
    return replace(
        clip, camera=camera, film=film, setting=setting, fps=fps, uneven_fps=uneven, tags=tuple(sorted(tags.items()))
    )


LONG_S: Final = 30.0
"""Seconds from which a clip has no more frames a second than it must, to keep the split short to draw."""
_RATES: Final = ((24.0, False), (30.0, False), (60.0, False), (30.0, True))


def folded(yaw: float) -> float:
    """0 seen from the front or behind, 90 from a side."""
    return float(np.degrees(np.arcsin(abs(np.sin(np.radians(yaw))))))


def yaw_of(rng: np.random.Generator, lying: bool) -> float:
    """Mostly side-on, often oblique, sometimes from the front; who lies is not filmed from behind the head."""
    side = float(rng.choice([90.0, 270.0]))
    style = rng.choice(["side", "oblique", "front"], p=[0.6, 0.3, 0.1])
    if style == "side":
        return side + float(rng.uniform(-20, 20))
    if style == "front":
        return float(rng.uniform(-15, 15)) % 360
    off = float(rng.uniform(20, 50 if lying else 65))
    forward = lying or rng.random() < 0.7
    return side + off * (1 if (side > 180) == forward else -1)


def aimed(camera: Camera, reach: Array, *, room: float) -> Camera:
    """The camera turned to the middle of `reach` (n, 3), `room` times as far away as it must be to see all of it."""
    x, y, z = (float(v) for v in (reach.min(axis=0) + reach.max(axis=0)) / 2)
    camera = replace(camera, aim=(x, y, z))
    return replace(camera, distance=fitting(camera, reach) * room)


def fitting(camera: Camera, reach: Array) -> float:
    """The least distance from which all of `reach` lies within the picture, with a rim of 7 %; metres."""
    size = np.array(camera.size, float)
    for distance in np.arange(1.6, 6.01, 0.05):
        seen = replace(camera, distance=float(distance), shake=0.0).view(0.0).project(reach)
        if (seen[:, 2] > 0).all() and (np.abs(seen[:, :2] / size - 0.5) < 0.43).all():
            return float(distance)
    return 6.0


def hidden(take: Take, rng: np.random.Generator) -> tuple[float, float, float]:
    """A place that furniture stands before: the feet, or the hips."""
    joints = take.actor.joints(take.actor.rig.matrices(take.act.at(np.zeros(1))))
    name = str(rng.choice(["left_ankle", "left_hip"]))
    x, y, z = (float(v) for v in joints[name][0])
    return x, y, z


def bystander(camera: Camera, rng: np.random.Generator) -> Bystander:
    """Somebody behind the person as seen from the camera, standing or walking across."""
    away, aside = float(rng.uniform(1.3, 2.0)), float(rng.uniform(-0.9, 0.9))
    yaw = np.radians(camera.yaw)
    x = camera.aim[0] - away * np.sin(yaw) + aside * np.cos(yaw)
    z = camera.aim[2] - away * np.cos(yaw) - aside * np.sin(yaw)
    walks = bool(rng.random() < 0.4)
    turn = camera.yaw + 90 if walks else float(rng.uniform(0, 360))
    return Bystander(int(rng.integers(2**31)), float(x), float(z), turn, walks)
