"""The arch of the back: what is compared, what is told of it, and when nothing is said."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.body import arch
from formcheck.body.landmarks import NAMES
from formcheck.body.poses import BACK_ARM, BACK_NOT_RUN, BACK_SEEN, STATIONS, Array, Poses
from formcheck.body.process import Normal, Process
from formcheck.findings import Reason
from models.fit.process import weights

ARCHED = np.exp(-np.square((STATIONS - 0.3) / 0.2))


def look(
    back: Array | float = 0.25, belly: Array | float = 0.25, *, trunk: float = 100.0, lying: bool = False
) -> Array:
    """A look (len(arch.COLUMNS),) at somebody whose contours lie so many trunks beside the line hips to shoulders."""
    found = np.zeros(len(arch.COLUMNS))
    found[:16], found[16:32] = np.asarray(back) * trunk, np.asarray(belly) * trunk
    hip = np.array([300.0, 200.0])
    found[32:34], found[34:36] = hip, hip + np.array([-trunk, 0] if lying else [0, -trunk])
    found[36] = -1.0 if lying else 1.0  # face up with the head to the left; upright and facing left
    found[-2:] = np.nan  # the picture tells nothing
    return found


PEAK = 6
"""The station at which `ARCHED` is deepest."""


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models for which ten degrees of arch draw the loin in by 0.03 trunks and nothing else matters."""
    rng, k = np.random.default_rng(1), len(arch.FEATURES)
    inputs = rng.normal(0, 0.5, (150, k))
    scales = np.where(np.arange(k) == PEAK, 2.0, 200.0)
    normal = Normal(np.zeros(k + 1), np.diag(np.append(np.full(k, 0.25), 100.0)))
    model = Process(inputs, -inputs[:, PEAK] * 10 / 0.9, scales, 30.0, 1.0, normal, np.empty(0))
    model = replace(model, weights=weights(model))
    learned = arch.Learned(model, np.array([0.0, 1.0, 0.7, 0.0, 0.0]))
    monkeypatch.setattr(arch, "models", lambda: {"upright": learned, "lying": learned})
    monkeypatch.setattr(arch, "features", lambda neutral, looks, near, yaw: _plain(neutral, looks))


_features = arch.features


def _plain(neutral: Array, looks: Array) -> Array:
    """Only the changes, not the shape of the neutral trunk or the yaw."""
    found = _features(neutral, looks, "left", 90.0)
    found[:, CHANGES:-2] = 0.0
    return found


def compared(neutral: Array, now: Array) -> Array:
    """Features of one look."""
    (found,) = arch.features(neutral, now[None], "left", 80.0)
    return found


CHANGES = arch.FEATURES.index("neutral near arm")
"""From here on features tell of neutral, not of what changed."""


def names(prefix: str) -> list[int]:
    return [i for i, name in enumerate(arch.FEATURES) if name.startswith(prefix)]


def test_nothing_changed_is_no_feature() -> None:
    for lying in (False, True):
        same = compared(look(lying=lying), look(lying=lying))
        assert same[:CHANGES] == pytest.approx(np.zeros(CHANGES), abs=1e-6)


@pytest.mark.parametrize("lying", [False, True])
def test_a_hollow_back_shows_in_the_loin_in_trunks(lying: bool) -> None:
    hollow = look(0.25 - 0.03 * ARCHED, lying=lying)
    found = compared(look(lying=lying), hollow)[names("back ")]
    assert found == pytest.approx(-0.9 * ARCHED, abs=0.02)
    twice = compared(look(trunk=200, lying=lying), look(0.25 - 0.03 * ARCHED, trunk=200, lying=lying))
    assert twice[names("back ")] == pytest.approx(found, abs=1e-6)


def test_lying_the_contour_is_compared_where_it_lies_not_along_the_moved_landmarks() -> None:
    lifted = look(lying=True)
    lifted[32:34] += (0, 4)  # the hip landmark sinks as a leg goes up; the contour stays
    lifted[:16] = 25 - 4 * (1 - STATIONS)
    lifted[16:32] = 25 + 4 * (1 - STATIONS)
    found = compared(look(lying=True), lifted)
    assert np.abs(found[names("back ") + names("belly ")]).max() < 0.1


def test_a_station_that_is_hidden_is_no_number_and_leaves_the_others() -> None:
    hidden = look()
    hidden[4:6] = np.nan
    found = compared(look(), hidden)
    assert np.isnan(found[4:6]).all()
    assert np.isfinite(found[[0, 1, 2, 8, 15]]).all()


def phase(*looks: Array, state: int = BACK_SEEN) -> arch.Blocks:
    return arch.Blocks(np.arange(len(looks)) * arch.BLOCK_S, np.array(looks), state)


def change(neutral: Array | None, blocks: arch.Blocks, take: str = "max") -> arch.Arch:
    (found,) = arch.changes(neutral, [(blocks, take)], "left", 85.0)
    return found


@pytest.mark.usefixtures("taught")
def test_phases_are_told_together_as_one_by_one() -> None:
    flat, hollow, unseen = look(), look(0.25 - 0.03 * ARCHED), np.full(len(arch.COLUMNS), np.nan)
    ragged = look(0.25 + 0.2 * np.cos(np.arange(16) * np.pi / 2 + 0.5))
    half = look(np.where(np.arange(16) < 3, np.nan, 0.25 - 0.02 * ARCHED))
    phases = [phase(flat, hollow, hollow), phase(unseen), phase(ragged, ragged), phase(half), phase(unseen, hollow)]
    asked = [(one, take) for one in phases for take in ("first", "mean", "max")]
    together = arch.changes(flat, asked, "left", 85.0)
    for alone, among in zip((change(flat, *one) for one in asked), together, strict=True):
        assert (alone.reason, alone.at_s) == (among.reason, among.at_s)
        assert alone.value == pytest.approx(among.value)
        assert alone.error == pytest.approx(among.error)


@pytest.mark.usefixtures("taught")
def test_the_arch_is_told_in_degrees_over_neutral_where_it_is_most() -> None:
    hollow, flat = look(0.25 - 0.03 * ARCHED), look()
    found = change(flat, phase(flat, hollow, hollow, flat))
    assert found.reason is None
    assert found.value == pytest.approx(10, abs=2.5)
    assert found.at_s == pytest.approx(1.5 * arch.BLOCK_S)
    assert change(flat, phase(flat, hollow), "first").value == pytest.approx(0, abs=0.5)


@pytest.mark.usefixtures("taught")
def test_nothing_is_said_without_neutral_without_a_look_or_of_contours_unlike_a_trunk() -> None:
    flat, unseen = look(), np.full(len(arch.COLUMNS), np.nan)
    assert change(None, phase(flat)).reason == Reason.NO_NEUTRAL_BACK
    assert change(flat, phase(unseen, state=BACK_ARM)).reason == Reason.ARM_ACROSS_BACK
    assert change(flat, phase(unseen, state=BACK_NOT_RUN)).reason == Reason.BACK_NOT_RUN
    ragged = look(0.25 + 0.2 * np.cos(np.arange(16) * np.pi / 2 + 0.5))
    found = change(flat, phase(ragged, ragged))
    assert found.value is None
    assert found.reason == Reason.LOOSE_CLOTHES


@pytest.mark.usefixtures("taught")
def test_lying_the_flattest_rest_is_neutral_and_kneeling_the_first() -> None:
    flat, arched = look(lying=True), look(0.25 - 0.03 * ARCHED, lying=True)
    assert arch.flattest([arched, flat], "left", 85.0) is flat
    upright = [look(0.25 - 0.03 * ARCHED), look()]
    assert arch.flattest(upright, "left", 85.0) is upright[0]
    assert arch.flattest([], "left", 85.0) is None


def test_columns_keep_a_back_only_where_it_was_seen() -> None:
    blank = Poses.blank(np.arange(2) / 30, (640, 360))
    points = np.tile(np.arange(len(NAMES) * 2, dtype=np.float32).reshape(1, -1, 2), (2, 1, 1))
    states = np.array([BACK_SEEN, BACK_ARM])
    poses = replace(blank, image=points, back=np.ones((2, 16)), belly=np.ones((2, 16)), back_state=states)
    found = arch.columns(poses)
    assert found.shape == (2, len(arch.COLUMNS))
    assert np.isfinite(found[0, :32]).all()
    assert np.isnan(found[1, :16]).all()
    assert np.isfinite(found[1, 16:32]).all()


def test_what_was_learned_reads_more_arch_from_a_hollower_back() -> None:
    """By how much is tested on the samples, whose trunks are no drawings."""
    for name, model in arch.models().items():
        lying = name == "lying"
        backs = [look(0.25 - deep * ARCHED, 0.25 + 0.75 * deep * ARCHED, lying=lying) for deep in (0, 0.02, 0.04)]
        seen = arch.features(backs[0], np.array(backs), "left", 85.0)
        value, unlike = model.process.change(seen)
        assert (np.diff(value) > 0.5).all()
        assert ((model.error(seen, unlike) > 0) & (model.error(seen, unlike) < 14)).all()


def test_the_error_grows_with_how_unlike_a_look_is_and_with_what_is_hidden() -> None:
    for model in arch.models().values():
        rows = np.tile(model.process.normal.mean[:-1], (2, 1))
        one, more = model.error(rows, np.array([1.0, 4.0]))
        assert more > one
        rows[1, :8] = np.nan
        seen, hidden = model.error(rows, np.ones(2))
        assert hidden > seen


def test_what_the_picture_tells_is_compared_and_may_be_missing() -> None:
    neutral, now = look(), look()
    neutral[-2:], now[-2:] = (3.0, np.log(3.0)), (13.0, np.log(4.0))
    assert compared(neutral, now)[-2:] == pytest.approx([2.0, np.log(5.0)])
    now[-2:] = np.nan
    assert np.isnan(compared(neutral, now)[-2:]).all()
