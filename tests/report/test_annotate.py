"""The annotated video: what is shown when, and a file that a browser plays."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import findings_example as example
import numpy as np
import pytest
from clips import clip
from door import SIZE, bridges, ran, recorded

from formcheck.body.landmarks import INDEX
from formcheck.body.poses import Array, Poses
from formcheck.findings import Bout, VideoInfo
from formcheck.formats import npz
from formcheck.formats.npz import PosesWriter
from formcheck.media.draw import Overlay, draw
from formcheck.media.marks import Mark
from formcheck.media.video import Video
from formcheck.report.annotate import INTO_NEXT_S, LATEST_S, LEAD_S, LEAST_S, SHOWN_S, Script, annotate, hip_angle
from formcheck.report.player import Moment
from formcheck.report.report import Report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def person(time: float, left: float = 90, right: float = 180) -> Poses:
    """One frame: upright and facing the camera, the thighs at the given angles from the trunk in the picture."""
    poses = Poses.blank(np.array([time]), (1280, 720))
    image = np.zeros((1, 33, 2))
    for side, angle in (("left", left), ("right", right)):
        image[0, INDEX[f"{side}_shoulder"]] = (600, 200)
        image[0, INDEX[f"{side}_hip"]] = (600, 400)
        turn = np.radians(angle)
        image[0, INDEX[f"{side}_knee"]] = (600 + 150 * np.sin(turn), 400 - 150 * np.cos(turn))
    return replace(poses, image=image, world=world((0.4, 0, 0), (0, -0.5, 0)))


def world(across: tuple[float, float, float], spine: tuple[float, float, float]) -> Array:
    """World points of one frame: the line from right to left shoulder, and that from hips to shoulders."""
    found = np.zeros((1, 33, 3), np.float32)
    for side, sign in (("left", 0.5), ("right", -0.5)):
        found[0, INDEX[f"{side}_hip"]] = sign * np.array(across)
        found[0, INDEX[f"{side}_shoulder"]] = sign * np.array(across) + spine
    return found


def lying(up: float, *, back: bool = True, head: int = 1, upright: bool = False) -> Poses:
    """One frame: side-on, the hip's centre `up` pixels over the line from shoulder to knee, both 200 px from it.

    back: on the back, else prone. head: 1 to the right of the picture, -1 to the left. upright: turned to stand.
    """
    image = np.zeros((1, 33, 2))
    landmark = up + 0.04 * 200 * (1 if back else -1)  # the centre lies behind the landmark
    for side in ("left", "right"):
        parts = ((head * 200, 0), (0, -landmark), (-head * 200, 0))
        for part, (x, y) in zip(("shoulder", "hip", "knee"), parts, strict=True):
            image[0, INDEX[f"{side}_{part}"]] = (600 + y, 400 - x) if upright else (600 + x, 400 + y)
    near = -0.4 * head * (1 if back else -1)
    points = world((0, 0, near), (0, -0.5, 0) if upright else (head * 0.5, 0, 0))
    return replace(Poses.blank(np.zeros(1), (1280, 720)), image=image, world=points)


def angle(script: Script, time: float) -> float | None:
    shown = script.overlay(person(time)).angle
    return None if shown is None else shown.degrees


def test_the_count_grows_as_reps_end_and_cut_reps_do_not_count() -> None:
    script = Script([example.leg_lift()])
    bout = example.leg_lift()
    moments = [0.5, 3.0, bout.reps[0].end_s + 0.01, 12.0, bout.reps[1].end_s + 0.01, 20.0, 22.0]
    assert [script.overlay(person(t)).count for t in moments] == [0, 0, 1, 1, 2, 2, 2]


def test_title_and_side() -> None:
    overlay = Script([example.leg_lift()]).overlay(person(3.0))
    assert (overlay.title, overlay.side) == ("Leg lift, right side", "right")
    lunge = replace(example.leg_lift(), title="Kneeling lunge", side_words="with the {side} knee down")
    assert Script([lunge]).overlay(person(3.0)).title == "Kneeling lunge with the right knee down"
    assert Script([example.leg_lift()]).overlay(person(8.0)).side is None


def test_nothing_is_counted_outside_the_bouts() -> None:
    overlay = Script([example.leg_lift(), example.ball_bridge()]).overlay(person(24.5))
    assert (overlay.title, overlay.count, overlay.hold_s, overlay.angle) == ("", None, None, None)


def test_the_hold_grows_and_stays_until_the_rep_is_over() -> None:
    script, first = Script([example.leg_lift()]), example.leg_lift().reps[0]
    holds = [script.overlay(person(t)).hold_s for t in (first.hold_from_s - 0.1, first.hold_from_s + 1, first.end_s)]
    assert holds[0] is None
    assert holds[1:] == pytest.approx([1.0, first.hold_s])
    assert script.overlay(person(first.end_s + 0.1)).hold_s is None


def test_the_angle_is_that_of_the_working_side_also_between_reps() -> None:
    script = Script([example.leg_lift()])  # the right leg lifts; the left side is nearer the camera
    assert [angle(script, t) for t in (1.0, 3.0, 9.0, 12.0, 22.5)] == pytest.approx([180] * 5)


def test_the_angle_of_a_bridge_is_that_of_the_nearer_side() -> None:
    near = replace(example.ball_bridge().view, near_side="left")
    assert angle(Script([replace(example.ball_bridge(), view=near)]), 30) == pytest.approx(90, abs=4)
    assert angle(Script([example.ball_bridge()]), 30) == pytest.approx(180)


def test_the_angle_of_somebody_unseen_is_none() -> None:
    assert hip_angle(Poses.blank(np.zeros(1), SIZE), "left") is None


def degrees(poses: Poses) -> float:
    found = hip_angle(poses, "left")
    assert found is not None
    return found.degrees


@pytest.mark.parametrize("head", [1, -1])
@pytest.mark.parametrize("up", [-150.0, -20.0, -1.0, 0.0, 1.0, 20.0])
def test_on_the_back_the_angle_tells_hips_that_are_high_from_hips_that_sag(up: float, head: int) -> None:
    """The angle of the belly's side: it goes on beyond 180 where the hip rises through the line."""
    assert degrees(lying(up, head=head)) == pytest.approx(180 + 2 * np.degrees(np.arctan(up / 200)), abs=1)


@pytest.mark.parametrize("up", [-20.0, 20.0])
def test_the_angle_of_others_is_at_most_180(up: float) -> None:
    from_the_feet = replace(lying(up, upright=True), world=lying(up).world)
    for poses in (lying(up, back=False), lying(up, upright=True), from_the_feet):
        assert 160 < degrees(poses) < 176


def test_the_angle_is_drawn_at_the_joint() -> None:
    found = hip_angle(lying(20.0), "left")
    assert found is not None
    assert found.centre == pytest.approx((600, 380), abs=2)


def faulty(*moments: float | None, gap: float = 100.0) -> Bout:
    """A bout of a rep from 28.5 to 34.5 s with these faults, and one that begins `gap` later and has none."""
    cues = tuple(example.fault("hips_up", 1, "trunk", f"sentence {i}", at) for i, at in enumerate(moments))
    bout = example.ball_bridge()
    first, later = replace(bout.reps[0], cues=cues), bout.reps[0].end_s + gap
    second = replace(bout.reps[1], start_s=later, hold_from_s=later + 1, hold_to_s=later + 4, end_s=later + 6, cues=())
    return replace(bout, reps=(first, second), end_s=later + 6)


def messages(bout: Bout, *times: float) -> list[str]:
    script = Script([bout])
    return [script.overlay(person(t)).message.removeprefix("Rep 1: ") for t in times]


def test_a_sentence_names_its_rep_where_there_are_several() -> None:
    bout = faulty(30)
    assert Script([bout]).overlay(person(30)).message == "Rep 1: sentence 0"
    assert Script([replace(bout, reps=bout.reps[:1])]).overlay(person(30)).message == "sentence 0"


def test_a_sentence_leaves_when_the_next_rep_is_under_way() -> None:
    bout = faulty(33, gap=0.2)
    gone = bout.reps[1].start_s + INTO_NEXT_S
    assert messages(bout, 33, gone - 0.01, gone + 0.01) == ["sentence 0", "sentence 0", ""]


def test_a_sentence_of_the_reps_very_end_can_still_be_read() -> None:
    """Also one without a moment: it is decided when the rep is over."""
    for moment in (34.5, None):
        bout = faulty(moment, gap=0.0)
        gone = 34.5 - LEAD_S + LEAST_S
        assert messages(bout, 34.3, 34.5, gone - 0.01, gone + 0.01) == ["", "sentence 0", "sentence 0", ""]


def test_sentences_share_the_time_until_the_next_rep() -> None:
    """Of three in 2.5 s before the next rep two can be read; the third does not go into that rep."""
    bout = faulty(32, 32.1, 32.2, gap=0.0)
    start = 32 - LEAD_S
    times = [start, start + LEAST_S - 0.01, start + LEAST_S + 0.01, bout.reps[1].start_s, bout.reps[1].start_s + 0.6]
    assert messages(bout, *times) == ["sentence 0", "sentence 0", "sentence 1", "sentence 1", ""]


def test_each_reps_numbers_are_shown_with_that_rep() -> None:
    bout = example.leg_lift()
    shown = {t: Script([bout]).overlay(person(t)).message for t in np.arange(0.0, 25.0, 0.1).tolist()}
    for rep in bout.counted:
        told = [t for t, message in shown.items() if f"rose by {7 + rep.index} cm" in message]
        assert told
        assert rep.start_s < min(told) < max(told) < rep.end_s + SHOWN_S


def test_a_sentence_comes_at_its_moment_and_stands() -> None:
    times = [30 - LEAD_S - 0.01, 30 - LEAD_S, 30, 30 - LEAD_S + SHOWN_S - 0.01, 30 - LEAD_S + SHOWN_S]
    assert messages(faulty(30), *times) == ["", "sentence 0", "sentence 0", "sentence 0", ""]


def test_sentences_wait_for_each_other_but_not_for_long() -> None:
    start = 30 - LEAD_S
    moments = [start + SHOWN_S * i + 0.1 for i in range(5)]
    assert messages(faulty(30, 30.1, 30.2, 30.3, 30.4), *moments) == [*(f"sentence {i}" for i in range(3)), "", ""]
    assert LATEST_S < 3 * SHOWN_S


def test_a_rep_that_the_clip_cuts_gets_no_sentence() -> None:
    bout = faulty(30)
    assert messages(replace(bout, reps=(replace(bout.reps[0], partial=True),)), 30) == [""]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recording of 2 s at a wavering rate and its annotated video."""
    folder = tmp_path_factory.mktemp("annotated")
    poses = bridges()[np.flatnonzero((np.arange(60) % 7 != 3) & (bridges().time[:60] < 2))]
    source = recorded(folder / "source.mp4", poses)
    with PosesWriter(folder / "landmarks.npz", SIZE) as writer:
        writer.append(poses)
    report = Report(VideoInfo(str(source), "", 2.0, 25.0, *SIZE, frames=len(poses)), (), ())
    done: list[int] = []
    annotate(folder / "annotated.mp4", source, npz.read(folder / "landmarks.npz"), report, done.append)
    assert done == list(range(1, len(poses) + 1))
    return folder


def test_it_is_h264_in_420_with_its_index_first(drawn: Path) -> None:
    data = (drawn / "annotated.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with av.open(str(drawn / "annotated.mp4")) as opened:
        codec = opened.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", *SIZE)


def test_it_has_the_frames_of_the_source_at_their_times_with_the_skeleton(drawn: Path) -> None:
    with av.open(str(drawn / "source.mp4")) as source, av.open(str(drawn / "annotated.mp4")) as result:
        before, after = list(source.decode(video=0)), list(result.decode(video=0))
    start = before[0].time or 0.0
    assert [f.time for f in after] == pytest.approx([(f.time or 0.0) - start for f in before], abs=1e-3)
    hip = bridges().image[0, INDEX["left_hip"]].astype(int)
    patch = (slice(hip[1] - 2, hip[1] + 3), slice(hip[0] - 2, hip[0] + 3))
    plain, marked = (frames[0].to_ndarray(format="rgb24")[patch].astype(int) for frames in (before, after))
    assert np.abs(plain - marked).max() > 80


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium to play a video")
def test_a_browser_plays_it(drawn: Path, tmp_path: Path) -> None:
    page = drawn / "page.html"
    page.write_text(
        "<video src='annotated.mp4'></video><script>onload = () => { const v = document.querySelector('video');"
        "document.title = `${v.readyState > 1} ${v.videoWidth}x${v.videoHeight} ${v.duration.toFixed(1)} s` }</script>",
        "utf-8",
    )
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path}"]
    line = [str(CHROMIUM), *switches, "--dump-dom", page.as_uri()]
    shown = ran(line)
    assert f"<title>true {SIZE[0]}x{SIZE[1]} 2.0 s</title>" in shown  # a picture of it is decoded


def test_a_source_without_a_rate(tmp_path: Path) -> None:
    """One frame: its duration is unknown, and yet there is a video of it."""
    source = clip(tmp_path / "one.mp4", size=SIZE, times=[0])
    with PosesWriter(tmp_path / "landmarks.npz", SIZE) as writer:
        writer.append(bridges()[:1])
    report = Report(VideoInfo(str(source), "", 0.0, 0.0, *SIZE, frames=1), (), ())
    annotate(tmp_path / "annotated.mp4", source, npz.read(tmp_path / "landmarks.npz"), report, lambda n: None)
    with av.open(str(tmp_path / "annotated.mp4")) as opened:
        assert len(list(opened.decode(video=0))) == 1


def test_frames_that_mp4_cannot_tell_apart_in_time(tmp_path: Path) -> None:
    source = clip(tmp_path / "close.mov", size=SIZE, times=[0, 1, 40_000, 80_000], time_base=Fraction(1, 1_000_000))
    with Video(source) as video:
        times = [frame.time for frame in video.frames()]
    assert times == [0.0, 1e-6, 0.04, 0.08]
    with PosesWriter(tmp_path / "landmarks.npz", SIZE) as writer:
        writer.append(replace(bridges()[:4], time=np.array(times)))
    report = Report(VideoInfo(str(source), "", 0.12, 25.0, *SIZE, frames=4), (), ())
    done: list[int] = []
    annotate(tmp_path / "annotated.mp4", source, npz.read(tmp_path / "landmarks.npz"), report, done.append)
    assert done == [1, 2, 3, 4]
    with av.open(str(tmp_path / "annotated.mp4")) as opened:
        assert [frame.time for frame in opened.decode(video=0)] == pytest.approx([0.0, 0.04, 0.08], abs=1e-4)


def test_the_evidence_of_a_fault_is_drawn_around_its_moment(tmp_path: Path) -> None:
    """The marks are those of the player, by their times; those of what is right are left out."""
    source = clip(tmp_path / "clip.mp4", size=SIZE, times=range(0, 30 * 512, 512), time_base=Fraction(1, 15360))
    with PosesWriter(tmp_path / "landmarks.npz", SIZE) as writer:
        writer.append(bridges()[:30])
    report = Report(VideoInfo(str(source), "", 1.0, 30.0, *SIZE, frames=30), (), ())
    line = Mark("line", "gap", ((20.0, 45.0), (140.0, 45.0)))
    kept = [
        Moment("b1r1-a", 0.5, "", example.fault("hips_up", 1, "trunk", "", 0.5), ((0.5, (line,)),)),
        Moment("b1r1-b", 0.2, "", example.met("hips_up", 1, "trunk", ""), ((0.2, (line,)),)),
    ]
    poses = npz.read(tmp_path / "landmarks.npz")
    annotate(tmp_path / "annotated.mp4", source, poses, report, lambda n: None, kept)
    with Video(tmp_path / "annotated.mp4") as video:
        red = [frame.time for frame in video.frames() if _reddish(frame.rgb[45, 30:130])]
    assert red
    assert 0.4 - 0.02 <= min(red) < 0.5 < max(red) <= 0.6 + 0.02


def _reddish(pixels: Array) -> bool:
    r, g, b = (pixels[:, i].astype(int) for i in range(3))
    return bool(np.median(r - (g + b) // 2) > 60)


def test_the_message_keeps_clear_of_the_evidence() -> None:
    """The picture's lower edge shows the fault, so the words go to the upper one."""
    plain, marked = (np.zeros((720, 1280, 3), np.uint8) for _ in range(2))
    nobody = np.full((33, 2), np.nan), np.zeros(33), np.full(33, np.nan)
    draw(plain, *nobody, Overlay(message="Keep your heel down."))
    draw(marked, *nobody, Overlay(message="Keep your heel down.", keep_free=[(640.0, 690.0)]))
    assert plain[690].any() and not marked[690].any()
    assert marked[30].any()
