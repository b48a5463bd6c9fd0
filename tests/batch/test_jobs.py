"""What inputs name which clips, under which names, and which mistakes are told before the work."""

import json
import sys
from pathlib import Path

import pytest

from formcheck import words
from formcheck.batch.inputs import find
from formcheck.batch.jobs import Job, Settings, program
from formcheck.batch.names import text_of
from formcheck.batch.spool import Spool
from formcheck.errors import ExerciseError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two days of clips, a picture of the room, and a folder that is called like a clip."""
    folder = tmp_path / "in"
    (folder / "monday" / "x.mp4").mkdir(parents=True)
    for name in ("a.MP4", "monday/b.npz", "monday/x.mp4/c.mov", "room.jpg"):
        (folder / name).touch()
    return folder


def names(inputs: list[Path], out: Path = Path("out")) -> list[str]:
    return sorted(job.name for job in find(inputs, out))


def test_a_folder_gives_its_recordings_and_each_its_place(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Spool([folder], out) as spool:
        assert [(job.name, job.source, job.folder) for job in spool] == [
            (name, folder / name, out / name) for name in ("a.MP4", "monday/b.npz", "monday/x.mp4/c.mov")
        ]
        assert len(spool) == 3
    assert list(out.iterdir()) == []


def test_the_results_of_earlier_runs_are_no_recordings(folder: Path) -> None:
    for result in (folder / "monday" / "b.formcheck", folder / "out" / "a.MP4"):
        result.mkdir(parents=True)
        for name in ("annotated.mp4", "landmarks.npz", "report.json"):
            (result / name).touch()
    (folder / "out" / "more.mp4").touch()
    assert names([folder], folder / "out") == ["a.MP4", "monday/b.npz", "monday/x.mp4/c.mov"]
    assert names([folder / "monday" / "*" / "*.npz"]) == ["b.formcheck/landmarks.npz"]


def test_a_pattern_names_from_its_first_open_part(folder: Path) -> None:
    assert names([folder / "*"]) == ["a.MP4"]
    assert names([folder / "**" / "*.[nm][po][zv]"]) == ["monday/b.npz", "monday/x.mp4/c.mov"]


def test_files_are_taken_as_they_are_named(folder: Path) -> None:
    [job] = find([folder / "room.jpg"], Path("out"))
    assert job.name == "room.jpg"
    assert job.source.is_absolute()


@pytest.mark.parametrize("given", ["clpis", "gone.mp4", "link.mp4"])
def test_an_input_that_is_not_there_is_told_before_the_results_are_touched(given: str, folder: Path) -> None:
    (folder / "link.mp4").symlink_to("nowhere")
    with pytest.raises(UsageError, match=f"there is no file or folder .*{given}"):
        Spool([folder / "a.MP4", folder / given], folder / "out")
    assert not (folder / "out").exists()


def test_a_clip_of_a_manifest_need_not_be_there(folder: Path) -> None:
    (folder / "m.csv").write_text("path\ngone.mp4\n", "utf-8")
    assert names([folder / "m.csv"]) == ["gone.mp4"]


def test_a_folder_behind_a_link_is_taken_once(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "far.npz").touch()
    for link, target in (
        ("disk", elsewhere),
        ("same", elsewhere),
        ("monday/up", folder),
        ("latest", folder / "monday"),
    ):
        (folder / link).symlink_to(target)
    (elsewhere / "back").symlink_to(folder)
    every = ["a.MP4", "disk/deep/far.npz", "monday/b.npz", "monday/x.mp4/c.mov"]
    assert names([folder]) == every
    assert names([folder / "**" / "*"]) == names([folder / "**"]) == every
    assert names([folder / "**" / "deep" / "**" / "*.npz"]) == ["disk/deep/far.npz"]
    assert names([folder / "lat*" / "*.npz"]) == ["latest/b.npz"]
    assert names([folder], elsewhere) == [name for name in every if "far" not in name]


def test_what_another_run_left_half_done_is_no_recording(folder: Path) -> None:
    (folder / "monday" / ".formcheck" / "run").mkdir(parents=True)
    (folder / "monday" / ".formcheck" / "run" / "landmarks.npz").touch()
    assert "monday/.formcheck" not in " ".join(
        names([folder]) + names([folder / "**" / "*"]) + names([folder / "*/*/*/*"])
    )


@pytest.mark.parametrize("given", ["results.parquet", "summary.json", ".formcheck/a.npz"])
def test_no_clip_takes_a_place_that_the_run_needs(given: str, folder: Path) -> None:
    (folder / "m.csv").write_text(f"path\n{given}\n", "utf-8")
    with pytest.raises(UsageError, match=r"m\.csv, line 2: .* which the run itself needs"):
        names([folder / "m.csv"])


def test_names_of_a_pattern_stay_within_the_results(folder: Path) -> None:
    assert names([folder / "mon*" / ".." / "*.MP4"]) == ["monday/a.MP4"]


def test_a_link_that_leads_nowhere_is_a_clip_that_fails(folder: Path) -> None:
    (folder / "gone.mp4").symlink_to("nowhere")
    assert "gone.mp4" in names([folder])


def test_names_that_are_no_utf8_and_other_oddities_come_back_whole(tmp_path: Path) -> None:
    odd = ["\udcff.mp4", "a\nb.mp4", "é ' \".mp4"]
    for name in odd:
        (tmp_path / name).touch()
    with Spool([tmp_path], tmp_path / "out") as spool:
        assert [job.name for job in spool] == sorted(odd, key=text_of)


def test_two_recordings_of_one_name_are_refused(tmp_path: Path) -> None:
    clips = [tmp_path / "a" / "clip.mp4", tmp_path / "b" / "clip.mp4"]
    for clip in clips:
        clip.parent.mkdir()
        clip.touch()
    with pytest.raises(UsageError, match=r"two recordings would be written to .*clip\.mp4"):
        Spool(clips, tmp_path / "out")
    with Spool(clips[:1], tmp_path / "out") as spool:
        assert len(spool) == 1


CSV = "path,exercise,height,expected\nmonday/b.npz,ball_bridge,171.5,2\n../a.mp4,,,\n"
JSONL = (
    '{"path": "monday/b.npz", "exercise": "ball_bridge", "height": 171.5, "expected": {"reps": 2}}\n\n{"path": "/a"}\n'
)


def test_a_csv_manifest(folder: Path) -> None:
    manifest = folder / "m.csv"
    manifest.write_text(CSV, "utf-8-sig")
    first, second = find([manifest], Path("out"))
    source = folder / "monday" / "b.npz"
    assert first == Job("monday/b.npz", source, Path("out/monday/b.npz"), "ball_bridge", 171.5, {"reps": 2})
    assert second == Job("a.mp4", folder / ".." / "a.mp4", Path("out/a.mp4"))


def test_a_jsonl_manifest(folder: Path, tmp_path: Path) -> None:
    manifest = folder / "m.jsonl"
    manifest.write_text(JSONL, "utf-8")
    with Spool([manifest], tmp_path / "out") as spool:
        first, second = spool
    assert (second.exercise, second.height_cm, second.expected) == ("ball_bridge", 171.5, {"reps": 2})
    assert (first.name, first.source) == ("a", Path("/a"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "m.csv",
            "path,hieght\na.mp4,170\n",
            r"m\.csv, line 2: unknown column 'hieght'; .* exercise, height, expected",
        ),
        ("m.csv", "path,height\na.mp4,tall\n", r"line 2: the height must be a number of centimetres; it is 'tall'"),
        ("m.csv", "path,height\na.mp4,17\n", r"m\.csv, line 2: a height of 17 cm cannot be"),
        ("m.csv", "path,height\na.mp4,-5\n", r"line 2: a height of -5 cm cannot be"),
        ("m.csv", "path,height\na.mp4,nan\n", r"line 2: a height of nan cm cannot be"),
        ("m.jsonl", '{"path": "a.mp4", "height": [170]}', r"line 1: the height must be a number"),
        ("m.jsonl", '{"path": "b.mp4"}\n{"path": "a\\u0000b.npz"}', r"line 2: .* can be no file"),
        ("m.jsonl", '{"path": "a\\ud800b.npz"}', r"line 1: .* can be no file"),
        ("m.jsonl", '{"path": "a.npz", "exercise": "a\\u0000.toml"}', r"line 1: .* can be no file"),
        ("m.jsonl", '{"path": ["a.npz"]}', r"line 1: no path"),
        ("m.csv", f"path\n{'x' * 256}/a.mp4\n", r"line 2: .* can be no file: it is too long"),
        ("m.csv", f"path,expected\na.mp4,{'9' * 5000}\n", r"line 2: expected is"),
        ("m.jsonl", "[" * 100_000, r"line 1: no JSON"),
        ("m.csv", "path,exercise\n,squat\n", r"line 2: no path"),
        ("m.csv", "path\na.mp4,b.mp4\n", r"line 2: unknown column 'a column without a name'"),
        ("m.csv", "path,exercise\na.mp4,squat\n", r"m\.csv, line 2: no exercise is called 'squat'"),
        ("m.csv", "path\n", r"no recordings found"),
        ("m.jsonl", '{"path": "a.mp4"}\n{"path": \n', r"m\.jsonl, line 2: no JSON"),
        ("m.jsonl", '["a.mp4"]\n', r"line 1: each line must be an object"),
        ("gone.csv", None, r"the manifest .*gone\.csv cannot be read: .*No such file"),
    ],
)
def test_a_mistake_in_a_manifest_is_told_before_the_work(
    name: str, text: str | None, said: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        Spool([tmp_path / name], tmp_path / "out")


def test_an_exercise_file_of_a_manifest_lies_beside_it(folder: Path) -> None:
    (folder / "m.jsonl").write_text(json.dumps({"path": "a.MP4", "exercise": "mine.toml"}), "utf-8")
    with pytest.raises(ExerciseError, match=r"m\.jsonl, line 1: .*in/mine\.toml cannot be read"):
        list(find([folder / "m.jsonl"], Path("out")))


def test_settings_are_of_use_elsewhere_too() -> None:
    settings = Settings.of(Path("out"))
    assert settings.out.is_absolute()
    assert settings.program == program()
    assert settings.run != Settings.of(Path("out")).run


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3", {"reps": 3}),
        (3, {"reps": 3}),
        ("leg_lift", {"exercise": "leg_lift"}),
        ({"reps": "2", "exercise": "leg_lift"}, {"reps": 2, "exercise": "leg_lift"}),
        ("", None),
    ],
)
def test_what_is_expected_is_a_number_of_reps_or_an_exercise(said: object, meant: object, tmp_path: Path) -> None:
    manifest = tmp_path / "m.jsonl"
    manifest.write_text(json.dumps({"path": "a.mp4", "expected": said}), "utf-8")
    [job] = find([manifest], tmp_path / "out")
    assert job.expected == meant


@pytest.mark.parametrize("said", ["leg_lfit", 1.5, {"rep": 1}, {"exercise": ["leg_lift"]}, {}, -1])
def test_what_cannot_be_expected_is_told_before_the_work(said: object, tmp_path: Path) -> None:
    manifest = tmp_path / "m.jsonl"
    manifest.write_text(json.dumps({"path": "a.mp4", "expected": said}), "utf-8")
    with pytest.raises(UsageError, match=r"line 1: expected is"):
        list(find([manifest], tmp_path / "out"))


NO_PATTERN = pytest.param(
    "**.npz", marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="a pattern from Python 3.13 on")
)


@pytest.mark.parametrize("given", [NO_PATTERN, "x" * 300 + ".npz"])
def test_inputs_that_no_system_takes_are_told_in_a_sentence(given: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        list(find([tmp_path / given], tmp_path / "out"))


def test_a_pattern_leaves_out_results(tmp_path: Path) -> None:
    for name in ("a.npz", "out/a.npz/landmarks.npz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [job.name for job in find([tmp_path / "**/*"], tmp_path / "out")] == ["a.npz"]


def test_a_manifest_s_path_names_a_file(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("path\n..\n", "utf-8")
    with pytest.raises(UsageError, match="names no clip"):
        list(find([tmp_path / "m.csv"], tmp_path / "out"))


@pytest.mark.parametrize(
    ("name", "said"), [("a\x1b[31m\nb.mp4", r"a\x1b[31m\nb.mp4"), ("\u202eé \udcff", r"\u202eé \udcff")]
)
def test_what_steers_a_terminal_is_spelled_out(name: str, said: str) -> None:
    assert words.printable(name) == said
