"""Learn what the picture along the trunk tells of the lower back: what formcheck ships as `pose/strip.npz`.

Only differences within a scene are learned, so that body, clothes and room cancel. The strips' lines come from the
landmarks that formcheck finds. It wants jax and optax.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import optax

from formcheck.body import arch
from formcheck.body.poses import BACK_STATIONS, Array
from formcheck.pose import strip
from models.fit.sights import SPINE, Sight, there

Layers = dict[str, Any]

WIDTHS: Final = (4, 12, 24, 48)
"""Channels before and after each convolution."""
WIDE: Final = 64
JOINT: Final = 96
BATCH: Final = 24
"""Scenes in a step."""
LOOKS: Final = 6
"""Stills of a scene in a step."""
ROUNDS: Final = ((800, 2e-3), (700, 1.2e-3))
"""Steps and rate of each round; the rate falls to 0 within it."""
DECAY: Final = 3e-2
DROPPED: Final = 0.3
SPINE_UNITS: Final = 5.0
"""The spine's places are counted in units of 1 / 5 trunk."""
SPINE_COUNTS: Final = 4.0
"""How much an error of the spine by a unit counts, beside the likelihood of lordosis."""

FACING: Final = arch.COLUMNS.index("facing")


def fresh(sights: Sequence[Sight], rng: np.random.Generator) -> Layers:
    """Layers before the first step. The last one begins with what the true spine tells of lordosis."""
    layers: Layers = {}
    for i, (c, d) in enumerate(pairwise(WIDTHS)):
        layers[f"conv{i}"] = rng.normal(0, np.sqrt(2 / (9 * c)), (3, 3, c, d))
        layers[f"conv{i}.bias"] = np.zeros(d)
    flat = strip.HEIGHT * strip.WIDTH * WIDTHS[-1] // 4**strip.CONVOLUTIONS
    beside = strip.POSTURE + 2 * strip.CONTOURS
    sizes = {"wide": (flat, WIDE), "joint": (WIDE + beside, JOINT), "spine": (JOINT, 2 * SPINE)}
    for name, (c, d) in sizes.items():
        layers[name] = rng.normal(0, np.sqrt((2 if name != "spine" else 0.1) / c), (c, d))
        layers[f"{name}.bias"] = np.zeros(d)
    shown = [there(sight) for sight in sights]
    layers["spine.bias"] = SPINE_UNITS * np.concatenate([s.spine[t] for s, t in zip(sights, shown, strict=True)]).mean(
        0
    )
    layers["last"] = np.concatenate([rng.normal(0, 0.02, (JOINT, 2)), np.stack([bent(sights), np.zeros(2 * SPINE)], 1)])
    layers["last.bias"] = np.zeros(2)
    return {name: jnp.asarray(values, jnp.float32) for name, values in layers.items()}


def bent(sights: Sequence[Sight]) -> Array:
    """How the lordosis, in the network's unit, changes with where the spine and the skin of the back lie, (2 * SPINE,):
    by least squares within the scenes.
    """
    moved, changed = [], []
    for sight in sights:
        shown = there(sight).all(axis=1)
        if shown.sum() > 1:
            spine, lordosis = sight.spine[shown].mean(axis=1), sight.lordosis[shown] / strip.UNIT_DEG
            moved.append(SPINE_UNITS * (spine - spine.mean(axis=0)))
            changed.append(lordosis - lordosis.mean())
    x, y = np.concatenate(moved), np.concatenate(changed)
    found: Array = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ y)
    return found


def usual(sights: Sequence[Sight]) -> tuple[Array, Array]:
    """What goes with the strips, its mean and how it differs, (POSTURE + CONTOURS,) each."""
    all_of = np.concatenate([np.concatenate([s.places, s.depths], axis=2)[there(s)] for s in sights])
    return np.nanmean(all_of, axis=0), np.nanstd(all_of, axis=0) + 0.03


def values(layers: Layers, pictures: Any, beside: Any, dropped: Any = None) -> Any:
    """What the network tells of pictures (n, HEIGHT, WIDTH, 4) and `strip.numbers`, in its own units: (n, 2), as
    `strip.told`, and where the spine and the skin of the back lie, (n, 2 * SPINE).
    """
    x = pictures
    for i in range(strip.CONVOLUTIONS):
        x = jax.lax.conv_general_dilated(
            x, layers[f"conv{i}"], (2, 2), ((0, 1), (0, 1)), dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + layers[f"conv{i}.bias"])
    x = x.reshape(len(x), -1)
    if dropped is not None:
        x = x * jax.random.bernoulli(dropped, 1 - DROPPED, x.shape) / (1 - DROPPED)
    x = jax.nn.relu(x @ layers["wide"] + layers["wide.bias"])
    x = jax.nn.relu(jnp.concatenate([x, beside], axis=1) @ layers["joint"] + layers["joint.bias"])
    spine = x @ layers["spine"] + layers["spine.bias"]
    return jnp.concatenate([x, spine], axis=1) @ layers["last"] + layers["last.bias"], spine


def loss(layers: Layers, pictures: Any, beside: Any, truth: Any, spine: Any, there: Any, key: Any) -> Any:
    """Mean negative log likelihood (Laplace) of the differences of all pairs of looks in each scene; and how far off
    the spine is, by itself and as it differs from the scene's mean.

    pictures (scenes, looks, ...), beside (scenes, looks, k), truth (scenes, looks) in the network's unit, spine
    (scenes, looks, 2 * SPINE) in its unit, there (scenes, looks) 1 or 0.
    """
    scenes, looks = truth.shape
    flat = pictures.reshape(scenes * looks, *pictures.shape[2:])
    told, found = values(layers, flat, beside.reshape(scenes * looks, -1), key)
    value, error = (column.reshape(scenes, looks) for column in told.T)
    off = value - truth
    apart = jnp.abs(off[:, :, None] - off[:, None, :])
    size = jnp.exp(2 * jnp.clip(error, -5, 3))
    scale = jnp.sqrt((size[:, :, None] + size[:, None, :]) / 2)
    pairs = there[:, :, None] * there[:, None, :] * (1 - jnp.eye(looks))
    known = there[..., None]
    aside = known * (found.reshape(spine.shape) - spine)
    middle = aside.sum(1, keepdims=True) / jnp.maximum(known.sum(1, keepdims=True), 1)
    spread = jnp.abs(aside).mean() + 2 * jnp.abs(known * (aside - middle)).mean()
    return (pairs * (apart / scale + jnp.log(scale))).sum() / pairs.sum() + SPINE_COUNTS * spread / known.mean()


def learned(sights: Sequence[Sight], seed: int = 0) -> dict[str, Array]:
    """The network's layers, learned on scenes."""
    sights = [sight for sight in sights if there(sight).any()]
    rng = np.random.default_rng([seed, 1])
    layers, normal = fresh(sights, rng), usual(sights)
    for number, (steps, rate) in enumerate(ROUNDS):
        layers = _round(layers, batches(sights, normal, steps, rng), steps, rate, jax.random.key(10 * number + seed))
    found = {name: np.asarray(value) for name, value in layers.items()}
    return found | {"usual": normal[0], "spread": normal[1]}


def _round(layers: Layers, given: Iterator[Any], steps: int, rate: float, key: Any) -> Layers:
    """The layers after a number of steps: their running average."""
    falling = optax.cosine_decay_schedule(rate, steps)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(falling, weight_decay=DECAY))
    state, average, costs = rule.init(layers), jax.tree.map(jnp.array, layers), []

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(layers: Layers, state: Any, average: Layers, batch: Any, key: Any) -> Any:
        cost, slope = jax.value_and_grad(lambda some: loss(some, *batch, key))(layers)
        change, state = rule.update(slope, state, layers)
        layers = optax.apply_updates(layers, change)
        average = jax.tree.map(lambda a, b: 0.99 * a + 0.01 * b, average, layers)
        return layers, state, average, cost

    for i, batch in enumerate(given):
        key, one = jax.random.split(key)
        layers, state, average, cost = step(layers, state, average, batch, one)
        costs.append(float(cost))
        if (i + 1) % max(steps // 10, 1) == 0:
            print(f"strip: step {i + 1} of {steps}, {np.mean(costs[-100:]):.3f}", flush=True)
    return dict(average)


def batches(
    sights: Sequence[Sight], normal: tuple[Array, Array], steps: int, rng: np.random.Generator
) -> Iterator[Any]:
    """Scenes in random order, each with one pass of every still, varied."""
    order: list[int] = []
    for _ in range(steps):
        while len(order) < BATCH:
            order += rng.permutation(len(sights)).tolist()
        made = [varied(sights[order.pop()], normal, rng) for _ in range(BATCH)]
        yield tuple(np.stack(part) for part in zip(*made, strict=True))


def varied(sight: Sight, normal: tuple[Array, Array], rng: np.random.Generator) -> tuple[Array, ...]:
    """One pass of every still of a scene, in light, sharpness, colours and place as they might have been as well."""
    rows = rng.permutation(len(sight.lordosis))[:LOOKS]
    n, passes = len(rows), rng.integers(sight.looks.shape[1], size=len(rows))
    light = _light(sight.rgb[rows, passes], rng)
    mask = sight.mask[rows, passes].astype(np.float32)
    mask = mask * rng.uniform(0.7, 1.3) + rng.normal(0, 0.5, (n, 1, 1)).astype(np.float32)
    blur = float(rng.uniform(0.5, 1.3)) if rng.random() < 0.4 else 0.0
    moves = [_move(rng) for _ in rows]
    pictures = [_moved(np.dstack(one), move, rng, blur) for *one, move in zip(light, mask, moves, strict=True)]
    both = np.array(pictures, np.float32)
    given = strip.inputs(both[..., :3], both[..., 3])
    if rng.random() < 0.1:
        given[..., slice(0, 3) if rng.random() < 0.5 else slice(3, 4)] = 0
    posture = sight.places[rows, passes] + rng.normal(0, 0.03, (n, strip.POSTURE))
    depths = sight.depths[rows, passes] + rng.normal(0, 0.006, (n, strip.CONTOURS))
    aside = PIXEL[0] * (np.array(moves) @ MIDDLE - MIDDLE[:2])[:, :1]
    depths += np.repeat(np.concatenate([-aside, aside], axis=1), BACK_STATIONS, axis=1)
    if rng.random() < 0.15:
        depths[:] = np.nan
    known = there(sight)[rows, passes].astype(np.float32)
    spine = np.array([_spine_moved(*one) for one in zip(np.nan_to_num(sight.spine[rows, passes]), moves, strict=True)])
    truth = (sight.lordosis[rows] / strip.UNIT_DEG).astype(np.float32)
    return given, strip.numbers(posture, depths, *normal), truth, (SPINE_UNITS * spine).astype(np.float32), known


def _light(rgb: Array, rng: np.random.Generator) -> Array:
    """Pictures (n, h, w, 3) in another light and other colours, the same for all; and with noise."""
    curve = np.linspace(0, 1, 256, dtype=np.float32) ** np.float32(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.15:
        curve = 1 - curve
    mixed = np.full((3, 3), 1 / 3) if rng.random() < 0.2 else np.eye(3) + rng.normal(0, 0.15, (3, 3))
    light = 255 * cv2.transform(curve[rgb.reshape(-1, 1, 3)], mixed).reshape(rgb.shape)
    brighter = np.exp(rng.normal(0, 0.1, (len(rgb), 1, 1, 1))).astype(np.float32)
    return np.asarray(brighter * light + np.float32(rng.uniform(0, 8)) * rng.standard_normal(light.shape, np.float32))


PIXEL: Final = np.array(
    [(strip.ACROSS[1] - strip.ACROSS[0]) / (strip.WIDTH - 1), (strip.ALONG[1] - strip.ALONG[0]) / (strip.HEIGHT - 1)]
)
"""A strip's pixel in trunks, across and along."""


MIDDLE: Final = np.array([strip.WIDTH / 2, strip.HEIGHT / 2, 1.0])


def _move(rng: np.random.Generator) -> Array:
    """How the strip lies along a line that is a little off, (2, 3): from a place in one strip to that in the other."""
    turn, size = rng.normal(0, 0.02), np.exp(rng.normal(0, 0.02))
    matrix = cv2.getRotationMatrix2D((strip.WIDTH / 2, strip.HEIGHT / 2), float(np.degrees(turn)), float(size))
    matrix[:, 2] += rng.normal(0, 0.8, 2)
    return np.asarray(matrix)


def _moved(picture: Array, move: Array, rng: np.random.Generator, blur: float) -> Array:
    """A strip moved; now and then something covers a part of it."""
    h, w = picture.shape[:2]
    moved = cv2.warpAffine(picture, move, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if blur:
        moved = cv2.GaussianBlur(moved, (0, 0), blur)
    if rng.random() < 0.1:
        y, x = rng.integers(h), rng.integers(w)
        moved[y : y + rng.integers(4, 24), x : x + rng.integers(4, 20)] = rng.uniform(0, 255, 4) * (1, 1, 1, 0)
    return np.asarray(moved)


def _spine_moved(spine: Array, move: Array) -> Array:
    """Where the spine's points (2 * SPINE,) lie in a strip that was moved."""
    first = np.array([strip.ACROSS[0], strip.ALONG[0]])
    at = (np.stack([spine[SPINE:], spine[:SPINE]], axis=1) - first) / PIXEL
    across, along = ((at @ move[:, :2].T + move[:, 2]) * PIXEL + first).T
    return np.concatenate([along, across])


def told(layers: dict[str, Array], sight: Sight) -> Array:
    """What the network tells of every still and pass, (n, passes, 2): degrees, and the logarithm of their error."""
    n, passes = sight.looks.shape[:2]
    pictures = strip.inputs(sight.rgb.reshape(-1, *sight.rgb.shape[2:]), sight.mask.reshape(-1, *sight.mask.shape[2:]))
    places, depths = sight.places.reshape(-1, strip.POSTURE), sight.depths.reshape(-1, strip.CONTOURS)
    found = np.array(_values(layers, pictures, strip.numbers(places, depths, layers["usual"], layers["spread"]))[0])
    found = found * (strip.UNIT_DEG, 1) + (0, np.log(strip.UNIT_DEG))
    return np.where(np.isfinite(sight.looks[..., FACING])[..., None], found.reshape(n, passes, 2), np.nan)


_values = jax.jit(values)
