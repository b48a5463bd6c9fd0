import numpy as np
import pytest

from formcheck.body import seen
from formcheck.body.landmarks import INDEX, MIRROR, NAMES
from formcheck.pose.networks import FEATURES, Networks, Region

MODELS = ("full", "heavy")


def reads(n: int, seed: int = 0) -> np.ndarray:
    """Reads about as the networks give them: the mean of what was learned on, and noise."""
    head = seen.head("full")
    return (head.mean + head.spread * np.random.default_rng(seed).normal(size=(n, FEATURES))).astype(np.float32)


@pytest.mark.parametrize("model", MODELS)
def test_the_columns_of_one_read(model):
    hidden, error, turn = seen.seen(reads(1)[0], model)
    assert [a.shape for a in (hidden, error, turn)] == [(33,), (33,), (6,)]
    assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in (hidden, error, turn))
    assert ((hidden >= 0) & (hidden <= 1)).all()
    assert (error > 0).all()
    assert np.hypot(turn[[0, 3]], turn[[1, 4]]) == pytest.approx(1, abs=1e-5)
    assert (turn[[2, 5]] > 0).all()


@pytest.mark.parametrize("model", MODELS)
def test_many_reads_at_once_are_the_same_as_one_by_one(model):
    many = reads(5)
    for i, one in enumerate(zip(*seen.columns(many, model), strict=True)):
        for a, b in zip(one, seen.seen(many[i], model), strict=True):
            assert a == pytest.approx(b, abs=1e-4)


def test_fingers_are_as_their_wrist_and_the_face_counts_as_seen():
    hidden, error, _ = seen.seen(reads(1)[0], "full")
    for side in ("left", "right"):
        for finger in ("pinky", "index", "thumb"):
            assert hidden[INDEX[f"{side}_{finger}"]] == hidden[INDEX[f"{side}_wrist"]]
            assert error[INDEX[f"{side}_{finger}"]] == error[INDEX[f"{side}_wrist"]]
    face = slice(INDEX["nose"], INDEX["mouth_right"] + 1)
    assert not hidden[face].any()
    assert error[face] == pytest.approx(error[[INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean())


def test_a_trunk_seen_end_on_does_not_make_errors_endless():
    read = reads(1)[0]
    read[: 2 * len(NAMES)] = 0
    assert seen.seen(read, "full")[1].max() < 1 / seen.TRUNK_AT_LEAST


@pytest.mark.parametrize("model", MODELS)
def test_what_is_in_no_way_like_a_person_still_gives_numbers(model):
    for read in (np.zeros(FEATURES, np.float32), np.full(FEATURES, 1e4, np.float32)):
        assert all(np.isfinite(a).all() for a in seen.seen(read, model))


def test_one_network_by_hand():
    rng, n = np.random.default_rng(1), 7
    sizes = {"w1": (1, n, 4), "b1": (1, 1, 4), "w2": (1, 4, 4), "b2": (1, 1, 4), "w3": (1, 4, 3), "b3": (1, 1, 3)}
    arrays = {name: rng.normal(size=size).astype(np.float16) for name, size in sizes.items()}
    arrays |= {"mean": np.ones(n), "spread": np.full(n, 2.0)}
    x = (rng.normal(size=n).astype(np.float32) - 1) / 2
    w = {name: np.asarray(array[0], float) for name, array in arrays.items() if name[0] in "wb"}
    wanted = np.maximum(np.maximum(x @ w["w1"] + w["b1"], 0) @ w["w2"] + w["b2"], 0) @ w["w3"] + w["b3"]
    assert seen.Head.of(arrays)((2 * x + 1)[None])[0] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_a_mirrored_person_gets_the_mirrored_answer(model):
    read = reads(1)
    one, other = seen.columns(read, model), seen.columns(seen.mirrored(read), model)
    assert other[0] == pytest.approx(one[0][:, MIRROR], abs=1e-5)
    assert other[1] == pytest.approx(one[1][:, MIRROR], rel=1e-4)
    assert other[2] == pytest.approx(one[2] * [-1, 1, 1, -1, 1, 1], rel=1e-3)


def test_a_read_of_a_mirrored_crop_is_about_the_mirrored_read():
    rng = np.random.default_rng(0)
    picture, networks = rng.integers(0, 255, (300, 300, 3), np.uint8), Networks()
    region = Region(150.0, 150.0, 200.0, 0.2)
    plain, turned = (networks.landmarks(picture, region, mirrored=m).read[None] for m in (False, True))
    assert np.abs(seen.mirrored(plain)[0, -3:] - turned[0, -3:]).max() < 0.05
    assert np.corrcoef(seen.mirrored(plain)[0], turned[0])[0, 1] > 0.8
