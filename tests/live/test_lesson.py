"""The lesson: when a step begins, pauses, goes on and ends; what is said, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from known import Known

from benchmarks.stick import Act, Camera, Tempo, film, kneeling_lunge, leg_lift, then
from formcheck.core.watches import Stance
from formcheck.findings import Breaths, OneSide, Reason, Rep, VideoInfo
from formcheck.live import lesson as module
from formcheck.live.coach import Coach, Moment
from formcheck.live.lesson import Lesson
from formcheck.live.programme import Course, Programme, parse
from formcheck.live.speech import FASTEST, LETTERS_A_SECOND, SLOWEST, Speech
from formcheck.live.standing import Phase, Seen
from formcheck.media.video import Frame
from formcheck.recorded import Options
from formcheck.words import lesson as words

TWO = """
title = "Two"
summary = "Leg lifts, then bridges."

[[step]]
exercise = "leg_lift"
reps = 2
rest_s = 5

[[step]]
exercise = "glute_bridge"
reps = 4
"""
STEP_S = 0.1
NOBODY: Mapping[tuple[str, OneSide], Stance] = {}


def a_rep(side: str = "left", hold_s: float = 3.5, index: int = 1) -> Rep:
    whole = Rep(
        index=index, partial=False, side="left", start_s=0, peak_s=1, end_s=5, hold_from_s=1, hold_to_s=1 + hold_s,
        dips=(), score=None, assessed=0, cues=(),
    )  # fmt: skip
    return replace(whole, side=side)  # type: ignore[arg-type]


@dataclass
class Room:
    """A lesson, and the person in front of it: what they do is set, and time is let pass."""

    lesson: Lesson
    speech: Speech
    time: float = 0.0
    said: list[tuple[float, str]] = field(default_factory=list)
    stances: Mapping[tuple[str, OneSide], Stance] = field(default_factory=dict)
    somebody: bool = True
    moving: str | None = None
    held_s: float = 0.0

    def passes(self, seconds: float, *reps: tuple[str, Rep]) -> None:
        """Time passes; reps close at its beginning."""
        for _ in range(round(seconds / STEP_S)):
            self.time += STEP_S
            self.held_s += STEP_S * (self.held_s > 0)
            seen = Seen(self.somebody, True, self.stances, self.moving, self.held_s, reps)
            self.lesson.feed(self.time, seen)
            reps = ()
            if (text := self.speech.say(self.time)) is not None:
                self.said.append((self.time, text))

    def poised(self, exercise: str) -> None:
        """The person is in place and still."""
        self.stances = {(exercise, "left"): Stance(9, 9), (exercise, "right"): Stance(9, 9)}

    def until(self, phase: Phase, most_s: float = 60) -> None:
        while self.lesson.standing.phase is not phase:
            most_s -= STEP_S
            assert most_s > 0, (phase, self.lesson.standing)
            self.passes(STEP_S)

    def words(self, from_s: float = 0) -> list[str]:
        return [text for at, text in self.said if at >= from_s]

    @property
    def now(self) -> tuple[str | None, str | None, str]:
        standing = self.lesson.standing
        return standing.exercise, standing.side, standing.phase.value


def room(text: str = TWO, rate: float = 1.0) -> Room:
    programme, speech = parse(text, "two"), Speech(rate)
    exercises = {exercise.name: exercise for exercise in programme.exercises(0)}
    return Room(Lesson(Course(programme), exercises, speech), speech)


def at_work(exercise: str = "leg_lift") -> Room:
    """The first step, under way."""
    one = room()
    one.poised(exercise)
    one.until(Phase.WORK)
    return one


def test_a_step_begins_by_itself_once_all_is_said_and_the_person_is_still() -> None:
    one = room()
    one.passes(60)
    assert one.now == ("leg_lift", "left", "wait")
    one.poised("leg_lift")
    one.until(Phase.COUNT, 10)
    began = one.time
    one.until(Phase.WORK, 4)
    assert one.words()[0] == words.PLACE
    assert one.words(began) == list(words.COUNT_IN)
    assert [later - before for before, later in pairwise(at for at, _ in one.said[-4:])] == pytest.approx(
        [1, 1, 1], abs=0.15
    )


def test_nobody_is_counted_in_before_the_instructions_were_said() -> None:
    one = at_work()
    told = [text for text in one.words() if text.startswith("Lift your left leg")]
    assert told and one.words().index(told[0]) < one.words().index("Three.")


def test_who_moves_away_in_the_countdown_is_waited_for() -> None:
    one = room()
    one.poised("leg_lift")
    one.until(Phase.COUNT)
    one.passes(0.5)
    one.stances = NOBODY
    one.until(Phase.WAIT, 3)
    one.poised("leg_lift")
    one.until(Phase.WORK)
    assert one.words().count("Three.") == 2  # counted in anew
    assert one.words().count("Begin.") == 1


def test_who_has_begun_is_not_held_up() -> None:
    one = room()
    one.poised("leg_lift")
    one.passes(1)
    one.moving, one.held_s = "leg_lift", 0.1
    one.passes(STEP_S)
    assert one.now == ("leg_lift", "left", "work")


def test_getting_into_place_is_no_beginning() -> None:
    one = room()
    one.moving, one.held_s = "leg_lift", 0.1
    one.passes(module.BEGUN_S - 0.5)
    assert one.now == ("leg_lift", "left", "wait")


def test_both_legs_then_the_rest_then_the_next_exercise_then_the_end() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep()))
    one.passes(STEP_S, ("leg_lift", a_rep()))
    assert one.now == ("leg_lift", "right", "rest")
    one.until(Phase.WORK)
    assert words.OTHER_LEG in one.words()
    one.passes(1, ("leg_lift", a_rep("right")))
    one.passes(STEP_S, ("leg_lift", a_rep("right")))
    assert one.now == ("glute_bridge", None, "rest")
    one.poised("glute_bridge")
    one.until(Phase.WORK)
    assert "Rest for 5 seconds." in one.words()
    for _ in range(4):
        one.passes(2, ("glute_bridge", a_rep("both")))
    assert one.lesson.over
    one.passes(10)
    assert one.words()[-1] == words.OVER
    assert {text.split()[0] for text in one.words()} >= {"One.", "Two.", "Three."}
    record = one.lesson.record()
    assert record["complete"]
    assert [(step["side"], step["reps"], step["state"]) for step in record["steps"]] == [
        ("left", 2, "done"),
        ("right", 2, "done"),
        (None, 4, "done"),
    ]


def test_a_rep_held_far_too_short_is_kept_but_is_none_of_the_dose() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep(hold_s=1.0)))
    assert one.lesson.standing.done == 0
    assert one.lesson.record()["steps"][0]["held_s"] == [1.0]


def test_the_side_that_begins_is_first() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep("right")))
    assert one.now == ("leg_lift", "right", "work")
    assert one.lesson.standing.done == 1
    assert "All right, the right first." in " ".join(one.words())
    one.passes(STEP_S, ("leg_lift", a_rep("right")))
    assert one.now == ("leg_lift", "left", "rest")


def test_another_exercise_is_told_and_after_three_reps_it_is_first_and_counts() -> None:
    one = at_work()
    one.passes(4, ("glute_bridge", a_rep("both")))
    assert "That looks like a glute bridge; we are at the leg lift." in one.words()
    one.passes(4, ("glute_bridge", a_rep("both")))
    assert one.now == ("leg_lift", "left", "work")
    one.passes(4, ("glute_bridge", a_rep("both")))
    assert one.now == ("glute_bridge", None, "work")
    assert one.lesson.standing.done == 3
    one.passes(1, ("glute_bridge", a_rep("both")))
    assert one.now == ("leg_lift", "left", "wait")  # it comes after all


def test_another_exercise_is_no_reason_to_pause() -> None:
    one = at_work()
    one.poised("glute_bridge")
    one.passes(2 * module.AWAY_S)
    assert one.now[2] == "work"


def test_another_exercise_that_is_not_to_come_is_told_but_changes_nothing() -> None:
    one = at_work()
    for _ in range(6):
        one.passes(9, ("kneeling_lunge", a_rep()))
    assert one.now[:2] == ("leg_lift", "left")
    assert sum("kneeling lunge" in text for text in one.words()) == 6


def test_who_gets_up_pauses_and_who_lies_down_again_goes_on() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep()))
    one.stances = NOBODY
    one.passes(module.AWAY_S - 0.5)
    assert one.now[2] == "work"
    one.passes(1)
    assert one.now[2] == "paused"
    one.passes(30)
    assert [text for text in one.words() if "Paused" in text] == [words.PAUSED]
    one.poised("leg_lift")
    one.passes(2)
    assert one.now == ("leg_lift", "left", "work")
    assert one.lesson.standing.done == 1
    assert words.GOES_ON in one.words()


def test_who_leaves_the_picture_pauses() -> None:
    one = at_work()
    one.somebody, one.stances = False, NOBODY
    one.passes(module.AWAY_S + 0.5)
    assert one.now[2] == "paused"


def test_reps_in_a_pause_are_none_of_the_dose() -> None:
    one = at_work()
    one.lesson.pause()
    one.passes(1, ("leg_lift", a_rep()))
    assert one.lesson.standing.done == 0


def test_after_the_pause_key_only_the_key_goes_on() -> None:
    one = at_work()
    one.lesson.pause()
    one.passes(20)
    assert one.now[2] == "paused"
    one.lesson.pause()
    one.passes(STEP_S)
    assert one.now[2] == "work"


def test_a_rest_that_was_paused_goes_on_where_it_was() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep()))
    one.passes(2, ("leg_lift", a_rep()))
    left = one.lesson.standing.left_s
    assert 2 < left < 4
    one.lesson.pause()
    one.passes(30)
    one.lesson.pause()
    one.passes(STEP_S)
    assert one.lesson.standing.left_s == pytest.approx(left, abs=0.2)


def test_what_hurts_ends_the_step_and_waits_for_the_key() -> None:
    one = at_work()
    one.passes(2, ("leg_lift", a_rep()))
    one.lesson.hurts()
    one.passes(30)
    assert one.now == ("leg_lift", "right", "paused")
    assert words.HURTS in one.words()
    record = one.lesson.record()
    assert record["hurt"] == [{"t": pytest.approx(one.time - 30, abs=0.2), "step": 1}]
    assert record["steps"][0]["state"] == "hurt"
    one.lesson.pause()
    one.passes(STEP_S)
    assert one.now[2] == "rest"


def test_what_hurts_is_pressed_twice_but_ends_one_step() -> None:
    one = at_work()
    one.lesson.hurts()
    one.passes(2)
    one.lesson.hurts()
    one.passes(2)
    assert one.now == ("leg_lift", "right", "paused")
    assert [step["state"] for step in one.lesson.record()["steps"]] == ["hurt", "left_out", "left_out"]


def test_nobody_whom_it_hurts_is_told_well_done() -> None:
    one = at_work()
    one.lesson.skip()
    one.lesson.skip()
    one.lesson.hurts()
    one.passes(15)
    assert one.words()[-2:] == [words.HURTS, words.OVER_HURT]


def test_a_step_can_be_skipped() -> None:
    one = at_work()
    one.lesson.skip()
    one.passes(STEP_S)
    assert one.now == ("leg_lift", "right", "rest")
    assert one.lesson.record()["steps"][0]["state"] == "left_out"


def test_nobody_waits_for_ever() -> None:
    one = room()
    one.passes(module.LEFT_OUT_S + 40)
    assert one.now[:2] == ("leg_lift", "right")
    assert words.LEFT_OUT in one.words()
    before = one.words()[: one.words().index(words.LEFT_OUT)]
    assert sum(text.startswith("Lie on your back") for text in before) == 1 + module.REMINDERS


@pytest.mark.parametrize(
    ("breaths", "said"),
    [
        (Breaths(11.4, (10.9, 11.9), 9, 47.4, None, "You breathed about 11 times a minute."), True),
        (Breaths(None, None, None, None, Reason.BREATHS_NOT_SEEN, "Your breaths could not be seen from here."), False),
    ],
)
def test_of_a_rest_breaths_are_claimed_only_where_they_were_counted(breaths: Breaths, said: bool) -> None:
    one = room("""
title = "One"
summary = "A rest."

[[step]]
exercise = "rest_knees_together"
hold_s = 60
""")
    one.poised("rest_knees_together")
    one.until(Phase.WORK)
    began = one.time
    one.passes(20, ("rest_knees_together", replace(a_rep("both", 62.0), breaths=breaths)))
    claim = f"{breaths.message} " if said else ""
    assert f"Done, held 62 seconds. {claim}That looked good." in one.words(began)


def test_a_step_that_stands_still_is_told_how_far_it_is_and_ended() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep()))
    one.passes(module.IDLE_S + 2)
    assert "1 of 2. Go on when you are ready." in one.words()
    one.passes(module.LEFT_OUT_S)
    assert one.lesson.record()["steps"][0]["state"] == "part"


def test_a_session_without_a_person_ends_and_is_kept() -> None:
    one = at_work()
    one.passes(1, ("leg_lift", a_rep()))
    one.somebody, one.stances = False, NOBODY
    one.passes(module.GONE_S + 5)
    assert one.lesson.over
    assert one.words()[-1] == words.ENDED
    assert not one.lesson.record()["complete"]


TIMED = """
title = "Timed"
summary = "A timer."

[[step]]
timer = "Breathe"
seconds = 40
before = ["Lie down."]
during = [{ at_s = 0, say = "Breathe in." }, { at_s = 20, say = "Breathe out." }]
"""


def test_a_timer_says_its_lines_at_their_times_and_stands_still_in_a_pause() -> None:
    one = room(TIMED)
    one.until(Phase.WORK)
    began = one.time
    one.passes(10)
    one.lesson.pause()
    one.passes(30)
    one.lesson.pause()
    one.until(Phase.OVER, 60)
    assert one.time - began == pytest.approx(70, abs=0.5)
    at = {text: at - began for at, text in one.said}
    assert at["Breathe in."] == pytest.approx(0, abs=0.2)
    assert at["Breathe out."] == pytest.approx(50, abs=0.5)
    assert one.lesson.record()["steps"][0] == {
        "kind": "timer", "name": "Breathe", "title": "Breathe", "side": None, "goal": {"seconds": 40.0}, "reps": 0,
        "held_s": [], "seconds": pytest.approx(40, abs=0.5), "state": "done",
    }  # fmt: skip


# --- a whole one, through the coach -----------------------------------------------------------------------------------

HOLD = """
title = "A lunge and lifts"
summary = "A lunge on each side for 30 seconds, and two leg lifts with the left."

[[step]]
exercise = "kneeling_lunge"
reps = 1
hold_s = 30
rest_s = 5

[[step]]
exercise = "leg_lift"
sides = "left"
reps = 2
"""


def coached(programme: Programme, act: Act) -> tuple[Coach, list[Moment]]:
    poses = film(act, Camera(yaw=85), fps=10, noise=1, seed=1).poses
    coach = Coach(Options.of("auto"), Known(poses), course=Course(programme))
    rgb = np.full((poses.image_size[1], poses.image_size[0], 3), 120, np.uint8)
    return coach, [coach.feed(Frame(float(time), rgb)) for time in poses.time]


@pytest.fixture(scope="module")
def whole() -> tuple[Coach, list[Moment]]:
    lunges = (
        kneeling_lunge(Tempo(reps=1, hold=31, ramp=2, lead=lead, tail=1), side=side)
        for lead, side in ((36.0, "left"), (32.0, "right"))
    )
    lifts = leg_lift(Tempo(reps=2, hold=3.5, ramp=1, lead=36, tail=6))
    return coached(parse(HOLD, "hold"), then(then(*lunges, 3), lifts, 4))


def spoken(moments: list[Moment]) -> Iterator[tuple[float, str]]:
    return ((moment.time, moment.say) for moment in moments if moment.say)


def phases(moments: list[Moment]) -> list[tuple[int, str]]:
    found = [(m.lesson.number, m.lesson.phase.value) for m in moments if m.lesson]
    return [one for i, one in enumerate(found) if i == 0 or found[i - 1] != one]


def test_a_whole_session_runs_by_itself(whole: tuple[Coach, list[Moment]]) -> None:
    _, moments = whole
    assert phases(moments) == [
        (1, "wait"), (1, "count"), (1, "work"),
        (2, "rest"), (2, "wait"), (2, "count"), (2, "work"),
        (3, "rest"), (3, "wait"), (3, "count"), (3, "work"), (3, "over"),
    ]  # fmt: skip


def test_what_was_done_is_what_the_report_of_the_recording_says(whole: tuple[Coach, list[Moment]]) -> None:
    coach, moments = whole
    assert coach.lesson is not None
    record = coach.lesson.record()
    report = coach.finish(VideoInfo("", "", moments[-1].time, 10, 640, 480, frames=len(moments)))
    reps = [
        (bout.exercise, rep.side, round(rep.hold_s, 2)) for bout in report.bouts for rep in bout.reps if not rep.partial
    ]
    kept = [(step["name"], step["side"], held) for step in record["steps"] for held in step["held_s"]]
    assert [one[:2] for one in kept] == [one[:2] for one in reps]
    assert [one[2] for one in kept] == pytest.approx([one[2] for one in reps], abs=0.05)
    assert record["complete"]
    lunge = next(bout for bout in report.bouts if bout.exercise == "kneeling_lunge")
    assert {dose.unit: dose.at_least for dose in lunge.dose} == {"reps": 1, "s": 30}


def test_a_hold_of_thirty_seconds_has_no_silence_longer_than_ten(whole: tuple[Coach, list[Moment]]) -> None:
    _, moments = whole
    for number in (1, 2):
        during = [m.time for m in moments if m.lesson and m.lesson.number == number and m.lesson.held_s > 0]
        quiet_from, longest = during[0], 0.0
        for at, text in spoken(moments):
            if during[0] <= at <= during[-1]:
                longest = max(longest, at - quiet_from)
                quiet_from = at + len(text) / LETTERS_A_SECOND
        assert max(longest, during[-1] - quiet_from) <= 10


def test_the_seconds_of_a_hold_are_told_when_they_are_true(whole: tuple[Coach, list[Moment]]) -> None:
    _, moments = whole
    held = {text: m.held_s for m in moments if (text := m.say) and m.lesson and m.lesson.number == 1}
    asked = {words.HALF: 15, words.TEN: 20, words.FIVE: 25, words.COME_BACK: 30}
    assert {text: held[text] for text in asked} == pytest.approx(asked, abs=0.9)
    sounds = [(m.lesson.number, sound) for m in moments if m.lesson for sound in m.lesson.sounds]
    assert [number for number, sound in sounds if sound == "held"] == [1, 2, 3, 3]
    assert [number for number, sound in sounds if sound == "rep"] == [2, 3, 3, 3]  # the next step's


def test_the_lines_come_in_the_articles_order(whole: tuple[Coach, list[Moment]]) -> None:
    _, moments = whole
    said = [text for _, text in spoken(moments)]
    wanted = [
        "Kneel on your left knee",
        "Put the other foot",
        "Lunge forward",
        "Keep leaning",
        "Raise your arms",
        "Lean your",
    ]
    places = [next(i for i, text in enumerate(said) if text.startswith(begin)) for begin in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("rate", [SLOWEST, FASTEST])
def test_a_slower_voice_is_neither_interrupted_nor_left_behind(rate: float) -> None:
    one = room(HOLD, rate)
    one.poised("kneeling_lunge")
    one.until(Phase.WORK)
    began = one.time
    one.moving, one.held_s = "kneeling_lunge", STEP_S
    one.passes(31)
    step = next(iter(parse(HOLD, "hold").steps(0)))
    assert [line.say for line in step.during if line.say not in one.words(began)] == []
    at = {text: at - began for at, text in one.said}
    asked = {words.HALF: 15, words.TEN: 20, words.FIVE: 25, words.COME_BACK: 30}
    assert {text: at[text] for text in asked} == pytest.approx(asked, abs=0.9)
    for (before, text), (after, _) in pairwise(one.said):
        assert after - before >= len(text) / (LETTERS_A_SECOND * rate)


LONG = """
title = "A rest"
summary = "Five minutes."

[[step]]
exercise = "rest_knees_together"
hold_s = 300
"""


def test_nobody_who_rests_for_five_minutes_is_nagged() -> None:
    one = room(LONG)
    one.poised("rest_knees_together")
    one.until(Phase.WORK)
    began = one.time
    one.passes(20)
    one.moving, one.held_s = "rest_knees_together", 20.0
    one.passes(290)
    assert one.words(began + 1) == [
        "Breathe deeply, in and out.",
        "Keep your back flat on the floor.",
        words.HALF,
        "Breathe deeply, in and out.",
        words.TEN,
        words.FIVE,
        words.COME_BACK,
    ]
    assert one.lesson.standing.phase is Phase.WORK  # until the person leaves the position, and the stay is known
    one.moving, one.held_s = None, 0.0
    one.passes(1, ("rest_knees_together", a_rep("both", hold_s=308)))
    assert one.lesson.over
