"""The contract, checked through the command line: commands, options, exit codes, files, and every key of the report."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import clip, cut, sound
from door import (
    NAMES,
    PROGRAM,
    SAMPLE_FPS,
    SAMPLES,
    bridges,
    command,
    ended,
    files,
    knowing,
    refused,
    started,
    trimmed,
    truth,
)

from formcheck import cli
from formcheck.body.poses import Poses
from formcheck.core.exercise import builtin
from formcheck.files import sha256
from formcheck.formats import npz
from formcheck.media.video import Video

ALL = ["landmarks.npz", "recording.mp4", "report.html", "report.json"]
PLAIN = ["landmarks.npz", "report.html", "report.json"]
STOPPED = "formcheck: stopped; no half-written file is left behind\n"


@pytest.fixture(scope="module")
def results(
    landmarks: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, str, str]]:
    """The three samples analysed in an empty working folder, with no option: results, what was said, complaints.

    One goes through the networks; what they find in the others is known.
    """
    work = tmp_path_factory.mktemp("work")
    found = {}
    for name in NAMES:
        program = PROGRAM if name == "ball_bridge" else knowing(landmarks(name))
        told = command("analyze", SAMPLES / f"{name}.mp4", program=program, cwd=work)
        assert told.returncode == 0, told.stderr
        found[name] = (work / f"{name}.formcheck", told.stdout, told.stderr)
    return found


def report(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return content


# --- analyze ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_analyze_writes_four_files_and_says_what_it_found(name: str, results: dict[str, tuple[Path, str, str]]) -> None:
    folder, said, complaints = results[name]
    assert files(folder) == ALL
    assert complaints == ""
    assert builtin()[name].title in said
    assert f"{name}.formcheck/report.html" in said
    assert "not medical advice" in " ".join(said.split())
    assert "\x1b" not in said
    page = (folder / "report.html").read_text("utf-8")
    assert 'src="recording.mp4"' in page
    assert "not medical advice" in page


NUMBER = (int, float)
REP = {
    "index": int,
    "partial": bool,
    "side": str,
    "start_s": NUMBER,
    "peak_s": NUMBER,
    "end_s": NUMBER,
    "hold_s": NUMBER,
    "score": (*NUMBER, type(None)),
    "assessed": NUMBER,
    "cues": list,
}
CUE = {
    "id": str,
    "verdict": str,
    "value": (*NUMBER, type(None)),
    "unit": str,
    "interval": (list, type(None)),
    "at_s": (*NUMBER, type(None)),
    "reason": (str, type(None)),
    "message": str,
    "dose": bool,
    "fault": (str, type(None)),
}
BOUT = {
    "exercise": str,
    "start_s": NUMBER,
    "end_s": NUMBER,
    "view": dict,
    "reps": list,
    "cues": list,
    "score": (*NUMBER, type(None)),
    "assessed": NUMBER,
    "dose": list,
}
VIDEO = {
    "path": str,
    "sha256": str,
    "duration_s": NUMBER,
    "fps": NUMBER,
    "width": int,
    "height": int,
    "frames": int,
}


def has(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    for key, kinds in wanted.items():
        assert isinstance(found[key], kinds), (key, found[key])


def check_cue(cue: dict[str, Any], duration: float) -> None:
    has(cue, CUE)
    assert cue["verdict"] in {"met", "borderline", "fault", "not_assessed"}
    assert (cue["value"] is None) == (cue["interval"] is None) == (cue["verdict"] == "not_assessed")
    assert (cue["reason"] is None) == (cue["verdict"] != "not_assessed")
    assert cue["message"]
    if cue["interval"] is not None:
        low, high = cue["interval"]
        assert low <= cue["value"] <= high
    if cue["at_s"] is not None:
        assert 0 <= cue["at_s"] <= duration


def check_score(part: dict[str, Any], cues: list[dict[str, Any]]) -> None:
    points = {"met": 1.0, "borderline": 0.5, "fault": 0.0}
    form = [cue for cue in cues if not cue["dose"]]
    judged = [points[cue["verdict"]] for cue in form if cue["verdict"] in points]
    assert part["assessed"] == pytest.approx(len(judged) / len(form), abs=1e-3)
    assert part["score"] == pytest.approx(100 * sum(judged) / len(judged), abs=0.06)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_has_every_key_of_the_contract(name: str, results: dict[str, tuple[Path, str, str]]) -> None:
    content = report(results[name][0])
    assert content["schema"] == "formcheck.report/1"
    assert content["warnings"] == []
    has(content["video"], VIDEO)
    duration = content["video"]["duration_s"]
    (bout,) = content["bouts"]
    has(bout, BOUT)
    assert bout["exercise"] == name
    assert bout["view"]["name"] == "side"
    assert 0 <= bout["view"]["yaw_deg"] <= 90
    assert bout["view"]["near_side"] in {"left", "right", None}
    ids = [[cue.id for cue in builtin()[name].cues if (cue.check.phase == "set") == of_set] for of_set in (False, True)]
    assert [cue["id"] for cue in bout["cues"]] == ids[1]
    for index, rep in enumerate(bout["reps"], 1):
        has(rep, REP)
        assert rep["index"] == index
        assert 0 <= bout["start_s"] <= rep["start_s"] < rep["peak_s"] < rep["end_s"] <= bout["end_s"] <= duration
        assert 0 < rep["hold_s"] < rep["end_s"] - rep["start_s"]
        assert [cue["id"] for cue in rep["cues"]] == ids[0]
        check_score(rep, rep["cues"])
    cues = [cue for rep in bout["reps"] for cue in rep["cues"]] + bout["cues"]
    for cue in cues:
        check_cue(cue, duration)
    check_score(bout, cues)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_describes_the_file(name: str, results: dict[str, tuple[Path, str, str]]) -> None:
    found = report(results[name][0])["video"]
    frames = len(truth(name)["time_s"])
    assert found["sha256"] == sha256(SAMPLES / f"{name}.mp4")
    assert found["path"] == str(SAMPLES / f"{name}.mp4")
    assert (found["width"], found["height"], found["fps"], found["frames"]) == (640, 360, SAMPLE_FPS, frames)
    assert found["duration_s"] == pytest.approx(frames / SAMPLE_FPS, abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_reps_and_faults_are_those_that_were_rendered(name: str, results: dict[str, tuple[Path, str, str]]) -> None:
    (bout,), (true_bout,) = report(results[name][0])["bouts"], truth(name)["bouts"]
    assert [rep["partial"] for rep in bout["reps"]] == [False] * len(true_bout["reps"])
    for rep, true in zip(bout["reps"], true_bout["reps"], strict=True):
        assert rep["start_s"] == pytest.approx(true["start_s"], abs=0.2)
        assert rep["end_s"] == pytest.approx(true["end_s"], abs=0.3)
        assert rep["side"] == true["side"]
    if name == "ball_bridge":
        faults = [[cue["id"] for cue in rep["cues"] if cue["verdict"] == "fault"] for rep in bout["reps"]]
        assert faults == [[], ["hips_up"]]


@pytest.mark.parametrize("name", NAMES)
def test_landmarks_and_video_have_the_frames_of_the_source(
    name: str, results: dict[str, tuple[Path, str, str]]
) -> None:
    folder = results[name][0]
    poses = npz.load(folder / "landmarks.npz")
    assert sha256(folder / "recording.mp4") == sha256(SAMPLES / f"{name}.mp4")
    with Video(SAMPLES / f"{name}.mp4") as source:
        times = [frame.time for frame in source.frames()]
        assert source.size == poses.image_size
    assert poses.time.tolist() == times
    assert poses.found.mean() > 0.99
    with np.load(folder / "landmarks.npz") as plain:
        assert set(Poses.__slots__) <= set(plain)


def played(folder: Path) -> dict[str, Any]:
    """What the player of a page draws."""
    page = (folder / "report.html").read_text("utf-8")
    found: dict[str, Any] = json.loads(page.split('class="player-data">')[1].split("</script>")[0])
    return found | {"moments": [moment["key"] for moment in found["moments"]], "bouts": len(found["bouts"])}


def test_a_folder_of_results_is_shown_again(results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    """With the annotated video, from the recording beside the report; what is in the folder stays the same else."""
    folder = tmp_path / "moved"
    shutil.copytree(results["ball_bridge"][0], folder)
    before = played(folder)
    told = command("report", folder, "--annotated", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "annotated.mp4" in told.stdout
    assert files(folder) == ["annotated.mp4", *ALL]
    assert played(folder) == before
    with Video(SAMPLES / "ball_bridge.mp4") as source, Video(folder / "annotated.mp4") as annotated:
        assert annotated.size == source.size
        times = [frame.time for frame in source.frames()]
        assert [frame.time for frame in annotated.frames()] == pytest.approx(times, abs=1e-3)


def test_a_folder_without_a_report(tmp_path: Path) -> None:
    refused(command("report", tmp_path), 2, "there is no report in", "report.json is missing")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_print_is_one_page_with_pictures(results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(results["ball_bridge"][0], folder)
    told = command("report", folder, "--pdf", "--name", "Anna <b>", "--notes", "since May")
    assert told.returncode == 0, told.stderr
    data = (folder / "report.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert re.search(rb"/Type /Pages\s+/Count 1\b", data)
    assert data.count(b"/Subtype /Image") >= 2
    assert "Anna &lt;b&gt;" in (folder / "report.html").read_text("utf-8")


def test_a_print_without_a_browser(results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    told = command("report", results["ball_bridge"][0], "--pdf", env={**os.environ, "PATH": str(tmp_path)})
    refused(told, 2, "--pdf needs Chromium, Chrome or Edge, and none was found")


def test_out_and_no_video(tmp_path: Path) -> None:
    short = trimmed("ball_bridge", tmp_path / "short.mp4", 10)
    told = command("analyze", short, "--no-video", "--out", tmp_path / "new" / "folder", "--exercise", "leg_lift")
    assert told.returncode == 0, told.stderr
    assert files(tmp_path / "new" / "folder") == PLAIN
    assert "warning: We saw someone, but no leg lift" in told.stdout  # a warning and no error


FROM_THE_BALL = ("shoulders_on_ball", "shoulders_stay")
"""Cues that need what only our own estimator looks for."""


@pytest.fixture(scope="module")
def by_mediapipe(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The reps of a sample as mediapipe's pose model shows them."""
    if find_spec("mediapipe") is None:
        pytest.skip("needs mediapipe")
    into, sample = tmp_path_factory.mktemp("mediapipe"), SAMPLES / "ball_bridge.mp4"
    told = command("analyze", sample, "--backend", "mediapipe", "--no-video", "--out", into)
    assert told.returncode == 0, told.stderr
    (bout,) = report(into)["bouts"]
    return list(bout["reps"])


def test_the_mediapipe_backend_agrees(
    by_mediapipe: list[dict[str, Any]], results: dict[str, tuple[Path, str, str]]
) -> None:
    (ours,) = report(results["ball_bridge"][0])["bouts"]
    for one, other in zip(by_mediapipe, ours["reps"], strict=True):
        assert one["start_s"] == pytest.approx(other["start_s"], abs=0.15)
        assert one["end_s"] == pytest.approx(other["end_s"], abs=0.15)
        assert all(cue["verdict"] == "not_assessed" for cue in one["cues"] if cue["id"] in FROM_THE_BALL)
        both = zip(one["cues"], other["cues"], strict=True)
        assert all({a["verdict"], b["verdict"]} != {"met", "fault"} for a, b in both)


@pytest.mark.xfail(reason="mediapipe tells no errors of joints: its wider intervals leave a fault untold", strict=True)
def test_the_mediapipe_backend_judges_as_much(
    by_mediapipe: list[dict[str, Any]], results: dict[str, tuple[Path, str, str]]
) -> None:
    (ours,) = report(results["ball_bridge"][0])["bouts"]
    for one, other in zip(by_mediapipe, ours["reps"], strict=True):
        both = [(a, b) for a, b in zip(one["cues"], other["cues"], strict=True) if a["id"] not in FROM_THE_BALL]
        pairs = [{a["verdict"], b["verdict"]} for a, b in both]
        assert all(len(pair) == 1 or "borderline" in pair for pair in pairs)  # too close to call for one of the two
        assert sum(len(pair) == 1 for pair in pairs) >= len(pairs) - 1


def test_progress_is_shown_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
    short = trimmed("ball_bridge", tmp_path / "short.mp4", 20)
    terminal, theirs = pty.openpty()
    world = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = started("analyze", short, "--annotated", "--out", tmp_path / "out", stderr=theirs, env=world)
    os.close(theirs)
    shown = b""
    while piece := _read(terminal):
        shown += piece
    os.close(terminal)
    out, _ = ended(process)
    assert process.returncode == 0
    assert b"Looking at the frames" in shown
    assert b"Drawing the video" in shown
    assert b"\x1b[" in shown
    assert "\x1b" not in out


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError as error:  # how Linux says that the other end is closed
        if error.errno != errno.EIO:
            raise
        return b""


# --- score, landmarks, exercises --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_score_gives_the_bouts_of_analyze(name: str, results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    told = command("score", results[name][0] / "landmarks.npz", "--out", tmp_path / "again")
    assert told.returncode == 0, told.stderr
    assert report(tmp_path / "again")["bouts"] == report(results[name][0])["bouts"]
    assert files(tmp_path / "again") == ["report.html", "report.json"]


def test_a_height_narrows_what_is_in_centimetres(results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    folder = results["leg_lift"][0]
    told = command("score", folder / "landmarks.npz", "--height", "170", "--out", tmp_path)
    assert told.returncode == 0, told.stderr

    def widths(content: dict[str, Any]) -> list[float]:
        cues = [cue for rep in content["bouts"][0]["reps"] for cue in rep["cues"] if cue["unit"] == "cm"]
        return [cue["interval"][1] - cue["interval"][0] for cue in cues]

    guessed, known = widths(report(folder)), widths(report(tmp_path))
    assert len(guessed) == 2
    assert all(a < b for a, b in zip(known, guessed, strict=True))


def test_an_exercise_of_ones_own(results: dict[str, tuple[Path, str, str]], tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    text = (Path(cli.__file__).parent / "exercises" / "ball_bridge.toml").read_text("utf-8")
    mine.write_text(re.sub(r"^name = .*$", 'name = "my_bridge"', text, count=1, flags=re.MULTILINE), "utf-8")
    landmarks = results["ball_bridge"][0] / "landmarks.npz"
    told = command("score", landmarks, "--exercise", mine, "--out", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    (bout,) = report(tmp_path / "out")["bouts"]
    assert (bout["exercise"], len(bout["reps"])) == ("my_bridge", 2)
    assert "quote" in command("exercises", mine).stdout


def test_landmarks_of_a_video_and_of_a_picture(tmp_path: Path) -> None:
    import cv2

    short = trimmed("leg_lift", tmp_path / "short.mp4", 10)
    with Video(short) as video:
        cv2.imwrite(str(tmp_path / "photo.png"), next(video.frames()).rgb[:, :, ::-1])
    for source, frames in ((short, 10), (tmp_path / "photo.png", 1)):
        told = command("landmarks", source, "--out", tmp_path / "new" / f"{source.stem}.npz")
        assert told.returncode == 0, told.stderr
        assert told.stdout.startswith(f"Landmarks of {frames} frames: ")
        assert len(npz.load(tmp_path / "new" / f"{source.stem}.npz")) == frames
    assert files(tmp_path / "new") == ["photo.npz", "short.npz"]


def test_exercises_are_listed() -> None:
    told = command("exercises")
    assert told.returncode == 0
    for name, exercise in builtin().items():
        assert f"{name}: {exercise.title}" in told.stdout
    assert "quote" not in told.stdout


@pytest.mark.parametrize("name", sorted(builtin()))
def test_every_cue_is_explained(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(monkeypatch, "exercises", name) == 0
    said = capsys.readouterr().out
    for cue in builtin()[name].cues:
        explained = said.split(f"\n  {cue.id}\n")[1].split("\n\n")[0]
        assert f"“{cue.quote}”" in explained
        assert cue.reading in explained
        assert f"{cue.source.title}, {cue.source.section}" in explained


def test_letters_a_terminal_cannot_show_are_no_error() -> None:
    told = command("exercises", "ball_bridge", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert told.returncode == 0, told.stderr
    assert "don?t let your hips drop" in told.stdout


# --- wrong usage and bad input ----------------------------------------------------------------------------------------


def door(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of the command line, run in this process."""
    monkeypatch.setattr("sys.argv", ["formcheck", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code
    raise AssertionError("the command line ends by an exit code")


SAMPLE = SAMPLES / "ball_bridge.mp4"
BAD: dict[str, tuple[list[str], int, str]] = {
    "no file": (["analyze", "none.mp4"], 3, "there is no file none.mp4"),
    "folder": (["analyze", "."], 3, "is a folder"),
    "text": (["analyze", "text.mp4"], 3, "no video that can be read"),
    "sound": (["analyze", "sound.mp4"], 3, "no video stream"),
    "empty": (["analyze", "empty.mp4"], 3, "is empty"),
    "no index": (["analyze", "cut.mp4"], 3, "cut.mp4"),
    "nobody": (["analyze", "room.mp4", "--out", "o"], 3, "nobody was found in room.mp4"),
    "unknown exercise": (["analyze", str(SAMPLE), "--exercise", "squat"], 2, "no exercise is called 'squat'"),
    "broken exercise": (["analyze", str(SAMPLE), "--exercise", "broken.toml"], 2, "broken.toml"),
    "no such exercise file": (["score", "x.npz", "--exercise", "none.toml"], 2, "none.toml"),
    "out is a file": (["analyze", str(SAMPLE), "--out", "text.mp4"], 2, "cannot write text.mp4"),
    "another's result": (["analyze", "taken.mp4"], 2, "name another folder for taken.mp4 with --out"),
    "out is under a file": (["analyze", str(SAMPLE), "--out", "text.mp4/o"], 2, "a part of the path is a file"),
    "unknown backend": (["analyze", str(SAMPLE), "--backend", "tpu"], 2, "allowed: onnx, mediapipe"),
    "height": (["analyze", str(SAMPLE), "--height", "17"], 2, "between 80 and 250"),
    "landmarks: no file": (["landmarks", "none.jpg", "--out", "l.npz"], 3, "there is no file none.jpg"),
    "landmarks: a device": (["landmarks", str(SAMPLE), "--out", os.devnull], 2, "not an ordinary file"),
    "landmarks: a folder": (["landmarks", str(SAMPLE), "--out", "."], 2, "a folder of that name"),
    "score: no file": (["score", "none.npz"], 3, "there is no file none.npz"),
    "score: text": (["score", "text.mp4"], 3, "is no .npz file"),
    "score: cut off": (["score", "cut.npz"], 3, "damaged or cut off"),
    "score: nobody": (["score", "nobody.npz"], 3, "holds no frame with a person"),
    "score: out": (["score", "whole.npz", "--out", "text.mp4"], 2, "cannot write text.mp4"),
    "live: no file": (["live", "--source", "none.mp4", "--no-window"], 3, "there is no file none.mp4"),
    "exercises": (["exercises", "squat"], 2, "no exercise is called 'squat'"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder of files with something wrong."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "text.mp4").write_text("a letter, not a film\n" * 50, "utf-8")
    (folder / "broken.toml").write_text("name = 3\n", "utf-8")
    (folder / "empty.mp4").touch()
    sound(folder / "sound.mp4")
    clip(folder / "room.mp4", size=(160, 120))
    clip(folder / "taken.mp4", size=(160, 120))
    (folder / "taken.formcheck").mkdir()
    earlier = {"video": {"path": "taken.mov", "sha256": "0" * 64}}
    (folder / "taken.formcheck" / "report.json").write_text(json.dumps(earlier), "utf-8")
    cut(clip(folder / "cut.mp4"), 0.5)
    for name, poses in (("whole", bridges()), ("nobody", Poses.blank(np.arange(9) / 30, (64, 48)))):
        with npz.PosesWriter(folder / f"{name}.npz", poses.image_size) as writer:
            writer.append(poses)
    (folder / "cut.npz").write_bytes((folder / "whole.npz").read_bytes()[:5000])
    return folder


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_an_exit_code(
    case: str, bad: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments, code, words = BAD[case]
    monkeypatch.chdir(bad)
    before = files(bad)
    found = door(monkeypatch, *arguments)
    said = capfd.readouterr()
    refused(subprocess.CompletedProcess(arguments, found, said.out, said.err), code, words)
    assert files(bad) == before


@pytest.mark.parametrize("arguments", [["analyze"], ["dance"], ["analyze", "a.mp4", "--sped", "3"], ["batch", "a"]])
def test_wrong_usage(arguments: list[str]) -> None:
    told = command(*arguments)
    assert told.returncode == 2
    assert "Error" in told.stderr
    assert "Traceback" not in told.stderr


def test_bad_input_from_a_process_of_its_own(bad: Path) -> None:
    refused(command("analyze", "text.mp4", cwd=bad), 3, "text.mp4 is no video that can be read")


def test_a_truncated_film_is_analysed_as_far_as_it_goes(tmp_path: Path) -> None:
    import av

    path = tmp_path / "cut.mkv"  # an mp4 that is cut has no index any more
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.pts is not None:
                packet.stream = copy
                output.mux(packet)
    told = command("analyze", cut(path, 0.75), "--no-video", "--out", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    content = report(tmp_path / "out")
    assert any("cut" in warning for warning in content["warnings"])
    assert "warning: " in told.stdout
    assert content["bouts"][0]["reps"][0]["partial"] is False
    assert 7 < content["video"]["duration_s"] < 13


def test_one_frame(tmp_path: Path) -> None:
    told = command("analyze", trimmed("leg_lift", tmp_path / "one.mp4", 1), "--out", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    assert report(tmp_path / "out")["bouts"] == []
    assert files(tmp_path / "out") == ALL


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_a_file_that_cannot_grow_is_one_sentence(tmp_path: Path) -> None:
    """What a full disk does, without filling one: files of 20 kB at most."""
    import resource

    short = trimmed("ball_bridge", tmp_path / "short.mp4", 40)
    told = command(
        "analyze",
        short,
        "--out",
        tmp_path / "out",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    refused(told, 2, "landmarks.npz", "the file grew larger than this system allows")
    assert files(tmp_path / "out") == []


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A file named long ago on another system: its bytes are no UTF-8."""
    odd = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    short = trimmed("ball_bridge", tmp_path / "short.mp4", 5)
    try:
        Path(os.fsdecode(odd)).write_bytes(short.read_bytes())
    except OSError:
        pytest.skip("this system takes only names that are text")
    told = command("analyze", os.fsdecode(odd), "--out", tmp_path / "out")
    assert told.returncode == 0, told.stderr
    assert report(tmp_path / "out")["video"]["path"].endswith(".mp4")
    again = command("score", tmp_path / "out" / "landmarks.npz")
    assert again.returncode == 0, again.stderr


# --- a reader that goes away ------------------------------------------------------------------------------------------


def unread(*arguments: object, join: bool = False) -> tuple[int, str]:
    """Exit code and complaints of a command line whose reader is gone; with `join` it reads the complaints no more."""
    ours, theirs = os.pipe()
    os.close(ours)
    line = [sys.executable, "-m", "formcheck.cli", *map(str, arguments)]
    with os.fdopen(theirs, "wb") as pipe:
        process = subprocess.Popen(line, stdout=pipe, stderr=pipe if join else subprocess.PIPE, encoding="utf-8")
    _, complaints = ended(process)
    return process.returncode, complaints or ""


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["exercises"], ["score", "whole.npz"]], ids=" ".join)
def test_a_closed_pipe_is_no_failed_gate(arguments: list[str], bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bad)
    assert unread(*arguments) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
def test_an_error_that_nobody_reads() -> None:
    assert unread("analyze", "none.mp4", join=True) == (141, "")


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------


def test_ctrl_c_leaves_no_half_written_file(tmp_path: Path) -> None:
    process = started("analyze", SAMPLE, "--out", tmp_path)
    while not list(tmp_path.glob("*.part")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = ended(process)
    assert (process.returncode, err, out) == (130, STOPPED, "")
    assert files(tmp_path) == []


def test_ctrl_c_while_the_video_is_drawn(tmp_path: Path) -> None:
    """The report and the landmarks are there by then."""
    process = started("analyze", SAMPLE, "--annotated", "--out", tmp_path)
    while not ((tmp_path / "report.html").exists() and list(tmp_path.glob("*.part"))):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = ended(process)
    assert (process.returncode, err, out) == (130, STOPPED, "")
    assert files(tmp_path) == ALL
