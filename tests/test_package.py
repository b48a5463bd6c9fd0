"""The package's face: what it exports, what its documents say, what its wheel would hold."""

import doctest
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import findings_example
import pytest
from door import SAMPLES
from typer.main import get_command

import formcheck
from formcheck import cli
from formcheck.cli import app
from formcheck.core.exercise import builtin, parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMANDS: dict[str, Any] = vars(get_command(app))["commands"]
OURS = ("formcheck", "tests", "docs", "models", "benchmarks", "sample_videos", ".ci")
"""Folders of the repository; the rest of a working folder (environments, results) is not looked at."""


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def texts() -> Iterator[Path]:
    """The text files of the repository."""
    files = [path for folder in OURS for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".yaml"} or path.name == "NOTICE"]
    not_text = {".mp4", ".onnx", ".task", ".png", ".webp", ".pyc", ".npz", ".nbc", ".nbi"}
    for path in files:
        if path.is_file() and path.suffix not in not_text:
            yield path


def command_rows() -> dict[str, str]:
    """The rows of the README's table of commands, by the command's name."""
    return {row[1]: row[0] for row in re.finditer(r"^\| `formcheck (\w+).*$", README, flags=re.MULTILINE)}


def test_version() -> None:
    assert formcheck.__version__ == PYPROJECT["project"]["version"] == version("formcheck")


def test_exported_names() -> None:
    names = ["Bout", "Coach", "Exercise", "ExerciseError", "FormcheckError", "Frame", "LandmarksError", "ModelError"]
    names += ["NobodyFoundError", "Options", "PoseEstimator", "Poses", "Rep", "Report", "Session", "UsageError"]
    names += ["Verdict", "VideoError", "VideoInfo", "__version__", "analyze", "choose", "estimator"]
    assert formcheck.__all__ == names
    assert all(getattr(formcheck, name).__doc__ for name in formcheck.__all__)


def test_every_error_of_analyze_is_exported() -> None:
    named = set(re.findall(r"`(\w+Error)`", formcheck.analyze.__doc__ or ""))
    assert named == {name for name in formcheck.__all__ if name.endswith("Error")} - {"FormcheckError"}


@pytest.mark.parametrize("documented", [formcheck.analyze, formcheck.Report.table], ids=lambda thing: thing.__name__)
def test_examples_in_docstrings_run(documented: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("needs the sample videos")
    monkeypatch.chdir(ROOT)
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(documented, globs={"report": findings_example.report()}):
        runner.run(example)
    assert runner.summarize(verbose=False).attempted > 0
    assert not runner.failures


def fresh(code: str, *arguments: str) -> str:
    """What a new Python prints on its error channel."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=True)
    return done.stderr


SLOW = {"cv2", "onnxruntime", "av", "scipy", "numpy", "jinja2", "mediapipe"}
"""What takes longer to load than the command line takes to print its help."""

LOADED = """
import sys
from formcheck import cli
try:
    cli.main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["analyze", "--help"]], ids=" ".join)
def test_help_loads_nothing_slow(arguments: list[str]) -> None:
    loaded = set(fresh(LOADED, *arguments).split())
    assert "typer" in loaded
    assert not loaded & SLOW


@pytest.mark.parametrize(("use", "loaded"), [("formcheck", set()), ("formcheck.Poses", {"numpy"})])
def test_the_package_loads_what_is_asked_of_it(use: str, loaded: set[str]) -> None:
    told = fresh(f"import sys, formcheck; {use}; print(*sys.modules, file=sys.stderr)")
    assert set(told.split()) & SLOW == loaded


def test_no_module_has_the_name_of_what_is_exported() -> None:
    """`import formcheck.x` gives a module, and `formcheck.x` is then that module."""
    modules = {path.stem for path in Path(formcheck.__file__).parent.iterdir()}
    assert not modules & set(formcheck.__all__)
    fresh("import formcheck.recorded, formcheck, types\nassert isinstance(formcheck.recorded, types.ModuleType)")


def test_python_m_formcheck_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "formcheck", "--version"], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == formcheck.__version__


def test_a_name_that_is_not_exported() -> None:
    with pytest.raises(AttributeError, match="'formcheck' has no attribute 'analyse'"):
        getattr(formcheck, "analyse")  # noqa: B009  as a user would misspell it
    assert set(formcheck.__all__) <= set(dir(formcheck))


def test_the_readme_has_the_two_commands() -> None:
    install, tests = blocks(README, "sh")
    assert "pip install -c constraints.txt . " in install
    assert "formcheck analyze sample_videos/" in install
    sample = re.search(r"sample_videos/\S+", install)
    assert sample is not None
    assert (ROOT / sample[0]).is_file()
    assert "pip install -c constraints.txt -e '.[test]'" in tests
    assert tests.rstrip().endswith("pytest")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    row = command_rows()[name]
    command = COMMANDS[name]
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    missing = [option for option in options if f"{option}`" not in row and f"{option} " not in row]
    assert not missing, f"the README's row of `formcheck {name}` lacks {missing}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    assert set(command_rows()) == set(COMMANDS)
    for name, row in command_rows().items():
        options = [option for p in COMMANDS[name].params for option in p.opts]
        assert set(re.findall(r"`(--[a-z-]+)", row)) <= set(options), name


def test_the_readme_says_how_often_an_interval_holds() -> None:
    row = re.search(r"intervals that hold the true value \| ([\d.]+) %", (ROOT / "docs/accuracy.md").read_text("utf-8"))
    assert row is not None
    share = f"{float(row[1]):.0f} %"
    assert f"it held in {share} of the cues" in README
    assert f"| intervals that hold the true value, meant to be 90 % | {share} (" in README


@pytest.mark.parametrize("code", [cli.FAILED_GATE, cli.UNANALYSED, cli.INTERRUPTED, cli.UNREAD])
def test_every_exit_code_is_in_the_readme(code: int) -> None:
    assert f"\n| {code} | " in README


def test_the_readme_names_every_exercise_and_what_is_judged_of_it() -> None:
    for name, exercise in builtin().items():
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
        _, _, judged, _ = row.split("|")
        if exercise.cues and not judged.strip().startswith("the same"):
            assert len(re.findall(",", judged)) + 1 == len(exercise.cues), (name, judged)


def test_the_example_exercise_is_one() -> None:
    (example,) = blocks(CONTRIBUTING, "toml")
    assert parse(example, "CONTRIBUTING.md").name == "straight_leg_raise"


def test_every_model_file_goes_into_the_wheel() -> None:
    taken = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    listed = [line.split()[1] for line in (ROOT / "models" / "SHA256SUMS").read_text("utf-8").splitlines()]
    wanted = {f"models/{name}" for name in [*listed, "SHA256SUMS", "LICENSE", "README.md"]}
    assert taken == {path: f"formcheck/{path}" for path in wanted}


def test_no_two_packages_write_one_folder() -> None:
    """Two OpenCV packages both write `cv2`: which of them is loaded then hangs on the order they came in."""
    writers: dict[str, set[str]] = {}
    for found in distributions():
        for file in found.files or ():
            if len(file.parts) > 1 and file.name == "__init__.py" and len(file.parts) == 2:
                writers.setdefault(file.parts[0], set()).add(found.name)
    assert {folder: sorted(names) for folder, names in writers.items() if len(names) > 1} == {}
    assert writers["cv2"] == {"opencv-contrib-python"}


def test_every_package_is_locked() -> None:
    """What the README's commands install is written in constraints.txt, so that it is what was tested."""
    wanted = [*PYPROJECT["project"]["dependencies"]]
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[\[<>=; ]", line)[0] for line in wanted} - {"formcheck"}
    locked = dict(
        line.split(" ;")[0].split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    )
    assert names <= locked.keys()


def test_links_between_documents_lead_somewhere() -> None:
    for document in (path for path in texts() if path.suffix == ".md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_module_is_in_the_architecture() -> None:
    words = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    modules = [path.name for path in (ROOT / "formcheck").rglob("*.py") if path.name != "__init__.py"]
    assert [name for name in modules if f"`{name}`" not in words] == []


HOME = re.compile("/(?:home|Users|root|work)/[a-z0-9_.-]+|[A-Z]:\\\\+Users", re.IGNORECASE)


def test_no_file_holds_a_path_of_a_developers_machine() -> None:
    assert HOME.search("/home/" + "anna/clip.mp4")
    found = [f"{path.name}: {match[0]}" for path in texts() if (match := HOME.search(path.read_text("utf-8")))]
    assert found == []
