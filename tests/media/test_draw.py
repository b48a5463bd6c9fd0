"""What is drawn: it changes the picture where it should, stays inside it, and fits any size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.body.landmarks import INDEX, NAMES
from formcheck.body.poses import Array
from formcheck.findings import Side
from formcheck.media import draw as drawing
from formcheck.media.draw import Angle, Overlay, draw, skeleton, staged

SIZES = [(256, 118), (640, 360), (118, 256), (720, 1280), (2160, 3840)]
CUE = "Your hips dropped 6 cm: squeeze your glutes and lift them in line with your shoulders and knees."
EVERYTHING = Overlay("Bridge with a ball", 12, "right", 30.2, None, CUE, "fault", "Two people are in the picture")


def grey(width: int = 640, height: int = 360) -> Array:
    return np.full((height, width, 3), 128, np.uint8)


UNTOLD = np.full(33, np.nan)
"""Nothing tells what is hidden."""


def nobody() -> tuple[Array, Array, Array]:
    return np.full((33, 2), np.nan), np.zeros(33), UNTOLD


def body(width: int = 640, height: int = 360) -> tuple[Array, Array, Array]:
    """Left landmarks in the left half of the picture, right ones in the right half."""
    points = np.random.default_rng(7).uniform(0.1, 0.4, (33, 2)) * (width, 2 * height)
    points[:, 0] += [0.5 * width * name.startswith("right") for name in NAMES]
    return points, np.ones(33), UNTOLD


def changed(rgb: Array) -> Array:
    mask: Array = (rgb != 128).any(axis=2)
    return mask


def colored(rgb: Array) -> Array:
    """(h, w) bool: pixels that are no shade of grey, as the working side's are."""
    spread: Array = np.ptp(rgb.astype(int), axis=2) > 60
    return spread


def test_nothing_to_say_draws_nothing() -> None:
    rgb = grey()
    draw(rgb, *nobody(), Overlay())
    assert not changed(rgb).any()


def test_absent_and_uncertain_landmarks_are_not_drawn() -> None:
    rgb, (points, visibility, _) = grey(), body()
    visibility[:] = drawing.LEAST_VISIBILITY - 0.01
    skeleton(rgb, points, visibility, UNTOLD, "left")
    skeleton(rgb, *nobody(), "left")
    skeleton(rgb, np.full((33, 2), 1e9), np.ones(33), UNTOLD, "left")
    assert not changed(rgb).any()


def test_one_missing_joint_leaves_out_its_bones_only() -> None:
    points = np.full((33, 2), np.nan)
    points[INDEX["left_hip"]], points[INDEX["left_ankle"]], points[INDEX["left_heel"]] = (
        (100, 100),
        (100, 300),
        (200, 300),
    )
    rgb = grey()
    skeleton(rgb, points, np.ones(33), UNTOLD, None)
    assert changed(rgb)[300, 150]
    assert not changed(rgb)[150:250].any()


@pytest.mark.parametrize(
    ("side", "expected"), [("left", (True, False)), ("right", (False, True)), ("both", (True, True))]
)
def test_the_working_side_is_in_colour(side: Side, expected: tuple[bool, bool]) -> None:
    rgb = grey()
    skeleton(rgb, *body(), side)
    assert (bool(colored(rgb)[:, :300].any()), bool(colored(rgb)[:, 340:].any())) == expected


def test_no_side_is_in_colour_when_none_works() -> None:
    rgb = grey()
    skeleton(rgb, *body(), None)
    assert changed(rgb).any()
    assert not colored(rgb).any()


@pytest.mark.parametrize(("a", "b"), [((320, 100), (420, 200)), ((420, 200), (320, 100))])
def test_the_arc_lies_between_the_limbs(a: tuple[int, int], b: tuple[int, int]) -> None:
    points = np.full((33, 2), np.nan)
    points[23], points[11], points[25] = (320, 200), a, b
    rgb = grey()
    draw(rgb, points, np.ones(33), UNTOLD, Overlay(side=None, angle=Angle(23, 11, 25, 90.0)))
    arc = colored(rgb)
    assert arc[120:195, 325:480].any()
    assert not arc[210:].any()
    assert not arc[:, :310].any()


def test_an_angle_over_180_opens_to_the_other_side() -> None:
    points = np.full((33, 2), np.nan)
    points[23], points[11], points[25] = (320, 200), (220, 210), (420, 210)
    below, above = grey(), grey()
    draw(below, points, np.ones(33), UNTOLD, Overlay(side=None, angle=Angle(23, 11, 25, 169.0)))
    draw(above, points, np.ones(33), UNTOLD, Overlay(side=None, angle=Angle(23, 11, 25, 191.0)))
    assert [colored(rgb)[215:].any() for rgb in (below, above)] == [True, False]
    assert [colored(rgb)[:185].any() for rgb in (below, above)] == [False, True]


def test_the_arc_is_drawn_about_the_joint_where_that_is_not_the_landmark() -> None:
    points = np.full((33, 2), np.nan)
    points[23], points[11], points[25] = (320, 200), (220, 200), (420, 200)
    rgb = grey()
    draw(rgb, points, np.ones(33), UNTOLD, Overlay(side=None, angle=Angle(23, 11, 25, 90.0, centre=(320.0, 260.0))))
    rows = np.flatnonzero(colored(rgb)[:, 320])
    assert 200 < rows.max() < 260


def test_the_angle_does_not_cover_the_panel() -> None:
    """The arc opens upwards, so that its number would lie on the title."""
    points = np.full((33, 2), np.nan)
    points[23], points[11], points[25] = (100, 70), (40, 60), (160, 60)
    plain, rgb = grey(), grey()
    draw(plain, *nobody(), Overlay(title="Bridge with a ball"))
    draw(rgb, points, np.ones(33), UNTOLD, Overlay(title="Bridge with a ball", angle=Angle(23, 11, 25, 171.0)))
    assert changed(plain)[:20].any()
    right = np.flatnonzero(changed(plain)[5])[-1] + 1
    assert changed(rgb)[5:20, right:].any()


@pytest.mark.parametrize("degrees", [90.0, float("nan")])
def test_an_angle_without_its_limbs_or_its_number_is_not_drawn(degrees: float) -> None:
    rgb = grey()
    points, visibility, _ = body() if np.isnan(degrees) else nobody()
    plain = grey()
    draw(rgb, points, visibility, UNTOLD, Overlay(angle=Angle(23, 11, 25, degrees)))
    draw(plain, points, visibility, UNTOLD, Overlay())
    assert (rgb == plain).all()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_words_fit_every_picture(width: int, height: int) -> None:
    rgb = grey(width, height)
    draw(rgb, *nobody(), EVERYTHING)
    assert not colored(rgb)[:, -2:].any()
    assert (rgb[:, -2:].max(axis=(1, 2)) <= 128).all(), "white letters touch the right edge"
    assert (rgb[-2:].max(axis=2) <= 128).sum() > 0.9 * 2 * width, "letters touch the lower edge"
    assert 0.02 < changed(rgb).mean() < 0.95


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_cue_is_shown_whole(width: int, height: int) -> None:
    rgb = grey(width, height)
    size = drawing._text_size(rgb, drawing._MESSAGE)
    lines = drawing._fitted(CUE, size, width - 3 * size, round(0.36 * height))
    assert " ".join(line for line, _ in lines) == CUE


def test_a_cue_can_be_read_from_three_metres() -> None:
    """Letters a twentieth of the picture's height: about 1 cm on a laptop's screen."""
    rgb = grey(1280, 720)
    draw(rgb, *nobody(), Overlay(message="HHHH"))
    white = (rgb > 250).all(axis=2)
    rows = np.flatnonzero(np.any(white, axis=1))
    assert np.ptp(rows) >= 720 / 20


@pytest.mark.parametrize("tone", ["good", "warn", "fault"])
def test_the_tone_has_a_mark_beside_its_colour(tone: drawing.Tone) -> None:
    rgb = grey()
    draw(rgb, *nobody(), Overlay(message="Well.", tone=tone))
    mark = rgb[:, 15:60][changed(rgb)[:, 15:60]]
    pixels = {tuple(pixel) for pixel in mark.tolist()}
    assert drawing._TONES[tone] in pixels
    assert (0, 0, 0) in pixels, "the mark itself is black on its disc"


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.sampled_from(SIZES[:4]))
def test_any_text_is_drawn_inside_its_room(text: str, size: tuple[int, int]) -> None:
    rgb = grey(*size)
    draw(rgb, *nobody(), Overlay(title=text, count=1, message=text, warning=text))
    assert all(drawing._width(line, s) <= 100 for line, s in drawing._fitted(text, 20, 100, 60))


def test_letters_beyond_ascii_have_shapes_of_their_own() -> None:
    pictures = []
    for text in ("???", "é°’", "–ü…"):
        rgb = grey()
        draw(rgb, *nobody(), Overlay(message=text))
        pictures.append(rgb.tobytes())
    assert len(set(pictures)) == 3


def test_a_hidden_joint_is_hollow_and_its_bones_are_dashed() -> None:
    points, visibility, hidden = np.full((33, 2), np.nan), np.zeros(33), np.zeros(33)
    points[25], points[27] = (100, 180), (540, 180)
    pictures = []
    for rows in ([], [27], [25, 27]):
        hidden[rows] = 1
        pictures.append(grey())
        skeleton(pictures[-1], points, visibility, hidden, None)
    seen, one, two = pictures
    assert (seen[180, [100, 540]] == 255).all()
    assert (one[180, 100] == 255).all()
    for picture, x in ((one, 540), (two, 540), (two, 100)):
        assert (picture[179:182, x - 1 : x + 2] == 128).all()  # the picture shows through, whichever way the bone goes
        assert (picture[180, x : x + 7] > 200).any()
    for picture in (one, two):
        along = changed(picture)[180, 130:500]
        assert 0.4 < along.mean() < 0.8
        assert np.diff(along.astype(int)).astype(bool).sum() > 10
    assert changed(seen)[180, 130:500].all()


def test_drawing_changes_neither_landmarks_nor_visibility() -> None:
    points, visibility, _ = body()
    before = points.copy(), visibility.copy()
    draw(grey(), points, visibility, UNTOLD, EVERYTHING)
    assert (points == before[0]).all()
    assert (visibility == before[1]).all()


@pytest.mark.parametrize(
    ("panel", "beside"),
    [
        (Overlay("Leg lift", 1), True),
        (Overlay("Bridge with a ball", 12), True),
        (Overlay("Bridge with a ball, on the right side", 12), False),  # wider than half of the picture: under it
    ],
)
def test_a_cue_keeps_off_somebody_on_the_floor(panel: Overlay, beside: bool) -> None:
    points = np.tile((320.0, 300.0), (33, 1)) + np.random.default_rng(3).uniform(-40, 40, (33, 2))
    words = Overlay(panel.title, panel.count, message=CUE)
    above, below = grey(), grey()
    draw(above, points, np.zeros(33) + 1, UNTOLD, words)
    draw(below, points - (0, 280), np.zeros(33) + 1, UNTOLD, words)
    dark = np.array([(rgb[-20:, -20:] < 60).all() for rgb in (above, below)])
    assert dark.tolist() == [False, True]
    width, height = drawing._panel(grey(), panel)
    assert abs(width - 320) > 20, "the fonts of two OpenCVs differ by less"
    top = 0 if beside else height
    assert (above[top : top + 20, -20:] < 60).all()
    assert beside or (above[:top, -20:] == 128).all()


def ring(hold_s: float, goal_s: float | None = 30.0, size: tuple[int, int] = (640, 480)) -> Array:
    rgb = grey(*size)
    draw(rgb, *nobody(), Overlay(hold_s=hold_s, hold_goal_s=goal_s))
    return rgb


def test_the_ring_fills_to_the_goal() -> None:
    filled = [int(colored(ring(held)).sum()) for held in (0.3, 7.5, 15.0, 29.0)]
    assert filled == sorted(filled)
    assert filled[2] == pytest.approx(2 * filled[1], rel=0.1)


def test_the_ring_is_green_once_the_goal_is_reached() -> None:
    green = (ring(30.0) == drawing._TONES["good"]).all(axis=2)
    assert not (ring(29.9) == drawing._TONES["good"]).all(axis=2).any()
    assert green.sum() > int(colored(ring(29.0)).sum()) * 0.9
    assert (green == (ring(45.0) == drawing._TONES["good"]).all(axis=2)).mean() > 0.99


def test_a_hold_without_a_goal_is_a_line_of_the_panel() -> None:
    rgb = ring(12.0, None)
    assert changed(rgb)[:80, :200].any()
    assert not changed(rgb)[:, 400:].any()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_ring_hides_no_words(width: int, height: int) -> None:
    """The message over somebody low in the picture keeps off it, and so does the panel."""
    words = Overlay("Bridge with a ball", 12, "right", 12.0, message=CUE, hold_goal_s=30.0)
    low = np.tile((width / 2, height * 0.9), (33, 1)).astype(np.float32)
    whole, apart = grey(width, height), grey(width, height)
    draw(whole, low, np.zeros(33), UNTOLD, words)
    draw(apart, low, np.zeros(33), UNTOLD, replace(words, message=""))
    side = drawing._pixels(whole, drawing._RING)
    panel = drawing._panel(grey(width, height), words)
    top = 0 if panel[0] + side <= width else panel[1]
    part = (slice(top, top + side), slice(width - side, width))
    if top + side < 0.6 * height:
        assert (whole[part] == apart[part]).all()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("corner", ["left", "right"])
def test_in_the_window_words_lie_below_the_picture(width: int, height: int, corner: drawing.Corner) -> None:
    rgb = grey(width, height)
    words = Overlay("Leg lift", 12, "left", 2.0, None, CUE, "fault", "51 frames dropped", 3.0)
    shown, silent = (staged(rgb, *nobody(), one, corner) for one in (words, replace(words, message="", hold_s=None)))
    assert (rgb == 128).all(), "the picture itself stays as it was"
    assert shown.shape == silent.shape == (height + drawing._pixels(rgb, drawing._STRIP), width, 3)
    assert (shown[:height] == silent[:height]).all()
    assert shown[height:].any()
    assert not silent[height:].any()
    columns = np.flatnonzero(changed(silent[:height]).any(axis=0))
    assert columns[0 if corner == "left" else -1] == (0 if corner == "left" else width - 1)


def test_the_longest_cue_is_whole_and_large_in_the_window() -> None:
    """174 letters, each a twentieth of the picture's height and more."""
    cue = (
        "Your lower back arched by 28 degrees: press it into the ground, belly button towards the spine. If "
        "it arches too much, place your hands behind your bottom or above your head."
    )
    sheet = drawing._Sheet(grey(1280, 720 + 288), cue, 0, 1280 - 288, 720, size=94, height=288 - 23)
    assert " ".join(sheet.lines) == cue
    assert sheet.size >= 720 / 20


def test_the_warning_is_small() -> None:
    sizes = {text: size for text, size, _ in drawing._panel_lines(grey(1280, 720), EVERYTHING)}
    assert 3 * sizes["! Two people are in the picture"] < sizes["12 reps"] + 1
