"""`Lesson`: leads a person through a programme, hands free. Each step waits until they are in place, counts, and ends.

    REST --rested--> WAIT --poised--> COUNT --counted--> WORK --dose done, or given up--> REST --> ... --> OVER
                      |                 |                  ^
                      |                 '---moved away---> WAIT
                      '----------- begun already ----------'

    from every phase but OVER: --up, away, Space, hurt--> PAUSED --back, Space--> where it was

- REST: after a step; what comes next is told meanwhile. WAIT: until the person is in place and still. COUNT: three,
  two, one. WORK: the step itself. PAUSED: nothing counts.
- Whoever gets up or leaves the picture in mid-step pauses it, and resumes it by getting back into place. After the
  pause key, or after "it hurts", only the key resumes.
- A rep of another exercise is told. After a few of them the steps of that exercise come first, if they are to come.
- Nobody waits for ever: a step that is not begun is left out, one that stands still is ended as it is, and a session
  without a person ends.

It sees what a `Coach` sees, and speaks through its `Speech`; the reps are the session's own.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from formcheck.core.exercise import Exercise
from formcheck.core.watches import Stance
from formcheck.findings import ON_SIDE, Rep
from formcheck.live.counting import Counting, Sound
from formcheck.live.programme import Course, Step
from formcheck.live.speech import Announcer, Rank, Speech
from formcheck.live.standing import Phase, Seen, Standing
from formcheck.live.taken import Taken, kept
from formcheck.words import count, doing
from formcheck.words import lesson as words

POISED_S: Final = 1.2
"""How long somebody is in place and still before the countdown (ours)."""

AWAY_S: Final = 3.0
"""How long nobody is seen, or nobody in the posture, before a step pauses (ours)."""

BACK_S: Final = 1.2
"""How long somebody is back in the posture before it goes on (ours)."""

BEGUN_S: Final = 2.0
"""A hold of this length is the step's own, even if nobody was seen poised before it (ours): who gets into place moves
too, but does not stay."""

LOST_S: Final = 1.5
"""How long the posture may be lost in the countdown (ours)."""

REMIND_S: Final = 20.0
"""How often somebody who is not in place is told again what comes (ours)."""

REMINDERS: Final = 3
"""How often at most (ours): nobody is nagged."""

IDLE_S: Final = 40.0
"""How long a step without a rep goes on before the person is told how far it is (ours)."""

LEFT_OUT_S: Final = 120.0
"""After this long a step that is not begun is left out, and one that stands still is ended (ours)."""

GONE_S: Final = 300.0
"""After this long without a person the session ends (ours)."""

WRONG_S: Final = 8.0
"""How often it is said that another exercise was seen (ours)."""

WRONG_REPS: Final = 3
"""After so many reps of another exercise it comes first, if it is still to come (ours)."""


class Lesson:
    """A person led through the steps of a course; `exercises` are those looked for, by name.

    Feed it what each frame shows, and read `standing`; `record` is what is kept of it. `pause`, `hurts` and `skip` are
    what the person may press.
    """

    def __init__(self, course: Course, exercises: Mapping[str, Exercise], speech: Speech) -> None:
        self._course, self._exercises, self._speech = course, exercises, speech
        self._coming = list(course.programme.steps(course.level))
        self._steps = len(self._coming)
        self._taken: list[Taken] = []
        self._phase, self._since, self._time = Phase.WAIT, 0.0, 0.0
        self._resume = Phase.WAIT
        self._held_back = False  # paused by a key: only the key resumes
        self._lines = Announcer(speech)
        self._lines.then(words.PLACE)
        self._counting, self._poised = Counting(speech), False
        self._reminders = self._tick = 0
        self._out_s = self._gone_s = 0.0
        self._moved_at = self._told_at = 0.0
        self._wrong_at = -np.inf
        self._left_s = self._held_s = 0.0
        self._sounds: list[Sound] = []
        self._hurt: list[dict[str, Any]] = []
        self._take_next()

    @property
    def expected(self) -> str | None:
        """The exercise of the step, by its name."""
        return self._now.step.exercise

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._phase is Phase.OVER

    @property
    def ended(self) -> bool:
        """Whether it is over, and its last words were said."""
        return self.over and self._lines.done and self._speech.silent(self._time)

    @property
    def unbegun(self) -> bool:
        """Whether the first step has not begun yet: the camera can still be moved."""
        return self._phase is Phase.WAIT and len(self._taken) == 1

    def tell(self, sentence: str) -> None:
        """Say something of the camera's place, as soon as what is being said is over."""
        self._lines.next(sentence)

    @property
    def working(self) -> bool:
        """Whether faults of form are to be told: a step is under way."""
        return self._phase in (Phase.COUNT, Phase.WORK)

    @property
    def _now(self) -> Taken:
        return self._taken[-1]

    @property
    def standing(self) -> Standing:
        """Where it stands now."""
        step, phase = self._now.step, self._phase
        name = words.shown_step(step.title, step.side)
        return Standing(
            phase=phase,
            number=len(self._taken),
            steps=self._steps,
            title=step.title,
            exercise=step.exercise,
            side=step.side,
            done=self._now.counted(),
            reps=step.reps,
            held_s=self._held_s if phase is Phase.WORK else 0.0,
            hold_s=step.hold_s,
            left_s=self._left_s,
            line=words.SHOWN[phase].format(title=name),
            sounds=tuple(self._sounds),
            ended=self.ended,
        )

    def record(self) -> dict[str, Any]:
        """What is kept of it: the programme, the pain before it, and what was done of each step."""
        steps = [*self._taken, *(Taken(step) for step in self._coming)]
        return kept(self._course, steps, self._time, self._hurt)

    def summary(self) -> str:
        """What was done, in words."""
        return words.summary(sum(taken.state == "done" for taken in self._taken), self._steps, self._time / 60)

    def pause(self) -> None:
        """The pause key: pauses, or goes on."""
        if self._phase is Phase.PAUSED:
            self._go_on()
        elif self._phase is not Phase.OVER:
            self._stop(held_back=True)

    def hurts(self) -> None:
        """It hurts: the step ends, and nothing goes on before the key is pressed."""
        again = self._phase is Phase.PAUSED and self._taken[-2:-1] and self._taken[-2].state == "hurt"
        if self._phase is Phase.OVER or again:  # the step that comes has not been begun: it stays to be done
            return
        self._hurt.append({"t": round(self._time, 1), "step": len(self._taken)})
        self._offer(Rank.STOP, f"hurts {len(self._hurt)}", words.HURTS)
        self._end_step("hurt")
        if not self.over:
            self._stop(held_back=True, say=False)

    def skip(self) -> None:
        """The next step, please."""
        if self._phase is not Phase.OVER:
            self._end_step("part" if self._now.counted() else "left_out")

    def feed(self, time: float, seen: Seen) -> None:
        """Take what the next frame shows."""
        passed, self._time, self._sounds = time - self._time, time, []
        if self.over:
            self._lines.feed(time)
            return
        self._gone_s = 0.0 if seen.somebody else self._gone_s + passed
        if self._gone_s > GONE_S:
            self._offer(Rank.STOP, "ended", words.ENDED)
            self._enter(Phase.OVER)
            return
        if self._phase is Phase.WORK:
            self._now.seconds += passed
        if self._phase is not Phase.PAUSED:
            self._reps(seen)
        if self._phase is not Phase.PAUSED and self._away(seen, passed):
            self._stop()
        getattr(self, f"_{self._phase}")(seen)
        self._lines.feed(time)

    def _enter(self, phase: Phase) -> None:
        self._phase, self._since, self._out_s = phase, self._time, 0.0
        self._moved_at, self._told_at, self._tick, self._reminders = self._time, self._time, 0, 0

    @property
    def _in_s(self) -> float:
        """For how long it has been in this phase."""
        return self._time - self._since

    def _stance(self, seen: Seen) -> Stance:
        """How the person stands or lies for the step's exercise, on its side or the better one."""
        found = {side: stance for (name, side), stance in seen.stances.items() if name == self.expected}
        mine = found.get(self._now.step.side or "left", Stance(0.0, 0.0))
        return mine if mine.in_s > 0 else max(found.values(), default=mine)

    def _away(self, seen: Seen, passed: float) -> bool:
        """Whether the person has left the picture, or is in no posture of any exercise while a step is under way."""
        working = self._phase in (Phase.WORK, Phase.COUNT)
        down = any(stance.in_s > 0 for stance in seen.stances.values()) or seen.moving is not None
        here = seen.somebody and (down or self.expected is None)
        self._out_s = 0.0 if here else self._out_s + passed
        return working and self._out_s > AWAY_S

    def _stop(self, *, held_back: bool = False, say: bool = True) -> None:
        self._resume = Phase.WAIT if self._phase is Phase.COUNT else self._phase
        self._held_back = held_back
        self._enter(Phase.PAUSED)
        if say:
            self._offer(Rank.STOP, f"paused {self._time:.0f}", words.PAUSED)

    def _go_on(self) -> None:
        self._held_back = False
        left = self._left_s
        self._enter(self._resume)
        if self._resume is Phase.REST:
            self._since = self._time - (self._rest_s - left)
        elif self._resume is Phase.WORK and self.expected is None:
            self._since = self._time - (self._now.step.seconds - left)
        self._offer(Rank.GUIDE, f"on {self._time:.0f}", words.GOES_ON)

    def _paused(self, seen: Seen) -> None:
        back = seen.somebody and (self.expected is None or self._stance(seen).in_s >= BACK_S)
        if back and not self._held_back:
            self._go_on()

    def _take_next(self) -> None:
        """Take the next step, and what is to be said before it."""
        step = self._coming.pop(0)
        after = self._taken[-1].step if self._taken else None
        self._taken.append(Taken(step))
        name = doing(step.title, step.side, self._side_words(step))
        said = words.coming(name, words.dose(step.reps, step.hold_s, step.seconds))
        self._rest_s = after.rest_s if after is not None else 0.0
        if after is not None and after.exercise is not None and after.exercise == step.exercise:
            self._lines.then(words.OTHER_LEG, said, *step.before[:1])
        else:
            rest = [words.REST.format(s=self._rest_s)] if self._rest_s else []
            self._lines.then(*rest, said, *step.before)
        self._poised = False
        self._enter(Phase.REST if self._rest_s else Phase.WAIT)
        self._left_s = self._rest_s

    def _rest(self, seen: Seen) -> None:
        self._left_s = max(0.0, self._rest_s - self._in_s)
        if self._left_s == 0 or self._begun(seen):
            self._left_s = 0.0
            self._enter(Phase.WAIT)

    def _wait(self, seen: Seen) -> None:
        """Until the person is in place; who has begun already is not held up."""
        told = self._lines.done
        self._told_at = self._told_at if told else self._time
        if self._begun(seen):
            self._begin()
        elif told and self._speech.silent(self._time) and self._in_place(seen):
            self._enter(Phase.WORK if self.expected is None else Phase.COUNT)
            if self.expected is None:
                self._left_s = self._now.step.seconds
        elif self._in_s > LEFT_OUT_S and seen.somebody:
            self._offer(Rank.GUIDE, f"left out {len(self._taken)}", words.LEFT_OUT)
            self._end_step("left_out")
        elif self._reminders < REMINDERS and self._time - self._told_at > REMIND_S:
            self._reminders += 1
            self._lines.then(*self._now.step.before)

    def _begun(self, seen: Seen) -> bool:
        """Whether the step is under way already: from its rest, or held for a while."""
        if self.expected is None:
            return False
        self._poised = self._poised or self._stance(seen).poised_s > 0
        return seen.moving == self.expected and seen.held_s > (0.0 if self._poised else BEGUN_S)

    def _in_place(self, seen: Seen) -> bool:
        if self.expected is None:
            return seen.somebody
        return seen.placed and self._stance(seen).poised_s >= POISED_S and seen.moving != self.expected

    def _count(self, seen: Seen) -> None:
        """Three, two, one; whoever begins before has begun."""
        if self._begun(seen):
            self._begin()
        elif self._tick < len(words.COUNT_IN) and self._in_s >= self._tick:
            self._offer(Rank.TICK, f"in {len(self._taken)} {self._since:.0f} {self._tick}", words.COUNT_IN[self._tick])
            self._tick += 1
            if self._tick == len(words.COUNT_IN):
                self._begin()
                self._counting.begins(self._time, self._now.step)
        elif self._out_s > LOST_S:
            self._enter(Phase.WAIT)

    def _begin(self) -> None:
        self._lines.instead()
        self._enter(Phase.WORK)

    def _work(self, seen: Seen) -> None:
        """The step itself: the lines and ticks of a hold or a timer, until the dose is done."""
        step = self._now.step
        if step.exercise is None:
            self._left_s = max(0.0, step.seconds - self._in_s)
            self._counting.timer(self._time, self._in_s, step)
            if self._left_s == 0:
                self._end_step("done")
            return
        self._held_s = seen.held_s if seen.moving == self.expected else 0.0
        if sound := self._counting.hold(self._time, self._held_s, step):
            self._sounds.append(sound)
        if seen.moving is not None:
            self._moved_at = self._time
        still = self._time - self._moved_at
        if self._now.counted() >= step.reps:
            self._end_step("done")
        elif still > LEFT_OUT_S:
            self._end_step("part" if self._now.counted() else "left_out")
        elif still > IDLE_S * (self._reminders + 1) and self._reminders < REMINDERS - 1:
            self._reminders += 1
            self._offer(Rank.GUIDE, f"idle {self._time:.0f}", words.left_to_do(self._now.counted(), step.reps))

    def _end_step(self, state: str) -> None:
        """The step is over: say how it was, and take the next one."""
        self._now.state = state
        self._held_s = self._left_s = 0.0
        self._lines.instead()
        if state == "done":
            self._lines.then(*filter(None, [self._now.how_it_was()]))
        if self._coming:
            self._take_next()
        else:
            self._lines.then(words.OVER_HURT if state == "hurt" else words.OVER)
            self._enter(Phase.OVER)

    def _reps(self, seen: Seen) -> None:
        for exercise, rep in seen.reps:
            if exercise == self.expected:
                self._own(rep)
            elif self._phase in (Phase.WAIT, Phase.COUNT, Phase.WORK) and exercise in self._exercises:
                self._another(exercise, rep)

    def _own(self, rep: Rep) -> None:
        """A rep of the step's exercise; of a step whose other side comes next, the side that begins is first."""
        step = self._now.step
        if step.side not in (None, rep.side) and rep.side != "both":
            swap = next(
                (i for i, s in enumerate(self._coming) if (s.exercise, s.side) == (step.exercise, rep.side)), None
            )
            if swap is None or self._now.reps:
                return
            self._coming[swap], self._now.step = step, self._coming[swap]
            self._lines.instead(words.other_side_first(self._now.step.side or "left"))
        if self._phase in (Phase.WAIT, Phase.COUNT):
            self._begin()
        self._now.reps.append(rep)
        self._moved_at = self._time
        self._reminders = 0
        self._sounds.append("rep")
        done = self._now.counted()
        if self._now.step.reps > 1 and done:
            self._offer(Rank.COUNT, f"count {done} of {len(self._taken)}", count(done))

    def _another(self, exercise: str, rep: Rep) -> None:
        """A rep of another exercise: say so; after a few of them that exercise comes first, and they count."""
        title, wrong = self._exercises[exercise].title, self._now.wrong
        wrong.append((exercise, rep))
        self._moved_at = self._time
        reps = [of for name, of in wrong if name == exercise]
        later = [step for step in self._coming if step.exercise == exercise]
        if later and len(reps) >= WRONG_REPS and not self._now.reps:
            rest = [step for step in self._coming if step.exercise != exercise]
            self._coming = [*later, self._taken.pop().step, *rest]
            self._take_next()
            self._begin()
            self._offer(Rank.GUIDE, f"forward {exercise}", words.brought_forward(title))
            for one in reps:
                self._own(one)
        elif self._time - self._wrong_at >= WRONG_S:
            self._wrong_at = self._time
            self._offer(Rank.FAULT, f"wrong {self._time:.0f}", words.another(title, self._now.step.title))

    def _side_words(self, step: Step) -> str:
        return self._exercises[step.exercise].side if step.exercise is not None else ON_SIDE

    def _offer(self, rank: Rank, key: str, text: str) -> None:
        self._speech.offer(self._time, rank, key, text)
