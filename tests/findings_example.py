"""A report built by hand, with one of everything: the subject of the report's and the page's tests."""

import math
from dataclasses import replace

from formcheck.findings import (
    Basis,
    Bound,
    Bout,
    Breaths,
    Dip,
    Dose,
    Notice,
    NoticeCode,
    Reason,
    Rep,
    Side,
    Trace,
    Verdict,
    VideoInfo,
    View,
)
from formcheck.report.report import Report

TURN = "turn side-on to the camera"
ARM = "your arm hides your back: place your hands above your head"
CODES = {TURN: Reason.TURN_SIDE_ON, ARM: Reason.ARM_ACROSS_BACK}

BREATHED = "You breathed about 11 times a minute."

QUOTES = {
    "leg_lift": {
        "other_leg_down": "Lift and hold your left leg",
        "low_back_pressed": "as long as your lower back is pushed into the ground",
    },
    "ball_bridge": {"hips_up": "engage your core, and don’t let your hips drop"},
}


def met(cue: str, value: float, unit: str, message: str, at_s: float | None = None) -> Verdict:
    return Verdict(cue, "met", value, unit, (value * 0.9, value * 1.1), at_s, None, None, message)


def fault(cue: str, value: float, unit: str, message: str, at_s: float | None, *, dose: bool = False) -> Verdict:
    bound: Bound = "high" if unit == "trunk" else "low"
    return Verdict(
        cue, "fault", value, unit, (value * 0.93, value * 1.06), at_s, None, None, message, None, bound, dose
    )


def borderline(cue: str, value: float, unit: str, message: str, at_s: float) -> Verdict:
    return Verdict(cue, "borderline", value, unit, (value * 0.8, value * 1.25), at_s, None, None, message)


def unseen(cue: str, unit: str, reason: str) -> Verdict:
    return Verdict(cue, "not_assessed", None, unit, None, None, reason, CODES.get(reason, Reason.NOT_FOLLOWED), "")


def rep(index: int, side: Side, times: tuple[float, float, float, float, float], cues: tuple[Verdict, ...]) -> Rep:
    start, hold_from, peak, hold_to, end = times
    weights = {"met": 1.0, "borderline": 0.5, "fault": 0.0}
    form = [c for c in cues if not c.dose]
    judged = [weights[c.verdict] for c in form if c.verdict in weights]
    score = 100 * sum(judged) / len(judged) if judged else None
    return Rep(index, False, side, start, peak, end, hold_from, hold_to, (), score, len(judged) / len(form), cues)


def bumps(label: str, unit: str, span: tuple[float, float], reps: tuple[Rep, ...], height: float) -> Trace:
    """A signal that rises and falls with the reps and wavers; for half a second near its end nobody is seen."""
    start, end = span
    times = tuple(round(start + i / 10, 1) for i in range(int((end - start) * 10) + 1))
    return Trace(label, unit, times, tuple(_height(t, reps, height, end) for t in times))


def _height(t: float, reps: tuple[Rep, ...], height: float, end: float) -> float | None:
    if end - 1.5 < t < end - 1.0:
        return None
    value = 0.012 * height * math.sin(5 * t)
    for r in reps:
        if r.start_s <= t < r.hold_from_s:
            value += height * math.sin(math.pi / 2 * (t - r.start_s) / (r.hold_from_s - r.start_s)) ** 2
        elif r.hold_from_s <= t <= r.hold_to_s:
            value += height * (1 - sum(d.depth * math.exp(-(((t - d.at_s) / 0.25) ** 2)) for d in r.dips))
        elif r.hold_to_s < t <= r.end_s:
            value += height * math.cos(math.pi / 2 * (t - r.hold_to_s) / (r.end_s - r.hold_to_s)) ** 2
    return value


def leg_lift_rep(index: int, at: float, held: float, straight: Verdict) -> Rep:
    times = (at, at + 1.2, at + 1.2 + held / 2, at + 1.2 + held, at + held + 2.5)
    short = f"Held for {held:.1f} s. Goal: 3 to 5 s, so a little longer."
    rose = f"Your other leg rose by {7 + index} cm: leave it on the ground."
    bent = fault("other_leg_down", (7 + index) / 48.96, "trunk", rose, times[3])
    bent = replace(bent, basis=Basis("heel_height", "left", at - 0.5))
    cues = (
        met("lying_on_back", 4.0, "deg", "You lie on your back with your legs out."),
        unseen("low_back_pressed", "deg", ARM),
        met("lift_several_inches", 20.8, "cm", "Your heel rose 8 inches: right.", times[2]),
        straight,
        bent,
        fault("hold_3_to_5_s", held, "s", short, times[3], dose=True),
    )
    return rep(index, "right", times, cues)


def leg_lift() -> Bout:
    bent = borderline("leg_straight", 19.4, "deg", "Your knee may be a little bent: stretch the leg.", 14.2)
    straight = met("leg_straight", 9.0, "deg", "The leg was straight.", 5.0)
    first, second = leg_lift_rep(1, 2.0, 2.1, straight), leg_lift_rep(2, 11.0, 1.8, bent)
    first = replace(first, breaths=Breaths(11.4, (10.9, 11.9), 8, 42.1, None, BREATHED))
    second = replace(second, dips=(Dip(13.1, 0.35, 0.147, "trunk", 7.2),))
    cut_cues = tuple(unseen(c.id, c.unit, "the clip ends before the rep does") for c in first.cues)
    cut = replace(rep(3, "right", (19.0, 20.2, 20.6, 21.0, 21.0), cut_cues), partial=True)
    few = "Right 2, left 0. Goal: 10 to 15 a leg."
    reps = (first, second, cut)
    cues = (fault("ten_to_fifteen_per_leg", 0, "reps", few, None, dose=True),)
    held = Dose("hold_3_to_5_s", "s", None, 1.95, 3, 5, False, "Held 1.8 to 2.1 s. Goal: 3 to 5 s.")
    dose = (Dose("ten_to_fifteen_per_leg", "reps", 0, 2, 10, 15, False, few), held)
    trace = bumps("Height of the right heel", "trunk", (0.0, 21.0), reps, 0.42)
    view = View("side", 78.4, "left")
    source = "The Psoas Muscle, Leg Lifts"
    return Bout("leg_lift", "Leg lift", source, 1.4, 21.0, view, reps, cues, 70.8, 5 / 6, dose, (trace,))


def bridge_rep(index: int, at: float, sag: Verdict) -> Rep:
    cues = (
        unseen("shoulders_on_ball", "", "the ball was not found in the picture"),
        unseen("feet_shoulder_width", "", "place the camera at your feet or in front of you"),
        unseen("toes_forward", "deg", "place the camera at your feet or in front of you"),
        sag,
        met("lower_slowly", 1.9, "s", "You came down slowly and steadily.", at + 4.6),
        met("hips_in_line", 0.03, "trunk", "Hips in line with shoulders and knees.", at + 2.0),
    )
    return rep(index, "both", (at, at + 1.3, at + 2.0, at + 4.1, at + 6.0), cues)


def ball_bridge() -> Bout:
    fine = "Hips stayed in line."
    drop = "Your hips dropped 6 cm: squeeze your glutes and lift them in line with your shoulders and knees."
    sags = (
        met("hips_up", 0.021, "trunk", fine, 31.0),
        fault("hips_up", 0.11, "trunk", drop, 39.8),
        fault("hips_up", 0.124, "trunk", drop, 48.1),
    )
    reps = tuple(bridge_rep(i, 28.5 + 8 * (i - 1), sag) for i, sag in enumerate(sags, 1))
    traces = (
        bumps("Height of the hips", "trunk", (27.0, 53.0), reps, 0.55),
        bumps("Trunk-thigh angle", "deg", (27.0, 53.0), reps, 48.0),
    )
    source = "The Psoas Muscle, Bridge with a Ball"
    view = View("oblique", 52.0, "right")
    return Bout(
        "ball_bridge",
        "Bridge with a ball",
        source,
        27.5,
        52.6,
        view,
        reps,
        (),
        77.8,
        0.5,
        (Dose(None, "reps", 3, 3, None, None, None, "3 reps."),),
        traces,
    )


def kneeling_lunge() -> Bout:
    """Seen from the front: nothing of it can be judged."""
    cues = (unseen("back_straight", "deg", TURN), unseen("arms_high", "deg", TURN))
    reps = (
        rep(1, "left", (60.0, 62.0, 70.0, 90.5, 92.0), cues),
        rep(2, "right", (100.0, 102.0, 110.0, 131.0, 132.5), cues),
    )
    sets = (Verdict("three_per_side", "not_assessed", None, "reps", None, None, TURN, CODES[TURN], "", dose=True),)
    dose = (Dose("three_per_side", "reps", 1, 1, 3, None, False, "Right 1, left 1. Goal: 3 a side."),)
    trace = bumps("Forward position of the hips", "trunk", (58.0, 134.0), reps, 0.3)
    source = "The Psoas Muscle, Kneeling Lunge"
    view = View("front", 4.0, None)
    return Bout("kneeling_lunge", "Kneeling lunge", source, 58.6, 133.0, view, reps, sets, None, 0.0, dose, (trace,))


def video() -> VideoInfo:
    return VideoInfo("clips/workout.mp4", "ab" * 32, 140.0, 29.97, 1280, 720, 4196)


def report() -> Report:
    """Three bouts: one with faults, one mixed, one that could not be judged."""
    warnings = (Notice(NoticeCode.ANOTHER_PERSON, {"at_s": 40.0}),)
    return Report(video(), (leg_lift(), ball_bridge(), kneeling_lunge()), warnings)
