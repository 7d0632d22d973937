"""`manage.py purge`: tells what it would do, asks, and does it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from profiles.models import AuditEntry, Membership, Profile, Role, User
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.samples import changed, valid

LEAKED = "leaked-into-a-public-key"
PLACE = "tunnel 0/IKEv2.RemoteAddress"


@pytest.fixture
def profile(alice: User) -> Profile:
    """Two revisions, of which the first holds what leaked."""
    made = profiles.create(actor=alice, team=home(alice), document=changed(valid(), RemoteAddress=LEAKED))
    return profiles.save(
        actor=alice,
        profile_id=made.pk,
        document=changed(load(made), RemoteAddress="vpn.example.com"),
        base_revision=1,
    )


def run(*arguments: str, user: str = "alice") -> str:
    out = StringIO()
    call_command("purge", *arguments, "--as", user, stdout=out)
    return out.getvalue()


def holding(profile: Profile) -> list[int]:
    """The revisions that hold it in the clear."""
    rows = profile.revisions.order_by("number")
    return [row.number for row in rows if LEAKED in str(row.document)]


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_value_is_purged_from_a_revision(profile: Profile, by: str) -> None:
    called = str(profile.pk) if by == "id" else profile.name

    said = run(called, "--path", PLACE, "--revision", "1", "--yes")

    assert holding(profile) == []
    assert LEAKED not in said
    assert said.splitlines()[:3] == [
        f"Office VPN ({profile.pk})",
        f"  goes from revision 1: {PLACE}",
        f"  stays in the profile as it is now: {PLACE}. Use --all to purge it there.",
    ]
    assert "It is purged." in said
    entry = AuditEntry.objects.get(event="secret purged")
    assert (entry.actor, entry.address) == ("alice", "command line")


def test_all_tells_that_there_are_several_values(profile: Profile) -> None:
    said = run("Office VPN", "--path", PLACE, "--all", "--yes")
    assert "these are 2 values: --same-as N" in said
    assert "which becomes revision 3" in said
    profile.refresh_from_db()
    assert "RemoteAddress" not in load(profile).payloads[0].values["IKEv2"]


def test_the_value_of_one_revision_alone_can_be_meant(profile: Profile) -> None:
    run("Office VPN", "--path", PLACE, "--all", "--same-as", "1", "--yes")
    assert holding(profile) == []
    profile.refresh_from_db()
    assert load(profile).payloads[0].values["IKEv2"]["RemoteAddress"] == "vpn.example.com"


def test_nothing_is_done_where_nobody_can_be_asked(profile: Profile) -> None:
    with pytest.raises(CommandError, match="say --yes"):
        run("Office VPN", "--path", PLACE, "--revision", "1")
    assert holding(profile) == [1]


@pytest.mark.parametrize(("answer", "left"), [("yes", []), ("Yes ", []), ("", [1]), ("y", [1]), ("no", [1])])
def test_somebody_is_asked(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, answer: str, left: list[int]
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    asked: list[str] = []

    def reply(prompt: str = "") -> str:
        asked.append(prompt)
        return answer

    monkeypatch.setattr("builtins.input", reply)
    if left:
        with pytest.raises(CommandError, match=r"^Nothing was purged\.$"):
            run("Office VPN", "--path", PLACE, "--revision", "1")
    else:
        run("Office VPN", "--path", PLACE, "--revision", "1")
    assert asked == ["Purge that for good? Type yes: "]
    assert holding(profile) == left


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Nothing", "--path", PLACE, "--all", "--yes"), "No profile is called 'Nothing'"),
        (("Office VPN", "--path", "gone/Key", "--all", "--yes"), "Nothing stands there"),
        (("Office VPN", "--path", PLACE, "--revision", "9", "--yes"), "Nothing stands there"),
        (("Office VPN", "--path", PLACE, "--all", "--same-as", "9", "--yes"), "Nothing stands there"),
        (("Office VPN", "--path", PLACE, "--yes"), "one of the arguments --revision --all is required"),
        (("Office VPN", "--all", "--yes"), "the following arguments are required: --path"),
    ],
)
def test_what_cannot_be_done_is_told(profile: Profile, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert holding(profile) == [1]


def test_two_of_a_name_need_an_id(alice: User, profile: Profile) -> None:
    profiles.create(actor=alice, team=home(alice), document=valid())
    with pytest.raises(CommandError, match="Several profiles are called 'Office VPN'"):
        run("Office VPN", "--path", PLACE, "--all", "--yes")


def test_it_takes_an_owner(profile: Profile, bob: User) -> None:
    with pytest.raises(CommandError, match="No profile is called"):
        run("Office VPN", "--path", PLACE, "--all", "--yes", user="bob")
    Membership.objects.create(team=profile.team, user=bob, role=Role.EDITOR)
    with pytest.raises(CommandError, match="Your role in this team does not allow you"):
        run("Office VPN", "--path", PLACE, "--all", "--yes", user="bob")
    assert holding(profile) == [1]


def test_a_long_list_of_places_is_cut(alice: User) -> None:
    rules: list[Any] = [{"Action": "Connect", "SSIDMatch": [f"{LEAKED} {number}"]} for number in range(30)]
    profiles.create(actor=alice, team=home(alice), document=changed(valid(), OnDemandRules=rules))
    said = run("Office VPN", "--path", "tunnel 0/IKEv2.OnDemandRules[].SSIDMatch[]", "--all", "--yes")
    assert "OnDemandRules[19].SSIDMatch[0] and 10 more" in said
