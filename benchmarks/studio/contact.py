"""Contact with the floor and the ball: which skin touches, how high its lowest point is, and poses made to rest on it.

Every solver works on all moments at once and starts from the pose it is given, so its answer is a continuous function
of the pose: no moment depends on another one, and nothing can snap between two solutions in time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from benchmarks.studio.body import Body
from benchmarks.studio.pose import SUFFIX, Array, Pose
from benchmarks.studio.rig import MOVING, Points, Rig

SINK: Final = 0.003
"""Metres by which touching skin is pressed into the floor (ours: a bare touch of a mesh looks like hovering)."""

_SUPPORTS: Final = 160
"""Directions for which a part's furthest vertex is kept as one that may touch (ours)."""

FOLDING: Final = ("loin", "back", "seat", "buttocks", "knee")
"""Parts whose skin folds as they bend, or that a ball may touch where the hull does not: kept more densely."""

STATION: Final = 0.03
"""Metres of the back between the places where its gap to the floor is measured."""

LEAST_LEVER: Final = 0.04
"""Metres: a limb is not turned about a joint nearer than this to where it touches (ours)."""


class Laid(NamedTuple):
    """A limb laid on the floor: `segments` turn together about the joint of a bone until `part` touches."""

    joint: str
    part: str
    segments: tuple[str, ...]


HEAD_DOWN: Final = Laid("neck02", "head", ("head",))


def leg_down(side: str) -> Laid:
    """A stretched leg: its calf or heel touches."""
    segments = tuple(f"{side}_{part}" for part in ("thigh", "shin", "foot", "toes"))
    return Laid(f"upperleg01{SUFFIX[side]}", f"{side}_calf", segments)


def arm_down(side: str) -> tuple[Laid, Laid]:
    """An arm: its elbow touches, and its hand."""
    segments = tuple(f"{side}_{part}" for part in ("upper_arm", "forearm", "hand"))
    upper = Laid(f"upperarm01{SUFFIX[side]}", f"{side}_elbow", segments[:1])
    return upper, Laid(f"lowerarm01{SUFFIX[side]}", f"{side}_hand", segments[1:])


@dataclass(frozen=True, slots=True, eq=False)
class Lowest:
    """The lowest point of a part at each moment: its height and its place along z, (n,) metres."""

    y: Array
    z: Array


def _directions(count: int) -> Array:
    """Unit vectors spread evenly over the sphere: a Fibonacci lattice."""
    i = np.arange(count) + 0.5
    height, turn = 1 - 2 * i / count, np.pi * (1 + 5**0.5) * i
    radius = np.sqrt(1 - height * height)
    return np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], -1)


def part_masks(rig: Rig) -> dict[str, Array]:
    """Vertices of the skin by the part of the body that may touch something: name -> (v,) bool."""
    body = rig.body
    skin = np.zeros(len(body.vertices), bool)
    skin[np.unique(body.faces)] = True
    carried = np.array(MOVING)[rig.carrier[_strongest(body)]]

    def of(*names: str) -> Array:
        mask: Array = skin & np.isin(carried, names)
        return mask

    return _trunk_masks(rig, of) | _limb_masks(rig, of)


def _trunk_masks(rig: Rig, of: Callable[..., Array]) -> dict[str, Array]:
    """Those of trunk and head; `of` gives the skin that bones of these names carry."""
    at = rig.body.vertices
    hip_y, neck_y = rig.rest("upperleg01.L")[1], rig.rest("neck01")[1]
    behind = at[:, 2] < rig.rest("spine03")[2]
    masks: dict[str, Array] = {
        "buttocks": of("root", "spine05", "spine04", "upperleg01.L", "upperleg01.R")
        & behind
        & (np.abs(at[:, 1] - hip_y - 0.01) < 0.11),
        "loin": of("spine05", "spine04", "spine03", "spine02")
        & behind
        & (at[:, 1] > rig.rest("spine05")[1] + 0.03)
        & (at[:, 1] < rig.rest("spine02")[1]),
        "upper_back": of("spine02", "spine01", "clavicle.L", "clavicle.R", "shoulder01.L", "shoulder01.R")
        & behind
        & (at[:, 1] < neck_y),
        "back": of("root", "spine05", "spine04", "spine03", "spine02", "spine01", "shoulder01.L", "shoulder01.R")
        & behind
        & (at[:, 1] < neck_y)
        & (_pull(rig.body, "upperleg01") < 0.05),
        "head": of("head", "neck03", "neck02"),
    }
    thighs = of("upperleg01.L", "upperleg01.R") & behind & (at[:, 1] > hip_y - 0.25)
    masks["back_and_seat"] = masks["back"] | masks["buttocks"] | thighs
    return masks


def _limb_masks(rig: Rig, of: Callable[..., Array]) -> dict[str, Array]:
    """The same of arms and legs."""
    at, masks = rig.body.vertices, {}
    for side, end in SUFFIX.items():
        elbow, knee = rig.rest(f"lowerarm01{end}"), rig.rest(f"lowerleg01{end}")
        arm = of(f"upperarm02{end}", f"lowerarm01{end}", f"lowerarm02{end}")
        masks[f"{side}_elbow"] = arm & (np.linalg.norm(at - elbow, axis=1) < 0.09)
        masks[f"{side}_hand"] = of(f"wrist{end}", f"lowerarm02{end}")
        leg = of(f"upperleg01{end}", f"lowerleg01{end}")
        masks[f"{side}_knee"] = leg & (np.linalg.norm(at - knee, axis=1) < 0.13) & (at[:, 2] > knee[2])
        toes = [f"toe{i}-1{end}" for i in range(1, 6)]
        masks[f"{side}_foot"] = of(f"foot{end}", *toes)
        masks[f"{side}_calf"] = of(f"lowerleg01{end}", f"foot{end}")
    return masks


def _pull(body: Body, bone: str) -> Array:
    """(v,) how much the bones of this name, of both sides, pull each vertex."""
    pull: Array = body.weights[:, [body.bone(f"{bone}{end}") for end in SUFFIX.values()]].toarray().sum(axis=1)
    return pull


def _strongest(body: Body) -> Array:
    """(v,) the bone that pulls each vertex most."""
    strongest: Array = np.asarray(body.weights.argmax(axis=1)).ravel()
    return strongest


class Contacts:
    """The skin of a body that may touch the floor or a ball, and the solvers that make it touch."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        ways = _directions(_SUPPORTS)
        self.joints = {name: rig.fixed({name: (name, rig.rest(name))}) for name in MOVING}
        self.parts: dict[str, Points] = {}
        for name, mask in part_masks(rig).items():
            rows = np.flatnonzero(mask)
            keep = rows[np.unique((rig.body.vertices[rows] @ ways.T).argmax(axis=0))]
            if name.endswith(FOLDING):
                keep = rows[:: max(1, len(rows) // 150)]
            if name == "loin":
                station = np.round(rig.body.vertices[keep, 1] / STATION).astype(int)
                self._stations = [np.flatnonzero(station == s) for s in np.unique(station)]
            self.parts[name] = rig.skinned(rig.body.vertices[keep], _dense(rig.body, keep))

    def gap(self, matrices: Array) -> Array:
        """(n,) the widest gap between the loin and the floor, metres: the highest of its stations; below 0 pressed."""
        heights = self.rig.place(matrices, self.parts["loin"])[:, :, 1]
        gap: Array = np.max([heights[:, rows].min(axis=1) for rows in self._stations], axis=0)
        return gap

    def lowest(self, matrices: Array, part: str) -> Lowest:
        """The lowest point of a part, (n,)."""
        at = self.rig.place(matrices, self.parts[part])
        first = at[:, :, 1].argmin(axis=1)
        rows = np.arange(len(at))
        return Lowest(at[rows, first, 1], at[rows, first, 2])

    def height(self, matrices: Array, part: str) -> Array:
        """(n,) height of a part's lowest point over the floor, metres."""
        return self.lowest(matrices, part).y

    # --- solvers: each takes a pose and gives a new one ---

    def on_back(self, pose: Pose, turns: int = 5) -> Pose:
        """The trunk pitched and shifted so that buttocks and upper back both touch the floor."""
        pose = pose.copy()
        for _ in range(turns):
            matrices = self.rig.matrices(pose)
            hips, back = self.lowest(matrices, "buttocks"), self.lowest(matrices, "upper_back")
            pose.of("trunk")[:] += np.degrees((back.y - hips.y) / (back.z - hips.z))
            pose.root[:, 1] -= hips.y + SINK
        return pose

    def on_part(self, pose: Pose, part: str) -> Pose:
        """Shifted up or down until a part of the body touches the floor."""
        pose = pose.copy()
        pose.root[:, 1] -= self.height(self.rig.matrices(pose), part) + SINK
        return pose

    def laid(self, pose: Pose, limbs: Sequence[Laid], *, only_up: bool = False, turns: int = 7) -> Pose:
        """Limbs turned about their joints until each touches the floor; with `only_up` those under it alone."""
        pose = pose.copy()
        for _ in range(turns):
            matrices = self.rig.matrices(pose)
            for limb in limbs:
                low = self.lowest(matrices, limb.part)
                lever = low.z - self.rig.place(matrices, self.joints[limb.joint])[:, 0, 2]
                lever = np.where(np.abs(lever) < LEAST_LEVER, np.copysign(LEAST_LEVER, lever), lever)
                off = np.minimum(low.y + SINK, 0) if only_up else low.y + SINK
                change = np.clip(np.degrees(off / lever), -25, 25)
                for segment in limb.segments:
                    pose.of(segment)[:] += change
        return pose

    def shin_down(self, pose: Pose, side: str, turns: int = 5) -> Pose:
        """One knee and the foot behind it on the floor: the whole body shifted, the shin turned about the knee."""
        pose = pose.copy()
        pivot = self.joints[f"lowerleg01{SUFFIX[side]}"]
        for _ in range(turns):
            matrices = self.rig.matrices(pose)
            knee, foot = self.lowest(matrices, f"{side}_knee"), self.lowest(matrices, f"{side}_foot")
            lever = foot.z - self.rig.place(matrices, pivot)[:, 0, 2]
            for part in ("shin", "foot", "toes"):
                pose.of(f"{side}_{part}")[:] += np.degrees((foot.y - knee.y) / lever)
            pose.root[:, 1] -= knee.y + SINK
        return pose

    def whole(self, pose: Pose, parts: Sequence[str] | None = None) -> Pose:
        """Shifted up or down until the lowest point of these parts, or of the whole body, touches the floor."""
        pose = pose.copy()
        matrices = self.rig.matrices(pose)
        heights = [self.height(matrices, part) for part in parts or self.parts]
        pose.root[:, 1] -= np.min(heights, axis=0) + SINK
        return pose


def _dense(body: Body, rows: Array) -> Array:
    """(k, b) weights of some vertices."""
    return np.asarray(body.weights[rows].toarray())
