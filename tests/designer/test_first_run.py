"""The link that lets the first administrator in, once."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core import signing
from django.db import connection
from django.test import Client

from designer.web import setup_link
from profiles.encryption import KeyRing
from profiles.models import User
from profiles.services.first_admin import create_first_admin
from tests.conftest import PASSWORD
from tests.processes import run_manage

ANSWERS = {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def link(db: None) -> str:
    """The path of a fresh setup link."""
    return "/" + setup_link.setup_url().split("/", 3)[3]


def test_the_first_administrator_makes_an_account_and_is_signed_in(client: Client, link: str) -> None:
    assert client.get(link).status_code == 200
    response = client.post(link, ANSWERS)
    assert (response.status_code, response["Location"]) == (302, "/")
    alice = User.objects.get()
    assert alice.is_superuser
    assert alice.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_link_works_once(client: Client, link: str) -> None:
    client.post(link, ANSWERS)
    for response in (Client().get(link), Client().post(link, ANSWERS | {"username": "mallory"})):
        assert response.status_code == 410
        assert "has been used" in response.content.decode()
    assert User.objects.count() == 1


def test_a_link_expires_after_a_day(client: Client, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_link, "LIFETIME", -1)
    response = client.post(link, ANSWERS)
    assert response.status_code == 404
    assert "make run" in response.content.decode()
    assert not User.objects.exists()


FOREIGN = {
    "short": "x",
    "signed for something else": signing.dumps("first administrator"),
    "long": "x" * 5000,
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_link_that_was_not_made_for_this_is_refused(client: Client, db: None, kind: str) -> None:
    token = FOREIGN[kind]
    response = client.post(f"/setup/{token}/", ANSWERS)
    assert response.status_code == 404
    assert "make run" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"password1": "short", "password2": "short"}, "at least 10 characters"),
        ({"password2": "something else"}, "match"),
        (
            {"username": "administrator", "password1": "administrator1", "password2": "administrator1"},
            "too similar",
        ),
        ({"username": ""}, "required"),
        ({"username": "a b"}, "valid username"),
    ],
)
def test_an_answer_that_will_not_do_is_explained(
    client: Client, link: str, answers: dict[str, str], complaint: str
) -> None:
    response = client.post(link, ANSWERS | answers)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_one_is_let_in() -> None:
    def come(name: str) -> User | None:
        try:
            return create_first_admin(username=name, password=PASSWORD)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(come, [f"admin{number}" for number in range(8)]))
    assert sum(user is not None for user in came) == 1
    assert User.objects.count() == 1


def test_prepare_prints_one_link_and_makes_keys_that_only_the_owner_reads(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ended = run_manage("prepare", DATA_DIR=str(data))
    assert ended.returncode == 0, ended.stderr
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/setup/[\w:-]+/\n", ended.stdout)
    assert ended.stderr == ""
    keys = sorted((data / "keys").iterdir())
    assert [key.name for key in keys] == ["encryption-keys", "secret-key"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (data, data / "keys", *keys)] == [
        0o700,
        0o700,
        0o600,
        0o600,
    ]
    assert KeyRing.parse(keys[0].read_text()).current


def test_prepare_keeps_the_keys_and_prints_the_address_alone_once_there_is_an_account(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path), "PORT": "8123"}
    run_manage("prepare", **settings)
    before = [key.read_bytes() for key in sorted((tmp_path / "keys").iterdir())]
    made = run_manage("createsuperuser", "--no-input", "--username=alice", "--email=", **settings)
    assert made.returncode == 0, made.stderr
    ended = run_manage("prepare", **settings)
    assert ended.stdout == "http://127.0.0.1:8123\n"
    assert [key.read_bytes() for key in sorted((tmp_path / "keys").iterdir())] == before


def test_prepare_says_in_one_sentence_that_it_cannot_write() -> None:
    # Nobody can make a folder there, not even root.
    ended = run_manage("prepare", DATA_DIR="/proc/profile-designer")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert re.fullmatch(
        r"CommandError: /proc/profile-designer cannot be written \([^\n]+\): [^\n]+\n", ended.stderr
    )


def test_prepare_says_in_one_sentence_that_the_database_does_not_answer(tmp_path: Path) -> None:
    ended = run_manage(
        "prepare",
        DATA_DIR=str(tmp_path),
        DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/nothing?connect_timeout=2",
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert re.fullmatch(r"CommandError: The database cannot be used \([^\n]+\): [^\n]+\n", ended.stderr)
    assert "hunter2" not in ended.stderr


def test_the_server_does_not_start_without_keys(tmp_path: Path) -> None:
    ended = run_manage("serve", DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert "run `python manage.py prepare`" in ended.stderr
    assert ended.stderr.count("\n") == 1
