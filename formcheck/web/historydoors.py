"""What the history's addresses answer: people, sets, lessons, progress, and all of it to take along."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from formcheck.errors import FormcheckError, UsageError
from formcheck.web.history import MOST_NUMBER, History

BODY_BYTES: Final = 4096
"""Of a request in JSON; the longest that a page sends has about 200 (ours)."""

BODY_S: Final = 10.0
"""Seconds within which the whole of it must be there (ours)."""


class BodyError(FormcheckError):
    """A request that is too long, or does not come."""


class HistoryDoors:
    """The addresses of the history. Each takes `?profile=` where one person is meant, the first if it is not given."""

    def __init__(self, history: History) -> None:
        self._history = history

    def routes(self) -> list[Route]:
        """All of them."""
        deleting: list[tuple[str, Callable[[Request], Response]]] = [
            ("/api/profiles/{number}", self.delete_profile),
            ("/api/sessions", self.clear),
            ("/api/sessions/{id}", self.delete_session),
            ("/api/lessons/{id}", self.delete_lesson),
        ]
        return [
            Route("/api/profiles", self.profiles),
            Route("/api/profiles", self.add_profile, methods=["POST"]),
            Route("/api/sessions", self.sessions),
            Route("/api/lessons", self.lessons),
            Route("/api/lessons/{id}/pain", self.set_pain, methods=["POST"]),
            Route("/api/progress", self.progress),
            Route("/api/plan", self.set_plan, methods=["POST"]),
            Route("/api/sessions.csv", self.table),
            Route("/api/history.json", self.export),
            *(Route(path, door, methods=["DELETE"]) for path, door in deleting),
        ]

    def profiles(self, _: Request) -> Response:
        """Who there is."""
        return JSONResponse(self._history.profiles())

    async def add_profile(self, request: Request) -> Response:
        """One more person, by `name`."""
        asked = await _object(request)
        return JSONResponse(await run_in_threadpool(self._history.add_profile, asked.get("name")), 201)

    def delete_profile(self, request: Request) -> Response:
        """A person goes with all that was kept."""
        self._history.delete_profile(_number(request.path_params["number"]))
        return Response(status_code=204)

    def sessions(self, request: Request) -> Response:
        """The sets, newest first."""
        return JSONResponse(self._history.sessions(profile_of(request)))

    def lessons(self, request: Request) -> Response:
        """The lessons, newest first."""
        return JSONResponse(self._history.lessons(profile_of(request)))

    async def set_pain(self, request: Request) -> Response:
        """The pain `after` a lesson."""
        after = (await _object(request)).get("after")
        if after is None:
            raise UsageError("Say how much it hurts, from 0 to 10.")
        return _gone(await run_in_threadpool(self._history.set_pain, request.path_params["id"], after))

    def progress(self, request: Request) -> Response:
        """The weeks, and how often beside the article's advice."""
        today = datetime.now().astimezone().date()
        return JSONResponse(self._history.progress(today, profile_of(request)))

    async def set_plan(self, request: Request) -> Response:
        """How often a person means to train."""
        asked, whose = await _object(request), profile_of(request)
        await run_in_threadpool(self._history.set_plan, asked.get("desk"), asked.get("days"), whose)
        return Response(status_code=204)

    def table(self, request: Request) -> Response:
        """The reps as CSV."""
        return Response(
            table(self._history.rows(profile_of(request))), headers=_file("formcheck.csv"), media_type="text/csv"
        )

    def export(self, request: Request) -> Response:
        """Everything of one person as JSON."""
        pieces = self._history.export(self._history.profile(profile_of(request)))
        return StreamingResponse(pieces, headers=_file("formcheck.json"), media_type="application/json")

    def delete_session(self, request: Request) -> Response:
        """One set goes."""
        return _gone(self._history.delete(request.path_params["id"]))

    def delete_lesson(self, request: Request) -> Response:
        """One lesson goes with its report."""
        return _gone(self._history.delete_lesson(request.path_params["id"]))

    def clear(self, request: Request) -> Response:
        """All sets and lessons of one person go."""
        self._history.clear(profile_of(request))
        return Response(status_code=204)


def profile_of(request: Request) -> int | None:
    """The profile that a request names, None where it names none. Raises `UsageError` for what is no number."""
    said = request.query_params.get("profile")
    return None if said is None else _number(said)


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(MOST_NUMBER)) and 0 < int(said) < MOST_NUMBER):
        raise UsageError("A person is named by a number.")
    return int(said)


def _gone(found: bool) -> Response:
    if not found:
        raise HTTPException(404)
    return Response(status_code=204)


def _file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def _object(request: Request) -> dict[str, Any]:
    """The JSON object that a request holds. Raises `UsageError`, and `BodyError` for one that is too long or late."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > BODY_BYTES:
                    raise BodyError("More was sent than is asked for.")
    except (TimeoutError, ClientDisconnect):
        raise BodyError("The page did not send all of what it began.") from None
    try:
        asked = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise UsageError("What was sent is no JSON.") from None
    if not isinstance(asked, dict):
        raise UsageError("What was sent is no JSON object.")
    return asked


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as CSV, their keys the first line. No cell begins like a spreadsheet's formula."""
    text = io.StringIO()
    names = ("id", "at", "kind", "name", "exercise", "number", "side", "partial")
    numbers = ("start_s", "peak_s", "end_s", "hold_s", "score")
    writer = csv.DictWriter(text, (*names, *numbers, "faults"))
    writer.writeheader()
    for row in rows:
        rounded = {name: None if row[name] is None else round(row[name], 3) for name in numbers}
        writer.writerow({key: _cell(value) for key, value in (row | rounded).items()})
    return text.getvalue()


_FORMULA: Final = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet may see a formula begin: at a cell's start, also after what parts cells elsewhere."""


def _cell(value: Any) -> Any:
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
