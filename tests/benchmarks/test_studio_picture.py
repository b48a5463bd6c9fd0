import numpy as np
import pytest

pytest.importorskip("numba", reason="the studio needs `pip install formcheck[studio]`")

from benchmarks.studio.body import Shape, body
from benchmarks.studio.camera import Camera, Film
from benchmarks.studio.figure import Figure, Support
from benchmarks.studio.look import Look, stranger
from benchmarks.studio.mesh import Mesh, Stuff
from benchmarks.studio.pieces import sphere
from benchmarks.studio.scene import Stage, stage
from benchmarks.studio.sewing import cut, edges_of, finer, rims_of
from benchmarks.studio.things import box

pytestmark = pytest.mark.only_if_changed("benchmarks/studio", "formcheck/exercises", "tests/benchmarks")

SMALL = (160, 90)


def turned(who, angles):
    """Transforms (b, 4, 4) of bones turned about x by degrees, each carrying its children."""
    made = np.tile(np.eye(4), (len(who.bones), 1, 1))
    for bone, name in enumerate(who.bones):
        angle = np.radians(angles.get(name, 0.0))
        turn = np.eye(4)
        turn[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        turn[:3, 3] = who.heads[bone] - turn[:3, :3] @ who.heads[bone]
        made[bone] = (made[who.parents[bone]] if who.parents[bone] >= 0 else np.eye(4)) @ turn
    return made


def arched(who, degrees):
    return turned(who, {"spine05": -degrees / 2, "spine04": -degrees / 2})


def hollow(points, who, low="left_hip", high="thoracic_4"):
    """How far the back's outline goes in between seat and shoulder blades, metres."""
    heights = np.linspace(who.joints[low][1], who.joints[high][1] - 0.02, 24)
    trunk = points[np.abs(points[:, 0]) < 0.10]
    back = [trunk[np.abs(trunk[:, 1] - y) < 0.035, 2].min() for y in heights]
    outline = np.array(back)
    share = np.linspace(0, 1, len(outline))
    seat, blades = outline[:6].min(), outline[-6:].min()
    return float((outline - (seat + (blades - seat) * share)).max())


# --- sewing -----------------------------------------------------------------------------------------------------------


def area(points, triangles):
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("level", [-0.6, 0.0, 0.37])
def test_cut_leaves_what_lies_inside_its_edge(level):
    points, triangles = sphere(40, 60)
    mix, made = cut(triangles, points[:, 1] - level)
    piece = mix @ points
    assert piece[:, 1].min() == pytest.approx(level, abs=1e-6)
    assert area(piece, made) == pytest.approx(2 * np.pi * (1 - level), rel=0.01)
    assert np.asarray(mix.sum(axis=1)).ravel() == pytest.approx(1)
    rim = rims_of(made)
    rim = rim[piece[rim[:, 0], 1] < 0.9]  # this ball is open at its pole
    assert len(rim) > 40
    assert piece[rim[:, 0], 1] == pytest.approx(level, abs=1e-6)


def test_finer_keeps_the_surface():
    points, triangles = sphere(10, 12)
    mix, made = finer(len(points), triangles)
    assert len(made) == 4 * len(triangles)
    assert area(mix @ points, made) == pytest.approx(area(points, triangles))
    assert len(edges_of(made)) > len(edges_of(triangles))


# --- camera -----------------------------------------------------------------------------------------------------------


def test_what_is_aimed_at_is_in_the_middle_and_the_left_side_is_seen_at_90():
    camera = Camera(yaw=90, aim=(0.1, 0.6, 0.2), size=SMALL)
    view = camera.view(0)
    assert view.project(np.array(camera.aim))[:2] == pytest.approx([80, 45])
    near, far = view.project(np.array([[0.5, 0.6, 0.2], [-0.5, 0.6, 0.2]]))
    assert near[2] > far[2] > 0
    ahead, above = view.project(np.array([[0.1, 0.6, 1.0], [0.1, 1.0, 0.2]]))
    assert ahead[0] < 80  # who faces +z looks to the left when seen from the left side
    assert above[1] < 45
    from_front = Camera(yaw=0, aim=(0, 0.6, 0), size=SMALL).view(0)
    assert from_front.project(np.array([0.4, 0.6, 0]))[0] > 80
    assert from_front.project(np.array([0, 0.6, 9.0]))[2] == 0


def test_roll_turns_the_picture_and_shake_is_repeatable():
    aim = np.array([0, 0.6, 0])
    up = aim + np.array([0, 0.3, 0])
    level, rolled = (Camera(roll=roll, size=SMALL).view(0).project(up)[:2] - [80, 45] for roll in (0, 10))
    assert np.degrees(np.arctan2(rolled[0], -rolled[1])) == pytest.approx(10, abs=0.2)
    assert level[0] == pytest.approx(0, abs=1e-9)
    shaken = Camera(shake=0.5, seed=3, size=SMALL)
    path = np.array([shaken.view(t).project(aim)[:2] for t in np.arange(0, 3, 0.05)])
    again = np.array([shaken.view(t).project(aim)[:2] for t in np.arange(0, 3, 0.05)])
    assert (path == again).all()
    assert (path.std(axis=0) > 0.2).all()
    assert (path.std(axis=0) < 4).all()


def test_film_is_repeatable_and_dark_is_darker():
    grey = np.full((20, 30, 3), 0.3, np.float32)
    film = Film(noise=0.02, seed=4, quality=100)
    assert (film.develop(grey, 7) == film.develop(grey, 7)).all()
    assert (film.develop(grey, 7) != film.develop(grey, 8)).any()
    assert Film(exposure=0.3).develop(grey, 0).mean() < Film().develop(grey, 0).mean() - 30
    warm, cool = (Film(warmth=w, noise=0).develop(grey, 0).mean(axis=(0, 1)) for w in (1, -1))
    assert warm[0] - warm[2] > cool[0] - cool[2] + 10


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def who():
    return body(Shape(sex=0.2))


def cloth_of(mesh: Mesh) -> np.ndarray:
    return mesh.vertices[np.unique(mesh.triangles[mesh.stuff == Stuff.CLOTH])]


def test_a_loose_shirt_hides_the_hollow_of_the_back_and_a_tight_one_shows_it(who):
    seen = {}
    for fit in (0.1, 1.0):
        figure = Figure(who, Look(top="tee", top_fit=fit, bottom="briefs"))
        seen[fit] = [hollow(cloth_of(figure.posed(arched(who, arch))), who) for arch in (0, 25)]
    assert seen[0.1][1] - seen[0.1][0] > 0.012
    assert abs(seen[1.0][1] - seen[1.0][0]) < 0.004
    assert seen[1.0][0] < seen[0.1][0] - 0.01


@pytest.mark.parametrize("fit", [0.1, 0.5, 1.0])
def test_cloth_lies_outside_the_body(who, fit):
    naked = Figure(who, Look(top="none", bottom="briefs")).posed(turned(who, {}))
    dressed = Figure(who, Look(top="tee", top_fit=fit, bottom="briefs")).posed(turned(who, {}))
    level = who.joints["lumbar_1"][1]

    def waist(mesh):
        used = mesh.vertices[np.unique(mesh.triangles[mesh.stuff != Stuff.HAIR])]
        ring = used[(np.abs(used[:, 1] - level) < 0.02) & (np.abs(used[:, 0]) < 0.25)]
        return np.ptp(ring[:, 0]), np.ptp(ring[:, 2])

    assert (np.array(waist(dressed)) >= np.array(waist(naked)) + 0.005).all()


def test_nothing_sinks_into_the_floor_or_the_ball(who):
    lying = turned(who, {"root": -90})
    lying[:, 1, 3] += 0.12 - lying[who.bone("root"), 1, 1] - (lying @ np.append(who.joints["pelvis"], 1))[0, 1]
    ball = (0.0, 0.25, float((lying @ np.append(who.joints["thoracic_4"], 1))[0, 2]), 0.28, 0.25)
    figure = Figure(who, Look(top="tee", top_fit=1, bottom="shorts", bottom_fit=1))
    mesh = figure.posed(lying, Support(ball))
    assert mesh.vertices[:, 1].min() >= 0.0019
    off = (mesh.vertices - np.array(ball[:3])) / [ball[3], ball[4], ball[3]]
    assert np.linalg.norm(off, axis=1).min() > 0.985  # in the wedge under the ball the floor wins


def test_strangers_differ_and_are_repeatable():
    drawn = [stranger(np.random.default_rng(seed)) for seed in range(30)]
    assert drawn[3] == stranger(np.random.default_rng(3))
    assert len({look.top for _, look in drawn}) >= 4
    assert any(look.top_fit >= 0.7 for _, look in drawn)
    assert any(look.shoes is None for _, look in drawn)
    assert any(look.shoes for _, look in drawn)


# --- pictures ---------------------------------------------------------------------------------------------------------


def plain(rng_seed=1, **options) -> tuple[Stage, Camera]:
    camera = Camera(yaw=70, size=SMALL, distance=3.0, aim=(0, 0.6, 0))
    return stage(np.random.default_rng(rng_seed), camera, clutter=0.0, **options), camera


FILM = Film(noise=0, quality=100)
WHITE = np.full(3, 0.9)


def brightness(picture, view, place):
    x, y, _ = view.project(np.array(place))
    return float(picture[round(y), round(x)].mean())


def test_a_thing_is_where_the_camera_projects_it_and_casts_a_shadow():
    room, camera = plain(mood="day")
    cube = box((0, 0.9, 0), (0.3, 0.3, 0.3), np.array([0.9, 0.02, 0.02]), stuff=Stuff.CLOTH)
    empty, full = (room.picture(people, camera, FILM, 0, 0).astype(int) for people in ([], [cube]))
    corners = camera.view(0).project(cube.vertices)[:, :2]
    changed = np.argwhere(np.abs(full - empty).sum(axis=2) > 60)[:, ::-1]
    red = np.argwhere(full[..., 0] > 2.5 * full[..., 1].clip(1))[:, ::-1]
    assert red.min(axis=0) + 0.5 == pytest.approx(corners.min(axis=0), abs=1.5)
    assert red.max(axis=0) + 0.5 == pytest.approx(corners.max(axis=0), abs=1.5)
    assert len(changed) > len(red) + 20  # its shadow
    assert (room.picture([cube], camera, FILM, 0, 0) == full).all()


def test_what_moves_while_the_shutter_is_open_is_smeared():
    room, camera = plain(mood="day")
    here, there = (box((0, 0.9, z), (0.3, 0.3, 0.3), WHITE, stuff=Stuff.CLOTH) for z in (-0.15, 0.15))
    still = room.picture([here], camera, FILM, 0, 0).astype(int)
    smeared = room.picture([here], camera, FILM, 0, 0, moved=[there.vertices]).astype(int)
    row = round(float(camera.view(0).project(np.array([0, 0.9, 0]))[1]))
    steepest = [np.abs(np.diff(picture[row, :, 0])).max() for picture in (still, smeared)]
    assert steepest[1] < 0.8 * steepest[0]


def test_moods_and_things_in_the_way():
    means = {mood: plain(mood=mood)[0].picture([], plain()[1], FILM, 0, 0).mean() for mood in ("day", "dark")}
    assert means["dark"] < 0.6 * means["day"]
    ankle = (0.1, 0.08, 0.3)
    marker = box(ankle, (0.06, 0.06, 0.06), np.array([0.9, 0.0, 0.9]), stuff=Stuff.GLOW)
    shown, camera = plain()
    hidden, _ = plain(hide=ankle)
    x, y, _ = camera.view(0).project(np.array(ankle)).round().astype(int)
    pictures = [one.picture([marker], camera, FILM, 0, 0).astype(int)[y, x] for one in (shown, hidden)]
    assert pictures[0][0] > pictures[0][1] + 60
    assert pictures[1][0] < pictures[1][1] + 60


def test_a_stage_is_repeatable_and_holds_the_camera():
    camera = Camera(yaw=200, distance=4.5, size=SMALL)
    first, again = (stage(np.random.default_rng(5), camera, clutter=1.0) for _ in range(2))
    assert (first.room.least < camera.eye).all()
    assert (first.room.most > camera.eye).all()
    assert (first.picture([], camera, FILM, 0, 0) == again.picture([], camera, FILM, 0, 0)).all()


def test_a_camera_at_rest_draws_the_empty_room_once_and_sees_the_same():
    """A hand-held camera that does not move yet has no plate: what a still one keeps must be what that one draws."""
    still = Camera(yaw=60, size=SMALL, aim=(0.0, 0.5, 0.0))
    who = body(Shape())
    person = Figure(who, Look()).posed(turned(who, {}))
    room = stage(np.random.default_rng(4), still, clutter=0.5)
    film = Film(noise=0.0, quality=100, blur=0.0)
    kept = [room.picture([person], still, film, 0.0, 0) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.studio.scene.plate", lambda *_: None)
        anew = stage(np.random.default_rng(4), still, clutter=0.5).picture([person], still, film, 0.0, 0)
    assert np.array_equal(kept[0], kept[1])
    assert np.abs(kept[0].astype(int) - anew).max() <= 1
