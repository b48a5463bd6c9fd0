"""How each measure is best read: stills of rendered people, seen from 0 to 90 degrees.

python -m models.fit.sweep [--markdown OUT] [--bodies N]

Bodies of the `tune` split are drawn at rest and at the top of a rep of each exercise, as seen from each yaw, and every
measure whose truth is known is compared with it: its value, and its change from rest to top. Each is read in the
picture as it is, and in the picture made whole by the yaw that the model tells, as the core reads it. Measures of world
points are the same both ways. Lengths are in trunks at rest, as the core takes them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from benchmarks.accuracy.__main__ import circumstances
from benchmarks.command import parser_of
from benchmarks.machine import written
from benchmarks.studio import splits, truth
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Part, Setting, Take
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed, folded
from benchmarks.studio.moments import Moments, moments
from benchmarks.studio.scene import stage
from benchmarks.studio.sets import drawn
from benchmarks.studio.splits import dressed, person
from benchmarks.tables import DASH, Section, by
from formcheck.body import view
from formcheck.body.joints import Body
from formcheck.body.landmarks import SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.body.seen import seen
from formcheck.pose.networks import Networks

EXERCISES: Final = ("kneeling_lunge", "leg_lift", "glute_bridge", "ball_bridge")
YAWS: Final = tuple(range(0, 91, 10))
LENGTH: Final = "trunk"

Record = dict[str, Any]


# --- what is true -----------------------------------------------------------------------------------------------------


def _between(low: str, high: str) -> Callable[[Moments, str], Array]:
    """Tilt of the line from one joint to another from upright, in the body's own sagittal plane."""

    def tilt(at: Moments, side: str) -> Array:
        line = at.joints[f"{side}_{high}"] - at.joints[f"{side}_{low}"]
        angle: Array = np.degrees(np.arctan2(np.abs(line[:, 2]), line[:, 1]))
        return angle

    return tilt


def _named(name: str) -> Callable[[Moments, str], Array]:
    return lambda at, side: at.values[f"{name}.{side}"]


def _over_feet(part: str) -> Callable[[Moments, str], Array]:
    def height(at: Moments, _: str) -> Array:
        lowest = np.min([_foot(at, side) for side in SIDES], axis=0)
        share: Array = (at.joints[part][:, 1] - lowest) / at.values["trunk"]
        return share

    return height


def _foot(at: Moments, side: str) -> Array:
    lowest: Array = np.min([at.joints[f"{side}_{part}"][:, 1] for part in ("ankle", "heel", "toe")], axis=0)
    return lowest


def _travel(at: Moments, side: str) -> Array:
    """As `measures.hip_travel` defines it, of joints, along the body's own forward."""
    front = "right" if side == "left" else "left"
    knee, ankle, other = (at.joints[name][:, 2] for name in (f"{side}_knee", f"{front}_ankle", f"{front}_knee"))
    travel: Array = (at.joints["hip"][:, 2] + other) / 2 - (knee + 2 * ankle) / 3
    return travel


TRUE: Final[Mapping[str, Callable[[Moments, str], Array]]] = {
    "knee_flexion": _named("knee_flexion_sagittal"),
    "trunk_thigh_angle": _named("trunk_thigh_angle_sagittal"),
    "shoulder_elevation": _named("shoulder_elevation_sagittal"),
    "trunk_tilt": lambda at, _: np.abs(at.values["trunk_pitch"]),
    "thigh_tilt": _between("knee", "hip"),
    "shin_tilt": _between("ankle", "knee"),
    "leg_elevation": _named("leg_elevation"),
    "hip_rise": lambda at, _: at.values["hip_rise"],
    "hip_height": _over_feet("hip"),
    "shoulder_height": _over_feet("shoulder"),
    "hip_depth": _named("hip_depth"),
    "foot_height": lambda at, side: _foot(at, side) - at.joints[f"{side}_hip"][:, 1],
    "hip_travel": _travel,
    "knee_height": _named("knee_height"),
    "heel_height": lambda at, side: at.joints[f"{side}_heel"][:, 1] - at.joints["shoulder"][:, 1],
    "heel_over_toes": _named("heel_over_toes"),
    "foot_spread": lambda at, _: at.values["foot_spread"],
}
"""The truth of each measure, in metres or degrees; what is not here, truth does not know or a still does not show."""

ONLY: Final = {"hip_travel": ("kneeling_lunge",), "foot_spread": ("glute_bridge", "ball_bridge")}
"""Exercises that a measure is meant for, where it is not all of them: `hip_travel` wants a kneeling knee."""


# --- stills -----------------------------------------------------------------------------------------------------------


def _take(number: int, exercise: str) -> tuple[Take, str]:
    """A rep of one body, and the side that works."""
    rng = np.random.default_rng([splits.NUMBER["tune"], 7, number, EXERCISES.index(exercise)])
    shape, look = person("tune", number)
    side = "both" if exercise.endswith("bridge") else str(rng.choice(SIDES))
    clip = Clip(
        name=f"{exercise} {number}",
        seed=number,
        shape=shape,
        look=dressed(look, rng, loose=False),
        parts=(Part(drawn(exercise, rng), (side,)),),  # type: ignore[arg-type] # a side's name
        setting=Setting(number),
        camera=Camera(),
        film=Film(),
    )
    return Take(clip), side


def _moments(take: Take) -> Moments:
    """Rest and top of the first rep."""
    rep = truth.bouts(take.actor, take.act)[0].reps[0]
    return moments(take.actor, take.act, np.array([rep.start_s, (rep.hold_from_s + rep.hold_to_s) / 2]))


def _found(take: Take, time: Array, yaw: float, networks: Networks, rng: np.random.Generator) -> Poses:
    """The poses that the model finds at each time, from one camera; a blank where it finds nobody."""
    camera = Camera(yaw=yaw, height=float(rng.uniform(0.6, 1.2)), lens=float(rng.uniform(46, 62)))
    camera = aimed(camera, take.span(), room=1.1)
    room, film = stage(rng, camera), Film(noise=0.006, seed=0)
    figure = Figure(take.actor.body, take.clip.look)
    balls = take.balls(time)
    poses = Poses.blank(time, camera.size)
    columns = {name: getattr(poses, name).copy() for name in ("image", "world", "hidden", "error", "turn")}
    for i, transform in enumerate(take.transforms(time)):
        picture = room.picture([figure.posed(transform), *balls[i : i + 1]], camera, film, 0.0, i)
        people = networks.detect(picture)
        if people:
            found = networks.landmarks(picture, networks.landmarks(picture, people[0]).region)
            columns["image"][i], columns["world"][i] = found.image, found.world
            columns["hidden"][i], columns["error"][i], columns["turn"][i] = seen(found.read, "full")
    return replace(poses, **columns)


def records(number: int, networks: Networks) -> Iterator[Record]:
    """Errors of every measure, body `number`, from every yaw."""
    for exercise in EXERCISES:
        take, working = _take(number, exercise)
        at = _moments(take)
        rng = np.random.default_rng([splits.NUMBER["tune"], 8, number, EXERCISES.index(exercise)])
        for yaw in YAWS:
            turned = float(rng.choice([yaw, 180 - yaw, 180 + yaw, 360 - yaw])) % 360
            poses = _found(take, at.time, turned, networks, rng)
            near = "left" if np.sin(np.radians(turned)) > 0 else "right"
            about = {"body": number, "exercise": exercise, "yaw": yaw}
            for way, of in (
                ("as told", poses),
                ("from landmarks", replace(poses, turn=np.full_like(poses.turn, np.nan))),
            ):
                yaw_error = _off(view.yaw(of), np.full(2, folded(turned)))
                yield {**about, "measure": "yaw", "way": way, "near": True, **yaw_error}
            for name in TRUE:
                if exercise in ONLY.get(name, EXERCISES):
                    sides = SIDES if MEASURES[name].sided and name not in ONLY else (_one(working),)
                    for side in sides:
                        side_of = {"measure": name, "near": side == near or len(sides) == 1}
                        for way, body in (("as it is", Body(poses)), ("whole", Body(poses, whole=True))):
                            yield {**about, **side_of, "way": way, **_errors(name, side, body, at)}


def _one(working: str) -> str:
    return "left" if working == "both" else working


def _errors(name: str, side: str, body: Body, at: Moments) -> Record:
    of = MEASURES[name].of
    assert of is not None
    found, true = of(body, side), TRUE[name](at, side)
    if MEASURES[name].unit == LENGTH:
        found, true = found / body.trunk[0], true / at.values["trunk"][0]
    return _off(found, true)


def _off(found: Array, true: Array) -> Record:
    """Errors at rest and at the top, and that of the change between them."""
    rest, top = (float(e) for e in found - true)
    return {"rest": rest, "top": top, "change": top - rest}


# --- tables -----------------------------------------------------------------------------------------------------------


def sections(rows: Sequence[Record]) -> list[Section]:
    """The median size of errors by yaw: of values, then of changes."""
    about = "Median size of the error, {}, by the camera's true yaw; degrees, or hundredths of a trunk or share."
    return [
        _section("Values", about.format("rest and top alike"), rows, ("rest", "top")),
        _section("Changes", about.format("of the change from rest to top"), rows, ("change",)),
    ]


def _section(title: str, about: str, rows: Sequence[Record], keys: tuple[str, ...]) -> Section:
    lines: list[tuple[Any, ...]] = []
    for (name, near, way), group in by(rows, "measure", "near", "way"):
        if name == "yaw" and keys == ("change",):
            continue
        side = "" if all(r["near"] for r in rows if r["measure"] == name) else ", near" if near == "True" else ", far"
        lines.append((f"`{name}`{side}", way, *(_cell(name, part, keys) for _, part in by(group, "yaw"))))
    return Section(title, about, ("measure", "read", *(str(yaw) for yaw in YAWS)), lines)


def _cell(name: str, group: Sequence[Record], keys: tuple[str, ...]) -> str:
    sizes = np.abs([r[key] for r in group for key in keys])
    sizes = sizes[np.isfinite(sizes)]
    if not len(sizes):
        return DASH
    degrees = name == "yaw" or MEASURES[name].unit == "deg"
    return f"{np.median(sizes) * (1 if degrees else 100):.1f}"


def main() -> None:
    """Draw the stills, look at them, and print or write the tables."""
    parser = parser_of(__doc__)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--bodies", type=int, default=6)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    networks = Networks()
    rows = [row for number in range(options.bodies) for row in records(number, networks)]
    about = circumstances([])
    text = f"# Measures by yaw\n\n{about['date']}; {options.bodies} bodies of tune; {about['machine']}.\n\n"
    text += "\n\n".join(section.markdown() for section in sections(rows)) + "\n"
    written(text, options.markdown)


if __name__ == "__main__":
    main()
