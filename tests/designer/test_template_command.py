"""`manage.py template`: what somebody may do on the pages, they may do from a script, and nothing else."""

from __future__ import annotations

import json
import plistlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from profiles.models import AuditEntry, Membership, Profile, Role, User
from profiles.services import signing, teams
from profiles.services.teams import home
from tests.services.signers import openssl_verify
from tests.services.template_samples import PIN, make_template


@pytest.fixture
def template(alice: User) -> Profile:
    signing.ensure_local_identity()
    return make_template(alice)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("template", *arguments, stdout=out)
    return out.getvalue()


def filled(folder: Path, *arguments: str) -> dict[str, Any]:
    """The profile that `fill` writes, verified by openssl."""
    run("fill", *arguments, "-o", str(folder / "out"))
    content = openssl_verify((folder / "out").read_bytes(), signing.authority_certificate(), folder)
    profile: dict[str, Any] = plistlib.loads(content)
    return profile


def join(user: User, template: Profile, role: Role) -> None:
    Membership.objects.create(team=template.team, user=user, role=role)


def test_a_template_is_filled_in_and_its_file_verifies(
    alice: User, template: Profile, tmp_path: Path
) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"pin": PIN}))

    profile = filled(
        tmp_path,
        "Office VPN",
        *("--as", "alice", "--name", "Carol's VPN", "--set", "user=carol"),
        *("--answers", str(tmp_path / "answers.json")),
    )

    ikev2 = profile["PayloadContent"][0]["IKEv2"]
    assert profile["PayloadDisplayName"] == "Carol's VPN"
    assert (ikev2["AuthName"], ikev2["AuthPassword"]) == ("carol", PIN)
    made = Profile.objects.get(is_template=False)
    assert (made.team, made.template_id) == (template.team, template.pk)
    addresses = AuditEntry.objects.filter(object_id=str(made.pk)).values_list("address", flat=True)
    assert set(addresses) == {"command line"}
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_a_second_profile_for_the_same_person_is_made_with_a_note(
    template: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("Office VPN", "--as", "alice", "--set", "user=carol", "--set")
    filled(tmp_path, *arguments, f"pin={PIN}")
    assert capsys.readouterr().err == ""
    filled(tmp_path, *arguments, "pin=another")
    told = capsys.readouterr().err
    assert told.startswith(
        "note: “Office VPN” was filled in with the same. On a device this one is installed beside"
    )
    assert PIN not in told
    assert Profile.objects.filter(is_template=False).count() == 2


def test_the_role_decides(bob: User, template: Profile, tmp_path: Path) -> None:
    arguments = (str(template.pk), "--as", "bob", "--set", "user=carol", "--set", "pin=1")
    with pytest.raises(CommandError, match="No template is called"):
        filled(tmp_path, *arguments)

    join(bob, template, Role.VIEWER)
    with pytest.raises(CommandError, match="Your role in this team does not allow"):
        filled(tmp_path, *arguments, "--team", template.team.name)

    Membership.objects.filter(user=bob).update(role=Role.HELPER)
    assert filled(tmp_path, *arguments, "--team", template.team.name)["PayloadContent"]


def test_the_list_shows_what_somebody_can_start_from(bob: User, template: Profile) -> None:
    assert run("list", "--as", "alice") == f"{template.pk}     1  Office VPN\n"
    assert run("list", "--as", "bob") == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "user=carol"), "PIN is missing. Fill it in."),
        (("--set", "user=CAROL", "--set", "pin=1"), "User name is not of the form"),
        (("--set", "user=carol", "--set", "pin=1", "--set", "colour=red"), "no variable 'colour'"),
        (("--set", "user=carol", "--set", "pin=1", "--team", "Nobody's"), "in no team called"),
        (("--answers", "/nowhere"), "/nowhere cannot be read: no such file or directory"),
        (("--answers", "/dev/null"), "/dev/null is not JSON"),
    ],
)
def test_what_cannot_be_done_is_told(template: Profile, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("fill", "Office VPN", "--as", "alice", *arguments)
    assert not Profile.objects.filter(is_template=False).exists()


def test_answers_that_are_no_texts_are_told(template: Profile, tmp_path: Path) -> None:
    for text in ("[]", '{"user": 1}', "{", "[" * 100_000):
        (tmp_path / "answers.json").write_text(text)
        with pytest.raises(CommandError, match=r"answers\.json is not"):
            run("fill", "Office VPN", "--as", "alice", "--answers", str(tmp_path / "answers.json"))


def test_names_that_several_things_have_are_told(alice: User, template: Profile) -> None:
    make_template(alice)
    with pytest.raises(CommandError, match="Several templates are called"):
        run("fill", "Office VPN", "--as", "alice", "--set", "user=carol", "--set", "pin=1")

    teams.create(actor=alice, name=home(alice).name)
    with pytest.raises(CommandError, match="in several teams called"):
        run("fill", str(template.pk), "--as", "alice", "--team", home(alice).name)


def test_nobody_is_told(template: Profile) -> None:
    with pytest.raises(CommandError, match="no active account 'carol'"):
        run("list", "--as", "carol")


def test_a_file_that_cannot_be_written_is_told(template: Profile) -> None:
    with pytest.raises(CommandError, match=r"/nowhere/out cannot be written: no such file or directory"):
        run(
            *("fill", "Office VPN", "--as", "alice", "--set", "user=carol", "--set", "pin=1"),
            *("-o", "/nowhere/out"),
        )
