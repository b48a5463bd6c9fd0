"""How well `formcheck.body.seen` tells what is hidden, how far joints are off, and which way the body faces.

python -m benchmarks.seen WORK [--photos ANNOTATIONS.json] [--markdown OUT]

WORK is where `models/fit/seen.py` keeps its stills; the bodies of `held` are drawn and read there first, nothing
added to their pictures. With `--photos` it flags the wrong skeletons on labelled photographs
(`benchmarks/photos.py`).
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.accuracy.__main__ import circumstances
from benchmarks.command import exits, parser_of
from benchmarks.machine import written
from benchmarks.photos import GROSS, JOINTS
from benchmarks.studio.scene import Hidden
from benchmarks.tables import DASH, Section
from formcheck.body import seen, view
from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array, Poses
from formcheck.pose.blazepose import disagreement
from formcheck.pose.networks import FEATURES, Networks, Skeleton
from models.fit.reads import MODELS, Reads
from models.fit.seen import distances, loaded, named, offsets, prepared
from models.fit.stills import BODIES

PARTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
OFF: Final = 0.25
"""A joint that is farther off than this share of the trunk is wrong (ours)."""

QUANTILE_90: Final = 1.945
"""90 % of distances are below so many of their mean, if they are spread as learned."""

LAPLACE_90: Final = 2.303
"""The same of the errors of angles."""

LEAST: Final = 20
"""An AUC needs so many of either kind."""

FACING: Final = ("shoulders", "pelvis", "yaw", "`view.yaw`", "within")

_POINTS: Final = 39
_VISIBILITY: Final = slice(2 * _POINTS, 3 * _POINTS)
_PEAKS: Final = slice(7 * _POINTS, 8 * _POINTS)
_WORLD: Final = slice(4 * _POINTS, 7 * _POINTS)


class Told(NamedTuple):
    """Reads of one landmark model with what `seen` says of them, of the joints only: (n, 16), (n, 16), (n, 6)."""

    reads: Reads
    hidden: Array
    error: Array
    turn: Array

    @classmethod
    def of(cls, reads: Reads, model: str) -> "Told":
        hidden, error, turn = seen.columns(reads.read, model)
        rows = list(seen.JOINTS)
        return cls(reads, hidden[:, rows], error[:, rows], turn)

    def column(self, part: slice) -> Array:
        """One of the landmark model's own figures for each joint, (n, 16)."""
        found: Array = self.reads.read[:, part][:, list(seen.JOINTS)]
        return found

    def off(self, offset: Array) -> Array:
        """How far each landmark is off, in trunks, (n, 16)."""
        points = self.reads.read[:, : 2 * len(NAMES)].reshape(len(self.reads), -1, 2)[:, list(seen.JOINTS)]
        trunk = np.hypot(*(points[:, :2].mean(1) - points[:, 6:8].mean(1)).T)
        found: Array = distances(self.reads, offset) / np.maximum(trunk, seen.TRUNK_AT_LEAST)[:, None]
        return found


def auc(wrong: Array, score: Array) -> str:
    """How surely the score tells wrong from right; a dash where there are too few of either."""
    if min(wrong.sum(), (~wrong).sum()) < LEAST:
        return DASH
    return f"{roc_auc_score(wrong, score):.3f}"


# --- on stills --------------------------------------------------------------------------------------------------------


def stills(work: Path) -> list[Section]:
    """The tables of the stills of other bodies."""
    reads = loaded(work / "reads", "held")
    offset = {m: offsets(reads.of(reads.model == i)) for i, m in enumerate(MODELS)}
    told = {m: Told.of(named(reads.of((reads.model == i) & reads.second), offset[m]), m) for i, m in enumerate(MODELS)}
    return [
        Section(
            "Hidden joints",
            "AUC by what hides the joint, `hidden` / the model's visibility; in brackets how many are hidden so.",
            ("joint", *(f"{m}, {what}" for m in MODELS for what in ("own body", "things", "edge"))),
            [
                (part, *(_hidden(told[m], i, code) for m in MODELS for code in tuple(Hidden)[1:]))
                for i, part in enumerate(PARTS)
            ],
        ),
        Section(
            "How sure `hidden` is",
            "Of joints said to be hidden with this probability so many are.",
            ("said", *MODELS),
            [
                (f"{low:.1f} to {low + 0.2:.1f}", *(_reliable(told[m], low) for m in MODELS))
                for low in np.arange(0, 1, 0.2)
            ],
        ),
        Section(
            "Joints that are off",
            f"AUC for over {100 * OFF:.0f} % of the trunk off: `error` / visibility / heat-map peak; share off in"
            " brackets. Then the share of joints within the 90 % quantile of what `error` says.",
            ("joint", *(f"{m}, {what}" for m in MODELS for what in ("AUC", "within"))),
            [
                (part, *(cell for m in MODELS for cell in _off(told[m], i, offset[m])))
                for i, part in enumerate(PARTS)
            ],
        ),
        Section(
            "Which way the body faces",
            "Median (90th percentile) error in degrees of the shoulders' and the pelvis's turn, of the camera's yaw"
            " that follows from the shoulders' turn, and of `view.yaw`; and the share of turns within 2.3 times their"
            " error, which should hold 90 %. By the true yaw: side from 60, oblique from 30.",
            ("kind, view", *(f"{m}, {what}" for m in MODELS for what in FACING)),
            list(_facing(told)),
        ),
    ]  # fmt: skip


def _hidden(told: Told, part: int, code: Hidden) -> str:
    rows = slice(2 * part, 2 * part + 2)
    codes, said = told.reads.hidden[:, rows].ravel(), told.hidden[:, rows].ravel()
    visible = told.column(_VISIBILITY)[:, rows].ravel()
    kept, wrong = (codes == Hidden.NOT) | (codes == code), codes == code
    return f"{auc(wrong[kept], said[kept])} / {auc(wrong[kept], -visible[kept])} ({wrong.sum()})"


def _reliable(told: Told, low: float) -> str:
    inside = (told.hidden >= low) & (told.hidden < low + 0.2)
    hidden = told.reads.hidden[inside] != Hidden.NOT
    return f"{hidden.mean():.2f} of {len(hidden)}" if len(hidden) else DASH


def _off(told: Told, part: int, offset: Array) -> tuple[str, str]:
    rows = slice(2 * part, 2 * part + 2)
    off, error = told.off(offset)[:, rows].ravel(), told.error[:, rows].ravel()
    others = (-told.column(columns)[:, rows].ravel() for columns in (_VISIBILITY, _PEAKS))
    scores = " / ".join(auc(off > OFF, score) for score in (error, *others))
    return f"{scores} ({np.mean(off > OFF):.2f})", f"{np.mean(off < QUANTILE_90 * error):.2f}"


VIEWS: Final = {"side": (60, 91), "oblique": (30, 60), "front": (-1, 30)}
"""From which true yaw to which, degrees."""


def _facing(told: dict[Any, Told]) -> Iterator[tuple[str, ...]]:
    first = next(iter(told.values())).reads
    for kind in np.unique(first.kind):
        for name in VIEWS:
            yield (f"{kind}, {name}", *(cell for one in told.values() for cell in _turns(one, str(kind), name)))


def _turns(told: Told, kind: str, name: str) -> list[str]:
    """The errors of one model's turns in one kind of posture, seen from one side."""
    true, (low, high) = told.reads.turn, VIEWS[name]
    yaw = np.degrees(np.arcsin(np.minimum(np.abs(true[:, 0, 0]), 1)))
    rows = (told.reads.kind == kind) & (yaw >= low) & (yaw < high)
    if rows.sum() < LEAST:
        return [DASH] * 5
    turn = told.turn[rows].reshape(-1, 2, 3)
    off = np.abs(_between(turn[..., :2], true[rows]))
    by_turn = np.degrees(np.arcsin(np.abs(turn[:, 0, 0]))) - yaw[rows]
    by_view = view.yaw(_poses(told.reads.of(rows))) - yaw[rows]
    within = np.mean(off < LAPLACE_90 * turn[..., 2])
    return [*(_size(v) for v in (off[:, 0], off[:, 1], by_turn, by_view)), f"{within:.2f}"]


def _between(a: Array, b: Array) -> Array:
    """Degrees from b to a, (..., 2) of sine and cosine each."""
    (s, c), (ts, tc) = np.moveaxis(a, -1, 0), np.moveaxis(b, -1, 0)
    found: Array = np.degrees(np.arctan2(s * tc - c * ts, c * tc + s * ts))
    return found


def _size(values: Array) -> str:
    return f"{np.median(np.abs(values)):.1f} ({np.percentile(np.abs(values), 90):.0f})"


def _poses(reads: Reads) -> Poses:
    """The reads as poses in a picture of 1000 pixels, the crops turned upright."""
    n, count = len(reads), len(NAMES)
    s, c = reads.read[:, FEATURES - 2, None], reads.read[:, FEATURES - 1, None]
    poses = Poses.blank(np.arange(n, dtype=float), (1000, 1000))
    image = reads.read[:, : 2 * count].reshape(n, count, 2).copy()
    world = reads.read[:, _WORLD].reshape(n, -1, 3)[:, :count].copy()
    for points, size in ((image, 1000), (world, 1)):
        x, y = size * points[..., 0], size * points[..., 1]
        points[..., 0], points[..., 1] = c * x - s * y, s * x + c * y
    poses.image[:], poses.world[:] = image + 500, world
    return poses


# --- on photographs ---------------------------------------------------------------------------------------------------


def photos(annotations: Path) -> list[Section]:
    """How well wrong skeletons on labelled photographs are told."""
    networks = Networks()
    labels = json.loads(annotations.read_text("utf-8"))["photos"]
    rows = [row for photo in labels if (row := _photo(networks, annotations.parent, photo)) is not None]
    worst = np.array([row["off"] for row in rows])
    lines = []
    for name, wrong in (
        (f"a joint over {100 * GROSS:.0f} % off", worst.max(1) > GROSS),
        (f"all four over {100 * GROSS:.0f} % off in the median", np.median(worst, 1) > GROSS),
    ):
        cells = (_score(wrong, [row[score] for row in rows]) for score in SCORES)
        lines.append((f"{name} ({wrong.sum()} of {len(wrong)})", *cells))
    sure = np.array([photo_sure(row) for row in rows])
    wrong = worst.max(1) > GROSS
    cells = (_score(wrong[sure], np.array([row[score] for row in rows])[sure]) for score in SCORES)
    lines.append((f"sure labels, a joint off ({wrong[sure].sum()} of {sure.sum()})", *cells))
    about = "AUC for skeletons of full that are wrong on the labelled side: shoulder, hip, knee and ankle."
    return [Section("Wrong skeletons on photographs", about, ("wrong is", *SCORES), lines)]


SCORES: Final = ("error", "error and spread", "spread of heavy mirrored", "spread of full again", "peak", "visibility")


def photo_sure(row: dict[str, Any]) -> bool:
    """Whether the labels are."""
    return bool(row["confidence"] != "low")


def _score(wrong: Array, score: Sequence[float]) -> str:
    return f"{roc_auc_score(wrong, score):.2f}" if 0 < wrong.sum() < len(wrong) else DASH


def _photo(networks: Networks, folder: Path, photo: dict[str, Any]) -> dict[str, Any] | None:
    rgb = np.ascontiguousarray(np.asarray(cv2.imread(str(folder / photo["file"])))[..., ::-1])
    people = networks.detect(rgb)
    if not people:
        return None
    first = networks.landmarks(rgb, people[0])
    body = networks.landmarks(rgb, first.region)
    other = networks.landmarks(rgb, first.region, model="heavy", mirrored=True)
    rows = [INDEX[f"{photo['visible_side']}_{joint}"] for joint in JOINTS]
    places = np.array([[photo["keypoints"][joint][axis] for axis in "xy"] for joint in JOINTS])
    trunk = float(np.hypot(*(places[0] - places[1])))
    _, error, _ = seen.seen(body.read, "full")
    worst, mirrored = float(error[rows].max()), disagreement(other, body)
    return {
        "id": photo["id"],
        "confidence": photo["confidence"],
        "off": np.hypot(*(body.image[rows] - places).T) / trunk,
        "error": worst,
        "error and spread": np.log(worst) + np.log(mirrored + 0.02),
        "spread of heavy mirrored": mirrored,
        "spread of full again": disagreement(first, body),
        "peak": -float(_peaks(body)[rows].min()),
        "visibility": -float(body.visibility[rows].min()),
    }


def _peaks(body: Skeleton) -> Array:
    return body.read[_PEAKS]


@exits
def main(arguments: Sequence[str] | None = None) -> None:
    """Print or write the tables."""
    parser = parser_of(__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    prepared(options.work, "held", options.jobs)
    sections = stills(options.work) + ([] if options.photos is None else photos(options.photos))
    about = circumstances([])
    text = f"# What is seen\n\n{about['date']}; {len(BODIES['held'])} other bodies; {about['machine']}.\n\n"
    written(text + "\n\n".join(section.markdown() for section in sections) + "\n", options.markdown)


if __name__ == "__main__":
    sys.exit(main())
