"""The rules by which a person is followed."""

import subprocess
import sys

import pytest

from formcheck.filming import Person
from formcheck.pose.follow import FARTHEST, SLACK, Place, order, prominence, reach

PICTURE = (640.0, 360.0)


def test_somebody_can_be_farther_off_the_longer_ago_they_were_seen_up_to_a_bound() -> None:
    assert reach(100, 0) == 100 * SLACK
    assert reach(100, 0.1) == pytest.approx(100 * (SLACK + 0.2))
    assert reach(100, 60) == 100 * FARTHEST
    assert reach(200, 0.1) == 2 * reach(100, 0.1)


def test_somebody_counts_half_at_a_corner_and_no_less_beyond() -> None:
    assert prominence(200, 320, 180, PICTURE) == 200
    assert prominence(200, 0, 360, PICTURE) == pytest.approx(100)
    assert prominence(200, 9000, 180, PICTURE) == 100
    assert prominence(200, 320, 180, PICTURE) > prominence(200, 320, 300, PICTURE) > prominence(200, 320, 360, PICTURE)


def test_landmarks_of_a_file_are_followed_without_what_reads_pictures() -> None:
    program = "import sys, formcheck.formats.crowd; print(*{'cv2', 'onnxruntime'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


PEOPLE = [Place(300, 180, 100), Place(600, 340, 140), Place(100, 180, 120), Place(110, 180, 100)]


@pytest.mark.parametrize(
    ("person", "first"), [(None, 0), ("left", 2), ("right", 1), ("largest", 1), (1, 2), (2, 0), (3, 1)]
)
def test_whom_to_follow_first(person: Person, first: int) -> None:
    assert order(PEOPLE, person, PICTURE)[0] == first


def test_a_number_waits_until_so_many_are_there() -> None:
    """The fourth skeleton is a second one of the third."""
    assert order(PEOPLE, 4, PICTURE) == []
    assert order([], 1, PICTURE) == []
    assert order([], "left", PICTURE) == []
