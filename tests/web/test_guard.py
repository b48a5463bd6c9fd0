"""The door: foreign pages, foreign names, no key, paths that lead elsewhere, and what every answer forbids."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import findings_example as example
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect
from web import BASE, ORIGIN, SOCKET, Clock, Site, hello, site

from formcheck.web import guard, server
from formcheck.web.guard import NO_KEY, USED, Bucket, is_loopback
from formcheck.web.server import report_policy


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("data")) as opened:
        yield opened


FOREIGN = ("http://evil.example", "null", "http://127.0.0.1:8643", "https://127.0.0.1:8642", f"{BASE}.evil.example", "")
NAMES = ("evil.example:8642", "127.0.0.1:80", "127.0.0.1", "127.0.0.1.evil.example:8642", "10.0.0.7:8642", "", "[::1")


def test_the_link_gives_a_cookie_that_scripts_and_other_sites_cannot_use(here: Site) -> None:
    stranger = here.stranger()
    link = here.link()
    answer = stranger.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/", "formcheck-8642="))
    assert link.partition("=")[2].lower() not in cookie
    assert stranger.get("/api/sessions").status_code == 200


@pytest.mark.parametrize("odd", ['prefs={"a":1}', "a[b]=1", "user@x=1", "formcheck-1=2", "=", ";;"])
def test_other_programs_cookies_lock_nobody_out(here: Site, odd: str) -> None:
    stranger = here.stranger()
    stranger.get(here.link())
    [(name, key)] = stranger.cookies.items()
    stranger.cookies.clear()
    for cookies, status in (
        (f"{odd}; {name}={key}", 200),
        (f"{name}={key}; {odd}", 200),
        (f"{odd}; {name}=x{key}", 403),
    ):
        assert stranger.get("/api/sessions", headers={"cookie": cookies}).status_code == status


@pytest.mark.parametrize(
    ("path", "said"),
    [
        *((path, NO_KEY) for path in ("/", "/api/sessions", "/api/exercises", "/reports/1", "/nothing", "/?token=")),
        *((path, USED) for path in ("/?token=guess", "/?token=é", "/?token=../door.json", "/?token=%00")),
    ],
)
def test_without_the_key_nothing_is_told(here: Site, path: str, said: str) -> None:
    stranger = here.stranger()
    answer = stranger.get(path)
    assert (answer.status_code, answer.json()) == (403, {"error": said})
    for cookie in ("formcheck-8642=guess", "formcheck-8642=", "=;;,", 'formcheck-8642="\\777', "other=1"):
        assert stranger.get("/api/sessions", headers={"Cookie": cookie}).status_code == 403
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(SOCKET, headers=ORIGIN):
        pass
    here.honest()


def test_a_browser_without_the_key_is_told_so_on_a_page(here: Site) -> None:
    stranger = here.stranger()
    for path in ("/", "/?token=guess", "/reports/1"):
        answer = stranger.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
        assert "formcheck start" in answer.text and "icon" in answer.text
        assert ("Each link opens formcheck once" in answer.text) == ("token" in path)
        assert "guess" not in answer.text and here.door.key not in answer.text


def test_a_link_opens_once(here: Site) -> None:
    link = here.link()
    first, second = here.stranger(), here.stranger()
    assert first.get(link).status_code == 303
    answer = second.get(link)
    assert (answer.status_code, answer.json()) == (403, {"error": USED})
    assert second.get("/api/sessions").status_code == 403
    assert first.get(link).status_code == 303  # clicked again by whoever has the key: no reason to send them away
    assert first.get("/api/sessions").status_code == 200


def test_whoever_has_the_key_uses_a_link_up_too(here: Site) -> None:
    link = here.link()
    assert here.client.get(link).status_code == 303
    assert here.stranger().get(link).status_code == 403


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_can_ask_nothing_even_with_the_cookie(here: Site, origin: str) -> None:
    headers = {"Origin": origin}
    assert here.client.get("/api/sessions", headers=headers).status_code == 403
    assert here.client.post("/api/recordings", headers=headers, content=b"x").status_code == 403
    assert here.client.delete("/api/sessions", headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), here.socket(headers) as socket:
        socket.send_json(hello())
    here.honest()


def test_what_changes_something_needs_an_origin(here: Site) -> None:
    assert here.client.delete("/api/sessions").status_code == 403
    assert here.client.post("/api/recordings", content=b"x").status_code == 403
    assert here.client.delete("/api/sessions", headers=ORIGIN).status_code == 204
    with pytest.raises(WebSocketDisconnect), here.socket({}):
        pass


@pytest.mark.parametrize("name", NAMES)
def test_another_name_is_not_served_here(here: Site, name: str) -> None:
    """DNS rebinding: the name leads here, and the foreign page counts as of the same origin."""
    headers = {"Host": name, "Origin": f"http://{name}"}
    assert here.client.get("/api/sessions", headers={"Host": name}).status_code == 403
    assert here.client.get(here.link().removeprefix(BASE), headers={"Host": name}).status_code == 403
    assert here.client.delete("/api/sessions", headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), here.socket(headers):
        pass
    here.honest()


@pytest.mark.parametrize("name", ["localhost:8642", "LocalHost:8642", "[::1]:8642"])
def test_this_machines_other_names_are(here: Site, name: str) -> None:
    assert here.client.get("/api/sessions", headers={"Host": name, "Origin": f"http://{name}"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "name", "status"),
    [
        ("192.168.7.7", "192.168.7.7:8642", 200),
        ("192.168.7.7", "192.168.7.8:8642", 403),
        ("studio.local", "Studio.local:8642", 200),
        ("0.0.0.0", "192.168.7.8:8642", 200),
        ("0.0.0.0", "evil.example:8642", 403),
        ("::", "[fd00::7]:8642", 200),
    ],
)
def test_served_elsewhere_the_named_host_is_ours_too(tmp_path: Path, host: str, name: str, status: int) -> None:
    with site(tmp_path, host=host) as there:
        assert there.client.get("/api/sessions", headers={"Host": name}).status_code == status
        assert there.client.get("/api/sessions").status_code == 200


PATHS = (
    "/static/../server.py",
    "/static/..%2fserver.py",
    "/static/%2e%2e%2fserver.py",
    "/static/%2e%2e/%2e%2e/errors.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/..%5c..%5cerrors.py",
    "/static/a.js%00.html",
    "/static/",
    "/static/__init__.py",
    "/static/demos/LICENSE.md",
    "/static/demos/__init__.py",
    "/static/demos/..%2fapp.css",
    "/reports/..%2f..%2fhistory.sqlite3",
    "/api/sessions/../../etc/passwd",
    "/api/recordings/..%2f..%2fhistory.sqlite3",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_to_a_file(here: Site, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = here.client.get(path)
    assert (answer.status_code, set(answer.json())) in ((404, {"error"}), (405, {"error"}))
    assert "passwd" not in answer.text
    here.honest()


def test_the_pages_files_are_a_fixed_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "files", lambda: {"index.html": b"<p>page</p>", "a.js": b"1", "b.svg": b"<svg/>"})
    with site(tmp_path) as there:
        page = there.client.get("/")
        assert (page.text, page.headers["content-type"]) == ("<p>page</p>", "text/html; charset=utf-8")
        script = there.stranger().get("/static/a.js")  # nothing secret
        assert (script.text, script.headers["content-type"]) == ("1", "text/javascript; charset=utf-8")
        assert there.client.get("/static/b.svg").headers["content-type"] == "image/svg+xml"
        assert there.client.get("/static/c.js").status_code == 404


def test_the_demonstrations_are_served(here: Site) -> None:
    told = {one["name"]: one["demos"] for one in here.client.get("/api/exercises").json()}
    assert [demo["name"] for demo in told["glute_bridge"]] == ["glute_bridge", "glute_bridge-hips_up"]
    assert told["glute_bridge"][1] == {
        "name": "glute_bridge-hips_up",
        "alt": "Glute bridge: not like this (hips up)",
        "say": "Don’t let your hips drop.",
    }
    for demo in (demo for demos in told.values() for demo in demos):
        for still in ("", ".still"):
            answer = here.client.get(f"/static/demos/{demo['name']}{still}.webp")
            assert (answer.headers["content-type"], answer.content[8:12]) == ("image/webp", b"WEBP")


def test_a_report_is_kept_small_and_served_whole(here: Site) -> None:
    report = example.report()
    kept = report.html(None, embedded=False)
    session = here.history.add("live", "Live", report, kept, datetime.now(UTC))
    answer = here.client.get(f"/reports/{session}")
    assert answer.text == report.html(None)
    assert answer.text.count("url(data:image/webp;") == 6
    assert "img-src data:;" in answer.headers["content-security-policy"]
    here.history.delete(session)


@pytest.mark.parametrize("path", ["/", "/static/a", "/api/exercises", "/api/sessions.csv", "/reports/1", "/?token=1"])
def test_every_answer_says_what_a_page_may_not(here: Site, path: str) -> None:
    headers = here.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert "server" not in headers


def test_a_report_may_run_its_own_script_only() -> None:
    policy = report_policy("<p>x</p><script>\nlet a;\n</script>")
    assert "script-src 'sha256-" in policy
    assert policy.endswith("sandbox allow-scripts")
    assert "same-origin" not in policy
    assert "script-src 'none'" in report_policy("<p onclick='x()'>no script</p>")


def test_a_bucket_fills_again() -> None:
    clock = Clock()
    bucket = Bucket(10, clock)
    assert sum(bucket.take() for _ in range(50)) == 10
    clock.now += 0.55
    assert sum(bucket.take() for _ in range(50)) == 5
    clock.now += 1000
    assert sum(bucket.take() for _ in range(50)) == 10


def test_a_flood_of_requests_is_answered_with_too_many(tmp_path: Path) -> None:
    with site(tmp_path) as there:
        there.guard._bucket = Bucket(5, there.clock)
        assert [there.client.get("/api/sessions").status_code for _ in range(7)] == [200] * 5 + [429] * 2
        assert there.stranger().get("/api/sessions").status_code == 403  # and takes nothing from the page
        there.clock.now += 1
        there.honest()


def test_what_can_be_reached_from_this_machine_alone() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "localhost", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example")))


@contextmanager
def listening(app: ASGIApp) -> Iterator[tuple[str, int]]:
    """A server with our connections at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(app, http=guard.Connection, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        yield bound.getsockname()
        server.should_exit = True
        thread.join()


ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_who_sends_no_request_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent from the beginning, in mid-headers, and drop by drop after a whole request."""
    monkeypatch.setattr(guard, "HEADERS_S", 0.3)
    monkeypatch.setattr(guard, "_OPEN", {})
    with listening(PlainTextResponse("hello")) as address:
        for first in (b"", ASK[:20], ASK + ASK[:20]):
            with socket.create_connection(address, timeout=20) as one:
                one.sendall(first)
                if len(first) > len(ASK):
                    assert b"200 OK" in one.recv(1000)
                assert ended(one)
        with socket.create_connection(address, timeout=20) as one:
            one.sendall(ASK)
            assert b"200 OK" in one.recv(1000)


def ended(one: socket.socket) -> bool:
    """Whether the other side closes; the test would wait in vain where it does not."""
    try:
        while one.recv(1000):
            pass
    except ConnectionResetError:
        pass
    return True


def test_the_longest_idle_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CONNECTIONS", 3)
    monkeypatch.setattr(guard, "_OPEN", {})
    with listening(PlainTextResponse("hello")) as address, ExitStack() as stack:
        many = [stack.enter_context(socket.create_connection(address, timeout=20)) for _ in range(4)]
        assert ended(many[0])
        for one in many[1:]:
            one.sendall(ASK)
            assert b"200 OK" in one.recv(1000)
