"""What a user says of a recording."""

import pytest

from formcheck.errors import UsageError
from formcheck.filming import UNSAID, Filming
from formcheck.recorded import Options


def test_what_is_said_is_kept() -> None:
    assert Filming.of() == UNSAID
    assert Filming.of("left", 90, 0.125) == Filming("left", 90, 0.125)
    assert Filming.of("2").person == Filming.of(2).person == 2


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"person": "middle"}, "'middle' is nobody in the picture: give left, right, largest, or a number"),
        ({"person": "0"}, "counted from the left, 1 first"),
        ({"person": -1}, "counted from the left, 1 first"),
        ({"person": 21}, "counted from the left, 1 first"),
        ({"rotate": 45}, "cannot be turned by 45 degrees: give 90, 180 or 270"),
        ({"speed": 0.0}, "a speed of 0 cannot be: give 1"),
        ({"speed": float("nan")}, "a speed of nan cannot be"),
        ({"speed": 8.0}, "0.01 to 4 are allowed"),
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Filming.of(**said)  # type: ignore[arg-type]


def test_an_estimator_of_one_person_cannot_choose() -> None:
    with pytest.raises(UsageError, match="mediapipe cannot choose among people: leave out --person"):
        Options.of(backend="mediapipe", filming=Filming.of("left"))
    assert Options.of(backend="mediapipe", filming=Filming.of(rotate=90)).filming.rotate == 90
