"""Every number in the exercise files: just inside it is right, just outside it is not, and a changed one is noticed.

What the files must say is written down here, from the documented cues and their readings. A check is a function of an
exercise that raises `AssertionError`; the plain tests run the checks on the files as they are, the mutation test on
files in which one number was changed, and there a check must fail. The intervals' widths play no part: a value is
moved until the edge of its interval lies just inside or just outside the bound.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from formcheck.body import measures
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array
from formcheck.core import bout, verdict
from formcheck.core.calibration import Error
from formcheck.core.clock import RATE
from formcheck.core.detector import Detector, Window
from formcheck.core.exercise import Check, Cue, Exercise, parse
from formcheck.core.posture import Bounds
from formcheck.core.reading import Reading, Trust
from formcheck.core.rep import RawRep, raw_rep
from formcheck.core.rows import AllBounds, Rows, Table
from formcheck.core.stays import Stays
from formcheck.core.verdict import Known, Scale
from formcheck.core.watches import Watch
from formcheck.findings import Verdict

FOLDER: Final = Path(__file__).parents[2] / "formcheck" / "exercises"
OPEN: Final = None

BRIDGE: Final = {
    "feet_shoulder_width": (0.7, 1.4, "share", "value"),
    "toes_forward": (OPEN, 15, "deg", "value"),
    "hips_up": (OPEN, 0.06, "trunk", "cm"),
    "lower_slowly": (1.0, OPEN, "s", "value"),
    "lower_slowly, also": (OPEN, 1, "", "value"),
    "through_the_heels": (OPEN, 0.12, "trunk", "cm"),
    "hips_in_line": (OPEN, 0.10, "trunk", "cm"),
}

REST: Final = {
    "back_flat": (OPEN, 10, "deg", "value"),
    "at_rest": (OPEN, 8, "deg/s", "value"),
    "five_minutes": (300, OPEN, "s", "value"),
}

CUES: Final[dict[str, dict[str, tuple[float | None, float | None, str, str]]]] = {
    "kneeling_lunge": {
        "front_knee_right_angle": (65, 115, "deg", "value"),
        "rear_knee_down": (OPEN, 0.35, "trunk", "cm"),
        "pelvis_tucked": (OPEN, 8, "deg", "value"),
        "lunge_softly": (OPEN, 0.8, "trunk/s", "cm"),
        "lean_progressively": (-0.004, OPEN, "trunk/s", ""),
        "back_straight": (OPEN, 12, "deg", "value"),
        "arms_high": (140, OPEN, "deg", "value"),
        "hips_forward_again": (2.5, 5.1, "cm", "cm"),
        "hold_30_s": (30, OPEN, "s", "value"),
        "three_per_side": (3, OPEN, "reps", "counts"),
    },
    "leg_lift": {
        "lying_on_back": (OPEN, 25, "deg", "value"),
        "low_back_pressed": (OPEN, 10, "deg", "value"),
        "lift_several_inches": (7.6, 30.5, "cm", "cm"),
        "leg_straight": (OPEN, 25, "deg", "value"),
        "other_leg_down": (OPEN, 0.20, "trunk", "cm"),
        "hold_3_to_5_s": (3, 5, "s", "value"),
        "ten_to_fifteen_per_leg": (10, 15, "reps", "counts"),
    },
    "ball_bridge": {
        "shoulders_on_ball": (0.5, OPEN, "share", ""),
        **BRIDGE,
        "shoulders_stay": (OPEN, 0.2, "trunk", "cm"),
    },
    "glute_bridge": BRIDGE,
    "hip_flexor_stretch": {
        "back_flat": (OPEN, 10, "deg", "value"),
        "knee_to_chest": (110, OPEN, "deg", "value"),
        "not_too_far": (-12, OPEN, "deg", ""),
        "other_leg_hangs": (OPEN, 100, "deg", ""),
        "other_leg_hangs, also": (40, 110, "deg", "value"),
        "hold_30_to_60_s": (30, 60, "s", "value"),
        "three_to_four_per_side": (3, 4, "reps", "counts"),
    },
    "plank": {
        "hips_in_line": (-0.10, 0.10, "trunk", "cm"),
        "pelvis_neutral": (OPEN, 12, "deg", "value"),
    },
    "rest_knees_together": REST,
    "rest_leg_on_knee": REST,
    "rest_legs_on_chair": REST,
    "sit_up": {},
}
"""Cue -> least, most, unit, and which number the sentence for a fault carries."""


def both(key: str, low: float, high: float) -> dict[str, Bounds]:
    """The same bounds for either leg."""
    return {key: (low, high), f"other.{key}": (low, high)}


POSTURES: Final[dict[str, dict[str, dict[str, Bounds]]]] = {
    "kneeling_lunge": {
        "always": {
            "trunk_tilt": (0, 55),
            "shin_tilt": (55, 155),
            "thigh_tilt": (0, 65),
            "other.shin_tilt": (0, 60),
            "other.thigh_tilt": (30, 130),
        },
        "rest": {"knee_height": (-1.5, 0.5)},
        "change": {"knee_flexion": (-60, 30), "hip_sink": (-0.08, 2.0)},
    },
    "kneeling_lunge_from_the_front": {
        "always": {"trunk_tilt": (0, 55), "other.knee_under": (-0.6, 0.5), "other.knee_height": (0.5, 2.0)},
        "rest": {"knee_under": (0.5, 1.4)},
        "change": {"knee_under": (-1.2, 0.1)},
    },
    "leg_lift": {
        "always": {"trunk_tilt": (45, 115), "supine": (0.3, 1.1), "knee_flexion": (0, 60)},
        "rest": {"leg_elevation": (-50, 35)},
        "top": {"knee_flexion": (0, 52)},
        "change": {
            "hip_rise": (-0.06, 0.15),
            "other.knee_flexion": (-180, 35),
            "trunk_tilt": (-15, 6),
            "feet_apart": (-0.8, 0.8),
        },
    },
    "ball_bridge": {
        "always": {"trunk_tilt": (35, 120), "supine": (0.2, 1.1), "shoulder_height": (0.78, 2.0)},
        "change": {"trunk_tilt": (10, 60), "hip_height": (-0.15, 1.5)},
    },
    "glute_bridge": {
        "always": {"trunk_tilt": (45, 150), "supine": (0.2, 1.1), "shoulder_height": (-1.3, 0.78)},
        "rest": {"trunk_tilt": (58, 112), "shoulder_height": (-0.6, 0.78)},
        "top": {"knee_flexion": (20, 180)},
        "change": {"trunk_tilt": (3.5, 75), "foot_height": (-9.0, -0.08), "trunk_thigh_angle": (-180, -2)},
    },
    "hip_flexor_stretch": {
        "always": {
            "trunk_tilt": (50, 125),
            "supine": (0.2, 1.1),
            "trunk_thigh_angle": (0, 60),
            "thigh_tilt": (40, 125),
            "knee_flexion": (5, 150),
            "foot_height": (-2.5, -0.55),
            "other.trunk_thigh_angle": (60, 180),
            "other.foot_height": (-0.3, 2.0),
        },
    },
    "plank": {
        "always": {
            "trunk_tilt": (50, 115),
            "supine": (-1.1, -0.3),
            "knee_flexion": (0, 50),
            "trunk_thigh_angle": (0, 65),
            "shoulder_height": (0.3, 1.6),
            "knee_under": (-0.3, 0.8),
        },
    },
    "rest_knees_together": {
        "always": {
            "trunk_tilt": (60, 112),
            "supine": (0.3, 1.1),
            "hip_rise": (-0.3, 0.28),
            **both("knee_flexion", 45, 150),
            **both("shin_tilt", 0, 60),
            **both("foot_height", -0.8, 0.45),
            **both("ankle_to_knee", 0.32, 2.5),
        },
    },
    "rest_leg_on_knee": {
        "always": {
            "trunk_tilt": (60, 112),
            "supine": (0.3, 1.1),
            "hip_rise": (-0.3, 0.28),
            "ankle_to_knee": (0, 0.38),
            "foot_height": (-0.3, 1.3),
            "other.knee_flexion": (45, 150),
            "other.shin_tilt": (0, 70),
            "other.foot_height": (-0.8, 0.45),
        },
    },
    "rest_legs_on_chair": {
        "always": {
            "trunk_tilt": (60, 112),
            "supine": (0.3, 1.1),
            **both("thigh_tilt", 110, 180),
            **both("shin_tilt", 50, 130),
            **both("foot_height", 0.15, 1.6),
        },
    },
    "sit_up": {
        "always": {"trunk_tilt": (-1, 125), "supine": (-0.5, 1.1), "hip_height": (-2.0, 1.0)},
        "rest": {"trunk_tilt": (60, 115), "supine": (0.3, 1.1)},
        "change": {"hip_height": (-0.3, 0.3)},
    },
}

ADVICE: Final[dict[str, dict[str, dict[str, list[tuple[float | None, float | None]]]]]] = {
    "leg_lift": {"low_back_pressed": {"hand_place": [(1.2, OPEN)]}},
}
"""Cue -> measure -> where it may lie for the advice to be followed already: over the head."""

SEGMENTS: Final = {  # prominence, sure, min_seconds, hold_level
    "kneeling_lunge": (0.10, 0.18, 1.5, 0.7),
    "kneeling_lunge_from_the_front": (0.08, 0.15, 1.5, 0.5),
    "leg_lift": (4, 8, 1.2, 0.9),
    "ball_bridge": (0.07, 0.20, 0.8, 0.9),
    "glute_bridge": (0.055, 0.20, 0.8, 0.9),
    "hip_flexor_stretch": (1, 1, 5, 0.9),
    "plank": (1, 1, 3, 0.9),
    "rest_knees_together": (1, 1, 20, 0.9),
    "rest_leg_on_knee": (1, 1, 20, 0.9),
    "rest_legs_on_chair": (1, 1, 20, 0.9),
    "sit_up": (15, 25, 0.8, 0.9),
}

STILL: Final = {"plank": 0.13}
"""How much room a still body takes, where that is not 0.4."""

STAYS: Final = ("hip_flexor_stretch", "plank", "rest_knees_together", "rest_leg_on_knee", "rest_legs_on_chair")
"""Postures that are held: no excursion makes their reps."""

FRONT: Final = "_from_the_front"

YAWS: Final = {"kneeling_lunge_from_the_front": 30.0}
"""Up to which camera yaw reps are found, where that is not everywhere."""

MUTATION: Final = 0.1
"""Share of a number (of its range where it is 0) by which the mutation test changes it."""

STEP: Final = 0.03
"""The same for how far inside or outside of a bound the checks look."""

TRUNK_PX: Final = 100.0
SIDE: Final = "left"


@cache
def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text("utf-8")


def exercise_of(name: str) -> Exercise:
    file = name.removesuffix(FRONT)
    exercise = parse(text_of(file), f"{file}.toml")
    return exercise if name == file else from_the_front(exercise)


def from_the_front(exercise: Exercise) -> Exercise:
    return replace(exercise.ways[1], name=exercise.name + FRONT)


def step_at(bound: float, other: float | None, share: float = STEP) -> float:
    return share * (abs(bound) or abs((other or 0.0) - bound))


# Cues: what is read, and what is said of it.


def all_checks(exercise: Exercise) -> dict[str, tuple[Cue, Check]]:
    """Every check of every cue by the cue's id, with `, also` for the second one."""
    return {f"{cue.id}{', also' * i}": (cue, check) for cue in exercise.cues for i, check in enumerate(cue.checks)}


SURE: Final = Error(0.0, 0.0, 0.0, 0.01, 0.0, 1)
"""Of a reading nearly without error: bounds and sentences are looked at here, not intervals."""


def judged(cue: Cue, check: Check, value: float) -> Verdict:
    """The verdict on a rep whose reading is `value` in the check's unit, seen from where the measure shows.

    Of a body of 17 cm a trunk's error is next to nothing in centimetres.
    """
    scale = Scale(TRUNK_PX, 17.0 if check.unit == "cm" else 170.0)
    trust = Trust(0.0 if check.seen_from == "front" else 90.0, 0.0, 0.0)
    pixels = {"cm": TRUNK_PX / scale.trunk_cm, "trunk": TRUNK_PX, "trunk/s": TRUNK_PX}.get(check.unit, 1.0)
    return verdict.judge(cue, check, Reading(value * pixels, 1.0, 30.0), Known(scale, trust, None, SURE))


def with_edge(cue: Cue, check: Check, edge: int, wanted: float) -> Verdict:
    """The verdict whose interval begins (edge 0) or ends (1) at `wanted`."""
    value = wanted
    for _ in range(60):
        found = judged(cue, check, value)
        assert found.interval is not None, f"{cue.id}: {found.reason}"
        value += wanted - found.interval[edge]
    assert found.interval is not None
    assert found.interval[edge] == pytest.approx(wanted, abs=1e-6 * abs(wanted) + 1e-9), cue.id
    return found


def check_cue(cue: Cue, check: Check, low: float | None, high: float | None) -> None:
    """A whole interval a little inside the bounds is met, a little outside a fault, and one astride neither."""
    for bound, beyond, inner, outward in ((low, high, 0, -1), (high, low, 1, 1)):
        if bound is None:
            continue
        step = step_at(bound, beyond) * outward
        assert with_edge(cue, check, 1 - inner, bound + step).verdict == "fault", (cue.id, bound)
        assert with_edge(cue, check, 1 - inner, bound - step).verdict != "fault", (cue.id, bound)
        assert with_edge(cue, check, inner, bound + step).verdict != "met", (cue.id, bound)
        inside = with_edge(cue, check, inner, bound - step)
        assert inside.interval is not None
        fits = (low is None or low <= inside.interval[0]) and (high is None or inside.interval[1] <= high)
        assert inside.verdict == ("met" if fits else "borderline"), (cue.id, bound, inside)


def check_count(cue: Cue, low: float | None, high: float | None) -> None:
    """As many reps as asked for on both sides are met; one fewer, or one more, on one side is a fault."""
    least, most = int(low or 0), int(high or 2 * (low or 0))

    def name(left: int, right: int) -> str:
        found = verdict.count_verdict(cue, {"left": left, "right": right}, 9.0)
        assert found.message.startswith(f"Right {right}, left {left}. Goal: ")
        return found.verdict

    assert {name(least, least), name(least, most), name(most, least)} == {"met"}, cue.id
    assert {name(least - 1, most), name(least, least - 1)} == {"fault"}, cue.id
    assert high is None or {name(most + 1, most), name(least, most + 1)} == {"fault"}, cue.id


def check_whole_number(cue: Cue, check: Check, most: float) -> None:
    """What is counted within a rep: as many are met, one more is a fault."""
    assert judged(cue, check, most).verdict == "met", cue.id
    assert judged(cue, check, most + 1).verdict == "fault", cue.id


def check_cues(exercise: Exercise) -> None:
    """Every cue of the exercise, and no other, has the bounds and the unit that are documented."""
    found = all_checks(exercise)
    assert set(found) == set(CUES[exercise.name])
    for key, (low, high, unit, _) in CUES[exercise.name].items():
        cue, check = found[key]
        assert check.unit == unit, key
        if check.take == "count":
            check_count(cue, low, high)
        elif check.take == "reversals":
            check_whole_number(cue, check, high or 0)
        else:
            check_cue(cue, check, low, high)


# Postures and reps: rows of measures as a rep of the exercise makes them, and one number at a time on its edge.


def shape(*points: tuple[float, float]) -> Array:
    """A signal through (second, value) points, at every tick."""
    at, values = zip(*points, strict=True)
    return np.interp(np.arange(round(at[-1] * RATE) + 1) / RATE, at, values)


RISE: Final = shape((0, 0), (3, 0), (5, 1), (8, 1), (10, 0), (13, 0))
TIME: Final = np.arange(len(RISE)) / RATE
RESTING: Final = (TIME <= 3.3) | (TIME >= 9.7)
HELD: Final = (TIME >= 4) & (TIME <= 9)
ON_THE_WAY: Final = (TIME > 3.5) & (TIME < 4.3)
"""Neither at rest nor held, and for longer than a tick out of posture is overlooked."""


def usual(name: str) -> dict[str, float]:
    """A value well within all bounds on each measure of the posture; for a change, of the top less the rest."""
    posture = POSTURES[name]
    found = {}
    for key in {key for part in ("always", "rest", "top") for key in posture.get(part, {})}:
        bounds = [posture[part][key] for part in ("always", "rest", "top") if key in posture.get(part, {})]
        found[key] = (max(low for low, _ in bounds) + min(high for _, high in bounds)) / 2
    return found


def rows_of(
    exercise: Exercise, signal: Array, changes: Mapping[str, tuple[Array | float, Array | slice]] | None = None
) -> Rows:
    """A rep of the exercise whose signal rises by `signal`; `changes` puts values on measures where they are marked."""
    n = len(signal)
    table = Table([exercise])
    values = np.zeros((n, len(table.columns)), np.float32)
    yaw = 80.0 if exercise.segment.to_yaw > 80 else 10.0
    at = {"trunk": TRUNK_PX, "yaw": yaw} | {key: 1.0 for key in table.columns if key.startswith("seen.")}
    for key, value in at.items():
        values[:, table.columns[key]] = value

    def put(key: str, value: Array | float, where: Array | slice = slice(None)) -> None:
        name = key.removeprefix("other.")
        side = measures.other(SIDE) if key != name else SIDE
        pixels = TRUNK_PX if MEASURES[name].unit == "trunk" else 1.0
        values[where, table.columns[measures.column(name, side)]] = np.multiply(value, pixels)

    for key, value in usual(exercise.name).items():
        put(key, value)
    change = POSTURES[exercise.name].get("change", {})
    for key, (low, high) in change.items():
        put(key, usual(exercise.name).get(key, 0.0) + np.where(np.arange(n) / RATE < 4, 0.0, (low + high) / 2))
    measure = exercise.segment.measure
    put(measure, signal + usual(exercise.name).get(measure, 0.0))
    for key, (value, where) in (changes or {}).items():
        put(key, value, where)
    return Rows(values, table.columns)


def whole(exercise: Exercise, rows: Rows) -> RawRep | None:
    """The rep that all the rows are, if it is one of the exercise."""
    last = len(rows) - 1
    return raw_rep(exercise, SIDE, rows, Window(0, last, False, False, len(rows), (0, last)))


def reps(exercise: Exercise, rows: Rows, stir: float = 0.0) -> list[RawRep]:
    """The whole reps found in rows as a session finds them; of stays also those that are cut."""
    stays = exercise.segment.stays
    watch = Watch(exercise, SIDE, Stays(0, exercise.segment.still, 1, 1) if stays else Detector(0))
    always, rest = rows.within(AllBounds(rows.columns, watch.bounds)).T
    windows = watch.feed(rows, always, np.full(len(rows), stir) if stays else rest) + watch.detector.finish()
    found = [raw_rep(exercise, SIDE, rows[w.first : w.last + 1], w) for w in windows]
    return [raw for raw in found if raw is not None and (stays or not raw.found.partial)]


@pytest.mark.parametrize("name", POSTURES)
@pytest.mark.parametrize(("column", "most"), [("spread", 0.35), ("yaw_error", 14.0)])
def test_landmarks_that_follow_nobody_make_no_rep(name: str, column: str, most: float) -> None:
    exercise = exercise_of(name)
    for value, there in ((0.99 * most, True), (1.01 * most, False)):
        rows = rows_of(exercise, rise_of(name))
        rows.values[:, rows.columns[column]] = value
        assert (whole(exercise, rows) is not None) == there


@pytest.mark.parametrize("name", [name for name in POSTURES if SEGMENTS[name][3] == 0.9 and name not in STAYS])
@pytest.mark.parametrize(
    ("dips", "depth", "there"), [(4, 0.35, True), (5, 0.35, False), (8, 0.35, False), (8, 0.25, True)]
)
def test_what_beats_is_not_held(name: str, dips: int, depth: float, there: bool) -> None:
    beats = [point for i in range(dips) for point in ((4 + i, 1.0), (4.5 + i, 1 - depth))]
    signal = shape((0, 0), (3, 0), *beats, (4 + dips, 1), (5 + dips, 0), (8 + dips, 0)) * 2.5 * SEGMENTS[name][0]
    assert (whole(exercise_of(name), rows_of(exercise_of(name), signal)) is not None) == there


def rise_of(name: str, share: float = 2.5) -> Array:
    """A rep that is `share` times as high as the least; of a posture the time in which nothing moves."""
    if name in STAYS:
        return np.zeros(round((SEGMENTS[name][2] + 2) * RATE))
    return RISE * (share * SEGMENTS[name][0])


def probes(bounds: Bounds) -> Iterator[tuple[float, bool]]:
    """Values just inside and just outside of both bounds, and whether each is inside."""
    for bound, beyond, outward in ((bounds[0], bounds[1], -1), (bounds[1], bounds[0], 1)):
        step = step_at(bound, beyond) * outward
        yield bound - step, True
        yield bound + step, False


PARTS: Final = {"always": ON_THE_WAY, "rest": RESTING, "top": HELD, "change": TIME >= 4}
"""What a posture bounds, and the ticks at which the checks put a measure on the edge; the change is seen at the top."""


def posed(exercise: Exercise, part: str, key: str, value: float, rest: float) -> Rows:
    """A rep whose measure has a value in one part of it; `rest` is where it lies before a change."""
    rise = rise_of(exercise.name)
    if exercise.segment.stays:
        return rows_of(exercise, rise, {key: (value, slice(None))})
    if part == "rest" and key == exercise.segment.measure:  # the rest lies where the signal starts
        return rows_of(exercise, rise + value - usual(exercise.name)[key])
    if part == "change":
        rest += usual(exercise.name).get(key, 0.0)
        return rows_of(exercise, rise, {key: (rest + value * PARTS[part], slice(None))})
    return rows_of(exercise, rise, {key: (value, PARTS[part])})


def check_posture(exercise: Exercise) -> None:
    """A rep is one of the exercise while every measure is within its bounds: on the way, at rest, held, and in change.

    On the way that is for the watch to see, else for the rep; a change counts wherever the rest lies.
    """
    for part in PARTS:
        wanted = POSTURES[exercise.name].get(part, {})
        assert set(getattr(exercise.posture, part)) == set(wanted)
        cases = [(key, *probe) for key, bounds in wanted.items() for probe in probes(bounds)]
        for (key, value, inside), rest in product(cases, (0.0, 0.2) if part == "change" else (0.0,)):
            rows = posed(exercise, part, key, value, rest)
            if part != "always":
                assert (whole(exercise, rows) is not None) == inside, (part, key, value)
            if part == "always" or (part == "rest" and inside):
                assert len(reps(exercise, rows)) == inside, (part, key, value)


def check_prominence(exercise: Exercise) -> None:
    """A rep a little higher than the least is found, a little lower is not."""
    if exercise.segment.stays:
        return
    for share, count in ((1 + STEP, 1), (1 - STEP, 0)):
        assert len(reps(exercise, rows_of(exercise, rise_of(exercise.name, share)))) == count, share
        assert (whole(exercise, rows_of(exercise, rise_of(exercise.name, share))) is not None) == count, share


def check_sure(exercise: Exercise) -> None:
    """Beside reps ten times as high, a rep counts only from `sure` on."""
    prominence, sure, _, _ = SEGMENTS[exercise.name]
    if exercise.segment.stays:
        return

    def counted(height: float) -> int:
        heights = (height, 10 * sure, 10 * sure)
        signal = np.concatenate([RISE * h for h in heights])
        raws = [raw_rep(exercise, SIDE, part, window) for part, window in _parts(exercise, signal, len(RISE))]
        found = bout.bout([raw for raw in raws if raw], bout.Given(170.0), lambda _: ())
        assert found is not None
        return len(found.counted)

    assert sure >= prominence
    assert counted(sure * (1 + STEP)) == 3
    assert counted(sure * (1 - STEP)) == 2


def _parts(exercise: Exercise, signal: Array, size: int) -> Iterator[tuple[Rows, Window]]:
    """The rows of several reps after one another, each of `size` ticks, with their windows."""
    for first in range(0, len(signal), size):
        yield rows_of(exercise, signal[first : first + size]), Window(first, first + size - 1, False, False, first)


def check_min_seconds(exercise: Exercise) -> None:
    """A quick excursion is a rep only if it takes as long as the least; it begins and ends at a twentieth."""
    least = SEGMENTS[exercise.name][2]
    for share, inside in ((1 + 2 * STEP, True), (1 - 2 * STEP, False)):
        if exercise.segment.stays:
            held = rows_of(exercise, np.zeros(round(least * share * RATE)))
            stir = STILL.get(exercise.name, 0.4) * (2 - share)
            assert bool(reps(exercise, rows_of(exercise, rise_of(exercise.name)), stir)) == inside, stir
            assert (whole(exercise, held) is not None) == inside, share
            continue
        flank, seconds = 0.2, least * share
        hold = seconds - 2 * 0.95 * flank
        points = ((0, 0), (4, 0), (4 + flank, 1), (4 + flank + hold, 1), (4 + 2 * flank + hold, 0), (8, 0))
        rows = rows_of(exercise, shape(*points) * 3 * SEGMENTS[exercise.name][1])
        assert (whole(exercise, rows) is not None) == inside, share


def check_hold_level(exercise: Exercise) -> None:
    """A top from which the body sinks a little is held while it is above the level."""
    level = SEGMENTS[exercise.name][3]
    if exercise.segment.stays:
        return
    for kept in (level + STEP / 2, level - STEP / 2):
        left = 9 + (kept - level) / kept if kept > level else 5 + 0.1 * (1 - level) / (1 - kept)
        points = ((0, 0), (3, 0), (4, 1), (5, 1), (5.1, kept), (9, kept), (10, 0), (13, 0))
        raw = whole(exercise, rows_of(exercise, shape(*points) * 3 * SEGMENTS[exercise.name][1]))
        assert raw is not None
        assert raw.found.hold_to_s - raw.found.hold_from_s == pytest.approx(left - (3 + level), abs=0.05), kept


def check_advice(exercise: Exercise) -> None:
    """An advice is followed just inside of one of its bounds, not just outside of all of them."""
    wanted = ADVICE.get(exercise.name, {})
    found = {cue.id: [check.measure for check in cue.advice_unless] for cue in exercise.cues if cue.advice_unless}
    assert found == {key: [m for m, all_bounds in of.items() for _ in all_bounds] for key, of in wanted.items()}
    for key, of in wanted.items():
        for measure, all_bounds in of.items():
            edges = [(low, high, -1) for low, high in all_bounds] + [(high, low, 1) for low, high in all_bounds]
            for bound, beyond, outward in edges:
                if bound is None:
                    continue
                step = step_at(bound, beyond) * outward
                for value, inside in ((bound - step, True), (bound + step, False)):
                    raw = whole(exercise, rows_of(exercise, rise_of(exercise.name), {measure: (value, HELD)}))
                    assert raw is not None
                    assert raw.followed == ({(key, SIDE)} if inside else set()), (key, value)


def check_yaw(exercise: Exercise) -> None:
    """A rep is found from where the camera may stand, and from nowhere else."""
    high = YAWS.get(exercise.name, 90.0)
    rows = rows_of(exercise, rise_of(exercise.name))
    for yaw in np.arange(0.5, 90, 1):
        rows.values[:, rows.columns["yaw"]] = yaw
        assert (whole(exercise, rows) is not None) == (yaw < high), yaw


def check_front(exercise: Exercise) -> None:
    """Where an exercise is recognised in another way from the front, the same holds of that."""
    assert (exercise.front is not None) == (exercise.name + FRONT in POSTURES)
    if exercise.front is not None:
        way = from_the_front(exercise)
        for check in (check_posture, check_prominence, check_sure, check_min_seconds, check_hold_level, check_yaw):
            check(way)


CHECKS: Final[tuple[Callable[[Exercise], None], ...]] = (
    check_cues,
    check_posture,
    check_prominence,
    check_sure,
    check_min_seconds,
    check_hold_level,
    check_advice,
    check_yaw,
    check_front,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CUES)
def test_every_bound_is_where_it_is_documented(name: str, check: Callable[[Exercise], None]) -> None:
    check(exercise_of(name))


def test_no_exercise_is_left_out() -> None:
    names = {path.stem for path in FOLDER.glob("*.toml")}
    assert names == set(CUES) == {name for name in POSTURES if FRONT not in name}
    assert set(POSTURES) == set(SEGMENTS)


# What the user is told.


def numbers_in(sentence: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", sentence)]


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, cues in CUES.items() for key in cues])
def test_the_sentence_for_a_fault_carries_the_number(name: str, key: str) -> None:
    cue, check = all_checks(exercise_of(name))[key]
    low, high, unit, told = CUES[name][key]
    if told == "counts":
        assert all("{done}" in fault for fault in check.fault)
        return
    if not told:
        assert not any("{" in fault for fault in check.fault)
        return
    for bound, outward in ((low, 0.3), (high, 3.1)):
        if bound is None:
            continue
        factor = 3.1 if bound < 0 else outward
        found = judged(cue, check, bound * factor)
        assert found.verdict == "fault"
        per_trunk = 100 * verdict.TRUNK_SHARE * 1.7 if told == "cm" and unit.startswith("trunk") else 1.0
        said = numbers_in(found.message)
        assert any(abs(number - abs(bound * factor) * per_trunk) <= 0.5 for number in said), found.message


# A changed number is noticed.


def numbers_of(values: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], float]]:
    """Every number of a parsed file with its place, in the order of the file, but for what a coach says."""
    if isinstance(values, dict):
        for key, value in values.items():
            if (*path, key) != ("coach",):  # when something is said decides nothing
                yield from numbers_of(value, (*path, key))
    elif isinstance(values, list):
        for i, value in enumerate(values):
            yield from numbers_of(value, (*path, i))
    elif isinstance(values, int | float) and not isinstance(values, bool):
        yield path, float(values)


def written(text: str) -> list[re.Match[str]]:
    """Every number as it is written in a file, outside of texts and comments and of what a coach says."""
    text = re.sub(r"^\[coach\].*\n(?:.+\n)*", lambda found: re.sub(r"\d", "~", found[0]), text, flags=re.MULTILINE)
    masked = re.sub(r'"(?:[^"\\]|\\.)*"|#.*', lambda found: "~" * len(found[0]), text)
    return list(re.finditer(r"(?<![\w.-])-?\d+(?:\.\d+)?", masked))


def place(path: tuple[Any, ...], parsed: dict[str, Any]) -> str:
    """A number's place in words: a cue by its id."""
    if path[0] == "cue":
        return ".".join(str(part) for part in (parsed["cue"][path[1]]["id"], *path[2:]))
    return ".".join(map(str, path))


def changed_by(path: tuple[Any, ...], value: float, parsed: dict[str, Any]) -> float:
    """How far the mutation test moves a number: one where something is counted, else a tenth of it or of its range."""
    table: Any = parsed
    for part in path[:-1]:
        table = table[part]
    if isinstance(table, dict):
        return 1.0 if table.get("take") in ("count", "reversals") else step_at(value, None, MUTATION)
    return step_at(value, table[1 - path[-1]], MUTATION)


def mutants(name: str) -> Iterator[tuple[str, str]]:
    """A file with one number changed, and what was: every number of it, once larger and once smaller."""
    text, parsed = text_of(name), tomllib.loads(text_of(name))
    for (path, value), match in zip(numbers_of(parsed), written(text), strict=True):
        for sign in (1, -1):
            new = round(value + sign * changed_by(path, value, parsed), 6)
            yield f"{text[: match.start()]}{new}{text[match.end() :]}", f"{place(path, parsed)} {value:g} to {new:g}"


@pytest.mark.parametrize("name", CUES)
def test_the_mutants_are_of_every_number(name: str) -> None:
    text = text_of(name)
    assert [float(match[0]) for match in written(text)] == [value for _, value in numbers_of(tomllib.loads(text))]
    assert len(written(text)) > 12


@pytest.mark.parametrize("name", CUES)
def test_a_changed_number_makes_a_check_fail(name: str) -> None:
    """Lists the changes that no check noticed."""
    changed = [(parse(text, "mutant.toml"), what) for text, what in mutants(name)]
    assert [what for exercise, what in changed if not any(_fails(check, exercise) for check in CHECKS)] == []


def _fails(check: Callable[[Exercise], None], exercise: Exercise) -> bool:
    try:
        check(exercise)
    except AssertionError:
        return True
    return False
