"""The demonstrations of `formcheck/demos`: short loops of each exercise done right, and of its main fault.

One person in one quiet room, seen from the right side. A loop goes there and comes back. It begins in the middle of its
hold, so that its first picture is a good still. Of a resting position it shows one deep breath. Faults are exaggerated,
and a ring shows where to look.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from benchmarks.ramp import smooth
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act, Prop, stay
from benchmarks.studio.body import Shape, body
from benchmarks.studio.breathing import Breath, Breaths
from benchmarks.studio.bridge import Ball, BridgeSetup
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Clip, Setting, Take, props_of
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import aimed
from benchmarks.studio.look import Look
from benchmarks.studio.mesh import Array
from benchmarks.studio.motion import Lift, LiftSetup, Lunge, Press, bridges, kneeling_lunges, leg_lifts
from benchmarks.studio.planks import Plank, plank
from benchmarks.studio.pose import Pose
from benchmarks.studio.rests import Rest, knees_together, leg_on_knee, legs_on_chair
from benchmarks.studio.rhythm import STILL, Restless
from benchmarks.studio.scene import exposure_of, stage
from benchmarks.studio.stretch import Stretch, hip_flexor_stretch
from formcheck.demos import SIZE

FINER: Final = 2
"""Pictures are drawn so many times larger, for smooth edges."""
FPS: Final = 12.5
QUALITY: Final = 85
"""Of the files, 0 to 100 (ours): below 80, blocks that change little are left as they were, and it shows."""

SHAPE: Final = Shape(sex=0.1, age_years=32, weight=0.42, muscle=0.62, height_m=1.70)
LOOK: Final = Look(
    **{"hair": "bun", "hair_colour": "#4a2f1c", "top": "tank", "top_colour": "#c7743a", "top_fit": 0.05},
    **{"bottom": "long", "bottom_colour": "#2f3b52", "bottom_fit": 0.05},
)
SETTING: Final = Setting(seed=8, clutter=0.0)
CAMERA: Final = Camera(yaw=270.0, height=0.45, lens=30.0, size=(FINER * SIZE[0], FINER * SIZE[1]))
HEIGHTS_M: Final = {"kneeling_lunge": 0.9, "leg_lift": 0.3, "hip_flexor_stretch": 1.1, "rest_legs_on_chair": 0.6}
"""Of the camera where it is another; so low that it sees under a back."""
FILM: Final = Film(noise=0.0, quality=100)

RING: Final = (200, 30, 24)
RING_M: Final = 0.15


@dataclass(frozen=True, slots=True)
class Demo:
    """A loop: of which exercise, of which fault (empty: of the right way), what is done, and at which share of it the
    loop begins. The ring is drawn around a joint of the right side, or so far on the way to a second one.
    """

    exercise: str
    cue: str
    act: Callable[[Actor], Act]
    first: float = 0.5
    ring: tuple[str, str, float] | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return f"{self.exercise}-{self.cue}" if self.cue else self.exercise


_LEAD_S: Final = 0.15
_REST: Final = {"rest_s": 0.15}
_HIPS: Final = ("hip", "hip", 0.0)
_LOIN: Final = ("hip", "shoulder", 0.3)
_HEEL: Final = ("ankle", "ankle", 0.0)


def _lift(**rep: Any) -> Callable[[Actor], Act]:
    lift = Lift(**_REST | {"side": "right", "raise_s": 0.6, "hold_s": 1.6, "lower_s": 0.7, "degrees": 15.0} | rep)
    return lambda actor: leg_lifts(actor, [lift], LiftSetup(arms="spread"), lead=_LEAD_S)


def _bridge(ball: Ball | None = None, **rep: Any) -> Callable[[Actor], Act]:
    press = Press(**_REST | {"raise_s": 0.5, "hold_s": 1.6, "lower_s": 1.1} | rep)
    return lambda actor: bridges(actor, [press], BridgeSetup(ball=ball), lead=_LEAD_S)


def _lunge(**rep: Any) -> Callable[[Actor], Act]:
    lunge = Lunge(
        **_REST | {"raise_s": 0.6, "hold_s": 2.4, "lower_s": 0.6, "lean": 28.0},
        **{"arms_from": 0.0, "arms_s": 0.6, "again": 0.09} | rep,
    )
    return lambda actor: kneeling_lunges(actor, [lunge], lead=_LEAD_S)


_STAY: Final = {"lead_s": 0.15, "in_s": 1.3, "hold_s": 1.2, "out_s": 1.3, "after_s": 0.15}


def _plank(**more: Any) -> Callable[[Actor], Act]:
    def act(actor: Actor) -> Act:
        there = plank(actor, Plank(**_STAY | more))

        def on_the_mat(t: Array) -> Pose:
            pose = there.at(t)
            pose.root[:, 2] += 0.7
            return pose

        return replace(there, at=on_the_mat)

    return act


def _stretch(**more: Any) -> Callable[[Actor], Act]:
    return lambda actor: hip_flexor_stretch(actor, Stretch(**_STAY | {"side": "right"} | more))


def _rest(position: Callable[[Actor, Rest, Restless], Act], **more: Any) -> Callable[[Actor], Act]:
    """One deep breath in a resting position."""

    def act(actor: Actor) -> Act:
        rest = Rest(arms="out", **more)
        whole = position(actor, rest, STILL)
        there = stay(whole.at(np.array([(rest.arrived + rest.leaves) / 2])), 4.4, lying=True)
        return replace(there, props=whole.props, breath=Breaths((Breath(0.2, 2.0, 4.2, 0.035),)))

    return act


DEMOS: Final = (
    Demo("kneeling_lunge", "", _lunge()),
    Demo("kneeling_lunge", "back_straight", _lunge(arch=60.0, trunk=-14.0), ring=_LOIN),
    Demo("leg_lift", "", _lift()),
    Demo("leg_lift", "low_back_pressed", _lift(arch=85.0), ring=("hip", "shoulder", 0.4)),
    Demo("leg_lift", "lift_several_inches", _lift(degrees=62.0), ring=_HEEL),
    Demo("ball_bridge", "", _bridge(Ball()), first=0.4),
    Demo("ball_bridge", "hips_up", _bridge(Ball(), sag=0.235), first=0.4, ring=_HIPS),
    Demo("glute_bridge", "", _bridge(), first=0.4),
    Demo("glute_bridge", "hips_up", _bridge(sag=0.2), first=0.4, ring=_HIPS),
    Demo("plank", "", _plank()),
    Demo("plank", "hips_in_line", _plank(depth=0.26, arch=8.0), ring=_HIPS),
    Demo("hip_flexor_stretch", "", _stretch()),
    Demo("rest_legs_on_chair", "", _rest(legs_on_chair, knee=28.0)),
    Demo("rest_knees_together", "", _rest(knees_together)),
    Demo("rest_leg_on_knee", "", _rest(leg_on_knee)),
)
"""All that there are; the loops of one exercise share a camera."""


EXERCISES: Final = tuple(dict.fromkeys(demo.exercise for demo in DEMOS))


class Loop(Take):
    """A demonstration acted out, its frames' times from the middle of its hold on."""

    def __init__(self, demo: Demo, actor: Actor) -> None:
        self.demo, self.actor, self.act = demo, actor, demo.act(actor)
        self.clip = Clip(demo.exercise, 0, SHAPE, LOOK, (), SETTING, CAMERA, FILM, fps=FPS)
        n = round(self.act.duration * FPS)
        self.times = (demo.first + np.arange(n) / n) % 1 * self.act.duration

    def pictures(self) -> Iterator[Array]:
        """The loop's pictures (h, w, 3) uint8 RGB."""
        setting, camera, times = self.clip.setting, self.clip.camera, self.times
        film = replace(FILM, exposure=exposure_of(setting.mood))
        figure = Figure(self.actor.body, LOOK)
        mat = not any(prop.thing == "table" for prop in self.act.props)
        room = stage(np.random.default_rng(setting.seed), camera, clutter=setting.clutter, mat=mat)
        transforms, supports, breath = self.transforms(times), self.supports(times), self.breath(times)
        balls, props = self.balls(times), props_of(self)
        for i in range(len(times)):
            things = [*balls[i : i + 1], *(meshes[i] for meshes in props)]
            person = figure.posed(transforms[i], supports[i], breath[i])
            picture = room.picture([person, *things], camera, film, 0.0, 0)
            yield cv2.resize(self._ringed(picture, times[i : i + 1]), SIZE, interpolation=cv2.INTER_AREA)

    def _ringed(self, picture: Array, time: Array) -> Array:
        """The picture (h, w, 3) with the ring, if there is one; it is strongest in the middle of the hold."""
        if self.demo.ring is None:
            return picture
        joints = self.actor.joints(self.actor.rig.matrices(self.act.at(time)))
        (start,), (end,) = (joints[f"right_{name}"] for name in self.demo.ring[:2])
        view = self.clip.camera.view(0.0)
        x, y, inverse = view.project(start + self.demo.ring[2] * (end - start))
        drawn = cv2.circle(
            picture.copy(), (round(x), round(y)), round(RING_M * inverse * view.focal), RING, 3 * FINER, cv2.LINE_AA
        )
        strong = float(smooth(2.6 - 10 * np.abs(time / self.act.duration - self.demo.first))[0])
        mixed: Array = cv2.addWeighted(drawn, strong, picture, 1 - strong, 0)
        return mixed


def loops(exercise: str) -> list[Loop]:
    """The loops of an exercise, before one camera that has all of them in its picture."""
    actor = Actor(body(SHAPE))
    found = [Loop(demo, actor) for demo in DEMOS if demo.exercise == exercise]
    reach = np.concatenate([loop.span() for loop in found] + [_corners(prop) for prop in found[0].act.props])
    camera = aimed(replace(CAMERA, height=HEIGHTS_M.get(exercise, CAMERA.height)), reach, room=1)
    for loop in found:
        loop.clip = replace(loop.clip, camera=camera)
    return found


def _corners(prop: Prop) -> Array:
    """The corners (8, 3) of a thing that stands still."""
    signs = np.stack(np.meshgrid(*[(-0.5, 0.5)] * 3), axis=-1).reshape(-1, 3)
    corners: Array = prop.at(np.zeros(1)) + signs * prop.size
    return corners


def draw(out: Path, only: str | None = None) -> Iterator[Path]:
    """Draw all loops, or those of one exercise; gives each one's file."""
    cv2.setNumThreads(1)
    out.mkdir(parents=True, exist_ok=True)
    for exercise in EXERCISES if only is None else (only,):
        for loop in loops(exercise):
            path = out / f"{loop.demo.name}.webp"
            save(path, loop.pictures())
            yield path


def save(path: Path, pictures: Iterable[Array]) -> None:
    """Write a loop of pictures (h, w, 3), and the first of them beside it as a still."""
    first, *rest = map(Image.fromarray, pictures)
    how = {"quality": QUALITY, "method": 6}
    first.save(path.with_suffix(".still.webp"), **how)
    times = {"duration": round(1000 / FPS), "loop": 0}
    first.save(path, save_all=True, append_images=rest, minimize_size=True, **times, **how)
