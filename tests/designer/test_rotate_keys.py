"""`manage.py rotate_keys` and `manage.py demo`, as real processes on data of their own."""

import stat
from pathlib import Path

import pytest

from profiles.encryption import KeyRing
from tests.processes import run_manage

READ_ALL = """
from profiles.models import Profile
from profiles.services.document_storage import load
print(sorted(load(p).payloads[0].values.get("IKEv2", {}).get("AuthPassword", "") for p in Profile.objects.all()))
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the samples in it."""
    folder = tmp_path_factory.mktemp("data")
    for command in ("prepare", "demo"):
        done = run_manage(command, DATA_DIR=str(folder))
        assert done.returncode == 0, done.stderr
    return folder


def key_ids(folder: Path) -> list[str]:
    """The ids in the key file, in order."""
    return list(KeyRing.parse((folder / "keys" / "encryption-keys").read_text()).keys)


def secrets(folder: Path) -> str:
    """All passwords that can be read with the keys that are there."""
    done = run_manage("shell", "--no-imports", "-c", READ_ALL, DATA_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_key_takes_over_and_the_old_one_can_be_retired(data: Path) -> None:
    (old,) = key_ids(data)
    before = secrets(data)

    made = run_manage("rotate_keys", "--new", DATA_DIR=str(data))
    assert made.returncode == 0, made.stderr
    new = key_ids(data)[0]
    assert key_ids(data) == [new, old]
    assert f"re-encrypted with the key {new}" in made.stdout
    assert stat.S_IMODE((data / "keys" / "encryption-keys").stat().st_mode) == 0o600
    assert secrets(data) == before

    retired = run_manage("rotate_keys", "--retire", DATA_DIR=str(data))
    assert retired.returncode == 0, retired.stderr
    assert f"Retired keys: {old}." in retired.stdout
    assert key_ids(data) == [new]
    assert secrets(data) == before
    assert [path.name for path in (data / "keys").iterdir() if path.name.startswith(".")] == []


def test_a_key_that_is_needed_is_not_retired(data: Path) -> None:
    keys = key_ids(data)

    done = run_manage("rotate_keys", "--retire", DATA_DIR=str(data))

    assert "Retired keys: none." in done.stdout
    assert key_ids(data) == keys


@pytest.mark.parametrize("option", ["--new", "--retire"])
def test_keys_from_the_environment_are_not_written(data: Path, option: str) -> None:
    text = (data / "keys" / "encryption-keys").read_text()

    done = run_manage("rotate_keys", option, DATA_DIR=str(data), ENCRYPTION_KEYS=text.strip())

    assert done.returncode == 1
    assert "ENCRYPTION_KEYS in the environment" in done.stderr
    assert text.partition(":")[2].strip() not in done.stderr + done.stdout
    assert (data / "keys" / "encryption-keys").read_text() == text


def test_keys_from_the_environment_still_re_encrypt(data: Path) -> None:
    text = (data / "keys" / "encryption-keys").read_text().strip()
    fresh = KeyRing.generate_key_line()

    done = run_manage("rotate_keys", DATA_DIR=str(data), ENCRYPTION_KEYS=f"{fresh},{text}")
    assert f"with the key {fresh.partition(':')[0]}" in done.stdout

    back = run_manage("rotate_keys", DATA_DIR=str(data), ENCRYPTION_KEYS=f"{text},{fresh}")
    assert back.returncode == 0
    assert secrets(data)


def test_without_keys_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    done = run_manage("rotate_keys", "--new", DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "prepare" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_can_run_again_and_the_password_it_prints_is_right(data: Path) -> None:
    done = run_manage("demo", DATA_DIR=str(data))
    assert done.returncode == 0, done.stderr
    password = done.stdout.split()[-1]

    check = run_manage(
        "shell",
        "--no-imports",
        "-c",
        f"""
from profiles.models import Profile, User
demo = User.objects.get()
print(demo.username, demo.is_superuser, demo.check_password({password!r}), Profile.objects.for_user(demo).count())
""",
        DATA_DIR=str(data),
    )
    assert check.stdout.split() == ["demo", "True", "True", "9"]
