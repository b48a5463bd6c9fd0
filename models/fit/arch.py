"""Learn how a look tells the arch of the back: what formcheck ships as `body/arch.npz` and `pose/strip.npz`.

python -m models.fit.arch STILLS [--rows DIR] [--arch FILE] [--strip FILE]

What is learned on are stills of bodies that are in no split (`stills.py`); what formcheck sees of them is kept in
`--rows`. The networks on strips come first, one for each part of the bodies, learned on the others. Each is asked about
its own part; so the processes, which come next, trust it no more than it deserves. Then comes how wrong these are about
bodies that they were not learned on. It wants jax, optax and scikit-learn.
"""

import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from benchmarks.command import exits, parser_of
from formcheck import files
from formcheck.body import arch
from formcheck.body.poses import Array
from formcheck.body.process import Process, stored
from formcheck.pose import strip as strips
from formcheck.pose.networks import Networks
from models.fit import scenes, sights, strip
from models.fit.process import fitted, weights
from models.fit.sights import Rows, Sight, rows

PARTS: Final = 3
"""Parts of the bodies: each is asked of what was learned on the others."""

POSTURES: Final = ("upright", "lying")

# --- the process ------------------------------------------------------------------------------------------------------

TUNED_ON: Final = 300
"""Rows on which the kernel's lengths are found: they want a matrix a step."""

MOST: Final = 2400
"""Rows that a process is made of: more would make it slow to start."""


class Lengths(NamedTuple):
    """A kernel: the lengths (k,), its size and the noise, in degrees."""

    scales: Array
    size: float
    noise: float


def lengths(inputs: Array, targets: Array) -> Lengths:
    """The likeliest kernel for inputs (n, k) without hidden features."""
    spread = inputs.std(axis=0) + 1e-6
    some = np.random.default_rng(0).permutation(len(inputs))[:TUNED_ON]
    kernel = ConstantKernel(100.0) * RBF(np.full(inputs.shape[1], 8.0), (0.5, 100.0)) + WhiteKernel(16.0, (1.0, 100.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # features without use go to the bound: that is what the bound is for
        process = GaussianProcessRegressor(kernel, optimizer=_likeliest)
        tuned = process.fit(inputs[some] / spread, targets[some] - targets.mean()).kernel_
    size, noise = np.sqrt(tuned.k1.k1.constant_value), np.sqrt(tuned.k2.noise_level)
    return Lengths(tuned.k1.k2.length_scale * spread, float(size), float(noise))


def _likeliest(cost: Callable[[Array], tuple[float, Array]], start: Array, bounds: Array) -> tuple[Array, float]:
    """A minimum, in few steps: more of them gain nothing on other bodies."""
    found = minimize(cost, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 40})
    return found.x, found.fun


def learned(given: Rows, kernel: Lengths | None = None) -> dict[str, Array]:
    """What is stored of a process (`STORED`)."""
    given = given.of(np.random.default_rng(1).permutation(len(given.change))[:MOST])
    normal = fitted(np.column_stack([given.features, given.change]))
    inputs, _, _ = normal.filled(given.features)
    kernel = kernel or lengths(inputs, given.change)
    found: dict[str, Array] = {
        "inputs": inputs.astype(np.float32),
        "targets": given.change.astype(np.float32),
        "scales": kernel.scales.astype(np.float32),
        "size": np.array(kernel.size, np.float32),
        "noise": np.array(kernel.noise, np.float32),
        "mean": normal.mean.astype(np.float32),
        "covariance": normal.covariance,
    }
    return found | {"weights": weights(stored(found | {"weights": np.empty(0)}))}


def kernel_of(arrays: dict[str, Array]) -> Lengths:
    """The kernel of what is stored of a process."""
    return Lengths(arrays["scales"].astype(float), float(arrays["size"]), float(arrays["noise"]))


# --- how wrong it is --------------------------------------------------------------------------------------------------


class Held(NamedTuple):
    """What was told of bodies that nothing was learned on: the change (n,), its error (n,) in degrees by the process
    alone, and how unlike the looks are (n,).
    """

    value: Array
    error: Array
    unlike: Array


def held(given: Rows, kernel: Lengths) -> Held:
    """Each part of the bodies told by a process that was learned on the others."""
    found = np.empty((3, len(given.change)))
    for part in range(PARTS):
        asked = given.body % PARTS == part
        process: Process = stored(learned(given.of(~asked), kernel))
        features = given.features[asked]
        value, unlike = process.change(features)
        found[:, asked] = value, process.error(features), unlike
    return Held(*found)


def widening(given: Rows, told: Held) -> Array:
    """How the process's error is to be widened, (arch.WIDENING,): the likeliest for what was told (Laplace)."""
    known = arch.widening_features(told.error, told.unlike, given.features)
    off = np.abs(told.value - given.change)

    def cost(some: Array) -> float:
        size = known @ some
        return float((off * np.exp(-size) + size).mean() + 1e-3 * (some[1:] ** 2).sum())

    least = [(None, None), *[(0.0, None)] * (known.shape[1] - 1)]
    start = np.append(-0.3, np.append(1.0, np.zeros(known.shape[1] - 2)))
    found: Array = minimize(cost, start, bounds=least).x
    found[0] += np.log(np.sqrt(2))  # from the mean size of the errors to their standard deviation
    return found


# --- all of it --------------------------------------------------------------------------------------------------------


def all_sights(folder: Path, kept: Path) -> list[Sight]:
    """What is seen of the stills in a folder, of the bodies of `train`, and of all of `scenes.py`."""
    networks = Networks()
    found = [sight for path in sorted(folder.glob("train_*.npz")) for sight in sights.kept(kept, path, networks)]
    for kind in scenes.KINDS:
        for number in range(scenes.SCENES):
            found += sights.kept(kept, scenes.kept(folder, kind, number), networks)
    return found


def fit(found: Sequence[Sight], into: Path, network: Path) -> None:
    """Learn the networks and the processes, and write what was learned."""
    networks = [strip.learned([s for s in found if s.body % PARTS != part], part) for part in range(PARTS)]
    _written(network, {name: np.stack([one[name] for one in networks]).astype(np.float16) for name in networks[0]})
    _written(into, processes(found, networks))


def processes(found: Sequence[Sight], networks: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """What is stored of both postures; networks: of each part of the bodies, the one that has not seen it."""
    arrays: dict[str, Array] = {"features": np.array(arch.FEATURES)}
    for posture in POSTURES:
        shown = [sight for sight in found if sight.posture == posture]
        given = rows(shown, [strip.told(networks[sight.body % PARTS], sight) for sight in shown])
        process = learned(given)
        process["widening"] = widening(given, held(given, kernel_of(process)))
        arrays |= {f"{posture}.{name}": array for name, array in process.items()}
    return arrays


def _written(into: Path, arrays: dict[str, Array]) -> None:
    with files.whole(into) as path, path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Fit what ships, or other files."""
    parser = parser_of(__doc__)
    parser.add_argument("stills", type=Path)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--arch", type=Path, default=Path(arch.__file__).with_name("arch.npz"))
    parser.add_argument("--strip", type=Path, default=Path(strips.__file__).with_name("strip.npz"))
    options = parser.parse_args(arguments)
    fit(all_sights(options.stills, options.rows or options.stills), options.arch, options.strip)


if __name__ == "__main__":
    sys.exit(main())
