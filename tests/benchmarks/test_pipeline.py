"""The pipeline benchmark without a model or a clock: stages add up, clips are cut by their truth, verdicts compared."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest
from clips import clip, number
from findings_example import report

from benchmarks.pipeline import __main__ as door
from benchmarks.pipeline import runs as running
from benchmarks.pipeline import verdicts
from benchmarks.pipeline.clips import INPUTS, MOVING, WITH_HOLDS, Made, forth_and_back, made, moving
from benchmarks.pipeline.runs import NEW, OLD, OURS, Run
from benchmarks.pipeline.side import watch_formcheck
from benchmarks.pipeline.stopwatch import Stopwatch
from benchmarks.pipeline.tables import Cell, ratio, sections, stage_ms, total
from benchmarks.pipeline.verdicts import Changes, compared, compared_all
from formcheck.errors import UsageError
from formcheck.media.video import Video

REPORT: Final = report()


class Clock:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


# Stages


def test_a_stage_lacks_what_ran_inside_it() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    with watch.stage("outer"):
        clock.advance(1)
        for _ in range(2):
            with watch.stage("inner"):
                clock.advance(3)
        clock.advance(2)
    assert watch.seconds == {"outer": [3], "inner": [6]}
    assert watch.calls == {"outer": 1, "inner": 2}


def test_a_stage_that_fails_is_counted_and_the_next_one_is_right() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    with pytest.raises(ValueError, match="broken"), watch.stage("outer"), watch.stage("inner"):
        clock.advance(4)
        raise ValueError("broken")
    with watch.stage("outer"):
        clock.advance(1)
    assert watch.seconds == {"outer": [1], "inner": [4]}


def test_hooks_time_functions_methods_iterators_and_what_is_made() -> None:
    clock = Clock()
    watch = Stopwatch(clock)

    class Thing:
        def method(self, seconds: float) -> float:
            clock.advance(seconds)
            return seconds

        name = "thing"

    def counted(n: int) -> Any:
        for i in range(n):
            clock.advance(1)
            yield i

    module = SimpleNamespace(Thing=Thing, steps=counted, make=Thing)
    watch.made(module, "make", "making", lambda: {"method": "its method"})
    watch.hook(module, "Thing.method", "method")
    watch.hook(module, "steps", "steps", steps=True)
    assert module.Thing().method(5) == 5
    for _ in module.steps(3):
        clock.advance(100)  # the caller's own time is nobody's stage
    thing = module.make()
    assert (thing.method(7), thing.name) == (7, "thing")
    assert {k: v[0] for k, v in watch.seconds.items()} == {**{"method": 12, "steps": 3, "making": 0, "its method": 0}}
    with pytest.raises(AttributeError, match="gone"):
        watch.hook(module, "gone", "stage")


def test_every_hook_finds_its_callable(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    monkeypatch.setattr(Stopwatch, "hook", lambda self, owner, path, name, **_: found.append(_reach(owner, path)))
    monkeypatch.setattr(Stopwatch, "made", lambda self, owner, path, name, methods: found.append(_reach(owner, path)))
    watch_formcheck(Stopwatch())
    assert len(found) > 15
    assert all(map(callable, found))


def _reach(owner: Any, path: str) -> Any:
    for part in path.split("."):
        owner = getattr(owner, part)
    return owner


# Clips


def truth(places: list[float], step: float = 0.1) -> dict[str, Any]:
    """One joint along a line, in metres."""
    times = [i * step for i in range(len(places))]
    joints = {"left_knee": [[x, 0.0, 0.0] for x in places], "nose": [[0.0, 0.0, 0.0]] * len(places)}
    return {"schema": "formcheck.truth/1", "time_s": times, "joints_m": joints, "bouts": []}


def test_a_frame_moves_when_its_fastest_joint_does() -> None:
    swaying, lifting = 0.008, 0.02  # metres in a tenth of a second
    assert moving(truth([0, swaying, swaying + lifting, swaying + lifting])).tolist() == [False, True, False, False]


def test_forth_and_back_never_shows_a_frame_twice_in_a_row() -> None:
    numbers = forth_and_back(np.array([2, 3, 7]), 10)
    assert numbers.tolist() == [2, 3, 7, 3, 2, 3, 7, 3, 2, 3]


def studio_clip(folder: Path, places: list[float]) -> Path:
    path = clip(folder / "act.mp4", times=range(0, 100 * len(places), 100), rate=10)
    path.with_suffix(".json").write_text(json.dumps(truth(places)), "utf-8")
    return path


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs as small as the clip, but for the rate."""
    for name in ("720p", "60fps"):
        monkeypatch.setitem(INPUTS, name, INPUTS[name]._replace(side=48, rate=20 if name == "60fps" else None))


@pytest.mark.usefixtures("tiny")
def test_a_clip_gives_itself_and_one_that_is_never_still(tmp_path: Path) -> None:
    source = studio_clip(tmp_path, [0.0] * 7 + [0.1, 0.2, 0.3])
    both = made(source, ["720p"], tmp_path / "work")
    assert [(m.group, m.still) for m in both] == [(WITH_HOLDS, pytest.approx(0.6)), (MOVING, 0.0)]
    shown = []
    for one in both:
        with Video(one.video) as video:
            shown.append([number(frame.rgb) for frame in video.frames()])
            assert video.info().fps == pytest.approx(10)
    assert shown == [list(range(10)), [6, 7, 8, 9, 8, 7, 6, 7, 8, 9]]


@pytest.mark.usefixtures("tiny")
def test_a_clip_that_mostly_moves_gives_no_clip_with_holds(tmp_path: Path) -> None:
    source = studio_clip(tmp_path, [0.1 * i for i in range(8)] + [0.7, 0.7])
    assert [m.group for m in made(source, ["720p"], tmp_path / "work")] == [MOVING]


@pytest.mark.usefixtures("tiny")
def test_another_rate_has_more_frames_in_the_same_time(tmp_path: Path) -> None:
    source = studio_clip(tmp_path, [0.0] * 10)
    (one,) = made(source, ["60fps"], tmp_path / "work")
    with Video(one.video) as video:
        assert sum(1 for _ in video.frames()) == 20
        assert video.info().duration_s == pytest.approx(1.0)


@pytest.mark.usefixtures("tiny")
def test_a_made_clip_is_kept_for_the_same_source(tmp_path: Path) -> None:
    source = studio_clip(tmp_path, [0.0] * 10)
    (one,) = made(source, ["720p"], tmp_path / "work")
    one.video.write_bytes(b"kept")
    assert made(source, ["720p"], tmp_path / "work") == [one]
    assert one.video.read_bytes() == b"kept"
    studio_clip(tmp_path, [0.0] * 12)
    (other,) = made(source, ["720p"], tmp_path / "work")
    assert other.video != one.video


def test_a_clip_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no truth of the studio"):
        made(clip(tmp_path / "plain.mp4"), ["720p"], tmp_path)


# Tables


def run(side: str, seconds: float, *, name: str = "a", cores: int = 2, group: str = MOVING, frames: int = 100) -> Run:
    clip_made = Made(name, group, "720p", 0.0, Path(name))
    stages = {"decode": (seconds / 4, seconds / 8), "else": (seconds * 3 / 4, seconds * 3 / 8)}
    return Run(side, clip_made, cores, frames, seconds, seconds / 2, 1.0, 0.5, stages, {"decode": frames}, None)


def test_a_ratio_is_of_medians_added_up_over_the_clips() -> None:
    ours = [run(OURS, s) for s in (1.0, 9.0, 2.0)] + [run(OURS, s, name="b") for s in (3.0, 4.0, 4.5)]
    rival = [run(OLD, s) for s in (8.0, 7.0, 9.0)] + [run(OLD, s, name="b") for s in (10.0, 10.0, 10.0)]
    cell = Cell("720p", MOVING, 2)
    found = total(ours, cell, OURS)
    assert found is not None
    assert (found.frames, found.seconds, found.spread) == (200, 6.0, 4.0)
    assert ratio([*ours, *rival], cell, OURS, OLD) == pytest.approx(3.0)
    assert ratio(ours, cell, OURS, OLD) is None
    assert stage_ms(ours, cell, OURS)["decode"] == pytest.approx((7.5, 3.75))


def test_a_rival_that_reads_other_frames_is_compared_by_the_frame() -> None:
    runs = [run(OURS, 1.0, frames=100), run(OLD, 1.0, frames=50)]
    assert ratio(runs, Cell("720p", MOVING, 2), OURS, OLD) == pytest.approx(2.0)


def test_each_bound_is_a_row_that_says_whether_it_holds() -> None:
    runs = [run(OURS, 1.0), run(OLD, 3.1), run(OURS, 1.0, cores=1), run(OLD, 1.4, cores=1)]
    flipped = Changes(compared=10, flips=("hips_up: met to fault",))
    rows = {row[0]: row[1:] for row in sections(runs, 0.2, flipped)[0].rows}
    held = [("3.10", "yes"), ("1.40", "no"), ("not measured", "–"), ("not measured", "–"), ("0.20 s", "yes")]
    assert list(rows.values())[:5] == held
    assert [row[1] for row in list(rows.values())[5:]] == ["no", "yes", "yes", "yes"]
    assert [row[2] for row in sections(runs, 0.2, None)[0].rows[5:]] == ["–"] * 4


def test_every_table_is_as_wide_as_its_head() -> None:
    runs = [run(side, 1.0, cores=cores) for side in (OURS, OLD) for cores in (1, 2)]
    for table in sections(runs, 0.2, None):
        assert {len(row) for row in table.rows} == {len(table.head)}, table.title


# Verdicts


def test_a_report_is_like_itself() -> None:
    changes = compared(REPORT, REPORT.to_dict())
    assert changes.compared > 5
    assert changes == Changes(compared=changes.compared, reps=changes.reps)
    assert all(holds for _, _, holds in changes.bounds())


def changed(bout: int, rep: int, **values: Any) -> Any:
    """The example report with other values in one rep."""
    bouts = list(REPORT.bouts)
    reps = list(bouts[bout].reps)
    reps[rep] = replace(reps[rep], **values)
    bouts[bout] = replace(bouts[bout], reps=tuple(reps))
    return replace(REPORT, bouts=tuple(bouts))


def judged(old: str, new: str) -> Any:
    """The example report, the first verdict `old` of its first rep that has one made `new`."""
    for b, bout in enumerate(REPORT.bouts):
        for r, rep in enumerate(bout.reps):
            for c, cue in enumerate(rep.cues):
                if cue.verdict == old:
                    cues = (*rep.cues[:c], replace(cue, verdict=new), *rep.cues[c + 1 :])
                    return changed(b, r, cues=cues)
    raise AssertionError(f"the example has no verdict {old}")


def test_flips_borderline_and_unassessed_are_told_apart() -> None:
    flip = compared(REPORT, judged("met", "fault"))
    assert (len(flip.flips), flip.borderline, flip.unassessed) == (1, 0, 0)
    assert "met to fault" in flip.flips[0]
    border = compared(judged("fault", "borderline"), REPORT)
    assert (len(border.flips), border.borderline, border.unassessed) == (0, 1, 0)
    unseen = compared(REPORT, judged("met", "not_assessed"))
    assert (len(unseen.flips), unseen.borderline, unseen.unassessed) == (0, 0, 1)


def test_rep_times_and_lost_reps_show() -> None:
    rep = REPORT.bouts[0].reps[0]
    assert compared(REPORT, changed(0, 0, peak_s=rep.peak_s + 0.07)).time_s == pytest.approx(0.07, abs=1e-6)
    fewer = replace(REPORT, bouts=(replace(REPORT.bouts[0], reps=REPORT.bouts[0].reps[1:]), *REPORT.bouts[1:]))
    lost = compared(REPORT, fewer)
    assert len(lost.alone) == 1
    assert [holds for _, _, holds in lost.bounds()] == [True, False, True, True]
    assert compared(replace(REPORT, bouts=()), REPORT).alone


def test_folders_of_reports_are_compared_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder, found in (("before", REPORT), ("after", judged("met", "fault"))):
        door.keep(tmp_path / folder, {"clip": found.to_dict()})
    assert verdicts.main([str(tmp_path / "before"), str(tmp_path / "after")]) == 0
    assert "FAILS no verdict flips" in capsys.readouterr().out
    with pytest.raises(UsageError, match="one only has: other"):
        compared_all({"clip": REPORT.to_dict()}, {"clip": REPORT.to_dict(), "other": REPORT.to_dict()})
    (tmp_path / "empty").mkdir()
    assert verdicts.main([str(tmp_path / "before"), str(tmp_path / "empty")]) == 2


# The door


def test_the_table_comes_of_runs_in_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []

    def pretend(side: str, one: Made, cores: int, solutions: str | None, before: Path | None) -> Run:
        order.append(side)
        found = REPORT.to_dict() if side == OURS else None
        return replace(run(side, 1.0 if side == OURS else 5.0, cores=cores), clip=one, report=found)

    monkeypatch.setattr(running, "run", pretend)
    monkeypatch.setattr(door, "made", lambda path, inputs, work: [run(OURS, 1.0).clip])
    monkeypatch.setattr(door, "help_cpu", lambda: 0.2)
    line = ["clip.mp4", "--sides", f"{OURS},{NEW},{OLD}", "--solutions", "python", "--cores", "2", "--repeats", "2"]
    assert door.main([*line, "--reports", str(tmp_path / "kept")]) == 0
    assert order == [OURS, NEW, OLD] * 3
    printed = capsys.readouterr().out
    assert "| 720p, never still, 2 cores: 3 times as fast as solutions.pose 0.10.21 | 5.00 | yes |" in printed
    assert door.main([*line, "--verdicts", str(tmp_path / "kept"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row[2] for row in answer["tables"][0]["rows"][5:]] == ["yes"] * 4
    assert len(answer["runs"]) == 6
    order.clear()
    assert door.main(["clip.mp4", "--sides", OURS, "--before", "there", "--cores", "1", "--repeats", "1"]) == 0
    assert order == ["formcheck before", OURS] * 2
    assert (
        "| 720p, never still, 1 core: formcheck, at most 1.25 times the CPU a frame of before | "
        in capsys.readouterr().out
    )


def test_reports_that_differ_from_run_to_run_stop_it() -> None:
    runs = [replace(run(OURS, 1.0), report={"bouts": [n]}) for n in (1, 2)]
    with pytest.raises(UsageError, match="different reports"):
        door.report_of_each(runs)


def test_what_cannot_be_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="cores are asked for"):
        running.allowed(10_000)
    with pytest.raises(UsageError, match="no Python that can be started"):
        running.run(OLD, run(OLD, 1.0).clip, 1, str(tmp_path / "none"))
    with pytest.raises(SystemExit):
        door.main(["--inputs", "8k"])
    assert "allowed: 720p" in capsys.readouterr().err
