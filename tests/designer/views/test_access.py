"""Everybody gets what the table in `access` says, at every address: no more, no less.

To everybody outside of its team, an object is not there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.urls.converters import UUIDConverter

from designer.web import setup_link
from profiles.models import (
    AuditEntry,
    BulkResult,
    BulkRun,
    Certificate,
    Delivery,
    HandOut,
    ImportedFile,
    Invitation,
    Membership,
    Payload,
    Profile,
    Recipient,
    Revision,
    Role,
    ShareLink,
    SigningIdentity,
    Team,
    User,
    Visibility,
)
from profiles.plist.reading.read import read
from profiles.services import certificates, hand_outs, imports, profiles, sharing, signing, teams, templates
from profiles.services.bulk import runs
from profiles.services.bulk.runs import Wish
from profiles.services.document_storage import load
from profiles.signing import authority
from profiles.signing.identity import SigningIdentity as Loaded
from tests.conftest import PASSWORD
from tests.designer.views.access import (
    DOORS,
    LENIENT,
    MEMBERS,
    PASTED,
    Answer,
    Door,
    Who,
    World,
    addresses,
)
from tests.posting import browse
from tests.rule_samples import RULES
from tests.services.bulk import run_samples
from tests.services.samples import changed, valid
from tests.services.signers import chain_pem, key_pem, p12
from tests.services.template_samples import make_template

TABLES = (
    AuditEntry,
    BulkResult,
    BulkRun,
    Certificate,
    HandOut,
    Invitation,
    Membership,
    Payload,
    Profile,
    Recipient,
    Revision,
    ImportedFile,
    ShareLink,
    SigningIdentity,
    Team,
    User,
)
Snapshot = Mapping[str, Sequence[Any]]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
HOSTILE = ("1", "..%2f..%2fetc", "%00", "00000000-0000-0000-0000-00000000000g", "'; DROP--")
TEXT = "words-that-are-no-token"

ADDRESSES = addresses()
NAMES = sorted({door.name for door in DOORS} & ADDRESSES.keys())
"""Addresses with an entry; the others fail a test of their own."""

KNOWN = [door for door in DOORS if door.name in ADDRESSES]
CASES = [pytest.param(door, who, id=f"{door}-{who.value}") for door in KNOWN for who in door.answers]
OF_PROFILES = [
    replace(door, args=("private", *door.args[1:]))
    for door in KNOWN
    if door.args[:1] in (("profile",), ("template",), ("instance",))
]


def cases(doors: list[Door]) -> list[Any]:
    """Doors as parameters with readable names."""
    return [pytest.param(door, id=str(door)) for door in doors]


# --- The world -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, issued: Loaded) -> Iterator[World]:
    """Built once: each test undoes what it did, and the end undoes the world."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world(issued)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world: World, django_db_blocker: Any) -> Snapshot:
    """Every row before anybody did anything."""
    with django_db_blocker.unblock():
        return snapshot()


@pytest.fixture(autouse=True)
def _in_the_world(world: World, db: None, sample_rules: object) -> None:
    """Everything here needs it."""


def _world(issued: Loaded) -> World:
    signing.ensure_local_identity()
    people = {who: User.objects.create_user(who.value, password=PASSWORD) for who in (*MEMBERS, Who.STRANGER)}
    team = teams.create(actor=people[Who.OWNER], name="Office")
    for who in MEMBERS[:-1]:
        Membership.objects.create(team=team, user=people[who], role=Role(who.value))
    elsewhere = teams.create(actor=people[Who.STRANGER], name="Elsewhere")
    # Somebody who looks here and owns there.
    both = User.objects.create_user("both", password=PASSWORD)
    Membership.objects.create(team=team, user=both, role=Role.VIEWER)
    of_both = teams.create(actor=both, name="Of both")
    colleague = User.objects.create_user("colleague", password=PASSWORD)
    Membership.objects.create(team=team, user=colleague, role=Role.EDITOR)
    texts = {
        "key.pem": key_pem(issued),
        "chain.pem": chain_pem(issued),
        "signer.p12": p12(issued, "p12"),
        "another.pem": authority.create_authority("Another CA").certificate.public_bytes(Encoding.PEM),
    }
    texts["profile"] = PASTED.encode()
    things: dict[str, Any] = {
        "member": colleague.pk,
        "both": both.pk,
        "number": 1,
        "code": next(iter(RULES)),
        "part": "profile",
        "row": 4,
        "setup_token": setup_link.setup_url().rsplit("/", 2)[-2],
        "team": team.pk,
        "of_both": of_both.pk,
        **{f"oneself {who.value}": person.pk for who, person in people.items()},
    }
    things |= _objects(people[Who.OWNER], team, texts)
    things["private"] = _private(colleague, team)
    theirs = _objects(people[Who.STRANGER], elsewhere, texts)
    things |= {f"their {name}": thing for name, thing in theirs.items()}
    template = Profile.objects.get(pk=things["template"])
    texts["template.json"] = sharing.export(user=people[Who.OWNER], template=template).encode()
    return World(
        things=things,
        pages=_pages(people[Who.OWNER], things),
        texts=texts,
        sessions={person.username: _session(person) for person in User.objects.all()},
    )


def _session(person: User) -> str:
    client = Client()
    client.force_login(person)
    return str(client.session.session_key)


def _objects(owner: User, team: Team, texts: Mapping[str, bytes]) -> dict[str, Any]:
    """One of everything that belongs to a team."""
    profile = profiles.create(actor=owner, team=team, document=valid())
    profile = _revised(owner, profile)
    deleted = profiles.create(actor=owner, team=team, document=valid())
    profiles.delete(actor=owner, profile=deleted)
    template = templates.make(actor=owner, profile=profile)
    instance = templates.use(actor=owner, team=team, template=template, name="", answers={}, values={})
    template = _revised(owner, template, mtu=1310)
    server_template = templates.make(actor=owner, profile=profile)
    Profile.objects.filter(pk=server_template.pk).update(visibility=Visibility.SERVER)
    added = certificates.add(actor=owner, team=team, data=texts["chain.pem"])
    identities = [
        signing.add_pem(actor=owner, team=team, name=name, key=texts["key.pem"], chain=texts["chain.pem"]).pk
        for name in ("default", "second")
    ]
    invited = teams.invite(actor=owner, team=team, role="helper")
    shared = sharing.share(actor=owner, template=template, days=7)
    made = hand_outs.create(actor=owner, profile=profile)
    rough = read({"PayloadContent": [], "PayloadVersion": 1.0, "Vendor": "unseen"})
    return {
        "profile": profile.pk,
        "deleted": deleted.pk,
        "template": template.pk,
        "instance": instance.pk,
        "server_template": server_template.pk,
        "certificate": added.entries[0].pk,
        "imported": profiles.create(actor=owner, team=team, document=rough).pk,
        "imported_file": imports.keep(actor=owner, team=team, data=PASTED.encode(), name="file").pk,
        "identity": identities[1],
        "server_identity": SigningIdentity.objects.get(team=None).pk,
        "invitation": invited.link.pk,
        "invitation_token": invited.token,
        "share_link": shared.link.pk,
        "share_token": shared.token,
        "hand_out": made.link.pk,
        "install_token": made.token,
        "grant": hand_outs.confirm(made.link),
        **_runs(owner, team),
    }


def _runs(owner: User, team: Team) -> dict[str, Any]:
    """A template for everyone that asks for something, and a run of it in each state that matters; row 4 is wrong."""
    asking = make_template(owner, team=team, visibility=Visibility.SERVER)
    rows = [*run_samples.people(2), run_samples.person(2, email="nowhere")]
    running, paused = (run_samples.started(owner, asking, rows, team=team) for _ in range(2))
    runs.pause(actor=owner, run=paused)
    links = Wish(delivery=Delivery.LINKS)
    found = {
        "draft_run": run_samples.loaded(owner, asking, rows, team=team),
        "checked_run": run_samples.checked(owner, asking, rows, team=team),
        "running_run": running,
        "paused_run": paused,
        "finished_run": run_samples.finished(owner, asking, rows, team=team),
        "links_run": run_samples.finished(owner, asking, rows, links, team=team),
    }
    return {"asking": asking.pk, **{name: run.pk for name, run in found.items()}}


def _revised(owner: User, profile: Profile, *, mtu: int = 1300) -> Profile:
    document = changed(load(profile), MTU=mtu)
    return profiles.save(
        actor=owner, profile_id=profile.pk, document=document, base_revision=profile.revision
    )


def _private(maker: User, team: Team) -> uuid.UUID:
    """A template that its maker alone can see."""
    profile = profiles.create(actor=maker, team=team, document=valid())
    template = templates.make(actor=maker, profile=profile)
    Profile.objects.filter(pk=template.pk).update(visibility=Visibility.PRIVATE)
    return template.pk


def _pages(owner: User, things: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The forms of pages, as a browser would send them."""
    client = Client()
    client.force_login(owner)
    prefix = load(Profile.objects.get(pk=things["profile"])).payloads[0].uuid

    def page(name: str, *args: str) -> dict[str, Any]:
        html = client.get(reverse(name, args=[things[arg] for arg in args])).content.decode()
        return {key: values for key, values in browse(html).data().lists() if key != "team"}

    profile = page("profile", "profile") | {f"{prefix}-IKEv2.MTU": "1400"}
    return {
        "profile": profile,
        "simulator": profile | {"part": prefix, "path": "IKEv2.OnDemandRules"},
        "short form": dict.fromkeys(_answers(page("use_template", "template")), "Filled in"),
        "settings": page("template_settings", "template"),
        "imported xml": page("part_xml", "imported", "part"),
    }


def _answers(page: Mapping[str, Any]) -> list[str]:
    """The fields of a short form that asks for the name alone."""
    return [name for name in page if name.startswith("answer-")]


# --- Asking ----------------------------------------------------------------------------------------------------------


def client_of(world: World, who: Who | str, **more: Any) -> Client:
    """A client in which that person is signed in."""
    client = Client(**more)
    if key := world.sessions.get(who.value if isinstance(who, Who) else who):
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def most_able(door: Door) -> Who:
    """Of those whom the door is about, the one who may do most."""
    return next(who for who in (*reversed(MEMBERS), Who.STRANGER, Who.SIGNED_OUT) if who in door.answers)


def address(door: Door, world: World, who: Who = Who.OWNER, **instead: Any) -> str:
    """The path of a door, with other arguments in place of some."""
    if who is Who.SIGNED_OUT:
        who = Who.OWNER
    args = [
        instead.get(name, world.things[f"oneself {who.value}" if name == "oneself" else name])
        for name in door.args
    ]
    return reverse(door.name, args=args)


def ask(client: Client, door: Door, path: str, world: World, **more: Any) -> Any:
    """Send what the door takes."""
    return getattr(client, door.method)(path, {**door.data(world), **more})


def snapshot() -> Snapshot:
    """Every row of every table."""
    found, quoted = {}, connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in TABLES:
            # Plainly, since to make objects of all that takes longer than everything else.
            table, key = model._meta.db_table, model._meta.pk.column
            assert key
            cursor.execute(f"SELECT * FROM {quoted(table)} ORDER BY {quoted(key)}")
            found[model.__name__] = cursor.fetchall()
    return found


def differences(before: Snapshot) -> set[str]:
    """The tables that have changed since."""
    now = snapshot()
    return {name for name, rows in before.items() if rows != now[name]}


def answer_of(response: Any) -> Answer | int:
    """What it was; the number where it is none that the table knows."""
    status: int = response.status_code
    if status == HTTPStatus.FOUND and response["Location"].startswith(reverse("account_login")):
        return Answer.LOGIN
    if HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST:
        return Answer.DONE
    known = {"403": Answer.FORBIDDEN, "404": Answer.MISSING, "410": Answer.GONE}
    return known.get(str(status), status)


# --- The table itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_address_is_in_the_table(name: str) -> None:
    assert ADDRESSES[name].name, f"The address “{name}” has no name. Give it one in designer/urls.py."
    told: set[Who] = {who for door in DOORS if door.name == name for who in door.answers}
    assert told == set(Who), (
        f"“{name}” is not in DOORS of tests/designer/views/access.py for "
        f"{', '.join(who.value for who in Who if who not in told)}. Say there what they get."
    )


def test_the_table_names_no_address_that_is_gone() -> None:
    gone = {door.name for door in DOORS} - ADDRESSES.keys()
    assert not gone, "Take these out of DOORS in tests/designer/views/access.py: they lead nowhere."


def test_no_two_doors_are_called_alike() -> None:
    assert len({str(door) for door in DOORS}) == len(DOORS)


# --- Everybody at every door -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("door", "who"), CASES)
def test_everybody_gets_what_the_table_says(world: World, before: Snapshot, door: Door, who: Who) -> None:
    client = client_of(world, who)
    path = address(door, world, who)

    response = ask(client, door, path, world)

    assert answer_of(response) == door.answers[who]
    done = door.answers[who] is Answer.DONE
    assert differences(before) == (door.changes if done else set())


@pytest.mark.parametrize(
    "door",
    cases(
        [
            door
            for door in KNOWN
            # To sign out takes no session.
            if door.answers.get(Who.SIGNED_OUT) is Answer.LOGIN and door.name != "account_logout"
        ]
    ),
)
def test_a_script_without_a_session_is_told_401(world: World, before: Snapshot, door: Door) -> None:
    client = Client(headers={"HX-Request": "true"})

    assert ask(client, door, address(door, world), world).status_code == 401
    assert not differences(before)


@pytest.mark.parametrize("door", cases([door for door in KNOWN if door.method == "post"]))
def test_a_form_of_another_site_changes_nothing(world: World, before: Snapshot, door: Door) -> None:
    who = most_able(door)
    client = client_of(world, who, enforce_csrf_checks=True)

    response = ask(client, door, address(door, world, who), world)

    assert response.status_code == 403
    assert "This page is out of date" in response.content.decode()
    assert not differences(before)


@pytest.mark.parametrize("who", MEMBERS, ids=lambda who: who.value)
@pytest.mark.parametrize("door", cases(OF_PROFILES))
def test_the_private_template_of_somebody_else_is_not_there(
    world: World, before: Snapshot, door: Door, who: Who
) -> None:
    client = client_of(world, who)

    assert answer_of(ask(client, door, address(door, world), world)) is Answer.MISSING
    assert not differences(before)


@pytest.mark.parametrize("door", cases([door for door in OF_PROFILES if door.name != "use_template"]))
def test_a_template_for_everyone_is_used_by_others_and_nothing_else(
    world: World, before: Snapshot, door: Door
) -> None:
    client = client_of(world, Who.STRANGER)
    path = address(door, world, private=world.things["server_template"])

    assert answer_of(ask(client, door, path, world)) is Answer.MISSING
    assert not differences(before)


# --- What a form says of its team ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "door", cases([door for door in KNOWN if door.method == "post" and Who.STRANGER in door.answers])
)
def test_a_form_that_names_a_team_of_others_does_nothing_there(
    world: World, before: Snapshot, door: Door
) -> None:
    client = client_of(world, Who.STRANGER)
    team = world.things["team"]
    rows = _rows_of(team)

    response = ask(client, door, address(door, world, Who.STRANGER), world, team=str(team))

    assert answer_of(response) == door.answers[Who.STRANGER]
    assert differences(before) == (door.changes if door.answers[Who.STRANGER] is Answer.DONE else set())
    # Of what the team shares with others, it sees who made use of it.
    if door.name not in ("take_shared", "join", "download_shared", "install", "use_template", "new_run"):
        assert _rows_of(team) == rows


def _rows_of(team: uuid.UUID) -> list[list[Any]]:
    of_team = (Profile, Certificate, SigningIdentity, Membership, Invitation, BulkRun)
    found = [list(model._default_manager.filter(team=team).order_by("pk").values_list()) for model in of_team]
    return [
        *found,
        list(AuditEntry.objects.filter(team_id=team).values_list()),
        list(Team.objects.filter(pk=team).values_list()),
    ]


@pytest.mark.parametrize(
    "door",
    cases(
        [
            door
            for door in KNOWN
            if door.answers.get(Who.VIEWER) is Answer.FORBIDDEN
            and door.answers.get(Who.STRANGER) is Answer.MISSING
        ]
    ),
)
def test_the_role_in_the_team_of_the_object_counts_whatever_the_form_says(
    world: World, before: Snapshot, door: Door
) -> None:
    """By somebody who looks here, and owns the team that the form names."""
    client = client_of(world, "both")
    sent = {"team": str(world.things["of_both"])} if door.method == "post" else {}

    answer = answer_of(ask(client, door, address(door, world), world, **sent))

    # A team that is named has members and invitations of its own.
    of_a_team = door.args[0] in ("member", "invitation")
    assert answer is (Answer.MISSING if of_a_team else Answer.FORBIDDEN)
    assert not differences(before)


# --- What is not there -----------------------------------------------------------------------------------------------


def _nobodys(name: str) -> Any:
    if name in ("member", "oneself"):
        return 10**9
    if name in ("number", "row"):
        return 99
    return TEXT if name.endswith(("token", "grant")) else uuid.uuid4()


@pytest.mark.parametrize(
    ("door", "arg"),
    [pytest.param(door, arg, id=f"{door}-{arg}") for door in KNOWN for arg in door.args],
)
def test_an_id_that_is_nobodys_is_not_there(world: World, before: Snapshot, door: Door, arg: str) -> None:
    who = most_able(door)
    client = client_of(world, who)
    path = address(door, world, who, **{arg: _nobodys(arg)})

    answer = answer_of(ask(client, door, path, world))

    # Whether a user of that number is a member is for owners to know.
    assert answer is (Answer.FORBIDDEN if who is Who.EDITOR else Answer.MISSING)
    assert not differences(before)


@pytest.mark.parametrize(
    ("door", "arg"),
    [
        pytest.param(door, arg, id=f"{door}-{arg}")
        for door in KNOWN
        for arg in door.args[1:]
        if arg not in ("number", "row", "part")
    ],
)
def test_a_part_of_what_belongs_to_others_is_not_part_of_ones_own(
    world: World, before: Snapshot, door: Door, arg: str
) -> None:
    client = client_of(world, Who.OWNER)
    path = address(door, world, **{arg: world.things[f"their {arg}"]})

    assert answer_of(ask(client, door, path, world)) is Answer.MISSING
    assert not differences(before)


def _by_uuid(name: str) -> bool:
    return any(isinstance(each, UUIDConverter) for each in ADDRESSES[name].pattern.converters.values())


@pytest.mark.parametrize("name", [name for name in NAMES if _by_uuid(name)])
def test_what_is_no_uuid_is_not_there(world: World, before: Snapshot, name: str) -> None:
    door = next(door for door in KNOWN if door.name == name)
    client = client_of(world, Who.OWNER)
    path = address(door, world)
    ids = [str(world.things[arg]) for arg in door.args if isinstance(world.things[arg], uuid.UUID)]

    answers = {
        hostile: ask(client, door, path.replace(each, hostile), world).status_code
        for each in ids
        for hostile in HOSTILE
    }

    assert answers == dict.fromkeys(HOSTILE, 404)
    assert not differences(before)


# --- Other methods ---------------------------------------------------------------------------------------------------


def _declared(name: str) -> set[str]:
    methods = {door.method.upper() for door in DOORS if door.name == name}
    return methods | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("name", NAMES)
def test_other_methods_are_refused_and_change_nothing(world: World, before: Snapshot, name: str) -> None:
    door = next(door for door in KNOWN if door.name == name)
    others = [method for method in METHODS if method not in _declared(name)]
    client = client_of(world, Who.OWNER)
    path = address(door, world)

    answers = {method: client.generic(method, path).status_code for method in others}

    assert not differences(before)
    if name in LENIENT:
        assert not [status for status in answers.values() if status >= 500]
    else:
        assert answers == dict.fromkeys(others, 405)
