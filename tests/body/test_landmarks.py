from formcheck.body.landmarks import BONES, INDEX, MIRROR, NAMES, SIDES


def test_the_names_are_those_of_the_model_in_its_order() -> None:
    assert len(NAMES) == len(set(NAMES)) == 33
    places = {"nose": 0, "left_shoulder": 11, "right_hip": 24, "left_knee": 25, "left_heel": 29, "right_foot_index": 32}
    assert {name: INDEX[name] for name in places} == places  # MediaPipe's PoseLandmark


def test_the_mirror_swaps_left_and_right() -> None:
    assert [MIRROR[MIRROR[i]] for i in range(33)] == list(range(33))
    assert [name for name, twin in zip(NAMES, MIRROR, strict=True) if NAMES[twin] == name] == ["nose"]
    for part in ("shoulder", "hip", "knee", "ankle", "heel", "foot_index", "wrist"):
        left, right = (INDEX[f"{side}_{part}"] for side in SIDES)
        assert MIRROR[left] == right


def test_the_bones_are_the_same_on_both_sides() -> None:
    drawn = {frozenset(bone) for bone in BONES}
    assert len(drawn) == len(BONES)
    assert {frozenset(MIRROR[end] for end in bone) for bone in drawn} == drawn
    assert frozenset((INDEX["left_hip"], INDEX["left_knee"])) in drawn
