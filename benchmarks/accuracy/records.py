"""What came out, beside what is true: one flat record for each count, rep, verdict, angle and false bout."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from benchmarks.accuracy.cases import Case
from benchmarks.accuracy.readings import NOTHING, Heard, judged, told
from benchmarks.accuracy.rivals import RIVALS, hip_angle
from formcheck.body.geometry import flexion, length
from formcheck.body.joints import Body
from formcheck.body.landmarks import INDEX, SIDES
from formcheck.body.measures import MEASURES
from formcheck.body.poses import Array, Poses
from formcheck.core.calibration import key
from formcheck.core.ticks import Ticks
from formcheck.core.verdict import TRUNK_SHARE
from formcheck.findings import Bout, NoticeCode, Rep, Verdict

Record = dict[str, Any]

OVERLAP: Final = 0.3
"""Share of the longer of two reps that a pair must have in common (ours)."""

ANGLES: Final = {
    "knee_flexion": ("hip", "knee", "ankle"),
    "trunk_thigh_angle": ("shoulder", "hip", "knee"),
    "shoulder_elevation": ("hip", "shoulder", "elbow"),
}
"""Joint angles whose truth is known, and the landmarks they are made of."""


WARNS: Final = {
    *(NoticeCode.HIDDEN, NoticeCode.ALL_FROM_FRONT, NoticeCode.BOUT_FROM_FRONT, NoticeCode.NOBODY_FOR_A_WHILE),
    *(NoticeCode.NO_EXERCISE, NoticeCode.NOT_THE_NAMED_EXERCISE),
}
"""Notices by which a user knows that reps may be missing."""


@dataclass(slots=True)
class Records:
    """Everything measured, by kind. Every record names its clip, body and view, and whether the clip is real footage;
    what depends on the landmarks names their `source`, `formcheck` or `solutions`.
    """

    counts: list[Record] = field(default_factory=list)
    reps: list[Record] = field(default_factory=list)
    verdicts: list[Record] = field(default_factory=list)
    angles: list[Record] = field(default_factory=list)
    landmarks: list[Record] = field(default_factory=list)
    false_bouts: list[Record] = field(default_factory=list)
    clips: list[Record] = field(default_factory=list)
    unmatched: list[Record] = field(default_factory=list)

    def join(self, other: "Records") -> None:
        for kind in fields(self):
            getattr(self, kind.name).extend(getattr(other, kind.name))

    def named(self, source: str) -> "Records":
        """The same records, each with the source of its landmarks."""
        kinds = {kind.name: getattr(self, kind.name) for kind in fields(self)}
        return Records(**{name: [{**r, "source": source} for r in group] for name, group in kinds.items()})

    def where(self, key: str, value: Any) -> "Records":
        """The records whose key has a value, and those without the key."""
        kinds = {kind.name: getattr(self, kind.name) for kind in fields(self)}
        return Records(**{name: [r for r in group if r.get(key, value) == value] for name, group in kinds.items()})


def recorded(case: Case, solutions: str | None = None) -> Records:
    """Run formcheck and its rivals on one clip; with another Python also on the landmarks of `solutions.pose`."""
    into = Records()
    landmarks_of = {"formcheck": case.poses()}
    ours = landmarks_of["formcheck"]
    if solutions is not None:
        landmarks_of["solutions"] = None if ours is None else case.solutions(solutions, ours.time)
    with judged() as heard:
        reports = {source: case.report(source) for source, poses in landmarks_of.items() if poses is not None}
    bouts = {source: reports[source].bouts if source in reports else () for source in landmarks_of}
    warned = "formcheck" not in reports or any(notice.code in WARNS for notice in reports["formcheck"].warnings)
    into.clips.append(_clip(case, ours, bouts["formcheck"]))
    into.counts += [count | {"warned": warned} for count in _counts(case, landmarks_of, bouts)]
    for source, poses in landmarks_of.items():
        found = _outcome(case, bouts[source], heard)
        if poses is not None and "joints_m" in case.truth:
            found.angles += angles(case, poses)
            found.landmarks.append(landmarks(case, poses))
        into.join(found.named(source))
    return into


def _clip(case: Case, poses: Poses | None, bouts: Sequence[Bout]) -> Record:
    return {
        **_about(case),
        **case.tags,
        "seconds": 0.0 if poses is None else float(poses.time[-1]),
        "frames": len(case.truth.get("time_s", ())) or (1 if poses is None else len(poses)),
        "frames_with_person": 0.0 if poses is None else float(poses.found.mean()),
        "true": sorted({bout["exercise"] for bout in case.truth["bouts"]}),
        "found": sorted({bout.exercise for bout in bouts}),
        "yaw": case.yaw,
        "yaw_found": bouts[0].view.yaw_deg if bouts else None,
    }


def _counts(
    case: Case, landmarks_of: Mapping[str, Poses | None], bouts: Mapping[str, Sequence[Bout]]
) -> Iterator[Record]:
    """What each counter says of each exercise of the clip."""
    for name in sorted({bout["exercise"] for bout in case.truth["bouts"]}):
        reps = [rep for bout in case.truth["bouts"] if bout["exercise"] == name for rep in bout["reps"]]
        count = _count(case, name, reps)
        for source, poses in landmarks_of.items():
            on = "" if source == "formcheck" else f" on {source}"
            count |= {f"formcheck{on}": _counted(bouts[source], name)} | _rivals(case, name, poses, on)
        yield count


def _outcome(case: Case, bouts: Sequence[Bout], heard: Heard) -> Records:
    """Reps, verdicts and false bouts of one source's bouts."""
    into = Records()
    true = case.truth["bouts"]
    names = {bout["exercise"] for bout in true}
    into.false_bouts += [_false(case, bout) for bout in bouts if bout.exercise not in names]
    for bout in true:
        _reps(case, bout, [found for found in bouts if found.exercise == bout["exercise"]], heard, into)
    return into


def _about(case: Case) -> Record:
    return {"clip": case.name, "body": case.body, "view": case.view, "real": case.real}


def _false(case: Case, bout: Bout) -> Record:
    return {
        **_about(case),
        "negative": not case.truth["bouts"],
        "exercise": bout.exercise,
        "reps": len(bout.counted),
        "start_s": bout.start_s,
    }


def _count(case: Case, name: str, reps: Sequence[Mapping[str, Any]]) -> Record:
    seen = [share for rep in reps if (share := case.visible(rep)) is not None]
    return {
        **_about(case),
        "exercise": name,
        "kind": case.tags.get("kind"),
        "visible": min(seen) if seen else None,
        "true": sum(not rep["partial"] for rep in reps),
    }


def _counted(bouts: Sequence[Bout], name: str) -> int:
    return sum(len(bout.counted) for bout in bouts if bout.exercise == name)


def _rivals(case: Case, name: str, poses: Poses | None, on: str) -> Record:
    """What the rivals count; they cannot tell exercises apart, so clips of several are left out."""
    if len(case.truth["bouts"]) != 1:
        return {}
    angle = None if poses is None else hip_angle(poses)
    return {f"{rival}{on}": 0 if angle is None else count(angle, name) for rival, count in RIVALS.items()}


def pairs(true: Sequence[Mapping[str, Any]], found: Sequence[Rep]) -> list[tuple[int, int]]:
    """Which true rep is which found one, by time in common; each at most once."""
    shares = [
        (_shared(t["start_s"], t["end_s"], f.start_s, f.end_s), i, j)
        for i, t in enumerate(true)
        for j, f in enumerate(found)
    ]
    made: list[tuple[int, int]] = []
    for share, i, j in sorted(shares, reverse=True):
        if share >= OVERLAP and all(i != a and j != b for a, b in made):
            made.append((i, j))
    return sorted(made)


def _shared(a: float, b: float, c: float, d: float) -> float:
    return max(0.0, min(b, d) - max(a, c)) / max(b - a, d - c, 1e-9)


def _reps(case: Case, true: Mapping[str, Any], bouts: Sequence[Bout], heard: Heard, into: Records) -> None:
    """Pair a true bout's reps, with the set's cues of the found bout that shares most reps with it."""
    found = [(bout, rep) for bout in bouts for rep in bout.reps]
    matched = pairs(true["reps"], [rep for _, rep in found])
    into.reps += [_rep(case, true["exercise"], true["reps"][i], found[j][1]) for i, j in matched]
    missed = [rep for i, rep in enumerate(true["reps"]) if all(i != a for a, _ in matched)]
    into.unmatched += [_unmatched(case, true["exercise"], "missed", r["start_s"], r["end_s"]) for r in missed]
    extra = [rep for j, (_, rep) in enumerate(found) if all(j != b for _, b in matched)]
    into.unmatched += [_unmatched(case, true["exercise"], "extra", r.start_s, r.end_s) for r in extra]
    for i, rep in enumerate(true["reps"]):
        at, other = {a: found[b] for a, b in matched}.get(i, (None, None))
        verdicts = {} if other is None else {cue.id: cue for cue in other.cues}
        for cue in rep["cues"]:
            record = _verdict(case, true["exercise"], i + 1, cue, verdicts.get(cue["id"]), case.visible(rep))
            into.verdicts.append(record | _reading(case, cue, at, other, heard))
    whole = [found[j][0] for _, j in matched]
    verdicts = {cue.id: cue for cue in max(whole, key=whole.count).cues} if whole else {}
    into.verdicts += [
        _verdict(case, true["exercise"], None, cue, verdicts.get(cue["id"]), None) | NOTHING for cue in true["cues"]
    ]


def _unmatched(case: Case, exercise: str, what: str, start_s: float, end_s: float) -> Record:
    return {**_about(case), "exercise": exercise, "what": what, "start_s": start_s, "end_s": end_s}


def _rep(case: Case, exercise: str, true: Mapping[str, Any], found: Rep) -> Record:
    hold = None if true["hold_s"] is None else found.hold_s - true["hold_s"]
    return {
        **_about(case),
        "exercise": exercise,
        "visible": case.visible(true),
        "at_s": found.start_s,
        "start_error_s": found.start_s - true["start_s"],
        "end_error_s": found.end_s - true["end_s"],
        "hold_error_s": hold,
        "side": true["side"],
        "side_found": found.side,
        "partial": true["partial"],
        "partial_found": found.partial,
    }


def _verdict(
    case: Case, exercise: str, rep: int | None, true: Mapping[str, Any], found: Verdict | None, visible: float | None
) -> Record:
    comparable = found is not None and found.unit == true["unit"] and None not in (found.value, true["value"])
    inside = None
    if comparable and found is not None and found.interval is not None:
        inside = found.interval[0] <= true["value"] <= found.interval[1]
    return {
        **_about(case),
        "exercise": exercise,
        "rep": rep,
        "cue": true["id"],
        "met": true["met"],
        "value": true["value"],
        "margin": true["margin"],
        "unit": true["unit"],
        "verdict": "missing" if found is None else found.verdict,
        "value_found": None if found is None else found.value,
        "unit_found": None if found is None else found.unit,
        "error": found.value - true["value"] if comparable and found is not None and found.value is not None else None,
        "inside": inside,
        "interval": None if found is None else found.interval,
        "visible": visible,
        "reason": None if found is None else found.reason,
        "at_s": None if found is None else found.at_s,
        "state": _turned(case, true["id"]),
    }


def _reading(case: Case, true: Mapping[str, Any], bout: Bout | None, rep: Rep | None, heard: Heard) -> Record:
    """What calibration needs of a verdict."""
    found = None if rep is None else next((cue for cue in rep.cues if cue.id == true["id"]), None)
    one = heard.of(found)
    if bout is None or rep is None or one is None:
        return NOTHING
    side = bout.view.near_side or "left" if rep.side == "both" else rep.side
    same = true["unit"] == one.check.unit and one.check.how.error != "exact"
    trunk_cm = None if case.height_cm is None else TRUNK_SHARE * case.height_cm
    name = key(bout.exercise, one.check, side, bout.view.near_side)
    return told(one, name, true["value"] if same else None, true["margin"], trunk_cm)


def _turned(case: Case, cue: str) -> str | None:
    """How the clip was meant to have the cue: `far` or `near` broken, nearly so (`met`); None for no matter how."""
    for tag in ("cue", "headline"):
        if case.tags.get(tag) == cue:
            return case.tags["state" if tag == "cue" else "headline_state"]
    return None


# --- landmarks --------------------------------------------------------------------------------------------------------

POINTS: Final = ("shoulder", "hip", "knee", "ankle")

SWAPPED: Final = 0.6
"""Legs are swapped where they lie nearer to each other's true place by this factor, and `FAR` trunks off (ours)."""
FAR: Final = 0.3


def landmarks(case: Case, poses: Poses) -> Record:
    """How far the landmarks lie from where BlazePose tends to put them, in trunks, and the share of frames in which the
    left and the right leg are swapped.
    """
    time = np.array(case.truth["time_s"])
    rows = np.abs(time[None, :] - poses.time[:, None]).argmin(axis=1)
    true = {name: np.array(place)[rows] for name, place in case.truth["surface_px"].items()}
    shoulder, hip = (true[f"left_{part}"] + true[f"right_{part}"] for part in ("shoulder", "hip"))
    trunk = float(np.median(length(shoulder - hip))) / 2

    def off(part: str, *, crossed: bool) -> Array:
        ways = (("left", "right"), ("right", "left")) if crossed else (("left", "left"), ("right", "right"))
        left, right = (length(poses.image[:, INDEX[f"{a}_{part}"]] - true[f"{b}_{part}"]) for a, b in ways)
        return (left + right) / trunk

    same, other = (off("knee", crossed=way) + off("ankle", crossed=way) for way in (False, True))
    swapped = (other < SWAPPED * same) & (same > FAR)
    errors = {part: float(np.nanmedian(off(part, crossed=False))) / 2 for part in POINTS}
    return {**_about(case), "kind": case.tags.get("kind"), "legs_swapped": float(swapped.mean()), **errors}


# --- angles -----------------------------------------------------------------------------------------------------------


REST_S: Final = 0.5
"""Seconds before a rep whose median is its rest, for the change of an angle (ours)."""


def angles(case: Case, poses: Poses) -> Iterator[Record]:
    """Errors of joint angles over the frames within reps, of the side nearer to the camera and of the other.

    Landmarks in the picture and formcheck's own measures are compared with the sagittal truth, world points with the
    truth in space. `measures, change` is what a measure moved since the rest before the rep.
    """
    core = ticks(poses)
    for bout in case.truth["bouts"]:
        for name, parts in ANGLES.items():
            for side in SIDES:
                about = {"exercise": bout["exercise"], "yaw": case.yaw, "angle": name, "near": side == near_side(case)}
                for points, places, ending in (("image", poses.image, "_sagittal"), ("world", poses.world, "")):
                    error = _angle(name, parts, places, side) - _true(case, f"{name}{ending}.{side}", poses.time)
                    yield from _error(case, about, points, error[_within(bout, poses.time)])
                of = MEASURES[name].of
                assert of is not None
                error = of(Body(core), side) - _true(case, f"{name}_sagittal.{side}", core.time)
                yield from _error(case, about, "measures", error[_within(bout, core.time)])
                yield from _error(case, about, "measures, change", _changed(bout, core.time, error))


def ticks(poses: Poses) -> Poses:
    """The poses as the core's measures get them: legs put right, on the clock's grid, smoothed."""
    settled = Ticks()
    return Poses.join([*settled.feed(poses), *settled.finish()])


def near_side(case: Case) -> str:
    """The side nearer to the camera."""
    return "left" if np.sin(np.radians(float(case.truth["camera"]["yaw_deg"]))) > 0 else "right"


def _true(case: Case, name: str, time: Array) -> Array:
    values: Array = np.interp(time, case.truth["time_s"], case.truth["frames"][name])
    return values


def _within(bout: Mapping[str, Any], time: Array) -> Array:
    within = np.zeros(len(time), bool)
    for rep in bout["reps"]:
        within |= (time >= rep["start_s"]) & (time <= rep["end_s"])
    return within


def _changed(bout: Mapping[str, Any], time: Array, error: Array) -> Array:
    """Within each rep that has a rest before it, the error less that of the rest."""
    parts = [error[:0]]
    for rep in bout["reps"]:
        rest = error[(time >= rep["start_s"] - REST_S) & (time < rep["start_s"])]
        rest = rest[np.isfinite(rest)]
        if len(rest):
            parts.append(error[(time >= rep["start_s"]) & (time <= rep["end_s"])] - np.median(rest))
    return np.concatenate(parts)


def _error(case: Case, about: Record, points: str, error: Array) -> Iterator[Record]:
    error = error[np.isfinite(error)]
    if len(error):
        sizes = {"bias": np.median(error), "spread": np.std(error), "mean_abs": np.abs(error).mean()}
        yield {**_about(case), **about, "points": points, **{name: float(size) for name, size in sizes.items()}}


def _angle(name: str, parts: tuple[str, str, str], points: Array, side: str) -> Array:
    at = [points[:, INDEX[f"{side}_{part}"]] for part in parts]
    angle = flexion(*at)
    return 180 - angle if name == "shoulder_elevation" else angle
