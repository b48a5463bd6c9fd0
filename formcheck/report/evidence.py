"""What shows a cue's number in the picture: for each measure its lines, arcs and words, as data.

This is the one place that knows. The player, the stills and the annotated video draw what is made here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from formcheck.body import arch, measures
from formcheck.body.joints import FOOT, Body
from formcheck.body.landmarks import BONES, INDEX
from formcheck.body.poses import BACK_SEEN, BACK_STATIONS, STATIONS, Array, Poses
from formcheck.media.marks import Look, Mark

Point: TypeAlias = Array
Made = Callable[["Frame1", "Frame1 | None"], list[Mark]]

_HEAD: Final = [INDEX["nose"], INDEX["left_ear"], INDEX["right_ear"]]
_AWAY: Final = (0.45, 0.7, 1.0, 1.4)  # trunks between what words are about and the words (ours)


class Frame1:
    """One frame of a person as evidence needs it: points in pixels of the picture, as it shows them."""

    def __init__(self, poses: Poses, side: str) -> None:
        self.poses, self.side, self.body = poses, side, Body(poses)

    def point(self, part: str, *, other: bool = False) -> Point:
        """A joint of the side, or of the other one."""
        side = measures.other(self.side) if other else self.side
        found: Point = self.body.point(part, side)[0]
        return found

    def middle(self, part: str) -> Point:
        """The point between both sides."""
        found: Point = self.body.middle(part)[0]
        return found

    @property
    def hip(self) -> Point:
        """The hip's centre."""
        found: Point = self.body.hip_centre(self.side)[0]
        return found

    @property
    def trunk(self) -> float:
        """Length of the trunk in pixels."""
        return float(self.body.trunk[0])


def _line(look: Look, *points: Point) -> Mark:
    return Mark("line", look, tuple((float(x), float(y)) for x, y in points))


def _bend(a: Point, vertex: Point, b: Point) -> list[Mark]:
    """A bend: both limbs, how the first would go on, and the arc from there."""
    way = (vertex - a) / max(float(np.hypot(*(vertex - a))), 1e-6)
    ahead = vertex + way * float(np.hypot(*(b - vertex)))
    return [_line("then", vertex, ahead), _line("now", a, vertex, b), _arc(vertex, ahead, b)]


def _arc(vertex: Point, a: Point, b: Point) -> Mark:
    return Mark("arc", "gap", tuple((float(x), float(y)) for x, y in (vertex, a, b)))


def _knee(now: Frame1, _: Frame1 | None) -> list[Mark]:
    return _bend(now.hip, now.point("knee"), now.point("ankle"))


def _hip(now: Frame1, _: Frame1 | None) -> list[Mark]:
    return _bend(now.point("shoulder"), now.hip, now.point("knee"))


def _arm(now: Frame1, _: Frame1 | None) -> list[Mark]:
    hip, shoulder, elbow = now.hip, now.point("shoulder"), now.point("elbow")
    return [_line("then", shoulder, hip), _line("now", shoulder, elbow), _arc(shoulder, hip, elbow)]


def _thigh(now: Frame1, _: Frame1 | None) -> list[Mark]:
    hip, knee = now.hip, now.point("knee")
    up = knee - np.array([0.0, float(np.hypot(*(hip - knee)))])
    return [_line("then", knee, up), _line("now", knee, hip), _arc(knee, up, hip)]


def _under_line(end: str) -> Made:
    """How far the hip lies under the line from the shoulder to the knee or ankle, now and, if compared, then."""

    def made(now: Frame1, then: Frame1 | None) -> list[Mark]:
        a, b, hip = now.point("shoulder"), now.point(end), now.hip
        depth, normal = _off_line(now, end)
        start = hip - depth * normal
        if then is not None:
            before = start + _off_line(then, end)[0] * normal
            flat = 0.25 * (b - a)
            return [_line("now", a, hip, b), _line("then", before - flat, before + flat), _line("gap", before, hip)]
        return [_line("then", a, b), _line("now", a, hip, b), _line("gap", start, hip)]

    return made


def _off_line(look: Frame1, end: str) -> tuple[float, Point]:
    """How far the hip lies off the line from shoulder to `end`, in pixels, and the unit vector in which that grows."""
    a, way = look.point("shoulder"), look.point(end) - look.point("shoulder")
    normal = np.array([-way[1], way[0]]) / max(float(np.hypot(*way)), 1e-6)
    normal = normal if normal[1] >= 0 else -normal
    return float((look.hip - a) @ normal), normal


def _heel_over_toes(now: Frame1, then: Frame1 | None) -> list[Mark]:
    heel, toes = now.point("heel"), now.point("foot_index")
    rest = 0.0 if then is None else float((then.point("foot_index") - then.point("heel"))[1])
    floor = np.array([heel[0], toes[1] - rest])
    beyond = 0.6 * (floor - toes)
    return [_line("then", toes - beyond, floor + beyond), _line("now", heel, toes), _line("gap", floor, heel)]


def _heel_height(now: Frame1, then: Frame1 | None) -> list[Mark]:
    def over(look: Frame1) -> float:
        return float((look.middle("shoulder") - (look.point("heel") + look.point("ankle")) / 2)[1])

    heel = now.point("heel")
    floor = heel + np.array([0.0, over(now) - (0.0 if then is None else over(then))])
    reach = np.array([0.6 * now.trunk, 0.0])
    return [_line("then", floor - reach, floor + reach), _line("gap", floor, heel)]


def _knee_height(now: Frame1, _: Frame1 | None) -> list[Mark]:
    knee = now.point("knee")
    floor = np.array([knee[0], max(float(now.point(part)[1]) for part in FOOT)])
    beyond = np.array([0.3 * now.trunk, 0.0])
    return [_line("then", floor - beyond, floor + beyond), _line("gap", floor, knee)]


def _hips_forward(now: Frame1, then: Frame1 | None) -> list[Mark]:
    def base(look: Frame1) -> float:
        return float(look.point("knee")[0] + 2 * look.point("ankle", other=True)[0]) / 3

    def moved(look: Frame1) -> float:
        return float(look.middle("hip")[0] + look.point("knee", other=True)[0]) / 2 - base(look)

    hip = now.middle("hip")
    before = hip if then is None else hip + np.array([moved(then) - moved(now), 0.0])
    return _shifted(hip, before, now.trunk)


def _shifted(now: Point, before: Point, trunk: float) -> list[Mark]:
    """Two upright lines, where something was and where it is, and the way between them."""
    up = np.array([0.0, 0.35 * trunk])
    return [_line("then", before - up, before + up), _line("now", now - up, now + up), _line("gap", before, now)]


def _shoulders(now: Frame1, then: Frame1 | None) -> list[Mark]:
    shoulder, marks = now.middle("shoulder"), _ball(now)
    if not marks or then is None or not np.isfinite(then.poses.ball[0]).all():
        return marks
    slid = float(then.middle("shoulder")[0] - then.poses.ball[0, 0])
    return marks + _shifted(shoulder, np.array([now.poses.ball[0, 0] + slid, shoulder[1]]), now.trunk)


def _ball(now: Frame1) -> list[Mark]:
    x, y, radius = now.poses.ball[0].tolist()
    return [Mark("circle", "then", ((x, y), (x + radius, y)))] if np.isfinite(radius) else []


def _on_ball(now: Frame1, _: Frame1 | None) -> list[Mark]:
    marks = _ball(now)
    if marks:
        middle, a, b = np.array(marks[0].points[0]), now.middle("shoulder"), now.middle("hip")
        at = a + (b - a) * float((middle - a) @ (b - a)) / max(float((b - a) @ (b - a)), 1e-6)
        marks += [_line("now", a, b), _line("gap", middle, at)]
    return marks


def _feet_apart(now: Frame1, _: Frame1 | None) -> list[Mark]:
    ends = [[now.point(part), now.point(part, other=True)] for part in ("shoulder", "ankle")]
    return [_line("then", *ends[0]), _line("gap", *ends[1])]


def _foot_aside(now: Frame1, _: Frame1 | None) -> list[Mark]:
    return [_line("gap", now.point("heel"), now.point("foot_index"))]


def _contours(now: Frame1, then: Frame1 | None) -> list[Mark]:
    """The trunk's contour now, and the neutral one laid on the same line from hips to shoulders."""
    if then is None:
        return [_line("gap", *line) for line in _contour(now.poses, now.poses)]
    axis = then.poses if arch.lying(arch.columns(then.poses)[0]) else now.poses
    neutral = [_line("then", *line) for line in _contour(then.poses, axis)]
    return neutral + [_line("gap", *line) for line in _contour(now.poses, now.poses)]


def _contour(poses: Poses, on: Poses) -> list[list[Point]]:
    """The contours of back and belly of one frame, as lines, on the axis of another one."""
    lines: list[list[Point]] = []
    hip, shoulder = on.axis[0, :2].astype(float), on.axis[0, 2:4].astype(float)
    trunk = float(np.hypot(*(shoulder - hip)))
    own = float(np.hypot(*(poses.axis[0, 2:4] - poses.axis[0, :2])))
    if not (trunk > 0 and own > 0):
        return lines
    back = poses.back[0] if poses.back_state[0] == BACK_SEEN else np.full(BACK_STATIONS, np.nan)
    along = (shoulder - hip) / trunk
    front = np.array([along[1], -along[0]]) * float(on.axis[0, 4])
    for depths, way in ((back, -front), (poses.belly[0], front)):
        places = hip + np.outer(STATIONS * trunk, along) + np.outer(depths * (trunk / own), way)
        run: list[Point] = []
        for place in [*places, np.full(2, np.nan)]:
            if np.isfinite(place).all():
                run.append(place)
                continue
            lines += [run] if len(run) > 1 else []
            run = []
    return lines


EVIDENCE: Final[dict[str, Made]] = {
    "knee_flexion": _knee,
    "trunk_thigh_angle": _hip,
    "shoulder_elevation": _arm,
    "thigh_tilt": _thigh,
    "hip_depth": _under_line("knee"),
    "hip_sag": _under_line("ankle"),
    "heel_over_toes": _heel_over_toes,
    "heel_height": _heel_height,
    "knee_height": _knee_height,
    "hip_travel": _hips_forward,
    "shoulder_travel": _shoulders,
    "ball_support": _on_ball,
    "foot_spread": _feet_apart,
    "foot_direction": _foot_aside,
    "back_arch": _contours,
}
"""What is drawn for a measure, from the frame now and the one that it is compared with, if any."""

TRAILS: Final[dict[str, Callable[[Frame1], Point]]] = {"hip_rise": lambda look: look.middle("hip")}
"""Of what is timed: the point whose way is drawn."""


def marks(measure: str, now: Frame1, then: Frame1 | None) -> list[Mark]:
    """What shows a measure in one frame, without words; empty where there is nothing to draw, or points are missing."""
    found = EVIDENCE[measure](now, then) if measure in EVIDENCE else []
    return found if all(np.isfinite(mark.points).all() for mark in found) else []


def trail(measure: str, frames: Sequence[Frame1]) -> list[Mark]:
    """The way of what is timed, from its start to its end."""
    if measure not in TRAILS or len(frames) < 2:
        return []
    path = [point for point in map(TRAILS[measure], frames) if np.isfinite(point).all()]
    ends = [np.array([0.0, 0.0]), np.array([0.3 * frames[-1].trunk, 0.0])]
    bars = [_line("then", at - ends[1], at + ends[1]) for at in (path[0], path[-1])] if path else []
    return [*bars, _line("gap", *path)] if len(path) > 1 else []


@dataclass(frozen=True, slots=True)
class Label:
    """Words and where they stand: `away` in pixels from what they are about."""

    text: str
    away: Point

    def on(self, found: Sequence[Mark]) -> list[Mark]:
        """The marks with the words."""
        if not found or not self.text:
            return list(found)
        about = _about(found)
        return [*found, Mark("words", "now", (tuple(about), tuple(about + self.away)), self.text)]


def label(text: str, found: Sequence[Mark], now: Frame1) -> Label:
    """The words for marks, put where they cover the least of the body and of the marks, inside the picture."""
    if not found:
        return Label(text, np.zeros(2))
    about, trunk = _about(found), now.trunk if np.isfinite(now.trunk) else 100.0
    body = now.poses.image[0]
    bones = [body[a] + (body[b] - body[a]) * share for a, b in BONES for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    taken = np.concatenate([bones, body[_HEAD], *(np.array(mark.points) for mark in found)])
    taken = taken[np.isfinite(taken).all(axis=1)]
    turns = np.arange(16) / 16 * 2 * np.pi
    ways = [r * trunk * np.array([np.cos(t), np.sin(t)]) for r in _AWAY for t in turns]
    box = np.array([0.016 * len(text) + 0.02, 0.05]) * min(now.poses.image_size)  # half of the plate

    def cost(way: Point) -> float:
        off = np.abs(taken - (about + way)) / np.maximum(box, 1)
        near = np.maximum(1.3 - off.max(axis=1), 0).sum()
        at = about + way
        out = np.maximum(np.maximum(box - at, at + box - now.poses.image_size), 0).sum() / trunk
        return float(100 * near + 1000 * out + np.hypot(*way) / trunk)

    return Label(text, min(ways, key=cost))


def _about(found: Sequence[Mark]) -> Point:
    """What the words are about: the middle of the difference."""
    mark = next((mark for mark in found if mark.look == "gap"), found[-1])
    points: Point = np.array(mark.points)
    if len(points) == 2:
        points = points.mean(axis=0, keepdims=True)
    middle: Point = points[0 if mark.kind == "arc" else len(points) // 2]
    return middle
