"""Learn how the contours of back and belly tell the arch of the back: what formcheck ships as `body/arch.npz`.

python -m models.fit.arch [--out formcheck/body/arch.npz] [--rows DIR] [--jobs N]

What is learned on are stills of bodies that are in no split (`scenes.py`); their looks are kept in `--rows`. It wants
scikit-learn. How well the arch is told then, `benchmarks/arch.py` measures.
"""

import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from benchmarks.command import exits, parser_of
from formcheck import files
from formcheck.body import arch
from formcheck.body.poses import Array
from formcheck.body.process import stored
from models.fit.process import fitted, weights
from models.fit.scenes import KINDS, SCENES, Sight, seen


def _sights(kind: str, kept: Path | None, jobs: int) -> list[Sight]:
    """All scenes of a kind, from where they are kept if they are."""
    path = None if kept is None else kept / f"{kind}.npz"
    if path is not None and path.exists():
        with np.load(path) as arrays:
            return [Sight(*row) for row in zip(*(arrays[name] for name in Sight._fields), strict=True)]
    with ProcessPoolExecutor(jobs) as pool:
        found = []
        for i, sight in enumerate(pool.map(partial(seen, kind), range(SCENES)), 1):
            print(f"{kind} {i}/{SCENES}", file=sys.stderr, flush=True)
            found.append(sight)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        columns: dict[str, Any] = {name: np.array([getattr(s, name) for s in found]) for name in Sight._fields}
        np.savez(path, **columns)
    return found


def rows(sights: Sequence[Sight]) -> Array:
    """Features and, last, the change of lordosis of every hold whose trunk was seen, (n, len(arch.FEATURES) + 1)."""
    made = []
    for sight in sights:
        neutral = sight.looks[0]
        for look, lordosis in zip(sight.looks[1:], sight.lordosis[1:], strict=True):
            if arch.shows_trunk(neutral) and arch.shows_trunk(look) and look[FACING] == neutral[FACING]:
                (seen_features,) = arch.features(neutral, look[None], str(sight.near), float(sight.yaw))
                made.append(np.append(seen_features, lordosis - sight.lordosis[0]))
    return np.array(made)


FACING: Final = arch.COLUMNS.index("facing")

TUNED_ON: Final = 450
"""Rows on which the kernel's lengths are found: they want a matrix a step."""


def learned(values: Array) -> dict[str, Array]:
    """What is stored of a process (`STORED`), from rows as `rows` gives them."""
    normal = fitted(values)
    inputs, targets = normal.filled(values[:, :-1])[0], values[:, -1]
    spread = inputs.std(axis=0) + 1e-6
    some = np.random.default_rng(0).permutation(len(inputs))[:TUNED_ON]
    kernel = ConstantKernel(100.0) * RBF(np.full(inputs.shape[1], 3.0), (0.5, 60.0)) + WhiteKernel(9.0, (1.0, 60.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # features without use go to the bound: that is what the bound is for
        tuned = GaussianProcessRegressor(kernel).fit(inputs[some] / spread, targets[some] - targets.mean()).kernel_
    found: dict[str, Array] = {
        "inputs": inputs.astype(np.float32),
        "targets": targets.astype(np.float32),
        "scales": (tuned.k1.k2.length_scale * spread).astype(np.float32),
        "size": np.array(np.sqrt(tuned.k1.k1.constant_value), np.float32),
        "noise": np.array(np.sqrt(tuned.k2.noise_level), np.float32),
        "mean": normal.mean.astype(np.float32),
        "covariance": normal.covariance,
    }
    return found | {"weights": weights(stored(found | {"weights": np.empty(0)}))}


def fit(out: Path, kept: Path | None, jobs: int) -> None:
    """Learn from both kinds of posture and write what was learned."""
    arrays: dict[str, Array] = {"features": np.array(arch.FEATURES)}
    for kind in KINDS:
        close = [sight for sight in _sights(kind, kept, jobs) if not sight.loose]
        arrays |= {f"{kind}.{name}": array for name, array in learned(rows(close)).items()}
    with files.whole(out) as path, path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Fit what ships, or another file."""
    parser = parser_of(__doc__)
    parser.add_argument("--out", type=Path, default=Path(arch.__file__).with_name("arch.npz"))
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    fit(options.out, options.rows, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
