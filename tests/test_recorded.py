"""From a recording to a report, through the Python face: what is written, what is refused, what a failure leaves."""

import errno
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from clips import clip, cut, sound
from door import SAMPLES, SIZE, Known, bridges, files, know, recorded, trimmed

import formcheck
from benchmarks.stick import film, leg_lift
from formcheck import words
from formcheck.body.poses import Array, Poses
from formcheck.core.otherwise import turned
from formcheck.errors import (
    ExerciseError,
    LandmarksError,
    NobodyFoundError,
    OutputError,
    UsageError,
    VideoError,
)
from formcheck.files import prepare, sha256, writing
from formcheck.filming import Person
from formcheck.findings import Notice, NoticeCode, Quality
from formcheck.formats import npz
from formcheck.media.video import Video
from formcheck.media.writer import VideoWriter
from formcheck.pose.blazepose import BlazePose
from formcheck.pose.estimator import BACKENDS, PoseEstimator
from formcheck.recorded import (
    Options,
    analyze,
    analyze_into,
    check_own,
    landmarks_into,
    score,
)

PLAIN = ["landmarks.npz", "report.html", "report.json"]
ALL = ["landmarks.npz", "recording.mp4", "report.html", "report.json"]
AUTO = Options.of()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three bridges with a ball, and an estimator that knows them."""
    know(monkeypatch, bridges())
    return recorded(tmp_path / "clip.mp4", bridges())


def test_a_quality_is_one_of_three_and_only_for_our_own_models() -> None:
    assert Options.of(quality="fast").quality == Quality.FAST
    assert Options.of(backend="mediapipe").quality is None
    with pytest.raises(UsageError, match="unknown quality 'good'; allowed: fast, standard, best"):
        Options.of(quality="good")


def test_a_report_and_nothing_written(source: Path) -> None:
    report = formcheck.analyze(source)
    assert isinstance(report, formcheck.Report)
    assert [(bout.exercise, len(bout.counted)) for bout in report.bouts] == [("ball_bridge", 3)]
    assert report.warnings == ()
    assert (report.video.frames, report.video.width, report.video.height) == (len(bridges()), *SIZE)
    assert report.video.sha256 == sha256(source)
    assert files(source.parent) == ["clip.mp4"]


def test_an_estimator_of_ones_own(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    source = recorded(tmp_path / "clip.mp4", bridges())
    report = formcheck.analyze(source, backend=Known(bridges()), progress=lambda *step: told.append(step))
    assert [(bout.exercise, len(bout.counted)) for bout in report.bouts] == [("ball_bridge", 3)]
    assert told == [("Looking at the frames", n, len(bridges())) for n in range(1, len(bridges()) + 1)]


def test_a_path_may_be_text(source: Path) -> None:
    assert analyze(str(source)).bouts == analyze(source).bouts


def test_the_files_and_their_parts_agree(source: Path, tmp_path: Path) -> None:
    told: dict[str, tuple[int, int | None]] = {}

    def tell(what: str, done: int, expected: int | None) -> None:
        told[what] = (done, expected)

    report = analyze_into(tmp_path / "a" / "b", source, AUTO, progress=tell)
    assert files(tmp_path / "a" / "b") == ALL
    assert json.loads((tmp_path / "a" / "b" / "report.json").read_text("utf-8")) == report.to_dict()
    assert report.to_dict() == analyze(source).to_dict()
    frames = len(bridges())
    assert told == {"Looking at the frames": (frames, frames)}
    assert len(npz.load(tmp_path / "a" / "b" / "landmarks.npz")) == frames
    assert (tmp_path / "a" / "b" / "recording.mp4").samefile(source)  # it takes no room
    assert 'src="recording.mp4"' in (tmp_path / "a" / "b" / "report.html").read_text("utf-8")


def test_the_annotated_video_is_made_where_it_is_asked_for(source: Path, tmp_path: Path) -> None:
    told: dict[str, tuple[int, int | None]] = {}

    def tell(what: str, done: int, expected: int | None) -> None:
        told[what] = (done, expected)

    analyze_into(tmp_path / "out", source, AUTO, annotated=True, progress=tell)
    frames = len(bridges())
    assert told["Drawing the video"] == (frames, frames)
    assert files(tmp_path / "out") == ["annotated.mp4", *ALL]
    with Video(tmp_path / "out" / "annotated.mp4") as annotated:
        assert sum(1 for _ in annotated.frames()) == frames
    analyze_into(tmp_path / "out", source, AUTO)
    assert files(tmp_path / "out") == ALL  # that of another run would not fit any more


def test_without_the_video(source: Path, tmp_path: Path) -> None:
    analyze_into(tmp_path / "out", source, AUTO, video=False)
    assert files(tmp_path / "out") == PLAIN
    page = re.sub(r"<style>.*?</style>", "", (tmp_path / "out" / "report.html").read_text("utf-8"), flags=re.DOTALL)
    assert "data:image" not in page and "<video" not in page


def test_saved_landmarks_give_the_same_bouts(source: Path, tmp_path: Path) -> None:
    report = analyze_into(tmp_path / "out", source, AUTO, video=False)
    again = score(tmp_path / "out" / "landmarks.npz", AUTO)
    assert again.bouts == report.bouts
    assert again.video.duration_s == pytest.approx(report.video.duration_s, abs=0.01)
    assert again.video.frames == report.video.frames


def test_only_the_exercise_asked_for_is_looked_for(source: Path) -> None:
    report = analyze(source, "leg_lift")
    assert report.bouts == ()
    assert report.warnings == (Notice(NoticeCode.NOT_THE_NAMED_EXERCISE, {"exercises": ("Leg lift",)}),)


def test_no_advice_to_name_an_exercise_that_was_named(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    still = bridges()[bridges().time < 1.0]
    know(monkeypatch, still)
    last = [analyze(source, exercise).warnings[-1] for exercise in ("auto", "ball_bridge")]
    assert [notice.code for notice in last] == [NoticeCode.NO_EXERCISE, NoticeCode.NOT_THE_NAMED_EXERCISE]
    auto, named = map(words.notice, last)
    assert named.startswith(
        "We saw someone, but no bridge with a ball; nothing else was looked for. Film from the side"
    )
    assert "--exercise" not in auto + named


def test_a_height_makes_narrower_centimetres(source: Path) -> None:
    def widths(height: float | None) -> list[float]:
        (bout,) = analyze(source, height_cm=height).bouts
        cues = [cue for rep in bout.reps for cue in rep.cues if cue.interval is not None and cue.unit == "cm"]
        return [cue.interval[1] - cue.interval[0] for cue in cues if cue.interval is not None]

    assert all(known < guessed for known, guessed in zip(widths(170), widths(None), strict=True))


@pytest.mark.parametrize("height", [0, 79.9, 251, -170, float("nan"), float("inf")])
def test_a_height_nobody_has(height: float) -> None:
    with pytest.raises(UsageError, match="give centimetres between 80 and 250"):
        Options.of(height_cm=height)


def test_an_unknown_backend_leaves_no_folder(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown backend 'tpu'; allowed: onnx, mediapipe"):
        analyze_into(tmp_path / "out", source, Options.of(backend="tpu"))
    assert not (tmp_path / "out").exists()


def test_an_unknown_exercise() -> None:
    with pytest.raises(ExerciseError, match="no exercise is called 'burpee'"):
        analyze("clip.mp4", "burpee")


# --- recordings with something wrong ----------------------------------------------------------------------------------


def text(path: Path) -> Path:
    path.write_text("a letter, not a film\n" * 50, "utf-8")
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def no_frames(path: Path) -> Path:
    """A film whose index is there and whose pictures are not."""
    clip(path, container={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: data.find(b"mdat") + 4])
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path, "there is no file"),
        (folder, "is a folder"),
        (text, "no video that can be read"),
        (sound, "no video stream"),
        (no_frames, "no picture in it can be read"),
        (lambda path: cut(clip(path), 0), "is empty"),
        (lambda path: cut(clip(path), 0.5), "cut off|no video|damaged"),
    ],
    ids=["absent", "folder", "text", "sound", "no frames", "empty", "no index"],
)
def test_what_is_no_video(make: Callable[[Path], Path], words: str, tmp_path: Path) -> None:
    path = make(tmp_path / "bad.mp4")
    with pytest.raises(VideoError, match=words):
        analyze_into(tmp_path / "out", path, AUTO)
    assert not (tmp_path / "out").exists()


def test_a_film_cut_off_is_analysed_as_far_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, bridges())
    path = cut(recorded(tmp_path / "cut.mkv", bridges()), 0.7)
    report = analyze_into(tmp_path / "out", path, AUTO)
    assert files(tmp_path / "out") == ALL
    assert [notice.code for notice in report.warnings] == [NoticeCode.CUT_SHORT]
    assert 8 < report.video.duration_s < 15
    assert 1 <= len(report.bouts[0].counted) < 3


def test_one_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, bridges())
    report = analyze_into(tmp_path / "out", clip(tmp_path / "one.mp4", size=SIZE, times=[0]), AUTO)
    assert report.bouts == ()
    assert report.warnings == (Notice(NoticeCode.SINGLE_PICTURE),)
    assert files(tmp_path / "out") == ALL


def test_an_empty_room(tmp_path: Path) -> None:
    """With the real estimator: it sees nobody in flat colours."""
    room = clip(tmp_path / "room.mp4", size=(320, 240))
    with pytest.raises(NobodyFoundError, match=r"nobody was found in .*room\.mp4"):
        analyze_into(tmp_path / "out", room, AUTO)
    with pytest.raises(NobodyFoundError, match=r"nobody was found in .*room\.mp4"):
        landmarks_into(tmp_path / "room.npz", room, Options.of())
    assert files(tmp_path) == ["room.mp4"]


def test_somebody_who_leaves_and_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away during the second of the three bridges: the others count."""
    poses = bridges()
    away = (poses.time > 7) & (poses.time < 11)
    know(
        monkeypatch, Poses.join([poses[poses.time <= 7], Poses.blank(poses.time[away], SIZE), poses[poses.time >= 11]])
    )
    report = analyze(recorded(tmp_path / "clip.mp4", poses))
    assert sum(len(bout.counted) for bout in report.bouts) == 2
    assert words.notice(report.warnings[0]).startswith("Nobody could be seen for 4 of 18 seconds.")


def test_two_people_are_told_of(tmp_path: Path) -> None:
    """With the real estimator, on two samples in one picture: one person is followed, and the report says so."""
    two = tmp_path / "two.mp4"
    with (
        Video(SAMPLES / "kneeling_lunge_loose_shirt.mp4") as above,
        Video(SAMPLES / "glute_bridge.mp4") as below,
        VideoWriter(two, (640, 720), 24) as writer,
    ):
        for a, b in islice(zip(above.frames(), below.frames(), strict=False), 20):
            writer.write(a.time, np.vstack([a.rgb, b.rgb]))
    assert analyze(two).warnings[0].code is NoticeCode.ANOTHER_PERSON


# --- results that cannot be written -----------------------------------------------------------------------------------


def test_a_folder_that_cannot_be(source: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a part of the path is a file"):
        analyze_into(source / "out", source, AUTO)
    assert files(tmp_path) == ["clip.mp4"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place where no folder can be made")
def test_a_place_where_no_folder_can_be() -> None:
    with pytest.raises(OutputError, match="cannot write /proc/nope/a: no folder can be made there; choose another"):
        prepare(Path("/proc/nope/a"))


def test_the_result_of_another_recording_is_not_lost(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, same, other = tmp_path / "clip.formcheck", tmp_path / "moved" / "clip.mp4", tmp_path / "clip.mov"
    same.parent.mkdir()
    same.write_bytes(source.read_bytes())
    other.write_bytes(source.read_bytes() + b"more")
    check_own(out, source)  # nothing is there yet
    analyze_into(out, source, AUTO, video=False)
    check_own(out, Path("clip.mp4"))
    check_own(out, same)
    check_own(out, tmp_path / "none.mov")  # who reads it says that it is not there
    with pytest.raises(OutputError, match=r"holds the result of another recording, .*clip\.mp4.*clip\.mov with --out"):
        check_own(out, other)
    source.write_bytes(b"filmed anew")
    check_own(out, source)


@pytest.mark.parametrize("there", ["", "[]", "{}", '{"video": null}', '{"video": {"path": "a"}}', "\x00"])
def test_what_is_no_report_of_ours_bars_no_folder(there: str, source: Path, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(there, "utf-8")
    check_own(tmp_path, source)


def test_a_full_disk_leaves_nothing_half_written(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(writer: npz.PosesWriter) -> None:
        with writing(writer.path):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(npz.PosesWriter, "_assemble", full)
    with pytest.raises(OutputError, match=r"landmarks\.npz: the disk is full"):
        analyze_into(tmp_path / "out", source, AUTO)
    assert files(tmp_path / "out") == []


@pytest.mark.parametrize("frame", [1, 200])
def test_stopped_while_the_frames_are_looked_at(frame: int, source: Path, tmp_path: Path) -> None:
    def tell(what: str, done: int, expected: int | None) -> None:
        if done == frame:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze_into(tmp_path / "out", source, AUTO, progress=tell)
    assert files(tmp_path / "out") == []


def test_stopped_while_the_video_is_drawn(source: Path, tmp_path: Path) -> None:
    """What was found by then stays, whole."""

    def tell(what: str, done: int, expected: int | None) -> None:
        if what == "Drawing the video" and done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze_into(tmp_path / "out", source, AUTO, annotated=True, progress=tell)
    assert files(tmp_path / "out") == ALL


def test_an_earlier_result_stays_until_a_new_one_is_whole(source: Path, tmp_path: Path) -> None:
    analyze_into(tmp_path / "out", source, AUTO)
    before = {name: (tmp_path / "out" / name).read_bytes() for name in ALL}
    with pytest.raises(VideoError):
        analyze_into(tmp_path / "out", tmp_path / "none.mp4", AUTO)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in ALL} == before


# --- saved landmarks --------------------------------------------------------------------------------------------------


def saved(path: Path, poses: Poses) -> Path:
    with npz.PosesWriter(path, poses.image_size) as writer:
        writer.append(poses)
    return path


def test_landmarks_do_not_depend_on_the_cores_nor_on_reading_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = trimmed("leg_lift", tmp_path / "short.mp4", 14)
    with Video(source) as video:
        estimator = BlazePose()
        plain = Poses.join([estimator.feed(frame.time, frame.rgb) for frame in video.frames()])
    for cores in (1, 2):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, n=cores: set(range(n)), raising=False)
        landmarks_into(tmp_path / "out.npz", source, Options.of())
        found = Poses.join(npz.read(tmp_path / "out.npz"))
        for name in ("time", "image", "world", "visibility", "spread", "back", "belly", "axis", "curve", "ball"):
            assert np.array_equal(getattr(found, name), getattr(plain, name), equal_nan=True), name


@pytest.mark.parametrize(("cores", "alone", "threads"), [(1, True, 1), (2, True, 2), (16, True, 2), (16, False, 1)])
def test_a_worker_beside_others_and_a_lone_core_give_the_networks_one_thread(
    cores: int, alone: bool, threads: int, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    known = BACKENDS["onnx"]

    def noted(threads: int, quality: Quality, person: Person) -> PoseEstimator:
        given.append(threads)
        return known(threads, quality, person)

    monkeypatch.setitem(BACKENDS, "onnx", noted)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    analyze_into(tmp_path / "out", source, AUTO, video=False, alone=alone)
    assert given == [threads]


def test_no_thread_reads_on_after_a_failure(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        warnings: Final = ()

        def feed(self, time: float, rgb: Array) -> Poses:
            raise VideoError("no good")

    monkeypatch.setitem(BACKENDS, "onnx", lambda threads, quality, person: Failing())
    with pytest.raises(VideoError) as raised:
        analyze(source)
    # The error is still held here, and with it every generator on its way.
    assert raised.tb is not None
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_landmarks_without_anybody(tmp_path: Path) -> None:
    path = saved(tmp_path / "nobody.npz", Poses.blank(np.arange(30) / 30, SIZE))
    with pytest.raises(NobodyFoundError, match=r"nobody\.npz holds no frame with a person"):
        score(path, AUTO)


def test_no_landmarks_at_all(tmp_path: Path) -> None:
    with pytest.raises(NobodyFoundError):
        score(saved(tmp_path / "none.npz", Poses.blank(np.empty(0), SIZE)), AUTO)


def test_landmarks_with_holes_never_make_a_fault(tmp_path: Path) -> None:
    """A third of all points, drawn at random, are NaN: that may cost verdicts and gives no nonsense."""
    poses = bridges()
    image = poses.image.copy()
    image[np.random.default_rng(3).random(image.shape[:2]) < 0.33] = np.nan
    holes = Poses(**{name: getattr(poses, name) for name in Poses.__slots__ if name != "image"}, image=image)
    report = score(saved(tmp_path / "holes.npz", holes), AUTO)
    whole = score(saved(tmp_path / "whole.npz", poses), AUTO)
    faults = {cue.id for bout in report.bouts for rep in bout.reps for cue in rep.cues if cue.verdict == "fault"}
    assert faults <= {cue.id for bout in whole.bouts for rep in bout.reps for cue in rep.cues if cue.verdict == "fault"}
    assert "NaN" not in report.to_json()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_damaged_landmarks(share: float, tmp_path: Path) -> None:
    path = cut(saved(tmp_path / "cut.npz", bridges()), share)
    with pytest.raises(LandmarksError, match=r"cut\.npz is no \.npz file, or is damaged or cut off"):
        score(path, AUTO)


def test_time_that_is_no_number(tmp_path: Path) -> None:
    poses = bridges()
    columns = {name: getattr(poses, name) for name in Poses.__slots__} | {"time": np.full(len(poses), np.nan)}
    np.savez(tmp_path / "nan.npz", **columns)
    with pytest.raises(LandmarksError, match="time must be finite"):
        score(tmp_path / "nan.npz", AUTO)


def test_landmarks_of_a_picture(tmp_path: Path) -> None:
    """With the real estimator, on a frame of a sample."""
    import cv2

    with Video(SAMPLES / "kneeling_lunge.mp4") as video:
        rgb = next(video.frames()).rgb
    cv2.imwrite(str(tmp_path / "photo.jpg"), rgb[:, :, ::-1])
    assert landmarks_into(tmp_path / "photo.npz", tmp_path / "photo.jpg", Options.of()) == 1
    poses = npz.load(tmp_path / "photo.npz")
    assert (len(poses), poses.image_size, bool(poses.found[0])) == (1, (640, 360), True)


def test_nobody_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, kept = tmp_path / "clip.mp4", tmp_path / "kept"
    recorded(clip, bridges())
    know(monkeypatch, Poses.blank(bridges().time, bridges().image_size))
    kept.mkdir()
    for folder in (tmp_path / "new", kept):
        with pytest.raises(NobodyFoundError):
            analyze_into(folder, clip, Options.of())
    assert kept.is_dir()
    assert not (tmp_path / "new").exists()


def test_saved_landmarks_may_begin_at_any_time(tmp_path: Path) -> None:
    poses = film(leg_lift()).poses
    later = replace(poses, time=poses.time + 1000)
    found = [score(saved(tmp_path / f"{i}.npz", some), Options.of()) for i, some in enumerate((poses, later))]
    assert found[0].video.duration_s == pytest.approx(len(poses) / 30)
    assert found[1].video.duration_s == pytest.approx(found[0].video.duration_s)
    assert found[1].video.fps == pytest.approx(30)
    assert [len(bout.counted) for bout in found[1].bouts] == [len(bout.counted) for bout in found[0].bouts]


def test_a_recording_on_its_side_is_told_of_and_which_option_mends_it(source: Path) -> None:
    report = formcheck.analyze(source, backend=Known(turned(bridges(), 90)))
    assert not report.bouts
    codes = [notice.code for notice in report.warnings]
    assert NoticeCode.LIES_ON_ITS_SIDE in codes
    assert NoticeCode.NO_EXERCISE not in codes
    assert any("add --rotate 270 to have them judged" in note for note in report.notes)


def test_fewer_people_than_the_number_asked_for_are_one_clear_sentence(source: Path) -> None:
    nobody = Poses.blank(bridges().time, SIZE)
    with pytest.raises(NobodyFoundError, match="never shows 3 people at once: give --person a smaller number"):
        formcheck.analyze(source, backend=Known(nobody), person=3)
