"""The gate for continuous integration: what a score lets through, and the JUnit file that says so."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from formcheck import store
from formcheck.analyze import prepare
from formcheck.batch.run import Result


def write_junit(path: Path, results: Sequence[Result], fail_under: float | None) -> None:
    """Write results as JUnit XML: one test case per recording. Raises `OutputError` where that cannot be."""
    suite = ElementTree.Element("testsuite", name="formcheck", tests=str(len(results)))
    for result in sorted(results, key=lambda r: str(r.job.source)):
        case = ElementTree.SubElement(suite, "testcase", classname="formcheck", name=str(result.job.source))
        if result.error is not None:
            ElementTree.SubElement(case, "error", message=_xml(result.error))
        elif not result.passes(fail_under):
            ElementTree.SubElement(case, "failure", message=verdict(result, fail_under)).text = _xml(
                "\n".join(result.faults)
            )
    suite.set("errors", str(sum(r.error is not None for r in results)))
    suite.set("failures", str(sum(r.error is None and not r.passes(fail_under) for r in results)))
    prepare(path.parent)
    with store.whole(path) as temporary:
        ElementTree.ElementTree(suite).write(temporary, encoding="utf-8", xml_declaration=True)


def verdict(result: Result, fail_under: float | None) -> str:
    """What the gate says of a result."""
    if result.score is None:
        return "no score: no known exercise was recognised, or nothing could be judged"
    if fail_under is None:
        return f"score {result.score:.0f}"
    return f"score {result.score:.0f}, at least {fail_under:g} asked for"


def _xml(text: str) -> str:
    """Text without the control characters that XML forbids."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
