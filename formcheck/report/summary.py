"""The form in a bout summed up: each cue once over all reps, and why some could not be judged. The dose is not form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from formcheck import words
from formcheck.findings import SLANTED, Bout, Reason, Rep, Verdict, VerdictName

ORDER: Final[tuple[VerdictName, ...]] = ("fault", "borderline", "met", "not_assessed")
"""What decides over several reps: one fault is worth mending whatever the others show."""


Quotes = Mapping[str, Mapping[str, str]]
"""Exercise name -> cue id -> the words of the source."""

NO_QUOTES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Hit:
    """A verdict and the rep it belongs to."""

    rep: Rep
    cue: Verdict

    @property
    def where(self) -> str:
        """The rep, in words."""
        return words.where(self.rep)


@dataclass(frozen=True, slots=True)
class Finding:
    """One cue over all the reps of a bout. `hits`: the verdicts that decided. `reps`: how many reps were looked at."""

    kind: VerdictName
    label: str
    hits: tuple[Hit, ...]
    reps: int
    unseen: int
    quote: str

    @property
    def message(self) -> str:
        """The sentence. One that is too close to call gets its subject here, because it names none itself."""
        said = words.sentence(self.hits[0].cue)
        return f"{self.label}. {said}" if self.kind == "borderline" else said

    @property
    def note(self) -> str:
        """The note under the sentence: the cue, unless the sentence begins with it, and the reps."""
        return words.capital(", ".join(filter(None, ("" if self.kind == "borderline" else self.label, self.among))))

    @property
    def among(self) -> str:
        """In how many reps it was found, and in how many others it could not be seen."""
        return words.among(len(self.hits), self.reps, self.unseen)


def hits(bout: Bout) -> Iterator[Hit]:
    """The verdicts on form that count, cue by cue. A rep that the clip cuts says nothing about form."""
    yield from (Hit(rep, cue) for rep in bout.counted for cue in rep.cues if not cue.dose)


def scored(bout: Bout) -> str:
    """The score of a bout and what it rests on, in words."""
    return words.scored(bout, [finding.kind for finding in findings(bout)])


def headed(bout: Bout) -> VerdictName:
    """The verdict on a bout as a whole: one fault is worth mending; without one, what went well is what counts."""
    kinds = {finding.kind for finding in findings(bout)} if bout.counted else set()
    return next((kind for kind in ("fault", "met", "borderline") if kind in kinds), "not_assessed")


def findings(bout: Bout, quotes: Mapping[str, str] = NO_QUOTES) -> list[Finding]:
    """Every cue of form once, the most frequent faults first. Ties keep the exercise's own order.

    quotes: cue id -> the words of the source.
    """
    by_cue: dict[str, list[Hit]] = {}
    for hit in hits(bout):
        by_cue.setdefault(hit.cue.id, []).append(hit)
    found = [_finding(hits, quotes.get(cue_id, "")) for cue_id, hits in by_cue.items()]
    return sorted(found, key=lambda f: (ORDER.index(f.kind), -len(f.hits)))


def _finding(hits: Sequence[Hit], quote: str) -> Finding:
    kind = min((hit.cue.verdict for hit in hits), key=ORDER.index)
    chosen = tuple(hit for hit in hits if hit.cue.verdict == kind)
    unseen = sum(hit.cue.verdict == "not_assessed" for hit in hits) if kind != "not_assessed" else 0
    return Finding(kind, words.label(hits[0].cue.id), chosen, len(hits), unseen, quote)


def slanted(bout: Bout) -> tuple[int, ...]:
    """Indices of the reps that were seen at a slant in a bout seen from the side."""
    if bout.view.name != "side":
        return ()
    return tuple(rep.index for rep in bout.counted if any(cue.reason_code in SLANTED for cue in rep.cues))


def unseen(bout: Bout) -> dict[str, list[str]]:
    """Reason (with the reps, unless it holds for all) -> the cues that could not be judged because of it."""
    where: dict[tuple[str, str, Reason | None], list[int]] = {}
    for hit in hits(bout):
        if hit.cue.verdict == "not_assessed":
            key = (hit.cue.id, words.sentence(hit.cue), hit.cue.reason_code)
            where.setdefault(key, []).append(hit.rep.index)
    reasons: dict[str, list[str]] = {}
    for (cue_id, reason, code), indices in where.items():
        slant = bout.view.name == "side" and code in SLANTED
        because = words.because(reason, indices, len(bout.counted), slanted=slant)
        reasons.setdefault(because, []).append(words.label(cue_id))
    return reasons
