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

from formcheck.body import arch
from formcheck.body.poses import Array
from formcheck.pose import strip
from models.fit.sights import Sight

Layers = dict[str, Any]

WIDTHS: Final = (4, 16, 32, 48)
"""Channels before and after each convolution."""
WIDE: Final = 64
JOINT: Final = 48
BATCH: Final = 24
"""Scenes in a step."""
EPOCHS: Final = 60
RATE: Final = 2e-3
DECAY: Final = 3e-2
DROPPED: Final = 0.3

FACING: Final = arch.COLUMNS.index("facing")


def fresh(rng: np.random.Generator, posture: Array) -> Layers:
    """Layers before the first step; posture (n, POSTURE) gives the scale of those inputs."""
    layers: Layers = {}
    for i, (c, d) in enumerate(zip(WIDTHS, WIDTHS[1:], strict=False)):
        layers[f"conv{i}"] = rng.normal(0, np.sqrt(2 / (9 * c)), (3, 3, c, d))
        layers[f"conv{i}.bias"] = np.zeros(d)
    flat = strip.HEIGHT * strip.WIDTH * WIDTHS[-1] // 4**strip.CONVOLUTIONS
    sizes = {"wide": (flat, WIDE), "joint": (WIDE + strip.POSTURE, JOINT), "last": (JOINT, 2)}
    for name, (c, d) in sizes.items():
        layers[name] = rng.normal(0, np.sqrt((2 if name != "last" else 0.02) / c), (c, d))
        layers[f"{name}.bias"] = np.zeros(d)
    layers |= {"middle": posture.mean(axis=0), "spread": posture.std(axis=0) + 0.05}
    return {name: jnp.asarray(values, jnp.float32) for name, values in layers.items()}


def values(layers: Layers, pictures: Any, posture: Any, dropped: Any = None) -> Any:
    """What the network tells of pictures (n, HEIGHT, WIDTH, 4), (n, 2), in its own units; as `strip.told`."""
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
    x = jnp.concatenate([x, (posture - layers["middle"]) / layers["spread"]], axis=1)
    x = jax.nn.relu(x @ layers["joint"] + layers["joint.bias"])
    return x @ layers["last"] + layers["last.bias"]


def loss(layers: Layers, pictures: Any, posture: Any, truth: Any, there: Any, key: Any) -> Any:
    """Mean negative log likelihood (Laplace) of the differences of all pairs of looks in each scene.

    pictures (scenes, looks, ...), posture (scenes, looks, POSTURE), truth (scenes, looks) in the network's unit, there
    (scenes, looks) 1 or 0.
    """
    scenes, looks = truth.shape
    flat = values(layers, pictures.reshape(scenes * looks, *pictures.shape[2:]), posture.reshape(-1, strip.POSTURE), key)
    found, error = (column.reshape(scenes, looks) for column in flat.T)
    off = found - truth
    apart = jnp.abs(off[:, :, None] - off[:, None, :])
    size = jnp.exp(2 * jnp.clip(error, -5, 3))
    scale = jnp.sqrt((size[:, :, None] + size[:, None, :]) / 2)
    pairs = there[:, :, None] * there[:, None, :] * (1 - jnp.eye(looks))
    return (pairs * (apart / scale + jnp.log(scale))).sum() / pairs.sum()


def learned(sights: Sequence[Sight], seed: int = 0, *, epochs: int = EPOCHS) -> dict[str, Array]:
    """The network's layers, learned on scenes."""
    rng = np.random.default_rng([seed, 1])
    steps = epochs * (len(sights) // BATCH)
    rate = optax.cosine_decay_schedule(RATE, steps)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=DECAY))
    fixed = ("middle", "spread")
    layers = fresh(rng, np.concatenate([s.places[there(s)] for s in sights]))
    still = {name: layers.pop(name) for name in fixed}
    state = rule.init(layers)

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(layers: Layers, state: Any, average: Layers, batch: Any, key: Any) -> Any:
        cost, slope = jax.value_and_grad(lambda some: loss(some | still, *batch, key))(layers)
        change, state = rule.update(slope, state, layers)
        layers = optax.apply_updates(layers, change)
        average = jax.tree.map(lambda a, b: 0.995 * a + 0.005 * b, average, layers)
        return layers, state, average, cost

    average, key, costs = jax.tree.map(jnp.array, layers), jax.random.key(seed), []
    for i, batch in enumerate(batches(sights, steps, rng)):
        key, one = jax.random.split(key)
        layers, state, average, cost = step(layers, state, average, batch, one)
        costs.append(float(cost))
        if (i + 1) % max(steps // 10, 1) == 0:
            print(f"strip: step {i + 1} of {steps}, {np.mean(costs[-100:]):.3f}", flush=True)
    return {name: np.asarray(value) for name, value in (average | still).items()}


def there(sight: Sight) -> Array:
    """Which looks of a scene can be compared, (n, passes) bool: the trunk was seen, and faces as it mostly does."""
    facing = sight.looks[..., FACING]
    mostly = 1.0 if np.nansum(facing) >= 0 else -1.0
    return np.asarray(facing == mostly)


def batches(sights: Sequence[Sight], steps: int, rng: np.random.Generator) -> Iterator[Any]:
    """Scenes in random order, each with one pass of every still, varied."""
    order: list[int] = []
    for _ in range(steps):
        if len(order) < BATCH:
            order = rng.permutation(len(sights)).tolist()
        yield tuple(np.stack(part) for part in zip(*(varied(sights[order.pop()], rng) for _ in range(BATCH)), strict=True))


def varied(sight: Sight, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """One pass of every still of a scene, in light, sharpness, colours and place as they might have been as well."""
    n = len(sight.lordosis)
    rows, passes = np.arange(n), rng.integers(sight.looks.shape[1], size=n)
    light = _light(sight.rgb[rows, passes], rng)
    mask = sight.mask[rows, passes].astype(np.float32)
    mask = mask * rng.uniform(0.7, 1.3) + rng.normal(0, 0.5, (n, 1, 1)).astype(np.float32)
    blur = float(rng.uniform(0.5, 1.3)) if rng.random() < 0.4 else 0.0
    pictures = [_moved(np.dstack([one, edge]), rng, blur) for one, edge in zip(light, mask, strict=True)]
    both = np.array(pictures, np.float32)
    given = strip.inputs(both[..., :3], both[..., 3])
    if rng.random() < 0.1:
        given[..., rng.permutation([slice(0, 3), slice(3, 4)])[0]] = 0
    posture = sight.places[rows, passes] + rng.normal(0, 0.03, (n, strip.POSTURE))
    known = there(sight)[rows, passes].astype(np.float32)
    return given, posture.astype(np.float32), (sight.lordosis / strip.UNIT_DEG).astype(np.float32), known


def _light(rgb: Array, rng: np.random.Generator) -> Array:
    """Pictures (n, h, w, 3) in another light and other colours, the same for all; and with noise."""
    light = (rgb.astype(np.float32) / 255) ** np.float32(np.exp(rng.normal(0, 0.3)))
    mixed = np.eye(3) + rng.normal(0, 0.15, (3, 3))
    if rng.random() < 0.2:
        mixed = np.full((3, 3), 1 / 3)
    light = light @ mixed.astype(np.float32)
    if rng.random() < 0.15:
        light = 1 - light
    light = light * np.exp(rng.normal(0, 0.1, (len(rgb), 1, 1, 1))) + rng.normal(0, rng.uniform(0, 0.03), light.shape)
    return np.asarray(255 * light, np.float32)


def _moved(picture: Array, rng: np.random.Generator, blur: float) -> Array:
    """A strip along a line that lies a little off; now and then something covers a part of it."""
    h, w = picture.shape[:2]
    turn, size = rng.normal(0, 0.03), np.exp(rng.normal(0, 0.03))
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), float(np.degrees(turn)), float(size))
    matrix[:, 2] += rng.normal(0, 1.2, 2)
    moved = cv2.warpAffine(picture, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if blur:
        moved = cv2.GaussianBlur(moved, (0, 0), blur)
    if rng.random() < 0.1:
        y, x = rng.integers(h), rng.integers(w)
        moved[y : y + rng.integers(4, 24), x : x + rng.integers(4, 20)] = rng.uniform(0, 255, 4) * (1, 1, 1, 0)
    return np.asarray(moved)


def told(layers: dict[str, Array], sight: Sight) -> Array:
    """What the network tells of every still and pass, (n, passes, 2): degrees, and the logarithm of their error."""
    n, passes = sight.looks.shape[:2]
    pictures = strip.inputs(sight.rgb.reshape(-1, *sight.rgb.shape[2:]), sight.mask.reshape(-1, *sight.mask.shape[2:]))
    found = np.array(_values(layers, pictures, sight.places.reshape(-1, strip.POSTURE)))
    found = found * (strip.UNIT_DEG, 1) + (0, np.log(strip.UNIT_DEG))
    return np.where(np.isfinite(sight.looks[..., FACING])[..., None], found.reshape(n, passes, 2), np.nan)


_values = jax.jit(values)
