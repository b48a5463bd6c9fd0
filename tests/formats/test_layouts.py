"""The layouts of other programs."""

from formcheck.body.landmarks import NAMES
from formcheck.formats.layouts import BODY_25, COCO_17, COCO_18


def test_the_layouts_name_known_landmarks() -> None:
    assert (len(BODY_25), len(COCO_18), len(COCO_17)) == (25, 18, 17)
    for layout in (BODY_25, COCO_18, COCO_17):
        assert len(set(layout)) == len(layout)
        unknown = set(layout) - set(NAMES)
        assert unknown <= {"neck", "mid_hip", "left_small_toe", "right_small_toe"}
