"""The pages of `docs/`: those that are generated are fresh, and links between the documents lead somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import findings_example
import pytest
from reportkeys import as_described, described, objects

from formcheck import words
from formcheck.core.exercise import builtin
from formcheck.findings import NoticeCode, Reason
from formcheck.report.table import COLUMNS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = load()


@pytest.mark.parametrize("name", BUILD.PAGES)
def test_a_generated_page_is_what_the_generator_writes(name: str) -> None:
    there = (DOCS / name).read_text("utf-8")
    assert there == BUILD.PAGES[name](), f"docs/{name} is out of date: run `python docs/build.py`"


def test_the_page_shows_the_caution_before_a_live_set() -> None:
    assert words.BEFORE in " ".join((ROOT / "formcheck/web/static/index.html").read_text("utf-8").split())


def test_every_cue_has_its_words_on_the_page() -> None:
    page = BUILD.cues()
    for exercise in builtin().values():
        section = page.split(f"\n## {exercise.title}\n")[1].split("\n## ")[0]
        for cue in exercise.cues:
            rows = [line for line in section.splitlines() if line.startswith(f"| `{cue.id}` |")]
            assert len(rows) == 2, cue.id
            judged, said = rows
            assert f"“{cue.quote}”" in judged
            assert cue.reading in judged
            for bound in (bound for check in cue.checks for bound in (check.at_least, check.at_most)):
                assert bound is None or re.search(rf"(?<![\d.]){abs(bound):g}(?![\d.])", judged), (cue.id, bound)
            assert re.sub(r"\{[^}]*\}", "*N*", cue.met) in said
            assert cue.advice is None or cue.advice in said
            for text in (text for check in cue.checks for text in (*check.fault, *check.say)):
                assert re.sub(r"\{[^}]*\}", "*N*", text) in said
            assert judged.count(" | ") == 5
            assert said.count(" | ") == 4


def test_every_key_of_a_report_is_described() -> None:
    """On a report with one of everything; tests/test_real_clips.py looks at those of the samples."""
    found = findings_example.report().to_dict()
    as_described(found)
    assert {path for path, _ in objects(found)} == set(described())


@pytest.mark.parametrize(("key", "codes"), [("reason_code", Reason), ("warning_codes", NoticeCode)])
def test_every_code_is_described(key: str, codes: type[Reason] | type[NoticeCode]) -> None:
    table = (DOCS / "formats.md").read_text("utf-8").split(f"\n| `{key}`: ")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| .+ \|$", table, flags=re.MULTILINE) == [code.value for code in codes]


def test_every_column_of_the_table_is_described() -> None:
    page = (DOCS / "formats.md").read_text("utf-8")
    assert "".join(f"| `{name}` | {kind} | {what} |\n" for name, (kind, what) in COLUMNS.items()) in page


def test_what_the_report_page_says_of_units() -> None:
    for path, keys in described().items():
        for name, key in keys.items():
            assert key.unit != "`unit`" or "unit" in keys, (path, name)
            assert not name.endswith("_s") or key.unit == "seconds", (path, name)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/cues.md"])
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if not link.startswith(("http", "#", "mailto:")):
            assert (page.parent / link.split("#")[0]).exists(), f"{name} links to {link}"


def test_the_cues_are_linked_from_where_one_looks_for_them() -> None:
    assert "](docs/cues.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "](cues.md)" in (DOCS / "architecture.md").read_text("utf-8")
