"""One live set: pictures go to the coach one by one, each gives a message, and the end gives the report."""

import math
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from formcheck import words
from formcheck.body.poses import Poses
from formcheck.body.view import HIDDEN
from formcheck.errors import NobodyFoundError
from formcheck.findings import Bout, Notice, NoticeCode, OneSide, Rep, VideoInfo
from formcheck.live.coach import GAP_S, Coach, Moment
from formcheck.live.programme import Course
from formcheck.media.video import Frame
from formcheck.recorded import Options
from formcheck.report.player import played
from formcheck.web.history import History
from formcheck.web.pictures import decoded

_RATE_S: Final = 2.0  # ours: the rate shown is taken over so many seconds
MOST_SEEN: Final = 36_000
"""Pictures of a filmed set whose landmarks are kept for its report: twenty minutes, 50 MB (ours)."""

_LEAST_STEP_S: Final = 1e-3  # ours: times must increase, even if the clock has not moved

Message = dict[str, Any]

PRESSES: Final = ("pause", "skip", "hurts")
"""What a person may press in a session."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came: its number, its bytes, and its arrival by the server's clock."""

    seq: int
    data: bytes
    at: float


class LiveSet:
    """One set: its coach, and the coach's thread. Everything but `submit` belongs to that thread.

    filmed: the page keeps a film of it, so the report comes with what its player draws.
    """

    def __init__(
        self,
        options: Options,
        side: OneSide | None,
        clock: Callable[[], float],
        course: Course | None = None,
        profile: int | None = None,
        rate: float = 1.0,
        *,
        filmed: bool = False,
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.began = datetime.now().astimezone()
        self.count = 0
        self.dropped = 0
        self._options, self._side, self._clock = options, side, clock
        self._course, self._profile, self._rate = course, profile, rate
        self._seen: list[Poses] | None = [] if filmed else None
        self._coach: Coach | None = None
        self._thread = ThreadPoolExecutor(1, "set")
        self._first: float | None = None
        self._answered = math.inf
        self._end = 0.0
        self._frames = 0
        self._size = (0, 0)
        self._page: str | None = None
        self._lately: deque[float] = deque()

    def submit(self, act: Callable[..., Message | None], *arguments: Any) -> Future[Message | None]:
        """Have the set's thread call `act`, after what was submitted before."""
        return self._thread.submit(act, *arguments)

    def prepare(self) -> None:
        """Load the models. Raises `FormcheckError` where that cannot be."""
        how = {"side": self._side, "course": self._course, "rate": self._rate}
        self._coach = Coach(self._options, keep=self._keep, **how)  # type: ignore[arg-type]

    def _keep(self, poses: Poses) -> None:
        if self._seen is not None and len(self._seen) < MOST_SEEN:
            self._seen.append(poses)

    def look(self, picture: Picture) -> Message:
        """What the coach says of a picture. Raises `PictureError`."""
        assert self._coach is not None
        rgb = decoded(picture.data)
        now = self._now(picture.at)
        if picture.at - self._answered > GAP_S:  # measured from the answer, because the page waits for it
            self._coach.lost()
        moment = self._coach.feed(Frame(now, rgb))
        self._answered = self._clock()
        self._end, self._frames, self.count = now, self._frames + 1, moment.count
        self._size = (rgb.shape[1], rgb.shape[0]) if self._frames == 1 else self._size
        rest = {"seq": picture.seq, "fps": self._pictures_a_second(now), "dropped": self.dropped}
        return _message_of(moment) | rest | {"server_ms": round(1000 * (self._clock() - picture.at), 1)}

    def choose(self, x: float, y: float) -> None:
        """The person on the page pointed at somebody: shares of the picture's width and height."""
        if self._coach is not None:
            self._coach.choose(x, y)

    def press(self, what: str) -> None:
        """Something was pressed in a session: one of `PRESSES`."""
        if self._coach is not None and (lesson := self._coach.lesson) is not None:
            {"pause": lesson.pause, "skip": lesson.skip, "hurts": lesson.hurts}[what]()

    def lost(self) -> None:
        """The connection dropped."""
        if self._coach is not None:
            self._coach.lost()

    def finish(self, history: History) -> Message:
        """End the set, keep it, and end the thread. A set in which nothing was done is not kept."""
        try:
            return self._finished(history)
        finally:
            self._thread.shutdown(wait=False)

    def _finished(self, history: History) -> Message:
        if self._coach is None:
            return _reported(None, self._nothing)
        try:
            session, said = self._kept(self._coach, history)
        except NobodyFoundError as error:
            return _reported(None, f"{words.capital(str(error))}.")
        if (lesson := self._coach.lesson) is None:
            return _reported(session, said, page=self._page)
        record = lesson.record()
        if session is None and all(step["state"] == "left_out" for step in record["steps"]):
            return _reported(None, f"{lesson.summary()} {said}")
        kept = history.add_lesson(record, session, self._profile, self.began)
        text = f"{lesson.summary()} {said}" if session else lesson.summary()
        return _reported(session, text, kept, self._page)

    def _kept(self, coach: Coach, history: History) -> tuple[str | None, str]:
        """The id of the set in the history, None where no exercise was done; and what was done, in words.

        Raises `NobodyFoundError`: a set of nobody is not kept.
        """
        name = words.LIVE_SET.format(began=self.began)
        fps = (self._frames - 1) / self._end if self._end else 0.0
        info = VideoInfo(name, "", self._end, fps, *self._size, frames=self._frames)
        report = coach.finish(info, self._remarks())
        if not report.bouts:
            return None, self._nothing
        page = report.html(None, quotes=self._options.quotes, embedded=False)
        if self._seen:
            extras = played(self._seen, report).extras(report)
            self._page = report.html("", quotes=self._options.quotes, embedded=False, extras=extras)
            self._seen = None
        return history.add("live", name, report, page, self.began, self._profile), done(report.bouts)

    @property
    def _nothing(self) -> str:
        titles = [exercise.title for exercise in self._options.exercises]
        return words.NOTHING_DONE.format(none=words.none_of(titles))

    def _remarks(self) -> list[Notice]:
        seen = self._frames + self.dropped
        if self.dropped <= 0.05 * seen:  # ours: so few move no time by more than a frame
            return []
        return [Notice(NoticeCode.PICTURES_LEFT_OUT, {"dropped": self.dropped, "all": seen})]

    def _now(self, at: float) -> float:
        if self._first is None:
            self._first = at
            return 0.0
        return max(at - self._first, self._end + _LEAST_STEP_S)

    def _pictures_a_second(self, now: float) -> float:
        """Pictures per second over the last `_RATE_S`."""
        self._lately.append(now)
        while now - self._lately[0] > _RATE_S:
            self._lately.popleft()
        span = now - self._lately[0]
        return round((len(self._lately) - 1) / span, 1) if span else 0.0


def _points(moment: Moment) -> list[list[float]] | None:
    """The landmarks in pixels of the picture, with their visibility and whether they are hidden: 1, 0, or -1 where
    nothing tells; None where nobody is.
    """
    if not np.isfinite(moment.points).all():
        return None
    hidden = np.where(np.isnan(moment.hidden), -1, moment.hidden >= HIDDEN)
    rows = np.column_stack([moment.points.astype(float).round(1), moment.visibility.astype(float).round(2), hidden])
    points: list[list[float]] = rows.tolist()
    return points


def _message_of(moment: Moment) -> Message:
    same = (
        "stage",
        "exercise",
        "title",
        "doing",
        "count",
        "so_far",
        "side",
        "moving",
        "hold_goal_s",
        "message",
        "tone",
    )
    return {"type": "moment", "t": round(moment.time, 3), "image": moment.image_size, "points": _points(moment)} | {
        "placement": [{"id": advice, "text": words.ADVICE[advice]} for advice in moment.placement],
        "held_s": round(moment.held_s, 2),
        "say": moment.say,
        "reps": [_rep_fields(rep) for rep in moment.reps],
        "lesson": moment.lesson and asdict(moment.lesson),
        **{name: getattr(moment, name) for name in same},
    }


def _rep_fields(rep: Rep) -> Message:
    faults = [cue.message for cue in rep.cues if cue.verdict == "fault" and not cue.dose]
    return {"index": rep.index, "side": rep.side, "partial": rep.partial, "faults": faults} | {
        "hold_s": round(rep.hold_s, 2) if np.isfinite(rep.hold_s) else None
    }


def done(bouts: Iterable[Bout]) -> str:
    """What was done in a set, each exercise once."""
    reps: Counter[str] = Counter()
    for bout in bouts:
        reps[bout.title] += len(bout.counted)
    return words.set_done(reps)


def _reported(session: str | None, text: str, lesson: str | None = None, page: str | None = None) -> Message:
    url = session and f"/reports/{session}"
    return {"type": "report", "session": session, "url": url, "lesson": lesson, "text": text, "page": page}
