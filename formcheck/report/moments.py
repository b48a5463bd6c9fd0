"""The moments that a report shows: how each is known in the page, and which reps are set side by side."""

from formcheck.findings import Bout, Rep, Verdict


def key(bout: int, rep: Rep, cue: Verdict) -> str:
    """By what a moment is known in the page; `bout` counts from 1."""
    return f"b{bout}r{rep.index}-{cue.id}"


def top_key(bout: int, rep: Rep) -> str:
    """By what the still of a rep at its top is known."""
    return f"b{bout}r{rep.index}-top"


def compared(bout: Bout) -> list[Rep]:
    """The best rep of a bout and the worst one, by their score; one where they are the same, or none has a score."""
    scored = [rep for rep in bout.counted if rep.score is not None]
    if not scored:
        return list(bout.counted[:1])
    best = max(scored, key=lambda rep: (rep.score or 0.0, -rep.index))
    worst = min(scored, key=lambda rep: (rep.score or 0.0, rep.index))
    return [best, worst] if (best.score or 0.0) > (worst.score or 0.0) else [best]


def top(rep: Rep) -> float:
    """The moment that shows a rep: the middle of its hold."""
    return (rep.hold_from_s + rep.hold_to_s) / 2
