"""Clips and splits: a manifest gives back what was planned, splits share nothing, a made clip is not made again."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba", reason="the studio's renderer needs numba")

from benchmarks.studio import clip as clips
from benchmarks.studio import splits
from benchmarks.studio.body import Shape
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.clip import Bystander, Clip, Part, Setting, Take, made
from benchmarks.studio.figure import Figure
from benchmarks.studio.filming import fitting
from benchmarks.studio.look import Look
from benchmarks.studio.mix import MIXES
from benchmarks.studio.scene import Hidden, stage
from benchmarks.studio.sets import Recipe
from benchmarks.studio.things import box
from formcheck.errors import UsageError
from formcheck.media.video import Video
from models.fit import scenes, stills

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

SHORT = Clip(
    name="short",
    seed=3,
    shape=Shape(),
    look=Look(top_fit=0.1),
    parts=(Part(Recipe("leg_lift", {"hold_s": 3.4}), ("left",)),),
    setting=Setting(5, clutter=0.0, bystander=Bystander(8, 1.0, -1.5, 20.0)),
    camera=Camera(yaw=80.0, size=(128, 72), aim=(0.0, 0.3, 0.0)),
    film=Film(),
    fps=10.0,
    seconds=(1.0, 1.5),
    tags=(("cue", "none"),),
)


def test_plan_survives_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splits, "FOLDER", tmp_path)
    splits.written("tune", [SHORT])
    (back,) = splits.clips("tune")
    assert back == SHORT
    assert back.key == SHORT.key
    manifest = tmp_path / "tune.json"
    manifest.write_text(manifest.read_text("utf-8").replace("short", "shirt"), "utf-8")
    with pytest.raises(UsageError, match="restore it"):
        splits.clips("tune")


def test_split_without_manifest_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splits, "FOLDER", tmp_path)
    with pytest.raises(UsageError, match="has no manifest"):
        splits.clips("test")


def test_key_is_of_the_picture_alone() -> None:
    assert replace(SHORT, name="other", tags=()).key == SHORT.key
    assert replace(SHORT, seed=4).key != SHORT.key


def test_made_once_and_truth_anew_when_bounds_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(SHORT, tmp_path)
    video = (tmp_path / "short.mp4").read_bytes()
    truth = json.loads((tmp_path / "short.json").read_text("utf-8"))
    with Video(tmp_path / "short.mp4") as opened:
        times = [frame.time for frame in opened.frames()]
    assert times == pytest.approx(truth["time_s"], abs=1e-3)
    assert len(truth["joints_px"]["left_hip"]) == len(truth["joints_hidden"]["left_hip"]) == len(times)
    assert not made(SHORT, tmp_path)
    monkeypatch.setattr(clips, "BOUNDS", tmp_path)
    (tmp_path / "one.toml").write_text("changed", "utf-8")
    assert not made(SHORT, tmp_path)
    again = json.loads((tmp_path / "short.json").read_text("utf-8"))
    assert again["made_from"] != truth["made_from"]
    assert again["joints_hidden"] == truth["joints_hidden"]
    assert (tmp_path / "short.mp4").read_bytes() == video


@pytest.mark.parametrize("furniture", [False, True])
def test_what_hides_a_joint(furniture: bool) -> None:
    """From the left of who lies: the body hides the far hip, a box the near ankle, the edge the rest."""
    clip = replace(SHORT, camera=replace(SHORT.camera, yaw=90.0, size=(640, 360)), seconds=None)
    take = Take(clip)
    places, sizes = clips._watched(take)
    names = list(sizes)
    ankle = places[0, names.index("left_ankle")]
    things = box((float(ankle[0]) + 0.5, 0.2, float(ankle[2])), (0.1, 0.5, 0.3), np.ones(3)) if furniture else None
    room = replace(stage(np.random.default_rng(1), clip.camera, clutter=0.0, mat=False), things=things)
    people = [Figure(take.actor.body, clip.look).posed(take.transforms(np.zeros(1))[0])]

    def hidden(name: str, camera: Camera) -> int:
        found = room.hidden(people, camera, 0.0, places[0], np.array(list(sizes.values())))
        return int(found[names.index(name)])

    assert hidden("left_knee", clip.camera) == Hidden.NOT
    assert hidden("left_ankle", clip.camera) == (Hidden.THING if furniture else Hidden.NOT)
    assert hidden("right_hip", clip.camera) == Hidden.BODY
    assert hidden("left_knee", replace(clip.camera, aim=(0.0, 0.3, -3.0))) == Hidden.OUTSIDE


def test_ball_is_drawn_where_it_rolls() -> None:
    parts = (Part(Recipe("ball_bridge", {"slide": 0.1}), ("both",)),)
    take = Take(replace(SHORT, parts=parts, seconds=None))
    times = np.array([0.0, take.act.windows[0].last_s / 2])
    middles = [mesh.vertices.mean(axis=0)[2] for mesh in take.balls(times)]
    np.testing.assert_allclose(middles, take.act.roll(times), atol=1e-5)
    assert middles[0] > middles[1] + 0.08
    assert [support.ball[2] for support in take.supports(times)] == pytest.approx(middles, abs=1e-5)
    assert Take(SHORT).balls(times) == []


def test_same_frames_every_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        made(replace(SHORT, name=name), tmp_path)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_uneven_times_grow() -> None:
    times = replace(SHORT, uneven_fps=True).times(20.0)
    assert times[0] == 0
    assert times[-1] < 20
    steps = np.diff(times)
    assert steps.min() > 0
    assert steps.max() > 1.5 * steps.min()


def test_splits_share_no_body() -> None:
    bodies = [splits.person(split, number)[0] for split, count in splits.BODIES.items() for number in range(count)]
    assert len(set(bodies)) == sum(splits.BODIES.values())
    used = [*splits.NUMBER.values(), *stills.NUMBER.values(), scenes.NUMBER, 3, 4]  # the last two were used before
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("yaw", [90.0, 20.0])
def test_camera_stands_where_the_whole_person_is_in_the_picture(yaw: float) -> None:
    reach = Take(SHORT).span(3)
    middle = (reach.min(axis=0) + reach.max(axis=0)) / 2
    camera = Camera(yaw=yaw, aim=(float(middle[0]), float(middle[1]), float(middle[2])))
    distance = fitting(camera, reach)
    seen = replace(camera, distance=distance).view(0.0).project(reach)[:, :2] / np.array(camera.size)
    assert np.abs(seen - 0.5).max() < 0.43
    nearer = replace(camera, distance=distance - 0.1).view(0.0).project(reach)[:, :2] / np.array(camera.size)
    assert np.abs(nearer - 0.5).max() > 0.43


def tags_of(split: str) -> list[dict[str, str]]:
    return [dict(clip.tags) for clip in splits.clips(split)]


@pytest.mark.parametrize("split", list(splits.NUMBER))
def test_committed_manifest(split: str) -> None:
    """As many bodies as asked for, faults near and far; no body, room or camera of another split."""
    planned = splits.clips(split)
    assert len({clip.shape for clip in planned}) == splits.BODIES[split]
    far, near = (sum(tag.get("state") == state for tag in tags_of(split)) for state in ("far", "near"))
    assert abs(far - near) <= 0.25 * (far + near)
    others = [clip for name in splits.NUMBER if name != split for clip in splits.clips(name)]
    assert not {clip.shape for clip in planned} & {clip.shape for clip in others}
    assert not {clip.setting.seed for clip in planned} & {clip.setting.seed for clip in others}
    if split != "sample":
        assert not {clip.camera.yaw for clip in planned} & {clip.camera.yaw for clip in others}


@pytest.mark.parametrize("split", list(MIXES))
def test_a_split_shows_what_was_wished(split: str) -> None:
    wishes = splits.wishes(split, splits.NUMBER[split])
    tags = tags_of(split)
    assert len(tags) == len(wishes) == splits.clips_in(split)
    assert [{key: tag[key] for key in ("kind", "view", "way", "hide")} for tag in tags] == [asdict(w) for w in wishes]
    for tag in tags:
        off_side = 90 - float(tag["yaw"])
        low, high = {"side": (0, 20), "oblique": (20, 60), "front": (70, 90)}[tag["view"]]
        assert low <= off_side <= high, tag


def test_the_mix_of_test() -> None:
    """A third oblique, ten lunges among them; a tenth from the front or the feet; a fifth hidden; ten negatives."""
    tags, clips = tags_of("test"), splits.clips("test")
    count = len(tags)
    assert sum(tag["view"] == "oblique" for tag in tags) >= count / 3
    assert sum(tag["view"] == "oblique" and tag["kind"] == "kneeling_lunge" for tag in tags) >= 10
    assert sum(tag["view"] == "front" for tag in tags) >= max(count / 10, 10)
    assert sum(tag["hide"] != "" for tag in tags) >= count / 5
    assert sum(tag["kind"] == "negative" for tag in tags) == 10
    assert sum(tag["loose"] == "yes" for tag in tags) == pytest.approx(count / 4, abs=3)
    assert min(clip.camera.height for clip in clips) < 0.2
    assert max(clip.camera.height for clip in clips) > 1.55
    assert {tag["way"] for tag in tags} == {"", "on_knee", "wall", "stretched", "heels", "crossed"}


def test_what_the_edge_hides_is_outside() -> None:
    """A foot."""
    for clip in splits.clips("test"):
        if dict(clip.tags)["hide"] == "edge":
            take = Take(clip)
            joints = take.actor.joints(take.actor.rig.matrices(take.act.at(np.zeros(1))))
            toes = np.concatenate([joints[f"{side}_toe"] for side in ("left", "right")])
            seen = clip.camera.view(0.0).project(toes)[:, :2] / np.array(clip.camera.size)
            assert (np.abs(seen - 0.5) > 0.5).any()
