"""What the environment may say, and what is said about it."""

import re
from pathlib import Path

import pytest

from designer import env
from designer.database import Database, parse_database_url
from tests.processes import ROOT, run_manage

BAD = {
    "PUBLIC_URL": [
        "profiles.example.org",
        "ftp://example.org",
        "https://example.org/path",
        "https://a b/",
        "http://h:x",
    ],
    "HOST": ["http://127.0.0.1", "a b"],
    "PORT": ["0", "65536", "eighty", "8000.5"],
    "WEB_WORKERS": ["0", "-1", "many"],
    "TRUSTED_PROXY_COUNT": ["-1", "one"],
    "DATA_DIR": ["/etc/passwd"],
    "STATIC_DIR": ["/etc/passwd"],
    "DATABASE_URL": [
        "mysql://u:hunter2@h/n",
        "postgresql://u:hunter2@h",
        "sqlite://",
        "postgresql://h:port/n",
    ],
    "REDIS_URL": ["http://cache:6379", "redis://", "redis://cache/zero"],
    "SECRET_KEY": ["hunter2"],
    "ORGANIZATION": ["two\nlines", "x" * 201],
    "IDENTIFIER_PREFIX": ["example", "org.example.", "org..example", "org.exämple"],
    "TIME_ZONE": ["Mars/Olympus", "../../etc/passwd"],
    "LOG_LEVEL": ["LOUD"],
    "DEBUG": ["maybe"],
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in env.NAMES:
        monkeypatch.setenv(name, "")


def test_the_example_file_lists_exactly_the_settings_that_are_read() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(env.NAMES)


def test_the_example_file_changes_nothing() -> None:
    assert env.read(ROOT / ".env.example") == env.read(None)


def test_the_compose_file_passes_on_only_settings_that_are_read() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    passed = re.findall(r"^      ([A-Z_]+): ", compose.split("database:\n    image")[0], flags=re.MULTILINE)
    assert set(passed) <= set(env.NAMES)
    assert "PUBLIC_URL" in passed


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_a_bad_value_is_named_in_one_sentence_without_being_repeated(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(env.BadSettingError) as caught:
        env.read(None)
    sentence = str(caught.value)
    assert re.fullmatch(rf"The setting {name} must [^\n]+\.", sentence)
    assert "hunter2" not in sentence


@pytest.mark.parametrize("command", [("check",), ("serve",), ("prepare",)])
def test_a_bad_value_stops_the_start_with_one_line_and_no_traceback(command: tuple[str, ...]) -> None:
    ended = run_manage(*command, PORT="eighty")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert (
        ended.stderr
        == "The setting PORT must be a whole number from 1 to 65535: correct it, or leave it out.\n"
    )


def test_a_file_fills_in_what_the_environment_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text('PORT=9000\nORGANIZATION="Example & Sons"\n')
    monkeypatch.delenv("ORGANIZATION")
    monkeypatch.setenv("PORT", "9001")
    settings = env.read(file)
    assert (settings.port, settings.organization) == (9001, "Example & Sons")


def test_the_public_address_follows_the_port_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert env.read(None).public_url == "http://127.0.0.1:8123"
    monkeypatch.setenv("PUBLIC_URL", "https://Profiles.Example.org/")
    assert env.read(None).public_url == "https://profiles.example.org"


def test_one_proxy_is_expected_in_front_of_https(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.read(None).trusted_proxy_count == 0
    monkeypatch.setenv("PUBLIC_URL", "https://profiles.example.org")
    assert env.read(None).trusted_proxy_count == 1


def test_no_secret_is_in_the_printed_form_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2" * 10)
    monkeypatch.setenv("ENCRYPTION_KEYS", "a:hunter2")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@h/n")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@h/0")
    assert "hunter2" not in repr(env.read(None))


def test_a_postgresql_address_is_taken_apart_and_decoded() -> None:
    database = parse_database_url("postgresql://an%40na:p%2Fw@db.example:5433/pro%20files?sslmode=require")
    assert database == Database(
        engine="postgresql",
        name="pro files",
        user="an@na",
        password="p/w",
        host="db.example",
        port=5433,
        options=(("sslmode", "require"),),
    )
    options = database.as_django()["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["pool"]["max_size"] >= 1


def test_an_sqlite_address_keeps_its_leading_slash() -> None:
    assert parse_database_url("sqlite:////srv/data.sqlite3").name == "/srv/data.sqlite3"
    assert parse_database_url("sqlite:///data.sqlite3").name == "data.sqlite3"
