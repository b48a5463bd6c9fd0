"""Learn what the picture along the trunk tells of the lower back: what formcheck ships as `pose/strip.npz`.

Only differences within a scene are learned, so that body, clothes and room cancel. The strips' lines come from the
landmarks that formcheck finds. It wants jax and optax.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import optax

from formcheck.body.poses import BACK_STATIONS, Array
from formcheck.pose import strip
from models.fit.sights import FACING, SPINE, Sight, there

Layers = dict[str, Any]

SIZES: Final[dict[str, tuple[int, ...]]] = {
    "conv0": (3, 3, 4, 12),
    "conv1": (3, 3, 12, 12),
    "conv2": (3, 3, 12, 24),
    "conv3": (3, 3, 24, 24),
    "conv4": (3, 3, 24, 24),
    "mixed": (36, 16),
    "maps": (16, 2),
}
ROWS: Final = strip.HEIGHT // 2
"""Rows of a map: in each the place of the spine and that of the skin of the back is found."""
LINES: Final = 2 * ROWS
JOINT: Final = 64
BATCH: Final = 12
"""Scenes in a step."""
LOOKS: Final = 6
"""Stills of a scene in a step."""
ROUNDS: Final = ((1200, 3e-3), (800, 2e-3))
"""Steps and rate of each round; the rate falls to 0 within it."""
DECAY: Final = 1e-2
LINES_COUNT: Final = 4.0
"""How much an error of the lines by a unit counts, beside the likelihood of lordosis."""


def fresh(sights: Sequence[Sight], rng: np.random.Generator) -> Layers:
    """Layers before the first step. The last one begins with what the true lines tell of lordosis."""
    layers: Layers = {}
    sizes = SIZES | {"joint": (2 * LINES + strip.POSTURE + 2 * strip.CONTOURS, JOINT)}
    for name, size in sizes.items():
        layers[name] = rng.normal(0, np.sqrt(2 / np.prod(size[:-1])), size)
        layers[f"{name}.bias"] = np.zeros(size[-1])
    weights, middle = bent(sights)
    layers["lines"] = middle
    layers["last"] = np.concatenate([rng.normal(0, 0.02, (JOINT, 2)), np.stack([weights, np.zeros(LINES)], 1)])
    layers["last.bias"] = np.zeros(2)
    return {name: jnp.asarray(values, jnp.float32) for name, values in layers.items()}


def bent(sights: Sequence[Sight]) -> tuple[Array, Array]:
    """How the lordosis, in the network's unit, changes with where the lines of the spine and of the skin of the back
    run, by least squares within the scenes; and where they run on average: (LINES,) each.
    """
    moved, changed, all_of = [], [], []
    for sight in sights:
        shown = there(sight).all(axis=1)
        if shown.sum() > 1:
            both = np.array([[lines(one)[0] for one in passes] for passes in sight.spine[shown]]).mean(axis=1)
            lordosis = sight.lordosis[shown] / strip.UNIT_DEG
            all_of.append(both)
            moved.append(both - both.mean(axis=0))
            changed.append(lordosis - lordosis.mean())
    x, y = np.concatenate(moved), np.concatenate(changed)
    found: Array = np.linalg.solve(x.T @ x + 10 * np.eye(x.shape[1]), x.T @ y)
    return found, np.concatenate(all_of).mean(axis=0)


_LEVELS: Final = np.linspace(*strip.ALONG, strip.HEIGHT)[::2]


def lines(spine: Array) -> tuple[Array, Array]:
    """Where the lines of the spine and of the skin of the back cross the rows of a map, (LINES,) in the network's unit;
    and whether they do, 1 or 0; spine (2 * SPINE,): the points they go through.
    """
    half, found, crossed = SPINE // 2, [], []
    for first in (0, half):
        along, across = spine[first : first + half], spine[SPINE + first : SPINE + first + half]
        order = np.argsort(along)
        found.append(np.interp(_LEVELS, along[order], across[order]))
        crossed.append((along.min() - 0.03 <= _LEVELS) & (along.max() + 0.03 >= _LEVELS))
    return strip.PLACE_UNITS * np.concatenate(found), np.concatenate(crossed).astype(np.float32)


def usual(sights: Sequence[Sight]) -> tuple[Array, Array]:
    """What goes with the strips, its mean and how it differs, (POSTURE + CONTOURS,) each."""
    all_of = np.concatenate([np.concatenate([s.places, s.depths], axis=2)[there(s)] for s in sights])
    return np.nanmean(all_of, axis=0), np.nanstd(all_of, axis=0) + 0.03


def _convolved(x: Any, layers: Layers, name: str, step: int) -> Any:
    rim = ((1, 1), (1, 1)) if step == 1 else ((0, 1), (0, 1))
    x = jax.lax.conv_general_dilated(x, layers[name], (step, step), rim, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return jax.nn.relu(x + layers[f"{name}.bias"])


def values(layers: Layers, pictures: Any, beside: Any) -> Any:
    """What the network tells of pictures (n, HEIGHT, WIDTH, 4) and `strip.numbers`, in its own units: (n, 2), as
    `strip.told`, and where the lines of the spine and of the skin of the back run, (n, LINES).
    """
    near = _convolved(_convolved(pictures, layers, "conv0", 2), layers, "conv1", 1)
    x = _convolved(near, layers, "conv2", 2)
    x = _convolved(_convolved(x, layers, "conv3", 1), layers, "conv4", 1)
    both = jnp.concatenate([near, x.repeat(2, axis=1).repeat(2, axis=2)], axis=3)
    x = jax.nn.relu(both @ layers["mixed"] + layers["mixed.bias"])
    share = jax.nn.softmax(x @ layers["maps"] + layers["maps.bias"], axis=2)
    columns = jnp.asarray(strip.COLUMNS)[:, None]
    place = (share * columns).sum(axis=2)
    width = jnp.sqrt((share * (columns - place[:, :, None]) ** 2).sum(axis=2) + 1e-4)
    found, wide = (strip.PLACE_UNITS * part.transpose(0, 2, 1).reshape(len(pictures), -1) for part in (place, width))
    x = jnp.concatenate([found - jax.lax.stop_gradient(layers["lines"]), wide, beside], axis=1)
    x = jax.nn.relu(x @ layers["joint"] + layers["joint.bias"])
    return jnp.concatenate([x, found], axis=1) @ layers["last"] + layers["last.bias"], found


def loss(layers: Layers, pictures: Any, beside: Any, truth: Any, line: Any, crossed: Any, there: Any) -> Any:
    """Mean negative log likelihood (Laplace) of the differences of all pairs of looks in each scene; and how far off
    the lines are, by themselves and as they differ from the scene's mean.

    pictures (scenes, looks, ...), beside (scenes, looks, k), truth (scenes, looks) in the network's unit, line and
    crossed (scenes, looks, LINES) as `lines` gives them, there (scenes, looks) 1 or 0.
    """
    scenes, looks = truth.shape
    flat = pictures.reshape(scenes * looks, *pictures.shape[2:])
    told, found = values(layers, flat, beside.reshape(scenes * looks, -1))
    value, error = (column.reshape(scenes, looks) for column in told.T)
    off = value - truth
    apart = jnp.abs(off[:, :, None] - off[:, None, :])
    size = jnp.exp(2 * jnp.clip(error, -5, 3))
    scale = jnp.sqrt((size[:, :, None] + size[:, None, :]) / 2)
    pairs = there[:, :, None] * there[:, None, :] * (1 - jnp.eye(looks))
    known = crossed * there[..., None]
    aside = known * (found.reshape(line.shape) - line)
    middle = aside.sum(1, keepdims=True) / jnp.maximum(known.sum(1, keepdims=True), 1)
    spread = (jnp.abs(aside) + 2 * jnp.abs(known * (aside - middle))).sum() / known.sum()
    return (pairs * (apart / scale + jnp.log(scale))).sum() / pairs.sum() + LINES_COUNT * spread


def learned(sights: Sequence[Sight], seed: int = 0) -> dict[str, Array]:
    """The network's layers, learned on scenes."""
    sights = [sight for sight in sights if there(sight).any()]
    rng = np.random.default_rng([seed, 1])
    layers, normal = fresh(sights, rng), usual(sights)
    for steps, rate in ROUNDS:
        layers = _round(layers, batches(sights, normal, steps, rng), steps, rate)
    found = {name: np.asarray(value) for name, value in layers.items()}
    return found | {"usual": normal[0], "spread": normal[1]}


def _round(layers: Layers, given: Iterator[Any], steps: int, rate: float) -> Layers:
    """The layers after a number of steps: their running average."""
    falling = optax.cosine_decay_schedule(rate, steps)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(falling, weight_decay=DECAY))
    state, average, costs = rule.init(layers), jax.tree.map(jnp.array, layers), []

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(layers: Layers, state: Any, average: Layers, batch: Any) -> Any:
        cost, slope = jax.value_and_grad(lambda some: loss(some, *batch))(layers)
        change, state = rule.update(slope, state, layers)
        layers = optax.apply_updates(layers, change)
        average = jax.tree.map(lambda a, b: 0.99 * a + 0.01 * b, average, layers)
        return layers, state, average, cost

    for i, batch in enumerate(given):
        layers, state, average, cost = step(layers, state, average, batch)
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
    shown = np.array(pictures, np.float32)
    given = strip.inputs(shown[..., :3], shown[..., 3])
    if rng.random() < 0.1:
        given[..., slice(0, 3) if rng.random() < 0.5 else slice(3, 4)] = 0
    posture = sight.places[rows, passes] + rng.normal(0, 0.03, (n, strip.POSTURE))
    depths = sight.depths[rows, passes] + rng.normal(0, 0.006, (n, strip.CONTOURS))
    aside = PIXEL[0] * (np.array(moves) @ MIDDLE - MIDDLE[:2])[:, :1]
    depths += np.repeat(np.concatenate([-aside, aside], axis=1), BACK_STATIONS, axis=1)
    if rng.random() < 0.15:
        depths[:] = np.nan
    known = there(sight)[rows, passes].astype(np.float32)
    spines = np.nan_to_num(sight.spine[rows, passes])
    both = [lines(_spine_moved(*one)) for one in zip(spines, moves, strict=True)]
    line, crossed = (np.array(part, np.float32) for part in zip(*both, strict=True))
    truth = (sight.lordosis[rows] / strip.UNIT_DEG).astype(np.float32)
    return given, strip.numbers(posture, depths, *normal), truth, line, crossed, known


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
    return matrix + np.column_stack([np.zeros((2, 2)), rng.normal(0, 0.8, 2)])


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
