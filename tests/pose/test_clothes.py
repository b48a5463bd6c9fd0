"""Whether two looks at clothes are of one person."""

import numpy as np
import pytest

from formcheck.pose.clothes import KNOWN, LASTING_S, Clothes, unlike

RED = np.array([[50, 60, 40], [20, 0, 0], [20, 0, 0]], float)
BLUE = np.array([[30, 20, -60], [90, 0, 0], [90, 0, 0]], float)


def fed(clothes: Clothes, looks: list[np.ndarray], start: float = 0.0, step: float = 0.5) -> list[float | None]:
    return [clothes.feed(start + i * step, look) for i, look in enumerate(looks)]


def test_what_is_unlike() -> None:
    assert unlike(RED, BLUE)
    assert not unlike(RED, RED + np.array([20, 0, 0]))  # a cloud
    assert not unlike(RED, np.array([BLUE[0], RED[1], RED[2]]))  # a shirt put on
    assert not unlike(RED, np.array([BLUE[0], RED[1], BLUE[2]]))  # an arm before the trunk, a leg before the other
    assert not unlike(RED, np.full((3, 3), np.nan))


def test_another_is_told_of_once_they_have_been_there_for_a_while() -> None:
    clothes = Clothes()
    assert fed(clothes, [RED] * 6 + [BLUE] * 6) == [None] * 8 + [3.0] + [None] * 3
    assert fed(clothes, [RED] * 3, 6.0) == [None, None, 6.0]


def test_a_wrong_look_now_and_then_is_nobody_else() -> None:
    assert fed(Clothes(), [RED, RED, BLUE, RED, RED, BLUE, BLUE, RED, BLUE] * 5) == [None] * 45


@pytest.mark.parametrize("step", [0.01, 0.2, 1.0])
def test_it_hangs_on_seconds_and_not_on_looks(step: float) -> None:
    told = fed(Clothes(), [RED] * 10 + [BLUE] * 130, step=step)
    (at,) = [i for i, since in enumerate(told) if since is not None]
    assert at * step == pytest.approx(10 * step + LASTING_S, abs=step)


def test_colours_may_change_slowly() -> None:
    fading = [RED + (BLUE - RED) * share for share in np.linspace(0, 1, 6 * KNOWN)]
    assert set(fed(Clothes(), fading)) == {None}
