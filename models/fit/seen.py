"""Learn what is hidden, how far joints may be off and which way the body faces: `formcheck/body/seen.npz`.

python -m models.fit.seen WORK [--jobs N] [--out formcheck/body/seen.npz]

It draws stills of rendered people (`stills.py`), has both landmark models read them (`reads.py`), and learns on what
they read, once for each model. Stills and reads are kept in WORK; what is there already stays. It wants jax and optax.
A body takes 5 s of one core to draw and 2 s to read, and what is learned 45 s: about 12 minutes on two idle cores.
How well it does, `benchmarks/seen.py` measures on bodies of `held`.
"""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from benchmarks.command import exits, parser_of
from benchmarks.studio.scene import Hidden
from formcheck import files
from formcheck.body import seen
from formcheck.body.landmarks import NAMES
from formcheck.body.poses import Array
from models.fit.reads import MODELS, PAIRS, Reads, read
from models.fit.stills import BODIES, drawn, path_of

LEARNED_ON: Final = ("train", "free")
SEEDS: Final = 3
WIDE: Final = 224
EPOCHS: Final = 30
BATCH: Final = 256
RATE: Final = 2e-3
DECAY: Final = 0.03
DROPPED: Final = 0.2
"""Share of the inner values that are left out at random while learning."""

JITTER: Final = 0.1
"""Noise on what is read, in its own spread."""

LEAST_OFF: Final = 0.002
MOST_OFF: Final = 0.5
"""A joint counts as off by no more than this, in sides of the crop: beyond it, it is simply lost."""

LEGS: Final = slice(8, 16)
"""Rows of `seen.JOINTS` below the hips."""

Params = dict[str, Any]
Targets = dict[str, Any]


# --- what is learned --------------------------------------------------------------------------------------------------


def offsets(reads: Reads) -> Array:
    """How far the landmarks of each part lie from its joint up the trunk and to its front, in trunks: (8, 2) medians.

    A landmark is no joint centre, and the difference is nearly the same always. It is no error.
    """
    off, up, front, trunk = _frames(reads)
    plain = (reads.hidden == Hidden.NOT) & (trunk > 0.12)[:, None] & (np.abs(reads.turn[:, 1, :1]) > 0.7)
    found = []
    for part in range(off.shape[1] // 2):
        rows = [(off[:, k] / trunk[:, None], plain[:, k]) for k in (2 * part, 2 * part + 1)]
        along = np.concatenate([(o * up).sum(1)[ok] for o, ok in rows])
        ahead = np.concatenate([((o * front).sum(1) / (front * front).sum(1))[ok] for o, ok in rows])
        found.append((np.median(along), np.median(ahead)))
    return np.array(found)


def distances(reads: Reads, offset: Array) -> Array:
    """How far each landmark is off (n, 16), in sides of the crop, what is usual for it (`offsets`) aside."""
    off, up, front, trunk = _frames(reads)
    both = np.repeat(offset, 2, axis=0) * trunk[:, None, None]
    off = off - both[..., :1] * up[:, None] - both[..., 1:] * front[:, None]
    found: Array = np.clip(np.hypot(off[..., 0], off[..., 1]), LEAST_OFF, MOST_OFF)
    return found


def named(reads: Reads, offset: Array) -> Reads:
    """The reads with the legs' joints exchanged where the landmarks of each leg lie on the other one.

    Which leg is which is followed over time (`core/sides.py`). Here the chance of a wrong name would make landmarks
    that lie well look badly off.
    """
    other = reads.joints.copy(), reads.hidden.copy()
    for values, of in zip(other, (reads.joints, reads.hidden), strict=True):
        values[:, LEGS] = of[:, PAIRS][:, LEGS]
    exchanged = replace(reads, joints=other[0], hidden=other[1])
    own, crossed = (distances(one, offset)[:, LEGS].sum(1) for one in (reads, exchanged))
    wrong = crossed < own
    joints, hidden = (
        np.where(wrong[:, None, None], other[0], reads.joints),
        np.where(wrong[:, None], other[1], reads.hidden),
    )
    return replace(reads, joints=joints, hidden=hidden)


def _frames(reads: Reads) -> tuple[Array, Array, Array, Array]:
    """Landmarks less joints (n, 16, 2), the way up the trunk and what shows of the way to its front (n, 2), and the
    trunk's length (n,), all in the crop.
    """
    points = reads.read[:, : 2 * len(NAMES)].reshape(len(reads), -1, 2)[:, list(seen.JOINTS)]
    line = points[:, :2].mean(1) - points[:, 6:8].mean(1)
    trunk = np.maximum(np.hypot(*line.T), seen.TRUNK_AT_LEAST)
    up = line / trunk[:, None]
    front = np.stack([up[:, 1], -up[:, 0]], 1) * reads.turn[:, 1, :1]
    return points - reads.joints, up, front, trunk


def targets(reads: Reads, offset: Array) -> Targets:
    """What is to be told of each read, and then of the mirror image of each."""
    hidden, off, turn = reads.hidden != Hidden.NOT, distances(reads, offset), reads.turn
    hidden, off = (np.concatenate([values, values[:, PAIRS]]) for values in (hidden, off))
    turn = np.concatenate([turn, turn * [-1, 1]])
    return {name: jnp.asarray(v, jnp.float32) for name, v in (("hidden", hidden), ("off", off), ("turn", turn))}


def loss(out: Any, target: Targets) -> Any:
    """How unlikely the truth is by outputs (n, OUTPUTS)."""
    n = len(seen.JOINTS)
    hidden = optax.sigmoid_binary_cross_entropy(out[:, :n], target["hidden"]).mean()
    scale = jnp.clip(out[:, n : 2 * n], -7, 0)
    # a distance in the plane whose coordinates have Laplace's long tails; its mean is exp(scale)
    error = (2 * target["off"] * jnp.exp(-scale) + 2 * scale).mean()
    turns = out[:, 2 * n :].reshape(-1, 2, 3)
    way = jnp.abs(turns[..., :2] - target["turn"]).mean()
    aside = jax.lax.stop_gradient(turns[..., :2])
    (s, c), (ts, tc) = jnp.moveaxis(aside, -1, 0), jnp.moveaxis(target["turn"], -1, 0)
    angle = jnp.abs(jnp.arctan2(s * tc - c * ts, c * tc + s * ts))
    width = jnp.clip(turns[..., 2], -5, 1)
    return hidden + 0.4 * error + 4 * way + 0.3 * (angle * jnp.exp(-width) + width).mean()


# --- how it is learned ------------------------------------------------------------------------------------------------


def started(key: Any, features: int) -> Params:
    """Weights to start from."""
    sizes = (features, WIDE, WIDE, seen.OUTPUTS)
    params: Params = {}
    for i, k in enumerate(jax.random.split(key, 3), 1):
        scale = np.sqrt(2 / sizes[i - 1]) * (0.1 if i == 3 else 1)
        params[f"w{i}"] = jax.random.normal(k, (sizes[i - 1], sizes[i])) * scale
        params[f"b{i}"] = jnp.zeros(sizes[i])
    params["b3"] = params["b3"].at[len(seen.JOINTS) : 2 * len(seen.JOINTS)].set(-3.0)
    return params


def _outputs(params: Params, x: Any, key: Any) -> Any:
    first, second = jax.random.split(key)
    for i, k in ((1, first), (2, second)):
        x = jax.nn.relu(x @ params[f"w{i}"] + params[f"b{i}"])
        x = x * jax.random.bernoulli(k, 1 - DROPPED, x.shape) / (1 - DROPPED)
    return x @ params["w3"] + params["b3"]


def learned(x: Array, target: Targets, start: Params | None = None) -> Params:
    """`SEEDS` networks side by side, from standardised reads (n, FEATURES); from `start` on, if there is one."""
    batch = min(BATCH, len(x))
    batches = len(x) // batch
    plan = optax.cosine_onecycle_schedule(EPOCHS * batches, RATE, 0.15)
    optimiser = optax.chain(optax.clip_by_global_norm(5.0), optax.adamw(plan, weight_decay=DECAY))
    values = jnp.asarray(x, jnp.float32)

    def wrong(params: Params, rows: Any, key: Any) -> Any:
        noise, drop = jax.random.split(key)
        read = values[rows] + JITTER * jax.random.normal(noise, (batch, x.shape[1]))
        return loss(_outputs(params, read, drop), {name: part[rows] for name, part in target.items()})

    def step(state: Any, given: Any) -> Any:
        params, moments = state
        value, slope = jax.value_and_grad(wrong)(params, *given)
        updates, moments = optimiser.update(slope, moments, params)
        return (optax.apply_updates(params, updates), moments), value

    def epoch(state: Any, key: Any) -> Any:
        order, keys = jax.random.split(key)
        rows = jax.random.permutation(order, len(x))[: batches * batch].reshape(batches, batch)
        return jax.lax.scan(step, state, (rows, jax.random.split(keys, batches)))

    keys = jax.random.split(jax.random.PRNGKey(0), (SEEDS, EPOCHS + 1))
    params = start or jax.vmap(lambda key: started(key, x.shape[1]))(keys[:, 0])
    state = (params, jax.vmap(optimiser.init)(params))
    onward = jax.jit(jax.vmap(epoch))
    for i in range(EPOCHS):
        state, losses = onward(state, keys[:, i + 1])
    print(f"  loss {np.asarray(losses).mean(1).round(3)}", file=sys.stderr, flush=True)
    found: Params = state[0]
    return found


def fit(reads: Reads, start: Params | None = None) -> tuple[dict[str, Array], Params]:
    """What is stored for one landmark model (`seen.ARRAYS`), and the networks, from which another's may start."""
    offset = offsets(reads)
    both = np.concatenate([reads.read, seen.mirrored(reads.read)])
    mean, spread = both.mean(0), np.maximum(both.std(0), 1e-4)
    x = np.clip((both - mean) / spread, -6, 6)
    networks = learned(x, targets(named(reads, offset), offset), start)
    stored = {"mean": mean.astype(np.float32), "spread": spread.astype(np.float32)}
    for i in (1, 2, 3):
        stored[f"w{i}"] = np.asarray(networks[f"w{i}"]).astype(np.float16)
        stored[f"b{i}"] = np.asarray(networks[f"b{i}"])[:, None].astype(np.float16)
    return stored, networks


# --- the command ------------------------------------------------------------------------------------------------------


def loaded(folder: Path, split: str) -> Reads:
    """The reads of a split."""
    return Reads.joined([Reads.load(path_of(folder, split, number)) for number in BODIES[split]])


def prepared(work: Path, split: str, jobs: int) -> None:
    """Draw and read the bodies of a split."""
    stills, folder, numbers = work / "stills", work / "reads", BODIES[split]
    steps: list[tuple[str, Callable[[int], bool]]] = [
        ("drawn", partial(drawn, stills, split)),
        ("read", partial(read, stills, folder, split)),
    ]
    stills.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    for name, step in steps:
        with _timed(f"{len(numbers)} bodies of {split} {name}"), ProcessPoolExecutor(jobs) as pool:
            list(pool.map(step, numbers))


class _timed:  # noqa: N801
    """Says what took how long."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        print(f"{self.what}: {(time.monotonic() - self.begun) / 60:.1f} min", file=sys.stderr, flush=True)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Learn what ships, or another file."""
    parser = parser_of(__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--out", type=Path, default=Path(seen.__file__).with_name("seen.npz"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    for split in LEARNED_ON:
        prepared(options.work, split, options.jobs)
    arrays: dict[str, Array] = {}
    reads = Reads.joined([loaded(options.work / "reads", split) for split in LEARNED_ON])
    networks = None
    for i, model in enumerate(MODELS):
        rows = reads.of(reads.model == i)
        with _timed(f"{model} learned on {len(rows)} crops"):
            stored, networks = fit(rows, networks)
        arrays |= {f"{model}.{name}": array for name, array in stored.items()}
    with files.whole(options.out) as path, path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    sys.exit(main())
