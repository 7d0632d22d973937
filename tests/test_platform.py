"""The whole thing as it is started by people: commands, a real web server, its log."""

import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Barrier

import pytest

from tests.processes import ROOT, prepare, run_manage, running_server

PASSWORD = "Tr0ub4dor-and-staple"


@dataclass
class Server:
    """A running designer with data of its own."""

    url: str
    log: Path
    setup: str


class Browser:
    """Cookies, forms and their tokens, over real HTTP."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        return self._open(urllib.request.Request(self.server.url + path))

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Status and text, after redirects; carries the token of the cookie."""
        token = next((cookie.value for cookie in self.cookies if cookie.name == "csrftoken"), "") or ""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token} | fields).encode()
        return self._open(urllib.request.Request(self.server.url + path, data=body))

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("platform")
    settings = {"DATA_DIR": str(folder / "data"), "LOG_LEVEL": "DEBUG", "WEB_WORKERS": "2"}
    settings["STATIC_DIR"] = str(folder / "static")
    printed = prepare("--static", **settings)
    log = folder / "server.log"
    setup = urllib.parse.urlsplit(printed.strip()).path
    with running_server(log, **settings) as url:
        yield Server(url=url, log=log, setup=setup)


def test_two_who_open_the_setup_link_at_once_make_one_administrator(server: Server) -> None:
    names = [f"admin{number}" for number in range(4)]
    all_see_the_form = Barrier(len(names))

    def come(name: str) -> int:
        browser = Browser(server)
        assert browser.get(server.setup)[0] == 200
        all_see_the_form.wait(timeout=60)
        return browser.post(server.setup, username=name, password1=PASSWORD, password2=PASSWORD)[0]

    with ThreadPoolExecutor(len(names)) as pool:
        codes = sorted(pool.map(come, names))
    # The one who was first is sent on to "/", whatever is there.
    assert codes.count(410) == len(names) - 1, codes
    assert Browser(server).get(server.setup)[0] == 410


def test_a_guesser_is_counted_by_all_processes_together_and_the_log_holds_no_password(server: Server) -> None:
    browser = Browser(server)
    browser.get("/login/")
    codes = [browser.post("/login/", login="admin0", password=f"{PASSWORD}-{n}")[0] for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert PASSWORD not in server.log.read_text()
    assert "password1" not in server.log.read_text()


def test_a_body_of_ten_megabytes_gets_the_page_for_that(server: Server) -> None:
    browser = Browser(server)
    browser.get("/login/")
    status, text = browser.post("/login/", login="x" * 10_000_000)
    assert status == 413
    assert "too much" in text


def test_the_log_has_one_line_for_each_event(server: Server) -> None:
    Browser(server).get("/nothing%0aERROR%20forged%20line/")
    lines = server.log.read_text().splitlines()
    assert lines
    for line in lines:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.]+: ", line), line


def test_static_files_come_from_this_host(server: Server) -> None:
    status, page = Browser(server).get("/login/")
    assert status == 200
    addresses = re.findall(r'(?:href|src)="([^"#]+\.(?:css|js))"', page)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/static/")
        assert Browser(server).get(address)[0] == 200


def test_the_health_page_answers_under_the_public_name_alone(server: Server) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    codes = []
    for name in (f"127.0.0.1:{port}", "evil.example"):
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", "/healthz", headers={"Host": name})
        codes.append(connection.getresponse().status)
        connection.close()
    assert codes == [200, 400]


def test_a_port_that_is_taken_is_named_in_one_sentence(server: Server) -> None:
    port = server.url.rpartition(":")[2]
    ended = run_manage("serve", PORT=port, SECRET_KEY="x" * 50, ENCRYPTION_KEYS="a:b", DEBUG="on")
    assert ended.returncode == 1
    assert re.fullmatch(rf"CommandError: [^\n]*port {port}[^\n]*\n", ended.stderr)


def test_the_server_does_not_start_without_static_files(tmp_path: Path) -> None:
    ended = run_manage("serve", SECRET_KEY="x" * 50, ENCRYPTION_KEYS="a:b", STATIC_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert re.fullmatch(r"CommandError: [^\n]*run `python manage.py prepare --static`\.\n", ended.stderr)


def test_settings_load_without_keys_or_data(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    ended = run_manage("check", DATA_DIR=str(nowhere))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not nowhere.exists()


def test_the_deployment_check_says_how_to_get_keys(tmp_path: Path) -> None:
    ended = run_manage("check", "--deploy", DATA_DIR=str(tmp_path), PUBLIC_URL="https://profiles.example.org")
    assert "designer.E001" in ended.stderr
    assert "run `python manage.py prepare`" in ended.stderr


def test_https_brings_secure_cookies_and_a_redirect(tmp_path: Path) -> None:
    script = (
        "import json; from django.conf import settings as s; print(json.dumps([s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS, "
        "s.CSRF_TRUSTED_ORIGINS]))"
    )
    ended = run_manage("shell", "--no-imports", "-c", script, PUBLIC_URL="https://profiles.example.org:8443")
    assert json.loads(ended.stdout) == [
        True,
        True,
        True,
        True,
        ["profiles.example.org"],
        ["https://profiles.example.org:8443"],
    ]


def test_behind_a_proxy_http_leads_to_https_and_the_cookies_are_secure(
    server: Server, tmp_path: Path
) -> None:
    settings = {
        "PUBLIC_URL": "https://profiles.example.org",
        "DATABASE_URL": f"sqlite:///{server.log.parent}/data/designer.sqlite3",
        "STATIC_DIR": str(server.log.parent / "static"),
        "SECRET_KEY": "x" * 50,
        "ENCRYPTION_KEYS": "a:b",
    }
    with running_server(tmp_path / "log", **settings) as url:
        plain = _head(url, {"Host": "profiles.example.org"})
        proxied = _head(url, {"Host": "profiles.example.org", "X-Forwarded-Proto": "https"})
    assert (plain.status, plain.headers["Location"]) == (301, "https://profiles.example.org/login/")
    assert proxied.status == 200
    assert "Secure" in str(proxied.headers["Set-Cookie"])
    assert "max-age=31536000" in str(proxied.headers["Strict-Transport-Security"])


def _head(url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/login/", headers=headers)
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()


def test_every_static_file_that_a_page_names_is_collected(tmp_path: Path) -> None:
    ended = run_manage(
        "collectstatic", "--no-input", STATIC_DIR=str(tmp_path), DATA_DIR=str(tmp_path / "data")
    )
    assert ended.returncode == 0, ended.stderr
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"{% static ['\"]([^'\"]+)['\"]", pages))
    assert named
    assert named <= set(manifest)
    # A module that imported another by its plain name would get an old one from the browser's cache.
    modules = [tmp_path / hashed for plain, hashed in manifest.items() if re.fullmatch(r"js/\w+\.js", plain)]
    imports = re.findall(
        r'^import .*"\./(.*)";$', "".join(each.read_text() for each in modules), re.MULTILINE
    )
    assert imports
    assert all(re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name) for name in imports), imports
