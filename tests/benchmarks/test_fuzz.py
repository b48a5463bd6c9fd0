"""A short slice of the fuzzing of every reader."""

from pathlib import Path

import pytest

from benchmarks import fuzz
from formcheck.errors import FormcheckError


@pytest.mark.parametrize("name", fuzz.READERS)
def test_damaged_files_get_a_sentence(name: str, tmp_path: Path) -> None:
    found = fuzz.tries(name, 25, seed=7, folder=tmp_path)
    assert found.faults == []
    assert found.refused > 0


def test_the_fuzzer_sees_what_is_no_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fuzz.READERS["coco"][0]
    for error in (KeyError("x"), FormcheckError(""), FormcheckError("x" * 2000)):
        calls = iter([None])

        def read(_: Path, error: Exception = error, calls: object = calls) -> None:
            if next(calls, error) is not None:  # type: ignore[call-overload]
                raise error

        monkeypatch.setitem(fuzz.READERS, "coco", (made, read))
        assert len(fuzz.tries("coco", 3, seed=1, folder=tmp_path).faults) == 3
