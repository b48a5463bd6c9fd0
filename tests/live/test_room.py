"""What is told of the camera's place before a session begins."""

from collections.abc import Sequence

import numpy as np
import pytest
from known import Known

from benchmarks.stick import Body, Camera, Tempo, film, kneeling_lunge, stay
from benchmarks.stick.exercises import half_kneeling, lying
from benchmarks.stick.skeleton import TRUNK
from formcheck.body.poses import Poses
from formcheck.core.exercise import builtin
from formcheck.errors import ExerciseError
from formcheck.live.coach import Coach
from formcheck.live.programme import Course, programme
from formcheck.live.room import STEEP_DEG, WELL, Room, Told, place
from formcheck.media.video import Frame
from formcheck.recorded import Options
from formcheck.words import lesson as words

NAMES = ("kneeling_lunge", "leg_lift")
UPRIGHT = (720, 1280)


def still(who: Body, camera: Camera | None = None, seconds: float = 3) -> Poses:
    return film(stay(who, seconds), camera, fps=10).poses


def told(poses: Poses, names: Sequence[str] = NAMES, room: Room | None = None, in_place: bool = True) -> list[Told]:
    room = room or Room(builtin()[name] for name in names)
    found = [room.feed(poses[i : i + 1], in_place) for i in range(len(poses))]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("who", [half_kneeling(), lying()])
def test_the_trunk_tells_how_much_the_picture_holds_whether_one_kneels_or_lies(who: Body) -> None:
    seen = place(still(who, Camera(distance=4, focal=1)))
    assert seen.across == pytest.approx(4 / TRUNK, rel=0.02)
    assert seen.high == pytest.approx(4 / TRUNK * 720 / 1280, rel=0.04)


def test_seen_at_a_slant_a_picture_holds_more_of_a_lying_body() -> None:
    seen = place(still(lying(), Camera(yaw=60, distance=4, focal=1)))
    assert seen.across == pytest.approx(4 / TRUNK / np.sin(np.radians(60)), rel=0.1)


def test_nothing_is_told_where_there_is_room_for_all() -> None:
    assert told(still(half_kneeling(), Camera(distance=5))) == []


def test_who_kneels_well_is_told_that_lying_is_longer() -> None:
    [one] = told(still(half_kneeling(), Camera(size=UPRIGHT, distance=2.6, focal=1.6, height=0.6)))
    assert one.said == "There is room for the kneeling lunge. For the leg lift, move the camera back a little."
    assert one.shown == words.BACK_SHOWN


def test_who_lies_well_is_told_that_raised_arms_are_higher() -> None:
    [one] = told(still(lying(), Camera(distance=2.6, height=0.5)))
    assert one.said == "There is room for the leg lift. For the kneeling lunge, move the camera back a little."


def test_a_camera_that_shows_too_much_floor_is_tilted() -> None:
    [one] = told(still(lying(), Camera(size=(1280, 1100), distance=3, height=-0.3)))
    assert one == Told(
        "There is room for the leg lift. For the kneeling lunge, tilt the camera up a little.", words.TILT_SHOWN
    )


@pytest.mark.parametrize(("height", "steep"), [(0.2, False), (1.0, False), (3.0, True)])
def test_a_camera_that_looks_down_steeply_is_told_to_go_lower(height: float, steep: bool) -> None:
    poses = still(lying(), Camera(yaw=85, distance=4, height=height, focal=0.5))
    assert (place(poses).down_deg > STEEP_DEG) is steep
    assert [one.said for one in told(poses, ["leg_lift"])] == [words.STEEP] * steep


def test_of_who_kneels_it_is_not_told_how_steeply_the_camera_looks_down() -> None:
    assert np.isnan(place(still(half_kneeling(), Camera(height=3))).down_deg)


def test_it_is_told_once_and_once_that_it_is_well_now() -> None:
    room = Room(builtin()[name] for name in NAMES)
    near, far = (still(lying(), Camera(distance=distance, height=0.5)) for distance in (2.6, 6))
    assert len(told(near, room=room)) == 1
    assert told(near, room=room) == []
    assert told(far, room=room, in_place=False) == []
    assert told(far, room=room) == [WELL]
    assert told(near, room=room) == told(far, room=room) == []


def test_words_on_the_screen_are_few() -> None:
    for text in (words.BACK_SHOWN, words.TILT_SHOWN, words.LOWER_SHOWN, words.ROOM_NOW):
        assert len(text.split()) <= 8


def test_three_exercises_are_listed() -> None:
    assert words.room([], ["Leg lift", "Plank", "Kneeling lunge"], tilt=False) == (
        "For the leg lift, the plank and the kneeling lunge, move the camera back a little."
    )


@pytest.mark.parametrize("room", ["[3]", "[3, 0]", "'wide'"])
def test_a_room_has_two_numbers(room: str) -> None:
    from formcheck.core.exercise import parse

    text = "\n".join(["[coach]", f"room = {room}"])
    with pytest.raises(ExerciseError, match="room"):
        parse(text.join(_leg_lift()), "leg_lift")


def _leg_lift() -> tuple[str, str]:
    from importlib import resources

    text = resources.files("formcheck").joinpath("exercises", "leg_lift.toml").read_text("utf-8")
    before, _, after = text.partition("[coach]")
    return before, after[after.index("\nbefore") :]


def test_the_coach_tells_it_before_the_first_step_and_shows_it() -> None:
    act = kneeling_lunge(Tempo(reps=1, lead=40, hold=3, tail=2), side="left")
    poses = film(act, Camera(size=(480, 854), distance=2.6, focal=1.6, height=0.6), fps=10).poses
    coach = Coach(Options.of("auto"), Known(poses), course=Course(programme("psoas_daily")))
    rgb = np.full((854, 480, 3), 120, np.uint8)
    moments = [coach.feed(Frame(float(time), rgb)) for time in poses.time]
    said = [moment.say for moment in moments if moment.say]
    [room] = [text for text in said if text.startswith("There is room for the kneeling lunge")]
    assert said.index(room) < said.index("Three.")
    assert any(moment.message == words.BACK_SHOWN for moment in moments)


def test_of_who_has_not_lain_down_yet_nothing_is_told() -> None:
    assert told(still(lying(), Camera(distance=3.2)), in_place=False) == []
