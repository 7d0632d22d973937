"""What the environment may say, and what is said about it."""

import re
from pathlib import Path

import pytest

from designer.config import env
from designer.config.database_url import Database, parse_database_url
from designer.config.email_url import MailServer
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
    "CELERY_BROKER_URL": [
        "memory://",
        "filesystem://",
        "redis://",
        "redis://h/zero",
        "amqp://u:hunter2@",
        "sqs://u:hunter2@h",
        "redis://h:x",
    ],
    "WORKERS": ["0", "257", "all"],
    "WORKER_NICE": ["-1", "20"],
    "RESULTS_DAYS": ["0", "366", "1.5"],
    "IMPORT_MAX_BYTES": ["9999", "50000001", "5 MB"],
    "EMAIL_URL": [
        "mail.example.org",
        "http://u:hunter2@h",
        "smtp://",
        "smtp://h:0",
        "smtp://h/path",
        "smtps://u:hunter2@h?x=y",
    ],
    "EMAIL_FROM": ["nobody", "a@b\nBcc: c@d", "a@b, c@d", "@b"],
    "REDIS_URL": ["http://cache:6379", "redis://", "redis://cache/zero"],
    "SECRET_KEY": ["hunter2"],
    "ORGANIZATION": ["two\nlines", "x" * 201],
    "IDENTIFIER_PREFIX": ["example", "org.example.", "org..example", "org.exämple"],
    "TIME_ZONE": ["Mars/Olympus", "../../etc/passwd"],
    "LOG_LEVEL": ["LOUD"],
    "LOG_FORMAT": ["xml"],
    "METRICS_TOKEN": ["hunter2"],
    "DEBUG": ["maybe"],
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*env.NAMES, *env.FILE_NAMES):
        monkeypatch.setenv(name, "")


def test_the_example_file_lists_exactly_the_settings_that_are_read() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(env.NAMES)


def test_the_example_file_changes_nothing() -> None:
    assert env.read(ROOT / ".env.example") == env.read(None)


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


@pytest.mark.parametrize("text", ["s3cret-s3cret-s3cret", "  s3cret-s3cret-s3cret\r\n"])
def test_a_setting_can_stand_in_a_file(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(file))
    assert env.read(None).metrics_token == "s3cret-s3cret-s3cret"


def test_an_empty_file_counts_as_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("\n")
    monkeypatch.setenv("EMAIL_URL_FILE", str(tmp_path / "url"))
    assert env.read(None).email_url.host == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not text"])
def test_a_file_that_cannot_be_read_is_named_by_its_setting(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content:
        (tmp_path / "file").write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "file"))
    with pytest.raises(
        env.BadSettingError, match=r"^The setting SECRET_KEY_FILE must be the path of a text file"
    ):
        env.read(None)


def test_a_setting_is_given_either_way_but_not_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("8001")
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("PORT_FILE", str(tmp_path / "file"))
    with pytest.raises(env.BadSettingError, match="PORT or PORT_FILE"):
        env.read(None)


def test_a_bad_value_in_a_file_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("http://hunter2")
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "file"))
    with pytest.raises(env.BadSettingError, match="REDIS_URL must") as caught:
        env.read(None)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "password"),
    [("postgresql://u@h/n", "from-outside"), ("postgresql://u:own@h/n", "own")],
    ids=["filled in", "already there"],
)
def test_the_password_of_the_database_may_come_apart(
    url: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_PASSWORD", "from-outside")
    assert env.read(None).database_url.password == password


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer(kind="smtp", host="mail.example.org", port=25)),
        (
            "smtp+starttls://an%40na:p%2Fw@mail.example.org",
            MailServer(kind="smtp+starttls", host="mail.example.org", port=587, user="an@na", password="p/w"),
        ),
        ("smtps://mail.example.org:4465/", MailServer(kind="smtps", host="mail.example.org", port=4465)),
    ],
    ids=["plain", "starttls", "tls"],
)
def test_the_address_of_a_mail_server_is_taken_apart(
    url: str, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    assert env.read(None).email_url == server


def test_without_a_mail_server_e_mail_is_off() -> None:
    script = (
        "from django.conf import settings as s; from django.core.mail import get_connection; "
        "print(s.EMAIL_ENABLED, s.DEFAULT_FROM_EMAIL, type(get_connection()).__module__)"
    )
    off = run_manage("shell", "--no-imports", "-c", script, PUBLIC_URL="https://vpn.example.org:8443")
    assert off.stdout.split() == [
        "False",
        "profile-designer@vpn.example.org",
        "django.core.mail.backends.dummy",
    ]
    on = run_manage("shell", "--no-imports", "-c", script, EMAIL_URL="smtp://h", EMAIL_FROM="a@example.org")
    assert on.stdout.split() == ["True", "a@example.org", "django.core.mail.backends.smtp"]


def test_no_secret_is_in_the_printed_form_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2" * 10)
    monkeypatch.setenv("ENCRYPTION_KEYS", "a:hunter2")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@h/n")
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@h/0")
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://u:hunter2@h/")
    monkeypatch.setenv("EMAIL_URL", "smtp://u:hunter2@h")
    monkeypatch.setenv("METRICS_TOKEN", "hunter2" * 3)
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
