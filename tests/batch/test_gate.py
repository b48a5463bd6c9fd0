"""The gate: the same passes, what is worse fails in the case that names it, whatever the baseline's form."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from clinic import bridge, contents, saved
from door import command, refused

from benchmarks.gate import biased, failures, run, with_a_shorter_hold, without_a_rep
from benchmarks.stick import Camera, Tempo, film, leg_lift
from formcheck.batch import ci, gate
from formcheck.batch.gate import Case, Gated
from formcheck.batch.jobs import TABLE
from formcheck.errors import UsageError
from formcheck.formats.exports import export
from formcheck.report.report import Report


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    lifts = film(leg_lift(Tempo(reps=2)), Camera(yaw=85), fps=15).poses
    return [saved(folder / "bridge.npz", bridge(1)), saved(folder / "lifts.npz", lifts)]


@pytest.fixture(scope="module")
def baseline(clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(clips, tmp_path_factory.mktemp("baseline")) / TABLE


def test_the_same_passes(clips: list[Path], baseline: Path, tmp_path: Path) -> None:
    gate.save(baseline.parent, tmp_path / "baseline.json")
    for known in (baseline, tmp_path / "baseline.json"):
        assert failures(run(clips, tmp_path / "again"), known) == []


def test_a_bias_of_five_degrees_is_named(clips: list[Path], baseline: Path, tmp_path: Path) -> None:
    with biased("knee_flexion"):
        assert ("lifts", "leg_lift.leg_straight") in failures(run(clips, tmp_path), baseline)


def test_a_dropped_rep_and_a_shorter_hold_are_named(clips: list[Path], baseline: Path, tmp_path: Path) -> None:
    dropped = failures(run(clips, tmp_path / "dropped", without_a_rep), baseline)
    assert dropped == [("bridge", "ball_bridge.reps"), ("lifts", "leg_lift.reps")]
    shorter = failures(run(clips, tmp_path / "shorter", with_a_shorter_hold), baseline)
    assert shorter == [("bridge", "ball_bridge.hold"), ("lifts", "leg_lift.hold")]


def test_what_is_gone_fails_and_what_is_new_does_not(clips: list[Path], baseline: Path, tmp_path: Path) -> None:
    assert failures(run(clips[:1], tmp_path / "fewer"), baseline) == [("lifts", gate.THERE)]
    first = run(clips[:1], tmp_path / "first") / TABLE
    assert failures(run(clips, tmp_path / "more"), first) == []


def row(**said: object) -> dict[str, object]:
    plain = {"source": "a", "exercise": "leg_lift", "bout": 1, "rep": 1, "partial": False, "side": "left"}
    judged = {"hold_s": 4.0, "rep_score": 80.0, "cue": "leg_straight", "verdict": "met", "value": 5.0, "unit": "deg"}
    return plain | judged | said


@pytest.mark.parametrize(
    ("now", "case"),
    [
        ({"hold_s": 4.19, "rep_score": 81.9, "value": 6.9}, None),
        ({"hold_s": 4.21}, "hold"),
        ({"rep_score": 77.9}, "score"),
        ({"rep_score": None}, "score"),
        ({"value": 7.1}, "leg_straight"),
        ({"verdict": "borderline"}, "leg_straight"),
        ({"cue": "other"}, "leg_straight"),
        ({"side": "right"}, "reps"),
        ({"partial": True}, "reps"),
        ({"unit": "furlong"}, "leg_straight"),
    ],
)
def test_tolerances(now: dict[str, object], case: str | None) -> None:
    found = [name.removeprefix("leg_lift.") for name, _ in gate.changes([row()], [row(**now)])]
    assert (case in found) if case else found == []


def lifts(*sides: str, cut: int | None = None) -> list[dict[str, object]]:
    return [row(rep=number, side=side, partial=number == cut) for number, side in enumerate(sides, 1)]


def test_sides_that_change_places_are_named() -> None:
    assert list(gate.changes(lifts("left", "right"), lifts("right", "left"))) == [
        ("leg_lift.reps", "rep 1 (right); in the baseline rep 1 (left)"),
        ("leg_lift.reps", "rep 2 (left); in the baseline rep 2 (right)"),
    ]
    was, now = lifts("left", "left", cut=1), lifts("left", "left", cut=2)
    assert [text for _, text in gate.changes(was, now)] == [
        "rep 1 (left); in the baseline rep 1 (left, cut off)",
        "rep 2 (left, cut off); in the baseline rep 2 (left)",
    ]


def test_a_set_that_falls_in_two_is_named() -> None:
    two = [row(rep=1), row(bout=2, rep=1)]
    assert list(gate.changes(lifts("left", "left"), two)) == [
        ("leg_lift.reps", "rep 1 (left); in the baseline rep 2 (left)")
    ]


def test_a_set_s_cue_is_compared_too() -> None:
    of_set = {"rep": None, "partial": None, "side": None, "hold_s": None, "rep_score": None, "cue": "reps_10_to_15"}
    [(case, text)] = gate.changes([row(), row(**of_set)], [row(), row(**of_set, verdict="fault")])
    assert case == "leg_lift.reps_10_to_15"
    assert text == "the set: fault (5 deg); in the baseline met (5 deg)"


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"reps": 1, "exercise": "leg_lift"}, []),
        ({"reps": 2}, ["1 reps; 2 expected"]),
        ({"exercise": "glute_bridge"}, ["leg_lift; glute_bridge expected"]),
    ],
)
def test_what_a_manifest_expects(expected: dict[str, object], said: list[str]) -> None:
    assert list(gate._unexpected(expected, [row()], 1)) == said


def test_a_clip_in_which_nothing_was_found_is_in_the_baseline_too(clips: list[Path], tmp_path: Path) -> None:
    def nothing(report: Report) -> Report:
        return replace(report, bouts=())

    empty = run(clips, tmp_path / "empty", nothing) / TABLE
    assert failures(run(clips, tmp_path / "same", nothing), empty) == []
    found = failures(run(clips, tmp_path / "more"), empty)
    assert found == [("bridge", "ball_bridge.reps"), ("lifts", "leg_lift.reps")]
    assert failures(run(clips[:1], tmp_path / "fewer", nothing), empty) == [("lifts", gate.THERE)]


def test_clips_may_stand_in_any_order_in_a_baseline(clips: list[Path], baseline: Path, tmp_path: Path) -> None:
    known = tmp_path / "baseline.json"
    gate.save(baseline.parent, known)
    rows = json.loads(known.read_text("utf-8"))
    turned = sorted(rows, key=lambda row: str(row["source"]), reverse=True)
    assert [turned[0]["source"], turned[-1]["source"]] == ["lifts", "bridge"]
    known.write_text(json.dumps(turned), "utf-8")
    assert failures(run(clips, tmp_path / "again"), known) == []


def test_a_baseline_or_table_that_the_run_would_write_over_is_refused(
    clips: list[Path], baseline: Path, tmp_path: Path
) -> None:
    gate.save(baseline.parent, tmp_path / "b.json")
    before = contents(tmp_path) | contents(baseline.parent)
    for options in (
        ("--baseline", tmp_path / "b.json", "--summary", tmp_path / "b.json"),
        ("--junit", baseline),
        ("--junit", tmp_path / "j.xml", "--log", tmp_path / "j.xml"),
    ):
        refused(command("batch", *clips, "--out", baseline.parent, *options), 2, "would write over")
    assert contents(tmp_path) | contents(baseline.parent) == before


@pytest.mark.parametrize("given", ["-5", "101", "nan"])
def test_a_score_to_be_reached_is_one_that_there_is(given: str, clips: list[Path], tmp_path: Path) -> None:
    told = command("batch", *clips, "--out", tmp_path / "out", "--fail-under", given)
    assert told.returncode == 2
    assert "--fail-under" in told.stderr
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("option", ["--time-limit", "--memory-limit"])
@pytest.mark.parametrize("given", ["inf", "1e12"])
def test_limits_are_numbers(option: str, given: str, clips: list[Path], tmp_path: Path) -> None:
    refused(command("batch", *clips, "--out", tmp_path, option, given), 2, "give a number")


ROW = dict.fromkeys(gate.KEPT) | {"source": "a"}
TOO_MUCH = [[ROW | {"hold_s": 10**400}], [ROW | {"value": float("nan")}]]
DEEP = "[" * 100_000
BROKEN = [
    *TOO_MUCH,
    [],
    [ROW | {"hold_s": "4.5"}],
    [ROW | {"source": None}],
    [ROW, {"source": "b"}],
    [ROW | {"source": ""}],
]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"source": "a"}]', "not JSON", DEEP, *map(json.dumps, BROKEN)])
def test_what_is_no_baseline_is_told_before_the_work(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"baseline\.json is no baseline"):
        gate.check(path)
    with pytest.raises(UsageError, match=r"there is no file .*none\.parquet"):
        gate.check(tmp_path / "none.parquet")


def test_a_value_without_a_unit_is_in_a_baseline(tmp_path: Path) -> None:
    """What `also` of a bridge counts has none."""
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps([ROW | {"unit": ""}]), "utf-8")
    assert [one["unit"] for one in gate.rows(path)] == [""]


def test_another_table_is_no_baseline(clips: list[Path], tmp_path: Path) -> None:
    export(clips[0], "parquet", tmp_path / "angles.parquet")
    with pytest.raises(UsageError, match=r"angles\.parquet is no baseline.*it has no column"):
        gate.check(tmp_path / "angles.parquet")


def test_junit_and_summary(tmp_path: Path) -> None:
    clips = [
        Gated("a|b", (Case("analysed"), Case("leg_lift.x", ("bad < \x07 good",), None, ("rep 1: low",))), 1, 50.0),
        Gated("c", (Case("analysed", (), 'no "video"'),), 0, None),
        Gated("d", (Case("analysed"),), 3, 90.0),
    ]
    told = ci.write(iter(clips), junit=tmp_path / "ci" / "junit.xml", summary=tmp_path / "summary.md")
    assert (told.clips, told.failed, told.unanalysed) == (3, 1, 1)
    suites = ElementTree.parse(tmp_path / "ci" / "junit.xml").getroot()
    assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("errors")) for s in suites] == [
        ("a|b", "2", "1", "0"),
        ("c", "1", "0", "1"),
        ("d", "1", "0", "0"),
    ]
    assert suites.findtext(".//failure") == "bad <  good"
    assert suites.findtext(".//system-out") == "rep 1: low"
    assert suites.find(".//error").get("message") == 'no "video"'  # type: ignore[union-attr]
    lines = (tmp_path / "summary.md").read_text("utf-8").splitlines()
    assert lines[0] == "## formcheck: failed"
    assert r"| a\|b | leg_lift.x | bad \< \\x07 good |" in lines
    assert '| c | analysed | no "video" |' in lines


@pytest.mark.parametrize(
    ("case", "heading"),
    [
        (Case("analysed"), "passed"),
        (Case("analysed", ("worse",)), "failed"),
        (Case("analysed", (), "no video"), "failed"),
    ],
)
def test_a_summary_says_passed_where_the_job_does(case: Case, heading: str, tmp_path: Path) -> None:
    ci.write([Gated("a", (case,), 0, None)], summary=tmp_path / "s.md")
    assert (tmp_path / "s.md").read_text("utf-8").startswith(f"## formcheck: {heading}\n")


def test_a_name_means_nothing_in_a_summary(tmp_path: Path) -> None:
    name = "__a__ [b](c) <b>&amp; `d` *e* leg_lift \x1b[31m\n# f"
    ci.write([Gated(name, (Case("x", ("y",)),), 0, None)], summary=tmp_path / "s.md")
    told = r"| \_\_a\_\_ \[b\](c) \<b>\&amp; \`d\` \*e\* leg_lift \\x1b\[31m\\n# f | x | y |"
    assert told in (tmp_path / "s.md").read_text("utf-8").splitlines()


def test_the_command_gates_on_a_baseline(clips: list[Path], tmp_path: Path) -> None:
    saved_to, out = tmp_path / "baseline.json", tmp_path / "out"
    first = command("batch", *clips, "--jobs", 1, "--out", out, "--save-baseline", saved_to)
    assert first.returncode == 0, first.stderr
    again = command("batch", *clips, "--jobs", 1, "--out", out, "--baseline", saved_to, "--summary", tmp_path / "s.md")
    assert again.returncode == 0, again.stdout
    worse = json.loads(saved_to.read_text("utf-8"))
    worse[0]["hold_s"] += 1
    saved_to.write_text(json.dumps(worse), "utf-8")
    failed = command("batch", *clips, "--jobs", 1, "--out", out, "--baseline", saved_to, "--junit", tmp_path / "j.xml")
    assert failed.returncode == 1
    assert "FAILS bridge.npz, ball_bridge.hold: rep 1: hold " in failed.stdout
    assert 'name="ball_bridge.hold"' in (tmp_path / "j.xml").read_text("utf-8")
