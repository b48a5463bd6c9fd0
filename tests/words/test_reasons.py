"""Why a cue was not judged and what to know of a recording: whole sentences, for somebody who is no engineer."""

import re
from typing import Any, Final

import pytest

from formcheck import words
from formcheck.findings import Notice, NoticeCode, Reason, Silence, Silent, Why
from formcheck.words.reasons import _NOTICES

VALUES: Final[dict[str, Any]] = {
    "exercises": ("Glute bridge", "Leg lift"),
    "title": "Glute bridge",
    "part": "left knee",
    "path": "Clip.mp4",
    "why": Silence(0, Silent.STOPPED),
} | dict.fromkeys(
    ("start_s", "hidden_s", "lost_s", "all_s", "found_s", "at_s", "promised_s", "end_s", "from_s", "to_s"), 3.0
)
VALUES.update(dict.fromkeys(("pieces", "frames", "dropped", "all", "reps"), 2))
VALUES.update({"times": 8.0, "quickest_s": 7.0, "speed": 0.125, "degrees": 90})


@pytest.mark.parametrize("code", NoticeCode)
def test_a_notice_is_whole_sentences(code: NoticeCode) -> None:
    values = {name: VALUES[name] for name in re.findall(r"{(\w+)", _NOTICES[code])}
    text = words.notice(Notice(code, values))
    assert re.fullmatch(r"[A-Z2][^{}]*\.", text)
    assert all(part[0].isupper() or part[0].isdigit() for part in re.split(r"(?<=\.) ", text))


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_part_of_a_sentence(reason: Reason) -> None:
    text = words.reason(Why(reason, "knee"))
    assert text[0].islower() and text[-1] not in ".!?" and len(text) <= 100


@pytest.mark.parametrize(("titles", "said"), [
    (("Leg lift",), "no leg lift"),
    (("Glute bridge", "Leg lift"), "none of these exercises: glute bridge, leg lift"),
])  # fmt: skip
def test_what_was_not_seen_is_named(titles: tuple[str, ...], said: str) -> None:
    assert words.none_of(titles) == said
    notice = words.notice(Notice(NoticeCode.NO_EXERCISE, {"exercises": titles}))
    assert notice.startswith(f"We saw someone, but {said}. Film from the side")
