"""A kinematic stick person: exercises as landmarks with exact truth, for tests of the core.

    clip = film(glute_bridge(Tempo(reps=3)), Camera(yaw=60), noise=1, seed=1)
    clip.poses    # Poses
    clip.truth    # the reps: exercise, side, start_s, peak_s, end_s, hold_s

An `Act` is a motion in continuous time, so it can be filmed at any frame rate or at any times; `then` joins acts.

Floor axes: x forward, y to the person's left, z up, metres, for a person of 1.7 m (`film` scales). Each segment has a
pitch in the sagittal plane: 0 points up, 90 forward, 180 down, 270 back; and an `out`, away from the body's middle.
Upright: trunk 0, thigh 180, shin 180, foot 90. On the back: trunk -90, legs 90. Hence, at `out` 0, knee flexion is
shin - thigh, and the trunk-thigh angle is thigh - trunk. All sizes and tempos are ours unless a source is named.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import cycle, islice
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from formcheck.body.landmarks import INDEX, NAMES, SIDES
from formcheck.body.poses import Array, Poses
from formcheck.findings import Side

Angles: TypeAlias = dict[str, ArrayLike]
"""Degrees by segment name; see `body`."""

HEIGHT: Final = 1.7
TRUNK: Final = 0.288 * HEIGHT
THIGH: Final = 0.245 * HEIGHT
SHIN: Final = 0.246 * HEIGHT
UPPER_ARM: Final = 0.186 * HEIGHT
FOREARM: Final = 0.146 * HEIGHT
HALF_SHOULDERS: Final = 0.23 * HEIGHT / 2
HALF_HIPS: Final = 0.17 * HEIGHT / 2
"""Segment lengths follow Drillis and Contini (in Winter, Biomechanics), widths are between BlazePose's points."""

LYING: Final = 0.10
"""Height of the hip and shoulder points above the floor when they lie on it."""
FLAT_ANKLE: Final = 0.07
"""Height of the ankle when the foot stands flat."""
KNEELING: Final = 0.05
"""Height of the knee when one kneels on it."""

_PARTS: Final = ("upper_arm", "forearm", "hand", "thigh", "shin", "foot")
SEGMENTS: Final = ("trunk", "head", *(f"{side}_{part}" for part in _PARTS for side in SIDES))
_ROW: Final = {name: i for i, name in enumerate(SEGMENTS)}
_SIGN: Final = {"left": 1.0, "right": -1.0}

_CLEARANCE_OF: Final = {"shoulder": LYING, "hip": LYING, "knee": KNEELING, "ankle": 0.04, "elbow": 0.04, "ear": 0.08}
CLEARANCE: Final = np.array([_CLEARANCE_OF.get(name.split("_")[-1], 0.02) for name in NAMES])
"""(33,) how far each landmark stays above the floor when it touches it."""


# --- a body -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Body:
    """Bodies over n moments: `pitch` and `out` (n, 14) degrees by `SEGMENTS`, `root` (n, 3) between the hips."""

    pitch: Array
    out: Array
    root: Array

    def __len__(self) -> int:
        return len(self.root)

    def of(self, segment: str) -> Array:
        """(n,) pitch of a segment, degrees."""
        return self.pitch[:, _ROW[segment]]


_FOLLOWS: Final[dict[str, tuple[str, float]]] = {
    "upper_arm": ("trunk", 180),
    "forearm": ("upper_arm", 0),
    "hand": ("forearm", 0),
    "thigh": ("trunk", 180),
    "shin": ("thigh", 0),
    "foot": ("shin", -90),
}
"""Whose pitch a segment takes, plus how much, when it is given none itself."""


def _row(side: str, part: str) -> int:
    return _ROW[part if part == "trunk" else f"{side}_{part}"]


def body(x: ArrayLike, z: ArrayLike, angles: Mapping[str, ArrayLike]) -> Body:
    """Bodies from the hips' place and the segments' angles, each a number or (n,).

    A name without a side means both; `_out` after a segment gives its sideways angle. What is not given follows its
    neighbour: the head the trunk, the rest of a limb its first segment, and the foot is square to the shin.
    """
    n = np.broadcast(np.asarray(x), np.asarray(z), *(np.asarray(a) for a in angles.values())).size
    pitch, out = np.zeros((n, len(SEGMENTS))), np.zeros((n, len(SEGMENTS)))
    for name in ("trunk", "head"):
        pitch[:, _ROW[name]] = angles.get(name, angles["trunk"])
    for side in SIDES:
        for part, (neighbour, turn) in _FOLLOWS.items():
            row = _ROW[f"{side}_{part}"]
            given = angles.get(f"{side}_{part}", angles.get(part))
            pitch[:, row] = pitch[:, _row(side, neighbour)] + turn if given is None else given
            out[:, row] = angles.get(f"{side}_{part}_out", angles.get(f"{part}_out", 0.0))
    root = np.zeros((n, 3))
    root[:, 0], root[:, 2] = x, z
    return Body(pitch, out, root)


def _towards(pitch: ArrayLike, out: ArrayLike = 0.0) -> Array:
    """(n, 3) unit vectors; a positive `out` is towards the left."""
    p, o = np.radians(pitch), np.radians(out)
    return np.stack(np.broadcast_arrays(np.cos(o) * np.sin(p), np.sin(o), np.cos(o) * np.cos(p)), -1)


def points(b: Body) -> Array:
    """(n, 33, 3) landmarks in floor axes, metres, of a person of 1.7 m."""
    xyz = np.empty((len(b), len(NAMES), 3))
    shoulders = b.root + TRUNK * _towards(b.of("trunk"))
    _face(xyz, shoulders + 0.2 * _towards(b.of("head")), b.of("head"))
    for side, sign in _SIGN.items():
        along = {part: _towards(b.of(f"{side}_{part}"), sign * b.out[:, _ROW[f"{side}_{part}"]]) for part in _PARTS}
        across = np.array([0.0, sign, 0.0])
        shoulder = shoulders + HALF_SHOULDERS * across
        elbow = shoulder + UPPER_ARM * along["upper_arm"]
        wrist = elbow + FOREARM * along["forearm"]
        hip = b.root + HALF_HIPS * across
        knee = hip + THIGH * along["thigh"]
        ankle = knee + SHIN * along["shin"]
        foot = b.of(f"{side}_foot")
        heel = ankle - 0.045 * _towards(foot) + 0.05 * _towards(foot + 90)
        chain = {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip, "knee": knee, "ankle": ankle}
        chain |= {"heel": heel, "foot_index": heel + 0.2 * along["foot"]}
        for finger, reach, aside in (("pinky", 0.08, 0.03), ("index", 0.09, -0.01), ("thumb", 0.05, -0.03)):
            chain[finger] = wrist + reach * along["hand"] + aside * across
        for name, place in chain.items():
            xyz[:, INDEX[f"{side}_{name}"]] = place
    return xyz


_FACE: Final = {
    "nose": (0.11, 0.0, 0.0),
    "eye_inner": (0.09, 0.03, 0.015),
    "eye": (0.09, 0.03, 0.03),
    "eye_outer": (0.08, 0.03, 0.045),
    "ear": (0.0, 0.0, 0.07),
    "mouth": (0.09, -0.035, 0.025),
}
"""Metres forward, up and aside of the point between the ears."""


def _face(xyz: Array, centre: Array, pitch: Array) -> None:
    """Put the face's points into `xyz`."""
    up, forward = _towards(pitch), _towards(pitch + 90)
    for i, name in enumerate(NAMES[:11]):
        side = "left" if "left" in name else "right"
        ahead, above, aside = _FACE[name.replace(f"{side}_", "").replace(f"_{side}", "")]
        xyz[:, i] = centre + ahead * forward + above * up + aside * np.array([0.0, _SIGN[side], 0.0])


def reach(dx: ArrayLike, dz: ArrayLike, upper: ArrayLike, lower: ArrayLike, fold: float = 1.0) -> tuple[Array, Array]:
    """Pitches of two segments that end at (dx, dz) from where they begin; a knee folds with 1, an elbow with -1."""
    dx, dz = np.asarray(dx, float), np.asarray(dz, float)
    d = np.hypot(dx, dz)
    longest = np.asarray(upper) + np.asarray(lower)
    if (d > longest).any():
        raise ValueError(f"out of reach: {d.max():.3f} m, at most {longest.min():.3f} m")
    straight_to = np.degrees(np.arctan2(dx, dz)) % 360
    first = straight_to - fold * _corner(upper, d, lower)
    return first, first + fold * (180 - _corner(upper, lower, d))


def _corner(a: ArrayLike, b: ArrayLike, opposite: ArrayLike) -> Array:
    """Angle in degrees between the sides a and b of a triangle."""
    a, b, c = np.asarray(a), np.asarray(b), np.asarray(opposite)
    angle: Array = np.degrees(np.arccos(np.clip((a * a + b * b - c * c) / (2 * a * b), -1, 1)))
    return angle


def _leg(x: ArrayLike, z: ArrayLike, ankle: tuple[ArrayLike, ArrayLike]) -> tuple[Array, Array]:
    """Thigh and shin of a leg from hips at (x, z) to an ankle."""
    return reach(np.asarray(ankle[0]) - x, np.asarray(ankle[1]) - z, THIGH, SHIN)


def drop(b: Body, pin: str | None = None) -> Body:
    """The same bodies with their lowest point on the floor and, if named, the landmark `pin` at x = 0."""
    xyz = points(b)
    root = b.root.copy()
    root[:, 2] += (CLEARANCE - xyz[:, :, 2]).max(axis=1)
    if pin is not None:
        root[:, 0] -= xyz[:, INDEX[pin], 0]
    return replace(b, root=root)


# --- time -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A repetition as it was made, in seconds by design's rule; `peak_s` is the middle of a hold that is level."""

    exercise: str
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    hold_s: float


@dataclass(frozen=True, slots=True)
class Act:
    """A motion: bodies at any times from 0 to `duration`, and the reps in it (none for what is no known exercise)."""

    duration: float
    at: Callable[[Array], Body]
    truth: tuple[TrueRep, ...] = ()


def smooth(u: ArrayLike) -> Array:
    """The minimum-jerk ramp from 0 at u = 0 to 1 at u = 1."""
    u = np.clip(u, 0, 1)
    s: Array = u * u * u * (10 - 15 * u + 6 * u * u)
    return s


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds of each rep's parts; `lead` before the first, `tail` after the last rep's rest.

    `sag` is the share of the excursion lost in the middle of each hold (a dip, over 60 % of the hold).
    """

    reps: int = 3
    ramp: float = 1.2
    hold: float = 1.0
    rest: float = 1.5
    lead: float = 2.0
    tail: float = 1.0
    sag: float = 0.0

    @property
    def duration(self) -> float:
        return self.lead + self.reps * self._each + self.tail

    @property
    def _each(self) -> float:
        return 2 * self.ramp + self.hold + self.rest

    def starts(self) -> Array:
        """(reps,) when each rep begins to move."""
        return self.lead + self._each * np.arange(self.reps)

    def level(self, t: Array, every: int = 1, first: int = 0) -> Array:
        """(n,) the excursion, 0 to 1, of the reps `first`, `first + every`, ..."""
        total = np.zeros_like(t)
        for start in self.starts()[first::every]:
            total += smooth((t - start) / self.ramp) - smooth((t - start - self.ramp - self.hold) / self.ramp)
            if self.sag:
                off = (t - start - self.ramp - self.hold / 2) / (0.6 * self.hold)
                total -= self.sag * np.where(np.abs(off) < 0.5, np.cos(np.pi * off) ** 2, 0)
        return total

    def hold_share(self, t: Array) -> Array:
        """(n,) how far into its hold the present rep is, 0 to 1; 0 outside a rep."""
        total = np.zeros_like(t)
        for start in self.starts():
            arrived = start + self.ramp
            total += np.clip((t - arrived) / max(self.hold, 1e-9), 0, 1) * (t < arrived + self.hold + self.ramp)
        return total


def reps_of(
    drive: Callable[[Array], Array], tempo: Tempo, exercise: str, sides: Sequence[Side], hold_level: float = 0.9
) -> tuple[TrueRep, ...]:
    """The reps of the driving parameter, 0 at rest, by the rule of 0.05 and `hold_level`; the sides take turns."""
    reps = []
    for start, side in zip(tempo.starts(), islice(cycle(sides), tempo.reps), strict=True):
        t = np.linspace(start, start + 2 * tempo.ramp + tempo.hold, 40001)
        excursion = drive(t) / drive(t).max()
        moving, held, top = t[excursion >= 0.05], t[excursion >= hold_level], t[excursion >= 1 - 1e-6]
        peak = (top[0] + top[-1]) / 2 if excursion[20000] >= 1 - 1e-6 else top[0]
        reps.append(TrueRep(exercise, side, *map(float, (moving[0], peak, moving[-1], held[-1] - held[0]))))
    return tuple(reps)


STEADY: Final = Tempo()
HELD: Final = Tempo(hold=3.0)
STRETCH: Final = Tempo(reps=1, ramp=2.0, hold=30.0)
ROCKS: Final = Tempo(reps=5, hold=0.0, rest=0.5)
BRISK: Final = Tempo(hold=0.2, rest=0.7)


def _blend(a: Body, b: Body, share: Array) -> Body:
    """From `a` to `b` (one moment each), lifted wherever it would be under the floor."""
    s = share[:, None]
    mixed = Body(*(x + s * (y - x) for x, y in ((a.pitch, b.pitch), (a.out, b.out), (a.root, b.root))))
    under = (CLEARANCE - points(mixed)[:, :, 2]).max(axis=1)
    return replace(mixed, root=mixed.root + np.maximum(under, 0)[:, None] * np.array([0.0, 0.0, 1.0]))


def _stack(parts: Sequence[Body]) -> Body:
    return Body(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("pitch", "out", "root")))


def then(first: Act, second: Act, gap: float = 2.0) -> Act:
    """`first`, `gap` seconds of moving over, `second`, whose reps come later by as much."""
    begins = first.duration + gap
    leave, arrive = first.at(np.array([first.duration])), second.at(np.zeros(1))

    def at(t: Array) -> Body:
        i, j = np.searchsorted(t, [first.duration, begins])
        over = _blend(leave, arrive, smooth((t[i:j] - first.duration) / gap))
        return _stack([first.at(t[:i]), over, second.at(t[j:] - begins)])

    moved = (
        replace(r, start_s=r.start_s + begins, peak_s=r.peak_s + begins, end_s=r.end_s + begins) for r in second.truth
    )
    return Act(begins + second.duration, at, (*first.truth, *moved))


def stay(b: Body, seconds: float = 1.0) -> Act:
    """One body held still."""
    return Act(seconds, lambda t: Body(*(np.repeat(x, len(t), axis=0) for x in (b.pitch, b.out, b.root))))


def through(*bodies: Body, still: float = 0.5, move: float = 1.5) -> Act:
    """From one body to the next: `still` seconds in each, `move` seconds between."""
    act = stay(bodies[0], still)
    for b in bodies[1:]:
        act = then(act, stay(b, still), move)
    return act


# --- the camera -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Camera:
    """A level pinhole camera. Yaw in degrees: 0 faces the person's front, 90 sees the left side, 270 the right.

    It looks at the origin of the floor from `distance` metres, `height` metres up; `focal` is in picture widths.
    Somebody lying with the feet towards it (yaw under about 40) needs a lower or farther camera to stay in the picture.
    """

    yaw: float = 90.0
    height: float = 1.0
    distance: float = 4.0
    size: tuple[int, int] = (1280, 720)
    focal: float = 1.0

    def axes(self, xyz: Array) -> Array:
        """Floor axes -> metres right, down and away, from the camera."""
        yaw = np.radians(self.yaw)
        right = -np.sin(yaw) * xyz[..., 0] + np.cos(yaw) * xyz[..., 1]
        towards = np.cos(yaw) * xyz[..., 0] + np.sin(yaw) * xyz[..., 1]
        return np.stack([right, self.height - xyz[..., 2], self.distance - towards], -1)

    def pixels(self, seen: Array) -> Array:
        """Camera axes -> pixels."""
        width, height = self.size
        image: Array = self.focal * width * seen[..., :2] / seen[..., 2:] + np.array([width - 1, height - 1]) / 2
        return image


_NOISE_SD: Final = {"shoulder": 0.011, "hip": 0.011, "knee": 0.012, "ankle": 0.013}
"""Sd per axis in trunks, measured on photos; the other points get 0.02."""
_FAR: Final = {"knee": 2.5, "ankle": 2.0, "heel": 2.0, "elbow": 2.0, "wrist": 2.0, "hip": 1.3, "shoulder": 1.3}
"""How much noisier a point is on the far side, seen from the side; the rest of the far side 1.5."""
_SLOW_SHARE: Final = 0.3
"""Share of the noise's variance that wanders below 0.5 Hz."""
_DEPTH: Final = np.array([1.0, 1.0, 3.0])


def _noise(time: Array, yaw: float, rng: np.random.Generator) -> Array:
    """(n, 33, 3) noise in trunks, in camera axes."""
    sideways = np.sin(np.radians(yaw))
    far = "right" if sideways > 0 else "left"
    sd = np.empty(len(NAMES))
    for i, name in enumerate(NAMES):
        part = name.split("_")[-1]
        sd[i] = _NOISE_SD.get(part, 0.02) * (1 + (_FAR.get(part, 1.5) - 1) * abs(sideways) * (far in name))
    waves = 4
    rate, phase = rng.uniform(0.05, 0.5, (waves, 33, 3)), rng.uniform(0, 2 * np.pi, (waves, 33, 3))
    slow = np.sqrt(2 / waves) * np.sin(2 * np.pi * rate * time[:, None, None, None] + phase).sum(axis=1)
    fast = rng.standard_normal((len(time), 33, 3))
    noise: Array = (np.sqrt(_SLOW_SHARE) * slow + np.sqrt(1 - _SLOW_SHARE) * fast) * sd[:, None] * _DEPTH
    return noise


@dataclass(frozen=True, slots=True)
class Clip:
    """What the estimator would give, and what was done."""

    poses: Poses
    truth: tuple[TrueRep, ...]


def film(
    act: Act,
    camera: Camera | None = None,
    *,
    fps: float = 30.0,
    time: Array | None = None,
    height: float = HEIGHT,
    noise: float = 0.0,
    seed: int = 0,
) -> Clip:
    """`act` as landmarks, at `fps` or at the given times; a `noise` of 1 is what was measured of BlazePose."""
    camera = camera or Camera()
    time = np.arange(0, act.duration, 1 / fps) if time is None else time
    seen = camera.axes(points(act.at(time)) * (height / HEIGHT))
    image, world = camera.pixels(seen), seen - _hips(seen)
    if noise:
        error = noise * _noise(time, camera.yaw, np.random.default_rng(seed)) * TRUNK * height / HEIGHT
        image = image + error[..., :2] * camera.focal * camera.size[0] / _hips(seen)[..., 2:]
        world = world + error
        world = world - _hips(world)
    blank = Poses.blank(time, camera.size)
    visibility = np.full(image.shape[:2], 0.99)
    return Clip(replace(blank, image=image, world=world, visibility=visibility), act.truth)


def _hips(xyz: Array) -> Array:
    middle: Array = (xyz[:, INDEX["left_hip"], None] + xyz[:, INDEX["right_hip"], None]) / 2
    return middle


# --- postures ---------------------------------------------------------------------------------------------------------

FLAT: Final[Angles] = {"foot": 90}
ARMS_BY_SIDES: Final[Angles] = {"upper_arm": 92, "upper_arm_out": 12, "forearm": 91, "forearm_out": 5}
ON_BACK: Final[Angles] = {"trunk": -90, "head": -84, **ARMS_BY_SIDES}
STRAIGHT_LEGS: Final[Angles] = {"thigh": 91.6, "shin": 91.6, "foot": 15}
HANGING: Final[Angles] = {"upper_arm": 180, "upper_arm_out": 8, "forearm": 172}

Variant = Literal["two_legs", "stretched", "figure_four"]


def _bent_legs(knee: float) -> Angles:
    """Legs of somebody on the back with the knees bent and the feet flat."""
    along = np.sqrt(THIGH**2 + SHIN**2 + 2 * THIGH * SHIN * np.cos(np.radians(knee)) - (LYING - FLAT_ANKLE) ** 2)
    thigh, shin = _leg(0, LYING, (along, FLAT_ANKLE))
    return {"thigh": float(thigh), "shin": float(shin), **FLAT}


def standing() -> Body:
    return drop(body(0, 0, {"trunk": 0, **HANGING}), "left_ankle")


def lying(knee: float = 0) -> Body:
    """On the back, the legs straight or the knees bent with the feet flat."""
    return body(0, LYING, {**ON_BACK, **(_bent_legs(knee) if knee else STRAIGHT_LEGS)})


def squatting() -> Body:
    return drop(
        body(0, 0, {"trunk": 40, "thigh": 85, "shin": 210, "foot": 90, "upper_arm": 110, "forearm": 100}), "left_ankle"
    )


def sitting() -> Body:
    """On the floor, leaning back on the hands, the knees bent."""
    return body(0, LYING, {"trunk": -25, **_bent_legs(90), "upper_arm": 212, "forearm": 218, "hand": 268})


def half_kneeling(side: Side = "right") -> Body:
    """The start of the kneeling lunge."""
    return kneeling_lunge(Tempo(reps=0), side=side).at(np.zeros(1))


def lie_down(end: Body | None = None) -> Act:
    """From standing onto the back."""
    return through(standing(), squatting(), sitting(), end or lying())


def get_up(start: Body | None = None) -> Act:
    """From the back to standing."""
    return through(start or lying(), sitting(), squatting(), standing())


# --- the four exercises -----------------------------------------------------------------------------------------------


def _bridge(angle: Array, shoulder: float, ankle: tuple[float, float]) -> tuple[Array, Array, Angles]:
    """Hips (x, z) and angles of a body with the shoulders at (0, `shoulder`) and the ankles at `ankle`."""
    span = np.sqrt(TRUNK**2 + THIGH**2 - 2 * TRUNK * THIGH * np.cos(np.radians(angle)))
    to_knee, shin = reach(ankle[0], ankle[1] - shoulder, span, SHIN)
    to_hip = to_knee + _corner(TRUNK, span, THIGH)
    hips = TRUNK * _towards(to_hip)
    angles: Angles = {"trunk": to_hip - 180, "thigh": to_hip - 180 + angle, "shin": shin}
    return hips[:, 0] - ankle[0] / 2, shoulder + hips[:, 2], angles


def _crossed(thigh: Array, side: str) -> Angles:
    """Angles of the leg of `side` whose ankle lies on the other knee, that leg's thigh being at `thigh`."""
    sign = _SIGN[side]
    target = THIGH * _towards(thigh) + 0.07 * _towards(thigh - 90) - np.array([0.0, sign * 2 * HALF_HIPS, 0.0])
    far = np.linalg.norm(target, axis=1)
    aim = target / far[:, None]
    pole = 0.6 * np.array([0.0, sign, 0.0]) + 0.8 * _towards(thigh - 90)
    pole -= (pole * aim).sum(1, keepdims=True) * aim
    pole /= np.linalg.norm(pole, axis=1, keepdims=True)
    corner = np.radians(_corner(THIGH, far, SHIN))[:, None]
    upper = np.cos(corner) * aim + np.sin(corner) * pole
    lower = (target - THIGH * upper) / SHIN
    angles: Angles = {}
    for part, way in (("thigh", upper), ("shin", lower)):
        angles[f"{side}_{part}"] = np.degrees(np.arctan2(way[:, 0], way[:, 2]))
        angles[f"{side}_{part}_out"] = sign * np.degrees(np.arcsin(way[:, 1]))
    return angles | {f"{side}_foot": thigh - 60}


def glute_bridge(
    tempo: Tempo = STEADY,
    *,
    low: float = 148,
    high: float = 178,
    side: Side = "both",
    other: Literal["stretched", "figure_four"] = "stretched",
    toes: float = 0,
) -> Act:
    """Bridge on the floor from a trunk-thigh angle of `low` with the trunk flat on the floor to `high`.

    `low` 125 is a large bridge. With `toes` raised that many degrees it is on the heels. With one `side` that leg works
    and the other is stretched out in line with the thigh, or its ankle is crossed over the knee.
    """
    ankle_z = 0.02 + 0.045 * np.sin(np.radians(toes)) + 0.05 * np.cos(np.radians(toes))
    knee_z = LYING + THIGH * np.sin(np.radians(low))
    ankle_x = TRUNK - THIGH * np.cos(np.radians(low)) + np.sqrt(SHIN**2 - (knee_z - ankle_z) ** 2)

    def at(t: Array) -> Body:
        x, z, angles = _bridge(low + (high - low) * tempo.level(t), LYING, (ankle_x, ankle_z))
        if side != "both":
            idle = "left" if side == "right" else "right"
            thigh = np.asarray(angles["thigh"])
            leg = {f"{idle}_shin": thigh, f"{idle}_foot": thigh - 60}
            angles |= leg if other == "stretched" else _crossed(thigh, idle)
        return body(x, z, {**ARMS_BY_SIDES, "head": -88, "foot": 90 - toes, **angles})

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "glute_bridge", [side]))


def ball_bridge(tempo: Tempo = STEADY, *, low: float = 115, high: float = 178, ball: float = 0.6) -> Act:
    """Bridge with the shoulders on a ball of `ball` metres, from hips low to a trunk-thigh angle of `high`.

    At the top the knees flex about 90 deg. The shoulders lie at 0.8 of the ball's height, for the ball gives way.
    """
    shoulder = 0.8 * ball
    span = TRUNK**2 + THIGH**2 - 2 * TRUNK * THIGH * np.cos(np.radians(high))
    ankle_x = float(np.sqrt(span + SHIN**2 - (shoulder - FLAT_ANKLE) ** 2))

    def at(t: Array) -> Body:
        x, z, angles = _bridge(low + (high - low) * tempo.level(t), shoulder, (ankle_x, FLAT_ANKLE))
        return body(x, z, {**FLAT, **angles, "head": np.asarray(angles["trunk"]) + 10, "upper_arm": 120, "forearm": 60})

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "ball_bridge", ["both"]))


def leg_lift(
    tempo: Tempo = HELD,
    *,
    degrees: float = 20,
    side: Side = "left",
    alternate: bool = False,
    other_knee: float = 0,
    top_knee: float = 0,
) -> Act:
    """Raise of one leg, of both, or of each in turn beginning with `side`, by `degrees` from lying on the floor.

    `other_knee` bends the resting leg, its foot flat; `top_knee` is the lifted knee's flexion at the top.
    """
    sides: list[Side] = [side, "right" if side == "left" else "left"] if alternate else [side]
    rest = _bent_legs(other_knee) if other_knee else STRAIGHT_LEGS

    def at(t: Array) -> Body:
        angles = {**ON_BACK, **rest}
        for i, working in enumerate(sides):
            level = tempo.level(t, len(sides), i)
            thigh = np.asarray(STRAIGHT_LEGS["thigh"]) - degrees * level
            shin = thigh + top_knee * level
            for leg in SIDES if working == "both" else (working,):
                angles |= {f"{leg}_thigh": thigh, f"{leg}_shin": shin, f"{leg}_foot": shin - 77}
        return body(0, LYING, angles)

    return Act(tempo.duration, at, reps_of(tempo.level, tempo, "leg_lift", sides))


def lift_degrees(heel: float) -> float:
    """The `degrees` of a leg lift that raise the heel by `heel` metres."""
    slope = np.asarray(STRAIGHT_LEGS["thigh"])
    lifted = np.cos(np.radians(slope)) + heel / (THIGH + SHIN)
    return float(slope - np.degrees(np.arccos(lifted)))


def kneeling_lunge(
    tempo: Tempo = STRETCH,
    *,
    lean: float = 30,
    creep: float = 0,
    front_knee: float = 82,
    arms_high: bool = False,
    trunk: float = 0,
    side: Side = "right",
) -> Act:
    """From half-kneeling into the lunge and back; the rear thigh goes from upright to `lean` deg. `side` kneels.

    During the hold the lean grows by `creep` deg (shrinks, if negative). With `arms_high` both arms go up on the way
    in. `front_knee` is the front knee's flexion before the lean.
    """
    front = "left" if side == "right" else "right"
    hip = KNEELING + THIGH
    to_ankle = np.sqrt(THIGH**2 + SHIN**2 + 2 * THIGH * SHIN * np.cos(np.radians(front_knee)))
    ankle_x = np.sqrt(to_ankle**2 - (hip - FLAT_ANKLE) ** 2)

    def lean_at(t: Array) -> Array:
        return tempo.level(t) * (lean + creep * tempo.hold_share(t))

    def at(t: Array) -> Body:
        level, lean_now = tempo.level(t), lean_at(t)
        x, z = THIGH * np.sin(np.radians(lean_now)), KNEELING + THIGH * np.cos(np.radians(lean_now))
        thigh, shin = _leg(x, z, (ankle_x, FLAT_ANKLE))
        arms: Angles = {"upper_arm": 178 - 170 * level, "forearm": 165 - 157 * level} if arms_high else HANGING
        legs: Angles = {f"{side}_thigh": 180 + lean_now, f"{side}_shin": 272.7, f"{side}_foot": 255}
        legs |= {f"{front}_thigh": thigh, f"{front}_shin": shin, f"{front}_foot": 90}
        return body(x, z, {"trunk": trunk * level, "head": 0, **arms, **legs})

    return Act(tempo.duration, at, reps_of(lean_at, tempo, "kneeling_lunge", [side], hold_level=0.7))


# --- what is none of the four -----------------------------------------------------------------------------------------


def squats(tempo: Tempo = BRISK, *, knee: float = 105) -> Act:
    def at(t: Array) -> Body:
        level = tempo.level(t)
        shin = 180 + 0.3 * knee * level
        arms: Angles = {"upper_arm": 178 - 85 * level, "forearm": 170 - 78 * level, "upper_arm_out": 8}
        legs: Angles = {"thigh": shin - knee * level, "shin": shin, **FLAT}
        return drop(body(0, 0, {"trunk": 45 * level, "head": 10 * level, **legs, **arms}), "left_ankle")

    return Act(tempo.duration, at)


def sit_ups(tempo: Tempo = BRISK, *, top: float = -10) -> Act:
    def at(t: Array) -> Body:
        trunk = -90 + (top + 90) * tempo.level(t)
        arms = {"upper_arm": trunk + 150, "forearm": trunk + 20}
        return body(0, LYING, {"trunk": trunk, "head": trunk + 10, **_bent_legs(90), **arms})

    return Act(tempo.duration, at)


def lie_still(seconds: float = 20, *, knee: float = 0, fidget: float = 1.0) -> Act:
    """On the back: the chest breathes, the limbs stir by a few degrees times `fidget`."""

    def at(t: Array) -> Body:
        still = lying(knee)
        wave = np.sin(2 * np.pi * t[:, None] / (7 + 1.3 * np.arange(len(SEGMENTS))) + np.arange(len(SEGMENTS)))
        pitch = still.pitch + fidget * wave
        pitch[:, _ROW["trunk"]] = -90 + 0.4 * np.sin(2 * np.pi * t / 4)
        shape = np.ones((len(t), 1))
        return drop(Body(pitch, still.out * shape, still.root * shape))

    return Act(seconds, at)


def walk(seconds: float = 6, *, speed: float = 1.1) -> Act:
    """Across the picture: forward along x, through the origin half-way."""

    def at(t: Array) -> Body:
        turn = 2 * np.pi * 0.9 * t
        angles: Angles = {"trunk": 4}
        for side, phase in (("left", turn), ("right", turn + np.pi)):
            thigh = 176 - 24 * np.sin(phase)
            shin = thigh + 8 + 48 * np.maximum(0, np.cos(phase)) ** 2
            swing = 180 + 20 * np.sin(phase)
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": shin, f"{side}_foot": shin - 98}
            angles |= {f"{side}_upper_arm": swing, f"{side}_forearm": swing - 20}
        return drop(body(speed * (t - seconds / 2), 0, angles))

    return Act(seconds, at)


def _hands_at(shoulder_x: ArrayLike, shoulder_z: ArrayLike, hand_x: ArrayLike, hand_z: ArrayLike = 0.03) -> Angles:
    """Arms from a shoulder to a wrist, the elbow behind."""
    upper, fore = reach(np.subtract(hand_x, shoulder_x), np.subtract(hand_z, shoulder_z), UPPER_ARM, FOREARM, fold=-1)
    return {"upper_arm": upper, "forearm": fore, "hand": 90}


_TOES: Final = 0.175
"""Height of the ankle when one stands on the toes of an upright foot."""
_LINE: Final = TRUNK + THIGH + SHIN


def _straight_on_toes(shoulder_z: Array, hand_x: float) -> Body:
    """Face down, straight from shoulder to ankle, on toes and hands; the ankles at x = -0.8."""
    rise = np.degrees(np.arcsin((shoulder_z - _TOES) / _LINE))
    x = -0.8 + (THIGH + SHIN) * np.cos(np.radians(rise))
    z = _TOES + (THIGH + SHIN) * np.sin(np.radians(rise))
    arms = _hands_at(x + TRUNK * np.cos(np.radians(rise)), shoulder_z, hand_x)
    return body(x, z, {"trunk": 90 - rise, "head": 80 - rise, "thigh": 270 - rise, "foot": 182, **arms})


def push_ups(tempo: Tempo = BRISK) -> Act:
    def at(t: Array) -> Body:
        return _straight_on_toes(0.585 - 0.36 * tempo.level(t), hand_x=0.42)

    return Act(tempo.duration, at)


def plank(seconds: float = 20) -> Act:
    """On straight arms, swaying by a centimetre."""
    return Act(seconds, lambda t: _straight_on_toes(0.575 + 0.01 * np.sin(2 * np.pi * t / 5), hand_x=0.42))


def front_lunges(tempo: Tempo = BRISK, *, step: float = 0.75) -> Act:
    """From standing, a step forward into a deep lunge and back; the legs take turns, left first."""

    def at(t: Array) -> Body:
        level = tempo.level(t)
        x, z = 0.45 * step * level, 0.89 - 0.36 * level
        angles: Angles = {"trunk": 5 * level, **HANGING}
        for side, first in (("left", 0), ("right", 1)):
            ahead, behind = tempo.level(t, 2, first), tempo.level(t, 2, 1 - first)
            step_up = 0.25 * ahead * (1 - ahead)
            ankle = (step * ahead + 0.08 * behind, FLAT_ANKLE + step_up + 0.12 * behind)
            thigh, shin = _leg(x, z, ankle)
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": shin, f"{side}_foot": 90 + 55 * behind}
        return body(x, z, angles)

    return Act(tempo.duration, at)


def superman(tempo: Tempo = STEADY) -> Act:
    """Face down, arms ahead: chest, arms and legs lift together."""

    def at(t: Array) -> Body:
        up = 15 * tempo.level(t)
        legs: Angles = {"thigh": 268 + up, "shin": 268 + up, "foot": 245 + up}
        return body(0, LYING, {"trunk": 90 - up, "head": 79 - up, "upper_arm": 95 - 1.5 * up, **legs})

    return Act(tempo.duration, at)


def air_bike(seconds: float = 12) -> Act:
    """On the back, shoulders up, the legs cycling in the air."""

    def at(t: Array) -> Body:
        angles: Angles = {"trunk": -68, "head": -55, "upper_arm": 60, "forearm": -80}
        for side, phase in (("left", 0.0), ("right", np.pi)):
            pull = 0.5 - 0.5 * np.cos(2 * np.pi * t / 2 + phase)
            thigh = 75 - 75 * pull
            angles |= {f"{side}_thigh": thigh, f"{side}_shin": thigh + 15 + 85 * pull}
        return drop(body(0, LYING, angles))

    return Act(seconds, at)


def knee_hugs(tempo: Tempo = STEADY) -> Act:
    """On the back: both knees to the chest and back to feet flat."""
    rest = _bent_legs(95)

    def at(t: Array) -> Body:
        level = tempo.level(t)
        thigh = np.asarray(rest["thigh"]) + (-32 - np.asarray(rest["thigh"])) * level
        shin = np.asarray(rest["shin"]) + (98 - np.asarray(rest["shin"])) * level
        legs: Angles = {"thigh": thigh, "shin": shin, "foot": 90 - 50 * level}
        return body(0, LYING, {**ON_BACK, **legs, "upper_arm": 92 - 35 * level, "forearm": 91 - 45 * level})

    return Act(tempo.duration, at)


def hamstring_stretch(seconds: float = 20, *, side: Side = "left") -> Act:
    """On the back, one straight leg held up by the hands: a raise of the leg, but no exercise of ours."""
    tempo = Tempo(reps=1, ramp=2.0, hold=seconds)

    def at(t: Array) -> Body:
        level = tempo.level(t)
        thigh = np.asarray(STRAIGHT_LEGS["thigh"]) - 85 * level
        arms: Angles = {"upper_arm": 92 - 42 * level, "forearm": 91 - 45 * level}
        leg: Angles = {f"{side}_thigh": thigh, f"{side}_shin": thigh + 8 * level, f"{side}_foot": thigh - 80}
        return body(0, LYING, {**ON_BACK, **STRAIGHT_LEGS, **arms, **leg})

    return Act(tempo.duration, at)


def cat_cow(tempo: Tempo = STEADY) -> Act:
    """On hands and knees: the head goes down and up, the trunk tips a little."""

    def at(t: Array) -> Body:
        level = tempo.level(t)
        trunk = 77 + 5 * level
        z = KNEELING + THIGH
        shoulder = TRUNK * _towards(trunk)
        arms = _hands_at(shoulder[:, 0], z + shoulder[:, 2], shoulder[:, 0].mean())
        return body(0, z, {"trunk": trunk, "head": 60 + 60 * level, "thigh": 180, "shin": 272.7, "foot": 255, **arms})

    return Act(tempo.duration, at)


def sit_down() -> Act:
    """From standing to sitting on the floor, and staying there."""
    return through(standing(), squatting(), sitting(), sitting(), sitting())


def kneel_and_rise() -> Act:
    """From standing to half-kneeling and back, without a lunge."""
    return through(standing(), half_kneeling(), half_kneeling(), standing())


def jumping_jacks(seconds: float = 8) -> Act:
    def at(t: Array) -> Body:
        level = 0.5 - 0.5 * np.cos(2 * np.pi * t / 1.1)
        spread: Angles = {"upper_arm_out": 10 + 155 * level, "forearm_out": 10 + 160 * level}
        legs: Angles = {"thigh": 180, "foot": 90, "thigh_out": 2 + 16 * level, "shin_out": 2 + 16 * level}
        b = drop(body(0, 0, {"trunk": 0, "upper_arm": 180, **legs, **spread}))
        hop = 0.06 * np.sin(np.pi * (t / 0.55 % 1))
        return replace(b, root=b.root + hop[:, None] * np.array([0.0, 0.0, 1.0]))

    return Act(seconds, at)


def lie_down_and_rise() -> Act:
    """From standing onto the back and up again."""
    return then(lie_down(), get_up(), 2.0)


def workout() -> Act:
    """Down onto the back, bridges, leg lifts of each leg, up again, and a short lunge on each knee: 9 reps."""
    bridges = glute_bridge(low=135)
    lifts = [leg_lift(Tempo(reps=2, hold=3.0), degrees=30, side=side) for side in SIDES]
    lunges = [kneeling_lunge(Tempo(reps=1, ramp=2.0, hold=8.0), side=side) for side in SIDES]
    return reduce(then, [lie_down(lying(70)), bridges, *lifts, get_up(), lunges[0], stay(standing(), 2.0), lunges[1]])


# --- tables for parametrised tests ------------------------------------------------------------------------------------

EXERCISES: Final[dict[str, Callable[[], Act]]] = {
    "glute bridge": glute_bridge,
    "large glute bridge": lambda: glute_bridge(low=125),
    "heel bridge": lambda: glute_bridge(low=162, toes=50),
    "single-leg bridge": lambda: glute_bridge(low=135, side="left"),
    "figure-four bridge": lambda: glute_bridge(low=130, side="right", other="figure_four"),
    "ball bridge": ball_bridge,
    "ball bridge that sags": lambda: ball_bridge(Tempo(hold=4.0, sag=0.3)),
    "small leg lift": lambda: leg_lift(degrees=10),
    "large leg lift": lambda: leg_lift(degrees=70),
    "leg lift, other knee bent": lambda: leg_lift(degrees=40, other_knee=90, side="right"),
    "alternating leg lifts": lambda: leg_lift(Tempo(reps=4, hold=3.0), degrees=35, alternate=True),
    "both legs lifted": lambda: leg_lift(degrees=45, side="both"),
    "kneeling lunge": kneeling_lunge,
    "kneeling lunge, arms high": lambda: kneeling_lunge(Tempo(reps=2, ramp=2.0, hold=12.0), arms_high=True, creep=4),
    "half-kneeling rocks": lambda: kneeling_lunge(ROCKS, side="left"),
}
"""Every variant that makes reps."""

NEGATIVES: Final[dict[str, Callable[[], Act]]] = {
    "squats": squats,
    "sit-ups": sit_ups,
    "push-ups": push_ups,
    "plank": plank,
    "front lunges": front_lunges,
    "walking": walk,
    "lying, legs straight": lie_still,
    "lying, knees bent": lambda: lie_still(knee=90),
    "superman": superman,
    "lying down and rising": lie_down_and_rise,
    "half-kneeling and rising": kneel_and_rise,
    "air bike": air_bike,
    "knee hugs": knee_hugs,
    "bent-knee raise": lambda: replace(leg_lift(degrees=60, top_knee=80), truth=()),
    "cat-cow": cat_cow,
    "sitting down": sit_down,
    "jumping jacks": jumping_jacks,
}
"""Motions that make no rep and no bout."""

AMBIGUOUS: Final[dict[str, Callable[[], Act]]] = {"hamstring stretch": hamstring_stretch}
"""Motions that look like an exercise; whether they count is a matter of taste."""
