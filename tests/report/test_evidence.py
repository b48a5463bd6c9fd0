"""What shows a cue's number: exact on a body whose joints are set, and there is some for every cue of form."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck import words
from formcheck.body.landmarks import INDEX
from formcheck.body.poses import BACK_SEEN, BACK_STATIONS, STATIONS, Poses
from formcheck.core.exercise import builtin
from formcheck.media.marks import Mark
from formcheck.report.evidence import EVIDENCE, TRAILS, Frame1, label, marks, trail

SIZE = (640, 360)
JOINTS = {"shoulder": (400, 200), "hip": (300, 190), "knee": (200, 200), "ankle": (200, 300), "heel": (205, 310),
          "foot_index": (170, 310), "elbow": (420, 230), "wrist": (400, 260)}  # fmt: skip


def body(time: float = 0.0, **moved: tuple[float, float]) -> Poses:
    """One frame from the side, lying, both sides alike; joints by name are elsewhere."""
    image = np.zeros((1, 33, 2))
    for part, place in (JOINTS | moved).items():
        for side in ("left", "right"):
            image[0, INDEX[f"{side}_{part}"]] = place
    image[0, [INDEX["nose"], INDEX["left_ear"], INDEX["right_ear"]]] = (440, 190)
    return replace(Poses.blank(np.array([time]), SIZE), image=image, turn=np.array([[1, 0, 5, 1, 0, 5]]))


def of(found: list[Mark], look: str, kind: str = "line") -> list[np.ndarray]:
    return [np.array(mark.points) for mark in found if (mark.look, mark.kind) == (look, kind)]


def frame(**moved: tuple[float, float]) -> Frame1:
    return Frame1(body(**moved), "left")


def test_every_cue_of_form_has_evidence() -> None:
    checks = [(e.name, c.id, k) for e in builtin().values() for c in e.cues if not c.is_dose for k in c.checks]
    missing = [where for *where, k in checks if k.measure not in (TRAILS if k.how.error == "time" else EVIDENCE)]
    assert [where for where in missing if where[1] != "lower_slowly"] == []


def test_everything_has_a_name() -> None:
    assert set(EVIDENCE) <= set(words.NAMES)


def test_the_hips_are_shown_against_the_line_from_shoulder_to_knee() -> None:
    [line] = of(marks("hip_depth", frame(), None), "then")
    assert line.tolist() == [[400, 200], [200, 200]]
    [gap] = of(marks("hip_depth", frame(), None), "gap")
    assert gap[0][1] == pytest.approx(200)  # on the line
    assert gap[0][0] == pytest.approx(gap[1][0])
    assert gap[1] == pytest.approx(frame().hip)


def test_a_drop_is_shown_from_where_the_hips_arrived() -> None:
    [gap] = of(marks("hip_depth", frame(hip=(300, 215)), frame()), "gap")
    assert gap[0] == pytest.approx([frame(hip=(300, 215)).hip[0], frame().hip[1]])
    assert gap[1][1] - gap[0][1] == pytest.approx(25, abs=1)


def test_the_heel_is_shown_over_the_floor_line_of_its_rest() -> None:
    found = marks("heel_over_toes", frame(heel=(205, 295)), frame())
    [gap], [floor] = of(found, "gap"), of(found, "then")
    assert gap.tolist() == [[205, 310], [205, 295]]
    assert floor[:, 1].tolist() == [310, 310]  # level with the toes
    assert floor[:, 0].min() < 170 and floor[:, 0].max() > 205
    [raised] = of(marks("heel_height", frame(heel=(205, 270), ankle=(200, 260)), frame()), "gap")
    assert raised.tolist() == [[205, 310], [205, 270]]


def test_a_bend_is_shown_from_the_straight_on() -> None:
    straight = marks("knee_flexion", frame(hip=(300, 200), ankle=(100, 200)), None)
    [arc] = of(marks("knee_flexion", frame(hip=(300, 200)), None), "gap", "arc")
    assert arc[0].tolist() == [200, 200]
    assert arc[1] == pytest.approx([100, 200], abs=8)  # the thigh gone on by the shin's length
    assert arc[2].tolist() == [200, 300]
    assert np.ptp(of(straight, "gap", "arc")[0][:, 1]) < 8


def test_two_contours_of_the_back_are_laid_on_one_line() -> None:
    """Upright, the trunk half as long then: the depths are in trunks."""

    def backed(depth: float, trunk: float, x: float) -> Frame1:
        axis = np.array([[x, 300, x, 300 - trunk, 1.0]])
        contours = {"back": np.full((1, BACK_STATIONS), depth), "belly": np.full((1, BACK_STATIONS), np.nan)}
        return Frame1(replace(body(), **contours, back_state=np.array([BACK_SEEN]), axis=axis), "left")

    found = marks("back_arch", backed(20.0, 100.0, 320), backed(20.0, 200.0, 100))
    [now], [then] = of(found, "gap"), of(found, "then")
    assert now[:, 0] == pytest.approx(np.full(BACK_STATIONS, 340)) or now[:, 0] == pytest.approx(
        np.full(BACK_STATIONS, 300)
    )
    assert abs(then[0][0] - 320) == pytest.approx(abs(now[0][0] - 320) / 2)
    assert then[:, 1] == pytest.approx(300 - 100 * STATIONS)


def test_unseen_joints_leave_nothing_half_drawn() -> None:
    assert marks("hip_depth", frame(knee=(np.nan, np.nan)), None) == []
    assert marks("ball_support", frame(), None) == []  # no ball


def test_what_is_timed_is_the_way_of_a_point() -> None:
    frames = [Frame1(body(hip=(300, 150 + 10 * i)), "left") for i in range(5)]
    found = trail("hip_rise", frames)
    [way] = of(found, "gap")
    assert way[:, 1].tolist() == [150, 160, 170, 180, 190]
    assert len(of(found, "then")) == 2
    assert trail("hip_rise", frames[:1]) == trail("knee_flexion", frames) == []


@pytest.mark.parametrize("measure", ["hip_depth", "heel_over_toes", "knee_flexion"])
def test_words_stay_in_the_picture_and_off_the_body(measure: str) -> None:
    now = frame()
    found = marks(measure, now, frame())
    text = "heel raised 12 cm"
    [said] = [mark for mark in label(text, found, now).on(found) if mark.kind == "words"]
    x, y = said.points[1]
    half = 0.0155 * len(text) * 360
    assert half < x < SIZE[0] - half and 0.04 * 360 < y < SIZE[1] - 0.04 * 360
    joints = np.array(list(JOINTS.values()))
    assert not ((abs(joints[:, 0] - x) < half) & (abs(joints[:, 1] - y) < 0.045 * 360)).any()


@pytest.mark.parametrize(("arguments", "said"), [
    (("hip_depth", "5 cm", True, False), "hips dropped 5 cm"),
    (("hip_depth", "5 cm", False, False), "hips under the line 5 cm"),
    (("hip_depth", "-2 cm", False, True), "hips over the line 2 cm"),
    (("knee_height", "-1 cm", False, True), "knee on the floor"),
    (("hip_rise", "1.4 s", True, False), "1.4 s"),
])  # fmt: skip
def test_words_beside_marks(arguments: tuple[str, str, bool, bool], said: str) -> None:
    measure, amount, since, below = arguments
    assert words.named(measure, amount, since=since, below=below) == said
